//! What people are told about duty: that a month is in force, that a shift is theirs or not any more, what waits for their answer, and a hand-over that is missing.
//!
//! These words belong to the chain of the rota. They wake nobody and do not climb: what must be acknowledged by a named person belongs to a matter
//! ([`crate::notices`]). They name no colleague and no reason.

use super::{Duty, DutyTold};
use crate::kernel::{AccountId, DutyNoticeId, Instant, UnitId};
use crate::notices::Letter;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyNotice {
    /// Its id.
    pub id: DutyNoticeId,
    /// To whom.
    pub account: AccountId,
    /// What.
    pub what: DutyTold,
    /// Of which unit.
    pub unit: UnitId,
    /// Of which duty.
    pub duty: Duty,
    /// The beginning of the shift or month, or the change of shift, that it is about.
    pub about: Instant,
    /// When it was told.
    pub at: Instant,
    /// When the person said that it was read.
    pub heard_at: Option<Instant>,
}

impl DutyNotice {
    /// The letter of it: what, and for which day. Neither the unit nor a person.
    #[must_use]
    pub fn letter(&self) -> Letter {
        let title = self.what.zh().to_owned();
        let path = if self.what == DutyTold::HandOverMissing { "/rota/hand-overs" } else { "/rota/mine" };
        Letter { text: format!("{title}（{}，{}）", self.duty.zh(), self.about.written()), title, path: path.to_owned() }
    }
}
