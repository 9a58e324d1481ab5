//! From pairs to people: what all pairs of a small circle say together.
//!
//! A pair alone is judged too kindly where a record fits two people equally well (王先生, telephone of the household), and too harshly where two records have nothing in
//! common but a third that fits both. So within each circle of records that may belong together every partition into people is weighed, and the probability of
//! a pair is that of the partitions which join it. The weight of a group is that of its best tree of pairs – each record counted in once, because agreements in
//! one group are not independent – less every contradiction within it (joint posterior over partitions: Sadinle 2017; here exact, by dynamic programming over
//! subsets, on at most [`MOST`] parts).

use rayon::prelude::*;

/// A pair of records, the smaller first, with the logarithm of its odds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// One record.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// ln odds of being one person.
    pub log_odds: f64,
}

/// Parts of a circle that are weighed against each other at most.
pub const MOST: usize = 9;
/// Records are taken for one part at these odds, unless something contradicts: 0.9999.
const SURE: f64 = 9.2;
/// Pairs below these odds bind no circle: 0.05.
const FAINT: f64 = -3.0;
/// Pairs below these odds are not given: 0.01.
const LEAST: f64 = -4.6;
/// Odds for pairs that somebody decided.
pub const DECIDED: f64 = 40.0;

/// What a pair says: ln odds, and ln of the evidence alone (without the share of true pairs).
pub trait Judge: Sync {
    /// ln odds and ln evidence of any pair of records.
    fn judge(&self, a: u32, b: u32) -> (f64, f64);
}

impl<F: Fn(u32, u32) -> (f64, f64) + Sync> Judge for F {
    fn judge(&self, a: u32, b: u32) -> (f64, f64) {
        self(a, b)
    }
}

/// Finds the root of a set.
fn root(parents: &mut [u32], mut at: u32) -> u32 {
    while parents[at as usize] != at {
        parents[at as usize] = parents[parents[at as usize] as usize];
        at = parents[at as usize];
    }
    at
}

/// Joins the circles of `n` records, weighs each, and gives all pairs of it with their new odds, in order. Pairs outside keep theirs.
#[must_use]
pub fn settle(n: usize, edges: &[Edge], judge: &impl Judge) -> Vec<Edge> {
    let mut parents: Vec<u32> = (0..u32::try_from(n).unwrap_or(u32::MAX)).collect();
    for edge in edges.iter().filter(|edge| edge.log_odds >= FAINT) {
        let (a, b) = (root(&mut parents, edge.a), root(&mut parents, edge.b));
        // The smaller root wins, so that the result does not hang on the order of the pairs.
        parents[a.max(b) as usize] = a.min(b);
    }
    let mut of_circle: Vec<(u32, Edge)> = Vec::with_capacity(edges.len());
    let mut settled = Vec::new();
    for edge in edges {
        let (a, b) = (root(&mut parents, edge.a), root(&mut parents, edge.b));
        if a == b {
            of_circle.push((a, *edge));
        } else {
            settled.push(*edge);
        }
    }
    drop(parents);
    of_circle.par_sort_unstable_by_key(|(circle, edge)| (*circle, edge.a, edge.b));
    let circles: Vec<&[(u32, Edge)]> = of_circle.chunk_by(|a, b| a.0 == b.0).collect();
    settled.par_extend(circles.par_iter().with_min_len(256).flat_map_iter(|circle| match circle {
        [(_, one)] => vec![*one],
        _ => weigh(circle.iter().map(|(_, edge)| *edge).collect(), judge),
    }));
    settled.par_sort_unstable_by_key(|edge| (edge.a, edge.b));
    settled
}

/// One circle: pairs that hang together. Gives all of its pairs with their new odds.
#[must_use]
pub fn circle(edges: Vec<Edge>, judge: &impl Judge) -> Vec<Edge> {
    if edges.len() < 2 { edges } else { weigh(edges, judge) }
}

