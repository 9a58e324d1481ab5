//! Duty lists (职责清单): which kinds a unit may lead and which it assists with, and where that is written. They are data of their own, kept by the street;
//! routes obey them, and a kind that nobody leads has no owner.

use super::{Network, Tier, Unit, UnitKind};
use crate::intake::{Category, Reached, RouteRule, UnitHint};
use crate::kernel::{Instant, UnitId, coded};
use crate::matters::Care;
use std::collections::{BTreeMap, BTreeSet};

/// The first lists of an installation: who, kinds, role, source.
const SHIPPED: &str = include_str!("duties.tsv");

coded! {
    /// What a unit does about a kind on its list.
    DutyRole {
        /// It may lead, and so may assist.
        Lead = "lead", "主办", "lead";
        /// It assists and never leads.
        Assist = "assist", "协办", "assist";
    }
}

/// A row of a unit's duty list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// A leaf, a group or a family; it stands for everything below it that the list does not name itself.
    pub kind: String,
    /// What the unit does about it.
    pub role: DutyRole,
    /// Where that is written: the law, the list of powers, the decision of the street. Empty if nobody has said.
    pub source: String,
}

/// One unit's list by kind.
pub type DutyList = BTreeMap<String, Duty>;

/// The lists by unit.
pub type DutyLists = BTreeMap<UnitId, DutyList>;

/// The monthly record of kinds without an owner (无主事项清单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyMonth {
    /// `2026-11`.
    pub month: String,
    /// When it was made.
    pub made_at: Instant,
    /// Codes of the leaves that no unit led.
    pub kinds: Vec<String>,
}

/// What is wrong between routes and lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyFinding {
    /// The rule's place in the order; none for what no rule does.
    pub rule: Option<i64>,
    /// The category of the rule or of the list's row.
    pub category: String,
    /// The unit.
    pub unit: UnitId,
    /// As what the rule sends it there.
    pub role: DutyRole,
    /// One Chinese sentence.
    pub said: String,
}

/// Whether by a list its unit may have a kind as `role`: the row nearest to the kind decides.
#[must_use]
pub fn answers(list: &DutyList, code: &str, role: DutyRole) -> bool {
    Category::line(code).find_map(|row| list.get(row.code)).is_some_and(|row| row.role == DutyRole::Lead || role == DutyRole::Assist)
}

/// Every route by which a unit would lead or assist with what its list lacks, in the order of the rules. Of each rule only those leaves count that no rule before
/// it takes. A rule is asked in every street that it speaks of; an outside body's list is kept like any other.
#[must_use]
pub fn lint(network: &Network, lists: &DutyLists, routes: &[RouteRule]) -> Vec<DutyFinding> {
    let nothing = DutyList::new();
    let mut found = Vec::new();
    for (rule, leaves) in decided(routes) {
        let hints = std::iter::once((rule.lead, DutyRole::Lead)).chain(rule.assists.iter().map(|hint| (*hint, DutyRole::Assist)));
        for (hint, role) in hints {
            for unit in units_of(network, rule, hint) {
                let list = lists.get(&unit.id).unwrap_or(&nothing);
                let lacking: Vec<&str> = leaves.iter().filter(|leaf| !answers(list, leaf.code, role)).map(|leaf| leaf.code).collect();
                if lacking.is_empty() {
                    continue;
                }
                let name = Category::find(&rule.category).map_or("", |row| row.zh);
                let which = if lacking.len() == leaves.len() { "这一类".to_owned() } else { lacking.join("、") };
                let said = format!("规则{}把“{} {name}”交给“{}”{}，但该单位的职责清单没有{which}。", rule.pos, rule.category, unit.name, role.zh());
                found.push(DutyFinding { rule: Some(rule.pos), category: rule.category.clone(), unit: unit.id.clone(), role, said });
            }
        }
    }
    found
}

