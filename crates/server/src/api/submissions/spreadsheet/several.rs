//! The forms of several bodies in one spreadsheet, for whoever enters for them: a sheet for each body, as its own file has.
//!
//! A body's form is taken whole or not at all, by the rules of its own file; that one is refused keeps none of the others.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use document::workbook::{Part, Returned};
use model::SubmissionId;
use serde::{Deserialize, Serialize};
use store::{IdempotencyKey, SubmissionFilter, Written};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::super::{may_see, period_of, template_code};
use super::{
    Conflicts, Difference, FilledForm, LARGEST, book, may_enter_any, named, preview, read_returned,
    returned, save, sent_as,
};
use crate::api::accounts::Spreadsheet;
use crate::api::{Endpoints, Needs, codes};
use crate::auth::Caller;
use crate::forms::OpenForm;
use crate::http::{Params, Sent, written};
use crate::problem::{Answer, FindingBody, Problem};
use crate::state::App;
use crate::words::Message;

/// A sheet's name has so many letters at most, of which the words in brackets after it take some.
const LONGEST_SHEET: usize = 24;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    let by_content = Needs::ByContent(&["enter_cells"]);
    endpoints.add_large(by_content, LARGEST, routes!(download, upload))
}

/// Which forms.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FormsAsked {
    /// Of this template.
    template: String,
    /// For this period.
    period: String,
}

/// The forms of all bodies that the caller enters for, as one spreadsheet: a sheet for each body.
#[utoipa::path(get, operation_id = "forms_spreadsheet", path = "/forms.xlsx", tag = "submissions", params(FormsAsked),
    responses((status = 200, body = Spreadsheet, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", description = "The forms that are open, in the caller's language"),
        (status = 404, description = "`unknown_template`; or the caller enters for no body with such a form: `not_found`")))]
async fn download(
    State(app): State<App>,
    caller: Caller,
    Params(asked): Params<FormsAsked>,
) -> Answer<Response> {
    let period = period_of(&asked.period)?;
    let filter = SubmissionFilter {
        template: Some(template_code(&asked.template)?),
        period: Some(period),
        ..SubmissionFilter::default()
    };
    let found = app.store.read().await?.submissions(&filter).await?;
    let key = app.sealing_key().await?;
    let own = caller.actor()?.bodies();
    let mut books = vec![];
    for submission in found.iter().filter(|one| own.contains(&&one.body)) {
        let form = OpenForm::read(&app, submission.id).await?.ok_or(Message::NotFound)?;
        if may_enter_any(&caller, &form).is_err() {
            continue;
        }
        let visible = may_see(&caller, &form.submission, &form.template)?;
        let scope = book::Scope::of(&form, &visible, caller.actor()?);
        let mut one = book::workbook(&form, &scope, caller.speaks(), key);
        one.part = Some(Part { tag: submission.id.to_string(), name: sheet_name(&form, &caller) });
        books.push((form.body.code.clone(), one));
    }
    if books.is_empty() {
        return Err(Message::NotFound.into());
    }
    books.sort_by(|(one, _), (other, _)| one.cmp(other));
    let name = format!("{}_{}.xlsx", asked.template, period);
    sent_as(books.into_iter().map(|(_, book)| book).collect(), &name).await
}

/// "52 Bình Định": the body's code keeps two of the same name apart.
fn sheet_name(form: &OpenForm, caller: &Caller) -> String {
    let unit = form.ministry.units.get(form.body.unit.as_str());
    let name = unit.map_or("", |unit| caller.speaks().pick(&unit.name_vi, &unit.name_en));
    let name = format!("{} {name}", form.body.code);
    let allowed = name.chars().map(|c| if "[]:*?/\\'".contains(c) { ' ' } else { c });
    let short: String = allowed.take(LONGEST_SHEET).collect();
    short.trim().to_owned()
}

/// How to take filled forms.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct FormsUploadParams {
    /// true: answers what would change and what is wrong, and saves nothing
    dry_run: bool,
    /// What becomes of a cell that somebody else has changed since the download: `refuse` its body's form (the default),
    /// or keep `theirs`
    #[param(inline, value_type = Option<codes::FormsConflicts>)]
    conflicts: Option<String>,
}

/// What filled forms changed, or would change, body by body.
#[derive(Debug, Serialize, ToSchema)]
struct FilledForms {
    dry_run: bool,
    /// In the order of the file.
    bodies: Vec<FilledBody>,
}

/// What became of one body's form.
#[derive(Debug, Serialize, ToSchema)]
struct FilledBody {
    /// The form; null where the file does not say of which it is.
    submission: Option<String>,
    body: Option<String>,
    body_name_vi: Option<String>,
    body_name_en: Option<String>,
    /// `changed` would be saved, `saved` was; `unchanged` has nothing new; `refused` changes nothing.
    #[schema(value_type = codes::FilledOutcome)]
    outcome: String,
    /// Why it is refused.
    refusal: Option<String>,
    /// Cell by cell, those first that somebody else has changed too.
    differences: Vec<Difference>,
    /// What cannot be taken, with its sheet, row and column; then what is wrong or surprising in the form with it.
    findings: Vec<FindingBody>,
    /// So many of the findings, the first of them, keep the form from being saved.
    blocking: u32,
}

