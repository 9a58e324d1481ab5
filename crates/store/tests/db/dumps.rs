//! Dumps: out of either engine, into either engine.

use crate::{TINY, open, options};
use domain::kernel::Instant;
use std::path::Path;
use store::db::{Broken, DumpBroken, Head, Migration, Place, Store, Summary};
use store::{sql, values};
use testkit::databases::Database;
use testkit::on_both;

const AT: Instant = Instant(1_795_449_600_000);

/// Rows that try everything: a place above one that sorts before it, extremes, nulls, odd letters.
fn fill(store: &Store) {
    store
        .write_now(|tx| {
            for (code, parent, area) in
                [("9", None, Some(f64::MIN_POSITIVE)), ("1", Some("9"), Some(0.1 + 0.2)), ("5", Some("1"), Some(-1.0e300)), ("7", None, None)]
            {
                tx.exec(sql!("insert into place (code, parent, area) values (?, ?, ?)"), &values![code, parent, area])?;
            }
            for n in 0..2_000_i64 {
                let (n, id) = (if n == 0 { i64::MAX } else { n }, format!("t{}{n}", if n % 2 == 0 { "é" } else { "A" }));
                let note = (n % 5 != 0).then(|| format!("说\"{n}\"\n\\ \u{1f600} \u{7}"));
                tx.exec(
                    sql!("insert into thing (id, n, place, open, sealed, note) values (?, ?, ?, ?, ?, ?)"),
                    &values![id, n, (n % 2 == 0).then_some("5"), n % 4 == 0, (n % 3 == 0).then(|| n.to_be_bytes().to_vec()), note],
                )?;
            }
            tx.exec(sql!("insert into log (seq, said) values (1, '')"), &[])
        })
        .unwrap();
}

fn dump(store: &Store, path: &Path) -> (Summary, Vec<u8>) {
    let summary = store.dump_to(path, AT).unwrap();
    (summary, std::fs::read(path).unwrap())
}

fn restore(url: &str, path: &Path) -> Result<(Store, Summary), DumpBroken> {
    Store::restore_with(&Place::read(url), &options(), path, TINY)
}

#[test]
fn a_dump_is_the_same_from_either_engine_and_loads_into_either() {
    let folder = tempfile::tempdir().unwrap();
    let first = folder.path().join("first");
    on_both(|url| {
        let store = open(url);
        fill(&store);
        let from = folder.path().join(store.engine().to_string());
        let (summary, bytes) = dump(&store, &from);
        assert_eq!(summary.rows.values().sum::<u64>(), 2_005);
        assert_eq!(Head::of(&from).unwrap(), Head { at: AT, migrations: vec!["0001_tiny".to_owned()] });
        if first.exists() {
            assert!(bytes == std::fs::read(&first).unwrap(), "the engines' dumps differ");
        } else {
            std::fs::copy(&from, &first).unwrap();
        }
        let (file, server) = (folder.path().join(format!("{}.db", store.engine())), Database::fresh());
        for into in [file.to_str().unwrap(), server.url()] {
            let (restored, loaded) = restore(into, &from).unwrap();
            assert_eq!(loaded, summary);
            let again = folder.path().join("again");
            assert!(dump(&restored, &again).1 == bytes, "a dump of the restored database differs");
            // Foreign keys and triggers are as they were.
            let dangling = restored.write_now(|tx| tx.exec(sql!("insert into place (code, parent) values ('x', 'nowhere')"), &[]));
            assert!(matches!(dangling, Err(Broken::Forbidden { .. })));
            assert!(restored.write_now(|tx| tx.exec(sql!("update log set said = 'x'"), &[])).is_err());
        }
    });
}

#[test]
fn an_old_dump_is_loaded_into_its_own_schema_and_then_migrated() {
    on_both(|url| {
        let folder = tempfile::tempdir().unwrap();
        let (from, path) = (open(folder.path().join("from.db").to_str().unwrap()), folder.path().join("dump"));
        fill(&from);
        dump(&from, &path);
        let add = "alter table thing add column late bigint not null default 3";
        let later = [TINY, &[Migration { number: 2, name: "0002_late", sqlite: &add.replace("bigint", "integer").leak()[..], postgres: add }]].concat();
        let (restored, _) = Store::restore_with(&Place::read(url), &options(), &path, &later).unwrap();
        let late = restored.read_now(|tx| tx.one(sql!("select count(*) from thing where late = 3"), &[], |row| row.int(0)));
        assert_eq!(late, Ok(Some(2_000)));
        let newer = folder.path().join("newer");
        restored.dump_to(&newer, AT).unwrap();
        let refused = restore(folder.path().join("older.db").to_str().unwrap(), &newer).err().unwrap();
        assert_eq!(refused, DumpBroken::Newer("0002_late".to_owned()));
    });
}

#[test]
fn a_dump_that_was_touched_is_refused_and_nothing_of_it_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = (open(folder.path().join("from.db").to_str().unwrap()), folder.path().join("dump"));
    fill(&store);
    let whole = String::from_utf8(dump(&store, &path).1).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let (last, body) = lines.split_last().unwrap();
    let touched = [
        ("a word", whole.replacen("tA1\"", "tA2x\"", 1)),
        ("a row less", whole.replacen(&format!("{}\n", body[10]), "", 1)),
        ("no end", whole[..whole.len() - last.len() - 1].to_owned()),
        ("half a line", whole[..whole.len() / 2].to_owned()),
        ("nothing", String::new()),
        ("a letter", "Dear station\n".to_owned()),
        ("another count", whole.replace("\"log\":1", "\"log\":2")),
    ];
    on_both(|url| {
        for (what, text) in &touched {
            std::fs::write(&path, text).unwrap();
            let refused = restore(url, &path).err();
            assert!(matches!(refused, Some(DumpBroken::Altered | DumpBroken::Torn | DumpBroken::NotADump(..))), "{what}: {refused:?}");
        }
        // The place is still empty, so that the right dump can be restored after all; a second time it is not.
        std::fs::write(&path, &whole).unwrap();
        drop(restore(url, &path).unwrap());
        assert!(matches!(restore(url, &path), Err(DumpBroken::NotEmpty(_))));
    });
}

#[test]
fn the_house_itself_moves_from_engine_to_engine() {
    let folder = tempfile::tempdir().unwrap();
    on_both(|url| {
        let store = Store::open(&Place::read(url), &options()).unwrap();
        store.write_now(|tx| tx.exec(sql!("insert into setting (name, value) values (?, ?)"), &values!["installation", "演示街道"])).unwrap();
        let path = folder.path().join(store.engine().to_string());
        let summary = store.dump_to(&path, AT).unwrap();
        let (file, server) = (folder.path().join(format!("{}.db", store.engine())), Database::fresh());
        for into in [file.to_str().unwrap(), server.url()] {
            let (restored, loaded) = Store::restore(&Place::read(into), &options(), &path).unwrap();
            assert_eq!(loaded, summary);
            assert_eq!(restored.dump_to(&folder.path().join("again"), AT), Ok(summary.clone()));
        }
    });
}
