//! First sentences: of which category, and whether somebody is in danger. The two engines learnt together from one set of sentences.
//!
//! A sentence may fit several categories; all of them count as right. The categories are heard from the characters and from the marks of a lexicon that knows
//! their words, so that a category with few sentences is still found by its words. May not know what a category means.

use crate::classify::features::{Read, Shape};
use crate::classify::linear::Learning;
use crate::classify::metrics::ranked;
use crate::classify::{Example, Model, Settings, Spoke, train_and_tell};
use crate::danger::{Danger, Heard, KINDS, Sentence};

/// A sentence from which is learnt.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// What was said.
    pub said: &'a str,
    /// The categories that fit, the best first; empty where they are not known.
    pub codes: Vec<&'a str>,
    /// Whether somebody is in danger, and how, where that is known.
    pub danger: bool,
    /// The kind of danger, one of [`KINDS`].
    pub kind: Option<&'a str>,
    /// What a lexicon of danger found.
    pub danger_marks: Vec<String>,
    /// What a lexicon of the categories found: their codes.
    pub category_marks: Vec<String>,
}

/// What was learnt.
#[derive(Debug, Clone, Default)]
pub struct Spoken {
    /// The detector of danger.
    pub danger: Danger,
    categories: Model,
}

/// What a code that only the lexicon names is worth, as a share of all.
const NAMED: f32 = 0.25;

impl Spoken {
    /// Learns from sentences. `codes` are all categories that there are.
    #[must_use]
    pub fn learn(rows: &[Row<'_>], codes: &[String], seed: u64, threads: usize) -> Self {
        let sentences: Vec<Sentence<'_>> = rows
            .iter()
            .map(|row| Sentence {
                said: row.said,
                marks: row.danger_marks.clone(),
                danger: row.danger,
                kind: row.kind.and_then(|kind| KINDS.iter().position(|own| *own == kind)),
            })
            .collect();
        let fitting: Vec<Vec<usize>> = rows.iter().map(|row| row.codes.iter().filter_map(|code| codes.iter().position(|own| own == code)).collect()).collect();
        let examples: Vec<Example<'_>> = rows
            .iter()
            .zip(&fitting)
            .filter(|(_, fitting)| !fitting.is_empty())
            .map(|(row, fitting)| Example { text: Read { title: "", body: row.said, marks: &row.category_marks }, classes: fitting, weight: 1.0, own: true })
            .collect();
        let settings = Settings {
            shape: Shape { longest: 3, least: 1, skips: 2, shares: [1.0, 0.0, 0.0, 1.0] },
            learning: Learning { cost: 1.0, lift: 0.3, mean: 0.0, passes: 12, seed },
            folds: 0,
            threads,
        };
        Self { danger: Danger::learn(&sentences, seed, threads), categories: train_and_tell(codes, &examples, &settings).0 }
    }

    /// Listens for danger.
    #[must_use]
    pub fn hear(&self, said: &str, marks: &[String]) -> Heard {
        self.danger.hear(said, marks)
    }

    /// The likeliest categories, at most `most`, with their probability. `marks` are the codes that the lexicon names.
    #[must_use]
    pub fn categories(&self, said: &str, marks: &[String], most: usize) -> Vec<(&str, f32)> {
        let mut p = self.categories.predict(Read { title: "", body: said, marks });
        let named: Vec<usize> = marks.iter().filter_map(|mark| self.categories.labels.iter().position(|code| code == mark)).collect();
        let mut share = NAMED;
        p.iter_mut().for_each(|p| *p *= if named.is_empty() { 1.0 } else { 1.0 - NAMED });
        for (at, code) in named.iter().enumerate() {
            // The last of those named takes what is left.
            let own = if at + 1 == named.len() { share } else { share / 2.0 };
            p[*code] += own;
            share -= own;
        }
        ranked(&p).into_iter().take(most).map(|at| (self.categories.labels[at].as_str(), p[at])).collect()
    }

    /// The words that spoke for a category.
    #[must_use]
    pub fn explain(&self, said: &str, marks: &[String], code: &str, most: usize) -> Vec<Spoke> {
        let Some(class) = self.categories.labels.iter().position(|own| own == code) else { return Vec::new() };
        self.categories.explain(Read { title: "", body: said, marks }, class, most)
    }
}
