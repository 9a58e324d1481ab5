//! The system's acts: what a clock does when a step of its ladder is due. Each step fires once.

use super::super::act::ActKind;
use super::super::lists::State;
use super::super::matter::{Clock, Matter};
use super::super::writer::Writer;
use super::moving::begin;
use crate::dispatch::ClockKind;
use crate::kernel::{Refusal, UnitId};
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

/// `escalate`: 80 % reminds the owner; 100 %, or a reminder that would find nobody, climbs to the first rung that is filled, and says so if one was empty.
///
/// Rungs (`domain.md` §10.6): head of the owning unit → duty officer of the command room → its head → street leader. Who is on duty is what the rota says at
/// that instant; a post without a rota is there while anybody holds it.
pub(in super::super) fn escalate(w: &mut Writer<'_, '_>, clock: &Clock) -> Result<(), Refusal> {
    step(w, clock);
    let Some(owner) = w.matter.owner_unit.clone() else { return Ok(()) };
    let reminds = clock.next_step.is_some_and(|step| step < 100);
    if reminds && let Some(post) = w.matter.owner_post.filter(|post| w.desk.is_there(&owner, *post)) {
        w.notify(owner, Some(post));
        return Ok(());
    }
    let head = w.head_post(&owner);
    let command = w.command_room()?;
    let rungs: [(UnitId, PostKind); 4] =
        [(owner, head), (command.clone(), PostKind::DutyOfficer), (command.clone(), PostKind::CommandHead), (command.clone(), PostKind::StreetLeader)];
    let filled = rungs.iter().position(|(unit, post)| w.desk.is_there(unit, *post));
    let (rung, passed_over) = filled.map_or((rungs.len() - 1, true), |rung| (rung, reminds || rung > 0));
    let (unit, post) = rungs[rung].clone();
    w.joins(&unit, "owner");
    w.fact(Fact::Notified { unit, post: Some(post), rung: i64::try_from(rung).unwrap_or(0) + 1, passed_over });
    Ok(())
}

fn step(w: &mut Writer<'_, '_>, clock: &Clock) {
    let Some(percent) = clock.next_step else { return };
    // A policy that is gone from the book leaves the clock without further steps rather than without an end.
    let (next_step, next_at) = w.policy(clock).map_or((None, None), |policy| w.next_step(&policy, clock.started_at, percent));
    w.fact(Fact::ClockStepped { clock: clock.id.clone(), step: percent, next_step, next_at });
}
