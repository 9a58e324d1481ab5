//! A thousand nights: the climbing proven by simulation, with the real rules over a real store and a clock that the simulation turns.
//!
//! Each night one urgent matter comes in at a station. In some nights the first channel is dead; people sleep with given odds; some chiefs' posts are vacant. Whoever
//! is told and awake acknowledges after a while. The claim: between a notice and its acknowledgement or its successor (the next channel, the next rung) there are never
//! more than sixty seconds, and within fifteen minutes a named person has acknowledged or the top alarm stands.

use crate::demo::Dice;
use crate::desk::{Desk, Machine};
use crate::fault::Fault;
use crate::intake::register;
use crate::keys::Keys;
use crate::matters::{Act, act};
use crate::notices::acknowledge;
use crate::out::{Failure, Out, Sending};
use domain::accounts::Actor;
use domain::kernel::{AccountId, Day, HOUR, Instant, MINUTE, MatterId, NoticeId};
use domain::matters::{ActKind, Raw, RawForm};
use domain::notices::{ALARM, ChannelKind};
use domain::places::{PostKind, demo};
use domain::trail::{Body, Fact};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use store::db::Store;

/// A notice has an answer or a successor within this.
pub const SUCCESSOR: i64 = 60_000;
/// A ladder has an answer or its top alarm within this.
pub const END: i64 = 15 * MINUTE;
/// How long a night is looked at.
const LOOK: i64 = 20 * MINUTE;

/// What happens how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Odds {
    /// Nights.
    pub nights: u64,
    /// Another number, other nights.
    pub seed: u64,
    /// Nights in a hundred with a dead first channel.
    pub dead: usize,
    /// People in a hundred who sleep.
    pub asleep: usize,
    /// Station chiefs in a hundred whose post is vacant.
    pub vacant: usize,
}

/// One row of the table, in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What was measured.
    pub what: &'static str,
    /// How often.
    pub n: usize,
    /// Half were at most this.
    pub p50: i64,
    /// Nineteen of twenty were at most this.
    pub p95: i64,
    /// All were at most this.
    pub max: i64,
    /// What none may exceed.
    pub bound: Option<i64>,
}

/// What the nights were like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The table.
    pub lines: Vec<Line>,
    /// Nights with a dead first channel.
    pub dead: u64,
    /// Nights that ended with somebody's acknowledgement.
    pub acknowledged: u64,
    /// Nights that ended with the top alarm.
    pub alarms: u64,
    /// Empty rungs that were passed.
    pub passed: u64,
    /// Letters that went, and that did not.
    pub letters: (u64, u64),
    /// Under which odds.
    pub odds: Option<Odds>,
    /// Every broken bound and everything that the trail's verification found, in words.
    pub broken: Vec<String>,
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(odds) = &self.odds {
            writeln!(f, "{} 夜，种子 {}；首通道不通 {} 夜，熟睡 {} %，站长空缺 {} %", odds.nights, odds.seed, self.dead, odds.asleep, odds.vacant)?;
        }
        let (sent, lost) = self.letters;
        writeln!(f, "有人确认 {} 夜，顶级警报 {} 夜；越过空岗 {} 级；送出 {sent} 条，未送出 {lost} 条", self.acknowledged, self.alarms, self.passed)?;
        writeln!(f, "{}{:>8}{:>10}{:>10}{:>10}{:>10}", padded("时间（秒）"), "n", "p50", "p95", "max", "bound")?;
        let seconds = |millis: i64| format!("{}.{}", millis / 1000, millis % 1000 / 100);
        for line in &self.lines {
            let bound = line.bound.map_or_else(String::new, seconds);
            writeln!(f, "{}{:>8}{:>10}{:>10}{:>10}{bound:>10}", padded(line.what), line.n, seconds(line.p50), seconds(line.p95), seconds(line.max))?;
        }
        for broken in self.broken.iter().take(20) {
            writeln!(f, "✗ {broken}")?;
        }
        f.write_str(if self.broken.is_empty() { "✓ 全部在限内，留痕核验无误" } else { "✗ 有超出时限的夜晚" })
    }
}

