//! Facts of the chain of notices: channels, ways to people, wishes, and what was done to letters that could not be delivered.

use super::Said;
use crate::kernel::AccountId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum NoticeFact {
    /// A channel is now like this. Its secrets are files; only their names are here.
    ChannelSet {
        /// The channel.
        channel: String,
        /// What it speaks.
        kind: String,
        /// How the house calls it.
        name: String,
        /// Whether anything goes out by it.
        enabled: bool,
        /// Its place.
        ordinal: i64,
        /// Addresses, ids and names of secret files, as canonical JSON.
        settings: String,
    },
    /// A channel is gone.
    ChannelRemoved {
        /// The channel.
        channel: String,
    },
    /// A way to a person is now this one.
    WaySet {
        /// Its id.
        way: String,
        /// To whom.
        account: AccountId,
        /// By which channel.
        channel: String,
        /// The person's own order.
        ordinal: i64,
        /// The address within the channel, sealed.
        address: Said,
    },
    /// A way to a person is gone.
    WayRemoved {
        /// Its id.
        way: String,
    },
    /// How a person wants to be told.
    WishSet {
        /// Who.
        account: AccountId,
        /// Each at once.
        at_once: bool,
        /// From which minute of the day it is quiet.
        quiet_from: i64,
        /// Until which.
        quiet_to: i64,
        /// At which minute the digest comes.
        digest_at: i64,
    },
    /// A dead letter runs once more.
    LetterRevived {
        /// The job.
        job: String,
    },
    /// A dead letter was dropped.
    LetterDropped {
        /// The job.
        job: String,
        /// Why.
        reason: Said,
    },
}

impl NoticeFact {
    /// The text that it speaks of, if one.
    #[must_use]
    pub const fn said(&self) -> Option<&Said> {
        match self {
            Self::WaySet { address: said, .. } | Self::LetterDropped { reason: said, .. } => Some(said),
            _ => None,
        }
    }
}

/// A channel, as its facts leave it: kind, name, enabled, place, settings.
pub type ChannelRow = (String, String, bool, i64, String);
/// A way, as its facts leave it: account, channel, order, id of the address and its commitment.
pub type WayRow = (AccountId, String, i64, String, String);
/// A wish, as its facts leave it: at once, quiet from, quiet to, digest at.
pub type WishRow = (bool, i64, i64, i64);

/// The fold of the chain: what the rows of channels, ways and wishes must say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticeTable {
    /// Channels.
    pub channels: BTreeMap<String, ChannelRow>,
    /// Ways.
    pub ways: BTreeMap<String, WayRow>,
    /// Wishes.
    pub wishes: BTreeMap<AccountId, WishRow>,
}

impl NoticeTable {
    /// Folds one fact in.
    pub fn apply(&mut self, fact: &NoticeFact) {
        match fact.clone() {
            NoticeFact::ChannelSet { channel, kind, name, enabled, ordinal, settings } => {
                self.channels.insert(channel, (kind, name, enabled, ordinal, settings));
            }
            NoticeFact::ChannelRemoved { channel } => {
                self.channels.remove(&channel);
            }
            NoticeFact::WaySet { way, account, channel, ordinal, address } => {
                self.ways.insert(way, (account, channel, ordinal, address.words.0, address.commit.0));
            }
            NoticeFact::WayRemoved { way } => {
                self.ways.remove(&way);
            }
            NoticeFact::WishSet { account, at_once, quiet_from, quiet_to, digest_at } => {
                self.wishes.insert(account, (at_once, quiet_from, quiet_to, digest_at));
            }
            NoticeFact::LetterRevived { .. } | NoticeFact::LetterDropped { .. } => {}
        }
    }
}
