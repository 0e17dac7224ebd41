//! What waits for whom: *Việc của tôi*, who has reported, reminders, notices, saved reasons.
//!
//! Nothing here is a list of its own: every line follows from where submissions stand and what the
//! person may do with them, so a line is gone as soon as its work is done.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use model::{BodyCode, Calendar, Period, Sector, SubmissionId, Unit, UnitKind};
use serde::{Deserialize, Serialize};
use store::{EventFilter, Submission, SubmissionFilter};
use utoipa::ToSchema;
use utoipa_axum::routes;
use workflow::deadline::{Pressing, day_of, left, pressing};
use workflow::help::Standing;
use workflow::{Language, Overall, Permission, Template, TemplateCode, may};

use crate::api::reconciliation::explanations;
use crate::api::submissions::extension::may_answer;
use crate::api::submissions::{period_of, template_code};
use crate::api::{Endpoints, Needs, codes};
use crate::auth::Caller;
use crate::clock::rfc3339 as show;
use crate::forms::{self, overall_of};
use crate::http::{Params, Sent, SentJson, written};
use crate::problem::Answer;
use crate::reminders::Unsent;
use crate::state::{App, Ministry};
use crate::words::Message;

/// The most characters of a saved reason.
const LONGEST_REASON: usize = 2_000;
/// So many notices are shown.
const NOTICES: u32 = 100;

/// Adds the endpoints of work.
pub fn add(endpoints: Endpoints) -> Endpoints {
    endpoints
        .add(Needs::Permission(Permission::SignIn), routes!(work))
        .add(Needs::ByContent(&["see_completeness"]), routes!(completeness))
        .add(Needs::Permission(Permission::Review), routes!(return_reasons, add_return_reason))
        .add(Needs::Permission(Permission::Review), routes!(remove_return_reason))
        .add(Needs::Permission(Permission::Remind), routes!(remind))
        .add(Needs::Permission(Permission::SignIn), routes!(notices))
        .add(Needs::Permission(Permission::SignIn), routes!(read_notices))
}

/// One thing to do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkItem {
    /// `enter`, `returned`, `late`, `sign`, `unsent`, `supplied`, `extend`, `receive`, `remind`, `explain`, `explained` or
    /// `read`.
    #[schema(value_type = codes::WorkKind)]
    pub(super) kind: &'static str,
    pub(super) title_vi: String,
    pub(super) title_en: String,
    pub(super) detail_vi: String,
    pub(super) detail_en: String,
    pub(super) due: Option<String>,
    pub(super) href: String,
    pub(super) count: Option<u32>,
}

/// How many bodies have something in a form.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Progress {
    template: String,
    period: String,
    have: u32,
    expected: u32,
}

/// What waits for a person.
#[derive(Debug, Serialize, ToSchema)]
struct Work {
    items: Vec<WorkItem>,
    progress: Option<Progress>,
}

