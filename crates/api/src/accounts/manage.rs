//! Other people's accounts: the security administrator's pages.

use super::{DelegationDto, SessionDto, TokenDto, delegation_dto, post_ref, session_dto, shown, token_dto};
use crate::door::{Asked, At, Body, State, json};
use crate::places::Ref;
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use app::accounts::{Account, Grant, Opening, Passed, Which};
use app::desk::Once;
use app::fault::Fault;
use app::rulebook::Rulebook;
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use domain::accounts::{Right, held, may_somewhere};
use domain::kernel::{AccountId, HoldingId, Instant, Mint, PostId, TokenId, UnitId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PeopleQuery {
    /// Words of a log-in, a name, or the name of a post held now.
    #[serde(default)]
    q: String,
}

/// An account in the list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonRow {
    id: String,
    login: String,
    name: String,
    enabled: bool,
    /// Until when it is locked, if it is.
    locked_until: Option<i64>,
    must_change_password: bool,
    second_factor: bool,
    demo: bool,
    /// When somebody last logged in with it.
    seen_at: Option<i64>,
    /// The posts held now.
    posts: Vec<Ref>,
}

/// Accounts, in order of their log-ins.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PeopleDto {
    rows: Vec<PersonRow>,
    /// All that fit; the list shows the first 200.
    total: usize,
}

/// A post held over a span.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HoldingDto {
    id: String,
    post: Ref,
    from_at: i64,
    to_at: Option<i64>,
    /// Held now.
    now: bool,
}

/// An account with what hangs on it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonDto {
    #[serde(flatten)]
    row: PersonRow,
    created_at: i64,
    holdings: Vec<HoldingDto>,
    delegations: Vec<DelegationDto>,
    sessions: Vec<SessionDto>,
    tokens: Vec<TokenDto>,
}

/// A new account.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct OpenRequest {
    login: String,
    name: String,
    /// Posts that the person takes at once.
    #[serde(default)]
    posts: Vec<String>,
}

/// What was done to an account.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ChangedAccount {
    id: String,
    login: String,
    /// The first password; only in the answer that set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    /// What passed on, for `leave`.
    #[serde(skip_serializing_if = "Option::is_none")]
    passed: Option<PassedDto>,
}

/// What passed on when somebody left.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct PassedDto {
    /// By the unit that has them now.
    units: Vec<PassedUnit>,
    holdings: i64,
    delegations: i64,
    sessions: i64,
    tokens: i64,
}

/// What passed on to one unit.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct PassedUnit {
    unit: String,
    name: String,
    matters: i64,
    tasks: i64,
}

/// A post that is given.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct GrantRequest {
    post: String,
    /// Now if not said.
    #[serde(default)]
    from_at: Option<i64>,
    /// Open if not said.
    #[serde(default)]
    to_at: Option<i64>,
}

/// When it ends.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EndQuery {
    /// Now if not said.
    #[serde(default)]
    at: Option<i64>,
}

/// A post that could be given.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PostChoice {
    id: String,
    name: String,
    kind: String,
    unit: Ref,
    /// Who holds it now.
    holders: Vec<Ref>,
}

/// Rows that the list shows.
const SHOWN: usize = 200;

fn row(book: &Rulebook, account: &Account, posts: Vec<&PostId>, now: Instant) -> PersonRow {
    PersonRow {
        id: account.id.0.clone(),
        login: account.login.clone(),
        name: account.name.clone(),
        enabled: account.enabled,
        locked_until: account.locked_until.filter(|until| *until > now).map(|until| until.0),
        must_change_password: account.must_change,
        second_factor: account.second_factor,
        demo: account.demo,
        seen_at: account.seen_at.map(|at| at.0),
        posts: posts.into_iter().map(|post| post_ref(book, post)).collect(),
    }
}

