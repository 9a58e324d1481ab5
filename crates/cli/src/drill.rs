//! `bench erasure`: that what is erased is gone to the last byte.

use crate::bench::lay_out;
use crate::house::Refusal;
use crate::trail::Scratch;
use app::trail::drill;
use domain::kernel::DAY;
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
