//! Dead letters: what could not be delivered. The system administrator looks, tries once more, or drops it with a reason. A letter shows no person and no text.

use crate::desk::Desk;
use crate::fault::Fault;
use crate::trail::{keep_words, note};
use domain::accounts::{Actor, Right, may_somewhere};
use domain::kernel::{Instant, Mint, PersonalData, Refusal, Retention, Words, WordsId};
use domain::trail::{NOTICES, NoticeFact, Said};
use store::db::Tx;
use store::jobs::Job;

/// A page of dead letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dead {
    /// How many there are, up to 1,000.
    pub total: i64,
    /// The newest first.
    pub rows: Vec<Job>,
}

/// Lists dead letters.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, after: Option<&(Instant, String)>, limit: i64) -> Result<Dead, Fault> {
    may_somewhere(actor, Right::ManageChannels)?;
    Ok(Dead { total: store::jobs::dead_count(tx)?, rows: store::jobs::dead(tx, after, limit)? })
}

/// Tries a dead letter once more, from the beginning.
pub fn revive(tx: &mut Tx<'_>, actor: &Actor, id: &str, now: Instant) -> Result<(), Fault> {
    let head = store::trail::lock(tx, NOTICES)?;
    let by = actor.by(Some(may_somewhere(actor, Right::ManageChannels)?));
    if !store::jobs::revive(tx, id, now)? {
        return Err(Fault::Missing);
    }
    note(tx, &head, now, "revive_letter", id, &by, &[NoticeFact::LetterRevived { job: id.to_owned() }])?;
    Ok(())
}

/// Drops a dead letter, with a reason.
pub fn retire(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, id: &str, reason: &str, now: Instant, mint: &mut Mint) -> Result<(), Fault> {
    let head = store::trail::lock(tx, NOTICES)?;
    let by = actor.by(Some(may_somewhere(actor, Right::ManageChannels)?));
    if reason.trim().is_empty() {
        return Err(Refusal::missing("reason").into());
    }
    if !store::jobs::drop_dead(tx, id, now)? {
        return Err(Fault::Missing);
    }
    let words =
        Words { id: mint.id(WordsId::PREFIX), salt: mint.salt(), text: reason.trim().to_owned(), personal: PersonalData::Free, retention: Retention::Working };
    let reason = Said { name: "reason".to_owned(), words: words.id.clone(), commit: words.commit() };
    let seq = note(tx, &head, now, "drop_letter", id, &by, &[NoticeFact::LetterDropped { job: id.to_owned(), reason }])?;
    keep_words(tx, desk, &[words], NOTICES, seq, mint)
}
