//! The crawler: somebody of every post and tier, each route with each method of the document, every id that exists; nobody is told what is not his.
//!
//! What exists carries marks that occur nowhere else: words, names, numbers, telephones, ids. Who may see which is said here by hand, not asked of the
//! house. A route for which no request is known is red (`Row::body`, `requests`).

use crate::access::{Row, rows};
use crate::life::{MARKET, Matter, POLICE, call, with};
use crate::problems::encoded;
use crate::stream::Listener;
use crate::support::{Answer, House, on_both};
use domain::places::{PostKind, UnitKind, demo};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Something that not everybody may know of.
struct Secret {
    what: String,
    /// Texts by which it would be known; none of them is part of another's.
    marks: Vec<String>,
    /// Log-ins to whom it may be shown.
    seen_by: BTreeSet<String>,
}

/// Somebody who looks around.
struct Viewer {
    login: String,
    kind: PostKind,
    unit: String,
}

/// One of each kind of post in each kind of unit, and a second one of another unit where there is one.
fn viewers() -> Vec<Viewer> {
    let network = demo::xinjie();
    let mut seen: BTreeMap<(PostKind, UnitKind), BTreeSet<String>> = BTreeMap::new();
    let mut viewers = Vec::new();
    for account in demo::accounts() {
        let Some(post) = account.posts.first().and_then(|post| network.post(post)) else { continue };
        let unit = network.unit(&post.unit).unwrap();
        let of_kind = seen.entry((post.kind, unit.kind)).or_default();
        // The two stations and the department that own something are always there; of the rest two are enough.
        let owns = [HOME, OTHER, POLICE, MARKET].contains(&unit.id.0.as_str());
        if of_kind.contains(&unit.id.0) || (of_kind.len() >= 2 && !owns) {
            continue;
        }
        of_kind.insert(unit.id.0.clone());
        viewers.push(Viewer { login: account.login, kind: post.kind, unit: unit.id.0.clone() });
    }
    viewers
}

const HOME: &str = crate::life::HOME;
const OTHER: &str = "unt_330109014204";

/// How much care a matter needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Open,
    Protected,
    Confidential,
}

/// The table of who may see a matter, as `domain.md` §10.8 and the policy have it, written down once more.
fn may_see(viewer: &Viewer, class: Class, units: &[&str], registered_by: &str) -> bool {
    use PostKind::{
        Archivist, CallbackClerk, Checker, CommandHead, CommandOfficer, DeskClerk, DutyOfficer, Mediator, StationChief, StreetLeader, UnitHead, UnitOfficer,
    };
    let range = matches!(viewer.kind, CommandHead | CommandOfficer | DutyOfficer | Checker | CallbackClerk | Archivist | StreetLeader);
    let unit = matches!(viewer.kind, StationChief | UnitHead | DeskClerk | UnitOfficer | Mediator) && units.contains(&viewer.unit.as_str());
    let class = match class {
        Class::Open => true,
        Class::Protected => matches!(viewer.kind, CommandHead | StreetLeader | CommandOfficer | DutyOfficer | StationChief | UnitHead),
        Class::Confidential => matches!(viewer.kind, CommandHead | StreetLeader),
    };
    viewer.login == registered_by || (class && (range || unit))
}

/// What was planted.
struct World {
    secrets: Vec<Secret>,
    matters: Vec<(Matter, BTreeSet<String>)>,
    /// Ids by what they are ids of.
    ids: BTreeMap<&'static str, Vec<String>>,
}

