//! Classes that need more care, in the store: named people, numbers that must not tell, one person's texts among others'.

use crate::support::{HOME, House, POLICE, call, on_both, with};
use app::fault::Fault;
use app::trail::keeping;
use domain::kernel::{DAY, MatterId};
use domain::matters::{ActKind, Decision};
use domain::trail::{Fact, RequestKind, RequestOutcome, Said};
use serde_json::json;

fn sees(house: &House, login: &str, id: &MatterId) -> bool {
    let (actor, id) = (house.who(login), id.clone());
    house.read(move |tx| Ok(store::matters::in_scope(tx, &actor.scope(), &id)?))
}

#[test]
fn a_named_person_sees_it_until_withdrawn_and_both_stand_in_the_reading_chain() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &with(call(), json!({ "category": "P-01" })));
        let officer = house.who("shengzhong-officer").account().0.clone();
        assert!(!sees(house, "shengzhong-officer", &id));
        house.act("shengzhong-chief", &id, ActKind::NamePerson, json!({ "person": officer, "reason": "由其上门" }));
        assert!(sees(house, "shengzhong-officer", &id));
        house.act("shengzhong-chief", &id, ActKind::UnnamePerson, json!({ "named": officer, "reason": "已改派" }));
        assert!(!sees(house, "shengzhong-officer", &id));
        let (actor, of) = (house.who("shengzhong-chief"), id.clone());
        let reads = house.read(move |tx| app::trail::reading::of_matter(tx, &actor, &of));
        let told: Vec<_> = reads.iter().map(|read| (read.act.as_str(), app::trail::reading::whom(read).map(|who| who.0))).collect();
        assert_eq!(told, [("dismiss", Some(officer.clone())), ("admit", Some(officer))]);
        house.assert_whole();
    });
}

#[test]
fn a_matter_made_confidential_has_another_number_and_the_old_one_is_nobodys_for_who_may_not_see() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &call());
        let old = house.matter(&id).number;
        house.act("shengzhong-chief", &id, ActKind::Amend, json!({ "field": "flag", "flag": "confidential", "on": true, "reason": "检举" }));
        let matter = house.matter(&id);
        assert!(matter.number.starts_with('密') && matter.former == [old.clone()], "{} {:?}", matter.number, matter.former);
        let page = |login: &str, number: &str| {
            let (actor, number, desk, now) = (house.who(login), number.to_owned(), house.desk.clone(), house.now());
            let page = house.desk.store().read_now(move |tx| {
                let id = app::matters::by_number(tx, &actor, &number)?;
                app::matters::page(tx, &desk, &actor, &id, now)
            });
            format!("{:?}", page.map(|seen| seen.matter.id))
        };
        let nothing = page("yingzhong-desk", "综〔2026〕330109014218-999999");
        for login in ["shengzhong-chief", "command-1", "checker-1", "yingzhong-desk"] {
            assert_eq!(page(login, &old), nothing, "{login}");
            assert_eq!(page(login, &matter.number), nothing, "{login}");
        }
        assert_eq!(page("command-head", &old), page("command-head", &matter.number), "who may see it finds it by the slip");
        let found = |login: &str, words: &str| {
            let (actor, words) = (house.who(login), words.to_owned());
            house.read(move |tx| {
                let search = app::matters::search(tx, &words);
                Ok(app::matters::list(tx, &actor, app::matters::Filter { search, ..Default::default() }, 10)?.0.rows.len())
            })
        };
        assert_eq!((found("command-1", &old), found("command-head", &old)), (0, 1));
        // A second matter of more care has its number from the first: a protected one is moved once more.
        let second = house.register("shengzhong-desk", &with(call(), json!({ "category": "P-01" })));
        house.act("shengzhong-chief", &second, ActKind::Amend, json!({ "field": "flag", "flag": "confidential", "on": true, "reason": "检举" }));
        assert!(house.matter(&second).former[0].starts_with('护'));
        house.assert_whole();
    });
}

#[test]
fn a_gap_in_the_open_series_is_ordinary() {
    on_both(|house| {
        let numbers: Vec<i64> = (0..60)
            .map(|_| {
                let id = house.register("shengzhong-desk", &call());
                house.matter(&id).number.rsplit_once('-').unwrap().1.parse().unwrap()
            })
            .collect();
        assert!(numbers.is_sorted() && *numbers.last().unwrap() > 60, "{numbers:?}");
        house.assert_whole();
    });
}

