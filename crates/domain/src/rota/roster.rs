//! The roster: published shifts around an instant, and the one question that rules ask of it.

use super::{Duty, Pattern, ShiftKind};
use crate::kernel::{AccountId, Day, Instant, RotaId, ShiftId, UnitId};
use crate::matters::Holders;
use crate::places::PostKind;
use std::collections::BTreeMap;

/// A shift of a rota: one seat over one span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Its id.
    pub id: ShiftId,
    /// Whose rota.
    pub rota: RotaId,
    /// Which unit's.
    pub unit: UnitId,
    /// What for.
    pub duty: Duty,
    /// Which part of the day.
    pub kind: ShiftKind,
    /// From when.
    pub from_at: Instant,
    /// Until when, not included.
    pub to_at: Instant,
    /// Who is to come; nobody is a gap.
    pub account: Option<AccountId>,
    /// Whether that person is away by an approved absence.
    pub absent: bool,
    /// Who comes instead.
    pub stand_in: Option<AccountId>,
}

impl Shift {
    /// Who does it: the stand-in, else the person unless away. Nobody is a gap.
    #[must_use]
    pub const fn person(&self) -> Option<&AccountId> {
        match (&self.stand_in, &self.account, self.absent) {
            (Some(other), ..) => Some(other),
            (None, Some(own), false) => Some(own),
            _ => None,
        }
    }

    /// Whether the instant falls into it.
    #[must_use]
    pub fn holds(&self, at: Instant) -> bool {
        self.from_at <= at && at < self.to_at
    }

    /// Its length in milliseconds.
    #[must_use]
    pub const fn length(&self) -> i64 {
        self.to_at.since(self.from_at)
    }
}

/// A published rota: which duty of which unit, how laid out, for which days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The unit.
    pub unit: UnitId,
    /// The duty.
    pub duty: Duty,
    /// The pattern.
    pub pattern: Pattern,
    /// First day.
    pub from_day: Day,
    /// Last day.
    pub to_day: Day,
}

/// What the rota says of a duty of a unit at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cover {
    /// No rota speaks of this instant: the holders of the post, as ever.
    Post,
    /// These people, in order of their shifts.
    By(Vec<AccountId>),
    /// Somebody should be there and nobody is.
    Gap,
    /// Outside of its hours.
    Closed,
}

/// Published shifts of a window of days, and which rotas there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    /// From and until when it may be asked; none for an empty one, which holds always.
    window: Option<(Instant, Instant)>,
    shifts: BTreeMap<(UnitId, Duty), Vec<Shift>>,
    #[expect(clippy::type_complexity, reason = "spans of a rota by unit and duty")]
    rotas: BTreeMap<(UnitId, Duty), Vec<(Instant, Instant, Pattern)>>,
}

impl Roster {
    /// A roster of the published shifts that touch the window, and of all published rotas.
    #[must_use]
    pub fn new(from: Instant, until: Instant, published: impl IntoIterator<Item = Published>, shifts: impl IntoIterator<Item = Shift>) -> Self {
        let mut roster = Self { window: Some((from, until)), ..Self::default() };
        for rota in published {
            let span = (rota.from_day.start().plus(rota.pattern.begins()), rota.to_day.plus(1).start(), rota.pattern);
            roster.rotas.entry((rota.unit, rota.duty)).or_default().push(span);
        }
        for shift in shifts {
            roster.shifts.entry((shift.unit.clone(), shift.duty)).or_default().push(shift);
        }
        roster.rotas.values_mut().for_each(|spans| spans.sort_by_key(|(from, ..)| *from));
        roster.shifts.values_mut().for_each(|shifts| shifts.sort_by(|a, b| (a.from_at, &a.id).cmp(&(b.from_at, &b.id))));
        roster
    }

    /// Whether it may be asked of an instant.
    #[must_use]
    pub fn knows(&self, at: Instant) -> bool {
        self.window.is_none_or(|(from, until)| from <= at && at < until)
    }

    /// What the rota says of a duty of a unit at an instant within the window.
    ///
    /// Before its first rota a duty is done by the holders of its post, so an installation without rotas works as before. From then on the rota decides: a span that a
    /// round-the-clock pattern should cover and does not is a gap, also when nobody has laid out the next month yet.
    #[must_use]
    pub fn cover(&self, unit: &UnitId, duty: Duty, at: Instant) -> Cover {
        let key = (unit.clone(), duty);
        let Some((_, _, pattern)) = self.rotas.get(&key).and_then(|spans| spans.iter().rev().find(|(from, ..)| *from <= at)) else { return Cover::Post };
        let now: Vec<&Shift> = self.shifts.get(&key).into_iter().flatten().filter(|shift| shift.holds(at)).collect();
        let people: Vec<AccountId> = now.iter().filter_map(|shift| shift.person().cloned()).collect();
        match (people.is_empty(), now.is_empty()) {
            (false, _) => Cover::By(people),
            (true, false) => Cover::Gap,
            (true, true) if pattern.leaves_the_rest() => Cover::Post,
            (true, true) if pattern.round_the_clock() => Cover::Gap,
            (true, true) => Cover::Closed,
        }
    }

    /// Who is on duty: by the rota, or the holders of the post while no rota speaks. People who hold no post any more are not on duty, whatever the rota says.
    #[must_use]
    pub fn on_duty(&self, unit: &UnitId, duty: Duty, at: Instant, holders: &Holders) -> Vec<AccountId> {
        match self.cover(unit, duty, at) {
            Cover::Post => holders.of(unit, duty.post()).cloned().collect(),
            Cover::By(people) => people.into_iter().filter(|account| holders.any_of(account)).collect(),
            Cover::Gap | Cover::Closed => Vec::new(),
        }
    }

