//! What a use-case may answer instead of its result.

use domain::kernel::{Instant, Refusal};
use store::db::Broken;

/// A change that somebody else made in the meantime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The act's code.
    pub act: String,
    /// When.
    pub at: Instant,
    /// Name of who did it; empty for the system.
    pub by: String,
}

/// Why a use-case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A rule refuses.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is no such thing, or not for this person: one answer for both.
    #[error("not there")]
    Missing,
    /// Somebody else changed it.
    #[error("changed by somebody else")]
    Stale {
        /// The version now.
        current: i64,
        /// What happened since.
        changed: Vec<Changed>,
    },
    /// Nobody is logged in, or the session has ended.
    #[error("not logged in")]
    Anonymous,
    /// Log-in refused: name or password wrong.
    #[error("wrong name or password")]
    WrongPassword,
    /// Log-in: the password is right, and the second factor is asked for.
    #[error("second factor needed")]
    SecondFactor,
    /// Log-in: the second factor is wrong or used up.
    #[error("second factor wrong")]
    WrongCode,
    /// An administrator must bind a second factor before anything else.
    #[error("second factor must be bound")]
    MustEnrol,
    /// The first password must be changed before anything else.
    #[error("password must be changed")]
    MustChange,
    /// The same idempotency key came with another request.
    #[error("idempotency key used for another request")]
    KeyReused,
    /// Too much at once; try again.
    #[error("busy")]
    Busy,
    /// The disk is full; nothing was done.
    #[error("disk full")]
    Full,
    /// Something is wrong with us. The text is for the log, never for the caller.
    #[error("{0}")]
    Broken(String),
}

impl From<Broken> for Fault {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Busy | Broken::Retry(_) | Broken::Lost(_) => Self::Busy,
            Broken::Full(_) => Self::Full,
            other => Self::Broken(other.to_string()),
        }
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Broken::from(error).into()
    }
}
