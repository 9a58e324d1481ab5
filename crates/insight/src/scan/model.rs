//! The three models: how much better a window is explained by a rate of its own than by the common one.
//!
//! Each is a function of two numbers, the cases `n` in the window and its *weight* `w` (cases expected, or people), rising in `n` and falling in `w` as long as
//! the rate inside is above the one outside. So “beats the level `m`” is a whole number of cases for every weight, which [`Bar`] tabulates.

/// What is compared with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Model {
    /// Cases against cases expected from the margins of place and time: Kulldorff, Heffernan, Hartman, Assunção, Mostashari, “A space–time permutation scan
    /// statistic for disease outbreak detection”, PLoS Medicine 2005, 2(3):e59, Methods. The weight is the number expected.
    Permutation,
    /// Cases against a population: Kulldorff, “A spatial scan statistic”, Communications in Statistics: Theory and Methods 1997, 26(6):1481–1496, §3. The
    /// weight is the number expected.
    Poisson,
    /// Cases against controls: the same paper, §2. The weight is the number of people, cases and controls together.
    Bernoulli,
}

/// The log-likelihood ratio of a model for one set of totals.
#[derive(Debug, Clone, Copy)]
pub struct Likelihood {
    model: Model,
    /// All cases.
    cases: f64,
    /// All weight: equal to `cases` but for [`Model::Bernoulli`], where it is all people.
    weight: f64,
    /// What is subtracted: the likelihood under one common rate (Bernoulli only).
    common: f64,
}

/// x ln(x / y), nought at x = 0.
fn entropy(x: f64, y: f64) -> f64 {
    if x > 0.0 { x * (x / y).ln() } else { 0.0 }
}

impl Likelihood {
    /// For so many cases and so much weight in all.
    #[must_use]
    pub fn new(model: Model, cases: f64, weight: f64) -> Self {
        let common = if model == Model::Bernoulli { entropy(cases, weight) + entropy(weight - cases, weight) } else { 0.0 };
        Self { model, cases, weight, common }
    }

    /// Expected cases per unit of weight.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.cases / self.weight
    }

    /// The log-likelihood ratio of a window with `n` cases and weight `w`; nought unless the rate inside is the higher one.
    ///
    /// Poisson and permutation: n ln(n/w) + (C−n) ln((C−n)/(C−w)), Kulldorff 1997, theorem 2. Bernoulli: there, §2, with w people.
    #[must_use]
    pub fn ratio(&self, n: f64, w: f64) -> f64 {
        // At w = 0 every case is one too many; no data gives that but by a population of nought, which is refused before.
        if n <= w * self.rate() || w <= 0.0 {
            return 0.0;
        }
        let rest = self.cases - n;
        if self.model == Model::Bernoulli {
            let outside = self.weight - w;
            let inside = entropy(n, w) + entropy(w - n, w);
            return inside + entropy(rest, outside) + entropy(outside - rest, outside) - self.common;
        }
        entropy(n, w) + entropy(rest, self.cases - w)
    }

    /// Whether the ratio certainly does not exceed `m`: for 0 < w < n ≤ C − w the second derivative of the divergence is at most 1/(w(1 − w/C)), so the ratio is
    /// at most (n−w)² C / (2w(C−w)). Says “perhaps” (false) where the bound does not hold.
    #[must_use]
    pub fn at_most(&self, n: f64, w: f64, m: f64) -> bool {
        let over = n - w;
        self.model != Model::Bernoulli && n <= self.cases - w && over * over * self.cases <= 2.0 * m * w * (self.cases - w)
    }
}

impl Likelihood {
    /// Whether any window of some may exceed its level: as [`Self::at_most`], for many at once without a branch.
    pub(super) fn any_above(&self, cases: &[f64], weights: &[f64], levels: &[f64], least: f64) -> bool {
        let (bounded, rate, all) = (self.model != Model::Bernoulli, self.rate(), self.cases);
        let mut any = false;
        for ((n, w), m) in cases.iter().zip(weights).zip(levels) {
            let over = n - w;
            let below = bounded & (*n <= all - w) & (over * over * all <= 2.0 * m * w * (all - w));
            any |= (*n >= least) & (*n > w * rate) & !below;
        }
        any
    }
}

