//! Search: our own bigrams with positions on both engines (FTS5 phrase, `tsvector` phrase). With `db`, the only place that may name an engine.
//!
//! The tokens come in ready (`insight::text`): the same tokenizer feeds both engines and the query.

use crate::db::{Broken, Engine, Query, Tx};
use crate::{part, sql, values};
use domain::kernel::MatterId;

/// A phrase: tokens that follow each other, the last one perhaps only a beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// The tokens: letters, digits and Han only.
    pub tokens: Vec<String>,
    /// Whether the last token is only a beginning.
    pub prefix: bool,
}

/// A query: phrases that must all occur, in the language of the engine that is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    phrases: Vec<Phrase>,
    engine: Engine,
}

impl Ask {
    /// A query for the engine of this transaction; none if it has no phrase to look for.
    #[must_use]
    pub fn new(tx: &Tx<'_>, phrases: Vec<Phrase>) -> Option<Self> {
        let clean = phrases.iter().all(|p| !p.tokens.is_empty() && p.tokens.iter().all(|t| !t.is_empty() && t.chars().all(char::is_alphanumeric)));
        (clean && !phrases.is_empty()).then(|| Self { phrases, engine: tx.engine() })
    }
}

/// Indexes a matter's texts, or indexes them anew.
pub fn put(tx: &mut Tx<'_>, matter: &MatterId, tokens: &[String]) -> Result<(), Broken> {
    let found = tx.one(
        sql!("insert into search_row (matter) values (?) on conflict (matter) do update set matter = excluded.matter returning id"),
        &values![matter],
        |row| row.int(0),
    )?;
    let Some(id) = found else { return Err(Broken::Other { said: "the search row was not returned".to_owned(), at: "search".to_owned() }) };
    match tx.engine() {
        Engine::Sqlite => {
            tx.exec(sql!(sqlite: "delete from search where rowid = ?"), &values![id])?;
            tx.exec(sql!(sqlite: "insert into search (rowid, grams) values (?, ?)"), &values![id, tokens.join(" ")])?;
        }
        Engine::Postgres => {
            tx.exec(sql!(postgres: "delete from search where rowid = ?"), &values![id])?;
            for (part, tokens) in parts(tokens).enumerate() {
                tx.exec(
                    sql!(postgres: "insert into search (rowid, part, grams) values (?, ?, cast(cast(? as text) as tsvector))"),
                    &values![id, i64::try_from(part).unwrap_or(i64::MAX), vector(tokens)],
                )?;
            }
        }
    }
    Ok(())
}

/// Narrows a query over `matter m` to those whose texts hold the phrases.
pub(crate) fn matching(query: Query, ask: &Ask) -> Query {
    match ask.engine {
        Engine::Sqlite => query.and(
            part!(sqlite: " and m.id in (select r.matter from search_row r where r.id in (select s.rowid from search s where s.grams match ?))"),
            [phrases(ask).into()],
        ),
        // Each phrase by itself: one may stand in one part and another in another.
        Engine::Postgres => ask.phrases.iter().fold(query, |query, phrase| {
            query.and(
                part!(postgres: " and m.id in (select r.matter from search_row r join search s on s.rowid = r.id where s.grams @@ cast(cast(? as text) as tsquery))"),
                [tsquery(phrase).into()],
            )
        }),
    }
}

/// Tokens hold letters, digits and Han only, so quoting them is enough.
fn phrases(ask: &Ask) -> String {
    let phrase = |phrase: &Phrase| format!("\"{}\"{}", phrase.tokens.join(" "), if phrase.prefix { " *" } else { "" });
    ask.phrases.iter().map(phrase).collect::<Vec<_>>().join(" AND ")
}

fn tsquery(phrase: &Phrase) -> String {
    let last = phrase.tokens.len().saturating_sub(1);
    let token = |(i, token): (usize, &String)| format!("'{token}'{}", if phrase.prefix && i == last { ":*" } else { "" });
    phrase.tokens.iter().enumerate().map(token).collect::<Vec<_>>().join(" <-> ")
}

/// Tokens of one `tsvector`. It keeps 256 positions of a token and none beyond 16,383, so a long file is cut into parts.
const PART: usize = 2_048;
/// Tokens that a part shares with the next, so that no phrase of up to so many is cut.
const SHARED: usize = 128;

/// The parts of a file's tokens; one, perhaps empty, for a short one.
fn parts(tokens: &[String]) -> impl Iterator<Item = &[String]> {
    (0..tokens.len().max(1)).step_by(PART - SHARED).map(|from| &tokens[from..tokens.len().min(from + PART)])
}

/// A `tsvector` in its text form, with positions.
fn vector(tokens: &[String]) -> String {
    tokens.iter().enumerate().map(|(at, token)| format!("'{token}':{}", at + 1)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_short_phrase_is_cut_between_parts() {
        let tokens: Vec<String> = (0..5_000).map(|n| n.to_string()).collect();
        let parts: Vec<&[String]> = parts(&tokens).collect();
        for phrase in tokens.windows(SHARED) {
            assert!(parts.iter().any(|part| part.windows(SHARED).any(|window| window[0] == phrase[0])), "{}", phrase[0]);
        }
        assert!(parts.iter().all(|part| part.len() <= PART));
        assert_eq!(super::parts(&[]).count(), 1);
    }
}
