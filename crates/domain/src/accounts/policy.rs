//! Who may do what: one exhaustive `match` over acts, one list of posts and relations each. Default deny.
//!
//! A post acts through a *relation* to the matter. The table is `domain.md` §10.3, column “who”; it is a snapshot (`policy.table`).

use super::actor::{Actor, Seat};
use crate::kernel::{PlaceCode, Refusal, UnitId};
use crate::matters::{ActKind, Matter};
use crate::places::{PostKind, UnitKind};

/// How a post's unit stands to a matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// It is the home station.
    Home,
    /// It is the lead.
    Lead,
    /// It has a task in it.
    Task,
    /// It is the accountable owner.
    Owner,
    /// It is the command room (or the tier above) of the home station's place.
    Above,
    /// It has any part in it, or stands above.
    Part,
}

impl Relation {
    /// The relation's name in the matrix.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Lead => "lead",
            Self::Task => "task",
            Self::Owner => "owner",
            Self::Above => "above",
            Self::Part => "part",
        }
    }
}

use PostKind::{
    Archivist, CallbackClerk, Checker, CommandHead, CommandOfficer, DeskClerk, DutyOfficer, GridWorker, Mediator, StationChief, StreetLeader, UnitHead,
    UnitOfficer,
};
use Relation::{Above, Home, Lead, Owner, Part, Task};

/// Posts and relations that may do `act`, in the order in which a person's posts are tried.
#[must_use]
pub const fn reach(act: ActKind) -> &'static [(PostKind, Relation)] {
    match act {
        // Registering has no matter yet: `Home` means at one's own unit.
        ActKind::Register => &[(DeskClerk, Home), (StationChief, Home), (GridWorker, Home), (UnitOfficer, Home), (CommandOfficer, Above), (DutyOfficer, Above)],
        ActKind::Answer => &[(DeskClerk, Home), (StationChief, Home), (CommandOfficer, Above), (DutyOfficer, Above)],
        ActKind::Ask | ActKind::Decline | ActKind::Void => &[(DeskClerk, Home), (CommandOfficer, Above), (DutyOfficer, Above)],
        ActKind::Approve | ActKind::Refuse => &[(StationChief, Home), (CommandHead, Above)],
        ActKind::Dispatch => &[(DeskClerk, Home), (StationChief, Home), (CommandOfficer, Above), (DutyOfficer, Above), (CommandHead, Above)],
        ActKind::Amend => &[
            (StationChief, Home),
            (StationChief, Lead),
            (UnitHead, Lead),
            (CommandHead, Above),
            (CommandOfficer, Above),
            (DutyOfficer, Above),
            (DeskClerk, Owner),
            (UnitOfficer, Owner),
            (DeskClerk, Home),
        ],
        ActKind::Accept => &[(UnitOfficer, Lead), (UnitHead, Lead), (StationChief, Lead), (DeskClerk, Lead), (CommandOfficer, Lead)],
        // Acknowledging is for whoever was told, by whatever post (`domain::notices::acknowledge`).
        ActKind::AutoAccept | ActKind::Escalate | ActKind::Release | ActKind::Retime | ActKind::Acknowledge => &[],
        ActKind::SendBack => &[(UnitOfficer, Lead), (UnitHead, Lead), (StationChief, Lead)],
        ActKind::Arbitrate => &[(CommandOfficer, Above), (DutyOfficer, Above), (CommandHead, Above)],
        ActKind::Assign => &[(UnitHead, Lead), (StationChief, Lead), (CommandHead, Lead)],
        ActKind::Contact | ActKind::FeedBack => {
            &[(UnitOfficer, Lead), (UnitHead, Lead), (StationChief, Lead), (DeskClerk, Lead), (GridWorker, Lead), (Mediator, Lead), (CommandOfficer, Lead)]
        }
        ActKind::Record => &[
            (UnitOfficer, Lead),
            (UnitHead, Lead),
            (StationChief, Lead),
            (DeskClerk, Lead),
            (GridWorker, Lead),
            (Mediator, Lead),
            (CommandOfficer, Lead),
            (UnitOfficer, Task),
            (UnitHead, Task),
            (StationChief, Task),
            (DeskClerk, Task),
            (GridWorker, Task),
            (Mediator, Task),
        ],
        ActKind::Note => &[
            (DeskClerk, Part),
            (StationChief, Part),
            (UnitOfficer, Part),
            (UnitHead, Part),
            (GridWorker, Part),
            (Mediator, Part),
            (CommandOfficer, Part),
            (DutyOfficer, Part),
            (CommandHead, Part),
            (Checker, Part),
            (CallbackClerk, Part),
            (Archivist, Part),
            (StreetLeader, Part),
        ],
        // The duty officer stands in at night and for protected persons, the head for confidential accusations: classes that the desks do not see.
        ActKind::Check => &[(Checker, Above), (DutyOfficer, Above), (CommandHead, Above)],
        ActKind::CallBack | ActKind::Object => &[(CallbackClerk, Above), (DutyOfficer, Above), (CommandHead, Above)],
        ActKind::Close => &[(StationChief, Lead), (UnitHead, Lead), (CommandHead, Above)],
        ActKind::Reopen => &[(StationChief, Home), (CommandOfficer, Above), (CommandHead, Above)],
        ActKind::Urge => &[(CommandOfficer, Above), (DutyOfficer, Above), (CommandHead, Above), (StreetLeader, Above), (StationChief, Home)],
        ActKind::Archive => &[(Archivist, Above)],
        ActKind::FinishTask => &[
            (UnitOfficer, Task),
            (UnitHead, Task),
            (StationChief, Task),
            (DeskClerk, Task),
            (GridWorker, Task),
            (Mediator, Task),
            (CommandOfficer, Task),
            (CallbackClerk, Task),
        ],
        // The chief, or the head who holds the matter, says who may know of it.
        ActKind::NamePerson | ActKind::UnnamePerson => &[(StationChief, Home), (StationChief, Lead), (UnitHead, Lead), (CommandHead, Above)],
        ActKind::LiftTask => &[(CommandOfficer, Above), (CommandHead, Above), (StationChief, Home), (StationChief, Lead), (UnitHead, Lead)],
    }
}

