//! Leaving: one act that ends everything that a person had, at once, and passes on what the person had in hand.

use super::delegation::not_there;
use super::manage::not_oneself;
use super::{end_everything, warrant};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::trail::{note, record};
use domain::accounts::{Actor, Right};
use domain::kernel::{AccountId, Instant, MatterId, Mint, UnitId};
use domain::matters::{Matter, TaskState};
use domain::trail::{ACCOUNTS, AccountFact};
use std::collections::BTreeMap;
use store::db::Tx;

/// What passed on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passed {
    /// Matters whose handler the person was, by the unit that has them now.
    pub matters: BTreeMap<UnitId, i64>,
    /// Open tasks of the person, by the unit that has them now.
    pub tasks: BTreeMap<UnitId, i64>,
    /// Holdings that ended.
    pub holdings: i64,
    /// Delegations that ended, given and received.
    pub delegations: i64,
    /// Sessions that ended.
    pub sessions: i64,
    /// Tokens that were revoked.
    pub tokens: i64,
}

/// Takes in whoever leaves: the account is closed, sessions and tokens end, posts and delegations end, and the person's work is the units' again. All of it is one
/// transaction; asked for again, it passes on whatever was left.
///
/// Every chain in which a matter can lie is locked first, in the order of their names, so that nothing is given to the person while this is under way.
pub fn leave(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, id: &AccountId, now: Instant, mint: &mut Mint) -> Result<Passed, Fault> {
    let head = store::trail::lock(tx, ACCOUNTS)?;
    let by = warrant(actor, Right::ManageAccounts)?;
    not_oneself(actor, id)?;
    for chain in store::trail::heads(tx)?.into_iter().map(|head| head.chain).filter(|chain| chain.starts_with(UnitId::PREFIX)) {
        store::trail::lock(tx, &chain)?;
    }
    let mut account = store::accounts::by_id(tx, id)?.ok_or_else(|| not_there("account"))?;
    // The matters first: they look things up in the rule book, which must not be read between an entry of the accounts' chain and its commit.
    let mut passed = release_work(tx, desk, id, now, mint)?;
    account.enabled = false;
    store::accounts::put(tx, &account)?;
    let mut facts = vec![AccountFact::Enabled { account: id.clone(), on: false }];
    for mut holding in store::accounts::holdings_of(tx, id)?.into_iter().filter(|h| h.to_at.is_none_or(|to| to > now)) {
        let to = now.max(holding.from_at);
        holding.to_at = Some(to);
        store::accounts::put_holding(tx, &holding)?;
        facts.push(AccountFact::HoldingEnded { holding: holding.id, to_at: to });
        passed.holdings += 1;
    }
    for mut delegation in store::accounts::delegations_of(tx, id, now)? {
        let to = now.max(delegation.from_at);
        delegation.to_at = to;
        store::accounts::put_delegation(tx, &delegation)?;
        facts.push(AccountFact::DelegationEnded { delegation: delegation.id, to_at: to });
        passed.delegations += 1;
    }
    for fact in end_everything(tx, id, "", now)? {
        match &fact {
            AccountFact::SessionsEnded { n, .. } => passed.sessions += n,
            _ => passed.tokens += 1,
        }
        facts.push(fact);
    }
    let (matters, tasks) = (passed.matters.values().sum(), passed.tasks.values().sum());
    facts.push(AccountFact::WorkPassed { account: id.clone(), matters, tasks });
    note(tx, &head, now, "leave", &id.0, &by, &facts)?;
    Ok(passed)
}

/// Passes on what `account` has in hand: one act `release` in the chain of each matter, by the system.
pub fn release_work(tx: &mut Tx<'_>, desk: &Desk, account: &AccountId, now: Instant, mint: &mut Mint) -> Result<Passed, Fault> {
    let mut passed = Passed::default();
    for id in store::accounts::work_of(tx, account)? {
        if let Some(before) = release(tx, desk, &id, account, now, mint)? {
            count(&mut passed, &before, account);
        }
    }
    Ok(passed)
}

fn release(tx: &mut Tx<'_>, desk: &Desk, id: &MatterId, account: &AccountId, now: Instant, mint: &mut Mint) -> Result<Option<Matter>, Fault> {
    let Some(home) = store::matters::locked(tx, id)? else { return Ok(None) };
    let head = store::trail::lock(tx, &home.0)?;
    let Some(matter) = store::matters::load(tx, id)? else { return Ok(None) };
    let book = desk.rulebook(tx, now)?;
    let hash = head.hash.clone();
    let Some(decision) = domain::matters::release(&matter, account, &mut book.desk(now, mint, &[], &hash))? else { return Ok(None) };
    record(tx, desk, head, Some(&matter), id, decision, now, mint)?;
    Ok(Some(matter))
}

fn count(passed: &mut Passed, matter: &Matter, account: &AccountId) {
    if matter.handler.as_ref() == Some(account)
        && let Some(lead) = &matter.lead
    {
        *passed.matters.entry(lead.clone()).or_default() += 1;
    }
    for task in matter.tasks.iter().filter(|task| task.state == TaskState::Open && task.account.as_ref() == Some(account)) {
        *passed.tasks.entry(task.unit.clone()).or_default() += 1;
    }
}
