//! `classify eval`: figures of a model, or of a way of learning by cross-validation.

use super::Tuning;
use super::input::{Text, squeezed, texts};
use crate::measure::Measure;
use crate::tables::list;
use anyhow::{Result, bail};
use clap::Args;
use insight::classify::folds::{Groups, deal};
use insight::classify::metrics::{self, Judged};
use insight::classify::{Example, train};
use serde_json::json;
use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;

/// Measures.
#[derive(Debug, Args)]
pub struct Eval {
    /// Labelled texts: csv (also .gz) or xlsx
    #[arg(long)]
    input: PathBuf,
    /// Columns of the text; of several the first is the title
    #[arg(long)]
    text: String,
    /// Column of the label
    #[arg(long, default_value = "label")]
    label: String,
    /// Learns and measures in so many folds
    #[arg(long)]
    cv: Option<usize>,
    /// Columns; rows that are equal in one of them stay in one fold
    #[arg(long, default_value = "")]
    group: String,
    /// Further rows that are learnt from and never measured
    #[arg(long)]
    extra: Option<PathBuf>,
    /// Columns of their text
    #[arg(long, default_value = "")]
    extra_text: String,
    /// Measures what is shipped: categories and danger; takes the columns `accept` (codes separated by |), `danger`, `kind` and `group` where they are there
    #[arg(long, conflicts_with = "cv")]
    builtin: bool,
    /// Tells with each error which words spoke
    #[arg(long)]
    why: bool,
    #[command(flatten)]
    tuning: Tuning,
    /// Machine-readable
    #[arg(long)]
    json: bool,
}

impl Eval {
    pub(super) fn run(self) -> Result<ExitCode> {
        if self.builtin {
            let answer = super::spoken::measured(&self.input, &self.text, &self.label, self.why)?;
            println!("{}", serde_json::to_string_pretty(&answer)?);
            return Ok(ExitCode::SUCCESS);
        }
        let mut measure = Measure::start();
        let group = list(&self.group);
        let mut rows = texts(&self.input, &list(&self.text), Some(&self.label), &group, false)?;
        let dropped = rows.iter().filter(|row| row.label.is_empty()).count();
        rows.retain(|row| !row.label.is_empty());
        let extra = match &self.extra {
            Some(path) => texts(path, &list(&self.extra_text), Some(&self.label), &group, true)?,
            None => Vec::new(),
        };
        measure.phase("读入");
        let mut labels: Vec<String> = rows.iter().map(|row| row.label.clone()).collect();
        labels.sort();
        labels.dedup();
        let numbers: Vec<usize> = (0..labels.len()).collect();
        let class: HashMap<&str, usize> = labels.iter().map(String::as_str).zip(0..).collect();
        let Some(folds) = self.cv else { bail!("later") };
        let dealt = Dealt::of(&rows, &extra, group.len(), folds, self.tuning.seed);
        let mut judged: Vec<Vec<Judged>> = Vec::new();
        let mut told = Vec::new();
        for fold in 0..folds {
            let mut examples: Vec<Example> = Vec::new();
            for (_, row) in rows.iter().enumerate().filter(|(at, _)| dealt.fold[*at] != fold) {
                let at = class[row.label.as_str()];
                examples.push(Example { text: row.read(), classes: &numbers[at..=at], weight: 1.0, own: true });
            }
            let added: Vec<&Text> = extra.iter().zip(&dealt.extra).filter(|(row, of)| of.allowed(fold) && class.contains_key(row.label.as_str())).map(|(row, _)| row).collect();
            examples.extend(added.iter().map(|row| {
                let at = class[row.label.as_str()];
                Example { text: row.read(), classes: &numbers[at..=at], weight: 1.0, own: false }
            }));
            let model = train(&labels, &examples, &self.tuning.settings());
            measure.phase("学习");
            let test: Vec<Judged> = rows
                .iter()
                .enumerate()
                .filter(|(at, _)| dealt.fold[*at] == fold)
                .map(|(_, row)| Judged { p: model.predict(row.read()), truth: class[row.label.as_str()] })
                .collect();
            measure.phase("判断");
            told.push(json!({ "fold": fold, "n": test.len(), "extra": added.len(), "macro_f1": metrics::macro_f1(&test, labels.len()), "top2": metrics::top(&test, 2) }));
            if !self.json {
                println!("{}", told.last().map_or_else(String::new, ToString::to_string));
            }
            judged.push(test);
        }
        let each: Vec<f64> = judged.iter().map(|fold| metrics::macro_f1(fold, labels.len())).collect();
        let mean = each.iter().sum::<f64>() / each.len() as f64;
        let all: Vec<Judged> = judged.concat();
        let bins = metrics::reliability(&all, 10);
        println!("macro-F1 {mean:.4} acc {:.4} top2 {:.4} top3 {:.4} ece {:.4} dropped {dropped}", metrics::top(&all, 1), metrics::top(&all, 2), metrics::top(&all, 3), metrics::ece(&bins));
        for (label, f1) in labels.iter().zip(metrics::f1(&all, labels.len())) {
            print!("{label} {:.3} ", f1.unwrap_or(0.0));
        }
        println!("\n{measure}");
        Ok(ExitCode::SUCCESS)
    }
}

/// Who may be learnt from in which fold.
struct Dealt {
    fold: Vec<usize>,
    extra: Vec<Of>,
}

/// An extra row: of one fold, of none, or a copy of a row that is learnt from already.
enum Of {
    Nobody,
    Copy,
}

impl Of {
    fn allowed(&self, _fold: usize) -> bool {
        matches!(self, Self::Nobody)
    }
}

impl Dealt {
    fn of(rows: &[Text], extra: &[Text], columns: usize, folds: usize, seed: u64) -> Self {
        let mut groups = Groups::new(rows.len() + extra.len());
        for column in 0..columns {
            groups.join_equal(rows.iter().chain(extra).enumerate().map(|(at, row)| (at, row.groups[column].clone())));
        }
        // An extra row that is equal to one which belongs to a row of the table belongs there as well.
        groups.join_equal(extra.iter().enumerate().map(|(at, row)| (rows.len() + at, Some(squeezed(&row.body)).filter(|text| !text.is_empty()))));
        let fold = deal(&mut groups, rows.len(), folds, seed);
        let mut owned: Vec<bool> = vec![false; rows.len() + extra.len()];
        (0..rows.len()).for_each(|at| owned[groups.of(at)] = true);
        let extra = (rows.len()..rows.len() + extra.len()).map(|at| if owned[groups.of(at)] { Of::Copy } else { Of::Nobody }).collect();
        Self { fold, extra }
    }
}