/// A text in 26 columns; a Chinese character takes two.
fn padded(text: &str) -> String {
    let width: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    format!("{text}{}", " ".repeat(26_usize.saturating_sub(width)))
}

struct Clock(AtomicI64, AtomicU64, [u8; 32]);

struct NightMachine(Arc<Clock>);

impl Machine for NightMachine {
    fn now(&self) -> Instant {
        Instant(self.0.0.load(Ordering::SeqCst))
    }

    fn seed(&self) -> [u8; 32] {
        Sha256::new().chain_update(self.0.2).chain_update(self.0.1.fetch_add(1, Ordering::SeqCst).to_be_bytes()).finalize().into()
    }
}

/// The air between the house and the people: what arrives is written down; the first channel may be dead.
#[derive(Default)]
struct Air {
    dead: AtomicBool,
    arrived: Mutex<Vec<(AccountId, NoticeId, Instant)>>,
    sent: AtomicU64,
    lost: AtomicU64,
}

impl Out for Air {
    fn send(&self, sending: &Sending<'_>) -> Result<(), Failure> {
        if self.dead.load(Ordering::SeqCst) && sending.kind == ChannelKind::Sms {
            self.lost.fetch_add(1, Ordering::SeqCst);
            return Err(Failure::later("今夜不通"));
        }
        self.sent.fetch_add(1, Ordering::SeqCst);
        if let ("deliver", Some(notice)) = (sending.key.split(':').next().unwrap_or_default(), sending.key.split(':').nth(1))
            && let Ok(mut arrived) = self.arrived.lock()
        {
            arrived.push((AccountId::from(sending.address), NoticeId::from(notice), sending.now));
        }
        Ok(())
    }
}

struct World {
    desk: Desk,
    clock: Arc<Clock>,
    air: Air,
    people: BTreeMap<AccountId, Actor>,
    stations: Vec<Actor>,
    command: Actor,
    leads: Vec<String>,
}

/// What one night gave.
#[derive(Default)]
struct Night {
    gaps: Vec<i64>,
    first_letter: Option<i64>,
    ended: Option<(i64, bool, i64)>,
    passed: u64,
}

/// Runs the nights over an empty store. Files go nowhere.
pub fn run(store: Store, odds: &Odds) -> Result<Report, Fault> {
    let secret: [u8; 32] = Sha256::new().chain_update("xinjiean nights 1").chain_update(odds.seed.to_be_bytes()).finalize().into();
    let mut dice = Dice::new(secret);
    let world = lay_out(store, odds, secret, &mut dice)?;
    let first = Instant(world.clock.0.load(Ordering::SeqCst)).day();
    let (mut report, mut nights) = (Report { odds: Some(*odds), ..Report::default() }, Vec::new());
    for n in 0..odds.nights {
        let day = first.plus(i64::try_from(n).unwrap_or(i64::MAX) + 1);
        let dead = dice.chance(odds.dead);
        report.dead += u64::from(dead);
        world.air.dead.store(dead, Ordering::SeqCst);
        let night = world.night(day, odds, &mut dice.branch())?;
        match night.ended {
            Some((took, false, _)) if took <= END => report.acknowledged += 1,
            Some((took, true, _)) if took <= END => report.alarms += 1,
            other => report.broken.push(format!("第 {n} 夜：{END} 毫秒内没有结果（{other:?}）")),
        }
        if let Some(gap) = night.gaps.iter().find(|gap| **gap > SUCCESSOR) {
            report.broken.push(format!("第 {n} 夜：{gap} 毫秒没有下文"));
        }
        report.passed += night.passed;
        nights.push(night);
    }
    report.letters = (world.air.sent.load(Ordering::SeqCst), world.air.lost.load(Ordering::SeqCst));
    let keys = world.desk.keys().clone();
    let found = world.desk.store().read_now(move |tx| crate::trail::verify(tx, Some(&keys), &[]))?.findings;
    report.broken.extend(found.into_iter().map(|finding| format!("留痕 {} {}：{}", finding.code, finding.place, finding.said)));
    report.lines = table(&nights);
    Ok(report)
}

