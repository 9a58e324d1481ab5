//! One filled row of a form: its cells by title, what it says of the network, and what is wrong with which cell. Nothing is written here.

use super::post::Wish;
use super::table::{DAYS, Form};
use domain::intake::Category;
use domain::kernel::{AccountId, Day, EquipmentId, Instant, Mint, RoomId};
use domain::places::{
    Duty, DutyRole, Equipment, EquipmentKind, EquipmentState, Place, PlaceBook, Post, PostKind, Presence, Room, StationFunction, Tier, Unit, UnitKind, Zone,
};
use domain::trail::PlaceFact;
use sheets::write::Column;
use std::str::FromStr;

/// One filled row while it is read: its cells by title, and what was wrong with them.
pub(super) struct Cells<'a> {
    form: &'a [Column],
    at: &'a [Option<usize>],
    cells: &'a [String],
    /// Column of the upload (if the cell is there) and sentence.
    pub(super) wrong: Vec<(Option<usize>, String)>,
}

impl<'a> Cells<'a> {
    /// `at` says for each column of the form where it stands in the upload.
    pub(super) const fn new(form: &'a [Column], at: &'a [Option<usize>], cells: &'a [String]) -> Self {
        Self { form, at, cells, wrong: Vec::new() }
    }

    fn place(&self, title: &str) -> Option<usize> {
        self.form.iter().position(|column| column.title == title).and_then(|n| self.at[n])
    }

    fn text(&self, title: &str) -> &'a str {
        self.place(title).map_or("", |at| sheets::write::unguarded(&self.cells[at]))
    }

    fn opt(&self, title: &str) -> Option<String> {
        Some(self.text(title).to_owned()).filter(|text| !text.is_empty())
    }

    /// Whether the upload has the column. What has no column is not spoken of: it stays as it is. An empty cell clears.
    fn has(&self, title: &str) -> bool {
        self.place(title).is_some()
    }

    /// The cell of a column that is there, else what was there before.
    fn kept(&self, title: &str, before: Option<String>) -> Option<String> {
        if self.has(title) { self.opt(title) } else { before }
    }

    pub(super) fn say(&mut self, title: &str, said: String) {
        self.wrong.push((self.place(title), said));
    }

    fn need(&mut self, title: &str) -> String {
        let text = self.text(title).to_owned();
        if text.is_empty() {
            self.say(title, format!("没有填“{title}”"));
        }
        text
    }

    /// A code of a list, written as its term or its code.
    fn code<T: FromStr>(&mut self, title: &str) -> Option<T> {
        let text = self.text(title);
        if text.is_empty() {
            return None;
        }
        let column = self.form.iter().find(|column| column.title == title)?;
        let code = column.allowed.iter().find(|(zh, code)| zh == text || code == text).map(|(_, code)| code.as_str());
        let read = code.and_then(|code| code.parse().ok());
        if read.is_none() {
            self.say(title, format!("“{title}”没有“{text}”这个值，见“可选值”表"));
        }
        read
    }

    fn need_code<T: FromStr>(&mut self, title: &str) -> Option<T> {
        if self.text(title).is_empty() {
            self.say(title, format!("没有填“{title}”"));
        }
        self.code(title)
    }

    fn day(&mut self, title: &str) -> Option<Day> {
        let text = self.text(title);
        if text.is_empty() {
            return None;
        }
        let read = Instant::read(text).map(Instant::day);
        if read.is_none() {
            self.say(title, format!("“{title}”的日期“{text}”看不懂，请写成 2026-01-01"));
        }
        read
    }

    fn number(&mut self, title: &str, usual: i64) -> i64 {
        let text = self.text(title);
        if text.is_empty() {
            return usual;
        }
        text.parse().unwrap_or_else(|_| {
            self.say(title, format!("“{title}”的“{text}”不是整数"));
            usual
        })
    }
}

/// A row of 任职: whom which post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The post.
    pub post: domain::kernel::PostId,
    /// By log-in.
    pub login: String,
    /// From when.
    pub from: Day,
    /// Until when.
    pub to: Option<Day>,
}

