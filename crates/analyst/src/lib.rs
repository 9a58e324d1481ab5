//! The analyst's bench: the engines of `insight` by command, on files, without an installation.
//!
//! Reads tables, runs an engine, writes results that are whole or not there. Each command is one module with its arguments and one function; `cli` hangs them
//! into `xinjiean`. May not know a database, a request, or a matter; the shipped category tree comes from `domain`.

pub mod classify;
pub mod clock;
pub mod link;
pub mod measure;
pub mod output;
pub mod progress;
pub mod scan;
pub mod tables;
pub mod watch;

use clap::Subcommand;
use std::process::ExitCode;

/// The engines by command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What a text is about, who takes it, whether somebody is in danger (分类)
    #[command(subcommand)]
    Classify(classify::Command),
    /// Which records are the same person or matter (关联)
    #[command(subcommand)]
    Link(link::Command),
    /// Clusters in space and time (时空扫描)
    #[command(subcommand)]
    Scan(scan::Command),
    /// Counts that rise beyond what is usual (监测)
    #[command(subcommand)]
    Watch(watch::Command),
    /// When lawful periods end, for a list of cases, and why then (期限)
    Clock(clock::Args),
}

/// Runs a command.
///
/// # Errors
/// What cannot be read, written or understood, as one sentence that names the file, and the line where there is one.
pub fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Classify(command) => classify::run(command),
        Command::Link(command) => link::run(command),
        Command::Scan(command) => scan::run(command),
        Command::Watch(command) => watch::run(command),
        Command::Clock(args) => clock::run(&args),
    }
}
