//! The month: looking, laying out, publishing, changing one shift.

use super::dto::{ConflictDto, ShiftDto, code, conflict_dto, day, month_days, shift_dto};
use crate::door::{Asked, At, Body, State, json};
use crate::places::Ref;
use crate::problem::{Problem, ProblemDto};
use crate::session::{Caller, Writes};
use app::rota::{Lay, Proposal};
use app::rulebook::Rulebook;
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kernel::{AccountId, HOUR, RotaId, ShiftId, UnitId};
use domain::rota::{Cover, Rest};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A duty as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DutyNowDto {
    duty: String,
    /// `post` (no rota speaks), `by` (the rota says who), `gap` (nobody is, who should be), `closed` (outside of its hours).
    cover: String,
    people: Vec<Ref>,
    shift: Option<ShiftDto>,
    /// The last day that is laid out, `2026-11-30`.
    laid_until: Option<String>,
}

/// The duties of a unit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnitDutiesDto {
    unit: Ref,
    duties: Vec<DutyNowDto>,
    edits: bool,
}

/// A span that nobody covers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GapDto {
    unit: Ref,
    duty: String,
    from_at: i64,
    /// None: nothing is laid out from there on.
    to_at: Option<i64>,
    kind: Option<String>,
    shift: Option<String>,
}

/// A change of shift without a hand-over.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MissingDto {
    unit: Ref,
    duty: String,
    at: i64,
}

/// All that one sees of the rota.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RotaDto {
    now: i64,
    units: Vec<UnitDutiesDto>,
    /// In the next 14 days, of the units whose rota one lays out.
    gaps: Vec<GapDto>,
    /// In the last 24 hours, of these units.
    missing: Vec<MissingDto>,
}

/// Who is on duty where, what is not covered in the next 14 days, which hand-overs are missing.
#[utoipa::path(get, path = "/api/v1/rota", operation_id = "rota", responses((status = 200, body = RotaDto), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn overview(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<RotaDto>, Problem> {
    let (actor, now) = (caller.actor().clone(), state.desk.now());
    let dto = state
        .desk
        .read(move |tx, desk| {
            let seen = app::rota::overview(tx, desk, &actor, now)?;
            let book = desk.rulebook(tx, now)?;
            let duty = |state: &app::rota::Now| DutyNowDto {
                duty: state.duty.code().to_owned(),
                cover: match state.cover {
                    Cover::Post => "post",
                    Cover::By(_) if state.people.is_empty() => "gap",
                    Cover::By(_) => "by",
                    Cover::Gap => "gap",
                    Cover::Closed => "closed",
                }
                .to_owned(),
                people: state.people.iter().map(|who| Ref::account(&book, who)).collect(),
                shift: state.shift.as_ref().map(|shift| shift_dto(&book, shift)),
                laid_until: state.laid_until.map(|day| day.written()),
            };
            let gap = |gap: &app::rota::Gap| GapDto {
                unit: Ref::unit(&book, &gap.unit),
                duty: gap.duty.code().to_owned(),
                from_at: gap.from_at.0,
                to_at: gap.to_at.map(|at| at.0),
                kind: gap.shift.as_ref().map(|shift| shift.kind.code().to_owned()),
                shift: gap.shift.as_ref().map(|shift| shift.id.0.clone()),
            };
            Ok(RotaDto {
                now: now.0,
                units: seen
                    .units
                    .iter()
                    .map(|unit| UnitDutiesDto { unit: Ref::unit(&book, &unit.unit), duties: unit.now.iter().map(duty).collect(), edits: unit.edits })
                    .collect(),
                gaps: seen.gaps.iter().map(gap).collect(),
                missing: seen
                    .missing
                    .iter()
                    .map(|(unit, duty, at)| MissingDto { unit: Ref::unit(&book, unit), duty: duty.code().to_owned(), at: at.0 })
                    .collect(),
            })
        })
        .await?;
    Ok(Json(dto))
}

/// Which month of which duty.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MonthQuery {
    /// The unit.
    pub(crate) unit: String,
    /// The duty.
    pub(crate) duty: String,
    /// `2026-11`.
    pub(crate) month: String,
}

/// A rota.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RotaRowDto {
    id: String,
    pattern: String,
    from_day: String,
    to_day: String,
    seats: i64,
    state: String,
}

/// A day of the calendar.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayDto {
    day: String,
    /// Midnight at which it begins.
    at: i64,
    /// A weekend day or holiday; a made-up weekend day is not.
    off: bool,
    /// Name of the holiday, also for a day that makes up for it.
    name: Option<String>,
}

/// Somebody who can be put on the rota.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemberDto {
    account: Ref,
    posts: Vec<String>,
}

/// A month of one duty.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MonthDto {
    unit: Ref,
    duty: String,
    rotas: Vec<RotaRowDto>,
    shifts: Vec<ShiftDto>,
    days: Vec<DayDto>,
    members: Vec<MemberDto>,
    conflicts: Vec<ConflictDto>,
    edits: bool,
}

