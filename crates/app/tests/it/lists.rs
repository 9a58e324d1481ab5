//! Lists: pages, filters, totals, and the workbench's tabs.

use crate::histories::CAST;
use crate::support::{COMMAND, HOME, House, POLICE, call, on_both, with};
use domain::dispatch::Urgency;
use domain::kernel::{Instant, MatterId};
use domain::matters::{ActKind, Flag, Matter, Phase, State};
use serde_json::json;
use std::collections::BTreeSet;
use store::matters::{Filter, Sort, Tab};

pub(crate) const TABS: [Tab; 5] = [Tab::Todo, Tab::Doing, Tab::Soon, Tab::Late, Tab::Done];

/// Each tab's count is the length of its list, for everybody.
pub(crate) fn tabs_are_what_the_lists_hold(house: &House) {
    for login in CAST {
        let actor = house.who(login);
        let (tabs, lists) = house.read(move |tx| {
            let tabs = app::matters::workbench(tx, &actor)?;
            let mut lists = [0; 5];
            for (n, tab) in TABS.into_iter().enumerate() {
                let (page, total) = app::matters::list(tx, &actor, Filter { tab: Some(tab), ..Filter::default() }, 1000)?;
                lists[n] = i64::try_from(page.rows.len()).unwrap();
                assert!(total.is_none_or(|total| total.n == lists[n] && !total.more));
            }
            Ok((tabs, lists))
        });
        assert_eq!(tabs, lists, "{login}: tabs left, lists right (todo, doing, soon, late, done)");
    }
}

fn ids(house: &House, login: &str, filter: &Filter, limit: i64) -> Vec<MatterId> {
    let (actor, filter) = (house.who(login), filter.clone());
    house.read(move |tx| Ok(app::matters::list(tx, &actor, filter.clone(), limit)?.0.rows.into_iter().map(|row| row.id).collect()))
}

/// Walks all pages; no row twice, no row left out.
fn walked(house: &House, login: &str, filter: &Filter, limit: i64) -> Vec<MatterId> {
    let mut all = Vec::new();
    let mut filter = filter.clone();
    loop {
        let (actor, asked) = (house.who(login), filter.clone());
        let page = house.read(move |tx| Ok(app::matters::list(tx, &actor, asked.clone(), limit)?.0));
        all.extend(page.rows.into_iter().map(|row| row.id));
        match page.next {
            Some(next) => filter.after = Some(next),
            None => return all,
        }
    }
}

#[test]
fn pages_lose_and_repeat_nothing() {
    on_both(|house| {
        // Five in the same millisecond, some a millisecond later, some closed and so without a due time.
        for n in 0..17 {
            let urgency = ["normal", "urgent", "extreme"][n % 3];
            let id = house.register("shengzhong-desk", &with(call(), json!({ "urgency": urgency })));
            if n % 5 == 4 {
                house.act("shengzhong-desk", &id, ActKind::Answer, json!({ "outcome": "已答复", "result": "explained", "told_how": "call" }));
            }
            if n % 6 == 5 {
                house.pass(1);
            }
        }
        for sort in [Sort::Received, Sort::Due] {
            let filter = Filter { sort, ..Filter::default() };
            let whole = ids(house, "shengzhong-desk", &filter, 1000);
            assert_eq!(whole.len(), 17);
            for limit in [1, 2, 3, 5, 16, 17, 18] {
                assert_eq!(walked(house, "shengzhong-desk", &filter, limit), whole, "{sort:?} by {limit}");
            }
            let matters: Vec<_> = whole.iter().map(|id| house.matter(id)).collect();
            let in_order = match sort {
                Sort::Received => matters.is_sorted_by_key(|m| std::cmp::Reverse((m.received_at, m.id.clone()))),
                Sort::Due => matters.is_sorted_by_key(|m| (m.governing().map_or(i64::MAX, |clock| clock.due_at.0), m.id.clone())),
            };
            assert!(in_order, "{sort:?}");
        }
        let done = Filter { tab: Some(Tab::Done), ..Filter::default() };
        assert_eq!(walked(house, "shengzhong-desk", &done, 4).into_iter().collect::<BTreeSet<_>>().len(), 17);
        // A row that comes in between two pages does not push another off.
        let first = house.read({
            let actor = house.who("shengzhong-desk");
            move |tx| Ok(app::matters::list(tx, &actor, Filter::default(), 5)?.0)
        });
        let before = ids(house, "shengzhong-desk", &Filter::default(), 1000);
        house.pass(1000);
        house.register("shengzhong-desk", &call());
        let rest = walked(house, "shengzhong-desk", &Filter { after: first.next, ..Filter::default() }, 5);
        assert_eq!(first.rows.into_iter().map(|row| row.id).chain(rest).collect::<Vec<_>>(), before);
    });
}

