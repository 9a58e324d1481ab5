//! Forms: each act in each state where it is lawful, with all it asks for, and without each datum in turn.

use crate::desk::{COMMAND, FILES, HOME, HOUSE, JUSTICE, Life, MARKET, MORNING, POLICE, call, raw, with};
use crate::good::{Dice, life_in, somebody};
use domain::kernel::Refusal;
use domain::matters::{ActKind, Care, Form, LISTS, Need, Raw, RawForm, State, codes, data};
use serde_json::{Value, json};

/// Forms of an act that are whole, so that every datum that is ever needed is needed in one of them. `base` is good data for the matter in hand.
fn whole(act: ActKind, base: Value) -> Vec<Value> {
    let photo = || json!({ "files": [FILES[0]], "purpose": "before" });
    let more: Vec<Value> = match act {
        ActKind::Register => vec![
            json!({}),
            json!({ "contact_name": "王先生", "title": "押金", "category": "0602", "level": "ordinary", "channel": "窗口", "place": "330109014218001" }),
        ],
        ActKind::Ask => {
            return vec![
                json!({ "what": "void", "reason": "重复录入" }),
                json!({ "what": "decline", "decline_reason": "D4", "route": "原事项在办", "told_how": "call", "same_as": "SZ1" }),
                json!({ "what": "decline", "decline_reason": "D6", "route": "已移送", "told_how": "paper", "handed_over": "移送单" }),
            ];
        }
        ActKind::Decline => {
            let common = json!({ "route": "请到窗口", "told_how": "call" });
            return [("D1", json!({})), ("D4", json!({ "same_as": "SZ1" })), ("D6", json!({ "handed_over": "移送单" }))]
                .into_iter()
                .map(|(reason, more)| with(with(common.clone(), json!({ "reason": reason })), more))
                .collect();
        }
        ActKind::Dispatch => vec![json!({}), json!({ "assists": [HOME], "assist_what": "配合", "lead": POLICE, "copies": [MARKET], "requirement": "尽快" })],
        ActKind::Amend => {
            let fields = [
                ("category", json!("S-04")),
                ("place", json!("330109014218002")),
                ("spot", json!("3 组")),
                ("level", json!("complex")),
                ("urgency", json!("extreme")),
                ("title", json!("押金")),
                ("parties", json!("双方")),
            ];
            let accused = json!({ "field": "accused", "accused": MARKET, "reason": "有误" });
            let flag = json!({ "field": "flag", "flag": "joint", "on": false, "reason": "有误" });
            return fields.into_iter().map(|(field, value)| json!({ "field": field, field: value, "reason": "有误" })).chain([accused, flag]).collect();
        }
        ActKind::SendBack => {
            let reasons = [
                ("R1", "proposal", JUSTICE),
                ("R2", "proposal", HOME),
                ("R3", "lacking", "地址"),
                ("R4", "same_as", "SZ1"),
                ("R5", "route", "仲裁"),
                ("R6", "proposal", COMMAND),
            ];
            return reasons.into_iter().map(|(reason, datum, value)| json!({ "reason": reason, "words": "请另派", datum: value })).collect();
        }
        ActKind::Record | ActKind::FinishTask => vec![json!({}), photo()],
        ActKind::FeedBack => {
            let told = base["told_at"].clone();
            let untold = json!({ "result": "not_found", "outcome": "未发现", "told_how": "not_told", "untold_reason": "空号" });
            let with_told = |how: &str| json!({ "result": "met", "outcome": "已办", "told_how": how, "told_at": told });
            return ["in_person", "call", "message", "paper"].map(with_told).into_iter().chain([untold, with(with_told("call"), photo())]).collect();
        }
        ActKind::Check => vec![json!({}), json!({ "verdict": "rework", "lacking": "缺协议" })],
        ActKind::CallBack => {
            let answer = json!({ "reached": true, "satisfaction": "3", "timely": false });
            return vec![
                json!({ "reached": false }),
                with(answer.clone(), json!({ "solved": "yes" })),
                with(answer.clone(), json!({ "solved": "partly", "still_open": "尾款" })),
                with(answer, json!({ "solved": "no", "still_open": "全部" })),
            ];
        }
        _ => vec![json!({})],
    };
    more.into_iter().map(|more| with(base.clone(), more)).collect()
}

