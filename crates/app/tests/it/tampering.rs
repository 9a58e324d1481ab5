//! Verification: whatever is changed behind the application's back is found and named.
//!
//! A database is tampered with as its dump: any cell of any table can be changed there, also where triggers guard the live one.

use crate::histories::live;
use crate::importing::{import, small_csv};
use crate::support::{House, keys, on_a_file, on_both, options};
use app::desk::Machine;
use app::fault::Fault;
use app::intake::import::Mode;
use app::trail::{Finding, Report};
use domain::kernel::{DAY, HOUR};
use domain::matters::ActKind;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use store::db::{Place, Store};
use testkit::{Dice, with_seeds};

/// What events do not give and verification therefore cannot prove, with the reason.
const NOT_PROVEN: &[(&str, &[&str], &str)] = &[
    ("setting", &[], "configuration"),
    ("place", &[], "configuration"),
    ("unit", &[], "configuration"),
    ("unit_overlap", &[], "configuration"),
    ("post", &[], "configuration"),
    ("calendar_day", &[], "configuration"),
    ("calendar_year", &[], "configuration"),
    ("category", &[], "configuration; the class of a matter is its own"),
    ("route", &[], "configuration"),
    ("session", &[], "comes and goes"),
    ("idempotency", &[], "comes and goes"),
    ("job", &[], "comes and goes"),
    ("import_run", &[], "a protocol for people; each row's lineage is proven"),
    ("import_row", &["feed", "run"], "the lineage of a report does not name them"),
    ("account", &["name", "password", "failed", "locked_until", "created_at", "seen_at"], "secrets and names are not in events"),
    ("rota_feed", &["digest", "made_at"], "the hash of a secret is not in events, nor when it was made"),
    ("api_token", &["name", "digest", "created_at", "seen_at"], "secrets and names are not in events"),
    ("second_factor", &["sealed", "confirmed_at", "last_step", "made_at"], "secrets are not in events; that an account has one in force is"),
    ("recovery_code", &[], "secrets are not in events; one that was used is"),
    ("file", &["name", "media_type", "size", "uploaded_by", "uploaded_at"], "the hash binds the content"),
];

fn proven(table: &str, column: &str) -> bool {
    !NOT_PROVEN.iter().any(|(of, columns, _)| *of == table && (columns.is_empty() || columns.contains(&column)))
}

/// A dump in memory.
#[derive(Clone)]
struct Dump {
    head: Value,
    tables: Vec<Dumped>,
}

/// A table of a dump: name, columns, kinds, rows.
type Dumped = (String, Vec<String>, Value, Vec<Vec<Value>>);

