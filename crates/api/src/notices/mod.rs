//! 通知: what one was told.

use crate::door::{At, State};
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use axum::Json;
use axum::http::StatusCode;
use domain::kernel::NoticeId;
use domain::matters::ActKind;
use serde::Serialize;
use utoipa::ToSchema;

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
    acknowledged_at: Option<i64>,
}

/// The newest notices, and how many nobody has acknowledged (up to 100).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoticesDto {
    unread: i64,
    rows: Vec<NoticeDto>,
}

/// The newest notices to one's posts.
#[utoipa::path(get, path = "/api/v1/notices", operation_id = "notices", responses((status = 200, body = NoticesDto), (status = "default", body = ProblemDto)), tag = "notices")]
pub(crate) async fn list(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<NoticesDto>, Problem> {
    let actor = caller.actor().clone();
    let (unread, rows) = state.desk.read(move |tx, _| app::notices::list(tx, &actor, 50)).await?;
    let rows = rows
        .into_iter()
        .map(|n| NoticeDto {
            said: said(&n.act, n.rung, n.passed_over),
            id: n.id.0,
            at: n.at.0,
            matter: Some(n.matter.0),
            number: Some(n.number),
            kind: n.act,
            rung: n.rung,
            acknowledged_at: n.acknowledged_at.map(|at| at.0),
        })
        .collect();
    Ok(Json(NoticesDto { unread, rows }))
}

/// One sentence without personal data.
fn said(act: &str, rung: i64, passed_over: bool) -> String {
    let name = act.parse::<ActKind>().map(ActKind::zh).unwrap_or(act);
    let passed = if passed_over { "（下一级无人在岗，已上移）" } else { "" };
    match (act, rung) {
        ("escalate", 0) => "时限将到，请尽快办理".to_owned(),
        ("escalate", _) => format!("已超时限，请督促办理{passed}"),
        ("auto_accept", _) => "超时未签收，已视为签收".to_owned(),
        ("dispatch" | "arbitrate", _) => "有新的交办，请签收".to_owned(),
        ("feed_back", _) => "已反馈，请核查".to_owned(),
        ("check", _) => "核查完毕，请处理".to_owned(),
        ("send_back", _) => "有退回，请裁定".to_owned(),
        ("urge", _) => "上级催办，请尽快办理".to_owned(),
        ("object" | "reopen", _) => "群众不同意办结或已重开，请重新办理".to_owned(),
        _ => format!("“{name}”与您有关，请查看"),
    }
}

/// Acknowledges a notice.
#[utoipa::path(post, path = "/api/v1/notices/{id}/acknowledge", params(("id" = String, Path,)), responses((status = 204, description = "acknowledged"), (status = "default", body = ProblemDto)), tag = "notices")]
pub(crate) async fn acknowledge(axum::extract::State(state): axum::extract::State<State>, writes: Writes, At(id): At<String>) -> Result<StatusCode, Problem> {
    let actor = writes.actor().clone();
    let once = writes.once(&());
    state
        .desk
        .write_once(once, move |tx, _, now, _| {
            app::notices::acknowledge(tx, &actor, &NoticeId(id.clone()), now)?;
            Ok(String::new())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
