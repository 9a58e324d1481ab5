//! The two engines, for the few places that must tell them apart.

/// Which engine a store runs on. Only `db` and `search.rs` may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// One file, one writer: a street, a laptop, a test.
    Sqlite,
    /// A server: a district, several instances.
    Postgres,
}

impl std::fmt::Display for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}
