//! What follows from registers and dossiers for each unit, as it is worked out now: shares, the rule of 2020, services
//! that nobody has used.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use measure::derive::{self, Portion, Verdict};
use model::IndicatorCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::Permission;

use super::{Endpoints, Needs, codes};
use crate::clock::local_date;
use crate::derived::{self, Known, month_of};
use crate::http::Params;
use crate::problem::Answer;
use crate::state::{App, Ministry};

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    let see = Needs::Permission(Permission::SeeMeasurement);
    endpoints.add(see.clone(), routes!(measured_units)).add(see, routes!(measured_unit))
}

/// Part and whole.
#[derive(Debug, Serialize, ToSchema)]
struct PortionBody {
    part: u64,
    of: u64,
    /// Per cent, with two decimals and a dot; null of nothing.
    percent: Option<String>,
    /// Whether it is all of them.
    whole: bool,
}

impl From<Portion> for PortionBody {
    fn from(portion: Portion) -> PortionBody {
        PortionBody {
            part: portion.part,
            of: portion.of,
            percent: portion.percent().map(|percent| percent.to_string()),
            whole: portion.is_whole(),
        }
    }
}

/// The rule of 2020 with its three parts.
#[derive(Debug, Serialize, ToSchema)]
struct RuleBody {
    /// Services at levels 3 and 4 (since July 2022: on line), of all; at least 30% are asked for.
    supply: PortionBody,
    /// Dossiers of those services, of all; at least 50%. Null while no day came.
    transactions: Option<PortionBody>,
    /// Those services that had a dossier, of them; more than 50%. Null while no day came.
    used: Option<PortionBody>,
    #[schema(value_type = codes::RuleVerdict)]
    verdict: &'static str,
}

/// A figure that follows.
#[derive(Debug, Serialize, ToSchema)]
struct FollowingFigure {
    indicator: String,
    value: String,
    /// Of how much of the unit's systems, per cent.
    share: String,
    /// Whether it stands in the record as what was measured last.
    recorded: bool,
}

/// What follows for a unit.
#[derive(Debug, Serialize, ToSchema)]
struct MeasuredUnit {
    unit: String,
    name_vi: String,
    name_en: String,
    /// Whether services of the period have levels 1 to 4.
    has_levels: bool,
    services: u64,
    /// Of levels: at level 4, of those with a level. Since July 2022: end to end, of those fit for it.
    supply: PortionBody,
    /// Online services with a dossier in the period, of online services; null while no day came.
    used: Option<PortionBody>,
    /// Systems protected in four layers, of all.
    layers: PortionBody,
    /// How much of the unit's portals sent every day that is over, per cent; null while no day came.
    share: Option<String>,
    /// Whether its list of services is said to be whole, so that figures are recorded.
    services_whole: bool,
    /// Likewise of systems.
    systems_whole: bool,
    portals: u64,
    rule: Option<RuleBody>,
}

/// Every unit with a register or a portal.
#[derive(Debug, Serialize, ToSchema)]
struct MeasuredUnits {
    period: String,
    units: Vec<MeasuredUnit>,
}

/// A service that nobody has used.
#[derive(Debug, Serialize, ToSchema)]
struct UnusedService {
    code: String,
    name: String,
    portal: Option<String>,
}

/// A portal with its days.
#[derive(Debug, Serialize, ToSchema)]
struct PortalDaysBody {
    portal: String,
    name_vi: String,
    name_en: String,
    sent: u64,
    missing: Vec<String>,
    /// How many people had used its end-to-end services by the last day on which it said so; null when it did not.
    users: Option<u64>,
    /// The day of that number.
    users_day: Option<String>,
    /// Days that its back end did not send and of which its pages told, where they see every dossier filed on line.
    told: u64,
    /// Dossiers filed on line on the days, and with the procedures, of which both told: as its back end says.
    filed_sent: u64,
    /// The same as its pages told; where they differ, the back end's number counts.
    filed_told: u64,
}

/// What follows for one unit, with what it follows from.
#[derive(Debug, Serialize, ToSchema)]
struct MeasuredUnitWhole {
    period: String,
    unit: MeasuredUnit,
    /// The figures that follow; those of the open month and the one before it are recorded as measured.
    figures: Vec<FollowingFigure>,
    /// Online services without a dossier in the period, where every day of their portal is known.
    unused: Vec<UnusedService>,
    portals: Vec<PortalDaysBody>,
}

/// For when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PeriodAsked {
    /// A period; the open month by default
    period: Option<String>,
}

fn period(app: &App, asked: &PeriodAsked) -> Answer<model::Period> {
    match asked.period.as_deref() {
        Some(text) => super::values::period(text),
        None => Ok(month_of(local_date(app.now()))),
    }
}

