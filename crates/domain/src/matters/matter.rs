//! A matter with everything that hangs on it, as one value: what a rule looks at and what the store keeps.
//!
//! It is only ever made by folding facts ([`Matter::apply`]); the store's rows are this value written down, so that `fold(events) == rows` can be checked
//! column by column (`trail verify`, and a property test on both engines).

use super::lists::{
    Asked, AskingState, Care, ClockOutcome, FilePurpose, Flag, Outcome, Phase, ReturnReason, Satisfaction, Solved, Source, State, TaskKind, TaskState,
};
use crate::dispatch::{ClockKind, Level, Urgency};
use crate::kernel::{AccountId, AskingId, ClockId, FileId, Instant, MatterId, NoticeId, PlaceCode, ReportId, TaskId, UnitId};
use crate::notices::Notice;
use crate::places::PostKind;
use crate::trail::{Count, Fact, Lineage, Said, Stamp};
use std::collections::BTreeSet;

/// A report: what came in, immutable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// Where it came from.
    pub source: Source,
    /// By which channel.
    pub channel: String,
    /// When it was received.
    pub received_at: Instant,
    /// What was said.
    pub said: Said,
    /// Name of the person.
    pub name: Option<Said>,
    /// Telephone number.
    pub phone: Option<Said>,
    /// Why there is no contact.
    pub anonymous: Option<Said>,
    /// The receipt's code.
    pub receipt: Said,
    /// The row of a file that it came from.
    pub lineage: Option<Lineage>,
}

/// A clock of a matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// Its id.
    pub id: ClockId,
    /// What it measures.
    pub kind: ClockKind,
    /// The policy it is pinned to.
    pub policy: String,
    /// The policy's version.
    pub version: i64,
    /// From when it counts.
    pub started_at: Instant,
    /// When it is due.
    pub due_at: Instant,
    /// Whether the calendar of the due day is not known yet (暂定).
    pub provisional: bool,
    /// The last step that fired, percent of the span; 0 for none.
    pub step: i64,
    /// The next step, if any.
    pub next_step: Option<i64>,
    /// When the next step is.
    pub next_at: Option<Instant>,
    /// When it stopped.
    pub stopped_at: Option<Instant>,
    /// How it ended.
    pub outcome: Option<ClockOutcome>,
}

/// A task: what one unit or person must do for the matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// What it is for.
    pub kind: TaskKind,
    /// Which unit must do it.
    pub unit: UnitId,
    /// Which person, if one was named.
    pub account: Option<AccountId>,
    /// Which unit gave it.
    pub given_by: UnitId,
    /// What must be done.
    pub what: Said,
    /// By when.
    pub due_at: Option<Instant>,
    /// Open, done or lifted.
    pub state: TaskState,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Who ended it.
    pub ended_by: Option<AccountId>,
    /// What was done, or why it was lifted.
    pub outcome: Option<Said>,
}

/// An asking that waits for, or has got, a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// Its id.
    pub id: AskingId,
    /// What is asked.
    pub what: Asked,
    /// Who asks.
    pub by: AccountId,
    /// Which unit's chief decides.
    pub decider: UnitId,
    /// A code that says why, if the kind has codes.
    pub code: Option<String>,
    /// The reason in words.
    pub reason: Said,
    /// When it was asked.
    pub asked_at: Instant,
    /// Open, granted or denied.
    pub state: AskingState,
    /// Who decided.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_at: Option<Instant>,
}

/// One sending back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The unit that sent back.
    pub unit: UnitId,
    /// Its reason.
    pub reason: ReturnReason,
    /// The unit that it proposed.
    pub proposal: Option<UnitId>,
    /// When.
    pub at: Instant,
}

/// One call-back, made or tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// When.
    pub at: Instant,
    /// Whether the person was reached.
    pub reached: bool,
    /// Solved?
    pub solved: Option<Solved>,
    /// Satisfied?
    pub satisfaction: Option<Satisfaction>,
    /// Told in time?
    pub timely: Option<bool>,
}

