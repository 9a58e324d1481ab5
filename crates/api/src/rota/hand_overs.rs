//! 交接班.

use super::call_outs::UnitQuery;
use super::dto::{ShiftDto, code, shift_dto};
use super::plan::MadeDto;
use crate::door::{Asked, At, Body, State, json};
use crate::matters::{MatterRow, matter_row};
use crate::places::Ref;
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use app::rulebook::Rulebook;
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use domain::accounts::Actor;
use domain::kernel::{EquipmentId, HandOverId, UnitId};
use domain::places::{Equipment, EquipmentState};
use domain::rota::{HandOver, HandedWhy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A matter that is handed over, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HandedDto {
    why: String,
    matter: MatterRow,
}

/// A device of the unit's register: `state` is `good`, `faulty`, `repair` or `missing`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GearDto {
    id: String,
    kind: String,
    name: String,
    state: String,
}

/// How a device was found.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FoundDto {
    id: String,
    state: String,
}

/// The change of shift that is at hand.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HandingDto {
    duty: String,
    at: i64,
    ends: Option<ShiftDto>,
    begins: Option<ShiftDto>,
    items: Vec<HandedDto>,
    /// The devices that must be looked at, as the register says they are.
    gear: Vec<GearDto>,
    /// The record, if it is made.
    made: Option<String>,
    /// Whether it may be made now.
    open: bool,
}

/// A hand-over in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HandOverRowDto {
    id: String,
    duty: String,
    at: i64,
    /// Its matters that one may see.
    n: i64,
    outgoing: Ref,
    outgoing_at: i64,
    incoming: Option<Ref>,
    incoming_at: Option<i64>,
}

/// The hand-overs of a unit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HandOversDto {
    unit: Ref,
    now: i64,
    /// What is at hand, for who may hand over.
    handing: Option<HandingDto>,
    /// Of the last 31 days, newest first.
    rows: Vec<HandOverRowDto>,
}

fn row_dto(book: &Rulebook, h: &HandOver, n: i64) -> HandOverRowDto {
    HandOverRowDto {
        id: h.id.0.clone(),
        duty: h.duty.code().to_owned(),
        at: h.at.0,
        n,
        outgoing: Ref::account(book, &h.outgoing),
        outgoing_at: h.outgoing_at.0,
        incoming: h.incoming.as_ref().map(|who| Ref::account(book, who)),
        incoming_at: h.incoming_at.map(|at| at.0),
    }
}

fn handed(book: &Rulebook, actor: &Actor, rows: Vec<(app::matters::Row, HandedWhy)>) -> Vec<HandedDto> {
    rows.into_iter().map(|(row, why)| HandedDto { why: why.code().to_owned(), matter: matter_row(book, actor, row, &[]) }).collect()
}

fn gear_dto(things: Vec<Equipment>) -> Vec<GearDto> {
    things.into_iter().map(|t| GearDto { id: t.id.0, kind: t.kind.code().to_owned(), name: t.name, state: t.state.code().to_owned() }).collect()
}

/// The hand-overs of a unit, and the one that is at hand, made from what is open.
#[utoipa::path(get, path = "/api/v1/rota/hand-overs", operation_id = "hand_overs", params(UnitQuery), responses((status = 200, body = HandOversDto), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn hand_overs(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    Asked(query): Asked<UnitQuery>,
) -> Result<Json<HandOversDto>, Problem> {
    let (actor, now, unit) = (caller.actor().clone(), state.desk.now(), UnitId(query.unit));
    let dto = state
        .desk
        .read(move |tx, desk| {
            let rows = app::rota::hand_overs(tx, desk, &actor, &unit, now)?;
            let book = desk.rulebook(tx, now)?;
            let handing = match app::rota::handing(tx, desk, &actor, &unit, now) {
                Ok(handing) => handing,
                Err(app::fault::Fault::Refused(_)) => None,
                Err(fault) => return Err(fault),
            };
            let handing = handing.map(|handing| HandingDto {
                duty: handing.duty.code().to_owned(),
                at: handing.at.0,
                ends: handing.ends.as_ref().map(|shift| shift_dto(&book, shift)),
                begins: handing.begins.as_ref().map(|shift| shift_dto(&book, shift)),
                items: handed(&book, &actor, handing.items),
                gear: gear_dto(handing.gear),
                made: handing.made.map(|id| id.0),
                open: handing.open,
            });
            Ok(HandOversDto { unit: Ref::unit(&book, &unit), now: now.0, handing, rows: rows.iter().map(|(row, n)| row_dto(&book, row, *n)).collect() })
        })
        .await?;
    Ok(Json(dto))
}

