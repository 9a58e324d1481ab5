//! Telling people about duty: in the transaction of what they are told, with the letter that carries it out of the house by the person's own wish. Nobody is told of his own act.

use super::Pen;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::rulebook::Rulebook;
use domain::accounts::{Actor, Right, Within, granted};
use domain::kernel::{AccountId, DAY, DutyNoticeId, Instant, Mint, UnitId};
use domain::rota::{Duty, DutyNotice, DutyTold, Shift};
use domain::trail::{ROTA, RotaFact};
use std::collections::BTreeSet;
use store::db::Tx;

/// So long what was told is shown.
const SHOWN: i64 = 31 * DAY;

/// What it is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct About<'a> {
    pub what: DutyTold,
    pub unit: &'a UnitId,
    pub duty: Duty,
    pub at: Instant,
}

impl<'a> About<'a> {
    pub(super) const fn shift(what: DutyTold, shift: &'a Shift) -> Self {
        Self { what, unit: &shift.unit, duty: shift.duty, at: shift.from_at }
    }
}

/// Tells some people the same; each once, and not the one who writes.
pub(super) fn tell<'p>(
    tx: &mut Tx<'_>,
    pen: &mut Pen<'_>,
    book: &Rulebook,
    about: About<'_>,
    people: impl IntoIterator<Item = &'p AccountId>,
    mint: &mut Mint,
) -> Result<(), Fault> {
    let people: BTreeSet<&AccountId> = people.into_iter().filter(|who| **who != pen.by.account).collect();
    for account in people {
        let notice = DutyNotice {
            id: mint.id(DutyNoticeId::PREFIX),
            account: account.clone(),
            what: about.what,
            unit: about.unit.clone(),
            duty: about.duty,
            about: about.at,
            at: pen.now,
            heard_at: None,
        };
        store::rota::put_told(tx, &notice)?;
        crate::notices::post_duty(tx, book, &notice)?;
        let DutyNotice { id, account, what, unit, duty, about, at, .. } = notice;
        pen.fact(RotaFact::Told { notice: id, account, what, unit, duty, about, at });
    }
    Ok(())
}

/// Who decides for a unit: the holders of its own posts that may; where it has none, those above it.
pub(super) fn deciders(book: &Rulebook, right: Right, unit: &UnitId) -> Vec<AccountId> {
    let has = |post: domain::places::PostKind, within: &[Within]| granted(right).iter().any(|(kind, reach)| *kind == post.acts_as() && within.contains(reach));
    let within = [Within::OwnUnit, Within::Below, Within::Everywhere];
    let own: Vec<AccountId> = book.holders.0.iter().filter(|(_, of, post)| of == unit && has(*post, &within)).map(|(account, ..)| account.clone()).collect();
    if !own.is_empty() {
        return own;
    }
    let Some(place) = book.network.unit(unit).map(|unit| &unit.place) else { return Vec::new() };
    let covers = |of: &UnitId| book.network.unit(of).is_some_and(|of| of.place.covers(place));
    book.holders.0.iter().filter(|(_, of, post)| has(*post, &[Within::Below]) && covers(of)).map(|(account, ..)| account.clone()).collect()
}

/// What one was told in the last month, the newest first.
pub fn told(tx: &mut Tx<'_>, actor: &Actor, now: Instant) -> Result<Vec<DutyNotice>, Fault> {
    Ok(store::rota::told_to(tx, actor.account(), now.plus(-SHOWN), 50)?)
}

/// One has read it. A second time is none; what was told to somebody else is not there.
pub fn hear(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, id: &DutyNoticeId, now: Instant, mint: &mut Mint) -> Result<(), Fault> {
    let mut pen = Pen::take(tx, desk, now)?;
    let notice = store::rota::told_by_id(tx, id)?.filter(|notice| notice.account == *actor.account()).ok_or(Fault::Missing)?;
    if !store::rota::hear(tx, &notice.id, actor.account(), now)? {
        return Ok(());
    }
    pen.signed(actor, actor.seats().first());
    pen.fact(RotaFact::Heard { notice: notice.id, at: now });
    pen.write(tx, "hear_duty", &id.0, mint)
}

/// Tells the chiefs of units whose last change of shift has no hand-over, once for each. Says how many changes that were.
pub fn tell_missing(desk: &Desk, now: Instant) -> Result<usize, Fault> {
    let asks = desk.clone();
    let any = desk.store().read_now(move |tx| {
        let book = asks.rulebook(tx, now)?;
        Ok::<_, Fault>(!untold(tx, &book, now)?.is_empty())
    })?;
    if !any {
        return Ok(0);
    }
    desk.write_at(now, |tx, desk, now, mint| {
        let mut pen = Pen::take(tx, desk, now)?;
        let book = desk.rulebook(tx, now)?;
        let changes = untold(tx, &book, now)?;
        for (unit, duty, at) in &changes {
            let about = About { what: DutyTold::HandOverMissing, unit, duty: *duty, at: *at };
            tell(tx, &mut pen, &book, about, &deciders(&book, Right::EditRota, unit), mint)?;
        }
        if pen.facts.is_empty() {
            return Ok(0);
        }
        pen.write(tx, "tell_missing", ROTA, mint)?;
        Ok(changes.len())
    })
}

fn untold(tx: &mut Tx<'_>, book: &Rulebook, now: Instant) -> Result<Vec<(UnitId, Duty, Instant)>, Fault> {
    let told: BTreeSet<(UnitId, Duty, Instant)> = store::rota::missed(tx, now.plus(-super::hand_overs::BACK))?.into_iter().collect();
    let mut found = super::hand_overs::not_made(tx, book, now, |_| true)?;
    found.retain(|change| !told.contains(change));
    Ok(found)
}
