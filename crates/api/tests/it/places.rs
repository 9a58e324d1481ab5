//! The network over HTTP: changed as a whole or not at all, brought in from a workbook, and people who are posted for a while.

use crate::support::{Answer, House, MORNING, multipart, on_a_file, on_both};
use axum::http::header;
use domain::kernel::{DAY, HOUR};
use serde_json::{Value, json};

const ADMIN: &str = "system-admin";
const COMMAND: &str = "unt_330109014_command";
const STATION: &str = "unt_330109014218";

fn acts(acts: Value) -> Value {
    json!({ "acts": acts })
}

fn place(code: &str, name: &str, tier: &str, parent: &str, grid: Option<&str>) -> Value {
    json!({ "act": "put_place", "code": code, "name": name, "tier": tier, "parent": parent, "grid": grid, "edition": "local" })
}

async fn import(house: &House, who: &str, step: &str, name: &str, bytes: &[u8]) -> Answer {
    let mut request = house.request(who, "POST", &format!("/api/v1/places/imports?step={step}"), None).await;
    *request.body_mut() = multipart(name, bytes).into();
    request.headers_mut().insert(header::CONTENT_TYPE, "multipart/form-data; boundary=xyz".parse().unwrap());
    house.send(request).await
}

async fn verified(house: &House) {
    let desk = house.desk.clone();
    let report = tokio::task::spawn_blocking(move || desk.store().read_now(|tx| app::trail::verify(tx, None, &[])).unwrap()).await.unwrap();
    assert_eq!(report.findings, []);
}

#[test]
fn an_edit_keeps_the_network_whole_or_is_refused_with_the_rule_that_it_would_break() {
    on_both(async |house| {
        let path = "/api/v1/places/acts";
        // A grid is added, seen in a preview first.
        let grid = acts(json!([place("330109014218090", "盛中村新网格", "grid", "330109014218", Some("base"))]));
        let mut dry = grid.clone();
        dry["dry_run"] = json!(true);
        let preview = house.post(ADMIN, path, &dry).await.is(200);
        assert_eq!((preview["done"].as_bool(), preview["changes"][0]["act"].as_str()), (Some(false), Some("add")));
        let tree = "/api/v1/places?under=330109014218";
        let before = house.get(ADMIN, tree).await.is(200)["places"].as_array().unwrap().len();
        let done = house.post(ADMIN, path, &grid).await.is(200);
        let after = house.get(ADMIN, tree).await.is(200);
        assert_eq!(after["places"].as_array().unwrap().len(), before + 1);
        let row = after["places"].as_array().unwrap().iter().find(|row| row["code"] == "330109014218090").unwrap();
        assert_eq!((row["station"].as_str(), row["grid"].as_str()), (Some(STATION), Some("base")));
        // Each of these would leave a hole, or two owners.
        let village = place("330109014299", "无站村", "village", "330109014", None);
        for (wrong, rule) in [
            (json!([village]), "no_station"),
            (json!([place("330109014218091", "错网格", "grid", "330109014", Some("base"))]), "grid_parent"),
            (json!([place("330109014218091", "错网格", "grid", "330109014218", Some("market"))]), "grid_code"),
            (
                json!([{ "act": "put_unit", "code": "330109014902", "name": "桥南区块站", "kind": "station", "place": "330109014902", "parent": COMMAND, "overlaps": ["330109014008"] }]),
                "two_area_stations",
            ),
            (json!([{ "act": "put_unit", "code": "second", "name": "第二站", "kind": "station", "place": "330109014218", "parent": COMMAND }]), "two_stations"),
            (json!([{ "act": "put_duties", "unit": STATION, "duties": [{ "kind": "nothing", "role": "lead" }] }]), "category_unknown"),
        ] {
            let problem = house.post(ADMIN, path, &acts(wrong.clone())).await.problem(422, "network_unsound");
            assert!(problem["title"].as_str().unwrap().contains(rule), "{wrong}: {problem}");
        }
        // A village comes in with its station in one go.
        let both = json!([village, { "act": "put_unit", "code": "330109014299", "name": "无站村综治站", "kind": "station", "place": "330109014299", "parent": COMMAND, "functions": ["smart"] }]);
        house.post(ADMIN, path, &acts(both)).await.is(200);
        // Who saw an older row is told who changed it.
        let mut late = grid.clone();
        late["acts"][0]["name"] = json!("改名");
        late["seen"] = json!(done["seq"].as_i64().unwrap() - 1);
        let stale = house.post(ADMIN, path, &late).await.problem(409, "stale");
        assert_eq!(stale["changed"][0]["act"], "add_place");
        late["seen"] = done["seq"].clone();
        house.post(ADMIN, path, &late).await.is(200);
        let history = house.get(ADMIN, "/api/v1/places/history?table=place&key=330109014218090").await.is(200);
        let first = &history[0]["differences"][0];
        assert_eq!((history.as_array().unwrap().len(), first["before"].as_str(), first["after"].as_str()), (2, Some("盛中村新网格"), Some("改名")));
        // Closing on a day: from then on the place resolves to nothing, and a unit with open work stays.
        for who in ["command-head", "shengzhong-chief", "security-admin"] {
            house.post(who, path, &grid).await.problem(403, "not_yours");
        }
        verified(house).await;
    });
}

