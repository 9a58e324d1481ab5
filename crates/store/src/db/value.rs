//! Values: what goes into a statement, the same on both engines.

use domain::kernel;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use std::error::Error;

/// A value bound to a `?`. These six are all that the portable subset knows.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing said.
    Null,
    /// A count, an instant (milliseconds), a day, fen.
    Int(i64),
    /// A measured quantity; never money.
    Real(f64),
    /// A flag.
    Bool(bool),
    /// Text, ids and codes.
    Text(String),
    /// Bytes: salts, sealed data.
    Bytes(Vec<u8>),
}

macro_rules! from {
    ($($from:ty, $value:ident => $to:expr;)+) => {$(
        impl From<$from> for Value {
            fn from($value: $from) -> Self { $to }
        }
    )+};
}

from! {
    i64, v => Self::Int(v);
    i32, v => Self::Int(v.into());
    u32, v => Self::Int(v.into());
    i16, v => Self::Int(v.into());
    u16, v => Self::Int(v.into());
    u8, v => Self::Int(v.into());
    usize, v => Self::Int(i64::try_from(v).unwrap_or(i64::MAX));
    u64, v => Self::Int(i64::try_from(v).unwrap_or(i64::MAX));
    f64, v => Self::Real(v);
    bool, v => Self::Bool(v);
    &str, v => Self::Text(v.to_owned());
    String, v => Self::Text(v);
    &String, v => Self::Text(v.clone());
    Vec<u8>, v => Self::Bytes(v);
    &[u8], v => Self::Bytes(v.to_vec());
    &Vec<u8>, v => Self::Bytes(v.clone());
    kernel::Instant, v => Self::Int(v.0);
    &kernel::Instant, v => Self::Int(v.0);
    kernel::Day, v => Self::Int(v.0);
    &kernel::Day, v => Self::Int(v.0);
    &Value, v => v.clone();
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(bytes: [u8; N]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(bytes: &[u8; N]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Fields of a row are often optional and borrowed. (One implementation for all `T` would send the compiler round in circles.)
macro_rules! borrowed {
    ($($some:ty)+) => {$(
        impl From<&Option<$some>> for Value {
            fn from(value: &Option<$some>) -> Self { value.as_ref().map_or(Self::Null, Into::into) }
        }
    )+};
}

borrowed! { String Vec<u8> kernel::Instant kernel::Day }

macro_rules! ids {
    ($($id:ident)+) => {$(
        impl From<kernel::$id> for Value {
            fn from(id: kernel::$id) -> Self { Self::Text(id.0) }
        }
        impl From<&kernel::$id> for Value {
            fn from(id: &kernel::$id) -> Self { Self::Text(id.0.clone()) }
        }
        impl From<&Option<kernel::$id>> for Value {
            fn from(id: &Option<kernel::$id>) -> Self { id.as_ref().map_or(Self::Null, Into::into) }
        }
    )+};
}

ids! {
    ReportId MatterId TaskId AskingId ClockId WordsId FileId NoticeId AccountId PostId HoldingId DelegationId RotaId ShiftId ShiftAskingId HandOverId RotaFeedId SessionId TokenId UnitId PlaceCode
    RoomId BookingId EquipmentId DutyNoticeId
    DestructionId SubjectRequestId
}

/// SQLite has no booleans: a flag is the integer 0 or 1 there.
impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(int) => ValueRef::Integer(*int),
            Self::Real(real) => ValueRef::Real(*real),
            Self::Bool(flag) => ValueRef::Integer(i64::from(*flag)),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// PostgreSQL infers the type of every place; whatever it inferred, the value must say the same thing in that type.
impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut bytes::BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self, ty) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Int(int), &Type::INT8) => int.to_sql(ty, out),
            (Self::Int(int), &Type::INT4) => i32::try_from(*int)?.to_sql(ty, out),
            (Self::Int(int), &Type::INT2) => i16::try_from(*int)?.to_sql(ty, out),
            (Self::Real(real), &Type::FLOAT8) => real.to_sql(ty, out),
            #[expect(clippy::cast_precision_loss, reason = "SQLite converts the same way")]
            (Self::Int(int), &Type::FLOAT8) => (*int as f64).to_sql(ty, out),
            (Self::Bool(flag), &Type::BOOL) => flag.to_sql(ty, out),
            (Self::Text(text), &Type::TEXT | &Type::VARCHAR | &Type::BPCHAR | &Type::NAME | &Type::UNKNOWN) => text.to_sql(ty, out),
            (Self::Bytes(bytes), &Type::BYTEA) => bytes.to_sql(ty, out),
            (value, ty) => Err(format!("{} cannot be bound where {ty} is wanted", value.kind()).into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl Value {
    /// The kind of the value, for messages; the value itself may be a person's datum and is never printed.
    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Int(_) => "an integer",
            Self::Real(_) => "a real",
            Self::Bool(_) => "a flag",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
        }
    }
}
