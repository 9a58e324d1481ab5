//! Migrations: forward only, the same numbers and names on both engines, all pending ones or none.
//!
//! The texts stand in `crates/store/migrations/{sqlite,postgres}/` and are part of the program. A migration that has been
//! released is never changed: its checksum is kept in the database, and one that differs is refused.

use super::{Broken, OpenRefusal, Tx, Value, catalog};
use domain::kernel::Instant;
use sha2::{Digest, Sha256};

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// 1, 2, 3 …, without a gap.
    pub number: i64,
    /// The name of both files, `0001_house`.
    pub name: &'static str,
    /// The text for SQLite.
    pub sqlite: &'static str,
    /// The text for PostgreSQL.
    pub postgres: &'static str,
}

macro_rules! migration {
    ($number:literal, $name:literal) => {
        Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
        }
    };
}

/// The schema of the house, step by step.
pub static MIGRATIONS: &[Migration] = &[
    migration!(1, "0001_house"),
    migration!(2, "0002_places"),
    migration!(3, "0003_rota"),
    migration!(4, "0004_notices"),
    migration!(5, "0005_accounts"),
    migration!(6, "0006_erasure"),
    migration!(7, "0007_clock_book"),
    migration!(8, "0008_rules"),
    migration!(9, "0009_duties"),
    migration!(10, "0010_hand_over_gear"),
    migration!(11, "0011_duty_notice"),
    migration!(12, "0012_classes"),
];

/// A migration that a database has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Its number.
    pub number: i64,
    /// Its name.
    pub name: String,
    /// The SHA-256 of its text on this engine, in hexadecimal.
    pub sha256: String,
}

impl Migration {
    fn text(&self, tx: &Tx<'_>) -> &'static str {
        match tx.engine() {
            super::Engine::Sqlite => self.sqlite,
            super::Engine::Postgres => self.postgres,
        }
    }
}

/// The migrations that the database has seen, in order; none if it is new.
pub(super) fn applied(tx: &mut Tx<'_>) -> Result<Vec<Applied>, Broken> {
    let mut seen = Vec::new();
    if catalog::names(tx)?.iter().any(|name| name == "migration") {
        tx.each_made("select number, name, sha256 from migration order by number", &[], |row| {
            seen.push(Applied { number: row.int(0)?, name: row.text(1)?, sha256: row.text(2)? });
            Ok(())
        })?;
    }
    Ok(seen)
}

/// How many of `migrations` the database has seen; refuses one that has seen others.
pub(super) fn standing(tx: &mut Tx<'_>, shown: &str, migrations: &[Migration]) -> Result<usize, OpenRefusal> {
    let unknown = |why: String| OpenRefusal::UnknownDatabase(shown.to_owned(), why);
    let names = catalog::names(tx).map_err(|broken| unknown(broken.to_string()))?;
    if names.iter().any(|name| name != "migration") && !names.iter().any(|name| name == "migration") {
        return Err(unknown("it has tables but no list of migrations".to_owned()));
    }
    let seen = applied(tx).map_err(|broken| unknown(broken.to_string()))?;
    for (applied, ours) in seen.iter().zip(migrations) {
        if (applied.number, applied.name.as_str()) != (ours.number, ours.name) {
            return Err(unknown(format!("its migration {} is \"{}\", ours is \"{}\"", applied.number, applied.name, ours.name)));
        }
        if applied.sha256 != sha256(ours.text(tx)) {
            return Err(unknown(format!("migration {} has another checksum", applied.name)));
        }
    }
    match seen.last() {
        Some(last) if seen.len() > migrations.len() => {
            Err(OpenRefusal::NewerDatabase(shown.to_owned(), last.number, migrations.last().map_or(0, |ours| ours.number)))
        }
        _ => Ok(seen.len()),
    }
}

/// Refuses a database that has not seen every migration: whoever only reads cannot migrate.
pub(super) fn must_be_current(tx: &mut Tx<'_>, shown: &str, migrations: &[Migration]) -> Result<(), OpenRefusal> {
    let standing = standing(tx, shown, migrations)?;
    match standing == migrations.len() {
        true => Ok(()),
        false => Err(OpenRefusal::OlderDatabase(shown.to_owned(), standing.checked_sub(1).and_then(|last| migrations.get(last)).map_or(0, |last| last.number))),
    }
}

/// Runs the pending migrations and notes each. The caller commits.
pub(super) fn apply(tx: &mut Tx<'_>, pending: &[Migration], now: Instant) -> Result<(), Broken> {
    if pending.is_empty() {
        return Ok(());
    }
    // No `strict` here: this one text serves both engines.
    tx.script(
        "create table if not exists migration (number bigint not null primary key, name text not null, sha256 text not null, at bigint not null)",
        "migration",
    )?;
    for migration in pending {
        let text = migration.text(tx);
        tx.script(text, migration.name)?;
        let values: [Value; 4] = [migration.number.into(), migration.name.into(), sha256(text).into(), now.into()];
        tx.exec_made("insert into migration (number, name, sha256, at) values (?, ?, ?, ?)", &values)?;
    }
    Ok(())
}

fn sha256(text: &str) -> String {
    catalog::hex(&Sha256::digest(text.as_bytes()))
}
