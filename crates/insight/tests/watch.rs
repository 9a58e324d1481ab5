//! Watch against R's `surveillance`, against versions without any shortcut, and what must not change a result.
//!
//! The bounds need the shared benchmark; without it the test says so and is skipped.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use insight::seeded::Seeded;
use insight::watch::chance::{Count, ln_gamma};
use insight::watch::{Back, Ears, Farrington, Period, Season, Settings, Shape, Spread, Threshold, discovery_rates, each};
use proptest::prelude::*;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The shared folder beside the checkout, or the one that `XINJIEAN_SHARED` names, if it is there.
#[expect(clippy::disallowed_methods, reason = "a test may look where the material lies")]
fn shared() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = std::env::var_os("XINJIEAN_SHARED").map_or_else(beside, PathBuf::from);
    if folder.join("bench/farrington_bounds.csv").exists() {
        return Some(folder);
    }
    eprintln!("SKIPPED: {} is not there", folder.join("bench/farrington_bounds.csv").display());
    None
}

fn series(folder: &Path) -> HashMap<String, Vec<f64>> {
    let mut all: HashMap<String, Vec<f64>> = HashMap::new();
    for line in std::fs::read_to_string(folder.join("data/clusters/weekly_outbreaks.csv")).unwrap().lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        all.entry(cells[0].to_owned()).or_default().push(cells[4].parse().unwrap());
    }
    all
}

fn alike(a: f64, b: f64, to: f64) -> bool {
    (a - b).abs() <= to * b.abs().max(1e-9)
}

#[test]
fn every_bound_of_r_is_met() {
    let Some(folder) = shared() else { return };
    let all = series(&folder);
    let (mut bounds, mut off, mut moments, mut moments_off, mut alarms) = (0, Vec::new(), 0, Vec::new(), 0);
    let mut bench = Farrington::default();
    for line in std::fs::read_to_string(folder.join("bench/farrington_bounds.csv")).unwrap().lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let counts = &all[cells[0]];
        let number = |at: usize| cells.get(at).and_then(|cell| cell.parse::<f64>().ok());
        let (at, years, alpha) = (number(1).unwrap() as usize - 1, number(2).unwrap() as usize, number(4).unwrap());
        let (upper, alarm) = match cells[3] {
            "nbPlugin" | "delta" => {
                let threshold = if cells[3] == "delta" { Threshold::Power } else { Threshold::Negbin };
                let judged = bench.judge(counts, at, &|back| at.checked_sub(52 * back), &Settings { years, alpha, threshold, ..Settings::default() });
                let Some(judged) = judged else {
                    off.push(format!("{line}: no fit"));
                    continue;
                };
                moments += 1;
                let same = alike(judged.spread, number(11).unwrap_or(f64::NAN), 1e-6)
                    && (cells[3] == "delta" || alike(judged.expected, number(10).unwrap_or(f64::NAN), 1e-6))
                    && number(13).is_none_or(|slope| judged.trend.is_some_and(|own| alike(own, slope, 1e-6)))
                    && judged.trend.is_some() == (cells[12] == "1");
                if !same {
                    moments_off.push(format!("{line}: {judged:?}"));
                }
                (judged.upper.filter(|_| judged.enough), judged.alarm)
            }
            name => {
                let ears = match name {
                    "EARS-C1" => Ears::C1,
                    "EARS-C2" => Ears::C2,
                    _ => Ears::C3,
                };
                let bound = ears.bound(counts, at, &Back { baseline: 7, least_deviation: 0.0, alpha }).unwrap();
                (Some(bound.upper).filter(|upper| upper.is_finite()), counts[at] > bound.upper)
            }
        };
        bounds += 1;
        let same = match (upper, number(7)) {
            (None, None) => true,
            (Some(own), Some(theirs)) => alike(own, theirs, 1e-6),
            _ => false,
        };
        if !same {
            off.push(format!("{line}: {upper:?}"));
        }
        alarms += usize::from(number(8).is_some_and(|theirs| (theirs > 0.0) != alarm));
    }
    eprintln!("{bounds} bounds, {} off; {moments} fits, {} off; {alarms} alarms off", off.len(), moments_off.len());
    off.iter().chain(&moments_off).take(12).for_each(|line| eprintln!("{line}"));
    assert_eq!((off.len(), moments_off.len(), alarms), (0, 0, 0));
    assert!(bounds > 14_000);
}

