//! The forms of the network as tables: which columns each has, what its rows are now, and what a filled row says. The same form is template, export and import.

use super::post::Wish;
use crate::fault::Fault;
use domain::accounts::{Actor, Right, may_over, may_somewhere};
use domain::intake::Category;
use domain::kernel::{AccountId, Day, EquipmentId, Instant, Mint, RoomId};
use domain::places::{
    Duty, DutyRole, Equipment, EquipmentKind, EquipmentState, Function, GridKind, Place, PlaceBook, Post, PostKind, Presence, Room, Standing, StationFunction,
    Tier, Unit, UnitKind, Zone,
};
use domain::trail::PlaceFact;
use sheets::write::Column;
use std::collections::BTreeMap;
use std::str::FromStr;
use store::db::Tx;

/// A form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// Places.
    Places,
    /// Units.
    Units,
    /// Posts, planned.
    Posts,
    /// Who holds them.
    Holders,
    /// Duty lists.
    Duties,
    /// Rooms.
    Rooms,
    /// Signs and equipment.
    Equipment,
    /// Who of another unit is posted there.
    Postings,
}

impl Form {
    /// All of them, each after those that its rows point to.
    pub const ALL: [Self; 8] = [Self::Places, Self::Units, Self::Posts, Self::Duties, Self::Rooms, Self::Equipment, Self::Holders, Self::Postings];

