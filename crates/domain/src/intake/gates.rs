//! The order of questions (`domain.md` §11.1): a gate answers, or the report falls through to the next.
//!
//! 1 danger now · 2 crime, public order, violence at home, a missing person · 3 accusation · 4 the law's own route · 5 the desk can answer · 6 two private
//! sides · 7 a duty-holder broke a rule · 8 a facility is broken · 9 a claim on government · 10 (none) the command room looks.
//!
//! Gate 1 is decided by an engine that listens for danger ([`Peril`], handed in) and is helped by what the words here find ([`danger_words`]): phrases that name
//! a danger, turns of speech (“笑死”, “跳楼价”) that are blanked out first, what lies in the past or is only asked about, and the classes of [`signs`](super::signs).
//! Gates 2 to 5 are asked of the words (`gates.tsv`), 6 to 9 of the category that the words suggest.

use super::phrases::{Lexicon, Text};
use super::signs::found;
use super::{Category, classify};
use std::sync::LazyLock;

const TABLE: &str = include_str!("gates.tsv");

/// What a gate needs to answer, in points of its phrases.
const ENOUGH: f64 = 2.0;
/// A danger that was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peril {
    /// Its kind: `fire`, `medical` … (`domain.md` §11.1, the kinds that are asked for).
    pub kind: &'static str,
    /// The category that fits best of [`codes_of`] its kind.
    pub code: &'static str,
    /// The words that told it.
    pub because: Vec<String>,
}

/// The categories under which a kind of danger is registered, the usual one first.
#[must_use]
pub fn codes_of(kind: &str) -> &'static [&'static str] {
    match kind {
        "fire" => &["F-09", "F-04", "J-02"],
        "violence" => &["J-03", "P-01", "P-05", "P-02"],
        "selfharm" => &["P-03"],
        "missing_child" | "missing_elder" => &["J-05"],
        "threat" => &["J-03"],
        "crowd" => &["G-01", "G-02"],
        _ => &["J-02"],
    }
}

/// A gate that answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// Its number in the order, 1 to 9.
    pub n: u8,
    /// The category that it points to.
    pub code: &'static str,
    /// What the desk is told to do, in Chinese.
    pub said: &'static str,
    /// The words that made it answer; empty for a gate that went by the category.
    pub because: Vec<String>,
}

impl Gate {
    /// Whether it says that somebody is in danger now.
    #[must_use]
    pub const fn is_danger(&self) -> bool {
        self.n == 1
    }
}

struct Row {
    gate: u8,
    code: &'static str,
    weight: f64,
}

struct Gates {
    idioms: Lexicon,
    lexicon: Lexicon,
    rows: Vec<Row>,
}

