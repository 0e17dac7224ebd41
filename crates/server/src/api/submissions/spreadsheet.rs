//! A form as a spreadsheet: downloaded, filled in where officers already work, and uploaded under the rules of typing.
//!
//! A file says what stood in each cell when it was written, so an upload is what its officer changed: what they left
//! alone is left alone, and what somebody else changed meanwhile is shown to them and never written over unseen.

pub(super) mod book;
mod several;

pub(super) use book::label;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use document::workbook::{self, Altered, Content, Filled, Mapped, Returned, Unreadable};
use serde::{Deserialize, Serialize};
use store::{DraftCell, DraftValue, IdempotencyKey, SaveCell, SaveError, Written};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::check::Finding;
use workflow::entry::Misread;
use workflow::section::LONGEST_REASON;
use workflow::{CellKey, Language};

use super::{
    CellBody, CellEdit, cell_body, check_open, may_enter, may_see, read_value, stale_version,
    submission_id,
};
use crate::api::accounts::Spreadsheet;
use crate::api::{Endpoints, Needs, codes};
use crate::auth::Caller;
use crate::forms::OpenForm;
use crate::http::{Params, Sent, written};
use crate::problem::{Answer, FindingBody, Found, Place, Problem, ProblemBody};
use crate::state::App;
use crate::words::Message;

/// The most bytes of a filled form.
pub(super) const LARGEST: usize = 8 << 20;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    let by_content = Needs::ByContent(&["see_draft", "see_signed", "enter_cells"]);
    several::add(endpoints.add_large(by_content, LARGEST, routes!(download, upload)))
}

/// The form as a spreadsheet, with what is in it, to be filled in elsewhere.
#[utoipa::path(get, operation_id = "form_spreadsheet", path = "/submissions/{id}/form.xlsx", tag = "submissions", params(("id" = String, Path)),
    responses((status = 200, body = Spreadsheet, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", description = "The form, in the caller's language; what may not be changed is locked")))]
async fn download(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Response> {
    let form = OpenForm::read(&app, submission_id(&id)?).await?.ok_or(Message::NotFound)?;
    let visible = may_see(&caller, &form.submission, &form.template)?;
    file(&app, &caller, &form, &visible).await
}

/// The file of a form with these sections of it.
pub async fn file(
    app: &App,
    caller: &Caller,
    form: &OpenForm,
    visible: &[workflow::SectionId],
) -> Answer<Response> {
    let scope = book::Scope::of(form, visible, caller.actor()?);
    let submission = &form.submission;
    let name = format!("{}_{}_{}.xlsx", submission.template, submission.body, submission.period);
    file_of(app, form, &scope, caller.speaks(), &name).await
}

/// The file of what is in scope of a form, under a name.
pub(super) async fn file_of(
    app: &App,
    form: &OpenForm,
    scope: &book::Scope,
    language: Language,
    name: &str,
) -> Answer<Response> {
    let key = app.sealing_key().await?;
    let book = book::workbook(form, scope, language, key);
    sent_as(vec![book], name).await
}

/// The file of these forms, under a name.
async fn sent_as(books: Vec<workbook::Workbook>, name: &str) -> Answer<Response> {
    let bytes = tokio::task::spawn_blocking(move || workbook::write_all(&books))
        .await
        .map_err(anyhow::Error::from)?
        .map_err(anyhow::Error::from)?;
    let name = name.replace(['~', '/'], "-");
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .map_err(anyhow::Error::from)?;
    let kind = HeaderValue::from_static(workbook::MEDIA_TYPE);
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response())
}

/// How to take a filled form.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct UploadParams {
    /// true: answers what would change and what is wrong, and saves nothing
    dry_run: bool,
    /// What becomes of a cell that somebody else has changed since the download: `refuse` the file (the default), keep
    /// `theirs`, or save `mine`
    #[param(inline, value_type = Option<codes::Conflicts>)]
    conflicts: Option<String>,
    /// With `mine`: the `cursor` of the preview, so that what was changed after it is not written over unseen
    cursor: Option<i64>,
}

/// What becomes of cells that two people changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Conflicts {
    Refuse,
    Theirs,
    /// Where theirs was saved up to this cursor.
    Mine(i64),
}

