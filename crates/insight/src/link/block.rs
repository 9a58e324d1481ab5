//! Bringing records together: which pairs are compared at all.
//!
//! A pair is a candidate if a rule's parts agree. A group that is larger than [`Schema::most`] must agree in one more part after the other; what is still too
//! large then is not compared by this rule, and is counted, so that two thousand 王伟 or one big estate cost no more than they can tell. Each pair comes once:
//! from the first rule that gives it.

use super::records::{Records, key};
use super::schema::{Part, Schema};
use crate::normal::mark_of;
use rayon::prelude::*;

/// The keys of all records: as many as there are rules for each, nought where a rule does not apply.
#[derive(Debug)]
pub(super) struct Keys {
    pub(super) keys: Vec<u32>,
    /// Records that a rule left alone because their group stayed too large, by rule.
    pub left_alone: Vec<usize>,
}

/// The key of one rule before any group is found too large.
pub(super) fn first_key(schema: &Schema, records: &Records, row: &[u32], on: &[Part]) -> u32 {
    if let [one] = on {
        return key(schema, records, row, *one);
    }
    let mut parts = [0_u32; 8];
    for (at, part) in parts.iter_mut().zip(on) {
        *at = key(schema, records, row, *part);
        if *at == 0 {
            return 0;
        }
    }
    mark_of(parts[..on.len().min(8)].iter().copied())
}

/// A key with one more part; nought where the part is not there.
pub(super) fn further(key: u32, part: u32) -> u32 {
    if part == 0 { 0 } else { mark_of([key, part]) }
}

/// The keys of one rule, and groups of them: `(key << 32 | record)`, sorted.
fn rule(schema: &Schema, records: &Records, at: usize) -> (Vec<u64>, usize) {
    let block = &schema.blocks[at];
    let mut entries: Vec<u64> = (0..records.len())
        .into_par_iter()
        .map(|record| u64::from(first_key(schema, records, records.row(record), &block.on)) << 32 | record as u64)
        .filter(|entry| entry >> 32 != 0)
        .collect();
    entries.par_sort_unstable();
    let mut left_alone = 0;
    for part in block.then.iter().map(Some).chain([None]) {
        let mut changed = false;
        for group in entries.chunk_by_mut(|a, b| a >> 32 == b >> 32) {
            if group.len() <= schema.most.max(2) {
                continue;
            }
            changed = true;
            for entry in group.iter_mut() {
                let record = *entry & 0xffff_ffff;
                let new = part.map_or(0, |part| further((*entry >> 32) as u32, key(schema, records, records.row(record as usize), *part)));
                left_alone += usize::from(part.is_none());
                *entry = u64::from(new) << 32 | record;
            }
        }
        if !changed {
            break;
        }
        entries.retain(|entry| entry >> 32 != 0);
        entries.par_sort_unstable();
    }
    (entries, left_alone)
}

/// Keys and, rule by rule, the pairs that no earlier rule gives; `each` gets the pairs of one rule, smaller record first.
pub(super) fn pairs(schema: &Schema, records: &Records, crosses: impl Fn(u32, u32) -> bool + Sync, mut each: impl FnMut(Vec<(u32, u32)>)) -> Keys {
    let rules = schema.blocks.len();
    let mut keys = vec![0_u32; records.len() * rules];
    let mut left_alone = Vec::with_capacity(rules);
    for at in 0..rules {
        let (entries, alone) = rule(schema, records, at);
        left_alone.push(alone);
        for entry in &entries {
            keys[(entry & 0xffff_ffff) as usize * rules + at] = (entry >> 32) as u32;
        }
        let seen = |a: u32, b: u32| {
            let (a, b) = (a as usize * rules, b as usize * rules);
            keys[a..a + at].iter().zip(&keys[b..b + at]).any(|(a, b)| a == b && *a != 0)
        };
        let groups: Vec<&[u64]> = entries.chunk_by(|a, b| a >> 32 == b >> 32).filter(|group| group.len() > 1).collect();
        let found: Vec<(u32, u32)> = groups
            .par_iter()
            .with_min_len(1024)
            .flat_map_iter(|group| {
                let (seen, crosses) = (&seen, &crosses);
                group.iter().enumerate().flat_map(move |(i, a)| {
                    let a = (a & 0xffff_ffff) as u32;
                    group[i + 1..].iter().map(move |b| (a, (b & 0xffff_ffff) as u32)).filter(move |(a, b)| crosses(*a, *b) && !seen(*a, *b))
                })
            })
            .collect();
        each(found);
    }
    Keys { keys, left_alone }
}
