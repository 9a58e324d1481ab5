//! One's own ways: addresses, quiet hours, the browser's subscription.

use crate::door::{At, Body, State, json};
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use domain::notices::NoticeWish;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A channel that is on, as everybody may know of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OpenChannelDto {
    id: String,
    kind: String,
    name: String,
    /// Whether one needs an address of one's own in it.
    needs_address: bool,
}

/// One of one's ways.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WayDto {
    id: String,
    channel: String,
    ordinal: i64,
    /// The address, masked; empty for a browser.
    shown: String,
}

/// How one wants to be told. Minutes are of the day.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishDto {
    /// Each notice that is not urgent at once; else all together in the digest.
    at_once: bool,
    quiet_from: i64,
    /// The same as `quiet_from`: never quiet. Urgent notices do not ask.
    quiet_to: i64,
    digest_at: i64,
}

/// The channels that are on, one's ways and wish, and the key by which a browser subscribes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnWaysDto {
    channels: Vec<OpenChannelDto>,
    ways: Vec<WayDto>,
    wish: WishDto,
    push_key: String,
}

/// One's address in a channel.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewWayDto {
    channel: String,
    /// A number, a user id, an e-mail address; for a browser its subscription as JSON.
    address: String,
    /// The first is tried first.
    ordinal: i64,
}

/// What was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MadeDto {
    id: String,
}

/// The answer of something that was made, as it is kept for a repeated request.
pub(super) fn made(id: String) -> String {
    serde_json::to_string(&MadeDto { id }).unwrap_or_default()
}

/// One's ways and wishes.
#[utoipa::path(get, path = "/api/v1/notices/ways", operation_id = "ways", responses((status = 200, body = OwnWaysDto), (status = "default", body = ProblemDto)), tag = "notices")]
pub(crate) async fn ways(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<OwnWaysDto>, Problem> {
    let actor = caller.actor().clone();
    let (channels, ways, wish) = state.desk.read(move |tx, desk| app::notices::own(tx, desk, &actor)).await?;
    Ok(Json(OwnWaysDto {
        channels: channels
            .into_iter()
            .map(|c| OpenChannelDto { needs_address: c.kind.needs_address(), id: c.id, kind: c.kind.code().to_owned(), name: c.name })
            .collect(),
        ways: ways.into_iter().map(|w| WayDto { id: w.id, channel: w.channel, ordinal: w.ordinal, shown: w.shown }).collect(),
        wish: WishDto { at_once: wish.at_once, quiet_from: wish.quiet_from, quiet_to: wish.quiet_to, digest_at: wish.digest_at },
        push_key: state.desk.keys().push("").public(),
    }))
}

/// Sets one's address in a channel, or adds a browser.
#[utoipa::path(post, path = "/api/v1/notices/ways", operation_id = "put_way", request_body = NewWayDto, responses((status = 201, body = MadeDto), (status = "default", body = ProblemDto)), tag = "notices")]
pub(crate) async fn put_way(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    Body(body): Body<NewWayDto>,
) -> Result<Response, Problem> {
    let actor = writes.actor().clone();
    let once = writes.once(&body);
    let answer = state
        .desk
        .write_once(once, move |tx, desk, now, mint| Ok(made(app::notices::put_way(tx, desk, &actor, &body.channel, &body.address, body.ordinal, now, mint)?)))
        .await?;
    Ok(json(StatusCode::CREATED, answer))
}

/// Removes one of one's ways.
#[utoipa::path(delete, path = "/api/v1/notices/ways/{id}", operation_id = "remove_way", params(("id" = String, Path,)), responses((status = 204, description = "removed"), (status = "default", body = ProblemDto)), tag = "notices")]
pub(crate) async fn remove_way(axum::extract::State(state): axum::extract::State<State>, writes: Writes, At(id): At<String>) -> Result<StatusCode, Problem> {
    let actor = writes.actor().clone();
    let once = writes.once(&());
    state
        .desk
        .write_once(once, move |tx, _, now, _| {
            app::notices::remove_way(tx, &actor, &id, now)?;
            Ok(String::new())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says how one wants to be told.
#[utoipa::path(put, path = "/api/v1/notices/wish", operation_id = "put_wish", request_body = WishDto, responses((status = 204, description = "kept"), (status = "default", body = ProblemDto)), tag = "notices")]
pub(crate) async fn put_wish(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    Body(body): Body<WishDto>,
) -> Result<StatusCode, Problem> {
    let actor = writes.actor().clone();
    let once = writes.once(&body);
    let wish = NoticeWish { at_once: body.at_once, quiet_from: body.quiet_from, quiet_to: body.quiet_to, digest_at: body.digest_at };
    state
        .desk
        .write_once(once, move |tx, _, now, _| {
            app::notices::put_wish(tx, &actor, wish, now)?;
            Ok(String::new())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
