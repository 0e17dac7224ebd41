//! The one question that boards, reports and programs ask: indicators × units × periods × measures.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use model::query::{Query, SourceChoice, Tree};
use model::{Breakdown, IndicatorCode, Measure, Period, Seq, UnitCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::Permission;

use super::shapes::FigureValue;
use super::{Endpoints, Needs, codes};
use crate::clock::end_of_day;
use crate::http::{Params, QUANTRAC_SEQ};
use crate::problem::{Answer, Problem};
use crate::state::{App, Ministry};
use crate::words::Message;

/// The most cells of one question.
pub const MOST_CELLS: usize = 20_000;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    endpoints.add(Needs::Permission(Permission::SeeSignedFigures), routes!(values))
}

/// A question, as it is written in an address.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ValuesParams {
    /// Codes with commas between, or all of a sector: `BC.*`
    #[param(required = true)]
    indicator: Option<String>,
    /// Codes with commas between: `VN,52,@provinces,52@2025-07`
    #[param(required = true)]
    unit: Option<String>,
    /// With commas between: `2024-S1,2024-06`
    #[param(required = true)]
    period: Option<String>,
    /// With commas between: level (the default), change_on_year, change_on_period, change_on:PERIOD, points,
    /// points_on:PERIOD, share_of_plan, ytd, plan, target, threshold, rank, count_ge:NUMBER
    measure: Option<String>,
    /// preferred (the default), reported, measured, published or imported
    #[param(value_type = Option<codes::SourceChoice>)]
    source: Option<String>,
    /// With semicolons between: `SEX=F;AGE=Y15T24,SEX=F`; empty is the total
    breakdown: Option<String>,
    /// own (the default): the period's own tree; or that of a day: `2025-07-01`
    tree: Option<String>,
    /// As known at: a seq, an instant, or a day (its end at +07:00)
    as_of: Option<String>,
}

/// The answers, in the order of indicators, units, periods, breakdowns, measures.
#[derive(Debug, Serialize, ToSchema)]
pub struct Values {
    /// The place in the record that they were answered at.
    pub seq: u64,
    /// One for each cell.
    pub values: Vec<FigureValue>,
}

/// Answers every cell of indicators × units × periods × breakdowns × measures.
#[utoipa::path(get, path = "/values", tag = "figures", params(ValuesParams),
    responses((status = 200, body = Values, headers(("Quantrac-Seq" = u64))),
              (status = 400, description = "A parameter cannot be read, by name in `at`; or more than 20,000 cells: `too_many_cells`"),
              (status = 404, description = "`unknown_indicator`, `unknown_unit`, with the nearest codes")))]
async fn values(State(app): State<App>, Params(asked): Params<ValuesParams>) -> Answer<Response> {
    let ministry = app.ministry();
    let as_of = as_of(&app, asked.as_of.as_deref()).await?;
    let query = question(&ministry, &asked, as_of)?;
    let (seq, answers) = app.book.answer(&app.store, &ministry, query).await?;
    let values = Values { seq: seq.0, values: answers.iter().map(FigureValue::from).collect() };
    Ok(([(QUANTRAC_SEQ, HeaderValue::from(seq.0))], Json(values)).into_response())
}

fn listed<'a>(name: &'static str, text: Option<&'a str>) -> Answer<Vec<&'a str>> {
    let items: Vec<&str> = text
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .collect();
    if items.is_empty() {
        Err(Problem::from(Message::MissingParameter(name)).in_column(name))
    } else {
        Ok(items)
    }
}

/// Reads a question against the ministry's units and indicators.
fn question(ministry: &Ministry, asked: &ValuesParams, as_of: Seq) -> Answer<Query> {
    let mut indicators = vec![];
    for code in listed("indicator", asked.indicator.as_deref())? {
        indicators.extend(indicators_of(ministry, code)?);
    }
    let units = listed("unit", asked.unit.as_deref())?
        .into_iter()
        .map(|code| unit(ministry, code))
        .collect::<Answer<_>>()?;
    let periods = listed("period", asked.period.as_deref())?
        .into_iter()
        .map(period)
        .collect::<Answer<_>>()?;
    let measures = asked.measure.as_deref().unwrap_or("level");
    let measures =
        listed("measure", Some(measures))?.into_iter().map(measure).collect::<Answer<_>>()?;
    let breakdowns = asked.breakdown.as_deref().unwrap_or_default();
    let breakdowns = breakdowns.split(';').map(breakdown).collect::<Answer<_>>()?;
    let query = Query {
        indicators,
        units,
        periods,
        breakdowns,
        measures,
        source: source(asked.source.as_deref())?,
        tree: tree(asked.tree.as_deref())?,
        as_of,
    };
    if query.cells() > MOST_CELLS {
        let of = [
            &query.indicators.len(),
            &query.units.len(),
            &query.periods.len(),
            &query.breakdowns.len(),
            &query.measures.len(),
        ];
        return Err(Message::TooManyCells {
            cells: query.cells(),
            most: MOST_CELLS,
            of: of.map(|count| *count),
        }
        .into());
    }
    Ok(query)
}

