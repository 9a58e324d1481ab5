//! 留痕: writing events with the rows they change, checkpoints, and the proof that nothing was changed afterwards.

mod checkpoint;
mod record;
mod verify;

pub use checkpoint::{checkpoint, due as checkpoint_due};
pub use record::{Recorded, note, record, reindex};
pub use verify::{Finding, Report, verify};
