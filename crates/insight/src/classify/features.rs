//! What a text is made of: runs of characters, words, the title for itself.
//!
//! A text is folded (NFKC, lower case), blanks go, digits become one sign; every run of one to [`Shape::longest`] characters within a stretch of writing is a
//! feature, and so is every word and pair of words where a vocabulary is known. Each block (characters, words, title) is weighted by `(1 + ln tf) · idf`
//! (Salton & Buckley 1988) and brought to length one, then by its share. Features are kept by a 64-bit hash; with some hundred thousand of them a collision is
//! a matter of one in millions.

use crate::seeded::mixed;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use unicode_normalization::UnicodeNormalization;

/// Hashes are spread already.
#[derive(Debug, Default, Clone, Copy)]
pub struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = mixed(self.0 ^ u64::from(*byte)));
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = n;
    }
}

/// A map whose keys are hashes.
pub type ByHash<V> = HashMap<u64, V, BuildHasherDefault<AsIs>>;

/// Which features are made.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// The longest run of characters.
    pub longest: usize,
    /// In how many texts a feature must occur.
    pub least: u32,
    /// Further pairs of characters with up to so many others between them; for short texts.
    pub skips: usize,
    /// The shares of characters, words, the title, marks.
    pub shares: [f32; 4],
}

impl Default for Shape {
    fn default() -> Self {
        Self { longest: 3, least: 2, skips: 0, shares: [1.0, 1.0, 0.5, 1.0] }
    }
}

/// Blocks.
const BLOCKS: usize = 4;
const SEEDS: [u64; BLOCKS] = [0x51ed_270b_0a1f_39c1, 0x9fb2_1c65_1e98_df25, 0x2545_f491_4f6c_dd1d, 0xd6e8_feb8_6659_fd93];
/// The longest word, in characters.
const WORD: usize = 6;

/// Words and how often they were seen: the vocabulary by which texts are cut.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Words(pub HashMap<String, u32>);

impl Words {
    /// Learns from texts whose words are separated by blanks, as a cutter of words leaves them.
    #[must_use]
    pub fn learn<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut words: HashMap<String, u32> = HashMap::new();
        for text in texts {
            for word in text.split_whitespace() {
                if (1..=WORD).contains(&word.chars().count()) {
                    *words.entry(folded(word).into_iter().collect()).or_default() += 1;
                }
            }
        }
        words.retain(|_, count| *count >= 3);
        Self(words)
    }
}

/// A text as it is compared: NFKC, lower case, no blanks, digits as `0`.
#[must_use]
pub fn folded(text: &str) -> Vec<char> {
    let fold = |c: char| if c.is_ascii_digit() { '0' } else { c };
    if text.is_ascii() {
        return text.chars().filter(|c| !c.is_whitespace()).map(|c| fold(c.to_ascii_lowercase())).collect();
    }
    text.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).map(fold).collect()
}

/// A text that is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Read<'a> {
    /// The title; may be empty.
    pub title: &'a str,
    /// The text.
    pub body: &'a str,
    /// What else is known of it, as names: words of a lexicon that occur, a channel, a place.
    pub marks: &'a [String],
}

/// Makes features of texts; learns which there are.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    /// Which features are made.
    pub shape: Shape,
    /// The vocabulary; its words by hash, with the logarithm of their frequency.
    pub(super) words: ByHash<f32>,
    /// Number and inverse document frequency of each known feature.
    pub(super) known: ByHash<(u32, f32)>,
}

impl Reader {
    /// A reader that knows no feature yet.
    #[must_use]
    pub fn new(shape: Shape, words: &Words) -> Self {
        let all: f32 = words.0.values().map(|count| *count as f32).sum::<f32>().max(1.0);
        let words = words.0.iter().map(|(word, count)| (hash(0, &word.chars().collect::<Vec<_>>()), (*count as f32 / all).ln())).collect();
        Self { shape, words, known: ByHash::default() }
    }