/// What waits for the caller, the most pressing first.
#[utoipa::path(get, path = "/work", tag = "work", responses((status = 200, body = Work)))]
async fn work(State(app): State<App>, caller: Caller) -> Answer<Json<Work>> {
    let ministry = app.ministry();
    let actor = caller.actor()?;
    let now = app.store.now();
    let mut items = vec![];
    let mut reader = app.store.read().await?;
    for body in actor.bodies() {
        let filter = SubmissionFilter { body: Some(body.clone()), ..SubmissionFilter::default() };
        for submission in reader.submissions(&filter).await? {
            let template = forms::template_of(&ministry, &submission)?;
            items.extend(own_item(actor, &template, &submission, now));
            if enters(actor, &template, body) && is_with_its_writer(&submission) {
                let answered = reader.helps(submission.id).await?;
                let answered =
                    answered.iter().filter(|one| one.standing(now) == Standing::Answered);
                items.extend(answered.map(|help| supplied_item(&template, &submission, help)));
            }
        }
    }
    let reviewed = actor.reviewed_sectors();
    let mut progress: Option<(bool, Progress)> = None;
    let sees_all = may(actor, &Permission::SeeCompleteness).is_ok();
    for (template, period) in forms::last_to_fill(&ministry, day_of(now)) {
        if !sees_all {
            break;
        }
        let filter = SubmissionFilter {
            template: Some(template.code.clone()),
            ..SubmissionFilter::default()
        };
        let all: Vec<Submission> = reader.submissions(&filter).await?;
        items.extend(review_items(&reviewed, template, &all, period, now));
        items.extend(all.iter().filter_map(|one| extension_item(&ministry, actor, template, one)));
        let current: Vec<&Submission> =
            all.iter().filter(|submission| submission.period == period).collect();
        let have = current
            .iter()
            .filter(|submission| overall_of(submission) != Overall::NotStarted)
            .count();
        if current.is_empty() {
            continue;
        }
        // The form that most bodies fill; of several, the one of the calendar's months.
        let statistical = template.calendar == Calendar::Statistical;
        let expected = expected_bodies(&ministry, template, period).len() as u32;
        let is_wider =
            |(other, shown): &(bool, Progress)| (expected, statistical) > (shown.expected, *other);
        if progress.as_ref().is_none_or(is_wider) {
            let (template, period) = (template.code.to_string(), period.to_string());
            progress =
                Some((statistical, Progress { template, period, have: have as u32, expected }));
        }
    }
    drop(reader);
    items.extend(explanations::work_items(&app, &ministry, actor).await?);
    if sees_all && reviewed.is_empty() {
        items.push(WorkItem {
            kind: "read",
            title_vi: "Bảng điều hành".into(),
            title_en: "Board".into(),
            detail_vi: "Sáu lĩnh vực và toàn ngành, kỳ gần nhất".into(),
            detail_en: "The six sectors and the whole, latest period".into(),
            due: None,
            href: "/bang-dieu-hanh".into(),
            count: None,
        });
        items.push(WorkItem {
            kind: "read",
            title_vi: "Báo cáo sơ kết 6 tháng đầu năm 2024".into(),
            title_en: "Half-year review of 2024".into(),
            detail_vi: "Mọi số liệu trong báo cáo đều mở được đến nguồn gốc".into(),
            detail_en: "Every figure in it opens to its origin".into(),
            due: None,
            href: "/bao-cao/2024-S1".into(),
            count: None,
        });
    }
    items.sort_by_key(|item| (urgency(item.kind), item.due.clone()));
    Ok(Json(Work { items, progress: progress.map(|(_, widest)| widest) }))
}

fn urgency(kind: &str) -> u8 {
    match kind {
        "late" => 0,
        "returned" => 1,
        "sign" => 2,
        "unsent" => 3,
        "enter" => 4,
        "supplied" => 5,
        "explain" => 6,
        "extend" => 7,
        "explained" => 8,
        "receive" => 9,
        "remind" => 10,
        _ => 11,
    }
}

/// Whether somebody may hand in some of a form of their body.
fn enters(actor: &workflow::Actor, template: &Template, body: &BodyCode) -> bool {
    template.sections.iter().any(|section| {
        may(actor, &Permission::Submit { body: body.clone(), sector: section.sector }).is_ok()
    })
}

/// Whether some of a form can be written now.
fn is_with_its_writer(submission: &Submission) -> bool {
    matches!(overall_of(submission), Overall::NotStarted | Overall::Draft | Overall::Returned)
}

/// What a form is called, in both languages.
fn named(template: &Template, period: Period) -> (String, String) {
    let words = |lang| document::period::words(period, lang);
    (
        format!("{}, {}", template.name_vi, words(document::Lang::Vi)),
        format!("{}, {}", template.name_en, words(document::Lang::En)),
    )
}

