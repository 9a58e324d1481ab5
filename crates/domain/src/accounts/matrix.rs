//! The policy matrix: role on post × act × tier × data class, found by asking the policy itself.
//!
//! Nothing here decides. For every post, at every height at which it may stand, and in every relation to a matter, [`may`] and the post's [`super::Scope`] are
//! asked about a matter of each class; what they answer is the table that is checked in and that the auditor reads.

use super::actor::{Actor, Seat};
use super::policy::{Relation, may, may_register};
use super::right::{Right, granted};
use super::sight;
use crate::kernel::{AccountId, Commit, Instant, MatterId, PlaceCode, PostId, TaskId, UnitId, WordsId};
use crate::matters::{ActKind, Care, Matter, Task, TaskKind, TaskState};
use crate::places::{PostKind, Tier, UnitKind};
use crate::trail::Said;

/// To which matters of a class and a relation an act reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touch {
    /// To all of them.
    Any,
    /// Only to those in which the person has a part of his own: registered it, works on it, was given a task.
    Own,
}

/// One row: what a post at these tiers may do by one act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRow {
    /// The post.
    pub post: PostKind,
    /// How high its unit stands; tiers with the same answers share a row.
    pub tiers: Vec<Tier>,
    /// The act.
    pub act: ActKind,
    /// In which relations, for each class in the order of [`Care::ALL`].
    pub cells: Vec<Vec<(Relation, Touch)>>,
}

const ACTOR: &str = "acc_actor";
const UNIT: &str = "unt_own";
const OTHER: &str = "unt_other";
const RELATIONS: [Relation; 5] = [Relation::Home, Relation::Lead, Relation::Task, Relation::Owner, Relation::Above];

/// The matrix, posts in their order, acts in theirs.
#[must_use]
pub fn policy() -> Vec<PolicyRow> {
    let mut rows: Vec<PolicyRow> = Vec::new();
    // A post that acts by the rules of another has that one's rows.
    for post in PostKind::ALL.iter().filter(|post| post.acts_as() == **post) {
        for act in ActKind::ALL.iter().filter(|act| !act.is_systems()) {
            let first = rows.len();
            for tier in Tier::ALL {
                let Some(kind) = unit_kind(*post, *tier) else { continue };
                let seat = seat(*post, *tier, kind);
                let cells: Vec<_> = Care::ALL.iter().map(|care| cell(&seat, *act, *care)).collect();
                if cells.iter().all(Vec::is_empty) {
                    continue;
                }
                match rows[first..].iter_mut().find(|row| row.cells == cells) {
                    Some(row) => row.tiers.push(*tier),
                    None => rows.push(PolicyRow { post: *post, tiers: vec![*tier], act: *act, cells }),
                }
            }
        }
    }
    rows
}

/// Where a post of this kind stands when its unit is of this tier; none if it stands in no unit of that height.
const fn unit_kind(post: PostKind, tier: Tier) -> Option<UnitKind> {
    use PostKind::{DeskClerk, GridWorker, Mediator, StationChief, UnitHead, UnitOfficer};
    match (post, tier) {
        (GridWorker, Tier::Grid) => Some(UnitKind::GridTeam),
        (DeskClerk | StationChief | Mediator | GridWorker | UnitOfficer, Tier::Village | Tier::Community | Tier::Area) => Some(UnitKind::Station),
        (UnitHead | UnitOfficer, Tier::Street | Tier::District) => Some(UnitKind::Department),
        (DeskClerk | StationChief | Mediator | GridWorker | UnitHead | UnitOfficer, _) => None,
        (_, Tier::Street) => Some(UnitKind::CommandRoom),
        (_, Tier::District) => Some(UnitKind::DistrictCenter),
        _ => None,
    }
}

fn seat(kind: PostKind, tier: Tier, unit_kind: UnitKind) -> Seat {
    Seat { post: PostId::from("pst_own"), kind, unit: UNIT.into(), unit_kind, place: PlaceCode("1".repeat(tier.digits())), holder: None }
}

fn cell(seat: &Seat, act: ActKind, care: Care) -> Vec<(Relation, Touch)> {
    let actor = Actor::person(ACTOR.into(), vec![seat.clone()]);
    let scope = actor.scope();
    let mut cell = Vec::new();
    for relation in RELATIONS {
        let (matter, home) = matter(seat, relation);
        if act == ActKind::Register {
            // Nothing is there yet that could be of a class; whoever registers has a part in it.
            if matches!(relation, Relation::Home | Relation::Above) && may_register(&actor, &matter.home, &home).is_ok() {
                cell.push((relation, Touch::Any));
            }
            continue;
        }
        if may(&actor, act, &matter, &home).is_err() {
            continue;
        }
        let units: Vec<UnitId> = matter.units.iter().map(|(unit, _)| unit.clone()).collect();
        if scope.sees(care, &home, &units, &[]) {
            cell.push((relation, Touch::Any));
        } else if scope.sees(care, &home, &units, &[AccountId::from(ACTOR)]) {
            cell.push((relation, Touch::Own));
        }
    }
    cell
}

