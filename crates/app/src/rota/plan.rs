//! Laying out days: a proposal to look at, a draft, and its publication.

use super::telling::{About, tell};
use super::{Pen, away, over, spells};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::rulebook::Rulebook;
use domain::accounts::{Actor, Right};
use domain::kernel::{AccountId, Day, Instant, Mint, Missing, Refusal, RotaId, ShiftId, UnitId};
use domain::rota::{Candidate, Conflict, Duty, DutyTold, Pattern, Rest, RotaState, Shift, Slot, Spell, conflicts, generate, slots};
use domain::trail::{RotaFact, RotaRow};
use store::db::Tx;

/// Most days, people and places a shift of one rota.
const DAYS: i64 = 62;
const PEOPLE: usize = 60;
const SEATS: i64 = 5;

/// What is to be laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lay {
    /// Which unit's.
    pub unit: UnitId,
    /// Which duty.
    pub duty: Duty,
    /// How.
    pub pattern: Pattern,
    /// First day.
    pub from_day: Day,
    /// Last day.
    pub to_day: Day,
    /// People a shift.
    pub seats: i64,
    /// Who takes part, in order.
    pub people: Vec<AccountId>,
    /// The limits.
    pub rest: Rest,
}

/// What one person would have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Who.
    pub account: AccountId,
    /// Shifts.
    pub shifts: i64,
    /// Of these, nights.
    pub nights: i64,
    /// Of these, at weekends and holidays.
    pub off: i64,
    /// Milliseconds.
    pub time: i64,
}

/// A plan to look at before it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The slots with who would come; nobody is a gap.
    pub rows: Vec<(Slot, Vec<Option<AccountId>>)>,
    /// What it would break: nothing, unless people are busy already.
    pub conflicts: Vec<Conflict>,
    /// Who would have how much.
    pub shares: Vec<Share>,
}

impl Proposal {
    /// Places that nobody can take.
    #[must_use]
    pub fn gaps(&self) -> usize {
        self.rows.iter().flat_map(|(_, row)| row).filter(|who| who.is_none()).count()
    }
}

fn check(book: &Rulebook, lay: &Lay) -> Result<(), Refusal> {
    let bad = |datum: &str, why| Err(Refusal::Data(vec![Missing { datum: datum.to_owned(), why }]));
    if lay.to_day < lay.from_day || lay.to_day.0 - lay.from_day.0 >= DAYS {
        return Err(Refusal::at("rota_days", "to_day", format!("一次可以排 1 至 {DAYS} 天，止日不能早于起日")));
    }
    if !(1..=SEATS).contains(&lay.seats) {
        return bad("seats", "bad");
    }
    if lay.people.is_empty() {
        return bad("people", "missing");
    }
    if lay.people.len() > PEOPLE {
        return bad("people", "too_long");
    }
    if let Some(stranger) = lay.people.iter().find(|who| !book.holders.0.iter().any(|(account, unit, _)| account == *who && *unit == lay.unit)) {
        let name = book.account_name(stranger);
        return Err(Refusal::at("not_of_rota", "people", format!("{name}不在该单位的岗位上，不能排班；请先任岗或派驻到该单位")));
    }
    Ok(())
}

/// Lays out days for people, without keeping anything.
pub fn propose(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, lay: &Lay, now: Instant) -> Result<Proposal, Fault> {
    let book = desk.rulebook(tx, now)?;
    over(&book, actor, Right::EditRota, &lay.unit)?;
    check(&book, lay)?;
    proposal(tx, &book, lay)
}

/// The slots of a plan with those who come, and what follows.
pub(crate) fn proposal(tx: &mut Tx<'_>, book: &Rulebook, lay: &Lay) -> Result<Proposal, Fault> {
    let slots = slots(lay.pattern, lay.from_day, lay.to_day, &book.calendar);
    let (from, until) = (lay.from_day.start(), lay.to_day.plus(8).start());
    let own = |shift: &Shift| shift.unit == lay.unit && shift.duty == lay.duty && shift.from_at >= from;
    let mut people = Vec::new();
    for account in &lay.people {
        let busy = spells(tx, account, from, until, own)?;
        people.push(Candidate { account: account.clone(), busy, away: away(tx, account, from, until)? });
    }
    let plan = generate(&slots, usize::try_from(lay.seats).unwrap_or(1), &people, &lay.rest);
    let rows: Vec<(Slot, Vec<Option<AccountId>>)> = slots.into_iter().zip(plan).collect();
    let (mut found, mut shares) = (Vec::new(), Vec::new());
    for person in &people {
        let mine: Vec<&Slot> = rows.iter().filter(|(_, row)| row.iter().flatten().any(|who| *who == person.account)).map(|(slot, _)| slot).collect();
        let all: Vec<Spell> = person.busy.iter().copied().chain(mine.iter().map(|s| Spell { kind: s.kind, from_at: s.from_at, to_at: s.to_at })).collect();
        found.extend(conflicts(&person.account, &all, &person.away, &lay.rest).into_iter().filter(|conflict| conflict.at >= from));
        let count = |counts: &dyn Fn(&Slot) -> bool| i64::try_from(mine.iter().filter(|slot| counts(slot)).count()).unwrap_or(0);
        shares.push(Share {
            account: person.account.clone(),
            shifts: count(&|_| true),
            nights: count(&|slot| slot.kind.is_night()),
            off: count(&|slot| slot.off),
            time: mine.iter().map(|slot| slot.to_at.since(slot.from_at)).sum(),
        });
    }
    Ok(Proposal { rows, conflicts: found, shares })
}