/// Rows of lists by which a unit may lead something that no route ever sends to it.
#[must_use]
pub fn unreached(network: &Network, lists: &DutyLists, routes: &[RouteRule]) -> Vec<DutyFinding> {
    let mut led: BTreeMap<&UnitId, BTreeSet<&str>> = BTreeMap::new();
    for (rule, leaves) in decided(routes) {
        for unit in units_of(network, rule, rule.lead) {
            led.entry(&unit.id).or_default().extend(leaves.iter().map(|leaf| leaf.code));
        }
    }
    let mut found = Vec::new();
    for unit in network.working() {
        for row in lists.get(&unit.id).into_iter().flat_map(DutyList::values).filter(|row| row.role == DutyRole::Lead) {
            let Some(category) = Category::find(&row.kind) else { continue };
            // Who may take an accusation says the law; to whom it goes says no rule, but the head who reads it.
            if category.care == Care::Confidential {
                continue;
            }
            if !led.get(&unit.id).is_some_and(|leaves| leaves.iter().any(|leaf| category.holds(leaf))) {
                let said = format!("“{}”的职责清单可主办“{} {}”，但没有规则把它交给该单位。", unit.name, row.kind, category.zh);
                found.push(DutyFinding { rule: None, category: row.kind.clone(), unit: unit.id.clone(), role: DutyRole::Lead, said });
            }
        }
    }
    found
}

/// Each rule with the leaves that it decides somewhere: those below its category that no rule before it takes wholly.
fn decided(routes: &[RouteRule]) -> Vec<(&RouteRule, Vec<&'static Category>)> {
    let mut sorted: Vec<&RouteRule> = routes.iter().collect();
    sorted.sort_by_key(|rule| rule.pos);
    let mut all = Vec::with_capacity(sorted.len());
    for (at, rule) in sorted.iter().enumerate() {
        let Some(category) = Category::find(&rule.category) else { continue };
        let taken = |leaf: &Category| {
            let narrowed = RouteRule { category: leaf.code.to_owned(), ..(*rule).clone() };
            sorted[..at].iter().any(|before| before.covers(&narrowed))
        };
        all.push((*rule, Category::seed().iter().filter(|row| row.leaf && category.holds(row.code) && !taken(row)).collect()));
    }
    all
}

/// The units that a rule means by a function.
fn units_of<'a>(network: &'a Network, rule: &RouteRule, hint: UnitHint) -> Vec<&'a Unit> {
    let within = |unit: &Unit| rule.place.as_deref().is_none_or(|place| unit.place.as_str().starts_with(place) || place.starts_with(unit.place.as_str()));
    match hint.reached() {
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

/// The leaves that no working unit's list leads: what the monthly record (无主事项清单) names.
#[must_use]
pub fn ownerless(network: &Network, lists: &DutyLists) -> Vec<&'static Category> {
    // Stations of one street have one list as a rule, so each list is asked once.
    let mut apart: Vec<&DutyList> = Vec::new();
    for list in network.working().filter_map(|unit| lists.get(&unit.id)) {
        if !apart.contains(&list) {
            apart.push(list);
        }
    }
    Category::seed().iter().filter(|row| row.leaf && !apart.iter().any(|list| answers(list, row.code, DutyRole::Lead))).collect()
}

