//! 保管与销毁: rules of retention, lists of destruction, certificates, requests of persons; and the erasing itself.
//!
//! What is erased here is gone from the rows; that it is gone from pages, logs and statistics too is [`Store::scrub`](crate::db::Store::scrub)'s.

use crate::db::{Broken, Query, Tx, Value};
use crate::take::Take;
use crate::{part, sql, values};
use domain::accounts::Scope;
use domain::kernel::{AccountId, Commit, DestructionId, FileId, Instant, MatterId, ReportId, Retention, SubjectRequestId, WordsId};
use domain::matters::Care;
use domain::trail::retention::{CountsFrom, Rule};
use domain::trail::{Item, List, ListState, Request};

/// The installation's own rules.
pub fn rules(tx: &mut Tx<'_>) -> Result<Vec<Rule>, Broken> {
    tx.all(sql!("select id, class, category, months, counts_from, basis, purpose from retention_rule order by id"), &[], |row| {
        let mut take = Take::new(row);
        Ok(Rule {
            id: take.text()?,
            class: take.code()?,
            category: take.text()?,
            months: take.opt_int()?,
            counts_from: take.code()?,
            basis: take.text()?,
            purpose: take.text()?,
        })
    })
}

/// Sets a rule.
pub fn put_rule(tx: &mut Tx<'_>, r: &Rule) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into retention_rule (id, class, category, months, counts_from, basis, purpose) values (?, ?, ?, ?, ?, ?, ?)
             on conflict (id) do update set class = excluded.class, category = excluded.category, months = excluded.months, counts_from = excluded.counts_from,
                                 basis = excluded.basis, purpose = excluded.purpose"
        ),
        &values![&r.id, r.class.code(), &r.category, r.months, r.counts_from.code(), &r.basis, &r.purpose],
    )?;
    Ok(())
}

/// A matter with texts of a class whose keeping time may have ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The matter.
    pub matter: MatterId,
    /// Its class.
    pub care: Care,
    /// Its category.
    pub category: Option<String>,
    /// From when the keeping time counts.
    pub from: Instant,
    /// How many texts.
    pub texts: i64,
}

/// A list that was refused is not proposed again for so long.
const RESTS: i64 = 90 * domain::kernel::DAY;

/// Matters that hold texts of `class`, whose keeping time counts from before `before`, and that stand on no list; the longest past first.
pub fn ended(tx: &mut Tx<'_>, class: Retention, from: CountsFrom, before: Instant, now: Instant, mut see: impl FnMut(Ended)) -> Result<(), Broken> {
    let query = match from {
        CountsFrom::Archived => Query::with(
            sql!(
                "select m.id, m.care, m.category, m.archived_at,
                        cast((select count(*) from event e join words w on w.chain = e.chain and w.seq = e.seq
                              where e.subject = m.id and w.retention = ? and w.erased_at is null) as bigint)
                 from matter m where m.archived_at < ?"
            ),
            [class.code().into(), before.into()],
        ),
        CountsFrom::Closed => Query::with(
            sql!(
                "select m.id, m.care, m.category, coalesce(m.closed_at, m.touched_at),
                        cast((select count(*) from event e join words w on w.chain = e.chain and w.seq = e.seq
                              where e.subject = m.id and w.retention = ? and w.erased_at is null) as bigint)
                 from matter m where not m.is_open and coalesce(m.closed_at, m.touched_at) < ?"
            ),
            [class.code().into(), before.into()],
        ),
        CountsFrom::Written => Query::with(
            sql!(
                "select m.id, m.care, m.category, t.from_at, t.n from matter m
                 join (select e.subject as subject, min(e.at) as from_at, count(*) as n from words w join event e on e.chain = w.chain and e.seq = w.seq
                       where w.retention = ? and w.erased_at is null and e.at < ? group by e.subject) t on t.subject = m.id
                 where true"
            ),
            [class.code().into(), before.into()],
        ),
    };
    let query = query.and(
        part!(
            " and not exists (select 1 from destruction_item i join destruction d on d.id = i.destruction
                              where i.matter = m.id and i.class = ? and (d.state in ('proposed', 'asked', 'approved') or (d.state = 'refused' and d.decided_at > ?)))
              order by 4, m.id"
        ),
        [class.code().into(), now.plus(-RESTS).into()],
    );
    query.each(tx, |row| {
        let mut take = Take::new(row);
        let ended = Ended { matter: take.id()?, care: take.code()?, category: take.opt_text()?, from: take.instant()?, texts: take.int()? };
        if ended.texts > 0 {
            see(ended);
        }
        Ok(())
    })?;
    Ok(())
}

