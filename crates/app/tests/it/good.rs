//! Good data for each act, as somebody who knows the rules would fill in the form.

use crate::support::{COMMAND, HOME, HOUSING, House, JUSTICE, MARKET, OTHER, POLICE, call, with};
use domain::accounts::{Actor, Seat, may};
use domain::kernel::PlaceCode;
use domain::matters::{ActKind, Care, Matter, ReturnReason, State, TaskKind, offered};
use domain::places::PostKind;
use serde_json::{Value, json};
use testkit::Dice;

/// Leaves of several families and of each class.
pub(crate) const CATEGORIES: &[&str] = &["0602", "F-03", "S-04", "C-01", "X-05", "P-01"];

/// The place of the station whose matters these are.
pub(crate) fn place_of(matter: &Matter) -> PlaceCode {
    let place = matter.home.as_str().trim_start_matches("unt_");
    PlaceCode(place.trim_end_matches("_command").to_owned())
}

/// Acts that stand open to somebody.
pub(crate) fn open_to(house: &House, matter: &Matter, actor: &Actor) -> Vec<ActKind> {
    offered(matter, actor, &place_of(matter), house.now()).into_iter().filter(|offer| offer.barred.is_none()).map(|offer| offer.act).collect()
}

/// The seat by which somebody would do it, or any.
pub(crate) fn seat(actor: &Actor, act: ActKind, matter: &Matter) -> Seat {
    may(actor, act, matter, &place_of(matter)).ok().or_else(|| actor.seats().first()).unwrap().clone()
}

/// A report that comes in: now and then with another place, category, urgency, or without a number.
pub(crate) fn report(dice: &mut Dice) -> Value {
    let said = *dice.pick(&["房东不退押金。我上周退租的", "楼道里堆满电动车，怕起火", "夜里烧烤摊吵得睡不着", "孩子走丢了，请帮忙看监控", "有人举报村干部"]);
    let mut data = with(
        call(),
        json!({ "said": said, "urgency": dice.pick(&["normal", "normal", "urgent", "extreme"]), "source": dice.pick(&["call", "visit", "police", "petition"]) }),
    );
    match dice.roll(5) {
        0 => data = with(data, json!({ "category": dice.pick(CATEGORIES) })),
        1 => data = with(data, json!({ "place": dice.pick(&["330109014218002", "330109014204001"]) })),
        2 => {
            data.as_object_mut().unwrap().remove("contact_phone");
            data = with(data, json!({ "anonymous_reason": "不愿留下电话" }));
        }
        _ => {}
    }
    data
}