static GATES: LazyLock<Gates> = LazyLock::new(|| {
    let mut idioms = Vec::new();
    let mut phrases = Vec::new();
    let mut rows = Vec::new();
    let mut sets: Vec<(String, &'static str)> = Vec::new();
    for line in TABLE.lines().skip(1) {
        let cells: Vec<&'static str> = line.split('\t').collect();
        let [gate, code, weight, words] = cells[..] else { continue };
        if gate == "set" {
            sets.push((format!("@{code}"), words));
            continue;
        }
        // A set stands for its words: `@child~@gone`.
        let words = words.split(' ').filter(|word| !word.is_empty()).map(|word| sets.iter().fold(word.to_owned(), |word, (name, set)| word.replace(name, set)));
        if gate == "idiom" {
            idioms.extend(words);
            continue;
        }
        for word in words {
            phrases.push(word);
            rows.push(Row { gate: gate.parse().unwrap_or(0), code, weight: weight.parse().unwrap_or(0.0) });
        }
    }
    Gates { idioms: Lexicon::new(idioms.iter().map(String::as_str)), lexicon: Lexicon::new(phrases.iter().map(String::as_str)), rows }
});

/// What the words of danger find in a sentence: marks for an engine that learns, and the words themselves.
#[must_use]
pub fn danger_words(text: &str) -> (Vec<String>, Vec<String>) {
    let gates = &*GATES;
    let read = Text::of(text);
    let plain = read.without(&gates.idioms);
    let (mut marks, mut because) = (Vec::new(), Vec::new());
    if plain != read {
        marks.push("idiom".to_owned());
    }
    let mut named = 0;
    for hit in gates.lexicon.search(&plain) {
        let row = &gates.rows[hit.phrase];
        match row.gate {
            0 => marks.push(format!("against {}", row.weight)),
            1 => {
                named += 1;
                marks.push(format!("names {}", row.code));
                if !because.contains(&hit.words) {
                    because.push(hit.words);
                }
            }
            n => marks.push(format!("gate {n}")),
        }
    }
    if named > 1 {
        marks.push("names more".to_owned());
    }
    let (signs, words) = found(&plain);
    marks.extend(signs);
    because.extend(words.into_iter().filter(|word| !because.iter().any(|known| known.contains(word))).collect::<Vec<_>>());
    (marks, because)
}

/// Asks the questions in their order; whether there is danger, an engine has heard.
#[must_use]
pub fn gates(text: &str, danger: Option<Peril>) -> Option<Gate> {
    if let Some(Peril { code, because, .. }) = danger {
        return Some(Gate { n: 1, code, said: said(1, code), because });
    }
    let gates = &*GATES;
    let hits = gates.lexicon.search(&Text::of(text).without(&gates.idioms));
    for n in 2..=5 {
        let mut taken: Vec<(&'static str, usize, usize)> = Vec::new();
        let mut points: Vec<(&'static str, f64)> = Vec::new();
        let mut because: Vec<String> = Vec::new();
        for hit in &hits {
            let row = &gates.rows[hit.phrase];
            // What overlaps another hit for the same category is the same words said once.
            if row.gate != n || taken.iter().any(|(code, from, to)| *code == row.code && hit.from < *to && *from < hit.to) {
                continue;
            }
            taken.push((row.code, hit.from, hit.to));
            match points.iter_mut().find(|(code, _)| *code == row.code) {
                Some((_, sum)) => *sum += row.weight,
                None => points.push((row.code, row.weight)),
            }
            if !because.contains(&hit.words) {
                because.push(hit.words.clone());
            }
        }
        if points.iter().map(|(_, sum)| sum).sum::<f64>() >= ENOUGH
            && let Some((code, _)) = points.iter().max_by(|a, b| a.1.total_cmp(&b.1))
        {
            return Some(Gate { n, code, said: said(n, code), because });
        }
    }
    let leaf = classify("", text, None).leaf?;
    by_category(leaf.code).map(|n| Gate { n, code: leaf.code, said: said(n, leaf.code), because: leaf.because })
}

/// The gate at which a category stands, by the order of questions; none where the command room must look.
#[must_use]
pub fn by_category(code: &str) -> Option<u8> {
    // A category alone never says “now”: whether there is danger, the words of the gate decide.
    const ORDER: [(u8, &[&str]); 7] = [
        (2, &["P", "F-09", "J-02", "J-03", "J-04", "J-05", "J-06"]),
        (3, &["15", "X-05"]),
        (4, &["14"]),
        (5, &["S", "R-06", "W"]),
        (6, &["01", "02", "03", "04", "05", "06", "08", "10", "T-01", "J-01", "J-07"]),
        (7, &["F", "A", "R", "C-01", "C-03", "C-04", "C-05", "C-06", "C-10", "M", "T", "07", "1304"]),
        (8, &["C", "1104"]),
    ];
    const CLAIMS: [&str; 7] = ["09", "11", "12", "13", "16", "X", "G"];
    let within = |codes: &[&str]| codes.iter().any(|own| Category::find(own).is_some_and(|row| row.holds(code)));
    ORDER.iter().find(|(_, codes)| within(codes)).map(|(n, _)| *n).or_else(|| within(&CLAIMS).then_some(9))
}

/// What the desk is told.
fn said(n: u8, code: &str) -> &'static str {
    match (n, code) {
        (1, "P-03") => "可能有人轻生或精神危机：立即拨打120、110，安排人陪伴，不要只登记。",
        (1, "F-09") => "可能有火情或爆炸危险：立即拨打119，通知微型消防站，先疏散人。",
        (1, "J-05") => "可能有孩子或老人走失：立即转派出所，同时查看监控、发动网格寻找。",
        (1, "G-01") => "现场可能有人群聚集：立即报指挥室和派出所，按紧急事项办理。",
        (1, "P-01" | "P-05" | "J-03") => "可能正有人受到暴力威胁：立即拨打110，先问人是否安全、在哪里。",
        (1, _) => "可能有生命危险：立即拨打110、119、120，同时按特急联动办理。",
        (2, "P-01" | "P-02" | "P-05") => "涉及家暴或未成年人受害：派出所主办，只限指定人员查看，不组织当面调解。",
        (2, "J-06") => "可能是电信诈骗：提醒不转账、不共享屏幕，转派出所。",
        (2, _) => "可能涉及违法犯罪或治安：由派出所主办。",
        (3, _) => "属于检举控告：保密，转纪检监察或上级，不得转被反映人。",
        (4, _) => "法律另有途径（诉讼、仲裁、复议、立案监督）：告知并引导。",
        (5, _) => "窗口可以当场答复。",
        (6, _) => "双方民事纠纷：征得同意后由综治站调解，有关部门协助。",
        (7, _) => "责任人违反规定：由执法部门主办，纠纷部分另行调解。",
        (8, _) => "设施或服务损坏：转城管、物业或水电气单位。",
        (9, _) => "对政府的诉求：按信访程序办理，注意期限。",
        _ => "由指挥室研判。",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(text: &str) -> Option<u8> {
        gates(text, None).map(|gate| gate.n)
    }

    #[test]
    fn the_table_is_sound() {
        for line in TABLE.lines().skip(1) {
            let cells: Vec<_> = line.split('\t').collect();
            assert_eq!(cells.len(), 4, "{line}");
            if let Ok(gate) = cells[0].parse::<u8>() {
                assert!((1..=5).contains(&gate) && Category::is_leaf(cells[1]), "{line}");
                assert!(cells[2].parse::<f64>().is_ok_and(|weight| weight > 0.0), "{line}");
            } else {
                assert!(matches!(cells[0], "idiom" | "damp" | "set"), "{line}");
            }
        }
    }

    #[test]
    fn danger_is_asked_first() {
        let peril = Peril { kind: "fire", code: "F-09", because: vec!["火苗".into()] };
        assert_eq!(gates("楼下烧烤油烟太大", Some(peril)).map(|gate| (gate.n, gate.code)), Some((1, "F-09")));
        for kind in
            ["fire", "gas", "electric", "violence", "selfharm", "missing_child", "missing_elder", "drowning", "medical", "threat", "crowd", "traffic", "other"]
        {
            assert!(codes_of(kind).iter().all(|code| Category::is_leaf(code)), "{kind}");
        }
    }

    #[test]
    fn words_of_danger_are_marked_and_named() {
        let (marks, because) = danger_words("我家老头倒在厕所里，喊他没反应");
        assert!(marks.contains(&"names J-02".to_owned()) && !because.is_empty());
        assert!(danger_words("这个价格真是笑死人了").0.contains(&"idiom".to_owned()));
    }

    #[test]
    fn the_other_gates_in_their_order() {
        assert_eq!(n("收到短信说我中奖，是不是诈骗"), Some(2));
        assert_eq!(n("举报村书记收红包才给办事"), Some(3));
        assert_eq!(n("法院判决一年多了对方不履行，也不执行"), Some(4));
        assert_eq!(n("办居住证要带什么材料"), Some(5));
        assert_eq!(n("我想提前退租，房东不答应退押金，怎么办？"), Some(6));
        assert_eq!(n("楼下烧烤油烟太大"), Some(7));
        assert_eq!(n("门口的路灯不亮了"), Some(8));
        assert_eq!(n("拆迁补偿不公"), Some(9));
        assert_eq!(n("你好"), None);
    }

    #[test]
    fn every_category_but_the_rest_has_its_gate() {
        for row in Category::seed().iter().filter(|row| row.leaf) {
            assert_eq!(by_category(row.code).is_none(), row.code == "99", "{}", row.code);
        }
    }
}
