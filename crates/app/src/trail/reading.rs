//! Reading: who looked at what needs more care. Opening the page of a protected or confidential matter is an entry of the reading chain, as is seeing a number
//! in full; the record stands in the matter's file, and an auditor reads it without the matter's texts.

use super::record::note;
use crate::fault::Fault;
use domain::accounts::{Actor, Right, may_somewhere};
use domain::kernel::{AccountId, HOUR, Instant, MatterId};
use domain::matters::{Care, Matter};
use domain::trail::{AccountFact, Body, By, Fact, READS};
use store::db::Tx;
pub use store::keeping::Read;

/// Whoever opens the same page again within so long has read it once.
const ONCE: i64 = HOUR;

/// Whether opening the page of this matter must be told to the reading chain.
#[must_use]
pub fn is_told(matter: &Matter) -> bool {
    matter.care != Care::Open
}

/// Tells the reading chain that the actor opens the page of a matter that needs care. Whether he may see it was asked before.
pub fn opened(tx: &mut Tx<'_>, actor: &Actor, matter: &MatterId, now: Instant) -> Result<(), Fault> {
    let head = store::trail::lock(tx, READS)?;
    if store::keeping::last_read(tx, matter, actor.account())?.is_some_and(|last| now.since(last) < ONCE) {
        return Ok(());
    }
    note(tx, &head, now, "open", &matter.0, &actor.by(actor.seats().first()), &[AccountFact::Opened { what: "page".to_owned() }])?;
    Ok(())
}

/// Tells the reading chain whom an act has let in to a matter that needs care, or no longer lets in. The matter's own event, with the reason, is written.
pub(crate) fn admitted(tx: &mut Tx<'_>, matter: &MatterId, by: &By, facts: &[Fact], now: Instant) -> Result<(), Fault> {
    for fact in facts {
        let Fact::Named { account, on } = fact else { continue };
        let head = store::trail::lock(tx, READS)?;
        note(tx, &head, now, if *on { "admit" } else { "dismiss" }, &matter.0, by, &[AccountFact::Admitted { account: account.clone(), on: *on }])?;
    }
    Ok(())
}

/// Whom an entry of the reading chain let in, or lets in no longer.
#[must_use]
pub fn whom(read: &Read) -> Option<AccountId> {
    Body::<AccountFact>::read(&read.body).ok()?.facts.into_iter().find_map(|fact| match fact {
        AccountFact::Admitted { account, .. } => Some(account),
        _ => None,
    })
}

/// Reads shown at once.
const SHOWN: i64 = 200;

/// Who has read a matter that the actor may see.
pub fn of_matter(tx: &mut Tx<'_>, actor: &Actor, matter: &MatterId) -> Result<Vec<Read>, Fault> {
    if !store::matters::in_scope(tx, &actor.scope(), matter)? {
        return Err(Fault::Missing);
    }
    Ok(store::keeping::reads_of(tx, matter, SHOWN)?)
}

/// What the actor himself has read, newest first, before an entry.
pub fn own(tx: &mut Tx<'_>, actor: &Actor, before: Option<i64>) -> Result<Vec<Read>, Fault> {
    Ok(store::keeping::reads_by(tx, actor.account(), before.unwrap_or(i64::MAX), SHOWN)?)
}

/// For the auditor: all reads, or those of one matter by its number; never a text of the matter.
pub fn all(tx: &mut Tx<'_>, actor: &Actor, number: Option<&str>, before: Option<i64>) -> Result<Vec<Read>, Fault> {
    may_somewhere(actor, Right::ReadReads)?;
    match number {
        None => Ok(store::keeping::reads(tx, before.unwrap_or(i64::MAX), SHOWN)?),
        Some(number) => match store::matters::by_number(tx, number)? {
            Some(id) => Ok(store::keeping::reads_of(tx, &id, SHOWN)?),
            None => Ok(Vec::new()),
        },
    }
}
