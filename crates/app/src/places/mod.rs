//! 组织网格: the network changes by acts like everything else. A change is proposed as facts, judged as a whole, and recorded in the chain of places.

mod ask;
mod duty;
mod here;
mod import;
mod page;
mod pick;
mod post;
mod row;
mod table;

pub use ask::{Ask, facts};
pub use duty::{DutyState, duties, duty_state, list_month, month_due};
pub use here::{Here, Present, here};
pub use import::{Checked, Faulty, Upload, check_upload, commit_upload, marked, read_upload};
pub use page::{Line, OneUnit, Overview, Seen, UnitLine, history, overview, unit_page};
pub use pick::{pick, postable, seq};
pub use post::{Wish, end_posting, post_person};
pub use row::Filled;
pub use table::{Form, table, template};

use crate::desk::Desk;
use crate::fault::{Changed, Fault};
use crate::trail::note;
use domain::accounts::{Actor, Right, Seat, may_over, may_somewhere};
use domain::kernel::{Instant, Mint, PlaceCode, Refusal, UnitId};
use domain::places::{PlaceBook, Wrong, judge};
use domain::trail::{By, Difference, PLACES, PlaceFact};
use store::db::Tx;
pub use store::places::HeldPost;
use store::trail::Head;

/// A row that is to change, with what is different about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// By which act.
    pub act: &'static str,
    /// The row as it will be.
    pub fact: PlaceFact,
    /// Column by column.
    pub differences: Vec<Difference>,
}

/// What a proposal comes to: the changes if it may be, else everything that is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Proposed {
    /// What would change; rows that stay as they are do not appear.
    pub changes: Vec<Change>,
    /// What is wrong.
    pub wrong: Vec<Wrong>,
    /// Number of the chain of places: who acts later on what he saw here names it.
    pub seq: i64,
}

/// Says what would change, and writes nothing.
pub fn preview(tx: &mut Tx<'_>, actor: &Actor, asks: &[Ask], now: Instant, mint: &mut Mint) -> Result<Proposed, Fault> {
    let book = store::places::book(tx, Some(now))?;
    let facts = &facts(&book, asks, actor, now, mint)?;
    for fact in facts {
        may(&book, actor, fact)?;
    }
    let seq = store::trail::seq(tx, PLACES)?;
    let wrong = judge(&book, facts, now).err().unwrap_or_default();
    Ok(Proposed { changes: changes(&book, facts), wrong: [wrong, busy(tx, &book, facts)?].concat(), seq })
}

/// Does what is asked, all of it or nothing. `seen` is the number of the chain at which the person saw the rows: if one of them has changed since, the answer says by whom.
pub fn change(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, asks: &[Ask], seen: Option<i64>, now: Instant, mint: &mut Mint) -> Result<Proposed, Fault> {
    let head = locked(tx, now)?;
    let book = store::places::book(tx, Some(now))?;
    let facts = &facts(&book, asks, actor, now, mint)?;
    let mut by = None;
    for fact in facts {
        let seat = may(&book, actor, fact)?;
        by.get_or_insert_with(|| actor.by(Some(seat)));
    }
    let by = by.ok_or_else(|| Refusal::missing("acts"))?;
    stale(tx, desk, facts, seen, now)?;
    let wrong = [judge(&book, facts, now).err().unwrap_or_default(), busy(tx, &book, facts)?].concat();
    if let Some(first) = wrong.first() {
        return Err(refusal(first).into());
    }
    let changes = changes(&book, facts);
    let seq = record(tx, head, &by, &changes, now)?;
    Ok(Proposed { changes, wrong, seq })
}

/// The refusal of a rule of places, for whoever proposed one change and not a file: its sentence ends with the rule's code.
fn refusal(wrong: &Wrong) -> Refusal {
    let said = format!("{}（规则 {}）", wrong.said, wrong.code);
    match wrong.field {
        Some(field) => Refusal::at("network_unsound", field, said),
        None => Refusal::rule("network_unsound", said),
    }
}

/// What is different, row by row, in the order in which the rows may be written.
pub(crate) fn changes(book: &PlaceBook, facts: &[PlaceFact]) -> Vec<Change> {
    let mut book = book.clone();
    let mut changes = Vec::new();
    for fact in PlaceBook::in_order(facts.to_vec()) {
        let before = book.before(&fact);
        let differences = fact.differences(before.as_ref());
        book.apply(&fact);
        if !differences.is_empty() {
            changes.push(Change { act: fact.act(before.as_ref()), fact, differences });
        }
    }
    changes
}

