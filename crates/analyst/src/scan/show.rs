//! What a scan found, as text, JSON, CSV or GeoJSON.

use super::dates::{self, Unit};
use super::plan::{Plan, Told};
use super::study::Prepared;
use crate::measure::Measure;
use insight::scan::follow::{Followed, Known, Seen, follow};
use insight::scan::{Found, Verdict};
use serde_json::{Value, json};
use std::fmt::Write;

/// A cluster as it is shown.
pub struct Line {
    /// Its place in the order.
    pub rank: usize,
    /// Its first and last day.
    pub days: (i32, i32),
    /// The p-value that counts.
    pub p: f64,
    /// How many days pass on average between two false alarms as good as this, if it is scanned every interval.
    pub recurrence: Option<f64>,
    /// The ids of its places, nearest first.
    pub places: Vec<String>,
    /// Its centre, as coordinates were given.
    pub centre: Option<(f64, f64)>,
    /// Who it is, and whether it was there before.
    pub identity: Option<(String, String, bool)>,
    /// All else.
    pub found: Found,
}

/// A result with what it was made from.
pub struct Report<'a> {
    /// What was asked.
    pub plan: &'a Plan,
    /// What was scanned.
    pub prepared: &'a Prepared,
    /// What was found.
    pub verdict: &'a Verdict,
    /// The clusters.
    pub lines: Vec<Line>,
    /// Those of before that have ended.
    pub ended: Vec<Known>,
}

/// The p-value that counts. Sequential Monte Carlo is precise for large ones; for small ones the Gumbel distribution sees below one in the number of histories.
#[must_use]
pub fn told(told: Told, found: &Found) -> f64 {
    match told {
        Told::MonteCarlo => found.p,
        Told::Gumbel => found.gumbel,
        Told::Either if found.rank < 10 => found.gumbel,
        Told::Either => found.p,
    }
}

impl<'a> Report<'a> {
    /// Puts it together; `before` are the clusters of an earlier run, if there was one.
    #[must_use]
    pub fn new(plan: &'a Plan, prepared: &'a Prepared, verdict: &'a Verdict, before: Option<&[Known]>) -> Self {
        let alive = plan.settings.analysis.alive();
        let interval = match plan.settings.unit {
            Unit::Year => 365.25,
            Unit::Month => 365.25 / 12.0,
            Unit::Day | Unit::Generic => 1.0,
        } * f64::from(plan.settings.length);
        let line = |(at, found): (usize, &Found)| {
            let p = told(plan.told, found);
            Line {
                rank: at + 1,
                days: prepared.days(&found.candidate.window),
                p,
                recurrence: (alive && !verdict.maxima.is_empty()).then(|| interval / p.max(f64::MIN_POSITIVE)),
                places: found.places.iter().flat_map(|place| prepared.ids[*place as usize].iter().cloned()).collect(),
                centre: centre(plan, prepared, found),
                identity: None,
                found: found.clone(),
            }
        };
        let mut lines: Vec<Line> = verdict.found.iter().enumerate().map(line).collect();
        let mut ended = Vec::new();
        if let Some(before) = before {
            let seen: Vec<Seen> = lines.iter().map(|line| Seen { places: line.places.iter().cloned().collect(), days: line.days }).collect();
            let Followed { now, ended: gone } = follow(before, &seen, interval.ceil() as i32, plan.settings.period.1);
            for (line, (known, ongoing)) in lines.iter_mut().zip(now) {
                line.identity = Some((known.id, dates::show(known.since, plan.settings.unit), ongoing));
            }
            ended = gone;
        }
        Self { plan, prepared, verdict, lines, ended }
    }

    fn day(&self, day: i32) -> String {
        dates::show(day, if self.plan.settings.unit == Unit::Generic { Unit::Generic } else { Unit::Day })
    }

