//! The working-day calendar: which days are worked, by which notice, and at which hours the window counts.
//!
//! The State Council publishes each year's holidays and make-up working days in the autumn before. A year without a notice is *unknown*: weekends
//! are then assumed free and every due date that rests on it is provisional (暂定). A calendar is a value with an edition in each row; a
//! correction is a new value, not a change of this one.

use crate::kernel::{DAY, Day, HOUR, MINUTE, coded};

coded! {
    /// What a day is for counting.
    DayKind {
        /// Monday to Friday without a notice.
        Working = "working", "工作日", "working day";
        /// Saturday or Sunday without a notice.
        Weekend = "weekend", "周末", "weekend";
        /// Free by a notice: a statutory holiday or a day moved next to it.
        Holiday = "holiday", "节假日放假", "holiday";
        /// Worked by a notice although a Saturday or Sunday.
        Makeup = "makeup", "调休上班", "make-up working day";
    }
}

/// One day of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The day.
    pub day: Day,
    /// `Holiday` or `Makeup`; the others follow from the weekday.
    pub kind: DayKind,
    /// The holiday's name as the notice has it, e.g. 春节.
    pub name: String,
    /// The notice's number, e.g. 国办发明电〔2025〕7号.
    pub source: String,
    /// The day on which the notice was issued.
    pub edition: String,
}

/// A span of service hours in a working day: milliseconds since midnight, the end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// Where it begins.
    pub from: i64,
    /// Where it ends.
    pub to: i64,
}

impl Hours {
    /// Service hours of a default window: 08:30–12:00 and 13:30–17:30 (ours; the street's own hours are configuration).
    pub const DEFAULT: [Self; 2] = [Self { from: 8 * HOUR + 30 * MINUTE, to: 12 * HOUR }, Self { from: 13 * HOUR + 30 * MINUTE, to: 17 * HOUR + 30 * MINUTE }];
}

/// Why rows do not make a calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarFault {
    /// A line of the file cannot be read.
    #[error("日历第 {0} 行无法读取")]
    Line(usize),
    /// The same day stands twice.
    #[error("日历中 {0} 重复")]
    Twice(String),
    /// A day of a notice lies in a year that is not known as a whole, or its kind does not come from a notice.
    #[error("日历中 {0} 不是放假或调休上班，或其年份未列入")]
    Stray(String),
    /// The service hours are empty, not in order, overlap or leave the day.
    #[error("服务时间须按先后排列、互不重叠且在一日之内")]
    Hours,
}

/// Days with their kinds, the years that are known, and the service hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    entries: Vec<Entry>,
    years: Vec<i16>,
    hours: Vec<Hours>,
    /// First day of the first known year; `table[i]` is the day `first + i`, none in a year between that is not known.
    first: Day,
    table: Vec<Option<DayKind>>,
}

const SEED: &str = include_str!("calendar.tsv");

impl Calendar {
    /// A calendar out of the days of notices, the years that they cover, and the service hours.
    ///
    /// # Errors
    /// A day twice, a day outside `years`, or service hours that cannot be.
    pub fn new(mut entries: Vec<Entry>, mut years: Vec<i16>, hours: Vec<Hours>) -> Result<Self, CalendarFault> {
        let ordered = hours.windows(2).all(|pair| matches!(pair, [a, b] if a.to <= b.from));
        if hours.is_empty() || !ordered || hours.iter().any(|h| h.from >= h.to || h.from < 0 || h.to > DAY) {
            return Err(CalendarFault::Hours);
        }
        entries.sort_by_key(|entry| entry.day);
        if let Some([_, twice]) = entries.windows(2).find(|pair| matches!(pair, [a, b] if a.day == b.day)) {
            return Err(CalendarFault::Twice(twice.day.written()));
        }
        years.sort_unstable();
        years.dedup();
        let new_year = |year: i16| Day::of(year, 1, 1).unwrap_or(Day(0));
        let first = years.first().map_or(Day(0), |year| new_year(*year));
        let mut table = Vec::new();
        for year in &years {
            let (from, to) = (new_year(*year), new_year(year + 1));
            table.resize(index(first, from).unwrap_or(0), None);
            table.extend((from.0..to.0).map(|day| Some(by_weekday(Day(day)))));
        }
        for entry in &entries {
            let slot = index(first, entry.day).and_then(|i| table.get_mut(i)).filter(|slot| slot.is_some());
            match slot {
                Some(slot) if matches!(entry.kind, DayKind::Holiday | DayKind::Makeup) => *slot = Some(entry.kind),
                _ => return Err(CalendarFault::Stray(entry.day.written())),
            }
        }
        Ok(Self { entries, years, hours, first, table })
    }

