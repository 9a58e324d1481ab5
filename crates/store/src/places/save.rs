//! Writing: a fact is a row as it is from now on.

use crate::db::{Broken, Tx};
use crate::{sql, values};
use domain::places::{Place, PlaceBook, Post, Unit};
use domain::trail::PlaceFact;

/// Writes the row that a fact speaks of, new or changed. Rows that it points to are there already.
pub fn put(tx: &mut Tx<'_>, fact: &PlaceFact) -> Result<(), Broken> {
    match fact {
        PlaceFact::Place { row } => put_place(tx, row),
        PlaceFact::Unit { row } => put_unit(tx, row),
        PlaceFact::Post { row } => put_post(tx, row),
        PlaceFact::Duties { unit, kinds } => {
            tx.exec(sql!("delete from duty where unit = ?"), &values![unit])?;
            for row in kinds {
                tx.exec(
                    sql!(
                        "insert into duty (unit, category, role, source) values (?, ?, ?, ?)
                         on conflict (unit, category) do update set role = excluded.role, source = excluded.source"
                    ),
                    &values![unit, &row.kind, row.role.code(), &row.source],
                )?;
            }
            Ok(())
        }
        PlaceFact::Unowned { row } => {
            tx.exec(sql!("insert into duty_month (month, made_at, kinds) values (?, ?, ?)"), &values![&row.month, row.made_at, row.kinds.join(" ")])?;
            Ok(())
        }
        PlaceFact::Room { row } => {
            tx.exec(
                sql!(
                    "insert into room (id, unit, zone, name, seats, closed) values (?, ?, ?, ?, ?, ?)
                     on conflict (id) do update set zone = excluded.zone, name = excluded.name, seats = excluded.seats, closed = excluded.closed"
                ),
                &values![&row.id, &row.unit, row.zone.code(), &row.name, row.seats, row.closed],
            )?;
            Ok(())
        }
        PlaceFact::Booking { row } => {
            tx.exec(
                sql!(
                    "insert into booking (id, room, from_at, to_at, purpose, booked_by, cancelled_at) values (?, ?, ?, ?, ?, ?, ?)
                     on conflict (id) do update set cancelled_at = excluded.cancelled_at"
                ),
                &values![&row.id, &row.room, row.from_at, row.to_at, row.purpose.code(), &row.by, row.cancelled_at],
            )?;
            Ok(())
        }
        PlaceFact::Equipment { row } => {
            tx.exec(
                sql!(
                    "insert into equipment (id, unit, zone, kind, name, state, checked_at, checked_by) values (?, ?, ?, ?, ?, ?, ?, ?)
                     on conflict (id) do update set zone = excluded.zone, kind = excluded.kind, name = excluded.name, state = excluded.state,
                                         checked_at = excluded.checked_at, checked_by = excluded.checked_by"
                ),
                &values![&row.id, &row.unit, row.zone.map(|zone| zone.code()), row.kind.code(), &row.name, row.state.code(), row.checked_at, &row.checked_by],
            )?;
            Ok(())
        }
        PlaceFact::Posting { row } => {
            tx.exec(
                sql!(
                    "insert into posting (holding, home, presence, weekdays) values (?, ?, ?, ?)
                     on conflict (holding) do update set home = excluded.home, presence = excluded.presence, weekdays = excluded.weekdays"
                ),
                &values![&row.holding, &row.home, row.presence.code(), row.weekdays],
            )?;
            Ok(())
        }
    }
}

/// Writes a whole book into an empty database.
pub fn put_book(tx: &mut Tx<'_>, book: &PlaceBook) -> Result<(), Broken> {
    for fact in PlaceBook::in_order(book.facts()) {
        put(tx, &fact)?;
    }
    Ok(())
}

fn put_place(tx: &mut Tx<'_>, place: &Place) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into place (code, name, tier, parent, demo, edition, valid_from, valid_to, predecessor, police_code, grid) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (code) do update set name = excluded.name, parent = excluded.parent, edition = excluded.edition, valid_from = excluded.valid_from,
                                 valid_to = excluded.valid_to, predecessor = excluded.predecessor, police_code = excluded.police_code, grid = excluded.grid"
        ),
        &values![
            &place.code,
            &place.name,
            place.tier.code(),
            &place.parent,
            place.demo,
            &place.edition,
            place.valid_from.map(|day| day.0),
            place.valid_to.map(|day| day.0),
            &place.predecessor,
            &place.police_code,
            place.grid.map(|kind| kind.code())
        ],
    )?;
    Ok(())
}

fn put_unit(tx: &mut Tx<'_>, unit: &Unit) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into unit (id, code, name, kind, place, tier, function, parent, demo, valid_to) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (id) do update set code = excluded.code, name = excluded.name, place = excluded.place, tier = excluded.tier, function = excluded.function,
                                 parent = excluded.parent, valid_to = excluded.valid_to"
        ),
        &values![
            &unit.id,
            &unit.code,
            &unit.name,
            unit.kind.code(),
            &unit.place,
            unit.tier.code(),
            unit.function.map(|function| function.code()),
            &unit.parent,
            unit.demo,
            unit.valid_to.map(|day| day.0)
        ],
    )?;
    tx.exec(sql!("delete from unit_overlap where unit = ?"), &values![&unit.id])?;
    for place in &unit.overlaps {
        tx.exec(sql!("insert into unit_overlap (unit, place) values (?, ?)"), &values![&unit.id, place])?;
    }
    tx.exec(sql!("delete from unit_function where unit = ?"), &values![&unit.id])?;
    for function in &unit.functions {
        tx.exec(sql!("insert into unit_function (unit, function) values (?, ?)"), &values![&unit.id, function.code()])?;
    }
    Ok(())
}

fn put_post(tx: &mut Tx<'_>, post: &Post) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into post (id, unit, kind, name, grid, standing, planned) values (?, ?, ?, ?, ?, ?, ?)
             on conflict (id) do update set name = excluded.name, standing = excluded.standing, planned = excluded.planned"
        ),
        &values![&post.id, &post.unit, post.kind.code(), &post.name, &post.grid, post.standing.code(), post.planned],
    )?;
    Ok(())
}
