//! Tokens for scripts: made by their owner, with an end and with a reach, never more than the owner.

use super::digest;
use crate::fault::Fault;
use crate::trail::note;
use domain::accounts::{Actor, Reach};
use domain::kernel::{AccountId, DAY, Instant, Mint, Missing, Refusal, TokenId};
use domain::trail::{ACCOUNTS, AccountFact, By};
pub use store::accounts::Token;
use store::db::Tx;
use store::trail::Head;

/// A token for scripts lives at most so long: a year.
const TOKEN_DAYS: i64 = 366;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct TokenWish {
    /// What for.
    pub name: String,
    /// For how long.
    pub days: i64,
    /// What it may do.
    pub reach: Reach,
}

/// Makes a token for scripts that acts with the account's own posts. The secret comes from the door, which can make it again for a repeated request.
pub fn make_token(tx: &mut Tx<'_>, actor: &Actor, wish: &TokenWish, secret: &str, now: Instant, mint: &mut Mint) -> Result<Token, Fault> {
    let name = wish.name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Refusal::Data(vec![Missing { datum: "name".to_owned(), why: "missing" }]).into());
    }
    if !(1..=TOKEN_DAYS).contains(&wish.days) {
        return Err(Refusal::at("token_span", "expires_in_days", format!("有效期为 1 至 {TOKEN_DAYS} 天")).into());
    }
    let head = store::trail::lock(tx, ACCOUNTS)?;
    let token = Token {
        id: mint.id(TokenId::PREFIX),
        account: actor.account().clone(),
        name: name.to_owned(),
        digest: digest(secret),
        created_at: now,
        expires_at: now.plus(wish.days * DAY),
        revoked: false,
        reach: wish.reach.text(),
        seen_at: None,
    };
    store::accounts::put_token(tx, &token)?;
    let fact = AccountFact::TokenMade { token: token.id.clone(), account: token.account.clone(), expires_at: token.expires_at, reach: token.reach.clone() };
    note(tx, &head, now, "make_token", &token.account.0, &actor.by(None), &[fact])?;
    Ok(token)
}

/// The account's tokens, newest first.
pub fn tokens(tx: &mut Tx<'_>, account: &AccountId) -> Result<Vec<Token>, Fault> {
    Ok(store::accounts::tokens_of(tx, account)?)
}

/// Revokes one of the account's own tokens.
pub fn revoke_token(tx: &mut Tx<'_>, actor: &Actor, id: &TokenId, now: Instant) -> Result<(), Fault> {
    let head = store::trail::lock(tx, ACCOUNTS)?;
    revoke(tx, &head, actor.account(), id, &actor.by(None), now)
}

/// Revokes a token of an account, in the name of whoever may.
pub(super) fn revoke(tx: &mut Tx<'_>, head: &Head, account: &AccountId, id: &TokenId, by: &By, now: Instant) -> Result<(), Fault> {
    let mut token = store::accounts::tokens_of(tx, account)?.into_iter().find(|token| token.id == *id).ok_or(Fault::Missing)?;
    token.revoked = true;
    store::accounts::put_token(tx, &token)?;
    note(tx, head, now, "revoke_token", &token.account.0, by, &[AccountFact::TokenRevoked { token: id.clone() }])?;
    Ok(())
}

/// Revokes every token of an account that still works; the facts go into the caller's entry.
pub(super) fn revoke_all(tx: &mut Tx<'_>, account: &AccountId, now: Instant) -> Result<Vec<AccountFact>, Fault> {
    let mut facts = Vec::new();
    for mut token in store::accounts::tokens_of(tx, account)? {
        if !token.revoked && token.expires_at > now {
            token.revoked = true;
            store::accounts::put_token(tx, &token)?;
            facts.push(AccountFact::TokenRevoked { token: token.id });
        }
    }
    Ok(facts)
}
