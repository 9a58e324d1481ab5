//! Checkpoints: hourly, signed, in the database and as files beside it.

use crate::desk::Desk;
use crate::fault::Fault;
use domain::kernel::{HOUR, Instant};
use domain::trail::Checkpoint;
use store::db::Tx;
use store::trail::Signed;

/// Takes a checkpoint of all chains now.
pub fn checkpoint(tx: &mut Tx<'_>, desk: &Desk, now: Instant) -> Result<Signed, Fault> {
    let heads = store::trail::heads(tx)?.into_iter().filter(|head| head.seq > 0).map(|head| (head.chain, head.seq, head.hash)).collect();
    let body = Checkpoint { at: now, heads }.text();
    let (signature, public_key) = desk.keys().sign(&body);
    let signed = Signed { at: now, body, signature, public_key };
    store::trail::put_checkpoint(tx, &signed)?;
    Ok(signed)
}

/// Whether the hour has passed since the last checkpoint.
pub fn due(tx: &mut Tx<'_>, now: Instant) -> Result<bool, Fault> {
    Ok(store::trail::last_checkpoint(tx)?.is_none_or(|last| now.0.div_euclid(HOUR) > last.0.div_euclid(HOUR)))
}
