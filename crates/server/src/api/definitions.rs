//! What an administrator defines while the system runs: units and indicators, every version kept.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use model::indicator::{Good, Limits as ModelLimits, OverTime, OverUnits, Ratio as ModelRatio};
use model::{Decimal, Frequency, IndicatorCode, Sector, UnitCode, UnitKind, Units, Validity};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::NewEvent;
use utoipa::ToSchema;
use utoipa_axum::routes;
use workflow::{Language, Permission};

use super::shapes::{Indicator, Ratio, Unit};
use super::values::shortened;
use super::{Endpoints, Needs, codes};
use crate::auth::Caller;
use crate::clock::local_date;
use crate::http::{SentJson, written};
use crate::problem::{Answer, Problem};
use crate::state::{App, DEFINITIONS_CHANGED, Ministry};
use crate::words::Message;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    endpoints
        .add(Needs::Permission(Permission::ManageUnits), routes!(define_unit))
        .add(Needs::Permission(Permission::ManageIndicators), routes!(define_indicator))
}

/// A unit, or the next version of one.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitRequest {
    code: String,
    /// country, region, province, district, commune, ministry, agency, firm, newsroom, portal or group
    #[schema(value_type = codes::UnitKind)]
    kind: String,
    name_vi: String,
    name_en: String,
    /// The short name when it is not given.
    #[serde(default)]
    full_name_vi: Option<String>,
    /// The first day it exists.
    #[serde(default)]
    valid_from: Option<String>,
    /// The first day it no longer exists.
    #[serde(default)]
    valid_to: Option<String>,
    /// The unit above it from `from` on.
    #[serde(default)]
    parent: Option<String>,
    /// Of a group: its members from `from` on.
    #[serde(default)]
    members: Option<Vec<String>>,
    /// What it became part of when it ended.
    #[serde(default)]
    successor: Option<String>,
    /// The day from which the parent and the members hold; the first day by default, of a known unit today.
    #[serde(default)]
    from: Option<String>,
    /// Its name in the drawing of the country.
    #[serde(default)]
    map_path: Option<String>,
}

fn bad(name: &'static str, value: &str, expected: &'static str) -> Problem {
    Problem::from(Message::BadParameter { name, value: shortened(value), expected }).in_column(name)
}

fn named(name: &'static str, text: &str) -> Answer<String> {
    let text = model::text::normalised(text);
    match text.chars().count() {
        0 => Err(Problem::from(Message::Empty(name)).in_column(name)),
        1..=300 => Ok(text),
        _ => Err(Problem::from(Message::TooLong { field: name, most: 300 }).in_column(name)),
    }
}

fn day(name: &'static str, text: Option<&str>) -> Answer<Option<Date>> {
    let read = |text: &str| text.parse::<Date>().map_err(|_| bad(name, text, "2025-07-01"));
    text.filter(|text| !text.is_empty()).map(read).transpose()
}

/// Defines a unit, or the next version of one: names, days, and from a day on its parent or members.
#[utoipa::path(post, path = "/units", tag = "catalogue", request_body = UnitRequest,
    responses((status = 201, body = Unit), (status = 404, description = "`unknown_unit`, `unknown_indicator` of a code that is named in it, with the nearest"),
        (status = 422, description = "What is not right, by field in `at`: `empty`, `too_long`, `bad_units`, `bad_indicator`; or `idempotency_key_reused`")))]
async fn define_unit(
    State(app): State<App>,
    caller: Caller,
    sent: SentJson<UnitRequest>,
) -> Answer<Response> {
    let actor = caller.actor()?.person;
    let (ministry, today) = (app.ministry(), local_date(app.now()));
    let unit = unit_of(&sent.value, &ministry, today)?;
    let mut all: Vec<model::Unit> =
        ministry.units.iter().filter(|one| one.code != unit.code).cloned().collect();
    all.push(unit.clone());
    let units = Units::new(all).map_err(|error| Message::BadUnits(error.to_string()))?;
    let shown = Unit::of(&unit, &units, today.max(unit.validity.from.unwrap_or(today)));
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                tx.define_units(std::slice::from_ref(&unit)).await?;
                let detail = json!({ "unit": unit.code.as_str(), "name": unit.name_vi });
                tx.event(NewEvent {
                    kind: DEFINITIONS_CHANGED.into(),
                    actor: Some(actor),
                    detail,
                    ..NewEvent::default()
                })
                .await?;
                Ok(shown)
            })
        })
        .await?;
    app.read_ministry_again().await?;
    Ok(written(StatusCode::CREATED, done))
}

