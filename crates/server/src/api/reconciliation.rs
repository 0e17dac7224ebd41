//! Đối chiếu số liệu: what was reported beside what is measured, and what may be said of the two.
//!
//! Both numbers are asked of the book as every board asks it, at one place in the record. Threads of explanation hang
//! on rows, and are seen by the body and the ministry alone; the figures are seen by all staff.

pub mod explanations;

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use document::Lang;
use document::sentence::{Beside, Subject, sentence};
use jiff::civil::Date;
use measure::reconcile::{Agreement, Reconciled, Said, Terms, Verdict, Why, reconcile};
use measure::when;
use model::{
    Answered, Body, Breakdown, Calendar, Frequency, IndicatorCode, Measure, Period, Query, Seq,
    SourceChoice, Tree, Unit, UnitCode, UnitKind,
};
use serde::{Deserialize, Serialize};
use store::{Explanation, ExplanationFilter};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::explanation::Standing;
use workflow::{Actor, Permission, may};

use super::audit::harmless;
use super::blind::Blind;
use super::shapes::{FigureValue, decimal};
use super::values::{self, shortened};
use super::{Endpoints, Needs, codes};
use crate::auth::Caller;
use crate::http::Params;
use crate::measured::MeasuredNumbers;
use crate::problem::{Answer, Problem};
use crate::state::{App, Ministry};
use crate::words::Message;

/// The most numbers that are set beside one another at once.
const MOST_ROWS: usize = 20_000;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    let endpoints = endpoints
        .add(Needs::Permission(Permission::SeeMeasurement), routes!(reconciliation))
        .add(Needs::Permission(Permission::SeeMeasurement), routes!(reconciliation_csv));
    explanations::add(endpoints)
}

/// Which numbers.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Codes with commas between, or all of a sector: `CDS.*`; all that are measured in the periods when left out
    indicator: Option<String>,
    /// Codes with commas between; a group stands for itself and its members. All units of the measured kinds when left out
    unit: Option<String>,
    /// Only units of this kind, and groups of them
    #[param(value_type = Option<codes::UnitKind>)]
    kind: Option<String>,
    /// With commas between: `2024-06,2024-Q2`; the last month whose forms are no longer being filled when left out
    period: Option<String>,
    /// Only rows of this verdict
    #[param(value_type = Option<codes::Verdict>)]
    verdict: Option<String>,
    /// As known at: a seq, an instant, or a day (its end at +07:00)
    as_of: Option<String>,
}

/// A thread of explanation, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct ExplanationShort {
    id: String,
    #[schema(value_type = codes::ExplanationStanding)]
    standing: &'static str,
    /// The last day on which the body can answer in time.
    due: String,
    #[schema(value_type = Option<codes::ExplanationOutcome>)]
    outcome: Option<&'static str>,
}

impl From<&Explanation> for ExplanationShort {
    fn from(thread: &Explanation) -> ExplanationShort {
        ExplanationShort {
            id: thread.id.to_string(),
            standing: thread.standing.code(),
            due: thread.due.to_string(),
            outcome: thread.outcome.map(|outcome| outcome.code()),
        }
    }
}

/// Two numbers beside one another.
#[derive(Debug, Serialize, ToSchema)]
struct ReconciliationRow {
    indicator: String,
    unit: String,
    unit_name_vi: String,
    unit_name_en: String,
    #[schema(value_type = codes::UnitKind)]
    unit_kind: &'static str,
    /// Who answers for the unit; null for a group.
    body: Option<String>,
    period: String,
    /// Whether forms of the period are still being filled, or it has not ended: the numbers are running ones.
    open: bool,
    /// What was reported: R.
    reported: FigureValue,
    /// What is measured: M.
    measured: FigureValue,
    /// How much of the unit's systems is measured, per cent; of a roll-up the least in it. Null when nobody has said.
    measured_share: Option<String>,
    /// From which share on the measured number stands for the unit, per cent.
    least_share: String,
    /// M/R, rounded half up to 4 decimals; null of a reported zero.
    #[schema(example = "0.5667")]
    ratio: Option<String>,
    /// R − M in the indicator's own unit; points of a percentage.
    difference: Option<String>,
    /// How far the two may lie apart and agree: points of a percentage, else per cent of the measured number.
    tolerance: String,
    /// Whether the numbers are percentages.
    percentage: bool,
    #[schema(value_type = codes::Verdict)]
    verdict: &'static str,
    /// Why they are not compared.
    #[schema(value_type = Option<codes::WhyNotComparable>)]
    why: Option<&'static str>,
    /// One is about a thousand times the other.
    thousandfold: bool,
    /// The two numbers as a sentence; null when one of them is missing, and of roll-ups of different units.
    sentence_vi: Option<String>,
    sentence_en: Option<String>,
    /// What is asked and explained; null when nothing is, or when it is not the caller's to see.
    explanation: Option<ExplanationShort>,
    /// Whether the caller can ask the body now.
    can_ask: bool,
}

