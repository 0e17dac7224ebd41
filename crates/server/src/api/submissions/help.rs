//! Nhờ đơn vị khác: a body asks another office for cells of its form, sees what comes back beside what stands there, and
//! takes it or not.
//!
//! A link is shown once and kept as its hash; what is behind it is in [`outside`]. An answer is no draft until it is
//! accepted, and then it is saved as if it had been typed: under the version of the cell, with who supplied it.

mod outside;

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use model::PersonId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{DraftCell, DraftValue, Help, NewEvent, NewHelp, SaveCell, SaveError, Tx, Written};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::deadline::day_of;
use workflow::help::{Decision, Standing, closes, credited, suggested_day};
use workflow::section::LONGEST_REASON;
use workflow::{CellKey, Column, Language, SectionId, SectionKind, Template};

use super::extension::tell;
use super::spreadsheet::{self, LARGEST, book};
use super::{
    StaleVersion, check_count, check_open, check_open_cell, may_enter, may_see, stale_version,
    submission_id, unknown_cell,
};
use crate::api::accounts::Spreadsheet;
use crate::api::{Endpoints, Needs, codes};
use crate::auth::{self, Caller};
use crate::clock::rfc3339 as show;
use crate::forms::{self, OpenForm};
use crate::http::{Params, Sent, SentJson, written};
use crate::problem::{Answer, Problem};
use crate::state::App;
use crate::words::Message;

/// The most characters of a person's or an office's name.
const LONGEST_NAME: usize = 200;

/// Adds the endpoints of those who ask, and of those who are asked.
pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    let enter: &[&str] = &["enter_cells"];
    let file = Needs::ByContent(&["see_draft", "see_signed", "enter_cells"]);
    let endpoints = endpoints
        .add(Needs::ByContent(&["see_draft", "see_signed", "enter_cells"]), routes!(list, ask))
        .add(Needs::ByContent(enter), routes!(accept))
        .add(Needs::ByContent(enter), routes!(decline))
        .add(Needs::ByContent(enter), routes!(withdraw))
        .add_large(file, LARGEST, routes!(hand_out, take_back));
    outside::add(endpoints)
}

/// What other offices were asked for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct HelpList {
    /// The newest first.
    requests: Vec<HelpBody>,
    /// The day until which a new request is open unless another is named: two working days before the form is due.
    #[schema(example = "2024-08-06")]
    suggested_until: String,
}

/// What an office was asked for, and what it answered.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct HelpBody {
    id: String,
    #[schema(value_type = codes::HelpStanding)]
    state: String,
    /// Which office was asked.
    office: String,
    /// What was said to it.
    note: Option<String>,
    asked_by: String,
    asked_at: String,
    /// The moment at which the link closes.
    until: String,
    /// Who answered, as they say it themselves.
    sender_name: Option<String>,
    /// Of which office they say they are.
    sender_office: Option<String>,
    sent_at: Option<String>,
    cells: Vec<HelpCellBody>,
}

/// A cell that an office was asked for; what it answers is shown once it is sent.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct HelpCellBody {
    #[schema(example = "BC/BC.DOANHTHU/this")]
    cell: String,
    value: Option<String>,
    #[schema(value_type = Option<codes::StatedAbsence>)]
    absent: Option<String>,
    text: Option<String>,
    comment: Option<String>,
    #[schema(value_type = Option<codes::HelpDecision>)]
    decision: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<String>,
}

/// What other offices were asked for of a form.
#[utoipa::path(get, operation_id = "help_requests", path = "/submissions/{id}/help", tag = "submissions", params(("id" = String, Path)), responses((status = 200, body = HelpList)))]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Json<HelpList>> {
    let (form, visible) = seen(&app, &caller, &id).await?;
    Ok(Json(shown(&app, &form, &visible).await?))
}

/// Whom to ask, for what, until when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HelpAsked {
    /// Which office.
    #[schema(example = "Cục Thống kê tỉnh Bình Định")]
    office: String,
    /// The cells of the form.
    cells: Vec<String>,
    /// The last day on which it can be answered, until 17:00.
    #[schema(example = "2024-08-06")]
    until: Option<String>,
    /// What is said to the office.
    note: Option<String>,
}

