//! What tests stand on, and nothing else: a private PostgreSQL, fresh databases, one test on both engines, seeds that are told when a test fails.
//!
//! It knows nothing of our rooms (they hand in closures), so any of them may use it in its tests. It panics where a test cannot
//! go on, with a sentence that says what is missing.

pub mod databases;
pub mod postgres;
pub mod rounds;

pub use databases::{Template, on_both};
pub use rounds::{Dice, with_seeds};
