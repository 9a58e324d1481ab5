//! What stands at the doors: limits, sessions that begin and end, tokens that reach so far, administrators who see nothing of each other; leaks of other systems, by name.

use crate::life::call;
use crate::support::{House, bare, in_earnest, limited, on_a_file, on_both};
use axum::http::header;
use serde_json::{Value, json};

fn knock(login: &str, password: &str) -> axum::http::Request<axum::body::Body> {
    bare("POST", "/api/v1/session", Some(&json!({ "login": login, "password": password })))
}

#[test]
fn a_flood_of_log_ins_is_told_when_to_come_again_whoever_it_asks_for() {
    let limits = api::Limits::default().with(api::Door::LogIn, api::Rate::read("3/60").unwrap()).with(api::Door::Address, api::Rate::read("8/60").unwrap());
    limited(limits, async |house| {
        for login in ["who-is-this", "duty"] {
            for _ in 0..3 {
                house.send(knock(login, "wrong-password")).await.problem(401, "wrong_password");
            }
            let answer = house.send(knock(login, "wrong-password")).await;
            assert_eq!(answer.problem(429, "too_many")["retry_after"], 20);
            assert_eq!(answer.header("retry-after"), "20");
        }
        // Eight came from this address; the next is turned away before anybody looks at its name.
        house.send(knock("leader", app::seed::DEMO_PASSWORD)).await.problem(429, "too_many");
        assert!(house.desk.advance(20_000));
        house.send(knock("leader", app::seed::DEMO_PASSWORD)).await.is(200);
    });
}

#[test]
fn made_up_sessions_are_counted_by_the_address() {
    let limits = api::Limits::default().with(api::Door::Anonymous, api::Rate::read("5/60").unwrap());
    limited(limits, async |house| {
        for n in 0..5 {
            let mut request = bare("GET", "/api/v1/board", None);
            request.headers_mut().insert(header::COOKIE, format!("xja_session=made-up-{n}").parse().unwrap());
            house.send(request).await.problem(401, "not_logged_in");
        }
        let mut request = bare("GET", "/api/v1/board", None);
        request.headers_mut().insert(header::COOKIE, "xja_session=made-up-6".parse().unwrap());
        house.send(request).await.problem(429, "too_many");
        house.get("duty", "/api/v1/workbench").await.is(200);
    });
}

#[test]
fn a_session_that_was_planted_is_not_taken_over() {
    on_a_file(async |house| {
        // Whatever cookie comes along, the log-in makes a new one; and one that was in force ends with it.
        let before = house.log_in("duty", app::seed::DEMO_PASSWORD).await;
        let mut request = knock("leader", app::seed::DEMO_PASSWORD);
        request.headers_mut().insert(header::COOKIE, before.cookie.parse().unwrap());
        let answer = house.send(request).await;
        answer.is(200);
        assert_ne!(answer.header("set-cookie").split(';').next().unwrap(), before.cookie);
        let mut request = bare("GET", "/api/v1/session", None);
        request.headers_mut().insert(header::COOKIE, before.cookie.parse().unwrap());
        house.send(request).await.problem(401, "not_logged_in");
    });
}

#[test]
fn sessions_are_listed_without_their_secrets_and_ended_one_by_one() {
    on_both(async |house| {
        let elsewhere = house.log_in("duty", app::seed::DEMO_PASSWORD).await;
        let listed = house.get("duty", "/api/v1/sessions").await;
        let rows: Vec<Value> = listed.is(200).as_array().unwrap().clone();
        assert_eq!(rows.iter().filter(|row| row["current"] == true).count(), 1);
        assert!(!listed.text().contains(elsewhere.cookie.split('=').nth(1).unwrap()) && !listed.text().contains(&elsewhere.csrf));
        let other = rows.iter().find(|row| row["current"] == false).unwrap()["id"].as_str().unwrap().to_owned();
        // Not by somebody else.
        house.call("leader", "DELETE", &format!("/api/v1/sessions/{other}"), None).await.problem(404, "not_found");
        house.call("duty", "DELETE", &format!("/api/v1/sessions/{other}"), None).await.is(204);
        let mut request = bare("GET", "/api/v1/session", None);
        request.headers_mut().insert(header::COOKIE, elsewhere.cookie.parse().unwrap());
        house.send(request).await.problem(401, "not_logged_in");
        house.get("duty", "/api/v1/session").await.is(200);
    });
}

