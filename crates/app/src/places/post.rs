//! Posting people: somebody of one unit sits at a station, or enters a grid, for a while. It is a holding like any other, so what the person may see and do
//! begins with it and ends with it; beside it stands where the person comes from and in which way he is there.

use super::{Change, locked, record};
use crate::fault::Fault;
use crate::trail::note;
use domain::accounts::{Actor, Right, administers, may_over};
use domain::kernel::{AccountId, HoldingId, Instant, Mint, PlaceCode, Refusal, UnitId};
use domain::places::{PlaceBook, Post, PostKind, Posting, Presence, Standing, Tier, UnitKind, Wrong, judge};
use domain::trail::{ACCOUNTS, AccountFact, PlaceFact};
use store::accounts::Holding;
use store::db::Tx;

/// Who is to be posted where.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Who.
    pub account: AccountId,
    /// To which unit.
    pub unit: UnitId,
    /// Into which grid of it, if into one.
    pub grid: Option<PlaceCode>,
    /// From which unit.
    pub home: UnitId,
    /// In which way.
    pub presence: Presence,
    /// On which days of the week (bit 0 is Monday), for who comes in turns.
    pub weekdays: i64,
    /// From when; now at the earliest.
    pub from_at: Instant,
    /// Until when.
    pub to_at: Option<Instant>,
}

/// Posts a person. The unit's post for others is made if it is not there yet.
pub fn post_person(tx: &mut Tx<'_>, actor: &Actor, wish: &Wish, now: Instant, mint: &mut Mint) -> Result<HoldingId, Fault> {
    let accounts = store::trail::lock(tx, ACCOUNTS)?;
    let places = locked(tx, now)?;
    let book = store::places::book(tx, Some(now))?;
    let unit = book.units.get(&wish.unit).filter(|unit| unit.open(Some(now.day()))).ok_or(Fault::Missing)?;
    let by = actor.by(Some(may_over(actor, Right::PostPeople, &unit.id, &unit.place)?));
    let (post, from) = fit(tx, actor, &book, wish, now)?;
    let to = wish.to_at;
    let holding = Holding { id: mint.id(HoldingId::PREFIX), account: wish.account.clone(), post: post.id.clone(), from_at: from, to_at: to };
    let weekdays = if wish.presence == Presence::Rotating { wish.weekdays } else { 127 };
    let posting = Posting { holding: holding.id.clone(), home: wish.home.clone(), presence: wish.presence, weekdays };
    let facts = [PlaceFact::Post { row: post }, PlaceFact::Posting { row: posting }];
    if let Some(wrong) = judge(&book, &facts, now).err().and_then(|all| all.into_iter().next()) {
        return Err(super::refusal(&wrong).into());
    }
    let (mut posts, mut postings): (Vec<Change>, Vec<Change>) = (Vec::new(), Vec::new());
    for change in super::changes(&book, &facts) {
        if matches!(change.fact, PlaceFact::Post { .. }) { posts.push(change) } else { postings.push(change) }
    }
    record(tx, places, &by, &posts, now)?;
    store::accounts::put_holding(tx, &holding)?;
    let held =
        AccountFact::Held { holding: holding.id.clone(), account: holding.account.clone(), post: holding.post.clone(), from_at: from, to_at: holding.to_at };
    note(tx, &accounts, now, "post_person", &wish.account.0, &by, &[held])?;
    let places = locked(tx, now)?;
    record(tx, places, &by, &postings, now)?;
    Ok(holding.id)
}

