//! Portals: where public services are offered on line, and the dossiers that their back ends count.

mod files;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::Response;
use jiff::civil::Date;
use measure::dossier::{self, Channel, Count, Day};
use measure::register::EntryCode;
use measure::{Portal, PortalCode};
use model::Validity;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{DayKept, NewEvent, Tx, Written};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::Permission;

use super::values::shortened;
use super::{Endpoints, Needs, codes};
use crate::auth::{Caller, new_secret, secret_hash};
use crate::claims;
use crate::clock::{local_date, rfc3339};
use crate::derived::{self, month_of};
use crate::http::{Params, Sent, SentJson, written};
use crate::problem::{Answer, Found, Place, Problem};
use crate::registers::not_a_day;
use crate::state::{App, DEFINITIONS_CHANGED, Ministry};
use crate::words::Message;

/// Where the back end of a portal says its secret.
pub const PORTAL_SECRET: HeaderName = HeaderName::from_static("quantrac-portal-secret");
/// The most bytes of what a portal sends at once.
const MOST_BYTES: usize = 16 << 20;
/// So many days a portal may send at once.
const MOST_DAYS: usize = 31;
/// So many counts a portal may send at once.
const MOST_COUNTS: usize = 100_000;
/// So many findings are told.
const MOST_FINDINGS: usize = 1000;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    let see = Needs::Permission(Permission::SeeMeasurement);
    let manage = Needs::Permission(Permission::ManageSources);
    files::add(endpoints)
        .add(see.clone(), routes!(portals))
        .add(see.clone(), routes!(portal))
        .add(manage.clone(), routes!(define_portal))
        .add(manage, routes!(give_secret, end_secret))
        .add(see, routes!(dossier_days))
        // By the portal's own secret, which the handler checks: a program of a portal is no account.
        .add_large(Needs::Nobody, MOST_BYTES, routes!(send_dossiers))
}

/// A portal as it is registered.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct PortalBody {
    code: String,
    unit: String,
    name_vi: String,
    name_en: String,
    address: String,
    /// The first day it is in use.
    valid_from: Option<String>,
    /// The first day it no longer is.
    valid_to: Option<String>,
    /// Whether it is only for trying things out: it never counts into its unit's figures.
    trial: bool,
    /// From which day on its pages tell of every dossier that is filed on line; null when they do not promise it.
    pages_see_all_since: Option<String>,
    /// Whether its back end has a secret to send with.
    has_secret: bool,
    /// The last day of which it sent dossiers.
    last_day: Option<String>,
}

fn portal_body(portal: &Portal, last_day: Option<Date>) -> PortalBody {
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    PortalBody {
        code: portal.code.to_string(),
        unit: portal.unit.to_string(),
        name_vi: portal.name_vi.clone(),
        name_en: portal.name_en.clone(),
        address: portal.address.clone(),
        valid_from: day(portal.validity.from),
        valid_to: day(portal.validity.to),
        trial: portal.is_trial,
        pages_see_all_since: day(portal.pages_see_all_since),
        has_secret: portal.secret_hash.is_some(),
        last_day: day(last_day),
    }
}

/// The portals.
#[derive(Debug, Serialize, ToSchema)]
struct PortalList {
    portals: Vec<PortalBody>,
    /// Whether the caller may change them.
    editable: bool,
}

/// Every portal, by unit and code.
#[utoipa::path(get, path = "/portals", tag = "measurement", responses((status = 200, body = PortalList)))]
async fn portals(State(app): State<App>, caller: Caller) -> Answer<Json<PortalList>> {
    let (ministry, today) = (app.ministry(), local_date(app.now()));
    let since = today.saturating_sub(jiff::Span::new().months(3));
    let mut last: BTreeMap<String, Date> = BTreeMap::new();
    for sent in app.store.read().await?.dossier_days(None, since, today).await? {
        last.insert(sent.portal, sent.day);
    }
    let mut all: Vec<&Portal> = ministry.portals.values().collect();
    all.sort_by_key(|portal| (&portal.unit, &portal.code));
    let body = |portal: &Portal| portal_body(portal, last.get(portal.code.as_str()).copied());
    Ok(Json(PortalList {
        portals: all.into_iter().map(body).collect(),
        editable: caller.may(&Permission::ManageSources).is_ok(),
    }))
}

