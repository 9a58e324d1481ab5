//! Uploaded files: typed by content, kept once, seen by who may see the matter.

use crate::support::{House, call, on_both, png, wait_for};
use app::fault::Fault;
use domain::kernel::{FileId, Refusal};
use domain::matters::ActKind;
use serde_json::json;
use store::papers::File;

fn upload(house: &House, login: &str, name: &str, bytes: Vec<u8>) -> Result<File, Fault> {
    wait_for(app::papers::upload(&house.desk, &house.who(login), name.to_owned(), bytes))
}

fn read(house: &House, login: &str, id: &FileId) -> Result<(File, Vec<u8>), Fault> {
    wait_for(app::papers::read(&house.desk, &house.who(login), id.clone()))
}

fn refusal(result: Result<File, Fault>) -> &'static str {
    match result {
        Err(Fault::Refused(Refusal::Rule { code, datum: Some("file"), .. })) => code,
        other => panic!("{other:?}"),
    }
}

/// How many files lie on the disk.
fn kept(house: &House) -> usize {
    let mut folders = vec![house.desk.files().to_owned()];
    let mut n = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { n += 1 }
        }
    }
    n
}

#[test]
fn the_content_says_what_a_file_is() {
    on_both(|house| {
        let jpg = [b"\xff\xd8\xff\xe0\0\x10JFIF\0".as_slice(), &[0; 64]].concat();
        for (name, bytes, media_type) in [
            ("a.png", png(1), "image/png"),
            ("a.jpg", jpg.clone(), "image/jpeg"),
            ("a.exe", jpg, "image/jpeg"),
            ("a", b"%PDF-1.7\n%x".to_vec(), "application/pdf"),
        ] {
            let file = upload(house, "police-officer", name, bytes.clone()).unwrap();
            assert_eq!((file.media_type.as_str(), file.size), (media_type, i64::try_from(bytes.len()).unwrap()));
            assert_eq!(read(house, "police-officer", &file.id).unwrap().1, bytes);
        }
        let exe = [b"MZ\x90\0\x03\0\0\0".as_slice(), &[0; 256]].concat();
        let elf = [b"\x7fELF\x02\x01\x01".as_slice(), &[0; 256]].concat();
        for (name, bytes) in [
            ("a.png", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".to_vec()),
            ("a.png", b"<?xml version=\"1.0\"?><svg/>".to_vec()),
            ("a.jpg", b"<!DOCTYPE html><script>alert(1)</script>".to_vec()),
            ("a.pdf", b"<html></html>".to_vec()),
            ("a.jpg", exe),
            ("a.jpg", elf),
            ("a.jpg", b"#!/bin/sh\nrm -rf x".to_vec()),
            ("a.jpg", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec()),
            ("a.jpg", b"PK\x03\x04whatever this is".to_vec()),
            ("a.jpg", vec![0; 100]),
        ] {
            assert_eq!(refusal(upload(house, "police-officer", name, bytes)), "file_type");
        }
        assert_eq!(refusal(upload(house, "police-officer", "a.jpg", Vec::new())), "file_empty");
        assert_eq!(kept(house), 3, "what was refused is not kept");
    });
}

#[test]
fn a_file_may_be_as_large_as_the_limit_and_no_larger() {
    on_both(|house| {
        let mut large = png(1);
        large.resize(app::papers::LARGEST, 7);
        upload(house, "police-officer", "大.png", large.clone()).unwrap();
        large.push(7);
        assert_eq!(refusal(upload(house, "police-officer", "大.png", large)), "file_large");
    });
}

#[test]
fn a_name_is_a_name_and_never_a_path() {
    on_both(|house| {
        for (given, name) in [
            ("../../../etc/passwd.png", "passwd.png"),
            ("/etc/cron.d/x.png", "x.png"),
            ("..\\..\\windows\\x.png", "x.png"),
            ("C:\\fakepath\\现场.png", "现场.png"),
            ("a\u{0}b\r\nc.png", "abc.png"),
            ("..", "未命名"),
            ("", "未命名"),
            ("  ", "未命名"),
            ("\u{202e}gnp.exe.png", "gnp.exe.png"),
        ] {
            assert_eq!(upload(house, "police-officer", given, png(1)).unwrap().name, name, "{given:?}");
        }
        let long = format!("{}.png", "长".repeat(300));
        let kept_name = upload(house, "police-officer", &long, png(1)).unwrap().name;
        assert!(kept_name.chars().count() <= 120 && kept_name.ends_with(".png"), "{kept_name}");
        assert_eq!(kept(house), 1);
    });
}

#[test]
fn the_same_content_is_kept_once_also_when_it_comes_at_once() {
    on_both(|house| {
        let ids: Vec<FileId> = std::thread::scope(|scope| {
            let uploads: Vec<_> = (0..8).map(|n| scope.spawn(move || upload(house, "police-officer", &format!("{n}.png"), png(3)).unwrap().id)).collect();
            uploads.into_iter().map(|upload| upload.join().unwrap()).collect()
        });
        assert_eq!(kept(house), 1);
        for id in &ids {
            assert_eq!(read(house, "police-officer", id).unwrap().1, png(3));
        }
        // A second uploader of the same picture does not get to see the first one's.
        let second = upload(house, "justice-officer", "同样.png", png(3)).unwrap();
        assert!(!ids.contains(&second.id));
        assert!(matches!(read(house, "justice-officer", &ids[0]), Err(Fault::Missing)));
    });
}

#[test]
fn a_file_is_seen_by_its_uploader_and_then_by_who_sees_its_matter() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &call());
        house.act("command-1", &id, ActKind::Dispatch, json!({ "lead": "unt_330109014_police", "category": "S-04", "level": "simple" }));
        house.act("police-head", &id, ActKind::Accept, json!({}));
        let file = upload(house, "police-officer", "现场.png", png(5)).unwrap().id;
        for login in ["police-head", "shengzhong-desk", "command-head", "system-admin"] {
            assert!(matches!(read(house, login, &file), Err(Fault::Missing)), "{login} sees a file that is attached nowhere");
        }
        // Nobody attaches another's file.
        let stolen = house.try_act("police-head", &id, ActKind::Record, &json!({ "done": "到场", "files": [file.as_str()], "purpose": "site" }));
        assert!(matches!(stolen, Err(Fault::Refused(Refusal::Data(_)))), "{stolen:?}");
        house.act("police-officer", &id, ActKind::Record, json!({ "done": "到场", "files": [file.as_str()], "purpose": "site" }));
        for (login, sees) in [
            ("police-head", true),
            ("shengzhong-desk", true),
            ("command-head", true),
            ("justice-head", false),
            ("yingzhong-chief", false),
            ("system-admin", false),
        ] {
            assert_eq!(read(house, login, &file).is_ok(), sees, "{login}");
        }
        // Bytes that were changed on the disk are not handed out.
        let path = app::papers::path_of(house.desk.files(), &house.matter(&id).files[0].sha256);
        std::fs::write(path, b"something else").unwrap();
        assert!(matches!(read(house, "police-head", &file), Err(Fault::Broken(_))));
    });
}
