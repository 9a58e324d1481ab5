//! What may go wrong below a use-case, sorted by what the caller can do about it.
//!
//! Messages name the statement (file and line) and the constraint, never a value: values are people's data. The servers'
//! "detail" lines, which quote values, are left out for that reason.

use ::postgres::error::SqlState;
use rusqlite::{ErrorCode, ffi};

/// Why a statement, a commit or a queue did not do its work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A unique key is taken. `constraint` is `table.column, table.column` on both engines.
    #[error("already there: {constraint} ({at})")]
    Conflict {
        /// The columns of the key.
        constraint: String,
        /// File and line of the statement.
        at: String,
    },
    /// The schema forbids it: a check, a foreign key, a missing value, an append-only trigger.
    #[error("against the schema: {said} ({at})")]
    Forbidden {
        /// What the engine said.
        said: String,
        /// File and line of the statement.
        at: String,
    },
    /// Concurrent transactions met. The store has already run the closure again, in vain.
    #[error("concurrent transactions met, even when run again: {0}")]
    Retry(String),
    /// The queue to the writers is full, or a lock was waited for too long. Nothing was done; try again later.
    #[error("too many writes are waiting")]
    Busy,
    /// The disk is full. Nothing was done.
    #[error("the disk is full: {0}")]
    Full(String),
    /// The server is gone. Whether the last commit was kept is unknown if it was being sent: ask again by the idempotency key.
    #[error("the database cannot be reached: {0}")]
    Lost(String),
    /// A write was asked of a store that was opened for reading only.
    #[error("this database was opened for reading only")]
    ReadOnly,
    /// The closure panicked; its work was undone and the store lives on.
    #[error("a use-case panicked: {0}")]
    Panicked(String),
    /// A column holds something else than was asked for.
    #[error("column {column} is {found}, not {wanted}")]
    Column {
        /// The column as the statement names it.
        column: String,
        /// What the caller asked for.
        wanted: &'static str,
        /// What the engine holds.
        found: String,
    },
    /// Anything else: a wrong statement, a damaged file, a bug.
    #[error("{said} ({at})")]
    Other {
        /// What the engine said.
        said: String,
        /// File and line of the statement, or what the store was doing.
        at: String,
    },
}

impl Broken {
    pub(super) fn other(said: impl ToString, at: &str) -> Self {
        Self::Other { said: said.to_string(), at: at.to_owned() }
    }

    /// What a failed use of SQLite means.
    pub(super) fn sqlite(error: &rusqlite::Error, at: &str) -> Self {
        let (code, said) = match error {
            rusqlite::Error::SqliteFailure(code, said) => (*code, said.clone().unwrap_or_else(|| error.to_string())),
            rusqlite::Error::SqlInputError { error, msg, .. } => (*error, msg.clone()),
            other => return Self::other(other, at),
        };
        match (code.code, code.extended_code) {
            (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID) => {
                let constraint = said.strip_prefix("UNIQUE constraint failed: ").unwrap_or(&said).to_owned();
                Self::Conflict { constraint, at: at.to_owned() }
            }
            (ErrorCode::ConstraintViolation, _) => Self::Forbidden { said, at: at.to_owned() },
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Self::Retry(format!("{said} ({at})")),
            (ErrorCode::DiskFull, _) => Self::Full(format!("{said} ({at})")),
            _ => Self::other(said, at),
        }
    }

    /// What a failed use of PostgreSQL means.
    pub(super) fn postgres(error: &::postgres::Error, at: &str) -> Self {
        let Some(db) = error.as_db_error() else {
            let cause = std::error::Error::source(error);
            let said = cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
            return match cause.is_some_and(|cause| cause.is::<std::io::Error>()) || error.is_closed() {
                true => Self::Lost(said),
                false => Self::other(said, at),
            };
        };
        let (said, code) = (db.message().to_owned(), db.code());
        match code {
            &SqlState::UNIQUE_VIOLATION => Self::Conflict { constraint: key(db), at: at.to_owned() },
            &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED => Self::Retry(format!("{said} ({at})")),
            &SqlState::LOCK_NOT_AVAILABLE => Self::Busy,
            &SqlState::DISK_FULL => Self::Full(format!("{said} ({at})")),
            &SqlState::ADMIN_SHUTDOWN | &SqlState::CRASH_SHUTDOWN | &SqlState::CANNOT_CONNECT_NOW | &SqlState::TOO_MANY_CONNECTIONS => Self::Lost(said),
            // 23: integrity; P0001: `raise exception` of a trigger; 42501: a privilege that was taken away on purpose.
            code if code.code().starts_with("23") || matches!(code.code(), "P0001" | "42501") => Self::Forbidden { said, at: at.to_owned() },
            code if code.code().starts_with("08") => Self::Lost(said),
            code => Self::other(format!("{said} [{}]", code.code()), at),
        }
    }
}

/// The violated key as `table.column, table.column`, as SQLite writes it. The columns stand before the values in the detail,
/// `Key (a, b)=(…)`, whatever the language of the server.
fn key(db: &::postgres::error::DbError) -> String {
    let columns = db.detail().and_then(|detail| detail.split_once('(')).and_then(|(_, rest)| rest.split_once(")=(")).map(|(columns, _)| columns);
    match (db.table(), columns) {
        (Some(table), Some(columns)) => columns.split(", ").map(|column| format!("{table}.{column}")).collect::<Vec<_>>().join(", "),
        _ => db.constraint().unwrap_or("unknown").to_owned(),
    }
}

/// Files are written beside the database (backup, dump, export); a full disk there is a full disk.
impl From<std::io::Error> for Broken {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full(error.to_string()),
            _ => Self::other(error, "file"),
        }
    }
}