/// What another office has supplied, and nobody of the body has decided on yet.
fn supplied_item(template: &Template, submission: &Submission, help: &store::Help) -> WorkItem {
    let cells = help.cells.iter().filter(|cell| cell.waits()).count();
    let (vi, en) = named(template, submission.period);
    WorkItem {
        kind: "supplied",
        title_vi: format!("{} đã gửi số liệu được nhờ, chờ bạn nhận", help.office),
        title_en: format!("{} has supplied figures, which await your acceptance", help.office),
        detail_vi: format!("{vi}: {cells} ô"),
        detail_en: format!("{en}: {cells} {}", if cells == 1 { "cell" } else { "cells" }),
        due: Some(show(forms::due_of(template, submission))),
        href: format!("/nhap-lieu/{}?nho={}", submission.id, help.id),
        count: Some(cells as u32),
    }
}

/// What a submission asks of somebody in its own body.
fn own_item(
    actor: &workflow::Actor,
    template: &Template,
    submission: &Submission,
    now: Timestamp,
) -> Option<WorkItem> {
    let overall = overall_of(submission);
    let body = &submission.body;
    let enters = enters(actor, template, body);
    let signs = may(actor, &Permission::Sign { body: body.clone() }).is_ok();
    let due = forms::due_of(template, submission);
    let late = now > due;
    let kind = match overall {
        Overall::NotStarted | Overall::Draft if enters && late => "late",
        Overall::NotStarted | Overall::Draft if enters => "enter",
        // The head is reminded then, too.
        Overall::NotStarted | Overall::Draft
            if signs && pressing(due, now, forms::holidays()) >= Some(Pressing::Next) =>
        {
            "unsent"
        }
        Overall::Returned if enters => "returned",
        Overall::AwaitingSignature if signs => "sign",
        _ => return None,
    };
    let returned =
        submission.sections.iter().filter(|section| section.state.code() == "returned").count();
    let cells = template.counted_cells().len();
    let (vi, en) =
        (left(due, now).in_words(Language::Vietnamese), left(due, now).in_words(Language::English));
    let filled = submission.filled;
    let (detail_vi, detail_en) = match kind {
        "returned" => (
            format!("{returned} phần được trả lại để chỉnh sửa, {vi}"),
            format!("{returned} sections returned for correction, {en}"),
        ),
        "sign" => (
            format!("{filled}/{cells} ô đã điền, chờ ký, {vi}"),
            format!("{filled} of {cells} cells filled, awaiting signature, {en}"),
        ),
        "unsent" => (
            format!("{filled}/{cells} ô đã điền, chưa trình ký, {vi}"),
            format!("{filled} of {cells} cells filled, not yet submitted for signature, {en}"),
        ),
        _ => (
            format!("{filled}/{cells} ô đã điền, {vi}"),
            format!("{filled} of {cells} cells filled, {en}"),
        ),
    };
    let (title_vi, title_en) = named(template, submission.period);
    Some(WorkItem {
        kind,
        title_vi,
        title_en,
        detail_vi,
        detail_en,
        due: Some(show(due)),
        href: format!("/nhap-lieu/{}", submission.id),
        count: (returned > 0).then_some(returned as u32),
    })
}

