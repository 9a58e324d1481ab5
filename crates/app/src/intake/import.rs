//! Importing a list: each row a report and its matter, or a named error; a second import changes nothing.

use super::mapping::{ImportRow, Mapping};
use super::register::{Extra, register_with};
use super::suggest::{rules, unit_of};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::keys::hex;
use crate::matters::{Act, act};
use domain::accounts::Actor;
use domain::intake::{UnitHint, classify, route};
use domain::kernel::{Instant, Mint, UnitId};
use domain::matters::{ActKind, Raw, RawForm};
use domain::trail::Lineage;
use sha2::{Digest, Sha256};
use sheets::{RowError, Table};
use std::collections::BTreeMap;
use std::convert::Infallible;
use store::db::{Broken, Tx};
use store::intake::{Imported, Run};

/// How received times count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Now: clocks count from receipt.
    Live,
    /// A list of the past: received times are kept, clocks count from the import, and a reply in the file closes the matter as answered.
    Historical,
}

impl Mode {
    /// Its code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Historical => "historical",
        }
    }
}

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Rows read.
    pub rows: u64,
    /// Rows that made (or would make) a matter.
    pub made: u64,
    /// Of these, closed at once by a reply in the file.
    pub answered: u64,
    /// Rows imported before and unchanged.
    pub unchanged: u64,
    /// Rows imported before that say something else now: source ids and the matter's number.
    pub changed: Vec<(String, String)>,
    /// Rows in error.
    pub refused: Vec<RowError>,
    /// Rows of which words told a leaf.
    pub leaf: u64,
    /// Rows of which the label or words told only a family.
    pub family: u64,
    /// Rows whose unit came from a routing rule.
    pub routed: u64,
    /// Rows that fell back to the command room.
    pub fallback: u64,
    /// How many rows each rule took.
    pub by_rule: BTreeMap<i64, u64>,
}

/// Reads a table through its map and imports it at a station.
pub struct Import<'a> {
    /// The desk.
    pub desk: &'a Desk,
    /// Who imports.
    pub actor: &'a Actor,
    /// The table.
    pub table: &'a Table,
    /// The map.
    pub mapping: &'a Mapping,
    /// Home station of every row.
    pub station: &'a UnitId,
    /// Live or historical.
    pub mode: Mode,
    /// Only say what would be done.
    pub dry_run: bool,
}

