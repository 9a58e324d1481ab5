//! Acts: each asks for exactly its data, and says which datum it lacks.

use crate::life::{HOUSING, JUSTICE, MARKET, Matter, POLICE, call, with};
use crate::support::{Answer, House, on_a_file};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A good form: the act, the stage from which it is lawful, who does it, its data. `$…` stands for what only the house knows.
fn forms() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    let mut forms = vec![
        (
            "register",
            "",
            "shengzhong-desk",
            with(
                call(),
                json!({ "place": "330109014218001", "title": "押金", "category": "0602", "level": "simple", "channel": "窗口", "received_at": "$now", "files": ["$picture"] }),
            ),
        ),
        (
            "register",
            "",
            "shengzhong-grid-1",
            json!({ "said": "路灯坏了", "spot": "村口", "source": "patrol", "urgency": "urgent", "anonymous_reason": "巡查发现" }),
        ),
        ("answer", "registered", "shengzhong-desk", json!({ "outcome": "已说明", "result": "explained", "told_how": "call", "category": "0602" })),
        ("ask", "registered", "shengzhong-desk", json!({ "what": "void", "reason": "重复" })),
        (
            "ask",
            "registered",
            "shengzhong-desk",
            json!({ "what": "decline", "decline_reason": "D4", "route": "原事项在办", "told_how": "call", "same_as": "综-1" }),
        ),
        (
            "ask",
            "registered",
            "command-1",
            json!({ "what": "decline", "decline_reason": "D6", "route": "已移送", "told_how": "paper", "handed_over": "移送单 3 号" }),
        ),
        ("decline", "registered", "shengzhong-desk", json!({ "reason": "D4", "route": "原事项在办", "told_how": "call", "same_as": "综-1" })),
        ("decline", "registered", "shengzhong-desk", json!({ "reason": "D6", "route": "已移送", "told_how": "paper", "handed_over": "移送单 3 号" })),
        ("void", "registered", "shengzhong-desk", json!({ "reason": "录错了" })),
        ("approve", "asked", "shengzhong-chief", json!({ "asking": "$asking", "words": "同意" })),
        ("refuse", "asked", "shengzhong-chief", json!({ "asking": "$asking", "reason": "应当受理" })),
        (
            "dispatch",
            "registered",
            "command-1",
            json!({ "lead": POLICE, "category": "0602", "level": "ordinary", "assists": [MARKET], "assist_what": "配合", "copies": [HOUSING], "requirement": "三日内" }),
        ),
        ("dispatch", "registered", "shengzhong-desk", json!({ "lead": "unt_330109014218", "category": "S-04", "level": "simple" })),
        ("accept", "offered", "police-head", json!({})),
        ("arbitrate", "returned", "command-1", json!({ "lead": JUSTICE, "words": "属地兜底" })),
        ("assign", "working", "police-head", json!({ "to": "$person", "words": "请办" })),
        ("contact", "working", "police-officer", json!({ "at": "$now", "how": "call", "reached": true, "words": "约了时间" })),
        ("record", "working", "police-officer", json!({ "done": "查看", "files": ["$picture"], "purpose": "site" })),
        ("note", "closed", "command-1", json!({ "words": "备注" })),
        (
            "feed_back",
            "recorded",
            "police-head",
            json!({ "result": "explained", "outcome": "已解释", "told_how": "call", "told_at": "$now", "files": ["$picture"], "purpose": "paper" }),
        ),
        ("feed_back", "recorded", "police-head", json!({ "result": "not_found", "outcome": "未发现", "told_how": "not_told", "untold_reason": "空号" })),
        ("check", "fed_back", "checker-1", json!({ "way": "papers", "verdict": "rework", "lacking": "缺协议", "words": "看过", "files": ["$picture"] })),
        ("check", "fed_back", "checker-1", json!({ "way": "site", "verdict": "pass" })),
        (
            "call_back",
            "callback",
            "callback-1",
            json!({ "reached": true, "solved": "partly", "satisfaction": "3", "timely": false, "still_open": "还差一半", "words": "再等等" }),
        ),
        ("call_back", "callback", "callback-1", json!({ "reached": false })),
        ("object", "called", "callback-1", json!({ "reason": "没有退钱" })),
        ("close", "called", "police-head", json!({ "result": "partly_met", "words": "办结" })),
        ("reopen", "closed", "shengzhong-chief", json!({ "reason": "又发生" })),
        ("name_person", "sensitive", "command-head", json!({ "person": "$nameable", "reason": "参与办理" })),
        ("unname_person", "named", "command-head", json!({ "named": "$named", "reason": "不再参与" })),
        ("urge", "offered", "command-1", json!({ "words": "请快" })),
        ("finish_task", "assisted", "market-head", json!({ "task": "$task", "done": "已配合", "files": ["$picture"], "purpose": "after" })),
        ("lift_task", "assisted", "command-1", json!({ "task": "$task", "reason": "不需要" })),
    ];
    for (field, data) in [
        ("category", json!({ "category": "0602" })),
        ("place", json!({ "place": "330109014218001" })),
        ("spot", json!({ "spot": "3 组 15 号" })),
        ("level", json!({ "level": "simple" })),
        ("urgency", json!({ "urgency": "urgent" })),
        ("title", json!({ "title": "押金纠纷" })),
        ("parties", json!({ "parties": "租客与房东" })),
        ("accused", json!({ "accused": MARKET })),
        ("flag", json!({ "flag": "repeat", "on": true })),
    ] {
        forms.push(("amend", "registered", "shengzhong-chief", with(json!({ "field": field, "reason": "原先有误" }), data)));
    }
    for (reason, more) in [
        ("R1", json!({ "proposal": JUSTICE })),
        ("R2", json!({ "proposal": JUSTICE })),
        ("R3", json!({ "lacking": "地址" })),
        ("R4", json!({ "same_as": "综-1" })),
        ("R5", json!({ "route": "劳动仲裁" })),
        ("R6", json!({ "proposal": JUSTICE })),
    ] {
        forms.push(("send_back", "offered", "police-head", with(json!({ "reason": reason, "words": "说明" }), more)));
    }
    // Last: it turns the clock of the house.
    forms.push(("archive", "closed", "archivist", json!({ "words": "归档" })));
    forms
}

