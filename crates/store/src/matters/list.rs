//! Lists of matters: filters, scope, keyset pages, counts. There is no list without a scope.

use crate::db::{Broken, Query, Tx, Value};
use crate::take::Take;
use crate::{part, search, sql, values};
use domain::accounts::Scope;
use domain::dispatch::Urgency;
use domain::kernel::{AccountId, Instant, MatterId, UnitId};
use domain::matters::{Care, Flag, Phase, Source, State, TaskKind};
use domain::places::PostKind;

/// What a list shows of a matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: MatterId,
    /// Its number.
    pub number: String,
    /// Title; empty if erased.
    pub title: String,
    /// Where, in words; empty if erased.
    pub spot: String,
    /// State.
    pub state: State,
    /// Level.
    pub level: Option<String>,
    /// Urgency.
    pub urgency: String,
    /// Category.
    pub category: Option<String>,
    /// Place.
    pub place: Option<String>,
    /// Home station.
    pub home: UnitId,
    /// Owner's unit.
    pub owner_unit: Option<UnitId>,
    /// Owner's post.
    pub owner_post: Option<PostKind>,
    /// Lead.
    pub lead: Option<UnitId>,
    /// Person of the lead.
    pub handler: Option<AccountId>,
    /// Source.
    pub source: Source,
    /// When received.
    pub received_at: Instant,
    /// Governing clock.
    pub governing_kind: Option<String>,
    /// Its due.
    pub governing_due: Option<Instant>,
    /// Whether that is provisional.
    pub governing_provisional: bool,
    /// Phase.
    pub phase: Phase,
    /// Class.
    pub care: Care,
    /// Version.
    pub version: i64,
}

/// A person's tabs of the workbench.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// Waits for this person's post, or a task for its unit.
    Todo,
    /// Being worked on by it.
    Doing,
    /// Due soon.
    Soon,
    /// Overdue.
    Late,
    /// Closed matters in which this person did something.
    Done,
    /// What the shift before handed over.
    Handed,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Newest receipt first.
    #[default]
    Received,
    /// First due first.
    Due,
}

/// What counts as one's own work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mine {
    /// Owners (unit and post) whose matters one takes.
    pub takes: Vec<(UnitId, PostKind)>,
    /// Units whose open tasks of a kind one does.
    pub tasks_of: Vec<(UnitId, TaskKind)>,
    /// The account itself, if it works on what is assigned to it by name and takes from no queue.
    pub assigned: Option<AccountId>,
}

/// What is asked for. Empty means all that the scope allows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// One tab of the workbench; `mine` says of whose work.
    pub tab: Option<Tab>,
    /// What counts as one's own work for a tab.
    pub mine: Mine,
    /// The hand-overs that count, for that tab.
    pub handed: Vec<domain::kernel::HandOverId>,
    /// States, any of.
    pub states: Vec<State>,
    /// Owner's unit.
    pub owner: Option<UnitId>,
    /// Lead.
    pub lead: Option<UnitId>,
    /// Home station.
    pub home: Option<UnitId>,
    /// Category code or a prefix of it.
    pub category: Option<String>,
    /// Level.
    pub level: Option<String>,
    /// Urgencies, any of.
    pub urgencies: Vec<Urgency>,
    /// Phase.
    pub phase: Option<Phase>,
    /// A flag.
    pub flag: Option<Flag>,
    /// Only open, or only not open.
    pub open: Option<bool>,
    /// Search query, as `search::Ask`.
    pub search: Option<search::Ask>,
    /// Received not before.
    pub from: Option<Instant>,
    /// Received before.
    pub to: Option<Instant>,
    /// Order.
    pub sort: Sort,
    /// The last row of the page before: its sort key and id.
    pub after: Option<(i64, MatterId)>,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Row>,
    /// Sort key and id of the last row, if there may be more.
    pub next: Option<(i64, MatterId)>,
}

/// A count that is exact up to its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// The number counted.
    pub n: i64,
    /// There are more.
    pub more: bool,
}

/// Up to where a count is exact at once.
pub const COUNTED: i64 = 10_000;

/// Whether the scope sees the matter. Asked before every single read; “not there” and “not yours” are one answer.
pub fn in_scope(tx: &mut Tx<'_>, scope: &Scope, id: &MatterId) -> Result<bool, Broken> {
    let query = Query::with(sql!("select 1 from matter m where m.id = ?"), [id.into()]);
    Ok(scoped(query, scope).one(tx, |_| Ok(()))?.is_some())
}

