//! Duty lists against the routes: what the lint says, which kinds nobody answers for, and the record of those that is made once a month.

use super::{changes, locked, record};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::intake::rules;
use domain::accounts::{Actor, Right, may_somewhere};
use domain::kernel::{Instant, UnitId};
use domain::places::{DutyFinding, DutyMonth, PlaceBook, lint, ownerless, unreached};
use domain::trail::PlaceFact;
use store::db::Tx;

/// How duty lists and routes stand to each other.
#[derive(Debug, Clone)]
pub struct DutyState {
    /// Routes to units whose list lacks the kind.
    pub findings: Vec<DutyFinding>,
    /// Rows of lists by which a unit may lead what no route sends to it.
    pub unreached: Vec<DutyFinding>,
    /// Code and name of each leaf that no unit answers for.
    pub ownerless: Vec<(String, String)>,
    /// Units with the number of kinds on their lists.
    pub lists: Vec<(UnitId, i64)>,
    /// How many routes there are.
    pub routes: i64,
    /// The monthly records, the newest first.
    pub months: Vec<DutyMonth>,
}

/// Reads both and compares them, for whoever keeps the network or sees the units of a street.
pub fn duty_state(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, now: Instant) -> Result<DutyState, Fault> {
    may_somewhere(actor, Right::SeeUnit)?;
    duties(tx, desk, now)
}

/// The same without a person: for the command line and the monthly list.
pub fn duties(tx: &mut Tx<'_>, desk: &Desk, now: Instant) -> Result<DutyState, Fault> {
    let book = desk.rulebook(tx, now)?;
    let routes = rules(&book);
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Ok(DutyState {
        findings: lint(&book.network, &book.duties, &routes),
        unreached: unreached(&book.network, &book.duties, &routes),
        ownerless: ownerless(&book.network, &book.duties).into_iter().map(|row| (row.code.to_owned(), row.zh.to_owned())).collect(),
        lists: book.network.working().map(|unit| (unit.id.clone(), count(book.duties.get(&unit.id).map_or(0, |kinds| kinds.len())))).collect(),
        routes: count(routes.len()),
        months: store::places::duty_months(tx)?,
    })
}

/// The month of an instant as its record is called, `2026-11`.
fn month(now: Instant) -> String {
    now.day().written().chars().take(7).collect()
}

/// Whether this month's record is still to be made.
pub fn month_due(tx: &mut Tx<'_>, now: Instant) -> Result<bool, Fault> {
    Ok(!store::places::has_duty_month(tx, &month(now))?)
}

/// Makes this month's record of kinds without an owner, if it is not there: an entry of the chain of places by the system. Of several instances one makes it.
pub fn list_month(tx: &mut Tx<'_>, desk: &Desk, now: Instant) -> Result<(), Fault> {
    let head = locked(tx, now)?;
    // Nothing was laid out yet: there are no units that could lack anything.
    if head.seq == 0 || !month_due(tx, now)? {
        return Ok(());
    }
    let book = desk.rulebook(tx, now)?;
    let kinds = ownerless(&book.network, &book.duties).into_iter().map(|row| row.code.to_owned()).collect();
    let fact = PlaceFact::Unowned { row: DutyMonth { month: month(now), made_at: now, kinds } };
    record(tx, head, &Actor::system().by(None), &changes(&PlaceBook::default(), &[fact]), now)?;
    Ok(())
}
