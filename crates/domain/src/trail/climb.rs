//! How a notice climbs, as the events keep it.

use crate::kernel::{Instant, NoticeId};
use serde::{Deserialize, Serialize};

/// What a notice that climbs carries: its ladder, and the policy row that times it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Climb {
    /// The first notice of the ladder.
    pub ladder: NoticeId,
    /// The policy that it is pinned to.
    pub policy: String,
    /// The policy's version.
    pub version: i64,
    /// The next step, in percent of the policy's span; none once nothing more happens by itself.
    pub next_step: Option<i64>,
    /// When that is.
    pub next_at: Option<Instant>,
}