impl UploadParams {
    fn conflicts(&self) -> Answer<Conflicts> {
        match self.conflicts.as_deref() {
            None | Some("refuse") => Ok(Conflicts::Refuse),
            Some("theirs") => Ok(Conflicts::Theirs),
            Some("mine") => Ok(Conflicts::Mine(self.cursor.unwrap_or(i64::MAX))),
            Some(other) => Err(Message::BadParameter {
                name: "conflicts",
                value: other.chars().take(40).collect(),
                expected: "refuse, theirs, mine",
            }
            .into()),
        }
    }
}

/// What a filled form changed, or would change.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FilledForm {
    dry_run: bool,
    /// Cell by cell, those first that somebody else has changed too.
    differences: Vec<Difference>,
    /// What cannot be taken as it stands in the file, with its sheet, row and column; then what is wrong or surprising in
    /// the form as it is with these differences.
    findings: Vec<FindingBody>,
    /// So many of the findings, the first of them, keep the file from being saved.
    blocking: u32,
    /// The cells that were saved; none when it was asked what would be.
    cells: Vec<CellBody>,
    /// Where the form stands.
    cursor: i64,
}

/// A cell that a filled form changes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct Difference {
    #[schema(example = "BC/BC.DOANHTHU/this")]
    cell: String,
    /// The row's name in the language of the caller.
    name: String,
    /// The sheet of the file; empty where it is no spreadsheet.
    sheet: String,
    /// The cell of the sheet; empty likewise.
    #[schema(example = "F12")]
    place: String,
    /// What stands in the form.
    old: SaidInCell,
    /// What the file says.
    new: SaidInCell,
    /// Somebody else has changed it since the file was downloaded: `old` is theirs.
    conflict: bool,
    /// The file holds a fraction and shows it as a percentage, 0.1723 as 17.23%: `new` is what it shows.
    #[serde(default)]
    #[schema(required)]
    percent: bool,
    /// Who saved what stands in the form.
    by: Option<String>,
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
struct SaidInCell {
    value: Option<String>,
    #[schema(value_type = Option<codes::StatedAbsence>)]
    absent: Option<String>,
    text: Option<String>,
    comment: Option<String>,
}

impl SaidInCell {
    fn new(value: &DraftValue, comment: Option<&str>) -> SaidInCell {
        let comment = comment.filter(|comment| !comment.is_empty()).map(str::to_owned);
        let nothing = SaidInCell { value: None, absent: None, text: None, comment };
        match value {
            DraftValue::Empty => nothing,
            DraftValue::Text(text) => SaidInCell { text: Some(text.clone()), ..nothing },
            DraftValue::Figure(figure) => SaidInCell {
                value: figure.shown().map(|number| number.to_string()),
                absent: figure.absence().map(|reason| reason.code().to_owned()),
                ..nothing
            },
        }
    }
}

/// The refusal of a file with cells that somebody else has changed since it was downloaded.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the description of a problem with members of its own")]
pub(super) struct StaleForm {
    #[serde(flatten)]
    problem: ProblemBody,
    /// Every cell that the file changes, with both values.
    differences: Vec<Difference>,
}

/// Takes a filled form: saves the cells that were changed in it, all or none, or answers what it would change.
#[utoipa::path(post, operation_id = "upload_form_spreadsheet", path = "/submissions/{id}/form.xlsx", tag = "submissions", params(("id" = String, Path), UploadParams),
    request_body(content = Spreadsheet, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    responses((status = 200, body = FilledForm),
        (status = 403, description = "A cell of another body or sector, named in `at`: `forbidden`"),
        (status = 412, body = StaleForm, description = "Somebody else has changed cells since the download: `stale_version`, with both values"),
        (status = 422, description = "Cells that cannot be read, all of them: `findings`; or the file is not taken: `not_a_workbook`, `workbook_locked`, `workbook_macros`, `workbook_too_large`, `workbook_damaged`, `not_a_form`, `foreign_form`, `outdated_form`, `altered_form`; or `idempotency_key_reused`"),
        (status = 423, description = "A section is not with its writer: `locked`")))]