/// One circle of more than two records.
fn weigh(edges: Vec<Edge>, judge: &impl Judge) -> Vec<Edge> {
    let mut nodes: Vec<u32> = edges.iter().flat_map(|edge| [edge.a, edge.b]).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let at = |record: u32| nodes.binary_search(&record).unwrap_or(0);
    let k = nodes.len();
    if k > 400 {
        return edges;
    }
    // Every pair, also those that no rule brought together.
    let mut odds = vec![(0.0_f64, 0.0_f64); k * k];
    for i in 0..k {
        for j in i + 1..k {
            let said = judge.judge(nodes[i], nodes[j]);
            odds[i * k + j] = said;
            odds[j * k + i] = said;
        }
    }
    let mut parts: Vec<Vec<usize>> = (0..k).map(|i| vec![i]).collect();
    let mut sure: Vec<(usize, usize)> = edges.iter().filter(|edge| edge.log_odds >= SURE).map(|edge| (at(edge.a), at(edge.b))).collect();
    sure.sort_by(|x, y| odds[y.0 * k + y.1].0.total_cmp(&odds[x.0 * k + x.1].0));
    for (i, j) in sure {
        let find = |parts: &[Vec<usize>], x: usize| parts.iter().position(|part| part.contains(&x)).unwrap_or(0);
        let (p, q) = (find(&parts, i), find(&parts, j));
        if p != q && parts[p].iter().all(|x| parts[q].iter().all(|y| odds[x * k + y].1 > -1.0)) {
            let moved = parts.remove(p.max(q));
            parts[p.min(q)].extend(moved);
        }
    }
    // Odds and contradictions between parts: the best pair speaks for joining, the worst against it.
    let m = parts.len();
    let mut join = vec![f64::NEG_INFINITY; m * m];
    let mut against = vec![0.0_f64; m * m];
    for p in 0..m {
        for q in (0..m).filter(|q| *q != p) {
            for x in &parts[p] {
                for y in &parts[q] {
                    let (odds, evidence) = odds[x * k + y];
                    join[p * m + q] = join[p * m + q].max(odds);
                    against[p * m + q] = against[p * m + q].min(evidence);
                }
            }
        }
    }
    let mut between = vec![f64::NEG_INFINITY; m * m];
    let mut bound = FAINT;
    let mut groups = split((0..m).collect(), &join, m, bound);
    while let Some(large) = groups.iter().position(|group| group.len() > MOST) {
        bound += 0.5;
        let group = groups.remove(large);
        groups.extend(split(group, &join, m, bound));
        if bound > 60.0 {
            break;
        }
    }
    for group in &groups {
        if group.len() <= MOST {
            marginals(group, &join, &against, m, &mut between);
        }
    }
    let mut out = Vec::with_capacity(edges.len());
    let part_of: Vec<usize> = (0..k).map(|i| parts.iter().position(|part| part.contains(&i)).unwrap_or(0)).collect();
    let same_group: Vec<usize> = (0..m).map(|p| groups.iter().position(|group| group.contains(&p)).unwrap_or(0)).collect();
    for i in 0..k {
        for j in i + 1..k {
            let (p, q) = (part_of[i], part_of[j]);
            let own = odds[i * k + j].0;
            let log_odds = if p == q {
                own.max(SURE)
            } else if same_group[p] == same_group[q] && groups[same_group[p]].len() <= MOST {
                between[p * m + q]
            } else {
                own
            };
            if log_odds >= LEAST {
                out.push(Edge { a: nodes[i], b: nodes[j], log_odds });
            }
        }
    }
    out
}

/// The parts of a group that hang together at a bound.
fn split(group: Vec<usize>, join: &[f64], m: usize, bound: f64) -> Vec<Vec<usize>> {
    let mut rest = group;
    let mut out = Vec::new();
    while let Some(first) = rest.pop() {
        let mut set = vec![first];
        let mut next = 0;
        while next < set.len() {
            let p = set[next];
            next += 1;
            let (near, far): (Vec<usize>, Vec<usize>) = rest.iter().partition(|q| join[p * m + **q] >= bound);
            set.extend(near);
            rest = far;
        }
        set.sort_unstable();
        out.push(set);
    }
    out
}

/// ln odds that two parts are one, over all partitions of a group.
fn marginals(group: &[usize], join: &[f64], against: &[f64], m: usize, between: &mut [f64]) {
    let k = group.len();
    let full = (1_usize << k) - 1;
    let pair = |i: usize, j: usize| group[i] * m + group[j];
    // The weight of a set: its best tree, less the contradictions that are not in the tree (Prim 1957).
    let mut weight = vec![0.0_f64; full + 1];
    for (set, weight) in weight.iter_mut().enumerate().filter(|(set, _)| set.count_ones() > 1) {
        let first = set.trailing_zeros() as usize;
        let mut inside = 1_usize << first;
        let mut total = 0.0;
        let mut counted = [[false; MOST]; MOST];
        while inside != set {
            let mut best = (f64::NEG_INFINITY, 0, 0);
            for i in (0..k).filter(|i| inside >> i & 1 == 1) {
                for j in (0..k).filter(|j| (set & !inside) >> j & 1 == 1) {
                    if join[pair(i, j)] > best.0 {
                        best = (join[pair(i, j)], i, j);
                    }
                }
            }
            let (odds, i, j) = best;
            if odds == f64::NEG_INFINITY {
                total = -200.0;
                break;
            }
            total += odds;
            counted[i][j] = true;
            counted[j][i] = true;
            inside |= 1 << j;
        }
        for i in (0..k).filter(|i| set >> i & 1 == 1) {
            for j in (i + 1..k).filter(|j| set >> j & 1 == 1 && !counted[i][*j]) {
                total += against[pair(i, j)].min(0.0);
            }
        }
        *weight = total.clamp(-200.0, 200.0);
    }
    // Groups are small and weights bounded, so that the sums stay within the range of floating-point numbers without logarithms.
    let weight: Vec<f64> = weight.into_iter().map(f64::exp).collect();
    // ways[set]: the weights of all partitions of a set.
    let mut ways = vec![0.0_f64; full + 1];
    ways[0] = 1.0;
    for set in 1..=full {
        let low = set & set.wrapping_neg();
        let rest = set ^ low;
        let mut part = rest;
        loop {
            let block = part | low;
            ways[set] += weight[block] * ways[set ^ block];
            if part == 0 {
                break;
            }
            part = (part - 1) & rest;
        }
    }
    for i in 0..k {
        for j in i + 1..k {
            let (mut joined, mut apart) = (0.0, 0.0);
            for set in (0..=full).filter(|set| set >> i & 1 == 1) {
                let all = weight[set] * ways[full ^ set];
                if set >> j & 1 == 1 {
                    joined += all;
                } else {
                    apart += all;
                }
            }
            let odds = (joined.ln() - apart.ln()).clamp(-DECIDED, DECIDED);
            between[pair(i, j)] = odds;
            between[pair(j, i)] = odds;
        }
    }
}

