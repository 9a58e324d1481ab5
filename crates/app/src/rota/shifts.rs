//! Changing one shift: what it would break, and the change with its reason.

use super::telling::{About, tell};
use super::{Pen, away, over, reason, spells};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::rulebook::Rulebook;
use domain::accounts::{Actor, Right};
use domain::kernel::{AccountId, Instant, Mint, Refusal, ShiftId, UnitId};
use domain::rota::{Conflict, ConflictKind, DutyTold, Rest, RotaState, Shift, Spell, breaks};
use domain::trail::RotaFact;
use store::db::Tx;

/// What it would break if this person came to a shift: shown before, and no bar.
pub(super) fn would_break(tx: &mut Tx<'_>, book: &Rulebook, shift: &Shift, account: &AccountId, without: &[&ShiftId]) -> Result<Vec<Conflict>, Fault> {
    let mut found = Vec::new();
    let conflict = |kind| Conflict { account: account.clone(), kind, at: shift.from_at };
    if !is_of(book, account, &shift.unit) {
        found.push(conflict(ConflictKind::Gone));
    }
    let own = spells(tx, account, shift.from_at, shift.to_at, |other| other.id == shift.id || without.contains(&&other.id))?;
    let away = away(tx, account, shift.from_at, shift.to_at)?;
    let new = Spell { kind: shift.kind, from_at: shift.from_at, to_at: shift.to_at };
    found.extend(breaks(&own, &away, &new, &Rest::DEFAULT).map(conflict));
    Ok(found)
}

/// Whether the person holds a post of the unit.
pub(super) fn is_of(book: &Rulebook, account: &AccountId, unit: &UnitId) -> bool {
    book.holders.0.iter().any(|(who, of, _)| who == account && of == unit)
}

/// What would be wrong with giving a shift to somebody.
pub fn consider(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, id: &ShiftId, account: &AccountId, now: Instant) -> Result<Vec<Conflict>, Fault> {
    let book = desk.rulebook(tx, now)?;
    let (shift, _) = store::rota::shift_by_id(tx, id)?.ok_or(Fault::Missing)?;
    over(&book, actor, Right::SeeRota, &shift.unit)?;
    would_break(tx, &book, &shift, account, &[])
}

/// Gives a shift to somebody, or to nobody. A published one takes a reason.
#[expect(clippy::too_many_arguments, reason = "the shift, who comes and why, by whom and when")]
pub fn assign(
    tx: &mut Tx<'_>,
    desk: &Desk,
    actor: &Actor,
    id: &ShiftId,
    account: Option<&AccountId>,
    why: &str,
    now: Instant,
    mint: &mut Mint,
) -> Result<(), Fault> {
    let mut pen = Pen::take(tx, desk, now)?;
    let (mut shift, state) = store::rota::shift_by_id(tx, id)?.ok_or(Fault::Missing)?;
    let book = desk.rulebook(tx, now)?;
    let (seat, _) = over(&book, actor, Right::EditRota, &shift.unit)?;
    pen.signed(actor, Some(seat));
    if shift.to_at <= now {
        return Err(Refusal::rule("shift_over", "该班次已经结束，不能再改；情况说明请写在交接班记录里").into());
    }
    if let Some(account) = account
        && !is_of(&book, account, &shift.unit)
    {
        let said = format!("{}不在该单位的岗位上，不能排班；请先任岗或派驻到该单位", book.account_name(account));
        return Err(Refusal::at("not_of_rota", "account", said).into());
    }
    if state == RotaState::Published {
        let (said, words) = reason(mint, why)?;
        pen.fact(RotaFact::Because { reason: said });
        pen.words.push(words);
        let before = shift.person().filter(|who| Some(*who) != account);
        tell(tx, &mut pen, &book, About::shift(DutyTold::Taken, &shift), before, mint)?;
        tell(tx, &mut pen, &book, About::shift(DutyTold::Given, &shift), account.filter(|who| shift.person() != Some(*who)), mint)?;
    }
    (shift.account, shift.absent, shift.stand_in) = (account.cloned(), false, None);
    store::rota::put_shift(tx, &shift)?;
    pen.fact(RotaFact::Assigned { shift: id.clone(), account: account.cloned() });
    pen.write(tx, "assign_shift", &shift.rota.0, mint)
}
