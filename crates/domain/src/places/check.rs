//! The check of a network before it is used: what would leave a matter without an owner, or with two.

use super::{Network, Tier, UnitKind};
use std::collections::HashSet;

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

/// Everything that is wrong, in the order of the rows; an empty list means that every place has exactly one owner.
#[must_use]
pub fn check(network: &Network) -> Vec<Finding> {
    let mut found = Vec::new();
    places(network, &mut found);
    stations(network, &mut found);
    units(network, &mut found);
    posts(network, &mut found);
    found
}

fn places(network: &Network, found: &mut Vec<Finding>) {
    twice(network.places.iter().map(|place| place.code.as_str()), "place_twice", "地点代码重复", found);
    for place in &network.places {
        let mut say = |code, said: String| found.push(Finding { code, row: place.code.0.clone(), said });
        let digits = place.tier.digits();
        if place.code.as_str().len() != digits || !place.code.as_str().bytes().all(|b| b.is_ascii_digit()) {
            say("code_length", format!("{}“{}”的代码应为 {digits} 位数字", place.tier.zh(), place.name));
        }
        match &place.parent {
            None if place.tier == Tier::District => {}
            None => say("orphan_place", format!("“{}”没有上级地点", place.name)),
            Some(parent) => match network.place(parent) {
                None => say("orphan_place", format!("“{}”的上级地点 {parent} 不存在", place.name)),
                Some(above) if above.tier.digits() >= digits || !parent.covers(&place.code) => {
                    say("wrong_parent", format!("“{}”的代码不在上级“{}”之下", place.name, above.name));
                }
                Some(above) if place.tier == Tier::Grid && !matches!(above.tier, Tier::Village | Tier::Community) => {
                    say("grid_parent", format!("网格“{}”须属于一个村或社区", place.name));
                }
                Some(_) => {}
            },
        }
    }
}

fn stations(network: &Network, found: &mut Vec<Finding>) {
    for place in network.places.iter().filter(|place| place.tier.has_station() || place.tier == Tier::Grid) {
        let mut say = |code, said: String| found.push(Finding { code, row: place.code.0.clone(), said });
        match network.stations().filter(|station| station.place.covers(&place.code)).count() {
            0 => say("no_station", format!("“{}”没有综治站", place.name)),
            1 => {}
            n => say("two_stations", format!("“{}”有 {n} 个综治站，须只有一个", place.name)),
        }
        let beside = network.stations().filter(|station| station.overlaps.iter().any(|own| own.covers(&place.code))).count();
        if beside > 1 {
            say("two_area_stations", format!("“{}”有 {beside} 个片区站，至多一个", place.name));
        }
    }
}

fn units(network: &Network, found: &mut Vec<Finding>) {
    twice(network.units.iter().map(|unit| unit.id.as_str()), "unit_twice", "单位编号重复", found);
    twice(network.units.iter().map(|unit| unit.code.as_str()), "unit_code_twice", "单位代码重复", found);
    for unit in &network.units {
        let mut say = |code, said: String| found.push(Finding { code, row: unit.id.0.clone(), said });
        match network.place(&unit.place) {
            None => say("unit_without_place", format!("“{}”的地点 {} 不存在", unit.name, unit.place)),
            Some(place) if unit.kind == UnitKind::Station && !place.tier.has_station() => {
                say("station_place", format!("综治站“{}”须设在村、社区或片区", unit.name));
            }
            Some(_) => {}
        }
        let is_area = unit.kind == UnitKind::Station && network.place(&unit.place).is_some_and(|place| place.tier == Tier::Area);
        if !unit.overlaps.is_empty() && !is_area {
            say("overlap", format!("“{}”不是片区站，不能兼管其他地点", unit.name));
        }
        for place in unit.overlaps.iter().filter(|place| network.place(place).is_none()) {
            say("overlap_place", format!("“{}”兼管的地点 {place} 不存在", unit.name));
        }
        match &unit.parent {
            Some(parent) if network.unit(parent).is_none() => say("orphan_unit", format!("“{}”的上级单位 {parent} 不存在", unit.name)),
            None if unit.kind == UnitKind::Station => say("orphan_unit", format!("综治站“{}”没有上级单位", unit.name)),
            _ => {}
        }
        if network.line_up(&unit.id).last().is_some_and(|top| top.parent.as_ref().is_some_and(|parent| network.unit(parent).is_some())) {
            say("unit_circle", format!("“{}”的上级关系成环", unit.name));
        }
    }
}

fn posts(network: &Network, found: &mut Vec<Finding>) {
    twice(network.posts.iter().map(|post| post.id.as_str()), "post_twice", "岗位编号重复", found);
    for post in network.posts.iter().filter(|post| network.unit(&post.unit).is_none()) {
        found.push(Finding { code: "orphan_post", row: post.id.0.clone(), said: format!("岗位“{}”的单位 {} 不存在", post.name, post.unit) });
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
    use crate::kernel::{PlaceCode, UnitId};
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
    fn wrong_units_and_posts_are_found() {
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
