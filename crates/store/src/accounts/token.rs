//! Tokens for scripts.

use crate::db::{Broken, Tx};
use crate::take::Take;
use crate::{sql, values};
use domain::kernel::{AccountId, Instant, TokenId};

/// A token for scripts. The digest is the SHA-256 of the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// Whose.
    pub account: AccountId,
    /// What for.
    pub name: String,
    /// SHA-256 of the token.
    pub digest: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it ends.
    pub expires_at: Instant,
    /// Revoked.
    pub revoked: bool,
    /// What it may do.
    pub reach: String,
    /// When it was last used.
    pub seen_at: Option<Instant>,
}

fn token_row(row: &crate::db::Row<'_>) -> Result<Token, Broken> {
    let mut take = Take::new(row);
    Ok(Token {
        id: take.id()?,
        account: take.id()?,
        name: take.text()?,
        digest: take.text()?,
        created_at: take.instant()?,
        expires_at: take.instant()?,
        revoked: take.flag()?,
        reach: take.text()?,
        seen_at: take.opt_instant()?,
    })
}

/// Writes a token, or its revocation.
pub fn put_token(tx: &mut Tx<'_>, t: &Token) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into api_token (id, account, name, digest, created_at, expires_at, revoked, reach) values (?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (id) do update set revoked = excluded.revoked"
        ),
        &values![&t.id, &t.account, &t.name, &t.digest, t.created_at, t.expires_at, t.revoked, &t.reach],
    )?;
    Ok(())
}

/// A token that is valid now.
pub fn token(tx: &mut Tx<'_>, digest: &str, now: Instant) -> Result<Option<Token>, Broken> {
    tx.one(
        sql!("select id, account, name, digest, created_at, expires_at, revoked, reach, seen_at from api_token where digest = ? and expires_at > ? and revoked = ?"),
        &values![digest, now, false],
        token_row,
    )
}

/// The tokens of an account, newest first.
pub fn tokens_of(tx: &mut Tx<'_>, account: &AccountId) -> Result<Vec<Token>, Broken> {
    tx.all(
        sql!("select id, account, name, digest, created_at, expires_at, revoked, reach, seen_at from api_token where account = ? order by created_at desc, id desc"),
        &values![account],
        token_row,
    )
}

/// Every token, for verification.
pub fn tokens(tx: &mut Tx<'_>) -> Result<Vec<Token>, Broken> {
    tx.all(sql!("select id, account, name, digest, created_at, expires_at, revoked, reach, seen_at from api_token order by id"), &[], token_row)
}

/// Remembers when a token was last used.
pub fn touch_token(tx: &mut Tx<'_>, id: &TokenId, now: Instant) -> Result<(), Broken> {
    tx.exec(sql!("update api_token set seen_at = ? where id = ?"), &values![now, id])?;
    Ok(())
}
