//! A draft as its officers will see it: the form of one body for one period, on the page and as a spreadsheet.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use model::Period;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;
use workflow::{Permission, SectionId};

use super::{first_period, read};
use crate::api::accounts::Spreadsheet;
use crate::api::submissions::{self, SubmissionBody, period_of, spreadsheet};
use crate::api::{Endpoints, Needs};
use crate::auth::Caller;
use crate::clock::local_date;
use crate::forms::OpenForm;
use crate::http::Params;
use crate::problem::Answer;
use crate::state::App;
use crate::words::Message;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    let needs = || Needs::Permission(Permission::ManageTemplates);
    endpoints
        .add(needs(), routes!(preview))
        .add(needs(), routes!(preview_spreadsheet))
        .add(needs(), routes!(print))
}

/// Whose form, and for when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PreviewParams {
    /// Of this body; of the first that is to fill it, when it is left out
    body: Option<String>,
    /// For this period; the first one, when it is left out
    period: Option<String>,
}

/// A form that nobody has opened and nobody can fill, with what the record knows beside its rows.
#[utoipa::path(get, operation_id = "preview_template_draft", path = "/template-drafts/{code}/preview", tag = "templates", params(("code" = String, Path), PreviewParams),
    responses((status = 200, body = SubmissionBody), (status = 404, description = "`no_draft`, `unknown_body`")))]
async fn preview(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Params(asked): Params<PreviewParams>,
) -> Answer<Json<SubmissionBody>> {
    let form = imagined(&app, &code, &asked).await?;
    Ok(Json(submissions::body_of(&app, &caller, &form, &sections(&form), &[])?))
}

/// The same as the spreadsheet that officers will download; everything in it is locked.
#[utoipa::path(get, operation_id = "preview_template_draft_spreadsheet", path = "/template-drafts/{code}/form.xlsx", tag = "templates", params(("code" = String, Path), PreviewParams),
    responses((status = 200, body = Spreadsheet, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", description = "The form, in the caller's language"),
        (status = 404, description = "`no_draft`, `unknown_body`")))]
async fn preview_spreadsheet(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Params(asked): Params<PreviewParams>,
) -> Answer<Response> {
    let form = imagined(&app, &code, &asked).await?;
    spreadsheet::file(&app, &caller, &form, &sections(&form)).await
}

/// The same as it will be printed, blank, on A4 paper.
#[utoipa::path(get, operation_id = "print_template_draft", path = "/print/template-drafts/{code}", tag = "templates", params(("code" = String, Path), PreviewParams),
    responses((status = 200, body = String, content_type = "text/html", description = "A page of HTML, in the caller's language"),
        (status = 404, description = "`no_draft`, `unknown_body`")))]
async fn print(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Params(asked): Params<PreviewParams>,
) -> Answer<Response> {
    let form = imagined(&app, &code, &asked).await?;
    let address = format!("{}/quan-tri/bieu-mau/{code}", app.address);
    submissions::paper::page(&app, &caller, &form, &sections(&form), None, &address)
}

fn sections(form: &OpenForm) -> Vec<SectionId> {
    form.template.sections.iter().map(|section| section.id.clone()).collect()
}

async fn imagined(app: &App, code: &str, asked: &PreviewParams) -> Answer<OpenForm> {
    let template = read(app, code).await?.template;
    let ministry = app.ministry();
    let today = local_date(app.now());
    let period = match asked.period.as_deref() {
        Some(period) => period_of(period)?,
        None => first_period(&template, today)
            .or_else(|| Period::month(today.year(), today.month(), template.calendar))
            .ok_or(Message::NotFound)?,
    };
    let body = match asked.body.as_deref() {
        Some(code) => ministry.body(code)?,
        None => {
            let fills = |body: &&model::Body| {
                let unit = ministry.units.get(body.unit.as_str());
                unit.is_some_and(|unit| {
                    template.is_assigned_to(unit, &ministry.units, period.end())
                })
            };
            let mut bodies = ministry.bodies.values();
            // A form that is given to nobody yet is shown as anybody's.
            let first = bodies.find(fills).or_else(|| ministry.bodies.values().next());
            first.ok_or(Message::NotFound)?
        }
    };
    OpenForm::imagined(app, &ministry, template, body.clone(), period).await
}
