//! 一张图: counters that acts keep up to date, and the live picture made from them.
//!
//! Each counter stands for one class (`Care`) as well: who may not see a class must not see that a number is larger because of it.

use crate::db::{Broken, Tx};
use crate::{sql, values};
use domain::accounts::Scope;
use domain::kernel::{AccountId, Instant, MatterId, UnitId};
use domain::matters::{Care, Matter, State, TaskKind};
use std::collections::{BTreeMap, BTreeSet};

/// One counter of the workbench.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counter {
    /// The owner's unit, the unit that has a task, or the person who was assigned.
    pub of: String,
    /// The owner's post, or the kind of the task.
    pub what: String,
    /// State.
    pub state: String,
    /// Phase.
    pub phase: String,
    /// Class.
    pub care: String,
}

/// One counter of a station.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StationCounter {
    /// The station.
    pub home: UnitId,
    /// State.
    pub state: String,
    /// Phase.
    pub phase: String,
    /// Urgency.
    pub urgency: String,
    /// Class.
    pub care: String,
}

/// Whether a matter in this state waits for its owner to begin, and so stands among what is to do.
const fn waits(state: State) -> bool {
    matches!(state, State::Registered | State::Offered | State::Returned | State::FedBack | State::Callback)
}

/// Which counters a matter adds one to.
fn counted(matter: &Matter) -> BTreeSet<Counter> {
    let counter = |of: &str, what: &str| Counter {
        of: of.to_owned(),
        what: what.to_owned(),
        state: matter.state.code().to_owned(),
        phase: matter.phase().code().to_owned(),
        care: matter.care.code().to_owned(),
    };
    let mut counters = BTreeSet::new();
    if let (Some(unit), Some(post)) = (&matter.owner_unit, matter.owner_post) {
        counters.insert(counter(unit.as_str(), post.code()));
    }
    // A unit with several open assists of one matter has it once in its list, so it counts once; and not at all while the matter waits there anyway.
    for task in matter.open_tasks() {
        match (task.kind, &task.account) {
            (TaskKind::Assigned, Some(account)) => drop(counters.insert(counter(account.as_str(), task.kind.code()))),
            (TaskKind::Assigned, None) => {}
            _ if matter.owner_unit.as_ref() == Some(&task.unit) && waits(matter.state) => {}
            _ => drop(counters.insert(counter(task.unit.as_str(), task.kind.code()))),
        }
    }
    counters
}

fn of_station(matter: &Matter) -> StationCounter {
    StationCounter {
        home: matter.home.clone(),
        state: matter.state.code().to_owned(),
        phase: matter.phase().code().to_owned(),
        urgency: matter.urgency.code().to_owned(),
        care: matter.care.code().to_owned(),
    }
}

/// Moves the counters from what the matter was to what it is.
pub(crate) fn count(tx: &mut Tx<'_>, before: Option<&Matter>, after: &Matter) -> Result<(), Broken> {
    let (was, is) = (before.map(counted).unwrap_or_default(), counted(after));
    for (counter, n) in was.difference(&is).map(|counter| (counter, -1)).chain(is.difference(&was).map(|counter| (counter, 1))) {
        tx.exec(
            sql!(
                "insert into tally (unit, post, state, phase, care, n) values (?, ?, ?, ?, ?, ?)
                 on conflict (unit, post, state, phase, care) do update set n = tally.n + excluded.n"
            ),
            &values![&counter.of, &counter.what, &counter.state, &counter.phase, &counter.care, n],
        )?;
    }
    let (was, is) = (before.map(of_station), of_station(after));
    if was.as_ref() != Some(&is) {
        if let Some(was) = was {
            add_station(tx, &was, -1)?;
        }
        add_station(tx, &is, 1)?;
    }
    if before.is_some_and(|before| before.care != after.care) {
        tx.exec(sql!("update done set care = ? where matter = ?"), &values![after.care.code(), &after.id])?;
    }
    Ok(())
}

fn add_station(tx: &mut Tx<'_>, counter: &StationCounter, n: i64) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into station_tally (home, state, phase, urgency, care, n) values (?, ?, ?, ?, ?, ?)
             on conflict (home, state, phase, urgency, care) do update set n = station_tally.n + excluded.n"
        ),
        &values![&counter.home, &counter.state, &counter.phase, &counter.urgency, &counter.care, n],
    )?;
    Ok(())
}

/// Remembers that the account did something in the matter.
pub fn did(tx: &mut Tx<'_>, account: &AccountId, matter: &MatterId, care: Care, now: Instant) -> Result<(), Broken> {
    tx.exec(
        sql!("insert into done (account, matter, at, care) values (?, ?, ?, ?) on conflict (account, matter) do update set at = excluded.at"),
        &values![account, matter, now, care.code()],
    )?;
    Ok(())
}

/// The counts of all stations, of the classes that the scope sees: as many rows as stations × states × phases, whatever the ledger holds.
pub fn stations(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<(StationCounter, i64)>, Broken> {
    let mut all = kept_of_stations(tx)?;
    all.retain(|(counter, _)| counter.care.parse().is_ok_and(|care| crate::matters::sees_class(scope, care)));
    Ok(all)
}

/// The counters of all stations as they are kept.
pub fn kept_of_stations(tx: &mut Tx<'_>) -> Result<Vec<(StationCounter, i64)>, Broken> {
    tx.all(sql!("select home, state, phase, urgency, care, n from station_tally where n <> 0"), &[], |row| {
        Ok((StationCounter { home: row.id(0)?, state: row.text(1)?, phase: row.text(2)?, urgency: row.text(3)?, care: row.text(4)? }, row.int(5)?))
    })
}

/// All counters of the workbench as they are kept, for the comparison with a fresh count.
pub fn kept(tx: &mut Tx<'_>) -> Result<Vec<(Counter, i64)>, Broken> {
    tx.all(sql!("select unit, post, state, phase, care, n from tally where n <> 0"), &[], |row| {
        Ok((Counter { of: row.text(0)?, what: row.text(1)?, state: row.text(2)?, phase: row.text(3)?, care: row.text(4)? }, row.int(5)?))
    })
}

/// Who did something in which matter; when last, and of which class that is.
pub type Done = BTreeMap<(AccountId, MatterId), (Instant, String)>;

/// Who did something in which matter, as it is kept.
pub fn kept_done(tx: &mut Tx<'_>) -> Result<Done, Broken> {
    let rows = tx.all(sql!("select account, matter, at, care from done"), &[], |row| Ok(((row.id(0)?, row.id(1)?), (row.instant(2)?, row.text(3)?))))?;
    Ok(rows.into_iter().collect())
}

/// What the counters of these matters would be: for verification.
#[must_use]
pub fn fresh<'a>(matters: impl IntoIterator<Item = &'a Matter>) -> (BTreeMap<Counter, i64>, BTreeMap<StationCounter, i64>) {
    let (mut all, mut stations) = (BTreeMap::new(), BTreeMap::new());
    for matter in matters {
        for counter in counted(matter) {
            *all.entry(counter).or_insert(0) += 1;
        }
        *stations.entry(of_station(matter)).or_insert(0) += 1;
    }
    (all, stations)
}
