//! Whether somebody is in danger now: a detector with its own error budget, never a by-product of a category.
//!
//! A miss may cost a life, a false alarm costs ten seconds. So the detector is learnt for itself, from sentences of both sorts (danger that is called by its
//! name, danger that is not, words of danger that mean none, ordinary business), and its threshold is set on sentences that it had not seen: as low as
//! the budget of false alarms allows, and no lower than is needed to miss next to none. It reads runs and near pairs of characters, and what a lexicon of
//! situations finds (*marks*: somebody weak, what happens to them, by what, now; against it the past, business, things, turns of speech). Short sentences only: a letter mentions all sorts of things. May not know what is to be done about a danger.

use crate::classify::features::{Read, Shape};
use crate::classify::linear::Learning;
use crate::classify::metrics::ranked;
use crate::classify::{Example, Model, Settings, Spoke, train, train_and_tell};

/// The kinds of danger, as they are written.
pub const KINDS: [&str; 13] =
    ["fire", "gas", "electric", "violence", "selfharm", "missing_child", "missing_elder", "drowning", "medical", "threat", "crowd", "traffic", "other"];

/// False alarms at most, as a share of harmless sentences that were not learnt from.
const ALARMS: f64 = 0.10;
/// Misses that are bought off with further false alarms, as a share of dangerous sentences that were not learnt from.
const MISSES: f64 = 0.02;

/// A sentence from which is learnt.
#[derive(Debug, Clone)]
pub struct Sentence<'a> {
    /// What was said.
    pub said: &'a str,
    /// What a lexicon found in it.
    pub marks: Vec<String>,
    /// Whether it tells a danger.
    pub danger: bool,
    /// Its kind, by its place in [`KINDS`], where it is known.
    pub kind: Option<usize>,
}

/// What was heard in a sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// How sure it is, 0 to 1.
    pub p: f32,
    /// Whether that is enough to ask.
    pub danger: bool,
    /// The likeliest kind.
    pub kind: &'static str,
}

/// The detector.
#[derive(Debug, Clone, Default)]
pub struct Danger {
    alarm: Model,
    kind: Model,
    least: f32,
    told: Vec<(usize, f32)>,
}

impl Danger {
    /// Learns from sentences.
    #[must_use]
    pub fn learn(sentences: &[Sentence<'_>], seed: u64, threads: usize) -> Self {
        let settings = Settings {
            shape: Shape { longest: 3, least: 2, skips: 3, shares: [1.0, 0.0, 0.0, 0.7] },
            learning: Learning { cost: 2.0, lift: 0.5, mean: 0.0, passes: 20, seed },
            folds: 10,
            threads,
        };
        let read = |at: usize| Read { title: "", body: sentences[at].said, marks: &sentences[at].marks };
        let two = [String::from("no"), String::from("yes")];
        let examples: Vec<Example<'_>> = (0..sentences.len())
            .map(|at| Example { text: read(at), classes: if sentences[at].danger { &[1] } else { &[0] }, weight: 1.0, own: true })
            .collect();
        let (alarm, told) = train_and_tell(&two, &examples, &settings);
        let told: Vec<(usize, f32)> = told.into_iter().map(|(at, p)| (at, p[1])).collect();
        let of = |danger: bool| {
            let mut p: Vec<f32> = told.iter().filter(|(at, _)| sentences[*at].danger == danger).map(|(_, p)| *p).collect();
            p.sort_by(f32::total_cmp);
            p
        };
        let (harmless, dangerous) = (of(false), of(true));
        let at = |p: &[f32], share: f64| p.get(((p.len() as f64 * share) as usize).min(p.len().saturating_sub(1))).copied().unwrap_or(0.5);
        // Missing next to none, if the budget of alarms allows it; else what the budget allows.
        let least = at(&dangerous, MISSES).max(at(&harmless, 1.0 - ALARMS)).min(0.5);
        let kinds: Vec<String> = KINDS.iter().map(|kind| (*kind).to_owned()).collect();
        let numbers: Vec<usize> = (0..KINDS.len()).collect();
        let examples: Vec<Example<'_>> = (0..sentences.len())
            .filter_map(|at| sentences[at].kind.map(|kind| Example { text: read(at), classes: &numbers[kind..=kind], weight: 1.0, own: false }))
            .collect();
        let kind = train(&kinds, &examples, &Settings { folds: 0, ..settings });
        Self { alarm, kind, least, told }
    }

    /// Listens to a sentence with the marks of a lexicon.
    #[must_use]
    pub fn hear(&self, said: &str, marks: &[String]) -> Heard {
        let text = Read { title: "", body: said, marks };
        let p = self.alarm.predict(text).get(1).copied().unwrap_or(0.0);
        let kind = ranked(&self.kind.predict(text)).first().and_then(|at| KINDS.get(*at)).copied().unwrap_or("other");
        Heard { p, danger: p >= self.least, kind }
    }

    /// The words that spoke for danger.
    #[must_use]
    pub fn explain(&self, said: &str, marks: &[String], most: usize) -> Vec<Spoke> {
        self.alarm.explain(Read { title: "", body: said, marks }, 1, most)
    }

    /// The least probability at which it asks.
    #[must_use]
    pub const fn least(&self) -> f32 {
        self.least
    }

    /// Number and probability of each sentence as heard by a detector that had not learnt from it.
    #[must_use]
    pub fn told(&self) -> &[(usize, f32)] {
        &self.told
    }
}