/// Writes a list as it was made.
pub fn put_list(tx: &mut Tx<'_>, id: &DestructionId, list: &List, items: &[Item]) -> Result<(), Broken> {
    tx.exec(
        sql!("insert into destruction (id, number, origin, care, state, proposed_at) values (?, ?, ?, ?, ?, ?)"),
        &values![id, &list.number, list.origin.code(), list.care.code(), list.state.code(), list.proposed_at],
    )?;
    for item in items {
        tx.exec(
            sql!(
                "insert into destruction_item (destruction, matter, class, rule, until_at, due_at, texts, files, reports, said, erased_at)
                 values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null)"
            ),
            &values![
                id,
                &item.matter,
                item.class.code(),
                &item.rule,
                item.until_at,
                item.due_at,
                item.texts,
                item.files,
                item.reports.iter().map(|report| report.0.as_str()).collect::<Vec<_>>().join(" "),
                item.said
            ],
        )?;
    }
    Ok(())
}

/// Moves a list on.
pub fn move_list(tx: &mut Tx<'_>, id: &DestructionId, list: &List) -> Result<(), Broken> {
    let (asked_by, asked_at) = list.asked.clone().unzip();
    let (decided_by, decided_at) = list.decided.clone().unzip();
    let (reason, commit) = list.reason.clone().unzip();
    tx.exec(
        sql!(
            "update destruction set state = ?, asked_by = ?, asked_at = ?, decided_by = ?, decided_at = ?, reason = ?, reason_commit = ?, done_at = ? where id = ?"
        ),
        &values![list.state.code(), &asked_by, asked_at, &decided_by, decided_at, &reason, &commit.map(|commit| commit.0), list.done_at, id],
    )?;
    Ok(())
}

/// What a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: DestructionId,
    /// The list.
    pub list: List,
    /// Matters on it.
    pub matters: i64,
    /// Texts on it.
    pub texts: i64,
    /// Files on it.
    pub files: i64,
    /// Items that are erased already.
    pub erased: i64,
}

fn columns() -> Query {
    Query::new(sql!(
        "select d.id, d.number, d.origin, d.care, d.state, d.proposed_at, d.asked_by, d.asked_at, d.decided_by, d.decided_at, d.reason, d.reason_commit, d.done_at,
                cast((select count(*) from destruction_item i where i.destruction = d.id) as bigint),
                cast((select coalesce(sum(i.texts), 0) from destruction_item i where i.destruction = d.id) as bigint),
                cast((select coalesce(sum(i.files), 0) from destruction_item i where i.destruction = d.id) as bigint),
                cast((select count(*) from destruction_item i where i.destruction = d.id and i.erased_at is not null) as bigint)
         from destruction d where true"
    ))
}

fn listed(row: &crate::db::Row<'_>) -> Result<Listed, Broken> {
    let mut take = Take::new(row);
    let id = take.id()?;
    let list = List {
        number: take.text()?,
        origin: take.code()?,
        care: take.code()?,
        state: take.code()?,
        proposed_at: take.instant()?,
        asked: pair(take.opt_id()?, take.opt_instant()?),
        decided: pair(take.opt_id()?, take.opt_instant()?),
        reason: pair(take.opt_id()?, take.opt_text()?.map(Commit)),
        done_at: take.opt_instant()?,
    };
    Ok(Listed { id, list, matters: take.int()?, texts: take.int()?, files: take.int()?, erased: take.int()? })
}

