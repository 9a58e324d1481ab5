//! `xinjiean clock`: when lawful periods end, for a list of cases, by the same clock that the product runs.
//!
//! In: `id,start,policy,events`; out: `id,due,consumed_minutes,state`. The state and the minutes are those at the last event (or at `--at`). The end of a day
//! is the 00:00 after it. An event that the law does not allow (a pause for another reason, an extension after the limit) changes nothing; `--explain` adds
//! two columns that say what was refused and why it is due then.

use crate::measure::Measure;
use crate::output::Output;
use crate::progress::Progress;
use crate::tables::Source;
use anyhow::{Context, Result, anyhow, bail};
use domain::dispatch::{Book, Calendar, Change, Event, Hours, Level, PauseKind, Policy, Span, SpanUnit, Standing, reckon};
use domain::kernel::{Day, HOUR, Instant, MINUTE, SECOND};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// What is asked for.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Cases: a table with the columns id, start, policy, events (案例表)
    #[arg(long, required_unless_present = "list")]
    input: Option<PathBuf>,
    /// Where the answers go (结果表)
    #[arg(long, required_unless_present = "list")]
    output: Option<PathBuf>,
    /// Rows of a clock book that replace or add to the shipped ones; what is law may be tightened only (期限表)
    #[arg(long)]
    policies: Option<PathBuf>,
    /// Another calendar than the shipped one (日历)
    #[arg(long)]
    calendar: Option<PathBuf>,
    /// Look at each clock at this instant, if its last event is not later (查看时刻)
    #[arg(long)]
    at: Option<String>,
    /// Say for each case what was refused and why it is due then (说明理由)
    #[arg(long)]
    explain: bool,
    /// List the policies: name, row of the master table, span, article (列出期限)
    #[arg(long)]
    list: bool,
    /// Print what the run cost as JSON (耗用)
    #[arg(long)]
    json: bool,
}

/// Reckons all cases.
///
/// # Errors
/// A table, a row, an event that cannot be read: with file and line.
pub fn run(args: &Args) -> Result<ExitCode> {
    let read = |path: &PathBuf| std::fs::read_to_string(path).with_context(|| format!("文件“{}”打不开", path.display()));
    let mut book = Book::shipped();
    if let Some(path) = &args.policies {
        let own = Book::read(&read(path)?).map_err(|fault| anyhow!("文件“{}”{fault}", path.display()))?;
        book = book.with(own).map_err(|refusal| anyhow!("文件“{}”：{refusal}", path.display()))?;
    }
    if args.list {
        return list(&book);
    }
    let calendar = match &args.calendar {
        Some(path) => Calendar::read(&read(path)?, Hours::DEFAULT.to_vec()).map_err(|fault| anyhow!("文件“{}”：{fault}", path.display()))?,
        None => Calendar::seed(),
    };
    let as_of = args.at.as_deref().map(|at| instant(at).ok_or_else(|| anyhow!("--at {at} 不是时间，例：2026-11-25T09:00+08:00"))).transpose()?;
    let (Some(input), Some(output)) = (&args.input, &args.output) else { bail!("须有 --input 和 --output") };
    let mut measure = Measure::start();
    let cases = reckon_all(&book, &calendar, as_of, args.explain, &mut Source::open(input)?, &mut Output::create(output)?)?;
    let seconds = measure.phase("clock");
    if args.json {
        let mut told = measure.json();
        told["cases"] = cases.into();
        println!("{told}");
    } else {
        eprintln!("{cases} 件，每秒 {:.0} 件；{measure}", cases as f64 / seconds.max(1e-9));
    }
    Ok(ExitCode::SUCCESS)
}

fn list(book: &Book) -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    let mut tell = || -> std::io::Result<()> {
        writeln!(out, "name\trow\tspan\textend\tpause\tmark\tfrom\tarticle")?;
        for policy in book.policies() {
            let line = policy.line();
            let cells: Vec<&str> = line.split('\t').collect();
            if let [name, row, _, _, _, span, extend, pause, from, _, _, mark, source, said] = cells[..] {
                writeln!(out, "{name}\t{row}\t{span}\t{extend}\t{pause}\t{mark}\t{from}\t{source}：{said}")?;
            }
        }
        out.flush()
    };
    match tell() {
        // Whoever reads the first lines only has had enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        told => told.map(|()| ExitCode::SUCCESS).context("列不出来"),
    }
}

