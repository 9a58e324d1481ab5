//! Changing the network: acts on rows, together or not at all, after a preview if the caller likes; and posting people.

use super::rows::{self, ProposedDto};
use crate::door::{At, Body, State, json};
use crate::problem::{Problem, ProblemDto};
use crate::session::Writes;
use app::places::{Ask, Wish};
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::kernel::{Day, HoldingId, Instant, PlaceCode};
use domain::places::Duty;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use utoipa::ToSchema;

/// One act on the network. Rows are said whole; days are `2026-11-24`; closing is a last day.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case")]
pub(crate) enum PlaceActDto {
    /// A place, new or changed.
    PutPlace {
        code: String,
        name: String,
        tier: String,
        parent: Option<String>,
        grid: Option<String>,
        edition: Option<String>,
        valid_from: Option<String>,
        valid_to: Option<String>,
        predecessor: Option<String>,
        police_code: Option<String>,
    },
    /// A unit, new or changed.
    PutUnit {
        code: String,
        name: String,
        kind: String,
        place: String,
        function: Option<String>,
        parent: Option<String>,
        #[serde(default)]
        overlaps: Vec<String>,
        #[serde(default)]
        functions: Vec<String>,
        valid_to: Option<String>,
    },
    /// A post, new or changed.
    PutPost { unit: String, grid: Option<String>, kind: String, name: Option<String>, standing: Option<String>, planned: i64 },
    /// A unit's duty list, the whole of it.
    PutDuties { unit: String, duties: Vec<DutyRowDto> },
    /// A room; without id a new one.
    PutRoom { id: Option<String>, unit: String, zone: String, name: String, seats: i64, closed: bool },
    /// A sign or a piece of equipment; without id a new one.
    PutEquipment { id: Option<String>, unit: String, zone: Option<String>, kind: String, name: String, state: String },
    /// Somebody looked at a piece of equipment.
    CheckEquipment { id: String, state: String },
    /// Books a room.
    BookRoom { room: String, from_at: i64, to_at: i64, purpose: String },
    /// Gives a booking up.
    GiveUpBooking { id: String },
}

/// A row of a duty list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct DutyRowDto {
    /// A leaf, a group or a family.
    pub(super) kind: String,
    /// `lead` or `assist`.
    pub(super) role: String,
    /// Where that is written.
    #[serde(default)]
    pub(super) source: String,
}

/// Acts that belong together.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct PlaceActs {
    acts: Vec<PlaceActDto>,
    /// Number of the chain of places at which the caller saw the rows.
    seen: Option<i64>,
    /// Only say what would change.
    #[serde(default)]
    dry_run: bool,
}

/// Changes the network, its rooms, equipment, duty lists or bookings: all of the acts or none. With `dry_run` nothing is written, and everything that is wrong is named.
#[utoipa::path(post, path = "/api/v1/places/acts", request_body = PlaceActs, responses((status = 200, body = ProposedDto), (status = "default", body = ProblemDto)), tag = "places")]
pub(crate) async fn place_acts(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    Body(body): Body<PlaceActs>,
) -> Result<Response, Problem> {
    let asks = body.acts.iter().map(ask).collect::<Result<Vec<Ask>, Problem>>()?;
    let actor = writes.actor().clone();
    if body.dry_run {
        let now = state.desk.now();
        let mint = state.desk.mint(now);
        let proposed = state.desk.read(move |tx, _| app::places::preview(tx, &actor, &asks, now, &mut mint.clone())).await?;
        return Ok(Json(rows::proposed(&proposed, false)).into_response());
    }
    let answer = state
        .desk
        .write_once(writes.once(&body), move |tx, desk, now, mint| {
            let proposed = app::places::change(tx, desk, &actor, &asks, body.seen, now, mint)?;
            Ok(serde_json::to_string(&rows::proposed(&proposed, true))?)
        })
        .await?;
    Ok(json(StatusCode::OK, answer))
}

