//! 通知: what one was told, the ways by which one is told, the channels, the letters that could not be delivered.

mod channels;
mod duty;
mod letters;
mod ways;

pub(crate) use channels::*;
pub(crate) use duty::*;
pub(crate) use letters::*;
pub(crate) use ways::*;

use crate::door::{Asked, At, State};
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use app::notices::Notice;
use axum::Json;
use axum::http::StatusCode;
use domain::kernel::{Instant, NoticeId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A notice.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoticeDto {
    id: String,
    at: i64,
    matter: Option<String>,
    number: Option<String>,
    kind: String,
    said: String,
    rung: i64,
    /// Whether a named person must acknowledge it.
    must: bool,
    /// Whether a rung below was empty and passed.
    passed_over: bool,
    /// When the next channel or the next rung is tried.
    next_at: Option<i64>,
    acknowledged_at: Option<i64>,
    /// Name of who acknowledged it.
    acknowledged_by: Option<String>,
}

/// What one was told: how many nobody has acknowledged (up to 100), those that must be, and a page of all, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoticesDto {
    unread: i64,
    must: Vec<NoticeDto>,
    rows: Vec<NoticeDto>,
    /// What one was told about duty in the last month, the newest first.
    duty: Vec<DutyNoticeDto>,
    /// The next page, if there is one.
    next: Option<String>,
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// `next` of the page before.
    after: Option<String>,
}

impl PageQuery {
    pub(crate) fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }
}

/// Rows of one page.
const PAGE: i64 = 50;

/// An instant and an id, as `next` says them.
pub(crate) fn read_after(after: Option<&str>) -> Result<Option<(Instant, String)>, Problem> {
    let Some(text) = after else { return Ok(None) };
    let parsed = text.split_once('.').and_then(|(at, id)| Some((Instant(at.parse().ok()?), id.to_owned())));
    parsed.map(Some).ok_or_else(|| Problem::new("bad_request", StatusCode::BAD_REQUEST, "查询条件看不懂：after"))
}

fn dto(book: &app::rulebook::Rulebook, n: Notice) -> NoticeDto {
    NoticeDto {
        said: domain::notices::said(&n.act, n.rung, n.passed_over),
        id: n.id.0,
        at: n.at.0,
        matter: Some(n.matter.0),
        number: Some(n.number),
        kind: n.act,
        rung: n.rung,
        must: n.must,
        passed_over: n.passed_over,
        next_at: n.next_at.map(|at| at.0),
        acknowledged_at: n.acknowledged_at.map(|at| at.0),
        acknowledged_by: n.acknowledged_by.map(|account| book.account_name(&account)),
    }
}

/// What was told to one's posts.
#[utoipa::path(get, path = "/api/v1/notices", operation_id = "notices", params(PageQuery), responses((status = 200, body = NoticesDto), (status = "default", body = ProblemDto)), tag = "notices")]
pub(crate) async fn list(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<NoticesDto>, Problem> {
    let actor = caller.actor().clone();
    let after = read_after(query.after())?.map(|(at, id)| (at, NoticeId(id)));
    let now = state.desk.now();
    let dto = state
        .desk
        .read(move |tx, desk| {
            let book = desk.rulebook(tx, now)?;
            let told = app::notices::list(tx, &actor, after.as_ref(), PAGE)?;
            let full = i64::try_from(told.rows.len()).unwrap_or(0) == PAGE;
            let next = told.rows.last().filter(|_| full).map(|n| format!("{}.{}", n.at.0, n.id));
            let duty = app::rota::told(tx, &actor, now)?;
            let unheard = duty.iter().filter(|told| told.heard_at.is_none()).count();
            let unread = (told.unread + i64::try_from(unheard).unwrap_or(100)).min(100);
            let duty = duty.into_iter().map(|told| duty_dto(&book, told)).collect();
            let all = |rows: Vec<Notice>| rows.into_iter().map(|n| dto(&book, n)).collect();
            Ok(NoticesDto { unread, must: all(told.must), rows: all(told.rows), duty, next })
        })
        .await?;
    Ok(Json(dto))
}

/// Top alarms that stand, of matters that one may see.
#[utoipa::path(get, path = "/api/v1/notices/alarms", operation_id = "alarms", responses((status = 200, body = [NoticeDto]), (status = "default", body = ProblemDto)), tag = "notices")]
pub(crate) async fn alarms(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<Vec<NoticeDto>>, Problem> {
    let (actor, now) = (caller.actor().clone(), state.desk.now());
    let rows = state
        .desk
        .read(move |tx, desk| {
            let book = desk.rulebook(tx, now)?;
            Ok(app::notices::alarms(tx, &actor)?.into_iter().map(|n| dto(&book, n)).collect())
        })
        .await?;
    Ok(Json(rows))
}

/// Acknowledges a notice: an act of a named person, an entry of the matter's chain. With it the climbing rests.
#[utoipa::path(post, path = "/api/v1/notices/{id}/acknowledge", params(("id" = String, Path,)), responses((status = 204, description = "acknowledged"), (status = "default", body = ProblemDto)), tag = "notices")]
pub(crate) async fn acknowledge(axum::extract::State(state): axum::extract::State<State>, writes: Writes, At(id): At<String>) -> Result<StatusCode, Problem> {
    let actor = writes.actor().clone();
    let once = writes.once(&());
    state
        .desk
        .write_once(once, move |tx, desk, now, mint| {
            app::notices::acknowledge(tx, desk, &actor, &NoticeId(id.clone()), now, mint)?;
            Ok(String::new())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
