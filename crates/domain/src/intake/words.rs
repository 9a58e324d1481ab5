//! The words that speak for a category: a linear, deterministic scorer whose every point can be shown.
//!
//! `leaf_words.tsv` holds, for each leaf, phrases with weights (a negative weight speaks against). A phrase counts once, by where it stands best: in the
//! title twice, in the first [`OPENING`] characters once, later half. A file's own label gives at most a set of groups ([`label_groups`]): words for other
//! leaves then count [`OUTSIDE`] as much; it never gives a leaf. The certainty is the margin, not the sum. Below [`ENOUGH`] or [`SURE`] there is no leaf,
//! and nothing is pre-chosen.
//!
//! This is the first cut; an engine that learns from overrides can take the place of [`classify`] behind the same answer ([`Reading`]).

use super::Category;
use super::phrases::{Hit, Lexicon, Text};
use std::collections::BTreeMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("leaf_words.tsv");

/// How many characters of the body are its opening.
pub const OPENING: usize = 150;
/// The share at which words for a leaf outside the label's groups count.
pub const OUTSIDE: f64 = 0.4;
/// The least score of a leaf.
pub const ENOUGH: f64 = 2.0;
/// The least certainty of a leaf.
pub const SURE: f64 = 0.45;
/// What a rival that nobody thought of is worth in the certainty.
const UNKNOWN: f64 = 1.5;

/// A proposal: a category, how certain, and because of which words.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess {
    /// The code; a leaf, or in [`Reading::family`] a group.
    pub code: &'static str,
    /// 0 to 1: the score against the best rival. Not a probability until it has been calibrated on the office's own decisions.
    pub certainty: f64,
    /// The words found, the weightiest first.
    pub because: Vec<String>,
}

/// What the words of a report say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// The leaf, if the words suffice for one.
    pub leaf: Option<Guess>,
    /// The group (`06`, `F`): of the leaf; or by words where they suffice only for that.
    pub family: Option<Guess>,
    /// The likeliest leaves, at most [`Reading::SHOWN`], the likeliest first: what the desk is shown.
    pub guesses: Vec<Guess>,
}

impl Reading {
    /// How many suggestions the desk sees (`domain.md` §12).
    pub const SHOWN: usize = 3;
}

struct Scorer {
    lexicon: Lexicon,
    rows: Vec<(&'static str, f64)>,
}

impl Scorer {
    /// The hits of a text, without those that lie inside another hit for the same leaf: “乱停” in “乱停车” is not said twice.
    fn own_hits(&self, text: &Text) -> Vec<Hit> {
        let hits = self.lexicon.search(text);
        let inside = |hit: &Hit| {
            let (code, weight) = self.rows[hit.phrase];
            hits.iter().any(|other| {
                let (its, its_weight) = self.rows[other.phrase];
                let longer = (other.to - other.from) > (hit.to - hit.from) || (other.from, other.to) == (hit.from, hit.to) && other.phrase < hit.phrase;
                its == code && (weight > 0.0) == (its_weight > 0.0) && its_weight >= weight && other.from <= hit.from && other.to >= hit.to && longer
            })
        };
        hits.iter().filter(|hit| !inside(hit)).cloned().collect()
    }
}

static SCORER: LazyLock<Scorer> = LazyLock::new(|| {
    let mut rows = Vec::new();
    let mut phrases = Vec::new();
    for (code, weight, phrase) in table() {
        rows.push((code, weight));
        phrases.push(phrase);
    }
    Scorer { lexicon: Lexicon::new(phrases), rows }
});

fn table() -> impl Iterator<Item = (&'static str, f64, &'static str)> {
    TABLE
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split('\t');
            Some((cells.next()?, cells.next()?.parse::<f64>().ok()?, cells.next()?))
        })
        .flat_map(|(code, weight, phrases)| phrases.split(' ').filter(|phrase| !phrase.is_empty()).map(move |phrase| (code, weight, phrase)))
}

