//! Requests over HTTP: no redirects, ten seconds, a small answer; what an answer means for trying again.

use super::{Again, Failure};
use domain::notices::safe_url;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// How long one request may take in all.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer that is read.
const LARGEST: u64 = 64 * 1024;

pub(super) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0).http_status_as_error(false).user_agent("xinjiean").build().into()
}

/// An answer that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// Sends a request; 2xx is an answer, everything else a failure.
pub(super) fn send(agent: &ureq::Agent, method: &str, url: &str, headers: &[(&str, String)], body: &[u8]) -> Result<Answer, Failure> {
    if !safe_url(url) {
        return Err(Failure::never("not_https"));
    }
    let mut request = ureq::http::Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request.body(body).map_err(|_| Failure::never("request_bad"))?;
    // The library's own words may hold the address with its tokens: only the kind of trouble is told.
    let mut response = agent.run(request).map_err(|error| Failure::later(trouble(&error)))?;
    let status = response.status().as_u16();
    let wait = response.headers().get("retry-after").and_then(|value| value.to_str().ok()).and_then(|text| text.trim().parse::<i64>().ok());
    match status {
        200..300 => {
            let body = response.body_mut().with_config().limit(LARGEST).read_to_string().map_err(|_| Failure::later("answer_cut"))?;
            Ok(Answer { status, body })
        }
        408 | 425 | 429 | 500..600 => {
            Err(Failure { why: format!("answered {status}"), again: Again::Later(wait.map(|seconds| seconds.clamp(0, 86_400) * 1000)) })
        }
        404 | 410 => Err(Failure { why: format!("answered {status}"), again: Again::Gone }),
        _ => Err(Failure::never(format!("answered {status}"))),
    }
}

fn trouble(error: &ureq::Error) -> &'static str {
    match error {
        ureq::Error::Timeout(_) => "timeout",
        ureq::Error::HostNotFound => "host_unknown",
        ureq::Error::ConnectionFailed | ureq::Error::Io(_) => "unreachable",
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => "tls_failed",
        _ => "request_failed",
    }
}

/// An answer as a JSON object; garbage is tried again, since a proxy in between may have spoken.
pub(super) fn object(answer: &Answer) -> Result<serde_json::Map<String, serde_json::Value>, Failure> {
    match serde_json::from_str(&answer.body) {
        Ok(serde_json::Value::Object(map)) => Ok(map),
        _ => Err(Failure::later("answer_garbled")),
    }
}

/// The code that such gateways answer inside of a 200: 0 is well.
pub(super) fn code(map: &serde_json::Map<String, serde_json::Value>, name: &str) -> Result<i64, Failure> {
    map.get(name).and_then(serde_json::Value::as_i64).ok_or_else(|| Failure::later("answer_garbled"))
}

/// HMAC-SHA256.
pub(super) fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mut mac) => {
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        }
        // HMAC takes keys of any length.
        Err(_) => Vec::new(),
    }
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    crate::keys::hex(&Sha256::digest(bytes))
}

/// Percent-encoding of RFC 3986: letters, digits and `-_.~` stay.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// `name=value&…` of pairs, encoded.
pub(super) fn form(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect::<Vec<_>>().join("&")
}

/// Host with port, and path without query, of an address.
pub(super) fn parts(url: &str) -> (&str, &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    match rest.split_once('/') {
        Some((host, _)) => (host, rest[host.len()..].split('?').next().unwrap_or("/")),
        None => (rest, "/"),
    }
}
