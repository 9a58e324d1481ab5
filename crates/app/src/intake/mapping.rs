//! Maps: which column of somebody's table feeds which datum of a report. A map is a small TOML file that an office keeps beside its export.
//!
//! `docs/guide/import.md` explains it with two worked examples. A map is linted against the table before anything is read from it, and suggested from the
//! header where there is none. Reading gives [`ImportRow`]s and [`RowError`]s; what becomes of them is the importer's business.

use domain::kernel::{Day, HOUR, Instant, MINUTE, SECOND};
use sheets::{Row, RowError, Sheet, Table, serial};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The data that a column can feed, with the headers under which offices usually keep them.
const DATA: [(&str, &[&str]); 12] = [
    ("source_id", &["id", "编号", "工单编号", "工单号", "诉求编号", "事项编号", "信访编号", "受理编号", "流水号", "序号", "留言编号", "案件编号", "警情编号"]),
    (
        "received_at",
        &["time", "受理时间", "来电时间", "登记时间", "诉求时间", "信访日期", "留言时间", "提交时间", "创建时间", "发生时间", "时间", "日期", "接警时间"],
    ),
    ("title", &["title", "标题", "诉求标题", "主题", "留言主题", "事项名称", "案件名称", "事件名称"]),
    (
        "said",
        &["body", "内容", "诉求内容", "诉求描述", "留言详情", "留言内容", "反映内容", "信访内容", "问题描述", "事件描述", "主要内容", "警情内容", "简要案情"],
    ),
    ("contact_name", &["姓名", "诉求人", "来电人", "联系人", "信访人", "当事人", "反映人", "报警人", "留言用户"]),
    ("contact_phone", &["电话", "联系电话", "手机", "手机号", "手机号码", "来电号码", "联系方式", "联系号码", "报警电话"]),
    ("place", &["地址", "地点", "事发地址", "事发地点", "诉求地址", "发生地点", "详细地址", "村社", "村(社区)", "所属村社", "所属网格", "位置"]),
    ("label", &["label", "分类", "类别", "一级标签", "一级分类", "诉求类别", "诉求分类", "事件类型", "信访目的", "内容分类"]),
    ("reply", &["reply", "答复", "答复意见", "回复", "回复内容", "办理结果", "处理结果", "办理意见", "反馈内容"]),
    ("replied_at", &["reply_time", "答复时间", "回复时间", "办结时间", "反馈时间"]),
    ("source", &["来源", "诉求来源", "事件来源"]),
    ("channel", &["渠道", "受理渠道", "来电渠道", "诉求渠道"]),
];

/// What a phone number is replaced by in exports that were masked; such a cell holds no contact.
const MASKED: [&str; 7] = ["[手机号]", "[电话]", "[身份证号]", "[长号码]", "[账号]", "****", "某某"];

/// A map, read from TOML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// What the map is called; also the name of the feed under which source ids are unique.
    pub name: String,
    /// The sheet to read; the first if none is named.
    pub sheet: Option<String>,
    /// Which row that is not empty is the header, from one.
    pub header_row: usize,
    /// The columns of each datum, joined in this order.
    pub columns: BTreeMap<String, Vec<String>>,
    /// What holds where the column is missing or the cell is empty.
    pub defaults: BTreeMap<String, String>,
    /// Patterns of times (`%Y年%m月%d日 %H:%M`), tried in order before the usual ways of writing.
    pub dates: Vec<String>,
    /// What stands between joined columns.
    pub join: String,
    /// What a masked cell contains.
    pub masked: Vec<String>,
    /// The groups of categories that a label of this file admits; labels not listed are looked up in `domain::intake::words::label_groups`.
    pub label_families: BTreeMap<String, Vec<String>>,
}

/// One report as a file gives it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportRow {
    /// The sheet; empty for csv.
    pub sheet: String,
    /// The line or row.
    pub line: u64,
    /// The id that the source itself gave.
    pub source_id: String,
    /// When it was received.
    pub received_at: Option<Instant>,
    /// Its title.
    pub title: String,
    /// What was said.
    pub said: String,
    /// Who said it.
    pub contact_name: Option<String>,
    /// Their phone; none where it was masked.
    pub contact_phone: Option<String>,
    /// The place, in words.
    pub place: Option<String>,
    /// The file's own label.
    pub label: Option<String>,
    /// The answer given.
    pub reply: Option<String>,
    /// When.
    pub replied_at: Option<Instant>,
    /// Where it came from, a code of `domain::matters::Source` or the file's own word.
    pub source: Option<String>,
    /// By which channel.
    pub channel: Option<String>,
}

