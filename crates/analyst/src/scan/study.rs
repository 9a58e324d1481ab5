//! From settings and rows to what [`insight::scan`] scans.

use super::dates::{Intervals, Unit, date_of};
use super::inputs::{Cases, Coordinates, People};
use anyhow::{Result, bail};
use insight::scan::{Base, Model, Point, Study, Timing, Zones, on_sphere};
use std::collections::{BTreeMap, HashMap};

/// Which windows are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Analysis {
    /// Places, over the whole period.
    Spatial,
    /// Times, over all places.
    Temporal,
    /// Places and times, all of the period.
    Retrospective,
    /// Places and times that last until the end of the period.
    Prospective,
    /// Times that last until the end, over all places.
    ProspectiveTemporal,
}

impl Analysis {
    /// Whether only what lasts until the end counts.
    #[must_use]
    pub const fn alive(self) -> bool {
        matches!(self, Self::Prospective | Self::ProspectiveTemporal)
    }

    const fn in_space(self) -> bool {
        !matches!(self, Self::Temporal | Self::ProspectiveTemporal)
    }
}

/// The longest window in time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Longest {
    /// As a share of the period, in per cent.
    Percent(f64),
    /// In units of time aggregation.
    Units(u32),
}

/// Everything that decides a result but the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The model.
    pub model: Model,
    /// The windows.
    pub analysis: Analysis,
    /// The first and the last day of the period.
    pub period: (i32, i32),
    /// The unit of the intervals.
    pub unit: Unit,
    /// How many units an interval has.
    pub length: u32,
    /// Whether coordinates are latitude and longitude.
    pub degrees: bool,
    /// The largest circle, in per cent of the population (of the cases, for permutation).
    pub percent: f64,
    /// The largest circle's radius, in units of the coordinates or kilometres.
    pub radius: Option<f64>,
    /// The shortest window, in units.
    pub shortest: u32,
    /// The longest window.
    pub longest: Longest,
    /// The fewest cases of a cluster.
    pub least_cases: u32,
    /// Whether days of the week are made comparable.
    pub weekly: bool,
    /// Whether a retrospective scan reports a cluster of the last interval alone. SaTScan does not, so a parameter file does not.
    pub last_alone: bool,
    /// Whether rows outside the period, or without a place, are left out instead of refused.
    pub relaxed: (bool, bool),
}

/// The rows.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// Cases, and the name of their file.
    pub cases: (String, Vec<Cases>),
    /// Controls.
    pub controls: (String, Vec<Cases>),
    /// Population.
    pub people: (String, Vec<People>),
    /// Coordinates.
    pub places: (String, Vec<Coordinates>),
    /// Centres other than the places.
    pub grid: Vec<Coordinates>,
}

/// A study with the names of its places.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// What is scanned.
    pub study: Study,
    /// The ids at each place: more than one where they have the same coordinates.
    pub ids: Vec<Vec<String>>,
    /// The coordinates of each place as they were given.
    pub given: Vec<(f64, f64)>,
    /// The intervals.
    pub intervals: Intervals,
    /// How many rows were left out.
    pub left_out: u64,
}

impl Prepared {
    /// The days of a window: first and last.
    #[must_use]
    pub fn days(&self, window: &insight::scan::Window) -> (i32, i32) {
        (self.intervals.begins[window.start as usize], self.intervals.begins[window.end as usize] - 1)
    }
}

fn point(settings: &Settings, row: &Coordinates) -> Point {
    if settings.degrees { on_sphere(row.first, row.second) } else { [row.first, row.second, 0.0] }
}

/// Counts by covariates, place and interval.
type Counts = BTreeMap<String, Vec<u32>>;

