//! Figures and codes as columns, and back; equal codes read once share one text in memory.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use model::{
    Absence, Breakdown, Cell, Decimal, Figure, IndicatorCode, Measure, Observation, Period,
    Qualifier, Seq, Source, Status, UnitCode,
};

use crate::StoreError;
use crate::rows::Rows;
use crate::sql::Row;

/// A figure as the columns `kind, mantissa, scale, upper_mantissa, upper_scale`.
pub(crate) struct FigureColumns {
    pub kind: &'static str,
    pub low: Option<Decimal>,
    pub high: Option<Decimal>,
}

impl From<Figure> for FigureColumns {
    fn from(figure: Figure) -> FigureColumns {
        let kind = match figure {
            Figure::Number(_) => "number",
            Figure::Range { .. } => "range",
            Figure::Magnitude(_) => "magnitude",
            Figure::Absent(reason) => reason.code(),
        };
        FigureColumns { kind, low: figure.shown(), high: figure.upper() }
    }
}

/// Puts a number into its two columns.
pub(crate) fn put_decimal(rows: &mut Rows, number: Option<Decimal>) {
    rows.int(number.map(Decimal::mantissa)).int(number.map(|number| i64::from(number.scale())));
}

/// Puts a figure into its five columns.
pub(crate) fn put_figure(rows: &mut Rows, figure: Figure) {
    let columns = FigureColumns::from(figure);
    rows.text(columns.kind);
    put_decimal(rows, columns.low);
    put_decimal(rows, columns.high);
}

/// Reads a number from its two columns.
pub(crate) fn decimal(row: &Row, column: usize) -> Result<Option<Decimal>, StoreError> {
    let Some(mantissa) = row.maybe_int(column)? else { return Ok(None) };
    let scale = u8::try_from(row.int(column + 1)?).ok();
    let number = scale.and_then(|scale| Decimal::new(mantissa.into(), scale));
    number.map(Some).ok_or_else(|| StoreError::unreadable("a number", mantissa))
}

/// Reads a figure from its five columns.
pub(crate) fn figure(row: &Row, column: usize) -> Result<Figure, StoreError> {
    figure_of(row.text(column)?, decimal(row, column + 1)?, decimal(row, column + 3)?)
}

fn figure_of(
    kind: &str,
    low: Option<Decimal>,
    high: Option<Decimal>,
) -> Result<Figure, StoreError> {
    let given = |number: Option<Decimal>| {
        number.ok_or_else(|| StoreError::unreadable("a figure without a number", kind))
    };
    match kind {
        "number" => Ok(Figure::Number(given(low)?)),
        "magnitude" => Ok(Figure::Magnitude(given(low)?)),
        "range" => Ok(Figure::Range { low: given(low)?, high: given(high)? }),
        absent => Ok(Figure::Absent(word("a kind of figure", absent, Absence::parse)?)),
    }
}

/// A day as a number that reads like it: 20240630.
pub(crate) fn day_number(day: Date) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

/// Reads a code that the database holds.
pub(crate) fn code<T, E: std::fmt::Display>(
    what: &'static str,
    read: Result<T, E>,
) -> Result<T, StoreError> {
    read.map_err(|error| StoreError::unreadable(what, error))
}

/// Reads a word of a closed list that the database holds.
pub(crate) fn word<T>(
    what: &'static str,
    text: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, StoreError> {
    parse(text).ok_or_else(|| StoreError::unreadable(what, text))
}

/// Codes that have been read, each parsed once and shared from then on.
#[derive(Default)]
pub(crate) struct Interner {
    indicators: HashMap<String, IndicatorCode>,
    units: HashMap<String, UnitCode>,
    periods: HashMap<String, Period>,
    breakdowns: HashMap<String, Breakdown>,
    measures: HashMap<String, Measure>,
    publishers: HashMap<String, Arc<str>>,
}

fn shared<T: Clone, E: std::fmt::Display>(
    known: &mut HashMap<String, T>,
    what: &'static str,
    text: &str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<T, StoreError> {
    if let Some(found) = known.get(text) {
        return Ok(found.clone());
    }
    let read = code(what, parse(text))?;
    known.insert(text.to_owned(), read.clone());
    Ok(read)
}

impl Interner {
    /// An observation from the text that a statement has joined of its columns.
    pub fn observation(&mut self, joined: &str) -> Result<Observation, StoreError> {
        // Publishers are the only free words and stand last: they may contain the mark.
        let mut parts = Parts { rest: Some(joined) };
        let seq = Seq(parts.int()? as u64);
        let ordinal = parts.int()? as u32;
        let cell = Cell {
            indicator: shared(
                &mut self.indicators,
                "an indicator",
                parts.next()?,
                IndicatorCode::parse,
            )?,
            unit: shared(&mut self.units, "a unit", parts.next()?, UnitCode::parse)?,
            period: shared(&mut self.periods, "a period", parts.next()?, Period::parse)?,
            breakdown: shared(
                &mut self.breakdowns,
                "a breakdown",
                parts.next()?,
                Breakdown::parse,
            )?,
            measure: shared(&mut self.measures, "a measure", parts.next()?, Measure::parse)?,
        };
        let source = word("a source", parts.next()?, Source::parse)?;
        let kind = parts.next()?;
        let figure = figure_of(kind, parts.decimal()?, parts.decimal()?)?;
        let of = parts.decimal()?;
        let measured_share = parts.decimal()?;
        let status = word("a status", parts.next()?, Status::parse)?;
        let qualifier = match parts.next()? {
            "" => None,
            text => Some(word("a qualifier", text, Qualifier::parse)?),
        };
        let synthetic = parts.int()? != 0;
        let recorded_at = crate::sql::instant(parts.int()?)?;
        let publisher = match parts.rest.take().unwrap_or_default() {
            "" => None,
            name => {
                let parse = |name: &str| Ok::<Arc<str>, std::convert::Infallible>(name.into());
                Some(shared(&mut self.publishers, "a publisher", name, parse)?)
            }
        };
        Ok(Observation {
            cell,
            source,
            publisher,
            figure,
            of,
            status,
            qualifier,
            measured_share,
            synthetic,
            seq,
            ordinal,
            recorded_at,
        })
    }
}

/// The parts of a text that a statement has joined with `|`, one after the other.
struct Parts<'a> {
    rest: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn next(&mut self) -> Result<&'a str, StoreError> {
        let rest =
            self.rest.ok_or_else(|| StoreError::unreadable("an observation", "it is cut off"))?;
        let (part, rest) = match rest.split_once('|') {
            Some((part, rest)) => (part, Some(rest)),
            None => (rest, None),
        };
        self.rest = rest;
        Ok(part)
    }

    fn int(&mut self) -> Result<i64, StoreError> {
        code("a whole number", self.next()?.parse())
    }

    fn decimal(&mut self) -> Result<Option<Decimal>, StoreError> {
        let (mantissa, scale) = (self.next()?, self.next()?);
        if mantissa.is_empty() {
            return Ok(None);
        }
        let read = || Decimal::new(mantissa.parse::<i64>().ok()?.into(), scale.parse().ok()?);
        read().map(Some).ok_or_else(|| StoreError::unreadable("a number", mantissa))
    }
}
