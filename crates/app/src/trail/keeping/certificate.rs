//! The certificate of a destruction: numbers, classes, counts and hashes; no content. Signed with the installation's key, its digest in the chain.

use crate::fault::Fault;
use domain::kernel::{DestructionId, Instant};
use domain::trail::{KEEPING, List};
use std::collections::BTreeMap;
use store::db::{Scrubbed, Tx};

/// What is gone by a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Number of the matter, class, rule, texts, files.
    pub items: Vec<(String, String, String, i64, i64)>,
    /// Numbers and hashes of the entries of the chain that erased.
    pub entries: Vec<(i64, String)>,
}

impl Gone {
    /// Reads it from the list's items and events.
    pub fn of(tx: &mut Tx<'_>, list: &DestructionId) -> Result<Self, Fault> {
        let items = store::keeping::items(tx, list)?;
        let entries = store::trail::entries_of(tx, KEEPING, &list.0)?.into_iter().filter(|entry| entry.act == "erase");
        Ok(Self {
            entries: entries.map(|entry| (entry.seq, entry.hash)).collect(),
            items: items.into_iter().map(|(item, number, _)| (number, item.class.code().to_owned(), item.rule, item.texts, item.files)).collect(),
        })
    }
}

/// The text that is signed: one line a statement, each beginning with its name, so that a person and a program read it alike.
#[must_use]
pub fn text(list: &List, gone: &Gone, scrubbed: &Scrubbed, now: Instant) -> String {
    let mut lines = vec![
        "certificate-of-destruction 1".to_owned(),
        format!("number {}", list.number),
        format!("origin {}", list.origin),
        format!("proposed {}", list.proposed_at.written()),
    ];
    for (what, who) in [("asked", &list.asked), ("approved", &list.decided)] {
        lines.extend(who.as_ref().map(|(account, at)| format!("{what} {} {account}", at.written())));
    }
    lines.push(format!("destroyed {}", now.written()));
    let mut classes: BTreeMap<&str, (i64, i64, i64)> = BTreeMap::new();
    for (_, class, _, texts, files) in &gone.items {
        let sum = classes.entry(class).or_default();
        *sum = (sum.0 + 1, sum.1 + texts, sum.2 + files);
    }
    lines.extend(classes.iter().map(|(class, (matters, texts, files))| format!("class {class} matters {matters} texts {texts} files {files}")));
    lines.extend(gone.items.iter().map(|(number, class, rule, texts, files)| format!("item {number} {class} {rule} texts {texts} files {files}")));
    lines.extend(gone.entries.iter().map(|(seq, hash)| format!("entry {KEEPING} {seq} {hash}")));
    lines.extend(scrubbed.done.iter().map(|done| format!("scrubbed {done}")));
    lines.extend(scrubbed.left.iter().map(|left| format!("left {left}")));
    lines.push("left backups and dumps taken before this instant; rotate them out".to_owned());
    lines.join("\n") + "\n"
}
