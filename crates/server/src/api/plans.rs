//! Giao kế hoạch: the year's plan of units, drafted in a grid and issued under a document.
//!
//! What was issued is a statement of the record. A changed plan is a later statement with a reason, so what a share of
//! plan was reckoned on at any time can still be read.

mod spreadsheet;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use model::indicator::OverTime;
use model::{
    Absence, BodyCode, Breakdown, Cell, Decimal, Figure, Indicator, IndicatorCode, Measure, Period,
    Query, Seq, Source, SourceChoice, Status, Tree, Unit, UnitCode, UnitKind,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    EventFilter, NewEvent, NewObservation, Origin, OriginKind, PlanCells, PlanDraft, Written,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::paper::DocumentNumber;
use workflow::section::Reason;
use workflow::{Language, Permission};

use super::{Endpoints, Needs, codes};
use crate::auth::Caller;
use crate::clock::{local_date, rfc3339 as show};
use crate::http::{Params, SentJson, written};
use crate::problem::{Answer, Problem};
use crate::state::{App, Ministry};
use crate::words::Message;

/// The most indicators beside one another: more is no grid that one can read.
const MOST_INDICATORS: usize = 40;
/// The most cells of one save.
const MOST_CELLS: usize = 5_000;
/// What happened, in the record: a plan was issued.
const ISSUED: &str = "plan_set";

/// Adds the endpoints of plans.
pub fn add(endpoints: Endpoints) -> Endpoints {
    let needs = || Needs::Permission(Permission::SetPlan);
    let endpoints = endpoints.add(needs(), routes!(plan)).add(needs(), routes!(save));
    spreadsheet::add(endpoints.add(needs(), routes!(issue)))
}

/// Which part of a year's plan is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct PlanParams {
    /// Codes with commas between; those that have a plan this year or the last, when it is left out
    indicator: Option<String>,
    /// Of which units; provinces, when it is left out
    #[param(inline, value_type = Option<codes::UnitKind>)]
    kind: Option<String>,
}

/// The plan of a year, of some indicators and all units of a kind.
#[derive(Debug, Serialize, ToSchema)]
struct YearPlan {
    #[schema(example = "2025")]
    year: String,
    #[schema(value_type = codes::UnitKind)]
    kind: &'static str,
    /// The units that exist on the year's first day, in the order of their codes.
    units: Vec<PlanUnit>,
    /// The indicators, in the order that was asked for.
    indicators: Vec<String>,
    /// Every indicator that can be planned for such units.
    plannable: Vec<String>,
    /// What was issued, and the actual of the year before where there is one.
    cells: Vec<PlanCell>,
    /// What is under way, of all indicators and kinds; null when nothing is.
    draft: Option<PlanDraftBody>,
    /// How often it was saved: to be sent along with the next save.
    saves: u32,
    /// What was issued for the year, the last one first.
    issues: Vec<IssuedPlan>,
}

/// A unit of a plan.
#[derive(Debug, Serialize, ToSchema)]
struct PlanUnit {
    code: String,
    name_vi: String,
    name_en: String,
}

/// A cell of a plan that says something.
#[derive(Debug, Serialize, ToSchema)]
struct PlanCell {
    indicator: String,
    unit: String,
    /// The plan that was issued.
    issued: Option<String>,
    /// The plan of the year before.
    last_plan: Option<String>,
    /// What the year before came to.
    last_actual: Option<String>,
}

/// A plan under way.
#[derive(Debug, Serialize, ToSchema)]
struct PlanDraftBody {
    by: String,
    at: String,
    cells: Vec<PlannedCell>,
}

/// What a cell is to be.
#[derive(Debug, Serialize, ToSchema)]
struct PlannedCell {
    indicator: String,
    unit: String,
    /// null takes the plan back.
    value: Option<String>,
}

/// A plan that was issued.
#[derive(Debug, Serialize, ToSchema)]
struct IssuedPlan {
    number: Option<String>,
    date: Option<String>,
    reason: Option<String>,
    /// How many figures.
    cells: Option<u64>,
    by: String,
    at: String,
    /// The commit: what the plan was before it is asked as known before it.
    seq: u64,
}

