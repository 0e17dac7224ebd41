//! Reports: documents whose every figure is asked of the record when they are opened.

use std::collections::{BTreeMap, HashMap};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use document::reviews::{REVIEWS, review};
use document::{Context, Document, FigureRef, Lang, Mode, Printing, html, questions};
use model::{
    Answered, Breakdown, Cell, IndicatorCode, Measure, Period, Query, Seq, SourceChoice, Tree,
    UnitCode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use workflow::{Language, Permission};

use crate::api::values;
use crate::api::{Endpoints, Needs};
use crate::auth::Caller;
use crate::clock::time_zone;
use crate::http::Params;
use crate::problem::Answer;
use crate::state::App;
use crate::words::Message;

/// Adds the endpoints of reports.
pub fn add(endpoints: Endpoints) -> Endpoints {
    endpoints
        .add(Needs::Permission(Permission::SeeReports), routes!(list))
        .add(Needs::Permission(Permission::SeeReports), routes!(one))
        .add(Needs::Permission(Permission::SeeReports), routes!(print))
}

/// A report in the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportSummary {
    #[schema(example = "2024-S1")]
    id: &'static str,
    title_vi: &'static str,
    title_en: &'static str,
    /// When it was signed and issued; null while its figures are live.
    signed: Option<String>,
}

/// Reports.
#[derive(Debug, Serialize, ToSchema)]
struct Reports {
    reports: Vec<ReportSummary>,
}

/// Every report.
#[utoipa::path(get, operation_id = "reports", path = "/reports", tag = "reports", responses((status = 200, body = Reports)))]
async fn list() -> Json<Reports> {
    let summary = |review: document::reviews::Review| ReportSummary {
        id: review.id,
        title_vi: review.title_vi,
        title_en: review.title_en,
        signed: None,
    };
    Json(Reports { reports: REVIEWS.into_iter().map(summary).collect() })
}

/// How a report is asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// As known at: a seq, an instant or a date.
    as_of: Option<String>,
}

/// A report with its figures.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Report {
    id: String,
    title_vi: &'static str,
    title_en: &'static str,
    /// A fragment of HTML; each figure is a button with its cell in data attributes.
    html: String,
    /// The seq that its figures were answered at.
    seq: u64,
}

/// A report as a fragment of HTML, in the caller's language.
#[utoipa::path(get, operation_id = "report", path = "/reports/{id}", tag = "reports", params(("id" = String, Path), Asked), responses((status = 200, body = Report)))]
async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(asked): Params<Asked>,
) -> Answer<Json<Report>> {
    let known = REVIEWS.into_iter().find(|review| review.id == id).ok_or(Message::NotFound)?;
    let (seq, written) =
        write(&app, &id, caller.speaks(), asked.as_of.as_deref(), Mode::Fragment).await?;
    Ok(Json(Report {
        id,
        title_vi: known.title_vi,
        title_en: known.title_en,
        html: written,
        seq: seq.0,
    }))
}

/// A report as a page for A4 paper.
#[utoipa::path(get, path = "/print/reports/{id}", tag = "reports", params(("id" = String, Path), Asked),
    responses((status = 200, body = String, content_type = "text/html", description = "A page of HTML")))]
async fn print(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(asked): Params<Asked>,
) -> Answer<Response> {
    let by = caller.actor()?.name.clone();
    let page = printed(&app, &id, caller.speaks(), asked.as_of.as_deref(), &by).await?;
    Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response())
}

/// The whole page of a report, for printing and for the command line.
pub async fn printed(
    app: &App,
    id: &str,
    language: Language,
    as_of: Option<&str>,
    by: &str,
) -> Answer<String> {
    let at = app.now().to_zoned(time_zone()).datetime();
    let address = format!("{}/bao-cao/{id}", app.address);
    let mode = Mode::Page(Printing { by, at, address: &address });
    Ok(write(app, id, language, as_of, mode).await?.1)
}

async fn write(
    app: &App,
    id: &str,
    language: Language,
    as_of: Option<&str>,
    mode: Mode<'_>,
) -> Answer<(Seq, String)> {
    let ministry = app.ministry();
    let as_of = values::as_of(app, as_of).await?;
    let lang = match language {
        Language::Vietnamese => Lang::Vi,
        Language::English => Lang::En,
    };
    let context = Context { catalogue: &ministry.catalogue, units: &ministry.units };
    let document = review(id, context, lang).ok_or(Message::NotFound)?;
    let (seq, answers) = answered(app, &document, as_of).await?;
    let find = |figure: &FigureRef| answers.get(&(figure.cell.clone(), figure.source)).cloned();
    Ok((seq, html(&document, context, &find, mode)))
}

type Line = (SourceChoice, IndicatorCode, Period, Breakdown, Measure);

/// Answers every figure of a document at one seq: cells that differ only in their unit in one question.
async fn answered(
    app: &App,
    document: &Document,
    as_of: Seq,
) -> Answer<(Seq, HashMap<(Cell, SourceChoice), Answered>)> {
    let ministry = app.ministry();
    let mut lines: BTreeMap<String, (Line, Vec<UnitCode>)> = BTreeMap::new();
    for (cell, source) in questions(document) {
        let key = format!(
            "{source:?} {} {} {} {}",
            cell.indicator, cell.period, cell.breakdown, cell.measure
        );
        let line = (source, cell.indicator, cell.period, cell.breakdown, cell.measure);
        lines.entry(key).or_insert((line, vec![])).1.push(cell.unit);
    }
    let queries: Vec<Query> = lines
        .into_values()
        .filter(|((_, indicator, ..), _)| ministry.catalogue.get(indicator.as_str()).is_some())
        .map(|((source, indicator, period, breakdown, measure), units)| Query {
            indicators: vec![indicator],
            units,
            periods: vec![period],
            breakdowns: vec![breakdown],
            measures: vec![measure],
            source,
            tree: Tree::Own,
            as_of,
        })
        .collect();
    let sources: Vec<SourceChoice> = queries.iter().map(|query| query.source).collect();
    // One moment for all, so that a report never mixes two.
    let (at, answers) = app.book.answer_all(&app.store, &ministry, queries).await?;
    let mut found = HashMap::new();
    for (source, answered) in sources.into_iter().zip(answers) {
        found.extend(answered.into_iter().map(|one| ((one.cell.clone(), source), one)));
    }
    Ok((at, found))
}
