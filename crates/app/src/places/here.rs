//! Who is here now: by the rota where one speaks, else by post; and the people of other units who are posted here.

use crate::desk::Desk;
use crate::fault::Fault;
use domain::accounts::{Actor, Right, held, may_over};
use domain::kernel::{AccountId, Instant, PlaceCode, UnitId};
use domain::places::{PostKind, Presence};
use domain::rota::Duty;
use store::db::Tx;

/// Why somebody is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Present {
    /// The rota says so.
    OnDuty(Duty),
    /// Posted from another unit, and today is one of the days.
    Posted(Presence),
    /// Holds a post for which there is no rota.
    Holds,
    /// Posted, and comes when called.
    OnCall,
}

/// Somebody who is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    /// Who.
    pub account: AccountId,
    /// By which name.
    pub name: String,
    /// By which post.
    pub post: PostKind,
    /// In which grid, if in one.
    pub grid: Option<PlaceCode>,
    /// Why.
    pub why: Present,
    /// Until when: the end of the shift or of the posting.
    pub until: Option<Instant>,
    /// The unit that a posted person comes from.
    pub home: Option<UnitId>,
}

/// Who is at a unit at this instant: those on duty first, then the posted, then the holders of posts without a rota, then those who come when called.
pub fn here(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, unit: &UnitId, now: Instant) -> Result<Vec<Here>, Fault> {
    let rules = desk.rulebook(tx, now)?;
    let place = rules.network.unit(unit).ok_or(Fault::Missing)?.place.clone();
    may_over(actor, Right::SeeUnit, unit, &place)?;
    let postings = store::places::postings(tx)?;
    let mut here: Vec<Here> = Vec::new();
    let duties: Vec<Duty> = rules.roster.duties(unit, now).collect();
    for duty in &duties {
        let until = rules.roster.shift_at(unit, *duty, now).map(|shift| shift.to_at);
        for account in rules.roster.on_duty(unit, *duty, now, &rules.holders) {
            let name = rules.account_name(&account);
            here.push(Here { account, name, post: duty.post(), grid: None, why: Present::OnDuty(*duty), until, home: None });
        }
    }
    for row in store::places::holdings_of(tx, unit)?.into_iter().filter(|row| held(row.from_at, row.to_at, now)) {
        let Some(post) = rules.network.post(&row.post) else { continue };
        let posting = postings.iter().find(|posting| posting.holding == row.holding);
        let why = match posting {
            Some(posting) if posting.presence == Presence::OnCall => Present::OnCall,
            Some(posting) if posting.expected(now.day()) => Present::Posted(posting.presence),
            Some(_) => continue,
            // Where a rota speaks of the post, it says who is here.
            None if duties.iter().any(|duty| duty.post() == post.kind.acts_as()) => continue,
            None => Present::Holds,
        };
        if here.iter().any(|other| other.account == row.account && matches!(other.why, Present::OnDuty(_))) {
            continue;
        }
        let (grid, home) = (post.grid.clone(), posting.map(|posting| posting.home.clone()));
        here.push(Here { account: row.account, name: row.name, post: post.kind, grid, why, until: row.to_at, home });
    }
    let rank = |why: Present| match why {
        Present::OnDuty(_) => 0,
        Present::Posted(_) => 1,
        Present::Holds => 2,
        Present::OnCall => 3,
    };
    here.sort_by_key(|one| rank(one.why));
    Ok(here)
}
