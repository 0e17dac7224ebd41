//! The page of one number: what it says, from whom, since when, and what it is made of; and the
//! figures that contradict each other.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use document::Lang;
use document::sentence::{Beside, Subject, sentence};
use model::answer::{Answered, Basis, MadeBy, parts_of, whole_of};
use model::indicator::OverTime;
use model::query::{Query, SourceChoice, Tree};
use model::{Cell, Measure, Observation, Seq, Source};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::Permission;

use super::blind::Blind;
use super::shapes::{FigureValue, Indicator, Unit, decimal};
use super::{Endpoints, Needs, codes, values};
use crate::auth::Caller;
use crate::clock::rfc3339;
use crate::http::Params;
use crate::problem::{Answer, Problem};
use crate::state::{App, Ministry};
use crate::words::Message;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    endpoints
        .add(Needs::Permission(Permission::SeeSignedFigures), routes!(figure))
        .add(Needs::Permission(Permission::SeeSignedFigures), routes!(contradictions))
}

/// Which number.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FigureParams {
    /// A code
    #[param(required = true)]
    indicator: Option<String>,
    /// A code
    #[param(required = true)]
    unit: Option<String>,
    /// A period
    #[param(required = true)]
    period: Option<String>,
    /// Empty is the total
    breakdown: Option<String>,
    /// level by default
    measure: Option<String>,
    /// preferred by default
    #[param(value_type = Option<codes::SourceChoice>)]
    source: Option<String>,
    /// As known at: a seq, an instant, or a day
    as_of: Option<String>,
}

/// A period in words.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeriodLabel {
    code: String,
    label_vi: String,
    label_en: String,
    /// The first day.
    start: String,
    /// The last day.
    end: String,
}

/// What a statement comes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct Origin {
    /// submission, release, import, plan or demonstration
    #[schema(value_type = codes::OriginKind)]
    kind: &'static str,
    label_vi: String,
    label_en: String,
    submission: Option<String>,
    section: Option<String>,
    /// The words it was said in.
    words: Option<String>,
}

/// One statement of the number.
#[derive(Debug, Serialize, ToSchema)]
pub struct Statement {
    seq: u64,
    ordinal: u32,
    recorded_at: String,
    actor: String,
    value: Option<String>,
    upper: Option<String>,
    #[schema(value_type = Option<codes::Absence>)]
    absent: Option<String>,
    #[schema(value_type = codes::Status)]
    status: String,
    #[schema(value_type = Option<codes::Qualifier>)]
    qualifier: Option<String>,
    #[schema(value_type = codes::Source)]
    source: String,
    publisher: Option<String>,
    origin: Origin,
    /// Of a withdrawal or a correction.
    reason: Option<String>,
    synthetic: bool,
}

/// Everything about one number.
#[derive(Debug, Serialize, ToSchema)]
pub struct Figure {
    value: FigureValue,
    indicator: Indicator,
    unit: Unit,
    period: PeriodLabel,
    /// A finished sentence, ready to be quoted.
    sentence_vi: String,
    sentence_en: String,
    /// What each source answers.
    candidates: Vec<FigureValue>,
    /// Everything that was ever said of it, the oldest first.
    history: Vec<Statement>,
    /// Its parts, one level down.
    made_of: Vec<FigureValue>,
    /// units, periods, ratio or none
    #[schema(value_type = codes::MadeBy)]
    made_by: &'static str,
}

/// The page of one number.
#[utoipa::path(get, path = "/figure", tag = "figures", params(FigureParams),
    responses((status = 200, body = Figure), (status = 404, description = "`unknown_indicator`, `unknown_unit`, with the nearest codes")))]
