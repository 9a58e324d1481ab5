//! A drill of erasing: unique marks are planted wherever a person can write, everything is destroyed by the ordinary way, and the raw bytes of the whole
//! installation are looked through for them. Used by the test that holds the invariant and by `bench erasure`; for an empty database only.

use super::keeping;
use crate::desk::{Desk, Once};
use crate::fault::Fault;
use crate::matters::Act;
use domain::accounts::Actor;
use domain::kernel::{DAY, Instant, MINUTE, MatterId, Retention, UnitId};
use domain::matters::{ActKind, Raw, RawForm};
use domain::places::PostKind;
use domain::trail::ListState;
use domain::trail::retention::CountsFrom;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use store::db::Scrubbed;

/// Marks and what each is part of.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// Letters and digits of ten: the end of a word, since an index may leave out what a word shares with the one before.
    words: BTreeMap<[u8; 10], &'static str>,
    /// Telephone numbers.
    phones: BTreeMap<[u8; 11], &'static str>,
    n: u64,
}

/// Letters and digits of a mark. The first ones differ from mark to mark.
fn digest(n: u64) -> [u8; 32] {
    Sha256::new().chain_update(b"canary").chain_update(n.to_be_bytes()).finalize().into()
}

impl Marks {
    /// A new mark: sixteen letters and digits that occur nowhere else.
    fn word(&mut self, datum: &'static str) -> String {
        const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz123456789";
        self.n += 1;
        let word: Vec<u8> = digest(self.n)[..16].iter().map(|byte| ALPHABET[usize::from(byte & 31)]).collect();
        if let Ok(tail) = <[u8; 10]>::try_from(&word[6..]) {
            self.words.insert(tail, datum);
        }
        String::from_utf8_lossy(&word).into_owned()
    }

    /// A sentence around a mark.
    fn said(&mut self, datum: &'static str) -> String {
        format!("演练用的话 {} 到此为止", self.word(datum))
    }

    /// A telephone number that occurs nowhere else.
    fn phone(&mut self) -> String {
        self.n += 1;
        let digits: Vec<u8> = digest(self.n)[..9].iter().map(|byte| b'0' + byte % 10).collect();
        let phone = [b"19".as_slice(), &digits].concat();
        if let Ok(whole) = <[u8; 11]>::try_from(phone.as_slice()) {
            self.phones.insert(whole, "contact_phone");
        }
        String::from_utf8_lossy(&phone).into_owned()
    }

    /// How many marks there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.len() + self.phones.len()
    }

    /// Whether nothing was planted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many marks each kind of datum has.
    #[must_use]
    pub fn by_datum(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for datum in self.words.values().chain(self.phones.values()) {
            *counts.entry(*datum).or_default() += 1;
        }
        counts
    }
}

/// What a look through raw bytes found.
#[derive(Debug, Clone, Default)]
pub struct Sighting {
    /// Bytes read.
    pub bytes: u64,
    /// Files read.
    pub files: usize,
    /// Marks found at least once.
    pub marks: usize,
    /// Which datum was found in which file, a few of them.
    pub where_found: BTreeSet<(String, String)>,
}

/// Reads every byte of every file under the folders and looks for the marks.
pub fn look(folders: &[PathBuf], marks: &Marks) -> Result<Sighting, Fault> {
    let mut sighting = Sighting::default();
    let mut seen: HashSet<Vec<u8>> = HashSet::new();
    let mut open: Vec<PathBuf> = folders.to_vec();
    while let Some(path) = open.pop() {
        // Files of a running server come and go.
        let Ok(meta) = std::fs::symlink_metadata(&path) else { continue };
        if meta.is_dir() {
            open.extend(std::fs::read_dir(&path)?.filter_map(|entry| Some(entry.ok()?.path())));
        } else if meta.is_file() {
            sighting.files += 1;
            look_into(&path, marks, &mut sighting, &mut seen)?;
        }
    }
    sighting.marks = seen.len();
    Ok(sighting)
}

/// Bytes read at once, and how many of them are read again with the next ones, so that no mark is cut.
const PIECE: usize = 4 << 20;
const AGAIN: usize = 32;

