//! Erasing: what is destroyed is gone to the last byte, and the trail still verifies.

use crate::support::{Clockwork, House, MORNING, call, keys, on_both, open};
use app::desk::Desk;
use app::fault::Fault;
use app::trail::{drill, keeping};
use domain::kernel::{DAY, HOUR};
use domain::matters::ActKind;
use domain::trail::ListState;
use serde_json::json;
use std::path::PathBuf;
use testkit::rounds::rounds;

/// Marks planted when nothing else is said; `ROUNDS=10000` plants ten thousand.
const MARKS: u64 = 500;

fn drilled(url: &str, folder: &std::path::Path, bytes: &[PathBuf]) {
    let desk = Desk::new(open(url), keys(), folder.join("files"), Box::new(Clockwork::at(MORNING)));
    app::seed::demonstration(&desk, MORNING.plus(-DAY)).unwrap();
    let marks = drill::plant(&desk, usize::try_from(rounds(MARKS)).unwrap(), MORNING).unwrap();
    let before = drill::look(bytes, &marks).unwrap();
    // Telephone numbers are sealed and so are not found even now; everything else is.
    let sealed = marks.by_datum()["contact_phone"];
    assert!(before.marks >= marks.len() - sealed, "the look through raw bytes is blind: it sees {} of {}", before.marks, marks.len());
    let (scrubbed, lists) = drill::destroy(&desk, MORNING.plus(DAY)).unwrap();
    let after = drill::look(bytes, &marks).unwrap();
    assert_eq!(after.marks, 0, "{scrubbed:?} {:#?}", after.where_found);
    assert!(lists >= 1);
    let report = desk.store().read_now(|tx| app::trail::verify(tx, Some(&keys()), &[])).unwrap();
    assert!(report.findings.is_empty() && report.erased > 0, "{:#?}", report.findings);
    println!("{} marks, {} bytes in {} files, {} texts erased", marks.len(), after.bytes, after.files, report.erased);
}

#[test]
fn after_an_erasure_no_byte_of_it_is_left_in_a_file_database() {
    let folder = tempfile::tempdir().unwrap();
    drilled(folder.path().join("xja.db").to_str().unwrap(), folder.path(), &[folder.path().to_owned()]);
}

#[test]
fn after_an_erasure_no_byte_of_it_is_left_in_a_servers_database() {
    // A server of its own that writes its log as a real one does: whole pages, to be removed and not used again.
    let server = testkit::postgres::private(true);
    server.run("alter system set wal_recycle = off").unwrap();
    server.run("select pg_reload_conf()").unwrap();
    server.run("create database drill").unwrap();
    let url = server.url("drill");
    let data = server.ask("show data_directory").unwrap();
    let folder = tempfile::tempdir().unwrap();
    drilled(&url, folder.path(), &[folder.path().to_owned(), PathBuf::from(data)]);
}

fn destroyed(house: &House, list: &domain::kernel::DestructionId) -> ListState {
    let id = list.clone();
    house.read(move |tx| Ok(store::keeping::all_lists(tx)?.into_iter().find(|listed| listed.id == id).unwrap().list.state))
}

