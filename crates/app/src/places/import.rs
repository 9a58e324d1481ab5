//! Bringing the network in from a workbook: read, judged as a whole, told row by row; written only if nothing is wrong, and then all of it.
//!
//! Checking writes nothing. A sheet's name says which form it is; a csv file is recognised by its header. Rows of one file may point to each other in any order of
//! the sheets: a village, its station and the station's posts come in together.

use super::post::{Wish, fit, post_person};
use super::row::{Cells, Filled, Read, read, title_of};
use super::table::Form;
use super::{Change, changes, locked, record};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::trail::note;
use domain::accounts::{Actor, Right, Seat, may_over, may_somewhere, separate};
use domain::kernel::{AccountId, HoldingId, Instant, Mint, PostId, Refusal, UnitId};
use domain::places::{Duty, PlaceBook, judge};
use domain::trail::{ACCOUNTS, AccountFact, PLACES, PlaceFact};
use sheets::write::Mark;
use sheets::{Sheet, Table};
use std::collections::BTreeMap;
use store::accounts::Holding;
use store::db::Tx;

/// A file holds at most so many rows; a district's grids are a tenth of it.
const MOST_ROWS: usize = 20_000;

/// A file that was read.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its name.
    pub file: String,
    sheets: Vec<(Form, Sheet)>,
}

/// Something wrong with the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faulty {
    /// Which sheet; none for the file as a whole.
    pub form: Option<Form>,
    /// The row's line; none for what no row of the file names.
    pub line: Option<u64>,
    /// The title of the column, if one is meant.
    pub column: Option<String>,
    /// The sentence.
    pub said: String,
}

/// What a file would do.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// Rows by form: how many are in the file, are new, differ.
    pub forms: Vec<(Form, i64, i64, i64)>,
    /// Everything that is wrong; empty if it may come in.
    pub faulty: Vec<Faulty>,
    /// What would change.
    pub changes: Vec<Change>,
    /// Number of the chain of places.
    pub seq: i64,
    holders: Vec<(AccountId, PostId, Instant, Option<Instant>)>,
    posted: Vec<Wish>,
    marks: Vec<(Form, Mark)>,
}

/// Reads a file. It takes time and no database: call it where waiting is allowed.
pub fn read_upload(file: &str, bytes: &[u8]) -> Result<Upload, Fault> {
    let table = Table::of(file, bytes, 1).map_err(|why| match why {
        sheets::Unreadable::TooLarge(said) => Refusal::at("table_too_large", "file", said),
        sheets::Unreadable::Broken(said) => Refusal::at("file_unreadable", "file", said),
    })?;
    let mut sheets: Vec<(Form, Sheet)> = Vec::new();
    for sheet in table.sheets.into_iter().filter(|sheet| sheet.name != sheets::write::ABOUT && sheet.name != sheets::write::LISTS) {
        let Some(form) = sheet.name.parse().ok().or_else(|| by_header(&sheet)) else {
            let said = format!("工作表“{}”不是这里的表格；表名应为{}之一，并保留表头", sheet.name, Form::ALL.map(Form::zh).join("、"));
            return Err(Refusal::at("sheet_unknown", "file", said).into());
        };
        sheets.push((form, sheet));
    }
    let rows: usize = sheets.iter().map(|(_, sheet)| sheet.rows.len() + sheet.ragged.len()).sum();
    if sheets.is_empty() || rows == 0 {
        return Err(Refusal::at("file_empty", "file", "文件里没有数据行").into());
    }
    if rows > MOST_ROWS {
        return Err(Refusal::at("too_many_rows", "file", format!("文件有 {rows} 行，一次最多 {MOST_ROWS} 行，请分成几个文件")).into());
    }
    sheets.sort_by_key(|(form, _)| Form::ALL.iter().position(|own| own == form));
    Ok(Upload { file: file.to_owned(), sheets })
}

/// The form whose required columns are all in the header, if there is one.
fn by_header(sheet: &Sheet) -> Option<Form> {
    let fits = |form: &Form| form.columns().iter().filter(|column| column.required).all(|column| sheet.header.contains(&column.title));
    let mut fitting: Vec<Form> = Form::ALL.into_iter().filter(fits).collect();
    fitting.sort_by_key(|form| std::cmp::Reverse(form.columns().iter().filter(|column| sheet.header.contains(&column.title)).count()));
    fitting.first().copied()
}