fn reckon_all(book: &Book, calendar: &Calendar, as_of: Option<Instant>, explain: bool, source: &mut Source, output: &mut Output) -> Result<u64> {
    let (id, start, name, events) = (source.column("id")?, source.column("start")?, source.column("policy")?, source.find("events"));
    let names: HashMap<&str, &Policy> = book.policies().iter().map(|policy| (policy.id.as_str(), policy)).collect();
    let mut writer = csv::WriterBuilder::new().buffer_capacity(1 << 18).from_writer(output);
    writer.write_record(if explain {
        &["id", "due", "consumed_minutes", "state", "refused", "why"][..]
    } else {
        &["id", "due", "consumed_minutes", "state"]
    })?;
    let mut progress = Progress::new("案例", None);
    let mut row = csv::StringRecord::new();
    let (mut cases, mut due) = (0, String::new());
    while let Some(line) = source.read(&mut row)? {
        let cell = |column: usize| row.get(column).unwrap_or_default().trim();
        let began = instant(cell(start)).ok_or_else(|| source.bad(line, start, cell(start)))?;
        let policy = names
            .get(cell(name))
            .copied()
            .ok_or_else(|| anyhow!("{} 第{line}行：没有名为“{}”的期限，用 xinjiean clock --list 查看全部", source.file(), cell(name)))?;
        let told = events.map(cell).filter(|text| !text.is_empty());
        let list = told.map_or_else(|| Ok(Vec::new()), |text| happened(text, book, &names, policy));
        let list = list.map_err(|said| anyhow!("{} 第{line}行：事件{said}", source.file()))?;
        let stood = reckon(calendar, began, policy, &list, as_of, explain);
        due.clear();
        if let Some(at) = stood.due {
            written(at, &mut due);
        }
        writer.write_field(cell(id))?;
        writer.write_field(&due)?;
        writer.write_field(stood.consumed_minutes.to_string())?;
        writer.write_field(stood.state.code())?;
        if explain {
            writer.write_field(refused(&stood))?;
            writer.write_field(why(&stood))?;
        }
        writer.write_record(None::<&[u8]>)?;
        cases += 1;
        progress.add(1);
    }
    writer.flush()?;
    drop(writer);
    Ok(cases)
}

fn refused(stood: &Standing) -> String {
    stood.refused.iter().map(|(i, refusal)| format!("{} {}：{refusal}", i + 1, refusal.code())).collect::<Vec<_>>().join("\n")
}

fn why(stood: &Standing) -> String {
    let mut lines: Vec<String> =
        stood.why.iter().map(|line| format!("{} → {}　{} 分钟　{}", line.from.written(), line.to.written(), line.minutes, line.said_zh)).collect();
    if stood.provisional {
        lines.push("暂定：所涉年份的放假安排尚未公布".to_owned());
    }
    lines.join("\n")
}

/// An event as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<'t> {
    #[serde(borrow)]
    at: Cow<'t, str>,
    #[serde(borrow)]
    kind: Cow<'t, str>,
    /// `pause`: why; the first lawful reason if nothing is said.
    #[serde(borrow, default, alias = "why", alias = "pause")]
    reason: Option<Cow<'t, str>>,
    /// `pause`: when it goes on by itself.
    #[serde(borrow, default)]
    until: Option<Cow<'t, str>>,
    /// `extend`: by how many.
    #[serde(default, alias = "by")]
    n: Option<i64>,
    /// `extend`: of what; the unit of the policy if nothing is said.
    #[serde(borrow, default)]
    unit: Option<Cow<'t, str>>,
    /// `policy`: which.
    #[serde(borrow, default, alias = "to", alias = "name")]
    policy: Option<Cow<'t, str>>,
    /// `level`: which.
    #[serde(borrow, default)]
    level: Option<Cow<'t, str>>,
    /// `calendar`: which day.
    #[serde(borrow, default)]
    day: Option<Cow<'t, str>>,
    /// `calendar`: what it is.
    #[serde(borrow, default, rename = "is", alias = "day_kind")]
    is: Option<Cow<'t, str>>,
}

