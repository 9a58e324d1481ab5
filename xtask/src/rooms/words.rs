//! Which words may stand in which room.

use super::{House, room_of};
use crate::source::{Source, has_word};
use anyhow::Result;

/// Beginnings of an SQL statement, and a word that must follow somewhere for it to be one and not English.
const STATEMENTS: &[(&str, &str)] = &[
    ("select ", " from "),
    ("insert into ", " "),
    ("insert or ", " into "),
    ("update ", " set "),
    ("delete from ", " "),
    ("create table ", " "),
    ("create index ", " "),
    ("create unique index ", " "),
    ("alter table ", " "),
    ("drop table ", " "),
    ("with ", " as ("),
    ("pragma ", ""),
];

/// How the engines and their drivers are called in code.
const ENGINES: &[&str] = &["sqlite", "Sqlite", "SQLite", "rusqlite", "postgres", "Postgres", "PostgreSQL", "fts5", "tsvector"];

/// Where the names of engines are at home; `cli` may say them to people, in texts.
fn engine_at_home(path: &str) -> bool {
    path.starts_with("crates/store/src/db/") || path == "crates/store/src/search.rs" || path.starts_with("crates/testkit/")
}

fn in_product(source: &&Source) -> bool {
    room_of(&source.path).is_some_and(|room| room != "testkit")
}

/// Invariant 4, the part that reading can hold.
pub(super) fn sql(house: &House) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for source in house.sources.iter().filter(in_product) {
        let room = room_of(&source.path).unwrap_or_default();
        if room != "store" {
            found.extend(
                source.texts.iter().filter(|(_, text)| is_sql(text)).map(|(line, text)| format!("{}:{line}: SQL outside store: {}", source.path, start(text))),
            );
        }
        if engine_at_home(&source.path) {
            continue;
        }
        for engine in ENGINES {
            found.extend(source.lines_with(engine).map(|line| format!("{}:{line}: the name of an engine, `{engine}`", source.path)));
            if room != "cli" {
                let texts = source.texts.iter().filter(|(_, text)| has_word(text, engine));
                found.extend(texts.map(|(line, _)| format!("{}:{line}: the name of an engine in a text, `{engine}`", source.path)));
            }
        }
    }
    Ok(found)
}

fn is_sql(text: &str) -> bool {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    STATEMENTS.iter().any(|(begins, then)| flat.strip_prefix(begins).is_some_and(|rest| then.trim().is_empty() || format!(" {rest}").contains(then)))
}

fn start(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Invariant 5. `cli` and `analyst` may derive `Deserialize` for what they read from files, `app` for what its outbox and its gateways answer; nothing else.
pub(super) fn derives(house: &House) -> Result<Vec<String>> {
    let at_home = |source: &&Source| matches!(room_of(&source.path), Some("api")) || source.path.starts_with("crates/domain/src/trail");
    let mut found = Vec::new();
    for source in house.sources.iter().filter(in_product).filter(|source| !at_home(source)) {
        let reads = matches!(room_of(&source.path), Some("cli" | "analyst"))
            || source.path.starts_with("crates/app/src/out/")
            || source.path == "crates/app/src/notices/deliver.rs";
        for (line, code) in derived(&source.code) {
            for name in
                ["Serialize", "Deserialize", "ToSchema", "IntoParams"].iter().filter(|name| has_word(&code, name) && !(reads && **name == "Deserialize"))
            {
                found.push(format!("{}:{line}: {name} outside api and domain::trail", source.path));
            }
        }
    }
    Ok(found)
}

/// Each `derive(…)` and each `impl … Serialize for`, with its line.
fn derived(code: &str) -> Vec<(usize, String)> {
    let line_of = |at: usize| code[..at].matches('\n').count() + 1;
    let derives = code.match_indices("derive(").map(|(at, _)| (line_of(at), code[at..].split(')').next().unwrap_or_default().to_owned()));
    let by_hand = code
        .lines()
        .enumerate()
        .filter(|(_, line)| line.trim_start().starts_with("impl") && line.contains(" for "))
        .map(|(at, line)| (at + 1, line.to_owned()));
    derives.chain(by_hand).collect()
}

/// Addresses that tell where the house was built rather than what it is; spelt in two halves, so that this file does not name them either.
const ADDRESSES: &[(&str, &str)] = &[
    ("static.crates", ".io"),
    ("index.crates", ".io"),
    ("registry.npm", "js.org"),
    ("registry.npm", "mirror.com"),
    ("files.python", "hosted.org"),
    ("pypi", ".org"),
    ("deb.debian", ".org"),
    ("proxy.golang", ".org"),
    ("/work/", "main"),
    ("/work/", "shared"),
    ("/work/", "plan"),
    ("/ro", "ot/"),
];

/// Cargo writes its registry into its own lock file, whatever one does.
const WRITTEN_BY_CARGO: &str = "Cargo.lock";

/// The house's own rule 11.
pub(super) fn addresses(house: &House) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (path, text) in house.files.iter().filter(|(path, _)| path.as_str() != WRITTEN_BY_CARGO) {
        for (front, back) in ADDRESSES {
            let address = format!("{front}{back}");
            if let Some(at) = text.find(&address) {
                found.push(format!("{path}:{}: names {address}", text[..at].matches('\n').count() + 1));
            }
        }
    }
    Ok(found)
}

/// The house's own rule 13: a relative link of a page leads to something.
pub(super) fn links(house: &House) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (path, text) in house.files.iter().filter(|(path, _)| path.ends_with(".md")) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            let elsewhere = target.is_empty() || target.contains("://") || target.starts_with("mailto:");
            if !elsewhere && !house.root.join(folder).join(target).exists() {
                found.push(format!("{path}: links to {target}, which is not there"));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sql_is_told_from_english() {
        assert!(is_sql("select id\n  from matter where true"));
        assert!(is_sql("INSERT INTO event (id) VALUES (?)"));
        assert!(is_sql("with open as (select 1) select * from open"));
        assert!(!is_sql("select one of the posts"));
        assert!(!is_sql("with the chief's word"));
        assert!(!is_sql("update the matter first"));
    }

    #[test]
    fn derives_are_found_over_several_lines() {
        let code = "#[derive(\n  Debug,\n  Serialize,\n)]\nstruct A;\nimpl Serialize for B {}\n";
        let found = derived(code);
        assert_eq!(found.iter().filter(|(_, code)| has_word(code, "Serialize")).map(|(line, _)| *line).collect::<Vec<_>>(), [1, 6]);
    }
}
