//! The rule book as data that the house may change: what a change would move is shown before it is made, and what was may be set again.
//!
//! A clock is pinned to the version of the policy with which it began. A change makes a new version for clocks to come; if it is meant for open matters too, a job
//! moves their clocks one matter at a time, by an ordinary act in each chain, so that nobody waits for a transaction over the whole ledger. The preview is the same
//! decision, not carried out.

use crate::desk::Desk;
use crate::fault::Fault;
use crate::out::Failure;
use crate::rulebook::Rulebook;
use crate::trail::{note, record};
use domain::accounts::{Actor, Right, may_somewhere};
use domain::dispatch::{Mark, Policy};
use domain::kernel::{Instant, MatterId, Mint, Refusal, UnitId};
use domain::matters::{Matter, retime};
use domain::trail::{Body, Fact, RULES, RuleFact};
use std::collections::BTreeMap;
use store::db::Tx;
use store::jobs::{Job, enqueue};
use store::trail::Head;

/// Matters that a preview reads at once.
const ROUND: i64 = 200;
/// Matters that one job counts anew: a second's work or two.
const STRETCH: i64 = 50;
/// Moves that a preview shows one by one; all are counted.
const SHOWN: usize = 100;

/// A change of a policy, cell by cell in the language of the clock book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The policy.
    pub id: String,
    /// The version that was looked at.
    pub version: i64,
    /// How long: `7d`, `2wh`, `30d|20wd`.
    pub span: String,
    /// By how much it may be made longer: `-`, `+7d*2`, `+*`.
    pub extend: String,
    /// For which reasons it may stand still: `-`, `appraisal<=60d,hearing`.
    pub pause: String,
    /// Rungs in percent, `80 100`.
    pub steps: String,
    /// How sure the number is.
    pub mark: String,
    /// Where it comes from.
    pub source: String,
    /// How it is called.
    pub name: String,
}

/// One clock that a change would move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The matter.
    pub matter: MatterId,
    /// Its number.
    pub number: String,
    /// Who has it.
    pub owner: Option<UnitId>,
    /// When the clock is due now.
    pub before: Instant,
    /// When it would be.
    pub after: Instant,
}

/// What a change would do to the matters of one unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitMoves {
    /// Matters.
    pub matters: i64,
    /// Of these, due earlier.
    pub earlier: i64,
    /// Of these, due later.
    pub later: i64,
    /// Of these, in time now and late at once.
    pub late: i64,
    /// By how much the due instant moves: the least and the most, in milliseconds; earlier is negative.
    pub by: (i64, i64),
}

/// What a change would do.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The policy as it would be, in its new version.
    pub policy: Policy,
    /// Whose matters would move, by unit; who has none is not named.
    pub units: BTreeMap<Option<UnitId>, UnitMoves>,
    /// The moves, the greatest first; no more than a hundred.
    pub moves: Vec<Move>,
}

/// A version of a policy with the act that made it.
#[derive(Debug, Clone)]
pub struct Version {
    /// The policy in this version.
    pub policy: Policy,
    /// When it was set; none if it is older than the chain of rules.
    pub at: Option<Instant>,
    /// Who set it; empty for the book that ships.
    pub by: String,
    /// Open matters that were moved to it.
    pub moved: Option<i64>,
}

/// All policies that are current.
pub fn policies(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, now: Instant) -> Result<Vec<Policy>, Fault> {
    may_somewhere(actor, Right::SeeRules)?;
    Ok(desk.rulebook(tx, now)?.policies.clone())
}

/// The versions of a policy, the newest first.
pub fn versions(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, id: &str, now: Instant) -> Result<Vec<Version>, Fault> {
    may_somewhere(actor, Right::SeeRules)?;
    let book = desk.rulebook(tx, now)?;
    let mut versions: BTreeMap<i64, Version> = book
        .policies
        .iter()
        .chain(&book.former)
        .filter(|policy| policy.id == id)
        .map(|policy| (policy.version, Version { policy: policy.clone(), at: None, by: String::new(), moved: None }))
        .collect();
    if versions.is_empty() {
        return Err(Fault::Missing);
    }
    for entry in store::trail::entries_of(tx, RULES, id)? {
        let body = Body::<RuleFact>::read(&entry.body).map_err(|error| Fault::Broken(error.to_string()))?;
        for fact in body.facts {
            match fact {
                RuleFact::PolicySet { version, .. } => {
                    if let Some(own) = versions.get_mut(&version) {
                        (own.at, own.by) = (Some(entry.at), book.account_name(&body.by.account));
                    }
                }
                RuleFact::Retimed { version, matters, .. } => {
                    if let Some(own) = versions.get_mut(&version) {
                        own.moved = Some(own.moved.unwrap_or(0) + matters);
                    }
                }
            }
        }
    }
    Ok(versions.into_values().rev().collect())
}

