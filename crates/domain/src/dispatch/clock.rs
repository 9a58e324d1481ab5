//! One clock with everything that happens to it: pauses, extensions, another policy, a corrected calendar. Answers when it is due, how much is consumed,
//! how it stands, and why.
//!
//! What counts stays counted: a change of policy carries the consumed minutes over, a correction of the calendar counts from the instant at which it
//! became known. A pause stops the clock only for a reason that its policy names, an extension is heard only before the limit. Of a policy with several
//! spans the first to expire wins. What is refused changes nothing and is told with its place in the list.

use super::explain::{Account, Line};
use super::walk::{Measure, View, Walk, Why};
use super::{Calendar, DayKind, Extension, PauseKind, Policy, Span};
use crate::kernel::{Day, Instant, MINUTE, Refusal, coded};

coded! {
    /// How a clock stands.
    ClockState {
        /// It counts.
        Running = "running", "计时中", "running";
        /// It stands still, lawfully.
        Paused = "paused", "中止", "paused";
        /// The whole span is consumed.
        Expired = "expired", "已到期", "expired";
    }
}

/// What may happen to a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change<'p> {
    /// It is stopped: for this reason, or the first that the policy names; until then, or until it is resumed.
    Pause {
        /// Why.
        kind: Option<PauseKind>,
        /// When it goes on by itself.
        until: Option<Instant>,
    },
    /// It goes on.
    Resume,
    /// So much is added to the span.
    Extend(Span),
    /// From now on it counts by this policy.
    Policy(&'p Policy),
    /// It has become known that a day is another one than the calendar says.
    Calendar {
        /// The day.
        day: Day,
        /// What it is.
        kind: DayKind,
    },
}

/// Something that happened to a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event<'p> {
    /// When.
    pub at: Instant,
    /// What.
    pub change: Change<'p>,
}

/// How a clock stands after all that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// When it is due; none while it stands still without an end.
    pub due: Option<Instant>,
    /// Whether that rests on a year whose holidays are not known yet (暂定).
    pub provisional: bool,
    /// Whole counting minutes consumed when it was looked at; goes on past the span.
    pub consumed_minutes: i64,
    /// How it stood when it was looked at.
    pub state: ClockState,
    /// What was refused: the place in the list of events, and why.
    pub refused: Vec<(usize, Refusal)>,
    /// One line a run counted or skipped from the start to the due instant, if reasons were asked for.
    pub why: Vec<Line>,
}

/// Reckons a clock that began at `start` by `policy`. It is looked at `as_of`, or at the last event if that is later or nothing is said. Events come in the
/// order of time; one before another is refused.
#[must_use]
pub fn reckon<'p>(calendar: &Calendar, start: Instant, policy: &'p Policy, events: &[Event<'p>], as_of: Option<Instant>, explain: bool) -> Standing {
    let mut clock = Clock::new(calendar, start, policy, explain);
    let mut refused = Vec::new();
    for (i, event) in events.iter().enumerate() {
        if let Err(refusal) = clock.take(event) {
            refused.push((i, refusal));
        }
    }
    clock.stand(as_of, refused)
}

struct Limb {
    span: Span,
    measure: Measure,
    walk: Walk,
    account: Account,
    /// The account as it was when the span was consumed; what counts after that is no part of the reason.
    closed: Option<Account>,
}

impl Limb {
    fn new(span: Span, start: Instant) -> Self {
        Self { span, measure: span.measure(start), walk: Walk::new(start), account: Account::default(), closed: None }
    }

    /// Counts up to `to`, at most `stop` milliseconds.
    fn count(&mut self, view: &View<'_>, stop: i64, to: Instant, explain: bool) {
        let Self { measure, walk, account, closed, .. } = self;
        let whole = measure.total.min(stop);
        if !explain {
            walk.run(view, measure, stop, to, &mut |_, _, _| ());
            return;
        }
        walk.run(view, measure, whole, to, &mut |from, to, why| account.add(view, from, to, why));
        if walk.reached.is_some() && closed.is_none() {
            *closed = Some(account.clone());
        }
        walk.run(view, measure, stop, to, &mut |from, to, why| account.add(view, from, to, why));
    }
}

#[derive(Clone, Copy)]
struct Stopped {
    kind: PauseKind,
    since: Instant,
    ends: Option<Instant>,
}

