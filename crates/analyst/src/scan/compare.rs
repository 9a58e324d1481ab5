//! The same run here and elsewhere: statistic, period, members and p of every cluster side by side.

use super::{Compare, dates, plan, show, study};
use crate::measure::Measure;
use crate::tables::Source;
use anyhow::Result;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;

/// A cluster of another program.
struct Theirs {
    days: (i32, i32),
    observed: u32,
    statistic: f64,
    p: f64,
    places: BTreeSet<String>,
}

/// How two lists of clusters agree.
#[derive(Debug, Clone, Default)]
pub struct Compared {
    /// The run.
    pub run: String,
    /// How many clusters the other program reports.
    pub theirs: usize,
    /// How many of those are certain to be reported by both: p below 0.98.
    pub sure: usize,
    /// How many of these have one here with the statistic equal to 1e-5, the same cases and the same period.
    pub equal: usize,
    /// How many of these have the very same members.
    pub same_members: usize,
    /// The least overlap of members (shared of all).
    pub least_overlap: f64,
    /// The largest difference in p, in standard deviations of two Monte-Carlo estimates.
    pub p_apart: f64,
    /// Clusters here with p below 0.98 that the other program does not have.
    pub only_here: usize,
    /// What the run cost: seconds, CPU seconds.
    pub cost: (f64, f64),
    /// How many histories.
    pub histories: usize,
}

impl Compared {
    /// Whether nothing differs beyond chance.
    #[must_use]
    pub const fn agrees(&self) -> bool {
        self.equal == self.sure && self.least_overlap >= 0.95 && self.p_apart <= 4.0 && self.only_here == 0
    }
}

fn theirs(path: &Path) -> Result<BTreeMap<String, Vec<Theirs>>> {
    let mut source = Source::open(path)?;
    let columns = source.columns(&["run", "start", "end", "observed", "statistic", "p", "places_nearest_first"])?;
    let mut runs: BTreeMap<String, Vec<Theirs>> = BTreeMap::new();
    let mut row = csv::StringRecord::new();
    while let Some(line) = source.read(&mut row)? {
        let day = |column: usize| {
            let text = row.get(columns[column]).unwrap_or_default();
            dates::parse(text).ok_or_else(|| source.bad(line, columns[column], text))
        };
        let places = row.get(columns[6]).unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        let cluster = Theirs {
            days: (day(1)?, day(2)?),
            observed: source.value(&row, line, columns[3])?,
            statistic: source.value(&row, line, columns[4])?,
            p: source.value(&row, line, columns[5])?,
            places,
        };
        runs.entry(row.get(columns[0]).unwrap_or_default().to_owned()).or_default().push(cluster);
    }
    Ok(runs)
}

/// Runs a parameter file and holds it against the clusters of the run of its name.
///
/// # Errors
/// As [`crate::run`].
pub fn compare(file: &Path, clusters: &Path) -> Result<Compared> {
    let name = file.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let theirs = theirs(clusters)?.remove(&name).unwrap_or_default();
    let measure = Measure::start();
    let mut plan = plan::read(file, &[])?;
    plan.chance.threads = 1;
    let prepared = study::prepare(&plan.settings, &plan.rows)?;
    let verdict = prepared.study.scan(&plan.chance);
    let cost = (measure.seconds(), measure.cpu());
    let report = show::Report::new(&plan, &prepared, &verdict, None);
    let mut compared = Compared { run: name, theirs: theirs.len(), least_overlap: 1.0, cost, histories: verdict.maxima.len(), ..Compared::default() };
    let spatial = plan.settings.analysis == study::Analysis::Spatial;
    let mut used = BTreeSet::new();
    for cluster in &theirs {
        if cluster.p < 0.98 {
            compared.sure += 1;
        }
        let fits = |line: &&show::Line| {
            (line.found.candidate.ratio - cluster.statistic).abs() <= 1e-5
                && line.found.candidate.cases == cluster.observed
                && (spatial || line.days == cluster.days)
                && !used.contains(&line.rank)
        };
        let overlap = |line: &show::Line| {
            let own: BTreeSet<String> = line.places.iter().cloned().collect();
            own.intersection(&cluster.places).count() as f64 / own.union(&cluster.places).count().max(1) as f64
        };
        // Where several have the same statistic, the one that shares most.
        let Some(line) = report.lines.iter().filter(fits).max_by(|a, b| overlap(a).total_cmp(&overlap(b)).then(b.rank.cmp(&a.rank))) else { continue };
        used.insert(line.rank);
        if cluster.p >= 0.98 {
            continue;
        }
        compared.equal += 1;
        compared.same_members += usize::from(overlap(line) >= 1.0);
        compared.least_overlap = compared.least_overlap.min(overlap(line));
        let n = (verdict.maxima.len() + 1) as f64;
        let middle = f64::midpoint(line.found.p, cluster.p);
        compared.p_apart = compared.p_apart.max((line.found.p - cluster.p).abs() / (2.0 * middle * (1.0 - middle) / n + 1.0 / (n * n)).sqrt());
    }
    compared.only_here = report.lines.iter().filter(|line| line.found.p < 0.97 && !used.contains(&line.rank)).count();
    Ok(compared)
}

/// `scan compare`.
///
/// # Errors
/// As [`crate::run`].
pub(super) fn run(args: &Compare) -> Result<ExitCode> {
    let mut agree = true;
    let mut all = Vec::new();
    if !args.json {
        println!("run | 别处的聚集 | 其中 p<0.98 | 统计量与时段相同 | 成员相同 | 最小重合 | p 差（标准差） | 仅此处 | 秒 | CPU 秒");
    }
    for file in &args.files {
        let one = compare(file, &args.clusters)?;
        agree &= one.agrees();
        if args.json {
            all.push(json!({
                "run": one.run, "theirs": one.theirs, "sure": one.sure, "equal": one.equal, "same_members": one.same_members, "least_overlap": one.least_overlap,
                "p_apart": one.p_apart, "only_here": one.only_here, "seconds": one.cost.0, "cpu_seconds": one.cost.1, "replications": one.histories, "agrees": one.agrees(),
            }));
        } else {
            println!(
                "{} | {} | {} | {} | {} | {:.3} | {:.1} | {} | {:.2} | {:.2}{}",
                one.run,
                one.theirs,
                one.sure,
                one.equal,
                one.same_members,
                one.least_overlap,
                one.p_apart,
                one.only_here,
                one.cost.0,
                one.cost.1,
                if one.agrees() { "" } else { "  ← 不一致" }
            );
        }
    }
    if args.json {
        println!("{:#}", serde_json::Value::Array(all));
    }
    Ok(if agree { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