/// The lists that an installation begins with, for the units of a network: examples from what is public of such bodies' duties, each with its source, to be
/// replaced by the street's own (`domain.md` §12: all leads are inferred until the customer's list is loaded).
#[must_use]
pub fn shipped(network: &Network) -> DutyLists {
    let mut lists = DutyLists::new();
    for line in SHIPPED.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [who, kinds, role, source] = cells[..] else { continue };
        let Ok(role) = role.parse::<DutyRole>() else { continue };
        let meant = |unit: &&Unit| match who {
            "station" => unit.kind == UnitKind::Station,
            "command" => unit.kind == UnitKind::CommandRoom,
            function => unit.function.is_some_and(|own| own.code() == function) && unit.kind != UnitKind::Station,
        };
        for unit in network.units.iter().filter(meant) {
            let list = lists.entry(unit.id.clone()).or_default();
            for kind in kinds.split(' ') {
                list.insert(kind.to_owned(), Duty { kind: kind.to_owned(), role, source: source.to_owned() });
            }
        }
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::route::seed_rules;
    use crate::places::demo;

    fn list(rows: &[(&str, DutyRole)]) -> DutyList {
        rows.iter().map(|(kind, role)| ((*kind).to_owned(), Duty { kind: (*kind).to_owned(), role: *role, source: String::new() })).collect()
    }

    #[test]
    fn every_shipped_row_is_read_and_says_where_it_is_from() {
        let network = demo::xinjie();
        for line in SHIPPED.lines().skip(1) {
            let cells: Vec<&str> = line.split('\t').collect();
            assert!(cells.len() == 4 && !cells[3].is_empty() && cells[2].parse::<DutyRole>().is_ok(), "{line}");
            assert!(cells[1].split(' ').all(|kind| Category::find(kind).is_some()), "{line}");
            assert!(cells[0] == "station" || network.units.iter().any(|unit| unit.function.is_some_and(|own| own.code() == cells[0])), "{line}");
        }
        let lists = shipped(&network);
        assert!(network.units.iter().filter(|unit| unit.kind != UnitKind::DistrictCenter).all(|unit| lists.contains_key(&unit.id)));
    }

    #[test]
    fn the_shipped_routes_obey_the_shipped_lists_which_are_not_made_of_them() {
        let (network, rules) = (demo::xinjie(), seed_rules());
        let lists = shipped(&network);
        assert_eq!(lint(&network, &lists, &rules), []);
        let lone: Vec<String> = unreached(&network, &lists, &rules).into_iter().map(|finding| finding.said).collect();
        assert!(lone.is_empty(), "{lone:#?}");
        assert!(ownerless(&network, &lists).is_empty());
    }

    #[test]
    fn a_route_to_a_unit_whose_list_lacks_the_kind_is_an_error_and_the_kind_is_ownerless() {
        let (network, rules) = (demo::xinjie(), seed_rules());
        let mut lists = shipped(&network);
        let market = UnitId::from("unt_330109014_market");
        assert!(answers(&lists[&market], "M-02", DutyRole::Lead));
        lists.remove(&market);
        let found = lint(&network, &lists, &rules);
        assert!(!found.is_empty() && found.iter().all(|finding| finding.unit == market), "{found:?}");
        assert!(found[0].said.contains("市场监管"), "{}", found[0].said);
        assert!(ownerless(&network, &lists).iter().any(|row| row.code == "M-02"));
    }

    #[test]
    fn who_only_assists_may_not_be_sent_the_lead() {
        let (network, rules) = (demo::xinjie(), seed_rules());
        let mut lists = shipped(&network);
        let market = UnitId::from("unt_330109014_market");
        lists.get_mut(&market).unwrap().insert("M-02".into(), Duty { kind: "M-02".into(), role: DutyRole::Assist, source: "改由区局主办".into() });
        let found = lint(&network, &lists, &rules);
        assert!(matches!(&found[..], [finding] if finding.role == DutyRole::Lead && finding.said.contains("M-02")), "{found:?}");
        assert!(ownerless(&network, &lists).iter().any(|row| row.code == "M-02"));
    }

    #[test]
    fn a_duty_that_no_route_reaches_is_named() {
        let (network, rules) = (demo::xinjie(), seed_rules());
        let mut lists = shipped(&network);
        let police = UnitId::from("unt_330109014_police");
        lists.get_mut(&police).unwrap().insert("M-01".into(), Duty { kind: "M-01".into(), role: DutyRole::Lead, source: String::new() });
        let found = unreached(&network, &lists, &rules);
        assert!(matches!(&found[..], [finding] if finding.unit == police && finding.category == "M-01"), "{found:?}");
    }

    #[test]
    fn the_nearest_row_decides() {
        let own = list(&[("M", DutyRole::Lead), ("M-05", DutyRole::Assist), ("0602", DutyRole::Lead)]);
        assert!(answers(&own, "M-02", DutyRole::Lead) && answers(&own, "M-02", DutyRole::Assist));
        assert!(!answers(&own, "M-05", DutyRole::Lead) && answers(&own, "M-05", DutyRole::Assist));
        assert!(answers(&own, "0602", DutyRole::Lead) && !answers(&own, "0601", DutyRole::Assist));
        assert!(!answers(&DutyList::new(), "M-02", DutyRole::Assist));
    }
}
