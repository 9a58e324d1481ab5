//! The rota over HTTP: a month made, a swap, a hand-over, a calendar, a sheet; and in the end the trail verifies.

use crate::life::call;
use crate::support::{House, bare, multipart, on_a_file, on_both};
use axum::body::Body;
use axum::http::header;
use domain::kernel::{HOUR, Instant, MINUTE};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const UNIT: &str = "unt_330109014218";
const CHIEF: &str = "shengzhong-chief";
const DESKS: [&str; 4] = ["shengzhong-desk", "shengzhong-desk-2", "shengzhong-desk-3", "shengzhong-desk-4"];

/// Account ids of the four at the desk, with their log-ins.
async fn people(house: &House) -> BTreeMap<String, &'static str> {
    let mut found = BTreeMap::new();
    for login in DESKS {
        let me = house.get(login, "/api/v1/session").await.is(200);
        found.insert(me["account"]["id"].as_str().unwrap().to_owned(), login);
    }
    found
}

fn lay(people: &BTreeMap<String, &'static str>) -> Value {
    let ids: Vec<&String> = people.keys().collect();
    json!({ "unit": UNIT, "duty": "desk", "pattern": "three_shifts", "from_day": "2026-11-25", "to_day": "2026-12-31", "people": ids })
}

/// A published rota of the desk from tomorrow on.
async fn published(house: &House) -> BTreeMap<String, &'static str> {
    let people = people(house).await;
    let made = house.post(CHIEF, "/api/v1/rota/drafts", &lay(&people)).await.is(201);
    house.post(CHIEF, &format!("/api/v1/rota/drafts/{}/publish", made["id"].as_str().unwrap()), &json!({})).await.is(204);
    people
}

async fn shifts(house: &House, month: &str) -> Vec<Value> {
    let month = house.get(CHIEF, &format!("/api/v1/rota/month?unit={UNIT}&duty=desk&month={month}")).await.is(200);
    assert_eq!(month["conflicts"], json!([]), "{}", month["conflicts"]);
    month["shifts"].as_array().unwrap().clone()
}

/// Moves the clock to this instant.
async fn until(house: &House, at: &str) {
    house.pass(Instant::read(at).unwrap().since(house.desk.now())).await;
}

/// What somebody was told about duty, by its code.
async fn told(house: &House, login: &str) -> Vec<String> {
    let told = house.get(login, "/api/v1/notices").await.is(200);
    let mut codes: Vec<String> = told["duty"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap().to_owned()).collect();
    codes.sort();
    codes
}

async fn desk_now(house: &House) -> Value {
    let seen = house.get(CHIEF, "/api/v1/rota").await.is(200);
    seen["units"][0]["duties"].as_array().unwrap().iter().find(|duty| duty["duty"] == "desk").unwrap().clone()
}

fn verified(house: &House) {
    let keys = house.desk.keys().clone();
    let report = house.desk.store().read_now(move |tx| app::trail::verify(tx, Some(&keys), &[])).unwrap();
    assert_eq!(report.findings, []);
}

#[test]
fn a_month_is_looked_at_kept_published_and_then_says_who_is_on_duty() {
    on_both(async |house| {
        let people = people(house).await;
        let plan = house.post(CHIEF, "/api/v1/rota/preview", &lay(&people)).await.is(200);
        assert_eq!((&plan["gaps"], &plan["conflicts"], plan["slots"].as_array().unwrap().len()), (&json!(0), &json!([]), 37 * 3));
        house.post("shengzhong-desk", "/api/v1/rota/drafts", &lay(&people)).await.problem(403, "not_yours");
        house.post("xinhe-chief", "/api/v1/rota/drafts", &lay(&people)).await.problem(404, "not_found");
        assert_eq!(desk_now(house).await["cover"], "post");
        let made = house.post(CHIEF, "/api/v1/rota/drafts", &lay(&people)).await.is(201);
        let again = house.post(CHIEF, "/api/v1/rota/drafts", &lay(&people)).await.is(201);
        let publish = |id: &Value| format!("/api/v1/rota/drafts/{}/publish", id["id"].as_str().unwrap());
        house.post(CHIEF, &publish(&made), &json!({})).await.problem(404, "not_found");
        house.post(CHIEF, &publish(&again), &json!({})).await.is(204);
        house.post(CHIEF, "/api/v1/rota/drafts", &lay(&people)).await.problem(422, "rota_published");
        assert_eq!(desk_now(house).await["cover"], "post", "it begins tomorrow");
        until(house, "2026-11-25 01:00").await;
        let now = desk_now(house).await;
        assert_eq!((&now["cover"], now["people"].as_array().unwrap().len(), &now["laid_until"]), (&json!("by"), 1, &json!("2026-12-31")));
        let board = house.get("command-1", "/api/v1/board").await.is(200);
        let station = board["stations"].as_array().unwrap().iter().find(|station| station["unit"]["id"] == UNIT).unwrap();
        assert_eq!((&station["on_duty"][0]["name"], &station["dark"]), (&now["people"][0]["name"], &json!(false)));
        verified(house);
    });
}

