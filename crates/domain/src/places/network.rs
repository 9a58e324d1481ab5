//! The network: places, units and posts as rows, and the few questions that are asked of them.

use super::{Function, GridKind, PostKind, Standing, StationFunction, Tier, UnitKind};
use crate::kernel::{Day, PlaceCode, PostId, UnitId};

/// A row of the tree of places. Codes change every year, so a row says of which edition it is and from when to when it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// 6, 9, 12 or 15 digits.
    pub code: PlaceCode,
    /// The name without any label.
    pub name: String,
    /// Its tier.
    pub tier: Tier,
    /// The place above, none for the top of the tree.
    pub parent: Option<PlaceCode>,
    /// Generated for the demonstration; the screen adds 演示.
    pub demo: bool,
    /// The edition of the code list, or `local` for a code of the street's own.
    pub edition: String,
    /// First day on which the code holds, if it is known.
    pub valid_from: Option<Day>,
    /// Last day on which it holds, none while it does.
    pub valid_to: Option<Day>,
    /// The code that it took over from.
    pub predecessor: Option<PlaceCode>,
    /// The public-security code of the same place (12 or 15 digits), which is another list.
    pub police_code: Option<String>,
    /// Only a grid: of which sort.
    pub grid: Option<GridKind>,
}

impl Place {
    /// Whether the place holds on a day; without a day, whether nothing has ended it.
    #[must_use]
    pub fn open(&self, on: Option<Day>) -> bool {
        on.map_or(self.valid_to.is_none(), |day| self.valid_from.is_none_or(|first| first <= day) && self.valid_to.is_none_or(|last| day <= last))
    }
}

/// A body that owns, leads or assists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// Its short code, unique: the place code of a station, else street and function.
    pub code: String,
    /// The name without any label.
    pub name: String,
    /// What sort of body.
    pub kind: UnitKind,
    /// The place that it answers for.
    pub place: PlaceCode,
    /// The tier at which it works.
    pub tier: Tier,
    /// What it is for; stations have none, they are found by place.
    pub function: Option<Function>,
    /// The unit above.
    pub parent: Option<UnitId>,
    /// Its name or existence is generated for the demonstration; the screen adds 演示.
    pub demo: bool,
    /// Only an area station: other stations' places that it serves beside them.
    pub overlaps: Vec<PlaceCode>,
    /// Only a station: what it does of 智治·警务·交治·矛调·微消.
    pub functions: Vec<StationFunction>,
    /// Last day on which it works, none while it does.
    pub valid_to: Option<Day>,
}

impl Unit {
    /// Whether the unit works on a day; without a day, whether nothing has ended it.
    #[must_use]
    pub fn open(&self, on: Option<Day>) -> bool {
        self.valid_to.is_none_or(|last| on.is_some_and(|day| day <= last))
    }
}

/// A post of a unit; people hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Its id.
    pub id: PostId,
    /// Whose post.
    pub unit: UnitId,
    /// What it does.
    pub kind: PostKind,
    /// How it is called.
    pub name: String,
    /// Only a post of a grid's team: which grid of the unit's place.
    pub grid: Option<PlaceCode>,
    /// Where it stands in 1+3+N.
    pub standing: Standing,
    /// How many people are meant to hold it; what is missing to that number is a vacancy.
    pub planned: i64,
}

impl Post {
    /// A post of a unit, planned for one person, as a network is first laid out.
    #[must_use]
    pub fn of(unit: &Unit, kind: PostKind) -> Self {
        let name = format!("{}{}", unit.name, kind.zh());
        Self { id: Self::id_of(&unit.id, kind), unit: unit.id.clone(), kind, name, grid: None, standing: kind.usual_standing(), planned: 1 }
    }

    /// The id of a post in a grid's team: `pst_330109014218003_grid_leader`.
    #[must_use]
    pub fn id_in(grid: &PlaceCode, kind: PostKind) -> PostId {
        PostId(format!("{}{grid}_{kind}", PostId::PREFIX))
    }

    /// The id of a unit's post of a kind: `pst_330109014218_desk_clerk`.
    #[must_use]
    pub fn id_of(unit: &UnitId, kind: PostKind) -> PostId {
        let unit = unit.as_str().strip_prefix(UnitId::PREFIX).unwrap_or(unit.as_str());
        PostId(format!("{}{unit}_{kind}", PostId::PREFIX))
    }
}

/// All places, units and posts of an installation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Network {
    /// The tree of places.
    pub places: Vec<Place>,
    /// The units.
    pub units: Vec<Unit>,
    /// The posts.
    pub posts: Vec<Post>,
    /// The day for which it is read: what has ended by then, or has not begun, answers for nothing. None: nothing that has an end does.
    pub on: Option<Day>,
}

impl Network {
    /// The first day after `today` on which something begins or has ended: until then a network read for today holds.
    #[must_use]
    pub fn next_turn(&self, today: Day) -> Option<Day> {
        let places = self.places.iter().flat_map(|place| [place.valid_from, place.valid_to.map(|last| last.plus(1))]).flatten();
        places.chain(self.units.iter().filter_map(|unit| unit.valid_to.map(|last| last.plus(1)))).filter(|day| *day > today).min()
    }

    /// The place of a code.
    #[must_use]
    pub fn place(&self, code: &PlaceCode) -> Option<&Place> {
        self.places.iter().find(|place| place.code == *code)
    }

