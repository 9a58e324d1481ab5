//! Whether facts about places may become so. One rule for a form on the screen, an import of a thousand rows and a script: all of the facts together, or none.

use super::{GridKind, PlaceBook, Post, Presence, UnitKind, check_from};
use crate::intake::Category;
use crate::kernel::{HOUR, Instant, PostId};
use crate::trail::PlaceFact;
use std::collections::BTreeSet;

/// Why one of the facts may not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Which of the facts; none if it is a consequence for a row that none of them names.
    pub at: Option<usize>,
    /// Stable code of the rule.
    pub code: &'static str,
    /// The column concerned, if one.
    pub field: Option<&'static str>,
    /// The sentence for the screen.
    pub said: String,
}

/// Names are shown in lists and on doors.
const LONGEST_NAME: usize = 60;
/// Where a duty is written is a title and an article, not the text.
const LONGEST_SOURCE: usize = 200;
/// A room is booked for one occasion.
const LONGEST_BOOKING: i64 = 12 * HOUR;

/// The book after the facts, or everything that is wrong with them.
///
/// # Errors
/// Every fault, those of single rows first; then what the network as a whole would lack on some day from today on ([`check_from`]).
pub fn judge(book: &PlaceBook, facts: &[PlaceFact], now: Instant) -> Result<PlaceBook, Vec<Wrong>> {
    let mut after = book.clone();
    let mut wrong = Vec::new();
    for (at, fact) in facts.iter().enumerate() {
        let mut say = |code, field, said: String| wrong.push(Wrong { at: Some(at), code, field, said });
        row(&after, fact, now, &mut say);
        after.apply(fact);
    }
    let network_changes = |fact: &PlaceFact| matches!(fact, PlaceFact::Place { .. } | PlaceFact::Unit { .. } | PlaceFact::Post { .. });
    if facts.iter().any(network_changes) {
        let today = now.day();
        let known = check_from(&book.network(Some(today)), today);
        for finding in check_from(&after.network(Some(today)), today) {
            if !known.contains(&finding) {
                let at = facts.iter().position(|fact| network_changes(fact) && fact.key() == finding.row);
                wrong.push(Wrong { at, code: finding.code, field: field_of(finding.code), said: finding.said });
            }
        }
    }
    if wrong.is_empty() { Ok(after) } else { Err(wrong) }
}

/// The column that a finding of the check is about.
fn field_of(code: &str) -> Option<&'static str> {
    Some(match code {
        "code_length" | "place_twice" | "grid_code" | "unit_code_twice" => "code",
        "grid_kind" | "post_grid" => "grid",
        "predecessor" => "predecessor",
        "valid_span" | "closed_parent" | "closed_unit_above" | "unit_at_closed_place" => "valid_to",
        "orphan_place" | "wrong_parent" | "grid_parent" | "orphan_unit" | "unit_circle" => "parent",
        "unit_without_place" | "station_place" | "two_stations" => "place",
        "overlap" | "overlap_place" | "two_area_stations" => "overlaps",
        "orphan_post" => "unit",
        _ => return None,
    })
}

