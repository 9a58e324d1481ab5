use super::*;
use crate::dispatch::{ClockKind, Mark, defaults};
use std::collections::BTreeSet;

#[test]
fn the_shipped_book_reads_and_writes_itself() {
    let book = Book::read(SHIPPED).unwrap();
    assert_eq!(book, Book::shipped());
    assert_eq!(book.policies(), defaults());
    assert_eq!(book.written(), SHIPPED);
    assert!(book.policies().iter().all(|p| !p.name.is_empty() && !p.from.is_empty()));
}

#[test]
fn every_row_of_the_master_table_has_a_policy_but_the_unknown_one() {
    let book = Book::shipped();
    let rows: BTreeSet<u32> = book.policies().iter().filter_map(|p| p.row.as_ref()?.parse().ok()).collect();
    assert_eq!((1..=47).filter(|row| !rows.contains(row)).collect::<Vec<_>>(), [8], "12345 in Hangzhou is not published");
    let law: BTreeSet<u32> = book.policies().iter().filter(|p| p.mark == Mark::L).filter_map(|p| p.row.as_ref()?.parse().ok()).collect();
    assert_eq!(law.into_iter().collect::<Vec<_>>(), (10..=45).collect::<Vec<_>>());
}

#[test]
fn extensions_are_in_a_unit_of_their_policy() {
    for policy in defaults() {
        if let Extension::AtMost { each, .. } = policy.extension {
            assert!(policy.spans().any(|span| span.unit == each.unit), "{}", policy.id);
        }
    }
}

#[test]
fn faults_are_named_with_their_line() {
    let line = |row: &str| Book::read(&format!("{HEADER}\n\n{row}\n")).unwrap_err().to_string();
    let good = "a.b\t-\tfinish\t-\t-\t7d\t-\t-\t收到\tescalate\t80 100\tI\t来源\t名称";
    assert!(Book::read(&format!("{HEADER}\n{good}\n")).is_ok());
    assert_eq!(line("a\tb"), "第 3 行：有 2 列，须有 14 列，以制表符分隔");
    assert_eq!(line(&good.replace("7d", "7x")), "第 3 行：期限 \"7x\" 须为数字加 min、h、wh、d、wd 或 mo");
    assert_eq!(line(&good.replace("finish", "ende")), "第 3 行：\"ende\" 不是 ClockKind 中的代码");
    assert_eq!(line(&good.replace("80 100", "80 x")), "第 3 行：阶梯 \"x\" 须为百分数");
    assert_eq!(Book::read(&format!("{HEADER}\n{good}\n{good}")).unwrap_err().to_string(), "第 3 行：a.b 已有一行");
    assert!(Book::read("id\n").unwrap_err().to_string().starts_with("第 1 行：表头须为"));
}

#[test]
fn the_law_can_be_tightened_and_never_loosened() {
    let with = |change: &str| {
        let row = Book::shipped().written().lines().find(|line| line.starts_with("petition.finish\t")).unwrap().to_owned();
        let (from, to) = change.split_once('→').unwrap();
        assert!(row.contains(from));
        Book::shipped().with(Book::read(&format!("{HEADER}\n{}\n", row.replacen(from, to, 1))).unwrap())
    };
    let tighter = with("\t60d\t→\t45d\t").unwrap();
    assert_eq!((tighter.get("petition.finish").unwrap().span, tighter.get("petition.finish").unwrap().version), (Span::days(45), 2));
    assert!(with("+30d→+15d").is_ok() && with("+30d→-").is_ok() && with("\t60d\t→\t60d|40wd\t").is_ok());
    for (change, datum) in [
        ("\t60d\t→\t61d\t", "span"),
        ("\t60d\t→\t60wd\t", "span"),
        ("+30d→+30d*2", "extend"),
        ("+30d→+*", "extend"),
        ("+30d\t-→+30d\tconsent", "pause"),
        ("\tL\t→\tI\t", "mark"),
    ] {
        let Err(Refusal::Rule { code, datum: found, said }) = with(change) else { panic!("{change} was taken") };
        assert_eq!((code, found), ("law_loosened", Some(datum)));
        assert!(said.contains("信访工作条例第34条"), "{said}");
    }
    let keep = |span: &str| {
        let row = Book::shipped().written().lines().find(|line| line.starts_with("video.keep\t")).unwrap().replace(">=30d", span);
        Book::shipped().with(Book::read(&format!("{HEADER}\n{row}\n")).unwrap())
    };
    assert!(keep(">=90d").is_ok(), "kept longer");
    assert!(keep(">=29d").is_err() && keep("90d").is_err());
    assert!(
        Book::shipped().with(Book::read(&format!("{HEADER}\ncheck\t-\tcheck\t-\t-\t9wd\t-\t-\t反馈\tescalate\t100\tI\t本街道\t核查\n")).unwrap()).is_ok(),
        "defaults are the installation's"
    );
}

#[test]
fn another_level_is_another_row_of_the_same_clock() {
    let book = Book::shipped();
    let level = |id: &str, level| book.at_level(book.get(id).unwrap(), level).unwrap().id.clone();
    assert_eq!(level("finish.ordinary", Level::Complex), "finish.complex");
    assert_eq!(level("finish", Level::Simple), "finish.simple");
    assert_eq!(level("finish.extreme", Level::Hard), "finish.extreme");
    assert_eq!(level("petition.finish", Level::Hard), "petition.finish");
    assert_eq!(level("accept", Level::Hard), "accept");
    assert!(book.policies().iter().all(|p| p.kind != ClockKind::Statutory || p.level.is_none()));
}
