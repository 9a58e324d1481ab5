//! The outbox: letters in the act's transaction, leases, back-off, dead letters, quiet hours, digests.

use crate::support::{House, POLICE, call, on_both, with};
use app::jobs;
use app::notices::{Set, put_channel, put_way, put_wish};
use app::out::{Again, Failure, Out, Sending};
use domain::kernel::{DAY, HOUR, MINUTE, MatterId};
use domain::matters::ActKind;
use domain::notices::{ChannelKind, NoticeWish};
use serde_json::json;
use std::sync::Mutex;

/// What went out, and how it is answered.
#[derive(Default)]
struct Box_ {
    fails: Mutex<Option<Again>>,
    sent: Mutex<Vec<(String, String, String)>>,
}

impl Out for Box_ {
    fn send(&self, sending: &Sending<'_>) -> Result<(), Failure> {
        if let Some(again) = *self.fails.lock().unwrap() {
            return Err(Failure { why: "answered 500".to_owned(), again });
        }
        self.sent.lock().unwrap().push((sending.key.to_owned(), sending.address.to_owned(), sending.letter.text.clone()));
        Ok(())
    }
}

fn channel(house: &House) -> String {
    let admin = house.who("system-admin");
    let settings = [("url", "https://127.0.0.1"), ("access_key", "k"), ("secret_file", "s.key"), ("sign_name", "s"), ("template", "t")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let set = Set { id: None, kind: ChannelKind::Sms, name: "短信".to_owned(), enabled: true, ordinal: 1, settings };
    house.desk.write_at(house.now(), move |tx, _, now, mint| put_channel(tx, &admin, &set, now, mint)).unwrap()
}

fn way(house: &House, login: &str, channel: &str) {
    let (actor, channel) = (house.who(login), channel.to_owned());
    house.desk.write_at(house.now(), move |tx, desk, now, mint| put_way(tx, desk, &actor, &channel, "13800138000", 1, now, mint)).unwrap();
}

fn offered(house: &House, urgency: &str) -> MatterId {
    let id = house.register("shengzhong-desk", &with(call(), json!({ "urgency": urgency })));
    house.act("command-1", &id, ActKind::Dispatch, json!({ "lead": POLICE, "category": "S-04", "level": "simple" }));
    id
}

#[test]
fn an_urgent_letter_goes_at_once_and_says_nothing_of_a_person() {
    on_both(|house| {
        let channel = channel(house);
        way(house, "police-head", &channel);
        let id = offered(house, "extreme");
        let out = Box_::default();
        assert_eq!(jobs::turn(&house.desk, &out).unwrap(), 1);
        assert_eq!(jobs::turn(&house.desk, &out).unwrap(), 0);
        let sent = out.sent.lock().unwrap().clone();
        assert_eq!((sent.len(), sent[0].1.as_str()), (1, "13800138000"));
        assert!(sent[0].2.starts_with(&house.matter(&id).number) && !sent[0].2.contains("周阿兴") && !sent[0].2.contains("押金"), "{}", sent[0].2);
        house.assert_whole();
    });
}

#[test]
fn what_was_acknowledged_meanwhile_is_not_sent() {
    on_both(|house| {
        let channel = channel(house);
        way(house, "police-head", &channel);
        let id = offered(house, "extreme");
        house.act("police-officer", &id, ActKind::Accept, json!({}));
        house.act("police-head", &id, ActKind::Note, json!({ "words": "已派人" }));
        let out = Box_::default();
        jobs::turn(&house.desk, &out).unwrap();
        assert!(out.sent.lock().unwrap().is_empty());
    });
}

#[test]
fn a_letter_is_tried_ten_times_then_dead_revived_or_dropped_with_a_reason() {
    on_both(|house| {
        let channel = channel(house);
        way(house, "police-head", &channel);
        offered(house, "extreme");
        let out = Box_::default();
        *out.fails.lock().unwrap() = Some(Again::Later(Some(30_000)));
        let mut tries = 0;
        let mut waited = Vec::new();
        while let Some(next) = house.read(|tx| Ok(store::jobs::next_due(tx)?)) {
            waited.push(next.since(house.now()));
            house.clock.set(next.max(house.now()));
            tries += jobs::turn(&house.desk, &out).unwrap();
        }
        assert_eq!(tries, 10);
        assert!(waited[1] >= 30_000, "Retry-After is kept: {waited:?}");
        assert!(waited[9] > 5_000 * 256 * 4 / 5, "waiting doubles: {waited:?}");
        let (admin, clerk) = (house.who("system-admin"), house.who("police-head"));
        let dead = house.read(move |tx| jobs::dead(tx, &admin, None, 10));
        assert_eq!((dead.total, dead.rows[0].attempt, dead.rows[0].last_error.as_deref()), (1, 10, Some("answered 500")));
        assert!(house.desk.store().read_now(move |tx| jobs::dead(tx, &clerk, None, 10)).is_err(), "the administrator's alone");
        let id = dead.rows[0].id.clone();
        let act = |reason: Option<&'static str>| {
            let (admin, id) = (house.who("system-admin"), id.clone());
            house.desk.write_at(house.now(), move |tx, desk, now, mint| match reason {
                Some(reason) => jobs::retire(tx, desk, &admin, &id, reason, now, mint),
                None => jobs::revive(tx, &admin, &id, now),
            })
        };
        act(None).unwrap();
        *out.fails.lock().unwrap() = Some(Again::Never);
        assert_eq!(jobs::turn(&house.desk, &out).unwrap(), 1);
        assert!(act(Some(" ")).is_err(), "a reason is asked for");
        act(Some("号码已停用")).unwrap();
        assert!(act(None).is_err(), "it is gone");
        house.assert_whole();
    });
}

