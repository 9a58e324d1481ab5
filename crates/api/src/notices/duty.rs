//! What one was told about duty: a month in force, a shift given or taken, what waits for an answer, a hand-over that is missing.

use crate::door::{At, State};
use crate::places::Ref;
use crate::problem::{Problem, ProblemDto};
use crate::session::Writes;
use app::rulebook::Rulebook;
use axum::http::StatusCode;
use domain::kernel::DutyNoticeId;
use domain::rota::DutyNotice;
use serde::Serialize;
use utoipa::ToSchema;

/// One of them. `what` is a code of `DutyTold`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DutyNoticeDto {
    id: String,
    what: String,
    unit: Ref,
    duty: String,
    /// The beginning of the shift or of the month, or the change of shift, that it is about.
    about: i64,
    at: i64,
    heard_at: Option<i64>,
}

pub(super) fn duty_dto(book: &Rulebook, n: DutyNotice) -> DutyNoticeDto {
    DutyNoticeDto {
        id: n.id.0,
        what: n.what.code().to_owned(),
        unit: Ref::unit(book, &n.unit),
        duty: n.duty.code().to_owned(),
        about: n.about.0,
        at: n.at.0,
        heard_at: n.heard_at.map(|at| at.0),
    }
}

/// One has read what one was told about duty: an entry of the rota's chain.
#[utoipa::path(post, path = "/api/v1/notices/duty/{id}/heard", operation_id = "hear_duty", params(("id" = String, Path,)), responses((status = 204, description = "read"), (status = "default", body = ProblemDto)), tag = "notices")]
pub(crate) async fn hear_duty(axum::extract::State(state): axum::extract::State<State>, writes: Writes, At(id): At<String>) -> Result<StatusCode, Problem> {
    let (actor, once) = (writes.actor().clone(), writes.once(&()));
    state
        .desk
        .write_once(once, move |tx, desk, now, mint| {
            app::rota::hear(tx, desk, &actor, &DutyNoticeId(id.clone()), now, mint)?;
            Ok(String::new())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