/// What was asked, with the link for the office.
#[derive(Debug, Serialize, ToSchema)]
struct HelpAndLink {
    /// What other offices were asked for, this too.
    #[serde(flatten)]
    list: HelpList,
    /// The number of the request.
    made: String,
    /// Shown this once; whoever has it can answer.
    link: String,
}

/// Nhờ cung cấp số liệu: asks another office for cells, by a link that works without an account.
#[utoipa::path(post, path = "/submissions/{id}/help", operation_id = "ask_for_help", tag = "submissions", params(("id" = String, Path)), request_body = HelpAsked, responses((status = 201, body = HelpAndLink),
    (status = 403, description = "A cell of another body or sector, named in `at`: `forbidden`"),
    (status = 422, description = "Not such a day, no such cell, no office: `bad_parameter`, `day_is_over`, `too_far`, `unknown_cell`, `cell_twice`, `empty`, `too_long`; or `idempotency_key_reused`"),
    (status = 423, description = "A section is not with its writer: `locked`")))]
async fn ask(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: SentJson<HelpAsked>,
) -> Answer<Response> {
    let HelpAsked { office, cells, until, note } = sent.value;
    let (form, visible) = seen(&app, &caller, &id).await?;
    check_count(cells.len())?;
    let cells = cells_of(&form, &cells)?;
    for cell in &cells {
        may_enter(&caller, &form, &cell.to_string())?;
        check_open_cell(&form, cell, caller.speaks())?;
    }
    let office = name_of("office", &office)?;
    let note = note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    if note.as_ref().is_some_and(|note| note.chars().count() > LONGEST_REASON) {
        let long = Message::TooLong { field: "note", most: LONGEST_REASON };
        return Err(Problem::from(long).in_column("note"));
    }
    let until = match until {
        Some(text) => day_in(&text)?,
        None => suggested(&form, app.now()),
    };
    let expires_at = closes(until, app.now()).map_err(|why| {
        let said = Message::said(422, why.code(), |language| why.message(language));
        Problem::from(said).in_column("until")
    })?;
    let (secret, token_hash) = auth::new_secret();
    let actor = caller.actor()?.person;
    let of = form.clone();
    let made = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let form = of.again(tx).await?;
                let submission = form.submission.id;
                let detail = json!({"label_vi": office, "label_en": office, "cells": codes_of(&cells), "until": until.to_string()});
                let asked_by = actor;
                let id = tx
                    .add_help(&NewHelp { submission, token_hash, office, note, asked_by, expires_at, cells })
                    .await?;
                record(tx, &form, "help_ask", Some(actor), detail).await?;
                Ok(id)
            })
        })
        .await?;
    // A link that was made before and never arrived is of no use to anybody: there is another.
    let secret = if made.replayed { new_link(&app, made.value).await? } else { secret };
    let value = HelpAndLink {
        list: shown(&app, &form, &visible).await?,
        made: made.value.to_string(),
        link: format!("{}/cung-cap-so-lieu/{secret}", app.address),
    };
    let Written { seq, replayed, .. } = made;
    Ok(written(StatusCode::CREATED, Written { seq, value, replayed }))
}

async fn new_link(app: &App, id: i64) -> Answer<String> {
    let (secret, hash) = auth::new_secret();
    app.write(None, move |tx| Box::pin(async move { Ok(tx.set_help_link(id, &hash).await?) }))
        .await?;
    Ok(secret)
}

/// Cells of an answer, with the versions of the form's cells that were seen beside them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HelpAccepted {
    cells: Vec<HelpCellSeen>,
}

/// A cell of an answer, and what stood in the form.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HelpCellSeen {
    #[schema(example = "BC/BC.DOANHTHU/this")]
    cell: String,
    /// 0 for a cell that nobody has saved.
    version: u32,
}

/// Takes cells of an answer into the form: all or none, each as if it had been typed, with who supplied it.
#[utoipa::path(post, path = "/submissions/{id}/help/{help}/accept", operation_id = "accept_help", tag = "submissions", params(("id" = String, Path), ("help" = String, Path)), request_body = HelpAccepted, responses((status = 200, body = HelpList),
    (status = 403, description = "A cell of another body or sector, named in `at`: `forbidden`"),
    (status = 409, description = "A cell of which no answer waits: `nothing_waits`"),
    (status = 412, body = StaleVersion, description = "Somebody has saved the cell since it was seen: `stale_version`, with what stands there"),
    (status = 422, description = "`unknown_cell`, `cell_twice`, `empty`, `too_long`; or `idempotency_key_reused`"),
    (status = 423, description = "A section is not with its writer: `locked`")))]
