//! What portals tell of themselves: events from their pages and their servers, and what was counted of them.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use measure::beacon::{self, BATCH_BYTES, Refusal, Said, Span, Step};
use measure::sketch::STANDARD_ERROR_BP;
use measure::when;
use measure::{Portal, SiteKey};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{BeaconCount, BeaconSum, NewEvent};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::{Language, Permission};

use super::{Endpoints, Needs, codes};
use crate::auth::Caller;
use crate::beacon::{NotTaken, SCRIPT, Sender};
use crate::clock::{local_date, rfc3339, time_zone};
use crate::http::{Params, Sent, written};
use crate::peer::Peer;
use crate::problem::{Answer, Problem};
use crate::state::{App, DEFINITIONS_CHANGED, Ministry};
use crate::words::Message;

/// The most days of one question, by how fine it is.
const MOST_DAYS: [(Fineness, i32); 4] = [
    (Fineness::Span(Span::Minute), 2),
    (Fineness::Span(Span::Hour), 35),
    (Fineness::Span(Span::Day), 400),
    (Fineness::Month, 3700),
];
/// One transparent pixel.
const PIXEL: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
/// Whoever sends too much comes again after so many seconds.
const COME_AGAIN: HeaderValue = HeaderValue::from_static("1");

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    endpoints
        .add_large(Needs::Nobody, BATCH_BYTES, routes!(tell_event))
        .add(Needs::Nobody, routes!(tell_by_pixel))
        .add_large(Needs::Nobody, BATCH_BYTES, routes!(tell_batch))
        .add(Needs::Permission(Permission::SeeMeasurement), routes!(beacon_of_portal))
        .add(Needs::Permission(Permission::SeeMeasurement), routes!(beacon_counts))
        .add(Needs::Permission(Permission::SeeMeasurement), routes!(beacon_services))
        .add(Needs::Permission(Permission::ManageSources), routes!(add_site_key))
        .add(Needs::Permission(Permission::ManageSources), routes!(end_site_key))
}

/// Whether an address takes events, whose senders have no account and come from other sites.
pub fn is_told_by_portals(path: &str) -> bool {
    matches!(path, "/api/v1/events" | "/api/v1/events.gif" | "/api/v1/events/batch")
}

/// The script that portals have in their pages.
pub async fn script() -> Response {
    let headers = [
        (header::CONTENT_TYPE.as_str(), "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL.as_str(), "public, max-age=3600"),
        ("cross-origin-resource-policy", "cross-origin"),
    ];
    (headers, SCRIPT).into_response()
}

/// Takes one event of a portal's page: JSON as `text/plain`, as sendBeacon sends it. Answered once it is on disk.
#[utoipa::path(post, path = "/events", tag = "beacon",
    request_body(content = EventSent, content_type = "text/plain"),
    responses((status = 204, description = "It is counted, or was counted before under the same `id`; or its sender's browser asks not to be counted."),
        (status = 403, description = "No portal has this key, or another site sent it: `forged`"),
        (status = 422, description = "`unknown_step`, `future_dated`, `too_old`"),
        (status = 429, description = "More events than the portal may send: `too_many`; `Retry-After` says when to come again"),
        (status = 503, description = "More is waiting for the disk than may be: `overloaded`; `Retry-After` says when to come again")))]
async fn tell_event(
    State(app): State<App>,
    Peer(address): Peer,
    headers: HeaderMap,
    sent: Result<Sent, Problem>,
) -> Response {
    let said = match &sent {
        Ok(sent) => beacon::read(&sent.bytes),
        Err(_) => Err(Refusal::Oversized),
    };
    let told = told(&app, said, Sender::of(&address, &headers)).await;
    let mut response = match told {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => refused(problem),
    };
    response
        .headers_mut()
        .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// Takes one event in the address of a picture, where a browser has no other way: `?key=…&event=view&service=…&id=…`.
#[utoipa::path(get, path = "/events.gif", tag = "beacon", params(PixelAsked),
    responses((status = 200, body = Vec<u8>, content_type = "image/gif", description = "One transparent pixel, once the event is on disk."),
        (status = 403, description = "No portal has this key, or another site sent it: `forged`"),
        (status = 429, description = "More events than the portal may send: `too_many`")))]
