//! Weights without labels: Fellegi & Sunter 1969, estimated by expectation–maximisation (Dempster, Laird & Rubin 1977; for linkage Winkler 1988, Jaro 1989).
//!
//! Two classes, “one person” and “two strangers”, are not enough: two members of a household share address, telephone and surname, and would pass for one. So
//! there are three, with the fields independent within each: M, one person; H, two of one household or circle, who share what is shared and not what is each
//! one's own; R, two taken at random. The chances under R are counted, not estimated: an agreement on a value that n records have, in bands of n (term
//! frequencies, Winkler 1989; here a band has its own weight in M and H as well), less the pairs that are held to be one person; every other level on a sample
//! of random pairs.

use super::compare::{MOST_FIELDS, Pattern, of_field, pattern};
use super::counts::{Agreeing, BANDS};
use super::records::Records;
use super::schema::Schema;
use rayon::prelude::*;

/// Levels a field may have, with 0 for “cannot be told”.
const LEVELS: usize = 8;
/// Cells of one field: level × band.
const CELLS: usize = LEVELS * BANDS;
/// Passes of the estimation at most.
const PASSES: usize = 60;
/// The least chance of anything.
const LEAST: f64 = 1e-12;

/// Natural logarithms of the chances of each level and band, by field.
pub(super) type Table = Vec<[f64; CELLS]>;

/// What was learned of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// ln P(level, band | M), by field.
    pub same: Table,
    /// ln P(level, band | H).
    pub near: Table,
    /// ln P(level, band | R).
    pub random: Table,
    /// ln of the shares of M, H and R among all pairs.
    pub shares: [f64; 3],
    /// How often the estimation passed over the pairs.
    pub passes: usize,
    /// What decisions of people changed: a factor on each field's weight, and what is added to all ([`super::decide`]).
    pub learned: Option<super::decide::Learned>,
}

/// Chances under R, as they were counted: numbers of pairs by field and cell.
#[derive(Debug, Clone)]
pub struct Chance {
    pairs: Table,
    told: Vec<f64>,
    total: f64,
    /// What one random pair of the sample stands for.
    grain: f64,
}

impl Chance {
    /// Counts agreements on values, and samples `sample` random pairs (all, if there are fewer) for the other levels.
    #[must_use]
    pub fn count(schema: &Schema, records: &Records, agreeing: &Agreeing, split: Option<usize>, sample: usize) -> Self {
        let n = records.len() as u64;
        let (left, right) = split.map_or((n, n), |split| (split as u64, n - split as u64));
        let total = if split.is_some() { left as f64 * right as f64 } else { n as f64 * (n.max(1) - 1) as f64 / 2.0 };
        let all = total <= sample as f64;
        let from = |i: u64, j: u64| {
            let mut cells = [0_u8; MOST_FIELDS];
            let pattern = pattern(schema, records, records.row(i as usize), records.row(j as usize));
            for (field, cell) in cells.iter_mut().enumerate().take(schema.fields.len()) {
                let (level, band) = of_field(pattern, field);
                *cell = (level << 4 | band) as u8;
            }
            cells
        };
        let zero = || vec![[0.0; CELLS]; schema.fields.len()];
        let add = |mut table: Table, cells: [u8; MOST_FIELDS]| {
            table.iter_mut().zip(cells).for_each(|(row, cell)| row[cell as usize % CELLS] += 1.0);
            table
        };
        let sum = |mut a: Table, b: Table| {
            a.iter_mut().zip(b).for_each(|(a, b)| a.iter_mut().zip(b).for_each(|(a, b)| *a += b));
            a
        };
        let (mut pairs, taken) = if n < 2 || left == 0 || right == 0 {
            (zero(), 1.0)
        } else if all {
            let first = |i: u64| if split.is_some() { left } else { i + 1 };
            let table = (0..left).into_par_iter().fold(zero, |table, i| (first(i)..n).fold(table, |table, j| add(table, from(i, j)))).reduce(zero, sum);
            (table, total)
        } else {
            // A Weyl sequence, mixed: the same pairs whatever the number of threads.
            let draw = |k: u64| {
                let mut x = k.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
                x ^ x >> 31
            };
            let table = (0..sample as u64)
                .into_par_iter()
                .fold(zero, |table, k| {
                    let i = draw(2 * k + 1) % left;
                    let j = if split.is_some() { left + draw(2 * k + 2) % right } else { (i + 1 + draw(2 * k + 2) % (n - 1)) % n };
                    add(table, from(i, j))
                })
                .reduce(zero, sum);
            (table, sample as f64)
        };
        let grain = total / taken;
        for (field, of) in schema.fields.iter().enumerate() {
            pairs[field].iter_mut().for_each(|cell| *cell *= grain);
            let first = schema.first_count(field);
            for (at, level) in of.kind.levels().iter().enumerate() {
                if let Some(count) = level.counted.filter(|_| level.exact) {
                    let share = if split.is_some() { 2.0 * left as f64 * right as f64 / (n as f64 * n as f64) } else { 1.0 };
                    for band in 0..BANDS {
                        pairs[field][(at + 1) * BANDS + band] = agreeing[first + count][band].max(0.0) * share;
                    }
                }
            }
        }
        let told = pairs.iter().map(|row| row[BANDS..].iter().sum::<f64>().max(1.0)).collect();
        Self { pairs, told, total: total.max(1.0), grain }
    }