/// Accounts with the posts that they hold now.
#[utoipa::path(get, path = "/api/v1/accounts", params(PeopleQuery), responses((status = 200, body = PeopleDto), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn people(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    Asked(query): Asked<PeopleQuery>,
) -> Result<Json<PeopleDto>, Problem> {
    let (actor, now) = (caller.0.actor, state.desk.now());
    let answer = state
        .desk
        .read(move |tx, desk| {
            let found = app::accounts::people(tx, desk, &actor, &query.q, now)?;
            let book = desk.rulebook(tx, now)?;
            let rows = found.iter().take(SHOWN).map(|(account, held)| row(&book, account, held.iter().map(|h| &h.post).collect(), now)).collect();
            Ok(PeopleDto { rows, total: found.len() })
        })
        .await?;
    Ok(Json(answer))
}

/// One account: posts from and to, delegations, sessions, tokens.
#[utoipa::path(get, path = "/api/v1/accounts/{id}", params(("id" = String, Path,)), responses((status = 200, body = PersonDto), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn person(axum::extract::State(state): axum::extract::State<State>, caller: Caller, At(id): At<String>) -> Result<Json<PersonDto>, Problem> {
    let (actor, own, now) = (caller.0.actor, caller.0.session, state.desk.now());
    let answer = state
        .desk
        .read(move |tx, desk| {
            let person = app::accounts::person(tx, &actor, &AccountId(id.clone()), now)?;
            let book = desk.rulebook(tx, now)?;
            Ok(PersonDto {
                row: row(&book, &person.account, person.holdings.iter().filter(|h| held(h.from_at, h.to_at, now)).map(|h| &h.post).collect(), now),
                created_at: person.account.created_at.0,
                holdings: person
                    .holdings
                    .iter()
                    .rev()
                    .map(|h| HoldingDto {
                        id: h.id.0.clone(),
                        post: post_ref(&book, &h.post),
                        from_at: h.from_at.0,
                        to_at: h.to_at.map(|to| to.0),
                        now: held(h.from_at, h.to_at, now),
                    })
                    .collect(),
                delegations: person.delegations.iter().map(|d| delegation_dto(&book, d)).collect(),
                sessions: person.sessions.into_iter().map(|session| session_dto(session, own.as_deref())).collect(),
                tokens: person.tokens.into_iter().map(token_dto).collect(),
            })
        })
        .await?;
    Ok(Json(answer))
}

/// Posts that could be given, with who holds them now.
#[utoipa::path(get, path = "/api/v1/accounts/posts", responses((status = 200, body = Vec<PostChoice>), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn posts(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<Vec<PostChoice>>, Problem> {
    may_somewhere(caller.actor(), Right::GrantPosts)?;
    let now = state.desk.now();
    let answer = state
        .desk
        .read(move |tx, desk| {
            let book = desk.rulebook(tx, now)?;
            Ok(book
                .network
                .posts
                .iter()
                .map(|post| PostChoice {
                    id: post.id.0.clone(),
                    name: post.name.clone(),
                    kind: post.kind.code().to_owned(),
                    unit: Ref::unit(&book, &post.unit),
                    holders: book
                        .holders
                        .0
                        .iter()
                        .filter(|(_, unit, kind)| *unit == post.unit && *kind == post.kind)
                        .map(|(account, _, _)| Ref::account(&book, account))
                        .collect(),
                })
                .collect())
        })
        .await?;
    Ok(Json(answer))
}

/// A first password: easy to read aloud, the same when the request is repeated, kept only as its hash.
async fn first_password(state: &State, once: &Once) -> Result<(String, String), Problem> {
    let password = Mint::new(Instant(0), state.desk.keys().shown_once("first password", once)).code(12);
    let (plain, salt) = (password.clone(), state.desk.mint(state.desk.now()).bytes());
    let hash = tokio::task::spawn_blocking(move || app::accounts::hash_password(&plain, &salt)).await.map_err(|error| Fault::Broken(error.to_string()))??;
    Ok((password, hash))
}

fn changed(account: &AccountId, login: &str, passed: Option<PassedDto>) -> Result<String, Fault> {
    Ok(serde_json::to_string(&ChangedAccount { id: account.0.clone(), login: login.to_owned(), password: None, passed })?)
}

