//! Tables as offices send them: xlsx or csv, read whole, with the line of every row.
//!
//! The content decides what a file is, not its name. CSV may be UTF-8 (with or without mark), UTF-16 (Excel's “Unicode text”) or GB18030, may be
//! compressed with gzip, and may be separated by comma, tab or semicolon; what was found is reported. A row that cannot be used is an error with file, sheet,
//! row and reason, and the rest goes on. Nothing here knows what a column means.

use calamine::{Data, Reader, Xlsx};
use domain::kernel::{DAY, Day, Instant};
use std::io::{Cursor, Read};
use std::path::Path;

/// No file may unpack to more than this; a street's yearly list is a hundredth of it.
const MOST: u64 = 256 * 1024 * 1024;

/// No workbook may have more cells than this, empty ones between others included: a workbook is a rectangle in memory, whatever it is on disk.
const MOST_CELLS: u64 = 4_000_000;
/// A packed entry may be at most so many times larger than it is packed, beyond the first megabyte: tables pack tenfold to fiftyfold, bombs a thousandfold.
const MOST_PACKED: u64 = 300;

/// Why a file cannot be read at all: one Chinese sentence that names the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no table, or broken.
    #[error("{0}")]
    Broken(String),
    /// It would become too large in memory; nothing of it was unpacked beyond the limit.
    #[error("{0}")]
    TooLarge(String),
}

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// The file's name.
    pub file: String,
    /// The sheet; empty for csv.
    pub sheet: String,
    /// The line in the file or the row in the sheet, counted from one.
    pub row: u64,
    /// Why, in Chinese.
    pub reason: String,
}

impl std::fmt::Display for RowError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sheet = if self.sheet.is_empty() { String::new() } else { format!("工作表“{}”", self.sheet) };
        write!(f, "{} {sheet}第{}行：{}", self.file, self.row, self.reason)
    }
}

/// A row as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line in the file at which it begins, or the row in the sheet, counted from one.
    pub line: u64,
    /// Its cells, as many as the header has.
    pub cells: Vec<String>,
}

/// One sheet; a csv file has one without name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// The header's cells, trimmed.
    pub header: Vec<String>,
    /// The rows below the header; empty ones are left out.
    pub rows: Vec<Row>,
    /// Rows with more or fewer cells than the header.
    pub ragged: Vec<RowError>,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The file's name without its folder.
    pub file: String,
    /// What the text was written in: `UTF-8`, `GB18030`, `UTF-16`, `xlsx`; for the report.
    pub encoding: &'static str,
    /// Its sheets that are not empty.
    pub sheets: Vec<Sheet>,
}

impl Table {
    /// Reads a file. The header is the `header_row`th row that is not empty, counted from one.
    pub fn read(path: &Path, header_row: usize) -> Result<Self, Unreadable> {
        let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
        let bytes = std::fs::read(path).map_err(|error| Unreadable::Broken(format!("文件“{name}”打不开：{error}。")))?;
        Self::of(&name, &bytes, header_row)
    }

    /// Reads the bytes of a file that is called `name`.
    pub fn of(name: &str, bytes: &[u8], header_row: usize) -> Result<Self, Unreadable> {
        let file = name.to_owned();
        let bytes = unpacked(name, bytes)?;
        if bytes.is_empty() {
            return Err(Unreadable::Broken(format!("文件“{name}”是空的。")));
        }
        let (encoding, sheets) = if bytes.starts_with(b"PK\x03\x04") {
            ("xlsx", from_xlsx(name, &bytes, header_row.max(1))?)
        } else {
            let (encoding, text) = decoded(name, &bytes)?;
            (encoding, vec![from_csv(name, &text, header_row.max(1))?])
        };
        let sheets: Vec<Sheet> = sheets.into_iter().filter(|sheet| !sheet.header.is_empty()).collect();
        if sheets.is_empty() {
            return Err(Unreadable::Broken(format!("文件“{name}”里没有表头，也没有数据。")));
        }
        Ok(Self { file, encoding, sheets })
    }
}