struct Clock<'c, 'p> {
    view: View<'c>,
    start: Instant,
    now: Instant,
    policy: &'p Policy,
    limbs: Vec<Limb>,
    stopped: Option<Stopped>,
    /// Milliseconds paused so far, by kind.
    paused: [i64; PauseKind::ALL.len()],
    extended: i64,
    explain: bool,
}

impl<'c, 'p> Clock<'c, 'p> {
    fn new(calendar: &'c Calendar, start: Instant, policy: &'p Policy, explain: bool) -> Self {
        let limbs = policy.spans().map(|span| Limb::new(span, start)).collect();
        Self { view: View::new(calendar), start, now: start, policy, limbs, stopped: None, paused: [0; PauseKind::ALL.len()], extended: 0, explain }
    }

    fn take(&mut self, event: &Event<'p>) -> Result<(), Refusal> {
        if event.at < self.now {
            return Err(Refusal::rule("event_out_of_order", format!("{} 早于前一事件或起算时间，未予计入", event.at.written())));
        }
        self.advance(event.at);
        match event.change {
            Change::Pause { kind, until } => self.pause(kind, until),
            Change::Resume => self.resume(),
            Change::Extend(by) => self.extend(by),
            Change::Policy(policy) => {
                self.swap(policy);
                Ok(())
            }
            Change::Calendar { day, kind } => {
                self.view.correct(day, kind);
                self.happened(format!("日历更正：{} 为{}", day.written(), kind.zh()), format!("calendar corrected: {} is a {}", day.written(), kind.en()));
                Ok(())
            }
        }
    }

    /// Lets time pass up to `to`.
    fn advance(&mut self, to: Instant) {
        if let Some(stopped) = self.stopped {
            let end = stopped.ends.map_or(to, |ends| ends.min(to));
            for limb in &mut self.limbs {
                if limb.walk.at < end {
                    if self.explain {
                        limb.account.add(&self.view, limb.walk.at, end, Why::Paused(stopped.kind));
                    }
                    limb.walk.at = end;
                }
            }
            if stopped.ends.is_some_and(|ends| ends <= to) {
                self.go_on(stopped, end);
            } else {
                self.now = to;
                return;
            }
        }
        for limb in &mut self.limbs {
            limb.count(&self.view, i64::MAX, to, self.explain);
        }
        self.now = to;
    }

    fn expired(&self) -> bool {
        self.limbs.iter().any(|limb| limb.walk.reached.is_some_and(|due| due <= self.now))
    }

    fn pause(&mut self, kind: Option<PauseKind>, until: Option<Instant>) -> Result<(), Refusal> {
        if self.expired() {
            return Err(Refusal::rule("clock_expired", "期限已满，不能再中止"));
        }
        if self.stopped.is_some() {
            return Err(Refusal::rule("already_paused", "已在中止中，先恢复才能再次中止"));
        }
        let lawful = self.policy.pauses.iter().find(|pause| kind.is_none_or(|kind| pause.kind == kind)).ok_or_else(|| {
            let kinds: Vec<&str> = self.policy.pauses.iter().map(|pause| pause.kind.zh()).collect();
            let lawful = if kinds.is_empty() {
                "此期限依法不因任何事由停止计算".to_owned()
            } else {
                format!("此期限只因{}停止计算", kinds.join("、"))
            };
            Refusal::at("not_a_lawful_pause", "pause", format!("{lawful}（{}）", self.policy.source))
        })?;
        if until.is_some_and(|until| until <= self.now) {
            return Err(Refusal::at("pause_ends_before_it_begins", "until", "中止的截止时间须晚于开始时间"));
        }
        let left = lawful.cap.map(|cap| cap.n * cap.unit.millis() - self.spent(lawful.kind));
        if left.is_some_and(|left| left <= 0) {
            return Err(Refusal::rule("pause_used_up", format!("{}的中止时间已用完", lawful.kind.zh())));
        }
        let capped = left.map(|left| self.now.plus(left));
        self.stopped = Some(Stopped { kind: lawful.kind, since: self.now, ends: [until, capped].into_iter().flatten().min() });
        Ok(())
    }

    fn spent(&self, kind: PauseKind) -> i64 {
        PauseKind::ALL.iter().position(|own| *own == kind).and_then(|i| self.paused.get(i)).copied().unwrap_or(0)
    }

    fn resume(&mut self) -> Result<(), Refusal> {
        let stopped = self.stopped.ok_or_else(|| Refusal::rule("not_paused", "并未中止，无需恢复"))?;
        self.go_on(stopped, self.now);
        Ok(())
    }