fn pair<A, B>(a: Option<A>, b: Option<B>) -> Option<(A, B)> {
    a.zip(b)
}

/// Lists of the classes that the scope sees, newest first.
pub fn lists(tx: &mut Tx<'_>, scope: &Scope, limit: i64) -> Result<Vec<Listed>, Broken> {
    let seen = Care::ALL.iter().filter(|care| crate::matters::sees_class(scope, **care)).map(|care| Value::from(care.code()));
    columns().among(part!(" and d.care in (?)"), seen).then(part!(" order by d.proposed_at desc, d.id desc limit ?"), [limit.into()]).all(tx, listed)
}

/// One list, if the scope sees its class.
pub fn list(tx: &mut Tx<'_>, scope: &Scope, id: &DestructionId) -> Result<Option<Listed>, Broken> {
    let found = columns().and(part!(" and d.id = ?"), [id.into()]).one(tx, listed)?;
    Ok(found.filter(|found| crate::matters::sees_class(scope, found.list.care)))
}

/// Lists that were approved and are not done: for the sweeper.
pub fn approved(tx: &mut Tx<'_>) -> Result<Vec<DestructionId>, Broken> {
    tx.all(sql!("select id from destruction where state = ? order by decided_at, id"), &values![ListState::Approved.code()], |row| row.id(0))
}

/// An item with its matter's number and when it was erased.
pub type Numbered = (Item, String, Option<Instant>);

/// The items of a list with the numbers of their matters. Whether one may see the list is asked before ([`list`]).
pub fn items(tx: &mut Tx<'_>, id: &DestructionId) -> Result<Vec<Numbered>, Broken> {
    tx.all(
        sql!(
            "select i.matter, i.class, i.rule, i.until_at, i.due_at, i.texts, i.files, i.reports, i.said, m.number, i.erased_at
             from destruction_item i join matter m on m.id = i.matter
             where i.destruction = ? order by i.due_at, i.matter, i.class"
        ),
        &values![id],
        |row| {
            let mut take = Take::new(row);
            let item = Item {
                matter: take.id()?,
                class: take.code()?,
                rule: take.text()?,
                until_at: take.instant()?,
                due_at: take.instant()?,
                texts: take.int()?,
                files: take.int()?,
                reports: take.text()?.split_whitespace().map(Into::into).collect(),
                said: take.flag()?,
            };
            Ok((item, take.text()?, take.opt_instant()?))
        },
    )
}

/// The texts of one matter and class that are kept and were spoken until an instant, in whatever chain.
pub fn texts(tx: &mut Tx<'_>, matter: &MatterId, class: Retention, until: Instant) -> Result<Vec<WordsId>, Broken> {
    tx.all(
        sql!(
            "select w.id from event e join words w on w.chain = e.chain and w.seq = e.seq where e.subject = ? and e.at <= ? and w.retention = ? and w.erased_at is null
             order by w.id"
        ),
        &values![matter, until, class.code()],
        |row| row.id(0),
    )
}

/// The kept texts by which the person of a report is known: name, number, the receipt's code; with what was said, if that goes too.
pub fn texts_of_report(tx: &mut Tx<'_>, report: &ReportId, said: bool) -> Result<Vec<WordsId>, Broken> {
    tx.all(
        sql!(
            "select w.id from report r join words w on w.id = r.name or w.id = r.phone or w.id = r.receipt or (? and w.id = r.said)
             where r.id = ? and w.erased_at is null order by w.id"
        ),
        &values![said, report],
        |row| row.id(0),
    )
}

