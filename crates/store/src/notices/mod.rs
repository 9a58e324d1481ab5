//! 通知: what somebody was told, and whether a named person has it; the channels and the ways by which people are told.
//!
//! A notice is a part of its matter ([`kept`] writes and reads it with the matter); here it is read by whom it went to. Channels, ways and wishes are in [`ways`].

mod kept;
mod ways;

pub(crate) use kept::load;
pub use kept::{acts, save};
pub use ways::{Channel, KeptWay, channel, channels, drop_way, each_way, put_channel, put_way, put_wish, remove_channel, shared_ways, ways_of, wish, wishes};

use crate::db::{Broken, Query, Tx};
use crate::take::Take;
use crate::{part, sql, values};
use domain::accounts::Scope;
use domain::kernel::{AccountId, Instant, MatterId, NoticeId, UnitId};
use domain::matters::Care;
use domain::places::PostKind;

/// A notice as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// Of which matter.
    pub matter: MatterId,
    /// The matter's number.
    pub number: String,
    /// The matter's class.
    pub care: Care,
    /// When the matter's governing clock is due.
    pub due: Option<Instant>,
    /// To which unit.
    pub unit: UnitId,
    /// To which post; none for all that take matters.
    pub post: Option<PostKind>,
    /// By which act.
    pub act: String,
    /// When.
    pub at: Instant,
    /// Rung of the ladder, 0 for none.
    pub rung: i64,
    /// A rung below was empty.
    pub passed_over: bool,
    /// Whether it must be acknowledged.
    pub must: bool,
    /// When the next channel or rung is tried.
    pub next_at: Option<Instant>,
    /// Who acknowledged it.
    pub acknowledged_by: Option<AccountId>,
    /// When somebody acknowledged it.
    pub acknowledged_at: Option<Instant>,
}

/// Which notices of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those that must be acknowledged and wait.
    Must,
    /// Those that nobody has acknowledged.
    Open,
    /// All.
    All,
}

/// To whom: a person with the posts held now.
#[derive(Debug, Clone, Copy)]
pub struct To<'a> {
    /// The person.
    pub account: &'a AccountId,
    /// The posts.
    pub seats: &'a [(UnitId, PostKind)],
}

/// One page of the notices to a person's posts, of matters in scope, the newest first. Each seat is walked by its own index and the pages are merged, so that it costs
/// the same however many notices a unit has.
pub fn page(tx: &mut Tx<'_>, scope: &Scope, to: To<'_>, which: Which, after: Option<&(Instant, NoticeId)>, limit: i64) -> Result<Vec<Notice>, Broken> {
    let mut all: Vec<Notice> = Vec::new();
    let mut units: Vec<&UnitId> = Vec::new();
    for (unit, post) in to.seats {
        let seat = select().and(part!(" and n.unit = ?"), [unit.into()]).and(part!(" and n.post = ?"), [post.code().into()]);
        all.extend(narrowed(seat, scope, which, after, limit).all(tx, notice)?);
        if !units.contains(&unit) {
            units.push(unit);
            let whole = select().and(part!(" and n.unit = ?"), [unit.into()]).and(part!(" and n.post is null"), []);
            all.extend(narrowed(whole, scope, which, after, limit).all(tx, notice)?);
        }
    }
    let named = select().and(part!(" and n.account = ?"), [to.account.into()]);
    all.extend(narrowed(named, scope, which, after, limit).all(tx, notice)?);
    all.sort_by(|a, b| (b.at, &b.id).cmp(&(a.at, &a.id)));
    all.dedup_by(|a, b| a.id == b.id);
    all.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(all)
}

fn select() -> Query {
    Query::new(sql!(
        "select n.id, n.matter, m.number, m.care, m.governing_due, n.unit, n.post, n.act, n.at, n.rung, n.passed_over, n.ladder, n.next_at, n.acknowledged_by,
                n.acknowledged_at
         from notice n join matter m on m.id = n.matter where true"
    ))
}

fn narrowed(query: Query, scope: &Scope, which: Which, after: Option<&(Instant, NoticeId)>, limit: i64) -> Query {
    let query = match which {
        Which::Must => query.and(part!(" and n.acknowledged_at is null and n.ladder is not null"), []),
        Which::Open => query.and(part!(" and n.acknowledged_at is null"), []),
        Which::All => query,
    };
    let query = match after {
        Some((at, id)) => query.and(part!(" and (n.at, n.id) < (?, ?)"), [(*at).into(), id.into()]),
        None => query,
    };
    crate::matters::scoped(query, scope).then(part!(" order by n.at desc, n.id desc limit ?"), [limit.into()])
}

/// How many notices to a person's posts nobody has acknowledged, of matters in scope, up to 100.
pub fn unread(tx: &mut Tx<'_>, scope: &Scope, to: To<'_>) -> Result<i64, Broken> {
    Ok(i64::try_from(page(tx, scope, to, Which::Open, None, 100)?.len()).unwrap_or(100))
}

/// Top alarms that nobody has acknowledged, of matters in scope, the oldest first.
pub fn alarms(tx: &mut Tx<'_>, scope: &Scope, limit: i64) -> Result<Vec<Notice>, Broken> {
    let query = select().and(part!(" and n.acknowledged_at is null and n.rung = 6"), []);
    crate::matters::scoped(query, scope).then(part!(" order by n.at, n.id limit ?"), [limit.into()]).all(tx, notice)
}

/// The matter of a notice and when it was told, whoever may see it.
pub fn matter_of(tx: &mut Tx<'_>, id: &NoticeId) -> Result<Option<MatterId>, Broken> {
    tx.one(sql!("select matter from notice where id = ?"), &values![id], |row| row.id(0))
}

/// A notice as it goes out, whoever may see it: what a letter says is decided by its matter's class.
pub fn outgoing(tx: &mut Tx<'_>, id: &NoticeId) -> Result<Option<Notice>, Broken> {
    select().and(part!(" and n.id = ?"), [id.into()]).one(tx, notice)
}

fn notice(row: &crate::db::Row<'_>) -> Result<Notice, Broken> {
    let mut take = Take::new(row);
    Ok(Notice {
        id: take.id()?,
        matter: take.id()?,
        number: take.text()?,
        care: take.code()?,
        due: take.opt_instant()?,
        unit: take.id()?,
        post: take.opt_code()?,
        act: take.text()?,
        at: take.instant()?,
        rung: take.int()?,
        passed_over: take.flag()?,
        must: take.opt_text()?.is_some(),
        next_at: take.opt_instant()?,
        acknowledged_by: take.opt_id()?,
        acknowledged_at: take.opt_instant()?,
    })
}
