//! 一张图: counters that acts keep up to date, and the live picture made from them.

use crate::db::{Broken, Tx};
use crate::{sql, values};
use domain::kernel::{AccountId, Instant, MatterId, UnitId};
use domain::matters::{Matter, TaskKind};
use std::collections::BTreeMap;

/// Which counters a matter adds one to.
fn counted(matter: &Matter) -> BTreeMap<(String, String, String, String), i64> {
    let mut keys = BTreeMap::new();
    if let (Some(unit), Some(post)) = (&matter.owner_unit, matter.owner_post) {
        keys.insert((unit.0.clone(), post.code().to_owned(), matter.state.code().to_owned(), matter.phase().code().to_owned()), 1);
    }
    // A unit with several open assists of one matter has it once in its list, so it counts once.
    for task in matter.open_tasks().filter(|task| task.kind != TaskKind::Assigned) {
        keys.insert((task.unit.0.clone(), "task".to_owned(), "open".to_owned(), "normal".to_owned()), 1);
    }
    keys
}

/// Moves the counters from what the matter was to what it is.
pub(crate) fn count(tx: &mut Tx<'_>, before: Option<&Matter>, after: &Matter) -> Result<(), Broken> {
    let (was, is) = (before.map(counted).unwrap_or_default(), counted(after));
    for (key, n) in was
        .iter()
        .filter(|(key, _)| !is.contains_key(*key))
        .map(|(key, n)| (key, -n))
        .chain(is.iter().filter(|(key, _)| !was.contains_key(*key)).map(|(k, n)| (k, *n)))
    {
        tx.exec(
            sql!("insert into tally (unit, post, state, phase, n) values (?, ?, ?, ?, ?) on conflict (unit, post, state, phase) do update set n = tally.n + excluded.n"),
            &values![&key.0, &key.1, &key.2, &key.3, n],
        )?;
    }
    let station = |m: &Matter| (m.state.code(), m.phase().code(), m.urgency.code());
    let moved = before.is_none_or(|before| station(before) != station(after));
    if moved {
        if let Some(before) = before {
            add_station(tx, before, -1)?;
        }
        add_station(tx, after, 1)?;
    }
    Ok(())
}

fn add_station(tx: &mut Tx<'_>, matter: &Matter, n: i64) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into station_tally (home, state, phase, urgency, n) values (?, ?, ?, ?, ?)
             on conflict (home, state, phase, urgency) do update set n = station_tally.n + excluded.n"
        ),
        &values![&matter.home, matter.state.code(), matter.phase().code(), matter.urgency.code(), n],
    )?;
    Ok(())
}

/// Remembers that the account did something in the matter.
pub fn did(tx: &mut Tx<'_>, account: &AccountId, matter: &MatterId, now: Instant) -> Result<(), Broken> {
    let new =
        tx.exec(sql!("insert into done (account, matter, at) values (?, ?, ?) on conflict (account, matter) do nothing"), &values![account, matter, now])?;
    if new == 1 {
        tx.exec(sql!("insert into done_tally (account, n) values (?, 1) on conflict (account) do update set n = done_tally.n + 1"), &values![account])?;
    } else {
        tx.exec(sql!("update done set at = ? where account = ? and matter = ?"), &values![now, account, matter])?;
    }
    Ok(())
}

/// How many matters of a station are in a state, a phase and an urgency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationCount {
    /// The station.
    pub home: UnitId,
    /// State.
    pub state: String,
    /// Phase.
    pub phase: String,
    /// Urgency.
    pub urgency: String,
    /// How many.
    pub n: i64,
}

/// The counts of all stations: as many rows as stations × states × phases, whatever the ledger holds.
pub fn stations(tx: &mut Tx<'_>) -> Result<Vec<StationCount>, Broken> {
    tx.all(sql!("select home, state, phase, urgency, n from station_tally where n <> 0"), &[], |row| {
        Ok(StationCount { home: row.id(0)?, state: row.text(1)?, phase: row.text(2)?, urgency: row.text(3)?, n: row.int(4)? })
    })
}

/// All counters as they are kept, for the comparison with a fresh count.
pub fn kept(tx: &mut Tx<'_>) -> Result<Vec<(String, String, String, String, i64)>, Broken> {
    tx.all(sql!("select unit, post, state, phase, n from tally where n <> 0 order by unit, post, state, phase"), &[], |row| {
        Ok((row.text(0)?, row.text(1)?, row.text(2)?, row.text(3)?, row.int(4)?))
    })
}

/// What the counters of these matters would be: for verification.
#[must_use]
pub fn fresh<'a>(matters: impl IntoIterator<Item = &'a Matter>) -> BTreeMap<(String, String, String, String), i64> {
    let mut all = BTreeMap::new();
    for matter in matters {
        for (key, n) in counted(matter) {
            *all.entry(key).or_insert(0) += n;
        }
    }
    all
}