    /// Its code in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Places => "places",
            Self::Units => "units",
            Self::Posts => "posts",
            Self::Holders => "holders",
            Self::Duties => "duties",
            Self::Rooms => "rooms",
            Self::Equipment => "equipment",
            Self::Postings => "postings",
        }
    }

    /// Its name, which is that of its sheet.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Places => "地点",
            Self::Units => "单位",
            Self::Posts => "岗位",
            Self::Holders => "任职",
            Self::Duties => "职责清单",
            Self::Rooms => "房间",
            Self::Equipment => "设备标识",
            Self::Postings => "派驻",
        }
    }

    /// The right that whoever brings it in needs.
    #[must_use]
    pub const fn right(self) -> Right {
        match self {
            Self::Holders => Right::GrantPosts,
            Self::Postings => Right::PostPeople,
            Self::Rooms | Self::Equipment => Right::KeepUnit,
            Self::Places | Self::Units | Self::Posts | Self::Duties => Right::EditNetwork,
        }
    }

    /// Its columns, in order.
    #[must_use]
    pub fn columns(self) -> Vec<Column> {
        let unit = || column("单位代码", true, "单位表中的单位代码；综治站的代码就是村社代码", "330109014218");
        let grid = || column("网格代码", false, "网格团队的岗位填 15 位网格代码，其他不填", "330109014218001");
        match self {
            Self::Places => vec![
                column("代码", true, "区 6 位、街道 9 位、村社片区 12 位、网格 15 位数字", "330109014218"),
                column("名称", true, "不带“演示”等标记的名称，60 字以内", "盛中村"),
                choice("层级", true, "地点是哪一级", "村", terms::<Tier>(Tier::ALL, Tier::zh, Tier::code)),
                column("上级代码", true, "上一级地点的代码；最高一级不填", "330109014"),
                choice(
                    "网格类型",
                    false,
                    "只有网格填：基础网格，或哪一种专属网格（代码后三位 9 开头）",
                    "基础网格",
                    terms(GridKind::ALL, GridKind::zh, GridKind::code),
                ),
                column("代码版本", false, "代码出自哪一版；自编的填 local（不填即 local）", "统计用区划代码 2023"),
                column("启用日期", false, "从哪一天起使用", "2026-01-01"),
                column("停用日期", false, "使用到哪一天为止", ""),
                column("前身代码", false, "由哪个地点改来", ""),
                column("公安代码", false, "公安社区代码，12 或 15 位数字", ""),
            ],
            Self::Units => vec![
                column("单位代码", true, "唯一的代码；综治站用村社代码", "330109014218"),
                column("名称", true, "单位名称", "盛中村综治站"),
                choice("类型", true, "是哪一类单位", "综治站", terms(UnitKind::ALL, UnitKind::zh, UnitKind::code)),
                column("地点代码", true, "单位负责的地点", "330109014218"),
                choice("职能", false, "部门、工作组、外部单位填；综治站不填", "公安", terms(Function::ALL, Function::zh, Function::code)),
                column("上级单位代码", false, "上级单位；综治站必填", "330109014_command"),
                column("兼管地点代码", false, "只有片区站填：兼管的村社或网格，用空格分开", ""),
                column("五站职能", false, "只有综治站填：智治站、警务站、交治站、矛调站、微消站，用空格分开", "智治站 警务站 矛调站"),
                column("停用日期", false, "运行到哪一天为止", ""),
            ],
            Self::Posts => vec![
                unit(),
                grid(),
                choice("岗位", true, "岗位类型", "站长", terms(PostKind::ALL, PostKind::zh, PostKind::code)),
                column("岗位名称", false, "不填即“单位名称+岗位类型”", ""),
                choice("1+3+N", false, "在 1+3+N 中是 1、3 还是 N；不填按岗位类型", "1", terms(Standing::ALL, Standing::zh, Standing::code)),
                column("编制人数", false, "计划几人；不填即 1", "1"),
            ],
            Self::Holders => vec![
                unit(),
                grid(),
                choice("岗位", true, "岗位类型", "站长", terms(PostKind::ALL, PostKind::zh, PostKind::code)),
                column("登录名", true, "任职人员的登录名；帐户须已开立", "shengzhong-chief"),
                column("起始日期", true, "从哪一天起任职；早于今天的从现在起算", "2026-01-01"),
                column("截止日期", false, "任职到哪一天为止", ""),
            ],
            Self::Duties => vec![
                unit(),
                column("事项类别", true, "类别代码：细类、组或大类；大类包含其下没有另列的全部。表里出现的单位，其清单以本表为准", "M"),
                choice("角色", false, "主办的也可以协办；不填即主办", DutyRole::Lead.zh(), terms(DutyRole::ALL, DutyRole::zh, DutyRole::code)),
                column("依据", false, "职责写在哪里：法律、权力清单或街道文件的条目，200 字以内", "《食品安全法》第六条"),
            ],
            Self::Postings => vec![
                column("单位代码", true, "派驻到哪个综治站或指挥室", "330109014218"),
                column("网格代码", false, "进入网格（联村入网）的填 15 位网格代码，其他不填", ""),
                column("登录名", true, "派驻人员的登录名；须在派出单位任职", "police-officer"),
                column("派出单位代码", true, "从哪个单位派来", "330109014_police"),
                choice("派驻方式", true, "常驻、轮驻或随驻", Presence::Resident.zh(), terms(Presence::ALL, Presence::zh, Presence::code)),
                column("每周", false, "只有轮驻填：每周哪几天，如 一 三 五", ""),
                column("起始日期", false, "从哪一天起；早于今天或不填的从现在起算", "2026-01-01"),
                column("截止日期", false, "到哪一天为止；不填为长期", ""),
            ],
            Self::Rooms => vec![
                unit(),
                choice("功能区", true, "在六大功能区的哪一个", Zone::Mediation.zh(), terms(Zone::ALL, Zone::zh, Zone::code)),
                column("名称", true, "门牌上的名称，同一单位不重复", "调解一室"),
                column("座位数", false, "不填即 6", "8"),
                choice("停用", false, "停用后不能预订", "否", vec![("是".into(), "yes".into()), ("否".into(), "no".into())]),
            ],
            Self::Equipment => vec![
                unit(),
                choice("功能区", false, "放在哪个功能区", Zone::Emergency.zh(), terms(Zone::ALL, Zone::zh, Zone::code)),
                choice("种类", true, "标识或设备的种类", "灭火器", terms(EquipmentKind::ALL, EquipmentKind::zh, EquipmentKind::code)),
                column("名称", true, "哪一件，同一单位同一种类不重复", "东门，4 公斤"),
                choice("状态", false, "不填即完好", "完好", terms(EquipmentState::ALL, EquipmentState::zh, EquipmentState::code)),
            ],
        }
    }
}

