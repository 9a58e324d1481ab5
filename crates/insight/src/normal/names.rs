//! Chinese names: surname, given name, what is said instead of one (王先生, 老王, 王某某), and how they sound.

use pinyin::ToPinyin;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Male or female, where a title or a number tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
}

/// A name in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name<'a> {
    /// The surname, one or two characters.
    pub surname: &'a str,
    /// The given name; empty where only the surname is known.
    pub given: &'a str,
    /// What the title says of the sex.
    pub sex: Option<Sex>,
}

/// Surnames of two characters.
const DOUBLE: &[&str] = &[
    "欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯", "端木", "南宫", "宇文", "长孙", "独孤", "轩辕", "百里",
    "东郭", "南门", "呼延", "钟离", "闻人", "公冶", "澹台", "申屠", "太史", "仲孙", "赫连", "拓跋", "濮阳", "淳于", "单于", "公羊", "西门", "第五",
];

/// Titles behind a surname, longest first, with what they say of the sex.
const TITLES: &[(&str, Option<Sex>)] = &[
    ("某某某", None),
    ("先生", Some(Sex::Male)),
    ("女士", Some(Sex::Female)),
    ("小姐", Some(Sex::Female)),
    ("师傅", Some(Sex::Male)),
    ("大姐", Some(Sex::Female)),
    ("大哥", Some(Sex::Male)),
    ("大爷", Some(Sex::Male)),
    ("大伯", Some(Sex::Male)),
    ("大叔", Some(Sex::Male)),
    ("叔叔", Some(Sex::Male)),
    ("大妈", Some(Sex::Female)),
    ("大娘", Some(Sex::Female)),
    ("阿姨", Some(Sex::Female)),
    ("奶奶", Some(Sex::Female)),
    ("爷爷", Some(Sex::Male)),
    ("老师", None),
    ("医生", None),
    ("律师", None),
    ("经理", None),
    ("老板", None),
    ("主任", None),
    ("书记", None),
    ("同志", None),
    ("同学", None),
    ("居民", None),
    ("村民", None),
    ("某某", None),
    ("某", None),
    ("总", None),
    ("工", None),
    ("姐", Some(Sex::Female)),
    ("哥", Some(Sex::Male)),
    ("叔", Some(Sex::Male)),
    ("姨", Some(Sex::Female)),
    ("**", None),
    ("*", None),
    ("XX", None),
    ("xx", None),
    ("××", None),
    ("×", None),
];

/// What titles end in: most names end otherwise, and need no look at the list.
const ENDS: &str = "某生士姐傅哥爷伯叔妈娘姨奶师板理任记志学民总工*Xx×";

/// How much of a text is its surname, in bytes.
fn surname_width(text: &str) -> usize {
    let second = text.chars().nth(1);
    let double = second.is_some_and(|c| "阳官马葛方甫迟孙容狐徒侯木宫文孤辕里郭门延离人冶台屠史连跋于羊五".contains(c))
        && DOUBLE.iter().any(|double| text.starts_with(double));
    text.char_indices().nth(if double { 2 } else { 1 }).map_or(text.len(), |(at, _)| at)
}

impl<'a> Name<'a> {
    /// Takes a name apart; none where nothing is left of it. Spaces and marks around it are not part of it.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim_matches(|c: char| {
            c.is_whitespace() || c.is_ascii_punctuation() && c != '*' || matches!(c, '\u{3000}' | '，' | '。' | '（' | '）' | '“' | '”')
        });
        let first = text.chars().next()?;
        let last = text.chars().next_back().unwrap_or(first);
        let titled = ENDS.contains(last);
        for (title, sex) in TITLES.iter().filter(|_| titled) {
            if let Some(core) = text.strip_suffix(title).filter(|core| !core.is_empty()) {
                let width = surname_width(core);
                // 王工 is an engineer, 张学工 a person: single signs count only behind a bare surname.
                if width == core.len() {
                    return Some(Self { surname: core, given: "", sex: *sex });
                }
                if title.chars().count() >= 2 && !matches!(*title, "**" | "XX" | "xx" | "××" | "某某") {
                    return Some(Self { surname: &core[..width], given: &core[width..], sex: *sex });
                }
            }
        }
        let rest = &text[first.len_utf8()..];
        if matches!(first, '老' | '小' | '阿') && rest.chars().count() == 1 {
            return Some(Self { surname: rest, given: "", sex: None });
        }
        let width = surname_width(text);
        Some(Self { surname: &text[..width], given: &text[width..], sex: None })
    }
}

/// The first Han character that the table of sounds has, and how many there are.
const FIRST: u32 = 0x4e00;
const COUNT: usize = 0x9fff - 0x4e00 + 1;

/// The syllable of each character, without tone, as a number; nought for none.
static SOUNDS: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let plain = |code: u32| char::from_u32(code).and_then(|c| c.to_pinyin()).map(pinyin::Pinyin::plain);
    let codes = || (FIRST..).take(COUNT);
    let syllables: BTreeSet<&str> = codes().filter_map(plain).chain(READ_SO.iter().map(|(_, said)| *said)).collect();
    let syllables: Vec<&str> = syllables.into_iter().collect();
    let number = |said: &str| syllables.binary_search(&said).map_or(0, |at| at as u16 + 1);
    codes().map(|code| plain(code).map_or(0, number)).chain(READ_SO.iter().map(|(_, said)| number(said))).collect()
});

