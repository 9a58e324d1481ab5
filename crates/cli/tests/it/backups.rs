//! A backup is taken while people write, restores on the other engine, and holds what was there.

use crate::support::{House, copy, desk, said, small, xinjiean};
use app::desk::Desk;
use app::intake::register;
use domain::matters::{Raw, RawForm};
use domain::places::{Post, PostKind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Registers until it is told to stop.
fn keep_writing(desk: &Desk, stop: &AtomicBool) {
    let now = desk.now();
    let post = Post::id_of(&"unt_330109014218".into(), PostKind::DeskClerk);
    let actor = desk.store().read_now(move |tx| app::seed::holder_of(tx, &post, now)).unwrap().unwrap();
    while !stop.load(Ordering::SeqCst) {
        let text = |name: &str, value: &str| (name.to_owned(), Raw::Text(value.to_owned()));
        let form = RawForm::from([
            text("said", "边备份边登记"),
            text("spot", "1组1号"),
            text("source", "call"),
            text("urgency", "normal"),
            text("contact_phone", "15400000000"),
        ]);
        let actor = actor.clone();
        desk.write_at(desk.now(), move |tx, desk, now, mint| register(tx, desk, &actor, form.clone(), now, mint).map(drop)).unwrap();
    }
}

/// The tables of a dump: all lines but the head, which says when it was written, and the sum over everything.
fn tables(dump: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(dump).unwrap();
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[1..lines.len() - 1].to_vec()
}

/// Backs `from` up while it is written to, restores into `to`, and compares what is there.
fn there_and_back(house: &House, from: &str, to: &str) {
    let desk = desk(from, house.keys(), &house.path().join("files"));
    let (stop, backup) = (AtomicBool::new(false), house.path().join("backup"));
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(|| keep_writing(&desk, &stop))).collect();
        let done = house.command(&["backup", backup.to_str().unwrap(), "--database", from]).output().unwrap();
        stop.store(true, Ordering::SeqCst);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert!(done.status.success(), "{}", said(&done));
    });
    drop(desk);
    assert!(!walk(&backup).iter().any(|name| name.ends_with(".key")), "the key is in the backup");

    let other = House::empty();
    std::fs::copy(house.key(), other.key()).unwrap();
    let restore = other.command(&["restore", backup.to_str().unwrap(), "--database", to]).output().unwrap();
    assert!(restore.status.success(), "{}", said(&restore));
    let again = other.command(&["restore", backup.to_str().unwrap(), "--database", to]).output().unwrap();
    assert_eq!(again.status.code(), Some(2), "{}", said(&again));
    let proven = other.command(&["trail", "verify", "--database", to]).output().unwrap();
    assert!(proven.status.success(), "{}", said(&proven));

    let copy = other.path().join("again");
    let done = other.command(&["backup", copy.to_str().unwrap(), "--database", to]).output().unwrap();
    assert!(done.status.success(), "{}", said(&done));
    let (was, is) = (tables(&backup.join("database.jsonl")), tables(&copy.join("database.jsonl")));
    assert!(was == is, "{} lines, {} lines", was.len(), is.len());

    // An auditor needs the backup alone.
    let dump = xinjiean(&["trail", "verify", "--key", other.key().to_str().unwrap(), "--dump", backup.to_str().unwrap()]).output().unwrap();
    assert!(dump.status.success(), "{}", said(&dump));
}

fn walk(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names.extend(walk(&path));
        } else {
            names.push(path.display().to_string());
        }
    }
    names
}

#[test]
fn a_file_moves_to_a_server_while_it_is_written_to() {
    let house = House::demo();
    let server = testkit::databases::Database::fresh();
    there_and_back(&house, &house.database().display().to_string(), server.url());
}

#[test]
fn a_server_moves_to_a_file_while_it_is_written_to() {
    let house = House::empty();
    let server = testkit::databases::Database::fresh();
    let desk = desk(server.url(), house.keys(), &house.path().join("files"));
    small(&desk);
    drop(desk);
    let target = House::empty();
    there_and_back(&house, server.url(), &target.database().display().to_string());
}

#[test]
fn a_changed_attachment_is_found() {
    let house = House::demo();
    let mut files = walk(&house.path().join("files"));
    files.sort();
    let text = std::fs::read(&files[0]).unwrap();
    std::fs::write(&files[0], &text[1..]).unwrap();
    let found = house.run(&["trail", "verify"]);
    assert!(found.status.code() == Some(1) && said(&found).contains("file "), "{}", said(&found));
    let backup = house.path().join("backup");
    let refused = house.run(&["backup", backup.to_str().unwrap()]);
    assert!(!refused.status.success() && said(&refused).contains("附件"), "{}", said(&refused));
    copy(&house.path().join("files"), &backup.join("x"));
    assert_eq!(house.run(&["backup", backup.to_str().unwrap()]).status.code(), Some(2));
}
