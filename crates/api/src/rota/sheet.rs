//! A month as a workbook, and back.

use super::dto::{ConflictDto, code, conflict_dto, month_days};
use super::plan::MonthQuery;
use crate::door::{Asked, State, json, unread};
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use axum::extract::Multipart;
use axum::extract::multipart::MultipartRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::kernel::UnitId;
use domain::rota::{Duty, Pattern};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A month as a workbook; with no rota yet it is the form to fill in.
#[utoipa::path(get, path = "/api/v1/rota/month.xlsx", operation_id = "rota_sheet", params(MonthQuery), responses((status = 200, description = "the workbook", content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn sheet(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    Asked(query): Asked<MonthQuery>,
) -> Result<Response, Problem> {
    let (actor, now) = (caller.actor().clone(), state.desk.now());
    let ((from, to), duty, unit) = (month_days(&query.month)?, code::<Duty>(&query.duty, "duty")?, UnitId(query.unit));
    let sheet = state.desk.read(move |tx, desk| app::rota::sheet(tx, desk, &actor, &unit, duty, from, to, now)).await?;
    let name: String = sheet
        .name
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-') { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    let mut response = sheet.bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{name}")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// For which duty a workbook is read.
#[derive(Debug, Clone, Deserialize, Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LoadQuery {
    /// The unit.
    unit: String,
    /// The duty.
    duty: String,
    /// The pattern that it is laid out by.
    pattern: String,
    /// Keeps it as a draft, if nothing is wrong with it; else it is only looked at.
    keep: Option<bool>,
}

/// Something wrong with a cell or a row.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SheetErrorDto {
    line: u64,
    column: Option<String>,
    said: String,
}

/// What reading a workbook gave.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LoadedDto {
    shifts: usize,
    gaps: usize,
    conflicts: Vec<ConflictDto>,
    errors: Vec<SheetErrorDto>,
    /// The file with its errors marked, base64.
    marked: Option<String>,
    /// The draft, if it was kept.
    rota: Option<String>,
}

/// Reads a month from a workbook (multipart field `file`): looked at first, kept as a draft if nothing is wrong.
#[utoipa::path(post, path = "/api/v1/rota/sheet", operation_id = "load_rota_sheet", params(LoadQuery), request_body(content = String, content_type = "multipart/form-data"), responses((status = 200, body = LoadedDto), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn load(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    Asked(query): Asked<LoadQuery>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let mut form = form.map_err(|rejection| unread(rejection.status()))?;
    let (duty, pattern) = (code::<Duty>(&query.duty, "duty")?, code::<Pattern>(&query.pattern, "pattern")?);
    while let Some(field) = form.next_field().await.map_err(|error| unread(error.status()))? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or("rota.xlsx").to_owned();
        let bytes = field.bytes().await.map_err(|error| unread(error.status()))?.to_vec();
        let (actor, once) = (writes.actor().clone(), writes.once(&(&query, app::accounts::digest(&STANDARD.encode(&bytes)))));
        let (unit, keep) = (UnitId(query.unit.clone()), query.keep.unwrap_or(false));
        let answer = state
            .desk
            .write_once(once, move |tx, desk, now, mint| {
                let loaded = app::rota::load(tx, desk, &actor, &unit, duty, pattern, (&name, &bytes), keep, now, mint)?;
                let book = desk.rulebook(tx, now)?;
                let dto = LoadedDto {
                    shifts: loaded.shifts,
                    gaps: loaded.gaps,
                    conflicts: loaded.conflicts.iter().map(|conflict| conflict_dto(&book, conflict)).collect(),
                    errors: loaded.marks.into_iter().map(|(line, column, said)| SheetErrorDto { line, column, said }).collect(),
                    marked: loaded.marked.map(|bytes| STANDARD.encode(bytes)),
                    rota: loaded.rota.map(|id| id.0),
                };
                Ok(serde_json::to_string(&dto)?)
            })
            .await?;
        return Ok(json(StatusCode::OK, answer));
    }
    Err(Problem::datum("file", "missing"))
}
