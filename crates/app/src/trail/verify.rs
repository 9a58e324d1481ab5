//! Verifying: every entry, every text, every state row, every tail. What differs is named.

use super::derived;
use crate::fault::Fault;
use crate::keys::{self, Keys};
use domain::kernel::{AccountId, Commit, Instant, MatterId, NoticeId};
use domain::matters::Matter;
use domain::places::PlaceBook;
use domain::trail::{
    ACCOUNTS, ALGORITHM, AccountFact, AccountRow, AccountTable, Body, Checkpoint, DelegationRow, Fact, GENESIS, NOTICES, NoticeFact, NoticeTable, PLACES,
    PlaceFact, READS, ROTA, RotaFact, RotaTable, Said, TokenRow, entry_hash,
};
use domain::trail::{KEEPING, KeepingFact, KeepingTable, RULES, RuleFact, RuleTable};
use std::collections::{BTreeMap, BTreeSet};
use store::db::Tx;
use store::trail::Entry;

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable code: `entry`, `chain`, `head`, `words`, `row`, `counter`, `tail`, `signature`, `missing`.
    pub code: &'static str,
    /// Where: a chain and number, a table and id.
    pub place: String,
    /// What is wrong.
    pub said: String,
}

/// What a verification saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Entries read.
    pub entries: u64,
    /// Texts read.
    pub words: u64,
    /// Texts that have been erased.
    pub erased: u64,
    /// Sealed texts that could not be opened because no key was given.
    pub unopened: u64,
    /// Matters folded and compared.
    pub matters: u64,
    /// Checkpoints checked.
    pub checkpoints: u64,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

impl Report {
    pub(super) fn find(&mut self, code: &'static str, place: impl Into<String>, said: impl Into<String>) {
        self.findings.push(Finding { code, place: place.into(), said: said.into() });
    }
}

/// Verifies a database in one snapshot. `keys` opens sealed texts; `outside` are checkpoints that were kept elsewhere.
pub fn verify(tx: &mut Tx<'_>, keys: Option<&Keys>, outside: &[(String, String, String)]) -> Result<Report, Fault> {
    let mut report = Report::default();
    let seen = entries(tx, &mut report)?;
    derived::texts(tx, keys, &seen, &mut report)?;
    matters(tx, &seen, &mut report)?;
    derived::rows(tx, &seen, &mut report)?;
    accounts(tx, &seen, &mut report)?;
    super::rota::rows(tx, &seen.rota, &mut report)?;
    super::kept::keeping(tx, keys, &seen.keeping, &mut report)?;
    checkpoints(tx, keys, outside, &seen, &mut report)?;
    Ok(report)
}

/// What the entries say.
#[derive(Default)]
pub(super) struct Seen {
    /// Hash of every entry by chain; index is the number minus one.
    hashes: BTreeMap<String, Vec<String>>,
    /// The fold of every matter, with the chain it lies in.
    pub(super) matters: BTreeMap<MatterId, Matter>,
    /// When the last event of every matter was.
    touched: BTreeMap<MatterId, Instant>,
    /// The fold of the accounts' chain.
    accounts: AccountTable,
    /// The fold of the rota's chain.
    rota: RotaTable,
    /// The fold of the chain of keeping.
    pub(super) keeping: KeepingTable,
    /// Commitments by id of the words.
    pub(super) said: BTreeMap<String, Told>,
    /// By which act each notice was told and its place among its matter's, by matter.
    pub(super) told_by: BTreeMap<MatterId, BTreeMap<NoticeId, (String, i64)>>,
    /// The fold of the chain of channels, ways and letters.
    pub(super) channels: NoticeTable,
    /// The fold of the chain of places, and whether there is one: a network from before it is told with its first change.
    pub(super) places: PlaceBook,
    pub(super) places_told: bool,
    /// The fold of the chain of rules, and whether there is one: a rule book from before it is told with its first change.
    pub(super) rules: RuleTable,
    pub(super) rules_told: bool,
    /// Who did something in which matter, and when last.
    pub(super) done: BTreeMap<(AccountId, MatterId), Instant>,
}

/// A text that an event speaks of.
pub(super) struct Told {
    pub(super) name: String,
    pub(super) commit: Commit,
    pub(super) chain: String,
    pub(super) seq: i64,
}

