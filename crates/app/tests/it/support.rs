//! A station in a box: the demonstration's network and people in a store of either engine, and a clock that the test turns.

use app::desk::{Desk, Machine};
use app::fault::Fault;
use app::intake::{Extra, Registered};
use app::keys::Keys;
use app::matters::Act;
use app::trail::{Recorded, Report};
use domain::accounts::Actor;
use domain::kernel::{DAY, FileId, Instant, MINUTE, MatterId};
use domain::matters::{ActKind, Matter, Raw, RawForm};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use store::db::{Options, Place, Store, Tx};
use testkit::Template;

/// 盛中村, whose desk takes most of the calls.
pub(crate) const HOME: &str = "unt_330109014218";
/// 盈中村.
pub(crate) const OTHER: &str = "unt_330109014204";
pub(crate) const POLICE: &str = "unt_330109014_police";
pub(crate) const JUSTICE: &str = "unt_330109014_justice";
pub(crate) const MARKET: &str = "unt_330109014_market";
pub(crate) const HOUSING: &str = "unt_330109014_housing";
pub(crate) const COMMAND: &str = "unt_330109014_command";

/// Tuesday, 24 November 2026, 09:30: a working day in service hours.
pub(crate) const MORNING: Instant = Instant(1_795_449_600_000 + 570 * MINUTE);
/// From when the people hold their posts.
const SINCE: Instant = Instant(MORNING.0 - 90 * DAY);

/// The keys of every box: what is sealed in the template can be opened in its copies.
pub(crate) fn keys() -> Keys {
    Keys::new([7; 32])
}

/// Time that the test turns and chance that repeats itself.
#[derive(Clone)]
pub(crate) struct Clockwork(Arc<(AtomicI64, AtomicU64)>);

impl Clockwork {
    pub(crate) fn at(now: Instant) -> Self {
        Self(Arc::new((AtomicI64::new(now.0), AtomicU64::new(0))))
    }

    pub(crate) fn set(&self, now: Instant) {
        self.0.0.store(now.0, Ordering::SeqCst);
    }
}

impl Machine for Clockwork {
    fn now(&self) -> Instant {
        Instant(self.0.0.load(Ordering::SeqCst))
    }

    fn seed(&self) -> [u8; 32] {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.0.1.fetch_add(1, Ordering::SeqCst).to_be_bytes());
        seed[8..16].copy_from_slice(&self.0.0.load(Ordering::SeqCst).to_be_bytes());
        seed
    }

    fn advance(&self, millis: i64) -> bool {
        self.0.0.fetch_add(millis, Ordering::SeqCst);
        true
    }
}

pub(crate) fn options() -> Options {
    Options { writers: 4, readers: 2, ..Options::at(MORNING) }
}

pub(crate) fn open(url: &str) -> Store {
    Store::open(&Place::read(url), &options()).unwrap()
}

/// The demonstration's network, prepared once for each engine.
const SEEDED: Template = Template {
    name: "seeded",
    prepare: |url| {
        let desk = Desk::new(open(url), keys(), PathBuf::from("/nowhere"), Box::new(Clockwork::at(SINCE)));
        app::seed::demonstration(&desk, SINCE).unwrap();
    },
};

/// The box.
pub(crate) struct House {
    pub(crate) url: String,
    pub(crate) desk: Desk,
    pub(crate) clock: Clockwork,
    pub(crate) folder: PathBuf,
    people: Mutex<BTreeMap<String, Actor>>,
}

/// Runs a test in a box on SQLite and in a box on PostgreSQL.
pub(crate) fn on_both(test: impl Fn(&House)) {
    SEEDED.on_both(|url| in_a_box(url, &test));
}

/// Runs a test in a box on SQLite alone: for what no engine can change.
pub(crate) fn on_a_file(test: impl Fn(&House)) {
    let folder = tempfile::tempdir().unwrap();
    in_a_box(&SEEDED.file_in(folder.path()), &test);
}

fn in_a_box(url: &str, test: &impl Fn(&House)) {
    let folder = tempfile::tempdir().unwrap();
    test(&House::over(url, Clockwork::at(MORNING), folder.path()));
}

impl House {
    /// A box over a database that is there.
    pub(crate) fn over(url: &str, clock: Clockwork, folder: &Path) -> Self {
        Self::with(open(url), url, clock, folder)
    }

    /// A box over a store that is open.
    pub(crate) fn with(store: Store, url: &str, clock: Clockwork, folder: &Path) -> Self {
        let desk = Desk::new(store, keys(), folder.join("files"), Box::new(clock.clone()));
        Self { url: url.to_owned(), desk, clock, folder: folder.to_owned(), people: Mutex::default() }
    }

    pub(crate) fn now(&self) -> Instant {
        self.desk.now()
    }

