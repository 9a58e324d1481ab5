//! `classify predict`: each row of a table with its likeliest classes.

use super::builtin::Builtin;
use super::input::{marks, split};
use super::train::load;
use crate::measure::Measure;
use crate::output::Output;
use crate::progress::Progress;
use crate::tables::{Source, list};
use anyhow::{Result, bail};
use clap::Args;
use csv::StringRecord;
use insight::classify::features::Read;
use insight::classify::metrics::ranked;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// Judges texts.
#[derive(Debug, Args)]
pub struct Predict {
    /// A model file
    #[arg(long, required_unless_present = "builtin")]
    model: Option<PathBuf>,
    /// What is shipped: the category tree, and danger
    #[arg(long, conflicts_with = "model")]
    builtin: bool,
    /// Texts: csv (also .gz) or xlsx
    #[arg(long)]
    input: PathBuf,
    /// Columns of the text; of several the first is the title
    #[arg(long)]
    text: String,
    /// Where the rows go, with what was judged behind their own columns; .gz by name
    #[arg(long)]
    output: PathBuf,
    /// Leaves the label empty where the model would be wrong more often than this, by its own measurement
    #[arg(long)]
    abstain: Option<f64>,
    /// Adds a column with the words that spoke for the label
    #[arg(long)]
    why: bool,
    /// For a model that was learnt with --words
    #[arg(long)]
    words: bool,
    /// Machine-readable
    #[arg(long)]
    json: bool,
}

impl Predict {
    pub(super) fn run(self) -> Result<ExitCode> {
        let mut measure = Measure::start();
        let model = self.model.as_deref().map(load).transpose()?;
        let builtin = self.builtin.then(|| Builtin::learn(1));
        measure.phase("准备");
        let least = match (self.abstain, &model) {
            (Some(error), Some(model)) => model.threshold(error),
            (Some(_), None) => bail!("--abstain 只用于学出来的模型（--model）。"),
            _ => 0.0,
        };
        let mut source = Source::open(&self.input)?;
        let columns = source.columns(&list(&self.text))?;
        let mut output = csv::Writer::from_writer(Output::create(&self.output)?);
        let mut header: Vec<&str> = source.header().iter().map(String::as_str).collect();
        header.extend(["label", "p", "second", "second_p", "third", "third_p"]);
        header.extend(builtin.iter().flat_map(|_| ["danger", "danger_kind"]));
        header.extend(self.why.then_some("because"));
        output.write_record(&header)?;
        let mut progress = Progress::new("判断", None);
        let mut row = StringRecord::new();
        let mut n = 0_u64;
        let mut silent = 0_u64;
        while source.read(&mut row)?.is_some() {
            let (title, body) = split(&row, &columns);
            let (first, heard, why) = match (&model, &builtin) {
                (Some(model), _) => {
                    let marks = if self.words { marks(&title, &body) } else { Vec::new() };
                    let text = Read { title: &title, body: &body, marks: &marks };
                    let p = model.predict(text);
                    let order = ranked(&p);
                    let why = if self.why { order.first().map_or_else(Vec::new, |class| model.explain(text, *class, 5)) } else { Vec::new() };
                    let why = why.into_iter().map(|spoke| spoke.word).collect::<Vec<_>>().join("、");
                    (order.into_iter().take(3).map(|at| (model.labels[at].clone(), p[at])).collect::<Vec<_>>(), None, why)
                }
                (None, Some(builtin)) => {
                    let told = builtin.hear(&title, &body);
                    let why = if self.why { builtin.why(&body) } else { String::new() };
                    (told.codes, Some((told.danger, told.kind)), why)
                }
                (None, None) => bail!("没有模型。"),
            };
            for cell in &row {
                output.write_field(cell)?;
            }
            for at in 0..3 {
                let (label, p) = first.get(at).map_or(("", 0.0), |(label, p)| (label.as_str(), *p));
                let shown = at > 0 || p >= least;
                silent += u64::from(!shown);
                output.write_field(if shown { label } else { "" })?;
                output.write_field(format!("{p:.4}"))?;
            }
            if let Some((danger, kind)) = heard {
                output.write_field(if danger { "1" } else { "0" })?;
                output.write_field(if danger { kind } else { "" })?;
            }
            if self.why {
                output.write_field(&why)?;
            }
            output.write_record(None::<&[u8]>)?;
            n += 1;
            progress.add(1);
        }
        drop(progress);
        output.into_inner().map_err(|error| anyhow::anyhow!("{}", error.error()))?.finish()?;
        let seconds = measure.phase("判断");
        if self.json {
            let told = json!({ "rows": n, "silent": silent, "per_second": (n as f64 / seconds).round(), "cost": measure.json() });
            println!("{}", serde_json::to_string_pretty(&told)?);
        } else {
            println!("{n}条，{silent}条没有把握；每秒 {:.0} 条。{measure}", n as f64 / seconds);
        }
        Ok(ExitCode::SUCCESS)
    }
}
