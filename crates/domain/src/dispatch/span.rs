//! Spans: from a start and a length to the instant when it is due, and why.
//!
//! Hours and minutes are real time. Days follow the Civil Code: the first day does not count (民法典 201), the period ends at 24:00 of its last
//! day (203), and a last day on which nobody works moves to the next working day (203); Saturdays and Sundays count as such days. Working days
//! and service hours follow the calendar with its make-up days.
//!
//! Everything rests on one walk over the slices that count. `due` is the instant when the whole span is consumed, `fraction` when a part of it
//! is, so that they can never disagree: a `day` and a `working_day` are 1,440 counting minutes each, whatever the window's hours. When the last
//! day moves, the day that it moves to is the one that counts. Past the due instant counting goes on (150 %, 200 %) by the same units, without
//! moving any day.

use super::explain::{Account, Line};
use super::walk::{Measure, View, Walk};
use super::{Basis, Calendar};
use crate::kernel::{DAY, HOUR, Instant, MINUTE, coded};

coded! {
    /// What a span is counted in.
    SpanUnit {
        /// Real minutes, day and night.
        Minute = "minute", "分钟", "minute";
        /// Real hours, day and night.
        Hour = "hour", "小时", "hour";
        /// Calendar days by 民法典 201–204.
        Day = "day", "日", "day";
        /// Days worked by the calendar.
        WorkingDay = "working_day", "工作日", "working day";
        /// Hours in which the window is open on a day worked.
        WorkingHour = "working_hour", "服务小时", "service hour";
        /// Months by 民法典 202: to the day of the same number, else to the month's last.
        Month = "month", "个月", "month";
    }
}

impl SpanUnit {
    /// By which calendar it counts.
    #[must_use]
    pub const fn basis(self) -> Basis {
        match self {
            Self::Minute | Self::Hour => Basis::Real,
            Self::Day | Self::Month => Basis::Civil,
            Self::WorkingDay | Self::WorkingHour => Basis::Service,
        }
    }

    /// Counting milliseconds of one unit; of a month, which has no length of its own, those of one of its days.
    #[must_use]
    pub const fn millis(self) -> i64 {
        match self {
            Self::Minute => MINUTE,
            Self::Hour | Self::WorkingHour => HOUR,
            Self::Day | Self::WorkingDay | Self::Month => DAY,
        }
    }
}

/// A length of time: so many of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// How many, `1..=Span::MOST`. Anything outside is read as the nearest bound.
    pub n: i64,
    /// Of what.
    pub unit: SpanUnit,
}

impl Span {
    /// The longest span: no lawful period is longer, and a walk over it still ends at once.
    pub const MOST: i64 = 100_000;

    /// A span, or none if `n` is out of bounds.
    #[must_use]
    pub fn new(n: i64, unit: SpanUnit) -> Option<Self> {
        (1..=Self::MOST).contains(&n).then_some(Self { n, unit })
    }

    /// So many real minutes.
    #[must_use]
    pub const fn minutes(n: i64) -> Self {
        Self { n, unit: SpanUnit::Minute }
    }

    /// So many real hours.
    #[must_use]
    pub const fn hours(n: i64) -> Self {
        Self { n, unit: SpanUnit::Hour }
    }

    /// So many calendar days.
    #[must_use]
    pub const fn days(n: i64) -> Self {
        Self { n, unit: SpanUnit::Day }
    }

    /// So many working days.
    #[must_use]
    pub const fn working_days(n: i64) -> Self {
        Self { n, unit: SpanUnit::WorkingDay }
    }

    /// So many service hours.
    #[must_use]
    pub const fn working_hours(n: i64) -> Self {
        Self { n, unit: SpanUnit::WorkingHour }
    }

    /// So many months.
    #[must_use]
    pub const fn months(n: i64) -> Self {
        Self { n, unit: SpanUnit::Month }
    }

    /// Counting minutes of the whole span that begins at `start`; only of months does it matter where they begin.
    #[must_use]
    pub fn total_minutes(self, start: Instant) -> i64 {
        self.measure(start).total / MINUTE
    }

