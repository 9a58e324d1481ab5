//! The rule book of a subdistrict's social-governance stations, as pure functions.
//!
//! This room decides and computes; it never reads a clock, a database, a network or a file. A use-case in `app` loads what a rule needs, asks the
//! rule, and stores what the rule says. So every rule can be read, tested and printed without the rest of the house.
//!
//! The words, one module each: [`places`] (tiers, units, posts, calendar), [`accounts`] (who may do what), [`intake`] (reports, categories,
//! routes), [`matters`] (states, acts, forms, facts), [`dispatch`] (tasks and clocks), [`rota`] (who is on duty), [`trail`] (events, the chain and its proof).
//!
//! A matter lives by *acts*. `matters::decide` takes a matter, an act and who does it, and answers with [`trail::Fact`]s or a
//! [`kernel::Refusal`]; `matters::apply` folds facts into the matter. Nothing else changes a matter.

pub mod accounts;
pub mod dispatch;
pub mod intake;
pub mod kernel;
pub mod matters;
pub mod notices;
pub mod places;
pub mod rota;
pub mod trail;
