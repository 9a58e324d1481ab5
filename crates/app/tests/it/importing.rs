//! Imports: lists of the past and of today, dry and real, twice, with changed rows.

use crate::support::{HOME, House, on_both};
use app::intake::import::{Import, Mode, Outcome};
use app::intake::mapping::Mapping;
use domain::accounts::Actor;
use domain::kernel::{DAY, Instant, UnitId};
use domain::matters::{Matter, State};
use sheets::Table;
use std::sync::Arc;

/// An office's export: GB18030, Chinese headers.
pub(crate) fn small_csv() -> Table {
    let text = "工单编号,受理时间,诉求标题,诉求内容,诉求人,联系电话,地址,答复意见,答复时间\n\
                A-1,2026-11-02 08:10,押金不退,房东不退押金，已经三个月,王阿根,13700137001,盛中村 5 组,已调解退还,2026-11-05 10:00\n\
                A-2,2026-11-03 09:20,楼道充电,楼道里有人给电动车飞线充电，怕起火,李梅,13700137002,盛中村 2 组 8 号,,\n\
                A-3,2026-11-04 10:30,噪音,夜里烧烤摊太吵,,[手机号],盛中村口,,\n\
                A-4,不知道,坏的,这一行没有时间,,,,,\n\
                A-5,2026-11-05 11:40,电话错,路灯坏了,张三,打不通的,盛中村 1 组,,\n";
    let (bytes, _, _) = encoding_rs::GB18030.encode(text);
    Table::of("十一月.csv", &bytes, 1).unwrap()
}

pub(crate) fn mapping(table: &Table) -> Mapping {
    let mapping = Mapping::suggest("十一月工单", &table.sheets[0].header);
    assert_eq!(mapping.lint(table), Vec::<String>::new());
    Mapping::parse(&mapping.to_toml()).unwrap()
}

/// Imports a table at the home station.
pub(crate) fn import(house: &House, login: &str, table: &Table, mode: Mode, dry_run: bool) -> Outcome {
    import_as(house, &house.who(login), table, mode, dry_run)
}

fn import_as(house: &House, actor: &Actor, table: &Table, mode: Mode, dry_run: bool) -> Outcome {
    let station = UnitId::from(HOME);
    let mut told = Vec::new();
    let import = Import { desk: &house.desk, actor, table, mapping: &mapping(table), station: &station, mode, dry_run };
    let outcome = import.run(|done, of| told.push((done, of))).unwrap();
    assert_eq!(told.last(), Some(&(outcome.rows, outcome.rows)), "progress is told to the end");
    outcome
}

fn imported(house: &House, source_id: &'static str) -> Matter {
    let id = house.read(move |tx| Ok(store::intake::imported(tx, "十一月工单", source_id)?.unwrap().matter));
    house.matter(&id)
}

fn dump(house: &House) -> Arc<String> {
    let path = house.folder.join("state.jsonl");
    house.desk.store().dump_to(&path, Instant(0)).unwrap();
    Arc::new(std::fs::read_to_string(path).unwrap())
}

#[test]
fn a_dry_run_says_what_a_real_one_does_and_changes_nothing() {
    on_both(|house| {
        let table = small_csv();
        assert_eq!(table.encoding, "GB18030");
        for mode in [Mode::Live, Mode::Historical] {
            let before = dump(house);
            let dry = import(house, "shengzhong-desk", &table, mode, true);
            assert_eq!(dump(house), before, "a dry run has written");
            assert_eq!((dry.rows, dry.made, dry.refused.len()), (5, 3, 2), "{:?}", dry.refused);
            assert_eq!(dry.answered, u64::from(mode == Mode::Historical));
            let places: Vec<(&str, u64)> = dry.refused.iter().map(|error| (error.file.as_str(), error.row)).collect();
            assert_eq!(places, [("十一月.csv", 5), ("十一月.csv", 6)]);
            assert!(dry.refused[0].reason.contains("不知道") && dry.refused[1].reason.contains("电话"), "{:?}", dry.refused);
        }
        let dry = import(house, "shengzhong-desk", &table, Mode::Historical, true);
        assert_eq!(import(house, "shengzhong-desk", &table, Mode::Historical, false), dry);
        house.assert_whole();
    });
}

