//! Registers: what units offer and run, edited an entry at a time or by a file, with every statement kept.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use measure::register::{self, Entry, EntryCode, Kind, Register};
use model::{UnitCode, Validity};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Confirmed, EntryFilter, KeptEntry, NewEvent, Statement, Written};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::{Permission, may};

use super::values::shortened;
use super::{Endpoints, Needs, codes};
use crate::auth::Caller;
use crate::claims;
use crate::clock::{local_date, rfc3339};
use crate::derived::{self, open_months};
use crate::http::{Params, Sent, SentJson, written};
use crate::problem::{Answer, FindingBody, Found, Place, Problem};
use crate::registers::{self as files, Change, Does};
use crate::state::{App, Ministry};
use crate::words::Message;

/// The most bytes of a file.
pub(super) const SPREADSHEET: usize = 16 << 20;
/// So many entries stand on a page unless it is said, and at most.
const PAGE: usize = 100;
const MOST_ON_PAGE: usize = 1000;
/// There is no page after this one.
const MOST_PAGES: usize = 1_000_000;
/// The most characters of a reason.
const LONGEST_REASON: usize = 500;
/// So many changes of a file are shown before it is imported; all are counted.
pub(super) const SHOWN_CHANGES: usize = 200;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    let see = Needs::Permission(Permission::SeeMeasurement);
    let edit = Needs::ByContent(&["edit_register"]);
    endpoints
        .add(see.clone(), routes!(entries))
        .add_large(edit.clone(), SPREADSHEET, routes!(import_entries))
        .add(see.clone(), routes!(workbook))
        .add(edit.clone(), routes!(confirm))
        .add(see, routes!(entry))
        .add(edit.clone(), routes!(state_entry))
        .add(edit, routes!(undo))
}

/// A word of a closed list.
#[derive(Debug, Serialize, ToSchema)]
struct WordBody {
    code: &'static str,
    name_vi: &'static str,
    name_en: &'static str,
}

/// What an entry says.
#[derive(Debug, Serialize, ToSchema)]
struct FieldBody {
    code: &'static str,
    name_vi: &'static str,
    name_en: &'static str,
    #[schema(value_type = codes::FieldKind)]
    kind: &'static str,
    needed: bool,
    /// Of a word: which there are.
    words: Vec<WordBody>,
}

fn field(field: &register::Field) -> FieldBody {
    let (kind, words): (_, &[register::Word]) = match field.kind {
        Kind::Text => ("text", &[]),
        Kind::Word(words) => ("word", words),
        Kind::Day => ("day", &[]),
        Kind::Count => ("count", &[]),
    };
    let word = |one: &register::Word| WordBody { code: one.code, name_vi: one.vi, name_en: one.en };
    FieldBody {
        code: field.code,
        name_vi: field.vi,
        name_en: field.en,
        kind,
        needed: field.is_needed,
        words: words.iter().map(word).collect(),
    }
}

/// What an entry says in a field.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SaidField {
    /// The code of the field.
    field: String,
    /// A word by its code, a day as 2024-07-31; in what is sent also as people write it.
    value: String,
}

fn said_fields(register: Register, values: Option<&register::Values>) -> Option<Vec<SaidField>> {
    let said = |field: &register::Field| {
        let value = values?.get(field.code)?.clone();
        Some(SaidField { field: field.code.to_owned(), value })
    };
    values.map(|_| register.fields().iter().filter_map(said).collect())
}

/// An entry as it stands.
#[derive(Debug, Serialize, ToSchema)]
struct EntryBody {
    unit: String,
    unit_name_vi: String,
    unit_name_en: String,
    code: String,
    /// How often it was stated.
    version: u32,
    /// The first day on which this holds.
    since: String,
    /// What it says, in the order of the fields; null from the day on which the unit no longer has it.
    values: Option<Vec<SaidField>>,
    synthetic: bool,
    /// Whether the caller may change it.
    editable: bool,
}

fn entry_body(
    register: Register,
    kept: &KeptEntry,
    ministry: &Ministry,
    editable: bool,
) -> EntryBody {
    let Entry { unit, code, since, values, is_synthetic } = &kept.entry;
    let known = ministry.units.get(unit.as_str());
    let named = |name: fn(&model::Unit) -> &String| {
        known.map_or_else(|| unit.to_string(), |unit| name(unit).clone())
    };
    EntryBody {
        unit: unit.to_string(),
        unit_name_vi: named(|unit| &unit.name_vi),
        unit_name_en: named(|unit| &unit.name_en),
        code: code.as_str().to_owned(),
        version: kept.version,
        since: since.to_string(),
        values: said_fields(register, values.as_ref()),
        synthetic: *is_synthetic,
        editable,
    }
}

