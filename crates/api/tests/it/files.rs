//! Files: by content, only for who may see the matter, and so that nothing in them runs.

use crate::life::call;
use crate::support::{multipart, on_a_file, png};
use axum::http::header;
use serde_json::json;

#[test]
fn a_file_comes_back_as_it_went_in() {
    on_a_file(async |house| {
        let stored = house.upload("police-head", "现场 \"一\".png", &png(1)).await;
        let file = stored.is(201);
        assert_eq!((&file["media_type"], &file["size"]), (&json!("image/png"), &json!(png(1).len())));
        assert_eq!(file["sha256"].as_str().unwrap().len(), 64);
        let path = format!("/api/v1/files/{}", file["id"].as_str().unwrap());
        let answer = house.get("police-head", &path).await;
        assert_eq!((answer.status, answer.bytes.as_slice()), (200, png(1).as_slice()));
        assert_eq!(answer.header("content-type"), "image/png");
        let disposition = answer.header("content-disposition");
        assert!(disposition.starts_with("inline; filename*=UTF-8''%E7%8E%B0%E5%9C%BA"), "{disposition}");
        assert!(answer.header("content-security-policy").starts_with("sandbox; default-src 'none'"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(answer.header("cache-control").starts_with("private"));

        // Not attached to anything yet: only its uploader sees it.
        for who in ["command-head", "police-officer", "shengzhong-desk"] {
            house.get(who, &path).await.problem(404, "not_found");
        }
        let mut matter = house.bring_to("working").await;
        house.act("police-head", &mut matter, "record", json!({ "done": "查看", "files": [file["id"]], "purpose": "before" })).await;
        let page = house.page("shengzhong-desk", &matter).await;
        assert_eq!((&page["files"][0]["id"], &page["files"][0]["purpose"]), (&file["id"], &json!("before")));
        for who in ["command-head", "police-officer", "shengzhong-desk"] {
            house.get(who, &path).await.is_file();
        }
        for who in ["yingzhong-desk", "market-head", "auditor", "nobody"] {
            house.get(who, &path).await.problem(404, "not_found");
        }
    });
}

impl crate::support::Answer {
    fn is_file(&self) {
        assert_eq!(self.status, 200, "{}", self.asked);
    }
}

#[test]
fn what_a_browser_would_run_is_not_taken() {
    on_a_file(async |house| {
        for (name, bytes) in [
            ("a.html", b"<html><script>alert(1)</script></html>".as_slice()),
            ("a.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"),
            ("a.png", b"<?xml version=\"1.0\"?><svg/>"),
            ("a.exe", b"MZ\x90\0\x03\0\0\0"),
            ("a.js", b"#!/usr/bin/env node\n"),
            ("a.txt", b"plain text"),
            ("a.zip", b"PK\x03\x04\x14\0\0\0\0\0aaaaaaaaaaaaaaaa"),
        ] {
            house.upload("command-1", name, bytes).await.problem(422, "file_type");
        }
        house.upload("command-1", "a.png", b"").await.problem(422, "file_empty");
        // A name never leads out of the folder, and no line break gets into a header.
        for name in ["../../../etc/passwd", "..", "", "a\\..\\b.png", "a%0d%0aSet-Cookie: x=1.png", "名\u{202e}gnp.exe"] {
            let file = house.upload("command-1", name, &png(2)).await.is(201);
            assert!(!file["name"].as_str().unwrap().contains('/'), "{file}");
            let answer = house.get("command-1", &format!("/api/v1/files/{}", file["id"].as_str().unwrap())).await;
            answer.is_file();
            assert!(answer.headers.get("set-cookie").is_none() && answer.header("content-disposition").is_ascii());
        }
        let pdf = house.upload("command-1", "说明.pdf", b"%PDF-1.7\n%aaaa\n").await.is(201);
        assert_eq!(pdf["media_type"], "application/pdf");
    });
}

#[test]
fn uploads_that_make_no_sense() {
    on_a_file(async |house| {
        let send = async |kind: &str, body: Vec<u8>| {
            let mut request = house.request("command-1", "POST", "/api/v1/files", None).await;
            *request.body_mut() = body.into();
            request.headers_mut().insert(header::CONTENT_TYPE, kind.parse().unwrap());
            house.send(request).await
        };
        let good = multipart("a.png", &png(3));
        send("application/json", b"{}".to_vec()).await.problem(400, "bad_request");
        send("multipart/form-data", good.clone()).await.problem(400, "bad_request");
        send("multipart/form-data; boundary=other", good.clone()).await.problem(400, "bad_request");
        send("multipart/form-data; boundary=xyz", good[..good.len() - 20].to_vec()).await.problem(400, "bad_request");
        let named = String::from_utf8_lossy(&multipart("a.png", b"x")).replace("name=\"file\"", "name=\"other\"");
        let problem = send("multipart/form-data; boundary=xyz", named.into_bytes()).await.problem(422, "data_missing");
        assert_eq!(problem["errors"][0]["datum"], "file");
        let mut large = png(4);
        large.resize(20 * 1024 * 1024 + 1, 0);
        send("multipart/form-data; boundary=xyz", multipart("a.png", &large)).await.problem(422, "file_large");
        large.resize(21 * 1024 * 1024, 0);
        send("multipart/form-data; boundary=xyz", multipart("a.png", &large)).await.problem(413, "too_large");
        large.truncate(20 * 1024 * 1024);
        send("multipart/form-data; boundary=xyz", multipart("a.png", &large)).await.is(201);
    });
}

#[test]
fn a_file_of_a_confidential_matter_is_as_confidential() {
    on_a_file(async |house| {
        let picture = house.picture("shengzhong-desk").await;
        let mut matter = house.register("shengzhong-desk", &crate::life::with(call(), json!({ "files": [picture] }))).await;
        let path = format!("/api/v1/files/{picture}");
        house.get("command-1", &path).await.is_file();
        house.act("command-head", &mut matter, "amend", json!({ "field": "flag", "flag": "confidential", "on": true, "reason": "举报" })).await;
        house.get("command-head", &path).await.is_file();
        house.get("command-1", &path).await.problem(404, "not_found");
    });
}