#[test]
fn a_list_of_the_past_counts_from_today_and_its_replies_close() {
    on_both(|house| {
        let began = house.now();
        import(house, "shengzhong-desk", &small_csv(), Mode::Historical, false);
        let (answered, open) = (imported(house, "A-1"), imported(house, "A-2"));
        assert_eq!((answered.state, answered.result.map(|result| result.code())), (State::Closed, Some("explained")));
        assert_eq!(answered.open_tasks().count(), 0, "nobody is called back about what was answered long ago");
        assert_eq!((open.state, open.received_at.written().as_str(), open.counts_from), (State::Registered, "2026-11-03 09:20", began));
        assert!(open.clocks.iter().all(|clock| clock.started_at >= began && clock.next_at.is_none_or(|at| at >= began)));
        // Nothing that lies before the import is fired now.
        assert_eq!(house.sweep(), 0);
        let lineage = open.reports[0].lineage.clone().unwrap();
        assert_eq!((lineage.file.as_str(), lineage.sheet.as_str(), lineage.row, lineage.source_id.as_str()), ("十一月.csv", "", 3, "A-2"));
        assert!(open.reports[0].phone.is_some() && imported(house, "A-3").reports[0].phone.is_none(), "a masked number is no number");
        let leaf = domain::intake::classify("楼道充电", "楼道里有人给电动车飞线充电，怕起火", None).leaf.map(|guess| guess.code);
        assert_eq!(open.category.as_deref(), leaf, "the leaf that the words tell");
        house.assert_whole();
    });
}

#[test]
fn a_list_of_today_counts_from_receipt() {
    on_both(|house| {
        import(house, "shengzhong-desk", &small_csv(), Mode::Live, false);
        let matter = imported(house, "A-1");
        assert_eq!((matter.state, matter.counts_from), (State::Registered, matter.received_at));
        assert!(house.sweep() > 0, "weeks after receipt the triage clocks are long due");
        assert!(house.sweep() == 0);
        house.assert_whole();
    });
}

#[test]
fn a_second_import_changes_nothing_and_names_what_changed() {
    on_both(|house| {
        let first = import(house, "shengzhong-desk", &small_csv(), Mode::Historical, false);
        assert_eq!((first.made, first.unchanged), (3, 0));
        let events = house.assert_whole().entries;
        house.pass(DAY);
        let again = import(house, "shengzhong-desk", &small_csv(), Mode::Historical, false);
        assert_eq!((again.made, again.unchanged, again.changed.len(), again.refused.len()), (0, 3, 0, 2));
        let mut changed = small_csv();
        changed.sheets[0].rows[1].cells[3] = "楼道里又有人飞线充电".to_owned();
        let number = imported(house, "A-2").number;
        for dry in [true, false] {
            let outcome = import(house, "shengzhong-desk", &changed, Mode::Historical, dry);
            assert_eq!((outcome.unchanged, outcome.changed), (2, vec![("A-2".to_owned(), number.clone())]));
        }
        assert_eq!(house.assert_whole().entries, events);
    });
}

#[test]
fn a_workbook_is_imported_with_its_sheet() {
    on_both(|house| {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.set_name("台账").unwrap();
        let rows = [
            ["编号", "受理时间", "内容", "联系电话", "村社"],
            ["1", "2026-11-20 14:05", "停水两天了", "0571-82610000", "盛中村"],
            ["2", "2026-11-21", "路灯坏了", "", "盛中村"],
        ];
        for (row, cells) in (0_u32..).zip(rows) {
            for (column, cell) in (0_u16..).zip(cells) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
        let table = Table::of("台账.xlsx", &book.save_to_buffer().unwrap(), 1).unwrap();
        let outcome = import(house, "shengzhong-desk", &table, Mode::Live, false);
        assert_eq!((outcome.made, outcome.refused.len()), (2, 0), "{:?}", outcome.refused);
        let lineage = imported(house, "1").reports[0].lineage.clone().unwrap();
        assert_eq!((lineage.file.as_str(), lineage.sheet.as_str(), lineage.row), ("台账.xlsx", "台账", 2));
        house.assert_whole();
    });
}

#[test]
fn who_may_not_register_may_not_import() {
    on_both(|house| {
        let outcome = import(house, "auditor", &small_csv(), Mode::Live, false);
        assert_eq!((outcome.made, outcome.refused.len()), (0, 5));
        assert_eq!(house.assert_whole().matters, 0);
    });
}
