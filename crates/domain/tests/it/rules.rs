//! Examples of the rules of `domain.md` §10.3–10.6, one test each, by the names of the acts.

use crate::desk::{COMMAND, FILES, HOME, HOUSE, HOUSING, JUSTICE, Life, MARKET, MORNING, OTHER, POLICE, call, with};
use crate::good::{Dice, drive, life_in, somebody};
use domain::dispatch::{ClockKind, Level, Span, due_at};
use domain::kernel::{DAY, HOUR, Instant, MINUTE, PersonalData, UnitId};
use domain::matters::{ActKind, Care, ClockOutcome, Flag, Outcome, Phase, State, TaskState};
use domain::places::PostKind;
use domain::trail::Fact;
use serde_json::{Value, json};

fn begin() -> Life {
    let mut life = Life::begin(MORNING, &call());
    life.now = life.now.plus(MINUTE);
    life
}

fn to(lead: &str, category: &str) -> Value {
    json!({ "lead": lead, "category": category, "level": "ordinary" })
}

fn dispatched(lead: &str, category: &str) -> Life {
    let mut life = begin();
    life.act("command-1", ActKind::Dispatch, to(lead, category));
    life
}

fn accepted(category: &str) -> Life {
    let mut life = dispatched(POLICE, category);
    life.act("police-officer", ActKind::Accept, json!({}));
    life
}

fn told(life: &Life) -> Value {
    json!({ "result": "met", "outcome": "已办", "told_how": "call", "told_at": life.now.0 })
}

fn fed_back(category: &str) -> Life {
    let mut life = accepted(category);
    life.act("police-officer", ActKind::Record, json!({ "done": "已处理" }));
    let form = told(&life);
    life.act("police-officer", ActKind::FeedBack, form);
    life
}

fn in_callback() -> Life {
    let mut life = fed_back("0602");
    life.act("checker-1", ActKind::Check, json!({ "way": "papers", "verdict": "pass" }));
    assert_eq!(life.state(), State::Callback);
    life
}

fn answered(solved: &str) -> Value {
    let form = json!({ "reached": true, "solved": solved, "satisfaction": "4", "timely": true });
    if solved == "yes" { form } else { with(form, json!({ "still_open": "尾款" })) }
}

fn closed() -> Life {
    let mut life = in_callback();
    life.act("callback-1", ActKind::CallBack, answered("yes"));
    life.act("police-head", ActKind::Close, json!({ "result": "met" }));
    life
}

fn open_asking(life: &Life) -> Value {
    json!({ "asking": life.matter.open_askings().next().unwrap().id.as_str() })
}

fn back(reason: &str) -> Value {
    let datum = match reason {
        "R3" => "lacking",
        "R4" => "same_as",
        "R5" => "route",
        _ => "proposal",
    };
    json!({ "reason": reason, "words": "请另派", datum: if datum == "proposal" { HOME } else { "见说明" } })
}

fn notices(life: &Life) -> Vec<(String, &'static str, i64, bool)> {
    life.last
        .iter()
        .filter_map(|fact| match fact {
            Fact::Notified { unit, post, rung, passed_over } => Some((unit.0.clone(), post.map_or("", PostKind::code), *rung, *passed_over)),
            _ => None,
        })
        .collect()
}

// ---- coming in

#[test]
fn a_registration_makes_a_report_and_a_matter_that_the_desk_owns() {
    let life = Life::begin(MORNING, &call());
    assert_eq!((life.state(), life.owner()), (State::Registered, (HOME.to_owned(), "desk_clerk")));
    assert_eq!(life.matter.reports.len(), 1);
    assert_eq!(life.clock(ClockKind::Triage).due_at, MORNING.plus(10 * MINUTE));
    assert_eq!(life.matter.governing().unwrap().kind, ClockKind::Triage);
    let unrouted = Life::register("shengzhong-desk", MORNING, &call(), None, true).unwrap();
    assert_eq!(unrouted.owner(), (COMMAND.to_owned(), "command_officer"));
}

#[test]
fn who_may_register() {
    for login in ["shengzhong-desk", "shengzhong-chief", "shengzhong-grid-1", "command-1", "duty"] {
        assert!(Life::register(login, MORNING, &call(), None, false).is_ok(), "{login}");
    }
    for login in ["checker-1", "leader", "system-admin", "auditor", "shengzhong-mediator"] {
        assert_eq!(Life::register(login, MORNING, &call(), None, false).unwrap_err().code(), "not_yours", "{login}");
    }
}

#[test]
fn nothing_is_received_in_the_future_and_clocks_run_from_receipt() {
    let at = |at: Instant| with(call(), json!({ "received_at": at.0 }));
    assert_eq!(Life::register("shengzhong-desk", MORNING, &at(MORNING.plus(1)), None, false).unwrap_err().code(), "received_in_future");
    let late = Life::begin(MORNING, &at(MORNING.plus(-HOUR)));
    assert_eq!(late.clock(ClockKind::Triage).due_at, MORNING.plus(-50 * MINUTE), "an entry made late is late");
    let historical = Life::register("shengzhong-desk", MORNING, &at(MORNING.plus(-400 * DAY)), Some(MORNING), false).unwrap();
    assert_eq!(historical.clock(ClockKind::Triage).due_at, MORNING.plus(10 * MINUTE), "an old list counts from its import");
}

