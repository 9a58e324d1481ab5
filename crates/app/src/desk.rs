//! The desk: what every use-case stands at. The store, the keys, the rule book's data, and the two things that only the machine knows (time and chance).

use crate::fault::Fault;
use crate::keys::Keys;
use crate::rulebook::{Rulebook, Shelf};
use domain::kernel::{AccountId, Instant, Mint};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::Arc;
use store::accounts::Answered;
use store::db::{Store, Tx};

/// Time and chance, from outside. The only implementations that ask the operating system are in `cli` and `testkit`.
pub trait Machine: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Instant;
    /// 32 bytes that nobody can guess.
    fn seed(&self) -> [u8; 32];
    /// Moves the clock forward, where that is allowed (practice and tests). Says whether it was.
    fn advance(&self, _millis: i64) -> bool {
        false
    }
}

/// The desk. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    inner: Arc<Inner>,
    indexes: bool,
}

struct Inner {
    store: Store,
    keys: Keys,
    files: PathBuf,
    machine: Box<dyn Machine>,
    shelf: Shelf,
}

impl Desk {
    /// Sets up a desk over an open store. Uploaded files go under `files`.
    #[must_use]
    pub fn new(store: Store, keys: Keys, files: PathBuf, machine: Box<dyn Machine>) -> Self {
        Self { inner: Arc::new(Inner { store, keys, files, machine, shelf: Shelf::default() }), indexes: true }
    }

    /// The same desk for whoever writes very much at once: acts leave the search index alone, and the writer indexes everything in the end.
    #[must_use]
    pub fn indexing_later(self) -> Self {
        Self { indexes: false, ..self }
    }

    /// Whether acts keep the search index.
    pub(crate) const fn indexes(&self) -> bool {
        self.indexes
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    /// Where uploaded files lie.
    #[must_use]
    pub fn files(&self) -> &std::path::Path {
        &self.inner.files
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.inner.machine.now()
    }

    /// A mint for one command.
    #[must_use]
    pub fn mint(&self, now: Instant) -> Mint {
        Mint::new(now, self.inner.machine.seed())
    }

    /// Moves a settable clock.
    #[must_use]
    pub fn advance(&self, millis: i64) -> bool {
        self.inner.machine.advance(millis)
    }

    /// The rule book's data as of this transaction.
    pub fn rulebook(&self, tx: &mut Tx<'_>, now: Instant) -> Result<Arc<Rulebook>, Fault> {
        self.inner.shelf.take(tx, now)
    }

    /// Runs a use-case that reads.
    pub async fn read<T, F>(&self, mut use_case: F) -> Result<T, Fault>
    where
        F: FnMut(&mut Tx<'_>, &Desk) -> Result<T, Fault> + Send + 'static,
        T: Send + 'static,
    {
        let desk = self.clone();
        self.inner.store.read(move |tx| use_case(tx, &desk)).await
    }

    /// Runs a use-case that writes. Each run gets the same instant and a fresh copy of the same mint.
    pub async fn write<T, F>(&self, mut use_case: F) -> Result<T, Fault>
    where
        F: FnMut(&mut Tx<'_>, &Desk, Instant, &mut Mint) -> Result<T, Fault> + Send + 'static,
        T: Send + 'static,
    {
        let (desk, now) = (self.clone(), self.now());
        let mint = self.mint(now);
        self.inner.store.write(move |tx| use_case(tx, &desk, now, &mut mint.clone())).await
    }

    /// [`write`](Self::write) for whoever may stand and wait, at an instant of the caller's: imports, the demonstration, the sweeper.
    pub fn write_at<T, F>(&self, now: Instant, mut use_case: F) -> Result<T, Fault>
    where
        F: FnMut(&mut Tx<'_>, &Desk, Instant, &mut Mint) -> Result<T, Fault> + Send + 'static,
        T: Send + 'static,
    {
        let desk = self.clone();
        let mint = self.mint(now);
        self.inner.store.write_now(move |tx| use_case(tx, &desk, now, &mut mint.clone()))
    }

    /// Runs a use-case that writes, at most once for a key: the answer is kept in the same transaction, so a request that is repeated (after a lost answer, a
    /// crash, by an impatient finger) gets the same answer and does nothing.
    pub async fn write_once<F>(&self, once: Once, mut use_case: F) -> Result<String, Fault>
    where
        F: FnMut(&mut Tx<'_>, &Desk, Instant, &mut Mint) -> Result<String, Fault> + Send + 'static,
    {
        let asked = once.clone();
        let done = self
            .write(move |tx, desk, now, mint| {
                if let Some(answer) = asked.answer(tx)? {
                    return Ok(answer);
                }
                let answer = use_case(tx, desk, now, mint)?;
                let kept = Answered { fingerprint: asked.fingerprint.clone(), answer: answer.clone() };
                store::accounts::keep_answer(tx, &asked.account, &asked.key, &kept, now)?;
                Ok(answer)
            })
            .await;
        match done {
            Ok(answer) => Ok(answer),
            // The same request may have been in flight twice: the second one met the first one's lock, and then its version or its key.
            Err(fault) => match self.store().read(move |tx| once.answer(tx)).await {
                Ok(Some(answer)) => Ok(answer),
                Ok(None) | Err(Fault::KeyReused) => Err(fault),
                Err(other) => Err(other),
            },
        }
    }
}

/// A request that may be repeated.
#[derive(Debug, Clone)]
pub struct Once {
    /// Whose.
    pub account: AccountId,
    /// The client's key.
    pub key: String,
    /// SHA-256 of what was asked.
    pub fingerprint: String,
}

impl Once {
    /// A key with the request that it stands for.
    #[must_use]
    pub fn new(account: AccountId, key: String, request: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in request {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self { account, key, fingerprint: crate::keys::hex(&hash.finalize()) }
    }

    fn answer(&self, tx: &mut Tx<'_>) -> Result<Option<String>, Fault> {
        match store::accounts::answered(tx, &self.account, &self.key)? {
            Some(kept) if kept.fingerprint == self.fingerprint => Ok(Some(kept.answer)),
            Some(_) => Err(Fault::KeyReused),
            None => Ok(None),
        }
    }
}
