//! What the engine itself says about the schema: for the parity test and the dump.
//!
//! Tables whose name begins with `search` are derived, differ between the engines, and are left out everywhere: `search.rs`
//! builds them anew.

use super::{Broken, Engine, Tx, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `bigint`, `integer` in SQLite.
    Int,
    /// `boolean`, `integer` in SQLite, which cannot tell it from a number.
    Flag,
    /// `double precision`, `real`.
    Real,
    /// `text`; in PostgreSQL with `collate "C"`, else it sorts differently.
    Text,
    /// `bytea`, `blob`.
    Bytes,
    /// Anything else: not of the portable subset.
    Other(String),
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may hold nothing. A part of the primary key may not, on either engine.
    pub nullable: bool,
}

/// A table as both engines must have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns in their order.
    pub columns: Vec<Column>,
    /// The columns of the primary key in its order.
    pub primary_key: Vec<String>,
    /// Further unique keys, by their columns.
    pub unique: BTreeSet<Vec<String>>,
    /// Further indices, by their columns.
    pub indices: BTreeSet<Vec<String>>,
    /// Foreign keys: columns, table, columns there.
    pub foreign_keys: BTreeSet<(Vec<String>, String, Vec<String>)>,
}

/// Whether a table is built from others by `search.rs`.
fn derived(name: &str) -> bool {
    name.starts_with("search")
}

/// The names of the tables, sorted, without the derived ones.
pub(super) fn names(tx: &mut Tx<'_>) -> Result<Vec<String>, Broken> {
    let text = match tx.engine() {
        Engine::Sqlite => "select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite\\_%' escape '\\'",
        Engine::Postgres => {
            "select cast(relname as text) from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition"
        }
    };
    let mut names = gather(tx, text, &[], |row| row.text(0))?;
    names.retain(|name| !derived(name));
    names.sort();
    Ok(names)
}

/// Every table of the house, sorted by name; without `migration`, which is the runner's, and the derived ones.
#[doc(hidden)]
pub fn tables(tx: &mut Tx<'_>) -> Result<Vec<Table>, Broken> {
    let mut tables = Vec::new();
    for name in names(tx)?.into_iter().filter(|name| name != "migration") {
        tables.push(match tx.engine() {
            Engine::Sqlite => sqlite(tx, name)?,
            Engine::Postgres => postgres(tx, name)?,
        });
    }
    Ok(tables)
}

fn sqlite(tx: &mut Tx<'_>, name: String) -> Result<Table, Broken> {
    let this: [Value; 1] = [name.as_str().into()];
    let columns = gather(tx, "select name, lower(type), \"notnull\", pk from pragma_table_info(?) order by cid", &this, |row| {
        let kind = match row.text(1)?.as_str() {
            "integer" | "int" | "bigint" => Kind::Int,
            "real" => Kind::Real,
            "text" => Kind::Text,
            "blob" => Kind::Bytes,
            other => Kind::Other(other.to_owned()),
        };
        let (notnull, pk) = (row.flag(2)?, row.int(3)?);
        Ok((Column { name: row.text(0)?, kind, nullable: !notnull && pk == 0 }, pk))
    })?;
    let mut key: Vec<(i64, String)> = columns.iter().filter(|(_, pk)| *pk > 0).map(|(column, pk)| (*pk, column.name.clone())).collect();
    key.sort();
    let listed = gather(tx, "select name, \"unique\", origin, partial from pragma_index_list(?)", &this, |row| {
        Ok((row.text(0)?, row.flag(1)?, row.text(2)?, row.flag(3)?))
    })?;
    let (mut unique, mut indices) = (BTreeSet::new(), BTreeSet::new());
    for (index, is_unique, origin, partial) in listed {
        let text = "select coalesce(name, '(expression)') from pragma_index_xinfo(?) where key = 1 order by seqno";
        let mut columns = gather(tx, text, &[index.into()], |row| row.text(0))?;
        if partial {
            columns.push("(partial)".to_owned());
        }
        if origin != "pk" {
            if is_unique { &mut unique } else { &mut indices }.insert(columns);
        }
    }
    let text = "select id, \"from\", \"table\", \"to\" from pragma_foreign_key_list(?) order by id, seq";
    let mut keys: BTreeMap<i64, (Vec<String>, String, Vec<String>)> = BTreeMap::new();
    for (id, from, table, to) in gather(tx, text, &this, |row| Ok((row.int(0)?, row.text(1)?, row.text(2)?, row.opt_text(3)?)))? {
        let key = keys.entry(id).or_insert_with(|| (Vec::new(), table, Vec::new()));
        key.0.push(from);
        key.2.extend(to);
    }
    for key in keys.values_mut().filter(|key| key.2.is_empty()) {
        // `references t` without columns means its primary key.
        key.2 = gather(tx, "select name from pragma_table_info(?) where pk > 0 order by pk", &[key.1.as_str().into()], |row| row.text(0))?;
    }
    let columns = columns.into_iter().map(|(column, _)| column).collect();
    Ok(Table { name, columns, primary_key: key.into_iter().map(|(_, name)| name).collect(), unique, indices, foreign_keys: keys.into_values().collect() })
}