/// A version of a portal.
#[derive(Debug, Serialize, ToSchema)]
struct PortalVersion {
    /// 1 for the first.
    version: u64,
    at: String,
    by: Option<String>,
    /// The members that say something else than the version before it.
    changed: Vec<&'static str>,
    portal: PortalBody,
}

/// A portal with its history.
#[derive(Debug, Serialize, ToSchema)]
struct PortalHistory {
    /// The newest first.
    history: Vec<PortalVersion>,
}

/// The members in which two versions of a portal differ; of the first, none.
fn changed(before: Option<&Portal>, after: &Portal) -> Vec<&'static str> {
    let Some(before) = before else { return vec![] };
    let differs = [
        ("unit", before.unit != after.unit),
        ("name_vi", before.name_vi != after.name_vi),
        ("name_en", before.name_en != after.name_en),
        ("address", before.address != after.address),
        ("valid_from", before.validity.from != after.validity.from),
        ("valid_to", before.validity.to != after.validity.to),
        ("trial", before.is_trial != after.is_trial),
        ("pages_see_all_since", before.pages_see_all_since != after.pages_see_all_since),
        ("secret", before.secret_hash != after.secret_hash),
    ];
    differs.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect()
}

/// Every version of a portal.
#[utoipa::path(get, path = "/portals/{code}", tag = "measurement",
    params(("code" = String, Path, description = "Which portal")),
    responses((status = 200, body = PortalHistory), (status = 404, description = "`not_found`")))]
async fn portal(State(app): State<App>, Path(code): Path<String>) -> Answer<Json<PortalHistory>> {
    let portal = known(&app.ministry(), &code)?;
    let versions = app.store.read().await?.portal_history(&portal.code).await?;
    let mut history = vec![];
    for (at, (version, defined_at, by)) in versions.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| versions.get(at));
        history.push(PortalVersion {
            version: at as u64 + 1,
            at: rfc3339(*defined_at),
            by: by.clone(),
            changed: changed(before.map(|(before, ..)| before), version),
            portal: portal_body(version, None),
        });
    }
    history.reverse();
    Ok(Json(PortalHistory { history }))
}

/// A portal, or the next version of one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PortalRequest {
    code: String,
    unit: String,
    name_vi: String,
    name_en: String,
    /// Where people open it; begins with https:// or http://.
    address: String,
    /// The first day it is in use.
    #[serde(default)]
    valid_from: Option<String>,
    /// The first day it no longer is.
    #[serde(default)]
    valid_to: Option<String>,
    /// Whether it is only for trying things out: what happens on it is shown and never counts into its unit's figures. As
    /// it is when left out.
    #[serde(default)]
    trial: Option<bool>,
    /// From which day on its pages tell of every dossier that is filed on line: for days that its back end does not send,
    /// they are then counted as filed on line. Null or empty when they do not; as it is when left out.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    pages_see_all_since: Option<Option<String>>,
}

/// A member that was sent, be it null; one that is left out is `None`.
fn said<'de, D: serde::Deserializer<'de>>(sent: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(sent).map(Some)
}

fn named(name: &'static str, text: &str) -> Answer<String> {
    let text = model::text::normalised(text.trim());
    match text.chars().count() {
        0 => Err(Problem::from(Message::Empty(name)).in_column(name)),
        1..=300 => Ok(text),
        _ => Err(Problem::from(Message::TooLong { field: name, most: 300 }).in_column(name)),
    }
}

/// What is wrong with a field, in a sentence in Vietnamese and one in English.
fn bad(name: &'static str, code: &'static str, vi: &str, en: &str) -> Problem {
    let said = Message::said(422, code, |language| language.pick(vi, en).to_owned());
    Problem::from(said).in_column(name)
}

fn day(name: &'static str, text: Option<&str>) -> Answer<Option<Date>> {
    let read = |text: &str| {
        let wrong = || Problem::from(not_a_day(text)).in_column(name);
        measure::register::read_day(text).ok_or_else(wrong)
    };
    text.filter(|text| !text.trim().is_empty()).map(read).transpose()
}

