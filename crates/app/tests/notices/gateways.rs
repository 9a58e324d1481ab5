//! Gateways: stubs on this machine that check each signature and answer well, badly, late or with garbage. No call leaves the machine.

use app::out::{Again, Failure, Out, Post, Sending};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as B64};
use domain::notices::{ChannelKind, Letter};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

/// What a stub was asked.
struct Request {
    line: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

/// How a stub answers.
#[derive(Clone)]
enum Reply {
    Says(u16, &'static str, String),
    Hangs,
    Garbage,
}

fn ok(body: &str) -> Reply {
    Reply::Says(200, "", body.to_owned())
}

fn stub(replies: Vec<Reply>) -> (String, Receiver<Request>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (told, heard) = channel();
    std::thread::spawn(move || {
        for reply in replies {
            let (stream, _) = listener.accept().unwrap();
            let request = read(&stream);
            told.send(request).unwrap();
            answer(stream, reply);
        }
    });
    (url, heard)
}

fn read(stream: &TcpStream) -> Request {
    let mut reader = BufReader::new(stream);
    let (mut line, mut headers) = (String::new(), BTreeMap::new());
    reader.read_line(&mut line).unwrap();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").map_or(0, |n| n.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    Request { line: line.trim_end().to_owned(), headers, body }
}

fn answer(mut stream: TcpStream, reply: Reply) {
    match reply {
        Reply::Says(status, more, body) => {
            let text = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n{more}\r\n{body}", body.len());
            stream.write_all(text.as_bytes()).unwrap();
        }
        Reply::Hangs => std::thread::sleep(std::time::Duration::from_secs(12)),
        Reply::Garbage => stream.write_all(b"\0\xff no http at all\r\n\r\n").unwrap(),
    }
}

struct Desk {
    folder: tempfile::TempDir,
    post: Post,
}

fn desk() -> Desk {
    let folder = tempfile::tempdir().unwrap();
    for (name, secret) in [("a.key", "secret-one\n"), ("token.key", "token-one")] {
        std::fs::write(folder.path().join(name), secret).unwrap();
    }
    let push = app::keys::Keys::new([7; 32]).push("https://house.example");
    let post = Post::new(folder.path().to_owned(), "https://house.example/", push);
    Desk { folder, post }
}

fn letter() -> Letter {
    Letter {
        title: "有新的交办，请签收".to_owned(), text: "综〔2026〕1：有新的交办，请签收".to_owned(), path: "/matters/mat_1?n=ntc_1".to_owned()
    }
}

impl Desk {
    fn send(&self, kind: ChannelKind, settings: &[(&str, &str)], address: &str) -> Result<(), Failure> {
        let settings: BTreeMap<String, String> = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let letter = letter();
        let now = crate::support::MORNING;
        let sending = Sending {
            channel: "chn_1",
            kind,
            settings: &settings,
            address,
            letter: &letter,
            key: "deliver:ntc_1:0:way_1",
            urgent: true,
            now,
            entropy: [9; 32],
        };
        self.post.send(&sending)
    }

    fn sms(&self, url: &str) -> Result<(), Failure> {
        let settings = [("url", url), ("access_key", "ak"), ("secret_file", "a.key"), ("sign_name", "新街街道"), ("template", "SMS_1")];
        self.send(ChannelKind::Sms, &settings, "13800138000")
    }

    fn robot(&self, url: &str) -> Result<(), Failure> {
        self.send(ChannelKind::DingTalk, &[("url", url), ("token_file", "token.key"), ("secret_file", "a.key")], "user-1")
    }
}

fn mac(key: &str, message: &str) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap().chain_update(message).finalize().into_bytes().to_vec()
}

fn query(line: &str) -> BTreeMap<String, String> {
    let target = line.split(' ').nth(1).unwrap();
    pairs(target.split_once('?').map_or("", |(_, query)| query))
}

fn pairs(text: &str) -> BTreeMap<String, String> {
    text.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (name.to_owned(), decoded(value))).collect()
}

fn decoded(text: &str) -> String {
    let (mut out, bytes) = (Vec::new(), text.as_bytes());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            out.push(u8::from_str_radix(&text[at + 1..at + 3], 16).unwrap());
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).unwrap()
}

