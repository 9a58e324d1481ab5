//! The screens, inside the binary.
//!
//! This crate embeds what `cargo xtask build` left in `web/dist`, or a placeholder page if nothing was built, and serves it: any address that is
//! not a file is answered with the page itself, since the page has its own routes. It knows no matter, no account and no API.
//!
//! Files under `/assets/` carry the hash of their content in their name and may be kept for ever; everything else is asked for again each time,
//! so that a new version is on the screen at the next click. A debug build reads the files from disk, which suits `cargo xtask dev`.

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};

const PAGE: &str = "/index.html";
const HASHED: &str = "/assets/";

/// The screens, for `Router::fallback_service` of the router that holds the API: they answer every `GET` that nobody else took.
pub fn router() -> Router {
    memory_serve::load!().index_file(Some(PAGE)).fallback(Some(PAGE)).fallback_status(StatusCode::OK).into_router().layer(from_fn(keep_or_ask_again))
}

/// Says how long an answer may be kept, and takes back the page where it would stand in for something else: a script that is gone (the browser of
/// somebody who worked through an upgrade asks for the old one), an unknown address of the API, or a write.
async fn keep_or_ask_again(request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let hashed = request.uri().path().starts_with(HASHED);
    let data = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let page = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if page && (hashed || data) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let keep = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    if page {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use tower::ServiceExt;

    async fn answer(method: Method, path: &str) -> (StatusCode, String, String) {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let response = router().oneshot(request).await.unwrap();
        let said = |name| response.headers().get(name).map_or(String::new(), |value| value.to_str().unwrap().to_owned());
        (response.status(), said(header::CONTENT_TYPE), said(header::CACHE_CONTROL))
    }

    #[tokio::test]
    async fn every_screen_address_is_the_page_and_is_never_kept() {
        for path in ["/", "/index.html", "/matters/mat_1", "/board"] {
            assert_eq!(answer(Method::GET, path).await, (StatusCode::OK, "text/html; charset=utf-8".into(), "no-cache".into()), "{path}");
        }
    }

    #[tokio::test]
    async fn the_page_never_stands_in_for_a_script_an_api_answer_or_a_write() {
        for (method, path) in [(Method::GET, "/assets/gone-1a2b3c.js"), (Method::GET, "/api/v1/nothing"), (Method::POST, "/matters")] {
            assert_eq!(answer(method, path).await.0, StatusCode::NOT_FOUND, "{path}");
        }
    }
}