#[test]
fn a_gap_is_red_and_seen_before_it_comes() {
    on_a_file(async |house| {
        let people = published(house).await;
        let first = shifts(house, "2026-11").await.into_iter().find(|shift| shift["kind"] == "night").unwrap();
        let path = format!("/api/v1/rota/shifts/{}/assign", first["id"].as_str().unwrap());
        house.post(CHIEF, &path, &json!({ "account": null })).await.problem(422, "data_missing");
        house.post(CHIEF, &path, &json!({ "account": null, "reason": "摔伤住院" })).await.is(204);
        let seen = house.get(CHIEF, "/api/v1/rota").await.is(200);
        assert_eq!((&seen["gaps"][0]["shift"], seen["gaps"].as_array().unwrap().len()), (&first["id"], 1));
        until(house, "2026-11-25 01:00").await;
        assert_eq!(desk_now(house).await["cover"], "gap");
        let board = house.get("command-1", "/api/v1/board").await.is(200);
        assert!(board["stations"].as_array().unwrap().iter().any(|station| station["unit"]["id"] == UNIT && station["dark"] == true));
        // What a change would break is told before: the one who comes at eight would have no rest.
        let early = shifts(house, "2026-11").await.into_iter().find(|shift| shift["kind"] == "early").unwrap();
        let consider = format!("/api/v1/rota/shifts/{}/consider?account={}", first["id"].as_str().unwrap(), early["account"]["id"].as_str().unwrap());
        assert_eq!(house.get(CHIEF, &consider).await.is(200)["conflicts"][0]["kind"], "rest");
        let free = people.keys().find(|id| **id != early["account"]["id"]).unwrap();
        house.post(CHIEF, &path, &json!({ "account": free, "reason": "顶上" })).await.is(204);
        assert!(told(house, people[free]).await.contains(&"given".to_owned()));
        assert!(told(house, people[first["account"]["id"].as_str().unwrap()]).await.contains(&"taken".to_owned()));
        assert_eq!(desk_now(house).await["cover"], "by");
        verified(house);
    });
}

