//! A transaction as a use-case sees it: four ways to ask, no way to begin, commit or roll back.

use super::row::{Inner as InnerRow, Row};
use super::sql::dollars;
use super::{Broken, Engine, Query, Sql, Value};
use ::postgres::fallible_iterator::FallibleIterator;
use std::collections::HashMap;

/// An open transaction on either engine.
///
/// Once a statement has failed in the engine, the transaction is lost on both: PostgreSQL aborts it, and here SQLite is
/// treated alike. Whatever the closure answers then, its work is undone. (To tell whether a key is taken, ask with
/// `on conflict do nothing` and look at the count.)
pub struct Tx<'a> {
    inner: Inner<'a>,
    fate: Option<Broken>,
}

enum Inner<'a> {
    Sqlite(&'a rusqlite::Connection),
    Postgres { open: ::postgres::Transaction<'a>, known: &'a mut Statements },
}

/// The prepared statements of one PostgreSQL connection. Texts of the source are found by their address, composed ones by what
/// they say.
#[derive(Default)]
pub(super) struct Statements {
    fixed: HashMap<(usize, usize), ::postgres::Statement>,
    composed: HashMap<String, ::postgres::Statement>,
}

/// Composed texts vary with the length of lists; beyond so many the cache begins anew.
const COMPOSED: usize = 512;

/// A text to run: how it is cached and where it came from.
#[derive(Clone, Copy)]
enum Text<'t> {
    Fixed(&'static str),
    Composed(&'t str),
}

impl Text<'_> {
    fn as_str(&self) -> &str {
        match self {
            Text::Fixed(text) => text,
            Text::Composed(text) => text,
        }
    }
}

#[derive(Clone, Copy)]
struct Asked<'t> {
    text: Text<'t>,
    file: &'static str,
    line: u32,
}

impl Asked<'_> {
    fn at(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

impl From<Sql> for Asked<'_> {
    fn from(sql: Sql) -> Self {
        Self { text: Text::Fixed(sql.text), file: sql.file, line: sql.line }
    }
}

impl<'t> From<&'t Query> for Asked<'t> {
    fn from(query: &'t Query) -> Self {
        Self { text: Text::Composed(&query.text), file: query.file, line: query.line }
    }
}

impl<'a> Tx<'a> {
    pub(super) fn sqlite(connection: &'a rusqlite::Connection) -> Self {
        Self { inner: Inner::Sqlite(connection), fate: None }
    }

    pub(super) fn postgres(open: ::postgres::Transaction<'a>, known: &'a mut Statements) -> Self {
        Self { inner: Inner::Postgres { open, known }, fate: None }
    }

    /// What became of the transaction, if a statement failed in it.
    pub(super) fn fate(&self) -> Option<&Broken> {
        self.fate.as_ref()
    }

    /// Commits on PostgreSQL. On SQLite the writer commits for many.
    pub(super) fn commit(self) -> Result<(), Broken> {
        match self.inner {
            Inner::Sqlite(_) => Ok(()),
            Inner::Postgres { open, .. } => open.commit().map_err(|error| Broken::postgres(&error, "commit")),
        }
    }

