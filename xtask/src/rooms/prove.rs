//! Shows that each invariant bites: plants a violation in a copy of the tree, sees red, takes it out, sees green.
//!
//! The copy stands in `target/prove/tree`; what Cargo built so far is copied beside it, so that only the rooms touched are compiled again and the
//! real target folder never meets a planted error.

use super::{House, findings, paths};
use crate::run::{attempt, command, root, target};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

/// How a file of the copy is spoilt.
enum Plant {
    /// Text at its end.
    Append(&'static str),
    /// One text for another, at the first place where it stands.
    Replace(&'static str, &'static str),
    /// A file that was not there.
    Create(&'static str),
    /// The file is gone.
    Remove,
}

/// What must notice.
enum Holder {
    /// This program, by reading.
    Rooms,
    /// `cargo …` in the copy.
    Cargo(&'static [&'static str]),
}

/// A violation.
struct Violation {
    /// The invariant that it breaks.
    no: u8,
    what: &'static str,
    file: &'static str,
    plant: Plant,
    holder: Holder,
    /// What the red output must say.
    red: &'static str,
}

const CLIPPY_DOMAIN: Holder = Holder::Cargo(&["clippy", "-q", "-p", "domain", "--", "-D", "warnings"]);

/// At least one for each invariant. To add one: the file, how to spoil it, who must notice, and what they must say.
const VIOLATIONS: &[Violation] = &[
    Violation {
        no: 1,
        what: "the rule book learns of a runtime",
        file: "crates/domain/Cargo.toml",
        plant: Plant::Replace("[dependencies]\n", "[dependencies]\ntokio.workspace = true\n"),
        holder: Holder::Rooms,
        red: "domain reaches tokio",
    },
    Violation {
        no: 1,
        what: "an algorithm learns of our words",
        file: "crates/insight/Cargo.toml",
        plant: Plant::Replace("[dependencies]\n", "[dependencies]\ndomain.workspace = true\n"),
        holder: Holder::Rooms,
        red: "insight reaches our own domain",
    },
    Violation {
        no: 2,
        what: "HTTP goes round the desk to the store",
        file: "crates/api/Cargo.toml",
        plant: Plant::Replace("[dependencies]\n", "[dependencies]\nstore.workspace = true\n"),
        holder: Holder::Rooms,
        red: "api → store is not an edge",
    },
    Violation {
        no: 2,
        what: "the desk speaks HTTP",
        file: "crates/app/Cargo.toml",
        plant: Plant::Replace("[dependencies]\n", "[dependencies]\naxum.workspace = true\n"),
        holder: Holder::Rooms,
        red: "app → axum",
    },
    Violation {
        no: 3,
        what: "a rule looks at the clock",
        file: "crates/domain/src/kernel/instant.rs",
        plant: Plant::Append("\n/// Planted.\n#[must_use]\npub fn planted() -> std::time::SystemTime {\n    std::time::SystemTime::now()\n}\n"),
        holder: CLIPPY_DOMAIN,
        red: "use of a disallowed method `std::time::SystemTime::now`",
    },
    Violation {
        no: 3,
        what: "the ban on the environment is lifted",
        file: "clippy.toml",
        plant: Plant::Replace("\"std::env::var\"", "\"std::env::planted\""),
        holder: Holder::Rooms,
        red: "std::env::var is not forbidden",
    },
    Violation {
        no: 4,
        what: "SQL in the desk",
        file: "crates/app/src/planted.rs",
        plant: Plant::Create("const PLANTED: &str = \"select id from matter\";\n"),
        holder: Holder::Rooms,
        red: "SQL outside store",
    },
    Violation {
        no: 4,
        what: "a word of the store knows the engine",
        file: "crates/store/src/planted.rs",
        plant: Plant::Create("fn planted(engine: Engine) -> bool {\n    matches!(engine, Engine::Sqlite)\n}\n"),
        holder: Holder::Rooms,
        red: "the name of an engine",
    },
    Violation {
        no: 4,
        what: "a statement that one engine does not understand",
        file: "crates/store/src/notices/mod.rs",
        plant: Plant::Append(
            "\n/// Planted.\npub fn planted(tx: &mut Tx<'_>) -> Result<u64, Broken> {\n    tx.exec(sql!(\"insert or ignore into notice (id) values ('planted')\"), &[])\n}\n",
        ),
        holder: Holder::Cargo(&["test", "-q", "-p", "store", "--test", "db", "every_statement_prepares_on_both_engines"]),
        red: "notices/mod.rs:",
    },
    Violation {
        no: 5,
        what: "a type of the rule book becomes an API type",
        file: "crates/domain/src/kernel/planted.rs",
        plant: Plant::Create("#[derive(\n    Debug,\n    serde::Serialize,\n)]\nstruct Planted;\n"),
        holder: Holder::Rooms,
        red: "Serialize outside api",
    },
    Violation {
        no: 6,
        what: "the desk reads without a scope",
        file: "crates/app/src/lib.rs",
        plant: Plant::Append(
            "\n/// Planted.\npub fn planted(tx: &mut store::db::Tx<'_>, id: &domain::kernel::MatterId) -> Result<bool, store::db::Broken> {\n    store::matters::in_scope(tx, id)\n}\n",
        ),
        holder: Holder::Cargo(&["check", "-q", "-p", "app"]),
        red: "this function takes 3 arguments but 2 arguments were supplied",
    },
    Violation {
        no: 6,
        what: "the desk makes itself a scope",
        file: "crates/app/src/lib.rs",
        plant: Plant::Append("\n/// Planted.\npub fn planted() -> domain::accounts::Scope {\n    domain::accounts::Scope { ..planted() }\n}\n"),
        holder: Holder::Cargo(&["check", "-q", "-p", "app"]),
        red: "of struct `domain::accounts::Scope`",
    },
    Violation {
        no: 7,
        what: "a route that the access table does not know",
        file: "crates/api/tests/access.table",
        plant: Plant::Replace("GET /api/v1/board", "GET /api/v1/planted"),
        holder: Holder::Cargo(&["test", "-q", "-p", "api", "every_route_is_in_the_access_table"]),
        red: "every_route_is_in_the_access_table",
    },
    Violation {
        no: 8,
        what: "the row forgets what an event says",
        file: "crates/store/src/matters/save.rs",
        plant: Plant::Replace("urged = excluded.urged, ", ""),
        holder: Holder::Cargo(&["test", "-q", "-p", "app", "random_histories_fold_to_their_rows"]),
        red: "random_histories_fold_to_their_rows",
    },
    Violation {
        no: 8,
        what: "an erased text stays in its row",
        file: "crates/store/src/keeping.rs",
        plant: Plant::Replace("salt = null, body = null, sealed", "salt = null, sealed"),
        holder: Holder::Cargo(&["test", "-q", "-p", "app", "after_an_erasure_no_byte_of_it_is_left_in_a_file_database"]),
        red: "after_an_erasure_no_byte_of_it_is_left_in_a_file_database",
    },
    Violation {
        no: 9,
        what: "state × act is not what is checked in",
        file: "crates/domain/tests/it/snapshots/it__tables__acts.table.snap",
        plant: Plant::Append("planted\n"),
        holder: Holder::Cargo(&["test", "-q", "-p", "domain", "states_and_acts"]),
        red: "states_and_acts",
    },
    Violation {
        no: 9,
        what: "a snapshot is gone",
        file: "docs/api/openapi.json",
        plant: Plant::Remove,
        holder: Holder::Rooms,
        red: "docs/api/openapi.json is missing",
    },
    Violation {
        no: 10,
        what: "an unwrap",
        file: "crates/domain/src/kernel/instant.rs",
        plant: Plant::Append("\n/// Planted.\n#[must_use]\npub fn planted(day: Option<i64>) -> i64 {\n    day.unwrap()\n}\n"),
        holder: CLIPPY_DOMAIN,
        red: "used `unwrap()`",
    },
    Violation {
        no: 10,
        what: "unsafe code",
        file: "crates/domain/src/kernel/instant.rs",
        plant: Plant::Append("\n/// Planted.\n#[must_use]\npub fn planted(at: &[u8]) -> u8 {\n    unsafe { *at.get_unchecked(0) }\n}\n"),
        holder: CLIPPY_DOMAIN,
        red: "usage of an `unsafe` block",
    },
    Violation {
        no: 10,
        what: "an allow without a reason",
        file: "crates/domain/src/kernel/instant.rs",
        plant: Plant::Append("\n/// Planted.\n#[allow(clippy::too_many_arguments)]\npub fn planted() {}\n"),
        holder: CLIPPY_DOMAIN,
        red: "#[allow] attribute found",
    },
    Violation {
        no: 11,
        what: "a file names somebody's machine",
        file: "docs/planted.md",
        plant: Plant::Create(concat!("See /work", "/shared for more.\n")),
        holder: Holder::Rooms,
        red: "docs/planted.md:1: names",
    },
    Violation {
        no: 12,
        what: "the glossary forgets a state",
        file: "docs/guide/glossary.md",
        plant: Plant::Replace("| `returned` | 已退回 |", "| `returned` | 退回来了 |"),
        holder: Holder::Rooms,
        red: "the glossary has no such row",
    },
    Violation {
        no: 13,
        what: "a page links to nothing",
        file: "docs/planted.md",
        plant: Plant::Create("See [this](nowhere.md).\n"),
        holder: Holder::Rooms,
        red: "docs/planted.md: links to nowhere.md",
    },
];

/// Proves all, or the invariants whose numbers stand in `only`, separated by commas.
pub(crate) fn prove(only: Option<&str>) -> Result<()> {
    let numbers: Option<Vec<u8>> =
        only.map(|list| list.split(',').map(|no| no.parse().with_context(|| format!("`{no}` is not a number"))).collect()).transpose()?;
    let chosen: Vec<&Violation> = VIOLATIONS.iter().filter(|violation| numbers.as_ref().is_none_or(|list| list.contains(&violation.no))).collect();
    let copy = Copy::make()?;
    if chosen.iter().any(|violation| matches!(violation.holder, Holder::Cargo(_))) {
        copy.seed()?;
    }
    let mut unproven = 0;
    for violation in &chosen {
        let began = Instant::now();
        let (mark, said) = match copy.show(violation) {
            Ok(red) => ("red, then green", red),
            Err(why) => {
                unproven += 1;
                ("NOT PROVEN", format!("{why:#}"))
            }
        };
        println!("{:>2}  {:<52} {mark} {:>5.1} s  {said}", violation.no, violation.what, began.elapsed().as_secs_f64());
    }
    if unproven > 0 {
        bail!("{unproven} of {} violations did not turn red and green again", chosen.len());
    }
    println!("{} violations planted, each turned red and green again", chosen.len());
    Ok(())
}

/// The copy of the tree, and the folder that Cargo builds it in.
struct Copy {
    tree: PathBuf,
    built: PathBuf,
}

impl Copy {
    /// Brings the copy to the state of the real tree. Files that did not change keep their time, so that Cargo builds nothing twice.
    fn make() -> Result<Self> {
        let copy = Self { tree: target().join("prove").join("tree"), built: target().join("prove").join("built") };
        fs::create_dir_all(&copy.tree)?;
        let wanted = paths(&root())?;
        for old in paths(&copy.tree)? {
            if !wanted.contains(&old) {
                fs::remove_file(copy.tree.join(old))?;
            }
        }
        for path in &wanted {
            let (from, to) = (root().join(path), copy.tree.join(path));
            let Ok(content) = fs::read(&from) else { continue };
            if fs::read(&to).is_ok_and(|was| was == content) {
                continue;
            }
            if let Some(folder) = to.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&to, content)?;
            fs::File::options().write(true).open(&to)?.set_modified(fs::metadata(&from)?.modified()?)?;
        }
        Ok(copy)
    }

