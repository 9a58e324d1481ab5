//! Moving: dispatch, acceptance, return, arbitration, tasks.

use super::*;

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
