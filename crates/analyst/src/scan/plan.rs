//! What a run is told: a parameter file and its data files, or one table of events.

use super::dates::{self, Unit};
use super::inputs;
use super::prm::Parameters;
use super::study::{Analysis, Longest, Rows, Settings};
use anyhow::{Result, bail};
use insight::scan::{Chance, Model, Stop};
use std::path::{Path, PathBuf};

/// Which p-value is the one that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// By Monte Carlo.
    MonteCarlo,
    /// By the Gumbel distribution.
    Gumbel,
    /// By Monte Carlo where at least ten histories are as good, else by the Gumbel distribution.
    Either,
}

/// A run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What decides the result but the rows.
    pub settings: Settings,
    /// The rows.
    pub rows: Rows,
    /// How chance is asked.
    pub chance: Chance,
    /// Which p counts.
    pub told: Told,
    /// Where the parameter file wants the report.
    pub report: Option<PathBuf>,
}

/// How many threads: as many as asked for, or as there are processors.
#[must_use]
pub fn threads(asked: usize) -> usize {
    if asked > 0 { asked } else { std::thread::available_parallelism().map_or(1, std::num::NonZero::get) }
}

/// The settings of a parameter file.
///
/// # Errors
/// An option that we do not have, by name; a value that cannot be read.
pub fn settings(parameters: &Parameters) -> Result<(Settings, Chance, Told)> {
    const UNITS: [(u32, Unit); 5] = [(0, Unit::Generic), (1, Unit::Year), (2, Unit::Month), (3, Unit::Day), (4, Unit::Generic)];
    let model = parameters.choice("ModelType", &[(0, Model::Poisson), (1, Model::Bernoulli), (2, Model::Permutation)])?;
    let analysis = parameters.choice(
        "AnalysisType",
        &[(1, Analysis::Spatial), (2, Analysis::Temporal), (3, Analysis::Retrospective), (4, Analysis::Prospective), (6, Analysis::ProspectiveTemporal)],
    )?;
    let analysis = match (analysis, parameters.choice("IncludeClusters", &[(0, false), (1, true)])?) {
        (Analysis::Retrospective, true) => Analysis::Prospective,
        (Analysis::Temporal, true) => Analysis::ProspectiveTemporal,
        (analysis, _) => analysis,
    };
    let precision = parameters.choice("PrecisionCaseTimes", &UNITS)?;
    let unit = parameters.choice("TimeAggregationUnits", &UNITS)?;
    let generic = parameters.get("PrecisionCaseTimes") == "4";
    let when = |key: &str, end: bool| -> Result<i32> {
        let text = parameters.get(key);
        let whole = if generic { None } else { whole(text, end) };
        match whole.or_else(|| dates::parse_as(text, if generic { Unit::Generic } else { Unit::Day })) {
            Some(day) => Ok(day),
            None => bail!("“{key}={text}”：不是可用的时间。"),
        }
    };
    let period = (when("StartDate", false)?, when("EndDate", true)?);
    if analysis != Analysis::Spatial && generic != (parameters.get("TimeAggregationUnits") == "4") {
        bail!("“TimeAggregationUnits={}”与“PrecisionCaseTimes={}”不合。", parameters.get("TimeAggregationUnits"), parameters.get("PrecisionCaseTimes"));
    }
    if analysis.alive() && !parameters.get("ProspectiveStartDate").is_empty() {
        // Only with AdjustForEarlierAnalyses, which we do not have, would an earlier start change anything.
        when("ProspectiveStartDate", false)?;
    }
    let histories: u64 = parameters.number("MonteCarloReps")?;
    if histories > 9_999_999 || (histories > 0 && histories != 9 && histories % 1000 != 999 && histories != 99) {
        bail!("“MonteCarloReps={histories}”：应为 0、9、99、999 或 …999。");
    }
    let longest = match parameters.choice("MaxTemporalSizeInterpretation", &[(0, false), (1, true)])? {
        true => Longest::Units(parameters.number("MaxTemporalSize")?),
        false => Longest::Percent(parameters.number("MaxTemporalSize")?),
    };
    let percent: f64 = parameters.number("MaxSpatialSizeInPopulationAtRisk")?;
    if !(percent > 0.0 && percent <= 50.0) {
        bail!("“MaxSpatialSizeInPopulationAtRisk={percent}”：应在 0 到 50 之间。");
    }
    let radius = if parameters.yes("UseDistanceFromCenterOption")? { Some(parameters.number::<f64>("MaxSpatialSizeInDistanceFromCenter")?) } else { None };
    if radius.is_some_and(|radius| radius.is_nan() || radius <= 0.0) {
        bail!("“MaxSpatialSizeInDistanceFromCenter”：半径要大于 0。");
    }
    let told = parameters.choice("PValueReportType", &[(0, Told::Either), (1, Told::MonteCarlo), (2, Told::MonteCarlo), (3, Told::Gumbel)])?;
    parameters.yes("ReportGumbel")?;
    let early = matches!(parameters.get("PValueReportType"), "0" | "2");
    let settings = Settings {
        model,
        analysis,
        period,
        unit,
        length: parameters.number("TimeAggregationLength")?,
        degrees: parameters.choice("CoordinatesType", &[(0, false), (1, true)])?,
        percent,
        radius,
        shortest: parameters.number("MinimumTemporalClusterSize")?,
        longest,
        least_cases: parameters.number("MinimumCasesInHighRateClusters")?,
        weekly: parameters.yes("AdjustForWeeklyTrends")?,
        last_alone: false,
        relaxed: (
            parameters.choice("StudyPeriodCheckType", &[(0, false), (1, true)])?,
            parameters.choice("GeographicalCoordinatesCheckType", &[(0, false), (1, true)])?,
        ),
    };
    let _ = precision;
    let chance = Chance {
        histories,
        seed: parameters.number("RandomSeed")?,
        threads: threads(parameters.number("NumberParallelProcesses")?),
        stop: if early { Stop::After(parameters.number("EarlyTerminationThreshold")?) } else { Stop::Never },
    };
    Ok((settings, chance, told))
}