/// The id of a matter by its human number, if the scope sees it.
pub fn numbered(tx: &mut Tx<'_>, scope: &Scope, number: &str) -> Result<Option<MatterId>, Broken> {
    // A number that it had before ([`Fact::Renumbered`](domain::trail::Fact::Renumbered)) still finds it, for whoever may see it.
    let query = Query::with(
        sql!("select m.id from matter m where m.id in (select id from matter where number = ? union all select matter from matter_number where number = ?)"),
        [number.into(), number.into()],
    );
    scoped(query, scope).one(tx, |row| row.id(0))
}

/// One page of rows.
pub fn rows(tx: &mut Tx<'_>, scope: &Scope, filter: &Filter, limit: i64) -> Result<Page, Broken> {
    let query = shown();
    let query = filtered(scoped(query, scope), filter);
    let query = match (filter.sort, &filter.after) {
        (Sort::Received, Some((key, id))) => query.and(part!(" and (m.received_at, m.id) < (?, ?)"), [(*key).into(), id.into()]),
        (Sort::Due, Some((key, id))) => query.and(part!(" and (coalesce(m.governing_due, 9223372036854775807), m.id) > (?, ?)"), [(*key).into(), id.into()]),
        (_, None) => query,
    };
    let query = match filter.sort {
        Sort::Received => query.then(part!(" order by m.received_at desc, m.id desc limit ?"), [limit.into()]),
        Sort::Due => query.then(part!(" order by coalesce(m.governing_due, 9223372036854775807), m.id limit ?"), [limit.into()]),
    };
    let rows = query.all(tx, row)?;
    let next = (i64::try_from(rows.len()).unwrap_or(i64::MAX) >= limit).then(|| rows.last()).flatten().map(|last| {
        let key = match filter.sort {
            Sort::Received => last.received_at.0,
            Sort::Due => last.governing_due.map_or(i64::MAX, |due| due.0),
        };
        (key, last.id.clone())
    });
    Ok(Page { rows, next })
}

/// One row by its id, if it is in scope.
pub fn row_of(tx: &mut Tx<'_>, scope: &Scope, id: &MatterId) -> Result<Option<Row>, Broken> {
    scoped(shown(), scope).and(part!(" and m.id = ?"), [id.into()]).one(tx, row)
}

/// Open matters of a unit that press: urgent, late, waiting for a call-back, or due before `until`; the urgent first, then by due instant.
pub fn pressing(tx: &mut Tx<'_>, scope: &Scope, unit: &UnitId, until: Instant, limit: i64) -> Result<Vec<Row>, Broken> {
    scoped(shown(), scope)
        .and(
            part!(
                " and m.is_open = ? and (m.home = ? or m.owner_unit = ?)
                  and (m.urgency <> 'normal' or m.phase = 'late' or m.state = 'callback' or m.governing_due < ?)"
            ),
            [true.into(), unit.into(), unit.into(), until.into()],
        )
        .then(part!(" order by case when m.urgency = 'normal' then 1 else 0 end, coalesce(m.governing_due, 9223372036854775807), m.id limit ?"), [limit.into()])
        .all(tx, row)
}

/// How many rows the filter has, exact up to [`COUNTED`].
pub fn count(tx: &mut Tx<'_>, scope: &Scope, filter: &Filter) -> Result<Total, Broken> {
    let query = filtered(scoped(Query::new(sql!("select 1 from matter m where true")), scope), filter);
    let mut n = 0;
    query.then(part!(" limit ?"), [(COUNTED + 1).into()]).each(tx, |_| {
        n += 1;
        Ok(())
    })?;
    Ok(Total { n: n.min(COUNTED), more: n > COUNTED })
}

/// What a list shows, before any condition.
fn shown() -> Query {
    Query::new(sql!(
        "select m.id, m.number, coalesce(t.body, ''), coalesce(p.body, ''), m.state, m.level, m.urgency, m.category, m.place, m.home, m.owner_unit, m.owner_post, m.lead,
                m.handler, m.source, m.received_at, m.governing_kind, m.governing_due, m.governing_provisional, m.phase, m.care, m.version
         from matter m join words t on t.id = m.title join words p on p.id = m.spot where true"
    ))
}

