//! What is expected: the weight of every place and interval, and so of every window.

use super::time::Window;

/// The weight of each place and interval.
#[derive(Debug, Clone)]
pub enum Base {
    /// Place times time times `scale`: what a permutation without strata gives (Kulldorff et al. 2005, Methods: μ = cases of the place × cases of the day / all).
    Product {
        /// By place.
        place: Vec<f64>,
        /// By interval.
        time: Vec<f64>,
        /// Times this.
        scale: f64,
    },
    /// Each by itself, place by place: populations, strata.
    Cells {
        /// `places × intervals`.
        cells: Vec<f64>,
        /// How many intervals.
        intervals: usize,
    },
}

impl Base {
    /// What the margins give: the weight of place and interval is the product of their cases over all cases, within each stratum (day of the week,
    /// covariates), summed over the strata. `counts` holds for each stratum `places × intervals` cases.
    #[must_use]
    pub fn margins(counts: &[Vec<u32>], places: usize, intervals: usize) -> Self {
        let margin = |stratum: &Vec<u32>| {
            let mut place = vec![0.0; places];
            let mut time = vec![0.0; intervals];
            for (row, place) in stratum.chunks(intervals.max(1)).zip(&mut place) {
                for (count, time) in row.iter().zip(&mut time) {
                    *place += f64::from(*count);
                    *time += f64::from(*count);
                }
            }
            let all: f64 = place.iter().sum();
            (place, time, if all > 0.0 { 1.0 / all } else { 0.0 })
        };
        if let [only] = counts {
            let (place, time, scale) = margin(only);
            return Self::Product { place, time, scale };
        }
        let mut cells = vec![0.0; places * intervals];
        for (place, time, scale) in counts.iter().map(margin) {
            for (row, place) in cells.chunks_mut(intervals.max(1)).zip(&place) {
                if *place > 0.0 {
                    row.iter_mut().zip(&time).for_each(|(cell, time)| *cell += place * time * scale);
                }
            }
        }
        Self::Cells { cells, intervals }
    }

    /// All weight.
    #[must_use]
    pub fn total(&self) -> f64 {
        match self {
            Self::Product { place, time, scale } => place.iter().sum::<f64>() * time.iter().sum::<f64>() * scale,
            Self::Cells { cells, .. } => cells.iter().sum(),
        }
    }

    /// The weight of each place over the whole period.
    #[must_use]
    pub fn by_place(&self) -> Vec<f64> {
        match self {
            Self::Product { place, time, scale } => {
                let all = time.iter().sum::<f64>() * scale;
                place.iter().map(|place| place * all).collect()
            }
            Self::Cells { cells, intervals } => cells.chunks((*intervals).max(1)).map(|row| row.iter().sum()).collect(),
        }
    }
}

/// The windows of a scan with what is needed to weigh them quickly.
#[derive(Debug, Clone)]
pub(super) struct Spans {
    /// The windows.
    pub(super) windows: Vec<Window>,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    /// What one unit of place weighs in each window; the places.
    Product { times: Vec<f64>, place: Vec<f64> },
    /// Running sums over the intervals, `intervals + 1` a place.
    Cells { rows: Vec<f64>, lanes: usize },
}

/// What a circle weighs, while it grows.
#[derive(Debug, Clone)]
pub(super) struct Load(Vec<f64>);

impl Load {
    /// Of a product base: the places' part.
    pub(super) fn product(&self) -> f64 {
        self.0[0]
    }

    /// Of a product base: makes the places' part so much.
    pub(super) fn set(&mut self, weight: f64) {
        self.0[0] = weight;
    }
}

impl Spans {
    /// The windows over a base.
    pub(super) fn new(windows: Vec<Window>, base: &Base) -> Self {
        let kind = match base {
            Base::Product { place, time, scale } => {
                let times = windows.iter().map(|window| time[window.start as usize..window.end as usize].iter().sum::<f64>() * scale).collect();
                Kind::Product { times, place: place.clone() }
            }
            Base::Cells { cells, intervals } => {
                let mut rows = Vec::with_capacity(cells.len() + cells.len() / (*intervals).max(1));
                for row in cells.chunks((*intervals).max(1)) {
                    let mut sum = 0.0;
                    rows.push(sum);
                    row.iter().for_each(|cell| {
                        sum += cell;
                        rows.push(sum);
                    });
                }
                Kind::Cells { rows, lanes: intervals + 1 }
            }
        };
        Self { windows, kind }
    }

    /// An empty circle.
    pub(super) fn empty(&self) -> Load {
        Load(vec![
            0.0;
            match &self.kind {
                Kind::Product { .. } => 1,
                Kind::Cells { lanes, .. } => *lanes,
            }
        ])
    }

    /// A place joins the circle.
    #[inline]
    pub(super) fn join(&self, load: &mut Load, at: u32) {
        match &self.kind {
            Kind::Product { place, .. } => load.0[0] += place[at as usize],
            Kind::Cells { rows, lanes } => {
                let row = &rows[at as usize * lanes..][..*lanes];
                load.0.iter_mut().zip(row).for_each(|(sum, more)| *sum += more);
            }
        }
    }

    /// The weights of the circle in consecutive windows from `first`.
    pub(super) fn weights(&self, load: &Load, first: usize, weights: &mut [f64]) {
        match &self.kind {
            Kind::Product { times, .. } => weights.iter_mut().zip(&times[first..]).for_each(|(weight, time)| *weight = load.0[0] * time),
            Kind::Cells { .. } => {
                let windows = &self.windows[first..];
                weights.iter_mut().zip(windows).for_each(|(weight, window)| *weight = load.0[window.end as usize] - load.0[window.start as usize]);
            }
        }
    }

    /// The weight of the circle in a window.
    #[inline]
    pub(super) fn weight(&self, load: &Load, window: usize) -> f64 {
        match &self.kind {
            Kind::Product { times, .. } => load.0[0] * times[window],
            Kind::Cells { .. } => {
                let Window { start, end } = self.windows[window];
                load.0[end as usize] - load.0[start as usize]
            }
        }
    }
}
