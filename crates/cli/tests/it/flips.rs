//! One flipped value in any column of any table that carries the trail is found, and named with its row.
//!
//! The database is changed behind the house's back, as somebody with the file and a tool would: append-only triggers dropped, foreign keys off.

use crate::support::House;
use app::trail::{Report, verify};
use rusqlite::Connection;
use rusqlite::types::Value;
use std::collections::BTreeMap;

/// Tables, and how a finding names a row of theirs.
const TABLES: &[(&str, &str)] = &[
    ("event", "'event ' || chain || ' #' || seq"),
    ("words", "'words ' || id"),
    ("matter", "'matter ' || id"),
    ("clock", "'matter ' || matter"),
    ("task", "'matter ' || matter"),
    ("asking", "'matter ' || matter"),
    ("report", "'matter ' || matter"),
    ("hop", "'matter ' || matter"),
    ("call_back", "'matter ' || matter"),
    ("attachment", "'matter ' || matter"),
    ("matter_unit", "'matter ' || matter"),
    ("chain_head", "'chain_head ' || chain"),
    ("checkpoint", "'checkpoint ' || at"),
    ("account", "'account ' || id"),
    ("holding", "'holding ' || id"),
];

/// Columns that no event speaks of, and why that is right.
const UNSPOKEN: &[(&str, &str)] = &[
    ("account.password", "a secret is in no event; that it was set is"),
    ("account.seen_at", "when somebody was last there comes and goes"),
    ("account.failed", "wrong tries are counted without an event until they lock"),
    ("account.locked_until", "a log-in after the lock ends it without an event"),
    ("account.name", "names are in no event; what was done carries the account's id"),
    ("account.created_at", "the entry that opened the account says when"),
];

fn proof(house: &House) -> Report {
    let keys = house.keys();
    let place = store::db::Place::read(&house.database().display().to_string());
    let store = store::db::Store::open_read_only(&place, &store::db::Options::at(crate::support::now())).unwrap();
    store.read_now(move |tx| verify(tx, Some(&keys), &[])).unwrap()
}

fn unlocked(house: &House) -> Connection {
    let connection = Connection::open(house.database()).unwrap();
    connection
        .execute_batch(
            "pragma foreign_keys = off; drop trigger event_keeps; drop trigger event_stays; drop trigger checkpoint_keeps; drop trigger checkpoint_stays;",
        )
        .unwrap();
    connection
}

/// Another value of the same kind.
fn flipped(value: Value) -> Value {
    match value {
        Value::Null => Value::Text("1".to_owned()),
        Value::Integer(n @ (0 | 1)) => Value::Integer(1 - n),
        Value::Integer(n) => Value::Integer(n + 1),
        Value::Real(x) => Value::Real(x + 1.0),
        Value::Text(text) => {
            let mut chars: Vec<char> = text.chars().collect();
            match chars.last_mut() {
                Some(last) => *last = if *last == 'a' { 'b' } else { 'a' },
                None => chars.push('a'),
            }
            Value::Text(chars.into_iter().collect())
        }
        Value::Blob(mut bytes) => {
            if let Some(last) = bytes.last_mut() {
                *last ^= 1;
            }
            Value::Blob(bytes)
        }
    }
}

