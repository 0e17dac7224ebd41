//! Templates as they are made in the browser: drafts with everything that is wrong in them, and their publication.
//!
//! A draft may be unfinished in every way but one: what it says can be read. What keeps it from being published is
//! found at each save, all at once, the numbers that the ministry has already among it.

pub mod content;
mod findings;
mod preview;
mod proposals;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use model::{Period, PersonId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{DraftError, EventFilter, NewEvent, Tx, Written};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::section::Reason;
use workflow::template::DueRule;
use workflow::{Language, Permission, Template, TemplateCode};

use super::submissions::template_code;
use super::{Endpoints, Needs, codes};
use crate::auth::Caller;
use crate::clock::{local_date, rfc3339 as show};
use crate::forms;
use crate::http::{Params, SentJson, written};
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::{App, DEFINITIONS_CHANGED, Ministry, TEMPLATE_PUBLISHED};
use crate::words::Message;
use content::TemplateContent;
use findings::TemplateFinding;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    let needs = || Needs::Permission(Permission::ManageTemplates);
    proposals::add(preview::add(endpoints))
        .add(needs(), routes!(list, begin))
        .add(needs(), routes!(one, save, throw_away))
        .add(needs(), routes!(publish))
}

/// A form in the list of those who make them.
#[derive(Debug, Serialize, ToSchema)]
struct TemplateMade {
    code: String,
    name_vi: String,
    name_en: String,
    #[schema(value_type = codes::Calendar)]
    calendar: &'static str,
    #[schema(value_type = codes::Frequency)]
    frequency: &'static str,
    /// The last one first.
    versions: Vec<TemplateVersion>,
    /// What is under way.
    draft: Option<DraftSummary>,
}

/// A published version of a form.
#[derive(Debug, Serialize, ToSchema)]
struct TemplateVersion {
    version: u32,
    /// Periods that end on this day or later are filled with it; null for as long as anyone remembers.
    valid_from: Option<String>,
    /// How many cells it asks for.
    cells: u32,
    /// How many bodies fill it today, or on its first day when that is to come.
    bodies: u32,
    /// Whether it is the one that is filled today.
    in_force: bool,
}

/// Who has saved a draft, and when.
#[derive(Debug, Serialize, ToSchema)]
struct DraftSummary {
    /// How often it was saved: to be sent along with the next save.
    saves: u32,
    by: String,
    at: String,
}

/// Forms as their makers see them.
#[derive(Debug, Serialize, ToSchema)]
struct TemplatesMade {
    templates: Vec<TemplateMade>,
}

/// Every form with its versions and what is under way, by code.
#[utoipa::path(get, operation_id = "template_drafts", path = "/template-drafts", tag = "templates", responses((status = 200, body = TemplatesMade)))]
async fn list(State(app): State<App>) -> Answer<Json<TemplatesMade>> {
    let ministry = app.ministry();
    let today = local_date(app.now());
    let drafts = app.store.read().await?.template_drafts().await?;
    let published = ministry.templates.keys().map(|(code, _)| code);
    let mut all: Vec<&TemplateCode> =
        published.chain(drafts.iter().map(|draft| &draft.template.code)).collect();
    all.sort_unstable();
    all.dedup();
    let made = |code: &TemplateCode| {
        let draft = drafts.iter().find(|draft| draft.template.code == *code);
        let versions = || ministry.versions(code.as_str());
        let shown = versions().next().or(draft.map(|draft| &draft.template))?;
        let current = ministry.template_on(code.as_str(), today).map(|current| current.version);
        let version = |one: &Template| TemplateVersion {
            version: one.version,
            valid_from: one.valid_from.map(|day| day.to_string()),
            cells: one.counted_cells().len() as u32,
            bodies: bodies(&ministry, one, one.valid_from.map_or(today, |from| from.max(today))),
            in_force: current == Some(one.version),
        };
        Some(TemplateMade {
            code: code.to_string(),
            name_vi: shown.name_vi.clone(),
            name_en: shown.name_en.clone(),
            calendar: shown.calendar.code(),
            frequency: shown.frequency.code(),
            versions: versions().map(version).collect(),
            draft: draft.map(|draft| DraftSummary {
                saves: draft.saves,
                by: draft.by_name.clone(),
                at: show(draft.at),
            }),
        })
    };
    Ok(Json(TemplatesMade { templates: all.into_iter().filter_map(made).collect() }))
}