/// Weighted least squares by elimination, nothing left out.
fn eliminated(rows: &[Vec<f64>], weights: &[f64], z: &[f64]) -> Vec<f64> {
    let width = rows[0].len();
    let mut table = vec![vec![0.0; width + 1]; width];
    for ((row, w), z) in rows.iter().zip(weights).zip(z) {
        for i in 0..width {
            (0..width).for_each(|j| table[i][j] += w * row[i] * row[j]);
            table[i][width] += w * row[i] * z;
        }
    }
    for i in 0..width {
        let best = (i..width).max_by(|a, b| table[*a][i].abs().total_cmp(&table[*b][i].abs())).unwrap();
        table.swap(i, best);
        let pivot = table[i].clone();
        for (n, line) in table.iter_mut().enumerate().filter(|(n, _)| *n != i) {
            let factor = line[i] / pivot[i];
            assert!(n != i);
            line.iter_mut().zip(&pivot).for_each(|(cell, own)| *cell -= factor * own);
        }
    }
    (0..width).map(|i| table[i][width] / table[i][i]).collect()
}

/// Farrington without reweighting by a matrix with a column for each part of the year: expected value, spread and slope.
fn naive(counts: &[f64], at: usize, trend: bool) -> (f64, f64, f64) {
    let (years, half, parts) = (5.min((at - 3) / 52), 3, 10);
    let mut groups = vec![None; at + 1];
    for year in 1..=years {
        let (week, later) = (at - 52 * year, at - 52 * (year - 1));
        let between: Vec<usize> = (week + half + 1..later - half).collect();
        let (base, rest) = (between.len() / (parts - 1), between.len() % (parts - 1));
        let mut sizes = (0..parts - 1).flat_map(|part| std::iter::repeat_n(part, base + usize::from(part < rest)));
        between.iter().for_each(|week| groups[*week] = sizes.next());
        (week - half..=week + half).for_each(|week| groups[week] = Some(parts - 1));
    }
    let used: Vec<usize> = (0..at - 26).filter(|week| groups[*week].is_some()).collect();
    let row = |week: usize, group: usize| {
        let mut row = vec![0.0; parts];
        row[group] = 1.0;
        row.extend(trend.then_some((week as f64 - at as f64) / 100.0));
        row
    };
    let rows: Vec<Vec<f64>> = used.iter().map(|week| row(*week, groups[*week].unwrap())).collect();
    let y: Vec<f64> = used.iter().map(|week| counts[*week]).collect();
    let mut means: Vec<f64> = y.iter().map(|y| y + 0.1).collect();
    let mut etas: Vec<f64> = means.iter().map(|mean| mean.ln()).collect();
    let mut coefficients = Vec::new();
    let deviance = |means: &[f64]| 2.0 * y.iter().zip(means).map(|(y, mean)| y * (y / mean).ln() - (y - mean)).sum::<f64>();
    let mut before = deviance(&means);
    let mut weights = means.clone();
    for _ in 0..25 {
        weights.clone_from(&means);
        let z: Vec<f64> = etas.iter().zip(&means).zip(&y).map(|((eta, mean), y)| eta + (y - mean) / mean).collect();
        coefficients = eliminated(&rows, &means, &z);
        etas = rows.iter().map(|row| row.iter().zip(&coefficients).map(|(x, c)| x * c).sum()).collect();
        means = etas.iter().map(|eta| eta.exp()).collect();
        let now = deviance(&means);
        if (now - before).abs() / (now.abs() + 0.1) < 1e-8 {
            break;
        }
        before = now;
    }
    let squares: f64 = y.iter().zip(&means).zip(&weights).map(|((y, mean), weight)| weight * ((y - mean) / mean).powi(2)).sum();
    let spread = (squares / (y.len() - rows[0].len()) as f64).max(1.0);
    let expected = coefficients[parts - 1].exp();
    (expected, spread, if trend { coefficients[parts] / 100.0 } else { 0.0 })
}

