//! What every screen looks names and forms up in.

use crate::door::State;
use crate::problem::{Problem, ProblemDto};
use crate::session::Caller;
use app::rulebook::Rulebook;
use axum::Json;
use domain::accounts::posts_for;
use domain::dispatch::ClockKind;
use domain::kernel::{PlaceCode, UnitId};
use domain::matters::{ActKind, DatumKind, LISTS, Need, State as MatterState, codes, data};
use domain::places::{
    DutyRole, EquipmentKind, EquipmentState, Function, GridKind, PostKind, Presence, RoomUse, Standing, StationFunction, Tier, UnitKind, Zone,
};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// An id with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Ref {
    /// Id.
    pub(crate) id: String,
    /// Name.
    pub(crate) name: String,
}

impl Ref {
    pub(crate) fn unit(book: &app::rulebook::Rulebook, id: &UnitId) -> Self {
        Self { id: id.0.clone(), name: book.unit_name(id) }
    }

    pub(crate) fn account(book: &app::rulebook::Rulebook, id: &domain::kernel::AccountId) -> Self {
        Self { id: id.0.clone(), name: book.account_name(id) }
    }
}

/// A code with its name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CodeRef {
    /// Code.
    pub(crate) code: String,
    /// Name.
    pub(crate) name: String,
}

/// A unit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnitEntry {
    id: String,
    name: String,
    kind: String,
    function: Option<String>,
    place: Option<String>,
    parent: Option<String>,
    demo: bool,
    /// Whether it works today; a closed one is named in what was, and never offered for what is new.
    open: bool,
}

/// A place.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaceEntry {
    code: String,
    name: String,
    tier: String,
    parent: Option<String>,
    /// The name of the place above, for a grid.
    above: Option<String>,
    demo: bool,
    /// Whether it is in use today.
    open: bool,
}

impl PlaceEntry {
    pub(crate) fn of(book: &Rulebook, place: domain::places::Place) -> Self {
        let above = place.parent.as_ref().filter(|_| place.tier == Tier::Grid).and_then(|parent| book.network.place(parent)).map(|above| above.name.clone());
        Self {
            open: place.open(book.network.on),
            code: place.code.0,
            name: place.name,
            tier: place.tier.code().to_owned(),
            parent: place.parent.map(|parent| parent.0),
            above,
            demo: place.demo,
        }
    }
}

/// A category.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CategoryEntry {
    code: String,
    name: String,
    name_en: String,
    parent: Option<String>,
    leaf: bool,
}

/// When a datum is needed: if another holds one of these codes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WhenDto {
    datum: String,
    is: Vec<String>,
}

/// One datum of a form.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DatumDto {
    name: String,
    zh: String,
    en: String,
    kind: String,
    list: Option<String>,
    required: bool,
    /// Needed (and asked) only when that other datum holds one of these codes.
    when: Option<WhenDto>,
    /// Needed only when that other datum is there.
    with: Option<String>,
    /// Needed only when that other datum is not there.
    without: Option<String>,
}

/// An act with its form.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActDto {
    code: String,
    zh: String,
    en: String,
    from: Vec<String>,
    who: Vec<String>,
    system: bool,
    data: Vec<DatumDto>,
}

/// A code with its terms.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Coded {
    code: String,
    zh: String,
    en: String,
}

/// Units, places, categories, acts with their forms, and every list of codes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Catalog {
    units: Vec<UnitEntry>,
    places: Vec<PlaceEntry>,
    /// Whether `places` names every grid; if not, pickers ask `/places/pick`.
    all_grids: bool,
    categories: Vec<CategoryEntry>,
    acts: Vec<ActDto>,
    lists: BTreeMap<String, Vec<Coded>>,
}

/// Up to so many grids the catalog names them all; beyond, those of one's own station, and pickers ask for the rest (`/places/pick`).
const MOST_GRIDS: usize = 500;

