//! Holds every answer of a running server against the description of the interface: that its status
//! and its kind are described, and its body says what the schema says, no less and no more.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::HeaderMap;
use serde_json::{Map, Value};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let (_, description) = server::api::endpoints().split();
    serde_json::from_str(&description).unwrap()
});

/// An answer, as it came.
pub struct Answered<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub status: u16,
    pub headers: &'a HeaderMap,
    pub text: &'a str,
}

/// Panics with everything that the description does not say of an answer.
#[track_caller]
pub fn check(answered: &Answered) {
    let Answered { method, path, status, text, .. } = answered;
    let undescribed = undescribed(answered);
    assert!(undescribed.is_empty(), "{method} {path} {status}: {undescribed:#?}\n{text}");
}

/// What the description does not say of an answer; of what is not of the interface, nothing.
pub fn undescribed(answered: &Answered) -> Vec<String> {
    let Some(path) = answered.path.strip_prefix("/api/v1") else { return vec![] };
    let path = path.split('?').next().unwrap_or_default();
    let operation = described(path).and_then(|item| item.get(answered.method.to_lowercase()));
    match operation {
        Some(operation) => problems(operation, answered),
        None if [401, 404, 405].contains(&answered.status) => vec![],
        None => vec!["there is no such operation".to_owned()],
    }
}

/// The path that an address is of; one without parts that vary goes first.
fn described(address: &str) -> Option<&'static Value> {
    let fits = |path: &str| {
        let (path, address) = (path.split('/'), address.split('/'));
        path.clone().count() == address.clone().count()
            && path.zip(address).all(|(part, sent)| part.starts_with('{') || part == sent)
    };
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let mut found: Vec<&String> = paths.keys().filter(|path| fits(path)).collect();
    found.sort_by_key(|path| path.matches('{').count());
    found.first().map(|path| &paths[*path])
}

fn problems(operation: &Value, answered: &Answered) -> Vec<String> {
    let responses = &operation["responses"];
    let exact = responses.get(answered.status.to_string());
    let default = (answered.status >= 400).then(|| &responses["default"]);
    let Some(response) = exact.or(default).map(resolved) else {
        return vec!["this status is not described".to_owned()];
    };
    let headers = response["headers"].as_object().into_iter().flatten();
    let absent = headers.filter(|(name, _)| !answered.headers.contains_key(name.as_str()));
    // It is there only when it is true.
    let absent = absent.filter(|(name, _)| name.as_str() != "Idempotency-Replayed");
    let mut found: Vec<String> = absent.map(|(name, _)| format!("{name} is missing")).collect();
    let Some(kinds) = response["content"].as_object() else {
        if !answered.text.is_empty() {
            found.push("nothing was to be answered".to_owned());
        }
        return found;
    };
    let kind = answered.headers.get("content-type").and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    let Some(described) = kinds.get(kind) else {
        found.push(format!("“{kind}” is not described"));
        return found;
    };
    if kind.ends_with("json") {
        match serde_json::from_str(answered.text) {
            Ok(body) => compare(&described["schema"], &body, "body", &mut found),
            Err(error) => found.push(error.to_string()),
        }
    }
    found
}

fn resolved(said: &Value) -> &Value {
    match said["$ref"].as_str() {
        None => said,
        Some(at) => resolved(DOCUMENT.pointer(&at[1..]).unwrap()),
    }
}

/// Compares a value with a schema, as far as the description uses JSON Schema; of an object, also that every member
/// is described.
fn compare(schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let schema = resolved(schema);
    let known = [
        "type",
        "enum",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "oneOf",
        "allOf",
        "minimum",
        "description",
        "format",
        "example",
        "default",
    ];
    for keyword in schema.as_object().unwrap().keys() {
        assert!(known.contains(&keyword.as_str()), "{at}: this test does not know “{keyword}”");
    }
    if let Some(variants) = schema["oneOf"].as_array() {
        let fits = |variant: &&Value| {
            let mut found = vec![];
            compare(variant, value, at, &mut found);
            found.is_empty()
        };
        match variants.iter().filter(fits).count() {
            1 => {}
            // Of a variant or nothing, what is wrong with the variant says more.
            0 if !value.is_null() => compare(&variants[0], value, at, found),
            fitting => found.push(format!("{at}: fits {fitting} of {} variants", variants.len())),
        }
        return;
    }
    if let Some(codes) = schema["enum"].as_array()
        && !codes.contains(value)
    {
        found.push(format!("{at}: {value} is not one of {codes:?}"));
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.clone(),
        Value::Null if schema["allOf"].is_array() => vec!["object".into()],
        one => vec![one.clone()],
    };
    if !kinds.iter().any(|one| one == kind) {
        found.push(format!("{at}: {kind} instead of {kinds:?}"));
        return;
    }
    if let Some(number) = value.as_i64()
        && schema["minimum"].as_i64().is_some_and(|least| number < least)
    {
        found.push(format!("{at}: {number} is too small"));
    }
    if let Value::Array(items) = value {
        for (number, item) in items.iter().enumerate() {
            compare(&schema["items"], item, &format!("{at}[{number}]"), found);
        }
    }
    if let Value::Object(members) = value {
        compare_members(schema, members, at, found);
    }
}

fn compare_members(
    schema: &Value,
    members: &Map<String, Value>,
    at: &str,
    found: &mut Vec<String>,
) {
    let mut properties = BTreeMap::new();
    let mut required = vec![];
    let mut open = vec![schema];
    while let Some(part) = open.pop() {
        let part = resolved(part);
        properties.extend(part["properties"].as_object().into_iter().flatten());
        required
            .extend(part["required"].as_array().into_iter().flatten().filter_map(Value::as_str));
        open.extend(part["allOf"].as_array().into_iter().flatten());
    }
    for name in required.into_iter().filter(|name| !members.contains_key(*name)) {
        found.push(format!("{at}.{name} is missing"));
    }
    for (name, member) in members {
        match properties.get(name) {
            Some(property) => compare(property, member, &format!("{at}.{name}"), found),
            None => found.push(format!("{at}.{name} is not described")),
        }
    }
}