/// What is wrong with one row, against the book as it is when its turn comes.
fn row(book: &PlaceBook, fact: &PlaceFact, now: Instant, say: &mut impl FnMut(&'static str, Option<&'static str>, String)) {
    match fact {
        PlaceFact::Place { row } => {
            name(&row.name, say);
            if row.edition.trim().is_empty() {
                say("edition_missing", Some("edition"), format!("“{}”没有注明代码版本；自编代码填 local", row.name));
            }
            if row.police_code.as_ref().is_some_and(|code| !matches!(code.len(), 12 | 15) || !code.bytes().all(|b| b.is_ascii_digit())) {
                say("police_code", Some("police_code"), format!("“{}”的公安代码应为 12 或 15 位数字", row.name));
            }
            if let Some(before) = book.places.get(&row.code)
                && before.tier != row.tier
            {
                say("tier_stays", Some("tier"), format!("“{}”已是{}，层级不能改；请停用后另设", before.name, before.tier.zh()));
            }
        }
        PlaceFact::Unit { row } => {
            name(&row.name, say);
            if row.code.trim().is_empty() {
                say("unit_code_missing", Some("code"), format!("“{}”没有单位代码", row.name));
            }
            if row.kind != UnitKind::Station && !row.functions.is_empty() {
                say("functions_of_station", Some("functions"), format!("“{}”不是综治站，没有五站职能", row.name));
            }
            if let Some(before) = book.units.get(&row.id)
                && before.kind != row.kind
            {
                say("kind_stays", Some("kind"), format!("“{}”已是{}，类型不能改；请停用后另设", before.name, before.kind.zh()));
            }
            if let Some(place) = book.places.get(&row.place)
                && place.tier != row.tier
            {
                say("unit_tier", Some("tier"), format!("“{}”的层级须与所在地点“{}”（{}）相同", row.name, place.name, place.tier.zh()));
            }
        }
        PlaceFact::Post { row } => {
            name(&row.name, say);
            if !(0..=999).contains(&row.planned) {
                say("planned", Some("planned"), format!("“{}”的编制人数应为 0 至 999", row.name));
            }
            if row.grid.is_some() && !row.kind.of_grid() {
                say("post_in_grid", Some("grid"), format!("{}不是网格里的岗位", row.kind.zh()));
            }
            if row.id != id_of(row) {
                say("post_id", Some("kind"), format!("“{}”已有编号，岗位的单位、网格和类型不能改", row.name));
            }
        }
        PlaceFact::Duties { unit, kinds } => {
            if !book.units.contains_key(unit) {
                say("unit_unknown", Some("unit"), format!("单位 {unit} 不存在"));
            }
            let mut seen = BTreeSet::new();
            for row in kinds {
                if Category::find(&row.kind).is_none() {
                    say("category_unknown", Some("category"), format!("没有“{}”这个事项类别", row.kind));
                }
                if !seen.insert(row.kind.as_str()) {
                    say("category_twice", Some("category"), format!("“{}”在清单里有两行", row.kind));
                }
                if row.source.chars().count() > LONGEST_SOURCE {
                    say("source_long", Some("source"), format!("“{}”的依据超过 {LONGEST_SOURCE} 个字", row.kind));
                }
            }
        }
        PlaceFact::Room { row } => {
            name(&row.name, say);
            keeper(book, &row.unit, &row.name, say);
            if !(1..=1_000).contains(&row.seats) {
                say("seats", Some("seats"), format!("“{}”的座位数应为 1 至 1000", row.name));
            }
            if book.rooms.values().any(|other| other.id != row.id && other.unit == row.unit && other.name == row.name && !other.closed && !row.closed) {
                say("room_twice", Some("name"), format!("已有一间“{}”", row.name));
            }
        }
        PlaceFact::Equipment { row } => {
            name(&row.name, say);
            keeper(book, &row.unit, &row.name, say);
            if row.checked_at.is_some_and(|at| at > now) {
                say("checked_in_future", Some("checked_at"), format!("“{}”的检查时间不能晚于现在", row.name));
            }
        }
        PlaceFact::Booking { row } => booking(book, row, now, say),
        PlaceFact::Unowned { row } => {
            if book.months.contains_key(&row.month) {
                say("month_stays", None, format!("{} 的无主事项清单已经生成，不能改", row.month));
            }
        }
        PlaceFact::Posting { row } => {
            if !book.units.get(&row.home).is_some_and(|unit| unit.open(Some(now.day()))) {
                say("unit_unknown", Some("home"), format!("派出单位 {} 不存在或已停用", row.home));
            }
            let needs_days = row.presence == Presence::Rotating && row.weekdays & 127 == 0;
            if needs_days || !(0..128).contains(&row.weekdays) {
                say("weekdays", Some("weekdays"), "轮驻须说明每周哪几天".to_owned());
            }
        }
    }
}

/// The id that a post has by what it is.
fn id_of(post: &Post) -> PostId {
    post.grid.as_ref().map_or_else(|| Post::id_of(&post.unit, post.kind), |grid| Post::id_in(grid, post.kind))
}

fn name(text: &str, say: &mut impl FnMut(&'static str, Option<&'static str>, String)) {
    if text.trim().is_empty() {
        say("name_missing", Some("name"), "没有名称".to_owned());
    } else if text.chars().count() > LONGEST_NAME {
        say("name_long", Some("name"), format!("名称“{}…”超过 {LONGEST_NAME} 个字", text.chars().take(12).collect::<String>()));
    }
}

