//! Duty lists against the routes: what the lint says, and which kinds nobody answers for.

use crate::desk::Desk;
use crate::fault::Fault;
use crate::intake::rules;
use domain::accounts::{Actor, Right, may_somewhere};
use domain::kernel::{Instant, UnitId};
use domain::places::{DutyFinding, lint, ownerless};
use store::db::Tx;

/// How duty lists and routes stand to each other.
#[derive(Debug, Clone)]
pub struct DutyState {
    /// Routes to units whose list lacks the kind.
    pub findings: Vec<DutyFinding>,
    /// Code and name of each leaf that no unit answers for.
    pub ownerless: Vec<(String, String)>,
    /// Units with the number of kinds on their lists.
    pub lists: Vec<(UnitId, i64)>,
    /// How many routes there are.
    pub routes: i64,
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
        ownerless: ownerless(&book.network, &book.duties).into_iter().map(|row| (row.code.to_owned(), row.zh.to_owned())).collect(),
        lists: book.network.working().map(|unit| (unit.id.clone(), count(book.duties.get(&unit.id).map_or(0, |kinds| kinds.len())))).collect(),
        routes: count(routes.len()),
    })
}
