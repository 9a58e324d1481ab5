use super::*;
use jiff::civil::{Date, DateTime, Weekday};
use proptest::prelude::*;
use std::collections::HashMap;

fn at(text: &str) -> Instant {
    Instant::read(text).unwrap()
}

fn ends(start: &str, span: Span) -> String {
    due(&Calendar::seed(), at(start), span).at.written()
}

#[test]
fn real_time_runs_through_nights_and_holidays() {
    assert_eq!(ends("2026-02-16 23:59", Span::minutes(1)), "2026-02-17 00:00");
    assert_eq!(ends("2026-10-01 10:00", Span::hours(24)), "2026-10-02 10:00");
}

#[test]
fn the_first_day_does_not_count_and_the_last_ends_at_midnight() {
    assert_eq!(ends("2026-11-24 00:00", Span::days(3)), "2026-11-28 00:00");
    assert_eq!(ends("2026-11-24 23:59", Span::days(3)), "2026-11-28 00:00");
}

#[test]
fn a_last_day_on_which_nobody_works_moves_on() {
    // Sunday 29 November → Monday.
    assert_eq!(ends("2026-11-24 09:00", Span::days(5)), "2026-12-01 00:00");
    // The last of the National Day holidays is 7 October; the next worked day is the 8th.
    assert_eq!(ends("2026-09-26 09:00", Span::days(7)), "2026-10-09 00:00");
    // Saturday 10 October is worked.
    assert_eq!(ends("2026-10-03 09:00", Span::days(7)), "2026-10-11 00:00");
    // Leap day.
    assert_eq!(ends("2024-02-26 09:00", Span::days(3)), "2024-03-01 00:00");
}

#[test]
fn working_days_leave_out_holidays_and_count_make_up_days() {
    // Friday 13 February, then the worked Saturday, nine days of Spring Festival, Tuesday 24 February.
    assert_eq!(ends("2026-02-13 16:00", Span::working_days(1)), "2026-02-15 00:00");
    assert_eq!(ends("2026-02-13 16:00", Span::working_days(2)), "2026-02-25 00:00");
    assert_eq!(ends("2026-02-18 03:00", Span::working_days(1)), "2026-02-25 00:00");
}

#[test]
fn service_hours_skip_lunch_night_and_weekend() {
    assert_eq!(ends("2026-11-24 09:30", Span::working_hours(2)), "2026-11-24 11:30");
    assert_eq!(ends("2026-11-24 11:00", Span::working_hours(2)), "2026-11-24 14:30");
    assert_eq!(ends("2026-11-27 17:00", Span::working_hours(2)), "2026-11-30 10:00");
    assert_eq!(ends("2026-11-28 10:00", Span::working_hours(2)), "2026-11-30 10:30");
    // Exactly at the end of an interval, not at the beginning of the next.
    assert_eq!(ends("2026-11-24 10:00", Span::working_hours(2)), "2026-11-24 12:00");
    // The make-up Saturday before Spring Festival has service hours, the holiday after it has none.
    assert_eq!(ends("2026-02-14 16:30", Span::working_hours(2)), "2026-02-24 09:30");
}

#[test]
fn a_date_that_rests_on_an_unknown_year_is_provisional() {
    let calendar = Calendar::seed();
    let provisional = |start: &str, span| due(&calendar, at(start), span).provisional;
    assert!(!provisional("2026-12-28 09:00", Span::working_days(3)));
    assert!(provisional("2026-12-28 09:00", Span::working_days(4)));
    assert!(provisional("2026-12-20 09:00", Span::days(20)));
    assert!(provisional("2026-12-31 17:00", Span::working_hours(2)));
    assert!(!provisional("2026-12-31 17:00", Span::hours(24)), "real time needs no calendar");
}

