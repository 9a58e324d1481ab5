//! Reading a whole matter: the row and its children, in the shape that rules work on.

use crate::db::{Broken, Tx};
use crate::take::Take;
use crate::{sql, values};
use domain::kernel::{AccountId, Instant, MatterId, PlaceCode, UnitId};
use domain::matters::{Asking, Attachment, Call, Care, Clock, Hop, Matter, Report, Task};
use domain::trail::Lineage;

/// The home station of a matter: whose chain must be locked before the matter may be read for writing.
pub fn locked(tx: &mut Tx<'_>, id: &MatterId) -> Result<Option<UnitId>, Broken> {
    tx.one(sql!("select home from matter where id = ?"), &values![id], |row| row.id(0))
}

/// The id of a matter by its human number, for who may see the record of all readings; everybody else asks [`super::numbered`].
pub fn by_number(tx: &mut Tx<'_>, number: &str) -> Result<Option<MatterId>, Broken> {
    tx.one(
        sql!("select id from matter where number = ? union all select matter from matter_number where number = ? limit 1"),
        &values![number, number],
        |row| row.id(0),
    )
}

/// Every matter's id, for verification.
pub fn each_id(tx: &mut Tx<'_>, mut see: impl FnMut(MatterId) -> Result<(), Broken>) -> Result<u64, Broken> {
    tx.each(sql!("select id from matter order by id"), &[], |row| see(row.id(0)?))
}

/// Loads a matter as its rows say. Whether somebody may see it is asked before ([`super::in_scope`]).
pub fn load(tx: &mut Tx<'_>, id: &MatterId) -> Result<Option<Matter>, Broken> {
    let Some(mut matter) = tx.one(
        sql!(
            "select id, version, number, home, care, source, received_at, counts_from, registered_at, registered_by, title, title_commit, spot, spot_commit, state, level,
                    urgency, category, place, owner_unit, owner_post, lead, handler, result, offered_at, accepted_at, contacted_at, fed_back_at, closed_at, archived_at,
                    hops, rework, reopened, urged, barred, drawn, records
             from matter where id = ?"
        ),
        &values![id],
        |row| {
            let mut take = Take::new(row);
            let mut m = Matter::unborn(take.id()?);
            m.version = take.int()?;
            m.number = take.text()?;
            m.home = take.id()?;
            m.care = take.code()?;
            m.source = take.code()?;
            m.received_at = take.instant()?;
            m.counts_from = take.instant()?;
            m.registered_at = take.instant()?;
            m.registered_by = take.id()?;
            m.title = take.said("title")?;
            m.spot = take.said("spot")?;
            m.state = take.code()?;
            m.level = take.opt_code()?;
            m.urgency = take.code()?;
            m.category = take.opt_text()?;
            m.place = take.opt_id()?;
            m.owner_unit = take.opt_id()?;
            m.owner_post = take.opt_code()?;
            m.lead = take.opt_id()?;
            m.handler = take.opt_id()?;
            m.result = take.opt_code()?;
            m.offered_at = take.opt_instant()?;
            m.accepted_at = take.opt_instant()?;
            m.contacted_at = take.opt_instant()?;
            m.fed_back_at = take.opt_instant()?;
            m.closed_at = take.opt_instant()?;
            m.archived_at = take.opt_instant()?;
            m.hops = take.int()?;
            m.rework = take.int()?;
            m.reopened = take.int()?;
            m.urged = take.int()?;
            m.barred = take.flag()?;
            m.drawn = take.flag()?;
            m.records = take.int()?;
            Ok(m)
        },
    )?
    else {
        return Ok(None);
    };
    parts(tx, &mut matter)?;
    matter.reports = reports(tx, id)?;
    matter.clocks = clocks(tx, id)?;
    matter.tasks = tasks(tx, id)?;
    matter.askings = askings(tx, id)?;
    matter.returns = hops(tx, id)?;
    matter.calls = calls(tx, id)?;
    matter.files = attachments(tx, id)?;
    matter.notices = crate::notices::load(tx, id)?;
    Ok(Some(matter))
}

fn parts(tx: &mut Tx<'_>, matter: &mut Matter) -> Result<(), Broken> {
    let id = matter.id.clone();
    let units = tx.all(sql!("select unit, role from matter_unit where matter = ?"), &values![&id], |row| Ok((row.id(0)?, row.text(1)?)))?;
    matter.units = units.into_iter().collect();
    let doers: Vec<AccountId> = tx.all(sql!("select account from matter_account where matter = ? and part = 'doer'"), &values![&id], |row| row.id(0))?;
    matter.doers = doers.into_iter().collect();
    let named: Vec<AccountId> = tx.all(sql!("select account from matter_account where matter = ? and part = 'named'"), &values![&id], |row| row.id(0))?;
    matter.named = named.into_iter().collect();
    matter.former = tx.all(sql!("select number from matter_number where matter = ? order by ordinal"), &values![&id], |row| row.text(0))?;
    let flags = tx.all(sql!("select flag from matter_flag where matter = ?"), &values![&id], |row| Take::new(row).code())?;
    matter.flags = flags.into_iter().collect();
    Ok(())
}

