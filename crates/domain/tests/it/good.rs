//! Good data for each act, as somebody who knows the rules would fill in the form; and lives that stand in a given state.

use crate::desk::{COMMAND, FILES, HOME, HOUSE, JUSTICE, Life, MARKET, MORNING, OTHER, POLICE, call, with};
use domain::accounts::{Relation, Seat, may, reach};
use domain::kernel::{HOUR, MINUTE};
use domain::matters::{ActKind, Care, CheckWay, Matter, ReturnReason, State};
use domain::places::PostKind;
use serde_json::{Value, json};

/// Chance that comes in as a number, for choices among what is possible. A constant picks the first of everything.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        if self.0 == 0 {
            return 0;
        }
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407) | 1;
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}

/// Data with which `seat` may do `act` to this matter now, as far as the matter and the calendar allow it at all.
pub(crate) fn data(life: &Life, seat: &Seat, account: &str, act: ActKind, dice: &mut Dice) -> Value {
    let matter = &life.matter;
    let hazard = matches!(matter.category.as_deref(), Some("F-03" | "A-01"));
    match act {
        ActKind::Register => call(),
        ActKind::Answer => json!({ "outcome": "已说明办理路径", "result": "explained", "told_how": dice.pick(&["in_person", "call"]) }),
        ActKind::Ask => match dice.roll(2) {
            0 => json!({ "what": "void", "reason": "重复录入" }),
            _ => json!({ "what": "decline", "decline_reason": "D5", "route": "请到社区民政窗口", "told_how": "call" }),
        },
        ActKind::Decline => match dice.roll(3) {
            0 => json!({ "reason": "D1", "route": "请继续诉讼", "told_how": "in_person" }),
            1 => json!({ "reason": "D4", "route": "原事项正在办理", "told_how": "call", "same_as": "SZ20261123001" }),
            _ => json!({ "reason": "D6", "route": "已移送法院", "told_how": "paper", "handed_over": "移送单 3 号" }),
        },
        ActKind::Void => json!({ "reason": "录错了" }),
        ActKind::Approve => json!({ "asking": asking(life) }),
        ActKind::Refuse => json!({ "asking": asking(life), "reason": "应当受理" }),
        ActKind::Dispatch => dispatch(seat, matter, dice),
        ActKind::Amend => amend(seat, dice),
        ActKind::NamePerson => {
            let people = domain::matters::nameable(matter, seat, &HOUSE.network, &life.holders);
            let left: Vec<&str> = people.iter().filter(|person| !matter.named.contains(*person)).map(|person| person.as_str()).collect();
            json!({ "person": if left.is_empty() { "acc_none" } else { dice.pick(&left) }, "reason": "参与办理" })
        }
        ActKind::UnnamePerson => json!({ "named": matter.named.iter().next().map_or("acc_none", |person| person.as_str()), "reason": "不再参与" }),
        ActKind::Accept | ActKind::AutoAccept | ActKind::Escalate | ActKind::Release | ActKind::Retime | ActKind::Acknowledge => json!({}),
        ActKind::SendBack => send_back(life, dice),
        ActKind::Arbitrate => {
            let lead = *dice.pick(&[HOME, POLICE, JUSTICE, COMMAND, OTHER]);
            json!({ "lead": if matter.care == Care::Confidential { POLICE } else { lead }, "words": "属地兜底" })
        }
        ActKind::Assign => {
            let works = |post: PostKind| reach(ActKind::Record).contains(&(post, Relation::Lead));
            let staff: Vec<&str> = life.holders.0.iter().filter(|(_, unit, post)| *unit == seat.unit && works(*post)).map(|(who, _, _)| who.as_str()).collect();
            json!({ "to": dice.pick(&staff) })
        }
        ActKind::Contact => json!({ "at": life.now.0, "how": "call", "reached": dice.roll(3) != 1 }),
        ActKind::Record => match dice.roll(3) {
            0 => json!({ "done": "现场查看", "files": [FILES[0]], "purpose": "before" }),
            1 => json!({ "done": "整改完成", "files": [FILES[1]], "purpose": "after" }),
            _ => json!({ "done": "与双方谈话" }),
        },
        ActKind::Note | ActKind::Urge => json!({ "words": "请尽快" }),
        ActKind::FeedBack => match dice.roll(3) {
            1 => json!({ "result": "not_found", "outcome": "未发现所述情况", "told_how": "not_told", "untold_reason": "空号" }),
            _ => json!({ "result": "explained", "outcome": "已解释", "told_how": "call", "told_at": life.now.0 }),
        },
        ActKind::Check => match dice.roll(3) {
            1 => json!({ "way": "papers", "verdict": "rework", "lacking": "缺协议" }),
            _ => json!({ "way": if hazard { CheckWay::Site.code() } else { CheckWay::Papers.code() }, "verdict": "pass" }),
        },
        ActKind::CallBack => match dice.roll(4) {
            1 => json!({ "reached": false }),
            2 => json!({ "reached": true, "solved": "no", "satisfaction": "1", "timely": false, "still_open": "钱还没退" }),
            _ => json!({ "reached": true, "solved": "yes", "satisfaction": "5", "timely": true }),
        },
        ActKind::Object | ActKind::Reopen => json!({ "reason": "钱还没有退" }),
        ActKind::Close => json!({ "result": "partly_met" }),
        ActKind::Archive => json!({}),
        ActKind::FinishTask => {
            let mine = matter.open_tasks().find(|task| task.unit == seat.unit && task.account.as_ref().is_none_or(|own| own.0 == account));
            json!({ "task": mine.map_or("tsk_none", |task| task.id.as_str()), "done": "已到场配合" })
        }
        ActKind::LiftTask => {
            let given = matter.open_tasks().find(|task| task.given_by == seat.unit);
            json!({ "task": given.map_or("tsk_none", |task| task.id.as_str()), "reason": "不再需要" })
        }
    }
}