/// Says what a file would do, and writes nothing.
pub fn check_upload(tx: &mut Tx<'_>, actor: &Actor, upload: &Upload, now: Instant, mint: &mut Mint) -> Result<Checked, Fault> {
    for (form, _) in &upload.sheets {
        may_somewhere(actor, form.right())?;
    }
    let book = store::places::book(tx, Some(now))?;
    let mut checked = Checked { seq: store::trail::seq(tx, PLACES)?, ..Checked::default() };
    let mut facts: Vec<PlaceFact> = Vec::new();
    let mut origin: Vec<(Form, u64)> = Vec::new();
    let mut growing = book.clone();
    let mut holders: Vec<(u64, Filled)> = Vec::new();
    let mut posted: Vec<(u64, String, Wish)> = Vec::new();
    for (form, sheet) in &upload.sheets {
        let columns = form.columns();
        let at: Vec<Option<usize>> = columns.iter().map(|column| sheet.header.iter().position(|title| *title == column.title)).collect();
        for (column, _) in columns.iter().zip(&at).filter(|(column, at)| column.required && at.is_none()) {
            checked.whole(*form, format!("工作表“{}”缺少“{}”列", form.zh(), column.title));
        }
        for bad in &sheet.ragged {
            checked.faulty.push(Faulty { form: Some(*form), line: Some(bad.row), column: None, said: bad.reason.clone() });
        }
        let mut lists: BTreeMap<UnitId, (u64, Vec<Duty>)> = BTreeMap::new();
        let mut rows_of: BTreeMap<(UnitId, String), u64> = BTreeMap::new();
        let mut keys: BTreeMap<String, u64> = BTreeMap::new();
        for row in &sheet.rows {
            let mut cells = Cells::new(&columns, &at, &row.cells);
            let said = read(*form, &mut cells, &growing, mint);
            let faults = cells.wrong;
            let sound = faults.is_empty();
            faults.into_iter().for_each(|(column, said)| checked.mark(*form, sheet, row.line, column, said));
            match said.filter(|_| sound) {
                Some(Read::Fact(fact)) => {
                    if let Some(first) = keys.insert(fact.key().to_owned(), row.line) {
                        checked.mark(*form, sheet, row.line, None, format!("与第{first}行重复"));
                        continue;
                    }
                    growing.apply(&fact);
                    origin.push((*form, row.line));
                    facts.push(fact);
                }
                Some(Read::Duty(unit, duty)) => match rows_of.insert((unit.clone(), duty.kind.clone()), row.line) {
                    Some(first) => checked.mark(*form, sheet, row.line, None, format!("与第{first}行重复")),
                    None => lists.entry(unit).or_insert((row.line, Vec::new())).1.push(duty),
                },
                Some(Read::Holder(holder)) => holders.push((row.line, holder)),
                Some(Read::Posted(login, wish)) => posted.push((row.line, login, wish)),
                None => {}
            }
        }
        for (unit, (line, mut kinds)) in lists {
            kinds.sort_by(|a, b| a.kind.cmp(&b.kind));
            let fact = PlaceFact::Duties { unit, kinds };
            growing.apply(&fact);
            origin.push((*form, line));
            facts.push(fact);
        }
    }
    for (at, fact) in facts.iter().enumerate() {
        // Rows of rooms and equipment belong to units; the right must reach each of them.
        if let (PlaceFact::Room { .. } | PlaceFact::Equipment { .. }, Err(_)) = (fact, super::may(&growing, actor, fact)) {
            let (form, line) = origin[at];
            checked.mark_field(upload, form, line, Some("unit"), "这个单位不归您维护".to_owned());
        }
    }
    for wrong in judge(&book, &facts, now).err().unwrap_or_default() {
        match wrong.at {
            Some(at) => checked.mark_field(upload, origin[at].0, origin[at].1, wrong.field, wrong.said),
            None => checked.faulty.push(Faulty { form: None, line: None, column: None, said: wrong.said }),
        }
    }
    for wrong in super::busy(tx, &book, &facts)? {
        let Some((form, line)) = wrong.at.map(|at| origin[at]) else { continue };
        checked.mark_field(upload, form, line, wrong.field, wrong.said);
    }
    people(tx, upload, &holders, &growing, now, &mut checked)?;
    guests(tx, actor, upload, posted, &growing, now, &mut checked)?;
    checked.changes = changes(&book, &facts);
    for (form, sheet) in &upload.sheets {
        let of = |change: &&Change| form_of(&change.fact) == Some(*form);
        let changed = checked.changes.iter().filter(of);
        let people = match form {
            Form::Holders => checked.holders.len(),
            Form::Postings => checked.posted.len(),
            _ => 0,
        };
        let new = changed.clone().filter(|change| matches!(change.act, "add")).count() + people;
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let differ = changed.count() + people - new;
        checked.forms.push((*form, count(sheet.rows.len()), count(new), count(differ)));
    }
    Ok(checked)
}