/// Puts what only the house knows in the place of `$…`.
async fn filled(house: &House, who: &str, page: &Value, data: &Value) -> Value {
    let mut data = data.clone();
    for (name, value) in data.as_object_mut().unwrap() {
        *value = match value.as_str().unwrap_or_else(|| value[0].as_str().unwrap_or_default()) {
            "$now" => json!(house.desk.now().0),
            "$picture" => json!([house.picture(who).await]),
            "$asking" => page["askings"][0]["id"].clone(),
            "$task" => page["tasks"][0]["id"].clone(),
            "$nameable" => page["nameable"][0]["id"].clone(),
            "$named" => page["named"][0]["id"].clone(),
            "$person" => page["people"].as_array().unwrap().last().unwrap()["id"].clone(),
            other => {
                assert!(!other.starts_with('$'), "{name}: {other}");
                continue;
            }
        };
    }
    data
}

/// Whether a datum is needed in this form, as the catalogue says it to the screens.
fn needed(datum: &Value, form: &Value) -> bool {
    if datum["required"] == true {
        return true;
    }
    let at = |name: &Value| name.as_str().and_then(|name| form.get(name));
    let code = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if let Some(when) = datum["when"].as_object() {
        return at(&when["datum"]).is_some_and(|value| when["is"].as_array().unwrap().iter().any(|is| *is == code(value)));
    }
    at(&datum["with"]).is_some() || (datum["without"].is_string() && at(&datum["without"]).is_none())
}

async fn submit(house: &House, who: &str, matter: Option<&Matter>, act: &str, form: &Value) -> Answer {
    match matter {
        Some(matter) => house.try_act(who, matter, act, form).await,
        None => house.post(who, "/api/v1/reports", form).await,
    }
}

fn names(problem: &Value, datum: &str, why: &str) {
    let named = problem["errors"].as_array().is_some_and(|errors| errors.iter().any(|error| error["datum"] == datum && error["why"] == why));
    assert!(named, "{datum} is not said to be {why}: {problem}");
}

