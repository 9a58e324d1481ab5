//! Why it is due then: slices gathered into lines that a person reads.

use super::walk::{View, Why};
use super::{DayKind, PauseKind};
use crate::kernel::{DAY, Day, Instant, MINUTE};

/// One run of an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where the run begins.
    pub from: Instant,
    /// Where it ends; the next line begins here.
    pub to: Instant,
    /// Minutes that count towards the span, 0 if the run is skipped. All lines together make the span, with what was added to it.
    pub minutes: i64,
    /// The reason in Chinese, with its source.
    pub said_zh: String,
    /// The reason in English.
    pub said_en: String,
}

/// Gathers slices into lines.
#[derive(Debug, Clone, Default)]
pub(super) struct Account {
    lines: Vec<(Line, Why)>,
    counted: i64,
    /// What happened just before: said with the line that begins there.
    news: Option<(String, String)>,
}

impl Account {
    pub(super) fn add(&mut self, view: &View<'_>, from: Instant, to: Instant, why: Why) {
        let before = self.counted / MINUTE;
        if why.counts() {
            self.counted += to.since(from);
        }
        // Whole minutes of the running total, so that the lines add up to the span even if it did not start on a minute.
        let minutes = self.counted / MINUTE - before;
        let (mut said_zh, mut said_en) = said(view, from.day(), why);
        let news = self.news.take();
        if let Some((zh, en)) = &news {
            said_zh = format!("{zh}：{said_zh}");
            said_en = format!("{en}: {said_en}");
        }
        match self.lines.last_mut() {
            Some((line, _)) if news.is_none() && goes_on(&line.said_zh, &said_zh) => {
                line.to = to;
                line.minutes += minutes;
            }
            _ => self.lines.push((Line { from, to, minutes, said_zh, said_en }, why)),
        }
    }

    /// Something happened here that changes how counting goes on.
    pub(super) fn happened(&mut self, zh: String, en: String) {
        self.news = Some(match self.news.take() {
            Some((before_zh, before_en)) => (format!("{before_zh}；{zh}"), format!("{before_en}; {en}")),
            None => (zh, en),
        });
    }

    pub(super) fn close(self) -> Vec<Line> {
        let with_count = |(mut line, why): (Line, Why)| {
            if matches!(why, Why::CalendarDay | Why::WorkingDay) {
                let days = line.minutes * MINUTE / DAY;
                if days * DAY == line.minutes * MINUTE {
                    line.said_zh.push_str(&format!("，计 {days} 日"));
                    line.said_en.push_str(&format!(", {days} counted"));
                } else {
                    line.said_zh.push_str(&format!("，计 {} 分钟", line.minutes));
                    line.said_en.push_str(&format!(", {} minutes counted", line.minutes));
                }
            }
            line
        };
        self.lines.into_iter().map(with_count).collect()
    }
}

/// Whether a line goes on: the same reason, perhaps begun with some news.
fn goes_on(line: &str, said: &str) -> bool {
    line == said || line.strip_suffix(said).is_some_and(|news| news.ends_with('：'))
}

fn said(view: &View<'_>, day: Day, why: Why) -> (String, String) {
    let (assumed, assumed_en) = if view.known(day) {
        ("", "")
    } else {
        ("（当年放假安排未公布，暂按周末推定）", " (holidays of that year not published yet, weekends assumed)")
    };
    let (name, name_en, source) = match (view.correction(day), view.calendar.entry(day)) {
        (Some(kind), _) => (kind.zh().to_owned(), kind.en().to_owned(), "日历更正"),
        (None, Some(entry)) if entry.kind == DayKind::Makeup => {
            (format!("{}调休上班", entry.name), format!("make-up working day ({})", entry.name), entry.source.as_str())
        }
        (None, Some(entry)) => (format!("{}放假", entry.name), format!("holiday ({})", entry.name), entry.source.as_str()),
        (None, None) if view.is_working(day) => ("工作日".to_owned(), "working days".to_owned(), ""),
        (None, None) => ("周末".to_owned(), "weekend".to_owned(), ""),
    };
    let noted = if source.is_empty() { String::new() } else { format!("（{source}）") };
    match why {
        Why::Real => ("昼夜连续计时".to_owned(), "counted day and night".to_owned()),
        Why::FirstDay => ("开始的当日不计（民法典第201条）".to_owned(), "the first day does not count (Civil Code art. 201)".to_owned()),
        Why::CalendarDay => ("自然日".to_owned(), "calendar days".to_owned()),
        Why::WorkingDay => (format!("{name}{noted}{assumed}"), format!("{name_en}{noted}{assumed_en}")),
        Why::Service if source.is_empty() => (format!("服务时间{assumed}"), format!("service hours{assumed_en}")),
        Why::Service => (format!("{name}，服务时间{noted}"), format!("{name_en}, service hours{noted}")),
        Why::OutsideHours => ("服务时间以外，不计".to_owned(), "outside service hours, not counted".to_owned()),
        Why::DayOff => (format!("{name}，不计{noted}{assumed}"), format!("{name_en}, not counted{noted}{assumed_en}")),
        Why::LastDayMoved => (
            format!("最后一日逢{name}，顺延（民法典第203条）{noted}{assumed}"),
            format!("the last day falls on a {name_en} and moves on (Civil Code art. 203){noted}{assumed_en}"),
        ),
        Why::EndOfDay => ("最后一日至二十四时止（民法典第203条）".to_owned(), "the last day ends at 24:00 (Civil Code art. 203)".to_owned()),
        Why::Paused(kind) => paused(kind),
    }
}

fn paused(kind: PauseKind) -> (String, String) {
    (format!("依法中止（{}，{}），不计", kind.zh(), kind.basis()), format!("lawfully paused ({}, {}), not counted", kind.en(), kind.basis()))
}
