//! One's own sessions: where one is logged in, and ending that.

use crate::door::{At, State, json};
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use app::accounts::{Session, Which, end_own_sessions, handle};
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

/// A session, without anything that could be used to enter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionDto {
    /// Tells it from others.
    id: String,
    created_at: i64,
    /// When it was last used, to within five minutes.
    seen_at: i64,
    expires_at: i64,
    /// From which network address it began.
    address: String,
    /// What the browser calls itself.
    agent: String,
    /// The one that asks.
    current: bool,
}

/// How many ended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Ended {
    n: i64,
}

pub(super) fn session_dto(session: Session, own: Option<&str>) -> SessionDto {
    SessionDto {
        id: handle(&session.id).to_owned(),
        created_at: session.created_at.0,
        seen_at: session.seen_at.0,
        expires_at: session.expires_at.0,
        address: session.address,
        agent: session.agent,
        current: own == Some(session.id.as_str()),
    }
}

/// One's own sessions, newest first.
#[utoipa::path(get, path = "/api/v1/sessions", responses((status = 200, body = Vec<SessionDto>), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn sessions(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<Vec<SessionDto>>, Problem> {
    let (id, own, now) = (caller.0.account.id, caller.0.session, state.desk.now());
    let sessions = state.desk.read(move |tx, _| app::accounts::sessions(tx, &id, now)).await?;
    Ok(Json(sessions.into_iter().map(|session| session_dto(session, own.as_deref())).collect()))
}

/// Ends every session of one's own but the one that asks.
#[utoipa::path(delete, path = "/api/v1/sessions", responses((status = 200, body = Ended), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn end_sessions(axum::extract::State(state): axum::extract::State<State>, writes: Writes) -> Result<Response, Problem> {
    let (actor, own, once) = (writes.actor().clone(), writes.visitor.session.clone().unwrap_or_default(), writes.once(&()));
    let answer = state
        .desk
        .write_once(once, move |tx, _, now, _| {
            let n = end_own_sessions(tx, &actor, Which::AllBut(&own), now)?;
            Ok(serde_json::to_string(&Ended { n })?)
        })
        .await?;
    Ok(json(StatusCode::OK, answer))
}

/// Ends one session of one's own.
#[utoipa::path(delete, path = "/api/v1/sessions/{id}", params(("id" = String, Path,)), responses((status = 204, description = "ended"), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn end_session(axum::extract::State(state): axum::extract::State<State>, writes: Writes, At(id): At<String>) -> Result<StatusCode, Problem> {
    let (actor, once) = (writes.actor().clone(), writes.once(&()));
    state
        .desk
        .write_once(once, move |tx, _, now, _| {
            end_own_sessions(tx, &actor, Which::One(&id), now)?;
            Ok(String::new())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
