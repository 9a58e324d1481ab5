//! A log-linear model with one factor and, if wanted, one trend, fitted by the very steps of R's `glm` but in closed form: each step costs one walk over the
//! observations instead of a matrix.
//!
//! Iteratively reweighted least squares: McCullagh, Nelder 1989, *Generalized Linear Models*, §2.5. Where a season has had nothing but noughts the maximum
//! lies at minus infinity and the answer is the step at which R stops (a change of deviance below 1e-8, at most 25 steps); so the steps are the same, too.

/// R's limits.
const STEPS: usize = 25;
const STILL: f64 = 1e-8;

/// Observations: in order of time, those of one stretch and group side by side.
#[derive(Debug, Default, Clone)]
pub(super) struct Data {
    /// The counts.
    pub(super) y: Vec<f64>,
    /// Their times, as numbers near nought.
    pub(super) t: Vec<f64>,
    /// `ln(y + 0.1)`.
    pub(super) start: Vec<f64>,
    /// `y ln y - y`.
    pub(super) own: Vec<f64>,
    /// Stretches of consecutive times within one group: first observation, the one behind the last, group.
    pub(super) runs: Vec<(usize, usize, usize)>,
    /// How many groups have a number.
    pub(super) groups: usize,
}

/// A fitted model, and what of the last step the errors rest on.
#[derive(Debug, Default, Clone)]
pub(super) struct Fit {
    pub(super) level: Vec<f64>,
    pub(super) slope: f64,
    pub(super) trend: bool,
    pub(super) converged: bool,
    pub(super) mean: Vec<f64>,
    /// The weights of the last step, prior weight × mean before it.
    pub(super) weight: Vec<f64>,
    sum: Vec<f64>,
    centre: Vec<f64>,
    cross: f64,
    rank: usize,
}

/// Room that is used again and again.
#[derive(Debug, Default)]
pub(super) struct Room {
    wz: Vec<f64>,
    wt: Vec<f64>,
    old: Vec<f64>,
}

fn clear(vector: &mut Vec<f64>, length: usize) {
    vector.clear();
    vector.resize(length, 0.0);
}

impl Fit {
    /// Fits. `prior` is empty (all one) or has a weight for each observation. False where R would stop with an error.
    pub(super) fn run(&mut self, data: &Data, prior: &[f64], trend: bool, room: &mut Room) -> bool {
        let n = data.y.len();
        self.trend = trend;
        self.converged = false;
        self.slope = 0.0;
        clear(&mut self.level, data.groups);
        clear(&mut self.mean, n);
        clear(&mut self.weight, n);
        clear(&mut self.sum, data.groups);
        clear(&mut self.centre, data.groups);
        for (mean, y) in self.mean.iter_mut().zip(&data.y) {
            *mean = y + 0.1;
        }
        let mut before = deviance_at_start(data, prior);
        for step in 0..STEPS {
            let slope = self.slope;
            room.old.clear();
            room.old.extend_from_slice(&self.level);
            self.solve(data, prior, step == 0, room);
            let mut now = self.means(data, prior);
            let mut tries = 0;
            while !now.is_finite() {
                // R halves the step, and stops at the first one.
                if step == 0 || tries > STEPS {
                    return false;
                }
                tries += 1;
                self.slope = f64::midpoint(self.slope, slope);
                self.level.iter_mut().zip(&room.old).for_each(|(level, old)| *level = f64::midpoint(*level, *old));
                now = self.means(data, prior);
            }
            if (now - before).abs() / (now.abs() + 0.1) < STILL {
                self.converged = true;
                break;
            }
            before = now;
        }
        self.rank = self.sum.iter().filter(|sum| **sum > 0.0).count() + usize::from(trend);
        true
    }

