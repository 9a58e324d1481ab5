//! 文书: numbers and files.

use crate::db::{Broken, Tx};
use crate::take::Take;
use crate::{sql, values};
use domain::accounts::Scope;
use domain::kernel::{AccountId, FileId, Instant};

/// The next number of a series. Under the chain's lock, so that a series has no gaps and no doubles.
pub fn next(tx: &mut Tx<'_>, series: &str) -> Result<i64, Broken> {
    let n = tx.one(
        sql!("insert into series (name, last) values (?, 1) on conflict (name) do update set last = series.last + 1 returning last"),
        &values![series],
        |row| row.int(0),
    )?;
    n.ok_or_else(|| Broken::Other { said: "the number was not returned".to_owned(), at: series.to_owned() })
}

/// A stored file; its bytes lie in the data folder under their SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its id.
    pub id: FileId,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Name as uploaded.
    pub name: String,
    /// Type by content.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// Who uploaded it.
    pub uploaded_by: AccountId,
    /// When.
    pub uploaded_at: Instant,
}

fn file_row(row: &crate::db::Row<'_>) -> Result<File, Broken> {
    let mut take = Take::new(row);
    Ok(File {
        id: take.id()?,
        sha256: take.text()?,
        name: take.text()?,
        media_type: take.text()?,
        size: take.int()?,
        uploaded_by: take.id()?,
        uploaded_at: take.instant()?,
    })
}

/// Names a file whose bytes have been written and synced.
pub fn put_file(tx: &mut Tx<'_>, f: &File) -> Result<(), Broken> {
    tx.exec(
        sql!("insert into file (id, sha256, name, media_type, size, uploaded_by, uploaded_at) values (?, ?, ?, ?, ?, ?, ?)"),
        &values![&f.id, &f.sha256, &f.name, &f.media_type, f.size, &f.uploaded_by, f.uploaded_at],
    )?;
    Ok(())
}

/// A file that the scope may read: one's own upload, or of a matter that one may see.
pub fn file(tx: &mut Tx<'_>, scope: &Scope, id: &FileId) -> Result<Option<File>, Broken> {
    let found = tx.one(
        sql!("select id, sha256, name, media_type, size, uploaded_by, uploaded_at from file where id = ? and erased_at is null"),
        &values![id],
        file_row,
    )?;
    let Some(mut file) = found else { return Ok(None) };
    // Once a matter has it, the name is one of the matter's texts.
    let sql = sql!("select a.matter, w.body from attachment a left join words w on w.id = a.name where a.file = ? order by a.matter, a.ordinal");
    let matters = tx.all(sql, &values![id], |row| Ok((row.id(0)?, row.opt_text(1)?)))?;
    let own = file.uploaded_by == *scope.account();
    for (matter, name) in matters {
        if own || crate::matters::in_scope(tx, scope, &matter)? {
            file.name = name.unwrap_or(file.name);
            return Ok(Some(file));
        }
    }
    Ok(own.then_some(file))
}

/// Files of a matter by their ids, for the page.
pub fn files_of(tx: &mut Tx<'_>, matter: &domain::kernel::MatterId) -> Result<Vec<File>, Broken> {
    tx.all(
        sql!(
            "select f.id, f.sha256, coalesce(w.body, f.name), f.media_type, f.size, f.uploaded_by, f.uploaded_at from attachment a join file f on f.id = a.file
             left join words w on w.id = a.name where a.matter = ? order by a.ordinal"
        ),
        &values![matter],
        file_row,
    )
}

/// The name of an upload goes over into the words of the matter that took it.
pub fn named(tx: &mut Tx<'_>, id: &FileId) -> Result<(), Broken> {
    tx.exec(sql!("update file set name = '' where id = ?"), &values![id])?;
    Ok(())
}

/// Every kept file's hash, for backup, verification and the sweeper of orphans.
pub fn hashes(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>, Broken> {
    tx.all(sql!("select distinct sha256, size from file where erased_at is null order by sha256"), &[], |row| Ok((row.text(0)?, row.int(1)?)))
}

/// The last number of every series: for verification.
pub fn series(tx: &mut Tx<'_>) -> Result<std::collections::BTreeMap<String, i64>, Broken> {
    Ok(tx.all(sql!("select name, last from series"), &[], |row| Ok((row.text(0)?, row.int(1)?)))?.into_iter().collect())
}

/// Files whose hash is not the one under which they were attached: for verification.
pub fn altered(tx: &mut Tx<'_>) -> Result<Vec<FileId>, Broken> {
    tx.all(sql!("select distinct f.id from attachment a join file f on f.id = a.file where f.sha256 <> a.sha256 order by f.id"), &[], |row| row.id(0))
}
