//! Delegation: a holder lets a colleague of the same unit sit on the post for a while. The acts say in whose name they were done.

use super::actor::Seat;
use super::separate::separate;
use crate::kernel::{AccountId, DAY, Instant, Refusal};
use crate::places::PostKind;

/// The longest delegation: 30 days.
pub const LONGEST: i64 = 30 * DAY;

/// Whether `seat`, a post of `account`, may be lent to `deputy` over this span. `theirs` are the posts that the deputy holds, now or later.
///
/// # Errors
/// One rule each: only one's own post, to somebody else of the same unit, with an end, and never so that administrations come together.
pub fn delegates(account: &AccountId, seat: &Seat, deputy: &AccountId, theirs: &[Seat], from: Instant, to: Instant, now: Instant) -> Result<(), Refusal> {
    if seat.holder.is_some() {
        return Err(Refusal::at("delegated_onward", "post", "代理的岗位不能再转交他人代理，请由任职本人办理"));
    }
    if deputy == account || !theirs.iter().any(|their| their.unit == seat.unit && their.holder.is_none()) {
        return Err(Refusal::at("deputy_elsewhere", "deputy", "只能委托给本单位在岗的另一位同事"));
    }
    if to <= from || to <= now || to.since(from) > LONGEST {
        return Err(Refusal::at("delegation_span", "to_at", "委托须有止期，止期晚于起期，且最长 30 天"));
    }
    let kinds: Vec<PostKind> = theirs.iter().map(|their| their.kind).chain([seat.kind]).collect();
    separate(&kinds)
}