    /// Learns the features of a text collection; gives how many there are.
    pub fn learn<'a>(&mut self, texts: impl Iterator<Item = Read<'a>>) -> usize {
        let mut seen: ByHash<u32> = ByHash::default();
        let mut all = 0_u32;
        let mut own = Vec::new();
        for text in texts {
            all += 1;
            own.clear();
            self.each(text, &mut |_, hash, _| own.push(hash));
            own.sort_unstable();
            own.dedup();
            own.iter().for_each(|hash| *seen.entry(*hash).or_default() += 1);
        }
        let mut kept: Vec<(u64, u32)> = seen.into_iter().filter(|(_, count)| *count >= self.shape.least).collect();
        kept.sort_unstable();
        self.known =
            kept.iter().zip(0_u32..).map(|((hash, count), number)| (*hash, (number, ((1.0 + all as f32) / (1.0 + *count as f32)).ln() + 1.0))).collect();
        self.known.len()
    }

    /// Every feature of a text: block, hash, and where its characters stand (`title`, from, to).
    pub(super) fn each(&self, text: Read<'_>, visit: &mut dyn FnMut(usize, u64, (bool, usize, usize))) {
        let (title, body) = (folded(text.title), folded(text.body));
        for (of_title, chars) in [(true, &title), (false, &body)] {
            let cut = if self.words.is_empty() { Vec::new() } else { self.cut(chars) };
            let mut before: Option<(usize, u64)> = None;
            for &(from, to) in &cut {
                let word = hash(0, &chars[from..to]);
                visit(1, mixed(word ^ SEEDS[1]), (of_title, from, to));
                if let Some((begin, first)) = before {
                    visit(1, mixed(first.rotate_left(17) ^ word ^ SEEDS[1]), (of_title, begin, to));
                }
                before = Some((from, word));
            }
            // What the cutter of words leaves out (“的”, “了”) is left out of the runs as well: so that raw texts look like those that came cut.
            let kept: Vec<(char, usize)> = if cut.is_empty() {
                chars.iter().copied().zip(0..).collect()
            } else {
                cut.iter().flat_map(|(from, to)| (*from..*to).map(|at| (chars[at], at))).collect()
            };
            runs(&kept, self.shape.longest, &mut |from, to, hash| visit(0, mixed(hash ^ SEEDS[0]), (of_title, from, to)));
            for from in 0..chars.len() {
                for to in from + 2..(from + 2 + self.shape.skips).min(chars.len()) {
                    if chars[from].is_alphanumeric() && chars[to].is_alphanumeric() {
                        visit(0, mixed(next(next(1, chars[from]), chars[to]) ^ SEEDS[0]), (of_title, from, to + 1));
                    }
                }
            }
        }
        for mark in text.marks {
            visit(3, mixed(mark.chars().fold(2, next) ^ SEEDS[3]), (false, 0, 0));
        }
        if self.shape.shares[2] > 0.0 {
            let title: Vec<(char, usize)> = title.iter().copied().zip(0..).collect();
            runs(&title, self.shape.longest, &mut |from, to, hash| visit(2, mixed(hash ^ SEEDS[2]), (true, from, to)));
        }
    }

    /// The likeliest words of a text, by their frequencies (unigram, Viterbi); single characters that are no word of the vocabulary are left out.
    fn cut(&self, chars: &[char]) -> Vec<(usize, usize)> {
        const UNKNOWN: f32 = -12.0;
        let mut best = vec![(f32::NEG_INFINITY, 0_usize); chars.len() + 1];
        best[0] = (0.0, 0);
        for from in 0..chars.len() {
            let so_far = best[from].0;
            let mut key = 0;
            for to in from + 1..=(from + WORD).min(chars.len()) {
                key = next(key, chars[to - 1]);
                let known = self.words.get(&key).copied();
                let worth = if to == from + 1 { Some(known.unwrap_or(UNKNOWN)) } else { known };
                if let Some(worth) = worth
                    && so_far + worth > best[to].0
                {
                    best[to] = (so_far + worth, from);
                }
            }
        }
        let mut cut = Vec::new();
        let mut at = chars.len();
        while at > 0 {
            let from = best[at].1;
            if at - from > 1 || self.words.contains_key(&hash(0, &chars[from..at])) {
                cut.push((from, at));
            }
            at = from;
        }
        cut.reverse();
        cut
    }

    /// The weighted features of a text, known ones only, by number.
    #[must_use]
    pub fn row(&self, text: Read<'_>) -> Vec<(u32, f32)> {
        let mut found: Vec<(u32, f32, usize)> = Vec::new();
        self.each(text, &mut |block, hash, _| {
            if let Some((number, idf)) = self.known.get(&hash) {
                found.push((*number, *idf, block));
            }
        });
        found.sort_unstable_by_key(|(number, ..)| *number);
        let mut row: Vec<(u32, f32)> = Vec::with_capacity(found.len());
        let mut blocks: Vec<u8> = Vec::with_capacity(found.len());
        let mut norms = [0.0_f32; BLOCKS];
        for same in found.chunk_by(|a, b| a.0 == b.0) {
            let (number, idf, block) = same[0];
            let value = (1.0 + (same.len() as f32).ln()) * idf;
            norms[block] += value * value;
            row.push((number, value));
            blocks.push(block as u8);
        }
        let scale: Vec<f32> = norms.iter().zip(self.shape.shares).map(|(norm, share)| if *norm > 0.0 { share / norm.sqrt() } else { 0.0 }).collect();
        row.iter_mut().zip(blocks).for_each(|((_, value), block)| *value *= scale[usize::from(block)]);
        row
    }
}

const fn next(hash: u64, c: char) -> u64 {
    (hash.rotate_left(5) ^ c as u64).wrapping_mul(0x517c_c1b7_2722_0a95)
}

fn hash(begin: u64, chars: &[char]) -> u64 {
    chars.iter().fold(begin, |hash, c| next(hash, *c))
}

/// Every run of up to `longest` characters that holds no mark between words; a mark alone is none. Tells where the run stands in the text.
fn runs(chars: &[(char, usize)], longest: usize, visit: &mut dyn FnMut(usize, usize, u64)) {
    for from in 0..chars.len() {
        let mut key = 0;
        for (c, at) in &chars[from..(from + longest).min(chars.len())] {
            if !c.is_alphanumeric() {
                break;
            }
            key = next(key, *c);
            visit(chars[from].1, at + 1, key);
        }
    }
}
