//! The access table: every route stands in it, and each behaves as it says there.

use crate::support::{House, bare, in_earnest, on_a_file};
use axum::http::header;
use serde_json::{Value, json};

const TABLE: &str = include_str!("../access.table");

/// A row of the table.
pub(crate) struct Row {
    pub(crate) method: String,
    pub(crate) path: String,
    who: String,
    key: bool,
    without_post: u16,
}

pub(crate) fn rows() -> Vec<Row> {
    TABLE
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let [route, who, key, without_post] = cells[..] else { panic!("a row of access.table has four cells: {line}") };
            let (method, path) = route.split_once(' ').unwrap();
            assert!(matches!(key, "key" | "-"), "{line}");
            Row { method: method.to_owned(), path: path.to_owned(), who: who.to_owned(), key: key == "key", without_post: without_post.parse().unwrap() }
        })
        .collect()
}

impl Row {
    fn is_public(&self) -> bool {
        self.who == "public"
    }

    fn writes(&self) -> bool {
        self.method != "GET"
    }

    /// The route with something in place of each parameter.
    pub(crate) fn address(&self) -> String {
        let path = self.path.replace("{act}", "note").replace("{number}", "none").replace("{answer}", "agree");
        let mut parts: Vec<&str> = path.split('/').collect();
        for part in &mut parts {
            if part.starts_with('{') {
                *part = "none";
            }
        }
        parts.join("/")
    }

