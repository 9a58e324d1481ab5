//! The page of a matter: facts, people, clocks with their reasons, the trail with who held it how long, and exactly the acts that stand open.

use super::facts;
use super::lists::{GoverningDto, MatterRow, OwnerDto, place_name};
use crate::accounts::post_ref;
use crate::door::{At, State};
use crate::places::{CodeRef, Ref};
use crate::problem::{Problem, ProblemDto};
use crate::session::Caller;
use app::fault::Fault;
use app::matters::Seen;
use app::rulebook::Rulebook;
use axum::Json;
use domain::accounts::{Relation, reach};
use domain::kernel::{Instant, MatterId};
use domain::matters::{ActKind, Care, Matter};
use domain::trail::{Body, Fact, Said};
use serde::Serialize;
use utoipa::ToSchema;

/// How to reach the person, masked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContactDto {
    name: Option<String>,
    phone_masked: Option<String>,
}

/// Where an imported report came from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineageDto {
    file: String,
    sheet: Option<String>,
    row: i64,
    source_id: Option<String>,
}

/// A report.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportDto {
    id: String,
    source: String,
    channel: String,
    received_at: i64,
    said: String,
    contact: Option<ContactDto>,
    anonymous_reason: Option<String>,
    lineage: Option<LineageDto>,
}

/// Counts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CountsDto {
    hops: i64,
    rework: i64,
    reopened: i64,
    urged: i64,
}

/// A task.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaskDto {
    id: String,
    what: String,
    unit: Ref,
    account: Option<Ref>,
    due_at: Option<i64>,
    state: String,
    kind: String,
    outcome: Option<String>,
}

/// An asking.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AskingDto {
    id: String,
    what: String,
    state: String,
    by: Option<Ref>,
    decider: Option<String>,
    asked_at: i64,
    reason: Option<String>,
}

/// One line of the reason of a due time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WhyDto {
    from: i64,
    to: i64,
    minutes: i64,
    said: String,
    said_en: String,
}

/// A clock.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClockDto {
    id: String,
    clock: String,
    policy: String,
    policy_version: i64,
    started_at: i64,
    due_at: i64,
    stopped_at: Option<i64>,
    outcome: Option<String>,
    step: i64,
    provisional: bool,
    why: Vec<WhyDto>,
}

/// Who did it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ByDto {
    name: String,
    post: Option<String>,
    unit: Option<String>,
    /// Whose post it is, if it was done as a deputy.
    on_behalf: Option<String>,
}

/// A text of an act; none if erased or not for showing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WordsDto {
    name: String,
    text: Option<String>,
}

/// One sentence of what followed from an act.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FactDto {
    said_zh: String,
    said_en: String,
}

/// Who held the matter after an act.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HolderDto {
    unit: String,
    post: Option<String>,
}

/// An act in the trail.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrailDto {
    chain: String,
    seq: i64,
    at: i64,
    act: String,
    by: ByDto,
    words: Vec<WordsDto>,
    facts: Vec<FactDto>,
    /// Who held it from then, if that changed.
    holder: Option<HolderDto>,
    /// For how long, until the next holder or now.
    held_ms: i64,
}

/// A file of the matter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaperDto {
    id: String,
    name: String,
    size: i64,
    media_type: String,
    purpose: String,
    at: i64,
    by: String,
}

/// An act that stands open.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfferDto {
    act: String,
    asking: Option<String>,
    task: Option<String>,
    /// By which of one's posts it can be done, the one that is taken by itself first.
    posts: Vec<Ref>,
}

/// An act that only a rule bars.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BarredDto {
    act: String,
    /// The refusal's stable code.
    code: String,
    /// The sentence.
    why: String,
}