fn table(nights: &[Night]) -> Vec<Line> {
    const RUNGS: [&str; 7] = ["由首个被通知的人确认", "由第 1 级确认", "由第 2 级确认", "由第 3 级确认", "由第 4 级确认", "由第 5 级确认", "顶级警报"];
    let mut lines = vec![
        line("通知到第一条送达", nights.iter().filter_map(|night| night.first_letter).collect(), None),
        line("通知到确认或下一步", nights.iter().flat_map(|night| night.gaps.clone()).collect(), Some(SUCCESSOR)),
    ];
    for (rung, what) in (0..).zip(RUNGS) {
        lines.push(line(what, nights.iter().filter_map(|night| night.ended).filter(|ended| ended.2 == rung).map(|ended| ended.0).collect(), Some(END)));
    }
    lines.push(line("首个通知到结果", nights.iter().filter_map(|night| night.ended).map(|ended| ended.0).collect(), Some(END)));
    lines
}

fn line(what: &'static str, mut took: Vec<i64>, bound: Option<i64>) -> Line {
    took.sort_unstable();
    let at = |percent: usize| took.get((took.len() * percent).div_ceil(100).saturating_sub(1)).copied().unwrap_or(0);
    Line { what, n: took.len(), p50: at(50), p95: at(95), max: at(100), bound }
}

fn lay_out(store: Store, odds: &Odds, secret: [u8; 32], dice: &mut Dice) -> Result<World, Fault> {
    let first = Day::read("2026-03-01").ok_or(Fault::Missing)?.start();
    let clock = Arc::new(Clock(AtomicI64::new(first.0), AtomicU64::new(0), secret));
    let desk = Desk::new(store, Keys::new(secret), PathBuf::from("/nonexistent"), Box::new(NightMachine(Arc::clone(&clock)))).indexing_later();
    let people: Vec<_> = demo::accounts().into_iter().filter(|person| !(person.login.ends_with("-chief") && dice.chance(odds.vacant))).collect();
    crate::seed::peopled(&desk, &people, first)?;
    let kinds = [ChannelKind::Sms, ChannelKind::ZheZhengDing, ChannelKind::WeCom];
    let (actors, ways) = desk.write_at(first, move |tx, _, now, mint| {
        let mut actors: BTreeMap<AccountId, Actor> = BTreeMap::new();
        for (account, ..) in store::accounts::holders(tx, now)? {
            if !actors.contains_key(&account) {
                actors.insert(account.clone(), Actor::person(account.clone(), store::accounts::seats(tx, &account, now)?));
            }
        }
        let admin = actors.values().find(|actor| actor.holds(PostKind::SystemAdmin)).cloned().ok_or(Fault::Missing)?;
        let mut ids = Vec::new();
        for (ordinal, kind) in (1..).zip(kinds) {
            let value = |name: &str| if name == "url" { "https://127.0.0.1" } else { "1" }.to_owned();
            let settings = kind.settings().iter().map(|spec| (spec.name.to_owned(), value(spec.name))).collect();
            let set = super::Set { id: None, kind, name: kind.zh().to_owned(), enabled: true, ordinal, settings };
            ids.push((ordinal, super::put_channel(tx, &admin, &set, now, mint)?));
        }
        Ok((actors, ids))
    })?;
    let all: Vec<Actor> = actors.values().cloned().collect();
    for chunk in all.chunks(32) {
        let (chunk, ways) = (chunk.to_vec(), ways.clone());
        desk.write_at(first, move |tx, desk, now, mint| {
            for actor in &chunk {
                for (ordinal, channel) in &ways {
                    super::ways::put_any(tx, desk, actor, channel, &actor.account().0, *ordinal, now, mint)?;
                }
            }
            Ok(())
        })?;
    }
    let stations = all.iter().filter(|actor| actor.holds(PostKind::DeskClerk)).cloned().collect();
    let command = all.iter().find(|actor| actor.holds(PostKind::CommandOfficer)).cloned().ok_or(Fault::Missing)?;
    let leads =
        all.iter().filter(|actor| actor.holds(PostKind::UnitOfficer)).flat_map(|actor| actor.seats()).map(|seat| seat.unit.0.clone()).collect::<BTreeSet<_>>();
    Ok(World { desk, clock, air: Air::default(), people: actors, stations, command, leads: leads.into_iter().collect() })
}

