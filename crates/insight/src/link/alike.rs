//! Which reports are about the same matter: text, place, time, kind. No labels, no dictionary, no pretrained model.
//!
//! Text is compared as the cosine of weighted character n-grams (Salton & Buckley 1988: 1 + ln tf, ln N/df). Two reports are of one matter when they name one
//! place and one issue, and places are what a bag of characters drowns; so n-grams that end in a character with which Chinese places end (河, 路, 小区, 村 …) count
//! [`PLACE`] times. Clusters are made by average linkage (Sokal & Michener 1958) with nearest-neighbour chains (Murtagh 1983).

use rayon::prelude::*;
use std::collections::HashMap;

/// What Chinese place names end in.
const ENDS: &str = "河溪港浦江湖桥路街村园苑区城闸里巷道局站校";
/// How much more an n-gram that may be a place counts than another.
const PLACE: f64 = 8.0;
/// Larger groups than this are not clustered, in records: the table of similarities would not fit.
pub const MOST: usize = 16_000;

/// A text as terms and weights, of length one.
pub type Vector = Vec<(u32, f32)>;

/// The n-grams of one text and how often each is there.
fn grams(text: &str, often: f64, into: &mut HashMap<String, f64>) {
    let chars: Vec<char> = crate::text::fold(text).chars().collect();
    for run in chars.split(|c| !c.is_alphanumeric()) {
        let mut at = 0;
        while at < run.len() {
            if !crate::text::is_han(run[at]) {
                let end = (at..run.len()).find(|i| crate::text::is_han(run[*i])).unwrap_or(run.len());
                *into.entry(run[at..end].iter().collect()).or_default() += often;
                at = end;
                continue;
            }
            *into.entry(run[at].to_string()).or_default() += often;
            if at + 1 < run.len() {
                *into.entry(run[at..at + 2].iter().collect()).or_default() += often;
            }
            if ENDS.contains(run[at]) {
                for n in 2..=4 {
                    if let Some(start) = (at + 1).checked_sub(n) {
                        let gram: String = std::iter::once('#').chain(run[start..=at].iter().copied()).collect();
                        *into.entry(gram).or_default() += often * PLACE;
                    }
                }
            }
            at += 1;
        }
    }
}

/// Turns texts into vectors. Each record has several texts (title, body) with how often each counts.
#[must_use]
pub fn vectors(texts: &[Vec<(&str, f64)>]) -> Vec<Vector> {
    let counted: Vec<Vec<(String, f64)>> = texts
        .par_iter()
        .map(|texts| {
            let mut into = HashMap::new();
            texts.iter().for_each(|(text, often)| grams(text, *often, &mut into));
            let mut out: Vec<(String, f64)> = into.into_iter().collect();
            out.sort_unstable_by(|a, b| a.0.cmp(&b.0));
            out
        })
        .collect();
    let mut known: HashMap<&str, (u32, u32)> = HashMap::new();
    for (gram, _) in counted.iter().flatten() {
        let next = known.len() as u32;
        known.entry(gram).or_insert((next, 0)).1 += 1;
    }
    let n = texts.len() as f64;
    counted
        .par_iter()
        .map(|grams| {
            let mut out: Vec<(u32, f64)> = grams
                .iter()
                .filter_map(|(gram, often)| {
                    let (number, df) = known.get(gram.as_str()).copied().filter(|(_, df)| *df > 1)?;
                    let often = if gram.starts_with('#') { often.sqrt() } else { 1.0 + often.max(1.0).ln() };
                    Some((number, often * (n / f64::from(df)).ln()))
                })
                .collect();
            let long = out.iter().map(|(_, w)| w * w).sum::<f64>().sqrt().max(1e-12);
            out.sort_unstable_by_key(|(number, _)| *number);
            out.into_iter().map(|(number, w)| (number, (w / long) as f32)).collect()
        })
        .collect()
}

/// For each term, the records that have it.
fn postings(vectors: &[Vector]) -> Vec<Vec<(u32, f32)>> {
    let terms = vectors.iter().flatten().map(|(term, _)| *term as usize + 1).max().unwrap_or(0);
    let mut postings = vec![Vec::new(); terms];
    for (record, vector) in vectors.iter().enumerate() {
        vector.iter().for_each(|(term, w)| postings[*term as usize].push((record as u32, *w)));
    }
    postings
}

