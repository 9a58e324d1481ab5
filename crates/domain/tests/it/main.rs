//! The rule book tried as a whole: examples, forms, random lives, and the tables that are checked in.

mod desk;
mod forms;
mod good;
mod histories;
mod rules;
mod tables;
