//! The rules of the acts, grouped by the part of the loop they belong to. Each function writes the facts that follow, or refuses.

mod asking;
mod closing;
mod coming_in;
mod moving;
mod naming;
mod system;
mod working;

pub(super) use asking::{ask, ask_decline, ask_void, decide_asking};
pub(super) use closing::{archive, call_back, check, close, object, reopen};
pub(super) use coming_in::{amend, answer, move_clocks, register};
pub(super) use moving::{accept, arbitrate, dispatch, send_back};
pub(super) use naming::{name_person, nameable, unname_person};
pub(super) use open::{Open, stands_open};
pub(super) use system::{auto_accept, climb, due_act, escalate, holds_work, release};
pub(super) use working::{assign, contact, feed_back, finish_task, lift_task, record, urge};

mod open;
