//! Refusals: why an act cannot be done, and what would make it possible.

/// One datum that an act asks for and did not get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The datum's name, as in the form and in JSON.
    pub datum: String,
    /// `missing`, `unknown` (not a code of its list), `too_long`, `bad` (cannot be read), `not_found`.
    pub why: &'static str,
}

/// A business refusal. The code is stable: the API, the screen's messages and the guide use it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Data that the act's guard asks for is missing or cannot be read.
    #[error("资料不全：{}", .0.iter().map(|m| m.datum.as_str()).collect::<Vec<_>>().join("、"))]
    Data(Vec<Missing>),
    /// The act is not possible in this state.
    #[error("当前状态（{state}）不能{act}")]
    State {
        /// The code of the state that the matter is in.
        state: &'static str,
        /// The code of the act.
        act: &'static str,
        /// States in which the act would be possible.
        from: Vec<&'static str>,
    },
    /// The actor holds no post that may do this here.
    #[error("无此权限：{act}")]
    NotYours {
        /// The code of the act.
        act: &'static str,
        /// Codes of the posts that could.
        who: Vec<&'static str>,
    },
    /// Any other business reason, by its stable code, with what would make it possible in Chinese.
    #[error("{said}")]
    Rule {
        /// Stable code, `snake_case`.
        code: &'static str,
        /// The sentence for the screen: what is missing and what would make it possible.
        said: String,
        /// The datum that it concerns, if one.
        datum: Option<&'static str>,
    },
}

impl Refusal {
    /// A rule's refusal without a datum.
    #[must_use]
    pub fn rule(code: &'static str, said: impl Into<String>) -> Self {
        Self::Rule { code, said: said.into(), datum: None }
    }

    /// A rule's refusal that concerns one datum.
    #[must_use]
    pub fn at(code: &'static str, datum: &'static str, said: impl Into<String>) -> Self {
        Self::Rule { code, said: said.into(), datum: Some(datum) }
    }

    /// One missing datum.
    #[must_use]
    pub fn missing(datum: &str) -> Self {
        Self::Data(vec![Missing { datum: datum.to_owned(), why: "missing" }])
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Data(_) => "data_missing",
            Self::State { .. } => "state_forbids",
            Self::NotYours { .. } => "not_yours",
            Self::Rule { code, .. } => code,
        }
    }
}