fn unit_of(request: &UnitRequest, ministry: &Ministry, today: Date) -> Answer<model::Unit> {
    let code = UnitCode::parse(&request.code)
        .map_err(|_| bad("code", &request.code, "52, 52@2025-07, @provinces"))?;
    let kind = UnitKind::parse(&request.kind).ok_or_else(|| {
        bad("kind", &request.kind, "province, district, commune, ministry, agency, group, …")
    })?;
    let known = ministry.units.get(code.as_str());
    let name_vi = named("name_vi", &request.name_vi)?;
    let (valid_from, valid_to) = (
        day("valid_from", request.valid_from.as_deref())?,
        day("valid_to", request.valid_to.as_deref())?,
    );
    if let (Some(from), Some(to)) = (valid_from, valid_to)
        && to <= from
    {
        return Err(bad("valid_to", &to.to_string(), "after valid_from"));
    }
    let from = match day("from", request.from.as_deref())? {
        Some(day) => Some(day),
        None if known.is_some() => Some(today),
        None => valid_from,
    };
    let code_of = |name: &'static str, text: &str| -> Answer<UnitCode> {
        let found = super::values::unit(ministry, text);
        found.map_err(|problem| problem.in_column(name))
    };
    let mut parents = known.map(|unit| unit.parents.clone()).unwrap_or_default();
    if let Some(parent) = request.parent.as_deref().filter(|parent| !parent.is_empty()) {
        let parent = code_of("parent", parent)?;
        end_at(&mut parents, from);
        parents.push((Validity { from, to: None }, parent));
    }
    let mut members = known.map(|unit| unit.members.clone()).unwrap_or_default();
    if let Some(codes) = &request.members {
        let codes =
            codes.iter().map(|code| code_of("members", code)).collect::<Answer<Vec<_>>>()?;
        end_at(&mut members, from);
        members.extend(codes.into_iter().map(|code| (Validity { from, to: None }, code)));
    }
    let successor = match request.successor.as_deref().filter(|code| !code.is_empty()) {
        Some(code) => Some(code_of("successor", code)?),
        None => known.and_then(|unit| unit.successor.clone()),
    };
    Ok(model::Unit {
        code,
        kind,
        name_en: named("name_en", &request.name_en)?,
        full_name_vi: match request.full_name_vi.as_deref().filter(|name| !name.is_empty()) {
            Some(name) => named("full_name_vi", name)?,
            None => name_vi.clone(),
        },
        name_vi,
        validity: Validity { from: valid_from, to: valid_to },
        parents,
        members,
        successor,
        map_path: request.map_path.clone().or_else(|| known.and_then(|unit| unit.map_path.clone())),
    })
}

/// What held until now holds until a day; what would only begin then never did.
fn end_at(held: &mut Vec<(Validity, UnitCode)>, day: Option<Date>) {
    held.retain(|(validity, _)| {
        matches!((validity.from, day), (None, Some(_))) || validity.from < day
    });
    for (validity, _) in held.iter_mut() {
        if validity.to.is_none() || validity.to > day {
            validity.to = day;
        }
    }
}

/// An indicator, or the next version of one.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IndicatorRequest {
    /// Begins with its sector's code and a dot.
    code: String,
    name_vi: String,
    name_en: String,
    unit_vi: String,
    unit_en: String,
    /// 0 to 9 decimals; a known indicator keeps at least those it has.
    scale: u8,
    /// sum, ratio, weighted_mean, max or none
    #[schema(value_type = codes::OverUnits)]
    over_units: String,
    /// The indicator that weighs a weighted mean.
    #[serde(default)]
    weight: Option<String>,
    /// sum, last, max or none; of a ratio it follows from its parts
    #[schema(value_type = codes::OverTime)]
    over_time: String,
    /// up, down or none
    #[schema(value_type = codes::Good)]
    good: String,
    /// Kinds of units.
    #[schema(value_type = Vec<codes::UnitKind>)]
    applies_to: Vec<String>,
    #[serde(default)]
    ratio: Option<Ratio>,
    #[serde(default)]
    part_of: Option<String>,
    #[serde(default)]
    definition_vi: String,
    #[serde(default)]
    definition_en: String,
    #[serde(default)]
    legal_basis: String,
    /// month, quarter, half or year
    #[schema(value_type = codes::Frequency)]
    frequency: String,
    #[serde(default)]
    limits: LimitsRequest,
    /// How far a reported number may lie from the measured one and still agree: points of a percentage, per cent of the
    /// measured number of all else. What is left out stays as it was, empty is the default.
    #[serde(default)]
    #[schema(example = "2.5")]
    tolerance: Option<String>,
    /// What is measured, where it is not what is reported: the two then stand side by side and are not compared. What
    /// is left out stays as it was, empty means that it is the same.
    #[serde(default)]
    measured_as_vi: Option<String>,
    #[serde(default)]
    measured_as_en: Option<String>,
}

