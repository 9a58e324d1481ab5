//! Questions of the screens: what a unit still has to do, and who holds its posts.

use crate::db::{Broken, Tx};
use crate::take::Take;
use crate::{sql, values};
use domain::kernel::{AccountId, HoldingId, Instant, PostId, UnitId};

/// What keeps a unit from being closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy {
    /// Open matters whose home, lead or owner it is.
    pub matters: i64,
    /// Open tasks.
    pub tasks: i64,
}

/// What a unit still has to do. A count without any matter in it: the closing of the unit is refused with a number, never with a title.
pub fn busy(tx: &mut Tx<'_>, unit: &UnitId) -> Result<Busy, Broken> {
    let matters =
        tx.one(sql!("select count(*) from matter where is_open and (home = ? or lead = ? or owner_unit = ?)"), &values![unit, unit, unit], |row| row.int(0))?;
    let tasks = tx.one(sql!("select count(*) from task where unit = ? and state = 'open'"), &values![unit], |row| row.int(0))?;
    Ok(Busy { matters: matters.unwrap_or(0), tasks: tasks.unwrap_or(0) })
}

/// A holding of a unit's post, with the person's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldPost {
    /// The holding.
    pub holding: HoldingId,
    /// Who.
    pub account: AccountId,
    /// By which name.
    pub name: String,
    /// The post.
    pub post: PostId,
    /// From when.
    pub from_at: Instant,
    /// Until when.
    pub to_at: Option<Instant>,
}

fn held_post(row: &crate::db::Row<'_>) -> Result<HeldPost, Broken> {
    let mut take = Take::new(row);
    Ok(HeldPost { holding: take.id()?, account: take.id()?, name: take.text()?, post: take.id()?, from_at: take.instant()?, to_at: take.opt_instant()? })
}

/// One holding.
pub fn holding(tx: &mut Tx<'_>, id: &HoldingId) -> Result<Option<HeldPost>, Broken> {
    tx.one(
        sql!("select h.id, h.account, a.name, h.post, h.from_at, h.to_at from holding h join account a on a.id = h.account where h.id = ?"),
        &values![id],
        held_post,
    )
}

/// Everybody who holds or held a post of a unit, in the order of their beginnings.
pub fn holdings_of(tx: &mut Tx<'_>, unit: &UnitId) -> Result<Vec<HeldPost>, Broken> {
    tx.all(
        sql!(
            "select h.id, h.account, a.name, h.post, h.from_at, h.to_at from holding h join post p on p.id = h.post join account a on a.id = h.account
             where p.unit = ? order by h.from_at, h.id"
        ),
        &values![unit],
        held_post,
    )
}
