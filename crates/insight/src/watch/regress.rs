//! What is to be expected: a log-linear model with trend, season, weekday, and factors for holidays and make-up days; forecasts with intervals.
//!
//! Quasi-Poisson or negative binomial by iteratively reweighted least squares (McCullagh, Nelder 1989, §2.5, §9.2; Ver Hoef, Boveng 2007, Ecology 88:2766, on
//! which of the two); season by periodic cubic B-splines (de Boor 1978, chapter IX) or by a factor. The interval is a quantile of the negative binomial
//! distribution whose variance holds the spread of the count and the error of the fit.

use super::chance::{Count, normal_quantile};

/// A period as the model sees it; which day is free says the caller.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Period {
    /// Where in the year it lies, from nought to below one.
    pub phase: f64,
    /// The day of the week, 0–6; the same for all where a period is not a day.
    pub weekday: u8,
    /// What it is: 0 ordinary, 1 holiday, 2 make-up day, or more of the caller's.
    pub kind: u8,
}

/// The season.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Season {
    /// None.
    Flat,
    /// A smooth curve with so many knots in the year, at least 4.
    Spline(usize),
    /// A level for each of so many parts of the year.
    Factor(usize),
}

/// How the variance follows the mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// `spread × mean`.
    Quasi,
    /// `mean + mean² / size`.
    Negbin,
}

/// What goes into the model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// The season.
    pub season: Season,
    /// A trend.
    pub trend: bool,
    /// A level for each day of the week.
    pub weekdays: bool,
    /// A level for each kind of day that has occurred; it stands in the place of the weekday's.
    pub kinds: bool,
    /// How the variance follows the mean.
    pub spread: Spread,
    /// Beyond which Pearson residual past outbreaks are weighed down.
    pub reweight: Option<f64>,
}

/// A fitted model.
#[derive(Debug, Clone)]
pub struct Fitted {
    shape: Shape,
    /// Kinds that have occurred.
    kinds: Vec<u8>,
    /// Where time nought lies, and how many periods are one unit of it.
    middle: f64,
    scale: f64,
    coefficients: Vec<f64>,
    /// The inverse of the information.
    inverse: Vec<f64>,
    /// Variance over mean, or one over the size.
    spread: f64,
}

/// What is expected of a period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Predicted {
    /// The mean.
    pub mean: f64,
    /// The standard error of its logarithm.
    pub error: f64,
    /// The variance of the count, the error of the fit included.
    pub variance: f64,
}

/// The ridge that keeps the equations solvable where a column has nothing to say, in units of a count.
const RIDGE: f64 = 1e-6;
/// Steps and when they are done.
const STEPS: usize = 40;
const STILL: f64 = 1e-9;
/// The largest logarithm of a mean.
const MOST: f64 = 50.0;

impl Shape {
    /// Fits counts, `periods` beside them. None with fewer observations than coefficients, or counts that are not finite.
    #[must_use]
    pub fn fit(&self, counts: &[f64], periods: &[Period]) -> Option<Fitted> {
        let n = counts.len().min(periods.len());
        let (counts, periods) = (&counts[..n], &periods[..n]);
        let mut kinds: Vec<u8> = periods.iter().map(|period| period.kind).filter(|kind| *kind != 0).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let mut fitted = Fitted {
            shape: *self,
            kinds,
            middle: n as f64 / 2.0,
            scale: (n as f64 / 4.0).max(1.0),
            coefficients: Vec::new(),
            inverse: Vec::new(),
            spread: 1.0,
        };
        let mut row = Vec::new();
        fitted.columns(0, periods.first()?, &mut row);
        let width = row.len();
        if n <= width || counts.iter().any(|count| !(count.is_finite() && *count >= 0.0)) {
            return None;
        }
        let mut table = Vec::with_capacity(n * width);
        for (at, period) in periods.iter().enumerate() {
            fitted.columns(at as i64, period, &mut row);
            table.extend_from_slice(&row);
        }
        let mut prior = vec![1.0; n];
        fitted.solve(counts, &table, &prior)?;
        if let Some(limit) = self.reweight {
            let residuals: Vec<f64> = counts.iter().zip(table.chunks(width)).map(|(y, row)| fitted.residual(*y, row)).collect();
            let weights = residuals.iter().map(|residual| if *residual > limit { 1.0 / (residual * residual) } else { 1.0 });
            prior = weights.collect();
            let level = n as f64 / prior.iter().sum::<f64>();
            prior.iter_mut().for_each(|weight| *weight *= level);
            fitted.solve(counts, &table, &prior)?;
        }
        Some(fitted)
    }
}