#[test]
fn telephone_numbers_are_kept_in_one_way() {
    let kept = |phone: &str| {
        let life = Life::register("shengzhong-desk", MORNING, &with(call(), json!({ "contact_phone": phone })), None, false);
        life.map(|life| life.matter.reports[0].phone.clone().unwrap()).map_err(|refusal| refusal.code())
    };
    assert_eq!(kept("不知道"), Err("phone_unreadable"));
    assert_eq!(kept("123"), Err("phone_unreadable"));
    assert_eq!(kept("1".repeat(21).as_str()), Err("phone_unreadable"));
    // The commitment is salted by the same seed, so the same number gives the same words.
    let plain = kept("13800138000").unwrap();
    for phone in ["138 0013 8000", "+86 138-0013-8000", "１３８００１３８０００", "138－0013－8000", "8613800138000"] {
        assert_eq!(kept(phone).unwrap(), plain, "{phone}");
    }
    assert_ne!(kept("0571-82610000转801").unwrap(), kept("0571-82610000801").unwrap(), "an extension is not part of the number");
    assert_eq!(PersonalData::Phone.code(), "phone");
}

#[test]
fn an_answer_closes_and_enters_the_sample_as_a_follow_up() {
    let answer = json!({ "outcome": "已说明", "result": "explained", "told_how": "in_person", "category": "S-04" });
    let mut life = begin();
    assert_eq!(life.refused("shengzhong-desk", ActKind::Answer, with(answer.clone(), json!({ "told_how": "not_told" }))), "answer_not_told:told_how");
    life.drawn = Some(false);
    let mut spared = life.clone();
    spared.act("shengzhong-desk", ActKind::Answer, answer.clone());
    assert_eq!((spared.state(), spared.matter.level, spared.matter.tasks.len()), (State::Closed, Some(Level::Instant), 0));
    life.drawn = Some(true);
    life.act("shengzhong-desk", ActKind::Answer, answer.clone());
    let task = life.open_task().clone();
    assert_eq!((task.unit.0.as_str(), task.due_at.is_some()), (COMMAND, true));
    life.wait_days(31);
    assert_eq!(life.greyed("archivist", ActKind::Archive), Some("tasks_open"));
    life.act("callback-1", ActKind::FinishTask, json!({ "task": task.id.as_str(), "done": "满意" })).act("archivist", ActKind::Archive, json!({}));
    // A dispute is always called back, without a draw; a historical answer never.
    let mut dispute = begin();
    dispute.drawn = Some(false);
    dispute.act("shengzhong-desk", ActKind::Answer, with(answer.clone(), json!({ "category": "0602" })));
    assert_eq!(dispute.matter.open_tasks().count(), 1);
    let old = with(call(), json!({ "received_at": MORNING.plus(-400 * DAY).0 }));
    let mut historical = Life::register("shengzhong-desk", MORNING, &old, Some(MORNING), false).unwrap();
    historical.act("shengzhong-desk", ActKind::Answer, with(answer, json!({ "category": "0602" })));
    assert_eq!((historical.state(), historical.matter.tasks.len()), (State::Closed, 0));
}

#[test]
fn a_follow_up_makes_nobody_a_doer_and_ends_when_the_matter_comes_back() {
    let mut life = life_in(State::Closed);
    let task = life.open_task().id.0.clone();
    let mut done = life.clone();
    done.act("callback-1", ActKind::FinishTask, json!({ "task": task, "done": "不满意" }));
    assert!(done.matter.doers.is_empty());
    life.act("shengzhong-chief", ActKind::Reopen, json!({ "reason": "群众来电" }));
    assert_eq!(life.matter.tasks[0].state, TaskState::Lifted);
    assert_eq!((life.state(), life.owner(), life.matter.lead.clone()), (State::Working, (HOME.to_owned(), "desk_clerk"), Some(HOME.into())));
    // The station got it now: its window to send back begins now and ends.
    life.wait_days(5);
    assert_eq!(life.refused("shengzhong-officer", ActKind::SendBack, back("R1")), "return_window");
}

// ---- askings

#[test]
fn who_asks_never_decides() {
    let mut life = begin();
    life.act("two-hats-desk-chief", ActKind::Void, json!({ "reason": "录错" }));
    assert_eq!(life.state(), State::Registered, "an asking does not move the state");
    let asking = open_asking(&life);
    for act in [ActKind::Approve, ActKind::Refuse] {
        assert_eq!(life.greyed("two-hats-desk-chief", act), Some("asker_decides"));
        assert_eq!(
            life.refused("two-hats-desk-chief", act, with(asking.clone(), if act == ActKind::Refuse { json!({ "reason": "x" }) } else { json!({}) })),
            "asker_decides"
        );
    }
    assert_eq!(life.refused("shengzhong-desk", ActKind::Approve, asking.clone()), "not_yours");
    assert_eq!(life.greyed("shengzhong-desk", ActKind::Decline), Some("asking_open"), "one asking at a time");
    life.act("shengzhong-chief", ActKind::Approve, asking);
    assert_eq!(life.state(), State::Void);
    assert!(life.matter.governing().is_none() && life.matter.owner_unit.is_none());
}

#[test]
fn the_head_of_the_command_room_decides_about_what_the_command_room_owns() {
    let mut life = Life::register("shengzhong-desk", MORNING, &call(), None, true).unwrap();
    life.act("command-1", ActKind::Void, json!({ "reason": "录错" }));
    let asking = open_asking(&life);
    assert_eq!(life.greyed("shengzhong-chief", ActKind::Approve), Some("not_the_decider"));
    assert_eq!(life.refused("shengzhong-chief", ActKind::Approve, asking.clone()), "not_the_decider");
    life.act("command-head", ActKind::Approve, asking);
    assert_eq!(life.state(), State::Void);
}

