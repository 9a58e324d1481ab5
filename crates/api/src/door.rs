//! The door: the routes, and what every request passes through.

use crate::limit::{Buckets, Limits, limited};
use crate::openapi::ApiDoc;
use crate::problem::Problem;
use crate::stream::Hub;
use crate::{accounts, board, health, intake, matters, notices, papers, places, practice, rota, rules, stream, trail};
use app::desk::Desk;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use std::time::Instant;
use utoipa::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

/// What the API is told when it is set up.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    /// The clock may be moved forward (practice and tests).
    pub practice: bool,
    /// Cookies only over TLS.
    pub secure_cookies: bool,
    /// A proxy of our own stands in front, and says where somebody comes from.
    pub behind_proxy: bool,
    /// What each door lets through.
    pub limits: Limits,
}

/// What every handler has.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) desk: Desk,
    pub(crate) settings: Settings,
    pub(crate) hub: Arc<Hub>,
    pub(crate) buckets: Arc<Buckets>,
}

/// Every route with its description.
pub(crate) fn documented() -> OpenApiRouter<State> {
    OpenApiRouter::with_openapi(ApiDoc::openapi())
        .routes(routes!(accounts::log_in, accounts::me, accounts::log_out))
        .routes(routes!(accounts::change_password))
        .routes(routes!(accounts::tokens, accounts::make_token))
        .routes(routes!(accounts::revoke_token))
        .routes(routes!(accounts::factor, accounts::begin_factor))
        .routes(routes!(accounts::confirm_factor))
        .routes(routes!(accounts::remove_factor))
        .routes(routes!(accounts::sessions, accounts::end_sessions))
        .routes(routes!(accounts::end_session))
        .routes(routes!(accounts::delegations, accounts::delegate))
        .routes(routes!(accounts::end_delegation))
        .routes(routes!(accounts::people, accounts::open))
        .routes(routes!(accounts::posts))
        .routes(routes!(accounts::person))
        .routes(routes!(accounts::change))
        .routes(routes!(accounts::grant))
        .routes(routes!(accounts::end_holding))
        .routes(routes!(accounts::end_sessions_of))
        .routes(routes!(accounts::end_session_of))
        .routes(routes!(accounts::end_token_of))
        .routes(routes!(accounts::trail))
        .routes(routes!(accounts::policy))
        .routes(routes!(places::catalog))
        .routes(routes!(places::place_tree))
        .routes(routes!(places::pick_places))
        .routes(routes!(places::place_history))
        .routes(routes!(places::duty_state))
        .routes(routes!(places::place_acts))
        .routes(routes!(places::form_template))
        .routes(routes!(places::form_table))
        .routes(routes!(places::import_table).layer(DefaultBodyLimit::max(places::LARGEST_TABLE + 64 * 1024)))
        .routes(routes!(places::units))
        .routes(routes!(places::unit_page))
        .routes(routes!(places::unit_here))
        .routes(routes!(places::post_person))
        .routes(routes!(places::postable))
        .routes(routes!(places::end_posting))
        .routes(routes!(intake::register))
        .routes(routes!(intake::suggest))
        .routes(routes!(matters::list))
        .routes(routes!(matters::workbench))
        .routes(routes!(matters::by_number))
        .routes(routes!(matters::page))
        .routes(routes!(matters::act))
        .routes(routes!(matters::reveal))
        .routes(routes!(papers::upload).layer(DefaultBodyLimit::max(app::papers::LARGEST + 64 * 1024)))
        .routes(routes!(papers::download))
        .routes(routes!(board::board))
        .routes(routes!(notices::list))
        .routes(routes!(notices::acknowledge))
        .routes(routes!(notices::hear_duty))
        .routes(routes!(notices::alarms))
        .routes(routes!(notices::ways, notices::put_way))
        .routes(routes!(notices::remove_way))
        .routes(routes!(notices::put_wish))
        .routes(routes!(notices::channels, notices::add_channel))
        .routes(routes!(notices::put_channel, notices::remove_channel))
        .routes(routes!(notices::try_channel))
        .routes(routes!(notices::trial))
        .routes(routes!(notices::letters))
        .routes(routes!(notices::revive_letter))
        .routes(routes!(notices::drop_letter))
        .routes(routes!(rota::overview))
        .routes(routes!(rota::month))
        .routes(routes!(rota::preview))
        .routes(routes!(rota::draft))
        .routes(routes!(rota::publish))
        .routes(routes!(rota::drop_draft))
        .routes(routes!(rota::consider))
        .routes(routes!(rota::assign))
        .routes(routes!(rota::sheet))
        .routes(routes!(rota::load).layer(DefaultBodyLimit::max(app::papers::LARGEST + 64 * 1024)))
        .routes(routes!(rota::mine))
        .routes(routes!(rota::askings, rota::ask))
        .routes(routes!(rota::answer))
        .routes(routes!(rota::call_outs, rota::put_call_out))
        .routes(routes!(rota::make_feed))
        .routes(routes!(rota::revoke_feed))
        .routes(routes!(rota::calendar))
        .routes(routes!(rota::hand_overs, rota::hand_over))
        .routes(routes!(rota::view))
        .routes(routes!(rota::take_over))
        .routes(routes!(rules::rules))
        .routes(routes!(rules::versions, rules::set_rule))
        .routes(routes!(rules::preview_rule))
        .routes(routes!(trail::matter_reads))
        .routes(routes!(trail::own_reads))
        .routes(routes!(trail::all_reads))
        .routes(routes!(trail::retention, trail::set_retention))
        .routes(routes!(trail::destructions))
        .routes(routes!(trail::destruction))
        .routes(routes!(trail::ask_destruction))
        .routes(routes!(trail::decide_destruction))
        .routes(routes!(trail::person_requests, trail::answer_person))
        .routes(routes!(stream::stream))
        .routes(routes!(practice::advance))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(health::document))
}

