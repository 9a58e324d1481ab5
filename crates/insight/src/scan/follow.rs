//! From day to day: is a cluster of today one that was there yesterday?
//!
//! Two clusters are the same when they touch in time and one holds at least half of the smaller one's places. A cluster of today takes over the identity of the
//! one that it shares most with; nobody's identity is taken twice. Users of SaTScan do this by hand.

use std::collections::BTreeSet;

/// A cluster as far as its identity goes. Places by what they are called, days by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its places.
    pub places: BTreeSet<String>,
    /// Its first and last day.
    pub days: (i32, i32),
}

/// A cluster with an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Who it is.
    pub id: String,
    /// The last day of the period in which it was found first.
    pub since: i32,
    /// What it is.
    pub seen: Seen,
}

/// What became of the clusters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// Today's, in their order, with the identity of one of yesterday's (`true`) or a new one.
    pub now: Vec<(Known, bool)>,
    /// Yesterday's of which nothing is left.
    pub ended: Vec<Known>,
}

/// Places that both have, of those that the smaller has; nought when they are apart in time by more than `gap` days.
fn shared(a: &Seen, b: &Seen, gap: i32) -> f64 {
    if a.days.0 > b.days.1.saturating_add(gap) || b.days.0 > a.days.1.saturating_add(gap) {
        return 0.0;
    }
    let smaller = a.places.len().min(b.places.len());
    if smaller == 0 { 0.0 } else { a.places.intersection(&b.places).count() as f64 / smaller as f64 }
}

/// Gives today's clusters their identities. `gap` is how many days may lie between two that are one; `today` names the new ones.
#[must_use]
pub fn follow(before: &[Known], now: &[Seen], gap: i32, today: i32) -> Followed {
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (at, seen) in now.iter().enumerate() {
        for (with, known) in before.iter().enumerate() {
            let share = shared(seen, &known.seen, gap);
            if share >= 0.5 {
                pairs.push((share, at, with));
            }
        }
    }
    // The most shared first; of equals the more likely cluster, then the older identity.
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(before[a.2].since.cmp(&before[b.2].since)).then(a.2.cmp(&b.2)));
    let mut of: Vec<Option<usize>> = vec![None; now.len()];
    let mut taken = vec![false; before.len()];
    for (_, at, with) in pairs {
        if of[at].is_none() && !taken[with] {
            of[at] = Some(with);
            taken[with] = true;
        }
    }
    let mut fresh = 0;
    let named = now.iter().zip(of).map(|(seen, of)| match of {
        Some(with) => (Known { id: before[with].id.clone(), since: before[with].since, seen: seen.clone() }, true),
        None => {
            fresh += 1;
            while before.iter().any(|known| known.id == format!("{today}-{fresh}")) {
                fresh += 1;
            }
            (Known { id: format!("{today}-{fresh}"), since: today, seen: seen.clone() }, false)
        }
    });
    let now = named.collect();
    let ended = before.iter().zip(taken).filter(|(_, taken)| !taken).map(|(known, _)| known.clone()).collect();
    Followed { now, ended }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(places: &[&str], first: i32, last: i32) -> Seen {
        Seen { places: places.iter().map(|place| (*place).to_owned()).collect(), days: (first, last) }
    }

    #[test]
    fn a_cluster_that_grows_stays_itself_and_one_elsewhere_is_new() {
        let monday = follow(&[], &[seen(&["a", "b"], 1, 5), seen(&["x"], 4, 5)], 1, 5).now.into_iter().map(|(known, _)| known).collect::<Vec<_>>();
        let tuesday = follow(&monday, &[seen(&["a", "b", "c"], 1, 6), seen(&["m"], 6, 6)], 1, 6);
        assert_eq!((tuesday.now[0].0.id.as_str(), tuesday.now[0].0.since, tuesday.now[0].1), ("5-1", 5, true));
        assert_eq!((tuesday.now[1].0.id.as_str(), tuesday.now[1].1), ("6-1", false));
        assert_eq!(tuesday.ended.iter().map(|known| known.id.as_str()).collect::<Vec<_>>(), ["5-2"]);
    }

    #[test]
    fn an_identity_is_taken_once_and_not_across_a_pause() {
        let before = [Known { id: "k".into(), since: 1, seen: seen(&["a", "b", "c", "d"], 1, 5) }];
        let split = follow(&before, &[seen(&["a"], 5, 6), seen(&["b", "c", "d"], 5, 6)], 1, 6);
        assert_eq!(split.now.iter().filter(|(_, ongoing)| *ongoing).count(), 1);
        assert!(!follow(&before, &[seen(&["a"], 9, 9)], 1, 9).now[0].1);
    }
}
