//! Tables of counts in: one row a series and time, or one row an event; summed by period, gaps filled with noughts.

use crate::scan::dates;
use crate::tables::Source;
use anyhow::{Result, bail};
use jiff::civil::Date;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// The largest count and the longest series that are taken.
const MOST: f64 = 1e12;
const LONGEST: i64 = 200_000;

/// What a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Unit {
    /// Numbers that stand for themselves, 52 a year
    Number,
    /// Days
    Day,
    /// Weeks from Monday
    Week,
    /// Months
    Month,
}

/// Up to when a series lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Until {
    /// To its own last row
    Own,
    /// To the last row of the table: a series that is silent has noughts
    Table,
}

/// Which table, and what stands where.
#[derive(Debug, Clone, clap::Args)]
pub struct Table {
    /// A table (CSV, also .gz, or xlsx)
    #[arg(long)]
    pub input: PathBuf,
    /// The columns that name the series, separated by commas; without: one series
    #[arg(long)]
    pub series: Option<String>,
    /// The column with the date, or with the number of the period
    #[arg(long)]
    pub date: String,
    /// The column with the count; without: each row is one event
    #[arg(long)]
    pub count: Option<String>,
    /// The period; else found from the dates
    #[arg(long)]
    pub every: Option<Unit>,
    /// Up to when a series lasts; without: by dates to the table's end, by numbers to its own
    #[arg(long)]
    pub until: Option<Until>,
}

/// A series: every period from its first, with noughts where there was no row.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name; parts joined by ` / `.
    pub name: String,
    /// The number of its first period.
    pub first: i64,
    /// Counts.
    pub counts: Vec<f64>,
    /// What stood in the columns that were asked for beside: summed for `marks`.
    pub marks: Vec<f64>,
    /// The identity of an outbreak, nought for none.
    pub outbreaks: Vec<i64>,
}

/// All series of a table, in order of their names.
#[derive(Debug)]
pub struct All {
    /// The series.
    pub series: Vec<Series>,
    /// The period.
    pub unit: Unit,
    /// How many rows were read.
    pub rows: u64,
}

struct Row {
    series: u32,
    time: i64,
    count: f64,
    mark: f64,
    outbreak: i64,
}

impl Table {
    /// Reads the table.
    ///
    /// # Errors
    /// What cannot be read, with file and line.
    pub fn read(&self, marks: Option<&str>, outbreaks: Option<&str>) -> Result<All> {
        let mut source = Source::open(&self.input)?;
        let names = source.columns(&self.series.as_deref().map(crate::tables::list).unwrap_or_default())?;
        let date = source.column(&self.date)?;
        let find = |source: &Source, name: Option<&str>| name.map(|name| source.column(name)).transpose();
        let (count, marks, outbreaks) = (find(&source, self.count.as_deref())?, find(&source, marks)?, find(&source, outbreaks)?);
        let mut known: HashMap<String, u32> = HashMap::new();
        let (mut rows, mut row) = (Vec::new(), csv::StringRecord::new());
        let mut numbers = None;
        while let Some(line) = source.read(&mut row)? {
            let text = row.get(date).unwrap_or_default().trim();
            let number = text.parse::<i64>().ok().filter(|number| number.abs() < 10_000_000);
            let by_number = *numbers.get_or_insert(number.is_some() && matches!(self.every, None | Some(Unit::Number)));
            let time = if by_number { number } else { dates::parse(text).map(i64::from) };
            let time = time.ok_or_else(|| source.bad(line, date, text))?;
            let least = |column: Option<usize>, otherwise: f64| -> Result<f64> {
                let Some(column) = column else { return Ok(otherwise) };
                let value: f64 = source.value(&row, line, column)?;
                if !(0.0..=MOST).contains(&value) || value.fract() != 0.0 {
                    return Err(source.bad(line, column, row.get(column).unwrap_or_default()));
                }
                Ok(value)
            };
            let (count, mark) = (least(count, 1.0)?, least(marks, 0.0)?);
            let outbreak = outbreaks.map(|column| source.value(&row, line, column)).transpose()?.unwrap_or_default();
            let name = names.iter().map(|column| row.get(*column).unwrap_or_default().trim()).collect::<Vec<_>>().join(" / ");
            let next = known.len() as u32;
            let series = *known.entry(name).or_insert(next);
            rows.push(Row { series, time, count, mark, outbreak });
        }
        if rows.is_empty() {
            bail!("文件“{}”里没有可用的行。", source.file());
        }
        let by_number = numbers == Some(true);
        let unit = self.every.unwrap_or_else(|| if by_number { Unit::Number } else { found(&rows) });
        if (unit == Unit::Number) != by_number {
            bail!("文件“{}”的“{}”列不是编号而是日期，不能用 --every number。", source.file(), self.date);
        }
        let until = self.until.unwrap_or(if by_number { Until::Own } else { Until::Table });
        let count = rows.len() as u64;
        let series = laid_out(known, rows, unit, until).map_err(|name| anyhow::anyhow!("文件“{}”：系列“{name}”太长。", source.file()))?;
        Ok(All { series, unit, rows: count })
    }
}

/// The period that dates speak of: all on one weekday are weeks, all on the first are months.
fn found(rows: &[Row]) -> Unit {
    let first = rows.first().map_or(0, |row| row.time);
    let several = rows.iter().any(|row| row.time != first);
    let month = |time: i64| date_of(time).is_some_and(|date| date.day() == 1 || date.day() == 15);
    if several && rows.iter().all(|row| (row.time - first) % 7 == 0) {
        Unit::Week
    } else if several && rows.iter().all(|row| month(row.time)) {
        Unit::Month
    } else {
        Unit::Day
    }
}

