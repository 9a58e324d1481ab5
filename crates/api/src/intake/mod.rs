//! 汇聚: registering and what the machine thinks.

use crate::door::{Body, State};
use crate::matters::{Done, raw_form};
use crate::places::{CodeRef, Ref};
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use app::fault::Fault;
use app::keys::{hex, unhex};
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What a registration gives. The receipt's code is shown here and on the printed slip, nowhere else.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct Registered {
    #[serde(flatten)]
    done: Done,
    /// The code by which the person can ask.
    receipt_code: String,
    /// The report.
    report: String,
}

/// Registers a report and its matter.
#[utoipa::path(post, path = "/api/v1/reports", responses((status = 201, body = Registered), (status = "default", body = ProblemDto)), tag = "intake")]
pub(crate) async fn register(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    Body(body): Body<Map<String, Value>>,
) -> Result<Response, Problem> {
    let data = raw_form(&body)?;
    let actor = writes.actor().clone();
    let once = writes.once(&body);
    let kept = state
        .desk
        .write_once(once, move |tx, desk, now, mint| {
            let registered = app::intake::register(tx, desk, &actor, data.clone(), now, mint)?;
            let report = registered.recorded.matter.reports.first().map_or_else(String::new, |report| report.id.0.clone());
            // The kept answer lies in the database: the person's code is sealed in it, as it is everywhere else.
            let receipt_code = hex(&desk.keys().seal(&registered.receipt, &about(&report), mint.bytes()));
            Ok(serde_json::to_string(&Registered { done: Done::of(&registered.recorded.matter), receipt_code, report })?)
        })
        .await?;
    let mut answer: Registered = serde_json::from_str(&kept).map_err(Fault::from)?;
    let code = unhex(&answer.receipt_code).and_then(|bytes| state.desk.keys().open_sealed(&bytes, &about(&answer.report)));
    answer.receipt_code = code.ok_or_else(|| Fault::Broken("a kept receipt cannot be opened with this key".to_owned()))?;
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// What a sealed receipt is bound to in a kept answer.
fn about(report: &str) -> String {
    format!("answer {report}")
}

/// What was said so far.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SuggestRequest {
    said: String,
    #[serde(default)]
    spot: String,
    #[serde(default)]
    phone: String,
}

/// Danger now: what to do first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DangerDto {
    said: String,
}

/// The question that answers (`domain.md` §11.1).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GateDto {
    n: u8,
    zh: String,
    because: String,
}

/// A category that may be meant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GuessDto {
    code: String,
    name: String,
    certainty: f64,
    because: String,
}

/// A unit that may be meant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LikelyDto {
    unit: Ref,
    rule: Option<i64>,
    because: String,
}

/// A matter that may be the same.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SimilarDto {
    id: String,
    number: String,
    title: String,
    state: String,
    received_at: i64,
    because: String,
}

/// What the machine thinks; nothing is chosen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Suggestion {
    danger: Option<DangerDto>,
    gate: Option<GateDto>,
    categories: Vec<GuessDto>,
    grid: Option<CodeRef>,
    home: Option<Ref>,
    units: Vec<LikelyDto>,
    similar: Vec<SimilarDto>,
    before: Vec<SimilarDto>,
}

/// Reads what was said so far and proposes.
#[utoipa::path(post, path = "/api/v1/reports/suggest", request_body = SuggestRequest, responses((status = 200, body = Suggestion), (status = "default", body = ProblemDto)), tag = "intake")]
pub(crate) async fn suggest(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    Body(body): Body<SuggestRequest>,
) -> Result<Json<Suggestion>, Problem> {
    let (actor, now) = (caller.actor().clone(), state.desk.now());
    let found = state.desk.read(move |tx, desk| app::intake::suggest(tx, desk, &actor, &body.said, &body.spot, &body.phone, now)).await?;
    let similar = |rows: Vec<app::intake::Similar>| -> Vec<SimilarDto> {
        rows.into_iter()
            .map(|s| SimilarDto {
                id: s.row.id.0,
                number: s.row.number,
                title: s.row.title,
                state: s.row.state.code().to_owned(),
                received_at: s.row.received_at.0,
                because: s.because,
            })
            .collect()
    };
    Ok(Json(Suggestion {
        danger: found.gate.as_ref().filter(|gate| gate.n == 1).map(|gate| DangerDto { said: gate.said.to_owned() }),
        gate: found.gate.map(|gate| GateDto { n: gate.n, zh: gate.said.to_owned(), because: gate.because.join("、") }),
        categories: found.categories.into_iter().map(|g| GuessDto { code: g.code, name: g.name, certainty: g.certainty, because: g.because }).collect(),
        grid: found.grid.map(|(code, name)| CodeRef { code: code.0, name }),
        home: found.home.map(|(id, name)| Ref { id: id.0, name }),
        units: found.units.into_iter().map(|u| LikelyDto { unit: Ref { id: u.unit.0, name: u.name }, rule: u.rule, because: u.because }).collect(),
        similar: similar(found.similar),
        before: similar(found.before),
    }))
}