/// Builds the study.
///
/// # Errors
/// Rows that do not fit the period or the places, settings that contradict each other.
pub fn prepare(settings: &Settings, rows: &Rows) -> Result<Prepared> {
    let (first, last) = settings.period;
    let intervals = match settings.analysis {
        Analysis::Spatial => Intervals { begins: vec![first, last + 1] },
        _ => Intervals::new(first, last, settings.unit, settings.length)?,
    };
    let (ids, given, places, at) = merge(settings, &rows.places.1)?;
    let count = intervals.count() as usize;
    if places.len().saturating_mul(count + 1) > 400_000_000 {
        bail!("地点 {} 个 × 时间段 {count} 个太多，放不进内存。", places.len());
    }
    let mut left_out = 0;
    let mut spread = |(file, rows): &(String, Vec<Cases>)| -> Result<Counts> {
        let mut counts = Counts::new();
        for row in rows {
            let place = match at.get(row.place.as_str()) {
                Some(place) => *place,
                None if settings.relaxed.1 => {
                    left_out += u64::from(row.count);
                    continue;
                }
                None => bail!("{file} 第{}行：地点“{}”不在坐标文件里。", row.line, row.place),
            };
            let interval = match (row.time, settings.analysis) {
                (_, Analysis::Spatial) if row.time.is_none_or(|day| (first..=last).contains(&day)) => 0,
                (Some(day), _) if intervals.of(day).is_some() => intervals.of(day).unwrap_or(0) as usize,
                (None, _) => bail!("{file} 第{}行：没有时间。", row.line),
                _ if settings.relaxed.0 => {
                    left_out += u64::from(row.count);
                    continue;
                }
                _ => bail!("{file} 第{}行：时间不在研究期间之内。", row.line),
            };
            let cells = counts.entry(row.covariates.clone()).or_insert_with(|| vec![0; places.len() * count]);
            let cell = &mut cells[place as usize * count + interval];
            *cell = cell.checked_add(row.count).filter(|sum| *sum < 1 << 30).ok_or_else(|| anyhow::anyhow!("{file} 第{}行：数目太大。", row.line))?;
        }
        Ok(counts)
    };
    let cases = spread(&rows.cases)?;
    let controls = spread(&rows.controls)?;
    let total: u64 = cases.values().flatten().map(|count| u64::from(*count)).sum();
    if total < 2 {
        bail!("研究期间内只有 {total} 例，无从扫描。");
    }
    if total > 1 << 30 {
        bail!("研究期间内有 {total} 例，太多。");
    }
    let weekdays = if settings.weekly { Some(weekdays(settings, &intervals)?) } else { None };
    let (strata, base) = match settings.model {
        Model::Permutation => {
            if settings.analysis == Analysis::Spatial || !settings.analysis.in_space() {
                bail!("时空置换模型只能用于时空扫描（AnalysisType 3 或 4）。");
            }
            let strata = strata(cases, weekdays.as_deref(), count);
            let base = Base::margins(&strata, places.len(), count);
            (strata, base)
        }
        Model::Poisson => {
            let cells = expected(settings, &intervals, &cases, &rows.people, &at, places.len(), weekdays.as_deref())?;
            (vec![together(cases, places.len() * count)], Base::Cells { cells, intervals: count })
        }
        Model::Bernoulli => {
            if settings.weekly {
                bail!("“AdjustForWeeklyTrends=y”不能用于伯努利模型。");
            }
            if cases.keys().chain(controls.keys()).any(|covariates| !covariates.is_empty()) {
                bail!("伯努利模型没有协变量。");
            }
            let (cases, controls) = (together(cases, places.len() * count), together(controls, places.len() * count));
            if controls.iter().all(|count| *count == 0) {
                bail!("没有对照。");
            }
            let cells = cases.iter().zip(&controls).map(|(case, control)| f64::from(*case) + f64::from(*control)).collect();
            (vec![cases], Base::Cells { cells, intervals: count })
        }
    };
    let weight = base.by_place();
    let zones = if settings.analysis.in_space() {
        let centres: Vec<Point> = if rows.grid.is_empty() { places.clone() } else { rows.grid.iter().map(|row| point(settings, row)).collect() };
        Zones::new(&places, &centres, &weight, weight.iter().sum::<f64>() * settings.percent / 100.0, settings.radius)
    } else {
        Zones::everything(places.len())
    };
    let timing = timing(settings, &intervals)?;
    // Equally likely clusters of the same size come in the order of their centres' names, as in SaTScan.
    let mut by_name: Vec<usize> = (0..if rows.grid.is_empty() { ids.len() } else { 0 }).collect();
    by_name.sort_by_key(|place| ids[*place].iter().min());
    let mut order = vec![0; by_name.len()];
    (0_u32..).zip(&by_name).for_each(|(rank, place)| order[*place] = rank);
    let study =
        Study { model: settings.model, places, intervals: intervals.count(), strata, base, zones, timing, least_cases: settings.least_cases.max(1), order };
    Ok(Prepared { study, ids, given, intervals, left_out })
}

