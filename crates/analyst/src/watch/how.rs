//! How a series is judged: the method and its settings, and the verdict on each period.

use super::series::{Series, Unit};
use anyhow::{Context, Result, anyhow, bail};
use domain::dispatch::{Calendar, DayKind, Hours};
use domain::kernel::Day;
use insight::watch::{Back, Ears, Farrington, Period, Season, Settings, Shape, Spread, Threshold, pair};
use std::path::Path;

/// The methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Method {
    /// Farrington's, flexible: years of weeks
    Farrington,
    /// The same fit, this week and the last together
    Pair,
    /// EARS C1: the seven before
    C1,
    /// EARS C2: two left out between
    C2,
    /// EARS C3: with what the two before had too much
    C3,
    /// A model with trend, season, weekday, holidays: days
    Model,
}

/// How the bound is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Bound {
    /// Negative binomial quantile
    Negbin,
    /// The same with the upper limit of the mean
    Muan,
    /// Power 2/3
    Power,
}

/// The method and its settings.
#[derive(Debug, Clone, clap::Args)]
pub struct How {
    /// The method; without: `model` for days, else `farrington`
    #[arg(long)]
    pub method: Option<Method>,
    /// The one-sided false rate of a period; without: 0.01, pair 0.009, EARS 0.001 and C3 0.025
    #[arg(long)]
    pub alpha: Option<f64>,
    /// How many years back at most
    #[arg(long, default_value_t = 5)]
    pub years: usize,
    /// Half the window around the same week of each year; without: 3, months 1
    #[arg(long)]
    pub half: Option<usize>,
    /// Beyond which residual past outbreaks are weighed down; 0: not at all
    #[arg(long, default_value_t = 2.58)]
    pub reweight: f64,
    /// Up to which p of its own a trend is kept; 0: no trend
    #[arg(long, default_value_t = 1.0)]
    pub trend: f64,
    /// Into how many parts the year is cut; without: 10, months 4
    #[arg(long)]
    pub parts: Option<usize>,
    /// How many periods before this one are left out; without: 26 weeks, 6 months, 28 days
    #[arg(long)]
    pub left_out: Option<usize>,
    /// Fewer than this many in four periods is no alarm
    #[arg(long, default_value_t = 5.0)]
    pub least: f64,
    /// How Farrington's bound is taken
    #[arg(long, value_enum, default_value_t = Bound::Negbin)]
    pub bound: Bound,
    /// How many periods EARS looks back
    #[arg(long, default_value_t = 7)]
    pub baseline: usize,
    /// How the model takes season and calendar
    #[command(flatten)]
    pub shape: Form,
}

/// The shape of the model.
#[derive(Debug, Clone, clap::Args)]
pub struct Form {
    /// The model's season: `spline`, `factor`, `flat`
    #[arg(long, default_value = "spline")]
    pub season: String,
    /// How many knots or parts the season has
    #[arg(long, default_value_t = 6)]
    pub knots: usize,
    /// The model's variance is mean + mean²/size instead of a multiple of the mean
    #[arg(long)]
    pub quadratic: bool,
    /// Holidays and make-up days: a calendar file, or `shipped`
    #[arg(long)]
    pub calendar: Option<String>,
}

/// The verdict on a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Which, from the series' first.
    pub at: usize,
    /// What was expected.
    pub expected: f64,
    /// A count above is an alarm; none where there are too few cases or no fit.
    pub upper: Option<f64>,
    /// The probability of as many or more.
    pub p: f64,
    /// Whether it is one.
    pub alarm: bool,
}

/// The method with all it needs.
pub(super) struct Judge {
    pub(super) method: Method,
    alpha: f64,
    settings: Settings,
    baseline: usize,
    shape: Shape,
    calendar: Option<Calendar>,
    unit: Unit,
}

impl How {
    /// Makes the method ready for periods of `unit`.
    ///
    /// # Errors
    /// Settings that cannot be.
    pub(super) fn judge(&self, unit: Unit) -> Result<Judge> {
        let method = self.method.unwrap_or(if unit == Unit::Day { Method::Model } else { Method::Farrington });
        let ears = method.ears();
        let alpha = self.alpha.unwrap_or_else(|| if method == Method::Pair { pair::ALPHA } else { ears.map_or(0.01, Ears::alpha) });
        if !(alpha > 0.0 && alpha < 0.5) {
            bail!("--alpha {alpha}：应在 0 与 0.5 之间。");
        }
        let month = unit == Unit::Month;
        let settings = Settings {
            years: self.years.min(100),
            half: self.half.unwrap_or(if month { 1 } else { 3 }),
            reweight: (self.reweight > 0.0).then_some(self.reweight),
            trend: (self.trend > 0.0).then_some(self.trend),
            parts: self.parts.unwrap_or(if month { 4 } else { 10 }),
            left_out: self.left_out.unwrap_or(if month {
                6
            } else if unit == Unit::Day {
                28
            } else {
                26
            }),
            alpha,
            least: (self.least, 4),
            threshold: match self.bound {
                Bound::Negbin => Threshold::Negbin,
                Bound::Muan => Threshold::Muan,
                Bound::Power => Threshold::Power,
            },
        };
        let window = 2 * settings.half + 1;
        if matches!(method, Method::Farrington | Method::Pair) && (settings.parts == 0 || window + settings.parts > unit.yearly() || settings.parts > 200) {
            bail!("--half {} 与 --parts {}：一年 {} 期分不开。", settings.half, settings.parts, unit.yearly());
        }
        if ears.is_some() && self.baseline < 3 {
            bail!("--baseline 至少为 3。");
        }
        Ok(Judge { method, alpha, settings, baseline: self.baseline, shape: self.shape.shape(unit, &settings)?, calendar: self.shape.calendar()?, unit })
    }
}