/// The page.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MatterPage {
    #[serde(flatten)]
    row: MatterRow,
    said: String,
    channel: String,
    reports: Vec<ReportDto>,
    counts: CountsDto,
    result: Option<String>,
    closed_at: Option<i64>,
    tasks: Vec<TaskDto>,
    askings: Vec<AskingDto>,
    clocks: Vec<ClockDto>,
    trail: Vec<TrailDto>,
    files: Vec<PaperDto>,
    offered: Vec<OfferDto>,
    barred: Vec<BarredDto>,
    /// People of the lead unit, for `assign`; only for those who may.
    people: Vec<Ref>,
    /// People whom the caller may name for a matter that needs care.
    nameable: Vec<Ref>,
    /// People who are named for it: they see it whatever their posts see.
    named: Vec<Ref>,
    /// Numbers that it had before it needed more care.
    former: Vec<String>,
    /// Class of care: `open`, `protected`, `confidential`. Opening the page of the latter two is on record.
    care: String,
    /// Whether the caller may see numbers in full, with a reason.
    reveals: bool,
}

/// A matter by its number.
#[utoipa::path(get, path = "/api/v1/matters/by-number/{number}", params(("number" = String, Path,)), responses((status = 200, body = MatterPage), (status = "default", body = ProblemDto)), tag = "matters")]
pub(crate) async fn by_number(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    At(number): At<String>,
) -> Result<Json<MatterPage>, Problem> {
    let (actor, now) = (caller.actor().clone(), state.desk.now());
    let page = state
        .desk
        .read(move |tx, desk| {
            let id = app::matters::by_number(tx, &actor, &number)?;
            let book = desk.rulebook(tx, now)?;
            Ok(render(&book, app::matters::page(tx, desk, &actor, &id, now)?, now))
        })
        .await?;
    told(&state, &caller, &page).await?;
    Ok(Json(page))
}

/// The page of a matter.
#[utoipa::path(get, path = "/api/v1/matters/{id}", params(("id" = String, Path,)), responses((status = 200, body = MatterPage), (status = "default", body = ProblemDto)), tag = "matters")]
pub(crate) async fn page(axum::extract::State(state): axum::extract::State<State>, caller: Caller, At(id): At<String>) -> Result<Json<MatterPage>, Problem> {
    let (actor, now) = (caller.actor().clone(), state.desk.now());
    let page = state
        .desk
        .read(move |tx, desk| {
            let book = desk.rulebook(tx, now)?;
            Ok::<_, Fault>(render(&book, app::matters::page(tx, desk, &actor, &MatterId(id.clone()), now)?, now))
        })
        .await?;
    told(&state, &caller, &page).await?;
    Ok(Json(page))
}

/// Opening the page of a matter that needs care is an entry of the reading chain before it is shown.
async fn told(state: &State, caller: &Caller, page: &MatterPage) -> Result<(), Problem> {
    if page.care == Care::Open.code() {
        return Ok(());
    }
    let (actor, id) = (caller.actor().clone(), MatterId(page.row.id.clone()));
    Ok(state.desk.write(move |tx, _, now, _| app::trail::reading::opened(tx, &actor, &id, now)).await?)
}

