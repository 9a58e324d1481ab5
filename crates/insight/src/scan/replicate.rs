//! The best ratio of each of many histories without clusters, by as many threads as one likes.

use super::base::Spans;
use super::chance::{Dealer, Null};
use super::model::Bar;
use super::narrow::Narrow;
use super::wide::Wide;
use super::{Base, Study};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// A way to find the best ratios of histories.
pub(super) trait Sweep: Sync {
    /// What each block has to reach for a level.
    type Bars: Sync + Send;
    /// The bars of a level.
    fn bars(&self, bar: &Bar) -> Self::Bars;
    /// How histories are made.
    fn null(&self) -> &Null;
    /// How many are best done together.
    fn tile(&self) -> usize;
    /// Raises `best`, one a history, to the best ratio of the histories `numbers`. `levels` rise, and none of `best` is below the first: what does not exceed a
    /// level that a history has reached need not be looked at.
    fn sweep(&self, dealer: &mut Dealer<'_>, numbers: Range<u64>, levels: &[Level<Self::Bars>], best: &mut [f64]);
}

/// A ratio, and what each block has to reach to exceed it.
pub(super) struct Level<B> {
    /// The ratio.
    pub(super) ratio: f64,
    /// What has to be reached.
    pub(super) bars: B,
}

/// The highest of some levels that a ratio has reached; the first if none.
pub(super) fn reached<B>(levels: &[Level<B>], ratio: f64) -> &B {
    &levels[levels.iter().rposition(|level| level.ratio <= ratio).unwrap_or(0)].bars
}

/// How many histories are looked at to find a level that nearly every one exceeds.
const PILOT: u64 = 16;
/// The level for those.
const LOW: f64 = 3.0;
/// The levels for the others, in standard deviations from the pilots' mean: one that nearly all exceed, and some that save work once exceeded.
const STEPS: [f64; 5] = [-1.8, -0.9, -0.2, 0.5, 1.3];

/// Makes histories `numbers` of a study and tells the best ratio of each, nought where no window has a raised rate. `tick` is told how many more are done.
///
/// Exact: the level below which blocks are skipped is raised to one that nearly every history exceeds; one that does not is swept again with a lower one.
pub(super) fn maxima(study: &Study, spans: &Spans, seed: u64, threads: usize, histories: u64, rounds: &mut dyn FnMut(&[f64]) -> Option<u64>) {
    let windows = spans.windows.len();
    if windows <= 8
        && let Some(plan) = Narrow::<8>::new(study, spans)
    {
        return sweep_all(&plan, study, seed, threads, histories, rounds);
    }
    if windows <= 16
        && let Some(plan) = Narrow::<16>::new(study, spans)
    {
        return sweep_all(&plan, study, seed, threads, histories, rounds);
    }
    if windows <= 32
        && let Some(plan) = Narrow::<32>::new(study, spans)
    {
        return sweep_all(&plan, study, seed, threads, histories, rounds);
    }
    if windows <= 64
        && let Some(plan) = Narrow::<64>::new(study, spans)
    {
        return sweep_all(&plan, study, seed, threads, histories, rounds);
    }
    if fullest(study, spans) < f64::from(i16::MAX) {
        sweep_all(&Wide::<i16>::new(study, spans, histories as usize), study, seed, threads, histories, rounds);
    } else {
        sweep_all(&Wide::<i32>::new(study, spans, histories as usize), study, seed, threads, histories, rounds);
    }
}

/// The most cases that any window can hold in any history.
fn fullest(study: &Study, spans: &Spans) -> f64 {
    match &study.base {
        Base::Product { time, .. } => {
            let inside = |window: &super::Window| time[window.start as usize..window.end as usize].iter().sum::<f64>();
            spans.windows.iter().map(inside).fold(0.0, f64::max)
        }
        Base::Cells { .. } => study.total() as f64,
    }
}

/// Rounds until `rounds`, which is given the best ratios so far (the first time: none), has enough: it tells up to which number to go on.
fn sweep_all<S: Sweep>(plan: &S, study: &Study, seed: u64, threads: usize, histories: u64, rounds: &mut dyn FnMut(&[f64]) -> Option<u64>) {
    let likelihood = study.likelihood();
    let level = |ratio: f64| Level { ratio, bars: plan.bars(&Bar::new(&likelihood, ratio, study.least_cases)) };
    let (lowest, low) = (OnceLock::new(), OnceLock::new());
    let exact = |numbers: Range<u64>, levels: &[Level<S::Bars>], dealer: &mut Dealer<'_>| -> Vec<f64> {
        let start = levels.first().map_or(0.0, |level| level.ratio);
        let mut best = vec![start; (numbers.end - numbers.start) as usize];
        plan.sweep(dealer, numbers.clone(), levels, &mut best);
        for (number, best) in numbers.zip(&mut best).filter(|(_, best)| **best <= start) {
            *best = LOW;
            if start > LOW {
                plan.sweep(dealer, number..number + 1, low.get_or_init(|| [level(LOW)]), std::slice::from_mut(best));
            }
            if *best <= LOW {
                *best = 0.0;
                plan.sweep(dealer, number..number + 1, lowest.get_or_init(|| [level(-1.0)]), std::slice::from_mut(best));
            }
        }
        best
    };
    let mut all: Vec<f64> = Vec::new();
    let mut levels: Vec<Level<S::Bars>> = Vec::new();
    while let Some(until) = rounds(&all).map(|until| until.min(histories)).filter(|until| *until > all.len() as u64) {
        if levels.is_empty() {
            let mut dealer = plan.null().dealer(seed);
            let pilot = PILOT.min(until);
            for from in (0..pilot).step_by(plan.tile()) {
                all.extend(exact(from..(from + plan.tile() as u64).min(pilot), low.get_or_init(|| [level(LOW)]), &mut dealer));
            }
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            let spread = (all.iter().map(|best| (best - mean).powi(2)).sum::<f64>() / all.len() as f64).sqrt();
            levels.extend(STEPS.iter().map(|step| mean + step * spread).filter(|ratio| *ratio > LOW).map(level));
            if levels.is_empty() {
                levels.push(level(LOW));
            }
        }
        let from = all.len() as u64;
        let tiles = (until - from).div_ceil(plan.tile() as u64);
        let next = AtomicU64::new(0);
        let done: Mutex<Vec<(u64, Vec<f64>)>> = Mutex::new(Vec::new());
        let work = || {
            let mut dealer = plan.null().dealer(seed);
            loop {
                let tile = next.fetch_add(1, Ordering::Relaxed);
                if tile >= tiles {
                    break;
                }
                let begin = from + tile * plan.tile() as u64;
                let best = exact(begin..(begin + plan.tile() as u64).min(until), &levels, &mut dealer);
                done.lock().unwrap_or_else(PoisonError::into_inner).push((tile, best));
            }
        };
        std::thread::scope(|scope| {
            (1..threads.min(tiles as usize)).for_each(|_| drop(scope.spawn(work)));
            work();
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_unstable_by_key(|(tile, _)| *tile);
        all.extend(done.into_iter().flat_map(|(_, best)| best));
    }
}
