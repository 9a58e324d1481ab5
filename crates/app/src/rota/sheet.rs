//! A month as a workbook, and back: people down, days across, one character a shift.

use super::plan::lay_out;
use super::{Lay, Pen, look, over};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::rulebook::Rulebook;
use domain::accounts::{Actor, Right};
use domain::kernel::{AccountId, Day, Instant, Mint, RotaId, UnitId};
use domain::rota::{Conflict, Duty, Pattern, Rest, ShiftKind, Slot, Spell, conflicts, slots};
use sheets::Table;
use sheets::write::{Mark, Page, marked, workbook};
use std::collections::BTreeMap;
use store::db::Tx;

/// The columns before the days.
const NAME: &str = "姓名";
const LOGIN: &str = "登录名";

/// A workbook with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheeted {
    /// File name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What reading a workbook gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// Shifts that somebody comes to.
    pub shifts: usize,
    /// Places that stay open.
    pub gaps: usize,
    /// What it would break.
    pub conflicts: Vec<Conflict>,
    /// What is wrong with the file; nothing is kept while there is any.
    pub marks: Vec<(u64, Option<String>, String)>,
    /// The file with its errors marked, if there are any.
    pub marked: Option<Vec<u8>>,
    /// The draft, if it was kept.
    pub rota: Option<RotaId>,
}

fn broken(error: impl std::fmt::Display) -> Fault {
    Fault::Broken(error.to_string())
}

/// A month of a duty as a workbook. With no rota yet it is the form to fill in.
#[expect(clippy::too_many_arguments, reason = "which days of which duty, for whom and when")]
pub fn sheet(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, unit: &UnitId, duty: Duty, from: Day, to: Day, now: Instant) -> Result<Sheeted, Fault> {
    let book = desk.rulebook(tx, now)?;
    let month = look::month(tx, desk, actor, unit, duty, from, to, now)?;
    let logins = logins(tx)?;
    let mut header = vec![NAME.to_owned(), LOGIN.to_owned()];
    header.extend(month.days.iter().map(|(day, ..)| day.written()));
    let mut people: Vec<&AccountId> = month.members.iter().map(|member| &member.account).collect();
    people.extend(month.shifts.iter().filter_map(|shift| shift.person()).filter(|who| !month.members.iter().any(|m| m.account == **who)));
    let mut seen = std::collections::BTreeSet::new();
    people.retain(|who| seen.insert((*who).clone()));
    let rows = people.into_iter().map(|account| {
        let mut row = vec![book.account_name(account), logins.get(account).cloned().unwrap_or_default()];
        row.extend(month.days.iter().map(|(day, ..)| {
            month.shifts.iter().filter(|s| s.from_at.day() == *day && s.person() == Some(account)).map(|s| s.kind.mark()).collect::<String>()
        }));
        row
    });
    let marks: Vec<String> = ShiftKind::ALL.iter().map(|kind| format!("{} {}", kind.mark(), kind.zh())).collect();
    let about = vec![
        vec!["每人一行，每天一列；格内填班次的一个字，休息留空：".to_owned(), marks.join("，")],
        vec!["登录名用来认人，请勿改动；日期列的表头须为 2026-11-24 的写法。".to_owned(), String::new()],
        vec!["上传后先预检，有错的格子标红并写明原因，全部改好后才能保存为草稿；发布另行操作。".to_owned(), String::new()],
    ];
    let pages = [
        Page { name: "值班表".to_owned(), header, rows: rows.collect() },
        Page { name: "说明".to_owned(), header: vec!["说明".to_owned(), "班次".to_owned()], rows: about },
    ];
    let name = format!("{}-{}-{}.xlsx", book.unit_name(unit), duty.zh(), &from.written()[..7]);
    Ok(Sheeted { name, bytes: workbook(&pages, now).map_err(broken)? })
}

fn logins(tx: &mut Tx<'_>) -> Result<BTreeMap<AccountId, String>, Fault> {
    Ok(store::accounts::all(tx)?.into_iter().map(|account| (account.id, account.login)).collect())
}

