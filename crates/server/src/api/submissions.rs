//! Submissions: opening, filling, signing, receiving, returning, closing, correcting.
//!
//! Every change is one command: it reads the submission inside its transaction, decides with
//! `workflow`, and writes the new state, the figures and the event together, or nothing.

mod beside;
mod edits;
mod elsewhere;
pub mod extension;
mod help;
mod own_report;
pub mod paper;
mod sent;
pub mod spreadsheet;

use std::collections::{BTreeSet, HashMap};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use model::decimal::BadDecimal;
use model::{
    Absence, BodyCode, Cell, Decimal, Figure, Period, Sector, Seq, Source, Status, SubmissionId,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    DraftCell, DraftValue, Event, NewEvent, NewObservation, Origin, OriginKind, Recorded, SaveCell,
    SaveError, Submission, SubmissionFilter, Tx,
};
use utoipa::ToSchema;
use utoipa_axum::routes;
use workflow::access::visible_sections;
use workflow::beside::{Beside, Cause};
use workflow::check::{Finding, Severity, block_signing, is_clean};
use workflow::computed::{Before, Computed};
use workflow::entry::Misread;
use workflow::form::{Statement, stated_absence, statements, withdrawals};
use workflow::paper::Instead;
use workflow::section::{LONGEST_REASON, Move, Reason};
use workflow::submission::{movable, permission_for};
use workflow::{CellKey, Column, Language, Permission, Section, SectionId, SectionKind, Template};

use self::beside::MeasuredBeside;
use self::extension::ExtensionBody;
use crate::api::template_drafts::content::CheckContent;
use crate::api::{Endpoints, Needs, codes};
use crate::auth::Caller;
use crate::clock::rfc3339 as show;
use crate::forms::{self, OpenForm, is_late, overall_of, signed_at};
use crate::http::{Params, SentJson, written};
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::{App, Ministry};
use crate::words::Message;

/// The most characters of a text cell.
const LONGEST_TEXT: usize = 20_000;
/// The most cells of one save.
const MOST_CELLS: usize = 2_000;

/// Adds the endpoints of submissions.
pub fn add(endpoints: Endpoints) -> Endpoints {
    let see: &[&str] = &["see_draft", "see_signed"];
    let endpoints = elsewhere::add(beside::add(sent::add(paper::add(endpoints))));
    edits::add(own_report::add(help::add(extension::add(spreadsheet::add(endpoints)))))
        .add(Needs::ByContent(&["see_draft", "see_signed", "open"]), routes!(list, open))
        .add(Needs::ByContent(see), routes!(one))
        .add(
            Needs::ByContent(&["see_draft", "see_signed", "enter_cells"]),
            routes!(cells_since, save_cells),
        )
        .add(Needs::ByContent(&["submit"]), routes!(submit))
        .add(Needs::ByContent(&["sign"]), routes!(sign))
        .add(Needs::ByContent(&["return_to_drafter"]), routes!(return_to_drafter))
        .add(Needs::ByContent(&["receive"]), routes!(receive))
        .add(Needs::ByContent(&["return"]), routes!(return_section))
        .add(Needs::ByContent(&["close"]), routes!(close))
        .add(Needs::ByContent(&["reopen"]), routes!(reopen))
        .add(Needs::ByContent(&["correct"]), routes!(correct))
        .add(Needs::Permission(Permission::Review), routes!(receive_clean))
}

/// A submission in a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Summary {
    id: String,
    template: String,
    template_name_vi: String,
    template_name_en: String,
    body: String,
    body_name_vi: String,
    body_name_en: String,
    #[schema(example = "2024-07")]
    period: String,
    #[schema(value_type = codes::SubmissionState)]
    state: String,
    due: String,
    late: bool,
    filled: u32,
    cells: u32,
    sections: Vec<SectionSummary>,
    updated_at: String,
}

/// A section and where it stands.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SectionSummary {
    id: String,
    name_vi: String,
    name_en: String,
    #[schema(value_type = codes::SectorCode)]
    sector: String,
    #[schema(value_type = codes::SectionState)]
    state: String,
}

/// Submissions.
#[derive(Debug, Serialize, ToSchema)]
struct Summaries {
    submissions: Vec<Summary>,
}

/// Where a submission stands and what may be done with it: what a move changes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StandingBody {
    id: String,
    template: String,
    template_name_vi: String,
    template_name_en: String,
    body: String,
    body_name_vi: String,
    body_name_en: String,
    period: String,
    #[schema(value_type = codes::SubmissionState)]
    state: String,
    due: String,
    late: bool,
    filled: u32,
    /// How many cells count towards being complete.
    counted: u32,
    sections: Vec<SectionSummary>,
    updated_at: String,
    can: Can,
    locked_reason: Option<String>,
    moves: Vec<MoveBody>,
    cursor: i64,
    extension: ExtensionBody,
}

/// A submission with its form and its cells.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SubmissionBody {
    #[serde(flatten)]
    standing: StandingBody,
    template_def: TemplateBody,
    cells: Vec<CellBody>,
    computed: Vec<ComputedBody>,
    /// Cells that have a measured number beside them; one that nobody may see yet has no value here.
    measured: Vec<MeasuredBeside>,
    findings: Vec<FindingShown>,
}

/// The form itself.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TemplateBody {
    code: String,
    version: u32,
    name_vi: String,
    name_en: String,
    #[schema(value_type = codes::Calendar)]
    calendar: String,
    #[schema(value_type = codes::Frequency)]
    frequency: String,
    cut_off_vi: String,
    cut_off_en: String,
    legal_basis: String,
    recipients: Vec<String>,
    due_working_days: u16,
    /// What has to hold between its rows.
    checks: Vec<CheckContent>,
    sections: Vec<SectionBody>,
}

/// A section of a form.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct SectionBody {
    id: String,
    #[schema(value_type = codes::SectorCode)]
    sector: String,
    name_vi: String,
    name_en: String,
    /// `figures` or `text`.
    #[schema(value_type = codes::SectionKind)]
    kind: String,
    owner: String,
    rows: Vec<RowBody>,
    texts: Vec<TextBody>,
}

/// A row of a form.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct RowBody {
    indicator: String,
    breakdown: Option<String>,
    name_vi: String,
    name_en: String,
    unit_vi: String,
    unit_en: String,
    scale: u8,
    required: bool,
    /// Whether the settled figure of the period before is asked for too, in the cell `SECTION/ROW/previous`.
    settle_previous: bool,
    note: Option<String>,
}

/// A prompt for text.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct TextBody {
    id: String,
    name_vi: String,
    name_en: String,
}

/// A cell as it is saved.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CellBody {
    #[schema(example = "BC/BC.DOANHTHU/this")]
    cell: String,
    value: Option<String>,
    #[schema(value_type = Option<codes::StatedAbsence>)]
    absent: Option<String>,
    text: Option<String>,
    comment: Option<String>,
    version: u32,
    by: Option<String>,
    at: Option<String>,
}

/// A number that follows from others, or why it does not.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Follows {
    value: Option<String>,
    #[schema(value_type = Option<codes::Absence>)]
    absent: Option<String>,
}

/// The columns of a row that nobody types.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ComputedBody {
    #[schema(example = "BC/BC.DOANHTHU")]
    row: String,
    previous: Follows,
    last_year: Follows,
    ytd: Follows,
    change_on_period: Follows,
    change_on_year: Follows,
    points_on_period: Follows,
    points_on_year: Follows,
    share_of_plan: Follows,
    recorded: RecordedBody,
}

/// What the record knows of a row, beside `last_year`: what its columns follow from, for whoever works them out without
/// asking.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RecordedBody {
    /// The period before, whatever settles it in this form.
    previous: Option<String>,
    /// Each period of this year from January to the one before, in order; of January, none.
    earlier_this_year: Vec<Option<String>>,
    /// The year's plan.
    plan: Option<String>,
}

/// What was found in a cell.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FindingShown {
    cell: String,
    row: String,
    column: String,
    /// `error` or `warning`.
    #[schema(value_type = codes::Severity)]
    severity: String,
    code: String,
    text: String,
    explained: bool,
}

