//! What happened: the best window around each centre, exactly.

use super::Study;
use super::base::Spans;
use super::model::Likelihood;
use super::time::Window;

/// A window in space and time.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The number of its centre.
    pub centre: u32,
    /// How many of the centre's places, from near to far, belong to it.
    pub size: u32,
    /// When.
    pub window: Window,
    /// Cases in it.
    pub cases: u32,
    /// Its weight: cases expected, or people.
    pub weight: f64,
    /// Its log-likelihood ratio.
    pub ratio: f64,
}

/// Windows that are weighed together: as many as fit into a few registers' worth of work.
const CHUNK: usize = 32;

/// The best windows around every centre. Of windows that meet in time a centre has the best alone, so that a place may be told of twice if it was twice.
pub(super) fn best(study: &Study, spans: &Spans, likelihood: &Likelihood) -> Vec<Candidate> {
    let lanes = study.intervals as usize + 1;
    let rows = study.running();
    let windows = &spans.windows;
    // Where all windows meet, the best of all is enough.
    let one = windows.iter().all(|window| windows.iter().all(|other| window.meets(other)));
    let mut found = Vec::new();
    let mut sums = vec![0_u32; lanes];
    let mut best: Vec<Option<Candidate>> = vec![None; if one { 1 } else { windows.len() }];
    for centre in 0..study.zones.count() {
        sums.fill(0);
        best.fill(None);
        let mut levels = vec![0.0; windows.len()];
        let mut load = spans.empty();
        for (size, place) in (1_u32..).zip(study.zones.of(centre)) {
            let row = &rows[*place as usize * lanes..][..lanes];
            sums.iter_mut().zip(row).for_each(|(sum, more)| *sum += more);
            spans.join(&mut load, *place);
            for first in (0..windows.len()).step_by(CHUNK) {
                let chunk = &windows[first..(first + CHUNK).min(windows.len())];
                let (mut cases, mut weights) = ([0.0; CHUNK], [0.0; CHUNK]);
                for (n, window) in cases.iter_mut().zip(chunk) {
                    *n = f64::from(sums[window.end as usize] - sums[window.start as usize]);
                }
                spans.weights(&load, first, &mut weights[..chunk.len()]);
                if !likelihood.any_above(&cases, &weights, &levels[first..first + chunk.len()], f64::from(study.least_cases)) {
                    continue;
                }
                for (at, window) in chunk.iter().enumerate() {
                    let (n, weight) = (cases[at], weights[at]);
                    let level = levels[first + at];
                    if n < f64::from(study.least_cases) || n <= weight * likelihood.rate() || likelihood.at_most(n, weight, level) {
                        continue;
                    }
                    let ratio = likelihood.ratio(n, weight);
                    if ratio > level {
                        let candidate = Candidate { centre: centre as u32, size, window: *window, cases: n as u32, weight, ratio };
                        if one {
                            levels.fill(ratio);
                            best[0] = Some(candidate);
                        } else {
                            levels[first + at] = ratio;
                            best[first + at] = Some(candidate);
                        }
                    }
                }
            }
        }
        let mut own: Vec<&Candidate> = best.iter().flatten().collect();
        own.sort_by(|a, b| b.ratio.total_cmp(&a.ratio));
        let before = found.len();
        for candidate in own {
            if found[before..].iter().all(|kept: &Candidate| !kept.window.meets(&candidate.window)) {
                found.push(candidate.clone());
            }
        }
    }
    found
}
