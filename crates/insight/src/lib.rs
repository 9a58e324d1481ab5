//! Algorithms that know nothing of us: no matter, no station, no table. Pure, deterministic, without network.

pub mod text;