/// One hand-over.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HandOverDto {
    unit: Ref,
    hand_over: HandOverRowDto,
    ends: Option<ShiftDto>,
    begins: Option<ShiftDto>,
    /// Its matters as they are now, of those that one may see.
    items: Vec<HandedDto>,
    /// The devices that were looked at, as they were found.
    gear: Vec<GearDto>,
    equipment: Option<String>,
    remarks: Option<String>,
    /// Whether the caller may sign as the one who comes.
    may_take: bool,
}

/// One hand-over, as it is printed.
#[utoipa::path(get, path = "/api/v1/rota/hand-overs/{id}", operation_id = "hand_over_page", params(("id" = String, Path,)), responses((status = 200, body = HandOverDto), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn view(axum::extract::State(state): axum::extract::State<State>, caller: Caller, At(id): At<String>) -> Result<Json<HandOverDto>, Problem> {
    let (actor, now, id) = (caller.actor().clone(), state.desk.now(), HandOverId(id));
    let dto = state
        .desk
        .read(move |tx, desk| {
            let view = app::rota::view(tx, desk, &actor, &id, now)?;
            let book = desk.rulebook(tx, now)?;
            let (ends, begins) = app::rota::around(tx, &view.hand_over)?;
            Ok(HandOverDto {
                unit: Ref::unit(&book, &view.hand_over.unit),
                hand_over: row_dto(&book, &view.hand_over, i64::try_from(view.rows.len()).unwrap_or(i64::MAX)),
                ends: ends.as_ref().map(|shift| shift_dto(&book, shift)),
                begins: begins.as_ref().map(|shift| shift_dto(&book, shift)),
                items: handed(&book, &actor, view.rows),
                gear: gear_dto(view.gear),
                equipment: view.equipment,
                remarks: view.remarks,
                may_take: view.may_take,
            })
        })
        .await?;
    Ok(Json(dto))
}

/// What is handed over beside the matters, which are taken from what is open.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct HandOverForm {
    unit: String,
    /// Each device of the register, and how it was found.
    #[serde(default)]
    gear: Vec<FoundDto>,
    /// What is to be said of the equipment; needed if something is not well.
    equipment: Option<String>,
    /// What else the next shift should know.
    remarks: Option<String>,
}

/// Makes the hand-over of the shift that ends; who makes it signs it.
#[utoipa::path(post, path = "/api/v1/rota/hand-overs", operation_id = "hand_over", request_body = HandOverForm, responses((status = 201, body = MadeDto), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn hand_over(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    Body(body): Body<HandOverForm>,
) -> Result<Response, Problem> {
    let (actor, once, unit) = (writes.actor().clone(), writes.once(&body), UnitId(body.unit));
    let (equipment, remarks) = (body.equipment.unwrap_or_default(), body.remarks.unwrap_or_default());
    let gear =
        body.gear.into_iter().map(|found| Ok((EquipmentId(found.id), code::<EquipmentState>(&found.state, "gear")?))).collect::<Result<Vec<_>, Problem>>()?;
    let answer = state
        .desk
        .write_once(once, move |tx, desk, now, mint| {
            Ok(serde_json::to_string(&MadeDto {
                id: app::rota::hand_over(tx, desk, &actor, &unit, app::rota::Saying { gear: &gear, equipment: &equipment, remarks: &remarks }, now, mint)?.0,
            })?)
        })
        .await?;
    Ok(json(StatusCode::CREATED, answer))
}

/// Signs a hand-over as the one who comes.
#[utoipa::path(post, path = "/api/v1/rota/hand-overs/{id}/take", operation_id = "take_over", params(("id" = String, Path,)), responses((status = 204, description = "taken over"), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn take_over(axum::extract::State(state): axum::extract::State<State>, writes: Writes, At(id): At<String>) -> Result<StatusCode, Problem> {
    let (actor, once) = (writes.actor().clone(), writes.once(&()));
    state
        .desk
        .write_once(once, move |tx, desk, now, mint| app::rota::take_over(tx, desk, &actor, &HandOverId(id.clone()), now, mint).map(|()| String::new()))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