    /// For programs.
    #[must_use]
    pub fn json(&self, measure: Option<&Measure>) -> Value {
        let clusters: Vec<Value> = self.lines.iter().map(|line| self.cluster(line, true)).collect();
        let mut value = json!({
            "cases": self.prepared.study.total(),
            "places": self.prepared.study.places.len(),
            "period": [self.day(self.plan.settings.period.0), self.day(self.plan.settings.period.1)],
            "intervals": self.prepared.study.intervals,
            "windows": self.verdict.windows,
            "replications": self.verdict.maxima.len(),
            "left_out": self.prepared.left_out,
            "clusters": clusters,
            "ended": self.ended.iter().map(|known| json!({ "identity": known.id, "places": known.seen.places })).collect::<Vec<_>>(),
        });
        if let Some(measure) = measure {
            value["cost"] = measure.json();
        }
        value
    }

    fn cluster(&self, line: &Line, places: bool) -> Value {
        let found = &line.found;
        let mut value = json!({
            "rank": line.rank,
            "start": self.day(line.days.0),
            "end": self.day(line.days.1),
            "observed": found.candidate.cases,
            "expected": found.expected,
            "ratio": f64::from(found.candidate.cases) / found.expected,
            "relative_risk": found.relative_risk.is_finite().then_some(found.relative_risk),
            "statistic": found.candidate.ratio,
            "p": line.p,
            "p_monte_carlo": found.p,
            "p_gumbel": found.gumbel,
            "recurrence_days": line.recurrence,
            "radius": found.radius.is_finite().then_some(found.radius),
            "n_places": line.places.len(),
            "centre": line.centre.map(|(first, second)| [first, second]),
        });
        if let Some((id, since, ongoing)) = &line.identity {
            value["identity"] = json!(id);
            value["since"] = json!(since);
            value["state"] = json!(if *ongoing { "ongoing" } else { "new" });
        }
        if places {
            value["places"] = json!(line.places);
        }
        value
    }

    /// For maps: each cluster's circle as a polygon, its places as points. Plane coordinates stand as they are, in no known system.
    #[must_use]
    pub fn geojson(&self) -> Value {
        let degrees = self.plan.settings.degrees;
        let at = |(first, second): (f64, f64)| if degrees { json!([second, first]) } else { json!([first, second]) };
        let mut features = Vec::new();
        for line in &self.lines {
            if let Some(centre) = line.centre.filter(|_| line.found.radius.is_finite()) {
                let ring: Vec<Value> = (0..=64).map(|step| at(around(centre, line.found.radius, f64::from(step % 64) / 64.0, degrees))).collect();
                let mut properties = self.cluster(line, false);
                properties["kind"] = json!("cluster");
                features.push(json!({ "type": "Feature", "geometry": { "type": "Polygon", "coordinates": [ring] }, "properties": properties }));
            }
            for place in &line.found.places {
                let ids = &self.prepared.ids[*place as usize];
                let properties = json!({ "kind": "place", "cluster": line.rank, "ids": ids });
                features.push(json!({ "type": "Feature", "geometry": { "type": "Point", "coordinates": at(self.prepared.given[*place as usize]) }, "properties": properties }));
            }
        }
        json!({ "type": "FeatureCollection", "features": features })
    }

