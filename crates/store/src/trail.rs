//! 留痕: chains, events, texts and their salts, checkpoints.

use crate::db::{Broken, Tx};
use crate::take::Take;
use crate::{part, sql, values};
use domain::kernel::{Instant, PersonalData, Words};

/// Where a chain stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The chain.
    pub chain: String,
    /// Number of its last entry.
    pub seq: i64,
    /// Hash of its last entry.
    pub hash: String,
}

/// An entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The chain.
    pub chain: String,
    /// Its number.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// The act.
    pub act: String,
    /// What it was done to.
    pub subject: String,
    /// Who did it.
    pub account: String,
    /// By which post.
    pub post: Option<String>,
    /// Of which unit.
    pub unit: Option<String>,
    /// Canonical JSON.
    pub body: String,
    /// Hash before.
    pub prev: String,
    /// Own hash.
    pub hash: String,
    /// Tag of the algorithm.
    pub algorithm: String,
}

/// Takes the lock of a chain: the first statement of every write. Until the end of the transaction nobody else appends to it, so what is read under it is current.
pub fn lock(tx: &mut Tx<'_>, chain: &str) -> Result<Head, Broken> {
    let head = tx.one(
        sql!("insert into chain_head (chain, seq, hash) values (?, 0, '') on conflict (chain) do update set seq = chain_head.seq returning chain, seq, hash"),
        &values![chain],
        |row| Ok(Head { chain: row.text(0)?, seq: row.int(1)?, hash: row.text(2)? }),
    )?;
    head.ok_or_else(|| Broken::Other { said: "the head of the chain was not returned".to_owned(), at: chain.to_owned() })
}

/// Appends an entry to a locked chain and moves its head.
pub fn append(tx: &mut Tx<'_>, entry: &Entry) -> Result<(), Broken> {
    tx.exec(
        sql!("insert into event (chain, seq, at, act, subject, account, post, unit, body, prev, hash, algorithm) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        &values![
            &entry.chain,
            entry.seq,
            entry.at,
            &entry.act,
            &entry.subject,
            &entry.account,
            &entry.post,
            &entry.unit,
            &entry.body,
            &entry.prev,
            &entry.hash,
            &entry.algorithm
        ],
    )?;
    tx.exec(sql!("update chain_head set seq = ?, hash = ? where chain = ?"), &values![entry.seq, &entry.hash, &entry.chain])?;
    Ok(())
}

/// A text as it is kept: in clear, or sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// In clear.
    Clear(String),
    /// Sealed with the installation's key, with the index of the whole value and of its last four digits.
    Sealed {
        /// Nonce and ciphertext.
        bytes: Vec<u8>,
        /// HMAC of the whole value.
        whole: String,
        /// HMAC of the last four digits.
        tail: String,
    },
    /// Erased.
    Erased,
}

/// A text with all that stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptWords {
    /// Its id.
    pub id: String,
    /// Its salt, unless erased.
    pub salt: Option<String>,
    /// The text.
    pub kept: Kept,
    /// Whose data.
    pub personal: String,
    /// Chain of the event that committed to it.
    pub chain: String,
    /// Number of that event.
    pub seq: i64,
}

/// Why texts may be kept (个人信息保护法 art. 13 (3): needed for a duty by law) and for what.
const LEGAL_BASIS: &str = "pipl-13-3";

/// What a text is kept for.
const fn purpose_of(personal: PersonalData) -> &'static str {
    match personal {
        PersonalData::None | PersonalData::Free => "matter",
        PersonalData::Name | PersonalData::Phone | PersonalData::Identity => "contact",
    }
}

/// Keeps a text beside its salt.
pub fn keep(tx: &mut Tx<'_>, words: &Words, kept: &Kept, chain: &str, seq: i64) -> Result<(), Broken> {
    let (clear, sealed) = match kept {
        Kept::Clear(text) => (Some(text.as_str()), None),
        Kept::Sealed { bytes, .. } => (None, Some(bytes.clone())),
        Kept::Erased => (None, None),
    };
    tx.exec(
        sql!("insert into words (id, salt, body, sealed, personal, retention, legal_basis, purpose, chain, seq, erased_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null)"),
        &values![&words.id, &words.salt, clear, sealed, words.personal.code(), words.retention.code(), LEGAL_BASIS, purpose_of(words.personal), chain, seq],
    )?;
    if let Kept::Sealed { whole, tail, .. } = kept {
        tx.exec(sql!("insert into contact_index (words, whole, tail) values (?, ?, ?)"), &values![&words.id, whole, tail])?;
    }
    Ok(())
}