async fn tell_by_pixel(
    State(app): State<App>,
    Peer(address): Peer,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let said = beacon::read_query(uri.query().unwrap_or_default());
    match told(&app, said, Sender::of(&address, &headers)).await {
        Ok(()) => {
            let headers = [
                (header::CONTENT_TYPE.as_str(), "image/gif"),
                (header::CACHE_CONTROL.as_str(), "no-store"),
                ("cross-origin-resource-policy", "cross-origin"),
            ];
            (headers, PIXEL).into_response()
        }
        Err(problem) => refused(problem),
    }
}

/// Takes events of a portal's own server, for portals whose pages have no script and for what happens to a dossier later:
/// a JSON array. The portal's secret goes along as `Authorization: Bearer SECRET`; each event stands for itself.
#[utoipa::path(post, path = "/events/batch", tag = "beacon",
    request_body(content = Vec<EventOfServer>, content_type = "application/json"),
    responses((status = 200, body = BatchTaken),
        (status = 401, description = "No portal has this secret: `forged`"),
        (status = 429, description = "More events than the portal may send: `too_many`; those before are taken, and count once when all are sent again"),
        (status = 503, description = "More is waiting for the disk than may be: `overloaded`; those before are taken, and count once when all are sent again")))]
async fn tell_batch(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    sent: Result<Sent, Problem>,
) -> Response {
    match take_batch(&app, caller.speaks(), &headers, sent).await {
        Ok(taken) => Json(taken).into_response(),
        Err(problem) => refused(problem),
    }
}

/// An event as a portal's page sends it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it describes what `measure::beacon` reads")]
struct EventSent {
    /// The site key of the portal.
    key: String,
    #[schema(value_type = codes::BeaconStep)]
    event: String,
    /// The code of the procedure; only a view may have none.
    #[schema(example = "1.004206")]
    service: Option<String>,
    /// A hash of 16 to 64 letters, digits, `-`, `_` that says nothing of the dossier; from `submitted` on.
    dossier: Option<String>,
    /// How the dossier came in; `online` when left out.
    #[schema(value_type = Option<codes::Channel>)]
    channel: Option<String>,
    /// The sender's name for the event, 8 to 64 letters, digits, `-`, `_`: within 48 hours it counts once.
    id: String,
    /// When it happened, RFC 3339; when it arrived, when left out. At most 48 hours ago, and 5 minutes ahead.
    at: Option<String>,
}

/// An event as a portal's own server sends it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it describes what `measure::beacon` reads")]
struct EventOfServer {
    #[schema(value_type = codes::BeaconStep)]
    event: String,
    /// The code of the procedure; only a view may have none.
    #[schema(example = "1.004206")]
    service: Option<String>,
    /// A hash of 16 to 64 letters, digits, `-`, `_` that says nothing of the dossier; from `submitted` on.
    dossier: Option<String>,
    /// How the dossier came in; `online` when left out.
    #[schema(value_type = Option<codes::Channel>)]
    channel: Option<String>,
    /// The sender's name for the event, 8 to 64 letters, digits, `-`, `_`: within 48 hours it counts once.
    id: String,
    /// When it happened, RFC 3339; when it arrived, when left out.
    at: Option<String>,
    /// What tells the visitors of one day apart, 8 to 64 letters, digits, `-`, `_`; it is hashed again.
    visitor: Option<String>,
    /// What the visitor's browser calls itself.
    agent: Option<String>,
}

/// The address of a pixel.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what `measure::beacon` reads")]
struct PixelAsked {
    /// The site key of the portal.
    key: String,
    /// How far somebody came.
    #[param(value_type = codes::BeaconStep)]
    event: String,
    /// The code of the procedure.
    service: Option<String>,
    /// A hash that says nothing of the dossier.
    dossier: Option<String>,
    /// How the dossier came in.
    #[param(value_type = Option<codes::Channel>)]
    channel: Option<String>,
    /// The sender's name for the event.
    id: String,
}

/// What became of a batch.
#[derive(Debug, Serialize, ToSchema)]
struct BatchTaken {
    /// Counted now.
    taken: u64,
    /// Counted before.
    repeated: u64,
    /// Not counted.
    refused: Vec<RefusedOfBatch>,
}

