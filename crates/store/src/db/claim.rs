//! Claiming rows of the queue of jobs: the one place where the engines differ in it.
//!
//! On SQLite there is one writer, and whoever claims is alone. On PostgreSQL several instances claim at once: each skips what another is about to take.

use super::{Broken, Engine, Row, Tx};
use crate::{sql, values};
use domain::kernel::Instant;

/// Takes a lease on up to `limit` jobs that may run at `now`.
pub(crate) fn claim<T>(tx: &mut Tx<'_>, now: Instant, until: Instant, limit: i64, read: impl FnMut(&Row<'_>) -> Result<T, Broken>) -> Result<Vec<T>, Broken> {
    let take = match tx.engine() {
        Engine::Sqlite => sql!(sqlite:
            "update job set leased_until = ? where id in (
               select id from job where run_at <= ? and done_at is null and dead_at is null and (leased_until is null or leased_until <= ?)
               order by urgent desc, run_at, id limit ?)
             returning id, kind, body, run_at, attempt, last_error, dead_at, account, channel, urgent"
        ),
        Engine::Postgres => sql!(postgres:
            "update job set leased_until = ? where id in (
               select id from job where run_at <= ? and done_at is null and dead_at is null and (leased_until is null or leased_until <= ?)
               order by urgent desc, run_at, id limit ? for update skip locked)
             returning id, kind, body, run_at, attempt, last_error, dead_at, account, channel, urgent"
        ),
    };
    tx.all(take, &values![until, now, now, limit], read)
}
