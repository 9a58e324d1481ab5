//! The live stream: within a second, only to those who may see it, also when another instance did the act.

use crate::life::{Matter, call};
use crate::support::{House, on_a_file, on_a_server};
use axum::body::BodyDataStream;
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::time::Duration;
use tower::ServiceExt;

/// An open stream.
pub(crate) struct Listener {
    stream: BodyDataStream,
    rest: String,
}

impl Listener {
    pub(crate) async fn of(house: &House, who: &str) -> Self {
        let request = house.request(who, "GET", "/api/v1/stream", None).await;
        let response = house.router.clone().oneshot(request).await.unwrap();
        assert_eq!((response.status().as_u16(), response.headers()["content-type"].to_str().unwrap()), (200, "text/event-stream"));
        assert_eq!(response.headers()["cache-control"], "no-cache");
        let mut listener = Self { stream: response.into_body().into_data_stream(), rest: String::new() };
        assert_eq!(listener.next(1000).await.unwrap().0, "resync");
        listener
    }

    /// The next event with its data, if one comes in time.
    async fn next(&mut self, within: u64) -> Option<(String, Value)> {
        let until = tokio::time::Instant::now() + Duration::from_millis(within);
        loop {
            if let Some((frame, rest)) = self.rest.split_once("\n\n") {
                let line = |name: &str| frame.lines().find_map(|line| line.strip_prefix(name)).map(|text| text.trim().to_owned());
                let event = line("event:").map(|event| (event, serde_json::from_str(&line("data:").unwrap()).unwrap()));
                self.rest = rest.to_owned();
                match event {
                    Some(event) => return Some(event),
                    None => continue,
                }
            }
            let bytes = tokio::time::timeout_at(until, self.stream.next()).await.ok()??.unwrap();
            self.rest.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    /// The next change; what only says `resync` is passed over.
    pub(crate) async fn change(&mut self, within: u64) -> Option<Value> {
        loop {
            match self.next(within).await? {
                (event, data) if event == "change" => return Some(data),
                (event, _) => assert_eq!(event, "resync"),
            }
        }
    }

    /// Waits until the hub has taken its first look: what is done from now on is told one by one.
    pub(crate) async fn settle(&mut self) {
        while self.next(400).await.is_some() {}
    }
}

fn is_of(change: &Value, matter: &Matter, act: &str) {
    assert_eq!((&change["matter"], &change["act"]), (&json!(matter.id), &json!(act)), "{change}");
    assert!(change["seq"].as_i64().is_some() && change["chain"] == "unt_330109014218" && change["home"] == "unt_330109014218", "{change}");
    assert_eq!(change.as_object().unwrap().len(), 5, "ids only: {change}");
}

#[test]
fn what_one_does_another_sees_at_once() {
    on_a_file(async |house| {
        for who in ["shengzhong-desk", "yingzhong-desk", "police-officer", "command-1", "auditor", "nobody"] {
            house.session(who).await;
        }
        let mut command = Listener::of(house, "command-1").await;
        let (mut other, mut police) = (Listener::of(house, "yingzhong-desk").await, Listener::of(house, "police-officer").await);
        let (mut auditor, mut nobody) = (Listener::of(house, "auditor").await, Listener::of(house, "nobody").await);
        for listener in [&mut command, &mut other, &mut police, &mut auditor, &mut nobody] {
            listener.settle().await;
        }
        let mut matter = house.register("shengzhong-desk", &call()).await;
        is_of(&command.change(1000).await.unwrap(), &matter, "register");
        house.act("command-1", &mut matter, "dispatch", json!({ "lead": "unt_330109014_police", "category": "0602", "level": "simple" })).await;
        is_of(&command.change(1000).await.unwrap(), &matter, "dispatch");
        // The lead hears of it from the act on by which it came in, and not before.
        is_of(&police.change(1000).await.unwrap(), &matter, "dispatch");
        // A burst comes in order and whole.
        for n in 0..20 {
            house.act("command-1", &mut matter, "urge", json!({ "words": format!("第 {n} 次") })).await;
        }
        let mut last = 0;
        for _ in 0..20 {
            let change = police.change(1000).await.unwrap();
            is_of(&change, &matter, "urge");
            assert!(change["seq"].as_i64().unwrap() > last, "{change}");
            last = change["seq"].as_i64().unwrap();
        }
        for listener in [&mut other, &mut auditor, &mut nobody] {
            assert_eq!(listener.next(600).await, None);
        }
    });
}

#[test]
fn nothing_is_lost_between_coming_and_the_first_look() {
    on_a_file(async |house| {
        for who in ["shengzhong-desk", "command-1"] {
            house.session(who).await;
        }
        for _ in 0..5 {
            // Nobody listened; the act is done as soon as somebody does, before the hub has looked around.
            tokio::time::sleep(Duration::from_millis(250)).await;
            let mut command = Listener::of(house, "command-1").await;
            let matter = house.register("shengzhong-desk", &call()).await;
            let told = command.next(1000).await.expect("neither the change nor a resync after it");
            assert!(told.0 == "resync" || told.1["matter"] == matter.id.as_str(), "{told:?}");
        }
    });
}

#[test]
fn a_confidential_matter_tells_only_who_may_see_it() {
    on_a_file(async |house| {
        for who in ["shengzhong-desk", "shengzhong-officer", "shengzhong-chief", "command-1", "command-head"] {
            house.session(who).await;
        }
        let (mut command, mut head) = (Listener::of(house, "command-1").await, Listener::of(house, "command-head").await);
        let (mut own, mut colleague, mut chief) =
            (Listener::of(house, "shengzhong-desk").await, Listener::of(house, "shengzhong-officer").await, Listener::of(house, "shengzhong-chief").await);
        for listener in [&mut command, &mut head, &mut own, &mut colleague, &mut chief] {
            listener.settle().await;
        }
        let data = crate::life::with(call(), json!({ "category": "X-05", "said": "举报村干部" }));
        let category = house.get("command-1", "/api/v1/catalog").await.is(200)["categories"].as_array().unwrap().iter().any(|c| c["code"] == "X-05");
        assert!(category);
        let mut matter = house.register("shengzhong-desk", &data).await;
        if !matter.number.starts_with('密') {
            house.act("command-head", &mut matter, "amend", json!({ "field": "flag", "flag": "confidential", "on": true, "reason": "举报" })).await;
            for listener in [&mut command, &mut head, &mut own, &mut colleague, &mut chief] {
                listener.settle().await;
            }
            house.act("command-head", &mut matter, "note", json!({ "words": "已阅" })).await;
        }
        assert_eq!(head.change(1000).await.unwrap()["matter"], matter.id.as_str());
        assert_eq!(own.change(1000).await.unwrap()["matter"], matter.id.as_str(), "who registered it goes on seeing it");
        for (listener, who) in [(&mut command, "command-1"), (&mut colleague, "shengzhong-officer"), (&mut chief, "shengzhong-chief")] {
            assert_eq!(listener.next(600).await, None, "{who}");
            house.get(who, &format!("/api/v1/matters/{}", matter.id)).await.problem(404, "not_found");
            assert!(!house.get(who, "/api/v1/matters").await.text().contains(&matter.id));
            assert!(!house.get(who, "/api/v1/notices").await.text().contains(&matter.id), "{who}");
        }
    });
}

#[test]
fn a_stream_ends_with_its_session() {
    on_a_file(async |house| {
        let mut listener = Listener::of(house, "command-2").await;
        listener.settle().await;
        house.call("command-2", "DELETE", "/api/v1/session", None).await.is(204);
        let ended = tokio::time::timeout(Duration::from_secs(13), async {
            while let Some(bytes) = listener.stream.next().await {
                bytes.unwrap();
            }
        });
        ended.await.expect("the stream goes on for somebody who has been logged out");
    });
}

#[test]
fn another_instance_is_heard_within_a_second() {
    on_a_server(async |here, there| {
        for who in ["command-1", "yingzhong-desk"] {
            here.session(who).await;
        }
        there.session("shengzhong-desk").await;
        there.session("command-1").await;
        let (mut command, mut other) = (Listener::of(here, "command-1").await, Listener::of(here, "yingzhong-desk").await);
        command.settle().await;
        other.settle().await;
        for _ in 0..5 {
            let mut matter = there.register("shengzhong-desk", &call()).await;
            is_of(&command.change(1000).await.unwrap(), &matter, "register");
            there.act("command-1", &mut matter, "note", json!({ "words": "看过" })).await;
            is_of(&command.change(1000).await.unwrap(), &matter, "note");
        }
        assert_eq!(other.next(600).await, None);
    });
}