impl World {
    fn now(&self) -> Instant {
        self.desk.now()
    }

    fn set(&self, at: Instant) {
        self.clock.0.fetch_max(at.0, Ordering::SeqCst);
    }

    /// One night: a matter comes in, and what follows until somebody has it, or the alarm stands.
    fn night(&self, day: Day, odds: &Odds, dice: &mut Dice) -> Result<Night, Fault> {
        let began = day.start().plus(22 * HOUR + dice.between(0, 8 * HOUR));
        self.set(began);
        let (id, home) = self.come_in(dice)?;
        #[expect(clippy::type_complexity, reason = "who has made up his mind, and who answers when")]
        let (mut minds, mut answers): (BTreeMap<AccountId, bool>, BTreeSet<(Instant, AccountId, NoticeId)>) = (BTreeMap::new(), BTreeSet::new());
        let mut first_letter = None;
        loop {
            while self.step(&id)? {}
            crate::jobs::turn(&self.desk, &self.air)?;
            let arrived: Vec<_> = self.air.arrived.lock().map(|mut arrived| std::mem::take(&mut *arrived)).unwrap_or_default();
            for (account, notice, at) in arrived {
                first_letter.get_or_insert(at);
                let asleep = *minds.entry(account.clone()).or_insert_with(|| dice.chance(odds.asleep));
                // A letter wakes some; whoever is awake needs a while to read.
                if !asleep {
                    answers.insert((at.plus(dice.between(4_000, 40_000)), account, notice));
                } else if dice.chance(6) {
                    answers.insert((at.plus(dice.between(30_000, 110_000)), account, notice));
                }
            }
            let matter = {
                let id = id.clone();
                self.desk.store().read_now(move |tx| -> Result<_, Fault> { store::matters::load(tx, &id)?.ok_or(Fault::Missing) })?
            };
            let first = matter.notices.iter().find(|notice| notice.climb.is_some());
            let over = first.is_some_and(|first| first.acknowledged_at.is_some()) || matter.notices.iter().any(|notice| notice.rung == ALARM);
            let clocks = matter.running().filter_map(|clock| clock.next_at).chain(matter.notices.iter().filter_map(domain::notices::Notice::next_at)).min();
            let jobs = self.desk.store().read_now(|tx| -> Result<_, Fault> { Ok(store::jobs::next_due(tx)?) })?;
            let next = clocks.into_iter().chain(jobs).chain(answers.first().map(|(at, ..)| *at)).min().filter(|next| *next <= began.plus(LOOK));
            let (Some(next), false) = (next, over) else { break };
            self.set(next);
            while let Some((_, account, notice)) = answers.first().filter(|(at, ..)| *at <= self.now()).cloned() {
                answers.pop_first();
                self.acknowledge(&account, &notice)?;
            }
        }
        self.morning(&id)?;
        self.measure(&id, &home, first_letter)
    }

    /// An extreme matter at a station; in half of the nights it is handed on at once, in the others the desk sleeps over it.
    fn come_in(&self, dice: &mut Dice) -> Result<(MatterId, String), Fault> {
        let clerk = dice.pick(&self.stations).cloned().ok_or(Fault::Missing)?;
        let text = |text: &str| Raw::Text(text.to_owned());
        let form: RawForm = [
            ("said", text("一楼有烟，有人呼救")),
            ("spot", text("演示路 1 号")),
            ("source", text("call")),
            ("urgency", text("extreme")),
            ("contact_name", text("演示")),
            ("contact_phone", text("13800138000")),
        ]
        .map(|(name, raw)| (name.to_owned(), raw))
        .into();
        let recorded = self.desk.write_at(self.now(), move |tx, desk, now, mint| register(tx, desk, &clerk, form.clone(), now, mint))?.recorded;
        let (id, home) = (recorded.matter.id.clone(), recorded.matter.home.0.clone());
        if dice.chance(50) {
            self.set(self.now().plus(dice.between(5_000, 40_000)));
            let lead = dice.pick(&self.leads).cloned().ok_or(Fault::Missing)?;
            let data: RawForm = [("lead", text(&lead)), ("level", text("simple")), ("category", text("S-04"))].map(|(name, raw)| (name.to_owned(), raw)).into();
            let (cmd, officer) = (Act { matter: id.clone(), version: recorded.matter.version, act: ActKind::Dispatch, data }, self.command.clone());
            self.desk.write_at(self.now(), move |tx, desk, now, mint| act(tx, desk, &officer, &cmd, now, mint).map(drop))?;
        }
        Ok((id, home))
    }