#[test]
fn declining_leads_on_and_can_be_reopened_for_thirty_days() {
    let mut life = begin();
    let decline = json!({ "reason": "D6", "route": "已移送法院", "told_how": "paper" });
    assert_eq!(life.refused("shengzhong-desk", ActKind::Decline, decline.clone()), "missing:handed_over");
    let whole = with(decline, json!({ "handed_over": "移送单 3 号" }));
    assert_eq!(life.refused("shengzhong-desk", ActKind::Decline, with(whole.clone(), json!({ "told_how": "not_told" }))), "decline_not_told:told_how");
    life.act("shengzhong-desk", ActKind::Decline, whole);
    let asking = open_asking(&life);
    let mut refused = life.clone();
    refused.act("shengzhong-chief", ActKind::Refuse, with(asking.clone(), json!({ "reason": "应受理" })));
    assert_eq!((refused.state(), refused.matter.open_askings().count(), refused.runs(ClockKind::Triage)), (State::Registered, 0, true));
    life.act("shengzhong-chief", ActKind::Approve, asking);
    assert_eq!(life.state(), State::Declined);
    let mut late = life.clone();
    late.wait_days(31);
    assert_eq!(late.greyed("shengzhong-chief", ActKind::Reopen), Some("reopen_window"));
    assert_eq!(late.refused("shengzhong-chief", ActKind::Reopen, json!({ "reason": "x" })), "reopen_window");
    life.wait_days(29).act("shengzhong-chief", ActKind::Reopen, json!({ "reason": "法院不收" }));
    assert_eq!((life.state(), life.owner(), life.matter.reopened), (State::Registered, (HOME.to_owned(), "desk_clerk"), 1));
    // What runs from now on runs from the reopening, not from a receipt that lies a month back.
    let reopened = life.now;
    assert_eq!(life.clock(ClockKind::Triage).started_at, reopened);
    life.wait(5 * MINUTE).act("command-1", ActKind::Dispatch, to(POLICE, "S-04"));
    assert_eq!(life.clock(ClockKind::Finish).started_at, reopened);
}

#[test]
fn an_asking_falls_when_the_matter_goes_another_way() {
    let mut life = begin();
    life.act("shengzhong-desk", ActKind::Void, json!({ "reason": "录错" }));
    life.act("command-1", ActKind::Dispatch, to(POLICE, "S-04"));
    assert_eq!(life.matter.open_askings().count(), 0);
}

// ---- moving

#[test]
fn a_station_hands_out_to_itself_and_the_command_room_within_the_street() {
    let mut life = begin();
    for lead in [POLICE, OTHER, COMMAND] {
        assert_eq!(life.refused("shengzhong-desk", ActKind::Dispatch, to(lead, "0602")), "beyond_station:lead");
    }
    let assist = with(to(HOME, "0602"), json!({ "assists": [POLICE], "assist_what": "到场" }));
    assert_eq!(life.refused("shengzhong-desk", ActKind::Dispatch, assist), "beyond_station:assists");
    assert_eq!(life.refused("command-1", ActKind::Dispatch, to("unt_330109_center", "0602")), "unit_unstaffed:lead");
    assert_eq!(life.refused("command-1", ActKind::Dispatch, to("unt_330109014_health", "0602")), "unit_outside:lead");
    assert_eq!(life.refused("command-1", ActKind::Dispatch, to("unt_330109014_office", "0602")), "unit_unstaffed:lead", "nobody works there");
    assert_eq!(life.refused("command-1", ActKind::Dispatch, to("unt_nowhere", "0602")), "not_found:lead");
    assert_eq!(life.refused("command-1", ActKind::Dispatch, to(POLICE, "D")), "unknown:category", "only a leaf");
    let twice = with(to(POLICE, "0602"), json!({ "assists": [POLICE], "assist_what": "到场" }));
    assert_eq!(life.refused("command-1", ActKind::Dispatch, twice), "lead_twice:assists");
    life.act("shengzhong-desk", ActKind::Dispatch, to(HOME, "0602"));
    assert_eq!((life.state(), life.owner()), (State::Offered, (HOME.to_owned(), "station_chief")));
}

#[test]
fn the_finish_clock_runs_from_receipt_and_accepting_moves_nothing() {
    let mut life = begin();
    life.wait(HOUR).act("command-1", ActKind::Dispatch, to(POLICE, "S-04"));
    assert_eq!(life.clock(ClockKind::Finish).started_at, MORNING);
    assert_eq!(life.clock(ClockKind::Triage).outcome, Some(ClockOutcome::Late));
    let before = life.clock(ClockKind::Finish).clone();
    life.wait(HOUR).act("police-officer", ActKind::Accept, json!({}));
    assert_eq!(*life.clock(ClockKind::Finish), before);
    assert_eq!((life.clock(ClockKind::Accept).outcome, life.matter.accepted_at), (Some(ClockOutcome::Met), Some(life.now)));
}

#[test]
fn silence_is_an_acceptance_that_came_late() {
    let mut life = dispatched(POLICE, "S-04");
    let due = life.clock(ClockKind::Accept).due_at;
    life.wait(due.since(life.now) - 1);
    assert_eq!(life.state(), State::Offered);
    // The sweeper may come at the very instant.
    life.wait(1);
    assert_eq!((life.state(), life.clock(ClockKind::Accept).outcome), (State::Working, Some(ClockOutcome::Late)));
    assert_eq!(life.owner(), (POLICE.to_owned(), "unit_head"));
    assert_eq!(notices(&life), [(POLICE.to_owned(), "unit_head", 0, false)]);
    assert_eq!(life.acts().last().map(String::as_str), Some("auto_accept"));
}