#[test]
fn rooms_are_booked_without_overlap_and_equipment_is_kept_by_its_own_station() {
    on_a_file(async |house| {
        let page = house.get("shengzhong-chief", &format!("/api/v1/units/{STATION}")).await.is(200);
        let (room, thing) = (page["rooms"][1]["id"].clone(), page["equipment"][6]["id"].clone());
        let book = |from: i64, to: i64| acts(json!([{ "act": "book_room", "room": room, "from_at": from, "to_at": to, "purpose": "mediation" }]));
        let (ten, path) = (MORNING.plus(DAY).0, "/api/v1/places/acts");
        house.post("shengzhong-desk", path, &book(ten, ten + HOUR)).await.is(200);
        let taken = house.post("shengzhong-mediator", path, &book(ten + HOUR / 2, ten + 2 * HOUR)).await.problem(422, "network_unsound");
        assert!(taken["title"].as_str().unwrap().contains("room_taken"));
        house.post("shengzhong-mediator", path, &book(ten + HOUR, ten + 2 * HOUR)).await.is(200);
        let page = house.get("shengzhong-chief", &format!("/api/v1/units/{STATION}")).await.is(200);
        let first = page["rooms"].as_array().unwrap().iter().find(|row| row["id"] == room).unwrap()["bookings"][0]["id"].clone();
        house.post("shengzhong-desk", path, &acts(json!([{ "act": "give_up_booking", "id": first }]))).await.is(200);
        house.post("shengzhong-desk", path, &book(ten, ten + HOUR)).await.is(200);
        let check = acts(json!([{ "act": "check_equipment", "id": thing, "state": "faulty" }]));
        house.post("shengzhong-chief", path, &check).await.is(200);
        house.post("shengzhong-desk", path, &check).await.problem(403, "not_yours");
        house.post("changshan-chief", path, &check).await.problem(403, "not_yours");
        house.get("changshan-chief", &format!("/api/v1/units/{STATION}")).await.problem(403, "not_yours");
        let line = house.get("shengzhong-chief", "/api/v1/units").await.is(200);
        assert_eq!((line["units"].as_array().unwrap().len(), line["units"][0]["faulty"].as_i64()), (1, Some(1)));
        verified(house).await;
    });
}

