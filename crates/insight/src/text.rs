//! Text as search sees it: overlapping pairs of Han characters, words of letters and digits.
//!
//! A dictionary would miss names and new words; pairs miss nothing (measured recall 100 % also for two characters). The same function makes the tokens of a
//! text and of a query, so both engines answer alike.

use unicode_normalization::UnicodeNormalization;

/// Folds a text for comparison: NFKC (full-width digits become plain), lower case, simplified characters.
#[must_use]
pub fn fold(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).map(crate::simplified::simplified).collect()
}

/// Whether a character is Han (CJK unified ideographs, extensions A–H, compatibility).
#[must_use]
pub const fn is_han(c: char) -> bool {
    matches!(c as u32, 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_23af | 0x3007)
}

/// A run of one kind of character.
enum Run {
    Han(Vec<char>),
    Word(String),
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let (mut han, mut word) = (Vec::new(), String::new());
    for c in fold(text).chars().chain([' ']) {
        if is_han(c) {
            if !word.is_empty() {
                runs.push(Run::Word(std::mem::take(&mut word)));
            }
            han.push(c);
        } else {
            if !han.is_empty() {
                runs.push(Run::Han(std::mem::take(&mut han)));
            }
            if c.is_alphanumeric() {
                word.push(c);
            } else if !word.is_empty() {
                runs.push(Run::Word(std::mem::take(&mut word)));
            }
        }
    }
    runs
}

/// The tokens of a text, in order: each pair of neighbouring Han characters, each run's last character alone, each word, and the last four digits of a long number.
#[must_use]
pub fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for run in runs(text) {
        match run {
            Run::Han(chars) => {
                tokens.extend(chars.windows(2).map(|pair| pair.iter().collect::<String>()));
                tokens.extend(chars.last().map(char::to_string));
            }
            Run::Word(word) => {
                let digits = word.len() > 4 && word.bytes().all(|b| b.is_ascii_digit());
                let tail = digits.then(|| word[word.len() - 4..].to_owned());
                tokens.push(word);
                tokens.extend(tail);
            }
        }
    }
    tokens
}

/// A phrase of a query: tokens that follow each other; a single Han character is looked for as a beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// The tokens.
    pub tokens: Vec<String>,
    /// Whether the last token is only a beginning.
    pub prefix: bool,
}

/// The phrases of a query: all must occur, in any order.
#[must_use]
pub fn query(text: &str) -> Vec<Phrase> {
    runs(text)
        .into_iter()
        .map(|run| match run {
            Run::Han(chars) if chars.len() == 1 => Phrase { tokens: vec![chars[0].to_string()], prefix: true },
            Run::Han(chars) => Phrase { tokens: chars.windows(2).map(|pair| pair.iter().collect()).collect(), prefix: false },
            Run::Word(word) => Phrase { tokens: vec![word], prefix: true },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pairs_and_the_last_character() {
        assert_eq!(tokens("消防车，１３８00138000 KTV"), ["消防", "防车", "车", "13800138000", "8000", "ktv"]);
        assert_eq!(tokens("押"), ["押"]);
        assert_eq!(tokens("噪聲"), tokens("噪声"), "long forms are found by short ones and the reverse");
        assert_eq!(tokens(""), Vec::<String>::new());
    }

    /// What a phrase match over positions answers, the slow way.
    fn found(text: &[String], phrase: &Phrase) -> bool {
        text.windows(phrase.tokens.len()).any(|window| {
            window
                .iter()
                .zip(&phrase.tokens)
                .enumerate()
                .all(|(i, (have, want))| if phrase.prefix && i + 1 == phrase.tokens.len() { have.starts_with(want.as_str()) } else { have == want })
        })
    }

    proptest! {
        #[test]
        fn every_part_of_a_run_is_found(text in "[押金房东不退租]{1,12}", from in 0_usize..12, len in 1_usize..12) {
            let chars: Vec<char> = text.chars().collect();
            let from = from % chars.len();
            let part: String = chars[from..(from + len).min(chars.len())].iter().collect();
            let have = tokens(&text);
            prop_assert!(query(&part).iter().all(|phrase| found(&have, phrase)), "{part} in {text}");
        }

        #[test]
        fn any_text_is_cut_without_a_panic(text in "\\PC{0,60}") {
            for token in tokens(&text) {
                prop_assert!(token.chars().all(char::is_alphanumeric));
            }
        }
    }
}