/// Opens an account; its first password is shown once and must be changed.
#[utoipa::path(post, path = "/api/v1/accounts", request_body = OpenRequest, responses((status = 201, body = ChangedAccount), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn open(axum::extract::State(state): axum::extract::State<State>, writes: Writes, Body(body): Body<OpenRequest>) -> Result<Response, Problem> {
    // Asked before a hash is made: who may not must not make the server work.
    may_somewhere(writes.actor(), Right::ManageAccounts)?;
    let (actor, once) = (writes.actor().clone(), writes.once(&body));
    let (password, hash) = first_password(&state, &once).await?;
    let opening = Opening { login: body.login, name: body.name, posts: body.posts.into_iter().map(PostId).collect(), password: hash };
    let answer = state
        .desk
        .write_once(once, move |tx, _, now, mint| {
            let account = app::accounts::open(tx, &actor, &opening, now, mint)?;
            changed(&account.id, &account.login, None)
        })
        .await?;
    Ok(json(StatusCode::CREATED, shown(answer, &serde_json::json!({ "password": password }))))
}

/// What the security administrator does to an account as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Enable,
    Disable,
    Unlock,
    ResetPassword,
    ResetSecondFactor,
    Leave,
}

/// Changes an account as a whole: `enable`, `disable`, `unlock`, `reset_password`, `reset_second_factor`, or `leave`, which ends all that the person has and passes
/// the work on.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/changes/{change}", params(("id" = String, Path,), ("change" = String, Path,)), responses((status = 200, body = ChangedAccount), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn change(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    At((id, change)): At<(String, String)>,
) -> Result<Response, Problem> {
    // Asked before a hash is made: who may not must not make the server work.
    may_somewhere(writes.actor(), Right::ManageAccounts)?;
    let change = match change.as_str() {
        "enable" => Change::Enable,
        "disable" => Change::Disable,
        "unlock" => Change::Unlock,
        "reset_password" => Change::ResetPassword,
        "reset_second_factor" => Change::ResetSecondFactor,
        "leave" => Change::Leave,
        _ => return Err(Problem::new("not_found", StatusCode::NOT_FOUND, "没有这种帐户操作")),
    };
    let (actor, once, id) = (writes.actor().clone(), writes.once(&()), AccountId(id));
    let password = if change == Change::ResetPassword { Some(first_password(&state, &once).await?) } else { None };
    let hash = password.as_ref().map(|(_, hash)| hash.clone()).unwrap_or_default();
    let answer = state
        .desk
        .write_once(once, move |tx, desk, now, mint| {
            use app::accounts::{leave, reset_factor, reset_password, set_enabled, unlock};
            let mut passed = None;
            match change {
                Change::Enable => set_enabled(tx, &actor, &id, true, now)?,
                Change::Disable => set_enabled(tx, &actor, &id, false, now)?,
                Change::Unlock => unlock(tx, &actor, &id, now)?,
                Change::ResetPassword => reset_password(tx, &actor, &id, &hash, now)?,
                Change::ResetSecondFactor => reset_factor(tx, &actor, &id, now)?,
                Change::Leave => {
                    let book = desk.rulebook(tx, now)?;
                    passed = Some(passed_dto(&book, leave(tx, desk, &actor, &id, now, mint)?));
                }
            }
            let person = app::accounts::person(tx, &actor, &id, now)?;
            changed(&id, &person.account.login, passed)
        })
        .await?;
    Ok(json(
        StatusCode::OK,
        match password {
            Some((plain, _)) => shown(answer, &serde_json::json!({ "password": plain })),
            None => answer,
        },
    ))
}

