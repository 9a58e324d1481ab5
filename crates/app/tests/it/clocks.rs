//! The sweeper: each step once, when it is due, whatever happens to the process.

use crate::support::{COMMAND, HOME, House, POLICE, call, on_both, open, with};
use app::desk::Desk;
use domain::dispatch::ClockKind;
use domain::kernel::{DAY, HOUR, MINUTE, MatterId};
use domain::matters::{ActKind, ClockOutcome, State};
use domain::trail::{Body, Fact};
use serde_json::json;
use std::collections::BTreeMap;

/// Each act of the system on a matter, with the kind of the clock and the step that it took.
fn steps(house: &House, id: &MatterId) -> Vec<(String, ClockKind, i64)> {
    let matter = house.matter(id);
    let entries = {
        let (chain, id) = (matter.home.0.clone(), id.0.clone());
        house.read(move |tx| Ok(store::trail::entries_of(tx, &chain, &id)?))
    };
    let kinds: BTreeMap<_, _> = matter.clocks.iter().map(|clock| (clock.id.clone(), clock.kind)).collect();
    let mut steps = Vec::new();
    for entry in entries.into_iter().filter(|entry| entry.account == "system") {
        for fact in Body::<Fact>::read(&entry.body).unwrap().facts {
            if let Fact::ClockStepped { clock, step, .. } = fact {
                steps.push((entry.act.clone(), kinds[&clock], step));
            }
        }
    }
    steps
}

fn once_each(steps: &[(String, ClockKind, i64)]) {
    let mut seen = std::collections::BTreeSet::new();
    for (_, kind, step) in steps {
        assert!(seen.insert((kind.code(), *step)), "{kind} {step} % fired twice: {steps:?}");
    }
}

#[test]
fn a_matter_that_nobody_touches_climbs_each_rung_once_in_thirty_days() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &call());
        house.wait(30 * DAY);
        assert_eq!(steps(house, &id), [("escalate".to_owned(), ClockKind::Triage, 80), ("escalate".to_owned(), ClockKind::Triage, 100)]);
        // Handed on at last: nobody accepts, nobody calls, nobody works.
        house.act("command-1", &id, ActKind::Dispatch, json!({ "lead": POLICE, "category": "S-04", "level": "ordinary" }));
        let offered = house.now();
        house.wait(30 * DAY);
        let all = steps(house, &id);
        once_each(&all);
        let of = |kind: ClockKind| all.iter().filter(|(_, of, _)| *of == kind).map(|(act, _, step)| (act.as_str(), *step)).collect::<Vec<_>>();
        assert_eq!(of(ClockKind::Accept), [("escalate", 80), ("auto_accept", 100)]);
        assert_eq!(of(ClockKind::FirstContact), [("escalate", 80), ("escalate", 100)]);
        assert_eq!(of(ClockKind::Finish), [("escalate", 80), ("escalate", 100)]);
        let matter = house.matter(&id);
        let accept = matter.clocks.iter().find(|clock| clock.kind == ClockKind::Accept).unwrap();
        assert_eq!((matter.state, matter.accepted_at, accept.outcome), (State::Working, Some(accept.due_at), Some(ClockOutcome::Late)));
        assert!(accept.due_at > offered, "the window is two working hours");
        house.assert_whole();
    });
}

#[test]
fn what_was_missed_while_the_service_stood_still_is_done_once() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &call());
        house.act("command-1", &id, ActKind::Dispatch, json!({ "lead": POLICE, "category": "S-04", "level": "simple" }));
        // Nobody sweeps for ten days; then all at once, and again.
        house.pass(10 * DAY);
        assert!(house.sweep() > 0);
        assert_eq!(house.sweep(), 0);
        let first = steps(house, &id);
        once_each(&first);
        // A restart: another desk over the same store, with other chance.
        let again = Desk::new(house.desk.store().clone(), crate::support::keys(), house.folder.join("files"), Box::new(house.clock.clone()));
        assert_eq!(app::dispatch::sweep(&again, house.now()).unwrap(), 0);
        assert_eq!(steps(house, &id), first);
        assert_eq!(house.matter(&id).state, State::Working, "accepted by silence");
        house.assert_whole();
    });
}

