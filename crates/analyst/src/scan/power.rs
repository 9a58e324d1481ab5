//! `scan surge` and `scan power`: what can be seen at all, and what is seen.

use super::study::{self, Prepared};
use super::{dates, plan};
use crate::progress::Progress;
use crate::tables::Source;
use anyhow::{Result, bail};
use insight::scan::surge::{at_least, least_surge, weeks_until};
use insight::scan::{Base, Chance, Stop, Study, Zones};
use insight::seeded::Seeded;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `scan surge`.
#[derive(Debug, clap::Args)]
pub struct Surge {
    /// How many reports a week are usual
    #[arg(long, required_unless_present = "events")]
    pub per_week: Option<f64>,
    /// A table from which the usual number is counted
    #[arg(long, conflicts_with = "per_week")]
    pub events: Option<PathBuf>,
    /// Its column with the date
    #[arg(long, default_value = "time")]
    pub time: String,
    /// Which place: `COLUMN=VALUE`
    #[arg(long)]
    pub place: Option<String>,
    /// Which kind: `COLUMN=VALUE`
    #[arg(long)]
    pub kind: Option<String>,
    /// How many weeks pass on average between two false alarms, over all series together
    #[arg(long, default_value_t = 4.0)]
    pub weeks_between: f64,
    /// How many series are watched (places × kinds); with --events those of the table, unless given
    #[arg(long)]
    pub series: Option<u32>,
    /// How often a surge of that size has to be seen
    #[arg(long, default_value_t = 0.8)]
    pub power: f64,
    /// Also: how long a surge of so many times the usual has to last
    #[arg(long, default_value_t = 3.0)]
    pub times: f64,
    /// In JSON
    #[arg(long)]
    pub json: bool,
}

/// Counts the events of a place and kind, the weeks of the table, and the series in it.
fn counted(args: &Surge, path: &std::path::Path) -> Result<(f64, u32)> {
    let mut source = Source::open(path)?;
    let time = source.column(&args.time)?;
    let pair = |given: &Option<String>| -> Result<Option<(usize, String)>> {
        let Some(given) = given else { return Ok(None) };
        let Some((column, value)) = given.split_once('=') else { bail!("“{given}”：应为 列=值。") };
        Ok(Some((source.column(column)?, value.trim().to_owned())))
    };
    let filters: Vec<(usize, String)> = [pair(&args.place)?, pair(&args.kind)?].into_iter().flatten().collect();
    let (mut first, mut last, mut count) = (i32::MAX, i32::MIN, 0_u64);
    let mut series = std::collections::HashSet::new();
    let mut row = csv::StringRecord::new();
    while let Some(line) = source.read(&mut row)? {
        let text = row.get(time).unwrap_or_default();
        let day = dates::parse(text).ok_or_else(|| source.bad(line, time, text))?;
        (first, last) = (first.min(day), last.max(day));
        let cell = |column: usize| row.get(column).unwrap_or_default().trim();
        series.insert(filters.iter().map(|(column, _)| cell(*column).to_owned()).collect::<Vec<_>>());
        count += u64::from(filters.iter().all(|(column, value)| cell(*column) == value));
    }
    if count == 0 {
        bail!("文件“{}”里没有这样的行，无从计算。", source.file());
    }
    Ok((count as f64 * 7.0 / f64::from(last - first + 1), series.len() as u32))
}

