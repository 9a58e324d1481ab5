//! The demonstration network: 新街街道 of 萧山区 as far as it is public, the rest generated and marked `demo`.
//!
//! Public are the street, its 23 villages and communities with their codes (统计用区划代码, 2023), that there are 26 stations of which three are
//! area stations, the command room, and three of the eleven departments. The local codes of the areas, the grids, 一办八组, the other eight
//! departments and the outside bodies are ours, to be replaced by the street's own.

mod furnish;
mod people;

pub use furnish::{DemoPosting, furnish, grid_holders, postings};
pub use people::{DemoAccount, accounts};

use super::{Function, GridKind, Network, Place, Post, PostKind, StationFunction, Tier, Unit, UnitKind};
use crate::kernel::{PlaceCode, UnitId};

const DISTRICT: &str = "330109";
const STREET: &str = "330109014";
const EDITION: &str = "统计用区划代码 2023";

/// A village, community or area: the last three digits, its name, its tier and its name in letters for log-ins.
pub(super) struct Seat {
    suffix: u16,
    name: &'static str,
    tier: Tier,
    pub(super) letters: &'static str,
}

impl Seat {
    const fn of(suffix: u16, name: &'static str, tier: Tier, letters: &'static str) -> Self {
        Self { suffix, name, tier, letters }
    }

    fn place(&self) -> PlaceCode {
        PlaceCode(format!("{STREET}{:03}", self.suffix))
    }

    pub(super) fn station(&self) -> UnitId {
        UnitId(format!("{}{}", UnitId::PREFIX, self.place()))
    }

    fn station_name(&self) -> String {
        if self.tier == Tier::Area { format!("{}站", self.name) } else { format!("{}综治站", self.name) }
    }
}

/// The 26 seats of stations.
pub(super) const SEATS: [Seat; 26] = [
    Seat::of(1, "长山社区", Tier::Community, "changshan"),
    Seat::of(3, "新和社区", Tier::Community, "xinhe"),
    Seat::of(4, "花城社区", Tier::Community, "huacheng"),
    Seat::of(5, "新润社区", Tier::Community, "xinrun"),
    Seat::of(6, "新宜社区", Tier::Community, "xinyi"),
    Seat::of(7, "新赏社区", Tier::Community, "xinshang"),
    Seat::of(8, "红垦社区", Tier::Community, "hongken"),
    Seat::of(204, "盈中村", Tier::Village, "yingzhong"),
    Seat::of(205, "沿江村", Tier::Village, "yanjiang"),
    Seat::of(207, "双圩村", Tier::Village, "shuangwei"),
    Seat::of(208, "元沙村", Tier::Village, "yuansha"),
    Seat::of(209, "芝兰村", Tier::Village, "zhilan"),
    Seat::of(210, "新塘头村", Tier::Village, "xintangtou"),
    Seat::of(211, "陈家园村", Tier::Village, "chenjiayuan"),
    Seat::of(215, "新盛村", Tier::Village, "xinsheng"),
    Seat::of(216, "盛乐村", Tier::Village, "shengle"),
    Seat::of(218, "盛中村", Tier::Village, "shengzhong"),
    Seat::of(221, "江南村", Tier::Village, "jiangnan"),
    Seat::of(222, "山末址村", Tier::Village, "shanmozhi"),
    Seat::of(223, "同兴村", Tier::Village, "tongxing"),
    Seat::of(224, "盛东村", Tier::Village, "shengdong"),
    Seat::of(225, "长山头村", Tier::Village, "changshantou"),
    Seat::of(401, "新农都物流中心社区", Tier::Community, "xinnongdu"),
    Seat::of(901, "红垦片区", Tier::Area, "hongken-area"),
    Seat::of(902, "桥南区块片区", Tier::Area, "qiaonan-area"),
    Seat::of(903, "新农都片区", Tier::Area, "xinnongdu-area"),
];

/// The dedicated grid that stands for the ground of 桥南区块; where it lies is not public, so this one is generated.
const QIAONAN_GRID: (u16, &str, &str) = (6, "901", "桥南区块厂区专属网格");

/// What an area station serves beside another station, by the last three digits of its code.
fn overlaps(suffix: u16) -> Vec<PlaceCode> {
    match suffix {
        901 => vec![PlaceCode(format!("{STREET}008"))],
        902 => vec![PlaceCode(format!("{STREET}{:03}{}", QIAONAN_GRID.0, QIAONAN_GRID.1))],
        903 => vec![PlaceCode(format!("{STREET}401"))],
        _ => Vec::new(),
    }
}

/// The eleven departments; the flag says that the name is ours.
pub(super) const DEPARTMENTS: [(Function, &str, bool); 11] = [
    (Function::Police, "公安派出所", false),
    (Function::TrafficPolice, "交警中队", true),
    (Function::Enforcement, "综合行政执法队", false),
    (Function::Court, "人民法庭", false),
    (Function::Procuratorate, "检察院", true),
    (Function::Justice, "司法所", true),
    (Function::Market, "市场监管所", true),
    (Function::Labour, "人社（劳动保障）所", true),
    (Function::FireEmergency, "消防救援与应急管理", true),
    (Function::Housing, "住建（房管）所", true),
    (Function::PlanningEnvironment, "规划资源与生态环境所", true),
];

