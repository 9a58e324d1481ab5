//! 文书: uploaded files. Written and synced under their hash before any row names them; typed by content; small enough to look at.

use crate::desk::Desk;
use crate::fault::Fault;
use crate::keys::hex;
use domain::accounts::Actor;
use domain::kernel::{FileId, Refusal};
use domain::matters::{FileFacts, Form};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use store::db::Tx;
use store::papers::File;

/// The largest file that is taken.
pub const LARGEST: usize = 20 * 1024 * 1024;

/// Types that are taken, by content: pictures, documents, sound and film as telephones make them. Nothing that a browser would run.
const TAKEN: &[(&str, &[&str])] = &[
    ("image/jpeg", &["jpg", "jpeg"]),
    ("image/png", &["png"]),
    ("image/webp", &["webp"]),
    ("image/heif", &["heic", "heif"]),
    ("application/pdf", &["pdf"]),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", &["docx"]),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &["xlsx"]),
    ("audio/mpeg", &["mp3"]),
    ("audio/m4a", &["m4a"]),
    ("audio/x-wav", &["wav"]),
    ("video/mp4", &["mp4"]),
    ("video/quicktime", &["mov"]),
];

/// Takes a file in: bytes to the disk first, then the row.
pub async fn upload(desk: &Desk, actor: &Actor, name: String, bytes: Vec<u8>) -> Result<File, Fault> {
    if bytes.is_empty() {
        return Err(Refusal::at("file_empty", "file", "文件是空的").into());
    }
    if bytes.len() > LARGEST {
        return Err(Refusal::at("file_large", "file", "文件超过 20 MB").into());
    }
    let media_type = infer::get(&bytes).map(|kind| kind.mime_type()).filter(|found| TAKEN.iter().any(|(taken, _)| taken == found));
    let Some(media_type) = media_type else {
        return Err(Refusal::at("file_type", "file", "不支持这种文件；请上传照片（JPG、PNG、HEIC）、PDF、Word、Excel、录音或视频").into());
    };
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let folder = desk.files().to_owned();
    let sha256 = tokio::task::spawn_blocking(move || keep(&folder, &bytes)).await.map_err(|error| Fault::Broken(error.to_string()))??;
    let actor = actor.account().clone();
    let name = plain_name(&name);
    desk.write(move |tx, _, now, mint| {
        let file = File {
            id: mint.id(FileId::PREFIX),
            sha256: sha256.clone(),
            name: name.clone(),
            media_type: media_type.to_owned(),
            size,
            uploaded_by: actor.clone(),
            uploaded_at: now,
        };
        store::papers::put_file(tx, &file)?;
        Ok(file)
    })
    .await
}

/// SHA-256 of bytes, as files are named.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Characters of a name that are kept.
const NAME: usize = 120;

/// A name without any path, of whatever system, and without characters that hide what it is (control characters, marks that turn the direction of reading).
fn plain_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let hides = |c: &char| c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let plain: String = last.chars().filter(|c| !hides(c)).collect();
    let plain = plain.trim();
    if plain.chars().all(|c| c == '.') {
        return "未命名".to_owned();
    }
    let (stem, ending) = plain.rsplit_once('.').map_or((plain, String::new()), |(stem, ending)| (stem, format!(".{ending}")));
    let room = NAME.saturating_sub(ending.chars().count());
    if room == 0 { plain.chars().take(NAME).collect() } else { stem.chars().take(room).chain(ending.chars()).collect() }
}

/// Where a file's bytes lie: `ab/cd/abcd…`.
#[must_use]
pub fn path_of(folder: &Path, sha256: &str) -> PathBuf {
    folder.join(sha256.get(..2).unwrap_or("00")).join(sha256.get(2..4).unwrap_or("00")).join(sha256)
}

/// Distinguishes the half files of this process.
static HALVES: AtomicU64 = AtomicU64::new(0);

/// Writes bytes under their hash: to a neighbour first, synced, then renamed, then the folder synced. A crash leaves the whole file or none.
pub fn keep(folder: &Path, bytes: &[u8]) -> Result<String, Fault> {
    let sha256 = hex(&Sha256::digest(bytes));
    let path = path_of(folder, &sha256);
    if path.exists() {
        return Ok(sha256);
    }
    let parent = path.parent().unwrap_or(folder);
    std::fs::create_dir_all(parent)?;
    // Each writer has a neighbour of its own: the same picture may come twice at once.
    let half = parent.join(format!("{sha256}.half-{}-{}", std::process::id(), HALVES.fetch_add(1, Ordering::Relaxed)));
    let mut file = std::fs::File::create(&half)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&half, &path)?;
    std::fs::File::open(parent)?.sync_all()?;
    Ok(sha256)
}

/// Reads a file that the actor may see.
pub async fn read(desk: &Desk, actor: &Actor, id: FileId) -> Result<(File, Vec<u8>), Fault> {
    let scope = actor.scope();
    let file = desk.read(move |tx, _| store::papers::file(tx, &scope, &id)?.ok_or(Fault::Missing)).await?;
    let path = path_of(desk.files(), &file.sha256);
    let bytes = tokio::task::spawn_blocking(move || std::fs::read(path)).await.map_err(|error| Fault::Broken(error.to_string()))?;
    match bytes {
        Ok(bytes) if hex(&Sha256::digest(&bytes)) == file.sha256 => Ok((file, bytes)),
        Ok(_) => Err(Fault::Broken(format!("the bytes of {} are not the ones that were uploaded", file.id))),
        Err(error) => Err(error.into()),
    }
}

/// The files that a form names, of those that the actor may use.
pub(crate) fn facts(tx: &mut Tx<'_>, actor: &Actor, form: &Form) -> Result<Vec<FileFacts>, Fault> {
    let scope = actor.scope();
    let mut facts = Vec::new();
    for id in form.files() {
        if let Some(file) = store::papers::file(tx, &scope, &id)? {
            facts.push(FileFacts { id: file.id, sha256: file.sha256, name: file.name });
        }
    }
    Ok(facts)
}