/// A matter to which the seat's unit stands in this relation and in no other, with the place of its home.
fn matter(seat: &Seat, relation: Relation) -> (Matter, PlaceCode) {
    let mut matter = Matter::unborn(MatterId::from("mat_any"));
    let elsewhere = PlaceCode("2".repeat(12));
    matter.home = OTHER.into();
    let own = seat.unit.clone();
    let home = match relation {
        Relation::Home => {
            matter.home = own.clone();
            matter.units.insert((own, "home".to_owned()));
            seat.place.clone()
        }
        Relation::Above => PlaceCode(format!("{}111", seat.place)),
        Relation::Lead | Relation::Task | Relation::Owner | Relation::Part => {
            matter.units.insert((own.clone(), relation.code().to_owned()));
            match relation {
                Relation::Lead => matter.lead = Some(own),
                Relation::Task => matter.tasks.push(task(own)),
                _ => matter.owner_unit = Some(own),
            }
            elsewhere
        }
    };
    (matter, home)
}

fn task(unit: UnitId) -> Task {
    let what = Said { name: String::new(), words: WordsId::from(""), commit: Commit(String::new()) };
    Task {
        id: TaskId::from("tsk_any"),
        kind: TaskKind::Assist,
        unit,
        account: None,
        given_by: OTHER.into(),
        what,
        due_at: None::<Instant>,
        state: TaskState::Open,
        ended_at: None,
        ended_by: None,
        outcome: None,
    }
}

/// A cell in words: `home lead°`, where ° marks what reaches only to matters in which the person has a part of his own.
#[must_use]
pub fn cell_text(cell: &[(Relation, Touch)]) -> String {
    let word = |(relation, touch): &(Relation, Touch)| format!("{}{}", relation.code(), if *touch == Touch::Own { "°" } else { "" });
    cell.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// The whole matrix as text: acts, what each post sees, rights. What is checked in as the snapshot.
#[must_use]
pub fn policy_table() -> String {
    let mut text = format!("post | tiers | act | {}\n", Care::ALL.iter().map(|care| care.code()).collect::<Vec<_>>().join(" | "));
    for row in policy() {
        let tiers: Vec<&str> = row.tiers.iter().map(|tier| tier.code()).collect();
        let cells: Vec<String> = row.cells.iter().map(|cell| cell_text(cell)).collect();
        text.push_str(&format!("{} | {} | {} | {}\n", row.post.code(), tiers.join(" "), row.act.code(), cells.join(" | ")));
    }
    text.push_str("\npost | sees\n");
    for post in PostKind::ALL {
        text.push_str(&format!("{} | {}\n", post.code(), sight_text(*post)));
    }
    text.push_str("\nright | post@within\n");
    for right in Right::ALL {
        let who: Vec<String> = granted(*right).iter().map(|(post, within)| format!("{}@{}", post.code(), within.code())).collect();
        text.push_str(&format!("{} | {}\n", right.code(), who.join(" ")));
    }
    text
}

/// What a post sees, in codes: `range unit · open protected`.
#[must_use]
pub fn sight_text(post: PostKind) -> String {
    if super::administers(post) {
        return "nothing".to_owned();
    }
    let sight = sight(post);
    let mut how = Vec::new();
    how.extend(sight.range.then_some("range"));
    how.extend(sight.unit.then_some("unit"));
    if how.is_empty() {
        return "own".to_owned();
    }
    how.extend(["own ·", "open"]);
    how.extend(sight.protected.then_some("protected"));
    how.extend(sight.confidential.then_some("confidential"));
    how.join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::policy::reach;
    use super::*;

    #[test]
    fn the_matrix_knows_every_post_that_an_act_names_and_nobody_else() {
        let rows = policy();
        for act in ActKind::ALL.iter().filter(|act| !act.is_systems()) {
            for post in PostKind::ALL {
                let named = reach(*act).iter().any(|(kind, _)| kind == post);
                assert_eq!(rows.iter().any(|row| row.act == *act && row.post == *post), named, "{} {}", act.code(), post.code());
            }
        }
    }

    #[test]
    fn administrators_are_in_no_row_and_only_the_head_and_the_leader_reach_confidential_matters_above() {
        for row in policy() {
            assert!(!crate::accounts::administers(row.post), "{row:?}");
            let confidential = &row.cells[2];
            if row.act != ActKind::Register && confidential.contains(&(Relation::Above, Touch::Any)) {
                assert!(matches!(row.post, PostKind::CommandHead | PostKind::StreetLeader), "{row:?}");
            }
        }
    }
}
