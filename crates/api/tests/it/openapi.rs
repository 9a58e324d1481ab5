//! The OpenAPI document: whole, and the one that is checked in.

use domain::matters::{ActKind, data};
use serde_json::Value;
use std::path::Path;

fn document() -> Value {
    serde_json::from_str(&api::openapi()).unwrap()
}

/// Every `$ref` of a document.
fn refs<'v>(value: &'v Value, into: &mut Vec<&'v str>) {
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                match inner.as_str() {
                    Some(to) if name == "$ref" => into.push(to),
                    _ => refs(inner, into),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| refs(item, into)),
        _ => {}
    }
}

#[test]
fn the_document_is_the_one_checked_in() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api/openapi.json");
    let kept = std::fs::read_to_string(path).unwrap();
    assert!(kept == api::openapi(), "docs/api/openapi.json differs from the code: run `cargo xtask gen`");
}

#[test]
fn the_document_hangs_together() {
    let document = document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."), "{}", document["openapi"]);
    let mut to = Vec::new();
    refs(&document, &mut to);
    assert!(to.len() > 50);
    for target in &to {
        let pointer = target.strip_prefix('#').unwrap_or_else(|| panic!("{target} leads out of the document"));
        assert!(document.pointer(pointer).is_some(), "{target} leads nowhere");
    }
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for name in schemas.keys() {
        assert!(name.starts_with("Act_") || to.iter().any(|target| target.ends_with(&format!("/{name}"))), "nothing uses the schema {name}");
    }
    let mut ids = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let at = format!("{method} {path}");
            ids.push(operation["operationId"].as_str().unwrap_or_else(|| panic!("{at} has no id")));
            let named = operation["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "path").count();
            assert_eq!(named, path.matches('{').count(), "{at}: parameters of the path");
            assert!(operation["summary"].is_string() || operation["description"].is_string(), "{at} says nothing");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.keys().any(|status| status.starts_with('2')), "{at}");
            if !path.starts_with("/health") && path != "/api/v1/openapi.json" {
                assert!(responses["default"].to_string().contains("Problem"), "{at} does not say what a problem looks like");
                assert!(responses["default"].to_string().contains("application/problem+json"), "{at}: problems have a type of their own");
            }
        }
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "operations share an id");
}

#[test]
fn each_act_has_its_form() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    for act in ActKind::ALL.iter().filter(|act| act.by_form()) {
        let schema = &schemas[format!("Act_{}", act.code())];
        let mut names: Vec<&str> = schema["properties"].as_object().unwrap_or_else(|| panic!("{act} has no form")).keys().map(String::as_str).collect();
        let mut known: Vec<&str> = data(*act).iter().map(|datum| datum.name).collect();
        names.sort_unstable();
        known.sort_unstable();
        assert_eq!(names, known, "{act}");
        assert_eq!(schema["additionalProperties"], false, "{act}");
    }
    assert!(schemas["Act_escalate"].is_null() && schemas["Act_auto_accept"].is_null());
}

#[test]
fn credentials_and_keys_are_described() {
    let document = document();
    let schemes = document["components"]["securitySchemes"].as_object().expect("no security schemes");
    assert!(schemes.contains_key("session") && schemes.contains_key("token"), "{schemes:?}");
    for row in include_str!("../access.table").lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let (method, path) = cells[0].split_once(' ').unwrap();
        let operation = &document["paths"][path][method.to_lowercase()];
        let is_public = operation["security"].as_array().is_some_and(Vec::is_empty);
        assert_eq!(is_public, matches!(cells[1], "public" | "secret"), "{row}");
        let keyed = operation["parameters"].as_array().into_iter().flatten().any(|p| p["name"] == "Idempotency-Key");
        assert_eq!(keyed, cells[2] == "key", "{row}");
    }
}
