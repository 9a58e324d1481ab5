//! The tables of the book as they are checked in: whoever changes a rule changes a table that somebody reads.

use domain::accounts::{matrix, policy_table, rights_matrix};
use domain::matters::{ActKind, DatumKind, LISTS, Need, codes, data, table};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

#[test]
fn states_and_acts() {
    insta::assert_snapshot!("acts.table", table());
}

#[test]
fn who_may_what() {
    insta::assert_snapshot!("policy.table", matrix());
}

#[test]
fn the_policy_matrix() {
    insta::assert_snapshot!("matrix.table", policy_table());
}

#[test]
fn who_has_which_right() {
    insta::assert_snapshot!("rights.table", rights_matrix());
}

#[test]
fn forms() {
    let mut text = String::new();
    for act in ActKind::ALL {
        text.push_str(&format!("{} {}\n", act.code(), act.zh()));
        for datum in data(*act) {
            let kind = match datum.kind {
                DatumKind::Code(list) => format!("code of {list}"),
                kind => kind.code().to_owned(),
            };
            let need = match datum.need {
                Need::Always => "needed".to_owned(),
                Need::Never => "may".to_owned(),
                Need::When(other, codes) => format!("needed when {other} is {}", codes.join(" or ")),
                Need::With(other) => format!("needed with {other}"),
                Need::Without(other) => format!("needed without {other}"),
            };
            text.push_str(&format!("  {} | {} | {} | {kind} | {need}\n", datum.name, datum.zh, datum.en));
        }
    }
    text.push_str("\nlists\n");
    for list in LISTS {
        text.push_str(&format!("  {list}: {}\n", codes(list).iter().map(|(code, zh, _)| format!("{code} {zh}")).collect::<Vec<_>>().join(" · ")));
    }
    insta::assert_snapshot!("forms.table", text);
}

/// Data that no form of an act asks for, but a request about the network, the rota, accounts or keeping.
const ELSEWHERE: &[&str] = &["as_post", "deputy", "n", "pause", "post", "to_at", "unit", "until"];

/// Every code with which a rule refuses, with the datum that it concerns and its sentence, read out of the sources: the API, the screens and the guide use
/// them, so one that goes or comes is seen here.
#[test]
fn refusals() {
    let mut rows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut data_of_forms: BTreeSet<&str> = ActKind::ALL.iter().flat_map(|act| data(*act)).map(|datum| datum.name).collect();
    data_of_forms.insert("*");
    data_of_forms.extend(ELSEWHERE);
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let source = std::fs::read_to_string(&path).unwrap();
        for (call, has_datum) in [("Refusal::rule(", false), ("Refusal::at(", true)] {
            for after in source.split(call).skip(1) {
                let Some((code, rest)) = literal(after.trim_start()) else { continue };
                let (datum, rest) = match (has_datum, literal(rest.trim_start_matches([',', ' ', '\n']))) {
                    (false, _) => ("", rest),
                    (true, Some((datum, rest))) => (datum, rest),
                    (true, None) => ("*", rest),
                };
                assert!(datum.is_empty() || data_of_forms.contains(datum), "{code} names {datum}, which no form asks for");
                assert!(code.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{code}");
                let said = rest.find('"').and_then(|at| literal(&rest[at..])).map_or("", |(said, _)| said);
                rows.entry(format!("{code} {datum}").trim_end().to_owned()).or_default().insert(said.to_owned());
            }
        }
    }
    let mut text = String::from("data_missing, state_forbids, not_yours: of every act\n");
    for (row, said) in rows {
        text.push_str(&format!("{row}\n"));
        for sentence in said {
            text.push_str(&format!("    {sentence}\n"));
        }
    }
    insta::assert_snapshot!("refusals.table", text);
}

/// The text of a string literal that `source` begins with, and what follows it.
fn literal(source: &str) -> Option<(&str, &str)> {
    source.strip_prefix('"')?.split_once('"')
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}
