//! Settling the notices of an act: who has answered by acting, and what climbs from now on; and the acknowledging itself.

use super::{ALARM, Climb, Notice};
use crate::accounts::{Actor, Seat};
use crate::dispatch::{ClockKind, Urgency, choose, fraction};
use crate::kernel::{Instant, NoticeId, Refusal};
use crate::matters::{ActKind, Decision, Desk, Matter};
use crate::trail::{By, Fact};

/// Settles the notices of one act before it becomes an event.
///
/// Who acts upon a matter has said that he has it: an act of a person answers the notices to his seat, and if it moves the matter, the ladder that runs. Then
/// each new notice that must be acknowledged begins a ladder, or goes on with the one that runs if it stands higher; else it only tells.
pub(crate) fn settle(before: &Matter, facts: Vec<Fact>, by: &By, seat: Option<&Seat>, desk: &Desk<'_>) -> Vec<Fact> {
    let mut answered = seat.map_or_else(Vec::new, |seat| answered(before, &facts, by, seat, desk.now));
    let mut now = before.clone();
    now.apply(desk.now, &answered);
    now.apply(desk.now, &facts.iter().filter(|fact| !matches!(fact, Fact::Notified { .. })).cloned().collect::<Vec<_>>());
    for fact in facts {
        let fact = match fact {
            Fact::Notified { notice: Some(notice), unit, post, account, rung, passed_over, climb: None } => {
                // Only whoever has to move must say so: who is copied in, or asked for a decision in the day's work, is told.
                let concerned = rung > 0 || (now.urgency == Urgency::Extreme && now.owner_unit.as_ref() == Some(&unit));
                let climb = if concerned { begin(&now, &notice, rung, desk) } else { None };
                Fact::Notified { notice: Some(notice), unit, post, account, rung, passed_over, climb }
            }
            other => other,
        };
        if matches!(fact, Fact::Notified { .. }) {
            now.apply(desk.now, std::slice::from_ref(&fact));
        }
        answered.push(fact);
    }
    answered
}

/// What an act answers: every open notice to the seat; and the ladder, if the act moved the matter.
fn answered(before: &Matter, facts: &[Fact], by: &By, seat: &Seat, at: Instant) -> Vec<Fact> {
    let moves = facts.iter().any(|fact| matches!(fact, Fact::State { .. } | Fact::Owner { .. }));
    let open = before.notices.iter().filter(|notice| notice.acknowledged_at.is_none());
    let mine: Vec<&Notice> = open.filter(|notice| notice.is_to(&by.account, &seat.unit, seat.kind) || (moves && notice.next_at().is_some())).collect();
    mine.into_iter().map(|notice| Fact::Acknowledged { notice: notice.id.clone(), account: by.account.clone(), at }).collect()
}

/// How a new notice climbs: by the policy of its matter's urgency. None if a ladder runs that stands as high, or no policy says so. The alarm only waits.
fn begin(now: &Matter, notice: &NoticeId, rung: i64, desk: &Desk<'_>) -> Option<Climb> {
    let running = now.ladder();
    if running.is_some_and(|running| running.rung >= rung) {
        return None;
    }
    let ladder = running.and_then(|running| running.climb.as_ref()).map_or_else(|| notice.clone(), |climb| climb.ladder.clone());
    let Some(policy) = choose(desk.policies, ClockKind::Acknowledge, now.urgency, now.level) else {
        return (rung == ALARM).then_some(Climb { ladder, policy: String::new(), version: 0, next_step: None, next_at: None });
    };
    let first = policy.steps.iter().copied().min().filter(|_| rung != ALARM);
    let next_at = first.map(|step| fraction(desk.calendar, desk.now, policy.span, step));
    Some(Climb { ladder, policy: policy.id.clone(), version: policy.version, next_step: first, next_at })
}

/// `acknowledge`: a named person says that he has it. Nothing if somebody has said so before.
///
/// # Errors
/// If the notice is not one to the actor.
pub fn acknowledge(matter: &Matter, id: &NoticeId, actor: &Actor, now: Instant) -> Result<Option<Decision>, Refusal> {
    let not_yours = || Refusal::NotYours { act: ActKind::Acknowledge.code(), who: Vec::new() };
    let notice = matter.notices.iter().find(|notice| notice.id == *id).ok_or_else(not_yours)?;
    let named = |seat: &&Seat| notice.is_to(actor.account(), &seat.unit, seat.kind);
    // By the post that was told, if the person has it; a stand-in on duty answers by a post of his own.
    let own = |seat: &&Seat| seat.unit == notice.unit && notice.post.is_none_or(|post| post == seat.kind);
    let seat = actor.seats().iter().find(own).or_else(|| actor.seats().iter().find(named)).ok_or_else(not_yours)?;
    if notice.acknowledged_at.is_some() {
        return Ok(None);
    }
    let facts = vec![Fact::Acknowledged { notice: id.clone(), account: actor.account().clone(), at: now }];
    Ok(Some(Decision { act: ActKind::Acknowledge, by: actor.by(Some(seat)), facts, words: Vec::new() }))
}