/// Says what can be seen.
///
/// # Errors
/// As [`crate::run`].
pub(super) fn surge(args: &Surge) -> Result<ExitCode> {
    let (usual, found) = match (&args.events, args.per_week) {
        (Some(path), _) => counted(args, path)?,
        (None, Some(usual)) => (usual, 1),
        (None, None) => bail!("请给出 --per-week 或 --events。"),
    };
    let series = args.series.unwrap_or(found).max(1);
    let budget = 1.0 / (args.weeks_between * f64::from(series));
    let rows: Vec<_> = [1, 2, 3, 4, 6, 8, 13].into_iter().filter_map(|weeks| least_surge(usual, budget, args.power, weeks)).collect();
    if rows.is_empty() {
        bail!("数值不合理：每周 {usual}，间隔 {} 周，把握 {}。", args.weeks_between, args.power);
    }
    let long = weeks_until(usual, budget, args.power, args.times, 520);
    if args.json {
        let rows: Vec<Value> = rows.iter().map(|row| json!({ "weeks": row.weeks, "usual": row.usual, "alarm": row.alarm, "times": row.times })).collect();
        println!(
            "{:#}",
            json!({ "per_week": usual, "series": series, "weeks_between_false_alarms": args.weeks_between, "power": args.power, "least_surge": rows,
                "times": args.times, "weeks_for_times": long.map(|row| row.weeks) })
        );
        return Ok(ExitCode::SUCCESS);
    }
    println!("每周通常 {usual:.2} 件；共看 {series} 个系列，合计约每 {} 周误报一次；要有 {:.0}% 的把握：", args.weeks_between, args.power * 100.0);
    for row in &rows {
        println!("  {:>2} 周内：通常 {:.1} 件，到 {} 件才报；要涨到 {:.1} 倍才看得出。", row.weeks, row.usual, row.alarm, row.times);
    }
    match long {
        Some(row) => println!("涨到 {:.1} 倍，要持续 {} 周才看得出。", args.times, row.weeks),
        None => println!("只涨到 {:.1} 倍，十年也看不出。", args.times),
    }
    Ok(ExitCode::SUCCESS)
}

/// Arguments of `scan power`.
#[derive(Debug, clap::Args)]
pub struct Power {
    /// A parameter file: a prospective space–time permutation
    pub file: PathBuf,
    /// Sets an option of the parameter file
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// How many times the usual rate is injected
    #[arg(long, value_delimiter = ',', default_value = "2,3,5")]
    pub strengths: Vec<f64>,
    /// How many clusters of each strength
    #[arg(long, default_value_t = 50)]
    pub trials: u64,
    /// How many places of a neighbourhood are raised
    #[arg(long, default_value_t = 4)]
    pub places: usize,
    /// How many days it lasts
    #[arg(long, default_value_t = 7)]
    pub days: u32,
    /// How many histories without a cluster are judged
    #[arg(long, default_value_t = 1000)]
    pub nulls: u64,
    /// With how many histories each is compared
    #[arg(long, default_value_t = 99)]
    pub histories: u64,
    /// In JSON
    #[arg(long)]
    pub json: bool,
}

/// Days of a false alarm: an alarm a month is what people bear.
const MONTH: f64 = 30.0;

/// What a method saw.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    trials: u64,
    found: u64,
    days: u64,
}

impl Seen {
    fn take(&mut self, day: Option<u32>) {
        self.trials += 1;
        self.found += u64::from(day.is_some());
        self.days += u64::from(day.unwrap_or(0));
    }

    fn json(&self) -> Value {
        json!({ "trials": self.trials, "detected": self.found, "share": self.found as f64 / self.trials.max(1) as f64,
            "days": (self.found > 0).then(|| self.days as f64 / self.found as f64) })
    }
}

/// How many of `count` permuted histories are alarms at p ≤ 1/30: each goes the whole way of a scan.
pub(super) fn nulls(prepared: &Prepared, count: u64, histories: u64, threads: usize, tick: &mut dyn FnMut(u64)) -> u64 {
    let mut alarms = 0;
    for number in 0..count {
        let history = prepared.study.dealt_anew(0x006e_756c_6c00, number);
        let chance = Chance { histories, seed: number.wrapping_mul(7_919) ^ 0x5eed, threads, stop: Stop::Never };
        let best = history.observed().first().map(|best| best.ratio).unwrap_or_default();
        let maxima = history.maxima(&chance, None, &mut |_| {});
        let rank = 1 + maxima.iter().filter(|other| **other >= best).count();
        alarms += u64::from(rank as f64 / (maxima.len() + 1) as f64 <= 1.0 / MONTH);
        tick(1);
    }
    alarms
}

