//! 通知: what a person was told and acknowledging it; who is told by which way; the channels.

mod channels;
mod deliver;
pub mod nights;
mod post;
mod ways;

pub use channels::{Letters, Set, channels, put_channel, remove_channel, trial, trial_state};
pub(crate) use deliver::{deliver, deliver_digest, deliver_duty, deliver_trial};
pub(crate) use post::{post, post_duty};
pub use ways::{OwnWay, own, put_way, put_wish, remove_way};

use crate::desk::Desk;
use crate::fault::Fault;
use crate::rulebook::Rulebook;
use crate::trail::record;
use domain::accounts::Actor;
use domain::kernel::{AccountId, Instant, Mint, NoticeId, UnitId};
use domain::matters::Care;
use domain::notices::{ChannelKind, NoticeWish, Way};
use domain::places::PostKind;
use std::collections::{BTreeMap, BTreeSet};
use store::db::Tx;
pub use store::notices::{Channel, Notice};
use store::notices::{To, Which};

/// By which ways people are told, as the rule book keeps it: no address is in it.
#[derive(Debug, Default)]
pub struct Routing {
    /// Channels that are on.
    pub channels: BTreeMap<String, Channel>,
    /// Ways to people by channels that are on: the way's id, and the way.
    pub ways: BTreeMap<AccountId, Vec<(String, Way)>>,
    /// Ways whose address several people share, or that reach a group: nothing about a matter that needs care goes there.
    pub shared: BTreeSet<String>,
    /// How people want to be told.
    pub wishes: BTreeMap<AccountId, NoticeWish>,
}

impl Routing {
    /// Reads channels, ways and wishes.
    pub(crate) fn read(tx: &mut Tx<'_>) -> Result<Self, Fault> {
        let channels: BTreeMap<String, Channel> = store::notices::channels(tx)?.into_iter().filter(|c| c.enabled).map(|c| (c.id.clone(), c)).collect();
        let mut ways: BTreeMap<AccountId, Vec<(String, Way)>> = BTreeMap::new();
        for way in store::notices::each_way(tx)? {
            if let Some(channel) = channels.get(&way.channel) {
                let own = Way { channel: way.channel, kind: channel.kind, ordinal: way.ordinal };
                ways.entry(way.account).or_default().push((way.id, own));
            }
        }
        let mut shared: BTreeSet<String> = store::notices::shared_ways(tx)?.into_iter().collect();
        // A robot of DingTalk speaks to its whole group.
        shared.extend(ways.values().flatten().filter(|(_, way)| way.kind == ChannelKind::DingTalk).map(|(id, _)| id.clone()));
        Ok(Self { channels, ways, shared, wishes: store::notices::wishes(tx)?.into_iter().collect() })
    }
}

pub(crate) fn seats(actor: &Actor) -> Vec<(UnitId, PostKind)> {
    actor.seats().iter().map(|seat| (seat.unit.clone(), seat.kind)).collect()
}

/// What a person was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// How many nobody has acknowledged, up to 100.
    pub unread: i64,
    /// Those that must be acknowledged, the newest first.
    pub must: Vec<Notice>,
    /// One page of all, the newest first.
    pub rows: Vec<Notice>,
}

/// What was told to the actor's posts: what must be acknowledged, and a page of everything.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, after: Option<&(Instant, NoticeId)>, limit: i64) -> Result<Told, Fault> {
    let (seats, scope) = (seats(actor), actor.scope());
    let to = To { account: actor.account(), seats: &seats };
    Ok(Told {
        unread: store::notices::unread(tx, &scope, to)?,
        must: store::notices::page(tx, &scope, to, Which::Must, None, 50)?,
        rows: store::notices::page(tx, &scope, to, Which::All, after, limit)?,
    })
}

/// Top alarms that stand, of matters in the actor's scope.
pub fn alarms(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Notice>, Fault> {
    Ok(store::notices::alarms(tx, &actor.scope(), 20)?)
}

/// Acknowledges a notice to one of the actor's posts: an act of a named person in the matter's chain. A second time is none.
pub fn acknowledge(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, id: &NoticeId, now: Instant, mint: &mut Mint) -> Result<(), Fault> {
    let matter = store::notices::matter_of(tx, id)?.ok_or(Fault::Missing)?;
    let home = store::matters::locked(tx, &matter)?.ok_or(Fault::Missing)?;
    let head = store::trail::lock(tx, &home.0)?;
    if !store::matters::in_scope(tx, &actor.scope(), &matter)? {
        return Err(Fault::Missing);
    }
    let before = store::matters::load(tx, &matter)?.ok_or(Fault::Missing)?;
    // What was told to somebody else is not there.
    let decision = domain::notices::acknowledge(&before, id, actor, now).map_err(|_| Fault::Missing)?;
    if let Some(decision) = decision {
        record(tx, desk, head, Some(&before), &matter, decision, now, mint)?;
    }
    Ok(())
}

/// Acknowledges what came to the actor's posts before an instant; says how many.
pub fn acknowledge_before(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, before: Instant, now: Instant, mint: &mut Mint) -> Result<usize, Fault> {
    let seats = seats(actor);
    let to = To { account: actor.account(), seats: &seats };
    let after = (before, NoticeId(String::new()));
    let waiting = store::notices::page(tx, &actor.scope(), to, Which::Open, Some(&after), 1_000)?;
    let mut n = 0;
    for notice in waiting {
        match acknowledge(tx, desk, actor, &notice.id, now, &mut mint.branch(now)) {
            Ok(()) => n += 1,
            // One that is from before notices were a part of their matters stays as it is.
            Err(Fault::Missing) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(n)
}

/// The ways to a person with their ids, in the person's order. Of a matter that needs care nothing goes to a phone that others share (`domain.md` §10.8).
pub(crate) fn ways_to<'a>(book: &'a Rulebook, account: &AccountId, care: Care, attempt: usize) -> Vec<&'a str> {
    let Some(own) = book.routing.ways.get(account) else { return Vec::new() };
    let own: Vec<&(String, Way)> = own.iter().filter(|(id, _)| care == Care::Open || !book.routing.shared.contains(id)).collect();
    let plain: Vec<Way> = own.iter().map(|(_, way)| way.clone()).collect();
    let mut ids = Vec::new();
    for chosen in domain::notices::ways_at(&plain, attempt) {
        // Two browsers of one person are two ways of one channel: each is told.
        ids.extend(own.iter().filter(|(_, way)| way == chosen).map(|(id, _)| id.as_str()).filter(|id| !ids.contains(id)).collect::<Vec<_>>());
    }
    ids
}
