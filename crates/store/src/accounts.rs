//! 帐户: accounts, who holds which post, sessions, tokens, and answers kept for repeated requests.

use crate::db::{Broken, Tx};
use crate::take::Take;
use crate::{sql, values};
use domain::accounts::Seat;
use domain::kernel::{AccountId, HoldingId, Instant, PostId, TokenId, UnitId};
use domain::places::PostKind;

/// An account. The password is an argon2id string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The name to log in with.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// PHC string of the password.
    pub password: String,
    /// Whether it must be changed first.
    pub must_change: bool,
    /// Whether it may log in.
    pub enabled: bool,
    /// Of the demonstration.
    pub demo: bool,
    /// Wrong passwords in a row.
    pub failed: i64,
    /// Locked until.
    pub locked_until: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
}

fn account(row: &crate::db::Row<'_>) -> Result<Account, Broken> {
    let mut take = Take::new(row);
    Ok(Account {
        id: take.id()?,
        login: take.text()?,
        name: take.text()?,
        password: take.text()?,
        must_change: take.flag()?,
        enabled: take.flag()?,
        demo: take.flag()?,
        failed: take.int()?,
        locked_until: take.opt_instant()?,
        created_at: take.instant()?,
    })
}

/// An account by the name to log in with.
pub fn by_login(tx: &mut Tx<'_>, login: &str) -> Result<Option<Account>, Broken> {
    tx.one(
        sql!("select id, login, name, password, must_change, enabled, demo, failed, locked_until, created_at from account where login = ?"),
        &values![login],
        account,
    )
}

/// An account by its id.
pub fn by_id(tx: &mut Tx<'_>, id: &AccountId) -> Result<Option<Account>, Broken> {
    tx.one(
        sql!("select id, login, name, password, must_change, enabled, demo, failed, locked_until, created_at from account where id = ?"),
        &values![id],
        account,
    )
}

/// Every account, for verification and for names on the screen.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Account>, Broken> {
    tx.all(sql!("select id, login, name, password, must_change, enabled, demo, failed, locked_until, created_at from account order by id"), &[], account)
}

/// Writes an account, new or changed.
pub fn put(tx: &mut Tx<'_>, a: &Account) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into account (id, login, name, password, must_change, enabled, demo, failed, locked_until, created_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (id) do update set name = excluded.name, password = excluded.password, must_change = excluded.must_change, enabled = excluded.enabled,
                                 failed = excluded.failed, locked_until = excluded.locked_until"
        ),
        &values![&a.id, &a.login, &a.name, &a.password, a.must_change, a.enabled, a.demo, a.failed, a.locked_until, a.created_at],
    )?;
    Ok(())
}

/// A post held over a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Its id.
    pub id: HoldingId,
    /// Who.
    pub account: AccountId,
    /// Which post.
    pub post: PostId,
    /// From.
    pub from_at: Instant,
    /// Until.
    pub to_at: Option<Instant>,
}

/// Writes a holding.
pub fn put_holding(tx: &mut Tx<'_>, h: &Holding) -> Result<(), Broken> {
    tx.exec(
        sql!("insert into holding (id, account, post, from_at, to_at) values (?, ?, ?, ?, ?) on conflict (id) do update set to_at = excluded.to_at"),
        &values![&h.id, &h.account, &h.post, h.from_at, h.to_at],
    )?;
    Ok(())
}

/// Every holding, for verification.
pub fn holdings(tx: &mut Tx<'_>) -> Result<Vec<Holding>, Broken> {
    tx.all(sql!("select id, account, post, from_at, to_at from holding order by id"), &[], |row| {
        let mut take = Take::new(row);
        Ok(Holding { id: take.id()?, account: take.id()?, post: take.id()?, from_at: take.instant()?, to_at: take.opt_instant()? })
    })
}

/// The seats of an account at an instant.
pub fn seats(tx: &mut Tx<'_>, account: &AccountId, now: Instant) -> Result<Vec<Seat>, Broken> {
    tx.all(
        sql!(
            "select p.id, p.kind, u.id, u.kind, u.place from holding h join post p on p.id = h.post join unit u on u.id = p.unit
             join account a on a.id = h.account
             where h.account = ? and h.from_at <= ? and (h.to_at is null or h.to_at > ?) and a.enabled = ? order by h.id"
        ),
        &values![account, now, now, true],
        |row| {
            let mut take = Take::new(row);
            Ok(Seat { post: take.id()?, kind: take.code()?, unit: take.id()?, unit_kind: take.code()?, place: take.id()? })
        },
    )
}

/// Who holds which post in which unit at an instant.
pub fn holders(tx: &mut Tx<'_>, now: Instant) -> Result<Vec<(AccountId, UnitId, PostKind)>, Broken> {
    tx.all(
        sql!(
            "select h.account, p.unit, p.kind from holding h join post p on p.id = h.post join account a on a.id = h.account
             where h.from_at <= ? and (h.to_at is null or h.to_at > ?) and a.enabled = ? order by h.id"
        ),
        &values![now, now, true],
        |row| {
            let mut take = Take::new(row);
            Ok((take.id()?, take.id()?, take.code()?))
        },
    )
}

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
}

