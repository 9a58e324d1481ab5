//! Call-out lists.

use super::dto::code;
use crate::door::{Asked, Body, State};
use crate::places::Ref;
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use axum::Json;
use axum::http::StatusCode;
use domain::kernel::{AccountId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which unit.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UnitQuery {
    /// The unit.
    pub(crate) unit: String,
}

/// Somebody to call.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CalledDto {
    account: Ref,
    /// `mobile`, `office`, `intercom` or `home`.
    by: String,
}

/// The list of one duty.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CallOutDto {
    duty: String,
    people: Vec<CalledDto>,
}

/// The lists of a unit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CallOutsDto {
    lists: Vec<CallOutDto>,
}

/// The call-out lists of a unit: whom to call, in which order, when more people are needed.
#[utoipa::path(get, path = "/api/v1/rota/call-outs", operation_id = "call_outs", params(UnitQuery), responses((status = 200, body = CallOutsDto), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn call_outs(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    Asked(query): Asked<UnitQuery>,
) -> Result<Json<CallOutsDto>, Problem> {
    let (actor, now, unit) = (caller.actor().clone(), state.desk.now(), UnitId(query.unit));
    let lists = state
        .desk
        .read(move |tx, desk| {
            let lists = app::rota::call_outs(tx, desk, &actor, &unit, now)?;
            let book = desk.rulebook(tx, now)?;
            let called = |(account, by): (AccountId, domain::rota::CallOutBy)| CalledDto { account: Ref::account(&book, &account), by: by.code().to_owned() };
            Ok(lists.into_iter().map(|(duty, people)| CallOutDto { duty: duty.code().to_owned(), people: people.into_iter().map(called).collect() }).collect())
        })
        .await?;
    Ok(Json(CallOutsDto { lists }))
}

/// Somebody to call, by account.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct CallDto {
    account: String,
    by: String,
}

/// A list in place of the one before.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct PutCallOutDto {
    unit: String,
    duty: String,
    people: Vec<CallDto>,
}

/// Replaces the call-out list of a duty.
#[utoipa::path(post, path = "/api/v1/rota/call-outs", operation_id = "put_call_out", request_body = PutCallOutDto, responses((status = 204, description = "kept"), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn put_call_out(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    Body(body): Body<PutCallOutDto>,
) -> Result<StatusCode, Problem> {
    let (actor, once, duty, unit) = (writes.actor().clone(), writes.once(&body), code(&body.duty, "duty")?, UnitId(body.unit));
    let people = body.people.into_iter().map(|call| Ok((AccountId(call.account), code(&call.by, "by")?))).collect::<Result<Vec<_>, Problem>>()?;
    state
        .desk
        .write_once(once, move |tx, desk, now, mint| app::rota::put_call_out(tx, desk, &actor, &unit, duty, &people, now, mint).map(|()| String::new()))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
