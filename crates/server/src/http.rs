//! The way in: limits, headers, language, who asks; then the endpoints, then the pages.
//!
//! Everything that is the same for every request is here, so that an endpoint is only
//! *parse → decide → store → show*.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use futures::{FutureExt, StreamExt};
use model::Seq;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use store::{IdempotencyKey, Written};
use tower_http::compression::CompressionLayer;
use workflow::Language;

use crate::auth::{self, Caller};
use crate::cli::demo;
use crate::problem::{self, Answer, Problem};
use crate::state::App;
use crate::words::{self, Message};
use crate::{api, pages};

/// The most bytes of a body, unless an endpoint says otherwise.
pub const SMALL_BODY: usize = 1 << 20;
/// The most bytes of an import.
pub const LARGE_BODY: usize = 64 << 20;

const TIME_TO_ANSWER: Duration = Duration::from_secs(120);
/// A body that is too large is read away so long while its answer goes out, so that its sender hears it.
const TIME_TO_READ_AWAY: Duration = Duration::from_secs(10);
const TIME_TO_CATCH_UP: Duration = Duration::from_millis(250);

/// The commit a write was, or the record's end when it appended nothing.
pub const QUANTRAC_SEQ: HeaderName = HeaderName::from_static("quantrac-seq");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Everything that is served.
pub fn router(app: App) -> Router {
    let (endpoints, description) = api::endpoints().split();
    let description = Bytes::from(description);
    let interface = Router::new()
        .nest("/api/v1", endpoints)
        .layer(from_fn_with_state(app.clone(), identify))
        .route("/api/openapi.json", axum::routing::get(|| async move { openapi(description) }))
        .route("/healthz", axum::routing::get(healthz))
        .route("/count.v1.js", axum::routing::get(api::beacon::script))
        .route(demo::sample::PATH, axum::routing::get(demo::sample::answer))
        .merge(pages::router())
        .method_not_allowed_fallback(|| async { Problem::from(Message::NoSuchMethod) });
    interface
        .layer(from_fn(in_time))
        .layer(from_fn(problem::render))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(app.clone(), with_headers))
        .with_state(app)
}

fn openapi(description: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], description)
        .into_response()
}

/// 200 when the record can be written.
async fn healthz(State(app): State<App>) -> Response {
    match app.store.check_health().await {
        Ok(()) => (StatusCode::OK, "ok\n").into_response(),
        Err(error) => {
            tracing::error!("the record cannot be written: {error}");
            (StatusCode::SERVICE_UNAVAILABLE, "the record cannot be written\n").into_response()
        }
    }
}

/// What every answer says to the browser: nothing from elsewhere, nothing inline that runs.
async fn with_headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_interface = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let always: [(HeaderName, &'static str); 5] = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
             font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in always {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if is_interface {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    if app.secure_cookies {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    response
}

/// An answer in time, even of a handler that fails.
async fn in_time(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(TIME_TO_ANSWER, answered).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            tracing::error!(path, "a handler panicked");
            Problem::from(Message::Internal).into_response()
        }
        Err(_) => Problem::from(Message::Timeout).into_response(),
    }
}

/// Who asks, in which language, and from no other site; and whether the record is far enough.
async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let asked = language_of(request.uri(), request.headers());
    // Events come from pages and servers of others, which prove themselves in their own way.
    let caller = match api::beacon::is_told_by_portals(request.uri().path()) {
        true => Ok(Caller::default()),
        false => auth::caller(&app, request.method(), request.headers()).await,
    };
    let caller = match caller {
        Ok(caller) => caller,
        Err(problem) => return problem.into_response(),
    };
    let language = parameter(request.uri(), "lang")
        .as_deref()
        .and_then(Language::parse)
        .or(caller.language())
        .unwrap_or(asked);
    if let Err(problem) = catch_up(&app, request.uri()).await {
        let mut response = problem.into_response();
        response.extensions_mut().insert(language);
        return response;
    }
    request.extensions_mut().insert(caller.speaking(language));
    let mut response = next.run(request).await;
    response.extensions_mut().insert(language);
    response
}

async fn catch_up(app: &App, uri: &Uri) -> Answer<()> {
    let Some(text) = parameter(uri, "min_seq") else { return Ok(()) };
    let bad = || Message::BadParameter { name: "min_seq", value: text.clone(), expected: "12345" };
    wait_for(app, text.parse::<u64>().map_err(|_| bad())?).await
}

/// Waits a moment for a commit; refuses when the record here does not reach it.
pub async fn wait_for(app: &App, asked: u64) -> Answer<()> {
    if app.store.wait_for(Seq(asked), TIME_TO_CATCH_UP).await {
        return Ok(());
    }
    Err(Message::Behind { asked, have: app.store.head().seq.0 }.into())
}

/// The language of a request before it is known who asks: `?lang=`, then `Accept-Language`, then Vietnamese.
pub fn language_of(uri: &Uri, headers: &HeaderMap) -> Language {
    let asked = parameter(uri, "lang").as_deref().and_then(Language::parse);
    let accepted = || headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok().and_then(words::accepted);
    asked.or_else(accepted).unwrap_or_default()
}

/// A parameter that every address takes.
fn parameter(uri: &Uri, name: &str) -> Option<String> {
    let pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next()
}

/// The parameters of an address; one that does not exist is refused, so that a misspelt filter never means "all".
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Params<T>> {
        let own = |pair: &&str| {
            !pair.is_empty() && !pair.starts_with("lang=") && !pair.starts_with("min_seq=")
        };
        let query: Vec<&str> =
            parts.uri.query().unwrap_or_default().split('&').filter(own).collect();
        let uri: Uri = format!("/?{}", query.join("&"))
            .parse()
            .map_err(|_| Message::UnknownParameter("?".into()))?;
        match Query::<T>::try_from_uri(&uri) {
            Ok(Query(params)) => Ok(Params(params)),
            Err(rejection) => Err(bad_query(&rejection.body_text())),
        }
    }
}

