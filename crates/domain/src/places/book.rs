//! The book of places: all rows of the network and of what stands in its stations, as the facts of the chain add up to them.

use super::{DutyLists, DutyMonth, EquipmentKind, EquipmentState, Network, Place, Post, Presence, RoomUse, Unit, Zone};
use crate::kernel::{AccountId, BookingId, Day, EquipmentId, HoldingId, Instant, PlaceCode, PostId, RoomId, UnitId};
use crate::trail::PlaceFact;
use std::collections::BTreeMap;

/// A room of a station's zone that can be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Its id.
    pub id: RoomId,
    /// Whose.
    pub unit: UnitId,
    /// In which zone.
    pub zone: Zone,
    /// What is written on its door.
    pub name: String,
    /// For how many people.
    pub seats: i64,
    /// No longer to be booked.
    pub closed: bool,
}

/// A room booked over a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// Its id.
    pub id: BookingId,
    /// The room.
    pub room: RoomId,
    /// From when.
    pub from_at: Instant,
    /// Until when, not included.
    pub to_at: Instant,
    /// What for.
    pub purpose: RoomUse,
    /// Who booked.
    pub by: AccountId,
    /// When it was given up, if it was.
    pub cancelled_at: Option<Instant>,
}

/// A sign or a piece of equipment of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equipment {
    /// Its id.
    pub id: EquipmentId,
    /// Whose.
    pub unit: UnitId,
    /// In which zone, if in one.
    pub zone: Option<Zone>,
    /// What it is.
    pub kind: EquipmentKind,
    /// Which one: “东门，4 公斤”.
    pub name: String,
    /// How it is.
    pub state: EquipmentState,
    /// When somebody last looked.
    pub checked_at: Option<Instant>,
    /// Who.
    pub checked_by: Option<AccountId>,
}

/// What a holding is beyond a post: the person belongs to another unit and is there in one of three ways. Its span is the holding's, so it ends with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// The holding of a post for others.
    pub holding: HoldingId,
    /// The unit that the person comes from.
    pub home: UnitId,
    /// In which way.
    pub presence: Presence,
    /// On which days of the week: bit 0 is Monday. All seven for who is always there.
    pub weekdays: i64,
}

impl Posting {
    /// Whether the person is to be there on a day without being called.
    #[must_use]
    pub fn expected(&self, day: Day) -> bool {
        match self.presence {
            Presence::Resident => true,
            Presence::Rotating => self.weekdays >> (i64::from(day.weekday()) - 1) & 1 == 1,
            Presence::OnCall => false,
        }
    }
}

/// All rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlaceBook {
    /// Places by code.
    pub places: BTreeMap<PlaceCode, Place>,
    /// Units by id.
    pub units: BTreeMap<UnitId, Unit>,
    /// Posts by id.
    pub posts: BTreeMap<PostId, Post>,
    /// 职责清单: what each unit may lead and assists with.
    pub duties: DutyLists,
    /// The monthly records of kinds without an owner, by month.
    pub months: BTreeMap<String, DutyMonth>,
    /// Rooms by id.
    pub rooms: BTreeMap<RoomId, Room>,
    /// Bookings by id.
    pub bookings: BTreeMap<BookingId, Booking>,
    /// Signs and equipment by id.
    pub equipment: BTreeMap<EquipmentId, Equipment>,
    /// Postings by holding.
    pub postings: BTreeMap<HoldingId, Posting>,
}

impl PlaceBook {
    /// The book of a network as it is first laid out.
    #[must_use]
    pub fn of(network: &Network, duties: DutyLists) -> Self {
        Self {
            places: network.places.iter().map(|row| (row.code.clone(), row.clone())).collect(),
            units: network.units.iter().map(|row| (row.id.clone(), row.clone())).collect(),
            posts: network.posts.iter().map(|row| (row.id.clone(), row.clone())).collect(),
            duties,
            ..Self::default()
        }
    }

    /// Folds one fact in: a fact holds the whole row as it is from now on.
    pub fn apply(&mut self, fact: &PlaceFact) {
        match fact.clone() {
            PlaceFact::Place { row } => drop(self.places.insert(row.code.clone(), row)),
            PlaceFact::Unit { row } => drop(self.units.insert(row.id.clone(), row)),
            PlaceFact::Post { row } => drop(self.posts.insert(row.id.clone(), row)),
            PlaceFact::Duties { unit, kinds } if kinds.is_empty() => drop(self.duties.remove(&unit)),
            PlaceFact::Duties { unit, kinds } => drop(self.duties.insert(unit, kinds.into_iter().map(|row| (row.kind.clone(), row)).collect())),
            PlaceFact::Unowned { row } => drop(self.months.insert(row.month.clone(), row)),
            PlaceFact::Room { row } => drop(self.rooms.insert(row.id.clone(), row)),
            PlaceFact::Booking { row } => drop(self.bookings.insert(row.id.clone(), row)),
            PlaceFact::Equipment { row } => drop(self.equipment.insert(row.id.clone(), row)),
            PlaceFact::Posting { row } => drop(self.postings.insert(row.holding.clone(), row)),
        }
    }

