//! What the pages of places show: all units with their vacancies, one unit with everything that belongs to it, and what became of a row.

use crate::desk::Desk;
use crate::fault::Fault;
use domain::accounts::{Actor, Right, held, may_over, may_somewhere};
use domain::kernel::{DAY, Instant, UnitId};
use domain::places::{Booking, Duty, Equipment, PlaceBook, Post, Posting, Room, Unit};
use domain::trail::{Body, Difference, PLACES, PlaceFact};
use std::collections::BTreeMap;
use store::db::Tx;
use store::places::HeldPost;

/// How far ahead bookings are shown.
const AHEAD: i64 = 31 * DAY;

/// A post with who holds it.
#[derive(Debug, Clone)]
pub struct Line {
    /// The post.
    pub post: Post,
    /// Who holds it now or will, and who held it, in the order of their beginnings.
    pub holders: Vec<(HeldPost, Option<Posting>)>,
    /// How many of those hold it now.
    pub held: i64,
    /// How many are missing to the plan.
    pub vacant: i64,
}

/// A unit with how its establishment stands.
#[derive(Debug, Clone)]
pub struct UnitLine {
    /// The unit.
    pub unit: Unit,
    /// People planned.
    pub planned: i64,
    /// Posts held now.
    pub held: i64,
    /// Vacancies.
    pub vacant: i64,
    /// How many kinds are on its duty list.
    pub duties: i64,
    /// Equipment that is not in order.
    pub faulty: i64,
}

/// All units that the actor may see.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The units.
    pub units: Vec<UnitLine>,
    /// Number of the chain of places.
    pub seq: i64,
}

/// Everything of one unit.
#[derive(Debug, Clone)]
pub struct OneUnit {
    /// The unit.
    pub unit: Unit,
    /// Its posts.
    pub lines: Vec<Line>,
    /// Its duty list.
    pub duties: Vec<Duty>,
    /// Its rooms, each with its bookings from now on.
    pub rooms: Vec<(Room, Vec<Booking>)>,
    /// Its signs and equipment.
    pub equipment: Vec<Equipment>,
    /// Its own people who are posted elsewhere.
    pub away: Vec<(HeldPost, Post, Posting)>,
    /// Number of the chain of places.
    pub seq: i64,
    /// Which of the rights over a unit the actor has here.
    pub rights: Vec<Right>,
}

/// The units that the actor may see, with their vacancies.
pub fn overview(tx: &mut Tx<'_>, actor: &Actor, now: Instant) -> Result<Overview, Fault> {
    may_somewhere(actor, Right::SeeUnit)?;
    let book = store::places::book(tx, Some(now))?;
    let mut held_now: BTreeMap<String, i64> = BTreeMap::new();
    for holding in store::accounts::holdings(tx)?.into_iter().filter(|h| held(h.from_at, h.to_at, now)) {
        *held_now.entry(holding.post.0).or_default() += 1;
    }
    let mut lines: BTreeMap<&UnitId, UnitLine> = book
        .units
        .values()
        .filter(|unit| may_over(actor, Right::SeeUnit, &unit.id, &unit.place).is_ok())
        .map(|unit| (&unit.id, UnitLine { unit: unit.clone(), planned: 0, held: 0, vacant: 0, duties: 0, faulty: 0 }))
        .collect();
    for post in book.posts.values() {
        let Some(line) = lines.get_mut(&post.unit) else { continue };
        let held = held_now.get(&post.id.0).copied().unwrap_or(0);
        line.planned += post.planned;
        line.held += held;
        line.vacant += (post.planned - held).max(0);
    }
    for (unit, kinds) in &book.duties {
        if let Some(line) = lines.get_mut(unit) {
            line.duties = i64::try_from(kinds.len()).unwrap_or(i64::MAX);
        }
    }
    for thing in book.equipment.values().filter(|thing| needs_care(thing)) {
        if let Some(line) = lines.get_mut(&thing.unit) {
            line.faulty += 1;
        }
    }
    Ok(Overview { units: lines.into_values().collect(), seq: store::trail::seq(tx, PLACES)? })
}

const fn needs_care(thing: &Equipment) -> bool {
    use domain::places::EquipmentState;
    matches!(thing.state, EquipmentState::Faulty | EquipmentState::Repair | EquipmentState::Missing)
}