    /// Starts Cargo's folder of the copy from what was built for the real tree; dependencies are then there already. The fingerprints are copied
    /// first, so that nothing looks newer than it is. What cannot be copied, because somebody builds meanwhile, Cargo builds again.
    fn seed(&self) -> Result<()> {
        let from = target().join("debug");
        let to = self.built.join("debug");
        if to.exists() || !from.exists() {
            return Ok(());
        }
        fs::create_dir_all(&to)?;
        for part in [".fingerprint", "build", "deps"] {
            attempt(command(&from, "cp", &["-a", part]).arg(&to))?;
        }
        Ok(())
    }

    /// Plants, sees red, takes out, sees green; gives the red line.
    fn show(&self, violation: &Violation) -> Result<String> {
        let file = self.tree.join(violation.file);
        let before = fs::read_to_string(&file).ok();
        let spoilt = spoil(&violation.plant, before.as_deref()).with_context(|| format!("cannot plant in {}", violation.file))?;
        write_or_remove(&file, spoilt.as_deref())?;
        let lock = self.tree.join("Cargo.lock");
        let locked = fs::read(&lock)?;
        let planted = self.ask(violation);
        write_or_remove(&file, before.as_deref())?;
        if fs::read(&lock)? != locked {
            fs::write(&lock, locked)?;
        }
        let (green, said) = planted?;
        let line = said.lines().find(|line| line.contains(violation.red)).map(|line| line.trim().to_owned());
        if green {
            bail!("stayed green");
        }
        let Some(line) = line else { bail!("red, but without `{}`:\n{}", violation.red, last_lines(&said)) };
        let (green, said) = self.ask(violation)?;
        if !green && said.contains(violation.red) {
            bail!("stays red without the violation: {}", last_lines(&said));
        }
        if !green {
            bail!("was red before: {}", last_lines(&said));
        }
        Ok(line)
    }