/// Whether a person may be posted so: on which post, and from when. A sheet's rows are asked the same before anything is written.
pub(super) fn fit(tx: &mut Tx<'_>, actor: &Actor, book: &PlaceBook, wish: &Wish, now: Instant) -> Result<(Post, Instant), Fault> {
    let unit = book.units.get(&wish.unit).filter(|unit| unit.open(Some(now.day()))).ok_or(Fault::Missing)?;
    if wish.account == *actor.account() {
        return Err(Refusal::rule("posts_oneself", "不能派驻自己，请由他人办理").into());
    }
    if !matches!(unit.kind, UnitKind::Station | UnitKind::CommandRoom) || wish.home == wish.unit {
        return Err(Refusal::at("posting_unit", "unit", "只能从一个单位派驻到综治站、网格或指挥室").into());
    }
    let (from, to) = (wish.from_at.max(now), wish.to_at);
    if to.is_some_and(|to| to <= from) {
        return Err(Refusal::at("posting_span", "to_at", "派驻的结束时间须晚于开始时间").into());
    }
    let account = store::accounts::by_id(tx, &wish.account)?.filter(|account| account.enabled).ok_or(Fault::Missing)?;
    let seats = store::accounts::seats(tx, &account.id, now)?;
    if !seats.iter().any(|seat| seat.unit == wish.home) || seats.iter().any(|seat| administers(seat.kind)) {
        return Err(Refusal::at("not_of_home", "account", "此人现在不在派出单位任职，或是管理员，不能派驻").into());
    }
    let post = post_for_others(book, unit, wish.grid.as_ref());
    let overlaps = |h: &Holding| h.post == post.id && h.to_at.is_none_or(|end| end > from) && to.is_none_or(|to| to > h.from_at);
    if store::accounts::holdings_of(tx, &account.id)?.iter().any(overlaps) {
        return Err(Refusal::at("already_posted", "account", "此人在这段时间里已派驻到这里").into());
    }
    let within =
        |grid: &PlaceCode| unit.place.covers(grid) && book.places.get(grid).is_some_and(|place| place.tier == Tier::Grid && place.open(Some(now.day())));
    if let Some(grid) = wish.grid.as_ref().filter(|grid| !within(grid)) {
        let said = format!("网格 {grid} 不在“{}”之下，或已停用", unit.name);
        return Err(super::refusal(&Wrong { at: None, code: "post_grid", field: Some("grid"), said }).into());
    }
    if wish.presence == Presence::Rotating && wish.weekdays & 127 == 0 {
        let said = "轮驻须说明每周哪几天".to_owned();
        return Err(super::refusal(&Wrong { at: None, code: "weekdays", field: Some("weekdays"), said }).into());
    }
    Ok((post, from))
}

/// Ends a posting now: the seat is gone with the next request.
pub fn end_posting(tx: &mut Tx<'_>, actor: &Actor, id: &HoldingId, now: Instant) -> Result<(), Fault> {
    let accounts = store::trail::lock(tx, ACCOUNTS)?;
    let book = store::places::book(tx, Some(now))?;
    if !book.postings.contains_key(id) {
        return Err(Fault::Missing);
    }
    let mut holding = store::accounts::holdings(tx)?.into_iter().find(|holding| holding.id == *id).ok_or(Fault::Missing)?;
    let unit = book.posts.get(&holding.post).and_then(|post| book.units.get(&post.unit)).ok_or(Fault::Missing)?;
    let by = actor.by(Some(may_over(actor, Right::PostPeople, &unit.id, &unit.place)?));
    if holding.to_at.is_some_and(|to| to <= now) {
        return Err(Refusal::rule("posting_over", "这次派驻已经结束").into());
    }
    let to = now.max(holding.from_at);
    holding.to_at = Some(to);
    store::accounts::put_holding(tx, &holding)?;
    note(tx, &accounts, now, "end_posting", &holding.account.0, &by, &[AccountFact::HoldingEnded { holding: id.clone(), to_at: to }])?;
    Ok(())
}

/// The post on which a unit's guests sit: 派驻人员 at a station, 联村入网队员 in a grid.
fn post_for_others(book: &PlaceBook, unit: &domain::places::Unit, grid: Option<&PlaceCode>) -> Post {
    let kind = if grid.is_some() { PostKind::GridPartner } else { PostKind::Seconded };
    let id = grid.map_or_else(|| Post::id_of(&unit.id, kind), |grid| Post::id_in(grid, kind));
    let name = grid.and_then(|grid| book.places.get(grid)).map_or(&unit.name, |place| &place.name);
    book.posts.get(&id).cloned().unwrap_or_else(|| Post {
        id,
        unit: unit.id.clone(),
        kind,
        name: format!("{name}{}", kind.zh()),
        grid: grid.cloned(),
        standing: Standing::Others,
        planned: 0,
    })
}
