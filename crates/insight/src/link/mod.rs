//! Which records are the same person: normal forms, candidates, weights, circles, clusters.
//!
//! The way of a run: [`Batch`] reads cells into numbers, [`Records::gather`] puts them together, [`link`] does the rest. Everything is deterministic: no seed, no
//! influence of the number of threads, and none of the order of the rows.

pub mod alike;
mod block;
mod compare;
mod counts;
pub mod curve;
pub mod decide;
pub mod live;
mod model;
mod records;
mod schema;
pub mod settle;
pub mod words;

pub use compare::{Pattern, of_field};
pub use model::{Model, log_sum, probability};
pub use records::{Batch, Records, said};
pub use schema::{Block, Field, Kind, Level, Part, Schema};
pub use settle::Edge;

use crate::normal::mark_of;
use rayon::prelude::*;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// What can be asked of a run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The probability from which a pair counts as the same: clusters are made at it.
    pub threshold: f64,
    /// The least probability of a pair that is reported.
    pub least: f64,
    /// Link two tables: the records from this one on are the second, and only pairs between both are looked at.
    pub split: Option<usize>,
    /// How many random pairs are sampled to learn what strangers have in common.
    pub sample: usize,
    /// What people decided: two records, and whether they are the same.
    pub decided: Vec<(u32, u32, bool)>,
}

impl Default for Options {
    fn default() -> Self {
        Self { threshold: 0.95, least: 0.01, split: None, sample: 400_000, decided: Vec::new() }
    }
}

/// What a run gives.
#[derive(Debug)]
pub struct Linked {
    /// What was learned.
    pub model: Model,
    /// Pairs at or above the least probability, in order, the smaller record first.
    pub pairs: Vec<Edge>,
    /// For each record the first record of its cluster.
    pub clusters: Vec<u32>,
    /// How many pairs were compared.
    pub compared: usize,
    /// For each rule, how many pairs it alone brought, and how many records it left alone because their group stayed too large.
    pub rules: Vec<(usize, usize)>,
}

/// Hashing of patterns: multiply and mix (they are nearly random in their bits already).
#[derive(Debug, Default, Clone, Copy)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95);
        self.0 ^= self.0 >> 29;
    }

    fn write_u128(&mut self, value: u128) {
        self.write_u64(value as u64);
        self.write_u64((value >> 64) as u64);
    }
}

type Numbers = HashMap<Pattern, u32, BuildHasherDefault<Mix>>;

/// Compared pairs: records and the number of their pattern.
#[derive(Debug, Default)]
struct Candidates {
    pairs: Vec<(u32, u32, u32)>,
    patterns: Vec<(Pattern, f64)>,
    numbers: Numbers,
}

impl Candidates {
    fn compare(&mut self, schema: &Schema, records: &Records, found: &[(u32, u32)]) {
        #[expect(clippy::type_complexity, reason = "what each chunk has counted")]
        let parts: Vec<(Vec<(u32, u32, u32)>, Vec<Pattern>)> = found
            .par_chunks(1 << 14)
            .map(|chunk| {
                let mut own = Numbers::default();
                let mut patterns = Vec::new();
                let pairs = chunk
                    .iter()
                    .map(|(a, b)| {
                        let pattern = compare::pattern(schema, records, records.row(*a as usize), records.row(*b as usize));
                        let number = *own.entry(pattern).or_insert_with(|| {
                            patterns.push(pattern);
                            patterns.len() as u32 - 1
                        });
                        (*a, *b, number)
                    })
                    .collect();
                (pairs, patterns)
            })
            .collect();
        for (pairs, patterns) in parts {
            let numbers: Vec<u32> = patterns
                .into_iter()
                .map(|pattern| {
                    *self.numbers.entry(pattern).or_insert_with(|| {
                        self.patterns.push((pattern, 0.0));
                        self.patterns.len() as u32 - 1
                    })
                })
                .collect();
            self.pairs.extend(pairs.into_iter().map(|(a, b, own)| {
                let number = numbers[own as usize];
                self.patterns[number as usize].1 += 1.0;
                (a, b, number)
            }));
        }
    }
}

