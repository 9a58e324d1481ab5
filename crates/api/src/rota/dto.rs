//! What the rota looks like on the wire.

use crate::places::Ref;
use crate::problem::Problem;
use app::rulebook::Rulebook;
use domain::kernel::Day;
use domain::rota::{Conflict, Shift};
use serde::Serialize;
use utoipa::ToSchema;

/// A shift.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShiftDto {
    pub(crate) id: String,
    pub(crate) rota: String,
    pub(crate) unit: Ref,
    pub(crate) duty: String,
    pub(crate) kind: String,
    pub(crate) from_at: i64,
    pub(crate) to_at: i64,
    /// Who is to come; none is a gap.
    pub(crate) account: Option<Ref>,
    /// That person is away.
    pub(crate) absent: bool,
    /// Who comes instead.
    pub(crate) stand_in: Option<Ref>,
    /// Nobody comes.
    pub(crate) open: bool,
}

pub(crate) fn shift_dto(book: &Rulebook, shift: &Shift) -> ShiftDto {
    ShiftDto {
        id: shift.id.0.clone(),
        rota: shift.rota.0.clone(),
        unit: Ref::unit(book, &shift.unit),
        duty: shift.duty.code().to_owned(),
        kind: shift.kind.code().to_owned(),
        from_at: shift.from_at.0,
        to_at: shift.to_at.0,
        account: shift.account.as_ref().map(|account| Ref::account(book, account)),
        absent: shift.absent,
        stand_in: shift.stand_in.as_ref().map(|account| Ref::account(book, account)),
        open: shift.person().is_none(),
    }
}

/// Something that a plan breaks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConflictDto {
    pub(crate) account: Ref,
    /// A code of the list of conflicts.
    pub(crate) kind: String,
    pub(crate) zh: String,
    pub(crate) at: i64,
}

pub(crate) fn conflict_dto(book: &Rulebook, conflict: &Conflict) -> ConflictDto {
    let Conflict { account, kind, at } = conflict;
    ConflictDto { account: Ref::account(book, account), kind: kind.code().to_owned(), zh: kind.zh().to_owned(), at: at.0 }
}

/// The first and the last day of `2026-11`.
pub(crate) fn month_days(month: &str) -> Result<(Day, Day), Problem> {
    let bad = || Problem::datum("month", "bad");
    let first = Day::read(&format!("{month}-01")).filter(|_| month.len() == 7).ok_or_else(bad)?;
    let next = first.plus(31).written();
    let next = next.get(..7).and_then(|next| Day::read(&format!("{next}-01"))).ok_or_else(bad)?;
    Ok((first, next.plus(-1)))
}

/// A code of a list, or the problem that it is none.
pub(crate) fn code<T: std::str::FromStr>(text: &str, datum: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::datum(datum, "unknown"))
}

/// A day, or the problem that it is none.
pub(crate) fn day(text: &str, datum: &str) -> Result<Day, Problem> {
    Day::read(text).ok_or_else(|| Problem::datum(datum, "bad"))
}
