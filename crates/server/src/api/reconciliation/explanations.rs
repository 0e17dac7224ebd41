//! Giải trình: the thread on a row, from what the ministry asks to what came of it.
//!
//! What the body prepares is its own until its head sends it. A correction is not made here: the thread names the form
//! and the cell, and the number goes the way of every correction.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use model::{BodyCode, Breakdown, IndicatorCode, PersonId, Sector};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{
    Explanation, ExplanationFilter, MadeStep, NewEvent, NewStep, Number, SubmissionFilter, Tx,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::beside::Cause;
use workflow::deadline::{day_of, moment_of};
use workflow::explanation::{self, Answer as Answered, NotNow, Outcome, Said, Standing, Step};
use workflow::{Actor, CellKey, Column, Language, Permission, Reason, may};

use super::{ExplanationShort, bad, body_of};
use crate::api::shapes::decimal;
use crate::api::submissions::{body_code, extension};
use crate::api::work::WorkItem;
use crate::api::{Endpoints, Needs, codes, values};
use crate::auth::Caller;
use crate::clock::rfc3339;
use crate::forms;
use crate::http::{Params, SentJson, written};
use crate::problem::{Answer, Problem};
use crate::state::{App, Ministry};
use crate::words::Message;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    let see: &[&str] = &["see_explanation"];
    let ministry: &[&str] = &["see_explanation", "ask_explanation"];
    endpoints
        .add(Needs::ByContent(&["see_explanation", "ask_explanation"]), routes!(list, ask))
        .add(Needs::ByContent(see), routes!(one))
        .add(Needs::ByContent(&["see_explanation", "prepare_explanation"]), routes!(prepare))
        .add(Needs::ByContent(&["see_explanation", "explain"]), routes!(explain))
        .add(Needs::ByContent(ministry), routes!(ask_again))
        .add(Needs::ByContent(ministry), routes!(close))
}

/// Which threads.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListAsked {
    /// Only of this body
    body: Option<String>,
    /// Only those that are not closed
    open: Option<bool>,
}

/// A thread, in a list.
#[derive(Debug, Serialize, ToSchema)]
struct ExplanationLine {
    #[serde(flatten)]
    short: ExplanationShort,
    body: String,
    indicator: String,
    unit: String,
    period: String,
}

/// Threads, the newest first.
#[derive(Debug, Serialize, ToSchema)]
struct ExplanationList {
    explanations: Vec<ExplanationLine>,
}

/// What is asked and explained, as far as the caller may see it: their own body's, or of all bodies at the ministry.
#[utoipa::path(get, operation_id = "explanations", path = "/explanations", tag = "measurement", params(ListAsked),
    responses((status = 200, body = ExplanationList)))]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(asked): Params<ListAsked>,
) -> Answer<Json<ExplanationList>> {
    let body = asked.body.as_deref().map(body_code).transpose()?;
    let filter = ExplanationFilter {
        body,
        is_open: asked.open == Some(true),
        ..ExplanationFilter::default()
    };
    let all = app.store.read().await?.explanations(&filter).await?;
    let actor = caller.actor()?;
    let seen = all.iter().filter(|thread| may(actor, &sees(&thread.body)).is_ok());
    let line = |thread: &Explanation| ExplanationLine {
        short: thread.into(),
        body: thread.body.to_string(),
        indicator: thread.of.indicator.to_string(),
        unit: thread.of.unit.to_string(),
        period: thread.of.period.to_string(),
    };
    Ok(Json(ExplanationList { explanations: seen.map(line).collect() }))
}

/// What was done.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct ExplanationStepBody {
    #[schema(value_type = codes::ExplanationStep)]
    step: String,
    actor: String,
    at: String,
    /// The end of the record then: the numbers as they were seen.
    seq: u64,
    words: String,
    /// Until when something is asked.
    due: Option<String>,
    #[schema(value_type = Option<codes::CauseOfDifference>)]
    cause: Option<String>,
    #[schema(value_type = Option<codes::ExplanationAnswer>)]
    answer: Option<String>,
    #[schema(value_type = Option<codes::ExplanationOutcome>)]
    outcome: Option<String>,
}