/// The cosine of one record with each of the others.
fn row(vector: &Vector, postings: &[Vec<(u32, f32)>], n: usize) -> Vec<f32> {
    let mut row = vec![0.0; n];
    for (term, w) in vector {
        postings[*term as usize].iter().for_each(|(record, v)| row[*record as usize] += w * v);
    }
    row
}

/// The `most` nearest records of each, nearest first, with their cosine.
#[must_use]
pub fn nearest(vectors: &[Vector], most: usize) -> Vec<Vec<(u32, f64)>> {
    let postings = postings(vectors);
    (0..vectors.len())
        .into_par_iter()
        .map(|record| {
            let mut all: Vec<(u32, f64)> = row(&vectors[record], &postings, vectors.len())
                .into_iter()
                .enumerate()
                .filter(|(other, w)| *other != record && *w > 0.0)
                .map(|(other, w)| (other as u32, f64::from(w)))
                .collect();
            best(&mut all, most);
            all
        })
        .collect()
}

/// Keeps the best, best first; equal ones in the order of their number.
fn best(all: &mut Vec<(u32, f64)>, most: usize) {
    let order = |a: &(u32, f64), b: &(u32, f64)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if all.len() > most && most > 0 {
        all.select_nth_unstable_by(most - 1, order);
        all.truncate(most);
    }
    all.sort_unstable_by(order);
    all.shrink_to_fit();
}

/// Clusters by average linkage: two groups are joined while the mean cosine between them is at least `join`. Gives for each record the first of its cluster;
/// none if there are more than [`MOST`] records that hang together.
#[must_use]
pub fn topics(vectors: &[Vector], join: f64) -> Option<Vec<u32>> {
    let n = vectors.len();
    if n > MOST {
        return None;
    }
    let postings = postings(vectors);
    let mut alike: Vec<Vec<f32>> = (0..n).into_par_iter().map(|record| row(&vectors[record], &postings, n)).collect();
    let mut size = vec![1.0_f32; n];
    let mut first: Vec<u32> = (0..n as u32).collect();
    let mut alive: Vec<bool> = vec![true; n];
    let mut chain: Vec<usize> = Vec::new();
    let mut next = 0;
    loop {
        if chain.is_empty() {
            while next < n && !alive[next] {
                next += 1;
            }
            if next == n {
                break;
            }
            chain.push(next);
        }
        let top = chain[chain.len() - 1];
        let before = chain.len().checked_sub(2).map(|at| chain[at]);
        let mut found = (before.map_or(-1.0, |b| alike[top][b]), before);
        for (other, w) in alike[top].iter().enumerate() {
            if alive[other] && other != top && *w > found.0 {
                found = (*w, Some(other));
            }
        }
        match found {
            (w, Some(other)) if f64::from(w) >= join => {
                if Some(other) != before {
                    chain.push(other);
                    continue;
                }
                chain.truncate(chain.len() - 2);
                let (a, b) = (top.min(other), top.max(other));
                let gone = std::mem::take(&mut alike[b]);
                let (m, k) = (size[a], size[b]);
                for c in (0..n).filter(|c| alive[*c] && *c != a && *c != b) {
                    let mean = (m * alike[a][c] + k * gone[c]) / (m + k);
                    alike[a][c] = mean;
                    alike[c][a] = mean;
                }
                alive[b] = false;
                size[a] += k;
                first[b] = a as u32;
            }
            // Nothing near enough: this group is finished.
            _ => {
                alive[top] = false;
                chain.pop();
            }
        }
    }
    for record in 0..n {
        let mut at = first[record];
        while first[at as usize] != at {
            at = first[at as usize];
        }
        first[record] = at;
    }
    Some(first)
}

/// A report with a place and a time.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// East and north in metres, if known.
    pub place: Option<(f64, f64)>,
    /// Days, if known.
    pub day: Option<f64>,
    /// Values of short lists, one a column.
    pub terms: Vec<u32>,
    /// Words of each text column.
    pub words: Vec<Vec<u32>>,
}

/// How reports are compared: weights of what is alike, in natural logarithms of odds.
#[derive(Debug, Clone)]
pub struct Sameness {
    /// Weight of distance, and the metres within which it does not matter much: −w · ln(1 + d ÷ scale).
    pub place: (f64, f64),
    /// Weight of time, and its scale in days: −w · ln(1 + t ÷ scale).
    pub time: (f64, f64),
    /// Added for a candidate that came earlier: the original does so more often than not.
    pub earlier: f64,
    /// For each term column, a weight on ln(N ÷ how many have it).
    pub terms: Vec<f64>,
    /// For each text column, a weight on the share of its words in common, weighed by their rarity.
    pub words: Vec<f64>,
    /// Candidates are at most so far away, in metres.
    pub reach: f64,
    /// Only reports that came no later are candidates.
    pub backward: bool,
}

