//! The writer: collects the facts and texts of one act, with the few phrases that acts are written in.

use super::act::ActKind;
use super::decide::{Decision, Desk, as_text, is_words};
use super::form::Form;
use super::lists::{Care, ClockOutcome, FilePurpose, State, TaskKind, TaskState};
use super::matter::Matter;
use crate::accounts::Seat;
use crate::dispatch::{ClockKind, Level, Policy, Urgency, choose, due_at, fraction};
use crate::kernel::{AccountId, ClockId, Instant, NoticeId, PersonalData, Refusal, Retention, TaskId, UnitId, Words, WordsId};
use crate::places::PostKind;
use crate::trail::{By, Fact, Said, Stamp};

/// One act while it is being decided.
pub(super) struct Writer<'a, 'd> {
    /// The matter as it was before the act.
    pub(super) matter: &'a Matter,
    /// The act's data.
    pub(super) form: &'a Form,
    /// What rules look things up in.
    pub(super) desk: &'a mut Desk<'d>,
    /// Who acts.
    pub(super) by: By,
    /// The post by which it is done; none for the system.
    pub(super) seat: Option<Seat>,
    facts: Vec<Fact>,
    words: Vec<Words>,
}

impl<'a, 'd> Writer<'a, 'd> {
    pub(super) const fn new(matter: &'a Matter, form: &'a Form, desk: &'a mut Desk<'d>, by: By, seat: Option<Seat>) -> Self {
        Self { matter, form, desk, by, seat, facts: Vec::new(), words: Vec::new() }
    }

    pub(super) fn done(self) -> Decision {
        let facts = crate::notices::settle(self.matter, self.facts, &self.by, self.seat.as_ref(), self.desk);
        Decision { act: self.form.act(), by: self.by, facts, words: self.words }
    }

    pub(super) const fn now(&self) -> Instant {
        self.desk.now
    }

    pub(super) fn fact(&mut self, fact: Fact) {
        self.facts.push(fact);
    }

    /// Keeps a text beside the event and returns what the event says of it.
    pub(super) fn say(&mut self, name: &str, text: &str, personal: PersonalData, retention: Retention) -> Said {
        let words = Words { id: self.desk.mint.id(WordsId::PREFIX), salt: self.desk.mint.salt(), text: text.to_owned(), personal, retention };
        let said = Said { name: name.to_owned(), words: words.id.clone(), commit: words.commit() };
        self.words.push(words);
        said
    }

    /// Free words of the matter's file.
    pub(super) fn words(&mut self, name: &str, text: &str) -> Said {
        self.say(name, text, PersonalData::Free, Retention::Matter)
    }

    /// Writes down what the form said: codes, ids and instants in clear, texts as words. Every act begins with it, so that nothing said is lost.
    pub(super) fn echo(&mut self, except: &[&str]) {
        let form = self.form;
        for (spec, raw) in form.given().filter(|(spec, _)| !except.contains(&spec.name)) {
            if is_words(spec.kind) {
                let words = self.words(spec.name, &as_text(raw));
                self.fact(Fact::Words { words });
            } else {
                self.fact(Fact::Datum { name: spec.name.to_owned(), value: as_text(raw) });
            }
        }
    }

    pub(super) fn state(&mut self, state: State) {
        self.fact(Fact::State { state });
    }

    pub(super) fn owner(&mut self, unit: UnitId, post: PostKind) {
        self.fact(Fact::Owner { unit: Some(unit), post: Some(post) });
    }

    /// The desk of the command room that takes a matter next. A class that the desk's post may not see (`domain.md` §10.8) goes to a post that may, so that nothing
    /// waits for somebody who cannot know of it; a desk at which nobody is on duty now (the checker at night) is minded by the duty officer who is.
    pub(super) fn minder(&self, command: &UnitId, desk: PostKind) -> PostKind {
        self.minder_of(self.matter.care, command, desk)
    }

    /// The same for a class that the matter has only by this act.
    pub(super) fn minder_of(&self, care: Care, command: &UnitId, desk: PostKind) -> PostKind {
        match care {
            Care::Open if !self.desk.is_there(command, desk) && self.desk.is_there(command, PostKind::DutyOfficer) => PostKind::DutyOfficer,
            Care::Open => desk,
            Care::Protected => PostKind::DutyOfficer,
            Care::Confidential => PostKind::CommandHead,
        }
    }

    pub(super) fn nobody_owns(&mut self) {
        self.fact(Fact::Owner { unit: None, post: None });
    }

    pub(super) fn stamp(&mut self, what: Stamp, at: Option<Instant>) {
        self.fact(Fact::Stamp { what, at });
    }

    pub(super) fn joins(&mut self, unit: &UnitId, role: &str) {
        if !self.matter.has_part(unit, role) {
            self.fact(Fact::Joined { unit: unit.clone(), role: role.to_owned() });
        }
    }

    /// The post that answers for a unit that leads.
    pub(super) fn head_post(&self, unit: &UnitId) -> PostKind {
        crate::notices::head_of(self.desk, unit)
    }

    pub(super) fn command_room(&self) -> Result<UnitId, Refusal> {
        self.desk.command_room(&self.matter.home)
    }