/// The cell of the body's form that a correction goes to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct CorrectedIn {
    submission: String,
    section: String,
    #[schema(example = "CDS/CDS.HOSO_TT/this")]
    cell: String,
    /// Where the section stands: a closed one is corrected, an open one is changed.
    #[schema(value_type = codes::SectionState)]
    state: String,
    /// Whether the caller can correct it now, by `/submissions/{id}/sections/{section}/correct`.
    can_correct: bool,
}

/// What the caller may do now.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
struct ExplanationMoves {
    prepare: bool,
    explain: bool,
    ask_again: bool,
    close: bool,
}

/// A thread of explanation.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct ExplanationBody {
    id: String,
    body: String,
    body_name_vi: String,
    body_name_en: String,
    indicator: String,
    unit: String,
    period: String,
    #[schema(value_type = codes::ExplanationStanding)]
    standing: String,
    /// The last day on which the body can answer in time.
    due: String,
    /// Whether that day is over and the body has not answered.
    late: bool,
    #[schema(value_type = Option<codes::ExplanationOutcome>)]
    outcome: Option<String>,
    /// The numbers as they were when it was first asked.
    asked_reported: Option<String>,
    asked_measured: Option<String>,
    /// The oldest first; what the body prepares only for the body.
    steps: Vec<ExplanationStepBody>,
    /// Where a correction goes; null when no form of the period asks the number.
    corrected_in: Option<CorrectedIn>,
    can: ExplanationMoves,
}

fn sees(body: &BodyCode) -> Permission {
    Permission::SeeExplanation { body: body.clone() }
}

fn not_now(why: NotNow) -> Problem {
    let status = if why.is_about_the_day() { 422 } else { 409 };
    let problem =
        Problem::from(Message::said(status, why.code(), |language| why.message(language)));
    if why.is_about_the_day() { problem.in_column("until") } else { problem }
}

fn words(text: &str) -> Answer<Reason> {
    Reason::parse(text).map_err(|why| {
        let said = Message::said(422, why.code(), |language| why.message(language));
        Problem::from(said).in_column("words")
    })
}

/// A thread that the caller may see; to everybody else there is nothing there.
async fn seen(app: &App, caller: &Caller, id: &str) -> Answer<(Explanation, Sector)> {
    let id: i64 = id.parse().map_err(|_| Message::NotFound)?;
    let filter = ExplanationFilter { id: Some(id), ..ExplanationFilter::default() };
    let thread = app.store.read().await?.explanations(&filter).await?.pop();
    let thread = thread.ok_or(Message::NotFound)?;
    caller.may(&sees(&thread.body))?;
    let sector = sector_of(&app.ministry(), &thread.of.indicator)?;
    Ok((thread, sector))
}

fn sector_of(ministry: &Ministry, indicator: &IndicatorCode) -> Answer<Sector> {
    let known = ministry.catalogue.get(indicator.as_str());
    Ok(known.ok_or_else(|| Message::UnknownIndicator(indicator.to_string()))?.sector)
}

/// One thread.
#[utoipa::path(get, operation_id = "explanation", path = "/explanations/{id}", tag = "measurement", params(("id" = String, Path)),
    responses((status = 200, body = ExplanationBody)))]
async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Json<ExplanationBody>> {
    let (thread, sector) = seen(&app, &caller, &id).await?;
    Ok(Json(shown(&app, caller.actor()?, &thread, sector).await?))
}

