//! 值班, the rota: who is on duty where and when, how a month is laid out, and what the next shift is handed.
//!
//! A *duty* is what somebody sits for (the desk, the duty officer, the call-back desk); a *rota* lays out one duty of one unit for some days as *shifts*; a shift has a
//! person, or a stand-in, or nobody (a gap, which is shown and never hidden). [`Roster`] answers who is on duty at an instant. Everything here is a value and a
//! function: the store keeps the rows, `app` loads a window of them.
//!
//! A right stays with the post and is not lost at the end of a shift: whoever holds the post may act. What the rota decides is whom notices, climbing and empty desks
//! go to ([0009](../../../../docs/decisions/0009-a-right-stays-with-the-post.md)).

mod lists;
mod roster;

pub use lists::{Duty, Pattern, RotaState, ShiftKind};
pub use roster::{Cover, Published, Roster, Shift};