fn look_into(path: &Path, marks: &Marks, sighting: &mut Sighting, seen: &mut HashSet<Vec<u8>>) -> Result<(), Fault> {
    let Ok(mut file) = std::fs::File::open(path) else { return Ok(()) };
    let mut bytes: Vec<u8> = Vec::with_capacity(PIECE + AGAIN);
    loop {
        let kept = bytes.len().min(AGAIN);
        bytes.drain(..bytes.len() - kept);
        let read = file.by_ref().take(PIECE as u64).read_to_end(&mut bytes)?;
        if read == 0 {
            return Ok(());
        }
        sighting.bytes += read as u64;
        let (mut word, mut digits) = (0, 0);
        for (at, byte) in bytes.iter().enumerate() {
            word = if byte.is_ascii_lowercase() || byte.is_ascii_digit() { word + 1 } else { 0 };
            digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
            let mut found = |mark: &[u8], datum: &str| {
                seen.insert(mark.to_vec());
                if sighting.where_found.len() < 20 {
                    sighting.where_found.insert((datum.to_owned(), path.display().to_string()));
                }
            };
            if word >= 10
                && let Ok(tail) = <[u8; 10]>::try_from(&bytes[at - 9..=at])
                && let Some(datum) = marks.words.get(&tail)
            {
                found(&tail, datum);
            }
            if digits >= 11
                && let Ok(whole) = <[u8; 11]>::try_from(&bytes[at - 10..=at])
                && let Some(datum) = marks.phones.get(&whole)
            {
                found(&whole, datum);
            }
        }
    }
}

/// The people of the drill.
struct Cast {
    desk: Actor,
    chief: Actor,
    command: Actor,
    head: Actor,
    lead: Actor,
    assist: Actor,
    checker: Actor,
    caller: Actor,
    archivist: Actor,
    admin: Actor,
}

impl Cast {
    fn of(desk: &Desk, now: Instant) -> Result<Self, Fault> {
        desk.store().read_now(move |tx| {
            let holders = store::accounts::holders(tx, now)?;
            let mut who = |unit: &str, kind: PostKind| -> Result<Actor, Fault> {
                let found = holders.iter().find(|(_, of, post)| *post == kind && of.0.ends_with(unit));
                let (account, ..) = found.ok_or_else(|| Fault::Broken(format!("the drill needs somebody who is {kind} of {unit}")))?;
                Ok(Actor::person(account.clone(), store::accounts::seats(tx, account, now)?))
            };
            Ok(Self {
                desk: who("330109014218", PostKind::DeskClerk)?,
                chief: who("330109014218", PostKind::StationChief)?,
                command: who("_command", PostKind::CommandOfficer)?,
                head: who("_command", PostKind::CommandHead)?,
                lead: who("_police", PostKind::UnitHead)?,
                assist: who("_market", PostKind::UnitHead)?,
                checker: who("_command", PostKind::Checker)?,
                caller: who("_command", PostKind::CallbackClerk)?,
                archivist: who("", PostKind::Archivist)?,
                admin: who("", PostKind::SystemAdmin)?,
            })
        })
    }
}

/// A life with a mark in every text that a person can write.
struct Life<'a> {
    desk: &'a Desk,
    marks: &'a mut Marks,
    now: Instant,
    id: MatterId,
    version: i64,
}

impl Life<'_> {
    fn act(&mut self, by: &Actor, kind: ActKind, data: RawForm) -> Result<(), Fault> {
        self.now = self.now.plus(MINUTE);
        let (by, cmd) = (by.clone(), Act { matter: self.id.clone(), version: self.version, act: kind, data });
        let done = self.desk.write_at(self.now, move |tx, desk, now, mint| Ok(crate::matters::act(tx, desk, &by, &cmd, now, mint)?.matter.version));
        self.version = done.map_err(|fault| Fault::Broken(format!("the drill cannot {kind}: {fault}")))?;
        Ok(())
    }

    /// A file with a mark in its name and one in its bytes.
    fn file(&mut self, by: &Actor) -> Result<String, Fault> {
        let (name, inside) = (format!("{}.png", self.marks.word("file_name")), self.marks.word("file_bytes"));
        let bytes = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0 ".as_slice(), inside.as_bytes(), b" "].concat();
        let sha256 = crate::papers::keep(self.desk.files(), &bytes)?;
        let (by, size) = (by.account().clone(), i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        self.desk.write_at(self.now, move |tx, _, now, mint| {
            let file = store::papers::File {
                id: mint.id(domain::kernel::FileId::PREFIX),
                sha256: sha256.clone(),
                name: name.clone(),
                media_type: "image/png".to_owned(),
                size,
                uploaded_by: by.clone(),
                uploaded_at: now,
            };
            store::papers::put_file(tx, &file)?;
            Ok(file.id.0)
        })
    }
}