    /// Which engine this is. For `db` and `search.rs`.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.inner {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres { .. } => Engine::Postgres,
        }
    }

    /// Runs a statement that answers no rows; says how many rows it touched.
    pub fn exec(&mut self, sql: Sql, values: &[Value]) -> Result<u64, Broken> {
        self.exec_asked(sql.into(), values)
    }

    /// The first row, or none. (Ask with a key or a limit: further rows are not looked at.)
    pub fn one<T>(&mut self, sql: Sql, values: &[Value], map: impl FnOnce(&Row<'_>) -> Result<T, Broken>) -> Result<Option<T>, Broken> {
        self.one_asked(sql.into(), values, map)
    }

    /// Every row, in memory: for answers whose length is known to be small or limited.
    pub fn all<T>(&mut self, sql: Sql, values: &[Value], mut map: impl FnMut(&Row<'_>) -> Result<T, Broken>) -> Result<Vec<T>, Broken> {
        let mut out = Vec::new();
        self.each_asked(sql.into(), values, |row| map(row).map(|value| out.push(value)))?;
        Ok(out)
    }

    /// Every row, one after the other, never all in memory: for exports and verification. Says how many there were.
    pub fn each(&mut self, sql: Sql, values: &[Value], see: impl FnMut(&Row<'_>) -> Result<(), Broken>) -> Result<u64, Broken> {
        self.each_asked(sql.into(), values, see)
    }

    /// Runs a text that is made in `db` from names of the engine's own catalogue.
    pub(super) fn exec_made(&mut self, text: &str, values: &[Value]) -> Result<u64, Broken> {
        self.exec_asked(made(text), values)
    }

    /// Like [`each`](Self::each), for a text made in `db`.
    pub(super) fn each_made(&mut self, text: &str, values: &[Value], see: impl FnMut(&Row<'_>) -> Result<(), Broken>) -> Result<u64, Broken> {
        self.each_asked(made(text), values, see)
    }

    /// Runs several statements without values: a migration.
    pub(super) fn script(&mut self, text: &str, at: &str) -> Result<(), Broken> {
        let done = match &mut self.inner {
            Inner::Sqlite(connection) => connection.execute_batch(text).map_err(|error| Broken::sqlite(&error, at)),
            Inner::Postgres { open, .. } => open.batch_execute(text).map_err(|error| Broken::postgres(&error, at)),
        };
        self.note(done)
    }

    /// Lets the engine check a text without running it: a misspelt column is found here.
    #[doc(hidden)]
    pub fn prepare(&mut self, text: &str, at: &str) -> Result<(), Broken> {
        match &mut self.inner {
            Inner::Sqlite(connection) => connection.prepare(text).map(drop).map_err(|error| Broken::sqlite(&error, at)),
            Inner::Postgres { open, .. } => {
                // A failed prepare aborts a PostgreSQL transaction; a savepoint keeps it whole for the next text.
                let mut trial = open.savepoint("trial").map_err(|error| Broken::postgres(&error, at))?;
                trial.prepare(&dollars(text)).map(drop).map_err(|error| Broken::postgres(&error, at))
            }
        }
    }

    fn exec_asked(&mut self, asked: Asked<'_>, values: &[Value]) -> Result<u64, Broken> {
        self.ready()?;
        let done = match &mut self.inner {
            Inner::Sqlite(connection) => connection
                .prepare_cached(asked.text.as_str())
                .and_then(|mut statement| statement.execute(rusqlite::params_from_iter(values)))
                .map(|rows| rows as u64)
                .map_err(|error| Broken::sqlite(&error, &asked.at())),
            Inner::Postgres { open, known } => known
                .of(open, asked.text)
                .and_then(|statement| open.execute(&statement, &values.iter().map(|value| value as _).collect::<Vec<_>>()))
                .map_err(|error| Broken::postgres(&error, &asked.at())),
        };
        self.note(done)
    }

    fn one_asked<T>(&mut self, asked: Asked<'_>, values: &[Value], map: impl FnOnce(&Row<'_>) -> Result<T, Broken>) -> Result<Option<T>, Broken> {
        self.ready()?;
        let mut map = Some(map);
        let mut first = None;
        let done = self.walk(asked, values, |row| {
            if let Some(map) = map.take() {
                first = Some(map(row));
            }
            Ok(false)
        });
        self.note(done)?;
        first.transpose()
    }

    fn each_asked(&mut self, asked: Asked<'_>, values: &[Value], mut see: impl FnMut(&Row<'_>) -> Result<(), Broken>) -> Result<u64, Broken> {
        self.ready()?;
        let (mut seen, mut refused) = (0, None);
        let done = self.walk(asked, values, |row| match see(row) {
            Ok(()) => {
                seen += 1;
                Ok(true)
            }
            Err(broken) => {
                refused = Some(broken);
                Ok(false)
            }
        });
        self.note(done)?;
        refused.map_or(Ok(seen), Err)
    }

    /// Steps through the rows until `see` has seen enough. What writes is stepped to its end even then, and so is everything
    /// on PostgreSQL: a foreign key is only checked there, and a complaint after the first row must not be missed.
    fn walk(&mut self, asked: Asked<'_>, values: &[Value], mut see: impl FnMut(&Row<'_>) -> Result<bool, Broken>) -> Result<(), Broken> {
        let at = || asked.at();
        match &mut self.inner {
            Inner::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(asked.text.as_str()).map_err(|error| Broken::sqlite(&error, &at()))?;
                let writes = !statement.readonly();
                let mut rows = statement.query(rusqlite::params_from_iter(values)).map_err(|error| Broken::sqlite(&error, &at()))?;
                while let Some(row) = rows.next().map_err(|error| Broken::sqlite(&error, &at()))? {
                    if !see(&Row(InnerRow::Sqlite(row)))? {
                        break;
                    }
                }
                if writes {
                    while rows.next().map_err(|error| Broken::sqlite(&error, &at()))?.is_some() {}
                }
            }
            Inner::Postgres { open, known } => {
                let statement = known.of(open, asked.text).map_err(|error| Broken::postgres(&error, &at()))?;
                let mut rows = open.query_raw(&statement, values).map_err(|error| Broken::postgres(&error, &at()))?;
                let mut wanted = true;
                while let Some(row) = rows.next().map_err(|error| Broken::postgres(&error, &at()))? {
                    wanted = wanted && see(&Row(InnerRow::Postgres(&row)))?;
                }
            }
        }
        Ok(())
    }

    /// Refuses before the engine is asked: a transaction that is already lost.
    fn ready(&self) -> Result<(), Broken> {
        if let Some(fate) = &self.fate {
            return Err(fate.clone());
        }
        Ok(())
    }

    fn note<T>(&mut self, done: Result<T, Broken>) -> Result<T, Broken> {
        done.inspect_err(|broken| self.fate = Some(broken.clone()))
    }
}

