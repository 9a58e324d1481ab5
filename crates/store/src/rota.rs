//! 值班: rotas, shifts, askings about them, call-out lists, hand-overs, calendar addresses.

use crate::db::{Broken, Query, Row, Tx, Value};
use crate::take::Take;
use crate::{part, sql, values};
use domain::kernel::{AccountId, Day, DutyNoticeId, EquipmentId, HandOverId, Instant, MatterId, RotaFeedId, RotaId, ShiftAskingId, ShiftId, UnitId};
use domain::places::EquipmentState;
use domain::rota::{CallOutBy, Duty, DutyNotice, HandOver, HandedWhy, Published, RotaState, Shift, ShiftAsking};
use domain::trail::RotaRow;
use std::collections::BTreeMap;

// rotas -------------------------------------------------------------------------------------------------------------------------------

fn rota(row: &Row<'_>) -> Result<RotaRow, Broken> {
    let mut take = Take::new(row);
    Ok(RotaRow {
        id: take.id()?,
        unit: take.id()?,
        duty: take.code()?,
        pattern: take.code()?,
        from_day: Day(take.int()?),
        to_day: Day(take.int()?),
        seats: take.int()?,
        state: take.code()?,
        demo: take.flag()?,
    })
}

/// Writes a rota, new or published.
pub fn put(tx: &mut Tx<'_>, r: &RotaRow) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into rota (id, unit, duty, pattern, from_day, to_day, seats, state, demo) values (?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (id) do update set state = excluded.state"
        ),
        &values![&r.id, &r.unit, r.duty.code(), r.pattern.code(), r.from_day.0, r.to_day.0, r.seats, r.state.code(), r.demo],
    )?;
    Ok(())
}

/// Takes a draft away with its shifts.
pub fn drop_draft(tx: &mut Tx<'_>, id: &RotaId) -> Result<(), Broken> {
    tx.exec(sql!("delete from shift where rota = ?"), &values![id])?;
    tx.exec(sql!("delete from rota where id = ? and state = ?"), &values![id, RotaState::Draft.code()])?;
    Ok(())
}

/// A rota by its id.
pub fn by_id(tx: &mut Tx<'_>, id: &RotaId) -> Result<Option<RotaRow>, Broken> {
    tx.one(sql!("select id, unit, duty, pattern, from_day, to_day, seats, state, demo from rota where id = ?"), &values![id], rota)
}

/// The rotas of a unit that touch some days.
pub fn of_unit(tx: &mut Tx<'_>, unit: &UnitId, from: Day, to: Day) -> Result<Vec<RotaRow>, Broken> {
    tx.all(
        sql!(
            "select id, unit, duty, pattern, from_day, to_day, seats, state, demo from rota where unit = ? and to_day >= ? and from_day <= ? order by duty, from_day, id"
        ),
        &values![unit, from.0, to.0],
        rota,
    )
}

/// Every rota, for verification.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<RotaRow>, Broken> {
    tx.all(sql!("select id, unit, duty, pattern, from_day, to_day, seats, state, demo from rota order by id"), &[], rota)
}

/// What is published: for the days from `from` on every rota, and of each duty the last one before, which says that there is one.
pub fn published(tx: &mut Tx<'_>, from: Day) -> Result<Vec<Published>, Broken> {
    tx.all(
        sql!(
            "select r.unit, r.duty, r.pattern, r.from_day, r.to_day from rota r where r.state = 'published'
             and (r.to_day >= ? or r.to_day = (select max(o.to_day) from rota o where o.unit = r.unit and o.duty = r.duty and o.state = 'published' and o.to_day < ?))
             order by r.unit, r.duty, r.from_day"
        ),
        &values![from.0, from.0],
        |row| {
            let mut take = Take::new(row);
            Ok(Published { unit: take.id()?, duty: take.code()?, pattern: take.code()?, from_day: Day(take.int()?), to_day: Day(take.int()?) })
        },
    )
}

// shifts ------------------------------------------------------------------------------------------------------------------------------

fn shift(row: &Row<'_>) -> Result<Shift, Broken> {
    let mut take = Take::new(row);
    Ok(Shift {
        id: take.id()?,
        rota: take.id()?,
        unit: take.id()?,
        duty: take.code()?,
        kind: take.code()?,
        from_at: take.instant()?,
        to_at: take.instant()?,
        account: take.opt_id()?,
        absent: take.flag()?,
        stand_in: take.opt_id()?,
    })
}