impl Mapping {
    /// Reads a map; each fault is one Chinese sentence.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| vec![format!("映射文件不是有效的 TOML：{}", error.message())])?;
        let mut faults = Vec::new();
        let known = ["name", "sheet", "header_row", "columns", "defaults", "dates", "join", "masked", "label_families"];
        for key in table.keys().filter(|key| !known.contains(&key.as_str())) {
            faults.push(format!("映射文件里的“{key}”不认识，可用的有：{}。", known.join("、")));
        }
        let text_of = |key: &str| table.get(key).and_then(toml::Value::as_str).map(ToOwned::to_owned);
        let section = |key: &str| table.get(key).and_then(toml::Value::as_table).cloned().unwrap_or_default();
        let columns: BTreeMap<String, Vec<String>> = section("columns").iter().map(|(datum, value)| (datum.clone(), texts(value))).collect();
        let defaults: BTreeMap<String, String> =
            section("defaults").iter().filter_map(|(datum, value)| Some((datum.clone(), value.as_str()?.to_owned()))).collect();
        for datum in columns.keys().chain(defaults.keys()).filter(|datum| !DATA.iter().any(|(known, _)| known == datum)) {
            faults.push(format!("数据项“{datum}”不认识，可用的有：{}。", DATA.map(|(known, _)| known).join("、")));
        }
        if !columns.contains_key("source_id") {
            faults.push("映射文件没有写明哪一列是来源编号（source_id）；没有编号就无法防止重复导入。".to_owned());
        }
        if !columns.contains_key("said") && !columns.contains_key("title") {
            faults.push("映射文件没有写明哪一列是诉求内容（said）或标题（title）。".to_owned());
        }
        if !columns.contains_key("received_at") && !defaults.contains_key("received_at") {
            faults.push("映射文件没有写明哪一列是受理时间（received_at）。".to_owned());
        }
        let header_row = match table.get("header_row").map(toml::Value::as_integer) {
            None => 1,
            Some(Some(row)) if row >= 1 => usize::try_from(row).unwrap_or(1),
            Some(_) => {
                faults.push("header_row 应当是从 1 起的行号。".to_owned());
                1
            }
        };
        let Some(name) = text_of("name").filter(|name| !name.trim().is_empty()) else {
            faults.push("映射文件没有名称（name）；名称说明数据来源，来源编号在同一名称内不得重复。".to_owned());
            return Err(faults);
        };
        let label_families: BTreeMap<String, Vec<String>> = section("label_families").iter().map(|(label, value)| (label.clone(), texts(value))).collect();
        for (label, codes) in &label_families {
            for code in codes.iter().filter(|code| domain::intake::Category::find(code).is_none()) {
                faults.push(format!("标签“{label}”对应的类别“{code}”不存在。"));
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            name,
            sheet: text_of("sheet"),
            header_row,
            columns,
            defaults,
            dates: table.get("dates").map(texts).unwrap_or_default(),
            join: text_of("join").unwrap_or_else(|| "\n".to_owned()),
            masked: table.get("masked").map_or_else(|| MASKED.iter().map(|mark| (*mark).to_owned()).collect(), texts),
            label_families,
        })
    }

    /// A first map for a header, by what offices usually call their columns; the office corrects it.
    #[must_use]
    pub fn suggest(name: &str, header: &[String]) -> Self {
        let plain = |text: &str| text.trim().to_lowercase().replace([' ', '（', '）', '(', ')', '：', ':', '*'], "");
        let mut taken = BTreeSet::new();
        let mut columns = BTreeMap::new();
        // First the exact names, then headers that contain one; a column feeds one datum.
        for exact in [true, false] {
            for (datum, names) in DATA {
                if columns.contains_key(datum) {
                    continue;
                }
                let hit = names.iter().find_map(|known| {
                    header
                        .iter()
                        .position(|head| if exact { plain(head) == plain(known) } else { known.chars().count() >= 2 && plain(head).contains(&plain(known)) })
                        .filter(|at| !taken.contains(at))
                });
                if let Some(at) = hit {
                    taken.insert(at);
                    columns.insert(datum.to_owned(), vec![header[at].clone()]);
                }
            }
        }
        Self {
            name: name.to_owned(),
            sheet: None,
            header_row: 1,
            columns,
            defaults: BTreeMap::new(),
            dates: Vec::new(),
            join: "\n".to_owned(),
            masked: MASKED.iter().map(|mark| (*mark).to_owned()).collect(),
            label_families: BTreeMap::new(),
        }
    }

    /// The map as a file, to be saved and corrected.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let mut out = format!("name = {}\nheader_row = {}\n\n[columns]\n", quoted(&self.name), self.header_row);
        for (datum, _) in DATA {
            match self.columns.get(datum) {
                Some(columns) => out.push_str(&format!("{datum} = [{}]\n", columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", "))),
                None => out.push_str(&format!("# {datum} = [\"…\"]\n")),
            }
        }
        out
    }

    /// What is wrong with this map for this table; nothing if it can be read.
    #[must_use]
    pub fn lint(&self, table: &Table) -> Vec<String> {
        let Some(sheet) = self.pick(table) else {
            let names: Vec<&str> = table.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
            return vec![format!("文件“{}”没有工作表“{}”，有的是：{}。", table.file, self.sheet.as_deref().unwrap_or(""), names.join("、"))];
        };
        let mut faults = Vec::new();
        for column in self.columns.values().flatten() {
            match sheet.header.iter().filter(|head| *head == column).count() {
                0 => faults.push(format!("列“{column}”不存在；“{}”的表头是：{}。", table.file, sheet.header.join("、"))),
                1 => {}
                times => faults.push(format!("表头“{column}”在“{}”里出现{times}次，无法分辨用哪一列。", table.file)),
            }
        }
        faults
    }

    fn pick<'a>(&self, table: &'a Table) -> Option<&'a Sheet> {
        match &self.sheet {
            Some(name) => table.sheets.iter().find(|sheet| sheet.name == *name),
            None => table.sheets.first(),
        }
    }

    /// Every row of the table, in order: a report, or why there is none. The map must have been linted; a missing column is read as empty.
    #[must_use]
    pub fn rows(&self, table: &Table) -> Vec<Result<ImportRow, RowError>> {
        let Some(sheet) = self.pick(table) else { return Vec::new() };
        let columns: HashMap<&str, Vec<usize>> = self
            .columns
            .iter()
            .map(|(datum, names)| (datum.as_str(), names.iter().filter_map(|name| sheet.header.iter().position(|head| head == name)).collect()))
            .collect();
        let mut first: HashMap<String, u64> = HashMap::new();
        let mut rows: Vec<(u64, Result<ImportRow, RowError>)> = sheet.ragged.iter().map(|bad| (bad.row, Err(bad.clone()))).collect();
        for row in &sheet.rows {
            let read = self.row(sheet, &columns, row).and_then(|read| match first.insert(read.source_id.clone(), row.line) {
                Some(before) => Err(format!("来源编号“{}”与第{before}行重复。", read.source_id)),
                None => Ok(read),
            });
            rows.push((row.line, read.map_err(|reason| RowError { file: table.file.clone(), sheet: sheet.name.clone(), row: row.line, reason })));
        }
        rows.sort_by_key(|(line, _)| *line);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    fn row(&self, sheet: &Sheet, columns: &HashMap<&str, Vec<usize>>, row: &Row) -> Result<ImportRow, String> {
        let datum = |name: &str| -> Option<String> {
            let cells: Vec<&str> = columns.get(name).into_iter().flatten().map(|at| row.cells[*at].as_str()).filter(|cell| !cell.is_empty()).collect();
            if cells.is_empty() { self.defaults.get(name).cloned() } else { Some(cells.join(&self.join)) }
        };
        let time = |name: &str, called: &str| match datum(name) {
            None => Ok(None),
            Some(text) => self.time(&text).map(Some).ok_or_else(|| format!("{called}“{}”不是能识别的时间。", short(&text))),
        };
        let open = |name: &str| datum(name).filter(|text| !self.masked.iter().any(|mark| text.contains(mark.as_str())));
        let source_id = datum("source_id").ok_or("没有来源编号。")?;
        let received_at = time("received_at", "受理时间")?.ok_or("没有受理时间。")?;
        let replied_at = time("replied_at", "答复时间")?;
        let (title, said) = (datum("title").unwrap_or_default(), datum("said").unwrap_or_default());
        if title.is_empty() && said.is_empty() {
            return Err("没有诉求内容，也没有标题。".to_owned());
        }
        if replied_at.is_some_and(|at| at < received_at) {
            return Err("答复时间早于受理时间。".to_owned());
        }
        Ok(ImportRow {
            sheet: sheet.name.clone(),
            line: row.line,
            source_id,
            received_at: Some(received_at),
            title,
            said,
            contact_name: open("contact_name"),
            contact_phone: open("contact_phone"),
            place: datum("place"),
            label: datum("label"),
            reply: datum("reply"),
            replied_at,
            source: datum("source"),
            channel: datum("channel"),
        })
    }

    /// The groups of categories that a label admits: this file's own table first, then the shipped one. `None` admits everything.
    #[must_use]
    pub fn families(&self, label: &str) -> Option<Vec<&str>> {
        match self.label_families.get(label) {
            Some(codes) => Some(codes.iter().map(String::as_str).collect()),
            None => domain::intake::words::label_groups(label).map(<[&str]>::to_vec),
        }
    }

    fn time(&self, text: &str) -> Option<Instant> {
        let text = text.trim();
        self.dates
            .iter()
            .find_map(|pattern| by_pattern(text, pattern))
            .or_else(|| Instant::read(text))
            .or_else(|| {
                ["%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日%H时%M分", "%Y年%m月%d日", "%Y.%m.%d %H:%M", "%Y.%m.%d", "%Y%m%d"]
                    .iter()
                    .find_map(|pattern| by_pattern(text, pattern))
            })
            // A bare number between 1954 and 2119 is a day of Excel that lost its format.
            .or_else(|| text.parse::<f64>().ok().filter(|days| (20_000.0..80_000.0).contains(days)).and_then(|days| Instant::read(&serial(days))))
    }
}

