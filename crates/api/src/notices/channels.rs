//! The channels of the installation, for the system administrator.

use super::ways::{MadeDto, made};
use crate::door::{At, Body, State, json};
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use app::notices::{Letters, Set};
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kernel::{Missing, Refusal};
use domain::notices::ChannelKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A channel with its settings. A secret is the name of a file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChannelDto {
    id: String,
    kind: String,
    name: String,
    enabled: bool,
    ordinal: i64,
    settings: BTreeMap<String, String>,
}

/// A setting that a kind of channel asks for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingDto {
    name: String,
    zh: String,
    en: String,
    required: bool,
}

/// A kind of channel with its settings.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChannelKindDto {
    code: String,
    zh: String,
    en: String,
    settings: Vec<SettingDto>,
}

/// All channels, and what there could be.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChannelsDto {
    rows: Vec<ChannelDto>,
    kinds: Vec<ChannelKindDto>,
}

/// A channel as it is to be.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChannelSetDto {
    kind: String,
    name: String,
    enabled: bool,
    ordinal: i64,
    settings: BTreeMap<String, String>,
}

/// What became of a trial.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrialDto {
    /// `waiting`, `sent`, `failed`.
    state: String,
    /// Why it failed.
    why: Option<String>,
}

/// All channels.
#[utoipa::path(get, path = "/api/v1/channels", operation_id = "channels", responses((status = 200, body = ChannelsDto), (status = "default", body = ProblemDto)), tag = "notices")]
pub(crate) async fn channels(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<ChannelsDto>, Problem> {
    let actor = caller.actor().clone();
    let rows = state.desk.read(move |tx, _| app::notices::channels(tx, &actor)).await?;
    let own = |text: &str| text.to_owned();
    Ok(Json(ChannelsDto {
        rows: rows
            .into_iter()
            .map(|c| ChannelDto {
                id: c.id,
                kind: own(c.kind.code()),
                name: c.name,
                enabled: c.enabled,
                ordinal: c.ordinal,
                settings: serde_json::from_str(&c.settings).unwrap_or_default(),
            })
            .collect(),
        kinds: ChannelKind::ALL
            .iter()
            .map(|kind| ChannelKindDto {
                code: own(kind.code()),
                zh: own(kind.zh()),
                en: own(kind.en()),
                settings: kind.settings().iter().map(|s| SettingDto { name: own(s.name), zh: own(s.zh), en: own(s.en), required: s.required }).collect(),
            })
            .collect(),
    }))
}

async fn put(state: State, writes: Writes, id: Option<String>, body: ChannelSetDto) -> Result<String, Problem> {
    let actor = writes.actor().clone();
    let once = writes.once(&body);
    let unknown = || app::fault::Fault::from(Refusal::Data(vec![Missing { datum: "kind".to_owned(), why: "unknown" }]));
    let kind = body.kind.parse::<ChannelKind>().map_err(|_| unknown())?;
    let set = Set { id, kind, name: body.name, enabled: body.enabled, ordinal: body.ordinal, settings: body.settings };
    Ok(state.desk.write_once(once, move |tx, _, now, mint| Ok(made(app::notices::put_channel(tx, &actor, &set, now, mint)?))).await?)
}

/// Sets up a channel.
#[utoipa::path(post, path = "/api/v1/channels", operation_id = "add_channel", request_body = ChannelSetDto, responses((status = 201, body = MadeDto), (status = "default", body = ProblemDto)), tag = "notices")]
pub(crate) async fn add_channel(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    Body(body): Body<ChannelSetDto>,
) -> Result<Response, Problem> {
    Ok(json(StatusCode::CREATED, put(state, writes, None, body).await?))
}

/// Changes a channel.
#[utoipa::path(put, path = "/api/v1/channels/{id}", operation_id = "put_channel", params(("id" = String, Path,)), request_body = ChannelSetDto, responses((status = 200, body = MadeDto), (status = "default", body = ProblemDto)), tag = "notices")]
pub(crate) async fn put_channel(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    At(id): At<String>,
    Body(body): Body<ChannelSetDto>,
) -> Result<Response, Problem> {
    Ok(json(StatusCode::OK, put(state, writes, Some(id), body).await?))
}

/// Removes a channel with all the ways by it.
#[utoipa::path(delete, path = "/api/v1/channels/{id}", operation_id = "remove_channel", params(("id" = String, Path,)), responses((status = 204, description = "removed"), (status = "default", body = ProblemDto)), tag = "notices")]
pub(crate) async fn remove_channel(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    At(id): At<String>,
) -> Result<StatusCode, Problem> {
    let actor = writes.actor().clone();
    let once = writes.once(&());
    state
        .desk
        .write_once(once, move |tx, _, now, _| {
            app::notices::remove_channel(tx, &actor, &id, now)?;
            Ok(String::new())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a trial by a channel, to one's own address in it.
#[utoipa::path(post, path = "/api/v1/channels/{id}/trial", operation_id = "try_channel", params(("id" = String, Path,)), responses((status = 201, body = MadeDto), (status = "default", body = ProblemDto)), tag = "notices")]
pub(crate) async fn try_channel(axum::extract::State(state): axum::extract::State<State>, writes: Writes, At(id): At<String>) -> Result<Response, Problem> {
    let actor = writes.actor().clone();
    let once = writes.once(&());
    let answer = state.desk.write_once(once, move |tx, _, now, mint| Ok(made(app::notices::trial(tx, &actor, &id, now, mint)?))).await?;
    Ok(json(StatusCode::CREATED, answer))
}

/// What became of one's trial.
#[utoipa::path(get, path = "/api/v1/channels/trials/{id}", operation_id = "trial", params(("id" = String, Path,)), responses((status = 200, body = TrialDto), (status = "default", body = ProblemDto)), tag = "notices")]
pub(crate) async fn trial(axum::extract::State(state): axum::extract::State<State>, caller: Caller, At(id): At<String>) -> Result<Json<TrialDto>, Problem> {
    let actor = caller.actor().clone();
    let (ended, why) = state.desk.read(move |tx, _| app::notices::trial_state(tx, &actor, &id)).await?;
    let state = match ended {
        Letters::Waiting => "waiting",
        Letters::Sent => "sent",
        Letters::Failed => "failed",
    };
    Ok(Json(TrialDto { state: state.to_owned(), why }))
}
