//! The security administrator's work: accounts, posts, sessions and tokens of other people.

use super::delegation::{kinds_of, not_there};
use super::session::{self, Which};
use super::{Session, end_everything, token, warrant};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::trail::note;
use domain::accounts::{Actor, Right, held, separate};
use domain::kernel::{AccountId, HoldingId, Instant, Mint, Missing, PostId, Refusal, TokenId};
use domain::trail::{ACCOUNTS, AccountFact, By};
use store::accounts::{Account, Delegation, Holding, Token};
use store::db::Tx;

/// One account with what hangs on it.
#[derive(Debug, Clone)]
pub struct Person {
    /// The account.
    pub account: Account,
    /// Its holdings, past and coming ones too.
    pub holdings: Vec<Holding>,
    /// Its delegations, given and received.
    pub delegations: Vec<Delegation>,
    /// Its sessions that have not ended.
    pub sessions: Vec<Session>,
    /// Its tokens.
    pub tokens: Vec<Token>,
}

/// Every account with the posts that it holds now, by name; `words` narrows by log-in, name, or name of a post held.
pub fn people(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, words: &str, now: Instant) -> Result<Vec<(Account, Vec<Holding>)>, Fault> {
    warrant(actor, Right::ManageAccounts)?;
    let book = desk.rulebook(tx, now)?;
    let mut holdings: std::collections::BTreeMap<AccountId, Vec<Holding>> = std::collections::BTreeMap::new();
    for holding in store::accounts::holdings(tx)?.into_iter().filter(|h| held(h.from_at, h.to_at, now)) {
        holdings.entry(holding.account.clone()).or_default().push(holding);
    }
    let wanted: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let mut all: Vec<_> = store::accounts::all(tx)?
        .into_iter()
        .map(|account| {
            let posts = holdings.remove(&account.id).unwrap_or_default();
            (account, posts)
        })
        .filter(|(account, posts)| {
            let name_of = |h: &Holding| book.network.post(&h.post).map_or_else(String::new, |post| post.name.to_lowercase());
            let text = std::iter::once(format!("{} {}", account.login.to_lowercase(), account.name.to_lowercase())).chain(posts.iter().map(name_of));
            let text: Vec<String> = text.collect();
            wanted.iter().all(|word| text.iter().any(|one| one.contains(word)))
        })
        .collect();
    all.sort_by(|(a, _), (b, _)| a.login.cmp(&b.login));
    Ok(all)
}

/// One account with everything that the security administrator may know of it; its secrets are not among that.
pub fn person(tx: &mut Tx<'_>, actor: &Actor, id: &AccountId, now: Instant) -> Result<Person, Fault> {
    warrant(actor, Right::ManageAccounts)?;
    let account = store::accounts::by_id(tx, id)?.ok_or(Fault::Missing)?;
    Ok(Person {
        holdings: store::accounts::holdings_of(tx, id)?,
        delegations: super::delegations(tx, id, now)?,
        sessions: store::accounts::sessions_of(tx, id, now)?,
        tokens: store::accounts::tokens_of(tx, id)?,
        account,
    })
}

/// What a new account is.
#[derive(Debug, Clone)]
pub struct Opening {
    /// The name to log in with.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// Posts that the person takes at once.
    pub posts: Vec<PostId>,
    /// Hash of the first password, which must be changed.
    pub password: String,
}

