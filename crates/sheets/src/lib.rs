//! Tables in and out: csv and xlsx as offices and analysts send them.
//!
//! Knows encodings, separators, compression, lines and cells, and what a cell may not do when somebody opens it (run a formula). May not know what a column
//! means, a matter, a database or a request.

mod read;
pub mod write;

pub use read::{Row, RowError, Sheet, Table, Unreadable, serial};