    fn step(&self, id: &MatterId) -> Result<bool, Fault> {
        let id = id.clone();
        self.desk.write_at(self.now(), move |tx, desk, now, mint| Ok(crate::dispatch::step(tx, desk, &id, now, mint)?.is_some()))
    }

    fn acknowledge(&self, account: &AccountId, notice: &NoticeId) -> Result<(), Fault> {
        let Some(actor) = self.people.get(account).cloned() else { return Ok(()) };
        let notice = notice.clone();
        match self.desk.write_at(self.now(), move |tx, desk, now, mint| acknowledge(tx, desk, &actor, &notice, now, mint)) {
            // A letter may come to somebody who may not see the matter any more.
            Ok(()) | Err(Fault::Missing) => Ok(()),
            Err(other) => Err(other),
        }
    }

    /// In the morning somebody of the command room clears what stands.
    fn morning(&self, id: &MatterId) -> Result<(), Fault> {
        let (id, officer) = (id.clone(), self.command.clone());
        self.desk.write_at(self.now(), move |tx, desk, now, mint| {
            let matter = store::matters::load(tx, &id)?.ok_or(Fault::Missing)?;
            match matter.notices.iter().find(|notice| notice.rung == ALARM && notice.acknowledged_at.is_none()) {
                Some(alarm) => acknowledge(tx, desk, &officer, &alarm.id, now, mint),
                None => Ok(()),
            }
        })
    }

    /// Reads the night out of the trail: what is not in the chain did not happen.
    fn measure(&self, id: &MatterId, home: &str, first_letter: Option<Instant>) -> Result<Night, Fault> {
        let (chain, subject) = (home.to_owned(), id.0.clone());
        let entries = self.desk.store().read_now(move |tx| -> Result<_, Fault> { Ok(store::trail::entries_of(tx, &chain, &subject)?) })?;
        let mut night = Night::default();
        let (mut first, mut last, mut rung): (Option<Instant>, Instant, i64) = (None, Instant(0), 0);
        for entry in entries {
            let mut heard = false;
            for fact in Body::<Fact>::read(&entry.body)?.facts {
                match fact {
                    Fact::Notified { climb: Some(_), rung: own, .. } => {
                        first.get_or_insert(entry.at);
                        rung = own;
                        heard = true;
                        if own == ALARM && night.ended.is_none() {
                            night.ended = first.map(|first| (entry.at.since(first), true, ALARM));
                        }
                    }
                    Fact::NoticeStepped { .. } => heard = true,
                    Fact::RungEmpty { .. } => night.passed += 1,
                    Fact::Acknowledged { .. } if first.is_some() => {
                        heard = true;
                        if night.ended.is_none() {
                            night.ended = first.map(|first| (entry.at.since(first), false, rung));
                        }
                    }
                    _ => {}
                }
            }
            if heard {
                if last.0 > 0 {
                    night.gaps.push(entry.at.since(last));
                }
                last = entry.at;
            }
            if night.ended.is_some() {
                break;
            }
        }
        night.first_letter = first_letter.zip(first).map(|(letter, first)| letter.since(first));
        Ok(night)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_line_says_where_half_and_nineteen_of_twenty_lie() {
        let line = super::line("", (1..=100).collect(), None);
        assert_eq!((line.n, line.p50, line.p95, line.max), (100, 50, 95, 100));
        assert_eq!(super::line("", Vec::new(), None).max, 0);
    }
}
