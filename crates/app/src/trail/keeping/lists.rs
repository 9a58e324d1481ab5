//! Lists of destruction: proposed by time, asked for by one person, decided by another.

use super::{lock, note, rules};
use crate::desk::Desk;
use crate::fault::Fault;
use domain::accounts::{Actor, Right, Seat, may_somewhere};
use domain::kernel::{DestructionId, Instant, Mint, PersonalData, Refusal, Retention, Words, WordsId};
use domain::matters::Care;
use domain::trail::retention::{CountsFrom, kept_until, rule_for};
use domain::trail::{Item, KEEPING, KeepingFact, List, ListState, Origin, Said};
use store::db::Tx;
use store::keeping::{Listed, Numbered};
use store::trail::Kept;

/// Matters on one list; a person must be able to look at it.
const LONGEST: usize = 1_000;

/// Finds what is due and makes a list of it for each class of care; at most one list waits for each class. Says how many were made.
pub fn propose(desk: &Desk, now: Instant) -> Result<usize, Fault> {
    let due = desk.store().read_now(move |tx| due(tx, now))?;
    let mut made = 0;
    for care in Care::ALL {
        let items: Vec<Item> = due.iter().filter(|(of, _)| of == care).map(|(_, item)| item.clone()).take(LONGEST).collect();
        if items.is_empty() {
            continue;
        }
        let care = *care;
        desk.write_at(now, move |tx, _, now, mint| make(tx, Origin::Retention, care, &items, &Actor::system(), None, now, mint).map(drop))?;
        made += 1;
    }
    Ok(made)
}