    fn go_on(&mut self, stopped: Stopped, at: Instant) {
        if let Some(spent) = PauseKind::ALL.iter().position(|own| *own == stopped.kind).and_then(|i| self.paused.get_mut(i)) {
            *spent += at.since(stopped.since);
        }
        self.stopped = None;
        self.happened("恢复计时".to_owned(), "resumed".to_owned());
    }

    fn extend(&mut self, by: Span) -> Result<(), Refusal> {
        let source = &self.policy.source;
        if self.expired() {
            return Err(Refusal::rule("extend_after_due", format!("期限届满后不能延长，须在届满前提出（{source}）")));
        }
        match self.policy.extension {
            Extension::None => return Err(Refusal::rule("no_extension", format!("此期限依法不得延长（{source}）"))),
            Extension::AtMost { each, times } => {
                if self.extended >= times {
                    return Err(Refusal::rule("extended_already", format!("延长以 {times} 次为限（{source}）")));
                }
                if by.unit != each.unit || by.n > each.n {
                    return Err(Refusal::at("extension_too_long", "n", format!("每次延长不超过 {}（{source}）", each.said_zh())));
                }
            }
            Extension::Agreed => {}
        }
        if by.n < 1 || !self.limbs.iter().any(|limb| limb.span.unit == by.unit) {
            return Err(Refusal::at("extension_unit", "unit", format!("延长须以{}计", self.policy.span.unit.zh())));
        }
        for limb in self.limbs.iter_mut().filter(|limb| limb.span.unit == by.unit) {
            limb.span.n = (limb.span.n + by.n).min(Span::MOST);
            limb.measure = limb.span.measure(self.start);
            (limb.walk.reached, limb.closed) = (None, None);
        }
        self.extended += 1;
        self.happened(format!("延长 {}", by.said_zh()), format!("extended by {}", by.said_en()));
        Ok(())
    }

    fn swap(&mut self, policy: &'p Policy) {
        let Some(old) = self.limbs.drain(..).next() else { return };
        let walk = Walk { at: old.walk.at.max(self.now), reached: None, ..old.walk };
        self.limbs = policy.spans().map(|span| Limb { span, measure: span.measure(self.start), walk, account: old.account.clone(), closed: None }).collect();
        self.policy = policy;
        self.extended = 0;
        let consumed = walk.counted / MINUTE;
        self.happened(format!("改用 {}，已计 {consumed} 分钟", policy.id), format!("{} from here on, {consumed} minutes kept", policy.id));
        if let Some(stopped) = self.stopped.filter(|stopped| !policy.pauses.iter().any(|pause| pause.kind == stopped.kind)) {
            self.go_on(stopped, self.now);
        }
    }

    fn happened(&mut self, zh: String, en: String) {
        if self.explain {
            for limb in &mut self.limbs {
                limb.account.happened(zh.clone(), en.clone());
            }
        }
    }

    fn stand(mut self, as_of: Option<Instant>, refused: Vec<(usize, Refusal)>) -> Standing {
        self.advance(as_of.unwrap_or(self.now).max(self.now));
        let seen = self.now;
        let paused = self.stopped.is_some();
        let consumed: Vec<i64> = self.limbs.iter().map(|limb| limb.walk.counted).collect();
        let ends = match self.stopped {
            Some(Stopped { ends: Some(ends), .. }) => {
                self.advance(ends);
                true
            }
            Some(_) => self.limbs.iter().any(|limb| limb.walk.reached.is_some()),
            None => true,
        };
        if ends && self.stopped.is_none() {
            for limb in self.limbs.iter_mut().filter(|limb| limb.walk.reached.is_none()) {
                limb.count(&self.view, limb.measure.total, Instant(i64::MAX), self.explain);
            }
        }
        let first = self.limbs.iter().zip(&consumed).filter(|(limb, _)| limb.walk.reached.is_some()).min_by_key(|(limb, _)| limb.walk.reached);
        let (due, provisional) = first.map_or((None, false), |(limb, _)| (limb.walk.reached, limb.walk.provisional));
        let counted = first.map_or_else(|| consumed.first().copied().unwrap_or(0), |(_, counted)| *counted);
        let state = match due {
            Some(due) if due <= seen => ClockState::Expired,
            _ if paused => ClockState::Paused,
            _ => ClockState::Running,
        };
        let why = first.map(|(limb, _)| limb.closed.clone().unwrap_or_else(|| limb.account.clone()).close()).unwrap_or_default();
        Standing { due, provisional, consumed_minutes: counted / MINUTE, state, refused, why }
    }
}