#[test]
fn every_filter_says_what_the_rows_say() {
    on_both(|house| {
        crate::histories::live(house, 11, 120, 12);
        let all: Vec<Matter> = ids(house, "command-head", &Filter::default(), 1000).iter().map(|id| house.matter(id)).collect();
        assert!(all.len() >= 8);
        let middle = all[all.len() / 2].received_at;
        type Rule = fn(&Matter, Instant) -> bool;
        let filters: Vec<(Filter, Rule)> = vec![
            (Filter { states: vec![State::Registered, State::Closed], ..Filter::default() }, |m, _| matches!(m.state, State::Registered | State::Closed)),
            (Filter { owner: Some(COMMAND.into()), ..Filter::default() }, |m, _| m.owner_unit.as_ref().is_some_and(|unit| unit.as_str() == COMMAND)),
            (Filter { lead: Some(POLICE.into()), ..Filter::default() }, |m, _| m.lead.as_ref().is_some_and(|unit| unit.as_str() == POLICE)),
            (Filter { home: Some(HOME.into()), ..Filter::default() }, |m, _| m.home.as_str() == HOME),
            (Filter { category: Some("0".to_owned()), ..Filter::default() }, |m, _| m.category.as_deref().is_some_and(|code| code.starts_with('0'))),
            (Filter { category: Some("S-04".to_owned()), ..Filter::default() }, |m, _| m.category.as_deref() == Some("S-04")),
            (Filter { level: Some("ordinary".to_owned()), ..Filter::default() }, |m, _| m.level.is_some_and(|level| level.code() == "ordinary")),
            (Filter { urgencies: vec![Urgency::Extreme, Urgency::Urgent], ..Filter::default() }, |m, _| m.urgency != Urgency::Normal),
            (Filter { phase: Some(Phase::Late), ..Filter::default() }, |m, _| m.phase() == Phase::Late),
            (Filter { flag: Some(Flag::Joint), ..Filter::default() }, |m, _| m.flags.contains(&Flag::Joint)),
            (Filter { open: Some(true), ..Filter::default() }, |m, _| m.state.is_open()),
            (Filter { open: Some(false), ..Filter::default() }, |m, _| !m.state.is_open()),
            (Filter { from: Some(middle), ..Filter::default() }, |m, at| m.received_at >= at),
            (Filter { to: Some(middle), ..Filter::default() }, |m, at| m.received_at < at),
        ];
        let check = |filter: &Filter, rules: &[Rule]| {
            let wanted: Vec<&str> = all.iter().filter(|m| rules.iter().all(|rule| rule(m, middle))).map(|m| m.id.as_str()).collect();
            for sort in [Sort::Received, Sort::Due] {
                let mut found = walked(house, "command-head", &Filter { sort, ..filter.clone() }, 4);
                found.sort_by(|a, b| b.cmp(a));
                let mut wanted = wanted.clone();
                wanted.sort_by(|a, b| b.cmp(a));
                assert_eq!(found.iter().map(MatterId::as_str).collect::<Vec<_>>(), wanted, "{filter:?}");
            }
            let (actor, filter) = (house.who("command-head"), filter.clone());
            let total = house.read(move |tx| Ok(store::matters::count(tx, &actor.scope(), &filter)?));
            assert_eq!((total.n, total.more), (i64::try_from(wanted.len()).unwrap(), false));
        };
        for (n, (filter, rule)) in filters.iter().enumerate() {
            check(filter, &[*rule]);
            for (other, other_rule) in &filters[n + 1..] {
                if let Some(both) = merged(filter, other) {
                    check(&both, &[*rule, *other_rule]);
                }
            }
        }
        // All at once, with a search and every tab, on both engines.
        let everything = filters.iter().fold(Filter::default(), |all, (filter, _)| merged(&all, filter).unwrap_or(all));
        for tab in TABS.into_iter().map(Some).chain([None]) {
            let (actor, filter) = (house.who("command-1"), Filter { tab, ..everything.clone() });
            house.read(move |tx| {
                let search = app::matters::search(tx, "押金 盛");
                assert!(search.is_some());
                app::matters::list(tx, &actor, Filter { search, ..filter.clone() }, 10)
            });
        }
    });
}