fn columns(connection: &Connection, table: &str) -> Vec<(String, bool)> {
    let mut statement = connection.prepare("select name, type = 'INTEGER' or type = 'integer' from pragma_table_info(?)").unwrap();
    statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_flipped_value_of_any_column_is_found_and_named() {
    let house = House::demo();
    assert_eq!(proof(&house).findings, []);
    let connection = unlocked(&house);
    let mut silent = Vec::new();
    let mut tried = 0;
    // Each wave flips one column of each table, in rows that nothing else of the wave touches.
    for wave in 0.. {
        let mut undo: Vec<(String, Vec<Value>)> = Vec::new();
        let mut flips: BTreeMap<String, String> = BTreeMap::new();
        for (at, (table, named)) in TABLES.iter().enumerate() {
            let columns = columns(&connection, table);
            let Some((column, is_int)) = columns.get(wave) else { continue };
            // Rows that hold something are preferred: an erased or empty one has less to betray it.
            let text = format!("select rowid, {column}, {named} from {table} order by {column} is null, (rowid * 7919 + {at} * 104729) % 1009 limit 200");
            let mut statement = connection.prepare(&text).unwrap();
            let rows: Vec<(i64, Value, String)> =
                statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap().map(Result::unwrap).collect();
            let (rowid, was, name) =
                rows.into_iter().find(|(_, _, name)| !flips.contains_key(name)).unwrap_or_else(|| panic!("the small demonstration has no row of {table}"));
            let mut new = flipped(was.clone());
            if *is_int && matches!(new, Value::Text(_)) {
                new = Value::Integer(1);
            }
            let set = format!("update {table} set {column} = ?1 where rowid = ?2");
            if connection.execute(&set, rusqlite::params![new, rowid]).is_err() {
                // Part of a key that the neighbour has: further away, then.
                new = if *is_int { Value::Integer(9_000_000_000_000) } else { Value::Text("elsewhere".to_owned()) };
                connection.execute(&set, rusqlite::params![new, rowid]).unwrap_or_else(|error| panic!("{table}.{column}: {error}"));
            }
            // An integer that is the whole key is the row's number too.
            let rowid = match new {
                Value::Integer(at) if (*table, column.as_str()) == ("checkpoint", "at") => at,
                _ => rowid,
            };
            undo.push((set, vec![was, Value::Integer(rowid)]));
            flips.insert(name, format!("{table}.{column}"));
            tried += 1;
        }
        if flips.is_empty() {
            break;
        }
        let report = proof(&house);
        for (name, column) in &flips {
            let key = name.split(' ').nth(1).unwrap_or(name);
            let named =
                report.findings.iter().any(|finding| finding.place.contains(name.as_str()) || finding.place.contains(key) || finding.said.contains(key));
            if !named {
                silent.push(column.clone());
            }
        }
        for (set, values) in undo.into_iter().rev() {
            connection.execute(&set, rusqlite::params_from_iter(values)).unwrap();
        }
    }
    assert!(tried > 150, "{tried}");
    assert_eq!(proof(&house).findings, [], "undone flips leave nothing behind");
    silent.retain(|column| !UNSPOKEN.iter().any(|(known, _)| known == column));
    assert_eq!(silent, Vec::<String>::new(), "flips that nobody noticed");
}

#[test]
fn a_row_that_is_gone_and_a_tail_that_was_cut_are_found() {
    let house = House::demo();
    let connection = unlocked(&house);
    // The last two entries of a chain, with everything that followed from them made to fit: only the checkpoint still knows.
    let (chain, seq): (String, i64) = connection
        .query_row("select e.chain, max(e.seq) from event e where e.chain = 'accounts' group by e.chain", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    let accounts: Vec<String> = {
        let mut statement = connection.prepare("select subject from event where chain = ?1 and seq > ?2").unwrap();
        statement.query_map(rusqlite::params![chain, seq - 2], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    for account in &accounts {
        connection.execute("delete from holding where account = ?1", [account]).unwrap();
        connection.execute("delete from account where id = ?1", [account]).unwrap();
    }
    connection.execute("delete from event where chain = ?1 and seq > ?2", rusqlite::params![chain, seq - 2]).unwrap();
    connection
        .execute(
            "update chain_head set seq = ?2, hash = (select hash from event where chain = ?1 and seq = ?2) where chain = ?1",
            rusqlite::params![chain, seq - 2],
        )
        .unwrap();
    let findings = proof(&house).findings;
    assert!(findings.iter().any(|finding| finding.code == "tail" && finding.place.contains("accounts")), "{findings:?}");

    connection.execute("delete from words where id = (select said from report limit 1)", []).unwrap();
    assert!(proof(&house).findings.iter().any(|finding| finding.code == "missing"));
}