/// How many of some comparisons agree.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct AgreementBody {
    period: String,
    /// The unit; null over all units.
    unit: Option<String>,
    /// The indicator; null over all indicators.
    indicator: Option<String>,
    agree: u32,
    higher: u32,
    lower: u32,
    not_comparable: u32,
    /// How many per cent of the comparable ones agree, to one decimal; null when none is comparable.
    #[schema(example = "66.7")]
    percent: Option<String>,
}

/// What was reported beside what is measured.
#[derive(Debug, Serialize, ToSchema)]
struct Reconciliation {
    /// The place in the record that all numbers were answered at.
    seq: u64,
    /// The periods, in the order asked.
    periods: Vec<String>,
    /// By period, indicator and unit; groups before their members.
    rows: Vec<ReconciliationRow>,
    /// Over all rows but those of groups, whatever verdict was asked for: by unit, by indicator, by period.
    agreements: Vec<AgreementBody>,
}

/// Sets what was reported beside what is measured.
#[utoipa::path(get, path = "/reconciliation", tag = "measurement", params(Asked),
    responses((status = 200, body = Reconciliation),
              (status = 400, description = "A parameter cannot be read, by name in `at`; or more than 20,000 rows: `too_many_cells`"),
              (status = 404, description = "`unknown_indicator`, `unknown_unit`, with the nearest codes")))]
async fn reconciliation(
    State(app): State<App>,
    caller: Caller,
    Params(asked): Params<Asked>,
) -> Answer<Json<Reconciliation>> {
    let ministry = app.ministry();
    let (verdict, found) = found(&app, &caller, &ministry, &asked).await?;
    let actor = caller.actor()?;
    let threads = threads(&app, &ministry, actor).await?;
    let wanted = |row: &&Row| verdict.is_none_or(|verdict| row.found.verdict.code() == verdict);
    Ok(Json(Reconciliation {
        seq: found.seq.0,
        periods: found.periods.iter().map(Period::to_string).collect(),
        agreements: agreements(&found.rows),
        rows: found
            .rows
            .iter()
            .filter(wanted)
            .map(|row| row.body(&ministry, &threads, Some(actor)))
            .collect(),
    }))
}

/// The columns of the file.
const COLUMNS: [&str; 16] = [
    "indicator",
    "unit",
    "unit_name",
    "period",
    "open",
    "reported",
    "reported_status",
    "reported_seq",
    "measured",
    "measured_seq",
    "measured_share",
    "ratio",
    "difference",
    "tolerance",
    "verdict",
    "why",
];

/// The same as a CSV file for a spreadsheet; numbers have a decimal dot.
#[utoipa::path(get, path = "/reconciliation.csv", tag = "measurement", params(Asked),
    responses((status = 200, body = String, content_type = "text/csv", description = "UTF-8 with its mark, commas, a header"),
              (status = 400, description = "A parameter cannot be read, by name in `at`; or more than 20,000 rows: `too_many_cells`"),
              (status = 404, description = "`unknown_indicator`, `unknown_unit`, with the nearest codes")))]
