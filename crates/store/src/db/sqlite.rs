//! SQLite: one file, one process, one writer whose COMMIT many closures share.

use super::job::{Job, Jobs};
use super::store::Crew;
use super::{Broken, Migration, OpenRefusal, Options, Tx, backup, migrate};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, TryLockError};
use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How many closures share a COMMIT at most …
const TOGETHER: usize = 256;
/// … and for how long others may keep the first of them waiting.
const GATHER: Duration = Duration::from_millis(25);
/// How long the writer idles before it folds the log back into the file.
const IDLE: Duration = Duration::from_secs(20);
/// How long a lock of a foreign tool (`sqlite3`, a backup) is waited for.
const BUSY: Duration = Duration::from_secs(5);
/// Statements kept prepared per connection; the house has a few hundred texts.
const PREPARED: usize = 512;

/// Opens, locks and migrates a file, and starts its threads.
pub(super) fn open(path: &Path, options: &Options, migrations: &[Migration], changes: &watch::Sender<u64>) -> Result<(Crew, Crew, File), OpenRefusal> {
    let shown = path.display().to_string();
    let unreadable = |why: String| OpenRefusal::Unreadable(shown.clone(), why);
    look(path)?;
    let lock = lock(path)?;
    let writer = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    migrate_file(&writer, path, options, migrations)?;
    // Only now is the file known to be ours and may be changed.
    let mode: String = writer.query_row("pragma journal_mode = wal", [], |row| row.get(0)).map_err(|error| unreadable(error.to_string()))?;
    if mode != "wal" {
        return Err(unreadable("no write-ahead log on this file system".to_owned()));
    }
    writer
        .execute_batch("pragma synchronous = full; pragma foreign_keys = on; pragma secure_delete = on; pragma journal_size_limit = 67108864;")
        .map_err(|error| unreadable(error.to_string()))?;

    let readers = readers(path, options)?;
    let (queue, jobs) = crossbeam_channel::bounded(options.queue);
    let changes = changes.clone();
    let thread = std::thread::Builder::new().name("store-writer".to_owned()).spawn(move || write(&writer, &jobs, &changes));
    let thread = thread.map_err(|error| unreadable(error.to_string()))?;
    Ok((readers, Crew::new(queue, vec![thread]), lock))
}

/// Opens a file that another process may be writing.
pub(super) fn open_read_only(path: &Path, options: &Options, migrations: &[Migration]) -> Result<Crew, OpenRefusal> {
    let shown = path.display().to_string();
    if !path.exists() {
        return Err(OpenRefusal::Unreadable(shown, "there is no such file".to_owned()));
    }
    look(path)?;
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    migrate::must_be_current(&mut Tx::sqlite(&connection), &shown, migrations)?;
    readers(path, options)
}

/// Refuses what is certainly no database before anything is made beside it.
fn look(path: &Path) -> Result<(), OpenRefusal> {
    let shown = path.display().to_string();
    let unreadable = |why: std::io::Error| OpenRefusal::Unreadable(shown.clone(), why.to_string());
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut head = Vec::with_capacity(16);
    file.by_ref().take(16).read_to_end(&mut head).map_err(unreadable)?;
    match head.is_empty() || head == b"SQLite format 3\0" {
        true => Ok(()),
        false => Err(OpenRefusal::NotADatabase(shown)),
    }
}

/// The lock is a file beside the database: SQLite's own locks come and go with each transaction. It is kept when the process
/// ends, since to delete it would be a race; the operating system lets the lock go.
fn lock(path: &Path) -> Result<File, OpenRefusal> {
    let shown = path.display().to_string();
    let lock = File::options().create(true).truncate(false).write(true).open(beside(path, "lock"));
    let lock = lock.map_err(|error| OpenRefusal::Unreadable(shown.clone(), error.to_string()))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(OpenRefusal::SecondProcess(shown)),
        Err(TryLockError::Error(error)) => Err(OpenRefusal::Unreadable(shown, error.to_string())),
    }
}

/// `xja.db` → `xja.db.lock`.
pub(super) fn beside(path: &Path, ending: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, OpenRefusal> {
    let shown = path.display().to_string();
    let unreadable = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => OpenRefusal::NotADatabase(shown.clone()),
        _ => OpenRefusal::Unreadable(shown.clone(), error.to_string()),
    };
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(&unreadable)?;
    connection.busy_timeout(BUSY).map_err(&unreadable)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    // Without this guarantee a statement is prepared anew whenever a bound value changes, in case another plan were better: a quarter of an act's time.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(&unreadable)?;
    // The first statement that reads the file: here a damaged one shows itself.
    connection.execute_batch("pragma temp_store = memory; pragma cache_size = -16000; select count(*) from sqlite_schema").map_err(unreadable)?;
    Ok(connection)
}

