//! The scan against a version without any shortcut, and what must not change a result.

use insight::scan::{Base, Chance, Likelihood, Model, Stop, Study, Timing, Window, Zones, squared};
use proptest::prelude::*;

/// A study from places on a small grid and their cases.
fn study(model: Model, points: &[(u8, u8)], counts: &[Vec<u32>], timing: Timing, more: u32) -> Study {
    let places: Vec<[f64; 3]> = points.iter().map(|(x, y)| [f64::from(*x), f64::from(*y), 0.0]).collect();
    let intervals = counts[0].len();
    let cases: Vec<u32> = counts.iter().flatten().copied().collect();
    let strata = vec![cases.clone()];
    let base = match model {
        Model::Permutation => Base::margins(&strata, places.len(), intervals),
        Model::Poisson => {
            let people: Vec<f64> = (0..cases.len()).map(|at| 1.0 + f64::from((at as u32 * 7 + more) % 5)).collect();
            let scale = f64::from(cases.iter().sum::<u32>()) / people.iter().sum::<f64>();
            Base::Cells { cells: people.iter().map(|people| people * scale).collect(), intervals }
        }
        Model::Bernoulli => Base::Cells { cells: cases.iter().zip(0_u32..).map(|(case, at)| f64::from(case + (at * 3 + more) % 4)).collect(), intervals },
    };
    let weight = base.by_place();
    let zones = Zones::new(&places, &places, &weight, weight.iter().sum::<f64>() / 2.0, None);
    Study { model, places, intervals: intervals as u32, strata, base, zones, timing, least_cases: 2, order: Vec::new() }
}

fn cell(base: &Base, place: usize, interval: usize) -> f64 {
    match base {
        Base::Product { place: places, time, scale } => places[place] * time[interval] * scale,
        Base::Cells { cells, intervals } => cells[place * intervals + interval],
    }
}

/// The best ratio, by looking at everything.
fn naive(study: &Study) -> f64 {
    let intervals = study.intervals as usize;
    let likelihood: Likelihood = study.likelihood();
    let windows = study.timing.windows(study.intervals);
    let mut best: f64 = 0.0;
    for centre in 0..study.zones.count() {
        for size in 1..=study.zones.of(centre).len() {
            for Window { start, end } in &windows {
                let (mut n, mut weight) = (0, 0.0);
                for place in &study.zones.of(centre)[..size] {
                    for interval in *start as usize..*end as usize {
                        n += study.strata[0][*place as usize * intervals + interval];
                        weight += cell(&study.base, *place as usize, interval);
                    }
                }
                if n >= study.least_cases {
                    best = best.max(likelihood.ratio(f64::from(n), weight));
                }
            }
        }
    }
    best
}

fn inputs() -> impl Strategy<Value = (Vec<(u8, u8)>, Vec<Vec<u32>>)> {
    (2_usize..8, 3_usize..9).prop_flat_map(|(places, intervals)| {
        let points = prop::collection::hash_set((0_u8..20, 0_u8..20), places).prop_map(|set| {
            let mut points: Vec<(u8, u8)> = set.into_iter().collect();
            points.sort_unstable();
            points
        });
        let counts = prop::collection::vec(prop::collection::vec(prop_oneof![3 => 0_u32..3, 1 => 0_u32..12], intervals), places);
        (points, counts)
    })
}

