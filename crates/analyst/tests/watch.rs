//! `watch` by its files: what must not change a result, refusals, and the whole way from a table to a table.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use clap::Parser;
use proptest::prelude::*;
use std::fmt::Write as _;
use std::path::Path;

#[derive(Parser)]
struct Bench {
    #[command(subcommand)]
    command: analyst::watch::Command,
}

fn does(words: &[&str]) -> anyhow::Result<()> {
    let command = Bench::try_parse_from(std::iter::once("watch").chain(words.iter().copied()))?.command;
    analyst::watch::run(command).map(drop)
}

fn run(folder: &Path, table: &str, more: &[&str]) -> anyhow::Result<Vec<Vec<String>>> {
    let (input, output) = (folder.join("数.csv"), folder.join("出.csv"));
    std::fs::write(&input, table)?;
    let mut words = vec!["run", "--input", input.to_str().unwrap(), "--output", output.to_str().unwrap(), "--date", "date"];
    words.extend(more);
    does(&words)?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    for row in csv::Reader::from_path(&output)?.records() {
        rows.push(row?.iter().map(str::to_owned).collect());
    }
    Ok(rows)
}

const NAMED: &[&str] = &["--series", "place", "--count", "n"];

/// Weekly counts of some places over four years; the last week of the first is much too high.
fn table(name: &dyn Fn(usize) -> String) -> Vec<String> {
    let monday = jiff::civil::date(2020, 1, 6);
    let mut rows = Vec::new();
    for place in 0..4_usize {
        for week in 0..208_i32 {
            let usual = 4 + (week * 7 + place as i32 * 3) % 5 + (week % 52) / 13;
            let count = if place == 0 && week == 207 { 60 } else { usual };
            rows.push(format!("{},{},{count}", name(place), monday.checked_add(jiff::Span::new().days(week * 7)).unwrap()));
        }
    }
    rows
}

fn whole(rows: &[String]) -> String {
    rows.iter().fold("place,date,n\n".to_owned(), |mut text, row| {
        let _ = writeln!(text, "{row}");
        text
    })
}

#[test]
fn neither_the_order_of_rows_nor_names_nor_threads_change_a_result() {
    let folder = tempfile::tempdir().unwrap();
    let rows = table(&|place| format!("p{place}"));
    let plain = run(folder.path(), &whole(&rows), NAMED).unwrap();
    let last: Vec<&Vec<String>> = plain.iter().filter(|row| row[1] == "2023-12-25").collect();
    assert_eq!(last.len(), 4);
    assert!(last[0][0] == "p0" && last[0][7] == "1" && last[1][7] == "0");
    assert!(last[0][6].parse::<f64>().unwrap() >= last[0][5].parse::<f64>().unwrap());
    let mut turned = rows.clone();
    turned.reverse();
    turned.swap(3, 400);
    assert_eq!(run(folder.path(), &whole(&turned), NAMED).unwrap(), plain);
    let mut threads = NAMED.to_vec();
    threads.extend(["--threads", "3"]);
    assert_eq!(run(folder.path(), &whole(&rows), &threads).unwrap(), plain);
    let named = run(folder.path(), &whole(&table(&|place| format!("村{place}"))), NAMED).unwrap();
    let bare = |rows: &[Vec<String>]| rows.iter().map(|row| row[1..].to_vec()).collect::<Vec<_>>();
    assert_eq!(bare(&named), bare(&plain));
}

