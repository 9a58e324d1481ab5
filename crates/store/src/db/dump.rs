//! A dump: the whole database as lines of JSON, the same from either engine and into either engine.
//!
//! It is written from one snapshot, sorted, so that two databases that hold the same give the same bytes; it ends with the
//! count of every table and a SHA-256 over everything before, so that a torn or altered file is found before its load is
//! committed.
//!
//! ```text
//! {"format":"xinjiean-dump","v":1,"at":1795449600000,"migrations":["0001_house"]}
//! {"table":"matter","columns":["id","number"],"kinds":["text","int"]}
//! ["mat_…",7]
//! {"rows":{"matter":1},"sha256":"…"}
//! ```
//!
//! Flags are 0 and 1, reals are texts (exact, and JSON has no infinity), bytes are hexadecimal. Derived tables (`search…`) are not
//! dumped; build them anew after a load.

use super::catalog::{self, Kind, Table, hex};
use super::{Broken, Engine, MIGRATIONS, OpenRefusal, Options, Place, Row, Store, Tx, Value, migrate};
use domain::kernel::Instant;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

const FORMAT: &str = "xinjiean-dump";
/// Values in one statement of a load; both engines take 32,766.
const VALUES: usize = 8_000;

/// The first line: what the dump is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// When it was written.
    pub at: Instant,
    /// The migrations that its schema has seen, by name.
    pub migrations: Vec<String>,
}

/// The last line: what the dump holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The rows of each table.
    pub rows: BTreeMap<String, u64>,
    /// Over everything before the last line, in hexadecimal.
    pub sha256: String,
}

/// Why a dump was not written or not loaded. Of a load that failed nothing is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DumpBroken {
    /// The database.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// The database to restore into.
    #[error(transparent)]
    Open(#[from] OpenRefusal),
    /// The file cannot be read or written.
    #[error("读写备份文件失败：{0}。 The dump cannot be read or written: {0}.")]
    File(String),
    /// The file is something else, or of a version that this program does not know.
    #[error("不是本程序的备份文件（第 {0} 行：{1}）。 This is not a dump of ours (line {0}: {1}).")]
    NotADump(u64, String),
    /// The file ends too early.
    #[error("备份文件不完整。 The dump is torn: its last line is missing.")]
    Torn,
    /// The file was changed.
    #[error("备份文件校验不符，可能被改动或损坏。 The dump's checksum or counts do not match: it was altered or damaged.")]
    Altered,
    /// The dump was written by a newer version of this program.
    #[error("备份由更新版本的程序写成（{0}），请升级程序。 The dump was written by a newer version ({0}); upgrade the program.")]
    Newer(String),
    /// The schema of the dump is not that of the database.
    #[error("备份的结构与数据库不一致：{0}。 The dump's schema is not that of the database: {0}.")]
    Schema(String),
    /// There is something in the database already.
    #[error("目标数据库不是空的（{0}），不会覆盖。 The database to restore into is not empty ({0}); nothing is overwritten.")]
    NotEmpty(String),
}

impl From<std::io::Error> for DumpBroken {
    fn from(error: std::io::Error) -> Self {
        Self::File(error.to_string())
    }
}

impl Store {
    /// Writes the whole database to `path`, from one snapshot, while writing goes on. `path` appears only when it is whole.
    pub fn dump_to(&self, path: &Path, now: Instant) -> Result<Summary, DumpBroken> {
        let (part, path) = (path.with_added_extension("part"), path.to_owned());
        self.read_now(move |tx| {
            let mut out = BufWriter::new(File::create(&part)?);
            let summary = write(tx, &mut out, now)?;
            out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
            std::fs::rename(&part, &path)?;
            Ok(summary)
        })
    }

    /// Makes a database out of a dump: with the schema that the dump was written from, then migrated to today's. The place must
    /// hold nothing. Returns it open. (Build the search tables anew afterwards.)
    pub fn restore(place: &Place, options: &Options, path: &Path) -> Result<(Self, Summary), DumpBroken> {
        Self::restore_with(place, options, path, MIGRATIONS)
    }