fn entries(tx: &mut Tx<'_>, report: &mut Report) -> Result<Seen, Fault> {
    let mut seen = Seen::default();
    let mut found: Vec<Finding> = Vec::new();
    let mut last: (String, i64, String) = (String::new(), 0, GENESIS.to_owned());
    report.entries = store::trail::each_entry(tx, |entry| {
        if entry.chain != last.0 {
            last = (entry.chain.clone(), 0, GENESIS.to_owned());
        }
        let place = format!("event {} #{}", entry.chain, entry.seq);
        if let Some(said) = broken_link(&entry, last.1, &last.2) {
            found.push(Finding { code: "chain", place: place.clone(), said });
        }
        last = (entry.chain.clone(), entry.seq, entry.hash.clone());
        seen.hashes.entry(entry.chain.clone()).or_default().push(entry.hash.clone());
        if let Some(said) = seen.fold(&entry) {
            found.push(Finding { code: "entry", place, said });
        }
        Ok(())
    })?;
    report.findings.append(&mut found);
    for head in store::trail::heads(tx)? {
        let chain = seen.hashes.get(&head.chain);
        let n = chain.map_or(0, |hashes| i64::try_from(hashes.len()).unwrap_or(i64::MAX));
        if head.seq != n || chain.and_then(|hashes| hashes.last()).map_or("", String::as_str) != head.hash {
            report.find("head", format!("chain_head {}", head.chain), format!("says #{}, the entries end at #{n}", head.seq));
        }
    }
    let heads: BTreeSet<String> = store::trail::heads(tx)?.into_iter().map(|head| head.chain).collect();
    for chain in seen.hashes.keys().filter(|chain| !heads.contains(*chain)) {
        report.find("head", format!("chain_head {chain}"), "is missing");
    }
    Ok(seen)
}

/// Why an entry does not follow the one before, if it does not.
fn broken_link(entry: &Entry, last: i64, hash: &str) -> Option<String> {
    if entry.seq != last + 1 {
        return Some(format!("number {} follows {last}", entry.seq));
    }
    if entry.algorithm != ALGORITHM {
        return Some(format!("unknown algorithm {:?}", entry.algorithm));
    }
    if entry.prev != hash {
        return Some("does not carry the hash of the entry before".to_owned());
    }
    if entry_hash(&entry.algorithm, &entry.chain, entry.seq, &entry.prev, &entry.body) != entry.hash {
        return Some("its hash is not that of its body".to_owned());
    }
    None
}

impl Seen {
    /// Remembers a commitment and where it was made.
    fn told(&mut self, said: &Said, entry: &Entry) {
        let told = Told { name: said.name.clone(), commit: said.commit.clone(), chain: entry.chain.clone(), seq: entry.seq };
        self.said.insert(said.words.0.clone(), told);
    }

    /// Folds an entry in; says what is wrong with it.
    fn fold(&mut self, entry: &Entry) -> Option<String> {
        if entry.chain == ACCOUNTS || entry.chain == READS {
            return match Body::<AccountFact>::read(&entry.body) {
                Ok(body) => {
                    for fact in &body.facts {
                        self.accounts.apply(fact);
                        if let AccountFact::Viewed { reason, .. } = fact {
                            self.told(reason, entry);
                        }
                    }
                    columns(entry, &body)
                }
                Err(error) => Some(format!("its body cannot be read: {error}")),
            };
        }
        if entry.chain == PLACES {
            return match Body::<PlaceFact>::read(&entry.body) {
                Ok(body) => {
                    body.facts.iter().for_each(|fact| self.places.apply(fact));
                    self.places_told = true;
                    columns(entry, &body)
                }
                Err(error) => Some(format!("its body cannot be read: {error}")),
            };
        }
        if entry.chain == RULES {
            return match Body::<RuleFact>::read(&entry.body) {
                Ok(body) => {
                    body.facts.iter().for_each(|fact| self.rules.apply(fact));
                    self.rules_told = true;
                    columns(entry, &body)
                }
                Err(error) => Some(format!("its body cannot be read: {error}")),
            };
        }
        if entry.chain == NOTICES {
            return match Body::<NoticeFact>::read(&entry.body) {
                Ok(body) => {
                    for fact in &body.facts {
                        self.channels.apply(fact);
                        fact.said().into_iter().for_each(|said| self.told(said, entry));
                    }
                    columns(entry, &body)
                }
                Err(error) => Some(format!("its body cannot be read: {error}")),
            };
        }
        if entry.chain == ROTA {
            return match Body::<RotaFact>::read(&entry.body) {
                Ok(body) => {
                    for fact in &body.facts {
                        self.rota.apply(fact);
                        fact.said().into_iter().for_each(|said| self.told(said, entry));
                    }
                    columns(entry, &body)
                }
                Err(error) => Some(format!("its body cannot be read: {error}")),
            };
        }
        if entry.chain == KEEPING {
            return match Body::<KeepingFact>::read(&entry.body) {
                Ok(body) => {
                    for fact in &body.facts {
                        self.keeping.apply(body.at, &body.by.account, fact);
                        if let Some(said) = KeepingTable::said(fact) {
                            self.told(said, entry);
                        }
                    }
                    columns(entry, &body)
                }
                Err(error) => Some(format!("its body cannot be read: {error}")),
            };
        }
        let body = match Body::<Fact>::read(&entry.body) {
            Ok(body) => body,
            Err(error) => return Some(format!("its body cannot be read: {error}")),
        };
        let id = MatterId::from(body.subject.as_str());
        let matter = self.matters.entry(id.clone()).or_insert_with(|| Matter::unborn(id));
        matter.apply(body.at, &body.facts);
        if matter.home.0 != entry.chain {
            return Some(format!("speaks of a matter of the chain {}", matter.home));
        }
        let id = MatterId::from(body.subject.as_str());
        self.touched.insert(id.clone(), body.at);
        if body.by.post.is_some() {
            self.done.insert((body.by.account.clone(), id.clone()), body.at);
        }
        for fact in &body.facts {
            if let Fact::Notified { notice: Some(notice), .. } = fact {
                let told = self.told_by.entry(id.clone()).or_default();
                let place = i64::try_from(told.len()).unwrap_or(i64::MAX);
                told.insert(notice.clone(), (body.act.clone(), place));
            }
            for said in said(fact) {
                self.told(said, entry);
            }
        }
        columns(entry, &body)
    }
}