/// Opens an account with its posts.
pub fn open(tx: &mut Tx<'_>, actor: &Actor, opening: &Opening, now: Instant, mint: &mut Mint) -> Result<Account, Fault> {
    let head = store::trail::lock(tx, ACCOUNTS)?;
    let by = warrant(actor, Right::ManageAccounts)?;
    let (login, name) = (opening.login.trim(), opening.name.trim());
    let shaped = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if login.is_empty() || login.len() > 64 || !login.chars().all(shaped) {
        return Err(Refusal::at("login_shape", "login", "登录名由字母、数字、-、_、. 组成，最多 64 个").into());
    }
    if name.is_empty() || name.chars().count() > 50 {
        return Err(Refusal::Data(vec![Missing { datum: "name".to_owned(), why: if name.is_empty() { "missing" } else { "too_long" } }]).into());
    }
    if store::accounts::by_login(tx, login)?.is_some() {
        return Err(Refusal::at("login_taken", "login", format!("登录名“{login}”已有人用，请换一个")).into());
    }
    let account = Account {
        id: mint.id(AccountId::PREFIX),
        login: login.to_owned(),
        name: name.to_owned(),
        password: opening.password.clone(),
        must_change: true,
        enabled: true,
        demo: store::places::setting(tx, crate::seed::DEMO)?.as_deref() == Some("true"),
        failed: 0,
        locked_until: None,
        created_at: now,
        second_factor: false,
        seen_at: None,
    };
    let network = store::places::network(tx)?;
    let (mut kinds, mut holdings) = (Vec::new(), Vec::new());
    for post in &opening.posts {
        kinds.push(network.post(post).ok_or_else(|| not_there("post"))?.kind);
        holdings.push(Holding { id: mint.id(HoldingId::PREFIX), account: account.id.clone(), post: post.clone(), from_at: now, to_at: None });
    }
    separate(&kinds)?;
    crate::seed::open_account(tx, head, &account, &holdings, &by, now)?;
    Ok(account)
}