async fn figure(
    State(app): State<App>,
    caller: Caller,
    Params(asked): Params<FigureParams>,
) -> Answer<Json<Figure>> {
    let ministry = app.ministry();
    let needed = |name: &'static str, text: &Option<String>| {
        let text = text.clone().filter(|text| !text.is_empty());
        text.ok_or_else(|| Problem::from(Message::MissingParameter(name)).in_column(name))
    };
    let code = needed("indicator", &asked.indicator)?;
    let indicator = ministry.catalogue.get(&code).ok_or_else(|| {
        let unknown = Problem::from(Message::UnknownIndicator(values::shortened(&code)))
            .in_column("indicator");
        unknown.suggesting(ministry.catalogue.nearest(&code))
    })?;
    let cell = Cell {
        indicator: indicator.code.clone(),
        unit: values::unit(&ministry, &needed("unit", &asked.unit)?)?,
        period: values::period(&needed("period", &asked.period)?)?,
        breakdown: values::breakdown(asked.breakdown.as_deref().unwrap_or_default())?,
        measure: values::measure(asked.measure.as_deref().unwrap_or("level"))?,
    };
    let choice = values::source(asked.source.as_deref())?;
    let as_of = values::as_of(&app, asked.as_of.as_deref()).await?;

    let blind = Blind::of(&app, &caller).await?;
    let asker = Asker { app: &app, ministry: &ministry, as_of, blind: &blind };
    let answered = asker.one(&cell, choice).await?;
    let mut candidates = vec![];
    for source in [
        SourceChoice::Reported,
        SourceChoice::Measured,
        SourceChoice::Published,
        SourceChoice::Imported,
    ] {
        let candidate = asker.one(&cell, source).await?;
        if candidate.source.is_some() {
            candidates.push(candidate);
        }
    }
    let year = asker.one(&Cell { measure: Measure::ChangeOnYear, ..cell.clone() }, choice).await?;
    let share = asker.one(&Cell { measure: Measure::ShareOfPlan, ..cell.clone() }, choice).await?;
    let other = candidates.iter().find(|other| {
        matches!(
            (answered.source, other.source),
            (Some(Source::Reported), Some(Source::Measured))
                | (Some(Source::Measured), Some(Source::Reported))
        ) && !blind.hides(&cell)
    });
    let (made_by, made_of) = asker.made_of(&cell, indicator, answered.source).await?;
    let unit = ministry.units.get(cell.unit.as_str()).expect("a resolved code is a unit's");
    let is_level = cell.measure == Measure::Level;
    let beside = Beside {
        change_on_year: is_level.then_some(&year),
        share_of_plan: is_level.then_some(&share),
        other_source: other.filter(|_| is_level),
    };
    let said = |lang| sentence(&answered, Subject { indicator, unit }, beside, lang);
    let mut history = app.store.read().await?.history_of_cell(&cell, as_of).await?;
    if blind.hides(&cell) {
        history.retain(|statement| statement.observation.source != Source::Measured);
    }
    Ok(Json(Figure {
        sentence_vi: said(Lang::Vi),
        sentence_en: said(Lang::En),
        value: FigureValue::from(&answered),
        indicator: Indicator::from(indicator),
        unit: Unit::of(unit, &ministry.units, cell.period.end()),
        period: PeriodLabel {
            code: cell.period.to_string(),
            label_vi: document::period::words(cell.period, Lang::Vi),
            label_en: document::period::words(cell.period, Lang::En),
            start: cell.period.start().to_string(),
            end: cell.period.end().to_string(),
        },
        candidates: candidates.iter().map(FigureValue::from).collect(),
        history: history.into_iter().map(Statement::from).collect(),
        made_of: made_of.iter().map(FigureValue::from).collect(),
        made_by: made_by.code(),
    }))
}

impl From<store::Recorded> for Statement {
    fn from(recorded: store::Recorded) -> Statement {
        let (said, origin) = (recorded.observation, recorded.origin);
        Statement {
            seq: said.seq.0,
            ordinal: said.ordinal,
            recorded_at: rfc3339(said.recorded_at),
            actor: recorded.actor_name.unwrap_or_default(),
            value: decimal(said.figure.shown()),
            upper: decimal(said.figure.upper()),
            absent: said.figure.absence().map(|reason| reason.code().to_owned()),
            status: said.status.code().to_owned(),
            qualifier: said.qualifier.map(|qualifier| qualifier.code().to_owned()),
            source: said.source.code().to_owned(),
            publisher: said.publisher.as_deref().map(str::to_owned),
            origin: Origin {
                kind: origin.kind.code(),
                label_vi: origin.label_vi,
                label_en: origin.label_en,
                submission: origin.submission.map(|id| id.to_string()),
                section: origin.section,
                words: recorded.words,
            },
            reason: origin.reason,
            synthetic: said.synthetic,
        }
    }
}

struct Asker<'a> {
    app: &'a App,
    ministry: &'a std::sync::Arc<Ministry>,
    as_of: Seq,
    blind: &'a Blind,
}

