//! Rules of retention, lists of destruction, certificates.

use crate::door::{At, Body, State, json};
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use app::fault::Fault;
use app::rulebook::Rulebook;
use app::trail::keeping::{self, Certificate, Listed};
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use domain::accounts::{Right, may_somewhere};
use domain::kernel::{AccountId, DestructionId, Instant, Retention};
use domain::trail::retention::{CountsFrom, Rule};
use serde::{Deserialize, Serialize};

use utoipa::ToSchema;

/// A rule of retention.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct RetentionRule {
    /// Its id: one of the rule book's, or one of the installation's own.
    id: String,
    /// `matter`, `contact`, `working`.
    class: String,
    /// Beginning of the category's code; empty for all.
    category: String,
    /// Months; none for good.
    months: Option<i64>,
    /// `archived`, `closed`, `written`.
    counts_from: String,
    /// Legal basis.
    basis: String,
    /// Purpose.
    purpose: String,
}

/// A change of a rule.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RetentionChange {
    at: i64,
    by: String,
    rule: RetentionRule,
}

/// The rules that hold, and how they came about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RetentionDto {
    rules: Vec<RetentionRule>,
    changes: Vec<RetentionChange>,
    /// Whether the caller may set them.
    may_set: bool,
}

fn rule(rule: Rule) -> RetentionRule {
    RetentionRule {
        id: rule.id,
        class: rule.class.code().to_owned(),
        category: rule.category,
        months: rule.months,
        counts_from: rule.counts_from.code().to_owned(),
        basis: rule.basis,
        purpose: rule.purpose,
    }
}

/// Rules of retention with their history.
#[utoipa::path(get, path = "/api/v1/retention", operation_id = "retention", responses((status = 200, body = RetentionDto), (status = "default", body = ProblemDto)), tag = "trail")]
pub(crate) async fn retention(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<RetentionDto>, Problem> {
    let (actor, now) = (caller.actor().clone(), state.desk.now());
    let dto = state.desk.read(move |tx, desk| {
        may_somewhere(&actor, Right::ReadRetention)?;
        let (book, rules, mut changes) = (desk.rulebook(tx, now)?, keeping::rules(tx)?, Vec::new());
        for one in &rules {
            for (entry, set) in keeping::changes(tx, &one.id)? {
                changes.push(RetentionChange { at: entry.at.0, by: book.account_name(&AccountId(entry.account)), rule: rule(set) });
            }
        }
        changes.sort_by_key(|change| std::cmp::Reverse(change.at));
        Ok::<_, Fault>(RetentionDto { rules: rules.into_iter().map(rule).collect(), changes, may_set: may_somewhere(&actor, Right::SetRetention).is_ok() })
    });
    Ok(Json(dto.await?))
}

/// Sets a rule of retention; what it was before stays in the history.
#[utoipa::path(post, path = "/api/v1/retention", operation_id = "set_retention", request_body = RetentionRule, responses((status = 204, description = "set"), (status = "default", body = ProblemDto)), tag = "trail")]
pub(crate) async fn set_retention(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    Body(body): Body<RetentionRule>,
) -> Result<StatusCode, Problem> {
    let (actor, once) = (writes.actor().clone(), writes.once(&body));
    let class: Retention = body.class.parse().map_err(|_| Problem::datum("class", "unknown"))?;
    let counts_from: CountsFrom = body.counts_from.parse().map_err(|_| Problem::datum("counts_from", "unknown"))?;
    let rule = Rule { id: body.id, class, category: body.category, months: body.months, counts_from, basis: body.basis, purpose: body.purpose };
    state
        .desk
        .write_once(once, move |tx, _, now, _| {
            keeping::set_rule(tx, &actor, &rule, now)?;
            Ok(String::new())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A list of destruction.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DestructionDto {
    id: String,
    number: String,
    /// `retention`, `subject`.
    origin: String,
    /// Class of its matters.
    care: String,
    /// `proposed`, `asked`, `approved`, `refused`, `done`.
    state: String,
    proposed_at: i64,
    asked_by: Option<String>,
    asked_at: Option<i64>,
    decided_by: Option<String>,
    decided_at: Option<i64>,
    done_at: Option<i64>,
    matters: i64,
    texts: i64,
    files: i64,
    /// Whether the caller may ask for it now.
    may_ask: bool,
    /// Whether the caller may decide on it now.
    may_decide: bool,
}

/// One matter's texts of one class on a list. Numbers and counts, no text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DestructionItemDto {
    number: String,
    class: String,
    rule: String,
    due_at: i64,
    texts: i64,
    files: i64,
    erased_at: Option<i64>,
}

/// A signed certificate.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CertificateDto {
    number: String,
    at: i64,
    /// The text that is signed, line by line.
    body: String,
    signature: String,
    public_key: String,
}

/// A list with what is on it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DestructionPage {
    #[serde(flatten)]
    list: DestructionDto,
    items: Vec<DestructionItemDto>,
    certificate: Option<CertificateDto>,
}

/// Lists of destruction, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DestructionsDto {
    rows: Vec<DestructionDto>,
}

