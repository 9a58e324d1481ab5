//! 三级流转: the calendar, the policies, and the clocks that have a step due.

use crate::db::{Broken, Tx};
use crate::take::Take;
use crate::{sql, values};
use domain::dispatch::{Entry, Policy};
use domain::kernel::{Day, Instant, MatterId};

/// Days of the calendar with their sources, and the years that are known.
pub fn calendar(tx: &mut Tx<'_>) -> Result<(Vec<Entry>, Vec<i16>), Broken> {
    let days = tx.all(sql!("select day, kind, name, source, edition from calendar_day order by day"), &[], |row| {
        let mut take = Take::new(row);
        Ok(Entry { day: Day(take.int()?), kind: take.code()?, name: take.text()?, source: take.text()?, edition: take.text()? })
    })?;
    let years = tx.all(sql!("select year from calendar_year order by year"), &[], |row| row.int(0))?;
    Ok((days, years.into_iter().filter_map(|year| i16::try_from(year).ok()).collect()))
}

/// Writes the calendar's days and known years into an empty database.
pub fn put_calendar(tx: &mut Tx<'_>, days: &[Entry], years: &[i16]) -> Result<(), Broken> {
    for entry in days {
        tx.exec(
            sql!("insert into calendar_day (day, kind, name, source, edition) values (?, ?, ?, ?, ?)"),
            &values![entry.day, entry.kind.code(), &entry.name, &entry.source, &entry.edition],
        )?;
    }
    for year in years {
        tx.exec(sql!("insert into calendar_year (year) values (?)"), &values![i64::from(*year)])?;
    }
    Ok(())
}

/// The policies that are current, in their order.
pub fn policies(tx: &mut Tx<'_>) -> Result<Vec<Policy>, Broken> {
    tx.all(sql!("select line, version from policy where current = ? order by ordinal"), &values![true], policy)
}

/// The earlier versions of policies, to which clocks that run may be pinned.
pub fn former(tx: &mut Tx<'_>) -> Result<Vec<Policy>, Broken> {
    tx.all(sql!("select line, version from policy where current = ? order by ordinal, version"), &values![false], policy)
}

/// A row of the clock book as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRow {
    /// The policy's name.
    pub id: String,
    /// Its version.
    pub version: i64,
    /// What it says, in the language of the clock book.
    pub line: String,
    /// Its place in the book.
    pub ordinal: i64,
    /// Whether new clocks begin by it.
    pub current: bool,
}

/// Every version of every policy, in the order of the book.
pub fn every_policy(tx: &mut Tx<'_>) -> Result<Vec<PolicyRow>, Broken> {
    tx.all(sql!("select id, version, line, ordinal, current from policy order by ordinal, id, version"), &[], |row| {
        let mut take = Take::new(row);
        Ok(PolicyRow { id: take.text()?, version: take.int()?, line: take.text()?, ordinal: take.int()?, current: take.flag()? })
    })
}

/// Puts a new version of a policy in the place of the one before; it keeps its place in the book.
pub fn put_policy(tx: &mut Tx<'_>, policy: &Policy, ordinal: i64) -> Result<(), Broken> {
    tx.exec(sql!("update policy set current = ? where id = ?"), &values![false, &policy.id])?;
    tx.exec(
        sql!("insert into policy (id, version, line, ordinal, current) values (?, ?, ?, ?, ?)"),
        &values![&policy.id, policy.version, policy.line(), ordinal, true],
    )?;
    Ok(())
}

/// Matters with a running clock that is pinned to a policy in another version than `version`, after `after`, in the order of their ids.
pub fn pinned_elsewhere(tx: &mut Tx<'_>, id: &str, version: i64, after: &str, limit: i64) -> Result<Vec<MatterId>, Broken> {
    tx.all(
        sql!("select distinct matter from clock where policy = ? and policy_version <> ? and stopped_at is null and matter > ? order by matter limit ?"),
        &values![id, version, after, limit],
        |row| row.id(0),
    )
}

/// One policy in one version, current or not: what a clock is pinned to.
pub fn pinned(tx: &mut Tx<'_>, id: &str, version: i64) -> Result<Option<Policy>, Broken> {
    tx.one(sql!("select line, version from policy where id = ? and version = ?"), &values![id, version], policy)
}

fn policy(row: &crate::db::Row<'_>) -> Result<Policy, Broken> {
    let line = row.text(0)?;
    let policy = Policy::of_line(&line).map_err(|said| Broken::Lost(format!("policy {line:?}: {said}")))?;
    Ok(Policy { version: row.int(1)?, ..policy })
}

/// Writes policies as current, in order.
pub fn put_policies(tx: &mut Tx<'_>, policies: &[Policy]) -> Result<(), Broken> {
    for (ordinal, p) in policies.iter().enumerate() {
        tx.exec(
            sql!("insert into policy (id, version, line, ordinal, current) values (?, ?, ?, ?, ?)"),
            &values![&p.id, p.version, p.line(), i64::try_from(ordinal).unwrap_or(i64::MAX), true],
        )?;
    }
    Ok(())
}

/// Matters with a clock or a climbing notice whose next step is due, the longest overdue first.
pub fn due(tx: &mut Tx<'_>, now: Instant, limit: i64) -> Result<Vec<MatterId>, Broken> {
    tx.all(
        sql!(
            "select matter from (select matter, next_at from clock where next_at is not null and next_at <= ?
                                 union all select matter, next_at from notice where next_at is not null and next_at <= ?) as due
             group by matter order by min(next_at), matter limit ?"
        ),
        &values![now, now, limit],
        |row| row.id(0),
    )
}

/// When the next step of any clock or climbing notice is due.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<Instant>, Broken> {
    let clock = tx.one(sql!("select min(next_at) from clock where next_at is not null"), &[], |row| row.opt_instant(0))?.flatten();
    let notice = tx.one(sql!("select min(next_at) from notice where next_at is not null"), &[], |row| row.opt_instant(0))?.flatten();
    Ok(clock.into_iter().chain(notice).min())
}
