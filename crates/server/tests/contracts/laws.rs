//! Laws of the description of the interface: what holds of every operation, read from the document
//! as a program reads it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// One operation with what it is known by.
struct Operation {
    name: String,
    method: String,
    path: String,
    needs: String,
    said: Value,
}

/// The finished document.
struct Description {
    document: Value,
    operations: Vec<Operation>,
}

impl Description {
    fn read() -> Description {
        let endpoints = server::api::endpoints();
        let needs: BTreeMap<(String, String), String> = server::api::endpoints()
            .list()
            .into_iter()
            .map(|one| ((one.method.to_lowercase(), one.path), one.needs))
            .collect();
        let (_, description) = endpoints.split();
        let document: Value = serde_json::from_str(&description).unwrap();
        let mut operations = vec![];
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, said) in item.as_object().unwrap() {
                let needs = needs[&(method.clone(), path.clone())].clone();
                let name = format!("{method} {path}");
                let (method, path, said) = (method.clone(), path.clone(), said.clone());
                operations.push(Operation { name, method, path, needs, said });
            }
        }
        Description { document, operations }
    }

    /// What stands at a place, or what it refers to.
    fn resolved<'a>(&'a self, said: &'a Value) -> &'a Value {
        match said["$ref"].as_str() {
            None => said,
            Some(at) => {
                let found = self.document.pointer(at.strip_prefix('#').unwrap());
                self.resolved(found.unwrap_or_else(|| panic!("{at} does not exist")))
            }
        }
    }

    /// Every schema of what is answered: the bodies, and all that they are made of.
    fn answered(&self) -> BTreeSet<String> {
        let bodies = self.operations.iter().map(|operation| &operation.said["responses"]);
        let mut open: Vec<String> = bodies.flat_map(references).collect();
        let mut all = BTreeSet::new();
        while let Some(at) = open.pop() {
            if all.insert(at.clone()) {
                open.extend(references(self.document.pointer(&at[1..]).unwrap()));
            }
        }
        all.into_iter().filter(|at| at.starts_with("#/components/schemas/")).collect()
    }
}

impl Operation {
    fn is_nobodys(&self) -> bool {
        self.needs == "nobody"
    }

    /// What is asked by POST and changes nothing is a read too.
    fn is_read(&self) -> bool {
        self.method == "get"
            || ["/query", "/connectors/test", "/connectors/look"].contains(&self.path.as_str())
    }

    fn is_write_of_somebody(&self) -> bool {
        !self.is_read() && !self.is_nobodys()
    }

    fn responses(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.said["responses"].as_object().unwrap().iter()
    }

    fn successes(&self) -> impl Iterator<Item = &Value> {
        self.responses().filter(|(status, _)| status.starts_with('2')).map(|(_, said)| said)
    }

    fn refers_to(&self, parameter: &str) -> bool {
        let at = format!("#/components/parameters/{parameter}");
        self.said["parameters"].as_array().unwrap().iter().any(|one| one["$ref"] == at.as_str())
    }
}

fn references(said: &Value) -> Vec<String> {
    match said {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, member)| match (name.as_str(), member.as_str()) {
                ("$ref", Some(at)) => vec![at.to_owned()],
                _ => references(member),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => vec![],
    }
}

fn is_text(said: &Value) -> bool {
    said.as_str().is_some_and(|text| !text.trim().is_empty())
}

type Law = (&'static str, fn(&Description, &Operation) -> bool);

/// What is true of each operation.
const OF_EVERY_OPERATION: [Law; 15] = [
    ("has an id and a summary", |_, one| {
        is_text(&one.said["operationId"]) && is_text(&one.said["summary"])
    }),
    ("has a tag that is described", |all, one| {
        let tags = all.document["tags"].as_array().unwrap();
        let known = |tag: &Value| {
            tags.iter().any(|one| one["name"] == *tag && is_text(&one["description"]))
        };
        one.said["tags"].as_array().is_some_and(|own| own.len() == 1 && own.iter().all(known))
    }),
    ("answers something", |_, one| one.successes().count() > 0),
    ("describes every response", |all, one| {
        one.responses().all(|(_, said)| is_text(&all.resolved(said)["description"]))
    }),
    ("says what it answers, unless it is nothing", |all, one| {
        one.responses().filter(|(status, _)| status.starts_with('2')).all(|(status, said)| {
            let content = all.resolved(said)["content"].as_object();
            match content {
                None => status == "204",
                Some(kinds) => kinds.values().all(|kind| kind["schema"].is_object()),
            }
        })
    }),
    ("refuses with a problem", |all, one| {
        one.responses().filter(|(status, _)| !status.starts_with('2')).all(|(_, said)| {
            let kinds = all.resolved(said)["content"].as_object().unwrap();
            let schema = all.resolved(&kinds["application/problem+json"]["schema"]);
            let whole = schema["allOf"].get(0).map_or(schema, |first| all.resolved(first));
            kinds.len() == 1
                && ["type", "title", "status", "detail", "code"]
                    .iter()
                    .all(|member| whole["properties"][member].is_object())
        })
    }),
    ("has the common refusals", |_, one| {
        let has = |status: &str| one.said["responses"][status].is_object();
        has("default") && has("400") && has("503")
    }),
    ("refuses whom it does not know, unless it needs nobody", |_, one| {
        let has = |status: &str| one.said["responses"][status].is_object();
        one.is_nobodys() || has("401") && has("403") && has("429")
    }),
    ("refuses what other sites write", |_, one| {
        one.is_read() || one.said["responses"]["403"].is_object()
    }),
    ("can find nothing where a part of its address varies", |_, one| {
        !one.path.contains('{') || one.said["responses"]["404"].is_object()
    }),
    ("refuses a body that is too large or of another kind", |_, one| {
        let has = |status: &str| one.said["responses"][status].is_object();
        one.said["requestBody"].is_null() || has("413") && has("415")
    }),
    ("names the ways to sign in, unless it needs nobody", |all, one| {
        let known = &all.document["components"]["securitySchemes"];
        let ways = one.said["security"].as_array().cloned().unwrap_or_default();
        let named: Vec<&String> =
            ways.iter().flat_map(|way| way.as_object().unwrap().keys()).collect();
        let expected: &[&str] =
            if one.is_nobodys() { &[] } else { &["session", "bearer", "basic"] };
        named == expected && named.iter().all(|way| known[way.as_str()].is_object())
    }),
    ("is read in a language and, if it is a read, from a seq on", |_, one| {
        one.refers_to("lang") && one.refers_to("min_seq") == one.is_read()
    }),
    ("is written once per key, and says where", |_, one| {
        let says = |header: &str| one.successes().all(|said| said["headers"][header].is_object());
        let never = |header: &str| one.successes().all(|said| said["headers"][header].is_null());
        let has_key = one.refers_to("idempotency_key");
        if one.is_write_of_somebody() {
            has_key
                && says("Quantrac-Seq")
                && says("Idempotency-Replayed")
                && one.said["responses"]["422"].is_object()
        } else {
            !has_key && never("Idempotency-Replayed")
        }
    }),
    ("names each parameter of its address", |all, one| {
        let parameters = one.said["parameters"].as_array().unwrap();
        let named = |name: &str| {
            parameters
                .iter()
                .map(|one| all.resolved(one))
                .any(|one| one["name"] == name && one["in"] == "path" && one["required"] == true)
        };
        one.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).all(named)
    }),
];