const GROUPS: [(Function, &str); 8] = [
    (Function::GroupCommand, "综合指挥组"),
    (Function::GroupMediation, "矛盾化解（信访）组"),
    (Function::GroupSecurity, "社会治安组"),
    (Function::GroupSafety, "公共安全（消防、安全生产）组"),
    (Function::GroupTraffic, "交通治理组"),
    (Function::GroupFloating, "流动人口与出租房组"),
    (Function::GroupGrid, "网格与群防群治组"),
    (Function::GroupLaw, "法治宣传与督查考核组"),
];

const EXTERNALS: [(Function, &str); 18] = [
    (Function::Health, "卫生健康部门"),
    (Function::Civil, "民政部门"),
    (Function::Agriculture, "农业农村部门"),
    (Function::Women, "妇联"),
    (Function::Union, "工会"),
    (Function::MedicalMediation, "医疗纠纷人民调解委员会"),
    (Function::PoliticsLaw, "政法委"),
    (Function::Discipline, "纪检监察机关"),
    (Function::Veterans, "退役军人服务站"),
    (Function::Education, "教育（文体）部门"),
    (Function::Transport, "交通运输部门"),
    (Function::Urban, "街道城建（物业）办"),
    (Function::Relocation, "征迁安置工作组"),
    (Function::Finance, "街道经发办（金融调解）"),
    (Function::Utilities, "水电气等企业"),
    (Function::Postal, "邮政管理部门"),
    (Function::Organisation, "组织部门"),
    (Function::LegalAid, "法律援助中心"),
];

pub(super) const STATION_POSTS: [PostKind; 5] = [PostKind::StationChief, PostKind::DeskClerk, PostKind::UnitOfficer, PostKind::Mediator, PostKind::GridWorker];
const COMMAND_POSTS: [PostKind; 10] = [
    PostKind::CommandHead,
    PostKind::CommandOfficer,
    PostKind::DutyOfficer,
    PostKind::Checker,
    PostKind::CallbackClerk,
    PostKind::Archivist,
    PostKind::StreetLeader,
    PostKind::SystemAdmin,
    PostKind::SecurityAdmin,
    PostKind::Auditor,
];
const UNIT_POSTS: [PostKind; 2] = [PostKind::UnitHead, PostKind::UnitOfficer];

/// The id of a unit of the street by its function: `unt_330109014_police`.
pub(super) fn street_unit(function: Function) -> UnitId {
    UnitId(format!("{}{STREET}_{function}", UnitId::PREFIX))
}

/// The demonstration network. Always the same.
#[must_use]
pub fn xinjie() -> Network {
    let mut network = Network::default();
    network.places.push(place(DISTRICT, "萧山区", Tier::District, None, false));
    network.places.push(place(STREET, "新街街道", Tier::Street, Some(DISTRICT), false));
    for seat in &SEATS {
        network.places.push(place(&seat.place().0, seat.name, seat.tier, Some(STREET), false));
    }
    for seat in SEATS.iter().filter(|seat| seat.tier != Tier::Area) {
        let code = seat.place().0;
        // Three to six grids, the number taken from the code.
        for n in 1..=3 + seat.suffix % 4 {
            network.places.push(place(&format!("{code}{n:03}"), &format!("{}第{n}网格", seat.name), Tier::Grid, Some(&code), true));
        }
        if seat.suffix == QIAONAN_GRID.0 {
            network.places.push(place(&format!("{code}{}", QIAONAN_GRID.1), QIAONAN_GRID.2, Tier::Grid, Some(&code), true));
        }
    }
    units(&mut network);
    network
}

fn units(network: &mut Network) {
    let center = UnitId(format!("{}{DISTRICT}_center", UnitId::PREFIX));
    let command = street_unit(Function::Command);
    let office = street_unit(Function::Office);
    network.units.push(Unit {
        id: center.clone(),
        code: format!("{DISTRICT}_center"),
        name: "萧山区社会治理中心".to_owned(),
        kind: UnitKind::DistrictCenter,
        place: DISTRICT.into(),
        tier: Tier::District,
        function: None,
        parent: None,
        demo: false,
        overlaps: Vec::new(),
        functions: Vec::new(),
        valid_to: None,
    });
    street(network, Function::Command, "新街街道指挥室", UnitKind::CommandRoom, &center, false, &COMMAND_POSTS);
    street(network, Function::Office, "大平安办公室（综合协调）", UnitKind::Office, &command, true, &UNIT_POSTS);
    for (function, name) in GROUPS {
        street(network, function, name, UnitKind::Group, &office, true, &UNIT_POSTS);
    }
    for (function, name, demo) in DEPARTMENTS {
        street(network, function, name, UnitKind::Department, &command, demo, &UNIT_POSTS);
    }
    for (function, name) in EXTERNALS {
        street(network, function, name, UnitKind::External, &command, true, &[]);
    }
    for seat in &SEATS {
        let unit = Unit {
            id: seat.station(),
            code: seat.place().0,
            name: seat.station_name(),
            kind: UnitKind::Station,
            place: seat.place(),
            tier: seat.tier,
            function: None,
            parent: Some(command.clone()),
            demo: false,
            overlaps: overlaps(seat.suffix),
            functions: StationFunction::ALL.to_vec(),
            valid_to: None,
        };
        add(network, unit, &STATION_POSTS);
    }
}