async fn shown(
    app: &App,
    actor: &Actor,
    thread: &Explanation,
    sector: Sector,
) -> Answer<ExplanationBody> {
    let ministry = app.ministry();
    let Explanation { body, of, standing, due, outcome, steps, .. } = thread;
    let is_own = actor.bodies().contains(&body);
    let step = |made: &MadeStep| ExplanationStepBody {
        step: made.what.step.code().to_owned(),
        actor: made.actor_name.clone(),
        at: rfc3339(made.at),
        seq: made.seq.0,
        words: made.what.words.clone(),
        due: made.what.due.map(|day| day.to_string()),
        cause: made.what.cause.map(|cause| cause.code().to_owned()),
        answer: made.what.answer.map(|answer| answer.code().to_owned()),
        outcome: made.what.outcome.map(|outcome| outcome.code().to_owned()),
    };
    let can = |step: Step, permission: Permission| {
        Standing::after(Some(*standing), step).is_ok() && may(actor, &permission).is_ok()
    };
    let asks = || Permission::AskExplanation { sector };
    let (vi, en) = match ministry.bodies.get(body.as_str()) {
        Some(known) => known.name_on(of.period.end()),
        None => (body.as_str(), body.as_str()),
    };
    let then = steps.first().map(|step| step.seq);
    let (asked_reported, asked_measured) = super::numbers_at(app, &ministry, of, then).await?;
    Ok(ExplanationBody {
        id: thread.id.to_string(),
        body: body.to_string(),
        body_name_vi: vi.to_owned(),
        body_name_en: en.to_owned(),
        indicator: of.indicator.to_string(),
        unit: of.unit.to_string(),
        period: of.period.to_string(),
        standing: standing.code().to_owned(),
        due: due.to_string(),
        late: *standing == Standing::Asked && app.now() > moment_of(*due),
        outcome: outcome.map(|outcome| outcome.code().to_owned()),
        asked_reported: decimal(asked_reported),
        asked_measured: decimal(asked_measured),
        steps: steps
            .iter()
            .filter(|made| is_own || made.what.step != Step::Prepare)
            .map(step)
            .collect(),
        corrected_in: corrected_in(app, &ministry, actor, body, of).await?,
        can: ExplanationMoves {
            prepare: can(
                Step::Prepare,
                Permission::PrepareExplanation { body: body.clone(), sector },
            ),
            explain: can(Step::Explain, Permission::Explain { body: body.clone() }),
            ask_again: can(Step::AskAgain, asks()),
            close: can(Step::Close, asks()),
        },
    })
}

/// The cell in which the body was asked for the number, or for the numerator of a ratio.
async fn corrected_in(
    app: &App,
    ministry: &Ministry,
    actor: &Actor,
    body: &BodyCode,
    of: &Number,
) -> Answer<Option<CorrectedIn>> {
    let filter = SubmissionFilter {
        body: Some(body.clone()),
        period: Some(of.period),
        ..SubmissionFilter::default()
    };
    let ratio = ministry.catalogue.get(of.indicator.as_str()).and_then(|one| one.ratio.as_ref());
    let wanted = ratio.map_or(&of.indicator, |ratio| &ratio.numerator);
    for submission in app.store.read().await?.submissions(&filter).await? {
        let template = forms::template_of(ministry, &submission)?;
        for section in &template.sections {
            let asks = |row: &&workflow::Row| {
                row.indicator == *wanted && row.breakdown == Breakdown::TOTAL
            };
            let Some(row) = section.rows().iter().find(asks) else { continue };
            let cell: CellKey = section.row_key(row).cell(Column::This);
            let state = submission.state(section.id.as_str()).map_or("draft", |state| state.code());
            let corrects = Permission::Correct { body: body.clone(), sector: section.sector };
            return Ok(Some(CorrectedIn {
                submission: submission.id.to_string(),
                section: section.id.to_string(),
                cell: cell.to_string(),
                state: state.to_owned(),
                can_correct: state == "closed" && may(actor, &corrects).is_ok(),
            }));
        }
    }
    Ok(None)
}

/// What is to be explained, until when, and what is asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExplanationAsked {
    #[schema(example = "CDS.HOSO_TT")]
    indicator: String,
    #[schema(example = "52")]
    unit: String,
    #[schema(example = "2024-06")]
    period: String,
    /// The last day, until 17:00; five working days when left out.
    #[schema(example = "2024-08-12")]
    until: Option<String>,
    words: String,
}

/// Yêu cầu giải trình: asks the body that answers for a unit about its reported and its measured number.
#[utoipa::path(post, operation_id = "ask_explanation", path = "/explanations", tag = "measurement", request_body = ExplanationAsked,
    responses((status = 201, body = ExplanationBody), (status = 404, description = "`unknown_indicator`, `unknown_unit`, with the nearest codes"),
    (status = 409, description = "It is being explained already: `already_asked`"),
    (status = 422, description = "Nobody answers for the unit, not such a day, nothing said: `no_body`, `bad_parameter`, `not_later`, `not_a_working_day`, `too_far`, `reason_missing`, `reason_too_long`; or `idempotency_key_reused`")))]
