//! What is behind the link of a request: the cells that are asked for, for somebody without an account.
//!
//! A link that is unknown, used, expired or withdrawn is one and the same refusal, which says what to do and nothing of
//! the body. Whoever tries links that do not exist is sent away for a while.

use std::time::Instant;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use store::{DraftValue, Help, Tx, Written};
use utoipa::ToSchema;
use utoipa_axum::routes;
use workflow::check::Problem as Wrong;
use workflow::help::Standing;
use workflow::{CellKey, Language};

use super::super::spreadsheet::{LARGEST, book};
use super::super::{CellEdit, FindingShown, findings_body, read_edits};
use super::{file, filled, form_of, name_of, nothing_answered, said_in, send, unknown_cell};
use crate::api::accounts::Spreadsheet;
use crate::api::shapes::decimal;
use crate::api::{Endpoints, Needs, codes};
use crate::auth::{self, Caller};
use crate::clock::rfc3339 as show;
use crate::forms::OpenForm;
use crate::http::{Sent, SentJson, written};
use crate::peer::Peer;
use crate::problem::{Answer, Problem};
use crate::state::App;
use crate::words::Message;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    endpoints
        .add(Needs::Nobody, routes!(asked, save))
        .add(Needs::Nobody, routes!(send_answer))
        .add_large(Needs::Nobody, LARGEST, routes!(download, upload))
}

/// What an office is asked for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct HelpPage {
    /// Who asks.
    body_name_vi: String,
    body_name_en: String,
    /// Who is asked.
    office: String,
    /// What is said to them.
    note: Option<String>,
    template_name_vi: String,
    template_name_en: String,
    #[schema(example = "2024-07")]
    period: String,
    /// The period before, of which some cells are; null where it has no name.
    previous_period: Option<String>,
    /// The moment at which the link closes.
    until: String,
    /// Who answers, as far as they have said it.
    sender_name: Option<String>,
    /// Of which office.
    sender_office: Option<String>,
    sections: Vec<HelpSection>,
    /// What is wrong or surprising in what was answered.
    findings: Vec<FindingShown>,
}

/// A part of what is asked for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct HelpSection {
    name_vi: String,
    name_en: String,
    cells: Vec<HelpCellAsked>,
}

/// A cell that is asked for, with what is needed to answer it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct HelpCellAsked {
    #[schema(example = "BC/BC.DOANHTHU/this")]
    cell: String,
    name_vi: String,
    name_en: String,
    /// Unit of measure; empty for words.
    unit_vi: String,
    unit_en: String,
    /// Decimals kept.
    scale: u8,
    /// Whether an estimate is enough: the actual is asked for a period later.
    estimated: bool,
    definition_vi: String,
    definition_en: String,
    /// The least value.
    min: Option<String>,
    /// The greatest value.
    max: Option<String>,
    value: Option<String>,
    #[schema(value_type = Option<codes::StatedAbsence>)]
    absent: Option<String>,
    text: Option<String>,
    comment: Option<String>,
}

/// What a link asks for, and what was answered so far.
#[utoipa::path(get, operation_id = "help_page", path = "/help/{link}", tag = "submissions", params(("link" = String, Path)), responses((status = 200, body = HelpPage),
    (status = 410, description = "The link is unknown, used, over or withdrawn: `closed_link`"), (status = 429, description = "Too many links that do not exist: `too_many_tries`")))]
async fn asked(
    State(app): State<App>,
    caller: Caller,
    peer: Peer,
    Path(link): Path<String>,
) -> Answer<Json<HelpPage>> {
    let (form, help) = behind(&app, &peer, &link).await?;
    Ok(Json(page(&form, &help, caller.speaks())))
}

/// What is answered, and by whom; what is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HelpSaved {
    #[serde(default)]
    cells: Vec<CellEdit>,
    sender_name: Option<String>,
    sender_office: Option<String>,
}

