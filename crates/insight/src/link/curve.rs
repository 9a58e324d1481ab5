//! How good pairs and clusters are, against the truth: precision, recall, F1.

/// Precision, recall and their harmonic mean.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Score {
    /// Of the pairs that are claimed, the share that is true.
    pub precision: f64,
    /// Of the true pairs, the share that is claimed.
    pub recall: f64,
    /// 2PR ÷ (P + R).
    pub f1: f64,
}

impl Score {
    /// From counts of true pairs among the claimed, of the claimed, and of the true.
    #[must_use]
    pub fn of(right: f64, claimed: f64, truth: f64) -> Self {
        let part = |of: f64| if of > 0.0 { right / of } else { 0.0 };
        Self { precision: part(claimed), recall: part(truth), f1: if claimed + truth > 0.0 { 2.0 * right / (claimed + truth) } else { 0.0 } }
    }
}

/// One point of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Pairs with at least this probability are claimed.
    pub probability: f64,
    /// What that gives.
    pub score: Score,
    /// How many pairs are claimed.
    pub claimed: usize,
}

/// The whole curve of pairs `(probability, is it true)`, one point for each different probability, highest first.
#[must_use]
pub fn curve(pairs: &[(f64, bool)], truth: f64) -> Vec<Point> {
    let mut pairs = pairs.to_vec();
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut right = 0.0;
    let mut out = Vec::new();
    for (i, (p, is_true)) in pairs.iter().enumerate() {
        right += f64::from(u8::from(*is_true));
        if pairs.get(i + 1).is_none_or(|next| next.0 != *p) {
            out.push(Point { probability: *p, score: Score::of(right, (i + 1) as f64, truth), claimed: i + 1 });
        }
    }
    out
}

/// The score at a bound.
#[must_use]
pub fn at(pairs: &[(f64, bool)], truth: f64, bound: f64) -> Score {
    let (right, claimed) =
        pairs.iter().filter(|(p, _)| *p >= bound).fold((0.0, 0.0), |(right, claimed), (_, is_true)| (right + f64::from(u8::from(*is_true)), claimed + 1.0));
    Score::of(right, claimed, truth)
}

/// The score of the pairs that clusters imply: for each record its cluster and its true one.
#[must_use]
pub fn clusters(labels: &[(u64, u64)]) -> Score {
    let pairs = |mut keys: Vec<(u64, u64)>| {
        keys.sort_unstable();
        keys.chunk_by(|a, b| a == b).map(|group| group.len() as f64 * (group.len() as f64 - 1.0) / 2.0).sum::<f64>()
    };
    let right = pairs(labels.to_vec());
    let claimed = pairs(labels.iter().map(|(own, _)| (*own, 0)).collect());
    let truth = pairs(labels.iter().map(|(_, of)| (*of, 0)).collect());
    Score::of(right, claimed, truth)
}
