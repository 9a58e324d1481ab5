//! What stands in the way is one sentence and exit code 2, and nothing is touched.

use crate::support::{House, said, xinjiean};

fn refused(output: &std::process::Output, with: &str) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(with) && !said.contains("panicked") && !said.contains("backtrace"), "{said}");
    assert_eq!(said.trim().lines().count(), 1, "{said}");
}

#[test]
fn a_second_process_is_refused_with_one_sentence() {
    let house = House::demo();
    let holder = house.desk();
    refused(&house.run(&["serve", "--listen", "127.0.0.1:0"]), "另一个进程正在使用数据库");
    refused(&house.run(&["migrate"]), "另一个进程正在使用数据库");
    drop(holder);
    assert!(house.run(&["migrate"]).status.success());
}

#[test]
fn what_cannot_be_served_is_refused() {
    let house = House::empty();
    refused(&house.run(&["serve", "--listen", "127.0.0.1:0"]), "还没有安装");
    refused(&house.run(&["serve", "--listen", "0.0.0.0:0"]), "trusted_proxy");
    refused(&xinjiean(&["serve", "--config", "/nowhere.toml"]).output().unwrap(), "/nowhere.toml");
    let house = House::demo();
    std::fs::remove_file(house.key()).unwrap();
    refused(&house.run(&["serve", "--listen", "127.0.0.1:0"]), "密钥文件");
    drop(house.keys());
    std::fs::write(house.database(), "this is not a database at all").unwrap();
    refused(&house.run(&["trail", "verify"]), "不是数据库文件");
}

const NETWORK: &str = r#"
[[place]]
code = "330109"
name = "某区"
tier = "district"
[[place]]
code = "330109015"
name = "某街道"
tier = "street"
[[unit]]
code = "command"
name = "某街道指挥室"
kind = "command_room"
place = "330109015"
function = "command"
posts = ["command_head", "duty_officer", "system_admin", "security_admin"]
"#;

#[test]
fn real_data_is_neither_practised_on_nor_turned_into_a_demonstration() {
    let house = House::empty();
    let file = house.path().join("network.toml");
    std::fs::write(&file, NETWORK).unwrap();
    let words = ["install", "--name", "某街道", "--admin-login", "admin", "--admin-name", "甲", "--network", file.to_str().unwrap()];
    let installed = house.run(&words);
    assert!(installed.status.success() && said(&installed).contains("只显示这一次"), "{}", said(&installed));
    refused(&house.run(&words), "不会覆盖");
    refused(&house.run(&["demo", "--once", "--days", "0"]), "正式数据");
    refused(&house.run(&["serve", "--practice", "--listen", "127.0.0.1:0"]), "不能用于练习");

    // People and posts from the shell, each an entry of the trail.
    assert!(house.run(&["account", "add", "head", "--name", "乙", "--post", "pst_command_command_head"]).status.success());
    refused(&house.run(&["account", "post", "head", "pst_command_security_admin"]), "管理员");
    assert!(house.run(&["account", "post", "head", "pst_command_duty_officer"]).status.success());
    refused(&house.run(&["account", "post", "head", "pst_nothing"]), "pst_nothing");
    refused(&house.run(&["account", "add", "head", "--name", "丙"]), "已有人用");
    assert!(house.run(&["account", "reset-password", "head"]).status.success());
    assert!(house.run(&["account", "disable", "head"]).status.success());
    let listed = said(&house.run(&["account", "list"]));
    assert!(listed.contains("head") && listed.contains("（停用）"), "{listed}");
    let proven = house.run(&["trail", "verify"]);
    assert!(proven.status.success(), "{}", said(&proven));
    assert!(house.run(&["trail", "checkpoint"]).status.success());
    assert_eq!(std::fs::read_dir(house.path().join("checkpoints")).unwrap().count(), 1);
}

#[test]
fn an_import_says_what_it_did_row_by_row() {
    let house = House::demo();
    let (list, map, errors) = (house.path().join("list.csv"), house.path().join("map.toml"), house.path().join("errors.csv"));
    std::fs::write(&list, "编号,时间,标题,内容\nA1,2026-11-01 09:00,楼道堆物,楼道里堆了沙发，消防通道走不了\nA2,什么时候,坏行,没有时间\n").unwrap();
    std::fs::write(&map, "name = \"试\"\n[columns]\nsource_id = \"编号\"\nreceived_at = \"时间\"\ntitle = \"标题\"\nsaid = \"内容\"\n").unwrap();
    let words = ["import", "reports", list.to_str().unwrap(), "--map", map.to_str().unwrap(), "--station", "330109014218"];
    let dry = house.run(&[&words[..], &["--dry-run"]].concat());
    assert!(said(&dry).contains("将新建 1") && dry.status.code() == Some(1), "{}", said(&dry));
    let first = house.run(&[&words[..], &["--mode", "historical", "--errors", errors.to_str().unwrap()]].concat());
    assert!(said(&first).contains("新建 1") && said(&first).contains("第3行"), "{}", said(&first));
    assert!(std::fs::read_to_string(errors).unwrap().contains("list.csv"));
    assert!(said(&house.run(&words)).contains("未变 1"));
    refused(&house.run(&["import", "reports", list.to_str().unwrap(), "--map", map.to_str().unwrap(), "--station", "1"]), "没有代码为");
}
