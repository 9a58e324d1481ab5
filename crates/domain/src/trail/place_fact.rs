//! Facts of the chain of places: a row as it is from now on. What changed is the difference to the row before, so nothing can be told that was not done.

use crate::kernel::{AccountId, BookingId, Day, EquipmentId, HoldingId, Instant, PlaceCode, PostId, RoomId, UnitId};
use crate::places::{
    Booking, Duty, DutyMonth, DutyRole, Equipment, EquipmentKind, EquipmentState, Function, GridKind, Place, Post, PostKind, Posting, Presence, Room, RoomUse,
    Standing, StationFunction, Tier, Unit, UnitKind, Zone,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One fact about the network or what stands in its stations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum PlaceFact {
    /// A place.
    Place {
        /// As it is.
        #[serde(with = "PlaceRow")]
        row: Place,
    },
    /// A unit.
    Unit {
        /// As it is.
        #[serde(with = "UnitRow")]
        row: Unit,
    },
    /// A post.
    Post {
        /// As it is.
        #[serde(with = "PostRow")]
        row: Post,
    },
    /// A unit's 职责清单, the whole of it.
    Duties {
        /// The unit.
        unit: UnitId,
        /// Its rows.
        #[serde(with = "duty_rows")]
        kinds: Vec<Duty>,
    },
    /// The month's record of kinds without an owner.
    Unowned {
        /// As it was made.
        #[serde(with = "DutyMonthRow")]
        row: DutyMonth,
    },
    /// A room.
    Room {
        /// As it is.
        #[serde(with = "RoomRow")]
        row: Room,
    },
    /// A booking.
    Booking {
        /// As it is.
        #[serde(with = "BookingRow")]
        row: Booking,
    },
    /// A sign or a piece of equipment.
    Equipment {
        /// As it is.
        #[serde(with = "EquipmentRow")]
        row: Equipment,
    },
    /// A holding is a posting.
    Posting {
        /// As it is.
        #[serde(with = "PostingRow")]
        row: Posting,
    },
}

/// A column of a row that is now something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The column.
    pub field: String,
    /// What it was; none if the row is new or the column was empty.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

impl PlaceFact {
    /// What sort of row it speaks of.
    #[must_use]
    pub const fn table(&self) -> &'static str {
        match self {
            Self::Place { .. } => "place",
            Self::Unit { .. } => "unit",
            Self::Post { .. } => "post",
            Self::Duties { .. } => "duties",
            Self::Unowned { .. } => "unowned",
            Self::Room { .. } => "room",
            Self::Booking { .. } => "booking",
            Self::Equipment { .. } => "equipment",
            Self::Posting { .. } => "posting",
        }
    }

    /// The row's key; a duty list has its unit's.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Place { row } => row.code.as_str(),
            Self::Unit { row } => row.id.as_str(),
            Self::Post { row } => row.id.as_str(),
            Self::Duties { unit, .. } => unit.as_str(),
            Self::Unowned { row } => &row.month,
            Self::Room { row } => row.id.as_str(),
            Self::Booking { row } => row.id.as_str(),
            Self::Equipment { row } => row.id.as_str(),
            Self::Posting { row } => row.holding.as_str(),
        }
    }

    /// The act by which a row comes to say this, if it said `before`.
    #[must_use]
    pub fn act(&self, before: Option<&Self>) -> &'static str {
        let ends = |fact: &Self| match fact {
            Self::Place { row } => row.valid_to.is_some(),
            Self::Unit { row } => row.valid_to.is_some(),
            Self::Room { row } => row.closed,
            Self::Booking { row } => row.cancelled_at.is_some(),
            _ => false,
        };
        match (before, self) {
            (Some(before), fact) if ends(fact) && !ends(before) => "close",
            (Some(before), fact) if ends(before) && !ends(fact) => "reopen",
            (Some(Self::Equipment { row: before }), Self::Equipment { row }) if row.checked_at != before.checked_at => "check",
            (Some(_), _) => "change",
            (None, Self::Booking { .. }) => "book",
            (None, Self::Posting { .. }) => "post",
            (None, _) => "add",
        }
    }

    /// What is different from `before`, column by column.
    #[must_use]
    pub fn differences(&self, before: Option<&Self>) -> Vec<Difference> {
        let (old, new) = (before.map(columns).unwrap_or_default(), columns(self));
        // A column has gone only where rows have no fixed columns: a kind that was taken off a duty list.
        let gone = old.iter().filter(|(name, _)| new.iter().all(|(field, _)| field != name));
        let gone: Vec<Difference> = gone.map(|(field, before)| Difference { field: field.clone(), before: before.clone(), after: None }).collect();
        let found: Vec<Difference> = new
            .into_iter()
            .filter_map(|(field, after)| {
                let before = old.iter().find(|(name, _)| *name == field).and_then(|(_, value)| value.clone());
                (before != after).then_some(Difference { field, before, after })
            })
            .collect();
        [found, gone].concat()
    }
}