/// The portal that is described, or everything that is wrong with it, by field.
fn read_portal(request: &PortalRequest, ministry: &Ministry) -> Result<Portal, Vec<Problem>> {
    let mut wrong: Vec<Problem> = vec![];
    fn take<T>(wrong: &mut Vec<Problem>, read: Answer<T>) -> Option<T> {
        read.map_err(|problem| wrong.push(problem)).ok()
    }
    let code = PortalCode::parse(request.code.trim());
    let code = code.map_err(|_| {
        bad(
            "code",
            "bad_code",
            "Mã cổng gồm chữ không dấu, số và . _ @ -, không quá 64 ký tự. Ví dụ: 52-dvc.",
            "A portal's code is letters, digits and . _ @ -, at most 64 of them. For example: 52-dvc.",
        )
    });
    let code = take(&mut wrong, code);
    let unit = super::values::unit(ministry, request.unit.trim());
    let unit = take(&mut wrong, unit.map_err(|problem| problem.in_column("unit")));
    let name_vi = take(&mut wrong, named("name_vi", &request.name_vi));
    let name_en = take(&mut wrong, named("name_en", &request.name_en));
    let is_web =
        |address: &String| address.starts_with("https://") || address.starts_with("http://");
    let address = named("address", &request.address).and_then(|address| {
        let address = address.trim_end_matches('/').to_owned();
        Some(address).filter(is_web).ok_or_else(|| {
            bad(
                "address",
                "not_a_web_address",
                "Địa chỉ bắt đầu bằng https:// hoặc http://. Ví dụ: https://dichvucong.binhdinh.gov.vn.",
                "An address begins with https:// or http://. For example: https://dichvucong.binhdinh.gov.vn.",
            )
        })
    });
    let address = take(&mut wrong, address);
    let from = take(&mut wrong, day("valid_from", request.valid_from.as_deref())).flatten();
    let to = take(&mut wrong, day("valid_to", request.valid_to.as_deref())).flatten();
    if let (Some(from), Some(to)) = (from, to)
        && to <= from
    {
        wrong.push(bad(
            "valid_to",
            "ends_before_it_begins",
            "Ngày ngừng phải sau ngày bắt đầu hoạt động.",
            "The day it ends has to come after the day it begins.",
        ));
    }
    let known = code.as_ref().and_then(|code| ministry.portals.get(code));
    let pages_see_all_since = match &request.pages_see_all_since {
        Some(said) => take(&mut wrong, day("pages_see_all_since", said.as_deref())).flatten(),
        None => known.and_then(|known| known.pages_see_all_since),
    };
    match (code, unit, name_vi, name_en, address) {
        (Some(code), Some(unit), Some(name_vi), Some(name_en), Some(address))
            if wrong.is_empty() =>
        {
            Ok(Portal {
                is_trial: request.trial.unwrap_or(known.is_some_and(|known| known.is_trial)),
                pages_see_all_since,
                unit,
                name_vi,
                name_en,
                address,
                validity: Validity { from, to },
                site_keys: known.map(|known| known.site_keys.clone()).unwrap_or_default(),
                secret_hash: known.and_then(|known| known.secret_hash.clone()),
                respects_do_not_track: known.is_none_or(|known| known.respects_do_not_track),
                code,
            })
        }
        _ => Err(wrong),
    }
}

fn portal_of(request: &PortalRequest, ministry: &Ministry) -> Answer<Portal> {
    let first = |wrong: Vec<Problem>| wrong.into_iter().next().unwrap_or(Message::Internal.into());
    read_portal(request, ministry).map_err(first)
}

/// Registers a portal, or changes one; its secret stays.
#[utoipa::path(post, path = "/portals", tag = "measurement", request_body = PortalRequest,
    responses((status = 201, body = PortalBody), (status = 404, description = "`unknown_unit`, with the nearest"),
        (status = 409, description = "It counts dossiers that a connector measures: `already_measured`"),
        (status = 422, description = "What is not right, by field in `at`: `empty`, `too_long`, `bad_code`, `not_a_web_address`, `not_a_day`, `ends_before_it_begins`; or `idempotency_key_reused`")))]