impl FromStr for Form {
    type Err = ();
    fn from_str(code: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|form| form.code() == code || form.zh() == code).ok_or(())
    }
}

fn column(title: &str, required: bool, about: &str, example: &str) -> Column {
    Column { title: title.into(), required, about: about.into(), example: example.into(), allowed: Vec::new() }
}

fn choice(title: &str, required: bool, about: &str, example: &str, allowed: Vec<(String, String)>) -> Column {
    Column { allowed, ..column(title, required, about, example) }
}

fn terms<T: Copy>(all: &[T], zh: fn(T) -> &'static str, code: fn(T) -> &'static str) -> Vec<(String, String)> {
    all.iter().map(|one| (zh(*one).to_owned(), code(*one).to_owned())).collect()
}

/// The empty form as a workbook.
pub fn template(form: Form, now: Instant) -> Result<Vec<u8>, Fault> {
    sheets::write::template(form.zh(), &form.columns(), &[], now).map_err(|why| Fault::Broken(why.to_string()))
}

/// The form filled with the rows that there are and that the actor may see, as a workbook that can be brought in again.
pub fn table(tx: &mut Tx<'_>, actor: &Actor, form: Form, now: Instant) -> Result<Vec<u8>, Fault> {
    may_somewhere(actor, Right::SeeUnit)?;
    let book = store::places::book(tx, Some(now))?;
    let mut holders = Vec::new();
    if form == Form::Holders {
        let logins: BTreeMap<AccountId, String> = store::accounts::all(tx)?.into_iter().map(|account| (account.id, account.login)).collect();
        // Who is posted stands in the form of postings, with where he comes from.
        let own = |row: &store::accounts::Holding| row.to_at.is_none_or(|to| to > now) && !book.postings.contains_key(&row.id);
        for row in store::accounts::holdings(tx)?.into_iter().filter(own) {
            let login = logins.get(&row.account).cloned().unwrap_or_default();
            holders.push((row.post.0, login, row.from_at.day(), row.to_at.map(|to| to.day().plus(-1))));
        }
    }
    if form == Form::Postings {
        let rows = postings(tx, actor, &book, now)?;
        return sheets::write::template(form.zh(), &form.columns(), &rows, now).map_err(|why| Fault::Broken(why.to_string()));
    }
    let rows = filled(form, &book, &holders, |unit| may_over(actor, Right::SeeUnit, &unit.id, &unit.place).is_ok());
    sheets::write::template(form.zh(), &form.columns(), &rows, now).map_err(|why| Fault::Broken(why.to_string()))
}

/// The days of a week as people write them, Monday first.
const DAYS: [char; 7] = ['一', '二', '三', '四', '五', '六', '日'];

/// The postings that have not ended, as rows.
fn postings(tx: &mut Tx<'_>, actor: &Actor, book: &PlaceBook, now: Instant) -> Result<Vec<Vec<String>>, Fault> {
    let code = |unit: &domain::kernel::UnitId| book.units.get(unit).map_or_else(String::new, |unit| unit.code.clone());
    let mut rows = Vec::new();
    for posting in book.postings.values() {
        let Some(held) = store::places::holding(tx, &posting.holding)?.filter(|held| held.to_at.is_none_or(|to| to > now)) else { continue };
        let Some(post) = book.posts.get(&held.post) else { continue };
        let Some(unit) = book.units.get(&post.unit).filter(|unit| may_over(actor, Right::SeeUnit, &unit.id, &unit.place).is_ok()) else { continue };
        let login = store::accounts::by_id(tx, &held.account)?.map(|account| account.login).unwrap_or_default();
        let days: Vec<String> = (0..7).filter(|n| posting.weekdays >> n & 1 == 1).map(|n| DAYS[n].to_string()).collect();
        rows.push(vec![
            unit.code.clone(),
            post.grid.as_ref().map_or_else(String::new, |grid| grid.0.clone()),
            login,
            code(&posting.home),
            posting.presence.zh().to_owned(),
            if posting.presence == Presence::Rotating { days.join(" ") } else { String::new() },
            held.from_at.day().written(),
            held.to_at.map_or_else(String::new, |to| to.day().plus(-1).written()),
        ]);
    }
    Ok(rows)
}

