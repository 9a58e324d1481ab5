//! Other people's accounts, delegations, the second factor, leaving.

use crate::support::{House, on_both, wait_for};
use app::accounts::{
    Grant, Knock, Lending, Look, Opening, Passed, TokenWish, Which, audit, begin_factor, by_session, by_token, code_of, confirm_factor, delegate,
    end_delegation, end_holding, end_sessions_of, enrolment, grant, handle, leave, log_in, make_token, open, people, recovery_codes, remove_factor,
    reset_factor, set_enabled, unlock,
};
use app::fault::Fault;
use app::seed::DEMO_PASSWORD;
use domain::accounts::{Actor, Reach};
use domain::kernel::{AccountId, DAY, HOUR, Instant, MINUTE, Mint, PostId, SECOND};
use domain::matters::ActKind;
use domain::trail::{AccountFact, Body};
use serde_json::json;
use store::db::Tx;

fn id(house: &House, login: &str) -> AccountId {
    house.who(login).account().clone()
}

fn code<T: std::fmt::Debug>(answer: Result<T, Fault>) -> String {
    match answer {
        Err(Fault::Refused(refusal)) => refusal.code().to_owned(),
        other => panic!("{other:?}"),
    }
}

fn write<T: Send + 'static>(house: &House, mut what: impl FnMut(&mut Tx<'_>, Instant, &mut Mint) -> Result<T, Fault> + Send + 'static) -> Result<T, Fault> {
    let done = house.desk.write_at(house.now(), move |tx, _, now, mint| what(tx, now, mint));
    house.forget();
    done
}

fn give(house: &House, by: &str, to: &AccountId, post: &PostId) -> Result<store::accounts::Holding, Fault> {
    let (actor, to, wish) = (house.who(by), to.clone(), Grant { post: post.clone(), from_at: None, to_at: None });
    write(house, move |tx, now, mint| grant(tx, &actor, &to, &wish, now, mint))
}

fn post_of(house: &House, login: &str) -> PostId {
    house.who(login).seats()[0].post.clone()
}

#[test]
fn three_administrators_are_three_people_and_nothing_else() {
    on_both(|house| {
        let security = "security-admin";
        // None of the three takes a second administration, nor a post that works on matters; nor does anybody who works on matters take one.
        for (to, post) in
            [("system-admin", "auditor"), ("auditor", "system-admin"), ("system-admin", "shengzhong-desk"), ("duty", "auditor"), ("leader", "security-admin")]
        {
            let refused = give(house, security, &id(house, to), &post_of(house, post));
            assert_eq!(code(refused), "separate_administrators", "{to} as {post}");
        }
        // Not in the future either, nor by a delegation.
        let (actor, wish) = (house.who(security), Grant { post: post_of(house, "auditor"), from_at: Some(house.now().plus(5 * DAY)), to_at: None });
        let duty = id(house, "duty");
        let to = duty.clone();
        assert_eq!(code(write(house, move |tx, now, mint| grant(tx, &actor, &to, &wish, now, mint))), "separate_administrators");
        let (lender, lending) = (house.who("auditor"), Lending { post: post_of(house, "auditor"), deputy: duty, from_at: None, to_at: house.now().plus(DAY) });
        assert_eq!(code(write(house, move |tx, now, mint| delegate(tx, &lender, &lending, now, mint))), "separate_administrators");
        // Nobody does the work of another, and nobody his own.
        for by in ["system-admin", "auditor", "command-head", "leader", "shengzhong-chief"] {
            assert_eq!(code(give(house, by, &id(house, "duty"), &post_of(house, "leader"))), "not_yours", "{by}");
            let actor = house.who(by);
            let read = house.desk.store().read_now(move |tx| audit(tx, &actor, &Look::default(), 1));
            assert_eq!(read.is_ok(), by == "auditor", "{by}");
        }
        assert_eq!(code(give(house, security, &id(house, security), &post_of(house, "leader"))), "own_account");
        // None of them sees a matter, not even one that he registered himself before.
        house.register("shengzhong-desk", &crate::support::call());
        for admin in ["system-admin", "security-admin", "auditor"] {
            let scope = house.who(admin).scope();
            let seen = house.read(move |tx| Ok(store::matters::count(tx, &scope, &store::matters::Filter::default())?));
            assert_eq!((seen.n, seen.more), (0, false), "{admin}");
        }
        house.assert_whole();
    });
}