async fn define_portal(
    State(app): State<App>,
    caller: Caller,
    sent: SentJson<PortalRequest>,
) -> Answer<Response> {
    let actor = caller.actor()?.person;
    let portal = portal_of(&sent.value, &app.ministry())?;
    has_its_numbers(&app, &portal).await?;
    let unit = portal.unit.clone();
    let done = app.write(sent.key, move |tx| {
        Box::pin(async move {
            define(tx, &portal, actor).await?;
            Ok(portal_body(&portal, None))
        })
    });
    let done = done.await?;
    app.read_ministry_again().await?;
    derived::record_after(&app, &unit, &derived::open_months(local_date(app.now()))).await;
    Ok(written(StatusCode::CREATED, done))
}

/// Refuses a portal whose numbers a connector measures.
async fn has_its_numbers(app: &App, portal: &Portal) -> Answer<()> {
    let held = claims::of_connectors(&mut app.store.read().await?).await?;
    claims::check(&claims::of_portal(portal), &held, &app.ministry(), local_date(app.now()))
}

async fn define(tx: &mut Tx, portal: &Portal, actor: model::PersonId) -> Answer<()> {
    tx.define_portals(std::slice::from_ref(portal)).await?;
    tx.event(NewEvent {
        kind: DEFINITIONS_CHANGED.into(),
        actor: Some(actor),
        detail: json!({ "portal": portal.code.as_str(), "name": portal.name_vi }),
        ..NewEvent::default()
    })
    .await?;
    Ok(())
}

/// A secret, shown this once.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct SecretBody {
    /// To be sent in the header `Quantrac-Portal-Secret`.
    secret: String,
}

fn known(ministry: &Ministry, code: &str) -> Answer<Portal> {
    let code = PortalCode::parse(code).map_err(|_| Message::NotFound)?;
    Ok(ministry.portals.get(&code).cloned().ok_or(Message::NotFound)?)
}

/// Gives the back end of a portal a new secret, shown this once; the one before it ends.
#[utoipa::path(post, path = "/portals/{code}/secret", tag = "measurement",
    params(("code" = String, Path, description = "Which portal")),
    responses((status = 201, body = SecretBody), (status = 404, description = "`not_found`"),
        (status = 409, description = "A connector measures the dossiers of its unit: `already_measured`"),
        (status = 422, description = "`idempotency_key_reused`")))]
async fn give_secret(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
) -> Answer<Response> {
    let portal = known(&app.ministry(), &code)?;
    let (secret, hash) = new_secret();
    has_its_numbers(&app, &Portal { secret_hash: Some(hash.clone()), ..portal }).await?;
    let Written { seq, .. } = change_secret(&app, &caller, &code, Some(hash)).await?;
    let value = SecretBody { secret };
    Ok(written(StatusCode::CREATED, Written { seq, value, replayed: false }))
}

/// Ends the secret of a portal's back end: nothing more is taken from it.
#[utoipa::path(delete, path = "/portals/{code}/secret", tag = "measurement",
    params(("code" = String, Path, description = "Which portal")),
    responses((status = 204, description = "It has none"), (status = 404, description = "`not_found`"),
        (status = 422, description = "`idempotency_key_reused`")))]
async fn end_secret(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
) -> Answer<Response> {
    Ok(written(StatusCode::NO_CONTENT, change_secret(&app, &caller, &code, None).await?))
}

async fn change_secret(
    app: &App,
    caller: &Caller,
    code: &str,
    hash: Option<String>,
) -> Answer<Written<()>> {
    let actor = caller.actor()?.person;
    let portal = Portal { secret_hash: hash, ..known(&app.ministry(), code)? };
    let define =
        app.write(None, move |tx| Box::pin(async move { define(tx, &portal, actor).await }));
    let done = define.await?;
    app.read_ministry_again().await?;
    Ok(done)
}

/// What a portal says of some days.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DossierDays {
    /// Each day whole; a day that was sent before is replaced.
    days: Vec<DossierDay>,
}

