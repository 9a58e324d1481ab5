//! 帐户: logging in, passwords, the second factor, sessions, tokens, delegations, and the work of the security administrator and the auditor.
//!
//! Whoever acts on other people's accounts asks [`warrant`] first; whoever acts on his own needs nothing but being that person.

mod audit;
mod delegation;
mod factor;
mod leave;
mod manage;
mod session;
mod token;
mod totp;

pub use audit::{Look, audit};
pub use delegation::{Delegation, Lending, colleagues, delegate, delegations, end_delegation};
pub use factor::{Enrolment, FactorState, begin_factor, code_of, confirm_factor, enrolment, factor_state, recovery_codes, remove_factor};
pub use leave::{Passed, leave, release_work};
pub use manage::{
    Grant, Opening, Person, end_holding, end_sessions_of, end_token_of, grant, open, people, person, reset_factor, reset_password, set_enabled, unlock,
};
pub use session::{Session, Which, end_own_sessions, handle, log_out, sessions};
pub use token::{Token, TokenWish, make_token, revoke_token, tokens};

use crate::desk::Desk;
use crate::fault::Fault;
use crate::keys::hex;
use crate::trail::note;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use domain::accounts::{Actor, Reach, Right, may_somewhere};
use domain::kernel::{AccountId, HOUR, Instant, MINUTE, Refusal, TokenId};
use domain::trail::{ACCOUNTS, AccountFact, By};
use sha2::{Digest, Sha256};
pub use store::accounts::Account;
use store::db::Tx;

/// Wrong passwords in a row before an account is locked, and for how long.
const TRIES: i64 = 5;
const LOCKED: i64 = 15 * MINUTE;
/// A session ends at the latest after so long.
const SESSION: i64 = 12 * HOUR;
/// How exactly is remembered when a session or token was last used.
const SEEN: i64 = 5 * MINUTE;
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
    /// Id of the token; none for a session.
    pub token: Option<TokenId>,
    /// What it may do at most: everything for a session.
    pub reach: Reach,
    /// A second factor must be bound before anything else.
    pub must_enrol: bool,
    /// When the session or token was last used, as far as is remembered.
    pub seen_at: Option<Instant>,
}

/// What is said at the door.
#[derive(Clone, Default)]
pub struct Knock {
    /// The log-in.
    pub login: String,
    /// The password.
    pub password: String,
    /// The second factor, once it is asked for: six digits, or a recovery code.
    pub code: Option<String>,
    /// From which network address.
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
}

