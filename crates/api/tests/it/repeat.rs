//! Repeating: the same request answers the same and does nothing twice.

use crate::life::call;
use crate::support::{Answer, House, bare, on_a_file, on_both};
use serde_json::{Value, json};

/// A write with this key.
async fn with_key(house: &House, who: &str, path: &str, key: &str, body: &Value) -> Answer {
    let mut request = house.request(who, "POST", path, Some(body)).await;
    request.headers_mut().insert("idempotency-key", key.parse().unwrap());
    house.send(request).await
}

#[test]
fn the_same_key_and_body_answer_the_same() {
    on_both(async |house| {
        let first = with_key(house, "shengzhong-desk", "/api/v1/reports", "repeat-0001", &call()).await;
        let matter = first.is(201);
        for _ in 0..3 {
            let again = with_key(house, "shengzhong-desk", "/api/v1/reports", "repeat-0001", &call()).await;
            assert_eq!((again.status, &again.bytes), (201, &first.bytes), "{}", again.text());
        }
        assert_eq!(house.get("shengzhong-desk", "/api/v1/matters").await.is(200)["total"]["n"], 1);
        // The same key with another body, or for another route.
        let other = crate::life::with(call(), json!({ "said": "别的事" }));
        with_key(house, "shengzhong-desk", "/api/v1/reports", "repeat-0001", &other).await.problem(422, "idempotency_key_reused");
        let act = format!("/api/v1/matters/{}/acts/note", matter["matter"].as_str().unwrap());
        let note = json!({ "version": matter["version"], "data": { "words": "备注" } });
        with_key(house, "shengzhong-desk", &act, "repeat-0001", &note).await.problem(422, "idempotency_key_reused");
        // Another person's key is another key.
        let theirs = with_key(house, "yingzhong-desk", "/api/v1/reports", "repeat-0001", &call()).await;
        assert_ne!(theirs.is(201)["matter"], matter["matter"]);

        let first = with_key(house, "shengzhong-desk", &act, "repeat-0002", &note).await;
        first.is(200);
        let again = with_key(house, "shengzhong-desk", &act, "repeat-0002", &note).await;
        assert_eq!((again.status, &again.bytes), (200, &first.bytes));
        with_key(house, "shengzhong-desk", &act, "repeat-0003", &note).await.problem(409, "stale");
        // Spaces and order of names are not part of what is asked.
        let same = format!(r#"{{ "data": {{"words":"备注"}}, "version": {} }}"#, matter["version"]);
        let mut request = house.request("shengzhong-desk", "POST", &act, Some(&note)).await;
        request.headers_mut().insert("idempotency-key", "repeat-0002".parse().unwrap());
        *request.body_mut() = same.into();
        assert_eq!(house.send(request).await.bytes, first.bytes);
    });
}

#[test]
fn a_refusal_is_not_kept() {
    on_a_file(async |house| {
        let matter = house.bring_to("offered").await;
        let act = format!("/api/v1/matters/{}/acts/accept", matter.id);
        let stale = json!({ "version": matter.version - 1, "data": {} });
        with_key(house, "police-head", &act, "refused-01", &stale).await.problem(409, "stale");
        let right = json!({ "version": matter.version, "data": {} });
        with_key(house, "police-head", &act, "refused-01", &right).await.is(200);
    });
}

#[test]
fn many_at_once_are_one() {
    on_both(async |house| {
        house.session("shengzhong-desk").await;
        let matter = house.bring_to("offered").await;
        house.session("police-head").await;
        let act = format!("/api/v1/matters/{}/acts/accept", matter.id);
        let body = json!({ "version": matter.version, "data": {} });
        let mut flights = tokio::task::JoinSet::new();
        for n in 0..24 {
            let (report, accept) = (call(), body.clone());
            let mut request = match n % 2 {
                0 => house.request("shengzhong-desk", "POST", "/api/v1/reports", Some(&report)).await,
                _ => house.request("police-head", "POST", &act, Some(&accept)).await,
            };
            request.headers_mut().insert("idempotency-key", "at-once-0001".parse().unwrap());
            let router = house.router.clone();
            flights.spawn(async move {
                let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
                let status = answer.status().as_u16();
                (n % 2, status, axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap())
            });
        }
        let answers = flights.join_all().await;
        for kind in [0, 1] {
            let of: Vec<_> = answers.iter().filter(|answer| answer.0 == kind).collect();
            assert!(of.iter().all(|answer| answer.1 == of[0].1 && answer.2 == of[0].2 && answer.1 < 300), "{of:?}");
        }
        assert_eq!(house.get("shengzhong-desk", "/api/v1/matters").await.is(200)["total"]["n"], 2);
    });
}

#[test]
fn repeated_acknowledgements_and_revocations() {
    on_a_file(async |house| {
        house.bring_to("offered").await;
        let notices = house.get("police-head", "/api/v1/notices").await.is(200);
        assert!(notices["unread"].as_i64().unwrap() > 0 && notices["rows"][0]["acknowledged_at"].is_null(), "{notices}");
        let path = format!("/api/v1/notices/{}/acknowledge", notices["rows"][0]["id"].as_str().unwrap());
        house.call("market-head", "POST", &path, None).await.problem(404, "not_found");
        for _ in 0..2 {
            let mut request = house.request("police-head", "POST", &path, None).await;
            request.headers_mut().insert("idempotency-key", "acknowledge-1".parse().unwrap());
            house.send(request).await.is(204);
        }
        let after = house.get("police-head", "/api/v1/notices").await.is(200);
        assert_eq!(after["unread"].as_i64(), notices["unread"].as_i64().map(|n| n - 1));
        assert!(!after["rows"][0]["acknowledged_at"].is_null());
        house.send(bare("GET", "/health/ready", None)).await;
    });
}

#[test]
fn a_repeated_upload_is_one_file() {
    on_both(async |house| {
        let upload = async |name: &str, mark: u8| {
            let mut request = house.request("command-1", "POST", "/api/v1/files", None).await;
            *request.body_mut() = crate::support::multipart(name, &crate::support::png(mark)).into();
            request.headers_mut().insert("content-type", "multipart/form-data; boundary=xyz".parse().unwrap());
            request.headers_mut().insert("idempotency-key", "upload-0001".parse().unwrap());
            house.send(request).await
        };
        let first = upload("一.png", 1).await;
        first.is(201);
        assert_eq!(upload("一.png", 1).await.bytes, first.bytes);
        upload("一.png", 2).await.problem(422, "idempotency_key_reused");
        upload("二.png", 1).await.problem(422, "idempotency_key_reused");
    });
}