/// Posts and relations that may see a name or a number in full: who works on the matter, the desk that took it, who calls back, and the command room above;
/// always with a reason, and always an entry of the reading chain. Who merely gets a copy, checks papers or keeps the archive does not.
pub const REVEALS: &[(PostKind, Relation)] = &[
    (DeskClerk, Home),
    (StationChief, Home),
    (UnitOfficer, Lead),
    (UnitHead, Lead),
    (StationChief, Lead),
    (GridWorker, Lead),
    (Mediator, Lead),
    (UnitOfficer, Task),
    (UnitHead, Task),
    (StationChief, Task),
    (DeskClerk, Task),
    (GridWorker, Task),
    (Mediator, Task),
    (CallbackClerk, Above),
    (CommandOfficer, Above),
    (DutyOfficer, Above),
    (CommandHead, Above),
];

/// The seat by which the actor may see names and numbers of `matter` in full, with a reason.
///
/// # Errors
/// [`Refusal::NotYours`] with the posts that could.
pub fn may_reveal<'a>(actor: &'a Actor, matter: &Matter, home: &PlaceCode) -> Result<&'a Seat, Refusal> {
    REVEALS
        .iter()
        .find_map(|(kind, relation)| actor.seats().iter().find(|seat| seat.kind.acts_as() == *kind && stands(seat, *relation, matter, home)))
        .ok_or_else(|| Refusal::NotYours {
            act: "reveal",
            who: REVEALS.iter().map(|(post, _)| post.code()).collect::<std::collections::BTreeSet<_>>().into_iter().collect(),
        })
}

