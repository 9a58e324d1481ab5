//! The auditor's reading of the accounts' chain: who granted what to whom, when.

use super::warrant;
use crate::fault::Fault;
use domain::accounts::{Actor, Right};
use domain::kernel::{AccountId, Instant};
use domain::trail::ACCOUNTS;
use store::db::Tx;
use store::trail::Entry;

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// Entries that concern this person, done to or done by.
    pub person: Option<AccountId>,
    /// From this instant.
    pub from: Option<Instant>,
    /// Before this one.
    pub to: Option<Instant>,
    /// Only entries before this number, for the next page.
    pub below: Option<i64>,
}

/// Entries of the accounts' chain, newest first.
pub fn audit(tx: &mut Tx<'_>, actor: &Actor, look: &Look, limit: i64) -> Result<Vec<Entry>, Fault> {
    warrant(actor, Right::ReadAccountTrail)?;
    let span = (look.from.unwrap_or(Instant(0)), look.to.unwrap_or(Instant(i64::MAX)));
    let person = look.person.as_ref().map(AccountId::as_str);
    Ok(store::trail::entries_between(tx, ACCOUNTS, span, person, look.below.unwrap_or(i64::MAX), limit)?)
}
