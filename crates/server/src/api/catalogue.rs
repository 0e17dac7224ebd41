//! What figures are about and what is counted: sectors, units, indicators, templates.

use axum::Json;
use axum::extract::{Path, State};
use jiff::civil::Date;
use model::{UnitKind, text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::Permission;

use super::shapes::{Indicator, Sector, Unit};
use super::values::shortened;
use super::{Endpoints, Needs, codes};
use crate::clock::local_date;
use crate::http::Params;
use crate::problem::{Answer, Problem};
use crate::state::App;
use crate::words::Message;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    endpoints
        .add(Needs::Permission(Permission::SignIn), routes!(sectors))
        .add(Needs::Permission(Permission::SignIn), routes!(units))
        .add(Needs::Permission(Permission::SignIn), routes!(unit))
        .add(Needs::Permission(Permission::SignIn), routes!(indicators))
        .add(Needs::Permission(Permission::SignIn), routes!(indicator))
        .add(Needs::Permission(Permission::SignIn), routes!(templates))
        .add(Needs::Permission(Permission::SignIn), routes!(template))
}

/// The sectors.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sectors {
    sectors: Vec<Sector>,
}

/// The whole and the six sectors, in the order of reviews.
#[utoipa::path(get, path = "/sectors", tag = "catalogue", responses((status = 200, body = Sectors)))]
async fn sectors() -> Json<Sectors> {
    let shown = |sector: model::Sector| Sector {
        code: sector.code(),
        name_vi: sector.name_vi(),
        name_en: sector.name_en(),
    };
    Json(Sectors { sectors: model::Sector::ALL.into_iter().map(shown).collect() })
}

/// Which units.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UnitsParams {
    /// Only this kind
    #[param(value_type = Option<codes::UnitKind>)]
    kind: Option<String>,
    /// Only what is directly below (or in) this unit
    parent: Option<String>,
    /// As of this day; today by default
    at: Option<String>,
    /// In the name or the code; "da nang" finds Đà Nẵng
    q: Option<String>,
    /// At most so many; 1,000 by default, 20,000 at most
    limit: Option<usize>,
}

/// Units.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitList {
    units: Vec<Unit>,
}

/// The units that exist on a day, by code; those of a search, the nearest first.
#[utoipa::path(get, path = "/units", tag = "catalogue", params(UnitsParams),
    responses((status = 200, body = UnitList), (status = 404, description = "`unknown_unit`, with the nearest codes")))]
async fn units(
    State(app): State<App>,
    Params(asked): Params<UnitsParams>,
) -> Answer<Json<UnitList>> {
    let ministry = app.ministry();
    let day = day(&app, asked.at.as_deref())?;
    let kind = asked.kind.as_deref().map(kind).transpose()?;
    let candidates: Vec<&model::Unit> = match asked.parent.as_deref() {
        Some(parent) => {
            let parent = super::values::unit(&ministry, parent)?;
            ministry.units.children(parent.as_str(), day)
        }
        None => {
            let mut all: Vec<&model::Unit> =
                ministry.units.iter().filter(|unit| unit.validity.holds_on(day)).collect();
            all.sort_by(|a, b| a.code.cmp(&b.code));
            all
        }
    };
    let wanted = |unit: &&model::Unit| kind.is_none_or(|kind| unit.kind == kind);
    let limit = asked.limit.unwrap_or(1000).min(20_000);
    let mut found: Vec<(u8, &model::Unit)> = candidates
        .into_iter()
        .filter(wanted)
        .filter_map(|unit| {
            Some((
                rank(
                    asked.q.as_deref(),
                    unit.code.as_str(),
                    &[&unit.name_vi, &unit.name_en, &unit.full_name_vi],
                )?,
                unit,
            ))
        })
        .collect();
    // A search shows provinces before the communes that share their name.
    found.sort_by_key(|(rank, unit)| (*rank, asked.q.is_some().then_some(unit.kind)));
    let units = found
        .into_iter()
        .take(limit)
        .map(|(_, unit)| Unit::of(unit, &ministry.units, day))
        .collect();
    Ok(Json(UnitList { units }))
}

/// As of a day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AtParams {
    /// As of this day; today by default
    at: Option<String>,
}

/// One unit.
#[utoipa::path(get, path = "/units/{code}", tag = "catalogue", params(("code" = String, Path), AtParams),
    responses((status = 200, body = Unit), (status = 404, description = "`unknown_unit`, with the nearest codes")))]
async fn unit(
    State(app): State<App>,
    Path(code): Path<String>,
    Params(asked): Params<AtParams>,
) -> Answer<Json<Unit>> {
    let ministry = app.ministry();
    let day = day(&app, asked.at.as_deref())?;
    let code = super::values::unit(&ministry, &code)?;
    let unit = ministry.units.get(code.as_str()).expect("a resolved code is a unit's");
    Ok(Json(Unit::of(unit, &ministry.units, day)))
}

/// Which indicators.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct IndicatorsParams {
    /// Only this sector
    #[param(value_type = Option<codes::SectorCode>)]
    sector: Option<String>,
    /// In the name or the code
    q: Option<String>,
}