#[test]
fn an_account_is_opened_given_a_post_for_a_while_closed_and_opened_again() {
    on_both(|house| {
        let security = house.who("security-admin");
        let hash = app::accounts::hash_password("first-password", &[7; 32]).unwrap();
        let opening = Opening { login: "new-one".to_owned(), name: "新来的".to_owned(), posts: vec![], password: hash };
        let (actor, wish) = (security.clone(), opening.clone());
        let account = write(house, move |tx, now, mint| open(tx, &actor, &wish, now, mint)).unwrap();
        for (login, wanted) in [("new-one", "login_taken"), ("有空格 的", "login_shape"), ("", "login_shape")] {
            let (actor, wish) = (security.clone(), Opening { login: login.to_owned(), ..opening.clone() });
            assert_eq!(code(write(house, move |tx, now, mint| open(tx, &actor, &wish, now, mint))), wanted);
        }
        let post = post_of(house, "shengzhong-desk");
        let holding = give(house, "security-admin", &account.id, &post).unwrap();
        assert_eq!(code(give(house, "security-admin", &account.id, &post)), "already_held");
        assert_eq!(house.who("new-one").seats().len(), 1);
        // It ends when it was said that it ends.
        let (actor, who, until) = (security.clone(), account.id.clone(), house.now().plus(2 * HOUR));
        let held = holding.id.clone();
        write(house, move |tx, now, _| end_holding(tx, &actor, &who, &held, Some(until), now)).unwrap();
        house.pass(2 * HOUR - 1);
        assert_eq!(house.who("new-one").seats().len(), 1);
        house.pass(1);
        house.forget();
        assert_eq!(house.who("new-one").seats().len(), 0);
        let (actor, who) = (security.clone(), account.id.clone());
        assert_eq!(code(write(house, move |tx, now, _| end_holding(tx, &actor, &who, &holding.id, None, now))), "holding_ended");
        // Closed, and open again.
        let session = wait_for(log_in(&house.desk, Knock::new("new-one", "first-password"))).unwrap().secret;
        for on in [false, true] {
            let (actor, who) = (security.clone(), account.id.clone());
            write(house, move |tx, now, _| set_enabled(tx, &actor, &who, on, now)).unwrap();
            let (secret, now) = (session.clone(), house.now());
            assert!(
                matches!(house.desk.store().read_now(move |tx| by_session(tx, &secret, now)), Err(Fault::Anonymous)),
                "an ended session does not come back"
            );
            assert_eq!(wait_for(log_in(&house.desk, Knock::new("new-one", "first-password"))).is_ok(), on);
        }
        let (actor, now) = (security, house.now());
        let found = house.desk.read(move |tx, desk| people(tx, desk, &actor, "新来 new", now));
        assert_eq!(wait_for(found).unwrap().len(), 1);
        house.assert_whole();
    });
}

#[test]
fn a_locked_account_is_opened_by_the_security_administrator() {
    on_both(|house| {
        for _ in 0..5 {
            wait_for(log_in(&house.desk, Knock::new("duty", "wrong"))).unwrap_err();
        }
        assert!(wait_for(log_in(&house.desk, Knock::new("duty", DEMO_PASSWORD))).is_err());
        let (actor, who) = (house.who("security-admin"), id(house, "duty"));
        write(house, move |tx, now, _| unlock(tx, &actor, &who, now)).unwrap();
        let entered = wait_for(log_in(&house.desk, Knock::new("duty", DEMO_PASSWORD))).unwrap();
        // And ends a session of somebody by its handle, which is no secret.
        let (actor, who, session) = (house.who("security-admin"), id(house, "duty"), entered.visitor.session.unwrap());
        let short = handle(&session).to_owned();
        assert!(short.len() == 16 && session.starts_with(&short));
        write(house, move |tx, now, _| end_sessions_of(tx, &actor, &who, Which::One(&short), now)).unwrap();
        let (secret, now) = (entered.secret, house.now());
        assert!(matches!(house.desk.store().read_now(move |tx| by_session(tx, &secret, now)), Err(Fault::Anonymous)));
        house.assert_whole();
    });
}

