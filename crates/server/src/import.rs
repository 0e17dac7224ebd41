//! Observations from a file, CSV or JSON: read whole, checked whole, then recorded whole or not at all.
//!
//! Every row is checked before one is written, so that a file is mended in one pass; a finding names
//! its row (the first row of data is 2, as a spreadsheet counts) and its column.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};
use jiff::civil::Date;
use model::{
    Absence, Breakdown, Cell, Decimal, Figure, Indicator, IndicatorCode, Measure, Period,
    Qualifier, Source, Status, Unit, UnitCode, UnitKind, Validity,
};
use serde::Deserialize;
use store::{NewObservation, Reader, StoreError, SubmissionFilter};
use workflow::State;

use crate::problem::{Found, Place, Problem};
use crate::state::Ministry;
use crate::words::Message;

/// So many findings are told; the rest are counted.
const MOST_FINDINGS: usize = 1000;

/// The columns, in the order the help names them.
pub const COLUMNS: [&str; 13] = [
    "indicator",
    "unit",
    "period",
    "value",
    "upper",
    "absent",
    "breakdown",
    "measure",
    "source",
    "status",
    "qualifier",
    "publisher",
    "note",
];

/// What the columns mean; for the command's help and the description of the interface.
pub const HELP: &str = "A file of observations: CSV in UTF-8 with a header (comma or semicolon), or JSON: an array of objects, \
or {\"observations\": [...]}, with the same names and texts as values.

  indicator   code, e.g. BC.DOANHTHU (needed)
  unit        code, e.g. VN, 52, 52@2025-07, @provinces (needed)
  period      2024, 2024-S1, 2024-Q2, 2024-06, 2024-W23, 2024-06-15, 2024-04-01/2024-05-31, 2024-06~adm (needed)
  value       digits with a decimal dot, at most 18 and no more decimals than the indicator keeps
  upper       the upper end, when the value is the lower end of a range
  absent      instead of a value: missing, not_applicable, confidential, not_collected; none_occurred is a zero
  breakdown   e.g. SEX=F; empty is the total
  measure     level (default), change_on_year, plan, target, ...
  source      imported (default), reported, measured, published
  status      final (default), provisional, estimated
  qualifier   nearly, over, under, about, at_least, at_most
  publisher   who printed it; needed when the source is published
  note        the words it was said in

All or nothing: a file with one finding changes nothing.";

/// What was read of a file.
#[derive(Debug, Default)]
pub struct Import {
    /// Rows of data.
    pub rows: u64,
    /// What they state, when nothing was found.
    pub observations: Vec<NewObservation>,
    /// What was found, in the order of rows; the first thousand.
    pub findings: Vec<Found>,
    /// How much was found.
    pub found: usize,
}

/// Cells whose section is closed: they are reopened or corrected, not imported over.
#[derive(Default)]
pub struct Closed(HashSet<(IndicatorCode, UnitCode, Period)>);

impl Closed {
    /// Reads which cells are closed.
    pub async fn read(reader: &mut Reader, ministry: &Ministry) -> Result<Closed, StoreError> {
        let mut closed = HashSet::new();
        for submission in reader.submissions(&SubmissionFilter::default()).await? {
            let version = (submission.template.clone(), submission.template_version);
            let (Some(template), Some(body)) =
                (ministry.templates.get(&version), ministry.bodies.get(submission.body.as_str()))
            else {
                continue;
            };
            for section in submission
                .sections
                .iter()
                .filter(|section| matches!(section.state, State::Closed { .. }))
            {
                let rows = template
                    .sections
                    .iter()
                    .find(|one| one.id == section.id)
                    .map_or(&[][..], |one| one.rows());
                closed.extend(
                    rows.iter()
                        .map(|row| (row.indicator.clone(), body.unit.clone(), submission.period)),
                );
            }
        }
        Ok(Closed(closed))
    }
}

