//! The best ratio of many histories where few windows end now: prospective and purely spatial permutation scans.
//!
//! A place's row holds its cases in each window, one byte each, so that a place joins a circle in one or two instructions for all windows. Under permutation
//! every margin is fixed, so for each block of circles and each window there is a whole number of cases that has to be reached ([`super::model::Bar`]); only
//! where a block reaches one is anything computed. Bytes saturate: a sum that may have been cut is taken as reached, and looked at exactly.

use super::base::{Base, Spans};
use super::block::{Block, cut};
use super::chance::{Dealer, Null, Slots};
use super::model::{Bar, Likelihood};
use super::replicate::{Level, Sweep, reached};
use super::time::Window;
use super::{Model, Study};

/// Events a row may hold: a byte does not overflow.
const MOST: u32 = 250;
/// What a block may hold in its longest window on average, so that a byte seldom saturates.
const INSIDE: f64 = 180.0;
/// Bytes of rows that are worked on together: about half of what a core has at hand.
const TILE: usize = 256 << 10;

/// The plan for `L` windows at most.
pub(super) struct Narrow<'a, const L: usize> {
    study: &'a Study,
    spans: &'a Spans,
    likelihood: Likelihood,
    slots: Slots,
    null: Null,
    /// The rows of each block, one behind the other.
    list: Vec<u32>,
    blocks: Vec<Block>,
    /// For each block: where its rows begin in `list`; one more at the end.
    rows: Vec<u32>,
    /// For each block: the weight of the circle before it, as a place's.
    before: Vec<f64>,
    /// For each centre: where its blocks begin; one more at the end.
    begins: Vec<usize>,
    weight: Vec<f64>,
    from: u32,
}

impl<'a, const L: usize> Narrow<'a, L> {
    /// The plan for a study, if it is of this kind.
    pub(super) fn new(study: &'a Study, spans: &'a Spans) -> Option<Self> {
        let Base::Product { place: weight, time, .. } = &study.base else { return None };
        if study.model != Model::Permutation || spans.windows.len() > L || study.strata.len() != 1 {
            return None;
        }
        let inside = |window: &Window| time[window.start as usize..window.end as usize].iter().sum::<f64>();
        let longest = spans.windows.iter().map(inside).fold(0.0, f64::max);
        let all: f64 = time.iter().sum();
        let slots = Slots::holding(study, MOST);
        // What does not fit goes the wide way.
        if all <= 0.0 || longest > f64::from(i16::MAX) / 2.0 || slots.count() > 2 * study.places.len() + 16 {
            return None;
        }
        let most = INSIDE * all / longest.max(1.0);
        // A place that fills its byte alone is always looked at exactly: bearable for a few.
        if weight.iter().filter(|weight| **weight > most).count() > study.places.len() / 50 {
            return None;
        }
        let from = spans.windows.iter().map(|window| window.start).min().unwrap_or(0);
        let mut plan = Self {
            study,
            spans,
            likelihood: study.likelihood(),
            null: Null::new(study, &slots, MOST, from),
            slots,
            list: Vec::new(),
            blocks: Vec::new(),
            rows: Vec::new(),
            before: Vec::new(),
            begins: vec![0],
            weight: weight.clone(),
            from,
        };
        for centre in 0..study.zones.count() {
            let first = plan.blocks.len();
            cut(study.zones.of(centre), study.zones.begins[centre] as u32, weight, longest / all, most, &plan.slots, &mut plan.blocks);
            let mut sum = 0.0;
            for block in &plan.blocks[first..] {
                plan.rows.push(plan.list.len() as u32);
                plan.before.push(sum);
                for place in &study.zones.near[block.from as usize..block.to as usize] {
                    plan.list.extend(plan.slots.of(*place));
                    sum += weight[*place as usize];
                }
            }
            plan.begins.push(plan.blocks.len());
        }
        plan.rows.push(plan.list.len() as u32);
        Some(plan)
    }

    /// The rows of a history.
    fn fill(&self, dealer: &mut Dealer<'_>, number: u64, days: &mut [u16], rows: &mut [[u8; L]]) {
        let span = (self.study.intervals - self.from) as usize;
        days.fill(0);
        dealer.deal(number, |slot, interval| days[slot as usize * span + (interval - self.from) as usize] += 1);
        let alive = self.spans.windows.iter().enumerate().all(|(at, window)| window.end == self.study.intervals && window.end - window.start == at as u32 + 1);
        let mut running = vec![0_u16; span + 1];
        for (row, days) in rows.iter_mut().zip(days.chunks(span)) {
            if alive {
                // The windows are the last day, the last two, …
                let mut sum = 0;
                for (lane, day) in row.iter_mut().zip(days.iter().rev()) {
                    sum += day;
                    *lane = sum as u8;
                }
                continue;
            }
            running[1..].iter_mut().zip(days).fold(0, |sum, (lane, day)| {
                *lane = sum + day;
                *lane
            });
            for (lane, window) in row.iter_mut().zip(&self.spans.windows) {
                *lane = (running[(window.end - self.from) as usize] - running[(window.start - self.from) as usize]) as u8;
            }
        }
    }