#[test]
fn a_deputy_acts_in_the_holders_name_and_only_for_a_while() {
    on_both(|house| {
        let (chief, desk) = (house.who("shengzhong-chief"), house.who("shengzhong-desk"));
        let post = chief.seats()[0].post.clone();
        let lend = |by: &Actor, deputy: &AccountId, days: i64| {
            let (by, lending) = (by.clone(), Lending { post: post.clone(), deputy: deputy.clone(), from_at: None, to_at: house.now().plus(days * DAY) });
            write(house, move |tx, now, mint| delegate(tx, &by, &lending, now, mint))
        };
        assert_eq!(code(lend(&chief, &id(house, "duty"), 3)), "deputy_elsewhere");
        assert_eq!(code(lend(&chief, chief.account(), 3)), "deputy_elsewhere");
        assert_eq!(code(lend(&chief, desk.account(), 31)), "delegation_span");
        assert_eq!(code(lend(&chief, desk.account(), 0)), "delegation_span");
        assert_eq!(code(lend(&desk, chief.account(), 3)), "post_not_held");
        let lent = lend(&chief, desk.account(), 3).unwrap();
        let deputy = house.who("shengzhong-desk");
        assert_eq!(deputy.seats().len(), 2);
        assert_eq!(code(lend(&deputy, &id(house, "shengzhong-officer"), 1)), "delegated_onward");
        // Who asks never decides: not as his own deputy either.
        let matter = house.register("shengzhong-desk", &crate::support::call());
        house.act("shengzhong-desk", &matter, ActKind::Void, json!({ "reason": "误录" }));
        let asking = house.matter(&matter).askings[0].id.0.clone();
        assert_eq!(code(house.try_act("shengzhong-desk", &matter, ActKind::Approve, &json!({ "asking": asking }))), "asker_decides");
        // What is done by the post says whose it is.
        let other = house.register("shengzhong-officer", &crate::support::call());
        let amended = house.act("shengzhong-desk", &other, ActKind::Note, json!({ "words": "代为处理" }));
        assert_eq!(amended.id, other);
        let urged = house.try_act("shengzhong-desk", &other, ActKind::Urge, &json!({ "words": "请抓紧" })).unwrap();
        let entry = house.read(move |tx| Ok(store::trail::entries_since(tx, &urged.matter.home.0, urged.seq - 1, 1)?)).remove(0);
        let body = Body::<domain::trail::Fact>::read(&entry.body).unwrap();
        assert_eq!((body.by.account, body.by.on_behalf), (desk.account().clone(), Some(chief.account().clone())));
        // It ends by itself, or earlier by either of the two.
        let (by, ended) = (house.who("shengzhong-desk"), lent.id);
        write(house, move |tx, now, _| end_delegation(tx, &by, &ended, now)).unwrap();
        assert_eq!(house.who("shengzhong-desk").seats().len(), 1);
        lend(&chief, desk.account(), 1).unwrap();
        house.pass(DAY - 1);
        house.forget();
        assert_eq!(house.who("shengzhong-desk").seats().len(), 2);
        house.pass(1);
        house.forget();
        assert_eq!(house.who("shengzhong-desk").seats().len(), 1);
        house.assert_whole();
    });
}

#[test]
fn a_code_of_the_second_factor_counts_once() {
    on_both(|house| {
        let chance = [9; 32];
        let actor = house.who("security-admin");
        let who = actor.account().clone();
        house.desk.write_at(house.now(), move |tx, desk, now, mint| begin_factor(tx, desk, &who, &chance, now, mint)).unwrap();
        let secret = enrolment(&chance, "新街", "security-admin").secret;
        let now = |house: &House| code_of(&secret, house.now()).unwrap();
        let codes = recovery_codes([3; 32]);
        // Not asked for before a code of it was right.
        wait_for(log_in(&house.desk, Knock::new("security-admin", DEMO_PASSWORD))).unwrap();
        let confirm = |said: &str| {
            let (actor, said, codes) = (actor.clone(), said.to_owned(), codes.clone());
            house.desk.write_at(house.now(), move |tx, desk, now, _| confirm_factor(tx, desk, &actor, &said, &codes, now))
        };
        assert_eq!(code(confirm("000000")), "code_wrong");
        confirm(&now(house)).unwrap();
        assert_eq!(code(confirm(&now(house))), "second_factor_not_begun");
        let enter = |said: Option<&str>| wait_for(log_in(&house.desk, Knock { code: said.map(str::to_owned), ..Knock::new("security-admin", DEMO_PASSWORD) }));
        assert!(matches!(enter(None), Err(Fault::SecondFactor)));
        // The code that confirmed is used up; so is one that let somebody in.
        assert!(matches!(enter(Some(&now(house))), Err(Fault::WrongCode)));
        house.pass(30 * SECOND);
        let said = now(house);
        let entered = enter(Some(&said)).unwrap();
        assert!(matches!(enter(Some(&said)), Err(Fault::WrongCode)));
        house.pass(30 * SECOND);
        // A recovery code counts once too, in any writing.
        enter(Some(&format!("{}-{}", &codes[0][..6].to_lowercase(), &codes[0][6..]))).unwrap();
        assert!(matches!(enter(Some(&codes[0])), Err(Fault::WrongCode)));
        // Wrong codes lock as wrong passwords do.
        for _ in 0..4 {
            enter(Some("000000")).unwrap_err();
        }
        house.pass(30 * SECOND);
        assert!(matches!(enter(Some(&now(house))), Err(Fault::WrongPassword)));
        house.pass(16 * MINUTE);
        // Neither the secret nor a recovery code lies in the database.
        let kept = house
            .read(move |tx| {
                let admin = store::accounts::by_login(tx, "security-admin")?.unwrap().id;
                Ok(store::accounts::factor(tx, &admin)?)
            })
            .unwrap();
        assert!(!String::from_utf8_lossy(&kept.sealed).contains(&secret));
        // It comes off with a code, or by another security administrator; the shell stands for one here.
        let (visitor, said) = (entered.visitor.clone(), now(house));
        house.desk.write_at(house.now(), move |tx, desk, now, _| remove_factor(tx, desk, &visitor, &said, now)).unwrap();
        enter(None).unwrap();
        let who = actor.account().clone();
        write(house, move |tx, now, _| reset_factor(tx, &Actor::system(), &who, now)).unwrap();
        house.assert_whole();
    });
}