/// What the caller may do with a submission now.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Can {
    edit: bool,
    /// The sections whose cells may be written.
    edit_sections: Vec<String>,
    submit: bool,
    sign: bool,
    return_to_drafter: bool,
    receive: Vec<String>,
    r#return: Vec<String>,
    close: Vec<String>,
    reopen: Vec<String>,
    correct: Vec<String>,
    ask_extension: bool,
    answer_extension: bool,
}

/// A move in the history of a submission.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MoveBody {
    at: String,
    by: String,
    #[schema(value_type = codes::Move)]
    r#move: String,
    section: Option<String>,
    reason: Option<String>,
    /// The day that was asked for or answered about, where the move is about the deadline.
    until: Option<String>,
    /// Ký thay: the name of the one for whom a deputy did it.
    acting_for: Option<String>,
}

/// Which submissions are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Of this body.
    body: Option<String>,
    /// For this period.
    period: Option<String>,
    /// Of this template.
    template: Option<String>,
    /// In this state.
    #[param(value_type = Option<codes::SubmissionState>)]
    state: Option<String>,
}

/// The submissions that the caller may know of.
#[utoipa::path(get, operation_id = "submissions", path = "/submissions", tag = "submissions", params(Asked), responses((status = 200, body = Summaries), (status = 404, description = "`unknown_body`, `unknown_template`")))]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(asked): Params<Asked>,
) -> Answer<Json<Summaries>> {
    let ministry = app.ministry();
    let filter = SubmissionFilter {
        id: None,
        template: asked.template.map(|code| template_code(&code)).transpose()?,
        body: asked.body.map(|code| body_code(&code)).transpose()?,
        period: asked.period.map(|code| period_of(&code)).transpose()?,
    };
    let mut reader = app.store.read().await?;
    let found = reader.submissions(&filter).await?;
    drop(reader);
    let now = app.store.now();
    let mut submissions = vec![];
    for submission in &found {
        let template = forms::template_of(&ministry, submission)?;
        if may_see(&caller, submission, &template).is_err() {
            continue;
        }
        let summary = summary(&ministry, submission, &template, now);
        if asked.state.as_ref().is_none_or(|state| *state == summary.state) {
            submissions.push(summary);
        }
    }
    Ok(Json(Summaries { submissions }))
}

/// What is to be opened.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSubmission {
    #[schema(example = "SO-THANG")]
    template: String,
    #[schema(example = "52")]
    body: String,
    #[schema(example = "2024-07")]
    period: String,
}

/// Opens a form for a period, or answers the one that is open already.
#[utoipa::path(post, path = "/submissions", tag = "submissions", request_body = NewSubmission, responses(
        (status = 201, body = SubmissionBody, description = "It was opened"), (status = 200, body = SubmissionBody, description = "It was open already"),
        (status = 404, description = "`unknown_body`, `unknown_template`; also a form that this body does not fill")))]
async fn open(
    State(app): State<App>,
    caller: Caller,
    sent: SentJson<NewSubmission>,
) -> Answer<Response> {
    let ministry = app.ministry();
    let body_code = body_code(&sent.value.body)?;
    let body = ministry.body(body_code.as_str())?.clone();
    caller.may(&Permission::Open { body: body_code.clone() })?;
    let code = template_code(&sent.value.template)?;
    let unknown = || Problem::from(Message::UnknownTemplate(sent.value.template.clone()));
    let period = period_of(&sent.value.period)?;
    let template = ministry.template_on(code.as_str(), period.end()).ok_or_else(unknown)?.clone();
    forms::check_period(&template, period, workflow::deadline::day_of(app.store.now()))?;
    let unit = ministry.units.get(body.unit.as_str());
    if !unit.is_some_and(|unit| template.is_assigned_to(unit, &ministry.units, period.end())) {
        return Err(Message::UnknownTemplate(sent.value.template).into());
    }
    let opened = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let sections: Vec<SectionId> =
                    template.sections.iter().map(|section| section.id.clone()).collect();
                let (id, new) = tx
                    .open_submission(
                        &template.code,
                        template.version,
                        &body_code,
                        period,
                        &sections,
                    )
                    .await?;
                Ok((id.0, new))
            })
        })
        .await?;
    let (id, new) = opened.value;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    let shown = shown(&app, &caller, SubmissionId(id)).await?;
    Ok(written(status, store::Written { seq: opened.seq, value: shown, replayed: opened.replayed }))
}

/// One submission.
#[utoipa::path(get, operation_id = "submission", path = "/submissions/{id}", tag = "submissions", params(("id" = String, Path)), responses((status = 200, body = SubmissionBody)))]
async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Json<SubmissionBody>> {
    Ok(Json(shown(&app, &caller, submission_id(&id)?).await?))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Since {
    /// The cursor of an earlier answer; 0 for all cells.
    since: Option<i64>,
}

/// Cells that were saved, and where to go on from.
#[derive(Debug, Serialize, ToSchema)]
struct CellsSince {
    cells: Vec<CellBody>,
    cursor: i64,
    #[schema(value_type = codes::SubmissionState)]
    state: String,
}

/// The cells saved after a cursor: what the other person wrote.
#[utoipa::path(get, path = "/submissions/{id}/cells", tag = "submissions", params(("id" = String, Path), Since), responses((status = 200, body = CellsSince)))]
async fn cells_since(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(asked): Params<Since>,
) -> Answer<Json<CellsSince>> {
    let id = submission_id(&id)?;
    let ministry = app.ministry();
    let mut reader = app.store.read().await?;
    let submission = reader.submission(id).await?.ok_or(Message::NotFound)?;
    let template = forms::template_of(&ministry, &submission)?;
    let visible = may_see(&caller, &submission, &template)?;
    let cells = reader.cells_since(id, asked.since.unwrap_or(0)).await?;
    let cells =
        cells.iter().filter(|cell| visible.contains(cell.cell.section())).map(cell_body).collect();
    Ok(Json(CellsSince {
        cells,
        cursor: submission.cursor,
        state: overall_of(&submission).code().to_owned(),
    }))
}

/// Cells to be saved: all or none.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Saves {
    cells: Vec<CellEdit>,
}

/// One cell: `text` as typed, read under the language of the request; or `value` with a dot; or `absent`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CellEdit {
    #[schema(example = "BC/BC.DOANHTHU/this")]
    cell: String,
    /// As typed, under the language of the request; empty clears the cell. Of a text cell, the words.
    #[schema(example = "1.234,5")]
    text: Option<String>,
    /// With a decimal dot.
    #[schema(example = "1234.5")]
    value: Option<String>,
    /// `missing`, `not_applicable`, `confidential`, `not_collected`, or `none_occurred`, which is a zero.
    #[schema(value_type = Option<codes::AbsenceToState>)]
    absent: Option<String>,
    /// What the writer says about it; left out, it stays as it is.
    comment: Option<String>,
    /// The version that was seen; 0 for a cell that nobody has saved.
    #[serde(default)]
    version: u32,
}

/// The cells as they stand after a save.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct Saved {
    cells: Vec<CellBody>,
    computed: Vec<ComputedBody>,
    /// As of the whole form.
    measured: Vec<MeasuredBeside>,
    findings: Vec<FindingShown>,
    filled: u32,
    cursor: i64,
}

/// The refusal of a cell that somebody else has saved since it was seen.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the description of a problem with members of its own")]
struct StaleVersion {
    #[serde(flatten)]
    problem: ProblemBody,
    /// What was to be saved.
    yours: Option<CellEdit>,
    /// What stands there; null when nothing was ever saved.
    theirs: Option<CellBody>,
}

/// Saves cells of a draft. The second writer of a cell gets 412 and sees both values.
#[utoipa::path(patch, path = "/submissions/{id}/cells", tag = "submissions", params(("id" = String, Path)), request_body = Saves,
    responses((status = 200, body = Saved),
        (status = 403, description = "Another body's cell, named in `at`: `forbidden`"),
        (status = 412, body = StaleVersion, description = "Somebody else has saved the cell since: `stale_version`, with both values"),
        (status = 422, description = "Not a number, ambiguous, no such cell, twice: `not_a_number`, `ambiguous_number`, `unknown_cell`, `cell_twice`…; or `idempotency_key_reused`"),
        (status = 423, description = "The section is not with its writer: `locked`")))]
