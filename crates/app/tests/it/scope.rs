//! Who sees what: nobody sees another station's matters, nor a class that is closed to him, by any door.

use crate::good::{drive, place_of};
use crate::histories::{CAST, live};
use crate::support::{HOME, House, OTHER, POLICE, call, on_both, with};
use app::fault::Fault;
use domain::accounts::Actor;
use domain::kernel::{AccountId, FileId, MatterId, UnitId};
use domain::matters::{ActKind, Care, Matter};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use store::matters::Filter;
use testkit::with_seeds;

/// The rule, looked at from the matter: what `Scope::sees` says of the rows that are kept.
fn sees(actor: &Actor, matter: &Matter) -> bool {
    let mut accounts: Vec<AccountId> = matter.doers.iter().cloned().collect();
    accounts.push(matter.registered_by.clone());
    accounts.extend(matter.handler.clone());
    accounts.extend(matter.tasks.iter().filter_map(|task| task.account.clone()));
    let units: Vec<UnitId> = matter.units.iter().map(|(unit, _)| unit.clone()).collect();
    actor.scope().sees(matter.care, &place_of(matter), &units, &accounts)
}

fn all(house: &House) -> BTreeMap<MatterId, Matter> {
    house.read(|tx| {
        let mut ids = Vec::new();
        store::matters::each_id(tx, |id| {
            ids.push(id);
            Ok(())
        })?;
        let mut all = BTreeMap::new();
        for id in ids {
            all.insert(id.clone(), store::matters::load(tx, &id)?.ok_or(Fault::Missing)?);
        }
        Ok(all)
    })
}

/// What a person finds in the list with this filter.
fn listed(house: &House, actor: &Actor, words: &'static str) -> BTreeSet<MatterId> {
    let actor = actor.clone();
    house.read(move |tx| {
        let search = store::search::Ask::new(tx, app::intake::phrases(words));
        let filter = Filter { search, ..Filter::default() };
        let (page, total) = app::matters::list(tx, &actor, filter, 1000)?;
        assert_eq!(total.unwrap().n, i64::try_from(page.rows.len()).unwrap(), "the total counts what is shown");
        Ok(page.rows.into_iter().map(|row| row.id).collect())
    })
}

fn said<T>(result: Result<T, Fault>) -> String {
    result.map_or_else(|fault| format!("{fault:?} {fault}"), |_| "seen".to_owned())
}

/// What each door answers about a matter: its page, an act on it, its file, its telephone number.
fn doors(house: &House, login: &str, id: &MatterId, file: &FileId) -> [String; 4] {
    let actor = house.who(login);
    let page = {
        let (actor, id, desk, now) = (actor.clone(), id.clone(), house.desk.clone(), house.now());
        house.desk.store().read_now(move |tx| app::matters::page(tx, &desk, &actor, &id, now))
    };
    let act = house.try_at(login, id, 1, ActKind::Note, &json!({ "words": "看看" }));
    let read = crate::support::wait_for(app::papers::read(&house.desk, &actor, file.clone()));
    let reveal = {
        let (id, report) = (id.clone(), all(house).get(id).map_or_else(|| "rep_x".into(), |matter| matter.reports[0].id.clone()));
        house.desk.write_at(house.now(), move |tx, desk, now, mint| app::matters::reveal(tx, desk, &actor, &id, &report, "回访核对", now, mint))
    };
    [said(page), said(act), said(read), said(reveal)]
}