impl Fitted {
    /// The row of a period. The season's columns sum to one and stand in for a constant.
    fn columns(&self, at: i64, period: &Period, row: &mut Vec<f64>) {
        row.clear();
        let phase = period.phase.rem_euclid(1.0);
        match self.shape.season {
            Season::Flat => row.push(1.0),
            Season::Factor(parts) => {
                let parts = parts.max(1);
                row.resize(parts, 0.0);
                row[((phase * parts as f64) as usize).min(parts - 1)] = 1.0;
            }
            Season::Spline(knots) => {
                let knots = knots.max(4);
                row.resize(knots, 0.0);
                let place = phase * knots as f64;
                let (first, u) = ((place as usize).min(knots - 1), place - place.floor());
                let v = 1.0 - u;
                let parts = [v * v * v, 3.0 * u * u * u - 6.0 * u * u + 4.0, 3.0 * v * v * v - 6.0 * v * v + 4.0, u * u * u];
                parts.iter().enumerate().for_each(|(i, part)| row[(first + i) % knots] += part / 6.0);
            }
        }
        if self.shape.trend {
            row.push((at as f64 - self.middle) / self.scale);
        }
        if self.shape.weekdays {
            // A holiday is no Monday, and a Sunday that is worked no Sunday.
            let plain = !self.shape.kinds || period.kind == 0;
            row.extend((1..7).map(|day| f64::from(u8::from(plain && period.weekday == day))));
        }
        if self.shape.kinds {
            row.extend(self.kinds.iter().map(|kind| f64::from(u8::from(period.kind == *kind))));
        }
    }

    fn eta(&self, row: &[f64]) -> f64 {
        row.iter().zip(&self.coefficients).map(|(x, c)| x * c).sum::<f64>().clamp(-MOST, MOST)
    }

    fn variance(&self, mean: f64) -> f64 {
        match self.shape.spread {
            Spread::Quasi => mean * self.spread.max(1.0),
            Spread::Negbin => mean + mean * mean * self.spread,
        }
    }

    fn residual(&self, y: f64, row: &[f64]) -> f64 {
        let mean = self.eta(row).exp();
        (y - mean) / self.variance(mean).sqrt()
    }

    /// Coefficients and spread in turn; quasi-Poisson needs one turn.
    fn solve(&mut self, counts: &[f64], table: &[f64], prior: &[f64]) -> Option<()> {
        let width = table.len() / counts.len().max(1);
        self.spread = if self.shape.spread == Spread::Negbin { 0.0 } else { 1.0 };
        for _ in 0..if self.shape.spread == Spread::Negbin { 8 } else { 1 } {
            self.coefficients(counts, table, prior, width)?;
            let freedom = (counts.len() - width) as f64;
            let squares = |spread: f64| {
                let part = |(y, row): (&f64, &[f64])| {
                    let mean = self.eta(row).exp();
                    let of = if self.shape.spread == Spread::Negbin { mean + mean * mean * spread } else { mean };
                    (y - mean) * (y - mean) / of.max(1e-12)
                };
                counts.iter().zip(table.chunks(width)).map(part).zip(prior).map(|(part, weight)| part * weight).sum::<f64>() / freedom
            };
            let spread = if self.shape.spread == Spread::Quasi {
                squares(1.0).max(1.0)
            } else if squares(0.0) <= 1.0 {
                0.0
            } else {
                // Pearson's statistic falls with the spread: by bisection to its degrees of freedom.
                let (mut low, mut high) = (0.0, 1.0);
                while squares(high) > 1.0 && high < 1e6 {
                    high *= 4.0;
                }
                for _ in 0..60 {
                    let middle = f64::midpoint(low, high);
                    if squares(middle) > 1.0 { low = middle } else { high = middle }
                }
                high
            };
            let still = (spread - self.spread).abs() <= 1e-8 * spread;
            self.spread = spread;
            if still {
                break;
            }
        }
        Some(())
    }

