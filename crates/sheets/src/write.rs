//! Tables out: xlsx for people, csv for programs, the template that is filled in, and the uploaded rows again with what is wrong with them.
//!
//! Every cell is a text and stays one: a workbook holds strings, never formulas, and a csv cell that a spreadsheet would run is quoted ([`guarded`]). Nothing
//! here knows what a column means, nor the time: the caller says when a workbook was made.

use crate::Sheet;
use domain::kernel::Instant;
use rust_xlsxwriter::{Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Note, Workbook, Worksheet, XlsxError};
use std::borrow::Cow;

/// The column that a marked workbook adds; a reader of uploads leaves it out.
pub const WRONG: &str = "错误";
/// The sheet of a template that explains its columns.
pub const ABOUT: &str = "说明";
/// The sheet of a template that holds the lists to choose from.
pub const LISTS: &str = "可选值";

/// Excel's own limit of a cell, in characters.
const LONGEST: usize = 32_767;
/// How many rows of a template offer their lists.
const OFFERED: u32 = 5_000;

/// Why a workbook could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the workbook cannot be written: {0}")]
pub struct Unwritable(#[from] XlsxError);

/// A column of a form, as its template explains it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Column {
    /// What stands in the header.
    pub title: String,
    /// Whether a row without it is refused.
    pub required: bool,
    /// One sentence on what belongs there.
    pub about: String,
    /// What it looks like.
    pub example: String,
    /// If not empty: what may stand there, each with the code that may be written instead (empty if there is none).
    pub allowed: Vec<(String, String)>,
}

/// A sheet to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// Its name, at most 31 characters.
    pub name: String,
    /// Its header.
    pub header: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

/// Something wrong with a row that was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The row's line, as [`crate::Row::line`].
    pub line: u64,
    /// The cell, counted from nought; none if the whole row is meant.
    pub column: Option<usize>,
    /// The sentence.
    pub said: String,
}

/// A workbook of plain sheets.
pub fn workbook(pages: &[Page], made: Instant) -> Result<Vec<u8>, Unwritable> {
    let mut book = begun(made)?;
    for page in pages {
        rows(book.add_worksheet(), page)?;
    }
    Ok(book.save_to_buffer()?)
}

/// A form to be filled in: its header (with `filled` rows, which may be none), a sheet that explains each column, and lists to choose from.
pub fn template(name: &str, columns: &[Column], filled: &[Vec<String>], made: Instant) -> Result<Vec<u8>, Unwritable> {
    let mut book = begun(made)?;
    let page = Page { name: name.to_owned(), header: columns.iter().map(|column| column.title.clone()).collect(), rows: filled.to_vec() };
    let lists: Vec<(usize, &Column)> = columns.iter().enumerate().filter(|(_, column)| !column.allowed.is_empty()).collect();
    let sheet = book.add_worksheet();
    rows(sheet, &page)?;
    for (n, (at, column)) in lists.iter().enumerate() {
        let letter = rust_xlsxwriter::utility::column_number_to_name(narrow(n));
        let list = Formula::new(format!("='{LISTS}'!${letter}$2:${letter}${}", column.allowed.len() + 1));
        let choice = DataValidation::new()
            .allow_list_formula(list)
            .set_error_title("不在可选值中")?
            .set_error_message(clipped(&format!("“{}”只能填“{LISTS}”表中的值。", column.title), 255))?;
        sheet.add_data_validation(1, narrow(*at), OFFERED, narrow(*at), &choice)?;
    }
    rows(book.add_worksheet(), &explained(columns))?;
    if !lists.is_empty() {
        let longest = lists.iter().map(|(_, column)| column.allowed.len()).max().unwrap_or(0);
        let cell = |column: &Column, n: usize| column.allowed.get(n).map_or_else(String::new, |(value, _)| value.clone());
        let page = Page {
            name: LISTS.to_owned(),
            header: lists.iter().map(|(_, column)| column.title.clone()).collect(),
            rows: (0..longest).map(|n| lists.iter().map(|(_, column)| cell(column, n)).collect()).collect(),
        };
        rows(book.add_worksheet(), &page)?;
    }
    Ok(book.save_to_buffer()?)
}

