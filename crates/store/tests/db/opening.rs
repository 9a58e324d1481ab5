//! How a database is opened, migrated, copied, and refused.

use crate::{TINY, open, options};
use domain::kernel::Instant;
use std::path::Path;
use store::db::{Broken, Migration, OpenRefusal, Options, Place, Store};
use store::sql;
use testkit::on_both;

fn two() -> Vec<Migration> {
    let more = "alter table thing add column late text";
    let second = Migration { number: 2, name: "0002_late", sqlite: more, postgres: "alter table thing add column late text collate \"C\"" };
    [TINY, &[second]].concat()
}

fn refused(url: &str, migrations: &[Migration]) -> OpenRefusal {
    match Store::open_with(&Place::read(url), &options(), migrations) {
        Ok(_) => panic!("{url} was opened"),
        Err(refusal) => {
            let said = refusal.to_string();
            assert!(said.contains("。") && said.ends_with('.') && !said.contains('\n'), "one sentence in each language: {said}");
            refusal
        }
    }
}

fn count(store: &Store) -> i64 {
    store.read_now(|tx| tx.one(sql!("select count(*) from thing"), &[], |row| row.int(0))).unwrap().unwrap()
}

fn put(store: &Store, id: &'static str) {
    store.write_now(move |tx| tx.exec(sql!("insert into thing (id, n, open) values (?, 1, true)"), &[id.into()])).unwrap();
}

#[test]
fn what_was_written_is_there_when_it_is_opened_again() {
    on_both(|url| {
        let store = open(url);
        put(&store, "a");
        drop(store);
        assert_eq!(count(&open(url)), 1);
    });
}

#[test]
fn a_schema_grows_and_never_shrinks() {
    on_both(|url| {
        let store = open(url);
        put(&store, "a");
        drop(store);
        let behind = Store::open_read_only_with(&Place::read(url), &options(), &two()).err().unwrap();
        assert_eq!(behind.code(), "older_database");
        let store = Store::open_with(&Place::read(url), &options(), &two()).unwrap();
        assert_eq!(store.read_now(|tx| tx.one(sql!("select late from thing"), &[], |row| row.opt_text(0))), Ok(Some(None)));
        drop(store);
        assert_eq!(refused(url, TINY).code(), "newer_database");
        let mut changed = two();
        changed[0].sqlite = "create table other (id text) strict";
        changed[0].postgres = "create table other (id text)";
        assert_eq!(refused(url, &changed).code(), "unknown_database");
        let mut renamed = two();
        renamed[1].name = "0002_other";
        assert_eq!(refused(url, &renamed).code(), "unknown_database");
    });
}

#[test]
fn a_migration_that_fails_changes_nothing() {
    on_both(|url| {
        put(&open(url), "a");
        let mut broken = two();
        broken.push(Migration {
            number: 3,
            name: "0003_wrong",
            sqlite: "alter table nothing add column x text",
            postgres: "alter table nothing add column x text",
        });
        assert_eq!(refused(url, &broken).code(), "migration_failed");
        let store = open(url);
        assert_eq!(count(&store), 1);
    });
}

