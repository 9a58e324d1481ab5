//! Splits that do not leak: what belongs together stays together.

use crate::seeded::Seeded;
use std::collections::HashMap;

/// Things that are joined by having something in common.
#[derive(Debug, Clone)]
pub struct Groups(Vec<usize>);

impl Groups {
    /// So many things, each alone.
    #[must_use]
    pub fn new(n: usize) -> Self {
        Self((0..n).collect())
    }

    /// The first of the group.
    pub fn of(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    /// Joins two.
    pub fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.of(a), self.of(b));
        // The earlier one leads: the outcome does not hang on the order of joins.
        self.0[a.max(b)] = a.min(b);
    }

    /// Joins all that have the same key; those without a key stay alone.
    pub fn join_equal<K: Eq + std::hash::Hash>(&mut self, keys: impl Iterator<Item = (usize, Option<K>)>) {
        let mut first: HashMap<K, usize> = HashMap::new();
        for (at, key) in keys {
            let Some(key) = key else { continue };
            match first.get(&key) {
                Some(other) => self.join(*other, at),
                None => drop(first.insert(key, at)),
            }
        }
    }
}

/// Deals the first `n` things into `folds` by their groups: groups in a seeded order, each to the next fold.
#[must_use]
pub fn deal(groups: &mut Groups, n: usize, folds: usize, seed: u64) -> Vec<usize> {
    let mut leaders: Vec<usize> = (0..n).map(|at| groups.of(at)).collect();
    leaders.sort_unstable();
    leaders.dedup();
    Seeded::new(seed).shuffle(&mut leaders);
    let fold: HashMap<usize, usize> = leaders.into_iter().zip((0..folds.max(1)).cycle()).collect();
    (0..n).map(|at| fold[&groups.of(at)]).collect()
}
