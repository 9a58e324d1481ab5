//! `classify eval --builtin`: categories and danger on first sentences.

use super::builtin::Builtin;
use crate::measure::Measure;
use crate::tables::{Source, list};
use anyhow::Result;
use csv::StringRecord;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// What was counted of a group of sentences.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    n: usize,
    danger: usize,
    heard: usize,
    alarms: usize,
    kinds: usize,
    top: [usize; 3],
}

impl Count {
    fn share(part: usize, whole: usize) -> Value {
        if whole == 0 { Value::Null } else { json!((part as f64 / whole as f64 * 1e4).round() / 1e4) }
    }

    fn json(&self) -> Value {
        json!({
            "n": self.n,
            "top1": Self::share(self.top[0], self.n), "top2": Self::share(self.top[1], self.n), "top3": Self::share(self.top[2], self.n),
            "danger": self.danger, "heard": self.heard, "recall": Self::share(self.heard, self.danger), "kind_right": Self::share(self.kinds, self.heard),
            "harmless": self.n - self.danger, "false_alarms": self.alarms, "false_alarm_rate": Self::share(self.alarms, self.n - self.danger),
        })
    }
}

/// Measures the built-in engine on a table with `accept` (or the label column) and, where they are there, `danger`, `kind`, `group`.
pub(super) fn measured(input: &Path, text: &str, label: &str, why: bool) -> Result<Value> {
    let mut measure = Measure::start();
    let builtin = Builtin::learn(1);
    measure.phase("学习");
    let mut source = Source::open(input)?;
    let columns = source.columns(&list(text))?;
    let accept = source.find("accept").map_or_else(|| source.column(label), Ok)?;
    let [danger, kind, group, id] = ["danger", "kind", "group", "id"].map(|name| source.find(name));
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let (mut missed, mut alarms, mut other) = (Vec::new(), Vec::new(), Vec::new());
    let mut row = StringRecord::new();
    while let Some(line) = source.read(&mut row)? {
        let cell = |column: Option<usize>| column.and_then(|column| row.get(column)).unwrap_or_default().trim().to_owned();
        let (title, body) = super::input::split(&row, &columns);
        let told = builtin.hear(&title, &body);
        let accepted: Vec<String> = cell(Some(accept)).split('|').map(str::to_owned).collect();
        let is_danger = cell(danger) == "1";
        let id = if id.is_some() { cell(id) } else { line.to_string() };
        for name in ["all".to_owned(), cell(group)].iter().filter(|name| !name.is_empty()) {
            let count = counts.entry(name.clone()).or_default();
            count.n += 1;
            for most in 0..3 {
                count.top[most] += usize::from(told.codes.iter().take(most + 1).any(|(code, _)| accepted.contains(code)));
            }
            count.danger += usize::from(is_danger);
            count.heard += usize::from(is_danger && told.danger);
            count.kinds += usize::from(is_danger && told.danger && told.kind == cell(kind));
            count.alarms += usize::from(!is_danger && told.danger);
        }
        let mut said = json!({ "id": id, "said": body, "p": told.p, "kind": told.kind });
        if why {
            said["why"] = json!(builtin.why(&body));
        }
        if is_danger && !told.danger {
            missed.push(said);
        } else if !is_danger && told.danger {
            alarms.push(said);
        }
        if !told.codes.iter().any(|(code, _)| accepted.contains(code)) {
            other.push(json!({ "id": id, "said": body, "accept": accepted, "codes": told.codes.iter().map(|(code, _)| code).collect::<Vec<_>>() }));
        }
    }
    measure.phase("判断");
    let (recall, false_alarms, wrong) = builtin.told();
    let mut answer = json!({
        "file": source.file(), "groups": counts.iter().map(|(name, count)| (name.clone(), count.json())).collect::<serde_json::Map<_, _>>(),
        "missed": missed, "false_alarms": alarms, "not_among_three": other, "threshold": builtin.least(),
        "shipped_sentences": { "recall": recall, "false_alarm_rate": false_alarms, "how": "ten folds, each sentence heard by a detector that had not learnt from it" },
        "cost": measure.json(),
    });
    if why {
        answer["shipped_sentences"]["wrong"] = wrong.iter().map(|(one, p)| json!({ "said": one.said, "danger": one.danger, "p": p })).collect();
    }
    Ok(answer)
}
