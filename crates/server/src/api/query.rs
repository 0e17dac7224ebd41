//! The one question in its whole form: lists that are named, and an answer that is read while it is made.
//!
//! `GET /values` is the short form of the same: what fits into an address.

use std::fmt;
use std::marker::PhantomData;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::civil::Date;
use model::ask::{self, Ask, Dimension, PeriodsNamed, Refused, UnitsNamed, Why};
use model::{Calendar, Frequency, Query, UnitKind};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use utoipa_axum::routes;
use workflow::Permission;

use super::rows::{self, Format};
use super::values::{self, Values, shortened};
use super::{Endpoints, Needs, codes};
use crate::auth::Caller;
use crate::clock::local_date;
use crate::http::{Sent, wait_for};
use crate::problem::{Answer, Problem};
use crate::state::{App, Ministry};
use crate::words::Message;

/// The most cells of one query.
pub const MOST_CELLS: usize = 1_000_000;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    endpoints.add_question(Needs::Permission(Permission::SeeSignedFigures), routes!(query))
}

/// What is asked: every cell of indicators × units × periods × breakdowns × measures, answered in that order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueryRequest {
    /// Codes, or all of a sector: `BC.*`.
    #[schema(example = json!(["BC.DOANHTHU", "VT.*"]))]
    indicators: Vec<String>,
    /// Units by code, or many at once.
    #[schema(example = json!(["VN", {"level": "province"}]))]
    units: Vec<UnitsAsked>,
    /// Periods by code, or many at once.
    #[schema(example = json!([{"last": 12, "frequency": "month"}]))]
    periods: Vec<PeriodsAsked>,
    /// `SEX=F`, `AGE=Y15T24,SEX=F`; empty is the total, which is asked for when this is left out.
    #[serde(default)]
    breakdowns: Option<Vec<String>>,
    /// level, change_on_year, change_on_period, change_on:PERIOD, points, points_on:PERIOD, share_of_plan, ytd, plan,
    /// target, threshold, rank, count_ge:NUMBER, share_of_whole (per cent of the country's number; where figures add up
    /// over units, and enough units are in both), coverage (per cent of expected units with a number); the level when
    /// this is left out.
    #[serde(default)]
    measures: Option<Vec<String>>,
    /// Which source answers; the preferred one when this is left out.
    #[serde(default)]
    #[schema(value_type = Option<codes::SourceChoice>)]
    source: Option<String>,
    /// own (the default): the period's own tree; or that of a day: `2025-07-01`.
    #[serde(default)]
    tree: Option<String>,
    /// As known at: a seq, an instant, or a day (its end at +07:00); now when this is left out.
    #[serde(default)]
    as_of: Option<SeqOrMoment>,
    /// The answer knows at least this commit.
    #[serde(default)]
    min_seq: Option<u64>,
    /// The day that periods are counted back from; the server's today when this is left out.
    #[serde(default)]
    #[schema(format = Date)]
    today: Option<String>,
}

/// A unit by its code (a group by its code is the whole of it), or many units.
#[derive(Debug, ToSchema)]
#[serde(untagged)]
enum UnitsAsked {
    /// `VN`, `52@2025-07`, `@provinces`.
    Code(String),
    Several(ManyUnits),
}

/// Many units: one of `level`, `group`, `children_of` and `below`, the last perhaps with a `level`. They are those that
/// exist on the day of the tree; without one, on the last day of the latest period.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ManyUnits {
    /// Every unit of this kind, by code; with `below`, only of those.
    #[serde(default)]
    #[schema(value_type = Option<codes::UnitKind>)]
    level: Option<String>,
    /// The units of this group, by code.
    #[serde(default)]
    #[schema(example = "@provinces")]
    group: Option<String>,
    /// The units directly below this one, by code.
    #[serde(default)]
    #[schema(example = "VN")]
    children_of: Option<String>,
    /// Every unit below this one, each before what is below it.
    #[serde(default)]
    #[schema(example = "52")]
    below: Option<String>,
}

/// A period by its code, or many periods.
#[derive(Debug, ToSchema)]
#[serde(untagged)]
enum PeriodsAsked {
    /// `2024`, `2024-S1`, `2024-Q2`, `2024-06`, `2024-06~adm`, `2024-W23`, `2024-06-15`.
    Code(String),
    Several(ManyPeriods),
}