/// A file of the matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The file.
    pub file: FileId,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// What it shows.
    pub purpose: FilePurpose,
    /// When it was attached.
    pub at: Instant,
    /// By whom.
    pub by: AccountId,
    /// Its name as it was uploaded.
    pub name: Option<Said>,
}

/// The matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matter {
    /// Its id.
    pub id: MatterId,
    /// Number of acts folded in; an act names the version that it saw.
    pub version: i64,
    /// The human number (`domain.md` §13).
    pub number: String,
    /// Numbers that it had before it was of a class that needs more care, the first first.
    pub former: Vec<String>,
    /// Its home station; its chain.
    pub home: UnitId,
    /// Who may see it.
    pub care: Care,
    /// Where its first report came from.
    pub source: Source,
    /// When the first report was received.
    pub received_at: Instant,
    /// From when clocks count.
    pub counts_from: Instant,
    /// When it was registered.
    pub registered_at: Instant,
    /// Who registered it.
    pub registered_by: AccountId,
    /// Title.
    pub title: Said,
    /// Where, in words.
    pub spot: Said,
    /// Where it stands.
    pub state: State,
    /// Level, once someone has set one.
    pub level: Option<Level>,
    /// Urgency.
    pub urgency: Urgency,
    /// Leading category, once someone has set one.
    pub category: Option<String>,
    /// Place.
    pub place: Option<PlaceCode>,
    /// The accountable owner's unit.
    pub owner_unit: Option<UnitId>,
    /// The accountable owner's post.
    pub owner_post: Option<PostKind>,
    /// The lead unit.
    pub lead: Option<UnitId>,
    /// The person of the lead unit who works on it.
    pub handler: Option<AccountId>,
    /// Flags.
    pub flags: BTreeSet<Flag>,
    /// Result.
    pub result: Option<Outcome>,
    /// When it was handed to the lead (the last time).
    pub offered_at: Option<Instant>,
    /// When the lead accepted.
    pub accepted_at: Option<Instant>,
    /// When the person was first contacted.
    pub contacted_at: Option<Instant>,
    /// When it was fed back.
    pub fed_back_at: Option<Instant>,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// When it was archived.
    pub archived_at: Option<Instant>,
    /// Times sent back.
    pub hops: i64,
    /// Times a check failed.
    pub rework: i64,
    /// Times reopened or objected to.
    pub reopened: i64,
    /// Times urged.
    pub urged: i64,
    /// Whether the decision bars further sending back.
    pub barred: bool,
    /// Whether the draw chose it for a call-back.
    pub drawn: bool,
    /// Units that take part, by role (`home`, `lead`, `assist`, `copy`, `owner`, `follow_up`); they may see it.
    pub units: BTreeSet<(UnitId, String)>,
    /// Accounts that worked on it in the lead or an assist: none of them may check it.
    pub doers: BTreeSet<AccountId>,
    /// People who may see it whatever their posts see: named for a class that needs care (`domain.md` §10.8).
    pub named: BTreeSet<AccountId>,
    /// Reports, in order of joining.
    pub reports: Vec<Report>,
    /// Clocks, in order of start.
    pub clocks: Vec<Clock>,
    /// Tasks, in order of giving.
    pub tasks: Vec<Task>,
    /// Askings, in order of asking.
    pub askings: Vec<Asking>,
    /// Sendings back, in order.
    pub returns: Vec<Hop>,
    /// Call-backs, in order.
    pub calls: Vec<Call>,
    /// Files, in order of attaching.
    pub files: Vec<Attachment>,
    /// Number of records of what was done since the last rework.
    pub records: i64,
    /// Notices of it, in order of telling.
    pub notices: Vec<Notice>,
}

