//! What the description of the interface says of every endpoint alike: who may call it, what it can
//! refuse, and the parameters and headers that all of them take.
//!
//! It follows from what an endpoint needs and whether it writes, so none can forget to say it; a
//! test reads the same as laws from the finished document.

use std::collections::BTreeSet;

use serde_json::Value;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, Paths};
use utoipa::openapi::schema::{AllOf, AnyOf, ArrayItems, ObjectBuilder, OneOf, SchemaType, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, Content, ContentBuilder, HeaderBuilder, InfoBuilder, OpenApi, Ref, RefOr, Response,
    ResponseBuilder, Schema, Server,
};
use utoipa::{PartialSchema, ToSchema};

use super::{Needs, codes};
use crate::auth::COOKIE;
use crate::problem::ProblemBody;

/// The kind of every refusal (RFC 9457).
const PROBLEM_JSON: &str = "application/problem+json";

/// Schemas by name, as an endpoint brings them along.
type Schemas = [(String, RefOr<Schema>)];

/// Whether an endpoint changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// It answers.
    Read,
    /// It changes something, once per Idempotency-Key.
    Write,
}

const ABOUT: &str = "The number system of a ministry. Numbers of the record are decimal strings with a dot; \
times are RFC 3339 with +07:00. Sign in by POST /session, or send `Authorization: Bearer TOKEN` or `Basic`. \
Every write takes `Idempotency-Key` and answers `Quantrac-Seq`; every read takes `min_seq` and `lang`. \
Errors are application/problem+json with a stable `code`.";

const TAGS: [(&str, &str); 14] = [
    ("session", "Signing in and out, one's own language, password and tokens."),
    ("catalogue", "What figures are about and what is counted: sectors, units, indicators, forms."),
    ("templates", "Forms as they are made: drafts, what is wrong with them, publishing."),
    (
        "figures",
        "What the record says: values, one number with its history, contradictions, imports.",
    ),
    (
        "submissions",
        "Forms of bodies for periods: filling, signing, receiving, returning, closing, correcting.",
    ),
    ("work", "What waits for whom, who has reported, reminders and notices."),
    (
        "plans",
        "The year's plan of units: drafted, issued under a document, changed by a later one.",
    ),
    (
        "measurement",
        "What is measured directly, from registers, portals and their dossiers, beside what is reported, and why the two differ.",
    ),
    ("reports", "Documents of text and figures."),
    (
        "beacon",
        "What portals tell of themselves: events from their pages and servers, and what was counted of them.",
    ),
    (
        "connectors",
        "Systems that are measured: what is asked of them, what they send, what came of it.",
    ),
    ("accounts", "Who may sign in, and what they are trusted with."),
    ("audit", "Everything that happened, by whom."),
    ("operation", "How the server does."),
];

/// A refusal that many endpoints share.
struct Refusal {
    status: &'static str,
    name: &'static str,
    said: &'static str,
}

const ANY: Refusal = Refusal {
    status: "default",
    name: "Problem",
    said: "Any other refusal or failure: `internal`, and whatever a later version refuses.",
};
const UNREADABLE: Refusal = Refusal {
    status: "400",
    name: "Unreadable",
    said: "A parameter, a header or the body cannot be read: `bad_parameter`, `unknown_parameter`, \
           `missing_parameter`, `bad_query`, `bad_period`, `bad_json`, `bad_idempotency_key`; `at` names the place.",
};
const SIGNED_OUT: Refusal = Refusal {
    status: "401",
    name: "SignedOut",
    said: "Nobody is signed in, or the session, the token or the pair does not hold: `signed_out`, `wrong_password`.",
};
const FORBIDDEN: Refusal = Refusal {
    status: "403",
    name: "Forbidden",
    said: "Not for this person: `forbidden`, `account_disabled`; or a browser's write came from another site: `cross_site`.",
};
const CROSS_SITE: Refusal = Refusal {
    status: "403",
    name: "CrossSite",
    said: "A browser's write came from another site: `cross_site`.",
};
const NOT_FOUND: Refusal = Refusal {
    status: "404",
    name: "NotFound",
    said: "There is none, or it is not for this person to know of: `not_found`, `unknown_…` with the nearest codes.",
};
const TOO_LARGE: Refusal = Refusal {
    status: "413",
    name: "TooLarge",
    said: "The body is larger than is read here: `too_large`.",
};
const BAD_KIND: Refusal = Refusal {
    status: "415",
    name: "BadContentType",
    said: "The body is of a kind that is not read here: `bad_content_type`.",
};
const INVALID: Refusal = Refusal {
    status: "422",
    name: "Invalid",
    said: "It was read and cannot be done as it is; `code` says why and `at` where. `idempotency_key_reused`: \
           the key was used for another request.",
};
const LOCKED_OUT: Refusal = Refusal {
    status: "429",
    name: "LockedOut",
    said: "Too many failed attempts to sign in under this name: `locked_out`.",
};
const BEHIND: Refusal = Refusal {
    status: "503",
    name: "Behind",
    said: "This server has not reached `min_seq` (`behind`) or is busy (`timeout`): try again.",
};
const SHARED: [Refusal; 11] = [
    ANY, UNREADABLE, SIGNED_OUT, FORBIDDEN, CROSS_SITE, NOT_FOUND, TOO_LARGE, BAD_KIND, INVALID,
    LOCKED_OUT, BEHIND,
];

