//! PostgreSQL: a few threads that each own a connection, and run a closure again when the server asks for it.

use super::job::{Job, Jobs};
use super::store::Crew;
use super::tx::Statements;
use super::{Broken, Migration, OpenRefusal, Options, Place, Tx, migrate};
use ::postgres::{Client, Config, IsolationLevel, NoTls};
use std::time::Duration;
use tokio::sync::watch;

/// How often a closure is run before its caller hears of it.
const TRIES: u32 = 8;
/// How often a connection is sought for one closure.
const SOUGHT: u32 = 4;
/// The key of the advisory lock under which one instance migrates while others wait: "xja" and a number.
const MIGRATING: i64 = 0x78_6a_61_01;

/// Whether a crew may write.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Write,
    Read,
}

/// Migrates and starts the threads. They connect when they first have something to do.
pub(super) fn open(place: &Place, url: &str, options: &Options, migrations: &[Migration], changes: &watch::Sender<u64>) -> Result<(Crew, Crew), OpenRefusal> {
    let config = configure(place, url)?;
    outside(|| {
        let (mut client, shown) = (first(place, &config)?, place.to_string());
        let (mut known, failed) = (Statements::default(), |broken| OpenRefusal::Migration(shown.clone(), broken));
        let open = client.transaction().map_err(|error| failed(Broken::postgres(&error, "migrate")))?;
        let mut tx = Tx::postgres(open, &mut known);
        tx.script(&format!("select pg_advisory_xact_lock({MIGRATING})"), "migrate").map_err(failed)?;
        let standing = migrate::standing(&mut tx, &shown, migrations)?;
        migrate::apply(&mut tx, &migrations[standing..], options.now).map_err(failed)?;
        tx.commit().map_err(failed)
    })?;
    Ok((crew(place, &config, options, Mode::Read, None)?, crew(place, &config, options, Mode::Write, Some(changes))?))
}

/// Starts threads that only read.
pub(super) fn open_read_only(place: &Place, url: &str, options: &Options, migrations: &[Migration]) -> Result<Crew, OpenRefusal> {
    let config = configure(place, url)?;
    outside(|| {
        let (mut client, mut known) = (first(place, &config)?, Statements::default());
        let open = client.transaction().map_err(|error| OpenRefusal::Unreachable(place.to_string(), error.to_string()))?;
        migrate::must_be_current(&mut Tx::postgres(open, &mut known), &place.to_string(), migrations)
    })?;
    crew(place, &config, options, Mode::Read, None)
}

/// The driver blocks inside a runtime of its own and must not be called on a thread of another: it is given one for the while.
fn outside<T: Send>(work: impl FnOnce() -> Result<T, OpenRefusal> + Send) -> Result<T, OpenRefusal> {
    std::thread::scope(|scope| scope.spawn(work).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
}

fn configure(place: &Place, url: &str) -> Result<Config, OpenRefusal> {
    let mut config: Config = url.parse().map_err(|error: ::postgres::Error| OpenRefusal::Unreachable(place.to_string(), error.to_string()))?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(3));
    }
    if config.get_application_name().is_none() {
        config.application_name("xinjiean");
    }
    Ok(config)
}

/// The first connection, by which a wrong address or a wrong encoding is found.
fn first(place: &Place, config: &Config) -> Result<Client, OpenRefusal> {
    let unreachable = |error: &::postgres::Error| OpenRefusal::Unreachable(place.to_string(), Broken::postgres(error, "connect").to_string());
    let mut client = config.connect(NoTls).map_err(|error| unreachable(&error))?;
    let encoding: String = client.query_one("show server_encoding", &[]).and_then(|row| row.try_get(0)).map_err(|error| unreachable(&error))?;
    match encoding == "UTF8" {
        true => Ok(client),
        false => Err(OpenRefusal::UnknownDatabase(place.to_string(), format!("its encoding is {encoding}, not UTF8"))),
    }
}

fn crew(place: &Place, config: &Config, options: &Options, mode: Mode, changes: Option<&watch::Sender<u64>>) -> Result<Crew, OpenRefusal> {
    let (queue, jobs) = crossbeam_channel::bounded(options.queue);
    let (count, name) = match mode {
        Mode::Write => (options.writers, "store-writer"),
        Mode::Read => (options.readers, "store-reader"),
    };
    let mut threads = Vec::new();
    for number in 0..count.max(1) {
        let (jobs, changes) = (jobs.clone(), changes.cloned());
        let mut worker = Worker { config: config.clone(), mode, number: number as u64, link: None };
        let thread = std::thread::Builder::new().name(format!("{name}-{number}")).spawn(move || worker.live(&jobs, changes.as_ref()));
        threads.push(thread.map_err(|error| OpenRefusal::Unreachable(place.to_string(), error.to_string()))?);
    }
    Ok(Crew::new(queue, threads))
}

