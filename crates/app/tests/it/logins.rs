//! Logging in: wrong passwords, locks, first passwords, sessions, tokens.

use crate::support::{House, on_both, wait_for};
use app::accounts::{Knock, LoggedIn, TokenWish, Visitor, by_session, by_token, change_password, log_in, log_out, make_token, revoke_token};
use app::fault::Fault;
use app::seed::DEMO_PASSWORD;
use domain::accounts::Reach;
use domain::kernel::{DAY, HOUR, MINUTE, Refusal};
use store::accounts::Token;

const NEW: &str = "一个新的长密码 2026";

fn enter(house: &House, login: &str, password: &str) -> Result<LoggedIn, Fault> {
    wait_for(log_in(&house.desk, Knock::new(login, password)))
}

fn visitor(house: &House, secret: &str) -> Result<Visitor, Fault> {
    let (secret, now) = (secret.to_owned(), house.now());
    house.desk.store().read_now(move |tx| by_session(tx, &secret, now))
}

fn change(house: &House, visitor: &Visitor, old: &str, new: &str) -> Result<(), Fault> {
    wait_for(change_password(&house.desk, visitor, old.to_owned(), new.to_owned()))
}

fn token(house: &House, login: &str, days: i64, secret: &'static str) -> Result<Token, Fault> {
    let actor = house.who(login);
    house.desk.write_at(house.now(), move |tx, _, now, mint| {
        make_token(tx, &actor, &TokenWish { name: "脚本".to_owned(), days, reach: Reach::All }, secret, now, mint)
    })
}

fn by(house: &House, secret: &'static str) -> Result<Visitor, Fault> {
    let now = house.now();
    house.desk.store().read_now(move |tx| by_token(tx, secret, now))
}

#[test]
fn a_wrong_password_and_an_unknown_name_are_one_answer() {
    on_both(|house| {
        let (wrong, unknown) = (enter(house, "duty", "wrong").unwrap_err(), enter(house, "nobody", "wrong").unwrap_err());
        assert_eq!(format!("{wrong:?} {wrong}"), format!("{unknown:?} {unknown}"));
        assert!(matches!(wrong, Fault::WrongPassword));
        let entered = enter(house, "duty", DEMO_PASSWORD).unwrap();
        let seen = visitor(house, &entered.secret).unwrap();
        assert_eq!((seen.account.login.as_str(), seen.actor.seats().len()), ("duty", 1));
        assert_eq!(seen.csrf, entered.visitor.csrf);
        assert!(matches!(visitor(house, "made up"), Err(Fault::Anonymous)));
        house.assert_whole();
    });
}

#[test]
fn five_wrong_passwords_lock_for_a_quarter_of_an_hour() {
    on_both(|house| {
        for _ in 0..4 {
            assert!(matches!(enter(house, "duty", "wrong"), Err(Fault::WrongPassword)));
        }
        // A right one in between makes the count begin anew.
        enter(house, "duty", DEMO_PASSWORD).unwrap();
        for _ in 0..5 {
            assert!(matches!(enter(house, "duty", "wrong"), Err(Fault::WrongPassword)));
        }
        let until = house.now().plus(15 * MINUTE);
        // What a locked account answers is what an unknown one answers, also to the right password; and the lock is not made longer by asking.
        let unknown = format!("{:?}", enter(house, "who-is-this", "wrong").unwrap_err());
        for password in [DEMO_PASSWORD, "wrong", "wrong", "wrong", "wrong", "wrong", "wrong"] {
            assert_eq!(format!("{:?}", enter(house, "duty", password).unwrap_err()), unknown);
        }
        assert_eq!(house.read(|tx| Ok(store::accounts::by_login(tx, "duty")?)).unwrap().locked_until, Some(until));
        // Others are not locked with it.
        enter(house, "leader", DEMO_PASSWORD).unwrap();
        house.pass(15 * MINUTE - 1);
        assert!(matches!(enter(house, "duty", DEMO_PASSWORD), Err(Fault::WrongPassword)));
        house.pass(1);
        enter(house, "duty", DEMO_PASSWORD).unwrap();
        let events = house.read(|tx| Ok(store::trail::entries_since(tx, "accounts", 0, 1000)?));
        assert_eq!(events.iter().filter(|entry| entry.act == "lock").count(), 1, "that it was locked is an event");
        house.assert_whole();
    });
}