/// An event of a batch that is not counted.
#[derive(Debug, Serialize, ToSchema)]
struct RefusedOfBatch {
    /// Its place, from 0.
    place: u32,
    #[schema(value_type = codes::BeaconRefusal)]
    reason: &'static str,
    /// The member that is wrong.
    member: Option<&'static str>,
    /// The sentence for a person.
    text: String,
}

async fn told(app: &App, said: Result<Said<'_>, Refusal>, sender: Sender<'_>) -> Answer<()> {
    let (beacon, now) = (app.beacon().await?, app.now());
    let sites = beacon.sites(&app.ministry(), now);
    let taken = match said {
        Ok(said) => beacon.take(&sites, &said, sender, now),
        Err(why) => Err(NotTaken::Refused(why, None)),
    };
    match taken {
        Ok((taken, site)) => {
            if taken.is_repeated {
                beacon.refuse(Some(site.code()), Refusal::Replayed, now);
            }
            taken.on_disk.await.map_err(|_| overloaded())
        }
        Err(NotTaken::Refused(why, of)) => {
            beacon.refuse(of.as_deref(), why, now);
            match why {
                Refusal::Declined => Ok(()),
                _ => Err(problem(why)),
            }
        }
        Err(NotTaken::Overloaded) => Err(overloaded()),
        Err(NotTaken::Failed) => Err(Message::Internal.into()),
    }
}

async fn take_batch(
    app: &App,
    language: Language,
    headers: &HeaderMap,
    sent: Result<Sent, Problem>,
) -> Answer<BatchTaken> {
    let (beacon, now) = (app.beacon().await?, app.now());
    let secret = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let Some(site) = secret.and_then(|secret| app.site_of_secret(secret.trim())) else {
        beacon.refuse(None, Refusal::Forged, now);
        return Err(said(401, Refusal::Forged));
    };
    let refuse = |why| {
        beacon.refuse(Some(site.code()), why, now);
        problem(why)
    };
    let sent = sent.map_err(|_| refuse(Refusal::Oversized))?;
    let batch = beacon::read_batch(&sent.bytes).map_err(refuse)?;
    let mut answer = BatchTaken { taken: 0, repeated: 0, refused: vec![] };
    let mut waiting = vec![];
    for (place, event) in batch.into_iter().enumerate() {
        let taken = event.map_err(|why| NotTaken::Refused(why, None)).and_then(|event| {
            let agent = event.agent.clone().unwrap_or_else(|| SERVER.into());
            let sender = Sender { address: "", agent: &agent, origin: None, declines: false };
            beacon.take_of(&site, &event, sender, now)
        });
        match taken {
            Ok(taken) => {
                match taken.is_repeated {
                    false => answer.taken += 1,
                    true => {
                        answer.repeated += 1;
                        beacon.refuse(Some(site.code()), Refusal::Replayed, now);
                    }
                }
                waiting.push(taken.on_disk);
            }
            // The rest would fare no better: all of it comes again.
            Err(NotTaken::Refused(Refusal::TooMany, _)) => return Err(refuse(Refusal::TooMany)),
            Err(NotTaken::Refused(why, _)) => {
                beacon.refuse(Some(site.code()), why, now);
                answer.refused.push(RefusedOfBatch {
                    place: place as u32,
                    reason: why.code(),
                    member: member(why),
                    text: sentence(why, language),
                });
            }
            Err(NotTaken::Overloaded) => return Err(overloaded()),
            Err(NotTaken::Failed) => return Err(Message::Internal.into()),
        }
    }
    for on_disk in waiting {
        on_disk.await.map_err(|_| overloaded())?;
    }
    Ok(answer)
}

/// What a server that says nothing of a browser is: no machine that visits.
const SERVER: &str = "portal";

