//! Recording: the event, the rows that follow from it, its texts, its notices and its search text, in one transaction.

use crate::desk::Desk;
use crate::fault::Fault;
use crate::keys::Keys;
use domain::kernel::{Instant, MatterId, Mint, PersonalData, Words};
use domain::matters::{Decision, Matter};
use domain::trail::{ALGORITHM, Body, By, entry_hash};
use serde::Serialize;
use store::db::Tx;
use store::trail::{Entry, Head, Kept};

/// What was recorded.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The matter as it is now.
    pub matter: Matter,
    /// Chain and number of the event.
    pub seq: i64,
}

/// Records a decision about a matter. The chain of its home station is locked (`head`); `before` is the matter under that lock.
#[expect(clippy::too_many_arguments, reason = "what is recorded, under which lock, when and with which chance: none of these can be told from another")]
pub fn record(
    tx: &mut Tx<'_>,
    desk: &Desk,
    head: Head,
    before: Option<&Matter>,
    id: &MatterId,
    decision: Decision,
    now: Instant,
    mint: &mut Mint,
) -> Result<Recorded, Fault> {
    let book = desk.rulebook(tx, now)?;
    let Decision { act, by, facts, words } = decision;
    let seq = append(tx, &head, now, act.code(), &id.0, &by, &facts)?;
    let mut after = before.cloned().unwrap_or_else(|| Matter::unborn(id.clone()));
    after.apply(now, &facts);
    let place = book.network.unit(&after.home).map(|unit| unit.place.clone()).ok_or_else(|| Fault::Broken("the home station is gone".to_owned()))?;
    keep_words(tx, desk, &words, &head.chain, seq, mint)?;
    store::matters::save(tx, before, &after, &place, now)?;
    store::notices::save(tx, before, &after, act.code())?;
    crate::notices::post(tx, &book, &after, &facts, now)?;
    if by.post.is_some() {
        store::board::did(tx, &by.account, id, after.care, now)?;
    }
    index(tx, desk, before.is_none(), &after, &words)?;
    Ok(Recorded { matter: after, seq })
}

/// Appends an entry that is about no matter to a chain of its own. The caller has locked it.
pub fn note<F: Serialize + Clone>(tx: &mut Tx<'_>, head: &Head, now: Instant, act: &str, subject: &str, by: &By, facts: &[F]) -> Result<i64, Fault> {
    append(tx, head, now, act, subject, by, facts)
}

pub(super) fn append<F: Serialize + Clone>(tx: &mut Tx<'_>, head: &Head, now: Instant, act: &str, subject: &str, by: &By, facts: &[F]) -> Result<i64, Fault> {
    let body = Body { v: 1, at: now, act: act.to_owned(), subject: subject.to_owned(), by: by.clone(), facts: facts.to_vec() }.write()?;
    let seq = head.seq + 1;
    let hash = entry_hash(ALGORITHM, &head.chain, seq, &head.hash, &body);
    store::trail::append(
        tx,
        &Entry {
            chain: head.chain.clone(),
            seq,
            at: now,
            act: act.to_owned(),
            subject: subject.to_owned(),
            account: by.account.0.clone(),
            post: by.post.as_ref().map(|post| post.0.clone()),
            unit: by.unit.as_ref().map(|unit| unit.0.clone()),
            body,
            prev: head.hash.clone(),
            hash,
            algorithm: ALGORITHM.to_owned(),
        },
    )?;
    Ok(seq)
}

/// Keeps the texts of an event: sealed if they reach or find a person, else in clear.
pub(crate) fn keep_words(tx: &mut Tx<'_>, desk: &Desk, words: &[Words], chain: &str, seq: i64, mint: &mut Mint) -> Result<(), Fault> {
    for text in words {
        let kept = match text.personal {
            // Numbers by which a person can be reached or found are sealed; the rest is kept in clear and masked at the door.
            PersonalData::Phone | PersonalData::Identity => Kept::Sealed {
                bytes: desk.keys().seal(&text.text, text.id.as_str(), mint.bytes()),
                whole: desk.keys().index(&text.text),
                tail: desk.keys().tail_index(&text.text),
            },
            PersonalData::None | PersonalData::Free | PersonalData::Name => Kept::Clear(text.text.clone()),
        };
        store::trail::keep(tx, text, &kept, chain, seq)?;
    }
    Ok(())
}

/// Search finds a matter by its number, its words, its people's names and the last four digits of their numbers. Only acts that say something new touch it.
fn index(tx: &mut Tx<'_>, desk: &Desk, new: bool, matter: &Matter, words: &[Words]) -> Result<(), Fault> {
    let says = new || words.iter().any(|words| matches!(words.personal, PersonalData::Free | PersonalData::Name));
    if says && desk.indexes() { reindex(tx, desk.keys(), matter) } else { Ok(()) }
}

/// Indexes a matter from its kept texts.
pub fn reindex(tx: &mut Tx<'_>, keys: &Keys, matter: &Matter) -> Result<(), Fault> {
    // Whoever may see it finds it by the number that stands on an old slip, too.
    let mut texts: Vec<String> = matter.former.iter().chain([&matter.number]).cloned().collect();
    for words in store::trail::words_of(tx, &matter.home.0, &matter.id.0)? {
        match words.kept {
            Kept::Clear(text) => texts.push(text),
            Kept::Sealed { bytes, .. } if words.personal == PersonalData::Phone.code() => {
                texts.extend(keys.open_sealed(&bytes, &words.id).as_deref().map(tail));
            }
            Kept::Sealed { .. } | Kept::Erased => {}
        }
    }
    Ok(store::search::put(tx, &matter.id, &insight::text::tokens(&texts.join("\n")))?)
}

/// The last four digits of a telephone number are how a desk finds a caller again.
fn tail(phone: &str) -> String {
    let chars: Vec<char> = phone.chars().collect();
    chars[chars.len().saturating_sub(4)..].iter().collect()
}
