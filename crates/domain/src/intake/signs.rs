//! Signs of danger: how a danger sounds that nobody calls by its name.
//!
//! “老太太走着走着嘴角流口水” holds no word of danger, but somebody weak, a part of the body and a *now*. `danger_signs.tsv` lists words in classes (who, what
//! happens to them, by what, when; and, in classes whose name begins with `-`, what speaks against: business of the office, the past, claims, habit, things, turns
//! of speech, fear of what may be). What a class is worth beside the others,
//! an engine learns (`insight::danger`); here it is only found.

use super::phrases::{Lexicon, Text};
use std::sync::LazyLock;

const TABLE: &str = include_str!("danger_signs.tsv");

struct Class {
    name: &'static str,
    lexicon: Lexicon,
}

static CLASSES: LazyLock<Vec<Class>> = LazyLock::new(|| {
    let class = |line: &'static str| line.split_once('\t').map(|(name, words)| Class { name, lexicon: Lexicon::new(words.split(' ')) });
    TABLE.lines().skip(1).filter_map(class).collect()
});

/// The classes of which a word occurs (twice named where a second word does), and the words.
#[must_use]
pub fn found(text: &Text) -> (Vec<String>, Vec<String>) {
    let (mut classes, mut because) = (Vec::new(), Vec::new());
    for class in CLASSES.iter() {
        let hits = class.lexicon.search(text);
        let words: Vec<&str> = hits
            .iter()
            .filter(|hit| !hits.iter().any(|other| other.words.len() > hit.words.len() && other.words.contains(&hit.words)))
            .map(|hit| hit.words.as_str())
            .collect();
        if !words.is_empty() {
            classes.push(class.name.to_owned());
        }
        if words.len() > 1 {
            classes.push(format!("{} more", class.name));
        }
        if !class.name.starts_with('-') {
            because.extend(words.into_iter().map(str::to_owned));
        }
    }
    (classes, because)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sound() {
        assert_eq!(CLASSES.len(), TABLE.lines().count() - 1);
    }

    #[test]
    fn a_situation_is_found_without_its_name() {
        let (classes, words) = found(&Text::of("老太太走着走着嘴角流口水，手拿不住东西"));
        assert!(classes.contains(&"elder".to_owned()) && classes.contains(&"symptom".to_owned()) && words.contains(&"流口水".to_owned()));
        assert!(found(&Text::of("想问问老人摔伤住院医保报销多少")).0.contains(&"-admin more".to_owned()));
    }
}