async fn upload(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(asked): Params<UploadParams>,
    sent: Sent,
) -> Answer<Response> {
    let form = OpenForm::read(&app, submission_id(&id)?).await?.ok_or(Message::NotFound)?;
    may_enter_any(&caller, &form)?;
    let read = read(&app, &form, None, sent.bytes).await?;
    take(&app, &caller, form, read, &asked, sent.key).await
}

/// Takes what was read of a file: the cells it changes are saved, all or none, or shown.
pub(super) async fn take(
    app: &App,
    caller: &Caller,
    form: OpenForm,
    (changes, unread): (Vec<Change>, Vec<Found>),
    asked: &UploadParams,
    key: Option<IdempotencyKey>,
) -> Answer<Response> {
    let conflicts = asked.conflicts()?;
    let filled = named(caller, &form, changes, unread)?;
    if asked.dry_run {
        let value = preview(&form, &filled, caller.speaks());
        let seq = app.store.head().seq;
        return Ok(written(StatusCode::OK, Written { seq, value, replayed: false }));
    }
    let saved = save(app, caller, &form, filled, conflicts, key).await?;
    Ok(written(StatusCode::OK, saved))
}

/// What was changed in a file, and what of that cannot be read.
struct Changed {
    changes: Vec<Change>,
    unread: Vec<Found>,
}

/// The changes with the names of their rows; refuses those that the caller may not make.
fn named(
    caller: &Caller,
    form: &OpenForm,
    mut changes: Vec<Change>,
    unread: Vec<Found>,
) -> Answer<Changed> {
    for change in &mut changes {
        may_enter(caller, form, &change.cell.to_string())?;
        change.name = book::label(form, &change.cell, caller.speaks());
    }
    Ok(Changed { changes, unread })
}

/// What a file would change.
fn preview(form: &OpenForm, filled: &Changed, language: Language) -> FilledForm {
    let compared = compare(form, &filled.changes);
    let saves: Vec<SaveCell> = compared.iter().map(|one| one.save.clone()).collect();
    let mut findings: Vec<FindingBody> =
        filled.unread.iter().map(|one| one.body(language)).collect();
    findings.extend(locked(form, &compared, language));
    let blocking = findings.len() as u32;
    findings.extend(form.with(&saves).findings().iter().map(|one| finding(one, language)));
    FilledForm {
        dry_run: true,
        differences: in_order(compared),
        findings,
        blocking,
        cells: vec![],
        cursor: form.submission.cursor,
    }
}

/// Saves what a file changes: all of it, or nothing.
async fn save(
    app: &App,
    caller: &Caller,
    form: &OpenForm,
    filled: Changed,
    conflicts: Conflicts,
    key: Option<IdempotencyKey>,
) -> Answer<Written<FilledForm>> {
    let Changed { changes, unread } = filled;
    if let Some(problem) = unreadable(unread) {
        return Err(problem);
    }
    let (person, language) = (caller.actor()?.person, caller.speaks());
    let id = form.submission.id;
    let of = form.clone();
    let saved = app
        .write(key, move |tx| {
            Box::pin(async move {
                let now = of.again(tx).await?;
                let chosen = chosen(compare(&now, &changes), conflicts)?;
                let saves: Vec<SaveCell> = chosen.iter().map(|one| one.save.clone()).collect();
                check_open(&now, &saves, language)?;
                let saved =
                    tx.save_cells(id, person, &saves).await.map_err(|error| match error {
                        SaveError::Store(error) => Problem::from(error),
                        SaveError::Stale(stale) => stale_version(&stale, &[]),
                    })?;
                super::beside::keep_blind(tx, &now, &saves).await?;
                let cursor = saved.first().map_or(now.submission.cursor, |cell| cell.cursor);
                let cells: Vec<CellBody> = saved.iter().map(cell_body).collect();
                Ok((in_order(chosen), cells, cursor))
            })
        })
        .await?;
    let after = OpenForm::read(app, id).await?.ok_or(Message::NotFound)?;
    let (differences, cells, cursor) = saved.value;
    let findings = after.findings().iter().map(|one| finding(one, language)).collect();
    let value = FilledForm { dry_run: false, differences, findings, blocking: 0, cells, cursor };
    Ok(Written { seq: saved.seq, value, replayed: saved.replayed })
}