    /// The different texts that stand in one column of a dump: what it speaks of beside itself, before it is loaded.
    pub fn texts_of_dump(path: &Path, table: &str, column: &str) -> Result<BTreeSet<String>, DumpBroken> {
        let (mut found, mut at) = (BTreeSet::new(), None);
        for (number, line) in (1..).zip(BufReader::new(File::open(path)?).lines()) {
            match parse(line?.as_bytes(), number)? {
                Json::Array(cells) => found.extend(at.and_then(|at: usize| cells.get(at)?.as_str().map(str::to_owned))),
                head if head["table"] == table => at = head["columns"].as_array().and_then(|names| names.iter().position(|name| name == column)),
                _ => at = None,
            }
        }
        Ok(found)
    }

    /// Restores with other migrations than the house's: for tests.
    #[doc(hidden)]
    pub fn restore_with(place: &Place, options: &Options, path: &Path, migrations: &[migrate::Migration]) -> Result<(Self, Summary), DumpBroken> {
        let head = Head::of(path)?;
        let then = migrations.get(..head.migrations.len()).ok_or_else(|| DumpBroken::Newer(head.migrations.last().cloned().unwrap_or_default()))?;
        let store = Self::open_with(place, options, then)?;
        let path = path.to_owned();
        let summary = store.write_now(move |tx| load(tx, &mut BufReader::new(File::open(&path)?)))?;
        drop(store);
        Ok((Self::open_with(place, options, migrations)?, summary))
    }
}

impl Head {
    /// Reads the first line of a dump.
    pub fn of(path: &Path) -> Result<Self, DumpBroken> {
        let mut line = Vec::new();
        BufReader::new(File::open(path)?).read_until(b'\n', &mut line)?;
        Self::read(&parse(&line, 1)?)
    }

    fn read(line: &Json) -> Result<Self, DumpBroken> {
        if line["format"] != FORMAT {
            return Err(DumpBroken::NotADump(1, "no head".to_owned()));
        }
        if line["v"] != 1 {
            return Err(DumpBroken::Newer(format!("v{}", line["v"])));
        }
        let migrations = line["migrations"].as_array().map(|names| names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect());
        match (line["at"].as_i64(), migrations) {
            (Some(at), Some(migrations)) => Ok(Self { at: Instant(at), migrations }),
            _ => Err(DumpBroken::NotADump(1, "half a head".to_owned())),
        }
    }
}

/// Writes a dump of what `tx` sees.
fn write(tx: &mut Tx<'_>, out: &mut dyn Write, now: Instant) -> Result<Summary, DumpBroken> {
    let mut out = Hashing { out, hash: Sha256::new() };
    let migrations: Vec<String> = migrate::applied(tx)?.into_iter().map(|applied| applied.name).collect();
    out.line(&json!({"format": FORMAT, "v": 1, "at": now.0, "migrations": migrations}))?;
    let mut rows = BTreeMap::new();
    for table in catalog::tables(tx)? {
        let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        let kinds = table.columns.iter().map(|column| kind(&table, &column.kind)).collect::<Result<Vec<_>, _>>()?;
        out.line(&json!({"table": table.name, "columns": columns, "kinds": kinds}))?;
        let order = if table.primary_key.is_empty() { &columns.iter().map(|name| (*name).to_owned()).collect() } else { &table.primary_key };
        let text = format!("select {} from {} order by {}", quoted(columns.iter().copied()), quote(&table.name), quoted(order.iter().map(String::as_str)));
        let count = tx.each_made(&text, &[], |row| {
            let cells = table.columns.iter().enumerate().map(|(at, column)| cell(row, at, &column.kind)).collect::<Result<Vec<_>, _>>()?;
            Ok(out.line(&Json::Array(cells))?)
        })?;
        rows.insert(table.name, count);
    }
    let sha256 = hex(&out.hash.finalize());
    writeln!(out.out, "{}", json!({"rows": rows, "sha256": sha256}))?;
    out.out.flush()?;
    Ok(Summary { rows, sha256 })
}

/// Writes lines and remembers their checksum.
struct Hashing<'o> {
    out: &'o mut dyn Write,
    hash: Sha256,
}

impl Hashing<'_> {
    fn line(&mut self, line: &Json) -> std::io::Result<()> {
        let line = format!("{line}\n");
        self.hash.update(line.as_bytes());
        self.out.write_all(line.as_bytes())
    }
}

fn kind(table: &Table, kind: &Kind) -> Result<&'static str, DumpBroken> {
    match kind {
        Kind::Int | Kind::Flag => Ok("int"),
        Kind::Real => Ok("real"),
        Kind::Text => Ok("text"),
        Kind::Bytes => Ok("bytes"),
        Kind::Other(other) => Err(DumpBroken::Schema(format!("{} has a column of type {other}", table.name))),
    }
}

