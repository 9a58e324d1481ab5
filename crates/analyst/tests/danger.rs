//! Danger and category on sentences of our own that the engine does not learn from. A guard against falling back; figures of sets that nobody had seen are in
//! `docs/engines/danger.md`.

use domain::intake::spoken::sentences;
use domain::intake::{Category, category_marks, danger_marks, spoken};
use insight::spoken::{Row, Spoken};

const HELD: &str = include_str!("../../insight/tests/data/held_out.txt");

fn learnt() -> Spoken {
    let codes: Vec<String> = Category::seed().iter().filter(|row| row.leaf).map(|row| row.code.to_owned()).collect();
    let rows: Vec<Row<'_>> = spoken()
        .iter()
        .map(|one| Row {
            said: one.said,
            codes: one.codes.split('|').filter(|code| !code.is_empty()).collect(),
            danger: one.danger.is_some(),
            kind: one.danger.filter(|_| !one.codes.is_empty()),
            danger_marks: danger_marks(one.said),
            category_marks: category_marks(one.said),
        })
        .collect();
    Spoken::learn(&rows, &codes, 7, 2)
}

#[test]
fn held_out_sentences_are_heard() {
    let ears = learnt();
    let (mut danger, mut missed, mut harmless, mut alarms) = (0, Vec::new(), 0, Vec::new());
    for one in sentences(HELD) {
        assert!(spoken().iter().all(|known| known.said != one.said), "{} is learnt from", one.said);
        let heard = ears.hear(one.said, &danger_marks(one.said));
        match (one.danger, heard.danger) {
            (Some(_), said) => {
                danger += 1;
                missed.extend((!said).then_some(one.said));
            }
            (None, said) => {
                harmless += 1;
                alarms.extend(said.then_some(one.said));
            }
        }
    }
    assert!(missed.len() * 20 <= danger, "missed {missed:?}");
    assert!(alarms.len() * 5 <= harmless, "false {alarms:?}");
}

#[test]
fn nothing_said_is_no_danger_and_no_panic() {
    let ears = learnt();
    for said in ["", " ", "。", "\u{0}\u{fffd}", "你好"] {
        let heard = ears.hear(said, &danger_marks(said));
        assert!((0.0..=1.0).contains(&heard.p), "{said}");
        assert_eq!(ears.categories(said, &category_marks(said), 3).len(), 3);
    }
}
