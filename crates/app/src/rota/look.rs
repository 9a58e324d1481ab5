//! Looking: who is on duty, a month, one's own shifts, what is not covered in the next two weeks.

use super::{away, over, spells};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::rulebook::Rulebook;
use domain::accounts::{Actor, Right, may_over};
use domain::kernel::{AccountId, DAY, Day, Instant, UnitId};
use domain::places::{PostKind, UnitKind};
use domain::rota::{Conflict, Cover, Duty, Pattern, Rest, RotaState, Shift, conflicts, is_off};
use domain::trail::RotaRow;
use std::collections::BTreeMap;
use store::db::Tx;
use store::rota::Shifts;

/// So far ahead gaps are looked for.
const AHEAD: i64 = 14 * DAY;

/// A span that nobody covers, or from which on nothing is laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Which unit.
    pub unit: UnitId,
    /// Which duty.
    pub duty: Duty,
    /// From when.
    pub from_at: Instant,
    /// Until when; none if nothing is laid out from there on.
    pub to_at: Option<Instant>,
    /// The shift that is open.
    pub shift: Option<Shift>,
}

/// A person who can be on a unit's rota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub account: AccountId,
    /// By which posts of the unit.
    pub posts: Vec<PostKind>,
}

/// A month of one duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// The rotas that touch it; drafts only for who edits.
    pub rotas: Vec<RotaRow>,
    /// Its shifts, drafts included for who edits.
    pub shifts: Vec<Shift>,
    /// Days with whether they are free by the calendar, and the holiday's name.
    pub days: Vec<(Day, bool, Option<String>)>,
    /// People of the unit.
    pub members: Vec<Member>,
    /// What the published plan breaks.
    pub conflicts: Vec<Conflict>,
    /// Whether the actor lays it out.
    pub edits: bool,
}

/// What is so now of a duty of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Now {
    /// The duty.
    pub duty: Duty,
    /// What the rota says.
    pub cover: Cover,
    /// Who is on duty.
    pub people: Vec<AccountId>,
    /// The running shift.
    pub shift: Option<Shift>,
    /// The last day that is laid out.
    pub laid_until: Option<Day>,
}

/// The duties of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitDuties {
    /// Which unit.
    pub unit: UnitId,
    /// Duties that make sense there.
    pub duties: Vec<Duty>,
    /// Those that have a rota, as they are now.
    pub now: Vec<Now>,
    /// Whether the actor edits its rota.
    pub edits: bool,
}

/// All that the actor sees of the rota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// Units.
    pub units: Vec<UnitDuties>,
    /// What is not covered in the next 14 days.
    pub gaps: Vec<Gap>,
    /// Changes of shift without a hand-over.
    pub missing: Vec<(UnitId, Duty, Instant)>,
}

/// The duties that make sense in a kind of unit.
const fn duties_of(kind: UnitKind) -> &'static [Duty] {
    match kind {
        UnitKind::Station => &[Duty::Desk, Duty::StationLead, Duty::Grid, Duty::MicroFire],
        UnitKind::CommandRoom | UnitKind::DistrictCenter => &[Duty::DutyOfficer, Duty::Command, Duty::Checker, Duty::Callback, Duty::LeaderOnDuty],
        UnitKind::Department | UnitKind::Office | UnitKind::Group => &[Duty::UnitLead],
        UnitKind::GridTeam => &[Duty::Grid],
        UnitKind::External => &[],
    }
}

/// The people of a unit, by name of their first post.
pub fn members(book: &Rulebook, unit: &UnitId) -> Vec<Member> {
    let mut found: Vec<Member> = Vec::new();
    for (account, of, post) in &book.holders.0 {
        if of != unit {
            continue;
        }
        match found.iter_mut().find(|member| member.account == *account) {
            Some(member) => member.posts.push(*post),
            None => found.push(Member { account: account.clone(), posts: vec![*post] }),
        }
    }
    found
}

/// One month of a duty of a unit.
#[expect(clippy::too_many_arguments, reason = "who looks at which days of what")]
pub fn month(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, unit: &UnitId, duty: Duty, from: Day, to: Day, now: Instant) -> Result<Month, Fault> {
    let book = desk.rulebook(tx, now)?;
    let (_, found) = over(&book, actor, Right::SeeRota, unit)?;
    let edits = may_over(actor, Right::EditRota, unit, &found.place).is_ok();
    let rotas: Vec<RotaRow> =
        store::rota::of_unit(tx, unit, from, to)?.into_iter().filter(|r| r.duty == duty && (edits || r.state == RotaState::Published)).collect();
    let wanted = Shifts { unit: Some(unit.clone()), duty: Some(duty), drafts: edits, ..Shifts::default() };
    let shifts = store::rota::shifts(tx, &wanted, from.start(), to.plus(1).start())?;
    let members = members(&book, unit);
    let mut found = Vec::new();
    let mut people: Vec<&AccountId> = shifts.iter().filter_map(Shift::person).collect();
    people.sort();
    people.dedup();
    for account in people {
        let own = spells(tx, account, from.start(), to.plus(1).start(), |_| false)?;
        let away = away(tx, account, from.start(), to.plus(1).start())?;
        found.extend(conflicts(account, &own, &away, &Rest::DEFAULT).into_iter().filter(|c| from.start() <= c.at && c.at < to.plus(1).start()));
    }
    let days = (from.0..=to.0).map(Day).map(|day| (day, is_off(day, &book.calendar), book.calendar.entry(day).map(|entry| entry.name.clone()))).collect();
    Ok(Month { rotas, shifts, days, members, conflicts: found, edits })
}

