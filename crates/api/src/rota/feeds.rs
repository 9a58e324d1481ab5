//! One's own shifts, and the secret address from which a telephone fetches them.

use super::dto::{ShiftDto, shift_dto};
use crate::door::{At, State, json};
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::kernel::RotaFeedId;
use serde::Serialize;
use utoipa::ToSchema;

/// An address of one's calendar.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeedDto {
    id: String,
    made_at: i64,
    revoked: bool,
    /// The address below this server; shown once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

fn feed_dto(feed: app::rota::Feed) -> FeedDto {
    FeedDto { id: feed.id.0, made_at: feed.made_at.0, revoked: feed.revoked, path: None }
}

/// One's own shifts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MineDto {
    now: i64,
    shifts: Vec<ShiftDto>,
    feeds: Vec<FeedDto>,
}

/// One's own shifts from last week on, and one's calendar addresses.
#[utoipa::path(get, path = "/api/v1/rota/mine", operation_id = "my_shifts", responses((status = 200, body = MineDto), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn mine(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<MineDto>, Problem> {
    let (actor, now) = (caller.actor().clone(), state.desk.now());
    let dto = state
        .desk
        .read(move |tx, desk| {
            let book = desk.rulebook(tx, now)?;
            let shifts = app::rota::mine(tx, &actor, now)?.iter().map(|shift| shift_dto(&book, shift)).collect();
            Ok(MineDto { now: now.0, shifts, feeds: app::rota::feeds(tx, &actor)?.into_iter().map(feed_dto).collect() })
        })
        .await?;
    Ok(Json(dto))
}

/// Makes a secret address of one's calendar; it is shown once.
#[utoipa::path(post, path = "/api/v1/rota/feeds", operation_id = "make_feed", responses((status = 201, body = FeedDto), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn make_feed(axum::extract::State(state): axum::extract::State<State>, writes: Writes) -> Result<Response, Problem> {
    let (actor, once) = (writes.actor().clone(), writes.once(&()));
    // As with tokens: the secret follows from the request and the installation's key, and no kept answer holds it.
    let secret = state.desk.keys().token(&once);
    let made = secret.clone();
    let answer = state
        .desk
        .write_once(once, move |tx, desk, now, mint| Ok(serde_json::to_string(&feed_dto(app::rota::make_feed(tx, desk, &actor, &made, now, mint)?))?))
        .await?;
    let whole = answer.strip_suffix('}').map(|open| format!("{open},\"path\":\"/api/v1/calendar/{secret}/shifts.ics\"}}")).unwrap_or(answer);
    Ok(json(StatusCode::CREATED, whole))
}

/// Revokes one of one's own addresses.
#[utoipa::path(delete, path = "/api/v1/rota/feeds/{id}", operation_id = "revoke_feed", params(("id" = String, Path,)), responses((status = 204, description = "revoked"), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn revoke_feed(axum::extract::State(state): axum::extract::State<State>, writes: Writes, At(id): At<String>) -> Result<StatusCode, Problem> {
    let (actor, once) = (writes.actor().clone(), writes.once(&()));
    state
        .desk
        .write_once(once, move |tx, desk, now, mint| app::rota::revoke_feed(tx, desk, &actor, &RotaFeedId(id.clone()), now, mint).map(|()| String::new()))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The calendar behind a secret address, for telephones that fetch it (RFC 5545): duty and place, nobody's name. An address that is unknown or revoked is not there.
#[utoipa::path(get, path = "/api/v1/calendar/{secret}/shifts.ics", operation_id = "calendar", params(("secret" = String, Path,)), responses((status = 200, description = "iCalendar", content_type = "text/calendar"), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn calendar(axum::extract::State(state): axum::extract::State<State>, At(secret): At<String>) -> Result<Response, Problem> {
    let now = state.desk.now();
    let text = state.desk.read(move |tx, desk| app::rota::feed_text(tx, desk, &secret, now)).await?;
    let mut response = text.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=900"));
    Ok(response)
}
