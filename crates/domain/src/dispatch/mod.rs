//! Dispatch: when something is due, by which calendar and by which policy.
//!
//! Pure arithmetic over a calendar value: nothing here asks for the time, and nothing here knows a matter's state. What a clock does when it is
//! due is written in its [`Policy`] and done by ordinary acts elsewhere.

mod book;
mod calendar;
mod clock;
mod explain;
mod levels;
mod pause;
mod policy;
mod span;
mod walk;

pub use book::{Book, BookFault};
pub use calendar::{Calendar, CalendarFault, DayKind, Entry, Hours};
pub use clock::{Change, ClockState, Event, Standing, reckon};
pub use explain::Line;
pub use levels::{Level, Urgency};
pub use pause::{Pause, PauseKind};
pub use policy::{AtDue, Basis, ClockKind, Extension, Mark, Policy, choose, defaults};
pub use span::{Due, Span, SpanUnit, consumed, due, due_at, fraction};