impl Import<'_> {
    /// Runs it, row by row, each row in a transaction of its own: an import that is broken off goes on where it stopped when it is started again.
    pub fn run(&self, mut progress: impl FnMut(u64, u64)) -> Result<Outcome, Fault> {
        let rows = self.mapping.rows(self.table);
        let total = rows.len() as u64;
        let started_at = self.desk.now();
        let run = format!("imp_{}", hex(&self.desk.mint(started_at).bytes()[..13]));
        let mut outcome = Outcome { rows: total, ..Outcome::default() };
        for (n, row) in rows.into_iter().enumerate() {
            match row {
                Err(error) => outcome.refused.push(error),
                Ok(row) => self.one(&row, &run, &mut outcome)?,
            }
            progress(n as u64 + 1, total);
        }
        if !self.dry_run {
            self.remember(&run, started_at, &outcome)?;
        }
        Ok(outcome)
    }

    fn one(&self, row: &ImportRow, run: &str, outcome: &mut Outcome) -> Result<(), Fault> {
        let reading = classify(&row.title, &row.said, row.label.as_deref().and_then(|label| self.mapping.families(label)).as_deref());
        let category = reading.leaf.as_ref().map(|guess| guess.code.to_owned());
        match (&reading.leaf, &reading.family) {
            (Some(_), _) => outcome.leaf += 1,
            (None, Some(_)) => outcome.family += 1,
            (None, None) => {}
        }
        let digest = digest(row);
        let (feed, source_id) = (self.mapping.name.clone(), row.source_id.clone());
        let known = self.desk.store().read_now({
            let source_id = source_id.clone();
            move |tx| -> Result<_, Fault> {
                let Some(imported) = store::intake::imported(tx, &feed, &source_id)? else { return Ok(None) };
                let number = store::matters::load(tx, &imported.matter)?.map_or_else(String::new, |matter| matter.number);
                Ok(Some((imported, number)))
            }
        })?;
        if let Some((imported, number)) = known {
            if imported.digest == digest {
                outcome.unchanged += 1;
            } else {
                outcome.changed.push((source_id, number));
            }
            return Ok(());
        }
        let (station, family) = (self.station.clone(), reading.family.as_ref().map(|guess| guess.code.to_owned()));
        let lead = self.desk.store().read_now({
            let (desk, now) = (self.desk.clone(), self.desk.now());
            move |tx| lead(tx, &desk, category.as_deref().or(family.as_deref()), &station, now)
        })?;
        match lead.rule {
            Some(rule) => {
                outcome.routed += 1;
                *outcome.by_rule.entry(rule).or_insert(0) += 1;
            }
            None => outcome.fallback += 1,
        }
        let leaf = reading.leaf.map(|guess| guess.code.to_owned());
        match self.write(row, run, &digest, leaf, lead.unrouted) {
            Ok(answered) => {
                outcome.made += 1;
                outcome.answered += u64::from(answered);
                Ok(())
            }
            Err(Fault::Refused(refusal)) => {
                outcome.refused.push(RowError { file: self.table.file.clone(), sheet: row.sheet.clone(), row: row.line, reason: refusal.to_string() });
                Ok(())
            }
            Err(other) => Err(other),
        }
    }

    fn write(&self, row: &ImportRow, run: &str, digest: &str, category: Option<String>, unrouted: bool) -> Result<bool, Fault> {
        let now = self.desk.now();
        let lineage = Lineage {
            file: self.table.file.clone(),
            sheet: row.sheet.clone(),
            row: i64::try_from(row.line).unwrap_or(i64::MAX),
            source_id: row.source_id.clone(),
            digest: digest.to_owned(),
        };
        let counts_from = (self.mode == Mode::Historical).then_some(now);
        let extra = Extra { home: Some(self.station.clone()), counts_from, lineage: Some(lineage), unrouted };
        let data = form(row, category);
        let answer = if self.mode == Mode::Historical { row.reply.clone() } else { None };
        let (actor, run, feed, source_id, digest) = (self.actor.clone(), run.to_owned(), self.mapping.name.clone(), row.source_id.clone(), digest.to_owned());
        let use_case = move |tx: &mut Tx<'_>, desk: &Desk, now: Instant, mint: &mut Mint| {
            let registered = register_with(tx, desk, &actor, data.clone(), &extra, now, mint)?;
            let matter = registered.recorded.matter;
            store::intake::put_imported(tx, &feed, &source_id, &Imported { digest: digest.clone(), matter: matter.id.clone() }, &run)?;
            let Some(reply) = &answer else { return Ok(false) };
            let mut data = RawForm::new();
            data.insert("outcome".to_owned(), Raw::Text(reply.chars().take(20_000).collect()));
            data.insert("result".to_owned(), Raw::Text("explained".to_owned()));
            data.insert("told_how".to_owned(), Raw::Text("paper".to_owned()));
            act(tx, desk, &actor, &Act { matter: matter.id, version: matter.version, act: ActKind::Answer, data }, now, mint)?;
            Ok(true)
        };
        if self.dry_run { self.tried(now, use_case) } else { self.desk.write_at(now, use_case) }
    }

    /// Does it and undoes it, so that a dry run says exactly what a real one will say.
    fn tried<T, F>(&self, now: Instant, use_case: F) -> Result<T, Fault>
    where
        F: Fn(&mut Tx<'_>, &Desk, Instant, &mut Mint) -> Result<T, Fault> + Send + 'static,
        T: Send + 'static,
    {
        let (desk, mint) = (self.desk.clone(), self.desk.mint(now));
        let undone = self.desk.store().write_now(move |tx| match use_case(tx, &desk, now, &mut mint.clone()) {
            Ok(would) => Err::<Infallible, Undone<T>>(Undone::Would(would)),
            Err(fault) => Err(Undone::Fault(fault)),
        });
        match undone {
            Ok(never) => match never {},
            Err(Undone::Would(would)) => Ok(would),
            Err(Undone::Fault(fault)) => Err(fault),
        }
    }

    fn remember(&self, run: &str, started_at: Instant, outcome: &Outcome) -> Result<(), Fault> {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let row = Run {
            id: run.to_owned(),
            feed: self.mapping.name.clone(),
            file: self.table.file.clone(),
            station: self.station.0.clone(),
            mode: self.mode.code().to_owned(),
            started_at,
            started_by: self.actor.account().0.clone(),
            made: i64::try_from(outcome.made).unwrap_or(i64::MAX),
            unchanged: i64::try_from(outcome.unchanged).unwrap_or(i64::MAX),
            changed: count(outcome.changed.len()),
            refused: count(outcome.refused.len()),
        };
        self.desk.write_at(started_at, move |tx, _, _, _| Ok(store::intake::put_run(tx, &row)?))
    }
}