impl Asker<'_> {
    async fn all(&self, cells: &[Cell], choice: SourceChoice) -> Answer<Vec<Answered>> {
        let Some(first) = cells.first() else { return Ok(vec![]) };
        // Parts differ in one thing only: the product of what they name is the parts themselves.
        let mut query = Query {
            indicators: cells.iter().map(|cell| cell.indicator.clone()).collect(),
            units: cells.iter().map(|cell| cell.unit.clone()).collect(),
            periods: cells.iter().map(|cell| cell.period).collect(),
            breakdowns: vec![first.breakdown.clone()],
            measures: cells.iter().map(|cell| cell.measure).collect(),
            source: choice,
            tree: Tree::Own,
            as_of: self.as_of,
        };
        query.indicators.dedup();
        query.units.dedup();
        query.periods.dedup();
        query.measures.dedup();
        let (_, answers) = self.app.book.answer(&self.app.store, self.ministry, query).await?;
        let of = |cell: &Cell| answers.iter().find(|answered| answered.cell == *cell).cloned();
        Ok(self.blind.all_seen(cells.iter().filter_map(of).collect()))
    }

    async fn one(&self, cell: &Cell, choice: SourceChoice) -> Answer<Answered> {
        let mut answers = self.all(std::slice::from_ref(cell), choice).await?;
        Ok(answers.pop().ok_or(Message::Internal)?)
    }

    /// What a number was worked out from, or would be: never of another source than its own.
    async fn made_of(
        &self,
        cell: &Cell,
        indicator: &model::Indicator,
        source: Option<Source>,
    ) -> Answer<(MadeBy, Vec<Answered>)> {
        let level = |period| Cell { period, measure: Measure::Level, ..cell.clone() };
        let base = |base: Option<model::Period>| {
            base.map(|base| vec![level(cell.period), level(base)]).unwrap_or_default()
        };
        let (made_by, cells) = match cell.measure {
            Measure::Level => parts_of(&self.ministry.units, cell, &self.ministry.catalogue),
            Measure::ChangeOnYear | Measure::Points => {
                (MadeBy::Periods, base(cell.period.same_last_year()))
            }
            Measure::ChangeOnPeriod => (MadeBy::Periods, base(cell.period.previous())),
            Measure::ChangeOn(other) | Measure::PointsOn(other) => {
                (MadeBy::Periods, base(Some(other)))
            }
            Measure::YearToDate => {
                (MadeBy::Periods, cell.period.year_to_date().into_iter().map(level).collect())
            }
            Measure::ShareOfPlan => {
                let measure = if indicator.over_time == OverTime::Sum {
                    Measure::YearToDate
                } else {
                    Measure::Level
                };
                let done = Cell { measure, ..cell.clone() };
                (MadeBy::Periods, vec![done, Cell { measure: Measure::Plan, ..cell.clone() }])
            }
            Measure::CountAtLeast(_) | Measure::Rank => {
                let day = cell.period.end();
                let below = self
                    .ministry
                    .units
                    .below(cell.unit.as_str(), day, &|unit| indicator.applies_to(unit, day));
                let of =
                    |unit: &model::Unit| Cell { unit: unit.code.clone(), ..level(cell.period) };
                (MadeBy::Units, below.into_iter().map(of).collect())
            }
            Measure::ShareOfWhole => {
                let units = &self.ministry.units;
                let day = cell.period.end();
                let whole = units
                    .resolve(cell.unit.as_str())
                    .and_then(|unit| whole_of(units, unit, day, day));
                let of =
                    |unit: &model::Unit| Cell { unit: unit.code.clone(), ..level(cell.period) };
                let own = level(cell.period);
                (MadeBy::Units, whole.map(|whole| vec![own, of(whole)]).unwrap_or_default())
            }
            Measure::Coverage => {
                let own = level(cell.period);
                parts_of(&self.ministry.units, &own, &self.ministry.catalogue)
            }
            Measure::Plan | Measure::Target | Measure::Threshold => (MadeBy::Nothing, vec![]),
        };
        let choice = match source {
            Some(Source::Reported) => SourceChoice::Reported,
            Some(Source::Measured) => SourceChoice::Measured,
            Some(Source::Published) => SourceChoice::Published,
            Some(Source::Imported) => SourceChoice::Imported,
            None => SourceChoice::Preferred,
        };
        let made_by = if cells.is_empty() { MadeBy::Nothing } else { made_by };
        Ok((made_by, self.all(&cells, choice).await?))
    }
}

/// Figures that cannot all be right.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Contradiction {
    indicator: String,
    unit: String,
    period: String,
    measure: String,
    /// What each said.
    values: Vec<FigureValue>,
    note_vi: String,
    note_en: String,
}

/// A list of contradictions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Contradictions {
    contradictions: Vec<Contradiction>,
}

/// The cells of which different numbers were stated, all of them kept, and those where what was
/// stated is not what follows from other figures of the same source.
#[utoipa::path(get, path = "/contradictions", tag = "figures", responses((status = 200, body = Contradictions)))]
async fn contradictions(State(app): State<App>) -> Answer<Json<Contradictions>> {
    let (mut contradictions, cells) = {
        let mut stated = app.stated.lock().await;
        stated.follow(&app).await?;
        (stated.contradictions(), stated.reported())
    };
    contradictions.extend(against_what_follows(&app, cells).await?);
    Ok(Json(Contradictions { contradictions }))
}