#[test]
fn a_unit_sends_back_within_two_working_days_and_a_petition_within_five() {
    for (source, days) in [("call", 2), ("petition", 5)] {
        let mut life = Life::begin(MORNING, &with(call(), json!({ "source": source })));
        life.act("command-1", ActKind::Dispatch, to(POLICE, "S-04"));
        let (until, _) = due_at(&HOUSE.calendar, life.now, Span::working_days(days));
        life.wait(until.since(life.now));
        let mut late = life.clone();
        late.wait(1);
        assert_eq!(late.refused("police-officer", ActKind::SendBack, back("R1")), "return_window", "{source}");
        life.act("police-officer", ActKind::SendBack, back("R1"));
        assert_eq!((life.state(), life.owner()), (State::Returned, (COMMAND.to_owned(), "command_officer")));
        assert_eq!(life.matter.lead.as_ref().unwrap().0, POLICE, "the lead stays named");
        assert!(life.runs(ClockKind::Finish) && life.runs(ClockKind::Arbitrate) && !life.runs(ClockKind::FirstContact));
    }
}

#[test]
fn a_unit_sends_back_once_and_no_reason_twice() {
    let mut life = accepted("S-04");
    life.act("police-head", ActKind::Assign, json!({ "to": "acc_police-officer" }));
    life.act("police-officer", ActKind::SendBack, back("R1"));
    assert!(life.matter.open_tasks().next().is_none(), "what the unit had given to its own people ends with it");
    assert_eq!(life.greyed("police-officer", ActKind::SendBack), None, "not lawful in this state");
    life.act("command-1", ActKind::Arbitrate, json!({ "lead": JUSTICE, "words": "属司法" }));
    assert!(!life.matter.barred && life.matter.handler.is_none());
    assert_eq!(life.refused("justice-officer", ActKind::SendBack, back("R1")), "return_reason_used:reason");
    life.act("justice-officer", ActKind::SendBack, back("R2"));
    // Back to a unit that has already sent it back: this decision bars more.
    life.act("command-1", ActKind::Arbitrate, json!({ "lead": POLICE, "words": "裁定" }));
    assert!(life.matter.barred);
    assert_eq!(life.greyed("police-officer", ActKind::SendBack), Some("return_barred"));
    assert_eq!(life.refused("police-officer", ActKind::SendBack, back("R3")), "return_barred");
}

#[test]
fn after_three_hops_the_decision_bars_more() {
    let mut life = dispatched(POLICE, "S-04");
    for (login, reason, next) in [("police-officer", "R1", JUSTICE), ("justice-officer", "R2", MARKET), ("market-officer", "R6", HOUSING)] {
        assert!(!life.matter.barred);
        life.act(login, ActKind::SendBack, back(reason));
        life.act("duty", ActKind::Arbitrate, json!({ "lead": next, "words": "裁定" }));
    }
    assert_eq!((life.matter.hops, life.matter.barred), (3, true));
    assert_eq!(life.greyed("housing-officer", ActKind::SendBack), Some("return_barred"));
    drive(&mut life).unwrap();
}

#[test]
fn assigning_relieves_the_one_before() {
    let mut life = accepted("S-04");
    assert_eq!(life.refused("police-officer", ActKind::Assign, json!({ "to": "acc_police-officer" })), "not_yours");
    assert_eq!(life.refused("police-head", ActKind::Assign, json!({ "to": "acc_justice-officer" })), "not_of_unit:to");
    let mut room = dispatched(COMMAND, "S-04");
    room.act("command-1", ActKind::Accept, json!({}));
    for who in ["acc_callback-1", "acc_checker-1", "acc_archivist", "acc_system-admin"] {
        assert_eq!(room.refused("command-head", ActKind::Assign, json!({ "to": who })), "not_of_unit:to", "who judges the work is not given it");
    }
    life.act("police-head", ActKind::Assign, json!({ "to": "acc_police-officer", "words": "今天到场" }));
    let first = life.open_task().id.clone();
    assert_eq!(life.refused("police-head", ActKind::FinishTask, json!({ "task": first.as_str(), "done": "x" })), "task_not_yours:task");
    life.act("police-head", ActKind::Assign, json!({ "to": "acc_two-hats-officer-checker" }));
    assert_eq!(life.matter.handler.as_ref().unwrap().0, "acc_two-hats-officer-checker");
    let states: Vec<_> = life.matter.tasks.iter().map(|task| task.state).collect();
    assert_eq!(states, [TaskState::Lifted, TaskState::Open]);
    assert_eq!(life.owner(), (POLICE.to_owned(), "unit_head"), "the owner is a post, not the person");
}

#[test]
fn tasks_are_finished_by_who_has_them_and_lifted_by_who_gave_them() {
    let mut life = begin();
    life.act("command-1", ActKind::Dispatch, with(to(POLICE, "S-04"), json!({ "assists": [MARKET, JUSTICE], "assist_what": "到场" })));
    assert_eq!(life.matter.open_tasks().count(), 2, "one each");
    life.act("police-officer", ActKind::Accept, json!({})).act("police-officer", ActKind::Record, json!({ "done": "x" }));
    assert_eq!(life.greyed("police-officer", ActKind::FeedBack), Some("assists_open"));
    let form = told(&life);
    assert_eq!(life.refused("police-officer", ActKind::FeedBack, form), "assists_open");
    let ids: Vec<String> = life.matter.tasks.iter().map(|task| task.id.0.clone()).collect();
    assert_eq!(life.refused("market-officer", ActKind::FinishTask, json!({ "task": ids[1], "done": "x" })), "task_not_yours:task");
    assert_eq!(life.refused("police-head", ActKind::LiftTask, json!({ "task": ids[0], "reason": "x" })), "task_not_given_by_you:task");
    life.act("market-officer", ActKind::FinishTask, json!({ "task": ids[0], "done": "已到场" }));
    assert_eq!(life.refused("market-officer", ActKind::FinishTask, json!({ "task": ids[0], "done": "x" })), "not_yours", "it has no open task any more");
    life.act("command-2", ActKind::LiftTask, json!({ "task": ids[1], "reason": "不再需要" }));
    assert!(life.open_to("police-officer").contains(&ActKind::FeedBack));
}

// ---- working and closing

