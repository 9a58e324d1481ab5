//! 规则: the clock book as the house reads and changes it.

use crate::door::{At, Body, State, json};
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use app::rules::{Change, Preview};
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use domain::dispatch::{Mark, Policy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A code with its words.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleWordDto {
    code: String,
    zh: String,
    en: String,
}

/// A policy in one version: its cells as the clock book writes them, and what they say.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleDto {
    id: String,
    version: i64,
    /// The row of the master table that it stands for.
    row: Option<String>,
    clock: RuleWordDto,
    urgency: Option<RuleWordDto>,
    level: Option<RuleWordDto>,
    span: String,
    span_zh: String,
    span_en: String,
    /// Whether it is a time to keep, a least and not a most.
    least: bool,
    extend: String,
    pause: String,
    steps: String,
    /// What starts it.
    from: String,
    source: String,
    mark: RuleWordDto,
    /// Whether it may be tightened and never loosened.
    law: bool,
    name: String,
}

/// A version of a policy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleVersionDto {
    #[serde(flatten)]
    rule: RuleDto,
    /// When it was set; none for the book that ships.
    at: Option<i64>,
    /// Who set it.
    by: String,
    /// How many open matters were moved to it; none if it was for new ones only.
    moved: Option<i64>,
}

/// All policies that are current, in the order of the book.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RulesDto {
    rows: Vec<RuleDto>,
    /// The marks that a number may carry.
    marks: Vec<RuleWordDto>,
}

/// A change, cell by cell in the language of the clock book.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleChangeDto {
    /// The version that was looked at.
    version: i64,
    span: String,
    extend: String,
    pause: String,
    steps: String,
    mark: String,
    source: String,
    name: String,
    /// Whether the clocks that run are moved too. Not looked at by a preview, which says what it would do.
    open: bool,
}

/// What a change would do to the matters of one unit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnitMovesDto {
    /// The unit; empty if nobody has them.
    unit: String,
    name: String,
    matters: i64,
    earlier: i64,
    later: i64,
    /// In time now and late at once.
    late: i64,
    /// The least and the most by which a due instant moves, in milliseconds; earlier is negative.
    by_least: i64,
    by_most: i64,
}

/// One matter that would move.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MoveDto {
    matter: String,
    number: String,
    unit: String,
    before: i64,
    after: i64,
}

/// What a change would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RulePreviewDto {
    rule: RuleDto,
    matters: i64,
    units: Vec<UnitMovesDto>,
    /// The greatest moves, a hundred at the most.
    moves: Vec<MoveDto>,
}

/// The version that a change made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleSetDto {
    version: i64,
}

fn word(code: &str, zh: &str, en: &str) -> RuleWordDto {
    RuleWordDto { code: code.to_owned(), zh: zh.to_owned(), en: en.to_owned() }
}

fn mark(mark: Mark) -> RuleWordDto {
    word(mark.code(), mark.zh(), mark.en())
}

fn rule(policy: &Policy) -> RuleDto {
    let line = policy.line();
    let cells: Vec<&str> = line.split('\t').collect();
    let cell = |place: usize| cells.get(place).copied().unwrap_or_default().to_owned();
    let said = |words: Vec<String>, or: &str| words.join(or);
    RuleDto {
        id: policy.id.clone(),
        version: policy.version,
        row: policy.row.clone(),
        clock: word(policy.kind.code(), policy.kind.zh(), policy.kind.en()),
        urgency: policy.urgency.map(|own| word(own.code(), own.zh(), own.en())),
        level: policy.level.map(|own| word(own.code(), own.zh(), own.en())),
        span: cell(5),
        span_zh: said(policy.spans().map(|span| span.said_zh()).collect(), "或 "),
        span_en: said(policy.spans().map(|span| span.said_en()).collect(), " or "),
        least: policy.least,
        extend: cell(6),
        pause: cell(7),
        steps: cell(10),
        from: policy.from.clone(),
        source: policy.source.clone(),
        mark: mark(policy.mark),
        law: policy.mark == Mark::L,
        name: policy.name.clone(),
    }
}

impl RuleChangeDto {
    fn read(&self, id: String) -> Change {
        let own = |text: &str| text.to_owned();
        Change {
            id,
            version: self.version,
            span: own(&self.span),
            extend: own(&self.extend),
            pause: own(&self.pause),
            steps: own(&self.steps),
            mark: own(&self.mark),
            source: own(&self.source),
            name: own(&self.name),
        }
    }
}