async fn reconciliation_csv(
    State(app): State<App>,
    caller: Caller,
    Params(asked): Params<Asked>,
) -> Answer<Response> {
    let ministry = app.ministry();
    let (verdict, found) = found(&app, &caller, &ministry, &asked).await?;
    let lang = caller.speaks();
    // A spreadsheet takes UTF-8 for what it is only with this mark.
    let mut file = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let failed = |error: csv::Error| anyhow::Error::from(error);
    file.write_record(COLUMNS).map_err(failed)?;
    let rows = found.rows.iter();
    for row in rows.filter(|row| verdict.is_none_or(|verdict| row.found.verdict.code() == verdict))
    {
        let row = row.body(&ministry, &[], None);
        let text = Option::<String>::unwrap_or_default;
        let seq = |seq: Option<u64>| seq.map(|seq| seq.to_string()).unwrap_or_default();
        let fields = [
            row.indicator,
            row.unit,
            harmless(lang.pick(&row.unit_name_vi, &row.unit_name_en)),
            row.period,
            row.open.to_string(),
            text(row.reported.value),
            text(row.reported.status),
            seq(row.reported.seq),
            text(row.measured.value),
            seq(row.measured.seq),
            text(row.measured_share),
            text(row.ratio),
            text(row.difference),
            row.tolerance,
            row.verdict.to_owned(),
            row.why.unwrap_or_default().to_owned(),
        ];
        file.write_record(fields).map_err(failed)?;
    }
    let written = file.into_inner().map_err(|error| anyhow::anyhow!("writing lines: {error}"))?;
    let disposition = HeaderValue::from_static("attachment; filename=\"doi-chieu.csv\"");
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], written)
        .into_response())
}

/// A row before it is shown.
struct Row<'a> {
    indicator: &'a model::Indicator,
    unit: &'a Unit,
    period: Period,
    open: bool,
    reported: Answered,
    measured: Answered,
    terms: Terms,
    found: Reconciled,
}

struct Found<'a> {
    seq: Seq,
    periods: Vec<Period>,
    rows: Vec<Row<'a>>,
}

/// The office that answers for a unit.
fn body_of<'a>(ministry: &'a Ministry, unit: &UnitCode) -> Option<&'a Body> {
    ministry.bodies.values().find(|body| body.unit == *unit)
}

impl Row<'_> {
    fn body(
        &self,
        ministry: &Ministry,
        threads: &[Explanation],
        actor: Option<&Actor>,
    ) -> ReconciliationRow {
        let Row { indicator, unit, period, reported, measured, found, .. } = self;
        let said = |lang| {
            // Numbers of other units in one sentence would be read as a comparison.
            let both = reported.figure.shown().is_some()
                && measured.figure.shown().is_some()
                && found.verdict.why() != Some(Why::DifferentUnits);
            let beside = Beside { other_source: Some(measured), ..Beside::default() };
            both.then(|| sentence(reported, Subject { indicator, unit }, beside, lang))
        };
        let thread = threads.iter().find(|thread| {
            let of = &thread.of;
            of.indicator == indicator.code && of.unit == unit.code && of.period == *period
        });
        let body = body_of(ministry, &unit.code);
        let asks = Permission::AskExplanation { sector: indicator.sector };
        let is_open = thread.is_some_and(|thread| thread.standing != Standing::Closed);
        let may_ask = actor.is_some_and(|actor| may(actor, &asks).is_ok());
        ReconciliationRow {
            can_ask: may_ask && body.is_some() && !is_open,
            indicator: indicator.code.to_string(),
            unit: unit.code.to_string(),
            unit_name_vi: unit.name_vi.clone(),
            unit_name_en: unit.name_en.clone(),
            unit_kind: unit.kind.code(),
            body: body.map(|body| body.code.to_string()),
            period: period.to_string(),
            open: self.open,
            measured_share: decimal(measured.measured_share),
            least_share: self.terms.least_share.to_string(),
            ratio: decimal(found.ratio),
            difference: decimal(found.difference),
            tolerance: self.terms.tolerance.to_string(),
            percentage: self.terms.is_percentage,
            verdict: found.verdict.code(),
            why: found.verdict.why().map(|why| why.code()),
            thousandfold: found.is_thousandfold,
            sentence_vi: said(Lang::Vi),
            sentence_en: said(Lang::En),
            explanation: thread.map(ExplanationShort::from),
            reported: FigureValue::from(reported),
            measured: FigureValue::from(measured),
        }
    }
}

