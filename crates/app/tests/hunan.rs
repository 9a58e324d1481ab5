//! What the words, the rules and the maps make of two real files, and of 200 rows that were labelled by hand (`docs/engines/routing.md`).
//!
//! The files are not part of the repository. Without them (`../shared`, or the folder that `XINJIEAN_SHARED` names) the test says so and does nothing.

use app::intake::mapping::{ImportRow, Mapping};
use domain::intake::{Gate, classify, gates, route, route::seed_rules};
use sha2::{Digest, Sha256};
use sheets::Table;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The folder with the material, if it is here.
#[expect(clippy::disallowed_methods, reason = "a test may look where the material lies")]
fn shared() -> Option<PathBuf> {
    let folder = std::env::var_os("XINJIEAN_SHARED").map_or_else(|| Path::new(WORKSPACE).join("../shared"), PathBuf::from);
    let data = folder.join("data/appeals-hunan");
    if !data.is_dir() {
        eprintln!("SKIPPED: {} is not here; set XINJIEAN_SHARED to run this test", data.display());
        return None;
    }
    Some(data)
}

/// What became of the rows of a file.
#[derive(Debug, Default)]
struct Tally {
    rows: usize,
    family: usize,
    leaf: usize,
    by_rule: usize,
    fall_back: usize,
    rules: BTreeMap<i64, usize>,
    leaves: HashMap<String, Option<&'static str>>,
}

fn tally(data: &Path, file: &str, map: &str) -> anyhow::Result<Tally> {
    let map = std::fs::read_to_string(Path::new(WORKSPACE).join("docs/guide/maps").join(map))?;
    let map = Mapping::parse(&map).map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
    let table = Table::read(&data.join(file), map.header_row)?;
    assert_eq!(map.lint(&table), Vec::<String>::new());
    let rows: Vec<ImportRow> = map.rows(&table).into_iter().map(|row| row.unwrap_or_else(|bad| panic!("{bad}"))).collect();
    let rules = seed_rules();
    let mut tally = Tally { rows: rows.len(), ..Tally::default() };
    for row in rows {
        let label = row.label.as_deref().and_then(|label| map.families(label));
        let reading = classify(&row.title, &row.said, label.as_deref());
        let leaf = reading.leaf.as_ref().map(|guess| guess.code);
        tally.family += usize::from(reading.family.is_some());
        tally.leaf += usize::from(leaf.is_some());
        let routed = route(&rules, leaf.or(reading.family.as_ref().map(|guess| guess.code)), None, None);
        match routed.rule {
            Some(rule) => {
                tally.by_rule += 1;
                *tally.rules.entry(rule).or_default() += 1;
            }
            None => tally.fall_back += 1,
        }
        tally.leaves.insert(row.source_id, leaf);
    }
    let most = tally.rules.iter().max_by_key(|(_, count)| **count).map(|(rule, count)| (*rule, *count));
    eprintln!(
        "{file}: {} rows, family {}, leaf {}, unit by rule {}, fall-back {}; most by one rule {most:?}",
        tally.rows, tally.family, tally.leaf, tally.by_rule, tally.fall_back
    );
    Ok(tally)
}

/// The first sentences of callers: danger, and whether one of the three suggestions is accepted.
#[test]
fn first_sentences_are_heard() {
    let Some(data) = shared() else { return };
    let table = Table::read(&data.join("../utterances/sample.csv"), 1).unwrap();
    let sheet = &table.sheets[0];
    let column = |name: &str| sheet.header.iter().position(|head| head == name).unwrap();
    let (said, accept, danger) = (column("said"), column("accept"), column("danger"));
    let (mut calls, mut heard, mut alarms, mut top) = (0, 0, 0, 0);
    for row in &sheet.rows {
        let gate = gates(&row.cells[said], app::intake::senses::peril(&row.cells[said]));
        let alarm = gate.as_ref().is_some_and(Gate::is_danger);
        if row.cells[danger] == "1" {
            calls += 1;
            heard += usize::from(alarm);
        } else {
            alarms += usize::from(alarm);
        }
        // What the desk sees: the category of a danger, then what was heard.
        let by_gate = gate.into_iter().filter(Gate::is_danger).map(|gate| gate.code);
        let mut shown: Vec<&str> = by_gate.chain(app::intake::senses::categories(&row.cells[said], 3).into_iter().map(|guess| guess.code)).collect();
        shown.dedup();
        top += usize::from(shown.iter().take(3).any(|code| row.cells[accept].split('|').any(|own| own == *code)));
    }
    let others = sheet.rows.len() - calls;
    eprintln!("first sentences: danger heard {heard} of {calls}, false alarms {alarms} of {others}, accepted among three {top} of {}", sheet.rows.len());
    assert!(share(heard, calls) >= 0.9 && share(alarms, others) <= 0.1 && share(top, sheet.rows.len()) >= 0.85);
}

/// The share of a tally, for the report.
#[expect(clippy::cast_precision_loss, reason = "counts of some thousands")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

#[test]
fn both_files_are_read_routed_and_not_by_one_rule() {
    let Some(data) = shared() else { return };
    for (file, map, rows) in [("appeals_labelled.csv.gz", "hunan_labelled.toml", 1372), ("appeals_replies.csv.gz", "hunan_replies.toml", 1920)] {
        let tally = tally(&data, file, map).unwrap();
        assert_eq!(tally.rows, rows, "{file}");
        assert_eq!(tally.by_rule + tally.fall_back, rows);
        for (rule, count) in &tally.rules {
            assert!(share(*count, tally.by_rule) <= 0.4, "rule {rule} takes {count} of {}", tally.by_rule);
        }
    }
}

#[test]
fn leaves_agree_with_the_hand() {
    let Some(data) = shared() else { return };
    let tally = tally(&data, "appeals_labelled.csv.gz", "hunan_labelled.toml").unwrap();
    let labels = include_str!("data/hunan_labels.csv");
    let labels: BTreeMap<&str, Vec<&str>> =
        labels.lines().skip(1).filter_map(|line| line.split_once(',')).map(|(id, accept)| (id, accept.split('|').collect())).collect();

    // The draw is reproducible: the first 200 ids in the order of sha256("label-1:" + id).
    let mut ids: Vec<&String> = tally.leaves.keys().collect();
    ids.sort_by_key(|id| Sha256::digest(format!("label-1:{id}")).to_vec());
    assert!(ids.iter().take(200).all(|id| labels.contains_key(id.as_str())) && labels.len() == 200, "the labels are not those of the draw");
    for code in labels.values().flatten().filter(|code| **code != "-") {
        assert!(domain::intake::Category::is_leaf(code), "{code}");
    }

    let got: Vec<(&str, &Vec<&str>)> = labels.iter().filter_map(|(id, accept)| tally.leaves.get(*id).copied().flatten().map(|leaf| (leaf, accept))).collect();
    let right = got.iter().filter(|(leaf, accept)| accept.contains(leaf)).count();
    eprintln!("labelled by hand: 200, got a leaf {}, right {right} ({:.3})", got.len(), share(right, got.len()));
    assert!(got.len() >= 100, "abstaining is no way to be right");
    assert!(share(right, got.len()) >= 0.7);
}
