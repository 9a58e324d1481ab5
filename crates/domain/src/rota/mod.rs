//! 值班, the rota: who is on duty where and when, how a month is laid out, and what the next shift is handed.
//!
//! A *duty* is what somebody sits for (the desk, the duty officer, the call-back desk); a *rota* lays out one duty of one unit for some days as *shifts*; a shift has a
//! person, or a stand-in, or nobody (a gap, which is shown and never hidden). [`Roster`] answers who is on duty at an instant. Everything here is a value and a
//! function: the store keeps the rows, `app` loads a window of them.
//!
//! A right stays with the post and is not lost at the end of a shift: whoever holds the post may act. What the rota decides is whom notices, climbing and empty desks
//! go to (`docs/decisions`, a right stays with the post).

mod asking;
mod feed;
mod generate;
mod hand_over;
mod lists;
mod pattern;
mod roster;
mod rules;
mod told;

pub use asking::ShiftAsking;
pub use feed::{Entry, calendar};
pub use generate::{Candidate, generate};
pub use hand_over::{AHEAD, GRACE, HandOver, check_gear, is_handed, may_take, why};
pub use lists::{CallOutBy, ConflictKind, Duty, DutyTold, HandedWhy, Pattern, RotaState, ShiftAnswer, ShiftAsked, ShiftAskingState, ShiftKind};
pub use pattern::{Slot, is_off, slots};
pub use roster::{Cover, Published, Roster, Shift};
pub use rules::{Conflict, Rest, Spell, breaks, conflicts, reach_of};
pub use told::DutyNotice;
