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
    let kind = row.text(column)?;
    let low = || {
        decimal(row, column + 1)?
            .ok_or_else(|| StoreError::unreadable("a figure without a number", kind))
    };
    match kind {
        "number" => Ok(Figure::Number(low()?)),
        "magnitude" => Ok(Figure::Magnitude(low()?)),
        "range" => {
            let high = decimal(row, column + 3)?
                .ok_or_else(|| StoreError::unreadable("a range", "no upper end"))?;
            Ok(Figure::Range { low: low()?, high })
        }
        absent => {
            let reason = Absence::parse(absent)
                .ok_or_else(|| StoreError::unreadable("a kind of figure", absent))?;
            Ok(Figure::Absent(reason))
        }
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
    /// An observation from the columns that `observation_columns` lists, from the first.
    pub fn observation(&mut self, row: &Row) -> Result<Observation, StoreError> {
        let publisher = match row.maybe_text(8)? {
            Some(name) => {
                let parse = |name: &str| Ok::<Arc<str>, std::convert::Infallible>(name.into());
                Some(shared(&mut self.publishers, "a publisher", name, parse)?)
            }
            None => None,
        };
        let qualifier = row
            .maybe_text(19)?
            .map(|text| word("a qualifier", text, Qualifier::parse))
            .transpose()?;
        Ok(Observation {
            seq: Seq(row.int(0)? as u64),
            ordinal: row.int(1)? as u32,
            cell: Cell {
                indicator: shared(
                    &mut self.indicators,
                    "an indicator",
                    row.text(2)?,
                    IndicatorCode::parse,
                )?,
                unit: shared(&mut self.units, "a unit", row.text(3)?, UnitCode::parse)?,
                period: shared(&mut self.periods, "a period", row.text(4)?, Period::parse)?,
                breakdown: shared(
                    &mut self.breakdowns,
                    "a breakdown",
                    row.text(5)?,
                    Breakdown::parse,
                )?,
                measure: shared(&mut self.measures, "a measure", row.text(6)?, Measure::parse)?,
            },
            source: word("a source", row.text(7)?, Source::parse)?,
            publisher,
            figure: figure(row, 9)?,
            of: decimal(row, 14)?,
            measured_share: decimal(row, 16)?,
            status: word("a status", row.text(18)?, Status::parse)?,
            qualifier,
            synthetic: row.truth(20)?,
            recorded_at: row.instant(21)?,
        })
    }
}