/// The refusal of a file of which something cannot be read.
pub(super) fn unreadable(unread: Vec<Found>) -> Option<Problem> {
    let first = unread.first().map(|first| first.at.clone())?;
    let mut problem = Problem::from(Message::BadFile(unread.len()));
    problem.at = Some(first);
    problem.findings = unread;
    Some(problem)
}

/// Refuses who may write no cell of the form, before the file is looked at.
pub(super) fn may_enter_any(caller: &Caller, form: &OpenForm) -> Answer<()> {
    let first_cells =
        form.template.sections.iter().filter_map(|one| one.cells().into_iter().next());
    let mut refusal = None;
    for cell in first_cells {
        match may_enter(caller, form, &cell.to_string()) {
            Ok(()) => return Ok(()),
            Err(problem) => refusal = refusal.or(Some(problem)),
        }
    }
    refusal.map_or(Ok(()), Err)
}

/// A cell that its officer changed in the file; what they left alone is `None`.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) cell: CellKey,
    pub(super) name: String,
    /// Where it stands in a spreadsheet.
    pub(super) at: Option<workbook::Place>,
    pub(super) seen: Seen,
    pub(super) value: Option<DraftValue>,
    pub(super) comment: Option<String>,
    /// The file holds a fraction, and shows it as the percentage that `value` is.
    pub(super) is_fraction: bool,
}

/// What its officer had before them when they changed a cell.
#[derive(Clone, Debug)]
pub(super) enum Seen {
    /// What stood there at the download, in the notation of the map.
    Said(Mapped),
    /// This version of the cell; 0 for one that nobody had saved.
    Version(u32),
}

/// Reads a file that is of this form, or of a request for help with it: what was changed in it, and what of that cannot
/// be read.
pub(super) async fn read(
    app: &App,
    form: &OpenForm,
    help: Option<i64>,
    bytes: axum::body::Bytes,
) -> Answer<(Vec<Change>, Vec<Found>)> {
    let forms = returned(bytes).await?;
    match forms.as_slice() {
        [only] => read_returned(app, form, help, only).await,
        _ => Err(several_forms()),
    }
}

/// The forms of a file; never none.
async fn returned(bytes: axum::body::Bytes) -> Answer<Vec<Returned>> {
    let reading = tokio::task::spawn_blocking(move || workbook::read_all(&bytes)).await;
    // A file that makes the reader stumble is damaged, whatever else it is.
    Ok(reading.unwrap_or(Err(Unreadable::Damaged))?)
}

fn several_forms() -> Problem {
    Message::said(422, "foreign_form", |language| {
        language
            .pick(
                "Tệp này gồm biểu của nhiều đơn vị. Hãy nộp tệp ở trang danh sách biểu.",
                "This file holds the forms of several bodies. Upload it on the page that lists the forms.",
            )
            .to_owned()
    })
    .into()
}

/// Reads one of the forms of a file.
async fn read_returned(
    app: &App,
    form: &OpenForm,
    help: Option<i64>,
    returned: &Returned,
) -> Answer<(Vec<Change>, Vec<Found>)> {
    let language = book::check(&returned.map, form, help, app.sealing_key().await?)?;
    let cells = returned.cells().map_err(|why| changed(&why))?;
    let (mut changes, mut unread) = (vec![], vec![]);
    for (was, filled) in cells {
        let cell = CellKey::parse(&was.cell).ok().filter(|cell| form.template.has(cell));
        let cell = cell.ok_or_else(|| changed(&Altered::Map))?;
        let value = value_of(form, &cell, &filled.content, language);
        let comment = comment_of(&filled);
        let mut refuse = |at: &workbook::Place, problem: &Problem| {
            unread.push(found(form, &cell, Some(at), problem));
        };
        let value = match value {
            Ok(value) => Some(value).filter(|value| book::notation(value) != was.value),
            Err(problem) => {
                refuse(&filled.at, &problem);
                None
            }
        };
        let comment = match comment {
            Ok(comment) => {
                comment.filter(|comment| book::comment_notation(Some(comment)) != was.comment)
            }
            Err((at, problem)) => {
                refuse(&at, &problem);
                None
            }
        };
        if value.is_some() || comment.is_some() {
            let (seen, at) = (Seen::Said(was.clone()), Some(filled.at));
            let is_fraction = is_fraction(form, &cell, &filled.content);
            changes.push(Change {
                cell,
                name: String::new(),
                at,
                seen,
                value,
                comment,
                is_fraction,
            });
        }
    }
    Ok((changes, unread))
}

