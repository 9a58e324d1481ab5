//! Letters that could not be delivered, for the system administrator: which channel, how often tried, why. No person and no text is in them.

use super::{PAGE, PageQuery, read_after};
use crate::door::{Asked, At, Body, State};
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use axum::Json;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A dead letter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LetterDto {
    id: String,
    /// `deliver`, `digest`, `trial` …
    kind: String,
    channel: Option<String>,
    urgent: bool,
    attempts: i64,
    why: Option<String>,
    dead_at: i64,
}

/// Dead letters: how many (up to 1,000), and a page of them, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LettersDto {
    total: i64,
    rows: Vec<LetterDto>,
    next: Option<String>,
}

/// Why a letter is dropped.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DropDto {
    reason: String,
}

/// Dead letters.
#[utoipa::path(get, path = "/api/v1/letters", operation_id = "letters", params(PageQuery), responses((status = 200, body = LettersDto), (status = "default", body = ProblemDto)), tag = "notices")]
pub(crate) async fn letters(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<LettersDto>, Problem> {
    let actor = caller.actor().clone();
    let after = read_after(query.after())?;
    let dead = state.desk.read(move |tx, _| app::jobs::dead(tx, &actor, after.as_ref(), PAGE)).await?;
    let full = i64::try_from(dead.rows.len()).unwrap_or(0) == PAGE;
    let next = dead.rows.last().filter(|_| full).map(|job| format!("{}.{}", job.dead_at.map_or(0, |at| at.0), job.id));
    let rows = dead
        .rows
        .into_iter()
        .map(|job| LetterDto {
            id: job.id,
            kind: job.kind,
            channel: job.channel,
            urgent: job.urgent,
            attempts: job.attempt,
            why: job.last_error,
            dead_at: job.dead_at.map_or(0, |at| at.0),
        })
        .collect();
    Ok(Json(LettersDto { total: dead.total, rows, next }))
}

/// Tries a dead letter once more, from the beginning.
#[utoipa::path(post, path = "/api/v1/letters/{id}/revive", operation_id = "revive_letter", params(("id" = String, Path,)), responses((status = 204, description = "on its way"), (status = "default", body = ProblemDto)), tag = "notices")]
pub(crate) async fn revive_letter(axum::extract::State(state): axum::extract::State<State>, writes: Writes, At(id): At<String>) -> Result<StatusCode, Problem> {
    let actor = writes.actor().clone();
    let once = writes.once(&());
    state
        .desk
        .write_once(once, move |tx, _, now, _| {
            app::jobs::revive(tx, &actor, &id, now)?;
            Ok(String::new())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Drops a dead letter, with a reason.
#[utoipa::path(post, path = "/api/v1/letters/{id}/drop", operation_id = "drop_letter", params(("id" = String, Path,)), request_body = DropDto, responses((status = 204, description = "dropped"), (status = "default", body = ProblemDto)), tag = "notices")]
pub(crate) async fn drop_letter(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    At(id): At<String>,
    Body(body): Body<DropDto>,
) -> Result<StatusCode, Problem> {
    let actor = writes.actor().clone();
    let once = writes.once(&body);
    state
        .desk
        .write_once(once, move |tx, desk, now, mint| {
            app::jobs::retire(tx, desk, &actor, &id, &body.reason, now, mint)?;
            Ok(String::new())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
