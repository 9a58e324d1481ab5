//! Days as numbers, dates as SaTScan writes them, and the intervals of a study.

use anyhow::{Result, bail};
use jiff::civil::Date;

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// No time at all, or numbers that stand for themselves.
    Generic,
    /// Years.
    Year,
    /// Months.
    Month,
    /// Days.
    Day,
}

/// The number of a day; 1970-01-01 is nought.
#[must_use]
pub fn day_of(date: Date) -> i32 {
    date.since(Date::constant(1970, 1, 1)).map_or(0, |span| span.get_days())
}

/// The date of a day's number.
#[must_use]
pub fn date_of(day: i32) -> Option<Date> {
    Date::constant(1970, 1, 1).checked_add(jiff::Span::new().try_days(day).ok()?).ok()
}

/// A date or a part of one: `2016/2/14`, `2016-02-14`, `2/14/2016`, `2016/2`, `2016`; a time of day behind it does not matter. A part stands for its middle: a
/// year for 1 July, a month for its 15th.
#[must_use]
pub fn parse(text: &str) -> Option<i32> {
    let text = text.trim();
    let text = text.split(['T', ' ']).next().unwrap_or(text);
    let parts: Vec<&str> = text.split(['/', '-', '.', '年', '月', '日']).filter(|part| !part.is_empty()).collect();
    let number = |part: &str| part.parse::<i16>().ok();
    let date = |year: i16, month: i16, day: i16| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    let date = match parts[..] {
        [year] if year.len() == 8 && year.is_ascii() => date(number(&year[..4])?, number(&year[4..6])?, number(&year[6..])?),
        [year] => date(number(year)?, 7, 1),
        [year, month] if year.len() == 4 => date(number(year)?, number(month)?, 15),
        [month, year] if year.len() == 4 => date(number(year)?, number(month)?, 15),
        [year, month, day] if year.len() == 4 => date(number(year)?, number(month)?, number(day)?),
        [month, day, year] if year.len() == 4 => date(number(year)?, number(month)?, number(day)?),
        _ => None,
    };
    date.filter(|date| date.year() > 0).map(day_of)
}

/// A time of `unit`: a day's number, or for generic times the number itself.
#[must_use]
pub fn parse_as(text: &str, unit: Unit) -> Option<i32> {
    if unit == Unit::Generic { text.trim().parse().ok() } else { parse(text) }
}

/// How a day's number is shown.
#[must_use]
pub fn show(day: i32, unit: Unit) -> String {
    match date_of(day) {
        Some(date) if unit != Unit::Generic => format!("{}/{}/{}", date.year(), date.month(), date.day()),
        _ => day.to_string(),
    }
}

/// The intervals of a study period: where each begins, and the day behind the last. They are counted back from the end, so that the first may be shorter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intervals {
    /// Where each begins; one more at the end.
    pub begins: Vec<i32>,
}

impl Intervals {
    /// From the first to the last day of a period.
    ///
    /// # Errors
    /// An end before the start, more intervals than anybody needs.
    pub fn new(first: i32, last: i32, unit: Unit, length: u32) -> Result<Self> {
        if last < first || length == 0 {
            bail!("研究期间的结束早于开始，或时间单位长度为零。");
        }
        let mut begins = vec![last + 1];
        let back = |steps: i64| -> Option<i32> {
            let many = steps * i64::from(length);
            match unit {
                Unit::Generic | Unit::Day => i32::try_from(i64::from(last) + 1 - many).ok(),
                Unit::Month | Unit::Year => {
                    let months = jiff::Span::new().try_months(if unit == Unit::Year { many.checked_mul(12)? } else { many }).ok()?;
                    date_of(last + 1)?.checked_sub(months).ok().map(day_of)
                }
            }
        };
        for steps in 1.. {
            let Some(begin) = back(steps).filter(|begin| *begin > first) else { break };
            begins.push(begin);
            if begins.len() > 1_000_000 {
                bail!("时间段太多（超过一百万）。");
            }
        }
        begins.push(first);
        begins.reverse();
        Ok(Self { begins })
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.begins.len() as u32 - 1
    }

    /// In which a day lies.
    #[must_use]
    pub fn of(&self, day: i32) -> Option<u32> {
        let at = self.begins.partition_point(|begin| *begin <= day);
        (at > 0 && at < self.begins.len()).then(|| at as u32 - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_they_are_written() {
        let day = day_of(Date::constant(2016, 2, 14));
        for text in ["2016/2/14", "2016-02-14", "2/14/2016", "2016-02-14 08:30:00", "20160214", "2016年2月14日"] {
            assert_eq!(parse(text), Some(day), "{text}");
        }
        assert_eq!(parse("1973").map(|day| show(day, Unit::Day)), Some("1973/7/1".into()));
        for text in ["", "x", "2016/13/1", "2016/2/30", "1/2", "99999"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn intervals_are_counted_back_from_the_end() {
        let intervals = Intervals::new(0, 9, Unit::Day, 4).unwrap();
        assert_eq!(intervals.begins, [0, 2, 6, 10]);
        assert_eq!((intervals.of(-1), intervals.of(0), intervals.of(2), intervals.of(9), intervals.of(10)), (None, Some(0), Some(1), Some(2), None));
        let years = Intervals::new(parse("1973/1/1").unwrap(), parse("1991/12/31").unwrap(), Unit::Year, 1).unwrap();
        assert_eq!(years.count(), 19);
        assert!(years.begins.iter().all(|begin| show(*begin, Unit::Day).ends_with("/1/1")));
    }
}
