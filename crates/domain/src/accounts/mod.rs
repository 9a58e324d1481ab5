//! 帐户, accounts: who acts, by which post, and what a post may do and see.
//!
//! [`policy`] is the one place that answers “may they?”. [`Actor`] and [`Scope`] can only be made here, so a store query that wants a scope, and a
//! use-case that wants an actor, cannot be called by somebody who skipped the question.

mod actor;
mod delegate;
mod matrix;
mod policy;
mod reach;
mod right;
mod separate;

pub use actor::{Actor, Scope, Seat, Sight, held, sees_class, sight};
pub use delegate::{LONGEST, delegates};
pub use matrix::{PolicyRow, Touch, cell_text, policy, policy_table, sight_text};
pub use policy::{REVEALS, Relation, matrix, may, may_register, may_reveal, posts_for, reach, seats_for};
pub use reach::Reach;
pub use right::{Right, Within, granted, may_over, may_somewhere, rights_matrix};
pub use separate::{administers, separate};