/// Keeps a plan as a draft; a draft of the same duty for these days is replaced.
pub fn draft(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, lay: &Lay, now: Instant, mint: &mut Mint) -> Result<RotaId, Fault> {
    let mut pen = Pen::take(tx, desk, now)?;
    let book = desk.rulebook(tx, now)?;
    let (seat, _) = over(&book, actor, Right::EditRota, &lay.unit)?;
    check(&book, lay)?;
    pen.signed(actor, Some(seat));
    let rows = proposal(tx, &book, lay)?.rows;
    let id = lay_out(tx, &mut pen, lay, rows, mint)?;
    pen.write(tx, "lay_out", &id.0, mint)?;
    Ok(id)
}

/// Writes a draft with these rows, in place of drafts of the same duty for these days.
pub(super) fn lay_out(tx: &mut Tx<'_>, pen: &mut Pen<'_>, lay: &Lay, rows: Vec<(Slot, Vec<Option<AccountId>>)>, mint: &mut Mint) -> Result<RotaId, Fault> {
    for other in store::rota::of_unit(tx, &lay.unit, lay.from_day, lay.to_day)?.into_iter().filter(|other| other.duty == lay.duty) {
        match other.state {
            RotaState::Published => return Err(published(&other)),
            RotaState::Draft => {
                store::rota::drop_draft(tx, &other.id)?;
                pen.fact(RotaFact::Dropped { rota: other.id });
            }
        }
    }
    // In a demonstration every rota is one of the demonstration, and says so.
    let demo = crate::seed::setting(tx, crate::seed::DEMO)?.as_deref() == Some("true");
    let rota = RotaRow {
        id: mint.id(RotaId::PREFIX),
        unit: lay.unit.clone(),
        duty: lay.duty,
        pattern: lay.pattern,
        from_day: lay.from_day,
        to_day: lay.to_day,
        seats: lay.seats,
        state: RotaState::Draft,
        demo,
    };
    store::rota::put(tx, &rota)?;
    pen.fact(RotaFact::Planned {
        rota: rota.id.clone(),
        unit: rota.unit.clone(),
        duty: rota.duty,
        pattern: rota.pattern,
        from_day: rota.from_day.0,
        to_day: rota.to_day.0,
        seats: rota.seats,
        demo,
    });
    for (slot, row) in rows {
        for account in row {
            let shift = Shift {
                id: mint.id(ShiftId::PREFIX),
                rota: rota.id.clone(),
                unit: rota.unit.clone(),
                duty: rota.duty,
                kind: slot.kind,
                from_at: slot.from_at,
                to_at: slot.to_at,
                account,
                absent: false,
                stand_in: None,
            };
            store::rota::put_shift(tx, &shift)?;
            let Shift { id, rota, kind, from_at, to_at, account, .. } = shift;
            pen.fact(RotaFact::Laid { shift: id, rota, kind, from_at, to_at, account });
        }
    }
    Ok(rota.id)
}

fn published(rota: &RotaRow) -> Fault {
    let said = format!("{}至{}的{}值班表已经发布，不能重排；请在值班表上逐班调整并写明理由", rota.from_day.written(), rota.to_day.written(), rota.duty.zh());
    Refusal::rule("rota_published", said).into()
}

/// A draft that the actor may work on, and the pen that is signed with the post.
fn own_draft<'a>(tx: &mut Tx<'_>, desk: &'a Desk, actor: &Actor, id: &RotaId, now: Instant) -> Result<(Pen<'a>, RotaRow), Fault> {
    let mut pen = Pen::take(tx, desk, now)?;
    let rota = store::rota::by_id(tx, id)?.ok_or(Fault::Missing)?;
    let book = desk.rulebook(tx, now)?;
    let (seat, _) = over(&book, actor, Right::EditRota, &rota.unit)?;
    pen.signed(actor, Some(seat));
    if rota.state != RotaState::Draft {
        return Err(published(&rota));
    }
    Ok((pen, rota))
}

/// Puts a draft in force. What it leaves open stays open, and is shown.
pub fn publish(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, id: &RotaId, now: Instant, mint: &mut Mint) -> Result<(), Fault> {
    let (mut pen, rota) = own_draft(tx, desk, actor, id, now)?;
    let book = desk.rulebook(tx, now)?;
    let shifts = store::rota::shifts_of(tx, id)?;
    let ahead = || shifts.iter().filter(|shift| shift.to_at > now);
    if let Some(first) = ahead().next() {
        tell(tx, &mut pen, &book, About::shift(DutyTold::Published, first), ahead().filter_map(Shift::person), mint)?;
    }
    in_force(tx, pen, rota, mint)
}

pub(super) fn in_force(tx: &mut Tx<'_>, mut pen: Pen<'_>, rota: RotaRow, mint: &mut Mint) -> Result<(), Fault> {
    let id = rota.id.clone();
    store::rota::put(tx, &RotaRow { state: RotaState::Published, ..rota })?;
    pen.fact(RotaFact::Published { rota: id.clone() });
    pen.write(tx, "publish_rota", &id.0, mint)
}

/// Takes a draft away.
pub fn drop_draft(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, id: &RotaId, now: Instant, mint: &mut Mint) -> Result<(), Fault> {
    let (mut pen, rota) = own_draft(tx, desk, actor, id, now)?;
    store::rota::drop_draft(tx, &rota.id)?;
    pen.fact(RotaFact::Dropped { rota: rota.id });
    pen.write(tx, "drop_draft", &id.0, mint)
}
