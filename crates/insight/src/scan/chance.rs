//! Histories as they would be if there were no cluster.
//!
//! Every history has its own stream of random numbers, by seed and number, so that it is the same whoever makes it and in which order.

use super::Study;
use super::model::Model;
use crate::seeded::{Seeded, mixed};

/// A random number in [0, 1).
pub(super) const fn unit(random: &mut Seeded) -> f64 {
    (random.next() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
}

/// The stream of history `number`.
pub(super) const fn stream(seed: u64, number: u64) -> Seeded {
    Seeded::new(mixed(mixed(seed).wrapping_add(number.wrapping_mul(0xd134_2543_de82_ef95))))
}

/// How histories are made.
#[derive(Debug, Clone)]
pub(super) enum Null {
    /// The days are dealt anew to the events, within each stratum (Kulldorff et al. 2005, Methods).
    Deal(Vec<Stratum>),
    /// Who of all the people are the cases is drawn anew (Kulldorff 1997, §2): slot and interval of each person.
    Choose { people: Vec<(u32, u32)>, cases: usize },
    /// All cases are thrown anew on places and intervals by what is expected (Kulldorff 1997, §3), by the alias method (Walker 1977; Vose 1991).
    Throw { cells: Vec<(u32, u32)>, keep: Vec<f64>, other: Vec<u32>, cases: usize },
}

/// The events of a stratum: their slots, and the intervals of those that lie in a window.
#[derive(Debug, Clone)]
pub(super) struct Stratum {
    slots: Vec<u32>,
    times: Vec<u32>,
}

/// Which slots a place has: rows of counts that no history can overfill.
#[derive(Debug, Clone)]
pub(super) struct Slots {
    /// The first slot of each place; one more at the end.
    pub(super) begins: Vec<u32>,
}

impl Slots {
    /// One a place.
    pub(super) fn one_each(places: usize) -> Self {
        Self { begins: (0..=places as u32).collect() }
    }

    /// As many as every place needs, of `most` events each.
    pub(super) fn holding(study: &Study, most: u32) -> Self {
        let mut begins = vec![0];
        let mut next = 0;
        for place in 0..study.places.len() {
            next += study.cases_of(place).div_ceil(most).max(1);
            begins.push(next);
        }
        Self { begins }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.begins.last().map_or(0, |end| *end as usize)
    }

    /// Those of a place.
    pub(super) fn of(&self, place: u32) -> std::ops::Range<u32> {
        self.begins[place as usize]..self.begins[place as usize + 1]
    }
}

/// Room for one history at a time.
pub(super) struct Dealer<'a> {
    null: &'a Null,
    decks: Vec<Vec<u32>>,
    swaps: Vec<u32>,
    seed: u64,
}

impl Null {
    /// For a study; `slots` says into which rows the counts go, `most` how many events each may hold, `from` the first interval of any window.
    pub(super) fn new(study: &Study, slots: &Slots, most: u32, from: u32) -> Self {
        let intervals = study.intervals as usize;
        match study.model {
            Model::Permutation => {
                let mut used = vec![0_u32; study.places.len()];
                let strata = study.strata.iter().map(|counts| {
                    let mut events: Vec<(u32, u32)> = Vec::new();
                    for (place, row) in counts.chunks(intervals.max(1)).enumerate() {
                        for (interval, count) in (0_u32..).zip(row) {
                            for _ in 0..*count {
                                events.push((interval, slots.begins[place] + used[place] / most));
                                used[place] += 1;
                            }
                        }
                    }
                    // Those in a window first: only their places need to be drawn.
                    events.sort_by_key(|(interval, slot)| (*interval < from, *interval, *slot));
                    let times = events.iter().map(|(interval, _)| *interval).take_while(|interval| *interval >= from).collect();
                    Stratum { slots: events.iter().map(|(_, slot)| *slot).collect(), times }
                });
                Self::Deal(strata.collect())
            }
            Model::Bernoulli => {
                let mut people = Vec::new();
                for place in 0..study.places.len() {
                    let mut used = 0;
                    for interval in 0..study.intervals {
                        for _ in 0..study.people_at(place, interval) {
                            people.push((slots.begins[place] + used / most, interval));
                            used += 1;
                        }
                    }
                }
                Self::Choose { people, cases: study.total() as usize }
            }
            Model::Poisson => {
                let mut cells = Vec::new();
                let mut weights = Vec::new();
                for place in 0..study.places.len() {
                    for interval in 0..study.intervals {
                        let weight = study.expected_at(place, interval);
                        if weight > 0.0 {
                            cells.push((slots.begins[place], interval));
                            weights.push(weight);
                        }
                    }
                }
                let (keep, other) = alias(&weights);
                Self::Throw { cells, keep, other, cases: study.total() as usize }
            }
        }
    }

