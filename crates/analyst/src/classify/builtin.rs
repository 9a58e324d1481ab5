//! What is shipped: the category tree with its words, and the sentences from which the built-in engine learns.

use domain::intake::{Category, Spoken as Sentence, category_marks, codes_of, danger_marks, spoken};
use insight::spoken::{Row, Spoken};

/// The built-in engine, learnt from the shipped sentences and, in an evaluation, without some of them.
pub(super) struct Builtin(Spoken);

/// What was heard in a text.
pub(super) struct Told {
    /// Codes with their probability, the likeliest first.
    pub(super) codes: Vec<(String, f32)>,
    /// Whether somebody is in danger.
    pub(super) danger: bool,
    /// How sure that is.
    pub(super) p: f32,
    /// The kind.
    pub(super) kind: &'static str,
}

impl Builtin {
    /// Learns.
    pub(super) fn learn(threads: usize) -> Self {
        Self::of(&spoken().iter().collect::<Vec<_>>(), threads)
    }

    fn of(sentences: &[&'static Sentence], threads: usize) -> Self {
        let codes: Vec<String> = Category::seed().iter().filter(|row| row.leaf).map(|row| row.code.to_owned()).collect();
        let rows: Vec<Row<'_>> = sentences
            .iter()
            .map(|one| Row {
                said: one.said,
                codes: one.codes.split('|').filter(|code| !code.is_empty()).collect(),
                danger: one.danger.is_some(),
                kind: one.danger.filter(|_| !one.codes.is_empty()),
                danger_marks: danger_marks(one.said),
                category_marks: category_marks(one.said),
            })
            .collect();
        Self(Spoken::learn(&rows, &codes, 7, threads))
    }

    /// Listens.
    pub(super) fn hear(&self, title: &str, body: &str) -> Told {
        let said = if title.is_empty() { body.to_owned() } else { format!("{title}\n{body}") };
        let heard = self.0.hear(&said, &danger_marks(&said));
        let ranked = self.0.categories(&said, &category_marks(&said), 20);
        let usual = if heard.danger { codes_of(heard.kind) } else { &[] };
        // A danger is registered under its own code, whatever else was said.
        let first = ranked.iter().find(|(code, _)| usual.contains(code)).copied().or_else(|| usual.first().map(|code| (*code, 0.0)));
        let others = ranked.iter().copied().filter(|(code, _)| first.is_none_or(|(own, _)| own != *code));
        let codes = first.into_iter().chain(others).take(3).map(|(code, p)| (code.to_owned(), p)).collect();
        Told { codes, danger: heard.danger, p: heard.p, kind: heard.kind }
    }

    /// The words that spoke for danger.
    pub(super) fn why(&self, said: &str) -> String {
        self.0.danger.explain(said, &danger_marks(said), 6).iter().map(|spoke| format!("{} {:.2}", spoke.word, spoke.weight)).collect::<Vec<_>>().join("、")
    }

    /// The least probability at which it asks.
    pub(super) fn least(&self) -> f32 {
        self.0.danger.least()
    }

    /// Share of dangerous and harmless shipped sentences that are heard as danger by a detector that had not learnt from them, and those judged wrongly.
    pub(super) fn told(&self) -> (f64, f64, Vec<(&'static Sentence, f32)>) {
        let mut wrong = Vec::new();
        let mut counts = [[0_usize; 2]; 2];
        for (at, p) in self.0.danger.told() {
            let one = &spoken()[*at];
            let alarm = *p >= self.least();
            counts[usize::from(one.danger.is_some())][usize::from(alarm)] += 1;
            if alarm != one.danger.is_some() {
                wrong.push((one, *p));
            }
        }
        let share = |of: [usize; 2]| of[1] as f64 / (of[0] + of[1]).max(1) as f64;
        (share(counts[1]), share(counts[0]), wrong)
    }
}