/// A thread with its connection.
struct Worker {
    config: Config,
    mode: Mode,
    number: u64,
    link: Option<(Client, Statements)>,
}

/// How one run of a closure ended.
enum Ended {
    /// Committed.
    Kept,
    /// The closure said no; its work is undone and it knows why.
    Undone,
    /// Nothing was kept, and another run may fare better.
    Again(Broken),
    /// The caller must hear of it.
    Failed(Broken),
}

impl Worker {
    fn live(&mut self, jobs: &Jobs, changes: Option<&watch::Sender<u64>>) {
        for mut job in jobs {
            if job.abandoned() {
                continue;
            }
            let ended = self.insist(&mut *job);
            if let (Ended::Kept, Some(changes)) = (&ended, changes) {
                changes.send_modify(|n| *n += 1);
            }
            job.answer(match ended {
                Ended::Kept | Ended::Undone => Ok(()),
                Ended::Again(broken) | Ended::Failed(broken) => Err(broken),
            });
        }
    }

    /// Runs the closure until it is kept, says no, or has been run often enough. The pause grows, and differs between threads
    /// so that two that met do not meet again.
    fn insist(&mut self, job: &mut dyn Job) -> Ended {
        let mut ended = self.attempt(job);
        for tried in 1..TRIES {
            let step = match &ended {
                Ended::Again(Broken::Lost(_)) if tried < SOUGHT => 100,
                Ended::Again(Broken::Retry(_)) => 2,
                _ => break,
            };
            std::thread::sleep(Duration::from_millis(u64::from(tried) * step + self.number % 7));
            ended = self.attempt(job);
        }
        ended
    }

    fn attempt(&mut self, job: &mut dyn Job) -> Ended {
        let mode = self.mode;
        let (ended, trusted) = match self.connected() {
            Ok((client, known)) => {
                let ended = Self::run(client, known, mode, job);
                (ended, !job.panicked() && !client.is_closed())
            }
            Err(broken) => (Ended::Again(broken), false),
        };
        if !trusted || matches!(ended, Ended::Again(Broken::Lost(_)) | Ended::Failed(Broken::Lost(_))) {
            self.link = None;
        }
        ended
    }

    fn connected(&mut self) -> Result<(&mut Client, &mut Statements), Broken> {
        if self.link.is_none() {
            let mut client = self.config.connect(NoTls).map_err(|error| Broken::postgres(&error, "connect"))?;
            // A write that waits longer than this for a lock gives its connection back. Nobody's session may stay open with
            // a transaction in it.
            client
                .batch_execute("set lock_timeout = '10s'; set idle_in_transaction_session_timeout = '5min'; set client_min_messages = warning")
                .map_err(|error| Broken::postgres(&error, "connect"))?;
            self.link = Some((client, Statements::default()));
        }
        match &mut self.link {
            Some((client, known)) => Ok((client, known)),
            None => Err(Broken::Lost("no connection".to_owned())),
        }
    }

    fn run(client: &mut Client, known: &mut Statements, mode: Mode, job: &mut dyn Job) -> Ended {
        let builder = client.build_transaction();
        let builder = match mode {
            Mode::Write => builder.isolation_level(IsolationLevel::ReadCommitted),
            Mode::Read => builder.isolation_level(IsolationLevel::RepeatableRead).read_only(true),
        };
        let mut tx = match builder.start() {
            Ok(open) => Tx::postgres(open, known),
            Err(error) => return Ended::again_or_failed(Broken::postgres(&error, "begin")),
        };
        let keep = job.run(&mut tx);
        match (keep, tx.fate().cloned()) {
            (true, _) => match tx.commit() {
                Ok(()) => Ended::Kept,
                // A commit that was lost on the way may have arrived: it must not be done twice.
                Err(broken @ Broken::Lost(_)) => Ended::Failed(broken),
                Err(broken) => Ended::again_or_failed(broken),
            },
            // Dropped, a transaction is rolled back.
            (false, Some(broken @ (Broken::Retry(_) | Broken::Lost(_)))) => Ended::Again(broken),
            (false, _) => Ended::Undone,
        }
    }
}

impl Ended {
    fn again_or_failed(broken: Broken) -> Self {
        match broken {
            Broken::Retry(_) | Broken::Lost(_) => Self::Again(broken),
            _ => Self::Failed(broken),
        }
    }
}