async fn save_cells(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: SentJson<Saves>,
) -> Answer<Response> {
    let id = submission_id(&id)?;
    check_count(sent.value.cells.len())?;
    let form = OpenForm::read(&app, id).await?.ok_or(Message::NotFound)?;
    // Writing another body's cell is refused by name, even where the submission itself is hidden.
    for edit in &sent.value.cells {
        may_enter(&caller, &form, &edit.cell)?;
    }
    let language = caller.speaks();
    let saves = read_edits(&form, &sent.value.cells, language)?;
    let person = caller.actor()?.person;
    let yours = sent.value.cells.clone();
    let of = form.clone();
    let saved = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let now = of.again(tx).await?;
                check_open(&now, &saves, language)?;
                let saved =
                    tx.save_cells(id, person, &saves).await.map_err(|error| match error {
                        SaveError::Store(error) => Problem::from(error),
                        SaveError::Stale(stale) => stale_version(&stale, &yours),
                    })?;
                beside::keep_blind(tx, &now, &saves).await?;
                let cursor = saved.first().map_or(0, |cell| cell.cursor);
                Ok((cursor, saved.iter().map(cell_body).collect::<Vec<_>>()))
            })
        })
        .await?;
    // What follows is worked out after the commit, beside other writers instead of ahead of them.
    let after = OpenForm::read(&app, id).await?.ok_or(Message::NotFound)?;
    let (cursor, cells) = saved.value;
    let touched: BTreeSet<&str> =
        cells.iter().filter_map(|cell| Some(cell.cell.rsplit_once('/')?.0)).collect();
    let computed = after.computed();
    let answer = Saved {
        computed: computed
            .iter()
            .filter(|(row, ..)| touched.contains(row.to_string().as_str()))
            .map(computed_body)
            .collect(),
        measured: beside::body(&after, &may_see(&caller, &after.submission, &after.template)?),
        findings: findings_body(after.findings(), language),
        filled: after.submission.filled,
        cursor,
        cells,
    };
    Ok(written(
        StatusCode::OK,
        store::Written { seq: saved.seq, value: answer, replayed: saved.replayed },
    ))
}

/// Refuses who may not write a cell, by its name.
fn may_enter(caller: &Caller, form: &OpenForm, cell: &str) -> Answer<()> {
    let sector = CellKey::parse(cell).ok().and_then(|key| {
        form.template.section(key.section().as_str()).map(|section| section.sector)
    });
    let sector = sector
        .or(form.template.sections.first().map(|section| section.sector))
        .unwrap_or(Sector::Whole);
    let needed = Permission::EnterCells { body: form.body.code.clone(), sector };
    caller.may(&needed).map_err(|problem| problem.in_cell(cell))
}

/// Refuses to write where a section is not with its writer.
fn check_open(form: &OpenForm, saves: &[SaveCell], language: Language) -> Answer<()> {
    saves.iter().try_for_each(|save| check_open_cell(form, &save.cell, language))
}

fn check_open_cell(form: &OpenForm, cell: &CellKey, language: Language) -> Answer<()> {
    let state = form.submission.state(cell.section().as_str());
    let state = state.ok_or(Message::NotFound)?;
    match state.locked_reason(language) {
        None => Ok(()),
        Some(reason) => {
            let message = Message::said(423, "locked", |_| reason.to_owned());
            Err(Problem::from(message).in_cell(cell.to_string()))
        }
    }
}

/// A save is of something, and not of more than a form can hold.
fn check_count(cells: usize) -> Answer<()> {
    match cells {
        0 => Err(Message::Empty("cells").into()),
        1..=MOST_CELLS => Ok(()),
        _ => Err(Message::said(422, "too_many_cells", |language| {
            language.pick(
                format!("Mỗi lần lưu được tối đa {MOST_CELLS} ô; lần này có {cells} ô."),
                format!("At most {MOST_CELLS} cells are saved at once; these are {cells}."),
            )
        })
        .into()),
    }
}

fn stale_version(stale: &store::StaleVersion, yours: &[CellEdit]) -> Problem {
    let cell = stale.cell.to_string();
    let own = yours.iter().find(|edit| edit.cell == cell);
    let own = own.map(|edit| json!({"cell": edit.cell, "text": edit.text, "value": edit.value, "absent": edit.absent, "comment": edit.comment, "version": edit.version}));
    let theirs = stale.theirs.as_deref().map(cell_body);
    Problem::from(Message::said(412, "stale_version", |language| {
        language
            .pick(
                "Người khác vừa lưu ô này. Hãy xem cả hai giá trị rồi chọn một.",
                "Somebody else has just saved this cell. Look at both values and choose one.",
            )
            .to_owned()
    }))
    .in_cell(cell)
    .with("yours", own.unwrap_or_default())
    .with("theirs", serde_json::to_value(theirs).unwrap_or_default())
}

/// Reads all edits or answers the first that cannot be read.
fn read_edits(form: &OpenForm, edits: &[CellEdit], language: Language) -> Answer<Vec<SaveCell>> {
    let saved: HashMap<String, &DraftCell> =
        form.saved.drafts.iter().map(|draft| (draft.cell.to_string(), draft)).collect();
    let mut seen = BTreeSet::new();
    edits
        .iter()
        .map(|edit| {
            let at = |problem: Problem| problem.in_cell(edit.cell.clone());
            let key = CellKey::parse(&edit.cell).map_err(|_| unknown_cell(&edit.cell))?;
            if !form.template.has(&key) {
                return Err(unknown_cell(&edit.cell));
            }
            if !seen.insert(key.clone()) {
                return Err(at(cell_twice()));
            }
            let value = read_value(form, &key, edit, language).map_err(at)?;
            let kept = saved.get(&edit.cell);
            let value = match value {
                Some(value) => value,
                None => kept.map_or(DraftValue::Empty, |draft| draft.value.clone()),
            };
            let comment = match &edit.comment {
                None => kept.and_then(|draft| draft.comment.clone()),
                Some(comment) if comment.chars().count() > LONGEST_REASON => {
                    return Err(at(
                        Message::TooLong { field: "comment", most: LONGEST_REASON }.into()
                    ));
                }
                Some(comment) => {
                    Some(comment.trim().to_owned()).filter(|comment| !comment.is_empty())
                }
            };
            Ok(SaveCell { cell: key, version: edit.version, value, comment })
        })
        .collect()
}

/// The value an edit puts into its cell; `None` when it only speaks about it.
fn read_value(
    form: &OpenForm,
    key: &CellKey,
    edit: &CellEdit,
    language: Language,
) -> Answer<Option<DraftValue>> {
    let row = match key {
        CellKey::Text { .. } => {
            let Some(text) = &edit.text else { return Ok(None) };
            if text.chars().count() > LONGEST_TEXT {
                return Err(Message::TooLong { field: "text", most: LONGEST_TEXT }.into());
            }
            let text = text.trim();
            return Ok(Some(if text.is_empty() {
                DraftValue::Empty
            } else {
                DraftValue::Text(text.to_owned())
            }));
        }
        CellKey::Figure { row, .. } => row,
    };
    let indicator = form.ministry.catalogue.get(row.indicator.as_str()).ok_or(Message::NotFound)?;
    if let Some(code) = &edit.absent {
        let known = "missing, not_applicable, confidential, not_collected, none_occurred";
        let figure = stated_absence(code)
            .ok_or_else(|| Message::NotOneOf { value: code.clone(), known: known.to_owned() })?;
        return Ok(Some(DraftValue::Figure(figure)));
    }
    if let Some(value) = &edit.value {
        let number = Decimal::parse(value).map_err(|error| {
            misread(&match error {
                BadDecimal::NotANumber => {
                    Misread::NotANumber { typed: value.chars().take(40).collect() }
                }
                BadDecimal::TooLong => Misread::TooLong,
            })
        })?;
        let scale = indicator.scale;
        let number = number.exactly_at(scale).ok_or_else(|| {
            let decimals = number.least_scale() > scale;
            misread(&if decimals { Misread::TooManyDecimals { scale } } else { Misread::TooLong })
        })?;
        return Ok(Some(DraftValue::Figure(Figure::Number(number))));
    }
    let Some(text) = &edit.text else { return Ok(None) };
    if text.trim().is_empty() {
        return Ok(Some(DraftValue::Empty));
    }
    match workflow::entry::read(text, language, indicator) {
        Ok(figure) => Ok(Some(figure.map_or(DraftValue::Empty, DraftValue::Figure))),
        Err(wrong) => Err(misread(&wrong)),
    }
}