/// The `most` likeliest other reports of the same matter for each, best first, with a score (a sum of weights, not a probability).
#[must_use]
pub fn same_matter(reports: &[Report], how: &Sameness, most: usize) -> Vec<Vec<(u32, f64)>> {
    let n = reports.len() as f64;
    let count = |values: &mut dyn Iterator<Item = u32>| {
        let mut counts: HashMap<u32, f64> = HashMap::new();
        values.for_each(|value| *counts.entry(value).or_default() += 1.0);
        counts.into_iter().map(|(value, df)| (value, (n / df).ln())).collect::<HashMap<u32, f64>>()
    };
    let terms: Vec<HashMap<u32, f64>> = (0..how.terms.len()).map(|at| count(&mut reports.iter().filter_map(|report| report.terms.get(at).copied()))).collect();
    let words: Vec<HashMap<u32, f64>> =
        (0..how.words.len()).map(|at| count(&mut reports.iter().flat_map(|report| report.words.get(at).into_iter().flatten().copied()))).collect();
    // Words with their rarity, and the sum of it, so that a pair costs one walk over both.
    #[expect(clippy::type_complexity, reason = "words with their weights, and the sum, by report and view")]
    let rare: Vec<Vec<(Vec<(u32, f64)>, f64)>> = reports
        .iter()
        .map(|report| {
            let of = |at: usize| {
                let own: Vec<(u32, f64)> =
                    report.words.get(at).into_iter().flatten().map(|word| (*word, words[at].get(word).copied().unwrap_or(0.0))).collect();
                let sum = own.iter().map(|(_, rarity)| rarity).sum();
                (own, sum)
            };
            (0..how.words.len()).map(of).collect()
        })
        .collect();
    let side = how.reach.max(1.0);
    let cell = |report: &Report| report.place.map(|(x, y)| ((x / side).floor() as i64, (y / side).floor() as i64));
    let mut grid: HashMap<(i64, i64), Vec<u32>> = HashMap::new();
    for (at, report) in reports.iter().enumerate() {
        if let Some(cell) = cell(report) {
            grid.entry(cell).or_default().push(at as u32);
        }
    }
    let score = |one: usize, other: usize| -> Option<f64> {
        let (a, b) = (&reports[one], &reports[other]);
        let mut sum = 0.0;
        if let (Some((x, y)), Some((u, v))) = (a.place, b.place) {
            let far = (x - u).hypot(y - v);
            if far > how.reach {
                return None;
            }
            sum -= how.place.0 * (1.0 + far / how.place.1.max(1e-9)).ln();
        }
        if let (Some(s), Some(t)) = (a.day, b.day) {
            if how.backward && t > s {
                return None;
            }
            sum -= how.time.0 * (1.0 + (s - t).abs() / how.time.1.max(1e-9)).ln();
            sum += if t <= s { how.earlier } else { 0.0 };
        }
        for (at, weight) in how.terms.iter().enumerate() {
            if let (Some(s), Some(t)) = (a.terms.get(at), b.terms.get(at))
                && s == t
                && *s != 0
            {
                sum += weight * terms[at].get(s).copied().unwrap_or(0.0);
            }
        }
        for (at, weight) in how.words.iter().enumerate() {
            let ((s, all), (t, more)) = (&rare[one][at], &rare[other][at]);
            let (mut i, mut j, mut common) = (0, 0, 0.0);
            while let (Some((word, rarity)), Some((own, _))) = (s.get(i), t.get(j)) {
                common += if word == own { *rarity } else { 0.0 };
                i += usize::from(word <= own);
                j += usize::from(own <= word);
            }
            sum += weight * common / (all + more - common).max(1e-9);
        }
        Some(sum)
    };
    reports
        .par_iter()
        .enumerate()
        .map(|(at, report)| {
            let mut all: Vec<(u32, f64)> = match cell(report) {
                Some((x, y)) => (-1..=1)
                    .flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy)))
                    .filter_map(|cell| grid.get(&cell))
                    .flatten()
                    .filter(|other| **other as usize != at)
                    .filter_map(|other| score(at, *other as usize).map(|score| (*other, score)))
                    .collect(),
                None => Vec::new(),
            };
            best(&mut all, most);
            all
        })
        .collect()
}