#[test]
fn a_department_person_posted_to_a_station_takes_a_matter_there_until_the_posting_ends() {
    on_both(async |house| {
        let people = house.get("command-head", "/api/v1/postings/people?words=%E5%85%AC%E5%AE%89").await.is(200);
        let officer = people.as_array().unwrap().iter().find(|row| row["post"] == "unit_officer").unwrap().clone();
        let wish = json!({ "account": officer["account"], "unit": STATION, "home": officer["unit"]["id"], "presence": "resident", "from_at": MORNING.0, "to_at": MORNING.plus(30 * DAY).0 });
        house.post("shengzhong-chief", "/api/v1/postings", &wish).await.problem(403, "not_yours");
        // A matter that the station leads: not seen from the department, seen from the seat at the station.
        let made = house.post("shengzhong-desk", "/api/v1/reports", &crate::life::call()).await.is(201);
        let id = made["id"].as_str().or(made["matter"].as_str()).unwrap().to_owned();
        let read = format!("/api/v1/matters/{id}");
        let version = house.get("shengzhong-desk", &read).await.is(200)["version"].clone();
        let dispatch = json!({ "version": version, "data": { "lead": STATION, "category": "C-02", "level": "simple" } });
        house.post("shengzhong-desk", &format!("{read}/acts/dispatch"), &dispatch).await.is(200);
        house.get("police-officer", &read).await.problem(404, "not_found");
        let holding = house.post("command-head", "/api/v1/postings", &wish).await.is(201)["holding"].as_str().unwrap().to_owned();
        house.post("command-head", "/api/v1/postings", &wish).await.problem(422, "already_posted");
        let version = house.get("police-officer", &read).await.is(200)["version"].clone();
        house.post("police-officer", &format!("{read}/acts/accept"), &json!({ "version": version, "data": {} })).await.is(200);
        let here = house.get("shengzhong-chief", &format!("/api/v1/units/{STATION}/here")).await.is(200);
        assert!(here.as_array().unwrap().iter().any(|row| row["why"] == "posted" && row["home"] == "unt_330109014_police"), "{here}");
        house.call("command-head", "DELETE", &format!("/api/v1/postings/{holding}"), None).await.is(204);
        house.call("command-head", "DELETE", &format!("/api/v1/postings/{holding}"), None).await.problem(422, "posting_over");
        let seats = house.get("police-officer", "/api/v1/session").await.is(200);
        assert!(seats["posts"].as_array().unwrap().iter().all(|post| post["kind"] != "seconded"), "{seats}");
        verified(house).await;
    });
}

#[test]
fn an_import_with_faulty_rows_writes_nothing_and_the_repaired_one_comes_in_as_a_whole() {
    on_both(async |house| {
        let bytes = house.get(ADMIN, "/api/v1/places/tables/units").await.bytes;
        let table = sheets::Table::of("单位.xlsx", &bytes, 1).unwrap();
        let mut rows: Vec<Vec<String>> = table.sheets[0].rows.iter().filter(|row| row.cells[2] == "综治站").map(|row| row.cells.clone()).collect();
        assert_eq!(rows.len(), 26);
        for row in &mut rows {
            row[1] = format!("{}（新）", row[1]);
        }
        let sound = rows.clone();
        rows[3][2] = "站".to_owned();
        rows[7][3] = "330109014999".to_owned();
        rows[11][5] = String::new();
        let written = |rows: &[Vec<String>]| {
            let page = sheets::write::Page { name: "单位".into(), header: table.sheets[0].header.clone(), rows: rows.to_vec() };
            sheets::write::workbook(&[page], MORNING).unwrap()
        };
        let before = house.dump().await;
        let checked = import(house, ADMIN, "check", "单位.xlsx", &written(&rows)).await.is(200);
        let lines: Vec<u64> = checked["faulty"].as_array().unwrap().iter().filter_map(|row| row["line"].as_u64()).collect();
        assert!([5, 9, 13].iter().all(|line| lines.contains(line)), "{checked}");
        let marked = import(house, ADMIN, "marked", "单位.xlsx", &written(&rows)).await;
        let again = sheets::Table::of("标错.xlsx", &marked.bytes, 1).unwrap();
        let wrong = again.sheets[0].header.iter().position(|title| title == sheets::write::WRONG).unwrap();
        assert_eq!(again.sheets[0].rows.iter().filter(|row| !row.cells[wrong].is_empty()).count(), 3);
        import(house, ADMIN, "commit", "单位.xlsx", &written(&rows)).await.problem(422, "import_faulty");
        let same = |dump: &str| dump.lines().filter(|line| !line.contains("session") && !line.contains("csrf")).count();
        assert_eq!(same(&house.dump().await), same(&before), "nothing was written");
        let done = import(house, ADMIN, "commit", "单位.xlsx", &written(&sound)).await.is(200);
        assert_eq!((done["done"].as_bool(), done["forms"][0]["changed"].as_i64(), done["forms"][0]["new"].as_i64()), (Some(true), Some(26), Some(0)));
        let nothing = import(house, ADMIN, "check", "单位.xlsx", &written(&sound)).await.is(200);
        assert_eq!(nothing["changes_in_all"], 0);
        import(house, "command-head", "check", "单位.xlsx", &written(&sound)).await.problem(403, "not_yours");
        import(house, ADMIN, "check", "x.xlsx", b"PK\x03\x04rubbish").await.problem(422, "file_unreadable");
        verified(house).await;
    });
}

