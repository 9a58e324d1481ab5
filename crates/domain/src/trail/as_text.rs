//! How core types become text in events. They are not serializable by themselves, for they are not API types; events are the one place where they are.

use crate::kernel::{
    AccountId, AskingId, BookingId, ClockId, Commit, Day, DelegationId, DestructionId, DutyNoticeId, EquipmentId, FileId, HandOverId, HoldingId, Instant,
    MatterId, NoticeId, PlaceCode, PostId, ReportId, RoomId, RotaFeedId, RotaId, ShiftAskingId, ShiftId, SubjectRequestId, TaskId, TokenId, UnitId, WordsId,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! as_text {
    ($($id:ty),+) => {$(
        impl Serialize for $id {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> { to.serialize_str(&self.0) }
        }
        impl<'de> Deserialize<'de> for $id {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> { String::deserialize(from).map(Self) }
        }
    )+};
}

macro_rules! as_code {
    ($($list:ty),+) => {$(
        impl Serialize for $list {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> { to.serialize_str(self.code()) }
        }
        impl<'de> Deserialize<'de> for $list {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

as_text!(AccountId, AskingId, ClockId, Commit, DelegationId, FileId, HoldingId, NoticeId, PlaceCode, PostId, ReportId, TaskId, TokenId, UnitId, WordsId);
as_text!(BookingId, DestructionId, DutyNoticeId, EquipmentId, HandOverId, MatterId, RoomId, RotaFeedId, RotaId, ShiftAskingId, ShiftId, SubjectRequestId);
as_code!(
    crate::kernel::Retention,
    super::retention::CountsFrom,
    super::Origin,
    super::ListState,
    super::RequestKind,
    super::RequestOutcome,
    crate::matters::ActKind,
    crate::matters::Asked,
    crate::matters::AskingState,
    crate::matters::Care,
    crate::matters::ClockOutcome,
    crate::matters::FilePurpose,
    crate::matters::Flag,
    crate::matters::Outcome,
    crate::matters::ReturnReason,
    crate::matters::Satisfaction,
    crate::matters::Solved,
    crate::matters::Source,
    crate::matters::State,
    crate::matters::TaskKind,
    crate::matters::TaskState,
    crate::dispatch::ClockKind,
    crate::dispatch::Level,
    crate::dispatch::Urgency,
    crate::places::PostKind,
    crate::places::Tier,
    crate::places::UnitKind,
    crate::places::Function,
    crate::places::GridKind,
    crate::places::StationFunction,
    crate::places::Zone,
    crate::places::Standing,
    crate::places::Presence,
    crate::places::RoomUse,
    crate::places::DutyRole,
    crate::places::EquipmentKind,
    crate::places::EquipmentState,
    crate::rota::CallOutBy,
    crate::rota::Duty,
    crate::rota::DutyTold,
    crate::rota::HandedWhy,
    crate::rota::Pattern,
    crate::rota::ShiftAsked,
    crate::rota::ShiftAskingState,
    crate::rota::ShiftKind
);

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.written())
    }
}
impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::read(&String::deserialize(from)?).ok_or_else(|| serde::de::Error::custom("not a day"))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(self.0)
    }
}
impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        i64::deserialize(from).map(Self)
    }
}
