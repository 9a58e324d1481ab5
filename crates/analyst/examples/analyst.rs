//! The engines' commands alone, without the server around them: quick to build while an engine is worked on, and for profiling.

use clap::Parser;

#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    command: analyst::Command,
}

fn main() -> anyhow::Result<std::process::ExitCode> {
    analyst::run(Args::parse().command)
}
