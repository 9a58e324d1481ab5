//! Writing what an act changed: the row, the children that are new or different, and the counters that lists show.

use crate::db::{Broken, Tx, Value};
use crate::{sql, values};
use domain::kernel::{Instant, PlaceCode};
use domain::matters::{Asking, Attachment, Call, Clock, Hop, Matter, Report, Task};
use domain::trail::Said;
use std::collections::BTreeSet;

/// Writes `after`. `before` is the matter as it was loaded, `None` for a new one; `place` is the place of its home station.
pub fn save(tx: &mut Tx<'_>, before: Option<&Matter>, after: &Matter, place: &PlaceCode, now: Instant) -> Result<(), Broken> {
    matter(tx, after, place, now)?;
    let unborn;
    let was = match before {
        Some(before) => before,
        None => {
            unborn = Matter::unborn(after.id.clone());
            &unborn
        }
    };
    parts(tx, was, after)?;
    for (ordinal, report) in changed(&was.reports, &after.reports) {
        put_report(tx, after, ordinal, report)?;
    }
    for (ordinal, clock) in changed(&was.clocks, &after.clocks) {
        put_clock(tx, after, ordinal, clock)?;
    }
    for (ordinal, task) in changed(&was.tasks, &after.tasks) {
        put_task(tx, after, ordinal, task)?;
    }
    for (ordinal, asking) in changed(&was.askings, &after.askings) {
        put_asking(tx, after, ordinal, asking)?;
    }
    for (ordinal, hop) in after.returns.iter().enumerate().skip(was.returns.len()) {
        put_hop(tx, after, ordinal, hop)?;
    }
    for (ordinal, call) in after.calls.iter().enumerate().skip(was.calls.len()) {
        put_call(tx, after, ordinal, call)?;
    }
    for (ordinal, file) in after.files.iter().enumerate().skip(was.files.len()) {
        put_attachment(tx, after, ordinal, file)?;
    }
    for (ordinal, number) in after.former.iter().enumerate().skip(was.former.len()) {
        tx.exec(sql!("insert into matter_number (matter, ordinal, number) values (?, ?, ?)"), &values![&after.id, int(ordinal), number])?;
    }
    crate::board::count(tx, before, after)
}

/// Rows that are new or differ, with their ordinals.
fn changed<'a, T: PartialEq>(was: &'a [T], is: &'a [T]) -> impl Iterator<Item = (usize, &'a T)> {
    is.iter().enumerate().filter(|(ordinal, row)| was.get(*ordinal) != Some(*row))
}

fn int(ordinal: usize) -> Value {
    Value::Int(i64::try_from(ordinal).unwrap_or(i64::MAX))
}

fn matter(tx: &mut Tx<'_>, m: &Matter, place: &PlaceCode, now: Instant) -> Result<(), Broken> {
    let governing = m.governing();
    tx.exec(
        sql!(
            "insert into matter (id, version, number, home, home_place, care, source, received_at, counts_from, registered_at, registered_by, title, title_commit, spot,
                                 spot_commit, state, level, urgency, category, place, owner_unit, owner_post, lead, handler, result, offered_at, accepted_at, contacted_at,
                                 fed_back_at, closed_at, archived_at, hops, rework, reopened, urged, barred, drawn, records, phase, governing_kind, governing_due,
                                 governing_provisional, is_open, touched_at)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (id) do update set version = excluded.version, number = excluded.number, care = excluded.care, title = excluded.title, title_commit = excluded.title_commit,
                                 spot = excluded.spot, spot_commit = excluded.spot_commit, state = excluded.state, level = excluded.level, urgency = excluded.urgency,
                                 category = excluded.category, place = excluded.place, owner_unit = excluded.owner_unit, owner_post = excluded.owner_post,
                                 lead = excluded.lead, handler = excluded.handler, result = excluded.result, offered_at = excluded.offered_at,
                                 accepted_at = excluded.accepted_at, contacted_at = excluded.contacted_at, fed_back_at = excluded.fed_back_at,
                                 closed_at = excluded.closed_at, archived_at = excluded.archived_at, hops = excluded.hops, rework = excluded.rework,
                                 reopened = excluded.reopened, urged = excluded.urged, barred = excluded.barred, drawn = excluded.drawn, records = excluded.records,
                                 phase = excluded.phase, governing_kind = excluded.governing_kind, governing_due = excluded.governing_due,
                                 governing_provisional = excluded.governing_provisional, is_open = excluded.is_open, touched_at = excluded.touched_at"
        ),
        &values![
            &m.id,
            m.version,
            &m.number,
            &m.home,
            place,
            m.care.code(),
            m.source.code(),
            m.received_at,
            m.counts_from,
            m.registered_at,
            &m.registered_by,
            &m.title.words,
            m.title.commit.0.as_str(),
            &m.spot.words,
            m.spot.commit.0.as_str(),
            m.state.code(),
            m.level.map(|c| c.code()),
            m.urgency.code(),
            &m.category,
            &m.place,
            &m.owner_unit,
            m.owner_post.map(|c| c.code()),
            &m.lead,
            &m.handler,
            m.result.map(|c| c.code()),
            m.offered_at,
            m.accepted_at,
            m.contacted_at,
            m.fed_back_at,
            m.closed_at,
            m.archived_at,
            m.hops,
            m.rework,
            m.reopened,
            m.urged,
            m.barred,
            m.drawn,
            m.records,
            m.phase().code(),
            governing.map(|clock| clock.kind.code()),
            governing.map(|clock| clock.due_at),
            governing.is_some_and(|clock| clock.provisional),
            m.state.is_open(),
            now
        ],
    )?;
    Ok(())
}