/// Both filters at once, unless they ask for the same.
fn merged(a: &Filter, b: &Filter) -> Option<Filter> {
    let (a, b) = (a.clone(), b.clone());
    fn one<T>(a: Option<T>, b: Option<T>) -> Option<Option<T>> {
        if a.is_some() && b.is_some() { None } else { Some(a.or(b)) }
    }
    Some(Filter {
        states: if a.states.is_empty() { b.states } else { a.states },
        owner: one(a.owner, b.owner)?,
        lead: one(a.lead, b.lead)?,
        home: one(a.home, b.home)?,
        category: one(a.category, b.category)?,
        level: one(a.level, b.level)?,
        urgencies: if a.urgencies.is_empty() { b.urgencies } else { a.urgencies },
        phase: one(a.phase, b.phase)?,
        flag: one(a.flag, b.flag)?,
        open: one(a.open, b.open)?,
        from: one(a.from, b.from)?,
        to: one(a.to, b.to)?,
        ..Filter::default()
    })
}

#[test]
fn what_is_assigned_by_name_stands_in_that_persons_workbench() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &call());
        house.act("shengzhong-desk", &id, ActKind::Dispatch, json!({ "lead": HOME, "category": "0602", "level": "simple" }));
        house.act("shengzhong-chief", &id, ActKind::Accept, json!({}));
        let mediator = house.who("shengzhong-mediator");
        house.act("shengzhong-chief", &id, ActKind::Assign, json!({ "to": mediator.account().as_str() }));
        let in_tab = |login, tab| ids(house, login, &Filter { tab: Some(tab), ..Filter::default() }, 10);
        assert_eq!(in_tab("shengzhong-mediator", Tab::Doing), std::slice::from_ref(&id));
        assert_eq!(in_tab("shengzhong-grid-1", Tab::Doing), []);
        tabs_are_what_the_lists_hold(house);
        let grid = house.who("shengzhong-grid-1");
        house.act("shengzhong-chief", &id, ActKind::Assign, json!({ "to": grid.account().as_str() }));
        assert_eq!((in_tab("shengzhong-mediator", Tab::Doing), in_tab("shengzhong-grid-1", Tab::Doing)), (vec![], vec![id]));
        tabs_are_what_the_lists_hold(house);
    });
}

#[test]
fn a_sampled_answer_waits_at_the_call_back_desk() {
    on_both(|house| {
        // Disputes are all called back.
        let id = house.register("shengzhong-desk", &with(call(), json!({ "category": "0602" })));
        house.act("shengzhong-desk", &id, ActKind::Answer, json!({ "outcome": "已当场说清", "result": "explained", "told_how": "in_person" }));
        let todo = Filter { tab: Some(Tab::Todo), ..Filter::default() };
        assert_eq!(ids(house, "callback-1", &todo, 10), std::slice::from_ref(&id));
        assert_eq!(ids(house, "command-1", &todo, 10), []);
        tabs_are_what_the_lists_hold(house);
        let task = house.matter(&id).open_tasks().next().unwrap().id.0.clone();
        house.act("callback-1", &id, ActKind::FinishTask, json!({ "task": task, "done": "群众表示满意" }));
        assert_eq!(ids(house, "callback-1", &todo, 10), []);
        tabs_are_what_the_lists_hold(house);
    });
}