/// The uploaded rows again, in their order, with a column [`WRONG`] at the end; a wrong cell is red and carries its sentence as a note.
pub fn marked(sheet: &Sheet, marks: &[Mark], made: Instant) -> Result<Vec<u8>, Unwritable> {
    let kept: Vec<usize> = (0..sheet.header.len()).filter(|column| sheet.header[*column] != WRONG).collect();
    let said = |line: u64| marks.iter().filter(|mark| mark.line == line).map(|mark| mark.said.as_str()).collect::<Vec<_>>().join("；");
    let mut page = Page {
        name: if sheet.name.is_empty() { "数据".to_owned() } else { sheet.name.clone() },
        header: kept.iter().map(|column| sheet.header[*column].clone()).chain([WRONG.to_owned()]).collect(),
        rows: Vec::new(),
    };
    for row in &sheet.rows {
        page.rows.push(kept.iter().map(|column| row.cells[*column].clone()).chain([said(row.line)]).collect());
    }
    let mut book = begun(made)?;
    let out = book.add_worksheet();
    rows(out, &page)?;
    let red = Format::new().set_background_color(Color::RGB(0x00FF_C7CE)).set_font_color(Color::RGB(0x009C_0006)).set_align(FormatAlign::Top);
    for mark in marks {
        let Some(at) = sheet.rows.iter().position(|row| row.line == mark.line) else { continue };
        let column = mark.column.and_then(|column| kept.iter().position(|kept| *kept == column)).unwrap_or(kept.len());
        let text = page.rows[at].get(column).map_or("", String::as_str);
        let line = u32::try_from(at).unwrap_or(u32::MAX).saturating_add(1);
        out.write_string_with_format(line, narrow(column), clipped(text, LONGEST), &red)?;
        if column < kept.len() {
            // One note a cell: a second mistake in the same cell stands in the column of sentences.
            let first = marks.iter().find(|other| other.line == mark.line && other.column == mark.column);
            if first.is_some_and(|first| std::ptr::eq(first, mark)) {
                out.insert_note(line, narrow(column), &Note::new(clipped(&mark.said, 1_000)).add_author_prefix(false))?;
            }
        }
    }
    Ok(book.save_to_buffer()?)
}

/// Rows as csv: UTF-8 with its mark (without it Excel reads Chinese as something else), every cell [`guarded`].
#[must_use]
pub fn csv(header: &[String], rows: &[Vec<String>]) -> String {
    let mut text = String::from("\u{feff}");
    for row in std::iter::once(header).chain(rows.iter().map(Vec::as_slice)) {
        let cells: Vec<String> = row.iter().map(|cell| quoted(&guarded(cell))).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

/// A cell that no spreadsheet takes for a formula: one that begins with `=`, `+`, `-`, `@`, a tab or a carriage return gets an apostrophe before it.
#[must_use]
pub fn guarded(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// What [`guarded`] was given, for whoever reads such a file again.
#[must_use]
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r'])).unwrap_or(cell)
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r', ';', '\t']) || cell.starts_with(' ') { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

/// A new workbook that says when it was made, so that the same rows give the same bytes.
fn begun(made: Instant) -> Result<Workbook, Unwritable> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_timestamp(made.0.div_euclid(1_000))?));
    Ok(book)
}

