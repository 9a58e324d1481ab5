//! Facts of the chain of rules: which line each policy of the clock book has, in which version.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum RuleFact {
    /// A policy now says this; its earlier versions stay for the clocks that are pinned to them.
    PolicySet {
        /// Its name.
        policy: String,
        /// Its version; the highest one is current.
        version: i64,
        /// Its place in the book.
        ordinal: i64,
        /// Its row in the language of the clock book.
        line: String,
    },
    /// The clocks that run by a policy were moved to its current version, so many matters.
    Retimed {
        /// The policy.
        policy: String,
        /// The version that they have now.
        version: i64,
        /// How many matters.
        matters: i64,
    },
}

/// What stands in a row of the clock book: its line, its place, whether it is current.
pub type PolicyRow = (String, i64, bool);

/// The fold of the chain: what the rows of the clock book must say, by name and version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleTable {
    /// The rows.
    pub policies: BTreeMap<String, PolicyRow>,
}

impl RuleTable {
    /// The key of a row.
    #[must_use]
    pub fn key(policy: &str, version: i64) -> String {
        format!("{policy} #{version}")
    }

    /// Folds one fact in.
    pub fn apply(&mut self, fact: &RuleFact) {
        let RuleFact::PolicySet { policy, version, ordinal, line } = fact else { return };
        for before in 1..*version {
            if let Some(row) = self.policies.get_mut(&Self::key(policy, before)) {
                row.2 = false;
            }
        }
        self.policies.insert(Self::key(policy, *version), (line.clone(), *ordinal, true));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_version_is_current_and_the_others_stay() {
        let mut table = RuleTable::default();
        for version in 1..=3 {
            table.apply(&RuleFact::PolicySet { policy: "accept".to_owned(), version, ordinal: 4, line: format!("line {version}") });
        }
        let current: Vec<bool> = table.policies.values().map(|row| row.2).collect();
        assert_eq!(current, [false, false, true]);
        table.apply(&RuleFact::Retimed { policy: "accept".to_owned(), version: 3, matters: 7 });
        assert_eq!(table.policies.len(), 3);
    }
}