fn refused(problem: Problem) -> Response {
    let mut response = problem.into_response();
    if matches!(response.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
    {
        response.headers_mut().insert(header::RETRY_AFTER, COME_AGAIN);
    }
    response
}

fn problem(why: Refusal) -> Problem {
    let status = match why {
        Refusal::Forged => 403,
        Refusal::Oversized => 413,
        Refusal::Malformed(_) => 400,
        Refusal::UnknownStep | Refusal::FutureDated | Refusal::TooOld => 422,
        Refusal::TooMany => 429,
        // These are answered as if they were counted.
        Refusal::Replayed | Refusal::Declined => 200,
    };
    said(status, why)
}

fn said(status: u16, why: Refusal) -> Problem {
    let problem =
        Problem::from(Message::said(status, why.code(), |language| sentence(why, language)));
    match member(why) {
        Some(member) => problem.in_column(member),
        None => problem,
    }
}

fn member(why: Refusal) -> Option<&'static str> {
    match why {
        Refusal::Malformed(member) => Some(member),
        Refusal::UnknownStep => Some("event"),
        Refusal::FutureDated | Refusal::TooOld => Some("at"),
        Refusal::Forged
        | Refusal::Oversized
        | Refusal::Replayed
        | Refusal::TooMany
        | Refusal::Declined => None,
    }
}

fn sentence(why: Refusal, language: Language) -> String {
    let member = match why {
        Refusal::Malformed(member) => member,
        _ => "",
    };
    let (vi, en) = match why {
        Refusal::Forged => (
            "Không có cổng nào dùng mã này, hoặc sự kiện được gửi từ trang khác.",
            "No portal has this key, or another site sent the event.",
        ),
        Refusal::Oversized => (
            "Một sự kiện không quá 2.048 byte, một lần gửi không quá 1.000 sự kiện và 1 MiB.",
            "An event has at most 2,048 bytes, a batch at most 1,000 events and 1 MiB.",
        ),
        Refusal::Malformed(_) => (
            "Thiếu hoặc sai phần “{}” của sự kiện.",
            "The part “{}” of the event is missing or wrong.",
        ),
        Refusal::UnknownStep => ("Không có bước này.", "There is no such step."),
        Refusal::FutureDated => (
            "Thời điểm của sự kiện chưa đến; đồng hồ của cổng có thể chạy nhanh.",
            "The event has not happened yet; the portal's clock may be ahead.",
        ),
        Refusal::TooOld => (
            "Sự kiện đã quá 48 giờ nên không được đếm nữa.",
            "The event is more than 48 hours old and is no longer counted.",
        ),
        Refusal::Replayed => ("Sự kiện này đã được đếm.", "This event was counted before."),
        Refusal::TooMany => (
            "Cổng gửi quá nhiều sự kiện mỗi giây; hãy gửi lại sau.",
            "The portal sends too many events a second; send again later.",
        ),
        Refusal::Declined => (
            "Người truy cập đề nghị không bị theo dõi nên không được đếm.",
            "The visitor asked not to be tracked and is not counted.",
        ),
    };
    language.pick(vi, en).replace("{}", member)
}

fn overloaded() -> Problem {
    Message::said(503, "overloaded", |language| {
        language
            .pick(
                "Máy chủ đang nhận quá nhiều sự kiện; hãy gửi lại sau.",
                "The server receives more events than it can keep; send again later.",
            )
            .to_owned()
    })
    .into()
}

/// Which days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DaysOfBeacon {
    /// From this day of UTC+7; 29 days before `to` when left out.
    from: Option<String>,
    /// Up to this day, included; today when left out.
    to: Option<String>,
}

/// Which counts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CountsAsked {
    /// From this day of UTC+7; 29 days before `to` when left out, of minutes that day itself.
    from: Option<String>,
    /// Up to this day, included; today when left out. Minutes are kept for 2 days, hours for 35.
    to: Option<String>,
    /// How fine: `day` when left out.
    #[param(value_type = Option<codes::BeaconSpan>)]
    by: Option<String>,
    /// Of one procedure; of the whole portal when left out.
    service: Option<String>,
}

/// A step of the funnel.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
struct FunnelStep {
    #[schema(value_type = codes::BeaconStep)]
    step: &'static str,
    /// What the funnel counts: of `view` and `started` the different visitors of each day, added up over the days; from
    /// `submitted` on different dossiers, each on the first day.
    count: u64,
    /// Events of people.
    events: u64,
    /// Events of machines.
    bots: u64,
}

/// A key under which a portal's pages send.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct SiteKeyShown {
    key: String,
    /// From when on it no longer counts.
    ended_at: Option<String>,
}