    /// The row that a fact speaks of, as it is in this book.
    #[must_use]
    pub fn before(&self, fact: &PlaceFact) -> Option<PlaceFact> {
        match fact {
            PlaceFact::Place { row } => self.places.get(&row.code).cloned().map(|row| PlaceFact::Place { row }),
            PlaceFact::Unit { row } => self.units.get(&row.id).cloned().map(|row| PlaceFact::Unit { row }),
            PlaceFact::Post { row } => self.posts.get(&row.id).cloned().map(|row| PlaceFact::Post { row }),
            PlaceFact::Duties { unit, .. } => {
                self.duties.get(unit).map(|list| PlaceFact::Duties { unit: unit.clone(), kinds: list.values().cloned().collect() })
            }
            PlaceFact::Unowned { row } => self.months.get(&row.month).cloned().map(|row| PlaceFact::Unowned { row }),
            PlaceFact::Room { row } => self.rooms.get(&row.id).cloned().map(|row| PlaceFact::Room { row }),
            PlaceFact::Booking { row } => self.bookings.get(&row.id).cloned().map(|row| PlaceFact::Booking { row }),
            PlaceFact::Equipment { row } => self.equipment.get(&row.id).cloned().map(|row| PlaceFact::Equipment { row }),
            PlaceFact::Posting { row } => self.postings.get(&row.holding).cloned().map(|row| PlaceFact::Posting { row }),
        }
    }

    /// Every row as a fact, parents before children: what the first entry of a chain says of a network that was laid out at once.
    #[must_use]
    pub fn facts(&self) -> Vec<PlaceFact> {
        let mut facts: Vec<PlaceFact> = self.places.values().cloned().map(|row| PlaceFact::Place { row }).collect();
        facts.extend(self.units.values().cloned().map(|row| PlaceFact::Unit { row }));
        facts.extend(self.posts.values().cloned().map(|row| PlaceFact::Post { row }));
        facts.extend(self.duties.iter().map(|(unit, list)| PlaceFact::Duties { unit: unit.clone(), kinds: list.values().cloned().collect() }));
        facts.extend(self.months.values().cloned().map(|row| PlaceFact::Unowned { row }));
        facts.extend(self.rooms.values().cloned().map(|row| PlaceFact::Room { row }));
        facts.extend(self.equipment.values().cloned().map(|row| PlaceFact::Equipment { row }));
        facts.extend(self.bookings.values().cloned().map(|row| PlaceFact::Booking { row }));
        facts.extend(self.postings.values().cloned().map(|row| PlaceFact::Posting { row }));
        facts
    }

    /// The facts so that each comes after what it points to: places from the top, units from the top, then the rest.
    #[must_use]
    pub fn in_order(mut facts: Vec<PlaceFact>) -> Vec<PlaceFact> {
        let above: BTreeMap<UnitId, UnitId> = facts
            .iter()
            .filter_map(|fact| match fact {
                PlaceFact::Unit { row } => row.parent.clone().map(|parent| (row.id.clone(), parent)),
                _ => None,
            })
            .collect();
        let depth = |unit: &UnitId| std::iter::successors(Some(unit), |unit| above.get(*unit)).take(above.len() + 2).count();
        facts.sort_by_cached_key(|fact| match fact {
            PlaceFact::Place { row } => (0, row.code.as_str().len()),
            PlaceFact::Unit { row } => (1, depth(&row.id)),
            PlaceFact::Post { .. } => (2, 0),
            PlaceFact::Duties { .. } => (3, 0),
            PlaceFact::Room { .. } => (4, 0),
            PlaceFact::Equipment { .. } => (5, 0),
            PlaceFact::Booking { .. } => (6, 0),
            PlaceFact::Posting { .. } => (7, 0),
            PlaceFact::Unowned { .. } => (8, 0),
        });
        facts
    }

    /// The network for a day.
    #[must_use]
    pub fn network(&self, on: Option<Day>) -> Network {
        Network {
            places: self.places.values().cloned().collect(),
            units: self.units.values().cloned().collect(),
            posts: self.posts.values().cloned().collect(),
            on,
        }
    }
}
