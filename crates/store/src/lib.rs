//! The store: the one room that speaks SQL.
//!
//! A use-case is a plain synchronous function from a transaction to a result; the store runs it,
//! and runs it again if the database asks for that. One SQL text serves two engines.
//!
//! * [`db`] opens, migrates, queues, commits, backs up and dumps. It and `search.rs` are the only
//!   places that may name an engine; a test counts.
//! * The other modules are words of the product. Each holds the statements of its word, written
//!   with [`sql!`], in the portable subset that every statement is tested against.
//!
//! Nothing here decides anything about a matter: rules are `domain`, use-cases are `app`. Nothing
//! here asks for the time or for chance: instants and ids come in as values.

pub mod accounts;
pub mod board;
pub mod db;
pub mod dispatch;
pub mod intake;
pub mod jobs;
pub mod keeping;
pub mod matters;
pub mod notices;
pub mod papers;
pub mod places;
pub mod rota;
pub mod search;
pub mod trail;

mod take;

#[doc(hidden)]
pub use inventory;