    /// ln P(cell | R), when `less` pairs of each cell are held to be no random ones.
    fn table(&self, schema: &Schema, less: &Table) -> Table {
        let of = |field: usize, cell: usize| {
            let level = cell / BANDS;
            let counted = self.pairs[field][cell];
            let exact = level > 0 && schema.fields[field].kind.levels().get(level - 1).is_some_and(|level| level.exact);
            let floor = if exact { counted * 0.01 + 1e-4 } else { counted * 0.05 + 0.2 * self.grain / BANDS as f64 };
            ((counted - less[field][cell]).max(floor) / self.told[field]).max(LEAST).ln()
        };
        (0..less.len())
            .map(|field| {
                let mut row = [0.0; CELLS];
                (BANDS..CELLS).for_each(|cell| row[cell] = of(field, cell));
                row
            })
            .collect()
    }
}

/// Patterns and how often each was found.
pub(super) type Found = [(Pattern, f64)];

impl Model {
    /// The sum of a table's logarithms over the fields of a pattern.
    fn sum(table: &Table, pattern: Pattern) -> f64 {
        table.iter().enumerate().fold(0.0, |sum, (field, row)| sum + row[(pattern >> (8 * field)) as usize & (CELLS - 1)])
    }

    /// ln of the three classes' weights of a pattern, each with its share.
    fn classes(&self, pattern: Pattern) -> [f64; 3] {
        [self.shares[0] + Self::sum(&self.same, pattern), self.shares[1] + Self::sum(&self.near, pattern), self.shares[2] + Self::sum(&self.random, pattern)]
    }

    /// ln of the odds that a pair with this pattern is one person.
    #[must_use]
    pub fn log_odds(&self, pattern: Pattern) -> f64 {
        let [same, near, random] = self.classes(pattern);
        let plain = same - log_sum(near, random);
        self.learned.as_ref().map_or(plain, |learned| learned.apply(self, pattern, plain))
    }

    /// The chance that a pair which is not one person is of one household.
    #[must_use]
    pub fn other(&self, pattern: Pattern) -> f64 {
        let [_, near, random] = self.classes(pattern);
        probability(near - random)
    }

    /// ln of the odds without the share of M: what the fields alone say.
    #[must_use]
    pub fn evidence(&self, pattern: Pattern) -> f64 {
        self.log_odds(pattern) - self.shares[0] + log_sum(self.shares[1], self.shares[2])
    }

    /// What one field adds, against two strangers: ln P(cell | M) − ln P(cell | R).
    #[must_use]
    pub fn weight(&self, pattern: Pattern, field: usize) -> f64 {
        let cell = (pattern >> (8 * field)) as usize & (CELLS - 1);
        self.same[field][cell] - self.random[field][cell]
    }

    /// As [`Self::weight`], against two of one household.
    #[must_use]
    pub fn weight_near(&self, pattern: Pattern, field: usize) -> f64 {
        let cell = (pattern >> (8 * field)) as usize & (CELLS - 1);
        self.same[field][cell] - self.near[field][cell]
    }

