//! What the screens ask for, turned into rows: what a person does not say stays as it is.

use crate::fault::Fault;
use domain::accounts::Actor;
use domain::kernel::{BookingId, Day, EquipmentId, Instant, Mint, PlaceCode, RoomId, UnitId};
use domain::places::{
    Booking, Duty, Equipment, EquipmentKind, EquipmentState, Function, GridKind, Place, PlaceBook, Post, PostKind, Room, RoomUse, Standing, StationFunction,
    Tier, Unit, UnitKind, Zone,
};
use domain::trail::PlaceFact;

/// Something that is asked for.
#[derive(Debug, Clone)]
pub enum Ask {
    /// A place, new or changed. Closing is a last day.
    Place {
        /// Its code.
        code: String,
        /// Its name.
        name: String,
        /// Its tier.
        tier: Tier,
        /// The place above.
        parent: Option<PlaceCode>,
        /// Only a grid: its sort.
        grid: Option<GridKind>,
        /// Of which code list.
        edition: String,
        /// First day.
        valid_from: Option<Day>,
        /// Last day.
        valid_to: Option<Day>,
        /// The place that it took over from.
        predecessor: Option<PlaceCode>,
        /// The code of public security.
        police_code: Option<String>,
    },
    /// A unit, new or changed.
    Unit {
        /// Its code; a new unit's id comes from it.
        code: String,
        /// Its name.
        name: String,
        /// Its kind.
        kind: UnitKind,
        /// Its place.
        place: PlaceCode,
        /// Its function.
        function: Option<Function>,
        /// The unit above.
        parent: Option<UnitId>,
        /// Places beside its own.
        overlaps: Vec<PlaceCode>,
        /// What a station does.
        functions: Vec<StationFunction>,
        /// Last day.
        valid_to: Option<Day>,
    },
    /// A post, new or changed.
    Post {
        /// Whose.
        unit: UnitId,
        /// In which grid.
        grid: Option<PlaceCode>,
        /// Which.
        kind: PostKind,
        /// Its name; the usual one if empty.
        name: Option<String>,
        /// Where it stands in 1+3+N.
        standing: Option<Standing>,
        /// For how many.
        planned: i64,
    },
    /// A unit's duty list, the whole of it.
    Duties {
        /// Whose.
        unit: UnitId,
        /// Its rows.
        kinds: Vec<Duty>,
    },
    /// A room, new or changed.
    Room {
        /// Which; none for a new one.
        id: Option<RoomId>,
        /// Whose.
        unit: UnitId,
        /// In which zone.
        zone: Zone,
        /// Its name.
        name: String,
        /// For how many.
        seats: i64,
        /// No longer to be booked.
        closed: bool,
    },
    /// A sign or a piece of equipment, new or changed.
    Equipment {
        /// Which; none for a new one.
        id: Option<EquipmentId>,
        /// Whose.
        unit: UnitId,
        /// In which zone.
        zone: Option<Zone>,
        /// What it is.
        kind: EquipmentKind,
        /// Which one.
        name: String,
        /// How it is.
        state: EquipmentState,
    },
    /// Somebody looked at it.
    Check {
        /// Which.
        id: EquipmentId,
        /// How it is.
        state: EquipmentState,
    },
    /// A room for a while.
    Book {
        /// Which.
        room: RoomId,
        /// From when.
        from_at: Instant,
        /// Until when.
        to_at: Instant,
        /// What for.
        purpose: RoomUse,
    },
    /// A booking is not needed any more.
    GiveUp {
        /// Which.
        id: BookingId,
    },
}

/// The rows that are asked for.
pub fn facts(book: &PlaceBook, asks: &[Ask], actor: &Actor, now: Instant, mint: &mut Mint) -> Result<Vec<PlaceFact>, Fault> {
    let mut growing = book.clone();
    let mut facts = Vec::new();
    for ask in asks {
        let fact = fact(&growing, ask.clone(), actor, now, mint)?;
        growing.apply(&fact);
        facts.push(fact);
    }
    Ok(facts)
}

