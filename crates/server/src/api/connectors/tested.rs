//! Trying a connector before it is saved: what is asked, what is answered, what would be recorded. Nothing is.

use axum::Json;
use axum::extract::State;
use measure::Connector;
use measure::connector::{Answer as Answered, Fault, Format, Kind, answer};
use model::{Period, Source};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use workflow::Permission;

use super::super::{Endpoints, Needs};
use super::content::{self, ConnectorContent};
use super::period_asked;
use crate::auth::Caller;
use crate::clock::local_date;
use crate::connect::{self, Judged, Seen, words};
use crate::http::SentJson;
use crate::problem::{Answer, FindingBody, Found};
use crate::state::App;
use crate::words::Message;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    let manage = || Needs::Permission(Permission::ManageSources);
    endpoints.add_question(manage(), routes!(test)).add_question(manage(), routes!(look))
}

/// So many figures are shown.
const SHOWN_FIGURES: usize = 200;

/// What is tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TestConnector {
    connector: ConnectorContent,
    /// The password or key; left out to use the one that is kept, which holds only for the same system.
    #[serde(default)]
    #[schema(nullable = false)]
    secret: Option<String>,
    /// Left out for the one that the schedule would ask about.
    #[serde(default)]
    #[schema(nullable = false, example = "2024-06")]
    period: Option<String>,
}

/// What a test came to. Nothing was recorded.
#[derive(Debug, Serialize, ToSchema)]
struct Tested {
    /// About which period was asked.
    period: String,
    /// Each request, with the secret left out.
    requests: Vec<String>,
    /// The HTTP status of the last answer.
    status: Option<u16>,
    /// The beginning of the first answer.
    answer: Option<String>,
    bytes: u64,
    rows: u64,
    /// Rows without a number: unknown, not zero.
    unknown: u64,
    /// Why nothing would be recorded: of the whole answer, or by row.
    findings: Vec<FindingBody>,
    /// How many figures it has.
    figures_in_all: u64,
    /// The first two hundred of them.
    figures: Vec<TestedFigure>,
}

/// A figure that would be recorded, beside what is recorded now.
#[derive(Debug, Serialize, ToSchema)]
struct TestedFigure {
    indicator: String,
    name_vi: String,
    name_en: String,
    unit_vi: String,
    unit_en: String,
    unit: String,
    unit_name_vi: String,
    unit_name_en: String,
    period: String,
    breakdown: String,
    value: String,
    share: Option<String>,
    /// What was measured before; null when nothing was.
    measured_now: Option<String>,
    /// What the body reported last; null when it has not.
    reported_now: Option<String>,
    /// Whether it differs from what was measured before, and would be recorded.
    is_new: bool,
}

/// Asks a system as this connector would, and shows the request, the answer and the figures that it would record.
#[utoipa::path(post, path = "/connectors/test", operation_id = "test_connector", tag = "connectors", request_body = TestConnector,
    responses((status = 200, body = Tested, description = "What came of it, also when the system could not be asked"),
        (status = 404, description = "One that sends by itself cannot be tried: `not_found`"),
        (status = 422, description = "What is not right, by field: `findings`")))]
async fn test(
    State(app): State<App>,
    caller: Caller,
    sent: SentJson<TestConnector>,
) -> Answer<Json<Tested>> {
    let TestConnector { connector, secret, period } = sent.value;
    let (ministry, today) = (app.ministry(), local_date(app.now()));
    let connector = connector.read(&ministry, today)?;
    let pull = connector.pull().ok_or(Message::NotFound)?;
    let usual = pull.schedule.about.period(connector.frequency, connector.calendar, today);
    let period = period_asked(&connector, period.as_deref())?.or(usual).ok_or(Message::Internal)?;
    let (trace, answer) = asked(&app, &connector, secret, period).await?;
    let mut tested = Tested {
        period: period.to_string(),
        requests: trace.requests,
        status: trace.status,
        answer: trace.answer,
        bytes: trace.bytes,
        rows: 0,
        unknown: 0,
        findings: vec![],
        figures_in_all: 0,
        figures: vec![],
    };
    let language = caller.speaks();
    let answer = match answer {
        Ok(answer) => answer,
        Err(fault) => {
            let message = words::said(&fault);
            let found = Found { at: Default::default(), message, suggestions: vec![] };
            tested.findings = vec![found.body(language)];
            return Ok(Json(tested));
        }
    };
    (tested.rows, tested.unknown) = (answer.rows, answer.unknown);
    match connect::judge(&app, &connector, &answer).await? {
        Err(findings) => {
            let shown = findings.iter().take(SHOWN_FIGURES);
            tested.findings = shown.map(|found| found.body(language)).collect();
        }
        Ok(judged) => {
            tested.figures_in_all = judged.len() as u64;
            for one in judged.iter().take(SHOWN_FIGURES) {
                tested.figures.push(figure(&app, one).await?);
            }
        }
    }
    Ok(Json(tested))
}

