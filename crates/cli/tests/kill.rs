//! kill -9 at random moments while many clients write: what was acknowledged is there, once; the chain verifies; no act is half done.
//!
//! `ROUNDS` sets the rounds for each engine, `SEED` repeats a run; the seed is printed.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "it/support.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod support;

#[path = "it/http.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod http;

use http::{Client, Sent, Server};
use serde_json::{Value, json};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use support::{House, desk, said, small};

/// Clients that write at once.
const CLIENTS: usize = 16;

/// A number from the environment.
#[expect(clippy::disallowed_methods, reason = "a test may be told how long to go on")]
fn given(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// One client's life: register, dispatch, accept, contact, note, record, from the beginning again; what was answered is remembered.
fn write(address: &str, number: usize, client: &Client, station: &str, keys: &AtomicU64, stop: &AtomicBool, heard: &Mutex<Vec<(usize, Sent, u16, Value)>>) {
    while !stop.load(Ordering::SeqCst) {
        let send = |path: String, body: Value| {
            let sent = Sent { path, key: format!("kill-{:08}", keys.fetch_add(1, Ordering::SeqCst)), body };
            let (status, answer) = client.send(address, &sent)?;
            if status < 300 {
                heard.lock().unwrap().push((number, sent, status, answer.clone()));
                return Some(answer);
            }
            // Turned away for now is no acknowledgement; anything else would be a fault of this test.
            assert!(status == 503 || status == 409, "{status} {answer} {sent:?}");
            None
        };
        let report =
            json!({"said": "楼道里堆了沙发，安全出口打不开", "spot": "3组12号", "source": "call", "urgency": "normal", "contact_phone": "15400000000"});
        let Some(mut done) = send("/api/v1/reports".to_owned(), report) else { continue };
        let acts = [
            ("dispatch", json!({"lead": station, "category": "C-02", "level": "simple"})),
            ("accept", json!({})),
            ("note", json!({"words": "马上去"})),
            ("record", json!({"done": "已清理"})),
        ];
        for (act, data) in acts {
            let (matter, version) = (done["matter"].as_str().unwrap_or_default().to_owned(), done["version"].clone());
            match send(format!("/api/v1/matters/{matter}/acts/{act}"), json!({"version": version, "data": data})) {
                Some(next) => done = next,
                None => break,
            }
        }
    }
}

/// The desks of as many stations as there are clients: log-in and unit.
fn desks() -> Vec<(String, String)> {
    let people = domain::places::demo::accounts();
    let desks = people.into_iter().filter(|person| person.login.ends_with("-desk"));
    desks.take(CLIENTS).map(|person| (person.login, person.posts[0].as_str().replace("pst_", "unt_").replace("_desk_clerk", ""))).collect()
}

fn rounds(house: &House, serve: impl Fn() -> Command, verify: impl Fn() -> Command) {
    let rounds = given("ROUNDS", 2);
    let mut chance = given("SEED", support::now().0.unsigned_abs());
    eprintln!("SEED={chance} ROUNDS={rounds}");
    let keys = AtomicU64::new(0);
    let (mut kept, mut repeated) = (0, 0);
    for round in 1..=rounds {
        let server = Server::start(serve());
        let desks = desks();
        let clients: Vec<Client> = desks.iter().map(|(login, _)| Client::log_in(&server.address, login)).collect();
        // xorshift64*: enough to pick a moment.
        chance ^= chance >> 12;
        chance ^= chance << 25;
        chance ^= chance >> 27;
        let moment = Duration::from_millis(chance.wrapping_mul(0x2545_F491_4F6C_DD1D) % 2_500);
        let (stop, heard) = (AtomicBool::new(false), Mutex::new(Vec::new()));
        let address = server.address.clone();
        std::thread::scope(|scope| {
            for (number, (client, (_, station))) in clients.iter().zip(&desks).enumerate() {
                let (address, keys, stop, heard) = (&address, &keys, &stop, &heard);
                scope.spawn(move || write(address, number, client, station, keys, stop, heard));
            }
            // The moment counts from when everybody is under way, however busy the machine is.
            let began = Instant::now();
            while heard.lock().unwrap().len() < CLIENTS && began.elapsed() < Duration::from_secs(60) {
                std::thread::sleep(Duration::from_millis(5));
            }
            std::thread::sleep(moment);
            drop(server);
            stop.store(true, Ordering::SeqCst);
        });
        let heard = heard.into_inner().unwrap();

        assert!(heard.len() >= CLIENTS, "round {round}: only {} acts in a minute", heard.len());
        let proven = verify().output().unwrap();
        assert!(proven.status.success(), "round {round}: {}", said(&proven));
        let server = Server::start(serve());
        for (client, sent, status, answer) in &heard {
            let again = clients[*client].send(&server.address, sent).unwrap();
            assert_eq!(again, (*status, answer.clone()), "round {round}: {sent:?} was acknowledged and is answered otherwise now");
            repeated += 1;
        }
        kept += heard.len();
        drop(server);
        let proven = verify().output().unwrap();
        assert!(proven.status.success(), "round {round}, after repeating: {}", said(&proven));
        eprintln!("round {round}: killed after {moment:?}, {} acknowledged", heard.len());
    }
    eprintln!("{}: {kept} acknowledged acts in {rounds} rounds, {repeated} asked again", house.path().display());
}

#[test]
fn nothing_acknowledged_is_lost_in_a_file() {
    let house = House::demo();
    rounds(&house, || house.command(&["serve"]), || house.command(&["trail", "verify"]));
}

#[test]
fn nothing_acknowledged_is_lost_on_a_server() {
    let house = House::empty();
    let server = testkit::databases::Database::fresh();
    let desk = desk(server.url(), house.keys(), &house.path().join("files"));
    small(&desk);
    drop(desk);
    rounds(&house, || house.command(&["serve", "--database", server.url()]), || house.command(&["trail", "verify", "--database", server.url()]));
}
