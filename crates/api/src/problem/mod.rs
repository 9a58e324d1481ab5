//! Problems (RFC 9457): a stable code, one sentence, the data that it concerns, and what somebody else changed.

mod list;

pub use list::problems;

use app::fault::Fault;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::kernel::Refusal;
use serde::Serialize;
use std::ops::{Deref, DerefMut};
use utoipa::ToSchema;

/// One datum that is missing or cannot be used.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DatumError {
    /// Its name, as in the request.
    pub datum: String,
    /// `missing`, `unknown`, `too_long`, `bad`, `not_found`, `not_asked`, or the code of the rule.
    pub why: String,
    /// One sentence.
    pub said: String,
}

/// What somebody else did in the meantime.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChangedSince {
    /// The act.
    pub act: String,
    /// When.
    pub at: i64,
    /// Who.
    pub by: String,
}

/// An error on its way out. Boxed: most requests have none, and a result should not be as large as what seldom happens.
#[derive(Debug, Clone)]
pub struct Problem(Box<ProblemDto>);

impl Deref for Problem {
    type Target = ProblemDto;

    fn deref(&self) -> &ProblemDto {
        &self.0
    }
}

impl DerefMut for Problem {
    fn deref_mut(&mut self) -> &mut ProblemDto {
        &mut self.0
    }
}

/// An error as it goes over the wire: `application/problem+json`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDto {
    /// `/problems/<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Stable code.
    pub code: String,
    /// One Chinese sentence: what is missing and what would make it possible.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// The data that it concerns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<DatumError>,
    /// For `stale`: the version now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<i64>,
    /// For `stale`: what somebody else did, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<ChangedSince>,
    /// For `state_forbids`: states in which the act would be possible. For `not_yours`: posts that could.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub would: Vec<String>,
    /// For `too_many`: after how many seconds to try again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// Id of the request, for the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl Problem {
    /// A problem by code, status and sentence.
    #[must_use]
    pub fn new(code: &str, status: StatusCode, title: impl Into<String>) -> Self {
        Self(Box::new(ProblemDto {
            kind: format!("/problems/{code}"),
            code: code.to_owned(),
            title: title.into(),
            status: status.as_u16(),
            errors: Vec::new(),
            current: None,
            changed: Vec::new(),
            would: Vec::new(),
            retry_after: None,
            request_id: None,
        }))
    }

    /// Too many requests at one door.
    #[must_use]
    pub fn too_many(seconds: u64) -> Self {
        let mut problem = Self::new("too_many", StatusCode::TOO_MANY_REQUESTS, format!("请求太频繁，请在 {seconds} 秒后再试；已填内容不会丢失"));
        problem.retry_after = Some(seconds);
        problem
    }

    /// The problem as JSON.
    pub(crate) fn body(&self) -> Body {
        serde_json::to_vec(&self.0).unwrap_or_default().into()
    }

    /// A datum that is missing or wrong.
    #[must_use]
    pub fn datum(datum: &str, why: &str) -> Self {
        Refusal::Data(vec![domain::kernel::Missing {
            datum: datum.to_owned(),
            why: match why {
                "missing" => "missing",
                "too_long" => "too_long",
                _ => "bad",
            },
        }])
        .into()
    }
}

fn said(why: &str) -> &'static str {
    match why {
        "missing" => "请填写此项",
        "unknown" => "不是可选的值",
        "too_long" => "内容太长",
        "not_found" => "没有找到",
        "not_asked" => "这一步不需要此项",
        _ => "看不懂这个值",
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let code = refusal.code();
        match refusal {
            Refusal::Data(missing) => {
                let mut problem = Self::new(code, StatusCode::UNPROCESSABLE_ENTITY, "资料不全或有误，请看标出的各项");
                problem.errors = missing.into_iter().map(|m| DatumError { datum: m.datum, why: m.why.to_owned(), said: said(m.why).to_owned() }).collect();
                problem
            }
            Refusal::State { from, state, act } => {
                let mut problem = Self::new(code, StatusCode::CONFLICT, format!("“{}”状态下不能“{}”", zh_state(state), zh_act(act)));
                problem.would = from.into_iter().map(str::to_owned).collect();
                problem
            }
            Refusal::NotYours { who, act } => {
                let mut problem = Self::new(code, StatusCode::FORBIDDEN, format!("您的岗位不能办理“{}”", zh_act(act)));
                problem.would = who.into_iter().map(str::to_owned).collect();
                problem
            }
            Refusal::Rule { said, datum, .. } => {
                let mut problem = Self::new(code, StatusCode::UNPROCESSABLE_ENTITY, said.clone());
                problem.errors = datum.map(|datum| DatumError { datum: datum.to_owned(), why: code.to_owned(), said }).into_iter().collect();
                problem
            }
        }
    }
}

fn zh_state(code: &'static str) -> &'static str {
    code.parse::<domain::matters::State>().map_or(code, domain::matters::State::zh)
}

fn zh_act(code: &'static str) -> &'static str {
    let right = || code.parse::<domain::accounts::Right>().map_or(code, domain::accounts::Right::zh);
    code.parse::<domain::matters::ActKind>().map_or_else(|_| right(), domain::matters::ActKind::zh)
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Refused(refusal) => refusal.into(),
            Fault::Missing => Self::new("not_found", StatusCode::NOT_FOUND, "没有找到，或者不在您的范围内"),
            Fault::Stale { current, changed } => {
                let mut problem = Self::new("stale", StatusCode::CONFLICT, "别人刚刚改动过，请看改了什么再提交");
                problem.current = Some(current);
                problem.changed = changed.into_iter().map(|c| ChangedSince { act: c.act, at: c.at.0, by: c.by }).collect();
                problem
            }
            Fault::Anonymous => Self::new("not_logged_in", StatusCode::UNAUTHORIZED, "请先登录"),
            Fault::WrongPassword => {
                Self::new("wrong_password", StatusCode::UNAUTHORIZED, "登录名或密码不对。连续 5 次不对的帐户会锁定 15 分钟，其间正确的密码也不能登录")
            }
            Fault::SecondFactor => Self::new("second_factor", StatusCode::UNAUTHORIZED, "请输入动态验证码"),
            Fault::WrongCode => Self::new("second_factor_wrong", StatusCode::UNAUTHORIZED, "验证码不对或已经用过，请输入当前显示的 6 位数字，或一个恢复码"),
            Fault::MustEnrol => Self::new("must_enrol_second_factor", StatusCode::FORBIDDEN, "管理员须先绑定动态验证码，才能办理其他事项"),
            Fault::MustChange => Self::new("must_change_password", StatusCode::FORBIDDEN, "首次登录须先修改密码"),
            Fault::KeyReused => Self::new("idempotency_key_reused", StatusCode::UNPROCESSABLE_ENTITY, "同一个幂等键不能用于不同的请求"),
            Fault::Busy => Self::new("busy", StatusCode::SERVICE_UNAVAILABLE, "系统正忙，请稍后再试；已填内容不会丢失"),
            Fault::Full => Self::new("disk_full", StatusCode::INSUFFICIENT_STORAGE, "服务器磁盘已满，本次操作没有保存，请联系系统管理员"),
            Fault::Broken(said) => {
                tracing::error!(error = said, "a use-case failed");
                Self::new("internal", StatusCode::INTERNAL_SERVER_ERROR, "系统内部错误，本次操作没有保存；请把请求编号告诉系统管理员")
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, self.body()).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response.extensions_mut().insert(self);
        response
    }
}
