//! The rungs of the ladder (`domain.md` §10.6): head of the owning unit → station chief → duty officer of the command room → street leader on duty → district.

use crate::accounts::sees_class;
use crate::kernel::{AccountId, UnitId};
use crate::matters::{Care, Desk, Holders, Matter};
use crate::places::{PostKind, UnitKind};

/// The rung above all: the alarm that stands in the command room until somebody there has acknowledged it.
pub const ALARM: i64 = 6;

/// One rung.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// Its number, from 1.
    pub n: i64,
    /// Which unit.
    pub unit: UnitId,
    /// Which post of it.
    pub post: PostKind,
}

/// The rungs above a matter's owner, the lowest first. A rung that is the same seat as the one below is one rung.
///
/// A department's leader is the head of the unit himself; a unit below a station has the station's chief above it, and so has whoever else holds the matter of a
/// station. Whether somebody stands on a rung is asked when it is reached.
#[must_use]
pub fn rungs(matter: &Matter, desk: &Desk<'_>) -> Vec<Rung> {
    let owner = matter.owner_unit.clone().or_else(|| matter.lead.clone()).unwrap_or_else(|| matter.home.clone());
    let mut all = vec![Rung { n: 1, post: head_of(desk, &owner), unit: owner.clone() }];
    let chief = desk.network.line_up(&owner).into_iter().map(|unit| &unit.id).chain([&matter.home]);
    let station = |id: &&UnitId| desk.network.unit(id).is_some_and(|unit| unit.kind == UnitKind::Station);
    let department = desk.network.unit(&owner).is_some_and(|unit| unit.kind == UnitKind::Department);
    if !department && let Some(unit) = chief.into_iter().find(station) {
        all.push(Rung { n: 2, unit: unit.clone(), post: PostKind::StationChief });
    }
    if let Ok(command) = desk.command_room(&matter.home) {
        // A class that the duty officer may not see is the head's (`domain.md` §10.8).
        let duty = if sees_class(PostKind::DutyOfficer, matter.care) { PostKind::DutyOfficer } else { PostKind::CommandHead };
        all.push(Rung { n: 3, unit: command.clone(), post: duty });
        all.push(Rung { n: 4, unit: command, post: PostKind::StreetLeader });
    }
    let place = desk.place_of(&matter.home);
    if let Some(district) = desk.network.units.iter().find(|unit| unit.kind == UnitKind::DistrictCenter && unit.place.covers(&place)) {
        all.push(Rung { n: 5, unit: district.id.clone(), post: PostKind::CommandOfficer });
    }
    all.dedup_by(|above, below| above.unit == below.unit && above.post == below.post);
    all
}

/// The post that answers for a unit that leads.
pub(crate) fn head_of(desk: &Desk<'_>, unit: &UnitId) -> PostKind {
    match desk.network.unit(unit).map(|unit| unit.kind) {
        Some(UnitKind::Station | UnitKind::GridTeam) => PostKind::StationChief,
        Some(UnitKind::CommandRoom | UnitKind::DistrictCenter) => PostKind::CommandOfficer,
        _ => PostKind::UnitHead,
    }
}

/// Whether a person may be told of a matter of this class as somebody of `unit`: by a post that the person has there. Whoever stands in for another on the rota does not
/// get the other's sight (`docs/decisions/0009`), so a stand-in without it is passed over, rather than woken for what cannot be opened.
#[must_use]
pub fn may_know(holders: &Holders, account: &AccountId, unit: &UnitId, care: Care) -> bool {
    holders.0.iter().any(|(who, of, post)| who == account && of == unit && sees_class(*post, care))
}

impl Rung {
    /// Who stands on it now and may know of the matter: by the rota, else by holding the post. A class that the post, or the person who stands in for it, may not see
    /// (`domain.md` §10.8) leaves it empty.
    #[must_use]
    pub fn people(&self, matter: &Matter, desk: &Desk<'_>) -> Vec<AccountId> {
        if !sees_class(self.post, matter.care) {
            return Vec::new();
        }
        let there = desk.roster.there(&self.unit, self.post, desk.now, desk.holders).into_iter();
        there.filter(|account| may_know(desk.holders, account, &self.unit, matter.care)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_stands_in_without_the_sight_of_a_class_is_not_told_of_it() {
        let (unit, other) = (UnitId::from("unt_1"), UnitId::from("unt_2"));
        let holders = Holders(vec![
            ("chief".into(), unit.clone(), PostKind::StationChief),
            ("deputy".into(), unit.clone(), PostKind::StationChief),
            ("clerk".into(), unit.clone(), PostKind::DeskClerk),
            ("grid".into(), unit.clone(), PostKind::GridWorker),
            ("grid".into(), other, PostKind::StationChief),
        ]);
        let knows = |who: &str, care| may_know(&holders, &who.into(), &unit, care);
        for (care, chief, clerk, grid) in [(Care::Open, true, true, false), (Care::Protected, true, false, false), (Care::Confidential, false, false, false)] {
            assert_eq!((knows("chief", care), knows("deputy", care)), (chief, chief), "a deputy by delegation has the post's sight");
            assert_eq!((knows("clerk", care), knows("grid", care)), (clerk, grid), "a post elsewhere gives no sight here");
        }
    }
}
