//! Tokens for scripts.

use crate::door::{At, Body, State, json};
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kernel::TokenId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A token for scripts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenDto {
    id: String,
    name: String,
    created_at: i64,
    expires_at: i64,
    revoked: bool,
    /// What it may do: `all`, `read`, or codes of acts.
    reach: String,
    /// When it was last used, to within five minutes.
    seen_at: Option<i64>,
    /// The secret; only in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

/// What the token is for and how long it lives.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct MakeToken {
    name: String,
    expires_in_days: i64,
    /// What it may do: `all` (what its owner may, but nothing about accounts), `read`, or codes of acts with spaces between them.
    #[serde(default = "all")]
    reach: String,
}

fn all() -> String {
    domain::accounts::Reach::All.text()
}

pub(super) fn token_dto(token: app::accounts::Token) -> TokenDto {
    TokenDto {
        id: token.id.0,
        name: token.name,
        created_at: token.created_at.0,
        expires_at: token.expires_at.0,
        revoked: token.revoked,
        reach: token.reach,
        seen_at: token.seen_at.map(|at| at.0),
        token: None,
    }
}

/// One's own tokens.
#[utoipa::path(get, path = "/api/v1/tokens", responses((status = 200, body = Vec<TokenDto>), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn tokens(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<Vec<TokenDto>>, Problem> {
    let id = caller.0.account.id;
    let tokens = state.desk.read(move |tx, _| app::accounts::tokens(tx, &id)).await?;
    Ok(Json(tokens.into_iter().map(token_dto).collect()))
}

/// Makes a token; its secret is shown once.
#[utoipa::path(post, path = "/api/v1/tokens", request_body = MakeToken, responses((status = 201, body = TokenDto), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn make_token(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    Body(body): Body<MakeToken>,
) -> Result<Response, Problem> {
    let actor = writes.actor().clone();
    let once = writes.once(&body);
    // The secret follows from the request and the installation's key: a repeated request gets the same one, and no kept answer holds it.
    let secret = state.desk.keys().token(&once);
    let reach = domain::accounts::Reach::read(&body.reach)?;
    let (made, wish) = (secret.clone(), app::accounts::TokenWish { name: body.name.clone(), days: body.expires_in_days, reach });
    let answer = state
        .desk
        .write_once(once, move |tx, _, now, mint| {
            let token = app::accounts::make_token(tx, &actor, &wish, &made, now, mint)?;
            Ok(serde_json::to_string(&token_dto(token))?)
        })
        .await?;
    Ok(json(StatusCode::CREATED, shown(answer, &serde_json::json!({ "token": secret }))))
}

/// Revokes one of one's own tokens.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", params(("id" = String, Path,)), responses((status = 204, description = "revoked"), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn revoke_token(axum::extract::State(state): axum::extract::State<State>, writes: Writes, At(id): At<String>) -> Result<StatusCode, Problem> {
    let actor = writes.actor().clone();
    let once = writes.once(&());
    state
        .desk
        .write_once(once, move |tx, _, now, _| {
            app::accounts::revoke_token(tx, &actor, &TokenId(id.clone()), now)?;
            Ok(String::new())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An answer that was kept, with what is shown once beside it and kept nowhere.
pub(super) fn shown(kept: String, once: &serde_json::Value) -> String {
    let mut answer: serde_json::Value = serde_json::from_str(&kept).unwrap_or_default();
    match (answer.as_object_mut(), once.as_object()) {
        (Some(answer), Some(once)) => answer.extend(once.clone()),
        _ => return kept,
    }
    answer.to_string()
}
