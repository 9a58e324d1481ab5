//! Delivering: a job becomes a letter to one address. Read, send outside of any transaction, and let the job say how it ended.

use super::{seats, ways_to};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::out::{Again, Failure, Out, Sending};
use crate::trail::note;
use domain::accounts::Actor;
use domain::kernel::NoticeId;
use domain::matters::Care;
use domain::notices::{Letter, digest, letter};
use domain::trail::{NOTICES, NoticeFact};
use serde::Deserialize;
use std::collections::BTreeMap;
use store::db::Tx;
use store::jobs::Job;
use store::notices::{Channel, To, Which};
use store::trail::Kept;

/// How a delivery ended; the outer result is the house's own trouble.
pub(crate) type Delivered = Result<Result<(), Failure>, Fault>;

#[derive(Deserialize)]
struct Body {
    notice: String,
    way: String,
}

/// An address with its channel.
struct Target {
    way: String,
    channel: Channel,
    address: String,
}

fn target(tx: &mut Tx<'_>, desk: &Desk, job: &Job, way: &str) -> Result<Option<Target>, Fault> {
    let Some(account) = &job.account else { return Ok(None) };
    let Some(kept) = store::notices::ways_of(tx, account)?.into_iter().find(|own| own.id == way) else { return Ok(None) };
    let Some(channel) = store::notices::channel(tx, &kept.channel)?.filter(|channel| channel.enabled) else { return Ok(None) };
    let address = match store::trail::words(tx, kept.address.words.as_str())?.map(|words| (words.kept, words.id)) {
        Some((Kept::Sealed { bytes, .. }, id)) => desk.keys().open_sealed(&bytes, &id),
        _ => None,
    };
    Ok(address.map(|address| Target { way: way.to_owned(), channel, address }))
}

/// Sends a letter to a target and drops the way if the other side says that it is no more.
fn send(desk: &Desk, out: &dyn Out, job: &Job, target: &Target, letter: &Letter) -> Delivered {
    let now = desk.now();
    let settings: BTreeMap<String, String> = serde_json::from_str(&target.channel.settings).unwrap_or_default();
    let entropy = desk.mint(now).bytes();
    let sending = Sending {
        channel: &target.channel.id,
        kind: target.channel.kind,
        settings: &settings,
        address: &target.address,
        letter,
        key: &job.id,
        urgent: job.urgent,
        now,
        entropy,
    };
    let ended = out.send(&sending);
    if let Err(Failure { again: Again::Gone, .. }) = &ended
        && target.channel.kind == domain::notices::ChannelKind::Browser
    {
        // A browser that has forgotten its subscription never comes back under it.
        let way = target.way.clone();
        desk.write_at(now, move |tx, _, now, _| {
            let head = store::trail::lock(tx, NOTICES)?;
            store::notices::drop_way(tx, &way)?;
            note(tx, &head, now, "way_gone", &way, &Actor::system().by(None), &[NoticeFact::WayRemoved { way: way.clone() }])?;
            Ok(())
        })?;
    }
    Ok(ended)
}

/// The letter of one notice by one way. What was acknowledged in the meantime, or has nowhere to go any more, is done.
pub(crate) fn deliver(desk: &Desk, out: &dyn Out, job: &Job) -> Delivered {
    let Ok(body) = serde_json::from_str::<Body>(&job.body) else { return Ok(Err(Failure::never("house deliver"))) };
    let (own, about) = (desk.clone(), job.clone());
    let ready = desk.store().read_now(move |tx| -> Result<_, Fault> {
        let Some(notice) = store::notices::outgoing(tx, &NoticeId(body.notice.clone()))?.filter(|notice| notice.acknowledged_at.is_none()) else {
            return Ok(None);
        };
        let Some(target) = target(tx, &own, &about, &body.way)? else { return Ok(None) };
        let words = letter(notice.care, &notice.number, &notice.act, notice.rung, notice.due, &notice.matter, &notice.id, about.urgent);
        Ok(Some((target, words)))
    })?;
    match ready {
        Some((target, words)) => send(desk, out, job, &target, &words),
        None => Ok(Ok(())),
    }
}

/// The letter of what somebody was told about duty. What was read in the meantime is done.
pub(crate) fn deliver_duty(desk: &Desk, out: &dyn Out, job: &Job) -> Delivered {
    let Ok(body) = serde_json::from_str::<Body>(&job.body) else { return Ok(Err(Failure::never("house duty"))) };
    let (own, about) = (desk.clone(), job.clone());
    let ready = desk.store().read_now(move |tx| -> Result<_, Fault> {
        let told = store::rota::told_by_id(tx, &body.notice.as_str().into())?.filter(|notice| notice.heard_at.is_none());
        let Some(notice) = told else { return Ok(None) };
        Ok(target(tx, &own, &about, &body.way)?.map(|target| (target, notice.letter())))
    })?;
    match ready {
        Some((target, words)) => send(desk, out, job, &target, &words),
        None => Ok(Ok(())),
    }
}

/// The digest of one person: one letter by the first way, if anything waits.
pub(crate) fn deliver_digest(desk: &Desk, out: &dyn Out, job: &Job) -> Delivered {
    let (own, about, now) = (desk.clone(), job.clone(), desk.now());
    let ready = desk.store().read_now(move |tx| -> Result<_, Fault> {
        let Some(account) = about.account.clone() else { return Ok(None) };
        let actor = Actor::person(account.clone(), store::accounts::seats(tx, &account, now)?);
        let seats = seats(&actor);
        let waiting = store::notices::page(tx, &actor.scope(), To { account: &account, seats: &seats }, Which::Open, None, 100)?.len()
            + crate::rota::told(tx, &actor, now)?.iter().filter(|told| told.heard_at.is_none()).count();
        let book = own.rulebook(tx, now)?;
        let Some(way) = ways_to(&book, &account, Care::Open, 0).first().map(|way| (*way).to_owned()).filter(|_| waiting > 0) else { return Ok(None) };
        Ok(target(tx, &own, &about, &way)?.map(|target| (target, digest(waiting))))
    })?;
    match ready {
        Some((target, words)) => send(desk, out, job, &target, &words),
        None => Ok(Ok(())),
    }
}

/// A letter that only tries a channel. It is tried once: who pressed the button waits for the answer.
pub(crate) fn deliver_trial(desk: &Desk, out: &dyn Out, job: &Job) -> Delivered {
    let (own, about) = (desk.clone(), job.clone());
    let target = desk.store().read_now(move |tx| -> Result<_, Fault> {
        let Some(id) = about.channel.clone() else { return Ok(None) };
        let Some(channel) = store::notices::channel(tx, &id)? else { return Ok(None) };
        let Some(account) = &about.account else { return Ok(None) };
        let way = store::notices::ways_of(tx, account)?.into_iter().find(|way| way.channel == id);
        match way {
            Some(way) => Ok(target(tx, &own, &about, &way.id)?.map(|target| Target { channel, ..target })),
            None if !channel.kind.needs_address() => Ok(Some(Target { way: String::new(), channel, address: String::new() })),
            None => Ok(None),
        }
    })?;
    let words = Letter { title: "通道测试".to_owned(), text: "这是一条通道测试通知，无需处理".to_owned(), path: "/notices".to_owned() };
    match target {
        Some(target) => Ok(send(desk, out, job, &target, &words)?.map_err(|failure| Failure::never(failure.why))),
        None => Ok(Err(Failure::never("no_address"))),
    }
}