fn bodies(ministry: &Ministry, template: &Template, day: Date) -> u32 {
    let fills = |body: &&model::Body| {
        let unit = ministry.units.get(body.unit.as_str());
        unit.is_some_and(|unit| template.is_assigned_to(unit, &ministry.units, day))
    };
    ministry.bodies.values().filter(fills).count() as u32
}

/// A draft, with everything that is wrong with it.
#[derive(Debug, Serialize, ToSchema)]
struct TemplateDraftBody {
    code: String,
    /// The version that it will be.
    version: u32,
    /// How often it was saved: to be sent along with the next save.
    saves: u32,
    by: String,
    at: String,
    template: TemplateContent,
    /// Everything that was found; it can be published when none of it is an error.
    findings: Vec<TemplateFinding>,
    /// How many bodies fill it for its first period.
    bodies: u32,
    /// The first period that it is filled for; null where the calendar has none.
    first_period: Option<String>,
    /// When that is due.
    first_due: Option<String>,
}

/// The draft as it is shown.
async fn shown(
    app: &App,
    ministry: &Ministry,
    (template, saves): (&Template, u32),
    (by, at): (&str, Timestamp),
    language: Language,
) -> Answer<TemplateDraftBody> {
    let measured = app.measured.last(&app.store).await?;
    let first = first_period(template, local_date(app.now()));
    Ok(TemplateDraftBody {
        code: template.code.to_string(),
        version: template.version,
        saves,
        by: by.to_owned(),
        at: show(at),
        template: TemplateContent::of(template),
        findings: findings::of(ministry, template, &measured, language),
        bodies: first.map_or(0, |period| bodies(ministry, template, period.end())),
        first_period: first.map(|period| period.to_string()),
        first_due: first.map(|period| show(template.due(period, forms::holidays()))),
    })
}

/// The first period that a version is filled for; of one that holds since ever, the period of today.
fn first_period(template: &Template, today: Date) -> Option<Period> {
    let day = template.valid_from.unwrap_or(today);
    Period::containing(day, template.frequency, template.calendar)
}

/// What is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDraft {
    /// Of a new form, or of one whose next version is to be made.
    #[schema(example = "SO-QUY")]
    code: String,
    /// Of a new form: the one that it begins as a copy of.
    #[serde(default)]
    copy_of: Option<String>,
}

/// Begins a new form, or the next version of one.
#[utoipa::path(post, operation_id = "begin_template_draft", path = "/template-drafts", tag = "templates", request_body = NewDraft,
    responses((status = 201, body = TemplateDraftBody), (status = 404, description = "`unknown_template` of the one to be copied"),
        (status = 409, description = "One is under way already: `draft_exists`"),
        (status = 422, description = "The code is not one: `bad_template_code`; or `idempotency_key_reused`")))]
async fn begin(
    State(app): State<App>,
    caller: Caller,
    sent: SentJson<NewDraft>,
) -> Answer<Response> {
    let actor = caller.actor()?.clone();
    let ministry = app.ministry();
    let code = TemplateCode::parse(&sent.value.code).map_err(|error| {
        let said = |language: Language| {
            language.pick(
                format!("“{}” không phải là mã biểu mẫu: cần 1 đến 32 chữ cái không dấu, chữ số và . _ -", error.0),
                error.to_string(),
            )
        };
        Problem::from(Message::said(422, "bad_template_code", said)).in_column("code")
    })?;
    let copied = match &sent.value.copy_of {
        None => None,
        Some(of) => {
            let unknown = || Problem::from(Message::UnknownTemplate(of.clone()));
            Some(ministry.template(of).ok_or_else(|| unknown().in_column("copy_of"))?)
        }
    };
    let template = begun(&ministry, code, copied, local_date(app.now()));
    let (draft, person) = (template.clone(), actor.person);
    let begun = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                match tx.save_template_draft(&draft, None, person).await {
                    Ok(saves) => Ok(saves),
                    Err(DraftError::Stale(_)) => Err(draft_exists(draft.code.as_str())),
                    Err(DraftError::Store(error)) => Err(error.into()),
                }
            })
        })
        .await?;
    let saved = (actor.name.as_str(), app.now());
    let value = shown(&app, &ministry, (&template, begun.value), saved, caller.speaks()).await?;
    Ok(written(StatusCode::CREATED, Written { seq: begun.seq, value, replayed: begun.replayed }))
}