/// Writes a shift, new or changed.
pub fn put_shift(tx: &mut Tx<'_>, s: &Shift) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into shift (id, rota, unit, duty, kind, from_at, to_at, account, absent, stand_in) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (id) do update set account = excluded.account, absent = excluded.absent, stand_in = excluded.stand_in"
        ),
        &values![&s.id, &s.rota, &s.unit, s.duty.code(), s.kind.code(), s.from_at, s.to_at, &s.account, s.absent, &s.stand_in],
    )?;
    Ok(())
}

/// A shift by its id, with the state of its rota.
pub fn shift_by_id(tx: &mut Tx<'_>, id: &ShiftId) -> Result<Option<(Shift, RotaState)>, Broken> {
    tx.one(
        sql!(
            "select s.id, s.rota, s.unit, s.duty, s.kind, s.from_at, s.to_at, s.account, s.absent, s.stand_in, r.state from shift s join rota r on r.id = s.rota where s.id = ?"
        ),
        &values![id],
        |row| Ok((shift(row)?, Take::new(row).nth(10)?)),
    )
}

/// The shifts of a rota in order of time.
pub fn shifts_of(tx: &mut Tx<'_>, id: &RotaId) -> Result<Vec<Shift>, Broken> {
    tx.all(
        sql!("select id, rota, unit, duty, kind, from_at, to_at, account, absent, stand_in from shift where rota = ? order by from_at, id"),
        &values![id],
        shift,
    )
}

/// Which published shifts are asked for.
#[derive(Debug, Clone, Default)]
pub struct Shifts {
    /// Of one unit.
    pub unit: Option<UnitId>,
    /// Of one duty.
    pub duty: Option<Duty>,
    /// Of one person, also as stand-in.
    pub account: Option<AccountId>,
    /// Also of drafts.
    pub drafts: bool,
}

/// The shifts that touch a span, in order of time. No shift is longer than the nine days that the index is read back.
pub fn shifts(tx: &mut Tx<'_>, wanted: &Shifts, from: Instant, until: Instant) -> Result<Vec<Shift>, Broken> {
    const LONGEST: i64 = 9 * domain::kernel::DAY;
    let mut query = Query::with(
        sql!(
            "select s.id, s.rota, s.unit, s.duty, s.kind, s.from_at, s.to_at, s.account, s.absent, s.stand_in from shift s join rota r on r.id = s.rota
             where s.from_at >= ? and s.from_at < ? and s.to_at > ?"
        ),
        [from.plus(-LONGEST).into(), until.into(), from.into()],
    );
    if !wanted.drafts {
        query = query.and(part!(" and r.state = 'published'"), []);
    }
    if let Some(unit) = &wanted.unit {
        query = query.and(part!(" and s.unit = ?"), [unit.into()]);
    }
    if let Some(duty) = wanted.duty {
        query = query.and(part!(" and s.duty = ?"), [duty.code().into()]);
    }
    if let Some(account) = &wanted.account {
        query = query.and(part!(" and (s.account = ? or s.stand_in = ?)"), [account.into(), account.into()]);
    }
    query.then(part!(" order by s.from_at, s.duty, s.id"), []).all(tx, shift)
}

/// Every shift, for verification.
pub fn all_shifts(tx: &mut Tx<'_>) -> Result<Vec<Shift>, Broken> {
    tx.all(sql!("select id, rota, unit, duty, kind, from_at, to_at, account, absent, stand_in from shift order by id"), &[], shift)
}

// askings -----------------------------------------------------------------------------------------------------------------------------

fn asking(row: &Row<'_>) -> Result<ShiftAsking, Broken> {
    let mut take = Take::new(row);
    Ok(ShiftAsking {
        id: take.id()?,
        what: take.code()?,
        unit: take.id()?,
        shift: take.id()?,
        other_shift: take.opt_id()?,
        by: take.id()?,
        other: take.opt_id()?,
        reason: take.said("reason")?,
        state: take.code()?,
        asked_at: take.instant()?,
        decided_by: take.opt_id()?,
        decided_at: take.opt_instant()?,
    })
}

