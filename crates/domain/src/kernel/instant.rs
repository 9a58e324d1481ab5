//! Instants and days. Both are integers in both engines; the zone is Asia/Shanghai, fixed at +08:00 since 1991.

use jiff::civil::{Date, Weekday};

/// One second in milliseconds.
pub const SECOND: i64 = 1_000;
/// One minute in milliseconds.
pub const MINUTE: i64 = 60 * SECOND;
/// One hour in milliseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// One day in milliseconds.
pub const DAY: i64 = 24 * HOUR;

const ZONE: i64 = 8 * HOUR;

/// A point in time: milliseconds since 1970-01-01T00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant(pub i64);

impl Instant {
    /// The civil day in Shanghai on which this instant falls.
    #[must_use]
    pub const fn day(self) -> Day {
        Day((self.0 + ZONE).div_euclid(DAY))
    }

    /// Milliseconds since midnight in Shanghai, `0..DAY`.
    #[must_use]
    pub const fn of_day(self) -> i64 {
        (self.0 + ZONE).rem_euclid(DAY)
    }

    /// This instant moved by so many milliseconds.
    #[must_use]
    pub const fn plus(self, millis: i64) -> Self {
        Self(self.0 + millis)
    }

    /// Milliseconds from `earlier` to this instant; negative if it lies later.
    #[must_use]
    pub const fn since(self, earlier: Instant) -> i64 {
        self.0 - earlier.0
    }

    /// `2026-11-24 09:30` in Shanghai, as people write it.
    #[must_use]
    pub fn written(self) -> String {
        let minutes = self.of_day() / MINUTE;
        format!("{} {:02}:{:02}", self.day().written(), minutes / 60, minutes % 60)
    }

    /// Reads `2026-11-24`, `2026-11-24 09:30`, `2026-11-24 09:30:15` (also with `T`, `/` or `+08:00`) as Shanghai time.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches("+08:00").replace('/', "-").replace('T', " ");
        let (date, time) = text.split_once(' ').unwrap_or((&text, "0:0:0"));
        let day = Day::read(date)?;
        let mut parts = time.trim().split(':');
        let hour: i64 = parts.next()?.parse().ok()?;
        let minute: i64 = parts.next().unwrap_or("0").parse().ok()?;
        let second: f64 = parts.next().unwrap_or("0").parse().ok()?;
        if parts.next().is_some() || !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0.0..60.0).contains(&second) {
            return None;
        }
        // Seconds of a day times a thousand fit exactly into f64.
        #[expect(clippy::cast_possible_truncation, reason = "0 ≤ second < 60")]
        let millis = (second * 1000.0) as i64;
        Some(day.start().plus(hour * HOUR + minute * MINUTE + millis))
    }
}

/// A civil day in Shanghai: days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(pub i64);

impl Day {
    /// The instant at which the day begins (00:00 in Shanghai).
    #[must_use]
    pub const fn start(self) -> Instant {
        Instant(self.0 * DAY - ZONE)
    }

    /// The day `days` later.
    #[must_use]
    pub const fn plus(self, days: i64) -> Self {
        Self(self.0 + days)
    }

    /// The day of a civil date, or none if there is no such date.
    #[must_use]
    pub fn of(year: i16, month: i8, day: i8) -> Option<Self> {
        Date::new(year, month, day).ok().map(|date| Self(i64::from((date - EPOCH).get_days())))
    }

    /// Reads `2026-11-24` (also without leading zeros).
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, '-');
        Self::of(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?)
    }

    /// The day of the same number so many months later, or that month's last day if it has none (民法典 202). At the end of the calendar it stays put.
    #[must_use]
    pub fn months_later(self, months: i64) -> Self {
        let later = jiff::Span::new().try_months(months).ok().and_then(|span| self.date().checked_add(span).ok());
        later.map_or(self, |date| Self(i64::from((date - EPOCH).get_days())))
    }

    fn date(self) -> Date {
        let days = i32::try_from(self.0).unwrap_or(0);
        EPOCH.checked_add(jiff::Span::new().try_days(days).unwrap_or_default()).unwrap_or(EPOCH)
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.date().year()
    }

    /// `2026-11-24`.
    #[must_use]
    pub fn written(self) -> String {
        let date = self.date();
        format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
    }

    /// Whether the day is a Saturday or Sunday.
    #[must_use]
    pub fn is_weekend(self) -> bool {
        matches!(self.date().weekday(), Weekday::Saturday | Weekday::Sunday)
    }

    /// Monday 1 … Sunday 7.
    #[must_use]
    pub fn weekday(self) -> i8 {
        self.date().weekday().to_monday_one_offset()
    }
}

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_sixteen_hundred_utc() {
        let day = Day::of(2026, 11, 24).unwrap();
        assert_eq!(day.start(), Instant(1_795_449_600_000));
        assert_eq!(day.start().written(), "2026-11-24 00:00");
        assert_eq!(day.start().plus(-1).day(), day.plus(-1));
        assert_eq!(day.weekday(), 2);
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for text in ["2026-11-24 09:30", "2026/11/24 9:30", "2026-11-24T09:30:00+08:00"] {
            assert_eq!(Instant::read(text).unwrap().written(), "2026-11-24 09:30");
        }
        assert_eq!(Instant::read("2026-02-29"), None);
        assert_eq!(Instant::read("2026-11-24 25:00"), None);
    }
}