fn fact(book: &PlaceBook, ask: Ask, actor: &Actor, now: Instant, mint: &mut Mint) -> Result<PlaceFact, Fault> {
    Ok(match ask {
        Ask::Place { code, name, tier, parent, grid, edition, valid_from, valid_to, predecessor, police_code } => {
            let code = PlaceCode(code);
            let demo = book.places.get(&code).is_some_and(|before| before.demo);
            PlaceFact::Place { row: Place { code, name, tier, parent, demo, edition, valid_from, valid_to, predecessor, police_code, grid } }
        }
        Ask::Unit { code, name, kind, place, function, parent, overlaps, mut functions, valid_to } => {
            let before = book.units.values().find(|unit| unit.code == code);
            let id = before.map_or_else(|| UnitId(format!("{}{code}", UnitId::PREFIX)), |unit| unit.id.clone());
            let tier = book.places.get(&place).map_or(Tier::Street, |place| place.tier);
            functions.sort_unstable();
            functions.dedup();
            PlaceFact::Unit {
                row: Unit { id, demo: before.is_some_and(|unit| unit.demo), code, name, kind, place, tier, function, parent, overlaps, functions, valid_to },
            }
        }
        Ask::Post { unit, grid, kind, name, standing, planned } => {
            let usual = Post::of(book.units.get(&unit).ok_or(Fault::Missing)?, kind);
            let id = grid.as_ref().map_or_else(|| usual.id.clone(), |grid| Post::id_in(grid, kind));
            let before = book.posts.get(&id);
            let place = grid.as_ref().and_then(|grid| book.places.get(grid)).map(|place| format!("{}{}", place.name, kind.zh()));
            let row = Post {
                name: name.or_else(|| before.map(|post| post.name.clone())).or(place).unwrap_or(usual.name),
                standing: standing.or(before.map(|post| post.standing)).unwrap_or(usual.standing),
                id,
                unit,
                kind,
                grid,
                planned,
            };
            PlaceFact::Post { row }
        }
        Ask::Duties { unit, mut kinds } => {
            kinds.sort_by(|a, b| a.kind.cmp(&b.kind));
            PlaceFact::Duties { unit, kinds }
        }
        Ask::Room { id, unit, zone, name, seats, closed } => {
            let unit = id.as_ref().and_then(|id| book.rooms.get(id)).map_or(unit, |before| before.unit.clone());
            PlaceFact::Room { row: Room { id: id.unwrap_or_else(|| mint.id(RoomId::PREFIX)), unit, zone, name, seats, closed } }
        }
        Ask::Equipment { id, unit, zone, kind, name, state } => {
            let before = id.as_ref().and_then(|id| book.equipment.get(id)).cloned();
            let row = Equipment {
                unit: before.as_ref().map_or(unit, |before| before.unit.clone()),
                checked_at: before.as_ref().and_then(|before| before.checked_at),
                checked_by: before.and_then(|before| before.checked_by),
                id: id.unwrap_or_else(|| mint.id(EquipmentId::PREFIX)),
                zone,
                kind,
                name,
                state,
            };
            PlaceFact::Equipment { row }
        }
        Ask::Check { id, state } => {
            let before = book.equipment.get(&id).cloned().ok_or(Fault::Missing)?;
            PlaceFact::Equipment { row: Equipment { state, checked_at: Some(now), checked_by: Some(actor.account().clone()), ..before } }
        }
        Ask::Book { room, from_at, to_at, purpose } => {
            let id = mint.id(BookingId::PREFIX);
            PlaceFact::Booking { row: Booking { id, room, from_at, to_at, purpose, by: actor.account().clone(), cancelled_at: None } }
        }
        Ask::GiveUp { id } => {
            let before = book.bookings.get(&id).cloned().ok_or(Fault::Missing)?;
            PlaceFact::Booking { row: Booking { cancelled_at: Some(now), ..before } }
        }
    })
}