    /// A body that the route understands.
    pub(crate) fn body(&self) -> Option<Value> {
        Some(match (self.method.as_str(), self.path.as_str()) {
            ("GET" | "DELETE", _) | (_, "/api/v1/files" | "/api/v1/notices/{id}/acknowledge" | "/api/v1/notices/duty/{id}/heard") => return None,
            (_, "/api/v1/session") => json!({ "login": "nobody", "password": app::seed::DEMO_PASSWORD }),
            (_, "/api/v1/session/second-factor" | "/api/v1/accounts/{id}/changes/{change}") => return None,
            (_, "/api/v1/session/second-factor/confirm" | "/api/v1/session/second-factor/remove") => json!({ "code": "000000" }),
            (_, "/api/v1/delegations") => json!({ "post": "none", "deputy": "none", "to_at": crate::support::MORNING.0 + 1000 }),
            (_, "/api/v1/accounts") => json!({ "login": "somebody", "name": "某人" }),
            (_, "/api/v1/accounts/{id}/holdings") => json!({ "post": "none" }),
            (_, "/api/v1/session/password") => json!({ "old": "a", "new": "b" }),
            (_, "/api/v1/tokens") => json!({ "name": "a", "expires_in_days": 1 }),
            (_, "/api/v1/reports") => crate::life::call(),
            (_, "/api/v1/reports/suggest") => json!({ "said": "路灯坏了" }),
            (_, "/api/v1/matters/{id}/acts/{act}") => json!({ "version": 1, "data": { "words": "a" } }),
            (_, "/api/v1/matters/{id}/reveal") => json!({ "report": "a", "reason": "b" }),
            (_, "/api/v1/channels/{id}/trial" | "/api/v1/letters/{id}/revive") => return None,
            (_, "/api/v1/letters/{id}/drop") => json!({ "reason": "地址已停用" }),
            (_, "/api/v1/channels" | "/api/v1/channels/{id}") => json!({ "kind": "browser", "name": "浏览器", "enabled": true, "ordinal": 1, "settings": {} }),
            (_, "/api/v1/notices/ways") => json!({ "channel": "none", "address": "13800138000", "ordinal": 1 }),
            (_, "/api/v1/notices/wish") => json!({ "at_once": true, "quiet_from": 1320, "quiet_to": 420, "digest_at": 500 }),
            (_, "/api/v1/destructions/{id}/ask") => return None,
            (_, "/api/v1/destructions/{id}/decide") => json!({ "approve": true }),
            (_, "/api/v1/persons/requests") => json!({ "kind": "copy", "phone": "13800138000", "identity": "身份证" }),
            (_, "/api/v1/retention") => {
                json!({ "id": "contact", "class": "contact", "category": "", "months": 12, "counts_from": "closed", "basis": "a", "purpose": "b" })
            }
            (_, "/api/v1/rota/preview" | "/api/v1/rota/drafts") => {
                json!({ "unit": "none", "duty": "desk", "pattern": "three_shifts", "from_day": "2026-12-01", "to_day": "2026-12-31", "people": ["a"] })
            }
            (_, "/api/v1/rota/call-outs") => json!({ "unit": "none", "duty": "desk", "people": [] }),
            (_, "/api/v1/rota/hand-overs") => json!({ "unit": "none" }),
            (_, "/api/v1/rota/shifts/{id}/assign") => json!({ "account": null, "reason": "a" }),
            (_, "/api/v1/rota/askings") => json!({ "what": "absence", "shift": "none", "reason": "a" }),
            (_, path) if path.starts_with("/api/v1/rota/") => return None,
            (_, "/api/v1/policies/{id}" | "/api/v1/policies/{id}/preview") => json!({
                "version": 1, "span": "7d", "extend": "-", "pause": "-", "steps": "80 100", "mark": "I", "source": "a", "name": "b", "open": false
            }),
            (_, "/api/v1/places/imports") => return None,
            (_, "/api/v1/places/acts") => json!({ "acts": [{ "act": "put_duties", "unit": "none", "duties": [] }] }),
            (_, "/api/v1/postings") => json!({ "account": "none", "unit": "none", "home": "none", "presence": "resident", "from_at": 0 }),
            (_, "/api/v1/practice/clock") => json!({ "advance_ms": 0 }),
            other => panic!("say in this test what {other:?} is sent"),
        })
    }

    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// Tells only whether the answer begins: a live stream has no end.
async fn status(house: &House, request: axum::http::Request<axum::body::Body>) -> u16 {
    use tower::ServiceExt;
    house.router.clone().oneshot(request).await.unwrap().status().as_u16()
}

#[test]
fn every_route_is_in_the_access_table() {
    let document: Value = serde_json::from_str(&api::openapi()).unwrap();
    let mut routes: Vec<String> = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            assert!(matches!(method.as_str(), "get" | "post" | "put" | "patch" | "delete"), "{method} {path}");
            routes.push(format!("{} {path}", method.to_uppercase()));
        }
    }
    routes.sort();
    let mut known: Vec<String> = rows().iter().map(Row::name).collect();
    known.sort();
    assert_eq!(routes, known, "access.table and the routes differ: say there who may call a new route");
    let registers = domain::accounts::posts_for(domain::matters::ActKind::Register).join(" ");
    for row in rows() {
        let posts = |who: &str| who.split(' ').all(|post| post.parse::<domain::places::PostKind>().is_ok());
        let known = posts(&row.who) || matches!(row.who.as_str(), "public" | "secret" | "self" | "any" | "scope" | "scope and act") || row.who == registers;
        assert!(known, "{}: who is “{}”?", row.name(), row.who);
        // Everything that is kept can be repeated; what has no key keeps nothing, or repeats itself harmlessly. The description says the same.
        let described = &document["paths"][&row.path][row.method.to_lowercase()]["parameters"];
        let asked = described.as_array().is_some_and(|all| all.iter().any(|one| one["name"] == "Idempotency-Key"));
        assert_eq!((row.key, row.key && !row.writes()), (asked, false), "{}", row.name());
    }
}

#[test]
fn nobody_comes_in_without_credentials() {
    on_a_file(async |house| {
        for row in rows() {
            let body = row.body();
            if row.is_public() {
                assert_eq!(house.send(bare(&row.method, &row.address(), body.as_ref())).await.status, 200, "{}", row.name());
                continue;
            }
            if row.who == "secret" {
                house.send(bare(&row.method, &row.address(), body.as_ref())).await.problem(404, "not_found");
                continue;
            }
            house.send(bare(&row.method, &row.address(), body.as_ref())).await.problem(401, "not_logged_in");
            for (name, value) in
                [("authorization", "Bearer xja_wrong"), ("authorization", "Bearer "), ("cookie", "xja_session=wrong"), ("cookie", "xja_session=")]
            {
                let mut request = bare(&row.method, &row.address(), body.as_ref());
                request.headers_mut().insert(name, value.parse().unwrap());
                request.headers_mut().insert("x-csrf-token", "wrong".parse().unwrap());
                request.headers_mut().insert("idempotency-key", house.key().parse().unwrap());
                house.send(request).await.problem(401, "not_logged_in");
            }
            // A body that nobody may send is not read: no hint about what a right one looks like.
            if row.writes() {
                let mut request = bare(&row.method, &row.address(), None);
                *request.body_mut() = "{".into();
                request.headers_mut().insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
                house.send(request).await.problem(401, "not_logged_in");
            }
        }
    });
}