/// What an endpoint can refuse, as it follows from what it needs and does.
fn refusals(path: &str, needs: &Needs, does: Does, has_body: bool) -> Vec<Refusal> {
    let mut refusals = vec![ANY, UNREADABLE, BEHIND];
    match (needs, does) {
        (Needs::Nobody, Does::Read) => {}
        (Needs::Nobody, Does::Write) => refusals.push(CROSS_SITE),
        (Needs::Permission(_) | Needs::ByContent(_), _) => {
            refusals.extend([SIGNED_OUT, FORBIDDEN, LOCKED_OUT]);
        }
    }
    if path.contains('{') {
        refusals.push(NOT_FOUND);
    }
    if has_body {
        refusals.extend([TOO_LARGE, BAD_KIND]);
    }
    if takes_key(needs, does) {
        refusals.push(INVALID);
    }
    refusals
}

/// A key is its account's, so nobody's write takes none.
fn takes_key(needs: &Needs, does: Does) -> bool {
    does == Does::Write && !matches!(needs, Needs::Nobody)
}

/// Completes the operations of some paths that need and do the same.
pub fn complete(paths: &mut Paths, schemas: &Schemas, needs: &Needs, does: Option<Does>) {
    for (path, item) in &mut paths.paths {
        let by_method = [
            (Does::Read, &mut item.get),
            (Does::Write, &mut item.post),
            (Does::Write, &mut item.put),
            (Does::Write, &mut item.patch),
            (Does::Write, &mut item.delete),
        ];
        for (usually, operation) in by_method {
            if let Some(operation) = operation {
                complete_operation(operation, path, schemas, needs, does.unwrap_or(usually));
            }
        }
    }
}

fn complete_operation(
    operation: &mut Operation,
    path: &str,
    schemas: &Schemas,
    needs: &Needs,
    does: Does,
) {
    let responses = &mut operation.responses.responses;
    for refusal in refusals(path, needs, does, operation.request_body.is_some()) {
        let shared = || Ref::from_response_name(refusal.name).into();
        responses.entry(refusal.status.to_owned()).or_insert_with(shared);
    }
    for (status, response) in responses.iter_mut() {
        let RefOr::T(response) = response else { continue };
        if status.starts_with('2') {
            complete_success(response, schemas, takes_key(needs, does));
        } else {
            complete_refusal(response);
        }
    }
    let parameters = operation.parameters.get_or_insert_default();
    let mut common = vec!["lang"];
    if does == Does::Read {
        common.push("min_seq");
    }
    if takes_key(needs, does) {
        common.push("idempotency_key");
    }
    let shared = |name| RefOr::Ref(Ref::new(format!("#/components/parameters/{name}")));
    parameters.extend(common.into_iter().map(shared));
    if !matches!(needs, Needs::Nobody) {
        let none: [&str; 0] = [];
        let ways = ["session", "bearer", "basic"];
        let any_of = ways.map(|way| SecurityRequirement::new(way, none)).into();
        operation.security = Some(any_of);
    }
}

