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

use super::{Calendar, DayKind};
use crate::kernel::{DAY, Day, HOUR, Instant, MINUTE, coded};

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
    }
}

impl SpanUnit {
    /// Counting milliseconds of one unit.
    #[must_use]
    pub const fn millis(self) -> i64 {
        match self {
            Self::Minute => MINUTE,
            Self::Hour | Self::WorkingHour => HOUR,
            Self::Day | Self::WorkingDay => DAY,
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

    /// Counting minutes of the whole span.
    #[must_use]
    pub fn total_minutes(self) -> i64 {
        self.total() / MINUTE
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

    fn total(self) -> i64 {
        self.n.clamp(1, Self::MOST) * self.unit.millis()
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

/// One run of an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where the run begins.
    pub from: Instant,
    /// Where it ends; the next line begins here.
    pub to: Instant,
    /// Minutes that count towards the span, 0 if the run is skipped. All lines together make [`Span::total_minutes`].
    pub minutes: i64,
    /// The reason in Chinese, with its source.
    pub said_zh: String,
    /// The reason in English.
    pub said_en: String,
}

/// When the span is due, with the reason.
#[must_use]
pub fn due(calendar: &Calendar, start: Instant, span: Span) -> Due {
    let mut account = Account { calendar, lines: Vec::new(), counted: 0 };
    let end = walk(calendar, start, span, span.total(), None, |from, to, why| account.add(from, to, why));
    Due { at: end.at, provisional: end.provisional, why: account.close() }
}

/// When the span is due and whether that is provisional; the fast path without reasons.
#[must_use]
pub fn due_at(calendar: &Calendar, start: Instant, span: Span) -> (Instant, bool) {
    let end = walk(calendar, start, span, span.total(), None, |_, _, _| ());
    (end.at, end.provisional)
}

/// The first instant at which `percent` of the span is consumed: 80 → soon, 100 → due, 150 and 200 → later rungs. 0 or less is the start.
#[must_use]
pub fn fraction(calendar: &Calendar, start: Instant, span: Span, percent: i64) -> Instant {
    let percent = percent.clamp(0, 10_000);
    walk(calendar, start, span, span.total() / 100 * percent, None, |_, _, _| ()).at
}

/// Whole counting minutes of the span consumed between `start` and `until`; goes on beyond the span's own length.
#[must_use]
pub fn consumed(calendar: &Calendar, start: Instant, until: Instant, span: Span) -> i64 {
    walk(calendar, start, span, i64::MAX, Some(until), |_, _, _| ()).counted / MINUTE
}

/// Why a slice counts or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    Real,
    FirstDay,
    CalendarDay,
    WorkingDay,
    Service,
    OutsideHours,
    DayOff,
    LastDayMoved,
}

impl Why {
    const fn counts(self) -> bool {
        matches!(self, Self::Real | Self::CalendarDay | Self::WorkingDay | Self::Service)
    }
}

struct End {
    at: Instant,
    counted: i64,
    provisional: bool,
}

/// Walks from `start` until `target` milliseconds are counted or `until` is reached; shows every slice on the way, counted or skipped.
fn walk(calendar: &Calendar, start: Instant, span: Span, target: i64, until: Option<Instant>, mut see: impl FnMut(Instant, Instant, Why)) -> End {
    let last = until.map_or(i64::MAX, |until| until.0);
    let mut end = End { at: start, counted: 0, provisional: false };
    if target <= 0 || last <= start.0 {
        return end;
    }
    // Takes the slice from where we stand up to `to`; true when the walk is over.
    let mut take = |end: &mut End, to: Instant, why: Why| {
        let from = end.at;
        let mut to = to.0.min(last);
        if why.counts() {
            to = to.min(from.0.saturating_add(target - end.counted));
            end.counted += to - from.0;
        }
        if to > from.0 {
            see(from, Instant(to), why);
            end.at = Instant(to);
        }
        end.counted >= target || to >= last
    };
    if matches!(span.unit, SpanUnit::Minute | SpanUnit::Hour) {
        take(&mut end, Instant(i64::MAX), Why::Real);
        return end;
    }
    let mut day = start.day();
    let mut whole = 0;
    if span.unit != SpanUnit::WorkingHour {
        if take(&mut end, day.plus(1).start(), Why::FirstDay) {
            return end;
        }
        day = day.plus(1);
    }
    loop {
        let midnight = day.plus(1).start();
        let over = match span.unit {
            SpanUnit::WorkingHour => {
                end.provisional |= !calendar.known(day);
                if calendar.is_working(day) {
                    calendar.hours().iter().any(|hours| {
                        (day.start().plus(hours.from) > end.at && take(&mut end, day.start().plus(hours.from), Why::OutsideHours))
                            || (day.start().plus(hours.to) > end.at && take(&mut end, day.start().plus(hours.to), Why::Service))
                    }) || take(&mut end, midnight, Why::OutsideHours)
                } else {
                    take(&mut end, midnight, Why::DayOff)
                }
            }
            SpanUnit::WorkingDay => {
                end.provisional |= !calendar.known(day);
                take(&mut end, midnight, if calendar.is_working(day) { Why::WorkingDay } else { Why::DayOff })
            }
            _ => {
                let is_last = whole == span.n.clamp(1, Span::MOST) - 1;
                if is_last {
                    end.provisional |= !calendar.known(day);
                }
                if is_last && !calendar.is_working(day) {
                    take(&mut end, midnight, Why::LastDayMoved)
                } else {
                    whole += 1;
                    take(&mut end, midnight, Why::CalendarDay)
                }
            }
        };
        if over {
            return end;
        }
        day = day.plus(1);
    }
}

/// Gathers slices into lines.
struct Account<'a> {
    calendar: &'a Calendar,
    lines: Vec<(Line, Why)>,
    counted: i64,
}

impl Account<'_> {
    fn add(&mut self, from: Instant, to: Instant, why: Why) {
        let before = self.counted / MINUTE;
        if why.counts() {
            self.counted += to.since(from);
        }
        // Whole minutes of the running total, so that the lines add up to the span even if it did not start on a minute.
        let minutes = self.counted / MINUTE - before;
        let (said_zh, said_en) = said(self.calendar, from.day(), why);
        match self.lines.last_mut() {
            Some((line, _)) if line.said_zh == said_zh => {
                line.to = to;
                line.minutes += minutes;
            }
            _ => self.lines.push((Line { from, to, minutes, said_zh, said_en }, why)),
        }
    }

    fn close(self) -> Vec<Line> {
        let with_count = |(mut line, why): (Line, Why)| {
            let days = line.minutes * MINUTE / DAY;
            if matches!(why, Why::CalendarDay | Why::WorkingDay) {
                line.said_zh.push_str(&format!("，计 {days} 日"));
                line.said_en.push_str(&format!(", {days} counted"));
            }
            line
        };
        self.lines.into_iter().map(with_count).collect()
    }
}

fn said(calendar: &Calendar, day: Day, why: Why) -> (String, String) {
    let (assumed, assumed_en) = if calendar.known(day) {
        ("", "")
    } else {
        ("（当年放假安排未公布，暂按周末推定）", " (holidays of that year not published yet, weekends assumed)")
    };
    let (name, name_en, source) = match calendar.entry(day) {
        Some(entry) if entry.kind == DayKind::Makeup => {
            (format!("{}调休上班", entry.name), format!("make-up working day ({})", entry.name), entry.source.as_str())
        }
        Some(entry) => (format!("{}放假", entry.name), format!("holiday ({})", entry.name), entry.source.as_str()),
        None if calendar.is_working(day) => ("工作日".to_owned(), "working days".to_owned(), ""),
        None => ("周末".to_owned(), "weekend".to_owned(), ""),
    };
    let noted = if source.is_empty() { String::new() } else { format!("（{source}）") };
    match why {
        Why::Real => ("昼夜连续计时".to_owned(), "counted day and night".to_owned()),
        Why::FirstDay => ("开始的当日不计（民法典第201条）".to_owned(), "the first day does not count (Civil Code art. 201)".to_owned()),
        Why::CalendarDay => ("自然日".to_owned(), "calendar days".to_owned()),
        Why::WorkingDay => (format!("{name}{noted}{assumed}"), format!("{name_en}{noted}{assumed_en}")),
        Why::Service if source.is_empty() => (format!("服务时间{assumed}"), format!("service hours{assumed_en}")),
        Why::Service => (format!("{name}，服务时间{noted}"), format!("{name_en}, service hours{noted}")),
        Why::OutsideHours => ("服务时间以外，不计".to_owned(), "outside service hours, not counted".to_owned()),
        Why::DayOff => (format!("{name}，不计{noted}{assumed}"), format!("{name_en}, not counted{noted}{assumed_en}")),
        Why::LastDayMoved => (
            format!("最后一日逢{name}，顺延（民法典第203条）{noted}{assumed}"),
            format!("the last day falls on a {name_en} and moves on (Civil Code art. 203){noted}{assumed_en}"),
        ),
    }
}

#[cfg(test)]
#[path = "span_tests.rs"]
mod tests;