fn cell(row: &Row<'_>, at: usize, kind: &Kind) -> Result<Json, Broken> {
    Ok(match kind {
        Kind::Int => row.opt_int(at)?.into(),
        Kind::Flag => row.opt_flag(at)?.map(i64::from).into(),
        Kind::Real => row.opt_real(at)?.map(|real| format!("{real:?}")).into(),
        Kind::Text => row.opt_text(at)?.into(),
        Kind::Bytes | Kind::Other(_) => row.opt_bytes(at)?.map(|bytes| hex(&bytes)).into(),
    })
}

/// Loads a dump into an empty database of the same schema.
fn load(tx: &mut Tx<'_>, input: &mut dyn BufRead) -> Result<Summary, DumpBroken> {
    let tables: BTreeMap<String, Table> = catalog::tables(tx)?.into_iter().map(|table| (table.name.clone(), table)).collect();
    for name in tables.keys() {
        if count(tx, name, " limit 1")? > 0 {
            return Err(DumpBroken::NotEmpty(name.clone()));
        }
    }
    let keys = relax(tx)?;
    let (mut hash, mut line, mut number) = (Sha256::new(), Vec::new(), 0);
    let mut into: Option<Into<'_>> = None;
    let mut rows = BTreeMap::new();
    let summary = loop {
        line.clear();
        number += 1;
        if input.read_until(b'\n', &mut line)? == 0 {
            return Err(DumpBroken::Torn);
        }
        let parsed = match parse(&line, number) {
            // Half a line can only be the last.
            Err(_) if !line.ends_with(b"\n") => return Err(DumpBroken::Torn),
            parsed => parsed?,
        };
        if let Some(sha256) = parsed["sha256"].as_str() {
            if let Some(done) = into.take() {
                rows.insert(done.table.name.clone(), done.finish(tx)?);
            }
            break (Summary { rows, sha256: sha256.to_owned() }, parsed["rows"].clone());
        }
        hash.update(&line);
        match parsed {
            Json::Array(cells) => match &mut into {
                Some(into) => into.row(tx, cells, number)?,
                None => return Err(DumpBroken::NotADump(number, "a row of no table".to_owned())),
            },
            head if number == 1 => {
                let (theirs, ours) = (Head::read(&head)?.migrations, migrate::applied(tx)?);
                if !theirs.iter().eq(ours.iter().map(|applied| &applied.name)) {
                    return Err(DumpBroken::Schema(format!("it has seen {}", theirs.join(", "))));
                }
            }
            head => {
                if let Some(done) = into.take() {
                    rows.insert(done.table.name.clone(), done.finish(tx)?);
                }
                into = Some(Into::new(&tables, &head, number)?);
            }
        }
    };
    let (summary, counted) = summary;
    if summary.sha256 != hex(&hash.finalize()) || counted != json!(summary.rows) {
        return Err(DumpBroken::Altered);
    }
    for (name, rows) in &summary.rows {
        if count(tx, name, "")? != *rows {
            return Err(DumpBroken::Schema(format!("{name} does not hold what was loaded")));
        }
    }
    tighten(tx, &keys)?;
    Ok(summary)
}

/// A table that is being filled, some rows at a time.
struct Into<'t> {
    table: &'t Table,
    columns: Vec<&'t super::Column>,
    waiting: Vec<Value>,
    rows: u64,
}

impl<'t> Into<'t> {
    fn new(tables: &'t BTreeMap<String, Table>, head: &Json, line: u64) -> Result<Self, DumpBroken> {
        let name = head["table"].as_str().ok_or_else(|| DumpBroken::NotADump(line, "neither a table nor a row".to_owned()))?;
        let table = tables.get(name).ok_or_else(|| DumpBroken::Schema(format!("there is no table {name}")))?;
        let names = head["columns"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap_or_default());
        let columns = names.map(|name| table.columns.iter().find(|column| column.name == name)).collect::<Option<Vec<_>>>();
        match columns {
            Some(columns) if columns.len() == table.columns.len() => Ok(Self { table, columns, waiting: Vec::new(), rows: 0 }),
            _ => Err(DumpBroken::Schema(format!("{name} has other columns"))),
        }
    }

