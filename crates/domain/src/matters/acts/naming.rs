//! Who may know: people named for a matter that needs care, bodies that may take a confidential accusation, and what follows when a matter becomes one.
//!
//! `domain.md` §10.8; 信访工作条例 art. 30: accusation material never goes to the person or unit complained of, and only to a body whose duty it is.

use super::super::decide::Holders;
use super::super::lists::{Care, State, TaskKind, TaskState};
use super::super::matter::Matter;
use super::super::writer::Writer;
use super::moving::name_heads;
use crate::accounts::Seat;
use crate::dispatch::ClockKind;
use crate::kernel::{AccountId, Refusal, UnitId};
use crate::places::{DutyRole, Network, PostKind, UnitKind, answers};
use crate::trail::Fact;

/// The kind that stands on the duty list (职责清单) of every body that may take accusations: 纪检监察, 信访, 公安 … as the street has decided.
const ACCUSATION: &str = "X-05";

/// Whether `person` may be named for the matter by who sits on `seat`.
pub(in super::super) fn nameable(matter: &Matter, seat: &Seat, network: &Network, holders: &Holders, person: &AccountId) -> Result<(), Refusal> {
    let units = || holders.0.iter().filter(|(account, ..)| account == person).map(|(_, unit, _)| unit);
    if units().any(|unit| matter.has_part(unit, "accused")) {
        return Err(Refusal::at("person_accused", "person", "此人在被反映的单位任职，不能知悉本事项"));
    }
    let within = |unit: &UnitId| match seat.unit_kind {
        UnitKind::CommandRoom | UnitKind::DistrictCenter => network.unit(unit).is_some_and(|unit| seat.place.covers(&unit.place)),
        _ => *unit == seat.unit,
    };
    let administers = holders.0.iter().any(|(account, _, post)| account == person && crate::accounts::administers(*post));
    if administers || !units().any(within) {
        return Err(Refusal::at("person_out_of_reach", "person", "只能指定本单位在岗的人员（指挥长可指定本街道各单位在岗人员）；管理员不能被指定"));
    }
    Ok(())
}

/// `name_person`: somebody must know of a matter that his posts do not let him see.
pub(in super::super) fn name_person(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    if w.matter.care == Care::Open {
        return Err(Refusal::rule("naming_senseless", "一般事项按岗位可见，不需要指定人员"));
    }
    let person = w.form.account("person").ok_or_else(|| Refusal::missing("person"))?;
    if w.matter.named.contains(&person) {
        return Err(Refusal::at("person_named", "person", "此人已经被指定"));
    }
    if let Some(seat) = &w.seat {
        nameable(w.matter, seat, w.desk.network, w.desk.holders, &person)?;
    }
    w.fact(Fact::Named { account: person.clone(), on: true });
    // He is told that something waits for him; a letter about such a matter says nothing else.
    if let Some((_, unit, post)) = w.desk.holders.0.iter().find(|(account, ..)| *account == person).cloned() {
        w.tell(unit, Some(post), Some(person), 0, false);
    }
    Ok(())
}

/// `unname_person`: somebody need not know any longer. Who has the matter in hand is relieved of it first.
pub(in super::super) fn unname_person(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    let person = w.form.account("named").ok_or_else(|| Refusal::missing("named"))?;
    if !w.matter.named.contains(&person) {
        return Err(Refusal::at("person_not_named", "named", "此人没有被指定"));
    }
    let owns = match (&w.matter.owner_unit, w.matter.owner_post) {
        (Some(unit), Some(post)) => w.desk.holders.holds(&person, unit, post),
        _ => false,
    };
    let works = w.matter.handler.as_ref() == Some(&person) || w.matter.open_tasks().any(|task| task.account.as_ref() == Some(&person));
    if w.matter.state.is_open() && (owns || works) {
        return Err(Refusal::at("person_has_it", "named", "本事项正由此人负责或办理；请先改派或改交他人，再取消指定"));
    }
    w.fact(Fact::Named { account: person, on: false });
    Ok(())
}

