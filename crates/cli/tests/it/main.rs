//! The binary as an operator meets it: what it refuses, what it proves, what a backup gives back.

#![expect(clippy::unwrap_used, reason = "tests")]

mod backups;
mod demos;
mod flips;
mod http;
mod refusals;
mod serving;
mod support;
mod tls;