/// Places in the order of their coordinates, those at the same point as one; the place of each id.
#[expect(clippy::type_complexity, reason = "four lists that belong together, taken apart at once")]
fn merge<'a>(settings: &Settings, rows: &'a [Coordinates]) -> Result<(Vec<Vec<String>>, Vec<(f64, f64)>, Vec<Point>, HashMap<&'a str, u32>)> {
    if rows.is_empty() {
        bail!("坐标文件是空的。");
    }
    let mut order: Vec<(&Coordinates, Point)> = rows.iter().map(|row| (row, point(settings, row))).collect();
    order.sort_by(|(a, p), (b, q)| p[0].total_cmp(&q[0]).then(p[1].total_cmp(&q[1])).then(p[2].total_cmp(&q[2])).then_with(|| a.place.cmp(&b.place)));
    let (mut ids, mut given, mut places, mut at): (Vec<Vec<String>>, _, Vec<Point>, _) = (Vec::new(), Vec::new(), Vec::new(), HashMap::new());
    for (row, point) in order {
        if places.last() != Some(&point) {
            places.push(point);
            given.push((row.first, row.second));
            ids.push(Vec::new());
        }
        at.insert(row.place.as_str(), places.len() as u32 - 1);
        if let Some(ids) = ids.last_mut() {
            ids.push(row.place.clone());
        }
    }
    Ok((ids, given, places, at))
}

fn together(counts: Counts, cells: usize) -> Vec<u32> {
    let mut sum = vec![0; cells];
    counts.values().for_each(|counts| sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count));
    sum
}

/// Cases by covariates, and within them by day of the week.
fn strata(cases: Counts, weekdays: Option<&[u8]>, intervals: usize) -> Vec<Vec<u32>> {
    let Some(weekdays) = weekdays else { return cases.into_values().collect() };
    let mut strata = Vec::new();
    for counts in cases.into_values() {
        for weekday in 0..7 {
            let only = |(at, count): (usize, &u32)| if weekdays[at % intervals] == weekday { *count } else { 0 };
            let part: Vec<u32> = counts.iter().enumerate().map(only).collect();
            if part.iter().any(|count| *count > 0) {
                strata.push(part);
            }
        }
    }
    strata
}

fn weekdays(settings: &Settings, intervals: &Intervals) -> Result<Vec<u8>> {
    if settings.unit != Unit::Day || settings.length != 1 || settings.analysis == Analysis::Spatial {
        bail!("按星期几调整要求以一天为时间单位。");
    }
    // 1970-01-01 was a Thursday; which number a day has does not matter.
    Ok(intervals.begins[..intervals.begins.len() - 1].iter().map(|day| day.rem_euclid(7) as u8).collect())
}