fn misread(wrong: &Misread) -> Problem {
    let message = Message::said(422, wrong.code(), |language| wrong.message(language));
    Problem::from(message).suggesting(wrong.suggestions().to_vec())
}

/// Nothing, or a word along with a move.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct Said {
    /// Why; needed to return, reopen and correct.
    reason: Option<String>,
    /// The cells it is about.
    cells: Vec<String>,
    /// How a deputy signs for the head, as it is printed; KT (ký thay) when it is left out. Nothing follows from it where
    /// one signs by one's own right.
    #[schema(value_type = Option<codes::SignedInstead>)]
    instead: Option<String>,
    /// The deputy's own position, printed under the head's: "Phó Giám đốc".
    position: Option<String>,
}

/// The most characters of a position.
const LONGEST_POSITION: usize = 120;

impl Said {
    /// Refuses what is too long to be read and cells that the form does not have.
    fn checked(self, template: &Template) -> Answer<Said> {
        if self.reason.as_ref().is_some_and(|reason| reason.chars().count() > LONGEST_REASON) {
            return Err(refused(workflow::Refusal::ReasonTooLong));
        }
        if let Some(code) = self.instead.as_deref().filter(|code| Instead::parse(code).is_none()) {
            let value = crate::api::values::shortened(code);
            let known = Instead::ALL.map(Instead::code).join(", ");
            return Err(Problem::from(Message::NotOneOf { value, known }).in_column("instead"));
        }
        let position = self.position.as_deref().unwrap_or_default();
        if position.chars().count() > LONGEST_POSITION {
            let long = Message::TooLong { field: "position", most: LONGEST_POSITION };
            return Err(Problem::from(long).in_column("position"));
        }
        for cell in &self.cells {
            let key = CellKey::parse(cell).map_err(|_| unknown_cell(cell))?;
            if !template.has(&key) {
                return Err(unknown_cell(cell));
            }
        }
        Ok(self)
    }
}

fn cell_twice() -> Problem {
    Message::said(422, "cell_twice", |language| {
        language
            .pick(
                "Một ô chỉ được ghi một lần trong mỗi lần lưu.",
                "A cell can stand only once in a save.",
            )
            .to_owned()
    })
    .into()
}

fn unknown_cell(cell: &str) -> Problem {
    let message = Message::said(422, "unknown_cell", |language| {
        language.pick("Biểu này không có ô như vậy.", "This form has no such cell.").to_owned()
    });
    Problem::from(message).in_cell(cell)
}

/// Trình ký: sends every open section to the head of the body.
#[utoipa::path(post, path = "/submissions/{id}/submit", tag = "submissions", params(("id" = String, Path)), request_body = Said, responses((status = 200, body = StandingBody), (status = 409, description = "The sections are not where this move starts, or a reason is missing: `not_now`, `reason_missing`"),
    (status = 422, description = "Errors in the form, all of them: `findings`; or `unknown_cell`, `idempotency_key_reused`")))]
async fn submit(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: SentJson<Said>,
) -> Answer<Response> {
    move_whole(app, caller, &id, sent, Move::Submit).await
}

/// Ký và gửi: signs every section that awaits signature; its figures enter the record.
#[utoipa::path(post, path = "/submissions/{id}/sign", tag = "submissions", params(("id" = String, Path)), request_body = Said, responses((status = 200, body = StandingBody), (status = 409, description = "The sections are not where this move starts, or a reason is missing: `not_now`, `reason_missing`"),
    (status = 422, description = "Errors in the form, all of them: `findings`; or `unknown_cell`, `idempotency_key_reused`")))]
async fn sign(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: SentJson<Said>,
) -> Answer<Response> {
    move_whole(app, caller, &id, sent, Move::Sign).await
}

/// The head gives the form back to the drafter.
#[utoipa::path(post, path = "/submissions/{id}/return", tag = "submissions", params(("id" = String, Path)), request_body = Said, responses((status = 200, body = StandingBody),
    (status = 409, description = "The section is not where this move starts, or a rule forbids it: `not_now`, `reason_missing`")))]
async fn return_to_drafter(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: SentJson<Said>,
) -> Answer<Response> {
    move_whole(app, caller, &id, sent, Move::ReturnToDrafter).await
}

/// Tiếp nhận.
#[utoipa::path(post, path = "/submissions/{id}/sections/{section}/receive", tag = "submissions", params(("id" = String, Path), ("section" = String, Path)), request_body = Said, responses((status = 200, body = StandingBody),
    (status = 409, description = "The section is not where this move starts, or a rule forbids it: `not_now`, `receives_own_signature`")))]
async fn receive(
    State(app): State<App>,
    caller: Caller,
    Path(at): Path<(String, String)>,
    sent: SentJson<Said>,
) -> Answer<Response> {
    move_section(app, caller, &at, sent, Move::Receive).await
}

/// Trả lại để chỉnh sửa: the section's figures are withdrawn until it is signed again.
#[utoipa::path(post, path = "/submissions/{id}/sections/{section}/return", tag = "submissions", params(("id" = String, Path), ("section" = String, Path)), request_body = Said, responses((status = 200, body = StandingBody),
    (status = 409, description = "The section is not where this move starts, or a rule forbids it: `not_now`, `reason_missing`")))]
async fn return_section(
    State(app): State<App>,
    caller: Caller,
    Path(at): Path<(String, String)>,
    sent: SentJson<Said>,
) -> Answer<Response> {
    move_section(app, caller, &at, sent, Move::Return).await
}

/// Chốt số liệu.
#[utoipa::path(post, path = "/submissions/{id}/sections/{section}/close", tag = "submissions", params(("id" = String, Path), ("section" = String, Path)), request_body = Said, responses((status = 200, body = StandingBody),
    (status = 409, description = "The section is not where this move starts, or a rule forbids it: `not_now`, `reason_missing`")))]
async fn close(
    State(app): State<App>,
    caller: Caller,
    Path(at): Path<(String, String)>,
    sent: SentJson<Said>,
) -> Answer<Response> {
    move_section(app, caller, &at, sent, Move::Close).await
}

/// Mở lại, with a reason.
#[utoipa::path(post, path = "/submissions/{id}/sections/{section}/reopen", tag = "submissions", params(("id" = String, Path), ("section" = String, Path)), request_body = Said, responses((status = 200, body = StandingBody),
    (status = 409, description = "The section is not where this move starts, or a rule forbids it: `not_now`, `reason_missing`")))]
async fn reopen(
    State(app): State<App>,
    caller: Caller,
    Path(at): Path<(String, String)>,
    sent: SentJson<Said>,
) -> Answer<Response> {
    move_section(app, caller, &at, sent, Move::Reopen).await
}

/// A move on every section where it starts.
async fn move_whole(
    app: App,
    caller: Caller,
    id: &str,
    sent: SentJson<Said>,
    step: Move,
) -> Answer<Response> {
    let id = submission_id(id)?;
    let form = match step {
        Move::Submit | Move::Sign => OpenForm::read(&app, id).await?,
        _ => OpenForm::alone(&app, id).await?,
    };
    let form = form.ok_or(Message::NotFound)?;
    may_see(&caller, &form.submission, &form.template)?;
    // Whoever prepares some sectors only sends those.
    let may_move =
        |section: &Section| caller.may(&permission_for(step, &form.body.code, section.sector));
    let may_any = form.template.sections.iter().map(may_move).reduce(Result::or);
    may_any.unwrap_or(Err(Message::NotFound.into()))?;
    let actor = caller.actor()?.clone();
    let acting_for = acting_for(&caller, &form, step, &form.template.sections)?;
    let (language, said) = (caller.speaks(), sent.value.checked(&form.template)?);
    let moved = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let form = form.again(tx).await?;
                let sections = standing(&form.submission, &form.template);
                let starts = movable(&actor, step, &form.body.code, sections);
                if starts.is_empty() {
                    let state =
                        form.submission.sections.first().map(|section| section.state.clone());
                    let refusal = state.and_then(|state| state.refusal(step, actor.person));
                    return Err(refusal.map_or(Message::NotFound.into(), refused));
                }
                if matches!(step, Move::Submit | Move::Sign) {
                    check_before(&form, &starts, language)?;
                }
                let mut moved = Moved { acting_for, ..Moved::default() };
                for section in starts {
                    make_move(tx, &form, &section, step, &actor, &said, &mut moved).await?;
                }
                moved.write(tx, form.submission.id).await
            })
        })
        .await?;
    answer_moved(&app, &caller, id, moved).await
}