/// A value that may be one text or a list of them.
fn texts(value: &toml::Value) -> Vec<String> {
    match value {
        toml::Value::Array(items) => items.iter().filter_map(toml::Value::as_str).map(ToOwned::to_owned).collect(),
        other => other.as_str().map(ToOwned::to_owned).into_iter().collect(),
    }
}

/// Reads a time in Shanghai by a pattern of `%Y %m %d %H %M %S`; everything else stands for itself.
fn by_pattern(text: &str, pattern: &str) -> Option<Instant> {
    let (mut year, mut month, mut day, mut of_day) = (None, 1_i8, 1_i8, 0_i64);
    let mut rest = text;
    let mut signs = pattern.chars();
    while let Some(sign) = signs.next() {
        if sign != '%' {
            rest = rest.strip_prefix(sign)?;
            continue;
        }
        let field = signs.next()?;
        let most = if field == 'Y' { 4 } else { 2 };
        let digits: String = rest.chars().take(most).take_while(char::is_ascii_digit).collect();
        rest = &rest[digits.len()..];
        let number: i64 = digits.parse().ok()?;
        match field {
            'Y' => year = Some(i16::try_from(number).ok()?),
            'm' => month = i8::try_from(number).ok()?,
            'd' => day = i8::try_from(number).ok()?,
            'H' if number < 24 => of_day += number * HOUR,
            'M' if number < 60 => of_day += number * MINUTE,
            'S' if number < 60 => of_day += number * SECOND,
            _ => return None,
        }
    }
    rest.is_empty().then_some(())?;
    Some(Day::of(year?, month, day)?.start().plus(of_day))
}