fn reports(tx: &mut Tx<'_>, id: &MatterId) -> Result<Vec<Report>, Broken> {
    tx.all(
        sql!(
            "select id, source, channel, received_at, said, said_commit, name, name_commit, phone, phone_commit, anonymous, anonymous_commit, receipt, receipt_commit,
                    lineage_file, lineage_sheet, lineage_row, lineage_source_id, lineage_digest
             from report where matter = ? order by ordinal"
        ),
        &values![id],
        |row| {
            let mut take = Take::new(row);
            Ok(Report {
                id: take.id()?,
                source: take.code()?,
                channel: take.text()?,
                received_at: take.instant()?,
                said: take.said("said")?,
                name: take.opt_said("contact_name")?,
                phone: take.opt_said("contact_phone")?,
                anonymous: take.opt_said("anonymous_reason")?,
                receipt: take.said("receipt")?,
                lineage: match (take.opt_text()?, take.opt_text()?, take.opt_int()?, take.opt_text()?, take.opt_text()?) {
                    (Some(file), Some(sheet), Some(row), Some(source_id), Some(digest)) => Some(Lineage { file, sheet, row, source_id, digest }),
                    (None, None, None, None, None) => None,
                    _ => return Err(Broken::Other { said: "half a lineage".to_owned(), at: "report".to_owned() }),
                },
            })
        },
    )
}

fn clocks(tx: &mut Tx<'_>, id: &MatterId) -> Result<Vec<Clock>, Broken> {
    tx.all(
        sql!(
            "select id, kind, policy, policy_version, started_at, due_at, provisional, step, next_step, next_at, stopped_at, outcome from clock where matter = ? order by ordinal"
        ),
        &values![id],
        |row| {
            let mut take = Take::new(row);
            Ok(Clock {
                id: take.id()?,
                kind: take.code()?,
                policy: take.text()?,
                version: take.int()?,
                started_at: take.instant()?,
                due_at: take.instant()?,
                provisional: take.flag()?,
                step: take.int()?,
                next_step: take.opt_int()?,
                next_at: take.opt_instant()?,
                stopped_at: take.opt_instant()?,
                outcome: take.opt_code()?,
            })
        },
    )
}

fn tasks(tx: &mut Tx<'_>, id: &MatterId) -> Result<Vec<Task>, Broken> {
    tx.all(
        sql!(
            "select id, kind, unit, account, given_by, what, what_commit, due_at, state, ended_at, ended_by, outcome, outcome_commit from task where matter = ? order by ordinal"
        ),
        &values![id],
        |row| {
            let mut take = Take::new(row);
            let mut task = Task {
                id: take.id()?,
                kind: take.code()?,
                unit: take.id()?,
                account: take.opt_id()?,
                given_by: take.id()?,
                what: take.said("task")?,
                due_at: take.opt_instant()?,
                state: take.code()?,
                ended_at: take.opt_instant()?,
                ended_by: take.opt_id()?,
                outcome: None,
            };
            // The name of the words is the act's, which the row does not keep; the commitment binds the text whatever its name.
            task.outcome = take.opt_said("task_outcome")?;
            Ok(task)
        },
    )
}

fn askings(tx: &mut Tx<'_>, id: &MatterId) -> Result<Vec<Asking>, Broken> {
    tx.all(
        sql!("select id, what, asked_by, decider, code, reason, reason_commit, asked_at, state, decided_by, decided_at from asking where matter = ? order by ordinal"),
        &values![id],
        |row| {
            let mut take = Take::new(row);
            Ok(Asking {
                id: take.id()?,
                what: take.code()?,
                by: take.id()?,
                decider: take.id()?,
                code: take.opt_text()?,
                reason: take.said("asked_because")?,
                asked_at: take.instant()?,
                state: take.code()?,
                decided_by: take.opt_id()?,
                decided_at: take.opt_instant()?,
            })
        },
    )
}

fn hops(tx: &mut Tx<'_>, id: &MatterId) -> Result<Vec<Hop>, Broken> {
    tx.all(sql!("select unit, reason, proposal, at from hop where matter = ? order by ordinal"), &values![id], |row| {
        let mut take = Take::new(row);
        Ok(Hop { unit: take.id()?, reason: take.code()?, proposal: take.opt_id()?, at: take.instant()? })
    })
}

fn calls(tx: &mut Tx<'_>, id: &MatterId) -> Result<Vec<Call>, Broken> {
    tx.all(sql!("select at, reached, solved, satisfaction, timely from call_back where matter = ? order by ordinal"), &values![id], |row| {
        let mut take = Take::new(row);
        Ok(Call { at: take.instant()?, reached: take.flag()?, solved: take.opt_code()?, satisfaction: take.opt_code()?, timely: take.opt_flag()? })
    })
}