/// Refused events.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct RefusedCount {
    #[schema(value_type = codes::BeaconRefusal)]
    reason: String,
    events: u64,
}

/// What a portal tells of itself, over some days.
#[derive(Debug, Serialize, ToSchema)]
struct BeaconOfPortal {
    portal: String,
    unit: String,
    name_vi: String,
    name_en: String,
    address: String,
    respects_do_not_track: bool,
    /// Whether its own server may send.
    has_secret: bool,
    from: String,
    to: String,
    /// When the last counted event happened; null when none was heard of.
    last_heard: Option<String>,
    /// The last one is the newest.
    keys: Vec<SiteKeyShown>,
    /// What its pages have in them; null without a key in use.
    snippet: Option<String>,
    funnel: Vec<FunnelStep>,
    /// Visitors are estimated: one standard error, in hundredths of a percent.
    visitors_error_bp: u32,
    /// Events that were not counted.
    refused: Vec<RefusedCount>,
    /// Events that were not counted and of which it is not known whose they were, over all portals.
    refused_of_nobody: Vec<RefusedCount>,
}

/// Counts of one moment, step and channel.
#[derive(Debug, Serialize, ToSchema)]
struct CountOfSpan {
    /// Where the minute, hour, day or month begins.
    start: String,
    #[schema(value_type = codes::BeaconStep)]
    step: &'static str,
    #[schema(value_type = codes::Channel)]
    channel: &'static str,
    /// Events of people.
    events: u64,
    /// Events of machines.
    bots: u64,
    /// Dossiers of people that came to the step for the first time; null of a step without a dossier.
    dossiers: Option<u64>,
    /// Different visitors of the day, estimated; null of a step of a dossier, and of anything but a day.
    visitors: Option<u64>,
}

/// Counts over time.
#[derive(Debug, Serialize, ToSchema)]
struct CountsOverTime {
    #[schema(value_type = codes::BeaconSpan)]
    by: &'static str,
    from: String,
    to: String,
    counts: Vec<CountOfSpan>,
}

/// What was counted of a service.
#[derive(Debug, Default, Serialize, ToSchema)]
struct CountsOfService {
    service: String,
    /// Events of people.
    views: u64,
    /// Events of people.
    started: u64,
    /// Different dossiers of people, as all that follow.
    submitted: u64,
    /// Of `submitted`, those that came in online.
    submitted_online: u64,
    paid: u64,
    accepted: u64,
    delivered: u64,
    /// Events of machines, at any step.
    bots: u64,
}

/// Services of a portal over some days.
#[derive(Debug, Serialize, ToSchema)]
struct ServicesOfPortal {
    from: String,
    to: String,
    services: Vec<CountsOfService>,
}

/// What a portal tells of itself: its keys, what its pages have in them, the funnel and what was refused.
#[utoipa::path(get, path = "/beacon/{portal}", tag = "beacon",
    params(("portal" = String, Path, description = "The portal's code"), DaysOfBeacon),
    responses((status = 200, body = BeaconOfPortal)))]
async fn beacon_of_portal(
    State(app): State<App>,
    Path(code): Path<String>,
    Params(asked): Params<DaysOfBeacon>,
) -> Answer<Json<BeaconOfPortal>> {
    let ministry = app.ministry();
    let portal = portal_of(&ministry, &code)?;
    let (from, to) =
        days(asked.from.as_deref(), asked.to.as_deref(), Fineness::Span(Span::Day), &app)?;
    let (start, end) = (start_of_day(from)?, start_of_day(next(to)?)?);
    let mut reader = app.store.read().await?;
    let sums = reader.beacon_sums(&portal.code, None, from, to).await?;
    let refused = reader.beacon_refused(Some(&portal.code), start, end).await?;
    let of_nobody = reader.beacon_refused(None, start, end).await?;
    let heard = reader.beacon_heard().await?;
    let now = app.now();
    let newest = portal.site_keys.iter().rfind(|key| key.counts_at(now));
    Ok(Json(BeaconOfPortal {
        portal: portal.code.to_string(),
        unit: portal.unit.to_string(),
        name_vi: portal.name_vi.clone(),
        name_en: portal.name_en.clone(),
        address: portal.address.clone(),
        respects_do_not_track: portal.respects_do_not_track,
        has_secret: portal.secret_hash.is_some(),
        from: from.to_string(),
        to: to.to_string(),
        last_heard: heard.get(portal.code.as_str()).copied().map(rfc3339),
        keys: keys_of(portal),
        snippet: newest.map(|key| snippet(&app.address, portal, key)),
        funnel: funnel(&sums),
        visitors_error_bp: STANDARD_ERROR_BP,
        refused: by_reason(&refused),
        refused_of_nobody: by_reason(&of_nobody),
    }))
}