fn row(row: &crate::db::Row<'_>) -> Result<Row, Broken> {
    let mut take = Take::new(row);
    Ok(Row {
        id: take.id()?,
        number: take.text()?,
        title: take.text()?,
        spot: take.text()?,
        state: take.code()?,
        level: take.opt_text()?,
        urgency: take.text()?,
        category: take.opt_text()?,
        place: take.opt_text()?,
        home: take.id()?,
        owner_unit: take.opt_id()?,
        owner_post: take.opt_code()?,
        lead: take.opt_id()?,
        handler: take.opt_id()?,
        source: take.code()?,
        received_at: take.instant()?,
        governing_kind: take.opt_text()?,
        governing_due: take.opt_instant()?,
        governing_provisional: take.flag()?,
        phase: take.code()?,
        care: take.code()?,
        version: take.int()?,
    })
}

/// Whether matters of this class are seen in one's ranges and units.
pub(crate) fn sees_class(scope: &Scope, care: Care) -> bool {
    match care {
        Care::Open => true,
        Care::Protected => scope.sees_protected() || scope.sees_all(),
        Care::Confidential => scope.sees_confidential() || scope.sees_all(),
    }
}

/// Compiles the scope: what one has oneself a part in; then, of the classes one sees, one's ranges and units.
pub(crate) fn scoped(query: Query, scope: &Scope) -> Query {
    if scope.sees_all() {
        return query;
    }
    let classes = || -> [Value; 3] {
        let protected = if scope.sees_protected() { Care::Protected } else { Care::Open };
        let confidential = if scope.sees_confidential() { Care::Confidential } else { Care::Open };
        [Care::Open.code().into(), protected.code().into(), confidential.code().into()]
    };
    let mut any = vec![(part!(" and exists (select 1 from matter_account a where a.matter = m.id and a.account = ?)"), vec![scope.account().into()])];
    for range in scope.ranges() {
        let mut values = classes().to_vec();
        // A place code is digits only, and ':' follows '9': the range holds the code and everything below it.
        values.extend([range.as_str().into(), format!("{range}:").into()]);
        any.push((part!(" and m.care in (?, ?, ?) and m.home_place >= ? and m.home_place < ?"), values));
    }
    for unit in scope.units() {
        let mut values = classes().to_vec();
        values.push(unit.into());
        any.push((part!(" and m.care in (?, ?, ?) and exists (select 1 from matter_unit u where u.matter = m.id and u.unit = ?)"), values));
    }
    // Who is complained of does not learn that the matter exists, whatever part he has in it.
    query.any(any).among(
        part!(" and not exists (select 1 from matter_unit x where x.matter = m.id and x.role = 'accused' and x.unit in (?))"),
        scope.seated().iter().map(Value::from),
    )
}

type Either = Vec<(crate::db::Part, Vec<Value>)>;

fn owned(mine: &Mine) -> Either {
    let mut any: Either =
        mine.takes.iter().map(|(unit, post)| (part!(" and m.owner_unit = ? and m.owner_post = ?"), vec![unit.into(), post.code().into()])).collect();
    any.extend(mine.assigned.iter().map(|account| {
        (part!(" and exists (select 1 from task k where k.matter = m.id and k.account = ? and k.kind = 'assigned' and k.state = 'open')"), vec![account.into()])
    }));
    any
}

/// What waits for one to begin.
fn waiting(mine: &Mine) -> Either {
    let mut any: Either = mine
        .takes
        .iter()
        .map(|(unit, post)| {
            (
                part!(" and m.owner_unit = ? and m.owner_post = ? and m.state in ('registered', 'offered', 'returned', 'fed_back', 'callback')"),
                vec![unit.into(), post.code().into()],
            )
        })
        .collect();
    any.extend(mine.assigned.iter().map(|account| {
        (
            part!(
                " and m.state in ('registered', 'offered', 'returned', 'fed_back', 'callback')
                  and exists (select 1 from task k where k.matter = m.id and k.account = ? and k.kind = 'assigned' and k.state = 'open')"
            ),
            vec![account.into()],
        )
    }));
    any
}