fn postgres(tx: &mut Tx<'_>, name: String) -> Result<Table, Broken> {
    let this: [Value; 1] = [name.as_str().into()];
    let of_this = "(select oid from pg_class where relname = cast(? as text) and relnamespace = current_schema()::regnamespace)";
    let text = format!(
        "select cast(a.attname as text), format_type(a.atttypid, a.atttypmod), a.attnotnull, coalesce(cast(c.collname as text), '')
         from pg_attribute a left join pg_collation c on c.oid = a.attcollation
         where a.attrelid = {of_this} and a.attnum > 0 and not a.attisdropped order by a.attnum"
    );
    let columns = gather(tx, &text, &this, |row| {
        let kind = match (row.text(1)?.as_str(), row.text(3)?.as_str()) {
            ("bigint", _) => Kind::Int,
            ("boolean", _) => Kind::Flag,
            ("double precision", _) => Kind::Real,
            ("text", "C") => Kind::Text,
            ("bytea", _) => Kind::Bytes,
            (other, collation) => Kind::Other(format!("{other} {collation}")),
        };
        Ok(Column { name: row.text(0)?, kind, nullable: !row.flag(2)? })
    })?;
    let text = format!(
        "select cast(c.relname as text), i.indisunique, i.indisprimary, i.indpred is not null, coalesce(cast(a.attname as text), '(expression)')
         from pg_index i join pg_class c on c.oid = i.indexrelid
         cross join lateral unnest(cast(i.indkey as smallint[])) with ordinality as k(attnum, place)
         left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum and k.attnum > 0
         where i.indrelid = {of_this} and k.place <= i.indnkeyatts order by c.relname, k.place"
    );
    let mut listed: BTreeMap<String, (bool, bool, bool, Vec<String>)> = BTreeMap::new();
    tx.each_made(&text, &this, |row| {
        let index = listed.entry(row.text(0)?).or_insert((row.flag(1)?, row.flag(2)?, row.flag(3)?, Vec::new()));
        index.3.push(row.text(4)?);
        Ok(())
    })?;
    let (mut unique, mut indices, mut primary_key) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for (is_unique, primary, partial, mut columns) in listed.into_values() {
        if partial {
            columns.push("(partial)".to_owned());
        }
        match (primary, is_unique) {
            (true, _) => primary_key = columns,
            (false, true) => drop(unique.insert(columns)),
            (false, false) => drop(indices.insert(columns)),
        }
    }
    let text = format!(
        "select cast(f.conname as text), cast(a.attname as text), cast(t.relname as text), cast(b.attname as text)
         from pg_constraint f join pg_class t on t.oid = f.confrelid
         cross join lateral unnest(f.conkey, f.confkey) with ordinality as k(here, there, place)
         join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.here
         join pg_attribute b on b.attrelid = f.confrelid and b.attnum = k.there
         where f.contype = 'f' and f.conrelid = {of_this} order by f.conname, k.place"
    );
    let mut keys: BTreeMap<String, (Vec<String>, String, Vec<String>)> = BTreeMap::new();
    tx.each_made(&text, &this, |row| {
        let table = row.text(2)?;
        let key = keys.entry(row.text(0)?).or_insert_with(|| (Vec::new(), table, Vec::new()));
        key.0.push(row.text(1)?);
        key.2.push(row.text(3)?);
        Ok(())
    })?;
    Ok(Table { name, columns, primary_key, unique, indices, foreign_keys: keys.into_values().collect() })
}

fn gather<T>(tx: &mut Tx<'_>, text: &str, values: &[Value], mut map: impl FnMut(&super::Row<'_>) -> Result<T, Broken>) -> Result<Vec<T>, Broken> {
    let mut out = Vec::new();
    tx.each_made(text, values, |row| map(row).map(|value| out.push(value)))?;
    Ok(out)
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        for digit in [byte >> 4, byte & 15] {
            out.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
        }
        out
    })
}