    /// One step of weighted least squares.
    fn solve(&mut self, data: &Data, prior: &[f64], first: bool, room: &mut Room) {
        clear(&mut room.wz, data.groups);
        clear(&mut room.wt, data.groups);
        self.sum.iter_mut().for_each(|sum| *sum = 0.0);
        let (mut tt, mut tz) = (0.0, 0.0);
        for (from, to, group) in &data.runs {
            let (mut sum, mut sz, mut st) = (0.0, 0.0, 0.0);
            let level = self.level[*group];
            for i in *from..*to {
                let (mean, t) = (self.mean[i], data.t[i]);
                let eta = if first { data.start[i] } else { level + self.slope * t };
                let w = if prior.is_empty() { mean } else { mean * prior[i] };
                let wz = w * (eta + (data.y[i] - mean) / mean);
                self.weight[i] = w;
                sum += w;
                sz += wz;
                st += w * t;
                tt += w * t * t;
                tz += wz * t;
            }
            self.sum[*group] += sum;
            room.wz[*group] += sz;
            room.wt[*group] += st;
        }
        for group in 0..data.groups {
            let sum = self.sum[group];
            if sum > 0.0 {
                self.centre[group] = room.wt[group] / sum;
                tt -= room.wt[group] * self.centre[group];
                tz -= room.wz[group] * self.centre[group];
            }
        }
        self.cross = tt;
        self.slope = if self.trend { tz / tt } else { 0.0 };
        for group in 0..data.groups {
            if self.sum[group] > 0.0 {
                self.level[group] = (room.wz[group] - self.slope * room.wt[group]) / self.sum[group];
            }
        }
    }

    /// The means at the present coefficients, and the deviance.
    fn means(&mut self, data: &Data, prior: &[f64]) -> f64 {
        let (ratio, least) = (self.slope.exp(), f64::EPSILON.ln());
        let mut sum = 0.0;
        for (from, to, group) in &data.runs {
            let level = self.level[*group];
            // Consecutive times: a factor from one to the next.
            let mut mean = (level + self.slope * data.t[*from]).exp();
            for i in *from..*to {
                let held = mean.max(f64::EPSILON);
                self.mean[i] = held;
                mean *= ratio;
                let eta = if held > f64::EPSILON { level + self.slope * data.t[i] } else { least };
                let part = data.own[i] - data.y[i] * eta + held;
                sum += if prior.is_empty() { part } else { part * prior[i] };
            }
        }
        2.0 * sum
    }

    /// Degrees of freedom that are left.
    pub(super) fn freedom(&self) -> f64 {
        self.mean.len() as f64 - self.rank as f64
    }

    /// The dispersion, with R's mixture of the last weights and the residuals behind them. `weight` are the weights that R has in the model at that time.
    pub(super) fn dispersion(&self, data: &Data, weight: &[f64]) -> f64 {
        let sum: f64 = self
            .mean
            .iter()
            .zip(&data.y)
            .zip(weight)
            .map(|((mean, y), weight)| {
                let residual = (y - mean) / mean;
                weight * residual * residual
            })
            .sum();
        sum / self.freedom()
    }

    /// The log-mean of `group` at time `t`.
    pub(super) fn eta(&self, group: usize, t: f64) -> f64 {
        self.level[group] + self.slope * t
    }

    /// Its variance over the dispersion.
    pub(super) fn variance(&self, group: usize, t: f64) -> f64 {
        let off = t - self.centre[group];
        1.0 / self.sum[group] + if self.trend { off * off / self.cross } else { 0.0 }
    }

    /// The variance of the slope over the dispersion.
    pub(super) const fn slope_variance(&self) -> f64 {
        1.0 / self.cross
    }
}

fn deviance_at_start(data: &Data, prior: &[f64]) -> f64 {
    let part = |i: usize, y: f64| prior.get(i).copied().unwrap_or(1.0) * (data.own[i] - y * data.start[i] + y + 0.1);
    2.0 * data.y.iter().enumerate().map(|(i, y)| part(i, *y)).sum::<f64>()
}