async fn accept(
    State(app): State<App>,
    caller: Caller,
    Path((id, help)): Path<(String, String)>,
    sent: SentJson<HelpAccepted>,
) -> Answer<Response> {
    let (form, visible) = seen(&app, &caller, &id).await?;
    let named: Vec<String> = sent.value.cells.iter().map(|one| one.cell.clone()).collect();
    let help = answered(&app, &caller, &form, &help, &named).await?;
    let language = caller.speaks();
    let actor = caller.actor()?.person;
    let of = form.clone();
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let form = of.again(tx).await?;
                let help = help_of(tx, &form, help).await?;
                let saves = sent
                    .value
                    .cells
                    .iter()
                    .map(|seen| taken(&form, &help, seen, language))
                    .collect::<Answer<Vec<SaveCell>>>()?;
                check_open(&form, &saves, language)?;
                tx.save_cells(form.submission.id, actor, &saves).await.map_err(
                    |error| match error {
                        SaveError::Store(error) => Problem::from(error),
                        SaveError::Stale(stale) => stale_version(&stale, &[]),
                    },
                )?;
                decide(tx, &form, &help, &named, Decision::Accepted, actor).await
            })
        })
        .await?;
    answer(&app, &form, &visible, done).await
}

/// What an answer puts into a cell of the form.
fn taken(
    form: &OpenForm,
    help: &Help,
    seen: &HelpCellSeen,
    language: Language,
) -> Answer<SaveCell> {
    let answered = waiting(help, &seen.cell)?;
    let now = form.saved.drafts.iter().find(|draft| draft.cell == answered.cell);
    let before = now.and_then(|draft| draft.comment.as_deref());
    let name = help.sender_name.as_deref().unwrap_or_default();
    let office = help.sender_office.as_deref().unwrap_or(&help.office);
    let comment = credited(before, answered.comment.as_deref(), name, office, language);
    if comment.chars().count() > LONGEST_REASON {
        let long = Message::TooLong { field: "comment", most: LONGEST_REASON };
        return Err(Problem::from(long).in_cell(seen.cell.clone()));
    }
    Ok(SaveCell {
        cell: answered.cell.clone(),
        version: seen.version,
        value: answered.value.clone(),
        comment: Some(comment),
    })
}

/// Cells of an answer that the form does not take.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HelpDeclined {
    cells: Vec<String>,
}

/// Declines cells of an answer: the form stays as it is.
#[utoipa::path(post, path = "/submissions/{id}/help/{help}/decline", operation_id = "decline_help", tag = "submissions", params(("id" = String, Path), ("help" = String, Path)), request_body = HelpDeclined, responses((status = 200, body = HelpList),
    (status = 403, description = "A cell of another body or sector, named in `at`: `forbidden`"),
    (status = 409, description = "A cell of which no answer waits: `nothing_waits`"),
    (status = 422, description = "`unknown_cell`, `cell_twice`, `empty`; or `idempotency_key_reused`")))]
async fn decline(
    State(app): State<App>,
    caller: Caller,
    Path((id, help)): Path<(String, String)>,
    sent: SentJson<HelpDeclined>,
) -> Answer<Response> {
    let (form, visible) = seen(&app, &caller, &id).await?;
    let named = sent.value.cells;
    let help = answered(&app, &caller, &form, &help, &named).await?;
    let actor = caller.actor()?.person;
    let of = form.clone();
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let help = help_of(tx, &of, help).await?;
                for cell in &named {
                    waiting(&help, cell)?;
                }
                decide(tx, &of, &help, &named, Decision::Declined, actor).await
            })
        })
        .await?;
    answer(&app, &form, &visible, done).await
}

/// Nothing to add.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct HelpWithdrawn {}

/// Takes a request back that nobody has answered: its link no longer works.
#[utoipa::path(post, path = "/submissions/{id}/help/{help}/withdraw", operation_id = "withdraw_help", tag = "submissions", params(("id" = String, Path), ("help" = String, Path)), request_body = HelpWithdrawn, responses((status = 200, body = HelpList),
    (status = 409, description = "It was answered or is over: `nothing_waits`")))]