/// What the submissions of a template ask of a reviewer of these sectors.
fn review_items(
    reviewed: &[Sector],
    template: &Template,
    all: &[Submission],
    current: Period,
    now: Timestamp,
) -> Vec<WorkItem> {
    let mut waiting: BTreeMap<Period, u32> = BTreeMap::new();
    for submission in all {
        let signed = template.sections.iter().filter(|section| {
            reviewed.contains(&section.sector)
                && submission
                    .state(section.id.as_str())
                    .is_some_and(|state| state.code() == "signed")
        });
        *waiting.entry(submission.period).or_default() += signed.count() as u32;
    }
    let words = |period, lang| document::period::words(period, lang);
    let href = |period: Period| format!("/duyet?template={}&period={period}", template.code);
    let mut items: Vec<WorkItem> = waiting
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(period, count)| WorkItem {
            kind: "receive",
            title_vi: format!("{}, {}", template.name_vi, words(period, document::Lang::Vi)),
            title_en: format!("{}, {}", template.name_en, words(period, document::Lang::En)),
            detail_vi: format!("{count} phần đã ký chờ tiếp nhận"),
            detail_en: format!("{count} signed sections to receive"),
            due: None,
            href: href(period),
            count: Some(count),
        })
        .collect();
    let due = template.due(current, forms::holidays());
    let unsent = all
        .iter()
        .filter(|submission| submission.period == current && !overall_of(submission).is_sent())
        .count();
    if !reviewed.is_empty() && unsent > 0 {
        let (vi, en) = (
            left(due, now).in_words(Language::Vietnamese),
            left(due, now).in_words(Language::English),
        );
        items.push(WorkItem {
            kind: "remind",
            title_vi: format!(
                "Nhắc đến hạn: {}, {}",
                template.name_vi,
                words(current, document::Lang::Vi)
            ),
            title_en: format!(
                "Remind: {}, {}",
                template.name_en,
                words(current, document::Lang::En)
            ),
            detail_vi: format!("{unsent} đơn vị chưa gửi, {vi}"),
            detail_en: format!("{unsent} bodies have not sent theirs, {en}"),
            due: Some(show(due)),
            href: href(current),
            count: Some(unsent as u32),
        });
    }
    items
}

/// A later deadline that somebody asks for and the actor may answer.
fn extension_item(
    ministry: &Ministry,
    actor: &workflow::Actor,
    template: &Template,
    submission: &Submission,
) -> Option<WorkItem> {
    let until = submission.extension.asked?;
    if !may_answer(submission, template, actor) {
        return None;
    }
    let (vi, en) = ministry.bodies.get(&submission.body)?.name_on(submission.period.end());
    let (period, due) = (submission.period, forms::due_of(template, submission));
    let words = |lang| document::period::words(period, lang);
    let day = |lang| document::period::date(until, lang);
    Some(WorkItem {
        kind: "extend",
        title_vi: format!("{vi} đề nghị gia hạn đến {}", day(document::Lang::Vi)),
        title_en: format!("{en} asks for a deadline of {}", day(document::Lang::En)),
        detail_vi: format!("{}, {}", template.name_vi, words(document::Lang::Vi)),
        detail_en: format!("{}, {}", template.name_en, words(document::Lang::En)),
        due: Some(show(due)),
        href: format!("/duyet/{}", submission.id),
        count: None,
    })
}

/// The bodies that fill a template for a period.
pub fn expected_bodies(ministry: &Ministry, template: &Template, period: Period) -> Vec<BodyCode> {
    let day = period.end();
    ministry
        .bodies
        .values()
        .filter(|body| {
            let unit = ministry.units.get(body.unit.as_str());
            unit.is_some_and(|unit| template.is_assigned_to(unit, &ministry.units, day))
        })
        .map(|body| body.code.clone())
        .collect()
}

/// Which form and period.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FormAsked {
    /// The template; the first one when left out.
    template: Option<String>,
    /// The period; the last that has ended when left out.
    period: Option<String>,
}

/// One body's line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CompletenessRow {
    body: String,
    name_vi: String,
    name_en: String,
    /// The code of its region, for provinces.
    region: Option<String>,
    #[schema(value_type = codes::SubmissionState)]
    state: &'static str,
    filled: u32,
    cells: u32,
    due: String,
    signed_at: Option<String>,
    late: bool,
    submission: Option<String>,
}

/// Who has reported.
#[derive(Debug, Serialize, ToSchema)]
struct Completeness {
    template: String,
    period: String,
    rows: Vec<CompletenessRow>,
    /// Bodies that have something in the form.
    have: u32,
    /// Bodies that have sent all of it.
    sent: u32,
    expected: u32,
}

/// Who has and has not reported; a body sees its own line.
#[utoipa::path(get, path = "/completeness", tag = "work", params(FormAsked),
    responses((status = 200, body = Completeness), (status = 404, description = "`unknown_template`")))]
