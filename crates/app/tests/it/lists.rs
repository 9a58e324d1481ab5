//! Lists: pages, filters, totals, and the workbench's tabs.

use crate::histories::CAST;
use crate::support::House;
use store::matters::{Filter, Tab};

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
