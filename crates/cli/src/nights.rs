//! `bench nights`: the climbing of urgent notices over a thousand simulated nights, as a table of times. Exit code 1 if a bound was broken.

use crate::house;
use crate::trail::Scratch;
use app::notices::nights::{Odds, run};
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
    println!("{report}");
    Ok(if report.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
