//! The actor and what the actor's posts let him see.

use super::separate::administers;
use crate::kernel::{AccountId, Instant, PlaceCode, PostId, Refusal, UnitId};
use crate::places::{PostKind, UnitKind};
use crate::trail::By;

/// A post as it is held at this instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The post.
    pub post: PostId,
    /// Its kind.
    pub kind: PostKind,
    /// Its unit.
    pub unit: UnitId,
    /// What kind of unit.
    pub unit_kind: UnitKind,
    /// The place that the unit answers for.
    pub place: PlaceCode,
    /// Whose post it is, if this person only sits on it for a while.
    pub holder: Option<AccountId>,
}

/// Who acts: a person with the posts held now, or the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    account: AccountId,
    seats: Vec<Seat>,
    system: bool,
}

impl Actor {
    /// A person with the posts that the store found held at `now`.
    #[must_use]
    pub const fn person(account: AccountId, seats: Vec<Seat>) -> Self {
        Self { account, seats, system: false }
    }

    /// The sweeper: it may do the system's acts and nothing else, and sees everything that has a clock.
    #[must_use]
    pub fn system() -> Self {
        Self { account: AccountId::from("system"), seats: Vec::new(), system: true }
    }

    /// The account.
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// The posts.
    #[must_use]
    pub fn seats(&self) -> &[Seat] {
        &self.seats
    }

    /// Whether this is the system.
    #[must_use]
    pub const fn is_system(&self) -> bool {
        self.system
    }

    /// Whether the actor holds a post of this kind anywhere.
    #[must_use]
    pub fn holds(&self, kind: PostKind) -> bool {
        self.seats.iter().any(|seat| seat.kind == kind)
    }

    /// Who did it, for the event.
    #[must_use]
    pub fn by(&self, seat: Option<&Seat>) -> By {
        By {
            account: self.account.clone(),
            post: seat.map(|s| s.post.clone()),
            unit: seat.map(|s| s.unit.clone()),
            on_behalf: seat.and_then(|s| s.holder.clone()),
        }
    }

    /// The same person by one post alone: for whoever holds several and says by which an act is done.
    ///
    /// # Errors
    /// `post_not_held` if the person does not hold it now.
    pub fn by_post(&self, post: &PostId) -> Result<Self, Refusal> {
        let seats: Vec<Seat> = self.seats.iter().filter(|seat| seat.post == *post).cloned().collect();
        if seats.is_empty() {
            return Err(Refusal::at("post_not_held", "as_post", "您现在不在这个岗位上；请改用所列的岗位"));
        }
        Ok(Self { account: self.account.clone(), seats, system: self.system })
    }

    /// Whether this is one of the three administrators, who see no matter whatever they did before.
    #[must_use]
    pub fn administers(&self) -> bool {
        self.seats.iter().any(|seat| administers(seat.kind))
    }

    /// What this actor may see, to be compiled into every query.
    #[must_use]
    pub fn scope(&self) -> Scope {
        // An administrator's own part in matters of earlier posts is closed too: the account of the scope is then nobody's.
        let account = if self.administers() { AccountId::from("") } else { self.account.clone() };
        let mut scope =
            Scope { account, ranges: Vec::new(), units: Vec::new(), seated: Vec::new(), protected: self.system, confidential: self.system, all: self.system };
        for seat in &self.seats {
            let sight = sight(seat.kind);
            if !scope.seated.contains(&seat.unit) {
                scope.seated.push(seat.unit.clone());
            }
            if sight.range && !scope.ranges.contains(&seat.place) {
                scope.ranges.push(seat.place.clone());
            }
            if sight.unit && !scope.units.contains(&seat.unit) {
                scope.units.push(seat.unit.clone());
            }
            scope.protected |= sight.protected;
            scope.confidential |= sight.confidential;
        }
        scope
    }
}

