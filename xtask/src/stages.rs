//! `cargo xtask test`: the stages, each timed against its plan.
//!
//! One debug build serves clippy's neighbours, the tests and the browser walks; the release build is `demo`'s affair. The screens are built before
//! the binary that embeds them. A stage that fails does not hide what the later ones would say.

use crate::{
    build, generated, packages,
    postgres::{self, Postgres},
    rooms,
    run::{binary, cargo, command, count, root, run},
    tally::Tally,
};
use anyhow::{Context, Result, bail};
use std::{process::Command, time::Instant};

/// What the stages share.
#[derive(Debug, Default)]
struct Shared {
    postgres: Option<Postgres>,
    tally: Tally,
}

impl Shared {
    /// The URL of the one PostgreSQL of this run, started when first asked for.
    fn postgres(&mut self) -> Result<String> {
        if self.postgres.is_none() {
            self.postgres = Some(postgres::start()?);
        }
        Ok(self.postgres.as_ref().map(|server| server.url.clone()).unwrap_or_default())
    }
}

struct Stage {
    name: &'static str,
    /// Minutes it may take on two cores from a cold clone; together under 60.
    plan: f64,
    what: &'static str,
    work: fn(&mut Shared) -> Result<()>,
}

const STAGES: &[Stage] = &[
    Stage { name: "packages", plan: 2.0, what: "Debian packages: chromium, CJK fonts, PostgreSQL", work: |_| packages::ensure() },
    Stage { name: "format", plan: 0.2, what: "cargo fmt --check", work: |_| run(&mut cargo(&["fmt", "--all", "--check"])) },
    Stage { name: "screens", plan: 3.0, what: "npm ci, type check, unit tests, build", work: screens },
    Stage { name: "lint", plan: 6.0, what: "clippy, warnings denied", work: lint },
    Stage { name: "tests", plan: 20.0, what: "unit, property, both engines, API", work: tests },
    Stage { name: "contract", plan: 2.0, what: "generated files are what the code says", work: |_| generated::check() },
    Stage { name: "walks", plan: 12.0, what: "browser walks on both engines", work: walks },
    Stage { name: "rooms", plan: 0.5, what: "invariants of ARCHITECTURE.md", work: |_| rooms::check() },
    Stage { name: "prove", plan: 6.0, what: "each invariant turns red when broken", work: |_| rooms::prove(None) },
];

/// Names them.
pub(crate) fn list() {
    for stage in STAGES {
        println!("{:<10} {:>5.1} min  {}", stage.name, stage.plan, stage.what);
    }
}

/// All, or those whose names stand in `only`, separated by commas.
fn chosen(only: Option<&str>) -> Result<Vec<&'static Stage>> {
    let Some(names) = only else { return Ok(STAGES.iter().collect()) };
    names
        .split(',')
        .map(|name| STAGES.iter().find(|stage| stage.name == name).with_context(|| format!("there is no stage `{name}`; see `cargo xtask test --list`")))
        .collect()
}

/// Runs the stages, prints the minutes by stage and, as the last line, the number of tests that passed and failed.
pub(crate) fn go_through(only: Option<&str>) -> Result<()> {
    let chosen = chosen(only)?;
    let mut shared = Shared::default();
    let mut lines = Vec::new();
    let mut red = Vec::new();
    let began = Instant::now();
    for stage in chosen {
        println!("\n== {} – {}", stage.name, stage.what);
        let start = Instant::now();
        let failed_before = shared.tally.failed;
        let result = (stage.work)(&mut shared);
        let took = start.elapsed().as_secs_f64() / 60.0;
        if let Err(why) = &result {
            eprintln!("{} is red: {why:#}", stage.name);
            red.push(stage.name);
            if shared.tally.failed == failed_before {
                shared.tally.failed += 1;
            }
        }
        lines.push(format!("{:<10} {took:>8.2} {:>8.1}   {}", stage.name, stage.plan, if result.is_ok() { "green" } else { "RED" }));
    }
    let Tally { passed, failed } = shared.tally;
    drop(shared);
    println!("\nstage       minutes     plan");
    lines.iter().for_each(|line| println!("{line}"));
    println!("{:<10} {:>8.2} {:>8.1}", "together", began.elapsed().as_secs_f64() / 60.0, STAGES.iter().map(|stage| stage.plan).sum::<f64>());
    println!("\n{passed} passed, {failed} failed");
    if !red.is_empty() {
        bail!("red: {}", red.join(", "));
    }
    Ok(())
}

fn screens(shared: &mut Shared) -> Result<()> {
    let web = root().join("web");
    build::install(&web)?;
    run(&mut command(&web, "npm", &["run", "typecheck"]))?;
    count(&mut command(&web, "npm", &["test"]), &mut shared.tally)?;
    build::screens()
}

fn lint(_: &mut Shared) -> Result<()> {
    run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

/// Cargo's own runner: one process a test binary, so that a prepared database is made once and copied for each test.
fn tests(shared: &mut Shared) -> Result<()> {
    let url = shared.postgres()?;
    count(cargo(&["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"]).env("TEST_POSTGRES_URL", url), &mut shared.tally)
}

fn walks(shared: &mut Shared) -> Result<()> {
    let e2e = root().join("e2e");
    build::screens()?;
    run(&mut cargo(&["build", "-p", "cli"]))?;
    build::install(&e2e)?;
    let url = shared.postgres()?;
    let mut npm_test: Command = command(&e2e, "npm", &["test"]);
    count(npm_test.env("XINJIEAN_BIN", binary("debug")).env("TEST_POSTGRES_URL", url), &mut shared.tally)
}