impl Dump {
    fn of(house: &House, path: &Path) -> Self {
        house.desk.store().dump_to(path, house.now()).unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let head = lines.next().unwrap();
        let mut tables: Vec<Dumped> = Vec::new();
        for line in lines {
            match line {
                Value::Array(cells) => tables.last_mut().unwrap().3.push(cells),
                table if table["table"].is_string() => {
                    let columns = table["columns"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect();
                    tables.push((table["table"].as_str().unwrap().to_owned(), columns, table["kinds"].clone(), Vec::new()));
                }
                _ => {}
            }
        }
        Self { head, tables }
    }

    fn write(&self, path: &Path) {
        let mut text = format!("{}\n", self.head);
        let mut rows = BTreeMap::new();
        for (table, columns, kinds, cells) in &self.tables {
            text.push_str(&format!("{}\n", json!({ "table": table, "columns": columns, "kinds": kinds })));
            cells.iter().for_each(|row| text.push_str(&format!("{}\n", Value::Array(row.clone()))));
            rows.insert(table, cells.len());
        }
        let sha256 = app::keys::hex(&Sha256::digest(text.as_bytes()));
        text.push_str(&format!("{}\n", json!({ "rows": rows, "sha256": sha256 })));
        std::fs::write(path, text).unwrap();
    }

    fn rows(&mut self, table: &str) -> &mut Vec<Vec<Value>> {
        &mut self.tables.iter_mut().find(|(name, ..)| name == table).unwrap().3
    }

    fn rows_of(&self, table: &str) -> &[Vec<Value>] {
        &self.tables.iter().find(|(name, ..)| name == table).unwrap().3
    }

    fn column(&self, table: &str, column: &str) -> usize {
        self.tables.iter().find(|(name, ..)| name == table).unwrap().1.iter().position(|name| name == column).unwrap()
    }

    /// What verification says of it; a database that refuses to hold it has found it too.
    fn verify(&self, folder: &Path, outside: &[(String, String, String)]) -> Result<Report, String> {
        let (dump, file) = (folder.join("tampered.jsonl"), folder.join("tampered.db"));
        for left in ["", "-wal", "-shm", ".lock"] {
            drop(std::fs::remove_file(folder.join(format!("tampered.db{left}"))));
        }
        self.write(&dump);
        let (store, _) = Store::restore(&Place::read(file.to_str().unwrap()), &options(), &dump).map_err(|refused| refused.to_string())?;
        let outside = outside.to_vec();
        store.read_now(move |tx| app::trail::verify(tx, Some(&keys()), &outside)).map_err(|fault: Fault| fault.to_string())
    }
}

/// A database in which every table of state has a row.
fn history(house: &House) {
    live(house, 4, 90, 5);
    import(house, "shengzhong-desk", &small_csv(), Mode::Live, false);
    let id = house.register("shengzhong-desk", &crate::support::call());
    let task =
        house.act("shengzhong-desk", &id, ActKind::Decline, json!({ "reason": "D1", "route": "请继续诉讼", "told_how": "call" })).askings[0].id.0.clone();
    house.act("shengzhong-chief", &id, ActKind::Refuse, json!({ "asking": task, "reason": "应当受理" }));
    house.act("command-1", &id, ActKind::Dispatch, json!({ "lead": crate::support::POLICE, "category": "S-04", "level": "ordinary" }));
    house.act("police-head", &id, ActKind::SendBack, json!({ "reason": "R5", "words": "应走程序", "route": "劳动仲裁" }));
    house.act("command-head", &id, ActKind::Amend, json!({ "field": "flag", "flag": "joint", "on": true, "reason": "三家都有份" }));
    crate::good::drive(house, &id);
    let secret = house.register("shengzhong-desk", &crate::support::call());
    house.act("command-head", &secret, ActKind::Amend, json!({ "field": "flag", "flag": "confidential", "on": true, "reason": "检举" }));
    duty(house);
    channels(house);
    destroy(house);
    book(house);
    credentials(house);
    let actor = house.who("shengzhong-desk");
    house
        .desk
        .write_at(house.now(), move |tx, desk, now, mint| {
            app::accounts::make_token(
                tx,
                &actor,
                &app::accounts::TokenWish { name: "脚本".to_owned(), days: 30, reach: domain::accounts::Reach::All },
                "xja_secret",
                now,
                mint,
            )?;
            app::trail::checkpoint(tx, desk, now)
        })
        .unwrap();
}

/// Two rooms are booked and one of them is given up; the month's record of kinds without an owner is made.
fn book(house: &House) {
    use app::places::Ask;
    use domain::places::RoomUse;
    let actor = house.who("shengzhong-desk");
    let (station, from) = (domain::kernel::UnitId::from("unt_330109014218"), house.now().plus(DAY));
    house
        .desk
        .write_at(house.now(), move |tx, desk, now, mint| {
            let rooms: Vec<_> = store::places::book(tx, None)?.rooms.into_values().filter(|room| room.unit == station).take(2).collect();
            for room in rooms {
                let ask = Ask::Book { room: room.id, from_at: from, to_at: from.plus(HOUR), purpose: RoomUse::Mediation };
                app::places::change(tx, desk, &actor, &[ask], None, now, mint)?;
            }
            let first = store::places::book(tx, None)?.bookings.into_keys().next().unwrap();
            app::places::change(tx, desk, &actor, &[Ask::GiveUp { id: first }], None, now, mint)?;
            app::places::list_month(tx, desk, now)
        })
        .unwrap();
}

/// A week's rota, a call-out list, a calendar's address, a swap that is asked for, an absence that is granted, a night that is handed over.
fn duty(house: &House) {
    use app::rota::{self, Ask, Lay, Saying};
    use domain::rota::{CallOutBy, Duty, Pattern, Rest, ShiftAnswer, ShiftAsked};
    let home = domain::kernel::UnitId::from(crate::support::HOME);
    let chief = house.who("shengzhong-chief");
    let desks = ["shengzhong-desk", "shengzhong-desk-2", "shengzhong-desk-3", "shengzhong-desk-4"].map(|login| house.who(login));
    let people: Vec<_> = desks.iter().map(|desk| desk.account().clone()).collect();
    let first = house.now().day().plus(1);
    let lay = Lay {
        unit: home.clone(),
        duty: Duty::Desk,
        pattern: Pattern::ThreeShifts,
        from_day: first,
        to_day: first.plus(6),
        seats: 1,
        people: people.clone(),
        rest: Rest::DEFAULT,
    };
    let wanted = store::rota::Shifts { unit: Some(home.clone()), ..store::rota::Shifts::default() };
    let shifts = house
        .desk
        .write_at(house.now(), {
            let (chief, first_desk, unit) = (chief.clone(), desks[0].clone(), home.clone());
            move |tx, desk, now, mint| {
                let id = rota::draft(tx, desk, &chief, &lay, now, mint)?;
                rota::publish(tx, desk, &chief, &id, now, mint)?;
                let list: Vec<_> = people.iter().cloned().zip([CallOutBy::Mobile, CallOutBy::Office, CallOutBy::Intercom, CallOutBy::Home]).collect();
                rota::put_call_out(tx, desk, &chief, &unit, Duty::MicroFire, &list, now, mint)?;
                rota::make_feed(tx, desk, &first_desk, "secret", now, mint)?;
                Ok(store::rota::shifts(tx, &wanted, first.start(), first.plus(7).start())?)
            }
        })
        .unwrap();
    let who = |account: &domain::kernel::AccountId| desks.iter().find(|desk| desk.account() == account).unwrap().clone();
    let own = shifts.iter().rev().find(|shift| shift.from_at > first.plus(3).start()).unwrap();
    let asks = who(own.person().unwrap());
    let theirs = shifts.iter().find(|shift| shift.from_at > first.plus(2).start() && shift.person() != own.person()).unwrap();
    let other = who(theirs.person().unwrap());
    let away = shifts.iter().find(|shift| shift.from_at > first.plus(4).start() && shift.person() == own.person() && shift.id != own.id).unwrap();
    let swap = Ask { what: ShiftAsked::Swap, shift: own.id.clone(), other_shift: Some(theirs.id.clone()), other: None, reason: "复诊".to_owned() };
    let leave = Ask { what: ShiftAsked::Absence, shift: away.id.clone(), other_shift: None, other: Some(other.account().clone()), reason: "年休".to_owned() };
    house
        .desk
        .write_at(house.now(), move |tx, desk, now, mint| {
            rota::ask(tx, desk, &asks, &swap, now, mint)?;
            let id = rota::ask(tx, desk, &asks, &leave, now, mint)?;
            rota::answer(tx, desk, &other, &id, ShiftAnswer::Agree, now, mint)?;
            rota::answer(tx, desk, &chief, &id, ShiftAnswer::Approve, now, mint)
        })
        .unwrap();
    house.pass(first.start().plus(7 * HOUR + HOUR / 2).since(house.now()));
    let on = |hour: i64| who(shifts.iter().find(|shift| shift.holds(first.start().plus(hour * HOUR))).unwrap().person().unwrap());
    let (goes, comes) = (on(7), on(9));
    house
        .desk
        .write_at(house.now(), move |tx, desk, now, mint| {
            let gear: Vec<_> = rota::register(tx, &home)?.into_iter().map(|thing| (thing.id, thing.state)).collect();
            let saying = Saying { gear: &gear, equipment: "一部对讲机送修", remarks: "三组停电" };
            let id = rota::hand_over(tx, desk, &goes, &home, saying, now, mint)?;
            rota::take_over(tx, desk, &comes, &id, now, mint)
        })
        .unwrap();
}

/// A channel is set up, and somebody says by it and when to be told.
fn channels(house: &House) {
    use app::notices::{Set, put_channel, put_way, put_wish};
    let (admin, chief) = (house.who("system-admin"), house.who("shengzhong-chief"));
    let settings = [("url", "https://sms.example.cn"), ("access_key", "k"), ("secret_file", "sms.key"), ("sign_name", "街道"), ("template", "SMS_1")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let set = Set { id: None, kind: domain::notices::ChannelKind::Sms, name: "短信".to_owned(), enabled: true, ordinal: 3, settings };
    house
        .desk
        .write_at(house.now(), move |tx, desk, now, mint| {
            let channel = put_channel(tx, &admin, &set, now, mint)?;
            put_way(tx, desk, &chief, &channel, "13900139000", 2, now, mint)?;
            put_wish(tx, &chief, domain::notices::NoticeWish::default(), now)
        })
        .unwrap();
}

/// A chief lends the post to a clerk, an administrator binds a second factor and comes in with one of its recovery codes.
fn credentials(house: &House) {
    use app::accounts::{Knock, Lending, begin_factor, code_of, confirm_factor, delegate, enrolment, log_in, recovery_codes};
    let (chief, clerk, admin) = (house.who("shengzhong-chief"), house.who("shengzhong-desk"), house.who("security-admin"));
    let lending = Lending { post: chief.seats()[0].post.clone(), deputy: clerk.account().clone(), from_at: None, to_at: house.now().plus(3 * DAY) };
    let (chance, codes) = ([9; 32], recovery_codes([3; 32]));
    let shown = code_of(&enrolment(&chance, "新街", "security-admin").secret, house.now()).unwrap();
    let kept = codes.clone();
    house
        .desk
        .write_at(house.now(), move |tx, desk, now, mint| {
            delegate(tx, &chief, &lending, now, mint)?;
            begin_factor(tx, desk, admin.account(), &chance, now, mint)?;
            confirm_factor(tx, desk, &admin, &shown, &kept, now)
        })
        .unwrap();
    let knock = Knock { code: Some(codes[0].clone()), ..Knock::new("security-admin", app::seed::DEMO_PASSWORD) };
    crate::support::wait_for(log_in(&house.desk, knock)).unwrap();
}

/// A rule of retention is set, a person asks for a copy, one list of destruction is refused and the next one carried out.
fn destroy(house: &House) {
    use app::trail::keeping;
    use domain::trail::ListState;
    let (admin, head, leader, archivist) = (house.who("system-admin"), house.who("command-head"), house.who("leader"), house.who("archivist"));
    let mut rule = domain::trail::retention::rules().into_iter().find(|rule| rule.id == "contact").unwrap();
    rule.months = Some(1);
    let asked =
        keeping::Asked {
            kind: domain::trail::RequestKind::Copy, phone: "13800138000".to_owned(), identity: "当面核对".to_owned(), name: None, said: false
        };
    house
        .desk
        .write_at(house.now(), {
            let head = head.clone();
            move |tx, desk, now, mint| {
                keeping::set_rule(tx, &admin, &rule, now)?;
                keeping::answer(tx, desk, &head, &asked, now, mint)
            }
        })
        .unwrap();
    for approve in [false, true] {
        house.pass(100 * DAY);
        keeping::propose(&house.desk, house.now()).unwrap();
        let lists = house.read(|tx| Ok(store::keeping::all_lists(tx)?));
        let open = lists.iter().find(|one| one.list.state == ListState::Proposed && one.list.care == domain::matters::Care::Open).unwrap().id.clone();
        let (archivist, head, leader, list) = (archivist.clone(), head.clone(), leader.clone(), open.clone());
        house
            .desk
            .write_at(house.now(), move |tx, _, now, mint| {
                keeping::ask(tx, &archivist, &list, now)?;
                let decider = if approve { &head } else { &leader };
                keeping::decide(tx, decider, &list, approve, if approve { "" } else { "还要用" }, now, mint)
            })
            .unwrap();
        keeping::turn(&house.desk, house.now(), false).unwrap();
    }
}

/// Another value of the same kind.
fn other(value: &Value, column: &[&Value]) -> Value {
    match value {
        Value::Number(n) if n.as_i64().is_some_and(|n| n == 0 || n == 1) => json!(1 - n.as_i64().unwrap()),
        Value::Number(n) => json!(n.as_i64().unwrap() + 1),
        // A value that another row has: the hardest to see.
        Value::String(text) => {
            column.iter().find(|found| found.is_string() && **found != value).map_or_else(|| json!(format!("{text}x")), |found| (*found).clone())
        }
        Value::Null => column.iter().find(|found| !found.is_null()).map_or(Value::Null, |found| (*found).clone()),
        other => panic!("{other} is no cell"),
    }
}

/// Whether a finding names the row: by one of its ids, or the instant that is its key.
fn names(findings: &[Finding], row: &[Value]) -> bool {
    let cells: Vec<String> = row.iter().map(|cell| cell.as_str().map_or_else(|| cell.to_string(), str::to_owned)).filter(|cell| cell.len() > 4).collect();
    findings.iter().any(|finding| cells.iter().any(|cell| finding.place.contains(cell) || finding.said.contains(cell)))
}

/// Whether a row says something: a counter at zero does not, nor a file that was attached nowhere.
fn says_something(dump: &Dump, table: &str, row: &[Value]) -> bool {
    match table {
        "tally" | "station_tally" => row.last() != Some(&json!(0)),
        "file" => dump.tables.iter().any(|(of, _, _, rows)| of == "attachment" && rows.iter().any(|attached| attached.contains(&row[0]))),
        _ => true,
    }
}

#[test]
fn any_changed_column_is_found_and_named() {
    on_a_file(|house| {
        history(house);
        let dump = Dump::of(house, &house.folder.join("whole.jsonl"));
        assert_eq!(dump.verify(&house.folder, &[]).unwrap().findings, []);
        let (mut missed, mut untried) = (Vec::new(), Vec::new());
        with_seeds(1, 1, |seed| {
            let mut dice = Dice::new(seed);
            for (at, (table, columns, _, rows)) in dump.tables.iter().enumerate() {
                if NOT_PROVEN.iter().any(|(of, columns, _)| of == table && columns.is_empty()) {
                    continue;
                }
                if rows.is_empty() {
                    untried.push(table.as_str());
                    continue;
                }
                for (n, column) in columns.iter().enumerate().filter(|(_, column)| proven(table, column)) {
                    let cells: Vec<&Value> = rows.iter().map(|row| &row[n]).collect();
                    let filled: Vec<usize> = (0..rows.len()).filter(|row| !cells[*row].is_null() && says_something(&dump, table, &rows[*row])).collect();
                    let row = if filled.is_empty() { dice.roll(rows.len()) } else { *dice.pick(&filled) };
                    let changed = other(cells[row], &cells);
                    let changed = if changed.is_null() { json!(if column.ends_with("_at") { json!(1) } else { json!("x") }) } else { changed };
                    let mut tampered = dump.clone();
                    tampered.tables[at].3[row][n] = changed;
                    match tampered.verify(&house.folder, &[]) {
                        Ok(report) if report.findings.is_empty() => missed.push(format!("{table}.{column} is not seen")),
                        Ok(report) if !names(&report.findings, &rows[row]) => missed.push(format!("{table}.{column} is not named: {:?}", report.findings)),
                        Ok(_) | Err(_) => {}
                    }
                }
            }
        });
        assert!(missed.is_empty() && untried.is_empty(), "no row in {untried:?}\n{}", missed.join("\n"));
    });
}

#[test]
fn any_byte_of_an_event_or_a_text_is_found_and_named() {
    on_a_file(|house| {
        history(house);
        let dump = Dump::of(house, &house.folder.join("whole.jsonl"));
        with_seeds(1, 1, |seed| {
            let mut dice = Dice::new(seed);
            for n in 0..40 {
                let mut tampered = dump.clone();
                let (table, column, code) =
                    [("event", "body", "chain"), ("words", "body", "words"), ("words", "sealed", "words"), ("words", "salt", "words")][n % 4];
                let at = tampered.column(table, column);
                let rows = tampered.rows(table);
                let filled: Vec<usize> = (0..rows.len()).filter(|row| rows[*row][at].as_str().is_some_and(|text| !text.is_empty())).collect();
                let row = *dice.pick(&filled);
                let mut chars: Vec<char> = rows[row][at].as_str().unwrap().chars().collect();
                let place = dice.roll(chars.len());
                chars[place] = if chars[place] == '0' { '1' } else { '0' };
                rows[row][at] = json!(chars.into_iter().collect::<String>());
                let original = rows[row].clone();
                let report = tampered.verify(&house.folder, &[]).unwrap();
                let findings: Vec<Finding> = report.findings.into_iter().filter(|finding| finding.code == code).collect();
                assert!(names(&findings, &original), "{table}.{column} character {place} of {original:?}: {findings:?}");
            }
        });
    });
}

#[test]
fn a_row_that_is_gone_or_made_up_is_found() {
    on_a_file(|house| {
        history(house);
        let dump = Dump::of(house, &house.folder.join("whole.jsonl"));
        for table in [
            "report",
            "clock",
            "task",
            "asking",
            "hop",
            "call_back",
            "attachment",
            "matter_unit",
            "matter_account",
            "matter_flag",
            "matter_number",
            "notice",
            "done",
            "tally",
            "station_tally",
            "event",
            "holding",
            "delegation",
            "second_factor",
            "api_token",
            "contact_index",
            "import_row",
            "series",
        ] {
            let mut tampered = dump.clone();
            let gone = dump.rows_of(table).iter().rposition(|row| says_something(&dump, table, row)).unwrap_or_else(|| panic!("the history has no {table}"));
            tampered.rows(table).remove(gone);
            let seen = tampered.verify(&house.folder, &[]).map_or(true, |report| !report.findings.is_empty());
            assert!(seen, "a row of {table} is gone");
        }
        let mut tampered = dump.clone();
        let mut extra = tampered.rows("matter_account")[0].clone();
        extra[1] = json!("acc_somebody");
        tampered.rows("matter_account").push(extra);
        assert!(!tampered.verify(&house.folder, &[]).unwrap().findings.is_empty(), "somebody gave himself a part");
    });
}

#[test]
fn a_tail_that_was_cut_off_is_found_by_checkpoints() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &crate::support::call());
        let before = Dump::of(house, &house.folder.join("before.jsonl"));
        house.pass(HOUR);
        house.act("leader", &id, ActKind::Urge, json!({ "words": "请尽快" }));
        let signed = house.desk.write_at(house.now(), |tx, desk, now, _| app::trail::checkpoint(tx, desk, now)).unwrap();
        house.assert_whole();
        // The cut database by itself is a valid shorter history.
        assert_eq!(before.verify(&house.folder, &[]).unwrap().findings, []);
        let outside = [(signed.body.clone(), signed.signature.clone(), signed.public_key.clone())];
        let report = before.verify(&house.folder, &outside).unwrap();
        assert!(
            report.checkpoints == 1 && report.findings.iter().any(|f| f.code == "tail" && f.place == format!("chain {}", crate::support::HOME)),
            "{report:?}"
        );
        // The checkpoint that the database itself holds says so too.
        let mut kept = before.clone();
        kept.rows("checkpoint").push(vec![json!(signed.at.0), json!(signed.body), json!(signed.signature), json!(signed.public_key)]);
        assert!(kept.verify(&house.folder, &[]).unwrap().findings.iter().any(|f| f.code == "tail"));
        // A checkpoint that somebody else signed proves nothing and is named.
        let other = app::keys::Keys::new([9; 32]);
        let (signature, public) = other.sign(&signed.body);
        assert!(house.verify_with(vec![(signed.body.clone(), signature, public)]).findings.iter().any(|f| f.code == "signature"));
        // One whose text was bent is no checkpoint.
        let bent = signed.body.replace(" 2 ", " 1 ");
        assert!(house.verify_with(vec![(bent, signed.signature.clone(), signed.public_key.clone())]).findings.iter().any(|f| f.code == "signature"));
    });
}

#[test]
fn checkpoints_come_by_the_hour() {
    on_both(|house| {
        let count = |house: &House| house.read(|tx| Ok(store::trail::checkpoints(tx)?.len()));
        house.register("shengzhong-desk", &crate::support::call());
        for (advance, checkpoints) in [(0, 1), (20 * 60_000, 1), (20 * 60_000, 2), (10_000, 2), (DAY, 3)] {
            house.clock.advance(advance);
            app::dispatch::turn(&house.desk).unwrap();
            assert_eq!(count(house), checkpoints);
        }
        house.assert_whole();
    });
}

#[test]
fn without_keys_sealed_texts_are_counted_and_the_rest_is_proven() {
    on_both(|house| {
        house.register("shengzhong-desk", &crate::support::call());
        let report = house.read(|tx| app::trail::verify(tx, None, &[]));
        // The telephone number and the receipt's code.
        assert_eq!((report.unopened, report.findings.len()), (2, 0));
        let wrong = house.read(|tx| app::trail::verify(tx, Some(&app::keys::Keys::new([9; 32])), &[]));
        assert_eq!(wrong.findings.iter().filter(|f| f.code == "words").count(), 2);
    });
}