fn passed_dto(book: &Rulebook, passed: Passed) -> PassedDto {
    let mut units: BTreeMap<UnitId, (i64, i64)> = BTreeMap::new();
    for (unit, n) in passed.matters {
        units.entry(unit).or_default().0 += n;
    }
    for (unit, n) in passed.tasks {
        units.entry(unit).or_default().1 += n;
    }
    PassedDto {
        units: units.into_iter().map(|(unit, (matters, tasks))| PassedUnit { name: book.unit_name(&unit), unit: unit.0, matters, tasks }).collect(),
        holdings: passed.holdings,
        delegations: passed.delegations,
        sessions: passed.sessions,
        tokens: passed.tokens,
    }
}

/// Gives a post over a span.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/holdings", params(("id" = String, Path,)), request_body = GrantRequest, responses((status = 201, body = HoldingDto), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn grant(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    At(id): At<String>,
    Body(body): Body<GrantRequest>,
) -> Result<Response, Problem> {
    let (actor, once, id) = (writes.actor().clone(), writes.once(&body), AccountId(id));
    let grant = Grant { post: PostId(body.post), from_at: body.from_at.map(Instant), to_at: body.to_at.map(Instant) };
    let answer = state
        .desk
        .write_once(once, move |tx, desk, now, mint| {
            let book = desk.rulebook(tx, now)?;
            let h = app::accounts::grant(tx, &actor, &id, &grant, now, mint)?;
            Ok(serde_json::to_string(&HoldingDto {
                id: h.id.0,
                post: post_ref(&book, &h.post),
                from_at: h.from_at.0,
                to_at: h.to_at.map(|to| to.0),
                now: held(h.from_at, h.to_at, now),
            })?)
        })
        .await?;
    Ok(json(StatusCode::CREATED, answer))
}

/// Ends a holding, now or later.
#[utoipa::path(delete, path = "/api/v1/accounts/{id}/holdings/{holding}", params(("id" = String, Path,), ("holding" = String, Path,), EndQuery), responses((status = 204, description = "ended"), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn end_holding(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    At((id, holding)): At<(String, String)>,
    Asked(query): Asked<EndQuery>,
) -> Result<StatusCode, Problem> {
    let (actor, once) = (writes.actor().clone(), writes.once(&query.at));
    state
        .desk
        .write_once(once, move |tx, _, now, _| {
            app::accounts::end_holding(tx, &actor, &AccountId(id.clone()), &HoldingId(holding.clone()), query.at.map(Instant), now)?;
            Ok(String::new())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends every session of somebody.
#[utoipa::path(delete, path = "/api/v1/accounts/{id}/sessions", params(("id" = String, Path,)), responses((status = 204, description = "ended"), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn end_sessions_of(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    At(id): At<String>,
) -> Result<StatusCode, Problem> {
    let (actor, once) = (writes.actor().clone(), writes.once(&()));
    state
        .desk
        .write_once(once, move |tx, _, now, _| {
            app::accounts::end_sessions_of(tx, &actor, &AccountId(id.clone()), Which::AllBut(""), now)?;
            Ok(String::new())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one session of somebody.
#[utoipa::path(delete, path = "/api/v1/accounts/{id}/sessions/{session}", params(("id" = String, Path,), ("session" = String, Path,)), responses((status = 204, description = "ended"), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn end_session_of(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    At((id, session)): At<(String, String)>,
) -> Result<StatusCode, Problem> {
    let (actor, once) = (writes.actor().clone(), writes.once(&()));
    state
        .desk
        .write_once(once, move |tx, _, now, _| {
            app::accounts::end_sessions_of(tx, &actor, &AccountId(id.clone()), Which::One(&session), now)?;
            Ok(String::new())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Revokes a token of somebody.
#[utoipa::path(delete, path = "/api/v1/accounts/{id}/tokens/{token}", params(("id" = String, Path,), ("token" = String, Path,)), responses((status = 204, description = "revoked"), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn end_token_of(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    At((id, token)): At<(String, String)>,
) -> Result<StatusCode, Problem> {
    let (actor, once) = (writes.actor().clone(), writes.once(&()));
    state
        .desk
        .write_once(once, move |tx, _, now, _| {
            app::accounts::end_token_of(tx, &actor, &AccountId(id.clone()), &TokenId(token.clone()), now)?;
            Ok(String::new())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