fn asking(life: &Life) -> &str {
    life.matter.open_askings().next().map_or("ask_none", |asking| asking.id.as_str())
}

fn dispatch(seat: &Seat, matter: &Matter, dice: &mut Dice) -> Value {
    let category = *dice.pick(&["0602", "F-03", "S-04", "C-01", "X-05", "P-01"]);
    let level = *dice.pick(&["ordinary", "simple", "complex", "hard", "instant"]);
    if category == "X-05" || matter.care == Care::Confidential {
        return json!({ "lead": if seat.unit.0 == COMMAND { POLICE } else { seat.unit.as_str() }, "category": category, "level": level });
    }
    if seat.unit.0 != COMMAND {
        return json!({ "lead": seat.unit.as_str(), "category": category, "level": level });
    }
    let lead = *dice.pick(&[HOME, POLICE, JUSTICE, COMMAND, OTHER]);
    let plain = json!({ "lead": lead, "category": category, "level": level });
    match dice.roll(3) {
        1 => with(plain, json!({ "assists": [MARKET], "assist_what": "配合查看", "copies": ["unt_330109014_housing"] })),
        _ => plain,
    }
}

fn amend(seat: &Seat, dice: &mut Dice) -> Value {
    let chief = !matches!(seat.kind, PostKind::DeskClerk | PostKind::UnitOfficer);
    let (field, value) = match dice.roll(if chief { 8 } else { 5 }) {
        0 => ("title", json!("押金纠纷")),
        1 => ("spot", json!("盛中村 3 组 15 号")),
        2 => ("place", json!("330109014218002")),
        3 => ("parties", json!("租客与房东")),
        4 => ("category", json!(dice.pick(&["0602", "F-03", "S-04"]))),
        5 => ("level", json!(dice.pick(&["simple", "ordinary", "complex", "hard", "instant"]))),
        6 => ("urgency", json!(dice.pick(&["normal", "urgent", "extreme"]))),
        _ => ("flag", json!(dice.pick(&["joint", "minor", "confidential", "repeat"]))),
    };
    let mut form = json!({ "field": field, field: value, "reason": "原先登记有误" });
    if field == "flag" {
        form = with(form, json!({ "on": dice.roll(2) == 0 }));
    }
    form
}

