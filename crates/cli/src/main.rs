//! `xinjiean`: the one binary. It wires the rooms together and holds nothing of its own that they could hold.
//!
//! Only here is the machine asked for the time, for chance and for its environment ([`machine`], [`config`]); everything below gets them as values.
//! A subcommand is one module with one function. It answers with an exit code: 0 done, 1 something was found or failed, 2 refused before anything was done.

mod account;
mod backup;
mod bench;
mod bench_places;
mod bench_refusals;
mod config;
mod demo;
mod drill;
mod house;
mod import;
mod install;
mod log;
mod machine;
mod model;
mod nights;
mod serve;
mod tls;
mod trail;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// 心皆安：街道社会综合治理站的办事软件。
#[derive(Debug, Parser)]
#[command(name = "xinjiean", version, about, max_term_width = 110)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve an installation (运行服务)
    Serve(serve::Args),
    /// Lay out a new, real installation from a network file (按网络文件新建)
    Install(install::Args),
    /// Make and serve a demonstration (演示)
    Demo(demo::Args),
    /// Bring the database up to date and stop (升级数据库)
    Migrate(config::Flags),
    /// Bring in lists (导入)
    #[command(subcommand)]
    Import(import::Command),
    /// Prove the trail (留痕)
    #[command(subcommand)]
    Trail(trail::Command),
    /// Back up database and files while people work; never the key (备份)
    Backup(backup::BackupArgs),
    /// Restore a backup into an empty place (恢复)
    Restore(backup::RestoreArgs),
    /// Accounts and posts (帐户与岗位)
    #[command(subcommand)]
    Account(account::Command),
    /// The configuration and where each value comes from (配置)
    #[command(subcommand)]
    Config(config::Command),
    /// Print the description of the HTTP interface (接口描述)
    Openapi,
    /// Print a table of the rule book (规则表)
    #[command(subcommand)]
    Model(model::Command),
    /// Measure on this machine (测速)
    #[command(subcommand)]
    Bench(bench::Command),
    #[command(flatten)]
    Analyst(analyst::Command),
}

fn main() -> ExitCode {
    match run(Args::parse().command) {
        Ok(code) => code,
        Err(why) => match why.downcast_ref::<house::Refusal>() {
            Some(refusal) => {
                eprintln!("xinjiean: {refusal}");
                ExitCode::from(2)
            }
            None => {
                eprintln!("xinjiean: {why:#}");
                ExitCode::FAILURE
            }
        },
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(args) => serve::run(args),
        Command::Install(args) => install::run(args),
        Command::Demo(args) => demo::run(args),
        Command::Migrate(flags) => backup::migrate(flags),
        Command::Import(command) => import::run(command),
        Command::Trail(command) => trail::run(command),
        Command::Backup(args) => backup::backup(args),
        Command::Restore(args) => backup::restore(args),
        Command::Account(command) => account::run(command),
        Command::Config(command) => config::run(command),
        Command::Openapi => model::openapi(),
        Command::Model(command) => model::run(command),
        Command::Bench(command) => bench::run(command),
        Command::Analyst(command) => analyst::run(command),
    }
}
