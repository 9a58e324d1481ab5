//! Algorithms that know nothing of us: no matter, no station, no table. Pure, deterministic, without network.

pub mod classify;
pub mod danger;
pub mod link;
pub mod normal;
pub mod scan;
pub mod seeded;
pub mod simplified;
pub mod spoken;
pub mod text;
pub mod watch;
