//! Signs of danger: how a danger sounds that nobody calls by its name.
//!
//! “老太太走着走着嘴角流口水” holds no word of danger, but somebody weak, a part of the body and a *now*. `danger_signs.tsv` lists words in classes (who, what
//! happens to them, by what, when; and what speaks against: business of the office, the past, things, turns of speech). A class counts once, further words
//! of it a little. The weights are those of a logistic regression over sentences written for this project, rounded (`docs/engines/routing.md`); they hold for
//! calls, not for letters. Nothing here decides: it makes the desk ask.

use super::phrases::{Lexicon, Text};
use std::sync::LazyLock;

const TABLE: &str = include_str!("danger_signs.tsv");

/// What speaks against danger before a word is said.
const BIAS: f64 = -1.5;
/// What the signs must come to.
const ENOUGH: f64 = 0.25;
/// Beyond so many characters a text is a letter.
const CALL: usize = 100;
/// So many further words of a class count.
const MORE: usize = 2;

struct Class {
    name: &'static str,
    first: f64,
    more: f64,
    lexicon: Lexicon,
}

static CLASSES: LazyLock<Vec<Class>> = LazyLock::new(|| {
    TABLE
        .lines()
        .skip(1)
        .filter_map(|line| {
            let cells: Vec<&'static str> = line.split('\t').collect();
            let [name, first, more, words] = cells[..] else { return None };
            Some(Class { name, first: first.parse().ok()?, more: more.parse().ok()?, lexicon: Lexicon::new(words.split(' ')) })
        })
        .collect()
});

/// What the signs say of a call: the category of the danger, and the words.
#[must_use]
pub fn signs(text: &Text) -> Option<(&'static str, Vec<String>)> {
    if text.len() > CALL {
        return None;
    }
    let mut sum = BIAS;
    let mut because = Vec::new();
    let (mut violent, mut alone) = (false, false);
    for class in CLASSES.iter() {
        let hits = class.lexicon.search(text);
        let words: Vec<&str> = hits
            .iter()
            .filter(|hit| !hits.iter().any(|other| other.words.len() > hit.words.len() && other.words.contains(&hit.words)))
            .map(|hit| hit.words.as_str())
            .collect();
        let Some(further) = words.len().checked_sub(1) else { continue };
        sum += class.first + class.more * further.min(MORE) as f64;
        if class.first > 0.0 {
            because.extend(words.iter().map(|word| (*word).to_owned()));
        }
        violent |= class.name == "violent";
        alone |= class.name == "self";
    }
    let code = match (alone, violent) {
        (true, _) => "P-03",
        (false, true) => "J-03",
        _ => "J-02",
    };
    (sum > ENOUGH).then_some((code, because))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sound() {
        assert_eq!(CLASSES.len(), TABLE.lines().count() - 1);
    }

    #[test]
    fn danger_without_its_words() {
        for text in ["老太太走着走着嘴角流口水，手拿不住东西", "娃的手伸进扶梯缝里拔不出来", "他把猫送人了，说以后用不着了，现在关机"]
        {
            assert!(signs(&Text::of(text)).is_some(), "{text}");
        }
        for text in ["想问问老人摔伤住院医保报销多少", "去年孩子在学校打架的事还没说法", "你好"] {
            assert!(signs(&Text::of(text)).is_none(), "{text}");
        }
    }
}
