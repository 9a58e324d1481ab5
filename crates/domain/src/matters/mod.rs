//! 事项, the matter: its states, its acts and their rules.
//!
//! [`decide`] answers what follows from an act, as facts, or why it may not be done; [`Matter::apply`] folds facts in. Both are total and pure.
//! Who may do what is `accounts::policy`; how long each step may take is `dispatch::policy`; both come in with [`Desk`].

mod act;
mod acts;
mod decide;
mod form;
mod lists;
mod matter;
mod writer;

pub use act::{ActKind, lawful, table};
pub use decide::{
    CategoryFacts, Decision, Desk, FileFacts, Holders, Offer, Registration, always_called_back, care_after, decide, nameable, offered, register, release,
    reopen_window_ends, retime, system,
};
pub use form::{Datum, DatumKind, Form, LISTS, Need, Raw, RawForm, codes, data};
pub use lists::{
    Amendable, Asked, AskingState, Care, CheckWay, ClockOutcome, DeclineReason, FilePurpose, Flag, Outcome, Phase, ReturnReason, Satisfaction, Solved, Source,
    State, TaskKind, TaskState, ToldHow, Verdict,
};
pub use matter::{Asking, Attachment, Call, Clock, Hop, Matter, Report, Task, fold};