#[test]
fn each_act_names_each_datum_that_it_lacks() {
    on_a_file(async |house| {
        let catalog = house.get("command-1", "/api/v1/catalog").await.is(200);
        let acts = catalog["acts"].as_array().unwrap();
        let (mut tried, mut done) = (BTreeSet::new(), BTreeSet::new());
        for (act, stage, who, form) in forms() {
            let specs = acts.iter().find(|known| known["code"] == act).unwrap()["data"].as_array().unwrap();
            let matter = if stage.is_empty() { None } else { Some(house.bring_to(stage).await) };
            let page = match &matter {
                Some(matter) => house.page(who, matter).await,
                None => Value::Null,
            };
            let form = filled(house, who, &page, &form).await;
            let try_with = async |form: &Value, datum: &str, why: &str| {
                let problem = submit(house, who, matter.as_ref(), act, form).await.problem(422, "data_missing");
                names(&problem, datum, why);
            };
            for spec in specs {
                let name = spec["name"].as_str().unwrap();
                if needed(spec, &form) {
                    let mut less = form.clone();
                    assert!(less.as_object_mut().unwrap().remove(name).is_some(), "the form of {act} in this test lacks {name}");
                    try_with(&less, name, "missing").await;
                    let empty = if form[name].is_string() { json!("  ") } else { Value::Null };
                    try_with(&with(form.clone(), json!({ name: empty })), name, "missing").await;
                    tried.insert((act, name.to_owned()));
                }
                let (wrong, why) = match spec["kind"].as_str().unwrap() {
                    "code" => (json!("no-such-code"), "unknown"),
                    "text" => (json!("长".repeat(201)), "too_long"),
                    "long" => (json!("长".repeat(20_001)), "too_long"),
                    "units" | "files" => (json!((0..51).map(|n| format!("x{n}")).collect::<Vec<_>>()), "too_long"),
                    "instant" => (json!(-1), "bad"),
                    "flag" => (json!("true"), "bad"),
                    _ => (json!(5), "bad"),
                };
                try_with(&with(form.clone(), json!({ name: wrong })), name, why).await;
                for bad in [json!({ "a": 1 }), json!([1]), json!(1.5)] {
                    try_with(&with(form.clone(), json!({ name: bad })), name, "bad").await;
                }
            }
            try_with(&with(form.clone(), json!({ "surprise": "a" })), "surprise", "not_asked").await;
            if let Some(matter) = &matter {
                assert_eq!(house.page(who, matter).await["version"], matter.version, "a refused {act} has changed the matter");
            }
            if act == "archive" {
                submit(house, who, matter.as_ref(), act, &form).await.problem(422, "reopen_window_open");
                house.pass(40 * domain::kernel::DAY).await;
            }
            submit(house, who, matter.as_ref(), act, &form).await.is(if matter.is_some() { 200 } else { 201 });
            done.insert(act);
        }
        for act in acts.iter().filter(|act| act["system"] == false && act["code"] != "acknowledge") {
            let code = act["code"].as_str().unwrap();
            assert!(done.contains(code), "{code} was not done");
            for datum in act["data"].as_array().unwrap() {
                let asks = datum["required"] == true || ["when", "with", "without"].iter().any(|need| !datum[*need].is_null());
                let name = datum["name"].as_str().unwrap();
                assert!(!asks || tried.contains(&(code, name.to_owned())), "{code} was not tried without {name}");
            }
        }
    });
}

#[test]
fn several_data_are_named_at_once() {
    on_a_file(async |house| {
        let problem = house.post("shengzhong-desk", "/api/v1/reports", &json!({ "urgency": "very", "extra": 1 })).await.problem(422, "data_missing");
        for (datum, why) in
            [("said", "missing"), ("spot", "missing"), ("source", "missing"), ("urgency", "unknown"), ("contact_phone", "missing"), ("extra", "not_asked")]
        {
            names(&problem, datum, why);
        }
    });
}

#[test]
fn ids_that_are_not_there() {
    on_a_file(async |house| {
        let registered = house.bring_to("registered").await;
        let answer = house.try_act("command-1", &registered, "dispatch", &json!({ "lead": "unt_none", "category": "0602", "level": "simple" })).await;
        names(&answer.problem(422, "data_missing"), "lead", "not_found");
        let answer = house.try_act("command-1", &registered, "dispatch", &json!({ "lead": POLICE, "category": "D", "level": "simple" })).await;
        names(&answer.problem(422, "data_missing"), "category", "unknown");
        let working = house.bring_to("working").await;
        let record = json!({ "done": "a", "files": ["fil_none"], "purpose": "site" });
        names(&house.try_act("police-head", &working, "record", &record).await.problem(422, "data_missing"), "files", "not_found");
        // Somebody else's upload, which no matter shows yet, is not there for me.
        let theirs = house.picture("command-1").await;
        let record = json!({ "done": "a", "files": [theirs], "purpose": "site" });
        names(&house.try_act("police-head", &working, "record", &record).await.problem(422, "data_missing"), "files", "not_found");
        let asked = house.bring_to("asked").await;
        names(
            &house.try_act("shengzhong-chief", &asked, "approve", &json!({ "asking": "ask_none" })).await.problem(422, "data_missing"),
            "asking",
            "not_found",
        );
        let assisted = house.bring_to("assisted").await;
        names(
            &house.try_act("market-head", &assisted, "finish_task", &json!({ "task": "tsk_none", "done": "a" })).await.problem(422, "data_missing"),
            "task",
            "not_found",
        );
    });
}
