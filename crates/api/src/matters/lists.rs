//! Lists and the workbench.

use crate::door::{Asked, State};
use crate::places::{CodeRef, Ref};
use crate::problem::{Problem, ProblemDto};
use crate::session::Caller;
use app::rulebook::Rulebook;
use axum::Json;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::accounts::Actor;
use domain::kernel::{Instant, MatterId, UnitId};
use domain::matters::{Phase, State as MatterState};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Rows of one page, if nobody asks for another number.
const PAGE: i64 = 20;
/// The most rows of one page.
const MOST: i64 = 100;

/// The accountable owner.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnerDto {
    pub(crate) unit: Ref,
    pub(crate) post: String,
}

/// The governing clock.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GoverningDto {
    pub(crate) clock: String,
    pub(crate) due_at: i64,
    pub(crate) provisional: bool,
}

/// A matter in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MatterRow {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) title: String,
    pub(crate) state: String,
    pub(crate) level: Option<String>,
    pub(crate) urgency: String,
    pub(crate) category: Option<CodeRef>,
    pub(crate) place: Option<CodeRef>,
    pub(crate) spot: Option<String>,
    pub(crate) home: Ref,
    pub(crate) owner: Option<OwnerDto>,
    pub(crate) lead: Option<Ref>,
    pub(crate) handler: Option<Ref>,
    pub(crate) source: String,
    pub(crate) received_at: i64,
    pub(crate) governing: Option<GoverningDto>,
    pub(crate) phase: String,
    pub(crate) flags: Vec<String>,
    pub(crate) version: i64,
    /// The act that most likely comes next from this person; none if it is somebody else's turn.
    pub(crate) next_act: Option<String>,
}

/// A count, exact up to 10,000.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TotalDto {
    n: i64,
    more: bool,
}

/// One page.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MatterList {
    rows: Vec<MatterRow>,
    next: Option<String>,
    total: TotalDto,
}

/// What is asked for. Several states or urgencies are separated by commas; `open` is true or false; `from` and `to` are epoch milliseconds of the receipt.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    tab: Option<String>,
    state: Option<String>,
    owner: Option<String>,
    lead: Option<String>,
    home: Option<String>,
    category: Option<String>,
    level: Option<String>,
    urgency: Option<String>,
    phase: Option<String>,
    flag: Option<String>,
    open: Option<bool>,
    q: Option<String>,
    from: Option<i64>,
    to: Option<i64>,
    sort: Option<String>,
    after: Option<String>,
    limit: Option<i64>,
}

fn parsed<T: std::str::FromStr>(name: &str, text: Option<&str>) -> Result<Option<T>, Problem> {
    text.filter(|text| !text.is_empty()).map(|text| text.parse().map_err(|_| Problem::datum(name, "bad"))).transpose()
}

/// A list of matters that one may see.
#[utoipa::path(get, path = "/api/v1/matters", operation_id = "matters", params(ListQuery), responses((status = 200, body = MatterList), (status = "default", body = ProblemDto)), tag = "matters")]
pub(crate) async fn list(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    Asked(query): Asked<ListQuery>,
) -> Result<Json<MatterList>, Problem> {
    let mut filter = app::matters::Filter {
        tab: match query.tab.as_deref() {
            None | Some("") => None,
            Some("todo") => Some(app::matters::Tab::Todo),
            Some("doing") => Some(app::matters::Tab::Doing),
            Some("soon") => Some(app::matters::Tab::Soon),
            Some("late") => Some(app::matters::Tab::Late),
            Some("done") => Some(app::matters::Tab::Done),
            Some("handed") => Some(app::matters::Tab::Handed),
            Some(_) => return Err(Problem::datum("tab", "bad")),
        },
        owner: query.owner.filter(|text| !text.is_empty()).map(UnitId),
        lead: query.lead.filter(|text| !text.is_empty()).map(UnitId),
        home: query.home.filter(|text| !text.is_empty()).map(UnitId),
        category: query.category.filter(|text| !text.is_empty()),
        level: parsed::<domain::dispatch::Level>("level", query.level.as_deref())?.map(|level| level.code().to_owned()),
        phase: parsed::<Phase>("phase", query.phase.as_deref())?,
        flag: parsed("flag", query.flag.as_deref())?,
        open: query.open,
        from: query.from.map(Instant),
        to: query.to.map(Instant),
        after: query.after.as_deref().filter(|text| !text.is_empty()).map(cursor).transpose()?,
        ..app::matters::Filter::default()
    };
    for code in query.urgency.as_deref().unwrap_or_default().split(',').filter(|code| !code.is_empty()) {
        filter.urgencies.push(code.parse().map_err(|_| Problem::datum("urgency", "bad"))?);
    }
    for code in query.state.as_deref().unwrap_or_default().split(',').filter(|code| !code.is_empty()) {
        filter.states.push(code.parse::<MatterState>().map_err(|_| Problem::datum("state", "bad"))?);
    }
    filter.sort = match query.sort.as_deref() {
        None | Some("" | "received") => app::matters::Sort::Received,
        Some("due") => app::matters::Sort::Due,
        Some(_) => return Err(Problem::datum("sort", "bad")),
    };
    let limit = query.limit.unwrap_or(PAGE).clamp(1, MOST);
    let (actor, now, words) = (caller.actor().clone(), state.desk.now(), query.q.filter(|q| !q.trim().is_empty()));
    let list = state
        .desk
        .read(move |tx, desk| {
            let mut filter = filter.clone();
            if let Some(words) = &words {
                match app::matters::search(tx, words) {
                    Some(ask) => filter.search = Some(ask),
                    // Nothing but punctuation was asked for: nothing is found, rather than everything.
                    None => return Ok(MatterList { rows: Vec::new(), next: None, total: TotalDto { n: 0, more: false } }),
                }
            }
            if filter.tab == Some(app::matters::Tab::Handed) {
                filter.handed = app::rota::current(tx, &actor, now)?;
            }
            let book = desk.rulebook(tx, now)?;
            let (page, total) = app::matters::list(tx, &actor, filter, limit)?;
            let flags = app::matters::flags(tx, &page.rows)?;
            let shown = i64::try_from(page.rows.len()).unwrap_or(i64::MAX);
            Ok(MatterList {
                next: page.next.map(|(key, id)| URL_SAFE_NO_PAD.encode(format!("{key} {id}"))),
                rows: page.rows.into_iter().map(|row| matter_row(&book, &actor, row, &flags)).collect(),
                total: total.map_or(TotalDto { n: shown, more: false }, |total| TotalDto { n: total.n, more: total.more }),
            })
        })
        .await?;
    Ok(Json(list))
}

