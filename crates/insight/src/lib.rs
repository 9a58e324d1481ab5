//! Algorithms that know nothing of us: no matter, no station, no table. Pure, deterministic, without network.

pub mod link;
pub mod normal;
pub mod classify;
pub mod danger;
pub mod seeded;
pub mod scan;
pub mod spoken;
pub mod simplified;
pub mod text;