/// The columns of an entry repeat what its body says, for queries; they must agree.
fn columns<F>(entry: &Entry, body: &Body<F>) -> Option<String> {
    let by = &body.by;
    let same = entry.at == body.at
        && entry.act == body.act
        && entry.subject == body.subject
        && entry.account == by.account.0
        && entry.post.as_deref() == by.post.as_ref().map(|p| p.0.as_str())
        && entry.unit.as_deref() == by.unit.as_ref().map(|u| u.0.as_str());
    (!same).then(|| "a column says something else than its body".to_owned())
}

/// Every commitment that a fact holds.
fn said(fact: &Fact) -> Vec<&Said> {
    match fact {
        Fact::Opened { title, spot, .. } => vec![title, spot],
        Fact::Reported { said, name, phone, anonymous, receipt, .. } => {
            let mut all = vec![said, receipt];
            all.extend([name, phone, anonymous].into_iter().flatten());
            all
        }
        Fact::Title { title } => vec![title],
        Fact::Spot { spot } => vec![spot],
        Fact::TaskOpened { what, .. } => vec![what],
        Fact::TaskEnded { words, .. } | Fact::Words { words } => vec![words],
        Fact::AskingOpened { reason, .. } => vec![reason],
        Fact::Attached { name, .. } => name.iter().collect(),
        Fact::ContactName { name, .. } => vec![name],
        _ => Vec::new(),
    }
}

fn matters(tx: &mut Tx<'_>, seen: &Seen, report: &mut Report) -> Result<(), Fault> {
    let mut ids = BTreeSet::new();
    store::matters::each_id(tx, |id| {
        ids.insert(id);
        Ok(())
    })?;
    for (id, folded) in &seen.matters {
        report.matters += 1;
        if !ids.remove(id) {
            report.find("missing", format!("matter {id}"), "its events are there, its row is gone");
            continue;
        }
        match store::matters::load(tx, id) {
            Ok(Some(row)) => {
                for difference in differences(folded, &row) {
                    report.find("row", format!("matter {id}"), difference);
                }
                for difference in store::matters::derived(tx, folded, seen.touched.get(id).copied().unwrap_or(Instant(0)))? {
                    report.find("row", format!("matter {id}"), difference);
                }
            }
            Ok(None) => report.find("missing", format!("matter {id}"), "its row is gone"),
            Err(broken) => report.find("row", format!("matter {id}"), broken.to_string()),
        }
    }
    for id in ids {
        report.find("row", format!("matter {id}"), "no event speaks of it");
    }
    Ok(())
}

/// Which parts of a matter differ, by name.
fn differences(folded: &Matter, row: &Matter) -> Vec<String> {
    let mut out = Vec::new();
    macro_rules! compare {
        ($($field:ident),+ $(,)?) => {$(
            if folded.$field != row.$field {
                out.push(format!("{}: the row says {:?}, the events give {:?}", stringify!($field), row.$field, folded.$field));
            }
        )+};
    }
    compare!(
        version,
        number,
        former,
        home,
        care,
        source,
        received_at,
        counts_from,
        registered_at,
        registered_by,
        title,
        spot,
        state,
        level,
        urgency,
        category,
        place,
        owner_unit,
        owner_post,
        lead,
        handler,
        flags,
        result,
        offered_at,
        accepted_at,
        contacted_at,
        fed_back_at,
        closed_at,
        archived_at,
        hops,
        rework,
        reopened,
        urged,
        barred,
        drawn,
        units,
        doers,
        named,
        reports,
        clocks,
        askings,
        returns,
        calls,
        files,
        records,
        notices,
    );
    // A task's outcome is named by its act in the event and by its column in the row; the commitment binds it.
    let tasks = |m: &Matter| {
        m.tasks
            .iter()
            .cloned()
            .map(|mut t| {
                t.outcome.iter_mut().for_each(|o| o.name.clear());
                t.what.name.clear();
                t
            })
            .collect::<Vec<_>>()
    };
    if tasks(folded) != tasks(row) {
        out.push("tasks: the rows are not what the events give".to_owned());
    }
    if out.is_empty() && folded != row && tasks(folded) == tasks(row) {
        let (mut a, mut b) = (folded.clone(), row.clone());
        a.tasks.clear();
        b.tasks.clear();
        if a != b {
            out.push("a part that has no name here differs".to_owned());
        }
    }
    out
}