#[test]
fn a_first_password_must_be_changed_and_a_poor_one_is_refused() {
    on_both(|house| {
        // A person who has just been given an account.
        house
            .desk
            .write_at(house.now(), |tx, _, now, mint| {
                let hash = app::accounts::hash_password("first-password", &mint.bytes())?;
                let account = store::accounts::Account {
                    id: mint.id("acc_"),
                    login: "new-clerk".to_owned(),
                    name: "新来的".to_owned(),
                    password: hash,
                    must_change: true,
                    enabled: true,
                    demo: false,
                    failed: 0,
                    locked_until: None,
                    created_at: now,
                    second_factor: false,
                    seen_at: None,
                };
                let head = store::trail::lock(tx, domain::trail::ACCOUNTS)?;
                app::seed::open_account(tx, head, &account, &[], &domain::accounts::Actor::system().by(None), now)
            })
            .unwrap();
        let seen = visitor(house, &enter(house, "new-clerk", "first-password").unwrap().secret).unwrap();
        assert!(seen.account.must_change);
        for (old, new, code) in [
            ("first-password", "short", "password_short"),
            ("first-password", "first-password", "password_weak"),
            ("first-password", "my New-Clerk password", "password_weak"),
            ("not the old one", NEW, "password_wrong"),
        ] {
            match change(house, &seen, old, new) {
                Err(Fault::Refused(Refusal::Rule { code: found, .. })) => assert_eq!(found, code),
                other => panic!("{code}: {other:?}"),
            }
        }
        change(house, &seen, "first-password", NEW).unwrap();
        assert!(matches!(enter(house, "new-clerk", "first-password"), Err(Fault::WrongPassword)));
        assert!(!enter(house, "new-clerk", NEW).unwrap().visitor.account.must_change);
        house.assert_whole();
    });
}

#[test]
fn a_new_password_ends_every_other_session_and_every_token() {
    on_both(|house| {
        let (mine, stolen) = (enter(house, "duty", DEMO_PASSWORD).unwrap().secret, enter(house, "duty", DEMO_PASSWORD).unwrap().secret);
        let other = enter(house, "leader", DEMO_PASSWORD).unwrap().secret;
        token(house, "duty", 30, "xja_before").unwrap();
        change(house, &visitor(house, &mine).unwrap(), DEMO_PASSWORD, NEW).unwrap();
        assert!(matches!(by(house, "xja_before"), Err(Fault::Anonymous)), "a token made under the old password has ended with it");
        assert!(visitor(house, &mine).is_ok() && visitor(house, &other).is_ok());
        assert!(matches!(visitor(house, &stolen), Err(Fault::Anonymous)));
        house.assert_whole();
    });
}

#[test]
fn a_session_ends_by_log_out_and_by_time() {
    on_both(|house| {
        let (first, second) = (enter(house, "duty", DEMO_PASSWORD).unwrap().secret, enter(house, "duty", DEMO_PASSWORD).unwrap().secret);
        let session = visitor(house, &first).unwrap().session.unwrap();
        assert!(!session.contains(&first), "the database does not hold the secret");
        house.desk.write_at(house.now(), move |tx, _, _, _| log_out(tx, &session)).unwrap();
        assert!(matches!(visitor(house, &first), Err(Fault::Anonymous)));
        house.pass(12 * HOUR - 1);
        assert!(visitor(house, &second).is_ok());
        house.pass(1);
        assert!(matches!(visitor(house, &second), Err(Fault::Anonymous)));
    });
}

#[test]
fn a_token_acts_for_its_account_until_it_ends_or_is_revoked() {
    on_both(|house| {
        let made = token(house, "police-officer", 30, "xja_one").unwrap();
        token(house, "police-officer", 30, "xja_two").unwrap();
        let seen = by(house, "xja_one").unwrap();
        assert_eq!((seen.account.login.as_str(), seen.csrf), ("police-officer", None));
        assert_eq!(seen.actor, house.who("police-officer"));
        assert!(matches!(by(house, "xja_three"), Err(Fault::Anonymous)));
        // Nobody revokes another's.
        let (other, id) = (house.who("police-head"), made.id.clone());
        assert!(matches!(house.desk.write_at(house.now(), move |tx, _, now, _| revoke_token(tx, &other, &id, now)), Err(Fault::Missing)));
        let own = house.who("police-officer");
        house.desk.write_at(house.now(), move |tx, _, now, _| revoke_token(tx, &own, &made.id, now)).unwrap();
        assert!(matches!(by(house, "xja_one"), Err(Fault::Anonymous)));
        house.pass(30 * DAY - 1);
        assert!(by(house, "xja_two").is_ok());
        house.pass(1);
        assert!(matches!(by(house, "xja_two"), Err(Fault::Anonymous)));
        for days in [0, -1, 367] {
            assert!(matches!(token(house, "duty", days, "xja_x"), Err(Fault::Refused(_))));
        }
        house.assert_whole();
    });
}

#[test]
fn a_closed_account_enters_nowhere() {
    on_both(|house| {
        let session = enter(house, "duty", DEMO_PASSWORD).unwrap().secret;
        token(house, "duty", 30, "xja_duty").unwrap();
        house
            .desk
            .write_at(house.now(), |tx, _, now, _| {
                let head = store::trail::lock(tx, domain::trail::ACCOUNTS)?;
                let mut account = store::accounts::by_login(tx, "duty")?.ok_or(Fault::Missing)?;
                account.enabled = false;
                store::accounts::put(tx, &account)?;
                let fact = domain::trail::AccountFact::Enabled { account: account.id.clone(), on: false };
                app::trail::note(tx, &head, now, "close_account", &account.id.0, &domain::accounts::Actor::system().by(None), &[fact])
            })
            .unwrap();
        assert!(matches!(enter(house, "duty", DEMO_PASSWORD), Err(Fault::WrongPassword)));
        assert!(matches!(visitor(house, &session), Err(Fault::Anonymous)));
        assert!(matches!(by(house, "xja_duty"), Err(Fault::Anonymous)));
        house.assert_whole();
    });
}