/// What a plausible figure keeps to; what is left out has no limit.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct LimitsRequest {
    /// The least value.
    min: Option<String>,
    /// The greatest value.
    max: Option<String>,
    /// The greatest change that needs no comment, per cent.
    growth_percent: Option<String>,
}

/// Defines an indicator, or the next version of one.
#[utoipa::path(post, path = "/indicators", tag = "catalogue", request_body = IndicatorRequest,
    responses((status = 201, body = Indicator), (status = 404, description = "`unknown_unit`, `unknown_indicator` of a code that is named in it, with the nearest"),
        (status = 422, description = "What is not right, by field in `at`: `empty`, `too_long`, `bad_units`, `bad_indicator`; or `idempotency_key_reused`")))]
async fn define_indicator(
    State(app): State<App>,
    caller: Caller,
    sent: SentJson<IndicatorRequest>,
) -> Answer<Response> {
    let actor = caller.actor()?.person;
    let indicator = indicator_of(&sent.value, &app.ministry())?;
    let shown = Indicator::from(&indicator);
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                tx.define_indicators(std::slice::from_ref(&indicator)).await?;
                let event = NewEvent {
                    kind: DEFINITIONS_CHANGED.into(),
                    actor: Some(actor),
                    detail: json!({ "name": indicator.name_vi, "version": indicator.version }),
                    indicator: Some(indicator.code),
                    ..NewEvent::default()
                };
                tx.event(event).await?;
                Ok(shown)
            })
        })
        .await?;
    app.read_ministry_again().await?;
    Ok(written(StatusCode::CREATED, done))
}

/// What a definition says that cannot be.
fn bad_indicator(field: &'static str, said: impl Fn(Language) -> String) -> Problem {
    Problem::from(Message::said(422, "bad_indicator", said)).in_column(field)
}