/// The indicator of a code, or all of a sector (`BC.*`).
pub fn indicators_of(ministry: &Ministry, code: &str) -> Answer<Vec<IndicatorCode>> {
    if let Some(prefix) = code.strip_suffix('*') {
        let found: Vec<IndicatorCode> = ministry
            .catalogue
            .iter()
            .map(|indicator| &indicator.code)
            .filter(|known| known.as_str().starts_with(prefix))
            .cloned()
            .collect();
        if !found.is_empty() && prefix.ends_with('.') {
            return Ok(found);
        }
    } else if let Some(indicator) = ministry.catalogue.get(code) {
        return Ok(vec![indicator.code.clone()]);
    }
    let unknown = Problem::from(Message::UnknownIndicator(shortened(code))).in_column("indicator");
    Err(unknown.suggesting(ministry.catalogue.nearest(code)))
}

/// The canonical code of a unit.
pub fn unit(ministry: &Ministry, code: &str) -> Answer<UnitCode> {
    match ministry.units.resolve(code) {
        Some(unit) => Ok(unit.code.clone()),
        None => {
            let unknown = Problem::from(Message::UnknownUnit(shortened(code))).in_column("unit");
            Err(unknown.suggesting(ministry.units.nearest(code)))
        }
    }
}

/// A period.
pub fn period(text: &str) -> Answer<Period> {
    Period::parse(text)
        .map_err(|_| Problem::from(Message::BadPeriod(shortened(text))).in_column("period"))
}

/// A measure.
pub fn measure(text: &str) -> Answer<Measure> {
    Measure::parse(text)
        .map_err(|_| Problem::from(Message::BadMeasure(shortened(text))).in_column("measure"))
}

/// A breakdown; empty is the total.
pub fn breakdown(text: &str) -> Answer<Breakdown> {
    Breakdown::parse(text.trim())
        .map_err(|_| Problem::from(Message::BadBreakdown(shortened(text))).in_column("breakdown"))
}

/// Which source answers.
pub fn source(text: Option<&str>) -> Answer<SourceChoice> {
    let text = text.unwrap_or("preferred");
    SourceChoice::parse(text)
        .ok_or_else(|| bad("source", text, "preferred, reported, measured, published, imported"))
}

fn tree(text: Option<&str>) -> Answer<Tree> {
    match text.unwrap_or("own") {
        "own" => Ok(Tree::Own),
        day => day.parse::<Date>().map(Tree::Of).map_err(|_| bad("tree", day, "own, 2025-07-01")),
    }
}

/// The seq that "as known at" means; the latest when it is not said.
pub async fn as_of(app: &App, text: Option<&str>) -> Answer<Seq> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(Seq::LATEST) };
    if text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() < 18 {
        let asked = text.parse::<u64>().expect("fewer than 18 digits");
        let have = app.store.head().seq.0;
        return if asked <= have {
            Ok(Seq(asked))
        } else {
            Err(Message::Behind { asked, have }.into())
        };
    }
    let moment = match text.parse::<Date>() {
        Ok(day) if text.len() == 10 => end_of_day(day),
        // A plus that was not escaped arrives as a space.
        _ => text.replace(' ', "+").parse::<Timestamp>().ok(),
    };
    let moment =
        moment.ok_or_else(|| bad("as_of", text, "1234, 2024-07-31, 2024-07-31T17:00:00+07:00"))?;
    Ok(app.store.read().await?.seq_at(moment).await?)
}

fn bad(name: &'static str, value: &str, expected: &'static str) -> Problem {
    Problem::from(Message::BadParameter { name, value: shortened(value), expected }).in_column(name)
}

/// What was sent, short enough to be said back.
pub fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}
