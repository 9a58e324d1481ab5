//! Where a database is, how it is opened, and the sentences with which opening is refused.

use super::Broken;
use domain::kernel::Instant;
use std::path::PathBuf;

/// Where the database is. Read from a setting; nobody outside needs to know which kind it is.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// A file on this machine.
    Sqlite(PathBuf),
    /// The address of a server, `postgres://user@host:port/name`.
    Postgres(String),
}

impl Place {
    /// Reads a setting: `postgres://…` is a server, anything else the path of a file (`sqlite:` in front is allowed).
    #[must_use]
    pub fn read(text: &str) -> Self {
        match text.strip_prefix("sqlite:") {
            Some(path) => Self::Sqlite(path.into()),
            None if text.starts_with("postgres://") || text.starts_with("postgresql://") => Self::Postgres(text.to_owned()),
            None => Self::Sqlite(text.into()),
        }
    }

    /// The file, if it is one: what a backup copies and a doctor measures.
    #[must_use]
    pub fn file(&self) -> Option<&std::path::Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            Self::Postgres(_) => None,
        }
    }
}

/// Without the password.
impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            Self::Postgres(url) => match url.split_once("://").and_then(|(scheme, rest)| rest.rsplit_once('@').map(|(_, host)| (scheme, host))) {
                Some((scheme, host)) => write!(f, "{scheme}://{}", host.split('?').next().unwrap_or(host)),
                None => f.write_str(url.split('?').next().unwrap_or(url)),
            },
        }
    }
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Now: the time that is written beside each migration.
    pub now: Instant,
    /// Threads that write, each with a connection of its own. A file has one writer whatever is said here.
    pub writers: usize,
    /// Threads that read, each with a connection of its own.
    pub readers: usize,
    /// How many writes may wait before one is turned away with [`Broken::Busy`]. The same for reads.
    pub queue: usize,
}

impl Options {
    /// What serves a district on two cores.
    #[must_use]
    pub fn at(now: Instant) -> Self {
        Self { now, writers: 16, readers: 6, queue: 4096 }
    }
}

/// Why a database is not opened: one sentence for the operator, one stable code for scripts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenRefusal {
    /// Another process has the file.
    #[error("另一个进程正在使用数据库 {0}，请先停止它。 Another process is using the database {0}; stop it first.")]
    SecondProcess(String),
    /// The file cannot be read or made.
    #[error("无法读写数据库文件 {0}：{1}。 The database file {0} cannot be read or written: {1}.")]
    Unreadable(String, String),
    /// The file is something else.
    #[error("{0} 不是数据库文件。 {0} is not a database file.")]
    NotADatabase(String),
    /// The database was made by a newer version of this program.
    #[error(
        "数据库 {0} 由更新版本的程序建立（迁移 {1}，本程序只到 {2}），请升级程序。 \
         The database {0} was made by a newer version (migration {1}, this program knows {2}); upgrade the program."
    )]
    NewerDatabase(String, i64, i64),
    /// The database must be migrated first, and whoever opens it may only read.
    #[error("数据库 {0} 还停在迁移 {1}，请先启动一次服务完成升级。 The database {0} is still at migration {1}; start the service once to upgrade it.")]
    OlderDatabase(String, i64),
    /// The database holds a schema that is not ours.
    #[error("数据库 {0} 的结构不属于本程序：{1}。 The database {0} does not hold our schema: {1}.")]
    UnknownDatabase(String, String),
    /// The server does not answer.
    #[error("无法连接数据库 {0}：{1}。 The database {0} cannot be reached: {1}.")]
    Unreachable(String, String),
    /// A migration failed; nothing of it was kept.
    #[error("数据库 {0} 升级失败，未作任何改动：{1}。 Migrating the database {0} failed, nothing was changed: {1}.")]
    Migration(String, Broken),
}

impl OpenRefusal {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::SecondProcess(_) => "second_process",
            Self::Unreadable(..) => "unreadable",
            Self::NotADatabase(_) => "not_a_database",
            Self::NewerDatabase(..) => "newer_database",
            Self::OlderDatabase(..) => "older_database",
            Self::UnknownDatabase(..) => "unknown_database",
            Self::Unreachable(..) => "unreachable",
            Self::Migration(..) => "migration_failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_from_a_setting_and_never_shows_a_password() {
        assert_eq!(Place::read("data/xja.db").file(), Some(std::path::Path::new("data/xja.db")));
        assert_eq!(Place::read("sqlite:/a b.db").to_string(), "/a b.db");
        let server = Place::read("postgres://xja:s3cret@db:5432/xja?password=s3cret");
        assert_eq!(format!("{server:?}"), "postgres://db:5432/xja");
        assert_eq!(server.file(), None);
    }
}
