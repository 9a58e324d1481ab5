//! Closing: checked by another, called back by a third, closed by the lead tier's chief; and the ways back.

use super::super::decide::{always_called_back, reopen_window_ends};
use super::super::lists::{CheckWay, FilePurpose, Outcome, Solved, State, TaskKind, TaskState, Verdict};
use super::super::matter::Matter;
use super::super::writer::Writer;
use crate::dispatch::{ClockKind, Level};
use crate::kernel::{AccountId, Instant, Refusal, UnitId};
use crate::places::PostKind;
use crate::trail::{Count, Fact, Stamp, draws};

/// Tries after which a call-back counts as “not reachable”, and the days they must spread over (`domain.md` §10.3).
const TRIES: usize = 3;
const TRY_DAYS: usize = 2;

/// The checker is not one who worked on it. The rule looks at the person, not the unit: checkers sit in the command room, which leads matters of its own.
pub(in super::super) fn may_check(matter: &Matter, account: &AccountId) -> Result<(), Refusal> {
    if matter.doers.contains(account) || matter.handler.as_ref() == Some(account) {
        return Err(Refusal::rule("checker_is_doer", "核查人不能是办理人，请由其他核查员核查"));
    }
    Ok(())
}

/// `check`: confirmed, or to be done again.
pub(in super::super) fn check(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    may_check(w.matter, &w.by.account)?;
    let verdict: Verdict = w.form.need_code("verdict")?;
    let way: CheckWay = w.form.need_code("way")?;
    if verdict == Verdict::Pass {
        match w.family() {
            "F" | "A" if way != CheckWay::Site => return Err(Refusal::at("hazard_checked_on_site", "way", "隐患类事项须现场核查才能通过")),
            "D" if way == CheckWay::Call => return Err(Refusal::at("dispute_checked_by_papers", "way", "纠纷类事项须核查材料或现场核查，仅电话核查不能通过")),
            _ => {}
        }
    }
    w.attach(FilePurpose::Site)?;
    w.stop_clocks(&[ClockKind::Check]);
    match verdict {
        Verdict::Rework => {
            w.fact(Fact::Counted { what: Count::Rework, n: w.matter.rework + 1 });
            back_to_work(w)
        }
        Verdict::Pass => pass(w),
    }
}

/// Back to the lead, or to the station desk if it never had one: a new finish span from now; what was told and recorded before stays in the file, but has
/// to be shown anew. A follow-up of the closing before is overtaken.
fn back_to_work(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    let now = w.now();
    let (lead, post) = match w.matter.lead.clone() {
        Some(lead) => {
            let post = w.head_post(&lead);
            (lead, post)
        }
        None => {
            let home = w.matter.home.clone();
            w.fact(Fact::Lead { unit: home.clone() });
            w.joins(&home, "lead");
            w.stamp(Stamp::Offered, Some(now));
            let post = match w.head_post(&home) {
                PostKind::StationChief => PostKind::DeskClerk,
                other => other,
            };
            (home, post)
        }
    };
    w.end_tasks(TaskKind::FollowUp, TaskState::Lifted, "事项重新办理");
    w.fact(Fact::Records { n: 0 });
    w.stamp(Stamp::FedBack, None);
    w.stamp(Stamp::Closed, None);
    w.state(State::Working);
    w.owner(lead.clone(), post);
    let level = w.matter.level.or(Some(Level::Ordinary));
    w.start_clock(ClockKind::Finish, now, w.matter.urgency, level);
    w.notify(lead, Some(post));
    Ok(())
}

fn pass(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    let now = w.now();
    if !called_back(w, w.matter.category.as_deref()) {
        // Closed in the name of the lead tier's chief: nothing is left to decide, the check has confirmed the result that was fed back.
        shut(w);
        return Ok(());
    }
    w.state(State::Callback);
    let command = w.command_room()?;
    let desk = w.minder(&command, PostKind::CallbackClerk);
    w.owner(command.clone(), desk);
    w.start_clock(ClockKind::Callback, now, w.matter.urgency, w.matter.level);
    w.notify(command, Some(desk));
    Ok(())
}

