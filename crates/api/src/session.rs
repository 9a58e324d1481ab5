//! Who is at the door: a browser session (cookie and CSRF token) or a token for scripts; and the key of a request that may be repeated.

use crate::door::State;
use crate::problem::Problem;
use app::accounts::Visitor;
use app::desk::Once;
use app::fault::Fault;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use domain::accounts::{Actor, Reach};
use domain::matters::ActKind;
use serde::Serialize;

/// Name of the session's cookie.
pub(crate) const COOKIE: &str = "xja_session";
/// Header of a write from a browser.
const CSRF: &str = "x-csrf-token";
/// Header of every write.
const KEY: &str = "idempotency-key";

/// Somebody who is logged in, also if the first password still has to be changed: for the session's own routes only.
pub(crate) struct AnyCaller(pub(crate) Visitor);

/// Somebody who is logged in and may work.
pub(crate) struct Caller(pub(crate) Visitor);

/// Somebody who is logged in and writes: a browser has shown its CSRF token, and the request has a key.
pub(crate) struct Writes {
    pub(crate) visitor: Visitor,
    key: String,
    place: String,
}

/// Somebody who is logged in and sets up his own account: like [`Writes`], also before a second factor is bound; never a token.
pub(crate) struct OwnWrites(pub(crate) Writes);

impl Caller {
    pub(crate) const fn actor(&self) -> &Actor {
        &self.0.actor
    }
}

impl Writes {
    pub(crate) const fn actor(&self) -> &Actor {
        &self.visitor.actor
    }

    /// The request as something that may be repeated: the same key with another body is refused.
    pub(crate) fn once<T: Serialize>(&self, body: &T) -> Once {
        let body = serde_json::to_vec(body).unwrap_or_default();
        Once::new(self.visitor.account.id.clone(), self.key.clone(), &[self.place.as_bytes(), &body])
    }
}

impl FromRequestParts<State> for AnyCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        let visitor = visitor(&parts.headers, state).await?;
        if writes(&parts.method) {
            csrf(&parts.headers, &visitor)?;
            within_reach(parts, &visitor)?;
        }
        let now = state.desk.now();
        if visitor.is_news(now) {
            let seen = visitor.clone();
            // That it is not remembered is no reason to turn anybody away.
            if let Err(fault) = state.desk.write(move |tx, _, now, _| app::accounts::touch(tx, &seen, now)).await {
                tracing::debug!(error = %fault, "when a session was used could not be remembered");
            }
        }
        Ok(Self(visitor))
    }
}

impl FromRequestParts<State> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        let AnyCaller(visitor) = AnyCaller::from_request_parts(parts, state).await?;
        if visitor.account.must_change {
            return Err(Fault::MustChange.into());
        }
        if visitor.must_enrol { Err(Fault::MustEnrol.into()) } else { Ok(Self(visitor)) }
    }
}

impl FromRequestParts<State> for Writes {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        let Caller(visitor) = Caller::from_request_parts(parts, state).await?;
        Self::of(parts, visitor)
    }
}

impl FromRequestParts<State> for OwnWrites {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        let AnyCaller(visitor) = AnyCaller::from_request_parts(parts, state).await?;
        if visitor.account.must_change { Err(Fault::MustChange.into()) } else { Writes::of(parts, visitor).map(Self) }
    }
}

impl Writes {
    fn of(parts: &Parts, visitor: Visitor) -> Result<Self, Problem> {
        let key = text(&parts.headers, KEY).map(str::trim).filter(|key| (8..=100).contains(&key.len()) && key.is_ascii());
        let key =
            key.ok_or_else(|| Problem::new("idempotency_key_missing", StatusCode::BAD_REQUEST, "写操作须带 Idempotency-Key（8 至 100 个字符）"))?.to_owned();
        Ok(Self { visitor, key, place: format!("{} {}", parts.method, parts.uri.path()) })
    }
}

const fn writes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The secret in the session's cookie.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value.to_owned())
}

/// Who the request's token or session belongs to now.
pub(crate) async fn visitor(headers: &HeaderMap, state: &State) -> Result<Visitor, Problem> {
    let now = state.desk.now();
    if let Some(token) = text(headers, "authorization").and_then(|value| value.strip_prefix("Bearer ")) {
        let token = token.trim().to_owned();
        return Ok(state.desk.read(move |tx, _| app::accounts::by_token(tx, &token, now)).await?);
    }
    let secret = cookie(headers).ok_or(Fault::Anonymous)?;
    Ok(state.desk.read(move |tx, _| app::accounts::by_session(tx, &secret, now)).await?)
}

/// A token writes what it was made for, and never touches accounts: its owner's or anybody's.
fn within_reach(parts: &Parts, visitor: &Visitor) -> Result<(), Problem> {
    if visitor.token.is_none() {
        return Ok(());
    }
    let path = parts.uri.path().strip_prefix("/api/v1/").unwrap_or_default();
    let segments: Vec<&str> = path.split('/').collect();
    let within = match segments[..] {
        ["session" | "sessions" | "tokens" | "delegations" | "accounts", ..] => false,
        ["reports"] => visitor.reach.writes(Some(ActKind::Register)),
        ["matters", _, "acts", act] => visitor.reach.writes(act.parse().ok()),
        // What acts are made of: a proposal, which keeps nothing, and files.
        ["reports", "suggest"] | ["files"] => visitor.reach != Reach::Read,
        _ => visitor.reach == Reach::All,
    };
    if within {
        Ok(())
    } else {
        Err(Problem::new("token_reach", StatusCode::FORBIDDEN, "这个令牌的范围不含此项；请用范围足够的令牌，或由本人登录办理"))
    }
}

/// A write from a browser must carry the token of its session; a script's token is no cookie, so nothing can be forged with it.
fn csrf(headers: &HeaderMap, visitor: &Visitor) -> Result<(), Problem> {
    match &visitor.csrf {
        None => Ok(()),
        Some(csrf) if text(headers, CSRF) == Some(csrf) => Ok(()),
        Some(_) => Err(Problem::new("csrf", StatusCode::FORBIDDEN, "页面已过期，请刷新后再试；已填内容不会丢失")),
    }
}