#[test]
fn the_reason_is_one_line_per_run() {
    let due = due(&Calendar::seed(), at("2026-02-12 16:00"), Span::working_days(4));
    let said: Vec<String> = due.why.iter().map(|l| format!("{} → {} {} {}", l.from.written(), l.to.written(), l.minutes, l.said_zh)).collect();
    assert_eq!(
        said,
        [
            "2026-02-12 16:00 → 2026-02-13 00:00 0 开始的当日不计（民法典第201条）",
            "2026-02-13 00:00 → 2026-02-14 00:00 1440 工作日，计 1 日",
            "2026-02-14 00:00 → 2026-02-15 00:00 1440 春节调休上班（国办发明电〔2025〕7号），计 1 日",
            "2026-02-15 00:00 → 2026-02-24 00:00 0 春节放假，不计（国办发明电〔2025〕7号）",
            "2026-02-24 00:00 → 2026-02-26 00:00 2880 工作日，计 2 日",
        ]
    );
}

#[test]
fn the_moved_last_day_is_explained_and_counts_once() {
    let due = due(&Calendar::seed(), at("2026-09-26 09:00"), Span::days(7));
    let said: Vec<(i64, &str)> = due.why.iter().map(|l| (l.minutes, l.said_zh.as_str())).collect();
    assert_eq!(
        said,
        [
            (0, "开始的当日不计（民法典第201条）"),
            (6 * 1440, "自然日，计 6 日"),
            (0, "最后一日逢国庆节放假，顺延（民法典第203条）（国办发明电〔2025〕7号）"),
            (1440, "自然日，计 1 日"),
        ]
    );
}

#[test]
fn rungs_lie_where_the_counting_minutes_are() {
    let calendar = Calendar::seed();
    let rung = |start: &str, span, percent| fraction(&calendar, at(start), span, percent).written();
    assert_eq!(rung("2026-11-24 09:00", Span::hours(10), 80), "2026-11-24 17:00");
    assert_eq!(rung("2026-11-24 09:00", Span::hours(10), 150), "2026-11-25 00:00");
    assert_eq!(rung("2026-11-24 10:00", Span::working_hours(5), 80), "2026-11-24 15:30");
    assert_eq!(rung("2026-11-24 09:00", Span::working_days(10), 80), "2026-12-05 00:00");
    assert_eq!(rung("2026-11-24 09:00", Span::working_days(10), 200), "2026-12-23 00:00");
    assert_eq!(rung("2026-11-24 09:00", Span::days(7), 0), "2026-11-24 09:00");
}

// The simulator shares no code with the walk: it steps over minutes, with a plain map of days read from the file by itself.

struct Walker(HashMap<Date, bool>);

impl Walker {
    fn new() -> Self {
        let rows = include_str!("calendar.tsv").lines().skip(1).map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            (cells[0].parse::<Date>().unwrap(), cells[1] == "makeup")
        });
        Self(rows.collect())
    }

    fn works(&self, date: Date) -> bool {
        self.0.get(&date).copied().unwrap_or(!matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday))
    }

    fn due(&self, start: DateTime, span: Span) -> DateTime {
        let mut now = start;
        let mut left = span.n * if matches!(span.unit, SpanUnit::Hour | SpanUnit::WorkingHour) { 60 } else { 1 };
        match span.unit {
            SpanUnit::Minute | SpanUnit::Hour | SpanUnit::WorkingHour => {
                while left > 0 {
                    let clock = i32::from(now.hour()) * 100 + i32::from(now.minute());
                    let open = self.works(now.date()) && ((830..1200).contains(&clock) || (1330..1730).contains(&clock));
                    left -= i64::from(open || span.unit != SpanUnit::WorkingHour);
                    now = now.checked_add(jiff::Span::new().minutes(1)).unwrap();
                }
                now
            }
            SpanUnit::Day | SpanUnit::WorkingDay | SpanUnit::Month => {
                let mut date = start.date();
                if span.unit == SpanUnit::Month {
                    let months = i64::from(date.month()) - 1 + span.n;
                    let (year, month) = (date.year() + i16::try_from(months / 12).unwrap(), i8::try_from(months % 12 + 1).unwrap());
                    let last = jiff::civil::date(year, month, 1).days_in_month();
                    date = jiff::civil::date(year, month, date.day().min(last));
                    left = 0;
                }
                while left > 0 {
                    date = date.tomorrow().unwrap();
                    left -= i64::from(span.unit == SpanUnit::Day || self.works(date));
                }
                while !self.works(date) {
                    date = date.tomorrow().unwrap();
                }
                date.tomorrow().unwrap().at(0, 0, 0, 0)
            }
        }
    }
}