fn send_back(life: &Life, dice: &mut Dice) -> Value {
    let left: Vec<ReturnReason> = ReturnReason::ALL.iter().copied().filter(|reason| life.matter.returns.iter().all(|hop| hop.reason != *reason)).collect();
    let reason = if left.is_empty() { ReturnReason::NotOurDuty } else { *dice.pick(&left) };
    let (datum, value) = match reason {
        ReturnReason::NotOurDuty | ReturnReason::NotOurPlace | ReturnReason::NeedsUpper => ("proposal", HOME),
        ReturnReason::Unclear => ("lacking", "缺地址"),
        ReturnReason::Duplicate => ("same_as", "SZ20261123001"),
        ReturnReason::LawfulProcedure => ("route", "劳动仲裁"),
    };
    json!({ "reason": reason.code(), "words": "请另行安排", datum: value })
}

/// Somebody of the house to whom `act` stands open, and good data for it.
pub(crate) fn somebody(life: &Life, act: ActKind, dice: &mut Dice) -> Option<(&'static str, Value)> {
    let home = HOUSE.place(HOME);
    HOUSE.everybody().find_map(|(login, actor)| {
        let seat = may(actor, act, &life.matter, &home).ok()?;
        let open = act == ActKind::Ask || life.offered(actor).iter().any(|offer| offer.act == act && offer.barred.is_none());
        open.then(|| (login, data(life, seat, actor.account().as_str(), act, dice)))
    })
}

/// Drives an open matter to its closing by lawful acts of the right people.
///
/// # Errors
/// The state and act at which nobody could go on.
pub(crate) fn drive(life: &mut Life) -> Result<(), String> {
    for _ in 0..60 {
        let hazard = matches!(life.matter.category.as_deref(), Some("F-03" | "A-01"));
        let shown = |purpose: &str| life.matter.files.iter().any(|file| file.purpose.code() == purpose);
        let (act, choice) = match life.state() {
            State::Closed => return Ok(()),
            State::Registered => (ActKind::Dispatch, None),
            State::Offered => (ActKind::Accept, None),
            State::Returned => (ActKind::Arbitrate, None),
            State::FedBack => (ActKind::Check, None),
            State::Callback if somebody(life, ActKind::Close, &mut Dice(0)).is_some() => (ActKind::Close, None),
            State::Callback => (ActKind::CallBack, None),
            State::Working if life.matter.open_tasks().any(|task| task.kind.code() == "assist") => {
                // By who has it, else by who gave it.
                match somebody(life, ActKind::FinishTask, &mut Dice(0)) {
                    Some((_, data)) if life.matter.open_tasks().any(|task| data["task"] == task.id.as_str()) => (ActKind::FinishTask, None),
                    _ => (ActKind::LiftTask, None),
                }
            }
            State::Working if hazard && !shown("before") => (ActKind::Record, Some(json!({ "done": "查看", "files": [FILES[0]], "purpose": "before" }))),
            State::Working if life.matter.records == 0 || (hazard && !shown("after")) => {
                (ActKind::Record, Some(json!({ "done": "整改", "files": [FILES[1]], "purpose": "after" })))
            }
            State::Working => (ActKind::FeedBack, None),
            State::Paused | State::Shelved | State::Archived | State::Declined | State::Void => return Err(format!("stands in {}", life.state())),
        };
        let secret = life.matter.care == Care::Confidential;
        let somebody = match act {
            ActKind::Dispatch if secret => Some(("command-head", json!({ "lead": POLICE, "category": "X-05", "level": "ordinary" }))),
            _ => somebody(life, act, &mut Dice(0)),
        };
        let Some((login, good)) = somebody else {
            return Err(format!("nobody can {act} in {} (lead {:?})", life.state(), life.matter.lead));
        };
        if let Err(refusal) = life.try_act(login, act, &choice.unwrap_or(good)) {
            return Err(format!("{login} cannot {act} in {}: {refusal}", life.state()));
        }
        life.now = life.now.plus(MINUTE);
        life.sweep();
    }
    Err("goes round in circles".to_owned())
}