fn attachments(tx: &mut Tx<'_>, id: &MatterId) -> Result<Vec<Attachment>, Broken> {
    tx.all(sql!("select file, sha256, purpose, at, attached_by, name, name_commit from attachment where matter = ? order by ordinal"), &values![id], |row| {
        let mut take = Take::new(row);
        Ok(Attachment { file: take.id()?, sha256: take.text()?, purpose: take.code()?, at: take.instant()?, by: take.id()?, name: take.opt_said("file_name")? })
    })
}

/// What of the columns that only repeat other facts (for queries) is not as the folded matter gives it: for verification. `touched` is when its last event was.
pub fn derived(tx: &mut Tx<'_>, folded: &Matter, touched: Instant) -> Result<Vec<String>, Broken> {
    let mut out = Vec::new();
    let id = &folded.id;
    let governing = folded.governing();
    let expected = (
        folded.phase().code().to_owned(),
        governing.map(|clock| clock.kind.code().to_owned()),
        governing.map(|clock| clock.due_at),
        governing.is_some_and(|clock| clock.provisional),
        folded.state.is_open(),
    );
    let found = tx.one(
        sql!(
            "select m.phase, m.governing_kind, m.governing_due, m.governing_provisional, m.is_open, u.place, m.home_place, m.touched_at
             from matter m join unit u on u.id = m.home where m.id = ?"
        ),
        &values![id],
        |row| {
            let mut take = Take::new(row);
            Ok(((take.text()?, take.opt_text()?, take.opt_instant()?, take.flag()?, take.flag()?), take.text()? == take.text()?, take.instant()? == touched))
        },
    )?;
    match found {
        Some((row, place, touched)) => {
            if row != expected {
                out.push(format!("phase, governing clock or openness: the row says {row:?}, the events give {expected:?}"));
            }
            if !place {
                out.push("home_place is not the place of its home station".to_owned());
            }
            if !touched {
                out.push("touched_at is not the instant of its last event".to_owned());
            }
        }
        None => out.push("its home station is gone".to_owned()),
    }
    let accounts: Vec<(String, String)> =
        tx.all(sql!("select account, part from matter_account where matter = ? order by account, part"), &values![id], |row| Ok((row.text(0)?, row.text(1)?)))?;
    let wanted: Vec<(String, String)> = super::save::accounts(folded).into_iter().map(|(account, part)| (account, part.to_owned())).collect();
    if accounts != wanted {
        out.push("matter_account: the rows are not what the events give".to_owned());
    }
    let kept = tx.all(
        sql!(
            "select 'report', ordinal from report where matter = ? union all select 'clock', ordinal from clock where matter = ?
             union all select 'task', ordinal from task where matter = ? union all select 'asking', ordinal from asking where matter = ?
             union all select 'hop', ordinal from hop where matter = ? union all select 'call_back', ordinal from call_back where matter = ?
             union all select 'attachment', ordinal from attachment where matter = ?
             union all select 'matter_number', ordinal from matter_number where matter = ? order by 1, 2"
        ),
        &values![id, id, id, id, id, id, id, id],
        |row| Ok((row.text(0)?, row.int(1)?)),
    )?;
    for rows in kept.chunk_by(|a, b| a.0 == b.0) {
        if !rows.iter().map(|(_, ordinal)| *ordinal).eq(0..i64::try_from(rows.len()).unwrap_or(i64::MAX)) {
            out.push(format!("{}: the ordinals have a gap", rows[0].0));
        }
    }
    Ok(out)
}

/// Class, place of the home station, units and accounts with a part, units that are complained of.
pub type Audience = (Care, PlaceCode, Vec<UnitId>, Vec<AccountId>, Vec<UnitId>);

/// Who may see a matter: its class, its home's place, the units and accounts that have a part.
pub fn audience(tx: &mut Tx<'_>, id: &MatterId) -> Result<Option<Audience>, Broken> {
    let Some((care, place)) = tx.one(sql!("select care, home_place from matter where id = ?"), &values![id], |row| {
        let mut take = Take::new(row);
        Ok((take.code()?, take.id()?))
    })?
    else {
        return Ok(None);
    };
    let units = tx.all(sql!("select distinct unit from matter_unit where matter = ? and role <> 'accused'"), &values![id], |row| row.id(0))?;
    let accounts = tx.all(sql!("select distinct account from matter_account where matter = ?"), &values![id], |row| row.id(0))?;
    let accused = tx.all(sql!("select unit from matter_unit where matter = ? and role = 'accused'"), &values![id], |row| row.id(0))?;
    Ok(Some((care, place, units, accounts, accused)))
}
