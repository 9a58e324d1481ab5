//! 交接班: what one shift hands to the next. It is made from what is open, not typed; who goes signs by making it, who comes signs by taking it.

use super::{Duty, HandedWhy};
use crate::dispatch::Urgency;
use crate::kernel::{AccountId, HandOverId, Instant, MINUTE, MatterId, Refusal, UnitId};
use crate::matters::{Phase, State};
use crate::trail::Said;

/// A hand-over is missing when so long after the end of a shift there is none.
pub const GRACE: i64 = 30 * MINUTE;
/// So long before the end of a shift it may be made.
pub const AHEAD: i64 = 60 * MINUTE;

/// A hand-over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// Its id.
    pub id: HandOverId,
    /// Of which unit.
    pub unit: UnitId,
    /// Between the shifts of which duty.
    pub duty: Duty,
    /// The instant at which one shift ends and the next begins.
    pub at: Instant,
    /// The matters that are handed over, the most pressing first, and why.
    pub items: Vec<(MatterId, HandedWhy)>,
    /// State of the equipment.
    pub equipment: Option<Said>,
    /// What else the next shift should know.
    pub remarks: Option<Said>,
    /// Who went, and signed.
    pub outgoing: AccountId,
    /// When.
    pub outgoing_at: Instant,
    /// Who came, and signed.
    pub incoming: Option<AccountId>,
    /// When.
    pub incoming_at: Option<Instant>,
}

/// Why an open matter is handed over to a shift that ends at `until`, if it is: the first reason that holds. `due` is the due instant of its governing clock.
#[must_use]
pub fn why(state: State, urgency: Urgency, phase: Phase, due: Option<Instant>, until: Instant) -> Option<HandedWhy> {
    match () {
        () if !state.is_open() => None,
        () if urgency != Urgency::Normal => Some(HandedWhy::Urgent),
        () if phase == Phase::Late => Some(HandedWhy::Late),
        () if state == State::Callback => Some(HandedWhy::NotCalledBack),
        () if due.is_some_and(|due| due < until) => Some(HandedWhy::Promised),
        () => None,
    }
}

/// Whether who comes may sign.
///
/// # Errors
/// It is signed already, or by the same person.
pub fn may_take(hand_over: &HandOver, who: &AccountId) -> Result<(), Refusal> {
    if hand_over.incoming.is_some() {
        return Err(Refusal::rule("hand_over_taken", "这份交接班记录已经由接班人签字"));
    }
    if hand_over.outgoing == *who {
        return Err(Refusal::rule("hand_over_own", "交班人不能替接班人签字，请接班同事用自己的帐户签字"));
    }
    Ok(())
}
