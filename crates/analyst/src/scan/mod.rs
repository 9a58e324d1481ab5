//! `xinjiean scan`: clusters in space and time.

mod bench;
mod compare;
pub mod dates;
pub mod events;
pub mod inputs;
pub mod plan;
mod power;
pub mod prm;
mod run;
pub mod show;
pub mod study;

pub use bench::{Bench, bench};
pub use compare::{Compared, compare};

use std::path::PathBuf;
use std::process::ExitCode;

/// What can be done.
#[derive(Debug, clap::Subcommand)]
#[expect(clippy::large_enum_variant, reason = "one command lives for one run")]
pub enum Command {
    /// Scans: a SaTScan parameter file, or a table of events
    Run(Run),
    /// Holds a run against a list of clusters found by another program
    Compare(Compare),
    /// How large a surge has to be, or how long it has to last, before it can be seen
    Surge(power::Surge),
    /// What injected clusters of several strengths are found, and how soon, beside plainer methods; and false alarms without any
    Power(power::Power),
    /// Prints the figures of the scan, beside the recorded ones of SaTScan
    Bench(Bench),
}

/// Arguments of `scan run`.
#[derive(Debug, clap::Args)]
pub struct Run {
    /// A SaTScan parameter file (.prm)
    pub file: Option<PathBuf>,
    /// Sets an option of the parameter file
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// A table of events instead
    #[command(flatten)]
    pub how: events::Events,
    /// The JSON of the run before, to tell new clusters from ongoing ones
    #[arg(long)]
    pub previous: Option<PathBuf>,
    /// How many threads; the result does not depend on it
    #[arg(long)]
    pub threads: Option<usize>,
    /// In JSON
    #[arg(long)]
    pub json: bool,
    /// As a table
    #[arg(long)]
    pub csv: bool,
    /// As a map layer
    #[arg(long)]
    pub geojson: bool,
    /// Into a file
    #[arg(long)]
    pub output: Option<PathBuf>,
}

/// Arguments of `scan compare`.
#[derive(Debug, clap::Args)]
pub struct Compare {
    /// Parameter files; the name of each is the name of its run
    pub files: Vec<PathBuf>,
    /// The clusters: `run,rank,start,end,observed,expected,statistic,p,…,places_nearest_first`
    #[arg(long)]
    pub clusters: PathBuf,
    /// In JSON
    #[arg(long)]
    pub json: bool,
}

/// Does it.
///
/// # Errors
/// As [`crate::run`].
pub fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Run(args) => run::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Surge(args) => power::surge(&args),
        Command::Power(args) => power::power(&args),
        Command::Bench(args) => bench(&args),
    }
}