/// Open tasks of the units, unless the matter waits for the unit anyway.
fn tasks(mine: &Mine) -> Either {
    let task = |(unit, kind): &(UnitId, TaskKind)| {
        (
            part!(
                " and exists (select 1 from task k where k.matter = m.id and k.unit = ? and k.kind = ? and k.state = 'open'
                              and not (m.owner_unit = k.unit and m.state in ('registered', 'offered', 'returned', 'fed_back', 'callback')))"
            ),
            vec![unit.into(), kind.code().into()],
        )
    };
    mine.tasks_of.iter().map(task).collect()
}

fn filtered(mut query: Query, filter: &Filter) -> Query {
    let mine = &filter.mine;
    query = match filter.tab {
        None => query,
        Some(Tab::Todo) => {
            let mut any = waiting(mine);
            any.extend(tasks(mine));
            query.any(any)
        }
        Some(Tab::Doing) => query.any(owned(mine)).and(part!(" and m.state in ('working', 'paused', 'shelved')"), []),
        Some(Tab::Soon) => query.any(owned(mine)).and(part!(" and m.phase = 'soon'"), []),
        Some(Tab::Late) => query.any(owned(mine)).and(part!(" and m.phase = 'late'"), []),
        Some(Tab::Done) => query,
        Some(Tab::Handed) => query.any(
            filter.handed.iter().map(|id| (part!(" and exists (select 1 from hand_over_item i where i.matter = m.id and i.hand_over = ?)"), vec![id.into()])),
        ),
    };
    if !filter.states.is_empty() {
        query = query.among(part!(" and m.state in (?)"), filter.states.iter().map(|state| state.code().into()));
    }
    if !filter.urgencies.is_empty() {
        query = query.among(part!(" and m.urgency in (?)"), filter.urgencies.iter().map(|urgency| urgency.code().into()));
    }
    for (part, value) in [
        (part!(" and m.owner_unit = ?"), filter.owner.as_ref().map(Value::from)),
        (part!(" and m.lead = ?"), filter.lead.as_ref().map(Value::from)),
        (part!(" and m.home = ?"), filter.home.as_ref().map(Value::from)),
        (part!(" and m.level = ?"), filter.level.as_deref().map(Value::from)),
        (part!(" and m.phase = ?"), filter.phase.map(|phase| phase.code().into())),
        (part!(" and m.received_at >= ?"), filter.from.map(Value::from)),
        (part!(" and m.received_at < ?"), filter.to.map(Value::from)),
        (part!(" and m.is_open = ?"), filter.open.map(Value::from)),
        (part!(" and exists (select 1 from matter_flag f where f.matter = m.id and f.flag = ?)"), filter.flag.map(|flag| flag.code().into())),
    ] {
        if let Some(value) = value {
            query = query.and(part, [value]);
        }
    }
    if let Some(prefix) = &filter.category {
        query = query.and(part!(" and m.category >= ? and m.category < ?"), [prefix.as_str().into(), format!("{prefix}\u{10ffff}").into()]);
    }
    if let Some(ask) = &filter.search {
        query = search::matching(query, ask);
    }
    query
}

/// One page of the closed matters in which the account did something, newest first; the sort key is when.
pub fn done(tx: &mut Tx<'_>, scope: &Scope, after: Option<(i64, MatterId)>, limit: i64) -> Result<Page, Broken> {
    let (at, id) = after.unwrap_or((i64::MAX, MatterId("~".to_owned())));
    let keys: Vec<(i64, MatterId)> = tx.all(
        sql!("select at, matter from done where account = ? and (at, matter) < (?, ?) order by at desc, matter desc limit ?"),
        &values![scope.account(), at, &id, limit],
        |row| Ok((row.int(0)?, row.id(1)?)),
    )?;
    let found = by_ids(tx, scope, &keys.iter().map(|(_, id)| id.clone()).collect::<Vec<_>>())?;
    let next = (i64::try_from(keys.len()).unwrap_or(i64::MAX) >= limit).then(|| keys.last().cloned()).flatten();
    Ok(Page { rows: found, next })
}