const fn form_of(fact: &PlaceFact) -> Option<Form> {
    Some(match fact {
        PlaceFact::Place { .. } => Form::Places,
        PlaceFact::Unit { .. } => Form::Units,
        PlaceFact::Post { .. } => Form::Posts,
        PlaceFact::Duties { .. } => Form::Duties,
        PlaceFact::Room { .. } => Form::Rooms,
        PlaceFact::Equipment { .. } => Form::Equipment,
        PlaceFact::Booking { .. } | PlaceFact::Posting { .. } | PlaceFact::Unowned { .. } => return None,
    })
}

/// Who would hold what: the log-ins must be there, nobody twice, no administrator beside another post.
fn people(tx: &mut Tx<'_>, upload: &Upload, rows: &[(u64, Filled)], book: &PlaceBook, now: Instant, checked: &mut Checked) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut kinds: BTreeMap<AccountId, Vec<domain::places::PostKind>> = BTreeMap::new();
    for (line, row) in rows {
        let Some(account) = store::accounts::by_login(tx, &row.login)?.filter(|account| account.enabled) else {
            checked.mark_title(upload, Form::Holders, *line, "登录名", format!("没有登录名为“{}”的帐户，或已停用", row.login));
            continue;
        };
        let (from, to) = (row.from.start(), row.to.map(|day| day.plus(1).start()));
        if to.is_some_and(|to| to <= from.max(now)) {
            checked.mark_title(upload, Form::Holders, *line, "截止日期", "截止日期须在起始日期和今天之后".to_owned());
            continue;
        }
        let held = store::accounts::holdings_of(tx, &account.id)?;
        let overlaps = |h: &Holding| h.post == row.post && h.to_at.is_none_or(|end| end > from) && to.is_none_or(|to| to > h.from_at);
        if held.iter().any(overlaps) {
            continue;
        }
        let known = match kinds.get(&account.id) {
            Some(known) => known.clone(),
            None => store::accounts::seats(tx, &account.id, now)?.into_iter().map(|seat: Seat| seat.kind).collect(),
        };
        let mut all = known;
        all.extend(book.posts.get(&row.post).map(|post| post.kind));
        if let Err(refusal) = separate(&all) {
            checked.mark_title(upload, Form::Holders, *line, "岗位", refusal.to_string());
            continue;
        }
        kinds.insert(account.id.clone(), all);
        checked.holders.push((account.id, row.post.clone(), from.max(now), to));
    }
    Ok(())
}