/// Indicators.
#[derive(Debug, Serialize, ToSchema)]
pub struct IndicatorList {
    indicators: Vec<Indicator>,
}

/// The indicators, by sector and code; those of a search, the nearest first.
#[utoipa::path(get, path = "/indicators", tag = "catalogue", params(IndicatorsParams),
    responses((status = 200, body = IndicatorList), (status = 404, description = "`unknown_sector`")))]
async fn indicators(
    State(app): State<App>,
    Params(asked): Params<IndicatorsParams>,
) -> Answer<Json<IndicatorList>> {
    let ministry = app.ministry();
    let sector = asked.sector.as_deref().map(sector).transpose()?;
    let mut found: Vec<(u8, &model::Indicator)> = ministry
        .catalogue
        .iter()
        .filter(|indicator| sector.is_none_or(|sector| indicator.sector == sector))
        .filter_map(|one| {
            Some((rank(asked.q.as_deref(), one.code.as_str(), &[&one.name_vi, &one.name_en])?, one))
        })
        .collect();
    found.sort_by_key(|(rank, indicator)| (*rank, indicator.sector));
    Ok(Json(IndicatorList {
        indicators: found.into_iter().map(|(_, indicator)| Indicator::from(indicator)).collect(),
    }))
}

/// One indicator.
#[utoipa::path(get, path = "/indicators/{code}", tag = "catalogue", params(("code" = String, Path)),
    responses((status = 200, body = Indicator), (status = 404, description = "`unknown_indicator`, with the nearest codes")))]
async fn indicator(State(app): State<App>, Path(code): Path<String>) -> Answer<Json<Indicator>> {
    let ministry = app.ministry();
    let found = super::values::indicators_of(&ministry, &code)?;
    let one = found.first().and_then(|code| ministry.catalogue.get(code.as_str()));
    Ok(Json(Indicator::from(one.expect("a known code is an indicator's"))))
}

/// A form, in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateSummary {
    code: String,
    version: u32,
    name_vi: String,
    name_en: String,
    /// statistical or administrative
    #[schema(value_type = codes::Calendar)]
    calendar: &'static str,
    #[schema(value_type = codes::Frequency)]
    frequency: &'static str,
}

/// Forms.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateList {
    templates: Vec<TemplateSummary>,
}

impl From<&workflow::Template> for TemplateSummary {
    fn from(template: &workflow::Template) -> TemplateSummary {
        TemplateSummary {
            code: template.code.to_string(),
            version: template.version,
            name_vi: template.name_vi.clone(),
            name_en: template.name_en.clone(),
            calendar: template.calendar.code(),
            frequency: template.frequency.code(),
        }
    }
}

/// The version of each form that is filled today.
#[utoipa::path(get, path = "/templates", tag = "catalogue", responses((status = 200, body = TemplateList)))]
async fn templates(State(app): State<App>) -> Json<TemplateList> {
    let ministry = app.ministry();
    Json(TemplateList {
        templates: ministry
            .templates_on(local_date(app.now()))
            .into_iter()
            .map(TemplateSummary::from)
            .collect(),
    })
}

/// A whole form.
#[derive(Debug, Serialize, ToSchema)]
pub struct Template {
    /// What is in a list of forms.
    #[serde(flatten)]
    pub summary: TemplateSummary,
    /// What the figures are cut off at, in words.
    pub cut_off_vi: String,
    /// In English.
    pub cut_off_en: String,
    /// Working days after the period's end.
    pub due_working_days: u16,
    /// The circular or decision that asks for it.
    pub legal_basis: String,
    /// Who receives it.
    pub recipients: Vec<String>,
    /// In the order of the form.
    pub sections: Vec<TemplateSection>,
}

/// A section of a form.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TemplateSection {
    /// Unique in its form.
    pub id: String,
    /// Whose reviewers receive it.
    #[schema(value_type = codes::SectorCode)]
    pub sector: String,
    /// In Vietnamese.
    pub name_vi: String,
    /// In English.
    pub name_en: String,
    /// figures or text
    #[schema(value_type = codes::SectionKind)]
    pub kind: String,
    /// Who in the body fills it.
    pub owner: String,
    /// Of a section of figures.
    pub rows: Vec<TemplateRow>,
    /// Of a section of text.
    pub texts: Vec<TemplateText>,
}

/// A row of a form.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TemplateRow {
    /// What is counted.
    pub indicator: String,
    /// Of which part; null for the total.
    pub breakdown: Option<String>,
    /// The indicator's name.
    pub name_vi: String,
    /// In English.
    pub name_en: String,
    /// Unit of measure.
    pub unit_vi: String,
    /// In English.
    pub unit_en: String,
    /// Decimals kept.
    pub scale: u8,
    /// Whether it must be filled before signing.
    pub required: bool,
    /// Whether the settled figure of the period before is asked for too.
    pub settle_previous: bool,
    /// How it is filled.
    pub note: Option<String>,
}

/// A prompt for text.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TemplateText {
    /// Unique in its section.
    pub id: String,
    /// In Vietnamese.
    pub name_vi: String,
    /// In English.
    pub name_en: String,
}

