//! What must not get out: telephone numbers, receipt codes, secrets of tokens; not in answers, not in the log, not in clear in the database.

use crate::life::{Matter, call, with};
use crate::support::{House, LOG, on_a_file, on_both};
use domain::trail::READS;
use serde_json::{Value, json};

/// Marks that occur nowhere else.
const PHONE: &str = "13987654321";
const NAME: &str = "欧阳植标";
const SAID: &str = "植标甲乙丙丁戊己庚辛";
const SPOT: &str = "植标村壬癸弄九号";
const WORDS: &str = "植标话语子丑寅卯";

fn marked() -> Value {
    with(call(), json!({ "said": SAID, "spot": SPOT, "contact_name": NAME, "contact_phone": PHONE }))
}

/// A whole life with marks in every text.
async fn life(house: &House) -> Matter {
    let m = &mut house.register("shengzhong-desk", &marked()).await;
    let now = house.desk.now().0;
    house.act("command-1", m, "dispatch", json!({ "lead": "unt_330109014_police", "category": "0602", "level": "ordinary", "requirement": WORDS })).await;
    house.act("police-head", m, "accept", json!({})).await;
    house.act("police-head", m, "contact", json!({ "at": now, "how": "call", "reached": true, "words": WORDS })).await;
    house.act("police-head", m, "record", json!({ "done": WORDS, "files": [house.picture("police-head").await], "purpose": "site" })).await;
    house.act("police-head", m, "feed_back", json!({ "result": "met", "outcome": WORDS, "told_how": "call", "told_at": now })).await;
    house.act("checker-1", m, "check", json!({ "way": "papers", "verdict": "pass", "words": WORDS })).await;
    house.act("callback-1", m, "call_back", json!({ "reached": true, "solved": "yes", "satisfaction": "5", "timely": true, "words": WORDS })).await;
    house.act("police-head", m, "close", json!({ "result": "met" })).await;
    m.clone()
}

#[test]
fn a_number_is_shown_only_to_who_asks_with_a_reason() {
    on_both(async |house| {
        let answer = house.post("shengzhong-desk", "/api/v1/reports", &marked()).await.is(201);
        let (matter, report) = (Matter::of(&answer), answer["report"].clone());
        house.get("command-1", &format!("/api/v1/matters?q={}", &PHONE[7..])).await.is(200);
        house.get("command-1", &format!("/api/v1/matters?q={PHONE}")).await.is(200);
        let before = house.post("shengzhong-desk", "/api/v1/reports/suggest", &json!({ "said": SAID, "spot": SPOT, "phone": PHONE })).await.is(200);
        assert_eq!(before["before"][0]["id"], matter.id.as_str());
        let page = house.page("command-1", &matter).await;
        assert_eq!(page["reports"][0]["contact"], json!({ "name": NAME, "phone_masked": "139****4321" }));
        assert_eq!(page["trail"][0]["words"].to_string().matches("139").count(), 0);

        let path = format!("/api/v1/matters/{}/reveal", matter.id);
        let reads = async || {
            let desk = house.desk.clone();
            desk.read(|tx, _| app::trail::since(tx, READS, 0, 100)).await.unwrap()
        };
        assert!(reads().await.is_empty());
        for reason in ["", "  ", "\n"] {
            let problem = house.post("command-1", &path, &json!({ "report": report, "reason": reason })).await.problem(422, "data_missing");
            assert_eq!(problem["errors"][0]["datum"], "reason");
        }
        let problem = house.post("command-1", &path, &json!({ "report": report, "reason": "长".repeat(201) })).await.problem(422, "data_missing");
        assert_eq!(problem["errors"][0]["why"], "too_long");
        house.post("command-1", &path, &json!({ "report": report })).await.problem(400, "bad_request");
        house.post("command-1", &path, &json!({ "report": "rep_none", "reason": "核实" })).await.problem(404, "not_found");
        house.post("yingzhong-desk", &path, &json!({ "report": report, "reason": "核实" })).await.problem(404, "not_found");
        house.post("auditor", &path, &json!({ "report": report, "reason": "核实" })).await.problem(404, "not_found");
        assert!(reads().await.is_empty(), "a look that was refused is no look");
        assert_eq!(house.post("command-1", &path, &json!({ "report": report, "reason": "回电核实" })).await.is(200), json!({ "phone": PHONE }));
        let entries = reads().await;
        assert_eq!((entries.len(), entries[0].act.as_str(), entries[0].subject.as_str()), (1, "reveal", matter.id.as_str()));
        // The entry commits to the reason and holds neither the words nor the number.
        assert!(entries[0].body.contains("\"reason\":{\"commit\":"), "{}", entries[0].body);
        assert!(!entries[0].body.contains("回电核实") && !entries[0].body.contains(PHONE));
        let me = house.get("command-1", "/api/v1/session").await.is(200);
        assert_eq!(entries[0].account, me["account"]["id"].as_str().unwrap());

        for (asked, body) in house.seen.lock().unwrap().iter() {
            assert!(asked.ends_with("/reveal") || !body.contains(PHONE), "{asked} shows the number: {body}");
        }
    });
}