#[test]
fn what_holds_of_every_operation_holds() {
    let description = Description::read();
    assert!(description.operations.len() > 50);
    let mut broken = String::new();
    for (law, holds) in OF_EVERY_OPERATION {
        for one in description.operations.iter().filter(|one| !holds(&description, one)) {
            broken.push_str(&format!("{}: {law}\n", one.name));
        }
    }
    assert!(broken.is_empty(), "{broken}");
}

#[test]
fn every_reference_leads_somewhere_and_every_part_is_referred_to() {
    let description = Description::read();
    let referred: BTreeSet<String> = references(&description.document).into_iter().collect();
    for at in &referred {
        assert!(description.document.pointer(&at[1..]).is_some(), "{at} does not exist");
    }
    for kind in ["schemas", "responses", "parameters", "headers"] {
        for name in description.document["components"][kind].as_object().unwrap().keys() {
            let at = format!("#/components/{kind}/{name}");
            assert!(referred.contains(&at), "nothing refers to {at}");
        }
    }
}

#[test]
fn no_two_operations_have_the_same_id() {
    let mut known = BTreeSet::new();
    for one in Description::read().operations {
        assert!(known.insert(one.said["operationId"].to_string()), "{}", one.name);
    }
}

#[test]
fn every_schema_is_described() {
    let description = Description::read();
    for (name, schema) in description.document["components"]["schemas"].as_object().unwrap() {
        assert!(is_text(&schema["description"]), "{name}");
    }
}

/// Null is written where there is nothing, so a field that can be null is never left out.
#[test]
fn what_can_be_null_in_an_answer_is_always_there() {
    let description = Description::read();
    for at in description.answered() {
        let schema = description.document.pointer(&at[1..]).unwrap();
        let parts = schema["allOf"].as_array().map_or(vec![schema], |parts| parts.iter().collect());
        for part in parts {
            let required: Vec<&str> = part["required"]
                .as_array()
                .map(|names| names.iter().filter_map(Value::as_str).collect())
                .unwrap_or_default();
            for (name, property) in part["properties"].as_object().into_iter().flatten() {
                let is_sent_too = at.ends_with("/CellEdit");
                assert!(
                    !can_be_null(property) || required.contains(&name.as_str()) || is_sent_too,
                    "{at}: {name}"
                );
            }
        }
    }
}

fn can_be_null(property: &Value) -> bool {
    let null = |kind: &Value| kind == "null";
    let any_of = |name: &str| property[name].as_array().into_iter().flatten();
    null(&property["type"])
        || any_of("type").any(null)
        || any_of("oneOf").any(|one| null(&one["type"]))
}

/// A text whose words are known is one of a list, so that clients are told of each.
#[test]
fn codes_are_lists_of_words() {
    let description = Description::read();
    let listed = [
        "absent",
        "basis",
        "calendar",
        "frequency",
        "good",
        "kind",
        "lang",
        "made_by",
        "move",
        "over_time",
        "over_units",
        "qualifier",
        "role",
        "sector",
        "severity",
        "source",
        "state",
    ];
    // Kinds of events grow with every capability.
    let open = ["#/components/schemas/AuditEntry: kind"];
    let mut missing = vec![];
    for (schema, said) in description.document["components"]["schemas"].as_object().unwrap() {
        for (name, property) in said["properties"].as_object().into_iter().flatten() {
            let place = format!("#/components/schemas/{schema}: {name}");
            if listed.contains(&name.as_str()) && !open.contains(&place.as_str()) {
                let own = [property.clone()];
                let mut variants =
                    property["oneOf"].as_array().map_or(&own[..], Vec::as_slice).iter();
                if !variants.any(|one| description.resolved(one)["enum"].is_array()) {
                    missing.push(place);
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