/// One row, as texts.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Row<'a> {
    #[serde(borrow)]
    indicator: Cow<'a, str>,
    unit: Cow<'a, str>,
    period: Cow<'a, str>,
    #[serde(deserialize_with = "number_text")]
    value: Cow<'a, str>,
    #[serde(deserialize_with = "number_text")]
    upper: Cow<'a, str>,
    #[serde(deserialize_with = "text_or_null")]
    absent: Cow<'a, str>,
    #[serde(deserialize_with = "text_or_null")]
    breakdown: Cow<'a, str>,
    #[serde(deserialize_with = "text_or_null")]
    measure: Cow<'a, str>,
    #[serde(deserialize_with = "text_or_null")]
    source: Cow<'a, str>,
    #[serde(deserialize_with = "text_or_null")]
    status: Cow<'a, str>,
    #[serde(deserialize_with = "text_or_null")]
    qualifier: Cow<'a, str>,
    #[serde(deserialize_with = "text_or_null")]
    publisher: Cow<'a, str>,
    #[serde(deserialize_with = "text_or_null")]
    note: Cow<'a, str>,
}

fn text_or_null<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Cow<'de, str>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map_or(Cow::Borrowed(""), Cow::Owned))
}

/// A text, or a whole number; other JSON numbers have gone through floating point before they arrive.
fn number_text<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Cow<'de, str>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Sent {
        Text(String),
        Whole(i64),
        Nothing(()),
    }
    let sent = Sent::deserialize(from);
    let sent = sent.map_err(|_| {
        serde::de::Error::custom("a number with decimals is sent as a string: \"12.5\"")
    })?;
    Ok(match sent {
        Sent::Text(text) => Cow::Owned(text),
        Sent::Whole(number) => Cow::Owned(number.to_string()),
        Sent::Nothing(()) => Cow::Borrowed(""),
    })
}

/// Reads a CSV file.
pub fn read_csv(bytes: &[u8], ministry: &Ministry, closed: &Closed, today: Date) -> Import {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = if header.contains(&b';') && !header.contains(&b',') { b';' } else { b',' };
    let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(bytes);
    let mut checker = Checker::new(ministry, closed, today);

    let places = match reader.headers() {
        Ok(header) => checker.columns(header),
        Err(error) => {
            checker.find(1, None, Message::BadLine(error.to_string()));
            [None; COLUMNS.len()]
        }
    };
    if checker.import.found > 0 {
        return checker.import;
    }
    let mut record = StringRecord::new();
    loop {
        let number = checker.import.rows + 2;
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {
                let at = |column: usize| {
                    Cow::Borrowed(
                        places[column]
                            .and_then(|place| record.get(place))
                            .unwrap_or_default()
                            .trim(),
                    )
                };
                let row = Row {
                    indicator: at(0),
                    unit: at(1),
                    period: at(2),
                    value: at(3),
                    upper: at(4),
                    absent: at(5),
                    breakdown: at(6),
                    measure: at(7),
                    source: at(8),
                    status: at(9),
                    qualifier: at(10),
                    publisher: at(11),
                    note: at(12),
                };
                checker.row(number, &row);
            }
            Err(error) => checker.find(number, None, Message::BadLine(error.to_string())),
        }
        checker.import.rows += 1;
    }
    checker.import
}

/// Reads a JSON file.
pub fn read_json(
    bytes: &[u8],
    ministry: &Ministry,
    closed: &Closed,
    today: Date,
) -> Result<Import, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wrapped<'a> {
        #[serde(borrow)]
        observations: Vec<Row<'a>>,
    }
    let is_array = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    let rows = if is_array {
        serde_json::from_slice::<Vec<Row>>(bytes)
    } else {
        serde_json::from_slice::<Wrapped>(bytes).map(|wrapped| wrapped.observations)
    };
    let rows = rows.map_err(|error| Message::BadJson(error.to_string()))?;
    let mut checker = Checker::new(ministry, closed, today);
    for row in &rows {
        checker.row(checker.import.rows + 2, row);
        checker.import.rows += 1;
    }
    Ok(checker.import)
}

/// A number that a connected system measured, as texts.
pub struct MeasuredRow<'a> {
    /// Where it stands in what was answered.
    pub number: u64,
    /// The indicator's code.
    pub indicator: &'a str,
    /// The unit's code.
    pub unit: &'a str,
    /// The period's code.
    pub period: &'a str,
    /// The breakdown; empty for the total.
    pub breakdown: &'a str,
    /// Digits with a dot.
    pub value: &'a str,
}