    fn coefficients(&mut self, counts: &[f64], table: &[f64], prior: &[f64], width: usize) -> Option<()> {
        let mut etas: Vec<f64> = counts.iter().map(|y| (y + 0.5).ln()).collect();
        for _ in 0..STEPS {
            let (mut information, mut right) = (vec![0.0; width * width], vec![0.0; width]);
            for (((row, y), eta), weight) in table.chunks(width).zip(counts).zip(&etas).zip(prior) {
                let mean = eta.exp();
                let w = weight * mean / if self.shape.spread == Spread::Negbin { 1.0 + mean * self.spread } else { 1.0 };
                let z = eta + (y - mean) / mean;
                for (i, x) in row.iter().enumerate().filter(|(_, x)| **x != 0.0) {
                    right[i] += w * x * z;
                    information[i * width..=i * width + i].iter_mut().zip(row).for_each(|(cell, other)| *cell += w * x * other);
                }
            }
            (0..width).for_each(|i| information[i * width + i] += RIDGE);
            let inverse = inverted(&information, width)?;
            self.coefficients = inverse.chunks(width).map(|row| row.iter().zip(&right).map(|(a, b)| a * b).sum()).collect();
            self.inverse = inverse;
            let mut most = 0.0_f64;
            for (row, eta) in table.chunks(width).zip(&mut etas) {
                let now = self.eta(row);
                most = most.max((now - *eta).abs() * now.exp().min(1.0));
                *eta = now;
            }
            if most < STILL {
                break;
            }
        }
        self.coefficients.iter().all(|c| c.is_finite()).then_some(())
    }

    /// What is expected of the period `at`, counted from the first of the fit.
    #[must_use]
    pub fn at(&self, at: i64, period: &Period) -> Predicted {
        let mut row = Vec::new();
        self.columns(at, period, &mut row);
        let width = row.len();
        let square: f64 = self.inverse.chunks(width).zip(&row).map(|(line, x)| x * line.iter().zip(&row).map(|(a, b)| a * b).sum::<f64>()).sum();
        let scale = if self.shape.spread == Spread::Quasi { self.spread.max(1.0) } else { 1.0 };
        let mean = self.eta(&row).exp();
        let error = (square.max(0.0) * scale).sqrt().min(5.0);
        Predicted { mean, error, variance: self.variance(mean) + mean * mean * error * error }
    }
}

impl Predicted {
    fn count(&self) -> Count {
        Count { mean: self.mean, spread: (self.variance / self.mean).max(1.0) }
    }

    /// The interval that holds a new count with probability `level`.
    #[must_use]
    pub fn interval(&self, level: f64) -> (f64, f64) {
        let beside = (1.0 - level.clamp(0.0, 1.0)) / 2.0;
        (self.count().quantile(beside), self.count().quantile(1.0 - beside))
    }

    /// The interval of the mean itself.
    #[must_use]
    pub fn of_mean(&self, level: f64) -> (f64, f64) {
        let wide = (normal_quantile(f64::midpoint(1.0, level.clamp(0.0, 1.0))) * self.error).exp();
        (self.mean / wide, self.mean * wide)
    }

    /// The bound above which a count is an alarm at the one-sided rate `alpha`.
    #[must_use]
    pub fn upper(&self, alpha: f64) -> f64 {
        self.count().quantile(1.0 - alpha)
    }

    /// The probability of so many or more.
    #[must_use]
    pub fn at_least(&self, count: f64) -> f64 {
        self.count().at_least(count)
    }
}

/// The inverse of a positive definite matrix by Cholesky; its lower half is given.
fn inverted(matrix: &[f64], width: usize) -> Option<Vec<f64>> {
    let mut lower = matrix.to_vec();
    for i in 0..width {
        for j in 0..=i {
            let sum = lower[i * width + j] - (0..j).map(|k| lower[i * width + k] * lower[j * width + k]).sum::<f64>();
            if i == j {
                if !(sum > 0.0 && sum.is_finite()) {
                    return None;
                }
                lower[i * width + i] = sum.sqrt();
            } else {
                lower[i * width + j] = sum / lower[j * width + j];
            }
        }
    }
    let mut inverse = vec![0.0; width * width];
    for column in 0..width {
        let mut x = vec![0.0; width];
        for i in 0..width {
            let unit = f64::from(u8::from(i == column));
            x[i] = (unit - (0..i).map(|k| lower[i * width + k] * x[k]).sum::<f64>()) / lower[i * width + i];
        }
        for i in (0..width).rev() {
            x[i] = (x[i] - (i + 1..width).map(|k| lower[k * width + i] * x[k]).sum::<f64>()) / lower[i * width + i];
        }
        x.iter().enumerate().for_each(|(i, value)| inverse[i * width + column] = *value);
    }
    Some(inverse)
}
