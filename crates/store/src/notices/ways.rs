//! Channels, the ways to people, and how each wants to be told.

use crate::db::{Broken, Row, Tx};
use crate::take::Take;
use crate::{sql, values};
use domain::kernel::{AccountId, Commit, WordsId};
use domain::notices::{ChannelKind, NoticeWish};
use domain::trail::Said;

/// A channel as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its id.
    pub id: String,
    /// What it speaks.
    pub kind: ChannelKind,
    /// How the house calls it.
    pub name: String,
    /// Whether anything goes out by it.
    pub enabled: bool,
    /// Its place among the channels.
    pub ordinal: i64,
    /// Addresses, ids and paths of secret files, as canonical JSON.
    pub settings: String,
}

/// A way to a person as it is kept: the address is a text of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptWay {
    /// Its id.
    pub id: String,
    /// To whom.
    pub account: AccountId,
    /// By which channel.
    pub channel: String,
    /// The person's own order.
    pub ordinal: i64,
    /// The address within the channel: a number, a user id, a subscription.
    pub address: Said,
}

/// All channels in order.
pub fn channels(tx: &mut Tx<'_>) -> Result<Vec<Channel>, Broken> {
    tx.all(sql!("select id, kind, name, enabled, ordinal, settings from channel order by ordinal, id"), &[], read_channel)
}

/// One channel.
pub fn channel(tx: &mut Tx<'_>, id: &str) -> Result<Option<Channel>, Broken> {
    tx.one(sql!("select id, kind, name, enabled, ordinal, settings from channel where id = ?"), &values![id], read_channel)
}

fn read_channel(row: &Row<'_>) -> Result<Channel, Broken> {
    let mut take = Take::new(row);
    Ok(Channel { id: take.text()?, kind: take.code()?, name: take.text()?, enabled: take.flag()?, ordinal: take.int()?, settings: take.text()? })
}

/// Writes a channel.
pub fn put_channel(tx: &mut Tx<'_>, c: &Channel) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into channel (id, kind, name, enabled, ordinal, settings) values (?, ?, ?, ?, ?, ?)
             on conflict (id) do update set kind = excluded.kind, name = excluded.name, enabled = excluded.enabled, ordinal = excluded.ordinal, settings = excluded.settings"
        ),
        &values![&c.id, c.kind.code(), &c.name, c.enabled, c.ordinal, &c.settings],
    )?;
    Ok(())
}

/// Removes a channel.
pub fn remove_channel(tx: &mut Tx<'_>, id: &str) -> Result<(), Broken> {
    tx.exec(sql!("delete from channel where id = ?"), &values![id])?;
    Ok(())
}

/// The ways to a person, in the person's order.
pub fn ways_of(tx: &mut Tx<'_>, account: &AccountId) -> Result<Vec<KeptWay>, Broken> {
    tx.all(sql!("select id, account, channel, ordinal, address, address_commit from way where account = ? order by ordinal, id"), &values![account], read_way)
}

/// All ways, for verification.
pub fn each_way(tx: &mut Tx<'_>) -> Result<Vec<KeptWay>, Broken> {
    tx.all(sql!("select id, account, channel, ordinal, address, address_commit from way order by id"), &[], read_way)
}

/// Ways whose address is somebody else's way, too: the telephone of a desk. Found by the index of the sealed address; no address is opened.
pub fn shared_ways(tx: &mut Tx<'_>) -> Result<Vec<String>, Broken> {
    tx.all(
        sql!(
            "select w.id from way w join contact_index c on c.words = w.address
             where exists (select 1 from contact_index o join way v on v.address = o.words where o.whole = c.whole and v.account <> w.account) order by w.id"
        ),
        &[],
        |row| row.text(0),
    )
}

fn read_way(row: &Row<'_>) -> Result<KeptWay, Broken> {
    let mut take = Take::new(row);
    Ok(KeptWay {
        id: take.text()?,
        account: take.id()?,
        channel: take.text()?,
        ordinal: take.int()?,
        address: Said { name: "way".to_owned(), words: WordsId(take.text()?), commit: Commit(take.text()?) },
    })
}

/// Writes a way.
pub fn put_way(tx: &mut Tx<'_>, w: &KeptWay) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into way (id, account, channel, ordinal, address, address_commit) values (?, ?, ?, ?, ?, ?)
             on conflict (id) do update set ordinal = excluded.ordinal, address = excluded.address, address_commit = excluded.address_commit"
        ),
        &values![&w.id, &w.account, &w.channel, w.ordinal, &w.address.words, w.address.commit.0.as_str()],
    )?;
    Ok(())
}

/// Removes a way.
pub fn drop_way(tx: &mut Tx<'_>, id: &str) -> Result<(), Broken> {
    tx.exec(sql!("delete from way where id = ?"), &values![id])?;
    Ok(())
}

/// How a person wants to be told; what nobody has said is the house's.
pub fn wish(tx: &mut Tx<'_>, account: &AccountId) -> Result<NoticeWish, Broken> {
    let said = tx.one(sql!("select at_once, quiet_from, quiet_to, digest_at from notice_wish where account = ?"), &values![account], |row| {
        let mut take = Take::new(row);
        read_wish(&mut take)
    })?;
    Ok(said.unwrap_or_default())
}

/// All wishes, for verification.
pub fn wishes(tx: &mut Tx<'_>) -> Result<Vec<(AccountId, NoticeWish)>, Broken> {
    tx.all(sql!("select account, at_once, quiet_from, quiet_to, digest_at from notice_wish order by account"), &[], |row| {
        let mut take = Take::new(row);
        Ok((take.id()?, read_wish(&mut take)?))
    })
}

fn read_wish(take: &mut Take<'_, '_>) -> Result<NoticeWish, Broken> {
    Ok(NoticeWish { at_once: take.flag()?, quiet_from: take.int()?, quiet_to: take.int()?, digest_at: take.int()? })
}

/// Writes how a person wants to be told.
pub fn put_wish(tx: &mut Tx<'_>, account: &AccountId, w: &NoticeWish) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into notice_wish (account, at_once, quiet_from, quiet_to, digest_at) values (?, ?, ?, ?, ?)
             on conflict (account) do update set at_once = excluded.at_once, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, digest_at = excluded.digest_at"
        ),
        &values![account, w.at_once, w.quiet_from, w.quiet_to, w.digest_at],
    )?;
    Ok(())
}