/// Checks what a connected system measured as a file is checked. A number of a period that has not ended is provisional.
pub fn check_measured<'a>(
    rows: impl IntoIterator<Item = MeasuredRow<'a>>,
    ministry: &Ministry,
    today: Date,
) -> Import {
    let closed = Closed::default();
    let mut checker = Checker::new(ministry, &closed, today);
    for measured in rows {
        let is_over = Period::parse(measured.period).is_ok_and(|period| period.end() < today);
        let status = if is_over { Status::Final } else { Status::Provisional };
        let row = Row {
            indicator: measured.indicator.into(),
            unit: measured.unit.into(),
            period: measured.period.into(),
            value: measured.value.into(),
            breakdown: measured.breakdown.into(),
            source: Source::Measured.code().into(),
            status: status.code().into(),
            ..Row::default()
        };
        checker.import.rows += 1;
        checker.row(measured.number, &row);
    }
    checker.import
}

/// What makes two rows the same statement.
#[derive(PartialEq, Eq, Hash)]
struct Same {
    cell: Cell,
    source: &'static str,
    publisher: Option<Arc<str>>,
}

struct Checker<'a> {
    ministry: &'a Ministry,
    closed: &'a Closed,
    today: Date,
    import: Import,
    seen: HashMap<Same, u64>,
    periods: HashMap<String, Option<Period>>,
    units: HashMap<String, Option<&'a Unit>>,
    publishers: HashMap<String, Arc<str>>,
    applies: HashMap<(IndicatorCode, UnitCode), bool>,
}