fn indicator_of(request: &IndicatorRequest, ministry: &Ministry) -> Answer<model::Indicator> {
    let code = IndicatorCode::parse(&request.code)
        .map_err(|_| bad("code", &request.code, "BC.DOANHTHU"))?;
    let sector = code.as_str().split_once('.').and_then(|(sector, _)| Sector::parse(sector));
    let sector = sector
        .ok_or_else(|| bad("code", &request.code, "TN., BC., VT., CDS., ATTT., CN., BCTT."))?;
    let known = ministry.catalogue.get(code.as_str());
    if request.scale > 9 || known.is_some_and(|known| request.scale < known.scale) {
        let least = known.map_or(0, |known| known.scale);
        return Err(bad_indicator("scale", move |language| {
            language.pick(
                format!("Số chữ số thập phân phải từ {least} đến 9."),
                format!("The decimals have to be from {least} to 9."),
            )
        }));
    }
    let other = |name: &'static str, text: &str| -> Answer<IndicatorCode> {
        match ministry.catalogue.get(text) {
            // What is worked out from an indicator cannot be what that indicator is worked out from.
            Some(other) if ministry.catalogue.with_parts([&other.code]).contains(&code) => {
                Err(bad_indicator(name, |language| {
                    language.pick(
                        format!("{text} được tính từ {code}, nên {code} không thể tính từ {text}."),
                        format!("{text} is worked out from {code}, so {code} cannot be worked out from {text}."),
                    )
                }))
            }
            Some(other) => Ok(other.code.clone()),
            None => Err(Problem::from(Message::UnknownIndicator(shortened(text)))
                .in_column(name)
                .suggesting(ministry.catalogue.nearest(text))),
        }
    };
    let number = |name: &'static str, text: &Option<String>| -> Answer<Option<Decimal>> {
        let text = text.as_deref().filter(|text| !text.is_empty());
        let read = |text: &str| Decimal::parse(text).map_err(|_| bad(name, text, "12.5"));
        text.map(read).transpose()
    };
    let ratio = match &request.ratio {
        None => None,
        Some(ratio) => Some(ModelRatio {
            numerator: other("ratio", &ratio.numerator)?,
            denominator: other("ratio", &ratio.denominator)?,
            factor: Decimal::parse(&ratio.factor)
                .map_err(|_| bad("ratio", &ratio.factor, "100"))?,
        }),
    };
    let over_units = match (request.over_units.as_str(), &ratio) {
        ("ratio", Some(_)) => OverUnits::Ratio,
        ("sum", None) => OverUnits::Sum,
        ("max", None) => OverUnits::Max,
        ("none", _) => OverUnits::None,
        ("weighted_mean", None) => {
            OverUnits::WeightedMean(other("weight", request.weight.as_deref().unwrap_or_default())?)
        }
        _ => {
            return Err(bad(
                "over_units",
                &request.over_units,
                "sum, max, none, weighted_mean; ratio",
            ));
        }
    };
    let over_time = match request.over_time.as_str() {
        "ratio" if ratio.is_some() => OverTime::None,
        text => {
            OverTime::parse(text).ok_or_else(|| bad("over_time", text, "sum, last, max, none"))?
        }
    };
    let kinds = request.applies_to.iter().map(|kind| {
        let kind = UnitKind::parse(kind)
            .ok_or_else(|| bad("applies_to", kind, "province, ministry, agency, …"))?;
        let before =
            known.and_then(|known| known.applies_to.iter().find(|(other, _)| *other == kind));
        Ok(before.copied().unwrap_or((kind, Validity::ALWAYS)))
    });
    let applies_to = kinds.collect::<Answer<Vec<_>>>()?;
    if applies_to.is_empty() {
        return Err(Problem::from(Message::Empty("applies_to")).in_column("applies_to"));
    }
    Ok(model::Indicator {
        sector,
        name_vi: named("name_vi", &request.name_vi)?,
        name_en: named("name_en", &request.name_en)?,
        unit_vi: named("unit_vi", &request.unit_vi)?,
        unit_en: named("unit_en", &request.unit_en)?,
        scale: request.scale,
        over_units,
        over_time,
        good: Good::parse(&request.good)
            .ok_or_else(|| bad("good", &request.good, "up, down, none"))?,
        applies_to,
        ratio,
        part_of: request
            .part_of
            .as_deref()
            .filter(|code| !code.is_empty())
            .map(|code| other("part_of", code))
            .transpose()?,
        frequency: Frequency::parse(&request.frequency)
            .ok_or_else(|| bad("frequency", &request.frequency, "month, quarter, half, year"))?,
        definition_vi: request.definition_vi.trim().to_owned(),
        definition_en: request.definition_en.trim().to_owned(),
        legal_basis: request.legal_basis.trim().to_owned(),
        limits: ModelLimits {
            min: number("limits", &request.limits.min)?,
            max: number("limits", &request.limits.max)?,
            growth_percent: number("limits", &request.limits.growth_percent)?,
        },
        measured_threshold: known.map_or(Decimal::whole(90), |known| known.measured_threshold),
        coverage_threshold: known.map_or(Decimal::whole(80), |known| known.coverage_threshold),
        compared: compared(request, known)?,
        version: known.map_or(1, |known| known.version + 1),
        code,
    })
}

/// How the numbers of an indicator are compared: what is not sent stays, what is sent empty is taken out.
fn compared(
    request: &IndicatorRequest,
    known: Option<&model::Indicator>,
) -> Answer<model::indicator::Compared> {
    let known = known.map(|known| known.compared.clone()).unwrap_or_default();
    let tolerance = match request.tolerance.as_deref() {
        None => known.tolerance,
        Some("") => None,
        Some(text) => {
            let expected = "0 … 100, 12.5";
            let read = Decimal::parse(text).map_err(|_| bad("tolerance", text, expected))?;
            let is_right = !read.is_negative() && read <= Decimal::whole(100);
            let is_short = read.least_scale() <= 4;
            Some(
                (is_right && is_short)
                    .then_some(read)
                    .ok_or_else(|| bad("tolerance", text, expected))?,
            )
        }
    };
    let words = |name: &'static str, sent: &Option<String>, known: String| match sent {
        None => Ok(known),
        Some(text) if text.trim().chars().count() > 1000 => {
            Err(Problem::from(Message::TooLong { field: name, most: 1000 }).in_column(name))
        }
        Some(text) => Ok(text.trim().to_owned()),
    };
    let vi = words("measured_as_vi", &request.measured_as_vi, known.measured_as_vi)?;
    let en = words("measured_as_en", &request.measured_as_en, known.measured_as_en)?;
    match (vi.is_empty(), en.is_empty()) {
        (true, false) => {
            Err(Problem::from(Message::Empty("measured_as_vi")).in_column("measured_as_vi"))
        }
        (false, true) => {
            Err(Problem::from(Message::Empty("measured_as_en")).in_column("measured_as_en"))
        }
        _ => Ok(model::indicator::Compared { tolerance, measured_as_vi: vi, measured_as_en: en }),
    }
}
