//! The answer to a query as rows, in the format the reader accepts, made while it is read.
//!
//! A large answer is asked for in parts at one place in the record and never held whole. Who stops
//! reading holds no part of it for long, and an answer that could not be finished breaks off, so
//! that it is never taken for a whole one.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt};
use model::{Answered, Query, Seq, ask};
use tokio::sync::mpsc::{self, Receiver, Sender};
use utoipa::ToSchema;

use super::arrow::{self, Column, Kind};
use super::audit::harmless;
use super::blind::Blind;
use super::shapes::FigureValue;
use crate::auth::Caller;
use crate::http::QUANTRAC_SEQ;
use crate::problem::Answer;
use crate::state::{App, Ministry};

/// An answer of so many cells is asked for at once, and kept by the book.
pub const WHOLE: usize = 20_000;
/// A larger one in parts of so many.
const PART: usize = 5_000;
/// So many rows are written at a time.
const ROWS: usize = 200;
/// The bytes of a row of JSON, roughly.
const JSON_ROW: usize = 400;
/// So long a reader may take none.
const PATIENCE: Duration = Duration::from_secs(30);

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `{"seq": …, "values": […]}`.
    Json,
    /// A header, then a line for each cell.
    Csv,
    /// The same columns as an Arrow stream; numbers of figures are texts, as everywhere.
    Arrow,
}

/// An Arrow IPC stream.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "the description of a file")]
pub struct ArrowStream(Vec<u8>);

/// The columns of a file of values, in order.
pub const COLUMNS: [&str; 20] = [
    "indicator",
    "unit",
    "period",
    "breakdown",
    "measure",
    "value",
    "upper",
    "of",
    "absent",
    "basis",
    "computed",
    "status",
    "qualifier",
    "source",
    "publisher",
    "present",
    "expected",
    "seq",
    "recorded_at",
    "synthetic",
];

impl Format {
    /// What can be accepted, for a refusal.
    pub const KNOWN: &'static str =
        "application/json, text/csv, application/vnd.apache.arrow.stream";

    /// The format that a request accepts most; `None` when it accepts none of them.
    pub fn accepted(headers: &HeaderMap) -> Option<Format> {
        let offers = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let offers: Vec<&str> = offers.flat_map(|value| value.split(',')).map(str::trim).collect();
        if offers.iter().all(|offer| offer.is_empty()) {
            return Some(Format::Json);
        }
        let mut known: Vec<(u32, Format)> =
            offers.into_iter().filter_map(Format::offered).collect();
        // The sort is stable: of two that are accepted alike, the one named first.
        known.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        known.first().map(|(_, format)| *format)
    }

    /// A media range with its weight in thousandths.
    fn offered(offer: &str) -> Option<(u32, Format)> {
        let mut parts = offer.split(';').map(str::trim);
        let format = match parts.next()?.to_ascii_lowercase().as_str() {
            "application/json" | "application/*" | "*/*" => Format::Json,
            "text/csv" | "text/*" => Format::Csv,
            "application/vnd.apache.arrow.stream" => Format::Arrow,
            _ => return None,
        };
        let weight = parts.find_map(|part| part.strip_prefix("q=")).unwrap_or("1");
        let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
        let thousandths: u32 = format!("{whole}{fraction:0<3.3}").parse().ok()?;
        (thousandths > 0).then_some((thousandths, format))
    }

    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Format::Json => "application/json",
            Format::Csv => "text/csv; charset=utf-8",
            Format::Arrow => "application/vnd.apache.arrow.stream",
        })
    }

    /// What stands before the rows.
    fn opening(self, seq: Seq) -> Vec<u8> {
        match self {
            Format::Json => format!("{{\"seq\":{seq},\"values\":[").into_bytes(),
            Format::Csv => format!("{}\n", COLUMNS.join(",")).into_bytes(),
            Format::Arrow => arrow::schema(&COLUMNS.map(|column| (column, kind(column)))),
        }
    }

    /// So many rows are written at a time: a batch of columns is worth its metadata.
    fn rows_at_once(self) -> usize {
        match self {
            Format::Json | Format::Csv => ROWS,
            Format::Arrow => PART,
        }
    }

    /// Some rows; between those of JSON stands a comma.
    fn rows(self, answers: &[Answered], are_first: bool) -> anyhow::Result<Vec<u8>> {
        let values = answers.iter().map(FigureValue::from);
        match self {
            Format::Json => {
                let mut written = Vec::with_capacity(answers.len() * JSON_ROW);
                for (number, answered) in answers.iter().enumerate() {
                    if number > 0 || !are_first {
                        written.push(b',');
                    }
                    FigureValue::write(answered, &mut written);
                }
                Ok(written)
            }
            Format::Csv => {
                let mut file = csv::Writer::from_writer(vec![]);
                for value in values {
                    file.write_record(fields(value)).context("writing a line")?;
                }
                file.into_inner().context("writing lines")
            }
            Format::Arrow => Ok(arrow::batch(answers.len(), &columns(values.collect()))),
        }
    }

    /// What stands after the rows.
    fn closing(self) -> &'static [u8] {
        match self {
            Format::Json => b"]}",
            Format::Csv => b"",
            Format::Arrow => &arrow::END,
        }
    }
}

