//! Swaps, covers and absences: asked by the person, agreed by the other, decided by the chief.

use super::shifts::{is_of, would_break};
use super::telling::{About, deciders, tell};
use super::{Pen, reason};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::rulebook::Rulebook;
use domain::accounts::{Actor, Right, may_over};
use domain::kernel::{AccountId, Instant, Mint, Refusal, ShiftAskingId, ShiftId};
use domain::rota::{Conflict, DutyTold, RotaState, Shift, ShiftAnswer, ShiftAsked, ShiftAsking, ShiftAskingState};
use domain::trail::RotaFact;
use store::db::Tx;
use store::trail::Kept;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Swap, cover or absence.
    pub what: ShiftAsked,
    /// One's own shift.
    pub shift: ShiftId,
    /// The other's shift, for a swap.
    pub other_shift: Option<ShiftId>,
    /// Who takes over or stands in.
    pub other: Option<AccountId>,
    /// Why.
    pub reason: String,
}

/// An asking as one person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskingView {
    /// The asking.
    pub asking: ShiftAsking,
    /// Its shift.
    pub shift: Shift,
    /// The other's shift.
    pub other_shift: Option<Shift>,
    /// What it would break, while it is open.
    pub conflicts: Vec<Conflict>,
    /// What the person may answer.
    pub may: Vec<ShiftAnswer>,
    /// The reason; none if it was erased.
    pub said: Option<String>,
}

/// A published shift that has not begun and that nobody asks about yet.
fn free_shift(tx: &mut Tx<'_>, id: &ShiftId, now: Instant) -> Result<Shift, Fault> {
    let (shift, state) = store::rota::shift_by_id(tx, id)?.ok_or(Fault::Missing)?;
    if state != RotaState::Published {
        return Err(Fault::Missing);
    }
    if shift.from_at <= now {
        return Err(Refusal::rule("shift_begun", "该班次已经开始，不能再换班或请假；请带班负责人直接调整并写明理由").into());
    }
    if store::rota::is_asked(tx, id)? {
        return Err(Refusal::rule("shift_asking_open", "该班次已有一项申请在处理；请先撤回或等待答复").into());
    }
    Ok(shift)
}

/// Asks for a swap, a cover or an absence for one's own shift.
pub fn ask(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, ask: &Ask, now: Instant, mint: &mut Mint) -> Result<ShiftAskingId, Fault> {
    let mut pen = Pen::take(tx, desk, now)?;
    let shift = free_shift(tx, &ask.shift, now)?;
    let book = desk.rulebook(tx, now)?;
    if shift.person() != Some(actor.account()) {
        return Err(Refusal::at("shift_not_yours", "shift", "只能为自己的班次申请；别人的班次请其本人申请，或由负责人直接调整").into());
    }
    let (other, other_shift) = match ask.what {
        ShiftAsked::Swap => {
            let theirs = free_shift(tx, ask.other_shift.as_ref().ok_or_else(|| Refusal::missing("other_shift"))?, now)?;
            let other = theirs.person().cloned().filter(|other| theirs.unit == shift.unit && theirs.duty == shift.duty && other != actor.account());
            let other = other.ok_or_else(|| Refusal::at("swap_unlike", "other_shift", "换班须选同一单位、同一岗位、由另一位同事值守的班次"))?;
            (Some(other), Some(theirs.id))
        }
        ShiftAsked::Cover => (Some(ask.other.clone().ok_or_else(|| Refusal::missing("other"))?), None),
        ShiftAsked::Absence => (ask.other.clone(), None),
    };
    if let Some(other) = &other
        && (other == actor.account() || !is_of(&book, other, &shift.unit))
    {
        return Err(Refusal::at("not_of_rota", "other", "请选本单位的另一位同事").into());
    }
    let (said, words) = reason(mint, &ask.reason)?;
    let about = About::shift(DutyTold::AskedOfYou, &shift);
    let asking = ShiftAsking {
        id: mint.id(ShiftAskingId::PREFIX),
        what: ask.what,
        unit: shift.unit.clone(),
        shift: shift.id.clone(),
        other_shift,
        by: actor.account().clone(),
        state: if other.is_some() { ShiftAskingState::Asked } else { ShiftAskingState::Agreed },
        other,
        reason: said,
        asked_at: now,
        decided_by: None,
        decided_at: None,
    };
    store::rota::put_asking(tx, &asking)?;
    pen.signed(actor, actor.seats().iter().find(|seat| seat.unit == asking.unit));
    match &asking.other {
        Some(other) => tell(tx, &mut pen, &book, About { what: DutyTold::AskedOfYou, ..about }, [other], mint)?,
        None => tell(tx, &mut pen, &book, About { what: DutyTold::ToDecide, ..about }, &deciders(&book, Right::DecideShifts, &asking.unit), mint)?,
    }
    pen.words.push(words);
    let id = asking.id.clone();
    let ShiftAsking { id: of, what, unit, shift, other_shift, by, other, reason, state, asked_at, .. } = asking;
    pen.fact(RotaFact::Asked { asking: of, what, unit, shift, other_shift, by, other, reason, state, at: asked_at });
    pen.write(tx, "ask_shift", &id.0, mint)?;
    Ok(id)
}

/// The first instant that granting an asking would change.
fn begins(shift: &Shift, other: Option<&Shift>) -> Instant {
    other.map_or(shift.from_at, |other| other.from_at.min(shift.from_at))
}

fn decides(book: &Rulebook, actor: &Actor, asking: &ShiftAsking) -> bool {
    book.network.unit(&asking.unit).is_some_and(|unit| may_over(actor, Right::DecideShifts, &unit.id, &unit.place).is_ok())
}

