//! Backing up and restoring: the database and the files in one folder, never the keys that open what is sealed in them.

use crate::fault::Fault;
use crate::keys::hex;
use crate::papers::path_of;
use domain::kernel::Instant;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use store::db::{DumpBroken, Options, Place, Store, Tx};

/// Name of the dump in a backup folder.
const DUMP: &str = "database.jsonl";

/// What a backup or a restore did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The folder.
    pub folder: PathBuf,
    /// Files copied.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Why a backup or a restore failed.
#[derive(Debug, thiserror::Error)]
pub enum BackupTrouble {
    /// The dump.
    #[error(transparent)]
    Dump(#[from] DumpBroken),
    /// The store.
    #[error("{0}")]
    Fault(#[from] Fault),
    /// A file.
    #[error("文件 {path} 无法读写：{why} (file)")]
    File {
        /// Which.
        path: String,
        /// Why.
        why: String,
    },
    /// A file is not the one that the database names.
    #[error("附件 {sha256} 内容不对或缺失 (attachment missing or altered)")]
    Altered {
        /// Which.
        sha256: String,
    },
    /// There is something already.
    #[error("目标 {path} 不是空的 (target is not empty)")]
    NotEmpty {
        /// Where.
        path: String,
    },
}

fn at<T>(path: &Path, result: std::io::Result<T>) -> Result<T, BackupTrouble> {
    result.map_err(|error| BackupTrouble::File { path: path.display().to_string(), why: error.to_string() })
}

/// Backs a running installation up into a new folder. The dump is one snapshot; files are written before the rows that name them, so every file that the
/// snapshot names is there.
pub fn backup(store: &Store, files: &Path, to: &Path, now: Instant) -> Result<Done, BackupTrouble> {
    at(to, std::fs::create_dir_all(to))?;
    if at(to, std::fs::read_dir(to))?.next().is_some() {
        return Err(BackupTrouble::NotEmpty { path: to.display().to_string() });
    }
    // Files first would miss those that the snapshot names and that came between; the dump first, and every file that it names exists.
    store.dump_to(&to.join(DUMP), now)?;
    let hashes = store.read_now(|tx| -> Result<_, Fault> { Ok(store::papers::hashes(tx)?) })?;
    let target = to.join("files");
    let (mut count, mut bytes) = (0, 0);
    for (sha256, _) in hashes {
        let (from, to) = (path_of(files, &sha256), path_of(&target, &sha256));
        bytes += copy_checked(&from, &to, &sha256)?;
        count += 1;
    }
    Ok(Done { folder: to.to_owned(), files: count, bytes })
}

/// Restores a backup into an empty database and an empty folder of files.
pub fn restore(from: &Path, place: &Place, options: &Options, files: &Path) -> Result<(Store, Done), BackupTrouble> {
    if files.exists() && at(files, std::fs::read_dir(files))?.next().is_some() {
        return Err(BackupTrouble::NotEmpty { path: files.display().to_string() });
    }
    // First every attachment is looked at, so that a backup that is not whole leaves nothing behind that stands in the way of another try.
    let source = from.join("files");
    let hashes = Store::texts_of_dump(&from.join(DUMP), "file", "sha256")?;
    for sha256 in &hashes {
        checked(&path_of(&source, sha256), sha256)?;
    }
    let (store, _) = Store::restore(place, options, &from.join(DUMP))?;
    let (mut count, mut bytes) = (0, 0);
    for sha256 in hashes {
        bytes += copy_checked(&path_of(&source, &sha256), &path_of(files, &sha256), &sha256)?;
        count += 1;
    }
    Ok((store, Done { folder: from.to_owned(), files: count, bytes }))
}

/// The bytes of a file, if they are the ones that the database names.
fn checked(from: &Path, sha256: &str) -> Result<Vec<u8>, BackupTrouble> {
    let bytes = std::fs::read(from).map_err(|_| BackupTrouble::Altered { sha256: sha256.to_owned() })?;
    if hex(&Sha256::digest(&bytes)) == sha256 { Ok(bytes) } else { Err(BackupTrouble::Altered { sha256: sha256.to_owned() }) }
}

fn copy_checked(from: &Path, to: &Path, sha256: &str) -> Result<u64, BackupTrouble> {
    let bytes = checked(from, sha256)?;
    if let Some(parent) = to.parent() {
        at(parent, std::fs::create_dir_all(parent))?;
    }
    at(to, std::fs::write(to, &bytes))?;
    at(to, std::fs::File::open(to).and_then(|file| file.sync_all()))?;
    Ok(bytes.len() as u64)
}

/// Makes the search index anew from the texts: after a restore, which leaves out what can be derived.
pub fn reindex(tx: &mut Tx<'_>, keys: &crate::keys::Keys) -> Result<u64, Fault> {
    let mut ids = Vec::new();
    store::matters::each_id(tx, |id| {
        ids.push(id);
        Ok(())
    })?;
    for id in &ids {
        if let Some(matter) = store::matters::load(tx, id)? {
            crate::trail::reindex(tx, keys, &matter)?;
        }
    }
    Ok(ids.len() as u64)
}
