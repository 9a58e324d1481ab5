//! Random histories: whoever does whatever whenever through the desk, and afterwards every row is what the events give.

use crate::good::{data, open_to, place_of, report};
use crate::support::{House, on_both};
use app::fault::Fault;
use app::intake::Extra;
use domain::kernel::{DAY, HOUR, MINUTE, MatterId, Refusal};
use domain::matters::{ActKind, Matter, State};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{Dice, with_seeds};

/// Every kind of post near the matters, and some far from them.
pub(crate) const CAST: &[&str] = &[
    "shengzhong-desk",
    "shengzhong-chief",
    "shengzhong-officer",
    "shengzhong-mediator",
    "shengzhong-grid-1",
    "yingzhong-chief",
    "yingzhong-officer",
    "yingzhong-desk",
    "police-head",
    "police-officer",
    "justice-head",
    "justice-officer",
    "market-head",
    "market-officer",
    "housing-officer",
    "command-head",
    "command-1",
    "command-2",
    "duty",
    "checker-1",
    "checker-2",
    "callback-1",
    "callback-2",
    "archivist",
    "leader",
    "system-admin",
    "security-admin",
    "auditor",
    "changshan-desk",
];

/// Who registers.
const DESKS: &[&str] = &["shengzhong-desk", "shengzhong-chief", "yingzhong-desk", "command-1", "police-officer", "shengzhong-grid-1"];

/// What a history did.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) matters: Vec<MatterId>,
    pub(crate) done: BTreeSet<String>,
    pub(crate) states: BTreeSet<State>,
    missing: usize,
    stale: usize,
    refused: usize,
}

/// A history of so many steps over so many matters.
pub(crate) fn live(house: &House, seed: u64, steps: usize, most: usize) -> Told {
    let mut dice = Dice::new(seed);
    let mut told = Told::default();
    for _ in 0..steps {
        house.pass(wait(&mut dice));
        if dice.roll(3) == 0 {
            house.sweep();
        }
        if told.matters.is_empty() || (told.matters.len() < most && dice.roll(6) == 0) {
            register(house, &mut told, &mut dice);
        } else {
            step(house, &mut told, &mut dice);
        }
    }
    told
}

fn wait(dice: &mut Dice) -> i64 {
    let span = *dice.pick(&[MINUTE, 30 * MINUTE, 30 * MINUTE, HOUR, DAY, 3 * DAY, 12 * DAY]);
    i64::try_from(dice.roll(usize::try_from(span).unwrap())).unwrap()
}

fn register(house: &House, told: &mut Told, dice: &mut Dice) {
    let login = *dice.pick(DESKS);
    let extra = Extra { unrouted: dice.roll(6) == 0, ..Extra::default() };
    let registered = house.try_register(login, &report(dice), extra).unwrap_or_else(|fault| panic!("{login} registers: {fault}"));
    told.done.insert("register".to_owned());
    told.matters.push(registered.recorded.matter.id);
}

/// Acts that move the matter: notes and corrections are always possible, let them not crowd out the loop.
fn moving(open: Vec<ActKind>) -> Vec<ActKind> {
    open.into_iter().filter(|act| !matches!(act, ActKind::Note | ActKind::Amend | ActKind::Urge | ActKind::NamePerson | ActKind::UnnamePerson)).collect()
}

fn step(house: &House, told: &mut Told, dice: &mut Dice) {
    let id = dice.pick(&told.matters).clone();
    let matter = house.matter(&id);
    let able: Vec<&str> = CAST.iter().copied().filter(|login| !moving(open_to(house, &matter, &house.who(login))).is_empty()).collect();
    let login = if able.is_empty() || dice.roll(3) == 0 { *dice.pick(CAST) } else { *dice.pick(&able) };
    let open = open_to(house, &matter, &house.who(login));
    let likely = moving(open.clone());
    let act = match dice.roll(6) {
        0 => *dice.pick(ActKind::ALL),
        1 if !open.is_empty() => *dice.pick(&open),
        _ if !likely.is_empty() => *dice.pick(&likely),
        _ => *dice.pick(ActKind::ALL),
    };
    let act = if matches!(act, ActKind::Decline | ActKind::Void) && dice.roll(3) == 0 { ActKind::Ask } else { act };
    let form = spoiled(data(house, login, &matter, act, dice), dice);
    let version = matter.version - i64::from(dice.roll(9) == 0);
    attempt(house, told, login, &matter, version, act, &form);
}

