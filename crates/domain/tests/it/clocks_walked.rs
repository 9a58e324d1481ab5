//! The clock against a simulator that shares no code with it: minute by minute over a plain array of days, with what happens on the way.

use domain::dispatch::{Book, Calendar, Change, ClockState, DayKind, Event, Extension, Pause, PauseKind, Policy, Span, SpanUnit, due, reckon};
use domain::kernel::{Day, Instant, MINUTE};

const ZONE: i64 = 480;
const DAY: i64 = 1440;
const FIRST_DAY: i64 = 19_000;

/// Chance that comes from a number (SplitMix64).
struct Dice(u64);

impl Dice {
    fn of(&mut self, n: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        i64::try_from((z ^ (z >> 31)) % u64::try_from(n).unwrap()).unwrap()
    }
}

/// Worked or not, by day since 1970, read from the file by itself.
fn days() -> Vec<bool> {
    let mut days: Vec<bool> = (0..3_000).map(|i| !matches!((FIRST_DAY + i + 3) % 7, 5 | 6)).collect();
    for line in include_str!("../../src/dispatch/calendar.tsv").lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let date: jiff::civil::Date = cells[0].parse().unwrap();
        let day = i64::from((date - jiff::civil::date(1970, 1, 1)).get_days());
        days[usize::try_from(day - FIRST_DAY).unwrap()] = cells[1] == "makeup";
    }
    days
}

/// One span as the simulator counts it. Times are minutes since 1970 in Shanghai.
struct Count {
    unit: SpanUnit,
    first: i64,
    total: i64,
    consumed: i64,
    idle_until: i64,
    due: Option<i64>,
}

impl Count {
    fn new(span: Span, start: i64) -> Self {
        Self { unit: span.unit, first: start / DAY, total: minutes(span, start), consumed: 0, idle_until: start, due: None }
    }

    fn by_days(&self) -> bool {
        matches!(self.unit, SpanUnit::Day | SpanUnit::WorkingDay | SpanUnit::Month)
    }

    fn look(&mut self, t: i64, days: &[bool]) {
        if self.due.is_some() || self.consumed < self.total {
            return;
        }
        let mut end = t.max(self.idle_until);
        if self.by_days() {
            end = if end % DAY == 0 && end / DAY > self.first { end } else { (end / DAY + 1) * DAY };
            while !days[usize::try_from(end / DAY - 1 - FIRST_DAY).unwrap()] {
                end += DAY;
            }
        }
        self.idle_until = end;
        self.due = Some(end);
    }

    fn pass(&mut self, t: i64, days: &[bool]) {
        if t < self.idle_until {
            return;
        }
        let day = t / DAY;
        let works = days[usize::try_from(day - FIRST_DAY).unwrap()];
        let of_day = t % DAY;
        let open = (510..720).contains(&of_day) || (810..1050).contains(&of_day);
        let counts = match self.unit {
            SpanUnit::Minute | SpanUnit::Hour => true,
            SpanUnit::WorkingHour => works && open,
            SpanUnit::WorkingDay => day > self.first && works,
            SpanUnit::Day | SpanUnit::Month => day > self.first && (works || self.consumed >= self.total || self.total - self.consumed > DAY),
        };
        self.consumed += i64::from(counts);
    }
}

fn minutes(span: Span, start: i64) -> i64 {
    match span.unit {
        SpanUnit::Minute => span.n,
        SpanUnit::Hour | SpanUnit::WorkingHour => span.n * 60,
        SpanUnit::Day | SpanUnit::WorkingDay => span.n * DAY,
        SpanUnit::Month => {
            let from = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(start / DAY)).unwrap();
            let months = i64::from(from.month()) - 1 + span.n;
            let (year, month) = (from.year() + i16::try_from(months / 12).unwrap(), i8::try_from(months % 12 + 1).unwrap());
            let last = jiff::civil::date(year, month, 1).days_in_month();
            i64::from((jiff::civil::date(year, month, from.day().min(last)) - from).get_days()) * DAY
        }
    }
}

struct Walked {
    due: Option<i64>,
    consumed: i64,
    state: ClockState,
    refused: Vec<usize>,
    /// What each span had to be counted in the end.
    totals: Vec<i64>,
}

