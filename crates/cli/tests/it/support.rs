//! A small demonstration, made once a test process and copied for each test; the binary; a server.

use app::demo::{Plan, prepare, write};
use app::desk::{Desk, Machine};
use app::keys::Keys;
use domain::kernel::Instant;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;
use store::db::{Options, Place, Store};

/// Now, by the machine's clock.
#[expect(clippy::disallowed_methods, reason = "tests may ask the machine")]
pub(crate) fn now() -> Instant {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Instant(i64::try_from(since.as_millis()).unwrap())
}

/// The machine's clock and seeds that never repeat within a test process.
pub(crate) struct Tester;

impl Machine for Tester {
    fn now(&self) -> Instant {
        now()
    }

    fn seed(&self) -> [u8; 32] {
        use sha2::{Digest, Sha256};
        use std::sync::atomic::{AtomicU64, Ordering};
        static DRAWN: AtomicU64 = AtomicU64::new(0);
        let n = DRAWN.fetch_add(1, Ordering::SeqCst);
        Sha256::new().chain_update(std::process::id().to_be_bytes()).chain_update(n.to_be_bytes()).chain_update(now().0.to_be_bytes()).finalize().into()
    }
}

/// A folder with a database, its key and its files.
pub(crate) struct House {
    pub(crate) folder: tempfile::TempDir,
}

impl House {
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A copy of the small demonstration.
    pub(crate) fn demo() -> Self {
        let house = Self::empty();
        copy(DEMO.path(), house.path());
        house
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.path().join("house.key")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.path().join("xinjiean.db")
    }

    pub(crate) fn keys(&self) -> Keys {
        Keys::open(&self.key(), [7; 32]).unwrap()
    }

    /// A desk over its database.
    pub(crate) fn desk(&self) -> Desk {
        desk(&self.database().display().to_string(), self.keys(), &self.path().join("files"))
    }

    /// `xinjiean …` over this folder.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = xinjiean(words);
        command.arg("--data").arg(self.path()).arg("--key").arg(self.key());
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }
}

/// The binary, with nothing from the environment.
pub(crate) fn xinjiean(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xinjiean"));
    command.args(words).env_clear().env("PATH", "/usr/bin:/bin");
    command
}

/// What a command said, both streams.
pub(crate) fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A desk over a database.
pub(crate) fn desk(database: &str, keys: Keys, files: &Path) -> Desk {
    let store = Store::open(&Place::read(database), &Options::at(now())).unwrap();
    Desk::new(store, keys, files.to_owned(), Box::new(Tester))
}

/// Days of history in the small demonstration: enough for every kind of row.
pub(crate) const DAYS: i64 = 4;

static DEMO: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let house = House::empty();
    let desk = house.desk();
    small(&desk);
    drop(desk);
    house.folder
});

/// Writes the small demonstration.
pub(crate) fn small(desk: &Desk) {
    let plan = Plan { days: DAYS, seed: 7, now: now() };
    prepare(desk.store(), desk.keys(), desk.files(), &plan).unwrap();
    let written = write(desk, &plan, &AtomicBool::new(false)).unwrap().unwrap();
    assert!(written.refused.is_empty(), "{written:?}");
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
