//! 留痕: who has read what; how long texts are kept, what is destroyed; what persons ask about the data on themselves.

mod keeping;
mod persons;
mod reads;

pub(crate) use keeping::*;
pub(crate) use persons::*;
pub(crate) use reads::*;
