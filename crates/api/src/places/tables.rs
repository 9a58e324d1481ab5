//! Forms as workbooks: template, filled form, upload (checked without writing, marked, brought in as a whole).
//!
//! An upload leaves nothing behind: the page holds the file and sends it again for each step, so a check that fails has nothing to clean up. Reading a workbook
//! happens on a thread that may wait, one at a time, so that a large or hostile file holds up nobody else.

use super::rows::{self, ChangeDto};
use crate::door::{Asked, At, State, json, unread};
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use app::fault::Fault;
use app::places::{Checked, Form, Upload};
use axum::Json;
use axum::extract::Multipart;
use axum::extract::multipart::MultipartRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The largest workbook that is taken in.
pub(crate) const LARGEST_TABLE: usize = 8 * 1024 * 1024;
/// What a check tells of the changes at most; the rest is counted.
const MOST_CHANGES: usize = 500;

/// One workbook is read at a time.
static READING: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(1);

/// How many rows of a form a file has, and what they would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FormCountDto {
    form: String,
    zh: String,
    rows: i64,
    new: i64,
    changed: i64,
}

/// Something wrong with the file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FaultyDto {
    form: Option<String>,
    line: Option<u64>,
    column: Option<String>,
    said: String,
}

/// What a file would do, or did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckedDto {
    forms: Vec<FormCountDto>,
    faulty: Vec<FaultyDto>,
    /// The first of the changes.
    changes: Vec<ChangeDto>,
    changes_in_all: i64,
    seq: i64,
    done: bool,
}

fn checked(row: &Checked, done: bool) -> CheckedDto {
    CheckedDto {
        forms: row
            .forms
            .iter()
            .map(|(form, rows, new, changed)| FormCountDto {
                form: form.code().to_owned(),
                zh: form.zh().to_owned(),
                rows: *rows,
                new: *new,
                changed: *changed,
            })
            .collect(),
        faulty: row
            .faulty
            .iter()
            .map(|row| FaultyDto { form: row.form.map(|form| form.code().to_owned()), line: row.line, column: row.column.clone(), said: row.said.clone() })
            .collect(),
        changes: row.changes.iter().take(MOST_CHANGES).map(rows::change).collect(),
        changes_in_all: i64::try_from(row.changes.len()).unwrap_or(i64::MAX),
        seq: row.seq,
        done,
    }
}

fn form_of(code: &str) -> Result<Form, Problem> {
    code.parse().map_err(|()| Fault::Missing.into())
}

/// A workbook as a download.
fn workbook(name: &str, bytes: Vec<u8>) -> Response {
    let name: String = name.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect();
    let mut response = bytes.into_response();
    for (key, value) in [
        (header::CONTENT_TYPE, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}.xlsx")),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(key, value);
        }
    }
    response
}

/// An empty form with its explanations and lists to choose from.
#[utoipa::path(get, path = "/api/v1/places/forms/{form}", params(("form" = String, Path,)), responses((status = 200, description = "a workbook", content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (status = "default", body = ProblemDto)), tag = "places")]
pub(crate) async fn form_template(
    axum::extract::State(state): axum::extract::State<State>,
    _caller: Caller,
    At(form): At<String>,
) -> Result<Response, Problem> {
    let form = form_of(&form)?;
    Ok(workbook(&format!("{}-模板", form.zh()), app::places::template(form, state.desk.now())?))
}

/// The form filled with the rows that there are: it can be changed and brought in again.
#[utoipa::path(get, path = "/api/v1/places/tables/{form}", params(("form" = String, Path,)), responses((status = 200, description = "a workbook", content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (status = "default", body = ProblemDto)), tag = "places")]
pub(crate) async fn form_table(axum::extract::State(state): axum::extract::State<State>, caller: Caller, At(form): At<String>) -> Result<Response, Problem> {
    let (form, now, actor) = (form_of(&form)?, state.desk.now(), caller.actor().clone());
    let bytes = state.desk.read(move |tx, _| app::places::table(tx, &actor, form, now)).await?;
    Ok(workbook(form.zh(), bytes))
}

/// How a file is brought in.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct How {
    /// `check` (writes nothing), `marked` (writes nothing, answers the workbook with its mistakes marked) or `commit` (all of it, if nothing is wrong).
    step: String,
}

/// Brings the network in from a workbook (multipart field `file`, at most 8 MB).
#[utoipa::path(post, path = "/api/v1/places/imports", params(How), request_body(content = String, content_type = "multipart/form-data"), responses((status = 200, body = CheckedDto), (status = "default", body = ProblemDto)), tag = "places")]
pub(crate) async fn import_table(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    Asked(how): Asked<How>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let (name, bytes) = file(form).await?;
    let digest = format!("{} {}", how.step, app::papers::sha256(&bytes));
    let turn = READING.acquire().await.map_err(|error| Fault::Broken(error.to_string()))?;
    let upload: Upload =
        tokio::task::spawn_blocking(move || app::places::read_upload(&name, &bytes)).await.map_err(|error| Fault::Broken(error.to_string()))??;
    drop(turn);
    let actor = writes.actor().clone();
    if how.step == "commit" {
        let answer = state
            .desk
            .write_once(writes.once(&digest), move |tx, desk, now, mint| {
                let done = app::places::commit_upload(tx, desk, &actor, &upload, now, mint)?;
                Ok(serde_json::to_string(&checked(&done, true))?)
            })
            .await?;
        return Ok(json(StatusCode::OK, answer));
    }
    let now = state.desk.now();
    let (mint, marks) = (state.desk.mint(now), how.step == "marked");
    let upload_of_marks = upload.clone();
    let found = state.desk.read(move |tx, _| app::places::check_upload(tx, &actor, &upload, now, &mut mint.clone())).await?;
    if marks {
        return Ok(workbook("标错", app::places::marked(&upload_of_marks, &found, now)?));
    }
    Ok(Json(checked(&found, false)).into_response())
}

/// The file of a form.
async fn file(form: Result<Multipart, MultipartRejection>) -> Result<(String, Vec<u8>), Problem> {
    let mut form = form.map_err(|rejection| unread(rejection.status()))?;
    while let Some(field) = form.next_field().await.map_err(|error| unread(error.status()))? {
        if field.name() == Some("file") {
            let name = field.file_name().unwrap_or("file").to_owned();
            return Ok((name, field.bytes().await.map_err(|error| unread(error.status()))?.to_vec()));
        }
    }
    Err(Problem::datum("file", "missing"))
}
