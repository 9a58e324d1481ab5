//! Statements: texts that stand in the source and nowhere else.
//!
//! [`sql!`](crate::sql) makes a whole statement, [`part!`](crate::part) a piece that only makes sense after one. Both are registered when
//! the program is linked, with file and line, so that one test can prepare every text of the house on both engines. A text
//! uses `?` for each value, in order; [`dollars`] rewrites that for PostgreSQL.

use super::{Engine, Value};

/// What a registered text is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// A whole statement.
    Statement,
    /// A piece that follows a statement of the same file, see [`Query`].
    Part,
}

/// A statement and where it stands. Made by [`sql!`](crate::sql) only.
#[derive(Debug, Clone, Copy)]
pub struct Sql {
    /// The text, with `?` for every value.
    pub text: &'static str,
    /// The source file, as the compiler names it.
    pub file: &'static str,
    /// The line in that file.
    pub line: u32,
    /// Whole statement or piece.
    pub kind: Use,
    /// The only engine that understands it; none means both. For `search.rs`.
    pub only: Option<Engine>,
}

inventory::collect!(Sql);

impl Sql {
    /// Every text of the program, in the order of the source.
    #[must_use]
    pub fn registered() -> Vec<&'static Sql> {
        let mut all: Vec<&Sql> = inventory::iter::<Sql>.into_iter().collect();
        all.sort_by_key(|sql| (sql.file, sql.line));
        all
    }
}

