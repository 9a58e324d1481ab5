//! 帐户: accounts, who holds which post, sessions, tokens, and answers kept for repeated requests.

mod delegation;
mod factor;
mod kept;
mod session;
mod token;

pub use delegation::{Delegation, delegations, delegations_of, put_delegation};
pub use factor::{Factor, drop_factor, factor, factors_in_force, put_factor, put_recovery_codes, recovery_codes_left, take_step, use_recovery_code};
pub use kept::{Answered, answered, keep_answer};
pub use session::{Session, end_other_sessions, end_session, put_session, session, sessions_of, sweep_sessions, touch_session};
pub use token::{Token, put_token, token, tokens, tokens_of, touch_token};

use crate::db::{Broken, Tx};
use crate::take::Take;
use crate::{sql, values};
use domain::accounts::Seat;
use domain::kernel::{AccountId, HoldingId, Instant, PostId, UnitId};
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
    /// Whether it is asked for a second factor.
    pub second_factor: bool,
    /// When somebody last logged in with it.
    pub seen_at: Option<Instant>,
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
        second_factor: take.flag()?,
        seen_at: take.opt_instant()?,
    })
}

/// An account by the name to log in with.
pub fn by_login(tx: &mut Tx<'_>, login: &str) -> Result<Option<Account>, Broken> {
    tx.one(
        sql!("select id, login, name, password, must_change, enabled, demo, failed, locked_until, created_at, second_factor, seen_at from account where login = ?"),
        &values![login],
        account,
    )
}

/// An account by its id.
pub fn by_id(tx: &mut Tx<'_>, id: &AccountId) -> Result<Option<Account>, Broken> {
    tx.one(
        sql!(
            "select id, login, name, password, must_change, enabled, demo, failed, locked_until, created_at, second_factor, seen_at from account where id = ?"
        ),
        &values![id],
        account,
    )
}

/// Every account, for verification and for names on the screen.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Account>, Broken> {
    tx.all(
        sql!("select id, login, name, password, must_change, enabled, demo, failed, locked_until, created_at, second_factor, seen_at from account order by id"),
        &[],
        account,
    )
}

/// Writes an account, new or changed.
pub fn put(tx: &mut Tx<'_>, a: &Account) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into account (id, login, name, password, must_change, enabled, demo, failed, locked_until, created_at, second_factor, seen_at)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (id) do update set name = excluded.name, password = excluded.password, must_change = excluded.must_change, enabled = excluded.enabled,
                                 failed = excluded.failed, locked_until = excluded.locked_until, second_factor = excluded.second_factor, seen_at = excluded.seen_at"
        ),
        &values![&a.id, &a.login, &a.name, &a.password, a.must_change, a.enabled, a.demo, a.failed, a.locked_until, a.created_at, a.second_factor, a.seen_at],
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

/// The holdings of an account, past ones too, oldest first.
pub fn holdings_of(tx: &mut Tx<'_>, account: &AccountId) -> Result<Vec<Holding>, Broken> {
    tx.all(sql!("select id, account, post, from_at, to_at from holding where account = ? order by from_at, id"), &values![account], |row| {
        let mut take = Take::new(row);
        Ok(Holding { id: take.id()?, account: take.id()?, post: take.id()?, from_at: take.instant()?, to_at: take.opt_instant()? })
    })
}

/// The seats of an account at an instant: the posts that it holds, then those on which it sits for somebody who holds them.
pub fn seats(tx: &mut Tx<'_>, account: &AccountId, now: Instant) -> Result<Vec<Seat>, Broken> {
    tx.all(
        sql!(
            "select p.id, p.kind, u.id, u.kind, u.place, cast(null as text) as holder, 0 as rank, h.id as ordinal
             from holding h join post p on p.id = h.post join unit u on u.id = p.unit join account a on a.id = h.account
             where h.account = ? and h.from_at <= ? and (h.to_at is null or h.to_at > ?) and a.enabled
             union all
             select p.id, p.kind, u.id, u.kind, u.place, d.account, 1, d.id
             from delegation d join post p on p.id = d.post join unit u on u.id = p.unit join account a on a.id = d.account join account b on b.id = d.deputy
             where d.deputy = ? and d.from_at <= ? and d.to_at > ? and a.enabled and b.enabled
               and exists (select 1 from holding h where h.account = d.account and h.post = d.post and h.from_at <= ? and (h.to_at is null or h.to_at > ?))
             order by rank, ordinal"
        ),
        &values![account, now, now, account, now, now, now, now],
        |row| {
            let mut take = Take::new(row);
            Ok(Seat { post: take.id()?, kind: take.code()?, unit: take.id()?, unit_kind: take.code()?, place: take.id()?, holder: take.opt_id()? })
        },
    )
}

/// Who holds which post in which unit at an instant, deputies included.
pub fn holders(tx: &mut Tx<'_>, now: Instant) -> Result<Vec<(AccountId, UnitId, PostKind)>, Broken> {
    tx.all(
        sql!(
            "select h.account, p.unit, p.kind, 0 as rank, h.id as ordinal from holding h join post p on p.id = h.post join account a on a.id = h.account
             where h.from_at <= ? and (h.to_at is null or h.to_at > ?) and a.enabled
             union all
             select d.deputy, p.unit, p.kind, 1, d.id from delegation d join post p on p.id = d.post join account a on a.id = d.account join account b on b.id = d.deputy
             where d.from_at <= ? and d.to_at > ? and a.enabled and b.enabled
               and exists (select 1 from holding h where h.account = d.account and h.post = d.post and h.from_at <= ? and (h.to_at is null or h.to_at > ?))
             order by rank, ordinal"
        ),
        &values![now, now, now, now, now, now],
        |row| {
            let mut take = Take::new(row);
            Ok((take.id()?, take.id()?, take.code()?))
        },
    )
}

/// Matters in which an account has something in hand: it is the handler, or an open task names it. In order of their ids.
pub fn work_of(tx: &mut Tx<'_>, account: &AccountId) -> Result<Vec<domain::kernel::MatterId>, Broken> {
    tx.all(
        sql!(
            "select id from matter where handler = ?
             union select matter from task where account = ? and state = 'open' order by id"
        ),
        &values![account, account],
        |row| Take::new(row).id(),
    )
}
