//! Answers kept for requests that are repeated.

use crate::db::{Broken, Tx};
use crate::{sql, values};
use domain::kernel::{AccountId, Instant};

/// What was answered to a request, to be answered again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// SHA-256 of the request.
    pub fingerprint: String,
    /// The answer, as it was sent.
    pub answer: String,
}

/// The answer to an idempotency key.
pub fn answered(tx: &mut Tx<'_>, account: &AccountId, key: &str) -> Result<Option<Answered>, Broken> {
    tx.one(sql!("select fingerprint, answer from idempotency where account = ? and name = ?"), &values![account, key], |row| {
        Ok(Answered { fingerprint: row.text(0)?, answer: row.text(1)? })
    })
}

/// Keeps an answer, in the transaction of what it answers.
pub fn keep_answer(tx: &mut Tx<'_>, account: &AccountId, key: &str, answered: &Answered, now: Instant) -> Result<(), Broken> {
    tx.exec(
        sql!("insert into idempotency (account, name, fingerprint, answer, at) values (?, ?, ?, ?, ?)"),
        &values![account, key, &answered.fingerprint, &answered.answer, now],
    )?;
    Ok(())
}
