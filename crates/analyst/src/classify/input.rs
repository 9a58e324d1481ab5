//! Labelled and unlabelled texts from tables.

use crate::tables::Source;
use anyhow::{Result, bail};
use csv::StringRecord;
use insight::classify::features::Read;
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
    /// What stands in the grouping columns; `None` for a column that the table does not have, an empty cell or `-1`.
    pub(super) groups: Vec<Option<String>>,
}

impl Text {
    /// As the engine reads it.
    pub(super) fn read(&self) -> Read<'_> {
        Read { title: &self.title, body: &self.body, marks: &[] }
    }
}

/// Reads the texts of a table. Grouping columns may be missing where `lax`.
pub(super) fn texts(path: &Path, text: &[String], label: Option<&str>, group: &[String], lax: bool) -> Result<Vec<Text>> {
    let mut source = Source::open(path)?;
    let columns = source.columns(text)?;
    if columns.is_empty() {
        bail!("没有说明哪一列是文字（--text）。");
    }
    let label = label.map(|label| source.column(label)).transpose()?;
    let groups: Vec<Option<usize>> = if lax { group.iter().map(|name| source.find(name)).collect() } else { source.columns(group)?.into_iter().map(Some).collect() };
    let mut texts = Vec::new();
    let mut row = StringRecord::new();
    while let Some(line) = source.read(&mut row)? {
        let cell = |column: usize| row.get(column).unwrap_or_default();
        let (title, body) = split(&row, &columns);
        let key = |column: &Option<usize>| column.map(cell).map(squeezed).filter(|key| !key.is_empty() && key != "-1");
        texts.push(Text {
            line,
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
