//! Gia hạn: a body asks for a later deadline of one form, the ministry agrees or does not, and each tells the other.

use axum::extract::{Path, State};
use axum::response::Response;
use jiff::civil::Date;
use model::PersonId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{NewEvent, Submission, Tx};
use utoipa::ToSchema;
use utoipa_axum::routes;
use workflow::deadline::day_of;
use workflow::extension::NotExtended;
use workflow::section::Reason;
use workflow::{Actor, Language, Permission, Template, may};

use super::{StandingBody, answer_moved, may_see, refused, submission_id};
use crate::api::{Endpoints, Needs};
use crate::auth::Caller;
use crate::forms::{self, OpenForm, overall_of};
use crate::http::SentJson;
use crate::problem::{Answer, Problem};
use crate::state::App;
use crate::words::Message;

/// Adds the endpoints of extensions.
pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    endpoints
        .add(Needs::ByContent(&["ask_extension"]), routes!(ask))
        .add(Needs::ByContent(&["grant_extension"]), routes!(grant))
        .add(Needs::ByContent(&["grant_extension"]), routes!(refuse))
}

/// What was asked about the deadline of a form, and agreed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExtensionBody {
    /// The day that is asked for and not answered yet.
    #[schema(example = "2024-08-12")]
    asked: Option<String>,
    /// Why.
    reason: Option<String>,
    /// The day that was agreed to; `due` follows it.
    granted: Option<String>,
    /// The deadline of the template's rule.
    by_rule: String,
}

/// What was asked, with the reason that the history of the form keeps; its moves are the oldest first.
pub(super) fn body(
    submission: &Submission,
    template: &Template,
    moves: &[store::Event],
) -> ExtensionBody {
    let asked = moves.iter().rev().find(|event| event.what.kind == "extension_ask");
    let reason = asked.and_then(|event| event.what.detail["reason"].as_str());
    let extension = submission.extension;
    ExtensionBody {
        asked: extension.asked.map(|day| day.to_string()),
        reason: reason.filter(|_| extension.asked.is_some()).map(str::to_owned),
        granted: extension.granted.map(|day| day.to_string()),
        by_rule: crate::clock::rfc3339(template.due(submission.period, forms::holidays())),
    }
}

/// Whether the actor may ask for a later deadline of this form now.
pub(super) fn may_ask(submission: &Submission, actor: &Actor) -> bool {
    let asks = Permission::AskExtension { body: submission.body.clone() };
    !overall_of(submission).is_sent() && may(actor, &asks).is_ok()
}

/// Whether the actor may answer what is asked of this form.
pub fn may_answer(submission: &Submission, template: &Template, actor: &Actor) -> bool {
    submission.extension.asked.is_some() && may(actor, &to_answer(template)).is_ok()
}

fn to_answer(template: &Template) -> Permission {
    let sectors = template.sections.iter().map(|section| section.sector);
    Permission::GrantExtension { sectors: sectors.collect() }
}

/// A later deadline.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Later {
    /// The day on which the form is to be due, at 17:00.
    #[schema(example = "2024-08-12")]
    until: String,
    /// Why.
    reason: String,
}

/// Đề nghị gia hạn: asks for a later deadline; asking again replaces what was asked.
#[utoipa::path(post, path = "/submissions/{id}/extension", operation_id = "ask_extension", tag = "submissions", params(("id" = String, Path)), request_body = Later, responses((status = 200, body = StandingBody),
    (status = 409, description = "Nothing is due any more, or a reason is missing: `already_sent`, `reason_missing`"),
    (status = 422, description = "Not such a day: `bad_parameter`, `not_later`, `too_far`, `not_a_working_day`; or `idempotency_key_reused`")))]
async fn ask(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: SentJson<Later>,
) -> Answer<Response> {
    let id = submission_id(&id)?;
    let form = OpenForm::alone(&app, id).await?.ok_or(Message::NotFound)?;
    may_see(&caller, &form.submission, &form.template)?;
    caller.may(&Permission::AskExtension { body: form.body.code.clone() })?;
    let until: Date = sent.value.until.parse().map_err(|_| {
        let bad = Message::BadParameter {
            name: "until",
            value: sent.value.until.chars().take(40).collect(),
            expected: "2024-08-12",
        };
        Problem::from(bad).in_column("until")
    })?;
    let reason = Reason::parse(&sent.value.reason).map_err(refused)?;
    let actor = caller.actor()?.person;
    let to_answer = to_answer(&form.template);
    let people = people(&app, |who| may(who, &to_answer).is_ok()).await?;
    let moved = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let form = form.again(tx).await?;
                let Submission { extension, period, .. } = &form.submission;
                let by_rule = form.template.due(*period, forms::holidays());
                let (overall, now) = (overall_of(&form.submission), tx.now());
                let asked = extension
                    .ask(until, by_rule, overall, now, forms::holidays())
                    .map_err(|why| not_extended(why).in_column("until"))?;
                tx.set_extension(id, asked).await?;
                let detail = json!({"reason": reason.as_str(), "until": until.to_string()});
                record(tx, &form, "extension_ask", actor, detail).await?;
                let (vi, en) = form.body.name_on(period.end());
                let day = |lang| document::period::date(until, lang);
                let vi = format!("{vi} đề nghị gia hạn đến {}: ", day(document::Lang::Vi));
                let en = format!("{en} asks for a deadline of {}: ", day(document::Lang::En));
                tell(tx, &form, &people, (vi, en), &format!("/duyet/{id}")).await
            })
        })
        .await?;
    answer_moved(&app, &caller, id, moved).await
}

