//! `watch eval`: how often there is an alarm without an outbreak, how many outbreaks are found, and how late.
//!
//! Counted as in Noufaily 2013, §4: the false rate is alarms over weeks in which no outbreak is; an outbreak is found by an alarm between its first and last
//! week.

use super::how::{How, Method};
use super::run::judged;
use super::series::Table;
use crate::measure::{Measure, cpu_seconds};
use anyhow::Result;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::process::ExitCode;

/// Arguments of `watch eval`.
#[derive(Debug, clap::Args)]
pub struct Eval {
    /// The table
    #[command(flatten)]
    pub table: Table,
    /// The settings; the method is each of `--methods`
    #[command(flatten)]
    pub how: How,
    /// The column that is not nought where an outbreak is
    #[arg(long)]
    pub marks: String,
    /// The column with the outbreak's number; without: weeks that follow each other are one
    #[arg(long)]
    pub outbreaks: Option<String>,
    /// Only the last so many periods of each series
    #[arg(long)]
    pub last: Option<usize>,
    /// The methods, `NAME` or `NAME:ALPHA`, separated by commas
    #[arg(long, default_value = "farrington,farrington:0.005,pair,c1,c2,c3")]
    pub methods: String,
    /// How many threads
    #[arg(long, default_value_t = 1)]
    pub threads: usize,
    /// In JSON
    #[arg(long)]
    pub json: bool,
}

/// What a method did.
#[derive(Debug, Default, Clone, PartialEq)]
struct Score {
    quiet: u64,
    false_alarms: u64,
    marked: u64,
    hit: u64,
    outbreaks: u64,
    found: u64,
    late: u64,
}

impl Score {
    fn add(&mut self, alarms: &[bool], marks: &[bool], outbreaks: &[Option<i64>]) {
        for (alarm, marked) in alarms.iter().zip(marks) {
            let alarm = u64::from(*alarm);
            (if *marked {
                (self.marked, self.hit) = (self.marked + 1, self.hit + alarm)
            } else {
                (self.quiet, self.false_alarms) = (self.quiet + 1, self.false_alarms + alarm)
            });
        }
        let mut spans: BTreeMap<i64, (usize, usize)> = BTreeMap::new();
        for (at, outbreak) in outbreaks.iter().enumerate() {
            if let Some(outbreak) = outbreak {
                spans.entry(*outbreak).or_insert((at, at)).1 = at;
            }
        }
        for (first, last) in spans.into_values() {
            self.outbreaks += 1;
            if let Some(late) = alarms[first..=last].iter().position(|alarm| *alarm) {
                self.found += 1;
                self.late += late as u64;
            }
        }
    }

    fn rate(part: u64, whole: u64) -> f64 {
        part as f64 / whole.max(1) as f64
    }

    fn json(&self) -> Value {
        json!({
            "quiet": self.quiet, "false_alarms": self.false_alarms, "false_rate": Self::rate(self.false_alarms, self.quiet),
            "marked": self.marked, "hit": self.hit, "outbreaks": self.outbreaks, "found": self.found,
            "detection": Self::rate(self.found, self.outbreaks), "mean_delay": Self::rate(self.late, self.found),
        })
    }
}

pub(super) fn run(args: &Eval) -> Result<ExitCode> {
    let mut measure = Measure::start();
    let all = args.table.read(Some(&args.marks), args.outbreaks.as_deref())?;
    measure.phase("读入");
    let mut out = std::io::stdout().lock();
    let mut scores = Vec::new();
    if !args.json {
        writeln!(out, "方法\t误报率\t误报\t平静\t发现率\t发现\t暴发\t命中周\t暴发周\t平均迟\t每期毫秒（CPU）")?;
    }
    for name in crate::tables::list(&args.methods) {
        let (method, alpha) = name.split_once(':').map_or((name.as_str(), None), |(method, alpha)| (method, Some(alpha)));
        let method = <Method as clap::ValueEnum>::from_str(method, true).map_err(|_| anyhow::anyhow!("没有方法“{method}”。"))?;
        let mut how = args.how.clone();
        how.method = Some(method);
        if let Some(alpha) = alpha {
            how.alpha = Some(alpha.parse().map_err(|_| anyhow::anyhow!("“{alpha}”不是数。"))?);
        }
        let judge = how.judge(all.unit)?;
        let before = cpu_seconds();
        let verdicts = judged(&judge, &all, args.last, args.threads);
        let cpu = cpu_seconds() - before;
        measure.phase("判断");
        let mut score = Score::default();
        let mut periods = 0;
        for (series, verdicts) in all.series.iter().zip(&verdicts) {
            let Some(from) = verdicts.first().map(|verdict| verdict.at) else { continue };
            periods += verdicts.len();
            let mut alarms = vec![false; series.counts.len() - from];
            verdicts.iter().for_each(|verdict| alarms[verdict.at - from] = verdict.alarm);
            let marks: Vec<bool> = series.marks[from..].iter().map(|mark| *mark > 0.0).collect();
            let mut number = 0;
            let outbreaks: Vec<Option<i64>> = (0..marks.len())
                .map(|at| {
                    if args.outbreaks.is_some() {
                        return Some(series.outbreaks[from + at]).filter(|outbreak| *outbreak != 0);
                    }
                    number += i64::from(marks[at] && (at == 0 || !marks[at - 1]));
                    marks[at].then_some(number)
                })
                .collect();
            score.add(&alarms, &marks, &outbreaks);
        }
        let ms = cpu * 1000.0 / periods.max(1) as f64;
        if args.json {
            let mut value = score.json();
            (value["method"], value["judged"], value["cpu_ms_per_period"]) = (json!(name), json!(periods), json!(ms));
            scores.push(value);
        } else {
            let Score { quiet, false_alarms, marked, hit, outbreaks, found, late } = score;
            let (rate, detection, delay) = (Score::rate(false_alarms, quiet), Score::rate(found, outbreaks), Score::rate(late, found));
            writeln!(out, "{name}\t{rate:.4}\t{false_alarms}\t{quiet}\t{detection:.3}\t{found}\t{outbreaks}\t{hit}\t{marked}\t{delay:.2}\t{ms:.4}")?;
        }
    }
    if args.json {
        writeln!(out, "{:#}", json!({ "series": all.series.len(), "methods": scores, "cost": measure.json() }))?;
    } else {
        writeln!(out, "{measure}")?;
    }
    Ok(ExitCode::SUCCESS)
}