/// The whole of a form.
#[utoipa::path(get, path = "/templates/{code}", tag = "catalogue", params(("code" = String, Path), WhichVersion),
    responses((status = 200, body = Template), (status = 404, description = "`unknown_template`, with the nearest codes")))]
async fn template(
    State(app): State<App>,
    Path(code): Path<String>,
    Params(asked): Params<WhichVersion>,
) -> Answer<Json<Template>> {
    let ministry = app.ministry();
    let current = match asked.version {
        Some(version) => ministry.versions(&code).find(|one| one.version == version),
        None => ministry.template_on(&code, local_date(app.now())).or(ministry.template(&code)),
    };
    let template = current.ok_or_else(|| {
        let nearest =
            text::nearest(&code, ministry.templates.keys().map(|(code, _)| code.as_str()));
        Problem::from(Message::UnknownTemplate(shortened(&code))).suggesting(nearest)
    })?;
    Ok(Json(Template {
        summary: TemplateSummary::from(template),
        cut_off_vi: template.cut_off_vi.clone(),
        cut_off_en: template.cut_off_en.clone(),
        due_working_days: template.due.working_days,
        legal_basis: template.legal_basis.clone(),
        recipients: template.recipients.clone(),
        sections: template_sections(template, &ministry.catalogue),
    }))
}

/// Which version of a form.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichVersion {
    /// The one that is filled today when left out
    version: Option<u32>,
}

/// The sections of a form, as they are shown.
pub fn template_sections(
    template: &workflow::Template,
    catalogue: &model::Catalogue,
) -> Vec<TemplateSection> {
    let shown = |section: &workflow::Section| TemplateSection {
        id: section.id.to_string(),
        sector: section.sector.code().to_owned(),
        name_vi: section.name_vi.clone(),
        name_en: section.name_en.clone(),
        kind: match section.kind {
            workflow::SectionKind::Figures(_) => "figures".to_owned(),
            workflow::SectionKind::Texts(_) => "text".to_owned(),
        },
        owner: section.owner.clone(),
        rows: section.rows().iter().map(|row| template_row(row, catalogue)).collect(),
        texts: section
            .texts()
            .iter()
            .map(|prompt| TemplateText {
                id: prompt.id.to_string(),
                name_vi: prompt.name_vi.clone(),
                name_en: prompt.name_en.clone(),
            })
            .collect(),
    };
    template.sections.iter().map(shown).collect()
}

fn template_row(row: &workflow::Row, catalogue: &model::Catalogue) -> TemplateRow {
    let indicator = catalogue.get(row.indicator.as_str());
    let said = |of: fn(&model::Indicator) -> &String| {
        indicator.map_or_else(|| row.indicator.to_string(), |one| of(one).clone())
    };
    TemplateRow {
        indicator: row.indicator.to_string(),
        breakdown: Some(row.breakdown.as_str().to_owned()).filter(|code| !code.is_empty()),
        name_vi: said(|one| &one.name_vi),
        name_en: said(|one| &one.name_en),
        unit_vi: said(|one| &one.unit_vi),
        unit_en: said(|one| &one.unit_en),
        scale: indicator.map_or(0, |one| one.scale),
        required: row.required,
        settle_previous: row.columns().contains(&workflow::Column::Previous),
        note: Some(row.note.clone()).filter(|note| !note.is_empty()),
    }
}

/// How well something answers a search; everything does when nothing is searched.
fn rank(asked: Option<&str>, code: &str, names: &[&str]) -> Option<u8> {
    let Some(asked) = asked.map(str::trim).filter(|asked| !asked.is_empty()) else {
        return Some(0);
    };
    if code.eq_ignore_ascii_case(asked) {
        return Some(0);
    }
    let by_name = names.iter().filter_map(|name| text::match_rank(name, asked)).min();
    let by_code = text::folded(code).contains(&text::folded(asked)).then_some(4);
    by_name.into_iter().chain(by_code).min()
}

/// A day that was asked about, or today.
pub fn day(app: &App, text: Option<&str>) -> Answer<Date> {
    match text {
        None => Ok(local_date(app.now())),
        Some(text) => text.parse::<Date>().map_err(|_| {
            let bad = Message::BadParameter {
                name: "at",
                value: shortened(text),
                expected: "2024-07-31",
            };
            Problem::from(bad).in_column("at")
        }),
    }
}

fn kind(text: &str) -> Answer<UnitKind> {
    UnitKind::parse(text).ok_or_else(|| {
        let expected = "country, region, province, district, commune, ministry, agency, firm, newsroom, portal, group";
        Problem::from(Message::BadParameter { name: "kind", value: shortened(text), expected }).in_column("kind")
    })
}

/// A sector.
pub fn sector(code: &str) -> Answer<model::Sector> {
    model::Sector::parse(code).ok_or_else(|| {
        let known = model::Sector::ALL.into_iter().map(model::Sector::code);
        let nearest = text::nearest(code, known);
        Problem::from(Message::UnknownSector(shortened(code)))
            .in_column("sector")
            .suggesting(nearest)
    })
}
