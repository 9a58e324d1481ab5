//! Clocks, levels, flags, sight.

use super::*;

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
    assert_eq!(step(&mut empty, 80), told(COMMAND, "duty_officer", 3, true), "a reminder that nobody would read climbs too");
    empty.holders.0.retain(|(_, _, post)| *post != PostKind::DutyOfficer);
    let mut nobody = empty.clone();
    assert_eq!(step(&mut empty, 100), told(COMMAND, "street_leader", 4, true));
    nobody.holders.0.retain(|(_, _, post)| !matches!(post, PostKind::CommandHead | PostKind::StreetLeader));
    assert_eq!(step(&mut nobody, 100), told(COMMAND, "", 6, true), "above the last rung the alarm stands in the command room");
}

#[test]
fn a_reminder_that_passes_an_empty_desk_says_so() {
    let mut life = Life::begin(MORNING, &call());
    life.holders.0.retain(|(_, unit, post)| !(unit.0 == HOME && *post == PostKind::DeskClerk));
    life.wait(8 * MINUTE);
    assert_eq!(notices(&life), [(HOME.to_owned(), "station_chief", 1, true)]);
}

#[test]
fn the_due_instant_itself_is_in_time() {
    for (late, outcome) in [(0, ClockOutcome::Met), (1, ClockOutcome::Late)] {
        let mut life = Life::begin(MORNING, &call());
        life.now = life.clock(ClockKind::Triage).due_at.plus(late);
        life.act("command-1", ActKind::Dispatch, to(POLICE, "S-04"));
        assert_eq!(life.clock(ClockKind::Triage).outcome, Some(outcome));
    }
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