fn kept_words(take: &mut Take<'_, '_>, sealed: Option<Vec<u8>>) -> Result<KeptWords, Broken> {
    let (id, salt, body) = (take.text()?, take.opt_text()?, take.opt_text()?);
    let kept = match (body, sealed) {
        (Some(text), _) => Kept::Clear(text),
        (None, Some(bytes)) => Kept::Sealed { bytes, whole: String::new(), tail: String::new() },
        (None, None) => Kept::Erased,
    };
    Ok(KeptWords { id, salt, kept, personal: take.text()?, chain: take.text()?, seq: take.int()? })
}

/// The texts of one matter, by the chain entries that speak of it.
pub fn words_of(tx: &mut Tx<'_>, chain: &str, subject: &str) -> Result<Vec<KeptWords>, Broken> {
    tx.all(
        sql!(
            "select w.id, w.salt, w.body, w.personal, w.chain, w.seq, w.sealed from event e join words w on w.chain = e.chain and w.seq = e.seq
             where e.subject = ? and e.chain = ?"
        ),
        &values![subject, chain],
        |row| kept_words(&mut Take::new(row), row.opt_bytes(6)?),
    )
}

/// One text.
pub fn words(tx: &mut Tx<'_>, id: &str) -> Result<Option<KeptWords>, Broken> {
    tx.one(sql!("select id, salt, body, personal, chain, seq, sealed from words where id = ?"), &values![id], |row| {
        kept_words(&mut Take::new(row), row.opt_bytes(6)?)
    })
}

/// A text with everything that is kept of it, for verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeWords {
    /// The text; if it is sealed, with its index as it is kept.
    pub words: KeptWords,
    /// How long it is kept.
    pub retention: String,
    /// Whether legal basis and purpose are those of its kind.
    pub lawful: bool,
    /// When it says that it was erased.
    pub erased: Option<Instant>,
    /// Whether the index has a row for it.
    pub indexed: bool,
}

/// Every text of every chain in order, for verification.
pub fn each_words(tx: &mut Tx<'_>, mut see: impl FnMut(WholeWords) -> Result<(), Broken>) -> Result<u64, Broken> {
    tx.each(
        sql!(
            "select w.id, w.salt, w.body, w.personal, w.chain, w.seq, w.sealed, w.retention, w.legal_basis, w.purpose, w.erased_at, c.whole, c.tail
             from words w left join contact_index c on c.words = w.id order by w.chain, w.seq, w.id"
        ),
        &[],
        |row| {
            let mut words = kept_words(&mut Take::new(row), row.opt_bytes(6)?)?;
            let (whole_kept, tail_kept) = (row.opt_text(11)?, row.opt_text(12)?);
            let indexed = whole_kept.is_some();
            if let Kept::Sealed { whole, tail, .. } = &mut words.kept {
                (*whole, *tail) = (whole_kept.unwrap_or_default(), tail_kept.unwrap_or_default());
            }
            let purpose = words.personal.parse().ok().map(purpose_of);
            let lawful = row.text(8)? == LEGAL_BASIS && purpose == Some(row.text(9)?.as_str());
            see(WholeWords { words, retention: row.text(7)?, lawful, erased: row.opt_instant(10)?, indexed })
        },
    )
}

fn entry(take: &mut Take<'_, '_>) -> Result<Entry, Broken> {
    Ok(Entry {
        chain: take.text()?,
        seq: take.int()?,
        at: take.instant()?,
        act: take.text()?,
        subject: take.text()?,
        account: take.text()?,
        post: take.opt_text()?,
        unit: take.opt_text()?,
        body: take.text()?,
        prev: take.text()?,
        hash: take.text()?,
        algorithm: take.text()?,
    })
}

/// The entries that speak of a subject, in order.
pub fn entries_of(tx: &mut Tx<'_>, chain: &str, subject: &str) -> Result<Vec<Entry>, Broken> {
    tx.all(
        sql!("select chain, seq, at, act, subject, account, post, unit, body, prev, hash, algorithm from event where subject = ? and chain = ? order by seq"),
        &values![subject, chain],
        |row| entry(&mut Take::new(row)),
    )
}

/// Entries of a subject after a number, in order: what somebody has not seen yet.
pub fn entries_after(tx: &mut Tx<'_>, chain: &str, subject: &str, count: i64) -> Result<Vec<Entry>, Broken> {
    tx.all(
        sql!(
            "select chain, seq, at, act, subject, account, post, unit, body, prev, hash, algorithm from event where subject = ? and chain = ? order by seq desc limit ?"
        ),
        &values![subject, chain, count],
        |row| entry(&mut Take::new(row)),
    )
}

