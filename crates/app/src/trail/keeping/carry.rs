//! Carrying a destruction out: item by item, then the scrubbing, then the certificate. May be interrupted anywhere; the next turn goes on where it stopped.

use super::certificate::{self, Gone};
use super::{lists, lock, note, orphans};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::trail::reindex;
use domain::accounts::Actor;
use domain::kernel::{DAY, DestructionId, Instant, Retention, WordsId};
use domain::trail::{Item, KeepingFact, ListState};
use store::db::Tx;
use store::keeping::Certificate;

/// Answers to repeated requests are kept for so long.
const ANSWERS: i64 = 3 * DAY;

/// What time alone brings to keeping. `daily` also looks for what is due, drops old answers and uploads that nobody took; says how many lists were carried out.
pub fn turn(desk: &Desk, now: Instant, daily: bool) -> Result<usize, Fault> {
    let approved = desk.store().read_now(|tx| store::keeping::approved(tx).map_err(Fault::from))?;
    for list in &approved {
        carry_out(desk, list, now)?;
    }
    if daily {
        lists::propose(desk, now)?;
        orphans::sweep(desk, now)?;
        desk.write_at(now, |tx, _, now, _| Ok(store::keeping::sweep_answers(tx, now.plus(-ANSWERS))?))?;
    }
    Ok(approved.len())
}

/// Destroys what stands on an approved list, scrubs, and makes the certificate.
pub fn carry_out(desk: &Desk, list: &DestructionId, now: Instant) -> Result<Certificate, Fault> {
    let items = {
        let list = list.clone();
        desk.store().read_now(move |tx| store::keeping::items(tx, &list).map_err(Fault::from))?
    };
    for (item, _, erased_at) in &items {
        if erased_at.is_none() {
            let (list, item) = (list.clone(), item.clone());
            let free = desk.write_at(now, move |tx, desk, now, _| erase(tx, desk, &list, &item, now))?;
            for sha256 in free {
                orphans::remove(desk, &sha256)?;
            }
        }
    }
    let scrubbed = desk.store().scrub().map_err(Fault::from)?;
    let list = list.clone();
    desk.write_at(now, move |tx, desk, now, _| certify(tx, desk, &list, &scrubbed, now))
}

/// Erases one item; answers the hashes of files whose bytes nobody needs any more.
fn erase(tx: &mut Tx<'_>, desk: &Desk, list: &DestructionId, item: &Item, now: Instant) -> Result<Vec<String>, Fault> {
    let head = lock(tx)?;
    let home = store::matters::locked(tx, &item.matter)?.ok_or(Fault::Missing)?;
    store::trail::lock(tx, &home.0)?;
    let words = texts(tx, item)?;
    let files = if item.class == Retention::Matter { store::keeping::files(tx, &item.matter)? } else { Vec::new() };
    store::keeping::erase(tx, &words, now)?;
    let free = store::keeping::erase_files(tx, &files, now)?;
    store::keeping::forget_answers(tx, &item.matter)?;
    store::keeping::item_erased(tx, list, &item.matter, item.class, now)?;
    let matter = store::matters::load(tx, &item.matter)?.ok_or(Fault::Missing)?;
    reindex(tx, desk.keys(), &matter)?;
    let fact = KeepingFact::WordsErased { list: list.clone(), matter: item.matter.clone(), class: item.class, words, files };
    note(tx, &head, now, "erase", &list.0, &Actor::system().by(None), &[fact])?;
    Ok(free)
}

/// The texts that go with an item: all of the class, or only those of the person whose request it was; whoever else has a contact in the matter keeps it.
pub(super) fn texts(tx: &mut Tx<'_>, item: &Item) -> Result<Vec<WordsId>, Fault> {
    if item.reports.is_empty() {
        return Ok(store::keeping::texts(tx, &item.matter, item.class, item.until_at)?);
    }
    let mut words = Vec::new();
    for report in &item.reports {
        words.extend(store::keeping::texts_of_report(tx, report, item.said)?);
    }
    Ok(words)
}

/// Makes the certificate of a list whose items are all erased; the one that is there if it was made before.
fn certify(tx: &mut Tx<'_>, desk: &Desk, id: &DestructionId, scrubbed: &store::db::Scrubbed, now: Instant) -> Result<Certificate, Fault> {
    let head = lock(tx)?;
    if let Some(made) = store::keeping::certificate(tx, id)? {
        return Ok(made);
    }
    let mut list = store::keeping::list(tx, &Actor::system().scope(), id)?.ok_or(Fault::Missing)?.list;
    let gone = Gone::of(tx, id)?;
    let body = certificate::text(&list, &gone, scrubbed, now);
    let (signature, public_key) = desk.keys().sign(&body);
    let digest = crate::papers::sha256(body.as_bytes());
    let made = Certificate { number: list.number.clone(), list: id.clone(), at: now, body, signature, public_key };
    store::keeping::put_certificate(tx, &made)?;
    (list.state, list.done_at) = (ListState::Done, Some(now));
    store::keeping::move_list(tx, id, &list)?;
    note(tx, &head, now, "certify", &id.0, &Actor::system().by(None), &[KeepingFact::Certified { list: id.clone(), digest }])?;
    Ok(made)
}