#[test]
fn who_asks_for_a_destruction_never_decides_it() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &call());
        crate::good::drive(house, &id);
        house.pass(400 * DAY);
        assert_eq!(keeping::propose(&house.desk, house.now()).unwrap(), 1);
        assert_eq!(keeping::propose(&house.desk, house.now()).unwrap(), 0, "what waits is not proposed again");
        let list = house.read(|tx| Ok(store::keeping::all_lists(tx)?[0].id.clone()));
        let decide = |login: &str, approve: bool, reason: &'static str| {
            let (actor, list) = (house.who(login), list.clone());
            house.desk.write_at(house.now(), move |tx, _, now, mint| keeping::decide(tx, &actor, &list, approve, reason, now, mint))
        };
        let ask = |login: &str| {
            let (actor, list) = (house.who(login), list.clone());
            house.desk.write_at(house.now(), move |tx, _, now, _| keeping::ask(tx, &actor, &list, now))
        };
        let code = |result: Result<domain::trail::List, Fault>| match result {
            Err(Fault::Refused(refusal)) => refusal.code(),
            other => panic!("{other:?}"),
        };
        assert_eq!(code(ask("shengzhong-chief")), "not_yours");
        assert_eq!(code(decide("command-head", true, "")), "list_elsewhere");
        ask("command-head").unwrap();
        assert_eq!(code(decide("command-head", true, "")), "asker_decides");
        assert_eq!(code(decide("leader", false, " ")), "data_missing");
        decide("leader", true, "").unwrap();
        keeping::turn(&house.desk, house.now(), false).unwrap();
        assert_eq!(destroyed(house, &list), ListState::Done);
        let certificate = {
            let list = list.clone();
            house.read(move |tx| Ok(store::keeping::certificate(tx, &list)?.unwrap()))
        };
        assert!(app::keys::verify(&certificate.body, &certificate.signature, &certificate.public_key), "{}", certificate.body);
        assert!(certificate.body.contains("class contact matters 1 texts 3 files 0") && !certificate.body.contains("周阿兴"), "{}", certificate.body);
        let report = house.assert_whole();
        assert_eq!(report.erased, 3, "name, number and receipt");
        // The number is gone, and whoever looks for it hears that it is not there.
        let found = house.desk.write_at(house.now(), {
            let (actor, id) = (house.who("command-head"), id.clone());
            let report = house.matter(&id).reports[0].id.clone();
            move |tx, desk, now, mint| app::matters::reveal(tx, desk, &actor, &id, &report, "核对", now, mint)
        });
        assert!(matches!(found, Err(Fault::Missing)), "{found:?}");
    });
}

#[test]
fn an_erasure_that_no_event_tells_is_found() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &call());
        let words = house.matter(&id).reports[0].said.words.clone();
        house.assert_whole();
        let now = house.now();
        house.desk.write_at(now, move |tx, _, now, _| Ok(store::keeping::erase(tx, std::slice::from_ref(&words), now)?)).unwrap();
        let findings = house.verify().findings;
        assert!(findings.iter().any(|finding| finding.code == "words" && finding.said.contains("no event says so")), "{findings:?}");
    });
}

#[test]
fn uploads_that_nobody_took_go_after_a_day() {
    on_both(|house| {
        let (orphan, taken) = (house.picture("police-officer"), house.picture("shengzhong-desk"));
        let id = house.register("shengzhong-desk", &crate::support::with(call(), json!({ "files": [taken.as_str()] })));
        house.pass(23 * HOUR);
        assert_eq!(keeping::sweep_orphans(&house.desk, house.now()).unwrap(), 0);
        house.pass(2 * HOUR);
        // Both pictures have the same bytes: they stay while one of them is needed.
        assert_eq!(keeping::sweep_orphans(&house.desk, house.now()).unwrap(), 1);
        let read = |login: &str, file: &domain::kernel::FileId| crate::support::wait_for(app::papers::read(&house.desk, &house.who(login), file.clone()));
        assert!(matches!(read("police-officer", &orphan), Err(Fault::Missing)));
        assert_eq!(read("shengzhong-desk", &taken).unwrap().0.name, "现场.png");
        assert_eq!(house.matter(&id).files.len(), 1);
        house.assert_whole();
    });
}

#[test]
fn reading_what_needs_care_is_on_record_and_the_auditor_reads_it_without_the_text() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &crate::support::with(call(), json!({ "category": "P-01" })));
        let open = |login: &str| {
            let (actor, id) = (house.who(login), id.clone());
            house.desk.write_at(house.now(), move |tx, _, now, _| app::trail::reading::opened(tx, &actor, &id, now)).unwrap();
        };
        open("command-head");
        open("command-head");
        open("leader");
        house.pass(2 * HOUR);
        open("command-head");
        let reads = house.read({
            let (actor, id) = (house.who("command-head"), id.clone());
            move |tx| app::trail::reading::of_matter(tx, &actor, &id)
        });
        assert_eq!(reads.len(), 3, "the same page again within the hour is one read");
        let audit = |login: &str| {
            let actor = house.who(login);
            house.desk.store().read_now(move |tx| app::trail::reading::all(tx, &actor, None, None))
        };
        assert_eq!(audit("auditor").map(|reads| reads.len()).unwrap_or_default(), 3);
        assert!(matches!(audit("command-head"), Err(Fault::Refused(_))));
        house.act("command-head", &id, ActKind::Note, json!({ "words": "看过" }));
        house.assert_whole();
    });
}