async fn plant(house: &House, viewers: &[Viewer]) -> World {
    let mut world = World { secrets: Vec::new(), matters: Vec::new(), ids: BTreeMap::new() };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let plans: [(&str, &str, Class, &str, &[&str]); 7] = [
        ("shengzhong-desk", "甲一", Class::Open, "0602", &[HOME]),
        ("shengzhong-desk", "甲二", Class::Protected, "P-01", &[HOME]),
        ("shengzhong-desk", "甲三", Class::Confidential, "X-05", &[HOME]),
        ("yingzhong-desk", "乙一", Class::Open, "0602", &[OTHER]),
        ("yingzhong-desk", "乙二", Class::Protected, "P-01", &[OTHER]),
        ("yingzhong-desk", "乙三", Class::Confidential, "X-05", &[OTHER]),
        ("shengzhong-desk", "丙一", Class::Open, "0602", &[HOME, POLICE, MARKET]),
    ];
    for (n, (who, mark, class, category, units)) in plans.into_iter().enumerate() {
        let phone = format!("139{n}7654{n}31");
        let picture = text(&house.upload(who, &format!("植标{mark}图.png"), &crate::support::png(u8::try_from(n).unwrap() + 40)).await.is(201)["id"]);
        let data = json!({ "said": format!("植标{mark}说"), "spot": format!("植标{mark}处"), "title": format!("植标{mark}题"), "contact_name": format!("植标{mark}人"),
            "contact_phone": phone, "category": category, "files": [picture] });
        let answer = house.post(who, "/api/v1/reports", &with(call(), data)).await.is(201);
        let mut matter = Matter::of(&answer);
        let report = text(&answer["report"]);
        if units.len() > 1 {
            let data = json!({ "lead": POLICE, "category": "0602", "level": "ordinary", "assists": [MARKET], "assist_what": format!("植标{mark}助") });
            house.act("command-1", &mut matter, "dispatch", data).await;
            house.act("police-head", &mut matter, "accept", json!({})).await;
            house.act("police-head", &mut matter, "record", json!({ "done": format!("植标{mark}办") })).await;
        }
        let seen_by: BTreeSet<String> = viewers.iter().filter(|viewer| may_see(viewer, class, units, who)).map(|viewer| viewer.login.clone()).collect();
        world.ids.entry("files").or_default().push(picture.clone());
        world.ids.entry("reports").or_default().push(report.clone());
        world.secrets.push(Secret {
            what: format!("matter {mark} ({class:?})"),
            marks: vec![format!("植标{mark}"), phone.clone(), phone[7..].to_owned() + "\"", matter.id.clone(), matter.number.clone(), report, picture],
            seen_by: seen_by.clone(),
        });
        world.matters.push((matter, seen_by));
    }
    // An open one becomes a confidential accusation: what it was called before is nothing's name for whoever may not see it.
    let (mut turned, _) = world.matters[0].clone();
    house.act("shengzhong-chief", &mut turned, "amend", json!({ "field": "flag", "flag": "confidential", "on": true, "reason": "涉及检举控告" })).await;
    let number = text(&house.get("command-head", &format!("/api/v1/matters/{}", turned.id)).await.is(200)["number"]);
    assert!(number.starts_with('密') && number != world.matters[0].0.number, "{number}");
    let seen_by: BTreeSet<String> =
        viewers.iter().filter(|viewer| may_see(viewer, Class::Confidential, &[HOME], "shengzhong-desk")).map(|v| v.login.clone()).collect();
    world.secrets[0].marks.push(number);
    world.matters[0].0.version = turned.version;
    (world.secrets[0].seen_by, world.matters[0].1) = (seen_by.clone(), seen_by);
    // What is a person's own.
    for (who, mark) in [("shengzhong-desk", "丁一"), ("command-1", "丁二"), ("police-head", "丁三")] {
        let token = house.post(who, "/api/v1/tokens", &json!({ "name": format!("植标{mark}钥"), "expires_in_days": 1 })).await.is(201);
        let id = text(&token["id"]);
        world.ids.entry("tokens").or_default().push(id.clone());
        let seen_by = [who, "security-admin"].map(str::to_owned).into();
        world.secrets.push(Secret { what: format!("token {mark}"), marks: vec![format!("植标{mark}"), id, text(&token["token"])], seen_by });
    }
    // What was handed in and is attached to nothing yet.
    let loose = text(&house.upload("yingzhong-chief", "植标戊一图.png", &crate::support::png(200)).await.is(201)["id"]);
    world.ids.entry("files").or_default().push(loose.clone());
    world.secrets.push(Secret { what: "loose file".to_owned(), marks: vec!["植标戊一".to_owned(), loose], seen_by: ["yingzhong-chief".to_owned()].into() });
    // Notices: of matters, so their marks are the matters'; ids are tried by everybody.
    for who in ["police-head", "command-1", "command-head", "shengzhong-chief", "yingzhong-chief"] {
        for row in house.get(who, "/api/v1/notices").await.is(200)["rows"].as_array().unwrap() {
            world.ids.entry("notices").or_default().push(text(&row["id"]));
        }
    }
    world
}