    /// Reads tab-separated rows `day kind name source edition` under a line of headers; a year that has a row is known.
    ///
    /// # Errors
    /// A line that cannot be read, or what [`Calendar::new`] refuses.
    pub fn read(text: &str, hours: Vec<Hours>) -> Result<Self, CalendarFault> {
        let mut entries = Vec::new();
        for (i, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
            entries.push(entry(line).ok_or(CalendarFault::Line(i + 1))?);
        }
        let years = entries.iter().map(|entry| entry.day.year()).collect();
        Self::new(entries, years, hours)
    }

    /// The calendar that ships: 2023 to 2026 from the notices of the State Council's General Office, with the default service hours.
    /// How it was checked stands in `docs/guide/calendar.md`.
    #[must_use]
    pub fn seed() -> Self {
        // A test reads the file; were it broken all the same, every date would show as provisional.
        Self::read(SEED, Hours::DEFAULT.to_vec()).unwrap_or_else(|_| Self::weekends_only())
    }

    /// A calendar that knows no year.
    #[must_use]
    pub fn weekends_only() -> Self {
        Self { entries: Vec::new(), years: Vec::new(), hours: Hours::DEFAULT.to_vec(), first: Day(0), table: Vec::new() }
    }

    /// What the day is; in an unknown year its weekday decides.
    #[must_use]
    pub fn kind(&self, day: Day) -> DayKind {
        self.slot(day).unwrap_or_else(|| by_weekday(day))
    }

    /// Whether the day is worked.
    #[must_use]
    pub fn is_working(&self, day: Day) -> bool {
        matches!(self.kind(day), DayKind::Working | DayKind::Makeup)
    }

    /// Whether a notice for the day's year is known.
    #[must_use]
    pub fn known(&self, day: Day) -> bool {
        self.slot(day).is_some()
    }

    /// The years whose notice is known, in order.
    #[must_use]
    pub fn known_years(&self) -> &[i16] {
        &self.years
    }

    /// The row of a notice for this day, if there is one.
    #[must_use]
    pub fn entry(&self, day: Day) -> Option<&Entry> {
        self.entries.binary_search_by_key(&day, |entry| entry.day).ok().and_then(|i| self.entries.get(i))
    }

    /// Every row of the notices, by day.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The service hours of a working day, in order.
    #[must_use]
    pub fn hours(&self) -> &[Hours] {
        &self.hours
    }

    fn slot(&self, day: Day) -> Option<DayKind> {
        index(self.first, day).and_then(|i| self.table.get(i)).copied().flatten()
    }
}

fn index(first: Day, day: Day) -> Option<usize> {
    usize::try_from(day.0 - first.0).ok()
}

/// Without a notice: 1970-01-01 was a Thursday, so day 2 was a Saturday.
fn by_weekday(day: Day) -> DayKind {
    if matches!(day.0.rem_euclid(7), 2 | 3) { DayKind::Weekend } else { DayKind::Working }
}

