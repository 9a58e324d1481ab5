//! SaTScan's parameter file: `[Section]`, `Key=Value`, `;` comments.
//!
//! Every key of version 10 is known here. One that we have is read; one that we do not have may stand only with the value that switches it off; any other value,
//! any unknown key and any key in a section that is not its own is refused by name, so that no run differs from what its file says.

use anyhow::{Result, bail};
use std::collections::BTreeMap;

/// What we do with a key.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// It is read; what it is if it is not given.
    Read(&'static str),
    /// We do not have it: these values alone, each of which switches it off.
    Off(&'static [&'static str]),
    /// It says details of something that is off, or how the graphical program shows things.
    Moot,
}
use Kind::{Moot, Off, Read};

const NO: Kind = Off(&["n", ""]);
const NONE: Kind = Off(&["0", ""]);
const NO_FILE: Kind = Off(&[""]);

/// Sections in which a key may stand, the key, what we do with it. Several sections where versions differ.
const KEYS: &[(&[&str], &str, Kind)] = &[
    (&["Input"], "CaseFile", Read("")),
    (&["Input"], "ControlFile", Read("")),
    (&["Input"], "PrecisionCaseTimes", Read("1")),
    (&["Input"], "StartDate", Read("2000/1/1")),
    (&["Input"], "EndDate", Read("2000/12/31")),
    (&["Input"], "PopulationFile", Read("")),
    (&["Input"], "CoordinatesFile", Read("")),
    (&["Input"], "UseGridFile", Read("n")),
    (&["Input"], "GridFile", Read("")),
    (&["Input"], "CoordinatesType", Read("1")),
    (&["Analysis"], "AnalysisType", Read("1")),
    (&["Analysis"], "ModelType", Read("0")),
    (&["Analysis"], "ScanAreas", Off(&["1", ""])),
    (&["Analysis"], "TimeAggregationUnits", Read("1")),
    (&["Analysis"], "TimeAggregationLength", Read("1")),
    (&["Output"], "ResultsFile", Read("")),
    (&["Output"], "OutputGoogleEarthKML", NO),
    (&["Output"], "OutputShapefiles", NO),
    (&["Output"], "OutputCartesianGraph", NO),
    (&["Output"], "OutputGoogleMaps", NO),
    (&["Output"], "MostLikelyClusterEachCentroidASCII", NO),
    (&["Output"], "MostLikelyClusterEachCentroidDBase", NO),
    (&["Output"], "MostLikelyClusterCaseInfoEachCentroidASCII", NO),
    (&["Output"], "MostLikelyClusterCaseInfoEachCentroidDBase", NO),
    (&["Output"], "CensusAreasReportedClustersASCII", NO),
    (&["Output"], "CensusAreasReportedClustersDBase", NO),
    (&["Output"], "IncludeRelativeRisksCensusAreasASCII", NO),
    (&["Output"], "IncludeRelativeRisksCensusAreasDBase", NO),
    (&["Output"], "SaveSimLLRsASCII", NO),
    (&["Output"], "SaveSimLLRsDBase", NO),
    (&["Multiple Data Sets"], "MultipleDataSetsPurposeType", Moot),
    (&["Data Checking"], "StudyPeriodCheckType", Read("0")),
    (&["Data Checking"], "GeographicalCoordinatesCheckType", Read("0")),
    (&["Locations Network"], "LocationsNetworkFilename", Moot),
    (&["Locations Network"], "UseLocationsNetworkFile", NO),
    (&["Locations Network"], "PurposeLocationsNetworkFile", Moot),
    (&["Spatial Neighbors", "Non-Eucledian Neighbors"], "UseNeighborsFile", NO),
    (&["Spatial Neighbors", "Non-Eucledian Neighbors"], "NeighborsFilename", Moot),
    (&["Spatial Neighbors"], "UseMetaLocationsFile", NO),
    (&["Spatial Neighbors"], "MetaLocationsFilename", Moot),
    (&["Spatial Neighbors"], "MultipleCoordinatesType", NONE),
    (&["Spatial Window"], "MaxSpatialSizeInPopulationAtRisk", Read("50")),
    (&["Spatial Window"], "UseMaxCirclePopulationFileOption", NO),
    (&["Spatial Window"], "MaxSpatialSizeInMaxCirclePopulationFile", Moot),
    (&["Spatial Window"], "MaxCirclePopulationFile", Moot),
    (&["Spatial Window"], "UseDistanceFromCenterOption", Read("n")),
    (&["Spatial Window"], "MaxSpatialSizeInDistanceFromCenter", Read("1")),
    (&["Spatial Window"], "IncludePurelyTemporal", NO),
    (&["Spatial Window"], "SpatialWindowShapeType", NONE),
    (&["Spatial Window"], "NonCompactnessPenalty", Moot),
    (&["Spatial Window", "Isotonic Scan"], "IsotonicScan", NONE),
    (&["Temporal Window"], "MinimumTemporalClusterSize", Read("1")),
    (&["Temporal Window"], "MaxTemporalSizeInterpretation", Read("0")),
    (&["Temporal Window"], "MaxTemporalSize", Read("50")),
    (&["Temporal Window"], "IncludePurelySpatial", NO),
    (&["Temporal Window"], "IncludeClusters", Read("0")),
    (&["Temporal Window"], "IntervalStartRange", Moot),
    (&["Temporal Window"], "IntervalEndRange", Moot),
    (&["Cluster Restrictions"], "RiskLimitHighClusters", NO),
    (&["Cluster Restrictions"], "RiskThresholdHighClusters", Moot),
    (&["Cluster Restrictions"], "RiskLimitLowClusters", NO),
    (&["Cluster Restrictions"], "RiskThresholdLowClusters", Moot),
    (&["Cluster Restrictions"], "MinimumCasesInLowRateClusters", Moot),
    (&["Cluster Restrictions"], "MinimumCasesInHighRateClusters", Read("2")),
    (&["Space and Time Adjustments"], "TimeTrendAdjustmentType", NONE),
    (&["Space and Time Adjustments"], "TimeTrendPercentage", Moot),
    (&["Space and Time Adjustments"], "TimeTrendType", Moot),
    (&["Space and Time Adjustments"], "AdjustForWeeklyTrends", Read("n")),
    (&["Space and Time Adjustments"], "SpatialAdjustmentType", NONE),
    (&["Space and Time Adjustments"], "UseAdjustmentsByRRFile", NO),
    (&["Space and Time Adjustments"], "AdjustmentsByKnownRelativeRisksFilename", Moot),
    (&["Inference"], "PValueReportType", Read("0")),
    (&["Inference"], "EarlyTerminationThreshold", Read("50")),
    (&["Inference"], "ReportGumbel", Read("n")),
    (&["Inference", "Analysis"], "MonteCarloReps", Read("999")),
    (&["Inference"], "EarlySimulationTermination", NO),
    (&["Inference"], "AdjustForEarlierAnalyses", NO),
    (&["Inference"], "ProspectiveStartDate", Read("")),
    (&["Inference"], "IterativeScan", NO),
    (&["Inference"], "IterativeScanMaxIterations", Moot),
    (&["Inference"], "IterativeScanMaxPValue", Moot),
    (&["Cluster Drilldown"], "PerformStandardDrilldown", NO),
    (&["Cluster Drilldown"], "PerformBernoulliDrilldown", NO),
    (&["Cluster Drilldown"], "DrilldownMinimumClusterLocations", Moot),
    (&["Cluster Drilldown"], "DrilldownMinimumClusterCases", Moot),
    (&["Cluster Drilldown"], "DrilldownClusterPvalueCutoff", Moot),
    (&["Cluster Drilldown"], "DrilldownAdjustForWeeklyTrends", Moot),
    (&["Miscellaneous Analysis", "Border Analysis"], "CalculateOliveira", NO),
    (&["Miscellaneous Analysis", "Border Analysis"], "NumBootstrapReplications", Moot),
    (&["Miscellaneous Analysis", "Border Analysis"], "OliveiraPvalueCutoff", Moot),
    (&["Miscellaneous Analysis"], "ProspectiveFrequencyType", NONE),
    (&["Miscellaneous Analysis"], "ProspectiveFrequency", Off(&["1", ""])),
    (&["Power Evaluation"], "PerformPowerEvaluation", NO),
    (&["Power Evaluation"], "PowerEvaluationsMethod", Moot),
    (&["Power Evaluation"], "PowerEvaluationTotalCases", Moot),
    (&["Power Evaluation"], "CriticalValueType", Moot),
    (&["Power Evaluation"], "CriticalValue05", Moot),
    (&["Power Evaluation"], "CriticalValue01", Moot),
    (&["Power Evaluation"], "CriticalValue001", Moot),
    (&["Power Evaluation"], "PowerEstimationType", Moot),
    (&["Power Evaluation"], "NumberPowerReplications", Moot),
    (&["Power Evaluation"], "AlternativeHypothesisFilename", Moot),
    (&["Power Evaluation"], "PowerEvaluationsSimulationMethod", Moot),
    (&["Power Evaluation"], "PowerEvaluationsSimulationSourceFilename", Moot),
    (&["Power Evaluation"], "ReportPowerEvaluationSimulationData", Moot),
    (&["Power Evaluation"], "PowerEvaluationsSimulationOutputFilename", Moot),
    (&["Spatial Output"], "LaunchMapViewer", Moot),
    (&["Spatial Output"], "LaunchKMLViewer", Moot),
    (&["Spatial Output"], "CompressKMLtoKMZ", Moot),
    (&["Spatial Output"], "IncludeClusterLocationsKML", Moot),
    (&["Spatial Output"], "ThresholdLocationsSeparateKML", Moot),
    (&["Spatial Output"], "ReportHierarchicalClusters", Off(&["y", ""])),
    (&["Spatial Output", "Clusters Reported", "Output"], "CriteriaForReportingSecondaryClusters", NONE),
    (&["Spatial Output"], "ReportGiniClusters", NO),
    (&["Spatial Output"], "GiniIndexClusterReportingType", Moot),
    (&["Spatial Output"], "SpatialMaxima", Moot),
    (&["Spatial Output"], "GiniIndexClustersPValueCutOff", Moot),
    (&["Spatial Output"], "ReportGiniIndexCoefficents", Moot),
    (&["Spatial Output", "Clusters Reported"], "UseReportOnlySmallerClusters", NO),
    (&["Spatial Output", "Clusters Reported"], "MaxSpatialSizeInPopulationAtRisk_Reported", Moot),
    (&["Spatial Output", "Clusters Reported"], "UseMaxCirclePopulationFileOption_Reported", Moot),
    (&["Spatial Output", "Clusters Reported"], "MaxSizeInMaxCirclePopulationFile_Reported", Moot),
    (&["Spatial Output", "Clusters Reported"], "UseDistanceFromCenterOption_Reported", Moot),
    (&["Spatial Output", "Clusters Reported"], "MaxSpatialSizeInDistanceFromCenter_Reported", Moot),
    (&["Temporal Output"], "OutputTemporalGraphHTML", NO),
    (&["Temporal Output"], "TemporalGraphReportType", Moot),
    (&["Temporal Output"], "TemporalGraphMostMLC", Moot),
    (&["Temporal Output"], "TemporalGraphSignificanceCutoff", Moot),
    (&["Other Output", "Additional Output"], "CriticalValue", NO),
    (&["Other Output", "Additional Output"], "ReportClusterRank", Moot),
    (&["Other Output", "Additional Output"], "PrintAsciiColumnHeaders", Moot),
    (&["Other Output"], "ResultsTitle", Moot),
    (&["Elliptic Scan"], "EllipseShapes", Moot),
    (&["Elliptic Scan"], "EllipseAngles", Moot),
    (&["Power Simulations"], "SimulatedDataMethodType", NONE),
    (&["Power Simulations"], "SimulatedDataInputFilename", Moot),
    (&["Power Simulations"], "PrintSimulatedDataToFile", NO),
    (&["Power Simulations"], "SimulatedDataOutputFilename", Moot),
    (&["Run Options"], "NumberParallelProcesses", Read("0")),
    (&["Run Options"], "ExecutionType", Moot),
    (&["Run Options"], "SuppressWarnings", Moot),
    (&["Run Options"], "LogRunToHistoryFile", Moot),
    (&["Run Options", "BatchMode Features"], "RandomSeed", Read("12345678")),
    (&["Run Options"], "RandomlyGenerateSeed", NO),
    (&["Polygons"], "Polygons", NO_FILE),
    (&["System"], "Version", Moot),
];