/// Data with which `login` may do `act` to this matter now, as far as the matter and the calendar allow it at all.
pub(crate) fn data(house: &House, login: &str, matter: &Matter, act: ActKind, dice: &mut Dice) -> Value {
    let actor = house.who(login);
    let seat = seat(&actor, act, matter);
    match act {
        ActKind::Register => call(),
        ActKind::Answer => json!({ "outcome": "已说明办理路径", "result": "explained", "told_how": dice.pick(&["in_person", "call"]) }),
        ActKind::Ask => match dice.roll(2) {
            0 => json!({ "what": "void", "reason": "重复录入" }),
            _ => json!({ "what": "decline", "decline_reason": "D5", "route": "请到社区民政窗口", "told_how": "call" }),
        },
        ActKind::Decline => match dice.roll(3) {
            0 => json!({ "reason": "D1", "route": "请继续诉讼", "told_how": "in_person" }),
            1 => json!({ "reason": "D4", "route": "原事项正在办理", "told_how": "call", "same_as": "综〔2026〕330109014218-000001" }),
            _ => json!({ "reason": "D6", "route": "已移送法院", "told_how": "paper", "handed_over": "移送单 3 号" }),
        },
        ActKind::Void => json!({ "reason": "录错了" }),
        ActKind::Approve => json!({ "asking": asking(matter) }),
        ActKind::Refuse => json!({ "asking": asking(matter), "reason": "应当受理" }),
        ActKind::Dispatch => dispatch(&seat, matter, dice),
        ActKind::Amend => amend(&seat, dice),
        ActKind::NamePerson => json!({ "person": staff(house, matter, dice), "reason": "参与办理" }),
        ActKind::UnnamePerson => json!({ "named": matter.named.iter().next().map_or("acc_none", |person| person.as_str()), "reason": "不再参与" }),
        ActKind::Accept | ActKind::AutoAccept | ActKind::Escalate | ActKind::Release | ActKind::Retime | ActKind::Acknowledge | ActKind::Archive => json!({}),
        ActKind::SendBack => send_back(matter, dice),
        ActKind::Arbitrate => {
            let lead = *dice.pick(&[HOME, POLICE, JUSTICE, MARKET, COMMAND, OTHER]);
            json!({ "lead": if matter.care == Care::Confidential { POLICE } else { lead }, "words": "属地兜底" })
        }
        ActKind::Assign => json!({ "to": staff(house, matter, dice) }),
        ActKind::Contact => json!({ "at": house.now().0, "how": "call", "reached": dice.roll(3) != 1, "words": "说明了办理时间" }),
        ActKind::Record => match dice.roll(4) {
            0 => json!({ "done": "现场查看", "files": [house.picture(login).as_str()], "purpose": "before" }),
            1 => json!({ "done": "整改完成", "files": [house.picture(login).as_str()], "purpose": "after" }),
            _ => json!({ "done": "与双方谈话" }),
        },
        ActKind::Note | ActKind::Urge => json!({ "words": "请尽快" }),
        ActKind::FeedBack => match dice.roll(3) {
            1 => json!({ "result": "not_found", "outcome": "未发现所述情况", "told_how": "not_told", "untold_reason": "空号" }),
            _ => json!({ "result": "explained", "outcome": "已解释", "told_how": "call", "told_at": house.now().0 }),
        },
        ActKind::Check => match dice.roll(3) {
            1 => json!({ "way": "papers", "verdict": "rework", "lacking": "缺协议" }),
            _ => json!({ "way": "site", "verdict": "pass" }),
        },
        ActKind::CallBack => match dice.roll(4) {
            1 => json!({ "reached": false }),
            2 => json!({ "reached": true, "solved": "no", "satisfaction": "1", "timely": false, "still_open": "钱还没退" }),
            _ => json!({ "reached": true, "solved": "yes", "satisfaction": "5", "timely": true }),
        },
        ActKind::Object | ActKind::Reopen => json!({ "reason": "钱还没有退" }),
        ActKind::Close => json!({ "result": "partly_met" }),
        ActKind::FinishTask => {
            let mine = matter.open_tasks().find(|task| task.unit == seat.unit && task.account.as_ref().is_none_or(|own| own == actor.account()));
            json!({ "task": mine.map_or("tsk_none", |task| task.id.as_str()), "done": "已到场配合" })
        }
        ActKind::LiftTask => {
            let given = matter.open_tasks().find(|task| task.given_by == seat.unit);
            json!({ "task": given.map_or("tsk_none", |task| task.id.as_str()), "reason": "不再需要" })
        }
    }
}

fn asking(matter: &Matter) -> &str {
    matter.open_askings().next().map_or("ask_none", |asking| asking.id.as_str())
}

/// Somebody of the lead unit who works on matters.
fn staff(house: &House, matter: &Matter, dice: &mut Dice) -> String {
    let lead = matter.lead.clone().unwrap_or_else(|| matter.home.clone());
    let now = house.now();
    let works = |post: PostKind| {
        matches!(
            post,
            PostKind::UnitOfficer
                | PostKind::UnitHead
                | PostKind::StationChief
                | PostKind::DeskClerk
                | PostKind::GridWorker
                | PostKind::Mediator
                | PostKind::CommandOfficer
        )
    };
    let staff: Vec<String> = house
        .read(move |tx| Ok(store::accounts::holders(tx, now)?))
        .into_iter()
        .filter(|(_, unit, post)| *unit == lead && works(*post))
        .map(|(account, _, _)| account.0)
        .collect();
    dice.pick(&staff).clone()
}