impl Form {
    fn shape(&self, unit: Unit, settings: &Settings) -> Result<Shape> {
        let season = match self.season.as_str() {
            "spline" => Season::Spline(self.knots.clamp(4, 60)),
            "factor" => Season::Factor(self.knots.clamp(1, 60)),
            "flat" => Season::Flat,
            other => bail!("--season {other}：有 spline、factor、flat。"),
        };
        Ok(Shape {
            season,
            trend: settings.trend.is_some(),
            weekdays: unit == Unit::Day,
            kinds: self.calendar.is_some(),
            spread: if self.quadratic { Spread::Negbin } else { Spread::Quasi },
            reweight: settings.reweight,
        })
    }

    fn calendar(&self) -> Result<Option<Calendar>> {
        let Some(name) = &self.calendar else { return Ok(None) };
        if name == "shipped" {
            return Ok(Some(Calendar::seed()));
        }
        let path = Path::new(name);
        let text = std::fs::read_to_string(path).with_context(|| format!("文件“{name}”打不开"))?;
        Calendar::read(&text, Hours::DEFAULT.to_vec()).map(Some).map_err(|fault| anyhow!("文件“{name}”：{fault}"))
    }
}

impl Method {
    const fn ears(self) -> Option<Ears> {
        match self {
            Self::C1 => Some(Ears::C1),
            Self::C2 => Some(Ears::C2),
            Self::C3 => Some(Ears::C3),
            _ => None,
        }
    }
}

impl Judge {
    /// Judges the periods of a series from `from`; those without enough history are left out.
    pub(super) fn all(&self, bench: &mut Farrington, series: &Series, from: usize) -> Vec<Verdict> {
        let counts = &series.counts;
        let periods = if self.method == Method::Model { self.periods(series, 0) } else { Vec::new() };
        (from..counts.len())
            .filter_map(|at| match self.method.ears() {
                Some(ears) => {
                    let bound = ears.bound(counts, at, &Back { baseline: self.baseline, least_deviation: 0.0, alpha: self.alpha })?;
                    let upper = Some(bound.upper).filter(|upper| upper.is_finite());
                    Some(Verdict { at, expected: bound.mean, upper, p: bound.p, alarm: counts[at] > bound.upper })
                }
                None if self.method == Method::Model => self.model(counts, &periods, at),
                None => self.farrington(bench, series, at),
            })
            .collect()
    }

    fn farrington(&self, bench: &mut Farrington, series: &Series, at: usize) -> Option<Verdict> {
        let now = series.first + at as i64;
        let reference = |years: usize| usize::try_from(self.unit.years_before(now, years)? - series.first).ok();
        let counts = &series.counts;
        let judged = bench.judge(counts, at, &reference, &self.settings)?;
        let upper = judged.upper.filter(|_| judged.enough);
        if self.method == Method::Pair {
            let paired = pair::pair(&judged, counts[at], counts[at - 1], self.alpha);
            return Some(Verdict { at, expected: judged.expected, upper, p: paired.p, alarm: paired.alarm });
        }
        Some(Verdict { at, expected: judged.expected, upper, p: if judged.enough { judged.p } else { f64::NAN }, alarm: judged.alarm })
    }

    fn model(&self, counts: &[f64], periods: &[Period], at: usize) -> Option<Verdict> {
        let end = at.checked_sub(self.settings.left_out)?;
        let begin = at.saturating_sub(self.settings.years * self.unit.yearly());
        // A season needs a year to show.
        let needed = if self.shape.season == Season::Flat { 28 } else { self.unit.yearly() };
        if end < begin + needed {
            return None;
        }
        let fitted = self.shape.fit(&counts[begin..end], &periods[begin..end])?;
        let predicted = fitted.at((at - begin) as i64, &periods[at]);
        let recent: f64 = counts[(at + 1).saturating_sub(4)..=at].iter().sum();
        let enough = recent >= self.settings.least.0;
        let upper = predicted.upper(self.alpha);
        let p = if enough { predicted.at_least(counts[at]) } else { f64::NAN };
        Some(Verdict { at, expected: predicted.mean, upper: enough.then_some(upper), p, alarm: enough && counts[at] > upper })
    }

    /// The periods of a series and so many more, as the model sees them.
    pub(super) fn periods(&self, series: &Series, ahead: usize) -> Vec<Period> {
        let end = series.first + (series.counts.len() + ahead) as i64;
        (series.first..end)
            .map(|period| {
                let day = self.unit.day(period);
                let weekday = if self.unit == Unit::Day { day.map_or(0, |day| (day - 4).rem_euclid(7) as u8) } else { 0 };
                Period { phase: self.unit.phase(period), weekday, kind: day.map_or(0, |day| self.kind(day)) }
            })
            .collect()
    }

    /// A holiday or a make-up day; of a week: three of its working days free, or a make-up day in it. Months have none.
    fn kind(&self, day: i64) -> u8 {
        let Some(calendar) = &self.calendar else { return 0 };
        let of = |day: i64| calendar.kind(Day(day));
        match self.unit {
            Unit::Day => match of(day) {
                DayKind::Holiday => 1,
                DayKind::Makeup => 2,
                _ => 0,
            },
            Unit::Week if (day..day + 5).filter(|day| of(*day) == DayKind::Holiday).count() >= 3 => 1,
            Unit::Week if (day..day + 7).any(|day| of(day) == DayKind::Makeup) => 2,
            _ => 0,
        }
    }

    pub(super) const fn shape(&self) -> &Shape {
        &self.shape
    }
}