/// The counts of the tabs: from maintained counters for the classes that the scope sees, so that the cost does not grow with the ledger; what one sees of the
/// other classes because of a part of one's own is few, and counted.
pub fn tabs(tx: &mut Tx<'_>, scope: &Scope, mine: &Mine) -> Result<[i64; 5], Broken> {
    let mut tabs = [0_i64; 5];
    let add = |tabs: &mut [i64; 5], state: &str, phase: &str, n: i64| {
        tabs[usize::from(matches!(state, "working" | "paused" | "shelved"))] += n;
        match phase {
            "soon" => tabs[2] += n,
            "late" => tabs[3] += n,
            _ => {}
        }
    };
    let hidden: Vec<Care> = Care::ALL.iter().copied().filter(|care| !sees_class(scope, *care)).collect();
    let hidden = || hidden.iter().map(|care| Value::from(care.code()));
    for (unit, post) in &mine.takes {
        tx.each(sql!("select state, phase, care, n from tally where unit = ? and post = ?"), &values![unit, post.code()], |row| {
            if sees_class(scope, Take::new(row).nth(2)?) {
                add(&mut tabs, &row.text(0)?, &row.text(1)?, row.int(3)?);
            }
            Ok(())
        })?;
        Query::with(sql!("select m.state, m.phase from matter m where m.owner_unit = ? and m.owner_post = ?"), [unit.into(), post.code().into()])
            .among(part!(" and m.care in (?)"), hidden())
            .and(part!(" and exists (select 1 from matter_account a where a.matter = m.id and a.account = ?)"), [scope.account().into()])
            .each(tx, |row| {
                add(&mut tabs, &row.text(0)?, &row.text(1)?, 1);
                Ok(())
            })?;
    }
    if let Some(account) = &mine.assigned {
        tx.each(sql!("select state, phase, n from tally where unit = ? and post = 'assigned'"), &values![account], |row| {
            add(&mut tabs, &row.text(0)?, &row.text(1)?, row.int(2)?);
            Ok(())
        })?;
    }
    for (unit, kind) in &mine.tasks_of {
        tx.each(sql!("select care, n from tally where unit = ? and post = ?"), &values![unit, kind.code()], |row| {
            if sees_class(scope, Take::new(row).nth(0)?) {
                tabs[0] += row.int(1)?;
            }
            Ok(())
        })?;
        let query = Query::new(sql!("select m.id from matter m where m.id in (select t.matter from task t where t.state = 'open')"))
            .among(part!(" and m.care in (?)"), hidden())
            .and(part!(" and exists (select 1 from matter_account a where a.matter = m.id and a.account = ?)"), [scope.account().into()]);
        let alone = Mine { tasks_of: vec![(unit.clone(), *kind)], ..Mine::default() };
        tabs[0] += i64::try_from(query.any(tasks(&alone)).each(tx, |_| Ok(()))?).unwrap_or(i64::MAX);
    }
    let count = |query: Query, tx: &mut Tx<'_>| -> Result<i64, Broken> {
        Ok(i64::try_from(query.then(part!(" limit ?"), [COUNTED.into()]).each(tx, |_| Ok(()))?).unwrap_or(i64::MAX))
    };
    let done = || Query::with(sql!("select 1 from done d where d.account = ?"), [scope.account().into()]);
    let seen = Care::ALL.iter().filter(|care| sees_class(scope, **care)).map(|care| Value::from(care.code()));
    tabs[4] = count(done().among(part!(" and d.care in (?)"), seen), tx)?;
    let own = done()
        .among(part!(" and d.care in (?)"), hidden())
        .and(part!(" and exists (select 1 from matter_account a where a.matter = d.matter and a.account = d.account)"), []);
    tabs[4] += count(own, tx)?;
    Ok(tabs)
}

/// Rows of given matters, of those that the scope sees, in the order given.
pub fn by_ids(tx: &mut Tx<'_>, scope: &Scope, ids: &[MatterId]) -> Result<Vec<Row>, Broken> {
    let query = shown();
    let mut found = scoped(query, scope).among(part!(" and m.id in (?)"), ids.iter().map(Value::from)).all(tx, row)?;
    found.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
    Ok(found)
}

/// The flags of the rows of a page.
pub fn flags(tx: &mut Tx<'_>, rows: &[Row]) -> Result<Vec<(MatterId, String)>, Broken> {
    Query::new(sql!("select f.matter, f.flag from matter_flag f where true"))
        .among(part!(" and f.matter in (?)"), rows.iter().map(|row| Value::from(&row.id)))
        .all(tx, |row| Ok((row.id(0)?, row.text(1)?)))
}
