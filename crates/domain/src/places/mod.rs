//! Places: the tree of places, the units that answer for them and the posts of those units.
//!
//! A network is a value: every function here takes it as an argument, so that one program serves one street or many. A place resolves to exactly
//! one *primary* station, which owns what happens there, and to at most one area station beside it.

mod check;
pub mod demo;
mod network;
mod tiers;

pub use check::{Finding, check};
pub use network::{Network, Place, Post, Unit};
pub use tiers::{Function, PostKind, Tier, UnitKind};
