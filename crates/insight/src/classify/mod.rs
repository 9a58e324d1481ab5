//! Classification of texts into a given set of classes, with probabilities that mean what they say.
//!
//! [`train`] learns a [`Model`] from labelled texts; [`seeds`] makes first labels from the words of a category tree, so that one can begin without any. A model
//! explains itself by the words that spoke for a class, and says nothing where it has been measured to be wrong too often ([`Model::threshold`]). The same
//! examples, settings and seed give the same model to the bit, whatever the number of threads. May not know what a class means.

pub mod calibrate;
mod codec;
pub mod features;
pub mod folds;
pub mod linear;
pub mod metrics;
pub mod seeds;
pub mod sparse;

use calibrate::{Calibration, Measured};
use features::{Read, Reader, Shape, Words};
use folds::{Groups, deal};
use linear::{Learning, Linear};
use sparse::Rows;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

pub use codec::Unreadable;

/// A labelled text.
#[derive(Debug, Clone, Copy)]
pub struct Example<'a> {
    /// The text.
    pub text: Read<'a>,
    /// The numbers of its classes, the best first; usually one. The others are right as well.
    pub classes: &'a [usize],
    /// How much it counts: 1 for a person's decision, less for a guess.
    pub weight: f32,
    /// Whether it is one of those that the model will be asked about: only on these is certainty measured. Others (the same texts in another form, guesses)
    /// are learnt from and no more.
    pub own: bool,
}

/// How to learn.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Which features are made.
    pub shape: Shape,
    /// How the weights are found.
    pub learning: Learning,
    /// In how many parts the own texts are dealt to measure certainty; less than two = not at all.
    pub folds: usize,
    /// How many threads may be used. It changes nothing but the time.
    pub threads: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { shape: Shape::default(), learning: Learning::default(), folds: 4, threads: 1 }
    }
}

/// What was learnt.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// Its number: one more than the one that it replaced.
    pub version: u32,
    /// How many texts it learnt from.
    pub learnt: u64,
    /// The names of the classes.
    pub labels: Vec<String>,
    reader: Reader,
    linear: Linear,
    calibration: Calibration,
    measured: Measured,
}

impl Default for Calibration {
    fn default() -> Self {
        Self { slope: 1.0, shift: Vec::new() }
    }
}

/// A word and how much it spoke for a class.
#[derive(Debug, Clone, PartialEq)]
pub struct Spoke {
    /// The characters as they stand in the folded text.
    pub word: String,
    /// Its share of the score, in the units of the score's logarithm.
    pub weight: f32,
}

