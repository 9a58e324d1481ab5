//! 汇聚: how reports come in: at a desk, by a list; and what the machine thinks of them before a person decides.

pub mod import;
pub mod mapping;
mod register;
pub mod senses;
mod suggest;

pub(crate) use suggest::rules;

pub use register::Extra;
pub(crate) use register::number;
pub use register::{Registered, register, register_with};
pub use suggest::{Guess, Likely, Similar, Suggested, phrases, suggest};
