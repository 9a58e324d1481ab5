//! What stops a clock in law, and nothing else does.

use super::Span;
use crate::kernel::coded;

coded! {
    /// Why a clock may stand still (`domain.md` §6.1). Waiting for materials is no reason: it stops no lawful clock.
    PauseKind {
        /// An expert's appraisal is under way.
        Appraisal = "appraisal", "鉴定", "appraisal";
        /// A hearing is held.
        Hearing = "hearing", "听证", "hearing";
        /// Both parties have agreed to stop.
        Consent = "consent", "双方同意", "consent of both parties";
        /// Anything else, such as waiting for materials: no policy may name it, so it stops nothing.
        Other = "other", "其他事由", "another reason";
    }
}

impl PauseKind {
    /// Where the law says so.
    #[must_use]
    pub const fn basis(self) -> &'static str {
        match self {
            Self::Appraisal => "医疗纠纷预防和处理条例第38条、人民法院在线调解规则",
            Self::Hearing => "信访工作条例第36条",
            Self::Consent => "特邀调解规定第27条、浙江省劳动人事争议调解仲裁条例",
            Self::Other => "法律没有规定",
        }
    }
}

/// A reason for which a policy lets its clock stand still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// Why.
    pub kind: PauseKind,
    /// The longest that all pauses of this kind may last together, in real time; none if the law sets no limit.
    pub cap: Option<Span>,
}