/// The beginning of a cell, for a sentence.
fn short(text: &str) -> String {
    let begin: String = text.chars().take(20).collect();
    if begin.len() < text.len() { format!("{begin}…") } else { begin }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &str = r#"
name = "热线"
dates = ["%d/%m/%Y %H:%M"]
[columns]
source_id = "工单号"
received_at = "时间"
title = "标题"
said = ["内容", "补充"]
contact_phone = "电话"
label = "分类"
[defaults]
source = "hotline"
[label_families]
"噪声类" = ["C-04", "02"]
"#;

    fn table(text: &str) -> Table {
        Table::of("热线.csv", text.as_bytes(), 1).unwrap()
    }

    #[test]
    fn columns_feed_data() {
        let map = Mapping::parse(MAP).unwrap();
        let table =
            table("工单号,时间,标题,内容,补充,电话,分类\nA1,24/11/2026 09:30,吵,楼上吵,三天了,[手机号],噪声类\nA2,2026年11月24日,,停水,,13800000000,\n");
        assert!(map.lint(&table).is_empty());
        let rows: Vec<ImportRow> = map.rows(&table).into_iter().map(Result::unwrap).collect();
        assert_eq!((rows[0].said.as_str(), rows[0].contact_phone.as_deref()), ("楼上吵\n三天了", None), "a masked phone is no contact");
        assert_eq!(rows[0].received_at.map(Instant::written).as_deref(), Some("2026-11-24 09:30"));
        assert_eq!((rows[1].contact_phone.as_deref(), rows[1].source.as_deref(), rows[1].line), (Some("13800000000"), Some("hotline"), 3));
        assert_eq!(map.families("噪声类"), Some(vec!["C-04", "02"]));
        assert!(map.families("交通运输").is_some_and(|groups| groups.contains(&"1305")));
        assert_eq!(map.families("别的"), None);
    }

    #[test]
    fn a_bad_row_says_where_and_why() {
        let map = Mapping::parse(MAP).unwrap();
        let table = table(
            "工单号,时间,标题,内容,补充,电话,分类\n,2026-11-24,a,b,,,\nA1,昨天,a,b,,,\nA2,2026-11-24,,,,,\nA3,2026-11-24,a,b,,,\nA3,2026-11-24,a,b,,,\nA4,2026-11-24,a\n",
        );
        let said: Vec<String> = map.rows(&table).into_iter().filter_map(Result::err).map(|bad| bad.to_string()).collect();
        assert_eq!(
            said,
            [
                "热线.csv 第2行：没有来源编号。",
                "热线.csv 第3行：受理时间“昨天”不是能识别的时间。",
                "热线.csv 第4行：没有诉求内容，也没有标题。",
                "热线.csv 第6行：来源编号“A3”与第5行重复。",
                "热线.csv 第7行：有3列，表头有7列，可能少了引号或分隔符。",
            ]
        );
    }

    #[test]
    fn a_map_is_linted_against_its_table() {
        let map = Mapping::parse(MAP).unwrap();
        let faults = map.lint(&table("工单号,时间,标题,内容,内容,电话\n1,2,3,4,5,6\n"));
        assert!(
            faults.iter().any(|fault| fault.starts_with("列“补充”不存在")) && faults.iter().any(|fault| fault.starts_with("表头“内容”在“热线.csv”里出现2次")),
            "{faults:?}"
        );
    }

    #[test]
    fn a_bad_map_is_told_all_its_faults() {
        let faults = Mapping::parse("colour = 1\n[columns]\nsaidd = \"内容\"\n[label_families]\nx = [\"Z\"]\n").unwrap_err();
        assert!(faults.len() >= 5, "{faults:?}");
        assert!(Mapping::parse("name = ").unwrap_err()[0].contains("TOML"));
    }

    #[test]
    fn a_map_is_suggested_from_the_header() {
        let header: Vec<String> =
            ["工单编号", "来电时间", "诉求标题", "诉求内容", "联系电话", "诉求人", "事发地址", "答复意见", "答复时间"].map(Into::into).into();
        let map = Mapping::suggest("热线", &header);
        for (datum, column) in [
            ("source_id", "工单编号"),
            ("received_at", "来电时间"),
            ("said", "诉求内容"),
            ("contact_phone", "联系电话"),
            ("replied_at", "答复时间"),
            ("place", "事发地址"),
        ] {
            assert_eq!(map.columns.get(datum), Some(&vec![column.to_owned()]), "{datum}");
        }
        assert_eq!(Mapping::parse(&map.to_toml()).unwrap().columns, map.columns);
    }

    #[test]
    fn times_are_read_in_many_ways() {
        let map = Mapping::suggest("x", &[]);
        for text in ["2026-11-24 09:30", "2026/11/24 9:30:00", "2026年11月24日 9:30", "2026年11月24日9时30分", "2026.11.24 09:30", "46350.395833333"] {
            assert_eq!(map.time(text).map(Instant::written).as_deref(), Some("2026-11-24 09:30"), "{text}");
        }
        assert_eq!(map.time("24日上午"), None);
    }
}