/// Whether a unit may take part in a confidential accusation: the kind stands on its duty list, or the matter's own confidential kind does.
fn answers_for_accusations(w: &Writer<'_, '_>, unit: &UnitId, category: Option<&str>) -> bool {
    let Some(list) = w.desk.duties.get(unit) else { return false };
    let confidential = category.filter(|code| w.desk.categories.get(*code).is_some_and(|facts| facts.care == Care::Confidential));
    answers(list, ACCUSATION, DutyRole::Lead) || confidential.is_some_and(|code| answers(list, code, DutyRole::Lead))
}

/// A confidential accusation goes only to a body whose duty it is (信访工作条例 art. 30), whatever its part in it.
pub(super) fn lawful_body(w: &Writer<'_, '_>, unit: &UnitId, datum: &'static str) -> Result<(), Refusal> {
    let given = w.form.text("category");
    let care = given.and_then(|code| w.desk.category(code).ok()).map_or(Care::Open, |facts| facts.care);
    if w.matter.care.max(care) != Care::Confidential || answers_for_accusations(w, unit, given.or(w.matter.category.as_deref())) {
        return Ok(());
    }
    Err(Refusal::at(
        "unit_not_lawful",
        datum,
        "检举控告只能交有权受理的机关（信访工作条例第三十条）：该单位的职责清单没有“检举控告”；请交纪检监察、信访等有此职责的单位",
    ))
}

/// What follows when an act makes the matter one of a class that needs more care: whoever holds it must be somebody who may see it.
pub(super) fn tightened(w: &mut Writer<'_, '_>, care: Care) -> Result<(), Refusal> {
    let accused = w.form.unit("accused");
    if care <= w.matter.care && accused.is_none() {
        return Ok(());
    }
    let command = w.command_room()?;
    match w.matter.state {
        State::Registered if care == Care::Confidential => {
            w.joins(&command, "owner");
            w.owner(command.clone(), PostKind::CommandHead);
            w.notify(command, Some(PostKind::CommandHead));
        }
        State::Offered | State::Working | State::Paused | State::Shelved if care == Care::Confidential => {
            let category = w.form.text("category").map(str::to_owned).or_else(|| w.matter.category.clone());
            match w.matter.lead.clone().filter(|lead| accused.as_ref() != Some(lead) && answers_for_accusations(w, lead, category.as_deref())) {
                Some(lead) => name_heads(w, &lead, care),
                None => call_in(w, command),
            }
        }
        State::Returned | State::FedBack | State::Callback => {
            let post = w.matter.owner_post.filter(|_| w.matter.owner_unit.as_ref() == Some(&command)).unwrap_or(PostKind::CommandOfficer);
            let minder = match care {
                Care::Protected if crate::accounts::sees_class(post, care) => post,
                _ => w.minder_of(care, &command, post),
            };
            if Some(minder) != w.matter.owner_post || w.matter.owner_unit.as_ref() != Some(&command) {
                w.joins(&command, "owner");
                w.owner(command.clone(), minder);
                w.notify(command, Some(minder));
            }
        }
        _ => {}
    }
    Ok(())
}

/// Takes the matter away from a lead that may not have an accusation: the head of the command room decides by `arbitrate` who leads.
fn call_in(w: &mut Writer<'_, '_>, command: UnitId) {
    let now = w.now();
    w.drop_clocks(&[ClockKind::Accept, ClockKind::FirstContact, ClockKind::FirstFeedback]);
    for kind in [TaskKind::Assigned, TaskKind::Assist] {
        w.end_tasks(kind, TaskState::Lifted, "事项转为保密，由指挥长另行交办");
    }
    let before: Vec<AccountId> = w.matter.named.iter().cloned().collect();
    for account in before {
        w.fact(Fact::Named { account, on: false });
    }
    if w.matter.handler.is_some() {
        w.fact(Fact::Handler { account: None });
    }
    w.state(State::Returned);
    w.joins(&command, "owner");
    w.owner(command.clone(), PostKind::CommandHead);
    w.start_clock(ClockKind::Arbitrate, now, w.matter.urgency, w.matter.level);
    w.notify(command, Some(PostKind::CommandHead));
}