#[test]
fn every_form_goes_out_and_comes_in_unchanged_and_duty_lists_are_clean_by_the_shipped_routes() {
    on_a_file(async |house| {
        for form in ["places", "units", "posts", "duties", "rooms", "equipment"] {
            let template = house.get(ADMIN, &format!("/api/v1/places/forms/{form}")).await;
            assert_eq!(sheets::Table::of("t.xlsx", &template.bytes, 1).unwrap().sheets[0].rows.len(), 0, "{form}");
            let bytes = house.get(ADMIN, &format!("/api/v1/places/tables/{form}")).await.bytes;
            let checked = import(house, ADMIN, "check", &format!("{form}.xlsx"), &bytes).await.is(200);
            assert_eq!((checked["faulty"].as_array().unwrap().len(), checked["changes_in_all"].as_i64()), (0, Some(0)), "{form}: {checked}");
        }
        let holders = house.get("security-admin", "/api/v1/places/tables/holders").await.bytes;
        let checked = import(house, "security-admin", "check", "任职.xlsx", &holders).await.is(200);
        assert_eq!((checked["faulty"].as_array().unwrap().len(), checked["forms"][0]["new"].as_i64()), (0, Some(0)), "{checked}");
        // Who is posted goes out with where he comes from, and comes in on another day in another grid.
        let bytes = house.get("command-head", "/api/v1/places/tables/postings").await.bytes;
        let checked = import(house, "command-head", "check", "派驻.xlsx", &bytes).await.is(200);
        assert_eq!(
            (checked["faulty"].as_array().unwrap().len(), checked["forms"][0]["rows"].as_i64(), checked["forms"][0]["new"].as_i64()),
            (0, Some(3), Some(0)),
            "{checked}"
        );
        let header = ["单位代码", "网格代码", "登录名", "派出单位代码", "派驻方式", "每周"];
        let rows: [&[&str]; 3] = [
            &["330109014218", "330109014218002", "police-officer", "330109014_police", "轮驻", "一 三"],
            &["330109014218", "330109014001001", "market-officer", "330109014_market", "随驻", ""],
            &["330109014218", "", "labour-officer", "330109014_market", "轮驻", ""],
        ];
        let checked = import(house, "command-head", "check", "派驻.csv", &csv(&header, &rows)).await.is(200);
        let faulty: Vec<_> = checked["faulty"].as_array().unwrap().iter().map(|row| (row["line"].as_u64(), row["column"].as_str())).collect();
        assert_eq!(faulty, [(Some(3), Some("网格代码")), (Some(4), Some("登录名"))], "{checked}");
        import(house, ADMIN, "commit", "派驻.csv", &csv(&header, &rows[..1])).await.problem(403, "not_yours");
        import(house, "command-head", "commit", "派驻.csv", &csv(&header, &rows[..1])).await.is(200);
        let page = house.get("command-head", &format!("/api/v1/units/{STATION}")).await.is(200);
        let team = page["posts"].as_array().unwrap().iter().find(|post| post["kind"] == "grid_partner").unwrap();
        assert_eq!((team["grid"].as_str(), team["holders"][0]["weekdays"].as_i64()), (Some("330109014218002"), Some(5)), "{team}");
        let told =
            house.get("command-head", &format!("/api/v1/places/history?table=posting&key={}", team["holders"][0]["holding"].as_str().unwrap())).await.is(200);
        assert_eq!(told[0]["act"], "post_posting");
        let duties = house.get(ADMIN, "/api/v1/places/duties").await.is(200);
        assert!(duties["routes"].as_i64().unwrap() > 50 && duties["findings"].as_array().unwrap().is_empty(), "{duties}");
        let none = acts(json!([{ "act": "put_duties", "unit": "unt_330109014_market", "duties": [] }]));
        house.post(ADMIN, "/api/v1/places/acts", &none).await.is(200);
        let duties = house.get(ADMIN, "/api/v1/places/duties").await.is(200);
        assert!(duties["findings"][0]["said"].as_str().unwrap().contains("市场监管"), "{duties}");
        assert!(duties["ownerless"].as_array().unwrap().iter().any(|row| row["code"] == "M-02"), "{duties}");
        let picked = house.get("shengzhong-desk", "/api/v1/places/pick?words=%E7%9B%9B%E4%B8%AD").await.is(200);
        assert_eq!(picked[0]["code"], "330109014218");
    });
}