/// The last month whose forms are no longer being filled: the one before the last that has ended.
fn last_filled(today: Date) -> Option<Period> {
    Period::containing(today, Frequency::Month, Calendar::Statistical)?.previous()?.previous()
}

/// Whether numbers of a period are still running: its last month is being filled, or has not ended.
fn is_open(period: Period, today: Date) -> bool {
    last_filled(today).is_none_or(|last| period.end() > last.end())
}

async fn found<'a>(
    app: &App,
    caller: &Caller,
    ministry: &'a std::sync::Arc<Ministry>,
    asked: &Asked,
) -> Answer<(Option<&'static str>, Found<'a>)> {
    let today = when::day_of(app.now());
    let verdict = asked.verdict.as_deref().map(verdict).transpose()?;
    let kind = asked.kind.as_deref().map(kind).transpose()?;
    let as_of = values::as_of(app, asked.as_of.as_deref()).await?;
    let listed = |text: &Option<String>| -> Vec<String> {
        let items = text.as_deref().unwrap_or_default().split(',').map(str::trim);
        items.filter(|item| !item.is_empty()).map(str::to_owned).collect()
    };
    let mut periods = vec![];
    for code in listed(&asked.period) {
        let period = values::period(&code)?;
        if !periods.contains(&period) {
            periods.push(period);
        }
    }
    if periods.is_empty() {
        periods.extend(last_filled(today));
    }
    // Within one of the periods, or the month of the same name in the other calendar.
    let is_near = |of: Period| {
        periods.iter().any(|period| period.contains(of) || other_calendar(*period) == Some(of))
    };
    let numbers = app.measured.numbers(&app.store, is_near).await?;
    let named: Option<Vec<IndicatorCode>> = match listed(&asked.indicator) {
        codes if codes.is_empty() => None,
        codes => {
            let mut all = vec![];
            for code in codes {
                all.extend(values::indicators_of(ministry, &code)?);
            }
            Some(all)
        }
    };
    let units = match listed(&asked.unit) {
        codes if codes.is_empty() => None,
        codes => Some(
            codes.iter().map(|code| values::unit(ministry, code)).collect::<Answer<Vec<_>>>()?,
        ),
    };

    let mut queries = vec![];
    let mut cells = 0;
    for &period in &periods {
        let indicators = match &named {
            Some(named) => named.clone(),
            None => measured_indicators(ministry, &numbers, period),
        };
        let units = units_asked(ministry, &numbers, units.as_deref(), kind, period, &indicators);
        if indicators.is_empty() || units.is_empty() {
            continue;
        }
        cells += indicators.len() * units.len();
        if cells > MOST_ROWS {
            let of = [indicators.len(), units.len(), periods.len(), 1, 1];
            let longest = model::ask::Dimension::Units;
            return Err(Message::TooManyCells { cells, most: MOST_ROWS, of, longest }.into());
        }
        for source in [SourceChoice::Reported, SourceChoice::Measured] {
            queries.push(Query {
                indicators: indicators.clone(),
                units: units.clone(),
                periods: vec![period],
                breakdowns: vec![Breakdown::TOTAL],
                measures: vec![Measure::Level],
                source,
                tree: Tree::Own,
                as_of,
            });
        }
    }
    let (seq, answers) = app.book.answer_all(&app.store, ministry, queries).await?;
    let blind = Blind::of(app, caller).await?;
    let mut rows = vec![];
    let mut answers = answers.into_iter();
    while let (Some(reported), Some(measured)) = (answers.next(), answers.next()) {
        let pairs = reported.into_iter().zip(measured);
        for (reported, measured) in pairs.filter(|(_, measured)| !blind.hides(&measured.cell)) {
            rows.extend(row(ministry, &numbers, reported, measured, today));
        }
    }
    rows.sort_by_key(|row| {
        let at = periods.iter().position(|period| *period == row.period);
        (
            at,
            row.indicator.sector,
            row.indicator.code.clone(),
            row.unit.kind != UnitKind::Group,
            row.unit.code.clone(),
        )
    });
    Ok((verdict, Found { seq, periods, rows }))
}

