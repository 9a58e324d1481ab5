//! Tables in: csv (also .gz) and xlsx by path, row by row, in whatever encoding they were written.
//!
//! A csv file is streamed, so that millions of rows cost one buffer; a workbook is read whole by [`sheets`]. The content decides what a file is, not its
//! name. A row that cannot be used is refused with file and line. May not know what a column means.

use anyhow::{Context, Result, anyhow, bail};
use csv::StringRecord;
use encoding_rs::{CoderResult, Decoder, Encoding, GB18030, UTF_8};
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::str::FromStr;

/// How much of a file is looked at to find encoding and separator, in bytes.
const LOOK: usize = 1 << 16;
/// The buffer of a stream, in bytes.
const BUFFER: usize = 1 << 18;

/// A table that is being read. Rows come as [`StringRecord`]s with as many cells as the header, untrimmed.
pub struct Source {
    file: String,
    encoding: &'static str,
    header: Vec<String>,
    body: Body,
}

enum Body {
    /// `bias`: how many lines the reader's count lies behind (it counts the `\n` of `\r\n` with the row that follows).
    Stream {
        reader: Box<csv::Reader<Box<dyn Read + Send>>>,
        bias: u64,
    },
    Whole(std::vec::IntoIter<sheets::Row>),
}

impl Source {
    /// Opens a table: csv in UTF-8, GB18030 or UTF-16, separated by comma, tab or semicolon, plain or gzip; or the first sheet of an xlsx file.
    ///
    /// # Errors
    /// One sentence that names the file: not there, empty, no table.
    pub fn open(path: &Path) -> Result<Self> {
        let file = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
        let bytes = || -> Result<Box<dyn Read + Send>> {
            let mut raw = BufReader::with_capacity(BUFFER, File::open(path).with_context(|| format!("文件“{}”打不开", path.display()))?);
            let packed = raw.fill_buf().with_context(|| format!("文件“{file}”读不出来"))?.starts_with(&[0x1f, 0x8b]);
            Ok(if packed { Box::new(flate2::bufread::MultiGzDecoder::new(raw)) } else { Box::new(raw) })
        };
        let look = first(&mut bytes()?, LOOK).with_context(|| format!("文件“{file}”读不出来"))?;
        if look.starts_with(b"PK\x03\x04") || look.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) || look.starts_with(b"%PDF") {
            return Self::whole(path, file);
        }
        let encoding = match Encoding::for_bom(&look) {
            Some((encoding, _)) => encoding,
            None if look.iter().take_while(|byte| **byte != b'\n').any(|byte| *byte == 0) => bail!("文件“{file}”不是表格，请提供 .xlsx 或 .csv。"),
            None => guess(&look, bytes()?).with_context(|| format!("文件“{file}”读不出来"))?,
        };
        let (seen, _, _) = encoding.decode(&look);
        let separator = seen.lines().find(|line| !line.trim().is_empty()).map_or(b',', |line| {
            let count = |sign: char| line.matches(sign).count();
            [('\t', b'\t'), (';', b';')].into_iter().find(|(sign, _)| count(*sign) > count(',')).map_or(b',', |(_, byte)| byte)
        });
        let bias = u64::from(seen.find('\n').is_some_and(|at| seen[..at].ends_with('\r')));
        let marked = Encoding::for_bom(&look).map_or(0, |(_, mark)| mark);
        let mut rest = bytes()?;
        rest.by_ref().take(marked as u64).read_to_end(&mut Vec::new())?;
        // UTF-8 goes through as it is: the reader checks it row by row, and can then name the line.
        let text: Box<dyn Read + Send> = if encoding == UTF_8 { rest } else { Box::new(Decoded::new(rest, encoding)) };
        let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).buffer_capacity(BUFFER).from_reader(text);
        let header = reader.headers().map_err(|error| anyhow!("文件“{file}”的表头读不出来：{error}。"))?;
        let header: Vec<String> = header.iter().map(|cell| cell.trim().to_owned()).collect();
        if header.iter().all(String::is_empty) {
            bail!("文件“{file}”是空的，没有表头。");
        }
        let encoding = if encoding == UTF_8 {
            "UTF-8"
        } else if encoding == GB18030 {
            "GB18030"
        } else {
            "UTF-16"
        };
        Ok(Self { file, encoding, header, body: Body::Stream { reader: Box::new(reader), bias } })
    }

    fn whole(path: &Path, file: String) -> Result<Self> {
        let table = sheets::Table::read(path, 1)?;
        let Some(sheet) = table.sheets.into_iter().next() else { bail!("文件“{file}”里没有表头，也没有数据。") };
        if let Some(bad) = sheet.ragged.first() {
            bail!("{bad}");
        }
        Ok(Self { file, encoding: table.encoding, header: sheet.header, body: Body::Whole(sheet.rows.into_iter()) })
    }

    /// The file's name without its folder.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// What the text was written in: `UTF-8`, `GB18030`, `UTF-16`, `xlsx`.
    #[must_use]
    pub const fn encoding(&self) -> &'static str {
        self.encoding
    }

    /// The names of the columns.
    #[must_use]
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// Where a column stands.
    ///
    /// # Errors
    /// A sentence that lists the columns that are there.
    pub fn column(&self, name: &str) -> Result<usize> {
        self.find(name).ok_or_else(|| anyhow!("文件“{}”没有“{name}”这一列；有的列：{}。", self.file, self.header.join("、")))
    }

    /// Where a column stands, if it is there.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        let name = name.trim();
        self.header.iter().position(|own| own == name).or_else(|| self.header.iter().position(|own| own.eq_ignore_ascii_case(name)))
    }

    /// Where the columns of a list stand.
    ///
    /// # Errors
    /// As [`Self::column`].
    pub fn columns<S: AsRef<str>>(&self, names: &[S]) -> Result<Vec<usize>> {
        names.iter().map(|name| self.column(name.as_ref())).collect()
    }

    /// Reads the next row into `row` and tells the line at which it begins, counted from one; `None` at the end.
    ///
    /// # Errors
    /// A row with more or fewer cells than the header, or text in another encoding: a sentence with file and line.
    pub fn read(&mut self, row: &mut StringRecord) -> Result<Option<u64>> {
        match &mut self.body {
            Body::Whole(rows) => Ok(rows.next().map(|next| {
                row.clear();
                next.cells.iter().for_each(|cell| row.push_field(cell));
                next.line
            })),
            Body::Stream { reader, bias } => loop {
                let more = reader.read_record(row);
                let line = row.position().map_or(0, csv::Position::line) + *bias;
                let more = more.map_err(|error| match error.kind() {
                    csv::ErrorKind::Utf8 { pos, .. } => {
                        let line = pos.as_ref().map_or(line, |pos| pos.line() + *bias);
                        anyhow!("{} 第{line}行：文字既不是 UTF-8 也不是 GB18030，请另存为 UTF-8 的 CSV。", self.file)
                    }
                    _ => anyhow!("{} 第{line}行之后读不下去：{error}。", self.file),
                })?;
                if !more {
                    return Ok(None);
                }
                if row.len() == self.header.len() {
                    return Ok(Some(line));
                }
                if row.iter().all(|cell| cell.trim().is_empty()) {
                    continue;
                }
                bail!("{} 第{line}行：有{}列，表头有{}列，可能少了引号或分隔符。", self.file, row.len(), self.header.len());
            },
        }
    }

    /// The value of a cell as a number (or anything that is read from text), spaces around it cut off.
    ///
    /// # Errors
    /// A sentence with file, line, column and what stands there.
    pub fn value<T: FromStr>(&self, row: &StringRecord, line: u64, column: usize) -> Result<T> {
        let cell = row.get(column).unwrap_or_default().trim();
        cell.parse().map_err(|_| self.bad(line, column, cell))
    }

    /// As [`Self::value`]; an empty cell is `None`.
    ///
    /// # Errors
    /// As [`Self::value`].
    pub fn optional<T: FromStr>(&self, row: &StringRecord, line: u64, column: usize) -> Result<Option<T>> {
        if row.get(column).unwrap_or_default().trim().is_empty() { Ok(None) } else { self.value(row, line, column).map(Some) }
    }

    /// What is said of a cell that cannot be read.
    #[must_use]
    pub fn bad(&self, line: u64, column: usize, cell: &str) -> anyhow::Error {
        let name = self.header.get(column).map_or("?", String::as_str);
        let cell: String = cell.chars().take(40).collect();
        anyhow!("{} 第{line}行：“{name}”列的“{cell}”读不懂。", self.file)
    }

    /// Reads the rest into memory: each row with its line. For files that fit.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn rest(&mut self) -> Result<Vec<(u64, StringRecord)>> {
        let mut rows = Vec::new();
        let mut row = StringRecord::new();
        while let Some(line) = self.read(&mut row)? {
            rows.push((line, row.clone()));
        }
        Ok(rows)
    }
}

