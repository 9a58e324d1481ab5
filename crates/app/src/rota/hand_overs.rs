//! 交接班: made from what is open at the change of shift, signed by both, seen in the next shift's workbench; a missing one is seen by the chief.

use super::{Pen, over, say};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::rulebook::Rulebook;
use domain::accounts::{Actor, Right, may_over};
use domain::kernel::{AccountId, EquipmentId, HOUR, HandOverId, Instant, MatterId, Mint, Refusal, UnitId};
use domain::places::{Equipment, EquipmentState, Unit, UnitKind};
use domain::rota::{AHEAD, Duty, GRACE, HandOver, HandedWhy, Shift, check_gear, is_handed, may_take, why};
use domain::trail::{RotaFact, Said};
use std::collections::BTreeSet;
use store::db::Tx;
use store::matters::Row;
use store::trail::Kept;

/// Most matters of one hand-over: what presses more than this is not read at a change of shift.
const MOST: i64 = 60;
/// How far back a hand-over can be missing, and may still be made up for.
pub(super) const BACK: i64 = 24 * HOUR;
/// So long what was handed over stands in the workbench, if no later one comes.
const STANDS: i64 = 14 * HOUR;

/// A change of shift as it is being handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handing {
    /// The duty.
    pub duty: Duty,
    /// When one shift ends and the next begins.
    pub at: Instant,
    /// The shift that ends.
    pub ends: Option<Shift>,
    /// The shift that begins.
    pub begins: Option<Shift>,
    /// What would be handed over now, of what the actor sees.
    pub items: Vec<(Row, HandedWhy)>,
    /// The devices of the unit's register that must be looked at.
    pub gear: Vec<Equipment>,
    /// The hand-over, if it is made already.
    pub made: Option<HandOverId>,
    /// Whether it may be made now.
    pub open: bool,
}

/// A hand-over with its texts and, of its matters, those that the reader may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOverView {
    /// The record.
    pub hand_over: HandOver,
    /// Its matters as they are now.
    pub rows: Vec<(Row, HandedWhy)>,
    /// The devices that were looked at, each with the state in which it was found.
    pub gear: Vec<Equipment>,
    /// What is said of the equipment.
    pub equipment: Option<String>,
    /// Remarks.
    pub remarks: Option<String>,
    /// Whether the reader may sign as the one who comes.
    pub may_take: bool,
}

/// What whoever goes says beside the matters.
#[derive(Debug, Clone, Copy)]
pub struct Saying<'a> {
    /// Each device of the register and how it was found.
    pub gear: &'a [(EquipmentId, EquipmentState)],
    /// What is to be said of the equipment.
    pub equipment: &'a str,
    /// What else the next shift should know.
    pub remarks: &'a str,
}

/// The devices of a unit that are handed over.
pub fn register(tx: &mut Tx<'_>, unit: &UnitId) -> Result<Vec<Equipment>, Fault> {
    Ok(store::places::equipment_of(tx, unit)?.into_iter().filter(is_handed).collect())
}

/// Which duty of a unit hands over: the desk of a station, the duty officer of the command room.
const fn hands_over(kind: UnitKind) -> Option<Duty> {
    match kind {
        UnitKind::Station => Some(Duty::Desk),
        UnitKind::CommandRoom => Some(Duty::DutyOfficer),
        _ => None,
    }
}

/// The change of shift that is at hand: the next one if it is near, else the last one.
pub fn due(book: &Rulebook, unit: &UnitId, now: Instant) -> Option<(Duty, Instant)> {
    let duty = hands_over(book.network.unit(unit)?.kind)?;
    let changes: Vec<Instant> = book.roster.changes(unit, duty, now.plus(-BACK), now.plus(AHEAD)).collect();
    Some((duty, *changes.last()?))
}