    /// Whether the holder is content, and what it says.
    fn ask(&self, violation: &Violation) -> Result<(bool, String)> {
        match violation.holder {
            Holder::Rooms => {
                let found = findings(&House::read(&self.tree)?, violation.no)?;
                Ok((found.is_empty(), found.join("\n")))
            }
            Holder::Cargo(words) => attempt(command(&self.tree, "cargo", words).env("CARGO_TARGET_DIR", &self.built).env("CARGO_TERM_COLOR", "never")),
        }
    }
}

/// What the file says once spoilt; `None`: it is gone.
fn spoil(plant: &Plant, before: Option<&str>) -> Result<Option<String>> {
    Ok(match (plant, before) {
        (Plant::Append(text), Some(before)) => Some(format!("{before}{text}")),
        (Plant::Replace(old, new), Some(before)) if before.contains(old) => Some(before.replacen(old, new, 1)),
        (Plant::Replace(old, _), Some(_)) => bail!("`{}` does not stand there", old.trim()),
        (Plant::Create(text), _) => Some((*text).to_owned()),
        (Plant::Remove, Some(_)) => None,
        (_, None) => bail!("the file is missing"),
    })
}

fn write_or_remove(file: &Path, text: Option<&str>) -> Result<()> {
    match text {
        Some(text) => fs::write(file, text)?,
        None if file.exists() => fs::remove_file(file)?,
        None => {}
    }
    Ok(())
}

fn last_lines(said: &str) -> String {
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(6)..].join("\n")
}
