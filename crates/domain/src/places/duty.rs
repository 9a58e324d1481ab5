//! Duty lists (职责清单): which kinds a unit answers for. Routes obey them, and a kind that is on nobody's list has no owner.

use super::{Function, Network, Tier, Unit, UnitKind};
use crate::intake::{Category, Reached, RouteRule};
use crate::kernel::UnitId;
use std::collections::{BTreeMap, BTreeSet};

/// The lists by unit. An entry is a leaf, a group or a family, and stands for everything below it.
pub type DutyLists = BTreeMap<UnitId, BTreeSet<String>>;

/// A route that leads to a unit whose list lacks the kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyFinding {
    /// The rule's place in the order.
    pub rule: i64,
    /// The rule's category.
    pub category: String,
    /// The unit.
    pub unit: UnitId,
    /// One Chinese sentence.
    pub said: String,
}

/// Whether a list holds a kind: itself, something above it, or everything below it.
#[must_use]
pub fn answers(list: &BTreeSet<String>, code: &str) -> bool {
    if Category::line(code).any(|row| list.contains(row.code)) {
        return true;
    }
    let mut below = Category::children(Some(code)).peekable();
    below.peek().is_some() && below.all(|child| answers(list, child.code))
}

/// Every route to a unit whose list lacks the kind, in the order of the rules. A rule is asked in every street that it speaks of; a unit that stands for a
/// whole function may be an outside body, whose list is kept like any other.
#[must_use]
pub fn lint(network: &Network, lists: &DutyLists, routes: &[RouteRule]) -> Vec<DutyFinding> {
    let nothing = BTreeSet::new();
    let mut found = Vec::new();
    for rule in routes {
        for unit in led_by(network, rule) {
            if !answers(lists.get(&unit.id).unwrap_or(&nothing), &rule.category) {
                let name = Category::find(&rule.category).map_or("", |row| row.zh);
                found.push(DutyFinding {
                    rule: rule.pos,
                    category: rule.category.clone(),
                    unit: unit.id.clone(),
                    said: format!("规则{}把“{} {name}”交给“{}”，但该单位的职责清单没有这一类。", rule.pos, rule.category, unit.name),
                });
            }
        }
    }
    found
}

/// The units that may lead by a rule.
fn led_by<'a>(network: &'a Network, rule: &RouteRule) -> Vec<&'a Unit> {
    let within = |unit: &Unit| rule.place.as_deref().is_none_or(|place| unit.place.as_str().starts_with(place) || place.starts_with(unit.place.as_str()));
    match rule.lead.reached() {
        Reached::Home => network.stations().filter(|unit| within(unit)).collect(),
        Reached::Command => network.working().filter(|unit| unit.kind == UnitKind::CommandRoom && within(unit)).collect(),
        Reached::Outside => Vec::new(),
        Reached::Unit(function) => {
            let mut units: Vec<&Unit> = Vec::new();
            for street in network.places.iter().filter(|place| place.tier == Tier::Street && place.open(network.on)) {
                let asked = rule.place.as_deref().filter(|place| place.starts_with(street.code.as_str())).map_or_else(|| street.code.clone(), Into::into);
                if let Some(unit) = network.for_function(function, &asked).filter(|unit| within(unit) && units.iter().all(|seen| seen.id != unit.id)) {
                    units.push(unit);
                }
            }
            units
        }
    }
}

/// The leaves that stand on no working unit's list: what the monthly list of ownerless kinds (无主事项清单) names.
#[must_use]
pub fn ownerless(network: &Network, lists: &DutyLists) -> Vec<&'static Category> {
    let mut all = BTreeSet::new();
    for unit in network.working() {
        all.extend(lists.get(&unit.id).into_iter().flatten().cloned());
    }
    Category::seed().iter().filter(|row| row.leaf && !answers(&all, row.code)).collect()
}

/// The kind of accusations (检举控告): a confidential matter goes only to units that have it on their list.
const ACCUSATION: &str = "X-05";

/// Bodies that take accusations by law, in the first lists: discipline inspection, petitions, police, procuratorate.
const fn takes_accusations(function: Function) -> bool {
    matches!(function, Function::Discipline | Function::GroupMediation | Function::Police | Function::Procuratorate)
}

/// Lists by which the given routes are clean: each unit answers for what is sent to it. The first lists of an installation, to be replaced by the street's own.
#[must_use]
pub fn by_routes(network: &Network, routes: &[RouteRule]) -> DutyLists {
    let mut lists = DutyLists::new();
    for rule in routes {
        for unit in led_by(network, rule) {
            lists.entry(unit.id.clone()).or_default().insert(rule.category.clone());
        }
    }
    for unit in network.working().filter(|unit| unit.function.is_some_and(takes_accusations)) {
        lists.entry(unit.id.clone()).or_default().insert(ACCUSATION.to_owned());
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::route::seed_rules;
    use crate::places::demo;

    #[test]
    fn the_shipped_routes_are_clean_by_the_first_lists_and_every_leaf_has_an_owner_or_is_named() {
        let (network, rules) = (demo::xinjie(), seed_rules());
        let lists = by_routes(&network, &rules);
        assert_eq!(lint(&network, &lists, &rules), []);
        let without = ownerless(&network, &lists);
        assert!(without.iter().all(|row| row.leaf && lists.values().all(|list| !answers(list, row.code))), "{without:?}");
    }

    #[test]
    fn a_route_to_a_unit_whose_list_lacks_the_kind_is_an_error_and_the_kind_is_ownerless() {
        let (network, rules) = (demo::xinjie(), seed_rules());
        let mut lists = by_routes(&network, &rules);
        let market = UnitId::from("unt_330109014_market");
        assert!(lists[&market].contains("M"));
        lists.remove(&market);
        let found = lint(&network, &lists, &rules);
        assert!(!found.is_empty() && found.iter().all(|finding| finding.unit == market), "{found:?}");
        assert!(found[0].said.contains("市场监管"), "{}", found[0].said);
        assert!(ownerless(&network, &lists).iter().any(|row| row.code == "M-02"));
    }

    #[test]
    fn a_list_answers_for_what_is_below_its_entries_and_for_a_group_when_it_names_every_leaf() {
        let list = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<BTreeSet<_>>();
        assert!(answers(&list(&["M"]), "M-02") && answers(&list(&["D"]), "0602"));
        assert!(!answers(&list(&["M-02"]), "M"));
        let all: Vec<&str> = Category::children(Some("M")).map(|row| row.code).collect();
        assert!(answers(&list(&all), "M"));
        assert!(!answers(&list(&[]), "M-02"));
    }
}
