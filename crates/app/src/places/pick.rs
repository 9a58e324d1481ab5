//! What pickers ask: the few places or people that fit some words.

use crate::desk::Desk;
use crate::fault::Fault;
use crate::rulebook::Rulebook;
use domain::accounts::{Actor, Right, administers, may_somewhere};
use domain::kernel::{AccountId, Instant, UnitId};
use domain::places::{Place, PostKind, UnitKind};
use store::db::Tx;

/// A picker shows no more people than this.
const MOST_PEOPLE: usize = 30;

/// Number of the chain of places.
pub fn seq(tx: &mut Tx<'_>) -> Result<i64, Fault> {
    Ok(store::trail::seq(tx, domain::trail::PLACES)?)
}

/// Open places whose name holds the words or whose code begins with them, the highest first. Read from the kept rule book: no statement, however many grids.
#[must_use]
pub fn pick(book: &Rulebook, words: &str, under: &str, limit: usize) -> Vec<Place> {
    let words = words.trim();
    let fits = |place: &&Place| place.code.as_str().starts_with(under) && (place.name.contains(words) || place.code.as_str().starts_with(words));
    let mut found: Vec<&Place> = book.network.places.iter().filter(fits).filter(|place| place.open(book.network.on)).collect();
    found.sort_by_key(|place| (place.tier.digits(), !place.name.starts_with(words)));
    found.into_iter().take(limit).cloned().collect()
}

/// People who can be posted: holders of posts of departments, groups, the office and the command room, who administer nothing.
pub fn postable(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, words: &str, now: Instant) -> Result<Vec<(AccountId, UnitId, PostKind)>, Fault> {
    may_somewhere(actor, Right::PostPeople)?;
    let book = desk.rulebook(tx, now)?;
    let words = words.trim();
    let of_unit = |unit: &UnitId| {
        book.network.unit(unit).is_some_and(|unit| matches!(unit.kind, UnitKind::Department | UnitKind::Group | UnitKind::Office | UnitKind::CommandRoom))
    };
    let fits = |account: &AccountId, unit: &UnitId| book.account_name(account).contains(words) || book.unit_name(unit).contains(words);
    let found = book.holders.0.iter().filter(|(account, unit, kind)| !kind.for_others() && !administers(*kind) && of_unit(unit) && fits(account, unit));
    Ok(found.take(MOST_PEOPLE).cloned().collect())
}
