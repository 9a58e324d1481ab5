//! The kernel: what every word of the rule book is made of.
//!
//! Ids, instants, coded lists, the mint that makes ids and salts out of a seed, and refusals.
//! Nothing here knows a station, a matter or a law, and nothing here may ask the machine for the
//! time, for chance or for its environment: those come in as values.

mod coded;
mod id;
mod instant;
mod mint;
mod refusal;
mod words;

pub use coded::Unknown;
pub use id::{
    AccountId, AskingId, ClockId, DelegationId, FileId, HoldingId, MatterId, NoticeId, PlaceCode, PostId, ReportId, SessionId, TaskId, TokenId, UnitId, WordsId,
};
pub use id::{BookingId, EquipmentId, RoomId};
pub use id::{DestructionId, SubjectRequestId};
pub use id::{DutyNoticeId, HandOverId, RotaFeedId, RotaId, ShiftAskingId, ShiftId};
pub use instant::{DAY, Day, HOUR, Instant, MINUTE, SECOND};
pub use mint::Mint;
pub use refusal::{Missing, Refusal};
pub(crate) use words::hex;
pub use words::{Commit, PersonalData, Retention, Words};

pub(crate) use coded::coded;