/// A finding of one column.
type Checked<T> = Result<T, (&'static str, Message, Vec<String>)>;

fn wrong<T>(column: &'static str, message: Message) -> Checked<T> {
    Err((column, message, vec![]))
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

impl<'a> Checker<'a> {
    fn new(ministry: &'a Ministry, closed: &'a Closed, today: Date) -> Checker<'a> {
        Checker {
            ministry,
            closed,
            today,
            import: Import::default(),
            seen: HashMap::new(),
            periods: HashMap::new(),
            units: HashMap::new(),
            publishers: HashMap::new(),
            applies: HashMap::new(),
        }
    }

    fn find(&mut self, row: u64, column: Option<&str>, message: Message) {
        self.find_suggesting(row, column, message, vec![]);
    }

    fn find_suggesting(
        &mut self,
        row: u64,
        column: Option<&str>,
        message: Message,
        suggestions: Vec<String>,
    ) {
        self.import.found += 1;
        self.import.observations.clear();
        if self.import.findings.len() < MOST_FINDINGS {
            let at = Place { row: Some(row), column: column.map(str::to_owned), cell: None };
            self.import.findings.push(Found { at, message, suggestions });
        }
    }

    /// Where each column is.
    fn columns(&mut self, header: &StringRecord) -> [Option<usize>; COLUMNS.len()] {
        let mut places = [None; COLUMNS.len()];
        for (place, name) in header.iter().enumerate() {
            let name = name.trim().to_lowercase();
            match COLUMNS.iter().position(|known| *known == name) {
                Some(column) => places[column] = Some(place),
                None => {
                    let nearest = model::text::nearest(&name, COLUMNS.into_iter());
                    self.find_suggesting(
                        1,
                        Some(&name),
                        Message::UnknownColumn(shortened(&name)),
                        nearest,
                    );
                }
            }
        }
        for (column, name) in COLUMNS.into_iter().enumerate().take(4) {
            let instead = name == "value" && places[5].is_some();
            if places[column].is_none() && !instead {
                self.find(1, Some(name), Message::MissingColumn(name));
            }
        }
        places
    }

    fn row(&mut self, number: u64, row: &Row) {
        match self.checked(number, row) {
            Ok(observation) if self.import.found == 0 => self.import.observations.push(observation),
            Ok(_) => {}
            Err((column, message, suggestions)) => {
                self.find_suggesting(number, Some(column), message, suggestions)
            }
        }
    }

    fn checked(&mut self, number: u64, row: &Row) -> Checked<NewObservation> {
        let indicator = self.indicator(&row.indicator)?;
        let period = self.period(&row.period)?;
        let unit = self.unit(&row.unit, period)?;
        let breakdown = Breakdown::parse(&row.breakdown)
            .or_else(|_| wrong("breakdown", Message::BadBreakdown(shortened(&row.breakdown))))?;
        let measure = match &*row.measure {
            "" => Measure::Level,
            text => Measure::parse(text)
                .or_else(|_| wrong("measure", Message::BadMeasure(shortened(text))))?,
        };
        let source = coded(
            "source",
            &row.source,
            Source::Imported,
            Source::parse,
            Source::ALL,
            Source::code,
        )?;
        let status =
            coded("status", &row.status, Status::Final, Status::parse, Status::ALL, Status::code)?;
        let qualifier = match &*row.qualifier {
            "" => None,
            text => Some(coded(
                "qualifier",
                text,
                Qualifier::About,
                Qualifier::parse,
                Qualifier::ALL,
                Qualifier::code,
            )?),
        };
        let publisher = match &*row.publisher {
            "" if source == Source::Published => {
                return wrong("publisher", Message::PublisherNeeded);
            }
            "" => None,
            name if name.chars().count() > 200 => {
                return wrong("publisher", Message::TooLong { field: "publisher", most: 200 });
            }
            name => Some(self.publisher(name)),
        };
        if row.note.chars().count() > 2000 {
            return wrong("note", Message::TooLong { field: "note", most: 2000 });
        }
        self.applies(indicator, unit, period)?;
        let is_ahead = period.start() > self.today;
        if is_ahead && !matches!(measure, Measure::Plan | Measure::Target | Measure::Threshold) {
            return wrong("period", Message::PeriodAhead(period.to_string()));
        }
        if source == Source::Reported
            && self.closed.0.contains(&(indicator.code.clone(), unit.code.clone(), period))
        {
            return wrong(
                "period",
                Message::PeriodClosed { unit: unit.code.to_string(), period: period.to_string() },
            );
        }
        let figure = figure(row, indicator, measure)?;
        let cell = Cell {
            indicator: indicator.code.clone(),
            unit: unit.code.clone(),
            period,
            breakdown,
            measure,
        };
        let same = Same { cell: cell.clone(), source: source.code(), publisher: publisher.clone() };
        if let Some(before) = self.seen.insert(same, number) {
            return wrong("indicator", Message::Twice(before));
        }
        let words = Some(row.note.to_string()).filter(|note| !note.is_empty());
        Ok(NewObservation {
            publisher,
            qualifier,
            words,
            ..NewObservation::of(cell, figure, source, status)
        })
    }

    fn indicator(&self, code: &str) -> Checked<&'a Indicator> {
        self.ministry.catalogue.get(code).ok_or_else(|| {
            let message = if code.is_empty() {
                Message::Empty("indicator")
            } else {
                Message::UnknownIndicator(shortened(code))
            };
            ("indicator", message, self.ministry.catalogue.nearest(code))
        })
    }

    fn period(&mut self, text: &str) -> Checked<Period> {
        let known = match self.periods.get(text) {
            Some(known) => *known,
            None => {
                let read = Period::parse(text).ok();
                self.periods.insert(text.to_owned(), read);
                read
            }
        };
        match known {
            Some(period) => Ok(period),
            None => wrong("period", Message::BadPeriod(shortened(text))),
        }
    }

    /// A unit that existed on some day of the period.
    fn unit(&mut self, code: &str, period: Period) -> Checked<&'a Unit> {
        let known = match self.units.get(code) {
            Some(known) => *known,
            None => {
                let found = self.ministry.units.resolve(code);
                self.units.insert(code.to_owned(), found);
                found
            }
        };
        let Some(unit) = known else {
            let message = if code.is_empty() {
                Message::Empty("unit")
            } else {
                Message::UnknownUnit(shortened(code))
            };
            return Err(("unit", message, self.ministry.units.nearest(code)));
        };
        let window = Validity { from: Some(period.start()), to: period.end().tomorrow().ok() };
        if unit.validity.meets(window) {
            return Ok(unit);
        }
        let then = self.ministry.units.valid_on(unit.bare_code(), period.end());
        let message =
            Message::UnitDidNotExist { unit: unit.code.to_string(), period: period.to_string() };
        Err(("unit", message, then.map(|unit| unit.code.to_string()).into_iter().collect()))
    }

    /// Whether the indicator has figures of such units, or of units below them that it adds up.
    fn applies(&mut self, indicator: &Indicator, unit: &Unit, period: Period) -> Checked<()> {
        let day = period.end();
        if indicator.applies_to(unit, day)
            || matches!(unit.kind, UnitKind::Country | UnitKind::Group)
        {
            return Ok(());
        }
        let units = &self.ministry.units;
        let key = (indicator.code.clone(), unit.code.clone());
        let below = || {
            !units
                .below(unit.code.as_str(), day, &|below| indicator.applies_to(below, day))
                .is_empty()
        };
        let can_be_below = indicator.applies_to.iter().any(|(kind, _)| unit.kind.can_hold(*kind));
        if *self.applies.entry(key).or_insert_with(|| can_be_below && below()) {
            return Ok(());
        }
        wrong(
            "unit",
            Message::DoesNotApply {
                indicator: indicator.code.to_string(),
                unit: unit.code.to_string(),
            },
        )
    }

    fn publisher(&mut self, name: &str) -> Arc<str> {
        match self.publishers.get(name) {
            Some(known) => known.clone(),
            None => {
                let shared: Arc<str> = name.into();
                self.publishers.insert(name.to_owned(), shared.clone());
                shared
            }
        }
    }
}

