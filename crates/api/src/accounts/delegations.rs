//! Delegations: lending a post that one holds to a colleague for a while.

use crate::door::{At, Body, State, json};
use crate::places::Ref;
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use app::accounts::{Delegation, Lending};
use app::rulebook::Rulebook;
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kernel::{AccountId, DelegationId, Instant, PostId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A delegation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DelegationDto {
    id: String,
    post: Ref,
    /// Who holds the post.
    holder: Ref,
    /// Who sits on it.
    deputy: Ref,
    from_at: i64,
    to_at: i64,
}

/// A post of one's own, with the colleagues to whom it could be lent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LendableDto {
    post: Ref,
    colleagues: Vec<Ref>,
}

/// One's own delegations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DelegationsDto {
    /// Given and received, newest first; those that ended stay for 90 days.
    rows: Vec<DelegationDto>,
    /// What could be lent to whom.
    posts: Vec<LendableDto>,
    /// The longest span in days.
    longest_days: i64,
}

/// What is lent to whom.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct DelegateRequest {
    post: String,
    deputy: String,
    /// Now if not said.
    #[serde(default)]
    from_at: Option<i64>,
    to_at: i64,
}

pub(crate) fn post_ref(book: &Rulebook, post: &PostId) -> Ref {
    Ref { id: post.0.clone(), name: book.network.post(post).map_or_else(|| post.0.clone(), |row| row.name.clone()) }
}

pub(super) fn delegation_dto(book: &Rulebook, d: &Delegation) -> DelegationDto {
    DelegationDto {
        id: d.id.0.clone(),
        post: post_ref(book, &d.post),
        holder: Ref::account(book, &d.account),
        deputy: Ref::account(book, &d.deputy),
        from_at: d.from_at.0,
        to_at: d.to_at.0,
    }
}

/// One's own delegations, and what could be lent to whom.
#[utoipa::path(get, path = "/api/v1/delegations", responses((status = 200, body = DelegationsDto), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn delegations(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<DelegationsDto>, Problem> {
    let (actor, now) = (caller.0.actor, state.desk.now());
    let answer = state
        .desk
        .read(move |tx, desk| {
            let book = desk.rulebook(tx, now)?;
            let rows = app::accounts::delegations(tx, actor.account(), now)?.iter().map(|d| delegation_dto(&book, d)).collect();
            let posts = app::accounts::colleagues(tx, desk, &actor, now)?
                .into_iter()
                .map(|(post, people)| LendableDto {
                    post: post_ref(&book, &post),
                    colleagues: people.iter().map(|account| Ref::account(&book, account)).collect(),
                })
                .collect();
            Ok(DelegationsDto { rows, posts, longest_days: domain::accounts::LONGEST / domain::kernel::DAY })
        })
        .await?;
    Ok(Json(answer))
}

/// Lends a post of one's own to a colleague of the same unit, for at most 30 days.
#[utoipa::path(post, path = "/api/v1/delegations", request_body = DelegateRequest, responses((status = 201, body = DelegationDto), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn delegate(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    Body(body): Body<DelegateRequest>,
) -> Result<Response, Problem> {
    let (actor, once) = (writes.actor().clone(), writes.once(&body));
    let lending = Lending { post: PostId(body.post), deputy: AccountId(body.deputy), from_at: body.from_at.map(Instant), to_at: Instant(body.to_at) };
    let answer = state
        .desk
        .write_once(once, move |tx, desk, now, mint| {
            let book = desk.rulebook(tx, now)?;
            let made = app::accounts::delegate(tx, &actor, &lending, now, mint)?;
            Ok(serde_json::to_string(&delegation_dto(&book, &made))?)
        })
        .await?;
    Ok(json(StatusCode::CREATED, answer))
}

/// Ends a delegation that one gave or received.
#[utoipa::path(delete, path = "/api/v1/delegations/{id}", params(("id" = String, Path,)), responses((status = 204, description = "ended"), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn end_delegation(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    At(id): At<String>,
) -> Result<StatusCode, Problem> {
    let (actor, once) = (writes.actor().clone(), writes.once(&()));
    state
        .desk
        .write_once(once, move |tx, _, now, _| {
            app::accounts::end_delegation(tx, &actor, &DelegationId(id.clone()), now)?;
            Ok(String::new())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