impl Knock {
    /// Name and password alone.
    #[must_use]
    pub fn new(login: impl Into<String>, password: impl Into<String>) -> Self {
        Self { login: login.into(), password: password.into(), ..Self::default() }
    }
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

/// Logs in. A name that is unknown, closed or locked and a password that is wrong are one answer, and cost one check and one write alike: nothing tells them
/// apart, and a locked account does not say whether the password would have been right.
pub async fn log_in(desk: &Desk, knock: Knock) -> Result<LoggedIn, Fault> {
    /// A hash that no password has, so that an unknown name does the same work.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let now = desk.now();
    let name = knock.login.clone();
    let found = desk.read(move |tx, _| Ok(store::accounts::by_login(tx, &name)?)).await?;
    let stored = found.as_ref().map_or(NOBODY, |account| &account.password).to_owned();
    let turn = CHECKS.acquire().await.map_err(|error| Fault::Broken(error.to_string()))?;
    let password = knock.password.clone();
    let right = tokio::task::spawn_blocking(move || verify_password(&password, &stored)).await.map_err(|error| Fault::Broken(error.to_string()))?;
    drop(turn);
    let open = found.filter(|account| account.enabled && account.locked_until.is_none_or(|until| until <= now)).map(|account| account.id);
    let Some(id) = open.clone().filter(|_| right) else {
        desk.write(move |tx, _, now, _| wrong(tx, open.as_ref(), now)).await?;
        return Err(Fault::WrongPassword);
    };
    let entered = desk.write(move |tx, desk, now, mint| {
        // The chain is locked for everybody who comes in, so that of two who use one code, one is refused.
        let head = store::trail::lock(tx, ACCOUNTS)?;
        let Some(mut account) = store::accounts::by_id(tx, &id)?.filter(|account| account.enabled) else { return Err(Fault::WrongPassword) };
        let mut facts = Vec::new();
        if account.second_factor {
            let Some(code) = knock.code.as_deref().filter(|code| !code.trim().is_empty()) else { return Err(Fault::SecondFactor) };
            if !factor::passes(tx, desk.keys(), &account, code, now, &mut facts)? {
                wrong(tx, Some(&id), now)?;
                return Ok(None);
            }
        }
        (account.failed, account.locked_until, account.seen_at) = (0, None, Some(now));
        store::accounts::put(tx, &account)?;
        if !facts.is_empty() {
            note(tx, &head, now, "recover", &id.0, &Actor::person(id.clone(), Vec::new()).by(None), &facts)?;
        }
        store::accounts::sweep_sessions(tx, now)?;
        let (secret, csrf) = (hex(&mint.bytes()), hex(&mint.bytes()));
        let session = Session {
            id: digest(&secret),
            account: id.clone(),
            csrf,
            created_at: now,
            seen_at: now,
            expires_at: now.plus(SESSION),
            address: knock.address.chars().take(64).collect(),
            agent: knock.agent.chars().take(120).collect(),
        };
        store::accounts::put_session(tx, &session)?;
        Ok(Some(LoggedIn { secret, visitor: of_session(tx, session, now)? }))
    });
    entered.await?.ok_or(Fault::WrongCode)
}

/// Counts a wrong password or code; the fifth in a row locks, and that is an event. For nobody it only takes the same way.
fn wrong(tx: &mut Tx<'_>, id: Option<&AccountId>, now: Instant) -> Result<(), Fault> {
    let head = store::trail::lock(tx, ACCOUNTS)?;
    let Some(id) = id else { return Ok(()) };
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
    of_session(tx, session, now)
}

fn of_session(tx: &mut Tx<'_>, session: Session, now: Instant) -> Result<Visitor, Fault> {
    let visitor = visitor(tx, &session.account, now)?;
    Ok(Visitor { csrf: Some(session.csrf), session: Some(session.id), seen_at: Some(session.seen_at), ..visitor })
}

/// Who a token belongs to.
pub fn by_token(tx: &mut Tx<'_>, token: &str, now: Instant) -> Result<Visitor, Fault> {
    let token = store::accounts::token(tx, &digest(token), now)?.ok_or(Fault::Anonymous)?;
    let visitor = visitor(tx, &token.account, now)?;
    // What cannot be read any more reaches nowhere rather than everywhere.
    Ok(Visitor { reach: Reach::read(&token.reach).unwrap_or(Reach::Read), token: Some(token.id), seen_at: token.seen_at, ..visitor })
}

fn visitor(tx: &mut Tx<'_>, account: &AccountId, now: Instant) -> Result<Visitor, Fault> {
    let account = store::accounts::by_id(tx, account)?.filter(|account| account.enabled).ok_or(Fault::Anonymous)?;
    let actor = Actor::person(account.id.clone(), store::accounts::seats(tx, &account.id, now)?);
    let must_enrol = !account.second_factor && must_have_factor(tx, &actor)?;
    Ok(Visitor { account, actor, csrf: None, session: None, token: None, reach: Reach::All, must_enrol, seen_at: None })
}

/// Whether this person must have a second factor: the three administrators, except in a demonstration, whose passwords are printed anyway.
fn must_have_factor(tx: &mut Tx<'_>, actor: &Actor) -> Result<bool, Fault> {
    Ok(actor.administers() && store::places::setting(tx, crate::seed::DEMO)?.as_deref() != Some("true"))
}

impl Visitor {
    /// Whether it is worth remembering that the session or token is used now.
    #[must_use]
    pub fn is_news(&self, now: Instant) -> bool {
        (self.session.is_some() || self.token.is_some()) && self.seen_at.is_none_or(|at| now.since(at) >= SEEN)
    }
}

/// Remembers that a session or token is used now.
pub fn touch(tx: &mut Tx<'_>, visitor: &Visitor, now: Instant) -> Result<(), Fault> {
    if let Some(session) = &visitor.session {
        store::accounts::touch_session(tx, session, now)?;
    }
    if let Some(token) = &visitor.token {
        store::accounts::touch_token(tx, token, now)?;
    }
    Ok(())
}

/// Refuses a poor password, by the datum `new`.
fn good_password(new: &str, login: &str) -> Result<(), Refusal> {
    if new.chars().count() < SHORTEST {
        return Err(Refusal::at("password_short", "new", format!("新密码至少 {SHORTEST} 个字符")));
    }
    if new.to_lowercase().contains(&login.to_lowercase()) {
        return Err(Refusal::at("password_weak", "new", "新密码不能与旧密码相同，也不能包含登录名"));
    }
    Ok(())
}

/// Sets a new password; all other sessions of the account end, and all its tokens.
pub async fn change_password(desk: &Desk, visitor: &Visitor, old: String, new: String) -> Result<(), Fault> {
    good_password(&new, &visitor.account.login)?;
    if new == old {
        return Err(Refusal::at("password_weak", "new", "新密码不能与旧密码相同，也不能包含登录名").into());
    }
    let stored = visitor.account.password.clone();
    let salt = desk.mint(desk.now()).bytes();
    let turn = CHECKS.acquire().await.map_err(|error| Fault::Broken(error.to_string()))?;
    let hash = tokio::task::spawn_blocking(move || if verify_password(&old, &stored) { hash_password(&new, &salt).map(Some) } else { Ok(None) })
        .await
        .map_err(|error| Fault::Broken(error.to_string()))??;
    drop(turn);
    let Some(hash) = hash else { return Err(Refusal::at("password_wrong", "old", "旧密码不对").into()) };
    let (id, session, actor) = (visitor.account.id.clone(), visitor.session.clone().unwrap_or_default(), visitor.actor.clone());
    desk.write(move |tx, _, now, _| {
        let head = store::trail::lock(tx, ACCOUNTS)?;
        let mut account = store::accounts::by_id(tx, &id)?.ok_or(Fault::Anonymous)?;
        (account.password, account.must_change) = (hash.clone(), false);
        store::accounts::put(tx, &account)?;
        let mut facts = vec![AccountFact::PasswordSet { account: id.clone(), must_change: false }];
        facts.extend(end_everything(tx, &id, &session, now)?);
        note(tx, &head, now, "set_password", &id.0, &actor.by(None), &facts)?;
        Ok(())
    })
    .await
}

/// Ends every session of an account but `keep`, and every token; the facts go into the caller's entry.
fn end_everything(tx: &mut Tx<'_>, id: &AccountId, keep: &str, now: Instant) -> Result<Vec<AccountFact>, Fault> {
    let ended = store::accounts::end_other_sessions(tx, id, keep)?;
    let mut facts = token::revoke_all(tx, id, now)?;
    if ended > 0 {
        facts.push(AccountFact::SessionsEnded { account: id.clone(), n: i64::try_from(ended).unwrap_or(i64::MAX) });
    }
    Ok(facts)
}

/// In whose name something is done to other people's accounts: a post with the right, or the shell of the machine.
fn warrant(actor: &Actor, right: Right) -> Result<By, Fault> {
    if actor.is_system() { Ok(actor.by(None)) } else { Ok(actor.by(Some(may_somewhere(actor, right)?))) }
}
