//! Who may depend on whom.

use super::House;
use crate::run::{command, output};
use anyhow::Result;

/// What each room may name in `[dependencies]`, of our own. `testkit` is for `[dev-dependencies]` alone, and `xtask` knows none of them.
const EDGES: &[(&str, &str, &[&str])] = &[
    ("insight", "crates/insight/Cargo.toml", &[]),
    ("domain", "crates/domain/Cargo.toml", &[]),
    ("store", "crates/store/Cargo.toml", &["domain"]),
    ("sheets", "crates/sheets/Cargo.toml", &["domain"]),
    ("analyst", "crates/analyst/Cargo.toml", &["domain", "insight", "sheets"]),
    ("app", "crates/app/Cargo.toml", &["domain", "insight", "sheets", "store"]),
    ("api", "crates/api/Cargo.toml", &["domain", "app"]),
    ("cli", "crates/cli/Cargo.toml", &["domain", "insight", "sheets", "analyst", "store", "app", "api", "web"]),
    ("testkit", "crates/testkit/Cargo.toml", &["domain", "insight", "store", "app", "api"]),
    ("web", "web/Cargo.toml", &[]),
    ("xtask", "xtask/Cargo.toml", &[]),
];

/// Libraries that belong to a room: nobody else names them in `[dependencies]`.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("rusqlite", &["store"]),
    ("postgres", &["store", "testkit"]),
    ("axum", &["api", "cli", "web", "testkit"]),
    ("utoipa", &["api"]),
    ("utoipa-axum", &["api"]),
];

/// Everything that the rule book must not reach, however far down.
const IMPURE: &[&str] = &["tokio", "rusqlite", "postgres", "axum", "reqwest", "ureq", "hyper", "rand", "getrandom", "tracing"];

/// Invariant 1, by Cargo's own tree.
pub(super) fn pure_rooms(house: &House) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (room, impure) in [("domain", IMPURE), ("insight", IMPURE)] {
        let tree = output(&mut command(&house.root, "cargo", &["tree", "-q", "-p", room, "-e", "normal", "--prefix", "none", "--format", "{p}"]))?;
        let mut reached: Vec<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
        reached.sort_unstable();
        reached.dedup();
        found.extend(reached.iter().filter(|name| impure.contains(name)).map(|name| format!("{room} reaches {name}")));
        found.extend(reached.iter().filter(|name| **name != room && is_ours(name)).map(|name| format!("{room} reaches our own {name}")));
    }
    Ok(found)
}

/// Invariant 2, by the manifests.
pub(super) fn only_these(house: &House) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (room, path, allowed) in EDGES {
        let manifest = house.text(path);
        if manifest.is_empty() {
            found.push(format!("{path} is missing"));
        }
        for (section, name) in dependencies(manifest) {
            let of_product = section != "dev-dependencies";
            if is_ours(&name) && of_product && !allowed.contains(&name.as_str()) {
                found.push(format!("{room} → {name} is not an edge of the house ({path})"));
            }
            let owners = LIBRARIES.iter().find(|(library, _)| *library == name).map(|(_, owners)| *owners);
            if of_product && owners.is_some_and(|owners| !owners.contains(room)) {
                found.push(format!("{room} → {name}: that library belongs to {} ({path})", owners.unwrap_or_default().join(", ")));
            }
        }
    }
    let known = |path: &str| EDGES.iter().any(|(_, of, _)| *of == path);
    found.extend(
        house
            .files
            .keys()
            .filter(|path| path.ends_with("/Cargo.toml") && !path.starts_with("crates/store/tests/") && !known(path))
            .map(|path| format!("{path}: a room that ARCHITECTURE.md does not know")),
    );
    Ok(found)
}

fn is_ours(name: &str) -> bool {
    EDGES.iter().any(|(room, ..)| *room == name)
}

/// Section (`dependencies`, `dev-dependencies`, `build-dependencies`) and name of each dependency of a manifest.
fn dependencies(manifest: &str) -> Vec<(String, String)> {
    let mut section = String::new();
    let mut found = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if let Some(head) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            // `[target.'cfg(unix)'.dependencies]` and `[dependencies.tokio]` count as well.
            let of_interest = head.rsplit('.').find(|part| part.ends_with("dependencies")).unwrap_or_default();
            if let Some((_, name)) = head.split_once("dependencies.") {
                found.push((of_interest.to_owned(), name.to_owned()));
                section.clear();
            } else {
                section = of_interest.to_owned();
            }
        } else if !section.is_empty()
            && !line.starts_with('#')
            && let Some((front, _)) = line.split_once('=')
            && let Some(name) = front.split(['.', ' ']).next()
        {
            found.push((section.clone(), name.trim_matches('"').to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_read_in_every_spelling() {
        let manifest = "[package]\nname = \"x\"\n[dependencies]\ndomain.workspace = true\ntokio = { version = \"1\" }\n# app = 1\n[dependencies.axum]\nversion = \"0.8\"\n[dev-dependencies]\ntestkit.workspace = true\n[target.'cfg(unix)'.dependencies]\nnix = \"1\"\n";
        let found = dependencies(manifest);
        let names: Vec<(&str, &str)> = found.iter().map(|(section, name)| (section.as_str(), name.as_str())).collect();
        assert_eq!(
            names,
            [("dependencies", "domain"), ("dependencies", "tokio"), ("dependencies", "axum"), ("dev-dependencies", "testkit"), ("dependencies", "nix")]
        );
    }
}
