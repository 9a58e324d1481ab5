//! `link eval`: pairs and clusters against the truth.

use super::Eval;
use crate::measure::Measure;
use crate::tables::Source;
use anyhow::{Context, Result};
use csv::StringRecord;
use insight::link::curve::{self, Score};
use insight::link::{Edge, settle};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::process::ExitCode;

/// What is measured at which the bound of “the same”.
const BOUND: f64 = 0.95;

pub(super) fn run(args: &Eval) -> Result<ExitCode> {
    if args.named.is_some() || args.nearest.is_some() || args.members.is_some() {
        return super::found::run(args);
    }
    let mut measure = Measure::start();
    let mut truth: HashMap<String, (u32, u64)> = HashMap::new();
    let mut names: HashMap<String, u64> = HashMap::new();
    let mut source = Source::open(&args.truth)?;
    let (id, of) = (source.column(&args.id)?, source.column(&args.column)?);
    let mut row = StringRecord::new();
    while source.read(&mut row)?.is_some() {
        let next = names.len() as u64;
        let name = row[of].trim();
        // Nothing said: a person of its own.
        let label = if name.is_empty() { u64::MAX - truth.len() as u64 } else { *names.entry(name.to_owned()).or_insert(next) };
        let number = u32::try_from(truth.len()).context("记录太多")?;
        truth.insert(row[id].to_owned(), (number, label));
    }
    let mut sizes: HashMap<u64, f64> = HashMap::new();
    truth.values().for_each(|(_, label)| *sizes.entry(*label).or_default() += 1.0);
    let all: f64 = sizes.values().map(|n| n * (n - 1.0) / 2.0).sum();
    measure.phase("truth");
    let mut source = Source::open(&args.pairs)?;
    let (a, b, p) = (source.column("a")?, source.column("b")?, source.column("probability")?);
    let mut pairs = Vec::new();
    let mut edges = Vec::new();
    while let Some(line) = source.read(&mut row)? {
        let of = |column: usize| truth.get(&row[column]).copied().with_context(|| format!("{} 第{line}行：“{}”不在真值表里。", source.file(), &row[column]));
        let (left, right) = (of(a)?, of(b)?);
        let probability: f64 = source.value(&row, line, p)?;
        pairs.push((probability, left.1 == right.1));
        edges.push(Edge { a: left.0.min(right.0), b: left.0.max(right.0), log_odds: (probability / (1.0 - probability).max(1e-9)).ln() });
    }
    measure.phase("pairs");
    let curve = curve::curve(&pairs, all);
    let best = curve.iter().max_by(|a, b| a.score.f1.total_cmp(&b.score.f1)).copied();
    let at = curve::at(&pairs, all, BOUND);
    let clusters: Vec<u64> = match &args.clusters {
        Some(path) => {
            let mut source = Source::open(path)?;
            let (id, of) = (source.column("id")?, source.column("cluster")?);
            let mut out: Vec<u64> = (0..truth.len() as u64).collect();
            while source.read(&mut row)?.is_some() {
                if let (Some((record, _)), Some((first, _))) = (truth.get(&row[id]), truth.get(&row[of])) {
                    out[*record as usize] = u64::from(*first);
                }
            }
            out
        }
        None => {
            edges.sort_unstable_by_key(|edge| (edge.a, edge.b));
            settle::clusters(truth.len(), &edges, (BOUND / (1.0 - BOUND)).ln(), |record| record).into_iter().map(u64::from).collect()
        }
    };
    let labels: Vec<(u64, u64)> = truth.values().map(|(record, label)| (clusters[*record as usize], *label)).collect();
    let cluster = curve::clusters(&labels);
    measure.phase("score");
    let sample = |step: f64| {
        let mut next = 0.0;
        curve
            .iter()
            .filter(|point| {
                let take = point.score.recall >= next;
                if take {
                    next = point.score.recall + step;
                }
                take
            })
            .map(|point| json!([round(point.probability), round(point.score.recall), round(point.score.precision)]))
            .collect::<Vec<_>>()
    };
    let told = json!({
        "records": truth.len(), "true_pairs": all, "pairs": pairs.len(), "found": pairs.iter().filter(|pair| pair.1).count(),
        "at_95": told(at), "best": best.map(|best| json!({ "probability": round(best.probability), "score": told(best.score) })),
        "at_999": told(curve::at(&pairs, all, 0.999)), "wrong_at_999": pairs.iter().filter(|(p, same)| *p >= 0.999 && !same).count(),
        "cluster": told(cluster), "reliability": reliability(&pairs),
        "curve": sample(0.02), "cost": measure.json(),
    });
    if args.json {
        println!("{}", serde_json::to_string_pretty(&told)?);
    } else {
        let said = |score: Score| format!("准确率 {:.4}，召回率 {:.4}，F1 {:.4}", score.precision, score.recall, score.f1);
        println!("≥0.95：{}", said(at));
        if let Some(best) = best {
            println!("最好（≥{:.3}）：{}", best.probability, said(best.score));
        }
        println!("归类：{}", said(cluster));
        println!("{measure}");
    }
    Ok(ExitCode::SUCCESS)
}

fn round(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

fn told(score: Score) -> Value {
    json!({ "precision": (score.precision * 1e6).round() / 1e6, "recall": round(score.recall), "f1": round(score.f1) })
}

/// What a probability means: in bands of it, how many pairs, the mean probability, and the share that is true.
fn reliability(pairs: &[(f64, bool)]) -> Value {
    let bounds = [0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1.1];
    json!(
        bounds
            .windows(2)
            .filter_map(|bound| {
                let inside: Vec<&(f64, bool)> = pairs.iter().filter(|(p, _)| (bound[0]..bound[1]).contains(p)).collect();
                let n = inside.len() as f64;
                (n > 0.0).then(|| {
                    json!({ "from": bound[0], "pairs": n, "mean": round(inside.iter().map(|(p, _)| p).sum::<f64>() / n), "share": round(inside.iter().filter(|(_, same)| *same).count() as f64 / n) })
                })
            })
            .collect::<Vec<_>>()
    )
}
