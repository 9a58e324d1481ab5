//! `scan` by its files: SaTScan's runs, refusals, and what must not change a result.
//!
//! The runs need the shared benchmark and Python for its generators; without them the test says so and is skipped.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use analyst::scan::prm::Parameters;
use analyst::scan::{compare, inputs, plan, show, study};
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::process::Command;

const PRM: &str = "[Input]\nCaseFile=a.cas\nCoordinatesFile=a.geo\nPrecisionCaseTimes=3\nStartDate=2024/1/1\nEndDate=2024/1/20\nCoordinatesType=0\n[Analysis]\n\
    AnalysisType=4\nModelType=2\nTimeAggregationUnits=3\n[Temporal Window]\nMaxTemporalSize=5\nMaxTemporalSizeInterpretation=1\n[Inference]\nMonteCarloReps=99\nPValueReportType=1\n";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// The clusters of a run as JSON, without what it cost.
fn clusters(folder: &Path, set: &[&str]) -> anyhow::Result<serde_json::Value> {
    let set: Vec<String> = set.iter().map(|pair| (*pair).to_owned()).collect();
    let plan = plan::read(&folder.join("run.prm"), &set)?;
    let prepared = study::prepare(&plan.settings, &plan.rows)?;
    let verdict = prepared.study.scan(&plan.chance);
    Ok(show::Report::new(&plan, &prepared, &verdict, None).json(None))
}

fn refusal(prm: &str) -> String {
    format!("{:#}", Parameters::parse("run.prm", prm, &[]).and_then(|parameters| plan::settings(&parameters)).unwrap_err())
}

#[test]
fn an_option_that_we_do_not_have_is_refused_by_name() {
    for (text, name) in [
        ("[Analysis]\nScanAreas=2\n", "ScanAreas"),
        ("[Spatial Window]\nSpatialWindowShapeType=1\n", "SpatialWindowShapeType"),
        ("[Inference]\nIterativeScan=y\n", "IterativeScan"),
        ("[Spatial Output]\nReportGiniClusters=y\n", "ReportGiniClusters"),
        ("[Analysis]\nModelType=5\n", "ModelType"),
        ("[Analysis]\nAnalysisType=7\n", "AnalysisType"),
        ("[Input]\nCaseFile2=b.cas\n", "CaseFile2"),
        ("[Output]\nMonteCarloReps=99\n", "MonteCarloReps"),
        ("[Inference]\nMonteCarloReps=many\n", "MonteCarloReps"),
        ("[Space and Time Adjustments]\nTimeTrendAdjustmentType=3\n", "TimeTrendAdjustmentType"),
    ] {
        let said = refusal(text);
        assert!(said.contains(name), "{text}: {said}");
    }
}

#[test]
fn a_bad_row_is_named_by_file_and_line() {
    for (cases, said) in [("p1 1 2024/1/1\np2 x 2024/1/1\n", "a.cas 第2行"), ("p1 1 2025/1/1\n", "a.cas 第1行"), ("p1 1 2024/1/1\nq 1 2024/1/2\n", "“q”")]
    {
        let folder = folder(&[("run.prm", PRM), ("a.cas", cases), ("a.geo", "p1 0 0\np2 1 0\n")]);
        let error = format!("{:#}", clusters(folder.path(), &[]).unwrap_err());
        assert!(error.contains(said), "{error}");
    }
}

/// Twelve places, twenty days, and a cluster at the end.
fn events() -> Vec<(usize, u32, u32)> {
    let mut rows = Vec::new();
    for place in 0..12_usize {
        for day in 1..=20_u32 {
            let usual = (place as u32 * 5 + day * 3) % 4 / 2;
            let raised = if place < 3 && day > 17 { 5 } else { 0 };
            if usual + raised > 0 {
                rows.push((place, day, usual + raised));
            }
        }
    }
    rows
}

fn files(rows: &[(usize, u32, u32)], name: &dyn Fn(usize) -> String, shift: i32) -> tempfile::TempDir {
    let cases: String = rows.iter().map(|(place, day, count)| format!("{} {count} 2024/1/{day}\n", name(*place))).collect();
    let geo: String = (0..12_i32).map(|place| format!("{} {} {}\n", name(place as usize), place * place + shift, place % 2 - shift)).collect();
    folder(&[("run.prm", PRM), ("a.cas", &cases), ("a.geo", &geo)])
}

