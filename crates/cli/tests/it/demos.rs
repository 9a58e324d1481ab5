//! The history that never happened: sound, lively, and the same for the same seed.

use crate::support::{House, desk, now};
use app::demo::{Plan, is_whole, prepare, write};
use domain::accounts::Actor;
use domain::kernel::{DAY, Instant};
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

/// Every act of a history as its event says it, without what is sealed.
fn told(plan: &Plan) -> Vec<String> {
    let house = House::empty();
    let desk = desk(&house.database().display().to_string(), house.keys(), &house.path().join("files"));
    prepare(desk.store(), desk.keys(), desk.files(), plan).unwrap();
    let written = write(&desk, plan, &AtomicBool::new(false)).unwrap().unwrap();
    assert!(written.refused.is_empty(), "{written:?}");
    desk.store()
        .read_now(|tx| -> Result<_, store::db::Broken> {
            let mut bodies = Vec::new();
            store::trail::each_entry(tx, |entry| {
                bodies.push(entry.body);
                Ok(())
            })?;
            Ok(bodies)
        })
        .unwrap()
}

#[test]
fn the_same_seed_tells_the_same_history() {
    let now = Instant(now().0 / DAY * DAY);
    let plan = Plan { days: 1, seed: 3, now };
    let first = told(&plan);
    assert!(first.len() > 250);
    assert!(first == told(&plan), "two tellings differ");
    assert!(first != told(&Plan { seed: 4, ..plan }));
}

#[test]
fn the_last_days_leave_every_kind_of_open_matter() {
    let house = House::demo();
    let desk = house.desk();
    assert!(is_whole(desk.store()).unwrap());
    let (states, phases, urgencies) = desk
        .store()
        .read_now(|tx| -> Result<_, store::db::Broken> {
            let (mut states, mut phases, mut urgencies) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
            for (count, _) in store::board::stations(tx, &Actor::system().scope())?.into_iter().filter(|(_, n)| *n > 0) {
                states.insert(count.state);
                phases.insert(count.phase);
                urgencies.insert(count.urgency);
            }
            Ok((states, phases, urgencies))
        })
        .unwrap();
    for state in ["registered", "offered", "working", "fed_back", "callback", "closed"] {
        assert!(states.contains(state), "{states:?}");
    }
    // Whether something is just about to be late depends on the hour at which the demonstration is made.
    assert!(phases.contains("late") && phases.contains("normal") && urgencies.len() == 3, "{phases:?} {urgencies:?}");
}

#[test]
fn a_history_that_is_told_to_stop_is_not_whole() {
    let house = House::empty();
    let desk = house.desk();
    let plan = Plan { days: 2, seed: 1, now: now() };
    prepare(desk.store(), desk.keys(), desk.files(), &plan).unwrap();
    assert_eq!(write(&desk, &plan, &AtomicBool::new(true)).unwrap(), None);
    assert!(!is_whole(desk.store()).unwrap());
    drop(desk);
    // The binary throws half a demonstration away and makes it anew.
    let done = house.run(&["demo", "--once", "--days", "1"]);
    assert!(done.status.success() && crate::support::said(&done).contains("已写完"), "{}", crate::support::said(&done));
}