/// Counts of a portal, or of one of its services, by minute, hour, day or month.
#[utoipa::path(get, path = "/beacon/{portal}/counts", tag = "beacon",
    params(("portal" = String, Path, description = "The portal's code"), CountsAsked),
    responses((status = 200, body = CountsOverTime)))]
async fn beacon_counts(
    State(app): State<App>,
    Path(code): Path<String>,
    Params(asked): Params<CountsAsked>,
) -> Answer<Json<CountsOverTime>> {
    let ministry = app.ministry();
    let portal = portal_of(&ministry, &code)?;
    let by = Fineness::parse(asked.by.as_deref().unwrap_or("day"))?;
    let (from, to) = days(asked.from.as_deref(), asked.to.as_deref(), by, &app)?;
    let (start, end) = (start_of_day(from)?, start_of_day(next(to)?)?);
    let mut reader = app.store.read().await?;
    let service = asked.service.as_deref().filter(|service| !service.is_empty());
    let counts = match by {
        Fineness::Span(span) => {
            of_spans(&reader.beacon_counts(&portal.code, service, span, start, end).await?, span)
        }
        Fineness::Month => of_months(&reader.beacon_sums(&portal.code, service, from, to).await?),
    };
    Ok(Json(CountsOverTime { by: by.code(), from: from.to_string(), to: to.to_string(), counts }))
}

/// What was counted of each service of a portal.
#[utoipa::path(get, path = "/beacon/{portal}/services", tag = "beacon",
    params(("portal" = String, Path, description = "The portal's code"), DaysOfBeacon),
    responses((status = 200, body = ServicesOfPortal)))]
async fn beacon_services(
    State(app): State<App>,
    Path(code): Path<String>,
    Params(asked): Params<DaysOfBeacon>,
) -> Answer<Json<ServicesOfPortal>> {
    let ministry = app.ministry();
    let portal = portal_of(&ministry, &code)?;
    let (from, to) =
        days(asked.from.as_deref(), asked.to.as_deref(), Fineness::Span(Span::Day), &app)?;
    let counts = app.store.read().await?.beacon_services(&portal.code, from, to).await?;
    let mut services: BTreeMap<String, CountsOfService> = BTreeMap::new();
    for one in counts {
        let into = services.entry(one.service.clone()).or_default();
        into.service = one.service;
        if one.is_bot {
            into.bots += one.events;
            continue;
        }
        match one.step {
            Step::View => into.views += one.events,
            Step::Started => into.started += one.events,
            Step::Submitted => {
                into.submitted += one.dossiers;
                if one.channel == beacon::Channel::Online {
                    into.submitted_online += one.dossiers;
                }
            }
            Step::Paid => into.paid += one.dossiers,
            Step::Accepted => into.accepted += one.dossiers,
            Step::Delivered => into.delivered += one.dossiers,
        }
    }
    Ok(Json(ServicesOfPortal {
        from: from.to_string(),
        to: to.to_string(),
        services: services.into_values().collect(),
    }))
}

/// Gives a portal another site key; those before work until they are ended.
#[utoipa::path(post, path = "/beacon/{portal}/keys", tag = "beacon",
    params(("portal" = String, Path, description = "The portal's code")),
    responses((status = 201, body = Vec<SiteKeyShown>)))]
async fn add_site_key(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    sent: Sent,
) -> Answer<Response> {
    let fresh = SiteKey { key: crate::auth::hex(&rand::random::<[u8; 12]>()), ended_at: None };
    let change = move |portal: &mut Portal, _| {
        portal.site_keys.push(fresh);
        Ok(())
    };
    change_keys(&app, &caller, code, sent, StatusCode::CREATED, change).await
}