async fn completeness(
    State(app): State<App>,
    caller: Caller,
    Params(asked): Params<FormAsked>,
) -> Answer<Json<Completeness>> {
    let ministry = app.ministry();
    let actor = caller.actor()?;
    let own: Vec<&BodyCode> = actor.bodies();
    let all = may(actor, &Permission::SeeCompleteness);
    if own.is_empty() {
        all?;
    }
    let now = app.store.now();
    let (template, period) =
        form_asked(&ministry, asked.template.as_deref(), asked.period.as_deref(), now)?;
    let filter = SubmissionFilter {
        template: Some(template.code.clone()),
        period: Some(period),
        ..SubmissionFilter::default()
    };
    let mut reader = app.store.read().await?;
    let submissions = reader.submissions(&filter).await?;
    let signed = signatures(&mut reader, &submissions).await?;
    drop(reader);
    let by_body: BTreeMap<&BodyCode, &Submission> =
        submissions.iter().map(|one| (&one.body, one)).collect();
    let due = template.due(period, forms::holidays());
    let cells = template.counted_cells().len() as u32;
    let mut rows: Vec<CompletenessRow> = vec![];
    for code in expected_bodies(&ministry, &template, period) {
        if all.is_err() && !own.contains(&&code) {
            continue;
        }
        let body = ministry.body(code.as_str())?;
        let (vi, en) = body.name_on(period.end());
        let submission = by_body.get(&code).copied();
        let state = submission.map_or(Overall::NotStarted, overall_of);
        let due = submission.map_or(due, |one| forms::due_of(&template, one));
        let signed_at =
            submission.and_then(|one| signed.get(&one.id)).copied().filter(|_| state.is_sent());
        rows.push(CompletenessRow {
            body: code.to_string(),
            name_vi: vi.to_owned(),
            name_en: en.to_owned(),
            region: ministry
                .units
                .get(body.unit.as_str())
                .and_then(|unit| region(&ministry, unit, period)),
            state: state.code(),
            filled: submission.map_or(0, |one| one.filled),
            cells,
            due: show(due),
            signed_at: signed_at.map(show),
            late: forms::is_late(due, signed_at, now) && (signed_at.is_some() || !state.is_sent()),
            submission: submission.map(|one| one.id.to_string()),
        });
    }
    rows.sort_by(|a, b| document::collation::compare(&a.name_vi, &b.name_vi));
    let count = |wanted: &dyn Fn(&CompletenessRow) -> bool| {
        rows.iter().filter(|row| wanted(row)).count() as u32
    };
    let have = count(&|row| row.state != "not_started");
    let sent = count(&|row| ["signed", "received", "closed"].contains(&row.state));
    let expected = rows.len() as u32;
    Ok(Json(Completeness {
        template: template.code.to_string(),
        period: period.to_string(),
        rows,
        have,
        sent,
        expected,
    }))
}

/// When each submission was last signed.
async fn signatures(
    reader: &mut store::Reader,
    submissions: &[Submission],
) -> Answer<BTreeMap<SubmissionId, Timestamp>> {
    let ids: BTreeSet<SubmissionId> = submissions.iter().map(|one| one.id).collect();
    // Nobody signs a period before it has ended.
    let ended = submissions.iter().map(|one| workflow::deadline::moment_of(one.period.end())).min();
    let Some(since) = ended else { return Ok(BTreeMap::new()) };
    // A signature touches its submission, so none is later than the last touch.
    let until = submissions.iter().map(|one| one.updated_at).max();
    let to = until.and_then(|last| last.checked_add(SignedDuration::from_micros(1)).ok());
    let filter = EventFilter {
        kind: Some("section_sign".into()),
        from: Some(since),
        to,
        ..EventFilter::default()
    };
    let mut signed = BTreeMap::new();
    for event in reader.events(&filter).await? {
        if let Some(id) = event.what.submission.filter(|id| ids.contains(id)) {
            signed.entry(id).or_insert(event.at);
        }
    }
    Ok(signed)
}

