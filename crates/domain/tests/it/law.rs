//! Periods as their articles have them: each row of the master table (`domain.md` §6.2) that is marked as law, with an example of what its article says.

use domain::dispatch::{Book, Calendar, Change, ClockState, Event, Mark, PauseKind, Span, reckon};
use domain::kernel::{Instant, Refusal};
use std::collections::BTreeSet;

fn at(text: &str) -> Instant {
    Instant::read(text).unwrap()
}

fn ends(policy: &str, start: &str, events: &[(&str, Change<'static>)]) -> String {
    let (book, calendar) = (Book::shipped(), Calendar::seed());
    let events: Vec<Event<'_>> = events.iter().map(|(when, change)| Event { at: at(when), change: *change }).collect();
    let stood = reckon(&calendar, at(start), book.get(policy).unwrap(), &events, None, false);
    match &stood.refused[..] {
        [] => stood.due.map_or_else(|| "-".to_owned(), Instant::written),
        [(_, refusal), ..] => format!("{}: {}", refusal.code(), stood.due.map_or_else(|| "-".to_owned(), Instant::written)),
    }
}

const fn extend(span: Span) -> Change<'static> {
    Change::Extend(span)
}

const fn pause(kind: PauseKind) -> Change<'static> {
    Change::Pause { kind: Some(kind), until: None }
}

