//! 值班: rotas by month, swaps and absences, call-out lists, calendar addresses, hand-overs.

mod askings;
mod call_outs;
mod dto;
mod feeds;
mod hand_overs;
mod plan;
mod sheet;

pub(crate) use askings::{__path_answer, __path_ask, __path_askings, answer, ask, askings};
pub(crate) use call_outs::{__path_call_outs, __path_put_call_out, call_outs, put_call_out};
pub(crate) use feeds::{__path_calendar, __path_make_feed, __path_mine, __path_revoke_feed, calendar, make_feed, mine, revoke_feed};
pub(crate) use hand_overs::{__path_hand_over, __path_hand_overs, __path_take_over, __path_view, hand_over, hand_overs, take_over, view};
pub(crate) use plan::{
    __path_assign, __path_consider, __path_draft, __path_drop_draft, __path_month, __path_overview, __path_preview, __path_publish, assign, consider, draft,
    drop_draft, month, overview, preview, publish,
};
pub(crate) use sheet::{__path_load, __path_sheet, load, sheet};