#[test]
fn every_list_shows_what_the_rule_allows_and_nothing_else() {
    on_both(|house| {
        with_seeds(1, 7, |seed| {
            for category in ["X-05", "P-01"] {
                house.register("shengzhong-desk", &with(call(), json!({ "category": category })));
            }
            live(house, seed, 120, 12);
            let all = all(house);
            let classes: BTreeSet<Care> = all.values().map(|matter| matter.care).collect();
            assert_eq!(classes.len(), 3, "the history has matters of every class");
            for login in CAST {
                let actor = house.who(login);
                let wanted: BTreeSet<MatterId> = all.values().filter(|matter| sees(&actor, matter)).map(|matter| matter.id.clone()).collect();
                assert_eq!(listed(house, &actor, ""), wanted, "{login}");
                for words in ["盛中", "1", "押金"] {
                    assert!(listed(house, &actor, words).is_subset(&wanted), "{login} finds {words}");
                }
                for id in all.keys() {
                    let (actor, by, desk, now) = (actor.clone(), id.clone(), house.desk.clone(), house.now());
                    let page = house.desk.store().read_now(move |tx| app::matters::page(tx, &desk, &actor, &by, now));
                    assert_eq!(page.is_ok(), wanted.contains(id), "{login} opens {id}");
                }
                let told = house.read({
                    let actor = actor.clone();
                    move |tx| app::notices::list(tx, &actor, None, 500)
                });
                assert!(told.rows.iter().chain(&told.must).all(|notice| wanted.contains(&notice.matter)), "{login} is told of what may not be seen");
                let open = told.rows.iter().filter(|notice| notice.acknowledged_at.is_none()).count();
                assert_eq!(told.unread, i64::try_from(open).unwrap().min(100), "{login}");
                let board = house.read({
                    let (actor, desk, now) = (actor.clone(), house.desk.clone(), house.now());
                    move |tx| app::board::board(tx, &desk, &actor, now)
                });
                let scope = actor.scope();
                let open = |matter: &&Matter| {
                    let class = matter.care == Care::Open
                        || (matter.care == Care::Protected && scope.sees_protected())
                        || (matter.care == Care::Confidential && scope.sees_confidential());
                    matter.state.is_open()
                        && class
                        && (scope.ranges().iter().any(|range| range.covers(&place_of(matter))) || scope.units().contains(&matter.home))
                };
                assert_eq!(board.open, i64::try_from(all.values().filter(open).count()).unwrap(), "{login}: the board");
            }
        });
    });
}

#[test]
fn a_closed_class_is_as_if_it_were_not_there() {
    on_both(|house| {
        // Registered at the home desk; the words are in no other matter.
        let secret = with(call(), json!({ "said": "实名举报某某挪用资金", "spot": "盛中村委会二楼", "category": "X-05", "contact_phone": "13911112222" }));
        let protected = with(call(), json!({ "said": "邻居家传来孩子哭喊", "spot": "盛中村委会二楼", "category": "P-01", "contact_phone": "13911112222" }));
        let (secret, protected) = (house.register("shengzhong-desk", &secret), house.register("shengzhong-desk", &protected));
        let file = house.picture("shengzhong-desk");
        for id in [&secret, &protected] {
            house.act(
                "command-head",
                id,
                ActKind::Dispatch,
                json!({ "lead": if *id == secret { POLICE } else { HOME }, "category": house.matter(id).category, "level": "simple" }),
            );
        }
        // (may see the protected one, the confidential one)
        let rule = [
            ("shengzhong-desk", true, true),
            // Named by the dispatch: the head of the lead works on it.
            ("shengzhong-chief", true, false),
            ("shengzhong-officer", false, false),
            ("shengzhong-mediator", false, false),
            ("shengzhong-grid-1", false, false),
            ("command-head", true, true),
            ("leader", true, true),
            ("command-1", true, false),
            ("duty", true, false),
            ("checker-1", false, false),
            ("callback-1", false, false),
            ("archivist", false, false),
            ("yingzhong-chief", false, false),
            ("police-head", false, true),
            ("system-admin", false, false),
            ("security-admin", false, false),
            ("auditor", false, false),
        ];
        for (login, sees_protected, sees_secret) in rule {
            let actor = house.who(login);
            for (id, sees, words, other) in [(&protected, sees_protected, "孩子哭喊", &secret), (&secret, sees_secret, "挪用资金", &protected)] {
                assert_eq!(listed(house, &actor, words).contains(id), sees, "{login} finds {words}");
                assert!(!listed(house, &actor, words).contains(other));
                assert_eq!(listed(house, &actor, "").contains(id), sees, "{login} lists {words}");
                if !sees {
                    let there = doors(house, login, id, &file);
                    let not_there = doors(house, login, &MatterId::from("mat_00000000000000000000000000"), &FileId::from("fil_00000000000000000000000000"));
                    assert_eq!(there, not_there, "{login} can tell a hidden matter from none");
                    assert!(there[0].starts_with("Missing"), "{there:?}");
                }
            }
            // Closed classes are nobody's likeness, not even for who may see them.
            let suggested = {
                let (actor, desk, now) = (actor.clone(), house.desk.clone(), house.now());
                house.read(move |tx| app::intake::suggest(tx, &desk, &actor, "又有孩子哭喊", "盛中村委会二楼", "13911112222", now))
            };
            assert!(suggested.similar.is_empty() && suggested.before.is_empty(), "{login}: {suggested:?}");
        }
        house.assert_whole();
    });
}

