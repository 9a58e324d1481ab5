//! Two engines behind one door.
//!
//! A closure over a [`Tx`] is run by a [`Store`]. On SQLite it runs on the one writer thread, where up to 256 closures share
//! one COMMIT, each inside its own SAVEPOINT; on PostgreSQL it runs on one of several threads that each own a connection, and
//! is run again when the server asks for it. Callers are answered only after the commit, and live streams are woken then.
//!
//! What may be asked is written with [`sql!`](crate::sql) and [`part!`](crate::part): texts that stand in the source, known to the test
//! that prepares each of them on both engines. There is no way to hand over a string.
//!
//! Whoever uses this module sees no engine. The names of the engines end here (and in `search.rs`).

mod backup;
mod broken;
mod catalog;
mod claim;
mod dump;
mod engine;
mod job;
mod migrate;
mod open;
mod postgres;
mod row;
mod scrub;
mod sql;
mod sqlite;
mod store;
mod tx;
mod value;

pub use broken::Broken;
pub use catalog::{Column, Kind, Table, tables};
pub(crate) use claim::claim;
pub use dump::{DumpBroken, Head, Summary};
pub use engine::Engine;
pub use migrate::{Applied, MIGRATIONS, Migration};
pub use open::{OpenRefusal, Options, Place};
pub use row::Row;
pub use scrub::Scrubbed;
pub use sql::{Part, Query, Sql, Use};
pub use store::Store;
pub use tx::Tx;
pub use value::Value;
