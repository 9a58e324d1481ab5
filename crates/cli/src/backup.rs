//! `backup`, `restore`, `migrate`.

use crate::config::{Config, Flags, Setting};
use crate::house::{self, Refusal};
use crate::machine;
use anyhow::bail;
use app::backup::BackupTrouble;
use std::path::PathBuf;
use std::process::ExitCode;
use store::db::Options;

/// `backup DIR`.
#[derive(Debug, clap::Args)]
pub(crate) struct BackupArgs {
    #[command(flatten)]
    flags: Flags,
    /// A folder that is not there yet, or empty (备份到)
    dir: PathBuf,
}

/// `restore DIR`.
#[derive(Debug, clap::Args)]
pub(crate) struct RestoreArgs {
    #[command(flatten)]
    flags: Flags,
    /// A folder that `backup` wrote (从何处恢复)
    dir: PathBuf,
}

/// Copies database and files as of one instant, also while the service runs.
pub(crate) fn backup(args: BackupArgs) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.flags)?;
    let key = config.path(Setting::Key);
    if let (Ok(key), Ok(into)) = (key.canonicalize(), args.dir.canonicalize())
        && key.starts_with(into)
    {
        bail!(Refusal::new("密钥文件在备份目录里；密钥不能和它所打开的数据放在一起 (the key lies inside the backup folder)"));
    }
    let store = house::reading(&config.database())?;
    let done = app::backup::backup(&store, &config.path(Setting::Files), &args.dir, machine::now()).map_err(explained)?;
    println!("已备份到 {}：数据库一份，附件 {} 个，{} 字节；不含密钥 {}，请另行保管。", done.folder.display(), done.files, done.bytes, key.display());
    Ok(ExitCode::SUCCESS)
}

/// Makes database, files and search index out of a backup.
pub(crate) fn restore(args: RestoreArgs) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.flags)?;
    let keys = house::key(&config.path(Setting::Key))?;
    let place = config.database();
    if let Some(folder) = place.file().and_then(std::path::Path::parent) {
        std::fs::create_dir_all(folder)?;
    }
    let (store, done) = app::backup::restore(&args.dir, &place, &Options::at(machine::now()), &config.path(Setting::Files)).map_err(explained)?;
    let matters = store.write_now(move |tx| app::backup::reindex(tx, &keys))?;
    println!("已从 {} 恢复到 {place}：事项 {matters} 件，附件 {} 个，{} 字节。请接着运行 xinjiean trail verify。", args.dir.display(), done.files, done.bytes);
    Ok(ExitCode::SUCCESS)
}

/// What can be said in one sentence is a refusal: nothing was done.
fn explained(trouble: BackupTrouble) -> anyhow::Error {
    match trouble {
        BackupTrouble::NotEmpty { .. } | BackupTrouble::Dump(_) => Refusal::new(trouble.to_string()).into(),
        other => other.into(),
    }
}

/// Opens the database for writing, which migrates it.
pub(crate) fn migrate(flags: Flags) -> anyhow::Result<ExitCode> {
    let place = Config::load(&flags)?.database();
    drop(house::store(&place)?);
    println!("数据库 {place} 已是最新 (up to date)");
    Ok(ExitCode::SUCCESS)
}
