//! 事项: lists, the page, acts.

mod acts;
mod facts;
mod lists;
mod page;

pub(crate) use acts::*;
pub(crate) use lists::*;
pub(crate) use page::*;