fn text(name: &str, value: impl Into<String>) -> (String, Raw) {
    (name.to_owned(), Raw::Text(value.into()))
}

fn list(name: &str, value: impl Into<String>) -> (String, Raw) {
    (name.to_owned(), Raw::List(vec![value.into()]))
}

/// Plants at least so many marks, in matters that live from `now` on and are closed in the end.
pub fn plant(desk: &Desk, marks: usize, now: Instant) -> Result<Marks, Fault> {
    let cast = Cast::of(desk, now)?;
    let mut planted = Marks::default();
    let mut at = now;
    while planted.len() < marks {
        at = at.plus(MINUTE);
        live(desk, &cast, &mut planted, at)?;
    }
    Ok(planted)
}

fn live(desk: &Desk, cast: &Cast, marks: &mut Marks, now: Instant) -> Result<(), Fault> {
    let unit = |actor: &Actor| actor.seats().first().map_or_else(|| UnitId(String::new()), |seat| seat.unit.clone()).0;
    let mut life = Life { desk, marks, now, id: MatterId(String::new()), version: 0 };
    let file = life.file(&cast.desk)?;
    let data = RawForm::from([
        text("said", life.marks.said("said")),
        text("spot", life.marks.word("spot")),
        text("title", life.marks.word("title")),
        text("contact_name", life.marks.word("contact_name")),
        text("contact_phone", life.marks.phone()),
        text("source", "call"),
        text("urgency", "normal"),
        list("files", file),
    ]);
    let by = cast.desk.clone();
    let matter = desk.write_at(now, move |tx, desk, now, mint| {
        crate::intake::register(tx, desk, &by, data.clone(), now, mint).map(|registered| registered.recorded.matter)
    })?;
    (life.id, life.version) = (matter.id.clone(), matter.version);
    let route = life.marks.said("route");
    life.act(&cast.desk, ActKind::Decline, RawForm::from([text("reason", "D1"), text("route", route), text("told_how", "call")]))?;
    let asking = current(desk, &life.id)?.open_askings().next().map_or_else(String::new, |asking| asking.id.0.clone());
    let reason = life.marks.said("reason");
    life.act(&cast.chief, ActKind::Refuse, RawForm::from([text("asking", asking), text("reason", reason)]))?;
    let (what, wanted) = (life.marks.said("assist_what"), life.marks.said("requirement"));
    let dispatch = RawForm::from([
        text("lead", unit(&cast.lead)),
        text("category", "0602"),
        text("level", "ordinary"),
        list("assists", unit(&cast.assist)),
        text("assist_what", what),
        text("requirement", wanted),
    ]);
    life.act(&cast.command, ActKind::Dispatch, dispatch)?;
    life.act(&cast.lead, ActKind::Accept, RawForm::new())?;
    let (at, words) = (life.now.0, life.marks.said("words"));
    let reached = ("reached".to_owned(), Raw::Flag(true));
    life.act(&cast.lead, ActKind::Contact, RawForm::from([("at".to_owned(), Raw::Int(at)), text("how", "call"), reached.clone(), text("words", words)]))?;
    let task = current(desk, &life.id)?.open_tasks().next().map_or_else(String::new, |task| task.id.0.clone());
    let done = life.marks.said("done");
    life.act(&cast.assist, ActKind::FinishTask, RawForm::from([text("task", task), text("done", done)]))?;
    let (file, done) = (life.file(&cast.lead)?, life.marks.said("done"));
    life.act(&cast.lead, ActKind::Record, RawForm::from([text("done", done), list("files", file), text("purpose", "after")]))?;
    for (by, kind) in [(&cast.command, ActKind::Note), (&cast.command, ActKind::Urge)] {
        let words = life.marks.said("words");
        life.act(by, kind, RawForm::from([text("words", words)]))?;
    }
    look_at_the_number(&mut life, cast)?;
    let (outcome, at) = (life.marks.said("outcome"), life.now.0);
    let told = [text("result", "explained"), text("outcome", outcome), text("told_how", "call"), ("told_at".to_owned(), Raw::Int(at))];
    life.act(&cast.lead, ActKind::FeedBack, RawForm::from(told))?;
    let words = life.marks.said("words");
    life.act(&cast.checker, ActKind::Check, RawForm::from([text("way", "site"), text("verdict", "pass"), text("words", words)]))?;
    let words = life.marks.said("words");
    let timely = ("timely".to_owned(), Raw::Flag(true));
    let called = [reached, text("solved", "yes"), text("satisfaction", "5"), timely, text("words", words)];
    life.act(&cast.caller, ActKind::CallBack, RawForm::from(called))?;
    let words = life.marks.said("words");
    life.act(&cast.lead, ActKind::Close, RawForm::from([text("result", "explained"), text("words", words)]))
}

