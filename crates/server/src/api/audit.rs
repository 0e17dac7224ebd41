//! Nhật ký: everything that happened, by whom, to what, and as a file.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use model::{BodyCode, PersonId, Seq};
use serde::{Deserialize, Serialize};
use store::{Event, EventFilter, Reader};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::{Language, Permission};

use super::values::shortened;
use super::{Endpoints, Needs, values};
use crate::auth::Caller;
use crate::clock::{rfc3339, time_zone};
use crate::http::Params;
use crate::problem::{Answer, Problem};
use crate::state::{App, Ministry};
use crate::words::{self, Message};

const PAGE: u32 = 100;
const LONGEST_PAGE: u32 = 1000;
/// So many events are looked at for one page of an indicator's.
const LOOKED_AT: usize = 50_000;
/// The most rows of a file.
const MOST_ROWS: u32 = 200_000;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    endpoints
        .add(Needs::Permission(Permission::ReadAudit), routes!(audit))
        .add(Needs::Permission(Permission::ReadAudit), routes!(audit_csv))
}

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditParams {
    /// Done by this person: what they sign in as
    person: Option<String>,
    /// Concerning this body
    body: Option<String>,
    /// Concerning this indicator, or a section in which it is
    indicator: Option<String>,
    /// From this day or instant on
    from: Option<String>,
    /// Up to the end of this day, or before this instant
    to: Option<String>,
    /// Older than this place: `next` of the page before
    before: Option<String>,
    /// At most so many; 100 by default, 1,000 at most
    limit: Option<u32>,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    seq: u64,
    ordinal: u32,
    at: String,
    /// The account's number; empty for the machine or somebody unknown.
    actor: String,
    actor_name: String,
    kind: String,
    body: Option<String>,
    indicator: Option<String>,
    period: Option<String>,
    text_vi: String,
    text_en: String,
}

/// A page of the audit, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Audit {
    entries: Vec<AuditEntry>,
    /// `before` of the next page; null on the last.
    next: Option<String>,
}

/// Everything that happened, the newest first.
#[utoipa::path(get, path = "/audit", tag = "audit", params(AuditParams),
    responses((status = 200, body = Audit), (status = 404, description = "`unknown_account`, `unknown_body`, `unknown_indicator`")))]
async fn audit(State(app): State<App>, Params(asked): Params<AuditParams>) -> Answer<Json<Audit>> {
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, LONGEST_PAGE);
    let ministry = app.ministry();
    let mut reader = app.store.read().await?;
    let (filter, indicator) = filter(&mut reader, &ministry, &asked).await?;
    let (events, next) = page(&mut reader, &ministry, filter, indicator.as_deref(), limit).await?;
    Ok(Json(Audit { entries: events.iter().map(|event| entry(event, &ministry)).collect(), next }))
}

/// The same as a CSV file for a spreadsheet, in the caller's language.
#[utoipa::path(get, path = "/audit.csv", tag = "audit", params(AuditParams),
    responses((status = 200, body = String, content_type = "text/csv", description = "UTF-8 with its mark, commas, a header"),
        (status = 404, description = "`unknown_account`, `unknown_body`, `unknown_indicator`")))]