#[test]
fn a_contact_is_not_in_the_future_and_ends_its_clock_when_the_person_was_reached() {
    let mut life = accepted("S-04");
    let contact = |at: Instant, reached: bool| json!({ "at": at.0, "how": "call", "reached": reached });
    let now = life.now;
    assert_eq!(life.refused("police-officer", ActKind::Contact, contact(now.plus(1), true)), "contact_time:at");
    assert_eq!(life.refused("police-officer", ActKind::Contact, contact(MORNING.plus(-1), true)), "contact_time:at");
    life.act("police-officer", ActKind::Contact, contact(now, false));
    assert!(life.runs(ClockKind::FirstContact));
    life.act("police-officer", ActKind::Contact, contact(now, true));
    assert_eq!((life.runs(ClockKind::FirstContact), life.matter.contacted_at), (false, Some(now)));
}

#[test]
fn feeding_back_needs_a_record_and_says_how_the_person_was_told() {
    let mut life = accepted("S-04");
    let form = told(&life);
    assert_eq!(life.refused("police-officer", ActKind::FeedBack, form.clone()), "nothing_recorded");
    life.act("police-officer", ActKind::Record, json!({ "done": "x" }));
    let now = life.now;
    assert_eq!(life.refused("police-officer", ActKind::FeedBack, with(form.clone(), json!({ "told_at": now.plus(1).0 }))), "told_time:told_at");
    assert_eq!(life.refused("justice-officer", ActKind::FeedBack, form.clone()), "not_yours", "only the lead");
    let mut untold = life.clone();
    untold.act("police-officer", ActKind::FeedBack, json!({ "result": "met", "outcome": "x", "told_how": "not_told", "untold_reason": "空号" }));
    assert_eq!((untold.matter.contacted_at, untold.clock(ClockKind::FirstContact).outcome), (None, Some(ClockOutcome::Moot)), "nobody was spoken to in time");
    life.act("police-officer", ActKind::FeedBack, form);
    assert_eq!((life.state(), life.owner()), (State::FedBack, (COMMAND.to_owned(), "checker")));
    assert_eq!((life.matter.contacted_at, life.clock(ClockKind::FirstContact).outcome), (Some(now), Some(ClockOutcome::Met)));
    assert_eq!(life.matter.governing().unwrap().kind, ClockKind::Check);
}

#[test]
fn a_hazard_shows_photos_and_is_checked_on_the_spot() {
    for category in ["F-03", "A-01"] {
        let mut life = accepted(category);
        let photo = |file: usize, purpose: &str| json!({ "done": "x", "files": [FILES[file]], "purpose": purpose });
        life.act("police-officer", ActKind::Record, photo(0, "before"));
        let form = told(&life);
        assert_eq!(life.refused("police-officer", ActKind::FeedBack, form.clone()), "hazard_photos:files");
        let mut with_feedback = life.clone();
        with_feedback.act("police-officer", ActKind::FeedBack, with(form.clone(), json!({ "files": [FILES[1]], "purpose": "after" })));
        life.act("police-officer", ActKind::Record, photo(1, "after")).act("police-officer", ActKind::FeedBack, form);
        for way in ["papers", "call"] {
            assert_eq!(life.refused("checker-1", ActKind::Check, json!({ "way": way, "verdict": "pass" })), "hazard_checked_on_site:way");
        }
        life.clone().act("checker-1", ActKind::Check, json!({ "way": "papers", "verdict": "rework", "lacking": "照片看不清" }));
        life.act("checker-1", ActKind::Check, json!({ "way": "site", "verdict": "pass" }));
    }
    let mut dispute = fed_back("0602");
    assert_eq!(dispute.refused("checker-1", ActKind::Check, json!({ "way": "call", "verdict": "pass" })), "dispute_checked_by_papers:way");
}

#[test]
fn the_checker_is_not_the_doer() {
    let mut life = accepted("S-04");
    life.act("two-hats-officer-checker", ActKind::Record, json!({ "done": "x" }));
    let form = told(&life);
    life.act("police-officer", ActKind::FeedBack, form);
    let pass = json!({ "way": "papers", "verdict": "pass" });
    assert_eq!(life.greyed("two-hats-officer-checker", ActKind::Check), Some("checker_is_doer"));
    assert_eq!(life.refused("two-hats-officer-checker", ActKind::Check, pass.clone()), "checker_is_doer");
    assert_eq!(life.refused("police-head", ActKind::Check, pass.clone()), "not_yours");
    life.drawn = Some(true);
    life.act("duty", ActKind::Check, pass);
    assert_eq!(life.greyed("two-hats-officer-checker", ActKind::CallBack), Some("caller_is_doer"));
    assert_eq!(life.refused("two-hats-officer-checker", ActKind::CallBack, answered("yes")), "caller_is_doer");
    life.act("callback-1", ActKind::CallBack, answered("yes"));
}

#[test]
fn what_the_command_room_leads_can_be_checked_and_closed() {
    let mut life = dispatched(COMMAND, "0602");
    life.act("command-1", ActKind::Accept, json!({}));
    drive(&mut life).unwrap();
    assert!(life.acts().contains(&"check".to_owned()) && life.acts().contains(&"close".to_owned()));
}

#[test]
fn a_failed_check_gives_a_new_span_and_keeps_the_first() {
    let mut life = fed_back("S-04");
    life.act("checker-1", ActKind::Check, json!({ "way": "papers", "verdict": "rework", "lacking": "缺协议" }));
    assert_eq!((life.state(), life.owner(), life.matter.rework), (State::Working, (POLICE.to_owned(), "unit_head"), 1));
    let finish: Vec<_> = life.matter.clocks.iter().filter(|clock| clock.kind == ClockKind::Finish).collect();
    assert_eq!(finish.len(), 2);
    assert_eq!((finish[0].outcome, finish[0].started_at, finish[1].started_at), (Some(ClockOutcome::Met), MORNING, life.now));
    assert_eq!(life.greyed("police-officer", ActKind::FeedBack), Some("nothing_recorded"), "it has to be shown anew");
}