    pub(crate) fn read<T: Send + 'static>(&self, mut read: impl FnMut(&mut Tx<'_>) -> Result<T, Fault> + Send + 'static) -> T {
        self.desk.store().read_now(move |tx| read(tx)).unwrap()
    }

    /// Somebody by the name to log in with.
    pub(crate) fn who(&self, login: &str) -> Actor {
        let mut people = self.people.lock().unwrap();
        people.entry(login.to_owned()).or_insert_with(|| {
            let (login, now) = (login.to_owned(), self.now());
            self.read(move |tx| {
                let account = store::accounts::by_login(tx, &login)?.ok_or(Fault::Missing)?;
                Ok(Actor::person(account.id.clone(), store::accounts::seats(tx, &account.id, now)?))
            })
        });
        people[login].clone()
    }

    /// Somebody's posts have changed: they are looked up anew.
    pub(crate) fn forget(&self) {
        self.people.lock().unwrap().clear();
    }

    pub(crate) fn matter(&self, id: &MatterId) -> Matter {
        let id = id.clone();
        self.read(move |tx| store::matters::load(tx, &id)?.ok_or(Fault::Missing))
    }

    pub(crate) fn try_register(&self, login: &str, data: &Value, extra: Extra) -> Result<Registered, Fault> {
        let (actor, data) = (self.who(login), raw(data));
        self.desk.write_at(self.now(), move |tx, desk, now, mint| app::intake::register_with(tx, desk, &actor, data.clone(), &extra, now, mint))
    }

    /// A report at somebody's own desk.
    pub(crate) fn register(&self, login: &str, data: &Value) -> MatterId {
        self.try_register(login, data, Extra::default()).unwrap().recorded.matter.id
    }

    /// An act on the matter as it is now, or as it was at `version`.
    pub(crate) fn try_at(&self, login: &str, matter: &MatterId, version: i64, act: ActKind, data: &Value) -> Result<Recorded, Fault> {
        let (actor, cmd) = (self.who(login), Act { matter: matter.clone(), version, act, data: raw(data) });
        self.desk.write_at(self.now(), move |tx, desk, now, mint| app::matters::act(tx, desk, &actor, &cmd, now, mint))
    }

    pub(crate) fn try_act(&self, login: &str, matter: &MatterId, act: ActKind, data: &Value) -> Result<Recorded, Fault> {
        self.try_at(login, matter, self.matter(matter).version, act, data)
    }

    /// An act that must be possible.
    pub(crate) fn act(&self, login: &str, matter: &MatterId, act: ActKind, data: Value) -> Matter {
        match self.try_act(login, matter, act, &data) {
            Ok(recorded) => recorded.matter,
            Err(fault) => panic!("{login} cannot {act} in {}: {fault}", self.matter(matter).state),
        }
    }

    /// Time goes on and nobody looks.
    pub(crate) fn pass(&self, millis: i64) -> &Self {
        self.clock.advance(millis);
        self
    }

    /// What is due now is done; how many acts that were.
    pub(crate) fn sweep(&self) -> u64 {
        app::dispatch::sweep(&self.desk, self.now()).unwrap()
    }

    /// Time goes on and the sweeper does each thing when it is due.
    pub(crate) fn wait(&self, millis: i64) -> &Self {
        let until = self.now().plus(millis);
        while let Some(next) = self.read(|tx| Ok(store::dispatch::next_due(tx)?)).filter(|next| *next <= until) {
            self.clock.set(next.max(self.now()));
            assert!(self.sweep() > 0, "what is due at {next:?} is not done");
        }
        self.clock.set(until);
        self
    }

    pub(crate) fn verify(&self) -> Report {
        self.verify_with(Vec::new())
    }

    pub(crate) fn verify_with(&self, outside: Vec<(String, String, String)>) -> Report {
        let keys = self.desk.keys().clone();
        self.read(move |tx| app::trail::verify(tx, Some(&keys), &outside))
    }

    /// Nothing is wrong with this database.
    pub(crate) fn assert_whole(&self) -> Report {
        let report = self.verify();
        assert!(report.findings.is_empty(), "{:#?}", report.findings);
        report
    }

    /// A small picture that somebody has uploaded.
    pub(crate) fn picture(&self, login: &str) -> FileId {
        wait_for(app::papers::upload(&self.desk, &self.who(login), "现场.png".to_owned(), png(0))).unwrap().id
    }
}

/// Runs a use-case that must be waited for.
pub(crate) fn wait_for<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap().block_on(future)
}

/// The beginning of a picture, with a byte that makes it another one.
pub(crate) fn png(mark: u8) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0".as_slice(), &[mark; 64]].concat()
}

/// JSON as the door reads it.
pub(crate) fn raw(data: &Value) -> RawForm {
    let one = |value: &Value| match value {
        Value::String(text) => Raw::Text(text.clone()),
        Value::Bool(on) => Raw::Flag(*on),
        Value::Array(items) => Raw::List(items.iter().map(|item| item.as_str().unwrap().to_owned()).collect()),
        Value::Number(n) => Raw::Int(n.as_i64().unwrap()),
        other => panic!("{other} is no datum"),
    };
    data.as_object().unwrap().iter().map(|(name, value)| (name.clone(), one(value))).collect()
}

/// What the desk registers when nothing else is said.
pub(crate) fn call() -> Value {
    json!({ "said": "房东不退押金。我上周退租的", "spot": "盛中村 3 组 12 号", "source": "call", "urgency": "normal", "contact_name": "周阿兴", "contact_phone": "13800138000" })
}

/// `base` with the data of `more` over it.
pub(crate) fn with(mut base: Value, more: Value) -> Value {
    let from = more.as_object().unwrap().clone();
    base.as_object_mut().unwrap().extend(from);
    base
}