fn draft_exists(code: &str) -> Problem {
    let said = |language: Language| {
        language.pick(
            format!("Biểu mẫu {code} đang được soạn. Hãy mở bản đang soạn."),
            format!("Template {code} is being made already. Open its draft."),
        )
    };
    Problem::from(Message::said(409, "draft_exists", said)).in_column("code")
}

/// The next version of a form, a copy of one, or an empty one with what all forms of the ministry have in common.
fn begun(
    ministry: &Ministry,
    code: TemplateCode,
    copied: Option<&Template>,
    today: Date,
) -> Template {
    let last = ministry.template(code.as_str());
    let version = last.map_or(1, |last| last.version + 1);
    let month = today.first_of_month();
    let like = |of: &Template| {
        let next = Period::containing(today, of.frequency, of.calendar).and_then(Period::next);
        next.map_or(month, Period::start)
    };
    if let Some(of) = last {
        return Template { version, valid_from: Some(like(of)), ..of.clone() };
    }
    if let Some(of) = copied {
        return Template { code, version, valid_from: Some(month), ..of.clone() };
    }
    let any = ministry.templates_on(today).into_iter().next();
    Template {
        code,
        version,
        valid_from: Some(month),
        name_vi: String::new(),
        name_en: String::new(),
        content: String::new(),
        calendar: model::Calendar::Statistical,
        frequency: model::Frequency::Month,
        assigned_to: vec![],
        cut_off_vi: "ngày cuối cùng của tháng dương lịch".to_owned(),
        cut_off_en: "the last day of the calendar month".to_owned(),
        due: DueRule { working_days: 5 },
        legal_basis: String::new(),
        recipients: any.map(|any| any.recipients.clone()).unwrap_or_default(),
        sending: any.map(|any| any.sending.clone()).unwrap_or_default(),
        paper: any.map(|any| any.paper.clone()).unwrap_or_default(),
        checks: vec![],
        sections: vec![],
    }
}

/// A draft.
#[utoipa::path(get, operation_id = "template_draft", path = "/template-drafts/{code}", tag = "templates", params(("code" = String, Path)),
    responses((status = 200, body = TemplateDraftBody), (status = 404, description = "None is under way: `no_draft`")))]
async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
) -> Answer<Json<TemplateDraftBody>> {
    let draft = read(&app, &code).await?;
    let (template, saved) = ((&draft.template, draft.saves), (draft.by_name.as_str(), draft.at));
    Ok(Json(shown(&app, &app.ministry(), template, saved, caller.speaks()).await?))
}

/// The draft with this code.
async fn read(app: &App, code: &str) -> Answer<store::TemplateDraft> {
    let code = template_code(code)?;
    let draft = app.store.read().await?.template_draft(&code).await?;
    draft.ok_or_else(|| no_draft(&code))
}

fn no_draft(code: &TemplateCode) -> Problem {
    let said = |language: Language| {
        language.pick(
            format!("Không có bản soạn nào của biểu mẫu {code}: đã ban hành hoặc đã bỏ."),
            format!("No draft of template {code} is under way: it was published or thrown away."),
        )
    };
    Message::said(404, "no_draft", said).into()
}

/// A draft to be saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DraftToSave {
    /// How often the draft had been saved when it was seen.
    saves: u32,
    template: TemplateContent,
}

/// The refusal of a draft that somebody else has saved since it was seen.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the description of a problem with members of its own")]
struct StaleDraft {
    #[serde(flatten)]
    problem: ProblemBody,
    /// Who saved it, and when; null when it is no longer under way.
    theirs: Option<DraftSummary>,
}

/// Saves a draft whole. The second of two builders gets 412 and sees who was first.
#[utoipa::path(put, operation_id = "save_template_draft", path = "/template-drafts/{code}", tag = "templates", params(("code" = String, Path)), request_body = DraftToSave,
    responses((status = 200, body = TemplateDraftBody), (status = 404, description = "`no_draft`; `unknown_unit` of a unit or group that it is assigned to"),
        (status = 412, body = StaleDraft, description = "Somebody else has saved it since: `stale_version`"),
        (status = 422, description = "It cannot be read as it is; `at` names the place: `bad_template`, `too_long`, `too_many_rows`; or `idempotency_key_reused`")))]