/// The largest JSON body: the longest form is well below it, and nobody who is not logged in makes the server read more.
const LARGEST_JSON: usize = 1024 * 1024;

/// The API over a desk. Must be called inside a tokio runtime: the live stream's poller starts here.
pub fn router(desk: Desk, settings: Settings) -> Router {
    async fn nowhere() -> Problem {
        Problem::new("not_found", StatusCode::NOT_FOUND, "没有这个接口")
    }
    let salt = app::keys::hex(&desk.mint(desk.now()).bytes());
    let buckets = Arc::new(Buckets::new(settings.limits, salt));
    let state = State { hub: Hub::start(desk.clone()), desk, settings, buckets };
    let (router, _) = documented().split_for_parts();
    let mut router = router;
    for path in ["/api", "/api/", "/api/{*rest}"] {
        router = router.route(path, axum::routing::any(nowhere));
    }
    router
        .method_not_allowed_fallback(|| async { Problem::new("method_not_allowed", StatusCode::METHOD_NOT_ALLOWED, "这个接口没有这种请求方法") })
        .layer(DefaultBodyLimit::max(LARGEST_JSON))
        .layer(from_fn_with_state(state.clone(), limited))
        .layer(from_fn(readable))
        .layer(from_fn_with_state(state.clone(), identified))
        .with_state(state)
}

/// U+0000 is in no text of ours and PostgreSQL cannot hold it: an address that carries it is turned away before anybody reads it.
async fn readable(request: Request, next: Next) -> Response {
    let uri = request.uri();
    if [Some(uri.path()), uri.query()].into_iter().flatten().any(|part| part.contains("%00")) {
        return Problem::new("bad_request", StatusCode::BAD_REQUEST, "地址中有不可用的字符").into_response();
    }
    next.run(request).await
}

/// Gives each request an id, logs it without personal data (`LOGGING.md`), and puts the id into problems.
async fn identified(axum::extract::State(state): axum::extract::State<State>, request: Request, next: Next) -> Response {
    let (method, began) = (request.method().clone(), Instant::now());
    // The pattern, never the path: a path holds numbers and whatever somebody typed.
    let matched = request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |matched| matched.as_str().to_owned());
    let id = app::keys::hex(&state.desk.mint(state.desk.now()).bytes()[..8]);
    let mut response = next.run(request).await;
    let problem = response.extensions_mut().remove::<Problem>();
    let status = response.status();
    let elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(
        request.id = id,
        http.method = %method,
        http.route = matched,
        http.status = status.as_u16(),
        elapsed_ms,
        problem.code = problem.as_ref().map_or("", |p| &p.code),
        "request"
    );
    if let Some(mut problem) = problem {
        problem.request_id = Some(id.clone());
        let (mut parts, _) = response.into_parts();
        parts.headers.remove(header::CONTENT_LENGTH);
        response = Response::from_parts(parts, problem.body());
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    if matched.starts_with("/api/") && !response.headers().contains_key(header::CACHE_CONTROL) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Headers that every answer carries, pages and API alike: nothing foreign is loaded, nothing is framed, nothing is guessed.
pub fn harden(router: Router) -> Router {
    async fn headers(request: Request, next: Next) -> Response {
        let mut response = next.run(request).await;
        for (name, value) in [
            (
                "content-security-policy",
                "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
            ),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            let name = HeaderName::from_static(name);
            if !response.headers().contains_key(&name) {
                response.headers_mut().insert(name, HeaderValue::from_static(value));
            }
        }
        response
    }
    router.layer(from_fn(headers))
}

/// JSON of a request; what cannot be read is a problem that says where.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: for<'de> Deserialize<'de>> axum::extract::FromRequest<State> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &State) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = Bytes::from_request(Request::from_parts(parts.clone(), body), state).await.map_err(|rejection| unread(rejection.status()))?;
        // A browser's form cannot send this type to another site without asking first; so it is insisted on.
        let Json(value) = Json::<Value>::from_request(Request::from_parts(parts, bytes.clone().into()), state)
            .await
            .map_err(|rejection| bad_request(format!("请求看不懂：{}", rejection.body_text())))?;
        if has_nul(&value) {
            return Err(bad_request("请求中有不可用的字符".to_owned()));
        }
        // From the bytes once more: so the message says line and column, and a name that comes twice is found.
        let body = serde_json::from_slice(&bytes).map_err(|error| bad_request(format!("请求看不懂：{error}")))?;
        Ok(Self(body))
    }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(map) => map.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn bad_request(said: String) -> Problem {
    Problem::new("bad_request", StatusCode::BAD_REQUEST, said)
}

/// A body that did not come in whole, or is larger than its route takes.
pub(crate) fn unread(status: StatusCode) -> Problem {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::new("too_large", status, "内容太大")
    } else {
        bad_request("上传的内容看不懂或不完整，请重新上传".to_owned())
    }
}

/// A part of the path, as text; what is no text is a problem.
pub(crate) struct At<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> axum::extract::FromRequestParts<State> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, state: &State) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(path)) => Ok(Self(path)),
            Err(rejection) => Err(bad_request(format!("地址看不懂：{}", rejection.body_text()))),
        }
    }
}

/// Query of a request; what cannot be read is a problem.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: for<'de> Deserialize<'de> + Send> axum::extract::FromRequestParts<State> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, state: &State) -> Result<Self, Problem> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(query)) => Ok(Self(query)),
            Err(rejection) => Err(bad_request(format!("查询条件看不懂：{}", rejection.body_text()))),
        }
    }
}

/// An answer that was rendered inside the transaction and kept with it.
pub(crate) fn json(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