fn weekly(from: u32) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec((from..40).prop_map(f64::from), 110..330)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_closed_form_is_the_matrix(counts in weekly(1), trend in any::<bool>()) {
        let at = counts.len() - 1;
        let settings = Settings { reweight: None, trend: trend.then_some(1.0), ..Settings::default() };
        let judged = Farrington::default().judge(&counts, at, &|back| at.checked_sub(52 * back), &settings).unwrap();
        let (expected, spread, slope) = naive(&counts, at, judged.trend.is_some());
        prop_assert!(judged.trend.is_none() || trend);
        prop_assert!(alike(judged.expected, expected, 1e-6) && alike(judged.spread, spread, 1e-6), "{judged:?} {expected} {spread}");
        prop_assert!(judged.trend.is_none_or(|own| (own - slope).abs() < 1e-8));
    }

    #[test]
    fn no_series_knows_of_another_and_threads_change_nothing(all in prop::collection::vec(weekly(0), 2..6)) {
        let judge = |bench: &mut Farrington, counts: &Vec<f64>| {
            (100..counts.len()).map(|at| bench.judge(counts, at, &|back| at.checked_sub(52 * back), &Settings::default())).collect::<Vec<_>>()
        };
        let alone: Vec<_> = all.iter().map(|counts| judge(&mut Farrington::default(), counts)).collect();
        for threads in [1, 3] {
            // As text: what is not a number is alike, too.
            prop_assert_eq!(format!("{:?}", each(&all, threads, Farrington::default, judge)), format!("{alone:?}"));
        }
    }

    #[test]
    fn rates_of_false_discovery_are_those_of_the_definition(ps in prop::collection::vec(0.0..1.0_f64, 1..40), turn in 0_usize..40) {
        let rates = discovery_rates(&ps);
        for (p, rate) in ps.iter().zip(&rates) {
            let naive = ps.iter().filter(|other| *other >= p).map(|other| {
                other * ps.len() as f64 / ps.iter().filter(|own| *own <= other).count() as f64
            }).fold(1.0, f64::min);
            prop_assert!((rate - naive).abs() < 1e-12);
        }
        let (mut turned, mut with) = (ps.clone(), rates);
        turned.rotate_left(turn % ps.len());
        with.rotate_left(turn % ps.len());
        prop_assert_eq!(discovery_rates(&turned), with);
    }

    #[test]
    fn quantiles_and_tails_are_sums_of_terms(mean in 0.01..80.0_f64, spread in 1.0..9.0_f64, share in 0.001..0.9999_f64) {
        let count = Count { mean, spread };
        let size = mean / (spread - 1.0);
        let term = |n: f64| (ln_gamma(size + n) - ln_gamma(size) - ln_gamma(n + 1.0) - size * spread.ln() + n * (1.0 - 1.0 / spread).ln()).exp();
        prop_assume!(spread > 1.05);
        let quantile = count.quantile(share);
        let below: f64 = (0..quantile as u32).map(|n| term(f64::from(n))).sum();
        prop_assert!(below < share + 1e-9 && below + term(quantile) > share - 1e-9, "{below} {quantile}");
        prop_assert!((count.at_least(quantile) - (1.0 - below)).abs() < 1e-9);
    }

    #[test]
    fn nothing_panics_or_goes_on_for_ever(
        counts in prop::collection::vec(prop_oneof![any::<f64>(), (0_u32..9).prop_map(f64::from), (0.0..1e12_f64).prop_map(f64::floor)], 0..140),
        numbers in (0_usize..9, 0_usize..60, 0_usize..70, 0_usize..300, 0.0..0.6_f64), back in 1_usize..60, years in 0_usize..4,
    ) {
        let (half, parts, left_out, at, alpha) = numbers;
        for threshold in [Threshold::Negbin, Threshold::Muan, Threshold::Power] {
            let settings = Settings { years, half, parts, left_out, alpha, threshold, ..Settings::default() };
            let _ = Farrington::default().judge(&counts, at, &|year| at.checked_sub(back * year), &settings);
        }
        for ears in [Ears::C1, Ears::C2, Ears::C3] {
            let _ = ears.bound(&counts, at, &Back { baseline: half, least_deviation: 0.0, alpha });
        }
        let periods = vec![Period { phase: alpha * 7.0, weekday: half as u8, kind: (parts % 3) as u8 }; counts.len()];
        for spread in [Spread::Quasi, Spread::Negbin] {
            for season in [Season::Flat, Season::Spline(parts), Season::Factor(half)] {
                let shape = Shape { season, trend: true, weekdays: true, kinds: true, spread, reweight: Some(2.58) };
                if let Some(fitted) = shape.fit(&counts, &periods) {
                    let _ = fitted.at(at as i64, &periods[0]).interval(alpha);
                }
            }
        }
    }
}

