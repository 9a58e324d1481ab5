//! `xinjiean link`: which records are the same person, which reports are the same matter.

mod config;
mod eval;
mod explain;
mod found;
mod matters;
mod read;
mod run;

use std::path::PathBuf;
use std::process::ExitCode;

/// What can be done.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Links the records of one table, or of two with each other
    Run(Run),
    /// Measures pairs against the truth
    Eval(Eval),
    /// Says what speaks for and against two records being one person
    Explain(Explain),
}

/// Arguments of `link run`.
#[derive(Debug, clap::Args)]
pub struct Run {
    /// The configuration: columns, rules, thresholds
    #[arg(long)]
    pub config: PathBuf,
    /// One table, or two with a comma between
    #[arg(long)]
    pub input: String,
    /// Where the pairs go: `a,b,probability`
    #[arg(long)]
    pub output: PathBuf,
    /// Where the clusters go: `id,cluster`
    #[arg(long)]
    pub clusters: Option<PathBuf>,
    /// Says what was done in JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `link eval`.
#[derive(Debug, clap::Args)]
pub struct Eval {
    /// The pairs of a run
    #[arg(long)]
    pub pairs: PathBuf,
    /// A table with the id of each record and what it truly is
    #[arg(long)]
    pub truth: PathBuf,
    /// The column with the truth
    #[arg(long, default_value = "cluster_id")]
    pub column: String,
    /// The column with the id
    #[arg(long, default_value = "rec_id")]
    pub id: String,
    /// The column with the id of the named original: how often it is among the first 1, 3 and 10
    #[arg(long, conflicts_with_all = ["nearest", "members"])]
    pub named: Option<String>,
    /// The column with a label: how often the nearest other record has the same
    #[arg(long, conflicts_with = "members")]
    pub nearest: Option<String>,
    /// The column with a topic; the truth lists members only: the mean F1 of the best cluster of each
    #[arg(long)]
    pub members: Option<String>,
    /// Labels that mean none, with commas between
    #[arg(long, default_value = "无")]
    pub none: String,
    /// The clusters of the run; else they are made of the pairs at 0.95
    #[arg(long)]
    pub clusters: Option<PathBuf>,
    /// Says it in JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `link explain`.
#[derive(Debug, clap::Args)]
pub struct Explain {
    /// The id of one record
    pub a: String,
    /// The id of the other
    pub b: String,
    /// The configuration of the run
    #[arg(long)]
    pub config: PathBuf,
    /// The table or tables of the run
    #[arg(long)]
    pub input: String,
    /// Says it in JSON
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
        Command::Eval(args) => eval::run(&args),
        Command::Explain(args) => explain::run(&args),
    }
}