fn unpacked(name: &str, bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes.to_vec());
    }
    let mut out = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes)
        .take(MOST + 1)
        .read_to_end(&mut out)
        .map_err(|_| Unreadable::Broken(format!("文件“{name}”的压缩包不完整或已损坏。")))?;
    if out.len() as u64 > MOST {
        return Err(too_large(name));
    }
    Ok(out)
}

fn too_large(name: &str) -> Unreadable {
    Unreadable::TooLarge(format!("文件“{name}”解压后超过{}MB或 {} 万个单元格，请分成几个文件。", MOST / 1024 / 1024, MOST_CELLS / 10_000))
}

/// Unpacks every entry of a workbook's archive once without keeping it, so that what would fill the memory is refused before the parser sees it: the sizes that an
/// archive states are not believed. Entries are walked by the directory at its end, as the parser does.
fn measured(name: &str, bytes: &[u8]) -> Result<(), Unreadable> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| Unreadable::Broken(format!("文件“{name}”不是完整的 .xlsx 表格：{error}。")))?;
    let mut left = MOST;
    for at in 0..archive.len() {
        let Ok(entry) = archive.by_index(at) else { continue };
        let most = left.min(entry.compressed_size().saturating_mul(MOST_PACKED).saturating_add(1024 * 1024));
        let unpacked = std::io::copy(&mut entry.take(most + 1), &mut std::io::sink()).unwrap_or(0);
        if unpacked > most {
            return Err(too_large(name));
        }
        left -= unpacked;
    }
    Ok(())
}

fn decoded(name: &str, bytes: &[u8]) -> Result<(&'static str, String), Unreadable> {
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(Unreadable::Broken(format!("文件“{name}”是旧版 .xls，请在 Excel 或 WPS 中另存为 .xlsx 或 CSV。")));
    }
    if bytes.starts_with(b"%PDF")
        || infer::get(bytes).is_some_and(|kind| matches!(kind.matcher_type(), infer::MatcherType::Image | infer::MatcherType::Archive))
    {
        return Err(Unreadable::Broken(format!("文件“{name}”不是表格，请提供 .xlsx 或 .csv。")));
    }
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, bad) = encoding.decode_without_bom_handling(&bytes[mark..]);
        if bad {
            return Err(Unreadable::Broken(format!("文件“{name}”标明是{}，但内容有误，可能没有传完整。", encoding.name())));
        }
        return Ok((if encoding == encoding_rs::UTF_8 { "UTF-8" } else { "UTF-16" }, text.into_owned()));
    }
    if bytes.contains(&0) {
        return Err(Unreadable::Broken(format!("文件“{name}”不是表格，请提供 .xlsx 或 .csv。")));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(("UTF-8", text.to_owned()));
    }
    let (text, bad) = encoding_rs::GB18030.decode_without_bom_handling(bytes);
    if bad {
        let line = text.split('\u{fffd}').next().map_or(1, |before| before.matches('\n').count() + 1);
        return Err(Unreadable::Broken(format!("文件“{name}”第{line}行的文字既不是 UTF-8 也不是 GB18030，请另存为 UTF-8 的 CSV。")));
    }
    Ok(("GB18030", text.into_owned()))
}

fn from_csv(name: &str, text: &str, header_row: usize) -> Result<Sheet, Unreadable> {
    let separator = text.lines().find(|line| !line.trim().is_empty()).map_or(b',', |line| {
        let count = |sign: char| line.matches(sign).count();
        [('\t', b'\t'), (';', b';')].into_iter().find(|(sign, _)| count(*sign) > count(',')).map_or(b',', |(_, byte)| byte)
    });
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let mut sheet = Sheet { name: String::new(), header: Vec::new(), rows: Vec::new(), ragged: Vec::new() };
    let mut seen = 0;
    let mut last = 1;
    for record in reader.records() {
        let record = record.map_err(|error| Unreadable::Broken(format!("文件“{name}”读到第{last}行之后出错：{error}。")))?;
        // The reader skips blank lines but counts the record from where it began to look; the first cell's line is what a person sees.
        let line = record.position().map_or(last, |at| {
            let begin = usize::try_from(at.byte()).unwrap_or(usize::MAX);
            let blank = text.as_bytes().iter().skip(begin).take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n').count();
            at.line() + blank as u64
        });
        last = line;
        let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
        if cells.iter().all(String::is_empty) {
            continue;
        }
        seen += 1;
        if seen < header_row {
            continue;
        }
        if seen == header_row {
            sheet.header = cells;
        } else if cells.len() == sheet.header.len() {
            sheet.rows.push(Row { line, cells });
        } else {
            let reason = format!("有{}列，表头有{}列，可能少了引号或分隔符。", cells.len(), sheet.header.len());
            sheet.ragged.push(RowError { file: name.to_owned(), sheet: String::new(), row: line, reason });
        }
    }
    if text.matches('"').count() % 2 == 1 {
        return Err(Unreadable::Broken(format!("文件“{name}”的引号不成对，从第{last}行起无法分辨各行。")));
    }
    Ok(sheet)
}