/// The plan of a year as it was issued and as it is under way.
#[utoipa::path(get, operation_id = "plan", path = "/plans/{year}", tag = "plans", params(("year" = String, Path, description = "2025"), PlanParams), responses((status = 200, body = YearPlan)))]
async fn plan(
    State(app): State<App>,
    Path(year): Path<String>,
    Params(asked): Params<PlanParams>,
) -> Answer<Json<YearPlan>> {
    year_plan(&app, &year, &asked).await.map(Json)
}

async fn year_plan(app: &App, year: &str, asked: &PlanParams) -> Answer<YearPlan> {
    let ministry = app.ministry();
    let year = year_of(year)?;
    let kind = match asked.kind.as_deref() {
        None => UnitKind::Province,
        Some(code) => UnitKind::parse(code).ok_or_else(|| Message::BadParameter {
            name: "kind",
            value: code.chars().take(40).collect(),
            expected: "province, ministry, agency",
        })?,
    };
    let units = units(&ministry, kind, year);
    let mut reader = app.store.read().await?;
    let (saves, draft) = reader.plan_draft(year.named_year()).await?;
    let issues = issues(&mut reader, year).await?;
    drop(reader);
    let all: Vec<IndicatorCode> = match asked.indicator.as_deref() {
        Some(list) => named(&ministry, list)?,
        None => plannable(&ministry, kind, year).map(|one| one.code.clone()).collect(),
    };
    let cells = known(app, &ministry, &all, &units, year).await?;
    // Unless they are named, those that have a plan.
    let is_planned = |code: &IndicatorCode| {
        let drafted = draft.iter().flat_map(|draft| draft.cells.keys());
        cells.iter().any(|((one, _), known)| one == code && known.plan().is_some())
            || drafted.clone().any(|(one, _)| one == code)
    };
    let mut indicators: Vec<IndicatorCode> = match &asked.indicator {
        Some(_) => all,
        None => all.into_iter().filter(is_planned).collect(),
    };
    indicators.truncate(MOST_INDICATORS);
    let text = |value: Option<Decimal>| value.map(|value| value.to_string());
    let cells = indicators.iter().flat_map(|indicator| {
        units.iter().filter_map(|unit| {
            let known = cells.get(&(indicator.clone(), unit.code.clone()))?;
            Some(PlanCell {
                indicator: indicator.to_string(),
                unit: unit.code.to_string(),
                issued: text(known.issued),
                last_plan: text(known.last_plan),
                last_actual: text(known.last_actual),
            })
        })
    });
    Ok(YearPlan {
        year: year.to_string(),
        kind: kind.code(),
        cells: cells.collect(),
        units: units
            .iter()
            .map(|unit| PlanUnit {
                code: unit.code.to_string(),
                name_vi: unit.name_vi.clone(),
                name_en: unit.name_en.clone(),
            })
            .collect(),
        indicators: indicators.iter().map(ToString::to_string).collect(),
        plannable: plannable(&ministry, kind, year).map(|one| one.code.to_string()).collect(),
        draft: draft.map(draft_body),
        saves,
        issues,
    })
}

/// A year that plans are made for: not before the record begins, and not further than the next.
fn year_of(text: &str) -> Answer<Period> {
    let bad = || Message::BadPeriod(text.chars().take(40).collect());
    let year = Period::parse(text).map_err(|_| bad())?;
    match year.whole_year() {
        Some(whole) if whole == year && year.to_string().len() == 4 => Ok(year),
        _ => Err(bad().into()),
    }
}

fn units(ministry: &Ministry, kind: UnitKind, year: Period) -> Vec<&Unit> {
    let is_there = |unit: &&Unit| unit.kind == kind && unit.validity.holds_on(year.start());
    let mut units: Vec<&Unit> = ministry.units.iter().filter(is_there).collect();
    units.sort_by(|one, other| one.code.cmp(&other.code));
    units
}