/// Policy, start, due (the end of a day is the 00:00 after it), what it shows.
const PLAIN: &[(&str, &str, &str, &str)] = &[
    ("mediation.settle", "2026-01-31 10:00", "2026-03-01 00:00", "10: a month from 31 January ends with February, and Saturday the 28th is worked"),
    ("mediation.settle", "2024-01-30 10:00", "2024-03-01 00:00", "10: the leap day is the last of its month"),
    ("mediation.confirm", "2026-09-02 09:00", "2026-10-09 00:00", "11: 30 days end on 2 October, and move past the holidays to the 8th"),
    ("confirmation.accept", "2026-11-25 09:00", "2026-12-01 00:00", "12: three days, not working days: Saturday moves to Monday"),
    ("confirmation.decide", "2026-11-24 09:00", "2026-12-10 00:00", "12: 15 days"),
    ("health.mediate", "2026-09-01 09:00", "2026-10-20 00:00", "13: 30 working days over Mid-Autumn and National Day with both make-up days"),
    ("health.admin_accept", "2026-02-13 16:00", "2026-02-28 00:00", "14: five working days; the worked Saturday counts, Spring Festival does not"),
    ("health.admin_finish", "2026-11-24 09:00", "2027-01-06 00:00", "14: 30 working days into a year whose holidays are not known"),
    ("traffic.request", "2026-11-24 09:00", "2026-12-05 00:00", "15: 10 days from the finding"),
    ("traffic.notice", "2026-11-24 09:00", "2026-11-28 00:00", "15: three days before"),
    ("traffic.finish", "2026-09-24 09:00", "2026-10-09 00:00", "15: 10 days end on 4 October, in the holidays"),
    ("traffic.after_committee", "2026-11-24 23:59", "2026-11-28 00:00", "16: the first day does not count, however late"),
    ("labour.mediate", "2026-11-24 09:00", "2026-12-10 00:00", "17: 15 days from receipt of the application"),
    ("labour.limitation", "2024-02-29 09:00", "2025-03-01 00:00", "18: a year from a leap day ends on 28 February"),
    ("labour.arbitration_accept", "2026-11-23 09:00", "2026-12-01 00:00", "18: five days end on Saturday and move"),
    ("labour.award", "2026-11-24 09:00", "2027-01-09 00:00", "18: 45 days"),
    ("labour.award_simple", "2026-11-24 09:00", "2026-12-25 00:00", "18: Zhejiang's simple procedure, 30 days"),
    ("land.limitation", "2024-11-24 09:00", "2026-11-25 00:00", "19: two years"),
    ("land.accept", "2026-04-30 09:00", "2026-05-12 00:00", "19: five working days after the Labour Day holidays, with their make-up Saturday"),
    ("land.award", "2026-03-02 09:00", "2026-05-07 00:00", "19: 60 days end on 1 May and move to the 6th"),
    ("consumer.accept", "2026-11-24 09:00", "2026-12-04 00:00", "20: seven working days"),
    ("consumer.mediate", "2026-03-02 09:00", "2026-05-09 00:00", "20: 45 working days over two holidays; they end before the make-up Saturday"),
    ("consumer.tell", "2026-12-24 09:00", "2027-01-05 00:00", "20: seven working days"),
    ("labour_inspection.accept", "2026-11-24 09:00", "2026-12-02 00:00", "21: five working days"),
    ("labour_inspection.finish", "2026-03-02 09:00", "2026-05-29 00:00", "21: 60 working days are not 60 days"),
    ("property.answer", "2026-11-24 09:00", "2026-12-05 00:00", "22: 10 days"),
    ("referral.delegated", "2026-11-24 09:00", "2026-12-25 00:00", "23: 30 days from the signed receipt of the materials"),
    ("referral.entrusted", "2026-11-24 09:00", "2026-12-10 00:00", "24: 15 days in the ordinary procedure"),
    ("referral.entrusted_summary", "2026-11-24 09:00", "2026-12-02 00:00", "24: seven days in the summary one"),
    ("online.choose", "2026-11-26 09:00", "2026-12-01 00:00", "25: two working days over a weekend"),
    ("online.appoint", "2026-11-26 09:00", "2026-12-02 00:00", "25: three working days"),
    ("online.accept", "2026-11-26 09:00", "2026-12-02 00:00", "25: three working days"),
    ("court.filing", "2026-09-26 09:00", "2026-10-09 00:00", "26: seven days end on 3 October"),
    ("court.summary", "2026-11-30 09:00", "2027-03-02 00:00", "27: three months from 30 November end on Sunday 28 February and move"),
    ("court.small", "2026-12-31 09:00", "2027-03-02 00:00", "27: two months"),
    ("petition.forward", "2026-11-24 09:00", "2026-12-10 00:00", "28: 15 days"),
    ("petition.tell", "2026-11-20 09:00", "2026-12-08 00:00", "29: 15 days are no working days, but the last one must be worked: Saturday → Monday"),
    ("petition.objection", "2026-11-20 09:00", "2026-11-28 00:00", "30: five working days, as the text says"),
    ("petition.finish", "2026-11-24 09:00", "2027-01-26 00:00", "31: 60 days from acceptance end on Saturday 23 January"),
    ("petition.review_ask", "2026-11-24 09:00", "2026-12-25 00:00", "32: 30 days to ask"),
    ("petition.review", "2026-11-24 09:00", "2026-12-25 00:00", "32: 30 days to answer"),
    ("petition.recheck_ask", "2026-11-24 09:00", "2026-12-25 00:00", "33: 30 days to ask"),
    ("petition.recheck", "2026-11-24 09:00", "2026-12-25 00:00", "33: 30 days to answer"),
    ("public_order.case", "2026-11-24 09:00", "2026-12-25 00:00", "34: 30 days"),
    ("public_order.second_mediation", "2026-11-24 09:00", "2026-12-04 00:00", "35: seven working days after the first"),
    ("public_order.after_mediation", "2026-11-24 09:00", "2026-12-25 00:00", "36: the case clock starts when mediation has failed"),
    ("register.tenant", "2026-09-30 18:00", "2026-10-11 00:00", "37: three working days after National Day, the worked Saturday among them"),
    ("register.floating", "2026-11-27 09:00", "2026-12-03 00:00", "38: three working days after arrival"),
    ("register.change", "2026-11-24 09:00", "2026-12-05 00:00", "39: 10 days"),
    ("residence_permit.issue", "2026-11-24 09:00", "2026-12-10 00:00", "40: 15 days"),
    ("property.let", "2026-11-24 09:00", "2026-12-10 00:00", "41: 15 days from the contract"),
    ("video.file", "2026-11-24 09:00", "2026-12-25 00:00", "42: 30 days from use"),
    ("video.keep", "2026-11-24 09:00", "2026-12-25 00:00", "43: kept for 30 days at least"),
    ("fire_patrol.keep", "2026-11-24 09:00", "2027-11-25 00:00", "44: kept for a year at least"),
    ("violence.report", "2026-11-24 09:00", "2026-11-24 09:01", "45: at once"),
    ("violence.protection", "2026-10-01 09:00", "2026-10-04 09:00", "45: 72 hours, holidays too"),
    ("violence.protection_urgent", "2026-10-01 09:00", "2026-10-02 09:00", "45: 24 hours"),
];

