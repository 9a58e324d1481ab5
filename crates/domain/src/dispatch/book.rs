//! The clock book: policies as data, in a small language of one row each.
//!
//! A row is tab-separated: `id row clock urgency level span extend pause from at_due steps mark source name`; `-` stands for none. A span is a number
//! with `min`, `h`, `wh` (service hour), `d`, `wd` (working day) or `mo`; `30d|20wd` is whichever ends first; `>=30d` is a time to keep, a least and not a
//! most. `extend` is `+30d`, `+30d*2` (twice, each time at most so much) or `+*` (as the parties agree). `pause` lists the reasons for which the clock may
//! stand still, each perhaps with the most that all such pauses may last: `appraisal<=60d,hearing`.

use super::{Extension, Mark, Pause, PauseKind, Policy, Span, SpanUnit, choose};
use crate::dispatch::{Level, Urgency};
use crate::kernel::Refusal;

/// Why a file is no clock book.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("第 {line} 行：{said}")]
pub struct BookFault {
    /// The line, counted from one.
    pub line: usize,
    /// What is wrong, and what it should be.
    pub said: String,
}

/// All policies of an installation, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    policies: Vec<Policy>,
}

const SHIPPED: &str = include_str!("book.tsv");
const HEADER: &str = "id\trow\tclock\turgency\tlevel\tspan\textend\tpause\tfrom\tat_due\tsteps\tmark\tsource\tname";

impl Book {
    /// The book that ships. A test reads every row.
    #[must_use]
    pub fn shipped() -> Self {
        Self::read(SHIPPED).unwrap_or(Self { policies: Vec::new() })
    }

    /// Reads a book.
    ///
    /// # Errors
    /// The first line that cannot be read, with what it should be.
    pub fn read(text: &str) -> Result<Self, BookFault> {
        let mut policies: Vec<Policy> = Vec::new();
        let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        match lines.next() {
            Some((_, head)) if head.trim_end() == HEADER => {}
            _ => return Err(BookFault { line: 1, said: format!("表头须为：{}", HEADER.replace('\t', " ")) }),
        }
        for (i, line) in lines {
            let policy = Policy::of_line(line).map_err(|said| BookFault { line: i + 1, said })?;
            if policies.iter().any(|known| known.id == policy.id) {
                return Err(BookFault { line: i + 1, said: format!("{} 已有一行", policy.id) });
            }
            policies.push(policy);
        }
        Ok(Self { policies })
    }

    /// The policies, in order.
    #[must_use]
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// The policy of that name.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.id == id)
    }

    /// The policy for the same clock at another level; the same one if levels do not matter to it.
    #[must_use]
    pub fn at_level(&self, policy: &Policy, level: Level) -> Option<&Policy> {
        let same = |other: &&Policy| other.kind == policy.kind && (other.level.is_some() || policy.level.is_some() || other.id == policy.id);
        let of_kind: Vec<Policy> = self.policies.iter().filter(same).cloned().collect();
        if !of_kind.iter().any(|other| other.level.is_some()) {
            return self.get(&policy.id);
        }
        choose(&of_kind, policy.kind, policy.urgency.unwrap_or(Urgency::Normal), Some(level)).and_then(|chosen| self.get(&chosen.id))
    }

    /// This book with the rows of another: known names are replaced in their place, new ones come behind.
    ///
    /// # Errors
    /// A row that loosens what the law says, by name and article.
    pub fn with(mut self, other: Self) -> Result<Self, Refusal> {
        for next in other.policies {
            match self.policies.iter_mut().find(|known| known.id == next.id) {
                Some(known) => {
                    known.may_become(&next)?;
                    *known = Policy { version: known.version + 1, ..next };
                }
                None => self.policies.push(next),
            }
        }
        Ok(self)
    }

    /// The book as text that [`read`](Self::read) takes.
    #[must_use]
    pub fn written(&self) -> String {
        let mut text = format!("{HEADER}\n");
        for policy in &self.policies {
            text.push_str(&policy.line());
            text.push('\n');
        }
        text
    }
}

impl Policy {
    /// The policy of one row of the book, in version 1.
    ///
    /// # Errors
    /// A sentence that says what is wrong with which cell.
    pub fn of_line(line: &str) -> Result<Self, String> {
        row(line)
    }

    /// The row that [`of_line`](Self::of_line) takes.
    #[must_use]
    pub fn line(&self) -> String {
        written(self)
    }
}