/// A value in the order of [`COLUMNS`]; what there is none of is empty.
fn fields(value: FigureValue) -> [String; 20] {
    let text = Option::<String>::unwrap_or_default;
    [
        value.indicator,
        value.unit,
        value.period,
        text(value.breakdown),
        value.measure,
        text(value.value),
        text(value.upper),
        text(value.of),
        text(value.absent),
        value.basis,
        text(value.computed),
        text(value.status),
        text(value.qualifier),
        text(value.source),
        harmless(&text(value.publisher)),
        value.coverage.present.to_string(),
        value.coverage.expected.to_string(),
        value.seq.map(|seq| seq.to_string()).unwrap_or_default(),
        text(value.recorded_at),
        value.synthetic.to_string(),
    ]
}

fn kind(column: &str) -> Kind {
    match column {
        "present" | "expected" => Kind::Count,
        "seq" => Kind::Seq,
        "synthetic" => Kind::Flag,
        _ => Kind::Text,
    }
}

/// Values by column, in the order of [`COLUMNS`].
fn columns(values: Vec<FigureValue>) -> [Column; 20] {
    let text = |of: fn(&FigureValue) -> &String| {
        Column::Texts(values.iter().map(|value| Some(of(value).clone())).collect())
    };
    let perhaps = |of: fn(&FigureValue) -> &Option<String>| {
        Column::Texts(values.iter().map(|value| of(value).clone()).collect())
    };
    let count = |of: fn(&FigureValue) -> u32| Column::Counts(values.iter().map(of).collect());
    [
        text(|value| &value.indicator),
        text(|value| &value.unit),
        text(|value| &value.period),
        perhaps(|value| &value.breakdown),
        text(|value| &value.measure),
        perhaps(|value| &value.value),
        perhaps(|value| &value.upper),
        perhaps(|value| &value.of),
        perhaps(|value| &value.absent),
        text(|value| &value.basis),
        perhaps(|value| &value.computed),
        perhaps(|value| &value.status),
        perhaps(|value| &value.qualifier),
        perhaps(|value| &value.source),
        perhaps(|value| &value.publisher),
        count(|value| value.coverage.present),
        count(|value| value.coverage.expected),
        Column::Seqs(values.iter().map(|value| value.seq).collect()),
        perhaps(|value| &value.recorded_at),
        Column::Flags(values.iter().map(|value| value.synthetic).collect()),
    ]
}

/// Answers a query: at once when it is of the usual size, otherwise while it is read.
pub async fn answer(
    app: &App,
    ministry: Arc<Ministry>,
    mut query: Query,
    format: Format,
    caller: &Caller,
) -> Answer<Response> {
    let blind = Arc::new(Blind::asked(app, caller, query.source).await?);
    let most = if query.cells() > WHOLE { PART } else { WHOLE };
    let mut parts = ask::parts(&query, most).into_iter();
    if parts.len() > 1 {
        // All parts are answered at one place in the record.
        query.as_of = app.book.hold(&app.store, &ministry, &query).await?;
    }
    let first = parts.next().context("a query names at least one cell")?.of(&query);
    let (seq, first) = app.book.answer(&app.store, &ministry, first).await?;
    let first = blind.all_seen(first);
    let body = if parts.len() == 0 {
        let mut whole = format.opening(seq);
        whole.extend(format.rows(&first, true)?);
        whole.extend(format.closing());
        Body::from(whole)
    } else {
        let (app, query) = (app.clone(), Arc::new(query));
        let later = futures::stream::iter(parts).then(move |part| {
            let (app, ministry, part) = (app.clone(), ministry.clone(), part.of(&query));
            let blind = blind.clone();
            async move { Ok(blind.all_seen(app.book.answer(&app.store, &ministry, part).await?.1)) }
        });
        let answers = futures::stream::once(async { Ok(first) }).chain(later);
        streamed(written(answers, format, seq), PATIENCE)
    };
    let headers =
        [(header::CONTENT_TYPE, format.content_type()), (QUANTRAC_SEQ, HeaderValue::from(seq.0))];
    Ok((headers, body).into_response())
}