/// Keeps an answer to go on with: all of these cells, or none. Nobody sees it until it is sent.
#[utoipa::path(patch, operation_id = "save_help", path = "/help/{link}", tag = "submissions", params(("link" = String, Path)), request_body = HelpSaved, responses((status = 200, body = HelpPage),
    (status = 410, description = "The link is unknown, used, over or withdrawn: `closed_link`"),
    (status = 422, description = "Not a number, ambiguous, not asked for, twice: `not_a_number`, `ambiguous_number`, `unknown_cell`, `cell_twice`…"),
    (status = 429, description = "Too many links that do not exist: `too_many_tries`")))]
async fn save(
    State(app): State<App>,
    caller: Caller,
    peer: Peer,
    Path(link): Path<String>,
    sent: SentJson<HelpSaved>,
) -> Answer<Response> {
    let (form, help) = behind(&app, &peer, &link).await?;
    let HelpSaved { cells, sender_name, sender_office } = sent.value;
    let saves = read(&form, &help, &cells, caller.speaks())?;
    let named = |field, said: Option<String>| {
        let said = said.filter(|said| !said.trim().is_empty());
        said.map(|said| name_of(field, &said)).transpose()
    };
    let name = named("sender_name", sender_name)?.or(help.sender_name);
    let office = named("sender_office", sender_office)?.or(help.sender_office);
    let hash = auth::secret_hash(&link);
    let saved = app
        .write(None, move |tx| {
            Box::pin(async move {
                let help = open(tx, &hash).await?;
                tx.save_help_cells(help.id, &saves).await?;
                Ok(tx.set_help_sender(help.id, name.as_deref(), office.as_deref()).await?)
            })
        })
        .await?;
    answer(&app, &peer, &link, caller.speaks(), saved).await
}

/// Who answers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HelpSent {
    sender_name: String,
    sender_office: String,
}

/// Sends the answer, once: the link is used up, and the answer waits for the body to accept it.
#[utoipa::path(post, operation_id = "send_help", path = "/help/{link}/send", tag = "submissions", params(("link" = String, Path)), request_body = HelpSent, responses((status = 200, body = HelpPage, description = "What was sent"),
    (status = 410, description = "The link is unknown, used, over or withdrawn: `closed_link`"),
    (status = 422, description = "Nothing is answered, or nobody is named: `empty`, `too_long`"),
    (status = 429, description = "Too many links that do not exist: `too_many_tries`")))]
async fn send_answer(
    State(app): State<App>,
    caller: Caller,
    peer: Peer,
    Path(link): Path<String>,
    sent: SentJson<HelpSent>,
) -> Answer<Response> {
    let (form, _) = behind(&app, &peer, &link).await?;
    let name = name_of("sender_name", &sent.value.sender_name)?;
    let office = name_of("sender_office", &sent.value.sender_office)?;
    let (of, hash, language) = (form.clone(), auth::secret_hash(&link), caller.speaks());
    let done = app
        .write(None, move |tx| {
            Box::pin(async move {
                let help = open(tx, &hash).await?;
                if help.cells.iter().all(|one| one.value == DraftValue::Empty) {
                    return Err(nothing_answered());
                }
                send(tx, &of, &help, (name.clone(), office.clone()), None).await?;
                let named = Help { sender_name: Some(name), sender_office: Some(office), ..help };
                Ok(page(&of, &named, language))
            })
        })
        .await?;
    Ok(written(StatusCode::OK, done))
}

/// The cells that are asked for as a spreadsheet, with what was answered so far.
#[utoipa::path(get, operation_id = "help_page_spreadsheet", path = "/help/{link}/form.xlsx", tag = "submissions", params(("link" = String, Path)),
    responses((status = 200, body = Spreadsheet, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", description = "The cells that are asked for, in the language of the request"),
        (status = 410, description = "The link is unknown, used, over or withdrawn: `closed_link`"), (status = 429, description = "Too many links that do not exist: `too_many_tries`")))]
