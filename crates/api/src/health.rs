//! Health, and the document of this API.

use crate::door::State;
use crate::problem::{Problem, ProblemDto};
use axum::http::header;
use axum::response::IntoResponse;

/// Alive: the process answers.
#[utoipa::path(get, path = "/health/live", responses((status = 200, description = "alive")), tag = "health")]
pub(crate) async fn live() -> &'static str {
    "ok"
}

/// Ready: the database answers.
#[utoipa::path(get, path = "/health/ready", responses((status = 200, description = "ready"), (status = 503, description = "not ready", body = ProblemDto)), tag = "health")]
pub(crate) async fn ready(axum::extract::State(state): axum::extract::State<State>) -> Result<&'static str, Problem> {
    state.desk.read(|tx, _| app::seed::is_empty(tx)).await?;
    Ok("ok")
}

/// This document.
#[utoipa::path(get, path = "/api/v1/openapi.json", responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")), tag = "health")]
pub(crate) async fn document() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], crate::openapi::openapi())
}
