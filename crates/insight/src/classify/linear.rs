//! One linear machine per class, all learnt in one pass over the rows.
//!
//! L2-regularised squared-hinge machines by dual coordinate descent: Hsieh et al., *A Dual Coordinate Descent Method for Large-scale Linear SVM*, ICML 2008,
//! algorithm 1, with `D_ii = 1/(2C)`. The weights of all classes for one feature lie side by side, so one look at a row serves every class; each class still
//! solves its own problem, exactly as if it were alone.
//! The room of a feature is rounded up to [`LANES`] classes, so that the sums run eight at a time.

use super::sparse::Rows;
use crate::seeded::Seeded;

/// Classes that are summed at once.
const LANES: usize = 8;

/// `to += by · times`, place by place; all as long as each other and a multiple of [`LANES`].
fn add(to: &mut [f32], by: &[f32], times: f32) {
    let (to, _) = to.as_chunks_mut::<LANES>();
    let (by, _) = by.as_chunks::<LANES>();
    for (to, by) in to.iter_mut().zip(by) {
        for lane in 0..LANES {
            to[lane] += by[lane] * times;
        }
    }
}

/// How to learn.
#[derive(Debug, Clone, PartialEq)]
pub struct Learning {
    /// The cost of an error against the size of the weights (LIBLINEAR's `C`).
    pub cost: f32,
    /// How strongly small classes are lifted: a row of a class costs `(n / (k·n_class))^lift` times as much. 0 = not at all, 1 = all classes weigh the same.
    pub lift: f32,
    /// How much each class's mean row is added to its weights: it speaks for small classes that the machine gives up (Rocchio).
    pub mean: f32,
    /// Passes over the rows at most.
    pub passes: usize,
    /// The order of the rows in each pass.
    pub seed: u64,
}

impl Default for Learning {
    fn default() -> Self {
        Self { cost: 0.5, lift: 0.7, mean: 0.0, passes: 12, seed: 7 }
    }
}

/// Weights: feature by class, one more feature for the bias.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Linear {
    classes: usize,
    /// Room of a feature: `classes` rounded up.
    room: usize,
    weights: Vec<f32>,
}

impl Linear {
    /// Learns from rows with their classes and their weight (1 = counts once).
    #[must_use]
    pub fn learn(rows: &Rows, class: &[&[usize]], weight: &[f32], features: usize, classes: usize, how: &Learning) -> Self {
        let mut counts = vec![0.0_f32; classes];
        class.iter().zip(weight).for_each(|(classes, weight)| classes.iter().for_each(|class| counts[*class] += weight));
        let all: f32 = counts.iter().sum();
        let present = counts.iter().filter(|count| **count > 0.0).count().max(1) as f32;
        let lifted: Vec<f32> = counts.iter().map(|count| if *count > 0.0 { (all / (present * count)).powf(how.lift) } else { 1.0 }).collect();
        let room = classes.next_multiple_of(LANES);
        let mut weights = vec![0.0_f32; (features + 1) * room];
        let mut alpha = vec![0.0_f32; rows.len() * classes];
        let norms: Vec<f32> = (0..rows.len()).map(|row| rows.row(row).1.iter().map(|value| value * value).sum::<f32>() + 1.0).collect();
        let mut order: Vec<usize> = (0..rows.len()).filter(|row| weight[*row] > 0.0).collect();
        let mut chance = Seeded::new(how.seed);
        let (mut score, mut step) = (vec![0.0_f32; room], vec![0.0_f32; room]);
        for _ in 0..how.passes {
            chance.shuffle(&mut order);
            let mut most = 0.0_f32;
            for &row in &order {
                let (index, value) = rows.row(row);
                score.copy_from_slice(&weights[features * room..]);
                for (index, value) in index.iter().zip(value) {
                    let at = *index as usize * room;
                    add(&mut score, &weights[at..at + room], *value);
                }
                let alphas = &mut alpha[row * classes..(row + 1) * classes];
                let mut moved = false;
                for k in 0..classes {
                    let own = class[row].contains(&k);
                    let sign = if own { 1.0 } else { -1.0 };
                    let cost = how.cost * weight[row] * if own { lifted[k] } else { 1.0 };
                    let diagonal = 0.5 / cost;
                    let gradient = sign * score[k] - 1.0 + diagonal * alphas[k];
                    let projected = if alphas[k] == 0.0 { gradient.min(0.0) } else { gradient };
                    most = most.max(projected.abs());
                    let next = (alphas[k] - gradient / (norms[row] + diagonal)).max(0.0);
                    step[k] = (next - alphas[k]) * sign;
                    moved |= step[k] != 0.0;
                    alphas[k] = next;
                }
                if moved {
                    for (index, value) in index.iter().zip(value) {
                        let at = *index as usize * room;
                        add(&mut weights[at..at + room], &step, *value);
                    }
                    add(&mut weights[features * room..], &step, 1.0);
                }
            }
            if most < 0.02 {
                break;
            }
        }
        if how.mean > 0.0 {
            let mut mean = vec![0.0_f32; features * room];
            for row in (0..rows.len()).filter(|row| weight[*row] > 0.0) {
                let (index, value) = rows.row(row);
                for class in class[row] {
                    index.iter().zip(value).for_each(|(index, value)| mean[*index as usize * room + class] += weight[row] * value);
                }
            }
            for class in (0..classes).filter(|class| counts[*class] > 0.0) {
                let norm = mean.iter().skip(class).step_by(room).map(|value| value * value).sum::<f32>().sqrt();
                weights
                    .iter_mut()
                    .skip(class)
                    .step_by(room)
                    .zip(mean.iter().skip(class).step_by(room))
                    .for_each(|(weight, mean)| *weight += how.mean * mean / norm);
            }
        }
        Self { classes, room, weights }
    }

    /// From stored weights, feature by class, the bias last.
    #[must_use]
    pub fn from_weights(classes: usize, stored: &[f32]) -> Self {
        let room = classes.next_multiple_of(LANES);
        let mut weights = Vec::with_capacity(stored.len() / classes.max(1) * room);
        for feature in stored.chunks_exact(classes.max(1)) {
            weights.extend_from_slice(feature);
            weights.resize(weights.len().next_multiple_of(LANES), 0.0);
        }
        Self { classes, room, weights }
    }

    /// The weights: feature by class, the bias last.
    pub fn weights(&self) -> impl Iterator<Item = &[f32]> {
        self.weights.chunks_exact(self.room.max(1)).map(|feature| &feature[..self.classes])
    }

    /// The weight of one feature for one class.
    #[must_use]
    pub fn weight(&self, feature: u32, class: usize) -> f32 {
        self.weights.get(feature as usize * self.room + class).copied().unwrap_or(0.0)
    }

    /// What a row says for each class.
    #[must_use]
    pub fn score(&self, row: &[(u32, f32)]) -> Vec<f32> {
        let room = self.room;
        let Some(bias) = self.weights.len().checked_sub(room) else { return vec![0.0; self.classes] };
        let mut score = self.weights[bias..].to_vec();
        for (index, value) in row {
            let at = *index as usize * room;
            add(&mut score, &self.weights[at..at + room], *value);
        }
        score.truncate(self.classes);
        score
    }
}
