//! One's own ways: addresses in channels, quiet hours, the digest. Each change is an entry of the chain of notices; an address is sealed.

use crate::desk::Desk;
use crate::fault::Fault;
use crate::out::push::Subscription;
use crate::trail::{keep_words, note};
use domain::accounts::Actor;
use domain::kernel::{Instant, Mint, PersonalData, Refusal, Retention, Words, WordsId};
use domain::notices::{ChannelKind, NoticeWish};
use domain::trail::{NOTICES, NoticeFact, Said};
use store::db::Tx;
use store::notices::{Channel, KeptWay};
use store::trail::{Head, Kept};

/// The most ways of one person.
const MOST: usize = 12;

/// A way as its owner sees it: the address masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnWay {
    /// Its id.
    pub id: String,
    /// The channel.
    pub channel: String,
    /// Its place in one's order.
    pub ordinal: i64,
    /// The address, masked.
    pub shown: String,
}

/// The channels that are on, one's ways, one's wish.
pub fn own(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor) -> Result<(Vec<Channel>, Vec<OwnWay>, NoticeWish), Fault> {
    let channels: Vec<Channel> = store::notices::channels(tx)?.into_iter().filter(|channel| channel.enabled).collect();
    let mut ways = Vec::new();
    for way in store::notices::ways_of(tx, actor.account())? {
        let address = match store::trail::words(tx, way.address.words.as_str())?.map(|words| (words.kept, words.id)) {
            Some((Kept::Sealed { bytes, .. }, id)) => desk.keys().open_sealed(&bytes, &id).unwrap_or_default(),
            _ => String::new(),
        };
        let browser = channels.iter().any(|channel| channel.id == way.channel && channel.kind == ChannelKind::Browser);
        let shown = if browser { String::new() } else { mask(&address) };
        ways.push(OwnWay { id: way.id, channel: way.channel, ordinal: way.ordinal, shown });
    }
    Ok((channels, ways, store::notices::wish(tx, actor.account())?))
}

/// An address as it is shown: its ends.
fn mask(address: &str) -> String {
    let (name, domain) = address.split_once('@').map_or((address, String::new()), |(name, domain)| (name, format!("@{domain}")));
    let chars: Vec<char> = name.chars().collect();
    let keep = (chars.len() / 3).min(4);
    let middle = "*".repeat(chars.len() - 2 * keep);
    let end = |part: &[char]| part.iter().collect::<String>();
    format!("{}{middle}{}{domain}", end(&chars[..keep]), end(&chars[chars.len() - keep..]))
}

/// Whether an address is one of its channel.
fn fits(channel: &Channel, address: &str) -> bool {
    let plain = !address.is_empty() && address.len() <= 200 && !address.chars().any(|c| c.is_whitespace() || c.is_control());
    match channel.kind {
        ChannelKind::Browser => {
            let settings: std::collections::BTreeMap<String, String> = serde_json::from_str(&channel.settings).unwrap_or_default();
            address.len() <= 2_000 && Subscription::read(address, settings.get("hosts").map_or("", String::as_str)).is_some()
        }
        ChannelKind::Sms => plain && address.len() == 11 && address.starts_with('1') && address.bytes().all(|b| b.is_ascii_digit()),
        ChannelKind::Mail => plain && address.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.') && !address.contains(',')),
        ChannelKind::DingTalk | ChannelKind::ZheZhengDing | ChannelKind::WeCom => plain && !address.contains(['|', ',']),
    }
}

/// Sets one's address in a channel, or adds a browser. Answers the way's id.
#[expect(clippy::too_many_arguments, reason = "whose way, where to, in which order, when and with which chance: none of these can be told from another")]
pub fn put_way(
    tx: &mut Tx<'_>,
    desk: &Desk,
    actor: &Actor,
    channel: &str,
    address: &str,
    ordinal: i64,
    now: Instant,
    mint: &mut Mint,
) -> Result<String, Fault> {
    let head = store::trail::lock(tx, NOTICES)?;
    let channel = store::notices::channel(tx, channel)?.filter(|channel| channel.enabled).ok_or(Fault::Missing)?;
    let address = address.trim();
    if !fits(&channel, address) {
        return Err(Refusal::at("address_unfit", "address", "这不是该通道可用的地址，请检查后再填").into());
    }
    keep_way(tx, desk, actor, head, channel, address, ordinal, now, mint)
}

