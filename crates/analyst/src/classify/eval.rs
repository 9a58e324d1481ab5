//! `classify eval`: figures of a model, or of a way of learning by cross-validation.

use super::Tuning;
use super::input::{Text, squeezed, texts};
use crate::measure::Measure;
use crate::tables::list;
use anyhow::{Result, bail};
use clap::Args;
use insight::classify::folds::{Groups, deal};
use insight::classify::metrics::{self, Judged};
use insight::classify::seeds::without_labels;
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
    /// A model file to be measured
    #[arg(long, conflicts_with_all = ["cv", "builtin"])]
    model: Option<PathBuf>,
    /// Measures what can be done without any label: a category tree, the class in the first column, names below it in the others
    #[arg(long, conflicts_with_all = ["cv", "builtin", "model"])]
    tree: Option<PathBuf>,
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
        if self.tuning.words {
            rows.iter_mut().for_each(Text::mark);
        }
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
        let Some(folds) = self.cv else {
            let judged = self.whole(&rows, &labels, &class)?;
            measure.phase("学习和判断");
            report(&labels, &[judged], &[], &[], dropped, self.json, &measure)?;
            return Ok(ExitCode::SUCCESS);
        };
        let dealt = Dealt::of(&rows, &extra, group.len(), folds, self.tuning.seed);
        let mut judged: Vec<Vec<Judged>> = Vec::new();
        let mut told = Vec::new();
        for fold in 0..folds {
            let mut examples: Vec<Example> = Vec::new();
            for (_, row) in rows.iter().enumerate().filter(|(at, _)| dealt.fold[*at] != fold) {
                let at = class[row.label.as_str()];
                examples.push(Example { text: row.read(), classes: &numbers[at..=at], weight: 1.0, own: true });
            }
            let added: Vec<&Text> =
                extra.iter().zip(&dealt.extra).filter(|(row, of)| of.allowed(fold) && class.contains_key(row.label.as_str())).map(|(row, _)| row).collect();
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
        report(&labels, &judged, &told, &leaks(&rows, &dealt.fold), dropped, self.json, &measure)?;
        Ok(ExitCode::SUCCESS)
    }

    /// Judges all rows by a model that is given, or by one that is learnt from a tree without looking at a label.
    fn whole(&self, rows: &[Text], labels: &[String], class: &HashMap<&str, usize>) -> Result<Vec<Judged>> {
        let model = match (&self.model, &self.tree) {
            (Some(model), _) => super::train::load(model)?,
            (None, Some(tree)) => {
                let (labels, names) = super::input::names(tree, Some(labels), self.tuning.words)?;
                let texts: Vec<_> = rows.iter().map(Text::read).collect();
                without_labels(&labels, &names, &texts, &self.tuning.settings())
            }
            (None, None) => bail!("要说明评测什么：--cv 折数、--model 模型、--tree 类别树，或 --builtin。"),
        };
        let place: Vec<Option<usize>> = model.labels.iter().map(|label| class.get(label.as_str()).copied()).collect();
        Ok(rows
            .iter()
            .map(|row| {
                let mut p = vec![0.0; labels.len()];
                model.predict(row.read()).into_iter().zip(&place).for_each(|(own, at)| {
                    if let Some(at) = at {
                        p[*at] = own
                    }
                });
                Judged { p, truth: class[row.label.as_str()] }
            })
            .collect())
    }
}

/// Equal texts that stand in different folds, by their lines.
fn leaks(rows: &[Text], fold: &[usize]) -> Vec<serde_json::Value> {
    let mut found = Vec::new();
    for (what, part) in [("title", (|row| squeezed(&row.title)) as fn(&Text) -> String), ("body", |row| squeezed(&row.body))] {
        let mut first: HashMap<String, usize> = HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            let key = part(row);
            if key.is_empty() {
                continue;
            }
            let other = *first.entry(key).or_insert(at);
            if fold[other] != fold[at] {
                found.push(json!({ "equal": what, "lines": [rows[other].line, row.line], "folds": [fold[other], fold[at]] }));
            }
        }
    }
    found
}

fn report(
    labels: &[String],
    judged: &[Vec<Judged>],
    told: &[serde_json::Value],
    leaks: &[serde_json::Value],
    dropped: usize,
    json: bool,
    measure: &Measure,
) -> Result<()> {
    let each: Vec<f64> = judged.iter().map(|fold| metrics::macro_f1(fold, labels.len())).collect();
    let mean = each.iter().sum::<f64>() / each.len().max(1) as f64;
    let sd = (each.iter().map(|f1| (f1 - mean).powi(2)).sum::<f64>() / (each.len().max(2) - 1) as f64).sqrt();
    let all: Vec<Judged> = judged.concat();
    let bins = metrics::reliability(&all, 10);
    let f1 = metrics::f1(&all, labels.len());
    let seconds: f64 = measure.phases().iter().filter(|(name, _)| *name == "判断").map(|(_, seconds)| seconds).sum();
    let per_second = if seconds > 0.0 { (all.len() as f64 / seconds).round() } else { 0.0 };
    if json {
        let answer = json!({
            "macro_f1": mean, "macro_f1_sd": sd, "macro_f1_pooled": metrics::macro_f1(&all, labels.len()), "accuracy": metrics::top(&all, 1), "top2": metrics::top(&all, 2),
            "top3": metrics::top(&all, 3), "ece": metrics::ece(&bins), "n": all.len(), "without_label": dropped, "folds": told,
            "reliability": bins.iter().map(|bin| json!({ "n": bin.n, "said": bin.said, "right": bin.right })).collect::<Vec<_>>(),
            "classes": labels.iter().zip(&f1).map(|(label, f1)| json!({ "label": label, "f1": f1 })).collect::<Vec<_>>(),
            "documents_per_second": per_second, "leaks": leaks, "cost": measure.json(),
        });
        println!("{}", serde_json::to_string_pretty(&answer)?);
        return Ok(());
    }
    println!(
        "macro-F1 {mean:.4} ± {sd:.4}，准确率 {:.4}，前二 {:.4}，前三 {:.4}，ECE {:.4}；{}条，无标签{dropped}条；每秒{per_second:.0}条",
        metrics::top(&all, 1),
        metrics::top(&all, 2),
        metrics::top(&all, 3),
        metrics::ece(&bins),
        all.len()
    );
    for (label, f1) in labels.iter().zip(f1) {
        println!("  {label}\t{}", f1.map_or_else(|| "-".to_owned(), |f1| format!("{f1:.3}")));
    }
    bins.iter().for_each(|bin| println!("  说 {:.3} 实 {:.3}（{}条）", bin.said, bin.right, bin.n));
    leaks.iter().for_each(|leak| println!("  泄漏：{leak}"));
    println!("{measure}");
    Ok(())
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