#[test]
fn a_flag_closes_a_matter_to_those_who_saw_it() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &with(call(), json!({ "said": "举报材料已交到窗口" })));
        house.act("checker-1", &id, ActKind::Note, json!({ "words": "看过" }));
        house.act("command-1", &id, ActKind::Note, json!({ "words": "看过" }));
        crate::lists::tabs_are_what_the_lists_hold(house);
        house.act("command-head", &id, ActKind::Amend, json!({ "field": "flag", "flag": "confidential", "on": true, "reason": "涉检举" }));
        for login in ["checker-1", "command-1", "shengzhong-chief"] {
            assert!(listed(house, &house.who(login), "举报材料").is_empty(), "{login}");
            assert!(matches!(house.try_act(login, &id, ActKind::Note, &json!({ "words": "还看得到吗" })), Err(Fault::Missing)));
        }
        for login in ["shengzhong-desk", "command-head"] {
            assert_eq!(listed(house, &house.who(login), "举报材料").len(), 1, "{login}");
        }
        crate::lists::tabs_are_what_the_lists_hold(house);
        house.assert_whole();
    });
}

#[test]
fn what_is_handed_on_is_seen_by_who_gets_it_and_kept_by_who_registered() {
    on_both(|house| {
        let id = house.register("police-officer", &with(call(), json!({ "place": "330109014204001" })));
        assert_eq!(house.matter(&id).home.as_str(), OTHER, "place first: the station where it happened");
        let sight = |login: &str| listed(house, &house.who(login), "").contains(&id);
        let seen: Vec<&str> = ["police-officer", "police-head", "yingzhong-desk", "yingzhong-chief", "shengzhong-desk", "justice-head", "command-1"]
            .into_iter()
            .filter(|login| sight(login))
            .collect();
        assert_eq!(seen, ["police-officer", "yingzhong-desk", "yingzhong-chief", "command-1"]);
        house.act("command-1", &id, ActKind::Dispatch, json!({ "lead": POLICE, "category": "S-04", "level": "ordinary" }));
        assert!(sight("police-head") && sight("yingzhong-desk") && !sight("justice-head"));
        drive(house, &id);
        house.assert_whole();
    });
}

#[test]
fn a_number_is_shown_in_full_with_a_reason_and_that_is_proven() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &call());
        let report = house.matter(&id).reports[0].id.clone();
        let reveal = |login: &str, reason: &'static str| {
            let (actor, id, report) = (house.who(login), id.clone(), report.clone());
            house.desk.write_at(house.now(), move |tx, desk, now, mint| app::matters::reveal(tx, desk, &actor, &id, &report, reason, now, mint))
        };
        assert!(matches!(reveal("command-1", " "), Err(Fault::Refused(_))));
        assert_eq!(reveal("command-1", "回访核对").unwrap(), "13800138000");
        assert!(matches!(reveal("justice-head", "好奇"), Err(Fault::Missing)));
        let reads = house.read(|tx| Ok(store::trail::entries_since(tx, domain::trail::READS, 0, 10)?));
        assert_eq!(reads.len(), 1, "only what was shown is an entry");
        assert!(!reads[0].body.contains("回访核对") && reads[0].subject == id.0);
        house.assert_whole();
    });
}
