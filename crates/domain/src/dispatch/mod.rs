//! Dispatch: when something is due, by which calendar and by which policy.
//!
//! Pure arithmetic over a calendar value: nothing here asks for the time, and nothing here knows a matter's state. What a clock does when it is
//! due is written in its [`Policy`] and done by ordinary acts elsewhere.

mod calendar;
mod levels;
mod policy;
mod span;

pub use calendar::{Calendar, CalendarFault, DayKind, Entry, Hours};
pub use levels::{Level, Urgency};
pub use policy::{AtDue, Basis, ClockKind, Mark, Policy, choose, defaults};
pub use span::{Due, Line, Span, SpanUnit, consumed, due, due_at, fraction};
