//! The use-cases, tried on both engines with the demonstration's network and people.
//!
//! `support` is a station in a box: a store of either engine, a desk, a clock that the test turns. `good` knows what each act wants to hear.

#![expect(clippy::unwrap_used, reason = "what cannot go on in a test is a failure of the test")]

mod accounts;
mod backups;
mod classes;
mod clocks;
mod erasure;
mod files;
mod good;
mod histories;
mod importing;
mod lists;
mod logins;
mod once;
mod scope;
mod search;
mod support;
mod tampering;