fn chance(histories: u64, threads: usize) -> Chance {
    Chance { histories, seed: 7, threads, stop: Stop::Never }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_history_has_the_best_ratio_that_looking_at_everything_finds((points, counts) in inputs(), alive in any::<bool>()) {
        prop_assume!(counts.iter().flatten().sum::<u32>() >= 3);
        let most = counts[0].len() as u32;
        let timing = if alive { Timing::Alive { least: 1, most } } else { Timing::Any { least: 1, most: most - 1, last_alone: true } };
        let study = study(Model::Permutation, &points, &counts, timing, 0);
        let maxima = study.maxima(&chance(24, 1), None, &mut |_| {});
        for (number, best) in (0..).zip(&maxima) {
            let slow = naive(&study.dealt_anew(7, number));
            prop_assert!((best - slow).abs() <= 1e-9 * (1.0 + slow), "history {number}: {best} for {slow}");
        }
    }

    #[test]
    fn the_most_likely_cluster_is_the_best_of_all_windows(
        (points, counts) in inputs(), more in 0_u32..9, model in prop_oneof![Just(Model::Permutation), Just(Model::Poisson), Just(Model::Bernoulli)],
        kind in 0..3,
    ) {
        prop_assume!(counts.iter().flatten().sum::<u32>() >= 3);
        let most = counts[0].len() as u32;
        let timing = match kind {
            0 => Timing::Alive { least: 1, most: most / 2 + 1 },
            1 => Timing::Any { least: 1, most: most - 1, last_alone: true },
            _ if model == Model::Permutation => Timing::Alive { least: 2, most },
            _ => Timing::Whole,
        };
        let study = study(model, &points, &counts, timing, more);
        let best = study.observed().first().map_or(0.0, |best| best.ratio);
        let slow = naive(&study);
        prop_assert!((best - slow).abs() <= 1e-9 * (1.0 + slow), "{best} for {slow}");
        // Reported clusters never share a place in a common interval.
        let found = study.scan(&chance(19, 1)).found;
        for (at, one) in found.iter().enumerate() {
            for other in &found[..at] {
                prop_assert!(!one.candidate.window.meets(&other.candidate.window) || one.places.iter().all(|place| !other.places.contains(place)));
            }
        }
    }

    #[test]
    fn the_result_is_the_same_for_every_number_of_threads((points, counts) in inputs(), model in prop_oneof![Just(Model::Permutation), Just(Model::Poisson)]) {
        prop_assume!(counts.iter().flatten().sum::<u32>() >= 3);
        let timing = Timing::Any { least: 1, most: 2, last_alone: true };
        let study = study(model, &points, &counts, timing, 1);
        let one = study.scan(&chance(99, 1));
        prop_assert_eq!(&one, &study.scan(&chance(99, 3)));
        prop_assert_eq!(&one.maxima, &study.maxima(&chance(99, 2), None, &mut |_| {}));
    }

    #[test]
    fn a_shift_of_the_map_changes_nothing((points, counts) in inputs(), east in -1000_i32..1000, north in -1000_i32..1000) {
        prop_assume!(counts.iter().flatten().sum::<u32>() >= 3);
        let study = study(Model::Permutation, &points, &counts, Timing::Alive { least: 1, most: 3 }, 0);
        let places: Vec<[f64; 3]> = study.places.iter().map(|[x, y, z]| [x + f64::from(east), y + f64::from(north), *z]).collect();
        let weight = study.base.by_place();
        let zones = Zones::new(&places, &places, &weight, weight.iter().sum::<f64>() / 2.0, None);
        let moved = Study { places, zones, ..study.clone() };
        prop_assert_eq!(study.scan(&chance(19, 1)).found, moved.scan(&chance(19, 1)).found);
    }
}

#[test]
fn an_early_end_comes_at_the_same_history_for_every_number_of_threads() {
    let counts = vec![vec![1, 0, 2, 1, 0, 1], vec![0, 1, 1, 0, 2, 1], vec![1, 1, 0, 1, 0, 0]];
    let study = study(Model::Permutation, &[(0, 0), (3, 1), (9, 9)], &counts, Timing::Alive { least: 1, most: 3 }, 0);
    let stopped = |threads| study.scan(&Chance { histories: 999, seed: 3, threads, stop: Stop::After(5) });
    let one = stopped(1);
    assert!(one.maxima.len() < 999, "{}", one.maxima.len());
    assert_eq!(one, stopped(4));
    assert_eq!(one.found[0].rank, 6);
}

#[test]
fn circles_take_places_by_distance_then_by_coordinates() {
    let places = [[0.0, 0.0, 0.0], [-1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 5.0, 0.0]];
    let zones = Zones::new(&places, &places[..1], &[1.0; 4], 3.0, Some(4.0));
    assert_eq!(zones.of(0), [0, 1, 2]);
    assert!((squared(&places[0], &places[3]) - 25.0).abs() < 1e-12);
}
