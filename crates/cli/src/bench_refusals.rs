//! `bench refusals`: “refused” and “not there” are one answer that takes one time, and so are the four ways in which a log-in fails.
//!
//! Calls alternate between the cases, so that whatever else the machine does meets all of them alike.

use crate::bench::lay_out;
use crate::house::Refusal;
use crate::trail::Scratch;
use app::accounts::{Knock, log_in};
use app::desk::Desk;
use app::fault::Fault;
use app::matters::Act;
use domain::accounts::Actor;
use domain::kernel::{AccountId, DAY, FileId, MatterId, ReportId};
use domain::matters::{ActKind, Raw, RawForm};
use domain::places::PostKind;
use std::process::ExitCode;
use std::time::Instant;
use store::db::Place;

/// `bench refusals`.
#[derive(Debug, clap::Args)]
pub(crate) struct Refusals {
    /// Times each case of each door is tried (每种情形的次数)
    #[arg(long, default_value_t = 2_000)]
    times: usize,
    /// Times each kind of log-in is tried; each is a slow check of a password (每种登录的次数)
    #[arg(long, default_value_t = 500)]
    log_ins: usize,
    /// An empty database: a file or postgres://…; a file of our own if none is named (空数据库)
    #[arg(long, value_name = "FILE|URL")]
    database: Option<String>,
}

/// What is there and must not be known, or what is not there.
#[derive(Clone)]
struct Target {
    matter: MatterId,
    number: String,
    report: ReportId,
    file: FileId,
}

/// The doors behind which a matter lies.
const DOORS: [&str; 6] = ["page", "by-number", "reads", "act", "reveal", "file"];

/// Tries the doors with a matter that is there and must not be known, and with one that is not there; then the log-in. Prints the times.
pub(crate) fn refusals(args: &Refusals) -> anyhow::Result<ExitCode> {
    let scratch = Scratch::new()?;
    let own = scratch.0.join("refusals.db").display().to_string();
    let desk = lay_out(&Place::read(args.database.as_deref().unwrap_or(&own)), &scratch)?;
    let stranger = somebody(&desk, "330109014204", PostKind::DeskClerk)?;
    let there = plant(&desk)?;
    // Ids and numbers of the same length and kind; the last characters are no digits of an id.
    let other = |id: &str| format!("{}ZZZZ", &id[..id.len() - 4]);
    let absent = Target {
        matter: MatterId(other(&there.matter.0)),
        number: format!("{}ZZZZ", there.number.chars().take(there.number.chars().count() - 4).collect::<String>()),
        report: ReportId(other(&there.report.0)),
        file: FileId(other(&there.file.0)),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    println!("{:<24} {:>10} {:>10} {:>10} {:>10}", "门 door", "次 calls", "p50 µs", "p90 µs", "p99 µs");
    for door in DOORS {
        let (mut refused, mut nowhere) = (Vec::new(), Vec::new());
        for n in 0..args.times * 2 {
            let (target, took) = if n % 2 == 0 { (&there, &mut refused) } else { (&absent, &mut nowhere) };
            let (began, answer) = (Instant::now(), runtime.block_on(knock(&desk, &stranger, door, target.clone())));
            took.push(began.elapsed().as_secs_f64() * 1e6);
            if !matches!(answer, Err(Fault::Missing)) {
                return Err(Refusal::new(format!("{door}：应答不是“没有找到” (the door answers something else)")).into());
            }
        }
        print(&format!("{door} 无权 refused"), &mut refused);
        print(&format!("{door} 不存在 absent"), &mut nowhere);
    }
    runtime.block_on(log_ins(&desk, args.log_ins))?;
    Ok(ExitCode::SUCCESS)
}

async fn knock(desk: &Desk, actor: &Actor, door: &'static str, target: Target) -> Result<(), Fault> {
    let actor = actor.clone();
    match door {
        "page" => desk.read(move |tx, desk| app::matters::page(tx, desk, &actor, &target.matter, desk.now()).map(drop)).await,
        "by-number" => {
            let found = move |tx: &mut store::db::Tx<'_>, desk: &Desk| {
                let id = app::matters::by_number(tx, &actor, &target.number)?;
                app::matters::page(tx, desk, &actor, &id, desk.now()).map(drop)
            };
            desk.read(found).await
        }
        "reads" => desk.read(move |tx, _| app::trail::reading::of_matter(tx, &actor, &target.matter).map(drop)).await,
        "act" => {
            let data = RawForm::from([text("words", "看看")]);
            let cmd = Act { matter: target.matter, version: 1, act: ActKind::Note, data };
            desk.write(move |tx, desk, now, mint| app::matters::act(tx, desk, &actor, &cmd, now, mint).map(drop)).await
        }
        "reveal" => {
            let reveal = move |tx: &mut store::db::Tx<'_>, desk: &Desk, now, mint: &mut domain::kernel::Mint| {
                app::matters::reveal(tx, desk, &actor, &target.matter, &target.report, "看看", now, mint).map(drop)
            };
            desk.write(reveal).await
        }
        _ => app::papers::read(desk, &actor, target.file).await.map(drop),
    }
}

