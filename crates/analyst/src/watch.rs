//! `xinjiean watch`.

use std::process::ExitCode;

/// What can be done.
#[derive(Debug, clap::Subcommand)]
pub enum Command {}

/// Does it.
///
/// # Errors
/// As [`crate::run`].
pub fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {}
}