/// What every screen looks names and forms up in.
#[utoipa::path(get, path = "/api/v1/catalog", responses((status = 200, body = Catalog), (status = "default", body = ProblemDto)), tag = "places")]
pub(crate) async fn catalog(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<Catalog>, Problem> {
    let now = state.desk.now();
    let own: Vec<PlaceCode> = caller.actor().seats().iter().filter(|seat| seat.unit_kind == UnitKind::Station).map(|seat| seat.place.clone()).collect();
    let catalog = state
        .desk
        .read(move |tx, desk| {
            let book = desk.rulebook(tx, now)?;
            let all_grids = book.network.places.iter().filter(|place| place.tier == Tier::Grid).count() <= MOST_GRIDS;
            let near = |place: &domain::places::Place| place.tier != Tier::Grid || own.iter().any(|own| own.covers(&place.code));
            Ok(Catalog {
                units: book
                    .network
                    .units
                    .iter()
                    .map(|unit| UnitEntry {
                        id: unit.id.0.clone(),
                        name: unit.name.clone(),
                        kind: unit.kind.code().to_owned(),
                        function: unit.function.map(|function| function.code().to_owned()),
                        place: Some(unit.place.0.clone()),
                        parent: unit.parent.as_ref().map(|parent| parent.0.clone()),
                        demo: unit.demo,
                        open: unit.open(book.network.on),
                    })
                    .collect(),
                places: book.network.places.iter().filter(|place| all_grids || near(place)).cloned().map(|place| PlaceEntry::of(&book, place)).collect(),
                categories: book
                    .categories
                    .iter()
                    .map(|c| CategoryEntry { code: c.code.clone(), name: c.name.clone(), name_en: c.name_en.clone(), parent: c.parent.clone(), leaf: c.leaf })
                    .collect(),
                all_grids,
                acts: ActKind::ALL.iter().map(|act| describe(*act)).collect(),
                lists: lists(),
            })
        })
        .await?;
    Ok(Json(catalog))
}

pub(crate) fn describe(act: ActKind) -> ActDto {
    let own = |codes: &[&str]| codes.iter().map(|&code| code.to_owned()).collect::<Vec<String>>();
    ActDto {
        code: act.code().to_owned(),
        zh: act.zh().to_owned(),
        en: act.en().to_owned(),
        from: act.from().iter().map(|state| state.code().to_owned()).collect(),
        who: own(&posts_for(act)),
        system: act.is_systems(),
        data: data(act)
            .iter()
            .map(|datum| DatumDto {
                name: datum.name.to_owned(),
                zh: datum.zh.to_owned(),
                en: datum.en.to_owned(),
                kind: datum.kind.code().to_owned(),
                list: if let DatumKind::Code(list) = datum.kind { Some(list.to_owned()) } else { None },
                required: datum.need == Need::Always,
                when: if let Need::When(datum, is) = datum.need { Some(WhenDto { datum: datum.to_owned(), is: own(is) }) } else { None },
                with: if let Need::With(datum) = datum.need { Some(datum.to_owned()) } else { None },
                without: if let Need::Without(datum) = datum.need { Some(datum.to_owned()) } else { None },
            })
            .collect(),
    }
}

fn lists() -> BTreeMap<String, Vec<Coded>> {
    let coded = |rows: Vec<(&str, &str, &str)>| -> Vec<Coded> {
        rows.into_iter().map(|(code, zh, en)| Coded { code: code.to_owned(), zh: zh.to_owned(), en: en.to_owned() }).collect()
    };
    let mut lists: BTreeMap<String, Vec<Coded>> = LISTS.iter().map(|&list| (list.to_owned(), coded(codes(list)))).collect();
    macro_rules! more {
        ($($name:literal: $list:ty),+ $(,)?) => {$(
            lists.insert($name.to_owned(), coded(<$list>::ALL.iter().map(|c| (c.code(), c.zh(), c.en())).collect()));
        )+};
    }
    more!(
        "grid_kind": GridKind, "station_function": StationFunction, "zone": Zone, "standing": Standing, "presence": Presence, "room_use": RoomUse,
        "duty_role": DutyRole, "equipment_kind": EquipmentKind, "equipment_state": EquipmentState, "function": Function,
        "state": MatterState, "post": PostKind, "unit_kind": UnitKind, "tier": Tier, "clock": ClockKind, "phase": domain::matters::Phase,
        "task_state": domain::matters::TaskState, "task_kind": domain::matters::TaskKind, "asking_state": domain::matters::AskingState,
        "clock_outcome": domain::matters::ClockOutcome, "act": ActKind,
    );
    lists
}