#[test]
fn writes_need_their_token_and_their_key() {
    on_a_file(async |house| {
        let (session, other) = (house.session("command-1").await, house.session("command-2").await);
        for row in rows().iter().filter(|row| row.writes() && !row.is_public()) {
            let body = row.body();
            for csrf in [None, Some(""), Some(other.csrf.as_str())] {
                let mut request = house.request("command-1", &row.method, &row.address(), body.as_ref()).await;
                request.headers_mut().remove("x-csrf-token");
                if let Some(csrf) = csrf {
                    request.headers_mut().insert("x-csrf-token", csrf.parse().unwrap());
                }
                house.send(request).await.problem(403, "csrf");
            }
            if !row.key {
                continue;
            }
            for key in [None, Some(""), Some("short"), Some("密钥密钥密钥密钥"), Some(&*"k".repeat(101))] {
                let mut request = house.request("command-1", &row.method, &row.address(), body.as_ref()).await;
                request.headers_mut().remove("idempotency-key");
                if let Some(key) = key {
                    request.headers_mut().insert("idempotency-key", axum::http::HeaderValue::from_bytes(key.as_bytes()).unwrap());
                }
                house.send(request).await.problem(400, "idempotency_key_missing");
            }
        }
        // The session has survived all this.
        let mut request = bare("GET", "/api/v1/session", None);
        request.headers_mut().insert(header::COOKIE, session.cookie.parse().unwrap());
        house.send(request).await.is(200);
    });
}

#[test]
fn the_first_password_comes_first() {
    on_a_file(async |house| {
        for row in rows().iter().filter(|row| !matches!(row.who.as_str(), "public" | "secret" | "self")) {
            house.call("fresh", &row.method, &row.address(), row.body().as_ref()).await.problem(403, "must_change_password");
        }
        assert_eq!(house.get("fresh", "/api/v1/session").await.is(200)["account"]["must_change_password"], true);
        let change = |old: &'static str, new: &'static str| json!({ "old": old, "new": new });
        let path = "/api/v1/session/password";
        house.post("fresh", path, &change(app::seed::DEMO_PASSWORD, "short")).await.problem(422, "password_short");
        house.post("fresh", path, &change(app::seed::DEMO_PASSWORD, "my-Fresh-password")).await.problem(422, "password_weak");
        house.post("fresh", path, &change("wrong-password", "quite-another-one")).await.problem(422, "password_wrong");
        // Another browser of the same account is logged out by the change; this one goes on.
        let elsewhere = house.log_in("fresh", app::seed::DEMO_PASSWORD).await;
        let me = house.post("fresh", path, &change(app::seed::DEMO_PASSWORD, "quite-another-one")).await.is(200);
        assert_eq!(me["account"]["must_change_password"], false);
        house.get("fresh", "/api/v1/board").await.is(200);
        let mut request = bare("GET", "/api/v1/session", None);
        request.headers_mut().insert(header::COOKIE, elsewhere.cookie.parse().unwrap());
        house.send(request).await.problem(401, "not_logged_in");
        house.log_in("fresh", "quite-another-one").await;
    });
}

