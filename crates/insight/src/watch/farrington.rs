//! Farrington's method in its flexible form: this week against the same weeks of years before, with a trend, a factor for the parts of the year, past outbreaks
//! weighed down, and the last half year left out so that an outbreak does not become its own baseline.
//!
//! Farrington, Andrews, Beale, Catchpole 1996, JRSS A 159:547; Noufaily, Enki, Farrington, Garthwaite, Andrews, Charlett 2013, Statistics in Medicine 32:1206,
//! §3.3–3.6. The steps, and what follows from them to the last digit, are those of `farringtonFlexible` of R's `surveillance` 1.20.3, also where they differ from
//! the paper: the trend is judged with the errors of weights that are no longer those of the fit.

use super::chance::{Count, normal_quantile, student_beyond};
use super::oneway::{Data, Fit, Room};

/// How the bound is taken from the fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// A quantile of the negative binomial distribution with mean and dispersion as fitted (Noufaily 2013, §3.6).
    Negbin,
    /// The same, with the upper limit of the mean instead of the mean.
    Muan,
    /// By a power of 2/3 that makes counts symmetric (Farrington 1996, §3.7).
    Power,
}

/// The settings; the names of R's options stand behind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// How many years back at most (`b`); as many as there are.
    pub years: usize,
    /// Half the window around the week of each year (`w`).
    pub half: usize,
    /// Whether past outbreaks are weighed down (`reweight`), and beyond which residual (`weightsThreshold`).
    pub reweight: Option<f64>,
    /// Whether there may be a trend (`trend`), and up to which p of its own (`pThresholdTrend`).
    pub trend: Option<f64>,
    /// Into how many parts the year is cut, the window being one (`noPeriods`); 1: the windows alone.
    pub parts: usize,
    /// How many weeks before this one are left out (`pastWeeksNotIncluded`).
    pub left_out: usize,
    /// The one-sided false rate (`alpha`).
    pub alpha: f64,
    /// Fewer than so many in so many weeks, this one included, is no alarm (`limit54`).
    pub least: (f64, usize),
    /// How the bound is taken (`thresholdMethod`).
    pub threshold: Threshold,
}

impl Default for Settings {
    /// Noufaily 2013: five years, three weeks each side, ten parts, 26 weeks left out, a trend always, α 0.01.
    fn default() -> Self {
        Self { years: 5, half: 3, reweight: Some(2.58), trend: Some(1.0), parts: 10, left_out: 26, alpha: 0.01, least: (5.0, 4), threshold: Threshold::Negbin }
    }
}

/// What is usual in a week, and how this one stands to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// How many years there were.
    pub years: usize,
    /// What is expected.
    pub expected: f64,
    /// Variance over mean.
    pub spread: f64,
    /// A count above is an alarm; none where the fit is of no use.
    pub upper: Option<f64>,
    /// The probability of a count as large or larger.
    pub p: f64,
    /// What a week adds to the logarithm, if there is a trend.
    pub trend: Option<f64>,
    /// Enough cases in the last weeks for an alarm.
    pub enough: bool,
    /// Count above the bound, and enough cases.
    pub alarm: bool,
    /// What is expected of the week before, by the same fit.
    pub expected_before: f64,
    /// The variance of the expected value's logarithm.
    pub variance: f64,
}

/// A bench with its room, for one series after the other.
#[derive(Debug, Default)]
pub struct Farrington {
    data: Data,
    groups: Vec<u8>,
    first: Fit,
    room: Room,
    prior: Vec<f64>,
    /// Of the series that was judged last: the counts, `ln(y + 0.1)`, `y ln y - y`.
    logs: Vec<f64>,
    own: Vec<f64>,
    series: Vec<f64>,
}