fn happened<'p>(text: &str, book: &'p Book, names: &HashMap<&str, &'p Policy>, policy: &'p Policy) -> Result<Vec<Event<'p>>, String> {
    let list: Vec<Written<'_>> = serde_json::from_str(text).map_err(|error| format!("读不懂：{error}"))?;
    let mut current = policy;
    list.iter()
        .enumerate()
        .map(|(i, event)| {
            let told = |what: &str| format!("第 {} 个：{what}", i + 1);
            let time = |text: &str| instant(text).ok_or_else(|| told(&format!("“{text}”不是时间")));
            let need = |cell: &Option<Cow<'_, str>>, name: &str| cell.as_deref().map(str::to_owned).ok_or_else(|| told(&format!("缺少 {name}")));
            let change = match &*event.kind {
                "pause" => Change::Pause {
                    // Whatever stands there that no law knows is a reason that stops nothing.
                    kind: event.reason.as_deref().map(|reason| reason.parse().unwrap_or(PauseKind::Other)),
                    until: event.until.as_deref().map(time).transpose()?,
                },
                "resume" => Change::Resume,
                "extend" => {
                    let n = event.n.ok_or_else(|| told("缺少 n"))?;
                    let unit = match (event.unit.as_deref(), current.extension) {
                        (Some(unit), _) => unit.parse::<SpanUnit>().map_err(|unknown| told(&unknown.to_string()))?,
                        (None, domain::dispatch::Extension::AtMost { each, .. }) => each.unit,
                        (None, _) => current.span.unit,
                    };
                    Change::Extend(Span { n, unit })
                }
                "policy" => {
                    let name = need(&event.policy, "policy")?;
                    current = names.get(name.as_str()).copied().ok_or_else(|| told(&format!("没有名为“{name}”的期限")))?;
                    Change::Policy(current)
                }
                "level" => {
                    let level = need(&event.level, "level")?.parse::<Level>().map_err(|unknown| told(&unknown.to_string()))?;
                    current = book.at_level(current, level).unwrap_or(current);
                    Change::Policy(current)
                }
                "calendar" => Change::Calendar {
                    day: Day::read(&need(&event.day, "day")?).ok_or_else(|| told("day 不是日期"))?,
                    kind: need(&event.is, "is")?.parse().map_err(|unknown: domain::kernel::Unknown| told(&unknown.to_string()))?,
                },
                other => return Err(told(&format!("没有“{other}”这种事件；有 pause、resume、extend、policy、level、calendar"))),
            };
            Ok(Event { at: time(&event.at)?, change })
        })
        .collect()
}

/// Reads `2026-11-25T09:30[:15][+08:00]`; another offset or `Z` is turned into Shanghai's.
fn instant(text: &str) -> Option<Instant> {
    fast(text.as_bytes()).or_else(|| {
        let text = text.trim();
        let (time, shift) = if let Some(time) = text.strip_suffix(['Z', 'z']) {
            (time, 8 * HOUR)
        } else if let (Some((time, offset)), true) = (text.rsplit_once(['+', '-']).filter(|(time, _)| time.contains(':')), text.contains(':')) {
            let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "0"));
            let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
            let sign = if text[time.len()..].starts_with('-') { -1 } else { 1 };
            (time, 8 * HOUR - sign * minutes * MINUTE)
        } else {
            (text, 0)
        };
        Some(Instant::read(time)?.plus(shift))
    })
}

/// The usual form, `2026-11-25T09:30:15+08:00` with or without seconds, without asking anybody.
fn fast(text: &[u8]) -> Option<Instant> {
    let text = text.strip_suffix(b"+08:00")?;
    let number =
        |from: usize, to: usize| text.get(from..to)?.iter().try_fold(0_i64, |n, digit| digit.is_ascii_digit().then(|| n * 10 + i64::from(digit - b'0')));
    let sign = |at: usize, of: &[u8]| text.get(at).is_some_and(|sign| of.contains(sign));
    let seconds = match text.len() {
        16 => 0,
        19 if sign(16, b":") => number(17, 19).filter(|s| *s < 60)?,
        _ => return None,
    };
    if !(sign(4, b"-") && sign(7, b"-") && sign(10, b"T ") && sign(13, b":")) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute) = (number(11, 13).filter(|h| *h < 24)?, number(14, 16).filter(|m| *m < 60)?);
    let day = Day::of(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)?;
    Some(day.start().plus(hour * HOUR + minute * MINUTE + seconds * SECOND))
}

/// Writes `2026-12-01T00:00:00+08:00`.
fn written(at: Instant, text: &mut String) {
    use std::fmt::Write as _;
    let of_day = at.of_day() / SECOND;
    let _ = write!(text, "{}T{:02}:{:02}:{:02}+08:00", at.day().written(), of_day / 3600, of_day / 60 % 60, of_day % 60);
}
