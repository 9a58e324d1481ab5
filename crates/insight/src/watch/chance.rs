//! Distributions: tails and quantiles of counts, and what they are made of.
//!
//! Regularised incomplete beta and gamma functions by continued fraction and series (Press, Teukolsky, Vetterling, Flannery, *Numerical Recipes*, 3rd ed.,
//! §6.2, §6.4); the normal quantile by Wichura 1988, Applied Statistics 37:477 (AS 241), to 1e-15.

/// How many steps a continued fraction may take: it needs about the square root of its larger argument.
const STEPS: usize = 100_000;
/// When a step changes nothing any more.
const STILL: f64 = 1e-15;
/// In the place of nought in a denominator.
const TINY: f64 = 1e-300;
/// A quantile is sought among terms one by one up to this mean and deviation; beyond, by bisection.
const ONE_BY_ONE: f64 = 2000.0;

const fn along(x: f64, coefficients: [f64; 8]) -> f64 {
    let mut sum = 0.0;
    let mut at = 8;
    while at > 0 {
        at -= 1;
        sum = sum * x + coefficients[at];
    }
    sum
}

const MIDDLE: ([f64; 8], [f64; 8]) = (
    [
        3.387_132_872_796_366_5,
        1.331_416_678_917_843_8e2,
        1.971_590_950_306_551_3e3,
        1.373_169_376_550_946e4,
        4.592_195_393_154_987e4,
        6.726_577_092_700_87e4,
        3.343_057_558_358_813e4,
        2.509_080_928_730_122_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091e1,
        6.871_870_074_920_579e2,
        5.394_196_021_424_751e3,
        2.121_379_430_158_659_7e4,
        3.930_789_580_009_271e4,
        2.872_908_573_572_194_3e4,
        5.226_495_278_852_854e3,
    ],
);
const NEAR: ([f64; 8], [f64; 8]) = (
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        2.417_807_251_774_506e-1,
        2.272_384_498_926_918_4e-2,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        6.897_673_349_851e-1,
        1.481_039_764_274_800_8e-1,
        1.519_866_656_361_645_7e-2,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
);
const FAR: ([f64; 8], [f64; 8]) = (
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        2.965_605_718_285_048_7e-1,
        2.653_218_952_657_612_4e-2,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        5.998_322_065_558_879e-1,
        1.369_298_809_227_358e-1,
        1.487_536_129_085_061_5e-2,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
);

/// The quantile of the standard normal distribution; infinite at nought and one.
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * along(r, MIDDLE.0) / along(r, MIDDLE.1);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 {
        return if q < 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let r = (-tail.ln()).sqrt();
    let value = if r <= 5.0 { along(r - 1.6, NEAR.0) / along(r - 1.6, NEAR.1) } else { along(r - 5.0, FAR.0) / along(r - 5.0, FAR.1) };
    if q < 0.0 { -value } else { value }
}

/// The share of the standard normal distribution above `z`.
#[must_use]
pub fn normal_above(z: f64) -> f64 {
    if z.is_nan() || z.is_infinite() {
        return if z.is_nan() { z } else { f64::from(u8::from(z < 0.0)) };
    }
    let half = 0.5 * (1.0 - gamma_below(0.5, z * z / 2.0));
    let far = 0.5 * gamma_above(0.5, z * z / 2.0);
    if z >= 0.0 { far } else { 1.0 - half.max(far) }
}

/// The logarithm of the gamma function, for `x > 0`.
#[must_use]
pub fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut product) = (x, 1.0);
    while x < 12.0 {
        product *= x;
        x += 1.0;
    }
    // Stirling's series.
    let r = 1.0 / (x * x);
    let series = (1.0 / 12.0 + r * (-1.0 / 360.0 + r * (1.0 / 1260.0 + r * (-1.0 / 1680.0 + r * (1.0 / 1188.0 - r * 691.0 / 360_360.0))))) / x;
    (x - 0.5) * x.ln() - x + 0.918_938_533_204_672_8 + series - product.ln()
}

/// The regularised incomplete gamma function below `x`.
fn gamma_below(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if !(x.is_finite() && a.is_finite()) {
        return f64::NAN;
    }
    if x > a + 1.0 {
        return 1.0 - gamma_above(a, x);
    }
    let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
    for _ in 0..STEPS {
        n += 1.0;
        term *= x / n;
        sum += term;
        if term < sum * STILL {
            break;
        }
    }
    sum * (a * x.ln() - x - ln_gamma(a)).exp()
}

/// The regularised incomplete gamma function above `x`.
fn gamma_above(a: f64, x: f64) -> f64 {
    if x < a + 1.0 {
        return 1.0 - gamma_below(a, x);
    }
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1.0 / TINY, 1.0 / b);
    let mut h = d;
    for n in 1..STEPS {
        let n = n as f64;
        let over = -n * (n - a);
        b += 2.0;
        d = 1.0 / held(over * d + b);
        c = held(b + over / c);
        let step = c * d;
        h *= step;
        if (step - 1.0).abs() < STILL {
            break;
        }
    }
    (a * x.ln() - x - ln_gamma(a)).exp() * h
}

const fn held(value: f64) -> f64 {
    if value.abs() < TINY { TINY } else { value }
}