/// Steps of the table within one doubling of the weight, as a power of two.
const STEPS: u32 = 9;
/// The smallest weight told apart: 2⁻²⁴.
const SMALLEST: u64 = (1023 - 24) << STEPS;

/// For each weight, the fewest cases whose ratio may exceed a level. Never too many: weights are rounded down, so what the bar holds back cannot exceed the level.
#[derive(Debug, Clone)]
pub struct Bar {
    fewest: Vec<u32>,
}

impl Bar {
    /// Tabulates the level `m` for windows of at least `least` cases.
    #[must_use]
    pub fn new(likelihood: &Likelihood, m: f64, least: u32) -> Self {
        // A hair lower, for the rounding of logarithms.
        let m = m - 1e-9 * (1.0 + m.abs());
        let top = (likelihood.weight.max(1.0).to_bits() >> (52 - STEPS)) + 1 - SMALLEST;
        let most = likelihood.cases as u32;
        let mut n = least.max(1);
        let mut fewest = Vec::with_capacity(top as usize + 1);
        for step in 0..=top {
            let w = f64::from_bits((step + SMALLEST) << (52 - STEPS));
            // Nothing below the smallest weight is told apart: there the fewest is what is allowed at all.
            if step > 0 {
                while n <= most && !(f64::from(n) > w * likelihood.rate() && (m < 0.0 || likelihood.ratio(f64::from(n), w) > m)) {
                    n += 1;
                }
            }
            fewest.push(if n > most { u32::MAX } else { n });
        }
        Self { fewest }
    }

    /// The fewest cases at weight `w` that may exceed the level; `u32::MAX` if none can.
    #[inline]
    #[must_use]
    pub fn fewest(&self, w: f64) -> u32 {
        let step = (w.max(0.0).to_bits() >> (52 - STEPS)).saturating_sub(SMALLEST) as usize;
        self.fewest[step.min(self.fewest.len() - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_planted_cluster_has_the_ratio_of_the_paper() {
        // 69 cases where 7.772 are expected of 100,000 (the generated set of the benchmark).
        let likelihood = Likelihood::new(Model::Permutation, 100_000.0, 100_000.0);
        assert!((likelihood.ratio(69.0, 7.772) - 89.4577).abs() < 0.01);
        assert_eq!(likelihood.ratio(5.0, 7.0), 0.0);
    }

    proptest! {
        #[test]
        fn a_bar_holds_back_nothing_that_exceeds_its_level(
            model in prop_oneof![Just(Model::Permutation), Just(Model::Poisson), Just(Model::Bernoulli)],
            cases in 3_u32..400, more in 1_u32..400, share in 0.0001_f64..0.9999, n in 1_u32..400, m in 0.0_f64..12.0, least in 1_u32..4,
        ) {
            let weight = if model == Model::Bernoulli { f64::from(cases + more) } else { f64::from(cases) };
            let likelihood = Likelihood::new(model, f64::from(cases), weight);
            let (w, n) = if model == Model::Bernoulli { ((share * weight).ceil(), n.min(cases)) } else { (share * weight, n.min(cases)) };
            prop_assume!(model != Model::Bernoulli || (f64::from(n) <= w && f64::from(cases - n) <= weight - w));
            let bar = Bar::new(&likelihood, m, least);
            let ratio = likelihood.ratio(f64::from(n), w);
            if ratio > m && n >= least {
                prop_assert!(n >= bar.fewest(w));
            }
            if likelihood.at_most(f64::from(n), w, m) {
                prop_assert!(ratio <= m + 1e-9);
            }
        }
    }
}
