//! Who else asks for the number of a cell: other live forms of the same body, what is computed from it, and the reviews
//! that have it.

use axum::Json;
use axum::extract::{Path, State};
use document::reviews::{REVIEWS, review};
use document::tree::questions;
use document::{Context, Lang};
use model::indicator::OverUnits;
use model::{Indicator, IndicatorCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use workflow::ask_once::{self, Known};
use workflow::{CellKey, SectionKind, Template};

use super::{may_see, submission_id, unknown_cell};
use crate::api::{Endpoints, Needs, codes};
use crate::auth::Caller;
use crate::forms::OpenForm;
use crate::http::Params;
use crate::problem::Answer;
use crate::state::{App, Ministry};
use crate::words::Message;

/// Adds the endpoint.
pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    endpoints.add(Needs::ByContent(&["see_draft", "see_signed"]), routes!(elsewhere))
}

/// Which cell.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CellAsked {
    /// `BC/BC.DOANHTHU/this`
    cell: String,
}

/// Another form that asks the same body for the number, or for a part or the whole of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AskedElsewhere {
    template: String,
    template_name_vi: String,
    template_name_en: String,
    section_name_vi: String,
    section_name_en: String,
    /// How its number lies to that of the cell.
    #[schema(value_type = codes::AskedBy)]
    how: &'static str,
    #[schema(value_type = codes::Calendar)]
    calendar: &'static str,
    #[schema(value_type = codes::Frequency)]
    frequency: &'static str,
}

/// An indicator that is worked out from the number.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkedOut {
    indicator: String,
    name_vi: String,
    name_en: String,
}

/// A review that has the number, or what is worked out from it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UsedBy {
    report: String,
    title_vi: &'static str,
    title_en: &'static str,
}

/// Where the number of a cell is asked for or used besides.
#[derive(Debug, Serialize, ToSchema)]
struct Elsewhere {
    asked: Vec<AskedElsewhere>,
    computed: Vec<WorkedOut>,
    used: Vec<UsedBy>,
}

/// Where else the number of a cell is asked of the same body, what is worked out from it, and which reviews have it.
#[utoipa::path(get, path = "/submissions/{id}/elsewhere", tag = "submissions", params(("id" = String, Path), CellAsked),
    responses((status = 200, body = Elsewhere), (status = 422, description = "`unknown_cell`")))]
async fn elsewhere(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(asked): Params<CellAsked>,
) -> Answer<Json<Elsewhere>> {
    let form = OpenForm::alone(&app, submission_id(&id)?).await?.ok_or(Message::NotFound)?;
    let visible = may_see(&caller, &form.submission, &form.template)?;
    let cell = CellKey::parse(&asked.cell).ok().filter(|cell| form.template.has(cell));
    let cell = cell.filter(|cell| visible.contains(cell.section()));
    let cell = cell.ok_or_else(|| unknown_cell(&asked.cell))?;
    let CellKey::Figure { row, .. } = cell else {
        return Ok(Json(Elsewhere { asked: vec![], computed: vec![], used: vec![] }));
    };
    let ministry = &form.ministry;
    let computed: Vec<&Indicator> = worked_out_from(ministry, &row.indicator);
    let mut codes: Vec<&IndicatorCode> = computed.iter().map(|one| &one.code).collect();
    codes.push(&row.indicator);
    let used = REVIEWS.iter().filter(|one| uses(ministry, one.id, &codes));
    Ok(Json(Elsewhere {
        asked: asked_elsewhere(&form, &row),
        computed: computed
            .iter()
            .map(|one| WorkedOut {
                indicator: one.code.to_string(),
                name_vi: one.name_vi.clone(),
                name_en: one.name_en.clone(),
            })
            .collect(),
        used: used
            .map(|one| UsedBy {
                report: one.id.to_owned(),
                title_vi: one.title_vi,
                title_en: one.title_en,
            })
            .collect(),
    }))
}

/// By the rule that publishing asks: a form with this one row, beside all that is live.
fn asked_elsewhere(form: &OpenForm, row: &workflow::RowKey) -> Vec<AskedElsewhere> {
    let Ministry { catalogue, units, bodies, templates, .. } = &*form.ministry;
    let mut alone: Template = (*form.template).clone();
    alone.sections.retain(|section| section.id == row.section);
    for section in &mut alone.sections {
        if let SectionKind::Figures(rows) = &mut section.kind {
            rows.retain(|one| one.indicator == row.indicator && one.breakdown == row.breakdown);
        }
    }
    // From this period on, so that what ended before it does not count.
    alone.valid_from = Some(form.submission.period.start());
    let live = ask_once::live(templates.values().map(|version| &**version));
    let known = Known::new(catalogue, units, bodies, &live, &[]);
    let findings = known.findings(&alone);
    let of_body = findings.iter().filter(|one| one.bodies.contains(&&form.body.code));
    let places =
        of_body.flat_map(|one| one.how.places().into_iter().map(|place| (one.how.code(), place)));
    places
        .filter(|(_, place)| place.template.code != form.template.code)
        .map(|(how, place)| AskedElsewhere {
            template: place.template.code.to_string(),
            template_name_vi: place.template.name_vi.clone(),
            template_name_en: place.template.name_en.clone(),
            section_name_vi: place.section.name_vi.clone(),
            section_name_en: place.section.name_en.clone(),
            how,
            calendar: place.template.calendar.code(),
            frequency: place.template.frequency.code(),
        })
        .collect()
}

/// Ratios with it as a part, means that it weighs.
fn worked_out_from<'a>(ministry: &'a Ministry, code: &IndicatorCode) -> Vec<&'a Indicator> {
    let is_from = |one: &&Indicator| {
        let in_ratio = one
            .ratio
            .as_ref()
            .is_some_and(|ratio| ratio.numerator == *code || ratio.denominator == *code);
        in_ratio || matches!(&one.over_units, OverUnits::WeightedMean(weight) if weight == code)
    };
    ministry.catalogue.iter().filter(is_from).collect()
}

fn uses(ministry: &Ministry, id: &str, codes: &[&IndicatorCode]) -> bool {
    let context = Context { catalogue: &ministry.catalogue, units: &ministry.units };
    let written = review(id, context, Lang::Vi);
    let asked = written.iter().flat_map(questions);
    asked.into_iter().any(|(cell, _)| codes.contains(&&cell.indicator))
}
