//! How much more there must be before anybody can tell: the minimum detectable surge.
//!
//! A place and kind with so many reports a week, a budget of false alarms, a power that is wanted: the count that is an alarm is the smallest that chance reaches
//! no more often than the budget allows; the surge is how many times the usual rate reaches that count with the power wanted. Counts are Poisson (exact tails),
//! so this is a floor: counts that vary more, or a cluster that has to be found first, need more.

/// What can be seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surge {
    /// How many weeks are counted together.
    pub weeks: u32,
    /// What is usual in them.
    pub usual: f64,
    /// The count that is an alarm.
    pub alarm: u32,
    /// How many times the usual rate is seen with the power wanted.
    pub times: f64,
}

/// The chance that a Poisson count with this mean is at least `n`.
#[must_use]
pub fn at_least(n: u32, mean: f64) -> f64 {
    if n == 0 {
        return 1.0;
    }
    if mean <= 0.0 {
        return 0.0;
    }
    // The smaller of the two tails is summed, in logarithms, so that small chances keep their digits.
    let term = |k: u32| (f64::from(k) * mean.ln() - mean - ln_factorial(k)).exp();
    if f64::from(n) > mean {
        let (mut sum, mut k) = (0.0, n);
        loop {
            let more = term(k);
            sum += more;
            k += 1;
            if more <= sum * 1e-17 || k > n + 100_000 {
                return sum.min(1.0);
            }
        }
    }
    (1.0 - (0..n).rev().map(term).sum::<f64>()).max(0.0)
}

fn ln_factorial(n: u32) -> f64 {
    if n < 256 {
        return (2..=n).map(|k| f64::from(k).ln()).sum();
    }
    // Stirling's series; the next term is below 1e-15 here.
    let x = f64::from(n);
    x * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI * x).ln() + 1.0 / (12.0 * x) - 1.0 / (360.0 * x.powi(3))
}

/// The smallest surge that is seen within `weeks` weeks where `usual` are reported a week, if chance may raise an alarm in a share `budget` of all weeks.
#[must_use]
pub fn least_surge(usual: f64, budget: f64, power: f64, weeks: u32) -> Option<Surge> {
    let inside = |share: f64| share > 0.0 && share < 1.0;
    if !(usual > 0.0 && usual.is_finite() && usual < 1e6 && inside(budget) && inside(power) && weeks > 0 && weeks < 1000) {
        return None;
    }
    let mean = usual * f64::from(weeks);
    let mut alarm = mean.floor() as u32;
    while at_least(alarm, mean) > budget {
        alarm += 1;
    }
    let (mut low, mut high) = (mean.min(1e-9), mean.max(1.0) * 2.0);
    while at_least(alarm, high) < power {
        high *= 2.0;
    }
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if at_least(alarm, middle) < power { low = middle } else { high = middle }
    }
    Some(Surge { weeks, usual: mean, alarm, times: high / mean })
}

/// How many weeks a surge of `times` the usual rate has to last until it is seen.
#[must_use]
pub fn weeks_until(usual: f64, budget: f64, power: f64, times: f64, most: u32) -> Option<Surge> {
    (1..=most).filter_map(|weeks| least_surge(usual, budget, power, weeks)).find(|surge| surge.times <= times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_village_and_kind_sees_only_large_surges() {
        // 36 reports a day over 23 villages and 8 kinds, one false alarm in four weeks over all of them.
        let budget = 1.0 / (4.0 * 23.0 * 8.0);
        let surge = least_surge(1.2, budget, 0.8, 1).unwrap();
        assert_eq!(surge.alarm, 7);
        assert!((surge.times - 7.5).abs() < 0.1, "{surge:?}");
        let weeks = weeks_until(1.2, budget, 0.8, 3.0, 52).unwrap();
        assert!((5..=7).contains(&weeks.weeks), "{weeks:?}");
    }

    #[test]
    fn tails_are_exact() {
        assert!((at_least(1, 2.0) - (1.0 - (-2.0_f64).exp())).abs() < 1e-12);
        assert!((at_least(300, 250.0) - 0.001_208).abs() < 2e-4);
        assert_eq!(at_least(0, 3.0), 1.0);
    }
}
