//! The best ratio of many histories for everything that [`super::narrow`] does not take: all windows of a period, populations, controls, strata.
//!
//! A place's row holds its running sums over the intervals (or, where there are fewer windows than intervals, its cases by window). The rows of several
//! histories lie beside each other, so that a place joins a circle in all of them in one pass over memory, and what a block has to reach is worked out once
//! for all. Short integers wrap around, which differences do not mind.

use super::Study;
use super::base::{Base, Load, Spans};
use super::block::{Block, cut};
use super::chance::{Dealer, Null, Slots};
use super::model::{Bar, Likelihood};
use super::replicate::{Level, Sweep, reached};
use std::sync::OnceLock;

/// A number that counts cases.
pub(super) trait Lane: Copy + Default + Ord + Send + Sync + Into<i64> {
    /// More than can be reached.
    const NEVER: Self;
    /// From a count, cut off at [`Self::NEVER`].
    fn cut_off(n: u32) -> Self;
    /// Adds one.
    fn count(&mut self);
    /// The sum, around the end if need be.
    fn plus(self, other: Self) -> Self;
    /// The difference, around the end if need be.
    fn minus(self, other: Self) -> Self;
    /// Not nought if this is not or `yes`: kept as wide as a lane, so that many are done at once.
    fn or(self, yes: bool) -> Self;
}

macro_rules! lane {
    ($type:ty) => {
        impl Lane for $type {
            const NEVER: Self = <$type>::MAX;
            fn cut_off(n: u32) -> Self {
                Self::try_from(n).unwrap_or(Self::NEVER)
            }
            fn count(&mut self) {
                *self = self.wrapping_add(1);
            }
            #[inline]
            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
            #[inline]
            fn minus(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }
            #[inline]
            fn or(self, yes: bool) -> Self {
                self | <$type>::from(yes)
            }
        }
    };
}
lane!(i16);
lane!(i32);

/// Bytes of rows that are worked on together.
const TILE: usize = 24 << 20;
/// What a block may hold; rows do not overflow, so anything.
const INSIDE: f64 = f64::INFINITY;
/// Steps of the circle's weight within a doubling for which bars are kept, as a power of two.
const STEPS: u32 = 7;

/// Windows of one length that begin one after the other.
struct Run {
    length: usize,
    start: usize,
    count: usize,
    /// Its first window.
    first: usize,
}

impl Run {
    /// Whether any of its windows reaches its bar.
    #[inline]
    fn reaches<T: Lane>(&self, sums: &[T], bars: &[T]) -> bool {
        let low = &sums[self.start..][..self.count];
        let high = &sums[self.start + self.length..][..self.count];
        let bars = &bars[self.first..][..self.count];
        let mut any = T::default();
        for at in 0..self.count {
            any = any.or(high[at].minus(low[at]) >= bars[at]);
        }
        any != T::default()
    }
}

/// Whether any sum is as much as its bar.
#[inline]
fn any_reaches<T: Lane>(sums: &[T], bars: &[T]) -> bool {
    let mut any = T::default();
    for (sum, bar) in sums.iter().zip(bars) {
        any = any.or(sum >= bar);
    }
    any != T::default()
}

/// The plan.
pub(super) struct Wide<'a, T> {
    study: &'a Study,
    spans: &'a Spans,
    likelihood: Likelihood,
    null: Null,
    blocks: Vec<Block>,
    begins: Vec<usize>,
    /// The first interval of any window.
    from: u32,
    /// Whether a lane is a window instead of a running sum.
    direct: bool,
    lanes: usize,
    runs: Vec<Run>,
    /// The smallest weight of a circle's first place, for the kept bars (product bases only).
    kept: Option<Kept>,
    histories: usize,
    mark: std::marker::PhantomData<T>,
}

/// Weights of circles for which bars are kept.
#[derive(Clone, Copy)]
struct Kept {
    lowest: u64,
    count: usize,
}

/// What has to be reached.
pub(super) struct Bars<T> {
    bar: Bar,
    kept: Vec<OnceLock<Box<[T]>>>,
}

/// The rows of one of a tile's histories.
#[derive(Clone, Copy)]
struct Rows<'a, T> {
    rows: &'a [T],
    at: usize,
    tile: usize,
}

fn step(weight: f64) -> u64 {
    weight.max(f64::MIN_POSITIVE).to_bits() >> (52 - STEPS)
}