/// Asks with the secret that was typed, or with the one that is kept for the same system.
async fn asked(
    app: &App,
    connector: &Connector,
    secret: Option<String>,
    period: Period,
) -> Answer<(connect::Trace, Result<Answered, Fault>)> {
    let secret = match secret.filter(|secret| !secret.is_empty()) {
        Some(secret) => Ok(Some(secret)),
        None => {
            let kept = app.store.read().await?.connectors(Some(&connector.code)).await?.pop();
            let is_same = kept.is_some_and(|kept| {
                content::destination(&kept.connector) == content::destination(connector)
            });
            if is_same { connect::secret_of(app, &connector.code).await? } else { Ok(None) }
        }
    };
    Ok(match secret {
        Ok(secret) => connect::pull(connector, secret.as_deref(), period).await,
        Err(fault) => (connect::Trace::default(), Err(fault)),
    })
}

/// A column, or a path into a row, that an answer has.
#[derive(Debug, Serialize, ToSchema)]
struct SeenColumn {
    name: String,
    /// What stands there in the first row; null where nothing does, and of databases.
    example: Option<String>,
}

/// What a system's answer has.
#[derive(Debug, Serialize, ToSchema)]
struct LookedAt {
    /// About which period was asked.
    period: String,
    columns: Vec<SeenColumn>,
    /// Of JSON: the paths of lists, one of which has the rows.
    lists: Vec<String>,
    /// Why it could not be asked or read.
    findings: Vec<FindingBody>,
    /// The beginning of the answer.
    answer: Option<String>,
}

/// Asks a system and tells which columns its answer has, for whoever sets a connector up. Only what is needed to ask has
/// to be filled in; nothing is recorded.
#[utoipa::path(post, path = "/connectors/look", operation_id = "look_at_connector", tag = "connectors", request_body = TestConnector,
    responses((status = 200, body = LookedAt, description = "What its answer has, or why there is none"),
        (status = 404, description = "One that sends by itself cannot be looked at: `not_found`"),
        (status = 422, description = "What is not right, by field: `findings`")))]
async fn look(
    State(app): State<App>,
    caller: Caller,
    sent: SentJson<TestConnector>,
) -> Answer<Json<LookedAt>> {
    let TestConnector { connector, secret, period } = sent.value;
    let (ministry, today) = (app.ministry(), local_date(app.now()));
    let connector = connector.with_stand_ins(&ministry).read(&ministry, today)?;
    let pull = connector.pull().ok_or(Message::NotFound)?;
    let usual = pull.schedule.about.period(connector.frequency, connector.calendar, today);
    let period = period_asked(&connector, period.as_deref())?.or(usual).ok_or(Message::Internal)?;
    let (trace, answer) = asked(&app, &connector, secret, period).await?;
    let (columns, lists) = match (&trace.seen, &connector.kind) {
        (Some(Seen::Table(names)), _) => {
            (names.iter().map(|name| (name.clone(), None)).collect(), vec![])
        }
        (Some(Seen::Page(bytes)), Kind::Http(http)) => match &http.format {
            Format::Json { rows } => answer::members(bytes, rows),
            Format::Csv => (answer::header(bytes), vec![]),
        },
        (Some(Seen::Page(_)) | None, _) => (vec![], vec![]),
    };
    // That the columns are not the right ones yet is what one looks for.
    let fault = answer.err().filter(|_| columns.is_empty() && lists.is_empty());
    let found = fault.map(|fault| Found {
        at: Default::default(),
        message: words::said(&fault),
        suggestions: vec![],
    });
    Ok(Json(LookedAt {
        period: period.to_string(),
        columns: columns.into_iter().map(|(name, example)| SeenColumn { name, example }).collect(),
        lists,
        findings: found.iter().map(|found| found.body(caller.speaks())).collect(),
        answer: trace.answer,
    }))
}

async fn figure(app: &App, judged: &Judged) -> Answer<TestedFigure> {
    let ministry = app.ministry();
    let cell = &judged.observation.cell;
    let head = app.store.head().seq;
    let history = app.store.read().await?.history_of_cell(cell, head).await?;
    let reported = history.iter().rev().find(|one| one.observation.source == Source::Reported);
    let reported = reported.and_then(|one| one.observation.figure.number());
    let indicator = ministry.catalogue.get(cell.indicator.as_str()).ok_or(Message::Internal)?;
    let unit = ministry.units.get(cell.unit.as_str()).ok_or(Message::Internal)?;
    let measured = judged.before.as_ref().and_then(|before| before.number);
    Ok(TestedFigure {
        indicator: cell.indicator.to_string(),
        name_vi: indicator.name_vi.clone(),
        name_en: indicator.name_en.clone(),
        unit_vi: indicator.unit_vi.clone(),
        unit_en: indicator.unit_en.clone(),
        unit: cell.unit.to_string(),
        unit_name_vi: unit.name_vi.clone(),
        unit_name_en: unit.name_en.clone(),
        period: cell.period.to_string(),
        breakdown: cell.breakdown.to_string(),
        value: judged
            .observation
            .figure
            .number()
            .map(|number| number.to_string())
            .unwrap_or_default(),
        share: judged.observation.measured_share.map(|share| share.to_string()),
        measured_now: measured.map(|number| number.to_string()),
        reported_now: reported.map(|number| number.to_string()),
        is_new: judged.is_new(),
    })
}