fn keeper(book: &PlaceBook, unit: &crate::kernel::UnitId, what: &str, say: &mut impl FnMut(&'static str, Option<&'static str>, String)) {
    if book.units.get(unit).is_none_or(|unit| unit.kind == UnitKind::External) {
        say("unit_unknown", Some("unit"), format!("“{what}”的单位 {unit} 不存在，或是外部单位"));
    }
}

fn booking(book: &PlaceBook, row: &super::Booking, now: Instant, say: &mut impl FnMut(&'static str, Option<&'static str>, String)) {
    let Some(room) = book.rooms.get(&row.room) else {
        say("room_unknown", Some("room"), format!("房间 {} 不存在", row.room));
        return;
    };
    if let Some(before) = book.bookings.get(&row.id) {
        let given_up = super::Booking { cancelled_at: row.cancelled_at, ..before.clone() };
        if *row != given_up || row.cancelled_at.is_none() || before.cancelled_at.is_some() {
            say("booking_stays", None, "预订只能取消；要改时间，请取消后重新预订".to_owned());
        } else if before.to_at <= now {
            say("booking_over", None, "已经过去的预订不能取消".to_owned());
        }
        return;
    }
    if room.closed {
        say("room_closed", Some("room"), format!("“{}”已停用，不能预订", room.name));
    }
    if row.to_at <= row.from_at || row.to_at.since(row.from_at) > LONGEST_BOOKING {
        say("booking_span", Some("to_at"), "预订须有起止时间，一次不超过 12 小时".to_owned());
    }
    if row.to_at <= now {
        say("booking_past", Some("from_at"), "不能预订已经过去的时间".to_owned());
    }
    let taken = |other: &&super::Booking| other.room == row.room && other.cancelled_at.is_none() && other.from_at < row.to_at && row.from_at < other.to_at;
    if let Some(other) = book.bookings.values().find(taken) {
        say(
            "room_taken",
            Some("from_at"),
            format!("“{}”在 {} 至 {} 已有预订（{}）", room.name, other.from_at.written(), other.to_at.written(), other.purpose.zh()),
        );
    }
}