/// A month of a duty: its shifts, the people of the unit, the calendar, what it breaks.
#[utoipa::path(get, path = "/api/v1/rota/month", operation_id = "rota_month", params(MonthQuery), responses((status = 200, body = MonthDto), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn month(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    Asked(query): Asked<MonthQuery>,
) -> Result<Json<MonthDto>, Problem> {
    let (actor, now) = (caller.actor().clone(), state.desk.now());
    let ((from, to), duty, unit) = (month_days(&query.month)?, code(&query.duty, "duty")?, UnitId(query.unit));
    let dto = state
        .desk
        .read(move |tx, desk| {
            let month = app::rota::month(tx, desk, &actor, &unit, duty, from, to, now)?;
            let book = desk.rulebook(tx, now)?;
            let rota = |r: domain::trail::RotaRow| RotaRowDto {
                id: r.id.0,
                pattern: r.pattern.code().to_owned(),
                from_day: r.from_day.written(),
                to_day: r.to_day.written(),
                seats: r.seats,
                state: r.state.code().to_owned(),
            };
            Ok(MonthDto {
                unit: Ref::unit(&book, &unit),
                duty: duty.code().to_owned(),
                rotas: month.rotas.into_iter().map(rota).collect(),
                shifts: month.shifts.iter().map(|shift| shift_dto(&book, shift)).collect(),
                days: month.days.into_iter().map(|(day, off, name)| DayDto { day: day.written(), at: day.start().0, off, name }).collect(),
                members: month
                    .members
                    .into_iter()
                    .map(|m| MemberDto { account: Ref::account(&book, &m.account), posts: m.posts.iter().map(|post| post.code().to_owned()).collect() })
                    .collect(),
                conflicts: month.conflicts.iter().map(|conflict| conflict_dto(&book, conflict)).collect(),
                edits: month.edits,
            })
        })
        .await?;
    Ok(Json(dto))
}

/// What is to be laid out.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct LayDto {
    unit: String,
    duty: String,
    pattern: String,
    /// `2026-11-01`.
    from_day: String,
    to_day: String,
    /// People a shift, 1 to 5.
    seats: Option<i64>,
    /// Accounts, in order.
    people: Vec<String>,
    /// Least hours of rest between two shifts; 11 if not said.
    rest_hours: Option<i64>,
    /// Most nights in a row; 3 if not said.
    nights: Option<i64>,
    /// Most hours from Monday to Sunday; 48 if not said.
    week_hours: Option<i64>,
}

impl LayDto {
    fn read(&self) -> Result<Lay, Problem> {
        let within = |n: Option<i64>, default: i64, least: i64, most: i64, datum: &str| match n.unwrap_or(default) {
            n if (least..=most).contains(&n) => Ok(n),
            _ => Err(Problem::datum(datum, "bad")),
        };
        let rest = Rest {
            between: within(self.rest_hours, Rest::DEFAULT.between / HOUR, 0, 48, "rest_hours")? * HOUR,
            nights: within(self.nights, Rest::DEFAULT.nights, 1, 31, "nights")?,
            week: within(self.week_hours, Rest::DEFAULT.week / HOUR, 8, 168, "week_hours")? * HOUR,
        };
        Ok(Lay {
            unit: UnitId(self.unit.clone()),
            duty: code(&self.duty, "duty")?,
            pattern: code(&self.pattern, "pattern")?,
            from_day: day(&self.from_day, "from_day")?,
            to_day: day(&self.to_day, "to_day")?,
            seats: self.seats.unwrap_or(1),
            people: self.people.iter().map(|id| AccountId(id.clone())).collect(),
            rest,
        })
    }
}

/// A span with who would come.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SlotDto {
    kind: String,
    from_at: i64,
    to_at: i64,
    off: bool,
    /// One for each place; none is a gap.
    people: Vec<Option<Ref>>,
}

/// What one person would have.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShareDto {
    account: Ref,
    shifts: i64,
    nights: i64,
    off: i64,
    hours: i64,
}

/// A plan to look at before it is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProposalDto {
    slots: Vec<SlotDto>,
    gaps: i64,
    conflicts: Vec<ConflictDto>,
    shares: Vec<ShareDto>,
}

fn proposal_dto(book: &Rulebook, plan: Proposal) -> ProposalDto {
    let name = |who: &AccountId| Ref::account(book, who);
    ProposalDto {
        gaps: i64::try_from(plan.gaps()).unwrap_or(i64::MAX),
        slots: plan
            .rows
            .iter()
            .map(|(slot, row)| SlotDto {
                kind: slot.kind.code().to_owned(),
                from_at: slot.from_at.0,
                to_at: slot.to_at.0,
                off: slot.off,
                people: row.iter().map(|who| who.as_ref().map(name)).collect(),
            })
            .collect(),
        conflicts: plan.conflicts.iter().map(|conflict| conflict_dto(book, conflict)).collect(),
        shares: plan
            .shares
            .iter()
            .map(|share| ShareDto { account: name(&share.account), shifts: share.shifts, nights: share.nights, off: share.off, hours: share.time / HOUR })
            .collect(),
    }
}