async fn save(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    sent: SentJson<DraftToSave>,
) -> Answer<Response> {
    let actor = caller.actor()?.clone();
    let ministry = app.ministry();
    let code = template_code(&code)?;
    let seen = sent.value.saves;
    let version = ministry.template(code.as_str()).map_or(1, |last| last.version + 1);
    let template = sent.value.template.read(code, version, &ministry)?;
    let (draft, person) = (template.clone(), actor.person);
    let saved = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let saves = tx.save_template_draft(&draft, Some(seen), person).await;
                saves.map_err(|error| not_saved(&draft.code, error))
            })
        })
        .await?;
    let by = (actor.name.as_str(), app.now());
    let value = shown(&app, &ministry, (&template, saved.value), by, caller.speaks()).await?;
    Ok(written(StatusCode::OK, Written { seq: saved.seq, value, replayed: saved.replayed }))
}

fn not_saved(code: &TemplateCode, error: DraftError) -> Problem {
    match error {
        DraftError::Store(error) => error.into(),
        DraftError::Stale(None) => no_draft(code),
        DraftError::Stale(Some(theirs)) => stale(&theirs),
    }
}

fn stale(theirs: &store::TemplateDraft) -> Problem {
    let said = |language: Language| {
        let name = &theirs.by_name;
        language.pick(
            format!("{name} vừa lưu bản soạn này. Hãy xem bản đó trước khi sửa tiếp."),
            format!("{name} has just saved this draft. Look at it before you go on."),
        )
    };
    let theirs =
        DraftSummary { saves: theirs.saves, by: theirs.by_name.clone(), at: show(theirs.at) };
    Problem::from(Message::said(412, "stale_version", said))
        .with("theirs", serde_json::to_value(theirs).unwrap_or_default())
}

/// Which state of a draft.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Seen {
    /// How often the draft had been saved when it was seen
    saves: u32,
}

/// Throws a draft away; what is published stays.
#[utoipa::path(delete, operation_id = "throw_template_draft_away", path = "/template-drafts/{code}", tag = "templates", params(("code" = String, Path), Seen),
    responses((status = 204, description = "It is no longer under way"), (status = 404, description = "`no_draft`"),
        (status = 412, body = StaleDraft, description = "Somebody else has saved it since: `stale_version`")))]
async fn throw_away(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Params(seen): Params<Seen>,
    sent: crate::http::Sent,
) -> Answer<Response> {
    let person = caller.actor()?.person;
    let code = template_code(&code)?;
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let closed = tx.close_template_draft(&code, seen.saves, person).await;
                closed.map_err(|error| not_saved(&code, error))
            })
        })
        .await?;
    Ok(written(StatusCode::NO_CONTENT, done))
}

/// To publish a draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Publish {
    /// How often the draft had been saved when it was seen.
    saves: u32,
    /// Why numbers are asked for that the ministry has already; needed only then, kept and shown in the log.
    #[serde(default)]
    reason: Option<String>,
}

/// A version that was published.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct Published {
    code: String,
    version: u32,
    /// Periods that end on this day or later are filled with it.
    valid_from: Option<String>,
    /// How many numbers it asks for that the ministry had already, with the reason that was given.
    asked_again: u32,
}

/// The refusal of a form that asks for what the ministry has.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the description of a problem with members of its own")]
struct AskedAlready {
    #[serde(flatten)]
    problem: ProblemBody,
    /// Each number with where it is.
    already: Vec<TemplateFinding>,
}

/// Publishes a draft as the next version of its form; submissions that are open keep theirs.
#[utoipa::path(post, operation_id = "publish_template_draft", path = "/template-drafts/{code}/publish", tag = "templates", params(("code" = String, Path)), request_body = Publish,
    responses((status = 201, body = Published), (status = 404, description = "`no_draft`"),
        (status = 409, body = AskedAlready, description = "It asks for numbers that the ministry has, in `findings` with their cells and in `already` with where each is: `asked_already`; with a reason it is published all the same. Or something else was published meanwhile: `definitions_changed`"),
        (status = 412, body = StaleDraft, description = "Somebody else has saved the draft since: `stale_version`"),
        (status = 422, description = "It is not finished; everything that is missing is in `findings`: `unfinished_template`; or `idempotency_key_reused`")))]