/// Parts of an answer, as bytes.
fn written(
    answers: impl Stream<Item = anyhow::Result<Vec<Answered>>>,
    format: Format,
    seq: Seq,
) -> impl Stream<Item = anyhow::Result<Bytes>> {
    let rows = answers.enumerate().flat_map(move |(number, answers)| match answers {
        Err(error) => futures::stream::iter([Err(error)]).left_stream(),
        Ok(part) => {
            let starts = futures::stream::iter((0..part.len()).step_by(format.rows_at_once()));
            let rows = move |from| {
                let rows = &part[from..part.len().min(from + format.rows_at_once())];
                Ok(Bytes::from(format.rows(rows, number == 0 && from == 0)?))
            };
            starts.map(rows).right_stream()
        }
    });
    let opening = futures::stream::iter([Ok(Bytes::from(format.opening(seq)))]);
    let closing = futures::stream::iter([Ok(Bytes::from_static(format.closing()))]);
    opening.chain(rows).chain(closing)
}

/// A body that is made while it is read. What makes it is dropped when its reader is gone or takes nothing for so long.
fn streamed(
    pieces: impl Stream<Item = anyhow::Result<Bytes>> + Send + 'static,
    patience: Duration,
) -> Body {
    let (to, from) = mpsc::channel(1);
    tokio::spawn(async move {
        if let Err(error) = deliver(pieces, to, patience).await {
            tracing::warn!("an answer broke off: {error:#}");
        }
    });
    Body::from_stream(received(from))
}

/// Hands over the pieces, and at last that these are all.
async fn deliver(
    pieces: impl Stream<Item = anyhow::Result<Bytes>>,
    to: Sender<Option<Bytes>>,
    patience: Duration,
) -> anyhow::Result<()> {
    let mut pieces = std::pin::pin!(pieces);
    loop {
        let piece = pieces.next().await.transpose()?;
        let is_last = piece.is_none();
        let handed = tokio::time::timeout(patience, to.send(piece)).await;
        match handed.context("its reader takes nothing")? {
            Ok(()) if !is_last => {}
            // It was read to its end, or the reader is gone.
            Ok(()) | Err(_) => return Ok(()),
        }
    }
}