async fn ask(
    State(app): State<App>,
    caller: Caller,
    sent: SentJson<ExplanationAsked>,
) -> Answer<Response> {
    let ministry = app.ministry();
    let ExplanationAsked { indicator, unit, period, until, words: text } = sent.value;
    let indicator = IndicatorCode::parse(&indicator)
        .ok()
        .filter(|code| ministry.catalogue.get(code.as_str()).is_some())
        .ok_or_else(|| {
            let nearest = ministry.catalogue.nearest(&indicator);
            let unknown = Message::UnknownIndicator(values::shortened(&indicator));
            Problem::from(unknown).in_column("indicator").suggesting(nearest)
        })?;
    let sector = sector_of(&ministry, &indicator)?;
    caller.may(&Permission::AskExplanation { sector })?;
    let unit = values::unit(&ministry, &unit)?;
    let period = values::period(&period)?;
    let body = body_of(&ministry, &unit).map(|body| body.code.clone()).ok_or_else(|| {
        let said = Message::said(422, "no_body", |language| {
            language.pick(
                "Không có đơn vị nào chịu trách nhiệm báo cáo riêng cho phạm vi này.".to_owned(),
                "No body answers for this unit by itself.".to_owned(),
            )
        });
        Problem::from(said).in_column("unit")
    })?;
    let words = words(&text)?;
    let due = day(&app, until.as_deref())?;
    let actor = caller.actor()?.clone();
    let person = actor.person;
    let of = Number { indicator, unit, period };
    let people = bodys_people(&app, &body).await?;
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let filter = ExplanationFilter {
                    indicator: Some(of.indicator.clone()),
                    unit: Some(of.unit.clone()),
                    period: Some(of.period),
                    is_open: true,
                    ..ExplanationFilter::default()
                };
                let before = tx.explanations(&filter).await?.first().map(|thread| thread.standing);
                Standing::after(before, Step::Ask).map_err(not_now)?;
                let step = NewStep { due: Some(due), ..new_step(Step::Ask, person, &words) };
                let id = tx.add_explanation(&body, &of, due, &step).await?;
                record(
                    tx,
                    Step::Ask,
                    id,
                    person,
                    &body,
                    &of,
                    json!({"until": due.to_string(), "reason": words.as_str()}),
                )
                .await?;
                tell(
                    tx,
                    &ministry,
                    &people,
                    id,
                    &of,
                    (
                        format!(
                            "Bộ yêu cầu giải trình trước hết ngày {}: ",
                            document::period::date(due, document::Lang::Vi)
                        ),
                        format!(
                            "The ministry asks for an explanation by {}: ",
                            document::period::date(due, document::Lang::En)
                        ),
                    ),
                )
                .await?;
                Ok(id)
            })
        })
        .await?;
    let (thread, sector) = seen(&app, &caller, &done.value.to_string()).await?;
    let value = shown(&app, &actor, &thread, sector).await?;
    let store::Written { seq, replayed, .. } = done;
    Ok(written(StatusCode::CREATED, store::Written { seq, value, replayed }))
}

fn day(app: &App, until: Option<&str>) -> Answer<Date> {
    let Some(text) = until.filter(|text| !text.is_empty()) else {
        return Ok(explanation::usual_day(app.now(), forms::holidays()));
    };
    let day = text.parse::<Date>().map_err(|_| bad("until", text, "2024-08-12"))?;
    explanation::deadline(day, app.now(), forms::holidays()).map_err(not_now)
}

fn new_step(step: Step, actor: PersonId, words: &Reason) -> NewStep {
    NewStep {
        step,
        actor,
        words: words.as_str().to_owned(),
        due: None,
        cause: None,
        answer: None,
        outcome: None,
    }
}

/// What the body says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExplanationSaid {
    #[schema(value_type = codes::CauseOfDifference)]
    cause: String,
    #[schema(value_type = codes::ExplanationAnswer)]
    answer: String,
    words: String,
}

