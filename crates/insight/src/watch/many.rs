//! Many series at once: what remains unusual when so many were looked at.

use rayon::prelude::*;

/// The smallest false-discovery rate at which each p counts, in the order given; what is not a number stays so and is not counted.
///
/// Benjamini, Hochberg 1995, JRSS B 57:289, §3, as adjusted values.
#[must_use]
pub fn discovery_rates(ps: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..ps.len()).filter(|at| !ps[*at].is_nan()).collect();
    order.sort_by(|a, b| ps[*a].total_cmp(&ps[*b]));
    let mut rates = vec![f64::NAN; ps.len()];
    let (tests, mut least) = (order.len() as f64, 1.0_f64);
    for (rank, at) in order.iter().enumerate().rev() {
        least = least.min(ps[*at] * tests / (rank as f64 + 1.0));
        rates[*at] = least;
    }
    rates
}

/// Does one thing for each series on so many threads, each with a bench of its own; the results stand as the series do.
pub fn each<S: Sync, B, R: Send>(series: &[S], threads: usize, bench: impl Fn() -> B + Sync + Send, judge: impl Fn(&mut B, &S) -> R + Sync + Send) -> Vec<R> {
    if threads <= 1 {
        let mut bench = bench();
        return series.iter().map(|own| judge(&mut bench, own)).collect();
    }
    let work = || series.par_iter().map_init(&bench, &judge).collect();
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjusted_values_are_those_of_the_paper() {
        let rates = discovery_rates(&[0.04, f64::NAN, 0.01, 0.03, 0.02, 0.9]);
        let expected = [0.05, f64::NAN, 0.05, 0.05, 0.05, 0.9];
        for (rate, wanted) in rates.iter().zip(expected) {
            assert!((rate - wanted).abs() < 1e-12 || (rate.is_nan() && wanted.is_nan()), "{rates:?}");
        }
    }
}