/// Takes the filled forms of several bodies, each whole or not at all; answers what became of which.
#[utoipa::path(post, operation_id = "upload_forms_spreadsheet", path = "/forms.xlsx", tag = "submissions", params(FormsUploadParams),
    request_body(content = Spreadsheet, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    responses((status = 200, body = FilledForms),
        (status = 422, description = "The file is not taken: `not_a_workbook`, `workbook_locked`, `workbook_macros`, `workbook_too_large`, `workbook_damaged`, `not_a_form`; or `idempotency_key_reused`")))]
async fn upload(
    State(app): State<App>,
    caller: Caller,
    Params(asked): Params<FormsUploadParams>,
    sent: Sent,
) -> Answer<Response> {
    let conflicts = match asked.conflicts.as_deref() {
        None | Some("refuse") => Conflicts::Refuse,
        Some("theirs") => Conflicts::Theirs,
        Some(other) => {
            let value = other.chars().take(40).collect();
            let expected = "refuse, theirs";
            return Err(Message::BadParameter { name: "conflicts", value, expected }.into());
        }
    };
    let (mut seq, mut bodies, mut replayed) = (app.store.head().seq, vec![], false);
    for form in &returned(sent.bytes).await? {
        let of = form_of(&app, &caller, form).await;
        let done = match &of {
            Err(problem) => Err(problem.clone()),
            Ok(of) => take(&app, &caller, of, form, &asked, conflicts, sent.key.as_ref()).await,
        };
        let done = done.map(|done| {
            (seq, replayed) = (seq.max(done.seq), replayed || done.replayed);
            done.value
        });
        bodies.push(filled_body(of.as_ref().ok(), done, &caller));
    }
    let value = FilledForms { dry_run: asked.dry_run, bodies };
    Ok(written(StatusCode::OK, Written { seq, value, replayed }))
}

/// The form that a part of the file says it is of; one that the caller may not enter is as unknown as one that does not
/// exist.
async fn form_of(app: &App, caller: &Caller, returned: &Returned) -> Answer<OpenForm> {
    let id = returned.map.fact("submission").parse().map(SubmissionId);
    let id = id.map_err(|_| Message::NotFound)?;
    let form = OpenForm::read(app, id).await?.ok_or(Message::NotFound)?;
    may_enter_any(caller, &form).map_err(|_| Message::NotFound)?;
    Ok(form)
}

/// Takes one form of the file, or looks at it.
async fn take(
    app: &App,
    caller: &Caller,
    form: &OpenForm,
    returned: &Returned,
    asked: &FormsUploadParams,
    conflicts: Conflicts,
    key: Option<&IdempotencyKey>,
) -> Answer<Written<FilledForm>> {
    let (changes, unread) = read_returned(app, form, None, returned).await?;
    let filled = named(caller, form, changes, unread)?;
    if asked.dry_run {
        let value = preview(form, &filled, caller.speaks());
        return Ok(Written { seq: app.store.head().seq, value, replayed: false });
    }
    // Each body is saved by itself, so each has a name of its own.
    let key = key.map(|key| IdempotencyKey {
        key: format!("{}/{}", key.key, form.submission.id),
        ..key.clone()
    });
    save(app, caller, form, filled, conflicts, key).await
}

fn filled_body(
    form: Option<&OpenForm>,
    done: Result<FilledForm, Problem>,
    caller: &Caller,
) -> FilledBody {
    let language = caller.speaks();
    let name = form.map(|form| form.body.name_on(form.submission.period.end()));
    let about = FilledBody {
        submission: form.map(|form| form.submission.id.to_string()),
        body: form.map(|form| form.body.code.to_string()),
        body_name_vi: name.map(|(vi, _)| vi.to_owned()),
        body_name_en: name.map(|(_, en)| en.to_owned()),
        outcome: "unchanged".to_owned(),
        refusal: None,
        differences: vec![],
        findings: vec![],
        blocking: 0,
    };
    match done {
        Ok(filled) => {
            let outcome = match (filled.differences.is_empty(), filled.dry_run) {
                _ if filled.blocking > 0 => "refused",
                (true, _) => "unchanged",
                (false, true) => "changed",
                (false, false) => "saved",
            };
            FilledBody {
                outcome: outcome.to_owned(),
                differences: filled.differences,
                findings: filled.findings,
                blocking: filled.blocking,
                ..about
            }
        }
        Err(problem) => FilledBody {
            outcome: "refused".to_owned(),
            refusal: Some(problem.message.text(language)),
            findings: problem.findings.iter().map(|one| one.body(language)).collect(),
            blocking: problem.findings.len() as u32,
            ..about
        },
    }
}
