//! 文书: files in and out. Served so that nothing in them runs.

use crate::door::{At, State, unread};
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use axum::Json;
use axum::extract::Multipart;
use axum::extract::multipart::MultipartRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::kernel::FileId;
use serde::Serialize;
use utoipa::ToSchema;

/// A stored file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StoredFile {
    id: String,
    name: String,
    size: i64,
    media_type: String,
    sha256: String,
}

/// Uploads one file (multipart field `file`, at most 20 MB).
#[utoipa::path(post, path = "/api/v1/files", request_body(content = String, content_type = "multipart/form-data"), responses((status = 201, body = StoredFile), (status = "default", body = ProblemDto)), tag = "papers")]
pub(crate) async fn upload(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let mut form = form.map_err(|rejection| unread(rejection.status()))?;
    while let Some(field) = form.next_field().await.map_err(|error| unread(error.status()))? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or("file").to_owned();
        let bytes = field.bytes().await.map_err(|error| unread(error.status()))?.to_vec();
        let file = app::papers::upload(&state.desk, writes.actor(), name, bytes).await?;
        // The answer that is kept is the id alone: a name may be somebody's. A repeated request left a second row, which nobody sees and nothing points to.
        let (once, id) = (writes.once(&(&file.name, &file.sha256)), file.id.0);
        let id = state.desk.write_once(once, move |_, _, _, _| Ok(id.clone())).await?;
        let stored = StoredFile { id, name: file.name, size: file.size, media_type: file.media_type, sha256: file.sha256 };
        return Ok((StatusCode::CREATED, Json(stored)).into_response());
    }
    Err(Problem::datum("file", "missing"))
}

/// A file that one may see: pictures, sound, film and PDF inline, the rest as a download; nothing in it may run.
#[utoipa::path(get, path = "/api/v1/files/{id}", params(("id" = String, Path,)), responses((status = 200, description = "the bytes", content_type = "application/octet-stream"), (status = "default", body = ProblemDto)), tag = "papers")]
pub(crate) async fn download(axum::extract::State(state): axum::extract::State<State>, caller: Caller, At(id): At<String>) -> Result<Response, Problem> {
    let (file, bytes) = app::papers::read(&state.desk, caller.actor(), FileId(id)).await?;
    let inline = ["image/", "audio/", "video/"].iter().any(|kind| file.media_type.starts_with(kind)) || file.media_type == "application/pdf";
    let kind = if inline { "inline" } else { "attachment" };
    let name: String = file
        .name
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_') { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    for (key, value) in [
        (header::CONTENT_TYPE, file.media_type),
        (header::CONTENT_DISPOSITION, format!("{kind}; filename*=UTF-8''{name}")),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "private, max-age=3600".to_owned()),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(key, value);
        }
    }
    Ok(response)
}
