//! The forms of the network as tables: which columns each has, and what its rows are now. The same form is template, export and import ([`super::row`] reads it).

use crate::fault::Fault;
use domain::accounts::{Actor, Right, may_over, may_somewhere};
use domain::kernel::{AccountId, Day, Instant};
use domain::places::{DutyRole, EquipmentKind, EquipmentState, Function, GridKind, PlaceBook, PostKind, Presence, Standing, Tier, Unit, UnitKind, Zone};
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
pub(super) const DAYS: [char; 7] = ['一', '二', '三', '四', '五', '六', '日'];

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