async fn withdraw(
    State(app): State<App>,
    caller: Caller,
    Path((id, help)): Path<(String, String)>,
    sent: SentJson<HelpWithdrawn>,
) -> Answer<Response> {
    let HelpWithdrawn {} = sent.value;
    let (form, visible) = seen(&app, &caller, &id).await?;
    let help = own(&app, &caller, &form, &help).await?.id;
    let actor = caller.actor()?.person;
    let of = form.clone();
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let help = help_of(tx, &of, help).await?;
                if help.standing(tx.now()) != Standing::Waiting {
                    return Err(nothing_waits());
                }
                tx.withdraw_help(help.id).await?;
                let detail = json!({"label_vi": help.office, "label_en": help.office});
                record(tx, &of, "help_withdraw", Some(actor), detail).await
            })
        })
        .await?;
    answer(&app, &form, &visible, done).await
}

/// The cells of a request as a spreadsheet, to be sent to the office: nothing else of the form is in it.
#[utoipa::path(get, operation_id = "help_spreadsheet", path = "/submissions/{id}/help/{help}/form.xlsx", tag = "submissions", params(("id" = String, Path), ("help" = String, Path)),
    responses((status = 200, body = Spreadsheet, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", description = "The cells that are asked for, in the caller's language"),
        (status = 409, description = "It was answered or is over: `nothing_waits`")))]
async fn hand_out(
    State(app): State<App>,
    caller: Caller,
    Path((id, help)): Path<(String, String)>,
) -> Answer<Response> {
    let (form, _) = seen(&app, &caller, &id).await?;
    let help = own(&app, &caller, &form, &help).await?;
    if help.standing(app.now()) != Standing::Waiting {
        return Err(nothing_waits());
    }
    file(&app, &form, &help, caller.speaks()).await
}

/// Who filled a spreadsheet that came back.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HelpSender {
    /// The person.
    name: String,
    /// Their office; the one that was asked, if it is left out.
    office: Option<String>,
}

/// Takes a filled spreadsheet of a request as its answer, which then waits to be accepted like any other.
#[utoipa::path(post, operation_id = "take_help_spreadsheet", path = "/submissions/{id}/help/{help}/form.xlsx", tag = "submissions", params(("id" = String, Path), ("help" = String, Path), HelpSender),
    request_body(content = Spreadsheet, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    responses((status = 200, body = HelpList), (status = 409, description = "It was answered or is over: `nothing_waits`"),
        (status = 422, description = "Cells that cannot be read, all of them: `findings`; or the file is not taken: `not_a_workbook`, `workbook_locked`, `workbook_macros`, `workbook_too_large`, `workbook_damaged`, `not_a_form`, `foreign_form`, `outdated_form`, `altered_form`, `empty`; or `too_long`, `idempotency_key_reused`")))]
async fn take_back(
    State(app): State<App>,
    caller: Caller,
    Path((id, help)): Path<(String, String)>,
    Params(by): Params<HelpSender>,
    sent: Sent,
) -> Answer<Response> {
    let (form, visible) = seen(&app, &caller, &id).await?;
    let help = own(&app, &caller, &form, &help).await?;
    let name = name_of("name", &by.name)?;
    let office = by.office.map(|office| name_of("office", &office)).transpose()?;
    let office = office.unwrap_or_else(|| help.office.clone());
    let filled = filled(&app, &form, &help, sent.bytes).await?;
    let actor = caller.actor()?.person;
    let (of, help) = (form.clone(), help.id);
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let help = help_of(tx, &of, help).await?;
                if help.standing(tx.now()) != Standing::Waiting {
                    return Err(nothing_waits());
                }
                tx.save_help_cells(help.id, &filled).await?;
                send(tx, &of, &help, (name, office), Some(actor)).await
            })
        })
        .await?;
    answer(&app, &form, &visible, done).await
}

/// The form behind an address, and the sections of it that the caller sees.
async fn seen(app: &App, caller: &Caller, id: &str) -> Answer<(OpenForm, Vec<SectionId>)> {
    let form = OpenForm::alone(app, submission_id(id)?).await?.ok_or(Message::NotFound)?;
    let visible = may_see(caller, &form.submission, &form.template)?;
    Ok((form, visible))
}