/// Writes a session.
pub fn put_session(tx: &mut Tx<'_>, s: &Session) -> Result<(), Broken> {
    tx.exec(
        sql!("insert into session (id, account, csrf, created_at, seen_at, expires_at) values (?, ?, ?, ?, ?, ?)"),
        &values![&s.id, &s.account, &s.csrf, s.created_at, s.seen_at, s.expires_at],
    )?;
    Ok(())
}

/// A session that has not ended.
pub fn session(tx: &mut Tx<'_>, id: &str, now: Instant) -> Result<Option<Session>, Broken> {
    tx.one(sql!("select id, account, csrf, created_at, seen_at, expires_at from session where id = ? and expires_at > ?"), &values![id, now], |row| {
        let mut take = Take::new(row);
        Ok(Session {
            id: take.text()?,
            account: take.id()?,
            csrf: take.text()?,
            created_at: take.instant()?,
            seen_at: take.instant()?,
            expires_at: take.instant()?,
        })
    })
}

/// Ends a session.
pub fn end_session(tx: &mut Tx<'_>, id: &str) -> Result<(), Broken> {
    tx.exec(sql!("delete from session where id = ?"), &values![id])?;
    Ok(())
}

/// Ends every session of an account but one.
pub fn end_other_sessions(tx: &mut Tx<'_>, account: &AccountId, keep: &str) -> Result<(), Broken> {
    tx.exec(sql!("delete from session where account = ? and id <> ?"), &values![account, keep])?;
    Ok(())
}

/// Removes sessions that have ended.
pub fn sweep_sessions(tx: &mut Tx<'_>, now: Instant) -> Result<u64, Broken> {
    tx.exec(sql!("delete from session where expires_at <= ?"), &values![now])
}

/// A token for scripts. The digest is the SHA-256 of the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// Whose.
    pub account: AccountId,
    /// What for.
    pub name: String,
    /// SHA-256 of the token.
    pub digest: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it ends.
    pub expires_at: Instant,
    /// Revoked.
    pub revoked: bool,
}

fn token_row(row: &crate::db::Row<'_>) -> Result<Token, Broken> {
    let mut take = Take::new(row);
    Ok(Token {
        id: take.id()?,
        account: take.id()?,
        name: take.text()?,
        digest: take.text()?,
        created_at: take.instant()?,
        expires_at: take.instant()?,
        revoked: take.flag()?,
    })
}

/// Writes a token, or its revocation.
pub fn put_token(tx: &mut Tx<'_>, t: &Token) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into api_token (id, account, name, digest, created_at, expires_at, revoked) values (?, ?, ?, ?, ?, ?, ?)
             on conflict (id) do update set revoked = excluded.revoked"
        ),
        &values![&t.id, &t.account, &t.name, &t.digest, t.created_at, t.expires_at, t.revoked],
    )?;
    Ok(())
}

/// A token that is valid now.
pub fn token(tx: &mut Tx<'_>, digest: &str, now: Instant) -> Result<Option<Token>, Broken> {
    tx.one(
        sql!("select id, account, name, digest, created_at, expires_at, revoked from api_token where digest = ? and expires_at > ? and revoked = ?"),
        &values![digest, now, false],
        token_row,
    )
}

/// The tokens of an account, newest first.
pub fn tokens_of(tx: &mut Tx<'_>, account: &AccountId) -> Result<Vec<Token>, Broken> {
    tx.all(
        sql!("select id, account, name, digest, created_at, expires_at, revoked from api_token where account = ? order by created_at desc, id desc"),
        &values![account],
        token_row,
    )
}

/// Every token, for verification.
pub fn tokens(tx: &mut Tx<'_>) -> Result<Vec<Token>, Broken> {
    tx.all(sql!("select id, account, name, digest, created_at, expires_at, revoked from api_token order by id"), &[], token_row)
}

/// What was answered to a request, to be answered again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// SHA-256 of the request.
    pub fingerprint: String,
    /// The answer, as it was sent.
    pub answer: String,
}

/// The answer to an idempotency key.
pub fn answered(tx: &mut Tx<'_>, account: &AccountId, key: &str) -> Result<Option<Answered>, Broken> {
    tx.one(sql!("select fingerprint, answer from idempotency where account = ? and name = ?"), &values![account, key], |row| {
        Ok(Answered { fingerprint: row.text(0)?, answer: row.text(1)? })
    })
}

/// Keeps an answer, in the transaction of what it answers.
pub fn keep_answer(tx: &mut Tx<'_>, account: &AccountId, key: &str, answered: &Answered, now: Instant) -> Result<(), Broken> {
    tx.exec(
        sql!("insert into idempotency (account, name, fingerprint, answer, at) values (?, ?, ?, ?, ?)"),
        &values![account, key, &answered.fingerprint, &answered.answer, now],
    )?;
    Ok(())
}