/// The files of a matter whose bytes are kept and that no other matter holds.
pub fn files(tx: &mut Tx<'_>, matter: &MatterId) -> Result<Vec<FileId>, Broken> {
    tx.all(
        sql!(
            "select distinct f.id from attachment a join file f on f.id = a.file where a.matter = ? and f.erased_at is null
             and not exists (select 1 from attachment b where b.file = a.file and b.matter <> a.matter) order by f.id"
        ),
        &values![matter],
        |row| row.id(0),
    )
}

/// Takes texts out of their rows: text, salt, sealed bytes and index. The commitment in the event stays and binds nothing any more.
pub fn erase(tx: &mut Tx<'_>, words: &[WordsId], now: Instant) -> Result<(), Broken> {
    for id in words {
        tx.exec(sql!("delete from contact_index where words = ?"), &values![id])?;
        tx.exec(sql!("update words set salt = null, body = null, sealed = null, erased_at = ? where id = ?"), &values![now, id])?;
    }
    Ok(())
}

/// Takes files out of their rows; answers the hashes whose bytes nobody needs any more.
pub fn erase_files(tx: &mut Tx<'_>, files: &[FileId], now: Instant) -> Result<Vec<String>, Broken> {
    let mut free = Vec::new();
    for id in files {
        let sha256 = tx.one(sql!("update file set name = '', erased_at = ? where id = ? returning sha256"), &values![now, id], |row| row.text(0))?;
        free.extend(sha256);
    }
    let mut unneeded = Vec::new();
    for sha256 in free {
        if !needed(tx, &sha256)? && !unneeded.contains(&sha256) {
            unneeded.push(sha256);
        }
    }
    Ok(unneeded)
}

/// Whether a kept file has these bytes.
pub fn needed(tx: &mut Tx<'_>, sha256: &str) -> Result<bool, Broken> {
    Ok(tx.one(sql!("select 1 from file where sha256 = ? and erased_at is null limit 1"), &values![sha256], |_| Ok(()))?.is_some())
}

/// Drops the answers that were kept for repeated requests and speak of a matter: they may hold its receipt or a text.
pub fn forget_answers(tx: &mut Tx<'_>, matter: &MatterId) -> Result<u64, Broken> {
    tx.exec(sql!("delete from idempotency where answer like ?"), &values![format!("%{matter}%")])
}

/// Drops answers to requests that nobody repeats any more.
pub fn sweep_answers(tx: &mut Tx<'_>, before: Instant) -> Result<u64, Broken> {
    tx.exec(sql!("delete from idempotency where at < ?"), &values![before])
}

/// The day on which keeping was last looked after.
pub fn day(tx: &mut Tx<'_>) -> Result<Option<domain::kernel::Day>, Broken> {
    let day = tx.one(sql!("select value from setting where name = 'keeping.day'"), &[], |row| row.text(0))?;
    Ok(day.and_then(|day| domain::kernel::Day::read(&day)))
}

/// Takes a day; says whether nobody else had it.
pub fn take_day(tx: &mut Tx<'_>, day: domain::kernel::Day) -> Result<bool, Broken> {
    let taken = tx.exec(
        sql!("insert into setting (name, value) values ('keeping.day', ?) on conflict (name) do update set value = excluded.value where setting.value <> excluded.value"),
        &values![day.written()],
    )?;
    Ok(taken > 0)
}

/// Marks an item as erased.
pub fn item_erased(tx: &mut Tx<'_>, list: &DestructionId, matter: &MatterId, class: Retention, now: Instant) -> Result<(), Broken> {
    tx.exec(sql!("update destruction_item set erased_at = ? where destruction = ? and matter = ? and class = ?"), &values![now, list, matter, class.code()])?;
    Ok(())
}

/// A signed certificate of destruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Its number, that of the list.
    pub number: String,
    /// The list.
    pub list: DestructionId,
    /// When.
    pub at: Instant,
    /// The text that is signed.
    pub body: String,
    /// The signature, hexadecimal.
    pub signature: String,
    /// The key to check it with.
    pub public_key: String,
}