    /// Starts a clock if the rule book has one of this kind for this urgency and level.
    pub(super) fn start_clock(&mut self, kind: ClockKind, from: Instant, urgency: Urgency, level: Option<Level>) {
        let Some(policy) = choose(self.desk.policies, kind, urgency, level).cloned() else { return };
        let (due, provisional) = due_at(self.desk.calendar, from, policy.span);
        let clock: ClockId = self.desk.mint.id(ClockId::PREFIX);
        let (next_step, next_at) = self.next_step(&policy, from, 0);
        self.fact(Fact::ClockStarted {
            clock,
            kind,
            policy: policy.id,
            version: policy.version,
            started_at: from,
            due_at: due,
            provisional,
            next_step,
            next_at,
        });
    }

    /// The first step of the ladder after `done` percent, and when it is.
    pub(super) fn next_step(&self, policy: &Policy, from: Instant, done: i64) -> (Option<i64>, Option<Instant>) {
        match policy.steps.iter().copied().filter(|step| *step > done).min() {
            Some(step) => (Some(step), Some(fraction(self.desk.calendar, from, policy.span, step))),
            None => (None, None),
        }
    }

    /// A policy in the version to which a clock or a notice is pinned.
    pub(super) fn pinned(&self, id: &str, version: i64) -> Option<Policy> {
        self.desk.policies.iter().chain(self.desk.former).find(|policy| policy.id == id && policy.version == version).cloned()
    }

    /// Stops all running clocks of these kinds: in time or late, by the due instant.
    pub(super) fn stop_clocks(&mut self, kinds: &[ClockKind]) {
        self.end_clocks(kinds, None);
    }

    /// Stops all running clocks of these kinds because what they measured no longer matters.
    pub(super) fn drop_clocks(&mut self, kinds: &[ClockKind]) {
        self.end_clocks(kinds, Some(ClockOutcome::Moot));
    }

    /// Stops all running clocks of these kinds as late, whatever the instant: silence is never in time.
    pub(super) fn fail_clocks(&mut self, kinds: &[ClockKind]) {
        self.end_clocks(kinds, Some(ClockOutcome::Late));
    }

    fn end_clocks(&mut self, kinds: &[ClockKind], outcome: Option<ClockOutcome>) {
        let now = self.now();
        let running: Vec<(ClockId, Instant)> = self.matter.running().filter(|c| kinds.contains(&c.kind)).map(|c| (c.id.clone(), c.due_at)).collect();
        for (clock, due) in running {
            let outcome = outcome.unwrap_or(if now <= due { ClockOutcome::Met } else { ClockOutcome::Late });
            self.fact(Fact::ClockStopped { clock, at: now, outcome });
        }
    }

    /// Attaches the files of the form.
    pub(super) fn attach(&mut self, fallback: FilePurpose) -> Result<(), Refusal> {
        let (now, by) = (self.now(), self.by.account.clone());
        let purpose = self.form.code("purpose").unwrap_or(fallback);
        for id in self.form.files() {
            let Some(file) = self.desk.files.iter().find(|file| file.id == id).cloned() else {
                return Err(Refusal::Data(vec![crate::kernel::Missing { datum: "files".to_owned(), why: "not_found" }]));
            };
            let name = (!file.name.is_empty()).then(|| self.words("file_name", &file.name));
            self.fact(Fact::Attached { file: file.id, sha256: file.sha256, purpose, at: now, by: by.clone(), name });
        }
        Ok(())
    }

    /// Marks the person as one who worked on it.
    pub(super) fn worked(&mut self) {
        if !self.matter.doers.contains(&self.by.account) {
            let account = self.by.account.clone();
            self.fact(Fact::Worked { account });
        }
    }

    pub(super) fn notify(&mut self, unit: UnitId, post: Option<PostKind>) {
        self.tell(unit, post, None, 0, false);
    }

    /// Tells somebody. Whether the notice climbs is settled when the act is whole.
    pub(super) fn tell(&mut self, unit: UnitId, post: Option<PostKind>, account: Option<AccountId>, rung: i64, passed_over: bool) {
        let notice = Some(self.desk.mint.id(NoticeId::PREFIX));
        self.fact(Fact::Notified { notice, unit, post, account, rung, passed_over, climb: None });
    }

    /// The family of the matter's category, or nothing.
    pub(super) fn family(&self) -> &str {
        self.family_of(self.matter.category.as_deref())
    }

    /// The family of a category, or nothing.
    pub(super) fn family_of(&self, category: Option<&str>) -> &str {
        category.and_then(|code| self.desk.categories.get(code)).map_or("", |facts| facts.family.as_str())
    }

    /// Ends all open tasks of a kind, in the words of the house.
    pub(super) fn end_tasks(&mut self, kind: TaskKind, state: TaskState, said: &str) {
        let (now, by) = (self.now(), self.by.account.clone());
        let open: Vec<TaskId> = self.matter.open_tasks().filter(|task| task.kind == kind).map(|task| task.id.clone()).collect();
        for task in open {
            let words = self.words("task_outcome", said);
            self.fact(Fact::TaskEnded { task, state, at: now, by: by.clone(), words });
        }
    }

    /// Sets the category if the form gives one; its class decides who may see the matter. A class is only ever tightened by a category.
    pub(super) fn categorise(&mut self) -> Result<(), Refusal> {
        let Some(code) = self.form.text("category").map(str::to_owned) else { return Ok(()) };
        let care: Care = self.desk.category(&code)?.care.max(self.matter.care);
        if self.matter.category.as_deref() != Some(code.as_str()) || care != self.matter.care {
            self.fact(Fact::Category { category: code, care });
        }
        Ok(())
    }

    /// The act being decided.
    pub(super) const fn act(&self) -> ActKind {
        self.form.act()
    }
}
