//! What people decided changes the weights: a factor for each field and one sum, fitted to the decided pairs (logistic regression with a ridge that pulls every
//! factor to one; Hoerl & Kennard 1970, le Cessie & van Houwelingen 1992). With no decisions nothing changes; with few, little.

use super::compare::Pattern;
use super::model::{Model, probability};

/// Factors on the weights of the fields, and what is added to every sum.
#[derive(Debug, Clone, PartialEq)]
pub struct Learned {
    /// Added to ln odds.
    pub add: f64,
    /// For each field, by how much its weight is changed: 0 leaves it, −1 removes it.
    pub change: Vec<f64>,
    /// How many decisions it was learned from.
    pub decisions: usize,
}

/// How far a factor goes without evidence: the variance of its prior.
const SPREAD: f64 = 0.25;

impl Learned {
    pub(super) fn apply(&self, model: &Model, pattern: Pattern, plain: f64) -> f64 {
        self.add + parts(model, pattern).zip(&self.change).fold(plain, |sum, (part, change)| sum + part * change)
    }
}

/// What each field adds, against whatever the pair would be if it were not one person.
fn parts(model: &Model, pattern: Pattern) -> impl Iterator<Item = f64> {
    let other = model.other(pattern);
    (0..model.same.len()).map(move |field| other * model.weight_near(pattern, field) + (1.0 - other) * model.weight(pattern, field))
}

/// Learns from decided pairs: patterns, and whether they are one person.
#[must_use]
pub fn learn(model: &Model, decided: &[(Pattern, bool)]) -> Option<Learned> {
    if decided.is_empty() {
        return None;
    }
    let plain = Model { learned: None, ..model.clone() };
    let k = plain.same.len() + 1;
    let rows: Vec<(f64, Vec<f64>, f64)> = decided
        .iter()
        .map(|(pattern, same)| {
            (plain.log_odds(*pattern).clamp(-30.0, 30.0), std::iter::once(1.0).chain(parts(&plain, *pattern)).collect(), f64::from(u8::from(*same)))
        })
        .collect();
    let mut theta = vec![0.0; k];
    for _ in 0..40 {
        let mut gradient: Vec<f64> = theta.iter().map(|value| -value / SPREAD).collect();
        let mut hessian: Vec<Vec<f64>> = (0..k).map(|i| (0..k).map(|j| if i == j { 1.0 / SPREAD } else { 0.0 }).collect()).collect();
        for (base, x, y) in &rows {
            let p = probability(base + x.iter().zip(&theta).map(|(x, t)| x * t).sum::<f64>());
            let w = (p * (1.0 - p)).max(1e-9);
            for i in 0..k {
                gradient[i] += (y - p) * x[i];
                for j in 0..k {
                    hessian[i][j] += w * x[i] * x[j];
                }
            }
        }
        let step = solve(hessian, gradient)?;
        let size = step.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        let shrink = if size > 1.0 { 1.0 / size } else { 1.0 };
        theta.iter_mut().zip(&step).for_each(|(value, step)| *value += shrink * step);
        if size < 1e-8 {
            break;
        }
    }
    Some(Learned { add: theta[0], change: theta[1..].to_vec(), decisions: decided.len() })
}

/// Solves a small system that is positive definite, by Gauss's elimination.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Option<Vec<f64>> {
    let n = b.len();
    for i in 0..n {
        let pivot = a[i][i];
        if !pivot.is_finite() || pivot.abs() < 1e-12 {
            return None;
        }
        for j in i + 1..n {
            let factor = a[j][i] / pivot;
            #[expect(clippy::needless_range_loop, reason = "two rows of the same matrix")]
            for k in i..n {
                a[j][k] -= factor * a[i][k];
            }
            b[j] -= factor * b[i];
        }
    }
    for i in (0..n).rev() {
        b[i] = (b[i] - (i + 1..n).map(|j| a[i][j] * b[j]).sum::<f64>()) / a[i][i];
    }
    b.iter().all(|value| value.is_finite()).then_some(b)
}
