//! Examples of the rules of `domain.md` §10.3–10.6, one test each; the lives that they begin with.

mod climbing;
mod clocks;
mod closing;
mod coming_in;
mod moving;
mod naming;

use crate::desk::{COMMAND, FILES, HOME, HOUSE, HOUSING, JUSTICE, Life, MARKET, MORNING, OTHER, POLICE, call, with};
use crate::good::{Dice, drive, life_in, somebody};
use domain::dispatch::{ClockKind, Level, Span, due_at};
use domain::kernel::{DAY, HOUR, Instant, MINUTE, PersonalData, UnitId};
use domain::matters::{ActKind, Care, ClockOutcome, Flag, Outcome, Phase, State, TaskState};
use domain::places::PostKind;
use domain::trail::Fact;
use serde_json::{Value, json};

pub(super) fn begin() -> Life {
    let mut life = Life::begin(MORNING, &call());
    life.now = life.now.plus(MINUTE);
    life
}

pub(super) fn to(lead: &str, category: &str) -> Value {
    json!({ "lead": lead, "category": category, "level": "ordinary" })
}

pub(super) fn dispatched(lead: &str, category: &str) -> Life {
    let mut life = begin();
    life.act("command-1", ActKind::Dispatch, to(lead, category));
    life
}

pub(super) fn accepted(category: &str) -> Life {
    let mut life = dispatched(POLICE, category);
    life.act("police-officer", ActKind::Accept, json!({}));
    life
}

pub(super) fn told(life: &Life) -> Value {
    json!({ "result": "met", "outcome": "已办", "told_how": "call", "told_at": life.now.0 })
}

pub(super) fn fed_back(category: &str) -> Life {
    let mut life = accepted(category);
    life.act("police-officer", ActKind::Record, json!({ "done": "已处理" }));
    let form = told(&life);
    life.act("police-officer", ActKind::FeedBack, form);
    life
}

pub(super) fn in_callback() -> Life {
    let mut life = fed_back("0602");
    life.act("checker-1", ActKind::Check, json!({ "way": "papers", "verdict": "pass" }));
    assert_eq!(life.state(), State::Callback);
    life
}

pub(super) fn answered(solved: &str) -> Value {
    let form = json!({ "reached": true, "solved": solved, "satisfaction": "4", "timely": true });
    if solved == "yes" { form } else { with(form, json!({ "still_open": "尾款" })) }
}

pub(super) fn closed() -> Life {
    let mut life = in_callback();
    life.act("callback-1", ActKind::CallBack, answered("yes"));
    life.act("police-head", ActKind::Close, json!({ "result": "met" }));
    life
}

pub(super) fn open_asking(life: &Life) -> Value {
    json!({ "asking": life.matter.open_askings().next().unwrap().id.as_str() })
}

pub(super) fn back(reason: &str) -> Value {
    let datum = match reason {
        "R3" => "lacking",
        "R4" => "same_as",
        "R5" => "route",
        _ => "proposal",
    };
    json!({ "reason": reason, "words": "请另派", datum: if datum == "proposal" { HOME } else { "见说明" } })
}

pub(super) fn notices(life: &Life) -> Vec<(String, &'static str, i64, bool)> {
    life.last
        .iter()
        .filter_map(|fact| match fact {
            Fact::Notified { unit, post, rung, passed_over, .. } => Some((unit.0.clone(), post.map_or("", PostKind::code), *rung, *passed_over)),
            _ => None,
        })
        .collect()
}
