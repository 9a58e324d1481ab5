//! 帐户: logging in, passwords, sessions, tokens, and who acts.

use crate::desk::Desk;
use crate::fault::Fault;
use crate::keys::hex;
use crate::trail::note;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use domain::accounts::Actor;
use domain::kernel::{AccountId, DAY, HOUR, Instant, MINUTE, Mint, Missing, Refusal, TokenId};
use domain::trail::{ACCOUNTS, AccountFact};
use sha2::{Digest, Sha256};
pub use store::accounts::Token;
use store::accounts::{Account, Session};
use store::db::Tx;

/// Wrong passwords in a row before an account is locked, and for how long.
const TRIES: i64 = 5;
const LOCKED: i64 = 15 * MINUTE;
/// A session ends after so long without use, and at the latest after so long.
const SESSION: i64 = 12 * HOUR;
/// A token for scripts lives at most so long.
const TOKEN_DAYS: i64 = 366;
/// Shortest password that is accepted.
const SHORTEST: usize = 10;

/// Passwords checked at once: each check takes 19 MiB, and a small server must not be brought down by a burst of log-ins.
static CHECKS: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(4);

/// Who is at the door: an account with the posts it holds now, and how it came in.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The account.
    pub account: Account,
    /// With its posts.
    pub actor: Actor,
    /// What a write must carry; none for a token.
    pub csrf: Option<String>,
    /// Id of the session; none for a token.
    pub session: Option<String>,
}

/// What a log-in gives.
#[derive(Debug, Clone)]
pub struct LoggedIn {
    /// The secret for the cookie; it is never stored.
    pub secret: String,
    /// Who came in.
    pub visitor: Visitor,
}