/// What is answered says what its body says of itself; a write says its place in the record.
fn complete_success(response: &mut Response, schemas: &Schemas, is_write: bool) {
    if response.description.is_empty() {
        response.description = body_of(response)
            .and_then(|name| schemas.iter().find(|(known, _)| *known == name))
            .and_then(|(_, schema)| said_of(schema))
            .unwrap_or_else(|| "It is done.".to_owned());
    }
    let mut headers = vec![];
    if is_write {
        headers.extend(["Quantrac-Seq", "Idempotency-Replayed"]);
    } else if response.headers.contains_key("Quantrac-Seq") {
        headers.push("Quantrac-Seq");
    }
    for name in headers {
        let shared = RefOr::Ref(Ref::new(format!("#/components/headers/{name}")));
        response.headers.insert(name.to_owned(), shared);
    }
}

fn complete_refusal(response: &mut Response) {
    let body = response.content.shift_remove("application/json");
    let body = body.or_else(|| response.content.shift_remove(PROBLEM_JSON));
    response.content.insert(PROBLEM_JSON.to_owned(), body.unwrap_or_else(|| problem().into()));
}

fn problem() -> Content {
    ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemBody::name()))).build()
}

/// The name of the schema that a response has for its body.
fn body_of(response: &Response) -> Option<&str> {
    let Some((_, RefOr::T(content))) = response.content.first() else { return None };
    let Some(RefOr::Ref(schema)) = &content.schema else { return None };
    schema.ref_location.strip_prefix("#/components/schemas/")
}

fn said_of(schema: &RefOr<Schema>) -> Option<String> {
    match schema {
        RefOr::T(Schema::Object(object)) => object.description.clone(),
        RefOr::T(Schema::AllOf(all)) => all.description.clone(),
        RefOr::T(Schema::OneOf(one)) => one.description.clone(),
        RefOr::T(_) | RefOr::Ref(_) => None,
    }
}

/// Completes the document: what it is about, and what its operations refer to.
pub fn finish(description: &mut OpenApi) {
    description.info = InfoBuilder::new()
        .title("Quantrac")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .build();
    description.servers = Some(vec![Server::new("/api/v1")]);
    let tag =
        |(name, said): (&str, &str)| TagBuilder::new().name(name).description(Some(said)).build();
    description.tags = Some(TAGS.map(tag).into());

    let sent = sent_schemas(description);
    let components = description.components.get_or_insert_default();
    // What no endpoint brings along: every refusal's body, and a code that only parameters are.
    let mut others = vec![
        (ProblemBody::name().into_owned(), ProblemBody::schema()),
        (codes::SourceChoice::name().into_owned(), codes::SourceChoice::schema()),
        (codes::EntryOrderCode::name().into_owned(), codes::EntryOrderCode::schema()),
    ];
    ProblemBody::schemas(&mut others);
    components.schemas.extend(others);
    let answered = components.schemas.iter_mut().filter(|(name, _)| !sent.contains(*name));
    answered.for_each(|(_, schema)| require_nullable(schema));
    add_shared(components);
}

