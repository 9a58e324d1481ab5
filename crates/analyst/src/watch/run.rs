//! `watch run`.

use super::how::{How, Judge, Verdict};
use super::series::{All, Series, Table, by_period};
use crate::measure::{Measure, cpu_seconds};
use crate::output::Output;
use crate::progress::Progress;
use anyhow::{Result, bail};
use insight::watch::{Farrington, discovery_rates, each};
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// How many series are judged before progress is told.
const AT_ONCE: usize = 512;

/// Arguments of `watch run`.
#[derive(Debug, clap::Args)]
pub struct Run {
    /// The table
    #[command(flatten)]
    pub table: Table,
    /// The method
    #[command(flatten)]
    pub how: How,
    /// Only the last so many periods of each series
    #[arg(long)]
    pub last: Option<usize>,
    /// Alarms are those at this rate of false discovery among the series of a period, instead of each by itself
    #[arg(long)]
    pub fdr: Option<f64>,
    /// How many threads; the result does not depend on it
    #[arg(long, default_value_t = 1)]
    pub threads: usize,
    /// All judged periods into a table
    #[arg(long)]
    pub output: Option<PathBuf>,
    /// All judged periods in JSON
    #[arg(long)]
    pub json: bool,
}

/// A judged period with its rate of false discovery.
struct Told<'a> {
    series: &'a Series,
    verdict: Verdict,
    rate: f64,
}

pub(super) fn run(args: &Run) -> Result<ExitCode> {
    if args.fdr.is_some_and(|rate| !(rate > 0.0 && rate < 1.0)) {
        bail!("--fdr 应在 0 与 1 之间。");
    }
    let mut measure = Measure::start();
    let all = args.table.read(None, None)?;
    let judge = args.how.judge(all.unit)?;
    measure.phase("读入");
    let before = cpu_seconds();
    let verdicts = judged(&judge, &all, args.last, args.threads);
    let seconds = measure.phase("判断");
    let cpu = cpu_seconds() - before;
    let silent = verdicts.iter().filter(|verdicts| verdicts.is_empty()).count();
    let mut told: Vec<Told<'_>> = all
        .series
        .iter()
        .zip(verdicts)
        .flat_map(|(series, verdicts)| verdicts.into_iter().map(move |verdict| Told { series, verdict, rate: f64::NAN }))
        .collect();
    rates(&mut told);
    if let Some(most) = args.fdr {
        told.iter_mut().for_each(|own| own.verdict.alarm = own.rate <= most && own.verdict.expected < own.count());
    }
    measure.phase("错误发现率");
    if let Some(target) = &args.output {
        let mut output = Output::create(target)?;
        table(&told, &all, &mut output)?;
        output.finish()?;
        measure.phase("写出");
    }
    let alarms = told.iter().filter(|own| own.verdict.alarm).count();
    let weeks = told.len().max(1) as f64;
    if args.json {
        let rows: Vec<Value> = told.iter().map(|own| own.json(&all)).collect();
        let value = json!({
            "series": all.series.len(), "unjudged_series": silent, "rows_read": all.rows, "judged": told.len(), "alarms": alarms,
            "method": format!("{:?}", judge.method).to_lowercase(), "every": format!("{:?}", all.unit).to_lowercase(),
            "ms_per_period": { "wall": seconds * 1000.0 / weeks, "cpu": cpu * 1000.0 / weeks }, "cost": measure.json(), "periods": rows,
        });
        writeln!(std::io::stdout().lock(), "{value:#}")?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut out = std::io::stdout().lock();
    if args.output.is_none() {
        writeln!(out, "系列\t时间\t数量\t通常\t上限\tp\tq")?;
        for own in told.iter().filter(|own| own.verdict.alarm) {
            let upper = own.verdict.upper.map_or_else(String::new, |upper| format!("{upper:.1}"));
            let (date, expected, p) = (own.date(&all), own.verdict.expected, own.verdict.p);
            writeln!(out, "{}\t{date}\t{}\t{expected:.1}\t{upper}\t{p:.2e}\t{:.2e}", own.series.name, own.count(), own.rate)?;
        }
    }
    writeln!(out, "{} 个系列，判断 {} 期，每期 {:.4} 毫秒，超出 {alarms}；{measure}", all.series.len(), told.len(), seconds * 1000.0 / weeks)?;
    Ok(ExitCode::SUCCESS)
}

/// The verdicts of all series, in the order of the series.
pub(super) fn judged(judge: &Judge, all: &All, last: Option<usize>, threads: usize) -> Vec<Vec<Verdict>> {
    let mut progress = Progress::new("系列", Some(all.series.len() as u64));
    let mut verdicts = Vec::with_capacity(all.series.len());
    for part in all.series.chunks(AT_ONCE) {
        let from = |series: &Series| last.map_or(0, |last| series.counts.len().saturating_sub(last));
        verdicts.extend(each(part, threads, Farrington::default, |bench, series| judge.all(bench, series, from(series))));
        progress.add(part.len() as u64);
    }
    verdicts
}

/// Benjamini–Hochberg among the series of each period.
fn rates(told: &mut [Told<'_>]) {
    let periods = by_period(told.iter().enumerate().map(|(n, own)| (own.series.first + own.verdict.at as i64, n)));
    for rows in periods.values() {
        let ps: Vec<f64> = rows.iter().map(|n| told[*n].verdict.p).collect();
        for (n, rate) in rows.iter().zip(discovery_rates(&ps)) {
            told[*n].rate = rate;
        }
    }
}

impl Told<'_> {
    fn count(&self) -> f64 {
        self.series.counts[self.verdict.at]
    }

    fn date(&self, all: &All) -> String {
        all.unit.written(self.series.first + self.verdict.at as i64)
    }

    fn json(&self, all: &All) -> Value {
        let Verdict { expected, upper, p, alarm, .. } = self.verdict;
        json!({ "series": self.series.name, "date": self.date(all), "count": self.count(), "expected": expected, "upper": upper, "p": p, "q": self.rate, "alarm": alarm })
    }
}

fn table(told: &[Told<'_>], all: &All, output: &mut Output) -> Result<()> {
    let mut writer = csv::WriterBuilder::new().buffer_capacity(1 << 18).from_writer(output);
    writer.write_record(["series", "date", "count", "expected", "upper", "p", "q", "alarm"])?;
    let number = |value: f64| if value.is_nan() { String::new() } else { value.to_string() };
    for own in told {
        let verdict = &own.verdict;
        writer.write_record([
            own.series.name.as_str(),
            &own.date(all),
            &own.count().to_string(),
            &number(verdict.expected),
            &verdict.upper.map_or_else(String::new, number),
            &number(verdict.p),
            &number(own.rate),
            if verdict.alarm { "1" } else { "0" },
        ])?;
    }
    writer.flush()?;
    Ok(())
}
