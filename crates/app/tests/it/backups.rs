//! Backup and restore: the same state on the other engine, whole or not at all, and never the keys.

use crate::histories::live;
use crate::support::{Clockwork, House, call, keys, on_a_file, on_both, options, with};
use app::backup::{BackupTrouble, backup, reindex, restore};
use app::keys::Keys;
use domain::kernel::MatterId;
use domain::matters::ActKind;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;
use store::db::{DumpBroken, Place};
use store::matters::Filter;
use testkit::databases::Database;

/// A box with a short life in it, some of it with pictures.
fn lived_in(house: &House) -> MatterId {
    live(house, 3, 60, 5);
    let id = house.register("shengzhong-desk", &with(call(), json!({ "said": "门口的鹅卵石路被挖断了" })));
    house.act("command-1", &id, ActKind::Dispatch, json!({ "lead": "unt_330109014_police", "category": "S-04", "level": "simple" }));
    house.act("police-head", &id, ActKind::Accept, json!({}));
    let file = house.picture("police-head");
    house.act("police-head", &id, ActKind::Record, json!({ "done": "到场", "files": [file.as_str()], "purpose": "site" }));
    house.desk.write_at(house.now(), |tx, desk, now, _| app::trail::checkpoint(tx, desk, now)).unwrap();
    id
}

/// The state as a dump of it, without its head, which says when.
fn state(house: &House) -> String {
    let path = house.folder.join("state.jsonl");
    house.desk.store().dump_to(&path, house.now()).unwrap();
    std::fs::read_to_string(path).unwrap().lines().skip(1).filter(|line| !line.contains("\"sha256\":")).collect::<Vec<_>>().join("\n")
}

fn found(house: &House, words: &'static str) -> BTreeSet<MatterId> {
    let actor = house.who("command-head");
    house.read(move |tx| {
        let search = app::matters::search(tx, words);
        Ok(app::matters::list(tx, &actor, Filter { search, ..Filter::default() }, 100)?.0.rows.into_iter().map(|row| row.id).collect())
    })
}

#[test]
fn a_backup_is_the_same_state_on_either_engine() {
    on_both(|house| {
        let id = lived_in(house);
        let folder = house.folder.join("backup");
        let done = backup(house.desk.store(), house.desk.files(), &folder, house.now()).unwrap();
        assert!(done.files > 0 && done.bytes > 0);
        let server = Database::fresh();
        let file = house.folder.join("restored.db");
        for (n, url) in [file.to_str().unwrap(), server.url()].into_iter().enumerate() {
            let home = house.folder.join(format!("home-{n}"));
            let (store, restored) = restore(&folder, &Place::read(url), &options(), &home.join("files")).unwrap();
            assert_eq!((restored.files, restored.bytes), (done.files, done.bytes));
            let copy = House::with(store, url, Clockwork::at(house.now()), &home);
            assert_eq!(state(&copy), state(house));
            assert_eq!(copy.assert_whole(), house.assert_whole());
            // Search is derived: not in the backup, made anew.
            assert!(found(&copy, "鹅卵石").is_empty());
            let all = keys();
            let matters = copy.desk.store().write_now(move |tx| reindex(tx, &all)).unwrap();
            assert_eq!(matters, house.assert_whole().matters);
            for words in ["鹅卵石", "押金", "8000", "盛中"] {
                assert_eq!(found(&copy, words), found(house, words), "{words}");
            }
            // And it goes on from there.
            copy.pass(1000);
            copy.act("police-head", &id, ActKind::Record, json!({ "done": "已修复" }));
            copy.assert_whole();
            assert!(crate::support::wait_for(app::papers::read(&copy.desk, &copy.who("police-head"), copy.matter(&id).files[0].file.clone())).is_ok());
        }
    });
}

#[test]
fn a_backup_does_not_hold_what_opens_it() {
    on_a_file(|house| {
        let path = house.folder.join("key");
        Keys::open(&path, [0x5a; 32]).unwrap();
        lived_in(house);
        let folder = house.folder.join("backup");
        backup(house.desk.store(), house.desk.files(), &folder, house.now()).unwrap();
        let mut folders = vec![folder.clone()];
        let secret = app::keys::hex(&[7; 32]);
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let bytes = std::fs::read(&path).unwrap();
                let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
                assert!(!holds(&[7; 32]) && !holds(secret.as_bytes()), "{} holds the key", path.display());
                assert!(!holds(b"13800138000"), "{} holds a telephone number in clear", path.display());
            }
        }
        let report = house.read(|tx| app::trail::verify(tx, None, &[]));
        assert!(report.unopened > 0 && report.findings.is_empty());
    });
}