/// What is at hand at the change of shift of a unit.
pub fn handing(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, unit: &UnitId, now: Instant) -> Result<Option<Handing>, Fault> {
    let book = desk.rulebook(tx, now)?;
    over(&book, actor, Right::HandOver, unit)?;
    let Some((duty, at)) = due(&book, unit, now) else { return Ok(None) };
    let items = pressing(tx, actor, &book, unit, duty, at)?;
    let made = store::rota::hand_overs(tx, unit, at, 10)?.into_iter().find(|made| made.duty == duty && made.at == at).map(|made| made.id);
    let gear = register(tx, unit)?;
    let shift = |at| book.roster.shift_at(unit, duty, at).cloned();
    Ok(Some(Handing { gear, duty, at, ends: shift(at.plus(-1)), begins: shift(at), open: made.is_none() && now.plus(AHEAD) >= at, items, made }))
}

/// What presses at a change of shift, of what the actor sees.
fn pressing(tx: &mut Tx<'_>, actor: &Actor, book: &Rulebook, unit: &UnitId, duty: Duty, at: Instant) -> Result<Vec<(Row, HandedWhy)>, Fault> {
    let until = book.roster.shift_at(unit, duty, at).map_or_else(|| at.plus(8 * HOUR), |shift| shift.to_at);
    let rows = store::matters::pressing(tx, &actor.scope(), unit, until, MOST)?.into_iter().map(crate::matters::masked_row);
    Ok(rows
        .filter_map(|row| {
            let reason = why(row.state, row.urgency.parse().ok()?, row.phase, row.governing_due, until)?;
            Some((row, reason))
        })
        .collect())
}

/// Whoever goes makes the record, and signs it by making it.
pub fn hand_over(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, unit: &UnitId, saying: Saying<'_>, now: Instant, mint: &mut Mint) -> Result<HandOverId, Fault> {
    let mut pen = Pen::take(tx, desk, now)?;
    let book = desk.rulebook(tx, now)?;
    let (seat, _) = over(&book, actor, Right::HandOver, unit)?;
    pen.signed(actor, Some(seat));
    let no_change = || Refusal::rule("no_change_of_shift", "现在没有需要交接的班次：可在下一班开始前 1 小时内交班；没有值班表的单位不作交接");
    let (duty, at) = due(&book, unit, now).ok_or_else(no_change)?;
    if store::rota::hand_overs(tx, unit, at, 10)?.iter().any(|made| made.duty == duty && made.at == at) {
        return Err(Refusal::rule("handed_over", "这一班已经有交接班记录，请接班人签字").into());
    }
    belongs(&book, actor, unit, duty, at.plus(-1), "交班")?;
    check_gear(&register(tx, unit)?, saying.gear, saying.equipment)?;
    let items: Vec<(MatterId, HandedWhy)> = pressing(tx, actor, &book, unit, duty, at)?.into_iter().map(|(row, why)| (row.id, why)).collect();
    let mut text = |pen: &mut Pen<'_>, name: &str, text: &str| -> Result<Option<Said>, Fault> {
        if text.chars().count() > 2_000 {
            return Err(Refusal::Data(vec![domain::kernel::Missing { datum: name.to_owned(), why: "too_long" }]).into());
        }
        Ok((!text.trim().is_empty()).then(|| {
            let (said, words) = say(mint, name, text);
            pen.words.push(words);
            said
        }))
    };
    let (equipment, remarks) = (text(&mut pen, "equipment", saying.equipment)?, text(&mut pen, "remarks", saying.remarks)?);
    let made = HandOver {
        id: mint.id(HandOverId::PREFIX),
        unit: unit.clone(),
        duty,
        at,
        items,
        gear: saying.gear.to_vec(),
        equipment,
        remarks,
        outgoing: actor.account().clone(),
        outgoing_at: now,
        incoming: None,
        incoming_at: None,
    };
    store::rota::put_hand_over(tx, &made)?;
    let id = made.id.clone();
    let HandOver { id: of, unit, duty, at, items, gear, equipment, remarks, outgoing, outgoing_at, .. } = made;
    pen.fact(RotaFact::HandedOver { hand_over: of, unit, duty, at, items, gear, equipment, remarks, by: outgoing, signed_at: outgoing_at });
    pen.write(tx, "hand_over", &id.0, mint)?;
    Ok(id)
}