async fn download(
    State(app): State<App>,
    caller: Caller,
    peer: Peer,
    Path(link): Path<String>,
) -> Answer<Response> {
    let (form, help) = behind(&app, &peer, &link).await?;
    file(&app, &form, &help, caller.speaks()).await
}

/// Takes the filled spreadsheet as what is answered so far, all of it or nothing; it is still to be sent.
#[utoipa::path(post, operation_id = "upload_help_page_spreadsheet", path = "/help/{link}/form.xlsx", tag = "submissions", params(("link" = String, Path)),
    request_body(content = Spreadsheet, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    responses((status = 200, body = HelpPage), (status = 410, description = "The link is unknown, used, over or withdrawn: `closed_link`"),
        (status = 422, description = "Cells that cannot be read, all of them: `findings`; or the file is not taken: `not_a_workbook`, `workbook_locked`, `workbook_macros`, `workbook_too_large`, `workbook_damaged`, `not_a_form`, `foreign_form`, `outdated_form`, `altered_form`, `empty`"),
        (status = 429, description = "Too many links that do not exist: `too_many_tries`")))]
async fn upload(
    State(app): State<App>,
    caller: Caller,
    peer: Peer,
    Path(link): Path<String>,
    sent: Sent,
) -> Answer<Response> {
    let (form, help) = behind(&app, &peer, &link).await?;
    let filled = filled(&app, &form, &help, sent.bytes).await?;
    let hash = auth::secret_hash(&link);
    let saved = app
        .write(None, move |tx| {
            Box::pin(async move {
                let help = open(tx, &hash).await?;
                Ok(tx.save_help_cells(help.id, &filled).await?)
            })
        })
        .await?;
    answer(&app, &peer, &link, caller.speaks(), saved).await
}

async fn answer(
    app: &App,
    peer: &Peer,
    link: &str,
    language: Language,
    saved: Written<()>,
) -> Answer<Response> {
    let (form, help) = behind(app, peer, link).await?;
    let value = page(&form, &help, language);
    Ok(written(StatusCode::OK, Written { seq: saved.seq, value, replayed: false }))
}

/// The request behind a link that can still be answered, and its form.
async fn behind(app: &App, peer: &Peer, link: &str) -> Answer<(OpenForm, Help)> {
    let now = Instant::now();
    if let Some(minutes) = app.link_attempts.locked_for(&peer.0, now) {
        return Err(too_many(minutes));
    }
    let help = app.store.read().await?.help_by_link(&auth::secret_hash(link)).await?;
    let Some(help) = help else {
        app.link_attempts.failed(&peer.0, now);
        return Err(closed());
    };
    if help.standing(app.now()) != Standing::Waiting {
        return Err(closed());
    }
    let form = OpenForm::alone(app, help.submission).await?.ok_or_else(closed)?;
    Ok((form, help))
}

/// The same as a command sees it: of two that send at once, one is first.
async fn open(tx: &mut Tx, hash: &str) -> Answer<Help> {
    let help = tx.help_by_link(hash).await?.ok_or_else(closed)?;
    if help.standing(tx.now()) == Standing::Waiting { Ok(help) } else { Err(closed()) }
}

fn closed() -> Problem {
    Message::said(410, "closed_link", |language| {
        language
            .pick(
                "Liên kết này không dùng được: đã gửi số liệu, đã hết hạn, hoặc không còn hiệu lực. Nếu bạn đã gửi thì số liệu đã tới nơi. Nếu cần gửi thêm, hãy liên hệ đơn vị đã đưa liên kết cho bạn.",
                "This link does not work: it was used, its time is over, or it no longer holds. If you have sent your figures, they arrived. If there is more to send, turn to the office that gave you the link.",
            )
            .to_owned()
    })
    .into()
}

