//! The figures of the scan in one table: clusters and speed beside SaTScan's recorded ones, false alarms, power, what can be seen at all.

use super::power::{interval, nulls};
use super::{compare, plan, study};
use anyhow::{Context, Result, bail};
use insight::scan::surge::{least_surge, weeks_until};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The runs, with the CPU seconds that SaTScan 10.3.2 was measured to need (two threads, waits not counted); none where they were not recorded.
const RUNS: &[(&str, Option<f64>)] = &[
    ("nm_un_grid", Some(0.3)),
    ("nm_adj_grid", Some(0.3)),
    ("nm_adj_deg", Some(0.3)),
    ("nh", None),
    ("mont_emstwp_pro", None),
    ("mont_emstwp_ret", None),
    ("mont_va3_0123_pro", None),
    ("mont_va3_pro", Some(15.1)),
    ("bos_trees3_pro", Some(12.2)),
    ("bos_trees3_ret", Some(843.0)),
    ("bos_all3_pro", Some(69.8)),
    ("bos_all2_ret", None),
    ("ev_50_999", Some(207.5)),
    ("ev_50_99", Some(22.2)),
    ("ev_r5_999", Some(153.0)),
    ("ev_r1_999", Some(19.9)),
    ("ev_ret_r1_99", Some(339.0)),
];

/// The real sets whose permuted histories are judged.
const NULLS: &[&str] = &["mont_emstwp_pro", "mont_va3_0123_pro", "mont_va3_pro", "bos_trees3_pro", "bos_all3_pro"];

/// Arguments of `scan bench`.
#[derive(Debug, clap::Args)]
pub struct Bench {
    /// The folder with `bench` and `data`
    #[arg(long, default_value = "../shared")]
    pub shared: PathBuf,
    /// Where inputs are generated
    #[arg(long)]
    pub scratch: PathBuf,
    /// How many permuted histories of each real set
    #[arg(long, default_value_t = 1000)]
    pub nulls: u64,
    /// Only runs whose name contains this
    #[arg(long, default_value = "")]
    pub only: String,
}

fn python(script: &Path, args: &[&Path]) -> Result<()> {
    let output = Command::new("python3").arg(script).args(args).output().context("没有 python3")?;
    if !output.status.success() {
        bail!("{}：{}", script.display(), String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// Prints all figures. Where the shared benchmark is missing it says so and prints the recorded ones.
///
/// # Errors
/// Generators that fail, files that cannot be read.
pub fn bench(args: &Bench) -> Result<ExitCode> {
    let bench = args.shared.join("bench");
    let theirs = bench.join("scan_clusters.csv");
    println!("| 运行 | SaTScan CPU 秒 | 这里 CPU 秒 | 倍数 | 聚集相同 / 应有 | 成员相同 | p 差（标准差） |\n|---|---|---|---|---|---|---|");
    if !theirs.exists() {
        for (run, cpu) in RUNS {
            println!("| {run} | {} | 未测：{} 不在 | | | | |", cpu.map_or_else(String::new, |cpu| cpu.to_string()), bench.display());
        }
        return Ok(ExitCode::SUCCESS);
    }
    let (inputs, prm) = (args.scratch.join("in"), args.scratch.join("prm"));
    python(&bench.join("derive_scan_inputs.py"), &[&args.shared.join("data"), &inputs])?;
    python(&bench.join("gen_events.py"), &[&inputs])?;
    python(&bench.join("make_prm.py"), &[&inputs, &prm])?;
    let mut agree = true;
    for (run, cpu) in RUNS.iter().filter(|(run, _)| run.contains(&args.only)) {
        let one = compare(&prm.join(format!("{run}.prm")), &theirs)?;
        agree &= one.agrees();
        let (spent, times) = (one.cost.1, cpu.map_or_else(String::new, |cpu| format!("{:.0}", cpu / one.cost.1.max(0.01))));
        let recorded = cpu.map_or_else(String::new, |cpu| format!("{cpu}"));
        println!("| {run} | {recorded} | {spent:.2} | {times} | {} / {} | {} | {:.1} |", one.equal, one.sure, one.same_members, one.p_apart);
    }
    println!("\n| 打乱的真实历史 | 段数 | p ≤ 1/30 的比例 | 95% 区间 |\n|---|---|---|---|");
    for run in NULLS.iter().filter(|run| run.contains(&args.only) && args.nulls > 0) {
        let plan = plan::read(&prm.join(format!("{run}.prm")), &[])?;
        let prepared = study::prepare(&plan.settings, &plan.rows)?;
        let alarms = nulls(&prepared, args.nulls, 99, plan.chance.threads, &mut |_| {});
        // Of 100 ranks the first three are at most 1/30, so 0.03 is what an exact test gives.
        let (low, high) = interval(0.03, args.nulls);
        println!("| {run} | {} | {:.4} | {low:.4}–{high:.4} |", args.nulls, alarms as f64 / args.nulls as f64);
    }
    println!("\n| 每周通常 | 误报 | 一周内看得出 | 3 倍要几周 |\n|---|---|---|---|");
    for usual in [0.3, 1.2, 3.0, 10.0, 30.0] {
        let budget = 1.0 / (4.0 * 184.0);
        let (Some(surge), long) = (least_surge(usual, budget, 0.8, 1), weeks_until(usual, budget, 0.8, 3.0, 520)) else { continue };
        println!("| {usual} | 184 个系列四周一次 | {:.1} 倍 | {} |", surge.times, long.map_or_else(String::new, |long| long.weeks.to_string()));
    }
    Ok(if agree { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
