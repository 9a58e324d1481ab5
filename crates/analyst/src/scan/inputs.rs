//! SaTScan's blank-separated input files: cases, controls, population, coordinates, grid.

use super::dates::{self, Unit};
use anyhow::{Context, Result, anyhow, bail};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

/// A row of cases or controls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cases {
    /// The place's id.
    pub place: String,
    /// How many.
    pub count: u32,
    /// When, if there is a time.
    pub time: Option<i32>,
    /// The covariates, joined by a blank.
    pub covariates: String,
    /// The line in its file.
    pub line: u64,
}

/// A row of the population file.
#[derive(Debug, Clone, PartialEq)]
pub struct People {
    /// The place's id.
    pub place: String,
    /// On which day; none if the file says `unspecified`.
    pub time: Option<i32>,
    /// How many.
    pub count: f64,
    /// The covariates, joined by a blank.
    pub covariates: String,
    /// The line in its file.
    pub line: u64,
}

/// A row of the coordinates file.
#[derive(Debug, Clone, PartialEq)]
pub struct Coordinates {
    /// The place's id.
    pub place: String,
    /// The first column behind it: x, or latitude.
    pub first: f64,
    /// The second.
    pub second: f64,
    /// The line in its file.
    pub line: u64,
}

/// The text of a file, unpacked, in UTF-8 or GB18030.
///
/// # Errors
/// A file that is not there.
pub fn text(path: &Path) -> Result<String> {
    let mut bytes = std::fs::read(path).with_context(|| format!("文件“{}”打不开", path.display()))?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut unpacked = Vec::new();
        flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut unpacked).with_context(|| format!("文件“{}”读不出来", path.display()))?;
        bytes = unpacked;
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => encoding_rs::GB18030.decode(error.as_bytes()).0.into_owned(),
    })
}

/// The cells of a line: blanks or commas between them, quotes around those that hold blanks.
fn cells(line: &str) -> Vec<Cow<'_, str>> {
    let mut cells = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"').unwrap_or(quoted.len());
            cells.push(Cow::Borrowed(&quoted[..end]));
            rest = quoted.get(end + 1..).unwrap_or_default();
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || c == ',').unwrap_or(rest.len());
            cells.push(Cow::Borrowed(&rest[..end]));
            rest = &rest[end..];
        }
        rest = rest.trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    cells
}

fn rows(text: &str) -> impl Iterator<Item = (u64, Vec<Cow<'_, str>>)> {
    (1_u64..).zip(text.trim_start_matches('\u{feff}').lines()).map(|(line, content)| (line, cells(content))).filter(|(_, cells)| !cells.is_empty())
}

fn bad(file: &str, line: u64, what: &str, cell: &str) -> anyhow::Error {
    let cell: String = cell.chars().take(40).collect();
    anyhow!("{file} 第{line}行：{what}“{cell}”读不懂。")
}

/// Cases or controls: `place count [time] [covariates…]`. Without times (`timed` false) covariates follow the count.
///
/// # Errors
/// A row that cannot be read, with file and line.
pub fn cases(file: &str, text: &str, timed: bool, unit: Unit) -> Result<Vec<Cases>> {
    rows(text)
        .map(|(line, cells)| {
            let [place, count, rest @ ..] = &cells[..] else { bail!("{file} 第{line}行：只有{}列，至少要有地点和数目。", cells.len()) };
            let count = count.parse().map_err(|_| bad(file, line, "数目", count))?;
            let (time, rest) = match rest {
                [time, rest @ ..] if timed => (Some(dates::parse_as(time, unit).ok_or_else(|| bad(file, line, "时间", time))?), rest),
                [] if timed => bail!("{file} 第{line}行：没有时间。"),
                rest => (None, rest),
            };
            Ok(Cases { place: place.to_string(), count, time, covariates: rest.join(" "), line })
        })
        .collect()
}

/// Population: `place time count [covariates…]`.
///
/// # Errors
/// A row that cannot be read, with file and line.
pub fn people(file: &str, text: &str, unit: Unit) -> Result<Vec<People>> {
    rows(text)
        .map(|(line, cells)| {
            let [place, time, count, rest @ ..] = &cells[..] else {
                bail!("{file} 第{line}行：只有{}列，要有地点、时间和人口。", cells.len())
            };
            let time = match time.eq_ignore_ascii_case("unspecified") {
                true => None,
                false => Some(dates::parse_as(time, unit).ok_or_else(|| bad(file, line, "时间", time))?),
            };
            let count: f64 = count.parse().map_err(|_| bad(file, line, "人口", count))?;
            if !(0.0..1e12).contains(&count) {
                return Err(bad(file, line, "人口", &count.to_string()));
            }
            Ok(People { place: place.to_string(), time, count, covariates: rest.join(" "), line })
        })
        .collect()
}

/// Coordinates: `place first second`. A grid file has no places: `first second`.
///
/// # Errors
/// A row that cannot be read, or a place that stands there twice at different points, with file and line.
pub fn coordinates(file: &str, text: &str, grid: bool, degrees: bool) -> Result<Vec<Coordinates>> {
    let mut seen: HashMap<String, (f64, f64)> = HashMap::new();
    let mut found = Vec::new();
    for (line, cells) in rows(text) {
        let (place, first, second) = match &cells[..] {
            [first, second, ..] if grid => ("", first, second),
            [place, first, second, ..] if !grid => (place.as_ref(), first, second),
            _ => bail!("{file} 第{line}行：只有{}列，坐标不全。", cells.len()),
        };
        let number =
            |cell: &str| cell.parse::<f64>().ok().filter(|number| number.is_finite() && number.abs() < 1e12).ok_or_else(|| bad(file, line, "坐标", cell));
        let (first, second) = (number(first)?, number(second)?);
        if degrees && (first.abs() > 90.0 || second.abs() > 180.0) {
            bail!("{file} 第{line}行：纬度“{first}”或经度“{second}”超出范围（先纬度，后经度）。");
        }
        if !grid {
            match seen.insert(place.to_owned(), (first, second)) {
                Some(before) if before != (first, second) => bail!("{file} 第{line}行：“{place}”有两个不同的坐标。"),
                Some(_) => continue,
                None => {}
            }
        }
        found.push(Coordinates { place: place.to_owned(), first, second, line });
    }
    Ok(found)
}
