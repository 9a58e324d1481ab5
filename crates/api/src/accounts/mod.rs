//! 帐户: log-in, the session, the password; one's own second factor, sessions, tokens and delegations; other people's accounts; the trail of accounts.

mod delegations;
mod factor;
mod manage;
mod policy;
mod sessions;
mod tokens;
mod trail;

pub(crate) use delegations::*;
pub(crate) use factor::*;
pub(crate) use manage::*;
pub(crate) use policy::*;
pub(crate) use sessions::*;
pub(crate) use tokens::*;
pub(crate) use trail::*;

use crate::door::{Body, State};
use crate::limit::{Door, Peer, address};
use crate::places::Ref;
use crate::problem::{Problem, ProblemDto};
use crate::session::{AnyCaller, COOKIE, cookie};
use app::accounts::{Knock, Visitor};
use app::fault::Fault;
use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Name and password.
#[derive(Deserialize, ToSchema)]
pub(crate) struct LogIn {
    login: String,
    password: String,
    /// The second factor, once it is asked for (`second_factor`): six digits, or a recovery code.
    #[serde(default)]
    code: Option<String>,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountDto {
    id: String,
    login: String,
    name: String,
    must_change_password: bool,
    /// A second factor is asked for at the log-in.
    second_factor: bool,
    /// A second factor must be bound before anything else.
    must_enrol_second_factor: bool,
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
    /// Whose post it is, if one sits on it as a deputy.
    on_behalf: Option<Ref>,
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

/// Logs in; the session comes as a cookie. A session that the browser had before ends.
#[utoipa::path(post, path = "/api/v1/session", request_body = LogIn, responses((status = 200, body = Me), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn log_in(
    axum::extract::State(state): axum::extract::State<State>,
    peer: Option<axum::Extension<Peer>>,
    headers: HeaderMap,
    Body(body): Body<LogIn>,
) -> Result<Response, Problem> {
    // By the name that is asked for, whether there is such a one or not.
    state.buckets.take(Door::LogIn, &format!("name {}", body.login.to_lowercase()), state.desk.now().0)?;
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let address = address(&headers, peer.as_ref().map(|peer| &peer.0), state.settings.behind_proxy);
    let come = app::accounts::log_in(&state.desk, Knock { login: body.login, password: body.password, code: body.code, address, agent }).await?;
    if let Some(before) = cookie(&headers) {
        state.desk.write(move |tx, _, _, _| app::accounts::log_out(tx, &app::accounts::digest(&before))).await?;
    }
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
                    second_factor: visitor.account.second_factor,
                    must_enrol_second_factor: visitor.must_enrol,
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
                        on_behalf: seat.holder.as_ref().map(|holder| Ref::account(&book, holder)),
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