/// What a row says.
pub(super) enum Read {
    /// The row as it is to be.
    Fact(PlaceFact),
    /// A row of a unit's duty list.
    Duty(domain::kernel::UnitId, Duty),
    /// Somebody holds a post.
    Holder(Filled),
    /// Somebody is posted, by log-in.
    Posted(String, Wish),
}

/// Reads one row of a form against what is there (and what the rows before it bring). None if something is wrong; the cells then say what.
pub(super) fn read(form: Form, cells: &mut Cells<'_>, book: &PlaceBook, mint: &mut Mint) -> Option<Read> {
    let unit = if form == Form::Places || form == Form::Units { None } else { unit_of(cells, book, "单位代码", true) };
    match form {
        Form::Places => {
            let (code, name, tier) = (cells.need("代码"), cells.need("名称"), cells.need_code::<Tier>("层级"));
            let before = book.places.get(&code.as_str().into());
            let row = Place {
                name,
                tier: tier?,
                parent: cells.opt("上级代码").map(Into::into),
                demo: before.is_some_and(|before| before.demo),
                edition: cells.kept("代码版本", before.map(|before| before.edition.clone())).unwrap_or_else(|| "local".to_owned()),
                valid_from: if cells.has("启用日期") { cells.day("启用日期") } else { before.and_then(|before| before.valid_from) },
                valid_to: if cells.has("停用日期") { cells.day("停用日期") } else { before.and_then(|before| before.valid_to) },
                predecessor: if cells.has("前身代码") {
                    cells.opt("前身代码").map(Into::into)
                } else {
                    before.and_then(|before| before.predecessor.clone())
                },
                police_code: cells.kept("公安代码", before.and_then(|before| before.police_code.clone())),
                grid: if cells.has("网格类型") { cells.code("网格类型") } else { before.and_then(|before| before.grid) },
                code: code.into(),
            };
            Some(Read::Fact(PlaceFact::Place { row }))
        }
        Form::Units => {
            let (code, name, kind, place) = (cells.need("单位代码"), cells.need("名称"), cells.need_code::<UnitKind>("类型"), cells.need("地点代码"));
            let before = book.units.values().find(|unit| unit.code == code);
            let mut functions = Vec::new();
            for word in cells.text("五站职能").split([' ', '、', ',', '，', '·']).filter(|word| !word.is_empty()) {
                match StationFunction::ALL
                    .iter()
                    .find(|function| [function.zh(), function.code()].contains(&word) || function.zh().strip_suffix('站') == Some(word))
                {
                    Some(function) => functions.push(*function),
                    None => cells.say("五站职能", format!("没有“{word}”这项五站职能")),
                }
            }
            functions.sort_unstable();
            functions.dedup();
            if !cells.has("五站职能") {
                functions = before.map(|unit| unit.functions.clone()).unwrap_or_default();
            }
            let parent =
                if cells.has("上级单位代码") { unit_of(cells, book, "上级单位代码", false) } else { before.and_then(|unit| unit.parent.clone()) };
            let overlaps = cells.text("兼管地点代码").split([' ', '、', ',', '，']).filter(|word| !word.is_empty()).map(Into::into).collect();
            let tier = book.places.get(&place.as_str().into()).map(|place| place.tier);
            let row = Unit {
                id: before.map_or_else(|| format!("{}{code}", domain::kernel::UnitId::PREFIX).into(), |unit| unit.id.clone()),
                name,
                kind: kind?,
                tier: tier.or(before.map(|unit| unit.tier)).unwrap_or(Tier::Street),
                place: place.into(),
                function: if cells.has("职能") { cells.code("职能") } else { before.and_then(|unit| unit.function) },
                parent,
                demo: before.is_some_and(|unit| unit.demo),
                overlaps: if cells.has("兼管地点代码") { overlaps } else { before.map(|unit| unit.overlaps.clone()).unwrap_or_default() },
                functions,
                valid_to: if cells.has("停用日期") { cells.day("停用日期") } else { before.and_then(|unit| unit.valid_to) },
                code,
            };
            Some(Read::Fact(PlaceFact::Unit { row }))
        }
        Form::Posts => {
            let kind = cells.need_code::<PostKind>("岗位");
            let unit = book.units.get(&unit?)?;
            let usual = Post::of(unit, kind?);
            let grid: Option<domain::kernel::PlaceCode> = cells.opt("网格代码").map(Into::into);
            let id = grid.as_ref().map_or_else(|| usual.id.clone(), |grid| Post::id_in(grid, usual.kind));
            let place = grid.as_ref().and_then(|grid| book.places.get(grid)).map(|place| format!("{}{}", place.name, usual.kind.zh()));
            let before = book.posts.get(&id);
            let row = Post {
                id,
                name: cells.kept("岗位名称", before.map(|post| post.name.clone())).or(place).unwrap_or(usual.name),
                standing: cells.code("1+3+N").or(before.filter(|_| !cells.has("1+3+N")).map(|post| post.standing)).unwrap_or(usual.standing),
                planned: match before {
                    Some(before) if !cells.has("编制人数") => before.planned,
                    _ => cells.number("编制人数", 1),
                },
                grid,
                unit: usual.unit,
                kind: usual.kind,
            };
            Some(Read::Fact(PlaceFact::Post { row }))
        }
        Form::Holders => {
            let (kind, login, from, to) = (cells.need_code::<PostKind>("岗位"), cells.need("登录名"), cells.day("起始日期"), cells.day("截止日期"));
            if cells.text("起始日期").is_empty() {
                cells.say("起始日期", "没有填“起始日期”".to_owned());
            }
            let (unit, kind) = (unit?, kind?);
            let post = cells.opt("网格代码").map_or_else(|| Post::id_of(&unit, kind), |grid| Post::id_in(&grid.into(), kind));
            if !book.posts.contains_key(&post) {
                cells.say("岗位", format!("单位没有“{}”这个岗位，请先在岗位表中设置", kind.zh()));
            }
            Some(Read::Holder(Filled { post, login, from: from?, to }))
        }
        Form::Duties => {
            let kind = cells.need("事项类别");
            if !kind.is_empty() && Category::find(&kind).is_none() {
                cells.say("事项类别", format!("没有“{kind}”这个事项类别"));
            }
            let before = unit.as_ref().and_then(|unit| book.duties.get(unit)).and_then(|list| list.get(&kind));
            let role = cells.code("角色").or(before.filter(|_| !cells.has("角色")).map(|row| row.role)).unwrap_or(DutyRole::Lead);
            let source = cells.kept("依据", before.map(|row| row.source.clone())).unwrap_or_default();
            Some(Read::Duty(unit?, Duty { kind, role, source }))
        }
        Form::Postings => {
            let (login, presence) = (cells.need("登录名"), cells.need_code::<Presence>("派驻方式"));
            let home = unit_of(cells, book, "派出单位代码", true);
            let (from, to) = (cells.day("起始日期"), cells.day("截止日期"));
            let mut weekdays = 0;
            for sign in cells.text("每周").chars().filter(|sign| !" 周、,，".contains(*sign)) {
                match DAYS.iter().position(|day| *day == sign || (*day == '日' && sign == '天')) {
                    Some(day) => weekdays |= 1 << day,
                    None => cells.say("每周", format!("“每周”的“{sign}”看不懂，请写成 一 三 五")),
                }
            }
            let wish = Wish {
                account: AccountId(String::new()),
                unit: unit?,
                grid: cells.opt("网格代码").map(Into::into),
                home: home?,
                presence: presence?,
                weekdays,
                from_at: from.map_or(Instant(0), Day::start),
                to_at: to.map(|day| day.plus(1).start()),
            };
            Some(Read::Posted(login, wish))
        }
        Form::Rooms => {
            let (zone, name) = (cells.need_code::<Zone>("功能区"), cells.need("名称"));
            let unit = unit?;
            let before = book.rooms.values().find(|room| room.unit == unit && room.name == name);
            let closed =
                if cells.has("停用") { cells.code::<Answer>("停用").is_some_and(|answer| answer.0) } else { before.is_some_and(|room| room.closed) };
            let seats = match before {
                Some(before) if !cells.has("座位数") => before.seats,
                _ => cells.number("座位数", 6),
            };
            let id = before.map_or_else(|| mint.id(RoomId::PREFIX), |room| room.id.clone());
            Some(Read::Fact(PlaceFact::Room { row: Room { id, unit, zone: zone?, name, seats, closed } }))
        }
        Form::Equipment => {
            let (kind, name) = (cells.need_code::<EquipmentKind>("种类"), cells.need("名称"));
            let (unit, kind) = (unit?, kind?);
            let before = book.equipment.values().find(|thing| thing.unit == unit && thing.kind == kind && thing.name == name);
            let row = Equipment {
                id: before.map_or_else(|| mint.id(EquipmentId::PREFIX), |thing| thing.id.clone()),
                unit,
                zone: if cells.has("功能区") { cells.code("功能区") } else { before.and_then(|thing| thing.zone) },
                kind,
                name,
                state: cells.code("状态").or(before.filter(|_| !cells.has("状态")).map(|thing| thing.state)).unwrap_or(EquipmentState::Good),
                checked_at: before.and_then(|thing| thing.checked_at),
                checked_by: before.and_then(|thing| thing.checked_by.clone()),
            };
            Some(Read::Fact(PlaceFact::Equipment { row }))
        }
    }
}

