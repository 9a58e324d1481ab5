//! Reading: the tree, a picker's few rows, units, who is here, duty lists, histories.

use super::rows::{self, HereDto, PlaceDto, SeenDto, UnitLineDto, UnitPageDto};
use super::{PlaceEntry, Ref};
use crate::door::{Asked, At, State};
use crate::problem::{Problem, ProblemDto};
use crate::session::Caller;
use axum::Json;
use domain::kernel::UnitId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The tree of places.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaceTree {
    places: Vec<PlaceDto>,
    /// Number of the chain of places.
    seq: i64,
}

/// Which part of the tree.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PartOfTree {
    /// Only what lies in this place.
    under: Option<String>,
}

/// Every place with the stations that it resolves to; grids only below `under`.
#[utoipa::path(get, path = "/api/v1/places", params(PartOfTree), responses((status = 200, body = PlaceTree), (status = "default", body = ProblemDto)), tag = "places")]
pub(crate) async fn place_tree(
    axum::extract::State(state): axum::extract::State<State>,
    _caller: Caller,
    Asked(part): Asked<PartOfTree>,
) -> Result<Json<PlaceTree>, Problem> {
    let now = state.desk.now();
    let tree = state
        .desk
        .read(move |tx, desk| {
            let book = desk.rulebook(tx, now)?;
            let under = part.under.clone().filter(|under| !under.is_empty());
            let within = |place: &&domain::places::Place| match &under {
                Some(under) => place.code.as_str().starts_with(under.as_str()),
                None => place.tier != domain::places::Tier::Grid,
            };
            let places = book.network.places.iter().filter(within).map(|row| rows::place(&book, row)).collect();
            Ok(PlaceTree { places, seq: app::places::seq(tx)? })
        })
        .await?;
    Ok(Json(tree))
}

/// What a picker asks.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Pick {
    /// Part of a name or the beginning of a code.
    words: Option<String>,
    /// Only what lies in this place.
    under: Option<String>,
    /// At most so many, 20 if not said, never more than 50.
    limit: Option<usize>,
}

/// The few places that a picker shows: open ones whose name holds the words or whose code begins with them, the highest first.
#[utoipa::path(get, path = "/api/v1/places/pick", params(Pick), responses((status = 200, body = Vec<PlaceEntry>), (status = "default", body = ProblemDto)), tag = "places")]
pub(crate) async fn pick_places(
    axum::extract::State(state): axum::extract::State<State>,
    _caller: Caller,
    Asked(pick): Asked<Pick>,
) -> Result<Json<Vec<PlaceEntry>>, Problem> {
    let now = state.desk.now();
    let picked = state
        .desk
        .read(move |tx, desk| {
            let book = desk.rulebook(tx, now)?;
            let found = app::places::pick(&book, pick.words.as_deref().unwrap_or(""), pick.under.as_deref().unwrap_or(""), pick.limit.unwrap_or(20).min(50));
            Ok(found.into_iter().map(|place| PlaceEntry::of(&book, place)).collect::<Vec<_>>())
        })
        .await?;
    Ok(Json(picked))
}

/// A row's history.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HistoryOf {
    /// `place`, `unit`, `post`, `duties`, `room`, `booking`, `equipment` or `posting` (its key is the holding).
    table: String,
    /// The row's key; a duty list has its unit's.
    key: String,
}

/// What became of a row, newest first, read out of the chain.
#[utoipa::path(get, path = "/api/v1/places/history", params(HistoryOf), responses((status = 200, body = Vec<SeenDto>), (status = "default", body = ProblemDto)), tag = "places")]
pub(crate) async fn place_history(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    Asked(of): Asked<HistoryOf>,
) -> Result<Json<Vec<SeenDto>>, Problem> {
    let (now, actor) = (state.desk.now(), caller.actor().clone());
    let seen = state.desk.read(move |tx, desk| app::places::history(tx, desk, &actor, &of.table, &of.key, now)).await?;
    Ok(Json(seen.iter().map(rows::seen).collect()))
}

/// A route to a unit whose duty list lacks the kind, or a duty that no route reaches.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DutyFindingDto {
    rule: Option<i64>,
    category: String,
    unit: Ref,
    /// As what the unit is asked: `lead` or `assist`.
    role: String,
    said: String,
}

/// A kind that no unit answers for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnerlessDto {
    code: String,
    name: String,
}

/// What had no owner in a month.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DutyMonthDto {
    /// `2026-11`.
    month: String,
    made_at: i64,
    kinds: Vec<OwnerlessDto>,
}

/// Duty lists against the routes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DutyStateDto {
    routes: i64,
    findings: Vec<DutyFindingDto>,
    /// Rows of lists by which a unit may lead what no route sends to it.
    unreached: Vec<DutyFindingDto>,
    ownerless: Vec<OwnerlessDto>,
    /// The monthly records, the newest first.
    months: Vec<DutyMonthDto>,
}

