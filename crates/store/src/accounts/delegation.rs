//! Delegations: posts on which a colleague sits for a while.

use crate::db::{Broken, Tx};
use crate::take::Take;
use crate::{sql, values};
use domain::kernel::{AccountId, DelegationId, Instant, PostId};

/// A post that is lent over a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    /// Its id.
    pub id: DelegationId,
    /// Who holds the post.
    pub account: AccountId,
    /// Who sits on it.
    pub deputy: AccountId,
    /// Which post.
    pub post: PostId,
    /// From.
    pub from_at: Instant,
    /// Until.
    pub to_at: Instant,
}

fn delegation(row: &crate::db::Row<'_>) -> Result<Delegation, Broken> {
    let mut take = Take::new(row);
    Ok(Delegation { id: take.id()?, account: take.id()?, deputy: take.id()?, post: take.id()?, from_at: take.instant()?, to_at: take.instant()? })
}

/// Writes a delegation, or its earlier end.
pub fn put_delegation(tx: &mut Tx<'_>, d: &Delegation) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into delegation (id, account, deputy, post, from_at, to_at) values (?, ?, ?, ?, ?, ?) on conflict (id) do update set to_at = excluded.to_at"
        ),
        &values![&d.id, &d.account, &d.deputy, &d.post, d.from_at, d.to_at],
    )?;
    Ok(())
}

/// Every delegation, for verification and for the rule book.
pub fn delegations(tx: &mut Tx<'_>) -> Result<Vec<Delegation>, Broken> {
    tx.all(sql!("select id, account, deputy, post, from_at, to_at from delegation order by id"), &[], delegation)
}

/// The delegations that an account has given or received and that end after `since`, newest first.
pub fn delegations_of(tx: &mut Tx<'_>, account: &AccountId, since: Instant) -> Result<Vec<Delegation>, Broken> {
    tx.all(
        sql!("select id, account, deputy, post, from_at, to_at from delegation where (account = ? or deputy = ?) and to_at > ? order by from_at desc, id desc"),
        &values![account, account, since],
        delegation,
    )
}
