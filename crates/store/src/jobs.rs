//! The outbox and the queue of jobs: made in the transaction of what they follow from, claimed by lease, tried again, dead in the end.
//!
//! A job's id is its key: a second one with the same id is none. A lease that runs out is claimed by somebody else, so what a job does must bear being done twice.

use crate::db::{Broken, Query, Row, Tx};
use crate::take::Take;
use crate::{part, sql, values};
use domain::kernel::{AccountId, Instant};

/// A job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its key.
    pub id: String,
    /// What is to be done.
    pub kind: String,
    /// With what, as JSON. Ids only: no personal data, no text that somebody said.
    pub body: String,
    /// When it may run.
    pub run_at: Instant,
    /// How often it has been tried.
    pub attempt: i64,
    /// Why it failed the last time.
    pub last_error: Option<String>,
    /// When it was given up.
    pub dead_at: Option<Instant>,
    /// For whom, if for one person.
    pub account: Option<AccountId>,
    /// By which channel.
    pub channel: Option<String>,
    /// Whether somebody waits for it now.
    pub urgent: bool,
}

impl Job {
    /// A job that may run at `run_at`.
    #[must_use]
    pub fn new(id: String, kind: &str, body: String, run_at: Instant) -> Self {
        Self { id, kind: kind.to_owned(), body, run_at, attempt: 0, last_error: None, dead_at: None, account: None, channel: None, urgent: false }
    }
}

/// Makes a job, unless there is or was one of that id. Says whether it is new.
pub fn enqueue(tx: &mut Tx<'_>, job: &Job) -> Result<bool, Broken> {
    let made = tx.exec(
        sql!(
            "insert into job (id, kind, body, run_at, attempt, leased_until, last_error, done_at, failed_at, dead_at, account, channel, urgent)
             values (?, ?, ?, ?, 0, null, null, null, null, null, ?, ?, ?) on conflict (id) do nothing"
        ),
        &values![&job.id, &job.kind, &job.body, job.run_at, &job.account, &job.channel, job.urgent],
    )?;
    Ok(made > 0)
}

/// Claims jobs that may run, the urgent ones first; nobody else gets them before `until`.
pub fn claim(tx: &mut Tx<'_>, now: Instant, until: Instant, limit: i64) -> Result<Vec<Job>, Broken> {
    let mut claimed = crate::db::claim(tx, now, until, limit, job)?;
    claimed.sort_by(|a, b| (!a.urgent, a.run_at, &a.id).cmp(&(!b.urgent, b.run_at, &b.id)));
    Ok(claimed)
}

/// When the next job may run.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<Instant>, Broken> {
    let next = sql!(
        "select min(case when leased_until is not null and leased_until > run_at then leased_until else run_at end) from job where done_at is null and dead_at is null"
    );
    tx.one(next, &[], |row| row.opt_instant(0)).map(Option::flatten)
}

/// A job is done.
pub fn done(tx: &mut Tx<'_>, id: &str, now: Instant) -> Result<(), Broken> {
    tx.exec(sql!("update job set done_at = ?, leased_until = null, attempt = attempt + 1 where id = ? and done_at is null"), &values![now, id])?;
    Ok(())
}

/// A job failed: it runs again at `again`, or never.
pub fn failed(tx: &mut Tx<'_>, id: &str, now: Instant, why: &str, again: Option<Instant>) -> Result<(), Broken> {
    let (run_at, dead_at) = (again.unwrap_or(now), if again.is_none() { Some(now) } else { None });
    tx.exec(
        sql!(
            "update job set attempt = attempt + 1, leased_until = null, last_error = ?, failed_at = ?, run_at = ?, dead_at = ? where id = ? and done_at is null and dead_at is null"
        ),
        &values![why, now, run_at, dead_at, id],
    )?;
    Ok(())
}

/// Dead letters, the newest first.
pub fn dead(tx: &mut Tx<'_>, after: Option<&(Instant, String)>, limit: i64) -> Result<Vec<Job>, Broken> {
    let query = Query::new(sql!(
        "select id, kind, body, run_at, attempt, last_error, dead_at, account, channel, urgent from job where dead_at is not null and done_at is null"
    ));
    let query = match after {
        Some((at, id)) => query.and(part!(" and (dead_at, id) < (?, ?)"), [(*at).into(), id.as_str().into()]),
        None => query,
    };
    query.then(part!(" order by dead_at desc, id desc limit ?"), [limit.into()]).all(tx, job)
}

/// How many letters are dead, up to 1,000.
pub fn dead_count(tx: &mut Tx<'_>) -> Result<i64, Broken> {
    let n = tx.one(
        sql!("select count(*) from (select 1 from job where dead_at is not null and done_at is null order by dead_at limit 1000) as few"),
        &[],
        |row| row.int(0),
    )?;
    Ok(n.unwrap_or(0))
}

/// One job, whatever has become of it.
pub fn get(tx: &mut Tx<'_>, id: &str) -> Result<Option<Job>, Broken> {
    tx.one(sql!("select id, kind, body, run_at, attempt, last_error, dead_at, account, channel, urgent from job where id = ?"), &values![id], job)
}

/// A dead letter runs once more, from the beginning. Says whether there was one.
pub fn revive(tx: &mut Tx<'_>, id: &str, now: Instant) -> Result<bool, Broken> {
    let n = tx.exec(
        sql!("update job set dead_at = null, attempt = 0, run_at = ?, leased_until = null where id = ? and dead_at is not null and done_at is null"),
        &values![now, id],
    )?;
    Ok(n > 0)
}

/// A dead letter is dropped: it counts as done. Says whether there was one.
pub fn drop_dead(tx: &mut Tx<'_>, id: &str, now: Instant) -> Result<bool, Broken> {
    Ok(tx.exec(sql!("update job set done_at = ? where id = ? and dead_at is not null and done_at is null"), &values![now, id])? > 0)
}

/// What has gone out about one thing: the jobs whose id begins with `front`, as id, attempts, when it was done and when it was given up.
#[expect(clippy::type_complexity, reason = "one row a job")]
pub fn about(tx: &mut Tx<'_>, front: &str, beyond: &str) -> Result<Vec<(String, i64, Option<Instant>, Option<Instant>)>, Broken> {
    tx.all(sql!("select id, attempt, done_at, dead_at from job where id >= ? and id < ? order by id"), &values![front, beyond], |row| {
        Ok((row.text(0)?, row.int(1)?, row.opt_instant(2)?, row.opt_instant(3)?))
    })
}

/// Forgets jobs that were done before an instant.
pub fn forget(tx: &mut Tx<'_>, before: Instant) -> Result<u64, Broken> {
    tx.exec(sql!("delete from job where done_at is not null and done_at < ?"), &values![before])
}

fn job(row: &Row<'_>) -> Result<Job, Broken> {
    let mut take = Take::new(row);
    Ok(Job {
        id: take.text()?,
        kind: take.text()?,
        body: take.text()?,
        run_at: take.instant()?,
        attempt: take.int()?,
        last_error: take.opt_text()?,
        dead_at: take.opt_instant()?,
        account: take.opt_id()?,
        channel: take.opt_text()?,
        urgent: take.flag()?,
    })
}
