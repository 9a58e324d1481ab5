//! Phrases: a small language in which the words that speak for a category or a danger are written, and the search for them in a text.
//!
//! `押金` is found where it stands. `房东/二房东` are alternatives. `押金~退/扣` is found where the second follows the first within
//! [`REACH`] characters of the same sentence. `广场舞+噪音` asks for both anywhere, `掉河里!小说` for the first without the second. Written so, a whole
//! lexicon is one pass over the text, and every hit can be shown to a person. Text is compared after NFKC and lower case.

use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;

/// How many characters may stand between the parts of a `~` phrase.
pub const REACH: usize = 10;

/// A text as it is compared: NFKC, lower case, no spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(Vec<char>);

impl Text {
    /// Prepares a text for comparison.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(text.nfkc().flat_map(char::to_lowercase).filter(|c| *c == '\n' || !c.is_whitespace()).collect())
    }

    /// How many characters it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text with every hit of `lexicon` blanked out, so that a turn of speech (“笑死我了”) is not read word by word.
    #[must_use]
    pub fn without(&self, lexicon: &Lexicon) -> Self {
        let mut chars = self.0.clone();
        for hit in lexicon.search(self) {
            chars[hit.from..hit.to].fill('\u{0}');
        }
        Self(chars)
    }

    fn same_sentence(&self, from: usize, to: usize) -> bool {
        !self.0[from..to].iter().any(|c| matches!(c, '。' | '!' | '?' | ';' | '\n'))
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|c| std::fmt::Write::write_char(f, *c))
    }
}

/// Where a phrase was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Which phrase of the lexicon, counted from nought.
    pub phrase: usize,
    /// The first character.
    pub from: usize,
    /// Behind the last character.
    pub to: usize,
    /// The words that matched, `…` between the parts.
    pub words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    Then,
    And,
    Not,
}

#[derive(Debug)]
struct Phrase {
    head: Vec<usize>,
    tail: Vec<(Link, Vec<usize>)>,
}

/// A set of phrases, ready to be searched for.
#[derive(Debug, Default)]
pub struct Lexicon {
    by_first: HashMap<char, Vec<(Vec<char>, usize)>>,
    known: HashMap<String, usize>,
    phrases: Vec<Phrase>,
    /// For each literal, the phrases that begin with it: only those are tried where it occurs.
    by_head: Vec<Vec<usize>>,
}

impl Lexicon {
    /// Reads phrases; their order gives the numbers in [`Hit::phrase`].
    pub fn new<'a>(phrases: impl IntoIterator<Item = &'a str>) -> Self {
        let mut lexicon = Self::default();
        for written in phrases {
            let mut parts: Vec<(Link, Vec<usize>)> = Vec::new();
            let mut link = Link::Then;
            let mut rest = written;
            loop {
                let end = rest.find(['~', '+', '!']).unwrap_or(rest.len());
                let words = rest[..end].split('/').filter(|word| !word.is_empty()).map(|word| lexicon.literal(word)).collect();
                parts.push((link, words));
                let Some(sign) = rest[end..].chars().next() else { break };
                link = match sign {
                    '~' => Link::Then,
                    '+' => Link::And,
                    _ => Link::Not,
                };
                rest = &rest[end + 1..];
            }
            let head = parts.remove(0).1;
            lexicon.by_head.resize(lexicon.known.len(), Vec::new());
            for id in &head {
                lexicon.by_head[*id].push(lexicon.phrases.len());
            }
            lexicon.phrases.push(Phrase { head, tail: parts });
        }
        lexicon
    }

    fn literal(&mut self, word: &str) -> usize {
        let chars = Text::of(word).0;
        let next = self.known.len();
        let key: String = chars.iter().collect();
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        self.known.insert(key, next);
        if let Some(first) = chars.first() {
            self.by_first.entry(*first).or_default().push((chars, next));
        }
        next
    }

    /// The first hit of every phrase that occurs, in the order of the lexicon.
    #[must_use]
    pub fn search(&self, text: &Text) -> Vec<Hit> {
        let mut found: Vec<Vec<(usize, usize)>> = vec![Vec::new(); self.known.len()];
        let mut tried: Vec<usize> = Vec::new();
        for (at, first) in text.0.iter().enumerate() {
            for (chars, id) in self.by_first.get(first).into_iter().flatten() {
                if text.0[at..].starts_with(chars) {
                    if found[*id].is_empty() {
                        tried.extend_from_slice(&self.by_head[*id]);
                    }
                    found[*id].push((at, at + chars.len()));
                }
            }
        }
        tried.sort_unstable();
        tried.dedup();
        tried
            .into_iter()
            .filter_map(|number| self.phrases[number].find(text, &found).map(|(from, to, words)| Hit { phrase: number, from, to, words }))
            .collect()
    }
}

impl Phrase {
    fn find(&self, text: &Text, found: &[Vec<(usize, usize)>]) -> Option<(usize, usize, String)> {
        let any = |words: &[usize]| words.iter().any(|id| !found[*id].is_empty());
        if self.tail.iter().any(|(link, words)| match link {
            Link::Not => any(words),
            Link::And => !any(words),
            Link::Then => false,
        }) {
            return None;
        }
        let mut starts: Vec<(usize, usize)> = self.head.iter().flat_map(|id| found[*id].iter().copied()).collect();
        starts.sort_unstable();
        starts.into_iter().find_map(|(from, to)| {
            let mut words: String = text.0[from..to].iter().collect();
            let mut end = to;
            for (_, next) in self.tail.iter().filter(|(link, _)| *link == Link::Then) {
                let (start, stop) = next
                    .iter()
                    .flat_map(|id| found[*id].iter().copied())
                    .filter(|(start, _)| *start >= end && start - end <= REACH && text.same_sentence(end, *start))
                    .min()?;
                words.push('…');
                words.extend(&text.0[start..stop]);
                end = stop;
            }
            Some((from, end, words))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(phrase: &str, text: &str) -> Option<String> {
        Lexicon::new([phrase]).search(&Text::of(text)).first().map(|hit| hit.words.clone())
    }

    #[test]
    fn the_language_says_what_it_says() {
        assert_eq!(hits("押金", "房东不退押金"), Some("押金".into()));
        assert_eq!(hits("押金~退/扣", "押金他就是不肯退"), Some("押金…退".into()));
        assert_eq!(hits("押金~退", "押金的事。他退休了"), None, "another sentence");
        assert_eq!(hits("押金~退", "退租以后押金没了"), None, "the wrong way round");
        assert_eq!(hits("a~b", "a12345678901b"), None, "out of reach");
        assert_eq!(hits("A+B", "ｂ在前，a在后"), Some("a".into()), "full width and case do not matter");
        assert_eq!(hits("火!火锅", "吃火锅着火"), None);
        assert_eq!(hits("掉~河~喊", "掉到河里了在喊"), Some("掉…河…喊".into()));
    }

    #[test]
    fn idioms_are_blanked_out() {
        let idioms = Lexicon::new(["笑死"]);
        let text = Text::of("笑死人了，要死").without(&idioms);
        assert_eq!(Lexicon::new(["死"]).search(&text)[0].from, 6);
    }
}