/// A move on one section.
async fn move_section(
    app: App,
    caller: Caller,
    (id, section): &(String, String),
    sent: SentJson<Said>,
    step: Move,
) -> Answer<Response> {
    let id = submission_id(id)?;
    let form = OpenForm::alone(&app, id).await?.ok_or(Message::NotFound)?;
    may_see(&caller, &form.submission, &form.template)?;
    let found = form.template.section(section).ok_or(Message::NotFound)?;
    caller.may(&permission_for(step, &form.body.code, found.sector))?;
    let section = found.id.clone();
    let actor = caller.actor()?.clone();
    let acting_for = acting_for(&caller, &form, step, std::slice::from_ref(found))?;
    let said = sent.value.checked(&form.template)?;
    let moved = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let form = form.again(tx).await?;
                let mut moved = Moved { acting_for, ..Moved::default() };
                make_move(tx, &form, &section, step, &actor, &said, &mut moved).await?;
                moved.write(tx, form.submission.id).await
            })
        })
        .await?;
    answer_moved(&app, &caller, id, moved).await
}

/// For whom the caller makes a move that is not theirs to make: the name of whoever has lent it to them.
fn acting_for(
    caller: &Caller,
    form: &OpenForm,
    step: Move,
    sections: &[Section],
) -> Answer<Option<String>> {
    let person = caller.signed_in()?;
    let needed = sections.iter().map(|one| permission_for(step, &form.body.code, one.sector));
    Ok(needed.filter_map(|needed| person.acts_for(&needed).map(str::to_owned)).next())
}

async fn answer_moved(
    app: &App,
    caller: &Caller,
    id: SubmissionId,
    moved: store::Written<()>,
) -> Answer<Response> {
    let form = OpenForm::alone(app, id).await?.ok_or(Message::NotFound)?;
    may_see(caller, &form.submission, &form.template)?;
    let value = standing_of(app, caller, &form, &moves_of(app, id).await?)?;
    let store::Written { seq, replayed, .. } = moved;
    Ok(written(StatusCode::OK, store::Written { seq, value, replayed }))
}

/// Errors stop a signature; all findings are answered at once. What surprises asks for a comment and stops nothing.
fn check_before(form: &OpenForm, sections: &[SectionId], language: Language) -> Answer<()> {
    let findings: Vec<Finding> = form
        .findings()
        .iter()
        .filter(|finding| sections.contains(finding.cell.section()))
        .cloned()
        .collect();
    if !block_signing(&findings) {
        return Ok(());
    }
    let errors = findings.iter().filter(|finding| finding.severity() == Severity::Error).count();
    let problem = Problem::from(Message::said(422, "findings", |language| {
        language.pick(
            format!("Biểu còn {errors} lỗi phải sửa trước khi gửi."),
            format!("{errors} errors in the form have to be put right before it is sent."),
        )
    }));
    let shown: Vec<FindingShown> = findings_body(&findings, language);
    Err(problem.with("findings", serde_json::to_value(shown).unwrap_or_default()))
}

fn refused(refusal: workflow::Refusal) -> Problem {
    Message::said(409, refusal.code(), |language| refusal.message(language)).into()
}

/// What the moves of one form write, together: one signature of many sections is one set of figures.
#[derive(Default)]
struct Moved {
    states: Vec<(SectionId, workflow::State)>,
    figures: Vec<(Origin, Vec<NewObservation>)>,
    events: Vec<NewEvent>,
    signed_next: Option<BTreeSet<String>>,
    /// For whom a deputy does it.
    acting_for: Option<String>,
}

impl Moved {
    /// The sections of the next period's form that were signed at some time: only those can have settled anything.
    async fn signed_next(&mut self, tx: &mut Tx, form: &OpenForm) -> Answer<&BTreeSet<String>> {
        if self.signed_next.is_none() {
            let Submission { template, body, period, .. } = &form.submission;
            let next = match period.next() {
                Some(next) => tx.submission_of(template, body, next).await?,
                None => None,
            };
            let moves = match next {
                Some(next) => forms::moves(tx, next).await?,
                None => vec![],
            };
            let signed = moves.into_iter().filter(|event| event.what.kind == "section_sign");
            self.signed_next = Some(signed.filter_map(|event| event.what.section).collect());
        }
        Ok(self.signed_next.get_or_insert_default())
    }

    async fn write(self, tx: &mut Tx, id: SubmissionId) -> Answer<()> {
        tx.set_states(id, &self.states).await?;
        let figures: Vec<(&Origin, &[NewObservation])> =
            self.figures.iter().map(|(origin, said)| (origin, said.as_slice())).collect();
        if !figures.is_empty() {
            tx.append_each(&figures).await?;
        }
        Ok(tx.record_events(&self.events).await?)
    }
}

/// Decides one move, and adds its state, its figures and the event that tells of it to what is to be written.
async fn make_move(
    tx: &mut Tx,
    form: &OpenForm,
    section: &SectionId,
    step: Move,
    actor: &workflow::Actor,
    said: &Said,
    moved: &mut Moved,
) -> Answer<()> {
    let definition = form.template.section(section.as_str()).ok_or(Message::NotFound)?;
    let state = form.submission.state(section.as_str()).ok_or(Message::NotFound)?;
    let (by, at) = (actor.person, tx.now());
    let reason = || Reason::parse(said.reason.as_deref().unwrap_or_default());
    let next = match step {
        Move::Submit => state.submit(by, at),
        Move::Sign => state.sign(by, at),
        Move::ReturnToDrafter => {
            reason().and_then(|reason| state.return_to_drafter(by, at, reason))
        }
        Move::Receive => state.receive(by, at),
        Move::Return => reason().and_then(|reason| state.return_(by, at, reason)),
        Move::Close => state.close(by, at),
        Move::Reopen => reason().and_then(|reason| state.reopen(by, at, reason)),
        Move::Edit | Move::Correct => Ok(state.clone()),
    }
    .map_err(refused)?;
    moved.states.push((section.clone(), next));
    let unit = &form.body.unit;
    let period = form.submission.period;
    let figures: Vec<Statement> = match step {
        Move::Sign => {
            let emptied = emptied(tx, form, definition).await?;
            let cells: Vec<Cell> = emptied.iter().map(|one| one.cell.clone()).collect();
            let mut figures = statements(definition, &form.saved.cells, unit, period, &cells);
            for one in emptied {
                let Some((figure, status)) = one.stands_again else { continue };
                for statement in figures.iter_mut().filter(|statement| statement.cell == one.cell) {
                    (statement.figure, statement.status) = (figure, status);
                }
            }
            let signed_next = moved.signed_next(tx, form).await?;
            let settled = settled(tx, form, definition, signed_next).await?;
            let says_it_again =
                |said: &Statement| settled.get(&said.cell) == Some(&Some(said.figure));
            figures.retain(|said| !says_it_again(said));
            figures
        }
        Move::Return => {
            let signed_next = moved.signed_next(tx, form).await?;
            let settled = settled(tx, form, definition, signed_next).await?;
            let mut figures = withdrawals(definition, &form.saved.cells, unit, period);
            figures.retain(|said| !settled.contains_key(&said.cell));
            figures
        }
        Move::Edit
        | Move::Submit
        | Move::ReturnToDrafter
        | Move::Receive
        | Move::Close
        | Move::Reopen
        | Move::Correct => {
            vec![]
        }
    };
    let mut detail = json!({"cells": said.cells, "acting_for": moved.acting_for});
    if step == Move::Sign && moved.acting_for.is_some() {
        let position = said.position.as_deref().map(str::trim).filter(|said| !said.is_empty());
        detail["instead"] = json!(said.instead.as_deref().unwrap_or(Instead::ALL[0].code()));
        detail["position"] = json!(position);
    }
    let said_reason = said.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    detail["reason"] = json!(said_reason);
    moved.figures.extend(as_recorded(form, definition, figures, actor, said_reason));
    moved.events.push(NewEvent {
        kind: format!("section_{}", step.code()),
        actor: Some(actor.person),
        body: Some(form.body.code.clone()),
        submission: Some(form.submission.id),
        section: Some(section.to_string()),
        period: Some(period),
        detail,
        ..NewEvent::default()
    });
    Ok(())
}