/// Writes an asking, new or answered.
pub fn put_asking(tx: &mut Tx<'_>, a: &ShiftAsking) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into shift_asking (id, what, unit, shift, other_shift, asked_by, other, reason, reason_commit, state, asked_at, decided_by, decided_at)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (id) do update set state = excluded.state, decided_by = excluded.decided_by, decided_at = excluded.decided_at"
        ),
        &values![
            &a.id,
            a.what.code(),
            &a.unit,
            &a.shift,
            &a.other_shift,
            &a.by,
            &a.other,
            &a.reason.words,
            &a.reason.commit.0,
            a.state.code(),
            a.asked_at,
            &a.decided_by,
            a.decided_at
        ],
    )?;
    Ok(())
}

/// An asking by its id.
pub fn asking_by_id(tx: &mut Tx<'_>, id: &ShiftAskingId) -> Result<Option<ShiftAsking>, Broken> {
    tx.one(
        sql!(
            "select id, what, unit, shift, other_shift, asked_by, other, reason, reason_commit, state, asked_at, decided_by, decided_at from shift_asking where id = ?"
        ),
        &values![id],
        asking,
    )
}

/// Whether an open asking speaks of this shift.
pub fn is_asked(tx: &mut Tx<'_>, shift: &ShiftId) -> Result<bool, Broken> {
    let sql = sql!("select 1 from shift_asking where (shift = ? or other_shift = ?) and state in ('asked', 'agreed') limit 1");
    Ok(tx.one(sql, &values![shift, shift], |_| Ok(()))?.is_some())
}

/// The askings of a person (asked or being asked) and of the units that the person decides for, newest first; of the units only those that are open.
pub fn askings(tx: &mut Tx<'_>, account: &AccountId, units: &[UnitId], limit: i64) -> Result<Vec<ShiftAsking>, Broken> {
    let query = Query::new(sql!(
        "select id, what, unit, shift, other_shift, asked_by, other, reason, reason_commit, state, asked_at, decided_by, decided_at from shift_asking where true"
    ));
    let mut any: Vec<(crate::db::Part, Vec<Value>)> = vec![(part!(" and (asked_by = ? or other = ?)"), vec![account.into(), account.into()])];
    any.extend(units.iter().map(|unit| (part!(" and unit = ? and state = 'agreed'"), vec![unit.into()])));
    query.any(any).then(part!(" order by asked_at desc, id desc limit ?"), [limit.into()]).all(tx, asking)
}

/// Every asking, for verification.
pub fn all_askings(tx: &mut Tx<'_>) -> Result<Vec<ShiftAsking>, Broken> {
    tx.all(
        sql!("select id, what, unit, shift, other_shift, asked_by, other, reason, reason_commit, state, asked_at, decided_by, decided_at from shift_asking order by id"),
        &[],
        asking,
    )
}

// call-out lists ----------------------------------------------------------------------------------------------------------------------

/// People to call, the first first, and how each is reached.
pub type CallOut = Vec<(AccountId, CallOutBy)>;

/// Replaces the call-out list of a duty.
pub fn put_call_out(tx: &mut Tx<'_>, unit: &UnitId, duty: Duty, people: &[(AccountId, CallOutBy)]) -> Result<(), Broken> {
    tx.exec(sql!("delete from call_out where unit = ? and duty = ?"), &values![unit, duty.code()])?;
    for (ordinal, (account, by)) in (1_i64..).zip(people) {
        tx.exec(
            sql!("insert into call_out (unit, duty, ordinal, account, reached_by) values (?, ?, ?, ?, ?)"),
            &values![unit, duty.code(), ordinal, account, by.code()],
        )?;
    }
    Ok(())
}

#[expect(clippy::type_complexity, reason = "whose list, and who stands on it")]
fn call_out(row: &Row<'_>) -> Result<((UnitId, Duty), (AccountId, CallOutBy)), Broken> {
    let mut take = Take::new(row);
    Ok(((take.id()?, take.code()?), (take.id()?, take.code()?)))
}

fn grouped(rows: Vec<((UnitId, Duty), (AccountId, CallOutBy))>) -> BTreeMap<(UnitId, Duty), CallOut> {
    let mut lists: BTreeMap<(UnitId, Duty), CallOut> = BTreeMap::new();
    for (list, person) in rows {
        lists.entry(list).or_default().push(person);
    }
    lists
}