/// Many periods, the earliest first: `from` with `to`; `last` with `frequency`; or `year_to_date`.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ManyPeriods {
    /// The first.
    #[serde(default)]
    #[schema(example = "2023-07")]
    from: Option<String>,
    /// The last, of the same length and calendar.
    #[serde(default)]
    #[schema(example = "2024-06")]
    to: Option<String>,
    /// So many that have ended by today.
    #[serde(default)]
    last: Option<usize>,
    /// How long each of the last ones is.
    #[serde(default)]
    #[schema(value_type = Option<codes::Frequency>)]
    frequency: Option<String>,
    /// Those of this year that have ended by today, each so long.
    #[serde(default)]
    #[schema(value_type = Option<codes::Frequency>)]
    year_to_date: Option<String>,
    /// The calendar of periods that are counted from today; statistical when this is left out.
    #[serde(default)]
    #[schema(value_type = Option<codes::Calendar>)]
    calendar: Option<String>,
    /// The same periods so many years before; 1 for the same period of last year.
    #[serde(default)]
    years_before: Option<u16>,
}

/// A seq as a number; or in words, as in an address.
#[derive(Debug, ToSchema)]
#[serde(untagged)]
enum SeqOrMoment {
    Seq(u64),
    Moment(String),
}

/// Reads a text as one thing and a number or an object as another, and says which of the two is wrong inside.
struct TextOr<V, O> {
    text: fn(String) -> V,
    other: fn(O) -> V,
    expected: &'static str,
    of: PhantomData<O>,
}

impl<'de, V, O: Deserialize<'de>> Visitor<'de> for TextOr<V, O> {
    type Value = V;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<V, E> {
        Ok((self.text)(text.to_owned()))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<V, E> {
        O::deserialize(number.into_deserializer()).map(self.other)
    }

    fn visit_map<M: MapAccess<'de>>(self, members: M) -> Result<V, M::Error> {
        O::deserialize(MapAccessDeserializer::new(members)).map(self.other)
    }
}

macro_rules! text_or {
    ($name:ident, $text:ident, $other:ident, $expected:literal) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                deserializer.deserialize_any(TextOr {
                    text: $name::$text,
                    other: $name::$other,
                    expected: $expected,
                    of: PhantomData,
                })
            }
        }
    };
}

text_or!(UnitsAsked, Code, Several, "a code or an object");
text_or!(PeriodsAsked, Code, Several, "a period or an object");
text_or!(SeqOrMoment, Moment, Seq, "a seq or a moment");

/// Answers every cell of indicators × units × periods × breakdowns × measures, as rows in the order asked.
///
/// At most 1,000,000 cells. The format is the one that `Accept` prefers. JSON: the values of `GET /values`. CSV: UTF-8,
/// commas, a header, a line for each cell, with the columns `indicator`, `unit`, `period`, `breakdown` (empty for the
/// total), `measure`, `value` (a decimal with a dot; empty when absent), `upper`, `of`, `absent` (why there is no value),
/// `basis`, `computed`, `status`, `qualifier`, `source`, `publisher`, `present` and `expected` (the units in it),
/// `seq`, `recorded_at`, `synthetic`. Arrow: an IPC stream of the same columns, those that can be empty nullable. An answer that cannot be finished breaks the connection off.
#[utoipa::path(post, path = "/query", tag = "figures", request_body = QueryRequest,
    responses((status = 200, content((Values = "application/json"), (String = "text/csv"), (rows::ArrowStream = "application/vnd.apache.arrow.stream")), headers(("Quantrac-Seq" = u64))),
              (status = 400, description = "The question cannot be read or put, with its place in `at`: `bad_json`, `unknown_field`, `bad_period`, \
               `two_calendars`, `contradictory_measure`…; or it has too many cells, and `at` is the longest list: `too_many_cells`"),
              (status = 404, description = "`unknown_indicator`, `unknown_unit`, with the nearest codes and the place in `at`"),
              (status = 406, description = "None of the formats is accepted: `not_acceptable`")))]
