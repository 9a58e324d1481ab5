//! Coming in: registering, answering, asking.

use super::*;

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
