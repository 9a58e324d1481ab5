//! Watch against R's `surveillance`, against versions without any shortcut, and what must not change a result.
//!
//! The bounds need the shared benchmark; without it the test says so and is skipped.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use insight::watch::{Back, Ears, Farrington, Period, Season, Settings, Shape, Spread, Threshold, discovery_rates, each};
use proptest::prelude::*;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The shared folder beside the checkout, if it is there.
fn shared() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?.parent()?;
    let found = root.ancestors().skip(1).take(3).map(|folder| folder.join("shared")).find(|folder| folder.join("bench/farrington_bounds.csv").exists());
    if found.is_none() {
        eprintln!("SKIPPED: no ../shared/bench/farrington_bounds.csv beside the checkout");
    }
    found
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
