//! Moving: from the desk to a lead, back, and to another by decision.

use super::super::act::ActKind;
use super::super::lists::{Care, ReturnReason, State, TaskKind, TaskState};
use super::super::writer::Writer;
use super::coming_in::drop_askings;
use super::naming::lawful_body;
use crate::accounts::reach;
use crate::dispatch::{ClockKind, Level};
use crate::kernel::{AccountId, Instant, Refusal, TaskId, UnitId};
use crate::places::{PostKind, UnitKind};
use crate::trail::{Count, Fact, Stamp};

/// Working days in which a unit may send back (`domain.md` §10.3; petitions 5, 信访工作条例 art. 23).
const RETURN_DAYS: i64 = 2;
const RETURN_DAYS_PETITION: i64 = 5;
/// Sendings back after which the decision bars more.
const MOST_HOPS: i64 = 3;

/// `dispatch`: one lead, any number of assists (a task each) and copies.
pub(in super::super) fn dispatch(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    let lead = w.form.unit("lead").ok_or_else(|| Refusal::missing("lead"))?;
    let level: Level = w.form.need_code("level")?;
    takes_the_lead(w, &lead)?;
    let (assists, copies) = (w.form.units("assists"), w.form.units("copies"));
    for (units, datum) in [(&assists, "assists"), (&copies, "copies")] {
        for unit in units {
            within_house(w, unit, datum)?;
            if *unit == lead {
                return Err(Refusal::at("lead_twice", datum, "主办单位不能同时是协办或抄送单位"));
            }
        }
    }
    for (unit, datum) in std::iter::once((&lead, "lead")).chain(assists.iter().map(|unit| (unit, "assists"))).chain(copies.iter().map(|unit| (unit, "copies")))
    {
        lawful_body(w, unit, datum)?;
    }
    for unit in &assists {
        staffed(w, unit, ActKind::FinishTask, "assists")?;
        within_reach(w, unit, "assists")?;
    }
    w.categorise()?;
    if w.matter.level != Some(level) {
        w.fact(Fact::Level { level });
    }
    drop_askings(w);
    w.stop_clocks(&[ClockKind::Triage]);
    // From receipt (`domain.md` §6.1); of a matter that was reopened after it had been declined, from the reopening.
    let from = w.matter.clocks.iter().rfind(|clock| clock.kind == ClockKind::Triage).map_or(w.matter.counts_from, |clock| clock.started_at);
    w.start_clock(ClockKind::Finish, from, w.matter.urgency, Some(level));
    offer(w, lead, Some(level));
    let given_by = giver(w);
    if let Some(what) = w.form.text("assist_what").map(str::to_owned) {
        for unit in assists {
            open_task(w, TaskKind::Assist, unit, None, given_by.clone(), &what, None);
        }
    }
    for unit in copies {
        w.joins(&unit, "copy");
        w.notify(unit, None);
    }
    Ok(())
}

fn giver(w: &Writer<'_, '_>) -> UnitId {
    w.seat.as_ref().map_or_else(|| w.matter.home.clone(), |seat| seat.unit.clone())
}

/// Opens a task and lets its unit see the matter.
pub(in super::super) fn open_task(
    w: &mut Writer<'_, '_>,
    kind: TaskKind,
    unit: UnitId,
    account: Option<AccountId>,
    given_by: UnitId,
    what: &str,
    due_at: Option<Instant>,
) {
    let role = match kind {
        TaskKind::Assist => "assist",
        TaskKind::Assigned => "lead",
        TaskKind::FollowUp => "follow_up",
    };
    w.joins(&unit, role);
    let what = w.words("task", what);
    let task = w.desk.mint.id(TaskId::PREFIX);
    w.fact(Fact::TaskOpened { task, kind, unit: unit.clone(), account, given_by, what, due_at });
    w.notify(unit, None);
}