/// The indicators that a plan means something of: asked of such units, not computed from others, and told of a year.
fn plannable(
    ministry: &Ministry,
    kind: UnitKind,
    year: Period,
) -> impl Iterator<Item = &Indicator> {
    ministry.catalogue.iter().filter(move |one| {
        let applies =
            |(of, days): &(UnitKind, model::Validity)| *of == kind && days.holds_on(year.start());
        one.ratio.is_none() && one.over_time != OverTime::None && one.applies_to.iter().any(applies)
    })
}

fn named(ministry: &Ministry, list: &str) -> Answer<Vec<IndicatorCode>> {
    let codes: Vec<&str> = list.split(',').map(str::trim).filter(|code| !code.is_empty()).collect();
    if codes.len() > MOST_INDICATORS {
        return Err(Message::TooManyCells {
            cells: codes.len(),
            most: MOST_INDICATORS,
            of: [codes.len(), 1, 1, 1, 1],
            longest: model::ask::Dimension::Indicators,
        }
        .into());
    }
    codes.into_iter().map(|code| Ok(indicator(ministry, code)?.code.clone())).collect()
}

fn indicator<'a>(ministry: &'a Ministry, code: &str) -> Answer<&'a Indicator> {
    ministry.catalogue.get(code).ok_or_else(|| Message::UnknownIndicator(code.to_owned()).into())
}

/// What is known of a cell.
#[derive(Clone, Copy, Default)]
struct Known {
    issued: Option<Decimal>,
    last_plan: Option<Decimal>,
    last_actual: Option<Decimal>,
}

impl Known {
    fn plan(self) -> Option<Decimal> {
        self.issued.or(self.last_plan)
    }
}

async fn known(
    app: &App,
    ministry: &std::sync::Arc<Ministry>,
    indicators: &[IndicatorCode],
    units: &[&Unit],
    year: Period,
) -> Answer<HashMap<(IndicatorCode, UnitCode), Known>> {
    let mut found: HashMap<(IndicatorCode, UnitCode), Known> = HashMap::new();
    if indicators.is_empty() || units.is_empty() {
        return Ok(found);
    }
    let last = year.previous();
    let query = |period: Period, measure: Measure| Query {
        indicators: indicators.to_vec(),
        units: units.iter().map(|unit| unit.code.clone()).collect(),
        periods: vec![period],
        breakdowns: vec![Breakdown::TOTAL],
        measures: vec![measure],
        source: SourceChoice::Preferred,
        tree: Tree::Own,
        as_of: Seq::LATEST,
    };
    let mut queries = vec![query(year, Measure::Plan)];
    queries.extend(last.map(|last| query(last, Measure::Plan)));
    queries.extend(last.map(|last| query(last, Measure::Level)));
    let (_, answers) = app.book.answer_all(&app.store, ministry, queries).await?;
    for answered in answers.into_iter().flatten() {
        let Some(number) = answered.figure.number() else { continue };
        let cell = answered.cell;
        let known = found.entry((cell.indicator, cell.unit)).or_default();
        match (cell.measure, cell.period == year) {
            (Measure::Plan, true) => known.issued = Some(number),
            (Measure::Plan, false) => known.last_plan = Some(number),
            _ => known.last_actual = Some(number),
        }
    }
    Ok(found)
}

async fn issues(reader: &mut store::Reader, year: Period) -> Answer<Vec<IssuedPlan>> {
    let filter = EventFilter { kind: Some(ISSUED.to_owned()), ..EventFilter::default() };
    let events = reader.events(&filter).await?;
    let of_year = events.into_iter().filter(|event| event.what.period == Some(year));
    Ok(of_year
        .map(|event| {
            let text = |name: &str| event.what.detail[name].as_str().map(str::to_owned);
            IssuedPlan {
                number: text("number"),
                date: text("date"),
                reason: text("reason"),
                cells: event.what.detail["cells"].as_u64(),
                by: event.actor_name.clone().unwrap_or_default(),
                at: show(event.at),
                seq: event.seq.0,
            }
        })
        .collect())
}