/// The call-out lists of a unit.
pub fn call_outs(tx: &mut Tx<'_>, unit: &UnitId) -> Result<BTreeMap<(UnitId, Duty), CallOut>, Broken> {
    tx.all(sql!("select unit, duty, account, reached_by from call_out where unit = ? order by duty, ordinal"), &values![unit], call_out).map(grouped)
}

/// Every call-out list, for verification: a row whose place is not the next one is left out, and so seen as missing.
pub fn all_call_outs(tx: &mut Tx<'_>) -> Result<BTreeMap<(UnitId, Duty), CallOut>, Broken> {
    let mut lists: BTreeMap<(UnitId, Duty), CallOut> = BTreeMap::new();
    tx.each(sql!("select unit, duty, account, reached_by, ordinal from call_out order by unit, duty, ordinal"), &[], |row| {
        let (list, person) = call_out(row)?;
        let list = lists.entry(list).or_default();
        if row.int(4)? == next(list) {
            list.push(person);
        }
        Ok(())
    })?;
    Ok(lists)
}

/// The place of the next row of a list.
fn next<T>(list: &[T]) -> i64 {
    i64::try_from(list.len()).map_or(i64::MAX, |n| n + 1)
}

// hand-overs --------------------------------------------------------------------------------------------------------------------------

fn hand_over(row: &Row<'_>) -> Result<HandOver, Broken> {
    let mut take = Take::new(row);
    Ok(HandOver {
        id: take.id()?,
        unit: take.id()?,
        duty: take.code()?,
        at: take.instant()?,
        items: Vec::new(),
        gear: Vec::new(),
        equipment: take.opt_said("equipment")?,
        remarks: take.opt_said("remarks")?,
        outgoing: take.id()?,
        outgoing_at: take.instant()?,
        incoming: take.opt_id()?,
        incoming_at: take.opt_instant()?,
    })
}

/// Writes a new hand-over with its matters.
pub fn put_hand_over(tx: &mut Tx<'_>, h: &HandOver) -> Result<(), Broken> {
    let (equipment, remarks) = (h.equipment.as_ref(), h.remarks.as_ref());
    tx.exec(
        sql!(
            "insert into hand_over (id, unit, duty, at, equipment, equipment_commit, remarks, remarks_commit, outgoing, outgoing_at, incoming, incoming_at)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null, null)"
        ),
        &values![
            &h.id,
            &h.unit,
            h.duty.code(),
            h.at,
            equipment.map(|said| said.words.as_str()),
            equipment.map(|said| said.commit.0.as_str()),
            remarks.map(|said| said.words.as_str()),
            remarks.map(|said| said.commit.0.as_str()),
            &h.outgoing,
            h.outgoing_at
        ],
    )?;
    for (ordinal, (matter, why)) in (1_i64..).zip(&h.items) {
        tx.exec(sql!("insert into hand_over_item (hand_over, ordinal, matter, why) values (?, ?, ?, ?)"), &values![&h.id, ordinal, matter, why.code()])?;
    }
    for (ordinal, (thing, state)) in (1_i64..).zip(&h.gear) {
        tx.exec(sql!("insert into hand_over_gear (hand_over, ordinal, equipment, state) values (?, ?, ?, ?)"), &values![&h.id, ordinal, thing, state.code()])?;
    }
    Ok(())
}

/// Who came signs.
pub fn take_over(tx: &mut Tx<'_>, id: &HandOverId, by: &AccountId, at: Instant) -> Result<(), Broken> {
    tx.exec(sql!("update hand_over set incoming = ?, incoming_at = ? where id = ? and incoming is null"), &values![by, at, id])?;
    Ok(())
}

fn with_items(tx: &mut Tx<'_>, mut h: HandOver) -> Result<HandOver, Broken> {
    h.items = tx.all(sql!("select matter, why from hand_over_item where hand_over = ? order by ordinal"), &values![&h.id], |row| {
        let mut take = Take::new(row);
        Ok((take.id()?, take.code()?))
    })?;
    h.gear = tx.all(sql!("select equipment, state from hand_over_gear where hand_over = ? order by ordinal"), &values![&h.id], |row| {
        let mut take = Take::new(row);
        Ok((take.id()?, take.code()?))
    })?;
    Ok(h)
}

