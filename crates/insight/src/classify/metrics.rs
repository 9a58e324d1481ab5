//! How good a classification is.

/// One judged text: probabilities and the true class.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// A probability per class.
    pub p: Vec<f32>,
    /// The true class.
    pub truth: usize,
}

/// The classes, the likeliest first; equals by their number.
#[must_use]
pub fn ranked(p: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*b].total_cmp(&p[*a]).then(a.cmp(b)));
    order
}

/// Share of texts whose class is among the first `n`.
#[must_use]
pub fn top(judged: &[Judged], n: usize) -> f64 {
    let hit = judged.iter().filter(|one| ranked(&one.p).iter().take(n).any(|class| *class == one.truth)).count();
    hit as f64 / judged.len().max(1) as f64
}

/// F1 of each class that occurs as truth or as first answer; none for the others.
#[must_use]
pub fn f1(judged: &[Judged], classes: usize) -> Vec<Option<f64>> {
    let mut counts = vec![(0_usize, 0_usize, 0_usize); classes];
    for one in judged {
        let Some(first) = ranked(&one.p).first().copied() else { continue };
        if first == one.truth {
            counts[first].0 += 1;
        } else {
            counts[first].1 += 1;
            counts[one.truth].2 += 1;
        }
    }
    counts.into_iter().map(|(hit, false_, missed)| (hit + false_ + missed > 0).then(|| 2.0 * hit as f64 / (2 * hit + false_ + missed) as f64)).collect()
}

/// The mean F1 over classes.
#[must_use]
pub fn macro_f1(judged: &[Judged], classes: usize) -> f64 {
    let each: Vec<f64> = f1(judged, classes).into_iter().flatten().collect();
    each.iter().sum::<f64>() / each.len().max(1) as f64
}

/// A bin of a reliability table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// How many texts.
    pub n: usize,
    /// The mean probability of the first class.
    pub said: f64,
    /// The share in which it was right.
    pub right: f64,
}

/// Reliability in `bins` bins of equal mass, the least sure first (Naeini, Cooper, Hauskrecht, AAAI 2015).
#[must_use]
pub fn reliability(judged: &[Judged], bins: usize) -> Vec<Bin> {
    let mut pairs: Vec<(f64, bool)> = judged
        .iter()
        .filter_map(|one| {
            let first = *ranked(&one.p).first()?;
            Some((f64::from(one.p[first]), first == one.truth))
        })
        .collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    (0..bins)
        .filter_map(|bin| {
            let part = &pairs[pairs.len() * bin / bins..pairs.len() * (bin + 1) / bins];
            let n = part.len();
            (n > 0).then(|| Bin {
                n,
                said: part.iter().map(|(p, _)| p).sum::<f64>() / n as f64,
                right: part.iter().filter(|(_, right)| *right).count() as f64 / n as f64,
            })
        })
        .collect()
}

/// Expected calibration error of a reliability table.
#[must_use]
pub fn ece(bins: &[Bin]) -> f64 {
    let all: usize = bins.iter().map(|bin| bin.n).sum();
    bins.iter().map(|bin| bin.n as f64 * (bin.said - bin.right).abs()).sum::<f64>() / all.max(1) as f64
}