async fn query(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    sent: Sent,
) -> Answer<Response> {
    let format = Format::accepted(&headers).ok_or(Message::NotAcceptable(Format::KNOWN))?;
    let request: QueryRequest = read(&sent)?;
    if let Some(asked) = request.min_seq {
        wait_for(&app, asked).await?;
    }
    let ministry = app.ministry();
    let today = match &request.today {
        None => local_date(app.now()),
        Some(text) => text
            .parse::<Date>()
            .map_err(|_| bad("today", "today".to_owned(), text, "2024-08-05"))?,
    };
    let as_of = match &request.as_of {
        None => None,
        Some(SeqOrMoment::Seq(seq)) => Some(seq.to_string()),
        Some(SeqOrMoment::Moment(text)) => Some(text.clone()),
    };
    let as_of = values::as_of(&app, as_of.as_deref()).await?;
    let asked = Ask { as_of, ..request.into_ask()? };
    let of = ministry.clone();
    let found = tokio::task::spawn_blocking(move || {
        let query = resolved(&of, &asked, today, MOST_CELLS, in_body)?;
        let refused = ask::contradiction(&query);
        refused.map_or(Ok(query), |refused| Err(problem(refused, in_body)))
    });
    let query = found.await.map_err(anyhow::Error::from)??;
    rows::answer(&app, ministry, query, format, &caller).await
}

/// The place of an item in the body of a query: `units[2]`.
fn in_body(dimension: Dimension, at: usize) -> String {
    format!("{}[{at}]", dimension.code())
}

/// Reads a body; what is wrong is named with its place.
fn read<T: DeserializeOwned>(sent: &Sent) -> Answer<T> {
    if sent.content_type != "application/json" {
        return Err(Message::BadContentType("application/json").into());
    }
    let mut deserializer = serde_json::Deserializer::from_slice(&sent.bytes);
    let read = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let place = error.path().to_string();
        let said = error.into_inner().to_string();
        match unknown_field(&said) {
            Some((name, known)) => {
                let nearest = model::text::nearest(&name, known.into_iter());
                let problem = Problem::from(Message::UnknownField(shortened(&name)));
                problem.in_column(place).suggesting(nearest)
            }
            None if place == "." => Message::BadJson(said).into(),
            None => Problem::from(Message::BadJson(said)).in_column(place),
        }
    })?;
    deserializer.end().map_err(|error| Message::BadJson(error.to_string()))?;
    Ok(read)
}

/// The name that serde did not know, and those that it does.
fn unknown_field(said: &str) -> Option<(String, Vec<&str>)> {
    let (_, rest) = said.split_once("unknown field `")?;
    let (name, known) = rest.split_once('`')?;
    Some((name.to_owned(), known.split('`').skip(1).step_by(2).collect()))
}

impl QueryRequest {
    fn into_ask(self) -> Answer<Ask> {
        let numbered = |name: &'static str| move |at: usize| format!("{name}[{at}]");
        let units = self.units.into_iter().enumerate();
        let units = units.map(|(at, named)| named.named(numbered("units")(at)));
        let periods = self.periods.into_iter().enumerate();
        let periods = periods.map(|(at, named)| named.named(numbered("periods")(at)));
        Ok(Ask {
            indicators: self.indicators,
            units: units.collect::<Answer<_>>()?,
            periods: periods.collect::<Answer<_>>()?,
            breakdowns: self.breakdowns.unwrap_or_else(|| vec![String::new()]),
            measures: self.measures.unwrap_or_else(|| vec!["level".to_owned()]),
            source: values::source(self.source.as_deref())?,
            tree: values::tree(self.tree.as_deref())?,
            as_of: model::Seq::LATEST,
        })
    }
}

impl UnitsAsked {
    fn named(self, place: String) -> Answer<UnitsNamed> {
        let many = match self {
            UnitsAsked::Code(code) => return Ok(UnitsNamed::Code(code)),
            UnitsAsked::Several(many) => many,
        };
        let level = many.level.as_deref().map(|text| kind(text, &place)).transpose()?;
        match (level, many.group, many.children_of, many.below) {
            (Some(kind), None, None, None) => Ok(UnitsNamed::Level(kind)),
            (None, Some(group), None, None) => Ok(UnitsNamed::Group(group)),
            (None, None, Some(above), None) => Ok(UnitsNamed::ChildrenOf(above)),
            (kind, None, None, Some(above)) => Ok(UnitsNamed::Below(above, kind)),
            _ => {
                let known = "level; group; children_of; below; below, level";
                Err(Problem::from(Message::OneOfTheseTogether(known)).in_column(place))
            }
        }
    }
}

