//! Uploads that no matter took within a day, and bytes on the disk that no row names.

use crate::desk::Desk;
use crate::fault::Fault;
use crate::papers::path_of;
use domain::kernel::{DAY, Instant};
use std::path::Path;

/// Orphans looked at in one transaction.
const ROUND: i64 = 200;
/// How old bytes without a row must be before they go: an upload writes the bytes first, and its row a moment later.
const FRESH: std::time::Duration = std::time::Duration::from_hours(24);

/// Drops uploads that no matter took within a day, then bytes that no row names. Says how many files went.
pub fn sweep(desk: &Desk, now: Instant) -> Result<usize, Fault> {
    let mut gone = 0;
    loop {
        let orphans = desk.store().read_now(move |tx| store::keeping::orphans(tx, now.plus(-DAY), ROUND).map_err(Fault::from))?;
        let n = orphans.len();
        for (id, sha256) in orphans {
            gone += usize::from(desk.write_at(now, move |tx, _, _, _| Ok(store::keeping::drop_orphan(tx, &id)?))?);
            remove(desk, &sha256)?;
        }
        if i64::try_from(n).unwrap_or(i64::MAX) < ROUND {
            break;
        }
    }
    Ok(gone + unnamed(desk)?)
}

/// Removes bytes that no kept row names (a row may have come to need them since).
pub(super) fn remove(desk: &Desk, sha256: &str) -> Result<(), Fault> {
    let asked = sha256.to_owned();
    if desk.store().read_now(move |tx| store::keeping::needed(tx, &asked).map_err(Fault::from))? {
        return Ok(());
    }
    match std::fs::remove_file(path_of(desk.files(), sha256)) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// What a crash between the row and the bytes has left: files of the folder, old enough, that no row names.
fn unnamed(desk: &Desk) -> Result<usize, Fault> {
    let mut gone = 0;
    let mut folders = vec![desk.files().to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if old(&path) && !named(desk, &path)? {
                std::fs::remove_file(&path)?;
                gone += 1;
            }
        }
    }
    Ok(gone)
}

fn old(path: &Path) -> bool {
    std::fs::metadata(path).and_then(|meta| meta.modified()).is_ok_and(|at| at.elapsed().is_ok_and(|age| age > FRESH))
}

fn named(desk: &Desk, path: &Path) -> Result<bool, Fault> {
    let Some(sha256) = path.file_name().and_then(|name| name.to_str()).map(str::to_owned) else { return Ok(true) };
    desk.store().read_now(move |tx| store::keeping::needed(tx, &sha256).map_err(Fault::from))
}
