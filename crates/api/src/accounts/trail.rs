//! The accounts' chain as the auditor reads it: who granted what to whom, when.

use super::post_ref;
use crate::door::{Asked, State};
use crate::places::Ref;
use crate::problem::{Problem, ProblemDto};
use crate::session::Caller;
use app::accounts::Look;
use app::rulebook::Rulebook;
use axum::Json;
use domain::kernel::{AccountId, Instant};
use domain::trail::{AccountFact, Body};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AccountTrailQuery {
    /// Entries that concern this account: what was done to it, and what it did.
    #[serde(default)]
    person: Option<String>,
    /// From this instant.
    #[serde(default)]
    from: Option<i64>,
    /// Before this one.
    #[serde(default)]
    to: Option<i64>,
    /// Before this number, for the next page.
    #[serde(default)]
    below: Option<i64>,
}

/// What an entry says, in two languages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountFactDto {
    zh: String,
    en: String,
}

/// An entry of the accounts' chain.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountEntryDto {
    seq: i64,
    at: i64,
    /// What was done.
    act: String,
    /// To whom.
    subject: Ref,
    /// By whom; the system for the shell and for what time brings.
    by: Ref,
    /// By which post.
    post: Option<Ref>,
    facts: Vec<AccountFactDto>,
    hash: String,
}

/// Entries, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountTrailDto {
    rows: Vec<AccountEntryDto>,
    /// The number below which the next page begins; none at the end.
    more: Option<i64>,
    /// Everybody who has an account, to look for.
    people: Vec<Ref>,
}

const PAGE: i64 = 100;

/// The accounts' chain, readable.
#[utoipa::path(get, path = "/api/v1/account-trail", params(AccountTrailQuery), responses((status = 200, body = AccountTrailDto), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn trail(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    Asked(query): Asked<AccountTrailQuery>,
) -> Result<Json<AccountTrailDto>, Problem> {
    let (actor, now) = (caller.0.actor, state.desk.now());
    let look =
        Look { person: query.person.filter(|id| !id.is_empty()).map(AccountId), from: query.from.map(Instant), to: query.to.map(Instant), below: query.below };
    let answer = state
        .desk
        .read(move |tx, desk| {
            let entries = app::accounts::audit(tx, &actor, &look, PAGE + 1)?;
            let book = desk.rulebook(tx, now)?;
            let more = entries.get(usize::try_from(PAGE - 1).unwrap_or(0)).filter(|_| entries.len() > usize::try_from(PAGE).unwrap_or(0)).map(|last| last.seq);
            let rows = entries
                .into_iter()
                .take(usize::try_from(PAGE).unwrap_or(0))
                .map(|entry| {
                    let facts = Body::<AccountFact>::read(&entry.body).map(|body| body.facts).unwrap_or_default();
                    AccountEntryDto {
                        seq: entry.seq,
                        at: entry.at.0,
                        subject: Ref::account(&book, &AccountId(entry.subject)),
                        by: Ref::account(&book, &AccountId(entry.account)),
                        post: entry.post.map(|post| post_ref(&book, &post.into())),
                        facts: facts.iter().filter_map(|fact| said(&book, fact)).map(|(zh, en)| AccountFactDto { zh, en }).collect(),
                        act: entry.act,
                        hash: entry.hash,
                    }
                })
                .collect();
            let mut people: Vec<Ref> = book.names.iter().map(|(id, name)| Ref { id: id.clone(), name: name.clone() }).collect();
            people.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(AccountTrailDto { rows, more, people })
        })
        .await?;
    Ok(Json(answer))
}

/// A fact as a sentence.
fn said(book: &Rulebook, fact: &AccountFact) -> Option<(String, String)> {
    let post = |id: &domain::kernel::PostId| post_ref(book, id).name;
    let post_en =
        |id: &domain::kernel::PostId| book.network.post(id).map_or_else(|| id.0.clone(), |row| format!("{} of {}", row.kind.en(), book.unit_name(&row.unit)));
    let who = |id: &AccountId| book.account_name(id);
    let until =
        |at: &Option<Instant>| at.map_or(("长期".to_owned(), "open".to_owned()), |at| (format!("至 {}", at.written()), format!("to {}", at.written())));
    Some(match fact {
        AccountFact::AccountOpened { login, demo, .. } => (
            format!("新建帐户“{login}”{}", if *demo { "（演示）" } else { "" }),
            format!("account “{login}” opened{}", if *demo { " (demonstration)" } else { "" }),
        ),
        AccountFact::PasswordSet { must_change, .. } => {
            if *must_change {
                ("设置了首次密码，须更换".to_owned(), "first password set, to be changed".to_owned())
            } else {
                ("本人更换密码".to_owned(), "password changed by its owner".to_owned())
            }
        }
        AccountFact::Enabled { on: true, .. } => ("启用".to_owned(), "enabled".to_owned()),
        AccountFact::Enabled { on: false, .. } => ("停用".to_owned(), "disabled".to_owned()),
        AccountFact::Held { post: id, from_at, to_at, .. } => {
            let (zh, en) = until(to_at);
            (format!("任岗：{}，自 {} {zh}", post(id), from_at.written()), format!("post {}: from {} {en}", post_en(id), from_at.written()))
        }
        AccountFact::HoldingEnded { to_at, .. } => (format!("任岗于 {} 结束", to_at.written()), format!("post ends {}", to_at.written())),
        AccountFact::Delegated { account, deputy, post: id, from_at, to_at, .. } => (
            format!("{} 将 {} 委托给 {}，{} 至 {}", who(account), post(id), who(deputy), from_at.written(), to_at.written()),
            format!("{} lends {} to {}, {} to {}", who(account), post_en(id), who(deputy), from_at.written(), to_at.written()),
        ),
        AccountFact::DelegationEnded { to_at, .. } => (format!("委托于 {} 结束", to_at.written()), format!("delegation ends {}", to_at.written())),
        AccountFact::SecondFactor { on: true, .. } => ("启用动态验证码".to_owned(), "second factor on".to_owned()),
        AccountFact::SecondFactor { on: false, .. } => ("停用动态验证码".to_owned(), "second factor off".to_owned()),
        AccountFact::Recovered { left, .. } => (format!("用恢复码登录，还剩 {left} 个"), format!("entered by a recovery code, {left} left")),
        AccountFact::Locked { until, .. } => {
            (format!("连续输错密码，锁定至 {}", until.written()), format!("locked until {} after wrong passwords", until.written()))
        }
        AccountFact::Unlocked { .. } => ("解除锁定".to_owned(), "unlocked".to_owned()),
        AccountFact::SessionsEnded { n, .. } => (format!("终止会话 {n} 个"), format!("{n} sessions ended")),
        AccountFact::WorkPassed { matters, tasks, .. } => {
            (format!("移交在办事项 {matters} 件、任务 {tasks} 项"), format!("{matters} matters and {tasks} tasks passed on"))
        }
        AccountFact::TokenMade { expires_at, reach, .. } => {
            (format!("新建令牌（范围 {reach}），至 {}", expires_at.written()), format!("token made ({reach}), until {}", expires_at.written()))
        }
        AccountFact::TokenRevoked { .. } => ("令牌作废".to_owned(), "token revoked".to_owned()),
        _ => return None,
    })
}