/// What the form says is needed, read independently of the parser.
fn needed(act: ActKind, form: &RawForm) -> Vec<&'static str> {
    let holds = |name: &str, codes: &[&str]| match form.get(name) {
        Some(Raw::Text(code)) => codes.contains(&code.as_str()),
        Some(Raw::Flag(on)) => codes.contains(&on.to_string().as_str()),
        _ => false,
    };
    data(act)
        .iter()
        .filter(|datum| match datum.need {
            Need::Always => true,
            Need::Never => false,
            Need::When(other, codes) => holds(other, codes),
            Need::With(other) => form.contains_key(other),
            Need::Without(other) => !form.contains_key(other),
        })
        .map(|datum| datum.name)
        .collect()
}

/// Exactly this datum is named.
fn names(refusal: Refusal, datum: &str, why: &str) {
    match refusal {
        Refusal::Data(missing) => {
            assert_eq!(missing.iter().map(|m| (m.datum.as_str(), m.why)).collect::<Vec<_>>(), [(datum, why)]);
        }
        other => panic!("{datum} should be named, not: {other}"),
    }
}

/// A life in `state`, with what stands in the way of `act` out of the way.
fn life_ready_for(act: ActKind, state: State) -> Life {
    let mut life = life_in(state);
    match act {
        ActKind::Archive => {
            let task = life.open_task().id.0.clone();
            life.wait_days(31).act("callback-1", ActKind::FinishTask, json!({ "task": task, "done": "满意" }));
        }
        ActKind::FeedBack => {
            let task = life.open_task().id.0.clone();
            life.act("market-officer", ActKind::FinishTask, json!({ "task": task, "done": "已配合" }));
        }
        ActKind::NamePerson | ActKind::UnnamePerson => {
            life.matter.care = Care::Protected;
            life.matter.named.insert("acc_archivist".into());
        }
        ActKind::Ask | ActKind::Decline | ActKind::Void => {
            let asking = life.matter.askings[0].id.0.clone();
            life.act("shengzhong-chief", ActKind::Refuse, json!({ "asking": asking, "reason": "应当受理" }));
        }
        _ => {}
    }
    life
}

