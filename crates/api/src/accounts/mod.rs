//! 帐户: log-in, the session, the password, tokens.

use crate::door::{At, Body, State, json};
use crate::problem::{Problem, ProblemDto};
use crate::session::{AnyCaller, COOKIE, Caller, Writes};
use app::accounts::Visitor;
use app::fault::Fault;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::kernel::TokenId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Name and password.
#[derive(Deserialize, ToSchema)]
pub(crate) struct LogIn {
    login: String,
    password: String,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountDto {
    id: String,
    login: String,
    name: String,
    must_change_password: bool,
    demo: bool,
}

/// A unit with its kind.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnitDto {
    id: String,
    name: String,
    kind: String,
}

/// A post held now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PostDto {
    id: String,
    kind: String,
    kind_zh: String,
    unit: UnitDto,
}

/// What this installation is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InstallationDto {
    name: String,
    demo: bool,
}

/// Who is logged in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    account: AccountDto,
    posts: Vec<PostDto>,
    csrf: String,
    now: i64,
    practice: bool,
    installation: InstallationDto,
}

/// Logs in; the session comes as a cookie.
#[utoipa::path(post, path = "/api/v1/session", request_body = LogIn, responses((status = 200, body = Me), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn log_in(axum::extract::State(state): axum::extract::State<State>, Body(body): Body<LogIn>) -> Result<Response, Problem> {
    let come = app::accounts::log_in(&state.desk, body.login, body.password).await?;
    let secure = if state.settings.secure_cookies { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict{secure}", come.secret);
    let me = describe(&state, come.visitor).await?;
    Ok(([(header::SET_COOKIE, cookie)], Json(me)).into_response())
}

/// Who is logged in.
#[utoipa::path(get, path = "/api/v1/session", responses((status = 200, body = Me), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn me(axum::extract::State(state): axum::extract::State<State>, AnyCaller(visitor): AnyCaller) -> Result<Json<Me>, Problem> {
    Ok(Json(describe(&state, visitor).await?))
}

/// Logs out.
#[utoipa::path(delete, path = "/api/v1/session", responses((status = 204, description = "logged out"), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn log_out(axum::extract::State(state): axum::extract::State<State>, AnyCaller(visitor): AnyCaller) -> Result<Response, Problem> {
    if let Some(session) = visitor.session {
        state.desk.write(move |tx, _, _, _| app::accounts::log_out(tx, &session)).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"))]).into_response())
}

/// Old and new password.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ChangePassword {
    old: String,
    new: String,
}

/// Changes the password; other sessions end.
#[utoipa::path(post, path = "/api/v1/session/password", request_body = ChangePassword, responses((status = 200, body = Me), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn change_password(
    axum::extract::State(state): axum::extract::State<State>,
    AnyCaller(mut visitor): AnyCaller,
    Body(body): Body<ChangePassword>,
) -> Result<Json<Me>, Problem> {
    app::accounts::change_password(&state.desk, &visitor, body.old, body.new).await?;
    visitor.account.must_change = false;
    Ok(Json(describe(&state, visitor).await?))
}

async fn describe(state: &State, visitor: Visitor) -> Result<Me, Fault> {
    let (practice, now) = (state.settings.practice, state.desk.now());
    state
        .desk
        .read(move |tx, desk| {
            let book = desk.rulebook(tx, now)?;
            let setting = |tx: &mut _, name| -> Result<String, Fault> { Ok(app::seed::setting(tx, name)?.unwrap_or_default()) };
            Ok(Me {
                account: AccountDto {
                    id: visitor.account.id.0.clone(),
                    login: visitor.account.login.clone(),
                    name: visitor.account.name.clone(),
                    must_change_password: visitor.account.must_change,
                    demo: visitor.account.demo,
                },
                posts: visitor
                    .actor
                    .seats()
                    .iter()
                    .map(|seat| PostDto {
                        id: seat.post.0.clone(),
                        kind: seat.kind.code().to_owned(),
                        kind_zh: seat.kind.zh().to_owned(),
                        unit: UnitDto { id: seat.unit.0.clone(), name: book.unit_name(&seat.unit), kind: seat.unit_kind.code().to_owned() },
                    })
                    .collect(),
                csrf: visitor.csrf.clone().unwrap_or_default(),
                now: now.0,
                practice,
                installation: InstallationDto { name: setting(tx, app::seed::NAME)?, demo: setting(tx, app::seed::DEMO)? == "true" },
            })
        })
        .await
}

/// A token for scripts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenDto {
    id: String,
    name: String,
    created_at: i64,
    expires_at: i64,
    revoked: bool,
    /// The secret; only in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

/// What the token is for and how long it lives.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct MakeToken {
    name: String,
    expires_in_days: i64,
}

fn token_dto(token: app::accounts::Token, secret: Option<String>) -> TokenDto {
    TokenDto { id: token.id.0, name: token.name, created_at: token.created_at.0, expires_at: token.expires_at.0, revoked: token.revoked, token: secret }
}

/// One's own tokens.
#[utoipa::path(get, path = "/api/v1/tokens", responses((status = 200, body = Vec<TokenDto>), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn tokens(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<Vec<TokenDto>>, Problem> {
    let id = caller.0.account.id;
    let tokens = state.desk.read(move |tx, _| app::accounts::tokens(tx, &id)).await?;
    Ok(Json(tokens.into_iter().map(|token| token_dto(token, None)).collect()))
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
    let (made, days) = (secret.clone(), body.expires_in_days);
    let answer = state
        .desk
        .write_once(once, move |tx, _, now, mint| {
            let token = app::accounts::make_token(tx, &actor, &body.name, days, &made, now, mint)?;
            Ok(serde_json::to_string(&token_dto(token, None))?)
        })
        .await?;
    let whole = answer.strip_suffix('}').map(|open| format!("{open},\"token\":\"{secret}\"}}")).unwrap_or(answer);
    Ok(json(StatusCode::CREATED, whole))
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
