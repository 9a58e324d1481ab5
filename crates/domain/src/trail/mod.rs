//! 留痕, the trail: what was done, by whom, when, in an order that can be proven.
//!
//! Each chain (a matter's home station, the accounts, the sensitive reads) is a row of entries; entry `n` holds the hash of entry `n-1`.
//! An entry's hash is `SHA-256` over the length-prefixed *bytes* that are stored: algorithm, chain, number, hash before, hash of the body. The body is
//! canonical JSON. Verifying needs nothing but these rows: no policy, no key, no network. This module may not know how rows are stored.

mod account_fact;
mod as_text;
mod canonical;
mod checkpoint;
mod climb;
mod fact;
mod keeping_fact;
mod notice_fact;
mod place_fact;
pub mod retention;
mod rota_fact;
mod rule_fact;

pub use account_fact::{AccountFact, AccountRow, AccountTable, DelegationRow, TokenRow};
pub use canonical::canonical;
pub use checkpoint::{Checkpoint, merkle};
pub use climb::Climb;
pub use fact::{By, Count, Fact, Lineage, Said, Stamp};
pub use keeping_fact::{Item, ItemKey, KeepingFact, KeepingTable, List, ListState, Origin, Request, RequestKind, RequestOutcome};
pub use notice_fact::{ChannelRow, NoticeFact, NoticeTable, WayRow, WishRow};
pub use place_fact::{Difference, PlaceFact};
pub use rota_fact::{RotaFact, RotaRow, RotaTable};
pub use rule_fact::{PolicyRow, RuleFact, RuleTable};

use crate::kernel::Instant;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

/// The only algorithm so far; SM3 can follow as `chain-sm3-1`.
pub const ALGORITHM: &str = "chain-sha256-1";
/// The hash before the first entry of a chain.
pub const GENESIS: &str = "";
/// The chain of accounts and posts.
pub const ACCOUNTS: &str = "accounts";
/// The chain of places, units, posts and what stands in the stations.
pub const PLACES: &str = "places";
/// The chain of sensitive reads.
pub const READS: &str = "reads";
/// The chain of the rota.
pub const ROTA: &str = "rota";
/// The chain of channels, ways and letters.
pub const NOTICES: &str = "notices";
/// The chain of keeping: retention, destruction, requests of persons.
pub const KEEPING: &str = "keeping";
/// The chain of the rule book.
pub const RULES: &str = "rules";

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body<F> {
    /// Version of the body's shape.
    pub v: u32,
    /// When.
    pub at: Instant,
    /// The act's code.
    pub act: String,
    /// What it was done to: a matter, an account.
    pub subject: String,
    /// Who did it.
    pub by: By,
    /// What follows from it.
    pub facts: Vec<F>,
}

impl<F: Serialize> Body<F> {
    /// The body as canonical JSON, the bytes that are hashed and stored.
    ///
    /// # Errors
    /// If a fact cannot be written as JSON, which no fact of this crate does.
    pub fn write(&self) -> Result<String, serde_json::Error> {
        Ok(canonical(&serde_json::to_value(self)?))
    }
}

impl<F: DeserializeOwned> Body<F> {
    /// Reads a stored body.
    ///
    /// # Errors
    /// If it is not the JSON of such a body.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

/// The hash of entry `seq` of `chain`, 64 hexadecimal digits.
#[must_use]
pub fn entry_hash(algorithm: &str, chain: &str, seq: i64, prev: &str, body: &str) -> String {
    let body_hash = Sha256::digest(body.as_bytes());
    let mut hash = Sha256::new();
    for part in [algorithm.as_bytes(), chain.as_bytes(), &seq.to_be_bytes(), prev.as_bytes(), &body_hash] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    crate::kernel::hex(&hash.finalize())
}

/// Whether the draw chooses a matter for a call-back (`domain.md` §10.5: 10 %): provable afterwards, since the hash before was fixed before the act was known.
#[must_use]
pub fn draws(matter: &str, hash_before: &str) -> bool {
    let digest = Sha256::new().chain_update(matter).chain_update(hash_before).finalize();
    let mut first = [0_u8; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(first).is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_binds_all_its_parts() {
        let hash = entry_hash(ALGORITHM, "unt_1", 1, GENESIS, "{}");
        assert_eq!(hash.len(), 64);
        for other in [
            entry_hash("chain-sm3-1", "unt_1", 1, GENESIS, "{}"),
            entry_hash(ALGORITHM, "unt_2", 1, GENESIS, "{}"),
            entry_hash(ALGORITHM, "unt_1", 2, GENESIS, "{}"),
            entry_hash(ALGORITHM, "unt_1", 1, "00", "{}"),
            entry_hash(ALGORITHM, "unt_1", 1, GENESIS, "{ }"),
        ] {
            assert_ne!(hash, other);
        }
    }

    #[test]
    fn about_one_in_ten_is_drawn() {
        let drawn = (0..10_000).filter(|n| draws(&format!("mat_{n}"), "abc")).count();
        assert!((850..1_150).contains(&drawn), "{drawn}");
    }
}
