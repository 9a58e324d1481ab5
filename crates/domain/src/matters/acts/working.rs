//! Working: people, contacts, records, feedback, tasks, urging.

use super::super::act::ActKind;
use super::super::lists::{FilePurpose, Outcome, State, TaskKind, TaskState, ToldHow};
use super::super::writer::Writer;
use super::moving::open_task;
use crate::accounts::{Relation, reach};
use crate::dispatch::ClockKind;
use crate::kernel::{Instant, Missing, Refusal};
use crate::places::PostKind;
use crate::trail::{Count, Fact, Stamp};

/// `assign`: to a person of the lead unit, as a task.
pub(in super::super) fn assign(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    let to = w.form.account("to").ok_or_else(|| Refusal::missing("to"))?;
    let lead = w.matter.lead.clone().ok_or_else(|| Refusal::rule("no_lead", "本事项没有主办单位"))?;
    // Only to somebody whose post works on matters: a checker or a call-back clerk who became a doer could no longer check or call.
    if !reach(ActKind::Record).iter().any(|(post, relation)| *relation == Relation::Lead && w.desk.holders.holds(&to, &lead, *post)) {
        return Err(Refusal::at("not_of_unit", "to", "只能派给本单位在岗的办理人员（不含核查、回访、档案等岗位）"));
    }
    // The one who had it before is relieved; the task that named that person is lifted, so that no open task hangs on somebody who no longer has it.
    w.end_tasks(TaskKind::Assigned, TaskState::Lifted, "已改派");
    w.fact(Fact::Handler { account: Some(to.clone()) });
    let what = w.form.text("words").unwrap_or("办理本事项").to_owned();
    open_task(w, TaskKind::Assigned, lead.clone(), Some(to), lead, &what, None);
    Ok(())
}

/// `contact`: ends the first-contact clock if the person was reached.
pub(in super::super) fn contact(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    let at = w.form.instant("at").ok_or_else(|| Refusal::missing("at"))?;
    if at > w.now() || at < w.matter.received_at {
        return Err(Refusal::at("contact_time", "at", "联系时间须在收到之后、现在之前"));
    }
    w.worked();
    if w.form.flag("reached") {
        first_contact(w, at);
    }
    Ok(())
}

/// The first word with the person ends the clock that waits for it.
fn first_contact(w: &mut Writer<'_, '_>, at: Instant) {
    if w.matter.contacted_at.is_none() {
        w.stamp(Stamp::Contacted, Some(at));
        w.stop_clocks(&[ClockKind::FirstContact]);
    }
}

/// `record`: what was done, with proof.
pub(in super::super) fn record(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    w.worked();
    w.attach(FilePurpose::Site)?;
    w.fact(Fact::Records { n: w.matter.records + 1 });
    w.stop_clocks(&[ClockKind::FirstFeedback]);
    Ok(())
}

/// What still stands in the way of feeding back, looking at the matter alone.
pub(in super::super) fn may_feed_back(matter: &super::super::matter::Matter) -> Result<(), Refusal> {
    let open: Vec<_> = matter.open_tasks().filter(|task| task.kind == TaskKind::Assist).map(|task| task.unit.0.as_str()).collect();
    if !open.is_empty() {
        return Err(Refusal::rule("assists_open", format!("还不能反馈：协办任务 {} 项未完成。可以先催办，或由交办单位写明理由解除该协办", open.len())));
    }
    if matter.records == 0 {
        return Err(Refusal::rule("nothing_recorded", "还不能反馈：还没有处置记录。请先写明做了什么"));
    }
    Ok(())
}