async fn audit_csv(
    State(app): State<App>,
    caller: Caller,
    Params(asked): Params<AuditParams>,
) -> Answer<Response> {
    let ministry = app.ministry();
    let mut reader = app.store.read().await?;
    let (filter, indicator) = filter(&mut reader, &ministry, &asked).await?;
    let limit = asked.limit.unwrap_or(MOST_ROWS).clamp(1, MOST_ROWS);
    let (events, _) = page(&mut reader, &ministry, filter, indicator.as_deref(), limit).await?;
    // A spreadsheet takes UTF-8 for what it is only with this mark.
    let mut file = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let failed = |error: csv::Error| anyhow::Error::from(error);
    file.write_record([
        "seq",
        "ordinal",
        "at",
        "person",
        "kind",
        "body",
        "indicator",
        "period",
        "text",
    ])
    .map_err(failed)?;
    for event in &events {
        let entry = entry(event, &ministry);
        let text = match caller.speaks() {
            Language::Vietnamese => entry.text_vi,
            Language::English => entry.text_en,
        };
        let row = [
            entry.seq.to_string(),
            entry.ordinal.to_string(),
            entry.at,
            entry.actor_name,
            entry.kind,
            entry.body.unwrap_or_default(),
            entry.indicator.unwrap_or_default(),
            entry.period.unwrap_or_default(),
            text,
        ];
        file.write_record(row.iter().map(|field| harmless(field))).map_err(failed)?;
    }
    let bytes = file.into_inner().map_err(|error| anyhow::anyhow!("writing a file: {error}"))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"nhat-ky.csv\""),
        ),
    ];
    Ok((headers, bytes).into_response())
}

/// A spreadsheet must not take somebody's words for a formula.
pub fn harmless(field: &str) -> String {
    match field.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{field}"),
        _ => field.to_owned(),
    }
}

async fn filter(
    reader: &mut Reader,
    ministry: &Ministry,
    asked: &AuditParams,
) -> Answer<(EventFilter, Option<String>)> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let actor = match given(&asked.person) {
        None => None,
        Some(person) => Some(person_of(reader, &person).await?),
    };
    let body = match given(&asked.body) {
        None => None,
        Some(code) => Some(ministry.body(&code)?.code.clone()),
    };
    let indicator = match given(&asked.indicator) {
        None => None,
        Some(code) => values::indicators_of(ministry, &code)?.first().map(ToString::to_string),
    };
    let filter = EventFilter {
        actor,
        body,
        from: given(&asked.from).map(|text| instant("from", &text, Edge::Beginning)).transpose()?,
        to: given(&asked.to).map(|text| instant("to", &text, Edge::End)).transpose()?,
        before: given(&asked.before).map(|text| place(&text)).transpose()?,
        ..EventFilter::default()
    };
    Ok((filter, indicator))
}

async fn person_of(reader: &mut Reader, asked: &str) -> Answer<PersonId> {
    if let Some(account) = reader.account_by_login(asked).await? {
        return Ok(account.id);
    }
    let by_number = asked.parse().map(PersonId).ok();
    match by_number {
        Some(id) if reader.account(id).await?.is_some() => Ok(id),
        _ => Err(Problem::from(Message::UnknownAccount(shortened(asked))).in_column("person")),
    }
}

#[derive(Clone, Copy)]
enum Edge {
    Beginning,
    End,
}

fn instant(name: &'static str, text: &str, edge: Edge) -> Answer<Timestamp> {
    let day = (text.len() == 10).then(|| text.parse::<Date>().ok()).flatten();
    let day = match edge {
        Edge::Beginning => day,
        Edge::End => day.and_then(|day| day.tomorrow().ok()),
    };
    let moment = match day {
        Some(day) => day.to_zoned(time_zone()).map(|day| day.timestamp()).ok(),
        None => text.replace(' ', "+").parse().ok(),
    };
    moment.ok_or_else(|| {
        let bad = Message::BadParameter {
            name,
            value: shortened(text),
            expected: "2024-07-31, 2024-07-31T17:00:00+07:00",
        };
        Problem::from(bad).in_column(name)
    })
}

/// `SEQ`, or `SEQ.ORDINAL`.
fn place(text: &str) -> Answer<(Seq, u32)> {
    let (seq, ordinal) = text.split_once('.').unwrap_or((text, "0"));
    match (seq.parse(), ordinal.parse()) {
        (Ok(seq), Ok(ordinal)) => Ok((Seq(seq), ordinal)),
        _ => {
            let bad = Message::BadParameter {
                name: "before",
                value: shortened(text),
                expected: "1234, 1234.5",
            };
            Err(Problem::from(bad).in_column("before"))
        }
    }
}

