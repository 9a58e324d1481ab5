//! Askings: who asks never decides.

use super::super::lists::{Asked, AskingState, DeclineReason, State, ToldHow};
use super::super::matter::{Asking, Matter};
use super::super::writer::Writer;
use crate::accounts::Seat;
use crate::dispatch::ClockKind;
use crate::kernel::{AccountId, AskingId, Refusal};
use crate::places::PostKind;
use crate::trail::Fact;

/// `ask`: any kind of asking by its own name.
pub(in super::super) fn ask(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    match w.form.need_code::<Asked>("what")? {
        Asked::Decline => open_decline(w, "decline_reason"),
        Asked::Void => open_void(w),
        other => Err(Refusal::at("asking_not_built", "what", format!("暂不支持申请“{}”", other.zh()))),
    }
}

/// `decline`: the desk asks that the matter be led elsewhere.
pub(in super::super) fn ask_decline(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    open_decline(w, "reason")
}

/// `void`: the desk asks that a wrong entry be voided.
pub(in super::super) fn ask_void(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    open_void(w)
}

fn open_decline(w: &mut Writer<'_, '_>, datum: &'static str) -> Result<(), Refusal> {
    let reason: DeclineReason = w.form.need_code(datum)?;
    if w.form.need_code::<ToldHow>("told_how")? == ToldHow::NotTold {
        return Err(Refusal::at("decline_not_told", "told_how", "不予受理须已把正确途径告知群众；请先告知再申请"));
    }
    let route = w.form.need("route")?.to_owned();
    open(w, Asked::Decline, Some(reason.code().to_owned()), &route)
}

fn open_void(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    let reason = w.form.need("reason")?.to_owned();
    open(w, Asked::Void, None, &reason)
}

/// One asking at a time.
pub(in super::super) fn may_ask(matter: &Matter) -> Result<(), Refusal> {
    if matter.open_askings().next().is_some() {
        return Err(Refusal::rule("asking_open", "已有一项申请在等站长决定，决定之后才能再申请"));
    }
    Ok(())
}

/// Who asks never decides; the chief of the deciding unit does, or the head of the command room above it.
pub(in super::super) fn may_decide(asking: &Asking, account: &AccountId, seat: &Seat) -> Result<(), Refusal> {
    // Nor in the asker's own name: a deputy on the asker's post is the asker's hand.
    if asking.by == *account || seat.holder.as_ref() == Some(&asking.by) {
        return Err(Refusal::rule("asker_decides", "申请人不能自己决定，请由其他站长或指挥长决定"));
    }
    if asking.decider != seat.unit && seat.kind != PostKind::CommandHead {
        return Err(Refusal::rule("not_the_decider", "这项申请由街道指挥长决定"));
    }
    Ok(())
}

fn open(w: &mut Writer<'_, '_>, what: Asked, code: Option<String>, reason: &str) -> Result<(), Refusal> {
    may_ask(w.matter)?;
    let (now, by) = (w.now(), w.by.account.clone());
    // The chief of the home station decides; for the command room's own matters, its head.
    let decider = if w.matter.owner_unit.as_ref() == Some(&w.matter.home) { w.matter.home.clone() } else { w.command_room()? };
    let reason = w.words("asked_because", reason);
    let asking = w.desk.mint.id(AskingId::PREFIX);
    w.fact(Fact::AskingOpened { asking, what, by, decider: decider.clone(), code, reason, at: now });
    w.notify(decider, None);
    Ok(())
}

/// `approve` and `refuse`: the decision, and what was asked follows at once from a granted one.
pub(in super::super) fn decide_asking(w: &mut Writer<'_, '_>, verdict: AskingState) -> Result<(), Refusal> {
    let id = w.form.asking().ok_or_else(|| Refusal::missing("asking"))?;
    let asking = w
        .matter
        .open_askings()
        .find(|asking| asking.id == id)
        .cloned()
        .ok_or_else(|| Refusal::Data(vec![crate::kernel::Missing { datum: "asking".to_owned(), why: "not_found" }]))?;
    if let Some(seat) = &w.seat {
        may_decide(&asking, &w.by.account, seat)?;
    }
    let (now, by) = (w.now(), w.by.account.clone());
    w.fact(Fact::AskingDecided { asking: id, state: verdict, by, at: now });
    if verdict == AskingState::Denied {
        return Ok(());
    }
    let state = match asking.what {
        Asked::Decline => State::Declined,
        Asked::Void => State::Void,
        Asked::Extension | Asked::Pause | Asked::EarlyFeedBack | Asked::Level => return Ok(()),
    };
    w.stop_clocks(&[ClockKind::Triage]);
    w.state(state);
    w.nobody_owns();
    Ok(())
}