/// Brings the schema up to date, all pending migrations or none. A file that holds data is copied first.
fn migrate_file(connection: &Connection, path: &Path, options: &Options, migrations: &[Migration]) -> Result<(), OpenRefusal> {
    let shown = path.display().to_string();
    let failed = |broken| OpenRefusal::Migration(shown.clone(), broken);
    let run = |text: &str| connection.execute_batch(text).map_err(|error| failed(Broken::sqlite(&error, "migrate")));
    let standing = migrate::standing(&mut Tx::sqlite(connection), &shown, migrations)?;
    let Some(pending) = migrations.get(standing..).filter(|pending| !pending.is_empty()) else { return Ok(()) };
    if standing > 0 {
        let copy = beside(path, &format!("before-{:04}-{}", pending[0].number, options.now.0));
        backup::copy(connection, &copy).map_err(failed)?;
        tracing::info!(copy = %copy.display(), "copied the database before migrating it");
    }
    // Foreign keys cannot be switched off inside a transaction, and a migration may have to rebuild a table.
    run("pragma foreign_keys = off; begin exclusive")?;
    let done = migrate::apply(&mut Tx::sqlite(connection), pending, options.now).and_then(|()| {
        let dangling = connection.prepare("pragma foreign_key_check").and_then(|mut check| check.exists([]));
        match dangling.map_err(|error| Broken::sqlite(&error, "migrate"))? {
            true => Err(Broken::other("rows refer to rows that are not there", "migrate")),
            false => connection.execute_batch("commit").map_err(|error| Broken::sqlite(&error, "migrate")),
        }
    });
    done.map_err(|broken| {
        if let Err(error) = connection.execute_batch("rollback") {
            tracing::error!(%error, "could not roll back a failed migration");
        }
        failed(broken)
    })
}

fn readers(path: &Path, options: &Options) -> Result<Crew, OpenRefusal> {
    let (queue, jobs) = crossbeam_channel::bounded(options.queue);
    let mut threads = Vec::new();
    for n in 0..options.readers.max(1) {
        let (connection, jobs) = (connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?, jobs.clone());
        let thread = std::thread::Builder::new().name(format!("store-reader-{n}")).spawn(move || read(&connection, &jobs));
        threads.push(thread.map_err(|error| OpenRefusal::Unreadable(path.display().to_string(), error.to_string()))?);
    }
    Ok(Crew::new(queue, threads))
}

/// The reader's life: one snapshot per closure.
fn read(connection: &Connection, jobs: &Jobs) {
    for mut job in jobs {
        if job.abandoned() {
            continue;
        }
        let fate = run(connection, "begin").map(|()| {
            job.run(&mut Tx::sqlite(connection));
        });
        // Nothing was written, so there is nothing to keep; and the snapshot must not outlive the closure.
        if !connection.is_autocommit()
            && let Err(broken) = run(connection, "rollback")
        {
            tracing::error!(%broken, "a reader could not end its snapshot");
        }
        job.answer(fate);
    }
}

/// The writer's life: gather, run, commit, answer.
fn write(connection: &Connection, jobs: &Jobs, changes: &watch::Sender<u64>) {
    let mut written = false;
    loop {
        match jobs.recv_timeout(IDLE) {
            Ok(first) => {
                written = true;
                together(connection, first, jobs, changes);
            }
            Err(crossbeam_channel::RecvTimeoutError::Timeout) if written => {
                written = false;
                fold(connection);
            }
            Err(crossbeam_channel::RecvTimeoutError::Timeout) => {}
            Err(crossbeam_channel::RecvTimeoutError::Disconnected) => break,
        }
    }
    if let Err(error) = connection.execute_batch("pragma optimize") {
        tracing::warn!(%error, "the planner's statistics were not refreshed");
    }
}