/// Surnames that are read otherwise than the character usually is.
const READ_SO: &[(char, &str)] = &[
    ('单', "shan"),
    ('解', "xie"),
    ('仇', "qiu"),
    ('查', "zha"),
    ('曾', "zeng"),
    ('区', "ou"),
    ('任', "ren"),
    ('朴', "piao"),
    ('翟', "zhai"),
    ('盖', "ge"),
    ('种', "chong"),
    ('覃', "qin"),
    ('乐', "yue"),
    ('尹', "yin"),
    ('缪', "miao"),
    ('晁', "chao"),
    ('宓', "mi"),
    ('员', "yun"),
    ('冼', "xian"),
    ('黑', "he"),
    ('那', "na"),
    ('折', "she"),
];

/// How a character sounds: the number of its syllable without tone. A character without a reading sounds like nothing but itself (65535 downwards by its code).
#[must_use]
pub fn sound(c: char) -> u32 {
    let code = c as u32;
    let known = code.checked_sub(FIRST).and_then(|at| SOUNDS.get(..COUNT)?.get(at as usize).copied()).unwrap_or(0);
    if known > 0 { u32::from(known) } else { 0x1_0000 + code }
}

/// As [`sound`], of the first character of a surname.
#[must_use]
pub fn surname_sound(c: char) -> u32 {
    READ_SO.iter().position(|(own, _)| *own == c).map_or_else(|| sound(c), |at| SOUNDS.get(COUNT + at).map_or_else(|| sound(c), |said| u32::from(*said)))
}

/// Old forms, and the simplified ones that are written for them today.
const OLD: &str = "張张劉刘陳陈楊杨趙赵黃黄吳吴孫孙馬马羅罗鄭郑謝谢許许鄧邓馮冯蕭萧葉叶蔣蒋鍾钟譚谭鄒邹陸陆龍龙賀贺顧顾錢钱湯汤嚴严溫温韋韦閻阎賴赖蘇苏盧卢葛葛龐庞紀纪歐欧賈贾鄔邬倫伦國国偉伟強强軍军傑杰濤涛華华飛飞鵬鹏輝辉聖圣開开東东麗丽豔艳艷艳鳳凤雲云蘭兰蓮莲靜静瓊琼瑩莹穎颖學学義义樹树寶宝貴贵財财發发長长遠远達达澤泽潤润軒轩銘铭億亿興兴勝胜樂乐萬万寧宁連连慶庆賢贤芳芳愛爱戀恋慧慧廣广濱滨會会區区縣县鎮镇鄉乡號号棟栋層层電电";

/// The form in which a character is compared: simplified.
#[must_use]
pub fn modern(c: char) -> char {
    // A table over the whole block: this is asked for every character of every name and address.
    static FORMS: LazyLock<Vec<char>> = LazyLock::new(|| {
        let mut forms: Vec<char> = (FIRST..).take(COUNT).map(|code| char::from_u32(code).unwrap_or('\0')).collect();
        let chars: Vec<char> = OLD.chars().collect();
        for pair in chars.chunks_exact(2) {
            if let Some(form) = (pair[0] as u32).checked_sub(FIRST).and_then(|at| forms.get_mut(at as usize)) {
                *form = pair[1];
            }
        }
        forms
    });
    (c as u32).checked_sub(FIRST).and_then(|at| FORMS.get(at as usize).copied()).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (&str, &str, Option<Sex>) {
        Name::parse(text).map_or(("", "", None), |name| (name.surname, name.given, name.sex))
    }

    #[test]
    fn titles_leave_the_surname() {
        assert_eq!(parts("王先生"), ("王", "", Some(Sex::Male)));
        assert_eq!(parts("欧阳女士"), ("欧阳", "", Some(Sex::Female)));
        assert_eq!(parts("老王"), ("王", "", None));
        assert_eq!(parts("王某某"), ("王", "", None));
        assert_eq!(parts("王*"), ("王", "", None));
        assert_eq!(parts(" 王伟 "), ("王", "伟", None));
        assert_eq!(parts("王建国先生"), ("王", "建国", Some(Sex::Male)));
        assert_eq!(parts("司马光"), ("司马", "光", None));
        assert_eq!(parts("张学工"), ("张", "学工", None));
        assert_eq!(parts("老子明"), ("老", "子明", None));
        assert_eq!(Name::parse(" "), None);
    }

    #[test]
    fn names_that_sound_alike_are_alike() {
        for (a, b) in [('伟', '炜'), ('张', '章'), ('军', '君'), ('芳', '方')] {
            assert_eq!(sound(a), sound(b), "{a}{b}");
        }
        assert_ne!(sound('王'), sound('黄'));
        assert_eq!(surname_sound('解'), surname_sound('谢'));
        assert_ne!(sound('a'), sound('b'));
        assert_eq!(modern('張'), '张');
        assert_eq!(modern('王'), '王');
    }
}