/// A page of a register.
#[derive(Debug, Serialize, ToSchema)]
struct EntryList {
    #[schema(value_type = codes::RegisterCode)]
    register: &'static str,
    /// What an entry says, in the order of forms and files.
    fields: Vec<FieldBody>,
    entries: Vec<EntryBody>,
    /// How many there are on all pages.
    total: u64,
    /// What to ask for as `after` for the next page; null on the last.
    next: Option<String>,
    /// The day on which they stand so.
    day: String,
    /// The units whose entries the caller may change; null for all.
    editable_units: Option<Vec<String>>,
    /// Of the unit that was asked for: whether its list is said to be whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    whole: Option<WholeBody>,
}

/// That a list is whole, so that figures follow from it.
#[derive(Debug, Serialize, ToSchema)]
struct WholeBody {
    /// From which day; null when nobody says so.
    since: Option<String>,
    /// The first day from which nothing follows from it any more; null while there is none.
    until: Option<String>,
    /// Who said so last, also who took it back.
    by: Option<String>,
    at: Option<String>,
    /// Why it was taken back or ended.
    reason: Option<String>,
}

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EntriesAsked {
    /// Of one unit
    unit: Option<String>,
    /// In the name, the code or the owner; marks do not matter
    q: Option<String>,
    /// As they are on this day; today by default
    day: Option<String>,
    /// With these words: `level:4,extent:full`, `portal:52-dvc`; at most two
    with: Option<String>,
    /// After `unit/code`, as the page before said in `next`
    after: Option<String>,
    /// At most so many; 100 by default, 1,000 at most
    limit: Option<usize>,
    /// Which page of so many entries each; the first by default
    page: Option<usize>,
    /// In which order; by unit and code by default
    #[param(value_type = Option<codes::EntryOrderCode>)]
    sort: Option<String>,
}

fn register_of(code: &str) -> Answer<Register> {
    Register::parse(code).ok_or_else(|| Message::NotFound.into())
}

fn day_of(name: &'static str, text: Option<&str>, today: Date) -> Answer<Date> {
    let Some(text) = text else { return Ok(today) };
    register::read_day(text).ok_or_else(|| {
        let bad = Message::BadParameter { name, value: shortened(text), expected: "2024-07-31" };
        Problem::from(bad).in_column(name)
    })
}

fn filter(
    register: Register,
    asked: &EntriesAsked,
    ministry: &Ministry,
    today: Date,
) -> Answer<EntryFilter> {
    let unit = asked.unit.as_deref().map(|code| super::values::unit(ministry, code)).transpose()?;
    let bad = |value: &str| Message::BadParameter {
        name: "with",
        value: shortened(value),
        expected: "level:4,extent:full",
    };
    let named = |code: &str| {
        let is_asked = |field: &register::Field| match field.kind {
            Kind::Word(_) => true,
            Kind::Text | Kind::Day | Kind::Count => field.code == "portal",
        };
        register.fields().iter().any(|field| field.code == code && is_asked(field))
    };
    let mut words = vec![];
    for one in asked.with.as_deref().unwrap_or_default().split(',').filter(|one| !one.is_empty()) {
        let (field, value) = one.split_once(':').ok_or_else(|| bad(one))?;
        if !named(field) || words.len() == 2 {
            return Err(bad(one).into());
        }
        words.push((field.to_owned(), value.to_owned()));
    }
    let day = day_of("day", asked.day.as_deref(), today)?;
    let search = asked.q.clone().unwrap_or_default();
    let order = match asked.sort.as_deref() {
        None => store::EntryOrder::default(),
        Some(code) => store::EntryOrder::parse(code).ok_or_else(|| Message::BadParameter {
            name: "sort",
            value: shortened(code),
            expected: "unit, code, since",
        })?,
    };
    Ok(EntryFilter { register, day, unit, search, words, order, skip: 0 })
}