impl<'a, T: Lane> Wide<'a, T> {
    /// The plan for a study; `histories` is how many will be asked for.
    pub(super) fn new(study: &'a Study, spans: &'a Spans, histories: usize) -> Self {
        let slots = Slots::one_each(study.places.len());
        let from = spans.windows.iter().map(|window| window.start).min().unwrap_or(0);
        let intervals = (study.intervals - from) as usize;
        let direct = spans.windows.len() <= intervals + 1;
        let weight = match &study.base {
            Base::Product { place, .. } => place.clone(),
            Base::Cells { .. } => study.base.by_place(),
        };
        let length = spans.windows.iter().map(|window| window.end - window.start).max().unwrap_or(0);
        let share = study.likelihood().rate() * f64::from(length) / f64::from(study.intervals.max(1));
        let (mut blocks, mut begins) = (Vec::new(), vec![0]);
        for centre in 0..study.zones.count() {
            cut(study.zones.of(centre), study.zones.begins[centre] as u32, &weight, share, INSIDE, &slots, &mut blocks);
            begins.push(blocks.len());
        }
        let mut runs: Vec<Run> = Vec::new();
        for (first, window) in spans.windows.iter().enumerate() {
            let (start, length) = ((window.start - from) as usize, (window.end - window.start) as usize);
            match runs.last_mut() {
                Some(run) if run.length == length && run.start + run.count == start => run.count += 1,
                _ => runs.push(Run { length, start, count: 1, first }),
            }
        }
        let kept = matches!(study.base, Base::Product { .. }).then(|| {
            let lightest = weight.iter().copied().filter(|weight| *weight > 0.0).fold(f64::INFINITY, f64::min).min(1.0);
            let lowest = step(lightest);
            Kept { lowest, count: (step(weight.iter().sum::<f64>().max(1.0)) - lowest) as usize + 1 }
        });
        Self {
            likelihood: study.likelihood(),
            null: Null::new(study, &slots, u32::MAX, from),
            study,
            spans,
            blocks,
            begins,
            from,
            direct,
            lanes: if direct { spans.windows.len() } else { intervals + 1 },
            runs,
            kept,
            histories,
            mark: std::marker::PhantomData,
        }
    }

    /// Whether any window reaches its bar.
    fn reaches(&self, sums: &[T], bars: &[T]) -> bool {
        if self.direct {
            return any_reaches(sums, bars);
        }
        self.runs.iter().any(|run| run.reaches(sums, bars))
    }

    /// Tells `look` of every window that reaches its bar.
    fn each(&self, sums: &[T], bars: &[T], look: &mut dyn FnMut(usize, T)) {
        if self.direct {
            return sums.iter().zip(bars).enumerate().filter(|(_, (sum, bar))| sum >= bar).for_each(|(window, (sum, _))| look(window, *sum));
        }
        for run in self.runs.iter().filter(|run| run.reaches(sums, bars)) {
            let (high, low) = (&sums[run.start + run.length..][..run.count], &sums[run.start..][..run.count]);
            for (window, ((high, low), bar)) in (run.first..).zip(high.iter().zip(low).zip(&bars[run.first..])) {
                let cases = high.minus(*low);
                if cases >= *bar {
                    look(window, cases);
                }
            }
        }
    }

    fn bars_at(&self, bar: &Bar, load: &Load) -> Box<[T]> {
        (0..self.spans.windows.len()).map(|window| T::cut_off(bar.fewest(self.spans.weight(load, window)))).collect()
    }

