//! The check of a network before it is used: what would leave a matter without an owner, or with two.

use super::{GridKind, Network, Place, Tier, Unit, UnitKind};
use crate::kernel::{Day, PlaceCode, UnitId};
use std::collections::{BTreeSet, HashMap, HashSet};

/// One thing that is wrong with a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable code, `snake_case`.
    pub code: &'static str,
    /// The id or code of the row.
    pub row: String,
    /// The sentence for the screen.
    pub said: String,
}

/// Everything that is wrong on the network's day, in the order of the rows; an empty list means that every place has exactly one owner.
#[must_use]
pub fn check(network: &Network) -> Vec<Finding> {
    let index = Index::of(network);
    let mut found = Vec::new();
    places(&index, &mut found);
    stations(&index, &mut found);
    units(&index, &mut found);
    posts(&index, &mut found);
    found
}

/// [`check`] for `today` and for each later day on which something begins or has ended, so that a closing that is planned leaves no hole when its day comes.
#[must_use]
pub fn check_from(network: &Network, today: Day) -> Vec<Finding> {
    let mut days = BTreeSet::from([today]);
    days.extend(network.places.iter().flat_map(|place| [place.valid_from, place.valid_to.map(|last| last.plus(1))]).flatten());
    days.extend(network.units.iter().filter_map(|unit| unit.valid_to.map(|last| last.plus(1))));
    let mut network = network.clone();
    let mut found: Vec<Finding> = Vec::new();
    for day in days.into_iter().filter(|day| *day >= today) {
        network.on = Some(day);
        for finding in check(&network) {
            if !found.contains(&finding) {
                found.push(finding);
            }
        }
    }
    found
}

/// A network by its keys: it is checked after every edit, and a district has thousands of grids.
struct Index<'a> {
    network: &'a Network,
    places: HashMap<&'a str, &'a Place>,
    units: HashMap<&'a str, &'a Unit>,
}

impl<'a> Index<'a> {
    fn of(network: &'a Network) -> Self {
        Self {
            network,
            places: network.places.iter().map(|place| (place.code.as_str(), place)).collect(),
            units: network.units.iter().map(|unit| (unit.id.as_str(), unit)).collect(),
        }
    }

    fn place(&self, code: &PlaceCode) -> Option<&'a Place> {
        self.places.get(code.as_str()).copied()
    }

    fn unit(&self, id: &UnitId) -> Option<&'a Unit> {
        self.units.get(id.as_str()).copied()
    }

    /// Whether the units above this one come back to it.
    fn turns(&self, unit: &'a Unit) -> bool {
        let mut seen = HashSet::from([unit.id.as_str()]);
        let mut next = unit.parent.as_ref().and_then(|parent| self.unit(parent));
        while let Some(above) = next {
            if !seen.insert(above.id.as_str()) {
                return true;
            }
            next = above.parent.as_ref().and_then(|parent| self.unit(parent));
        }
        false
    }
}

fn places(index: &Index<'_>, found: &mut Vec<Finding>) {
    let network = index.network;
    twice(network.places.iter().map(|place| place.code.as_str()), "place_twice", "地点代码重复", found);
    for place in &network.places {
        let mut say = |code, said: String| found.push(Finding { code, row: place.code.0.clone(), said });
        let digits = place.tier.digits();
        if place.code.as_str().len() != digits || !place.code.as_str().bytes().all(|b| b.is_ascii_digit()) {
            say("code_length", format!("{}“{}”的代码应为 {digits} 位数字", place.tier.zh(), place.name));
        }
        if place.grid.is_some() != (place.tier == Tier::Grid) {
            say("grid_kind", format!("“{}”：网格须说明是基础网格还是哪一种专属网格，其他地点不填", place.name));
        }
        if let Some(kind) = place.grid.filter(|_| place.code.as_str().len() == Tier::Grid.digits())
            && (kind == GridKind::Base) == place.code.as_str()[12..].starts_with('9')
        {
            say("grid_code", format!("“{}”：专属网格的后三位为 9 开头，基础网格不是", place.name));
        }
        if place.predecessor.as_ref().is_some_and(|before| *before == place.code || index.place(before).is_none()) {
            say("predecessor", format!("“{}”的前身须是另一个已有的地点", place.name));
        }
        if place.valid_from.zip(place.valid_to).is_some_and(|(from, to)| to < from) {
            say("valid_span", format!("“{}”的停用日早于启用日", place.name));
        }
        match &place.parent {
            None if place.tier == Tier::District => {}
            None => say("orphan_place", format!("“{}”没有上级地点", place.name)),
            Some(parent) => match index.place(parent) {
                None => say("orphan_place", format!("“{}”的上级地点 {parent} 不存在", place.name)),
                Some(above) if above.tier.digits() >= digits || !parent.covers(&place.code) => {
                    say("wrong_parent", format!("“{}”的代码不在上级“{}”之下", place.name, above.name));
                }
                Some(above) if place.tier == Tier::Grid && !matches!(above.tier, Tier::Village | Tier::Community) => {
                    say("grid_parent", format!("网格“{}”须属于一个村或社区", place.name));
                }
                Some(above) if place.open(network.on) && !above.open(network.on) => {
                    say("closed_parent", format!("“{}”仍在用，而上级“{}”已停用", place.name, above.name));
                }
                Some(_) => {}
            },
        }
    }
}