/// Who would be posted where: the same questions as on the screen, row by row. Who is posted there already stays so.
fn guests(
    tx: &mut Tx<'_>,
    actor: &Actor,
    upload: &Upload,
    rows: Vec<(u64, String, Wish)>,
    book: &PlaceBook,
    now: Instant,
    checked: &mut Checked,
) -> Result<(), Fault> {
    for (line, login, mut wish) in rows {
        let Some(account) = store::accounts::by_login(tx, &login)?.filter(|account| account.enabled) else {
            checked.mark_title(upload, Form::Postings, line, "登录名", format!("没有登录名为“{login}”的帐户，或已停用"));
            continue;
        };
        wish.account = account.id;
        let twice = |other: &Wish| other.account == wish.account && other.unit == wish.unit && other.grid == wish.grid;
        if checked.posted.iter().any(twice) {
            checked.mark_title(upload, Form::Postings, line, "登录名", "此人在表里已派驻到这里".to_owned());
            continue;
        }
        match fit(tx, actor, book, &wish, now) {
            Ok(_) => checked.posted.push(wish),
            Err(Fault::Refused(refusal)) if refusal.code() == "already_posted" => {}
            Err(Fault::Refused(refusal)) => {
                let field = if let Refusal::Rule { datum, .. } = &refusal { *datum } else { None };
                checked.mark_field(upload, Form::Postings, line, field, refusal.to_string());
            }
            Err(Fault::Missing) => checked.mark_field(upload, Form::Postings, line, Some("unit"), "单位不存在或已停用".to_owned()),
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

impl Checked {
    fn whole(&mut self, form: Form, said: String) {
        self.faulty.push(Faulty { form: Some(form), line: None, column: None, said });
    }

    fn mark(&mut self, form: Form, sheet: &Sheet, line: u64, column: Option<usize>, said: String) {
        let title = column.and_then(|column| sheet.header.get(column)).cloned();
        self.faulty.push(Faulty { form: Some(form), line: Some(line), column: title, said: said.clone() });
        self.marks.push((form, Mark { line, column, said }));
    }

    fn mark_title(&mut self, upload: &Upload, form: Form, line: u64, title: &str, said: String) {
        let Some((_, sheet)) = upload.sheets.iter().find(|(own, _)| *own == form) else { return };
        let column = sheet.header.iter().position(|own| own == title);
        self.mark(form, sheet, line, column, said);
    }

    fn mark_field(&mut self, upload: &Upload, form: Form, line: u64, field: Option<&str>, said: String) {
        let title = field.and_then(|field| title_of(form, field)).unwrap_or_default();
        self.mark_title(upload, form, line, title, said);
    }
}

/// The uploaded sheet that has mistakes, with a column that names them and the cells coloured; the first such sheet if there are several.
pub fn marked(upload: &Upload, checked: &Checked, now: Instant) -> Result<Vec<u8>, Fault> {
    let faulty = |form: Form| checked.marks.iter().any(|(own, _)| *own == form);
    let (form, sheet) = upload.sheets.iter().find(|(form, _)| faulty(*form)).or_else(|| upload.sheets.first()).ok_or(Fault::Missing)?;
    let marks: Vec<Mark> = checked.marks.iter().filter(|(own, _)| own == form).map(|(_, mark)| mark.clone()).collect();
    let sheet = Sheet { name: form.zh().to_owned(), ..sheet.clone() };
    sheets::write::marked(&sheet, &marks, now).map_err(|why| Fault::Broken(why.to_string()))
}

/// Brings a file in: all of it, or nothing.
pub fn commit_upload(tx: &mut Tx<'_>, _: &Desk, actor: &Actor, upload: &Upload, now: Instant, mint: &mut Mint) -> Result<Checked, Fault> {
    let mut accounts = store::trail::lock(tx, ACCOUNTS)?;
    let places = locked(tx, now)?;
    let mut checked = check_upload(tx, actor, upload, now, mint)?;
    if let Some(first) = checked.faulty.first() {
        let row = first.line.map_or_else(String::new, |line| format!("第 {line} 行"));
        return Err(Refusal::at("import_faulty", "file", format!("文件有 {} 处错误，没有导入任何一行。{row}：{}", checked.faulty.len(), first.said)).into());
    }
    let right = upload.sheets.first().map_or(Right::EditNetwork, |(form, _)| form.right());
    let by = actor.by(Some(may_somewhere(actor, right)?));
    checked.seq = record(tx, places, &by, &checked.changes, now)?;
    let network = store::places::network(tx)?;
    for (account, post, from_at, to_at) in &checked.holders {
        if let Some(unit) = network.post(post).and_then(|post| network.unit(&post.unit)) {
            may_over(actor, Right::GrantPosts, &unit.id, &unit.place)?;
        }
        let holding = Holding { id: mint.id(HoldingId::PREFIX), account: account.clone(), post: post.clone(), from_at: *from_at, to_at: *to_at };
        store::accounts::put_holding(tx, &holding)?;
        let fact = AccountFact::Held { holding: holding.id, account: account.clone(), post: post.clone(), from_at: *from_at, to_at: *to_at };
        note(tx, &accounts, now, "give_post", &account.0, &by, &[fact])?;
        accounts = store::trail::lock(tx, ACCOUNTS)?;
    }
    for wish in &checked.posted {
        post_person(tx, actor, wish, now, mint)?;
    }
    Ok(checked)
}
