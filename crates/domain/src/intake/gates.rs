//! The order of questions (`domain.md` §11.1): a gate answers, or the report falls through to the next.
//!
//! 1 danger now · 2 crime, public order, violence at home, a missing person · 3 accusation · 4 the law's own route · 5 the desk can answer · 6 two private
//! sides · 7 a duty-holder broke a rule · 8 a facility is broken · 9 a claim on government · 10 (none) the command room looks.
//!
//! Gates 1 to 5 are asked of the words (`gates.tsv`), 6 to 9 of the category that the words suggest. For danger, turns of speech (“笑死”, “跳楼价”) are
//! blanked out first; what lies in the past, is only feared or asked about speaks against; and since a long letter mentions all sorts of things, it must say
//! more than a cry for help must. Danger that is not called by its name is looked for by [`signs`](super::signs). The gate errs on the side of danger: a false alarm costs a question, a miss costs a life.

use super::phrases::{Lexicon, Text};
use super::signs::signs;
use super::{Category, classify};
use std::sync::LazyLock;

const TABLE: &str = include_str!("gates.tsv");

/// What a gate needs to answer, in points of its phrases.
const ENOUGH: f64 = 2.0;
/// A text of so many characters counts as a call; every further so many ask for one point of danger more.
const CALL: usize = 60;

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

/// Asks the questions in their order.
#[must_use]
pub fn gates(text: &str) -> Option<Gate> {
    let gates = &*GATES;
    let read = Text::of(text);
    let plain = read.without(&gates.idioms);
    let hits = gates.lexicon.search(&plain);
    let against: f64 = hits.iter().map(|hit| &gates.rows[hit.phrase]).filter(|row| row.gate == 0).map(|row| row.weight).sum();
    for n in 1..=5 {
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
        let all: f64 = points.iter().map(|(_, sum)| sum).sum();
        let needed = if n == 1 { ENOUGH + read.len().saturating_sub(CALL) as f64 / CALL as f64 } else { ENOUGH };
        let total = if n == 1 { all + against } else { all };
        if total >= needed
            && let Some((code, _)) = points.iter().max_by(|a, b| a.1.total_cmp(&b.1))
        {
            return Some(Gate { n, code, said: said(n, code), because });
        }
        if n == 1
            && let Some((code, because)) = signs(&plain)
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
        gates(text).map(|gate| gate.n)
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
        for text in [
            "我家老头倒在厕所里，喊他没反应",
            "隔壁楼在冒黑烟，有火苗",
            "孩子放学没回家，到处找不到",
            "他说不想活了，人坐在楼顶",
            "楼下一群人拿着钢管打起来了",
            "厨房有很重的煤气味",
        ] {
            assert_eq!(n(text), Some(1), "{text}");
        }
    }

    /// The sentences by which words and weights were chosen: a guard against falling back, no measure (that is in `docs/engines/routing.md`).
    #[test]
    fn the_sentences_it_learnt_from_stay_learnt() {
        let rows: Vec<(bool, &str)> =
            include_str!("danger_sentences.tsv").lines().skip(1).filter_map(|line| line.split_once('\t')).map(|(danger, said)| (danger == "1", said)).collect();
        let missed: Vec<&str> = rows.iter().filter(|(danger, said)| *danger && n(said) != Some(1)).map(|(_, said)| *said).collect();
        let alarms: Vec<&str> = rows.iter().filter(|(danger, said)| !*danger && n(said) == Some(1)).map(|(_, said)| *said).collect();
        let danger = rows.iter().filter(|(danger, _)| *danger).count();
        assert!(missed.len() * 20 <= danger, "missed {missed:?}");
        assert!(alarms.len() * 20 <= rows.len() - danger, "false {alarms:?}");
    }

    #[test]
    fn words_of_danger_are_not_yet_danger() {
        for text in ["这个价格真是笑死人了", "跳楼价甩卖是不是虚假广告", "去年家里着火，保险公司只赔了一半", "我们公司想报名消防演练"]
        {
            assert_ne!(n(text), Some(1), "{text}");
        }
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
