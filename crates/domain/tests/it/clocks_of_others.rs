//! What went wrong with the clocks of other systems, by the number under which it was told there; none of it may happen here.

use domain::dispatch::{Book, Calendar, Change, ClockState, DayKind, Event, Hours, PauseKind, Span, due_at, fraction, reckon};
use domain::kernel::{Day, HOUR, Instant};

fn at(text: &str) -> Instant {
    Instant::read(text).unwrap()
}

fn due(start: &str, span: Span) -> String {
    due_at(&Calendar::seed(), at(start), span).0.written()
}

/// osTicket #1168, #2131, #4166, #4969: a limit in working time ran through nights and weekends.
#[test]
fn osticket_1168_2131_4166_4969_nights_weekends_and_holidays_do_not_count() {
    assert_eq!(due("2026-11-27 17:00", Span::working_hours(2)), "2026-11-30 10:00");
    assert_eq!(due("2026-11-28 03:00", Span::working_hours(8)), "2026-12-01 09:00");
    assert_eq!(due("2026-09-30 17:00", Span::working_hours(1)), "2026-10-08 09:00");
}

/// osTicket #3034: no way to stop the clock for a lawful reason.
#[test]
fn osticket_3034_a_lawful_pause_stops_it() {
    let (book, calendar) = (Book::shipped(), Calendar::seed());
    let events = [
        Event { at: at("2026-11-26 09:00"), change: Change::Pause { kind: Some(PauseKind::Appraisal), until: None } },
        Event { at: at("2026-12-03 09:00"), change: Change::Resume },
    ];
    let with = reckon(&calendar, at("2026-11-02 09:00"), book.get("health.mediate").unwrap(), &events, None, false);
    let without = reckon(&calendar, at("2026-11-02 09:00"), book.get("health.mediate").unwrap(), &[], None, false);
    assert_eq!(with.due.unwrap().since(without.due.unwrap()), 7 * 24 * HOUR, "five working days, over one weekend more");
}

/// Chatwoot PR #13392: the limit was shown in working time and counted on the wall clock. Here what is shown and what is swept are one function.
#[test]
fn chatwoot_13392_what_is_shown_is_what_fires() {
    let calendar = Calendar::seed();
    let start = at("2026-11-27 16:30");
    assert_eq!(due_at(&calendar, start, Span::working_hours(2)).0, fraction(&calendar, start, Span::working_hours(2), 100));
    assert_eq!(due("2026-11-27 16:30", Span::working_hours(2)), "2026-11-30 09:30");
}

/// Chatwoot #14009, frappe/helpdesk #2212: one interval a day, so lunch counted.
#[test]
fn chatwoot_14009_frappe_2212_lunch_does_not_count() {
    assert_eq!(due("2026-11-24 11:30", Span::working_hours(1)), "2026-11-24 14:00");
    assert_eq!(due("2026-11-24 12:30", Span::working_hours(1)), "2026-11-24 14:30");
    let three = vec![Hours { from: 8 * HOUR, to: 10 * HOUR }, Hours { from: 11 * HOUR, to: 12 * HOUR }, Hours { from: 14 * HOUR, to: 24 * HOUR }];
    let calendar = Calendar::new(Vec::new(), Vec::new(), three).unwrap();
    assert_eq!(due_at(&calendar, at("2026-11-24 09:30"), Span::working_hours(2)).0.written(), "2026-11-24 14:30");
}

/// Zammad #3180: a desk that is open day and night lost the minute before midnight.
#[test]
fn zammad_3180_day_and_night_has_no_hole_at_midnight() {
    let calendar = Calendar::new(Vec::new(), Vec::new(), vec![Hours { from: 0, to: 24 * HOUR }]).unwrap();
    assert_eq!(due_at(&calendar, at("2026-11-24 23:00"), Span::working_hours(2)).0.written(), "2026-11-25 01:00");
}

/// Chatwoot #10178: the clock went on after the end. A clock that was stopped is not looked at again; that is the matter's (`rules::clocks`); an expired one
/// takes no pause and no extension.
#[test]
fn chatwoot_10178_what_has_ended_is_not_stretched() {
    let (book, calendar) = (Book::shipped(), Calendar::seed());
    let late = |change| [Event { at: at("2026-12-20 09:00"), change }];
    for change in [Change::Pause { kind: Some(PauseKind::Consent), until: None }, Change::Extend(Span::days(5))] {
        let stood = reckon(&calendar, at("2026-11-02 09:00"), book.get("referral.delegated").unwrap(), &late(change), None, false);
        assert_eq!((stood.refused.len(), stood.state, stood.due.unwrap().written()), (1, ClockState::Expired, "2026-12-03 00:00".to_owned()));
    }
}

