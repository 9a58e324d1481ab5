//! The channels of the installation: set up, switched, tried by the system administrator. Secrets stay in files; only their names are here.

use crate::fault::Fault;
use crate::trail::note;
use domain::accounts::{Actor, Right, may_somewhere};
use domain::kernel::{Instant, Mint, Refusal};
use domain::notices::{ChannelKind, check_settings};
use domain::trail::{NOTICES, NoticeFact, canonical};
use std::collections::BTreeMap;
use store::db::Tx;
use store::jobs::{Job, enqueue};
use store::notices::Channel;

/// What became of a letter that tries a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    /// On its way.
    Waiting,
    /// It went.
    Sent,
    /// It did not.
    Failed,
}

/// All channels, on or off.
pub fn channels(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Channel>, Fault> {
    may_somewhere(actor, Right::ManageChannels)?;
    Ok(store::notices::channels(tx)?)
}

/// A channel as it is sent in.
#[derive(Debug, Clone)]
pub struct Set {
    /// The channel; none for a new one.
    pub id: Option<String>,
    /// What it speaks.
    pub kind: ChannelKind,
    /// How the house calls it.
    pub name: String,
    /// Whether anything goes out by it.
    pub enabled: bool,
    /// Its place.
    pub ordinal: i64,
    /// Its settings.
    pub settings: BTreeMap<String, String>,
}

/// Sets up a channel or changes it. Answers its id.
pub fn put_channel(tx: &mut Tx<'_>, actor: &Actor, set: &Set, now: Instant, mint: &mut Mint) -> Result<String, Fault> {
    let head = store::trail::lock(tx, NOTICES)?;
    let by = actor.by(Some(may_somewhere(actor, Right::ManageChannels)?));
    let name = set.name.trim();
    if name.is_empty() || name.chars().count() > 40 {
        return Err(Refusal::missing("name").into());
    }
    check_settings(set.kind, &set.settings)?;
    let id = match &set.id {
        Some(id) => {
            let known = store::notices::channel(tx, id)?.ok_or(Fault::Missing)?;
            if known.kind != set.kind {
                return Err(Refusal::at("channel_kind_stays", "kind", "通道的种类不能改，请新建一个").into());
            }
            known.id
        }
        None => mint.id::<String>("chn_"),
    };
    let settings: BTreeMap<&String, &str> = set.settings.iter().map(|(name, value)| (name, value.trim())).filter(|(_, value)| !value.is_empty()).collect();
    let settings = canonical(&serde_json::to_value(settings).map_err(|error| Fault::Broken(error.to_string()))?);
    let channel =
        Channel { id: id.clone(), kind: set.kind, name: name.to_owned(), enabled: set.enabled, ordinal: set.ordinal.clamp(0, 999), settings: settings.clone() };
    store::notices::put_channel(tx, &channel)?;
    let Channel { name, enabled, ordinal, .. } = channel;
    let fact = NoticeFact::ChannelSet { channel: id.clone(), kind: set.kind.code().to_owned(), name, enabled, ordinal, settings };
    note(tx, &head, now, "set_channel", &id, &by, &[fact])?;
    Ok(id)
}

/// Removes a channel with all the ways by it.
pub fn remove_channel(tx: &mut Tx<'_>, actor: &Actor, id: &str, now: Instant) -> Result<(), Fault> {
    let head = store::trail::lock(tx, NOTICES)?;
    let by = actor.by(Some(may_somewhere(actor, Right::ManageChannels)?));
    store::notices::channel(tx, id)?.ok_or(Fault::Missing)?;
    let mut facts = Vec::new();
    for way in store::notices::each_way(tx)?.into_iter().filter(|way| way.channel == id) {
        store::notices::drop_way(tx, &way.id)?;
        facts.push(NoticeFact::WayRemoved { way: way.id });
    }
    store::notices::remove_channel(tx, id)?;
    facts.push(NoticeFact::ChannelRemoved { channel: id.to_owned() });
    note(tx, &head, now, "remove_channel", id, &by, &facts)?;
    Ok(())
}

/// Sends a trial by a channel, to one's own address in it. Answers the job's id.
pub fn trial(tx: &mut Tx<'_>, actor: &Actor, id: &str, now: Instant, mint: &mut Mint) -> Result<String, Fault> {
    may_somewhere(actor, Right::ManageChannels)?;
    store::notices::channel(tx, id)?.ok_or(Fault::Missing)?;
    let job = Job::new(mint.id::<String>("trial:"), "trial", "{}".to_owned(), now);
    enqueue(tx, &Job { account: Some(actor.account().clone()), channel: Some(id.to_owned()), urgent: true, ..job.clone() })?;
    Ok(job.id)
}

/// What became of one's trial, and why it failed.
pub fn trial_state(tx: &mut Tx<'_>, actor: &Actor, id: &str) -> Result<(Letters, Option<String>), Fault> {
    may_somewhere(actor, Right::ManageChannels)?;
    let job = store::jobs::get(tx, id)?.filter(|job| job.kind == "trial" && job.account.as_ref() == Some(actor.account())).ok_or(Fault::Missing)?;
    Ok(match (job.dead_at, job.attempt) {
        (Some(_), _) => (Letters::Failed, job.last_error),
        (None, 0) => (Letters::Waiting, None),
        (None, _) => (Letters::Sent, None),
    })
}
