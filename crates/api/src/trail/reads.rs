//! The record of reads: of one matter for those who see it, of oneself, of everybody for the auditor. Never a text of a matter.

use crate::door::{Asked, At, State};
use crate::problem::{Problem, ProblemDto};
use crate::session::Caller;
use app::fault::Fault;
use app::rulebook::Rulebook;
use app::trail::reading::{self, Read};
use axum::Json;
use domain::kernel::{MatterId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadDto {
    /// Its number in the reading chain.
    seq: i64,
    at: i64,
    matter: String,
    number: String,
    /// `open`: the page; `reveal`: a number in full; `admit`, `dismiss`: somebody was named for it, or is no longer.
    act: String,
    by: String,
    unit: Option<String>,
    /// Why, where a reason was asked and is still kept.
    reason: Option<String>,
    /// Who was named, or is no longer.
    whom: Option<String>,
}

/// Reads, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadsDto {
    rows: Vec<ReadDto>,
    /// Where the next page begins; none at the end.
    next: Option<i64>,
}

/// Which reads.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReadsQuery {
    /// Only of the matter with this number.
    number: Option<String>,
    /// Only before this number of the reading chain.
    before: Option<i64>,
}

/// Rows of a full page.
const FULL: usize = 200;

fn shown(book: &Rulebook, reads: Vec<Read>) -> ReadsDto {
    let next = (reads.len() >= FULL).then(|| reads.last().map(|read| read.seq)).flatten();
    let row = |read: Read| ReadDto {
        whom: reading::whom(&read).map(|account| book.account_name(&account)),
        seq: read.seq,
        at: read.at.0,
        matter: read.matter.0,
        number: read.number,
        act: read.act,
        by: book.account_name(&read.account),
        unit: read.unit.map(|unit| book.unit_name(&UnitId(unit))),
        reason: read.reason,
    };
    ReadsDto { rows: reads.into_iter().map(row).collect(), next }
}

/// Who has opened the page of a matter that needs care, and who has seen a number in full.
#[utoipa::path(get, path = "/api/v1/matters/{id}/reads", operation_id = "matter_reads", params(("id" = String, Path,)), responses((status = 200, body = ReadsDto), (status = "default", body = ProblemDto)), tag = "trail")]
pub(crate) async fn matter_reads(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    At(id): At<String>,
) -> Result<Json<ReadsDto>, Problem> {
    let (actor, now) = (caller.actor().clone(), state.desk.now());
    let reads = state.desk.read(move |tx, desk| {
        let reads = reading::of_matter(tx, &actor, &MatterId(id.clone()))?;
        Ok::<_, Fault>(shown(&*desk.rulebook(tx, now)?, reads))
    });
    Ok(Json(reads.await?))
}

/// What one has read oneself.
#[utoipa::path(get, path = "/api/v1/reads/mine", operation_id = "own_reads", params(ReadsQuery), responses((status = 200, body = ReadsDto), (status = "default", body = ProblemDto)), tag = "trail")]
pub(crate) async fn own_reads(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    Asked(query): Asked<ReadsQuery>,
) -> Result<Json<ReadsDto>, Problem> {
    let (actor, now) = (caller.actor().clone(), state.desk.now());
    let reads = state.desk.read(move |tx, desk| {
        let reads = reading::own(tx, &actor, query.before)?;
        Ok::<_, Fault>(shown(&*desk.rulebook(tx, now)?, reads))
    });
    Ok(Json(reads.await?))
}

/// Who has read what: for the auditor.
#[utoipa::path(get, path = "/api/v1/reads", operation_id = "all_reads", params(ReadsQuery), responses((status = 200, body = ReadsDto), (status = "default", body = ProblemDto)), tag = "trail")]
pub(crate) async fn all_reads(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    Asked(query): Asked<ReadsQuery>,
) -> Result<Json<ReadsDto>, Problem> {
    let (actor, now) = (caller.actor().clone(), state.desk.now());
    let reads = state.desk.read(move |tx, desk| {
        let number = query.number.as_deref().map(str::trim).filter(|number| !number.is_empty());
        let reads = reading::all(tx, &actor, number, query.before)?;
        Ok::<_, Fault>(shown(&*desk.rulebook(tx, now)?, reads))
    });
    Ok(Json(reads.await?))
}
