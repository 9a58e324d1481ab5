//! The store: closures go in, answers come out after the commit.

use super::job::{Job, Reply, Work};
use super::{Broken, Engine, MIGRATIONS, Migration, OpenRefusal, Options, Place, Tx, postgres, sqlite};
use crossbeam_channel::{Sender, TrySendError};
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::{oneshot, watch};

/// An open database. Cheap to clone; when the last clone goes, the queued writes are done and the connections closed.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    place: Place,
    changes: watch::Sender<u64>,
    // Dropped in this order: readers before the writer, so that the writer is the last to close a file and can tidy it up;
    // then the lock.
    readers: Crew,
    writers: Option<Crew>,
    _lock: Option<std::fs::File>,
}

/// Threads that take jobs from one bounded queue.
pub(super) struct Crew {
    queue: Option<Sender<Box<dyn Job>>>,
    threads: Vec<JoinHandle<()>>,
}

impl Crew {
    pub(super) fn new(queue: Sender<Box<dyn Job>>, threads: Vec<JoinHandle<()>>) -> Self {
        Self { queue: Some(queue), threads }
    }

    fn waiting(&self) -> usize {
        self.queue.as_ref().map_or(0, Sender::len)
    }

    async fn ask<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Broken> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let sent = match &self.queue {
            Some(queue) => queue.try_send(Box::new(Work::new(closure, Reply::Task(reply)))),
            None => return Err(closed().into()),
        };
        match sent {
            Ok(()) => answer.await.unwrap_or_else(|_| Err(closed().into())),
            Err(TrySendError::Full(_)) => Err(Broken::Busy.into()),
            Err(TrySendError::Disconnected(_)) => Err(closed().into()),
        }
    }

    fn ask_now<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Broken> + Send + 'static,
    {
        let (reply, answer) = crossbeam_channel::bounded(1);
        let sent = self.queue.as_ref().map(|queue| queue.send(Box::new(Work::new(closure, Reply::Thread(reply)))));
        match sent {
            Some(Ok(())) => answer.recv().unwrap_or_else(|_| Err(closed().into())),
            Some(Err(_)) | None => Err(closed().into()),
        }
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.queue = None;
        let here = std::thread::current().id();
        for thread in self.threads.drain(..) {
            // A closure may hold the last clone of its store: a thread does not wait for itself.
            if thread.thread().id() != here && thread.join().is_err() {
                tracing::error!("a thread of the store had panicked");
            }
        }
    }
}

fn closed() -> Broken {
    Broken::Lost("the store is closed".to_owned())
}

impl Store {
    /// Opens a database, makes it if it is not there, and migrates it. A file is then this process's alone.
    pub fn open(place: &Place, options: &Options) -> Result<Self, OpenRefusal> {
        Self::open_with(place, options, MIGRATIONS)
    }

    /// Opens with other migrations than the house's: for tests, and for restoring an old dump.
    #[doc(hidden)]
    pub fn open_with(place: &Place, options: &Options, migrations: &[Migration]) -> Result<Self, OpenRefusal> {
        let changes = watch::Sender::new(0);
        let (readers, writers, lock) = match place {
            Place::Sqlite(path) => {
                let (readers, writer, lock) = sqlite::open(path, options, migrations, &changes)?;
                (readers, writer, Some(lock))
            }
            Place::Postgres(url) => {
                let (readers, writers) = postgres::open(place, url, options, migrations, &changes)?;
                (readers, writers, None)
            }
        };
        Ok(Self { inner: Arc::new(Inner { place: place.clone(), changes, readers, writers: Some(writers), _lock: lock }) })
    }

    /// Opens for reading only, also while another process has the database: to verify it, to back it up.
    pub fn open_read_only(place: &Place, options: &Options) -> Result<Self, OpenRefusal> {
        Self::open_read_only_with(place, options, MIGRATIONS)
    }

    /// Opens for reading only with other migrations than the house's: for tests.
    #[doc(hidden)]
    pub fn open_read_only_with(place: &Place, options: &Options, migrations: &[Migration]) -> Result<Self, OpenRefusal> {
        let readers = match place {
            Place::Sqlite(path) => sqlite::open_read_only(path, options, migrations)?,
            Place::Postgres(url) => postgres::open_read_only(place, url, options, migrations)?,
        };
        Ok(Self { inner: Arc::new(Inner { place: place.clone(), changes: watch::Sender::new(0), readers, writers: None, _lock: None }) })
    }

    /// Runs a closure that writes, and answers after the commit. An error undoes this closure's work and nobody else's. The
    /// closure may be run more than once (PostgreSQL asks for that when transactions meet), so it must hold values only.
    ///
    /// Never waits for room in the queue: a full queue is [`Broken::Busy`]. If the caller goes away before its turn, nothing is
    /// done.
    pub async fn write<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Broken> + Send + 'static,
    {
        match &self.inner.writers {
            Some(writers) => writers.ask(closure).await,
            None => Err(Broken::ReadOnly.into()),
        }
    }

    /// Runs a closure that reads, in one snapshot. What it writes is refused.
    pub async fn read<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Broken> + Send + 'static,
    {
        self.inner.readers.ask(closure).await
    }

    /// [`write`](Self::write) for whoever may stand and wait: the command line, tests. Waits for room in the queue.
    pub fn write_now<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Broken> + Send + 'static,
    {
        match &self.inner.writers {
            Some(writers) => writers.ask_now(closure),
            None => Err(Broken::ReadOnly.into()),
        }
    }

    /// [`read`](Self::read) for whoever may stand and wait.
    pub fn read_now<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Broken> + Send + 'static,
    {
        self.inner.readers.ask_now(closure)
    }

    /// How many writes wait for their turn.
    #[must_use]
    pub fn writes_waiting(&self) -> usize {
        self.inner.writers.as_ref().map_or(0, Crew::waiting)
    }

    /// How many reads wait for their turn.
    #[must_use]
    pub fn reads_waiting(&self) -> usize {
        self.inner.readers.waiting()
    }

    /// Counts this process's commits; changes after each, so that live streams wake. Other instances on the same server are not
    /// heard here: they are found by polling.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    /// Where the database is.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.inner.place
    }

    /// Which engine runs it, for a doctor's report.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.inner.place {
            Place::Sqlite(_) => Engine::Sqlite,
            Place::Postgres(_) => Engine::Postgres,
        }
    }
}