/// serde says which parameter; the sentence is ours.
fn bad_query(said: &str) -> Problem {
    let quoted = |after: &str| said.split_once(after)?.1.split('`').next().map(str::to_owned);
    if let Some(name) = quoted("unknown field `") {
        let known = said.split_once("expected").map_or("", |(_, known)| known);
        let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        let nearest = model::text::nearest(&name, known.into_iter());
        return Problem::from(Message::UnknownParameter(name)).suggesting(nearest);
    }
    let name =
        quoted("missing field `").or_else(|| quoted("duplicate field `")).unwrap_or_default();
    Problem::from(Message::BadQuery(said.rsplit(": ").next().unwrap_or(said).to_owned()))
        .in_column(name)
}

/// The most bytes that the body of this request may have.
#[derive(Clone, Copy, Debug)]
pub struct BodyLimit(pub usize);

/// The body of a write and the name its sender gave it.
pub struct Sent {
    /// The bytes.
    pub bytes: Bytes,
    /// Its kind, without parameters.
    pub content_type: String,
    /// The Idempotency-Key, when one was sent by somebody who is signed in.
    pub key: Option<IdempotencyKey>,
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Answer<Sent> {
        let limit = request.extensions().get::<BodyLimit>().map_or(SMALL_BODY, |limit| limit.0);
        let person = request.extensions().get::<Caller>().and_then(Caller::person_id);
        let (parts, body) = request.into_parts();
        let key = match parts.headers.get(IDEMPOTENCY_KEY) {
            None => None,
            Some(key) => {
                let key = key.to_str().map_err(|_| Message::BadKey)?;
                let printable = (1..=128).contains(&key.len())
                    && key.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
                Some(printable.then(|| key.to_owned()).ok_or(Message::BadKey)?)
            }
        };
        let bytes = read_all(&parts.headers, body, limit).await?;
        let kind = parts
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        let content_type = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let key = key.zip(person).map(|(key, account)| {
            let mut hash = Sha256::new();
            for part in [
                parts.method.as_str(),
                parts.uri.path(),
                parts.uri.query().unwrap_or_default(),
                &content_type,
            ] {
                hash.update(part);
                hash.update([0]);
            }
            hash.update(&bytes);
            IdempotencyKey { account, key, request_hash: auth::hex(&hash.finalize()) }
        });
        Ok(Sent { bytes, content_type, key })
    }
}

async fn read_all(headers: &HeaderMap, body: Body, limit: usize) -> Answer<Bytes> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let mut body = body.into_data_stream();
    let mut read: Vec<u8> = Vec::with_capacity(announced.unwrap_or(0).min(limit as u64) as usize);
    let mut too_large = announced.is_some_and(|length| length > limit as u64);
    // Who asked before sending has sent nothing yet, and hears the answer at once.
    if too_large && headers.contains_key(header::EXPECT) {
        return Err(Message::TooLarge(limit as u64 >> 20).into());
    }
    while !too_large {
        let Some(chunk) = body.next().await else { return Ok(read.into()) };
        let chunk = chunk.map_err(|_| Message::BadJson("…".into()))?;
        too_large = read.len() + chunk.len() > limit;
        read.extend_from_slice(&chunk[..chunk.len().min(limit - read.len())]);
    }
    drop(read);
    // Who listens while sending hears it at once; to the others it would be a broken connection.
    tokio::spawn(async move {
        let read_away = async { while let Some(Ok(_)) = body.next().await {} };
        let _ = tokio::time::timeout(TIME_TO_READ_AWAY, read_away).await;
    });
    Err(Message::TooLarge(limit as u64 >> 20).into())
}

/// A JSON body and the name its sender gave it.
pub struct SentJson<T> {
    /// What was sent.
    pub value: T,
    /// The Idempotency-Key.
    pub key: Option<IdempotencyKey>,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for SentJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Answer<SentJson<T>> {
        let sent = Sent::from_request(request, state).await?;
        // Only a script can send this type, and a foreign script has to ask first.
        if sent.content_type != "application/json" && !sent.bytes.is_empty() {
            return Err(Message::BadContentType("application/json").into());
        }
        let bytes = if sent.bytes.is_empty() { b"{}" as &[u8] } else { &sent.bytes };
        let value =
            serde_json::from_slice(bytes).map_err(|error| Message::BadJson(error.to_string()))?;
        Ok(SentJson { value, key: sent.key })
    }
}

/// The answer of a write: JSON, with its place in the record.
pub fn written<T: Serialize>(status: StatusCode, written: Written<T>) -> Response {
    let mut response = match status {
        StatusCode::NO_CONTENT => status.into_response(),
        _ => (status, Json(&written.value)).into_response(),
    };
    response.headers_mut().insert(QUANTRAC_SEQ, HeaderValue::from(written.seq.0));
    if written.replayed {
        response.headers_mut().insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

/// Whether a request changes nothing.
pub fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}