fn shifts_of(tx: &mut Tx<'_>, asking: &ShiftAsking) -> Result<(Shift, Option<Shift>), Fault> {
    let (shift, _) = store::rota::shift_by_id(tx, &asking.shift)?.ok_or(Fault::Missing)?;
    let other = match &asking.other_shift {
        Some(id) => Some(store::rota::shift_by_id(tx, id)?.ok_or(Fault::Missing)?.0),
        None => None,
    };
    Ok((shift, other))
}

/// Answers an asking; what is granted changes the shifts in the same act.
pub fn answer(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, id: &ShiftAskingId, answer: ShiftAnswer, now: Instant, mint: &mut Mint) -> Result<(), Fault> {
    let mut pen = Pen::take(tx, desk, now)?;
    let mut asking = store::rota::asking_by_id(tx, id)?.ok_or(Fault::Missing)?;
    let book = desk.rulebook(tx, now)?;
    let decides = decides(&book, actor, &asking);
    let concerned = asking.by == *actor.account() || asking.other.as_ref() == Some(actor.account());
    if !decides && !concerned {
        return Err(Fault::Missing);
    }
    let (shift, other) = shifts_of(tx, &asking)?;
    asking.state = asking.answered(answer, actor.account(), decides, begins(&shift, other.as_ref()), now)?;
    if !asking.is_open() {
        (asking.decided_by, asking.decided_at) = (Some(actor.account().clone()), Some(now));
    }
    pen.signed(actor, actor.seats().iter().find(|seat| seat.unit == asking.unit).or_else(|| actor.seats().first()));
    let about = |what| About::shift(what, &shift);
    match asking.state {
        ShiftAskingState::Agreed => tell(tx, &mut pen, &book, about(DutyTold::ToDecide), &deciders(&book, Right::DecideShifts, &asking.unit), mint)?,
        ShiftAskingState::Granted | ShiftAskingState::Denied => {
            tell(tx, &mut pen, &book, about(DutyTold::Answered), asking.other.iter().chain([&asking.by]), mint)?
        }
        ShiftAskingState::Declined => tell(tx, &mut pen, &book, about(DutyTold::Answered), [&asking.by], mint)?,
        ShiftAskingState::Asked | ShiftAskingState::Withdrawn => {}
    }
    if asking.state == ShiftAskingState::Granted {
        grant(tx, &mut pen, &asking, shift, other)?;
    }
    store::rota::put_asking(tx, &asking)?;
    pen.fact(RotaFact::Answered { asking: id.clone(), state: asking.state, by: asking.decided_by, at: asking.decided_at });
    pen.write(tx, "answer_shift", &id.0, mint)
}

/// What was granted is done, if the shifts are still those people's.
fn grant(tx: &mut Tx<'_>, pen: &mut Pen<'_>, asking: &ShiftAsking, mut shift: Shift, other: Option<Shift>) -> Result<(), Fault> {
    let changed = || Refusal::rule("shift_changed", "班次在申请之后已被调整，这项申请不再适用；请申请人撤回后重新申请");
    if shift.person() != Some(&asking.by) || other.as_ref().is_some_and(|other| other.person() != asking.other.as_ref()) {
        return Err(changed().into());
    }
    let mut give = |tx: &mut Tx<'_>, mut shift: Shift, account: Option<AccountId>| -> Result<(), Fault> {
        (shift.account, shift.absent, shift.stand_in) = (account.clone(), false, None);
        store::rota::put_shift(tx, &shift)?;
        pen.fact(RotaFact::Assigned { shift: shift.id, account });
        Ok(())
    };
    match (asking.what, other) {
        (ShiftAsked::Swap, Some(other)) => {
            give(tx, shift, asking.other.clone())?;
            give(tx, other, Some(asking.by.clone()))
        }
        (ShiftAsked::Absence, _) => {
            (shift.absent, shift.stand_in) = (true, asking.other.clone());
            store::rota::put_shift(tx, &shift)?;
            pen.fact(RotaFact::StoodIn { shift: shift.id, absent: true, stand_in: asking.other.clone() });
            Ok(())
        }
        (ShiftAsked::Swap | ShiftAsked::Cover, _) => give(tx, shift, asking.other.clone()),
    }
}

/// The askings that concern the actor: one's own, those one is asked by, and those one decides about.
pub fn askings(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, now: Instant) -> Result<Vec<AskingView>, Fault> {
    let book = desk.rulebook(tx, now)?;
    let units: Vec<_> =
        book.network.units.iter().filter(|unit| may_over(actor, Right::DecideShifts, &unit.id, &unit.place).is_ok()).map(|unit| unit.id.clone()).collect();
    let mut views = Vec::new();
    for asking in store::rota::askings(tx, actor.account(), &units, 100)? {
        let (shift, other_shift) = shifts_of(tx, &asking)?;
        let decides = decides(&book, actor, &asking);
        let begins = begins(&shift, other_shift.as_ref());
        let may = ShiftAnswer::ALL.iter().copied().filter(|answer| asking.answered(*answer, actor.account(), decides, begins, now).is_ok()).collect();
        let mut conflicts = Vec::new();
        if let (true, Some(other)) = (asking.is_open(), &asking.other) {
            let without: Vec<&ShiftId> = other_shift.iter().map(|shift| &shift.id).collect();
            conflicts.extend(would_break(tx, &book, &shift, other, &without)?);
            if let Some(theirs) = &other_shift {
                conflicts.extend(would_break(tx, &book, theirs, &asking.by, &[&shift.id])?);
            }
        }
        let said = match store::trail::words(tx, asking.reason.words.as_str())?.map(|words| words.kept) {
            Some(Kept::Clear(text)) => Some(text),
            _ => None,
        };
        views.push(AskingView { asking, shift, other_shift, conflicts, may, said });
    }
    Ok(views)
}