/// Reads a workbook as a draft of a duty. With `keep`, a file without errors becomes the draft; without, it is only looked at.
#[expect(clippy::too_many_arguments, reason = "the file, for which duty and pattern, by whom and when")]
pub fn load(
    tx: &mut Tx<'_>,
    desk: &Desk,
    actor: &Actor,
    unit: &UnitId,
    duty: Duty,
    pattern: Pattern,
    file: (&str, &[u8]),
    keep: bool,
    now: Instant,
    mint: &mut Mint,
) -> Result<Loaded, Fault> {
    let mut pen = Pen::take(tx, desk, now)?;
    let book = desk.rulebook(tx, now)?;
    let (seat, _) = over(&book, actor, Right::EditRota, unit)?;
    pen.signed(actor, Some(seat));
    let read = read(tx, &book, unit, pattern, file)?;
    let marked = if read.marks.is_empty() { None } else { Some(marked(&read.sheet, &read.marks, now).map_err(broken)?) };
    let column = |mark: &Mark| mark.column.and_then(|column| read.sheet.header.get(column).cloned());
    let marks: Vec<(u64, Option<String>, String)> = read.marks.iter().map(|mark| (mark.line, column(mark), mark.said.clone())).collect();
    let mut found = Vec::new();
    for account in &read.people {
        let mine = read.rows.iter().filter(|(_, row)| row.iter().flatten().any(|who| who == account)).map(|(slot, _)| slot);
        let spells: Vec<Spell> = mine.map(|slot| Spell { kind: slot.kind, from_at: slot.from_at, to_at: slot.to_at }).collect();
        found.extend(conflicts(account, &spells, &[], &Rest::DEFAULT));
    }
    let shifts = read.rows.iter().flat_map(|(_, row)| row).flatten().count();
    let gaps = read.rows.iter().flat_map(|(_, row)| row).filter(|who| who.is_none()).count();
    let mut rota = None;
    if keep && marks.is_empty() {
        let (from_day, to_day) = (read.from, read.to);
        let seats = read.rows.iter().map(|(_, row)| row.len()).max().and_then(|n| i64::try_from(n).ok()).unwrap_or(1);
        let lay = Lay { unit: unit.clone(), duty, pattern, from_day, to_day, seats, people: read.people, rest: Rest::DEFAULT };
        let id = lay_out(tx, &mut pen, &lay, read.rows, mint)?;
        pen.write(tx, "lay_out", &id.0, mint)?;
        rota = Some(id);
    }
    Ok(Loaded { shifts, gaps, conflicts: found, marks, marked, rota })
}

/// A workbook as it was understood.
struct Read {
    sheet: sheets::Sheet,
    marks: Vec<Mark>,
    people: Vec<AccountId>,
    from: Day,
    to: Day,
    rows: Vec<(Slot, Vec<Option<AccountId>>)>,
}

fn read(tx: &mut Tx<'_>, book: &Rulebook, unit: &UnitId, pattern: Pattern, (name, bytes): (&str, &[u8])) -> Result<Read, Fault> {
    use domain::kernel::Refusal;
    let unreadable = |said: String| Refusal::at("sheet_unreadable", "file", said);
    let table = Table::of(name, bytes, 1).map_err(|error| unreadable(format!("文件读不出来：{error}请用下载的表格填写，保存为 xlsx")))?;
    let sheet = table.sheets.into_iter().find(|sheet| sheet.header.iter().any(|title| title.trim() == LOGIN));
    let sheet = sheet.ok_or_else(|| unreadable(format!("没有找到“{LOGIN}”一列；请先下载表格，在里面填写后上传")))?;
    let login_at = sheet.header.iter().position(|title| title.trim() == LOGIN).unwrap_or(0);
    let days: Vec<(usize, Day)> = sheet.header.iter().enumerate().filter_map(|(i, title)| Some((i, Day::read(title.get(..10)?)?))).collect();
    let (Some(from), Some(to)) = (days.iter().map(|(_, day)| *day).min(), days.iter().map(|(_, day)| *day).max()) else {
        return Err(unreadable("没有日期列；表头须为 2026-11-24 的写法".to_owned()).into());
    };
    let by_login: BTreeMap<String, AccountId> = logins(tx)?.into_iter().map(|(id, login)| (login, id)).collect();
    let slots = slots(pattern, from, to, &book.calendar);
    let mut places: Vec<(Slot, Vec<Option<AccountId>>)> = slots.into_iter().map(|slot| (slot, Vec::new())).collect();
    let (mut marks, mut people) = (Vec::new(), Vec::new());
    for row in &sheet.rows {
        let mut mark = |column: Option<usize>, said: String| marks.push(Mark { line: row.line, column, said });
        let login = row.cells.get(login_at).map_or("", |cell| cell.trim());
        let filled: Vec<(usize, Day, &str)> =
            days.iter().filter_map(|(i, day)| row.cells.get(*i).map(|cell| (*i, *day, cell.trim()))).filter(|(.., cell)| !cell.is_empty()).collect();
        if login.is_empty() && filled.is_empty() {
            continue;
        }
        let Some(account) = by_login.get(login) else {
            mark(Some(login_at), format!("没有登录名为“{login}”的人"));
            continue;
        };
        if !filled.is_empty() && !book.holders.0.iter().any(|(who, of, _)| who == account && of == unit) {
            mark(Some(login_at), "此人不在该单位的岗位上".to_owned());
            continue;
        }
        for (column, day, cell) in filled {
            for c in cell.chars() {
                let kind = ShiftKind::ALL.iter().find(|kind| kind.mark().starts_with(c));
                match kind.and_then(|kind| places.iter_mut().find(|(slot, _)| slot.day == day && slot.kind == *kind)) {
                    Some((_, row)) if row.contains(&Some(account.clone())) => mark(Some(column), format!("“{c}”写了两次")),
                    Some((_, row)) => row.push(Some(account.clone())),
                    None if kind.is_some() => mark(Some(column), format!("{}不排{}", pattern.zh(), kind.map_or("", |kind| kind.zh()))),
                    None => mark(Some(column), format!("“{c}”不是班次；可填 {}", ShiftKind::ALL.iter().map(|kind| kind.mark()).collect::<Vec<_>>().join(" "))),
                }
            }
        }
        people.push(account.clone());
    }
    // What nobody comes to is an open place, not a forgotten one.
    places.iter_mut().filter(|(_, row)| row.is_empty()).for_each(|(_, row)| row.push(None));
    Ok(Read { sheet, marks, people, from, to, rows: places })
}