/// A sheet of these columns and rows as a csv file.
fn csv(header: &[&str], rows: &[&[&str]]) -> Vec<u8> {
    std::iter::once(header).chain(rows.iter().copied()).map(|row| row.join(",")).collect::<Vec<_>>().join("\r\n").into_bytes()
}

#[test]
fn a_duty_list_is_data_of_its_own_with_role_source_and_history_and_routes_are_held_against_it() {
    on_both(async |house| {
        let (path, market) = ("/api/v1/places/acts", "unt_330109014_market");
        let page = house.get(ADMIN, &format!("/api/v1/units/{market}")).await.is(200);
        let mut duties = page["duties"].as_array().unwrap().clone();
        assert!(duties.iter().all(|row| !row["source"].as_str().unwrap().is_empty()), "what is shipped says where it is from");
        // Food goes to the district's bureau: the unit only assists from now on.
        let food = duties.iter_mut().find(|row| row["kind"] == "M-02").unwrap();
        (food["role"], food["source"]) = (json!("assist"), json!("区市场监管局〔2026〕3号"));
        house.post("command-head", path, &acts(json!([{ "act": "put_duties", "unit": market, "duties": duties }]))).await.problem(403, "not_yours");
        house.post(ADMIN, path, &acts(json!([{ "act": "put_duties", "unit": market, "duties": duties }]))).await.is(200);
        let state = house.get("command-head", "/api/v1/places/duties").await.is(200);
        assert_eq!((state["findings"].as_array().unwrap().len(), state["findings"][0]["role"].as_str()), (1, Some("lead")), "{state}");
        assert!(state["ownerless"].as_array().unwrap().iter().any(|row| row["code"] == "M-02"), "{state}");
        let history = house.get(ADMIN, &format!("/api/v1/places/history?table=duties&key={market}")).await.is(200);
        let change = &history[0]["differences"][0];
        assert_eq!((change["field"].as_str(), change["after"].as_str()), (Some("M-02"), Some("assist 区市场监管局〔2026〕3号")), "{history}");
        // A duty that no route reaches is named too.
        duties.push(json!({ "kind": "J-03", "role": "lead", "source": "" }));
        house.post(ADMIN, path, &acts(json!([{ "act": "put_duties", "unit": market, "duties": duties }]))).await.is(200);
        let state = house.get(ADMIN, "/api/v1/places/duties").await.is(200);
        assert_eq!((state["unreached"].as_array().unwrap().len(), state["unreached"][0]["category"].as_str()), (1, Some("J-03")), "{state}");
        // Once a month the system writes down what has no owner; a second turn writes nothing.
        let turn = |desk: app::desk::Desk| tokio::task::spawn_blocking(move || app::dispatch::turn(&desk).unwrap());
        turn(house.desk.clone()).await.unwrap();
        turn(house.desk.clone()).await.unwrap();
        let state = house.get("command-head", "/api/v1/places/duties").await.is(200);
        let months = state["months"].as_array().unwrap();
        assert_eq!((months.len(), months[0]["kinds"].as_array().unwrap().len(), months[0]["kinds"][0]["code"].as_str()), (1, 1, Some("M-02")), "{state}");
        verified(house).await;
    });
}