#[test]
fn who_is_complained_of_does_not_learn_of_it_and_the_named_head_works_on_it() {
    use crate::support::{MARKET, POLICE, with};
    on_both(|house| {
        let id = house.register("shengzhong-desk", &with(call(), json!({ "accused": MARKET })));
        let matter = house.matter(&id);
        assert_eq!((matter.care.code(), matter.owner_post), ("confidential", Some(domain::places::PostKind::CommandHead)));
        assert!(matter.number.starts_with("密") && matter.number.rsplit_once('-').unwrap().1.parse::<i64>().is_err(), "{}", matter.number);
        let sees = |login: &str| {
            let (actor, id) = (house.who(login), id.clone());
            house.read(move |tx| Ok(store::matters::in_scope(tx, &actor.scope(), &id)?))
        };
        assert!(sees("command-head") && sees("shengzhong-desk") && !sees("police-head") && !sees("market-head") && !sees("command-1"));
        let route = |lead: &str| house.try_act("command-head", &id, ActKind::Dispatch, &json!({ "lead": lead, "category": "X-05", "level": "ordinary" }));
        match route(MARKET) {
            Err(Fault::Refused(refusal)) => assert_eq!(refusal.code(), "unit_accused"),
            other => panic!("{other:?}"),
        }
        route(POLICE).unwrap();
        assert!(sees("police-head") && !sees("police-officer") && !sees("market-head"));
        house.act("police-head", &id, ActKind::Accept, json!({}));
        house.act("police-head", &id, ActKind::Record, json!({ "done": "已约谈" }));
        let now = house.now().0;
        house.act("police-head", &id, ActKind::FeedBack, json!({ "result": "explained", "outcome": "已核实", "told_how": "call", "told_at": now }));
        house.act("command-head", &id, ActKind::Check, json!({ "way": "papers", "verdict": "pass" }));
        // “Not yours” and “not there” are one answer.
        let page = |login: &str, id: &domain::kernel::MatterId| {
            let (actor, id, desk, now) = (house.who(login), id.clone(), house.desk.clone(), house.now());
            format!("{:?}", house.desk.store().read_now(move |tx| app::matters::page(tx, &desk, &actor, &id, now)).map(drop))
        };
        assert_eq!(page("market-head", &id), page("market-head", &"mat_none".into()));
        house.assert_whole();
    });
}

#[test]
fn a_person_gets_a_copy_a_correction_and_an_erasure_or_the_basis_of_the_refusal() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &call());
        let ask = |login: &str, kind, name: Option<&str>| {
            let asked =
                keeping::Asked {
                    kind, phone: "13800138000".to_owned(), identity: "当面核对身份证".to_owned(), name: name.map(str::to_owned), said: false
                };
            let actor = house.who(login);
            house.desk.write_at(house.now(), move |tx, desk, now, mint| keeping::answer(tx, desk, &actor, &asked, now, mint))
        };
        use domain::trail::{RequestKind, RequestOutcome};
        assert!(matches!(ask("command-1", RequestKind::Copy, None), Err(Fault::Refused(_))));
        let copy = ask("command-head", RequestKind::Copy, None).unwrap();
        assert_eq!((copy.outcome, copy.copy.len(), copy.copy[0].name.as_deref()), (RequestOutcome::Done, 1, Some("周阿兴")));
        assert_eq!(ask("command-head", RequestKind::Erase, None).unwrap().outcome, RequestOutcome::MustKeep, "the matter is open");
        ask("command-head", RequestKind::Correct, Some("周阿新")).unwrap();
        assert_eq!(ask("command-head", RequestKind::Copy, None).unwrap().copy[0].name.as_deref(), Some("周阿新"));
        assert_eq!(house.assert_whole().erased, 1, "the old name is gone");
        crate::good::drive(house, &id);
        house.pass(40 * DAY);
        let erased = ask("command-head", RequestKind::Erase, None).unwrap();
        assert_eq!(erased.outcome, RequestOutcome::Done);
        keeping::turn(&house.desk, house.now(), false).unwrap();
        assert_eq!(destroyed(house, &erased.list.unwrap()), ListState::Done);
        assert_eq!(ask("command-head", RequestKind::Copy, None).unwrap().outcome, RequestOutcome::Nothing);
        house.assert_whole();
    });
}
