//! 汇聚: categories, routes, and what has been imported already.

use crate::db::{Broken, Tx};
use crate::take::Take;
use crate::{sql, values};
use domain::kernel::{Instant, MatterId};
use domain::matters::Care;

/// A category as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Its code.
    pub code: String,
    /// The category above.
    pub parent: Option<String>,
    /// Name.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// Family: `D`, `F`, `S` …
    pub family: String,
    /// Who may see matters of it.
    pub care: Care,
    /// Whether a matter may carry it.
    pub leaf: bool,
}

/// All categories in order.
pub fn categories(tx: &mut Tx<'_>) -> Result<Vec<Category>, Broken> {
    tx.all(sql!("select code, parent, name, name_en, family, care, leaf from category order by ordinal"), &[], |row| {
        let mut take = Take::new(row);
        Ok(Category {
            code: take.text()?,
            parent: take.opt_text()?,
            name: take.text()?,
            name_en: take.text()?,
            family: take.text()?,
            care: take.code()?,
            leaf: take.flag()?,
        })
    })
}

/// Writes categories into an empty database, in order.
pub fn put_categories(tx: &mut Tx<'_>, categories: &[Category]) -> Result<(), Broken> {
    for (ordinal, c) in categories.iter().enumerate() {
        tx.exec(
            sql!("insert into category (code, parent, name, name_en, family, care, leaf, ordinal) values (?, ?, ?, ?, ?, ?, ?, ?)"),
            &values![&c.code, &c.parent, &c.name, &c.name_en, &c.family, c.care.code(), c.leaf, i64::try_from(ordinal).unwrap_or(i64::MAX)],
        )?;
    }
    Ok(())
}

/// A routing rule as it is kept: codes of `domain::intake::RouteRule`, blank for “any”.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Its place in the order.
    pub position: i64,
    /// Category code or prefix.
    pub category: String,
    /// Place code or prefix.
    pub place: String,
    /// Level.
    pub level: String,
    /// Lead's function.
    pub lead: String,
    /// Assists' functions, separated by spaces.
    pub assists: String,
    /// Remark.
    pub note: String,
}

/// All routing rules in order.
pub fn routes(tx: &mut Tx<'_>) -> Result<Vec<Route>, Broken> {
    tx.all(sql!("select position, category, place, level, lead, assists, note from route order by position"), &[], |row| {
        let mut take = Take::new(row);
        Ok(Route {
            position: take.int()?,
            category: take.text()?,
            place: take.text()?,
            level: take.text()?,
            lead: take.text()?,
            assists: take.text()?,
            note: take.text()?,
        })
    })
}

/// Writes routing rules into an empty database.
pub fn put_routes(tx: &mut Tx<'_>, routes: &[Route]) -> Result<(), Broken> {
    for r in routes {
        tx.exec(
            sql!("insert into route (position, category, place, level, lead, assists, note) values (?, ?, ?, ?, ?, ?, ?)"),
            &values![r.position, &r.category, &r.place, &r.level, &r.lead, &r.assists, &r.note],
        )?;
    }
    Ok(())
}

/// What became of a row of a feed that was imported before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// SHA-256 of the row's cells then.
    pub digest: String,
    /// The matter that it made.
    pub matter: MatterId,
}

/// Looks a row up by its source's own id.
pub fn imported(tx: &mut Tx<'_>, feed: &str, source_id: &str) -> Result<Option<Imported>, Broken> {
    tx.one(sql!("select digest, matter from import_row where feed = ? and source_id = ?"), &values![feed, source_id], |row| {
        Ok(Imported { digest: row.text(0)?, matter: row.id(1)? })
    })
}

/// Remembers a row, in the transaction that made its matter.
pub fn put_imported(tx: &mut Tx<'_>, feed: &str, source_id: &str, imported: &Imported, run: &str) -> Result<(), Broken> {
    tx.exec(
        sql!("insert into import_row (feed, source_id, digest, matter, run) values (?, ?, ?, ?, ?)"),
        &values![feed, source_id, &imported.digest, &imported.matter, run],
    )?;
    Ok(())
}

/// Every row that was imported, by its matter: source id and digest. For verification.
pub fn all_imported(tx: &mut Tx<'_>) -> Result<Vec<(MatterId, String, String)>, Broken> {
    tx.all(sql!("select matter, source_id, digest from import_row order by matter, source_id"), &[], |row| Ok((row.id(0)?, row.text(1)?, row.text(2)?)))
}

/// One import as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: String,
    /// The feed.
    pub feed: String,
    /// Name of the file.
    pub file: String,
    /// Home station.
    pub station: String,
    /// `live` or `historical`.
    pub mode: String,
    /// When it began.
    pub started_at: Instant,
    /// Who began it.
    pub started_by: String,
    /// Rows that made matters.
    pub made: i64,
    /// Rows that had been imported before, unchanged.
    pub unchanged: i64,
    /// Rows that had been imported before and say something else now.
    pub changed: i64,
    /// Rows in error.
    pub refused: i64,
}

/// Writes what an import did.
pub fn put_run(tx: &mut Tx<'_>, r: &Run) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into import_run (id, feed, file, station, mode, started_at, started_by, made, unchanged, changed, refused) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (id) do update set made = excluded.made, unchanged = excluded.unchanged, changed = excluded.changed, refused = excluded.refused"
        ),
        &values![&r.id, &r.feed, &r.file, &r.station, &r.mode, r.started_at, &r.started_by, r.made, r.unchanged, r.changed, r.refused],
    )?;
    Ok(())
}

/// Matters with a report of this telephone number (its HMAC): the person came before.
pub fn by_contact(tx: &mut Tx<'_>, whole: &str, limit: i64) -> Result<Vec<MatterId>, Broken> {
    tx.all(
        sql!(
            "select r.matter from contact_index c join report r on r.phone = c.words where c.whole = ? group by r.matter order by max(r.received_at) desc, r.matter limit ?"
        ),
        &values![whole, limit],
        |row| row.id(0),
    )
}
