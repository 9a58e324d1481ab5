//! From scores to probabilities that mean what they say, and from those to the point below which nothing is said.
//!
//! `p_k = softmax(a·s + b_k)` with one slope and a shift per class, fitted by maximum likelihood on scores of rows that the machine had not seen (matrix-free
//! form of Platt 1999 for several classes; Guo et al., *On Calibration of Modern Neural Networks*, ICML 2017, “temperature with bias”).

/// Slope and shifts.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// The slope.
    pub slope: f32,
    /// A shift per class.
    pub shift: Vec<f32>,
}

impl Calibration {
    /// Fits to scores (one row of `classes` numbers a text) and true classes. Without rows it is the softmax with slope 3.
    #[must_use]
    pub fn fit(scores: &[f32], class: &[usize], classes: usize) -> Self {
        let mut this = Self { slope: 3.0, shift: vec![0.0; classes] };
        let n = class.len() as f32;
        if class.len() < 2 * classes.max(10) {
            return this;
        }
        let mut p = vec![0.0; classes];
        // Adam (Kingma & Ba 2015) on a convex problem of few parameters; the pull towards no shift is that of one row a class.
        let (mut m, mut v) = (vec![0.0_f32; classes + 1], vec![0.0_f32; classes + 1]);
        for step in 1..=400 {
            let mut gradient = vec![0.0_f32; classes + 1];
            for (score, truth) in scores.chunks_exact(classes).zip(class) {
                this.apply(score, &mut p);
                for (k, (p, score)) in p.iter().zip(score).enumerate() {
                    let off = p - f32::from(u8::from(k == *truth));
                    gradient[0] += off * score;
                    gradient[k + 1] += off;
                }
            }
            gradient.iter_mut().for_each(|g| *g /= n);
            this.shift.iter().zip(&mut gradient[1..]).for_each(|(shift, g)| *g += shift / n);
            let rate = 0.1 * (1.0 - step as f32 / 400.0);
            for (at, g) in gradient.iter().enumerate() {
                m[at] = 0.9 * m[at] + 0.1 * g;
                v[at] = 0.99 * v[at] + 0.01 * g * g;
                let by = rate * (m[at] / (1.0 - 0.9_f32.powi(step))) / ((v[at] / (1.0 - 0.99_f32.powi(step))).sqrt() + 1e-8);
                if at == 0 { this.slope = (this.slope - by).max(0.01) } else { this.shift[at - 1] -= by }
            }
        }
        this
    }

    /// The probabilities of a row of scores.
    pub fn apply(&self, score: &[f32], p: &mut [f32]) {
        let mut most = f32::NEG_INFINITY;
        for ((p, score), shift) in p.iter_mut().zip(score).zip(&self.shift) {
            *p = self.slope * score + shift;
            most = most.max(*p);
        }
        let mut sum = 0.0;
        for p in p.iter_mut() {
            *p = (*p - most).exp();
            sum += *p;
        }
        p.iter_mut().for_each(|p| *p /= sum);
    }
}

/// Confidence against correctness of rows that were not learnt from, the surest first: how sure the machine must be for a given error.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measured(Vec<(f32, bool)>);

impl Measured {
    /// From pairs of the first class's probability and whether it was right.
    #[must_use]
    pub fn of(mut pairs: Vec<(f32, bool)>) -> Self {
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        Self(pairs)
    }

    /// The pairs.
    #[must_use]
    pub fn pairs(&self) -> &[(f32, bool)] {
        &self.0
    }

    /// The least probability at which those at or above it are wrong in no more than `error` of the cases; above 1 if there is none. Nothing measured, nothing
    /// said.
    #[must_use]
    pub fn threshold(&self, error: f64) -> f32 {
        let (mut wrong, mut best) = (0_usize, 1.1);
        for (at, (p, right)) in self.0.iter().enumerate() {
            wrong += usize::from(!right);
            // A handful proves nothing.
            if at + 1 >= 20 && (wrong as f64) <= error * (at + 1) as f64 {
                best = *p;
            }
        }
        best
    }
}