/// Cases expected of each place and interval: for each covariate class the common rate times the person-days, by day (Kulldorff, Feuer, Miller, Freedman,
/// “Breast cancer clusters in the northeast United States”, American Journal of Epidemiology 1997, 146(2), Methods: indirect standardisation).
fn expected(
    settings: &Settings,
    intervals: &Intervals,
    cases: &Counts,
    (file, people): &(String, Vec<People>),
    at: &HashMap<&str, u32>,
    places: usize,
    weekdays: Option<&[u8]>,
) -> Result<Vec<f64>> {
    let count = intervals.count() as usize;
    let mut dates: Vec<i32> = people.iter().filter_map(|row| row.time).collect();
    dates.sort_unstable();
    dates.dedup();
    if dates.is_empty() {
        dates.push(settings.period.0);
    }
    let mut classes: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for row in people {
        let Some(place) = at.get(row.place.as_str()) else {
            if settings.relaxed.1 {
                continue;
            }
            bail!("{file} 第{}行：地点“{}”不在坐标文件里。", row.line, row.place);
        };
        let date = row.time.map_or(0, |time| dates.partition_point(|own| *own < time));
        let sizes = classes.entry(row.covariates.as_str()).or_insert_with(|| vec![0.0; places * dates.len()]);
        sizes[*place as usize * dates.len() + date] += row.count;
    }
    // How much each census counts in each interval, in person-days: straight lines between, level before the first and behind the last.
    let mut share = vec![0.0; count * dates.len()];
    for interval in 0..count {
        for day in intervals.begins[interval]..intervals.begins[interval + 1] {
            let next = dates.partition_point(|date| *date <= day);
            let row = &mut share[interval * dates.len()..][..dates.len()];
            if next == 0 {
                row[0] += 1.0;
            } else if next == dates.len() {
                row[next - 1] += 1.0;
            } else {
                // A day counts as its noon: what the mean of its beginning and end comes to.
                let part = (f64::from(day - dates[next - 1]) + 0.5) / f64::from(dates[next] - dates[next - 1]);
                row[next - 1] += 1.0 - part;
                row[next] += part;
            }
        }
    }
    let mut cells = vec![0.0; places * count];
    for (class, counts) in cases {
        let total: f64 = counts.iter().map(|count| f64::from(*count)).sum();
        let Some(sizes) = classes.get(class.as_str()) else {
            bail!("{file}：协变量“{class}”有病例，没有人口。");
        };
        let days = |place: usize, interval: usize| -> f64 {
            sizes[place * dates.len()..][..dates.len()].iter().zip(&share[interval * dates.len()..]).map(|(size, share)| size * share).sum()
        };
        let mut all = 0.0;
        for place in 0..places {
            for interval in 0..count {
                all += days(place, interval);
            }
        }
        if all <= 0.0 {
            bail!("{file}：协变量“{class}”有病例，人口是零。");
        }
        for place in 0..places {
            for interval in 0..count {
                cells[place * count + interval] += total * days(place, interval) / all;
            }
        }
    }
    if let Some(weekdays) = weekdays {
        for weekday in 0..7_u8 {
            let here = |at: usize| weekdays[at % count] == weekday;
            let seen: f64 = cases.values().flat_map(|counts| counts.iter().enumerate()).filter(|(at, _)| here(*at)).map(|(_, count)| f64::from(*count)).sum();
            let awaited: f64 = cells.iter().enumerate().filter(|(at, _)| here(*at)).map(|(_, cell)| cell).sum();
            if awaited > 0.0 {
                cells.iter_mut().enumerate().filter(|(at, _)| here(*at)).for_each(|(_, cell)| *cell *= seen / awaited);
            }
        }
    }
    for (place, row) in cells.chunks(count).enumerate() {
        let empty = |interval: usize| row[interval] <= 0.0 && cases.values().any(|counts| counts[place * count + interval] > 0);
        if let Some(interval) = (0..count).find(|interval| empty(*interval)) {
            let day = date_of(intervals.begins[interval]).map_or_else(String::new, |date| date.to_string());
            bail!("{file}：有的地点在 {day} 起的时间段有病例，人口是零。");
        }
    }
    Ok(cells)
}

fn timing(settings: &Settings, intervals: &Intervals) -> Result<Timing> {
    let most = match settings.longest {
        _ if settings.analysis == Analysis::Spatial => return Ok(Timing::Whole),
        Longest::Percent(percent) if percent > 0.0 && percent <= 90.0 => (f64::from(intervals.count()) * percent / 100.0 + 1e-9).floor() as u32,
        Longest::Percent(percent) => bail!("最大时间窗口 {percent}%：要在 0 到 90 之间。"),
        Longest::Units(units) => units / settings.length,
    };
    let least = settings.shortest.div_ceil(settings.length).max(1);
    let most = most.min(intervals.count());
    if least > most {
        bail!("最短的时间窗口（{least}）比最长的（{most}）还长。");
    }
    let windows = if settings.analysis.alive() { u64::from(most) } else { u64::from(most) * u64::from(intervals.count()) };
    if windows > 4_000_000 {
        bail!("时间窗口太多（{windows}）：请缩短最大时间窗口，或放大时间单位。");
    }
    Ok(if settings.analysis.alive() { Timing::Alive { least, most } } else { Timing::Any { least, most, last_alone: settings.last_alone } })
}