#[test]
fn whoever_leaves_has_nothing_at_once_and_the_work_is_the_units() {
    on_both(|house| {
        let officer = id(house, "shengzhong-officer");
        let lead = house.who("shengzhong-officer").seats()[0].unit.clone();
        let mut handled = Vec::new();
        for _ in 0..3 {
            let matter = house.register("shengzhong-desk", &crate::support::call());
            house.act("shengzhong-desk", &matter, ActKind::Dispatch, json!({ "lead": lead.0, "category": "0602", "level": "simple" }));
            house.act("shengzhong-officer", &matter, ActKind::Accept, json!({}));
            house.act("shengzhong-chief", &matter, ActKind::Assign, json!({ "to": officer.0 }));
            handled.push(matter);
        }
        let session = wait_for(log_in(&house.desk, Knock::new("shengzhong-officer", DEMO_PASSWORD))).unwrap().secret;
        let actor = house.who("shengzhong-officer");
        write(house, move |tx, now, mint| {
            make_token(tx, &actor, &TokenWish { name: "脚本".to_owned(), days: 30, reach: Reach::Read }, "xja_leaver", now, mint)
        })
        .unwrap();
        let held = i64::try_from(house.who("shengzhong-officer").seats().len()).unwrap();
        let go = |house: &House| -> Result<Passed, Fault> {
            let (actor, officer) = (house.who("security-admin"), officer.clone());
            house.desk.write_at(house.now(), move |tx, desk, now, mint| leave(tx, desk, &actor, &officer, now, mint))
        };
        let passed = go(house).unwrap();
        assert_eq!((passed.matters[&lead], passed.tasks[&lead]), (3, 3));
        assert_eq!((passed.holdings, passed.sessions, passed.tokens), (held, 1, 1));
        let now = house.now();
        assert!(matches!(house.desk.store().read_now(move |tx| by_session(tx, &session, now)), Err(Fault::Anonymous)));
        assert!(matches!(house.desk.store().read_now(move |tx| by_token(tx, "xja_leaver", now)), Err(Fault::Anonymous)));
        assert!(matches!(wait_for(log_in(&house.desk, Knock::new("shengzhong-officer", DEMO_PASSWORD))), Err(Fault::WrongPassword)));
        for matter in &handled {
            let matter = house.matter(matter);
            assert_eq!(matter.handler, None);
            assert!(matter.open_tasks().count() > 0 && matter.open_tasks().all(|task| task.account.is_none()), "the task is the unit's");
        }
        // The chief can go on with each.
        let chief = id(house, "shengzhong-chief");
        house.act("shengzhong-chief", &handled[0], ActKind::Assign, json!({ "to": chief.0 }));
        // Asked for again, nothing is left to pass on; and the chain tells it.
        let again = go(house).unwrap();
        assert_eq!((again.matters.len(), again.tasks.len(), again.holdings), (0, 0, 0));
        let auditor = house.who("auditor");
        let look = Look { person: Some(id_of(house, "shengzhong-officer")), ..Look::default() };
        let entries = house.desk.store().read_now(move |tx| audit(tx, &auditor, &look, 10)).unwrap();
        let leaving = entries.iter().rfind(|entry| entry.act == "leave").unwrap();
        let facts = Body::<AccountFact>::read(&leaving.body).unwrap().facts;
        assert!(facts.iter().any(|fact| matches!(fact, AccountFact::WorkPassed { matters: 3, tasks: 3, .. })), "{facts:?}");
        house.assert_whole();
    });
}

/// The id of an account that may be closed.
fn id_of(house: &House, login: &'static str) -> AccountId {
    house.read(move |tx| Ok(store::accounts::by_login(tx, login)?)).unwrap().id
}
