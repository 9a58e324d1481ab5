//! The desk: use-cases. Load, ask the rule, save, tell; each a plain synchronous function from a transaction to a result.
//!
//! A use-case takes a transaction, an actor, a command and an instant, and may be run twice: it asks neither the clock nor chance, and does no I/O but its
//! transaction's. It speaks no SQL (`store` does) and no HTTP (`api` does), and decides nothing itself (`domain` does). The words are those of `domain`.
//!
//! Errors are [`fault::Fault`]. [`desk::Desk`] runs use-cases, and gives a repeated request its first answer.

pub mod accounts;
pub mod backup;
pub mod board;
pub mod demo;
pub mod desk;
pub mod dispatch;
pub mod fault;
pub mod intake;
pub mod jobs;
pub mod keys;
pub mod matters;
pub mod notices;
pub mod out;
pub mod papers;
pub mod places;
pub mod rota;
pub mod rulebook;
pub mod rules;
pub mod seed;
pub mod trail;
