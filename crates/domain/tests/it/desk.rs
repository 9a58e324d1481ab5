//! A little test desk: the demo street, its people, and a matter whose life is recorded as events in a chain.

use domain::accounts::{Actor, Seat};
use domain::dispatch::{Calendar, ClockKind, Policy, defaults};
use domain::kernel::{AccountId, DAY, FileId, Instant, MINUTE, MatterId, Mint, PlaceCode, Refusal, UnitId};
use domain::matters::{
    ActKind, Care, CategoryFacts, Clock, Decision, Desk, FileFacts, Form, Holders, Matter, Offer, Raw, RawForm, Registration, State, Task, decide, offered,
    register, system,
};
use domain::places::{DutyLists, Network, Post, PostKind, demo, shipped};
use domain::rota::Roster;
use domain::trail::{ALGORITHM, Body, Fact, GENESIS, draws, entry_hash};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// 盛中村, whose station is home to the matters of these tests.
pub(crate) const HOME: &str = "unt_330109014218";
/// Another station.
pub(crate) const OTHER: &str = "unt_330109014204";
pub(crate) const POLICE: &str = "unt_330109014_police";
pub(crate) const JUSTICE: &str = "unt_330109014_justice";
pub(crate) const MARKET: &str = "unt_330109014_market";
pub(crate) const HOUSING: &str = "unt_330109014_housing";
pub(crate) const COMMAND: &str = "unt_330109014_command";

/// The files that an uploader may name.
pub(crate) const FILES: [&str; 2] = ["fil_before", "fil_after"];

/// Tuesday, 24 November 2026, 09:30: a working day in service hours.
pub(crate) const MORNING: Instant = Instant(1_795_449_600_000 + 570 * MINUTE);

/// The demo street with its people.
pub(crate) struct House {
    pub(crate) network: Network,
    pub(crate) duties: DutyLists,
    pub(crate) policies: Vec<Policy>,
    pub(crate) calendar: Calendar,
    pub(crate) categories: BTreeMap<String, CategoryFacts>,
    pub(crate) holders: Holders,
    files: Vec<FileFacts>,
    people: BTreeMap<String, Actor>,
}

/// The one house of all tests.
pub(crate) static HOUSE: LazyLock<House> = LazyLock::new(House::new);

impl House {
    fn new() -> Self {
        let network = demo::xinjie();
        let mut people = BTreeMap::new();
        let mut held = Vec::new();
        let mut hire = |login: &str, posts: Vec<(UnitId, PostKind)>| {
            let account = AccountId(format!("acc_{login}"));
            let seats = posts.iter().map(|(unit, kind)| seat(&network, unit, *kind)).collect();
            held.extend(posts.into_iter().map(|(unit, kind)| (account.clone(), unit, kind)));
            people.insert(login.to_owned(), Actor::person(account, seats));
        };
        for person in demo::accounts() {
            let posts = person.posts.iter().map(|id| network.post(id).map(|post| (post.unit.clone(), post.kind)).unwrap()).collect();
            hire(&person.login, posts);
        }
        // People with two hats, for the rules that look at the person.
        hire("two-hats-desk-chief", vec![(HOME.into(), PostKind::DeskClerk), (HOME.into(), PostKind::StationChief)]);
        hire(
            "two-hats-officer-checker",
            vec![(POLICE.into(), PostKind::UnitOfficer), (COMMAND.into(), PostKind::Checker), (COMMAND.into(), PostKind::CallbackClerk)],
        );
        let category = |code: &str, care, leaf| (code.to_owned(), CategoryFacts { care, family: code[..1].replace('0', "D"), leaf });
        let categories = BTreeMap::from([
            category("0602", Care::Open, true),
            category("D", Care::Open, false),
            category("F-03", Care::Open, true),
            category("A-01", Care::Open, true),
            category("S-04", Care::Open, true),
            category("C-01", Care::Open, true),
            category("X-05", Care::Confidential, true),
            category("P-01", Care::Protected, true),
        ]);
        let files = FILES.iter().map(|id| FileFacts { id: FileId::from(*id), sha256: "0".repeat(64), name: "现场.jpg".to_owned() }).collect();
        let duties = shipped(&network);
        Self { network, duties, policies: defaults(), calendar: Calendar::seed(), categories, holders: Holders(held), files, people }
    }

    pub(crate) fn actor(&self, login: &str) -> &Actor {
        self.people.get(login).unwrap_or_else(|| panic!("nobody logs in as {login}"))
    }