fn render(book: &Rulebook, seen: Seen, now: Instant) -> MatterPage {
    let m = &seen.matter;
    let text = |said: &Said| seen.texts.get(said.words.as_str()).cloned();
    let reports: Vec<ReportDto> = m
        .reports
        .iter()
        .map(|r| ReportDto {
            id: r.id.0.clone(),
            source: r.source.code().to_owned(),
            channel: r.channel.clone(),
            received_at: r.received_at.0,
            said: text(&r.said).unwrap_or_default(),
            contact: (r.name.is_some() || r.phone.is_some())
                .then(|| ContactDto { name: r.name.as_ref().and_then(text), phone_masked: r.phone.as_ref().and_then(text) }),
            anonymous_reason: r.anonymous.as_ref().and_then(text),
            lineage: r.lineage.as_ref().map(|l| LineageDto {
                file: l.file.clone(),
                sheet: Some(l.sheet.clone()).filter(|sheet| !sheet.is_empty()),
                row: l.row,
                source_id: Some(l.source_id.clone()),
            }),
        })
        .collect();
    let (mut offered, mut barred) = (Vec::new(), Vec::new());
    for offer in &seen.offers {
        let act = offer.act.code().to_owned();
        match &offer.barred {
            Some(why) => barred.push(BarredDto { act, code: why.code().to_owned(), why: why.to_string() }),
            None => offered.push(OfferDto {
                act,
                asking: asking_of(m, offer.act),
                task: None,
                posts: offer.posts.iter().map(|post| post_ref(book, post)).collect(),
            }),
        }
    }
    let people = if seen.offers.iter().any(|offer| offer.act == ActKind::Assign) { people(book, m) } else { Vec::new() };
    MatterPage {
        row: row(book, m, &seen),
        said: reports.first().map_or_else(String::new, |r| r.said.clone()),
        channel: reports.first().map_or_else(String::new, |r| r.channel.clone()),
        counts: CountsDto { hops: m.hops, rework: m.rework, reopened: m.reopened, urged: m.urged },
        result: m.result.map(|result| result.code().to_owned()),
        closed_at: m.closed_at.map(|at| at.0),
        tasks: m
            .tasks
            .iter()
            .map(|t| TaskDto {
                id: t.id.0.clone(),
                what: text(&t.what).unwrap_or_default(),
                unit: Ref::unit(book, &t.unit),
                account: t.account.as_ref().map(|account| Ref::account(book, account)),
                due_at: t.due_at.map(|at| at.0),
                state: t.state.code().to_owned(),
                kind: t.kind.code().to_owned(),
                outcome: t.outcome.as_ref().and_then(text),
            })
            .collect(),
        askings: m
            .askings
            .iter()
            .map(|a| AskingDto {
                id: a.id.0.clone(),
                what: a.what.code().to_owned(),
                state: a.state.code().to_owned(),
                by: Some(Ref::account(book, &a.by)),
                decider: Some(book.unit_name(&a.decider)),
                asked_at: a.asked_at.0,
                reason: text(&a.reason),
            })
            .collect(),
        clocks: m
            .clocks
            .iter()
            .map(|c| ClockDto {
                id: c.id.0.clone(),
                clock: c.kind.code().to_owned(),
                policy: c.policy.clone(),
                policy_version: c.version,
                started_at: c.started_at.0,
                due_at: c.due_at.0,
                stopped_at: c.stopped_at.map(|at| at.0),
                outcome: c.outcome.map(|outcome| outcome.code().to_owned()),
                step: c.step,
                provisional: c.provisional,
                why: seen
                    .why
                    .get(&c.id.0)
                    .into_iter()
                    .flatten()
                    .map(|l| WhyDto { from: l.from.0, to: l.to.0, minutes: l.minutes, said: l.said_zh.clone(), said_en: l.said_en.clone() })
                    .collect(),
            })
            .collect(),
        trail: trail(book, &seen, now),
        files: m
            .files
            .iter()
            .filter_map(|a| seen.files.iter().find(|f| f.id == a.file).map(|f| (a, f)))
            .map(|(a, f)| PaperDto {
                id: f.id.0.clone(),
                name: f.name.clone(),
                size: f.size,
                media_type: f.media_type.clone(),
                purpose: a.purpose.code().to_owned(),
                at: a.at.0,
                by: book.account_name(&a.by),
            })
            .collect(),
        reports,
        offered,
        barred,
        people,
        nameable: seen.nameable.iter().map(|account| Ref::account(book, account)).collect(),
        named: m.named.iter().map(|account| Ref::account(book, account)).collect(),
        former: m.former.clone(),
        care: m.care.code().to_owned(),
        reveals: seen.reveals,
    }
}

fn asking_of(matter: &Matter, act: ActKind) -> Option<String> {
    matches!(act, ActKind::Approve | ActKind::Refuse).then(|| matter.open_askings().next().map(|asking| asking.id.0.clone())).flatten()
}

/// People of the lead unit whose post works on matters: exactly those whom `assign` takes.
fn people(book: &Rulebook, matter: &Matter) -> Vec<Ref> {
    let works: Vec<_> = reach(ActKind::Record).iter().filter(|(_, relation)| *relation == Relation::Lead).map(|(post, _)| *post).collect();
    let mut people: Vec<Ref> = Vec::new();
    for (account, unit, post) in &book.holders.0 {
        if Some(unit) == matter.lead.as_ref() && works.contains(post) && !people.iter().any(|known| known.id == account.0) {
            people.push(Ref::account(book, account));
        }
    }
    people
}