fn region(ministry: &Ministry, unit: &Unit, period: Period) -> Option<String> {
    let above = ministry.units.parent(unit, period.end())?;
    (above.kind == UnitKind::Region).then(|| above.code.to_string())
}

fn form_asked(
    ministry: &Ministry,
    template: Option<&str>,
    period: Option<&str>,
    now: Timestamp,
) -> Answer<(Template, Period)> {
    let last = forms::last_to_fill(ministry, day_of(now));
    let is_monthly = |(template, _): &&(&Template, Period)| template.code.as_str() == "SO-THANG";
    let code = match template {
        Some(code) => template_code(code)?,
        None => {
            let monthly = last.iter().find(is_monthly).or(last.first());
            monthly.ok_or(Message::NotFound)?.0.code.clone()
        }
    };
    let unknown = || Message::UnknownTemplate(code.to_string());
    let (template, period) = match period {
        Some(of) => {
            let period = period_of(of)?;
            (ministry.template_on(code.as_str(), period.end()).ok_or_else(unknown)?, period)
        }
        None => {
            let of = |(template, _): &&(&Template, Period)| template.code == code;
            *last.iter().find(of).ok_or_else(unknown)?
        }
    };
    Ok((template.clone(), period))
}

/// A reason that a reviewer keeps at hand.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReturnReason {
    id: String,
    text: String,
}

/// Reasons that a reviewer keeps.
#[derive(Debug, Serialize, ToSchema)]
struct ReturnReasons {
    reasons: Vec<ReturnReason>,
}

/// The reasons that the caller keeps.
#[utoipa::path(get, path = "/return-reasons", tag = "work", responses((status = 200, body = ReturnReasons)))]
async fn return_reasons(State(app): State<App>, caller: Caller) -> Answer<Json<ReturnReasons>> {
    let kept = app.store.read().await?.return_reasons(caller.actor()?.person).await?;
    let reasons = kept
        .into_iter()
        .map(|one| ReturnReason { id: one.id.to_string(), text: one.text })
        .collect();
    Ok(Json(ReturnReasons { reasons }))
}

/// A reason to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewReason {
    text: String,
}

/// Keeps a reason for the next time.
#[utoipa::path(post, path = "/return-reasons", tag = "work", request_body = NewReason, responses((status = 201, body = ReturnReason)))]
async fn add_return_reason(
    State(app): State<App>,
    caller: Caller,
    sent: SentJson<NewReason>,
) -> Answer<Response> {
    let person = caller.actor()?.person;
    let text = sent.value.text.trim().to_owned();
    if text.is_empty() {
        return Err(Message::Empty("text").into());
    }
    if text.chars().count() > LONGEST_REASON {
        return Err(Message::TooLong { field: "text", most: LONGEST_REASON }.into());
    }
    let kept = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let id = tx.add_return_reason(person, &text).await?;
                Ok(ReturnReason { id: id.to_string(), text })
            })
        })
        .await?;
    Ok(written(StatusCode::CREATED, kept))
}

/// No longer keeps a reason.
#[utoipa::path(delete, path = "/return-reasons/{id}", tag = "work", params(("id" = String, Path)), responses((status = 204)))]
async fn remove_return_reason(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer<Response> {
    let person = caller.actor()?.person;
    let id: i64 = id.parse().map_err(|_| Message::NotFound)?;
    let removed = app
        .write(sent.key, move |tx| {
            Box::pin(async move { Ok(tx.remove_return_reason(person, id).await?) })
        })
        .await?;
    if !removed.value {
        return Err(Message::NotFound.into());
    }
    Ok(written(StatusCode::NO_CONTENT, removed))
}

/// Whom to remind of what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Remind {
    template: String,
    period: String,
    /// Codes of bodies, or `all_late` for everybody who has not sent theirs.
    bodies: Whom,
}

/// Bodies, or a word for some of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
enum Whom {
    Bodies(Vec<String>),
    Word(String),
}

/// How many bodies were reminded.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Reminded {
    sent: u32,
}