#[test]
fn a_duty_list_comes_in_from_a_sheet_and_columns_that_are_not_there_change_nothing() {
    on_a_file(async |house| {
        let list = |page: Value| -> Vec<(String, String, String)> {
            let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
            page["duties"].as_array().unwrap().iter().map(|row| (text(row, "kind"), text(row, "role"), text(row, "source"))).collect()
        };
        let unit = "/api/v1/units/unt_330109014_postal";
        let own = |kind: &str, role: &str, source: &str| (kind.to_owned(), role.to_owned(), source.to_owned());
        let whole = csv(
            &["单位代码", "事项类别", "角色", "依据"],
            &[&["330109014_postal", "M-05", "主办", "《快递暂行条例》"], &["330109014_postal", "M-04", "协办", ""]],
        );
        import(house, ADMIN, "commit", "职责清单.csv", &whole).await.is(200);
        let stands = [own("M-04", "assist", ""), own("M-05", "lead", "《快递暂行条例》")];
        assert_eq!(list(house.get(ADMIN, unit).await.is(200)), stands);
        let bare = csv(&["单位代码", "事项类别"], &[&["330109014_postal", "M-05"], &["330109014_postal", "M-04"]]);
        assert_eq!(import(house, ADMIN, "check", "职责清单.csv", &bare).await.is(200)["changes_in_all"], 0);
        let twice = csv(&["单位代码", "事项类别"], &[&["330109014_postal", "M-05"], &["330109014_postal", "M-05"]]);
        assert_eq!(import(house, ADMIN, "check", "职责清单.csv", &twice).await.is(200)["faulty"].as_array().unwrap().len(), 1);
        // Every other form: the required columns alone change nothing.
        let required: [(&str, &[&str]); 6] = [
            ("places", &["代码", "名称", "层级", "上级代码"]),
            ("units", &["单位代码", "名称", "类型", "地点代码"]),
            ("posts", &["单位代码", "网格代码", "岗位"]),
            ("rooms", &["单位代码", "功能区", "名称"]),
            ("equipment", &["单位代码", "种类", "名称"]),
            ("duties", &["单位代码", "事项类别"]),
        ];
        for (form, titles) in required {
            let bytes = house.get(ADMIN, &format!("/api/v1/places/tables/{form}")).await.bytes;
            let sheet = sheets::Table::of("t.xlsx", &bytes, 1).unwrap().sheets.swap_remove(0);
            let at: Vec<usize> = titles.iter().map(|title| sheet.header.iter().position(|own| own == title).unwrap()).collect();
            let cut = |cells: &[String]| at.iter().map(|n| cells[*n].clone()).collect::<Vec<_>>();
            let page =
                sheets::write::Page { name: sheet.name.clone(), header: cut(&sheet.header), rows: sheet.rows.iter().map(|row| cut(&row.cells)).collect() };
            let checked = import(house, ADMIN, "check", "t.xlsx", &sheets::write::workbook(&[page], MORNING).unwrap()).await.is(200);
            assert_eq!((checked["faulty"].as_array().unwrap().len(), checked["changes_in_all"].as_i64()), (0, Some(0)), "{form}: {checked}");
        }
        // An empty cell of a column that is there clears.
        let cleared = csv(&["单位代码", "事项类别", "依据"], &[&["330109014_postal", "M-05", ""], &["330109014_postal", "M-04", ""]]);
        import(house, ADMIN, "commit", "职责清单.csv", &cleared).await.is(200);
        assert_eq!(list(house.get(ADMIN, unit).await.is(200)), [own("M-04", "assist", ""), own("M-05", "lead", "")]);
        verified(house).await;
    });
}