/// A request of this form all of whose cells the caller may enter.
async fn own(app: &App, caller: &Caller, form: &OpenForm, help: &str) -> Answer<Help> {
    let id: i64 = help.parse().map_err(|_| Message::NotFound)?;
    let helps = app.store.read().await?.helps(form.submission.id).await?;
    let help = helps.into_iter().find(|help| help.id == id).ok_or(Message::NotFound)?;
    for one in &help.cells {
        may_enter(caller, form, &one.cell.to_string())?;
    }
    Ok(help)
}

/// The number of a request of this form, of which the caller may enter these cells, each named once.
async fn answered(
    app: &App,
    caller: &Caller,
    form: &OpenForm,
    help: &str,
    cells: &[String],
) -> Answer<i64> {
    let id: i64 = help.parse().map_err(|_| Message::NotFound)?;
    let helps = app.store.read().await?.helps(form.submission.id).await?;
    helps.iter().find(|help| help.id == id).ok_or(Message::NotFound)?;
    check_count(cells.len())?;
    for cell in cells_of(form, cells)? {
        may_enter(caller, form, &cell.to_string())?;
    }
    Ok(id)
}

/// The request as a command sees it.
async fn help_of(tx: &mut Tx, form: &OpenForm, id: i64) -> Answer<Help> {
    let helps = tx.helps(form.submission.id).await?;
    Ok(helps.into_iter().find(|help| help.id == id).ok_or(Message::NotFound)?)
}

/// The answer to a cell, while it waits to be decided on.
fn waiting<'a>(help: &'a Help, cell: &str) -> Answer<&'a store::HelpCell> {
    let found = help.cells.iter().find(|one| one.cell.to_string() == cell);
    let waits = found.filter(|one| help.dates.sent_at.is_some() && one.waits());
    waits.ok_or_else(|| nothing_waits().in_cell(cell))
}

fn nothing_waits() -> Problem {
    Message::said(409, "nothing_waits", |language| {
        language
            .pick(
                "Đề nghị này đã được trả lời, đã hết hạn, đã thu hồi, hoặc ô này đã được xử lý. Hãy tải lại trang.",
                "This request was answered, is over or was withdrawn, or the cell is decided on. Load the page again.",
            )
            .to_owned()
    })
    .into()
}

async fn decide(
    tx: &mut Tx,
    form: &OpenForm,
    help: &Help,
    cells: &[String],
    decision: Decision,
    actor: PersonId,
) -> Answer<()> {
    for one in help.cells.iter().filter(|one| cells.contains(&one.cell.to_string())) {
        tx.decide_help_cell(help.id, &one.cell, decision, actor).await?;
    }
    let kind = match decision {
        Decision::Accepted => "help_accept",
        Decision::Declined => "help_decline",
    };
    let detail = json!({"label_vi": help.sender_office, "label_en": help.sender_office, "name": help.sender_name, "cells": cells});
    record(tx, form, kind, Some(actor), detail).await
}

/// The answer is complete: whoever asked is told.
async fn send(
    tx: &mut Tx,
    form: &OpenForm,
    help: &Help,
    (name, office): (String, String),
    actor: Option<PersonId>,
) -> Answer<()> {
    tx.set_help_sender(help.id, Some(&name), Some(&office)).await?;
    tx.send_help(help.id).await?;
    let detail = json!({"label_vi": office, "label_en": office, "name": name, "cells": codes_of(help.cells.iter().map(|one| &one.cell))});
    record(tx, form, "help_send", actor, detail).await?;
    let said = (
        format!("{office} đã gửi số liệu được nhờ cung cấp: "),
        format!("{office} has sent the figures it was asked for: "),
    );
    let href = format!("/nhap-lieu/{}?nho={}", form.submission.id, help.id);
    tell(tx, form, &[help.asked_by], said, &href).await
}

async fn record(
    tx: &mut Tx,
    form: &OpenForm,
    kind: &str,
    actor: Option<PersonId>,
    detail: serde_json::Value,
) -> Answer<()> {
    tx.event(NewEvent {
        kind: kind.to_owned(),
        actor,
        body: Some(form.body.code.clone()),
        submission: Some(form.submission.id),
        period: Some(form.submission.period),
        detail,
        ..NewEvent::default()
    })
    .await?;
    Ok(())
}