/// The days until `until`, as a study of their own.
fn cut(study: &Study, settings: &study::Settings, counts: &[u32], until: usize) -> Study {
    let all = study.intervals as usize;
    let cases: Vec<u32> = counts.chunks(all).flat_map(|row| row[..until].iter().copied()).collect();
    let strata = vec![cases];
    let base = Base::margins(&strata, study.places.len(), until);
    let weight = base.by_place();
    let zones = Zones::new(&study.places, &study.zones.centres, &weight, weight.iter().sum::<f64>() * settings.percent / 100.0, settings.radius);
    Study { intervals: until as u32, strata, base, zones, ..study.clone() }
}

/// Whether the scan sees something at the raised places.
fn scan_sees(study: &Study, raised: &[u32], chance: &Chance) -> bool {
    let observed = study.observed();
    let Some(best) = observed.first() else { return false };
    // More than three as good, and p is above 1/30 whatever follows.
    let maxima = study.maxima(chance, Some(best.ratio), &mut |_| {});
    let rank = 1 + maxima.iter().filter(|other| **other >= best.ratio).count();
    let places = &study.zones.of(best.centre as usize)[..best.size as usize];
    rank as f64 / (chance.histories + 1) as f64 <= 1.0 / MONTH && places.iter().any(|place| raised.contains(place))
}

/// Whether a threshold for each place by itself sees it: its last week against its own mean, one false alarm a month over all places.
fn threshold_sees(counts: &[u32], all: usize, until: usize, raised: &[u32]) -> bool {
    let places = counts.len() / all;
    raised.iter().any(|place| {
        let row = &counts[*place as usize * all..][..until];
        let (before, week) = row.split_at(until.saturating_sub(7));
        let mean = before.iter().map(|count| f64::from(*count)).sum::<f64>() / before.len().max(1) as f64 * week.len() as f64;
        let seen: u32 = week.iter().sum();
        seen > 0 && at_least(seen, mean.max(0.01)) <= 1.0 / (MONTH * places as f64)
    })
}

/// Whether a heat map sees it: the hottest spot of the last week (a place with its three nearest) is hotter than any of the month before, and is there.
fn heat_sees(study: &Study, counts: &[u32], until: usize, raised: &[u32]) -> bool {
    let all = study.intervals as usize;
    let hottest = |end: usize| -> (u32, usize) {
        let heat = |centre: usize| -> u32 {
            study.zones.of(centre).iter().take(4).map(|place| counts[*place as usize * all..][end.saturating_sub(7)..end].iter().sum::<u32>()).sum()
        };
        (0..study.zones.count()).map(|centre| (heat(centre), centre)).max().unwrap_or((0, 0))
    };
    let (now, centre) = hottest(until);
    let before = (until.saturating_sub(29)..until).filter(|end| *end >= 7).map(|end| hottest(end).0).max().unwrap_or(0);
    now > before && study.zones.of(centre).iter().take(4).any(|place| raised.contains(place))
}

/// Injects clusters and sees who sees them.
fn injected(prepared: &Prepared, settings: &study::Settings, args: &Power, strength: f64, threads: usize, tick: &mut dyn FnMut(u64)) -> [Seen; 3] {
    let study = &prepared.study;
    let all = study.intervals as usize;
    let mut seen = [Seen::default(); 3];
    for trial in 0..args.trials {
        let mut random = Seeded::new(trial.wrapping_mul(0x9e37_79b9) ^ strength.to_bits());
        let history = study.dealt_anew(0x0069_6e6a, trial);
        let mut counts = history.strata.into_iter().next().unwrap_or_default();
        let raised: Vec<u32> = study.zones.of(random.below(study.zones.count())).iter().take(args.places).copied().collect();
        let begin = all - args.days as usize;
        for place in &raised {
            let row = &mut counts[*place as usize * all..][..all];
            let usual = row.iter().map(|count| f64::from(*count)).sum::<f64>() / all as f64;
            for cell in &mut row[begin..] {
                *cell += poisson(&mut random, usual * (strength - 1.0));
            }
        }
        let mut first = [None; 3];
        for day in 1..=args.days {
            let until = begin + day as usize;
            let now = cut(study, settings, &counts, until);
            let chance = Chance { histories: args.histories, seed: trial, threads, stop: Stop::After(4) };
            let sees = [
                first[0].is_some() || scan_sees(&now, &raised, &chance),
                threshold_sees(&counts, all, until, &raised),
                heat_sees(study, &counts, until, &raised),
            ];
            for (first, sees) in first.iter_mut().zip(sees) {
                if sees && first.is_none() {
                    *first = Some(day);
                }
            }
        }
        seen.iter_mut().zip(first).for_each(|(seen, first)| seen.take(first));
        tick(1);
    }
    seen
}