/// The permission to change what a register says of a unit.
fn editing(ministry: &Ministry, unit: &UnitCode) -> Permission {
    let bodies = ministry.bodies.values().filter(|body| body.unit == *unit);
    Permission::EditRegister { bodies: bodies.map(|body| body.code.clone()).collect() }
}

fn may_edit(ministry: &Ministry, caller: &Caller, unit: &UnitCode) -> bool {
    let actor = caller.actor();
    actor.is_ok_and(|actor| may(actor, &editing(ministry, unit)).is_ok())
}

/// The unit of an address, where the caller may change what its registers say. Of another unit nothing is told.
fn editable_unit(ministry: &Ministry, caller: &Caller, code: &str) -> Answer<UnitCode> {
    let manages = caller.may(&Permission::ManageSources).is_ok();
    match ministry.units.get(code) {
        Some(unit) => {
            caller.may(&editing(ministry, &unit.code))?;
            Ok(unit.code.clone())
        }
        None if manages => Err(Message::UnknownUnit(shortened(code)).into()),
        None => Err(caller.may(&Permission::ManageSources).expect_err("they do not manage")),
    }
}

/// The entries of a register as they are on a day: searched, filtered, a page at a time.
#[utoipa::path(get, path = "/registers/{register}", tag = "measurement",
    params(("register" = codes::RegisterCode, Path, description = "Which list"), EntriesAsked),
    responses((status = 200, body = EntryList), (status = 404, description = "`not_found` of a register that does not exist; `unknown_unit`")))]
async fn entries(
    State(app): State<App>,
    caller: Caller,
    Path(register): Path<String>,
    Params(asked): Params<EntriesAsked>,
) -> Answer<Json<EntryList>> {
    let (register, ministry) = (register_of(&register)?, app.ministry());
    let mut filter = filter(register, &asked, &ministry, local_date(app.now()))?;
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, MOST_ON_PAGE);
    filter.skip = asked.page.unwrap_or(1).saturating_sub(1).min(MOST_PAGES) * limit;
    let after = asked.after.as_deref().map(|after| after.split_once('/').unwrap_or((after, "")));
    let mut reader = app.store.read().await?;
    let mut found = reader.register_entries(&filter, after, limit + 1).await?;
    let total = reader.count_register_entries(&filter).await?;
    let whole = match &filter.unit {
        None => None,
        Some(unit) => {
            let said = reader.register_confirmed(register, unit).await?;
            let day = |day: fn(&Confirmed) -> Option<Date>| {
                said.as_ref().and_then(day).map(|day| day.to_string())
            };
            Some(WholeBody {
                since: day(|said| said.since),
                until: day(|said| said.until),
                by: said.as_ref().map(|said| said.by_name.clone()),
                at: said.as_ref().map(|said| rfc3339(said.at)),
                reason: said.and_then(|said| said.reason),
            })
        }
    };
    let is_more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| is_more);
    let next = next.map(|last| format!("{}/{}", last.entry.unit, last.entry.code.as_str()));
    let manages = caller.may(&Permission::ManageSources).is_ok();
    let editable_units: Vec<String> = ministry
        .bodies
        .values()
        .filter(|body| may_edit(&ministry, &caller, &body.unit))
        .map(|body| body.unit.to_string())
        .collect();
    let editable =
        |unit: &UnitCode| manages || editable_units.iter().any(|one| one == unit.as_str());
    let entries = found.iter();
    Ok(Json(EntryList {
        register: register.code(),
        fields: register.fields().iter().map(field).collect(),
        entries: entries
            .map(|kept| entry_body(register, kept, &ministry, editable(&kept.entry.unit)))
            .collect(),
        total,
        next,
        day: filter.day.to_string(),
        editable_units: (!manages).then_some(editable_units),
        whole,
    }))
}

/// The list as a workbook that can be changed and imported again; of a unit without entries, a form to fill.
#[utoipa::path(get, path = "/registers/{register}/list.xlsx", tag = "measurement",
    params(("register" = codes::RegisterCode, Path, description = "Which list"), EntriesAsked),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", description = "A header, then a row for each entry")))]
