//! Laying out days: which shifts a pattern asks for. Weekends and holidays are those of the calendar, so a made-up Saturday is worked and a moved holiday is not.

use super::{Pattern, ShiftKind};
use crate::dispatch::{Calendar, DayKind};
use crate::kernel::{Day, HOUR, Instant};

/// A span that somebody has to be there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The day that it belongs to.
    pub day: Day,
    /// Which part of it.
    pub kind: ShiftKind,
    /// From when.
    pub from_at: Instant,
    /// Until when, not included.
    pub to_at: Instant,
    /// Whether its day is a weekend day or a holiday, for fairness.
    pub off: bool,
}

impl Slot {
    fn of(day: Day, kind: ShiftKind, calendar: &Calendar) -> Self {
        let (from, to) = kind.hours();
        Self { day, kind, from_at: day.start().plus(from), to_at: day.start().plus(to), off: is_off(day, calendar) }
    }
}

/// Whether the day is a weekend day or a holiday by the calendar.
#[must_use]
pub fn is_off(day: Day, calendar: &Calendar) -> bool {
    !calendar.is_working(day)
}

/// The spans that a pattern asks for on these days, in order of time.
#[must_use]
pub fn slots(pattern: Pattern, from_day: Day, to_day: Day, calendar: &Calendar) -> Vec<Slot> {
    let mut slots = Vec::new();
    for day in (from_day.0..=to_day.0).map(Day) {
        let kind = calendar.kind(day);
        let kinds: &[ShiftKind] = match pattern {
            Pattern::ThreeShifts => &[ShiftKind::Night, ShiftKind::Early, ShiftKind::Middle],
            Pattern::DayNight => &[ShiftKind::Day, ShiftKind::Overnight],
            Pattern::Office if calendar.is_working(day) => &[ShiftKind::Office],
            Pattern::Weekend if kind == DayKind::Weekend => &[ShiftKind::WholeDay],
            Pattern::Holiday if kind == DayKind::Holiday => &[ShiftKind::WholeDay],
            Pattern::OffDays if matches!(kind, DayKind::Weekend | DayKind::Holiday) => &[ShiftKind::WholeDay],
            Pattern::Weekly if day == from_day || day.weekday() == 1 => &[ShiftKind::Week],
            Pattern::Office | Pattern::Weekend | Pattern::Holiday | Pattern::OffDays | Pattern::Weekly => &[],
        };
        slots.extend(kinds.iter().map(|kind| Slot::of(day, *kind, calendar)));
    }
    if pattern == Pattern::Weekly {
        // The first week may begin on any day and the last one ends with the rota: weeks of two months meet without a gap.
        let end = to_day.plus(1).start().plus(8 * HOUR);
        let starts: Vec<Instant> = slots.iter().skip(1).map(|slot| slot.from_at).chain([end]).collect();
        slots.iter_mut().zip(starts).for_each(|(slot, next)| slot.to_at = next);
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::read(text).unwrap()
    }

    fn days(pattern: Pattern, from: &str, to: &str) -> Vec<String> {
        slots(pattern, day(from), day(to), &Calendar::seed()).iter().map(|slot| slot.day.written()[5..].to_owned()).collect()
    }

    #[test]
    fn round_the_clock_patterns_leave_no_minute_out() {
        for pattern in Pattern::ALL.iter().filter(|pattern| pattern.round_the_clock()) {
            let slots = slots(*pattern, day("2026-11-01"), day("2026-11-30"), &Calendar::seed());
            assert_eq!(slots[0].from_at, day("2026-11-01").start().plus(pattern.begins()), "{pattern}");
            assert!(slots.windows(2).all(|pair| pair[0].to_at == pair[1].from_at), "{pattern}");
            assert_eq!(slots.last().unwrap().to_at, day("2026-12-01").start().plus(pattern.begins()), "{pattern}: the next month begins where this one ends");
        }
    }

    #[test]
    fn holidays_and_make_up_days_are_those_of_the_notice() {
        // 2026: National Day is free 1–7 October, 20 September (a Sunday) and 10 October (a Saturday) are worked.
        assert_eq!(days(Pattern::Holiday, "2026-10-01", "2026-10-31"), ["10-01", "10-02", "10-03", "10-04", "10-05", "10-06", "10-07"]);
        assert_eq!(days(Pattern::Weekend, "2026-10-01", "2026-10-18"), ["10-11", "10-17", "10-18"]);
        assert_eq!(days(Pattern::OffDays, "2026-10-05", "2026-10-11"), ["10-05", "10-06", "10-07", "10-11"]);
        assert_eq!(days(Pattern::Office, "2026-10-05", "2026-10-12"), ["10-08", "10-09", "10-10", "10-12"]);
    }
}
