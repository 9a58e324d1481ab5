//! What compiler, clippy and unit tests hold: here only that those are still there and still switched on.

use super::{House, room_of};
use anyhow::Result;

/// Calls that clippy must forbid (`clippy.toml`); the planted violation shows that it does.
const BANS: &[&str] = &[
    "std::time::SystemTime::now",
    "jiff::Timestamp::now",
    "jiff::Zoned::now",
    "std::env::var",
    "std::env::var_os",
    "std::env::vars",
    "getrandom::fill",
    "rand::rng",
    "rand::random",
    "ulid::Ulid::new",
];

/// Rooms that may ask the machine, and say so in one `expect` at their door.
const MAY_ASK: &[&str] = &["cli", "testkit"];

/// Invariant 3.
pub(super) fn bans(house: &House) -> Result<Vec<String>> {
    let clippy = house.text("clippy.toml");
    let banned =
        |path: &&&str| clippy.lines().any(|line| line.contains(&format!("\"{path}\"")) && line.contains("reason = \"") && !line.trim_start().starts_with('#'));
    let mut found: Vec<String> = BANS.iter().filter(|path| !banned(path)).map(|path| format!("clippy.toml: {path} is not forbidden with a reason")).collect();
    found.extend(excused(house, "disallowed_methods"));
    found.extend(house.files.keys().filter(|path| path.ends_with("/clippy.toml")).map(|path| format!("{path}: a room may not have rules of its own")));
    Ok(found)
}

/// Where product code outside [`MAY_ASK`] excuses itself from a lint.
fn excused(house: &House, lint: &str) -> Vec<String> {
    let product = house.sources.iter().filter(|source| room_of(&source.path).is_some_and(|room| !MAY_ASK.contains(&room)));
    product
        .flat_map(|source| {
            let lines = source.code.lines().enumerate().filter(|(_, line)| line.contains(lint) && line.contains("expect("));
            lines.map(|(at, _)| format!("{}:{}: excuses itself from {lint}", source.path, at + 1))
        })
        .collect()
}

/// Tests that hold an invariant, by name; each must stand somewhere under `folder`, marked as a test.
struct Named {
    folder: &'static str,
    test: &'static str,
}

fn tests_are_there(house: &House, named: &[Named]) -> Vec<String> {
    let is_there = |named: &Named| {
        house.files.iter().any(|(path, text)| {
            path.starts_with(named.folder)
                && path.ends_with(".rs")
                && text.split(&format!("fn {}(", named.test)).next().filter(|before| before.len() < text.len()).is_some_and(|before| {
                    // The attribute stands within the few lines before; `proptest!` tests carry `#[test]` as well.
                    before.lines().rev().take(6).any(|line| line.contains("test]") || line.contains("test("))
                })
        })
    };
    named.iter().filter(|named| !is_there(named)).map(|named| format!("no test `{}` under {}", named.test, named.folder)).collect()
}

/// Invariant 6: `Scope` and `Actor` are values that only the policy makes, and without one the code does not compile.
pub(super) fn scope(house: &House) -> Result<Vec<String>> {
    Ok(tests_are_there(
        house,
        &[
            Named { folder: "crates/store/", test: "a_read_without_scope_does_not_compile" },
            Named { folder: "crates/store/", test: "every_statement_prepares_on_both_engines" },
        ],
    ))
}

/// Invariant 7.
pub(super) fn access(house: &House) -> Result<Vec<String>> {
    Ok(tests_are_there(house, &[Named { folder: "crates/api/", test: "every_route_is_in_the_access_table" }]))
}

/// Invariant 8.
pub(super) fn fold(house: &House) -> Result<Vec<String>> {
    Ok(tests_are_there(
        house,
        &[
            Named { folder: "crates/", test: "random_histories_fold_to_their_rows" },
            Named { folder: "crates/app/", test: "after_an_erasure_no_byte_of_it_is_left_in_a_file_database" },
            Named { folder: "crates/app/", test: "after_an_erasure_no_byte_of_it_is_left_in_a_servers_database" },
        ],
    ))
}