/// Whoever looks at the answer looks at all of it.
fn leaks(world: &World, viewer: &Viewer, answer: &Answer, found: &mut Vec<String>) {
    let told = answer.text();
    // A workbook or a picture is looked at as it is; workbooks are packed, so their texts are asked for in other answers.
    for secret in world.secrets.iter().filter(|secret| !secret.seen_by.contains(&viewer.login)) {
        // Who has read what is the auditor's business: by the matter's id and number, and by nothing else of it.
        let audited = viewer.kind == PostKind::Auditor && answer.asked.starts_with("GET /api/v1/reads");
        if let Some(mark) = secret.marks.iter().find(|mark| told.contains(mark.as_str()) && !(audited && (mark.starts_with("mat_") || mark.contains('〔')))) {
            found.push(format!("{} ({}) is told {mark} of {} by {}", viewer.login, viewer.kind, secret.what, answer.asked));
        }
    }
}

/// All requests of a route: with every id that exists, and with what was planted asked for.
fn requests(row: &Row, world: &World, viewer: &Viewer) -> Vec<(String, Option<Value>)> {
    let with_ids = |name: &str, of: &str| -> Vec<String> {
        world.ids.get(of).into_iter().flatten().map(String::as_str).chain(["none"]).map(|id| row.path.replace(name, id)).collect()
    };
    let hidden = || world.matters.iter().filter(|(_, seen_by)| !seen_by.contains(&viewer.login)).map(|(matter, _)| matter);
    let marks = || world.secrets.iter().map(|secret| secret.marks[0].clone());
    let body = row.body();
    let paths: Vec<String> = match (row.method.as_str(), row.path.as_str()) {
        ("GET", "/api/v1/matters") => {
            let mut paths: Vec<String> = marks().map(|mark| format!("{}?q={}", row.path, encoded(&mark))).collect();
            paths.extend(world.secrets.iter().flat_map(|secret| &secret.marks).filter(|mark| mark.len() == 11).map(|phone| format!("{}?q={phone}", row.path)));
            paths.extend(
                ["", "?tab=todo", "?tab=doing", "?tab=done", "?category=X-05", "?flag=confidential", "?limit=100&sort=due"]
                    .map(|query| format!("{}{query}", row.path)),
            );
            paths
        }
        ("POST", "/api/v1/reports/suggest") => {
            let ask = |mark: String| (row.path.clone(), Some(json!({ "said": format!("{mark}说"), "spot": format!("{mark}处"), "phone": "13937654331" })));
            // What one says oneself is no secret to oneself: the beginning of a mark finds as much and is in none of them.
            return marks().map(|mark| ask(mark.chars().take(2).collect())).collect();
        }
        ("GET", path) if path.starts_with("/api/v1/matters/{id}") => {
            world.matters.iter().map(|(matter, _)| row.path.replace("{id}", &matter.id)).chain([row.path.replace("{id}", "none")]).collect()
        }
        (_, "/api/v1/matters/{id}/acts/{act}") => {
            let acts = [
                "note",
                "urge",
                "amend",
                "accept",
                "record",
                "dispatch",
                "close",
                "check",
                "call_back",
                "reopen",
                "object",
                "archive",
                "name_person",
                "unname_person",
            ];
            hidden().flat_map(|matter| acts.map(|act| row.path.replace("{id}", &matter.id).replace("{act}", act))).collect()
        }
        (_, "/api/v1/matters/{id}/reveal") => {
            let reports = &world.ids["reports"];
            let all = world.matters.iter().zip(reports).filter(|((_, seen_by), _)| !seen_by.contains(&viewer.login));
            return all.map(|((matter, _), report)| (row.path.replace("{id}", &matter.id), Some(json!({ "report": report, "reason": "看看" })))).collect();
        }
        (_, "/api/v1/matters/by-number/{number}") => world.matters.iter().map(|(matter, _)| row.path.replace("{number}", &encoded(&matter.number))).collect(),
        (_, "/api/v1/files/{id}") => with_ids("{id}", "files"),
        (_, "/api/v1/notices/{id}/acknowledge" | "/api/v1/notices/duty/{id}/heard") => with_ids("{id}", "notices"),
        // Somebody else's keys; one's own are one's own to give up.
        (_, "/api/v1/tokens/{id}") if !["shengzhong-desk", "command-1", "police-head"].contains(&viewer.login.as_str()) => with_ids("{id}", "tokens"),
        ("GET", "/api/v1/units/{id}" | "/api/v1/units/{id}/here") => {
            [HOME, OTHER, POLICE, "unt_330109014_command"].iter().map(|unit| row.path.replace("{id}", unit)).collect()
        }
        _ => vec![row.address()],
    };
    paths.into_iter().map(|path| (path, body.clone())).collect()
}

