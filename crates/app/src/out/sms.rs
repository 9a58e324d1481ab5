//! Text messages by a gateway that speaks the signed form `ACS3-HMAC-SHA256` (阿里云短信 `SendSms` 2017-05-25, and gateways that copy it).
//!
//! Signed are method, path, sorted query, the named headers and the hash of the body; the template's parameters are number and kind, nothing of a person.

use super::http::{encoded, hmac, object, parts, send as request, sha256};
use super::{Again, Failure, Post, Sending};
use crate::keys::hex;

pub(super) fn send(post: &Post, sending: &Sending<'_>) -> Result<(), Failure> {
    let (url, secret) = (sending.setting("url")?, post.secret(sending, "secret_file")?);
    let (host, path) = parts(url);
    let template = serde_json::json!({ "text": sending.letter.text, "link": sending.letter.path }).to_string();
    let mut query = [
        ("OutId", sending.key),
        ("PhoneNumbers", sending.address),
        ("SignName", sending.setting("sign_name")?),
        ("TemplateCode", sending.setting("template")?),
        ("TemplateParam", template.as_str()),
    ];
    query.sort_unstable();
    let query = query.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect::<Vec<_>>().join("&");
    let (date, nonce, empty) = (utc(sending.now), sending.nonce(), sha256(b""));
    let headers = [
        ("host", host.to_owned()),
        ("x-acs-action", "SendSms".to_owned()),
        ("x-acs-content-sha256", empty.clone()),
        ("x-acs-date", date),
        ("x-acs-signature-nonce", nonce),
        ("x-acs-version", "2017-05-25".to_owned()),
    ];
    let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let canonical = format!("POST\n{path}\n{query}\n{lines}\n{names}\n{empty}");
    let signature = hex(&hmac(secret.as_bytes(), format!("ACS3-HMAC-SHA256\n{}", sha256(canonical.as_bytes())).as_bytes()));
    let key = sending.setting("access_key")?;
    let mut all = headers.to_vec();
    all.push(("authorization", format!("ACS3-HMAC-SHA256 Credential={key},SignedHeaders={names},Signature={signature}")));
    let base = url.split('?').next().unwrap_or(url);
    let answer = object(&request(&post.agent, "POST", &format!("{base}?{query}"), &all, b"")?)?;
    match answer.get("Code").and_then(serde_json::Value::as_str) {
        Some("OK") => Ok(()),
        // The gateway's own limits of messages a minute, an hour, a day.
        Some("isv.BUSINESS_LIMIT_CONTROL") => Err(Failure { why: "throttled".to_owned(), again: Again::Later(Some(60_000)) }),
        Some(code) => Err(Failure::never(format!(
            "answered {}",
            code.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_')).take(60).collect::<String>()
        ))),
        None => Err(Failure::later("answer_garbled")),
    }
}

/// `2026-11-24T01:30:00Z`.
fn utc(at: domain::kernel::Instant) -> String {
    let shown = domain::kernel::Instant(at.0 - 8 * domain::kernel::HOUR);
    let seconds = at.0.rem_euclid(domain::kernel::DAY) / 1000;
    let day = shown.day();
    format!("{}T{:02}:{:02}:{:02}Z", day.written(), seconds / 3600, seconds / 60 % 60, seconds % 60)
}