#[test]
fn each_act_in_each_state_takes_its_form_and_names_what_is_left_out() {
    let mut tried = 0;
    for act in ActKind::ALL.iter().filter(|act| act.by_form() && **act != ActKind::Register) {
        for state in act.from() {
            let life = life_ready_for(*act, *state);
            let Some((login, base)) = somebody(&life, *act, &mut Dice(0)) else {
                // An asking is only made of a registered matter so far; in later states there is nothing to decide.
                assert!(matches!(act, ActKind::Approve | ActKind::Refuse) && *state != State::Registered, "nobody can {act} in {state}");
                continue;
            };
            let actor = HOUSE.actor(login);
            for form in whole(*act, base).iter().map(raw) {
                if let Err(refusal) = life.tried(actor, *act, form.clone()) {
                    panic!("{login} cannot {act} in {state} with {form:?}: {refusal}");
                }
                for datum in needed(*act, &form) {
                    let mut less = form.clone();
                    less.remove(datum);
                    names(life.tried(actor, *act, less).unwrap_err(), datum, "missing");
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 200, "{tried}");
}

#[test]
fn every_datum_that_can_be_needed_is_left_out_somewhere() {
    for act in ActKind::ALL {
        let base = match act {
            ActKind::Register => call(),
            _ => json!({ "told_at": 1, "way": "site", "verdict": "pass", "lead": HOME, "category": "0602", "level": "simple", "done": "x", "task": "tsk_1" }),
        };
        let forms: Vec<RawForm> = whole(*act, base).iter().map(raw).collect();
        for datum in data(*act).iter().filter(|datum| matches!(datum.need, Need::When(..) | Need::With(_) | Need::Without(_))) {
            assert!(forms.iter().any(|form| needed(*act, form).contains(&datum.name)), "{act}.{} is never needed in a trial", datum.name);
        }
    }
}

#[test]
fn a_registration_names_what_is_left_out() {
    for form in whole(ActKind::Register, call()) {
        for datum in needed(ActKind::Register, &raw(&form)) {
            let mut less = form.clone();
            less.as_object_mut().unwrap().remove(datum);
            names(Life::register("shengzhong-desk", MORNING, &less, None, false).unwrap_err(), datum, "missing");
        }
    }
    let anonymous = with(call(), json!({ "anonymous_reason": "怕邻居知道" }));
    let mut without_phone = anonymous.clone();
    without_phone.as_object_mut().unwrap().remove("contact_phone");
    assert!(Life::register("shengzhong-desk", MORNING, &without_phone, None, false).is_ok(), "who says why may stay nameless");
    assert!(Life::register("shengzhong-desk", MORNING, &anonymous, None, false).is_ok());
    for (datum, value, why) in [
        ("place", json!("330109014999"), "not_found"),
        ("category", json!("D"), "unknown"),
        ("category", json!("Z-99"), "unknown"),
        ("files", json!(["fil_x"]), "not_found"),
    ] {
        names(Life::register("shengzhong-desk", MORNING, &with(call(), json!({ datum: value })), None, false).unwrap_err(), datum, why);
    }
}

#[test]
fn every_wrong_value_is_named_with_its_reason() {
    let check = |act, form: Value| Form::check(act, raw(&form)).unwrap_err();
    names(check(ActKind::Register, with(call(), json!({ "source": "smoke" }))), "source", "unknown");
    names(check(ActKind::Register, with(call(), json!({ "spot": "长".repeat(201) }))), "spot", "too_long");
    names(check(ActKind::Register, with(call(), json!({ "said": "长".repeat(20_001) }))), "said", "too_long");
    names(check(ActKind::Register, with(call(), json!({ "colour": "red" }))), "colour", "not_asked");
    names(check(ActKind::Register, with(call(), json!({ "received_at": "yesterday" }))), "received_at", "bad");
    names(check(ActKind::Register, with(call(), json!({ "received_at": -1 }))), "received_at", "bad");
    names(check(ActKind::Register, with(call(), json!({ "said": "  \u{3000}\n" }))), "said", "missing");
    names(check(ActKind::CallBack, json!({ "reached": "yes" })), "reached", "bad");
    let many: Vec<String> = (0..51).map(|n| format!("fil_{n}")).collect();
    names(check(ActKind::Record, json!({ "done": "x", "files": many, "purpose": "site" })), "files", "too_long");
    names(check(ActKind::Ask, json!({ "what": "extension" })), "what", "unknown");
    names(check(ActKind::Contact, json!({ "at": 1, "how": "not_told", "reached": true })), "how", "unknown");
}

#[test]
fn all_faults_of_a_form_are_named_at_once() {
    let form = json!({ "source": "smoke", "spot": "", "colour": "red", "urgency": "normal" });
    let Err(Refusal::Data(missing)) = Form::check(ActKind::Register, raw(&form)) else { panic!("it should be refused") };
    let mut named: Vec<String> = missing.iter().map(|m| format!("{} {}", m.datum, m.why)).collect();
    named.sort();
    assert_eq!(named, ["colour not_asked", "contact_phone missing", "said missing", "source unknown", "spot missing"]);
}

#[test]
fn texts_are_kept_as_people_read_them() {
    let form = Form::check(ActKind::Note, raw(&json!({ "words": " e\u{301}t\u{0}e\u{301}\n 二行 " }))).unwrap();
    assert_eq!(form.text("words"), Some("\u{e9}t\u{e9}\n 二行"));
    let units = Form::check(ActKind::Dispatch, raw(&json!({ "lead": HOME, "category": "0602", "level": "simple", "copies": [MARKET, " ", MARKET] }))).unwrap();
    assert_eq!(units.units("copies"), [MARKET.into()], "once each");
}

#[test]
fn every_list_that_a_form_names_has_codes() {
    use domain::matters::DatumKind;
    for act in ActKind::ALL {
        for datum in data(*act) {
            if let DatumKind::Code(list) = datum.kind {
                assert!(LISTS.contains(&list) && !codes(list).is_empty(), "{act}.{}: {list}", datum.name);
            }
            if let Need::When(other, needed) = datum.need {
                let condition = data(*act).iter().find(|row| row.name == other).unwrap();
                match condition.kind {
                    DatumKind::Code(list) => assert!(needed.iter().all(|code| codes(list).iter().any(|(known, _, _)| known == code)), "{act}.{}", datum.name),
                    kind => assert_eq!(kind, DatumKind::Flag),
                }
            }
            if let Need::With(other) | Need::Without(other) = datum.need {
                assert!(data(*act).iter().any(|row| row.name == other), "{act}.{}", datum.name);
            }
        }
    }
    assert_eq!(codes("nothing"), []);
}

#[test]
fn nobody_does_the_acts_of_the_system_by_hand() {
    for (state, act) in [(State::Offered, ActKind::AutoAccept), (State::Working, ActKind::Escalate)] {
        let life = life_in(state);
        for (_, actor) in HOUSE.everybody() {
            assert_eq!(life.tried(actor, act, RawForm::new()).unwrap_err().code(), "not_yours");
        }
    }
}
