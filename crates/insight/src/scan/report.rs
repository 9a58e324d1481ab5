//! Which clusters are reported, and how likely each is by chance.

use super::observe::Candidate;
use super::space::{Zones, squared};
use super::{Study, replicate};

/// When no more histories are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// When all are made.
    Never,
    /// When so many are as good as the most likely cluster: Besag and Clifford, “Sequential Monte Carlo p-values”, Biometrika 1991, 78(2):301–304, §2.
    After(u32),
}

/// How chance is asked.
#[derive(Debug, Clone, Copy)]
pub struct Chance {
    /// How many histories at most.
    pub histories: u64,
    /// The seed.
    pub seed: u64,
    /// How many threads; the result does not depend on it.
    pub threads: usize,
    /// When to stop early.
    pub stop: Stop,
}

/// A cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The window.
    pub candidate: Candidate,
    /// Its places, nearest to the centre first.
    pub places: Vec<u32>,
    /// The distance of the farthest of them from the centre.
    pub radius: f64,
    /// The cases expected in it.
    pub expected: f64,
    /// How many times the rate inside is that outside; infinite if there is nothing outside.
    pub relative_risk: f64,
    /// One more than the histories that are as good.
    pub rank: u64,
    /// The share of histories that are as good, this one among them (Dwass 1957; Barnard 1963).
    pub p: f64,
    /// The same by the Gumbel distribution of the histories' maxima: also below 1 / (histories + 1). Abrams, Kulldorff, Kleinman, “Gumbel based p-value
    /// approximations for spatial scan statistics”, International Journal of Health Geographics 2010, 9:61.
    pub gumbel: f64,
}

/// What a scan says.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The clusters, most likely first, none of which has a place and an interval in common with another.
    pub found: Vec<Found>,
    /// The best ratio of each history.
    pub maxima: Vec<f64>,
    /// How many circles with windows each history is compared over.
    pub windows: u64,
}

/// Location and scale of the Gumbel distribution with the mean and variance of a sample (Abrams et al. 2010, Methods: μ = mean − γβ, β = sd √6 / π).
#[must_use]
pub fn gumbel(maxima: &[f64]) -> Option<(f64, f64)> {
    let count = maxima.len() as f64;
    let mean = maxima.iter().sum::<f64>() / count;
    let variance = maxima.iter().map(|best| (best - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let scale = variance.sqrt() * 6.0_f64.sqrt() / std::f64::consts::PI;
    (maxima.len() > 1 && scale > 0.0).then_some((mean - 0.577_215_664_901_532_9 * scale, scale))
}

/// The chance that a Gumbel maximum is at least `ratio`.
#[must_use]
pub fn gumbel_p(ratio: f64, (location, scale): (f64, f64)) -> f64 {
    -(-(-(ratio - location) / scale).exp()).exp_m1()
}

impl Study {
    /// Scans: the clusters that are there, and how likely chance alone gives one as good.
    #[must_use]
    pub fn scan(&self, chance: &Chance) -> Verdict {
        self.scan_watched(chance, &mut |_| {})
    }

    /// As [`Self::scan`]; `tick` hears how many histories are made.
    #[must_use]
    pub fn scan_watched(&self, chance: &Chance, tick: &mut dyn FnMut(u64)) -> Verdict {
        let chosen = apart(self.observed(), &self.zones, &|candidate| self.timing.reports(&candidate.window, self.intervals));
        let maxima = self.maxima(chance, chosen.first().map(|best| best.ratio), tick);
        let fitted = gumbel(&maxima);
        let likelihood = self.likelihood();
        let total = self.total() as f64;
        let judge = |candidate: Candidate| {
            let rank = 1 + maxima.iter().filter(|best| **best >= candidate.ratio).count() as u64;
            let places = self.zones.of(candidate.centre as usize)[..candidate.size as usize].to_vec();
            let expected = candidate.weight * likelihood.rate();
            let (inside, outside) = (f64::from(candidate.cases) / expected, (total - f64::from(candidate.cases)) / (total - expected));
            Found {
                radius: self.zones.radius(candidate.centre as usize, &places, &self.places),
                relative_risk: inside / outside,
                expected,
                rank,
                p: rank as f64 / (maxima.len() + 1) as f64,
                gumbel: fitted.map_or(1.0, |fitted| gumbel_p(candidate.ratio, fitted)),
                places,
                candidate,
            }
        };
        let mut found: Vec<Found> = chosen.into_iter().map(judge).collect();
        // What every history matches says nothing; the most likely one is told all the same.
        let last = found.iter().skip(1).position(|found| found.rank > maxima.len() as u64).map_or(found.len(), |at| at + 1);
        if !maxima.is_empty() {
            found.truncate(last);
        }
        Verdict { found, maxima, windows: self.zones.near.len() as u64 * self.timing.windows(self.intervals).len() as u64 }
    }

    /// The best ratio of each history. `ratio` is what an early end is judged by.
    #[must_use]
    pub fn maxima(&self, chance: &Chance, ratio: Option<f64>, tick: &mut dyn FnMut(u64)) -> Vec<f64> {
        let spans = self.spans();
        let mut all = Vec::new();
        let mut told = 0;
        if self.total() == 0 {
            return all;
        }
        replicate::maxima(self, &spans, chance.seed, chance.threads, chance.histories, &mut |best| {
            tick(best.len() as u64 - told);
            told = best.len() as u64;
            all = best.to_vec();
            if let (Stop::After(enough), Some(ratio)) = (chance.stop, ratio) {
                // The same end wherever the rounds are cut.
                let end = best.iter().enumerate().filter(|(_, best)| **best >= ratio).nth(enough.max(1) as usize - 1);
                if let Some((last, _)) = end {
                    all.truncate(last + 1);
                    return None;
                }
            }
            Some((best.len() as u64 + 128).min(chance.histories))
        });
        all
    }
}

/// Those of the candidates, best first, that share no place in a common interval with a better one; of these only the reported ones.
fn apart(candidates: Vec<Candidate>, zones: &Zones, reported: &dyn Fn(&Candidate) -> bool) -> Vec<Candidate> {
    let mut taken: std::collections::HashMap<u32, Vec<super::Window>> = std::collections::HashMap::new();
    let mut kept = Vec::new();
    for candidate in candidates {
        let places = &zones.of(candidate.centre as usize)[..candidate.size as usize];
        let meets = |place: &u32| taken.get(place).is_some_and(|windows| windows.iter().any(|window| window.meets(&candidate.window)));
        if places.iter().any(meets) {
            continue;
        }
        places.iter().for_each(|place| taken.entry(*place).or_default().push(candidate.window));
        if reported(&candidate) {
            kept.push(candidate);
        }
    }
    kept
}

impl Zones {
    /// How far the last of a circle's places is from the centre.
    fn radius(&self, centre: usize, places: &[u32], points: &[super::Point]) -> f64 {
        match (self.centres.get(centre), places.last()) {
            (Some(centre), Some(last)) => squared(centre, &points[*last as usize]).sqrt(),
            _ => f64::INFINITY,
        }
    }
}