#[test]
fn a_check_closes_what_is_neither_always_called_back_nor_drawn() {
    let pass = json!({ "way": "papers", "verdict": "pass" });
    for (drawn, state) in [(false, State::Closed), (true, State::Callback)] {
        let mut life = fed_back("S-04");
        life.drawn = Some(drawn);
        life.act("checker-1", ActKind::Check, pass.clone());
        assert_eq!((life.state(), life.matter.drawn), (state, drawn));
        assert!(life.last.iter().any(|fact| matches!(fact, Fact::Drawn { chosen, .. } if *chosen == drawn)));
    }
    for (source, category, flag) in [("call", "0602", None), ("police", "S-04", None), ("petition", "S-04", None), ("call", "S-04", Some("joint"))] {
        let mut life = Life::begin(MORNING, &with(call(), json!({ "source": source })));
        life.drawn = Some(false);
        if let Some(flag) = flag {
            life.act("shengzhong-chief", ActKind::Amend, json!({ "field": "flag", "flag": flag, "on": true, "reason": "多部门" }));
        }
        life.act("command-1", ActKind::Dispatch, to(POLICE, category)).act("police-officer", ActKind::Accept, json!({}));
        life.act("police-officer", ActKind::Record, json!({ "done": "x" }));
        let form = told(&life);
        life.act("police-officer", ActKind::FeedBack, form).act("checker-1", ActKind::Check, pass.clone());
        assert_eq!((life.state(), life.owner()), (State::Callback, (COMMAND.to_owned(), "callback_clerk")), "{source} {category} {flag:?}");
    }
}

#[test]
fn a_call_back_is_an_answer_or_three_tries_on_two_days() {
    let mut life = in_callback();
    let miss = json!({ "reached": false });
    assert_eq!(life.greyed("police-head", ActKind::Close), Some("not_called_back"));
    for _ in 0..3 {
        life.act("callback-1", ActKind::CallBack, miss.clone());
    }
    assert_eq!(life.greyed("police-head", ActKind::Close), Some("not_called_back"), "three tries on one day");
    assert_eq!(life.owner(), (COMMAND.to_owned(), "callback_clerk"));
    life.wait_days(1).act("callback-1", ActKind::CallBack, miss);
    assert_eq!(life.owner(), (POLICE.to_owned(), "unit_head"), "now it is the chief's");
    life.act("police-head", ActKind::Close, json!({ "result": "unreachable" }));
    assert_eq!((life.state(), life.matter.result), (State::Closed, Some(Outcome::Unreachable)));
}

#[test]
fn a_call_back_before_the_rework_does_not_count_for_the_one_after() {
    let mut life = in_callback();
    life.act("callback-1", ActKind::CallBack, answered("no")).wait(HOUR).act("callback-1", ActKind::Object, json!({ "reason": "钱没退" }));
    assert_eq!((life.state(), life.matter.reopened, life.runs(ClockKind::Callback)), (State::Working, 1, false));
    life.act("police-officer", ActKind::Record, json!({ "done": "再办" })).wait(HOUR);
    let form = told(&life);
    life.act("police-officer", ActKind::FeedBack, form).act("checker-1", ActKind::Check, json!({ "way": "papers", "verdict": "pass" }));
    assert_eq!(life.greyed("police-head", ActKind::Close), Some("not_called_back"));
}

#[test]
fn the_chief_of_the_leads_tier_closes_and_not_against_the_persons_word() {
    let mut life = in_callback();
    life.act("callback-1", ActKind::CallBack, answered("no"));
    for login in ["police-officer", "shengzhong-chief", "callback-1", "checker-1"] {
        assert_eq!(life.refused(login, ActKind::Close, json!({ "result": "explained" })), "not_yours", "{login}");
    }
    assert_eq!(life.refused("police-head", ActKind::Close, json!({ "result": "met" })), "result_against_person:result");
    life.act("police-head", ActKind::Close, json!({ "result": "not_supported" }));
    assert!(life.matter.governing().is_none() && life.matter.owner_unit.is_none());
}

#[test]
fn a_lead_without_a_chief_is_closed_by_the_command_head() {
    let mut life = in_callback();
    life.holders.0.retain(|(_, unit, post)| !(unit.0 == POLICE && *post == PostKind::UnitHead));
    life.act("callback-1", ActKind::CallBack, answered("yes"));
    assert_eq!(life.owner(), (COMMAND.to_owned(), "command_head"));
    life.act("command-head", ActKind::Close, json!({ "result": "met" }));
}

#[test]
fn the_person_may_object_for_thirty_days_and_then_the_file_is_archived() {
    let mut life = closed();
    let last = life.now.day().plus(31).start();
    let object = json!({ "reason": "又坏了" });
    life.wait(last.since(life.now) - 1);
    assert_eq!(life.greyed("archivist", ActKind::Archive), Some("reopen_window_open"));
    assert_eq!(life.refused("archivist", ActKind::Archive, json!({})), "reopen_window_open");
    for (login, act) in [("callback-1", ActKind::Object), ("shengzhong-chief", ActKind::Reopen), ("command-1", ActKind::Reopen)] {
        let mut again = life.clone();
        again.act(login, act, object.clone());
        assert_eq!((again.state(), again.owner()), (State::Working, (POLICE.to_owned(), "unit_head")), "the last lead");
        assert_eq!((again.matter.closed_at, again.clock(ClockKind::Finish).started_at), (None, again.now));
    }
    life.wait(1);
    assert_eq!(life.greyed("callback-1", ActKind::Object), Some("reopen_window"));
    assert_eq!(life.refused("callback-1", ActKind::Object, object.clone()), "reopen_window");
    assert_eq!(life.refused("shengzhong-chief", ActKind::Reopen, object.clone()), "reopen_window");
    life.act("archivist", ActKind::Archive, json!({}));
    assert_eq!(life.refused("callback-1", ActKind::Object, object), "state_forbids");
}

