//! Notices: climbing, jobs, gateways, nights.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[path = "../it/support.rs"]
#[expect(dead_code, reason = "a station in a box for all tests of the room; these need a part of it")]
mod support;

mod climbing;
mod gateways;
mod nights;
mod outbox;