/// One's own shifts around now.
pub fn mine(tx: &mut Tx<'_>, actor: &Actor, now: Instant) -> Result<Vec<Shift>, Fault> {
    let wanted = Shifts { account: Some(actor.account().clone()), ..Shifts::default() };
    let mut shifts = store::rota::shifts(tx, &wanted, now.plus(-7 * DAY), now.plus(62 * DAY))?;
    shifts.retain(|shift| shift.account.as_ref() == Some(actor.account()) || shift.person() == Some(actor.account()));
    Ok(shifts)
}

/// What is not covered in the next 14 days, in all units: open shifts, shifts of people who have left, and what is not laid out at all.
pub fn uncovered(tx: &mut Tx<'_>, book: &Rulebook, now: Instant) -> Result<Vec<Gap>, Fault> {
    let until = now.plus(AHEAD);
    let mut gaps = Vec::new();
    for shift in store::rota::shifts(tx, &Shifts::default(), now, until)? {
        if shift.person().is_none_or(|account| !book.holders.any_of(account)) {
            let (unit, duty, from_at, to_at) = (shift.unit.clone(), shift.duty, shift.from_at.max(now), Some(shift.to_at));
            gaps.push(Gap { unit, duty, from_at, to_at, shift: Some(shift) });
        }
    }
    for ((unit, duty), (to_day, pattern)) in laid(tx, now)? {
        let end = to_day.plus(1).start().plus(pattern.begins());
        if pattern.round_the_clock() && end < until {
            gaps.push(Gap { unit, duty, from_at: end.max(now), to_at: None, shift: None });
        }
    }
    gaps.sort_by(|a, b| (a.from_at, &a.unit, a.duty).cmp(&(b.from_at, &b.unit, b.duty)));
    Ok(gaps)
}

/// The last day that is laid out of each duty that has a rota, and how.
#[expect(clippy::type_complexity, reason = "last day and pattern by unit and duty")]
fn laid(tx: &mut Tx<'_>, now: Instant) -> Result<BTreeMap<(UnitId, Duty), (Day, Pattern)>, Fault> {
    let mut laid: BTreeMap<(UnitId, Duty), (Day, Pattern)> = BTreeMap::new();
    for rota in store::rota::published(tx, now.day())? {
        let last = laid.entry((rota.unit, rota.duty)).or_insert((rota.to_day, rota.pattern));
        if rota.to_day > last.0 {
            *last = (rota.to_day, rota.pattern);
        }
    }
    Ok(laid)
}

/// [`uncovered`], of the units whose rota the actor edits.
pub fn gaps(tx: &mut Tx<'_>, book: &Rulebook, actor: &Actor, now: Instant) -> Result<Vec<Gap>, Fault> {
    let mut gaps = uncovered(tx, book, now)?;
    gaps.retain(|gap| book.network.unit(&gap.unit).is_some_and(|unit| may_over(actor, Right::EditRota, &unit.id, &unit.place).is_ok()));
    Ok(gaps)
}

/// All that the actor sees: units, who is on duty there now, gaps, missing hand-overs.
pub fn overview(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, now: Instant) -> Result<Overview, Fault> {
    let book = desk.rulebook(tx, now)?;
    let laid = laid(tx, now)?;
    let mut units = Vec::new();
    for unit in book.network.units.iter().filter(|unit| may_over(actor, Right::SeeRota, &unit.id, &unit.place).is_ok()) {
        let duties = duties_of(unit.kind);
        if duties.is_empty() {
            continue;
        }
        let state = |duty: &Duty| Now {
            duty: *duty,
            cover: book.roster.cover(&unit.id, *duty, now),
            people: book.roster.on_duty(&unit.id, *duty, now, &book.holders),
            shift: book.roster.shift_at(&unit.id, *duty, now).cloned(),
            laid_until: laid.get(&(unit.id.clone(), *duty)).map(|(day, _)| *day),
        };
        let edits = may_over(actor, Right::EditRota, &unit.id, &unit.place).is_ok();
        units.push(UnitDuties { unit: unit.id.clone(), duties: duties.to_vec(), now: duties.iter().map(state).collect(), edits });
    }
    Ok(Overview { units, gaps: gaps(tx, &book, actor, now)?, missing: super::missing(tx, &book, actor, now)? })
}

/// The light of a unit in the command room: who is on duty now, and whether nobody is who should be. From what the rule book holds; nothing is read.
#[must_use]
pub fn light(book: &Rulebook, unit: &UnitId, now: Instant) -> (Vec<String>, bool) {
    let rungs = rungs(book, unit, now);
    let dark = rungs.iter().any(|rung| rung.dark);
    (rungs.into_iter().map(|rung| rung.on_duty).find(|on| !on.is_empty()).unwrap_or_default(), dark)
}

/// A rung of a command room as the board shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// The duty.
    pub duty: Duty,
    /// Who is on duty by the rota, by name.
    pub on_duty: Vec<String>,
    /// Somebody should be and nobody is.
    pub dark: bool,
}

/// The rungs of a unit that have a rota.
#[must_use]
pub fn rungs(book: &Rulebook, unit: &UnitId, now: Instant) -> Vec<Rung> {
    let Some(kind) = book.network.unit(unit).map(|unit| unit.kind) else { return Vec::new() };
    let rung = |duty: &Duty| match book.roster.cover(unit, *duty, now) {
        Cover::Post | Cover::Closed => None,
        Cover::By(_) | Cover::Gap => {
            let on = book.roster.on_duty(unit, *duty, now, &book.holders);
            Some(Rung { duty: *duty, dark: on.is_empty(), on_duty: on.iter().map(|who| book.account_name(who)).collect() })
        }
    };
    duties_of(kind).iter().filter_map(rung).collect()
}