/// Entries of a chain after a number: what a live stream has not told yet.
pub fn entries_since(tx: &mut Tx<'_>, chain: &str, seq: i64, limit: i64) -> Result<Vec<Entry>, Broken> {
    tx.all(
        sql!(
            "select chain, seq, at, act, subject, account, post, unit, body, prev, hash, algorithm from event where chain = ? and seq > ? order by seq limit ?"
        ),
        &values![chain, seq, limit],
        |row| entry(&mut Take::new(row)),
    )
}

/// Every entry of every chain in order, for verification.
pub fn each_entry(tx: &mut Tx<'_>, mut see: impl FnMut(Entry) -> Result<(), Broken>) -> Result<u64, Broken> {
    tx.each(sql!("select chain, seq, at, act, subject, account, post, unit, body, prev, hash, algorithm from event order by chain, seq"), &[], |row| {
        see(entry(&mut Take::new(row))?)
    })
}

/// Entries of the accounts' chain in a span, newest first, below a number: those that concern a person (as the one it was done to, or who did it), or all.
pub fn entries_between(tx: &mut Tx<'_>, chain: &str, span: (Instant, Instant), person: Option<&str>, below: i64, limit: i64) -> Result<Vec<Entry>, Broken> {
    let query = crate::db::Query::with(
        sql!(
            "select chain, seq, at, act, subject, account, post, unit, body, prev, hash, algorithm from event where chain = ? and at >= ? and at < ? and seq < ?"
        ),
        values![chain, span.0, span.1, below],
    );
    let query = match person {
        Some(person) => query.and(part!(" and (subject = ? or account = ?)"), [person.into(), person.into()]),
        None => query,
    };
    query.then(part!(" order by seq desc limit ?"), [limit.into()]).all(tx, |row| entry(&mut Take::new(row)))
}

/// Where every chain stands, in order of chain.
pub fn heads(tx: &mut Tx<'_>) -> Result<Vec<Head>, Broken> {
    tx.all(sql!("select chain, seq, hash from chain_head order by chain"), &[], |row| Ok(Head { chain: row.text(0)?, seq: row.int(1)?, hash: row.text(2)? }))
}

/// The number of a chain's last entry without locking it; 0 for one that has none.
pub fn seq(tx: &mut Tx<'_>, chain: &str) -> Result<i64, Broken> {
    Ok(tx.one(sql!("select seq from chain_head where chain = ?"), &values![chain], |row| row.int(0))?.unwrap_or(0))
}

/// A checkpoint as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// When.
    pub at: Instant,
    /// The text of `domain::trail::Checkpoint`.
    pub body: String,
    /// Signature over the text, hexadecimal.
    pub signature: String,
    /// The key to check it with, hexadecimal.
    pub public_key: String,
}

/// Stores a checkpoint; a second one of the same instant is the same.
pub fn put_checkpoint(tx: &mut Tx<'_>, signed: &Signed) -> Result<u64, Broken> {
    tx.exec(
        sql!("insert into checkpoint (at, body, signature, public_key) values (?, ?, ?, ?) on conflict (at) do nothing"),
        &values![signed.at, &signed.body, &signed.signature, &signed.public_key],
    )
}

/// All checkpoints, oldest first.
pub fn checkpoints(tx: &mut Tx<'_>) -> Result<Vec<Signed>, Broken> {
    tx.all(sql!("select at, body, signature, public_key from checkpoint order by at"), &[], |row| {
        Ok(Signed { at: row.instant(0)?, body: row.text(1)?, signature: row.text(2)?, public_key: row.text(3)? })
    })
}

/// Checkpoints taken after an instant, oldest first: what has not been filed yet.
pub fn checkpoints_after(tx: &mut Tx<'_>, at: Instant) -> Result<Vec<Signed>, Broken> {
    tx.all(sql!("select at, body, signature, public_key from checkpoint where at > ? order by at"), &values![at], |row| {
        Ok(Signed { at: row.instant(0)?, body: row.text(1)?, signature: row.text(2)?, public_key: row.text(3)? })
    })
}

/// When the last entry of any chain was written: a clock that is behind it is wrong.
pub fn last_at(tx: &mut Tx<'_>) -> Result<Option<Instant>, Broken> {
    let sql = sql!("select max(e.at) from chain_head h join event e on e.chain = h.chain and e.seq = h.seq");
    tx.one(sql, &[], |row| row.opt_instant(0)).map(Option::flatten)
}

/// When the last checkpoint was taken.
pub fn last_checkpoint(tx: &mut Tx<'_>) -> Result<Option<Instant>, Broken> {
    tx.one(sql!("select at from checkpoint order by at desc limit 1"), &[], |row| row.instant(0))
}