#[test]
fn an_erasure_takes_only_the_contact_of_who_asked() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &with(call(), json!({ "contact_name": "周阿兴", "contact_phone": "13800138000" })));
        // A second person speaks about the same thing: a second report of the matter, with a contact of its own.
        let other = house.register("shengzhong-desk", &with(call(), json!({ "contact_name": "沈水根", "contact_phone": "13900139000", "said": "我也是" })));
        let (from, to) = (house.matter(&other), id.clone());
        let desk = house.desk.clone();
        house
            .desk
            .write_at(house.now(), move |tx, _, now, mint| {
                let head = store::trail::lock(tx, HOME)?;
                let before = store::matters::load(tx, &to)?.ok_or(Fault::Missing)?;
                let mut words = Vec::new();
                let mut say = |said: &Said, personal, text: &str| {
                    let kept = domain::kernel::Words {
                        id: mint.id(domain::kernel::WordsId::PREFIX),
                        salt: mint.salt(),
                        text: text.to_owned(),
                        personal,
                        retention: if said.name == "said" { domain::kernel::Retention::Matter } else { domain::kernel::Retention::Contact },
                    };
                    let told = Said { name: said.name.clone(), words: kept.id.clone(), commit: kept.commit() };
                    words.push(kept);
                    told
                };
                use domain::kernel::PersonalData::{Free, Identity, Name, Phone};
                let one = from.reports[0].clone();
                let facts = vec![Fact::Reported {
                    report: "rep_second".into(),
                    source: one.source,
                    channel: String::new(),
                    received_at: now,
                    said: say(&one.said, Free, "我也是"),
                    name: one.name.as_ref().map(|said| say(said, Name, "沈水根")),
                    phone: one.phone.as_ref().map(|said| say(said, Phone, "13900139000")),
                    anonymous: None,
                    receipt: say(&one.receipt, Identity, "ABCD3456"),
                    lineage: None,
                }];
                let by = domain::accounts::Actor::system().by(None);
                let decision = Decision { act: ActKind::Note, by, facts, words };
                app::trail::record(tx, &desk, head, Some(&before), &to, decision, now, mint).map(drop)
            })
            .unwrap();
        let ask = |phone: &str, kind, said| {
            let asked = keeping::Asked { kind, phone: phone.to_owned(), identity: "当面核对身份证".to_owned(), name: None, said };
            let actor = house.who("command-head");
            house.desk.write_at(house.now(), move |tx, desk, now, mint| keeping::answer(tx, desk, &actor, &asked, now, mint)).unwrap()
        };
        crate::good::drive(house, &id);
        house.pass(40 * DAY);
        // The one still has an open matter: its contact is kept, that of the closed matter goes.
        assert_eq!(ask("13900139000", RequestKind::Copy, false).copy.len(), 2);
        let part = ask("13900139000", RequestKind::Erase, true);
        assert_eq!((part.outcome, part.basis.contains("第二款")), (RequestOutcome::Partly, true));
        keeping::turn(&house.desk, house.now(), false).unwrap();
        let left = ask("13900139000", RequestKind::Copy, false).copy;
        assert_eq!((left.len(), left[0].name.as_deref()), (1, Some("沈水根")), "{left:?}");
        let held = ask("13800138000", RequestKind::Copy, false).copy;
        assert_eq!((held[0].name.as_deref(), held[0].phone.as_deref(), held[0].said.is_some()), (Some("周阿兴"), Some("13800138000"), true), "{held:?}");
        assert!(!held[0].basis.is_empty() && !held[0].purpose.is_empty());
        let (second, of) = (house.matter(&id).reports[1].said.words.clone(), id.clone());
        let kept = house.read(move |tx| Ok(store::trail::words_of(tx, HOME, &of.0)?.into_iter().find(|words| words.id == second.0).unwrap().kept));
        assert_eq!(kept, store::trail::Kept::Erased, "what was said went too, as the request decided");
        assert!(matches!(house.matter(&id).lead, Some(ref lead) if lead.0 == POLICE));
        house.assert_whole();
    });
}