/// How a use-case ended whose work is not kept.
enum Undone<T> {
    /// With this result.
    Would(T),
    /// With this fault.
    Fault(Fault),
}

impl<T> From<Broken> for Undone<T> {
    fn from(broken: Broken) -> Self {
        Self::Fault(broken.into())
    }
}

/// SHA-256 over what the row says, so that a changed row is seen whatever the order of its columns.
fn digest(row: &ImportRow) -> String {
    let mut hash = Sha256::new();
    let instant = |at: Option<Instant>| at.map_or_else(String::new, |at| at.0.to_string());
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    for part in [
        row.source_id.clone(),
        instant(row.received_at),
        row.title.clone(),
        row.said.clone(),
        text(&row.contact_name),
        text(&row.contact_phone),
        text(&row.place),
        text(&row.label),
        text(&row.reply),
        instant(row.replied_at),
    ] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize())
}

/// The form of `register` out of a row.
fn form(row: &ImportRow, category: Option<String>) -> RawForm {
    let mut data = RawForm::new();
    let mut put = |name: &str, text: Option<String>| {
        if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
            data.insert(name.to_owned(), Raw::Text(text));
        }
    };
    put("said", Some(if row.said.trim().is_empty() { row.title.clone() } else { row.said.chars().take(20_000).collect() }));
    put("title", Some(row.title.chars().take(200).collect()));
    put("spot", Some(row.place.clone().unwrap_or_else(|| "未注明".to_owned())));
    // A word of the file's own is kept as the channel; only a code of the list is a source.
    let source = row.source.as_deref().filter(|code| domain::matters::codes("source").iter().any(|(known, _, _)| known == code));
    put("source", Some(source.unwrap_or("import").to_owned()));
    put("urgency", Some("normal".to_owned()));
    put("channel", row.channel.clone());
    put("category", category);
    put("contact_name", row.contact_name.clone());
    match &row.contact_phone {
        Some(phone) => put("contact_phone", Some(phone.clone())),
        None => put("anonymous_reason", Some("清单未提供联系电话".to_owned())),
    }
    if let Some(at) = row.received_at {
        data.insert("received_at".to_owned(), Raw::Int(at.0));
    }
    data
}

struct Lead {
    rule: Option<i64>,
    unrouted: bool,
}

/// Which unit the rules name; if none, the command room owns the matter.
fn lead(tx: &mut Tx<'_>, desk: &Desk, category: Option<&str>, station: &UnitId, now: Instant) -> Result<Lead, Fault> {
    let book = desk.rulebook(tx, now)?;
    let place = book.network.unit(station).map(|unit| unit.place.clone());
    let routed = route(&rules(&book), category, place.as_ref().map(|place| place.as_str()), None);
    let unit = unit_of(&book, routed.lead, place.as_ref(), Some(station));
    Ok(Lead { rule: routed.rule.filter(|_| unit.is_some()), unrouted: unit.is_none() || routed.rule.is_none() || routed.lead == UnitHint::Command })
}