/// How duty lists and routes stand to each other, and which kinds have no owner.
#[utoipa::path(get, path = "/api/v1/places/duties", responses((status = 200, body = DutyStateDto), (status = "default", body = ProblemDto)), tag = "places")]
pub(crate) async fn duty_state(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<DutyStateDto>, Problem> {
    let (now, actor) = (state.desk.now(), caller.actor().clone());
    let answer = state
        .desk
        .read(move |tx, desk| {
            let found = app::places::duty_state(tx, desk, &actor, now)?;
            let book = desk.rulebook(tx, now)?;
            let finding = |row: domain::places::DutyFinding| DutyFindingDto {
                rule: row.rule,
                category: row.category,
                unit: Ref::unit(&book, &row.unit),
                role: row.role.code().to_owned(),
                said: row.said,
            };
            Ok(DutyStateDto {
                routes: found.routes,
                findings: found.findings.into_iter().map(finding).collect(),
                unreached: found.unreached.into_iter().map(finding).collect(),
                months: found
                    .months
                    .into_iter()
                    .map(|row| DutyMonthDto {
                        month: row.month,
                        made_at: row.made_at.0,
                        kinds: row.kinds.into_iter().map(|code| OwnerlessDto { name: book.category_name(&code), code }).collect(),
                    })
                    .collect(),
                ownerless: found.ownerless.into_iter().map(|(code, name)| OwnerlessDto { code, name }).collect(),
            })
        })
        .await?;
    Ok(Json(answer))
}

/// The units that one may see.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnitsDto {
    units: Vec<UnitLineDto>,
    seq: i64,
}

/// The units that one may see, each with its vacancies.
#[utoipa::path(get, path = "/api/v1/units", responses((status = 200, body = UnitsDto), (status = "default", body = ProblemDto)), tag = "places")]
pub(crate) async fn units(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<UnitsDto>, Problem> {
    let (now, actor) = (state.desk.now(), caller.actor().clone());
    let found = state.desk.read(move |tx, _| app::places::overview(tx, &actor, now)).await?;
    Ok(Json(UnitsDto { units: found.units.iter().map(rows::unit_line).collect(), seq: found.seq }))
}

/// One unit: establishment, duty list, rooms, signs and equipment, people posted elsewhere.
#[utoipa::path(get, path = "/api/v1/units/{id}", params(("id" = String, Path,)), responses((status = 200, body = UnitPageDto), (status = "default", body = ProblemDto)), tag = "places")]
pub(crate) async fn unit_page(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    At(id): At<String>,
) -> Result<Json<UnitPageDto>, Problem> {
    let (now, actor) = (state.desk.now(), caller.actor().clone());
    let page = state
        .desk
        .read(move |tx, desk| {
            let page = app::places::unit_page(tx, &actor, &UnitId(id.clone()), now)?;
            Ok(rows::unit_page(&*desk.rulebook(tx, now)?, &page))
        })
        .await?;
    Ok(Json(page))
}

/// Who is here now.
#[utoipa::path(get, path = "/api/v1/units/{id}/here", params(("id" = String, Path,)), responses((status = 200, body = Vec<HereDto>), (status = "default", body = ProblemDto)), tag = "places")]
pub(crate) async fn unit_here(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    At(id): At<String>,
) -> Result<Json<Vec<HereDto>>, Problem> {
    let (now, actor) = (state.desk.now(), caller.actor().clone());
    let found = state
        .desk
        .read(move |tx, desk| {
            let found = app::places::here(tx, desk, &actor, &UnitId(id.clone()), now)?;
            let book = desk.rulebook(tx, now)?;
            Ok(found.iter().map(|row| rows::here(&book, row)).collect::<Vec<_>>())
        })
        .await?;
    Ok(Json(found))
}

/// Whom one looks for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Whom {
    /// Part of a name, or of a unit's name.
    words: Option<String>,
}

/// Somebody who can be posted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PostableDto {
    account: String,
    name: String,
    unit: Ref,
    post: String,
}

/// People of departments and groups who can be posted, for whoever may post them.
#[utoipa::path(get, path = "/api/v1/postings/people", params(Whom), responses((status = 200, body = Vec<PostableDto>), (status = "default", body = ProblemDto)), tag = "places")]
pub(crate) async fn postable(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    Asked(whom): Asked<Whom>,
) -> Result<Json<Vec<PostableDto>>, Problem> {
    let (now, actor) = (state.desk.now(), caller.actor().clone());
    let found = state
        .desk
        .read(move |tx, desk| {
            let found = app::places::postable(tx, desk, &actor, whom.words.as_deref().unwrap_or(""), now)?;
            let book = desk.rulebook(tx, now)?;
            Ok(found
                .into_iter()
                .map(|(account, unit, post)| PostableDto {
                    name: book.account_name(&account),
                    account: account.0,
                    unit: Ref::unit(&book, &unit),
                    post: post.code().to_owned(),
                })
                .collect::<Vec<_>>())
        })
        .await?;
    Ok(Json(found))
}