/// GLPI #15605: the pause was lost when the policy changed.
#[test]
fn glpi_15605_a_pause_survives_another_policy() {
    let (book, calendar) = (Book::shipped(), Calendar::seed());
    let policy = |id| book.get(id).unwrap();
    let events = [
        Event { at: at("2026-11-03 00:00"), change: Change::Pause { kind: Some(PauseKind::Appraisal), until: None } },
        Event { at: at("2026-11-05 00:00"), change: Change::Policy(policy("finish.complex")) },
        Event { at: at("2026-11-10 00:00"), change: Change::Resume },
    ];
    let stood = reckon(&calendar, at("2026-11-02 09:00"), policy("finish.ordinary"), &events, None, true);
    assert_eq!(stood.due.unwrap().written(), "2026-12-01 00:00", "twenty days from the 10th: the seven before did not count; the 29th is a Sunday");
    let after = reckon(&calendar, at("2026-11-02 09:00"), policy("finish.ordinary"), &events[..2], None, false);
    assert_eq!((after.state, after.consumed_minutes, after.due), (ClockState::Paused, 0, None));
}

/// Zammad #390: nobody could tell why it took six days and not four.
#[test]
fn zammad_390_the_reason_names_the_day_that_did_not_count() {
    let why = domain::dispatch::due(&Calendar::seed(), at("2026-09-24 09:00"), Span::working_days(2)).why;
    assert!(why.iter().any(|line| line.minutes == 0 && line.said_zh.contains("中秋节放假，不计")), "{why:?}");
}

/// GLPI PR #22678: a rung before the end fell on midnight when the calendar had several intervals.
#[test]
fn glpi_22678_a_rung_lies_in_service_time() {
    assert_eq!(fraction(&Calendar::seed(), at("2026-11-23 17:00"), Span::working_hours(4), 75).written(), "2026-11-24 11:00");
}

/// frappe/helpdesk PR #2449: time on hold was added to the start, over a holiday too.
#[test]
fn frappe_2449_a_pause_takes_out_what_would_have_counted_and_no_more() {
    let (book, calendar) = (Book::shipped(), Calendar::seed());
    let over_a_weekend = [
        Event { at: at("2026-11-28 00:00"), change: Change::Pause { kind: Some(PauseKind::Appraisal), until: None } },
        Event { at: at("2026-11-30 00:00"), change: Change::Resume },
    ];
    let policy = book.get("health.mediate").unwrap();
    let due = |events: &[Event<'_>]| reckon(&calendar, at("2026-11-02 09:00"), policy, events, None, false).due;
    assert_eq!(due(&over_a_weekend), due(&[]), "a weekend counts for nothing, paused or not");
}

/// DIGIT #1028: no limit at all was shown when something could not be joined; #432: limits were sorted as they were written.
#[test]
fn digit_1028_432_every_policy_ends_and_ends_are_instants() {
    let calendar = Calendar::weekends_only();
    for policy in Book::shipped().policies() {
        let stood = reckon(&calendar, at("2031-02-28 13:45"), policy, &[], None, false);
        assert!(stood.due.unwrap() > at("2031-02-28 13:45"), "{}", policy.id);
    }
    assert!(at("2026-02-09 10:00") < at("2026-02-10 09:00"));
}

/// Austin atd-data-tech #14005: calendar days and working days were mixed up.
#[test]
fn austin_14005_days_and_working_days_are_two_units() {
    assert_eq!(due("2026-11-20 09:00", Span::days(5)), "2026-11-26 00:00");
    assert_eq!(due("2026-11-20 09:00", Span::working_days(5)), "2026-11-28 00:00");
}

/// A calendar that is corrected on the way counts from when it is known.
#[test]
fn a_correction_does_not_take_back_what_was_counted() {
    let (book, calendar) = (Book::shipped(), Calendar::seed());
    let free = Change::Calendar { day: Day::read("2026-11-26").unwrap(), kind: DayKind::Holiday };
    let due = |when: &str| {
        reckon(&calendar, at("2026-11-23 09:00"), book.get("petition.objection").unwrap(), &[Event { at: at(when), change: free }], None, false)
            .due
            .unwrap()
            .written()
    };
    assert_eq!(due("2026-11-25 09:00"), "2026-12-02 00:00", "known before: the day is left out");
    assert_eq!(due("2026-11-27 09:00"), "2026-12-01 00:00", "known after: it has counted");
}
