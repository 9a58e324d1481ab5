//! `bench erasure` and `bench refusals`: that what is erased is gone to the last byte, and that “refused” and “not there” are one answer that takes one time.

use crate::bench::lay_out;
use crate::house::Refusal;
use crate::trail::Scratch;
use app::desk::Desk;
use app::fault::Fault;
use app::trail::drill;
use domain::accounts::Actor;
use domain::kernel::{DAY, MatterId};
use domain::matters::{Raw, RawForm};
use domain::places::PostKind;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use store::db::Place;

/// `bench erasure`.
#[derive(Debug, clap::Args)]
pub(crate) struct Erasure {
    /// Marks to plant (标记数)
    #[arg(long, default_value_t = 10_000)]
    canaries: usize,
    /// An empty database: a file or postgres://…; a file of our own if none is named (空数据库)
    #[arg(long, value_name = "FILE|URL")]
    database: Option<String>,
    /// Folders whose raw bytes are looked through beside our own: a server's data folder (还要查看的文件夹)
    #[arg(long, value_name = "DIR")]
    look_in: Vec<PathBuf>,
}

/// Plants, destroys, looks.
pub(crate) fn erasure(args: Erasure) -> anyhow::Result<ExitCode> {
    let scratch = Scratch::new()?;
    let place = Place::read(&args.database.unwrap_or_else(|| scratch.0.join("drill.db").display().to_string()));
    let desk = lay_out(&place, &scratch)?;
    let mut folders = args.look_in;
    folders.push(scratch.0.clone());
    folders.extend(place.file().and_then(|file| file.parent()).map(PathBuf::from));
    let (now, began) = (desk.now(), Instant::now());
    let marks = drill::plant(&desk, args.canaries, now)?;
    println!("{:<44} {:>10}  {:>8.1} s", "标记 marks planted", marks.len(), began.elapsed().as_secs_f64());
    for (datum, n) in marks.by_datum() {
        println!("  {datum:<42} {n:>10}");
    }
    let before = drill::look(&folders, &marks)?;
    println!("{:<44} {:>10}  {:>8} MB in {} files", "销毁前可见 seen before", before.marks, before.bytes >> 20, before.files);
    let began = Instant::now();
    let (scrubbed, lists) = drill::destroy(&desk, now.plus(DAY))?;
    println!("{:<44} {lists:>10}  {:>8.1} s", "销毁清单 lists carried out", began.elapsed().as_secs_f64());
    println!("  done {:?}\n  left {:?}", scrubbed.done, scrubbed.left);
    let after = drill::look(&folders, &marks)?;
    println!("{:<44} {:>10}  {:>8} MB in {} files", "销毁后可见 seen after", after.marks, after.bytes >> 20, after.files);
    let keys = desk.keys().clone();
    let report = desk.store().read_now(move |tx| app::trail::verify(tx, Some(&keys), &[]))?;
    println!("{:<44} {:>10}  {:>8} erased", "留痕核验发现 findings of the verification", report.findings.len(), report.erased);
    if after.marks > 0 || !report.findings.is_empty() {
        return Err(Refusal::new(format!("仍有残留：{:?} {:?} (something is left)", after.where_found, report.findings.first())).into());
    }
    Ok(ExitCode::SUCCESS)
}

/// `bench refusals`.
#[derive(Debug, clap::Args)]
pub(crate) struct Refusals {
    /// Times each door is tried (次数)
    #[arg(long, default_value_t = 2_000)]
    times: usize,
}

/// Tries the doors with a matter that is there and must not be known, and with one that is not there; prints both times.
pub(crate) fn refusals(args: &Refusals) -> anyhow::Result<ExitCode> {
    let scratch = Scratch::new()?;
    let desk = lay_out(&Place::read(&scratch.0.join("refusals.db").display().to_string()), &scratch)?;
    let (clerk, stranger) = (somebody(&desk, "330109014218", PostKind::DeskClerk)?, somebody(&desk, "330109014204", PostKind::DeskClerk)?);
    let text = |name: &str, value: &str| (name.to_owned(), Raw::Text(value.to_owned()));
    let data = RawForm::from([
        text("said", "反映某单位工作人员"),
        text("spot", "3组12号"),
        text("source", "call"),
        text("urgency", "normal"),
        text("contact_phone", "15400000000"),
        text("category", "X-05"),
    ]);
    let matter = desk.write_at(desk.now(), move |tx, desk, now, mint| {
        app::intake::register(tx, desk, &clerk, data.clone(), now, mint).map(|registered| registered.recorded.matter)
    })?;
    let absent = (MatterId(format!("{}{}", &matter.id.0[..matter.id.0.len() - 4], "ZZZZ")), format!("{}9", matter.number));
    println!("{:<24} {:>12} {:>12} {:>12} {:>12}", "门 door", "有 p50 µs", "无 p50 µs", "有 p99 µs", "无 p99 µs");
    for door in ["page", "by-number", "reads"] {
        let (mut there, mut nowhere) = (Vec::new(), Vec::new());
        for n in 0..args.times * 2 {
            let (id, number, took) = if n % 2 == 0 { (&matter.id, &matter.number, &mut there) } else { (&absent.0, &absent.1, &mut nowhere) };
            let (desk2, actor, id, number, now) = (desk.clone(), stranger.clone(), id.clone(), number.clone(), desk.now());
            let began = Instant::now();
            let answer = desk.store().read_now(move |tx| -> Result<(), Fault> {
                match door {
                    "page" => app::matters::page(tx, &desk2, &actor, &id, now).map(drop),
                    "by-number" => {
                        let id = app::matters::by_number(tx, &number)?;
                        app::matters::page(tx, &desk2, &actor, &id, now).map(drop)
                    }
                    _ => app::trail::reading::of_matter(tx, &actor, &id).map(drop),
                }
            });
            took.push(began.elapsed().as_secs_f64() * 1e6);
            if !matches!(answer, Err(Fault::Missing)) {
                return Err(Refusal::new(format!("{door}：应答不是“没有找到” (the door answers something else)")).into());
            }
        }
        let at = |took: &mut Vec<f64>, percent: usize| {
            took.sort_by(f64::total_cmp);
            took.get((took.len() * percent / 100).min(took.len().saturating_sub(1))).copied().unwrap_or(0.0)
        };
        println!("{door:<24} {:>12.1} {:>12.1} {:>12.1} {:>12.1}", at(&mut there, 50), at(&mut nowhere, 50), at(&mut there, 99), at(&mut nowhere, 99));
    }
    Ok(ExitCode::SUCCESS)
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
