//! Serving: the clock that can be set, the sweeper that wakes, the orderly end, logs that tell of nobody.

use crate::http::{Client, Sent, Server};
use crate::support::House;
use domain::kernel::DAY;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How many acts the trail holds.
fn acts(house: &House) -> u64 {
    let place = store::db::Place::read(&house.database().display().to_string());
    let store = store::db::Store::open_read_only(&place, &store::db::Options::at(crate::support::now())).unwrap();
    store.read_now(|tx| store::trail::each_entry(tx, |_| Ok(()))).unwrap()
}

#[test]
fn practice_sets_the_clock_forward_and_what_is_due_is_done_within_a_second() {
    let house = House::demo();
    let server = Server::start(house.command(&["serve", "--practice"]));
    let client = Client::log_in(&server.address, "command-1");
    std::thread::sleep(Duration::from_secs(1));
    let before = acts(&house);
    let sent = Sent { path: "/api/v1/practice/clock".to_owned(), key: "practice-1".to_owned(), body: json!({"advance_ms": 3 * DAY}) };
    let (status, answer): (u16, Value) = client.send(&server.address, &sent).unwrap();
    assert_eq!(status, 200, "{answer}");
    let began = Instant::now();
    while acts(&house) == before {
        assert!(began.elapsed() < Duration::from_secs(10), "nothing that was due was done");
        std::thread::sleep(Duration::from_millis(100));
    }
    let (status, _) = server.stop();
    assert!(status.success(), "{status}");

    // Now the trail lies ahead of the machine's clock: only practice may go on with it.
    let refused = house.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.status.code(), Some(2), "{}", crate::support::said(&refused));
    let server = Server::start(house.command(&["serve", "--practice"]));
    assert!(server.stop().0.success());
    let proven = house.run(&["trail", "verify", "--checkpoints", house.path().join("checkpoints").to_str().unwrap()]);
    assert!(proven.status.success(), "{}", crate::support::said(&proven));
}

#[test]
fn an_order_to_stop_is_obeyed_and_the_log_tells_of_nobody() {
    let house = House::demo();
    let server = Server::start(house.command(&["serve"]));
    let client = Client::log_in(&server.address, "shengzhong-desk");
    let body = json!({"said": "此言不入日志", "spot": "此地不入日志", "source": "call", "urgency": "normal", "contact_name": "此名不入日志", "contact_phone": "15412345678"});
    let sent = Sent { path: "/api/v1/reports".to_owned(), key: "serving-1".to_owned(), body };
    let (status, answer) = client.send(&server.address, &sent).unwrap();
    assert_eq!(status, 201, "{answer}");
    let (status, log) = server.stop();
    assert!(status.success(), "{status}");
    assert!(log.lines().count() >= 3 && log.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{log}");
    for told in ["不入日志", "15412345678", app::seed::DEMO_PASSWORD, "xja_session"] {
        assert!(!log.contains(told), "{told} in {log}");
    }
    assert!(House::path(&house).join("checkpoints").exists(), "the hourly checkpoint is filed");
}