impl Farrington {
    /// Judges week `at` of a series. `reference` gives the week that lies so many years before `at`, if the series has it: mostly `at - 52 × years`.
    ///
    /// None where not even one year lies before it, or where R would find no fit.
    #[must_use]
    pub fn judge(&mut self, counts: &[f64], at: usize, reference: &dyn Fn(usize) -> Option<usize>, settings: &Settings) -> Option<Judged> {
        let count = *counts.get(at)?;
        let years = self.lay_out(counts, at, reference, settings)?;
        let group = self.data.groups - 1;
        let trend = settings.trend.filter(|_| years >= 3);
        // A trend stays if it is significant and does not lead beyond all that has been seen; R goes on without where it has not converged.
        let kept = match trend {
            Some(limit) => self.fit(settings, true)? && self.within(group) && self.significant() < limit,
            None => false,
        };
        if !kept && !self.fit(settings, false)? {
            return None;
        }
        let spread = self.first.dispersion(&self.data, &self.first.weight).max(1.0);
        let eta = self.first.eta(group, 0.0);
        let expected = eta.exp();
        let variance = self.first.variance(group, 0.0) * self.stated();
        let mean = if settings.threshold == Threshold::Muan { (eta + normal_quantile(1.0 - settings.alpha) * variance.sqrt()).exp() } else { expected };
        let (upper, p) = match settings.threshold {
            Threshold::Power => power(expected, variance, spread, count, settings.alpha),
            _ if mean.is_finite() && mean > 0.0 && spread.is_finite() => {
                let usual = Count { mean, spread };
                (Some(usual.quantile(1.0 - settings.alpha)), usual.at_least(count))
            }
            _ => (None, f64::NAN),
        };
        let recent: f64 = counts.get((at + 1).saturating_sub(settings.least.1)..=at)?.iter().sum();
        let enough = recent >= settings.least.0;
        let alarm = enough && count > 0.0 && upper.is_some_and(|upper| count > upper);
        let slope = kept.then_some(self.first.slope);
        Some(Judged { years, expected, spread, upper, p, trend: slope, enough, alarm, expected_before: self.first.eta(group, -1.0).exp(), variance })
    }

    /// Puts the weeks of the baseline into their parts of the year. The window is the last group.
    fn lay_out(&mut self, counts: &[f64], at: usize, reference: &dyn Fn(usize) -> Option<usize>, settings: &Settings) -> Option<usize> {
        const NONE: u8 = u8::MAX;
        let (half, parts) = (settings.half, settings.parts.clamp(1, 200));
        let window = (parts - 1) as u8;
        self.groups.clear();
        self.groups.resize(at + 1, NONE);
        self.groups[at.saturating_sub(half)..=at].fill(window);
        let (mut years, mut later) = (0, at);
        while years < settings.years {
            let Some(week) = reference(years + 1).filter(|week| *week >= half && week + 2 * half < later) else { break };
            let between = later - week - 2 * half - 1;
            if parts > 1 && between < parts - 1 {
                return None;
            }
            self.groups[week - half..=week + half].fill(window);
            let mut from = week + half + 1;
            for part in 0..parts - 1 {
                let length = between / (parts - 1) + usize::from(part < between % (parts - 1));
                self.groups[from..from + length].fill(part as u8);
                from += length;
            }
            (years, later) = (years + 1, week);
        }
        self.groups[at.saturating_sub(settings.left_out)..=at].fill(NONE);
        if years == 0 {
            return None;
        }
        self.remember(counts);
        let data = &mut self.data;
        data.groups = parts;
        data.runs.clear();
        for vector in [&mut data.y, &mut data.t, &mut data.start, &mut data.own] {
            vector.clear();
        }
        let mut before = NONE;
        for (week, group) in self.groups.iter().enumerate() {
            if *group == NONE {
                before = NONE;
                continue;
            }
            if *group != before {
                data.runs.push((data.y.len(), data.y.len(), usize::from(*group)));
                before = *group;
            }
            data.y.push(counts[week]);
            data.t.push(week as f64 - at as f64);
            data.start.push(self.logs[week]);
            data.own.push(self.own[week]);
            if let Some(run) = data.runs.last_mut() {
                run.1 += 1;
            }
        }
        let window = usize::from(window);
        data.runs.iter().any(|(_, _, group)| *group == window).then_some(years)
    }

