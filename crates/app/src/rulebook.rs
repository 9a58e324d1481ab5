//! The rule book's data, read once and kept while it is current.

use crate::fault::Fault;
use crate::notices::Routing;
use domain::dispatch::{Calendar, Policy};
use domain::kernel::{DAY, Instant};
use domain::matters::{CategoryFacts, Holders};
use domain::places::{DutyLists, Network};
use domain::rota::Roster;
use domain::trail::{ACCOUNTS, NOTICES, PLACES, ROTA, RULES};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use store::db::Tx;
use store::intake::{Category, Route};

/// What rules look things up in.
#[derive(Debug)]
pub struct Rulebook {
    /// Places, units, posts, for today.
    pub network: Network,
    /// 职责清单 by unit.
    pub duties: DutyLists,
    /// Working days.
    pub calendar: Calendar,
    /// Spans.
    pub policies: Vec<Policy>,
    /// Their earlier versions: what clocks that run may be pinned to.
    pub former: Vec<Policy>,
    /// Categories in order.
    pub categories: Vec<Category>,
    /// What rules need of them.
    pub category_facts: BTreeMap<String, CategoryFacts>,
    /// Routing rules in order.
    pub routes: Vec<Route>,
    /// Who holds which post.
    pub holders: Holders,
    /// Who is on duty around now.
    pub roster: Roster,
    /// Names of accounts.
    pub names: BTreeMap<String, String>,
    /// By which ways people are told.
    pub routing: Routing,
    seqs: Seqs,
    read_at: Instant,
    good_until: Option<Instant>,
}

/// The chains whose entries change what is kept here: their numbers say whether it is current.
const CHAINS: [&str; 5] = [ACCOUNTS, NOTICES, ROTA, PLACES, RULES];
type Seqs = [i64; CHAINS.len()];

fn seqs(tx: &mut Tx<'_>) -> Result<Seqs, Fault> {
    let mut seqs = [0; CHAINS.len()];
    for (seq, chain) in seqs.iter_mut().zip(CHAINS) {
        *seq = store::trail::seq(tx, chain)?;
    }
    Ok(seqs)
}

/// Keeps the last rule book that was read.
///
/// Every change to it is an entry of one of [`CHAINS`], so their numbers say whether what is kept is current, also when another instance
/// made the change. What changes by itself is a post's end: that instant is kept too.
#[derive(Default)]
pub(crate) struct Shelf(Mutex<Option<Arc<Rulebook>>>);

impl Shelf {
    pub(crate) fn take(&self, tx: &mut Tx<'_>, now: Instant) -> Result<Arc<Rulebook>, Fault> {
        let seqs = seqs(tx)?;
        if let Ok(kept) = self.0.lock()
            && let Some(book) = kept.as_ref()
            && book.seqs == seqs
            && book.read_at <= now
            && book.roster.knows(now.plus(DAY))
            && book.good_until.is_none_or(|until| now < until)
        {
            return Ok(Arc::clone(book));
        }
        let book = Arc::new(read(tx, now, seqs)?);
        if let Ok(mut kept) = self.0.lock() {
            *kept = Some(Arc::clone(&book));
        }
        Ok(book)
    }
}

fn read(tx: &mut Tx<'_>, now: Instant, seqs: Seqs) -> Result<Rulebook, Fault> {
    let (days, years) = store::dispatch::calendar(tx)?;
    let calendar = Calendar::new(days, years, domain::dispatch::Hours::DEFAULT.to_vec()).map_err(|fault| Fault::Broken(fault.to_string()))?;
    let categories = store::intake::categories(tx)?;
    let category_facts = categories.iter().map(|c| (c.code.clone(), CategoryFacts { care: c.care, family: c.family.clone(), leaf: c.leaf })).collect();
    let holdings = store::accounts::holdings(tx)?;
    let lent = store::accounts::delegations(tx)?;
    let ends = holdings.iter().flat_map(|h| [Some(h.from_at), h.to_at]).flatten().chain(lent.iter().flat_map(|d| [d.from_at, d.to_at]));
    let mut network = store::places::network(tx)?;
    network.on = Some(now.day());
    let turn = network.next_turn(now.day()).map(|day| day.start());
    let good_until = ends.filter(|at| *at > now).chain(turn).min();
    Ok(Rulebook {
        duties: store::places::duties(tx)?,
        network,
        calendar,
        policies: store::dispatch::policies(tx)?,
        former: store::dispatch::former(tx)?,
        categories,
        category_facts,
        routes: store::intake::routes(tx)?,
        holders: Holders(store::accounts::holders(tx, now)?),
        roster: crate::rota::roster(tx, now)?,
        names: store::accounts::all(tx)?.into_iter().map(|account| (account.id.0, account.name)).collect(),
        routing: Routing::read(tx)?,
        seqs,
        read_at: now,
        good_until,
    })
}

impl Rulebook {
    /// Name of a unit; its id if it is gone.
    #[must_use]
    pub fn unit_name(&self, id: &domain::kernel::UnitId) -> String {
        self.network.unit(id).map_or_else(|| id.0.clone(), |unit| unit.name.clone())
    }

    /// Name of an account; “系统” for the system.
    #[must_use]
    pub fn account_name(&self, id: &domain::kernel::AccountId) -> String {
        if id.0 == "system" { "系统".to_owned() } else { self.names.get(&id.0).cloned().unwrap_or_default() }
    }

    /// Name of a category; its code if it is gone.
    #[must_use]
    pub fn category_name(&self, code: &str) -> String {
        self.categories.iter().find(|c| c.code == code).map_or_else(|| code.to_owned(), |c| c.name.clone())
    }
}