fn unit() -> impl Strategy<Value = SpanUnit> {
    proptest::sample::select(SpanUnit::ALL)
}

/// An instant of 2023 to 2027, to the millisecond.
fn instant() -> impl Strategy<Value = Instant> {
    (at("2023-01-01").0..at("2027-12-31").0).prop_map(Instant)
}

fn span() -> impl Strategy<Value = Span> {
    (1i64..90, unit()).prop_map(|(n, unit)| Span { n, unit })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_minute_by_minute_walk_agrees(start in instant(), span in span()) {
        let start = start.plus(-start.0.rem_euclid(MINUTE));
        let civil: DateTime = start.written().parse().unwrap();
        let walked = Walker::new().due(civil, span);
        prop_assert_eq!(due_at(&Calendar::seed(), start, span).0.written(), walked.strftime("%Y-%m-%d %H:%M").to_string());
    }

    #[test]
    fn the_lines_lead_from_start_to_due_and_add_up(start in instant(), span in span()) {
        let calendar = Calendar::seed();
        let due = due(&calendar, start, span);
        prop_assert!(start < due.at);
        prop_assert_eq!((due.at, due.provisional), due_at(&calendar, start, span));
        prop_assert_eq!(due.why.iter().map(|l| l.minutes).sum::<i64>(), span.total_minutes(start));
        prop_assert_eq!(due.why.first().unwrap().from, start);
        prop_assert_eq!(due.why.last().unwrap().to, due.at);
        prop_assert!(due.why.windows(2).all(|p| p[0].to == p[1].from && p[0].said_zh != p[1].said_zh));
        prop_assert!(due.why.iter().all(|l| l.from < l.to && l.minutes >= 0 && !l.said_en.is_empty()));
    }

    #[test]
    fn later_starts_and_longer_spans_are_not_due_earlier(a in instant(), later in 0i64..90 * DAY, n in 1i64..60, more in 0i64..30, unit in unit()) {
        let calendar = Calendar::seed();
        let due = |start, n| due_at(&calendar, start, Span { n, unit }).0;
        prop_assert!(due(a, n) <= due(a.plus(later), n));
        prop_assert!(due(a, n) <= due(a, n + more));
    }

    #[test]
    fn percents_are_ordered_and_a_hundred_is_due(start in instant(), span in span(), a in 0i64..250, b in 0i64..250) {
        let calendar = Calendar::seed();
        let (low, high) = (a.min(b), a.max(b));
        prop_assert!(start <= fraction(&calendar, start, span, low));
        prop_assert!(fraction(&calendar, start, span, low) <= fraction(&calendar, start, span, high));
        prop_assert_eq!(fraction(&calendar, start, span, 100), due_at(&calendar, start, span).0);
    }

    #[test]
    fn a_fraction_is_the_first_instant_with_that_much_consumed(start in instant(), span in span(), percent in 1i64..250) {
        let calendar = Calendar::seed();
        let there = fraction(&calendar, start, span, percent);
        let wanted = span.total_minutes(start) * percent / 100;
        prop_assert_eq!(consumed(&calendar, start, there, span), wanted);
        prop_assert!(consumed(&calendar, start, there.plus(-1), span) <= wanted);
        if percent == 100 {
            prop_assert!(consumed(&calendar, start, there.plus(-1), span) < wanted);
        }
    }
}
