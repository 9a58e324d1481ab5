//! `link run`.

use super::config::Config;
use super::{Run, read};
use crate::measure::Measure;
use crate::output::Output;
use anyhow::Result;
use insight::link::{self, Options, probability};
use serde_json::json;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

pub(super) fn run(args: &Run) -> Result<ExitCode> {
    let mut measure = Measure::start();
    let config = Config::read(&args.config)?;
    if let Some(matters) = &config.matters {
        return super::matters::run(args, &config, matters);
    }
    let (schema, columns) = config.schema()?;
    let paths: Vec<&Path> = args.input.split(',').map(|path| Path::new(path.trim())).collect();
    let (ids, mut records, split) = read::records(&schema, &config.id, &columns, &paths)?;
    measure.phase("read");
    let decided = config.decided(&args.config, &ids)?;
    let options = Options { threshold: config.threshold, least: config.least, split, decided, ..Options::default() };
    let linked = link::link(&schema, &mut records, &options, |name| {
        measure.phase(name);
    });
    let mut out = Output::create(&args.output)?;
    let mut line = Vec::with_capacity(1 << 16);
    line.extend_from_slice(b"a,b,probability\n");
    for edge in &linked.pairs {
        for id in [edge.a, edge.b] {
            line.extend_from_slice(quoted(ids.get(id as usize)).as_bytes());
            line.push(b',');
        }
        line.extend_from_slice(&decimals(probability(edge.log_odds)));
        if line.len() > 1 << 15 {
            out.write_all(&line)?;
            line.clear();
        }
    }
    out.write_all(&line)?;
    out.finish()?;
    let mut counted = 0;
    if let Some(path) = &args.clusters {
        let mut out = Output::create(path)?;
        out.write_all(b"id,cluster\n")?;
        for (id, first) in ids.iter().zip(&linked.clusters) {
            out.write_all(quoted(id).as_bytes())?;
            out.write_all(b",")?;
            out.write_all(quoted(ids.get(*first as usize)).as_bytes())?;
            out.write_all(b"\n")?;
        }
        out.finish()?;
    }
    for (record, first) in linked.clusters.iter().enumerate() {
        counted += usize::from(record == *first as usize);
    }
    measure.phase("write");
    let rules: Vec<_> =
        config.block_names().into_iter().zip(&linked.rules).map(|(name, (pairs, alone))| json!({ "on": name, "pairs": pairs, "left_alone": alone })).collect();
    let told = json!({
        "records": ids.len(), "compared": linked.compared, "pairs": linked.pairs.len(), "clusters": counted,
        "threshold": config.threshold, "passes": linked.model.passes,
        "true_share": linked.model.shares[0].exp(), "near_share": linked.model.shares[1].exp(),
        "rules": rules, "weights": weights(&schema, &linked.model), "cost": measure.json(),
    });
    if args.json {
        println!("{}", serde_json::to_string_pretty(&told)?);
    } else {
        println!("{} 条记录，比较 {} 对，写出 {} 对，归为 {} 个。{measure}", ids.len(), linked.compared, linked.pairs.len(), counted);
    }
    Ok(ExitCode::SUCCESS)
}

/// A probability with six decimals, and the end of the line.
pub(super) fn decimals(p: f64) -> [u8; 9] {
    let mut millionths = (p.clamp(0.0, 1.0) * 1e6).round() as u32;
    let mut text = *b"0.000000\n";
    text[0] = b'0' + u8::try_from(millionths / 1_000_000).unwrap_or(0);
    millionths %= 1_000_000;
    for at in (2..8).rev() {
        text[at] = b'0' + u8::try_from(millionths % 10).unwrap_or(0);
        millionths /= 10;
    }
    text
}

/// A cell, quoted where it must be.
pub(super) fn quoted(cell: &str) -> std::borrow::Cow<'_, str> {
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")).into() } else { cell.into() }
}

/// The chances of each level, summed over how common the values are.
fn weights(schema: &link::Schema, model: &link::Model) -> serde_json::Value {
    let sum = |row: &[f64]| row.iter().map(|ln| ln.exp()).sum::<f64>();
    let fields: serde_json::Map<String, serde_json::Value> = schema
        .fields
        .iter()
        .enumerate()
        .map(|(at, field)| {
            let levels: Vec<_> = field
                .kind
                .levels()
                .iter()
                .enumerate()
                .map(|(i, level)| {
                    let cells = (i + 1) * 16..(i + 2) * 16;
                    json!({ "level": level.said, "same": sum(&model.same[at][cells.clone()]), "near": sum(&model.near[at][cells.clone()]), "random": sum(&model.random[at][cells]) })
                })
                .collect();
            (field.name.clone(), json!(levels))
        })
        .collect();
    json!(fields)
}