#[test]
fn one_asks_the_other_agrees_the_chief_decides() {
    on_both(async |house| {
        let people = published(house).await;
        let all = shifts(house, "2026-12").await;
        let who = |shift: &Value| people[shift["account"]["id"].as_str().unwrap()];
        let own = &all[3];
        let other = all.iter().skip(6).find(|shift| who(shift) != who(own)).unwrap();
        let ask = json!({ "what": "swap", "shift": own["id"], "other_shift": other["id"], "reason": "复诊" });
        house.post(who(other), "/api/v1/rota/askings", &ask).await.problem(422, "shift_not_yours");
        let id = house.post(who(own), "/api/v1/rota/askings", &ask).await.is(201)["id"].as_str().unwrap().to_owned();
        house.post(who(own), "/api/v1/rota/askings", &ask).await.problem(422, "shift_asking_open");
        let path = |answer: &str| format!("/api/v1/rota/askings/{id}/{answer}");
        house.post(CHIEF, &path("approve"), &json!({})).await.problem(422, "shift_asking_waits");
        house.post(who(own), &path("agree"), &json!({})).await.problem(422, "not_asked_of_you");
        let inbox = house.get(who(other), "/api/v1/rota/askings").await.is(200);
        assert_eq!(
            (&inbox["rows"][0]["id"], &inbox["rows"][0]["may"], &inbox["rows"][0]["reason"]),
            (&json!(id), &json!(["agree", "decline"]), &json!("复诊"))
        );
        house.post(who(other), &path("agree"), &json!({})).await.is(204);
        house.post(who(own), &path("approve"), &json!({})).await.problem(422, "not_your_decision");
        house.post("xinhe-chief", &path("approve"), &json!({})).await.problem(404, "not_found");
        house.post(CHIEF, &path("approve"), &json!({})).await.is(204);
        house.post(CHIEF, &path("refuse"), &json!({})).await.problem(422, "shift_asking_over");
        let month = house.get(CHIEF, &format!("/api/v1/rota/month?unit={UNIT}&duty=desk&month=2026-12")).await.is(200);
        let now = |id: &Value| month["shifts"].as_array().unwrap().iter().find(|shift| shift["id"] == *id).unwrap()["account"]["id"].clone();
        assert_eq!((now(&own["id"]), now(&other["id"])), (other["account"]["id"].clone(), own["account"]["id"].clone()));
        // Everybody concerned has been told, and nobody else; reading it is said once.
        assert_eq!(told(house, who(own)).await, ["answered", "published"]);
        assert_eq!(told(house, who(other)).await, ["answered", "asked_of_you", "published"]);
        assert_eq!(told(house, CHIEF).await, ["to_decide"]);
        assert_eq!(told(house, "xinhe-chief").await, [""; 0]);
        let list = house.get(CHIEF, "/api/v1/notices").await.is(200);
        let heard = format!("/api/v1/notices/duty/{}/heard", list["duty"][0]["id"].as_str().unwrap());
        assert_eq!(list["unread"], 1);
        house.post("xinhe-chief", &heard, &json!({})).await.problem(404, "not_found");
        house.post(CHIEF, &heard, &json!({})).await.is(204);
        house.post(CHIEF, &heard, &json!({})).await.is(204);
        assert_eq!(house.get(CHIEF, "/api/v1/notices").await.is(200)["unread"], 0);
        // An absence without a stand-in leaves a gap that the chief has seen.
        let third = all.iter().skip(12).find(|shift| who(shift) == who(own)).unwrap();
        let away = json!({ "what": "absence", "shift": third["id"], "reason": "年休" });
        let id = house.post(who(own), "/api/v1/rota/askings", &away).await.is(201)["id"].as_str().unwrap().to_owned();
        house.post(CHIEF, &format!("/api/v1/rota/askings/{id}/approve"), &json!({})).await.is(204);
        let month = house.get(CHIEF, &format!("/api/v1/rota/month?unit={UNIT}&duty=desk&month=2026-12")).await.is(200);
        let third = month["shifts"].as_array().unwrap().iter().find(|shift| shift["id"] == third["id"]).unwrap();
        assert_eq!((&third["absent"], &third["open"]), (&json!(true), &json!(true)));
        verified(house);
    });
}

