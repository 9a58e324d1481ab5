//! 组织网格: the catalog, the network and its changes, units with who is there, forms as workbooks.

mod acts;
mod catalog;
mod pages;
mod rows;
mod tables;

pub(crate) use acts::*;
pub(crate) use catalog::*;
pub(crate) use pages::*;
pub(crate) use tables::*;
