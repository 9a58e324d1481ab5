//! The invariants of ARCHITECTURE.md: what each room may know and say.
//!
//! Most invariants are held by the compiler, by clippy or by a unit test. What is left – who may depend on whom, which words may stand in which
//! room, and that those lints and tests are still there – is checked here by reading the tree. [`prove`] plants a violation of each invariant in a
//! copy and shows that whatever holds it turns red.

mod edges;
mod held;
mod prove;
mod words;

use crate::{
    run::{command, output, root},
    source::Source,
};
use anyhow::{Context, Result, bail};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

pub(crate) use prove::prove;

/// The tree, read once.
#[derive(Debug)]
pub(crate) struct House {
    root: PathBuf,
    /// Every file that is text, by path from the root.
    files: BTreeMap<String, String>,
    /// Those that are Rust, taken apart.
    sources: Vec<Source>,
}

impl House {
    /// Reads every file that git tracks or would track; in a copy without git, every file.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let paths = paths(root)?;
        let mut files = BTreeMap::new();
        for path in paths {
            // What is not UTF-8 is a picture or an archive; what vanished was deleted and not yet committed.
            if let Ok(text) = fs::read_to_string(root.join(&path)) {
                files.insert(path, text);
            }
        }
        let sources = files.iter().filter(|(path, _)| path.ends_with(".rs")).map(|(path, text)| Source::read(path, text)).collect();
        Ok(Self { root: root.to_path_buf(), files, sources })
    }

    fn text(&self, path: &str) -> &str {
        self.files.get(path).map_or("", String::as_str)
    }
}

/// `crates/app/src/x.rs` → `app`.
fn room_of(path: &str) -> Option<&str> {
    path.strip_prefix("crates/")?.split('/').next()
}

/// The paths of the tree from `root`.
pub(crate) fn paths(root: &Path) -> Result<Vec<String>> {
    if root.join(".git").exists() {
        let listed = output(&mut command(root, "git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
        return Ok(listed.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect());
    }
    let mut found = Vec::new();
    walk(root, root, &mut found)?;
    Ok(found)
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        if ["target", "node_modules", "dist", ".git"].iter().any(|skipped| name == *skipped) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            walk(root, &entry.path(), found)?;
        } else if let Some(path) = entry.path().strip_prefix(root).ok().and_then(Path::to_str) {
            found.push(path.to_owned());
        }
    }
    Ok(())
}

/// One thing that this file checks by reading.
struct Rule {
    /// The invariant's number in ARCHITECTURE.md; 11 and up are the house's own tidiness.
    no: u8,
    says: &'static str,
    check: fn(&House) -> Result<Vec<String>>,
}

const RULES: &[Rule] = &[
    Rule { no: 1, says: "domain and insight reach no engine, no runtime, no network, no chance", check: edges::pure_rooms },
    Rule { no: 2, says: "rooms depend on each other only along the edges of ARCHITECTURE.md", check: edges::only_these },
    Rule { no: 3, says: "clippy forbids clock, chance and environment outside cli and testkit", check: held::bans },
    Rule { no: 4, says: "SQL only in store, names of engines only in store/src/db and store/src/search.rs", check: words::sql },
    Rule { no: 5, says: "only api and domain::trail derive Serialize, Deserialize, ToSchema", check: words::derives },
    Rule { no: 6, says: "reads need a Scope, writes an Actor: the tests that say so are there", check: held::scope },
    Rule { no: 7, says: "every route is in the access table: the test that says so is there", check: held::access },
    Rule { no: 8, says: "a matter is the fold of its facts: the tests that say so are there", check: held::fold },
    Rule { no: 9, says: "tables and descriptions are snapshots, checked in", check: held::snapshots },
    Rule { no: 10, says: "no unwrap, no unsafe, no allow", check: held::lints },
    Rule { no: 11, says: "no file names a package registry or somebody's machine", check: words::addresses },
    Rule { no: 12, says: "the glossary tells every state, act, post, unit, tier, urgency, level and clock", check: held::glossary },
    Rule { no: 13, says: "links between the documents lead somewhere", check: words::links },
];

/// Checks one rule of the house at `house`.
fn findings(house: &House, no: u8) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for rule in RULES.iter().filter(|rule| rule.no == no) {
        all.extend((rule.check)(house)?);
    }
    Ok(all)
}

/// Longer files are named, not forbidden.
const LONG: usize = 500;

/// Checks all rules, says what is wrong and, as a hint, which files are long.
pub(crate) fn check() -> Result<()> {
    let house = House::read(&root())?;
    let mut red = 0;
    for rule in RULES {
        let found = (rule.check)(&house)?;
        println!("{:>2}  {}  {}", rule.no, if found.is_empty() { "green" } else { "RED  " }, rule.says);
        found.iter().for_each(|line| println!("      {line}"));
        red += found.len();
    }
    sizes(&house);
    if red > 0 {
        bail!("{red} violations of the house's invariants");
    }
    Ok(())
}

/// Lines of code by room, and the files that have grown long.
fn sizes(house: &House) {
    let mut rooms: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for source in &house.sources {
        let room = room_of(&source.path).unwrap_or_else(|| source.path.split('/').next().unwrap_or_default());
        let entry = rooms.entry(room).or_default();
        entry.0 += 1;
        entry.1 += source.lines_of_code;
    }
    let said: Vec<String> = rooms.iter().map(|(room, (files, lines))| format!("{room} {lines} in {files}")).collect();
    println!("\nlines of Rust by room (no comments, no blanks): {}", said.join(" · "));
    for source in house.sources.iter().filter(|source| source.lines > LONG) {
        println!("long: {} has {} lines; one purpose a file?", source.path, source.lines);
    }
}
