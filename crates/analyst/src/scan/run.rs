//! `scan run`.

use super::plan::Plan;
use super::show::{self, Report};
use super::{Run, events, inputs, plan, study};
use crate::measure::Measure;
use crate::output::Output;
use crate::progress::Progress;
use anyhow::{Result, bail};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// Scans and shows.
///
/// # Errors
/// As [`crate::run`].
pub(super) fn run(args: &Run) -> Result<ExitCode> {
    let mut measure = Measure::start();
    let mut plan = match (&args.file, &args.how.events) {
        (Some(file), None) => plan::read(file, &args.set)?,
        (None, Some(_)) if !args.set.is_empty() => bail!("--set 只用于参数文件。"),
        (None, Some(table)) => events::read(table, &args.how)?,
        _ => bail!("请给出参数文件，或用 --events 给出一张事件表。"),
    };
    if let Some(threads) = args.threads {
        plan.chance.threads = threads.max(1);
    }
    measure.phase("读入");
    let prepared = study::prepare(&plan.settings, &plan.rows)?;
    measure.phase("准备");
    let mut progress = Progress::new("模拟", Some(plan.chance.histories));
    let verdict = prepared.study.scan_watched(&plan.chance, &mut |more| progress.add(more));
    drop(progress);
    measure.phase("扫描");
    let before = args.previous.as_ref().map(|path| show::known(&inputs::text(path)?)).transpose()?;
    let report = Report::new(&plan, &prepared, &verdict, before.as_deref());
    let text = match (args.json, args.csv, args.geojson) {
        (true, false, false) => format!("{:#}\n", report.json(Some(&measure))),
        (false, true, false) => report.csv()?,
        (false, false, true) => format!("{}\n", report.geojson()),
        (false, false, false) => format!("{}\n{measure}\n", report.text()),
        _ => bail!("--json、--csv、--geojson 只能选一个。"),
    };
    let plain = !(args.json || args.csv || args.geojson);
    if let Some(target) = args.output.as_deref().or_else(|| wanted(&plan, plain)) {
        let mut output = Output::create(target)?;
        output.write_all(text.as_bytes())?;
        output.finish()?;
    }
    if args.output.is_none() {
        std::io::stdout().lock().write_all(text.as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The report that a parameter file asks for is written there, as SaTScan does.
fn wanted(plan: &Plan, plain: bool) -> Option<&Path> {
    plan.report.as_deref().filter(|_| plain)
}
