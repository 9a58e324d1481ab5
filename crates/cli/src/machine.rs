//! Time and chance from the operating system: the only place in the house that asks for them.

use app::desk::Machine;
use domain::kernel::Instant;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::SyncSender;
use std::time::{SystemTime, UNIX_EPOCH};

/// Now.
#[expect(clippy::disallowed_methods, reason = "this is where the machine's clock comes in")]
pub(crate) fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Instant(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// 32 bytes that nobody can guess. Without chance there are no ids and no salts: the process ends.
#[expect(clippy::disallowed_methods, reason = "this is where chance comes in")]
pub(crate) fn seed() -> [u8; 32] {
    let mut bytes = [0; 32];
    if let Err(error) = getrandom::fill(&mut bytes) {
        eprintln!("xinjiean: 操作系统不提供随机数：{error} (no randomness)");
        std::process::exit(1);
    }
    bytes
}

/// The machine as it is.
pub(crate) struct SystemMachine;

impl Machine for SystemMachine {
    fn now(&self) -> Instant {
        now()
    }

    fn seed(&self) -> [u8; 32] {
        seed()
    }
}

/// The machine with a clock that can be set forward; whoever waits for time is woken then.
pub(crate) struct PracticeMachine {
    ahead: AtomicI64,
    wake: SyncSender<()>,
}

impl PracticeMachine {
    /// A clock that is so many milliseconds ahead of the machine's.
    pub(crate) fn new(ahead: i64, wake: SyncSender<()>) -> Self {
        Self { ahead: AtomicI64::new(ahead), wake }
    }
}

impl Machine for PracticeMachine {
    fn now(&self) -> Instant {
        now().plus(self.ahead.load(Ordering::SeqCst))
    }

    fn seed(&self) -> [u8; 32] {
        seed()
    }

    fn advance(&self, millis: i64) -> bool {
        // Never back: the trail is in order of time. Ten years is more than any practice needs.
        if !(0..=10 * 366 * domain::kernel::DAY).contains(&millis) {
            return false;
        }
        self.ahead.fetch_add(millis, Ordering::SeqCst);
        // A full queue means that it is being woken already.
        self.wake.try_send(()).ok();
        true
    }
}