fn shown(unit: &model::UnitCode, known: &Known, ministry: &Ministry) -> MeasuredUnit {
    let input = known.input();
    let named = ministry.units.get(unit.as_str());
    let name = |of: fn(&model::Unit) -> &String| {
        named.map_or_else(|| unit.to_string(), |one| of(one).clone())
    };
    let has_levels = derive::has_levels(known.period);
    let supply = derive::supply(&input);
    let share = derive::share_measured(&input);
    let rule = derive::rule_of_2020(&input).map(|rule| RuleBody {
        supply: rule.supply.into(),
        transactions: rule.transactions.map(PortionBody::from),
        used: rule.used.map(PortionBody::from),
        verdict: match rule.verdict {
            Verdict::Met => "met",
            Verdict::NotMet => "not_met",
            Verdict::Unknown => "unknown",
        },
    });
    MeasuredUnit {
        unit: unit.to_string(),
        name_vi: name(|unit| &unit.name_vi),
        name_en: name(|unit| &unit.name_en),
        has_levels,
        services: known.services.len() as u64,
        supply: supply.into(),
        used: share.map(|_| derive::with_dossiers(&input).into()),
        layers: derive::protected(&input).into(),
        share: share.map(|share| share.to_string()),
        services_whole: input.services_are_whole,
        systems_whole: input.systems_are_whole,
        portals: known.portals.len() as u64,
        rule,
    }
}

/// What follows for every unit in a period, by unit.
#[utoipa::path(get, path = "/measured", tag = "measurement", params(PeriodAsked), responses((status = 200, body = MeasuredUnits)))]
async fn measured_units(
    State(app): State<App>,
    Params(asked): Params<PeriodAsked>,
) -> Answer<Json<MeasuredUnits>> {
    let (ministry, period) = (app.ministry(), period(&app, &asked)?);
    let mut reader = app.store.read().await?;
    let today = local_date(app.now());
    let all = derived::known(&mut reader, &ministry, None, period, today).await?;
    let units = all.iter().map(|(unit, known)| shown(unit, known, &ministry)).collect();
    Ok(Json(MeasuredUnits { period: period.to_string(), units }))
}

/// What follows for one unit in a period, with the services that nobody has used and the days that are missing.
#[utoipa::path(get, path = "/measured/{unit}", tag = "measurement",
    params(("unit" = String, Path, description = "Which unit"), PeriodAsked),
    responses((status = 200, body = MeasuredUnitWhole), (status = 404, description = "`unknown_unit`")))]
async fn measured_unit(
    State(app): State<App>,
    Path(unit): Path<String>,
    Params(asked): Params<PeriodAsked>,
) -> Answer<Json<MeasuredUnitWhole>> {
    let (ministry, period) = (app.ministry(), period(&app, &asked)?);
    let unit = super::values::unit(&ministry, &unit)?;
    let mut reader = app.store.read().await?;
    let today = local_date(app.now());
    let all = derived::known(&mut reader, &ministry, Some(&unit), period, today).await?;
    let known = &all[&unit];
    let mut both = BTreeMap::new();
    for days in &known.portals {
        let portal = days.portal.clone();
        both.insert(portal, derived::filed_of_both(&mut reader, days, period).await?);
    }
    let input = known.input();
    let portal_body = |days: &measure::derive::PortalDays| {
        let code = measure::PortalCode::parse(&days.portal).ok();
        let portal = code.and_then(|code| ministry.portals.get(&code));
        PortalDaysBody {
            portal: days.portal.clone(),
            name_vi: portal.map(|portal| portal.name_vi.clone()).unwrap_or_default(),
            name_en: portal.map(|portal| portal.name_en.clone()).unwrap_or_default(),
            sent: days.sent.len() as u64,
            missing: derive::missing(&input, days).iter().map(ToString::to_string).collect(),
            users: days.users.last_key_value().map(|(_, users)| *users),
            told: days.told.len() as u64,
            filed_sent: both.get(&days.portal).map_or(0, |both| both.0),
            filed_told: both.get(&days.portal).map_or(0, |both| both.1),
            users_day: days.users.last_key_value().map(|(day, _)| day.to_string()),
        }
    };
    let made = derive::derive(&input);
    let codes: Vec<IndicatorCode> =
        made.iter().filter_map(|one| IndicatorCode::parse(one.indicator).ok()).collect();
    let last = app.measured.last_of(&app.store, &unit, period, codes.iter()).await?;
    let figures = made.into_iter().map(|one| FollowingFigure {
        indicator: one.indicator.to_owned(),
        value: one.number.to_string(),
        share: one.share.to_string(),
        recorded: last.get(one.indicator) == Some(&(one.number, one.share)),
    });
    let unused = derive::without_dossiers(&input).into_iter().map(|one| UnusedService {
        code: one.code.as_str().to_owned(),
        name: one.name.clone(),
        portal: one.portal.clone(),
    });
    Ok(Json(MeasuredUnitWhole {
        period: period.to_string(),
        unit: shown(&unit, known, &ministry),
        figures: figures.collect(),
        unused: unused.collect(),
        portals: known.portals.iter().map(portal_body).collect(),
    }))
}