/// Walks a sheet's cells before it is laid out in memory: two cells in far corners would make a rectangle of thousands of millions.
fn bounded(name: &str, book: &mut Xlsx<Cursor<&[u8]>>, sheet: &str) -> Result<(), Result<Unreadable, calamine::XlsxError>> {
    let mut cells = book.worksheet_cells_reader(sheet).map_err(Err)?;
    let (mut from, mut to) = ((u32::MAX, u32::MAX), (0, 0));
    while let Some(cell) = cells.next_cell().map_err(Err)? {
        let (row, column) = cell.get_position();
        (from, to) = ((from.0.min(row), from.1.min(column)), (to.0.max(row), to.1.max(column)));
        let area = (u64::from(to.0 - from.0) + 1) * (u64::from(to.1 - from.1) + 1);
        if area > MOST_CELLS {
            return Err(Ok(too_large(name)));
        }
    }
    Ok(())
}

fn from_xlsx(name: &str, bytes: &[u8], header_row: usize) -> Result<Vec<Sheet>, Unreadable> {
    let broken = |error: &dyn std::fmt::Display| Unreadable::Broken(format!("文件“{name}”不是完整的 .xlsx 表格：{error}。"));
    measured(name, bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let mut sheets = Vec::new();
    for sheet_name in book.sheet_names() {
        bounded(name, &mut book, &sheet_name).map_err(|error| error.unwrap_or_else(|error| broken(&error)))?;
        let range = book.worksheet_range(&sheet_name).map_err(|error| broken(&error))?;
        let first = range.start().map_or(0, |(row, _)| u64::from(row));
        let mut sheet = Sheet { name: sheet_name.clone(), header: Vec::new(), rows: Vec::new(), ragged: Vec::new() };
        let mut seen = 0;
        for (line, row) in (first + 1..).zip(range.rows()) {
            let mut cells: Vec<String> = row.iter().map(written).collect();
            if cells.iter().all(String::is_empty) {
                continue;
            }
            seen += 1;
            if seen < header_row {
                continue;
            }
            if seen == header_row {
                while cells.last().is_some_and(String::is_empty) {
                    cells.pop();
                }
                sheet.header = cells;
                continue;
            }
            // A sheet is a rectangle: what stands right of the header belongs to no column.
            if cells.iter().skip(sheet.header.len()).any(|cell| !cell.is_empty()) {
                let reason = format!("表头只有{}列，右边还有内容。", sheet.header.len());
                sheet.ragged.push(RowError { file: name.to_owned(), sheet: sheet_name.clone(), row: line, reason });
                continue;
            }
            cells.resize(sheet.header.len(), String::new());
            sheet.rows.push(Row { line, cells });
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// A cell as text: whole numbers without a point, times as `2026-11-24 09:30:00`.
fn written(cell: &Data) -> String {
    match cell {
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        Data::DateTime(time) if time.is_datetime() => serial(time.as_f64()),
        Data::DateTimeIso(text) => text.replace('T', " "),
        Data::Error(_) | Data::Empty => String::new(),
        other => other.to_string().trim().to_owned(),
    }
}

/// Excel counts days from 1899-12-30, in the wall time of the place.
#[must_use]
pub fn serial(days: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "a day of the calendar and the milliseconds of one day")]
    let (day, millis) = (days.floor() as i64, ((days - days.floor()) * DAY as f64).round() as i64);
    let at = Instant(Day(day - 25_569).start().0 + millis);
    format!("{}:{:02}", at.written(), at.of_day() / 1000 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Table, Unreadable> {
        Table::of("表.csv", bytes, 1)
    }

    #[test]
    fn quoted_newlines_keep_the_line_of_their_row() {
        let table = read("编号,内容\n1,\"第一行\n第二行，有\"\"引号\"\"\"\n\n2,乙\n".as_bytes()).unwrap();
        let rows = &table.sheets[0].rows;
        assert_eq!((table.encoding, rows.len()), ("UTF-8", 2));
        assert_eq!(rows[0], Row { line: 2, cells: vec!["1".into(), "第一行\n第二行，有\"引号\"".into()] });
        assert_eq!(rows[1].cells, ["2", "乙"]);
        assert_eq!(rows[1].line, 5);
    }

    #[test]
    fn encodings_are_found_and_said() {
        let text = "编号,诉求内容\n1,房东不退押金\n";
        let (gb, _, _) = encoding_rs::GB18030.encode(text);
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let marked = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
        for (bytes, encoding) in [(gb.as_ref(), "GB18030"), (utf16.as_slice(), "UTF-16"), (marked.as_slice(), "UTF-8")] {
            let table = read(bytes).unwrap();
            assert_eq!((table.encoding, table.sheets[0].header[0].as_str()), (encoding, "编号"));
            assert_eq!(table.sheets[0].rows[0].cells[1], "房东不退押金");
        }
    }

    #[test]
    fn gzip_tabs_and_a_title_above_the_header() {
        use std::io::Write;
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all("编号\t内容\n1\t甲, 乙\n".as_bytes()).unwrap();
        let table = read(&packer.finish().unwrap()).unwrap();
        assert_eq!(table.sheets[0].rows[0].cells, ["1", "甲, 乙"]);
        let titled = Table::of("表.csv", "某某街道台账,\n编号,内容\n1,甲\n".as_bytes(), 2).unwrap();
        assert_eq!((titled.sheets[0].header[0].as_str(), titled.sheets[0].rows[0].line), ("编号", 3));
    }

    #[test]
    fn ragged_rows_are_named_and_the_rest_goes_on() {
        let table = read("a,b\n1,2,3\n4,5\n6\n".as_bytes()).unwrap();
        let sheet = &table.sheets[0];
        assert_eq!(sheet.rows.len(), 1);
        assert_eq!(sheet.ragged.iter().map(|bad| bad.row).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(sheet.ragged[0].to_string(), "表.csv 第2行：有3列，表头有2列，可能少了引号或分隔符。");
    }

    #[test]
    fn what_is_no_table_is_said_in_a_sentence() {
        for (bytes, said) in [
            (b"".as_slice(), "是空的"),
            (b"\n\n", "没有表头"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 .xls"),
            (b"%PDF-1.7", "不是表格"),
            (b"\x89PNG\r\n\x1a\n", "不是表格"),
            (b"PK\x03\x04rubbish", "不是完整的 .xlsx"),
            (b"\x1f\x8brubbish", "压缩包"),
            (b"a,b\n1,\"2\n3,4\n", "引号不成对"),
            (b"a\n\xff\xff\xff\n", "既不是 UTF-8 也不是 GB18030"),
            (b"a\x00b", "不是表格"),
        ] {
            let error = read(bytes).unwrap_err().to_string();
            assert!(error.contains(said) && error.contains("表.csv"), "{error}");
        }
    }

    /// A zip archive without compression: enough of one to make a workbook.
    fn zipped(files: &[(&str, String)]) -> Vec<u8> {
        let (mut body, mut directory) = (Vec::new(), Vec::new());
        for (name, text) in files {
            let mut crc = flate2::Crc::new();
            crc.update(text.as_bytes());
            let size = u32::try_from(text.len()).unwrap().to_le_bytes();
            let named = u16::try_from(name.len()).unwrap().to_le_bytes();
            let offset = u32::try_from(body.len()).unwrap().to_le_bytes();
            let head = [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &crc.sum().to_le_bytes(), &size, &size, &named, &[0, 0]].concat();
            body.extend([b"PK\x03\x04".as_slice(), &head, name.as_bytes(), text.as_bytes()].concat());
            directory.extend([b"PK\x01\x02\x14\x00".as_slice(), &head, &[0; 10], &offset, name.as_bytes()].concat());
        }
        let count = u16::try_from(files.len()).unwrap().to_le_bytes();
        let (size, offset) = (u32::try_from(directory.len()).unwrap().to_le_bytes(), u32::try_from(body.len()).unwrap().to_le_bytes());
        [body, directory, [b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &size, &offset, &[0, 0]].concat()].concat()
    }

    #[test]
    fn a_workbook_is_read_with_its_times_and_rows() {
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let package = "http://schemas.openxmlformats.org/package/2006/relationships";
        let text = |at: &str, value: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{value}</t></is></c>");
        let rows = [
            format!("<row r=\"1\">{}</row>", text("A1", "十一月台账")),
            format!("<row r=\"3\">{}{}{}</row>", text("A3", "编号"), text("B3", "时间"), text("C3", "内容")),
            format!("<row r=\"4\"><c r=\"A4\"><v>7</v></c><c r=\"B4\" s=\"1\"><v>46350.3958333333</v></c>{}</row>", text("C4", "停水")),
            format!("<row r=\"5\">{}{}</row>", text("A5", "8"), text("E5", "多出来")),
        ]
        .concat();
        let book = zipped(&[
            ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>".into()),
            (
                "_rels/.rels",
                format!(
                    "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
                ),
            ),
            (
                "xl/workbook.xml",
                format!("<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"台账\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"{office}/styles\" Target=\"styles.xml\"/></Relationships>"
                ),
            ),
            ("xl/styles.xml", format!("<styleSheet xmlns=\"{main}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"22\"/></cellXfs></styleSheet>")),
            ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>")),
        ]);
        let table = Table::of("台账.xlsx", &book, 2).unwrap();
        let sheet = &table.sheets[0];
        assert_eq!((table.encoding, sheet.name.as_str(), sheet.header.len()), ("xlsx", "台账", 3));
        assert_eq!(sheet.rows, [Row { line: 4, cells: vec!["7".into(), "2026-11-24 09:30:00".into(), "停水".into()] }]);
        assert_eq!(sheet.ragged[0].to_string(), "台账.xlsx 工作表“台账”第5行：表头只有3列，右边还有内容。");
    }

    /// A real archive with one entry that packs well.
    fn packed(name: &str, text: &[u8], times: usize) -> Vec<u8> {
        use std::io::Write;
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file(name, zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated)).unwrap();
        for _ in 0..times {
            archive.write_all(text).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn a_workbook_that_would_fill_the_memory_is_refused_before_it_is_parsed() {
        let bomb = packed("xl/worksheets/sheet1.xml", &vec![b' '; 1024 * 1024], 600);
        assert!(bomb.len() < 1024 * 1024, "{} bytes", bomb.len());
        let refused = Table::of("炸弹.xlsx", &bomb, 1).unwrap_err();
        assert!(matches!(&refused, Unreadable::TooLarge(said) if said.contains("炸弹.xlsx") && said.contains("256MB")), "{refused}");
        let mut corners = rust_xlsxwriter::Workbook::new();
        let sheet = corners.add_worksheet();
        sheet.write(0, 0, "代码").unwrap();
        sheet.write(1_048_575, 16_383, "远").unwrap();
        let bytes = corners.save_to_buffer().unwrap();
        assert!(matches!(Table::of("角落.xlsx", &bytes, 1), Err(Unreadable::TooLarge(_))));
        let mut plain = rust_xlsxwriter::Workbook::new();
        let sheet = plain.add_worksheet();
        for row in 0..20_001 {
            for column in 0..10 {
                sheet.write(row, column, "330109014218").unwrap();
            }
        }
        assert_eq!(Table::of("网格.xlsx", &plain.save_to_buffer().unwrap(), 1).unwrap().sheets[0].rows.len(), 20_000);
    }

    #[test]
    fn excel_days_are_written_as_people_write_them() {
        assert_eq!(serial(43_836.506_691), "2020-01-06 12:09:38");
        assert_eq!(written(&Data::Float(13_800_000_000.0)), "13800000000");
    }
}