/// The columns of a row, as text. A duty list has a column for each kind: its role, and behind a blank its source.
fn columns(fact: &PlaceFact) -> Vec<(String, Option<String>)> {
    if let PlaceFact::Duties { kinds, .. } = fact {
        return kinds.iter().map(|row| (row.kind.clone(), Some(format!("{} {}", row.role, row.source).trim_end().to_owned()))).collect();
    }
    let Ok(Value::Object(mut whole)) = serde_json::to_value(fact) else { return Vec::new() };
    let map = match whole.remove("row") {
        Some(Value::Object(row)) => row,
        _ => whole,
    };
    let plain = |value: Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        Value::Array(items) if items.is_empty() => None,
        Value::Array(items) => Some(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")),
        other => Some(other.to_string()),
    };
    map.into_iter().filter(|(name, _)| name != "fact").map(|(name, value)| (name, plain(value))).collect()
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Place")]
struct PlaceRow {
    code: PlaceCode,
    name: String,
    tier: Tier,
    parent: Option<PlaceCode>,
    demo: bool,
    edition: String,
    valid_from: Option<Day>,
    valid_to: Option<Day>,
    predecessor: Option<PlaceCode>,
    police_code: Option<String>,
    grid: Option<GridKind>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Unit")]
struct UnitRow {
    id: UnitId,
    code: String,
    name: String,
    kind: UnitKind,
    place: PlaceCode,
    tier: Tier,
    function: Option<Function>,
    parent: Option<UnitId>,
    demo: bool,
    overlaps: Vec<PlaceCode>,
    functions: Vec<StationFunction>,
    valid_to: Option<Day>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Post")]
struct PostRow {
    id: PostId,
    unit: UnitId,
    kind: PostKind,
    name: String,
    grid: Option<PlaceCode>,
    standing: Standing,
    planned: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Room")]
struct RoomRow {
    id: RoomId,
    unit: UnitId,
    zone: Zone,
    name: String,
    seats: i64,
    closed: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Booking")]
struct BookingRow {
    id: BookingId,
    room: RoomId,
    from_at: Instant,
    to_at: Instant,
    purpose: RoomUse,
    by: AccountId,
    cancelled_at: Option<Instant>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Equipment")]
struct EquipmentRow {
    id: EquipmentId,
    unit: UnitId,
    zone: Option<Zone>,
    kind: EquipmentKind,
    name: String,
    state: EquipmentState,
    checked_at: Option<Instant>,
    checked_by: Option<AccountId>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Posting")]
struct PostingRow {
    holding: HoldingId,
    home: UnitId,
    presence: Presence,
    weekdays: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "DutyMonth")]
struct DutyMonthRow {
    month: String,
    made_at: Instant,
    kinds: Vec<String>,
}

/// The rows of a duty list. Entries from before rows had a role and a source hold codes alone: their units led those kinds.
mod duty_rows {
    use super::{Duty, DutyRole};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Whole {
        kind: String,
        role: DutyRole,
        source: String,
    }

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Code(String),
        Whole(Whole),
    }

    pub(super) fn serialize<S: Serializer>(rows: &[Duty], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(rows.iter().map(|row| Whole { kind: row.kind.clone(), role: row.role, source: row.source.clone() }))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Duty>, D::Error> {
        let rows = Vec::<Written>::deserialize(deserializer)?;
        Ok(rows
            .into_iter()
            .map(|row| match row {
                Written::Code(kind) => Duty { kind, role: DutyRole::Lead, source: String::new() },
                Written::Whole(Whole { kind, role, source }) => Duty { kind, role, source },
            })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duty_list_from_before_rows_had_a_role_is_still_read() {
        let old: PlaceFact = serde_json::from_str(r#"{"fact":"duties","unit":"unt_1","kinds":["M","0602"]}"#).unwrap();
        let PlaceFact::Duties { kinds, .. } = &old else { panic!("{old:?}") };
        assert!(kinds.len() == 2 && kinds.iter().all(|row| row.role == DutyRole::Lead && row.source.is_empty()));
        let again: PlaceFact = serde_json::from_str(&serde_json::to_string(&old).unwrap()).unwrap();
        assert_eq!(again, old);
    }

    #[test]
    fn what_changed_in_a_duty_list_is_said_kind_by_kind() {
        let duty = |kind: &str, role, source: &str| Duty { kind: kind.into(), role, source: source.into() };
        let list = |kinds| PlaceFact::Duties { unit: "unt_1".into(), kinds };
        let before = list(vec![duty("M", DutyRole::Lead, ""), duty("0602", DutyRole::Assist, "条例")]);
        let after = list(vec![duty("M", DutyRole::Lead, "清单第三条"), duty("A", DutyRole::Assist, "")]);
        let said = |field: &str, before: Option<&str>, after: Option<&str>| Difference {
            field: field.into(),
            before: before.map(Into::into),
            after: after.map(Into::into),
        };
        assert_eq!(
            after.differences(Some(&before)),
            [said("M", Some("lead"), Some("lead 清单第三条")), said("A", None, Some("assist")), said("0602", Some("assist 条例"), None)]
        );
    }
}
