//! The one question that boards, reports and programs ask: indicators × units × periods × measures.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use model::ask::{self, Ask, Dimension, PeriodsNamed, Refused, UnitsNamed, Why};
use model::query::{SourceChoice, Tree};
use model::{Breakdown, IndicatorCode, Measure, Period, Seq, UnitCode};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::Permission;

use super::rows::{self, Format};
use super::shapes::FigureValue;
use super::{Endpoints, Needs, codes, query};
use crate::auth::Caller;
use crate::clock::{end_of_day, local_date};
use crate::http::Params;
use crate::problem::{Answer, Problem};
use crate::state::{App, Ministry};
use crate::words::Message;

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
    /// points_on:PERIOD, share_of_plan, ytd, plan, target, threshold, rank, share_of_whole, coverage, count_ge:NUMBER
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
#[derive(Debug, ToSchema)]
pub struct Values {
    /// The place in the record that they were answered at.
    pub seq: u64,
    /// One for each cell.
    pub values: Vec<FigureValue>,
}

/// Answers every cell of indicators × units × periods × breakdowns × measures: the short form of `POST /query`.
#[utoipa::path(get, path = "/values", tag = "figures", params(ValuesParams),
    responses((status = 200, content((Values = "application/json"), (String = "text/csv"), (rows::ArrowStream = "application/vnd.apache.arrow.stream")), headers(("Quantrac-Seq" = u64))),
              (status = 400, description = "A parameter cannot be read, by name in `at`; or more than 20,000 cells: `too_many_cells`"),
              (status = 404, description = "`unknown_indicator`, `unknown_unit`, with the nearest codes")))]
async fn values(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Params(asked): Params<ValuesParams>,
) -> Answer<Response> {
    let ministry = app.ministry();
    let as_of = as_of(&app, asked.as_of.as_deref()).await?;
    let asked = Ask { as_of, ..asked.into_ask()? };
    let today = local_date(app.now());
    let query = query::resolved(&ministry, &asked, today, rows::WHOLE, in_address)?;
    let format = Format::accepted(&headers).unwrap_or(Format::Json);
    rows::answer(&app, ministry, query, format, &caller).await
}

impl ValuesParams {
    fn into_ask(self) -> Answer<Ask> {
        let measure = self.measure.unwrap_or_else(|| "level".to_owned());
        Ok(Ask {
            indicators: listed("indicator", self.indicator)?,
            units: listed("unit", self.unit)?.into_iter().map(UnitsNamed::Code).collect(),
            periods: listed("period", self.period)?.into_iter().map(PeriodsNamed::Code).collect(),
            measures: listed("measure", Some(measure))?,
            breakdowns: self.breakdown.unwrap_or_default().split(';').map(str::to_owned).collect(),
            source: source(self.source.as_deref())?,
            tree: tree(self.tree.as_deref())?,
            as_of: Seq::LATEST,
        })
    }
}

fn listed(name: &'static str, text: Option<String>) -> Answer<Vec<String>> {
    let text = text.unwrap_or_default();
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    let items: Vec<String> = items.map(str::to_owned).collect();
    if items.is_empty() {
        Err(Problem::from(Message::MissingParameter(name)).in_column(name))
    } else {
        Ok(items)
    }
}

/// An address names a list in the singular, and has no numbers for its items.
fn in_address(dimension: Dimension, _: usize) -> String {
    dimension.code().trim_end_matches('s').to_owned()
}

/// The indicator of a code, or all of a sector (`BC.*`).
pub fn indicators_of(ministry: &Ministry, code: &str) -> Answer<Vec<IndicatorCode>> {
    let found = ask::indicators_of(&ministry.catalogue, code);
    let found = found.map_err(|why| refused(Dimension::Indicators, why))?;
    Ok(found.into_iter().cloned().collect())
}

/// The canonical code of a unit.
pub fn unit(ministry: &Ministry, code: &str) -> Answer<UnitCode> {
    let found = ask::unit_of(&ministry.units, code);
    Ok(found.map_err(|why| refused(Dimension::Units, why))?.code.clone())
}

/// A period.
pub fn period(text: &str) -> Answer<Period> {
    ask::period_of(text).map_err(|why| refused(Dimension::Periods, why))
}

fn refused(dimension: Dimension, why: Why) -> Problem {
    query::problem(Refused { dimension, at: 0, why }, in_address)
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

/// In which tree.
pub fn tree(text: Option<&str>) -> Answer<Tree> {
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