fn draft_body(draft: PlanDraft) -> PlanDraftBody {
    let cells = draft.cells.into_iter().map(|((indicator, unit), value)| PlannedCell {
        indicator: indicator.to_string(),
        unit: unit.to_string(),
        value: value.map(|value| value.to_string()),
    });
    PlanDraftBody { by: draft.by_name, at: show(draft.at), cells: cells.collect() }
}

/// What is to be planned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlanSaves {
    /// How often the draft had been saved when it was seen.
    saves: u32,
    cells: Vec<PlanEdit>,
}

/// One cell: `text` as typed, read under the language of the request, or `value` with a dot. Empty takes back a plan
/// that was issued, and a draft that was not.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlanEdit {
    indicator: String,
    unit: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    value: Option<String>,
}

/// What stands after a save.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct PlanSaved {
    saves: u32,
    /// How many figures are under way.
    changes: u32,
}

/// Saves cells of a year's plan on top of what is under way: all or none.
#[utoipa::path(patch, operation_id = "save_plan", path = "/plans/{year}/draft", tag = "plans", params(("year" = String, Path)), request_body = PlanSaves,
    responses((status = 200, body = PlanSaved), (status = 412, description = "Somebody else has saved it since: `stale_version`"),
        (status = 422, description = "A cell that cannot be planned, named in `at.cell`: `not_a_number`, `ambiguous_number`, `too_many_decimals`, `does_not_apply`, `not_plannable`…; or `idempotency_key_reused`")))]
async fn save(
    State(app): State<App>,
    caller: Caller,
    Path(year): Path<String>,
    sent: SentJson<PlanSaves>,
) -> Answer<Response> {
    let ministry = app.ministry();
    let year = year_of(&year)?;
    let count = sent.value.cells.len();
    if count > MOST_CELLS {
        return Err(Message::said(422, "too_many_cells", |language| {
            language.pick(
                format!("Mỗi lần lưu được tối đa {MOST_CELLS} ô; lần này có {count} ô."),
                format!("At most {MOST_CELLS} cells are saved at once; these are {count}."),
            )
        })
        .into());
    }
    let mut edits = PlanCells::new();
    for edit in &sent.value.cells {
        let (key, value) = read(&ministry, edit, year, caller.speaks())
            .map_err(|problem| problem.in_cell(format!("{}/{}", edit.indicator, edit.unit)))?;
        edits.insert(key, value);
    }
    let issued = issued_of(&app, &ministry, &edits, year).await?;
    let (person, seen) = (caller.actor()?.person, sent.value.saves);
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let (saves, draft) = tx.plan_draft(year.named_year()).await?;
                check_seen(saves, seen, draft.as_ref())?;
                let mut cells = draft.map(|draft| draft.cells).unwrap_or_default();
                for (key, value) in edits {
                    // What says the same as what was issued changes nothing.
                    match value == issued.get(&key).copied() {
                        true => cells.remove(&key),
                        false => cells.insert(key, value),
                    };
                }
                let saves = tx.save_plan_draft(year.named_year(), &cells, person).await?;
                Ok(PlanSaved { saves, changes: cells.len() as u32 })
            })
        })
        .await?;
    Ok(written(StatusCode::OK, done))
}

fn check_seen(saves: u32, seen: u32, draft: Option<&PlanDraft>) -> Answer<()> {
    if saves == seen {
        return Ok(());
    }
    let by = draft.map(|draft| draft.by_name.as_str()).filter(|by| !by.is_empty());
    Err(Message::said(412, "stale_version", |language| {
        let by = by.unwrap_or(language.pick("Người khác", "Somebody else"));
        language.pick(
            format!("{by} vừa lưu hoặc giao kế hoạch này. Hãy tải lại để xem thay đổi."),
            format!("{by} has just saved or issued this plan. Load it again to see what changed."),
        )
    })
    .into())
}

type PlanKey = (IndicatorCode, UnitCode);

