//! Algorithms that know nothing of us: no matter, no station, no table. Pure, deterministic, without network.

pub mod link;
pub mod normal;
pub mod classify;
pub mod seeded;
pub mod scan;
pub mod text;