/// Who has which part, beside units: those who work on it, who registered it, who handles it, who was given a task.
pub(super) fn accounts(m: &Matter) -> BTreeSet<(String, &'static str)> {
    let mut parts: BTreeSet<(String, &'static str)> = m.doers.iter().map(|account| (account.0.clone(), "doer")).collect();
    parts.extend(m.named.iter().map(|account| (account.0.clone(), "named")));
    if !m.registered_by.0.is_empty() {
        parts.insert((m.registered_by.0.clone(), "registrar"));
    }
    parts.extend(m.handler.iter().map(|account| (account.0.clone(), "handler")));
    parts.extend(m.tasks.iter().filter_map(|task| task.account.as_ref()).map(|account| (account.0.clone(), "task")));
    parts
}

fn parts(tx: &mut Tx<'_>, was: &Matter, is: &Matter) -> Result<(), Broken> {
    for (unit, role) in is.units.difference(&was.units) {
        tx.exec(sql!("insert into matter_unit (matter, unit, role) values (?, ?, ?)"), &values![&is.id, unit, role])?;
    }
    let (before, after) = (accounts(was), accounts(is));
    for (account, part) in after.difference(&before) {
        tx.exec(sql!("insert into matter_account (matter, account, part) values (?, ?, ?)"), &values![&is.id, account, *part])?;
    }
    for (account, part) in before.difference(&after) {
        tx.exec(sql!("delete from matter_account where matter = ? and account = ? and part = ?"), &values![&is.id, account, *part])?;
    }
    for flag in is.flags.difference(&was.flags) {
        tx.exec(sql!("insert into matter_flag (matter, flag) values (?, ?)"), &values![&is.id, flag.code()])?;
    }
    for flag in was.flags.difference(&is.flags) {
        tx.exec(sql!("delete from matter_flag where matter = ? and flag = ?"), &values![&is.id, flag.code()])?;
    }
    Ok(())
}

fn words(said: &Option<Said>) -> (Value, Value) {
    match said {
        Some(said) => ((&said.words).into(), said.commit.0.as_str().into()),
        None => (Value::Null, Value::Null),
    }
}

fn put_report(tx: &mut Tx<'_>, m: &Matter, ordinal: usize, r: &Report) -> Result<(), Broken> {
    let ((name, name_commit), (phone, phone_commit), (anonymous, anonymous_commit)) = (words(&r.name), words(&r.phone), words(&r.anonymous));
    let lineage = r.lineage.as_ref();
    tx.exec(
        sql!(
            "insert into report (id, matter, ordinal, source, channel, received_at, said, said_commit, name, name_commit, phone, phone_commit, anonymous, anonymous_commit,
                                 receipt, receipt_commit, lineage_file, lineage_sheet, lineage_row, lineage_source_id, lineage_digest)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (id) do update set name = excluded.name, name_commit = excluded.name_commit"
        ),
        &[
            (&r.id).into(),
            (&m.id).into(),
            int(ordinal),
            r.source.code().into(),
            r.channel.as_str().into(),
            r.received_at.into(),
            (&r.said.words).into(),
            r.said.commit.0.as_str().into(),
            name,
            name_commit,
            phone,
            phone_commit,
            anonymous,
            anonymous_commit,
            (&r.receipt.words).into(),
            r.receipt.commit.0.as_str().into(),
            lineage.map(|l| l.file.as_str()).into(),
            lineage.map(|l| l.sheet.as_str()).into(),
            lineage.map(|l| l.row).into(),
            lineage.map(|l| l.source_id.as_str()).into(),
            lineage.map(|l| l.digest.as_str()).into(),
        ],
    )?;
    Ok(())
}