/// SHA-256 of a secret, as sessions and tokens are stored.
#[must_use]
pub fn digest(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// Hashes a password with argon2id (RFC 9106 second recommended option is 64 MiB; the crate's default of 19 MiB, t = 2 is OWASP's minimum and fits a small server).
pub fn hash_password(password: &str, salt: &[u8; 32]) -> Result<String, Fault> {
    Ok(Argon2::default().hash_password_with_salt(password.as_bytes(), &salt[..16]).map_err(|error| Fault::Broken(error.to_string()))?.to_string())
}

fn verify_password(password: &str, stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Logs in. An unknown name costs the same time as a wrong password and gets the same answer.
pub async fn log_in(desk: &Desk, login: String, password: String) -> Result<LoggedIn, Fault> {
    /// A hash that no password has, so that an unknown name does the same work.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let now = desk.now();
    let name = login.clone();
    let found = desk.read(move |tx, _| Ok(store::accounts::by_login(tx, &name)?)).await?;
    if let Some(until) = found.as_ref().and_then(|account| account.locked_until).filter(|until| *until > now) {
        return Err(Fault::Locked(until));
    }
    let stored = found.as_ref().map_or(NOBODY, |account| &account.password).to_owned();
    let turn = CHECKS.acquire().await.map_err(|error| Fault::Broken(error.to_string()))?;
    let right = tokio::task::spawn_blocking(move || verify_password(&password, &stored)).await.map_err(|error| Fault::Broken(error.to_string()))?;
    drop(turn);
    let Some(account) = found.filter(|account| account.enabled) else { return Err(Fault::WrongPassword) };
    let id = account.id;
    if !right {
        desk.write(move |tx, _, now, _| wrong(tx, &id, now)).await?;
        return Err(Fault::WrongPassword);
    }
    desk.write(move |tx, _, now, mint| {
        let Some(mut account) = store::accounts::by_id(tx, &id)? else { return Err(Fault::WrongPassword) };
        if account.failed != 0 || account.locked_until.is_some() {
            (account.failed, account.locked_until) = (0, None);
            store::accounts::put(tx, &account)?;
        }
        store::accounts::sweep_sessions(tx, now)?;
        let (secret, csrf) = (hex(&mint.bytes()), hex(&mint.bytes()));
        let session = Session { id: digest(&secret), account: id.clone(), csrf: csrf.clone(), created_at: now, seen_at: now, expires_at: now.plus(SESSION) };
        store::accounts::put_session(tx, &session)?;
        let actor = Actor::person(id.clone(), store::accounts::seats(tx, &id, now)?);
        Ok(LoggedIn { secret, visitor: Visitor { account, actor, csrf: Some(csrf), session: Some(session.id) } })
    })
    .await
}

/// Counts a wrong password; the fifth in a row locks, and that is an event.
fn wrong(tx: &mut Tx<'_>, id: &AccountId, now: Instant) -> Result<(), Fault> {
    let head = store::trail::lock(tx, ACCOUNTS)?;
    let Some(mut account) = store::accounts::by_id(tx, id)? else { return Ok(()) };
    account.failed += 1;
    if account.failed >= TRIES {
        let until = now.plus(LOCKED);
        (account.failed, account.locked_until) = (0, Some(until));
        note(tx, &head, now, "lock", &id.0, &Actor::system().by(None), &[AccountFact::Locked { account: id.clone(), until }])?;
    }
    Ok(store::accounts::put(tx, &account)?)
}

/// Who a session's secret belongs to.
pub fn by_session(tx: &mut Tx<'_>, secret: &str, now: Instant) -> Result<Visitor, Fault> {
    let session = store::accounts::session(tx, &digest(secret), now)?.ok_or(Fault::Anonymous)?;
    let mut visitor = visitor(tx, &session.account, now)?;
    (visitor.csrf, visitor.session) = (Some(session.csrf), Some(session.id));
    Ok(visitor)
}

/// Who a token belongs to.
pub fn by_token(tx: &mut Tx<'_>, token: &str, now: Instant) -> Result<Visitor, Fault> {
    let token = store::accounts::token(tx, &digest(token), now)?.ok_or(Fault::Anonymous)?;
    visitor(tx, &token.account, now)
}

fn visitor(tx: &mut Tx<'_>, account: &AccountId, now: Instant) -> Result<Visitor, Fault> {
    let account = store::accounts::by_id(tx, account)?.filter(|account| account.enabled).ok_or(Fault::Anonymous)?;
    let actor = Actor::person(account.id.clone(), store::accounts::seats(tx, &account.id, now)?);
    Ok(Visitor { account, actor, csrf: None, session: None })
}

/// Ends a session.
pub fn log_out(tx: &mut Tx<'_>, session: &str) -> Result<(), Fault> {
    Ok(store::accounts::end_session(tx, session)?)
}

/// Sets a new password; all other sessions of the account end.
pub async fn change_password(desk: &Desk, visitor: &Visitor, old: String, new: String) -> Result<(), Fault> {
    if new.chars().count() < SHORTEST {
        return Err(Refusal::at("password_short", "new", format!("新密码至少 {SHORTEST} 个字符")).into());
    }
    if new == old || new.to_lowercase().contains(&visitor.account.login.to_lowercase()) {
        return Err(Refusal::at("password_weak", "new", "新密码不能与旧密码相同，也不能包含登录名").into());
    }
    let stored = visitor.account.password.clone();
    let salt = desk.mint(desk.now()).bytes();
    let hash = tokio::task::spawn_blocking(move || if verify_password(&old, &stored) { hash_password(&new, &salt).map(Some) } else { Ok(None) })
        .await
        .map_err(|error| Fault::Broken(error.to_string()))??;
    let Some(hash) = hash else { return Err(Refusal::at("password_wrong", "old", "旧密码不对").into()) };
    let (id, session, actor) = (visitor.account.id.clone(), visitor.session.clone().unwrap_or_default(), visitor.actor.clone());
    desk.write(move |tx, _, now, _| {
        let head = store::trail::lock(tx, ACCOUNTS)?;
        let mut account = store::accounts::by_id(tx, &id)?.ok_or(Fault::Anonymous)?;
        (account.password, account.must_change) = (hash.clone(), false);
        store::accounts::put(tx, &account)?;
        store::accounts::end_other_sessions(tx, &id, &session)?;
        note(tx, &head, now, "set_password", &id.0, &actor.by(None), &[AccountFact::PasswordSet { account: id.clone(), must_change: false }])?;
        Ok(())
    })
    .await
}

/// Makes a token for scripts that acts with the account's own posts. The secret comes from the door, which can make it again for a repeated request.
pub fn make_token(tx: &mut Tx<'_>, actor: &Actor, name: &str, days: i64, secret: &str, now: Instant, mint: &mut Mint) -> Result<Token, Fault> {
    if name.trim().is_empty() || name.chars().count() > 100 {
        return Err(Refusal::Data(vec![Missing { datum: "name".to_owned(), why: "missing" }]).into());
    }
    if !(1..=TOKEN_DAYS).contains(&days) {
        return Err(Refusal::at("token_span", "expires_in_days", format!("有效期为 1 至 {TOKEN_DAYS} 天")).into());
    }
    let head = store::trail::lock(tx, ACCOUNTS)?;
    let token = Token {
        id: mint.id(TokenId::PREFIX),
        account: actor.account().clone(),
        name: name.trim().to_owned(),
        digest: digest(secret),
        created_at: now,
        expires_at: now.plus(days * DAY),
        revoked: false,
    };
    store::accounts::put_token(tx, &token)?;
    let fact = AccountFact::TokenMade { token: token.id.clone(), account: token.account.clone(), expires_at: token.expires_at };
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
    let mut token = store::accounts::tokens_of(tx, actor.account())?.into_iter().find(|token| token.id == *id).ok_or(Fault::Missing)?;
    token.revoked = true;
    store::accounts::put_token(tx, &token)?;
    note(tx, &head, now, "revoke_token", &token.account.0, &actor.by(None), &[AccountFact::TokenRevoked { token: id.clone() }])?;
    Ok(())
}
