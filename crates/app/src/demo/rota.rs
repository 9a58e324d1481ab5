//! The demonstration's rota: every desk, the duty officer, the leader on duty, checking and call-back desk, month by month; swaps; hand-overs of the last day.

use super::people::Staff;
use super::plan::World;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::rota::{Ask, Lay, Saying, answer, ask, draft, hand_over, publish, register, take_over};
use domain::accounts::Actor;
use domain::kernel::{AccountId, DAY, Day, HOUR, Instant, Mint, UnitId};
use domain::places::{EquipmentState, PostKind, UnitKind};
use domain::rota::{Duty, Pattern, Rest, ShiftAnswer, ShiftAsked};
use store::db::Tx;
use store::rota::Shifts;

/// The day of a month on which the next one is published.
const PUBLISHED_ON: &str = "25";

/// The last day of the month of a day.
fn month_end(day: Day) -> Day {
    let month = |day: Day| day.written()[..7].to_owned();
    (0..31).map(|n| day.plus(n)).take_while(|next| month(*next) == month(day)).last().unwrap_or(day)
}

/// What is published at the beginning of a day, if anything: the running month on the first day of all, the next one on the 25th, and on the last day at the latest.
pub(super) fn day(tx: &mut Tx<'_>, desk: &Desk, world: &World, day: Day, first: bool, last: bool, mint: &mut Mint) -> Result<(), Fault> {
    if first {
        month(tx, desk, world, day, month_end(day), day.start(), mint)?;
    }
    let date = day.written()[8..].to_owned();
    if date == PUBLISHED_ON || (first && *date > *PUBLISHED_ON) || (last && !first && *date < *PUBLISHED_ON) {
        let next = month_end(day).plus(1);
        month(tx, desk, world, next, month_end(next), day.start(), mint)?;
    }
    Ok(())
}

fn month(tx: &mut Tx<'_>, desk: &Desk, world: &World, from: Day, to: Day, now: Instant, mint: &mut Mint) -> Result<(), Fault> {
    let command = &world.command;
    let mut duties: Vec<(UnitId, Duty, Pattern)> = vec![
        (command.clone(), Duty::DutyOfficer, Pattern::ThreeShifts),
        (command.clone(), Duty::LeaderOnDuty, Pattern::Weekly),
        (command.clone(), Duty::Checker, Pattern::Office),
        (command.clone(), Duty::Callback, Pattern::Office),
    ];
    duties.extend(world.network.units.iter().filter(|unit| unit.kind == UnitKind::Station).map(|unit| (unit.id.clone(), Duty::Desk, Pattern::ThreeShifts)));
    for (unit, duty, pattern) in duties {
        let chief = if unit == *command { PostKind::CommandHead } else { PostKind::StationChief };
        let people: Vec<AccountId> = world.staff.all(&unit, duty.post()).iter().map(|actor| actor.account().clone()).collect();
        let (Some(chief), false) = (world.staff.all(&unit, chief).first(), people.is_empty()) else { continue };
        let lay = Lay { unit, duty, pattern, from_day: from, to_day: to, seats: 1, people, rest: Rest::DEFAULT };
        let id = draft(tx, desk, chief, &lay, now, mint)?;
        publish(tx, desk, chief, &id, now, mint)?;
    }
    Ok(())
}

/// A few swaps: one done, one that waits for the chief, one that waits for the other.
pub(super) fn swaps(tx: &mut Tx<'_>, desk: &Desk, world: &World, now: Instant, mint: &mut Mint) -> Result<(), Fault> {
    let stations: Vec<UnitId> = world.network.stations().map(|unit| unit.id.clone()).collect();
    for (n, unit) in stations.iter().step_by(9).enumerate() {
        let wanted = Shifts { unit: Some(unit.clone()), duty: Some(Duty::Desk), ..Shifts::default() };
        let ahead = store::rota::shifts(tx, &wanted, now.plus(3 * DAY), now.plus(7 * DAY))?;
        let Some((own, theirs)) = ahead.iter().find_map(|own| {
            let other = ahead.iter().find(|other| other.person() != own.person() && other.from_at.since(own.from_at) >= DAY)?;
            Some((own, other))
        }) else {
            continue;
        };
        let by = |account: Option<&AccountId>| account.and_then(|account| world.staff.account(account));
        let (Some(asks), Some(other), Some(chief)) = (by(own.person()), by(theirs.person()), world.staff.all(unit, PostKind::StationChief).first()) else {
            continue;
        };
        let asked =
            Ask { what: ShiftAsked::Swap, shift: own.id.clone(), other_shift: Some(theirs.id.clone()), other: None, reason: "家里老人复诊".to_owned() };
        let id = ask(tx, desk, asks, &asked, now, mint)?;
        if n > 0 {
            answer(tx, desk, other, &id, ShiftAnswer::Agree, now, mint)?;
        }
        if n > 1 {
            answer(tx, desk, chief, &id, ShiftAnswer::Approve, now, mint)?;
        }
    }
    Ok(())
}

/// The hand-overs at a change of shift. Every fifth unit forgets one, which its chief sees; one waits for a signature.
pub(super) fn change(tx: &mut Tx<'_>, desk: &Desk, world: &World, at: Instant, mint: &mut Mint) -> Result<(), Fault> {
    let units = world.network.units.iter().filter(|unit| matches!(unit.kind, UnitKind::Station | UnitKind::CommandRoom));
    for (n, unit) in (0_i64..).zip(units) {
        let turn = at.0.div_euclid(8 * HOUR);
        if (n + turn).rem_euclid(13) == 0 {
            continue;
        }
        let duty = if unit.kind == UnitKind::Station { Duty::Desk } else { Duty::DutyOfficer };
        let book = desk.rulebook(tx, at)?;
        let on = |when: Instant| on_shift(&world.staff, &book.roster.on_duty(&unit.id, duty, when, &book.holders));
        let (Some(goes), Some(comes)) = (on(at.plus(-1)), on(at)) else { continue };
        let remarks = if n % 4 == 0 { "夜间巡查一遍，无异常；来电登记本已核对" } else { "" };
        let gear: Vec<_> = register(tx, &unit.id)?.into_iter().map(|thing| (thing.id, thing.state)).collect();
        let well = gear.iter().all(|(_, state)| *state == EquipmentState::Good);
        let saying = Saying { gear: &gear, equipment: if well { "" } else { "未完好的已报修，维修单在设备柜内" }, remarks };
        let id = hand_over(tx, desk, goes, &unit.id, saying, at, mint)?;
        if (n + turn).rem_euclid(13) != 1 && goes.account() != comes.account() {
            take_over(tx, desk, comes, &id, at.plus(5 * 60 * 1_000), mint)?;
        }
    }
    Ok(())
}

fn on_shift<'a>(staff: &'a Staff, people: &[AccountId]) -> Option<&'a Actor> {
    people.first().and_then(|account| staff.account(account))
}
