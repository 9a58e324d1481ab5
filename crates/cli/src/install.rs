//! `install`: a real, empty installation out of a network file: places, units, posts, one administrator.
//!
//! The file is the street's own; `docs/guide/network.md` explains it. A network that would leave a place without a station, or with two, is refused with
//! every fault named. The demonstration network cannot be laid out this way: what is generated must not be mistaken for the street's.

use crate::config::{Config, Flags, Setting};
use crate::house::{self, Refusal};
use crate::machine::{self, SystemMachine};
use app::seed;
use domain::kernel::{PlaceCode, UnitId};
use domain::places::demo::DemoAccount;
use domain::places::{Function, GridKind, Network, Place, Post, PostKind, StationFunction, Tier, Unit, UnitKind, check};
use serde::Deserialize;
use std::path::PathBuf;
use std::process::ExitCode;

/// Setting that says that the clock of this database may be set forward; it can never be taken back.
pub(crate) const PRACTICE: &str = "installation.practice";

/// `install`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    flags: Flags,
    /// What the installation is called (名称)
    #[arg(long)]
    name: String,
    /// Places, units and posts (网络文件)
    #[arg(long, value_name = "TOML")]
    network: PathBuf,
    /// Log-in of the first system administrator (系统管理员登录名)
    #[arg(long, value_name = "LOGIN")]
    admin_login: String,
    /// The administrator's name (姓名)
    #[arg(long, value_name = "NAME")]
    admin_name: String,
    /// For practice: its clock may be set forward, and it never holds real matters (练习库)
    #[arg(long)]
    practice: bool,
}

/// The network file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    place: Vec<PlaceRow>,
    unit: Vec<UnitRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceRow {
    code: String,
    name: String,
    tier: String,
    /// The nearest place above by code, if not said.
    parent: Option<String>,
    #[serde(default)]
    edition: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitRow {
    /// The place code of a station; else any short word.
    code: String,
    name: String,
    kind: String,
    place: String,
    function: Option<String>,
    /// Code of the unit above.
    parent: Option<String>,
    #[serde(default)]
    overlaps: Vec<String>,
    /// Kinds of its posts.
    #[serde(default)]
    posts: Vec<String>,
}

/// Lays it out.
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.flags)?;
    let text = std::fs::read_to_string(&args.network).map_err(|why| Refusal::new(format!("网络文件 {} 无法读取：{why}", args.network.display())))?;
    let network = read(&text)?;
    let room = network.units.iter().find(|unit| unit.kind == UnitKind::CommandRoom).map(|room| Post::id_of(&room.id, PostKind::SystemAdmin));
    let post = room.filter(|post| network.post(post).is_some());
    let post = post.ok_or_else(|| Refusal::new("网络里要有一个指挥室 (command_room)，且它有系统管理员岗位 (system_admin)"))?;
    let store = house::store(&config.database())?;
    if !store.read_now(seed::is_empty)? {
        return Err(Refusal::new(format!("数据库 {} 里已有安装，不会覆盖 (already installed)", store.place())).into());
    }
    let keys = house::new_key(&config.path(Setting::Key))?;
    let desk = house::desk(&config, store, keys, Box::new(SystemMachine));
    let password = fresh_password();
    let admin = DemoAccount { login: args.admin_login, name: args.admin_name, posts: vec![post] };
    seed::install(&desk, &args.name, &network, &admin, &password, desk.now())?;
    if args.practice {
        desk.write_at(desk.now(), |tx, _, _, _| Ok(store::places::put_setting(tx, PRACTICE, "true")?))?;
    }
    println!("已安装“{}”：{} 个地点，{} 个单位，{} 个岗位。", args.name, network.places.len(), network.units.len(), network.posts.len());
    println!("系统管理员 {}，首次登录口令 {password}（只显示这一次，登录后须更换）。", admin.login);
    println!("密钥在 {}，请立即另存一份，不要和备份放在一起。", config.path(Setting::Key).display());
    Ok(ExitCode::SUCCESS)
}

/// A first password, easy to read aloud; it must be changed at the first log-in.
pub(crate) fn fresh_password() -> String {
    domain::kernel::Mint::new(machine::now(), machine::seed()).code(12)
}