/// A cell that an earlier signature stated and that is empty now.
struct Emptied {
    cell: Cell,
    /// What somebody else had said of it and stands again, such as the estimate that was settled; without it, the
    /// figure is withdrawn.
    stands_again: Option<(Figure, Status)>,
}

/// The cells that earlier signatures of a section stated, that still stand, and that are empty now.
async fn emptied(tx: &mut Tx, form: &OpenForm, section: &Section) -> Answer<Vec<Emptied>> {
    // Only a cell that was saved more than once can have been stated and emptied since.
    let touched: BTreeSet<&CellKey> = form
        .saved
        .drafts
        .iter()
        .filter(|draft| draft.version > 1)
        .map(|draft| &draft.cell)
        .collect();
    let mut emptied = vec![];
    for key in section.cells() {
        if !touched.contains(&key)
            || form.saved.cells.get(&key).is_some_and(|filled| !filled.is_empty())
        {
            continue;
        }
        let named =
            workflow::form::recorded_as(section, &key, &form.body.unit, form.submission.period);
        let Some((cell, _)) = named else { continue };
        let is_gone =
            |said: &Recorded| said.observation.figure.absence() == Some(Absence::Withdrawn);
        let is_own = |said: &&Recorded| said.origin.submission == Some(form.submission.id);
        let history = tx.history_of_cell(&cell, Seq::LATEST).await?;
        let reported: Vec<&Recorded> =
            history.iter().filter(|said| said.observation.source == Source::Reported).collect();
        if reported.iter().rev().copied().find(is_own).is_none_or(is_gone) {
            continue;
        }
        let other =
            reported.iter().rev().copied().find(|said| !is_own(said)).filter(|said| !is_gone(said));
        let stands_again = other.map(|said| (said.observation.figure, said.observation.status));
        emptied.push(Emptied { cell, stands_again });
    }
    Ok(emptied)
}

/// The cells of this form's period that the form of the next period has settled since, and what this form had said of
/// each: an estimate is not stated again over its actual, nor is the actual withdrawn with the estimate.
async fn settled(
    tx: &mut Tx,
    form: &OpenForm,
    section: &Section,
    signed_next: &BTreeSet<String>,
) -> Answer<HashMap<Cell, Option<Figure>>> {
    let mut settled = HashMap::new();
    let Submission { period, id, .. } = &form.submission;
    if !signed_next.contains(section.id.as_str()) {
        return Ok(settled);
    }
    for row in section.rows().iter().filter(|row| row.columns().contains(&Column::Previous)) {
        let key = section.row_key(row).cell(Column::This);
        let named = workflow::form::recorded_as(section, &key, &form.body.unit, *period);
        let Some((cell, _)) = named else { continue };
        let history = tx.history_of_cell(&cell, Seq::LATEST).await?;
        let mut said = history.iter().rev().filter(|said| {
            said.observation.source == Source::Reported
                && said.observation.figure.absence() != Some(Absence::Withdrawn)
        });
        let is_own = |said: &&Recorded| said.origin.submission == Some(*id);
        let Some(last) = said.clone().next().filter(|last| !is_own(last)) else { continue };
        if last.origin.submission.is_some() {
            let own = said.find(is_own).map(|said| said.observation.figure);
            settled.insert(cell, own);
        }
    }
    Ok(settled)
}

/// The figures of a section as they enter the record, and what they come from; nothing of nothing.
fn as_recorded(
    form: &OpenForm,
    section: &Section,
    figures: Vec<Statement>,
    actor: &workflow::Actor,
    reason: Option<&str>,
) -> Option<(Origin, Vec<NewObservation>)> {
    if figures.is_empty() {
        return None;
    }
    let (vi, en) = form.body.name_on(form.submission.period.end());
    let origin = Origin {
        kind: OriginKind::Submission,
        label_vi: format!("{}, {}, {}", form.template.name_vi, vi, form.submission.period),
        label_en: format!("{}, {}, {}", form.template.name_en, en, form.submission.period),
        submission: Some(form.submission.id),
        section: Some(section.id.to_string()),
        reason: reason.map(str::to_owned),
        actor: Some(actor.person),
    };
    let explained = form.besides().into_iter().filter_map(|(cell, beside, _)| match beside {
        Beside::Explained { cause, .. } => Some((cell, cause)),
        _ => None,
    });
    let causes: HashMap<CellKey, Cause> = explained.collect();
    let observations: Vec<NewObservation> = figures
        .into_iter()
        .map(|statement| {
            let words = form.saved.cells.get(&statement.from).map(|filled| {
                let cause =
                    causes.get(&statement.from).map(|cause| cause.label(Language::Vietnamese));
                match cause {
                    Some(cause) => format!("Khác số đo trực tuyến, {cause}: {}", filled.comment),
                    None => filled.comment.clone(),
                }
            });
            NewObservation {
                words: words.filter(|comment| !comment.is_empty()),
                ..NewObservation::of(
                    statement.cell,
                    statement.figure,
                    Source::Reported,
                    statement.status,
                )
            }
        })
        .collect();
    Some((origin, observations))
}

/// A correction of one closed figure.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Correction {
    #[schema(example = "BC/BC.DOANHTHU/this")]
    cell: String,
    /// With a decimal dot.
    value: Option<String>,
    /// As typed, under the language of the request.
    text: Option<String>,
    /// Instead of a value.
    #[schema(value_type = Option<codes::AbsenceToState>)]
    absent: Option<String>,
    /// Why.
    reason: String,
}

/// Đính chính: a later statement of one closed figure, with a reason.
#[utoipa::path(post, path = "/submissions/{id}/sections/{section}/correct", tag = "submissions", params(("id" = String, Path), ("section" = String, Path)), request_body = Correction, responses((status = 200, body = SubmissionBody),
    (status = 409, description = "The section is not closed, or a reason is missing: `not_now`, `reason_missing`"),
    (status = 412, body = StaleVersion, description = "Somebody else has saved the cell since: `stale_version`, with both values")))]
async fn correct(
    State(app): State<App>,
    caller: Caller,
    Path((id, section)): Path<(String, String)>,
    sent: SentJson<Correction>,
) -> Answer<Response> {
    let id = submission_id(&id)?;
    let form = OpenForm::alone(&app, id).await?.ok_or(Message::NotFound)?;
    may_see(&caller, &form.submission, &form.template)?;
    let found = form.template.section(&section).ok_or(Message::NotFound)?;
    caller.may(&Permission::Correct { body: form.body.code.clone(), sector: found.sector })?;
    let section = found.id.clone();
    let Correction { cell, value, text, absent, reason } = sent.value;
    let saved_version = form
        .saved
        .drafts
        .iter()
        .find(|draft| draft.cell.to_string() == cell)
        .map_or(0, |draft| draft.version);
    let edit = CellEdit { cell, text, value, absent, comment: None, version: saved_version };
    let saves = read_edits(&form, std::slice::from_ref(&edit), caller.speaks())?;
    let Some(save) = saves.into_iter().next().filter(|save| *save.cell.section() == section) else {
        return Err(Problem::from(Message::NotFound).in_cell(edit.cell));
    };
    if save.value == DraftValue::Empty {
        return Err(Problem::from(Message::ValueOrAbsence).in_cell(edit.cell));
    }
    let actor = caller.actor()?.clone();
    let moved = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let form = form.again(tx).await?;
                let state = form.submission.state(section.as_str()).ok_or(Message::NotFound)?;
                let reason = Reason::parse(&reason).map_err(refused)?;
                state.correct(actor.person, &reason).map_err(refused)?;
                let cell = save.cell.clone();
                tx.save_cells(form.submission.id, actor.person, &[save]).await.map_err(
                    |error| match error {
                        SaveError::Store(error) => Problem::from(error),
                        SaveError::Stale(stale) => stale_version(&stale, &[edit]),
                    },
                )?;
                let form = form.again(tx).await?;
                let definition =
                    form.template.section(section.as_str()).ok_or(Message::NotFound)?;
                let stated = statements(
                    definition,
                    &form.saved.cells,
                    &form.body.unit,
                    form.submission.period,
                    &[],
                );
                let one: Vec<Statement> =
                    stated.into_iter().filter(|statement| statement.from == cell).collect();
                let indicator = one.first().map(|statement| statement.cell.indicator.clone());
                let said = as_recorded(&form, definition, one, &actor, Some(reason.as_str()));
                if let Some((origin, observations)) = said {
                    tx.append(&origin, &observations).await?;
                }
                tx.event(NewEvent {
                    kind: "section_correct".into(),
                    actor: Some(actor.person),
                    body: Some(form.body.code.clone()),
                    submission: Some(form.submission.id),
                    section: Some(section.to_string()),
                    indicator,
                    period: Some(form.submission.period),
                    detail: json!({"reason": reason.as_str(), "cells": [cell.to_string()]}),
                })
                .await?;
                Ok(())
            })
        })
        .await?;
    let value = shown(&app, &caller, id).await?;
    let store::Written { seq, replayed, .. } = moved;
    Ok(written(StatusCode::OK, store::Written { seq, value, replayed }))
}