    /// Room to make histories in.
    pub(super) fn dealer(&self, seed: u64) -> Dealer<'_> {
        let decks = match self {
            Self::Deal(strata) => strata.iter().map(|stratum| stratum.slots.clone()).collect(),
            Self::Choose { people, .. } => vec![(0..people.len() as u32).collect()],
            Self::Throw { .. } => Vec::new(),
        };
        Dealer { null: self, decks, swaps: Vec::new(), seed }
    }
}

impl Dealer<'_> {
    /// Makes history `number`: tells `sink` slot and interval of every case that may lie in a window.
    pub(super) fn deal(&mut self, number: u64, mut sink: impl FnMut(u32, u32)) {
        let mut random = stream(self.seed, number);
        match self.null {
            Null::Deal(strata) => {
                for (stratum, deck) in strata.iter().zip(&mut self.decks) {
                    draw(&mut random, deck, stratum.times.len(), &mut self.swaps);
                    deck.iter().zip(&stratum.times).for_each(|(slot, interval)| sink(*slot, *interval));
                    put_back(deck, &self.swaps);
                }
            }
            Null::Choose { people, cases } => {
                for deck in &mut self.decks {
                    draw(&mut random, deck, *cases, &mut self.swaps);
                    deck[..*cases].iter().for_each(|person| {
                        let (slot, interval) = people[*person as usize];
                        sink(slot, interval);
                    });
                    put_back(deck, &self.swaps);
                }
            }
            Null::Throw { cells, keep, other, cases } => {
                for _ in 0..*cases {
                    let mut at = random.below(cells.len());
                    if unit(&mut random) >= keep[at] {
                        at = other[at] as usize;
                    }
                    let (slot, interval) = cells[at];
                    sink(slot, interval);
                }
            }
        }
    }
}

/// The first `count` cards of a shuffled deck (Fisher–Yates); remembers what was swapped.
fn draw(random: &mut Seeded, deck: &mut [u32], count: usize, swaps: &mut Vec<u32>) {
    swaps.clear();
    let all = deck.len();
    for at in 0..count.min(all) {
        let with = at + random.below(all - at);
        deck.swap(at, with);
        swaps.push(with as u32);
    }
}

/// The deck as it was, so that each history starts from the same.
fn put_back(deck: &mut [u32], swaps: &[u32]) {
    for (at, with) in swaps.iter().enumerate().rev() {
        deck.swap(at, *with as usize);
    }
}

/// Two columns from which a cell is drawn by its weight in constant time (Vose, IEEE Transactions on Software Engineering 1991, 17(9)).
fn alias(weights: &[f64]) -> (Vec<f64>, Vec<u32>) {
    let mean = weights.iter().sum::<f64>() / weights.len().max(1) as f64;
    let mut keep: Vec<f64> = weights.iter().map(|weight| weight / mean).collect();
    let mut other: Vec<u32> = (0..weights.len() as u32).collect();
    let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..weights.len()).partition(|at| keep[*at] < 1.0);
    while let (Some(less), Some(more)) = (small.pop(), large.last().copied()) {
        other[less] = more as u32;
        keep[more] -= 1.0 - keep[less];
        if keep[more] < 1.0 {
            large.pop();
            small.push(more);
        }
    }
    // What is left over is full but for rounding.
    small.iter().chain(&large).for_each(|at| keep[*at] = 1.0);
    (keep, other)
}
