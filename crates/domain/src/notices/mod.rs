//! 通知: who is told, who must say that he has it, and what happens when nobody does.
//!
//! A notice goes to a post of a unit. A notice that must be acknowledged *climbs*: it is said again by the next channel at each step of its policy, and at 100 %
//! it goes to the next rung, until a named person has acknowledged it or the top alarm stands in the command room (`domain.md` §10.6). All notices of one climbing
//! are a **ladder**; a matter has at most one that runs. An empty rung is passed at once, and the event says so. Every step is a fact of the matter's chain and
//! fires once, because the timer is a part of the matter.
//!
//! Pure as all of `domain`: which channel carries a notice, and to which telephone, is nothing that a rule looks at.

mod channel;
mod letter;
mod routing;
mod rungs;
mod settle;

pub use crate::trail::Climb;
pub use channel::{SettingSpec, check_settings, host_of, is_file_name, safe_url};
pub use letter::{Letter, digest, letter, said};
pub use routing::{ChannelKind, NoticeWish, Way, digest_slot, quiet, ways_at};
pub(crate) use rungs::head_of;
pub use rungs::{ALARM, Rung, may_know, rungs};
pub use settle::acknowledge;
pub(crate) use settle::settle;

use crate::kernel::{AccountId, Instant, NoticeId, UnitId};
use crate::places::PostKind;

/// A notice as the matter keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// To which unit.
    pub unit: UnitId,
    /// To which post; none for all of the unit.
    pub post: Option<PostKind>,
    /// The person on duty whom it names, if the rota names one.
    pub account: Option<AccountId>,
    /// When.
    pub at: Instant,
    /// Rung of the ladder: 0 for whom it concerns first, [`ALARM`] for the top alarm.
    pub rung: i64,
    /// A rung below was empty.
    pub passed_over: bool,
    /// How it climbs; none if nobody has to acknowledge it.
    pub climb: Option<Climb>,
    /// The last step that fired without an answer, percent.
    pub step: i64,
    /// Who acknowledged it.
    pub acknowledged_by: Option<AccountId>,
    /// When.
    pub acknowledged_at: Option<Instant>,
}

impl Notice {
    /// Whether it waits for somebody and its time runs.
    #[must_use]
    pub fn next_at(&self) -> Option<Instant> {
        self.climb.as_ref().and_then(|climb| climb.next_at)
    }

    /// Whether somebody must still say that he has it.
    #[must_use]
    pub const fn waits(&self) -> bool {
        self.climb.is_some() && self.acknowledged_at.is_none()
    }

    /// Whether it was told to this post of this unit, or to the account itself.
    #[must_use]
    pub fn is_to(&self, account: &AccountId, unit: &UnitId, post: PostKind) -> bool {
        self.account.as_ref() == Some(account) || (self.unit == *unit && self.post.is_none_or(|own| own == post))
    }
}
