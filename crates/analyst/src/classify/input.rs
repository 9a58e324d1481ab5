//! Labelled and unlabelled texts from tables.

use crate::tables::Source;
use anyhow::{Result, bail};
use csv::StringRecord;
use domain::intake::words::label_groups;
use domain::intake::{Category, category_marks};
use insight::classify::features::Read;
use insight::classify::seeds::Name;
use std::path::Path;

/// A text of a table.
#[derive(Debug, Clone)]
pub(super) struct Text {
    /// The line at which its row begins.
    pub(super) line: u64,
    /// The first of several text columns.
    pub(super) title: String,
    /// The others, joined; or the only one.
    pub(super) body: String,
    /// What stands in the label column, trimmed; empty without one.
    pub(super) label: String,
    /// The categories of the shipped tree whose words occur, where they are asked for: knowledge that a few labels cannot give.
    pub(super) marks: Vec<String>,
    /// What stands in the grouping columns; `None` for a column that the table does not have, an empty cell or `-1`.
    pub(super) groups: Vec<Option<String>>,
}

impl Text {
    /// As the engine reads it.
    pub(super) fn read(&self) -> Read<'_> {
        Read { title: &self.title, body: &self.body, marks: &self.marks }
    }

    /// Looks the words of the shipped tree up.
    pub(super) fn mark(&mut self) {
        self.marks = marks(&self.title, &self.body);
    }
}

/// The leaves and groups of the shipped tree that the words of a text speak for.
pub(super) fn marks(title: &str, body: &str) -> Vec<String> {
    let mut marks = category_marks(&format!("{title}\n{body}"));
    let mut groups: Vec<String> = marks.iter().filter_map(|code| Category::group(code)).map(|group| format!("group {}", group.code)).collect();
    groups.sort();
    groups.dedup();
    marks.extend(groups);
    marks
}

/// Reads the texts of a table. Grouping columns may be missing where `lax`.
pub(super) fn texts(path: &Path, text: &[String], label: Option<&str>, group: &[String], lax: bool) -> Result<Vec<Text>> {
    let mut source = Source::open(path)?;
    let columns = source.columns(text)?;
    if columns.is_empty() {
        bail!("没有说明哪一列是文字（--text）。");
    }
    let label = label.map(|label| source.column(label)).transpose()?;
    let groups: Vec<Option<usize>> =
        if lax { group.iter().map(|name| source.find(name)).collect() } else { source.columns(group)?.into_iter().map(Some).collect() };
    let mut texts = Vec::new();
    let mut row = StringRecord::new();
    while let Some(line) = source.read(&mut row)? {
        let cell = |column: usize| row.get(column).unwrap_or_default();
        let (title, body) = split(&row, &columns);
        let key = |column: &Option<usize>| column.map(cell).map(squeezed).filter(|key| !key.is_empty() && key != "-1");
        texts.push(Text {
            line,
            marks: Vec::new(),
            title,
            body,
            label: label.map_or_else(String::new, |column| cell(column).trim().to_owned()),
            groups: groups.iter().map(key).collect(),
        });
    }
    Ok(texts)
}

/// Title and body of a row: of several columns the first is the title.
pub(super) fn split(row: &StringRecord, columns: &[usize]) -> (String, String) {
    let cell = |column: &usize| row.get(*column).unwrap_or_default();
    match columns {
        [] => (String::new(), String::new()),
        [only] => (String::new(), cell(only).to_owned()),
        [first, rest @ ..] => (cell(first).to_owned(), rest.iter().map(cell).collect::<Vec<_>>().join("\n")),
    }
}

/// Without any blank: how equal texts are known.
pub(super) fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The classes of a tree and the names below them: the class stands in the first column, names in the others. With `only`, these classes and no others. With
/// `words`, the leaves of the shipped tree that are known to belong to a class of that name are names as well.
pub(super) fn names(path: &Path, only: Option<&[String]>, words: bool) -> Result<(Vec<String>, Vec<Name>)> {
    let mut source = Source::open(path)?;
    let rows = source.rest()?;
    let mut labels: Vec<String> = match only {
        Some(only) => only.to_vec(),
        None => rows.iter().filter_map(|(_, row)| row.get(0)).map(|class| class.trim().to_owned()).filter(|class| !class.is_empty()).collect(),
    };
    labels.sort();
    labels.dedup();
    let mut names: Vec<Name> = labels.iter().enumerate().map(|(class, label)| (class, label.clone(), Vec::new())).collect();
    for (_, row) in &rows {
        let Ok(class) = labels.binary_search(&row.get(0).unwrap_or_default().trim().to_owned()) else { continue };
        names.extend(row.iter().skip(1).map(str::trim).filter(|name| !name.is_empty()).map(|name| (class, name.to_owned(), Vec::new())));
    }
    if words {
        names.extend(shipped(&labels));
    }
    names.sort();
    names.dedup();
    Ok((labels, names))
}

/// The leaves of the shipped tree that are known to belong to one of the classes and to no other: what the names of classes mean, for those who have few labels.
pub(super) fn shipped(labels: &[String]) -> Vec<Name> {
    let mut names = Vec::new();
    let groups: Vec<&[&str]> = labels.iter().map(|label| label_groups(label).unwrap_or_default()).collect();
    for (class, own) in groups.iter().enumerate() {
        let owners =
            |leaf: &Category| groups.iter().filter(|of| of.iter().any(|group| Category::find(group).is_some_and(|group| group.holds(leaf.code)))).count();
        for leaf in Category::seed()
            .iter()
            .filter(|leaf| leaf.leaf && owners(leaf) == 1 && own.iter().any(|group| Category::find(group).is_some_and(|group| group.holds(leaf.code))))
        {
            let group = Category::group(leaf.code).map(|group| format!("group {}", group.code));
            let marks: Vec<String> = [leaf.code.to_owned(), format!("{} first", leaf.code)].into_iter().chain(group).collect();
            names.push((class, leaf.zh.to_owned(), marks));
        }
    }
    names
}