    /// `2 工作日`.
    #[must_use]
    pub fn said_zh(self) -> String {
        format!("{} {}", self.n, self.unit.zh())
    }

    /// `2 working days`.
    #[must_use]
    pub fn said_en(self) -> String {
        format!("{} {}{}", self.n, self.unit.en(), if self.n == 1 { "" } else { "s" })
    }

    /// Whether this span never ends later than the other, whatever the start; false also where two units cannot be compared.
    #[must_use]
    pub fn within(self, other: Self) -> bool {
        use SpanUnit::{Day, Hour, Minute, Month, WorkingDay, WorkingHour};
        match (self.unit, other.unit) {
            (own, same) if own == same => self.n <= other.n,
            (Minute, Hour | WorkingHour) => self.n <= 60 * other.n,
            (Hour, Minute) => 60 * self.n <= other.n,
            (Hour, WorkingHour) | (Day, WorkingDay) => self.n <= other.n,
            // Real hours from any instant of the first day, which itself does not count.
            (Minute, Day | WorkingDay) => self.n <= 24 * 60 * other.n,
            (Hour, Day | WorkingDay) => self.n <= 24 * other.n,
            // The shortest month has 28 days.
            (Day, Month) => self.n <= 28 * other.n,
            _ => false,
        }
    }

    /// What is to be counted from `start` on.
    pub(super) fn measure(self, start: Instant) -> Measure {
        let n = self.n.clamp(1, Self::MOST);
        let first = start.day();
        let total = if self.unit == SpanUnit::Month { (first.months_later(n).0 - first.0) * DAY } else { n * self.unit.millis() };
        Measure { unit: self.unit, total, first }
    }
}

/// When a span is due, and why then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The last instant in time; the end of a day is the 00:00 after it.
    pub at: Instant,
    /// Whether it rests on a year whose holidays are not known yet (暂定).
    pub provisional: bool,
    /// One line per run counted or skipped, without a gap from start to due.
    pub why: Vec<Line>,
}

/// When the span is due, with the reason.
#[must_use]
pub fn due(calendar: &Calendar, start: Instant, span: Span) -> Due {
    let (view, measure) = (View::new(calendar), span.measure(start));
    let (mut walk, mut account) = (Walk::new(start), Account::default());
    walk.run(&view, &measure, measure.total, Instant(i64::MAX), &mut |from, to, why| account.add(&view, from, to, why));
    Due { at: walk.at, provisional: walk.provisional, why: account.close() }
}

/// When the span is due and whether that is provisional; the fast path without reasons.
#[must_use]
pub fn due_at(calendar: &Calendar, start: Instant, span: Span) -> (Instant, bool) {
    let measure = span.measure(start);
    let walk = walked(calendar, start, &measure, measure.total, Instant(i64::MAX));
    (walk.at, walk.provisional)
}

/// The first instant at which `percent` of the span is consumed: 80 → soon, 100 → due, 150 and 200 → later rungs. 0 or less is the start.
#[must_use]
pub fn fraction(calendar: &Calendar, start: Instant, span: Span, percent: i64) -> Instant {
    let measure = span.measure(start);
    walked(calendar, start, &measure, measure.total / 100 * percent.clamp(0, 10_000), Instant(i64::MAX)).at
}

/// Whole counting minutes of the span consumed between `start` and `until`; goes on beyond the span's own length.
#[must_use]
pub fn consumed(calendar: &Calendar, start: Instant, until: Instant, span: Span) -> i64 {
    walked(calendar, start, &span.measure(start), i64::MAX, until).counted / MINUTE
}

fn walked(calendar: &Calendar, start: Instant, measure: &Measure, stop: i64, until: Instant) -> Walk {
    let mut walk = Walk::new(start);
    walk.run(&View::new(calendar), measure, stop, until, &mut |_, _, _| ());
    walk
}

#[cfg(test)]
#[path = "span_tests.rs"]
mod tests;