/// A hand-over with its matters.
pub fn hand_over_by_id(tx: &mut Tx<'_>, id: &HandOverId) -> Result<Option<HandOver>, Broken> {
    let found = tx.one(
        sql!(
            "select id, unit, duty, at, equipment, equipment_commit, remarks, remarks_commit, outgoing, outgoing_at, incoming, incoming_at from hand_over where id = ?"
        ),
        &values![id],
        hand_over,
    )?;
    found.map(|h| with_items(tx, h)).transpose()
}

/// The hand-overs of a unit from an instant on, newest first, with their matters.
pub fn hand_overs(tx: &mut Tx<'_>, unit: &UnitId, from: Instant, limit: i64) -> Result<Vec<HandOver>, Broken> {
    let found = tx.all(
        sql!(
            "select id, unit, duty, at, equipment, equipment_commit, remarks, remarks_commit, outgoing, outgoing_at, incoming, incoming_at from hand_over
             where unit = ? and at >= ? order by at desc, id desc limit ?"
        ),
        &values![unit, from, limit],
        hand_over,
    )?;
    found.into_iter().map(|h| with_items(tx, h)).collect()
}

/// Changes of shift from an instant on at which there was a hand-over, by unit and duty.
pub fn handed_over(tx: &mut Tx<'_>, from: Instant) -> Result<Vec<(UnitId, Duty, Instant)>, Broken> {
    tx.all(sql!("select unit, duty, at from hand_over where at >= ? order by unit, duty, at"), &values![from], |row| {
        let mut take = Take::new(row);
        Ok((take.id()?, take.code()?, take.instant()?))
    })
}

/// Every hand-over, for verification.
pub fn all_hand_overs(tx: &mut Tx<'_>) -> Result<Vec<HandOver>, Broken> {
    let found = tx.all(
        sql!(
            "select id, unit, duty, at, equipment, equipment_commit, remarks, remarks_commit, outgoing, outgoing_at, incoming, incoming_at from hand_over order by id"
        ),
        &[],
        hand_over,
    )?;
    let mut items: BTreeMap<HandOverId, Vec<(MatterId, HandedWhy)>> = BTreeMap::new();
    // A row whose place is not the next one is left out, and so seen as missing.
    tx.each(sql!("select hand_over, matter, why, ordinal from hand_over_item order by hand_over, ordinal"), &[], |row| {
        let mut take = Take::new(row);
        let (list, item) = (items.entry(take.id()?).or_default(), (take.id()?, take.code()?));
        if take.int()? == next(list) {
            list.push(item);
        }
        Ok(())
    })?;
    let mut gear: BTreeMap<HandOverId, Vec<(EquipmentId, EquipmentState)>> = BTreeMap::new();
    tx.each(sql!("select hand_over, equipment, state, ordinal from hand_over_gear order by hand_over, ordinal"), &[], |row| {
        let mut take = Take::new(row);
        let (list, piece) = (gear.entry(take.id()?).or_default(), (take.id()?, take.code()?));
        if take.int()? == next(list) {
            list.push(piece);
        }
        Ok(())
    })?;
    Ok(found.into_iter().map(|h| HandOver { items: items.remove(&h.id).unwrap_or_default(), gear: gear.remove(&h.id).unwrap_or_default(), ..h }).collect())
}

// what people were told ----------------------------------------------------------------------------------------------------------------

fn told(row: &Row<'_>) -> Result<DutyNotice, Broken> {
    let mut take = Take::new(row);
    Ok(DutyNotice {
        id: take.id()?,
        account: take.id()?,
        what: take.code()?,
        unit: take.id()?,
        duty: take.code()?,
        about: take.instant()?,
        at: take.instant()?,
        heard_at: take.opt_instant()?,
    })
}

/// Writes what somebody is told.
pub fn put_told(tx: &mut Tx<'_>, n: &DutyNotice) -> Result<(), Broken> {
    tx.exec(
        sql!("insert into duty_notice (id, account, what, unit, duty, about_at, at, heard_at) values (?, ?, ?, ?, ?, ?, ?, null)"),
        &values![&n.id, &n.account, n.what.code(), &n.unit, n.duty.code(), n.about, n.at],
    )?;
    Ok(())
}