async fn workbook(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Params(asked): Params<EntriesAsked>,
) -> Answer<Response> {
    let (register, ministry) = (register_of(&code)?, app.ministry());
    let filter = filter(register, &asked, &ministry, local_date(app.now()))?;
    let found = app.store.read().await?.register_entries(&filter, None, files::MOST_ROWS).await?;
    let language = caller.speaks();
    let title = match register {
        Register::Services => language.pick("Dịch vụ công", "Services"),
        Register::Systems => language.pick("Hệ thống thông tin", "Systems"),
        Register::Exchanges => language.pick("Nền tảng chia sẻ dữ liệu", "Exchange platforms"),
        Register::Platforms => language.pick("Nền tảng số", "Digital platforms"),
    };
    let bytes =
        tokio::task::spawn_blocking(move || files::workbook(register, &found, title, language));
    let bytes = bytes.await.map_err(anyhow::Error::from)??;
    let name = format!("attachment; filename=\"{}-{}.xlsx\"", register.code(), filter.day);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(document::workbook::MEDIA_TYPE)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&name).expect("a file's name is of plain letters"),
        ),
    ];
    Ok((headers, bytes).into_response())
}

/// A statement about an entry.
#[derive(Debug, Serialize, ToSchema)]
struct StatementBody {
    version: u32,
    since: String,
    /// Null: from that day on the unit no longer has it.
    values: Option<Vec<SaidField>>,
    /// The fields that say something else than the statement before it.
    changed: Vec<&'static str>,
    at: String,
    by: Option<String>,
    synthetic: bool,
}

/// An entry with its history.
#[derive(Debug, Serialize, ToSchema)]
struct EntryHistory {
    entry: EntryBody,
    /// The newest first.
    history: Vec<StatementBody>,
}

fn history(register: Register, statements: &[Statement]) -> Vec<StatementBody> {
    let mut before: Option<&register::Values> = None;
    let mut shown = vec![];
    for said in statements {
        let entry = &said.kept.entry;
        shown.push(StatementBody {
            version: said.kept.version,
            since: entry.since.to_string(),
            values: said_fields(register, entry.values.as_ref()),
            changed: register::changed(register, before, entry.values.as_ref()),
            at: rfc3339(said.at),
            by: said.by_name.clone(),
            synthetic: entry.is_synthetic,
        });
        before = entry.values.as_ref();
    }
    shown.reverse();
    shown
}

fn entry_code(text: &str) -> Answer<EntryCode> {
    EntryCode::parse(text).ok_or_else(|| Problem::from(files::bad_code(text)).in_column("code"))
}

/// An entry with every statement about it.
#[utoipa::path(get, path = "/registers/{register}/{unit}/{code}", tag = "measurement",
    params(("register" = codes::RegisterCode, Path, description = "Which list"), ("unit" = String, Path, description = "Whose"), ("code" = String, Path, description = "What it is called by")),
    responses((status = 200, body = EntryHistory), (status = 404, description = "`not_found`")))]
async fn entry(
    State(app): State<App>,
    caller: Caller,
    Path((register, unit, code)): Path<(String, String, String)>,
) -> Answer<Json<EntryHistory>> {
    let (register, ministry) = (register_of(&register)?, app.ministry());
    let unit = super::values::unit(&ministry, &unit)?;
    let code = EntryCode::parse(&code).ok_or(Message::NotFound)?;
    let statements = app.store.read().await?.register_history(register, &unit, &code).await?;
    let last = statements.last().ok_or(Message::NotFound)?;
    Ok(Json(EntryHistory {
        entry: entry_body(register, &last.kept, &ministry, may_edit(&ministry, &caller, &unit)),
        history: history(register, &statements),
    }))
}

/// What is said of an entry.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EntryRequest {
    /// As people write it; null: the unit no longer has it.
    values: Option<Vec<SaidField>>,
    /// From which day on; today by default.
    #[serde(default)]
    since: Option<String>,
    /// The version that was seen; 0 for an entry that is new.
    seen: u32,
}

/// An entry was stated.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Stated {
    version: u32,
}

