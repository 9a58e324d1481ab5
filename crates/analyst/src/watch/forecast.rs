//! `watch forecast`.

use super::how::How;
use super::series::Table;
use crate::measure::Measure;
use crate::output::Output;
use anyhow::{Result, bail};
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `watch forecast`.
#[derive(Debug, clap::Args)]
pub struct Forecast {
    /// The table
    #[command(flatten)]
    pub table: Table,
    /// The model
    #[command(flatten)]
    pub how: How,
    /// How many periods ahead
    #[arg(long, default_value_t = 4)]
    pub ahead: usize,
    /// The probability that the interval holds the count
    #[arg(long, default_value_t = 0.95)]
    pub level: f64,
    /// Forecasts the last periods of each series from those before, and says how many the intervals held
    #[arg(long)]
    pub check: bool,
    /// Into a table
    #[arg(long)]
    pub output: Option<PathBuf>,
    /// In JSON
    #[arg(long)]
    pub json: bool,
}

struct Line {
    series: String,
    date: String,
    expected: f64,
    interval: (f64, f64),
    count: Option<f64>,
}

pub(super) fn run(args: &Forecast) -> Result<ExitCode> {
    if !(args.level > 0.0 && args.level < 1.0 && (1..=10_000).contains(&args.ahead)) {
        bail!("--level 应在 0 与 1 之间，--ahead 应为 1–10000。");
    }
    let mut measure = Measure::start();
    let all = args.table.read(None, None)?;
    let judge = args.how.judge(all.unit)?;
    measure.phase("读入");
    let (mut lines, mut short) = (Vec::new(), Vec::new());
    for series in &all.series {
        let periods = judge.periods(series, args.ahead);
        let end = if args.check { series.counts.len().saturating_sub(args.ahead) } else { series.counts.len() };
        let begin = end.saturating_sub(args.how.years.min(100) * all.unit.yearly());
        let Some(fitted) = judge.shape().fit(&series.counts[begin..end], &periods[begin..end]) else {
            short.push(series.name.as_str());
            continue;
        };
        for (at, period) in periods.iter().enumerate().skip(end).take(args.ahead) {
            let predicted = fitted.at((at - begin) as i64, period);
            let date = all.unit.written(series.first + at as i64);
            let (interval, count) = (predicted.interval(args.level), series.counts.get(at).copied());
            lines.push(Line { series: series.name.clone(), date, expected: predicted.mean, interval, count });
        }
    }
    measure.phase("预测");
    let known = lines.iter().filter(|line| line.count.is_some()).count();
    let held = lines.iter().filter(|line| line.count.is_some_and(|count| (line.interval.0..=line.interval.1).contains(&count))).count();
    let share = (known > 0).then(|| held as f64 / known as f64);
    if let Some(target) = &args.output {
        let mut output = Output::create(target)?;
        table(&lines, &mut output)?;
        output.finish()?;
    }
    let mut out = std::io::stdout().lock();
    if args.json {
        let rows: Vec<Value> = lines.iter().map(Line::json).collect();
        let value = json!({ "level": args.level, "held": share, "checked": known, "too_short": short, "cost": measure.json(), "periods": rows });
        writeln!(out, "{value:#}")?;
        return Ok(ExitCode::SUCCESS);
    }
    if args.output.is_none() {
        writeln!(out, "系列\t时间\t预计\t下限\t上限\t实际")?;
        for line in &lines {
            let count = line.count.map_or_else(String::new, |count| count.to_string());
            writeln!(out, "{}\t{}\t{:.1}\t{}\t{}\t{count}", line.series, line.date, line.expected, line.interval.0, line.interval.1)?;
        }
    }
    if let Some(share) = share {
        writeln!(out, "{known} 期中落在 {:.0}% 区间内的占 {:.1}%", args.level * 100.0, share * 100.0)?;
    }
    if !short.is_empty() {
        writeln!(out, "历史太短、没有预测的系列：{}", short.join("、"))?;
    }
    writeln!(out, "{measure}")?;
    Ok(ExitCode::SUCCESS)
}

impl Line {
    fn json(&self) -> Value {
        json!({ "series": self.series, "date": self.date, "expected": self.expected, "low": self.interval.0, "high": self.interval.1, "count": self.count })
    }
}

fn table(lines: &[Line], output: &mut Output) -> Result<()> {
    let mut writer = csv::WriterBuilder::new().buffer_capacity(1 << 18).from_writer(output);
    writer.write_record(["series", "date", "expected", "low", "high", "count"])?;
    for line in lines {
        let count = line.count.map_or_else(String::new, |count| count.to_string());
        let (low, high) = line.interval;
        writer.write_record([&line.series, &line.date, &line.expected.to_string(), &low.to_string(), &high.to_string(), &count])?;
    }
    writer.flush()?;
    Ok(())
}