/// A result with what names do not touch.
fn bare(value: &serde_json::Value) -> Vec<(String, String, String, String)> {
    value["clusters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| (own["start"].to_string(), own["observed"].to_string(), own["statistic"].to_string(), own["p"].to_string()))
        .collect()
}

#[test]
fn neither_the_order_of_rows_nor_names_nor_where_the_map_begins_change_a_result() {
    let rows = events();
    let name = |place: usize| format!("p{place}");
    let plain = clusters(files(&rows, &name, 0).path(), &[]).unwrap();
    assert_eq!(plain["clusters"][0]["p"], 0.01);
    let mut turned: Vec<_> = rows.iter().copied().rev().collect();
    turned.swap(3, 40);
    assert_eq!(clusters(files(&turned, &name, 0).path(), &[]).unwrap(), plain);
    assert_eq!(bare(&clusters(files(&rows, &name, 5000).path(), &[]).unwrap()), bare(&plain));
    assert_eq!(bare(&clusters(files(&rows, &|place| format!("村{}", 99 - place), 0).path(), &[]).unwrap()), bare(&plain));
    assert_eq!(clusters(files(&rows, &name, 0).path(), &["NumberParallelProcesses=3"]).unwrap(), plain);
    assert_ne!(clusters(files(&rows, &name, 0).path(), &["RandomSeed=5"]).unwrap()["clusters"], plain["clusters"]);
}

#[test]
fn the_week_is_made_level_within_its_days() {
    let rows = events();
    let levelled = clusters(files(&rows, &|place| format!("p{place}"), 0).path(), &["AdjustForWeeklyTrends=y"]).unwrap();
    assert!(levelled["clusters"][0]["statistic"].as_f64().unwrap() > 1.0);
}

#[test]
fn places_at_one_point_are_one() {
    let rows = "p1 3 2024/1/20\np2 2 2024/1/20\np3 1 2024/1/2\np4 1 2024/1/9\np3 2 2024/1/5\np4 3 2024/1/7\n";
    let folder = folder(&[("run.prm", PRM), ("a.cas", rows), ("a.geo", "p1 0 0\np2 0 0\np3 5 5\np4 9 1\n")]);
    let value = clusters(folder.path(), &[]).unwrap();
    assert_eq!(value["clusters"][0]["places"], serde_json::json!(["p1", "p2"]));
    assert_eq!(value["clusters"][0]["observed"], 5);
}

proptest! {
    #[test]
    fn no_text_of_a_parameter_file_makes_a_panic(text in "(\\[(Input|Analysis|Inference|Temporal Window|x)\\]\n|(CaseFile|StartDate|EndDate|MonteCarloReps|MaxTemporalSize|ModelType|AnalysisType|PrecisionCaseTimes|.{0,9})=[-0-9/.yn]{0,12}\n|\\PC{0,20}\n){0,12}") {
        let _ = Parameters::parse("x", &text, &[]).and_then(|parameters| plan::settings(&parameters).map(|_| ()));
    }

    #[test]
    fn no_bytes_of_any_file_make_a_panic(prm in prop::collection::vec(any::<u8>(), 0..200), cases in prop::collection::vec(any::<u8>(), 0..200), geo in "([a-c]? ?[-0-9.]{0,5}[ ,]?\"?){0,12}") {
        let text = String::from_utf8_lossy(&cases);
        let _ = inputs::cases("c", &text, true, analyst::scan::dates::Unit::Day);
        let _ = inputs::cases("c", &text, false, analyst::scan::dates::Unit::Generic);
        let _ = inputs::people("p", &text, analyst::scan::dates::Unit::Day);
        let _ = inputs::coordinates("g", &geo, false, true);
        let _ = inputs::coordinates("g", &text, true, false);
        let _ = Parameters::parse("x", &String::from_utf8_lossy(&prm), &[text.into_owned()]);
    }

    #[test]
    fn no_rows_and_no_sizes_make_a_panic(
        rows in prop::collection::vec((0_u8..5, 0_u32..4, 0_u32..25), 0..30), points in prop::collection::vec((-3_i8..3, -3_i8..3), 4), model in 0..3, analysis in 1..7,
        longest in 0_u32..95, shortest in 0_u32..4, length in 0_u32..5, weekly in any::<bool>(),
    ) {
        let cases: String = rows.iter().map(|(place, count, day)| format!("p{place} {count} 2024/1/{day}\n")).collect();
        let geo: String = points.iter().enumerate().map(|(at, (x, y))| format!("p{at} {x} {y}\n")).collect();
        let people: String = (0..4).map(|place| format!("p{place} 2024 {}\n", place * 10)).collect();
        let folder = folder(&[("run.prm", PRM), ("a.cas", &cases), ("a.geo", &geo), ("a.pop", &people)]);
        let set = [
            format!("ModelType={model}"), format!("AnalysisType={analysis}"), format!("MaxTemporalSize={longest}"), format!("MinimumTemporalClusterSize={shortest}"),
            format!("TimeAggregationLength={length}"), format!("AdjustForWeeklyTrends={}", if weekly { "y" } else { "n" }), "PopulationFile=a.pop".into(), "ControlFile=a.cas".into(),
            "MonteCarloReps=9".into(), "StudyPeriodCheckType=1".into(), "GeographicalCoordinatesCheckType=1".into(), "NumberParallelProcesses=1".into(),
        ];
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        let _ = clusters(folder.path(), &set);
    }
}

/// The shared benchmark, generated into a folder; none, and said so, where it is missing.
fn benchmark() -> Option<(tempfile::TempDir, PathBuf)> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let bench = shared.join("bench");
    if !bench.join("scan_clusters.csv").exists() {
        eprintln!("SKIPPED: {} is not here", bench.display());
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let run = |script: &str, args: &[&Path]| Command::new("python3").arg(bench.join(script)).args(args).output().is_ok_and(|output| output.status.success());
    let inputs = folder.path().join("in");
    if !run("derive_scan_inputs.py", &[&shared.join("data"), &inputs]) || !run("make_prm.py", &[&inputs, &folder.path().join("prm")]) {
        eprintln!("SKIPPED: no python3, or its generators fail");
        return None;
    }
    Some((folder, bench.join("scan_clusters.csv")))
}

#[test]
fn the_small_runs_of_the_benchmark_give_satscans_clusters() {
    let Some((folder, theirs)) = benchmark() else { return };
    for run in ["nm_un_grid", "nm_adj_grid", "nm_adj_deg", "nh", "mont_emstwp_pro"] {
        let compared = compare(&folder.path().join(format!("prm/{run}.prm")), &theirs).unwrap();
        assert!(compared.theirs > 0 && compared.agrees(), "{compared:?}");
        assert_eq!(compared.same_members, compared.sure, "{compared:?}");
    }
}
