//! What a person asks about the data on himself: a copy, an erasure, and the record of what was asked and answered.

use crate::door::{Body, State};
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use app::fault::Fault;
use app::trail::keeping;
use axum::Json;
use domain::trail::RequestKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A request of a person.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct PersonRequest {
    /// `copy`, `correct`, `erase`.
    kind: String,
    /// The telephone number by which the person is known.
    phone: String,
    /// How it was made sure who asks.
    identity: String,
    /// For a correction: the name as it should be.
    name: Option<String>,
    /// For an erasure: also what the person said.
    said: Option<bool>,
}

/// What is held of a person in one matter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonCopyDto {
    number: String,
    received_at: i64,
    state: String,
    said: Option<String>,
    name: Option<String>,
    phone: Option<String>,
    /// Until when the contact is kept; none while the matter is open, or for good.
    kept_until: Option<i64>,
    /// On which legal basis it is kept.
    basis: String,
    /// For what it is kept.
    purpose: String,
}

/// What became of a request.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct PersonAnswerDto {
    request: String,
    /// `done`, `partly`, `must_keep`, `nothing`.
    outcome: String,
    /// The legal basis of the answer.
    basis: String,
    /// The list by which something is erased at the next turn of the sweeper.
    list: Option<String>,
}

/// What became of a request, and for a copy what is held.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonAnswer {
    #[serde(flatten)]
    answer: PersonAnswerDto,
    held: Vec<PersonCopyDto>,
}

/// Answers a request of a person. The copy itself is never kept: a repeated request makes it anew.
#[utoipa::path(post, path = "/api/v1/persons/requests", operation_id = "answer_person", request_body = PersonRequest, responses((status = 200, body = PersonAnswer), (status = "default", body = ProblemDto)), tag = "trail")]
pub(crate) async fn answer_person(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    Body(body): Body<PersonRequest>,
) -> Result<Json<PersonAnswer>, Problem> {
    if [&body.identity, &body.phone].into_iter().chain(&body.name).any(|text| text.chars().count() > 200) {
        return Err(Problem::datum("identity", "too_long"));
    }
    let kind: RequestKind = body.kind.parse().map_err(|_| Problem::datum("kind", "unknown"))?;
    let (actor, once) = (writes.actor().clone(), writes.once(&body));
    let asked = keeping::Asked { kind, phone: body.phone, identity: body.identity, name: body.name, said: body.said.unwrap_or(false) };
    let (by, what) = (actor.clone(), asked.clone());
    let answer = state
        .desk
        .write_once(once, move |tx, desk, now, mint| {
            let answer = keeping::answer(tx, desk, &by, &what, now, mint)?;
            Ok(serde_json::to_string(&PersonAnswerDto {
                request: answer.request.0,
                outcome: answer.outcome.code().to_owned(),
                basis: answer.basis,
                list: answer.list.map(|list| list.0),
            })?)
        })
        .await?;
    let answer: PersonAnswerDto = serde_json::from_str(&answer).map_err(Fault::from)?;
    let held = match kind {
        RequestKind::Copy => state.desk.read(move |tx, desk| keeping::held(tx, desk, &actor, &asked.phone)).await?,
        RequestKind::Correct | RequestKind::Erase => Vec::new(),
    };
    let row = |held: keeping::CopyOf| PersonCopyDto {
        number: held.number,
        received_at: held.received_at.0,
        state: held.state,
        said: held.said,
        name: held.name,
        phone: held.phone,
        kept_until: held.kept_until.map(|at| at.0),
        basis: held.basis,
        purpose: held.purpose,
    };
    Ok(Json(PersonAnswer { answer, held: held.into_iter().map(row).collect() }))
}

/// A request in the record; who asked is not in it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonRequestDto {
    id: String,
    kind: String,
    at: i64,
    by: String,
    matters: i64,
    outcome: String,
    basis: String,
    list: Option<String>,
}

/// The record of requests.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonRequestsDto {
    rows: Vec<PersonRequestDto>,
}

/// The record of what persons asked and what became of it.
#[utoipa::path(get, path = "/api/v1/persons/requests", operation_id = "person_requests", responses((status = 200, body = PersonRequestsDto), (status = "default", body = ProblemDto)), tag = "trail")]
pub(crate) async fn person_requests(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<PersonRequestsDto>, Problem> {
    let (actor, now) = (caller.actor().clone(), state.desk.now());
    let dto = state.desk.read(move |tx, desk| {
        let requests = keeping::requests(tx, &actor)?;
        let book = desk.rulebook(tx, now)?;
        let row = |(id, request): (domain::kernel::SubjectRequestId, domain::trail::Request)| PersonRequestDto {
            id: id.0,
            kind: request.kind.code().to_owned(),
            at: request.at.0,
            by: book.account_name(&request.taken_by),
            matters: request.matters,
            outcome: request.outcome.code().to_owned(),
            basis: request.basis,
            list: request.list.map(|list| list.0),
        };
        Ok::<_, Fault>(PersonRequestsDto { rows: requests.into_iter().map(row).collect() })
    });
    Ok(Json(dto.await?))
}
