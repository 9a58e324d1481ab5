//! Tokens for scripts.

use crate::life::call;
use crate::support::{bare, on_a_file, on_both};
use serde_json::json;

#[test]
fn a_token_works_like_its_owner_and_ends() {
    on_both(async |house| {
        let made = house.post("shengzhong-desk", "/api/v1/tokens", &json!({ "name": "导数脚本", "expires_in_days": 2 })).await.is(201);
        let (id, secret) = (made["id"].as_str().unwrap().to_owned(), made["token"].as_str().unwrap().to_owned());
        assert!(secret.starts_with("xja_") && secret.len() >= 40, "{secret}");
        assert_eq!(made["expires_at"].as_i64().unwrap() - made["created_at"].as_i64().unwrap(), 2 * domain::kernel::DAY);
        let who = format!("Bearer {secret}");
        // No CSRF token, but a key as for everybody.
        let matter = house.register(&who, &call()).await;
        let mut request = house.request(&who, "POST", "/api/v1/reports", Some(&call())).await;
        request.headers_mut().remove("idempotency-key");
        house.send(request).await.problem(400, "idempotency_key_missing");
        assert_eq!(house.page("shengzhong-desk", &matter).await["trail"][0]["by"], house.page(&who, &matter).await["trail"][0]["by"]);
        assert_eq!(house.get(&who, "/api/v1/session").await.is(200)["csrf"], "");
        house.get(&who, "/api/v1/matters?tab=todo").await.is(200);

        for wrong in [&secret[..secret.len() - 1], &format!("{secret}0"), &secret.to_uppercase(), "xja_", ""] {
            let mut request = bare("GET", "/api/v1/session", None);
            request.headers_mut().insert("authorization", format!("Bearer {wrong}").parse().unwrap());
            house.send(request).await.problem(401, "not_logged_in");
        }
        // A wrong token is not saved by a right cookie.
        let mut request = house.request("shengzhong-desk", "GET", "/api/v1/session", None).await;
        request.headers_mut().insert("authorization", "Bearer xja_wrong".parse().unwrap());
        house.send(request).await.problem(401, "not_logged_in");

        let listed = house.get("shengzhong-desk", "/api/v1/tokens").await;
        assert_eq!((&listed.is(200)[0]["id"], &listed.is(200)[0]["revoked"]), (&json!(id), &json!(false)));
        assert!(!listed.text().contains(&secret));
        assert_eq!(house.get("command-1", "/api/v1/tokens").await.is(200), json!([]));
        assert!(!house.dump().await.contains(&secret), "the token lies in the database");

        house.call("command-1", "DELETE", &format!("/api/v1/tokens/{id}"), None).await.problem(404, "not_found");
        house.get(&who, "/api/v1/session").await.is(200);
        house.call("shengzhong-desk", "DELETE", &format!("/api/v1/tokens/{id}"), None).await.is(204);
        house.get(&who, "/api/v1/session").await.problem(401, "not_logged_in");
        assert_eq!(house.get("shengzhong-desk", "/api/v1/tokens").await.is(200)[0]["revoked"], true);
    });
}

#[test]
fn a_token_ends_by_itself() {
    on_a_file(async |house| {
        let secret =
            house.post("command-1", "/api/v1/tokens", &json!({ "name": "一天", "expires_in_days": 1 })).await.is(201)["token"].as_str().unwrap().to_owned();
        house.pass(domain::kernel::DAY - 1000).await;
        house.get(&format!("Bearer {secret}"), "/api/v1/session").await.is(200);
        house.pass(1000).await;
        house.get(&format!("Bearer {secret}"), "/api/v1/session").await.problem(401, "not_logged_in");
        for days in [0, -1, 367, i64::MAX] {
            house.post("command-1", "/api/v1/tokens", &json!({ "name": "a", "expires_in_days": days })).await.problem(422, "token_span");
        }
        for name in ["", "  ", &"长".repeat(101)] {
            let problem = house.post("command-1", "/api/v1/tokens", &json!({ "name": name, "expires_in_days": 1 })).await.problem(422, "data_missing");
            assert_eq!(problem["errors"][0]["datum"], "name");
        }
    });
}

#[test]
fn a_repeated_request_gives_the_same_token() {
    on_both(async |house| {
        let body = json!({ "name": "脚本", "expires_in_days": 30 });
        let make = async |who: &str, key: &str, body: &serde_json::Value| {
            let mut request = house.request(who, "POST", "/api/v1/tokens", Some(body)).await;
            request.headers_mut().insert("idempotency-key", key.parse().unwrap());
            house.send(request).await
        };
        let first = make("command-1", "token-key-1", &body).await;
        let again = make("command-1", "token-key-1", &body).await;
        assert_eq!((first.status, &first.bytes), (201, &again.bytes));
        make("command-1", "token-key-1", &json!({ "name": "脚本", "expires_in_days": 31 })).await.problem(422, "idempotency_key_reused");
        let others = [make("command-1", "token-key-2", &body).await, make("command-2", "token-key-1", &body).await];
        let mut secrets: Vec<String> = others.iter().chain([&first]).map(|answer| answer.is(201)["token"].as_str().unwrap().to_owned()).collect();
        secrets.dedup();
        assert_eq!(secrets.len(), 3);
        assert_eq!(house.get("command-1", "/api/v1/tokens").await.is(200).as_array().unwrap().len(), 2);
    });
}