/// The first or last day of a year or month that stands for itself.
fn whole(text: &str, end: bool) -> Option<i32> {
    let parts: Vec<i16> = text.split(['/', '-']).map(str::parse).collect::<Result<_, _>>().ok()?;
    let (year, month) = match parts[..] {
        [year] => (year, None),
        [year, month] if year > 31 => (year, Some(i8::try_from(month).ok()?)),
        _ => return None,
    };
    let first = jiff::civil::Date::new(year, month.unwrap_or(if end { 12 } else { 1 }), 1).ok()?;
    Some(dates::day_of(if end { first.last_of_month() } else { first }))
}

/// Reads a parameter file and everything that it names. Paths are those of the file, from where it lies.
///
/// # Errors
/// What cannot be read or is not there, named.
pub fn read(path: &Path, set: &[String]) -> Result<Plan> {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let parameters = Parameters::parse(&name, &inputs::text(path)?, set)?;
    let (settings, chance, told) = settings(&parameters)?;
    let beside = |key: &str| -> Option<PathBuf> {
        let given = parameters.get(key);
        (!given.is_empty()).then(|| path.parent().unwrap_or(Path::new("")).join(given))
    };
    let needed = |key: &str| -> Result<(String, String)> {
        let Some(path) = beside(key) else { bail!("{name}：没有写“{key}”。") };
        Ok((path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()), inputs::text(&path)?))
    };
    let generic = parameters.get("PrecisionCaseTimes") == "4";
    let unit = if generic { Unit::Generic } else { Unit::Day };
    let timed = parameters.get("PrecisionCaseTimes") != "0";
    let listed = |key: &str| -> Result<_> {
        let (file, text) = needed(key)?;
        let rows = inputs::cases(&file, &text, timed, unit)?;
        Ok((file, rows))
    };
    let mut rows = Rows { cases: listed("CaseFile")?, ..Rows::default() };
    if settings.model == Model::Bernoulli {
        rows.controls = listed("ControlFile")?;
    }
    if settings.model == Model::Poisson {
        let (file, text) = needed("PopulationFile")?;
        let people = inputs::people(&file, &text, unit)?;
        rows.people = (file, people);
    }
    let (file, text) = needed("CoordinatesFile")?;
    let coordinates = inputs::coordinates(&file, &text, false, settings.degrees)?;
    rows.places = (file, coordinates);
    if parameters.yes("UseGridFile")? {
        let (file, text) = needed("GridFile")?;
        rows.grid = inputs::coordinates(&file, &text, true, settings.degrees)?;
    }
    Ok(Plan { settings, rows, chance, told, report: beside("ResultsFile") })
}
