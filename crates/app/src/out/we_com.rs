//! 企业微信: a token for the application's secret, kept while it is good, then the application's message.

use super::http::{code, encoded, object, send as request};
use super::{Again, Failure, Post, Sending};
use domain::kernel::Instant;

/// A token that is no good, or no more.
const STALE: [i64; 3] = [40_001, 40_014, 42_001];

pub(super) fn send(post: &Post, sending: &Sending<'_>) -> Result<(), Failure> {
    let (token, fresh) = token(post, sending)?;
    match message(post, sending, &token)? {
        0 => Ok(()),
        stale if STALE.contains(&stale) && !fresh => {
            forget(post, sending);
            let (token, _) = self::token(post, sending)?;
            done(message(post, sending, &token)?)
        }
        other => done(other),
    }
}

fn done(code: i64) -> Result<(), Failure> {
    match code {
        0 => Ok(()),
        45_009 | 45_033 => Err(Failure { why: "throttled".to_owned(), again: Again::Later(Some(60_000)) }),
        -1 => Err(Failure::later("busy")),
        81_013 => Err(Failure { why: "nobody".to_owned(), again: Again::Gone }),
        other => Err(Failure::never(format!("answered {other}"))),
    }
}

fn base<'a>(sending: &'a Sending<'_>) -> Result<&'a str, Failure> {
    Ok(sending.setting("url")?.trim_end_matches('/'))
}

/// The token, and whether it was fetched just now.
fn token(post: &Post, sending: &Sending<'_>) -> Result<(String, bool), Failure> {
    if let Ok(kept) = post.tokens.lock()
        && let Some((token, until)) = kept.get(sending.channel)
        && sending.now < *until
    {
        return Ok((token.clone(), false));
    }
    let secret = post.secret(sending, "secret_file")?;
    let url = format!("{}/cgi-bin/gettoken?corpid={}&corpsecret={}", base(sending)?, encoded(sending.setting("corp_id")?), encoded(&secret));
    let answer = object(&request(&post.agent, "GET", &url, &[], b"")?)?;
    done(code(&answer, "errcode")?)?;
    let token = answer.get("access_token").and_then(serde_json::Value::as_str).ok_or_else(|| Failure::later("answer_garbled"))?.to_owned();
    // A little less than it says, so that it does not end on the way.
    let seconds = answer.get("expires_in").and_then(serde_json::Value::as_i64).unwrap_or(0).clamp(0, 7200);
    let until: Instant = sending.now.plus((seconds - 60).max(0) * 1000);
    if let Ok(mut kept) = post.tokens.lock() {
        kept.insert(sending.channel.to_owned(), (token.clone(), until));
    }
    Ok((token, true))
}

fn forget(post: &Post, sending: &Sending<'_>) {
    if let Ok(mut kept) = post.tokens.lock() {
        kept.remove(sending.channel);
    }
}

fn message(post: &Post, sending: &Sending<'_>, token: &str) -> Result<i64, Failure> {
    let url = format!("{}/cgi-bin/message/send?access_token={}", base(sending)?, encoded(token));
    let agent_id: i64 = sending.setting("agent_id")?.parse().map_err(|_| Failure::never("setting_bad agent_id"))?;
    let body = serde_json::json!({
        "touser": sending.address, "msgtype": "text", "agentid": agent_id, "text": { "content": post.words(sending.letter) },
        // The same message within half an hour is one.
        "enable_duplicate_check": 1, "duplicate_check_interval": 1800,
    })
    .to_string();
    let answer = request(&post.agent, "POST", &url, &[("content-type", "application/json".to_owned())], body.as_bytes())?;
    code(&object(&answer)?, "errcode")
}