#[test]
fn a_database_of_somebody_else_is_left_alone() {
    on_both(|url| {
        drop(Store::open_with(
            &Place::read(url),
            &options(),
            &[Migration { number: 1, name: "0001_x", sqlite: "create table x (id text)", postgres: "create table x (id text)" }],
        ));
        assert_eq!(refused(url, TINY).code(), "unknown_database");
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theirs.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch("create table theirs (id text)").unwrap();
    let before = std::fs::read(&path).unwrap();
    assert_eq!(refused(path.to_str().unwrap(), TINY).code(), "unknown_database");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn an_old_file_is_copied_before_it_is_migrated() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("xja.db");
    put(&open(path.to_str().unwrap()), "a");
    let now = Options { now: Instant(7), ..options() };
    put(&Store::open_with(&Place::Sqlite(path.clone()), &now, &two()).unwrap(), "b");
    let copy = folder.path().join("xja.db.before-0002-7");
    assert_eq!(count(&open(copy.to_str().unwrap())), 1);
    assert_eq!(count(&Store::open_with(&Place::Sqlite(path), &now, &two()).unwrap()), 2);
}

#[test]
fn files_that_cannot_be_used_are_refused_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    assert_eq!(refused(folder.path().to_str().unwrap(), TINY).code(), "unreadable");
    assert_eq!(refused(&at("no/such/folder.db"), TINY).code(), "unreadable");
    std::fs::write(at("letter.txt"), "Dear station,\nthe lamp in our street is broken.\n").unwrap();
    assert_eq!(refused(&at("letter.txt"), TINY).code(), "not_a_database");
    std::fs::write(at("torn.db"), [b"SQLite format 3\0".as_slice(), &[7; 4096]].concat()).unwrap();
    assert_eq!(refused(&at("torn.db"), TINY).code(), "not_a_database");
    assert_eq!(refused("postgres://nobody@127.0.0.1:1/none", TINY).code(), "unreachable");
    let missing = Store::open_read_only_with(&Place::read(&at("none.db")), &options(), TINY).err().unwrap();
    assert_eq!(missing.code(), "unreadable");
    assert!(!Path::new(&at("none.db")).exists());
}

/// Not a test of its own: what the test below runs as a second process.
#[test]
fn a_second_process() {
    #[expect(clippy::disallowed_methods, reason = "the way by which the first process tells it what to do")]
    let Ok(path) = std::env::var("XJA_SECOND_PROCESS") else { return };
    assert_eq!(refused(&path, TINY).code(), "second_process");
    let reader = Store::open_read_only_with(&Place::read(&path), &options(), TINY).unwrap();
    assert_eq!(count(&reader), 1);
    assert_eq!(reader.write_now(|_| Ok::<_, Broken>(())), Err(Broken::ReadOnly));
    let copy = format!("{path}.copy");
    reader.backup_to(Path::new(&copy)).unwrap();
    assert_eq!(count(&open(&copy)), 1);
}

#[test]
fn a_second_process_may_read_and_copy_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("xja.db");
    let store = open(path.to_str().unwrap());
    put(&store, "a");
    let mut second = std::process::Command::new(std::env::current_exe().unwrap());
    let second = second.args(["--exact", "opening::a_second_process", "--nocapture"]).env("XJA_SECOND_PROCESS", &path).output().unwrap();
    assert!(second.status.success(), "{}", String::from_utf8_lossy(&second.stderr));
    put(&store, "b");
    assert_eq!(refused(path.to_str().unwrap(), TINY).code(), "second_process");
    drop(store);
    assert_eq!(count(&open(path.to_str().unwrap())), 2);
}

#[test]
fn a_copy_is_one_moment_while_writing_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path().join("xja.db").to_str().unwrap());
    // Each write puts two things: a copy with an odd number of them would be a moment that never was.
    let pair = |store: &Store, n: i64| {
        store.write_now(move |tx| {
            tx.exec(sql!("insert into thing (id, n, open, note) values (?, ?, true, ?)"), &[format!("a{n}").into(), n.into(), "x".repeat(2_000).into()])?;
            tx.exec(sql!("insert into thing (id, n, open) values (?, ?, true)"), &[format!("b{n}").into(), n.into()])
        })
    };
    let many = sql!(
        "with recursive many (n) as (select 1 union all select n + 1 from many where n < 8000)
         insert into thing (id, n, open, note) select 'm' || n, 0, true, ? from many"
    );
    store.write_now(move |tx| tx.exec(many, &["x".repeat(2_000).into()])).unwrap();
    let copy = folder.path().join("copy.db");
    std::thread::scope(|scope| {
        let copying = scope.spawn(|| store.backup_to(&copy));
        let mut n = 0;
        while !copying.is_finished() {
            pair(&store, n).unwrap();
            n += 1;
        }
        copying.join().unwrap().unwrap();
    });
    let copied = count(&open(copy.to_str().unwrap()));
    assert!(copied >= 8_000 && copied % 2 == 0 && copied < count(&store), "{copied}");
}

#[test]
fn instances_that_open_one_server_at_the_same_time_migrate_it_once() {
    let database = testkit::databases::Database::fresh();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| drop(open(database.url())));
        }
    });
    assert_eq!(count(&open(database.url())), 0);
}
