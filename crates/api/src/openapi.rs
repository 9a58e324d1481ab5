//! The OpenAPI document: from the handlers' own declarations, with the forms of acts from the rule book's table.

use domain::matters::{ActKind, DatumKind, Need, codes, data};
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

/// What stands above the routes.
#[derive(OpenApi)]
#[openapi(info(
    title = "心皆安 API",
    description = "Every screen uses this API and nothing else; a script can do all that a screen can (docs/guide/api.md). Times are integers: milliseconds since 1970-01-01 UTC.",
    license(name = "Apache-2.0 OR MulanPSL-2.0", identifier = "Apache-2.0 OR MulanPSL-2.0"),
))]
pub(crate) struct ApiDoc;

/// The document as pretty JSON with sorted keys: what is checked in, and what the TypeScript client is made from.
#[must_use]
pub fn openapi() -> String {
    let (_, document) = crate::door::documented().split_for_parts();
    let mut document = serde_json::to_value(&document).unwrap_or_default();
    forms(&mut document);
    for (path, methods) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            problems(operation);
            credentials(method, path, operation);
        }
    }
    document["components"]["securitySchemes"] = json!({
        "session": { "type": "apiKey", "in": "cookie", "name": crate::session::COOKIE, "description": "POST /api/v1/session; writes carry X-CSRF-Token as well" },
        "token": { "type": "http", "scheme": "bearer", "description": "POST /api/v1/tokens" },
    });
    document["security"] = json!([{ "session": [] }, { "token": [] }]);
    sorted(&mut document);
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

/// Routes that anybody may call.
const PUBLIC: &[(&str, &str)] = &[
    ("post", "/api/v1/session"),
    ("get", "/api/v1/openapi.json"),
    ("get", "/api/v1/calendar/{secret}/shifts.ics"),
    ("get", "/health/live"),
    ("get", "/health/ready"),
];

/// Writes that keep nothing which could be kept twice: sessions, proposals, the practice clock.
const KEYLESS: &[&str] = &[
    "/api/v1/session",
    "/api/v1/session/password",
    "/api/v1/reports/suggest",
    "/api/v1/rota/preview",
    "/api/v1/policies/{id}/preview",
    "/api/v1/practice/clock",
];

/// Problems have a media type of their own.
fn problems(operation: &mut Value) {
    for response in operation["responses"].as_object_mut().into_iter().flat_map(|responses| responses.values_mut()) {
        let Some(content) = response["content"].as_object_mut() else { continue };
        let is_problem = content.get("application/json").is_some_and(|media| media["schema"]["$ref"] == "#/components/schemas/Problem");
        if is_problem && let Some(media) = content.remove("application/json") {
            content.insert("application/problem+json".to_owned(), media);
        }
    }
}

/// What a request must carry beside its body.
fn credentials(method: &str, path: &str, operation: &mut Value) {
    if PUBLIC.contains(&(method, path)) {
        operation["security"] = json!([]);
    }
    if method == "get" || KEYLESS.contains(&path) {
        return;
    }
    let key = json!({
        "name": "Idempotency-Key", "in": "header", "required": true, "schema": { "type": "string", "minLength": 8, "maxLength": 100 },
        "description": "The same key with the same request answers the same and does nothing twice.",
    });
    match operation["parameters"].as_array_mut() {
        Some(parameters) => parameters.push(key),
        None => operation["parameters"] = json!([key]),
    }
}

/// Puts a schema for the data of each act among the components and points the act route's `data` at them.
fn forms(document: &mut Value) {
    let mut refs = Vec::new();
    for act in ActKind::ALL.iter().filter(|act| act.by_form()) {
        let name = format!("Act_{}", act.code());
        document["components"]["schemas"][&name] = form(*act);
        if *act != ActKind::Register {
            refs.push(json!({ "$ref": format!("#/components/schemas/{name}") }));
        }
    }
    document["components"]["schemas"]["ActRequest"]["properties"]["data"] = json!({
        "anyOf": refs,
        "description": "The data that the act's form asks for (GET /api/v1/catalog, acts[].data).",
    });
    document["paths"]["/api/v1/reports"]["post"]["requestBody"] = json!({
        "required": true,
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Act_register" } } },
    });
}

fn form(act: ActKind) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for datum in data(act) {
        let mut schema = match datum.kind {
            DatumKind::Text => json!({ "type": "string", "maxLength": 200 }),
            DatumKind::Long => json!({ "type": "string", "maxLength": 20_000 }),
            DatumKind::Code(list) => json!({ "type": "string", "enum": codes(list).into_iter().map(|(code, _, _)| code).collect::<Vec<_>>() }),
            DatumKind::Unit | DatumKind::Account | DatumKind::Task | DatumKind::Asking | DatumKind::Place | DatumKind::Category => json!({ "type": "string" }),
            DatumKind::Instant => json!({ "type": "integer", "format": "int64" }),
            DatumKind::Flag => json!({ "type": "boolean" }),
            DatumKind::Units | DatumKind::Files => json!({ "type": "array", "items": { "type": "string" }, "maxItems": 50 }),
        };
        schema["description"] = json!(format!("{} · {}{}", datum.zh, datum.en, needed(datum.need)));
        properties.insert(datum.name.to_owned(), schema);
        if datum.need == Need::Always {
            required.push(json!(datum.name));
        }
    }
    json!({ "type": "object", "description": format!("{} · {}", act.zh(), act.en()), "properties": properties, "required": required, "additionalProperties": false })
}

fn needed(need: Need) -> String {
    match need {
        Need::Always | Need::Never => String::new(),
        Need::When(datum, is) => format!(" (needed if {datum} is {})", is.join(" or ")),
        Need::With(datum) => format!(" (needed with {datum})"),
        Need::Without(datum) => format!(" (needed without {datum})"),
    }
}

fn sorted(value: &mut Value) {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = std::mem::take(map).into_iter().collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            for (key, mut inner) in entries {
                sorted(&mut inner);
                map.insert(key, inner);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(sorted),
        _ => {}
    }
}
