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

/// Functions of this room whose statements read matters, or what hangs on one, and that take no scope: each with the reason why it needs none. A new one is
/// red until somebody has said here why nobody can learn from it what is not his.
const UNSCOPED: &[(&str, &str, &str)] = &[
    ("accounts/mod.rs", "work_of", "what a leaver has in hand, to be passed on by the system"),
    ("dispatch.rs", "due", "the sweeper acts as the system"),
    ("dispatch.rs", "next_due", "an instant, for the sweeper's sleep"),
    ("dispatch.rs", "pinned_elsewhere", "for the job that counts clocks anew, and for a preview that asks for the scope of each"),
    ("intake.rs", "by_contact", "a person's own request: by a number that was checked against the person"),
    ("keeping.rs", "drop_orphan", "the sweeper of uploads"),
    ("keeping.rs", "ended", "proposals of destruction are made by the system"),
    ("keeping.rs", "files", "what a list of destruction takes"),
    ("keeping.rs", "items", "the numbers of a list of destruction, for its asker and decider"),
    ("keeping.rs", "orphans", "the sweeper of uploads"),
    ("keeping.rs", "reads_query", "ids and numbers only, for the auditor"),
    ("keeping.rs", "texts_of_report", "what a person's request takes, for its decider"),
    ("matters/list.rs", "owned", "a part of a query that is scoped before it is run"),
    ("matters/list.rs", "shown", "the columns of a query that is scoped before it is run"),
    ("matters/list.rs", "tasks", "a part of a query that is scoped before it is run"),
    ("matters/list.rs", "waiting", "a part of a query that is scoped before it is run"),
    ("matters/load.rs", "askings", "children of a matter that was asked for with a scope"),
    ("matters/load.rs", "attachments", "children of a matter that was asked for with a scope"),
    ("matters/load.rs", "audience", "who is to hear of a change, and no text"),
    ("matters/load.rs", "by_number", "for the auditor, who reads who has read"),
    ("matters/load.rs", "calls", "children of a matter that was asked for with a scope"),
    ("matters/load.rs", "clocks", "children of a matter that was asked for with a scope"),
    ("matters/load.rs", "derived", "verification"),
    ("matters/load.rs", "each_id", "verification"),
    ("matters/load.rs", "hops", "children of a matter that was asked for with a scope"),
    ("matters/load.rs", "load", "a matter that was asked for with a scope"),
    ("matters/load.rs", "locked", "the chain to be locked, after the scope was asked"),
    ("matters/load.rs", "reports", "children of a matter that was asked for with a scope"),
    ("matters/load.rs", "tasks", "children of a matter that was asked for with a scope"),
    ("notices/mod.rs", "select", "the columns of one's own notices"),
    ("papers.rs", "altered", "verification"),
    ("papers.rs", "files_of", "files of a matter that was asked for with a scope"),
    ("places/sight.rs", "busy", "whether a unit may be closed: a number"),
];

/// The functions of a file that stand by themselves: name, head, and all up to the next one.
fn functions(text: &str) -> Vec<(&str, &str, &str)> {
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if ["fn ", "pub fn ", "pub(crate) fn ", "pub(super) fn "].iter().any(|head| line.starts_with(head)) {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let cut = |(from, to): (&usize, usize)| {
        let whole = &text[*from..to];
        let head = &whole[..whole.find('{').unwrap_or(whole.len())];
        let name = head[head.find("fn ").unwrap() + 3..].split(['(', '<']).next().unwrap();
        (name, head, whole)
    };
    starts.iter().zip(ends).map(cut).collect()
}

/// Whether a text reads matters or what hangs on them.
fn reads_matters(text: &str) -> bool {
    let words: Vec<&str> = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect();
    let tables = ["matter", "report", "clock", "task", "asking", "attachment", "call_back", "hop"];
    words.windows(2).any(|pair| matches!(pair[0], "from" | "join") && tables.contains(&pair[1]))
}

/// The statements of a function, without what is said about them.
fn code(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_statement_over_matters_takes_a_scope_or_says_why_not() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut found) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let (text, name) = (std::fs::read_to_string(&path).unwrap(), path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned());
            let unscoped = functions(&text).into_iter().filter(|(_, head, whole)| reads_matters(&code(whole)) && !head.contains("Scope"));
            found.extend(unscoped.map(|(function, ..)| (name.clone(), function.to_owned())));
        }
    }
    found.sort();
    let mut known: Vec<(String, String)> = UNSCOPED.iter().map(|(file, function, _)| ((*file).to_owned(), (*function).to_owned())).collect();
    known.sort();
    assert_eq!(found, known, "a statement over matters without a scope: give it one, or say in this test why it needs none");
    // The test sees what it is meant to see.
    assert!(reads_matters("sql!(\"select 1 from matter m\")") && !reads_matters("sql!(\"select 1 from matter_unit\")"));
}