/// Clusters in which every pair is at or above `bound` (complete linkage: Sørensen 1948), so that nothing is chained. Each record gets the number of the first
/// record of its cluster. Pairs that are not among `edges` count as below.
#[must_use]
pub fn clusters(n: usize, edges: &[Edge], bound: f64, tie: impl Fn(u32) -> u32 + Sync) -> Vec<u32> {
    let mut parents: Vec<u32> = (0..u32::try_from(n).unwrap_or(u32::MAX)).collect();
    let strong: Vec<Edge> = edges.iter().filter(|edge| edge.log_odds >= bound).copied().collect();
    for edge in &strong {
        let (a, b) = (root(&mut parents, edge.a), root(&mut parents, edge.b));
        parents[a.max(b) as usize] = a.min(b);
    }
    let mut of_circle: Vec<(u32, Edge)> = strong.iter().map(|edge| (root(&mut parents, edge.a), *edge)).collect();
    of_circle.par_sort_unstable_by_key(|(circle, edge)| (*circle, edge.a, edge.b));
    let circles: Vec<&[(u32, Edge)]> = of_circle.chunk_by(|a, b| a.0 == b.0).collect();
    let found: Vec<(u32, u32)> = circles.par_iter().with_min_len(256).flat_map_iter(|circle| complete(circle, &tie)).collect();
    let mut out: Vec<u32> = (0..u32::try_from(n).unwrap_or(u32::MAX)).collect();
    for (record, first) in found {
        out[record as usize] = first;
    }
    out
}

fn complete(circle: &[(u32, Edge)], tie: &impl Fn(u32) -> u32) -> Vec<(u32, u32)> {
    let mut order: Vec<&Edge> = circle.iter().map(|(_, edge)| edge).collect();
    // Equal odds: by content, so that the order of the rows does not matter.
    let content = |edge: &Edge| {
        let (a, b) = (tie(edge.a), tie(edge.b));
        (a.min(b), a.max(b))
    };
    order.sort_by(|x, y| y.log_odds.total_cmp(&x.log_odds).then_with(|| content(x).cmp(&content(y))));
    let mut groups: Vec<Vec<u32>> = Vec::new();
    let is_edge = |a: u32, b: u32| circle.binary_search_by_key(&(a.min(b), a.max(b)), |(_, edge)| (edge.a, edge.b)).is_ok();
    for edge in order {
        let find = |groups: &[Vec<u32>], x: u32| groups.iter().position(|group| group.contains(&x));
        match (find(&groups, edge.a), find(&groups, edge.b)) {
            (None, None) => groups.push(vec![edge.a, edge.b]),
            (Some(g), None) if groups[g].iter().all(|x| is_edge(*x, edge.b)) => groups[g].push(edge.b),
            (None, Some(g)) if groups[g].iter().all(|x| is_edge(*x, edge.a)) => groups[g].push(edge.a),
            (Some(g), Some(h)) if g != h && groups[g].iter().all(|x| groups[h].iter().all(|y| is_edge(*x, *y))) => {
                let moved = groups.remove(g.max(h));
                groups[g.min(h)].extend(moved);
            }
            _ => {}
        }
    }
    groups
        .into_iter()
        .flat_map(|group| {
            let first = group.iter().copied().min().unwrap_or(0);
            group.into_iter().map(move |record| (record, first))
        })
        .collect()
}
