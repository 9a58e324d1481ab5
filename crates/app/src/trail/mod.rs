//! 留痕: writing events with the rows they change, checkpoints, and the proof that nothing was changed afterwards.

mod checkpoint;
mod derived;
pub mod drill;
pub mod keeping;
mod kept;
pub mod reading;
mod record;
mod rota;
mod verify;

pub use checkpoint::{checkpoint, due as checkpoint_due};
pub(crate) use record::keep_words;
pub use record::{Recorded, note, record, reindex};
pub use verify::{Finding, Report, verify};

use crate::fault::Fault;
use domain::kernel::MatterId;
use store::db::Tx;
use store::trail::Entry;

/// Where every chain stands: its number.
pub fn heads(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>, Fault> {
    Ok(store::trail::heads(tx)?.into_iter().map(|head| (head.chain, head.seq)).collect())
}

/// Entries of a chain after a number.
pub fn since(tx: &mut Tx<'_>, chain: &str, seq: i64, limit: i64) -> Result<Vec<Entry>, Fault> {
    Ok(store::trail::entries_since(tx, chain, seq, limit)?)
}

/// Who may be told of a change to a matter: its class, its home's place, the units and accounts that have a part. None if there is no such matter.
pub fn audience(tx: &mut Tx<'_>, id: &MatterId) -> Result<Option<store::matters::Audience>, Fault> {
    Ok(store::matters::audience(tx, id)?)
}