fn walk(days: &[bool], start: i64, policy: &Policy, events: &[Event<'_>]) -> Walked {
    let mut days = days.to_vec();
    let mut policy = policy;
    let mut spans: Vec<Span> = policy.spans().collect();
    let mut counts: Vec<Count> = spans.iter().map(|span| Count::new(*span, start)).collect();
    let mut paused: Option<(PauseKind, i64, Option<i64>)> = None;
    let mut spent = std::collections::HashMap::<PauseKind, i64>::new();
    let mut extended = 0;
    let mut refused = Vec::new();
    let last = events.iter().map(|event| minute(event.at)).max().unwrap_or(start);
    let mut next = 0;
    let mut seen = None;
    let mut t = start;
    loop {
        while next <= events.len() {
            if let Some((kind, since, Some(ends))) = paused
                && ends <= t
            {
                *spent.entry(kind).or_default() += ends - since;
                paused = None;
            }
            if paused.is_none() {
                counts.iter_mut().for_each(|count| count.look(t, &days));
            }
            let expired = counts.iter().any(|count| count.due.is_some_and(|due| due <= t));
            let Some(event) = events.get(next).filter(|event| minute(event.at) <= t) else { break };
            if minute(event.at) < t {
                refused.push(next);
                next += 1;
                continue;
            }
            let good = match event.change {
                Change::Pause { kind, until } => {
                    let lawful = policy.pauses.iter().find(|pause| kind.is_none_or(|kind| kind == pause.kind));
                    let left = lawful.map(|pause| pause.cap.map(|cap| minutes(cap, 0) - spent.get(&pause.kind).copied().unwrap_or(0)));
                    match (expired || paused.is_some(), lawful, left) {
                        (false, Some(pause), Some(left)) if left.is_none_or(|left| left > 0) && until.is_none_or(|until| minute(until) > t) => {
                            paused = Some((pause.kind, t, [until.map(minute), left.map(|left| t + left)].into_iter().flatten().min()));
                            true
                        }
                        _ => false,
                    }
                }
                Change::Resume => match paused.take() {
                    Some((kind, since, _)) => {
                        *spent.entry(kind).or_default() += t - since;
                        true
                    }
                    None => false,
                },
                Change::Extend(by) => {
                    let lawful = match policy.extension {
                        Extension::None => false,
                        Extension::Agreed => true,
                        Extension::AtMost { each, times } => extended < times && by.unit == each.unit && by.n <= each.n,
                    };
                    let fits = spans.iter().any(|span| span.unit == by.unit);
                    if !expired && lawful && fits {
                        for (span, count) in spans.iter_mut().zip(&mut counts).filter(|(span, _)| span.unit == by.unit) {
                            span.n += by.n;
                            count.total = minutes(*span, start);
                            count.due = None;
                        }
                        extended += 1;
                        true
                    } else {
                        false
                    }
                }
                Change::Policy(other) => {
                    policy = other;
                    spans = policy.spans().collect();
                    let (consumed, idle_until) = (counts[0].consumed, counts[0].idle_until);
                    counts = spans.iter().map(|span| Count { consumed, idle_until, ..Count::new(*span, start) }).collect();
                    extended = 0;
                    if let Some((kind, since, _)) = paused
                        && !policy.pauses.iter().any(|pause| pause.kind == kind)
                    {
                        *spent.entry(kind).or_default() += t - since;
                        paused = None;
                    }
                    true
                }
                Change::Calendar { day, kind } => {
                    days[usize::try_from(day.0 - FIRST_DAY).unwrap()] = matches!(kind, DayKind::Working | DayKind::Makeup);
                    true
                }
            };
            if !good {
                refused.push(next);
            }
            next += 1;
        }
        if t >= last && seen.is_none() {
            seen = Some((paused.is_some(), counts.iter().map(|count| count.consumed).collect::<Vec<_>>()));
        }
        let over = counts.iter().all(|count| count.due.is_some()) || paused.is_some_and(|(_, _, ends)| ends.is_none());
        if t >= last && over {
            break;
        }
        if paused.is_none() {
            counts.iter_mut().for_each(|count| count.pass(t, &days));
        }
        t += 1;
    }
    let (was_paused, consumed) = seen.unwrap();
    let first = counts.iter().zip(&consumed).filter(|(count, _)| count.due.is_some()).min_by_key(|(count, _)| count.due);
    let due = first.and_then(|(count, _)| count.due);
    let state = if due.is_some_and(|due| due <= last) {
        ClockState::Expired
    } else if was_paused {
        ClockState::Paused
    } else {
        ClockState::Running
    };
    Walked { due, consumed: first.map_or(consumed[0], |(_, consumed)| *consumed), state, refused, totals: counts.iter().map(|count| count.total).collect() }
}

fn minute(at: Instant) -> i64 {
    at.0 / MINUTE + ZONE
}

fn instant(t: i64) -> Instant {
    Instant((t - ZONE) * MINUTE)
}

fn policies() -> Vec<Policy> {
    let mut policies: Vec<Policy> =
        Book::shipped().policies().iter().filter(|p| !p.spans().any(|span| span.unit == SpanUnit::Month && span.n > 3)).cloned().collect();
    // What the shipped rows do not have: several spans, capped pauses, service hours that may stand still.
    let base = Policy { mark: domain::dispatch::Mark::I, ..policies[0].clone() };
    let pause = |kind, days| Pause { kind, cap: Some(Span::days(days)) };
    policies.push(Policy {
        id: "first_wins".into(),
        span: Span::days(9),
        also: vec![Span::working_days(6), Span::working_hours(50)],
        extension: Extension::AtMost { each: Span::working_days(3), times: 2 },
        pauses: vec![pause(PauseKind::Appraisal, 2), pause(PauseKind::Consent, 1)],
        ..base.clone()
    });
    policies.push(Policy {
        id: "hours".into(),
        span: Span::working_hours(12),
        extension: Extension::Agreed,
        pauses: vec![pause(PauseKind::Hearing, 3)],
        ..base.clone()
    });
    policies.push(Policy {
        id: "months".into(),
        span: Span::months(1),
        extension: Extension::AtMost { each: Span::months(1), times: 1 },
        pauses: vec![pause(PauseKind::Appraisal, 20)],
        ..base
    });
    policies
}

fn event<'p>(dice: &mut Dice, policies: &'p [Policy], at: i64, start: i64) -> Event<'p> {
    let kind = |dice: &mut Dice| PauseKind::ALL[usize::try_from(dice.of(4)).unwrap()];
    let change = match dice.of(10) {
        0..=2 => Change::Pause { kind: (dice.of(3) > 0).then(|| kind(dice)), until: (dice.of(2) > 0).then(|| instant(at + dice.of(6 * DAY) - DAY / 2)) },
        3 | 4 => Change::Resume,
        5 | 6 => Change::Extend(Span { n: 1 + dice.of(20), unit: SpanUnit::ALL[usize::try_from(dice.of(6)).unwrap()] }),
        7 => Change::Policy(&policies[usize::try_from(dice.of(i64::try_from(policies.len()).unwrap())).unwrap()]),
        _ => Change::Calendar { day: Day(start / DAY + dice.of(40) - 3), kind: DayKind::ALL[usize::try_from(dice.of(4)).unwrap()] },
    };
    Event { at: instant(at), change }
}

