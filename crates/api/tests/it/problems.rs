//! Problems: one shape for all that goes wrong (looked at for every answer in `support`), one list of all codes, and requests that make no sense.

use crate::life::call;
use crate::support::{House, bare, on_a_file, on_both};
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Percent-encoded, as a browser sends it.
pub(crate) fn encoded(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() || b == b'-' { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[test]
fn the_list_of_problems_is_the_one_checked_in() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems.table");
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if kept != api::problems() {
        std::fs::write(path.with_extension("table.new"), api::problems()).unwrap();
        panic!("tests/problems.table differs from api::problems(); the new one lies beside it. A code that clients know is never renamed.");
    }
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// The first string after each occurrence of `call` in the sources of `room`.
fn codes(room: &str, calls: &[&str]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(room).join("src"), &mut files);
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for call in calls {
            for after in text.split(call).skip(1) {
                // A code that is not written on the spot (a variable) cannot be found here, and so is not allowed.
                let code = after.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
                if let Some(code) = code {
                    found.push((code.to_owned(), file.display().to_string()));
                }
            }
        }
    }
    found
}

#[test]
fn every_code_of_the_rules_is_in_the_list() {
    let (list, mut known) = (api::problems(), 0);
    for room in ["domain", "app", "store"] {
        for (code, file) in codes(room, &["Refusal::rule(", "Refusal::at("]) {
            assert!(list.contains(&format!("| `{code}` | 422 |")), "{code} of {file} is not in crates/api/src/problem/list.rs");
            known += 1;
        }
    }
    assert!(known > 50, "only {known} codes found: has the way in which rules refuse changed?");
    for (code, file) in codes("api", &["Problem::new("]) {
        assert!(list.contains(&format!("| `{code}` |")), "{code} of {file} is not in the list");
    }
}

#[test]
fn every_code_of_the_list_is_used() {
    let mut used: Vec<String> = vec!["data_missing".to_owned(), "state_forbids".to_owned(), "not_yours".to_owned()];
    for (room, calls) in
        [("domain", &["Refusal::rule(", "Refusal::at("][..]), ("app", &["Refusal::rule(", "Refusal::at("]), ("api", &["Problem::new(", "Self::new("])]
    {
        used.extend(codes(room, calls).into_iter().map(|(code, _)| code));
    }
    for row in api::problems().lines().skip(2) {
        let code = row.split('`').nth(1).unwrap();
        assert!(used.iter().any(|known| known == code), "{code} is in the list and nowhere else");
    }
}