fn stations(index: &Index<'_>, found: &mut Vec<Finding>) {
    let network = index.network;
    let stations: Vec<&Unit> = network.stations().collect();
    let needs = |place: &&Place| (place.tier.has_station() || place.tier == Tier::Grid) && place.open(network.on);
    for place in network.places.iter().filter(needs) {
        let mut say = |code, said: String| found.push(Finding { code, row: place.code.0.clone(), said });
        match stations.iter().filter(|station| station.place.covers(&place.code)).count() {
            0 => say("no_station", format!("“{}”没有综治站", place.name)),
            1 => {}
            n => say("two_stations", format!("“{}”有 {n} 个综治站，须只有一个", place.name)),
        }
        let beside = stations.iter().filter(|station| station.overlaps.iter().any(|own| own.covers(&place.code))).count();
        if beside > 1 {
            say("two_area_stations", format!("“{}”有 {beside} 个片区站，至多一个", place.name));
        }
    }
}

fn units(index: &Index<'_>, found: &mut Vec<Finding>) {
    let network = index.network;
    twice(network.units.iter().map(|unit| unit.id.as_str()), "unit_twice", "单位编号重复", found);
    twice(network.units.iter().map(|unit| unit.code.as_str()), "unit_code_twice", "单位代码重复", found);
    for unit in &network.units {
        let mut say = |code, said: String| found.push(Finding { code, row: unit.id.0.clone(), said });
        let place = index.place(&unit.place);
        match place {
            None => say("unit_without_place", format!("“{}”的地点 {} 不存在", unit.name, unit.place)),
            Some(place) if unit.kind == UnitKind::Station && !place.tier.has_station() => {
                say("station_place", format!("综治站“{}”须设在村、社区或片区", unit.name));
            }
            Some(place) if unit.open(network.on) && place.valid_to.is_some() && !place.open(network.on) => {
                say("unit_at_closed_place", format!("“{}”仍在运行，而所在的“{}”已停用", unit.name, place.name));
            }
            Some(_) => {}
        }
        let is_area = unit.kind == UnitKind::Station && place.is_some_and(|place| place.tier == Tier::Area);
        if !unit.overlaps.is_empty() && !is_area {
            say("overlap", format!("“{}”不是片区站，不能兼管其他地点", unit.name));
        }
        for place in unit.overlaps.iter().filter(|place| index.place(place).is_none()) {
            say("overlap_place", format!("“{}”兼管的地点 {place} 不存在", unit.name));
        }
        match unit.parent.as_ref().map(|parent| (parent, index.unit(parent))) {
            Some((parent, None)) => say("orphan_unit", format!("“{}”的上级单位 {parent} 不存在", unit.name)),
            Some((_, Some(above))) if unit.open(network.on) && !above.open(network.on) => {
                say("closed_unit_above", format!("“{}”仍在运行，而上级单位“{}”已停用", unit.name, above.name));
            }
            None if unit.kind == UnitKind::Station => say("orphan_unit", format!("综治站“{}”没有上级单位", unit.name)),
            _ => {}
        }
        if index.turns(unit) {
            say("unit_circle", format!("“{}”的上级关系成环", unit.name));
        }
    }
}

fn posts(index: &Index<'_>, found: &mut Vec<Finding>) {
    twice(index.network.posts.iter().map(|post| post.id.as_str()), "post_twice", "岗位编号重复", found);
    for post in &index.network.posts {
        let mut say = |code, said: String| found.push(Finding { code, row: post.id.0.clone(), said });
        let Some(unit) = index.unit(&post.unit) else {
            say("orphan_post", format!("岗位“{}”的单位 {} 不存在", post.name, post.unit));
            continue;
        };
        if let Some(grid) = &post.grid
            && !(unit.place.covers(grid) && index.place(grid).is_some_and(|place| place.tier == Tier::Grid))
        {
            say("post_grid", format!("岗位“{}”的网格 {grid} 不在“{}”之下", post.name, unit.name));
        }
    }
}