/// Asks what follows beside each stated figure; they agree when they are the same at the digits that were printed.
async fn against_what_follows(app: &App, cells: Vec<Cell>) -> Answer<Vec<Contradiction>> {
    let ministry = app.ministry();
    let mut by_line: BTreeMap<String, Query> = BTreeMap::new();
    for cell in cells {
        let line = format!("{} {} {}", cell.period, cell.measure, cell.breakdown);
        let query = by_line.entry(line).or_insert_with(|| Query {
            indicators: vec![],
            units: vec![],
            periods: vec![cell.period],
            breakdowns: vec![cell.breakdown.clone()],
            measures: vec![cell.measure],
            source: SourceChoice::Reported,
            tree: Tree::Own,
            as_of: Seq::LATEST,
        });
        if !query.indicators.contains(&cell.indicator) {
            query.indicators.push(cell.indicator);
        }
        if !query.units.contains(&cell.unit) {
            query.units.push(cell.unit);
        }
    }
    let mut found = vec![];
    for query in by_line.into_values() {
        let (_, answers) = app.book.answer(&app.store, &ministry, query).await?;
        for answered in answers.iter().filter(|answered| answered.basis == Basis::Stated) {
            let (Some(stated), Some(follows)) = (answered.figure.number(), answered.computed)
            else {
                continue;
            };
            if follows.rounded(stated.least_scale()) == stated {
                continue;
            }
            let computed = Answered {
                figure: model::Figure::Number(follows),
                basis: Basis::Computed,
                computed: None,
                qualifier: None,
                ..answered.clone()
            };
            let cell = &answered.cell;
            found.push(Contradiction {
                indicator: cell.indicator.to_string(),
                unit: cell.unit.to_string(),
                period: cell.period.to_string(),
                measure: cell.measure.to_string(),
                values: [answered, &computed].map(FigureValue::from).into(),
                note_vi: "Số đã nêu không trùng số tính được từ các số liệu khác.".to_owned(),
                note_en: "What was stated is not what follows from other figures.".to_owned(),
            });
        }
    }
    Ok(found)
}

/// The last statement of each source and publisher about every cell that was not made up; follows the record.
#[derive(Default)]
pub struct Stated {
    up_to: Seq,
    last: BTreeMap<Cell, Vec<Observation>>,
}

impl Stated {
    async fn follow(&mut self, app: &App) -> Answer<()> {
        if app.store.head().seq <= self.up_to {
            return Ok(());
        }
        let mut reader = app.store.read().await?;
        let head = reader.head().await?.seq;
        let last = &mut self.last;
        reader
            .each_stated_after(self.up_to, |said| {
                let same = |other: &Observation| {
                    other.source == said.source && other.publisher == said.publisher
                };
                let about = last.entry(said.cell.clone()).or_default();
                about.retain(|other| !same(other));
                about.push(said);
            })
            .await?;
        self.up_to = head;
        Ok(())
    }

    /// The cells that were reported, and whose number can follow from others.
    fn reported(&self) -> Vec<Cell> {
        let reported = |said: &&Vec<Observation>| {
            said.iter().any(|one| one.source == Source::Reported && one.figure.number().is_some())
        };
        self.last.iter().filter(|(_, said)| reported(said)).map(|(cell, _)| cell.clone()).collect()
    }

    fn contradictions(&self) -> Vec<Contradiction> {
        let mut found = vec![];
        for (cell, said) in &self.last {
            let mut numbers: Vec<_> = said
                .iter()
                .filter_map(|one| Some((one.figure.shown()?, one.figure.upper())))
                .collect();
            numbers.sort_unstable();
            numbers.dedup();
            if numbers.len() < 2 {
                continue;
            }
            let (note_vi, note_en) = note(said);
            found.push(Contradiction {
                indicator: cell.indicator.to_string(),
                unit: cell.unit.to_string(),
                period: cell.period.to_string(),
                measure: cell.measure.to_string(),
                values: said
                    .iter()
                    .filter(|one| one.figure.shown().is_some())
                    .map(FigureValue::from)
                    .collect(),
                note_vi,
                note_en,
            });
        }
        found
    }
}

fn note(said: &[Observation]) -> (String, String) {
    let has = |source| said.iter().any(|one| one.source == source);
    let (vi, en) = if has(Source::Reported) && has(Source::Measured) {
        (
            "Số báo cáo khác số đo trực tuyến; cần giải trình.",
            "What was reported differs from what was measured; to be explained.",
        )
    } else if has(Source::Reported) {
        (
            "Số công bố ở nơi khác không trùng số báo cáo.",
            "What others printed differs from what was reported.",
        )
    } else {
        ("Các nơi công bố số liệu khác nhau.", "Publishers printed different figures.")
    };
    (vi.to_owned(), en.to_owned())
}