#[test]
fn what_is_not_there_and_what_cannot_be_read() {
    on_both(async |house| {
        let matter = house.register("shengzhong-desk", &call()).await;
        let act = format!("/api/v1/matters/{}/acts/note", matter.id);
        for path in ["/api", "/api/", "/api/v1", "/api/v1/nothing", "/api/v2/matters", "/api/v1/matters/a/b/c"] {
            house.get("command-1", path).await.problem(404, "not_found");
            house.send(bare("POST", path, None)).await.problem(404, "not_found");
        }
        for (method, path, allow) in
            [("PUT", act.as_str(), "POST"), ("POST", "/api/v1/board", "GET"), ("PATCH", "/api/v1/session", "DELETE"), ("POST", "/health/live", "GET")]
        {
            let answer = house.call("command-1", method, path, None).await;
            answer.problem(405, "method_not_allowed");
            assert!(answer.header("allow").contains(allow), "{method} {path}: allow is {}", answer.header("allow"));
        }
        house.post("command-1", &format!("/api/v1/matters/{}/acts/no-such-act", matter.id), &json!({ "version": 1 })).await.problem(404, "not_found");
        house.post("command-1", "/api/v1/matters/mat_none/acts/note", &json!({ "version": 1, "data": { "words": "a" } })).await.problem(404, "not_found");
        // The system's acts are nobody's.
        house.try_act("command-1", &matter, "escalate", &json!({})).await.problem(403, "not_yours");
        house.try_act("command-1", &matter, "auto_accept", &json!({})).await.problem(409, "state_forbids");

        let raw = async |body: &[u8], kind: &str| {
            let mut request = house.request("command-1", "POST", &act, None).await;
            *request.body_mut() = Body::from(body.to_vec());
            request.headers_mut().insert(header::CONTENT_TYPE, kind.parse().unwrap());
            house.send(request).await
        };
        let good = format!(r#"{{"version":{},"data":{{"words":"好"}}}}"#, matter.version);
        for body in [
            "",
            "{",
            "[]",
            "null",
            r#"{"data":{}}"#,
            r#"{"version":"1","data":{}}"#,
            r#"{"version":1.5}"#,
            r#"{"version":1,"version":1}"#,
            r#"{"version":1,"data":[]}"#,
        ] {
            raw(body.as_bytes(), "application/json").await.problem(400, "bad_request");
        }
        raw(&[b'[', 0xff, b']'], "application/json").await.problem(400, "bad_request");
        raw("[".repeat(100_000).as_bytes(), "application/json").await.problem(400, "bad_request");
        raw(r#"{"version":1,"data":{"words":"a\u0000b"}}"#.as_bytes(), "application/json").await.problem(400, "bad_request");
        // A form of another site could send these without asking.
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
            raw(good.as_bytes(), kind).await.problem(400, "bad_request");
        }
        let large = json!({ "version": matter.version, "data": { "words": "长".repeat(400_000) } }).to_string();
        raw(large.as_bytes(), "application/json").await.problem(413, "too_large");
        let anonymous = Request::post("/api/v1/session").header(header::CONTENT_TYPE, "application/json").body(Body::from(large)).unwrap();
        house.send(anonymous).await.problem(413, "too_large");
        // Nothing of all this has touched the matter.
        assert_eq!(house.page("command-1", &matter).await["version"], matter.version);
        raw(good.as_bytes(), "application/json; charset=utf-8").await.is(200);
    });
}

#[test]
fn texts_that_are_none() {
    on_both(async |house| {
        let matter = house.register("shengzhong-desk", &call()).await;
        for path in [
            "/api/v1/matters/%00",
            "/api/v1/matters/by-number/a%00b",
            "/api/v1/matters?q=%00",
            "/api/v1/matters?owner=a%00",
            "/api/v1/matters/%FF",
            "/api/v1/files/%C3%28",
            "/api/v1/matters?q=%FF%FE",
        ] {
            let answer = house.get("command-1", path).await;
            assert!(matches!(answer.status, 400 | 200), "{path}: {}", answer.status);
        }
        let odd = ["a\0b", "\u{feff}", "\u{202e}123", "'; drop table matter; --", "%", "_", "\\", "\u{10ffff}", "👨‍👩‍👧", "\"", "\n", "𠮷"];
        for text in odd {
            let q = encoded(text);
            let answer = house.get("command-1", &format!("/api/v1/matters?q={q}&owner={q}&category={q}")).await;
            assert!(matches!(answer.status, 200 | 400), "{text:?}: {}", answer.status);
            house.send(bare("POST", "/api/v1/session", Some(&json!({ "login": text, "password": text })))).await;
            house.post("command-1", "/api/v1/reports/suggest", &json!({ "said": text, "spot": text, "phone": text })).await;
            house.post("command-1", "/api/v1/tokens", &json!({ "name": text, "expires_in_days": 1 })).await;
            house.post("command-1", &format!("/api/v1/matters/{}/reveal", matter.id), &json!({ "report": text, "reason": text })).await;
            house
                .try_act(
                    "command-1",
                    &matter,
                    "dispatch",
                    &json!({ "lead": text, "category": text, "level": text, "assists": [text], "copies": [text], "assist_what": text }),
                )
                .await;
            house.try_act("command-1", &matter, "amend", &json!({ "field": "place", "place": text, "reason": text })).await;
            house.upload("command-1", &text.replace(['"', '\n', '\0', '\\'], "x"), &crate::support::png(1)).await;
        }
        let said = "a".repeat(500) + "𠮷\u{202e}👨‍👩‍👧 ' \" \\ %";
        let odd = house.register("shengzhong-desk", &crate::life::with(call(), json!({ "said": said }))).await;
        assert_eq!(house.page("shengzhong-desk", &odd).await["said"], said.as_str());
    });
}

#[test]
fn numbers_of_matters_in_the_address() {
    on_both(async |house| {
        let matter = house.register("shengzhong-desk", &call()).await;
        assert!(matter.number.starts_with("综〔2026〕330109014218-"), "{}", matter.number);
        let path = format!("/api/v1/matters/by-number/{}", encoded(&matter.number));
        assert_eq!(house.get("shengzhong-desk", &path).await.is(200)["id"], matter.id.as_str());
        house.get("yingzhong-desk", &path).await.problem(404, "not_found");
        house.get("shengzhong-desk", "/api/v1/matters/by-number/%E7%BB%BC").await.problem(404, "not_found");
        house.get("shengzhong-desk", "/api/v1/matters/by-number/%2e%2e%2f%2e%2e").await.problem(404, "not_found");
    });
}

#[test]
fn pages_and_cursors() {
    on_both(async |house| {
        let mut all = Vec::new();
        for n in 0..7 {
            let data = crate::life::with(call(), json!({ "said": format!("第 {n} 件：楼道堆物"), "received_at": house.desk.now().0 - n % 3 }));
            all.push(house.register("shengzhong-desk", &data).await.id);
        }
        for sort in ["received", "due"] {
            let (mut seen, mut after): (Vec<String>, String) = (Vec::new(), String::new());
            loop {
                let page = house.get("shengzhong-desk", &format!("/api/v1/matters?limit=3&sort={sort}&after={after}")).await.is(200);
                assert_eq!(page["total"], json!({ "n": 7, "more": false }));
                seen.extend(page["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()));
                match page["next"].as_str() {
                    Some(next) => after = next.to_owned(),
                    None => break,
                }
            }
            let mut sorted = seen.clone();
            sorted.sort();
            all.sort();
            assert_eq!(sorted, all, "by {sort} each row comes once: {seen:?}");
        }
        let next = house.get("shengzhong-desk", "/api/v1/matters?limit=3").await.is(200)["next"].as_str().unwrap().to_owned();
        for cursor in ["x", "%20", "AAAA", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OSBh", &next[1..], &format!("{next}="), "..", "%F0%9F%92%A9", &"A".repeat(5000)] {
            house.get("shengzhong-desk", &format!("/api/v1/matters?after={cursor}")).await.problem(422, "data_missing");
        }
        for query in ["tab=x", "state=open,x", "level=x", "urgency=x", "phase=x", "flag=x", "sort=x"] {
            let problem = house.get("shengzhong-desk", &format!("/api/v1/matters?{query}")).await.problem(422, "data_missing");
            assert_eq!(problem["errors"][0]["datum"], query.split('=').next().unwrap());
        }
        for query in ["limit=x", "from=x", "to=1e9", "open=maybe", "limit=99999999999999999999"] {
            house.get("shengzhong-desk", &format!("/api/v1/matters?{query}")).await.problem(400, "bad_request");
        }
        for query in ["limit=-1", "limit=0", "limit=1000000", "from=-9223372036854775808&to=9223372036854775807", "q=%20", "q=%EF%BC%8C", "state=", "unknown=1"]
        {
            house.get("shengzhong-desk", &format!("/api/v1/matters?{query}")).await.is(200);
        }
        let found = |query: String| async move { house.get("shengzhong-desk", &query).await.is(200)["rows"].as_array().unwrap().len() };
        assert_eq!(found(format!("/api/v1/matters?q={}", encoded("楼道堆物"))).await, 7);
        assert_eq!(found(format!("/api/v1/matters?q={}", encoded("物堆道楼"))).await, 0);
        assert_eq!(found("/api/v1/matters?q=8000".to_owned()).await, 7);
    });
}

#[test]
fn what_is_stale_says_what_changed() {
    on_a_file(async |house: &House| {
        let mut matter = house.bring_to("offered").await;
        let before = matter.clone();
        house.act("police-head", &mut matter, "accept", json!({})).await;
        house.act("police-officer", &mut matter, "note", json!({ "words": "已看现场" })).await;
        let problem = house.try_act("command-1", &before, "urge", &json!({ "words": "请快" })).await.problem(409, "stale");
        assert_eq!(problem["current"], matter.version);
        let acts: Vec<&Value> = problem["changed"].as_array().unwrap().iter().map(|change| &change["act"]).collect();
        assert_eq!(acts, ["note", "accept"], "{problem}");
        assert!(
            problem["changed"].as_array().unwrap().iter().all(|change| change["at"].as_i64().is_some() && !change["by"].as_str().unwrap().is_empty()),
            "{problem}"
        );
        for version in [-1, 0, i64::MAX, i64::MIN] {
            let odd = crate::life::Matter { version, ..before.clone() };
            house.try_act("command-1", &odd, "urge", &json!({ "words": "请快" })).await.problem(409, "stale");
        }
        // Who may not see the matter is not told its version.
        house.try_act("yingzhong-desk", &before, "note", &json!({ "words": "a" })).await.problem(404, "not_found");
    });
}