impl ExplanationSaid {
    fn read(&self) -> Answer<Said> {
        let causes = "definition, timing, missing_system, error";
        let cause = Cause::parse(&self.cause).ok_or_else(|| bad("cause", &self.cause, causes))?;
        let answer = Answered::parse(&self.answer)
            .ok_or_else(|| bad("answer", &self.answer, "correction, objection"))?;
        Ok(Said { cause, answer, words: words(&self.words)? })
    }
}

/// Dự thảo giải trình: somebody who enters for the body prepares what its head sends. The ministry does not see it.
#[utoipa::path(post, operation_id = "prepare_explanation", path = "/explanations/{id}/prepare", tag = "measurement", params(("id" = String, Path)), request_body = ExplanationSaid, responses((status = 200, body = ExplanationBody),
    (status = 409, description = "Nothing is asked: `nothing_asked`, `already_closed`"),
    (status = 422, description = "`bad_parameter`, `reason_missing`, `reason_too_long`; or `idempotency_key_reused`")))]
async fn prepare(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: SentJson<ExplanationSaid>,
) -> Answer<Response> {
    let (thread, sector) = seen(&app, &caller, &id).await?;
    let body = thread.body.clone();
    caller.may(&Permission::PrepareExplanation { body: body.clone(), sector })?;
    let Said { cause, answer, words } = sent.value.read()?;
    let person = caller.actor()?.person;
    let step = NewStep {
        cause: Some(cause),
        answer: Some(answer),
        ..new_step(Step::Prepare, person, &words)
    };
    let heads = extension::people(&app, |who| {
        who.person != person && may(who, &Permission::Explain { body: body.clone() }).is_ok()
    });
    let heads = heads.await?;
    let said =
        ("Dự thảo giải trình chờ ký gửi: ", "An explanation is prepared and waits to be sent: ");
    moved(app, caller, thread, sector, sent.key, step, (heads, said)).await
}

/// Gửi giải trình: the head of the body sends it to the ministry.
#[utoipa::path(post, operation_id = "send_explanation", path = "/explanations/{id}/explain", tag = "measurement", params(("id" = String, Path)), request_body = ExplanationSaid, responses((status = 200, body = ExplanationBody),
    (status = 409, description = "Nothing is asked: `nothing_asked`, `already_closed`"),
    (status = 422, description = "`bad_parameter`, `reason_missing`, `reason_too_long`; or `idempotency_key_reused`")))]
async fn explain(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: SentJson<ExplanationSaid>,
) -> Answer<Response> {
    let (thread, sector) = seen(&app, &caller, &id).await?;
    caller.may(&Permission::Explain { body: thread.body.clone() })?;
    let Said { cause, answer, words } = sent.value.read()?;
    let step = NewStep {
        cause: Some(cause),
        answer: Some(answer),
        ..new_step(Step::Explain, caller.actor()?.person, &words)
    };
    let asks = Permission::AskExplanation { sector };
    let people = extension::people(&app, |who| may(who, &asks).is_ok()).await?;
    let said = ("Đơn vị đã giải trình: ", "The body has explained: ");
    moved(app, caller, thread, sector, sent.key, step, (people, said)).await
}

/// What is asked once more, and until when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExplanationAskedAgain {
    /// The last day, until 17:00; five working days when left out.
    #[schema(example = "2024-08-12")]
    until: Option<String>,
    words: String,
}

/// Yêu cầu giải trình thêm: the ministry asks once more, with another deadline.
#[utoipa::path(post, operation_id = "ask_explanation_again", path = "/explanations/{id}/ask-again", tag = "measurement", params(("id" = String, Path)), request_body = ExplanationAskedAgain, responses((status = 200, body = ExplanationBody),
    (status = 409, description = "Nothing has been explained, or it is over: `nothing_explained`, `already_closed`"),
    (status = 422, description = "`bad_parameter`, `not_later`, `not_a_working_day`, `too_far`, `reason_missing`, `reason_too_long`; or `idempotency_key_reused`")))]
