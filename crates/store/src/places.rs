//! 组织网格: places, units, posts.

use crate::db::{Broken, Tx};
use crate::take::Take;
use crate::{sql, values};
use domain::places::{Network, Place, Post, Unit};

/// The whole network, in the order in which it was written.
pub fn network(tx: &mut Tx<'_>) -> Result<Network, Broken> {
    let places =
        tx.all(sql!("select code, name, tier, parent, demo, edition, valid_from, valid_to, predecessor, police_code from place order by code"), &[], |row| {
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
            })
        })?;
    let mut units = tx.all(sql!("select id, code, name, kind, place, tier, function, parent, demo from unit order by id"), &[], |row| {
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
        })
    })?;
    for (unit, place) in tx.all(sql!("select unit, place from unit_overlap order by unit, place"), &[], |row| Ok((row.text(0)?, row.text(1)?)))? {
        if let Some(found) = units.iter_mut().find(|u| u.id.0 == unit) {
            found.overlaps.push(place.into());
        }
    }
    let posts = tx.all(sql!("select id, unit, kind, name from post order by id"), &[], |row| {
        let mut take = Take::new(row);
        Ok(Post { id: take.id()?, unit: take.id()?, kind: take.code()?, name: take.text()? })
    })?;
    Ok(Network { places, units, posts })
}

/// Writes a network into an empty database: parents before children.
pub fn put_network(tx: &mut Tx<'_>, network: &Network) -> Result<(), Broken> {
    for place in &network.places {
        tx.exec(
            sql!("insert into place (code, name, tier, parent, demo, edition, valid_from, valid_to, predecessor, police_code) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
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
                &place.police_code
            ],
        )?;
    }
    let mut waiting: Vec<&Unit> = network.units.iter().collect();
    let mut there: Vec<&str> = Vec::new();
    while !waiting.is_empty() {
        let (ready, later): (Vec<&Unit>, Vec<&Unit>) =
            waiting.into_iter().partition(|unit| unit.parent.as_ref().is_none_or(|parent| there.contains(&parent.as_str())));
        if ready.is_empty() {
            return Err(Broken::Forbidden { said: "units whose parent is missing".to_owned(), at: "put_network".to_owned() });
        }
        for unit in ready {
            put_unit(tx, unit)?;
            there.push(unit.id.as_str());
        }
        waiting = later;
    }
    for post in &network.posts {
        tx.exec(sql!("insert into post (id, unit, kind, name) values (?, ?, ?, ?)"), &values![&post.id, &post.unit, post.kind.code(), &post.name])?;
    }
    Ok(())
}

fn put_unit(tx: &mut Tx<'_>, unit: &Unit) -> Result<(), Broken> {
    tx.exec(
        sql!("insert into unit (id, code, name, kind, place, tier, function, parent, demo) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        &values![
            &unit.id,
            &unit.code,
            &unit.name,
            unit.kind.code(),
            &unit.place,
            unit.tier.code(),
            unit.function.map(|function| function.code()),
            &unit.parent,
            unit.demo
        ],
    )?;
    for place in &unit.overlaps {
        tx.exec(sql!("insert into unit_overlap (unit, place) values (?, ?)"), &values![&unit.id, place])?;
    }
    Ok(())
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