/// The person has read it. Says whether there was one that was not read.
pub fn hear(tx: &mut Tx<'_>, id: &DutyNoticeId, account: &AccountId, at: Instant) -> Result<bool, Broken> {
    let sql = sql!("update duty_notice set heard_at = ? where id = ? and account = ? and heard_at is null");
    Ok(tx.exec(sql, &values![at, id, account])? > 0)
}

/// What was told, by its id.
pub fn told_by_id(tx: &mut Tx<'_>, id: &DutyNoticeId) -> Result<Option<DutyNotice>, Broken> {
    tx.one(sql!("select id, account, what, unit, duty, about_at, at, heard_at from duty_notice where id = ?"), &values![id], told)
}

/// What a person was told since an instant, the newest first.
pub fn told_to(tx: &mut Tx<'_>, account: &AccountId, since: Instant, limit: i64) -> Result<Vec<DutyNotice>, Broken> {
    let sql =
        sql!("select id, account, what, unit, duty, about_at, at, heard_at from duty_notice where account = ? and at >= ? order by at desc, id desc limit ?");
    tx.all(sql, &values![account, since, limit], told)
}

/// Changes of shift since an instant whose missing hand-over was told, by unit and duty.
pub fn missed(tx: &mut Tx<'_>, since: Instant) -> Result<Vec<(UnitId, Duty, Instant)>, Broken> {
    let sql = sql!("select unit, duty, about_at from duty_notice where what = 'hand_over_missing' and about_at >= ? order by unit, about_at");
    tx.all(sql, &values![since], |row| {
        let mut take = Take::new(row);
        Ok((take.id()?, take.code()?, take.instant()?))
    })
}

/// All that was told, for verification.
pub fn all_told(tx: &mut Tx<'_>) -> Result<Vec<DutyNotice>, Broken> {
    tx.all(sql!("select id, account, what, unit, duty, about_at, at, heard_at from duty_notice order by id"), &[], told)
}

// calendar addresses ------------------------------------------------------------------------------------------------------------------

/// An address of one's own calendar. The digest is the SHA-256 of its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Its id.
    pub id: RotaFeedId,
    /// Whose.
    pub account: AccountId,
    /// SHA-256 of the secret.
    pub digest: String,
    /// When it was made.
    pub made_at: Instant,
    /// Revoked.
    pub revoked: bool,
}

fn feed(row: &Row<'_>) -> Result<Feed, Broken> {
    let mut take = Take::new(row);
    Ok(Feed { id: take.id()?, account: take.id()?, digest: take.text()?, made_at: take.instant()?, revoked: take.flag()? })
}

/// Writes an address, or its revocation.
pub fn put_feed(tx: &mut Tx<'_>, f: &Feed) -> Result<(), Broken> {
    tx.exec(
        sql!("insert into rota_feed (id, account, digest, made_at, revoked) values (?, ?, ?, ?, ?) on conflict (id) do update set revoked = excluded.revoked"),
        &values![&f.id, &f.account, &f.digest, f.made_at, f.revoked],
    )?;
    Ok(())
}

/// An address that is good, by its digest, of an account that is.
pub fn feed_by_digest(tx: &mut Tx<'_>, digest: &str) -> Result<Option<Feed>, Broken> {
    tx.one(
        sql!(
            "select f.id, f.account, f.digest, f.made_at, f.revoked from rota_feed f join account a on a.id = f.account
             where f.digest = ? and f.revoked = ? and a.enabled = ?"
        ),
        &values![digest, false, true],
        feed,
    )
}

/// The addresses of a person, newest first.
pub fn feeds_of(tx: &mut Tx<'_>, account: &AccountId) -> Result<Vec<Feed>, Broken> {
    tx.all(sql!("select id, account, digest, made_at, revoked from rota_feed where account = ? order by made_at desc, id desc"), &values![account], feed)
}

/// Every address, for verification.
pub fn all_feeds(tx: &mut Tx<'_>) -> Result<Vec<Feed>, Broken> {
    tx.all(sql!("select id, account, digest, made_at, revoked from rota_feed order by id"), &[], feed)
}
