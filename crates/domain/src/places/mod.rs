//! Places: the tree of places, the units that answer for them and the posts of those units.
//!
//! A network is a value: every function here takes it as an argument, so that one program serves one street or many. A place resolves to exactly
//! one *primary* station, which owns what happens there, and to at most one area station beside it.
//!
//! What may change about it is a [`crate::trail::PlaceFact`]; [`judge`] says whether it may, [`PlaceBook`] is what the facts add up to.

mod book;
mod check;
pub mod demo;
mod duty;
mod edit;
mod lists;
mod network;
mod tiers;

pub use book::{Booking, Equipment, PlaceBook, Posting, Room};
pub use check::{Finding, check, check_from};
pub use duty::{Duty, DutyFinding, DutyList, DutyLists, DutyMonth, DutyRole, answers, lint, ownerless, shipped, unreached};
pub use edit::{Wrong, judge, next_grid};
pub use lists::{EquipmentKind, EquipmentState, GridKind, Presence, RoomUse, Standing, StationFunction, Zone};
pub use network::{Network, Place, Post, Unit};
pub use tiers::{Function, PostKind, Tier, UnitKind};