/// A life that stands in `state`, with an open task or asking where one can be.
pub(crate) fn life_in(state: State) -> Life {
    let mut life = Life::begin(MORNING, &call());
    life.drawn = Some(true);
    life.now = life.now.plus(MINUTE);
    let dispatched = |life: &mut Life| {
        let assists = json!({ "lead": POLICE, "category": "S-04", "level": "ordinary", "assists": [MARKET], "assist_what": "配合查看" });
        life.act("command-1", ActKind::Dispatch, assists);
    };
    let worked = |life: &mut Life| {
        let task = life.open_task().id.0.clone();
        life.act("police-officer", ActKind::Accept, json!({}));
        life.act("market-officer", ActKind::FinishTask, json!({ "task": task, "done": "已配合" }));
        life.act("police-officer", ActKind::Record, json!({ "done": "到场处理" }));
        life.now = life.now.plus(HOUR);
        let told = life.now.0;
        life.act("police-officer", ActKind::FeedBack, json!({ "result": "met", "outcome": "已处理", "told_how": "call", "told_at": told }));
    };
    match state {
        State::Registered => {
            life.act("shengzhong-desk", ActKind::Void, json!({ "reason": "录错了" }));
        }
        State::Offered => dispatched(&mut life),
        State::Working | State::Paused | State::Shelved => {
            dispatched(&mut life);
            life.act("police-officer", ActKind::Accept, json!({}));
            life.act("police-officer", ActKind::Record, json!({ "done": "到场" }));
            // Nothing leads there yet: the acts come with the rule book.
            life.matter.state = state;
        }
        State::Returned => {
            dispatched(&mut life);
            life.act("police-officer", ActKind::SendBack, json!({ "reason": "R1", "words": "属房管", "proposal": JUSTICE }));
        }
        State::FedBack | State::Callback => {
            dispatched(&mut life);
            worked(&mut life);
            if state == State::Callback {
                life.act("checker-1", ActKind::Check, json!({ "way": "papers", "verdict": "pass" }));
                life.act("callback-1", ActKind::CallBack, json!({ "reached": true, "solved": "yes", "satisfaction": "5", "timely": true }));
            }
        }
        State::Closed => {
            life.act("shengzhong-desk", ActKind::Answer, json!({ "outcome": "已答复", "result": "explained", "told_how": "in_person" }));
        }
        State::Archived => {
            life.drawn = Some(false);
            life.act("shengzhong-desk", ActKind::Answer, json!({ "outcome": "已答复", "result": "explained", "told_how": "in_person" }));
            life.wait_days(40).act("archivist", ActKind::Archive, json!({}));
        }
        State::Declined => {
            life.act("shengzhong-desk", ActKind::Decline, json!({ "reason": "D1", "route": "请继续诉讼", "told_how": "call" }));
            let asking = life.matter.askings[0].id.0.clone();
            life.act("shengzhong-chief", ActKind::Approve, json!({ "asking": asking }));
        }
        State::Void => {
            life.act("shengzhong-desk", ActKind::Void, json!({ "reason": "录错了" }));
            let asking = life.matter.askings[0].id.0.clone();
            life.act("shengzhong-chief", ActKind::Approve, json!({ "asking": asking }));
        }
    }
    assert_eq!(life.state(), state);
    life
}
