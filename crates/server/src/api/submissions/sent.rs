//! After sending: the number of the document and the scans of it, where the figures of a form are used, and its place
//! among its peers.
//!
//! What was sent stays as it is. A number that is given anew and a scan that is attached later stand beside the earlier.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use document::reviews::{REVIEWS, review};
use document::{Context, Lang, questions};
use jiff::civil::Date;
use model::indicator::OverTime;
use model::{
    Breakdown, Cell, Decimal, Indicator, IndicatorCode, Measure, Period, Query, Seq, SourceChoice,
    Tree, Unit, UnitCode, text,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Event, NewEvent, NewScan, Scan};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::paper::{DocumentNumber, ScanKind};
use workflow::{Column, Language, Permission, RowKey, SectionId, may};

use super::paper::{NUMBERED, numbered};
use super::{may_see, moves_of, submission_id};
use crate::api::{Endpoints, Needs, codes};
use crate::auth::Caller;
use crate::clock::{local_date, rfc3339 as show};
use crate::forms::{self, OpenForm};
use crate::http::{Params, Sent, SentJson, written};
use crate::problem::{Answer, Problem};
use crate::state::App;
use crate::words::Message;

/// The most bytes of a scan: some forty pages as offices scan them.
const LARGEST: usize = 10 << 20;
/// The most scans of one form.
const MOST_SCANS: usize = 20;
/// The most characters kept of a file's name.
const LONGEST_NAME: usize = 120;
/// So many peers that share a place are named.
const NAMED: usize = 3;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    let see: &[&str] = &["see_draft", "see_signed"];
    let keep: &[&str] = &["keep_paper"];
    endpoints
        .add(Needs::ByContent(see), routes!(sent))
        .add(Needs::ByContent(keep), routes!(number))
        .add_large(Needs::ByContent(keep), LARGEST, routes!(attach))
        .add(Needs::ByContent(see), routes!(scan))
}

/// What follows when a form has been sent.
#[derive(Debug, Serialize, ToSchema)]
struct AfterSending {
    /// When the last section was signed; null while any is not.
    sent_at: Option<String>,
    /// Who signed it.
    sent_by: Option<String>,
    /// Whether the caller may number it and attach scans now.
    can_keep_paper: bool,
    /// The number and date that the body gave it, the last one first.
    documents: Vec<GivenNumber>,
    /// The scans of the signed paper, the last one first.
    scans: Vec<ScanBody>,
    /// The form of the next period; null where there is none.
    next: Option<NextForm>,
    /// The reports that contain figures of this form.
    reports: Vec<UsedInReport>,
    /// The boards that do, from the unit's own to the widest.
    boards: Vec<UsedOnBoard>,
    /// The indicators that are computed from figures of this form.
    computed: Vec<UsedInIndicator>,
    /// The place of each number among those of the same kind of unit.
    places: Vec<PlaceAmong>,
}

/// Số, ký hiệu and date as they were given.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct GivenNumber {
    #[schema(example = "15/BC-STTTT")]
    number: String,
    #[schema(example = "2024-08-08")]
    date: String,
    by: String,
    at: String,
}

/// A scan of the signed paper.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct ScanBody {
    id: i64,
    name: String,
    /// As its content says.
    #[schema(value_type = codes::ScanKind)]
    kind: String,
    size_bytes: u64,
    sha256: String,
    by: String,
    at: String,
}

/// The form of the next period.
#[derive(Debug, Serialize, ToSchema)]
struct NextForm {
    period: String,
    due: String,
}

/// A report with figures of a form.
#[derive(Debug, Serialize, ToSchema)]
struct UsedInReport {
    #[schema(example = "2024-S1")]
    id: &'static str,
    title_vi: &'static str,
    title_en: &'static str,
    /// The rows that it contains.
    rows: Vec<String>,
}

/// A board with figures of a form.
#[derive(Debug, Serialize, ToSchema)]
struct UsedOnBoard {
    unit: String,
    unit_name_vi: String,
    unit_name_en: String,
}

