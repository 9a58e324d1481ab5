//! The binary as an operator meets it: what it refuses, what it proves, what a backup gives back.

mod backups;
mod demos;
mod flips;
mod refusals;
mod support;