#[test]
fn a_night_is_handed_over_signed_by_both_and_stands_in_the_next_shifts_workbench() {
    on_both(async |house| {
        let people = published(house).await;
        let all = shifts(house, "2026-11").await;
        let who = |kind: &str| people[all.iter().find(|shift| shift["kind"] == kind).unwrap()["account"]["id"].as_str().unwrap()];
        let (night, early) = (who("night"), who("early"));
        until(house, "2026-11-25 05:00").await;
        let mut urgent = call();
        urgent["urgency"] = json!("urgent");
        let matter = house.register(night, &urgent).await;
        let form = json!({ "unit": UNIT, "remarks": "三组停电，已报修" });
        // The change at midnight, when the rota began, has no shift before it; so nothing is due until seven.
        house.post(night, "/api/v1/rota/hand-overs", &form).await.problem(422, "no_change_of_shift");
        until(house, "2026-11-25 07:30").await;
        let seen = house.get(night, &format!("/api/v1/rota/hand-overs?unit={UNIT}")).await.is(200);
        assert_eq!((&seen["handing"]["items"][0]["matter"]["id"], &seen["handing"]["open"]), (&json!(matter.id), &json!(true)));
        // Every device of the register is looked at, and one that is not there takes a word.
        let register = seen["handing"]["gear"].as_array().unwrap().clone();
        assert!(!register.is_empty() && register.iter().all(|thing| thing["kind"] != "name_plate"), "devices, not signs: {register:?}");
        house.post(early, "/api/v1/rota/hand-overs", &form).await.problem(422, "not_on_shift");
        house.post(night, "/api/v1/rota/hand-overs", &form).await.problem(422, "data_missing");
        let mut gear: Vec<Value> = register.iter().map(|thing| json!({ "id": thing["id"], "state": "good" })).collect();
        gear[0]["state"] = json!("missing");
        let form = json!({ "unit": UNIT, "gear": gear, "remarks": "三组停电，已报修" });
        house.post(night, "/api/v1/rota/hand-overs", &form).await.problem(422, "data_missing");
        let form = json!({ "unit": UNIT, "gear": gear, "equipment": "一部对讲机送修", "remarks": "三组停电，已报修" });
        let id = house.post(night, "/api/v1/rota/hand-overs", &form).await.is(201)["id"].as_str().unwrap().to_owned();
        house.post(night, "/api/v1/rota/hand-overs", &form).await.problem(422, "handed_over");
        let page = format!("/api/v1/rota/hand-overs/{id}");
        house.post(night, &format!("{page}/take"), &json!({})).await.problem(422, "hand_over_own");
        house.post(early, &format!("{page}/take"), &json!({})).await.is(204);
        let record = house.get(early, &page).await.is(200);
        assert_eq!((&record["remarks"], &record["hand_over"]["n"], &record["may_take"]), (&json!("三组停电，已报修"), &json!(1), &json!(false)));
        assert!(record["hand_over"]["incoming"]["name"].is_string());
        assert_eq!((&record["gear"][0]["state"], record["gear"].as_array().unwrap().len()), (&json!("missing"), register.len()));
        house.get("xinhe-desk", &page).await.problem(404, "not_found");
        until(house, "2026-11-25 08:10").await;
        let tabs = house.get(early, "/api/v1/workbench").await.is(200);
        assert!(tabs["tabs"].as_array().unwrap().iter().any(|tab| tab["tab"] == "handed" && tab["n"] == 1), "{tabs}");
        let list = house.get(early, "/api/v1/matters?tab=handed").await.is(200);
        assert_eq!((&list["rows"][0]["id"], list["rows"].as_array().unwrap().len()), (&json!(matter.id), 1));
        // Nobody hands the early shift over: half an hour later its chief sees that, and nobody else's.
        until(house, "2026-11-25 16:29").await;
        assert_eq!(house.get(CHIEF, "/api/v1/rota").await.is(200)["missing"], json!([]));
        house.pass(2 * MINUTE).await;
        assert_eq!(house.get(CHIEF, "/api/v1/rota").await.is(200)["missing"].as_array().unwrap().len(), 1);
        assert_eq!(house.get("xinhe-chief", "/api/v1/rota").await.is(200)["missing"], json!([]));
        // The chief is also told, once.
        let (desk, now) = (house.desk.clone(), house.desk.now());
        assert_eq!((app::rota::tell_missing(&desk, now).unwrap(), app::rota::tell_missing(&desk, now).unwrap()), (1, 0));
        assert_eq!((told(house, CHIEF).await, told(house, "xinhe-chief").await.len()), (vec!["hand_over_missing".to_owned()], 0));
        verified(house);
    });
}

#[test]
fn a_calendar_address_is_a_secret_that_shows_duty_and_place_and_ends() {
    on_a_file(async |house| {
        published(house).await;
        let made = house.post(DESKS[0], "/api/v1/rota/feeds", &json!({})).await.is(201);
        let path = made["path"].as_str().unwrap().to_owned();
        let answer = house.send(bare("GET", &path, None)).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/calendar; charset=utf-8"));
        let text = answer.text();
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.contains("LOCATION:盛中村综治站") && text.split("\r\n").all(|line| line.len() <= 75));
        let me = house.get(DESKS[0], "/api/v1/session").await.is(200);
        assert!(!text.contains(me["account"]["name"].as_str().unwrap()));
        assert!(!house.dump().await.contains(path.split('/').nth(4).unwrap()), "only the hash is kept");
        house.call(DESKS[1], "DELETE", &format!("/api/v1/rota/feeds/{}", made["id"].as_str().unwrap()), None).await.problem(404, "not_found");
        house.call(DESKS[0], "DELETE", &format!("/api/v1/rota/feeds/{}", made["id"].as_str().unwrap()), None).await.is(204);
        let gone = house.send(bare("GET", &path, None)).await.problem(404, "not_found");
        let never = house.send(bare("GET", "/api/v1/calendar/none/shifts.ics", None)).await.problem(404, "not_found");
        assert_eq!((gone["title"].clone(), gone["type"].clone()), (never["title"].clone(), never["type"].clone()));
        verified(house);
    });
}

async fn load(house: &House, bytes: &[u8], name: &str, query: &str) -> Value {
    let mut request = house.request(CHIEF, "POST", &format!("/api/v1/rota/sheet?unit={UNIT}&duty=desk&pattern=three_shifts{query}"), None).await;
    request.headers_mut().insert(header::CONTENT_TYPE, "multipart/form-data; boundary=xyz".parse().unwrap());
    *request.body_mut() = Body::from(multipart(name, bytes));
    house.send(request).await.is(200)
}