/// Whether the matter, of this category now, is called back: always for some kinds, else by a draw that can be proven afterwards (`domain.md` §10.5).
pub(in super::super) fn called_back(w: &mut Writer<'_, '_>, category: Option<&str>) -> bool {
    if always_called_back(w.matter, w.family_of(category)) {
        return true;
    }
    let chosen = draws(&w.matter.id.0, w.desk.hash_before);
    let with = w.desk.hash_before.to_owned();
    w.fact(Fact::Drawn { chosen, with });
    chosen
}

fn shut(w: &mut Writer<'_, '_>) {
    let now = w.now();
    w.stop_clocks(&[ClockKind::Callback, ClockKind::Finish, ClockKind::FirstContact]);
    w.stamp(Stamp::Closed, Some(now));
    w.state(State::Closed);
    w.nobody_owns();
}

/// Whether the call-backs so far are enough to close: an answer, or three tries on two days since the feedback.
pub(in super::super) fn call_back_done(matter: &Matter) -> bool {
    let since = matter.fed_back_at.unwrap_or(matter.registered_at);
    let calls: Vec<_> = matter.calls.iter().filter(|call| call.at >= since).collect();
    let days: std::collections::BTreeSet<_> = calls.iter().map(|call| call.at.day()).collect();
    calls.iter().any(|call| call.reached) || (calls.len() >= TRIES && days.len() >= TRY_DAYS)
}

/// `call_back`: an answer or a try. When it is enough, the matter goes to the one who may close it.
pub(in super::super) fn call_back(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    may_call_back(w.matter, &w.by.account)?;
    let now = w.now();
    let reached = w.form.flag("reached");
    let call = super::super::matter::Call {
        at: now,
        reached,
        solved: w.form.code::<Solved>("solved"),
        satisfaction: w.form.code("satisfaction"),
        timely: reached.then(|| w.form.flag("timely")),
    };
    w.fact(Fact::CalledBack { at: call.at, reached, solved: call.solved, satisfaction: call.satisfaction, timely: call.timely });
    let mut after = w.matter.clone();
    after.calls.push(call);
    if call_back_done(&after) {
        let (unit, post) = closer(w)?;
        w.owner(unit.clone(), post);
        w.notify(unit, Some(post));
    }
    Ok(())
}

/// Who closes: the chief of the lead's tier.
fn closer(w: &Writer<'_, '_>) -> Result<(UnitId, PostKind), Refusal> {
    let lead = w.matter.lead.clone().unwrap_or_else(|| w.matter.home.clone());
    let post = w.head_post(&lead);
    if post == PostKind::CommandOfficer || !w.desk.holders.any(&lead, post) {
        return Ok((w.command_room()?, PostKind::CommandHead));
    }
    Ok((lead, post))
}

/// What still stands in the way of closing, looking at the matter alone (`domain.md` §10.4; the conditions of joint and supervised matters come with their acts).
pub(in super::super) fn may_close(matter: &Matter) -> Result<(), Refusal> {
    if !call_back_done(matter) {
        return Err(Refusal::rule("not_called_back", "还不能办结：回访还没有结果。须联系上群众一次，或在两天内至少尝试 3 次"));
    }
    if matter.open_tasks().next().is_some() {
        return Err(Refusal::rule("tasks_open", "还不能办结：还有任务未完成。请先完成，或由交办单位写明理由解除"));
    }
    Ok(())
}