/// An indicator that is computed from rows of a form.
#[derive(Debug, Serialize, ToSchema)]
struct UsedInIndicator {
    indicator: String,
    name_vi: String,
    name_en: String,
    rows: Vec<String>,
}

/// Where a number stands among those of its peers; equal numbers share a place.
#[derive(Debug, Serialize, ToSchema)]
struct PlaceAmong {
    #[schema(example = "BC/BC.DOANHTHU")]
    row: String,
    value: String,
    rank: u32,
    /// Of so many that have a figure.
    of: u32,
    /// Of so many that are to have one.
    expected: u32,
    /// Which direction is good: the least number is first where that is down.
    #[schema(value_type = codes::Good)]
    good: &'static str,
    /// Those with the same number.
    tied: PeersAt,
    /// Those just before it; null for the first.
    above: Option<PeersAt>,
    /// Those just after it; null for the last.
    below: Option<PeersAt>,
}

/// Peers that share a place.
#[derive(Debug, Serialize, ToSchema)]
struct PeersAt {
    rank: u32,
    value: String,
    /// How many.
    count: u32,
    /// The first of them.
    units: Vec<NamedUnit>,
}

/// A unit by its names.
#[derive(Debug, Serialize, ToSchema)]
struct NamedUnit {
    code: String,
    name_vi: String,
    name_en: String,
}