fn put_clock(tx: &mut Tx<'_>, m: &Matter, ordinal: usize, c: &Clock) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into clock (id, matter, ordinal, kind, policy, policy_version, started_at, due_at, provisional, step, next_step, next_at, stopped_at, outcome)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (id) do update set policy = excluded.policy, policy_version = excluded.policy_version, due_at = excluded.due_at,
                                 provisional = excluded.provisional, step = excluded.step, next_step = excluded.next_step, next_at = excluded.next_at,
                                 stopped_at = excluded.stopped_at, outcome = excluded.outcome"
        ),
        &values![
            &c.id,
            &m.id,
            int(ordinal),
            c.kind.code(),
            &c.policy,
            c.version,
            c.started_at,
            c.due_at,
            c.provisional,
            c.step,
            c.next_step,
            c.next_at,
            c.stopped_at,
            c.outcome.map(|o| o.code())
        ],
    )?;
    Ok(())
}

fn put_task(tx: &mut Tx<'_>, m: &Matter, ordinal: usize, t: &Task) -> Result<(), Broken> {
    let (outcome, outcome_commit) = words(&t.outcome);
    tx.exec(
        sql!(
            "insert into task (id, matter, ordinal, kind, unit, account, given_by, what, what_commit, due_at, state, ended_at, ended_by, outcome, outcome_commit)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (id) do update set account = excluded.account, state = excluded.state, ended_at = excluded.ended_at, ended_by = excluded.ended_by, outcome = excluded.outcome,
                                 outcome_commit = excluded.outcome_commit"
        ),
        &values![
            &t.id,
            &m.id,
            int(ordinal),
            t.kind.code(),
            &t.unit,
            &t.account,
            &t.given_by,
            &t.what.words,
            t.what.commit.0.as_str(),
            t.due_at,
            t.state.code(),
            t.ended_at,
            &t.ended_by,
            outcome,
            outcome_commit
        ],
    )?;
    Ok(())
}

fn put_asking(tx: &mut Tx<'_>, m: &Matter, ordinal: usize, a: &Asking) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into asking (id, matter, ordinal, what, asked_by, decider, code, reason, reason_commit, asked_at, state, decided_by, decided_at)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (id) do update set state = excluded.state, decided_by = excluded.decided_by, decided_at = excluded.decided_at"
        ),
        &values![
            &a.id,
            &m.id,
            int(ordinal),
            a.what.code(),
            &a.by,
            &a.decider,
            &a.code,
            &a.reason.words,
            a.reason.commit.0.as_str(),
            a.asked_at,
            a.state.code(),
            &a.decided_by,
            a.decided_at
        ],
    )?;
    Ok(())
}

fn put_hop(tx: &mut Tx<'_>, m: &Matter, ordinal: usize, h: &Hop) -> Result<(), Broken> {
    tx.exec(
        sql!("insert into hop (matter, ordinal, unit, reason, proposal, at) values (?, ?, ?, ?, ?, ?)"),
        &values![&m.id, int(ordinal), &h.unit, h.reason.code(), &h.proposal, h.at],
    )?;
    Ok(())
}

fn put_call(tx: &mut Tx<'_>, m: &Matter, ordinal: usize, c: &Call) -> Result<(), Broken> {
    tx.exec(
        sql!("insert into call_back (matter, ordinal, at, reached, solved, satisfaction, timely) values (?, ?, ?, ?, ?, ?, ?)"),
        &values![&m.id, int(ordinal), c.at, c.reached, c.solved.map(|s| s.code()), c.satisfaction.map(|s| s.code()), c.timely],
    )?;
    Ok(())
}

fn put_attachment(tx: &mut Tx<'_>, m: &Matter, ordinal: usize, a: &Attachment) -> Result<(), Broken> {
    let (name, commit) = words(&a.name);
    tx.exec(
        sql!("insert into attachment (matter, ordinal, file, sha256, purpose, at, attached_by, name, name_commit) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        &values![&m.id, int(ordinal), &a.file, &a.sha256, a.purpose.code(), a.at, &a.by, name, commit],
    )?;
    if a.name.is_some() { crate::papers::named(tx, &a.file) } else { Ok(()) }
}