fn changed(why: &Altered) -> Problem {
    let said = |language| why.message(book::lang_of(language));
    altered(&said(Language::Vietnamese), &said(Language::English))
}

/// The refusal of a file that is no longer the form it was.
fn altered(vi: &str, en: &str) -> Problem {
    Message::said(422, "altered_form", |language| {
        language.pick(
            format!("Tệp đã bị thay đổi ngoài các ô nhập. {vi} Hãy tải biểu về lại và chép số liệu sang."),
            format!("The file was changed outside its cells. {en} Download the form again and copy the data over."),
        )
    })
    .into()
}

/// What a cell of the file says, under the rules of typing.
pub(super) fn value_of(
    form: &OpenForm,
    cell: &CellKey,
    content: &Content,
    language: Language,
) -> Answer<DraftValue> {
    let edit = |text: Option<&str>, value: Option<&str>| CellEdit {
        cell: cell.to_string(),
        text: text.map(str::to_owned),
        value: value.map(str::to_owned),
        absent: None,
        comment: None,
        version: 0,
    };
    let read = |edit: CellEdit| {
        read_value(form, cell, &edit, language).map(|value| value.unwrap_or(DraftValue::Empty))
    };
    let is_text = matches!(cell, CellKey::Text { .. });
    match content {
        Content::Empty => Ok(DraftValue::Empty),
        Content::Text(text) if is_text => read(edit(Some(&book::lines(text)), None)),
        Content::Text(text) => read(edit(Some(text), None)),
        Content::Number { shortest, .. } if is_text => read(edit(Some(shortest), None)),
        // Per cent of what is not counted in per cent: of how much, nobody knows here.
        Content::Number { fifteen, is_percent: true, .. } if !is_fraction(form, cell, content) => {
            Err(percent_of_other(form, cell, &workbook::hundredfold(fifteen)))
        }
        // What a formula adds in the sixteenth digit nobody meant.
        Content::Number { shortest, fifteen, .. } => {
            let meant = |digits: &str| match is_fraction(form, cell, content) {
                true => workbook::hundredfold(digits),
                false => digits.to_owned(),
            };
            let (shortest, fifteen) = (meant(shortest), meant(fifteen));
            read(edit(None, Some(&shortest)))
                .or_else(|problem| read(edit(None, Some(&fifteen))).map_err(|_| problem))
        }
        Content::Fault(_) | Content::Uncalculated | Content::Other => Err(no_value(content)),
    }
}

/// The refusal of a percentage in a cell whose indicator has another unit of measure.
fn percent_of_other(form: &OpenForm, cell: &CellKey, percent: &str) -> Problem {
    let row = cell.row().and_then(|row| form.ministry.catalogue.get(row.indicator.as_str()));
    let (vi, en) = row.map_or(("", ""), |one| (one.unit_vi.as_str(), one.unit_en.as_str()));
    Message::said(422, "percent_written", |language| {
        let shown = percent.replace('.', language.pick(",", "."));
        language.pick(
            format!("Tệp ghi số phần trăm ({shown}%), còn chỉ tiêu này tính bằng {vi}. Hãy nhập số theo {vi}."),
            format!("The file says a percentage ({shown}%), and this indicator is counted in {en}. Enter the number in {en}."),
        )
    })
    .into()
}

