//! Linking, through its public door.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use insight::link::live::Index;
use insight::link::{Batch, Block, Field, Kind, Linked, Options, Records, Schema, alike, curve, link, probability};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Name, identity number, telephone, address, year.
fn schema() -> Schema {
    let field = |name: &str, kind, cells: &[usize], shared| Field { name: name.into(), kind, cells: cells.to_vec(), shared };
    let mut schema = Schema {
        fields: vec![
            field("name", Kind::Name, &[0], false),
            field("id_no", Kind::IdNo, &[1], false),
            field("phone", Kind::Phone, &[2], true),
            field("address", Kind::Address, &[3], true),
            field("birth", Kind::Year, &[4, 1], false),
            field("sex", Kind::Sex, &[0, 1], false),
        ],
        blocks: Vec::new(),
        most: 60,
    };
    let part = |name: &str| schema.part(name).unwrap();
    let rules = [
        (vec!["id_no"], vec![]),
        (vec!["phone"], vec!["name.surname", "name.sound"]),
        (vec!["name.sound", "address.place"], vec!["birth"]),
        (vec!["name.sound", "birth"], vec!["address.place"]),
        (vec!["address.door", "name.surname"], vec!["name.sound"]),
    ];
    schema.blocks = rules.into_iter().map(|(on, then)| Block { on: on.into_iter().map(part).collect(), then: then.into_iter().map(part).collect() }).collect();
    schema
}

type Cells = [String; 5];

/// Chance from a seed (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ x >> 31) % n as u64) as usize
    }

    fn happens(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn of<'a>(&mut self, text: &'a str) -> &'a str {
        let n = self.below(text.chars().count());
        let (at, c) = text.char_indices().nth(n).unwrap();
        &text[at..at + c.len_utf8()]
    }
}

fn id_no(chance: &mut Chance, year: usize, male: bool) -> String {
    let first = format!("330109{year}{:02}{:02}{:03}", 1 + chance.below(12), 1 + chance.below(28), 2 * chance.below(500) + usize::from(male));
    let digits: Vec<u32> = first.chars().map(|c| c.to_digit(10).unwrap()).collect();
    let check = insight::normal::idno::check_digit(digits.try_into().unwrap());
    first + &if check == 10 { "X".to_owned() } else { check.to_string() }
}

/// Invented people with two or three records each, some cells missing or wrong. `stress`: all are called 王伟, forty rooms share a telephone.
fn people(chance: &mut Chance, n: usize, stress: bool) -> (Vec<Cells>, Vec<u64>) {
    let (mut rows, mut truth) = (Vec::new(), Vec::new());
    let mut landlord = String::new();
    for person in 0..n {
        let male = stress || chance.happens(50);
        let year = 1940 + chance.below(65);
        let surname = if stress { "王" } else { chance.of("王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗") }.to_owned();
        let given = if stress {
            "伟".to_owned()
        } else {
            (0..1 + usize::from(chance.happens(85))).map(|_| chance.of("伟芳娜敏静丽强磊军洋勇艳杰涛明超秀霞平刚桂英华建国春生玉兰")).collect()
        };
        let id = id_no(chance, year, male);
        let own = format!("13{:09}", chance.below(1_000_000_000));
        if person % 40 == 0 {
            landlord = format!("15{:09}", chance.below(1_000_000_000));
        }
        let village = chance.of("东西南北中上下前后新").to_owned() + chance.of("桥塘浜河山湾") + "村";
        let door = format!("{village}{}组{}号", 1 + chance.below(20), 1 + chance.below(150));
        let door = if stress { format!("盛中村{}组{}号{}室", 1 + person / 40, 1 + person / 40, 101 + person % 40) } else { door };
        for _ in 0..2 + chance.below(2) {
            let name = if chance.happens(if stress { 3 } else { 12 }) {
                format!("{surname}{}", if male { "先生" } else { "女士" })
            } else {
                format!("{surname}{given}")
            };
            let phone = if stress && chance.happens(30) { landlord.clone() } else { own.clone() };
            rows.push([
                name,
                if chance.happens(if stress { 25 } else { 45 }) { String::new() } else { id.clone() },
                if chance.happens(25) { String::new() } else { phone },
                if chance.happens(15) { String::new() } else { door.clone() },
                if chance.happens(40) { String::new() } else { year.to_string() },
            ]);
            truth.push(person as u64);
        }
    }
    for at in (1..rows.len()).rev() {
        let other = chance.below(at + 1);
        rows.swap(at, other);
        truth.swap(at, other);
    }
    (rows, truth)
}

fn read(schema: &Schema, rows: &[Cells]) -> Records {
    let batches = rows
        .chunks(100)
        .map(|rows| {
            let mut batch = Batch::new();
            rows.iter().for_each(|row| batch.push(schema, &row.each_ref().map(String::as_str)));
            batch
        })
        .collect();
    Records::gather(schema, batches)
}