/// The period of the same name in the other calendar: an administrative month beside a calendar month.
fn other_calendar(period: Period) -> Option<Period> {
    let code = period.to_string();
    let other = match period.calendar() {
        Calendar::Statistical => Period::parse(&format!("{code}~adm")),
        Calendar::Administrative => Period::parse(code.trim_end_matches("~adm")),
    };
    other.ok()
}

/// Sets two answers beside one another; none of a unit that the indicator does not apply to.
fn row<'a>(
    ministry: &'a Ministry,
    numbers: &MeasuredNumbers,
    reported: Answered,
    measured: Answered,
    today: Date,
) -> Option<Row<'a>> {
    let cell = &reported.cell;
    let indicator = ministry.catalogue.get(cell.indicator.as_str())?;
    let unit = ministry.units.get(cell.unit.as_str())?;
    let period = cell.period;
    let is_said = reported.source.is_some() || measured.source.is_some();
    if !is_said && !indicator.applies_to(unit, period.end()) {
        return None;
    }
    let terms = Terms::from(indicator);
    let other = || {
        let twin = other_calendar(period)?;
        let number = numbers.get(&(cell.indicator.clone(), cell.unit.clone(), twin))?;
        let said = Said::from_answer(&reported)?;
        Some(Said { figure: model::Figure::Number(*number), period: twin, ..said })
    };
    let measured_said = Said::from_answer(&measured).or_else(other);
    let found = reconcile(Said::from_answer(&reported).as_ref(), measured_said.as_ref(), &terms);
    Some(Row {
        indicator,
        unit,
        period,
        open: is_open(period, today),
        reported,
        measured,
        terms,
        found,
    })
}

/// The indicators of which something is measured within a period, and the ratios of two such.
fn measured_indicators(
    ministry: &Ministry,
    numbers: &MeasuredNumbers,
    period: Period,
) -> Vec<IndicatorCode> {
    let within: BTreeSet<&IndicatorCode> = numbers
        .keys()
        .filter(|(_, _, of)| period.contains(*of))
        .map(|(indicator, ..)| indicator)
        .collect();
    let is_measured = |indicator: &&model::Indicator| {
        within.contains(&indicator.code)
            || indicator.ratio.as_ref().is_some_and(|ratio| {
                within.contains(&ratio.numerator) && within.contains(&ratio.denominator)
            })
    };
    ministry.catalogue.iter().filter(is_measured).map(|one| one.code.clone()).collect()
}

/// The units of rows: what was named, with the members of groups; or every unit of the kinds that are measured within
/// the period, and the groups that are made of such units alone.
fn units_asked(
    ministry: &Ministry,
    numbers: &MeasuredNumbers,
    named: Option<&[UnitCode]>,
    kind: Option<UnitKind>,
    period: Period,
    indicators: &[IndicatorCode],
) -> Vec<UnitCode> {
    let (units, day) = (&ministry.units, period.end());
    let is_of_kinds = |unit: &Unit, kinds: &BTreeSet<UnitKind>| match unit.kind {
        UnitKind::Group => {
            let members = units.children(unit.code.as_str(), day);
            !members.is_empty() && members.iter().all(|member| kinds.contains(&member.kind))
        }
        other => kinds.contains(&other),
    };
    let mut found: Vec<&Unit> = match named {
        Some(codes) => {
            let mut found = vec![];
            for unit in codes.iter().filter_map(|code| units.get(code.as_str())) {
                found.push(unit);
                if unit.kind == UnitKind::Group {
                    found.extend(units.children(unit.code.as_str(), day));
                }
            }
            found
        }
        None => {
            let measured = numbers.keys().filter(|(indicator, _, of)| {
                let is_part =
                    indicators.iter().filter_map(|code| ministry.catalogue.get(code.as_str()));
                let mut parts = is_part.filter_map(|one| one.ratio.as_ref());
                period.contains(*of)
                    && (indicators.contains(indicator)
                        || parts.any(|ratio| ratio.numerator == *indicator))
            });
            let kinds: BTreeSet<UnitKind> = measured
                .filter_map(|(_, unit, _)| units.get(unit.as_str()))
                .map(|unit| unit.kind)
                .filter(|kind| *kind != UnitKind::Group)
                .collect();
            let all = units.iter().filter(|unit| unit.validity.holds_on(day));
            all.filter(|unit| is_of_kinds(unit, &kinds)).collect()
        }
    };
    if let Some(kind) = kind {
        let kinds = BTreeSet::from([kind]);
        found.retain(|unit| unit.kind == kind || is_of_kinds(unit, &kinds));
    }
    let mut seen = BTreeSet::new();
    found.retain(|unit| seen.insert(unit.code.clone()));
    found.into_iter().map(|unit| unit.code.clone()).collect()
}

