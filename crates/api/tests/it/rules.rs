//! The rule book over HTTP: read, looked at, changed for open matters, undone; what the law sets is only tightened; and in the end the trail verifies.

use crate::life::call;
use crate::support::{House, on_both};
use app::out::{Failure, Out, Sending};
use domain::kernel::DAY;
use serde_json::{Value, json};

const HEAD: &str = "command-head";

/// No letter leaves the test.
struct Nowhere;

impl Out for Nowhere {
    fn send(&self, _: &Sending<'_>) -> Result<(), Failure> {
        Ok(())
    }
}

async fn run_jobs(house: &House) {
    let desk = house.desk.clone();
    tokio::task::spawn_blocking(move || app::jobs::turn(&desk, &Nowhere).unwrap()).await.unwrap();
}

async fn rule(house: &House, id: &str) -> Value {
    let rows = house.get("shengzhong-desk", "/api/v1/policies").await.is(200);
    rows["rows"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap().clone()
}

/// The change of a rule with these cells put in.
fn change(rule: &Value, open: bool, cells: Value) -> Value {
    let mut change = json!({ "version": rule["version"], "open": open, "mark": rule["mark"]["code"] });
    for cell in ["span", "extend", "pause", "steps", "source", "name"] {
        change[cell] = rule[cell].clone();
    }
    change.as_object_mut().unwrap().extend(cells.as_object().unwrap().clone());
    change
}

/// Due instants of the running clocks of a kind, by matter.
async fn due(house: &House, matter: &str, kind: &str) -> i64 {
    let page = house.get("command-1", &format!("/api/v1/matters/{matter}")).await.is(200);
    page["clocks"].as_array().unwrap().iter().find(|clock| clock["clock"] == kind && clock["stopped_at"].is_null()).unwrap()["due_at"].as_i64().unwrap()
}

fn verified(house: &House) {
    let keys = house.desk.keys().clone();
    let report = house.desk.store().read_now(move |tx| app::trail::verify(tx, Some(&keys), &[])).unwrap();
    assert_eq!(report.findings, []);
}

#[test]
fn a_rule_is_looked_at_changed_for_open_matters_and_undone() {
    on_both(async |house| {
        let mut matters = Vec::new();
        // More than one job counts anew at once.
        for _ in 0..53 {
            matters.push(house.post("shengzhong-desk", "/api/v1/reports", &call()).await.is(201)["matter"].as_str().unwrap().to_owned());
        }
        let before = due(house, &matters[0], "triage").await;
        let own = rule(house, "triage").await;
        assert_eq!((&own["span"], &own["version"]), (&json!("10min"), &json!(1)));
        let path = "/api/v1/policies/triage";

        // Looked at: all of them, of one unit, an hour later; nothing has moved.
        let longer = change(&own, true, json!({ "span": "70min", "source": "街道 2026 年第 9 号通知", "mark": "O" }));
        let preview = house.post(HEAD, &format!("{path}/preview"), &longer).await.is(200);
        assert_eq!((&preview["matters"], preview["units"].as_array().unwrap().len()), (&json!(53), 1));
        let unit = &preview["units"][0];
        assert_eq!((&unit["later"], &unit["late"], &unit["by_least"], &unit["by_most"]), (&json!(53), &json!(0), &json!(3_600_000), &json!(3_600_000)));
        assert_eq!(due(house, &matters[0], "triage").await, before);

        // Made for open matters: a job moves each by an act of its own, and the page says by which.
        assert_eq!(house.call(HEAD, "PUT", path, Some(&longer)).await.is(200)["version"], 2);
        assert_eq!(due(house, &matters[0], "triage").await, before, "the job has not run yet");
        run_jobs(house).await;
        for matter in &matters {
            assert_eq!(due(house, matter, "triage").await, before + 3_600_000);
            let page = house.get("command-1", &format!("/api/v1/matters/{matter}")).await.is(200);
            assert_eq!(page["trail"][0]["act"], "retime");
        }
        house.call(HEAD, "PUT", path, Some(&longer)).await.problem(409, "stale");

        // A new clock begins by the new version; undone, all are as before, and the versions say who did what.
        let fresh = house.post("shengzhong-desk", "/api/v1/reports", &call()).await.is(201)["matter"].as_str().unwrap().to_owned();
        assert_eq!(due(house, &fresh, "triage").await, before + 3_600_000);
        let now = rule(house, "triage").await;
        let undo = change(&now, true, json!({ "span": own["span"], "source": own["source"], "mark": own["mark"]["code"] }));
        assert_eq!(house.post(HEAD, &format!("{path}/preview"), &undo).await.is(200)["units"][0]["earlier"], 54);
        house.call(HEAD, "PUT", path, Some(&undo)).await.is(200);
        run_jobs(house).await;
        for matter in matters.iter().chain([&fresh]) {
            assert_eq!(due(house, matter, "triage").await, before);
        }
        let versions = house.get(HEAD, path).await.is(200);
        let told: Vec<(&Value, &Value)> = versions.as_array().unwrap().iter().map(|row| (&row["version"], &row["moved"])).collect();
        assert_eq!(told, [(&json!(3), &json!(54)), (&json!(2), &json!(53)), (&json!(1), &Value::Null)]);
        assert!(versions[0]["by"].as_str().is_some_and(|by| !by.is_empty()));
        verified(house);
    });
}

#[test]
fn a_clock_that_runs_keeps_its_version_unless_open_matters_are_meant() {
    on_both(async |house| {
        let matter = house.post("shengzhong-desk", "/api/v1/reports", &call()).await.is(201)["matter"].as_str().unwrap().to_owned();
        let before = due(house, &matter, "triage").await;
        let own = rule(house, "triage").await;
        house.call(HEAD, "PUT", "/api/v1/policies/triage", Some(&change(&own, false, json!({ "span": "2d" })))).await.is(200);
        run_jobs(house).await;
        assert_eq!(due(house, &matter, "triage").await, before);
        // Its steps are those of the version to which it is pinned: it is late today, and not in two days.
        house.pass(DAY).await;
        let page = house.get("command-1", &format!("/api/v1/matters/{matter}")).await.is(200);
        let clock = page["clocks"].as_array().unwrap().iter().find(|clock| clock["clock"] == "triage").unwrap().clone();
        assert_eq!((&clock["step"], &clock["policy_version"]), (&json!(100), &json!(1)));
        verified(house);
    });
}

#[test]
fn what_cannot_be_is_refused_at_its_cell_and_changes_nothing() {
    on_both(async |house| {
        let law = rule(house, "petition.finish").await;
        assert_eq!(law["law"], true);
        let own = rule(house, "finish.ordinary").await;
        let refused = async |rule: &Value, cells: Value, code: &str, datum: Option<&str>| {
            let path = format!("/api/v1/policies/{}", rule["id"].as_str().unwrap());
            let told = house.call(HEAD, "PUT", &path, Some(&change(rule, true, cells.clone()))).await.problem(422, code);
            if let Some(datum) = datum {
                assert_eq!(told["errors"][0]["datum"], datum, "{told}");
            }
            assert_eq!(house.post(HEAD, &format!("{path}/preview"), &change(rule, true, cells)).await.problem(422, code)["errors"], told["errors"]);
        };
        let loosened = house.call(HEAD, "PUT", "/api/v1/policies/petition.finish", Some(&change(&law, true, json!({ "span": "900d" })))).await;
        let loosened = loosened.problem(422, "law_loosened");
        assert!(loosened["title"].as_str().unwrap().contains("条"), "it names the article: {loosened}");
        refused(&law, json!({ "extend": "+900d" }), "law_loosened", Some("extend")).await;
        refused(&law, json!({ "mark": "I" }), "law_loosened", Some("mark")).await;
        refused(&own, json!({ "span": "soon" }), "rule_unreadable", Some("span")).await;
        refused(&own, json!({ "extend": "7d" }), "rule_unreadable", Some("extend")).await;
        refused(&own, json!({ "pause": "other" }), "rule_unreadable", Some("pause")).await;
        refused(&own, json!({ "steps": "80" }), "rule_steps", Some("steps")).await;
        refused(&own, json!({ "steps": "100 80" }), "rule_steps", Some("steps")).await;
        refused(&own, json!({ "mark": "L" }), "rule_mark", Some("mark")).await;
        refused(&own, json!({ "source": " " }), "data_missing", Some("source")).await;
        refused(&own, json!({}), "rule_unchanged", None).await;
        house.call("command-1", "PUT", "/api/v1/policies/finish.ordinary", Some(&change(&own, true, json!({ "span": "5d" })))).await.problem(403, "not_yours");
        house.get(HEAD, "/api/v1/policies/none").await.problem(404, "not_found");
        assert_eq!(rule(house, "finish.ordinary").await, own);
        // What the law sets may be tightened.
        house.call(HEAD, "PUT", "/api/v1/policies/petition.finish", Some(&change(&law, true, json!({ "span": "45d" })))).await.is(200);
        verified(house);
    });
}
