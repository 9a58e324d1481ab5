//! The second factor of one's own account.

use super::shown;
use crate::door::{Body, State, json};
use crate::problem::{Problem, ProblemDto};
use crate::session::{AnyCaller, OwnWrites};
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use qrcodegen::{QrCode, QrCodeEcc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How one's second factor stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FactorDto {
    /// It is asked for at the log-in.
    on: bool,
    /// It must be there: one administers.
    required: bool,
    /// Recovery codes that are left.
    recovery_codes_left: i64,
}

/// A secret that waits for its first code; shown once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EnrolmentDto {
    /// In base 32, to be typed where no picture can be taken.
    secret: String,
    /// What the picture says.
    uri: String,
    /// The picture: SVG.
    picture: String,
}

/// A code of the second factor.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct CodeRequest {
    code: String,
}

/// Recovery codes, shown once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecoveryDto {
    /// Each replaces the second factor at one log-in.
    recovery_codes: Vec<String>,
}

/// How one's own second factor stands.
#[utoipa::path(get, path = "/api/v1/session/second-factor", responses((status = 200, body = FactorDto), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn factor(axum::extract::State(state): axum::extract::State<State>, caller: AnyCaller) -> Result<Json<FactorDto>, Problem> {
    let visitor = caller.0;
    let stands = state.desk.read(move |tx, _| app::accounts::factor_state(tx, &visitor)).await?;
    Ok(Json(FactorDto { on: stands.on, required: stands.required, recovery_codes_left: stands.codes_left }))
}

/// Makes a secret. It is in force once a code of it was right.
#[utoipa::path(post, path = "/api/v1/session/second-factor", responses((status = 201, body = EnrolmentDto), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn begin_factor(axum::extract::State(state): axum::extract::State<State>, OwnWrites(writes): OwnWrites) -> Result<Response, Problem> {
    let (account, once) = (writes.visitor.account.clone(), writes.once(&()));
    let chance = state.desk.keys().shown_once("second factor", &once);
    let id = account.id.clone();
    state
        .desk
        .write_once(once, move |tx, desk, now, mint| {
            app::accounts::begin_factor(tx, desk, &id, &chance, now, mint)?;
            Ok(String::new())
        })
        .await?;
    let name = state.desk.read(|tx, _| Ok(app::seed::setting(tx, app::seed::NAME)?.unwrap_or_default())).await?;
    let made = app::accounts::enrolment(&chance, &name, &account.login);
    let answer = EnrolmentDto { picture: picture(&made.uri).unwrap_or_default(), secret: made.secret, uri: made.uri };
    Ok(json(StatusCode::CREATED, serde_json::to_string(&answer).unwrap_or_default()))
}

/// A QR code as SVG: one path of dark modules on white, with the quiet margin of four.
fn picture(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        for x in 0..size {
            if code.get_module(x, y) {
                path.push_str(&format!("M{},{}h1v1h-1z", x + 4, y + 4));
            }
        }
    }
    let whole = size + 8;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole} {whole}\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0,0h{whole}v{whole}h-{whole}z\"/><path d=\"{path}\"/></svg>"
    ))
}

/// The first right code puts the second factor in force; answers recovery codes, once.
#[utoipa::path(post, path = "/api/v1/session/second-factor/confirm", request_body = CodeRequest, responses((status = 200, body = RecoveryDto), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn confirm_factor(
    axum::extract::State(state): axum::extract::State<State>,
    OwnWrites(writes): OwnWrites,
    Body(body): Body<CodeRequest>,
) -> Result<Response, Problem> {
    let (actor, once) = (writes.actor().clone(), writes.once(&body));
    let codes = app::accounts::recovery_codes(state.desk.keys().shown_once("recovery codes", &once));
    let kept = codes.clone();
    let answer = state
        .desk
        .write_once(once, move |tx, desk, now, _| {
            app::accounts::confirm_factor(tx, desk, &actor, &body.code, &kept, now)?;
            Ok("{}".to_owned())
        })
        .await?;
    Ok(json(StatusCode::OK, shown(answer, &serde_json::json!({ "recovery_codes": codes }))))
}

/// Takes one's own second factor off, with a code of it.
#[utoipa::path(post, path = "/api/v1/session/second-factor/remove", request_body = CodeRequest, responses((status = 204, description = "off"), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn remove_factor(
    axum::extract::State(state): axum::extract::State<State>,
    OwnWrites(writes): OwnWrites,
    Body(body): Body<CodeRequest>,
) -> Result<StatusCode, Problem> {
    let (visitor, once) = (writes.visitor.clone(), writes.once(&body));
    state
        .desk
        .write_once(once, move |tx, desk, now, _| {
            app::accounts::remove_factor(tx, desk, &visitor, &body.code, now)?;
            Ok(String::new())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
