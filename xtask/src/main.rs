//! Everything that is done *to* the house rather than *by* it: `cargo xtask help`.
//!
//! Plain Rust with one dependency and none of our own rooms, so that it compiles in seconds on a fresh clone and still works when a room does not.
//! It drives the tools that a developer would drive by hand (cargo, npm, initdb, apt-get), says each command before running it, and may not
//! contain anything that the product itself needs.

mod build;
mod generated;
mod packages;
mod postgres;
mod rooms;
mod run;
mod source;
mod stages;
mod tally;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask TASK [ARGS]

  demo [ARGS]        build the screens and the binary, then run `xinjiean demo ARGS`
  test               everything that must be green, with minutes by stage
  test --only A,B    these stages only (`test --list` names them)
  build              the screens if they changed, then the release binary
  dev [ARGS]         server (debug, `xinjiean demo ARGS`) and vite side by side
  gen                write the generated files (OpenAPI, TypeScript client, tables)
  gen --check        say which of them are out of date
  rooms              the invariants of ARCHITECTURE.md that no unit test holds
  rooms --prove      plant one violation of each in a copy and show that it turns red
  bench NAME [ARGS]  release build, then `xinjiean bench NAME ARGS`
";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    if let Err(why) = dispatch(&words) {
        eprintln!("xtask: {why:#}");
        std::process::exit(1);
    }
}

fn dispatch(words: &[&str]) -> Result<()> {
    match words {
        [] | ["help" | "--help" | "-h"] => print!("{HELP}"),
        ["build"] => build::release()?,
        ["demo", args @ ..] => build::demo(args)?,
        ["dev", args @ ..] => build::dev(args)?,
        ["bench", args @ ..] => build::bench(args)?,
        ["test"] => stages::go_through(None)?,
        ["test", "--only", names] => stages::go_through(Some(names))?,
        ["test", "--list"] => stages::list(),
        ["gen"] => generated::write()?,
        ["gen", "--check"] => generated::check()?,
        ["rooms"] => rooms::check()?,
        ["rooms", "--prove"] => rooms::prove(None)?,
        ["rooms", "--prove", "--only", numbers] => rooms::prove(Some(numbers))?,
        other => bail!("`{}` is not a task; `cargo xtask help` lists them", other.join(" ")),
    }
    Ok(())
}
