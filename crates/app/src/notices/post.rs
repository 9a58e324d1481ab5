//! The outbox of an act: which letters follow from its notices, made in its transaction.

use super::ways_to;
use crate::fault::Fault;
use crate::rulebook::Rulebook;
use domain::accounts::sees_class;
use domain::dispatch::Urgency;
use domain::kernel::{AccountId, DAY, Instant, NoticeId};
use domain::matters::{Care, Matter};
use domain::notices::{Notice, NoticeWish, digest_slot, may_know, quiet};
use domain::rota::DutyNotice;
use domain::trail::Fact;
use store::db::Tx;
use store::jobs::{Job, enqueue};

/// Makes the letters of the notices that an act told, or said again by the next channel.
pub(crate) fn post(tx: &mut Tx<'_>, book: &Rulebook, matter: &Matter, facts: &[Fact], now: Instant) -> Result<(), Fault> {
    for fact in facts {
        let (id, step) = match fact {
            Fact::Notified { notice: Some(id), .. } => (id, 0),
            Fact::NoticeStepped { notice, step, next_at: Some(_), .. } => (notice, *step),
            _ => continue,
        };
        let Some(notice) = matter.notices.iter().find(|notice| notice.id == *id) else { continue };
        let attempt = attempt(book, notice, step);
        for account in people(book, matter, notice, now) {
            tell(tx, book, matter, notice, attempt, &account, now)?;
        }
    }
    Ok(())
}

/// How many channels have been tried when a step fires.
fn attempt(book: &Rulebook, notice: &Notice, step: i64) -> usize {
    let policy = notice
        .climb
        .as_ref()
        .and_then(|climb| book.policies.iter().chain(&book.former).find(|policy| policy.id == climb.policy && policy.version == climb.version));
    policy.map_or(0, |policy| policy.steps.iter().filter(|own| **own <= step).count())
}

/// Whom a notice reaches: the person whom it names; else who is there for the post, by the rota or by holding it; else everybody of the unit. Only who may see the matter.
fn people(book: &Rulebook, matter: &Matter, notice: &Notice, now: Instant) -> Vec<AccountId> {
    if let Some(account) = &notice.account {
        return vec![account.clone()];
    }
    match notice.post {
        Some(post) if sees_class(post, matter.care) => {
            let there = book.roster.there(&notice.unit, post, now, &book.holders).into_iter();
            there.filter(|account| may_know(&book.holders, account, &notice.unit, matter.care)).collect()
        }
        Some(_) => Vec::new(),
        None => {
            let mut all: Vec<AccountId> = book
                .holders
                .0
                .iter()
                .filter(|(_, unit, post)| *unit == notice.unit && sees_class(*post, matter.care))
                .map(|(account, ..)| account.clone())
                .collect();
            all.sort();
            all.dedup();
            all
        }
    }
}

fn tell(tx: &mut Tx<'_>, book: &Rulebook, matter: &Matter, notice: &Notice, attempt: usize, account: &AccountId, now: Instant) -> Result<(), Fault> {
    let ways = ways_to(book, account, matter.care, attempt);
    if ways.is_empty() {
        return Ok(());
    }
    let wish = book.routing.wishes.get(account).copied().unwrap_or_default();
    let must = notice.climb.is_some();
    let urgent = must && matter.urgency != Urgency::Normal;
    if !must && !wish.at_once {
        return digest(tx, account, &wish, now);
    }
    let run_at = if urgent { now } else { quiet(&wish, now).unwrap_or(now) };
    for way in ways {
        let body = serde_json::json!({ "notice": notice.id.0, "way": way }).to_string();
        let job = Job::new(key(&notice.id, attempt, way), "deliver", body, run_at);
        let channel = book.routing.ways.get(account).and_then(|own| own.iter().find(|(id, _)| id == way)).map(|(_, own)| own.channel.clone());
        enqueue(tx, &Job { account: Some(account.clone()), channel, urgent, ..job })?;
    }
    Ok(())
}

/// The letter of what somebody was told about duty: at once if the person wants that, or it is about the next day; else with the digest. Never in quiet hours.
pub(crate) fn post_duty(tx: &mut Tx<'_>, book: &Rulebook, notice: &DutyNotice) -> Result<(), Fault> {
    let wish = book.routing.wishes.get(&notice.account).copied().unwrap_or_default();
    let Some(way) = ways_to(book, &notice.account, Care::Open, 0).first().map(|way| (*way).to_owned()) else { return Ok(()) };
    if !wish.at_once && notice.about > notice.at.plus(DAY) {
        return digest(tx, &notice.account, &wish, notice.at);
    }
    let body = serde_json::json!({ "notice": notice.id.0, "way": way }).to_string();
    let job = Job::new(format!("duty:{}:{way}", notice.id), "duty", body, quiet(&wish, notice.at).unwrap_or(notice.at));
    let channel = book.routing.ways.get(&notice.account).and_then(|own| own.iter().find(|(id, _)| *id == way)).map(|(_, own)| own.channel.clone());
    enqueue(tx, &Job { account: Some(notice.account.clone()), channel, ..job })?;
    Ok(())
}

/// The key of a letter: one for each notice, attempt and way.
fn key(notice: &NoticeId, attempt: usize, way: &str) -> String {
    format!("deliver:{notice}:{attempt}:{way}")
}

/// One digest a day for whatever is not urgent, rather than forty groups.
fn digest(tx: &mut Tx<'_>, account: &AccountId, wish: &NoticeWish, now: Instant) -> Result<(), Fault> {
    let slot = digest_slot(wish, now);
    let job = Job::new(format!("digest:{account}:{}", slot.0), "digest", "{}".to_owned(), slot);
    enqueue(tx, &Job { account: Some(account.clone()), ..job })?;
    Ok(())
}