/// The pattern of two records, as a run sees it after their values were counted.
#[must_use]
pub fn compare_two(schema: &Schema, records: &Records, a: usize, b: usize) -> Pattern {
    compare::pattern(schema, records, records.row(a), records.row(b))
}

/// Links records. `phase` is told the name of each step when it ends.
#[must_use]
pub fn link(schema: &Schema, records: &mut Records, options: &Options, mut phase: impl FnMut(&'static str)) -> Linked {
    let n = records.len();
    let agreeing = counts::fill(schema, records);
    let records = &*records;
    phase("count");
    let mut candidates = Candidates::default();
    let mut brought = Vec::new();
    let split = options.split.map(|split| split as u32);
    let crosses = |a: u32, b: u32| split.is_none_or(|split| (a < split) != (b < split));
    let keys = block::pairs(schema, records, crosses, |found| {
        brought.push(found.len());
        candidates.compare(schema, records, &found);
    });
    let rules = brought.into_iter().zip(keys.left_alone).collect();
    drop(keys.keys);
    phase("compare");
    let chance = model::Chance::count(schema, records, &agreeing, options.split, options.sample);
    let mut found = candidates.patterns.clone();
    found.sort_unstable_by_key(|(pattern, _)| *pattern);
    let mut model = Model::learn(schema, &chance, &found);
    let pattern = |a: u32, b: u32| compare::pattern(schema, records, records.row(a as usize), records.row(b as usize));
    let decided: Vec<(Pattern, bool)> = options.decided.iter().map(|(a, b, same)| (pattern(*a, *b), *same)).collect();
    model.learned = decide::learn(&model, &decided);
    phase("learn");
    let odds: Vec<f64> = candidates.patterns.par_iter().map(|(pattern, _)| model.log_odds(*pattern)).collect();
    let compared = candidates.pairs.len();
    let by_people: HashMap<(u32, u32), bool> = options.decided.iter().map(|(a, b, same)| ((*a.min(b), *a.max(b)), *same)).collect();
    let told =
        |a: u32, b: u32| if by_people.is_empty() { None } else { by_people.get(&(a, b)).map(|same| if *same { settle::DECIDED } else { -settle::DECIDED }) };
    let least = (options.least.clamp(1e-4, 0.5) / (1.0 - options.least.clamp(1e-4, 0.5))).ln();
    let mut edges: Vec<Edge> = candidates
        .pairs
        .par_iter()
        .map(|(a, b, number)| Edge { a: *a, b: *b, log_odds: odds[*number as usize] })
        .filter(|edge| edge.log_odds >= least.min(-4.6) && told(edge.a, edge.b).is_none())
        .collect();
    drop(candidates);
    edges.extend(by_people.keys().map(|(a, b)| Edge { a: *a, b: *b, log_odds: told(*a, *b).unwrap_or(0.0) }));
    phase("score");
    let base = model.shares[0] - log_sum(model.shares[1], model.shares[2]);
    let judge = |a: u32, b: u32| {
        told(a, b).map_or_else(
            || {
                let odds = model.log_odds(pattern(a, b));
                (odds, odds - base)
            },
            |said| (said, said),
        )
    };
    let mut pairs = settle::settle(n, &edges, &judge);
    for edge in &mut pairs {
        edge.log_odds = told(edge.a, edge.b).unwrap_or(edge.log_odds);
    }
    pairs.retain(|edge| edge.log_odds >= least && crosses(edge.a, edge.b));
    phase("settle");
    let bound = (options.threshold / (1.0 - options.threshold)).ln();
    let clusters = settle::clusters(n, &pairs, bound, |record| mark_of(records.row(record as usize).iter().copied()));
    phase("cluster");
    Linked { model, pairs, clusters, compared, rules }
}