// ---- clocks, levels, flags

#[test]
fn extreme_matters_have_minutes() {
    let mut life = Life::begin(MORNING, &with(call(), json!({ "urgency": "extreme" })));
    assert_eq!(life.clock(ClockKind::Triage).due_at, MORNING.plus(MINUTE));
    life.act("command-1", ActKind::Dispatch, to(POLICE, "S-04"));
    assert_eq!(life.clock(ClockKind::Accept).due_at, life.now.plus(MINUTE));
    assert_eq!(life.clock(ClockKind::FirstContact).due_at, life.now.plus(HOUR));
    assert_eq!(life.clock(ClockKind::FirstFeedback).due_at, life.now.plus(HOUR));
    assert_eq!(life.clock(ClockKind::Finish).due_at, MORNING.plus(24 * HOUR));
    let mut returned = life.clone();
    returned.act("police-officer", ActKind::SendBack, back("R1"));
    assert_eq!(returned.clock(ClockKind::Arbitrate).due_at, returned.now.plus(10 * MINUTE));
    assert!(!returned.runs(ClockKind::FirstFeedback));
    life.act("police-officer", ActKind::Accept, json!({})).act("police-officer", ActKind::Record, json!({ "done": "已到场控制" }));
    assert_eq!(life.clock(ClockKind::FirstFeedback).outcome, Some(ClockOutcome::Met), "the first record is the first feedback");
    assert!(!dispatched(POLICE, "S-04").runs(ClockKind::FirstFeedback), "others owe none");
}

#[test]
fn another_level_keeps_the_time_that_was_consumed() {
    let mut life = accepted("S-04");
    let now = life.now.0;
    life.act("police-officer", ActKind::Contact, json!({ "at": now, "how": "call", "reached": true }));
    life.wait_days(2).act("police-head", ActKind::Amend, json!({ "field": "level", "level": "complex", "reason": "牵涉多家" }));
    let finish = life.clock(ClockKind::Finish).clone();
    assert_eq!((finish.policy.as_str(), finish.started_at), ("finish.complex", MORNING));
    assert_eq!(finish.due_at, due_at(&HOUSE.calendar, MORNING, Span::days(20)).0);
    assert_eq!(life.matter.clocks.iter().filter(|clock| clock.kind == ClockKind::Finish).count(), 1, "the same clock");
    assert_eq!(
        life.refused("police-officer", ActKind::Amend, json!({ "field": "level", "level": "hard", "reason": "x" })),
        "not_yours",
        "level is the chief's"
    );
    // A level that leaves no time: the last step is said by the sweeper, once.
    life.act("police-head", ActKind::Amend, json!({ "field": "level", "level": "simple", "reason": "事实清楚" }));
    assert_eq!((life.clock(ClockKind::Finish).step, life.clock(ClockKind::Finish).next_step), (80, Some(100)));
    assert_eq!((life.sweep(), life.matter.phase()), (1, Phase::Late));
    life.act("police-head", ActKind::Amend, json!({ "field": "level", "level": "instant", "reason": "更短" }));
    assert_eq!((life.sweep(), life.matter.phase()), (0, Phase::Late), "nobody is woken twice for the same lateness");
    life.act("police-head", ActKind::Amend, json!({ "field": "level", "level": "hard", "reason": "疑难" }));
    assert_eq!(life.matter.phase(), Phase::Normal, "and it is in time again under the longer span");
}

#[test]
fn becoming_extreme_tightens_all_clocks_and_owes_a_first_feedback() {
    let mut life = dispatched(POLICE, "S-04");
    life.act("shengzhong-chief", ActKind::Amend, json!({ "field": "urgency", "urgency": "extreme", "reason": "有人受伤" }));
    assert_eq!(life.clock(ClockKind::Accept).policy, "accept.extreme");
    assert_eq!(life.clock(ClockKind::FirstFeedback).due_at, life.now.plus(HOUR));
    life.act("shengzhong-chief", ActKind::Amend, json!({ "field": "urgency", "urgency": "normal", "reason": "误报" }));
    assert_eq!(life.clock(ClockKind::FirstFeedback).outcome, Some(ClockOutcome::Moot));
    assert_eq!(life.clock(ClockKind::Accept).policy, "accept");
}

#[test]
fn the_ladder_reminds_the_owner_and_climbs_past_empty_rungs() {
    let step = |life: &mut Life, percent: i64| {
        let clock = life.clock(ClockKind::Finish).clone();
        assert_eq!(clock.next_step, Some(percent));
        let at = clock.next_at.unwrap();
        life.wait(at.since(life.now));
        notices(life)
    };
    let told = |unit: &str, post: &'static str, rung: i64, passed: bool| vec![(unit.to_owned(), post, rung, passed)];
    let mut full = accepted("S-04");
    let now = full.now.0;
    full.act("police-officer", ActKind::Contact, json!({ "at": now, "how": "call", "reached": true }));
    let mut empty = full.clone();
    assert_eq!(step(&mut full, 80), told(POLICE, "unit_head", 0, false));
    assert_eq!(full.matter.phase(), Phase::Soon);
    assert_eq!(step(&mut full, 100), told(POLICE, "unit_head", 1, false));
    assert_eq!((full.matter.phase(), full.clock(ClockKind::Finish).next_step), (Phase::Late, None));
    assert_eq!(full.state(), State::Working, "an escalation does not move the matter");
    empty.holders.0.retain(|(_, unit, post)| !(unit.0 == POLICE && *post == PostKind::UnitHead));
    assert_eq!(step(&mut empty, 80), told(COMMAND, "duty_officer", 2, true), "a reminder that nobody would read climbs too");
    empty.holders.0.retain(|(_, _, post)| *post != PostKind::DutyOfficer);
    let mut nobody = empty.clone();
    assert_eq!(step(&mut empty, 100), told(COMMAND, "command_head", 3, true));
    nobody.holders.0.retain(|(_, _, post)| !matches!(post, PostKind::CommandHead | PostKind::StreetLeader));
    assert_eq!(step(&mut nobody, 100), told(COMMAND, "street_leader", 4, true), "the top rung is told even if it is empty");
}