/// What a portal says of one day: all of it. Without counts, nothing happened on it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DossierDay {
    /// A day of Việt Nam that is over.
    day: String,
    counts: Vec<DossierCount>,
    /// How many adults have used at least one end-to-end service of the portal by the end of the day, since it began, each
    /// counted once: a whole number up to 1,000,000,000. Left out by a portal that does not know.
    #[serde(default)]
    #[schema(value_type = Option<u64>)]
    users: Option<serde_json::Number>,
}

/// How many dossiers of a service came to a state through a channel on the day.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DossierCount {
    /// The code of its procedure.
    service: String,
    #[schema(value_type = codes::Channel)]
    channel: String,
    #[schema(value_type = codes::DossierState)]
    state: String,
    /// A whole number up to 1,000,000.
    #[schema(value_type = u64)]
    dossiers: serde_json::Number,
}

/// What came of a day.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct DayDone {
    day: String,
    #[schema(value_type = codes::DayOutcome)]
    outcome: String,
}

/// What came of what a portal sent.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct DossiersDone {
    days: Vec<DayDone>,
}

/// Takes the daily dossier counts of a portal from its back end, all or nothing.
///
/// The portal proves itself by its secret in the header `Quantrac-Portal-Secret`. A day is sent whole; sent again it takes
/// the place of what was sent before, which is kept, and the same day sent twice changes nothing. At most 31 days and
/// 100,000 counts at once. `row` of a finding is the place of the count in what was sent, from 1; `column` is the field.
#[utoipa::path(post, path = "/portals/{code}/dossiers", tag = "measurement",
    params(("code" = String, Path, description = "Which portal"), ("Quantrac-Portal-Secret" = String, Header, description = "The secret of the portal")),
    request_body = DossierDays,
    responses((status = 200, body = DossiersDone, description = "It is kept"),
        (status = 401, description = "`bad_portal_secret`: no such portal, or not its secret"),
        (status = 413, description = "`too_large`"),
        (status = 422, description = "Nothing was kept, and why by row: `findings`; `too_many_days`, `too_many_counts`")))]
async fn send_dossiers(
    State(app): State<App>,
    Path(code): Path<String>,
    headers: HeaderMap,
    sent: Sent,
) -> Answer<Response> {
    let portal = proved(&app, &code, &headers)?;
    if sent.content_type != "application/json" {
        return Err(Message::BadContentType("application/json").into());
    }
    let said: DossierDays =
        serde_json::from_slice(&sent.bytes).map_err(|error| Message::BadJson(error.to_string()))?;
    let today = local_date(app.now());
    let days = read_days(&said, &portal, today)?;
    let mut months: Vec<_> = days.iter().map(|day| month_of(day.day)).collect();
    months.sort();
    months.dedup();
    let code = portal.code.to_string();
    let done = app
        .write(None, move |tx| {
            Box::pin(async move {
                let mut done = vec![];
                for day in &days {
                    let outcome = match tx.keep_dossier_day(&code, day).await? {
                        DayKept::New => "new",
                        DayKept::Replaced => "replaced",
                        DayKept::Unchanged => "unchanged",
                    };
                    done.push(DayDone { day: day.day.to_string(), outcome: outcome.to_owned() });
                }
                Ok(DossiersDone { days: done })
            })
        })
        .await?;
    if done.value.days.iter().any(|day| day.outcome != "unchanged") {
        derived::record_after(&app, &portal.unit, &months).await;
    }
    Ok(written(StatusCode::OK, done))
}

/// The portal whose secret was sent. Of one that does not exist nothing else is said than of a wrong secret.
fn proved(app: &App, code: &str, headers: &HeaderMap) -> Answer<Portal> {
    let secret = headers.get(PORTAL_SECRET).and_then(|secret| secret.to_str().ok());
    let hash = secret.map(secret_hash);
    let portal = known(&app.ministry(), code).ok();
    match portal {
        Some(portal) if hash.is_some() && portal.secret_hash == hash => Ok(portal),
        Some(_) | None => Err(Message::said(401, "bad_portal_secret", |language| {
            language
                .pick(
                    "Mã bí mật không đúng với cổng này. Quản trị có thể cấp mã mới ở mục Cổng dịch vụ công.",
                    "This is not the secret of this portal. An administrator can give it a new one under Portals.",
                )
                .to_owned()
        })
        .into()),
    }
}

