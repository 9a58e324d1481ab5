//! A closure on its way: queued, run on a thread that owns a connection, answered after the commit.

use super::{Broken, Tx};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::oneshot;

/// What the threads know of a closure.
pub(super) trait Job: Send {
    /// Whether nobody waits for the answer any more, so that it need not begin.
    fn abandoned(&self) -> bool;
    /// Runs the closure, again if need be. True: keep its work. False: undo it, the job knows its error.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Whether the last run panicked, so that the connection is not to be trusted.
    fn panicked(&self) -> bool;
    /// Tells the caller. An error of the closure's own is told whatever became of the commit.
    fn answer(self: Box<Self>, fate: Result<(), Broken>);
}

pub(super) type Jobs = crossbeam_channel::Receiver<Box<dyn Job>>;

/// Where the answer goes: to a task, or to a thread that stands and waits.
pub(super) enum Reply<A> {
    Task(oneshot::Sender<A>),
    Thread(crossbeam_channel::Sender<A>),
}

pub(super) struct Work<F, T, E> {
    closure: F,
    result: Option<Result<T, E>>,
    panicked: bool,
    reply: Reply<Result<T, E>>,
}

impl<F, T, E> Work<F, T, E> {
    pub(super) fn new(closure: F, reply: Reply<Result<T, E>>) -> Self {
        Self { closure, result: None, panicked: false, reply }
    }
}

impl<F, T, E> Job for Work<F, T, E>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<Broken> + Send,
{
    fn abandoned(&self) -> bool {
        match &self.reply {
            Reply::Task(task) => task.is_closed(),
            Reply::Thread(_) => false,
        }
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        // What the closure has half done in the database is undone; what it has half done elsewhere is its own: closures hold
        // values, not shared state.
        let ran = catch_unwind(AssertUnwindSafe(|| (self.closure)(tx)));
        self.panicked = ran.is_err();
        let result = match (ran, tx.fate()) {
            (Err(panic), _) => Err(Broken::Panicked(said(&*panic)).into()),
            (Ok(Ok(_)), Some(fate)) => Err(fate.clone().into()),
            (Ok(result), _) => result,
        };
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn panicked(&self) -> bool {
        self.panicked
    }

    fn answer(self: Box<Self>, fate: Result<(), Broken>) {
        let Self { closure, result, reply, .. } = *self;
        // What the closure holds is let go before the caller hears: it may hold a clone of the store, and who has been answered
        // and drops his own expects the file to be closed.
        drop(closure);
        let answer = match (result, fate) {
            (Some(Ok(value)), Ok(())) => Ok(value),
            (Some(Err(error)), Ok(())) => Err(error),
            (_, Err(broken)) => Err(broken.into()),
            (None, Ok(())) => Err(Broken::Lost("the closure was not run".to_owned()).into()),
        };
        // Whoever has gone away does not hear it; that is theirs.
        match reply {
            Reply::Task(task) => drop(task.send(answer)),
            Reply::Thread(thread) => drop(thread.send(answer)),
        }
    }
}

fn said(panic: &(dyn std::any::Any + Send)) -> String {
    panic.downcast_ref::<&str>().map(|said| (*said).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
