//! 演示: a history that never happened, written the way a real one is.
//!
//! Ninety days of 新街街道, about 36 reports a day with the shape of day and week, told by [`stories`], by people who recur ([`people`]). Every act goes through
//! the use-cases by the account whose post it is, at a simulated instant, in order of time; clocks fire at their exact instants as the sweeper's acts. So
//! the demonstration proves like any installation, and nothing in it could not have been done on the screen.
//!
//! The same seed and the same `now` give the same history. A demonstration holds no real data: names are invented, telephone numbers are of a range that is
//! not assigned, photos are drawn.

mod channels;
mod dice;
mod keeping;
mod people;
mod photos;
mod plan;
mod rota;
mod run;
mod stories;

pub(crate) use dice::Dice;
pub use run::{Written, write};

use crate::desk::{Desk, Machine};
use crate::fault::Fault;
use crate::keys::Keys;
use domain::kernel::{DAY, Instant};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use store::db::Store;

/// Setting that says that the history was written to its end.
const WHOLE: &str = "demo.whole";

/// Which history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Days before now.
    pub days: i64,
    /// Another number tells another history.
    pub seed: u64,
    /// Where it ends.
    pub now: Instant,
}

impl Plan {
    /// The first morning.
    fn start(&self) -> Instant {
        self.now.day().plus(-self.days).start()
    }

    fn secret(&self, use_: &str) -> [u8; 32] {
        Sha256::new().chain_update("xinjiean demo 1 ").chain_update(use_).chain_update(self.seed.to_be_bytes()).finalize().into()
    }
}

/// Time and chance of a history: chance out of the plan's seed, time that stands at its end.
struct Scripted {
    plan: Plan,
    drawn: AtomicU64,
}

impl Machine for Scripted {
    fn now(&self) -> Instant {
        self.plan.now
    }

    fn seed(&self) -> [u8; 32] {
        let n = self.drawn.fetch_add(1, Ordering::SeqCst);
        Sha256::new().chain_update(self.plan.secret("machine")).chain_update(n.to_be_bytes()).finalize().into()
    }
}

/// A desk for the history alone: its rule book is read at simulated instants, which must not meet the real ones of the desk that serves.
fn desk(store: &Store, keys: &Keys, files: &Path, plan: &Plan) -> Desk {
    Desk::new(store.clone(), keys.clone(), files.to_owned(), Box::new(Scripted { plan: *plan, drawn: AtomicU64::new(0) }))
}

/// Lays out the network and the accounts, so that people can log in while [`write`] still writes.
pub fn prepare(store: &Store, keys: &Keys, files: &Path, plan: &Plan) -> Result<(), Fault> {
    let (desk, now) = (desk(store, keys, files, plan), plan.start().plus(-DAY));
    crate::seed::demonstration(&desk, now)?;
    desk.write_at(now, |tx, _, now, mint| channels::set_up(tx, now, mint))
}

/// Whether a demonstration was written to its end; one that was broken off is made anew.
pub fn is_whole(store: &Store) -> Result<bool, Fault> {
    store.read_now(|tx| Ok(store::places::setting(tx, WHOLE)?.is_some()))
}