/// Hands the matter to a lead: it is offered, and the lead must accept.
fn offer(w: &mut Writer<'_, '_>, lead: UnitId, level: Option<Level>) {
    let now = w.now();
    w.fact(Fact::Lead { unit: lead.clone() });
    if w.matter.handler.is_some() {
        w.fact(Fact::Handler { account: None });
    }
    w.joins(&lead, "lead");
    let category = w.form.text("category").and_then(|code| w.desk.category(code).ok()).map_or(Care::Open, |facts| facts.care);
    name_heads(w, &lead, w.matter.care.max(category));
    w.stamp(Stamp::Offered, Some(now));
    w.stamp(Stamp::Accepted, None);
    w.state(State::Offered);
    let post = w.head_post(&lead);
    w.owner(lead.clone(), post);
    w.start_clock(ClockKind::Accept, now, w.matter.urgency, level);
    if w.matter.contacted_at.is_none() {
        w.start_clock(ClockKind::FirstContact, now, w.matter.urgency, level);
    }
    if w.matter.records == 0 {
        w.start_clock(ClockKind::FirstFeedback, now, w.matter.urgency, level);
    }
    w.notify(lead, Some(post));
}

/// A confidential matter is worked on by named people: the heads of the unit that leads, and whom they assign; those of a lead before no longer.
pub(super) fn name_heads(w: &mut Writer<'_, '_>, lead: &UnitId, care: Care) {
    if care != Care::Confidential {
        return;
    }
    let post = w.head_post(lead);
    let heads: Vec<AccountId> = w.desk.holders.0.iter().filter(|(_, unit, kind)| unit == lead && *kind == post).map(|(account, ..)| account.clone()).collect();
    let before: Vec<AccountId> = w.matter.named.iter().filter(|account| !heads.contains(account)).cloned().collect();
    for account in before {
        w.fact(Fact::Named { account, on: false });
    }
    for account in heads {
        if !w.matter.named.contains(&account) {
            w.fact(Fact::Named { account, on: true });
        }
    }
}

/// A lead is of this house, within the reach of who decides, and has people who can work on the matter: nothing may be handed to an empty room.
fn takes_the_lead(w: &Writer<'_, '_>, lead: &UnitId) -> Result<(), Refusal> {
    within_house(w, lead, "lead")?;
    staffed(w, lead, ActKind::FeedBack, "lead")?;
    within_reach(w, lead, "lead")
}

/// Somebody of the unit could do `act`.
fn staffed(w: &Writer<'_, '_>, unit: &UnitId, act: ActKind, datum: &'static str) -> Result<(), Refusal> {
    if reach(act).iter().any(|(post, _)| w.desk.holders.any(unit, *post)) {
        return Ok(());
    }
    Err(Refusal::at("unit_unstaffed", datum, "该单位目前无人在岗，交过去没有人能办；请先为其配备人员，或交其他单位"))
}

/// A unit exists, is of this house, and is not the one complained of. Outside bodies are reached through the command room.
fn within_house(w: &Writer<'_, '_>, unit: &UnitId, datum: &'static str) -> Result<(), Refusal> {
    if w.matter.has_part(unit, "accused") {
        return Err(Refusal::at("unit_accused", datum, "该单位是被反映的单位，不能主办、协办或抄送；请交其他单位"));
    }
    match w.desk.unit(unit, datum)?.kind {
        UnitKind::External => Err(Refusal::at("unit_outside", datum, "该单位不在本系统内，请交指挥室联系并移送")),
        _ => Ok(()),
    }
}

/// A station hands out to itself (its grids and people); everything else goes through the command room (`domain.md` §10.3: desk ≤ station, command room ≤ street).
fn within_reach(w: &Writer<'_, '_>, unit: &UnitId, datum: &'static str) -> Result<(), Refusal> {
    let Some(seat) = &w.seat else { return Ok(()) };
    let target = w.desk.unit(unit, datum)?;
    if matches!(seat.unit_kind, UnitKind::CommandRoom | UnitKind::DistrictCenter) {
        return if seat.place.covers(&target.place) { Ok(()) } else { Err(Refusal::at("unit_elsewhere", datum, "该单位不在本街道范围内")) };
    }
    if *unit == seat.unit || target.parent.as_ref() == Some(&seat.unit) {
        return Ok(());
    }
    Err(Refusal::at("beyond_station", datum, "综治站只能交本站办理；要交部门或其他站，请由街道指挥室交办"))
}

