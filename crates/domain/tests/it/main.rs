//! The rule book tried as a whole: examples, forms, random lives, and the tables that are checked in.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clocks_of_others;
mod clocks_walked;
mod desk;
mod forms;
mod good;
mod histories;
mod law;
mod rota;
mod rules;
mod tables;