#[test]
fn nothing_is_overwritten() {
    on_both(|house| {
        lived_in(house);
        let folder = house.folder.join("backup");
        backup(house.desk.store(), house.desk.files(), &folder, house.now()).unwrap();
        assert!(matches!(backup(house.desk.store(), house.desk.files(), &folder, house.now()), Err(BackupTrouble::NotEmpty { .. })));
        let (database, files) = (house.folder.join("new.db"), house.folder.join("new-files"));
        let place = Place::read(database.to_str().unwrap());
        std::fs::create_dir_all(&files).unwrap();
        std::fs::write(files.join("something"), "x").unwrap();
        assert!(matches!(restore(&folder, &place, &options(), &files), Err(BackupTrouble::NotEmpty { .. })));
        assert!(!database.exists(), "the database was not begun");
        std::fs::remove_file(files.join("something")).unwrap();
        drop(restore(&folder, &place, &options(), &files).unwrap());
        assert!(matches!(restore(&folder, &place, &options(), &house.folder.join("other")), Err(BackupTrouble::Dump(DumpBroken::NotEmpty(_)))));
        assert!(
            restore(&house.folder.join("nowhere"), &Place::read(house.folder.join("x.db").to_str().unwrap()), &options(), &house.folder.join("y")).is_err()
        );
    });
}

/// The first file under a folder.
fn first_file(folder: &Path) -> std::path::PathBuf {
    let path = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    if path.is_dir() { first_file(&path) } else { path }
}

#[test]
fn an_attachment_that_was_altered_is_named_and_the_restore_fails() {
    on_a_file(|house| {
        lived_in(house);
        let folder = house.folder.join("backup");
        backup(house.desk.store(), house.desk.files(), &folder, house.now()).unwrap();
        let attachment = first_file(&folder.join("files"));
        let name = attachment.file_name().unwrap().to_str().unwrap().to_owned();
        let whole = std::fs::read(&attachment).unwrap();
        std::fs::write(&attachment, [&whole[..], b"x"].concat()).unwrap();
        let again = |n: usize| {
            let place = house.folder.join(format!("restored-{n}.db"));
            restore(&folder, &Place::read(place.to_str().unwrap()), &options(), &house.folder.join(format!("files-{n}"))).map(|(_, done)| done)
        };
        assert!(matches!(again(1), Err(BackupTrouble::Altered { sha256 }) if sha256 == name));
        std::fs::remove_file(&attachment).unwrap();
        assert!(matches!(again(2), Err(BackupTrouble::Altered { sha256 }) if sha256 == name));
        std::fs::write(&attachment, &whole).unwrap();
        // The same place as before: what failed left nothing that stands in the way.
        again(1).unwrap();
        // A missing attachment of the live house is told when it is backed up.
        std::fs::remove_file(app::papers::path_of(house.desk.files(), &name)).unwrap();
        assert!(matches!(backup(house.desk.store(), house.desk.files(), &house.folder.join("second"), house.now()), Err(BackupTrouble::Altered { .. })));
    });
}

#[test]
fn a_backup_taken_while_people_write_is_one_moment() {
    on_both(|house| {
        let id = lived_in(house);
        let folder = house.folder.join("backup");
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                for n in 0..60 {
                    house.act("command-1", &id, ActKind::Note, json!({ "words": format!("备注 {n}") }));
                    let file =
                        crate::support::wait_for(app::papers::upload(&house.desk, &house.who("police-head"), "x.png".to_owned(), crate::support::png(n)));
                    house.act("police-head", &id, ActKind::Record, json!({ "done": "补拍", "files": [file.unwrap().id.as_str()], "purpose": "site" }));
                }
            });
            backup(house.desk.store(), house.desk.files(), &folder, house.now()).unwrap();
            writer.join().unwrap();
        });
        let file = house.folder.join("restored.db");
        let (store, _) = restore(&folder, &Place::read(file.to_str().unwrap()), &options(), &house.folder.join("restored-files")).unwrap();
        let copy = House::with(store, file.to_str().unwrap(), Clockwork::at(house.now()), &house.folder.join("restored"));
        copy.assert_whole();
        house.assert_whole();
    });
}
