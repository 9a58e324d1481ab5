//! The live form: one new record against millions, without reading them again.
//!
//! Holds the rows and, for each rule, its keys in order; what is added later stands in a table beside them. Memory: the rows, and eight bytes a record and rule.

use super::block::{first_key, further};
use super::compare;
use super::model::{Model, log_sum, probability};
use super::records::{Batch, Records, key};
use super::schema::Schema;
use super::settle::{self, Edge};
use std::collections::HashMap;

/// An index that grows.
#[derive(Debug)]
pub struct Index {
    schema: Schema,
    records: Records,
    model: Model,
    /// `key << 32 | record`, in order, by rule.
    sorted: Vec<Vec<u64>>,
    /// What was added, by rule and key.
    added: HashMap<(usize, u32), Vec<u32>>,
}

/// Weaker candidates than this are not told: ln odds of 0.01.
const LEAST: f64 = -4.6;

impl Index {
    /// Makes an index of records that were linked, and of what was learned then.
    #[must_use]
    pub fn new(schema: Schema, records: Records, model: Model) -> Self {
        let sorted = schema
            .blocks
            .iter()
            .map(|block| {
                let keyed = (0..records.len()).map(|at| u64::from(first_key(&schema, &records, records.row(at), &block.on)) << 32 | at as u64);
                let mut entries: Vec<u64> = keyed.filter(|entry| entry >> 32 != 0).collect();
                entries.sort_unstable();
                entries.shrink_to_fit();
                entries
            })
            .collect();
        Self { schema, records, model, sorted, added: HashMap::new() }
    }

    fn read(&self, cells: &[&str]) -> Vec<u32> {
        let mut batch = Batch::new();
        batch.push(&self.schema, cells);
        Records::read_one(&self.schema, batch, &self.records.known)
    }

    /// The records that may be the same person as a new one, likeliest first, with the probability.
    #[must_use]
    pub fn find(&self, cells: &[&str]) -> Vec<(u32, f64)> {
        let row = self.read(cells);
        let mut found: Vec<u32> = Vec::new();
        for (at, block) in self.schema.blocks.iter().enumerate() {
            let own = first_key(&self.schema, &self.records, &row, &block.on);
            if own == 0 {
                continue;
            }
            let entries = &self.sorted[at];
            let start = entries.partition_point(|entry| entry >> 32 < u64::from(own));
            let end = start + entries[start..].partition_point(|entry| entry >> 32 == u64::from(own));
            let mut group: Vec<u32> =
                entries[start..end].iter().map(|entry| (entry & 0xffff_ffff) as u32).chain(self.added.get(&(at, own)).into_iter().flatten().copied()).collect();
            let mut mark = own;
            for part in &block.then {
                if group.len() < self.schema.most {
                    break;
                }
                mark = further(mark, key(&self.schema, &self.records, &row, *part));
                let wanted = key(&self.schema, &self.records, &row, *part);
                group.retain(|other| wanted != 0 && key(&self.schema, &self.records, self.records.row(*other as usize), *part) == wanted);
            }
            if mark != 0 && group.len() <= self.schema.most {
                found.extend(group);
            }
        }
        found.sort_unstable();
        found.dedup();
        let new = u32::try_from(self.records.len()).unwrap_or(u32::MAX);
        let of = |record: u32| if record == new { row.as_slice() } else { self.records.row(record as usize) };
        let base = self.model.shares[0] - log_sum(self.model.shares[1], self.model.shares[2]);
        let judge = |a: u32, b: u32| {
            let odds = self.model.log_odds(compare::pattern(&self.schema, &self.records, of(a), of(b)));
            (odds, odds - base)
        };
        let edges: Vec<Edge> =
            found.iter().map(|other| Edge { a: *other, b: new, log_odds: judge(*other, new).0 }).filter(|edge| edge.log_odds >= LEAST).collect();
        let mut told: Vec<(u32, f64)> =
            settle::circle(edges, &judge).into_iter().filter(|edge| edge.b == new).map(|edge| (edge.a, probability(edge.log_odds))).collect();
        told.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
        told
    }

    /// Adds a record and gives its number.
    pub fn add(&mut self, cells: &[&str]) -> u32 {
        let row = self.read(cells);
        let new = u32::try_from(self.records.len()).unwrap_or(u32::MAX);
        for (at, block) in self.schema.blocks.iter().enumerate() {
            let own = first_key(&self.schema, &self.records, &row, &block.on);
            if own != 0 {
                self.added.entry((at, own)).or_default().push(new);
            }
        }
        self.records.rows.extend_from_slice(&row);
        new
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The memory that the index takes, in bytes (without what was added to its tables).
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.records.bytes() + self.sorted.iter().map(|entries| entries.capacity() * 8).sum::<usize>()
    }
}