fn list(book: &Rulebook, listed: Listed, actor: &domain::accounts::Actor) -> DestructionDto {
    let list = listed.list;
    let name = |who: &Option<(AccountId, Instant)>| who.as_ref().map(|(account, _)| book.account_name(account));
    let at = |who: &Option<(AccountId, Instant)>| who.as_ref().map(|(_, at)| at.0);
    let own = list.asked.as_ref().is_some_and(|(asker, _)| asker == actor.account());
    DestructionDto {
        id: listed.id.0,
        may_ask: list.state.code() == "proposed" && may_somewhere(actor, Right::AskDestruction).is_ok(),
        may_decide: list.state.code() == "asked" && !own && may_somewhere(actor, Right::DecideDestruction).is_ok(),
        number: list.number,
        origin: list.origin.code().to_owned(),
        care: list.care.code().to_owned(),
        state: list.state.code().to_owned(),
        proposed_at: list.proposed_at.0,
        asked_by: name(&list.asked),
        asked_at: at(&list.asked),
        decided_by: name(&list.decided),
        decided_at: at(&list.decided),
        done_at: list.done_at.map(|at| at.0),
        matters: listed.matters,
        texts: listed.texts,
        files: listed.files,
    }
}

fn certificate(made: Certificate) -> CertificateDto {
    CertificateDto { number: made.number, at: made.at.0, body: made.body, signature: made.signature, public_key: made.public_key }
}

/// Lists of destruction of the classes that one may know of.
#[utoipa::path(get, path = "/api/v1/destructions", operation_id = "destructions", responses((status = 200, body = DestructionsDto), (status = "default", body = ProblemDto)), tag = "trail")]
pub(crate) async fn destructions(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<DestructionsDto>, Problem> {
    let (actor, now) = (caller.actor().clone(), state.desk.now());
    let dto = state.desk.read(move |tx, desk| {
        let lists = keeping::proposals(tx, &actor)?;
        let book = desk.rulebook(tx, now)?;
        Ok::<_, Fault>(DestructionsDto { rows: lists.into_iter().map(|listed| list(&book, listed, &actor)).collect() })
    });
    Ok(Json(dto.await?))
}

/// A list with what is on it, and its certificate when it is done.
#[utoipa::path(get, path = "/api/v1/destructions/{id}", operation_id = "destruction", params(("id" = String, Path,)), responses((status = 200, body = DestructionPage), (status = "default", body = ProblemDto)), tag = "trail")]
pub(crate) async fn destruction(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    At(id): At<String>,
) -> Result<Json<DestructionPage>, Problem> {
    let (actor, now) = (caller.actor().clone(), state.desk.now());
    let dto = state.desk.read(move |tx, desk| {
        let id = DestructionId(id.clone());
        let (listed, items) = keeping::one(tx, &actor, &id)?;
        let made = keeping::certificate(tx, &id)?;
        let book = desk.rulebook(tx, now)?;
        let items = items
            .into_iter()
            .map(|(item, number, erased_at)| DestructionItemDto {
                number,
                class: item.class.code().to_owned(),
                rule: item.rule,
                due_at: item.due_at.0,
                texts: item.texts,
                files: item.files,
                erased_at: erased_at.map(|at| at.0),
            })
            .collect();
        Ok::<_, Fault>(DestructionPage { list: list(&book, listed, &actor), items, certificate: made.map(certificate) })
    });
    Ok(Json(dto.await?))
}

/// Asks that a list be destroyed; somebody else decides.
#[utoipa::path(post, path = "/api/v1/destructions/{id}/ask", operation_id = "ask_destruction", params(("id" = String, Path,)), responses((status = 204, description = "asked"), (status = "default", body = ProblemDto)), tag = "trail")]
pub(crate) async fn ask_destruction(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    At(id): At<String>,
) -> Result<StatusCode, Problem> {
    let (actor, once) = (writes.actor().clone(), writes.once(&()));
    state
        .desk
        .write_once(once, move |tx, _, now, _| {
            keeping::ask(tx, &actor, &DestructionId(id.clone()), now)?;
            Ok(String::new())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A decision on a list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct DecideRequest {
    /// Destroy, or keep.
    approve: bool,
    /// Why, if it is refused.
    #[serde(default)]
    reason: String,
}

/// Approves or refuses a list that somebody else asked for. What is approved is destroyed at the next turn of the sweeper.
#[utoipa::path(post, path = "/api/v1/destructions/{id}/decide", operation_id = "decide_destruction", params(("id" = String, Path,)), request_body = DecideRequest, responses((status = 200, description = "decided"), (status = "default", body = ProblemDto)), tag = "trail")]
pub(crate) async fn decide_destruction(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    At(id): At<String>,
    Body(body): Body<DecideRequest>,
) -> Result<Response, Problem> {
    if body.reason.chars().count() > 500 {
        return Err(Problem::datum("reason", "too_long"));
    }
    let (actor, once) = (writes.actor().clone(), writes.once(&body));
    let answer = state
        .desk
        .write_once(once, move |tx, _, now, mint| {
            let list = keeping::decide(tx, &actor, &DestructionId(id.clone()), body.approve, &body.reason, now, mint)?;
            Ok(serde_json::to_string(&serde_json::json!({ "state": list.state.code() }))?)
        })
        .await?;
    Ok(json(StatusCode::OK, answer))
}