/// One unit, if the actor may see it.
pub fn unit_page(tx: &mut Tx<'_>, actor: &Actor, id: &UnitId, now: Instant) -> Result<OneUnit, Fault> {
    let book = store::places::book(tx, Some(now))?;
    let unit = book.units.get(id).cloned().ok_or(Fault::Missing)?;
    may_over(actor, Right::SeeUnit, id, &unit.place)?;
    let holdings = store::places::holdings_of(tx, id)?;
    let lines = book.posts.values().filter(|post| post.unit == *id).map(|post| line(&book, post, &holdings, now)).collect();
    let rooms = book.rooms.values().filter(|room| room.unit == *id).cloned().collect::<Vec<_>>();
    let mut booked = Vec::new();
    for room in rooms {
        let bookings = store::places::bookings_of(tx, &room.id, now, now.plus(AHEAD))?.into_iter().filter(|booking| booking.cancelled_at.is_none()).collect();
        booked.push((room, bookings));
    }
    let mut away = Vec::new();
    for posting in book.postings.values().filter(|posting| posting.home == *id) {
        if let Some(found) = store::places::holding(tx, &posting.holding)?
            && let Some(post) = book.posts.get(&found.post)
        {
            away.push((found, post.clone(), posting.clone()));
        }
    }
    let rights = [Right::EditNetwork, Right::KeepUnit, Right::BookRooms, Right::PostPeople];
    Ok(OneUnit {
        lines,
        duties: book.duties.get(id).into_iter().flat_map(|list| list.values().cloned()).collect(),
        rooms: booked,
        equipment: book.equipment.values().filter(|thing| thing.unit == *id).cloned().collect(),
        away,
        seq: store::trail::seq(tx, PLACES)?,
        rights: rights.into_iter().filter(|right| may_over(actor, *right, id, &unit.place).is_ok()).collect(),
        unit,
    })
}

fn line(book: &PlaceBook, post: &Post, holdings: &[HeldPost], now: Instant) -> Line {
    let holders: Vec<_> = holdings.iter().filter(|row| row.post == post.id).map(|row| (row.clone(), book.postings.get(&row.holding).cloned())).collect();
    let held = i64::try_from(holders.iter().filter(|(row, _)| held(row.from_at, row.to_at, now)).count()).unwrap_or(i64::MAX);
    Line { post: post.clone(), vacant: (post.planned - held).max(0), held, holders }
}

/// One entry in the history of a row.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Number in the chain.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// The act's code.
    pub act: String,
    /// Name of who did it.
    pub by: String,
    /// What is different.
    pub differences: Vec<Difference>,
}

/// What became of a row, newest first: read out of the chain, so it is what happened and not what somebody wrote down beside it.
pub fn history(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, table: &str, key: &str, now: Instant) -> Result<Vec<Seen>, Fault> {
    let book = store::places::book(tx, Some(now))?;
    let unit = match table {
        "unit" | "duties" => Some(UnitId::from(key)),
        "post" => book.posts.get(&key.into()).map(|post| post.unit.clone()),
        "room" => book.rooms.get(&key.into()).map(|room| room.unit.clone()),
        "booking" => book.bookings.get(&key.into()).and_then(|row| book.rooms.get(&row.room)).map(|room| room.unit.clone()),
        "posting" => {
            let post = store::places::holding(tx, &key.into())?.map(|held| held.post);
            post.and_then(|post| book.posts.get(&post)).map(|post| post.unit.clone())
        }
        "equipment" => book.equipment.get(&key.into()).map(|thing| thing.unit.clone()),
        _ => None,
    };
    match unit.as_ref().and_then(|id| book.units.get(id)) {
        Some(unit) => drop(may_over(actor, Right::SeeUnit, &unit.id, &unit.place)?),
        None if table == "place" => drop(may_somewhere(actor, Right::SeeUnit)?),
        None => return Err(Fault::Missing),
    }
    let rules = desk.rulebook(tx, now)?;
    let mut before: Option<PlaceFact> = None;
    let mut seen = Vec::new();
    for entry in store::trail::entries_of(tx, PLACES, "network")?.into_iter().chain(store::trail::entries_of(tx, PLACES, key)?) {
        for fact in Body::<PlaceFact>::read(&entry.body)?.facts {
            if fact.table() == table && fact.key() == key {
                let by = rules.account_name(&entry.account.as_str().into());
                seen.push(Seen { seq: entry.seq, at: entry.at, act: entry.act.clone(), by, differences: fact.differences(before.as_ref()) });
                before = Some(fact);
            }
        }
    }
    seen.reverse();
    Ok(seen)
}
