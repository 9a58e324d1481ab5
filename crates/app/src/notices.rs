//! 通知: what a person was told, and acknowledging it.

use crate::fault::Fault;
use domain::accounts::Actor;
use domain::kernel::{Instant, NoticeId, UnitId};
use domain::places::PostKind;
use store::db::Tx;
use store::notices::Notice;

fn seats(actor: &Actor) -> Vec<(UnitId, PostKind)> {
    actor.seats().iter().map(|seat| (seat.unit.clone(), seat.kind)).collect()
}

/// The newest notices to the actor's posts, and how many wait for somebody.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, limit: i64) -> Result<(i64, Vec<Notice>), Fault> {
    let seats = seats(actor);
    Ok((store::notices::unread(tx, &actor.scope(), &seats)?, store::notices::of(tx, &actor.scope(), &seats, limit)?))
}

/// Acknowledges what came to the actor's posts before an instant; says how many.
pub fn acknowledge_before(tx: &mut Tx<'_>, actor: &Actor, before: Instant, now: Instant) -> Result<usize, Fault> {
    let waiting = store::notices::waiting(tx, &actor.scope(), &seats(actor), before)?;
    for id in &waiting {
        acknowledge(tx, actor, id, now)?;
    }
    Ok(waiting.len())
}

/// Acknowledges a notice to one of the actor's posts.
pub fn acknowledge(tx: &mut Tx<'_>, actor: &Actor, id: &NoticeId, now: Instant) -> Result<(), Fault> {
    if store::notices::acknowledge(tx, &actor.scope(), id, &seats(actor), now)? { Ok(()) } else { Err(Fault::Missing) }
}