#[test]
fn two_couriers_send_no_letter_twice() {
    on_both(|house| {
        let channel = channel(house);
        way(house, "police-head", &channel);
        for _ in 0..20 {
            offered(house, "extreme");
        }
        let out = Box_::default();
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| jobs::turn(&house.desk, &out).unwrap());
            }
        });
        let mut keys: Vec<String> = out.sent.lock().unwrap().iter().map(|sent| sent.0.clone()).collect();
        let all = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!((all, keys.len()), (20, 20));
    });
}

#[test]
fn what_is_not_urgent_comes_together_in_the_morning() {
    on_both(|house| {
        let channel = channel(house);
        way(house, "police-head", &channel);
        for _ in 0..5 {
            offered(house, "normal");
        }
        let out = Box_::default();
        jobs::turn(&house.desk, &out).unwrap();
        assert!(out.sent.lock().unwrap().is_empty());
        house.clock.set(house.now().day().plus(1).start().plus(8 * HOUR + 20 * MINUTE));
        jobs::turn(&house.desk, &out).unwrap();
        let sent = out.sent.lock().unwrap().clone();
        assert_eq!(sent.len(), 1, "one digest rather than forty groups");
        assert!(sent[0].2.contains("5 条"), "{}", sent[0].2);
    });
}

#[test]
fn quiet_hours_hold_what_can_wait_and_nothing_else() {
    on_both(|house| {
        let channel = channel(house);
        way(house, "police-head", &channel);
        let actor = house.who("police-head");
        let wish = NoticeWish { at_once: true, ..NoticeWish::default() };
        house.desk.write_at(house.now(), move |tx, _, now, _| put_wish(tx, &actor, wish, now)).unwrap();
        house.clock.set(house.now().day().start().plus(23 * HOUR));
        offered(house, "normal");
        let out = Box_::default();
        jobs::turn(&house.desk, &out).unwrap();
        assert!(out.sent.lock().unwrap().is_empty(), "it is quiet");
        offered(house, "extreme");
        jobs::turn(&house.desk, &out).unwrap();
        assert_eq!(out.sent.lock().unwrap().len(), 1, "urgent breaks it");
        house.clock.set(house.now().day().start().plus(DAY + 7 * HOUR));
        jobs::turn(&house.desk, &out).unwrap();
        assert_eq!(out.sent.lock().unwrap().len(), 2, "and the other came in the morning");
        house.assert_whole();
    });
}

#[test]
fn done_jobs_are_forgotten_after_a_month_and_a_slot_is_made_once() {
    on_both(|house| {
        for _ in 0..3 {
            house.desk.write_at(house.now(), |tx, _, now, _| jobs::schedule(tx, now)).unwrap();
        }
        let out = Box_::default();
        assert_eq!(jobs::turn(&house.desk, &out).unwrap(), 2, "what is done is forgotten, and who has not handed over is looked for");
    });
}
