//! Clusters in space and time: where and when there are more cases than chance explains.
//!
//! A circle over the map and a window in time are moved and sized in every way; the one whose rate differs most from the rest, by likelihood ratio, is the most
//! likely cluster; and how often chance alone gives one as good is found by making histories without clusters. The methods are Kulldorff's (see [`Model`]); the
//! numbers are those of SaTScan for the same settings, in a fraction of the time, because almost nothing is visited twice: see [`narrow`] and [`wide`].
//!
//! Pure: the same [`Study`] and seed give the same result whatever the number of threads. May not read a file or a clock, or know a calendar: times are
//! numbers of intervals.

mod base;
mod block;
mod chance;
pub mod follow;
pub mod model;
mod narrow;
mod observe;
mod replicate;
mod report;
mod space;
pub mod surge;
mod time;
mod wide;

pub use base::Base;
pub use model::{Likelihood, Model};
pub use observe::Candidate;
pub use report::{Chance, Found, Stop, Verdict, gumbel, gumbel_p};
pub use space::{EARTH, Point, Zones, on_sphere, squared};
pub use time::{Timing, Window};

use base::Spans;

/// What is to be scanned.
#[derive(Debug, Clone)]
pub struct Study {
    /// The model.
    pub model: Model,
    /// The places.
    pub places: Vec<Point>,
    /// How many intervals the period has.
    pub intervals: u32,
    /// Cases by stratum, each `places × intervals`. Strata matter to permutation alone: days are dealt within them. Without strata: one.
    pub strata: Vec<Vec<u32>>,
    /// What is expected.
    pub base: Base,
    /// The circles.
    pub zones: Zones,
    /// The windows in time.
    pub timing: Timing,
    /// The fewest cases that a cluster may have.
    pub least_cases: u32,
    /// Which of several clusters that are equally likely and equally large comes first: a number for each centre. Empty: as the centres stand.
    pub order: Vec<u32>,
}

impl Study {
    /// All cases.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.strata.iter().flatten().map(|count| u64::from(*count)).sum()
    }

    /// The cases of a place.
    fn cases_of(&self, place: usize) -> u32 {
        let intervals = self.intervals as usize;
        self.strata.iter().map(|counts| counts[place * intervals..(place + 1) * intervals].iter().sum::<u32>()).sum()
    }

    /// The weight of a cell.
    fn expected_at(&self, place: usize, interval: u32) -> f64 {
        match &self.base {
            Base::Product { place: places, time, scale } => places[place] * time[interval as usize] * scale,
            Base::Cells { cells, intervals } => cells[place * intervals + interval as usize],
        }
    }

    /// The people of a cell.
    fn people_at(&self, place: usize, interval: u32) -> u64 {
        self.expected_at(place, interval).round() as u64
    }

    /// Running sums of the cases over the intervals, `intervals + 1` a place.
    fn running(&self) -> Vec<u32> {
        let intervals = self.intervals as usize;
        let mut rows = vec![0; self.places.len() * (intervals + 1)];
        for counts in &self.strata {
            for (row, cells) in rows.chunks_mut(intervals + 1).zip(counts.chunks(intervals.max(1))) {
                let mut sum = 0;
                for (lane, cell) in row[1..].iter_mut().zip(cells) {
                    sum += cell;
                    *lane += sum;
                }
            }
        }
        rows
    }

    /// The likelihood ratio for the totals of this study.
    #[must_use]
    pub fn likelihood(&self) -> Likelihood {
        Likelihood::new(self.model, self.total() as f64, self.base.total())
    }

    /// A history of this study without a cluster, as it might have been: a permutation study whose days are dealt anew.
    #[must_use]
    pub fn dealt_anew(&self, seed: u64, number: u64) -> Self {
        let slots = chance::Slots::one_each(self.places.len());
        let mut study = self.clone();
        let intervals = self.intervals as usize;
        if let [counts] = &mut study.strata[..] {
            counts.fill(0);
            let null = chance::Null::new(self, &slots, u32::MAX, 0);
            null.dealer(seed).deal(number, |slot, interval| counts[slot as usize * intervals + interval as usize] += 1);
        }
        study
    }

    fn spans(&self) -> Spans {
        Spans::new(self.timing.windows(self.intervals), &self.base)
    }

    /// The best windows around each centre, by ratio, best first; of equal ones the smallest.
    #[must_use]
    pub fn observed(&self) -> Vec<Candidate> {
        let mut found = observe::best(self, &self.spans(), &self.likelihood());
        let order = |candidate: &Candidate| self.order.get(candidate.centre as usize).copied().unwrap_or(candidate.centre);
        found.sort_by(|a, b| b.ratio.total_cmp(&a.ratio).then(a.size.cmp(&b.size)).then_with(|| order(a).cmp(&order(b))));
        found
    }
}