/// What a post lets one see. Default: nothing but what one has oneself a part in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// Matters whose home lies in the unit's place.
    pub range: bool,
    /// Matters in which the unit has a part.
    pub unit: bool,
    /// Also protected persons' (`domain.md` §10.8).
    pub protected: bool,
    /// Also confidential accusations.
    pub confidential: bool,
}

/// What a kind of post lets one see.
#[must_use]
pub const fn sight(post: PostKind) -> Sight {
    let none = Sight { range: false, unit: false, protected: false, confidential: false };
    match post.acts_as() {
        PostKind::CommandHead | PostKind::StreetLeader => Sight { range: true, unit: true, protected: true, confidential: true },
        PostKind::CommandOfficer | PostKind::DutyOfficer => Sight { range: true, unit: true, protected: true, ..none },
        PostKind::Checker | PostKind::CallbackClerk | PostKind::Archivist => Sight { range: true, unit: true, ..none },
        PostKind::StationChief | PostKind::UnitHead => Sight { unit: true, protected: true, ..none },
        PostKind::DeskClerk | PostKind::UnitOfficer | PostKind::Mediator => Sight { unit: true, ..none },
        // Grid workers, administrators, and whoever stands for himself only ([`PostKind::acts_as`]).
        _ => none,
    }
}

/// Whether a post lets one see matters of a class.
#[must_use]
pub const fn sees_class(post: PostKind, care: crate::matters::Care) -> bool {
    use crate::matters::Care;
    let sight = sight(post);
    match care {
        Care::Open => sight.range || sight.unit,
        Care::Protected => sight.protected,
        Care::Confidential => sight.confidential,
    }
}

/// What may be seen: place ranges, units and classes. Only [`Actor::scope`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    account: AccountId,
    ranges: Vec<PlaceCode>,
    units: Vec<UnitId>,
    seated: Vec<UnitId>,
    protected: bool,
    confidential: bool,
    all: bool,
}

impl Scope {
    /// The account: what it registered, works on or was given a task of is seen whatever its class.
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// Matters whose home lies in one of these places.
    #[must_use]
    pub fn ranges(&self) -> &[PlaceCode] {
        &self.ranges
    }

    /// Matters in which one of these units has a part.
    #[must_use]
    pub fn units(&self) -> &[UnitId] {
        &self.units
    }

    /// Units in which the actor sits, whatever the post: a matter that complains of one of them does not exist for him.
    #[must_use]
    pub fn seated(&self) -> &[UnitId] {
        &self.seated
    }

    /// Whether a matter that complains of these units is barred to the actor, whatever part he has in it (`domain.md` §10.8).
    #[must_use]
    pub fn barred(&self, accused: &[UnitId]) -> bool {
        !self.all && accused.iter().any(|unit| self.seated.contains(unit))
    }

    /// Whether protected matters in range are seen.
    #[must_use]
    pub const fn sees_protected(&self) -> bool {
        self.protected
    }

    /// Whether confidential matters in range are seen.
    #[must_use]
    pub const fn sees_confidential(&self) -> bool {
        self.confidential
    }

    /// Whether everything is seen (the system).
    #[must_use]
    pub const fn sees_all(&self) -> bool {
        self.all
    }

    /// The same rule as the store's queries, for a row in hand (the live stream).
    #[must_use]
    pub fn sees(&self, care: crate::matters::Care, home: &PlaceCode, units: &[UnitId], accounts: &[AccountId]) -> bool {
        use crate::matters::Care;
        if self.all || accounts.contains(&self.account) {
            return true;
        }
        let class = match care {
            Care::Open => true,
            Care::Protected => self.protected,
            Care::Confidential => self.confidential,
        };
        class && (self.ranges.iter().any(|range| range.covers(home)) || units.iter().any(|unit| self.units.contains(unit)))
    }
}

/// A seat is held over a span; whether it is at `now`.
#[must_use]
pub fn held(from: Instant, to: Option<Instant>, now: Instant) -> bool {
    from <= now && to.is_none_or(|to| now < to)
}