/// What follows when a form has been sent: its paper, where its figures are used, and its place among its peers.
#[utoipa::path(get, operation_id = "after_sending", path = "/submissions/{id}/sent", tag = "submissions", params(("id" = String, Path)), responses((status = 200, body = AfterSending)))]
async fn sent(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Json<AfterSending>> {
    let id = submission_id(&id)?;
    let form = OpenForm::read(&app, id).await?.ok_or(Message::NotFound)?;
    let visible = may_see(&caller, &form.submission, &form.template)?;
    let moves = moves_of(&app, id).await?;
    let scans = app.store.read().await?.scans(id).await?;
    let at = forms::signed_at(&form.submission, &moves);
    let by = moves.iter().rev().find(|event| event.what.kind == "section_sign");
    let keeps = Permission::KeepPaper { body: form.body.code.clone() };
    let rows = signed_rows(&form, &visible);
    Ok(Json(AfterSending {
        sent_at: at.map(show),
        sent_by: at.and(by).and_then(|event| event.actor_name.clone()),
        can_keep_paper: is_signed(&form) && may(caller.actor()?, &keeps).is_ok(),
        documents: moves.iter().rev().filter_map(given).collect(),
        scans: scans.into_iter().map(scan_body).collect(),
        next: next(&form),
        reports: reports(&form, &rows),
        boards: boards(&form),
        computed: computed_from(&form, &rows),
        places: places(&app, &form, &rows).await?,
    }))
}

/// Whether any of it has been signed, and so left the body.
fn is_signed(form: &OpenForm) -> bool {
    form.submission.sections.iter().any(|section| section.state.is_signed())
}

fn given(event: &Event) -> Option<GivenNumber> {
    let (DocumentNumber { number, date }, event) = numbered(std::slice::from_ref(event))?;
    let by = event.actor_name.clone().unwrap_or_default();
    Some(GivenNumber { number, date: date.to_string(), by, at: show(event.at) })
}

fn scan_body(scan: Scan) -> ScanBody {
    let Scan { id, name, kind, size, sha256, by_name, at } = scan;
    ScanBody { id, name, kind, size_bytes: size, sha256, by: by_name, at: show(at) }
}

fn next(form: &OpenForm) -> Option<NextForm> {
    let period = form.submission.period.next()?;
    let template = form.ministry.template_on(form.template.code.as_str(), period.end())?;
    let unit = form.ministry.units.get(form.body.unit.as_str())?;
    template.is_assigned_to(unit, &form.ministry.units, period.end()).then(|| NextForm {
        period: period.to_string(),
        due: show(template.due(period, forms::holidays())),
    })
}

/// The rows of the signed sections that the caller sees, with the periods that their numbers are of.
fn signed_rows(form: &OpenForm, visible: &[SectionId]) -> Vec<(RowKey, Vec<Period>)> {
    let of = &form.submission;
    let is_seen = |id: &SectionId| {
        visible.contains(id) && of.state(id.as_str()).is_some_and(workflow::State::is_signed)
    };
    let sections = form.template.sections.iter().filter(|section| is_seen(&section.id));
    let rows = sections.flat_map(|section| section.rows().iter().map(move |row| (section, row)));
    rows.filter_map(|(section, row)| {
        let key = section.row_key(row);
        let is_number = |column: &&Column| {
            workflow::form::number(&form.saved.cells, &key.cell(**column)).is_some()
        };
        let columns = row.columns().iter().filter(is_number);
        let periods: Vec<Period> = columns.filter_map(|column| column.period(of.period)).collect();
        (!periods.is_empty()).then_some((key, periods))
    })
    .collect()
}

/// The reports that ask for a figure in which one of these is.
fn reports(form: &OpenForm, rows: &[(RowKey, Vec<Period>)]) -> Vec<UsedInReport> {
    let ministry = &form.ministry;
    let context = Context { catalogue: &ministry.catalogue, units: &ministry.units };
    let mut used = vec![];
    for report in REVIEWS {
        let Some(document) = review(report.id, context, Lang::Vi) else { continue };
        let asked: Vec<Cell> = questions(&document).into_iter().map(|(cell, _)| cell).collect();
        let is_in = |(row, periods): &&(RowKey, Vec<Period>)| {
            asked.iter().any(|cell| {
                let parts = ministry.catalogue.with_parts([&cell.indicator]);
                parts.contains(&row.indicator)
                    && cell.breakdown == row.breakdown
                    && periods.iter().any(|period| is_within(form, row, *period, cell))
            })
        };
        let rows: Vec<String> = rows.iter().filter(is_in).map(|(row, _)| row.to_string()).collect();
        if !rows.is_empty() {
            let (title_vi, title_en) = (report.title_vi, report.title_en);
            used.push(UsedInReport { id: report.id, title_vi, title_en, rows });
        }
    }
    used
}

/// Whether the figure of the form's unit for a period is part of what a cell asks for.
fn is_within(form: &OpenForm, row: &RowKey, period: Period, cell: &Cell) -> bool {
    let unit = &form.body.unit;
    let over_time = form.ministry.catalogue.get(row.indicator.as_str()).map(|one| one.over_time);
    let first = match cell.measure {
        Measure::YearToDate | Measure::ShareOfPlan => {
            cell.period.whole_year().map_or(cell.period.start(), Period::start)
        }
        _ => cell.period.start(),
    };
    let in_time = cell.period.calendar() == period.calendar()
        && match over_time {
            Some(OverTime::Last) => period.end() == cell.period.end(),
            Some(OverTime::Sum | OverTime::Max) => {
                first <= period.start() && period.end() <= cell.period.end()
            }
            Some(OverTime::None) | None => period == cell.period,
        };
    in_time && holds(form, &cell.unit, unit, period.end())
}

/// Whether a unit is another, or lies in it on a day.
fn holds(form: &OpenForm, whole: &UnitCode, unit: &UnitCode, day: Date) -> bool {
    let below = || form.ministry.units.below(whole.as_str(), day, &|one| one.code == *unit);
    whole == unit || !below().is_empty()
}

/// The boards of the form's unit and of all that are above it.
fn boards(form: &OpenForm) -> Vec<UsedOnBoard> {
    let (units, day) = (&form.ministry.units, form.submission.period.end());
    let own = units.get(form.body.unit.as_str());
    std::iter::successors(own, |unit| units.parent(unit, day))
        .map(|unit| UsedOnBoard {
            unit: unit.code.to_string(),
            unit_name_vi: unit.name_vi.clone(),
            unit_name_en: unit.name_en.clone(),
        })
        .collect()
}

fn computed_from(form: &OpenForm, rows: &[(RowKey, Vec<Period>)]) -> Vec<UsedInIndicator> {
    let part_of = |indicator: &Indicator| {
        let ratio = indicator.ratio.as_ref()?;
        let is_part = |(row, _): &&(RowKey, Vec<Period>)| {
            [&ratio.numerator, &ratio.denominator].contains(&&row.indicator)
        };
        let rows: Vec<String> =
            rows.iter().filter(is_part).map(|(row, _)| row.to_string()).collect();
        (!rows.is_empty()).then(|| UsedInIndicator {
            indicator: indicator.code.to_string(),
            name_vi: indicator.name_vi.clone(),
            name_en: indicator.name_en.clone(),
            rows,
        })
    };
    form.ministry.catalogue.iter().filter_map(part_of).collect()
}

/// The place of each number of this period among what others of its kind have reported.
async fn places(
    app: &App,
    form: &OpenForm,
    rows: &[(RowKey, Vec<Period>)],
) -> Answer<Vec<PlaceAmong>> {
    let (ministry, period) = (&form.ministry, form.submission.period);
    let Some(own) = ministry.units.get(form.body.unit.as_str()) else { return Ok(vec![]) };
    let is_peer = |unit: &&Unit| unit.kind == own.kind && unit.validity.holds_on(period.end());
    let peers: Vec<UnitCode> =
        ministry.units.iter().filter(is_peer).map(|unit| unit.code.clone()).collect();
    if peers.len() < 2 {
        return Ok(vec![]);
    }
    let mut asked: BTreeMap<Breakdown, BTreeSet<IndicatorCode>> = BTreeMap::new();
    for (row, _) in rows.iter().filter(|(_, periods)| periods.contains(&period)) {
        asked.entry(row.breakdown.clone()).or_default().insert(row.indicator.clone());
    }
    let queries = asked.into_iter().map(|(breakdown, indicators)| Query {
        indicators: indicators.into_iter().collect(),
        units: peers.clone(),
        periods: vec![period],
        breakdowns: vec![breakdown],
        measures: vec![Measure::Level, Measure::Rank],
        source: SourceChoice::Reported,
        tree: Tree::Own,
        as_of: Seq::LATEST,
    });
    let (_, answers) = app.book.answer_all(&app.store, ministry, queries.collect()).await?;
    let mut leagues: HashMap<(IndicatorCode, Breakdown), League> = HashMap::new();
    for answered in answers.into_iter().flatten() {
        let Some(number) = answered.figure.number() else { continue };
        let key = (answered.cell.indicator.clone(), answered.cell.breakdown.clone());
        let league = leagues.entry(key).or_default();
        let peer = league.peers.entry(answered.cell.unit.clone()).or_default();
        match answered.cell.measure {
            Measure::Rank => {
                peer.rank = u32::try_from(number.mantissa()).unwrap_or_default();
                league.coverage = (answered.coverage.present, answered.coverage.expected);
            }
            _ => peer.value = Some(number),
        }
    }
    let place = |(row, _): &(RowKey, Vec<Period>)| {
        let league = leagues.get(&(row.indicator.clone(), row.breakdown.clone()))?;
        let mine = *league.peers.get(&own.code)?;
        let indicator = ministry.catalogue.get(row.indicator.as_str())?;
        let at = |rank: Option<u32>| league.at(rank?, &own.code, form);
        let (above, below) = league.beside(mine.rank);
        Some(PlaceAmong {
            row: row.to_string(),
            value: mine.value?.to_string(),
            rank: Some(mine.rank).filter(|rank| *rank > 0)?,
            of: league.coverage.0,
            expected: league.coverage.1,
            good: indicator.good.code(),
            tied: league.at(mine.rank, &own.code, form)?,
            above: at(above),
            below: at(below),
        })
    };
    Ok(rows.iter().filter_map(place).collect())
}

/// The peers of one indicator.
#[derive(Default)]
struct League {
    peers: BTreeMap<UnitCode, Peer>,
    /// How many have a figure, of how many.
    coverage: (u32, u32),
}

#[derive(Clone, Copy, Default)]
struct Peer {
    /// From 1; 0 where there is none.
    rank: u32,
    value: Option<Decimal>,
}

impl League {
    /// The places just before and just after one.
    fn beside(&self, rank: u32) -> (Option<u32>, Option<u32>) {
        let ranks = || self.peers.values().map(|peer| peer.rank).filter(|rank| *rank > 0);
        (ranks().filter(|other| *other < rank).max(), ranks().filter(|other| *other > rank).min())
    }

    /// Who else is at a place, by name.
    fn at(&self, rank: u32, own: &UnitCode, form: &OpenForm) -> Option<PeersAt> {
        let here = || self.peers.iter().filter(|(_, peer)| peer.rank == rank);
        let value = here().find_map(|(_, peer)| peer.value)?.to_string();
        let named = |code: &UnitCode| {
            let unit = form.ministry.units.get(code.as_str())?;
            Some(NamedUnit {
                code: unit.code.to_string(),
                name_vi: unit.name_vi.clone(),
                name_en: unit.name_en.clone(),
            })
        };
        let others: Vec<&UnitCode> =
            here().map(|(code, _)| code).filter(|code| *code != own).collect();
        let units = others.iter().filter_map(|code| named(code)).take(NAMED).collect();
        Some(PeersAt { rank, value, count: others.len() as u32, units })
    }
}

/// Số, ký hiệu and date.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewNumber {
    #[schema(example = "15/BC-STTTT")]
    number: String,
    #[schema(example = "2024-08-08")]
    date: String,
}

