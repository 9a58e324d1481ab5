//! `trail …`: proving that nothing was changed afterwards, and checkpoints as files.

use crate::config::{Config, Flags, Setting};
use crate::house::{self, Refusal};
use crate::machine;
use anyhow::Context;
use app::fault::Fault;
use app::trail::{Finding, Report};
use domain::kernel::{Instant, MINUTE};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::db::{Options, Place, Store};
use store::trail::Signed;

/// `trail …`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Verify every chain, text and row; exit code 1 if anything is wrong (验证)
    Verify(Verify),
    /// Take a signed checkpoint now and file it (检查点)
    Checkpoint(Flags),
}

/// `trail verify`.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    flags: Flags,
    /// A backup folder or a dump instead of a live database (备份目录或转储文件)
    #[arg(long, value_name = "DIR|FILE", conflicts_with = "database")]
    dump: Option<PathBuf>,
    /// Checkpoints that were kept elsewhere (另存的检查点目录)
    #[arg(long, value_name = "DIR")]
    checkpoints: Option<PathBuf>,
}

/// Runs it.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Verify(args) => verify(args),
        Command::Checkpoint(flags) => {
            let config = Config::load(&flags)?;
            let desk = house::writing_desk(&config)?;
            let signed = desk.write_at(desk.now(), |tx, desk, now, _| app::trail::checkpoint(tx, desk, now))?;
            let path = file(&config.path(Setting::Checkpoints), &signed)?;
            println!("检查点 {} 已写入 {}", signed.at.written(), path.display());
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn verify(args: Verify) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.flags)?;
    let key = config.path(Setting::Key);
    let keys = match (&args.flags.key, key.exists()) {
        (_, true) => Some(house::key(&key)?),
        (Some(_), false) => return Err(Refusal::new(format!("密钥文件 {} 不在 (the key file is not there)", key.display())).into()),
        (None, false) => None,
    };
    let outside = args.checkpoints.as_deref().map_or_else(|| Ok(Vec::new()), filed)?;
    let (store, files, _scratch) = match &args.dump {
        None => (house::reading(&config.database())?, config.path(Setting::Files), None),
        Some(path) => {
            // A dump is verified as what it is for: a database.
            let scratch = Scratch::new()?;
            let (dump, files) = if path.is_dir() { (path.join("database.jsonl"), path.join("files")) } else { (path.clone(), PathBuf::new()) };
            let place = Place::read(&scratch.0.join("dump.db").display().to_string());
            let (store, _) = Store::restore(&place, &Options::at(machine::now()), &dump).map_err(|broken| Refusal::new(broken.to_string()))?;
            (store, files, Some(scratch))
        }
    };
    let (mut report, hashes) = store.read_now(move |tx| -> Result<_, Fault> {
        let report = app::trail::verify(tx, keys.as_ref(), &outside)?;
        Ok((report, store::papers::hashes(tx)?))
    })?;
    if !files.as_os_str().is_empty() {
        attachments(&files, &hashes, &mut report);
    }
    print!("{}", shown(&report, hashes.len()));
    Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The bytes of every attachment are those that were uploaded.
fn attachments(folder: &Path, hashes: &[(String, i64)], report: &mut Report) {
    for (sha256, _) in hashes {
        let place = format!("file {sha256}");
        match std::fs::read(app::papers::path_of(folder, sha256)) {
            Ok(bytes) if app::papers::sha256(&bytes) == *sha256 => {}
            Ok(_) => report.findings.push(Finding { code: "file", place, said: "its bytes are not the ones that were uploaded".to_owned() }),
            Err(error) => report.findings.push(Finding { code: "missing", place, said: error.to_string() }),
        }
    }
}

fn shown(report: &Report, files: usize) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        writeln!(text, "✗ {:<10} {}: {}", finding.code, finding.place, finding.said).ok();
    }
    let Report { entries, words, erased, unopened, matters, checkpoints, findings } = report;
    writeln!(text, "条目 {entries} · 文字 {words}（已删除 {erased}，未开封 {unopened}）· 事项 {matters} · 检查点 {checkpoints} · 附件 {files}").ok();
    let verdict = if findings.is_empty() { "验证通过 (verified)".to_owned() } else { format!("发现 {} 处问题 (findings)", findings.len()) };
    writeln!(text, "{verdict}").ok();
    text
}

/// A folder of our own that goes with this value.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    /// Makes one, for this user only.
    pub(crate) fn new() -> anyhow::Result<Self> {
        use std::os::unix::fs::DirBuilderExt;
        let name = format!("xinjiean-{}", app::keys::hex(&machine::seed()[..8]));
        let path = std::env::temp_dir().join(name);
        std::fs::DirBuilder::new().mode(0o700).create(&path).with_context(|| format!("{}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            eprintln!("xinjiean: {} 未能删除：{error}", self.0.display());
        }
    }
}

/// Files the checkpoints taken after `last`; answers when the last one was taken. What is filed already is left alone.
pub(crate) fn file_checkpoints(store: &Store, folder: &Path, last: Option<Instant>) -> anyhow::Result<Option<Instant>> {
    let newest = store.read_now(|tx| -> Result<_, Fault> { Ok(store::trail::last_checkpoint(tx)?) })?;
    if newest == last {
        return Ok(last);
    }
    let signed = store.read_now(move |tx| -> Result<_, Fault> { Ok(store::trail::checkpoints_after(tx, last.unwrap_or(Instant(0)))?) })?;
    for signed in &signed {
        file(folder, signed)?;
    }
    Ok(newest)
}

/// Writes one: to a neighbour first, then renamed, so that half a file is never read as one.
fn file(folder: &Path, signed: &Signed) -> anyhow::Result<PathBuf> {
    let minutes = signed.at.of_day() / MINUTE;
    let path = folder.join(format!("{}T{:02}{:02}-{}.checkpoint", signed.at.day().written(), minutes / 60, minutes % 60, signed.at.0));
    if path.exists() {
        return Ok(path);
    }
    std::fs::create_dir_all(folder).with_context(|| format!("{}", folder.display()))?;
    let half = path.with_extension("half");
    std::fs::write(&half, format!("{}signature {}\nkey {}\n", signed.body, signed.signature, signed.public_key))?;
    std::fs::File::open(&half)?.sync_all()?;
    std::fs::rename(&half, &path).with_context(|| format!("{}", path.display()))?;
    Ok(path)
}

/// Reads filed checkpoints: body, signature and key of each. One that cannot be read is given on as it is, and verifying names it.
fn filed(folder: &Path) -> anyhow::Result<Vec<(String, String, String)>> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).with_context(|| format!("{}", folder.display()))?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "checkpoint"));
    paths.sort();
    let mut all = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
        let (body, tail) = text.split_once("signature ").unwrap_or((&text, ""));
        let (signature, key) = tail.trim_end().split_once("\nkey ").unwrap_or((tail, ""));
        all.push((body.to_owned(), signature.to_owned(), key.to_owned()));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_read_as_it_was_filed() {
        let folder = tempfile::tempdir().unwrap();
        let body = domain::trail::Checkpoint { at: Instant(5), heads: vec![("a".to_owned(), 1, "ff".to_owned())] }.text();
        let signed = Signed { at: Instant(5), body: body.clone(), signature: "aa".to_owned(), public_key: "bb".to_owned() };
        file(folder.path(), &signed).unwrap();
        file(folder.path(), &signed).unwrap();
        assert_eq!(filed(folder.path()).unwrap(), [(body, "aa".to_owned(), "bb".to_owned())]);
    }
}