/// Whether the file holds the fraction of what it shows, of an indicator that is asked for in per cent.
pub(super) fn is_fraction(form: &OpenForm, cell: &CellKey, content: &Content) -> bool {
    let row = cell.row().and_then(|row| form.ministry.catalogue.get(row.indicator.as_str()));
    matches!(content, Content::Number { is_percent: true, .. })
        && row.is_some_and(model::Indicator::is_percentage)
}

/// What the file says about a cell; `None` where it has no place for that.
fn comment_of(filled: &Filled) -> Result<Option<String>, (workbook::Place, Problem)> {
    let Some((at, content)) = &filled.comment else { return Ok(None) };
    match content {
        Content::Empty => Ok(Some(String::new())),
        Content::Number { shortest, .. } => Ok(Some(shortest.clone())),
        Content::Text(text) => {
            let text = book::lines(text);
            if text.chars().count() > LONGEST_REASON {
                let long = Message::TooLong { field: "comment", most: LONGEST_REASON };
                return Err((at.clone(), long.into()));
            }
            Ok(Some(text))
        }
        Content::Fault(_) | Content::Uncalculated | Content::Other => {
            Err((at.clone(), no_value(content)))
        }
    }
}

/// Why there is nothing to read in a cell that is not empty.
fn no_value(content: &Content) -> Problem {
    let (code, vi, en) = match content {
        Content::Fault(fault) => (
            "formula_error",
            format!("Công thức báo lỗi {fault}. Hãy sửa công thức hoặc nhập số."),
            format!("The formula answers {fault}. Mend it or enter the number."),
        ),
        Content::Uncalculated => (
            "formula_without_result",
            "Công thức chưa có kết quả. Hãy mở tệp bằng Excel hoặc LibreOffice, lưu lại rồi nộp."
                .to_owned(),
            "The formula has no result yet. Open the file in Excel or LibreOffice, save it, and upload that."
                .to_owned(),
        ),
        Content::Empty | Content::Number { .. } | Content::Text(_) | Content::Other => (
            Misread::NotANumber { typed: String::new() }.code(),
            "Ô này chứa ngày, giờ hoặc giá trị đúng/sai, không phải số. Hãy nhập lại số.".to_owned(),
            "This cell holds a date, a time or a yes or no, not a number. Enter the number again."
                .to_owned(),
        ),
    };
    Message::said(422, code, |language| language.pick(vi.clone(), en.clone())).into()
}

/// A finding says where: what the row is called and, of a spreadsheet, sheet, row and column.
pub(super) fn found(
    form: &OpenForm,
    cell: &CellKey,
    at: Option<&workbook::Place>,
    problem: &Problem,
) -> Found {
    let (status, code) = problem.message.status_and_code();
    let message = Message::said(status, code, |language| {
        let name = book::label(form, cell, language);
        let said = problem.message.text(language);
        match at.map(|at| document::period::capitalised(&at.words(book::lang_of(language)))) {
            Some(place) => format!("{place} ({name}): {said}"),
            None => format!("{name}: {said}"),
        }
    });
    let place = Place {
        row: at.map(|at| at.row.into()),
        column: at.map(|at| at.column.clone()),
        cell: Some(cell.to_string()),
    };
    Found { at: place, message, suggestions: problem.suggestions.clone() }
}

fn finding(finding: &Finding, language: Language) -> FindingBody {
    FindingBody {
        cell: Some(finding.cell.to_string()),
        row: Some(finding.cell.row_code()),
        column: Some(finding.cell.column_code().to_owned()),
        severity: finding.severity().code(),
        code: finding.code().to_owned(),
        text: finding.message(language),
        explained: finding.explained,
        suggestions: vec![],
    }
}

/// The cells that could not be saved because their section is not with its writer.
fn locked(form: &OpenForm, compared: &[Compared], language: Language) -> Vec<FindingBody> {
    let refused = |one: &Compared| {
        let problem = check_open(form, std::slice::from_ref(&one.save), language).err()?;
        Some(found(form, &one.save.cell, one.at.as_ref(), &problem).body(language))
    };
    compared.iter().filter_map(refused).collect()
}