/// Lays out days by a pattern, the rest rules and fairly, to be looked at; nothing is kept.
#[utoipa::path(post, path = "/api/v1/rota/preview", operation_id = "preview_rota", request_body = LayDto, responses((status = 200, body = ProposalDto), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn preview(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    Body(body): Body<LayDto>,
) -> Result<Json<ProposalDto>, Problem> {
    let (actor, now, lay) = (caller.actor().clone(), state.desk.now(), body.read()?);
    let dto = state
        .desk
        .read(move |tx, desk| {
            let plan = app::rota::propose(tx, desk, &actor, &lay, now)?;
            Ok(proposal_dto(&*desk.rulebook(tx, now)?, plan))
        })
        .await?;
    Ok(Json(dto))
}

/// What was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MadeDto {
    pub(crate) id: String,
}

/// Keeps a plan as a draft; a draft of the same duty for these days is replaced.
#[utoipa::path(post, path = "/api/v1/rota/drafts", operation_id = "draft_rota", request_body = LayDto, responses((status = 201, body = MadeDto), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn draft(axum::extract::State(state): axum::extract::State<State>, writes: Writes, Body(body): Body<LayDto>) -> Result<Response, Problem> {
    let (actor, lay, once) = (writes.actor().clone(), body.read()?, writes.once(&body));
    let answer = state
        .desk
        .write_once(once, move |tx, desk, now, mint| Ok(serde_json::to_string(&MadeDto { id: app::rota::draft(tx, desk, &actor, &lay, now, mint)?.0 })?))
        .await?;
    Ok(json(StatusCode::CREATED, answer))
}

/// Puts a draft in force.
#[utoipa::path(post, path = "/api/v1/rota/drafts/{id}/publish", operation_id = "publish_rota", params(("id" = String, Path,)), responses((status = 204, description = "published"), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn publish(axum::extract::State(state): axum::extract::State<State>, writes: Writes, At(id): At<String>) -> Result<StatusCode, Problem> {
    let (actor, once) = (writes.actor().clone(), writes.once(&()));
    state
        .desk
        .write_once(once, move |tx, desk, now, mint| app::rota::publish(tx, desk, &actor, &RotaId(id.clone()), now, mint).map(|()| String::new()))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a draft away.
#[utoipa::path(delete, path = "/api/v1/rota/drafts/{id}", operation_id = "drop_draft", params(("id" = String, Path,)), responses((status = 204, description = "gone"), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn drop_draft(axum::extract::State(state): axum::extract::State<State>, writes: Writes, At(id): At<String>) -> Result<StatusCode, Problem> {
    let (actor, once) = (writes.actor().clone(), writes.once(&()));
    state
        .desk
        .write_once(once, move |tx, desk, now, mint| app::rota::drop_draft(tx, desk, &actor, &RotaId(id.clone()), now, mint).map(|()| String::new()))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who would come.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ConsiderQuery {
    /// The account.
    account: String,
}

/// What a change would break.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConsideredDto {
    conflicts: Vec<ConflictDto>,
}

/// What would be wrong with giving a shift to somebody: shown before it is done.
#[utoipa::path(get, path = "/api/v1/rota/shifts/{id}/consider", operation_id = "consider_shift", params(("id" = String, Path,), ConsiderQuery), responses((status = 200, body = ConsideredDto), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn consider(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    At(id): At<String>,
    Asked(query): Asked<ConsiderQuery>,
) -> Result<Json<ConsideredDto>, Problem> {
    let (actor, now, id, account) = (caller.actor().clone(), state.desk.now(), ShiftId(id), AccountId(query.account));
    let dto = state
        .desk
        .read(move |tx, desk| {
            let found = app::rota::consider(tx, desk, &actor, &id, &account, now)?;
            let book = desk.rulebook(tx, now)?;
            Ok(ConsideredDto { conflicts: found.iter().map(|conflict| conflict_dto(&book, conflict)).collect() })
        })
        .await?;
    Ok(Json(dto))
}

/// Who comes to a shift, and why that is changed.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct AssignDto {
    /// None leaves it open.
    account: Option<String>,
    /// Needed for a published rota.
    reason: Option<String>,
}

/// Gives a shift to somebody or leaves it open.
#[utoipa::path(post, path = "/api/v1/rota/shifts/{id}/assign", operation_id = "assign_shift", params(("id" = String, Path,)), request_body = AssignDto, responses((status = 204, description = "assigned"), (status = "default", body = ProblemDto)), tag = "rota")]
pub(crate) async fn assign(
    axum::extract::State(state): axum::extract::State<State>,
    writes: Writes,
    At(id): At<String>,
    Body(body): Body<AssignDto>,
) -> Result<StatusCode, Problem> {
    let (actor, once) = (writes.actor().clone(), writes.once(&body));
    let (account, reason) = (body.account.map(AccountId), body.reason.unwrap_or_default());
    state
        .desk
        .write_once(once, move |tx, desk, now, mint| {
            app::rota::assign(tx, desk, &actor, &ShiftId(id.clone()), account.as_ref(), &reason, now, mint).map(|()| String::new())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