#[test]
fn events_and_days_are_summed_and_gaps_are_noughts() {
    let folder = tempfile::tempdir().unwrap();
    let mut events = String::from("date\n");
    for day in 0..120_i32 {
        let date = jiff::civil::date(2024, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
        // Nothing in the third week.
        let times = if (14..21).contains(&day) { 0 } else { 1 + day % 3 };
        (0..times).for_each(|_| writeln!(events, "{date}").unwrap());
    }
    let weeks = run(folder.path(), &events, &["--every", "week", "--method", "c1"]).unwrap();
    assert_eq!(weeks.first().unwrap()[1], "2024-02-19");
    let days = run(folder.path(), &events, &["--method", "c2"]).unwrap();
    let quiet = days.iter().find(|row| row[1] == "2024-01-18").unwrap();
    assert_eq!((quiet[2].as_str(), days.len()), ("0", 120 - 9));
    let months = run(folder.path(), &events, &["--every", "month", "--method", "c1", "--baseline", "3"]).unwrap();
    assert_eq!(months.len(), 1);
}

#[test]
fn a_rate_of_false_discovery_takes_back_what_chance_gives() {
    let folder = tempfile::tempdir().unwrap();
    let rows = table(&|place| format!("p{place}"));
    let mut more = NAMED.to_vec();
    more.extend(["--fdr", "0.0001", "--last", "1"]);
    let found = run(folder.path(), &whole(&rows), &more).unwrap();
    assert_eq!(found.iter().filter(|row| row[7] == "1").count(), 1);
}

#[test]
fn a_holiday_is_no_alarm_where_the_calendar_knows_it_and_days_are_forecast() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::from("date,n\n");
    let mut calendar = String::from("day\tkind\tname\tsource\tedition\n");
    for day in 0..800_i64 {
        let date = jiff::civil::date(2023, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
        let busy = date.day() == 17 && date.month() % 2 == 0;
        writeln!(text, "{date},{}", if busy { 60 } else { 18 + day * day % 7 }).unwrap();
        if busy {
            writeln!(calendar, "{date}\tholiday\t节\t例\t2022-12-01").unwrap();
        }
    }
    let file = folder.path().join("历.tsv");
    std::fs::write(&file, &calendar).unwrap();
    let alarms = |rows: Vec<Vec<String>>| rows.iter().filter(|row| row[7] == "1").count();
    let more = ["--count", "n", "--last", "120", "--reweight", "0"];
    let blind = alarms(run(folder.path(), &text, &more).unwrap());
    let mut told = more.to_vec();
    told.extend(["--calendar", file.to_str().unwrap()]);
    let knowing = alarms(run(folder.path(), &text, &told).unwrap());
    assert!(blind >= 2 && knowing == 0, "{blind} {knowing}");
    let input = folder.path().join("数.csv");
    let output = folder.path().join("预.csv");
    let words =
        ["forecast", "--input", input.to_str().unwrap(), "--date", "date", "--count", "n", "--ahead", "30", "--check", "--output", output.to_str().unwrap()];
    does(&words).unwrap();
    let rows: Vec<csv::StringRecord> = csv::Reader::from_path(&output).unwrap().records().collect::<Result<_, _>>().unwrap();
    let number = |row: &csv::StringRecord, at: usize| row[at].parse::<f64>().unwrap();
    let held = rows.iter().filter(|row| (number(row, 3)..=number(row, 4)).contains(&number(row, 5))).count();
    assert!(rows.len() == 30 && held >= 27, "{held} of {}", rows.len());
}

#[test]
fn what_cannot_be_read_is_refused_with_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    for (text, more, said) in [
        ("place,date,n\na,2024-01-01,3\na,2024-01-08,x\n", NAMED, "数.csv 第3行"),
        ("place,date,n\na,2024-01-01,-3\n", NAMED, "“-3”"),
        ("place,date,n\na,2024-01-01,2.5\n", NAMED, "“2.5”"),
        ("place,date,n\na,2024-13-01,2\n", NAMED, "数.csv 第2行"),
        ("place,date,n\na,1,2\na,2024-01-01,2\n", NAMED, "数.csv 第3行"),
        ("place,date,n\n", NAMED, "没有可用的行"),
        ("place,date,n\na,1,2\na,9000000,2\n", NAMED, "太长"),
        ("place,date,n\na,1,2\n", &["--count", "m"], "“m”"),
        ("place,date,n\na,1,2\n", &["--count", "n", "--parts", "60"], "--parts"),
        ("place,date,n\na,1,2\n", &["--count", "n", "--alpha", "2"], "--alpha"),
        ("place,date,n\na,1,2\n", &["--count", "n", "--fdr", "2"], "--fdr"),
        ("place,date,n\na,2024-01-01,2\n", &["--count", "n", "--every", "number"], "--every number"),
        ("place,date,n\na,1,2\n", &["--count", "n", "--calendar", "没有.tsv"], "没有.tsv"),
    ] {
        let error = format!("{:#}", run(folder.path(), text, more).unwrap_err());
        assert!(error.contains(said), "{text}: {error}");
        assert!(!folder.path().join("出.csv").exists());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_bytes_make_it_panic(bytes in prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        "date,n\n([0-9]{1,4}(-[0-9]{1,2}){0,2},[0-9.e-]{1,6}\n){0,20}".prop_map(String::into_bytes),
    ]) {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("数.csv");
        std::fs::write(&input, &bytes).unwrap();
        for how in [&["run", "--method", "farrington"][..], &["run", "--method", "c3"], &["forecast"], &["eval", "--marks", "n"]] {
            let mut words = how.to_vec();
            words.extend(["--input", input.to_str().unwrap(), "--date", "date", "--count", "n", "--json"]);
            let _ = does(&words);
        }
    }
}
