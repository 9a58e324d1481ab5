//! Practice: moving the clock forward, in `serve --practice` only.

use crate::door::{Body, State};
use crate::problem::{Problem, ProblemDto};
use crate::session::Caller;
use axum::Json;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// By how much.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Advance {
    /// Milliseconds forward.
    pub(crate) advance_ms: i64,
}

/// The new time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Now {
    /// Now.
    pub(crate) now: i64,
}

/// Moves the clock forward and lets everything that time brings happen.
#[utoipa::path(post, path = "/api/v1/practice/clock", request_body = Advance, responses((status = 200, body = Now), (status = "default", body = ProblemDto)), tag = "practice")]
pub(crate) async fn advance(
    axum::extract::State(state): axum::extract::State<State>,
    _caller: Caller,
    Body(body): Body<Advance>,
) -> Result<Json<Now>, Problem> {
    let span = 0..=400 * domain::kernel::DAY;
    if !state.settings.practice || !span.contains(&body.advance_ms) || !state.desk.advance(body.advance_ms) {
        return Err(Problem::new("not_found", StatusCode::NOT_FOUND, "只有演练模式可以拨快时钟"));
    }
    let desk = state.desk.clone();
    tokio::task::spawn_blocking(move || app::dispatch::turn(&desk)).await.map_err(|error| app::fault::Fault::Broken(error.to_string()))??;
    Ok(Json(Now { now: state.desk.now().0 }))
}