#[test]
fn a_token_does_what_it_was_made_for_and_never_touches_accounts() {
    on_a_file(async |house| {
        let make = async |reach: &str| {
            let made = house.post("shengzhong-desk", "/api/v1/tokens", &json!({ "name": reach, "expires_in_days": 1, "reach": reach })).await;
            format!("Bearer {}", made.is(201)["token"].as_str().unwrap())
        };
        let (all, read, notes) = (make("all").await, make("read").await, make("note").await);
        let matter = house.register(&all, &call()).await;
        let note = format!("/api/v1/matters/{}/acts/note", matter.id);
        let body = json!({ "version": 1, "data": { "words": "脚本备注" } });
        house.post(&read, &note, &body).await.problem(403, "token_reach");
        house.post(&read, "/api/v1/reports", &call()).await.problem(403, "token_reach");
        house.post(&notes, "/api/v1/reports", &call()).await.problem(403, "token_reach");
        house.post(&notes, &note, &body).await.is(200);
        house.get(&read, "/api/v1/matters").await.is(200);
        for who in [&all, &read, &notes] {
            house.post(who, "/api/v1/tokens", &json!({ "name": "b", "expires_in_days": 366 })).await.problem(403, "token_reach");
            house.post(who, "/api/v1/session/password", &json!({ "old": "a", "new": "b" })).await.problem(403, "token_reach");
            house.post(who, "/api/v1/session/second-factor", &json!({})).await.problem(403, "token_reach");
            house.call(who, "DELETE", "/api/v1/sessions", None).await.problem(403, "token_reach");
        }
        house
            .post("shengzhong-desk", "/api/v1/tokens", &json!({ "name": "a", "expires_in_days": 1, "reach": "everything" }))
            .await
            .problem(422, "data_missing");
    });
}

#[test]
fn each_administrator_does_his_own_work_and_sees_no_matter() {
    on_a_file(async |house| {
        house.register("shengzhong-desk", &call()).await;
        let pages = [("/api/v1/accounts", "security-admin"), ("/api/v1/accounts/posts", "security-admin"), ("/api/v1/account-trail", "auditor")];
        for (path, whose) in pages {
            for login in ["system-admin", "security-admin", "auditor", "command-head", "leader", "shengzhong-chief"] {
                let answer = house.get(login, path).await;
                if login == whose {
                    answer.is(200);
                } else {
                    answer.problem(403, "not_yours");
                }
            }
        }
        for admin in ["system-admin", "security-admin", "auditor"] {
            assert_eq!(house.get(admin, "/api/v1/matters").await.is(200)["total"]["n"], 0, "{admin}");
        }
        assert!(house.get("auditor", "/api/v1/policy").await.is(200)["rows"].as_array().unwrap().len() > 100);
    });
}

#[test]
fn a_first_password_is_shown_once_and_kept_nowhere() {
    on_a_file(async |house| {
        let body = json!({ "login": "new-one", "name": "新来的", "posts": [] });
        let mut request = house.request("security-admin", "POST", "/api/v1/accounts", Some(&body)).await;
        request.headers_mut().insert("idempotency-key", "open-account-1".parse().unwrap());
        let made = house.send(request).await;
        let (id, password) = (made.is(201)["id"].as_str().unwrap().to_owned(), made.is(201)["password"].as_str().unwrap().to_owned());
        let mut request = house.request("security-admin", "POST", "/api/v1/accounts", Some(&body)).await;
        request.headers_mut().insert("idempotency-key", "open-account-1".parse().unwrap());
        assert_eq!(house.send(request).await.is(201)["password"], password, "a repeated request shows the same one");
        assert!(!house.dump().await.contains(&password));
        assert!(!house.get("security-admin", &format!("/api/v1/accounts/{id}")).await.text().contains("argon2"));
        assert_eq!(house.send(knock("new-one", &password)).await.is(200)["account"]["must_change_password"], true);
    });
}

