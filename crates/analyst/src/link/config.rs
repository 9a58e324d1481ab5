//! The configuration of a run: what the columns hold and how records are brought together. See `docs/engines/people.toml`.

use anyhow::{Context, Result, anyhow, bail};
use insight::link::{Block, Field, Kind, Schema};
use serde::Deserialize;
use std::path::Path;

/// A configuration as it stands in the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    /// The column with the id of a record.
    pub(super) id: String,
    /// Pairs from this probability on are the same.
    #[serde(default = "threshold")]
    pub(super) threshold: f64,
    /// Pairs from this probability on are written.
    #[serde(default = "least")]
    pub(super) least: f64,
    /// The largest group in which every record is compared with every other.
    #[serde(default = "most")]
    pub(super) most: usize,
    /// What people decided: a table with the columns `a`, `b`, `same` (1 or 0), beside the configuration.
    #[serde(default)]
    pub(super) decisions: Option<String>,
    /// The fields of a person.
    #[serde(default)]
    pub(super) field: Vec<FieldEntry>,
    /// The rules that bring records together.
    #[serde(default)]
    pub(super) block: Vec<BlockEntry>,
    /// Matters instead of persons: texts, places, times.
    #[serde(default)]
    pub(super) matters: Option<super::matters::Matters>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldEntry {
    name: String,
    kind: String,
    columns: Vec<String>,
    #[serde(default)]
    shared: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BlockEntry {
    on: Vec<String>,
    #[serde(default)]
    then: Vec<String>,
}

const fn threshold() -> f64 {
    0.95
}

const fn least() -> f64 {
    0.01
}

const fn most() -> usize {
    48
}

impl Config {
    /// Reads a configuration.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("配置“{}”打不开", path.display()))?;
        let config: Self = toml::from_str(&text).with_context(|| format!("配置“{}”读不懂", path.display()))?;
        if !(0.5..1.0).contains(&config.threshold) || !(0.0..1.0).contains(&config.least) {
            bail!("配置“{}”：threshold 须在 0.5 与 1 之间，least 须在 0 与 1 之间。", path.display());
        }
        if config.matters.is_none() && (config.field.is_empty() || config.block.is_empty()) {
            bail!("配置“{}”：没有 [[field]] 和 [[block]]，也没有 [matters]。", path.display());
        }
        Ok(config)
    }

    /// What people decided, by the numbers of the records; decisions on records that are not in the table are left out.
    pub(super) fn decided(&self, config: &Path, ids: &super::read::Ids) -> Result<Vec<(u32, u32, bool)>> {
        let Some(name) = &self.decisions else { return Ok(Vec::new()) };
        let numbers: std::collections::HashMap<&str, u32> = ids.iter().zip(0..).collect();
        let mut source = crate::tables::Source::open(&config.with_file_name(name))?;
        let (a, b, same) = (source.column("a")?, source.column("b")?, source.column("same")?);
        let mut row = csv::StringRecord::new();
        let mut out = Vec::new();
        while let Some(line) = source.read(&mut row)? {
            let same = source.value::<u8>(&row, line, same)? != 0;
            if let (Some(a), Some(b)) = (numbers.get(&row[a]), numbers.get(&row[b])) {
                out.push((*a, *b, same));
            }
        }
        Ok(out)
    }

    /// What each rule is called: its parts.
    pub(super) fn block_names(&self) -> Vec<String> {
        self.block.iter().map(|entry| entry.on.join(" + ")).collect()
    }

    /// The schema, and the columns in the order in which the cells are to be handed in.
    pub(super) fn schema(&self) -> Result<(Schema, Vec<String>)> {
        let mut columns: Vec<String> = Vec::new();
        let mut fields = Vec::new();
        for entry in &self.field {
            let kind = Kind::parse(&entry.kind).ok_or_else(|| anyhow!("字段“{}”的 kind“{}”没有这一种。", entry.name, entry.kind))?;
            let cells = entry
                .columns
                .iter()
                .map(|column| {
                    columns.iter().position(|own| own == column).unwrap_or_else(|| {
                        columns.push(column.clone());
                        columns.len() - 1
                    })
                })
                .collect();
            fields.push(Field { name: entry.name.clone(), kind, cells, shared: entry.shared });
        }
        if fields.len() > 16 {
            bail!("字段最多 16 个，这里有 {} 个。", fields.len());
        }
        let mut schema = Schema { fields, blocks: Vec::new(), most: self.most };
        let parts = |names: &[String]| {
            names.iter().map(|name| schema.part(name).ok_or_else(|| anyhow!("[[block]] 里的“{name}”不是任何字段的部分。"))).collect::<Result<Vec<_>>>()
        };
        let blocks = self.block.iter().map(|entry| Ok(Block { on: parts(&entry.on)?, then: parts(&entry.then)? })).collect::<Result<Vec<_>>>()?;
        schema.blocks = blocks;
        Ok((schema, columns))
    }
}