async fn ask_again(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: SentJson<ExplanationAskedAgain>,
) -> Answer<Response> {
    let (thread, sector) = seen(&app, &caller, &id).await?;
    caller.may(&Permission::AskExplanation { sector })?;
    let words = words(&sent.value.words)?;
    let due = Some(day(&app, sent.value.until.as_deref())?);
    let step = NewStep { due, ..new_step(Step::AskAgain, caller.actor()?.person, &words) };
    let people = bodys_people(&app, &thread.body).await?;
    let said = ("Bộ yêu cầu giải trình thêm: ", "The ministry asks for more explanation: ");
    moved(app, caller, thread, sector, sent.key, step, (people, said)).await
}

/// What came of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExplanationClosed {
    #[schema(value_type = codes::ExplanationOutcome)]
    outcome: String,
    words: String,
}

/// Kết thúc giải trình: the ministry ends the thread, with what came of it.
#[utoipa::path(post, operation_id = "close_explanation", path = "/explanations/{id}/close", tag = "measurement", params(("id" = String, Path)), request_body = ExplanationClosed, responses((status = 200, body = ExplanationBody),
    (status = 409, description = "Nothing that could be accepted has been explained, or it is over: `nothing_explained`, `already_closed`"),
    (status = 422, description = "`bad_parameter`, `reason_missing`, `reason_too_long`; or `idempotency_key_reused`")))]
async fn close(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: SentJson<ExplanationClosed>,
) -> Answer<Response> {
    let (thread, sector) = seen(&app, &caller, &id).await?;
    caller.may(&Permission::AskExplanation { sector })?;
    let ExplanationClosed { outcome, words: text } = sent.value;
    let known = "accepted, corrected, measured_wrong, unexplained";
    let outcome = Outcome::parse(&outcome).ok_or_else(|| bad("outcome", &outcome, known))?;
    let words = words(&text)?;
    let step =
        NewStep { outcome: Some(outcome), ..new_step(Step::Close, caller.actor()?.person, &words) };
    let people = bodys_people(&app, &thread.body).await?;
    let said = ("Bộ đã kết thúc việc giải trình: ", "The ministry has closed the explanation: ");
    moved(app, caller, thread, sector, sent.key, step, (people, said)).await
}

async fn bodys_people(app: &App, body: &BodyCode) -> Answer<Vec<PersonId>> {
    extension::people(app, |who| who.bodies().contains(&body)).await
}

/// Adds a step to a thread as it stands when it is written, tells people of it, and shows the thread.
async fn moved(
    app: App,
    caller: Caller,
    thread: Explanation,
    sector: Sector,
    key: Option<store::IdempotencyKey>,
    step: NewStep,
    (people, (vi, en)): (Vec<PersonId>, (&'static str, &'static str)),
) -> Answer<Response> {
    let id = thread.id;
    let ministry = app.ministry();
    let done = app
        .write(key, move |tx| {
            Box::pin(async move {
                let filter = ExplanationFilter { id: Some(id), ..ExplanationFilter::default() };
                let before = tx.explanations(&filter).await?.pop().ok_or(Message::NotFound)?;
                let standing =
                    Standing::after(Some(before.standing), step.step).map_err(not_now)?;
                if let Some(outcome) = step.outcome {
                    outcome.fits(before.standing).map_err(not_now)?;
                }
                tx.move_explanation(&before, standing, &step).await?;
                let detail = json!({
                    "reason": step.words,
                    "cause": step.cause.map(Cause::code),
                    "answer": step.answer.map(Answered::code),
                    "outcome": step.outcome.map(Outcome::code),
                    "until": step.due.map(|day| day.to_string()),
                });
                record(tx, step.step, id, step.actor, &before.body, &before.of, detail).await?;
                let said = (vi.to_owned(), en.to_owned());
                tell(tx, &ministry, &people, id, &before.of, said).await
            })
        })
        .await?;
    let (thread, _) = seen(&app, &caller, &id.to_string()).await?;
    let value = shown(&app, caller.actor()?, &thread, sector).await?;
    let store::Written { seq, replayed, .. } = done;
    Ok(written(StatusCode::OK, store::Written { seq, value, replayed }))
}