#[test]
fn a_clock_without_its_policy_still_comes_to_an_end() {
    let mut life = accepted("S-04");
    life.policies.retain(|policy| policy.kind != ClockKind::Finish);
    life.wait_days(40);
    assert_eq!(life.clock(ClockKind::Finish).next_at, None);
}

#[test]
fn categories_and_flags_only_ever_tighten_who_may_see() {
    let mut life = begin();
    let category = |code: &str| json!({ "field": "category", "category": code, "reason": "有误" });
    let flag = |flag: &str, on: bool| json!({ "field": "flag", "flag": flag, "on": on, "reason": "有误" });
    assert_eq!(life.matter.care, Care::Open);
    life.act("shengzhong-chief", ActKind::Amend, flag("minor", true));
    assert_eq!((life.matter.care, life.matter.flags.contains(&Flag::Minor)), (Care::Protected, true));
    life.act("shengzhong-chief", ActKind::Amend, flag("minor", false)).act("shengzhong-desk", ActKind::Amend, category("S-04"));
    assert_eq!((life.matter.care, life.matter.category.as_deref()), (Care::Protected, Some("S-04")));
    life.act("shengzhong-desk", ActKind::Amend, category("X-05"));
    assert_eq!(life.matter.care, Care::Confidential);
    life.act("command-1", ActKind::Dispatch, to(POLICE, "P-01"));
    assert_eq!(life.matter.care, Care::Confidential);
    assert_eq!(Life::begin(MORNING, &with(call(), json!({ "category": "X-05" }))).matter.care, Care::Confidential);
}

#[test]
fn who_sees_what() {
    let sees = |login: &str, care: Care, home: &str, units: &[&str]| {
        let units: Vec<UnitId> = units.iter().map(|unit| (*unit).into()).collect();
        HOUSE.actor(login).scope().sees(care, &HOUSE.place(home), &units, &[])
    };
    for (login, open, protected, confidential) in [
        ("command-head", true, true, true),
        ("leader", true, true, true),
        ("command-1", true, true, false),
        ("duty", true, true, false),
        ("checker-1", true, false, false),
        ("callback-1", true, false, false),
        ("archivist", true, false, false),
        ("shengzhong-chief", true, true, false),
        ("shengzhong-desk", true, false, false),
        ("shengzhong-grid-1", false, false, false),
        ("yingzhong-chief", false, false, false),
        ("police-officer", false, false, false),
        ("system-admin", false, false, false),
        ("security-admin", false, false, false),
        ("auditor", false, false, false),
    ] {
        let found = (sees(login, Care::Open, HOME, &[HOME]), sees(login, Care::Protected, HOME, &[HOME]), sees(login, Care::Confidential, HOME, &[HOME]));
        assert_eq!(found, (open, protected, confidential), "{login}");
    }
    assert!(sees("police-officer", Care::Open, HOME, &[HOME, POLICE]), "who has a part");
    let actor = HOUSE.actor("shengzhong-grid-1");
    assert!(actor.scope().sees(Care::Confidential, &HOUSE.place(HOME), &[], &[actor.account().clone()]), "one's own, whatever its class");
}

#[test]
fn urging_is_counted_and_comes_from_above() {
    let mut life = accepted("S-04");
    for login in ["leader", "command-1", "shengzhong-chief"] {
        life.act(login, ActKind::Urge, json!({ "words": "请尽快" }));
        assert_eq!(notices(&life), [(POLICE.to_owned(), "unit_head", 0, false)]);
    }
    assert_eq!(life.matter.urged, 3);
    for login in ["police-head", "shengzhong-desk", "yingzhong-chief", "checker-1"] {
        assert_eq!(life.refused(login, ActKind::Urge, json!({ "words": "x" })), "not_yours", "{login}");
    }
}

#[test]
fn administrators_and_strangers_do_nothing() {
    for state in State::ALL {
        let life = life_in(*state);
        for login in ["system-admin", "security-admin", "auditor", "yingzhong-desk", "changshan-chief", "court-officer"] {
            assert_eq!(life.open_to(login), [], "{login} in {state}");
        }
    }
}

#[test]
fn every_open_state_can_reach_its_closing() {
    for state in State::ALL.iter().filter(|state| state.is_open() && !matches!(state, State::Paused | State::Shelved)) {
        let mut life = life_in(*state);
        drive(&mut life).unwrap_or_else(|stuck| panic!("{state}: {stuck}"));
    }
    // Every unit that can be given a matter can also bring it to an end.
    for unit in HOUSE.network.units.iter() {
        let mut life = begin();
        if life.try_act("command-1", ActKind::Dispatch, &to(&unit.id.0, "F-03")).is_ok() {
            drive(&mut life).unwrap_or_else(|stuck| panic!("{}: {stuck}", unit.name));
        }
    }
    assert!(somebody(&life_in(State::Returned), ActKind::Arbitrate, &mut Dice(0)).is_some());
}