/// Splits a list of columns as it is given on the command line: `title,body`.
#[must_use]
pub fn list(names: &str) -> Vec<String> {
    names.split([',', '，']).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn first(reader: &mut dyn Read, most: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// UTF-8 or GB18030, by the first part of the file in which something other than ASCII stands.
fn guess(look: &[u8], mut rest: Box<dyn Read + Send>) -> std::io::Result<&'static Encoding> {
    let valid = |bytes: &[u8]| std::str::from_utf8(bytes).err().is_none_or(|error| error.error_len().is_none());
    if !look.is_ascii() || look.len() < LOOK {
        return Ok(if valid(look) { UTF_8 } else { GB18030 });
    }
    loop {
        let mut part = first(&mut rest, LOOK)?;
        if part.is_empty() {
            return Ok(UTF_8);
        }
        if let Some(at) = part.iter().position(|byte| !byte.is_ascii()) {
            // Enough behind it to tell.
            part.drain(..at);
            part.extend(first(&mut rest, 4096)?);
            return Ok(if valid(&part) { UTF_8 } else { GB18030 });
        }
    }
}

/// A stream decoded to UTF-8. What cannot be decoded becomes U+FFFD, which [`Source::read`] lets through: one bad character of an old file is no reason to
/// stop.
struct Decoded {
    inner: Box<dyn Read + Send>,
    decoder: Decoder,
    raw: Vec<u8>,
    out: Cursor<Vec<u8>>,
    done: bool,
}

impl Decoded {
    fn new(inner: Box<dyn Read + Send>, encoding: &'static Encoding) -> Self {
        Self { inner, decoder: encoding.new_decoder_without_bom_handling(), raw: vec![0; LOOK], out: Cursor::new(Vec::new()), done: false }
    }
}

impl Read for Decoded {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let n = self.out.read(buffer)?;
            if n > 0 || self.done || buffer.is_empty() {
                return Ok(n);
            }
            let got = self.inner.read(&mut self.raw)?;
            self.done = got == 0;
            let mut text = vec![0; self.decoder.max_utf8_buffer_length(got).unwrap_or(4 * got + 16)];
            let (result, _, written, _) = self.decoder.decode_to_utf8(&self.raw[..got], &mut text, self.done);
            debug_assert!(matches!(result, CoderResult::InputEmpty));
            text.truncate(written);
            self.out = Cursor::new(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn source(bytes: &[u8]) -> Result<Source> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("表.csv");
        std::fs::write(&path, bytes)?;
        Source::open(&path)
    }

    fn cells(bytes: &[u8]) -> (Vec<String>, Vec<(u64, Vec<String>)>) {
        let mut source = source(bytes).unwrap();
        let rows = source.rest().unwrap();
        (source.header().to_vec(), rows.into_iter().map(|(line, row)| (line, row.iter().map(str::to_owned).collect())).collect())
    }

    #[test]
    fn every_encoding_gives_the_same_rows() {
        let text = "编号,诉求内容\n1,\"房东不退\n押金\"\n2,路灯不亮\n";
        let (gb, _, _) = GB18030.encode(text);
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(text.as_bytes()).unwrap();
        let marked = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
        let plain = cells(text.as_bytes());
        assert_eq!(plain.1, [(2, vec!["1".into(), "房东不退\n押金".into()]), (4, vec!["2".into(), "路灯不亮".into()])]);
        for bytes in [gb.as_ref(), &utf16, &packer.finish().unwrap(), &marked, text.replace(',', "\t").as_bytes()] {
            assert_eq!(cells(bytes), plain);
        }
        assert_eq!(cells(text.replace('\n', "\r\n").as_bytes()).1[1].0, 4);
    }

    #[test]
    fn an_encoding_is_found_far_behind_the_header() {
        let mut text = String::from("a,b\n");
        (0..30_000).for_each(|n| text.push_str(&format!("{n},x\n")));
        text.push_str("1,押金\n");
        let (gb, _, _) = GB18030.encode(&text);
        assert_eq!(cells(&gb).1.last(), Some(&(30_002, vec!["1".into(), "押金".into()])));
    }

    #[test]
    fn a_missing_column_lists_those_that_are_there() {
        let said = source(b"id,title\n1,x\n").unwrap().column("body").unwrap_err().to_string();
        assert!(said.contains("“body”") && said.contains("id、title"), "{said}");
    }

    #[test]
    fn bad_rows_are_named_by_file_and_line() {
        let mut rows = source(b"id,n\n1,2\n3,4,5\n").unwrap();
        let said = rows.rest().unwrap_err().to_string();
        assert!(said.starts_with("表.csv 第3行"), "{said}");
        let mut rows = source(b"id,n\n1,x\n").unwrap();
        let mut row = StringRecord::new();
        let line = rows.read(&mut row).unwrap().unwrap();
        let said = rows.value::<f64>(&row, line, 1).unwrap_err().to_string();
        assert!(said.contains("第2行") && said.contains("“n”") && said.contains("“x”"), "{said}");
        for nothing in [b"".as_slice(), b"\n\n", b"a\x00b"] {
            assert!(source(nothing).is_err());
        }
    }
}
