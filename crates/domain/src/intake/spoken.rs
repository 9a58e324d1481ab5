//! First sentences as people say them, with the categories that fit and the danger that they tell: what an engine learns from before an office has decided
//! anything itself, and what the lexicons find in a sentence.
//!
//! `spoken_*.txt`: a line `# kind code|code` (kind `-` = no danger) heads the sentences below it. They were written for this project; none is a real call.

use super::Category;
use super::gates::danger_words;
use super::phrases::Text;
use super::words::said_of_leaves;
use std::sync::LazyLock;

const DANGER: &str = include_str!("spoken_danger.txt");
const ORDINARY: &str = include_str!("spoken_ordinary.txt");
const OLDER: &str = include_str!("danger_sentences.tsv");

/// A sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spoken {
    /// What was said.
    pub said: &'static str,
    /// The categories that fit, separated by `|`, the best first; empty where only the danger is known.
    pub codes: &'static str,
    /// The kind of danger; none if there is none; `other` where only the danger is known.
    pub danger: Option<&'static str>,
}

static ALL: LazyLock<Vec<Spoken>> = LazyLock::new(|| {
    let mut all: Vec<Spoken> = [DANGER, ORDINARY].into_iter().flat_map(sentences).collect();
    all.extend(OLDER.lines().skip(1).filter_map(|line| line.split_once('\t')).map(|(danger, said)| Spoken {
        said,
        codes: "",
        danger: (danger == "1").then_some("other"),
    }));
    all
});

/// Reads sentences below their headings.
pub fn sentences(text: &'static str) -> impl Iterator<Item = Spoken> {
    let (mut danger, mut codes) = (None, "");
    text.lines().filter(|line| !line.trim().is_empty()).filter_map(move |line| match line.strip_prefix("# ") {
        Some(head) => {
            let (kind, of) = head.split_once(' ').unwrap_or((head, ""));
            danger = Some(kind).filter(|kind| *kind != "-");
            codes = of;
            None
        }
        None => Some(Spoken { said: line, codes, danger }),
    })
}

/// All sentences.
#[must_use]
pub fn spoken() -> &'static [Spoken] {
    &ALL
}

/// What the lexicons of danger find in a sentence, as names that say the same of every sentence in which the same was found.
#[must_use]
pub fn danger_marks(said: &str) -> Vec<String> {
    danger_words(said).0
}

/// What the words of the categories find: the leaves that they speak for.
#[must_use]
pub fn category_marks(said: &str) -> Vec<String> {
    said_of_leaves(&Text::of(said))
}

/// Whether all codes of a sentence are leaves of the tree.
#[must_use]
pub fn known(spoken: &Spoken) -> bool {
    spoken.codes.split('|').filter(|code| !code.is_empty()).all(Category::is_leaf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_has_a_code_of_the_tree() {
        for one in spoken() {
            assert!(known(one), "{one:?}");
            assert!(one.said.chars().count() <= 60, "{one:?}");
        }
        assert!(spoken().len() > 1_200);
    }
}