/// A change beside what stands in the form now.
struct Compared {
    difference: Difference,
    at: Option<workbook::Place>,
    save: SaveCell,
    /// The change of the form that last saved the cell.
    cursor: i64,
}

/// The changes that would make a difference. A cell's value and its comment are one person's or another's each for itself.
fn compare(form: &OpenForm, changes: &[Change]) -> Vec<Compared> {
    changes.iter().filter_map(|change| compared(form, change)).collect()
}

fn compared(form: &OpenForm, change: &Change) -> Option<Compared> {
    let now: Option<&DraftCell> = form.saved.drafts.iter().find(|draft| draft.cell == change.cell);
    let old_value = now.map_or(&DraftValue::Empty, |draft| &draft.value);
    let old_comment = now.and_then(|draft| draft.comment.as_deref());
    let (value_now, comment_now) = (book::notation(old_value), book::comment_notation(old_comment));
    let value = change.value.as_ref().filter(|value| book::notation(value) != value_now);
    let comment = change.comment.as_deref();
    let comment = comment.filter(|comment| book::comment_notation(Some(comment)) != comment_now);
    if value.is_none() && comment.is_none() {
        return None;
    }
    let conflict = match &change.seen {
        Seen::Said(was) => {
            value.is_some() && value_now != was.value
                || comment.is_some() && comment_now != was.comment
        }
        Seen::Version(seen) => now.map_or(0, |draft| draft.version) != *seen,
    };
    let new_value = value.unwrap_or(old_value);
    let new_comment = comment.or(old_comment).filter(|comment| !comment.is_empty());
    Some(Compared {
        difference: Difference {
            cell: change.cell.to_string(),
            name: change.name.clone(),
            sheet: change.at.as_ref().map(|at| at.sheet.clone()).unwrap_or_default(),
            place: change.at.as_ref().map(workbook::Place::cell).unwrap_or_default(),
            old: SaidInCell::new(old_value, old_comment),
            new: SaidInCell::new(new_value, new_comment),
            conflict,
            percent: change.is_fraction,
            by: now.map(|draft| draft.by_name.clone()).filter(|name| !name.is_empty()),
        },
        at: change.at.clone(),
        save: SaveCell {
            cell: change.cell.clone(),
            version: now.map_or(0, |draft| draft.version),
            value: new_value.clone(),
            comment: new_comment.map(str::to_owned),
        },
        cursor: now.map_or(0, |draft| draft.cursor),
    })
}

/// What is to be saved of it; a refusal when it would write over what nobody looked at.
fn chosen(compared: Vec<Compared>, conflicts: Conflicts) -> Answer<Vec<Compared>> {
    let unseen = |one: &Compared| {
        one.difference.conflict
            && match conflicts {
                Conflicts::Refuse => true,
                Conflicts::Theirs => false,
                Conflicts::Mine(cursor) => one.cursor > cursor,
            }
    };
    if let Some(first) = compared.iter().find(|one| unseen(one)) {
        let cell = first.difference.cell.clone();
        let differences = serde_json::to_value(in_order(compared)).map_err(anyhow::Error::from)?;
        let message = Message::said(412, "stale_version", |language| {
            language
                .pick(
                    "Người khác đã sửa một số ô sau khi bạn tải biểu về. Hãy xem cả hai giá trị rồi chọn.",
                    "Somebody else has changed cells since you downloaded the form. Look at both values and choose.",
                )
                .to_owned()
        });
        return Err(Problem::from(message).in_cell(cell).with("differences", differences));
    }
    let keep = |one: &Compared| conflicts != Conflicts::Theirs || !one.difference.conflict;
    Ok(compared.into_iter().filter(keep).collect())
}

/// The differences, those first that need a decision.
fn in_order(compared: Vec<Compared>) -> Vec<Difference> {
    let (mut first, rest): (Vec<Difference>, Vec<Difference>) =
        compared.into_iter().map(|one| one.difference).partition(|one| one.conflict);
    first.extend(rest);
    first
}