/// What is to be received at once.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CleanAsked {
    template: String,
    period: String,
    /// Only of this sector.
    #[schema(value_type = Option<codes::SectorCode>)]
    sector: Option<String>,
}

/// What was received, and what was not.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct ReceivedClean {
    received: Vec<SectionAt>,
    skipped: Vec<SkippedAt>,
}

/// A section of a submission.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct SectionAt {
    submission: String,
    section: String,
}

/// A section that was not received, and why.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct SkippedAt {
    submission: String,
    section: String,
    reason: String,
}

/// Receives every signed section without errors and with all warnings explained, in the caller's sectors.
#[utoipa::path(post, path = "/submissions/receive-clean", tag = "submissions", request_body = CleanAsked, responses((status = 200, body = ReceivedClean), (status = 404, description = "`unknown_sector`, `unknown_template`")))]
async fn receive_clean(
    State(app): State<App>,
    caller: Caller,
    sent: SentJson<CleanAsked>,
) -> Answer<Response> {
    let filter = SubmissionFilter {
        template: Some(template_code(&sent.value.template)?),
        period: Some(period_of(&sent.value.period)?),
        ..SubmissionFilter::default()
    };
    let only = sent
        .value
        .sector
        .as_deref()
        .map(|code| Sector::parse(code).ok_or_else(|| Message::UnknownSector(code.to_owned())));
    let only = only.transpose()?;
    let actor = caller.actor()?.clone();
    let language = caller.speaks();
    let mut reader = app.store.read().await?;
    let found = reader.submissions(&filter).await?;
    drop(reader);
    let mut forms = vec![];
    for submission in found {
        if submission.sections.iter().any(|section| section.state.code() == "signed") {
            forms.extend(OpenForm::read(&app, submission.id).await?);
        }
    }
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let mut answer = ReceivedClean { received: vec![], skipped: vec![] };
                for form in forms {
                    let mut moved = Moved::default();
                    let form = form.again(tx).await?;
                    let findings = form.findings();
                    for section in &form.template.sections {
                        let mine = only.is_none_or(|only| only == section.sector)
                            && workflow::may(
                                &actor,
                                &Permission::Receive { sector: section.sector },
                            )
                            .is_ok();
                        let state = form.submission.state(section.id.as_str());
                        if !mine || state.is_none_or(|state| state.code() != "signed") {
                            continue;
                        }
                        let (submission, id) =
                            (form.submission.id.to_string(), section.id.to_string());
                        let own: Vec<&Finding> = findings
                            .iter()
                            .filter(|finding| *finding.cell.section() == section.id)
                            .collect();
                        let refusal =
                            state.and_then(|state| state.refusal(Move::Receive, actor.person));
                        if let Some(refusal) = refusal {
                            answer.skipped.push(SkippedAt {
                                submission,
                                section: id,
                                reason: refusal.message(language),
                            });
                        } else if !is_clean(own.iter().copied()) {
                            let reason = language.pick(
                                format!("có {} chỗ cần xem", own.len()),
                                format!("{} places to look at", own.len()),
                            );
                            answer.skipped.push(SkippedAt { submission, section: id, reason });
                        } else {
                            let nothing = Said::default();
                            let step = Move::Receive;
                            make_move(tx, &form, &section.id, step, &actor, &nothing, &mut moved)
                                .await?;
                            answer.received.push(SectionAt { submission, section: id });
                        }
                    }
                    if !moved.states.is_empty() {
                        moved.write(tx, form.submission.id).await?;
                    }
                }
                Ok(answer)
            })
        })
        .await?;
    Ok(written(StatusCode::OK, done))
}

/// The sections that the caller may read; an error when that is none, which says nothing of why.
fn may_see(
    caller: &Caller,
    submission: &Submission,
    template: &Template,
) -> Answer<Vec<SectionId>> {
    Ok(visible_sections(caller.actor()?, &submission.body, standing(submission, template))?)
}

/// Each section with its sector and where it stands.
fn standing<'a>(
    submission: &'a Submission,
    template: &'a Template,
) -> impl Iterator<Item = (&'a SectionId, Sector, &'a workflow::State)> {
    template.sections.iter().filter_map(|section| {
        Some((&section.id, section.sector, submission.state(section.id.as_str())?))
    })
}

fn summary(
    ministry: &Ministry,
    submission: &Submission,
    template: &Template,
    now: Timestamp,
) -> Summary {
    let due = forms::due_of(template, submission);
    let (vi, en) = ministry
        .bodies
        .get(&submission.body)
        .map(|body| body.name_on(submission.period.end()))
        .unwrap_or((submission.body.as_str(), submission.body.as_str()));
    let overall = overall_of(submission);
    Summary {
        id: submission.id.to_string(),
        template: template.code.to_string(),
        template_name_vi: template.name_vi.clone(),
        template_name_en: template.name_en.clone(),
        body: submission.body.to_string(),
        body_name_vi: vi.to_owned(),
        body_name_en: en.to_owned(),
        period: submission.period.to_string(),
        state: overall.code().to_owned(),
        due: show(due),
        late: !overall.is_sent() && is_late(due, None, now),
        filled: submission.filled,
        cells: template.counted_cells().len() as u32,
        sections: sections(submission, template),
        updated_at: show(submission.updated_at),
    }
}

fn sections(submission: &Submission, template: &Template) -> Vec<SectionSummary> {
    template
        .sections
        .iter()
        .map(|section| SectionSummary {
            id: section.id.to_string(),
            name_vi: section.name_vi.clone(),
            name_en: section.name_en.clone(),
            sector: section.sector.code().to_owned(),
            state: submission
                .state(section.id.as_str())
                .map_or("draft", |state| state.code())
                .to_owned(),
        })
        .collect()
}

async fn shown(app: &App, caller: &Caller, id: SubmissionId) -> Answer<SubmissionBody> {
    let form = OpenForm::read(app, id).await?.ok_or(Message::NotFound)?;
    let visible = may_see(caller, &form.submission, &form.template)?;
    let moves = moves_of(app, id).await?;
    body_of(app, caller, &form, &visible, &moves)
}

async fn moves_of(app: &App, id: SubmissionId) -> Answer<Vec<Event>> {
    Ok(forms::moves(&mut app.store.read().await?, id).await?)
}

/// A submission as it is shown to who may see these sections of it.
pub fn body_of(
    app: &App,
    caller: &Caller,
    form: &OpenForm,
    visible: &[SectionId],
    moves: &[Event],
) -> Answer<SubmissionBody> {
    let seen = |section: &SectionId| visible.contains(section);
    let findings: Vec<Finding> =
        form.findings().iter().filter(|finding| seen(finding.cell.section())).cloned().collect();
    Ok(SubmissionBody {
        standing: standing_of(app, caller, form, moves)?,
        template_def: template_body(&form.template, &form.ministry),
        cells: form
            .saved
            .drafts
            .iter()
            .filter(|draft| seen(draft.cell.section()))
            .map(cell_body)
            .collect(),
        computed: form
            .computed()
            .iter()
            .filter(|(row, ..)| seen(&row.section))
            .map(computed_body)
            .collect(),
        measured: beside::body(form, visible),
        findings: findings_body(&findings, caller.speaks()),
    })
}

