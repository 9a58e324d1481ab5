//! Scrubbing: what was erased from rows is taken out of pages, indexes, statistics and logs as well.
//!
//! An engine only forgets where a row was; the bytes stay until something else is written over them. So after a destruction the tables that lost texts are
//! written anew, the log is folded and cut, and what could not be done is said, so that the certificate can say it too. What a file system keeps of freed
//! blocks, and what a disk keeps under it, is beyond this room: an installation puts its data on an encrypted disk.

use super::{Broken, Place, Store};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::{Duration, Instant};

/// What was done and what was left, as stable codes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scrubbed {
    /// `search`, `statistics`, `pages`, `log`.
    pub done: Vec<String>,
    /// What was left and why; `copy NAME` is an older copy of the database that lies beside it and must be rotated out.
    pub left: Vec<String>,
}

/// Tables that lose texts to an erasure; written anew on a server, where a file can be asked for as a whole.
const TABLES: &[&str] = &["words", "contact_index", "search", "file", "idempotency"];
/// How long readers and other writers are waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// Pages of the search index that are merged in one step, so that acts come between.
const STEP: i32 = 256;

impl Store {
    /// Takes what was erased out of pages, indexes, statistics and logs. Takes its time; acts go on, but may have to wait while the pages are written anew.
    pub fn scrub(&self) -> Result<Scrubbed, Broken> {
        match self.place() {
            Place::Sqlite(path) => file(path),
            // The driver must not be called on a thread of a runtime.
            Place::Postgres(url) => std::thread::scope(|scope| {
                let work = scope.spawn(|| server(url));
                work.join().unwrap_or_else(|_| Err(Broken::other("the scrubbing thread panicked", "scrub")))
            }),
        }
    }
}

fn file(path: &Path) -> Result<Scrubbed, Broken> {
    let broken = |error: rusqlite::Error| Broken::sqlite(&error, "scrub");
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(broken)?;
    connection.busy_timeout(PATIENCE).map_err(broken)?;
    // The copy that is made while pages are written anew goes to a temporary file, which holds nothing but what is kept.
    connection.execute_batch("pragma secure_delete = on; pragma temp_store = file").map_err(broken)?;
    let mut scrubbed = Scrubbed::default();
    // Deleted entries of the search index stay in its segments until these are merged into one.
    let mut pages = -STEP;
    loop {
        let before = connection.total_changes();
        connection.execute("insert into search (search, rank) values ('merge', ?1)", [pages]).map_err(broken)?;
        pages = STEP;
        if connection.total_changes() - before < 2 {
            break;
        }
    }
    connection.execute_batch("insert into search (search) values ('optimize')").map_err(broken)?;
    scrubbed.done.push("search".to_owned());
    // The planner's samples hold index keys.
    connection.execute_batch("analyze contact_index; analyze words").map_err(broken)?;
    scrubbed.done.push("statistics".to_owned());
    connection.execute_batch("vacuum").map_err(broken)?;
    scrubbed.done.push("pages".to_owned());
    match cut(&connection).map_err(broken)? {
        true => scrubbed.done.push("log".to_owned()),
        false => scrubbed.left.push("log: a reader stood in the way; it is cut when the program ends".to_owned()),
    }
    scrubbed.left.extend(copies(path)?);
    Ok(scrubbed)
}

/// Folds the log into the file and cuts it to nothing.
fn cut(connection: &Connection) -> Result<bool, rusqlite::Error> {
    let began = Instant::now();
    loop {
        let busy: i64 = connection.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0))?;
        if busy == 0 || began.elapsed() > PATIENCE {
            return Ok(busy == 0);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Copies that were made before a migration lie beside the database and still hold what is gone from it.
fn copies(path: &Path) -> Result<Vec<String>, Broken> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else { return Ok(Vec::new()) };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut found: Vec<String> = std::fs::read_dir(folder)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|other| other.starts_with(&format!("{name}.before-")))
        .map(|other| format!("copy {other}"))
        .collect();
    found.sort();
    Ok(found)
}

fn server(url: &str) -> Result<Scrubbed, Broken> {
    use ::postgres::{Client, NoTls};
    let broken = |error: ::postgres::Error| Broken::postgres(&error, "scrub");
    let mut client = Client::connect(url, NoTls).map_err(broken)?;
    client.batch_execute("set lock_timeout = '30s'").map_err(broken)?;
    let mut scrubbed = Scrubbed::default();
    // A transaction that began before the erasure still sees the old rows, and they would be carried along.
    let began = Instant::now();
    let older = |client: &mut Client| -> Result<i64, ::postgres::Error> {
        let sql = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_xmin is not null and xact_start < now() - interval '1 second'";
        client.query_one(sql, &[])?.try_get(0)
    };
    while older(&mut client).map_err(broken)? > 0 {
        if began.elapsed() > PATIENCE {
            scrubbed.left.push("pages: an older transaction is still open and keeps the old rows; scrub again when it has ended".to_owned());
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    for table in TABLES {
        client.batch_execute(&format!("vacuum (full, analyze) {table}")).map_err(broken)?;
    }
    scrubbed.done.extend(["search", "statistics", "pages"].map(str::to_owned));
    // What is left is the server's: its log of changes holds the old pages until its files are removed.
    let recycles: String = client.query_one("show wal_recycle", &[]).and_then(|row| row.try_get(0)).map_err(broken)?;
    let archives: String = client.query_one("show archive_mode", &[]).and_then(|row| row.try_get(0)).map_err(broken)?;
    let cut = ["select pg_switch_wal()", "checkpoint", "select pg_switch_wal()", "checkpoint"].iter().try_for_each(|step| client.batch_execute(step));
    match cut {
        Ok(()) if recycles == "off" => scrubbed.done.push("log".to_owned()),
        Ok(()) => scrubbed.left.push("log: wal_recycle is on, so old files of the log are used again with their content until they are overwritten".to_owned()),
        Err(_) => scrubbed.left.push("log: this role may not switch the log or take a checkpoint; the server's administrator must".to_owned()),
    }
    if archives != "off" {
        scrubbed.left.push("archive: archive_mode is on; archived files of the log must be rotated out".to_owned());
    }
    Ok(scrubbed)
}
