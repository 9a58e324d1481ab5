//! Two weeks together: an outbreak rarely keeps to one week, chance mostly does.
//!
//! Beside the count of this week, the sum of this and the last one is held against what the same fit expects of both. Under the model both are negative
//! binomial with one dispersion, so is their sum. The p of a week is the smaller of the two, doubled (Bonferroni); the sum counts only where this week itself
//! is above what is expected, so that an outbreak that is over does not sound on.

use super::chance::Count;
use super::farrington::Judged;

/// How a week stands, alone and with the one before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The probability of a week at least as unusual as this one.
    pub p: f64,
    /// The p of this week alone.
    pub alone: f64,
    /// The p of both together; one where this week is not above what is expected.
    pub together: f64,
    /// Enough cases, and `p` below the false rate.
    pub alarm: bool,
}

/// The false rate at which the pair gives no more false alarms than Farrington's bound at 0.01 does, on series simulated as in Noufaily 2013.
pub const ALPHA: f64 = 0.009;

/// Judges a week with the one before it.
#[must_use]
pub fn pair(judged: &Judged, count: f64, before: f64, alpha: f64) -> Pair {
    let alone = Count { mean: judged.expected, spread: judged.spread }.at_least(count);
    let both = judged.expected + judged.expected_before;
    let together = if count > judged.expected { Count { mean: both, spread: judged.spread }.at_least(count + before) } else { 1.0 };
    let p = if alone.is_nan() || together.is_nan() { f64::NAN } else { (2.0 * alone.min(together)).min(1.0) };
    Pair { p, alone, together, alarm: judged.enough && count > 0.0 && p < alpha }
}