/// What is checked in as a snapshot, and the test or task that compares it.
const SNAPSHOTS: &[(&str, &str)] = &[
    ("crates/domain/tests/it/snapshots/it__tables__acts.table.snap", "state × act, by cargo test -p domain"),
    ("crates/domain/tests/it/snapshots/it__tables__policy.table.snap", "post × act, by cargo test -p domain"),
    ("crates/api/tests/access.table", "route × post, by cargo test -p api"),
    ("crates/api/tests/problems.table", "problem codes, by cargo test -p api"),
    ("crates/store/schema.table", "tables and columns, by cargo test -p store"),
    ("docs/api/openapi.json", "by cargo xtask gen --check"),
    ("web/src/api/schema.ts", "by cargo xtask gen --check"),
    ("deploy/xinjiean.toml", "the configuration reference, by cargo test -p cli"),
];

/// Invariant 9.
pub(super) fn snapshots(house: &House) -> Result<Vec<String>> {
    let missing = SNAPSHOTS.iter().filter(|(path, _)| house.text(path).is_empty());
    Ok(missing.map(|(path, what)| format!("{path} is missing ({what})")).collect())
}

/// Lints of the workspace that must be on; `cargo xtask test` denies all warnings.
const LINTS: &[&str] = &["unsafe_code = \"forbid\"", "missing_docs", "unwrap_used", "expect_used", "allow_attributes", "disallowed_methods"];

/// Invariant 10.
pub(super) fn lints(house: &House) -> Result<Vec<String>> {
    let workspace = house.text("Cargo.toml");
    let mut found: Vec<String> = LINTS.iter().filter(|lint| !workspace.contains(**lint)).map(|lint| format!("Cargo.toml: the lint {lint} is off")).collect();
    for (path, manifest) in house.files.iter().filter(|(path, _)| path.ends_with("/Cargo.toml")) {
        if !manifest.contains("[lints]\nworkspace = true") {
            found.push(format!("{path}: does not take the lints of the workspace"));
        }
    }
    for source in &house.sources {
        found.extend(source.lines_with("unsafe").map(|line| format!("{}:{line}: unsafe", source.path)));
        let allows = source.code.lines().enumerate().filter(|(_, line)| line.contains("[allow("));
        found.extend(allows.map(|(at, _)| format!("{}:{}: allow; write #[expect(lint, reason = \"…\")]", source.path, at + 1)));
    }
    for lint in ["unwrap_used", "expect_used"] {
        found.extend(excused(house, lint));
    }
    Ok(found)
}

/// Lists of the rule book that the glossary tells in full.
const TOLD: &[&str] = &["State", "ActKind", "PostKind", "UnitKind", "Tier", "Urgency", "Level", "ClockKind"];

/// The house's own rule 12: code and Chinese term of each entry of [`TOLD`] stand in one row of the glossary.
pub(super) fn glossary(house: &House) -> Result<Vec<String>> {
    const GLOSSARY: &str = "docs/guide/glossary.md";
    let told = house.text(GLOSSARY);
    let mut found = Vec::new();
    for name in TOLD {
        let entries: Vec<&str> = house.files.iter().filter(|(path, _)| path.starts_with("crates/domain/")).flat_map(|(_, text)| coded(text, name)).collect();
        if entries.is_empty() {
            found.push(format!("the list {name} is nowhere in domain"));
        }
        for entry in entries {
            let mut quoted = entry.split('"').skip(1).step_by(2);
            if let (Some(code), Some(chinese)) = (quoted.next(), quoted.next())
                && !told.contains(&format!("| `{code}` | {chinese} |"))
            {
                found.push(format!("{GLOSSARY}: {name} has `{code}` {chinese}, the glossary has no such row"));
            }
        }
    }
    Ok(found)
}

/// The entries (`Name = "code", "中文", "English";`) of the `coded!` list called `name`.
fn coded<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let Some((_, list)) = text.split_once(&format!("\n    {name} {{\n")) else { return Vec::new() };
    let list = list.split_once("\n    }").map_or(list, |(list, _)| list);
    list.lines().filter(|line| line.contains(" = \"") && line.trim_end().ends_with("\";")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_a_list_are_found() {
        let text = "coded! {\n    /// Doc.\n    State {\n        /// Doc.\n        Open = \"open\", \"待办\", \"open\";\n    }\n}\n";
        assert_eq!(coded(text, "State").len(), 1);
        assert!(coded(text, "Flag").is_empty());
    }
}
