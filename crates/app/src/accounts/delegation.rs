//! Delegations: lending a post that one holds, and taking it back.

use crate::desk::Desk;
use crate::fault::Fault;
use crate::trail::note;
use domain::accounts::{Actor, Seat, delegates};
use domain::kernel::{AccountId, DAY, DelegationId, Instant, Mint, PostId, Refusal};
use domain::trail::{ACCOUNTS, AccountFact};
pub use store::accounts::Delegation;
use store::db::Tx;

/// What is lent to whom.
#[derive(Debug, Clone)]
pub struct Lending {
    /// Which post.
    pub post: PostId,
    /// To whom.
    pub deputy: AccountId,
    /// From when; now if not said.
    pub from_at: Option<Instant>,
    /// Until when.
    pub to_at: Instant,
}

/// Lends one's own post. The deputy sees and may what the post may, and every act says in whose name it was done.
pub fn delegate(tx: &mut Tx<'_>, actor: &Actor, lending: &Lending, now: Instant, mint: &mut Mint) -> Result<Delegation, Fault> {
    let head = store::trail::lock(tx, ACCOUNTS)?;
    let seat = actor.seats().iter().find(|seat| seat.post == lending.post).ok_or_else(|| Refusal::at("post_not_held", "post", "只能委托自己现任的岗位"))?;
    let deputy = store::accounts::by_id(tx, &lending.deputy)?.filter(|account| account.enabled).ok_or_else(|| not_there("deputy"))?;
    let from = lending.from_at.filter(|at| *at > now).unwrap_or(now);
    delegates(actor.account(), seat, &deputy.id, &kinds_of(tx, &deputy.id, now)?, from, lending.to_at, now)?;
    let delegation = Delegation {
        id: mint.id(DelegationId::PREFIX),
        account: actor.account().clone(),
        deputy: deputy.id,
        post: lending.post.clone(),
        from_at: from,
        to_at: lending.to_at,
    };
    store::accounts::put_delegation(tx, &delegation)?;
    let fact = AccountFact::Delegated {
        delegation: delegation.id.clone(),
        account: delegation.account.clone(),
        deputy: delegation.deputy.clone(),
        post: delegation.post.clone(),
        from_at: delegation.from_at,
        to_at: delegation.to_at,
    };
    note(tx, &head, now, "delegate", &delegation.account.0, &actor.by(Some(seat)), &[fact])?;
    Ok(delegation)
}

pub(super) fn not_there(datum: &str) -> Refusal {
    Refusal::Data(vec![domain::kernel::Missing { datum: datum.to_owned(), why: "not_found" }])
}

/// The posts of an account that it holds now or will hold, and those on which it sits for somebody.
pub(super) fn kinds_of(tx: &mut Tx<'_>, account: &AccountId, now: Instant) -> Result<Vec<Seat>, Fault> {
    let network = store::places::network(tx)?;
    let mut seats = store::accounts::seats(tx, account, now)?;
    for holding in store::accounts::holdings_of(tx, account)?.into_iter().filter(|h| h.from_at > now && h.to_at.is_none_or(|to| to > h.from_at)) {
        if let Some(post) = network.post(&holding.post)
            && let Some(unit) = network.unit(&post.unit)
        {
            let (kind, unit_kind, place) = (post.kind, unit.kind, unit.place.clone());
            seats.push(Seat { post: holding.post, kind, unit: unit.id.clone(), unit_kind, place, holder: None });
        }
    }
    Ok(seats)
}

/// Ends a delegation that one gave, or that one received and does not want.
pub fn end_delegation(tx: &mut Tx<'_>, actor: &Actor, id: &DelegationId, now: Instant) -> Result<(), Fault> {
    let head = store::trail::lock(tx, ACCOUNTS)?;
    let mut found = store::accounts::delegations_of(tx, actor.account(), now)?.into_iter().find(|one| one.id == *id).ok_or(Fault::Missing)?;
    // One that has not begun never will.
    found.to_at = now.max(found.from_at);
    store::accounts::put_delegation(tx, &found)?;
    let fact = AccountFact::DelegationEnded { delegation: found.id.clone(), to_at: found.to_at };
    note(tx, &head, now, "end_delegation", &found.account.0, &actor.by(None), &[fact])?;
    Ok(())
}

/// One's own delegations, given and received, that have not ended long ago.
pub fn delegations(tx: &mut Tx<'_>, account: &AccountId, now: Instant) -> Result<Vec<Delegation>, Fault> {
    Ok(store::accounts::delegations_of(tx, account, now.plus(-90 * DAY))?)
}

/// The colleagues to whom each of one's own posts could be lent.
pub fn colleagues(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, now: Instant) -> Result<Vec<(PostId, Vec<AccountId>)>, Fault> {
    let book = desk.rulebook(tx, now)?;
    let mut all = Vec::new();
    for seat in actor.seats().iter().filter(|seat| seat.holder.is_none()) {
        let mut people: Vec<AccountId> = Vec::new();
        for (account, unit, _) in &book.holders.0 {
            if *unit == seat.unit && account != actor.account() && !people.contains(account) {
                let kinds: Vec<_> = book.holders.0.iter().filter(|(a, _, _)| a == account).map(|(_, _, kind)| *kind).chain([seat.kind]).collect();
                if domain::accounts::separate(&kinds).is_ok() {
                    people.push(account.clone());
                }
            }
        }
        all.push((seat.post.clone(), people));
    }
    Ok(all)
}
