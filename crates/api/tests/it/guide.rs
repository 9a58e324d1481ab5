//! The guide: its commands are run as they are written, with the machine's own bash and curl, against a server on a port of this machine.

use crate::support::on_both;
use std::path::Path;
use std::process::{Command, Stdio};

fn guide() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide/api.md")).unwrap()
}

/// The shell blocks of the guide, as one script.
fn script() -> String {
    let (mut script, mut inside) = (String::new(), false);
    for line in guide().lines() {
        match line {
            "```sh" => inside = true,
            "```" => inside = false,
            _ if inside => script += &format!("{line}\n"),
            _ => {}
        }
    }
    script
}

#[test]
fn the_guide_runs_as_written() {
    let there = |program: &str| Command::new(program).arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success());
    if !(there("bash") && there("curl")) {
        eprintln!("SKIPPED: bash or curl is missing, so the commands of docs/guide/api.md were NOT run. Install curl.");
        return;
    }
    on_both(async |house| {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(axum::serve(listener, house.router.clone()).into_future());
        let out = tokio::task::spawn_blocking(move || {
            let folder = tempfile::tempdir().unwrap();
            let mut bash = Command::new("bash");
            bash.args(["-euo", "pipefail", "-c", &script()]).current_dir(folder.path()).stdin(Stdio::null());
            bash.env("BASE", base).env_remove("PASSWORD").env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1").output().unwrap()
        })
        .await
        .unwrap();
        server.abort();
        let (told, wrong) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        assert!(out.status.success(), "the guide stops: {wrong}\nit had said: {told}");
        let acts = ["dispatch → offered", "accept → working", "feed_back → fed_back", "check → callback", "call_back → callback", "close → closed"];
        for act in acts {
            assert!(told.contains(act), "the guide did not come to {act}: {told}");
        }
        assert!(told.contains(r#""phone":"13800138000""#) && told.contains("event: change"), "{told}");
        let list = house.get("command-1", "/api/v1/matters").await.is(200);
        assert_eq!((&list["total"]["n"], &list["rows"][0]["state"]), (&serde_json::json!(1), &serde_json::json!("closed")));
    });
}

#[test]
fn the_guide_lists_all_problems() {
    let guide = guide();
    let list = guide.split("by a test -->\n").nth(1).and_then(|rest| rest.split("<!-- /problems -->").next()).unwrap();
    assert!(list == api::problems(), "the table of problems in docs/guide/api.md is not tests/problems.table");
}