fn accounts(tx: &mut Tx<'_>, seen: &Seen, report: &mut Report) -> Result<(), Fault> {
    let rows: BTreeMap<_, _> = store::accounts::all(tx)?
        .into_iter()
        .map(|a| (a.id, AccountRow { login: a.login, demo: a.demo, must_change: a.must_change, enabled: a.enabled, second_factor: a.second_factor }))
        .collect();
    let holdings: BTreeMap<_, _> = store::accounts::holdings(tx)?.into_iter().map(|h| (h.id, (h.account, h.post, h.from_at, h.to_at))).collect();
    let delegations: BTreeMap<_, _> = store::accounts::delegations(tx)?
        .into_iter()
        .map(|d| (d.id, DelegationRow { account: d.account, deputy: d.deputy, post: d.post, from_at: d.from_at, to_at: d.to_at }))
        .collect();
    let tokens: BTreeMap<_, _> = store::accounts::tokens(tx)?
        .into_iter()
        .map(|t| (t.id, TokenRow { account: t.account, expires_at: t.expires_at, reach: t.reach, revoked: t.revoked }))
        .collect();
    let told: BTreeMap<AccountId, bool> = seen.accounts.accounts.iter().filter(|(_, row)| row.second_factor).map(|(id, _)| (id.clone(), true)).collect();
    let kept = store::accounts::factors_in_force(tx)?.into_iter().map(|id| (id, true)).collect();
    compare_tables("second_factor", &told, &kept, report);
    compare_tables("account", &seen.accounts.accounts, &rows, report);
    compare_tables("holding", &seen.accounts.holdings, &holdings, report);
    compare_tables("delegation", &seen.accounts.delegations, &delegations, report);
    compare_tables("api_token", &seen.accounts.tokens, &tokens, report);
    Ok(())
}

pub(super) fn compare_tables<K: Ord + std::fmt::Display, V: PartialEq>(table: &str, folded: &BTreeMap<K, V>, rows: &BTreeMap<K, V>, report: &mut Report) {
    for key in folded.keys().chain(rows.keys()).collect::<BTreeSet<_>>() {
        match (folded.get(key), rows.get(key)) {
            (Some(_), None) => report.find("missing", format!("{table} {key}"), "its events are there, its row is gone"),
            (None, Some(_)) => report.find("row", format!("{table} {key}"), "no event speaks of it"),
            (a, b) if a != b => report.find("row", format!("{table} {key}"), "the row is not what its events give"),
            _ => {}
        }
    }
}

fn checkpoints(tx: &mut Tx<'_>, own: Option<&Keys>, outside: &[(String, String, String)], seen: &Seen, report: &mut Report) -> Result<(), Fault> {
    let mut all: Vec<(String, String, String, String)> =
        store::trail::checkpoints(tx)?.into_iter().map(|s| (format!("checkpoint {}", s.at.0), s.body, s.signature, s.public_key)).collect();
    all.extend(
        outside.iter().enumerate().map(|(i, (body, signature, key))| (format!("outside checkpoint {}", i + 1), body.clone(), signature.clone(), key.clone())),
    );
    for (place, body, signature, public) in all {
        report.checkpoints += 1;
        if !keys::verify(&body, &signature, &public) || own.is_some_and(|keys| keys.public() != public) {
            report.find("signature", place.clone(), "is not signed by this installation");
        }
        let Some(point) = Checkpoint::read(&body) else {
            report.find("signature", place, "is not a checkpoint");
            continue;
        };
        if place.starts_with("checkpoint") && place != format!("checkpoint {}", point.at.0) {
            report.find("signature", place.clone(), format!("was taken at {} and is filed under another instant", point.at.0));
        }
        for (chain, seq, hash) in point.heads {
            let at = usize::try_from(seq - 1).unwrap_or(usize::MAX);
            match seen.hashes.get(&chain).and_then(|hashes| hashes.get(at)) {
                None => report.find("tail", format!("chain {chain}"), format!("{place} saw #{seq}; the chain ends before it: its tail was cut off")),
                Some(now) if *now != hash => report.find("tail", format!("chain {chain} #{seq}"), format!("{place} saw another entry")),
                Some(_) => {}
            }
        }
    }
    Ok(())
}