/// Reads one edit: the number that is planned, or nothing.
fn read(
    ministry: &Ministry,
    edit: &PlanEdit,
    year: Period,
    language: Language,
) -> Answer<(PlanKey, Option<Decimal>)> {
    let indicator = indicator(ministry, &edit.indicator)?;
    let unit =
        ministry.units.get(&edit.unit).ok_or_else(|| Message::UnknownUnit(edit.unit.clone()))?;
    let is_plannable = plannable(ministry, unit.kind, year).any(|one| one.code == indicator.code);
    if !is_plannable || !unit.validity.holds_on(year.start()) {
        let (indicator, unit) = (indicator.code.to_string(), unit.code.to_string());
        return Err(Message::DoesNotApply { indicator, unit }.into());
    }
    let key = (indicator.code.clone(), unit.code.clone());
    let typed = match (&edit.value, &edit.text) {
        (Some(value), None) => {
            // What a program sends has a dot, whatever language it speaks.
            workflow::entry::read(value, Language::English, indicator)
        }
        (None, Some(text)) => workflow::entry::read(text, language, indicator),
        (None, None) => Ok(None),
        (Some(_), Some(_)) => return Err(Message::OneOfTheseTogether("text, value").into()),
    };
    let figure = typed.map_err(|wrong| {
        let message = Message::said(422, wrong.code(), |language| wrong.message(language));
        Problem::from(message).suggesting(wrong.suggestions().to_vec())
    })?;
    let number = match figure {
        None => None,
        Some(Figure::Number(number)) => Some(number),
        Some(Figure::Range { .. } | Figure::Magnitude(_) | Figure::Absent(_)) => {
            return Err(Message::NotANumber(edit.text.clone().unwrap_or_default()).into());
        }
    };
    let least = indicator.limits.min.unwrap_or(Decimal::ZERO);
    if number.is_some_and(|number| number < least) {
        return Err(Message::said(422, "below_least", |language| {
            let least = workflow::entry::print(least, language);
            language.pick(
                format!("Kế hoạch nhỏ hơn mức thấp nhất có thể là {least}."),
                format!("The plan is below the least possible, {least}."),
            )
        })
        .into());
    }
    Ok((key, number))
}

/// What was issued of some cells.
async fn issued_of(
    app: &App,
    ministry: &std::sync::Arc<Ministry>,
    cells: &PlanCells,
    year: Period,
) -> Answer<BTreeMap<PlanKey, Decimal>> {
    let indicators: BTreeSet<&IndicatorCode> = cells.keys().map(|(one, _)| one).collect();
    let codes: BTreeSet<&UnitCode> = cells.keys().map(|(_, unit)| unit).collect();
    let units: Vec<&Unit> =
        codes.into_iter().filter_map(|code| ministry.units.get(code.as_str())).collect();
    let indicators: Vec<IndicatorCode> = indicators.into_iter().cloned().collect();
    let known = known(app, ministry, &indicators, &units, year).await?;
    Ok(known.into_iter().filter_map(|(key, known)| Some((key, known.issued?))).collect())
}

/// To issue what is under way.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Issue {
    /// How often the draft had been saved when it was seen.
    saves: u32,
    /// Số, ký hiệu of the decision.
    #[schema(example = "2345/QĐ-BTTTT")]
    number: String,
    #[schema(example = "2024-12-20")]
    date: String,
    /// Why figures that were issued change; needed only then.
    #[serde(default)]
    reason: Option<String>,
}

/// What was issued.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct Issued {
    /// How many figures.
    cells: u32,
    /// How many of them change what had been issued.
    changed: u32,
}

/// Giao kế hoạch: states what is under way in the record, under a document; what was issued before is not overwritten.
#[utoipa::path(post, operation_id = "issue_plan", path = "/plans/{year}/issue", tag = "plans", params(("year" = String, Path)), request_body = Issue,
    responses((status = 201, body = Issued), (status = 409, description = "Nothing is under way, or figures that were issued change without a reason: `nothing_under_way`, `reason_missing`"),
        (status = 412, description = "Somebody else has saved it since: `stale_version`"),
        (status = 422, description = "Not a number, or not such a day; `at.column` says which: `bad_document_number`, `date_ahead`, `date_before_period`; or `idempotency_key_reused`")))]
