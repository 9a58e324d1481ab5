//! EARS C1, C2, C3: this period against the mean and deviation of the few before it. For series without years of history.
//!
//! Fricker, Hegler, Dunfee 2008, Statistics in Medicine 27:3407, §2; the numbers are those of `earsC` of R's `surveillance`.

use super::chance::{normal_above, normal_quantile};

/// Which of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ears {
    /// The periods just before.
    C1,
    /// Two periods are left out between.
    C2,
    /// As C2, with what C2 had too much in the two periods before.
    C3,
}

/// How EARS looks back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Back {
    /// How many periods make the baseline; at least 3, usually 7.
    pub baseline: usize,
    /// The least deviation; nought is R's default.
    pub least_deviation: f64,
    /// The false rate of a period.
    pub alpha: f64,
}

/// The bound and how unusual the count is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// The mean of the baseline.
    pub mean: f64,
    /// A count above is an alarm. Not a number where R has none: C3 after a baseline without any variance.
    pub upper: f64,
    /// The normal tail of the count's distance.
    pub p: f64,
}

impl Ears {
    /// The first period that can be judged, counted from nought.
    #[must_use]
    pub const fn first(self, baseline: usize) -> usize {
        match self {
            Self::C1 => baseline,
            Self::C2 => baseline + 2,
            Self::C3 => baseline + 4,
        }
    }

    /// The default false rate: three deviations, for C3 two.
    #[must_use]
    pub const fn alpha(self) -> f64 {
        match self {
            Self::C1 | Self::C2 => 0.001,
            Self::C3 => 0.025,
        }
    }

    /// The bound of period `at`; none if there are too few before it.
    #[must_use]
    pub fn bound(self, counts: &[f64], at: usize, back: &Back) -> Option<Bound> {
        if at < self.first(back.baseline) || back.baseline < 3 {
            return None;
        }
        let count = *counts.get(at)?;
        let z = normal_quantile(1.0 - back.alpha);
        let lag = usize::from(self != Self::C1) * 2;
        let moments = |at: usize| {
            let window = counts.get(at - lag - back.baseline..at - lag).unwrap_or_default();
            let mean = window.iter().sum::<f64>() / window.len() as f64;
            let square = window.iter().map(|n| (n - mean) * (n - mean)).sum::<f64>();
            (mean, (square / (window.len() as f64 - 1.0)).sqrt().max(back.least_deviation))
        };
        let (mean, deviation) = moments(at);
        if self != Self::C3 {
            return Some(Bound { mean, upper: mean + z * deviation, p: normal_above((count - mean) / deviation) });
        }
        // Too much of the two before; nought over nought is not a number and stays so, as in R.
        let excess = |at: usize| {
            let (mean, deviation) = moments(at);
            let over = (counts.get(at).copied().unwrap_or_default() - mean) / deviation - 1.0;
            if over.is_nan() { f64::NAN } else { over.max(0.0) }
        };
        let before = excess(at - 1) + excess(at - 2);
        let upper = count + deviation * (z - before);
        let upper = if upper.is_nan() { f64::NAN } else { upper.max(0.0) };
        Some(Bound { mean, upper, p: normal_above(before + ((count - mean) / deviation - 1.0).max(0.0)) })
    }
}