/// Routes that end what the crawler walks on, or that move time; they say nothing of others, and their own tests are elsewhere.
const LAST: [&str; 5] =
    ["DELETE /api/v1/session", "DELETE /api/v1/sessions", "POST /api/v1/session", "POST /api/v1/session/password", "POST /api/v1/practice/clock"];

#[test]
fn nobody_is_told_what_is_not_his() {
    on_both(async |house| {
        let viewers = viewers();
        let world = plant(house, &viewers).await;
        let mut found = Vec::new();
        let mut asked = 0;
        for viewer in &viewers {
            for row in rows().iter().filter(|row| !LAST.contains(&row.name().as_str()) && row.path != "/api/v1/stream") {
                for (path, body) in requests(row, &world, viewer) {
                    let answer = house.call(&viewer.login, &row.method, &path, body.as_ref()).await;
                    assert_ne!(answer.status, 429, "{}", answer.asked);
                    leaks(&world, viewer, &answer, &mut found);
                    asked += 1;
                }
            }
        }
        assert!(found.is_empty(), "{} leaks in {asked} requests of {} people:\n{}", found.len(), viewers.len(), found.join("\n"));
        // The marks are there at all, and whoever may see them does.
        for (matter, seen_by) in &world.matters {
            for viewer in &viewers {
                let status = house.get(&viewer.login, &format!("/api/v1/matters/{}", matter.id)).await.status;
                assert_eq!(status == 200, seen_by.contains(&viewer.login), "{} of {} ({})", matter.number, viewer.login, viewer.kind);
            }
        }
        assert!(viewers.len() >= 20 && asked > 4_000, "{} people, {asked} requests", viewers.len());
    });
}

#[test]
fn what_is_refused_and_what_is_not_there_are_one_answer() {
    on_both(async |house| {
        let viewers = viewers();
        let world = plant(house, &viewers).await;
        let same = |answer: &Answer, id: &str| {
            let mut told = answer.json();
            told.as_object_mut().unwrap().remove("request_id");
            (answer.status, told.to_string().replace(id, "…"), answer.headers.keys().map(|name| name.as_str().to_owned()).collect::<Vec<_>>())
        };
        for viewer in &viewers {
            for row in rows().iter().filter(|row| row.path.contains("/matters/{id}") || row.path == "/api/v1/files/{id}" || row.path.contains("{number}")) {
                let (param, hidden): (&str, Vec<String>) = if row.path.contains("{number}") {
                    ("{number}", world.matters.iter().filter(|(_, by)| !by.contains(&viewer.login)).map(|(matter, _)| encoded(&matter.number)).collect())
                } else if row.path == "/api/v1/files/{id}" {
                    let files = world.ids["files"].iter().zip(&world.matters).filter(|(_, (_, by))| !by.contains(&viewer.login));
                    ("{id}", files.map(|(file, _)| file.clone()).collect())
                } else {
                    ("{id}", world.matters.iter().filter(|(_, by)| !by.contains(&viewer.login)).map(|(matter, _)| matter.id.clone()).collect())
                };
                for id in hidden {
                    let address = |id: &str| row.path.replace(param, id).replace("{act}", "note");
                    let refused = house.call(&viewer.login, &row.method, &address(&id), row.body().as_ref()).await;
                    let absent = house.call(&viewer.login, &row.method, &address("none"), row.body().as_ref()).await;
                    assert_eq!(same(&refused, &id), same(&absent, "none"), "{} as {}", refused.asked, viewer.login);
                }
            }
        }
    });
}

#[test]
fn the_stream_tells_each_only_of_what_he_may_see() {
    on_both(async |house| {
        let viewers = viewers();
        let mut world = plant(house, &viewers).await;
        let mut listeners = Vec::new();
        for viewer in &viewers {
            listeners.push(Listener::of(house, &viewer.login).await);
        }
        for listener in &mut listeners {
            listener.settle().await;
        }
        for (matter, _) in &mut world.matters {
            house.act("command-head", matter, "urge", json!({ "words": "催" })).await;
        }
        for (viewer, listener) in viewers.iter().zip(&mut listeners) {
            let mut heard = BTreeSet::new();
            while let Some(change) = listener.change(600).await {
                heard.insert(change["matter"].as_str().unwrap_or_default().to_owned());
            }
            let may: BTreeSet<String> = world.matters.iter().filter(|(_, by)| by.contains(&viewer.login)).map(|(matter, _)| matter.id.clone()).collect();
            assert_eq!(heard, may, "{} ({})", viewer.login, viewer.kind);
        }
    });
}