    fn row(&mut self, tx: &mut Tx<'_>, cells: Vec<Json>, line: u64) -> Result<(), DumpBroken> {
        if cells.len() != self.columns.len() {
            return Err(DumpBroken::NotADump(line, "a row of another length".to_owned()));
        }
        for (cell, column) in cells.into_iter().zip(&self.columns) {
            let value = value(cell, &column.kind).ok_or_else(|| DumpBroken::NotADump(line, format!("{} is of another kind", column.name)))?;
            self.waiting.push(value);
        }
        self.rows += 1;
        if self.waiting.len() + self.columns.len() > VALUES { self.flush(tx) } else { Ok(()) }
    }

    fn flush(&mut self, tx: &mut Tx<'_>) -> Result<(), DumpBroken> {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return Ok(());
        }
        let places = vec![format!("({})", vec!["?"; self.columns.len()].join(", ")); waiting.len() / self.columns.len()].join(", ");
        let names = quoted(self.columns.iter().map(|column| column.name.as_str()));
        tx.exec_made(&format!("insert into {} ({names}) values {places}", quote(&self.table.name)), &waiting)?;
        Ok(())
    }

    fn finish(mut self, tx: &mut Tx<'_>) -> Result<u64, DumpBroken> {
        self.flush(tx)?;
        Ok(self.rows)
    }
}

fn value(cell: Json, kind: &Kind) -> Option<Value> {
    Some(match (cell, kind) {
        (Json::Null, _) => Value::Null,
        (Json::Number(int), Kind::Int) => Value::Int(int.as_i64()?),
        (Json::Number(flag), Kind::Flag) => Value::Bool(match flag.as_i64()? {
            0 => false,
            1 => true,
            _ => return None,
        }),
        (Json::String(real), Kind::Real) => Value::Real(real.parse().ok()?),
        (Json::String(text), Kind::Text) => Value::Text(text),
        (Json::String(digits), Kind::Bytes) => Value::Bytes(unhex(&digits)?),
        _ => return None,
    })
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = digits.chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| u8::try_from(high << 4 | low).ok()).collect()
}

/// Lets foreign keys be checked at the end: rows refer to rows of their own table and of tables that come later. Returns what
/// [`tighten`] must put back.
fn relax(tx: &mut Tx<'_>) -> Result<Vec<(String, String)>, Broken> {
    if tx.engine() == Engine::Sqlite {
        // For this transaction only.
        tx.script("pragma defer_foreign_keys = on", "load")?;
        return Ok(Vec::new());
    }
    let mut keys = Vec::new();
    let text = "select cast(t.relname as text), cast(f.conname as text) from pg_constraint f join pg_class t on t.oid = f.conrelid
                where f.contype = 'f' and not f.condeferrable and f.connamespace = current_schema()::regnamespace";
    tx.each_made(text, &[], |row| {
        keys.push((row.text(0)?, row.text(1)?));
        Ok(())
    })?;
    for (table, key) in &keys {
        tx.script(&format!("alter table {} alter constraint {} deferrable initially deferred", quote(table), quote(key)), "load")?;
    }
    Ok(keys)
}

/// Checks every foreign key now, and has them checked at once again from here on.
fn tighten(tx: &mut Tx<'_>, keys: &[(String, String)]) -> Result<(), Broken> {
    if tx.engine() == Engine::Sqlite {
        let dangling = tx.each_made("pragma foreign_key_check", &[], |_| Ok(()))?;
        return match dangling {
            0 => tx.script("pragma defer_foreign_keys = off", "load"),
            n => Err(Broken::Forbidden { said: format!("{n} rows refer to rows that are not there"), at: "load".to_owned() }),
        };
    }
    if !keys.is_empty() {
        tx.script("set constraints all immediate", "load")?;
    }
    for (table, key) in keys {
        tx.script(&format!("alter table {} alter constraint {} not deferrable", quote(table), quote(key)), "load")?;
    }
    Ok(())
}

/// The rows of a table, or of its first few.
fn count(tx: &mut Tx<'_>, table: &str, limit: &str) -> Result<u64, Broken> {
    let mut n = 0;
    tx.each_made(&format!("select count(*) from (select 1 from {}{limit}) as t", quote(table)), &[], |row| {
        n = row.int(0)?;
        Ok(())
    })?;
    Ok(n.unsigned_abs())
}

fn parse(line: &[u8], number: u64) -> Result<Json, DumpBroken> {
    serde_json::from_slice(line).map_err(|error| DumpBroken::NotADump(number, error.to_string()))
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn quoted<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(quote).collect::<Vec<_>>().join(", ")
}