impl PeriodsAsked {
    fn named(self, place: String) -> Answer<PeriodsNamed> {
        let many = match self {
            PeriodsAsked::Code(code) => return Ok(PeriodsNamed::Code(code)),
            PeriodsAsked::Several(many) => many,
        };
        let frequency_of = |text: &str| frequency(text, &place);
        let is_counted = many.calendar.is_some();
        let calendar = match many.calendar.as_deref() {
            None => Calendar::Statistical,
            Some(text) => Calendar::parse(text).ok_or_else(|| {
                bad("calendar", place.clone(), text, "statistical, administrative")
            })?,
        };
        let years_before = many.years_before.unwrap_or(0);
        match (many.from, many.to, many.last, many.frequency, many.year_to_date) {
            (Some(from), Some(to), None, None, None) if !is_counted => {
                Ok(PeriodsNamed::FromTo { from, to, years_before })
            }
            (None, None, Some(count), Some(length), None) => {
                let frequency = frequency_of(&length)?;
                Ok(PeriodsNamed::Last { count, frequency, calendar, years_before })
            }
            (None, None, None, None, Some(length)) => {
                let frequency = frequency_of(&length)?;
                Ok(PeriodsNamed::YearToDate { frequency, calendar, years_before })
            }
            _ => {
                let known = "from, to; last, frequency; year_to_date";
                Err(Problem::from(Message::OneOfTheseTogether(known)).in_column(place))
            }
        }
    }
}

fn kind(text: &str, place: &str) -> Answer<UnitKind> {
    let expected = "country, region, province, district, commune, ministry, agency, firm, newsroom, portal, group";
    UnitKind::parse(text).ok_or_else(|| bad("level", place.to_owned(), text, expected))
}

fn frequency(text: &str, place: &str) -> Answer<Frequency> {
    let expected = "day, week, month, quarter, half, year";
    Frequency::parse(text).ok_or_else(|| bad("frequency", place.to_owned(), text, expected))
}

fn bad(name: &'static str, place: String, value: &str, expected: &'static str) -> Problem {
    let bad = Message::BadParameter { name, value: shortened(value), expected };
    Problem::from(bad).in_column(place)
}

/// Finds what a question names, of at most so many cells; what is wrong is named with its place.
pub fn resolved(
    ministry: &Ministry,
    asked: &Ask,
    today: Date,
    most: usize,
    place: fn(Dimension, usize) -> String,
) -> Answer<Query> {
    let query = ask::resolve(asked, &ministry.units, &ministry.catalogue, today)
        .map_err(|refused| problem(refused, place))?;
    let cells = query.cells();
    if cells > most {
        let sizes = ask::sizes(&query);
        let (longest, _) = sizes.into_iter().max_by_key(|(_, size)| *size).unwrap_or(sizes[0]);
        let of = sizes.map(|(_, size)| size);
        let too_many = Message::TooManyCells { cells, most, of, longest };
        return Err(Problem::from(too_many).in_column(longest.code()));
    }
    Ok(query)
}

/// What is wrong with an item of a question.
pub fn problem(refused: Refused, place: fn(Dimension, usize) -> String) -> Problem {
    let Refused { dimension, at, why } = refused;
    let place =
        if why == Why::Nothing { dimension.code().to_owned() } else { place(dimension, at) };
    let (message, nearest) = match why {
        Why::UnknownIndicator { code, nearest } => (Message::UnknownIndicator(code), nearest),
        Why::UnknownUnit { code, nearest } => (Message::UnknownUnit(code), nearest),
        Why::BadPeriod(text) => (Message::BadPeriod(text), vec![]),
        Why::BadMeasure(text) => (Message::BadMeasure(text), vec![]),
        Why::BadBreakdown(text) => (Message::BadBreakdown(text), vec![]),
        why => (Message::CannotBeAsked(why), vec![]),
    };
    Problem::from(message).in_column(place).suggesting(nearest)
}