/// The leaves that a text's words speak for, the strongest marked once more.
pub(super) fn said_of_leaves(text: &Text) -> Vec<String> {
    let scorer = &*SCORER;
    let mut sums: BTreeMap<&'static str, f64> = BTreeMap::new();
    for hit in scorer.own_hits(text) {
        let (code, weight) = scorer.rows[hit.phrase];
        *sums.entry(code).or_default() += weight;
    }
    let mut sums: Vec<(&'static str, f64)> = sums.into_iter().filter(|(_, sum)| *sum > 0.0).collect();
    sums.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    sums.iter().map(|(code, _)| (*code).to_owned()).chain(sums.first().map(|(code, _)| format!("{code} first"))).collect()
}

/// Reads a report: its title (empty if none), what was said, and the groups that a file's own label admits (`None` if there is no label).
#[must_use]
pub fn classify(title: &str, said: &str, label: Option<&[&str]>) -> Reading {
    let scorer = &*SCORER;
    let title = Text::of(title);
    let body = Text::of(said);
    let mut best: Vec<(f64, String)> = vec![(0.0, String::new()); scorer.rows.len()];
    for hit in scorer.own_hits(&body) {
        best[hit.phrase] = (if hit.from < OPENING { 1.0 } else { 0.5 }, hit.words);
    }
    for hit in scorer.own_hits(&title) {
        best[hit.phrase] = (2.0, hit.words);
    }
    let mut leaves: BTreeMap<&'static str, Score> = BTreeMap::new();
    for ((code, weight), (place, words)) in scorer.rows.iter().zip(best).filter(|(_, (place, _))| *place > 0.0) {
        let inside = label.is_none_or(|groups| groups.iter().any(|group| Category::find(group).is_some_and(|row| row.holds(code))));
        let points = weight * place * if inside { 1.0 } else { OUTSIDE };
        let score = leaves.entry(code).or_insert_with(|| Score::of(code));
        score.sum += points;
        if points > 0.0 && !score.because.iter().any(|(_, known)| *known == words) {
            score.because.push((points, words));
        }
    }
    let leaves = ranked(leaves);
    let mut groups: BTreeMap<&'static str, Score> = BTreeMap::new();
    for score in &leaves {
        let Some(group) = Category::group(score.code) else { continue };
        let whole = groups.entry(group.code).or_insert_with(|| Score::of(group.code));
        whole.sum += score.sum;
        whole.because.extend(score.because.iter().cloned());
    }
    let groups = ranked(groups);

    let leaf = sure(&leaves);
    let family = match &leaf {
        Some(leaf) => Category::group(leaf.code).map(|group| Guess { code: group.code, ..leaf.clone() }),
        None => sure(&groups),
    };
    Reading { leaf, family, guesses: (0..leaves.len().min(Reading::SHOWN)).map(|at| guess(&leaves, at)).collect() }
}

/// What a category has gathered.
struct Score {
    code: &'static str,
    sum: f64,
    because: Vec<(f64, String)>,
}

impl Score {
    const fn of(code: &'static str) -> Self {
        Self { code, sum: 0.0, because: Vec::new() }
    }
}

/// The categories that words speak for, the likeliest first; equals by their code, so that every machine says the same.
fn ranked(scores: BTreeMap<&'static str, Score>) -> Vec<Score> {
    let mut ranked: Vec<Score> = scores.into_values().filter(|score| score.sum > 0.0).collect();
    ranked.sort_by(|a, b| b.sum.total_cmp(&a.sum).then(a.code.cmp(b.code)));
    ranked
}

/// The first of a ranking, if it has enough and is sure enough.
fn sure(ranked: &[Score]) -> Option<Guess> {
    ranked.first().filter(|score| score.sum >= ENOUGH).map(|_| guess(ranked, 0)).filter(|guess| guess.certainty >= SURE)
}

/// One of a ranking with its certainty: the own score against the own, the best rival's, and a little for what nobody thought of.
fn guess(ranked: &[Score], at: usize) -> Guess {
    let Score { code, sum, because } = &ranked[at];
    let rival = ranked.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, score)| score.sum).fold(0.0, f64::max);
    let mut because = because.clone();
    because.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    Guess { code, certainty: sum / (sum + rival + UNKNOWN), because: because.into_iter().map(|(_, words)| words).take(5).collect() }
}

