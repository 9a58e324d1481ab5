//! Beginning without labels: the names of a category tree are the first examples, and the texts themselves teach the rest.
//!
//! Each name of the tree is read as a short text of its class. A machine learnt from those guesses at the texts; the guesses of which it is surest, the same
//! share of each class, become the next examples; and so on (self-training: Yarowsky, ACL 1995; the even share keeps a class from eating the others).
//! What comes out is a beginning: it is replaced by what people decide.

use super::features::Read;
use super::metrics::ranked;
use super::{Example, Model, Settings, train};

/// How many rounds.
const ROUNDS: usize = 6;
/// The share of texts that is believed in the first and in the last round.
const SHARES: (f64, f64) = (0.3, 0.9);
/// What a guess counts beside a name of the tree.
const GUESS: f32 = 0.5;

/// A name of a tree: class number, the name, and what a lexicon says of it.
pub type Name = (usize, String, Vec<String>);

/// Learns from the names of a tree and texts without labels.
#[must_use]
pub fn without_labels(labels: &[String], names: &[Name], texts: &[Read<'_>], settings: &Settings) -> Model {
    let numbers: Vec<usize> = (0..labels.len()).collect();
    let own: Vec<Example<'_>> = names
        .iter()
        .map(|(class, name, marks)| Example { text: Read { title: "", body: name, marks }, classes: &numbers[*class..=*class], weight: 1.0, own: false })
        .collect();
    let mut believed: Vec<Option<usize>> = vec![None; texts.len()];
    let mut model = Model::default();
    for round in 0..=ROUNDS {
        let mut examples = own.clone();
        examples.extend(texts.iter().zip(&believed).map(|(text, class)| Example {
            text: *text,
            classes: class.map_or(&[] as &[usize], |class| &numbers[class..=class]),
            weight: if class.is_some() { GUESS } else { 0.0 },
            own: false,
        }));
        model = train(labels, &examples, &Settings { folds: 0, ..settings.clone() });
        if round == ROUNDS {
            break;
        }
        let guesses: Vec<(usize, f32)> = texts
            .iter()
            .map(|text| {
                let p = model.predict(*text);
                let order = ranked(&p);
                (order[0], p[order[0]] - order.get(1).map_or(0.0, |second| p[*second]))
            })
            .collect();
        let share = SHARES.0 + (SHARES.1 - SHARES.0) * round as f64 / (ROUNDS - 1) as f64;
        believed = vec![None; texts.len()];
        for class in 0..labels.len() {
            let mut of: Vec<usize> = (0..texts.len()).filter(|at| guesses[*at].0 == class).collect();
            of.sort_by(|a, b| guesses[*b].1.total_cmp(&guesses[*a].1).then(a.cmp(b)));
            let most = ((of.len() as f64 * share) as usize).max(1);
            of.iter().take(most).for_each(|at| believed[*at] = Some(class));
        }
    }
    model
}