    /// The unit of an id.
    #[must_use]
    pub fn unit(&self, id: &UnitId) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.id == *id)
    }

    /// The post of an id.
    #[must_use]
    pub fn post(&self, id: &PostId) -> Option<&Post> {
        self.posts.iter().find(|post| post.id == *id)
    }

    /// A unit's post of a kind, if it has one.
    #[must_use]
    pub fn post_of(&self, unit: &UnitId, kind: PostKind) -> Option<&Post> {
        self.posts.iter().find(|post| post.unit == *unit && post.kind == kind)
    }

    /// All units that work, in the order of the rows.
    pub fn working(&self) -> impl Iterator<Item = &Unit> + Clone {
        self.units.iter().filter(|unit| unit.open(self.on))
    }

    /// All stations that work, in the order of the rows.
    pub fn stations(&self) -> impl Iterator<Item = &Unit> {
        self.working().filter(|unit| unit.kind == UnitKind::Station)
    }

    /// The station that owns what happens at `place`: the one whose own place covers it. None above the stations: that is the command room's.
    #[must_use]
    pub fn primary_station(&self, place: &PlaceCode) -> Option<&Unit> {
        self.stations().find(|station| station.place.covers(place))
    }

    /// The area station that serves `place` beside its primary station, if one does.
    #[must_use]
    pub fn area_station(&self, place: &PlaceCode) -> Option<&Unit> {
        self.stations().find(|station| station.overlaps.iter().any(|own| own.covers(place)))
    }

    /// Who owns what is registered at `place`: its primary station, else the command room.
    #[must_use]
    pub fn home(&self, place: &PlaceCode) -> Option<&Unit> {
        self.primary_station(place).or_else(|| self.command_room(place))
    }

    /// The command room of the street in which `place` lies; for a district, the only one there is, else none.
    #[must_use]
    pub fn command_room(&self, place: &PlaceCode) -> Option<&Unit> {
        let mut rooms = self.working().filter(|unit| unit.kind == UnitKind::CommandRoom);
        if let Some(room) = rooms.clone().find(|room| room.place.covers(place)) {
            return Some(room);
        }
        rooms.next().filter(|_| rooms.next().is_none())
    }

    /// The nearest unit for a function seen from `place`: the one whose place covers it most closely, else the first of the function.
    #[must_use]
    pub fn for_function(&self, function: Function, place: &PlaceCode) -> Option<&Unit> {
        let mut best: Option<&Unit> = None;
        for unit in self.working().filter(|unit| unit.function == Some(function)) {
            let reach = |unit: &Unit| if unit.place.covers(place) { unit.place.as_str().len() } else { 0 };
            if best.is_none_or(|best| reach(unit) > reach(best)) {
                best = Some(unit);
            }
        }
        best
    }

    /// The grids of a village or community.
    pub fn grids(&self, of: &PlaceCode) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(move |place| place.tier == Tier::Grid && place.open(self.on) && place.parent.as_ref() == Some(of))
    }

    /// A unit and all that stand above it, the nearest first.
    #[must_use]
    pub fn line_up(&self, id: &UnitId) -> Vec<&Unit> {
        let mut line: Vec<&Unit> = Vec::new();
        let mut next = self.unit(id);
        while let Some(unit) = next.filter(|unit| !line.iter().any(|seen| seen.id == unit.id)) {
            line.push(unit);
            next = unit.parent.as_ref().and_then(|parent| self.unit(parent));
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::{check, demo};

    /// The demo street and a second one beside it with the same units.
    fn two_streets() -> Network {
        let mut network = demo::xinjie();
        let mut second = demo::xinjie();
        let next = |text: &str| text.replace("330109014", "330109015");
        second.places.retain(|place| place.tier != Tier::District);
        second.units.retain(|unit| unit.kind != UnitKind::DistrictCenter);
        for place in &mut second.places {
            place.code = next(place.code.as_str()).into();
            place.parent = place.parent.as_ref().map(|parent| next(parent.as_str()).into());
        }
        for unit in &mut second.units {
            unit.id = next(unit.id.as_str()).into();
            unit.code = next(&unit.code);
            unit.place = next(unit.place.as_str()).into();
            unit.parent = unit.parent.as_ref().map(|parent| next(parent.as_str()).into());
            unit.overlaps.iter_mut().for_each(|place| *place = next(place.as_str()).into());
        }
        for post in &mut second.posts {
            post.grid = post.grid.as_ref().map(|grid| next(grid.as_str()).into());
            post.id = next(post.id.as_str()).into();
            post.unit = next(post.unit.as_str()).into();
        }
        network.places.extend(second.places);
        network.units.extend(second.units);
        network.posts.extend(second.posts);
        network
    }

    #[test]
    fn each_street_answers_for_itself() {
        let network = two_streets();
        assert_eq!(check(&network), []);
        for street in ["330109014", "330109015"] {
            let (here, grid) = (PlaceCode::from(street), PlaceCode(format!("{street}218001")));
            assert_eq!(network.home(&grid).unwrap().id.0, format!("unt_{street}218"));
            assert_eq!(network.home(&here).unwrap().id.0, format!("unt_{street}_command"));
            assert_eq!(network.for_function(Function::Police, &grid).unwrap().id.0, format!("unt_{street}_police"));
        }
        assert_eq!(network.home(&"330109".into()), None, "a district with two streets has no command room of its own");
    }
}