fn made(text: &str) -> Asked<'_> {
    Asked { text: Text::Composed(text), file: file!(), line: line!() }
}

impl Statements {
    fn of(&mut self, open: &mut ::postgres::Transaction<'_>, text: Text<'_>) -> Result<::postgres::Statement, ::postgres::Error> {
        match text {
            Text::Fixed(text) => {
                let key = (text.as_ptr().addr(), text.len());
                if let Some(statement) = self.fixed.get(&key) {
                    return Ok(statement.clone());
                }
                let statement = open.prepare(&dollars(text))?;
                self.fixed.insert(key, statement.clone());
                Ok(statement)
            }
            Text::Composed(text) => {
                if let Some(statement) = self.composed.get(text) {
                    return Ok(statement.clone());
                }
                if self.composed.len() >= COMPOSED {
                    self.composed.clear();
                }
                let statement = open.prepare(&dollars(text))?;
                self.composed.insert(text.to_owned(), statement.clone());
                Ok(statement)
            }
        }
    }
}

impl Query {
    /// Runs the statement; says how many rows it touched.
    pub fn exec(&self, tx: &mut Tx<'_>) -> Result<u64, Broken> {
        tx.exec_asked(self.into(), &self.values)
    }

    /// The first row, or none.
    pub fn one<T>(&self, tx: &mut Tx<'_>, map: impl FnOnce(&Row<'_>) -> Result<T, Broken>) -> Result<Option<T>, Broken> {
        tx.one_asked(self.into(), &self.values, map)
    }

    /// Every row, in memory.
    pub fn all<T>(&self, tx: &mut Tx<'_>, mut map: impl FnMut(&Row<'_>) -> Result<T, Broken>) -> Result<Vec<T>, Broken> {
        let mut out = Vec::new();
        tx.each_asked(self.into(), &self.values, |row| map(row).map(|value| out.push(value)))?;
        Ok(out)
    }

    /// Every row, one after the other; says how many there were.
    pub fn each(&self, tx: &mut Tx<'_>, see: impl FnMut(&Row<'_>) -> Result<(), Broken>) -> Result<u64, Broken> {
        tx.each_asked(self.into(), &self.values, see)
    }
}
