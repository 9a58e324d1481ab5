//! The system's acts: what a clock does when a step of its ladder is due. Each step fires once.

use super::super::act::ActKind;
use super::super::lists::State;
use super::super::matter::{Clock, Matter};
use super::super::writer::Writer;
use super::moving::begin;
use crate::dispatch::ClockKind;
use crate::kernel::{AccountId, Refusal, UnitId};
use crate::notices::{ALARM, Climb, Notice, rungs};
use crate::places::PostKind;
use crate::trail::Fact;

/// Which act a due step means: the accept clock at 100 % accepts, everything else climbs.
pub(in super::super) fn due_act(matter: &Matter, clock: &Clock) -> ActKind {
    if clock.kind == ClockKind::Accept && matter.state == State::Offered && clock.next_step.is_some_and(|step| step >= 100) {
        ActKind::AutoAccept
    } else {
        ActKind::Escalate
    }
}

/// `auto_accept`: the window passed; it counts as accepted late, and the unit's head is told.
pub(in super::super) fn auto_accept(w: &mut Writer<'_, '_>, clock: &Clock) -> Result<(), Refusal> {
    step(w, clock);
    w.fail_clocks(&[ClockKind::Accept]);
    begin(w);
    if let Some(lead) = w.matter.lead.clone() {
        let post = w.head_post(&lead);
        w.notify(lead, Some(post));
    }
    Ok(())
}

/// `escalate` by a clock: 80 % reminds the owner; 100 %, or a reminder that would find nobody, goes to the first rung that is filled ([`crate::notices`]), and says so
/// if one was empty.
pub(in super::super) fn escalate(w: &mut Writer<'_, '_>, clock: &Clock) -> Result<(), Refusal> {
    step(w, clock);
    let Some(owner) = w.matter.owner_unit.clone() else { return Ok(()) };
    let reminds = clock.next_step.is_some_and(|step| step < 100);
    if reminds && let Some(post) = w.matter.owner_post.filter(|post| w.desk.is_there(&owner, *post)) {
        w.notify(owner, Some(post));
        return Ok(());
    }
    raise(w, 0, reminds, |_, _| false);
    Ok(())
}

/// `escalate` by a notice that nobody has acknowledged: the next channel below 100 % of its policy, the next rung at 100 %.
pub(in super::super) fn climb(w: &mut Writer<'_, '_>, notice: &Notice) {
    let Some(Climb { ladder, policy, version, next_step: Some(step), .. }) = notice.climb.clone() else { return };
    // A policy that is gone from the book must not leave an urgent notice lying: it climbs at once.
    let policy = w.pinned(&policy, version);
    let (next_step, next_at) = policy.map_or((None, None), |policy| w.next_step(&policy, notice.at, step));
    w.fact(Fact::NoticeStepped { notice: notice.id.clone(), step, next_step, next_at });
    if next_at.is_none() {
        let asked = w.matter.notices.iter().filter(|n| n.climb.as_ref().is_some_and(|climb| climb.ladder == ladder));
        let asked: Vec<(UnitId, Option<PostKind>)> = asked.map(|n| (n.unit.clone(), n.post)).collect();
        raise(w, notice.rung, false, |unit, post| asked.iter().any(|(u, p)| u == unit && *p == Some(post)));
    }
}

/// Tells the next rung above `from` on which somebody stands and that was not asked before; each empty one is named. Above the last, the alarm stands in the command
/// room until somebody there acknowledges it.
fn raise(w: &mut Writer<'_, '_>, from: i64, mut passed_over: bool, asked: impl Fn(&UnitId, PostKind) -> bool) {
    for rung in rungs(w.matter, w.desk).into_iter().filter(|rung| rung.n > from && !asked(&rung.unit, rung.post)) {
        let people = rung.people(w.matter, w.desk);
        if people.is_empty() {
            passed_over = true;
            w.fact(Fact::RungEmpty { rung: rung.n, unit: rung.unit, post: rung.post });
            continue;
        }
        w.joins(&rung.unit, "owner");
        // It names the person if there is only one.
        let account = if let [one] = people.as_slice() { Some(one.clone()) } else { None };
        w.tell(rung.unit, Some(rung.post), account, rung.n, passed_over);
        return;
    }
    let unit = w.command_room().unwrap_or_else(|_| w.matter.home.clone());
    w.joins(&unit, "owner");
    w.tell(unit, None, None, ALARM, passed_over);
}

/// Whether `account` has something of the matter in hand.
pub(in super::super) fn holds_work(matter: &Matter, account: &AccountId) -> bool {
    matter.handler.as_ref() == Some(account) || matter.open_tasks().any(|task| task.account.as_ref() == Some(account))
}

/// `release`: the person left. The matter's handler is nobody, the person's open tasks are the units', and their heads are told.
pub(in super::super) fn release(w: &mut Writer<'_, '_>, account: &AccountId) {
    let mut units: Vec<UnitId> = Vec::new();
    if w.matter.handler.as_ref() == Some(account) {
        w.fact(Fact::Handler { account: None });
        units.extend(w.matter.lead.clone());
    }
    let tasks: Vec<_> = w.matter.open_tasks().filter(|task| task.account.as_ref() == Some(account)).map(|task| (task.id.clone(), task.unit.clone())).collect();
    for (task, unit) in tasks {
        w.fact(Fact::TaskPassed { task, account: None });
        if !units.contains(&unit) {
            units.push(unit);
        }
    }
    for unit in units {
        let post = w.head_post(&unit);
        w.notify(unit, Some(post));
    }
}

fn step(w: &mut Writer<'_, '_>, clock: &Clock) {
    let Some(percent) = clock.next_step else { return };
    // A policy that is gone from the book leaves the clock without further steps rather than without an end.
    let (next_step, next_at) = w.pinned(&clock.policy, clock.version).map_or((None, None), |policy| w.next_step(&policy, clock.started_at, percent));
    w.fact(Fact::ClockStepped { clock: clock.id.clone(), step: percent, next_step, next_at });
}
