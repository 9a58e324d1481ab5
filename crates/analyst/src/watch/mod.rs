//! `xinjiean watch`: counts over weeks and days.

mod eval;
mod forecast;
mod how;
mod run;
mod series;

pub use eval::Eval;
pub use forecast::Forecast;
pub use how::{How, Method, Verdict};
pub use run::Run;
pub use series::{Series, Table, Unit, Until};

use std::process::ExitCode;

/// What can be done.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Which periods of which series are beyond what is usual (逐期判断)
    Run(Run),
    /// What is to be expected, with intervals (预测)
    Forecast(Forecast),
    /// Alarms against marked outbreaks: false rate, detection, delay (检验)
    Eval(Eval),
}

/// Does it.
///
/// # Errors
/// As [`crate::run`].
pub fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Run(args) => run::run(&args),
        Command::Forecast(args) => forecast::run(&args),
        Command::Eval(args) => eval::run(&args),
    }
}