/// Reads and checks a network file.
fn read(text: &str) -> Result<Network, Refusal> {
    let file: File = toml::from_str(text).map_err(|why| Refusal::new(format!("网络文件读不懂：{}", why.message())))?;
    let mut network = Network::default();
    for row in &file.place {
        let tier = known::<Tier>("tier", &row.tier)?;
        let parent = row.parent.clone().or_else(|| above(&file.place, &row.code));
        network.places.push(Place {
            code: row.code.as_str().into(),
            name: row.name.clone(),
            tier,
            parent: parent.map(PlaceCode),
            demo: false,
            edition: if row.edition.is_empty() { "local".to_owned() } else { row.edition.clone() },
            valid_from: None,
            valid_to: None,
            predecessor: None,
            police_code: None,
            grid: (tier == Tier::Grid).then_some(if row.code.get(12..13) == Some("9") { GridKind::Factory } else { GridKind::Base }),
        });
    }
    let id = |code: &str| UnitId(format!("{}{code}", UnitId::PREFIX));
    for row in file.unit {
        let unit = Unit {
            id: id(&row.code),
            name: row.name,
            kind: known::<UnitKind>("kind", &row.kind)?,
            tier: network.place(&row.place.as_str().into()).map_or(Tier::Street, |place| place.tier),
            place: row.place.into(),
            function: row.function.as_deref().map(|code| known::<Function>("function", code)).transpose()?,
            parent: row.parent.as_deref().map(id),
            demo: false,
            overlaps: row.overlaps.into_iter().map(PlaceCode).collect(),
            functions: if row.kind == UnitKind::Station.code() { StationFunction::ALL.to_vec() } else { Vec::new() },
            valid_to: None,
            code: row.code,
        };
        for code in &row.posts {
            let kind = known::<PostKind>("posts", code)?;
            network.posts.push(Post::of(&unit, kind));
        }
        network.units.push(unit);
    }
    let findings = check(&network);
    if findings.is_empty() {
        return Ok(network);
    }
    let said: Vec<String> = findings.iter().map(|finding| format!("  {} {}", finding.row, finding.said)).collect();
    Err(Refusal::new(format!("网络文件有 {} 处问题，未作任何改动：\n{}", said.len(), said.join("\n"))))
}

/// The longest code of the file of which `code` is a continuation.
fn above(places: &[PlaceRow], code: &str) -> Option<String> {
    places.iter().map(|place| &place.code).filter(|other| code.len() > other.len() && code.starts_with(*other)).max_by_key(|other| other.len()).cloned()
}

fn known<T: std::str::FromStr>(what: &str, code: &str) -> Result<T, Refusal> {
    code.parse().map_err(|_| Refusal::new(format!("网络文件里的 {what} = “{code}”不认识 (unknown code)")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
        [[place]]
        code = "330109"
        name = "某区"
        tier = "district"
        [[place]]
        code = "330109015"
        name = "某街道"
        tier = "street"
        [[place]]
        code = "330109015201"
        name = "某村"
        tier = "village"
        [[unit]]
        code = "command"
        name = "某街道指挥室"
        kind = "command_room"
        place = "330109015"
        function = "command"
        posts = ["command_head", "system_admin"]
        [[unit]]
        code = "330109015201"
        name = "某村综治站"
        kind = "station"
        place = "330109015201"
        parent = "command"
        posts = ["station_chief", "desk_clerk"]
    "#;

    #[test]
    fn a_small_network_is_read_and_a_hole_in_it_is_named() {
        let network = read(SMALL).unwrap();
        assert_eq!((network.places.len(), network.units.len(), network.posts.len()), (3, 2, 4));
        assert_eq!(network.places[2].parent.as_ref().unwrap().as_str(), "330109015");
        let hole = format!("{SMALL}\n[[place]]\ncode = \"330109015202\"\nname = \"另一村\"\ntier = \"village\"\n");
        assert!(read(&hole).unwrap_err().to_string().contains("另一村"));
        assert!(read(&SMALL.replace("station_chief", "king")).unwrap_err().to_string().contains("king"));
    }
}