fn run(rows: &[Cells], options: &Options) -> Linked {
    let schema = schema();
    link(&schema, &mut read(&schema, rows), options, |_| {})
}

fn judged(linked: &Linked, truth: &[u64]) -> Vec<(f64, bool)> {
    linked.pairs.iter().map(|edge| (probability(edge.log_odds), truth[edge.a as usize] == truth[edge.b as usize])).collect()
}

fn true_pairs(truth: &[u64]) -> f64 {
    let mut sorted = truth.to_vec();
    sorted.sort_unstable();
    sorted.chunk_by(|a, b| a == b).map(|group| (group.len() * (group.len() - 1) / 2) as f64).sum()
}

#[test]
fn people_are_found_again_without_a_label() {
    let (rows, truth) = people(&mut Chance(1), 2000, false);
    let linked = run(&rows, &Options::default());
    let score = curve::at(&judged(&linked, &truth), true_pairs(&truth), 0.95);
    assert!(score.precision >= 0.97 && score.recall >= 0.8, "{score:?}");
}

#[test]
fn two_thousand_of_one_name_with_forty_rooms_a_telephone_stay_apart() {
    let (rows, truth) = people(&mut Chance(2), 2000, true);
    let linked = run(&rows, &Options::default());
    assert!(linked.compared < 40 * rows.len(), "{} pairs were compared", linked.compared);
    let pairs = judged(&linked, &truth);
    let score = curve::at(&pairs, true_pairs(&truth), 0.999);
    let wrong = pairs.iter().filter(|(p, same)| *p >= 0.999 && !same).count();
    let claimed = pairs.iter().filter(|(p, _)| *p >= 0.999).count();
    println!("stress: {score:?}, {wrong} of {claimed} wrong");
    assert!(score.recall >= 0.6, "{score:?}");
    assert!(wrong * 10_000 <= claimed, "{wrong} of {claimed} wrong");
}

#[test]
fn every_pair_of_a_cluster_is_above_the_threshold() {
    let (rows, _) = people(&mut Chance(3), 600, false);
    let linked = run(&rows, &Options::default());
    let strong: BTreeSet<(u32, u32)> = linked.pairs.iter().filter(|edge| probability(edge.log_odds) >= 0.95 - 1e-9).map(|edge| (edge.a, edge.b)).collect();
    for a in 0..rows.len() {
        for b in a + 1..rows.len() {
            if linked.clusters[a] == linked.clusters[b] {
                assert!(strong.contains(&(a as u32, b as u32)), "{a} {b}: {:?} {:?}", rows[a], rows[b]);
            }
        }
    }
}

#[test]
fn decisions_move_the_weights_and_raise_f1_on_the_half_that_nobody_decided() {
    // A register whose telephones are those of an office: an agreement says nothing, and nothing in the file says so.
    let (mut rows, truth) = people(&mut Chance(4), 1500, false);
    for (at, row) in rows.iter_mut().enumerate() {
        if truth[at] % 3 == 0 {
            row[1] = String::new();
            row[2] = format!("139{:08}", truth[at] / 6);
        }
    }
    let before = run(&rows, &Options::default());
    let half = |a: u32| truth[a as usize] % 2 == 0;
    let decided: Vec<(u32, u32, bool)> = before
        .pairs
        .iter()
        .filter(|edge| half(edge.a) && half(edge.b) && probability(edge.log_odds) > 0.05)
        .map(|edge| (edge.a, edge.b, truth[edge.a as usize] == truth[edge.b as usize]))
        .take(800)
        .collect();
    let after = run(&rows, &Options { decided, ..Options::default() });
    let learned = after.model.learned.as_ref().unwrap();
    assert!(before.model.learned.is_none() && learned.change.iter().any(|change| change.abs() > 0.02), "{learned:?}");
    let held = |linked: &Linked| {
        let pairs: Vec<(f64, bool)> = linked
            .pairs
            .iter()
            .filter(|edge| !half(edge.a) && !half(edge.b))
            .map(|edge| (probability(edge.log_odds), truth[edge.a as usize] == truth[edge.b as usize]))
            .collect();
        let held: Vec<u64> = truth.iter().copied().filter(|person| person % 2 == 1).collect();
        curve::at(&pairs, true_pairs(&held), 0.95).f1
    };
    println!("F1 on the held half: {:.4} → {:.4}", held(&before), held(&after));
    assert!(held(&after) > held(&before));
}

#[test]
fn a_decision_of_a_person_stands() {
    let (rows, _) = people(&mut Chance(5), 100, false);
    let before = run(&rows, &Options::default());
    let sure = before.pairs.iter().max_by(|x, y| x.log_odds.total_cmp(&y.log_odds)).copied().unwrap();
    let after = run(&rows, &Options { decided: vec![(sure.a, sure.b, false)], ..Options::default() });
    assert_ne!(after.clusters[sure.a as usize], after.clusters[sure.b as usize]);
}

