//! Swaps, covers and absences.

use super::dto::{ConflictDto, ShiftDto, code, conflict_dto, shift_dto};
use super::plan::MadeDto;
use crate::door::{At, Body, State, json};
use crate::places::Ref;
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use app::rota::{Ask, AskingView};
use app::rulebook::Rulebook;
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kernel::{AccountId, ShiftAskingId, ShiftId};
use domain::rota::ShiftAnswer;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An asking about a shift.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShiftAskingDto {
    id: String,
    /// `swap`, `cover` or `absence`.
    what: String,
    shift: ShiftDto,
    other_shift: Option<ShiftDto>,
    by: Ref,
    other: Option<Ref>,
    reason: Option<String>,
    state: String,
    asked_at: i64,
    decided_by: Option<Ref>,
    decided_at: Option<i64>,
    /// What granting it would break.
    conflicts: Vec<ConflictDto>,
    /// What the caller may answer.
    may: Vec<String>,
}

/// The askings that concern one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AskingsDto {
    rows: Vec<ShiftAskingDto>,
}

fn dto(book: &Rulebook, view: AskingView) -> ShiftAskingDto {
    let AskingView { asking, shift, other_shift, conflicts, may, said } = view;
    ShiftAskingDto {
        id: asking.id.0,
        what: asking.what.code().to_owned(),
        shift: shift_dto(book, &shift),
        other_shift: other_shift.as_ref().map(|shift| shift_dto(book, shift)),
        by: Ref::account(book, &asking.by),
        other: asking.other.as_ref().map(|who| Ref::account(book, who)),
        reason: said,
        state: asking.state.code().to_owned(),
        asked_at: asking.asked_at.0,
        decided_by: asking.decided_by.as_ref().map(|who| Ref::account(book, who)),
        decided_at: asking.decided_at.map(|at| at.0),
        conflicts: conflicts.iter().map(|conflict| conflict_dto(book, conflict)).collect(),
        may: may.iter().map(|answer| answer.code().to_owned()).collect(),
    }
}

/// One's own askings, those one is asked by, and those that wait for one's decision.
#[utoipa::path(get, path = "/api/v1/rota/askings", operation_id = "shift_askings", responses((status = 200, body = AskingsDto), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn askings(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<AskingsDto>, Problem> {
    let (actor, now) = (caller.actor().clone(), state.desk.now());
    let rows = state
        .desk
        .read(move |tx, desk| {
            let views = app::rota::askings(tx, desk, &actor, now)?;
            let book = desk.rulebook(tx, now)?;
            Ok(views.into_iter().map(|view| dto(&book, view)).collect())
        })
        .await?;
    Ok(Json(AskingsDto { rows }))
}

/// What is asked.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct AskShiftDto {
    /// `swap`, `cover` or `absence`.
    what: String,
    /// One's own shift.
    shift: String,
    /// The other's shift, for a swap.
    other_shift: Option<String>,
    /// Who takes over (cover) or stands in (absence).
    other: Option<String>,
    /// Why.
    reason: String,
}

/// Asks for a swap, a cover or an absence for one's own shift.
#[utoipa::path(post, path = "/api/v1/rota/askings", operation_id = "ask_shift", request_body = AskShiftDto, responses((status = 201, body = MadeDto), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn ask(axum::extract::State(state): axum::extract::State<State>, writes: Writes, Body(body): Body<AskShiftDto>) -> Result<Response, Problem> {
    let (actor, once) = (writes.actor().clone(), writes.once(&body));
    let ask = Ask {
        what: code(&body.what, "what")?,
        shift: ShiftId(body.shift),
        other_shift: body.other_shift.map(ShiftId),
        other: body.other.map(AccountId),
        reason: body.reason,
    };
    let answer = state
        .desk
        .write_once(once, move |tx, desk, now, mint| Ok(serde_json::to_string(&MadeDto { id: app::rota::ask(tx, desk, &actor, &ask, now, mint)?.0 })?))
        .await?;
    Ok(json(StatusCode::CREATED, answer))
}

/// Answers an asking: `agree`, `decline`, `approve`, `refuse` or `withdraw`. Who asks never decides.
#[utoipa::path(post, path = "/api/v1/rota/askings/{id}/{answer}", operation_id = "answer_shift", params(("id" = String, Path,), ("answer" = String, Path,)), responses((status = 204, description = "answered"), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn answer(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    At((id, answer)): At<(String, String)>,
) -> Result<StatusCode, Problem> {
    let (actor, once, answer) = (writes.actor().clone(), writes.once(&()), code::<ShiftAnswer>(&answer, "answer")?);
    state
        .desk
        .write_once(once, move |tx, desk, now, mint| app::rota::answer(tx, desk, &actor, &ShiftAskingId(id.clone()), answer, now, mint).map(|()| String::new()))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
