//! What the page offers is what can be done: for many states and people, every act is tried with good data, offered or not.

use crate::life::{HOME, JUSTICE, Matter, POLICE};
use crate::support::{House, on_a_file};
use serde_json::{Value, json};

const PEOPLE: &[&str] = &[
    "shengzhong-desk",
    "shengzhong-chief",
    "shengzhong-officer",
    "shengzhong-grid-1",
    "yingzhong-chief",
    "command-1",
    "command-head",
    "duty",
    "police-head",
    "police-officer",
    "market-officer",
    "justice-head",
    "checker-1",
    "callback-1",
    "archivist",
    "leader",
    "auditor",
    "nobody",
];

/// `register` and `ask` have places of their own on the screen; the rest stands on the page.
const ACTS: &[&str] = &[
    "answer",
    "decline",
    "void",
    "approve",
    "refuse",
    "dispatch",
    "amend",
    "accept",
    "send_back",
    "arbitrate",
    "assign",
    "contact",
    "record",
    "note",
    "feed_back",
    "check",
    "call_back",
    "object",
    "close",
    "reopen",
    "urge",
    "archive",
    "finish_task",
    "lift_task",
    "name_person",
    "unname_person",
];

/// Data with which anybody who may do the act could do it.
fn good(house: &House, page: &Value, who: &str, act: &str) -> Value {
    let now = house.desk.now().0;
    let open = |list: &str| page[list].as_array().unwrap().iter().find(|item| item["state"] == "open").map_or(json!("none"), |item| item["id"].clone());
    match act {
        "answer" => json!({ "outcome": "已说明", "result": "explained", "told_how": "call", "category": "0602" }),
        "decline" => json!({ "reason": "D5", "route": "民政窗口", "told_how": "call" }),
        "name_person" => json!({ "person": page["nameable"][0]["id"].as_str().unwrap_or("acc_none"), "reason": "参与办理" }),
        "unname_person" => json!({ "named": page["named"][0]["id"].as_str().unwrap_or("acc_none"), "reason": "不再参与" }),
        "void" | "object" | "reopen" => json!({ "reason": "因为" }),
        "approve" => json!({ "asking": open("askings") }),
        "refuse" => json!({ "asking": open("askings"), "reason": "应当受理" }),
        "dispatch" => json!({ "lead": if who.starts_with("shengzhong") { HOME } else { POLICE }, "category": "0602", "level": "ordinary" }),
        "amend" => json!({ "field": "title", "title": "押金", "reason": "更清楚" }),
        "send_back" => json!({ "reason": "R3", "words": "不清楚", "lacking": "地址" }),
        "arbitrate" => json!({ "lead": JUSTICE, "words": "属地" }),
        "assign" => json!({ "to": page["people"][0]["id"].as_str().unwrap_or("acc_none") }),
        "contact" => json!({ "at": now, "how": "call", "reached": true }),
        "record" => json!({ "done": "查看" }),
        "note" | "urge" => json!({ "words": "请快" }),
        "feed_back" => json!({ "result": "explained", "outcome": "已解释", "told_how": "call", "told_at": now }),
        "check" => json!({ "way": "site", "verdict": "pass" }),
        "call_back" => json!({ "reached": true, "solved": "yes", "satisfaction": "5", "timely": true }),
        "close" => json!({ "result": "partly_met" }),
        "finish_task" => json!({ "task": open("tasks"), "done": "已配合" }),
        "lift_task" => json!({ "task": open("tasks"), "reason": "不需要" }),
        _ => json!({}),
    }
}

#[test]
fn the_page_offers_exactly_what_can_be_done() {
    on_a_file(async |house| {
        let mut offered_of_all = 0;
        for stage in ["registered", "asked", "declined", "offered", "working", "assisted", "recorded", "returned", "fed_back", "callback", "called", "closed"] {
            let mut matter = house.bring_to(stage).await;
            for who in PEOPLE {
                let answer = house.get(who, &format!("/api/v1/matters/{}", matter.id)).await;
                if answer.status == 404 {
                    for act in ["note", "accept", "record", "reopen"] {
                        house.try_act(who, &matter, act, &good(house, &json!({ "askings": [], "tasks": [] }), who, act)).await.problem(404, "not_found");
                    }
                    continue;
                }
                let mut page = answer.is(200);
                let named = |page: &Value, list: &str, act: &str| page[list].as_array().unwrap().iter().find(|row| row["act"] == act).cloned();
                for act in ACTS {
                    let data = good(house, &page, who, act);
                    let answer = house.try_act(who, &matter, act, &data).await;
                    let at = format!("{act} by {who} in {stage}: {}", answer.text());
                    if named(&page, "offered", act).is_some() {
                        offered_of_all += 1;
                        assert_eq!(answer.status, 200, "offered, but refused: {at}");
                        // It has moved on; the next act is tried on one that stands where this one stood.
                        matter = house.bring_to(stage).await;
                        page = house.page(who, &matter).await;
                    } else if let Some(barred) = named(&page, "barred", act) {
                        assert_eq!((answer.status, &answer.json()["title"]), (422, &barred["why"]), "barred for one reason, refused for another: {at}");
                    } else {
                        assert!(matches!(answer.status, 403 | 409 | 422), "not offered, but done: {at}");
                    }
                }
            }
        }
        assert!(offered_of_all > 150, "only {offered_of_all} offers were tried");
    });
}

#[test]
fn the_page_tells_the_story() {
    on_a_file(async |house| {
        let matter: Matter = house.bring_to("closed").await;
        let page = house.page("shengzhong-desk", &matter).await;
        let acts: Vec<&str> = page["trail"].as_array().unwrap().iter().rev().map(|entry| entry["act"].as_str().unwrap()).collect();
        assert_eq!(acts, ["register", "dispatch", "accept", "record", "feed_back", "check", "call_back", "close"]);
        assert_eq!((&page["state"], &page["owner"], &page["governing"]), (&json!("closed"), &Value::Null, &Value::Null));
        assert!(page["closed_at"].is_i64() && page["result"] == "explained");
        let clocks = page["clocks"].as_array().unwrap();
        assert!(clocks.iter().all(|clock| clock["stopped_at"].is_i64() && !clock["why"].as_array().unwrap().is_empty()), "{clocks:?}");
        let list = house.get("shengzhong-desk", "/api/v1/matters").await.is(200);
        assert_eq!((&list["rows"][0]["id"], &list["rows"][0]["state"]), (&json!(matter.id), &json!("closed")));
    });
}