/// A way whose address is of the simulation's own making.
#[expect(clippy::too_many_arguments, reason = "as `put_way`")]
pub(super) fn put_any(
    tx: &mut Tx<'_>,
    desk: &Desk,
    actor: &Actor,
    channel: &str,
    address: &str,
    ordinal: i64,
    now: Instant,
    mint: &mut Mint,
) -> Result<String, Fault> {
    let head = store::trail::lock(tx, NOTICES)?;
    let channel = store::notices::channel(tx, channel)?.ok_or(Fault::Missing)?;
    keep_way(tx, desk, actor, head, channel, address, ordinal, now, mint)
}

#[expect(clippy::too_many_arguments, reason = "as `put_way`")]
fn keep_way(
    tx: &mut Tx<'_>,
    desk: &Desk,
    actor: &Actor,
    head: Head,
    channel: Channel,
    address: &str,
    ordinal: i64,
    now: Instant,
    mint: &mut Mint,
) -> Result<String, Fault> {
    let own = store::notices::ways_of(tx, actor.account())?;
    // One address a channel; browsers may be several.
    let same = own.iter().find(|way| way.channel == channel.id && channel.kind != ChannelKind::Browser);
    if same.is_none() && own.len() >= MOST {
        return Err(Refusal::at("too_many_ways", "address", "通知方式太多，请先删除不用的").into());
    }
    let words =
        Words { id: mint.id(WordsId::PREFIX), salt: mint.salt(), text: address.to_owned(), personal: PersonalData::Phone, retention: Retention::Working };
    let said = Said { name: "way".to_owned(), words: words.id.clone(), commit: words.commit() };
    let id = same.map_or_else(|| mint.id::<String>("way_"), |way| way.id.clone());
    let way = KeptWay { id: id.clone(), account: actor.account().clone(), channel: channel.id.clone(), ordinal: ordinal.clamp(0, 99), address: said.clone() };
    store::notices::put_way(tx, &way)?;
    let fact = NoticeFact::WaySet { way: id.clone(), account: way.account.clone(), channel: channel.id, ordinal: way.ordinal, address: said };
    let seq = note(tx, &head, now, "set_way", &id, &actor.by(actor.seats().first()), &[fact])?;
    keep_words(tx, desk, &[words], NOTICES, seq, mint)?;
    Ok(id)
}

/// Removes one of one's ways.
pub fn remove_way(tx: &mut Tx<'_>, actor: &Actor, id: &str, now: Instant) -> Result<(), Fault> {
    let head = store::trail::lock(tx, NOTICES)?;
    if !store::notices::ways_of(tx, actor.account())?.iter().any(|way| way.id == id) {
        return Err(Fault::Missing);
    }
    store::notices::drop_way(tx, id)?;
    note(tx, &head, now, "remove_way", id, &actor.by(actor.seats().first()), &[NoticeFact::WayRemoved { way: id.to_owned() }])?;
    Ok(())
}

/// Says how one wants to be told.
pub fn put_wish(tx: &mut Tx<'_>, actor: &Actor, wish: NoticeWish, now: Instant) -> Result<(), Fault> {
    let head = store::trail::lock(tx, NOTICES)?;
    let minute = |n: i64| (0..24 * 60).contains(&n);
    if !(minute(wish.quiet_from) && minute(wish.quiet_to) && minute(wish.digest_at)) {
        return Err(Refusal::at("not_a_minute", "quiet_from", "时间应在一天之内").into());
    }
    let account = actor.account().clone();
    store::notices::put_wish(tx, &account, &wish)?;
    let NoticeWish { at_once, quiet_from, quiet_to, digest_at } = wish;
    let fact = NoticeFact::WishSet { account: account.clone(), at_once, quiet_from, quiet_to, digest_at };
    note(tx, &head, now, "set_wish", &account.0, &actor.by(actor.seats().first()), &[fact])?;
    Ok(())
}