/// The keys that are read, with their values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters(BTreeMap<&'static str, String>);

fn known(key: &str) -> Option<&'static (&'static [&'static str], &'static str, Kind)> {
    KEYS.iter().find(|(_, own, _)| own.eq_ignore_ascii_case(key))
}

impl Parameters {
    /// Reads the text of a parameter file; `set` are `Key=Value` that win over it.
    ///
    /// # Errors
    /// A sentence that names the line and the key.
    pub fn parse(file: &str, text: &str, set: &[String]) -> Result<Self> {
        let mut values = BTreeMap::new();
        let mut section = String::new();
        for (line, content) in (1..).zip(text.lines()) {
            let content = content.trim().trim_start_matches('\u{feff}');
            if content.is_empty() || content.starts_with(';') {
                continue;
            }
            if let Some(name) = content.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                name.trim().clone_into(&mut section);
                continue;
            }
            let Some((key, value)) = content.split_once('=') else { bail!("{file} 第{line}行：“{}”不是“键=值”。", short(content)) };
            let (key, value) = (key.trim(), value.trim());
            let Some((sections, own, kind)) = known(key) else { bail!("{file} 第{line}行：没有“{}”这个选项。", short(key)) };
            if !sections.iter().any(|own| own.eq_ignore_ascii_case(&section)) {
                bail!("{file} 第{line}行：“{own}”写在 [{}] 里，应写在 [{}] 里；SaTScan 会当作没有写。", short(&section), sections[0]);
            }
            Self::take(&mut values, own, *kind, value).map_err(|error| error.context(format!("{file} 第{line}行")))?;
        }
        for pair in set {
            let Some((key, value)) = pair.split_once('=') else { bail!("--set “{}”不是“键=值”。", short(pair)) };
            let Some((_, own, kind)) = known(key.trim()) else { bail!("--set：没有“{}”这个选项。", short(key.trim())) };
            Self::take(&mut values, own, *kind, value.trim())?;
        }
        for (_, key, kind) in KEYS {
            if let Read(otherwise) = kind {
                values.entry(*key).or_insert_with(|| (*otherwise).to_owned());
            }
        }
        Ok(Self(values))
    }

    fn take(values: &mut BTreeMap<&'static str, String>, key: &'static str, kind: Kind, value: &str) -> Result<()> {
        match kind {
            Read(_) => drop(values.insert(key, value.to_owned())),
            Off(allowed) if !allowed.iter().any(|own| own.eq_ignore_ascii_case(value)) => {
                bail!("没有选项“{key}={}”；这里只能是“{}”。", short(value), allowed[0]);
            }
            Off(_) | Moot => {}
        }
        Ok(())
    }

    /// The value of a key that is read.
    #[must_use]
    pub fn get(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }

    /// A key that is y or n.
    ///
    /// # Errors
    /// Another value.
    pub fn yes(&self, key: &str) -> Result<bool> {
        match self.get(key) {
            "y" | "Y" | "1" => Ok(true),
            "n" | "N" | "0" | "" => Ok(false),
            other => bail!("“{key}={}”：只能是 y 或 n。", short(other)),
        }
    }

    /// A key that is a number.
    ///
    /// # Errors
    /// Something else.
    pub fn number<T: std::str::FromStr>(&self, key: &str) -> Result<T> {
        self.get(key).parse().map_err(|_| anyhow::anyhow!("“{key}={}”：不是可用的数。", short(self.get(key))))
    }

    /// A key that is one of some numbers, each of which means something.
    ///
    /// # Errors
    /// A number that we do not have.
    pub fn choice<T: Copy>(&self, key: &str, choices: &[(u32, T)]) -> Result<T> {
        let number: u32 = self.number(key)?;
        match choices.iter().find(|(own, _)| *own == number) {
            Some((_, choice)) => Ok(*choice),
            None => bail!("没有选项“{key}={number}”；有的是 {}。", choices.iter().map(|(own, _)| own.to_string()).collect::<Vec<_>>().join("、")),
        }
    }
}

/// The first forty characters.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}