#[test]
fn a_text_message_is_signed_over_its_query_headers_and_body() {
    let desk = desk();
    let (url, heard) = stub(vec![ok(r#"{"Code":"OK","BizId":"1"}"#)]);
    desk.sms(&format!("{url}/")).unwrap();
    let asked = heard.recv().unwrap();
    let given = query(&asked.line);
    assert_eq!((given["PhoneNumbers"].as_str(), given["SignName"].as_str(), given["TemplateCode"].as_str()), ("13800138000", "新街街道", "SMS_1"));
    assert!(given["TemplateParam"].contains("请签收"));
    let header = &asked.headers["authorization"];
    let names = header.split("SignedHeaders=").nth(1).unwrap().split(',').next().unwrap();
    let lines: String = names.split(';').map(|name| format!("{name}:{}\n", asked.headers[name])).collect();
    let target = asked.line.split(' ').nth(1).unwrap();
    let (path, raw) = target.split_once('?').unwrap();
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let canonical = format!("POST\n{path}\n{raw}\n{lines}\n{names}\n{}", hex(&Sha256::digest(&asked.body)));
    let expected = hex(&mac("secret-one", &format!("ACS3-HMAC-SHA256\n{}", hex(&Sha256::digest(canonical)))));
    assert!(header.starts_with("ACS3-HMAC-SHA256 Credential=ak,") && header.ends_with(&format!("Signature={expected}")), "{header}");
    assert_eq!(asked.headers["x-acs-date"], "2026-11-24T01:30:00Z");
}

#[test]
fn a_robot_of_dingtalk_signs_its_timestamp() {
    let desk = desk();
    let (url, heard) = stub(vec![ok(r#"{"errcode":0,"errmsg":"ok"}"#), ok(r#"{"errcode":310000}"#), ok(r#"{"errcode":130101}"#)]);
    desk.robot(&format!("{url}/robot/send")).unwrap();
    let asked = heard.recv().unwrap();
    let given = query(&asked.line);
    let expected = STANDARD.encode(mac("secret-one", &format!("{}\nsecret-one", given["timestamp"])));
    assert_eq!((given["sign"].as_str(), given["access_token"].as_str()), (expected.as_str(), "token-one"));
    let body: serde_json::Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(body["text"]["content"], "综〔2026〕1：有新的交办，请签收\nhttps://house.example/matters/mat_1?n=ntc_1");
    assert_eq!(desk.robot(&url).unwrap_err().again, Again::Never);
    assert_eq!(desk.robot(&url).unwrap_err().again, Again::Later(Some(60_000)));
}

#[test]
fn zhezhengding_is_signed_over_method_time_nonce_path_and_parameters() {
    let desk = desk();
    let (url, heard) = stub(vec![ok(r#"{"success":true}"#), ok(r#"{"success":false}"#)]);
    let address = format!("{url}/message/workNotification");
    let settings = [("url", address.as_str()), ("app_key", "app-1"), ("secret_file", "a.key"), ("tenant_id", "50516")];
    desk.send(ChannelKind::ZheZhengDing, &settings, "user-1").unwrap();
    let asked = heard.recv().unwrap();
    let given = pairs(std::str::from_utf8(&asked.body).unwrap());
    let plain = given.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let header = |name: &str| asked.headers[name].clone();
    let text = format!("POST\n{}\n{}\n/message/workNotification\n{plain}", header("x-hmac-auth-timestamp"), header("x-hmac-auth-nonce"));
    assert_eq!(header("x-hmac-auth-signature"), STANDARD.encode(mac("secret-one", &text)));
    assert_eq!((header("apikey").as_str(), header("x-hmac-auth-timestamp").as_str()), ("app-1", "2026-11-24T09:30:00.000+08:00"));
    assert_eq!(given["receiverIds"], "user-1");
    assert!(matches!(desk.send(ChannelKind::ZheZhengDing, &settings, "user-1").unwrap_err().again, Again::Later(_)));
}

#[test]
fn wecom_fetches_a_token_keeps_it_and_fetches_another_when_it_is_stale() {
    let desk = desk();
    let token = |name: &str| ok(&format!(r#"{{"errcode":0,"access_token":"{name}","expires_in":7200}}"#));
    let done = || ok(r#"{"errcode":0}"#);
    let (url, heard) = stub(vec![token("one"), done(), done(), ok(r#"{"errcode":42001}"#), token("two"), done()]);
    let settings = [("url", url.as_str()), ("corp_id", "corp"), ("agent_id", "1000002"), ("secret_file", "a.key")];
    for _ in 0..3 {
        desk.send(ChannelKind::WeCom, &settings, "user-1").unwrap();
    }
    let asked: Vec<Request> = heard.iter().take(6).collect();
    assert_eq!(query(&asked[0].line)["corpsecret"], "secret-one");
    let tokens: Vec<String> = [1, 2, 3, 5].map(|n: usize| query(&asked[n].line)["access_token"].clone()).into();
    assert_eq!(tokens, ["one", "one", "one", "two"]);
    let body: serde_json::Value = serde_json::from_slice(&asked[1].body).unwrap();
    assert_eq!((body["touser"].as_str(), body["agentid"].as_i64()), (Some("user-1"), Some(1_000_002)));
}

#[test]
fn answers_say_when_to_try_again() {
    let desk = desk();
    let says = |status, more, body: &str| Reply::Says(status, more, body.to_owned());
    let (url, _heard) = stub(vec![
        says(500, "", "oops"),
        says(429, "retry-after: 120\r\n", ""),
        says(403, "", "forbidden"),
        says(302, "location: http://127.0.0.1:1/\r\n", ""),
        ok("<html>login</html>"),
        Reply::Garbage,
        ok(r#"{"Code":"isv.BUSINESS_LIMIT_CONTROL"}"#),
        ok(r#"{"Code":"isv.MOBILE_NUMBER_ILLEGAL"}"#),
    ]);
    let again = || desk.sms(&url).unwrap_err().again;
    assert_eq!(again(), Again::Later(None), "500");
    assert_eq!(again(), Again::Later(Some(120_000)), "429 with Retry-After");
    assert_eq!(again(), Again::Never, "403");
    assert_eq!(again(), Again::Never, "a redirect is not followed");
    assert_eq!(again(), Again::Later(None), "a page in place of an answer");
    assert_eq!(again(), Again::Later(None), "no HTTP");
    assert_eq!(again(), Again::Later(Some(60_000)), "the gateway's own limit");
    assert_eq!(again(), Again::Never, "a number that is none");
    assert_eq!(desk.sms("http://127.0.0.1:1").unwrap_err().again, Again::Later(None), "nobody there");
    assert_eq!(desk.sms("http://gateway.example.cn/").unwrap_err().again, Again::Never, "never in the clear beyond this machine");
}

#[test]
fn a_gateway_that_never_answers_is_given_up_after_ten_seconds() {
    let desk = desk();
    let (url, _heard) = stub(vec![Reply::Hangs]);
    let began = std::time::Instant::now();
    assert_eq!(desk.sms(&url).unwrap_err().again, Again::Later(None));
    assert!(began.elapsed() < std::time::Duration::from_secs(12));
}

#[test]
fn no_failure_tells_a_secret_an_address_or_a_path() {
    let desk = desk();
    let (url, _heard) = stub(vec![Reply::Says(403, "", "13800138000 secret-one".to_owned())]);
    let mut said = vec![desk.sms(&url).unwrap_err().why, desk.robot("http://127.0.0.1:1/robot/send").unwrap_err().why];
    for name in ["../outside", "missing.key", "/etc/passwd"] {
        let settings = [("url", "https://127.0.0.1:1"), ("access_key", "ak"), ("secret_file", name), ("sign_name", "s"), ("template", "t")];
        said.push(desk.send(ChannelKind::Sms, &settings, "13800138000").unwrap_err().why);
    }
    let folder = desk.folder.path().display().to_string();
    for why in said {
        assert!(app::out::WHYS.contains(&why.split(' ').next().unwrap_or_default()), "{why} is no code");
        for secret in ["secret-one", "token-one", "13800138000", folder.as_str()] {
            assert!(!why.contains(secret), "{why}");
        }
    }
}

#[test]
fn a_mail_is_handed_over_by_smtp() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let server = std::thread::spawn(move || {
        let mut letters = Vec::new();
        for refuse in [false, true] {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut say = |text: &str| stream.write_all(text.as_bytes()).unwrap();
            say("220 here\r\n");
            let (mut data, mut text) = (false, String::new());
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap() == 0 {
                    break;
                }
                if data {
                    if line == ".\r\n" {
                        data = false;
                        say("250 taken\r\n");
                    } else {
                        text.push_str(&line);
                    }
                    continue;
                }
                match line.split([' ', ':']).next().unwrap().trim() {
                    "EHLO" => say("250 here\r\n"),
                    "RCPT" if refuse => say("550 no such box\r\n"),
                    "DATA" => {
                        data = true;
                        say("354 go on\r\n");
                    }
                    "QUIT" => {
                        say("221 bye\r\n");
                        break;
                    }
                    _ => say("250 fine\r\n"),
                }
            }
            letters.push(text);
        }
        letters
    });
    let desk = desk();
    let settings = [("host", "127.0.0.1"), ("port", port.as_str()), ("tls", "none"), ("from", "心皆安 <house@street.example>")];
    desk.send(ChannelKind::Mail, &settings, "somebody@street.example").unwrap();
    assert_eq!(desk.send(ChannelKind::Mail, &settings, "nobody@street.example").unwrap_err().again, Again::Gone);
    let letters = server.join().unwrap();
    assert!(letters[0].contains("To: somebody@street.example") && letters[0].contains("Message-ID: <"), "{}", letters[0]);
    let clear = [("host", "mail.example.cn"), ("port", "25"), ("tls", "none"), ("from", "a@b.cn")];
    assert_eq!(desk.send(ChannelKind::Mail, &clear, "a@b.cn").unwrap_err().again, Again::Never, "never in the clear beyond this machine");
}

#[test]
fn a_push_is_signed_for_its_service_and_opens_for_its_browser_alone() {
    use aes_gcm::aead::{Aead, KeyInit as _};
    use p256::ecdsa::signature::Verifier;
    use p256::elliptic_curve::sec1::ToSec1Point;
    let desk = desk();
    let browser = p256::SecretKey::from_slice(&[3; 32]).unwrap();
    let point = browser.public_key().to_sec1_point(false);
    let auth = [5_u8; 16];
    let (url, heard) = stub(vec![Reply::Says(201, "", String::new()), Reply::Says(410, "", String::new())]);
    let address =
        serde_json::json!({ "endpoint": format!("{url}/push/abc"), "keys": { "p256dh": B64.encode(point.as_bytes()), "auth": B64.encode(auth) } }).to_string();
    let settings = [("hosts", "127.0.0.1")];
    desk.send(ChannelKind::Browser, &settings, &address).unwrap();
    let asked = heard.recv().unwrap();
    assert_eq!((asked.headers["content-encoding"].as_str(), asked.headers["urgency"].as_str()), ("aes128gcm", "high"));
    // VAPID: the token is signed with the key that it names, for the origin of the push service.
    let header = asked.headers["authorization"].strip_prefix("vapid t=").unwrap();
    let (token, key) = header.split_once(", k=").unwrap();
    let (head, signature) = token.rsplit_once('.').unwrap();
    let verifying = p256::ecdsa::VerifyingKey::from_sec1_bytes(&B64.decode(key).unwrap()).unwrap();
    let signature = p256::ecdsa::Signature::from_slice(&B64.decode(signature).unwrap()).unwrap();
    verifying.verify(head.as_bytes(), &signature).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&B64.decode(head.split_once('.').unwrap().1).unwrap()).unwrap();
    assert_eq!((claims["aud"].as_str(), claims["sub"].as_str()), (Some(url.as_str()), Some("https://house.example")));
    // RFC 8291: what the browser does.
    let (salt, rest) = asked.body.split_at(16);
    let (size, rest) = rest.split_at(4);
    assert_eq!(u32::from_be_bytes(size.try_into().unwrap()), 4096);
    let (sender, sealed) = rest[1..].split_at(usize::from(rest[0]));
    let shared = p256::ecdh::diffie_hellman(browser.to_nonzero_scalar(), p256::PublicKey::from_sec1_bytes(sender).unwrap().as_affine());
    let mut ikm = [0; 32];
    hkdf::Hkdf::<Sha256>::new(Some(&auth), shared.raw_secret_bytes())
        .expand(&[b"WebPush: info\0".as_slice(), point.as_bytes(), sender].concat(), &mut ikm)
        .unwrap();
    let (mut key, mut nonce) = ([0; 16], [0; 12]);
    let derived = hkdf::Hkdf::<Sha256>::new(Some(salt), &ikm);
    derived.expand(b"Content-Encoding: aes128gcm\0", &mut key).unwrap();
    derived.expand(b"Content-Encoding: nonce\0", &mut nonce).unwrap();
    let cipher = aes_gcm::Aes128Gcm::new(&aes_gcm::Key::<aes_gcm::Aes128Gcm>::from(key));
    let opened = cipher.decrypt(&aes_gcm::Nonce::from(nonce), sealed).unwrap();
    let said: serde_json::Value = serde_json::from_slice(opened.strip_suffix(&[2]).unwrap()).unwrap();
    assert_eq!((said["title"].as_str(), said["link"].as_str()), (Some("有新的交办，请签收"), Some("https://house.example/matters/mat_1?n=ntc_1")));
    assert_eq!(desk.send(ChannelKind::Browser, &settings, &address).unwrap_err().again, Again::Gone, "a subscription that is no more");
    assert_eq!(desk.send(ChannelKind::Browser, &[], &address).unwrap_err().again, Again::Never, "a host that no push service has is not called");
}
