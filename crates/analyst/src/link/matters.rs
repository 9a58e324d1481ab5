//! `link run` for matters: texts, places, times.

use super::Run;
use super::config::Config;
use super::read::Ids;
use super::run::{decimals, quoted};
use crate::measure::Measure;
use crate::output::Output;
use crate::tables::Source;
use anyhow::{Result, bail};
use csv::StringRecord;
use insight::link::alike::{self, Report, Sameness};
use insight::normal::{dates, mark};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// The section `[matters]` of a configuration: either texts, or place and time with terms and words.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Matters {
    /// Columns of text, with how often each counts.
    #[serde(default)]
    texts: BTreeMap<String, f64>,
    /// The mean cosine from which groups of texts are one topic.
    #[serde(default = "join")]
    join: f64,
    /// Columns with longitude and latitude in degrees.
    #[serde(default)]
    lon: Option<String>,
    #[serde(default)]
    lat: Option<String>,
    /// The column with the time.
    #[serde(default)]
    time: Option<String>,
    /// Weight and scale (metres, days).
    #[serde(default = "place")]
    place_weight: (f64, f64),
    #[serde(default = "days")]
    time_weight: (f64, f64),
    /// Added for earlier candidates.
    #[serde(default)]
    earlier: f64,
    /// Only earlier candidates.
    #[serde(default)]
    backward: bool,
    /// Columns of terms and of words, with their weights.
    #[serde(default)]
    terms: BTreeMap<String, f64>,
    #[serde(default)]
    words: BTreeMap<String, f64>,
    /// Metres beyond which nothing is a candidate.
    #[serde(default = "reach")]
    reach: f64,
    /// How many candidates are written for each record.
    #[serde(default = "most")]
    most: usize,
}

const fn join() -> f64 {
    0.15
}

const fn place() -> (f64, f64) {
    (2.0, 20.0)
}

const fn days() -> (f64, f64) {
    (0.5, 1.0)
}

const fn reach() -> f64 {
    600.0
}

const fn most() -> usize {
    10
}

/// Metres of one degree of latitude.
const DEGREE: f64 = 111_320.0;

pub(super) fn run(args: &Run, config: &Config, matters: &Matters) -> Result<ExitCode> {
    let mut measure = Measure::start();
    if args.input.contains(',') {
        bail!("[matters] 只接受一张表。");
    }
    let mut source = Source::open(Path::new(args.input.trim()))?;
    let id = source.column(&config.id)?;
    let (rows, ids) = {
        let rows = source.rest()?;
        let mut ids = Ids::default();
        rows.iter().for_each(|(_, row)| ids.push(&row[id]));
        (rows, ids)
    };
    measure.phase("read");
    let (nearest, clusters) =
        if matters.texts.is_empty() { (near(&source, &rows, matters)?, None) } else { texts(&source, &rows, matters, args.clusters.is_some())? };
    measure.phase("compare");
    let mut out = Output::create(&args.output)?;
    out.write_all(b"a,b,rank,probability\n")?;
    let mut written = 0;
    for (record, candidates) in nearest.iter().enumerate() {
        // Of the candidates of one report at most one is its original, and perhaps none.
        let scores: f64 = candidates.iter().map(|(_, score)| score.exp()).sum::<f64>() + 1.0;
        for (rank, (other, score)) in candidates.iter().enumerate() {
            let p = if matters.texts.is_empty() { score.exp() / scores } else { *score };
            write!(out, "{},{},{},", quoted(ids.get(record)), quoted(ids.get(*other as usize)), rank + 1)?;
            out.write_all(&decimals(p))?;
            written += 1;
        }
    }
    out.finish()?;
    let mut groups = None;
    if let (Some(path), Some(clusters)) = (&args.clusters, &clusters) {
        let mut out = Output::create(path)?;
        out.write_all(b"id,cluster\n")?;
        for (id, first) in ids.iter().zip(clusters) {
            writeln!(out, "{},{}", quoted(id), quoted(ids.get(*first as usize)))?;
        }
        out.finish()?;
        groups = Some(clusters.iter().enumerate().filter(|(record, first)| *record == **first as usize).count());
    }
    measure.phase("write");
    if args.json {
        println!("{}", serde_json::to_string_pretty(&json!({ "records": ids.len(), "pairs": written, "clusters": groups, "cost": measure.json() }))?);
    } else {
        println!("{} 条记录，写出 {written} 对。{measure}", ids.len());
    }
    Ok(ExitCode::SUCCESS)
}

type Nearest = Vec<Vec<(u32, f64)>>;

fn texts(source: &Source, rows: &[(u64, StringRecord)], matters: &Matters, cluster: bool) -> Result<(Nearest, Option<Vec<u32>>)> {
    let columns = matters.texts.iter().map(|(name, often)| Ok((source.column(name)?, *often))).collect::<Result<Vec<_>>>()?;
    let texts: Vec<Vec<(&str, f64)>> = rows.iter().map(|(_, row)| columns.iter().map(|(column, often)| (&row[*column], *often)).collect()).collect();
    let vectors = alike::vectors(&texts);
    let clusters = if cluster {
        let Some(found) = alike::topics(&vectors, matters.join) else { bail!("归类最多 {} 条，这里有 {} 条。", alike::MOST, rows.len()) };
        Some(found)
    } else {
        None
    };
    Ok((alike::nearest(&vectors, matters.most), clusters))
}

fn near(source: &Source, rows: &[(u64, StringRecord)], matters: &Matters) -> Result<Nearest> {
    let (Some(lon), Some(lat), Some(time)) = (&matters.lon, &matters.lat, &matters.time) else { bail!("[matters] 须有 texts，或者 lon、lat、time。") };
    let (lon, lat, time) = (source.column(lon)?, source.column(lat)?, source.column(time)?);
    let terms = matters.terms.keys().map(|name| source.column(name)).collect::<Result<Vec<_>>>()?;
    let words = matters.words.keys().map(|name| source.column(name)).collect::<Result<Vec<_>>>()?;
    let mut places = Vec::with_capacity(rows.len());
    for (line, row) in rows {
        places
            .push(source.optional::<f64>(row, *line, lon)?.zip(source.optional::<f64>(row, *line, lat)?).filter(|(x, y)| x.abs() <= 180.0 && y.abs() <= 90.0));
    }
    let told: Vec<f64> = places.iter().flatten().map(|(_, lat)| *lat).collect();
    let shrink = (told.iter().sum::<f64>() / (told.len().max(1) as f64)).to_radians().cos();
    let reports: Vec<Report> = rows
        .iter()
        .zip(places)
        .map(|((_, row), place)| Report {
            place: place.map(|(lon, lat)| (lon * DEGREE * shrink, lat * DEGREE)),
            day: dates::parse(&row[time]),
            terms: terms.iter().map(|column| if row[*column].trim().is_empty() { 0 } else { mark(row[*column].trim()) }).collect(),
            words: words
                .iter()
                .map(|column| {
                    let mut words: Vec<u32> =
                        insight::text::fold(&row[*column]).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(mark).collect();
                    words.sort_unstable();
                    words.dedup();
                    words
                })
                .collect(),
        })
        .collect();
    let how = Sameness {
        place: matters.place_weight,
        time: matters.time_weight,
        earlier: matters.earlier,
        terms: matters.terms.values().copied().collect(),
        words: matters.words.values().copied().collect(),
        reach: matters.reach,
        backward: matters.backward,
    };
    Ok(alike::same_matter(&reports, &how, matters.most))
}