/// The next free code of a grid under a village or community.
#[must_use]
pub fn next_grid(book: &PlaceBook, under: &crate::kernel::PlaceCode, kind: GridKind) -> String {
    let first = if kind == GridKind::Base { 1 } else { 901 };
    let taken = |n: i64| book.places.contains_key(&format!("{under}{n:03}").as_str().into());
    let n = (first..first + 99).find(|n| !taken(*n)).unwrap_or(first + 99);
    format!("{under}{n:03}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Day, Mint};
    use crate::places::{Booking, Duty, DutyRole, RoomUse, check_from, demo};

    const NOW: Instant = Instant(1_795_484_000_000);

    fn book() -> PlaceBook {
        let mut book = PlaceBook::of(&demo::xinjie(), Default::default());
        demo::furnish(&mut book);
        book
    }

    fn codes(wrong: Result<PlaceBook, Vec<Wrong>>) -> Vec<&'static str> {
        wrong.err().unwrap_or_default().into_iter().map(|wrong| wrong.code).collect()
    }

    #[test]
    fn what_may_be_leaves_every_place_with_one_station_on_every_day() {
        let (mut book, mut mint, mut taken) = (book(), Mint::new(NOW, [3; 32]), 0);
        for _ in 0..250 {
            let bytes = mint.bytes();
            let pick = |n: usize, len: usize| (usize::from(bytes[n]) << 8 | usize::from(bytes[n + 1])) % len;
            let mut fact = {
                let all: Vec<PlaceFact> = book.facts().into_iter().filter(|fact| matches!(fact, PlaceFact::Place { .. } | PlaceFact::Unit { .. })).collect();
                all[pick(0, all.len())].clone()
            };
            let day = Some(Day(NOW.day().0 - 10 + i64::from(bytes[2] % 40))).filter(|_| bytes[3] % 3 > 0);
            let other = book.places.keys().nth(pick(4, book.places.len())).cloned().unwrap();
            match &mut fact {
                PlaceFact::Place { row } => match bytes[6] % 4 {
                    0 => row.valid_to = day,
                    1 => row.valid_from = day,
                    2 => row.parent = Some(other),
                    _ => row.predecessor = Some(other),
                },
                PlaceFact::Unit { row } => match bytes[6] % 3 {
                    0 => row.valid_to = day,
                    1 => row.overlaps = vec![other],
                    _ => (row.tier, row.place) = (book.places[&other].tier, other),
                },
                _ => {}
            }
            if let Ok(after) = judge(&book, std::slice::from_ref(&fact), NOW) {
                assert_eq!(check_from(&after.network(None), NOW.day()), [], "{fact:?}");
                let today = after.network(Some(NOW.day()));
                for place in today.places.iter().filter(|place| place.open(today.on) && (place.tier.has_station() || place.tier == crate::places::Tier::Grid)) {
                    let primary = today.stations().filter(|station| station.place.covers(&place.code));
                    let beside = today.stations().filter(|station| station.overlaps.iter().any(|own| own.covers(&place.code)));
                    assert!(
                        primary.map(|unit| &unit.id).eq(today.primary_station(&place.code).map(|unit| &unit.id)),
                        "{}: not one primary station",
                        place.code
                    );
                    assert!(beside.map(|unit| &unit.id).eq(today.area_station(&place.code).map(|unit| &unit.id)), "{}: more than one area station", place.code);
                }
                (book, taken) = (after, taken + 1);
            }
        }
        assert!(taken > 20, "{taken} of 250 were taken");
    }

    #[test]
    fn a_room_is_booked_once_at_a_time_and_a_booking_can_only_be_given_up() {
        let mut book = book();
        let room = book.rooms.keys().next().cloned().unwrap();
        let at = |from: i64, to: i64, id: &str| Booking {
            id: id.into(),
            room: room.clone(),
            from_at: NOW.plus(from * HOUR),
            to_at: NOW.plus(to * HOUR),
            purpose: RoomUse::Mediation,
            by: "acc_1".into(),
            cancelled_at: None,
        };
        let ask = |book: &PlaceBook, row: Booking| judge(book, &[PlaceFact::Booking { row }], NOW);
        book = ask(&book, at(1, 2, "bkg_1")).unwrap();
        assert_eq!(codes(ask(&book, at(1, 3, "bkg_2"))), ["room_taken"]);
        assert_eq!(codes(ask(&book, at(0, 24, "bkg_3"))), ["booking_span", "room_taken"]);
        assert_eq!(codes(ask(&book, at(-3, -2, "bkg_4"))), ["booking_past"]);
        assert_eq!(codes(ask(&book, at(2, 4, "bkg_1"))), ["booking_stays"]);
        book = ask(&book, at(2, 3, "bkg_5")).unwrap();
        book = ask(&book, Booking { cancelled_at: Some(NOW), ..at(1, 2, "bkg_1") }).unwrap();
        assert!(ask(&book, at(1, 2, "bkg_6")).is_ok());
    }

    #[test]
    fn a_row_stays_what_it_is_and_its_faults_are_named_by_column() {
        let book = book();
        let mut place = book.places.values().find(|place| place.tier == crate::places::Tier::Village).cloned().unwrap();
        place.tier = crate::places::Tier::Community;
        assert_eq!(codes(judge(&book, &[PlaceFact::Place { row: place.clone() }], NOW)), ["tier_stays"]);
        place.tier = crate::places::Tier::Village;
        (place.name, place.police_code) = (String::new(), Some("12".to_owned()));
        let wrong = judge(&book, &[PlaceFact::Place { row: place }], NOW).unwrap_err();
        assert_eq!(wrong.iter().map(|wrong| wrong.field).collect::<Vec<_>>(), [Some("name"), Some("police_code")]);
        let duty = |kind: &str| Duty { kind: kind.to_owned(), role: DutyRole::Lead, source: String::new() };
        let market = PlaceFact::Duties { unit: "unt_330109014_market".into(), kinds: vec![duty("M"), duty("nothing"), duty("M")] };
        assert_eq!(codes(judge(&book, &[market], NOW)), ["category_unknown", "category_twice"]);
    }
}
