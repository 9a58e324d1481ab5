//! Working and closing: contact, feedback, check, call-back, objection, archive.

use super::*;

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
fn whoever_contacts_records_feeds_back_or_assists_is_a_doer() {
    let mut life = begin();
    life.act("command-1", ActKind::Dispatch, with(to(POLICE, "S-04"), json!({ "assists": [MARKET], "assist_what": "到场" })));
    life.act("police-head", ActKind::Accept, json!({}));
    assert!(life.matter.doers.is_empty(), "accepting and assigning is no work on it");
    let (now, task) = (life.now.0, life.open_task().id.0.clone());
    life.act("police-head", ActKind::Contact, json!({ "at": now, "how": "call", "reached": true }));
    life.act("market-head", ActKind::FinishTask, json!({ "task": task, "done": "已到场" }));
    life.act("police-officer", ActKind::Record, json!({ "done": "x" }));
    let form = told(&life);
    life.act("two-hats-officer-checker", ActKind::FeedBack, form);
    let doers: Vec<_> = life.matter.doers.iter().map(|who| who.as_str()).collect();
    assert_eq!(doers, ["acc_market-head", "acc_police-head", "acc_police-officer", "acc_two-hats-officer-checker"]);
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
    assert_eq!(life.matter.fed_back_at, None);
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

#[test]
fn what_the_desks_may_not_see_goes_to_somebody_who_may() {
    // A protected person's matter (`domain.md` §10.8): the checker and the call-back clerk do not see it, so the duty officer minds it.
    let mut life = fed_back("P-01");
    assert_eq!(life.matter.care, Care::Protected);
    assert_eq!(life.owner(), (COMMAND.to_owned(), "duty_officer"));
    assert!(HOUSE.actor("duty").scope().sees_protected() && !HOUSE.actor("checker-1").scope().sees_protected());
    life.act("duty", ActKind::Check, json!({ "way": "papers", "verdict": "pass" }));
    if life.state() == State::Callback {
        assert_eq!(life.owner(), (COMMAND.to_owned(), "duty_officer"));
        life.act("duty", ActKind::CallBack, json!({ "reached": true, "solved": "yes", "satisfaction": "4", "timely": true }));
    }
}