fn row(book: &Rulebook, m: &Matter, seen: &Seen) -> MatterRow {
    let text = |said: &Said| seen.texts.get(said.words.as_str()).cloned().unwrap_or_default();
    MatterRow {
        id: m.id.0.clone(),
        number: m.number.clone(),
        title: text(&m.title),
        state: m.state.code().to_owned(),
        level: m.level.map(|level| level.code().to_owned()),
        urgency: m.urgency.code().to_owned(),
        category: m.category.as_ref().map(|code| CodeRef { code: code.clone(), name: book.category_name(code) }),
        place: m.place.as_ref().map(|code| CodeRef { code: code.0.clone(), name: place_name(book, code.as_str()) }),
        spot: Some(text(&m.spot)).filter(|spot| !spot.is_empty()),
        home: Ref::unit(book, &m.home),
        owner: m.owner_unit.as_ref().zip(m.owner_post).map(|(unit, post)| OwnerDto { unit: Ref::unit(book, unit), post: post.code().to_owned() }),
        lead: m.lead.as_ref().map(|unit| Ref::unit(book, unit)),
        handler: m.handler.as_ref().map(|account| Ref::account(book, account)),
        source: m.source.code().to_owned(),
        received_at: m.received_at.0,
        governing: m.governing().map(|clock| GoverningDto { clock: clock.kind.code().to_owned(), due_at: clock.due_at.0, provisional: clock.provisional }),
        phase: m.phase().code().to_owned(),
        flags: m.flags.iter().map(|flag| flag.code().to_owned()).collect(),
        version: m.version,
        next_act: seen.offers.iter().find(|offer| offer.barred.is_none()).map(|offer| offer.act.code().to_owned()),
    }
}

/// The trail, newest first, with who held the matter from each act on and for how long.
fn trail(book: &Rulebook, seen: &Seen, now: Instant) -> Vec<TrailDto> {
    let mut rows: Vec<TrailDto> = Vec::new();
    // Until when the holder of a row held: the next change of holder, or now; filled backwards.
    let mut changes: Vec<(usize, Instant)> = Vec::new();
    for entry in &seen.entries {
        let Ok(body) = Body::<Fact>::read(&entry.body) else { continue };
        let post = body.by.post.as_ref().and_then(|post| book.network.post(post)).map(|post| post.kind.code().to_owned());
        let holder = body.facts.iter().rev().find_map(|fact| match fact {
            Fact::Owner { unit, post } => {
                Some(unit.as_ref().map(|unit| HolderDto { unit: book.unit_name(unit), post: post.map(|post| post.code().to_owned()) }))
            }
            _ => None,
        });
        if holder.is_some() {
            changes.push((rows.len(), body.at));
        }
        rows.push(TrailDto {
            chain: entry.chain.clone(),
            seq: entry.seq,
            at: entry.at.0,
            act: entry.act.clone(),
            by: ByDto {
                name: book.account_name(&body.by.account),
                post,
                unit: body.by.unit.as_ref().map(|unit| book.unit_name(unit)),
                on_behalf: body.by.on_behalf.as_ref().map(|holder| book.account_name(holder)),
            },
            words: body
                .facts
                .iter()
                .flat_map(facts::words)
                .map(|said| WordsDto { name: said.name.clone(), text: seen.texts.get(said.words.as_str()).cloned() })
                .collect(),
            facts: body.facts.iter().filter_map(|fact| facts::said(book, fact)).map(|(said_zh, said_en)| FactDto { said_zh, said_en }).collect(),
            holder: holder.flatten(),
            held_ms: 0,
        });
    }
    for (n, (at_row, from)) in changes.iter().enumerate() {
        let until = changes.get(n + 1).map_or(now, |(_, until)| *until);
        rows[*at_row].held_ms = until.since(*from).max(0);
    }
    rows.reverse();
    rows
}