async fn answer(
    app: &App,
    form: &OpenForm,
    visible: &[SectionId],
    done: Written<()>,
) -> Answer<Response> {
    let value = shown(app, form, visible).await?;
    let Written { seq, replayed, .. } = done;
    Ok(written(StatusCode::OK, Written { seq, value, replayed }))
}

async fn shown(app: &App, form: &OpenForm, visible: &[SectionId]) -> Answer<HelpList> {
    let now = app.now();
    let helps = app.store.read().await?.helps(form.submission.id).await?;
    let seen = |help: &&Help| help.cells.iter().any(|one| visible.contains(one.cell.section()));
    let requests = helps.iter().rev().filter(seen);
    Ok(HelpList {
        requests: requests.map(|help| help_body(help, visible, now)).collect(),
        suggested_until: suggested(form, now).to_string(),
    })
}

fn help_body(help: &Help, visible: &[SectionId], now: Timestamp) -> HelpBody {
    let sent = help.dates.sent_at;
    let said = |text: &Option<String>| text.clone().filter(|_| sent.is_some());
    let cell = |one: &store::HelpCell| {
        let answer = if sent.is_some() { one.value.clone() } else { DraftValue::Empty };
        let (value, absent, text) = said_in(&answer);
        HelpCellBody {
            cell: one.cell.to_string(),
            value,
            absent,
            text,
            comment: said(&one.comment),
            decision: one.decision.as_ref().map(|made| made.decision.code().to_owned()),
            decided_by: one.decision.as_ref().map(|made| made.by_name.clone()),
            decided_at: one.decision.as_ref().map(|made| show(made.at)),
        }
    };
    let cells = help.cells.iter().filter(|one| visible.contains(one.cell.section()));
    HelpBody {
        id: help.id.to_string(),
        state: help.standing(now).code().to_owned(),
        office: help.office.clone(),
        note: help.note.clone(),
        asked_by: help.asked_by_name.clone(),
        asked_at: show(help.asked_at),
        until: show(help.dates.expires_at),
        sender_name: said(&help.sender_name),
        sender_office: said(&help.sender_office),
        sent_at: sent.map(show),
        cells: cells.map(cell).collect(),
    }
}

/// A value, a stated absence, or words.
fn said_in(value: &DraftValue) -> (Option<String>, Option<String>, Option<String>) {
    match value {
        DraftValue::Empty => (None, None, None),
        DraftValue::Text(text) => (None, None, Some(text.clone())),
        DraftValue::Figure(figure) => (
            figure.shown().map(|number| number.to_string()),
            figure.absence().map(|reason| reason.code().to_owned()),
            None,
        ),
    }
}

/// Cells of the form by their names, in its order, each once.
fn cells_of(form: &OpenForm, names: &[String]) -> Answer<Vec<CellKey>> {
    let mut named = BTreeSet::new();
    for name in names {
        let key = CellKey::parse(name).ok().filter(|key| form.template.has(key));
        let key = key.ok_or_else(|| unknown_cell(name))?;
        if !named.insert(key) {
            return Err(super::cell_twice().in_cell(name.clone()));
        }
    }
    let all = form.template.sections.iter().flat_map(|section| section.cells());
    Ok(all.filter(|cell| named.contains(cell)).collect())
}

fn codes_of<'a>(cells: impl IntoIterator<Item = &'a CellKey>) -> Vec<String> {
    cells.into_iter().map(CellKey::to_string).collect()
}

/// A person's or an office's name on one line.
fn name_of(field: &'static str, typed: &str) -> Answer<String> {
    let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let at = |message: Message| Problem::from(message).in_column(field);
    match name.chars().count() {
        0 => Err(at(Message::Empty(field))),
        1..=LONGEST_NAME => Ok(name),
        _ => Err(at(Message::TooLong { field, most: LONGEST_NAME })),
    }
}

fn day_in(text: &str) -> Answer<Date> {
    text.parse().map_err(|_| {
        let value = text.chars().take(40).collect();
        let bad = Message::BadParameter { name: "until", value, expected: "2024-08-06" };
        Problem::from(bad).in_column("until")
    })
}

fn suggested(form: &OpenForm, now: Timestamp) -> Date {
    let due = forms::due_of(&form.template, &form.submission);
    suggested_day(due, now, forms::holidays())
}