impl Matter {
    /// A matter before its first fact. Only [`Fact::Opened`] makes it a real one.
    #[must_use]
    pub fn unborn(id: MatterId) -> Self {
        let nothing = Said { name: String::new(), words: crate::kernel::WordsId(String::new()), commit: crate::kernel::Commit(String::new()) };
        Self {
            id,
            version: 0,
            number: String::new(),
            former: Vec::new(),
            home: UnitId(String::new()),
            care: Care::Open,
            source: Source::Call,
            received_at: Instant(0),
            counts_from: Instant(0),
            registered_at: Instant(0),
            registered_by: AccountId(String::new()),
            title: nothing.clone(),
            spot: nothing,
            state: State::Registered,
            level: None,
            urgency: Urgency::Normal,
            category: None,
            place: None,
            owner_unit: None,
            owner_post: None,
            lead: None,
            handler: None,
            flags: BTreeSet::new(),
            result: None,
            offered_at: None,
            accepted_at: None,
            contacted_at: None,
            fed_back_at: None,
            closed_at: None,
            archived_at: None,
            hops: 0,
            rework: 0,
            reopened: 0,
            urged: 0,
            barred: false,
            drawn: false,
            units: BTreeSet::new(),
            doers: BTreeSet::new(),
            named: BTreeSet::new(),
            reports: Vec::new(),
            clocks: Vec::new(),
            tasks: Vec::new(),
            askings: Vec::new(),
            returns: Vec::new(),
            calls: Vec::new(),
            files: Vec::new(),
            records: 0,
            notices: Vec::new(),
        }
    }

    /// The governing clock: of the running clocks the one that is due first.
    #[must_use]
    pub fn governing(&self) -> Option<&Clock> {
        self.running().min_by_key(|clock| (clock.due_at, clock.started_at, clock.id.clone()))
    }

    /// The clocks that run.
    pub fn running(&self) -> impl Iterator<Item = &Clock> {
        self.clocks.iter().filter(|clock| clock.stopped_at.is_none())
    }