/// Where a form stands for this caller.
fn standing_of(
    app: &App,
    caller: &Caller,
    form: &OpenForm,
    moves: &[Event],
) -> Answer<StandingBody> {
    let (actor, now) = (caller.actor()?, app.store.now());
    let summary = summary(&form.ministry, &form.submission, &form.template, now);
    let due = forms::due_of(&form.template, &form.submission);
    let late = is_late(due, signed_at(&form.submission, moves), now);
    let can = can(form, actor);
    let locked_reason = form
        .submission
        .sections
        .iter()
        .find_map(|section| section.state.locked_reason(caller.speaks()))
        .filter(|_| can.edit_sections.is_empty());
    Ok(StandingBody {
        id: summary.id,
        template: summary.template,
        template_name_vi: summary.template_name_vi,
        template_name_en: summary.template_name_en,
        body: summary.body,
        body_name_vi: summary.body_name_vi,
        body_name_en: summary.body_name_en,
        period: summary.period,
        state: summary.state,
        due: summary.due,
        late,
        filled: summary.filled,
        counted: summary.cells,
        sections: summary.sections,
        updated_at: summary.updated_at,
        can,
        locked_reason: locked_reason.map(str::to_owned),
        moves: moves.iter().filter_map(move_body).collect(),
        cursor: form.submission.cursor,
        extension: extension::body(&form.submission, &form.template, moves),
    })
}

/// What the actor may do now, by the same functions that decide when they do it.
fn can(form: &OpenForm, actor: &workflow::Actor) -> Can {
    let of = |step: Move| -> Vec<String> {
        let sections = standing(&form.submission, &form.template);
        movable(actor, step, &form.body.code, sections).iter().map(SectionId::to_string).collect()
    };
    let edit_sections = of(Move::Edit);
    Can {
        edit: !edit_sections.is_empty(),
        edit_sections,
        submit: !of(Move::Submit).is_empty(),
        sign: !of(Move::Sign).is_empty(),
        return_to_drafter: !of(Move::ReturnToDrafter).is_empty(),
        receive: of(Move::Receive),
        r#return: of(Move::Return),
        close: of(Move::Close),
        reopen: of(Move::Reopen),
        correct: of(Move::Correct),
        ask_extension: extension::may_ask(&form.submission, actor),
        answer_extension: extension::may_answer(&form.submission, &form.template, actor),
    }
}

/// A template as it is shown.
pub fn template_body(template: &Template, ministry: &Ministry) -> TemplateBody {
    let section = |section: &Section| SectionBody {
        id: section.id.to_string(),
        sector: section.sector.code().to_owned(),
        name_vi: section.name_vi.clone(),
        name_en: section.name_en.clone(),
        kind: match section.kind {
            SectionKind::Figures(_) => "figures".to_owned(),
            SectionKind::Texts(_) => "text".to_owned(),
        },
        owner: section.owner.clone(),
        rows: section
            .rows()
            .iter()
            .filter_map(|row| {
                let indicator = ministry.catalogue.get(row.indicator.as_str())?;
                Some(RowBody {
                    indicator: row.indicator.to_string(),
                    breakdown: Some(row.breakdown.to_string())
                        .filter(|breakdown| !breakdown.is_empty()),
                    name_vi: indicator.name_vi.clone(),
                    name_en: indicator.name_en.clone(),
                    unit_vi: indicator.unit_vi.clone(),
                    unit_en: indicator.unit_en.clone(),
                    scale: indicator.scale,
                    required: row.required,
                    settle_previous: row.columns().contains(&Column::Previous),
                    note: Some(row.note.clone()).filter(|note| !note.is_empty()),
                })
            })
            .collect(),
        texts: section
            .texts()
            .iter()
            .map(|text| TextBody {
                id: text.id.to_string(),
                name_vi: text.name_vi.clone(),
                name_en: text.name_en.clone(),
            })
            .collect(),
    };
    TemplateBody {
        code: template.code.to_string(),
        version: template.version,
        name_vi: template.name_vi.clone(),
        name_en: template.name_en.clone(),
        calendar: template.calendar.code().to_owned(),
        frequency: template.frequency.code().to_owned(),
        cut_off_vi: template.cut_off_vi.clone(),
        cut_off_en: template.cut_off_en.clone(),
        legal_basis: template.legal_basis.clone(),
        recipients: template.recipients.clone(),
        due_working_days: template.due.working_days,
        checks: template.checks.iter().map(CheckContent::of).collect(),
        sections: template.sections.iter().map(section).collect(),
    }
}

fn cell_body(draft: &DraftCell) -> CellBody {
    let (value, absent, text) = match &draft.value {
        DraftValue::Empty => (None, None, None),
        DraftValue::Figure(figure) => (
            figure.shown().map(|number| number.to_string()),
            figure.absence().map(|reason| reason.code().to_owned()),
            None,
        ),
        DraftValue::Text(text) => (None, None, Some(text.clone())),
    };
    CellBody {
        cell: draft.cell.to_string(),
        value,
        absent,
        text,
        comment: draft.comment.clone(),
        version: draft.version,
        by: Some(draft.by_name.clone()).filter(|name| !name.is_empty()),
        at: Some(show(draft.at)),
    }
}

fn computed_body((row, columns, before): &(workflow::RowKey, Computed, Before)) -> ComputedBody {
    let follows = |figure: Figure| Follows {
        value: figure.number().map(|number| number.to_string()),
        absent: figure.absence().map(|reason| reason.code().to_owned()),
    };
    let nothing = Figure::Absent(model::Absence::NothingRecorded);
    let written = |number: &Option<Decimal>| number.map(|number| number.to_string());
    ComputedBody {
        row: row.to_string(),
        previous: follows(columns.previous),
        last_year: follows(before.last_year.map_or(nothing, Figure::Number)),
        ytd: follows(columns.year_to_date),
        change_on_period: follows(columns.change_on_period),
        change_on_year: follows(columns.change_on_year),
        points_on_period: follows(columns.points_on_period),
        points_on_year: follows(columns.points_on_year),
        share_of_plan: follows(columns.share_of_plan),
        recorded: RecordedBody {
            previous: written(&before.previous),
            earlier_this_year: before.earlier_this_year.iter().map(written).collect(),
            plan: written(&before.plan),
        },
    }
}

fn findings_body(findings: &[Finding], language: Language) -> Vec<FindingShown> {
    findings
        .iter()
        .map(|finding| FindingShown {
            cell: finding.cell.to_string(),
            row: finding.cell.row_code(),
            column: finding.cell.column_code().to_owned(),
            severity: finding.severity().code().to_owned(),
            code: finding.code().to_owned(),
            text: finding.message(language),
            explained: finding.explained,
        })
        .collect()
}

fn move_body(event: &Event) -> Option<MoveBody> {
    let kind = event.what.kind.as_str();
    let about_deadline = kind.starts_with("extension_").then_some(kind);
    let step = kind.strip_prefix("section_").or(about_deadline)?;
    Some(MoveBody {
        at: show(event.at),
        by: event.actor_name.clone().unwrap_or_default(),
        r#move: step.to_owned(),
        section: event.what.section.clone(),
        reason: event.what.detail["reason"].as_str().map(str::to_owned),
        until: event.what.detail["until"].as_str().map(str::to_owned),
        acting_for: event.what.detail["acting_for"].as_str().map(str::to_owned),
    })
}

fn submission_id(text: &str) -> Answer<SubmissionId> {
    text.parse().map(SubmissionId).map_err(|_| Message::NotFound.into())
}

/// A body code of a request.
pub fn body_code(text: &str) -> Answer<BodyCode> {
    BodyCode::parse(text).map_err(|_| Message::UnknownBody(text.to_owned()).into())
}

/// A template code of a request.
pub fn template_code(text: &str) -> Answer<workflow::TemplateCode> {
    workflow::TemplateCode::parse(text)
        .map_err(|_| Message::UnknownTemplate(text.to_owned()).into())
}

/// A period of a request.
pub fn period_of(text: &str) -> Answer<Period> {
    Period::parse(text).map_err(|_| Message::BadPeriod(text.to_owned()).into())
}