/// Whoever signs is on the shift, or leads the unit: a colleague who happens to be there does not sign for another.
fn belongs(book: &Rulebook, actor: &Actor, unit: &UnitId, duty: Duty, at: Instant, what: &str) -> Result<(), Refusal> {
    let on: Vec<AccountId> = book.roster.on_duty(unit, duty, at, &book.holders);
    let leads = book.network.unit(unit).is_some_and(|unit| may_over(actor, Right::EditRota, &unit.id, &unit.place).is_ok());
    if leads || on.is_empty() || on.contains(actor.account()) {
        return Ok(());
    }
    let names: Vec<String> = on.iter().map(|account| book.account_name(account)).collect();
    Err(Refusal::rule("not_on_shift", format!("{what}须由当班人员（{}）或本单位负责人签字", names.join("、"))))
}

/// Whoever comes signs.
pub fn take_over(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, id: &HandOverId, now: Instant, mint: &mut Mint) -> Result<(), Fault> {
    let mut pen = Pen::take(tx, desk, now)?;
    let found = store::rota::hand_over_by_id(tx, id)?.ok_or(Fault::Missing)?;
    let book = desk.rulebook(tx, now)?;
    let (seat, _) = over(&book, actor, Right::HandOver, &found.unit)?;
    pen.signed(actor, Some(seat));
    may_take(&found, actor.account())?;
    belongs(&book, actor, &found.unit, found.duty, found.at, "接班")?;
    store::rota::take_over(tx, id, actor.account(), now)?;
    pen.fact(RotaFact::TakenOver { hand_over: id.clone(), by: actor.account().clone(), at: now });
    pen.write(tx, "take_over", &id.0, mint)
}

/// One hand-over.
pub fn view(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, id: &HandOverId, now: Instant) -> Result<HandOverView, Fault> {
    let hand_over = store::rota::hand_over_by_id(tx, id)?.ok_or(Fault::Missing)?;
    let book = desk.rulebook(tx, now)?;
    let (_, unit) = over(&book, actor, Right::SeeRota, &hand_over.unit)?;
    let may = may_over(actor, Right::HandOver, &unit.id, &unit.place).is_ok()
        && may_take(&hand_over, actor.account()).is_ok()
        && belongs(&book, actor, &unit.id, hand_over.duty, hand_over.at, "").is_ok();
    let mut rows = Vec::new();
    for (matter, why) in &hand_over.items {
        if let Some(row) = store::matters::row_of(tx, &actor.scope(), matter)?.map(crate::matters::masked_row) {
            rows.push((row, *why));
        }
    }
    let register = store::places::equipment_of(tx, &hand_over.unit)?;
    let found =
        |(id, state): &(EquipmentId, EquipmentState)| register.iter().find(|thing| thing.id == *id).map(|thing| Equipment { state: *state, ..thing.clone() });
    let gear = hand_over.gear.iter().filter_map(found).collect();
    let mut text = |said: &Option<Said>| -> Result<Option<String>, Fault> {
        let Some(said) = said else { return Ok(None) };
        Ok(match store::trail::words(tx, said.words.as_str())?.map(|words| words.kept) {
            Some(Kept::Clear(text)) => Some(text),
            _ => None,
        })
    };
    let (equipment, remarks) = (text(&hand_over.equipment)?, text(&hand_over.remarks)?);
    Ok(HandOverView { hand_over, rows, gear, equipment, remarks, may_take: may })
}

