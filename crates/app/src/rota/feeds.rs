//! Calendar addresses: a secret address from which a telephone fetches one's own shifts; made, shown once, revoked.

use super::Pen;
use crate::accounts::digest;
use crate::desk::Desk;
use crate::fault::Fault;
use domain::accounts::Actor;
use domain::kernel::{DAY, Instant, Mint, Refusal, RotaFeedId};
use domain::rota::{Entry, calendar};
use domain::trail::RotaFact;
use store::db::Tx;
use store::rota::{Feed, Shifts};

/// Addresses that one person may have at once.
const MOST: usize = 5;
/// Shifts so far back and ahead stand in the calendar.
const BACK: i64 = 35 * DAY;
const AHEAD: i64 = 100 * DAY;

/// Makes an address. The secret comes from the door, which can make it again for a repeated request; only its hash is kept.
pub fn make_feed(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, secret: &str, now: Instant, mint: &mut Mint) -> Result<Feed, Fault> {
    let mut pen = Pen::take(tx, desk, now)?;
    if store::rota::feeds_of(tx, actor.account())?.iter().filter(|feed| !feed.revoked).count() >= MOST {
        return Err(Refusal::rule("feeds_full", format!("最多同时使用 {MOST} 个订阅地址，请先停用不再使用的")).into());
    }
    let feed = Feed { id: mint.id(RotaFeedId::PREFIX), account: actor.account().clone(), digest: digest(secret), made_at: now, revoked: false };
    store::rota::put_feed(tx, &feed)?;
    pen.signed(actor, None);
    pen.fact(RotaFact::FeedMade { feed: feed.id.clone(), account: feed.account.clone() });
    pen.write(tx, "make_feed", &feed.account.0, mint)?;
    Ok(feed)
}

/// One's own addresses, newest first.
pub fn feeds(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Feed>, Fault> {
    Ok(store::rota::feeds_of(tx, actor.account())?)
}

/// Revokes one of one's own addresses.
pub fn revoke_feed(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, id: &RotaFeedId, now: Instant, mint: &mut Mint) -> Result<(), Fault> {
    let mut pen = Pen::take(tx, desk, now)?;
    let mut feed = store::rota::feeds_of(tx, actor.account())?.into_iter().find(|feed| feed.id == *id).ok_or(Fault::Missing)?;
    feed.revoked = true;
    store::rota::put_feed(tx, &feed)?;
    pen.signed(actor, None);
    pen.fact(RotaFact::FeedRevoked { feed: id.clone() });
    pen.write(tx, "revoke_feed", &feed.account.0, mint)
}

/// The calendar behind an address. One that is unknown, revoked or of a closed account is not there.
pub fn feed_text(tx: &mut Tx<'_>, desk: &Desk, secret: &str, now: Instant) -> Result<String, Fault> {
    let feed = store::rota::feed_by_digest(tx, &digest(secret))?.ok_or(Fault::Missing)?;
    let book = desk.rulebook(tx, now)?;
    let wanted = Shifts { account: Some(feed.account.clone()), ..Shifts::default() };
    let mut shifts = store::rota::shifts(tx, &wanted, now.plus(-BACK), now.plus(AHEAD))?;
    shifts.retain(|shift| shift.person() == Some(&feed.account));
    let places: Vec<String> = shifts.iter().map(|shift| book.unit_name(&shift.unit)).collect();
    let entries: Vec<Entry<'_>> = shifts.iter().zip(&places).map(|(shift, place)| Entry { shift, place }).collect();
    Ok(calendar("我的值班", &entries, now))
}
