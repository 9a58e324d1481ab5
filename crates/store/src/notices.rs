//! 通知: what somebody was told in the application, and whether a named person has seen it.

use crate::db::{Broken, Query, Tx};
use crate::take::Take;
use crate::{part, sql, values};
use domain::accounts::Scope;
use domain::kernel::{Instant, MatterId, NoticeId, UnitId};
use domain::places::PostKind;

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// Of which matter.
    pub matter: MatterId,
    /// The matter's number.
    pub number: String,
    /// To which unit.
    pub unit: UnitId,
    /// To which post; none for all that take matters.
    pub post: Option<PostKind>,
    /// By which act.
    pub act: String,
    /// When.
    pub at: Instant,
    /// Rung of the ladder, 0 for none.
    pub rung: i64,
    /// A rung below was empty.
    pub passed_over: bool,
    /// When somebody acknowledged it.
    pub acknowledged_at: Option<Instant>,
}

/// Writes a notice.
pub fn put(tx: &mut Tx<'_>, n: &Notice) -> Result<(), Broken> {
    tx.exec(
        sql!("insert into notice (id, matter, unit, post, act, at, rung, passed_over, acknowledged_by, acknowledged_at) values (?, ?, ?, ?, ?, ?, ?, ?, null, null)"),
        &values![&n.id, &n.matter, &n.unit, n.post.map(|p| p.code()), &n.act, n.at, n.rung, n.passed_over],
    )?;
    Ok(())
}

/// The newest notices to these seats (unit and post), unacknowledged first, of matters in scope.
pub fn of(tx: &mut Tx<'_>, scope: &Scope, seats: &[(UnitId, PostKind)], limit: i64) -> Result<Vec<Notice>, Broken> {
    let query = Query::new(sql!(
        "select n.id, n.matter, m.number, n.unit, n.post, n.act, n.at, n.rung, n.passed_over, n.acknowledged_at from notice n join matter m on m.id = n.matter where true"
    ));
    let mine = seats.iter().map(|(unit, post)| (part!(" and n.unit = ? and (n.post is null or n.post = ?)"), vec![unit.into(), post.code().into()]));
    crate::matters::scoped(query, scope)
        .any(mine)
        .then(part!(" order by (n.acknowledged_at is not null), n.at desc, n.id desc limit ?"), [limit.into()])
        .all(tx, notice)
}

/// How many notices to these seats nobody has acknowledged, of matters in scope, up to 100.
pub fn unread(tx: &mut Tx<'_>, scope: &Scope, seats: &[(UnitId, PostKind)]) -> Result<i64, Broken> {
    let query = Query::new(sql!("select 1 from notice n join matter m on m.id = n.matter where n.acknowledged_at is null"));
    let mine = seats.iter().map(|(unit, post)| (part!(" and n.unit = ? and (n.post is null or n.post = ?)"), vec![unit.into(), post.code().into()]));
    let mut n = 0;
    crate::matters::scoped(query, scope).any(mine).then(part!(" limit ?"), [100_i64.into()]).each(tx, |_| {
        n += 1;
        Ok(())
    })?;
    Ok(n)
}

/// Notices to these seats that nobody has acknowledged and that came before an instant, of matters in scope, oldest first.
pub fn waiting(tx: &mut Tx<'_>, scope: &Scope, seats: &[(UnitId, PostKind)], before: Instant) -> Result<Vec<NoticeId>, Broken> {
    let query = Query::with(sql!("select n.id from notice n join matter m on m.id = n.matter where n.acknowledged_at is null and n.at < ?"), [before.into()]);
    let mine = seats.iter().map(|(unit, post)| (part!(" and n.unit = ? and (n.post is null or n.post = ?)"), vec![unit.into(), post.code().into()]));
    crate::matters::scoped(query, scope).any(mine).then(part!(" order by n.at, n.id limit ?"), [1_000_i64.into()]).all(tx, |row| row.id(0))
}

/// Acknowledges a notice to one of these seats, of a matter in scope, in the name of the scope's account; says whether there was one to acknowledge.
pub fn acknowledge(tx: &mut Tx<'_>, scope: &Scope, id: &NoticeId, seats: &[(UnitId, PostKind)], now: Instant) -> Result<bool, Broken> {
    let query = Query::with(sql!("select 1 from notice n join matter m on m.id = n.matter where n.id = ?"), [id.into()]);
    let mine = seats.iter().map(|(unit, post)| (part!(" and n.unit = ? and (n.post is null or n.post = ?)"), vec![unit.into(), post.code().into()]));
    if crate::matters::scoped(query, scope).any(mine).one(tx, |_| Ok(()))?.is_none() {
        return Ok(false);
    }
    tx.exec(sql!("update notice set acknowledged_by = ?, acknowledged_at = ? where id = ? and acknowledged_at is null"), &values![scope.account(), now, id])?;
    Ok(true)
}

/// The notices of a matter as they are kept, in no order: for verification.
pub fn of_matter(tx: &mut Tx<'_>, matter: &MatterId) -> Result<Vec<Notice>, Broken> {
    tx.all(
        sql!("select n.id, n.matter, '', n.unit, n.post, n.act, n.at, n.rung, n.passed_over, n.acknowledged_at from notice n where n.matter = ?"),
        &values![matter],
        notice,
    )
}

fn notice(row: &crate::db::Row<'_>) -> Result<Notice, Broken> {
    let mut take = Take::new(row);
    Ok(Notice {
        id: take.id()?,
        matter: take.id()?,
        number: take.text()?,
        unit: take.id()?,
        post: take.opt_code()?,
        act: take.text()?,
        at: take.instant()?,
        rung: take.int()?,
        passed_over: take.flag()?,
        acknowledged_at: take.opt_instant()?,
    })
}