fn entry(line: &str) -> Option<Entry> {
    let mut cells = line.trim_end().split('\t');
    let entry = Entry {
        day: Day::read(cells.next()?)?,
        kind: cells.next()?.parse().ok()?,
        name: cells.next()?.to_owned(),
        source: cells.next()?.to_owned(),
        edition: cells.next()?.to_owned(),
    };
    (cells.next().is_none() && !entry.name.is_empty() && !entry.source.is_empty()).then_some(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::read(text).unwrap()
    }

    #[test]
    fn the_shipped_file_reads_and_knows_its_years() {
        let calendar = Calendar::read(SEED, Hours::DEFAULT.to_vec()).unwrap();
        assert_eq!(calendar, Calendar::seed());
        assert_eq!(calendar.known_years(), [2023, 2024, 2025, 2026]);
        assert_eq!(calendar.entries().iter().filter(|e| e.kind == DayKind::Holiday).count(), 115);
        assert_eq!(calendar.entries().iter().filter(|e| e.kind == DayKind::Makeup).count(), 26);
        assert!(calendar.entries().iter().all(|e| e.source.starts_with("国办发明电〔") && Day::read(&e.edition).is_some()));
    }

    #[test]
    fn make_up_days_are_worked_and_holidays_are_not() {
        let calendar = Calendar::seed();
        for (text, kind) in [
            ("2026-02-14", DayKind::Makeup),
            ("2026-02-16", DayKind::Holiday),
            ("2024-02-09", DayKind::Working),
            ("2025-10-08", DayKind::Holiday),
            ("2026-11-24", DayKind::Working),
            ("2026-11-28", DayKind::Weekend),
        ] {
            assert_eq!(calendar.kind(day(text)), kind, "{text}");
        }
        assert_eq!(calendar.entry(day("2026-02-14")).unwrap().name, "春节");
    }

    #[test]
    fn a_make_up_day_is_always_a_weekend_day() {
        let calendar = Calendar::seed();
        assert!(calendar.entries().iter().filter(|e| e.kind == DayKind::Makeup).all(|e| e.day.is_weekend()));
    }

    #[test]
    fn the_weekday_agrees_with_the_kernel() {
        for n in -4_000..24_000 {
            assert_eq!(by_weekday(Day(n)) == DayKind::Weekend, Day(n).is_weekend(), "{}", Day(n).written());
        }
    }

    #[test]
    fn an_unknown_year_has_weekends_only() {
        let calendar = Calendar::seed();
        assert!(calendar.known(day("2026-12-31")) && calendar.known(day("2023-01-01")));
        assert!(!calendar.known(day("2027-01-01")) && !calendar.known(day("2022-12-31")));
        assert!(calendar.is_working(day("2027-01-01")), "a Friday, and no notice says otherwise yet");
        assert!(!calendar.is_working(day("2027-01-02")));
    }

    #[test]
    fn a_gap_between_known_years_stays_unknown() {
        let row = |text: &str| Entry { day: day(text), kind: DayKind::Holiday, name: "元旦".into(), source: "x".into(), edition: "y".into() };
        let calendar = Calendar::new(vec![row("2026-01-01"), row("2024-01-01")], vec![2026, 2024], Hours::DEFAULT.to_vec()).unwrap();
        assert!(calendar.known(day("2024-12-31")) && !calendar.known(day("2025-06-01")) && calendar.known(day("2026-01-01")));
    }

    #[test]
    fn faults_are_named() {
        let hours = || Hours::DEFAULT.to_vec();
        let head = "day\tkind\tname\tsource\tedition\n";
        assert_eq!(Calendar::read(&format!("{head}2026-01-01\tfree\t元旦\tx\ty"), hours()), Err(CalendarFault::Line(2)));
        let twice = format!("{head}2026-01-01\tholiday\t元旦\tx\ty\n2026-01-01\tholiday\t元旦\tx\ty\n");
        assert_eq!(Calendar::read(&twice, hours()), Err(CalendarFault::Twice("2026-01-01".into())));
        let stray = format!("{head}2026-01-01\tworking\t元旦\tx\ty\n");
        assert_eq!(Calendar::read(&stray, hours()), Err(CalendarFault::Stray("2026-01-01".into())));
        for hours in [vec![], vec![Hours { from: 5, to: 5 }], vec![Hours { from: 0, to: 9 }, Hours { from: 8, to: 10 }], vec![Hours { from: 0, to: DAY + 1 }]] {
            assert_eq!(Calendar::read(head, hours), Err(CalendarFault::Hours));
        }
    }
}