fn dispatch(seat: &Seat, matter: &Matter, dice: &mut Dice) -> Value {
    let (category, level) = (*dice.pick(CATEGORIES), *dice.pick(&["ordinary", "simple", "complex", "hard", "instant"]));
    if category == "X-05" || matter.care == Care::Confidential {
        return json!({ "lead": if seat.unit.0 == COMMAND { POLICE } else { seat.unit.as_str() }, "category": category, "level": level });
    }
    if seat.unit.0 != COMMAND {
        return json!({ "lead": seat.unit.as_str(), "category": category, "level": level });
    }
    let lead = *dice.pick(&[matter.home.as_str(), POLICE, JUSTICE, COMMAND, OTHER]);
    let plain = json!({ "lead": lead, "category": category, "level": level });
    match dice.roll(3) {
        1 => with(plain, json!({ "assists": [MARKET], "assist_what": "配合查看", "copies": [HOUSING] })),
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

fn send_back(matter: &Matter, dice: &mut Dice) -> Value {
    let left: Vec<ReturnReason> = ReturnReason::ALL.iter().copied().filter(|reason| matter.returns.iter().all(|hop| hop.reason != *reason)).collect();
    let reason = if left.is_empty() { ReturnReason::NotOurDuty } else { *dice.pick(&left) };
    let (datum, value) = match reason {
        ReturnReason::NotOurDuty | ReturnReason::NotOurPlace | ReturnReason::NeedsUpper => ("proposal", HOME),
        ReturnReason::Unclear => ("lacking", "缺地址"),
        ReturnReason::Duplicate => ("same_as", "综〔2026〕330109014218-000001"),
        ReturnReason::LawfulProcedure => ("route", "劳动仲裁"),
    };
    json!({ "reason": reason.code(), "words": "请另行安排", datum: value })
}

/// The person of the demonstration who sits at a unit's post.
pub(crate) fn login_at(unit: &str, post: PostKind) -> &'static str {
    match (unit, post) {
        (HOME, PostKind::DeskClerk) => "shengzhong-desk",
        (HOME, _) => "shengzhong-chief",
        (OTHER, PostKind::DeskClerk) => "yingzhong-desk",
        (OTHER, _) => "yingzhong-chief",
        (POLICE, _) => "police-head",
        (JUSTICE, _) => "justice-head",
        (MARKET, _) => "market-head",
        (_, PostKind::Checker) => "checker-1",
        (_, PostKind::CallbackClerk) => "callback-1",
        (_, PostKind::CommandHead) => "command-head",
        _ => "command-1",
    }
}

/// Drives an open matter to its closing by lawful acts of the right people.
pub(crate) fn drive(house: &House, id: &domain::kernel::MatterId) -> Matter {
    for _ in 0..40 {
        let matter = house.matter(id);
        let owner = |post| login_at(matter.owner_unit.as_ref().unwrap().as_str(), post);
        let lead = || login_at(matter.lead.as_ref().unwrap().as_str(), PostKind::UnitHead);
        let hazard = matches!(matter.category.as_deref(), Some("F-03" | "A-01"));
        let lacking = ["before", "after"].into_iter().find(|purpose| hazard && matter.files.iter().all(|file| file.purpose.code() != *purpose));
        let (login, act, data) = match matter.state {
            State::Registered | State::Returned if matter.care == Care::Confidential => (
                "command-head",
                if matter.state == State::Registered { ActKind::Dispatch } else { ActKind::Arbitrate },
                if matter.state == State::Registered {
                    json!({ "lead": POLICE, "category": "X-05", "level": "ordinary" })
                } else {
                    json!({ "lead": POLICE, "words": "交有权机关" })
                },
            ),
            State::Registered => ("command-1", ActKind::Dispatch, json!({ "lead": POLICE, "category": "S-04", "level": "ordinary" })),
            State::Offered => (owner(matter.owner_post.unwrap()), ActKind::Accept, json!({})),
            State::Returned => ("command-1", ActKind::Arbitrate, json!({ "lead": matter.home.as_str(), "words": "属地兜底" })),
            State::Working if matter.open_tasks().any(|task| task.kind == TaskKind::Assist) => {
                let task = matter.open_tasks().find(|task| task.kind == TaskKind::Assist).unwrap();
                (login_at(task.unit.as_str(), PostKind::UnitHead), ActKind::FinishTask, json!({ "task": task.id.as_str(), "done": "已配合" }))
            }
            State::Working if lacking.is_some() => {
                (lead(), ActKind::Record, json!({ "done": "查看", "files": [house.picture(lead()).as_str()], "purpose": lacking.unwrap() }))
            }
            State::Working if matter.records == 0 => (lead(), ActKind::Record, json!({ "done": "到场处理" })),
            State::Working => (lead(), ActKind::FeedBack, json!({ "result": "met", "outcome": "已处理", "told_how": "call", "told_at": house.now().0 })),
            State::FedBack => ("checker-1", ActKind::Check, json!({ "way": "site", "verdict": "pass" })),
            State::Callback if matter.owner_post == Some(PostKind::CallbackClerk) => {
                ("callback-1", ActKind::CallBack, json!({ "reached": true, "solved": "yes", "satisfaction": "5", "timely": true }))
            }
            State::Callback => (owner(matter.owner_post.unwrap()), ActKind::Close, json!({ "result": "met" })),
            _ => return matter,
        };
        house.act(login, id, act, data);
        house.pass(60_000);
    }
    panic!("{id} goes round in circles");
}
