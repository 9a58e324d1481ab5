//! Rules of retention: the rule book's own, and those that the installation has set in their place.

use super::{lock, note};
use crate::fault::Fault;
use domain::accounts::{Actor, Right, may_somewhere};
use domain::kernel::{Instant, Missing, Refusal};
use domain::trail::retention::{self, Rule};
use domain::trail::{Body, KEEPING, KeepingFact};
use store::db::Tx;
use store::trail::Entry;

/// The rules that hold now.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Rule>, Fault> {
    let mut rules = retention::rules();
    for own in store::keeping::rules(tx)? {
        match rules.iter_mut().find(|rule| rule.id == own.id) {
            Some(rule) => *rule = own,
            None => rules.push(own),
        }
    }
    Ok(rules)
}

/// Longest keeping time in months that is taken for a time and not for good.
const LONGEST: i64 = 1_200;

/// Sets a rule: another keeping time, or a rule of the installation's own.
pub fn set(tx: &mut Tx<'_>, actor: &Actor, rule: &Rule, now: Instant) -> Result<(), Fault> {
    let seat = may_somewhere(actor, Right::SetRetention)?;
    let missing: Vec<Missing> = [("id", &rule.id), ("basis", &rule.basis), ("purpose", &rule.purpose)]
        .into_iter()
        .filter_map(|(datum, text)| {
            let why = if text.trim().is_empty() {
                "missing"
            } else if text.chars().count() > 200 {
                "too_long"
            } else {
                return None;
            };
            Some(Missing { datum: datum.to_owned(), why })
        })
        .collect();
    if !missing.is_empty() {
        return Err(Refusal::Data(missing).into());
    }
    if rule.months.is_some_and(|months| !(1..=LONGEST).contains(&months)) {
        return Err(Refusal::at("retention_span", "months", "保管期限为 1 至 1200 个月，或永久").into());
    }
    let head = lock(tx)?;
    store::keeping::put_rule(tx, rule)?;
    let fact = KeepingFact::RuleSet {
        rule: rule.id.clone(),
        class: rule.class,
        category: rule.category.clone(),
        months: rule.months,
        counts_from: rule.counts_from,
        basis: rule.basis.clone(),
        purpose: rule.purpose.clone(),
    };
    note(tx, &head, now, "set_retention", &rule.id, &actor.by(Some(seat)), &[fact])?;
    Ok(())
}

/// Every change of a rule, newest first: the entry with the rule as it was set.
pub fn changes(tx: &mut Tx<'_>, rule: &str) -> Result<Vec<(Entry, Rule)>, Fault> {
    let mut changes = Vec::new();
    for entry in store::trail::entries_of(tx, KEEPING, rule)?.into_iter().rev() {
        let body = Body::<KeepingFact>::read(&entry.body)?;
        let set = body.facts.into_iter().find_map(|fact| match fact {
            KeepingFact::RuleSet { rule, class, category, months, counts_from, basis, purpose } => {
                Some(Rule { id: rule, class, category, months, counts_from, basis, purpose })
            }
            _ => None,
        });
        changes.extend(set.map(|set| (entry, set)));
    }
    Ok(changes)
}
