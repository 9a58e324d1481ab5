//! Climbing: what must be acknowledged, by whom, and what happens when nobody does.

use super::*;
use domain::notices::{ALARM, Notice, acknowledge};

fn urgent() -> Life {
    let mut life = Life::begin(MORNING, &with(call(), json!({ "urgency": "extreme" })));
    life.now = life.now.plus(10_000);
    life.act("command-1", ActKind::Dispatch, to(HOME, "0602"));
    life
}

fn ladder(life: &Life) -> Vec<(&str, &'static str, i64)> {
    life.matter.notices.iter().filter(|n| n.climb.is_some()).map(|n| (n.unit.as_str(), n.post.map_or("", PostKind::code), n.rung)).collect()
}

fn vacate(life: &mut Life, post: PostKind) {
    life.holders.0.retain(|(_, _, own)| *own != post);
}

fn top(life: &Life) -> &Notice {
    life.matter.ladder().unwrap()
}

#[test]
fn a_vacancy_is_passed_upward_at_once_and_the_event_says_so() {
    let mut life = urgent();
    assert_eq!(ladder(&life), [(HOME, "station_chief", 0)]);
    vacate(&mut life, PostKind::DutyOfficer);
    life.wait(2 * MINUTE);
    // The chief was asked first and is asked no second time; the duty officer's chair is empty.
    assert_eq!(ladder(&life).last(), Some(&(COMMAND, "street_leader", 4)));
    assert!(top(&life).passed_over);
    let empty = |fact: &Fact| matches!(fact, Fact::RungEmpty { rung: 3, post: PostKind::DutyOfficer, .. });
    assert!(life.last.iter().any(empty), "{:?}", life.last);
}

#[test]
fn a_named_person_answers_for_the_whole_ladder_once() {
    let mut life = urgent();
    life.wait(150_000);
    let (id, version) = (top(&life).id.clone(), life.matter.version);
    assert!(acknowledge(&life.matter, &id, HOUSE.actor("market-head"), life.now).is_err());
    let decision = acknowledge(&life.matter, &id, HOUSE.actor("duty"), life.now).unwrap().unwrap();
    life.matter.apply(life.now, &decision.facts);
    assert!(life.matter.ladder().is_none() && life.matter.notices.iter().all(|n| n.climb.is_none() || n.acknowledged_by.is_some()));
    assert_eq!(life.matter.version, version);
    assert_eq!(acknowledge(&life.matter, &id, HOUSE.actor("duty"), life.now), Ok(None));
    let told = life.matter.notices.len();
    life.wait(20 * MINUTE);
    assert!(life.matter.notices[told..].iter().all(|n| n.rung == 0 || n.climb.as_ref().is_some_and(|c| c.ladder != id)), "that ladder rests");
}

#[test]
fn nobody_at_all_is_an_alarm_in_the_command_room_that_stays() {
    let mut life = urgent();
    life.holders.0.clear();
    life.wait(2 * MINUTE);
    assert_eq!((top(&life).unit.as_str(), top(&life).post, top(&life).rung), (COMMAND, None, ALARM));
    life.wait(6 * HOUR);
    assert_eq!((top(&life).rung, top(&life).waits()), (ALARM, true));
}

#[test]
fn every_step_of_an_extreme_ladder_is_within_a_minute_and_its_end_within_a_quarter_of_an_hour() {
    let mut life = urgent();
    let began = life.now;
    let mut last = began;
    while top(&life).rung != ALARM {
        let next = top(&life).next_at().unwrap();
        assert!(next.since(last) <= MINUTE, "{} ms", next.since(last));
        last = next;
        life.wait(next.since(life.now).max(1));
    }
    assert!(last.since(began) <= 15 * MINUTE);
}