/// Now and then one thing of the form is wrong.
fn spoiled(mut form: Value, dice: &mut Dice) -> Value {
    if dice.roll(10) == 0 {
        let map = form.as_object_mut().unwrap();
        match map.keys().next().cloned() {
            Some(name) if dice.roll(2) == 0 => drop(map.remove(&name)),
            Some(name) => drop(map.insert(name, json!("没有这个"))),
            None => drop(map.insert("nonsense".to_owned(), json!("x"))),
        }
    }
    form
}

fn attempt(house: &House, told: &mut Told, login: &str, matter: &Matter, version: i64, act: ActKind, form: &Value) {
    let actor = house.who(login);
    let accounts: Vec<_> = parts(matter);
    let units: Vec<_> = matter.units.iter().map(|(unit, _)| unit.clone()).collect();
    let sees = actor.scope().sees(matter.care, &place_of(matter), &units, &accounts);
    let result = house.try_at(login, &matter.id, version, act, form);
    match result {
        Ok(recorded) => {
            assert!(sees && version == matter.version, "{login} could {act} what is not to be seen, or at a stale version");
            assert_eq!(recorded.matter.version, matter.version + 1);
            assert_eq!(recorded.matter, house.matter(&matter.id), "what was answered is what was kept");
            told.done.insert(act.code().to_owned());
            told.states.insert(recorded.matter.state);
            return;
        }
        Err(Fault::Missing) => {
            assert!(!sees, "{login} sees the matter and is told that it is not there");
            told.missing += 1;
        }
        Err(Fault::Stale { current, changed }) => {
            assert!(sees && version < matter.version && current == matter.version);
            assert_eq!(changed.len(), 1, "one act was missed");
            told.stale += 1;
        }
        Err(Fault::Refused(refusal)) => {
            assert!(sees && version == matter.version);
            if let Refusal::State { .. } = refusal {
                assert!(!domain::matters::lawful(matter.state, act));
            }
            told.refused += 1;
        }
        Err(other) => panic!("{login} {act} {form}: {other:?}"),
    }
    assert_eq!(house.matter(&matter.id), *matter, "an act that was not done has changed something");
}

/// The accounts that have a part of their own.
fn parts(matter: &Matter) -> Vec<domain::kernel::AccountId> {
    let mut parts: Vec<_> = matter.doers.iter().cloned().collect();
    parts.push(matter.registered_by.clone());
    parts.extend(matter.handler.clone());
    parts.extend(matter.named.iter().cloned());
    parts.extend(matter.tasks.iter().filter_map(|task| task.account.clone()));
    parts
}

#[test]
fn random_histories_fold_to_their_rows() {
    let seen = std::cell::RefCell::new((BTreeSet::new(), BTreeSet::new(), [0; 3]));
    on_both(|house| {
        with_seeds(2, 1, |seed| {
            let told = live(house, seed, 160, 8);
            house.assert_whole();
            house.sweep();
            let report = house.assert_whole();
            assert!(report.entries > 200 && report.matters > 0 && report.words > report.matters);
            crate::lists::tabs_are_what_the_lists_hold(house);
            let mut seen = seen.borrow_mut();
            seen.0.extend(told.done);
            seen.1.extend(told.states);
            for (all, n) in seen.2.iter_mut().zip([told.missing, told.stale, told.refused]) {
                *all += n;
            }
        });
    });
    // The histories are known to have something to find.
    let (done, states, faults) = seen.into_inner();
    assert!(faults.iter().all(|n| *n > 0), "missing, stale, refused: {faults:?}");
    assert!(done.len() >= 18, "acts done: {done:?}");
    assert!(states.len() >= 7, "states reached: {states:?}");
}

/// Urging was once taken for an act that changes nothing.
#[test]
fn an_urge_is_counted_told_and_proven() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &crate::support::call());
        for (n, login) in [(1, "leader"), (2, "command-head"), (3, "shengzhong-chief")] {
            let matter = house.act(login, &id, ActKind::Urge, json!({ "words": format!("第 {n} 次催办") }));
            assert_eq!((matter.urged, matter.version), (n, n + 1));
        }
        let told = house.read({
            let desk = house.who("shengzhong-desk");
            move |tx| app::notices::list(tx, &desk, None, 50)
        });
        assert_eq!((told.unread, told.rows.iter().filter(|notice| notice.act == "urge" && notice.matter == id).count()), (3, 3));
        assert!(matches!(house.try_act("shengzhong-desk", &id, ActKind::Urge, &json!({ "words": "我自己催" })), Err(Fault::Refused(_))));
        house.assert_whole();
    });
}