fn preview_dto(book: &app::rulebook::Rulebook, preview: &Preview) -> RulePreviewDto {
    let id = |unit: Option<&domain::kernel::UnitId>| unit.map_or_else(String::new, |unit| unit.0.clone());
    RulePreviewDto {
        rule: rule(&preview.policy),
        matters: preview.units.values().map(|unit| unit.matters).sum(),
        units: preview
            .units
            .iter()
            .map(|(unit, moves)| UnitMovesDto {
                unit: id(unit.as_ref()),
                name: unit.as_ref().map_or_else(String::new, |unit| book.unit_name(unit)),
                matters: moves.matters,
                earlier: moves.earlier,
                later: moves.later,
                late: moves.late,
                by_least: moves.by.0,
                by_most: moves.by.1,
            })
            .collect(),
        moves: preview
            .moves
            .iter()
            .map(|own| MoveDto {
                matter: own.matter.0.clone(),
                number: own.number.clone(),
                unit: own.owner.as_ref().map_or_else(String::new, |unit| book.unit_name(unit)),
                before: own.before.0,
                after: own.after.0,
            })
            .collect(),
    }
}

/// The policies that are current.
#[utoipa::path(get, path = "/api/v1/policies", operation_id = "rules", responses((status = 200, body = RulesDto), (status = "default", body = ProblemDto)), tag = "rules")]
pub(crate) async fn rules(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<RulesDto>, Problem> {
    let (actor, now) = (caller.actor().clone(), state.desk.now());
    let rows = state.desk.read(move |tx, desk| app::rules::policies(tx, desk, &actor, now)).await?;
    Ok(Json(RulesDto { rows: rows.iter().map(rule).collect(), marks: Mark::ALL.iter().map(|own| mark(*own)).collect() }))
}

/// The versions of a policy, the newest first.
#[utoipa::path(get, path = "/api/v1/policies/{id}", operation_id = "rule_versions", params(("id" = String, Path,)), responses((status = 200, body = Vec<RuleVersionDto>), (status = "default", body = ProblemDto)), tag = "rules")]
pub(crate) async fn versions(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    At(id): At<String>,
) -> Result<Json<Vec<RuleVersionDto>>, Problem> {
    let (actor, now) = (caller.actor().clone(), state.desk.now());
    let rows = state.desk.read(move |tx, desk| app::rules::versions(tx, desk, &actor, &id, now)).await?;
    Ok(Json(rows.iter().map(|row| RuleVersionDto { rule: rule(&row.policy), at: row.at.map(|at| at.0), by: row.by.clone(), moved: row.moved }).collect()))
}

/// What a change would move: how many open matters, whose, by how much. Nothing is changed.
#[utoipa::path(post, path = "/api/v1/policies/{id}/preview", operation_id = "preview_rule", params(("id" = String, Path,)), request_body = RuleChangeDto, responses((status = 200, body = RulePreviewDto), (status = "default", body = ProblemDto)), tag = "rules")]
pub(crate) async fn preview_rule(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    At(id): At<String>,
    Body(body): Body<RuleChangeDto>,
) -> Result<Json<RulePreviewDto>, Problem> {
    let (actor, now, change) = (caller.actor().clone(), state.desk.now(), body.read(id));
    let dto = state
        .desk
        .read(move |tx, desk| {
            let preview = app::rules::preview(tx, desk, &actor, &change, now)?;
            Ok(preview_dto(&*desk.rulebook(tx, now)?, &preview))
        })
        .await?;
    Ok(Json(dto))
}

/// Changes a policy: for clocks to come, and with `open` for those that run.
#[utoipa::path(put, path = "/api/v1/policies/{id}", operation_id = "set_rule", params(("id" = String, Path,)), request_body = RuleChangeDto, responses((status = 200, body = RuleSetDto), (status = "default", body = ProblemDto)), tag = "rules")]
pub(crate) async fn set_rule(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    At(id): At<String>,
    Body(body): Body<RuleChangeDto>,
) -> Result<Response, Problem> {
    let (actor, once, open, change) = (writes.actor().clone(), writes.once(&body), body.open, body.read(id));
    let answer = state
        .desk
        .write_once(once, move |tx, desk, now, _| {
            let version = app::rules::set(tx, desk, &actor, &change, open, now)?;
            serde_json::to_string(&RuleSetDto { version }).map_err(|error| app::fault::Fault::Broken(error.to_string()))
        })
        .await?;
    Ok(json(StatusCode::OK, answer))
}
