//! Rest rules: what a plan must not ask of a person, and what in a plan breaks them. Nothing here forbids: a chief may decide otherwise, but sees it before.

use super::{ConflictKind, ShiftKind};
use crate::kernel::{AccountId, DAY, Day, HOUR, Instant};

/// The limits of a rota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// Least rest between two shifts, in milliseconds.
    pub between: i64,
    /// Most nights in a row.
    pub nights: i64,
    /// Most hours at work from Monday to Sunday, in milliseconds.
    pub week: i64,
}

impl Rest {
    /// Ours: 11 h of rest, three nights in a row, 48 h a week (labour law knows 44 h on average over a period; the single week may be longer).
    pub const DEFAULT: Self = Self { between: 11 * HOUR, nights: 3, week: 48 * HOUR };
}

/// A span that a person is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spell {
    /// Which part of the day.
    pub kind: ShiftKind,
    /// From when.
    pub from_at: Instant,
    /// Until when, not included.
    pub to_at: Instant,
}

impl Spell {
    /// The Monday of the week in which it begins.
    fn week(&self) -> i64 {
        monday(self.from_at.day())
    }
}

/// The Monday of a day's week.
fn monday(day: Day) -> i64 {
    day.0 - i64::from(day.weekday()) + 1
}

/// What is wrong with giving `new` to somebody who already does `own` and is away over `away`; the first thing, if any.
#[must_use]
pub fn breaks(own: &[Spell], away: &[(Instant, Instant)], new: &Spell, rest: &Rest) -> Option<ConflictKind> {
    if own.iter().any(|spell| spell.from_at < new.to_at && new.from_at < spell.to_at) {
        return Some(ConflictKind::Overlap);
    }
    if away.iter().any(|(from, to)| *from < new.to_at && new.from_at < *to) {
        return Some(ConflictKind::Away);
    }
    let near = |spell: &&Spell| !(spell.kind.on_call() && new.kind.on_call());
    let pause = |spell: &Spell| (spell.from_at.0 - new.to_at.0).max(new.from_at.0 - spell.to_at.0);
    if own.iter().filter(near).any(|spell| pause(spell) < rest.between) {
        return Some(ConflictKind::Rest);
    }
    if new.kind.is_night() {
        let night = |day: i64| own.iter().any(|spell| spell.kind.is_night() && spell.from_at.day().0 == day);
        let today = new.from_at.day().0;
        let run = |step: i64| (1..=rest.nights + 1).take_while(|n| night(today + step * n)).count();
        if i64::try_from(1 + run(-1) + run(1)).unwrap_or(i64::MAX) > rest.nights {
            return Some(ConflictKind::Nights);
        }
    }
    if !new.kind.on_call() {
        let week: i64 = own.iter().filter(|spell| !spell.kind.on_call() && spell.week() == new.week()).map(|spell| spell.to_at.since(spell.from_at)).sum();
        if week + new.to_at.since(new.from_at) > rest.week {
            return Some(ConflictKind::Week);
        }
    }
    None
}

/// Something in a plan that breaks a rule: whose, what, and at which spell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Who.
    pub account: AccountId,
    /// What.
    pub kind: ConflictKind,
    /// Where the spell begins that breaks it.
    pub at: Instant,
}

/// Everything that a person's spells break, in order of time: each spell is held against those before it.
#[must_use]
pub fn conflicts(account: &AccountId, spells: &[Spell], away: &[(Instant, Instant)], rest: &Rest) -> Vec<Conflict> {
    let mut sorted = spells.to_vec();
    sorted.sort_by_key(|spell| (spell.from_at, spell.to_at));
    (0..sorted.len())
        .filter_map(|i| breaks(&sorted[..i], away, &sorted[i], rest).map(|kind| Conflict { account: account.clone(), kind, at: sorted[i].from_at }))
        .collect()
}

/// How far back and ahead spells matter for a rule: a week's hours and the nights in a row.
#[must_use]
pub const fn reach_of(rest: &Rest) -> i64 {
    (8 + rest.nights) * DAY
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spell(day: &str, kind: ShiftKind) -> Spell {
        let (from, to) = kind.hours();
        let start = Day::read(day).unwrap().start();
        Spell { kind, from_at: start.plus(from), to_at: start.plus(to) }
    }

    fn asks(own: &[Spell], new: Spell) -> Option<ConflictKind> {
        breaks(own, &[], &new, &Rest::DEFAULT)
    }

    #[test]
    fn rest_is_kept_before_and_after() {
        let middle = [spell("2026-11-24", ShiftKind::Middle)];
        assert_eq!(asks(&middle, spell("2026-11-24", ShiftKind::Middle)), Some(ConflictKind::Overlap));
        assert_eq!(asks(&middle, spell("2026-11-25", ShiftKind::Early)), Some(ConflictKind::Rest));
        assert_eq!(asks(&middle, spell("2026-11-24", ShiftKind::Night)), Some(ConflictKind::Rest));
        assert_eq!(asks(&middle, spell("2026-11-25", ShiftKind::Middle)), None);
    }

    #[test]
    fn nights_in_a_row_are_counted_on_both_sides() {
        let nights: Vec<Spell> = ["23", "24", "26"].iter().map(|day| spell(&format!("2026-11-{day}"), ShiftKind::Night)).collect();
        assert_eq!(asks(&nights, spell("2026-11-25", ShiftKind::Night)), Some(ConflictKind::Nights));
        assert_eq!(asks(&nights[..2], spell("2026-11-25", ShiftKind::Night)), None);
    }

    #[test]
    fn a_week_has_its_hours_and_on_call_is_not_work() {
        let six: Vec<Spell> = (23..29).map(|day| spell(&format!("2026-11-{day}"), ShiftKind::Early)).collect();
        assert_eq!(asks(&six, spell("2026-11-29", ShiftKind::Early)), Some(ConflictKind::Week));
        assert_eq!(asks(&six, spell("2026-11-30", ShiftKind::Early)), None, "the next week begins on Monday");
        let call = [spell("2026-11-28", ShiftKind::WholeDay)];
        assert_eq!(asks(&call, spell("2026-11-29", ShiftKind::WholeDay)), None);
    }
}