    /// For spreadsheets: one row a cluster.
    ///
    /// # Errors
    /// None that can happen in memory.
    pub fn csv(&self) -> anyhow::Result<String> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record([
            "rank",
            "start",
            "end",
            "observed",
            "expected",
            "statistic",
            "p",
            "recurrence_days",
            "radius",
            "n_places",
            "identity",
            "state",
            "places_nearest_first",
        ])?;
        for line in &self.lines {
            let (id, state) = line.identity.as_ref().map_or((String::new(), ""), |(id, _, ongoing)| (id.clone(), if *ongoing { "ongoing" } else { "new" }));
            writer.write_record([
                line.rank.to_string(),
                self.day(line.days.0),
                self.day(line.days.1),
                line.found.candidate.cases.to_string(),
                format!("{:.4}", line.found.expected),
                format!("{:.6}", line.found.candidate.ratio),
                format!("{:.6}", line.p),
                line.recurrence.map_or_else(String::new, |days| format!("{days:.0}")),
                format!("{:.4}", line.found.radius),
                line.places.len().to_string(),
                id,
                state.to_owned(),
                line.places.join(" "),
            ])?;
        }
        Ok(String::from_utf8(writer.into_inner()?)?)
    }

    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        let study = &self.prepared.study;
        let (first, last) = self.plan.settings.period;
        let _ = writeln!(
            text,
            "{} 至 {}：{} 例，{} 个地点，{} 个时间段；每次比较 {} 个窗口，模拟 {} 次。",
            self.day(first),
            self.day(last),
            study.total(),
            study.places.len(),
            study.intervals,
            self.verdict.windows,
            self.verdict.maxima.len()
        );
        if self.prepared.left_out > 0 {
            let _ = writeln!(text, "{} 例不在期间内或没有坐标，未计入。", self.prepared.left_out);
        }
        if self.lines.is_empty() {
            let _ = writeln!(text, "没有聚集。");
        }
        for line in &self.lines {
            let found = &line.found;
            let _ = writeln!(
                text,
                "\n{}. {} 至 {}，{} 个地点，半径 {:.2}：{} 例，预期 {:.2}，{:.2} 倍；统计量 {:.6}，p = {:.3e}{}{}",
                line.rank,
                self.day(line.days.0),
                self.day(line.days.1),
                line.places.len(),
                found.radius,
                found.candidate.cases,
                found.expected,
                f64::from(found.candidate.cases) / found.expected,
                found.candidate.ratio,
                line.p,
                line.recurrence.map_or_else(String::new, |days| format!("，约 {days:.0} 天才会偶然出现一次")),
                line.identity
                    .as_ref()
                    .map_or_else(String::new, |(id, since, ongoing)| format!("；{id} {}（自 {since}）", if *ongoing { "延续" } else { "新出现" })),
            );
            let _ = writeln!(text, "   {}", line.places.join(" "));
        }
        text
    }
}

/// The centre of a cluster, as coordinates are given.
fn centre(plan: &Plan, prepared: &Prepared, found: &Found) -> Option<(f64, f64)> {
    let at = found.candidate.centre as usize;
    if prepared.study.zones.centres.is_empty() {
        return None;
    }
    if plan.rows.grid.is_empty() { prepared.given.get(at).copied() } else { plan.rows.grid.get(at).map(|row| (row.first, row.second)) }
}

/// The point at a distance from the centre, a share of the way around it.
fn around(centre: (f64, f64), radius: f64, share: f64, degrees: bool) -> (f64, f64) {
    let (sin, cos) = (share * std::f64::consts::TAU).sin_cos();
    if !degrees {
        return (centre.0 + radius * cos, centre.1 + radius * sin);
    }
    let north = (radius / insight::scan::EARTH).to_degrees();
    (centre.0 + north * sin, centre.1 + north * cos / centre.0.to_radians().cos().max(0.01))
}

/// The clusters of an earlier run, from its JSON.
///
/// # Errors
/// A text that is no such JSON.
pub fn known(text: &str) -> anyhow::Result<Vec<Known>> {
    let value: Value = serde_json::from_str(text)?;
    let none = Vec::new();
    let end = value["period"][1].as_str().and_then(dates::parse).unwrap_or_default();
    let mut fresh = 0;
    let one = |cluster: &Value| -> Option<Known> {
        let day = |key: &str| cluster[key].as_str().and_then(|text| dates::parse(text).or_else(|| text.parse().ok()));
        let places = cluster["places"].as_array()?.iter().filter_map(|place| place.as_str().map(str::to_owned)).collect();
        fresh += 1;
        let id = cluster["identity"].as_str().map_or_else(|| format!("{end}-{fresh}"), str::to_owned);
        Some(Known { id, since: day("since").unwrap_or(end), seen: Seen { places, days: (day("start")?, day("end")?) } })
    };
    Ok(value["clusters"].as_array().unwrap_or(&none).iter().filter_map(one).collect())
}