/// A Poisson number, by inversion: small means alone are asked for.
fn poisson(random: &mut Seeded, mean: f64) -> u32 {
    let mut left = (random.next() >> 11) as f64 / (1_u64 << 53) as f64;
    let mut n = 0;
    let mut term = (-mean).exp();
    while left >= term && n < 10_000 {
        left -= term;
        n += 1;
        term *= mean / f64::from(n);
    }
    n
}

/// The 95 % interval of a share of `n` at chance `p`: mean and 1.96 standard deviations.
pub(super) fn interval(p: f64, n: u64) -> (f64, f64) {
    let half = 1.96 * (p * (1.0 - p) / n as f64).sqrt();
    (p - half, p + half)
}

/// Measures power and false alarms.
///
/// # Errors
/// As [`crate::run`].
pub(super) fn power(args: &Power) -> Result<ExitCode> {
    let plan = plan::read(&args.file, &args.set)?;
    let prepared = study::prepare(&plan.settings, &plan.rows)?;
    let alive = plan.settings.analysis == study::Analysis::Prospective;
    if plan.settings.model != insight::scan::Model::Permutation || !alive || prepared.study.strata.len() != 1 {
        bail!("scan power 只用于没有协变量的前瞻性时空置换。");
    }
    if args.days + 7 >= prepared.study.intervals {
        bail!("研究期间太短。");
    }
    let mut progress = Progress::new("检验", Some(args.nulls + args.trials * args.strengths.len() as u64));
    let alarms = nulls(&prepared, args.nulls, args.histories, plan.chance.threads, &mut |more| progress.add(more));
    let mut rows = Vec::new();
    for strength in &args.strengths {
        rows.push((*strength, injected(&prepared, &plan.settings, args, *strength, plan.chance.threads, &mut |more| progress.add(more))));
    }
    drop(progress);
    // Of 100 ranks the first three are at most 1/30.
    let exact = (f64::floor((args.histories + 1) as f64 / MONTH)) / (args.histories + 1) as f64;
    let (low, high) = interval(exact, args.nulls.max(1));
    let share = alarms as f64 / args.nulls.max(1) as f64;
    if args.json {
        let rows: Vec<Value> = rows
            .iter()
            .map(|(times, [scan, plain, heat])| json!({ "times": times, "scan": scan.json(), "threshold": plain.json(), "heat_map": heat.json() }))
            .collect();
        println!("{:#}", json!({ "histories": args.nulls, "alarms": alarms, "share": share, "interval": [low, high], "injected": rows }));
        return Ok(ExitCode::SUCCESS);
    }
    if args.nulls > 0 {
        println!(
            "没有聚集的 {} 段历史里，p ≤ 1/30 的占 {:.4}（95% 区间 {low:.4}–{high:.4}{}）。",
            args.nulls,
            share,
            if (low..=high).contains(&share) { "" } else { "，在区间之外" }
        );
    }
    println!("注入 {} 个地点、{} 天：发现的比例（平均第几天）", args.places, args.days);
    for (times, seen) in &rows {
        let [scan, plain, heat] =
            seen.map(|seen| format!("{:.2}（{:.1}）", seen.found as f64 / seen.trials.max(1) as f64, seen.days as f64 / seen.found.max(1) as f64));
        println!("  {times} 倍：时空扫描 {scan}　单点阈值 {plain}　热力图 {heat}");
    }
    Ok(ExitCode::SUCCESS)
}