/// Changes one account under the lock of the accounts' chain, with the facts that follow. Nobody changes his own this way: what one needs oneself is on one's own
/// page, and for everything else there is another security administrator, or the shell.
fn change<F>(tx: &mut Tx<'_>, actor: &Actor, right: Right, id: &AccountId, now: Instant, act: &str, what: F) -> Result<(), Fault>
where
    F: FnOnce(&mut Tx<'_>, &mut Account) -> Result<Vec<AccountFact>, Fault>,
{
    let head = store::trail::lock(tx, ACCOUNTS)?;
    let by = warrant(actor, right)?;
    not_oneself(actor, id)?;
    let mut account = store::accounts::by_id(tx, id)?.ok_or(Fault::Missing)?;
    let facts = what(tx, &mut account)?;
    store::accounts::put(tx, &account)?;
    note(tx, &head, now, act, &id.0, &by, &facts)?;
    Ok(())
}

pub(super) fn not_oneself(actor: &Actor, id: &AccountId) -> Result<(), Refusal> {
    if actor.account() == id {
        Err(Refusal::rule("own_account", "不能对自己的帐户这样做；请由另一位安全管理员办理，或由系统管理员在服务器上执行 xinjiean account"))
    } else {
        Ok(())
    }
}

/// Closes an account, or opens it again. Closing ends its sessions and tokens at once.
pub fn set_enabled(tx: &mut Tx<'_>, actor: &Actor, id: &AccountId, on: bool, now: Instant) -> Result<(), Fault> {
    change(tx, actor, Right::ManageAccounts, id, now, if on { "enable" } else { "disable" }, |tx, account| {
        account.enabled = on;
        let mut facts = vec![AccountFact::Enabled { account: id.clone(), on }];
        if !on {
            facts.extend(end_everything(tx, id, "", now)?);
        }
        Ok(facts)
    })
}

/// Opens a locked account before its time.
pub fn unlock(tx: &mut Tx<'_>, actor: &Actor, id: &AccountId, now: Instant) -> Result<(), Fault> {
    change(tx, actor, Right::ManageAccounts, id, now, "unlock", |_, account| {
        (account.failed, account.locked_until) = (0, None);
        Ok(vec![AccountFact::Unlocked { account: id.clone() }])
    })
}

/// Sets a first password anew; sessions and tokens end.
pub fn reset_password(tx: &mut Tx<'_>, actor: &Actor, id: &AccountId, hash: &str, now: Instant) -> Result<(), Fault> {
    change(tx, actor, Right::ManageAccounts, id, now, "reset_password", |tx, account| {
        (account.password, account.must_change) = (hash.to_owned(), true);
        (account.failed, account.locked_until) = (0, None);
        let mut facts = vec![AccountFact::PasswordSet { account: id.clone(), must_change: true }];
        facts.extend(end_everything(tx, id, "", now)?);
        Ok(facts)
    })
}

/// Takes the second factor off somebody who has lost both telephone and recovery codes; sessions and tokens end.
pub fn reset_factor(tx: &mut Tx<'_>, actor: &Actor, id: &AccountId, now: Instant) -> Result<(), Fault> {
    change(tx, actor, Right::ManageAccounts, id, now, "reset_second_factor", |tx, account| {
        store::accounts::drop_factor(tx, id)?;
        account.second_factor = false;
        let mut facts = vec![AccountFact::SecondFactor { account: id.clone(), on: false }];
        facts.extend(end_everything(tx, id, "", now)?);
        Ok(facts)
    })
}

/// A post that is given.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Which.
    pub post: PostId,
    /// From when; now if not said, and never earlier.
    pub from_at: Option<Instant>,
    /// Until when, or open.
    pub to_at: Option<Instant>,
}

/// Gives a post to a person over a span.
pub fn grant(tx: &mut Tx<'_>, actor: &Actor, id: &AccountId, grant: &Grant, now: Instant, mint: &mut Mint) -> Result<Holding, Fault> {
    let head = store::trail::lock(tx, ACCOUNTS)?;
    let by = warrant(actor, Right::GrantPosts)?;
    not_oneself(actor, id)?;
    let account = store::accounts::by_id(tx, id)?.filter(|account| account.enabled).ok_or(Fault::Missing)?;
    let kind = store::places::network(tx)?.post(&grant.post).ok_or_else(|| not_there("post"))?.kind;
    let from = grant.from_at.filter(|at| *at > now).unwrap_or(now);
    if grant.to_at.is_some_and(|to| to <= from) {
        return Err(Refusal::at("holding_span", "to_at", "任职止期须晚于起期").into());
    }
    let overlaps = |h: &Holding| h.post == grant.post && h.to_at.is_none_or(|to| to > from) && grant.to_at.is_none_or(|to| to > h.from_at);
    if store::accounts::holdings_of(tx, id)?.iter().any(overlaps) {
        return Err(Refusal::at("already_held", "post", "此人在这段时间里已任这个岗位").into());
    }
    let mut kinds: Vec<_> = kinds_of(tx, id, now)?.into_iter().map(|seat| seat.kind).collect();
    kinds.push(kind);
    separate(&kinds)?;
    let holding = Holding { id: mint.id(HoldingId::PREFIX), account: account.id, post: grant.post.clone(), from_at: from, to_at: grant.to_at };
    store::accounts::put_holding(tx, &holding)?;
    let fact = AccountFact::Held {
        holding: holding.id.clone(),
        account: holding.account.clone(),
        post: holding.post.clone(),
        from_at: holding.from_at,
        to_at: holding.to_at,
    };
    note(tx, &head, now, "give_post", &id.0, &by, &[fact])?;
    Ok(holding)
}

/// Ends a holding, now or at a later instant.
pub fn end_holding(tx: &mut Tx<'_>, actor: &Actor, id: &AccountId, holding: &HoldingId, at: Option<Instant>, now: Instant) -> Result<(), Fault> {
    let head = store::trail::lock(tx, ACCOUNTS)?;
    let by = warrant(actor, Right::GrantPosts)?;
    not_oneself(actor, id)?;
    let mut found = store::accounts::holdings_of(tx, id)?.into_iter().find(|h| h.id == *holding).ok_or(Fault::Missing)?;
    if found.to_at.is_some_and(|to| to <= now) {
        return Err(Refusal::rule("holding_ended", "这段任职已经结束").into());
    }
    // One that has begun ends no earlier than now; one that has not may end before it begins, which is: never begin.
    let to = at.unwrap_or(now).max(now).max(found.from_at);
    found.to_at = Some(to);
    store::accounts::put_holding(tx, &found)?;
    note(tx, &head, now, "end_post", &id.0, &by, &[AccountFact::HoldingEnded { holding: found.id, to_at: to }])?;
    Ok(())
}

/// Ends sessions of another person.
pub fn end_sessions_of(tx: &mut Tx<'_>, actor: &Actor, id: &AccountId, which: Which<'_>, now: Instant) -> Result<i64, Fault> {
    let by: By = warrant(actor, Right::EndSessions)?;
    store::accounts::by_id(tx, id)?.ok_or(Fault::Missing)?;
    session::end(tx, actor, id, which, &by, now)
}

/// Revokes a token of another person.
pub fn end_token_of(tx: &mut Tx<'_>, actor: &Actor, id: &AccountId, token: &TokenId, now: Instant) -> Result<(), Fault> {
    let head = store::trail::lock(tx, ACCOUNTS)?;
    let by = warrant(actor, Right::EndSessions)?;
    token::revoke(tx, &head, id, token, &by, now)
}
