//! `link explain A B`: what speaks for and against two records being one person.

use super::config::Config;
use super::{Explain, read};
use anyhow::{Context, Result, bail};
use insight::link::{self, Options, of_field, probability};
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

pub(super) fn run(args: &Explain) -> Result<ExitCode> {
    let config = Config::read(&args.config)?;
    if config.matters.is_some() {
        bail!("explain 只用于人员的配置。");
    }
    let (schema, columns) = config.schema()?;
    let paths: Vec<&Path> = args.input.split(',').map(|path| Path::new(path.trim())).collect();
    let (ids, mut records, split) = read::records(&schema, &config.id, &columns, &paths)?;
    let at = |id: &str| ids.find(id).with_context(|| format!("表里没有“{id}”。"));
    let (a, b) = (at(&args.a)?, at(&args.b)?);
    let decided = config.decided(&args.config, &ids)?;
    let options = Options { threshold: config.threshold, least: config.least, split, decided, ..Options::default() };
    let linked = link::link(&schema, &mut records, &options, |_| {});
    let pattern = link::compare_two(&schema, &records, a, b);
    let alone = probability(linked.model.log_odds(pattern));
    let (low, high) = (a.min(b) as u32, a.max(b) as u32);
    let settled = linked.pairs.iter().find(|edge| edge.a == low && edge.b == high).map_or(0.0, |edge| probability(edge.log_odds));
    let same = linked.clusters[a] == linked.clusters[b];
    let bits = std::f64::consts::LN_2;
    let fields: Vec<_> = schema
        .fields
        .iter()
        .enumerate()
        .map(|(at, field)| {
            let (level, band) = of_field(pattern, at);
            let said = level.checked_sub(1).map_or("无法比较", |level| field.kind.levels()[level].said);
            let (stranger, household) =
                if level == 0 { (0.0, 0.0) } else { (linked.model.weight(pattern, at) / bits, linked.model.weight_near(pattern, at) / bits) };
            (field.name.clone(), said, band, stranger, household)
        })
        .collect();
    if args.json {
        let fields: Vec<_> = fields.iter().map(|(name, said, band, stranger, household)| json!({ "field": name, "level": said, "common": 1_u32 << band, "weight": stranger, "weight_in_household": household })).collect();
        let told = json!({ "a": args.a, "b": args.b, "fields": fields, "prior": linked.model.shares[0] / bits, "alone": alone, "probability": settled, "same_cluster": same });
        println!("{}", serde_json::to_string_pretty(&told)?);
    } else {
        println!("{} 与 {}（权重以 2 为底：对陌生人，对同户人）", args.a, args.b);
        for (name, said, band, stranger, household) in &fields {
            let common = if *band > 0 { format!("，约 {} 条记录有此值", 1_u32 << band) } else { String::new() };
            println!("  {name}：{said}{common}  {stranger:+.1}  {household:+.1}");
        }
        println!(
            "  先验 {:+.1}；两条单独看 {alone:.4}，连同相关记录 {settled:.4}；{}",
            linked.model.shares[0] / bits,
            if same { "归为一人" } else { "未归为一人" }
        );
    }
    Ok(ExitCode::SUCCESS)
}