/// Keeps a certificate.
pub fn put_certificate(tx: &mut Tx<'_>, c: &Certificate) -> Result<(), Broken> {
    tx.exec(
        sql!("insert into certificate (number, destruction, at, body, signature, public_key) values (?, ?, ?, ?, ?, ?)"),
        &values![&c.number, &c.list, c.at, &c.body, &c.signature, &c.public_key],
    )?;
    Ok(())
}

fn certificate_row(row: &crate::db::Row<'_>) -> Result<Certificate, Broken> {
    let mut take = Take::new(row);
    Ok(Certificate { number: take.text()?, list: take.id()?, at: take.instant()?, body: take.text()?, signature: take.text()?, public_key: take.text()? })
}

/// The certificate of a list. Whether one may see the list is asked before ([`list`]).
pub fn certificate(tx: &mut Tx<'_>, list: &DestructionId) -> Result<Option<Certificate>, Broken> {
    tx.one(sql!("select number, destruction, at, body, signature, public_key from certificate where destruction = ?"), &values![list], certificate_row)
}

/// Every certificate: for verification.
pub fn certificates(tx: &mut Tx<'_>) -> Result<Vec<Certificate>, Broken> {
    tx.all(sql!("select number, destruction, at, body, signature, public_key from certificate order by number"), &[], certificate_row)
}

/// Keeps a person's request with what became of it.
pub fn put_request(tx: &mut Tx<'_>, id: &SubjectRequestId, r: &Request) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into subject_request (id, kind, at, taken_by, identity, identity_commit, matters, outcome, basis, destruction) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        ),
        &values![
            id,
            r.kind.code(),
            r.at,
            &r.taken_by,
            &r.identity.0,
            r.identity.1.0.as_str(),
            r.matters,
            r.outcome.code(),
            &r.basis,
            &r.list
        ],
    )?;
    Ok(())
}

fn request_row(row: &crate::db::Row<'_>) -> Result<(SubjectRequestId, Request), Broken> {
    let mut take = Take::new(row);
    let id = take.id()?;
    Ok((
        id,
        Request {
            kind: take.code()?,
            at: take.instant()?,
            taken_by: take.id()?,
            identity: (take.id()?, Commit(take.text()?)),
            matters: take.int()?,
            outcome: take.code()?,
            basis: take.text()?,
            list: take.opt_id()?,
        },
    ))
}

/// The newest requests of persons: what was asked and answered, never by whom.
pub fn requests(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<(SubjectRequestId, Request)>, Broken> {
    tx.all(
        sql!("select id, kind, at, taken_by, identity, identity_commit, matters, outcome, basis, destruction from subject_request order by at desc, id desc limit ?"),
        &values![limit],
        request_row,
    )
}

/// Every item of every list: for verification.
pub fn all_items(tx: &mut Tx<'_>) -> Result<Vec<(DestructionId, Item, Option<Instant>)>, Broken> {
    tx.all(
        sql!("select destruction, matter, class, rule, until_at, due_at, texts, files, reports, said, erased_at from destruction_item order by destruction, matter, class"),
        &[],
        |row| {
            let mut take = Take::new(row);
            let list = take.id()?;
            let item = Item {
                matter: take.id()?,
                class: take.code()?,
                rule: take.text()?,
                until_at: take.instant()?,
                due_at: take.instant()?,
                texts: take.int()?,
                files: take.int()?,
                reports: take.text()?.split_whitespace().map(Into::into).collect(),
                said: take.flag()?,
            };
            Ok((list, item, take.opt_instant()?))
        },
    )
}

/// Every list whatever its class: for verification.
pub fn all_lists(tx: &mut Tx<'_>) -> Result<Vec<Listed>, Broken> {
    columns().then(part!(" order by d.id"), []).all(tx, listed)
}

/// Files that are erased, and when: for verification.
pub fn erased_files(tx: &mut Tx<'_>) -> Result<Vec<(FileId, Instant, String)>, Broken> {
    tx.all(sql!("select id, erased_at, name from file where erased_at is not null order by id"), &[], |row| Ok((row.id(0)?, row.instant(1)?, row.text(2)?)))
}

/// Uploads that no matter took and that are older than an instant.
pub fn orphans(tx: &mut Tx<'_>, before: Instant, limit: i64) -> Result<Vec<(FileId, String)>, Broken> {
    tx.all(
        sql!(
            "select f.id, f.sha256 from file f where f.uploaded_at < ? and not exists (select 1 from attachment a where a.file = f.id) order by f.uploaded_at, f.id limit ?"
        ),
        &values![before, limit],
        |row| Ok((row.id(0)?, row.text(1)?)),
    )
}

/// Drops the row of an upload that no matter took; says whether it was still so.
pub fn drop_orphan(tx: &mut Tx<'_>, id: &FileId) -> Result<bool, Broken> {
    Ok(tx.exec(sql!("delete from file where id = ? and not exists (select 1 from attachment a where a.file = file.id)"), &values![id])? > 0)
}

/// Reads of a matter, newest first: entries of the reading chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// When.
    pub at: Instant,
    /// The matter.
    pub matter: MatterId,
    /// Its number.
    pub number: String,
    /// `open`, `reveal`, `admit` or `dismiss`.
    pub act: String,
    /// Who.
    pub account: AccountId,
    /// Of which unit.
    pub unit: Option<String>,
    /// Why, if a reason was asked and is still kept.
    pub reason: Option<String>,
    /// Its number in the chain.
    pub seq: i64,
    /// The entry itself: it says who was let in.
    pub body: String,
}