fn date_of(day: i64) -> Option<Date> {
    dates::date_of(i32::try_from(day).ok()?)
}

fn laid_out(known: HashMap<String, u32>, rows: Vec<Row>, unit: Unit, until: Until) -> Result<Vec<Series>, String> {
    let mut names: Vec<(String, u32)> = known.into_iter().collect();
    names.sort();
    let mut ends: Vec<Option<(i64, i64)>> = vec![None; names.len()];
    let placed: Vec<(i64, Row)> = rows.into_iter().map(|row| (unit.period(row.time), row)).collect();
    let last = placed.iter().map(|(period, _)| *period).max().unwrap_or_default();
    for (period, row) in &placed {
        let end = ends[row.series as usize].get_or_insert((*period, *period));
        *end = (end.0.min(*period), end.1.max(*period));
    }
    let mut at = vec![0; names.len()];
    let mut all = Vec::with_capacity(names.len());
    for (name, number) in names {
        let (first, own) = ends[number as usize].unwrap_or_default();
        let length = if until == Until::Own { own } else { last } - first + 1;
        if length > LONGEST {
            return Err(name);
        }
        at[number as usize] = all.len();
        let length = length as usize;
        all.push(Series { name, first, counts: vec![0.0; length], marks: vec![0.0; length], outbreaks: vec![0; length] });
    }
    for (period, row) in placed {
        let series = &mut all[at[row.series as usize]];
        let place = (period - series.first) as usize;
        series.counts[place] += row.count;
        series.marks[place] += row.mark;
        series.outbreaks[place] = series.outbreaks[place].max(row.outbreak);
    }
    Ok(all)
}

impl Unit {
    /// How many make a year.
    #[must_use]
    pub const fn yearly(self) -> usize {
        match self {
            Self::Number | Self::Week => 52,
            Self::Day => 365,
            Self::Month => 12,
        }
    }

    /// The number of the period in which a day (or number) lies. 1970-01-05 was a Monday.
    #[must_use]
    pub fn period(self, time: i64) -> i64 {
        match self {
            Self::Number | Self::Day => time,
            Self::Week => (time - 4).div_euclid(7),
            Self::Month => date_of(time).map_or(0, |date| i64::from(date.year()) * 12 + i64::from(date.month()) - 1),
        }
    }

    /// The first day of a period; none for numbers.
    #[must_use]
    pub fn day(self, period: i64) -> Option<i64> {
        match self {
            Self::Number => None,
            Self::Day => Some(period),
            Self::Week => Some(period * 7 + 4),
            Self::Month => {
                let year = i16::try_from(period.div_euclid(12)).ok()?;
                Date::new(year, i8::try_from(period.rem_euclid(12) + 1).ok()?, 1).ok().map(|date| i64::from(dates::day_of(date)))
            }
        }
    }

    /// How a period is written.
    #[must_use]
    pub fn written(self, period: i64) -> String {
        match self.day(period).and_then(date_of) {
            Some(date) if self == Self::Month => format!("{:04}-{:02}", date.year(), date.month()),
            Some(date) => date.to_string(),
            None => period.to_string(),
        }
    }

    /// The period so many years before: the same date, for weeks the nearest Monday to it, as R does with dates.
    #[must_use]
    pub fn years_before(self, period: i64, years: usize) -> Option<i64> {
        let years = i64::try_from(years).ok()?;
        match self {
            Self::Number => Some(period - 52 * years),
            Self::Month => Some(period - 12 * years),
            Self::Day | Self::Week => {
                let then = date_of(self.day(period)?)?.checked_sub(jiff::Span::new().try_years(years).ok()?).ok()?;
                let then = i64::from(dates::day_of(then));
                Some(if self == Self::Day { then } else { self.period(then + 3) })
            }
        }
    }

    /// Where in the year a period lies, from nought to below one.
    #[must_use]
    pub fn phase(self, period: i64) -> f64 {
        let Some(date) = self.day(period).and_then(date_of) else { return period.rem_euclid(52) as f64 / 52.0 };
        (f64::from(date.day_of_year()) - 1.0) / f64::from(date.days_in_year())
    }
}

/// The rows of several tables by period, for rates of false discovery.
pub(super) fn by_period<T>(rows: impl IntoIterator<Item = (i64, T)>) -> BTreeMap<i64, Vec<T>> {
    let mut all: BTreeMap<i64, Vec<T>> = BTreeMap::new();
    for (period, row) in rows {
        all.entry(period).or_default().push(row);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_have_their_days_and_years() {
        let day = |text: &str| i64::from(dates::parse(text).unwrap());
        let week = Unit::Week.period(day("2024-12-31"));
        assert_eq!(Unit::Week.written(week), "2024-12-30");
        assert_eq!(Unit::Week.written(Unit::Week.years_before(week, 1).unwrap()), "2024-01-01");
        assert_eq!(Unit::Week.written(Unit::Week.years_before(week, 5).unwrap()), "2019-12-30");
        assert_eq!(Unit::Month.written(Unit::Month.period(day("2024-02-29"))), "2024-02");
        assert_eq!(Unit::Day.written(Unit::Day.years_before(day("2024-02-29"), 1).unwrap()), "2023-02-28");
        assert!(Unit::Day.phase(day("2024-12-31")) < 1.0 && Unit::Number.phase(52) == 0.0);
    }
}
