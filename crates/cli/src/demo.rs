//! `demo`: a demonstration that answers at once and writes its history behind the first answers.

use crate::config::{Config, Flags, Setting};
use crate::house::{self, Refusal};
use crate::serve::{self, Service};
use crate::{log, machine};
use anyhow::Context;
use app::demo::Plan;
use app::desk::Desk;
use domain::places::demo::accounts;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::sync_channel;
use store::db::Store;

/// `demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    flags: Flags,
    /// Address to listen at (监听地址)
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Days of history before today (天数)
    #[arg(long, default_value_t = 90)]
    days: u16,
    /// Another history of the same kind (随机种子)
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The clock can be set forward (练习)
    #[arg(long)]
    practice: bool,
    /// Write the history and stop, without serving (只写数据)
    #[arg(long)]
    once: bool,
}

/// Makes the demonstration if it is not there, and serves it.
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let mut config = Config::load(&args.flags)?;
    config.fall_back(Setting::Data, "demo-data");
    config.fall_back(Setting::Key, "{data}/demo.key");
    config.fall_back(Setting::LogFormat, "text");
    config.fall_back(Setting::LogLevel, "warn");
    config.flag(Setting::Listen, "--listen", args.listen);
    let listener = if args.once { None } else { Some(serve::listen(config.listen()?)?) };
    log::start(&config)?;

    let store = open(&config)?;
    let keys = house::new_key(&config.path(Setting::Key))?;
    let (wake, woken) = sync_channel(1);
    let plan = Plan { days: i64::from(args.days), seed: args.seed, now: machine::now() };
    let fresh = store.read_now(app::seed::is_empty)?;
    if fresh {
        app::demo::prepare(&store, &keys, &config.path(Setting::Files), &plan)?;
    }
    let machine = serve::machine_for(&store, args.practice, &wake)?;
    let desk = house::desk(&config, store, keys, machine);
    let Some(listener) = listener else {
        history(&desk, &plan, fresh, &AtomicBool::new(false))?;
        return Ok(ExitCode::SUCCESS);
    };
    greet(&config, listener.local_addr()?, fresh, args.days);
    Service { config, desk, listener, practice: args.practice, wake, woken }.run(move |desk, stop| history(desk, &plan, fresh, stop))
}

/// Opens the place of a demonstration: an empty one, or one that holds a whole demonstration. What holds anything else is left alone.
fn open(config: &Config) -> anyhow::Result<Store> {
    let place = config.database();
    let store = house::store(&place)?;
    if store.read_now(app::seed::is_empty)? {
        return Ok(store);
    }
    if house::setting(&store, app::seed::DEMO)?.as_deref() != Some("true") {
        return Err(Refusal::new(format!("{place} 里是正式数据，演示不会动它；请换一个目录 (real data is there; choose another folder)")).into());
    }
    if app::demo::is_whole(&store)? {
        return Ok(store);
    }
    // The last start was broken off while it wrote the history. It is generated: made anew.
    drop(store);
    let Some(file) = place.file() else {
        return Err(Refusal::new(format!("{place} 里的演示数据没有写完，请清空该库后重来 (half a demonstration; empty the database)")).into());
    };
    for ending in ["", "-wal", "-shm"] {
        let mut path = file.as_os_str().to_owned();
        path.push(ending);
        remove(Path::new(&path))?;
    }
    house::store(&place)
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).with_context(|| format!("{}", path.display())),
        _ => Ok(()),
    }
}

fn history(desk: &Desk, plan: &Plan, fresh: bool, stop: &AtomicBool) -> anyhow::Result<()> {
    if !fresh {
        return Ok(());
    }
    let began = std::time::Instant::now();
    if let Some(written) = app::demo::write(desk, plan, stop)? {
        if !written.refused.is_empty() {
            tracing::warn!(refused = ?written.refused, "some tellings ended early: a rule refused, or somebody had acted himself");
        }
        let seconds = began.elapsed().as_secs_f64();
        println!("演示历史已写完：事项 {} 件，动作 {} 个，用时 {seconds:.1} 秒。", written.matters, written.acts);
    }
    Ok(())
}

/// Accounts that show every role, in the order in which a matter meets them.
const ROLES: [(&str, &str); 14] = [
    ("shengzhong-desk", "受理员（盛中村综治站）"),
    ("shengzhong-chief", "站长（盛中村综治站）"),
    ("shengzhong-officer", "经办（盛中村综治站）"),
    ("shengzhong-mediator", "调解员（盛中村综治站）"),
    ("shengzhong-grid-1", "网格员（盛中村综治站）"),
    ("command-1", "指挥员（街道指挥室）"),
    ("command-head", "指挥长（街道指挥室）"),
    ("duty", "值班长（街道指挥室）"),
    ("enforcement-officer", "经办（综合行政执法队）"),
    ("enforcement-head", "单位负责人（综合行政执法队）"),
    ("checker-1", "核查员"),
    ("callback-1", "回访员"),
    ("archivist", "档案员"),
    ("leader", "街道领导"),
];

fn greet(config: &Config, address: std::net::SocketAddr, fresh: bool, days: u16) {
    println!("心皆安 · 演示：新街街道，26 个综治站。人名、电话和事项都是生成的。");
    println!("网址  http://{address}/");
    println!("口令  {}（所有演示帐户相同）", app::seed::DEMO_PASSWORD);
    println!("帐户");
    for (login, role) in ROLES {
        println!("  {login:<22} {role}");
    }
    println!("  其余 {} 个：<站名拼音>-desk、<部门>-officer 等，用 xinjiean account list --data DIR 列出", accounts().len() - ROLES.len());
    println!("数据  {}（删掉即重来）", config.path(Setting::Data).display());
    if fresh {
        println!("正在写入最近 {days} 天的历史，现在就可以登录。");
    }
}