fn limit(code: &'static str, vi: String, en: String) -> Problem {
    Message::said(422, code, |language| language.pick(vi.clone(), en.clone())).into()
}

fn read_days(said: &DossierDays, portal: &Portal, today: Date) -> Answer<Vec<Day>> {
    if said.days.len() > MOST_DAYS {
        return Err(limit(
            "too_many_days",
            format!("Mỗi lần gửi được tối đa {MOST_DAYS} ngày."),
            format!("At most {MOST_DAYS} days are taken at once."),
        ));
    }
    if said.days.iter().map(|day| day.counts.len()).sum::<usize>() > MOST_COUNTS {
        return Err(limit(
            "too_many_counts",
            format!("Mỗi lần gửi được tối đa {MOST_COUNTS} dòng."),
            format!("At most {MOST_COUNTS} counts are taken at once."),
        ));
    }
    let (mut days, mut findings, mut row) = (Vec::<Day>::new(), Vec::<Found>::new(), 0u64);
    let mut found = 0;
    let mut find = |row: Option<u64>, column: &str, cell: Option<String>, message: Message| {
        found += 1;
        if findings.len() < MOST_FINDINGS {
            let at = Place { row, column: Some(column.to_owned()), cell };
            findings.push(Found { at, message, suggestions: vec![] });
        }
    };
    for one in &said.days {
        let day = day_that_is_over(one, portal, today);
        let first = row + 1;
        let mut counts = vec![];
        for count in &one.counts {
            row += 1;
            match read_count(count) {
                Ok(count) => counts.push(count),
                Err((column, message)) => find(Some(row), column, Some(one.day.clone()), message),
            }
        }
        let users = one.users.as_ref().map(read_users).transpose();
        let users = users.unwrap_or_else(|message| {
            find(None, "users", Some(shortened(&one.day)), message);
            None
        });
        match day {
            Err(message) => find(None, "day", Some(shortened(&one.day)), message),
            Ok(day) if days.iter().any(|other| other.day == day) => {
                find(None, "day", Some(one.day.clone()), twice());
            }
            Ok(day) => match Day::new(day, counts) {
                Ok(day) => days.push(Day { users, ..day }),
                Err(place) => {
                    find(Some(first + place as u64), "service", Some(one.day.clone()), twice())
                }
            },
        }
    }
    if findings.is_empty() {
        return Ok(days);
    }
    let mut problem = Problem::from(Message::BadFile(found));
    problem.at = findings.first().map(|first| first.at.clone());
    problem.findings = findings;
    Err(problem)
}

fn twice() -> Message {
    Message::said(422, "said_twice", |language| {
        language
            .pick(
                "Nội dung này đã có ở một dòng khác trong cùng lần gửi.",
                "The same is said elsewhere in what was sent.",
            )
            .to_owned()
    })
}

fn day_that_is_over(one: &DossierDay, portal: &Portal, today: Date) -> Result<Date, Message> {
    let shown = shortened(&one.day);
    let day = if one.day.len() == 10 { one.day.parse::<Date>().ok() } else { None };
    let Some(day) = day else {
        return Err(Message::said(422, "not_a_day", |language| {
            language.pick(
                format!("“{shown}” không phải là ngày. Ví dụ đúng: 2024-07-31."),
                format!("“{shown}” is not a day. Right: 2024-07-31."),
            )
        }));
    };
    if day >= today {
        return Err(Message::said(422, "day_not_over", |language| {
            language.pick(
                format!("Ngày {shown} chưa kết thúc: chỉ nhận số của những ngày đã qua."),
                format!("{shown} is not over: only days that are over are taken."),
            )
        }));
    }
    if !portal.validity.holds_on(day) {
        return Err(Message::said(422, "portal_not_in_use", |language| {
            language.pick(
                format!("Ngày {shown} cổng chưa hoặc không còn hoạt động theo danh mục."),
                format!("On {shown} the portal was not in use, as it is registered."),
            )
        }));
    }
    Ok(day)
}

