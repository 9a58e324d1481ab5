//! A matter's life over HTTP: brings a matter to where a test wants it.

use crate::support::{Answer, House};
use domain::kernel::DAY;
use serde_json::{Value, json};

/// 盛中村, whose desk takes the calls.
pub(crate) const HOME: &str = "unt_330109014218";
pub(crate) const POLICE: &str = "unt_330109014_police";
pub(crate) const JUSTICE: &str = "unt_330109014_justice";
pub(crate) const MARKET: &str = "unt_330109014_market";
pub(crate) const HOUSING: &str = "unt_330109014_housing";

/// A matter as the last answer has shown it.
#[derive(Debug, Clone)]
pub(crate) struct Matter {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) version: i64,
    pub(crate) state: String,
}

impl Matter {
    pub(crate) fn of(done: &Value) -> Self {
        let text = |name: &str| done[name].as_str().unwrap().to_owned();
        Self { id: text("matter"), number: text("number"), version: done["version"].as_i64().unwrap(), state: text("state") }
    }
}

/// What the desk registers when nothing else is said.
pub(crate) fn call() -> Value {
    json!({ "said": "房东不退押金。我上周退租的", "spot": "盛中村 3 组 12 号", "source": "call", "urgency": "normal", "contact_name": "周阿兴", "contact_phone": "13800138000" })
}

/// `base` with the data of `more` over it.
pub(crate) fn with(mut base: Value, more: Value) -> Value {
    base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    base
}

/// Where a matter can be brought to.
pub(crate) const STAGES: &[&str] = &[
    "registered",
    "asked",
    "declined",
    "void",
    "offered",
    "working",
    "assisted",
    "recorded",
    "returned",
    "fed_back",
    "callback",
    "called",
    "closed",
    "archived",
    "sensitive",
    "named",
];

/// The steps that lead to a stage.
fn way(stage: &str) -> &'static [&'static str] {
    const ROUND: &[&str] = &["offered", "working", "recorded", "fed_back", "callback", "called", "closed", "archived"];
    match stage {
        "registered" => &[],
        "asked" => &["asked"],
        "declined" => &["asked", "declined"],
        "void" => &["void"],
        "sensitive" => &["sensitive"],
        "named" => &["sensitive", "named"],
        "returned" => &["offered", "returned"],
        "assisted" => &["with_assist"],
        _ => &ROUND[..=ROUND.iter().position(|step| *step == stage).unwrap()],
    }
}

impl House {
    pub(crate) async fn register(&self, who: &str, data: &Value) -> Matter {
        Matter::of(&self.post(who, "/api/v1/reports", data).await.is(201))
    }

    pub(crate) async fn page(&self, who: &str, matter: &Matter) -> Value {
        self.get(who, &format!("/api/v1/matters/{}", matter.id)).await.is(200)
    }

    /// An act on the matter as it was last seen.
    pub(crate) async fn try_act(&self, who: &str, matter: &Matter, act: &str, data: &Value) -> Answer {
        self.post(who, &format!("/api/v1/matters/{}/acts/{act}", matter.id), &json!({ "version": matter.version, "data": data })).await
    }

    /// An act that must be possible.
    pub(crate) async fn act(&self, who: &str, matter: &mut Matter, act: &str, data: Value) {
        *matter = Matter::of(&self.try_act(who, matter, act, &data).await.is(200));
    }

    /// A new matter that has come as far as `stage`.
    pub(crate) async fn bring_to(&self, stage: &str) -> Matter {
        assert!(STAGES.contains(&stage), "{stage}");
        let m = &mut self.register("shengzhong-desk", &call()).await;
        for step in way(stage) {
            self.step(m, step).await;
        }
        let state = match stage {
            "asked" | "sensitive" | "named" => "registered",
            "assisted" | "recorded" => "working",
            "called" => "callback",
            other => other,
        };
        assert_eq!(m.state, state);
        m.clone()
    }

    async fn step(&self, m: &mut Matter, step: &str) {
        let now = self.desk.now().0;
        match step {
            "asked" => {
                self.act("shengzhong-desk", m, "decline", json!({ "reason": "D5", "route": "请到社区民政窗口", "told_how": "call" })).await;
            }
            "declined" => {
                let asking = self.page("shengzhong-chief", m).await["askings"][0]["id"].clone();
                self.act("shengzhong-chief", m, "approve", json!({ "asking": asking })).await;
            }
            "void" => {
                self.act("shengzhong-desk", m, "void", json!({ "reason": "录错了" })).await;
                let asking = self.page("shengzhong-chief", m).await["askings"][0]["id"].clone();
                self.act("shengzhong-chief", m, "approve", json!({ "asking": asking })).await;
            }
            "sensitive" => self.act("shengzhong-chief", m, "amend", json!({ "field": "flag", "flag": "minor", "on": true, "reason": "涉及孩子" })).await,
            "named" => {
                let person = self.page("command-head", m).await["nameable"][0]["id"].clone();
                self.act("command-head", m, "name_person", json!({ "person": person, "reason": "参与办理" })).await;
            }
            "offered" => self.act("command-1", m, "dispatch", json!({ "lead": POLICE, "category": "0602", "level": "ordinary" })).await,
            "with_assist" => {
                let data =
                    json!({ "lead": POLICE, "category": "0602", "level": "ordinary", "assists": [MARKET], "assist_what": "配合查看", "copies": [HOUSING] });
                self.act("command-1", m, "dispatch", data).await;
                self.act("police-head", m, "accept", json!({})).await;
            }
            "working" => self.act("police-head", m, "accept", json!({})).await,
            "recorded" => self.act("police-head", m, "record", json!({ "done": "与双方谈话" })).await,
            "returned" => self.act("police-head", m, "send_back", json!({ "reason": "R1", "words": "属司法所职责", "proposal": JUSTICE })).await,
            "fed_back" => {
                let data = json!({ "result": "explained", "outcome": "已解释", "told_how": "call", "told_at": now });
                self.act("police-head", m, "feed_back", data).await;
            }
            "callback" => self.act("checker-1", m, "check", json!({ "way": "papers", "verdict": "pass" })).await,
            "called" => {
                self.act("callback-1", m, "call_back", json!({ "reached": true, "solved": "yes", "satisfaction": "5", "timely": true })).await;
            }
            "closed" => self.act("police-head", m, "close", json!({ "result": "explained" })).await,
            "archived" => {
                self.pass(40 * DAY).await;
                self.act("archivist", m, "archive", json!({})).await;
            }
            other => panic!("no step {other}"),
        }
    }
}