fn twice<'a>(rows: impl Iterator<Item = &'a str>, code: &'static str, said: &str, found: &mut Vec<Finding>) {
    let mut seen = HashSet::new();
    for row in rows.filter(|row| !seen.insert(*row)) {
        found.push(Finding { code, row: row.to_owned(), said: format!("{said}：{row}") });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::demo;

    /// The codes found after the demo network is broken in one way, each once, by the alphabet.
    fn broken(change: impl FnOnce(&mut Network)) -> Vec<&'static str> {
        let mut network = demo::xinjie();
        change(&mut network);
        let mut codes: Vec<_> = check(&network).into_iter().map(|finding| finding.code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    fn unit<'a>(network: &'a mut Network, id: &str) -> &'a mut crate::places::Unit {
        network.units.iter_mut().find(|unit| unit.id.as_str() == id).unwrap()
    }

    #[test]
    fn the_demo_network_is_sound() {
        assert_eq!(check(&demo::xinjie()), []);
    }

    #[test]
    fn wrong_places_are_found() {
        assert_eq!(broken(|n| n.places[1].code = PlaceCode::from("33010901"))[0], "code_length");
        assert_eq!(broken(|n| n.places.last_mut().unwrap().grid = None), ["grid_kind"]);
        assert_eq!(broken(|n| n.places.last_mut().unwrap().grid = Some(GridKind::Market)), ["grid_code"]);
        assert_eq!(broken(|n| n.places.last_mut().unwrap().predecessor = Some("330109014999".into())), ["predecessor"]);
        assert_eq!(broken(|n| n.places.last_mut().unwrap().parent = None), ["orphan_place"]);
        assert_eq!(broken(|n| n.places.last_mut().unwrap().parent = Some("330109014217".into())), ["orphan_place"]);
        assert_eq!(broken(|n| n.places.last_mut().unwrap().parent = Some("330109014001".into())), ["wrong_parent"]);
        assert_eq!(broken(|n| n.places.last_mut().unwrap().parent = Some("330109014".into())), ["grid_parent"]);
        assert_eq!(broken(|n| n.places.push(n.places[2].clone())), ["place_twice"]);
    }

    #[test]
    fn a_place_without_a_station_or_with_two_is_found() {
        assert_eq!(broken(|n| n.units.retain(|u| u.id.as_str() != "unt_330109014218")), ["no_station", "orphan_post"]);
        let second = |n: &mut Network| {
            let mut station = unit(n, "unt_330109014218").clone();
            (station.id, station.code) = (UnitId::from("unt_second"), "second".to_owned());
            n.units.push(station);
        };
        assert_eq!(broken(second), ["two_stations"]);
    }

    #[test]
    fn a_closing_that_leaves_a_hole_later_is_found_today() {
        let mut network = demo::xinjie();
        let (today, last) = (Day(20_000), Day(20_030));
        unit(&mut network, "unt_330109014218").valid_to = Some(last);
        let codes: BTreeSet<_> = check_from(&network, today).into_iter().map(|finding| finding.code).collect();
        assert_eq!(codes, BTreeSet::from(["no_station"]));
        network.places.iter_mut().filter(|place| place.code.as_str().starts_with("330109014218")).for_each(|place| place.valid_to = Some(last));
        assert_eq!(check_from(&network, today), []);
        network.places.iter_mut().find(|place| place.code.as_str() == "330109014218001").unwrap().valid_to = None;
        assert!(check_from(&network, today).iter().any(|finding| finding.code == "closed_parent"));
    }

    #[test]
    fn wrong_units_and_posts_are_found() {
        let elsewhere =
            |n: &mut Network| n.posts.iter_mut().find(|post| post.unit.as_str() == "unt_330109014218").unwrap().grid = Some("330109014001001".into());
        assert_eq!(broken(elsewhere), ["post_grid"]);
        assert_eq!(broken(|n| unit(n, "unt_330109014901").place = "330109014001".into()), ["no_station", "overlap", "two_stations"]);
        assert_eq!(broken(|n| unit(n, "unt_330109014902").overlaps.push("330109014008".into())), ["two_area_stations"]);
        assert_eq!(broken(|n| unit(n, "unt_330109014218").parent = None), ["orphan_unit"]);
        assert_eq!(broken(|n| unit(n, "unt_330109014218").parent = Some("unt_x".into())), ["orphan_unit"]);
        assert_eq!(broken(|n| unit(n, "unt_330109_center").parent = Some("unt_330109014_command".into()))[0], "unit_circle");
        assert_eq!(broken(|n| unit(n, "unt_330109014_police").place = "330108".into()), ["unit_without_place"]);
        assert_eq!(broken(|n| n.posts[0].unit = "unt_x".into()), ["orphan_post"]);
        assert_eq!(broken(|n| n.posts.push(n.posts[0].clone())), ["post_twice"]);
    }
}