/// A Poisson count, or a mixture of them with the given spread, by inversion.
fn drawn(seeded: &mut Seeded, mean: f64, spread: f64) -> f64 {
    Count { mean, spread }.quantile((seeded.next() >> 11) as f64 / (1_u64 << 53) as f64)
}

/// Two years of days: weekends are quiet, holidays quieter, make-up days as any working day, summer is busy.
fn days(seeded: &mut Seeded, length: usize) -> (Vec<f64>, Vec<Period>, Vec<f64>) {
    let (mut counts, mut periods, mut means) = (Vec::new(), Vec::new(), Vec::new());
    for day in 0..length {
        let (phase, weekday) = ((day % 365) as f64 / 365.0, (day % 7) as u8);
        let kind = if [30, 31, 32, 120, 121, 275, 276, 277].contains(&(day % 365)) { 1 } else { u8::from(weekday == 6 && day % 10 == 3) * 2 };
        let level = 3.0 + 0.3 * (std::f64::consts::TAU * phase).sin() + 0.0003 * day as f64;
        let off = if kind == 1 {
            -1.0
        } else if weekday >= 5 && kind != 2 {
            -0.7
        } else {
            0.0
        };
        means.push((level + off).exp());
        counts.push(drawn(seeded, (level + off).exp(), 1.8));
        periods.push(Period { phase, weekday, kind });
    }
    (counts, periods, means)
}

#[test]
fn forecasts_know_weekdays_holidays_and_make_up_days_and_their_intervals_hold() {
    let mut seeded = Seeded::new(5);
    for (season, spread) in [(Season::Spline(6), Spread::Quasi), (Season::Factor(8), Spread::Quasi), (Season::Spline(6), Spread::Negbin)] {
        let shape = Shape { season, trend: true, weekdays: true, kinds: true, spread, reweight: None };
        let (mut held, mut all, mut apart) = (0, 0, 0.0);
        for _ in 0..20 {
            let (counts, periods, means) = days(&mut seeded, 730 + 60);
            let fitted = shape.fit(&counts[..730], &periods[..730]).unwrap();
            for at in 730..790 {
                let predicted = fitted.at(at as i64, &periods[at]);
                let (low, high) = predicted.interval(0.95);
                held += usize::from((low..=high).contains(&counts[at]));
                all += 1;
                apart += (predicted.mean / means[at]).ln().powi(2);
                let (low, high) = predicted.of_mean(0.95);
                assert!(low < predicted.mean && predicted.mean < high);
            }
        }
        let (share, apart) = (f64::from(held as u32) / f64::from(all), (apart / f64::from(all)).sqrt());
        eprintln!("{season:?} {spread:?}: {share:.3} of the counts in the 95 % interval, means {:.1} % apart", apart * 100.0);
        assert!((0.93..0.99).contains(&share) && apart < 0.15, "{season:?} {spread:?} {share} {apart}");
    }
}

#[test]
fn what_the_model_is_not_told_it_does_not_know() {
    let mut seeded = Seeded::new(9);
    let (counts, periods, means) = days(&mut seeded, 730 + 60);
    let expected = |kinds: bool| {
        let shape = Shape { season: Season::Spline(6), trend: true, weekdays: true, kinds, spread: Spread::Quasi, reweight: None };
        shape.fit(&counts[..730], &periods[..730]).unwrap().at(760, &periods[760]).mean
    };
    assert_eq!(periods[760].kind, 1);
    assert!((expected(true) / means[760]).ln().abs() < 0.3 && expected(false) > 1.8 * means[760]);
}
