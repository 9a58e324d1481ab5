//! 钉钉: the robot of a group, signed with its secret: `base64(HMAC-SHA256(secret, timestamp ‖ "\n" ‖ secret))`.

use super::http::{code, encoded, hmac, object, send as request};
use super::{Again, Failure, Post, Sending};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

pub(super) fn send(post: &Post, sending: &Sending<'_>) -> Result<(), Failure> {
    let (token, secret) = (post.secret(sending, "token_file")?, post.secret(sending, "secret_file")?);
    let timestamp = sending.now.0.to_string();
    let sign = STANDARD.encode(hmac(secret.as_bytes(), format!("{timestamp}\n{secret}").as_bytes()));
    let url = format!("{}?access_token={}&timestamp={timestamp}&sign={}", sending.setting("url")?, encoded(&token), encoded(&sign));
    let at: Vec<&str> = Some(sending.address).filter(|address| !address.is_empty()).into_iter().collect();
    let body =
        serde_json::json!({ "msgtype": "text", "text": { "content": post.words(sending.letter) }, "at": { "atUserIds": at, "isAtAll": false } }).to_string();
    let answer = request(&post.agent, "POST", &url, &[("content-type", "application/json".to_owned())], body.as_bytes())?;
    match code(&object(&answer)?, "errcode")? {
        0 => Ok(()),
        // Twenty messages a minute for a robot; the eleventh minute is free again.
        130_101 | 410_100 => Err(Failure { why: "throttled".to_owned(), again: Again::Later(Some(60_000)) }),
        -1 => Err(Failure::later("busy")),
        other => Err(Failure::never(format!("answered {other}"))),
    }
}
