//! 组织网格: places, units, posts, their duty lists, and what stands in the stations.

mod save;
mod sight;

pub use save::{put, put_book};
pub use sight::{Busy, HeldPost, busy, holding, holdings_of};

use crate::db::{Broken, Row, Tx};
use crate::take::Take;
use crate::{sql, values};
use domain::kernel::{Instant, RoomId, UnitId};
use domain::places::{Booking, Duty, DutyLists, DutyMonth, Equipment, Network, Place, PlaceBook, Post, Posting, Room, Unit};

/// The whole network, in the order of its keys.
pub fn network(tx: &mut Tx<'_>) -> Result<Network, Broken> {
    Ok(Network { places: places(tx)?, units: units(tx)?, posts: posts(tx)?, on: None })
}

/// Every row; of the bookings those that end after `since`, all without it.
pub fn book(tx: &mut Tx<'_>, since: Option<Instant>) -> Result<PlaceBook, Broken> {
    let mut book = PlaceBook::of(&network(tx)?, duties(tx)?);
    book.rooms = rooms(tx)?.into_iter().map(|row| (row.id.clone(), row)).collect();
    book.bookings = bookings(tx, since)?.into_iter().map(|row| (row.id.clone(), row)).collect();
    book.equipment = equipment(tx)?.into_iter().map(|row| (row.id.clone(), row)).collect();
    book.months = duty_months(tx)?.into_iter().map(|row| (row.month.clone(), row)).collect();
    book.postings = postings(tx)?.into_iter().map(|row| (row.holding.clone(), row)).collect();
    Ok(book)
}

fn places(tx: &mut Tx<'_>) -> Result<Vec<Place>, Broken> {
    tx.all(sql!("select code, name, tier, parent, demo, edition, valid_from, valid_to, predecessor, police_code, grid from place order by code"), &[], |row| {
        let mut take = Take::new(row);
        Ok(Place {
            code: take.id()?,
            name: take.text()?,
            tier: take.code()?,
            parent: take.opt_id()?,
            demo: take.flag()?,
            edition: take.text()?,
            valid_from: take.opt_int()?.map(domain::kernel::Day),
            valid_to: take.opt_int()?.map(domain::kernel::Day),
            predecessor: take.opt_id()?,
            police_code: take.opt_text()?,
            grid: take.opt_code()?,
        })
    })
}

fn units(tx: &mut Tx<'_>) -> Result<Vec<Unit>, Broken> {
    let mut units = tx.all(sql!("select id, code, name, kind, place, tier, function, parent, demo, valid_to from unit order by id"), &[], |row| {
        let mut take = Take::new(row);
        Ok(Unit {
            id: take.id()?,
            code: take.text()?,
            name: take.text()?,
            kind: take.code()?,
            place: take.id()?,
            tier: take.code()?,
            function: take.opt_code()?,
            parent: take.opt_id()?,
            demo: take.flag()?,
            overlaps: Vec::new(),
            functions: Vec::new(),
            valid_to: take.opt_int()?.map(domain::kernel::Day),
        })
    })?;
    // Both lists come in the order of the units, so each row's unit is found by its key.
    let found = |id: &str| units.binary_search_by(|unit: &Unit| unit.id.as_str().cmp(id)).ok();
    let overlaps = tx.all(sql!("select unit, place from unit_overlap order by unit, place"), &[], |row| Ok((row.text(0)?, row.text(1)?)))?;
    let overlaps: Vec<_> = overlaps.into_iter().filter_map(|(unit, place)| Some((found(&unit)?, place))).collect();
    let functions = tx.all(sql!("select unit, function from unit_function order by unit, function"), &[], |row| {
        let mut take = Take::new(row);
        Ok((take.text()?, take.code()?))
    })?;
    let functions: Vec<_> = functions.into_iter().filter_map(|(unit, function)| Some((found(&unit)?, function))).collect();
    overlaps.into_iter().for_each(|(at, place)| units[at].overlaps.push(place.into()));
    functions.into_iter().for_each(|(at, function)| units[at].functions.push(function));
    units.iter_mut().for_each(|unit| unit.functions.sort_unstable());
    Ok(units)
}

fn posts(tx: &mut Tx<'_>) -> Result<Vec<Post>, Broken> {
    tx.all(sql!("select id, unit, kind, name, grid, standing, planned from post order by id"), &[], |row| {
        let mut take = Take::new(row);
        Ok(Post {
            id: take.id()?,
            unit: take.id()?,
            kind: take.code()?,
            name: take.text()?,
            grid: take.opt_id()?,
            standing: take.code()?,
            planned: take.int()?,
        })
    })
}

