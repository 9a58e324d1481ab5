//! Askings about shifts: swaps, covers, absences. The other agrees, the chief decides, and who asks never decides.

use super::{ShiftAnswer, ShiftAsked, ShiftAskingState};
use crate::kernel::{AccountId, Instant, Refusal, ShiftAskingId, ShiftId, UnitId};
use crate::trail::Said;

/// What somebody asks for about a shift of his own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftAsking {
    /// Its id.
    pub id: ShiftAskingId,
    /// Swap, cover or absence.
    pub what: ShiftAsked,
    /// Whose rota.
    pub unit: UnitId,
    /// The shift.
    pub shift: ShiftId,
    /// The other's shift, for a swap.
    pub other_shift: Option<ShiftId>,
    /// Who asks.
    pub by: AccountId,
    /// Who takes over, swaps or stands in.
    pub other: Option<AccountId>,
    /// Why.
    pub reason: Said,
    /// Where it stands.
    pub state: ShiftAskingState,
    /// When it was asked.
    pub asked_at: Instant,
    /// Who decided.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_at: Option<Instant>,
}

impl ShiftAsking {
    /// Whether it still waits for somebody.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, ShiftAskingState::Asked | ShiftAskingState::Agreed)
    }

    /// Where it stands after an answer by `who`, who `decides` if holding the right over this unit's rota; `begins` is the first instant that it would change.
    ///
    /// # Errors
    /// Who may not answer so, or not any more.
    pub fn answered(&self, answer: ShiftAnswer, who: &AccountId, decides: bool, begins: Instant, now: Instant) -> Result<ShiftAskingState, Refusal> {
        if !self.is_open() {
            return Err(Refusal::rule("shift_asking_over", format!("这项申请已经处理（{}），不能再答复", self.state.zh())));
        }
        let begun = || Refusal::rule("shift_begun", "该班次已经开始，不能再换班或请假；请带班负责人直接调整并写明理由");
        match answer {
            ShiftAnswer::Withdraw if *who == self.by => Ok(ShiftAskingState::Withdrawn),
            ShiftAnswer::Withdraw => Err(Refusal::rule("not_your_asking", "只有申请人本人可以撤回")),
            ShiftAnswer::Agree | ShiftAnswer::Decline if self.state != ShiftAskingState::Asked => {
                Err(Refusal::rule("shift_asking_agreed", "对方已经答复，正等待负责人审批"))
            }
            ShiftAnswer::Agree | ShiftAnswer::Decline if self.other.as_ref() != Some(who) => {
                Err(Refusal::rule("not_asked_of_you", "这项申请问的是另一位同事，须由其本人答复"))
            }
            ShiftAnswer::Agree if begins <= now => Err(begun()),
            ShiftAnswer::Agree => Ok(ShiftAskingState::Agreed),
            ShiftAnswer::Decline => Ok(ShiftAskingState::Declined),
            ShiftAnswer::Approve | ShiftAnswer::Refuse if !decides => Err(Refusal::rule("not_your_decision", "换班和请假由本单位负责人或指挥长审批")),
            ShiftAnswer::Approve | ShiftAnswer::Refuse if *who == self.by || self.other.as_ref() == Some(who) => {
                Err(Refusal::rule("own_shift_asking", "申请人和对方不能自己审批，请由另一位负责人审批"))
            }
            ShiftAnswer::Approve | ShiftAnswer::Refuse if self.state == ShiftAskingState::Asked => {
                Err(Refusal::rule("shift_asking_waits", "对方还没有答复，须对方同意后再审批"))
            }
            ShiftAnswer::Approve if begins <= now => Err(begun()),
            ShiftAnswer::Approve => Ok(ShiftAskingState::Granted),
            ShiftAnswer::Refuse => Ok(ShiftAskingState::Denied),
        }
    }
}
