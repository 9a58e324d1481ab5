//! Climbing over a store: what fires once, what is a fact, what acting means.

use crate::support::{COMMAND, HOME, House, POLICE, call, on_both, with};
use app::desk::Desk;
use app::fault::Fault;
use domain::kernel::{MINUTE, MatterId, NoticeId};
use domain::matters::{ActKind, Matter};
use domain::notices::{ALARM, Notice};
use domain::trail::{Body, Fact};
use serde_json::json;

fn extreme(house: &House) -> MatterId {
    let id = house.register("shengzhong-desk", &with(call(), json!({ "urgency": "extreme" })));
    house.act("command-1", &id, ActKind::Dispatch, json!({ "lead": POLICE, "category": "S-04", "level": "simple" }));
    id
}

fn facts(house: &House, id: &MatterId) -> Vec<Fact> {
    let (chain, subject) = (house.matter(id).home.0, id.0.clone());
    let entries = house.read(move |tx| Ok(store::trail::entries_of(tx, &chain, &subject)?));
    entries.into_iter().flat_map(|entry| Body::<Fact>::read(&entry.body).unwrap().facts).collect()
}

fn acknowledge(house: &House, login: &str, notice: &NoticeId) -> Result<(), Fault> {
    let (actor, notice) = (house.who(login), notice.clone());
    house.desk.write_at(house.now(), move |tx, desk, now, mint| app::notices::acknowledge(tx, desk, &actor, &notice, now, mint))
}

fn to<'m>(matter: &'m Matter, unit: &str) -> Vec<&'m Notice> {
    matter.notices.iter().filter(|notice| notice.unit.as_str() == unit && notice.climb.is_some()).collect()
}

#[test]
fn an_acknowledgement_is_an_act_of_a_named_person_and_proven() {
    on_both(|house| {
        let id = extreme(house);
        let matter = house.matter(&id);
        let notice = matter.ladder().unwrap().clone();
        assert_eq!((notice.unit.as_str(), notice.rung, notice.waits()), (POLICE, 0, true));
        assert!(matches!(acknowledge(house, "market-head", &notice.id), Err(Fault::Missing)), "what was told to others is not there");
        assert!(matches!(acknowledge(house, "yingzhong-desk", &notice.id), Err(Fault::Missing)));
        acknowledge(house, "police-head", &notice.id).unwrap();
        acknowledge(house, "police-head", &notice.id).unwrap();
        let after = house.matter(&id);
        let own = house.who("police-head").account().clone();
        assert_eq!(after.notices.iter().find(|n| n.id == notice.id).unwrap().acknowledged_by, Some(own));
        assert_eq!(after.version, matter.version, "nobody's open form is refused because others were told or answered");
        assert_eq!(facts(house, &id).iter().filter(|fact| matches!(fact, Fact::Acknowledged { notice: of, .. } if *of == notice.id)).count(), 1);
        house.try_at("police-head", &id, matter.version, ActKind::Accept, &json!({})).unwrap();
        house.assert_whole();
    });
}

#[test]
fn whoever_acts_has_answered() {
    on_both(|house| {
        let id = extreme(house);
        house.act("police-officer", &id, ActKind::Accept, json!({}));
        let matter = house.matter(&id);
        assert!(matter.ladder().is_none() && to(&matter, POLICE)[0].acknowledged_by.is_some());
        house.wait(30 * MINUTE);
        assert!(house.matter(&id).notices.iter().all(|notice| notice.rung == 0), "nobody above is woken");
        house.assert_whole();
    });
}

#[test]
fn silence_climbs_each_rung_once_and_ends_with_the_alarm_in_twelve_minutes() {
    on_both(|house| {
        let id = extreme(house);
        let began = house.now();
        house.wait(15 * MINUTE);
        let matter = house.matter(&id);
        let ladder: Vec<(&str, &str, i64)> =
            matter.notices.iter().filter(|n| n.climb.is_some()).map(|n| (n.unit.as_str(), n.post.map_or("", |post| post.code()), n.rung)).collect();
        assert_eq!(ladder.first(), Some(&(POLICE, "unit_head", 0)));
        assert_eq!(ladder.last(), Some(&(COMMAND, "", ALARM)), "{ladder:?} {:#?}", facts(house, &id));
        assert!(ladder.windows(2).all(|pair| pair[0].2 < pair[1].2), "{ladder:?}");
        let alarm = matter.ladder().unwrap().clone();
        assert!(alarm.at.since(began) <= 12 * MINUTE && alarm.waits() && alarm.next_at().is_none());
        assert!(facts(house, &id).iter().any(|fact| matches!(fact, Fact::RungEmpty { rung: 5, .. })), "the district has nobody: said in the event");
        assert!(alarm.passed_over);
        let command = house.who("command-2");
        let standing = house.read(move |tx| app::notices::alarms(tx, &command));
        assert_eq!(standing.iter().map(|notice| &notice.id).collect::<Vec<_>>(), [&alarm.id]);
        house.wait(60 * MINUTE);
        assert!(house.matter(&id).ladder().unwrap().waits(), "it stands until somebody takes it");
        acknowledge(house, "command-2", &alarm.id).unwrap();
        let command = house.who("command-2");
        assert!(house.read(move |tx| app::notices::alarms(tx, &command)).is_empty());
        house.assert_whole();
    });
}

#[test]
fn two_sweepers_climb_no_step_twice() {
    on_both(|house| {
        let ids: Vec<MatterId> = (0..6).map(|_| extreme(house)).collect();
        house.pass(15 * MINUTE);
        let now = house.now();
        std::thread::scope(|scope| {
            for _ in 0..3 {
                let desk = Desk::new(house.desk.store().clone(), crate::support::keys(), house.folder.join("files"), Box::new(house.clock.clone()));
                scope.spawn(move || app::dispatch::sweep(&desk, now).unwrap());
            }
        });
        for id in &ids {
            let mut seen = std::collections::BTreeSet::new();
            for fact in facts(house, id) {
                if let Fact::NoticeStepped { notice, step, .. } = fact {
                    assert!(seen.insert((notice.clone(), step)), "{notice} {step} % fired twice");
                }
            }
        }
        house.assert_whole();
    });
}

#[test]
fn a_matter_that_is_not_extreme_tells_and_does_not_climb_before_it_is_late() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &call());
        house.act("command-1", &id, ActKind::Dispatch, json!({ "lead": HOME, "category": "0602", "level": "ordinary" }));
        assert!(house.matter(&id).ladder().is_none());
        house.assert_whole();
    });
}