/// The regularised incomplete beta function `I_x(a, b)`; `y` is `1 - x`, given apart so that neither end loses digits.
fn beta(x: f64, y: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if y <= 0.0 {
        return 1.0;
    }
    if !(x.is_finite() && a > 0.0 && b > 0.0 && a.is_finite() && b.is_finite()) {
        return f64::NAN;
    }
    if x > (a + 1.0) / (a + b + 2.0) { 1.0 - fraction(y, x, b, a) } else { fraction(x, y, a, b) }
}

fn fraction(x: f64, y: f64, a: f64, b: f64) -> f64 {
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * y.ln()).exp() / a;
    let (mut c, mut d) = (1.0, 1.0 / held(1.0 - (a + b) * x / (a + 1.0)));
    let mut h = d;
    for n in 1..STEPS {
        let m = n as f64;
        for over in [m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)), -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))] {
            d = 1.0 / held(1.0 + over * d);
            c = held(1.0 + over / c);
            h *= c * d;
        }
        if (c * d - 1.0).abs() < STILL {
            break;
        }
    }
    front * h
}

/// The probability of a Student t value farther from nought than `t`, either side, with `freedom` degrees.
#[must_use]
pub fn student_beyond(t: f64, freedom: f64) -> f64 {
    let whole = freedom + t * t;
    beta(freedom / whole, t * t / whole, freedom / 2.0, 0.5)
}

/// How a count is spread around its mean: negative binomial with variance `spread × mean`, Poisson where `spread` is at most one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Count {
    /// The mean; positive and finite.
    pub mean: f64,
    /// Variance over mean.
    pub spread: f64,
}

impl Count {
    /// The probability of `least` or more.
    #[must_use]
    pub fn at_least(&self, least: f64) -> f64 {
        let least = least.ceil();
        if least <= 0.0 {
            return 1.0;
        }
        if self.spread > 1.0 { beta(1.0 - 1.0 / self.spread, 1.0 / self.spread, least, self.size()) } else { gamma_below(least, self.mean) }
    }

    /// The probability of `most` or fewer.
    fn at_most(&self, most: f64) -> f64 {
        if self.spread > 1.0 { beta(1.0 / self.spread, 1.0 - 1.0 / self.spread, self.size(), most + 1.0) } else { gamma_above(most + 1.0, self.mean) }
    }

    fn size(&self) -> f64 {
        self.mean / (self.spread - 1.0)
    }

    /// The smallest count whose probability of being reached or not reached is `share`, as R's `qnbinom` and `qpois`.
    #[must_use]
    pub fn quantile(&self, share: f64) -> f64 {
        if share <= 0.0 || self.mean <= 0.0 {
            return 0.0;
        }
        if !self.mean.is_finite() || !self.spread.is_finite() || share >= 1.0 {
            return f64::INFINITY;
        }
        let share = share * (1.0 - 64.0 * f64::EPSILON);
        let wide = self.spread > 1.0;
        let none = if wide { -self.size() * self.spread.ln() } else { -self.mean };
        let deviation = (self.mean * self.spread.max(1.0)).sqrt();
        if none > -600.0 && self.mean < ONE_BY_ONE && deviation < ONE_BY_ONE {
            let (size, ratio) = if wide { (self.size(), 1.0 - 1.0 / self.spread) } else { (0.0, 0.0) };
            let (mut term, mut n) = (none.exp(), 0.0);
            let mut sum = term;
            // The sum of rounded terms may stay a little below a share next to one.
            while sum < share && (term > sum * 1e-18 || n < self.mean) {
                n += 1.0;
                term *= if wide { (size + n - 1.0) / n * ratio } else { self.mean / n };
                sum += term;
            }
            return n;
        }
        let (mut low, mut high) = (-1.0, (self.mean + 10.0 * deviation).ceil());
        while self.at_most(high) < share {
            (low, high) = (high, high * 2.0);
        }
        while high - low > 1.0 {
            let middle = f64::midpoint(low, high).floor();
            if self.at_most(middle) < share { low = middle } else { high = middle }
        }
        high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() <= 1e-10 * b.abs(), "{a} {b}");
    }

    #[test]
    fn the_distributions_have_their_known_values() {
        near(normal_quantile(0.975), 1.959_963_984_540_054);
        near(normal_quantile(0.999), 3.090_232_306_167_813_5);
        near(normal_quantile(1e-12), -7.034_483_825_301_132);
        near(normal_above(1.959_963_984_540_054), 0.025);
        near(normal_above(-1.959_963_984_540_054), 0.975);
        near(ln_gamma(0.5), std::f64::consts::PI.sqrt().ln());
        near(ln_gamma(171.0), 706.573_062_245_787_4);
        near(student_beyond(2.228_138_851_964_939, 10.0), 0.05);
        near(Count { mean: 2.0, spread: 1.0 }.at_least(1.0), 1.0 - (-2.0_f64).exp());
    }

    #[test]
    fn both_ways_to_a_quantile_agree() {
        for mean in [0.3, 4.0, 90.0, 1500.0] {
            for spread in [1.0, 1.3, 6.0] {
                let count = Count { mean, spread };
                for share in [0.005, 0.5, 0.9, 0.99, 0.9999] {
                    let n = count.quantile(share);
                    assert!(count.at_most(n) >= share - 1e-9 && (n == 0.0 || count.at_most(n - 1.0) < share + 1e-9), "{count:?} {share} {n}");
                }
                near(count.at_least(count.mean.ceil()) + count.at_most(count.mean.ceil() - 1.0), 1.0);
            }
        }
        assert!((Count { mean: 1e6, spread: 1.0 }.quantile(0.5) - 1e6).abs() <= 1.0);
    }
}