async fn issue(
    State(app): State<App>,
    caller: Caller,
    Path(year): Path<String>,
    sent: SentJson<Issue>,
) -> Answer<Response> {
    let ministry = app.ministry();
    let year = year_of(&year)?;
    let Issue { saves: seen, number, date, reason } = sent.value;
    let date: Date = date.parse().map_err(|_| {
        let value = date.chars().take(40).collect();
        let bad = Message::BadParameter { name: "date", value, expected: "2024-12-20" };
        Problem::from(bad).in_column("date")
    })?;
    // A plan is decided on in the year before, or in its own.
    let since = year.previous().unwrap_or(year);
    let document =
        DocumentNumber::read(&number, date, since, local_date(app.now())).map_err(|bad| {
            let message = Message::said(422, bad.code(), |language| bad.message(language));
            Problem::from(message).in_column(bad.field())
        })?;
    let reason = match reason.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(text) => Some(Reason::parse(text).map_err(|refusal| {
            let said = |language| refusal.message(language);
            Problem::from(Message::said(422, refusal.code(), said)).in_column("reason")
        })?),
    };
    let (_, draft) = app.store.read().await?.plan_draft(year.named_year()).await?;
    let draft = draft.ok_or_else(nothing_under_way)?;
    let issued = issued_of(&app, &ministry, &draft.cells, year).await?;
    let changed = draft.cells.keys().filter(|key| issued.contains_key(key)).count() as u32;
    if changed > 0 && reason.is_none() {
        return Err(Problem::from(Message::said(409, "reason_missing", |language| {
            language.pick(
                format!("{changed} số kế hoạch đã giao sẽ thay đổi. Cần ghi lý do điều chỉnh."),
                format!("{changed} plan figures that were issued change. Say why."),
            )
        }))
        .in_column("reason"));
    }
    let actor = caller.actor()?.person;
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let (saves, now) = tx.plan_draft(year.named_year()).await?;
                check_seen(saves, seen, now.as_ref())?;
                let cells = now.ok_or_else(nothing_under_way)?.cells;
                let count = cells.len() as u32;
                let day = |lang| document::period::date(document.date, lang);
                let name = year.named_year();
                let number = &document.number;
                let origin = Origin {
                    kind: OriginKind::Plan,
                    label_vi: format!(
                        "Kế hoạch năm {name}, số {number} ngày {}",
                        day(document::Lang::Vi)
                    ),
                    label_en: format!("Plan of {name}, no. {number} of {}", day(document::Lang::En)),
                    submission: None,
                    section: None,
                    reason: reason.as_ref().map(|reason| reason.as_str().to_owned()),
                    actor: Some(actor),
                };
                let observations: Vec<NewObservation> = cells
                    .into_iter()
                    .map(|((indicator, unit), value)| {
                        let cell = Cell {
                            indicator,
                            unit,
                            period: year,
                            breakdown: Breakdown::TOTAL,
                            measure: Measure::Plan,
                        };
                        let figure =
                            value.map_or(Figure::Absent(Absence::Withdrawn), Figure::Number);
                        NewObservation::of(cell, figure, Source::Reported, Status::Final)
                    })
                    .collect();
                tx.append(&origin, &observations).await?;
                tx.save_plan_draft(name, &PlanCells::new(), actor).await?;
                tx.event(NewEvent {
                    kind: ISSUED.to_owned(),
                    actor: Some(actor),
                    body: None::<BodyCode>,
                    period: Some(year),
                    detail: json!({
                        "number": number, "date": document.date.to_string(), "cells": count,
                        "reason": origin.reason, "label_vi": origin.label_vi, "label_en": origin.label_en,
                    }),
                    ..NewEvent::default()
                })
                .await?;
                Ok(Issued { cells: count, changed })
            })
        })
        .await?;
    Ok(written(StatusCode::CREATED, Written { ..done }))
}

fn nothing_under_way() -> Problem {
    Message::said(409, "nothing_under_way", |language| {
        language
            .pick(
                "Không có số kế hoạch nào đang soạn để giao.",
                "No plan figures are under way to be issued.",
            )
            .to_owned()
    })
    .into()
}
