//! Browser sessions.

use crate::db::{Broken, Tx};
use crate::take::Take;
use crate::{sql, values};
use domain::kernel::{AccountId, Instant};

/// A browser session. The id is the SHA-256 of what the cookie holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the secret.
    pub id: String,
    /// Whose.
    pub account: AccountId,
    /// What a write must carry.
    pub csrf: String,
    /// When it began.
    pub created_at: Instant,
    /// When it was last used.
    pub seen_at: Instant,
    /// When it ends.
    pub expires_at: Instant,
    /// From which network address it began.
    pub address: String,
    /// What the browser calls itself, shortened.
    pub agent: String,
}

fn session_row(row: &crate::db::Row<'_>) -> Result<Session, Broken> {
    let mut take = Take::new(row);
    Ok(Session {
        id: take.text()?,
        account: take.id()?,
        csrf: take.text()?,
        created_at: take.instant()?,
        seen_at: take.instant()?,
        expires_at: take.instant()?,
        address: take.text()?,
        agent: take.text()?,
    })
}

/// Writes a session.
pub fn put_session(tx: &mut Tx<'_>, s: &Session) -> Result<(), Broken> {
    tx.exec(
        sql!("insert into session (id, account, csrf, created_at, seen_at, expires_at, address, agent) values (?, ?, ?, ?, ?, ?, ?, ?)"),
        &values![&s.id, &s.account, &s.csrf, s.created_at, s.seen_at, s.expires_at, &s.address, &s.agent],
    )?;
    Ok(())
}

/// A session that has not ended.
pub fn session(tx: &mut Tx<'_>, id: &str, now: Instant) -> Result<Option<Session>, Broken> {
    tx.one(
        sql!("select id, account, csrf, created_at, seen_at, expires_at, address, agent from session where id = ? and expires_at > ?"),
        &values![id, now],
        session_row,
    )
}

/// The sessions of an account that have not ended, newest first.
pub fn sessions_of(tx: &mut Tx<'_>, account: &AccountId, now: Instant) -> Result<Vec<Session>, Broken> {
    tx.all(
        sql!(
            "select id, account, csrf, created_at, seen_at, expires_at, address, agent from session where account = ? and expires_at > ?
             order by created_at desc, id"
        ),
        &values![account, now],
        session_row,
    )
}

/// Remembers when a session was last used.
pub fn touch_session(tx: &mut Tx<'_>, id: &str, now: Instant) -> Result<(), Broken> {
    tx.exec(sql!("update session set seen_at = ? where id = ?"), &values![now, id])?;
    Ok(())
}

/// Ends a session.
pub fn end_session(tx: &mut Tx<'_>, id: &str) -> Result<(), Broken> {
    tx.exec(sql!("delete from session where id = ?"), &values![id])?;
    Ok(())
}

/// Ends every session of an account but one; says how many those were.
pub fn end_other_sessions(tx: &mut Tx<'_>, account: &AccountId, keep: &str) -> Result<u64, Broken> {
    tx.exec(sql!("delete from session where account = ? and id <> ?"), &values![account, keep])
}

/// Removes sessions that have ended.
pub fn sweep_sessions(tx: &mut Tx<'_>, now: Instant) -> Result<u64, Broken> {
    tx.exec(sql!("delete from session where expires_at <= ?"), &values![now])
}