/// The form with the cells of a request and what was answered in them, and with nothing else of the body.
fn form_of(form: &OpenForm, help: &Help) -> OpenForm {
    let asked: BTreeSet<&CellKey> = help.cells.iter().map(|one| &one.cell).collect();
    let mut template = Template::clone(&form.template);
    for section in &mut template.sections {
        section.owner = String::new();
        let id = section.id.clone();
        let key = |row: &workflow::Row| workflow::RowKey {
            section: id.clone(),
            indicator: row.indicator.clone(),
            breakdown: row.breakdown.clone(),
        };
        match &mut section.kind {
            SectionKind::Figures(rows) => {
                for row in rows.iter_mut() {
                    row.settle_previous = asked.contains(&key(row).cell(Column::Previous));
                }
                rows.retain(|row| {
                    row.settle_previous || asked.contains(&key(row).cell(Column::This))
                });
            }
            SectionKind::Texts(prompts) => prompts.retain(|prompt| {
                let cell = CellKey::Text { section: id.clone(), prompt: prompt.id.clone() };
                asked.contains(&cell)
            }),
        }
    }
    template.sections.retain(|section| !section.cells().is_empty());
    let draft = |one: &store::HelpCell| DraftCell {
        cell: one.cell.clone(),
        version: 0,
        value: one.value.clone(),
        comment: one.comment.clone(),
        by: PersonId(0),
        by_name: String::new(),
        at: help.asked_at,
        cursor: 0,
    };
    form.part(template, help.cells.iter().map(draft).collect())
}

/// The file of a request.
async fn file(app: &App, form: &OpenForm, help: &Help, language: Language) -> Answer<Response> {
    let lang = book::lang_of(language);
    let (vi, en) = form.body.name_on(form.submission.period.end());
    let body = language.pick(vi, en);
    let when = document::period::words(form.submission.period, lang);
    let until = document::period::weekday_date(day_of(help.dates.expires_at), lang);
    let office = &help.office;
    let about = vec![
        language.pick(
            format!("{body} đề nghị {office} cung cấp số liệu · Kỳ báo cáo: {when}"),
            format!("{body} asks {office} for figures · Period: {when}"),
        ),
        language.pick(
            format!("Trả lời trước 17:00 {until}: nộp tệp qua liên kết đã nhận, hoặc gửi lại tệp cho {body}."),
            format!("Answer before 17:00, {until}: upload the file at the link you were given, or send it back to {body}."),
        ),
    ];
    let part = form_of(form, help);
    let cells = help.cells.iter().map(|one| one.cell.clone()).collect();
    let scope = book::Scope::of_help(&part, help.id, cells, about);
    let name = format!("{}_{}_{}.xlsx", part.submission.template, part.submission.period, help.id);
    spreadsheet::file_of(app, &part, &scope, language, &name).await
}

/// What a file of a request says in the cells that were asked for, over what was answered before.
async fn filled(
    app: &App,
    form: &OpenForm,
    help: &Help,
    bytes: axum::body::Bytes,
) -> Answer<Vec<(CellKey, DraftValue, Option<String>)>> {
    let part = form_of(form, help);
    let (changes, unread) = spreadsheet::read(app, &part, Some(help.id), bytes).await?;
    if let Some(problem) = spreadsheet::unreadable(unread) {
        return Err(problem);
    }
    let filled = help.cells.iter().map(|one| {
        let change = changes.iter().find(|change| change.cell == one.cell);
        let value = change.and_then(|change| change.value.clone());
        let comment = change.and_then(|change| change.comment.clone());
        let comment = comment.or_else(|| one.comment.clone()).filter(|said| !said.is_empty());
        (one.cell.clone(), value.unwrap_or_else(|| one.value.clone()), comment)
    });
    let filled: Vec<_> = filled.collect();
    if filled.iter().all(|(_, value, _)| *value == DraftValue::Empty) {
        return Err(nothing_answered());
    }
    Ok(filled)
}

fn nothing_answered() -> Problem {
    Message::said(422, "empty", |language| {
        language
            .pick(
                "Chưa có ô nào được nhập. Hãy nhập ít nhất một ô rồi gửi.",
                "No cell is filled in. Fill in at least one and send it then.",
            )
            .to_owned()
    })
    .into()
}