/// Runs what is waiting inside one transaction and answers everybody after its COMMIT.
fn together(connection: &Connection, first: Box<dyn Job>, jobs: &Jobs, changes: &watch::Sender<u64>) {
    if let Err(broken) = run(connection, "begin immediate") {
        // A foreign tool holds the file; nothing was done.
        return first.answer(Err(if matches!(broken, Broken::Retry(_)) { Broken::Busy } else { broken }));
    }
    let began = Instant::now();
    let (mut done, mut kept, mut next) = (Vec::new(), false, Some(first));
    while let Some(mut job) = next.take() {
        if !job.abandoned() {
            let ran = alone(connection, &mut *job);
            done.push(job);
            match ran {
                Ok(keep) => kept |= keep,
                Err(broken) => return undo(connection, done, &broken),
            }
        }
        if done.len() < TOGETHER && began.elapsed() < GATHER {
            next = jobs.try_recv().ok();
        }
    }
    match run(connection, "commit") {
        Ok(()) => {
            if kept {
                changes.send_modify(|n| *n += 1);
            }
            for job in done {
                job.answer(Ok(()));
            }
        }
        Err(broken) => undo(connection, done, &broken),
    }
}

/// Runs one closure inside its own savepoint, so that its failure is nobody else's. An error means that the whole transaction
/// is lost (a full disk makes SQLite roll all of it back).
fn alone(connection: &Connection, job: &mut dyn Job) -> Result<bool, Broken> {
    run(connection, "savepoint act")?;
    let mut tx = Tx::sqlite(connection);
    let keep = job.run(&mut tx);
    if connection.is_autocommit() {
        return Err(tx.fate().cloned().unwrap_or_else(|| Broken::other("the transaction was rolled back", "writer")));
    }
    if !keep {
        run(connection, "rollback to act")?;
    }
    // After a rollback too: it leaves the savepoint open.
    run(connection, "release act")?;
    Ok(keep)
}

fn undo(connection: &Connection, done: Vec<Box<dyn Job>>, broken: &Broken) {
    if !connection.is_autocommit()
        && let Err(error) = run(connection, "rollback")
    {
        tracing::error!(%error, "the writer could not roll back");
    }
    for job in done {
        job.answer(Err(broken.clone()));
    }
}

/// Folds the log into the file, if no reader stands in the way: it is not waited for.
fn fold(connection: &Connection) {
    let folded = connection
        .busy_timeout(Duration::ZERO)
        .and_then(|()| connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())))
        .and_then(|()| connection.busy_timeout(BUSY));
    if let Err(error) = folded {
        tracing::warn!(%error, "the log was not folded into the file");
    }
}

fn run(connection: &Connection, text: &str) -> Result<(), Broken> {
    connection.prepare_cached(text).and_then(|mut statement| statement.execute([])).map(drop).map_err(|error| Broken::sqlite(&error, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::job::{Reply, Work};
    use crate::{sql, values};

    type Answer = crossbeam_channel::Receiver<Result<u64, Broken>>;

    /// A closure that puts so many bytes.
    fn put(n: i64, bytes: usize) -> (Box<dyn Job>, Answer) {
        let (reply, answer) = crossbeam_channel::bounded(1);
        let closure = move |tx: &mut Tx<'_>| tx.exec(sql!("insert into heap (n, body) values (?, ?)"), &values![n, vec![0_u8; bytes]]);
        (Box::new(Work::new(closure, Reply::Thread(reply))), answer)
    }

    #[test]
    fn on_a_full_disk_nobody_is_told_that_his_work_was_kept_when_it_was_not() {
        let folder = tempfile::tempdir().unwrap();
        let connection = connect(&folder.path().join("full.db"), OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE).unwrap();
        connection.execute_batch("pragma journal_mode = wal; create table heap (n integer primary key, body blob) strict; pragma max_page_count = 64").unwrap();
        let (queue, jobs) = crossbeam_channel::bounded(8);
        let (first, answer) = put(0, 10);
        let mut answers = vec![answer];
        for n in 1..6 {
            let (job, answer) = put(n, if n == 3 { 1_000_000 } else { 10 });
            queue.send(job).unwrap();
            answers.push(answer);
        }
        together(&connection, first, &jobs, &watch::Sender::new(0));
        // What SQLite left waiting because it rolled everything back is run by the next round.
        if let Ok(next) = jobs.try_recv() {
            together(&connection, next, &jobs, &watch::Sender::new(0));
        }
        let mut turned_away = Vec::new();
        for (n, answer) in answers.iter().enumerate() {
            let there: bool = connection.query_row("select count(*) > 0 from heap where n = ?", values![n], |row| row.get(0)).unwrap();
            match answer.recv().unwrap() {
                Ok(_) => assert!(there, "{n} was said to be kept"),
                Err(Broken::Full(_)) => {
                    assert!(!there, "{n} was said to be undone");
                    turned_away.push(n);
                }
                Err(other) => panic!("{n}: {other}"),
            }
        }
        // The large one made SQLite roll back what had gathered before it; what came after fares well again.
        assert_eq!(turned_away, [0, 1, 2, 3]);
    }
}