/// What is due now, by class of care.
fn due(tx: &mut Tx<'_>, now: Instant) -> Result<Vec<(Care, Item)>, Fault> {
    let rules = rules::all(tx)?;
    let mut due = Vec::new();
    for class in Retention::ALL {
        for from in CountsFrom::ALL {
            let fits = |rule: &&domain::trail::retention::Rule| rule.class == *class && rule.counts_from == *from && rule.months.is_some();
            if !rules.iter().any(|rule| fits(&rule)) {
                continue;
            }
            let mut ended = Vec::new();
            store::keeping::ended(tx, *class, *from, now, now, |found| {
                let rule = rule_for(&rules, *class, found.category.as_deref()).filter(fits);
                if let Some((rule, until)) = rule.and_then(|rule| kept_until(rule, found.from).map(|until| (rule.id.clone(), until)))
                    && until <= now
                {
                    ended.push((found, rule, until));
                }
            })?;
            for (found, rule, until) in ended {
                // Texts that count from their own writing are erased only as far as they are old enough.
                let until_at = if *from == CountsFrom::Written { now.plus(found.from.since(until)) } else { now };
                let files = if *class == Retention::Matter { count(store::keeping::files(tx, &found.matter)?.len()) } else { 0 };
                let item =
                    Item { matter: found.matter, class: *class, rule, until_at, due_at: until, texts: found.texts, files, reports: Vec::new(), said: false };
                due.push((found.care, item));
            }
        }
    }
    due.sort_by(|(_, a), (_, b)| (a.due_at, &a.matter).cmp(&(b.due_at, &b.matter)));
    Ok(due)
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Makes a list. The number is that of its event, so that none is given twice.
#[expect(clippy::too_many_arguments, reason = "a list is where it comes from, of whom, what is on it, by whom and when: none can be told from another")]
pub(super) fn make(
    tx: &mut Tx<'_>,
    origin: Origin,
    care: Care,
    items: &[Item],
    actor: &Actor,
    seat: Option<&Seat>,
    now: Instant,
    mint: &mut Mint,
) -> Result<(DestructionId, List), Fault> {
    let head = lock(tx)?;
    let id: DestructionId = mint.id(DestructionId::PREFIX);
    let number = format!("销〔{}〕{:06}", now.day().year(), head.seq + 1);
    let list =
        List { number: number.clone(), origin, care, state: ListState::Proposed, proposed_at: now, asked: None, decided: None, reason: None, done_at: None };
    store::keeping::put_list(tx, &id, &list, items)?;
    let fact = KeepingFact::Listed { list: id.clone(), number, origin, care, items: items.to_vec() };
    note(tx, &head, now, "propose_destruction", &id.0, &actor.by(seat), &[fact])?;
    Ok((id, list))
}

/// Lists that the actor may see, newest first.
pub fn proposals(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Listed>, Fault> {
    may_somewhere(actor, Right::ReadRetention)?;
    Ok(store::keeping::lists(tx, &actor.scope(), 200)?)
}

/// One list with what is on it.
pub fn one(tx: &mut Tx<'_>, actor: &Actor, id: &DestructionId) -> Result<(Listed, Vec<Numbered>), Fault> {
    may_somewhere(actor, Right::ReadRetention)?;
    let listed = store::keeping::list(tx, &actor.scope(), id)?.ok_or(Fault::Missing)?;
    let items = store::keeping::items(tx, id)?;
    Ok((listed, items))
}

/// The certificate of a list, if it is done. Whether one may see the list is asked before ([`one`]).
pub fn certificate(tx: &mut Tx<'_>, id: &DestructionId) -> Result<Option<store::keeping::Certificate>, Fault> {
    Ok(store::keeping::certificate(tx, id)?)
}

/// Asks that a list be destroyed.
pub fn ask(tx: &mut Tx<'_>, actor: &Actor, id: &DestructionId, now: Instant) -> Result<List, Fault> {
    let head = lock(tx)?;
    let seat = may_somewhere(actor, Right::AskDestruction)?;
    let mut list = store::keeping::list(tx, &actor.scope(), id)?.ok_or(Fault::Missing)?.list;
    if list.state != ListState::Proposed {
        return Err(stands(&list));
    }
    (list.state, list.asked) = (ListState::Asked, Some((actor.account().clone(), now)));
    store::keeping::move_list(tx, id, &list)?;
    let fact = KeepingFact::ListAsked { list: id.clone(), by: actor.account().clone() };
    note(tx, &head, now, "ask_destruction", &id.0, &actor.by(Some(seat)), &[fact])?;
    Ok(list)
}

/// Approves or refuses a list that somebody else asked for. A refusal says why.
pub fn decide(tx: &mut Tx<'_>, actor: &Actor, id: &DestructionId, approve: bool, reason: &str, now: Instant, mint: &mut Mint) -> Result<List, Fault> {
    let head = lock(tx)?;
    let seat = may_somewhere(actor, Right::DecideDestruction)?;
    let mut list = store::keeping::list(tx, &actor.scope(), id)?.ok_or(Fault::Missing)?.list;
    if list.state != ListState::Asked {
        return Err(stands(&list));
    }
    if list.asked.as_ref().is_some_and(|(asker, _)| asker == actor.account()) {
        return Err(Refusal::rule("asker_decides", "申请人不能自己决定，请由他人审批").into());
    }
    let why = match (approve, reason.trim()) {
        (true, _) => None,
        (false, "") => return Err(Refusal::missing("reason").into()),
        (false, text) => {
            Some(Words { id: mint.id(WordsId::PREFIX), salt: mint.salt(), text: text.to_owned(), personal: PersonalData::Free, retention: Retention::Working })
        }
    };
    list.state = if approve { ListState::Approved } else { ListState::Refused };
    list.decided = Some((actor.account().clone(), now));
    list.reason = why.as_ref().map(|why| (why.id.clone(), why.commit()));
    store::keeping::move_list(tx, id, &list)?;
    let reason = why.as_ref().map(|why| Said { name: "reason".to_owned(), words: why.id.clone(), commit: why.commit() });
    let fact = KeepingFact::ListDecided { list: id.clone(), state: list.state, by: actor.account().clone(), reason };
    let act = if approve { "approve_destruction" } else { "refuse_destruction" };
    let seq = note(tx, &head, now, act, &id.0, &actor.by(Some(seat)), &[fact])?;
    if let Some(why) = why {
        store::trail::keep(tx, &why, &Kept::Clear(why.text.clone()), KEEPING, seq)?;
    }
    Ok(list)
}

fn stands(list: &List) -> Fault {
    Refusal::rule("list_elsewhere", format!("这份清单的状态是“{}”，请刷新后再看", list.state.zh())).into()
}