/// What is to be stated, under the version that was seen. Answers the version it is.
async fn state(
    app: &App,
    key: Option<store::IdempotencyKey>,
    register: Register,
    entry: Entry,
    seen: u32,
    actor: model::PersonId,
) -> Answer<Written<Stated>> {
    let unit = entry.unit.clone();
    let done = app
        .write(key, move |tx| {
            Box::pin(async move {
                let statements = tx.register_history(register, &entry.unit, &entry.code).await?;
                let last = statements.last();
                let version = last.map_or(0, |last| last.kept.version);
                if version != seen {
                    return Err(stale(last).into());
                }
                let is_same = last.is_some_and(|last| {
                    last.kept.entry.values == entry.values && last.kept.entry.since == entry.since
                });
                if is_same || (last.is_none() && entry.values.is_none()) {
                    return Ok(Stated { version });
                }
                tx.state_entries(register, std::slice::from_ref(&entry), Some(actor)).await?;
                let (unit, code) = (entry.unit.as_str(), entry.code.as_str());
                let detail = json!({ "register": register.code(), "unit": unit, "code": code,
                    "label_vi": format!("{unit}/{code}"), "label_en": format!("{unit}/{code}") });
                tx.event(NewEvent {
                    kind: "register_changed".into(),
                    actor: Some(actor),
                    detail,
                    ..NewEvent::default()
                })
                .await?;
                Ok(Stated { version: version + 1 })
            })
        })
        .await?;
    derived::record_after(app, &unit, &open_months(local_date(app.now()))).await;
    Ok(done)
}

fn stale(last: Option<&Statement>) -> Message {
    let by = last.and_then(|last| last.by_name.clone());
    Message::said(412, "stale_entry", |language| {
        let by =
            by.clone().unwrap_or_else(|| language.pick("người khác", "somebody else").to_owned());
        language.pick(
            format!(
                "{by} đã sửa mục này trong lúc bạn đang mở. Hãy mở lại để xem bản mới rồi sửa tiếp."
            ),
            format!(
                "{by} has changed this while you had it open. Open it again and go on from there."
            ),
        )
    })
}

/// Says what an entry is from a day on, or that the unit no longer has it.
#[utoipa::path(put, path = "/registers/{register}/{unit}/{code}", tag = "measurement",
    params(("register" = codes::RegisterCode, Path, description = "Which list"), ("unit" = String, Path, description = "Whose"), ("code" = String, Path, description = "What it is called by")),
    request_body = EntryRequest,
    responses((status = 200, body = Stated, description = "It stands so; nothing changed when it stood so already"),
        (status = 404, description = "`not_found` of a register that does not exist; `unknown_unit`"),
        (status = 412, description = "Somebody changed it since: `stale_entry`"),
        (status = 422, description = "What is wrong, by field: `findings`; `bad_entry_code`; `idempotency_key_reused`")))]
async fn state_entry(
    State(app): State<App>,
    caller: Caller,
    Path((register, unit, code)): Path<(String, String, String)>,
    sent: SentJson<EntryRequest>,
) -> Answer<Response> {
    let (register, ministry) = (register_of(&register)?, app.ministry());
    let unit = editable_unit(&ministry, &caller, &unit)?;
    let (actor, code) = (caller.actor()?.person, entry_code(&code)?);
    let EntryRequest { values, since, seen } = sent.value;
    let since = day_of("since", since.as_deref(), local_date(app.now()))?;
    let values = values.map(|said| read_values(register, &said, &ministry)).transpose()?;
    let entry = Entry { unit, code, since, values, is_synthetic: false };
    let done = state(&app, sent.key, register, entry, seen, actor).await?;
    Ok(written(StatusCode::OK, done))
}

fn read_values(
    register: Register,
    said: &[SaidField],
    ministry: &Ministry,
) -> Answer<register::Values> {
    let said: BTreeMap<&str, &str> =
        said.iter().map(|one| (one.field.as_str(), one.value.as_str())).collect();
    let is_known = |code: &str| register.fields().iter().any(|field| field.code == code);
    if let Some(unknown) = said.keys().find(|code| !is_known(code)) {
        return Err(Message::UnknownField(shortened(unknown)).into());
    }
    let at = |code: &str| said.get(code).copied().unwrap_or("");
    let found = |field: &str, message: Message| Found {
        at: Place { row: None, column: Some(field.to_owned()), cell: None },
        message,
        suggestions: vec![],
    };
    let findings = match register::read(register, at) {
        Ok(values) => match files::unknown_portal(&values, ministry) {
            None => return Ok(values),
            Some(unknown) => vec![found("portal", unknown)],
        },
        Err(wrong) => wrong
            .into_iter()
            .map(|(field, why)| found(field, files::said(register, why, at(field))))
            .collect(),
    };
    let mut problem = Problem::from(Message::BadFile(findings.len()));
    problem.at = findings.first().map(|first| first.at.clone());
    problem.findings = findings;
    Err(problem)
}