/// Numbers the document of a form that was signed; a later number stands beside the earlier.
#[utoipa::path(put, operation_id = "number_document", path = "/submissions/{id}/document", tag = "submissions", params(("id" = String, Path)), request_body = NewNumber,
    responses((status = 200, body = GivenNumber), (status = 409, description = "Nothing of it has been signed: `not_sent`"),
        (status = 422, description = "Not a number, or not such a day; `at.column` says which: `bad_document_number`, `date_ahead`, `date_before_period`; or `idempotency_key_reused`")))]
async fn number(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: SentJson<NewNumber>,
) -> Answer<Response> {
    let id = submission_id(&id)?;
    let form = OpenForm::alone(&app, id).await?.ok_or(Message::NotFound)?;
    may_keep_paper(&caller, &form)?;
    let date: Date = sent.value.date.parse().map_err(|_| {
        let value = sent.value.date.chars().take(40).collect();
        let bad = Message::BadParameter { name: "date", value, expected: "2024-08-08" };
        Problem::from(bad).in_column("date")
    })?;
    let today = local_date(app.now());
    let document = DocumentNumber::read(&sent.value.number, date, form.submission.period, today)
        .map_err(|bad| {
            let message = Message::said(422, bad.code(), |language| bad.message(language));
            Problem::from(message).in_column(bad.field())
        })?;
    let actor = caller.actor()?.clone();
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let form = form.again(tx).await?;
                check_signed(&form)?;
                let DocumentNumber { number, date } = document;
                let day = |lang| document::period::date(date, lang);
                let label_vi = format!("số {number} ngày {}", day(Lang::Vi));
                let label_en = format!("no. {number} of {}", day(Lang::En));
                let detail = json!({
                    "number": number, "date": date.to_string(),
                    "label_vi": label_vi, "label_en": label_en,
                });
                record(tx, &form, NUMBERED, &actor, detail).await?;
                let at = show(tx.now());
                Ok(GivenNumber { number, date: date.to_string(), by: actor.name, at })
            })
        })
        .await?;
    Ok(written(StatusCode::OK, done))
}