#[test]
fn a_restart_in_the_middle_loses_and_repeats_nothing() {
    let ended = std::cell::RefCell::new(Vec::new());
    on_both(|house| {
        let id = house.register("shengzhong-desk", &with(call(), json!({ "urgency": "urgent" })));
        house.act("command-1", &id, ActKind::Dispatch, json!({ "lead": HOME, "category": "0602", "level": "ordinary" }));
        for _ in 0..30 {
            house.pass(DAY);
            // The store is opened anew each day where the engine lets two be open; a file has one master.
            let desk = if house.url.contains("://") {
                Desk::new(open(&house.url), crate::support::keys(), house.folder.join("files"), Box::new(house.clock.clone()))
            } else {
                Desk::new(house.desk.store().clone(), crate::support::keys(), house.folder.join("files"), Box::new(house.clock.clone()))
            };
            app::dispatch::turn(&desk).unwrap();
        }
        let all = steps(house, &id);
        once_each(&all);
        ended.borrow_mut().push(all);
        house.assert_whole();
    });
    let ended = ended.into_inner();
    assert_eq!(ended[0], ended[1]);
}

#[test]
fn two_sweepers_at_once_do_nothing_twice() {
    on_both(|house| {
        let ids: Vec<MatterId> = (0..12).map(|n| house.register(["shengzhong-desk", "yingzhong-desk"][n % 2], &call())).collect();
        for id in &ids {
            house.act("command-1", id, ActKind::Dispatch, json!({ "lead": POLICE, "category": "S-04", "level": "simple" }));
        }
        house.pass(20 * DAY);
        let now = house.now();
        let acts: u64 = std::thread::scope(|scope| {
            let sweepers: Vec<_> = (0..4)
                .map(|_| {
                    let desk = Desk::new(house.desk.store().clone(), crate::support::keys(), house.folder.join("files"), Box::new(house.clock.clone()));
                    scope.spawn(move || app::dispatch::sweep(&desk, now).unwrap())
                })
                .collect();
            sweepers.into_iter().map(|sweeper| sweeper.join().unwrap()).sum()
        });
        let mut told = 0;
        for id in &ids {
            let steps = steps(house, id);
            once_each(&steps);
            told += steps.len();
        }
        assert_eq!(acts, told as u64, "every act that was counted was done, and no other");
        assert_eq!(house.sweep(), 0);
        house.assert_whole();
    });
}

#[test]
fn more_than_one_round_of_due_matters_is_swept_in_one_turn() {
    on_both(|house| {
        for _ in 0..230 {
            house.register("shengzhong-desk", &call());
        }
        house.pass(HOUR);
        assert_eq!(house.sweep(), 460);
        assert_eq!(house.sweep(), 0);
    });
}

#[test]
fn a_closed_matter_has_no_clock_and_time_archives_nothing_by_itself() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &call());
        let closed = crate::good::drive(house, &id);
        assert_eq!(closed.state, State::Closed);
        house.wait(40 * DAY);
        assert_eq!(steps(house, &id), [], "everything was in time");
        assert_eq!(house.matter(&id).state, State::Closed);
        house.act("archivist", &id, ActKind::Archive, json!({}));
        assert_eq!(house.matter(&id).state, State::Archived);
        house.assert_whole();
    });
}

#[test]
fn what_comes_back_to_the_command_room_is_waited_for_there() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &call());
        house.act("command-1", &id, ActKind::Dispatch, json!({ "lead": POLICE, "category": "S-04", "level": "simple" }));
        house.pass(30 * MINUTE);
        let matter = house.act("police-head", &id, ActKind::SendBack, json!({ "reason": "R5", "words": "应走程序", "route": "劳动仲裁" }));
        assert_eq!((matter.owner_unit.as_ref().map(|unit| unit.as_str()), matter.state), (Some(COMMAND), State::Returned));
        house.wait(7 * DAY);
        let of: Vec<i64> = steps(house, &id).into_iter().filter(|(_, kind, _)| *kind == ClockKind::Arbitrate).map(|(_, _, step)| step).collect();
        assert_eq!(of, [80, 100]);
        house.assert_whole();
    });
}