#[test]
fn in_earnest_an_administrator_binds_a_second_factor_before_anything_else() {
    in_earnest(async |house| {
        real(house).await;
        let me = house.get("security-admin", "/api/v1/session").await.is(200).clone();
        assert_eq!(me["account"]["must_enrol_second_factor"], true);
        house.get("security-admin", "/api/v1/accounts").await.problem(403, "must_enrol_second_factor");
        let made = house.post("security-admin", "/api/v1/session/second-factor", &json!({})).await;
        let secret = made.is(201)["secret"].as_str().unwrap().to_owned();
        assert!(made.is(201)["picture"].as_str().unwrap().starts_with("<svg") && made.is(201)["uri"].as_str().unwrap().contains(&secret));
        let code = app::accounts::code_of(&secret, house.desk.now()).unwrap();
        let codes = house.post("security-admin", "/api/v1/session/second-factor/confirm", &json!({ "code": code })).await;
        assert_eq!(codes.is(200)["recovery_codes"].as_array().unwrap().len(), 10);
        house.get("security-admin", "/api/v1/accounts").await.is(200);
        house.send(knock("security-admin", app::seed::DEMO_PASSWORD)).await.problem(401, "second_factor");
        let dump = house.dump().await;
        assert!(!dump.contains(&secret) && codes.is(200)["recovery_codes"].as_array().unwrap().iter().all(|code| !dump.contains(code.as_str().unwrap())));
        // Nobody else is asked.
        house.get("duty", "/api/v1/workbench").await.is(200);
    });
}

/// The seeded house as if it were no demonstration.
async fn real(house: &House) {
    house.desk.write(|tx, _, _, _| Ok(store::places::put_setting(tx, app::seed::DEMO, "false")?)).await.unwrap();
}

/// Leaks that other systems had (each of these was an issue or a pull request there), as far as they concern accounts, tokens and sessions.
mod leaks_of_others {
    use super::*;

    #[test]
    fn an_agent_who_was_deactivated_keeps_no_session_and_no_token() {
        on_a_file(async |house| {
            let token = house.post("market-officer", "/api/v1/tokens", &json!({ "name": "a", "expires_in_days": 9 })).await.is(201)["token"]
                .as_str()
                .unwrap()
                .to_owned();
            let id = house.get("market-officer", "/api/v1/session").await.is(200)["account"]["id"].as_str().unwrap().to_owned();
            house.post("security-admin", &format!("/api/v1/accounts/{id}/changes/leave"), &json!({})).await.is(200);
            house.get("market-officer", "/api/v1/matters").await.problem(401, "not_logged_in");
            house.get(&format!("Bearer {token}"), "/api/v1/matters").await.problem(401, "not_logged_in");
        });
    }

    #[test]
    fn a_list_of_people_is_not_for_everybody() {
        on_a_file(async |house| {
            for login in ["shengzhong-desk", "command-1", "leader", "auditor", "system-admin", "nobody"] {
                let answer = house.get(login, "/api/v1/accounts?q=duty").await;
                answer.problem(403, "not_yours");
                assert!(!answer.text().contains("duty"));
            }
        });
    }

    #[test]
    fn an_account_of_another_cannot_be_changed_by_knowing_its_id() {
        on_a_file(async |house| {
            let id = house.get("leader", "/api/v1/session").await.is(200)["account"]["id"].as_str().unwrap().to_owned();
            for change in ["reset_password", "leave", "disable", "unlock", "reset_second_factor"] {
                let path = format!("/api/v1/accounts/{id}/changes/{change}");
                for login in ["duty", "shengzhong-chief", "system-admin", "auditor"] {
                    house.post(login, &path, &json!({})).await.problem(403, "not_yours");
                }
                // Nor does a security administrator raise himself.
                let own = house.get("security-admin", "/api/v1/session").await.is(200)["account"]["id"].as_str().unwrap().to_owned();
                house.post("security-admin", &format!("/api/v1/accounts/{own}/changes/{change}"), &json!({})).await.problem(422, "own_account");
            }
            house.get("leader", "/api/v1/session").await.is(200);
        });
    }
}