/// The duty lists of all units that have one.
pub fn duties(tx: &mut Tx<'_>) -> Result<DutyLists, Broken> {
    let mut lists = DutyLists::new();
    let rows = tx.all(sql!("select unit, category, role, source from duty order by unit, category"), &[], |row| {
        let mut take = Take::new(row);
        let unit: UnitId = take.id()?;
        Ok((unit, Duty { kind: take.text()?, role: take.code()?, source: take.text()? }))
    })?;
    for (unit, row) in rows {
        lists.entry(unit).or_default().insert(row.kind.clone(), row);
    }
    Ok(lists)
}

/// The monthly records of kinds without an owner, the newest first.
pub fn duty_months(tx: &mut Tx<'_>) -> Result<Vec<DutyMonth>, Broken> {
    tx.all(sql!("select month, made_at, kinds from duty_month order by month desc"), &[], |row| {
        let mut take = Take::new(row);
        Ok(DutyMonth {
            month: take.text()?,
            made_at: take.instant()?,
            kinds: take.text()?.split(' ').filter(|kind| !kind.is_empty()).map(str::to_owned).collect(),
        })
    })
}

/// Whether a month has its record.
pub fn has_duty_month(tx: &mut Tx<'_>, month: &str) -> Result<bool, Broken> {
    Ok(tx.one(sql!("select 1 from duty_month where month = ?"), &values![month], |row| row.int(0))?.is_some())
}

fn rooms(tx: &mut Tx<'_>) -> Result<Vec<Room>, Broken> {
    tx.all(sql!("select id, unit, zone, name, seats, closed from room order by id"), &[], |row| {
        let mut take = Take::new(row);
        Ok(Room { id: take.id()?, unit: take.id()?, zone: take.code()?, name: take.text()?, seats: take.int()?, closed: take.flag()? })
    })
}

fn booking(row: &crate::db::Row<'_>) -> Result<Booking, Broken> {
    let mut take = Take::new(row);
    Ok(Booking {
        id: take.id()?,
        room: take.id()?,
        from_at: take.instant()?,
        to_at: take.instant()?,
        purpose: take.code()?,
        by: take.id()?,
        cancelled_at: take.opt_instant()?,
    })
}

/// The bookings that end after `since`; all of them without it.
fn bookings(tx: &mut Tx<'_>, since: Option<Instant>) -> Result<Vec<Booking>, Broken> {
    let since = since.map_or(i64::MIN, |at| at.0);
    tx.all(
        sql!("select id, room, from_at, to_at, purpose, booked_by, cancelled_at from booking where to_at > ? order by from_at, id"),
        &values![since],
        booking,
    )
}

/// A room's bookings that end after `since` and begin before `until`.
pub fn bookings_of(tx: &mut Tx<'_>, room: &RoomId, since: Instant, until: Instant) -> Result<Vec<Booking>, Broken> {
    tx.all(
        sql!(
            "select id, room, from_at, to_at, purpose, booked_by, cancelled_at from booking
             where room = ? and to_at > ? and from_at < ? order by from_at, id"
        ),
        &values![room, since, until],
        booking,
    )
}

fn equipment(tx: &mut Tx<'_>) -> Result<Vec<Equipment>, Broken> {
    tx.all(sql!("select id, unit, zone, kind, name, state, checked_at, checked_by from equipment order by id"), &[], thing)
}

/// The signs and equipment of a unit.
pub fn equipment_of(tx: &mut Tx<'_>, unit: &UnitId) -> Result<Vec<Equipment>, Broken> {
    tx.all(
        sql!("select id, unit, zone, kind, name, state, checked_at, checked_by from equipment where unit = ? order by kind, name, id"),
        &values![unit],
        thing,
    )
}

fn thing(row: &Row<'_>) -> Result<Equipment, Broken> {
    let mut take = Take::new(row);
    Ok(Equipment {
        id: take.id()?,
        unit: take.id()?,
        zone: take.opt_code()?,
        kind: take.code()?,
        name: take.text()?,
        state: take.code()?,
        checked_at: take.opt_instant()?,
        checked_by: take.opt_id()?,
    })
}

/// Every posting.
pub fn postings(tx: &mut Tx<'_>) -> Result<Vec<Posting>, Broken> {
    tx.all(sql!("select holding, home, presence, weekdays from posting order by holding"), &[], |row| {
        let mut take = Take::new(row);
        Ok(Posting { holding: take.id()?, home: take.id()?, presence: take.code()?, weekdays: take.int()? })
    })
}

/// A setting of the installation.
pub fn setting(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>, Broken> {
    tx.one(sql!("select value from setting where name = ?"), &values![name], |row| row.text(0))
}

/// Writes a setting.
pub fn put_setting(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<(), Broken> {
    tx.exec(sql!("insert into setting (name, value) values (?, ?) on conflict (name) do update set value = excluded.value"), &values![name, value])?;
    Ok(())
}