/// Unknown, wrong, locked, suspended: four cases of one answer.
async fn log_ins(desk: &Desk, times: usize) -> anyhow::Result<()> {
    let (wrong, locked, suspended) = ("command-1", "command-2", "yingzhong-desk");
    change(desk, locked, |account, now| account.locked_until = Some(now.plus(DAY))).await?;
    change(desk, suspended, |account, _| account.enabled = false).await?;
    let cases = [("未知 unknown", "nobody-here"), ("错密码 wrong password", wrong), ("已锁定 locked", locked), ("已停用 suspended", suspended)];
    let mut took: [Vec<f64>; 4] = Default::default();
    for _ in 0..times {
        // Wrong passwords are forgotten between the rounds: the fifth would lock the account, and that case is one of the others.
        change(desk, wrong, |account, _| (account.failed, account.locked_until) = (0, None)).await?;
        for ((_, login), took) in cases.iter().zip(&mut took) {
            let (began, answer) = (Instant::now(), log_in(desk, Knock::new(*login, "not-the-password")).await);
            took.push(began.elapsed().as_secs_f64() * 1e6);
            if !matches!(answer, Err(Fault::WrongPassword)) {
                return Err(Refusal::new(format!("登录 {login}：应答不同 (the log-in answers something else)")).into());
            }
        }
    }
    for ((case, _), took) in cases.iter().zip(&mut took) {
        print(&format!("log-in {case}"), took);
    }
    Ok(())
}

async fn change(desk: &Desk, login: &'static str, how: fn(&mut app::accounts::Account, domain::kernel::Instant)) -> Result<(), Fault> {
    let changed = desk.write(move |tx, _, now, _| {
        let mut account = store::accounts::by_login(tx, login)?.ok_or(Fault::Missing)?;
        how(&mut account, now);
        Ok(store::accounts::put(tx, &account)?)
    });
    changed.await
}

fn print(case: &str, took: &mut [f64]) {
    took.sort_by(f64::total_cmp);
    let at = |percent: usize| took.get((took.len() * percent / 100).min(took.len().saturating_sub(1))).copied().unwrap_or(0.0);
    println!("{case:<24} {:>10} {:>10.1} {:>10.1} {:>10.1}", took.len(), at(50), at(90), at(99));
}

/// A confidential matter with a file and a number.
fn plant(desk: &Desk) -> anyhow::Result<Target> {
    let clerk = somebody(desk, "330109014218", PostKind::DeskClerk)?;
    let bytes = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0".as_slice(), &[7; 64]].concat();
    let (sha256, by, size) = (app::papers::keep(desk.files(), &bytes)?, clerk.account().clone(), i64::try_from(bytes.len())?);
    let planted = desk.write_at(desk.now(), move |tx, desk, now, mint| {
        let id: FileId = mint.id(FileId::PREFIX);
        let (uploaded_by, name, media_type): (AccountId, _, _) = (by.clone(), "现场.png".to_owned(), "image/png".to_owned());
        store::papers::put_file(tx, &store::papers::File { id: id.clone(), sha256: sha256.clone(), name, media_type, size, uploaded_by, uploaded_at: now })?;
        let data = RawForm::from([
            text("said", "反映某单位工作人员"),
            text("spot", "3组12号"),
            text("source", "call"),
            text("urgency", "normal"),
            text("contact_phone", "15400000000"),
            text("category", "X-05"),
            ("files".to_owned(), Raw::List(vec![id.0.clone()])),
        ]);
        let matter = app::intake::register(tx, desk, &clerk, data, now, mint)?.recorded.matter;
        let report = matter.reports.first().map(|report| report.id.clone()).ok_or(Fault::Missing)?;
        Ok(Target { matter: matter.id, number: matter.number, report, file: id })
    })?;
    Ok(planted)
}

fn text(name: &str, value: &str) -> (String, Raw) {
    (name.to_owned(), Raw::Text(value.to_owned()))
}

fn somebody(desk: &Desk, place: &'static str, kind: PostKind) -> anyhow::Result<Actor> {
    let now = desk.now();
    let found = desk.store().read_now(move |tx| -> Result<Option<Actor>, Fault> {
        let holders = store::accounts::holders(tx, now)?;
        let Some((account, ..)) = holders.into_iter().find(|(_, unit, post)| *post == kind && unit.0.ends_with(place)) else { return Ok(None) };
        Ok(Some(Actor::person(account.clone(), store::accounts::seats(tx, &account, now)?)))
    })?;
    found.ok_or_else(|| Refusal::new("演示网络里没有需要的人 (nobody of the demonstration fits)".to_owned()).into())
}