#[test]
fn without_a_post_there_is_nothing_to_see() {
    on_a_file(async |house| {
        let matter = house.register("shengzhong-desk", &crate::life::call()).await;
        for row in rows().iter().filter(|row| row.path != "/api/v1/session" && (row.method != "DELETE" || row.path != "/api/v1/sessions")) {
            let address = row.address().replace("/none", &format!("/{}", matter.id));
            let request = house.request("nobody", &row.method, &address, row.body().as_ref()).await;
            assert_eq!(status(house, request).await, row.without_post, "{}", row.name());
        }
        let list = house.get("nobody", "/api/v1/matters").await.is(200);
        assert_eq!((list["rows"].as_array().unwrap().len(), &list["total"]["n"]), (0, &json!(0)));
        assert_eq!(house.get("nobody", "/api/v1/board").await.is(200)["stations"], json!([]));
        assert_eq!(house.get("nobody", "/api/v1/notices").await.is(200)["rows"], json!([]));
        let number = crate::problems::encoded(&matter.number);
        house.get("nobody", &format!("/api/v1/matters/by-number/{number}")).await.problem(404, "not_found");
        let before =
            house.post("nobody", "/api/v1/reports/suggest", &json!({ "said": "押金", "spot": "盛中村 3 组 12 号", "phone": "13800138000" })).await.is(200);
        assert_eq!((&before["similar"], &before["before"]), (&json!([]), &json!([])));
    });
}

#[test]
fn log_in_log_out() {
    on_a_file(async |house| {
        let log_in = |login: &'static str, password: &'static str| bare("POST", "/api/v1/session", Some(&json!({ "login": login, "password": password })));
        // An unknown name and a wrong password are one answer.
        let unknown = house.send(log_in("who-is-this", "wrong-password")).await.problem(401, "wrong_password");
        let wrong = house.send(log_in("market-head", "wrong-password")).await.problem(401, "wrong_password");
        assert_eq!(unknown["title"], wrong["title"]);
        for _ in 0..4 {
            house.send(log_in("market-head", "wrong-password")).await;
        }
        // Locked now: the right password and a wrong one get the answer that an unknown name gets.
        for password in [app::seed::DEMO_PASSWORD, "wrong-password"] {
            let locked = house.send(log_in("market-head", password)).await.problem(401, "wrong_password");
            assert_eq!(locked["title"], unknown["title"]);
        }
        let answer = house.send(log_in("command-1", app::seed::DEMO_PASSWORD)).await;
        let cookie = answer.header("set-cookie").to_owned();
        assert!(["HttpOnly", "SameSite=Strict", "Path=/"].iter().all(|part| cookie.contains(part)) && !cookie.contains("Secure"), "{cookie}");
        let me = answer.is(200);
        assert_eq!(
            (me["account"]["login"].as_str(), me["practice"].as_bool(), me["installation"]["demo"].as_bool()),
            (Some("command-1"), Some(true), Some(true))
        );
        assert_eq!((&me["posts"][0]["kind"], &me["posts"][0]["unit"]["kind"]), (&json!("command_officer"), &json!("command_room")));
        let session = house.session("command-1").await;
        let out = house.call("command-1", "DELETE", "/api/v1/session", None).await;
        out.is(204);
        assert!(out.header("set-cookie").contains("Max-Age=0"));
        let mut request = bare("GET", "/api/v1/session", None);
        request.headers_mut().insert(header::COOKIE, session.cookie.parse().unwrap());
        house.send(request).await.problem(401, "not_logged_in");
    });
}

#[test]
fn a_real_installation_has_no_clock_to_set() {
    in_earnest(async |house| {
        let answer = house.send(bare("POST", "/api/v1/session", Some(&json!({ "login": "command-1", "password": app::seed::DEMO_PASSWORD })))).await;
        assert!(answer.header("set-cookie").contains("; Secure"));
        let before = house.desk.now();
        house.post("command-1", "/api/v1/practice/clock", &json!({ "advance_ms": 60_000 })).await.problem(404, "not_found");
        assert_eq!(house.desk.now(), before);
    });
}

#[test]
fn a_session_ends() {
    on_a_file(async |house| {
        let session = house.session("command-2").await;
        house.pass(13 * domain::kernel::HOUR).await;
        let mut request = bare("GET", "/api/v1/session", None);
        request.headers_mut().insert(header::COOKIE, session.cookie.parse().unwrap());
        house.send(request).await.problem(401, "not_logged_in");
    });
}