/// What the sender calls the file.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct AttachParams {
    /// The name of the file; shown, and otherwise not relied on.
    name: String,
}

/// A file of any kind.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "the description of a file")]
struct ScannedPaper(Vec<u8>);

/// Attaches a scan of the signed paper: a PDF document or a JPEG or PNG picture, by its content, of at most 10 MiB.
#[utoipa::path(post, operation_id = "attach_scan", path = "/submissions/{id}/scans", tag = "submissions", params(("id" = String, Path), AttachParams),
    request_body(content = ScannedPaper, content_type = "application/octet-stream"),
    responses((status = 201, body = ScanBody),
        (status = 409, description = "Nothing of it has been signed, the same file is attached already, or there are 20: `not_sent`, `already_attached`, `too_many_scans`"),
        (status = 422, description = "Not such a file, or one that was cut off: `not_a_scan`, `scan_damaged`; or `idempotency_key_reused`")))]
async fn attach(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(asked): Params<AttachParams>,
    sent: Sent,
) -> Answer<Response> {
    let id = submission_id(&id)?;
    let form = OpenForm::alone(&app, id).await?.ok_or(Message::NotFound)?;
    may_keep_paper(&caller, &form)?;
    let kind = ScanKind::of(&sent.bytes).ok_or_else(|| {
        Problem::from(said(
            422,
            "not_a_scan",
            "Tệp này không phải là PDF, JPEG hay PNG. Hãy quét văn bản thành một trong ba loại đó.",
            "This file is not a PDF, JPEG or PNG. Scan the paper as one of these.",
        ))
    })?;
    if !kind.is_whole(&sent.bytes) {
        return Err(said(
            422,
            "scan_damaged",
            "Tệp bị thiếu phần cuối. Hãy quét hoặc chép lại.",
            "The end of the file is missing. Scan or copy it again.",
        )
        .into());
    }
    let name = file_name(&asked.name).unwrap_or_else(|| format!("ban-ky.{}", kind.extension()));
    let actor = caller.actor()?.clone();
    let scan = NewScan {
        submission: id,
        name,
        kind: kind.media_type(),
        content: sent.bytes.to_vec(),
        by: actor.person,
    };
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let form = form.again(tx).await?;
                check_signed(&form)?;
                let there = tx.scans(id).await?;
                let sha256 = scan.sha256();
                if there.iter().any(|other| other.sha256 == sha256) {
                    let (vi, en) = ("Tệp này đã được đính kèm.", "This file is attached already.");
                    return Err(said(409, "already_attached", vi, en).into());
                }
                if there.len() >= MOST_SCANS {
                    return Err(Message::said(409, "too_many_scans", |language| {
                        language.pick(
                            format!("Mỗi biểu đính kèm được tối đa {MOST_SCANS} bản ký."),
                            format!("A form takes at most {MOST_SCANS} scans."),
                        )
                    })
                    .into());
                }
                let number = tx.add_scan(&scan).await?;
                let detail = json!({"name": scan.name, "sha256": sha256});
                record(tx, &form, "scan_attached", &actor, detail).await?;
                let added = tx.scans(id).await?.into_iter().find(|one| one.id == number);
                Ok(scan_body(added.ok_or(Message::NotFound)?))
            })
        })
        .await?;
    Ok(written(StatusCode::CREATED, done))
}

