//! `bench nights`: the climbing of urgent notices over a thousand simulated nights, as a table of times. Exit code 1 if a bound was broken.

use crate::house;
use crate::trail::Scratch;
use app::notices::nights::{Line, Odds, run};
use std::process::ExitCode;
use store::db::Place;

/// `bench nights`.
#[derive(Debug, clap::Args)]
pub(crate) struct Nights {
    /// How many nights (夜数)
    #[arg(long, default_value_t = 1000)]
    nights: u64,
    /// Another number, other nights (种子)
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Nights in a hundred in which the first channel is dead (首通道不通 %)
    #[arg(long, default_value_t = 30)]
    dead: usize,
    /// People in a hundred who sleep (熟睡 %)
    #[arg(long, default_value_t = 60)]
    asleep: usize,
    /// Station chiefs in a hundred whose post is vacant (站长空缺 %)
    #[arg(long, default_value_t = 25)]
    vacant: usize,
    /// Empty database to simulate in; a file of our own if none is named (空数据库)
    #[arg(long, value_name = "FILE|URL")]
    database: Option<String>,
}

/// Simulates and prints.
pub(crate) fn print(args: &Nights) -> anyhow::Result<ExitCode> {
    let scratch = Scratch::new()?;
    let own = scratch.0.join("nights.db").display().to_string();
    let store = house::store(&Place::read(args.database.as_deref().unwrap_or(&own)))?;
    let odds = Odds { nights: args.nights, seed: args.seed, dead: args.dead, asleep: args.asleep, vacant: args.vacant };
    let report = run(store, &odds)?;
    println!("{} 夜，种子 {}；首通道不通 {} 夜，熟睡 {} %，站长空缺 {} %", odds.nights, odds.seed, report.dead, odds.asleep, odds.vacant);
    println!("有人确认 {} 夜，顶级警报 {} 夜；越过空岗 {} 级；送出 {} 条，未送出 {} 条", report.acknowledged, report.alarms, report.passed, report.letters.0, report.letters.1);
    println!("{}{:>8}{:>10}{:>10}{:>10}{:>10}", padded("", 26), "n", "p50 s", "p95 s", "max s", "bound s");
    for line in &report.lines {
        println!("{}", row(line));
    }
    for broken in report.broken.iter().take(20) {
        println!("✗ {broken}");
    }
    println!("{}", if report.broken.is_empty() { "✓ 全部在限内" } else { "✗ 有超出时限的夜晚" });
    Ok(if report.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn row(line: &Line) -> String {
    let seconds = |millis: i64| format!("{}.{}", millis / 1000, millis % 1000 / 100);
    let bound = line.bound.map_or_else(String::new, seconds);
    format!("{}{:>8}{:>10}{:>10}{:>10}{bound:>10}", padded(line.what, 26), line.n, seconds(line.p50), seconds(line.p95), seconds(line.max))
}

/// A text in so many columns; a Chinese character takes two.
fn padded(text: &str, columns: usize) -> String {
    let width: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    format!("{text}{}", " ".repeat(columns.saturating_sub(width)))
}