#[test]
fn ten_thousand_clocks_agree_with_a_walk_by_minutes() {
    let (days, policies, calendar) = (days(), policies(), Calendar::seed());
    let mut dice = Dice(20_261_125);
    // 2023-01-01 to 2027-09-01: the longest of these clocks ends before the array does.
    let (from, to) = (19_358 * DAY, 21_062 * DAY);
    for case in 0..10_000 {
        let start = if dice.of(4) == 0 { (from + dice.of(to - from)) / DAY * DAY } else { from + dice.of(to - from) };
        let policy = &policies[usize::try_from(dice.of(i64::try_from(policies.len()).unwrap())).unwrap()];
        let mut at = start;
        let events: Vec<Event<'_>> = (0..if dice.of(3) == 0 { 0 } else { dice.of(5) })
            .map(|_| {
                at += match dice.of(6) {
                    0 => 0,
                    1 => dice.of(30),
                    2 => -dice.of(100),
                    3 => dice.of(DAY),
                    _ => dice.of(8 * DAY),
                };
                at = at.max(start - 10);
                event(&mut dice, &policies, at, start)
            })
            .collect();
        let walked = walk(&days, start, policy, &events);
        let stood = reckon(&calendar, instant(start), policy, &events, None, true);
        let told = || format!("case {case}: {} from {} with {events:#?}\n{:#?}", policy.id, instant(start).written(), stood.why);
        assert_eq!(stood.refused.iter().map(|(i, _)| *i).collect::<Vec<_>>(), walked.refused, "refused, {}", told());
        assert_eq!(stood.due.map(Instant::written), walked.due.map(|due| instant(due).written()), "due, {}", told());
        assert_eq!((stood.consumed_minutes, stood.state), (walked.consumed, walked.state), "{}", told());
        if let Some(due) = stood.due {
            assert_eq!(stood.why.first().map(|line| line.from).unwrap_or(due), instant(start), "{}", told());
            assert_eq!(stood.why.last().map_or(due, |line| line.to), due, "{}", told());
            assert!(stood.why.windows(2).all(|pair| pair[0].to == pair[1].from), "{}", told());
        }
        let minutes: i64 = stood.why.iter().map(|line| line.minutes).sum();
        let swapped = events.iter().any(|event| matches!(event.change, Change::Policy(_)));
        assert!(stood.due.is_none() || swapped || walked.totals.contains(&minutes), "{minutes} of {:?}, {}", walked.totals, told());
        if events.is_empty() {
            let plain = policy.spans().map(|span| due(&calendar, instant(start), span).at).min();
            assert_eq!(stood.due, plain, "{}", told());
        }
    }
}