/// Ends a site key now: what is sent under it from here on is refused.
#[utoipa::path(post, path = "/beacon/{portal}/keys/{key}/end", tag = "beacon",
    params(("portal" = String, Path, description = "The portal's code"), ("key" = String, Path, description = "The key")),
    responses((status = 200, body = Vec<SiteKeyShown>)))]
async fn end_site_key(
    State(app): State<App>,
    caller: Caller,
    Path((code, key)): Path<(String, String)>,
    sent: Sent,
) -> Answer<Response> {
    let change = move |portal: &mut Portal, now| {
        let found = portal.site_keys.iter_mut().find(|one| one.key == key);
        let found = found.ok_or(Message::NotFound)?;
        found.ended_at.get_or_insert(now);
        Ok(())
    };
    change_keys(&app, &caller, code, sent, StatusCode::OK, change).await
}

async fn change_keys(
    app: &App,
    caller: &Caller,
    code: String,
    sent: Sent,
    status: StatusCode,
    change: impl FnOnce(&mut Portal, Timestamp) -> Answer<()> + Send + 'static,
) -> Answer<Response> {
    let actor = caller.actor()?.person;
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let seq = tx.head().seq;
                let portals = tx.definitions_as_known_at(seq).await?.portals;
                let portal = portals.into_iter().find(|portal| portal.code.as_str() == code);
                let mut portal = portal.ok_or(Message::NotFound)?;
                change(&mut portal, tx.now())?;
                tx.define_portals(std::slice::from_ref(&portal)).await?;
                tx.event(NewEvent {
                    kind: DEFINITIONS_CHANGED.into(),
                    actor: Some(actor),
                    detail: json!({ "portal": portal.code.as_str(), "name": portal.name_vi }),
                    ..NewEvent::default()
                })
                .await?;
                Ok(keys_of(&portal))
            })
        })
        .await?;
    app.read_ministry_again().await?;
    Ok(written(status, done))
}

fn portal_of<'a>(ministry: &'a Ministry, code: &str) -> Answer<&'a Portal> {
    let found = ministry.portals.values().find(|portal| portal.code.as_str() == code);
    found.ok_or_else(|| {
        let known = ministry.portals.keys().map(measure::PortalCode::as_str);
        Problem::from(Message::NotFound).suggesting(model::text::nearest(code, known))
    })
}

fn keys_of(portal: &Portal) -> Vec<SiteKeyShown> {
    let shown =
        |key: &SiteKey| SiteKeyShown { key: key.key.clone(), ended_at: key.ended_at.map(rfc3339) };
    portal.site_keys.iter().map(shown).collect()
}

fn snippet(address: &str, portal: &Portal, key: &SiteKey) -> String {
    let respects = if portal.respects_do_not_track { " data-respect=\"dnt gpc\"" } else { "" };
    format!(
        "<script async src=\"{address}/count.v1.js\" data-key=\"{}\"{respects}></script>",
        key.key
    )
}

fn by_reason(refused: &[store::RefusedEvents]) -> Vec<RefusedCount> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for one in refused {
        *counts.entry(&one.reason).or_default() += one.events;
    }
    let shown = |(reason, events): (&str, u64)| RefusedCount { reason: reason.to_owned(), events };
    counts.into_iter().map(shown).collect()
}

/// The funnel over some days: visitors are those of each day, because no other day knows them again.
fn funnel(sums: &[BeaconSum]) -> Vec<FunnelStep> {
    let of_step = |step: Step| {
        let mut shown = FunnelStep { step: step.code(), ..FunnelStep::default() };
        for one in sums.iter().filter(|one| one.step == step) {
            if one.is_bot {
                shown.bots += one.events;
                continue;
            }
            shown.events += one.events;
            shown.count += if step.has_dossier() { one.dossiers } else { one.visits };
        }
        shown
    };
    Step::ALL.into_iter().map(of_step).collect()
}

/// What has no events yet, of one moment.
fn none_yet(start: Timestamp, step: Step, channel: beacon::Channel) -> CountOfSpan {
    CountOfSpan {
        start: rfc3339(start),
        step: step.code(),
        channel: channel.code(),
        events: 0,
        bots: 0,
        dossiers: step.has_dossier().then_some(0),
        visitors: None,
    }
}