#[test]
fn the_live_form_finds_what_the_run_finds_and_takes_what_is_added() {
    let schema = schema();
    let (rows, truth) = people(&mut Chance(6), 800, false);
    let mut records = read(&schema, &rows);
    let linked = link(&schema, &mut records, &Options::default(), |_| {});
    let mut index = Index::new(schema, records, linked.model);
    let mut right = 0;
    for at in 0..200 {
        let found = index.find(&rows[at].each_ref().map(String::as_str));
        right += usize::from(found.first().is_some_and(|(other, _)| truth[*other as usize] == truth[at]));
    }
    assert!(right >= 180, "{right}");
    let new = ["阮小七", "", "13912345678", "石碣村1组7号", "1970"];
    assert!(index.find(&new).iter().all(|(_, p)| *p < 0.5));
    let number = index.add(&new);
    let found = index.find(&new);
    assert!(found.first().is_some_and(|(other, p)| *other == number && *p > 0.9), "{found:?}");
}

#[test]
fn topics_are_one_place_and_one_issue() {
    let texts = [
        "魅力之城小区底商油烟扰民",
        "魅力之城小区楼下油烟噪音扰民",
        "西湖街道茶场村五组何时拆迁",
        "茶场村五组拆迁规划",
        "请问公积金怎么提取",
        "公积金提取要什么材料",
    ];
    let vectors = alike::vectors(&texts.map(|text| vec![(text, 1.0)]));
    let topics = alike::topics(&vectors, 0.15).unwrap();
    assert_eq!(topics, [0, 0, 2, 2, 4, 4]);
    assert_eq!(alike::nearest(&vectors, 1)[2][0].0, 3);
}

/// Pairs with their odds in a form that does not hang on the order of the rows.
fn by_content(linked: &Linked, rows: &[Cells]) -> Vec<(Cells, Cells, i64)> {
    let mut out: Vec<(Cells, Cells, i64)> = linked
        .pairs
        .iter()
        .map(|edge| {
            let (a, b) = (rows[edge.a as usize].clone(), rows[edge.b as usize].clone());
            (a.clone().min(b.clone()), a.max(b), (edge.log_odds * 1e4).round() as i64)
        })
        .collect();
    out.sort();
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_the_rows_does_not_matter(seed in 0_u64..1_000_000) {
        let mut chance = Chance(seed);
        let (rows, _) = people(&mut chance, 60, false);
        let mut turned = rows.clone();
        for at in (1..turned.len()).rev() {
            turned.swap(at, chance.below(at + 1));
        }
        prop_assert_eq!(by_content(&run(&rows, &Options::default()), &rows), by_content(&run(&turned, &Options::default()), &turned));
    }

    #[test]
    fn the_number_of_threads_does_not_matter(seed in 0_u64..1_000_000) {
        let (rows, _) = people(&mut Chance(seed), 150, false);
        let with = |threads: usize| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| run(&rows, &Options::default()));
        let (one, three) = (with(1), with(3));
        prop_assert_eq!(one.pairs, three.pairs);
        prop_assert_eq!(one.clusters, three.clusters);
        prop_assert_eq!(one.model, three.model);
    }

    #[test]
    fn rules_give_exactly_the_pairs_that_agree(seed in 0_u64..1_000_000) {
        // Against every record with every other, by the text of the cells.
        let (rows, _) = people(&mut Chance(seed), 40, false);
        let mut schema = schema();
        schema.blocks.truncate(2);
        schema.blocks[1].then.clear();
        schema.most = usize::MAX;
        let linked = link(&schema, &mut read(&schema, &rows), &Options::default(), |_| {});
        let mut naive = 0;
        for a in 0..rows.len() {
            for b in a + 1..rows.len() {
                let agree = |cell: usize| !rows[a][cell].is_empty() && rows[a][cell] == rows[b][cell];
                naive += usize::from(agree(1) || agree(2));
            }
        }
        prop_assert_eq!(linked.compared, naive);
    }

    #[test]
    fn any_bytes_are_linked_without_a_panic(rows in proptest::collection::vec(proptest::array::uniform5(proptest::collection::vec(any::<u8>(), 0..40)), 0..12)) {
        let rows: Vec<Cells> = rows.iter().map(|row| row.each_ref().map(|cell| String::from_utf8_lossy(cell).into_owned())).collect();
        let linked = run(&rows, &Options::default());
        prop_assert_eq!(linked.clusters.len(), rows.len());
        let texts: Vec<Vec<(&str, f64)>> = rows.iter().map(|row| row.iter().map(|cell| (cell.as_str(), 1.0)).collect()).collect();
        prop_assert!(alike::topics(&alike::vectors(&texts), 0.2).is_some());
        for cell in rows.iter().flatten() {
            let _ = (insight::normal::dates::parse(cell), insight::normal::amounts::parse(cell), insight::link::said(cell));
        }
    }
}