    /// Looks at each circle of a block by itself; gives the sums behind it.
    #[inline(never)]
    fn look(&self, block: usize, mut sums: [i16; L], rows: &[[u8; L]], bars: &[i16; L], best: &mut f64) -> [i16; L] {
        let Block { from, to } = self.blocks[block];
        let mut load = self.spans.empty();
        load.set(self.before[block]);
        for place in &self.study.zones.near[from as usize..to as usize] {
            for slot in self.slots.of(*place) {
                let row = &rows[slot as usize];
                for lane in 0..L {
                    sums[lane] += i16::from(row[lane]);
                }
            }
            self.spans.join(&mut load, *place);
            if !reaches(&sums, bars) {
                continue;
            }
            for (window, (sum, bar)) in sums.iter().zip(bars).enumerate() {
                if sum < bar {
                    continue;
                }
                let (n, weight) = (f64::from(*sum), self.spans.weight(&load, window));
                if self.likelihood.at_most(n, weight, *best) {
                    continue;
                }
                *best = best.max(self.likelihood.ratio(n, weight));
            }
        }
        sums
    }
}

/// Whether any sum is as much as its bar.
#[inline]
fn reaches<const L: usize>(sums: &[i16; L], bars: &[i16; L]) -> bool {
    let mut any = 0;
    for lane in 0..L {
        any |= i16::from(sums[lane] >= bars[lane]);
    }
    any != 0
}

impl<const L: usize> Sweep for Narrow<'_, L> {
    type Bars = Vec<[i16; L]>;

    fn bars(&self, bar: &Bar) -> Self::Bars {
        let mut load = self.spans.empty();
        let mut bars = Vec::with_capacity(self.blocks.len());
        for (block, before) in self.blocks.iter().zip(&self.before) {
            load.set(before + self.weight[self.study.zones.near[block.from as usize] as usize]);
            let mut row = [i16::MAX; L];
            for (window, lane) in row.iter_mut().take(self.spans.windows.len()).enumerate() {
                *lane = i16::try_from(bar.fewest(self.spans.weight(&load, window))).unwrap_or(i16::MAX);
            }
            bars.push(row);
        }
        bars
    }

    fn null(&self) -> &Null {
        &self.null
    }

    fn tile(&self) -> usize {
        (TILE / (self.slots.count() * L).max(1)).clamp(1, 32)
    }

    fn sweep(&self, dealer: &mut Dealer<'_>, numbers: std::ops::Range<u64>, levels: &[Level<Self::Bars>], best: &mut [f64]) {
        let slots = self.slots.count();
        let mut days = vec![0_u16; slots * (self.study.intervals - self.from) as usize];
        let histories: Vec<Vec<[u8; L]>> = numbers
            .map(|number| {
                let mut rows = vec![[0_u8; L]; slots];
                self.fill(dealer, number, &mut days, &mut rows);
                rows
            })
            .collect();
        for centre in self.begins.windows(2) {
            let (first, last) = (centre[0], centre[1]);
            for (rows, best) in histories.iter().zip(best.iter_mut()) {
                let rows = &rows[..];
                let bars = &reached(levels, *best)[first..last];
                let mut sums = [0_i16; L];
                for ((block, bars), ends) in (first..last).zip(bars).zip(self.rows[first..].windows(2)) {
                    let list = &self.list[ends[0] as usize..ends[1] as usize];
                    let mut more = [0_u8; L];
                    for slot in list {
                        let row = &rows[*slot as usize];
                        for lane in 0..L {
                            more[lane] = more[lane].saturating_add(row[lane]);
                        }
                    }
                    let mut after = sums;
                    let mut full = 0;
                    for lane in 0..L {
                        after[lane] += i16::from(more[lane]);
                        full |= u8::from(more[lane] == u8::MAX);
                    }
                    if full != 0 || reaches(&after, bars) {
                        sums = self.look(block, sums, rows, bars, best);
                    } else {
                        sums = after;
                    }
                }
            }
        }
    }
}