/// The groups that a label of another system admits: the level-1 classes of the petition classification (`domain.md` §3.5), and the names under which
/// boards of other places know them. An unknown label admits everything (`None`).
#[must_use]
pub fn label_groups(label: &str) -> Option<&'static [&'static str]> {
    // Accusations, proposals and questions (X, S-01) may stand under any label: they say how something is said, not of what.
    Some(match label.trim() {
        "城乡建设" | "城建" => &[
            "0402", "0403", "0602", "02", "11", "1301", "1201", "0603", "C", "F", "A", "R", "S-01", "S-02", "X", "T-02", "T-05", "M-01", "G-04", "G-05", "1305",
        ],
        "房产物业" => &["04", "0602", "0603", "R", "G-04", "C-01", "F", "S-01", "X", "M-01", "A-03"],
        "交通运输" | "交通" => &["1305", "1104", "T", "M-05", "M-01", "0604", "0503", "C-05", "X", "S-01"],
        "劳动和社会保障" | "劳动社保" | "就业" => &["07", "12", "0507", "A-01", "A-07", "G-02", "S-01", "S-03", "X", "1302"],
        "教育文体" | "教育" | "文娱" => &["1302", "0501", "0704", "T-04", "P-02", "S-01", "X", "M-01", "M-04", "1399", "12"],
        "文体旅游" | "旅游" => &["1302", "0601", "M-01", "X", "S-01"],
        "卫生健康" | "卫生计生" | "医疗卫生" | "医疗" => &["0502", "1307", "1399", "M-02", "0303", "S-01", "S-07", "X", "M-01", "0702"],
        "市场监督" | "市场监管" | "商贸旅游" => &["M", "0505", "06", "1303", "1004", "A-03", "A-06", "0402", "1001", "G-03", "0802", "S-01", "X"],
        "生态环境" | "环境保护" | "环保" => &["0504", "C", "1103", "0903", "0904", "J-07", "0203", "X", "S-01"],
        "农村农业" | "三农" => &["09", "1102", "1201", "1104", "1202", "0504", "X", "S-01"],
        "自然资源" | "国土资源" => &["09", "1101", "1102", "1103", "0403", "C-01", "X", "S-01"],
        "民政" => &["12", "S", "P", "1601", "1602", "01", "X"],
        "政法" | "治安" => &["14", "J", "03", "01", "P", "R-06", "T", "S", "X", "0503", "G"],
        "纪检监察" => &["15", "X", "1201"],
        "党务政务" | "政务" => &["15", "X", "S-01", "1201", "1399"],
        "经济管理" | "金融" | "企业" => &["08", "06", "10", "1303", "G-03", "M", "X", "S-01"],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(said: &str) -> Option<&'static str> {
        classify("", said, None).leaf.map(|guess| guess.code)
    }

    #[test]
    fn every_row_names_a_leaf_and_a_weight() {
        for line in TABLE.lines().skip(1) {
            let cells: Vec<_> = line.split('\t').collect();
            assert_eq!(cells.len(), 3, "{line}");
            assert!(Category::is_leaf(cells[0]), "{line}");
            assert!(cells[1].parse::<f64>().is_ok_and(|weight| weight != 0.0), "{line}");
        }
    }

    #[test]
    fn the_sentences_of_the_book() {
        assert_eq!(leaf("我家的猫走失了，可以帮忙查下监控吗？"), Some("S-04"));
        assert_eq!(leaf("我想提前退租，房东不答应退押金，怎么办？"), Some("0602"));
        assert_eq!(leaf("楼上半夜拍球"), Some("0203"));
        assert_eq!(leaf("老板欠三个月工资"), Some("0799"));
        assert_eq!(leaf("电动车拉线充电"), Some("F-03"));
        assert_eq!(leaf("学校门口乱停车"), Some("T-04"));
        assert_eq!(leaf("老公打我"), Some("P-01"));
        assert_eq!(leaf("楼下烧烤油烟"), Some("C-06"));
    }

    #[test]
    fn nothing_said_is_nothing_chosen() {
        assert_eq!(classify("", "", None), Reading::default());
        assert_eq!(leaf("你好，在吗"), None);
    }

    #[test]
    fn a_label_gives_groups_and_never_a_leaf() {
        assert_eq!(classify("", "你好", label_groups("交通运输")).leaf, None);
        assert!(label_groups("别的什么").is_none());
        for label in ["城乡建设", "劳动和社会保障", "教育文体", "商贸旅游", "环境保护", "卫生计生", "交通运输"] {
            let groups = label_groups(label).unwrap();
            assert!(groups.iter().all(|code| Category::find(code).is_some()), "{label}");
        }
    }

    #[test]
    fn every_guess_says_why() {
        let reading = classify("物业乱收费", "小区物业公司涨物业费，停车费也贵", None);
        assert!(reading.guesses.iter().all(|guess| !guess.because.is_empty() && (0.0..=1.0).contains(&guess.certainty)));
        assert!(reading.guesses.len() <= Reading::SHOWN);
    }
}