/// A scan as it was attached: to be saved, never to be opened in the place of a page.
#[utoipa::path(get, operation_id = "scan", path = "/submissions/{id}/scans/{scan}", tag = "submissions", params(("id" = String, Path), ("scan" = i64, Path)),
    responses((status = 200, content((ScannedPaper = "application/pdf"), (ScannedPaper = "image/jpeg"), (ScannedPaper = "image/png")), description = "The bytes that were attached, under the media type that they have")))]
async fn scan(
    State(app): State<App>,
    caller: Caller,
    Path((id, scan)): Path<(String, i64)>,
) -> Answer<Response> {
    let id = submission_id(&id)?;
    let form = OpenForm::alone(&app, id).await?.ok_or(Message::NotFound)?;
    may_see(&caller, &form.submission, &form.template)?;
    let found = app.store.read().await?.scan_content(id, scan).await?;
    let (kind, bytes) = found.ok_or(Message::NotFound)?;
    let extension = ScanKind::of(&bytes).map_or("bin", ScanKind::extension);
    let disposition = format!("attachment; filename=\"ban-ky-{id}-{scan}.{extension}\"");
    let text = |text: &str| HeaderValue::from_str(text).map_err(anyhow::Error::from);
    let headers: [(HeaderName, HeaderValue); 4] = [
        (header::CONTENT_TYPE, text(&kind)?),
        (header::CONTENT_DISPOSITION, text(&disposition)?),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("same-origin"),
        ),
    ];
    Ok((headers, bytes).into_response())
}