fn street(network: &mut Network, function: Function, name: &str, kind: UnitKind, parent: &UnitId, demo: bool, posts: &[PostKind]) {
    let unit = Unit {
        id: street_unit(function),
        code: format!("{STREET}_{function}"),
        name: name.to_owned(),
        kind,
        place: STREET.into(),
        tier: Tier::Street,
        function: Some(function),
        parent: Some(parent.clone()),
        demo,
        overlaps: Vec::new(),
        functions: Vec::new(),
        valid_to: None,
    };
    add(network, unit, posts);
}

fn add(network: &mut Network, unit: Unit, posts: &[PostKind]) {
    network.posts.extend(posts.iter().map(|kind| Post::of(&unit, *kind)));
    network.units.push(unit);
}

fn place(code: &str, name: &str, tier: Tier, parent: Option<&str>, demo: bool) -> Place {
    let local = demo || tier == Tier::Area;
    Place {
        code: code.into(),
        name: name.to_owned(),
        tier,
        parent: parent.map(PlaceCode::from),
        demo,
        edition: if local { "local" } else { EDITION }.to_owned(),
        valid_from: None,
        valid_to: None,
        predecessor: None,
        police_code: None,
        grid: (tier == Tier::Grid).then_some(if code.ends_with(QIAONAN_GRID.1) { GridKind::Factory } else { GridKind::Base }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_street_has_what_is_public_of_it() {
        let network = xinjie();
        let count = |tier| network.places.iter().filter(|place| place.tier == tier).count();
        assert_eq!((count(Tier::Village), count(Tier::Community), count(Tier::Area)), (15, 8, 3));
        assert_eq!(network.stations().count(), 26);
        let kinds = |kind| network.units.iter().filter(|unit| unit.kind == kind).count();
        assert_eq!((kinds(UnitKind::Department), kinds(UnitKind::Group), kinds(UnitKind::Office), kinds(UnitKind::CommandRoom)), (11, 8, 1, 1));
        assert_eq!(network.place(&"330109014218".into()).unwrap().name, "盛中村");
        assert_eq!(network.unit(&"unt_330109014218".into()).unwrap().name, "盛中村综治站");
        assert_eq!(network.unit(&"unt_330109014901".into()).unwrap().name, "红垦片区站");
    }

    #[test]
    fn what_is_generated_says_so() {
        let network = xinjie();
        assert!(network.places.iter().all(|place| place.demo == (place.tier == Tier::Grid)));
        assert!(network.units.iter().filter(|u| matches!(u.kind, UnitKind::Group | UnitKind::Office | UnitKind::External)).all(|u| u.demo));
        assert!(network.units.iter().all(|unit| !unit.name.contains("演示")));
    }

    #[test]
    fn every_place_has_one_station_and_at_most_one_area_station() {
        let network = xinjie();
        for place in network.places.iter().filter(|place| !matches!(place.tier, Tier::District | Tier::Street)) {
            let station = network.primary_station(&place.code).unwrap();
            assert_eq!(station.place.as_str(), &place.code.as_str()[..12]);
        }
        let area = |code: &str| network.area_station(&code.into()).map(|unit| unit.id.0.clone());
        assert_eq!(area("330109014008002").as_deref(), Some("unt_330109014901"));
        assert_eq!(area("330109014401").as_deref(), Some("unt_330109014903"));
        assert_eq!(area("330109014006901").as_deref(), Some("unt_330109014902"));
        assert_eq!(area("330109014006001"), None);
        assert_eq!(area("330109014901"), None);
    }

    #[test]
    fn what_has_no_station_is_the_command_rooms() {
        let network = xinjie();
        assert_eq!(network.primary_station(&"330109014".into()), None);
        for code in ["330109014", "330109", "330109014218001"] {
            assert_eq!(network.command_room(&code.into()).unwrap().id.as_str(), "unt_330109014_command");
        }
    }

    #[test]
    fn units_are_found_by_function_and_line() {
        let network = xinjie();
        for function in Function::ALL {
            assert!(network.for_function(*function, &"330109014218".into()).is_some(), "{function}");
        }
        let line: Vec<_> = network.line_up(&"unt_330109014_group_law".into()).into_iter().map(|unit| unit.id.as_str()).collect();
        assert_eq!(line, ["unt_330109014_group_law", "unt_330109014_office", "unt_330109014_command", "unt_330109_center"]);
    }

    #[test]
    fn each_village_has_three_to_six_grids() {
        let network = xinjie();
        for place in network.places.iter().filter(|place| matches!(place.tier, Tier::Village | Tier::Community)) {
            let plain = network.grids(&place.code).filter(|grid| !grid.code.as_str()[12..].starts_with('9')).count();
            assert!((3..=6).contains(&plain), "{} {plain}", place.name);
        }
    }
}