#[test]
fn every_row_of_law_ends_where_its_article_says() {
    let wrong: Vec<String> = PLAIN
        .iter()
        .filter_map(|(policy, start, due, what)| {
            let found = ends(policy, start, &[]);
            (found != *due).then(|| format!("{policy} from {start}: {found}, not {due} ({what})"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let shown: BTreeSet<&str> = PLAIN.iter().map(|(policy, ..)| *policy).collect();
    let book = Book::shipped();
    let law: BTreeSet<&str> = book.policies().iter().filter(|p| p.mark == Mark::L).map(|p| p.id.as_str()).collect();
    assert_eq!(shown, law);
}

#[test]
fn an_extension_is_heard_before_the_limit_only() {
    // 信访工作条例 34: 60 days, 30 more with approval: 90 from acceptance.
    assert_eq!(ends("petition.finish", "2026-06-01 09:00", &[]), "2026-08-01 00:00");
    assert_eq!(ends("petition.finish", "2026-06-01 09:00", &[("2026-07-30 17:00", extend(Span::days(30)))]), "2026-09-01 00:00");
    assert_eq!(ends("petition.finish", "2026-06-01 09:00", &[("2026-07-31 23:59", extend(Span::days(30)))]), "2026-09-01 00:00");
    assert_eq!(ends("petition.finish", "2026-06-01 09:00", &[("2026-08-01 00:00", extend(Span::days(30)))]), "extend_after_due: 2026-08-01 00:00");
    assert_eq!(ends("petition.finish", "2026-06-01 09:00", &[("2026-07-30 17:00", extend(Span::days(31)))]), "extension_too_long: 2026-08-01 00:00");
    let twice = [("2026-07-01 09:00", extend(Span::days(10))), ("2026-07-02 09:00", extend(Span::days(10)))];
    assert_eq!(ends("petition.finish", "2026-06-01 09:00", &twice), "extended_already: 2026-08-11 00:00");
    assert_eq!(ends("property.answer", "2026-06-01 09:00", &[("2026-06-02 09:00", extend(Span::days(1)))]), "no_extension: 2026-06-12 00:00");
    // 治安管理处罚法 118: thirty days, thirty more, and thirty more when complex.
    let thrice = |n: usize| vec![("2026-06-10 09:00", extend(Span::days(30))); n];
    assert_eq!(ends("public_order.case", "2026-06-01 09:00", &thrice(2)), "2026-09-01 00:00");
    assert_eq!(ends("public_order.case", "2026-06-01 09:00", &thrice(3)), "extended_already: 2026-09-01 00:00");
    // 民事诉讼法 164: three months and one.
    assert_eq!(ends("court.summary", "2026-01-31 09:00", &[("2026-04-01 09:00", extend(Span::months(1)))]), "2026-06-02 00:00");
    // 人民调解: as the parties agree.
    assert_eq!(ends("mediation.settle", "2026-06-01 09:00", &[("2026-06-20 09:00", extend(Span::months(2)))]), "2026-09-02 00:00");
}

#[test]
fn only_what_the_law_names_stops_a_clock() {
    // 医疗纠纷条例 38: ten working days of appraisal are taken out of the thirty.
    let appraisal = [("2026-11-26 09:00", pause(PauseKind::Appraisal)), ("2026-12-10 09:00", Change::Resume)];
    assert_eq!(ends("health.mediate", "2026-11-02 09:00", &[]), "2026-12-15 00:00");
    assert_eq!(ends("health.mediate", "2026-11-02 09:00", &appraisal), "2026-12-29 00:00");
    // 信访 34 knows no pause at all, whatever is waited for; 36 takes a hearing out.
    let hearing = [("2026-11-26 09:00", pause(PauseKind::Hearing)), ("2026-11-28 09:00", Change::Resume)];
    assert_eq!(ends("petition.finish", "2026-11-02 09:00", &hearing), "not_a_lawful_pause: 2027-01-02 00:00");
    assert_eq!(ends("petition.recheck", "2026-11-02 09:00", &[]), "2026-12-03 00:00");
    assert_eq!(ends("petition.recheck", "2026-11-02 09:00", &hearing), "2026-12-05 00:00");
    // 特邀调解 27: both parties may stop it, one of them may not; while it stands still without an end there is no due day.
    assert_eq!(ends("referral.delegated", "2026-11-02 09:00", &[("2026-11-10 09:00", pause(PauseKind::Consent))]), "-");
    let book = Book::shipped();
    let stood = reckon(
        &Calendar::seed(),
        at("2026-11-02 09:00"),
        book.get("petition.tell").unwrap(),
        &[Event { at: at("2026-11-05 09:00"), change: Change::Pause { kind: None, until: None } }],
        None,
        false,
    );
    let [(0, Refusal::Rule { code: "not_a_lawful_pause", said, .. })] = &stood.refused[..] else { panic!("{stood:?}") };
    assert!(said.contains("信访工作条例第23条"), "{said}");
    assert_eq!(stood.state, ClockState::Running);
}

#[test]
fn another_policy_keeps_what_was_consumed() {
    static BOOK: std::sync::LazyLock<Book> = std::sync::LazyLock::new(Book::shipped);
    let swap = |id: &str| Change::Policy(BOOK.get(id).unwrap());
    // Four days of seven are gone when the matter turns out to be complex: sixteen of the twenty are left.
    assert_eq!(ends("finish.ordinary", "2026-11-02 09:00", &[("2026-11-07 00:00", swap("finish.complex"))]), "2026-11-24 00:00");
    // And when it turns out to be simple they are more than enough: due now.
    assert_eq!(ends("finish.ordinary", "2026-11-02 09:00", &[("2026-11-07 10:00", swap("finish.simple"))]), "2026-11-07 10:00");
    // A pause that runs goes on under the new policy.
    let paused = [("2026-11-03 00:00", pause(PauseKind::Appraisal)), ("2026-11-05 00:00", swap("finish.complex")), ("2026-11-10 00:00", Change::Resume)];
    assert_eq!(ends("finish.ordinary", "2026-11-02 09:00", &paused), "2026-12-01 00:00");
}
