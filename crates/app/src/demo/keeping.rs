//! What was destroyed and asked in the demonstration: a list that is done with its certificate, one that waits for its approval, three requests of persons.
//!
//! A history of ninety days has nothing whose keeping time has ended. So the demonstration sets a rule of its own for one small kind, which says that it is one.

use super::Plan;
use super::plan::{Life, World};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::trail::keeping::{self, Asked};
use domain::accounts::{Actor, Right, may_somewhere};
use domain::kernel::{DAY, HOUR, Instant, MINUTE, Retention};
use domain::trail::ListState;
use domain::trail::RequestKind;
use domain::trail::retention::{CountsFrom, Rule};
use std::sync::Arc;

/// The kind whose contacts are kept for a month only, so that there is something to see.
const KIND: &str = "C-02";

/// Days of history below which nothing has been closed for a month and six days.
const SHORT: i64 = 45;

/// Writes it, after the history. A short history has nothing that is due, and then no list.
pub(super) fn write(desk: &Desk, world: &World, lives: &[Arc<Life>], plan: &Plan) -> Result<(), Fault> {
    let now = plan.now;
    let holder = |right| world.staff.everybody().find(|actor| may_somewhere(actor, right).is_ok()).cloned();
    let (Some(admin), Some(asker), Some(officer)) = (holder(Right::SetRetention), holder(Right::AskDestruction), holder(Right::AnswerPersons)) else {
        return Ok(());
    };
    if plan.days < SHORT {
        return requests(desk, lives, &officer, now);
    }
    let decides = |actor: &&Actor| actor.account() != asker.account() && may_somewhere(actor, Right::DecideDestruction).is_ok();
    let Some(decider) = world.staff.everybody().find(decides).cloned() else { return Ok(()) };
    let rule = Rule {
        id: "demo-contact".to_owned(),
        class: Retention::Contact,
        category: KIND.to_owned(),
        months: Some(1),
        counts_from: CountsFrom::Closed,
        basis: "演示：为了看到销毁清单而缩短，不是建议的期限".to_owned(),
        purpose: "联系、回访与重开".to_owned(),
    };
    let first = now.plus(-6 * DAY);
    desk.write_at(first.plus(-HOUR), move |tx, _, now, _| keeping::set_rule(tx, &admin, &rule, now))?;
    keeping::propose(desk, first)?;
    for list in standing(desk, &asker, ListState::Proposed)? {
        let asker = asker.clone();
        desk.write_at(first.plus(8 * HOUR), move |tx, _, now, _| keeping::ask(tx, &asker, &list, now).map(drop))?;
    }
    for list in standing(desk, &decider, ListState::Asked)? {
        let decider = decider.clone();
        desk.write_at(first.plus(9 * HOUR), move |tx, _, now, mint| keeping::decide(tx, &decider, &list, true, "", now, mint).map(drop))?;
    }
    keeping::turn(desk, first.plus(10 * HOUR), false)?;
    keeping::propose(desk, now.plus(-8 * HOUR))?;
    for list in standing(desk, &asker, ListState::Proposed)? {
        let asker = asker.clone();
        desk.write_at(now.plus(-2 * HOUR), move |tx, _, now, _| keeping::ask(tx, &asker, &list, now).map(drop))?;
    }
    requests(desk, lives, &officer, now)
}

/// Lists that stand so and that the actor may see.
fn standing(desk: &Desk, actor: &Actor, state: ListState) -> Result<Vec<domain::kernel::DestructionId>, Fault> {
    let actor = actor.clone();
    let lists = desk.store().read_now(move |tx| keeping::proposals(tx, &actor))?;
    Ok(lists.into_iter().filter(|listed| listed.list.state == state).map(|listed| listed.id).collect())
}

/// A copy, a correction, and an erasure that must wait because the matter is open.
fn requests(desk: &Desk, lives: &[Arc<Life>], officer: &Actor, now: Instant) -> Result<(), Fault> {
    let told = |open: bool| {
        let fits = |life: &&Arc<Life>| {
            life.matter.as_ref().is_some_and(|matter| matter.state.is_open() == open && matter.reports.iter().any(|report| report.phone.is_some()))
        };
        lives.iter().rev().find(fits).map(|life| (life.phone().to_owned(), life.name().to_owned()))
    };
    let asked = [
        (RequestKind::Copy, false, "当面核对身份证", 50),
        (RequestKind::Correct, false, "当面核对身份证", 40),
        (RequestKind::Erase, true, "回拨登记电话核实", 15),
    ];
    for (kind, open, identity, ago) in asked {
        let Some((phone, name)) = told(open) else { continue };
        let name = (kind == RequestKind::Correct).then_some(name);
        let asked = Asked { kind, phone, identity: identity.to_owned(), name, said: false };
        let officer = officer.clone();
        desk.write_at(now.plus(-ago * MINUTE), move |tx, desk, now, mint| keeping::answer(tx, desk, &officer, &asked, now, mint).map(drop))?;
    }
    Ok(())
}