/// 是 or 否.
struct Answer(bool);

impl FromStr for Answer {
    type Err = ();
    fn from_str(code: &str) -> Result<Self, ()> {
        Ok(Self(code == "yes"))
    }
}

fn unit_of(cells: &mut Cells<'_>, book: &PlaceBook, title: &str, needed: bool) -> Option<domain::kernel::UnitId> {
    let code = cells.text(title);
    if code.is_empty() {
        if needed {
            cells.say(title, format!("没有填“{title}”"));
        }
        return None;
    }
    let found = book.units.values().find(|unit| unit.code == code).map(|unit| unit.id.clone());
    if found.is_none() {
        cells.say(title, format!("“{title}”的单位“{code}”不存在"));
    }
    found
}

/// The title of the column that a rule's field is in, for marks.
pub(super) fn title_of(form: Form, field: &str) -> Option<&'static str> {
    Some(match (form, field) {
        (Form::Places, "code") => "代码",
        (Form::Units, "code") | (Form::Posts | Form::Holders | Form::Duties | Form::Rooms | Form::Equipment | Form::Postings, "unit") => "单位代码",
        (Form::Postings, "account") => "登录名",
        (Form::Postings, "to_at") => "截止日期",
        (Form::Postings, "weekdays") => "每周",
        (Form::Places, "parent") => "上级代码",
        (Form::Units, "parent") => "上级单位代码",
        (Form::Places, "grid") => "网格类型",
        (Form::Posts | Form::Postings, "grid") => "网格代码",
        (Form::Places, "tier") => "层级",
        (Form::Units, "place" | "tier") => "地点代码",
        (Form::Units, "kind") => "类型",
        (Form::Posts, "kind") => "岗位",
        (Form::Equipment, "kind") => "种类",
        (_, "valid_to") => "停用日期",
        (_, "predecessor") => "前身代码",
        (_, "police_code") => "公安代码",
        (_, "overlaps") => "兼管地点代码",
        (_, "functions") => "五站职能",
        (_, "edition") => "代码版本",
        (_, "planned") => "编制人数",
        (_, "seats") => "座位数",
        (_, "category") => "事项类别",
        (_, "source") => "依据",
        (Form::Posts, "name") => "岗位名称",
        (_, "name") => "名称",
        _ => return None,
    })
}