fn add_shared(components: &mut Components) {
    for Refusal { name, said, .. } in SHARED {
        let response = ResponseBuilder::new().description(said);
        let response = response.content(PROBLEM_JSON, problem()).build();
        components.responses.insert(name.to_owned(), response.into());
    }
    let number = || ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).build();
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let header = |said: &str| HeaderBuilder::new().description(Some(said));
    components.headers.extend([
        (
            "Quantrac-Seq".to_owned(),
            header(
                "The commit that this write was, or the end of the record when it appended nothing; of a read, \
                 the place in the record that it was answered at.",
            )
            .schema(Some(number()))
            .build()
            .into(),
        ),
        (
            "Idempotency-Replayed".to_owned(),
            header("`true` when this is the answer to an earlier request under the same key.")
                .schema(Some(text().enum_values(Some(["true"]))))
                .build()
                .into(),
        ),
    ]);
    let parameter =
        |name: &str, place: ParameterIn, said: &str, schema: RefOr<Schema>| -> RefOr<Parameter> {
            let parameter = ParameterBuilder::new().name(name).parameter_in(place);
            parameter.description(Some(said)).schema(Some(schema)).build().into()
        };
    components.parameters.extend([
        (
            "lang".to_owned(),
            parameter(
                "lang",
                ParameterIn::Query,
                "The language of sentences and of typed numbers; the account's, then that of `Accept-Language`, when it is left out",
                codes::LanguageCode::schema(),
            ),
        ),
        (
            "min_seq".to_owned(),
            parameter(
                "min_seq",
                ParameterIn::Query,
                "The answer knows at least this commit: a `Quantrac-Seq` that was seen before",
                number().into(),
            ),
        ),
        (
            "idempotency_key".to_owned(),
            parameter(
                "Idempotency-Key",
                ParameterIn::Header,
                "A name for this one intention, of printable ASCII: the same request under the same key is done once, \
                 and answered again for 7 days",
                text().min_length(Some(1)).max_length(Some(128)).build().into(),
            ),
        ),
    ]);
    let http = |scheme, said: &str| {
        SecurityScheme::Http(HttpBuilder::new().scheme(scheme).description(Some(said)).build())
    };
    let cookie =
        ApiKeyValue::with_description(COOKIE, "The session of a browser; POST /session sets it.");
    components.security_schemes.extend([
        ("session".to_owned(), SecurityScheme::ApiKey(ApiKey::Cookie(cookie)).into()),
        (
            "bearer".to_owned(),
            http(HttpAuthScheme::Bearer, "The token of a program; POST /tokens makes one.").into(),
        ),
        (
            "basic".to_owned(),
            http(HttpAuthScheme::Basic, "The name and the password of an account.").into(),
        ),
    ]);
}

/// The schemas of what is sent, and all that they are made of.
fn sent_schemas(description: &OpenApi) -> BTreeSet<String> {
    let document = serde_json::to_value(description).expect("a description is plain data");
    let mut open = vec![];
    for operation in document["paths"].as_object().into_iter().flat_map(|paths| paths.values()) {
        let bodies = operation.as_object().into_iter().flat_map(|methods| methods.values());
        bodies.for_each(|operation| name_references(&operation["requestBody"], &mut open));
    }
    let mut sent = BTreeSet::new();
    while let Some(name) = open.pop() {
        if sent.insert(name.clone()) {
            name_references(&document["components"]["schemas"][&name], &mut open);
        }
    }
    sent
}

fn name_references(document: &Value, found: &mut Vec<String>) {
    match document {
        Value::Object(members) => {
            let named = members.get("$ref").and_then(Value::as_str);
            let named = named.and_then(|at| at.strip_prefix("#/components/schemas/"));
            found.extend(named.map(str::to_owned));
            members.values().for_each(|member| name_references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| name_references(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What is answered writes null rather than leaving a field out, so such a field is always there.
fn require_nullable(schema: &mut RefOr<Schema>) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => {
            for (name, property) in &mut object.properties {
                if may_be_null(property) && !object.required.contains(name) {
                    object.required.push(name.clone());
                }
                require_nullable(property);
            }
        }
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                require_nullable(items);
            }
        }
        Schema::OneOf(OneOf { items, .. })
        | Schema::AllOf(AllOf { items, .. })
        | Schema::AnyOf(AnyOf { items, .. }) => items.iter_mut().for_each(require_nullable),
        _ => {}
    }
}

fn may_be_null(schema: &RefOr<Schema>) -> bool {
    let has_null = |kind: &SchemaType| match kind {
        SchemaType::Type(kind) => *kind == Type::Null,
        SchemaType::Array(kinds) => kinds.contains(&Type::Null),
        SchemaType::AnyValue => false,
    };
    match schema {
        RefOr::T(Schema::Object(object)) => has_null(&object.schema_type),
        RefOr::T(Schema::Array(array)) => has_null(&array.schema_type),
        RefOr::T(Schema::OneOf(OneOf { items, .. }) | Schema::AnyOf(AnyOf { items, .. })) => {
            items.iter().any(may_be_null)
        }
        RefOr::T(_) | RefOr::Ref(_) => false,
    }
}