fn reads_query() -> Query {
    Query::with(
        sql!(
            "select e.at, e.subject, m.number, e.act, e.account, e.unit, w.body, e.seq, e.body from event e join matter m on m.id = e.subject
             left join words w on w.chain = e.chain and w.seq = e.seq where e.chain = ?"
        ),
        [domain::trail::READS.into()],
    )
}

fn read_row(row: &crate::db::Row<'_>) -> Result<Read, Broken> {
    let mut take = Take::new(row);
    Ok(Read {
        at: take.instant()?,
        matter: take.id()?,
        number: take.text()?,
        act: take.text()?,
        account: take.id()?,
        unit: take.opt_text()?,
        reason: take.opt_text()?,
        seq: take.int()?,
        body: take.text()?,
    })
}

/// Who has read a matter. Whether one may see the matter, or may read the record of reads, is asked before.
pub fn reads_of(tx: &mut Tx<'_>, matter: &MatterId, limit: i64) -> Result<Vec<Read>, Broken> {
    reads_query().and(part!(" and e.subject = ?"), [matter.into()]).then(part!(" order by e.seq desc limit ?"), [limit.into()]).all(tx, read_row)
}

/// What an account has read, newest first, before an entry.
pub fn reads_by(tx: &mut Tx<'_>, account: &AccountId, before: i64, limit: i64) -> Result<Vec<Read>, Broken> {
    reads_query()
        .and(part!(" and e.account = ? and e.seq < ?"), [account.into(), before.into()])
        .then(part!(" order by e.seq desc limit ?"), [limit.into()])
        .all(tx, read_row)
}

/// All reads, newest first, before an entry.
pub fn reads(tx: &mut Tx<'_>, before: i64, limit: i64) -> Result<Vec<Read>, Broken> {
    reads_query().and(part!(" and e.seq < ?"), [before.into()]).then(part!(" order by e.seq desc limit ?"), [limit.into()]).all(tx, read_row)
}

/// When an account last opened a matter's page, as the reading chain has it.
pub fn last_read(tx: &mut Tx<'_>, matter: &MatterId, account: &AccountId) -> Result<Option<Instant>, Broken> {
    tx.one(
        sql!("select at from event where subject = ? and chain = ? and account = ? and act = 'open' order by seq desc limit 1"),
        &values![matter, domain::trail::READS, account],
        |row| row.instant(0),
    )
}