/// Learns a model. A class without any example is never the answer, but keeps its number.
#[must_use]
pub fn train(labels: &[String], examples: &[Example<'_>], settings: &Settings) -> Model {
    train_and_tell(labels, examples, settings).0
}

/// As [`train`]; tells also the probabilities of each own text by a machine that had not seen it, with the text's number among the examples.
#[must_use]
pub fn train_and_tell(labels: &[String], examples: &[Example<'_>], settings: &Settings) -> (Model, Vec<(usize, Vec<f32>)>) {
    let cut = |text: &str| text.split_whitespace().filter(|word| word.chars().all(char::is_alphanumeric)).count() * 3 > text.chars().count();
    let words = Words::learn(examples.iter().map(|one| one.text.body).filter(|body| cut(body)));
    let mut reader = Reader::new(settings.shape.clone(), &words);
    let features = reader.learn(examples.iter().map(|one| one.text));
    let rows = read(&reader, examples, settings.threads);
    let class: Vec<&[usize]> = examples.iter().map(|one| one.classes).collect();
    let weight: Vec<f32> = examples.iter().map(|one| one.weight).collect();
    let classes = labels.len();

    let own: Vec<usize> = (0..examples.len()).filter(|at| examples[*at].own && examples[*at].weight > 0.0).collect();
    let mut groups = Groups::new(own.len());
    for part in [|one: &Example<'_>| one.text.title.to_owned(), |one: &Example<'_>| one.text.body.to_owned()] {
        groups.join_equal(own.iter().enumerate().map(|(at, example)| {
            let text: String = part(&examples[*example]).split_whitespace().collect();
            (at, Some(text).filter(|text| !text.is_empty()))
        }));
    }
    let folds = if settings.folds > 1 && own.len() >= 10 * settings.folds { settings.folds } else { 0 };
    let fold = deal(&mut groups, own.len(), folds, settings.learning.seed);
    // Task 0 is the whole; the others leave a fold out each.
    let learnt = side_by_side(folds + 1, settings.threads, |task| {
        let mut weight = weight.clone();
        own.iter().zip(&fold).filter(|(_, fold)| **fold + 1 == task).for_each(|(at, _)| weight[*at] = 0.0);
        Linear::learn(&rows, &class, &weight, features, classes, &settings.learning)
    });
    let mut scores = vec![0.0_f32; own.len() * classes];
    if folds > 0 {
        for (at, (example, fold)) in own.iter().zip(&fold).enumerate() {
            let (index, value) = rows.row(*example);
            let row: Vec<(u32, f32)> = index.iter().copied().zip(value.iter().copied()).collect();
            scores[at * classes..(at + 1) * classes].copy_from_slice(&learnt[fold + 1].score(&row));
        }
    }
    let truth: Vec<usize> = if folds > 0 { own.iter().map(|at| class[*at].first().copied().unwrap_or(0)).collect() } else { Vec::new() };
    let calibration = Calibration::fit(&scores, &truth, classes);
    let told: Vec<(usize, Vec<f32>)> = own
        .iter()
        .zip(scores.chunks_exact(classes.max(1)))
        .filter(|_| folds > 0)
        .map(|(at, score)| {
            let mut p = vec![0.0; classes];
            calibration.apply(score, &mut p);
            (*at, p)
        })
        .collect();
    let measured = Measured::of(
        told.iter()
            .map(|(at, p)| {
                let first = metrics::ranked(p)[0];
                (p[first], class[*at].contains(&first))
            })
            .collect(),
    );
    let linear = learnt.into_iter().next().unwrap_or_default();
    (Model { version: 1, learnt: examples.len() as u64, labels: labels.to_vec(), reader, linear, calibration, measured }, told)
}

fn read(reader: &Reader, examples: &[Example<'_>], threads: usize) -> Rows {
    const PART: usize = 256;
    let parts = side_by_side(examples.len().div_ceil(PART), threads, |part| {
        examples[part * PART..((part + 1) * PART).min(examples.len())].iter().map(|one| reader.row(one.text)).collect::<Vec<_>>()
    });
    let mut rows = Rows::new();
    parts.iter().flatten().for_each(|row| rows.push(row));
    rows
}

/// Does independent tasks on several threads; the answers stand in the order of the tasks.
pub(crate) fn side_by_side<T: Send>(tasks: usize, threads: usize, task: impl Fn(usize) -> T + Sync) -> Vec<T> {
    if threads < 2 || tasks < 2 {
        return (0..tasks).map(task).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::with_capacity(tasks));
    std::thread::scope(|scope| {
        for _ in 0..threads.min(tasks) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= tasks {
                        break;
                    }
                    let answer = task(at);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((at, answer));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, answer)| answer).collect()
}

impl Model {
    /// A probability per class.
    #[must_use]
    pub fn predict(&self, text: Read<'_>) -> Vec<f32> {
        let mut p = vec![0.0; self.labels.len()];
        self.calibration.apply(&self.scores(text), &mut p);
        p
    }

    /// What the machines say, uncalibrated.
    #[must_use]
    pub fn scores(&self, text: Read<'_>) -> Vec<f32> {
        self.linear.score(&self.reader.row(text))
    }

    /// The least probability of the first class at which the model was wrong in no more than `error` of the cases, on texts that it had not learnt from.
    #[must_use]
    pub fn threshold(&self, error: f64) -> f32 {
        self.measured.threshold(error)
    }

    /// The words that spoke most for a class, at most `most`: what it says more for this class than for the best other one. Words that lie in a longer one that
    /// spoke as well are not named again.
    #[must_use]
    pub fn explain(&self, text: Read<'_>, class: usize, most: usize) -> Vec<Spoke> {
        let p = self.predict(text);
        let Some(rival) = metrics::ranked(&p).into_iter().find(|other| *other != class) else { return Vec::new() };
        let row: std::collections::HashMap<u32, f32> = self.reader.row(text).into_iter().collect();
        let folded = (features::folded(text.title), features::folded(text.body));
        let mut spoke: Vec<Spoke> = Vec::new();
        self.reader.each(text, &mut |_, hash, (of_title, from, to)| {
            let Some((number, _)) = self.reader.known.get(&hash) else { return };
            let weight =
                row.get(number).copied().unwrap_or(0.0) * (self.linear.weight(*number, class) - self.linear.weight(*number, rival)) * self.calibration.slope;
            let chars = if of_title { &folded.0 } else { &folded.1 };
            let word: String = chars[from..to].iter().collect();
            match spoke.iter_mut().find(|one| one.word == word) {
                Some(known) => known.weight = known.weight.max(weight),
                None => spoke.push(Spoke { word, weight }),
            }
        });
        spoke.retain(|one| one.weight > 0.0 && one.word.chars().count() > 1);
        spoke.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.word.cmp(&b.word)));
        let mut named: Vec<Spoke> = Vec::new();
        for one in spoke {
            if named.len() < most && !named.iter().any(|known| known.word.contains(&one.word) || one.word.contains(&known.word)) {
                named.push(one);
            }
        }
        named
    }
}
