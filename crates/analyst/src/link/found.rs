//! `link eval` for matters: is the named original found, has the nearest the same label, is a topic one cluster.

use super::Eval;
use crate::tables::{Source, list};
use anyhow::{Context, Result};
use csv::StringRecord;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::process::ExitCode;

pub(super) fn run(args: &Eval) -> Result<ExitCode> {
    let told = match (&args.named, &args.nearest, &args.members) {
        (Some(column), _, _) => named(args, column)?,
        (_, Some(column), _) => nearest(args, column)?,
        (_, _, Some(column)) => members(args, column)?,
        _ => Value::Null,
    };
    println!("{}", if args.json { serde_json::to_string_pretty(&told)? } else { told.to_string() });
    Ok(ExitCode::SUCCESS)
}

/// Two columns of a table.
fn columns(path: &Path, key: &str, value: &str) -> Result<Vec<(String, String)>> {
    let mut source = Source::open(path)?;
    let (key, value) = (source.column(key)?, source.column(value)?);
    let mut row = StringRecord::new();
    let mut out = Vec::new();
    while source.read(&mut row)?.is_some() {
        out.push((row[key].trim().to_owned(), row[value].trim().to_owned()));
    }
    Ok(out)
}

fn named(args: &Eval, column: &str) -> Result<Value> {
    let truth: HashMap<String, String> = columns(&args.truth, &args.id, column)?.into_iter().filter(|(_, original)| !original.is_empty()).collect();
    let mut hits = [0_usize; 3];
    let mut source = Source::open(&args.pairs)?;
    let (a, b, rank) = (source.column("a")?, source.column("b")?, source.column("rank")?);
    let mut row = StringRecord::new();
    while let Some(line) = source.read(&mut row)? {
        let rank: usize = source.value(&row, line, rank)?;
        if truth.get(&row[a]).is_some_and(|original| *original == row[b]) {
            hits.iter_mut().zip([1, 3, 10]).for_each(|(hit, k)| *hit += usize::from(rank <= k));
        }
    }
    let share = |at: usize| hits[at] as f64 / truth.len().max(1) as f64;
    Ok(json!({ "named": truth.len(), "recall_at_1": share(0), "recall_at_3": share(1), "recall_at_10": share(2) }))
}

fn nearest(args: &Eval, column: &str) -> Result<Value> {
    let none = list(&args.none);
    let truth: HashMap<String, String> =
        columns(&args.truth, &args.id, column)?.into_iter().filter(|(_, label)| !label.is_empty() && !none.contains(label)).collect();
    let mut sizes: HashMap<&str, usize> = HashMap::new();
    truth.values().for_each(|label| *sizes.entry(label).or_default() += 1);
    // A label that stands once has no other to be found.
    let answerable = truth.values().filter(|label| sizes.get(label.as_str()).is_some_and(|n| *n > 1)).count();
    let mut first: HashMap<String, (usize, String)> = HashMap::new();
    let mut source = Source::open(&args.pairs)?;
    let (a, b, rank) = (source.column("a")?, source.column("b")?, source.column("rank")?);
    let mut row = StringRecord::new();
    while let Some(line) = source.read(&mut row)? {
        let rank: usize = source.value(&row, line, rank)?;
        // Candidates without a label cannot answer.
        if truth.contains_key(&row[a]) && truth.contains_key(&row[b]) && first.get(&row[a]).is_none_or(|(best, _)| rank < *best) {
            first.insert(row[a].to_owned(), (rank, row[b].to_owned()));
        }
    }
    let right = first.iter().filter(|(a, (_, b))| truth.get(*a) == truth.get(b)).count();
    Ok(
        json!({ "labelled": truth.len(), "same": right, "share": right as f64 / truth.len().max(1) as f64, "answerable": answerable, "share_of_answerable": right as f64 / answerable.max(1) as f64 }),
    )
}

fn members(args: &Eval, column: &str) -> Result<Value> {
    let path = args.clusters.as_deref().context("--members 需要 --clusters")?;
    let cluster: HashMap<String, String> = columns(path, "id", "cluster")?.into_iter().collect();
    let mut sizes: HashMap<&str, usize> = HashMap::new();
    cluster.values().for_each(|of| *sizes.entry(of).or_default() += 1);
    let mut topics: BTreeMap<String, HashSet<String>> = BTreeMap::new();
    for (id, topic) in columns(&args.truth, &args.id, column)? {
        topics.entry(topic).or_default().insert(id);
    }
    let best = |members: &HashSet<String>| {
        let mut inside: HashMap<&str, usize> = HashMap::new();
        members.iter().filter_map(|id| cluster.get(id)).for_each(|of| *inside.entry(of).or_default() += 1);
        inside.iter().map(|(of, n)| 2.0 * *n as f64 / (members.len() + sizes.get(of).copied().unwrap_or(0)) as f64).fold(0.0, f64::max)
    };
    let scores: BTreeMap<&String, f64> = topics.iter().map(|(topic, members)| (topic, best(members))).collect();
    let mean = scores.values().sum::<f64>() / scores.len().max(1) as f64;
    Ok(json!({ "topics": scores, "mean_f1": mean }))
}