/// What may be said over rows: by unit, by indicator and by period.
fn agreements(rows: &[Row<'_>]) -> Vec<AgreementBody> {
    type Key = (usize, Option<String>, Option<String>);
    let mut order: Vec<Period> = vec![];
    let mut verdicts: BTreeMap<Key, Vec<Verdict>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.unit.kind != UnitKind::Group) {
        let at = order.iter().position(|period| *period == row.period).unwrap_or_else(|| {
            order.push(row.period);
            order.len() - 1
        });
        let (unit, indicator) = (row.unit.code.to_string(), row.indicator.code.to_string());
        for key in [(at, None, None), (at, None, Some(indicator)), (at, Some(unit), None)] {
            verdicts.entry(key).or_default().push(row.found.verdict);
        }
    }
    let shown = |((at, unit, indicator), all): (Key, Vec<Verdict>)| {
        let counted = Agreement::of(all);
        let Agreement { agree, higher, lower, not_comparable } = counted;
        let (period, percent) = (order[at].to_string(), decimal(counted.percent()));
        AgreementBody { period, unit, indicator, agree, higher, lower, not_comparable, percent }
    };
    verdicts.into_iter().map(shown).collect()
}

/// The threads that the actor may see, the newest first.
async fn threads(app: &App, ministry: &Ministry, actor: &Actor) -> Answer<Vec<Explanation>> {
    let all = app.store.read().await?.explanations(&ExplanationFilter::default()).await?;
    let sees = |thread: &Explanation| {
        ministry.bodies.contains_key(thread.body.as_str())
            && may(actor, &Permission::SeeExplanation { body: thread.body.clone() }).is_ok()
    };
    Ok(all.into_iter().filter(sees).collect())
}

/// What was reported and measured of a number, as known at a place of the record.
async fn numbers_at(
    app: &App,
    ministry: &std::sync::Arc<Ministry>,
    of: &store::Number,
    as_of: Option<Seq>,
) -> Answer<(Option<model::Decimal>, Option<model::Decimal>)> {
    let query = |source| Query {
        indicators: vec![of.indicator.clone()],
        units: vec![of.unit.clone()],
        periods: vec![of.period],
        breakdowns: vec![Breakdown::TOTAL],
        measures: vec![Measure::Level],
        source,
        tree: Tree::Own,
        as_of: as_of.unwrap_or(Seq::LATEST),
    };
    let queries = vec![query(SourceChoice::Reported), query(SourceChoice::Measured)];
    let (_, answers) = app.book.answer_all(&app.store, ministry, queries).await?;
    let number = |at: usize| answers.get(at)?.first()?.figure.number();
    Ok((number(0), number(1)))
}

fn verdict(text: &str) -> Answer<&'static str> {
    let known = Verdict::CODES.into_iter().find(|code| *code == text);
    known.ok_or_else(|| {
        bad("verdict", text, "agrees, reported_higher, reported_lower, not_comparable")
    })
}

fn kind(text: &str) -> Answer<UnitKind> {
    UnitKind::parse(text).ok_or_else(|| bad("kind", text, "province, ministry, agency, …"))
}

fn bad(name: &'static str, value: &str, expected: &'static str) -> Problem {
    Problem::from(Message::BadParameter { name, value: shortened(value), expected }).in_column(name)
}