/// Writes the rows and an entry for each; answers the chain's number.
pub(crate) fn record(tx: &mut Tx<'_>, mut head: Head, by: &By, changes: &[Change], now: Instant) -> Result<i64, Fault> {
    for change in changes {
        store::places::put(tx, &change.fact)?;
        let act = format!("{}_{}", change.act, change.fact.table());
        note(tx, &head, now, &act, change.fact.key(), by, std::slice::from_ref(&change.fact))?;
        head = store::trail::lock(tx, PLACES)?;
    }
    Ok(head.seq)
}

/// The head of the chain of places, locked. A network from before there was this chain is written down first, as it stands.
pub(crate) fn locked(tx: &mut Tx<'_>, now: Instant) -> Result<Head, Fault> {
    let head = store::trail::lock(tx, PLACES)?;
    if head.seq > 0 { Ok(head) } else { lay_out(tx, head, now) }
}

/// The first entry of the chain: every row that is there.
pub(crate) fn lay_out(tx: &mut Tx<'_>, head: Head, now: Instant) -> Result<Head, Fault> {
    let facts = PlaceBook::in_order(store::places::book(tx, None)?.facts());
    if facts.is_empty() {
        return Ok(head);
    }
    note(tx, &head, now, "lay_out", "network", &Actor::system().by(None), &facts)?;
    Ok(store::trail::lock(tx, PLACES)?)
}

/// The seat by which somebody may say such a fact.
fn may<'a>(book: &PlaceBook, actor: &'a Actor, fact: &PlaceFact) -> Result<&'a Seat, Fault> {
    let over = |right, unit: &UnitId| -> Result<&'a Seat, Fault> { Ok(may_over(actor, right, unit, &place_of(book, unit)?)?) };
    match fact {
        PlaceFact::Place { .. } | PlaceFact::Unit { .. } | PlaceFact::Post { .. } | PlaceFact::Duties { .. } => Ok(may_somewhere(actor, Right::EditNetwork)?),
        PlaceFact::Room { row } => over(Right::KeepUnit, book.rooms.get(&row.id).map_or(&row.unit, |before| &before.unit)),
        PlaceFact::Equipment { row } => over(Right::KeepUnit, book.equipment.get(&row.id).map_or(&row.unit, |before| &before.unit)),
        PlaceFact::Booking { row } => over(Right::BookRooms, &book.rooms.get(&row.room).ok_or(Fault::Missing)?.unit),
        // Postings come with a holding, the month's record with the month: both have a use-case of their own.
        PlaceFact::Posting { .. } | PlaceFact::Unowned { .. } => Err(Fault::Missing),
    }
}

fn place_of(book: &PlaceBook, unit: &UnitId) -> Result<PlaceCode, Fault> {
    Ok(book.units.get(unit).ok_or(Fault::Missing)?.place.clone())
}

/// A unit that still has open work is not closed: its matters would have an owner whom nobody is.
fn busy(tx: &mut Tx<'_>, book: &PlaceBook, facts: &[PlaceFact]) -> Result<Vec<Wrong>, Fault> {
    let mut wrong = Vec::new();
    for (at, fact) in facts.iter().enumerate() {
        let PlaceFact::Unit { row } = fact else { continue };
        if row.valid_to.is_none() || book.units.get(&row.id).is_none_or(|before| before.valid_to.is_some()) {
            continue;
        }
        let busy = store::places::busy(tx, &row.id)?;
        if busy.matters + busy.tasks > 0 {
            let said = format!("“{}”还有 {} 件未办结事项、{} 项未完成任务，请先办结或改派", row.name, busy.matters, busy.tasks);
            wrong.push(Wrong { at: Some(at), code: "unit_busy", field: Some("valid_to"), said });
        }
    }
    Ok(wrong)
}

/// Whether one of the rows has changed since `seen`.
fn stale(tx: &mut Tx<'_>, desk: &Desk, facts: &[PlaceFact], seen: Option<i64>, now: Instant) -> Result<(), Fault> {
    let Some(seen) = seen else { return Ok(()) };
    let mut changed = Vec::new();
    let mut current = seen;
    for entry in store::trail::entries_since(tx, PLACES, seen, 1_000)? {
        current = entry.seq;
        if facts.iter().any(|fact| fact.key() == entry.subject) {
            let by = desk.rulebook(tx, now)?.account_name(&entry.account.as_str().into());
            changed.push(Changed { act: entry.act, at: entry.at, by });
        }
    }
    if changed.is_empty() { Ok(()) } else { Err(Fault::Stale { current, changed }) }
}
