//! 事项: the rows of a matter and everything that hangs on it.
//!
//! [`load`] reads a whole matter, [`save`] writes what an act changed. Lists are in [`list`]; every one of them takes a `Scope`.

mod list;
mod load;
mod save;

pub use list::{COUNTED, Filter, Mine, Page, Row, Sort, Tab, Total, by_ids, count, done, flags, in_scope, numbered, pressing, row_of, rows, tabs};
pub use load::{Audience, audience, by_number, derived, each_id, load, locked};
pub use save::save;

pub(crate) use list::{scoped, sees_class};