    pub(crate) fn everybody(&self) -> impl Iterator<Item = (&str, &Actor)> {
        self.people.iter().map(|(login, actor)| (login.as_str(), actor))
    }

    pub(crate) fn place(&self, unit: &str) -> PlaceCode {
        self.network.unit(&unit.into()).unwrap().place.clone()
    }
}

fn seat(network: &Network, unit: &UnitId, kind: PostKind) -> Seat {
    let row = network.unit(unit).unwrap();
    Seat { post: Post::id_of(unit, kind), kind, unit: unit.clone(), unit_kind: row.kind, place: row.place.clone(), holder: None }
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
    json!({ "said": "房东不退押金。我上周退租的", "spot": "盛中村 3 组 12 号", "source": "call", "urgency": "normal", "contact_phone": "13800138000" })
}

/// `base` with the data of `more` over it.
pub(crate) fn with(mut base: Value, more: Value) -> Value {
    let (into, from) = (base.as_object_mut().unwrap(), more.as_object().unwrap().clone());
    into.extend(from);
    base
}

/// A matter, the time, and everything that was done to it.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    pub(crate) matter: Matter,
    pub(crate) now: Instant,
    /// The bodies of its events as they are stored.
    pub(crate) bodies: Vec<String>,
    /// The facts of the last act.
    pub(crate) last: Vec<Fact>,
    pub(crate) policies: Vec<Policy>,
    pub(crate) holders: Holders,
    pub(crate) roster: Roster,
    /// Forces the draw: chosen for a call-back or not.
    pub(crate) drawn: Option<bool>,
    hash: String,
    count: u64,
}

impl Life {
    /// Registered by the station desk at `now`.
    pub(crate) fn begin(now: Instant, data: &Value) -> Self {
        Self::register("shengzhong-desk", now, data, None, false).unwrap()
    }

    pub(crate) fn register(login: &str, now: Instant, data: &Value, counts_from: Option<Instant>, unrouted: bool) -> Result<Self, Refusal> {
        let id = MatterId::from("mat_1");
        let mut life = Self {
            matter: Matter::unborn(id.clone()),
            now,
            bodies: Vec::new(),
            last: Vec::new(),
            policies: HOUSE.policies.clone(),
            holders: HOUSE.holders.clone(),
            roster: Roster::default(),
            drawn: None,
            hash: GENESIS.to_owned(),
            count: 0,
        };
        let form = Form::check(ActKind::Register, raw(data))?;
        let at = HOUSE.actor(login).seats()[0].unit.clone();
        let registration = Registration { id, number: "SZ20261124001".to_owned(), home: HOME.into(), at, counts_from, unrouted, lineage: None };
        let decision = life.on_desk(|desk| register(&form, &registration, HOUSE.actor(login), desk))?;
        life.write(decision);
        Ok(life)
    }

    fn on_desk<T>(&mut self, decide: impl FnOnce(&mut Desk<'_>) -> T) -> T {
        self.count += 1;
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.count.to_be_bytes());
        let mut mint = Mint::new(self.now, seed);
        let hash = self.drawn.map_or_else(|| self.hash.clone(), |chosen| (0..).map(|n| format!("{n}")).find(|hash| draws("mat_1", hash) == chosen).unwrap());
        decide(&mut Desk {
            now: self.now,
            mint: &mut mint,
            network: &HOUSE.network,
            duties: &HOUSE.duties,
            policies: &self.policies,
            former: &[],
            calendar: &HOUSE.calendar,
            categories: &HOUSE.categories,
            holders: &self.holders,
            roster: &self.roster,
            files: &HOUSE.files,
            hash_before: &hash,
        })
    }

    fn write(&mut self, decision: Decision) {
        let body = Body { v: 1, at: self.now, act: decision.act.code().to_owned(), subject: self.matter.id.0.clone(), by: decision.by, facts: decision.facts };
        let text = body.write().unwrap();
        self.hash = entry_hash(ALGORITHM, HOME, i64::try_from(self.bodies.len()).unwrap() + 1, &self.hash, &text);
        self.bodies.push(text);
        self.matter.apply(self.now, &body.facts);
        self.last = body.facts;
    }

    /// What `decide` says, without doing it.
    pub(crate) fn tried(&self, actor: &Actor, act: ActKind, data: RawForm) -> Result<Decision, Refusal> {
        let form = Form::check(act, data)?;
        let mut life = self.clone();
        life.on_desk(|desk| decide(&self.matter, &form, actor, desk))
    }

