//! The schema and the statements of the house, as both engines see them.

use crate::options;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use store::db::{Broken, Kind, Place, Sql, Store, Table, Use, tables};
use testkit::Template;

const HOUSE: Template = Template { name: "house", prepare: |url| drop(Store::open(&Place::read(url), &options()).unwrap()) };

fn house(url: &str) -> Store {
    Store::open(&Place::read(url), &options()).unwrap()
}

/// The texts of the store itself, not those of its tests.
fn ours() -> Vec<&'static Sql> {
    Sql::registered().into_iter().filter(|sql| sql.file.contains("store/src/")).collect()
}

#[test]
fn every_statement_prepares_on_both_engines() {
    let all = std::cell::RefCell::new(Vec::new());
    HOUSE.on_both(|url| {
        let store = house(url);
        let engine = store.engine();
        let (statements, parts): (Vec<&Sql>, Vec<&Sql>) =
            ours().into_iter().filter(|sql| sql.only.is_none_or(|only| only == engine)).partition(|sql| sql.kind == Use::Statement);
        let complaints = store
            .read_now(move |tx| {
                let mut complaints = Vec::new();
                for sql in &statements {
                    let at = format!("{}:{}", sql.file, sql.line);
                    if let Err(broken) = tx.prepare(sql.text, &at) {
                        complaints.push(broken.to_string());
                    }
                }
                for part in &parts {
                    // A part must fit some statement: of its own file first, then of any.
                    let (near, far): (Vec<&Sql>, Vec<&Sql>) = statements.iter().copied().partition(|sql| sql.file == part.file);
                    let at = format!("{}:{}", part.file, part.line);
                    let first = near.first().map(|sql| tx.prepare(&format!("{}{}", sql.text, part.text), &at));
                    if matches!(first, Some(Ok(()))) || near.iter().chain(&far).any(|sql| tx.prepare(&format!("{}{}", sql.text, part.text), &at).is_ok()) {
                        continue;
                    }
                    let said = first.and_then(Result::err).map(|broken| broken.to_string());
                    complaints.push(format!("a part fits no statement: {} ({at}; behind the first of its file: {said:?})", part.text));
                }
                Ok::<_, Broken>(complaints)
            })
            .unwrap();
        all.borrow_mut().extend(complaints.into_iter().map(|complaint| format!("{engine}: {complaint}")));
    });
    let all = all.into_inner();
    assert!(all.is_empty(), "\n{}", all.join("\n"));
}

#[test]
fn every_statement_of_the_source_is_registered() {
    // Where the linker drops a registration, the test above would pass without having looked.
    let mut written: BTreeMap<String, usize> = BTreeMap::new();
    for path in sources() {
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        let uses = text.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| line.matches("sql!(").count() + line.matches("part!(").count());
        let uses: usize = uses.sum::<usize>();
        if uses > 0 && !path.ends_with("db/sql.rs") {
            written.insert(path.strip_prefix(root()).unwrap().display().to_string(), uses);
        }
    }
    let mut registered: BTreeMap<String, usize> = BTreeMap::new();
    for sql in ours() {
        *registered.entry(sql.file.split("store/src/").nth(1).unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(registered, written);
}

#[test]
fn both_engines_have_the_same_schema() {
    let seen = std::cell::RefCell::new(Vec::new());
    HOUSE.on_both(|url| {
        let tables = house(url).read_now(tables).unwrap();
        seen.borrow_mut().push(tables.into_iter().map(|table| (table.name.clone(), alike(table))).collect::<BTreeMap<_, _>>());
    });
    let seen = seen.into_inner();
    let [file, server] = &seen[..] else { panic!("two engines") };
    let names = |tables: &BTreeMap<String, Table>| tables.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(file), names(server));
    for (name, table) in file {
        assert_eq!(table, &server[name], "{name}: SQLite left, PostgreSQL right");
    }
}

/// The tables as text, one line each column: what is checked in.
fn written(tables: &[Table]) -> String {
    let mut text = String::from("table | column | kind | may be empty | key\n");
    for table in tables {
        for column in &table.columns {
            let key = if table.primary_key.contains(&column.name) { "primary" } else { "" };
            let refers =
                table.foreign_keys.iter().find(|(columns, ..)| columns.contains(&column.name)).map_or_else(String::new, |(_, to, _)| format!("→ {to}"));
            let kind = match &column.kind {
                Kind::Int => "int",
                Kind::Flag => "flag",
                Kind::Real => "real",
                Kind::Text => "text",
                Kind::Bytes => "bytes",
                Kind::Other(other) => other,
            };
            let line = [table.name.as_str(), column.name.as_str(), kind, if column.nullable { "empty" } else { "" }, key, &refers].join(" | ");
            text.push_str(line.trim_end_matches([' ', '|']));
            text.push('\n');
        }
    }
    text
}

#[test]
fn the_schema_is_the_one_that_is_checked_in() {
    // As the server sees it, which can tell a flag from a number.
    let database = HOUSE.database();
    let found = written(&house(database.url()).read_now(tables).unwrap());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.table");
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if found != kept {
        let new = path.with_added_extension("new");
        std::fs::write(&new, &found).unwrap();
        panic!("the schema has changed: compare {} with {}, and rename it if that is meant", new.display(), path.display());
    }
}

/// A table without what only one engine can tell: SQLite has no booleans.
fn alike(mut table: Table) -> Table {
    for column in &mut table.columns {
        match &column.kind {
            Kind::Flag => column.kind = Kind::Int,
            Kind::Other(other) => panic!("{}.{} is {other}, which is not of the portable subset", table.name, column.name),
            _ => {}
        }
    }
    table
}

#[test]
fn no_engine_is_named_outside_its_room() {
    for path in sources() {
        let within = path.strip_prefix(root()).unwrap();
        if within.starts_with("db") || within == Path::new("search.rs") {
            continue;
        }
        for (n, line) in std::fs::read_to_string(&path).unwrap().lines().enumerate() {
            assert!(!["Sqlite", "Postgres", "rusqlite"].iter().any(|name| line.contains(name)), "{}:{}: {line}", path.display(), n + 1);
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn sources() -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![root()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension() {
                _ if path.is_dir() => folders.push(path),
                Some(ending) if ending == "rs" => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    found
}
