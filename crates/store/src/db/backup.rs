//! Copies of a SQLite file while it is written to. (A server has its own tools; [`dump`](super::dump) serves both.)

use super::{Broken, Place, Store};
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// Pages per step: 4 MB, after which others may have the disk.
const STEP: i32 = 1024;
/// The pause after each step.
const PAUSE: Duration = Duration::from_millis(2);

impl Store {
    /// Copies the file to `path` while reading and writing go on. The copy is one moment of the database: the moment of the call.
    /// `path` appears only when the copy is whole. A server is not copied in this way.
    pub fn backup_to(&self, path: &Path) -> Result<(), Broken> {
        match self.place() {
            Place::Sqlite(file) => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                copy(&Connection::open_with_flags(file, flags).map_err(|error| Broken::sqlite(&error, "backup"))?, path)
            }
            Place::Postgres(_) => Err(Broken::other("only a file can be copied; dump this database instead", "backup")),
        }
    }
}

/// Copies what `source` sees now.
pub(super) fn copy(source: &Connection, path: &Path) -> Result<(), Broken> {
    let part = path.with_added_extension("part");
    let copied = copy_to(source, &part);
    if !source.is_autocommit() {
        source.execute_batch("rollback").map_err(|error| Broken::sqlite(&error, "backup"))?;
    }
    if let Err(broken) = copied {
        // The half copy is of no use; if it cannot be removed, the next attempt overwrites it.
        drop(std::fs::remove_file(&part));
        return Err(broken);
    }
    std::fs::File::open(&part)?.sync_all()?;
    std::fs::rename(&part, path)?;
    Ok(())
}

fn copy_to(source: &Connection, part: &Path) -> Result<(), Broken> {
    let broken = |error: rusqlite::Error| Broken::sqlite(&error, "backup");
    if part.exists() {
        std::fs::remove_file(part)?;
    }
    // A snapshot held for the whole copy: otherwise each commit of the writer would make it begin anew.
    source.execute_batch("begin; select count(*) from sqlite_schema").map_err(broken)?;
    let mut target = Connection::open(part).map_err(broken)?;
    Backup::new(source, &mut target).and_then(|backup| backup.run_to_completion(STEP, PAUSE, None)).map_err(broken)?;
    // The copy is handed on as one file without a log beside it.
    target.query_row("pragma journal_mode = delete", [], |_| Ok(())).map_err(broken)?;
    target.close().map_err(|(_, error)| broken(error))
}
