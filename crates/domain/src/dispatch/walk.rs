//! The walk over the slices of time that count towards a span and those that do not. Every other file of the clock asks this one.
//!
//! A walk may be stopped at any instant and go on by another span or another calendar: what was counted stays counted. It knows no event, no policy and no
//! sentence.

use super::{Calendar, DayKind, PauseKind, SpanUnit};
use crate::kernel::{DAY, Day, Instant};

/// Why a slice counts or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    Real,
    FirstDay,
    CalendarDay,
    WorkingDay,
    Service,
    OutsideHours,
    DayOff,
    LastDayMoved,
    EndOfDay,
    Paused(PauseKind),
}

impl Why {
    pub(super) const fn counts(self) -> bool {
        matches!(self, Self::Real | Self::CalendarDay | Self::WorkingDay | Self::Service)
    }
}

/// A calendar with the corrections that became known on the way.
#[derive(Debug, Clone)]
pub(super) struct View<'c> {
    pub(super) calendar: &'c Calendar,
    corrected: Vec<(Day, DayKind)>,
}

impl<'c> View<'c> {
    pub(super) const fn new(calendar: &'c Calendar) -> Self {
        Self { calendar, corrected: Vec::new() }
    }

    pub(super) fn correct(&mut self, day: Day, kind: DayKind) {
        self.corrected.retain(|(known, _)| *known != day);
        self.corrected.push((day, kind));
    }

    pub(super) fn correction(&self, day: Day) -> Option<DayKind> {
        self.corrected.iter().find(|(known, _)| *known == day).map(|(_, kind)| *kind)
    }

    pub(super) fn is_working(&self, day: Day) -> bool {
        self.correction(day).map_or_else(|| self.calendar.is_working(day), |kind| matches!(kind, DayKind::Working | DayKind::Makeup))
    }

    pub(super) fn known(&self, day: Day) -> bool {
        self.calendar.known(day) || self.correction(day).is_some()
    }
}

/// What is to be counted: so many counting milliseconds of a unit; `first` is the day that does not count where days are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Measure {
    pub(super) unit: SpanUnit,
    pub(super) total: i64,
    pub(super) first: Day,
}

impl Measure {
    /// Whether whole days are counted, so that the period ends with a day.
    const fn by_days(&self) -> bool {
        matches!(self.unit, SpanUnit::Day | SpanUnit::WorkingDay | SpanUnit::Month)
    }
}

/// Where a walk stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Walk {
    pub(super) at: Instant,
    /// Counting milliseconds so far.
    pub(super) counted: i64,
    /// When the whole was consumed, rounded to the end of its day where days are counted.
    pub(super) reached: Option<Instant>,
    /// Whether a day was looked at whose holidays are not known.
    pub(super) provisional: bool,
}

impl Walk {
    pub(super) const fn new(at: Instant) -> Self {
        Self { at, counted: 0, reached: None, provisional: false }
    }

    /// Walks until `stop` milliseconds are counted or `until` is reached, and shows every slice on the way. The instant at which `measure.total` is
    /// reached is settled on the way: to the end of its day, and from a day off to the next that is worked. Past it counting goes on without moving any day.
    pub(super) fn run(&mut self, view: &View<'_>, measure: &Measure, stop: i64, until: Instant, see: &mut impl FnMut(Instant, Instant, Why)) {
        if self.reached.is_none() && self.counted >= measure.total {
            self.settle(view, measure, see);
        }
        while self.at < until && self.counted < stop {
            let (end, why) = self.slice(view, measure, until);
            let limit = if self.counted < measure.total { measure.total.min(stop) } else { stop };
            let to = if why.counts() { Instant(end.0.min(self.at.0.saturating_add(limit - self.counted))) } else { end };
            if why.counts() {
                self.counted += to.since(self.at);
            }
            see(self.at, to, why);
            self.at = to;
            if self.reached.is_none() && self.counted >= measure.total {
                self.settle(view, measure, see);
            }
        }
    }

    /// The slice that begins here: where it ends at the latest, and why it counts or not.
    fn slice(&mut self, view: &View<'_>, measure: &Measure, until: Instant) -> (Instant, Why) {
        let day = self.at.day();
        let midnight = || day.plus(1).start().min(until);
        if measure.by_days() && day <= measure.first {
            return (measure.first.plus(1).start().min(until), Why::FirstDay);
        }
        match measure.unit {
            SpanUnit::Minute | SpanUnit::Hour => (until, Why::Real),
            SpanUnit::WorkingHour => {
                self.provisional |= !view.known(day);
                if !view.is_working(day) {
                    return (midnight(), Why::DayOff);
                }
                for hours in view.calendar.hours() {
                    let (from, to) = (day.start().plus(hours.from), day.start().plus(hours.to));
                    if self.at < from {
                        return (from.min(until), Why::OutsideHours);
                    }
                    if self.at < to {
                        return (to.min(until), Why::Service);
                    }
                }
                (midnight(), Why::OutsideHours)
            }
            SpanUnit::WorkingDay => {
                self.provisional |= !view.known(day);
                (midnight(), if view.is_working(day) { Why::WorkingDay } else { Why::DayOff })
            }
            SpanUnit::Day | SpanUnit::Month => {
                if self.counted >= measure.total {
                    return (until, Why::CalendarDay);
                }
                // Until one day is left no day can be the last one, so none need be looked at. Then a day off does not count: the last day moves.
                let left = measure.total - self.counted;
                if left > DAY {
                    return (self.at.plus(left - DAY).min(until), Why::CalendarDay);
                }
                self.provisional |= !view.known(day);
                (midnight(), if view.is_working(day) { Why::CalendarDay } else { Why::LastDayMoved })
            }
        }
    }

    /// Everything is consumed: in real time now, by days at the end of a day that is worked (民法典 203).
    fn settle(&mut self, view: &View<'_>, measure: &Measure, see: &mut impl FnMut(Instant, Instant, Why)) {
        if measure.by_days() {
            let mut day = if self.at.of_day() == 0 && self.at.day() > measure.first { self.at.day().plus(-1) } else { self.at.day() };
            loop {
                self.provisional |= !view.known(day);
                let worked = view.is_working(day);
                let end = day.plus(1).start();
                if end > self.at {
                    see(self.at, end, if worked { Why::EndOfDay } else { Why::LastDayMoved });
                    self.at = end;
                }
                if worked {
                    break;
                }
                day = day.plus(1);
            }
        }
        self.reached = Some(self.at);
    }
}