/// `feed_back`: the lead says that it is done.
pub(in super::super) fn feed_back(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    may_feed_back(w.matter)?;
    let result: Outcome = w.form.need_code("result")?;
    let now = w.now();
    let told: ToldHow = w.form.need_code("told_how")?;
    if let Some(at) = w.form.instant("told_at")
        && (at > now || at < w.matter.received_at)
    {
        return Err(Refusal::at("told_time", "told_at", "告知时间须在收到之后、现在之前"));
    }
    w.worked();
    w.attach(FilePurpose::Paper)?;
    proof(w)?;
    w.fact(Fact::Result { result });
    // The tasks by which the lead gave the matter to its own people end with it.
    w.end_tasks(TaskKind::Assigned, TaskState::Done, "随反馈完成");
    w.stop_clocks(&[ClockKind::Finish, ClockKind::FirstFeedback]);
    match w.form.instant("told_at") {
        Some(at) if told != ToldHow::NotTold => first_contact(w, at),
        _ => w.drop_clocks(&[ClockKind::FirstContact]),
    }
    w.stamp(Stamp::FedBack, Some(now));
    w.state(State::FedBack);
    let command = w.command_room()?;
    w.joins(&command, "owner");
    let desk = w.minder(&command, PostKind::Checker);
    w.owner(command.clone(), desk);
    w.start_clock(ClockKind::Check, now, w.matter.urgency, w.matter.level);
    w.notify(command, Some(desk));
    Ok(())
}

/// Proof by kind (`domain.md` §10.4 no. 2): a fire or safety hazard shows a photo before and one after.
fn proof(w: &Writer<'_, '_>) -> Result<(), Refusal> {
    if !matches!(w.family(), "F" | "A") {
        return Ok(());
    }
    let new: Option<FilePurpose> = if w.form.files().is_empty() { None } else { Some(w.form.code("purpose").unwrap_or(FilePurpose::Paper)) };
    for purpose in [FilePurpose::Before, FilePurpose::After] {
        if new != Some(purpose) && !w.matter.files.iter().any(|file| file.purpose == purpose) {
            return Err(Refusal::at("hazard_photos", "files", format!("隐患类事项须有“{}”照片；请在处置记录中补上", purpose.zh())));
        }
    }
    Ok(())
}

/// `finish_task`: by the unit that has it.
pub(in super::super) fn finish_task(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    let task = named_task(w)?;
    let unit = w.seat.as_ref().map(|seat| seat.unit.clone());
    if unit.as_ref() != Some(&task.unit) {
        return Err(Refusal::at("task_not_yours", "task", "这项任务是交给别的单位的"));
    }
    if task.account.as_ref().is_some_and(|account| *account != w.by.account) {
        return Err(Refusal::at("task_not_yours", "task", "这项任务派给了别的同事；请由本人完成，或先改派"));
    }
    // A follow-up asks how it went; it is no work on the matter and makes nobody a doer.
    if task.kind != TaskKind::FollowUp {
        w.worked();
    }
    w.attach(FilePurpose::Site)?;
    end_task(w, task.id, TaskState::Done, "done")
}

/// `lift_task`: by who gave it.
pub(in super::super) fn lift_task(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    let task = named_task(w)?;
    let seat = w.seat.clone();
    if seat.as_ref().is_none_or(|seat| seat.unit != task.given_by) {
        return Err(Refusal::at("task_not_given_by_you", "task", "任务只能由交办它的单位解除"));
    }
    end_task(w, task.id, TaskState::Lifted, "reason")
}

fn named_task(w: &Writer<'_, '_>) -> Result<super::super::matter::Task, Refusal> {
    let id = w.form.task().ok_or_else(|| Refusal::missing("task"))?;
    w.matter.open_tasks().find(|task| task.id == id).cloned().ok_or_else(|| Refusal::Data(vec![Missing { datum: "task".to_owned(), why: "not_found" }]))
}

fn end_task(w: &mut Writer<'_, '_>, task: crate::kernel::TaskId, state: TaskState, datum: &str) -> Result<(), Refusal> {
    let text = w.form.need(datum)?.to_owned();
    let words = w.words("task_outcome", &text);
    let (at, by) = (w.now(), w.by.account.clone());
    w.fact(Fact::TaskEnded { task, state, at, by, words });
    Ok(())
}

/// `urge`: counted; the owner is told.
pub(in super::super) fn urge(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    w.fact(Fact::Counted { what: Count::Urged, n: w.matter.urged + 1 });
    if let Some(unit) = w.matter.owner_unit.clone() {
        let post = w.matter.owner_post;
        w.notify(unit, post);
    }
    Ok(())
}