/// Which statement is undone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UndoRequest {
    /// The version that was seen: the last one.
    seen: u32,
}

/// Takes the last statement back: what was said before it is said again, from the same day on. Nothing is erased.
#[utoipa::path(post, path = "/registers/{register}/{unit}/{code}/undo", tag = "measurement",
    params(("register" = codes::RegisterCode, Path, description = "Which list"), ("unit" = String, Path, description = "Whose"), ("code" = String, Path, description = "What it is called by")),
    request_body = UndoRequest,
    responses((status = 200, body = Stated), (status = 404, description = "`not_found`; `unknown_unit`"),
        (status = 412, description = "Somebody changed it since: `stale_entry`"),
        (status = 422, description = "`idempotency_key_reused`")))]
async fn undo(
    State(app): State<App>,
    caller: Caller,
    Path((register, unit, code)): Path<(String, String, String)>,
    sent: SentJson<UndoRequest>,
) -> Answer<Response> {
    let (register, ministry) = (register_of(&register)?, app.ministry());
    let unit = editable_unit(&ministry, &caller, &unit)?;
    let (actor, code) = (caller.actor()?.person, entry_code(&code)?);
    let statements = app.store.read().await?.register_history(register, &unit, &code).await?;
    let (last, earlier) = statements.split_last().ok_or(Message::NotFound)?;
    let since = last.kept.entry.since;
    // What stood on that day without the statement that is taken back.
    let before = earlier.iter().rev().find(|said| said.kept.entry.since <= since);
    let values = before.and_then(|said| said.kept.entry.values.clone());
    let is_synthetic = before.is_some_and(|said| said.kept.entry.is_synthetic);
    let entry = Entry { unit, code, since, values, is_synthetic };
    let done = state(&app, sent.key, register, entry, sent.value.seen, actor).await?;
    Ok(written(StatusCode::OK, done))
}

/// Whether the list of a unit is whole.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WholeRequest {
    /// True: everything is in it, so that figures follow from it; false: no longer.
    whole: bool,
    /// From which day on; today by default.
    #[serde(default)]
    since: Option<String>,
    /// Of a whole list: the first day from which nothing follows from it any more, because another source measures
    /// from then on. What followed before stays.
    #[serde(default)]
    until: Option<String>,
    /// Why it is taken back or ended; needed for both.
    #[serde(default)]
    reason: Option<String>,
}

/// Says that a unit's list has everything from a day on, so that figures follow from it; or takes that back.
///
/// What followed from a list that is taken back is withdrawn, by later statements with the reason.
#[utoipa::path(put, path = "/registers/{register}/{unit}", tag = "measurement",
    params(("register" = codes::RegisterCode, Path, description = "Which list"), ("unit" = String, Path, description = "Whose")),
    request_body = WholeRequest,
    responses((status = 204, description = "It is so"), (status = 404, description = "`not_found` of a register that does not exist; `unknown_unit`"),
        (status = 409, description = "Another source measures what would follow, and who: `already_measured`"),
        (status = 422, description = "`empty_register` of a list without entries; `empty` without a reason; `too_long`; `bad_parameter` of a day; `idempotency_key_reused`")))]