fn too_many(minutes: i64) -> Problem {
    Message::said(429, "too_many_tries", |language| {
        language.pick(
            format!("Có quá nhiều liên kết không đúng được mở từ mạng của bạn. Hãy thử lại sau {minutes} phút."),
            format!("Too many links that do not exist were opened from your network. Try again in {minutes} minutes."),
        )
    })
    .into()
}

/// What is typed into cells that were asked for, under the rules of the form.
fn read(
    form: &OpenForm,
    help: &Help,
    edits: &[CellEdit],
    language: Language,
) -> Answer<Vec<(CellKey, DraftValue, Option<String>)>> {
    let is_asked = |edit: &CellEdit| help.cells.iter().any(|one| one.cell.to_string() == edit.cell);
    if let Some(other) = edits.iter().find(|edit| !is_asked(edit)) {
        return Err(unknown_cell(&other.cell));
    }
    let saves = read_edits(&form_of(form, help), edits, language)?;
    Ok(saves.into_iter().map(|save| (save.cell, save.value, save.comment)).collect())
}

fn page(form: &OpenForm, help: &Help, language: Language) -> HelpPage {
    let part = form_of(form, help);
    let period = form.submission.period;
    let (vi, en) = form.body.name_on(period.end());
    // What is not answered yet is no fault of whoever answers.
    let findings: Vec<_> = part
        .findings()
        .iter()
        .filter(|one| !matches!(one.problem, Wrong::Required | Wrong::AbsenceOfRequired))
        .cloned()
        .collect();
    let section = |section: &workflow::Section| HelpSection {
        name_vi: section.name_vi.clone(),
        name_en: section.name_en.clone(),
        cells: help
            .cells
            .iter()
            .filter(|one| *one.cell.section() == section.id)
            .map(|one| cell(form, one))
            .collect(),
    };
    HelpPage {
        body_name_vi: vi.to_owned(),
        body_name_en: en.to_owned(),
        office: help.office.clone(),
        note: help.note.clone(),
        template_name_vi: form.template.name_vi.clone(),
        template_name_en: form.template.name_en.clone(),
        period: period.to_string(),
        previous_period: period.previous().map(|period| period.to_string()),
        until: show(help.dates.expires_at),
        sender_name: help.sender_name.clone(),
        sender_office: help.sender_office.clone(),
        sections: part.template.sections.iter().map(section).collect(),
        findings: findings_body(&findings, language),
    }
}

fn cell(form: &OpenForm, one: &store::HelpCell) -> HelpCellAsked {
    let indicator = one.cell.row().map(|row| row.indicator.as_str());
    let indicator = indicator.and_then(|code| form.ministry.catalogue.get(code));
    let (value, absent, text) = said_in(&one.value);
    let section = form.template.section(one.cell.section().as_str());
    let recorded = section.and_then(|section| {
        let (unit, period) = (&form.body.unit, form.submission.period);
        workflow::form::recorded_as(section, &one.cell, unit, period)
    });
    let of = |field: fn(&model::Indicator) -> &String| indicator.map(field).cloned();
    HelpCellAsked {
        cell: one.cell.to_string(),
        name_vi: book::label(form, &one.cell, Language::Vietnamese),
        name_en: book::label(form, &one.cell, Language::English),
        unit_vi: of(|one| &one.unit_vi).unwrap_or_default(),
        unit_en: of(|one| &one.unit_en).unwrap_or_default(),
        scale: indicator.map_or(0, |one| one.scale),
        estimated: recorded.is_some_and(|(_, status)| status == model::Status::Estimated),
        definition_vi: of(|one| &one.definition_vi).unwrap_or_default(),
        definition_en: of(|one| &one.definition_en).unwrap_or_default(),
        min: decimal(indicator.and_then(|one| one.limits.min)),
        max: decimal(indicator.and_then(|one| one.limits.max)),
        value,
        absent,
        text,
        comment: one.comment.clone(),
    }
}