/// `accept`: a stamp, no new clock.
pub(in super::super) fn accept(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    w.stop_clocks(&[ClockKind::Accept]);
    begin(w);
    Ok(())
}

/// The unit has it: the stamp, and no clock begins anew.
pub(in super::super) fn begin(w: &mut Writer<'_, '_>) {
    let now = w.now();
    w.stamp(Stamp::Accepted, Some(now));
    w.state(State::Working);
}

/// Whether the unit may still send back, and if not, why.
pub(in super::super) fn may_send_back(w_matter: &super::super::matter::Matter, unit: &UnitId) -> Result<(), Refusal> {
    if w_matter.barred {
        return Err(Refusal::rule("return_barred", "指挥室已裁定本事项不得再退回；确有困难请备注说明或请指挥室会商"));
    }
    if w_matter.returns.iter().any(|hop| hop.unit == *unit) {
        return Err(Refusal::rule("return_twice", "本单位已退回过一次，同一事项不能再退；请按裁定办理"));
    }
    if w_matter.hops >= MOST_HOPS {
        return Err(Refusal::rule("return_hops", "本事项已退回 3 次，不能再退；请按裁定办理"));
    }
    Ok(())
}

/// `send_back`: within the window, with a reason not used before and a proposal.
pub(in super::super) fn send_back(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    let lead = w.matter.lead.clone().ok_or_else(|| Refusal::rule("no_lead", "本事项没有主办单位"))?;
    may_send_back(w.matter, &lead)?;
    let reason: ReturnReason = w.form.need_code("reason")?;
    if w.matter.returns.iter().any(|hop| hop.reason == reason) {
        return Err(Refusal::at("return_reason_used", "reason", "同一理由已经退回过一次，请换一个真实的理由或按裁定办理"));
    }
    let now = w.now();
    let days = if w.matter.reports.iter().any(|r| r.source == super::super::lists::Source::Petition) { RETURN_DAYS_PETITION } else { RETURN_DAYS };
    if let Some(offered) = w.matter.offered_at {
        let (until, _) = crate::dispatch::due_at(w.desk.calendar, offered, crate::dispatch::Span::working_days(days));
        if now > until {
            return Err(Refusal::rule("return_window", format!("退回期限为 {days} 个工作日，已于 {} 届满；可以备注说明并请指挥室会商", until.written())));
        }
    }
    let proposal = w.form.unit("proposal");
    if let Some(unit) = &proposal {
        w.desk.unit(unit, "proposal")?;
    }
    w.drop_clocks(&[ClockKind::Accept, ClockKind::FirstContact, ClockKind::FirstFeedback]);
    w.end_tasks(TaskKind::Assigned, TaskState::Lifted, "主办单位已退回");
    w.fact(Fact::SentBack { unit: lead, reason, proposal, at: now });
    w.fact(Fact::Counted { what: Count::Hops, n: w.matter.hops + 1 });
    w.state(State::Returned);
    let command = w.command_room()?;
    w.joins(&command, "owner");
    // Whoever arbitrates must be able to see it.
    let post = if w.matter.care == Care::Confidential { PostKind::CommandHead } else { PostKind::CommandOfficer };
    w.owner(command.clone(), post);
    w.start_clock(ClockKind::Arbitrate, now, w.matter.urgency, w.matter.level);
    w.notify(command, Some(post));
    Ok(())
}

/// `arbitrate`: the decision is binding; after three hops, or against a unit that has already sent back, it bars more.
pub(in super::super) fn arbitrate(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    let lead = w.form.unit("lead").ok_or_else(|| Refusal::missing("lead"))?;
    takes_the_lead(w, &lead)?;
    lawful_body(w, &lead, "lead")?;
    w.stop_clocks(&[ClockKind::Arbitrate]);
    if w.matter.hops >= MOST_HOPS || w.matter.returns.iter().any(|hop| hop.unit == lead) {
        w.fact(Fact::Barred);
    }
    offer(w, lead, w.matter.level);
    Ok(())
}