/// Whoever may not know of the form hears nothing of it; whoever may, and is not of the body, that they may not.
fn may_keep_paper(caller: &Caller, form: &OpenForm) -> Answer<()> {
    may_see(caller, &form.submission, &form.template)?;
    caller.may(&Permission::KeepPaper { body: form.body.code.clone() })
}

fn check_signed(form: &OpenForm) -> Answer<()> {
    match is_signed(form) {
        true => Ok(()),
        false => Err(said(
            409,
            "not_sent",
            "Biểu chưa ký và gửi nên chưa có văn bản.",
            "The form has not been signed and sent, so there is no document yet.",
        )
        .into()),
    }
}

async fn record(
    tx: &mut store::Tx,
    form: &OpenForm,
    kind: &str,
    actor: &workflow::Actor,
    detail: serde_json::Value,
) -> Answer<()> {
    tx.event(NewEvent {
        kind: kind.to_owned(),
        actor: Some(actor.person),
        body: Some(form.body.code.clone()),
        submission: Some(form.submission.id),
        period: Some(form.submission.period),
        detail,
        ..NewEvent::default()
    })
    .await?;
    Ok(())
}

fn said(status: u16, code: &'static str, vi: &'static str, en: &'static str) -> Message {
    Message::said(status, code, |language: Language| language.pick(vi, en).to_owned())
}

/// The last part of a file's name, without what is not shown; `None` for nothing.
fn file_name(sent: &str) -> Option<String> {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = text::normalised(last).chars().filter(|c| !c.is_control()).collect();
    let short: String = shown.chars().take(LONGEST_NAME).collect();
    Some(short.trim().to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_beside_one_skip_over_those_that_share_it() {
        let peer = |rank| Peer { rank, value: None };
        let units = ["01", "04", "48", "52", "79", "92"];
        let ranks = [1, 2, 2, 4, 0, 5];
        let peers = units
            .iter()
            .zip(ranks)
            .map(|(code, rank)| (UnitCode::parse(code).expect("a code"), peer(rank)));
        let league = League { peers: peers.collect(), coverage: (5, 6) };
        for (rank, expected) in [
            (1, (None, Some(2))),
            (2, (Some(1), Some(4))),
            (4, (Some(2), Some(5))),
            (5, (Some(4), None)),
        ] {
            assert_eq!(league.beside(rank), expected, "{rank}");
        }
    }

    #[test]
    fn a_files_name_is_shown_without_where_it_lay() {
        for (sent, expected) in [
            ("C:\\Users\\a\\Báo cáo.pdf", Some("Báo cáo.pdf")),
            ("../../etc/passwd", Some("passwd")),
            ("a\u{0}b\n.pdf", Some("ab .pdf")),
            (" ", None),
            ("", None),
        ] {
            assert_eq!(file_name(sent).as_deref(), expected, "{sent:?}");
        }
    }
}