/// Nothing to add.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct Agreed {}

/// Đồng ý gia hạn: the form is due on the day that was asked for.
#[utoipa::path(post, path = "/submissions/{id}/extension/grant", operation_id = "grant_extension", tag = "submissions", params(("id" = String, Path)), request_body = Agreed, responses((status = 200, body = StandingBody),
    (status = 409, description = "No request waits: `nothing_asked`")))]
async fn grant(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: SentJson<Agreed>,
) -> Answer<Response> {
    answer(app, caller, &id, sent.key, None).await
}

/// Why not.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Refused {
    reason: String,
}

/// Không đồng ý gia hạn: the deadline stays, and the body reads why.
#[utoipa::path(post, path = "/submissions/{id}/extension/refuse", operation_id = "refuse_extension", tag = "submissions", params(("id" = String, Path)), request_body = Refused, responses((status = 200, body = StandingBody),
    (status = 409, description = "No request waits, or a reason is missing: `nothing_asked`, `reason_missing`")))]
async fn refuse(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: SentJson<Refused>,
) -> Answer<Response> {
    let reason = Reason::parse(&sent.value.reason).map_err(refused)?;
    answer(app, caller, &id, sent.key, Some(reason)).await
}

/// Answers what was asked: no, for a reason, or yes without one.
async fn answer(
    app: App,
    caller: Caller,
    id: &str,
    key: Option<store::IdempotencyKey>,
    refusal: Option<Reason>,
) -> Answer<Response> {
    let id = submission_id(id)?;
    let form = OpenForm::alone(&app, id).await?.ok_or(Message::NotFound)?;
    may_see(&caller, &form.submission, &form.template)?;
    caller.may(&to_answer(&form.template))?;
    let actor = caller.actor()?.person;
    let own = form.body.code.clone();
    let people = people(&app, |who| who.bodies().contains(&&own)).await?;
    let moved = app
        .write(key, move |tx| {
            Box::pin(async move {
                let form = form.again(tx).await?;
                let extension = form.submission.extension;
                let answered = match &refusal {
                    Some(_) => extension.refuse(),
                    None => extension.grant(),
                };
                let answered = answered.map_err(not_extended)?;
                tx.set_extension(id, answered).await?;
                let until = extension.asked.map(|day| day.to_string());
                let reason = refusal.as_ref().map(Reason::as_str);
                let kind = if refusal.is_some() { "extension_refuse" } else { "extension_grant" };
                record(tx, &form, kind, actor, json!({"reason": reason, "until": until})).await?;
                let due = day_of(
                    answered.due(form.template.due(form.submission.period, forms::holidays())),
                );
                let day = |lang| document::period::date(due, lang);
                let (vi, en) = (day(document::Lang::Vi), day(document::Lang::En));
                let said = match refusal {
                    None => (
                        format!("Bộ đồng ý gia hạn đến {vi}: "),
                        format!("The ministry agrees to a deadline of {en}: "),
                    ),
                    Some(_) => (
                        format!("Bộ không đồng ý gia hạn, hạn vẫn là {vi}: "),
                        format!("The ministry does not agree; the deadline stays {en}: "),
                    ),
                };
                tell(tx, &form, &people, said, &format!("/nhap-lieu/{id}")).await
            })
        })
        .await?;
    answer_moved(&app, &caller, id, moved).await
}

fn not_extended(why: NotExtended) -> Problem {
    let status = match why {
        NotExtended::AlreadySent | NotExtended::NothingAsked => 409,
        NotExtended::NotLater { .. }
        | NotExtended::NotAWorkingDay { .. }
        | NotExtended::TooFar { .. } => 422,
    };
    Message::said(status, why.code(), |language| why.message(language)).into()
}

/// The accounts in use that this is for.
pub async fn people(app: &App, is_for: impl Fn(&Actor) -> bool) -> Answer<Vec<PersonId>> {
    let accounts = app.store.read().await?.accounts().await?;
    let today = day_of(app.now());
    let open = accounts
        .into_iter()
        .filter(|account| !account.disabled && is_for(&account.actor_on(today)));
    Ok(open.map(|account| account.id).collect())
}

async fn record(
    tx: &mut Tx,
    form: &OpenForm,
    kind: &str,
    actor: PersonId,
    detail: serde_json::Value,
) -> Answer<()> {
    tx.event(NewEvent {
        kind: kind.to_owned(),
        actor: Some(actor),
        body: Some(form.body.code.clone()),
        submission: Some(form.submission.id),
        period: Some(form.submission.period),
        detail,
        ..NewEvent::default()
    })
    .await?;
    Ok(())
}

/// Leaves a line for each of these people, in both languages, with the name of the form after it.
pub(super) async fn tell(
    tx: &mut Tx,
    form: &OpenForm,
    people: &[PersonId],
    (vi, en): (String, String),
    href: &str,
) -> Answer<()> {
    let named = |language: Language| {
        let lang = language.pick(document::Lang::Vi, document::Lang::En);
        let name = language.pick(&form.template.name_vi, &form.template.name_en);
        format!("{name}, {}", document::period::words(form.submission.period, lang))
    };
    let text_vi = vi + &named(Language::Vietnamese);
    let text_en = en + &named(Language::English);
    for person in people {
        tx.add_notice(*person, &text_vi, &text_en, href).await?;
    }
    Ok(())
}