fn ask(act: &PlaceActDto) -> Result<Ask, Problem> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    Ok(match act {
        PlaceActDto::PutPlace { code, name, tier, parent, grid, edition, valid_from, valid_to, predecessor, police_code } => Ask::Place {
            code: code.trim().to_owned(),
            name: name.trim().to_owned(),
            tier: known("tier", tier)?,
            parent: given(parent).map(Into::into),
            grid: maybe("grid", grid)?,
            edition: given(edition).unwrap_or_else(|| "local".to_owned()),
            valid_from: day("valid_from", valid_from)?,
            valid_to: day("valid_to", valid_to)?,
            predecessor: given(predecessor).map(Into::into),
            police_code: given(police_code),
        },
        PlaceActDto::PutUnit { code, name, kind, place, function, parent, overlaps, functions, valid_to } => Ask::Unit {
            code: code.trim().to_owned(),
            name: name.trim().to_owned(),
            kind: known("kind", kind)?,
            place: PlaceCode(place.clone()),
            function: maybe("function", function)?,
            parent: given(parent).map(Into::into),
            overlaps: overlaps.iter().map(|place| PlaceCode(place.clone())).collect(),
            functions: functions.iter().map(|code| known("functions", code)).collect::<Result<_, _>>()?,
            valid_to: day("valid_to", valid_to)?,
        },
        PlaceActDto::PutPost { unit, grid, kind, name, standing, planned } => Ask::Post {
            unit: unit.as_str().into(),
            grid: given(grid).map(Into::into),
            kind: known("kind", kind)?,
            name: given(name),
            standing: maybe("standing", standing)?,
            planned: *planned,
        },
        PlaceActDto::PutDuties { unit, duties } => {
            let row = |row: &DutyRowDto| -> Result<Duty, Problem> {
                Ok(Duty { kind: row.kind.clone(), role: known("role", &row.role)?, source: row.source.trim().to_owned() })
            };
            Ask::Duties { unit: unit.as_str().into(), kinds: duties.iter().map(row).collect::<Result<_, _>>()? }
        }
        PlaceActDto::PutRoom { id, unit, zone, name, seats, closed } => Ask::Room {
            id: given(id).map(Into::into),
            unit: unit.as_str().into(),
            zone: known("zone", zone)?,
            name: name.trim().to_owned(),
            seats: *seats,
            closed: *closed,
        },
        PlaceActDto::PutEquipment { id, unit, zone, kind, name, state } => Ask::Equipment {
            id: given(id).map(Into::into),
            unit: unit.as_str().into(),
            zone: maybe("zone", zone)?,
            kind: known("kind", kind)?,
            name: name.trim().to_owned(),
            state: known("state", state)?,
        },
        PlaceActDto::CheckEquipment { id, state } => Ask::Check { id: id.as_str().into(), state: known("state", state)? },
        PlaceActDto::BookRoom { room, from_at, to_at, purpose } => {
            Ask::Book { room: room.as_str().into(), from_at: Instant(*from_at), to_at: Instant(*to_at), purpose: known("purpose", purpose)? }
        }
        PlaceActDto::GiveUpBooking { id } => Ask::GiveUp { id: id.as_str().into() },
    })
}

fn known<T: FromStr>(datum: &str, code: &str) -> Result<T, Problem> {
    code.parse().map_err(|_| domain::kernel::Refusal::Data(vec![domain::kernel::Missing { datum: datum.to_owned(), why: "unknown" }]).into())
}

fn maybe<T: FromStr>(datum: &str, code: &Option<String>) -> Result<Option<T>, Problem> {
    code.as_deref().filter(|code| !code.is_empty()).map(|code| known(datum, code)).transpose()
}

fn day(datum: &str, text: &Option<String>) -> Result<Option<Day>, Problem> {
    let Some(text) = text.as_deref().filter(|text| !text.is_empty()) else { return Ok(None) };
    Day::read(text).map(Some).ok_or_else(|| Problem::datum(datum, "bad"))
}

/// Who is to be posted where.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct PostingWish {
    account: String,
    unit: String,
    /// Into which grid of the unit, if into one.
    grid: Option<String>,
    /// From which unit.
    home: String,
    /// `resident`, `rotating` or `on_call`.
    presence: String,
    /// For `rotating`: bit 0 is Monday.
    #[serde(default)]
    weekdays: i64,
    from_at: i64,
    to_at: Option<i64>,
}

/// A posting that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PostingMade {
    holding: String,
}

/// Posts a person to a station or into a grid for a while: the seat begins and ends with it.
#[utoipa::path(post, path = "/api/v1/postings", request_body = PostingWish, responses((status = 201, body = PostingMade), (status = "default", body = ProblemDto)), tag = "places")]
pub(crate) async fn post_person(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    Body(body): Body<PostingWish>,
) -> Result<Response, Problem> {
    let wish = Wish {
        account: body.account.as_str().into(),
        unit: body.unit.as_str().into(),
        grid: body.grid.clone().filter(|grid| !grid.is_empty()).map(Into::into),
        home: body.home.as_str().into(),
        presence: known("presence", &body.presence)?,
        weekdays: body.weekdays,
        from_at: Instant(body.from_at),
        to_at: body.to_at.map(Instant),
    };
    let actor = writes.actor().clone();
    let answer = state
        .desk
        .write_once(writes.once(&body), move |tx, _, now, mint| {
            let holding = app::places::post_person(tx, &actor, &wish, now, mint)?;
            Ok(serde_json::to_string(&PostingMade { holding: holding.0 })?)
        })
        .await?;
    Ok(json(StatusCode::CREATED, answer))
}

/// Ends a posting now.
#[utoipa::path(delete, path = "/api/v1/postings/{id}", params(("id" = String, Path,)), responses((status = 204, description = "ended"), (status = "default", body = ProblemDto)), tag = "places")]
pub(crate) async fn end_posting(axum::extract::State(state): axum::extract::State<State>, writes: Writes, At(id): At<String>) -> Result<StatusCode, Problem> {
    let actor = writes.actor().clone();
    let once = writes.once(&());
    state
        .desk
        .write_once(once, move |tx, _, now, _| {
            app::places::end_posting(tx, &actor, &HoldingId(id.clone()), now)?;
            Ok(String::new())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
