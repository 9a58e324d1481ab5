//! `classify train`: a model from labelled texts, or from a category tree and texts without labels.

use super::Tuning;
use super::input::{names, texts};
use crate::measure::Measure;
use crate::output::Output;
use crate::tables::list;
use anyhow::{Context, Result, bail};
use clap::Args;
use insight::classify::seeds::without_labels;
use insight::classify::{Example, Model, train};
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Learns a model.
#[derive(Debug, Args)]
pub struct Train {
    /// Texts: csv (also .gz) or xlsx
    #[arg(long)]
    input: PathBuf,
    /// Columns of the text; of several the first is the title
    #[arg(long)]
    text: String,
    /// Column of the label
    #[arg(long, required_unless_present = "tree")]
    label: Option<String>,
    /// Further labelled rows
    #[arg(long)]
    extra: Option<PathBuf>,
    /// Columns of their text
    #[arg(long, default_value = "")]
    extra_text: String,
    /// Instead of labels: a category tree, the class in the first column, names below it in the others
    #[arg(long, conflicts_with = "label")]
    tree: Option<PathBuf>,
    /// Where the model goes; one that stands there is kept beside as .v1, .v2 …
    #[arg(long)]
    model: PathBuf,
    #[command(flatten)]
    tuning: Tuning,
    /// Machine-readable
    #[arg(long)]
    json: bool,
}

impl Train {
    pub(super) fn run(self) -> Result<ExitCode> {
        let mut measure = Measure::start();
        let settings = self.tuning.settings();
        let mut rows = texts(&self.input, &list(&self.text), self.label.as_deref(), &[], false)?;
        if self.tuning.words {
            rows.iter_mut().for_each(super::input::Text::mark);
        }
        let mut model = if let Some(tree) = &self.tree {
            let (labels, names) = names(tree, None, self.tuning.words)?;
            measure.phase("读入");
            let texts: Vec<_> = rows.iter().map(super::input::Text::read).collect();
            without_labels(&labels, &names, &texts, &settings)
        } else {
            rows.retain(|row| !row.label.is_empty());
            let mut extra = match (&self.extra, self.label.as_deref()) {
                (Some(path), Some(label)) => texts(path, &list(&self.extra_text), Some(label), &[], false)?,
                _ => Vec::new(),
            };
            measure.phase("读入");
            let mut labels: Vec<String> = rows.iter().map(|row| row.label.clone()).collect();
            labels.sort();
            labels.dedup();
            if labels.len() < 2 {
                bail!("至少要有两类，这里只有{}类。", labels.len());
            }
            extra.retain(|row| labels.binary_search(&row.label).is_ok());
            let numbers: Vec<usize> = (0..labels.len()).collect();
            let examples: Vec<Example<'_>> = rows
                .iter()
                .map(|row| (row, true))
                .chain(extra.iter().map(|row| (row, false)))
                .filter_map(|(row, own)| {
                    let at = labels.binary_search(&row.label).ok()?;
                    Some(Example { text: row.read(), classes: &numbers[at..=at], weight: 1.0, own })
                })
                .collect();
            train(&labels, &examples, &settings)
        };
        measure.phase("学习");
        if let Some(before) = load(&self.model).ok().filter(|_| self.model.exists()) {
            model.version = before.version + 1;
            let kept = PathBuf::from(format!("{}.v{}", self.model.display(), before.version));
            std::fs::copy(&self.model, &kept).with_context(|| format!("旧模型“{}”留不下来", self.model.display()))?;
        }
        let mut output = Output::create(&self.model)?;
        output.write_all(&model.to_bytes())?;
        output.finish()?;
        measure.phase("写出");
        if self.json {
            let told = json!({ "model": self.model.display().to_string(), "version": model.version, "learnt": model.learnt, "classes": model.labels,
                "threshold_at_error": { "0.05": model.threshold(0.05), "0.1": model.threshold(0.1) }, "cost": measure.json() });
            println!("{}", serde_json::to_string_pretty(&told)?);
        } else {
            println!(
                "模型第{}版：{}类，学自{}条。误差 5% 时须有 {:.2} 的把握。{measure}",
                model.version,
                model.labels.len(),
                model.learnt,
                model.threshold(0.05)
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Reads a model file (also .gz).
pub(super) fn load(path: &Path) -> Result<Model> {
    let bytes = std::fs::read(path).with_context(|| format!("模型“{}”打不开", path.display()))?;
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut out = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(bytes.as_slice()), &mut out)
            .with_context(|| format!("模型“{}”读不出来", path.display()))?;
        out
    } else {
        bytes
    };
    Model::from_bytes(&bytes).with_context(|| format!("模型“{}”", path.display()))
}
