//! A model as bytes.

/// Bytes that are no model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(pub &'static str);