async fn confirm(
    State(app): State<App>,
    caller: Caller,
    Path((register, unit)): Path<(String, String)>,
    sent: SentJson<WholeRequest>,
) -> Answer<Response> {
    let (register, ministry) = (register_of(&register)?, app.ministry());
    let unit = editable_unit(&ministry, &caller, &unit)?;
    let (actor, today) = (caller.actor()?.person, local_date(app.now()));
    let WholeRequest { whole, since, until, reason } = sent.value;
    let since = day_of("since", since.as_deref(), today)?;
    let until = match until.as_deref() {
        None => None,
        Some(text) => Some(day_of("until", Some(text), today)?),
    };
    let days = Validity { from: Some(since), to: until };
    if let Some(until) = until.filter(|until| *until <= since) {
        let value = until.to_string();
        let bad = Message::BadParameter { name: "until", value, expected: "after since" };
        return Err(Problem::from(bad).in_column("until"));
    }
    let reason = reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    if reason.is_none() && (!whole || until.is_some()) {
        return Err(Problem::from(Message::Empty("reason")).in_column("reason"));
    }
    if reason.as_ref().is_some_and(|reason| reason.chars().count() > LONGEST_REASON) {
        let long = Message::TooLong { field: "reason", most: LONGEST_REASON };
        return Err(Problem::from(long).in_column("reason"));
    }
    let of = EntryFilter { unit: Some(unit.clone()), ..EntryFilter::of(register, today) };
    if whole && app.store.read().await?.count_register_entries(&of).await? == 0 {
        return Err(empty_register().into());
    }
    let told = unit.clone();
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                if whole {
                    let held = claims::of_connectors(tx).await?;
                    let wanted = claims::of_confirmed(register, &unit, days);
                    claims::check(&wanted, &held, &ministry, today)?;
                }
                let days = if whole { (days.from, days.to) } else { (None, None) };
                let said = reason.as_deref();
                tx.confirm_register(register, &unit, days, said, Some(actor)).await?;
                let label = unit.to_string();
                let detail = json!({ "register": register.code(), "unit": label, "whole": whole,
                    "since": days.0.map(|day| day.to_string()), "until": days.1.map(|day| day.to_string()),
                    "reason": reason, "label_vi": label, "label_en": label });
                tx.event(NewEvent {
                    kind: "register_confirmed".into(),
                    actor: Some(actor),
                    detail,
                    ..NewEvent::default()
                })
                .await?;
                Ok(())
            })
        })
        .await?;
    let months = derived::months_of(&app, register, &told, today).await?;
    derived::record_after(&app, &told, &months).await;
    Ok(written(StatusCode::NO_CONTENT, done))
}

fn empty_register() -> Message {
    Message::said(422, "empty_register", |language| {
        language
            .pick(
                "Danh mục chưa có mục nào nên chưa thể xác nhận là đủ.",
                "There is nothing in this list yet, so it cannot be said to be whole.",
            )
            .to_owned()
    })
}

/// How to import.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ImportAsked {
    /// true: read and compare only
    #[serde(default)]
    dry_run: bool,
    /// From which day what the file says holds; today by default
    since: Option<String>,
    /// true: the file has the whole lists of its units; what it lacks of them is ended
    #[serde(default)]
    whole: bool,
}

/// A change that a file makes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct ChangeBody {
    pub(super) unit: String,
    pub(super) code: String,
    pub(super) name: String,
    #[schema(value_type = codes::EntryChange)]
    pub(super) does: String,
    /// The fields that change, by code.
    pub(super) fields: Vec<String>,
}

/// What a file did, or would do.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
pub(super) struct ImportedEntries {
    pub(super) rows: u64,
    pub(super) added: u64,
    pub(super) changed: u64,
    pub(super) ended: u64,
    pub(super) dry_run: bool,
    /// The first 200 changes.
    pub(super) changes: Vec<ChangeBody>,
}

/// What a file did, or would do and what is wrong with it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportedEntriesRead {
    #[serde(flatten)]
    pub(super) imported: ImportedEntries,
    /// How much is wrong.
    pub(super) found: u64,
    /// By row and column; the first thousand.
    pub(super) findings: Vec<FindingBody>,
}

fn change_body(change: &Change) -> ChangeBody {
    let does = match change.does {
        Does::Add => "add",
        Does::Change => "change",
        Does::End => "end",
    };
    ChangeBody {
        unit: change.entry.unit.to_string(),
        code: change.entry.code.as_str().to_owned(),
        name: change.name.clone(),
        does: does.to_owned(),
        fields: change.fields.iter().map(|field| (*field).to_owned()).collect(),
    }
}

