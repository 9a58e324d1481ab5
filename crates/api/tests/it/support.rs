//! A house with a door: the demonstration's network in a store of either engine, a clock that the test turns, the router.

use app::desk::{Desk, Machine};
use app::keys::Keys;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, header};
use domain::kernel::{AccountId, DAY, HoldingId, Instant, MINUTE, PostId};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use store::accounts::{Account, Holding};
use store::db::{Options, Place, Store};
use testkit::Template;
use tower::ServiceExt;

/// Tuesday, 24 November 2026, 09:30: a working day in service hours.
pub(crate) const MORNING: Instant = Instant(1_795_449_600_000 + 570 * MINUTE);
/// From when the people hold their posts.
const SINCE: Instant = Instant(MORNING.0 - 90 * DAY);
/// Kept so that no answer is read without end.
const MOST: usize = 64 * 1024 * 1024;

/// Time that the test turns and chance that repeats itself.
#[derive(Clone)]
pub(crate) struct Clockwork(Arc<(AtomicI64, AtomicU64)>);

impl Clockwork {
    fn at(now: Instant, first: u64) -> Self {
        Self(Arc::new((AtomicI64::new(now.0), AtomicU64::new(first))))
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

fn open(url: &str) -> Store {
    Store::open(&Place::read(url), &Options { writers: 4, readers: 2, ..Options::at(MORNING) }).unwrap()
}

fn keys() -> Keys {
    Keys::new([7; 32])
}

/// The demonstration's network, prepared once for each engine, with two more people: `fresh` must change the first password, `nobody` holds no post.
const SEEDED: Template = Template {
    name: "api",
    prepare: |url| {
        let desk = Desk::new(open(url), keys(), PathBuf::from("/nowhere"), Box::new(Clockwork::at(SINCE, 0)));
        app::seed::demonstration(&desk, SINCE).unwrap();
        desk.write_at(SINCE, |tx, _, now, mint| {
            let known = store::accounts::by_login(tx, "command-1")?.unwrap();
            for (login, must_change, post) in [("fresh", true, Some("command_officer")), ("nobody", false, None)] {
                let id: AccountId = mint.id(AccountId::PREFIX);
                let account = Account { id: id.clone(), login: login.to_owned(), name: format!("试{login}"), must_change, ..known.clone() };
                let unit = "unt_330109014_command".into();
                let held = post.map(|kind| domain::places::Post::id_of(&unit, kind.parse().unwrap()));
                let hold = |post: PostId, id: HoldingId| Holding { id, account: account.id.clone(), post, from_at: now, to_at: None };
                let holdings: Vec<Holding> = held.into_iter().map(|post| hold(post, mint.id(HoldingId::PREFIX))).collect();
                let head = store::trail::lock(tx, domain::trail::ACCOUNTS)?;
                app::seed::open_account(tx, head, &account, &holdings, &domain::accounts::Actor::system().by(None), now)?;
            }
            Ok(())
        })
        .unwrap();
    },
};

/// Everything that was logged in this process, at the levels that our own rooms use.
pub(crate) static LOG: LazyLock<Arc<Mutex<Vec<u8>>>> = LazyLock::new(|| {
    let log: Arc<Mutex<Vec<u8>>> = Arc::default();
    let to = Arc::clone(&log);
    tracing_subscriber::fmt()
        .with_env_filter("info,api=trace,app=trace,store=trace,domain=trace,insight=trace")
        .with_writer(move || Tee(Arc::clone(&to)))
        .init();
    log
});

struct Tee(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Tee {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The house.
pub(crate) struct House {
    pub(crate) desk: Desk,
    pub(crate) router: Router,
    sessions: Mutex<BTreeMap<String, Session>>,
    /// Request line and body of every answer so far.
    pub(crate) seen: Mutex<Vec<(String, String)>>,
    keys: AtomicU64,
}

/// What a browser keeps.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) asked: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("{}: {} is no JSON: {}", self.asked, self.status, self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The body of an answer that must have this status.
    pub(crate) fn is(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.text());
        if self.bytes.is_empty() { Value::Null } else { self.json() }
    }

    /// The problem of an answer that must be this one.
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        let problem = self.is(status);
        assert_eq!(problem["code"], code, "{}: {problem}", self.asked);
        problem
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// Runs a test in a house on SQLite.
pub(crate) fn on_a_file(test: impl AsyncFnOnce(&House)) {
    let folder = tempfile::tempdir().unwrap();
    live(open(&SEEDED.file_in(folder.path())), folder.path(), api::Settings { practice: true, ..api::Settings::default() }, test);
}

/// Runs a test in two houses over one database on PostgreSQL.
pub(crate) fn on_a_server(test: impl AsyncFnOnce(&House, &House)) {
    let (folder, database) = (tempfile::tempdir().unwrap(), SEEDED.database());
    let second = Desk::new(open(database.url()), keys(), folder.path().join("files"), Box::new(Clockwork::at(MORNING, 1_000_000)));
    live(open(database.url()), folder.path(), api::Settings { practice: true, ..api::Settings::default() }, async |house| {
        let second = House::over(second, api::Settings::default());
        test(house, &second).await;
    });
}

/// Runs a test in a house on SQLite and in one on PostgreSQL.
pub(crate) fn on_both(test: impl AsyncFn(&House)) {
    on_a_file(&test);
    on_a_server(async |house, _| test(house).await);
}

/// Runs a test in a house that is set up like a real installation: no practice, cookies over TLS only.
pub(crate) fn in_earnest(test: impl AsyncFnOnce(&House)) {
    let folder = tempfile::tempdir().unwrap();
    live(open(&SEEDED.file_in(folder.path())), folder.path(), api::Settings { secure_cookies: true, ..api::Settings::default() }, test);
}

/// Runs a test in a house whose doors have limits.
pub(crate) fn limited(limits: api::Limits, test: impl AsyncFnOnce(&House)) {
    let folder = tempfile::tempdir().unwrap();
    live(open(&SEEDED.file_in(folder.path())), folder.path(), api::Settings { practice: true, limits, ..api::Settings::default() }, test);
}

fn live(store: Store, folder: &Path, settings: api::Settings, test: impl AsyncFnOnce(&House)) {
    LazyLock::force(&LOG);
    let desk = Desk::new(store, keys(), folder.join("files"), Box::new(Clockwork::at(MORNING, 0)));
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(async {
        test(&House::over(desk, settings)).await;
    });
}

impl House {
    fn over(desk: Desk, settings: api::Settings) -> Self {
        let router = api::harden(api::router(desk.clone(), settings));
        Self { desk, router, sessions: Mutex::default(), seen: Mutex::default(), keys: AtomicU64::new(0) }
    }

    /// A key that no request had before.
    pub(crate) fn key(&self) -> String {
        format!("test-key-{}", self.keys.fetch_add(1, Ordering::SeqCst))
    }

    /// Time goes on, what is due is done; sessions have mostly ended by then.
    pub(crate) async fn pass(&self, millis: i64) {
        self.call("command-1", "POST", "/api/v1/practice/clock", Some(&json!({ "advance_ms": millis }))).await.is(200);
        self.sessions.lock().unwrap().clear();
    }

    /// Sends any request and looks at the answer as a client would.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let asked = format!("{} {}", request.method(), request.uri());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, MOST).await.unwrap().to_vec();
        let answer = Answer { asked: asked.clone(), status: parts.status.as_u16(), headers: parts.headers, bytes };
        assert!(answer.status < 500, "{asked}: {} {}", answer.status, answer.text());
        if answer.status >= 400 {
            look_at_the_problem(&answer);
        }
        self.seen.lock().unwrap().push((asked, answer.text()));
        answer
    }

    /// The session of somebody, who logs in if needed.
    pub(crate) async fn session(&self, login: &str) -> Session {
        if let Some(known) = self.sessions.lock().unwrap().get(login) {
            return known.clone();
        }
        let session = self.log_in(login, app::seed::DEMO_PASSWORD).await;
        self.sessions.lock().unwrap().insert(login.to_owned(), session.clone());
        session
    }

    pub(crate) async fn log_in(&self, login: &str, password: &str) -> Session {
        let answer = self.send(bare("POST", "/api/v1/session", Some(&json!({ "login": login, "password": password })))).await;
        let me = answer.is(200);
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        Session { cookie, csrf: me["csrf"].as_str().unwrap().to_owned() }
    }

    /// A request of somebody: a log-in name, `Bearer …`, or nobody. Writes carry all that they need.
    pub(crate) async fn request(&self, who: &str, method: &str, path: &str, body: Option<&Value>) -> Request<Body> {
        let mut request = bare(method, path, body);
        if who.starts_with("Bearer ") {
            request.headers_mut().insert(header::AUTHORIZATION, who.parse().unwrap());
        } else if !who.is_empty() {
            let session = self.session(who).await;
            request.headers_mut().insert(header::COOKIE, session.cookie.parse().unwrap());
            request.headers_mut().insert("x-csrf-token", session.csrf.parse().unwrap());
        }
        if method != "GET" {
            request.headers_mut().insert("idempotency-key", self.key().parse().unwrap());
        }
        request
    }

    pub(crate) async fn call(&self, who: &str, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.send(self.request(who, method, path, body).await).await
    }

    pub(crate) async fn get(&self, who: &str, path: &str) -> Answer {
        self.call(who, "GET", path, None).await
    }

    pub(crate) async fn post(&self, who: &str, path: &str, body: &Value) -> Answer {
        self.call(who, "POST", path, Some(body)).await
    }

    /// Uploads a file and answers its id.
    pub(crate) async fn upload(&self, who: &str, name: &str, bytes: &[u8]) -> Answer {
        let mut request = self.request(who, "POST", "/api/v1/files", None).await;
        *request.body_mut() = multipart(name, bytes).into();
        request.headers_mut().insert(header::CONTENT_TYPE, "multipart/form-data; boundary=xyz".parse().unwrap());
        self.send(request).await
    }

    pub(crate) async fn picture(&self, who: &str) -> String {
        self.upload(who, "现场.png", &png(0)).await.is(201)["id"].as_str().unwrap().to_owned()
    }

    /// The whole database as text: every row of every table that is not derived.
    pub(crate) async fn dump(&self) -> String {
        let (desk, folder) = (self.desk.clone(), tempfile::tempdir().unwrap());
        tokio::task::spawn_blocking(move || {
            let path = folder.path().join("dump");
            desk.store().dump_to(&path, MORNING).unwrap();
            std::fs::read_to_string(path).unwrap()
        })
        .await
        .unwrap()
    }
}

/// A request with nothing but its body.
pub(crate) fn bare(method: &str, path: &str, body: Option<&Value>) -> Request<Body> {
    let request = Request::builder().method(method).uri(path);
    match body {
        Some(body) => request.header(header::CONTENT_TYPE, "application/json").body(Body::from(serde_json::to_vec(body).unwrap())),
        None => request.body(Body::empty()),
    }
    .unwrap()
}

pub(crate) fn multipart(name: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!("--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n");
    [head.as_bytes(), bytes, b"\r\n--xyz--\r\n"].concat()
}

/// The beginning of a picture, with a byte that makes it another one.
pub(crate) fn png(mark: u8) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0".as_slice(), &[mark; 64]].concat()
}

/// What every answer of 400 or more must be.
fn look_at_the_problem(answer: &Answer) {
    assert_eq!(answer.header("content-type"), "application/problem+json", "{}: {} {}", answer.asked, answer.status, answer.text());
    let problem = answer.json();
    let code = problem["code"].as_str().unwrap();
    assert_eq!(problem["type"], format!("/problems/{code}"));
    assert_eq!(problem["status"], answer.status);
    assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()), "{}: {problem}", answer.asked);
    assert_eq!(problem["request_id"], answer.header("x-request-id"), "{}: {problem}", answer.asked);
    let row = format!("| `{code}` | {} |", answer.status);
    assert!(api::problems().contains(&row), "{}: {row} is not in the list of problems", answer.asked);
    for error in problem["errors"].as_array().into_iter().flatten() {
        assert!(["datum", "why", "said"].iter().all(|name| error[name].as_str().is_some_and(|text| !text.is_empty())), "{problem}");
    }
}