fn read_count(count: &DossierCount) -> Result<Count, (&'static str, Message)> {
    let word = |text: &str, known: Vec<&str>| Message::NotOneOf {
        value: shortened(text),
        known: known.join(", "),
    };
    let service = EntryCode::parse(&count.service)
        .ok_or_else(|| ("service", crate::registers::bad_code(&count.service)))?;
    let channel = Channel::parse(&count.channel).ok_or_else(|| {
        ("channel", word(&count.channel, Channel::ALL.map(Channel::code).to_vec()))
    })?;
    let state = dossier::State::parse(&count.state).ok_or_else(|| {
        ("state", word(&count.state, dossier::State::ALL.map(dossier::State::code).to_vec()))
    })?;
    let dossiers = count.dossiers.as_u64().filter(|number| *number <= dossier::MOST);
    let dossiers = dossiers.ok_or_else(|| {
        let shown = shortened(&count.dossiers.to_string());
        let message = Message::said(422, "bad_count", |language| {
            language.pick(
                format!(
                    "“{shown}” không phải là số hồ sơ: cần số nguyên từ 0 đến {}.",
                    dossier::MOST
                ),
                format!(
                    "“{shown}” is not a number of dossiers: a whole one from 0 to {}.",
                    dossier::MOST
                ),
            )
        });
        ("dossiers", message)
    })?;
    Ok(Count { service, channel, state, dossiers })
}

fn read_users(users: &serde_json::Number) -> Result<u64, Message> {
    users.as_u64().filter(|number| *number <= dossier::MOST_USERS).ok_or_else(|| {
        let shown = shortened(&users.to_string());
        Message::said(422, "bad_count", |language| {
            language.pick(
                format!(
                    "“{shown}” không phải là số người sử dụng: cần số nguyên từ 0 đến {}.",
                    dossier::MOST_USERS
                ),
                format!(
                    "“{shown}” is not a number of users: a whole one from 0 to {}.",
                    dossier::MOST_USERS
                ),
            )
        })
    })
}

/// Which days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DaysAsked {
    /// A month, or another period; the open month by default
    period: Option<String>,
}

/// A day that a portal sent.
#[derive(Debug, Serialize, ToSchema)]
struct SentDayBody {
    day: String,
    /// How often it was sent with other counts.
    version: u32,
    dossiers: u64,
    /// How many people had used its end-to-end services by then; null where the portal did not say.
    users: Option<u64>,
    /// When it was sent last.
    at: String,
}

/// The days of a period that a portal sent, and those that are missing.
#[derive(Debug, Serialize, ToSchema)]
struct SentDays {
    period: String,
    days: Vec<SentDayBody>,
    /// Days that are over and were not sent: unknown, not zero.
    missing: Vec<String>,
}

/// The days that a portal sent in a period.
#[utoipa::path(get, path = "/portals/{code}/dossiers", tag = "measurement",
    params(("code" = String, Path, description = "Which portal"), DaysAsked),
    responses((status = 200, body = SentDays), (status = 404, description = "`not_found`")))]
async fn dossier_days(
    State(app): State<App>,
    Path(code): Path<String>,
    Params(asked): Params<DaysAsked>,
) -> Answer<Json<SentDays>> {
    let today = local_date(app.now());
    let portal = known(&app.ministry(), &code)?;
    let period = match asked.period.as_deref() {
        Some(text) => super::values::period(text)?,
        None => month_of(today),
    };
    let last = period.end().min(today.yesterday().unwrap_or(today));
    let mut reader = app.store.read().await?;
    let sent =
        reader.dossier_days(Some(portal.code.as_str()), period.start(), period.end()).await?;
    let days = period.start().series(jiff::Span::new().days(1)).take_while(|day| *day <= last);
    let is_missing =
        |day: &Date| portal.validity.holds_on(*day) && sent.iter().all(|sent| sent.day != *day);
    Ok(Json(SentDays {
        period: period.to_string(),
        missing: days.filter(is_missing).map(|day| day.to_string()).collect(),
        days: sent
            .iter()
            .map(|sent| SentDayBody {
                day: sent.day.to_string(),
                version: sent.version,
                dossiers: sent.dossiers,
                users: sent.users,
                at: rfc3339(sent.at),
            })
            .collect(),
    }))
}