async fn record(
    tx: &mut Tx,
    step: Step,
    id: i64,
    actor: PersonId,
    body: &BodyCode,
    of: &Number,
    mut detail: Value,
) -> Answer<()> {
    detail["explanation"] = json!(id.to_string());
    detail["unit"] = json!(of.unit.as_str());
    tx.event(NewEvent {
        kind: format!("explanation_{}", step.code()),
        actor: Some(actor),
        body: Some(body.clone()),
        indicator: Some(of.indicator.clone()),
        period: Some(of.period),
        detail,
        ..NewEvent::default()
    })
    .await?;
    Ok(())
}

/// Who may ask for a thread's explanation: those at the ministry who look after the number.
pub(crate) fn may_ask(ministry: &Ministry, thread: &Explanation) -> Option<Permission> {
    let sector = sector_of(ministry, &thread.of.indicator).ok()?;
    Some(Permission::AskExplanation { sector })
}

/// The number that is explained, in words: its indicator and its period.
pub(crate) fn named(ministry: &Ministry, of: &Number, language: Language) -> String {
    let lang = language.pick(document::Lang::Vi, document::Lang::En);
    let indicator = ministry.catalogue.get(of.indicator.as_str());
    let name = indicator.map_or(of.indicator.as_str(), |one| {
        language.pick(one.name_vi.as_str(), one.name_en.as_str())
    });
    format!("{name}, {}", document::period::words(of.period, lang))
}

async fn tell(
    tx: &mut Tx,
    ministry: &Ministry,
    people: &[PersonId],
    id: i64,
    of: &Number,
    (vi, en): (String, String),
) -> Answer<()> {
    let vi = vi + &named(ministry, of, Language::Vietnamese);
    let en = en + &named(ministry, of, Language::English);
    for person in people {
        tx.add_notice(*person, &vi, &en, &href(id)).await?;
    }
    Ok(())
}

/// Where a thread is read.
pub(crate) fn href(id: i64) -> String {
    format!("/doi-chieu/giai-trinh/{id}")
}

/// What threads ask of a person: of their body, to prepare or to send; at the ministry, to look at what was explained.
pub async fn work_items(app: &App, ministry: &Ministry, actor: &Actor) -> Answer<Vec<WorkItem>> {
    let filter = ExplanationFilter { is_open: true, ..ExplanationFilter::default() };
    let open = app.store.read().await?.explanations(&filter).await?;
    let mut items = vec![];
    for thread in open {
        let Ok(sector) = sector_of(ministry, &thread.of.indicator) else { continue };
        let body = thread.body.clone();
        let (kind, permission) = match thread.standing {
            Standing::Asked => ("explain", Permission::PrepareExplanation { body, sector }),
            Standing::Explained => ("explained", Permission::AskExplanation { sector }),
            Standing::Closed => continue,
        };
        if may(actor, &permission).is_err() {
            continue;
        }
        let (vi, en) = match ministry.bodies.get(thread.body.as_str()) {
            Some(body) => body.name_on(day_of(app.now())),
            None => continue,
        };
        let is_prepared = thread.steps.last().is_some_and(|made| made.what.step == Step::Prepare);
        let (detail_vi, detail_en) = match (thread.standing, is_prepared) {
            (Standing::Explained, _) => {
                (format!("{vi} đã giải trình"), format!("{en} has explained"))
            }
            (_, true) => (
                "Dự thảo giải trình chờ thủ trưởng gửi".to_owned(),
                "Prepared, to be sent by the head".to_owned(),
            ),
            (_, false) => (
                "Số báo cáo khác số đo trực tuyến".to_owned(),
                "What was reported differs from what is measured".to_owned(),
            ),
        };
        items.push(WorkItem {
            kind,
            title_vi: format!("Giải trình: {}", named(ministry, &thread.of, Language::Vietnamese)),
            title_en: format!("Explanation: {}", named(ministry, &thread.of, Language::English)),
            detail_vi,
            detail_en,
            due: (thread.standing == Standing::Asked).then(|| rfc3339(moment_of(thread.due))),
            href: href(thread.id),
            count: None,
        });
    }
    Ok(items)
}