async fn publish(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    sent: SentJson<Publish>,
) -> Answer<Response> {
    let actor = caller.actor()?.person;
    let code = template_code(&code)?;
    let ministry = app.ministry();
    let measured = app.measured.last(&app.store).await?;
    let (saves, language) = (sent.value.saves, caller.speaks());
    let reason = match sent.value.reason.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(reason) => Some(Reason::parse(reason).map_err(|refusal| {
            let said = |language| refusal.message(language);
            Problem::from(Message::said(422, refusal.code(), said)).in_column("reason")
        })?),
    };
    let published = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let draft = tx.template_draft(&code).await?.ok_or_else(|| no_draft(&code))?;
                if draft.saves != saves {
                    return Err(stale(&draft));
                }
                check_definitions(tx, &ministry).await?;
                let version = ministry.template(code.as_str()).map_or(1, |last| last.version + 1);
                let template = Template { version, ..draft.template.or_vietnamese() };
                let found = findings::of(&ministry, &template, &measured, language);
                let again =
                    findings::allow(&ministry, &template, &measured, found, reason.is_some())?;
                tx.define_templates(std::slice::from_ref(&template)).await?;
                tx.close_template_draft(&code, saves, actor)
                    .await
                    .map_err(|error| not_saved(&code, error))?;
                let reason = reason.filter(|_| !again.is_empty());
                tell(tx, actor, &template, &again, reason.as_ref()).await?;
                Ok(Published {
                    code: template.code.to_string(),
                    version,
                    valid_from: template.valid_from.map(|day| day.to_string()),
                    asked_again: again.len() as u32,
                })
            })
        })
        .await?;
    app.read_ministry_again().await?;
    // Who is to fill it for a period that has ended finds it at once.
    forms::open_duties(&app).await?;
    Ok(written(StatusCode::CREATED, published))
}

/// Refuses to decide on definitions that are no longer those of the record.
async fn check_definitions(tx: &mut Tx, ministry: &Ministry) -> Answer<()> {
    for kind in [DEFINITIONS_CHANGED, TEMPLATE_PUBLISHED] {
        let asked = EventFilter { kind: Some(kind.to_owned()), limit: 1, ..EventFilter::default() };
        let last = tx.events(&asked).await?.pop();
        if last.is_some_and(|event| event.seq > ministry.seq) {
            let said = |language: Language| {
                language
                    .pick(
                        "Danh mục hoặc một biểu mẫu khác vừa thay đổi. Hãy ban hành lại.",
                        "The catalogue or another template has just changed. Publish again.",
                    )
                    .to_owned()
            };
            return Err(Message::said(409, "definitions_changed", said).into());
        }
    }
    Ok(())
}

/// What is kept of a publication, and of every number that is asked for again.
async fn tell(
    tx: &mut Tx,
    actor: PersonId,
    template: &Template,
    again: &[findings::Again],
    reason: Option<&Reason>,
) -> Answer<()> {
    let named = |language: Language| {
        let version = template.version;
        let name = template.name(language);
        language.pick(format!("{name}, phiên bản {version}"), format!("{name}, version {version}"))
    };
    let (vi, en) = (named(Language::Vietnamese), named(Language::English));
    let detail = json!({
        "template": template.code.as_str(), "version": template.version,
        "valid_from": template.valid_from.map(|day| day.to_string()), "label_vi": vi, "label_en": en,
    });
    let event = |kind: &str, detail| NewEvent {
        kind: kind.to_owned(),
        actor: Some(actor),
        detail,
        ..NewEvent::default()
    };
    tx.event(event(TEMPLATE_PUBLISHED, detail)).await?;
    if let Some(reason) = reason {
        let rows: Vec<&str> = again.iter().map(|one| one.row.as_str()).collect();
        let rows = rows.join("; ");
        let detail = json!({
            "template": template.code.as_str(), "version": template.version, "reason": reason.as_str(),
            "label_vi": format!("{vi}: {rows}"), "label_en": format!("{en}: {rows}"),
            "again": again.iter().map(findings::Again::detail).collect::<Vec<_>>(),
        });
        tx.event(event("asked_again", detail)).await?;
    }
    Ok(())
}