/// `close`: by the lead tier's chief.
pub(in super::super) fn close(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    may_close(w.matter)?;
    let result: Outcome = w.form.need_code("result")?;
    let since = w.matter.fed_back_at.unwrap_or(w.matter.registered_at);
    let unsolved = w.matter.calls.iter().rfind(|call| call.reached && call.at >= since).is_some_and(|call| call.solved == Some(Solved::No));
    if unsolved && matches!(result, Outcome::Met | Outcome::Settled) {
        return Err(Refusal::at("result_against_person", "result", "群众回访说未解决，不能以“诉求满足”办结；请如实选择结果或重办"));
    }
    w.fact(Fact::Result { result });
    shut(w);
    Ok(())
}

/// Whether a closed or declined matter may still be reopened.
pub(in super::super) fn may_reopen(matter: &Matter, now: Instant) -> Result<(), Refusal> {
    if matter.state != State::Declined {
        return window_open(matter, now);
    }
    let decided = matter.askings.iter().filter_map(|asking| asking.decided_at).max().unwrap_or(matter.registered_at);
    if now >= reopen_window_ends(decided) {
        return Err(Refusal::rule("reopen_window", format!("引导已超过 30 天（{} 止），请登记新事项并注明“重复”", reopen_window_ends(decided).written())));
    }
    Ok(())
}

/// Whether a closed matter may still come back.
pub(in super::super) fn window_open(matter: &Matter, now: Instant) -> Result<(), Refusal> {
    match matter.closed_at {
        Some(closed) if now >= reopen_window_ends(closed) => {
            Err(Refusal::rule("reopen_window", format!("办结已超过 30 天（{} 止），请登记新事项并注明“重复”", reopen_window_ends(closed).written())))
        }
        _ => Ok(()),
    }
}

/// `object`: the person does not agree; the call-back desk writes the word down.
pub(in super::super) fn object(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    come_back(w)
}

/// `reopen`: by the chief or the command room. A declined matter goes back to the desk.
pub(in super::super) fn reopen(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    may_reopen(w.matter, w.now())?;
    if w.matter.state == State::Declined {
        let now = w.now();
        w.fact(Fact::Counted { what: Count::Reopened, n: w.matter.reopened + 1 });
        w.state(State::Registered);
        w.owner(w.matter.home.clone(), PostKind::DeskClerk);
        w.start_clock(ClockKind::Triage, now, w.matter.urgency, w.matter.level);
        return Ok(());
    }
    come_back(w)
}

fn come_back(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    window_open(w.matter, w.now())?;
    w.stop_clocks(&[ClockKind::Callback]);
    w.fact(Fact::Counted { what: Count::Reopened, n: w.matter.reopened + 1 });
    back_to_work(w)
}

/// Whether the file is complete and the window over (`domain.md` §10.3 `archive`).
pub(in super::super) fn may_archive(matter: &Matter, now: Instant) -> Result<(), Refusal> {
    let Some(closed) = matter.closed_at else {
        return Err(Refusal::rule("not_closed", "还没有办结时间，不能归档"));
    };
    if now < reopen_window_ends(closed) {
        return Err(Refusal::rule("reopen_window_open", format!("群众在 {} 前可以不同意办结，之后才能归档", reopen_window_ends(closed).written())));
    }
    if matter.result.is_none() {
        return Err(Refusal::rule("file_incomplete", "卷宗不全：没有办理结果"));
    }
    if matter.tasks.iter().any(|task| task.state == TaskState::Open) {
        return Err(Refusal::rule("tasks_open", "卷宗不全：还有任务未完成"));
    }
    Ok(())
}

/// `archive`.
pub(in super::super) fn archive(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    let now = w.now();
    may_archive(w.matter, now)?;
    w.stamp(Stamp::Archived, Some(now));
    w.state(State::Archived);
    Ok(())
}

/// The one who calls back is not one who did the work.
pub(in super::super) fn may_call_back(matter: &Matter, account: &AccountId) -> Result<(), Refusal> {
    if matter.doers.contains(account) || matter.handler.as_ref() == Some(account) {
        return Err(Refusal::rule("caller_is_doer", "回访人不能是办理人，请由其他回访员回访"));
    }
    Ok(())
}
