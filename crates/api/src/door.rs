//! The door: the routes, and what every request passes through.

use crate::openapi::ApiDoc;
use crate::problem::Problem;
use crate::stream::Hub;
use crate::{accounts, board, health, intake, matters, notices, papers, places, practice, stream};
use app::desk::Desk;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the API is told when it is set up.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    /// The clock may be moved forward (practice and tests).
    pub practice: bool,
    /// Cookies only over TLS.
    pub secure_cookies: bool,
}

/// What every handler has.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) desk: Desk,
    pub(crate) settings: Settings,
    pub(crate) hub: Arc<Hub>,
}

/// Every route with its description.
pub(crate) fn documented() -> OpenApiRouter<State> {
    OpenApiRouter::with_openapi(ApiDoc::openapi())
        .routes(routes!(accounts::log_in, accounts::me, accounts::log_out))
        .routes(routes!(accounts::change_password))
        .routes(routes!(accounts::tokens, accounts::make_token))
        .routes(routes!(accounts::revoke_token))
        .routes(routes!(places::catalog))
        .routes(routes!(intake::register))
        .routes(routes!(intake::suggest))
        .routes(routes!(matters::list))
        .routes(routes!(matters::workbench))
        .routes(routes!(matters::by_number))
        .routes(routes!(matters::page))
        .routes(routes!(matters::act))
        .routes(routes!(matters::reveal))
        .routes(routes!(papers::upload))
        .routes(routes!(papers::download))
        .routes(routes!(board::board))
        .routes(routes!(notices::list))
        .routes(routes!(notices::acknowledge))
        .routes(routes!(stream::stream))
        .routes(routes!(practice::advance))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(health::document))
}

/// The API over a desk. Must be called inside a tokio runtime: the live stream's poller starts here.
pub fn router(desk: Desk, settings: Settings) -> Router {
    let state = State { hub: Hub::start(desk.clone()), desk, settings };
    let (router, _) = documented().split_for_parts();
    router
        .route("/api/{*rest}", axum::routing::any(|| async { Problem::new("not_found", StatusCode::NOT_FOUND, "没有这个接口") }))
        .layer(DefaultBodyLimit::max(app::papers::LARGEST + 64 * 1024))
        .layer(from_fn_with_state(state.clone(), identified))
        .with_state(state)
}

/// Gives each request an id, logs it without personal data, and puts the id into problems.
async fn identified(axum::extract::State(state): axum::extract::State<State>, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let matched = request.extensions().get::<axum::extract::MatchedPath>().map_or(path.clone(), |matched| matched.as_str().to_owned());
    let began = state.desk.now();
    let id = app::keys::hex(&state.desk.mint(began).bytes()[..8]);
    let mut response = next.run(request).await;
    let problem = response.extensions_mut().remove::<Problem>();
    let status = response.status();
    tracing::info!(request.id = id, http.method = %method, http.route = matched, http.status = status.as_u16(), problem.code = problem.as_ref().map_or("", |p| &p.code), "request");
    if let Some(mut problem) = problem {
        problem.request_id = Some(id.clone());
        response = problem.into_response();
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
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(Problem::new("too_large", StatusCode::PAYLOAD_TOO_LARGE, "内容太大")),
            Err(rejection) => Err(Problem::new("bad_request", StatusCode::BAD_REQUEST, format!("请求看不懂：{}", rejection.body_text()))),
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
            Err(rejection) => Err(Problem::new("bad_request", StatusCode::BAD_REQUEST, format!("查询条件看不懂：{}", rejection.body_text()))),
        }
    }
}

/// An answer that was rendered inside the transaction and kept with it.
pub(crate) fn json(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