/// Codes of the posts that may do `act`, without repeats.
#[must_use]
pub fn posts_for(act: ActKind) -> Vec<&'static str> {
    let mut posts = Vec::new();
    for (post, _) in reach(act) {
        if !posts.contains(&post.code()) {
            posts.push(post.code());
        }
    }
    posts
}

/// The first of the actor's posts that may do `act` to `matter`. `home` is the place of its home station.
///
/// # Errors
/// [`Refusal::NotYours`] with the posts that could.
pub fn may<'a>(actor: &'a Actor, act: ActKind, matter: &Matter, home: &PlaceCode) -> Result<&'a Seat, Refusal> {
    fitting(actor, act, matter, home).next().ok_or_else(|| Refusal::NotYours { act: act.code(), who: posts_for(act) })
}

/// All of the actor's posts that may do `act` to `matter`, each once, the one that [`may`] takes first.
#[must_use]
pub fn seats_for<'a>(actor: &'a Actor, act: ActKind, matter: &Matter, home: &PlaceCode) -> Vec<&'a Seat> {
    let mut seats: Vec<&Seat> = Vec::new();
    for seat in fitting(actor, act, matter, home) {
        if !seats.iter().any(|known| known.post == seat.post) {
            seats.push(seat);
        }
    }
    seats
}

fn fitting<'a>(actor: &'a Actor, act: ActKind, matter: &Matter, home: &PlaceCode) -> impl Iterator<Item = &'a Seat> {
    reach(act)
        .iter()
        .flat_map(move |(kind, relation)| actor.seats().iter().filter(move |seat| seat.kind.acts_as() == *kind && stands(seat, *relation, matter, home)))
}

/// The first of the actor's posts that may register at the desk of the unit `at`, which lies in `place`.
///
/// # Errors
/// [`Refusal::NotYours`] with the posts that could.
pub fn may_register<'a>(actor: &'a Actor, at: &UnitId, place: &PlaceCode) -> Result<&'a Seat, Refusal> {
    reach(ActKind::Register)
        .iter()
        .find_map(|(kind, relation)| {
            actor.seats().iter().find(|seat| {
                seat.kind.acts_as() == *kind
                    && match relation {
                        Above => stands_above(seat, place),
                        _ => seat.unit == *at,
                    }
            })
        })
        .ok_or_else(|| Refusal::NotYours { act: ActKind::Register.code(), who: posts_for(ActKind::Register) })
}

fn stands(seat: &Seat, relation: Relation, matter: &Matter, home: &PlaceCode) -> bool {
    match relation {
        Home => seat.unit == matter.home,
        Lead => matter.lead.as_ref() == Some(&seat.unit),
        Task => matter.open_tasks().any(|task| task.unit == seat.unit),
        Owner => matter.owner_unit.as_ref() == Some(&seat.unit),
        Above => stands_above(seat, home),
        Part => stands_above(seat, home) || matter.units.iter().any(|(unit, role)| *unit == seat.unit && role != "accused"),
    }
}

fn stands_above(seat: &Seat, home: &PlaceCode) -> bool {
    matches!(seat.unit_kind, UnitKind::CommandRoom | UnitKind::DistrictCenter) && seat.place.covers(home)
}

/// The whole matrix as text, one row an act: what is checked in as the snapshot.
#[must_use]
pub fn matrix() -> String {
    let mut text = String::from("act | post@relation …\n");
    for act in ActKind::ALL {
        let row: Vec<String> = reach(*act).iter().map(|(post, relation)| format!("{}@{}", post.code(), relation.code())).collect();
        text.push_str(&format!(
            "{} | {}\n",
            act.code(),
            match act {
                ActKind::Acknowledge => "whoever was told".to_owned(),
                act if act.is_systems() => "system".to_owned(),
                _ => row.join(" "),
            }
        ));
    }
    let row: Vec<String> = REVEALS.iter().map(|(post, relation)| format!("{}@{}", post.code(), relation.code())).collect();
    text.push_str(&format!("reveal | {}\n", row.join(" ")));
    text
}