/// A sheet with a header that stays in sight, columns as wide as what stands in them, and nothing but texts.
fn rows(sheet: &mut Worksheet, page: &Page) -> Result<(), Unwritable> {
    let head = Format::new().set_bold().set_background_color(Color::RGB(0x00E8_EEF7)).set_border_bottom(FormatBorder::Thin).set_text_wrap();
    let body = Format::new().set_num_format("@").set_align(FormatAlign::Top);
    sheet.set_name(clipped(&page.name.replace(['[', ']', ':', '*', '?', '/', '\\'], " "), 31))?;
    for (at, title) in page.header.iter().enumerate() {
        let column = narrow(at);
        sheet.write_string_with_format(0, column, clipped(title, LONGEST), &head)?;
        let widest = page.rows.iter().filter_map(|row| row.get(at)).map(|cell| width(cell)).chain([width(title) + 2]).max().unwrap_or(0);
        sheet.set_column_format(column, &body)?.set_column_width(column, widest.clamp(8, 60) as f64)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (line, row) in (1..).zip(&page.rows) {
        for (at, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string_with_format(line, narrow(at), clipped(cell, LONGEST), &body)?;
        }
    }
    Ok(())
}

/// The sheet that explains the columns of a form.
fn explained(columns: &[Column]) -> Page {
    let allowed = |column: &Column| {
        let written: Vec<String> =
            column.allowed.iter().map(|(value, code)| if code.is_empty() { value.clone() } else { format!("{value}（{code}）") }).collect();
        written.join("、")
    };
    Page {
        name: ABOUT.to_owned(),
        header: ["列", "是否必填", "填什么", "例", "可填的值（括号内的代码也可以）"].map(str::to_owned).to_vec(),
        rows: columns
            .iter()
            .map(|column| {
                let needed = if column.required { "必填" } else { "选填" };
                vec![column.title.clone(), needed.to_owned(), column.about.clone(), column.example.clone(), allowed(column)]
            })
            .collect(),
    }
}

/// How many columns of a fixed-width font the longest line of a cell takes: a Chinese sign takes two.
fn width(cell: &str) -> u32 {
    cell.lines().map(|line| line.chars().map(|sign| if sign.is_ascii() { 1 } else { 2 }).sum::<u32>() + 1).max().unwrap_or(0)
}

fn narrow(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

fn clipped(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Row, Table};

    const MADE: Instant = Instant(1_795_449_600_000);

    fn lines(rows: &[&[&str]]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
    }

    fn columns() -> Vec<Column> {
        let allowed = vec![("村".to_owned(), "village".to_owned()), ("社区".to_owned(), "community".to_owned())];
        vec![
            Column { title: "代码".into(), required: true, about: "12 位数字".into(), example: "330109014218".into(), ..Column::default() },
            Column { title: "层级".into(), required: true, about: "哪一级".into(), example: "村".into(), allowed },
        ]
    }

    #[test]
    fn what_was_written_is_read_again_and_no_cell_is_a_formula() {
        let rows = lines(&[&["330109014218", "=1+1"], &["001", "@SUM(A1)"]]);
        let page = Page { name: "地点".into(), header: vec!["代码".into(), "名称".into()], rows: rows.clone() };
        let bytes = workbook(std::slice::from_ref(&page), MADE).unwrap();
        assert_eq!(bytes, workbook(&[page], MADE).unwrap(), "the same rows give the same bytes");
        let table = Table::of("地点.xlsx", &bytes, 1).unwrap();
        assert_eq!(table.sheets[0].header, ["代码", "名称"]);
        assert_eq!(table.sheets[0].rows.iter().map(|row| row.cells.clone()).collect::<Vec<_>>(), rows);
        assert!(!bytes.windows(3).any(|window| window == b"<f>"));
    }

    #[test]
    fn a_template_explains_its_columns_and_offers_the_lists() {
        let bytes = template("地点", &columns(), &lines(&[&["330109014218", "村"]]), MADE).unwrap();
        let table = Table::of("模板.xlsx", &bytes, 1).unwrap();
        let names: Vec<&str> = table.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
        assert_eq!(names, ["地点", ABOUT, LISTS]);
        assert_eq!(table.sheets[1].rows[1].cells, ["层级", "必填", "哪一级", "村", "村（village）、社区（community）"]);
        assert_eq!(table.sheets[2].rows.len(), 2);
        assert_eq!(template("空", &columns(), &[], MADE).map(|bytes| Table::of("x.xlsx", &bytes, 1).unwrap().sheets[0].rows.len()).unwrap(), 0);
    }

    #[test]
    fn a_marked_workbook_repeats_the_rows_with_their_mistakes_and_can_be_marked_again() {
        let row = |line, cells: &[&str]| Row { line, cells: cells.iter().map(|cell| (*cell).to_owned()).collect() };
        let sheet = Sheet {
            name: "地点".into(),
            header: vec!["代码".into(), "层级".into()],
            rows: vec![row(2, &["330109014218", "村"]), row(4, &["33", "镇"])],
            ragged: Vec::new(),
        };
        let mark = |column, said: &str| Mark { line: 4, column, said: said.into() };
        let marks = [mark(Some(0), "代码应为 12 位"), mark(Some(1), "没有“镇”这个层级"), mark(Some(1), "第二个"), mark(None, "整行")];
        let again = Table::of("x.xlsx", &marked(&sheet, &marks, MADE).unwrap(), 1).unwrap();
        let out = &again.sheets[0];
        assert_eq!(out.header, ["代码", "层级", WRONG]);
        assert_eq!(out.rows[0].cells, ["330109014218", "村", ""]);
        assert_eq!(out.rows[1].cells[2], "代码应为 12 位；没有“镇”这个层级；第二个；整行");
        let third = Table::of("x.xlsx", &marked(out, &[], MADE).unwrap(), 1).unwrap();
        assert_eq!(third.sheets[0].rows[1].cells, ["33", "镇", ""], "a column of old sentences is not kept");
    }

    #[test]
    fn csv_cells_that_a_spreadsheet_would_run_are_quoted() {
        let rows = lines(&[&["=cmd()", "+86 571", "-1", "@a", "甲,乙", "说\"话\""]]);
        let text = csv(&lines(&[&["a", "b", "c", "d", "e", "f"]])[0], &rows);
        assert!(text.ends_with("'=cmd(),'+86 571,'-1,'@a,\"甲,乙\",\"说\"\"话\"\"\"\r\n"), "{text}");
        let back = Table::of("x.csv", text.as_bytes(), 1).unwrap();
        let cells: Vec<&str> = back.sheets[0].rows[0].cells.iter().map(|cell| unguarded(cell)).collect();
        assert_eq!(cells, rows[0]);
    }

    #[test]
    fn a_cell_or_a_name_that_is_too_long_is_cut_and_not_refused() {
        let page = Page { name: "很".repeat(40), header: vec!["a".into()], rows: vec![vec!["长".repeat(40_000)]] };
        assert!(workbook(&[page], MADE).is_ok());
    }
}
