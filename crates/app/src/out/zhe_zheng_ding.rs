//! 浙政钉: a work notice of the application, signed with its key: `base64(HMAC-SHA256(secret, method ‖ timestamp ‖ nonce ‖ path ‖ sorted parameters))`, lines between.

use super::http::{form, hmac, object, parts, send as request};
use super::{Failure, Post, Sending};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

pub(super) fn send(post: &Post, sending: &Sending<'_>) -> Result<(), Failure> {
    let (url, secret) = (sending.setting("url")?, post.secret(sending, "secret_file")?);
    let (_, path) = parts(url);
    let message = serde_json::json!({ "msgtype": "text", "text": { "content": post.words(sending.letter) } }).to_string();
    let mut pairs = [("bizMsgId", sending.key), ("msg", message.as_str()), ("receiverIds", sending.address), ("tenantId", sending.setting("tenant_id")?)];
    pairs.sort_unstable();
    let plain = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let seconds = (sending.now.0 + 8 * domain::kernel::HOUR).rem_euclid(domain::kernel::DAY) / 1000;
    let timestamp = format!("{}T{:02}:{:02}:{:02}.000+08:00", sending.now.day().written(), seconds / 3600, seconds / 60 % 60, seconds % 60);
    let nonce = sending.nonce();
    let signature = STANDARD.encode(hmac(secret.as_bytes(), format!("POST\n{timestamp}\n{nonce}\n{path}\n{plain}").as_bytes()));
    let headers = [
        ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ("apikey", sending.setting("app_key")?.to_owned()),
        ("x-hmac-auth-timestamp", timestamp),
        ("x-hmac-auth-version", "1.0".to_owned()),
        ("x-hmac-auth-nonce", nonce),
        ("x-hmac-auth-signature", signature),
    ];
    let answer = object(&request(&post.agent, "POST", url, &headers, form(&pairs).as_bytes())?)?;
    match answer.get("success").and_then(serde_json::Value::as_bool) {
        Some(true) => Ok(()),
        Some(false) => Err(Failure::later("not_taken")),
        None => Err(Failure::later("answer_garbled")),
    }
}