    /// How near it is to being late: by the steps that have fired on running clocks.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self.running().map(|clock| clock.step).max() {
            Some(step) if step >= 100 => Phase::Late,
            Some(step) if step >= 80 => Phase::Soon,
            _ => Phase::Normal,
        }
    }

    /// Tasks that are still open.
    pub fn open_tasks(&self) -> impl Iterator<Item = &Task> {
        self.tasks.iter().filter(|task| task.state == TaskState::Open)
    }

    /// Askings that wait for a decision.
    pub fn open_askings(&self) -> impl Iterator<Item = &Asking> {
        self.askings.iter().filter(|asking| asking.state == AskingState::Open)
    }

    /// Whether `unit` has a part in it as `role`.
    #[must_use]
    pub fn has_part(&self, unit: &UnitId, role: &str) -> bool {
        self.units.contains(&(unit.clone(), role.to_owned()))
    }

    /// Folds the facts of one act in. Facts are what was decided: this never refuses and never computes anything anew.
    pub fn apply(&mut self, at: Instant, facts: &[Fact]) {
        for fact in facts {
            self.fold(at, fact);
        }
        if facts.is_empty() || !facts.iter().all(Fact::is_of_notices) {
            self.version += 1;
        }
    }

    fn fold(&mut self, now: Instant, fact: &Fact) {
        match fact.clone() {
            Fact::Opened { number, home, care, source, received_at, counts_from, registered_by, title, spot } => {
                (self.number, self.home, self.care, self.source) = (number, home, care, source);
                (self.received_at, self.counts_from, self.registered_at, self.registered_by) = (received_at, counts_from, now, registered_by);
                (self.title, self.spot) = (title, spot);
            }
            Fact::Reported { report, source, channel, received_at, said, name, phone, anonymous, receipt, lineage } => {
                self.reports.push(Report { id: report, source, channel, received_at, said, name, phone, anonymous, receipt, lineage });
            }
            Fact::State { state } => self.state = state,
            Fact::Owner { unit, post } => (self.owner_unit, self.owner_post) = (unit, post),
            Fact::Lead { unit } => self.lead = Some(unit),
            Fact::Handler { account } => self.handler = account,
            Fact::Joined { unit, role } => {
                self.units.insert((unit, role));
            }
            Fact::Level { level } => self.level = Some(level),
            Fact::Urgency { urgency } => self.urgency = urgency,
            Fact::Category { category, care } => (self.category, self.care) = (Some(category), care),
            Fact::Care { care } => self.care = care,
            Fact::Place { place } => self.place = Some(place),
            Fact::Title { title } => self.title = title,
            Fact::Spot { spot } => self.spot = spot,
            Fact::Flag { flag, on } => {
                if on {
                    self.flags.insert(flag);
                } else {
                    self.flags.remove(&flag);
                }
            }
            Fact::Result { result } => self.result = Some(result),
            Fact::Stamp { what, at } => *self.stamp(what) = at,
            Fact::Counted { what, n } => *self.count(what) = n,
            Fact::ClockStarted { clock, kind, policy, version, started_at, due_at, provisional, next_step, next_at } => self.clocks.push(Clock {
                id: clock,
                kind,
                policy,
                version,
                started_at,
                due_at,
                provisional,
                step: 0,
                next_step,
                next_at,
                stopped_at: None,
                outcome: None,
            }),
            Fact::ClockStepped { clock, step, next_step, next_at } => {
                self.on_clock(&clock, |c| (c.step, c.next_step, c.next_at) = (step, next_step, next_at));
            }
            Fact::ClockMoved { clock, policy, version, due_at, provisional, step, next_step, next_at } => self.on_clock(&clock, |c| {
                (c.policy, c.version, c.due_at, c.provisional) = (policy, version, due_at, provisional);
                (c.step, c.next_step, c.next_at) = (step, next_step, next_at);
            }),
            Fact::ClockStopped { clock, at, outcome } => self.on_clock(&clock, |c| {
                (c.stopped_at, c.outcome, c.next_step, c.next_at) = (Some(at), Some(outcome), None, None);
            }),
            Fact::TaskOpened { task, kind, unit, account, given_by, what, due_at } => self.tasks.push(Task {
                id: task,
                kind,
                unit,
                account,
                given_by,
                what,
                due_at,
                state: TaskState::Open,
                ended_at: None,
                ended_by: None,
                outcome: None,
            }),
            Fact::TaskEnded { task, state, at, by, words } => {
                if let Some(row) = self.tasks.iter_mut().find(|row| row.id == task) {
                    (row.state, row.ended_at, row.ended_by, row.outcome) = (state, Some(at), Some(by), Some(words));
                }
            }
            Fact::TaskPassed { task, account } => {
                if let Some(row) = self.tasks.iter_mut().find(|row| row.id == task) {
                    row.account = account;
                }
            }
            Fact::AskingOpened { asking, what, by, decider, code, reason, at } => self.askings.push(Asking {
                id: asking,
                what,
                by,
                decider,
                code,
                reason,
                asked_at: at,
                state: AskingState::Open,
                decided_by: None,
                decided_at: None,
            }),
            Fact::AskingDecided { asking, state, by, at } => {
                if let Some(row) = self.askings.iter_mut().find(|row| row.id == asking) {
                    (row.state, row.decided_by, row.decided_at) = (state, Some(by), Some(at));
                }
            }
            Fact::SentBack { unit, reason, proposal, at } => self.returns.push(Hop { unit, reason, proposal, at }),
            Fact::Barred => self.barred = true,
            Fact::CalledBack { at, reached, solved, satisfaction, timely } => self.calls.push(Call { at, reached, solved, satisfaction, timely }),
            Fact::Drawn { chosen, .. } => self.drawn = chosen,
            Fact::Named { account, on: true } => {
                self.named.insert(account);
            }
            Fact::Named { account, on: false } => {
                self.named.remove(&account);
            }
            Fact::Renumbered { number } => self.former.push(std::mem::replace(&mut self.number, number)),
            Fact::ContactName { report, name } => {
                if let Some(report) = self.reports.iter_mut().find(|one| one.id == report) {
                    report.name = Some(name);
                }
            }
            Fact::Attached { file, sha256, purpose, at, by, name } => self.files.push(Attachment { file, sha256, purpose, at, by, name }),
            Fact::Worked { account } => {
                self.doers.insert(account);
            }
            Fact::Records { n } => self.records = n,
            Fact::Notified { notice: Some(id), unit, post, account, rung, passed_over, climb } => {
                if let Some(climb) = &climb {
                    // One timer a ladder: the newest notice has it.
                    self.on_ladder(&climb.ladder, |below| below.climb.iter_mut().for_each(|climb| (climb.next_step, climb.next_at) = (None, None)));
                }
                let at = now;
                self.notices.push(Notice { id, unit, post, account, at, rung, passed_over, climb, step: 0, acknowledged_by: None, acknowledged_at: None });
            }
            Fact::NoticeStepped { notice, step, next_step, next_at } => {
                if let Some(row) = self.notices.iter_mut().find(|row| row.id == notice) {
                    row.step = step;
                    row.climb.iter_mut().for_each(|climb| (climb.next_step, climb.next_at) = (next_step, next_at));
                }
            }
            Fact::Acknowledged { notice, account, at } => {
                let Some(row) = self.notices.iter().find(|row| row.id == notice) else { return };
                let ladder = row.climb.as_ref().map(|climb| climb.ladder.clone());
                let answer = |row: &mut Notice| {
                    if row.acknowledged_at.is_none() {
                        (row.acknowledged_by, row.acknowledged_at) = (Some(account.clone()), Some(at));
                    }
                    row.climb.iter_mut().for_each(|climb| (climb.next_step, climb.next_at) = (None, None));
                };
                self.notices.iter_mut().filter(|row| row.id == notice).for_each(answer);
                if let Some(ladder) = ladder {
                    self.on_ladder(&ladder, answer);
                }
            }
            Fact::Datum { .. } | Fact::Words { .. } | Fact::Notified { .. } | Fact::RungEmpty { .. } => {}
        }
    }

    /// The notice that has the timer of the ladder that runs, or stands on its top.
    #[must_use]
    pub fn ladder(&self) -> Option<&Notice> {
        self.notices.iter().rfind(|notice| notice.waits())
    }

    fn on_ladder(&mut self, ladder: &NoticeId, change: impl Fn(&mut Notice)) {
        self.notices.iter_mut().filter(|row| row.climb.as_ref().is_some_and(|climb| climb.ladder == *ladder)).for_each(change);
    }

    fn on_clock(&mut self, id: &ClockId, change: impl FnOnce(&mut Clock)) {
        if let Some(clock) = self.clocks.iter_mut().find(|clock| clock.id == *id) {
            change(clock);
        }
    }

    fn stamp(&mut self, what: Stamp) -> &mut Option<Instant> {
        match what {
            Stamp::Offered => &mut self.offered_at,
            Stamp::Accepted => &mut self.accepted_at,
            Stamp::Contacted => &mut self.contacted_at,
            Stamp::FedBack => &mut self.fed_back_at,
            Stamp::Closed => &mut self.closed_at,
            Stamp::Archived => &mut self.archived_at,
        }
    }

    fn count(&mut self, what: Count) -> &mut i64 {
        match what {
            Count::Hops => &mut self.hops,
            Count::Rework => &mut self.rework,
            Count::Reopened => &mut self.reopened,
            Count::Urged => &mut self.urged,
        }
    }
}

/// Folds a whole life: the facts of each act with its instant, in order.
pub fn fold<'a>(id: MatterId, acts: impl IntoIterator<Item = (Instant, &'a [Fact])>) -> Matter {
    let mut matter = Matter::unborn(id);
    for (at, facts) in acts {
        matter.apply(at, facts);
    }
    matter
}