fn coded<T: Copy>(
    column: &'static str,
    text: &str,
    default: T,
    parse: fn(&str) -> Option<T>,
    all: &[T],
    code: fn(T) -> &'static str,
) -> Checked<T> {
    if text.is_empty() {
        return Ok(default);
    }
    parse(text).map_or_else(
        || {
            let known: Vec<&str> = all.iter().map(|one| code(*one)).collect();
            wrong(column, Message::NotOneOf { value: shortened(text), known: known.join(", ") })
        },
        Ok,
    )
}

fn figure(row: &Row, indicator: &Indicator, measure: Measure) -> Checked<Figure> {
    match (&*row.value, &*row.absent) {
        ("", "") => wrong("value", Message::ValueOrAbsence),
        ("", "none_occurred") => Ok(Figure::Number(Decimal::ZERO)),
        ("", reason) => {
            let stated = [
                Absence::Missing,
                Absence::NotApplicable,
                Absence::Confidential,
                Absence::NotCollected,
            ];
            match Absence::parse(reason).filter(|reason| stated.contains(reason)) {
                Some(reason) => Ok(Figure::Absent(reason)),
                None => {
                    let known =
                        "missing, not_applicable, confidential, not_collected, none_occurred"
                            .to_owned();
                    wrong("absent", Message::NotOneOf { value: shortened(reason), known })
                }
            }
        }
        (_, reason) if !reason.is_empty() => wrong("absent", Message::ValueOrAbsence),
        (value, _) => {
            let low = number("value", value, indicator, measure)?;
            if row.upper.is_empty() {
                return Ok(Figure::Number(low));
            }
            let high = number("upper", &row.upper, indicator, measure)?;
            if high < low {
                wrong("upper", Message::UpsideDown)
            } else {
                Ok(Figure::Range { low, high })
            }
        }
    }
}

fn number(
    column: &'static str,
    text: &str,
    indicator: &Indicator,
    measure: Measure,
) -> Checked<Decimal> {
    let number = Decimal::parse(text).or_else(|error| match error {
        model::decimal::BadDecimal::NotANumber => {
            wrong(column, Message::NotANumber(shortened(text)))
        }
        model::decimal::BadDecimal::TooLong => {
            wrong(column, Message::NumberTooLong(shortened(text)))
        }
    })?;
    let scale = if measure.is_percentage() { 4 } else { indicator.scale };
    match number.exactly_at(number.least_scale()) {
        Some(least) if least.scale() <= scale => Ok(least),
        _ => wrong(column, Message::TooManyDecimals { value: shortened(text), scale }),
    }
}