/// A page of events, and where the next begins.
async fn page(
    reader: &mut Reader,
    ministry: &Ministry,
    filter: EventFilter,
    indicator: Option<&str>,
    limit: u32,
) -> Answer<(Vec<Event>, Option<String>)> {
    let mut filter = EventFilter { limit: limit.saturating_add(1).max(500), ..filter };
    if indicator.is_none() {
        filter.limit = limit.saturating_add(1);
    }
    let concerned = indicator.map(|indicator| forms_with(ministry, indicator));
    let (mut found, mut looked_at) = (vec![], 0);
    loop {
        let events = reader.events(&filter).await?;
        looked_at += events.len();
        let is_last = events.len() < filter.limit as usize;
        filter.before = events.last().map(|event| (event.seq, event.ordinal));
        for event in events {
            let wanted = match (indicator, &concerned) {
                (Some(indicator), Some(forms)) => concerns(&event, indicator, forms),
                _ => true,
            };
            if wanted {
                found.push(event);
            }
        }
        if found.len() > limit as usize {
            found.truncate(limit as usize);
            let next = found.last().map(|event| format!("{}.{}", event.seq, event.ordinal));
            return Ok((found, next));
        }
        if is_last {
            return Ok((found, None));
        }
        if looked_at >= LOOKED_AT {
            let next = filter.before.map(|(seq, ordinal)| format!("{seq}.{ordinal}"));
            return Ok((found, next));
        }
    }
}

/// The forms and sections in which an indicator is asked for.
type Forms = HashMap<String, Vec<String>>;

fn forms_with(ministry: &Ministry, indicator: &str) -> Forms {
    let mut forms = Forms::new();
    for template in ministry.templates.values() {
        for section in &template.sections {
            if section.rows().iter().any(|row| row.indicator.as_str() == indicator) {
                forms.entry(template.code.to_string()).or_default().push(section.id.to_string());
            }
        }
    }
    forms
}

fn concerns(event: &Event, indicator: &str, forms: &Forms) -> bool {
    let what = &event.what;
    if let Some(code) = &what.indicator {
        return code.as_str() == indicator;
    }
    match (&what.section, what.detail["template"].as_str()) {
        (Some(section), _) => forms.values().flatten().any(|one| one == section),
        (None, Some(template)) => forms.contains_key(template),
        (None, None) => false,
    }
}

fn entry(event: &Event, ministry: &Ministry) -> AuditEntry {
    let what = &event.what;
    let body = what.body.as_ref().and_then(|code| ministry.bodies.get(code.as_str()));
    let day = crate::clock::local_date(event.at);
    let name = |language| match (body, language) {
        (None, _) => None,
        (Some(body), Language::Vietnamese) => Some(body.name_on(day).0),
        (Some(body), Language::English) => Some(body.name_on(day).1),
    };
    AuditEntry {
        seq: event.seq.0,
        ordinal: event.ordinal,
        at: rfc3339(event.at),
        actor: what.actor.map(|id| id.0.to_string()).unwrap_or_default(),
        actor_name: event.actor_name.clone().unwrap_or_default(),
        kind: what.kind.clone(),
        body: what.body.as_ref().map(BodyCode::to_string),
        indicator: what.indicator.as_ref().map(ToString::to_string),
        period: what.period.map(|period| period.to_string()),
        text_vi: words::event(what, name(Language::Vietnamese), Language::Vietnamese),
        text_en: words::event(what, name(Language::English), Language::English),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_takes_no_text_for_a_formula() {
        for (field, written) in [
            ("=1+1", "'=1+1"),
            ("+84", "'+84"),
            ("-5", "'-5"),
            ("@x", "'@x"),
            ("Sở 52", "Sở 52"),
            ("", ""),
        ] {
            assert_eq!(harmless(field), written);
        }
    }
}