/// Takes a workbook into a register, all or nothing: the columns are those of the list that can be downloaded.
#[utoipa::path(post, path = "/registers/{register}", tag = "measurement",
    params(("register" = codes::RegisterCode, Path, description = "Which list"), ImportAsked),
    request_body(content((super::accounts::Spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    responses((status = 200, body = ImportedEntriesRead, description = "It stands so; or what a dry run found"),
        (status = 404, description = "`not_found` of a register that does not exist"),
        (status = 422, description = "Nothing was changed, and why by row, column and cell: `findings`; or `not_a_workbook`, `workbook_locked`, `workbook_macros`, `workbook_too_large`, `workbook_damaged`, `idempotency_key_reused`")))]
async fn import_entries(
    State(app): State<App>,
    caller: Caller,
    Path(register): Path<String>,
    Params(asked): Params<ImportAsked>,
    sent: Sent,
) -> Answer<Response> {
    let (register, ministry) = (register_of(&register)?, app.ministry());
    let (actor, today) = (caller.actor()?.person, local_date(app.now()));
    let since = day_of("since", asked.since.as_deref(), today)?;
    if editable_of(&ministry, &caller).is_empty() {
        caller.may(&Permission::ManageSources)?;
    }
    let read = {
        let (bytes, ministry, caller) = (sent.bytes.clone(), ministry.clone(), caller.clone());
        let read = tokio::task::spawn_blocking(move || {
            let mut known: BTreeMap<UnitCode, bool> = BTreeMap::new();
            let may = std::cell::RefCell::new(&mut known);
            files::read(&bytes, register, &ministry, |unit| {
                let mut known = may.borrow_mut();
                *known.entry(unit.clone()).or_insert_with(|| may_edit(&ministry, &caller, unit))
            })
        });
        read.await.map_err(anyhow::Error::from)??
    };
    if !asked.dry_run && read.table.found > 0 {
        let mut problem = Problem::from(Message::BadFile(read.table.found));
        problem.at = read.table.findings.first().map(|first| first.at.clone());
        problem.findings = read.table.findings;
        return Err(problem);
    }
    let (findings, found) = (read.table.findings.clone(), read.table.found as u64);
    let of: std::collections::BTreeSet<UnitCode> =
        read.entries.iter().map(|(_, unit, ..)| unit.clone()).collect();
    let compare = move |standing: &[KeptEntry]| {
        let changes = files::changes(register, &read, standing, since, asked.whole);
        let count = |does: Does| changes.iter().filter(|change| change.does == does).count() as u64;
        let imported = ImportedEntries {
            rows: read.table.rows as u64,
            added: count(Does::Add),
            changed: count(Does::Change),
            ended: count(Does::End),
            dry_run: asked.dry_run,
            changes: changes.iter().take(SHOWN_CHANGES).map(change_body).collect(),
        };
        (imported, changes)
    };
    let shown = |imported, language| ImportedEntriesRead {
        imported,
        found,
        findings: findings.iter().map(|found| found.body(language)).collect(),
    };
    if asked.dry_run {
        let mut reader = app.store.read().await?;
        let standing = standing(&mut reader, register, &of, since).await?;
        let value = shown(compare(&standing).0, caller.speaks());
        let seq = app.store.head().seq;
        return Ok(written(StatusCode::OK, Written { seq, value, replayed: false }));
    }
    let units = of.clone();
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let standing = standing(tx, register, &units, since).await?;
                let (imported, changes) = compare(&standing);
                let entries: Vec<Entry> = changes.into_iter().map(|change| change.entry).collect();
                tx.state_entries(register, &entries, Some(actor)).await?;
                if !entries.is_empty() {
                    let n = entries.len();
                    let detail = json!({ "register": register.code(), "entries": n,
                        "label_vi": format!("{n} mục"), "label_en": format!("{n} entries") });
                    tx.event(NewEvent {
                        kind: "register_imported".into(),
                        actor: Some(actor),
                        detail,
                        ..NewEvent::default()
                    })
                    .await?;
                }
                Ok(imported)
            })
        })
        .await?;
    for unit in &of {
        derived::record_after(&app, unit, &open_months(today)).await;
    }
    let Written { seq, value, replayed } = done;
    let value = shown(value, caller.speaks());
    Ok(written(StatusCode::OK, Written { seq, value, replayed }))
}

fn editable_of<'a>(ministry: &'a Ministry, caller: &Caller) -> Vec<&'a UnitCode> {
    let units = ministry.bodies.values().map(|body| &body.unit);
    units.filter(|unit| may_edit(ministry, caller, unit)).collect()
}

/// The lists of units as they stand on a day.
async fn standing(
    reader: &mut store::Reader,
    register: Register,
    units: &std::collections::BTreeSet<UnitCode>,
    day: Date,
) -> Answer<Vec<KeptEntry>> {
    let mut all = vec![];
    for unit in units {
        let of = EntryFilter { unit: Some(unit.clone()), ..EntryFilter::of(register, day) };
        all.extend(reader.register_entries(&of, None, files::MOST_ROWS * 2).await?);
    }
    Ok(all)
}