/// The hand-overs of a unit, newest first, each with the number of its matters that the reader sees: a larger number would tell of matters that must not be known of.
pub fn hand_overs(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, unit: &UnitId, now: Instant) -> Result<Vec<(HandOver, i64)>, Fault> {
    let book = desk.rulebook(tx, now)?;
    over(&book, actor, Right::SeeRota, unit)?;
    let mut found = Vec::new();
    for made in store::rota::hand_overs(tx, unit, now.plus(-31 * 24 * HOUR), 100)? {
        let n = seen(tx, actor, vec![made.id.clone()])?;
        found.push((made, n));
    }
    Ok(found)
}

/// How many matters of these hand-overs the actor sees.
fn seen(tx: &mut Tx<'_>, actor: &Actor, handed: Vec<HandOverId>) -> Result<i64, Fault> {
    let filter = store::matters::Filter { tab: Some(store::matters::Tab::Handed), handed, ..store::matters::Filter::default() };
    Ok(store::matters::count(tx, &actor.scope(), &filter)?.n)
}

/// Changes of shift without a record, half an hour after: unit, duty, when. Of units that the actor leads or stands above.
pub fn missing(tx: &mut Tx<'_>, book: &Rulebook, actor: &Actor, now: Instant) -> Result<Vec<(UnitId, Duty, Instant)>, Fault> {
    not_made(tx, book, now, |unit| may_over(actor, Right::EditRota, &unit.id, &unit.place).is_ok())
}

/// Changes of shift of some units without a record, half an hour after.
pub(super) fn not_made(tx: &mut Tx<'_>, book: &Rulebook, now: Instant, of: impl Fn(&Unit) -> bool) -> Result<Vec<(UnitId, Duty, Instant)>, Fault> {
    let from = now.plus(-BACK);
    let made: BTreeSet<(UnitId, Duty, Instant)> = store::rota::handed_over(tx, from)?.into_iter().collect();
    let mut found = Vec::new();
    for unit in book.network.units.iter().filter(|unit| of(unit)) {
        let Some(duty) = hands_over(unit.kind) else { continue };
        let changes = book.roster.changes(&unit.id, duty, from, now.plus(-GRACE)).map(|at| (unit.id.clone(), duty, at));
        found.extend(changes.filter(|change| !made.contains(change)));
    }
    Ok(found)
}

/// What stands in the workbench of the shift that is on: the last hand-over of each of the actor's units that hand over.
pub fn current(tx: &mut Tx<'_>, actor: &Actor, now: Instant) -> Result<Vec<HandOverId>, Fault> {
    let mut units: Vec<&UnitId> = actor.seats().iter().filter(|seat| hands_over(seat.unit_kind).is_some()).map(|seat| &seat.unit).collect();
    units.sort();
    units.dedup();
    let mut found = Vec::new();
    for unit in units {
        found.extend(store::rota::hand_overs(tx, unit, now.plus(-STANDS), 1)?.into_iter().filter(|made| made.at <= now.plus(AHEAD)).map(|made| made.id));
    }
    Ok(found)
}

/// The shift that ended at a hand-over and the one that began.
pub fn around(tx: &mut Tx<'_>, hand_over: &HandOver) -> Result<(Option<Shift>, Option<Shift>), Fault> {
    let wanted = store::rota::Shifts { unit: Some(hand_over.unit.clone()), duty: Some(hand_over.duty), ..store::rota::Shifts::default() };
    let shifts = store::rota::shifts(tx, &wanted, hand_over.at.plus(-1), hand_over.at.plus(1))?;
    let at = |at: Instant| shifts.iter().find(|shift| shift.holds(at)).cloned();
    Ok((at(hand_over.at.plus(-1)), at(hand_over.at)))
}

/// How many matters of the last hand-overs the actor sees; none if there is no hand-over.
pub fn handed(tx: &mut Tx<'_>, actor: &Actor, now: Instant) -> Result<Option<i64>, Fault> {
    let handed = current(tx, actor, now)?;
    if handed.is_empty() {
        return Ok(None);
    }
    seen(tx, actor, handed).map(Some)
}