    /// Logarithms of a series, taken once.
    fn remember(&mut self, counts: &[f64]) {
        if self.series != counts || self.logs.len() != counts.len() {
            self.series.clear();
            self.series.extend_from_slice(counts);
            self.logs.clear();
            self.logs.extend(counts.iter().map(|count| (count + 0.1).ln()));
            self.own.clear();
            self.own.extend(counts.iter().map(|count| if *count > 0.0 { count * count.ln() - count } else { 0.0 }));
        }
    }

    /// Fits, weighs, fits again. None where R stops, false where it has not converged.
    fn fit(&mut self, settings: &Settings, trend: bool) -> Option<bool> {
        self.prior.clear();
        if !self.first.run(&self.data, &[], trend, &mut self.room) {
            return None;
        }
        if !self.first.converged {
            return Some(false);
        }
        if let Some(limit) = settings.reweight {
            let spread = self.first.dispersion(&self.data, &self.first.weight).max(1.0);
            self.weigh(spread, limit);
            if !self.first.run(&self.data, &self.prior, trend, &mut self.room) {
                return None;
            }
        }
        Some(true)
    }

    /// Weights by standardised Anscombe residuals (Farrington 1996, §3.6): one over the square beyond the limit, the sum as it was.
    fn weigh(&mut self, spread: f64, limit: f64) {
        let fit = &self.first;
        self.prior.resize(self.data.y.len(), 1.0);
        let mut sum = 0.0;
        for (from, to, group) in &self.data.runs {
            for i in *from..*to {
                let (y, mean) = (self.data.y[i], fit.mean[i]);
                // At or below the mean the residual is not positive.
                let residual = if y > mean {
                    let leverage = (fit.weight[i] * fit.variance(*group, self.data.t[i])).min(1.0);
                    let root = mean.sqrt();
                    1.5 * ((y * y).cbrt() / root.cbrt() - root) / (spread * (1.0 - leverage)).sqrt()
                } else {
                    0.0
                };
                let weight = if residual > limit { 1.0 / (residual * residual) } else { 1.0 };
                self.prior[i] = weight;
                sum += weight;
            }
        }
        let level = self.prior.len() as f64 / sum;
        self.prior.iter_mut().for_each(|weight| *weight *= level);
    }

    /// Whether the expected value is not above all that has been seen.
    fn within(&self, group: usize) -> bool {
        self.first.eta(group, 0.0).exp() <= self.data.y.iter().copied().fold(0.0, f64::max)
    }

    /// The dispersion that R's errors rest on: after reweighting the model's weights have been replaced by the prior ones.
    fn stated(&self) -> f64 {
        self.first.dispersion(&self.data, if self.prior.is_empty() { &self.first.weight } else { &self.prior })
    }

    /// The p of the trend.
    fn significant(&self) -> f64 {
        let t = self.first.slope / (self.stated() * self.first.slope_variance()).sqrt();
        if t.is_nan() { 1.0 } else { student_beyond(t, self.first.freedom()) }
    }
}

/// The bound by the power 2/3, and p. `variance` is of the logarithm.
fn power(mean: f64, variance: f64, spread: f64, count: f64, alpha: f64) -> (Option<f64>, f64) {
    let tau = spread + variance * mean;
    let deviation = (4.0 / 9.0 * mean.cbrt() * tau).sqrt();
    let middle = (mean * mean).cbrt();
    let z = normal_quantile(1.0 - alpha);
    let upper = (middle + z * deviation).powf(1.5);
    let p = super::chance::normal_above(((count * count).cbrt() - middle) / deviation);
    (upper.is_finite().then_some(upper), p)
}