fn row(line: &str) -> Result<Policy, String> {
    let cells: Vec<&str> = line.trim_end_matches(['\r', '\n']).split('\t').map(str::trim).collect();
    let [id, row, clock, urgency, level, spans, extend, pause, from, at_due, steps, mark, source, name] = cells[..] else {
        return Err(format!("有 {} 列，须有 14 列，以制表符分隔", cells.len()));
    };
    if id.is_empty() || !id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_')) {
        return Err(format!("名称 {id:?} 只能用小写字母、数字、点和下划线"));
    }
    let (least, spans) = spans.strip_prefix(">=").map_or((false, spans), |rest| (true, rest));
    let mut spans = spans.split('|').map(span).collect::<Result<Vec<_>, _>>()?.into_iter();
    let first = spans.next().ok_or("没有期限")?;
    Ok(Policy {
        id: id.to_owned(),
        version: 1,
        row: none(row).map(str::to_owned),
        kind: code(clock)?,
        urgency: none(urgency).map(code).transpose()?,
        level: none(level).map(code).transpose()?,
        span: first,
        also: spans.collect(),
        least,
        basis: first.unit.basis(),
        extension: extension(extend)?,
        pauses: none(pause).map_or(Ok(Vec::new()), |text| text.split(',').map(pause_of).collect())?,
        at_due: code(at_due)?,
        steps: steps
            .split(' ')
            .map(|step| step.parse::<i64>().ok().filter(|step| (1..=10_000).contains(step)).ok_or(format!("阶梯 {step:?} 须为百分数")))
            .collect::<Result<_, _>>()?,
        from: from.to_owned(),
        source: source.to_owned(),
        mark: code::<Mark>(mark)?,
        name: name.to_owned(),
    })
}

fn none(cell: &str) -> Option<&str> {
    (cell != "-" && !cell.is_empty()).then_some(cell)
}

fn code<C: std::str::FromStr<Err = crate::kernel::Unknown>>(cell: &str) -> Result<C, String> {
    cell.parse().map_err(|unknown: crate::kernel::Unknown| format!("{:?} 不是 {} 中的代码", unknown.text, unknown.list))
}

const UNITS: [(&str, SpanUnit); 6] = [
    ("min", SpanUnit::Minute),
    ("mo", SpanUnit::Month),
    ("wd", SpanUnit::WorkingDay),
    ("wh", SpanUnit::WorkingHour),
    ("d", SpanUnit::Day),
    ("h", SpanUnit::Hour),
];

fn span(text: &str) -> Result<Span, String> {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let (n, unit) = text.split_at(digits);
    let unit = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, unit)| *unit);
    unit.zip(n.parse().ok()).and_then(|(unit, n)| Span::new(n, unit)).ok_or_else(|| format!("期限 {text:?} 须为数字加 min、h、wh、d、wd 或 mo"))
}

fn extension(text: &str) -> Result<Extension, String> {
    match none(text) {
        None => Ok(Extension::None),
        Some("+*") => Ok(Extension::Agreed),
        Some(text) => {
            let rest = text.strip_prefix('+').ok_or_else(|| format!("延期 {text:?} 须以 + 开头"))?;
            let (each, times) = rest.split_once('*').unwrap_or((rest, "1"));
            let times = times.parse().ok().filter(|times| (1..=100).contains(times)).ok_or_else(|| format!("延期次数 {times:?} 须为 1 至 100"))?;
            Ok(Extension::AtMost { each: span(each)?, times })
        }
    }
}

fn pause_of(text: &str) -> Result<Pause, String> {
    let (kind, cap) = text.split_once("<=").map_or((text, None), |(kind, cap)| (kind, Some(cap)));
    let cap = cap.map(span).transpose()?;
    if cap.is_some_and(|cap| !matches!(cap.unit, SpanUnit::Minute | SpanUnit::Hour | SpanUnit::Day)) {
        return Err(format!("中止上限 {text:?} 须以 min、h 或 d 计"));
    }
    match code(kind)? {
        PauseKind::Other => Err(format!(
            "中止事由须为 {}",
            PauseKind::ALL.iter().filter(|kind| **kind != PauseKind::Other).map(|kind| kind.code()).collect::<Vec<_>>().join("、")
        )),
        kind => Ok(Pause { kind, cap }),
    }
}

fn written(policy: &Policy) -> String {
    let optional = |code: Option<&str>| code.unwrap_or("-").to_owned();
    let spans = policy.spans().map(short).collect::<Vec<_>>().join("|");
    let pauses: Vec<String> =
        policy.pauses.iter().map(|pause| format!("{}{}", pause.kind, pause.cap.map_or_else(String::new, |cap| format!("<={}", short(cap))))).collect();
    [
        policy.id.clone(),
        optional(policy.row.as_deref()),
        policy.kind.to_string(),
        optional(policy.urgency.map(|code| code.code())),
        optional(policy.level.map(|code| code.code())),
        format!("{}{spans}", if policy.least { ">=" } else { "" }),
        match policy.extension {
            Extension::None => "-".to_owned(),
            Extension::Agreed => "+*".to_owned(),
            Extension::AtMost { each, times: 1 } => format!("+{}", short(each)),
            Extension::AtMost { each, times } => format!("+{}*{times}", short(each)),
        },
        if pauses.is_empty() { "-".to_owned() } else { pauses.join(",") },
        policy.from.clone(),
        policy.at_due.to_string(),
        policy.steps.iter().map(i64::to_string).collect::<Vec<_>>().join(" "),
        policy.mark.to_string(),
        policy.source.clone(),
        policy.name.clone(),
    ]
    .join("\t")
}

fn short(span: Span) -> String {
    let unit = UNITS.iter().find(|(_, unit)| *unit == span.unit).map_or("", |(name, _)| name);
    format!("{}{unit}", span.n)
}

#[cfg(test)]
#[path = "book_tests.rs"]
mod tests;