/// What was handed over; when it ends without having said so, an error.
fn received(from: Receiver<Option<Bytes>>) -> impl Stream<Item = std::io::Result<Bytes>> {
    futures::stream::unfold(Some(from), |from| async {
        let mut from = from?;
        match from.recv().await {
            Some(Some(piece)) => Some((Ok(piece), Some(from))),
            Some(None) => None,
            None => Some((Err(std::io::Error::other("the answer broke off")), None)),
        }
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use model::{
        Absence, Basis, Breakdown, Cell, Coverage, Decimal, Figure, IndicatorCode, Measure, Period,
        Qualifier, Source, Status, UnitCode,
    };

    use super::*;

    #[test]
    fn the_format_is_the_one_that_is_accepted_most() {
        for (accept, format) in [
            ("", Some(Format::Json)),
            ("*/*", Some(Format::Json)),
            ("application/json", Some(Format::Json)),
            ("text/csv", Some(Format::Csv)),
            ("Text/CSV; header=present", Some(Format::Csv)),
            ("text/html, application/json;q=0.5, text/csv;q=0.75", Some(Format::Csv)),
            ("text/csv;q=0.5, */*;q=0.1", Some(Format::Csv)),
            ("application/json, text/csv", Some(Format::Json)),
            ("text/csv;q=0, application/json;q=0.1", Some(Format::Json)),
            ("text/html", None),
            ("application/vnd.apache.arrow.stream", Some(Format::Arrow)),
            ("application/vnd.apache.parquet", None),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]);
            assert_eq!(Format::accepted(&headers), format, "{accept}");
        }
        assert_eq!(Format::accepted(&HeaderMap::new()), Some(Format::Json));
    }

    /// Three pieces and then a failure, if it is to fail; whoever drops them is noticed.
    fn pieces(fails: bool) -> (impl Stream<Item = anyhow::Result<Bytes>>, Arc<()>) {
        let held = Arc::new(());
        let of = held.clone();
        let failure = fails.then(|| Err(anyhow::anyhow!("the record is away")));
        let three = [b"1", b"2", b"3"].map(|piece| Ok(Bytes::from_static(piece)));
        let pieces = futures::stream::iter(three.into_iter().chain(failure));
        let pieces = pieces.inspect(move |_| {
            let _held_by_this = &of;
        });
        (pieces, held)
    }

    async fn read(from: Receiver<Option<Bytes>>) -> String {
        let pieces = received(from).map(|piece| match piece {
            Ok(piece) => String::from_utf8(piece.to_vec()).unwrap(),
            Err(error) => format!(" {error}"),
        });
        pieces.collect().await
    }

    #[tokio::test]
    async fn an_answer_is_whole_or_breaks_off() {
        for (fails, text) in [(false, "123"), (true, "123 the answer broke off")] {
            let (to, from) = mpsc::channel(1);
            let (pieces, held) = pieces(fails);
            let (delivered, text_read) =
                tokio::join!(deliver(pieces, to, Duration::from_secs(60)), read(from));
            assert_eq!((delivered.is_err(), text_read.as_str()), (fails, text));
            assert_eq!(Arc::strong_count(&held), 1);
        }
    }

    #[tokio::test]
    async fn a_reader_who_takes_nothing_holds_nothing() {
        let (to, from) = mpsc::channel(1);
        let (pieces, held) = pieces(false);
        assert!(deliver(pieces, to, Duration::from_millis(1)).await.is_err());
        assert_eq!(Arc::strong_count(&held), 1);
        assert_eq!(read(from).await, "1 the answer broke off");
    }

    #[tokio::test]
    async fn a_reader_who_is_gone_holds_nothing() {
        let (to, from) = mpsc::channel(1);
        let (pieces, held) = pieces(false);
        drop(from);
        assert!(deliver(pieces, to, Duration::from_secs(60)).await.is_ok());
        assert_eq!(Arc::strong_count(&held), 1);
    }

    /// What is written by hand is what the description says.
    #[test]
    fn a_row_of_json_is_as_serde_writes_it() {
        let decimal = |text: &str| Decimal::parse(text).unwrap();
        let least = Answered {
            cell: Cell {
                indicator: IndicatorCode::parse("BC.DOANHTHU").unwrap(),
                unit: UnitCode::parse("24@2025-07").unwrap(),
                period: Period::parse("2024-06~adm").unwrap(),
                breakdown: Breakdown::TOTAL,
                measure: Measure::Level,
            },
            figure: Figure::Absent(Absence::NothingRecorded),
            basis: Basis::Stated,
            computed: None,
            of: None,
            status: None,
            qualifier: None,
            source: None,
            publisher: None,
            coverage: Coverage { present: 0, expected: 63 },
            measured_share: None,
            seq: Seq(0),
            recorded_at: None,
            synthetic: false,
        };
        let most = Answered {
            cell: Cell {
                period: Period::parse("2020-02-01/2020-05-31").unwrap(),
                breakdown: Breakdown::parse("AGE=Y15T24,SEX=F").unwrap(),
                measure: Measure::parse("count_ge:30.5").unwrap(),
                ..least.cell.clone()
            },
            figure: Figure::Range { low: decimal("-700.50"), high: decimal("0.001") },
            basis: Basis::Computed,
            computed: Some(decimal("-0.05")),
            of: Some(decimal("63")),
            status: Some(Status::Estimated),
            qualifier: Some(Qualifier::AtLeast),
            source: Some(Source::Published),
            publisher: Some("Tổng cục \"Thống kê\"\n\\".into()),
            seq: Seq(u64::MAX),
            recorded_at: Some(Timestamp::from_microsecond(1_722_819_600_000_006).unwrap()),
            synthetic: true,
            ..least.clone()
        };
        let number = |text| Answered { figure: Figure::Number(decimal(text)), ..most.clone() };
        let answers =
            [least, most.clone(), number("0"), number("-12"), number("999999999999999999")];
        let written = Format::Json.rows(&answers, true).unwrap();
        let values: Vec<FigureValue> = answers.iter().map(FigureValue::from).collect();
        let by_serde = serde_json::to_string(&values).unwrap();
        assert_eq!(format!("[{}]", String::from_utf8(written).unwrap()), by_serde);
    }
}