    /// Whether anybody is on duty.
    #[must_use]
    pub fn covered(&self, unit: &UnitId, duty: Duty, at: Instant, holders: &Holders) -> bool {
        !self.on_duty(unit, duty, at, holders).is_empty()
    }

    /// Who is there for a post of a unit: by the rota where the post is done in turns, else its holders.
    #[must_use]
    pub fn there(&self, unit: &UnitId, post: PostKind, at: Instant, holders: &Holders) -> Vec<AccountId> {
        match Duty::of(post) {
            Some(duty) => self.on_duty(unit, duty, at, holders),
            None => holders.of(unit, post).cloned().collect(),
        }
    }

    /// The shift of a duty that runs at an instant, the first if there are several seats.
    #[must_use]
    pub fn shift_at(&self, unit: &UnitId, duty: Duty, at: Instant) -> Option<&Shift> {
        self.shifts.get(&(unit.clone(), duty)).into_iter().flatten().find(|shift| shift.holds(at))
    }

    /// The instants of a span at which one shift of a duty ends and another begins, of patterns that never stop.
    pub fn changes<'a>(&'a self, unit: &UnitId, duty: Duty, from: Instant, until: Instant) -> impl Iterator<Item = Instant> + 'a {
        let shifts = self.shifts.get(&(unit.clone(), duty)).map_or(&[][..], Vec::as_slice);
        let mut begins: Vec<Instant> =
            shifts.iter().filter(|shift| !shift.kind.on_call() && shift.from_at > from && shift.from_at <= until).map(|s| s.from_at).collect();
        begins.dedup();
        begins.into_iter().filter(move |at| shifts.iter().any(|shift| shift.to_at == *at))
    }

    /// The duties of a unit that have a rota which has begun by `at`.
    pub fn duties<'a>(&'a self, unit: &'a UnitId, at: Instant) -> impl Iterator<Item = Duty> + 'a {
        self.rotas.iter().filter(move |((of, _), spans)| of == unit && spans.iter().any(|(from, ..)| *from <= at)).map(|((_, duty), _)| *duty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::HOUR;

    fn day() -> Day {
        Day::read("2026-11-24").unwrap()
    }

    fn shift(id: &str, kind: ShiftKind, account: Option<&str>) -> Shift {
        let (from, to) = kind.hours();
        Shift {
            id: id.into(),
            rota: "rta_1".into(),
            unit: "unt_1".into(),
            duty: Duty::Desk,
            kind,
            from_at: day().start().plus(from),
            to_at: day().start().plus(to),
            account: account.map(AccountId::from),
            absent: false,
            stand_in: None,
        }
    }

    fn roster(pattern: Pattern, shifts: Vec<Shift>) -> Roster {
        let published = Published { unit: "unt_1".into(), duty: Duty::Desk, pattern, from_day: day(), to_day: day() };
        Roster::new(day().start(), day().plus(9).start(), [published], shifts)
    }

    fn holders() -> Holders {
        Holders(["a", "b", "c"].iter().map(|id| (AccountId::from(*id), UnitId::from("unt_1"), PostKind::DeskClerk)).collect())
    }

    fn at(hour: i64) -> Instant {
        day().start().plus(hour * HOUR)
    }

    #[test]
    fn without_a_rota_the_holders_of_the_post_are_on_duty() {
        assert_eq!(Roster::default().on_duty(&"unt_1".into(), Duty::Desk, at(3), &holders()).len(), 3);
        let later = roster(Pattern::ThreeShifts, vec![]);
        assert_eq!(later.cover(&"unt_1".into(), Duty::Desk, at(-1)), Cover::Post, "before its first day a rota says nothing");
    }

    #[test]
    fn with_a_rota_only_those_on_duty_are() {
        let mut away = shift("shf_2", ShiftKind::Middle, Some("b"));
        away.absent = true;
        let mut stood_in = shift("shf_3", ShiftKind::Night, Some("b"));
        (stood_in.absent, stood_in.stand_in) = (true, Some("c".into()));
        let roster = roster(Pattern::ThreeShifts, vec![shift("shf_1", ShiftKind::Early, Some("a")), away, stood_in]);
        let who = |hour| roster.on_duty(&"unt_1".into(), Duty::Desk, at(hour), &holders());
        assert_eq!(who(8), ["a".into()]);
        assert_eq!(who(3), ["c".into()]);
        assert!(who(16).is_empty(), "who is away and has no stand-in leaves a gap");
        assert_eq!(roster.cover(&"unt_1".into(), Duty::Desk, at(16)), Cover::Gap);
        assert_eq!(roster.cover(&"unt_1".into(), Duty::Desk, at(33)), Cover::Gap, "the next day was not laid out, and this desk is never closed");
    }

    #[test]
    fn who_has_left_is_not_on_duty() {
        let roster = roster(Pattern::ThreeShifts, vec![shift("shf_1", ShiftKind::Early, Some("gone"))]);
        assert!(!roster.covered(&"unt_1".into(), Duty::Desk, at(9), &holders()));
    }

    #[test]
    fn outside_of_its_hours_a_desk_is_closed_and_outside_of_weekends_the_post_is_there() {
        let office = roster(Pattern::Office, vec![shift("shf_1", ShiftKind::Office, Some("a"))]);
        assert_eq!(office.cover(&"unt_1".into(), Duty::Desk, at(20)), Cover::Closed);
        let weekend = roster(Pattern::Weekend, vec![]);
        assert_eq!(weekend.cover(&"unt_1".into(), Duty::Desk, at(10)), Cover::Post);
    }
}
