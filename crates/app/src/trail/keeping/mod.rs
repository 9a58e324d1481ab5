//! 保管与销毁: how long texts are kept, what is destroyed when that has ended, and what a person may ask about the data on himself.
//!
//! A destruction is proposed by the sweeper ([`propose`]), asked for by one person and decided by another ([`ask`], [`decide`]), and then carried out
//! ([`carry_out`]): texts, salts, sealed numbers, their indexes and the files leave the rows, item by item, each an event of the chain of keeping; then the
//! engine's pages and logs are scrubbed, and a signed certificate says what is gone and what must still be rotated out. The events of the matters stay as they
//! are and still verify: they hold commitments, never texts.
//!
//! The chain of keeping is locked before that of a station, so that two destructions never wait for each other.

mod carry;
mod certificate;
mod lists;
mod orphans;
mod persons;
mod rules;

pub use carry::{carry_out, turn};
pub use certificate::text as certificate_text;
pub use lists::{ask, certificate, decide, one, proposals, propose};
pub use orphans::sweep as sweep_orphans;
pub use persons::{Answer, Asked, Copy, CopyOf, answer, held, requests};
pub use rules::{all as rules, changes, set as set_rule};
pub use store::keeping::{Certificate, Listed};

use super::record::append;
use crate::fault::Fault;
use domain::kernel::Instant;
use domain::trail::{By, KEEPING, KeepingFact};
use store::db::Tx;
use store::trail::Head;

/// Takes the lock of the chain of keeping.
fn lock(tx: &mut Tx<'_>) -> Result<Head, Fault> {
    Ok(store::trail::lock(tx, KEEPING)?)
}

/// Appends an entry about keeping to its chain, which the caller has locked; says its number.
fn note(tx: &mut Tx<'_>, head: &Head, now: Instant, act: &str, subject: &str, by: &By, facts: &[KeepingFact]) -> Result<i64, Fault> {
    append(tx, head, now, act, subject, by, facts)
}