#[test]
fn a_sheet_goes_out_comes_back_and_names_its_errors_before_anything_is_kept() {
    on_a_file(async |house| {
        published(house).await;
        let out = house.get(CHIEF, &format!("/api/v1/rota/month.xlsx?unit={UNIT}&duty=desk&month=2026-12")).await;
        assert_eq!((out.status, &out.bytes[..2]), (200, b"PK".as_slice()));
        let row = |login: &str, cells: &str| format!("某人,{login},{cells}\r\n");
        let head = "姓名,登录名,2027-01-04,2027-01-05\r\n";
        let wrong = format!("{head}{}{}{}", row(DESKS[0], "夜,X"), row("who-is-this", "早,"), row(DESKS[1], "白,"));
        let found = load(house, wrong.as_bytes(), "a.csv", "").await;
        assert_eq!((found["errors"].as_array().unwrap().len(), &found["rota"]), (3, &Value::Null), "{found}");
        assert!(found["marked"].is_string());
        assert_eq!(load(house, wrong.as_bytes(), "a.csv", "&keep=true").await["rota"], Value::Null, "nothing is kept while there is an error");
        let right = format!("{head}{}{}{}{}", row(DESKS[0], "夜,夜"), row(DESKS[1], "早,早"), row(DESKS[2], "中,"), row(DESKS[3], ",中"));
        let found = load(house, right.as_bytes(), "a.csv", "&keep=true").await;
        assert_eq!((&found["shifts"], &found["gaps"], &found["errors"], &found["conflicts"]), (&json!(6), &json!(0), &json!([]), &json!([])));
        house.post(CHIEF, &format!("/api/v1/rota/drafts/{}/publish", found["rota"].as_str().unwrap()), &json!({})).await.is(204);
        assert_eq!(shifts(house, "2027-01").await.len(), 6);
        verified(house);
    });
}

#[test]
fn at_night_the_check_waits_for_the_duty_officer_who_is_there() {
    on_a_file(async |house| {
        let head = "command-head";
        let who = |login: &'static str| async move { house.get(login, "/api/v1/session").await.is(200)["account"]["id"].clone() };
        for (duty, pattern, people) in [
            ("checker", "office", vec![who("checker-1").await, who("checker-2").await]),
            ("duty_officer", "three_shifts", vec![who("duty").await, who("duty-2").await, who("duty-3").await, who("duty-4").await]),
        ] {
            let lay = json!({ "unit": "unt_330109014_command", "duty": duty, "pattern": pattern, "from_day": "2026-11-24", "to_day": "2026-11-30", "people": people });
            let id = house.post(head, "/api/v1/rota/drafts", &lay).await.is(201);
            house.post(head, &format!("/api/v1/rota/drafts/{}/publish", id["id"].as_str().unwrap()), &json!({})).await.is(204);
        }
        let desk = house.desk.clone();
        let book = |now: Instant| {
            let asks = desk.clone();
            desk.store().read_now(move |tx| asks.rulebook(tx, now)).unwrap()
        };
        let there = |post, now: Instant| book(now).roster.there(&"unt_330109014_command".into(), post, now, &book(now).holders).len();
        let (morning, night) = (house.desk.now(), house.desk.now().plus(12 * HOUR));
        use domain::places::PostKind::{Checker, DutyOfficer};
        assert_eq!((there(Checker, morning), there(Checker, night)), (1, 0));
        assert_eq!((there(DutyOfficer, morning), there(DutyOfficer, night)), (1, 1));
    });
}

#[test]
fn a_call_out_list_is_kept_in_its_order() {
    on_a_file(async |house| {
        let people = people(house).await;
        let list: Vec<Value> = people.keys().rev().map(|id| json!({ "account": id, "by": "mobile" })).collect();
        house.post(CHIEF, "/api/v1/rota/call-outs", &json!({ "unit": UNIT, "duty": "micro_fire", "people": list })).await.is(204);
        let seen = house.get(DESKS[0], &format!("/api/v1/rota/call-outs?unit={UNIT}")).await.is(200);
        let order: Vec<&str> = seen["lists"][0]["people"].as_array().unwrap().iter().map(|p| p["account"]["id"].as_str().unwrap()).collect();
        assert_eq!(order, people.keys().rev().map(String::as_str).collect::<Vec<_>>());
        house.get("xinhe-desk", &format!("/api/v1/rota/call-outs?unit={UNIT}")).await.problem(404, "not_found");
        house.post(CHIEF, "/api/v1/rota/call-outs", &json!({ "unit": UNIT, "duty": "micro_fire", "people": [] })).await.is(204);
        verified(house);
    });
}
