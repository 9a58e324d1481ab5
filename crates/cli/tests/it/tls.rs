//! TLS by a certificate of one's own: HTTPS answers, plain HTTP gets nothing, and a pair that does not fit is one sentence.

use crate::support::{House, said};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A certificate for 127.0.0.1 and its key, as files.
fn pair(house: &House, name: &str) -> (PathBuf, PathBuf, String) {
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let (certificate, key) = (house.path().join(format!("{name}.crt")), house.path().join(format!("{name}.key")));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    (certificate, key, made.cert.pem())
}

/// A server that is gone when the test is, however it ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// The command with a configuration file that names these two.
fn serve(house: &House, certificate: &str, key: &str, listen: &str) -> Command {
    let file = house.path().join("tls.toml");
    std::fs::write(&file, format!("[tls]\ncertificate = \"{certificate}\"\nkey = \"{key}\"\n")).unwrap();
    house.command(&["serve", "--config", file.to_str().unwrap(), "--listen", listen])
}

fn refused(output: &Output, with: &str) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(with) && !said.contains("panicked"), "{said}");
    assert_eq!(said.trim().lines().count(), 1, "{said}");
}

#[test]
fn with_a_certificate_https_answers_and_plain_http_does_not() {
    let house = House::demo();
    let (certificate, key, pem) = pair(&house, "site");
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = serve(&house, certificate.to_str().unwrap(), key.to_str().unwrap(), &format!("127.0.0.1:{port}"));
    let mut running = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let root = ureq::tls::Certificate::from_pem(pem.as_bytes()).unwrap();
    let tls = ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::new_with_certs(&[root])).build();
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).tls_config(tls).timeout_global(Some(Duration::from_secs(20))).build().into();
    let began = Instant::now();
    while agent.get(format!("https://127.0.0.1:{port}/health/ready")).call().map_or(0, |answer| answer.status().as_u16()) != 200 {
        assert!(running.0.try_wait().unwrap().is_none(), "the server ended");
        assert!(began.elapsed() < Duration::from_secs(60), "no HTTPS after a minute");
        std::thread::sleep(Duration::from_millis(50));
    }
    // The session's cookie goes over TLS only.
    let sent = agent
        .post(format!("https://127.0.0.1:{port}/api/v1/session"))
        .send_json(serde_json::json!({"login": "command-1", "password": app::seed::DEMO_PASSWORD}));
    let answer = sent.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let cookie = answer.headers().get("set-cookie").unwrap().to_str().unwrap().to_owned();
    assert!(cookie.contains("Secure") && cookie.contains("HttpOnly"), "{cookie}");
    // Somebody who speaks plainly hears no HTTP.
    let mut plain = TcpStream::connect(("127.0.0.1", port)).unwrap();
    plain.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    plain.write_all(b"GET /health/ready HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").unwrap();
    let mut heard = Vec::new();
    drop(plain.read_to_end(&mut heard));
    assert!(!String::from_utf8_lossy(&heard).contains("HTTP/"), "{heard:?}");
    // Somebody who trusts another certificate does not come in.
    let (_, _, strange) = pair(&house, "strange");
    let root = ureq::tls::Certificate::from_pem(strange.as_bytes()).unwrap();
    let tls = ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::new_with_certs(&[root])).build();
    let stranger: ureq::Agent = ureq::Agent::config_builder().tls_config(tls).timeout_global(Some(Duration::from_secs(20))).build().into();
    assert!(stranger.get(format!("https://127.0.0.1:{port}/health/ready")).call().is_err());
}

#[test]
fn a_certificate_or_key_that_cannot_be_used_is_one_sentence() {
    let house = House::demo();
    let ((certificate, key, _), (_, other, _)) = (pair(&house, "site"), pair(&house, "other"));
    let (certificate, key, other) = (certificate.to_str().unwrap(), key.to_str().unwrap(), other.to_str().unwrap());
    let nonsense = house.path().join("nonsense.pem");
    std::fs::write(&nonsense, "-----BEGIN NONSENSE-----\nAAAA\n").unwrap();
    let nonsense = nonsense.to_str().unwrap();
    let free = "127.0.0.1:0";
    refused(&serve(&house, certificate, "", free).output().unwrap(), "须同时设置");
    refused(&serve(&house, "", key, free).output().unwrap(), "须同时设置");
    refused(&serve(&house, certificate, "/nowhere.key", free).output().unwrap(), "/nowhere.key");
    refused(&serve(&house, "/nowhere.crt", key, free).output().unwrap(), "/nowhere.crt");
    refused(&serve(&house, nonsense, key, free).output().unwrap(), "nonsense.pem");
    refused(&serve(&house, certificate, nonsense, free).output().unwrap(), "nonsense.pem");
    refused(&serve(&house, certificate, other, free).output().unwrap(), "site.crt");
    // Plain HTTP to the outside is refused.
    refused(&serve(&house, "", "", "0.0.0.0:0").output().unwrap(), "不加密");
}