    /// Learns from the patterns of the candidates.
    #[must_use]
    pub fn learn(schema: &Schema, chance: &Chance, found: &Found) -> Self {
        let fields = schema.fields.len();
        let zero = || vec![[0.0; CELLS]; fields];
        let seen = found.iter().fold(zero(), |mut seen, (pattern, n)| {
            for (field, row) in seen.iter_mut().enumerate() {
                row[(*pattern >> (8 * field)) as usize & (CELLS - 1)] += n;
            }
            seen
        });
        let random = chance.table(schema, &zero());
        // First guess: what is usual for M; for H, M in what is shared and R in what is each one's own.
        let first = |field: usize, own: bool| {
            let mut row = [0.0; CELLS];
            for (at, level) in schema.fields[field].kind.levels().iter().enumerate() {
                let cells = (at + 1) * BANDS..(at + 2) * BANDS;
                let all: f64 = seen[field][cells.clone()].iter().sum::<f64>() + 1.0;
                for cell in cells {
                    let share = (seen[field][cell] + 1.0 / BANDS as f64) / all;
                    row[cell] = if own { random[field][cell] } else { (level.first * share).max(LEAST).ln() };
                }
            }
            row
        };
        let candidates: f64 = found.iter().map(|(_, n)| n).sum();
        let share = (candidates * 0.3 / chance.total).clamp(1e-300, 0.3).ln();
        let mut model = Self {
            same: (0..fields).map(|field| first(field, false)).collect(),
            near: (0..fields).map(|field| first(field, !schema.fields[field].shared)).collect(),
            random,
            shares: [share, share - 1.0, (1.0_f64 - 2.0 * share.exp()).max(0.1).ln()],
            passes: 0,
            learned: None,
        };
        for pass in 0..PASSES {
            let before = model.shares;
            model.step(schema, chance, found, &seen);
            model.passes = pass + 1;
            if pass > 5 && (0..2).all(|i| (model.shares[i] - before[i]).abs() < 2e-4) {
                break;
            }
        }
        model
    }

    /// One pass: expectation, then maximisation.
    fn step(&mut self, schema: &Schema, chance: &Chance, found: &Found, seen: &Table) {
        let fields = schema.fields.len();
        let zero = || (vec![[0.0; CELLS]; fields], vec![[0.0; CELLS]; fields], [0.0; 2]);
        // Chunks of fixed size, summed in order: the same sums whatever the number of threads.
        let parts: Vec<_> = found
            .par_chunks(4096)
            .map(|chunk| {
                let mut sums = zero();
                for (pattern, n) in chunk {
                    let classes = self.classes(*pattern);
                    let all = log_sum(classes[0], log_sum(classes[1], classes[2]));
                    let (same, near) = (n * (classes[0] - all).exp(), n * (classes[1] - all).exp());
                    for field in 0..fields {
                        let cell = (*pattern >> (8 * field)) as usize & (CELLS - 1);
                        sums.0[field][cell] += same;
                        sums.1[field][cell] += near;
                    }
                    sums.2[0] += same;
                    sums.2[1] += near;
                }
                sums
            })
            .collect();
        let (mut same, mut near, mut all) = zero();
        for part in parts {
            for field in 0..fields {
                for cell in 0..CELLS {
                    same[field][cell] += part.0[field][cell];
                    near[field][cell] += part.1[field][cell];
                }
            }
            all[0] += part.2[0];
            all[1] += part.2[1];
        }
        let mut less = same.clone();
        less.iter_mut().zip(&near).for_each(|(less, near)| less.iter_mut().zip(near).for_each(|(less, near)| *less += near));
        self.random = chance.table(schema, &less);
        self.shares = [all[0], all[1], (chance.total - all[0] - all[1]).max(1.0)].map(|n| (n.max(1e-9) / chance.total).ln());
        for field in 0..fields {
            self.same[field] = shares(schema, field, &same[field], &seen[field], None);
            let fixed = (!schema.fields[field].shared).then_some(&self.random[field]);
            self.near[field] = shares(schema, field, &near[field], &seen[field], fixed);
        }
    }
}

/// Chances from sums, with one pair's worth of prior: the usual share of the level, spread over its bands as they were seen. Where `fixed` is given, levels that
/// tell one person from all others keep its chances: nobody in the house has my number.
fn shares(schema: &Schema, field: usize, sums: &[f64; CELLS], seen: &[f64; CELLS], fixed: Option<&[f64; CELLS]>) -> [f64; CELLS] {
    let levels = schema.fields[field].kind.levels();
    let is_fixed = |at: usize| fixed.filter(|_| levels[at].telling);
    let total: f64 = (0..levels.len()).filter(|at| is_fixed(*at).is_none()).map(|at| sums[(at + 1) * BANDS..(at + 2) * BANDS].iter().sum::<f64>()).sum();
    let mut row = [0.0; CELLS];
    for (at, level) in levels.iter().enumerate() {
        let cells = (at + 1) * BANDS..(at + 2) * BANDS;
        let all: f64 = seen[cells.clone()].iter().sum::<f64>() + 1.0;
        for cell in cells {
            row[cell] = is_fixed(at).map_or_else(
                || {
                    let share = (seen[cell] + 1.0 / BANDS as f64) / all;
                    ((sums[cell] + 2.0 * level.first * share) / (total + 2.0)).max(LEAST).ln()
                },
                |fixed| fixed[cell],
            );
        }
    }
    row
}

/// ln(eᵃ + eᵇ).
#[must_use]
pub fn log_sum(a: f64, b: f64) -> f64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    high + (low - high).exp().ln_1p()
}

/// Probability from the logarithm of odds.
#[must_use]
pub fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}
