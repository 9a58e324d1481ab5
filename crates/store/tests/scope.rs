//! Who has not asked the policy what may be seen cannot read: such code does not compile.
//!
//! The compiler is asked directly, with the very libraries that this test is linked with: a project of its own, as the usual tool for this makes, would
//! compile both engines a second time. Only the error's code is looked at, so that another wording of the compiler turns nothing red.

#![expect(clippy::unwrap_used, reason = "what cannot go on in a test is a failure of the test")]

use std::path::{Path, PathBuf};
use std::process::Command;

const WITH_SCOPE: &str = "
    pub fn list(tx: &mut store::db::Tx<'_>, actor: &domain::accounts::Actor) -> Result<store::matters::Page, store::db::Broken> {
        store::matters::rows(tx, &actor.scope(), &store::matters::Filter::default(), 10)
    }";

/// Code that reads without a scope, each in its own way, and the error that it must meet.
const WITHOUT: &[(&str, &str)] = &[
    (
        "E0061",
        "pub fn list(tx: &mut store::db::Tx<'_>) -> Result<store::matters::Page, store::db::Broken> {
            store::matters::rows(tx, &store::matters::Filter::default(), 10)
        }",
    ),
    (
        "E0061",
        "pub fn file(tx: &mut store::db::Tx<'_>, id: &domain::kernel::FileId) -> Result<Option<store::papers::File>, store::db::Broken> {
            store::papers::file(tx, id)
        }",
    ),
    // A scope that somebody makes himself is none.
    ("E0451", "pub fn scope(from: domain::accounts::Scope) -> domain::accounts::Scope { domain::accounts::Scope { all: true, ..from } }"),
    ("E0616", "pub fn widen(mut scope: domain::accounts::Scope) { scope.all = true; }"),
];

/// The built libraries of a room, the newest first.
fn built(folder: &Path, room: &str) -> Vec<PathBuf> {
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_name().to_str().is_some_and(|name| name.starts_with(&format!("lib{room}-")) && name.ends_with(".rlib")))
        .map(|entry| (entry.metadata().unwrap().modified().unwrap(), entry.path()))
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, path)| path).collect()
}

/// What the compiler says to a text; nothing if it takes it.
fn complaint(text: &str, folder: &Path, store: &Path, domain: &Path) -> Option<String> {
    let scratch = tempfile::tempdir().unwrap();
    let source = scratch.path().join("case.rs");
    std::fs::write(&source, text).unwrap();
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition", "2024", "--crate-type", "lib", "--emit", "metadata", "--out-dir"]).arg(scratch.path()).arg(&source);
    rustc.arg("-L").arg(format!("dependency={}", folder.display()));
    for (name, path) in [("store", store), ("domain", domain)] {
        rustc.arg("--extern").arg(format!("{name}={}", path.display()));
    }
    let said = rustc.output().unwrap();
    (!said.status.success()).then(|| String::from_utf8_lossy(&said.stderr).into_owned())
}

#[test]
fn a_read_without_scope_does_not_compile() {
    let exe = std::env::current_exe().unwrap();
    let folder = exe.parent().unwrap();
    // Libraries of other builds lie there too; the pair that is meant is the first that takes what is right.
    let pairs = built(folder, "store").into_iter().flat_map(|store| built(folder, "domain").into_iter().map(move |domain| (store.clone(), domain)));
    let mut said = Vec::new();
    let pair = pairs.take(40).find(|(store, domain)| complaint(WITH_SCOPE, folder, store, domain).map(|complaint| said.push(complaint)).is_none());
    let (store, domain) = pair.unwrap_or_else(|| panic!("code with a scope must compile: {}", said.first().map_or("nothing is built", String::as_str)));
    for (code, text) in WITHOUT {
        let said = complaint(text, folder, &store, &domain).unwrap_or_else(|| panic!("this compiles:\n{text}"));
        assert!(said.contains(&format!("error[{code}]")) && said.contains("Scope"), "{text}\n{said}");
    }
}
