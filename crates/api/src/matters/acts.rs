//! Acts: one route for all, data by the form's table.

use crate::door::{At, Body, State, json};
use crate::problem::{Problem, ProblemDto};
use crate::session::Writes;
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kernel::{MatterId, Missing, PostId, Refusal, ReportId};
use domain::matters::{ActKind, Matter, Raw, RawForm};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What an act gives: where the matter stands now.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Done {
    matter: String,
    number: String,
    state: String,
    version: i64,
}

impl Done {
    pub(crate) fn of(matter: &Matter) -> Self {
        Self { matter: matter.id.0.clone(), number: matter.number.clone(), state: matter.state.code().to_owned(), version: matter.version }
    }
}

/// An act: the version that one saw, and the form's data.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ActRequest {
    /// The matter's version as one saw it; if it has changed since, the answer says what changed.
    version: i64,
    /// By which of one's posts, for whoever holds several (`offered[].posts` of the matter's page); the first that fits if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    as_post: Option<String>,
    /// The form's data.
    #[serde(default)]
    #[schema(value_type = Object)]
    data: Map<String, Value>,
}

/// Reads JSON into raw data; what is neither text, list of texts, yes/no nor integer is named.
pub(crate) fn raw_form(data: &Map<String, Value>) -> Result<RawForm, Refusal> {
    let (mut form, mut bad) = (RawForm::new(), Vec::new());
    for (name, value) in data {
        let raw = match value {
            Value::Null => continue,
            Value::String(text) => Some(Raw::Text(text.clone())),
            Value::Bool(on) => Some(Raw::Flag(*on)),
            Value::Number(number) => number.as_i64().map(Raw::Int),
            Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>().map(Raw::List),
            Value::Object(_) => None,
        };
        match raw {
            Some(raw) => {
                form.insert(name.clone(), raw);
            }
            None => bad.push(Missing { datum: name.clone(), why: "bad" }),
        }
    }
    if bad.is_empty() { Ok(form) } else { Err(Refusal::Data(bad)) }
}

/// Does an act.
#[utoipa::path(post, path = "/api/v1/matters/{id}/acts/{act}", params(("id" = String, Path,), ("act" = String, Path,)), request_body = ActRequest, responses((status = 200, body = Done), (status = "default", body = ProblemDto)), tag = "matters")]
pub(crate) async fn act(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    At((id, act)): At<(String, String)>,
    Body(body): Body<ActRequest>,
) -> Result<Response, Problem> {
    let act: ActKind = act.parse().map_err(|_| Problem::new("not_found", StatusCode::NOT_FOUND, "没有这种办理动作"))?;
    // Versions begin at 1: whatever is below was never seen, and is as stale as 0.
    let command = app::matters::Act { matter: MatterId(id), version: body.version.max(0), act, data: raw_form(&body.data)? };
    // By one post alone the person also sees by that post alone.
    let actor = match &body.as_post {
        Some(post) => writes.actor().by_post(&PostId(post.clone()))?,
        None => writes.actor().clone(),
    };
    let once = writes.once(&body);
    let answer = state
        .desk
        .write_once(once, move |tx, desk, now, mint| {
            let recorded = app::matters::act(tx, desk, &actor, &command, now, mint)?;
            Ok(serde_json::to_string(&Done::of(&recorded.matter))?)
        })
        .await?;
    Ok(json(StatusCode::OK, answer))
}

/// Characters of the reason for a look at a number.
const LONGEST_REASON: usize = 200;

/// Which number, and why.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct RevealRequest {
    /// The report whose number is asked for.
    report: String,
    /// Why.
    reason: String,
}

/// The number in full.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Revealed {
    phone: String,
}

/// Shows a telephone number in full; the look is recorded with its reason. Each look is recorded, also a repeated one.
#[utoipa::path(post, path = "/api/v1/matters/{id}/reveal", params(("id" = String, Path,)), request_body = RevealRequest, responses((status = 200, body = Revealed), (status = "default", body = ProblemDto)), tag = "matters")]
pub(crate) async fn reveal(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    At(id): At<String>,
    Body(body): Body<RevealRequest>,
) -> Result<Json<Revealed>, Problem> {
    // The reason goes into the reading chain, which is for ever: one line.
    if body.reason.chars().count() > LONGEST_REASON {
        return Err(Problem::datum("reason", "too_long"));
    }
    let actor = writes.actor().clone();
    // Not kept for repetition: the answer is the very thing that is sealed.
    let phone = state
        .desk
        .write(move |tx, desk, now, mint| {
            app::matters::reveal(tx, desk, &actor, &MatterId(id.clone()), &ReportId(body.report.clone()), &body.reason, now, mint)
        })
        .await?;
    Ok(Json(Revealed { phone }))
}
