//! What stands in the stations of the demonstration, and the teams of its grids: invented like the rest, always the same.

use super::{SEATS, street_unit};
use crate::kernel::{EquipmentId, PlaceCode, PostId, RoomId, UnitId};
use crate::places::{Equipment, EquipmentKind, EquipmentState, Function, GridKind, PlaceBook, Post, PostKind, Presence, Room, Standing, Tier, Zone};

/// Somebody who is posted to a station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoPosting {
    /// Who.
    pub login: &'static str,
    /// The post on which he sits.
    pub post: PostId,
    /// Where he comes from.
    pub home: UnitId,
    /// In which way.
    pub presence: Presence,
    /// On which days of the week.
    pub weekdays: i64,
}

/// The stations that have guests: log-in, from which department, to which place, in which way, on which days.
const POSTED: [(&str, Function, u16, Presence, i64); 3] = [
    ("justice-officer", Function::Justice, 1, Presence::Resident, 127),
    ("labour-officer", Function::Labour, 1, Presence::Rotating, 0b1_0010),
    ("housing-officer", Function::Housing, 3, Presence::OnCall, 127),
];

const ROOMS: [(Zone, &str, i64); 4] =
    [(Zone::Reception, "群众接待室", 6), (Zone::Mediation, "调解一室", 8), (Zone::Mediation, "调解二室", 6), (Zone::Education, "多功能宣教室", 40)];

const THINGS: [(EquipmentKind, Option<Zone>, &str); 8] = [
    (EquipmentKind::NamePlate, None, "综治站站牌"),
    (EquipmentKind::FlowChart, Some(Zone::Reception), "“大平安”系统集成运行流程图"),
    (EquipmentKind::DutyBoard, Some(Zone::Reception), "今日值班公示牌"),
    (EquipmentKind::RulesBoard, Some(Zone::Reception), "受理范围、不予受理情形和监督电话"),
    (EquipmentKind::Screen, Some(Zone::Command), "指挥大屏"),
    (EquipmentKind::Radio, Some(Zone::Command), "对讲机 1 号"),
    (EquipmentKind::Extinguisher, Some(Zone::Emergency), "东门，4 公斤干粉"),
    (EquipmentKind::FireKit, Some(Zone::Emergency), "水带、水枪和战斗服两套"),
];

/// The team of a grid: post, standing and planned number.
const TEAM: [(PostKind, Standing, i64); 6] = [
    (PostKind::GridLeader, Standing::One, 1),
    (PostKind::GridWorker, Standing::Three, 1),
    (PostKind::PartGridWorker, Standing::Three, 1),
    (PostKind::GridGuide, Standing::Three, 1),
    (PostKind::GridVolunteer, Standing::Others, 2),
    (PostKind::FloatingWarden, Standing::Others, 1),
];

/// Puts rooms, signs, equipment, deputy chiefs, guests' posts and the grids' teams into the book of the demonstration network.
pub fn furnish(book: &mut PlaceBook) {
    for seat in &SEATS {
        let Some(unit) = book.units.get(&seat.station()).cloned() else { continue };
        for (n, (zone, name, seats)) in ROOMS.iter().enumerate() {
            let id = RoomId(format!("{}{}_{n}", RoomId::PREFIX, unit.code));
            book.rooms.insert(id.clone(), Room { id, unit: unit.id.clone(), zone: *zone, name: (*name).to_owned(), seats: *seats, closed: false });
        }
        for (n, (kind, zone, name)) in THINGS.iter().enumerate() {
            let id = EquipmentId(format!("{}{}_{n}", EquipmentId::PREFIX, unit.code));
            // Here and there something is out of order, so that the pages have something to say.
            let state = if *kind == EquipmentKind::Radio && seat.suffix % 5 == 1 { EquipmentState::Faulty } else { EquipmentState::Good };
            let row = Equipment {
                id: id.clone(),
                unit: unit.id.clone(),
                zone: *zone,
                kind: *kind,
                name: (*name).to_owned(),
                state,
                checked_at: None,
                checked_by: None,
            };
            book.equipment.insert(id, row);
        }
        for (kind, planned) in [(PostKind::DeputyChief, 1), (PostKind::Seconded, 2), (PostKind::Lawyer, 1), (PostKind::FireCrew, 2)] {
            let post = Post { planned, ..Post::of(&unit, kind) };
            book.posts.insert(post.id.clone(), post);
        }
        let grids: Vec<(PlaceCode, String, Option<GridKind>)> = book
            .places
            .values()
            .filter(|place| place.tier == Tier::Grid && unit.place.covers(&place.code))
            .map(|place| (place.code.clone(), place.name.clone(), place.grid))
            .collect();
        for (grid, name, sort) in grids {
            let warden = (sort == Some(GridKind::Factory)).then_some((PostKind::FactoryWarden, Standing::Others, 1));
            for (kind, standing, planned) in TEAM.into_iter().chain(warden) {
                let id = Post::id_in(&grid, kind);
                let post =
                    Post { id: id.clone(), unit: unit.id.clone(), kind, name: format!("{name}{}", kind.zh()), grid: Some(grid.clone()), standing, planned };
                book.posts.insert(id, post);
            }
        }
    }
}

/// Who holds posts in the grids' teams besides a post of the station: log-in and post. The rest are vacancies.
#[must_use]
pub fn grid_holders() -> Vec<(String, PostId)> {
    let mut held = Vec::new();
    for seat in SEATS.iter().filter(|seat| seat.tier != Tier::Area) {
        let grid = |n: u16| PlaceCode(format!("{}{n:03}", seat.place()));
        held.push((format!("{}-officer", seat.letters), Post::id_in(&grid(1), PostKind::GridGuide)));
        for n in [1, 2] {
            held.push((format!("{}-grid-{n}", seat.letters), Post::id_in(&grid(n), PostKind::GridLeader)));
        }
    }
    held
}

/// Who is posted where.
#[must_use]
pub fn postings() -> Vec<DemoPosting> {
    POSTED
        .iter()
        .filter_map(|(login, function, suffix, presence, weekdays)| {
            let seat = SEATS.iter().find(|seat| seat.suffix == *suffix)?;
            let post = Post::id_of(&seat.station(), PostKind::Seconded);
            Some(DemoPosting { login, post, home: street_unit(*function), presence: *presence, weekdays: *weekdays })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::{check, demo};

    #[test]
    fn the_furnished_book_is_sound_and_its_people_exist() {
        let mut book = PlaceBook::of(&demo::xinjie(), Default::default());
        furnish(&mut book);
        assert_eq!(check(&book.network(None)), []);
        let people = demo::accounts();
        for (login, post) in grid_holders() {
            assert!(people.iter().any(|person| person.login == login) && book.posts.contains_key(&post), "{login} {post}");
        }
        for posting in postings() {
            assert!(people.iter().any(|person| person.login == posting.login) && book.posts.contains_key(&posting.post), "{posting:?}");
        }
        assert_eq!(book.rooms.len(), 26 * 4);
    }
}