/// A piece of a [`Query`]. Made by [`part!`](crate::part) only.
#[derive(Debug, Clone, Copy)]
pub struct Part(#[doc(hidden)] pub Sql);

/// A statement that stands in the source: `sql!("select name from unit where id = ?")`. With `sqlite:` or `postgres:` in front,
/// one that only that engine understands.
#[macro_export]
macro_rules! sql {
    (sqlite: $text:expr) => {
        $crate::registered_sql!($text, $crate::db::Use::Statement, Some($crate::db::Engine::Sqlite))
    };
    (postgres: $text:expr) => {
        $crate::registered_sql!($text, $crate::db::Use::Statement, Some($crate::db::Engine::Postgres))
    };
    ($text:expr) => {
        $crate::registered_sql!($text, $crate::db::Use::Statement, None)
    };
}

/// A piece of a statement for a [`Query`](crate::db::Query): `part!(" and m.state = ?")`. It must fit, alone, behind some `sql!` of the same
/// file: so it is tested. With `sqlite:` or `postgres:` in front, one that only that engine understands.
#[macro_export]
macro_rules! part {
    (sqlite: $text:expr) => {
        $crate::db::Part($crate::registered_sql!($text, $crate::db::Use::Part, Some($crate::db::Engine::Sqlite)))
    };
    (postgres: $text:expr) => {
        $crate::db::Part($crate::registered_sql!($text, $crate::db::Use::Part, Some($crate::db::Engine::Postgres)))
    };
    ($text:expr) => {
        $crate::db::Part($crate::registered_sql!($text, $crate::db::Use::Part, None))
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! registered_sql {
    ($text:expr, $kind:expr, $only:expr) => {{
        const SQL: $crate::db::Sql = $crate::db::Sql { text: $text, file: file!(), line: line!(), kind: $kind, only: $only };
        $crate::inventory::submit! { SQL }
        SQL
    }};
}

/// The values of a statement, each by its own `From`: `values![id, now, "said"]`.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { [$($crate::db::Value::from($value)),*] };
}

/// A statement put together from registered pieces, for lists whose filters vary.
///
/// ```ignore
/// let mut query = Query::new(sql!("select id, number from matter m where true"));
/// if let Some(state) = filter.state { query = query.and(part!(" and m.state = ?"), [state.into()]); }
/// query.then(part!(" order by m.received_at desc, m.id desc limit ?"), [limit.into()]).all(tx, |row| …)
/// ```
#[derive(Debug, Clone)]
pub struct Query {
    pub(super) text: String,
    pub(super) values: Vec<Value>,
    pub(super) file: &'static str,
    pub(super) line: u32,
}

impl Query {
    /// Begins with a statement that is whole without any part.
    #[must_use]
    pub fn new(sql: Sql) -> Self {
        Self::with(sql, [])
    }

    /// Begins with a statement that has values of its own.
    #[must_use]
    pub fn with(sql: Sql, values: impl IntoIterator<Item = Value>) -> Self {
        Self { text: sql.text.to_owned(), values: values.into_iter().collect(), file: sql.file, line: sql.line }
    }

    /// Appends a condition and its values.
    #[must_use]
    pub fn and(self, part: Part, values: impl IntoIterator<Item = Value>) -> Self {
        self.then(part, values)
    }

    /// Appends a condition with one `?` that stands for as many values as there are: `and m.state in (?)`. Without any value
    /// nothing matches.
    #[must_use]
    pub fn among(mut self, part: Part, values: impl IntoIterator<Item = Value>) -> Self {
        let before = self.values.len();
        self.values.extend(values);
        let marks = match self.values.len() - before {
            0 => "null".to_owned(),
            n => vec!["?"; n].join(", "),
        };
        self.text.push_str(&part.0.text.replacen('?', &marks, 1));
        self
    }

    /// Appends conditions of which one must hold: ` and ((…) or (…))`. Each part is a condition of its own, written ` and …`; without any, nothing matches.
    #[must_use]
    pub fn any(mut self, parts: impl IntoIterator<Item = (Part, Vec<Value>)>) -> Self {
        self.text.push_str(" and (false");
        for (part, values) in parts {
            self.text.push_str(" or (");
            self.text.push_str(part.0.text.trim_start().trim_start_matches("and "));
            self.text.push(')');
            self.values.extend(values);
        }
        self.text.push(')');
        self
    }

    /// Appends what follows the conditions: order, limit, grouping.
    #[must_use]
    pub fn then(mut self, part: Part, values: impl IntoIterator<Item = Value>) -> Self {
        self.text.push_str(part.0.text);
        self.values.extend(values);
        self
    }
}

/// Calls `each` for every stretch of `text`, saying whether it is a value's `?`. Quoted text, quoted names and comments are
/// passed over, so that a `?` in them stays what it is.
fn walk<'t>(text: &'t str, mut each: impl FnMut(&'t str, bool)) {
    let bytes = text.as_bytes();
    let (mut from, mut at) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'\'' | b'"') => {
                at += 1;
                while at < bytes.len() && bytes[at] != quote {
                    at += 1;
                }
            }
            b'-' if bytes[at..].starts_with(b"--") => {
                while at < bytes.len() && bytes[at] != b'\n' {
                    at += 1;
                }
            }
            b'/' if bytes[at..].starts_with(b"/*") => {
                at += 2;
                while at < bytes.len() && !bytes[at..].starts_with(b"*/") {
                    at += 1;
                }
                at += 1;
            }
            b'?' => {
                each(&text[from..at], false);
                each(&text[at..=at], true);
                from = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    each(&text[from..], false);
}

/// The text with `$1`, `$2`, … in place of each `?`.
pub(super) fn dollars(text: &str) -> String {
    let (mut out, mut n) = (String::with_capacity(text.len() + 16), 0);
    walk(text, |stretch, is_place| {
        if is_place {
            n += 1;
            out.push('$');
            out.push_str(&n.to_string());
        } else {
            out.push_str(stretch);
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_places_of_values_are_numbered() {
        let text = "select '?''?', \"a?b\", 名 from t -- why?\n where /* ? */ a = ? and b in (?, ?) and c = '心?'";
        assert_eq!(dollars(text), "select '?''?', \"a?b\", 名 from t -- why?\n where /* ? */ a = $1 and b in ($2, $3) and c = '心?'");
        assert_eq!(dollars("select 1 /* open ?"), "select 1 /* open ?");
        assert_eq!(dollars("?"), "$1");
    }

    #[test]
    fn a_list_of_values_spreads_over_its_place_and_an_empty_one_matches_nothing() {
        let query = Query::new(crate::sql!("select 1 where true"))
            .among(crate::part!(" and 1 in (?)"), [Value::Int(1), Value::Int(2)])
            .among(crate::part!(" and 2 in (?)"), [])
            .then(crate::part!(" limit ?"), [Value::Int(9)]);
        assert_eq!(query.text, "select 1 where true and 1 in (?, ?) and 2 in (null) limit ?");
        assert_eq!(query.values, [Value::Int(1), Value::Int(2), Value::Int(9)]);
    }
}