fn of_spans(counts: &[BeaconCount], span: Span) -> Vec<CountOfSpan> {
    let mut kept: BTreeMap<(Timestamp, Step, beacon::Channel), CountOfSpan> = BTreeMap::new();
    for one in counts {
        let has_visitors = span == Span::Day && !one.step.has_dossier();
        let into = kept.entry((one.start, one.step, one.channel)).or_insert_with(|| CountOfSpan {
            visitors: has_visitors.then_some(0),
            ..none_yet(one.start, one.step, one.channel)
        });
        if one.is_bot {
            into.bots += one.events;
            continue;
        }
        into.events += one.events;
        into.dossiers = into.dossiers.map(|dossiers| dossiers + one.dossiers);
        into.visitors = into.visitors.map(|visitors| visitors + one.visitors.estimate());
    }
    kept.into_values().collect()
}

fn of_months(sums: &[BeaconSum]) -> Vec<CountOfSpan> {
    let mut kept: BTreeMap<(Date, Step, beacon::Channel), CountOfSpan> = BTreeMap::new();
    for one in sums {
        let into = kept
            .entry((one.month, one.step, one.channel))
            .or_insert_with(|| none_yet(when::start_of_day(one.month), one.step, one.channel));
        if one.is_bot {
            into.bots += one.events;
            continue;
        }
        into.events += one.events;
        into.dossiers = into.dossiers.map(|dossiers| dossiers + one.dossiers);
    }
    kept.into_values().collect()
}

/// How finely counts are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fineness {
    /// As they are kept.
    Span(Span),
    /// Days of a month added up.
    Month,
}

impl Fineness {
    /// As it is asked for.
    pub fn code(self) -> &'static str {
        match self {
            Fineness::Span(span) => span.code(),
            Fineness::Month => "month",
        }
    }

    /// Every one, the finest first.
    pub fn all() -> impl Iterator<Item = Fineness> {
        Span::ALL.into_iter().map(Fineness::Span).chain([Fineness::Month])
    }

    fn parse(code: &str) -> Answer<Fineness> {
        Fineness::all().find(|one| one.code() == code).ok_or_else(|| {
            let value = super::values::shortened(code);
            let expected = "minute, hour, day, month";
            Problem::from(Message::BadParameter { name: "by", value, expected }).in_column("by")
        })
    }
}

/// The days that are asked for, both included.
fn days(from: Option<&str>, to: Option<&str>, by: Fineness, app: &App) -> Answer<(Date, Date)> {
    let read = |name: &'static str, text: Option<&str>| match text {
        None => Ok(None),
        Some(text) => text.parse::<Date>().map(Some).map_err(|_| {
            let value = super::values::shortened(text);
            let bad = Message::BadParameter { name, value, expected: "2024-08-05" };
            Problem::from(bad).in_column(name)
        }),
    };
    let (from, to) = (read("from", from)?, read("to", to)?.unwrap_or(local_date(app.now())));
    let back = if by == Fineness::Span(Span::Minute) { 0 } else { 29 };
    let from = from.unwrap_or(to.checked_sub(back.days()).unwrap_or(to));
    let most = MOST_DAYS.into_iter().find(|(of, _)| *of == by).map_or(400, |(_, most)| most);
    let length = from.until(to).map_or(i32::MAX, |span| span.get_days());
    if (0..most).contains(&length) {
        return Ok((from, to));
    }
    let message = Message::said(422, "too_many_days", |language| {
        let text = language.pick(
            "Khoảng ngày phải xuôi và không quá {} ngày.",
            "The days run forwards and are at most {}.",
        );
        text.replace("{}", &most.to_string())
    });
    Err(Problem::from(message).in_column("from"))
}

fn next(day: Date) -> Answer<Date> {
    day.tomorrow().map_err(|_| Message::BadPeriod(day.to_string()).into())
}

fn start_of_day(day: Date) -> Answer<Timestamp> {
    let start = day.to_zoned(time_zone());
    Ok(start.map_err(|_| Message::BadPeriod(day.to_string()))?.timestamp())
}