    /// What a circle of this weight has to reach, or a little less: bars are kept for rounded weights, as they are the same for all centres and histories.
    fn kept_at<'b>(&self, kept: Kept, bars: &'b Bars<T>, weight: f64) -> &'b [T] {
        let at = (step(weight).saturating_sub(kept.lowest) as usize).min(kept.count - 1);
        bars.kept[at].get_or_init(|| {
            let mut load = self.spans.empty();
            // Rounded down, as the lookup is; the lightest step holds all below it.
            load.set(if at == 0 { 0.0 } else { f64::from_bits((at as u64 + kept.lowest) << (52 - STEPS)) });
            self.bars_at(&bars.bar, &load)
        })
    }

    fn fill(&self, dealer: &mut Dealer<'_>, numbers: std::ops::Range<u64>, rows: &mut [T]) {
        let tile = (numbers.end - numbers.start) as usize;
        let lanes = self.lanes;
        let span = (self.study.intervals - self.from) as usize;
        let mut days = if self.direct { vec![T::default(); self.study.places.len() * (span + 1)] } else { Vec::new() };
        for (at, number) in numbers.enumerate() {
            if !self.direct {
                dealer.deal(number, |slot, interval| {
                    if interval >= self.from {
                        rows[(slot as usize * tile + at) * lanes + (interval - self.from) as usize + 1].count();
                    }
                });
                continue;
            }
            days.fill(T::default());
            dealer.deal(number, |slot, interval| {
                if interval >= self.from {
                    days[slot as usize * (span + 1) + (interval - self.from) as usize + 1].count();
                }
            });
            for (place, running) in days.chunks_mut(span + 1).enumerate() {
                (1..=span).for_each(|day| running[day] = running[day].plus(running[day - 1]));
                let row = &mut rows[(place * tile + at) * lanes..][..lanes];
                for (lane, window) in row.iter_mut().zip(&self.spans.windows) {
                    *lane = running[(window.end - self.from) as usize].minus(running[(window.start - self.from) as usize]);
                }
            }
        }
        if !self.direct {
            for row in rows.chunks_mut(lanes) {
                (1..lanes).for_each(|lane| row[lane] = row[lane].plus(row[lane - 1]));
            }
        }
    }

    /// Looks at each circle of a block by itself, from the largest back to the smallest.
    #[cold]
    fn look(&self, block: Block, loads: &[Load], sums: &[T], rows: Rows<'_, T>, bars: &[T], best: &mut f64) {
        let mut sums = sums.to_vec();
        for (load, place) in loads.iter().zip(&self.study.zones.near[block.from as usize..block.to as usize]).rev() {
            let mut reached = false;
            self.each(&sums, bars, &mut |window, cases| {
                reached = true;
                let n: i64 = cases.into();
                let (n, weight) = (n as f64, self.spans.weight(load, window));
                if n > weight * self.likelihood.rate() && !self.likelihood.at_most(n, weight, *best) {
                    *best = best.max(self.likelihood.ratio(n, weight));
                }
            });
            if !reached {
                // Smaller circles hold less still.
                return;
            }
            let row = &rows.rows[(*place as usize * rows.tile + rows.at) * self.lanes..][..self.lanes];
            sums.iter_mut().zip(row).for_each(|(sum, less)| *sum = sum.minus(*less));
        }
    }
}

impl<T: Lane> Sweep for Wide<'_, T> {
    type Bars = Bars<T>;

    fn bars(&self, bar: &Bar) -> Bars<T> {
        Bars { bar: bar.clone(), kept: self.kept.map_or_else(Vec::new, |kept| (0..kept.count).map(|_| OnceLock::new()).collect()) }
    }

    fn null(&self) -> &Null {
        &self.null
    }

    fn tile(&self) -> usize {
        let one = self.study.places.len() * self.lanes * size_of::<T>();
        // Two threads and more should have something to do.
        (TILE / one.max(1)).clamp(1, 64).min(self.histories.div_ceil(4).max(1))
    }

    fn sweep(&self, dealer: &mut Dealer<'_>, numbers: std::ops::Range<u64>, levels: &[Level<Bars<T>>], best: &mut [f64]) {
        let tile = (numbers.end - numbers.start) as usize;
        let width = tile * self.lanes;
        let mut rows = vec![T::default(); self.study.places.len() * width];
        self.fill(dealer, numbers, &mut rows);
        let mut sums = vec![T::default(); width];
        let mut loads: Vec<Load> = Vec::new();
        for centre in self.begins.windows(2) {
            sums.fill(T::default());
            let lowest = reached(levels, best.iter().copied().fold(f64::INFINITY, f64::min));
            let mut load = self.spans.empty();
            for block in &self.blocks[centre[0]..centre[1]] {
                loads.clear();
                for place in &self.study.zones.near[block.from as usize..block.to as usize] {
                    self.spans.join(&mut load, *place);
                    loads.push(load.clone());
                    let row = &rows[*place as usize * width..][..width];
                    for (sum, more) in sums.iter_mut().zip(row) {
                        *sum = sum.plus(*more);
                    }
                }
                let own = if self.kept.is_none() { self.bars_at(&lowest.bar, &loads[0]) } else { Box::default() };
                for (at, (sums, best)) in sums.chunks(self.lanes).zip(best.iter_mut()).enumerate() {
                    let needed: &[T] = match self.kept {
                        Some(kept) => self.kept_at(kept, reached(levels, *best), loads[0].product()),
                        None => &own,
                    };
                    if self.reaches(sums, needed) {
                        self.look(*block, &loads, sums, Rows { rows: &rows, at, tile }, needed, best);
                    }
                }
            }
        }
    }
}
