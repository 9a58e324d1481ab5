//! A table of events, one a row, for those who have no parameter file.

use super::dates::{self, Unit};
use super::inputs::{Cases, Coordinates};
use super::plan::{Plan, Told, threads};
use super::study::{Analysis, Longest, Rows, Settings};
use crate::tables::Source;
use anyhow::{Result, bail};
use insight::scan::{Chance, Model, Stop};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// How a table of events is scanned.
#[derive(Debug, Clone, clap::Args)]
pub struct Events {
    /// A table (CSV, also .gz, or xlsx), one event a row
    #[arg(long, conflicts_with = "file")]
    pub events: Option<PathBuf>,
    /// The column with the date
    #[arg(long, default_value = "time")]
    pub time: String,
    /// The column with x, or with the longitude (with --degrees)
    #[arg(long, default_value = "x")]
    pub x: String,
    /// The column with y, or with the latitude (with --degrees)
    #[arg(long, default_value = "y")]
    pub y: String,
    /// The coordinates are longitude and latitude; radii are kilometres
    #[arg(long)]
    pub degrees: bool,
    /// The column with the place; else places are the points
    #[arg(long)]
    pub place: Option<String>,
    /// Only rows with this value: `COLUMN=VALUE`
    #[arg(long = "where")]
    pub only: Option<String>,
    /// The column whose values are each compared with their own kind (a covariate)
    #[arg(long)]
    pub within: Option<String>,
    /// The first day; else the first of the table
    #[arg(long)]
    pub from: Option<String>,
    /// The last day; else the last of the table
    #[arg(long)]
    pub to: Option<String>,
    /// All of the period instead of what is going on at its end
    #[arg(long)]
    pub retrospective: bool,
    /// The longest cluster, in days
    #[arg(long, default_value_t = 28)]
    pub days: u32,
    /// The largest circle, in per cent of the events
    #[arg(long, default_value_t = 50.0)]
    pub percent: f64,
    /// The largest circle's radius
    #[arg(long)]
    pub radius: Option<f64>,
    /// The fewest events of a cluster
    #[arg(long, default_value_t = 2)]
    pub least: u32,
    /// Makes days of the week comparable
    #[arg(long)]
    pub weekly: bool,
    /// How many histories without a cluster it is compared with
    #[arg(long, default_value_t = 999)]
    pub replications: u64,
    /// The seed of chance
    #[arg(long, default_value_t = 12_345_678)]
    pub seed: u64,
}

/// Reads the table. Rows without coordinates or date are refused by line.
///
/// # Errors
/// What cannot be read, with file and line.
pub fn read(path: &Path, how: &Events) -> Result<Plan> {
    let mut source = Source::open(path)?;
    let (time, x, y) = (source.column(&how.time)?, source.column(&how.x)?, source.column(&how.y)?);
    let place = how.place.as_ref().map(|name| source.column(name)).transpose()?;
    let within = how.within.as_ref().map(|name| source.column(name)).transpose()?;
    let only = match &how.only {
        None => None,
        Some(only) => {
            let Some((column, value)) = only.split_once('=') else { bail!("--where “{only}”：应为 列=值。") };
            Some((source.column(column)?, value.trim().to_owned()))
        }
    };
    let mut cases = Vec::new();
    let mut coordinates: HashMap<String, Coordinates> = HashMap::new();
    let mut row = csv::StringRecord::new();
    while let Some(line) = source.read(&mut row)? {
        if only.as_ref().is_some_and(|(column, value)| row.get(*column).is_none_or(|cell| cell.trim() != value)) {
            continue;
        }
        let text = row.get(time).unwrap_or_default();
        let day = dates::parse(text).ok_or_else(|| source.bad(line, time, text))?;
        let (east, north): (f64, f64) = (source.value(&row, line, x)?, source.value(&row, line, y)?);
        if !(east.abs() < 1e12 && north.abs() < 1e12) || (how.degrees && (north.abs() > 90.0 || east.abs() > 180.0)) {
            return Err(source.bad(line, x, row.get(x).unwrap_or_default()));
        }
        let id = match place {
            Some(column) => row.get(column).unwrap_or_default().trim().to_owned(),
            None => format!("{east},{north}"),
        };
        let (first, second) = if how.degrees { (north, east) } else { (east, north) };
        coordinates.entry(id.clone()).or_insert_with(|| Coordinates { place: id.clone(), first, second, line });
        let covariates = within.map_or_else(String::new, |column| row.get(column).unwrap_or_default().trim().to_owned());
        cases.push(Cases { place: id, count: 1, time: Some(day), covariates, line });
    }
    let end = |given: &Option<String>, otherwise: Option<i32>| -> Result<i32> {
        match given {
            Some(text) => dates::parse(text).ok_or_else(|| anyhow::anyhow!("“{text}”不是日期。")),
            None => otherwise.ok_or_else(|| anyhow::anyhow!("文件“{}”里没有可用的行。", source.file())),
        }
    };
    let days = || cases.iter().filter_map(|row| row.time);
    let period = (end(&how.from, days().min())?, end(&how.to, days().max())?);
    let settings = Settings {
        model: Model::Permutation,
        analysis: if how.retrospective { Analysis::Retrospective } else { Analysis::Prospective },
        period,
        unit: Unit::Day,
        length: 1,
        degrees: how.degrees,
        percent: how.percent,
        radius: how.radius,
        shortest: 1,
        longest: Longest::Units(how.days),
        least_cases: how.least,
        weekly: how.weekly,
        last_alone: true,
        relaxed: (true, false),
    };
    let mut places: Vec<Coordinates> = coordinates.into_values().collect();
    places.sort_by_key(|row| row.line);
    let rows = Rows { cases: (source.file().to_owned(), cases), places: (source.file().to_owned(), places), ..Rows::default() };
    let chance = Chance { histories: how.replications, seed: how.seed, threads: threads(0), stop: Stop::Never };
    Ok(Plan { settings, rows, chance, told: Told::Either, report: None })
}