/// The first entry of the chain: the whole book as it stands.
pub(crate) fn lay_out(tx: &mut Tx<'_>, head: Head, now: Instant) -> Result<Head, Fault> {
    let rows = store::dispatch::every_policy(tx)?;
    let facts: Vec<RuleFact> =
        rows.into_iter().map(|row| RuleFact::PolicySet { policy: row.id, version: row.version, ordinal: row.ordinal, line: row.line }).collect();
    if facts.is_empty() {
        return Ok(head);
    }
    note(tx, &head, now, "lay_out", "rules", &Actor::system().by(None), &facts)?;
    Ok(store::trail::lock(tx, RULES)?)
}

/// The policy that a change would make, or why it cannot be.
fn changed(book: &Rulebook, change: &Change) -> Result<Policy, Fault> {
    let own = book.policies.iter().find(|policy| policy.id == change.id).ok_or(Fault::Missing)?;
    if own.version != change.version {
        return Err(Fault::Stale { current: own.version, changed: Vec::new() });
    }
    let line = own.line();
    let mut cells: Vec<&str> = line.split('\t').collect();
    // The places of the cells in a row of the clock book. Each is tried by itself, so that the refusal can name it.
    let new: [(usize, &'static str, &str); 7] = [
        (5, "span", &change.span),
        (6, "extend", &change.extend),
        (7, "pause", &change.pause),
        (10, "steps", &change.steps),
        (11, "mark", &change.mark),
        (12, "source", &change.source),
        (13, "name", &change.name),
    ];
    let mut next = own.clone();
    for (place, datum, text) in new {
        let text = text.trim();
        if text.is_empty() || text.contains(['\t', '\n', '\r']) || text.chars().count() > 200 {
            return Err(Refusal::missing(datum).into());
        }
        let Some(cell) = cells.get_mut(place) else { return Err(Fault::Broken(format!("a row of the clock book has no cell {place}"))) };
        *cell = text;
        next = Policy::of_line(&cells.join("\t")).map_err(|said| Refusal::at("rule_unreadable", datum, said))?;
    }
    if !next.steps.contains(&100) || !next.steps.is_sorted() {
        return Err(Refusal::at("rule_steps", "steps", "提醒档须从小到大，并包含 100").into());
    }
    if next.least != own.least {
        return Err(Refusal::at("rule_unreadable", "span", "保存期限写作 >=30d，办理期限不带 >=").into());
    }
    own.may_become(&next)?;
    if next.mark == Mark::L && own.mark != Mark::L {
        return Err(Refusal::at("rule_mark", "mark", "“法定”只用于法律明文规定的期限，随程序发布，不能自行标注").into());
    }
    next.version = own.version + 1;
    if next.line() == line {
        return Err(Refusal::rule("rule_unchanged", "没有改动").into());
    }
    Ok(next)
}

/// This book with `next` in its policy's place.
fn with(book: &Rulebook, next: &Policy) -> (Vec<Policy>, Vec<Policy>) {
    let (mut policies, mut former) = (book.policies.clone(), book.former.clone());
    if let Some(own) = policies.iter_mut().find(|policy| policy.id == next.id) {
        former.push(std::mem::replace(own, next.clone()));
    }
    (policies, former)
}

/// What a change would move, without making it.
pub fn preview(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, change: &Change, now: Instant) -> Result<Preview, Fault> {
    may_somewhere(actor, Right::SetRules)?;
    let book = desk.rulebook(tx, now)?;
    let policy = changed(&book, change)?;
    let (policies, former) = with(&book, &policy);
    let (mut mint, scope) = (desk.mint(now), actor.scope());
    let mut preview = Preview { policy, units: BTreeMap::new(), moves: Vec::new() };
    let mut after = String::new();
    loop {
        let ids = store::dispatch::pinned_elsewhere(tx, &preview.policy.id, preview.policy.version, &after, ROUND)?;
        let Some(last) = ids.last() else { break };
        after = last.0.clone();
        for id in &ids {
            if !store::matters::in_scope(tx, &scope, id)? {
                continue;
            }
            let Some(matter) = store::matters::load(tx, id)? else { continue };
            let mut lain = book.desk(now, &mut mint, &[], "");
            (lain.policies, lain.former) = (&policies, &former);
            let Some(decision) = retime(&matter, &preview.policy.id, &mut lain)? else { continue };
            preview.count(&matter, &decision.facts, now);
        }
    }
    preview.moves.sort_by_key(|own| (-own.after.since(own.before).abs(), own.number.clone()));
    preview.moves.truncate(SHOWN);
    Ok(preview)
}

impl Preview {
    fn count(&mut self, matter: &Matter, facts: &[Fact], now: Instant) {
        for fact in facts {
            let Fact::ClockMoved { clock, due_at: after, .. } = fact else { continue };
            let Some(before) = matter.running().find(|own| own.id == *clock).map(|own| own.due_at) else { continue };
            let by = after.since(before);
            let unit = self.units.entry(matter.owner_unit.clone()).or_insert_with(|| UnitMoves { by: (by, by), ..UnitMoves::default() });
            unit.matters += 1;
            unit.earlier += i64::from(by < 0);
            unit.later += i64::from(by > 0);
            unit.late += i64::from(*after <= now && before > now);
            unit.by = (unit.by.0.min(by), unit.by.1.max(by));
            self.moves.push(Move { matter: matter.id.clone(), number: matter.number.clone(), owner: matter.owner_unit.clone(), before, after: *after });
        }
    }
}

/// Changes a policy: for clocks to come, and with `open` for those that run. Answers the new version.
pub fn set(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, change: &Change, open: bool, now: Instant) -> Result<i64, Fault> {
    let mut head = store::trail::lock(tx, RULES)?;
    let by = actor.by(Some(may_somewhere(actor, Right::SetRules)?));
    let book = desk.rulebook(tx, now)?;
    let policy = changed(&book, change)?;
    if head.seq == 0 {
        head = lay_out(tx, head, now)?;
    }
    let rows = store::dispatch::every_policy(tx)?;
    let ordinal = rows.iter().find(|row| row.id == policy.id && row.current).map(|row| row.ordinal).ok_or(Fault::Missing)?;
    store::dispatch::put_policy(tx, &policy, ordinal)?;
    let (id, version) = (policy.id.clone(), policy.version);
    let fact = RuleFact::PolicySet { policy: id.clone(), version, ordinal, line: policy.line() };
    note(tx, &head, now, "set_policy", &id, &by, &[fact])?;
    if open {
        retime_from(tx, &id, version, "", now)?;
    }
    Ok(version)
}

/// Asks for the next stretch of matters to be counted anew, those behind `after` in the order of their ids.
fn retime_from(tx: &mut Tx<'_>, policy: &str, version: i64, after: &str, now: Instant) -> Result<(), Fault> {
    let body = serde_json::json!({ "policy": policy, "version": version, "after": after }).to_string();
    enqueue(tx, &Job::new(format!("retime:{policy}:{version}:{after}"), "retime", body, now))?;
    Ok(())
}

/// The job after a change that is meant for open matters: each is counted anew by an act of its own. One job takes one stretch and asks for the next, so that no
/// letter waits long behind it, its lease never runs out, and it may be broken off anywhere and run again.
pub(crate) fn retime_stretch(desk: &Desk, job: &Job) -> Result<Result<(), Failure>, Fault> {
    let body: serde_json::Value = serde_json::from_str(&job.body).unwrap_or_default();
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    let (Some(policy), Some(version), Some(after)) = (text("policy"), body["version"].as_i64(), text("after")) else {
        return Ok(Err(Failure::never("house retime")));
    };
    let own = policy.clone();
    let ids = desk.store().read_now(move |tx| store::dispatch::pinned_elsewhere(tx, &own, version, &after, STRETCH).map_err(Fault::from))?;
    let Some(last) = ids.last().map(|id| id.0.clone()) else { return Ok(Ok(())) };
    let mut moved = 0;
    for id in ids {
        let own = policy.clone();
        let named = id.clone();
        match desk.write_at(desk.now(), move |tx, desk, now, mint| retime_one(tx, desk, &id, &own, now, mint)) {
            Ok(one) => moved += i64::from(one),
            Err(fault @ (Fault::Busy | Fault::Full)) => return Err(fault),
            // One matter that cannot be moved must not keep all others where they are.
            Err(fault) => tracing::error!(matter.id = %named, error = %fault, "a clock could not be counted anew"),
        }
    }
    desk.write_at(desk.now(), move |tx, _, now, _| {
        if moved > 0 {
            let head = store::trail::lock(tx, RULES)?;
            let fact = RuleFact::Retimed { policy: policy.clone(), version, matters: moved };
            note(tx, &head, now, "retime", &policy, &Actor::system().by(None), &[fact])?;
        }
        retime_from(tx, &policy, version, &last, now)
    })?;
    Ok(Ok(()))
}

fn retime_one(tx: &mut Tx<'_>, desk: &Desk, id: &MatterId, policy: &str, now: Instant, mint: &mut Mint) -> Result<bool, Fault> {
    let Some(home) = store::matters::locked(tx, id)? else { return Ok(false) };
    let head = store::trail::lock(tx, &home.0)?;
    let Some(matter) = store::matters::load(tx, id)? else { return Ok(false) };
    let book = desk.rulebook(tx, now)?;
    let hash = head.hash.clone();
    let Some(decision) = retime(&matter, policy, &mut book.desk(now, mint, &[], &hash))? else { return Ok(false) };
    record(tx, desk, head, Some(&matter), id, decision, now, mint)?;
    Ok(true)
}
