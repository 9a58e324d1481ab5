//! The classifier seen from outside: the same by seed and threads, blind to the order of marks, never a panic, and a model survives being written down.

use insight::classify::features::{Read, Shape};
use insight::classify::{Example, Model, Settings, train};
use proptest::prelude::*;

const TEXTS: [(&str, usize); 12] = [
    ("楼上漏水把我家天花板泡坏了", 0),
    ("邻居装修砸墙漏水", 0),
    ("卫生间漏水物业不管", 0),
    ("楼顶漏水一下雨就滴", 0),
    ("老板拖欠工资三个月", 1),
    ("工地不发工资", 1),
    ("工资少算了加班费", 1),
    ("餐馆压着我的工资", 1),
    ("公交车改线了不方便", 2),
    ("公交司机甩站", 2),
    ("末班公交太早", 2),
    ("公交站台没有雨棚", 2),
];

fn labels() -> Vec<String> {
    ["漏水", "工资", "公交"].map(str::to_owned).to_vec()
}

fn learnt(threads: usize) -> Model {
    let numbers = [0, 1, 2];
    let examples: Vec<Example<'_>> = (0..4)
        .flat_map(|_| TEXTS)
        .map(|(body, class)| Example { text: Read { title: "", body, marks: &[] }, classes: &numbers[class..=class], weight: 1.0, own: true })
        .collect();
    train(&labels(), &examples, &Settings { shape: Shape { skips: 2, ..Shape::default() }, threads, ..Settings::default() })
}

#[test]
fn the_number_of_threads_changes_nothing() {
    assert_eq!(learnt(1).to_bytes(), learnt(3).to_bytes());
}

#[test]
fn a_model_answers_the_same_after_it_was_written_and_read() {
    let model = learnt(1);
    let again = Model::from_bytes(&model.to_bytes()).unwrap();
    for (body, class) in TEXTS {
        let text = Read { title: "", body, marks: &[] };
        let p = again.predict(text);
        assert_eq!(p, model.predict(text));
        assert!((p.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        assert_eq!(p.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(at, _)| at), Some(class), "{body}");
        assert!(!model.explain(text, class, 3).is_empty());
    }
}

#[test]
fn relabelled_classes_get_the_same_probabilities() {
    let turn = [2, 0, 1];
    let numbers = [0, 1, 2];
    let of = |map: &dyn Fn(usize) -> usize| {
        let examples: Vec<Example<'_>> = TEXTS
            .iter()
            .map(|(body, class)| Example { text: Read { title: "", body, marks: &[] }, classes: &numbers[map(*class)..=map(*class)], weight: 1.0, own: true })
            .collect();
        train(&labels(), &examples, &Settings::default()).predict(Read { title: "", body: "工资不发还漏水", marks: &[] })
    };
    let (plain, turned) = (of(&|class| class), of(&|class| turn[class]));
    for (class, p) in plain.iter().enumerate() {
        assert!((p - turned[turn[class]]).abs() < 1e-5);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..4000) {
        let _ = Model::from_bytes(&bytes);
        let good = learnt(1).to_bytes();
        let _ = Model::from_bytes(&good[..cut.min(good.len())]);
    }

    #[test]
    fn any_text_is_judged(title in "\\PC{0,20}", body in "\\PC{0,80}", marks in proptest::collection::vec("\\PC{0,5}", 0..4)) {
        let model = learnt(1);
        let p = model.predict(Read { title: &title, body: &body, marks: &marks });
        prop_assert!(p.iter().all(|p| p.is_finite() && (0.0..=1.0).contains(p)));
        let mut turned = marks;
        turned.reverse();
        prop_assert_eq!(p, model.predict(Read { title: &title, body: &body, marks: &turned }));
    }
}