    pub(crate) fn try_act(&mut self, login: &str, act: ActKind, data: &Value) -> Result<(), Refusal> {
        self.count += 1;
        let decision = self.tried(HOUSE.actor(login), act, raw(data))?;
        self.write(decision);
        Ok(())
    }

    /// An act that must be possible.
    pub(crate) fn act(&mut self, login: &str, act: ActKind, data: Value) -> &mut Self {
        if let Err(refusal) = self.try_act(login, act, &data) {
            panic!("{login} cannot {act} in {}: {refusal} ({})", self.matter.state, refusal.code());
        }
        self
    }

    /// The code of the refusal of an act that must not be possible; a datum that is named stands behind a colon.
    pub(crate) fn refused(&mut self, login: &str, act: ActKind, data: Value) -> String {
        match self.tried(HOUSE.actor(login), act, raw(&data)) {
            Ok(_) => panic!("{login} could {act} in {}", self.matter.state),
            Err(Refusal::Rule { code, datum: Some(datum), .. }) => format!("{code}:{datum}"),
            Err(Refusal::Data(missing)) => missing.iter().map(|m| format!("{}:{}", m.why, m.datum)).collect::<Vec<_>>().join(" "),
            Err(refusal) => refusal.code().to_owned(),
        }
    }

    /// Somebody says that he has whatever was told to his posts.
    pub(crate) fn acknowledge_all(&mut self, login: &str) {
        let ids: Vec<_> = self.matter.notices.iter().map(|notice| notice.id.clone()).collect();
        for id in ids {
            if let Ok(Some(decision)) = domain::notices::acknowledge(&self.matter, &id, HOUSE.actor(login), self.now) {
                self.write(decision);
            }
        }
    }

    /// Time goes on, and the sweeper does what is due on the way, when it is due.
    pub(crate) fn wait(&mut self, millis: i64) -> &mut Self {
        let until = self.now.plus(millis);
        while let Some(next) = self.next().filter(|next| *next <= until) {
            self.now = next.max(self.now);
            assert!(self.sweep() > 0);
        }
        self.now = until;
        self
    }

    /// When a clock or a climbing notice has its next step.
    pub(crate) fn next(&self) -> Option<Instant> {
        let notices = self.matter.notices.iter().filter_map(domain::notices::Notice::next_at);
        self.matter.running().filter_map(|clock| clock.next_at).chain(notices).min()
    }

    pub(crate) fn wait_days(&mut self, days: i64) -> &mut Self {
        self.wait(days * DAY)
    }

    /// Runs the sweeper until nothing is due; how many acts that were.
    pub(crate) fn sweep(&mut self) -> usize {
        for done in 0..100 {
            let matter = self.matter.clone();
            match self.on_desk(|desk| system(&matter, desk)).unwrap() {
                Some(decision) => self.write(decision),
                None => return done,
            }
        }
        panic!("the sweeper does not come to an end");
    }

    pub(crate) fn offered(&self, actor: &Actor) -> Vec<Offer> {
        offered(&self.matter, actor, &HOUSE.place(HOME), self.now)
    }

    /// The acts that stand open to somebody.
    pub(crate) fn open_to(&self, login: &str) -> Vec<ActKind> {
        self.offered(HOUSE.actor(login)).into_iter().filter(|offer| offer.barred.is_none()).map(|offer| offer.act).collect()
    }

    /// Why an act is shown greyed.
    pub(crate) fn greyed(&self, login: &str, act: ActKind) -> Option<&'static str> {
        self.offered(HOUSE.actor(login)).into_iter().find(|offer| offer.act == act).and_then(|offer| offer.barred.map(|why| why.code()))
    }

    pub(crate) fn state(&self) -> State {
        self.matter.state
    }

    pub(crate) fn owner(&self) -> (String, &'static str) {
        (self.matter.owner_unit.as_ref().map_or_else(String::new, |unit| unit.0.clone()), self.matter.owner_post.map_or("", PostKind::code))
    }

    /// The last clock of a kind.
    pub(crate) fn clock(&self, kind: ClockKind) -> &Clock {
        self.matter.clocks.iter().rfind(|clock| clock.kind == kind).unwrap_or_else(|| panic!("no {kind} clock"))
    }

    pub(crate) fn runs(&self, kind: ClockKind) -> bool {
        self.matter.running().any(|clock| clock.kind == kind)
    }

    pub(crate) fn open_task(&self) -> &Task {
        self.matter.open_tasks().next().unwrap()
    }

    /// `act` codes of all events.
    pub(crate) fn acts(&self) -> Vec<String> {
        self.bodies.iter().map(|text| Body::<Fact>::read(text).unwrap().act).collect()
    }
}