#[test]
fn a_receipt_code_is_shown_once() {
    on_both(async |house| {
        let answer = house.post("shengzhong-desk", "/api/v1/reports", &marked()).await.is(201);
        let code = answer["receipt_code"].as_str().unwrap().to_owned();
        assert!(code.len() >= 8, "{code}");
        let matter = Matter::of(&answer);
        for who in ["shengzhong-desk", "shengzhong-chief", "command-1", "command-head", "leader"] {
            house.page(who, &matter).await;
        }
        let shown: Vec<String> = house.seen.lock().unwrap().iter().filter(|(_, body)| body.contains(&code)).map(|(asked, _)| asked.clone()).collect();
        assert_eq!(shown, ["POST /api/v1/reports"]);
        let dump = house.dump().await;
        assert!(dump.contains(&matter.number) && dump.contains(SAID));
        assert!(!dump.contains(&code), "the receipt's code lies in the database in clear");
        assert!(!dump.contains(PHONE), "the number lies in the database in clear");
    });
}

#[test]
fn the_log_tells_nothing_of_people() {
    on_a_file(async |house| {
        let matter = life(house).await;
        let report = house.page("command-1", &matter).await["reports"][0]["id"].clone();
        house.post("command-1", &format!("/api/v1/matters/{}/reveal", matter.id), &json!({ "report": report, "reason": WORDS })).await.is(200);
        house.get("command-1", &format!("/api/v1/matters?q={}", crate::problems::encoded(SAID))).await.is(200);
        house.get("command-1", &format!("/api/v1/matters/by-number/{}", crate::problems::encoded(NAME))).await.problem(404, "not_found");
        let nowhere = house.request("command-1", "GET", &format!("/{}", crate::problems::encoded(NAME)), None).await;
        tower::ServiceExt::oneshot(house.router.clone(), nowhere).await.unwrap();
        house.get("command-1", "/api/v1/markedpath13987654321").await.problem(404, "not_found");
        house.try_act("command-1", &matter, "amend", &json!({ "field": WORDS, "reason": WORDS })).await.problem(422, "data_missing");
        house.send(crate::support::bare("POST", "/api/v1/session", Some(&json!({ "login": NAME, "password": WORDS })))).await.problem(401, "wrong_password");
        house.upload("command-1", &format!("{NAME}.png"), &crate::support::png(7)).await.is(201);
        let secret =
            house.post("command-1", "/api/v1/tokens", &json!({ "name": WORDS, "expires_in_days": 1 })).await.is(201)["token"].as_str().unwrap().to_owned();
        house.get(&format!("Bearer {secret}"), "/api/v1/session").await.is(200);
        let session = house.session("command-1").await;

        let log = String::from_utf8(LOG.lock().unwrap().clone()).unwrap();
        assert!(log.contains("/api/v1/matters/{id}/acts/{act}") && log.contains("elapsed_ms") && log.contains("problem.code"), "{log}");
        let encoded = [NAME, SAID, SPOT, WORDS].map(crate::problems::encoded);
        let secrets = [PHONE, NAME, SAID, SPOT, WORDS, "植标", &secret, session.cookie.split('=').nth(1).unwrap(), &session.csrf, app::seed::DEMO_PASSWORD];
        for mark in secrets.into_iter().chain(encoded.iter().map(String::as_str)) {
            if let Some(line) = log.lines().find(|line| line.contains(mark)) {
                panic!("the log holds {mark}: {line}");
            }
        }
    });
}