/// Reminds bodies that have not sent their form: in the application at once, and by mail.
#[utoipa::path(post, path = "/reminders", tag = "work", request_body = Remind, 
    responses((status = 200, body = Reminded), (status = 404, description = "`unknown_body`, `unknown_template`")))]
async fn remind(
    State(app): State<App>,
    caller: Caller,
    sent: SentJson<Remind>,
) -> Answer<Response> {
    let ministry = app.ministry();
    let now = app.store.now();
    let (template, period) =
        form_asked(&ministry, Some(&sent.value.template), Some(&sent.value.period), now)?;
    let expected = expected_bodies(&ministry, &template, period);
    let wanted: Vec<BodyCode> = match sent.value.bodies {
        Whom::Word(word) if word == "all_late" => expected.clone(),
        Whom::Word(word) => {
            return Err(Message::NotOneOf { value: word, known: "all_late".into() }.into());
        }
        Whom::Bodies(codes) => {
            let of = |code: &String| {
                let body = ministry.body(code)?;
                let expects = expected.contains(&body.code);
                expects
                    .then(|| body.code.clone())
                    .ok_or_else(|| Message::UnknownBody(code.clone()).into())
            };
            codes.iter().map(of).collect::<Answer<_>>()?
        }
    };
    let actor = caller.actor()?.person;
    let filter = SubmissionFilter {
        template: Some(template.code.clone()),
        period: Some(period),
        ..SubmissionFilter::default()
    };
    let accounts = app.store.read().await?.accounts().await?;
    let reminded = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let submissions = tx.submissions(&filter).await?;
                let mut sent = 0;
                for body in &wanted {
                    let submission = submissions.iter().find(|one| one.body == *body);
                    if submission.is_some_and(|one| overall_of(one).is_sent()) {
                        continue;
                    }
                    let unsent = Unsent { template: &template, period, body, submission };
                    unsent.remind(tx, &accounts, Some(actor)).await?;
                    sent += 1;
                }
                Ok(Reminded { sent })
            })
        })
        .await?;
    Ok(written(StatusCode::OK, reminded))
}

/// A line that waits for a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeBody {
    id: String,
    at: String,
    text_vi: String,
    text_en: String,
    href: String,
    read: bool,
}

/// A person's notices.
#[derive(Debug, Serialize, ToSchema)]
struct Notices {
    notices: Vec<NoticeBody>,
}

/// The caller's notices, the newest first.
#[utoipa::path(get, path = "/notices", tag = "work", responses((status = 200, body = Notices)))]
async fn notices(State(app): State<App>, caller: Caller) -> Answer<Json<Notices>> {
    let found = app.store.read().await?.notices(caller.actor()?.person, NOTICES).await?;
    let notices = found.into_iter().map(|one| NoticeBody {
        id: one.id.to_string(),
        at: show(one.at),
        text_vi: one.text_vi,
        text_en: one.text_en,
        href: one.href,
        read: one.read_at.is_some(),
    });
    Ok(Json(Notices { notices: notices.collect() }))
}

/// Notices by their numbers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReadNotices {
    ids: Vec<String>,
}

/// Marks notices as read.
#[utoipa::path(post, path = "/notices/read", tag = "work", request_body = ReadNotices, responses((status = 204)))]
async fn read_notices(
    State(app): State<App>,
    caller: Caller,
    sent: SentJson<ReadNotices>,
) -> Answer<Response> {
    let person = caller.actor()?.person;
    let ids: Vec<i64> =
        sent.value.ids.iter().filter_map(|id| id.parse().ok()).take(NOTICES as usize).collect();
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move { Ok(tx.read_notices(person, &ids).await?) })
        })
        .await?;
    Ok(written(StatusCode::NO_CONTENT, done))
}

/// Names of a template's code, for the mail of a reminder.
pub fn template_name(ministry: &Ministry, code: &TemplateCode) -> String {
    ministry
        .template(code.as_str())
        .map_or_else(|| code.to_string(), |template| template.name_vi.clone())
}
