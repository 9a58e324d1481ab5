//! The acts: what can be done to a matter, from which states, and what each asks for.
//!
//! The table is complete by type: [`ActKind::from`] is an exhaustive `match`, so a new act does not compile until somebody has said where it is lawful;
//! [`lawful`] answers for every state × act, and the whole table is a snapshot (`acts.table`) and an export for the screens.

use super::lists::State;
use crate::kernel::coded;

coded! {
    /// An act on a matter (`domain.md` §10.3; those of later slices are added here with their rows).
    ActKind {
        Register = "register", "登记", "register";
        Answer = "answer", "当场办结", "answer on the spot";
        Ask = "ask", "申请", "ask for a decision";
        Approve = "approve", "同意", "approve";
        Refuse = "refuse", "不同意", "refuse";
        Decline = "decline", "不予受理（引导）", "decline and lead on";
        Void = "void", "作废", "void";
        Dispatch = "dispatch", "交办", "dispatch";
        Amend = "amend", "更正", "amend";
        Accept = "accept", "签收", "accept";
        AutoAccept = "auto_accept", "超时默认签收", "accepted by lapse of time";
        SendBack = "send_back", "退回", "send back";
        Arbitrate = "arbitrate", "裁定", "arbitrate";
        Assign = "assign", "派单", "assign";
        Contact = "contact", "联系当事人", "contact the person";
        Record = "record", "处置记录", "record what was done";
        Note = "note", "备注", "note";
        FeedBack = "feed_back", "反馈", "feed back";
        Check = "check", "核查", "check";
        CallBack = "call_back", "回访", "call back";
        Object = "object", "不同意办结", "object to the closing";
        Close = "close", "办结", "close";
        Reopen = "reopen", "重开", "reopen";
        Urge = "urge", "催办", "urge";
        Escalate = "escalate", "升级提醒", "escalate";
        Acknowledge = "acknowledge", "确认收到", "acknowledge";
        Archive = "archive", "归档", "archive";
        FinishTask = "finish_task", "完成任务", "finish a task";
        LiftTask = "lift_task", "解除任务", "lift a task";
        NamePerson = "name_person", "指定人员", "name a person";
        UnnamePerson = "unname_person", "取消指定", "withdraw a named person";
        Release = "release", "离岗移交", "pass on from who left";
        Retime = "retime", "时限重算", "count anew by a changed rule";
    }
}

impl ActKind {
    /// The states in which the act is possible at all. `register` comes before any state.
    #[must_use]
    pub const fn from(self) -> &'static [State] {
        use State::{Archived, Callback, Closed, Declined, FedBack, Offered, Paused, Registered, Returned, Shelved, Void, Working};
        const OPEN: &[State] = &[Registered, Offered, Working, Paused, Shelved, Returned, FedBack, Callback];
        const ANY: &[State] = &[Registered, Offered, Working, Paused, Shelved, Returned, FedBack, Callback, Closed, Archived, Declined, Void];
        match self {
            Self::Register => &[],
            Self::Answer | Self::Ask | Self::Decline | Self::Void | Self::Dispatch => &[Registered],
            Self::Approve | Self::Refuse => OPEN,
            Self::Amend | Self::Urge | Self::Escalate | Self::Retime => OPEN,
            Self::Accept | Self::AutoAccept => &[Offered],
            Self::SendBack => &[Offered, Working],
            Self::Arbitrate => &[Returned],
            Self::Assign | Self::Contact | Self::Record | Self::FeedBack => &[Working],
            // Who may know of a matter is decided as long as it is kept.
            Self::Note | Self::Acknowledge | Self::NamePerson | Self::UnnamePerson => ANY,
            Self::Check => &[FedBack],
            Self::CallBack | Self::Close => &[Callback],
            Self::Object => &[Callback, Closed],
            Self::Reopen => &[Closed, Declined],
            Self::Archive => &[Closed],
            Self::Release => &[Registered, Offered, Working, Paused, Shelved, Returned, FedBack, Callback, Closed],
            Self::FinishTask | Self::LiftTask => &[Offered, Working, Paused, Shelved, Returned, Closed],
        }
    }

    /// Whether it is done to a matter by filling in its form. Acknowledging is done to a notice.
    #[must_use]
    pub const fn by_form(self) -> bool {
        !self.is_systems() && !matches!(self, Self::Acknowledge)
    }

    /// Whether only the system may do it.
    #[must_use]
    pub const fn is_systems(self) -> bool {
        matches!(self, Self::AutoAccept | Self::Escalate | Self::Release | Self::Retime)
    }
}

/// Whether `act` is possible in `state`, leaving aside who does it and its data.
#[must_use]
pub fn lawful(state: State, act: ActKind) -> bool {
    act.from().contains(&state)
}

/// The whole table as text, one row an act: the states in which it is lawful, and whether only the sweeper may do it. What is checked in as the snapshot.
#[must_use]
pub fn table() -> String {
    let width = ActKind::ALL.iter().map(|act| act.code().len()).max().unwrap_or(0);
    let mut text = format!("{:width$}  {}\n", "act", State::ALL.iter().map(|state| state.code()).collect::<Vec<_>>().join(" "));
    for act in ActKind::ALL {
        let row: Vec<String> = State::ALL.iter().map(|state| format!("{:<1$}", if lawful(*state, *act) { "x" } else { "·" }, state.code().len())).collect();
        text.push_str(format!("{:width$}  {}{}", act.code(), row.join(" "), if act.is_systems() { " system" } else { "" }).trim_end());
        text.push('\n');
    }
    text
}