fn current(desk: &Desk, id: &MatterId) -> Result<domain::matters::Matter, Fault> {
    let id = id.clone();
    desk.store().read_now(move |tx| store::matters::load(tx, &id)?.ok_or(Fault::Missing))
}

/// The number is seen in full, with a mark in the reason; and the answer to a repeated request is kept, with one in it.
fn look_at_the_number(life: &mut Life<'_>, cast: &Cast) -> Result<(), Fault> {
    let (by, id, reason, answer) = (cast.lead.clone(), life.id.clone(), life.marks.said("reveal_reason"), life.marks.word("answer"));
    let report = current(life.desk, &id)?.reports.first().map(|report| report.id.clone()).ok_or(Fault::Missing)?;
    life.desk.write_at(life.now, move |tx, desk, now, mint| {
        crate::matters::reveal(tx, desk, &by, &id, &report, &reason, now, mint)?;
        let once = Once::new(by.account().clone(), format!("drill-{id}"), &[]);
        let kept = store::accounts::Answered { fingerprint: once.fingerprint, answer: format!("{{\"matter\":\"{id}\",\"receipt\":\"{answer}\"}}") };
        Ok(store::accounts::keep_answer(tx, &once.account, &once.key, &kept, now)?)
    })
}

/// Ends every keeping time, and destroys everything by the ordinary way: proposed, asked for by one, approved by another, carried out. Answers what was
/// scrubbed last, and how many lists that took.
pub fn destroy(desk: &Desk, planted: Instant) -> Result<(Scrubbed, usize), Fault> {
    let cast = Cast::of(desk, planted)?;
    for (id, class) in [("matter", Retention::Matter), ("contact", Retention::Contact), ("working", Retention::Working)] {
        let (by, rule) = (cast.admin.clone(), rule(id, class));
        desk.write_at(planted, move |tx, _, now, _| keeping::set_rule(tx, &by, &rule, now))?;
    }
    let (mut now, mut lists) = (planted.plus(90 * DAY), 0);
    loop {
        now = now.plus(DAY);
        if keeping::propose(desk, now)? == 0 {
            break;
        }
        let waiting = desk.store().read_now(|tx| store::keeping::all_lists(tx).map_err(Fault::from))?;
        for listed in waiting.into_iter().filter(|listed| listed.list.state == ListState::Proposed) {
            let (asker, decider, id) = (cast.archivist.clone(), cast.head.clone(), listed.id.clone());
            desk.write_at(now, move |tx, _, now, mint| {
                keeping::ask(tx, &asker, &id, now)?;
                keeping::decide(tx, &decider, &id, true, "", now, mint)
            })?;
            keeping::carry_out(desk, &listed.id, now)?;
            lists += 1;
        }
    }
    Ok((desk.store().scrub()?, lists))
}

fn rule(id: &str, class: Retention) -> domain::trail::retention::Rule {
    let counts_from = if class == Retention::Working { CountsFrom::Written } else { CountsFrom::Closed };
    domain::trail::retention::Rule {
        id: id.to_owned(),
        class,
        category: String::new(),
        months: Some(1),
        counts_from,
        basis: "演练".to_owned(),
        purpose: "演练".to_owned(),
    }
}
