//! Requests that are repeated, and people who act on the same matter at once.

use crate::support::{House, call, on_both, raw, wait_for};
use app::desk::{Desk, Once};
use app::fault::{Changed, Fault};
use app::matters::Act;
use domain::accounts::Actor;
use domain::kernel::MatterId;
use domain::matters::ActKind;
use serde_json::{Value, json};

/// Registers as the door does: a key, the request's fingerprint, an answer.
async fn register(desk: &Desk, actor: &Actor, key: &str, data: &Value) -> Result<String, Fault> {
    let once = Once::new(actor.account().clone(), key.to_owned(), &[b"POST /reports", data.to_string().as_bytes()]);
    let (actor, data) = (actor.clone(), raw(data));
    desk.write_once(once, move |tx, desk, now, mint| {
        let registered = app::intake::register(tx, desk, &actor, data.clone(), now, mint)?;
        Ok(format!("{} {}", registered.recorded.matter.id, registered.receipt))
    })
    .await
}

async fn act(desk: &Desk, actor: &Actor, key: &str, cmd: Act) -> Result<String, Fault> {
    let once = Once::new(actor.account().clone(), key.to_owned(), &[cmd.act.code().as_bytes(), &cmd.version.to_be_bytes()]);
    let actor = actor.clone();
    desk.write_once(once, move |tx, desk, now, mint| Ok(app::matters::act(tx, desk, &actor, &cmd, now, mint)?.matter.version.to_string())).await
}

fn matters(house: &House) -> u64 {
    house.assert_whole().matters
}

#[test]
fn the_same_request_twice_is_one_event_and_one_answer() {
    on_both(|house| {
        let desk = house.who("shengzhong-desk");
        let first = wait_for(register(&house.desk, &desk, "k1", &call())).unwrap();
        house.pass(60_000);
        assert_eq!(wait_for(register(&house.desk, &desk, "k1", &call())).unwrap(), first);
        assert_eq!(matters(house), 1);
        // The same key for another request is a mistake of the client, and told.
        let other = crate::support::with(call(), json!({ "said": "另一件事" }));
        assert!(matches!(wait_for(register(&house.desk, &desk, "k1", &other)), Err(Fault::KeyReused)));
        // Another person's key of the same text is another key.
        assert_ne!(wait_for(register(&house.desk, &house.who("yingzhong-desk"), "k1", &call())).unwrap(), first);
        assert_eq!(matters(house), 2);
        // What was refused may be asked again under the same key, corrected or not.
        let bad = json!({ "said": "没有地点" });
        for _ in 0..2 {
            assert!(matches!(wait_for(register(&house.desk, &desk, "k2", &bad)), Err(Fault::Refused(_))));
        }
        wait_for(register(&house.desk, &desk, "k2", &call())).unwrap();
        assert_eq!(matters(house), 3);
    });
}

#[test]
fn an_answer_outlives_the_process() {
    on_both(|house| {
        let desk = house.who("shengzhong-desk");
        let first = wait_for(register(&house.desk, &desk, "k1", &call())).unwrap();
        // A new desk over the same store, with other chance, is what a restart is.
        let again = Desk::new(house.desk.store().clone(), crate::support::keys(), house.folder.join("files"), Box::new(house.clock.clone()));
        assert_eq!(wait_for(register(&again, &desk, "k1", &call())).unwrap(), first);
    });
}

#[test]
fn a_key_in_flight_eight_times_is_one_event() {
    on_both(|house| {
        let desk = house.who("shengzhong-desk");
        let answers: Vec<String> = wait_for(async {
            let tasks: Vec<_> = (0..8)
                .map(|_| {
                    let (over, actor) = (house.desk.clone(), desk.clone());
                    tokio::spawn(async move { register(&over, &actor, "k1", &call()).await })
                })
                .collect();
            let mut answers = Vec::new();
            for task in tasks {
                answers.push(task.await.unwrap().unwrap());
            }
            answers
        });
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(matters(house), 1);
        // The same for an act, whose second runner meets a version that is no longer current.
        let id = MatterId::from(answers[0].split_once(' ').unwrap().0);
        let cmd = Act { matter: id.clone(), version: 1, act: ActKind::Note, data: raw(&json!({ "words": "回电无人接" })) };
        let versions: Vec<String> = wait_for(async {
            let tasks: Vec<_> = (0..8)
                .map(|_| {
                    let (over, actor, cmd) = (house.desk.clone(), desk.clone(), cmd.clone());
                    tokio::spawn(async move { act(&over, &actor, "k2", cmd).await })
                })
                .collect();
            let mut versions = Vec::new();
            for task in tasks {
                versions.push(task.await.unwrap().unwrap());
            }
            versions
        });
        assert!(versions.iter().all(|version| version == "2"), "{versions:?}");
        assert_eq!(house.matter(&id).version, 2);
        house.assert_whole();
    });
}

#[test]
fn of_eight_who_act_on_what_they_saw_one_comes_first_and_seven_are_told() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &call());
        let actors: Vec<Actor> = ["shengzhong-desk", "shengzhong-chief", "command-1", "command-2", "duty", "command-head", "leader", "archivist"]
            .map(|login| house.who(login))
            .to_vec();
        let results: Vec<Result<String, Fault>> = wait_for(async {
            let tasks: Vec<_> = actors
                .into_iter()
                .enumerate()
                .map(|(n, actor)| {
                    let over = house.desk.clone();
                    let cmd = Act { matter: id.clone(), version: 1, act: ActKind::Note, data: raw(&json!({ "words": format!("备注 {n}") })) };
                    tokio::spawn(async move { act(&over, &actor, &format!("k{n}"), cmd).await })
                })
                .collect();
            let mut results = Vec::new();
            for task in tasks {
                results.push(task.await.unwrap());
            }
            results
        });
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        assert_eq!(results.iter().filter(|result| matches!(result, Err(Fault::Stale { current: 2, .. }))).count(), 7, "{results:?}");
        house.assert_whole();
    });
}

#[test]
fn who_is_stale_is_told_what_changed_and_by_whom() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &call());
        let seen = house.matter(&id).version;
        house.pass(60_000);
        let noted = house.now();
        house.act("shengzhong-chief", &id, ActKind::Note, json!({ "words": "先联系房东" }));
        house.pass(20 * 60_000);
        assert!(house.sweep() > 0, "the triage clock reminds");
        let name = |login: &'static str| house.read(move |tx| Ok(store::accounts::by_login(tx, login)?.unwrap().name));
        match house.try_at("shengzhong-desk", &id, seen, ActKind::Note, &json!({ "words": "晚了" })) {
            Err(Fault::Stale { current, changed }) => {
                assert_eq!(current, house.matter(&id).version);
                assert_eq!(changed.last(), Some(&Changed { act: "note".to_owned(), at: noted, by: name("shengzhong-chief") }));
                assert!(changed.iter().rev().skip(1).all(|change| change.act == "escalate" && change.by == "系统"), "{changed:?}");
            }
            other => panic!("{other:?}"),
        }
        // A version that never was is stale too, and nothing is done.
        assert!(matches!(house.try_at("shengzhong-desk", &id, 99, ActKind::Note, &json!({ "words": "x" })), Err(Fault::Stale { .. })));
    });
}