#[test]
fn a_workbook_that_unpacks_to_too_much_is_refused_by_its_own_code() {
    on_a_file(async |house| {
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        archive.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated)).unwrap();
        for _ in 0..400 {
            std::io::Write::write_all(&mut archive, &vec![b' '; 1024 * 1024]).unwrap();
        }
        let bomb = archive.finish().unwrap().into_inner();
        let began = std::time::Instant::now();
        import(house, ADMIN, "check", "x.xlsx", &bomb).await.problem(422, "table_too_large");
        assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    });
}

#[test]
fn what_is_closed_is_named_in_what_was_and_taken_for_nothing_new() {
    on_both(async |house| {
        let path = "/api/v1/places/acts";
        let catalog = async |list: &str, key: &str, id: &str| {
            let whole = house.get("command-head", "/api/v1/catalog").await.is(200);
            whole[list].as_array().unwrap().iter().find(|row| row[key] == id).unwrap()["open"].as_bool().unwrap()
        };
        let (grid, group) = ("330109014218002", "unt_330109014_group_law");
        assert!(catalog("places", "code", grid).await && catalog("units", "id", group).await);
        let yesterday = MORNING.plus(-DAY).day().written();
        let mut row = place(grid, "盛中村第2网格", "grid", "330109014218", Some("base"));
        row["valid_to"] = json!(yesterday);
        let unit = json!({ "act": "put_unit", "code": "330109014_group_law", "name": "法治宣传与督查考核组", "kind": "group", "place": "330109014", "function": "group_law", "parent": "unt_330109014_office", "valid_to": yesterday });
        house.post(ADMIN, path, &acts(json!([row, unit]))).await.is(200);
        assert!(!catalog("places", "code", grid).await && !catalog("units", "id", group).await, "named still, and not open");
        let picked = house.get("shengzhong-desk", "/api/v1/places/pick?words=330109014218002").await.is(200);
        assert_eq!(picked.as_array().unwrap().len(), 0);
        let history = house.get(ADMIN, &format!("/api/v1/places/history?table=place&key={grid}")).await.is(200);
        assert_eq!(history[0]["act"], "close_place");
        // A new matter cannot be there, and none can go to the closed unit.
        let mut call = crate::life::call();
        call["place"] = json!(grid);
        house.post("shengzhong-desk", "/api/v1/reports", &call).await.problem(422, "place_closed");
        let made = house.post("shengzhong-desk", "/api/v1/reports", &crate::life::call()).await.is(201);
        let read = format!("/api/v1/matters/{}", made["id"].as_str().or(made["matter"].as_str()).unwrap());
        let version = house.get("shengzhong-desk", &read).await.is(200)["version"].clone();
        let dispatch = json!({ "version": version, "data": { "lead": group, "category": "C-02", "level": "simple" } });
        house.post("command-1", &format!("{read}/acts/dispatch"), &dispatch).await.problem(422, "unit_closed");
        verified(house).await;
    });
}