fn filled(form: Form, book: &PlaceBook, holders: &[(String, String, Day, Option<Day>)], may: impl Fn(&Unit) -> bool) -> Vec<Vec<String>> {
    let day = |day: Option<Day>| day.map_or_else(String::new, Day::written);
    let code = |unit: &domain::kernel::UnitId| book.units.get(unit).map_or_else(String::new, |unit| unit.code.clone());
    let may = |unit: &domain::kernel::UnitId| book.units.get(unit).is_some_and(&may);
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    match form {
        Form::Places => book
            .places
            .values()
            .map(|row| {
                vec![
                    row.code.0.clone(),
                    row.name.clone(),
                    row.tier.zh().into(),
                    row.parent.as_ref().map_or_else(String::new, |parent| parent.0.clone()),
                    row.grid.map_or("", GridKind::zh).into(),
                    row.edition.clone(),
                    day(row.valid_from),
                    day(row.valid_to),
                    row.predecessor.as_ref().map_or_else(String::new, |before| before.0.clone()),
                    text(&row.police_code),
                ]
            })
            .collect(),
        Form::Units => book
            .units
            .values()
            .filter(|row| may(&row.id))
            .map(|row| {
                vec![
                    row.code.clone(),
                    row.name.clone(),
                    row.kind.zh().into(),
                    row.place.0.clone(),
                    row.function.map_or("", Function::zh).into(),
                    row.parent.as_ref().map_or_else(String::new, &code),
                    row.overlaps.iter().map(|place| place.as_str()).collect::<Vec<_>>().join(" "),
                    row.functions.iter().map(|function| function.zh()).collect::<Vec<_>>().join(" "),
                    day(row.valid_to),
                ]
            })
            .collect(),
        Form::Posts => book
            .posts
            .values()
            .filter(|row| may(&row.unit))
            .map(|row| {
                let grid = row.grid.as_ref().map_or_else(String::new, |grid| grid.0.clone());
                vec![code(&row.unit), grid, row.kind.zh().into(), row.name.clone(), row.standing.zh().into(), row.planned.to_string()]
            })
            .collect(),
        Form::Holders => holders
            .iter()
            .filter_map(|(post, login, from, to)| {
                let post = book.posts.get(&post.as_str().into()).filter(|post| may(&post.unit))?;
                let grid = post.grid.as_ref().map_or_else(String::new, |grid| grid.0.clone());
                Some(vec![code(&post.unit), grid, post.kind.zh().into(), login.clone(), from.written(), day(*to)])
            })
            .collect(),
        // Postings stand beside holdings: [`postings`].
        Form::Postings => Vec::new(),
        Form::Duties => book
            .duties
            .iter()
            .filter(|(unit, _)| may(unit))
            .flat_map(|(unit, list)| list.values().map(move |row| (unit, row)))
            .map(|(unit, row)| vec![code(unit), row.kind.clone(), row.role.zh().into(), row.source.clone()])
            .collect(),
        Form::Rooms => book
            .rooms
            .values()
            .filter(|row| may(&row.unit))
            .map(|row| vec![code(&row.unit), row.zone.zh().into(), row.name.clone(), row.seats.to_string(), if row.closed { "是" } else { "否" }.into()])
            .collect(),
        Form::Equipment => book
            .equipment
            .values()
            .filter(|row| may(&row.unit))
            .map(|row| vec![code(&row.unit), row.zone.map_or("", Zone::zh).into(), row.kind.zh().into(), row.name.clone(), row.state.zh().into()])
            .collect(),
    }
}

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
