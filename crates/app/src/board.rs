//! 一张图: the stations as the command room sees them now.

use crate::desk::Desk;
use crate::fault::Fault;
use domain::accounts::Actor;
use domain::kernel::{Instant, UnitId};
use domain::matters::State;
use domain::places::{PostKind, UnitKind};
use std::collections::BTreeMap;
use store::db::Tx;

/// One station's lights.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Station {
    /// The station.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// Its place code.
    pub place: String,
    /// Open matters whose home it is.
    pub open: i64,
    /// Of these, overdue.
    pub late: i64,
    /// Of these, due soon.
    pub soon: i64,
    /// Of these, extreme or urgent.
    pub urgent: i64,
    /// Of these, offered and not accepted.
    pub unaccepted: i64,
    /// Its chief's name.
    pub chief: Option<String>,
    /// Who is on duty there by the rota.
    pub on_duty: Vec<String>,
    /// Somebody should be on duty and nobody is.
    pub dark: bool,
}

/// The whole board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// Stations in order of place.
    pub stations: Vec<Station>,
    /// Open in all of them.
    pub open: i64,
    /// Waiting for a decision of the command room.
    pub returned: i64,
    /// Waiting for a check.
    pub checking: i64,
    /// Waiting for a call-back.
    pub calling_back: i64,
    /// The rungs of the command rooms: who is on duty, and where nobody is who should be.
    pub rungs: Vec<crate::rota::Rung>,
}

/// Reads the board for the stations in the actor's ranges. The cost depends on the number of stations, not on the ledger.
pub fn board(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, now: Instant) -> Result<Board, Fault> {
    let scope = actor.scope();
    let book = desk.rulebook(tx, now)?;
    let mut stations: BTreeMap<UnitId, Station> = BTreeMap::new();
    let mut homes: Vec<UnitId> = Vec::new();
    let mut rungs = Vec::new();
    for unit in book.network.units.iter().filter(|unit| matches!(unit.kind, UnitKind::Station | UnitKind::CommandRoom)) {
        let seen = scope.ranges().iter().any(|range| range.covers(&unit.place)) || scope.units().contains(&unit.id);
        if !seen {
            continue;
        }
        homes.push(unit.id.clone());
        let (on, dark) = crate::rota::light(&book, &unit.id, now);
        if unit.kind == UnitKind::CommandRoom {
            rungs.extend(crate::rota::rungs(&book, &unit.id, now));
        }
        if unit.kind == UnitKind::Station {
            let chief =
                book.holders.0.iter().find(|(_, u, post)| *u == unit.id && *post == PostKind::StationChief).map(|(account, _, _)| book.account_name(account));
            stations.insert(
                unit.id.clone(),
                Station { unit: unit.id.0.clone(), name: unit.name.clone(), place: unit.place.0.clone(), chief, on_duty: on, dark, ..Station::default() },
            );
        }
    }
    let mut board = Board { stations: Vec::new(), open: 0, returned: 0, checking: 0, calling_back: 0, rungs };
    for (count, n) in store::board::stations(tx, &scope)? {
        if !homes.contains(&count.home) || !count.state.parse::<State>().is_ok_and(State::is_open) {
            continue;
        }
        board.open += n;
        match count.state.as_str() {
            "returned" => board.returned += n,
            "fed_back" => board.checking += n,
            "callback" => board.calling_back += n,
            _ => {}
        }
        let Some(station) = stations.get_mut(&count.home) else { continue };
        station.open += n;
        match count.phase.as_str() {
            "late" => station.late += n,
            "soon" => station.soon += n,
            _ => {}
        }
        if count.urgency != "normal" {
            station.urgent += n;
        }
        if count.state == "offered" {
            station.unaccepted += n;
        }
    }
    board.stations = stations.into_values().collect();
    board.stations.sort_by(|a, b| a.place.cmp(&b.place));
    Ok(board)
}