fn cursor(text: &str) -> Result<(i64, MatterId), Problem> {
    let plain = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let parts = plain.as_deref().and_then(|plain| plain.split_once(' ')).and_then(|(key, id)| Some((key.parse().ok()?, MatterId::from(id))));
    parts.ok_or_else(|| Problem::datum("after", "bad"))
}

pub(crate) fn matter_row(book: &Rulebook, actor: &Actor, row: app::matters::Row, flags: &[(MatterId, String)]) -> MatterRow {
    let mine = app::matters::takes(actor).iter().any(|(unit, post)| row.owner_unit.as_ref() == Some(unit) && row.owner_post == Some(*post));
    MatterRow {
        next_act: mine.then(|| next_act(row.state, row.governing_kind.as_deref())).flatten(),
        flags: flags.iter().filter(|(id, _)| *id == row.id).map(|(_, flag)| flag.clone()).collect(),
        id: row.id.0,
        number: row.number,
        title: row.title,
        state: row.state.code().to_owned(),
        level: row.level,
        urgency: row.urgency,
        category: row.category.map(|code| CodeRef { name: book.category_name(&code), code }),
        place: row.place.map(|code| CodeRef { name: place_name(book, &code), code }),
        spot: Some(row.spot).filter(|spot| !spot.is_empty()),
        home: Ref::unit(book, &row.home),
        owner: row.owner_unit.zip(row.owner_post).map(|(unit, post)| OwnerDto { unit: Ref::unit(book, &unit), post: post.code().to_owned() }),
        lead: row.lead.map(|unit| Ref::unit(book, &unit)),
        handler: row.handler.map(|account| Ref::account(book, &account)),
        source: row.source.code().to_owned(),
        received_at: row.received_at.0,
        governing: row.governing_kind.zip(row.governing_due).map(|(clock, due)| GoverningDto { clock, due_at: due.0, provisional: row.governing_provisional }),
        phase: row.phase.code().to_owned(),
        version: row.version,
    }
}

pub(super) fn place_name(book: &Rulebook, code: &str) -> String {
    book.network.place(&code.into()).map_or_else(|| code.to_owned(), |place| place.name.clone())
}

/// What the owner most likely does next; the page says exactly.
fn next_act(state: MatterState, clock: Option<&str>) -> Option<String> {
    let act = match state {
        MatterState::Registered => "dispatch",
        MatterState::Offered => "accept",
        MatterState::Working if clock == Some("first_contact") => "contact",
        MatterState::Working => "feed_back",
        MatterState::Returned => "arbitrate",
        MatterState::FedBack => "check",
        MatterState::Callback => "call_back",
        MatterState::Paused | MatterState::Shelved | MatterState::Closed | MatterState::Archived | MatterState::Declined | MatterState::Void => return None,
    };
    Some(act.to_owned())
}

/// A tab with its count.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TabDto {
    tab: String,
    zh: String,
    en: String,
    n: i64,
}

/// The tabs of the workbench.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkbenchDto {
    tabs: Vec<TabDto>,
}

/// The tabs of the workbench with their counts, from maintained counters.
#[utoipa::path(get, path = "/api/v1/workbench", responses((status = 200, body = WorkbenchDto), (status = "default", body = ProblemDto)), tag = "matters")]
pub(crate) async fn workbench(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<WorkbenchDto>, Problem> {
    const TABS: [(&str, &str, &str); 5] =
        [("todo", "待办", "to do"), ("doing", "在办", "working"), ("soon", "临期", "due soon"), ("late", "超期", "overdue"), ("done", "已办", "done")];
    let (actor, now) = (caller.actor().clone(), state.desk.now());
    let (counts, handed) = state.desk.read(move |tx, _| Ok((app::matters::workbench(tx, &actor)?, app::rota::handed(tx, &actor, now)?))).await?;
    let tab = |tab: &str, zh: &str, en: &str, n| TabDto { tab: tab.to_owned(), zh: zh.to_owned(), en: en.to_owned(), n };
    let mut tabs: Vec<TabDto> = TABS.iter().zip(counts).map(|((code, zh, en), n)| tab(code, zh, en, n)).collect();
    // Who belongs to no unit that hands over has no such tab.
    tabs.extend(handed.map(|n| tab("handed", "交接", "handed over", n)));
    Ok(Json(WorkbenchDto { tabs }))
}
