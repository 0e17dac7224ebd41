//! Ký thay: naming who acts for oneself while one is away, and ending it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use model::{BodyCode, PersonId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Account, MadeDelegation, NewEvent, Tx};
use utoipa::ToSchema;
use utoipa_axum::routes;
use workflow::deadline::day_of;
use workflow::delegation::{self, Delegation, Refusal};
use workflow::{Actor, Permission};

use super::submissions::body_code;
use super::{Endpoints, Needs, codes};
use crate::auth::Caller;
use crate::clock::rfc3339;
use crate::http::{Sent, SentJson, written};
use crate::problem::{Answer, Problem};
use crate::state::{App, Ministry};
use crate::words::Message;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    endpoints
        .add(Needs::ByContent(&["delegate", "manage_accounts"]), routes!(delegations, delegate))
        .add(Needs::ByContent(&["delegate", "manage_accounts"]), routes!(end_delegation))
}

/// Somebody acts for somebody else.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DelegationBody {
    id: String,
    giver: String,
    giver_name: String,
    deputy: String,
    deputy_name: String,
    body: String,
    body_name_vi: String,
    body_name_en: String,
    #[schema(example = "2024-08-05")]
    first_day: String,
    /// Included.
    #[schema(example = "2024-08-09")]
    last_day: String,
    reason: String,
    #[schema(value_type = codes::DelegationStanding)]
    standing: String,
    made_at: String,
    ended_at: Option<String>,
    /// Whether the caller may end it now.
    may_end: bool,
}

/// A person who can be named.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Candidate {
    id: String,
    name: String,
}

/// A body for which the caller may name somebody.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DelegatingBody {
    body: String,
    name_vi: String,
    name_en: String,
    people: Vec<Candidate>,
}

/// Delegations, and for whom the caller may name a deputy.
#[derive(Debug, Serialize, ToSchema)]
struct Delegations {
    /// One's own, given and held; of a head, all of the body; of an administrator, all. The newest first.
    delegations: Vec<DelegationBody>,
    bodies: Vec<DelegatingBody>,
}

/// Who acts for whom, as far as the caller may know, and whom they may name.
#[utoipa::path(get, path = "/delegations", tag = "accounts", responses((status = 200, body = Delegations)))]
async fn delegations(State(app): State<App>, caller: Caller) -> Answer<Json<Delegations>> {
    let (ministry, actor, today) = (app.ministry(), caller.actor()?, day_of(app.now()));
    let mut reader = app.store.read().await?;
    let made = reader.delegations(None).await?;
    let accounts = reader.accounts().await?;
    drop(reader);
    let shown = made.iter().filter(|one| one.what.may_be_ended_by(actor));
    let delegations = shown.map(|one| body_of(&ministry, one, actor, today)).collect();
    let own = accounts.iter().find(|account| account.id == actor.person);
    let mut bodies: BTreeMap<&BodyCode, Vec<Candidate>> = BTreeMap::new();
    for body in own.iter().flat_map(|account| &account.grants).filter_map(|grant| grant.body()) {
        let works = |account: &&Account| {
            !account.disabled
                && account.id != actor.person
                && account.grants.iter().any(|grant| grant.body() == Some(body))
        };
        let people = accounts.iter().filter(works);
        let people = people
            .map(|account| Candidate { id: account.id.0.to_string(), name: account.name.clone() });
        bodies.insert(body, people.collect());
    }
    let named = bodies.into_iter().map(|(code, people)| {
        let (name_vi, name_en) = names(&ministry, code, today);
        DelegatingBody { body: code.to_string(), name_vi, name_en, people }
    });
    Ok(Json(Delegations { delegations, bodies: named.collect() }))
}

fn names(ministry: &Ministry, code: &BodyCode, day: Date) -> (String, String) {
    let names = ministry.bodies.get(code).map(|body| body.name_on(day));
    let (vi, en) = names.unwrap_or((code.as_str(), code.as_str()));
    (vi.to_owned(), en.to_owned())
}

fn body_of(
    ministry: &Ministry,
    one: &MadeDelegation,
    actor: &Actor,
    today: Date,
) -> DelegationBody {
    let (body_name_vi, body_name_en) = names(ministry, &one.what.body, today);
    let standing = one.what.standing(today);
    let is_open = matches!(standing, delegation::Standing::Ahead | delegation::Standing::Now);
    DelegationBody {
        id: one.id.to_string(),
        giver: one.what.giver.0.to_string(),
        giver_name: one.giver_name.clone(),
        deputy: one.what.deputy.0.to_string(),
        deputy_name: one.deputy_name.clone(),
        body: one.what.body.to_string(),
        body_name_vi,
        body_name_en,
        first_day: one.what.first_day.to_string(),
        last_day: one.what.last_day.to_string(),
        reason: one.reason.clone(),
        standing: standing.code().to_owned(),
        made_at: rfc3339(one.made_at),
        ended_at: one.ended_at.map(rfc3339),
        may_end: is_open && one.what.may_be_ended_by(actor),
    }
}

/// Who is to act for the caller.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDelegation {
    /// The number of an account of the same body.
    deputy: String,
    #[schema(example = "52")]
    body: String,
    #[schema(example = "2024-08-05")]
    first_day: String,
    /// Included; at most 92 days in all.
    #[schema(example = "2024-08-09")]
    last_day: String,
    /// Why.
    reason: String,
}

/// Names who acts for the caller for some days: the deputy may do for the body what the caller may do themselves.
#[utoipa::path(post, path = "/delegations", tag = "accounts", request_body = NewDelegation,
    responses((status = 201, body = DelegationBody), (status = 404, description = "`unknown_account`, `unknown_body`"),
        (status = 422, description = "What is not right, by field in `at`: `not_own`, `deputy_oneself`, `deputy_of_another_body`, `days_backwards`, `day_past`, `too_many_days`, `deputy_twice`, `reason_missing`; or `bad_parameter`, `idempotency_key_reused`")))]
async fn delegate(
    State(app): State<App>,
    caller: Caller,
    sent: SentJson<NewDelegation>,
) -> Answer<Response> {
    let ministry = app.ministry();
    let actor = caller.actor()?.clone();
    let asked = sent.value;
    let body = body_code(&asked.body)?;
    ministry.body(body.as_str())?;
    caller.may(&Permission::Delegate { body: body.clone() })?;
    let day = |name: &'static str, text: &str| {
        text.parse::<Date>().map_err(|_| {
            let value = super::values::shortened(text);
            let bad = Message::BadParameter { name, value, expected: "2024-08-05" };
            Problem::from(bad).in_column(name)
        })
    };
    let unknown = || {
        let code = super::values::shortened(&asked.deputy);
        Problem::from(Message::UnknownAccount(code)).in_column("deputy")
    };
    let what = Delegation {
        giver: actor.person,
        deputy: asked.deputy.parse().map(PersonId).map_err(|_| unknown())?,
        body,
        first_day: day("first_day", &asked.first_day)?,
        last_day: day("last_day", &asked.last_day)?,
        is_ended: false,
    };
    let reason = asked.reason.trim().to_owned();
    let refused_deputy = unknown();
    let made = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let today = day_of(tx.now());
                let giver = tx.account(what.giver).await?.ok_or(Message::Internal)?;
                let deputy = tx.account(what.deputy).await?.filter(|account| !account.disabled);
                let deputy = deputy.ok_or(refused_deputy)?;
                let others = tx.delegations(Some(&what.body)).await?;
                let others: Vec<Delegation> = others.into_iter().map(|one| one.what).collect();
                delegation::check(&what, &giver.grants, &deputy.grants, &others, &reason, today)
                    .map_err(refused)?;
                let id = tx.add_delegation(&what, &reason).await?;
                tell(tx, &what, (&giver.name, &deputy.name), Some(&reason), actor.person).await?;
                let made = tx.delegations(Some(&what.body)).await?;
                let made = made.iter().find(|one| one.id == id).ok_or(Message::Internal)?;
                Ok(body_of(&ministry, made, &actor, today))
            })
        })
        .await?;
    app.known.forget();
    Ok(written(StatusCode::CREATED, made))
}

fn refused(refusal: Refusal) -> Problem {
    let message = Message::said(422, refusal.code(), |language| refusal.message(language));
    Problem::from(message).in_column(refusal.field())
}

/// Ends a delegation before its time: by who gave or holds it, the head of the body, or an administrator.
#[utoipa::path(post, path = "/delegations/{id}/end", tag = "accounts", params(("id" = String, Path)),
    responses((status = 200, body = DelegationBody), (status = 409, description = "It is over already: `delegation_over`")))]
async fn end_delegation(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer<Response> {
    let ministry = app.ministry();
    let actor = caller.actor()?.clone();
    let id: i64 = id.parse().map_err(|_| Message::NotFound)?;
    let ended = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let today = day_of(tx.now());
                let find = |all: Vec<MadeDelegation>| all.into_iter().find(|one| one.id == id);
                let found = find(tx.delegations(None).await?).ok_or(Message::NotFound)?;
                // Of other bodies' delegations nobody is told that they exist.
                if !found.what.may_be_ended_by(&actor) {
                    return Err(Message::NotFound.into());
                }
                let is_over = found.what.standing(today) == delegation::Standing::Over;
                if is_over || !tx.end_delegation(id, actor.person).await? {
                    return Err(over());
                }
                let people = (&*found.giver_name, &*found.deputy_name);
                tell(tx, &found.what, people, None, actor.person).await?;
                let ended = find(tx.delegations(None).await?).ok_or(Message::Internal)?;
                Ok(body_of(&ministry, &ended, &actor, today))
            })
        })
        .await?;
    app.known.forget();
    Ok(written(StatusCode::OK, ended))
}

fn over() -> Problem {
    Message::said(409, "delegation_over", |language| {
        language
            .pick("Việc giao này đã kết thúc rồi.", "This delegation is over already.")
            .to_owned()
    })
    .into()
}

/// Records that a delegation was made, or ended when there is no reason, and tells both.
async fn tell(
    tx: &mut Tx,
    what: &Delegation,
    (giver, deputy): (&str, &str),
    reason: Option<&str>,
    by: PersonId,
) -> Answer<()> {
    let date = |day: Date, lang| document::period::date(day, lang);
    let (vi, en) = (document::Lang::Vi, document::Lang::En);
    let days = |lang| format!("{} – {}", date(what.first_day, lang), date(what.last_day, lang));
    let (text_vi, text_en) = match reason {
        Some(_) => (
            format!("{deputy} làm thay {giver}, {}", days(vi)),
            format!("{deputy} acts for {giver}, {}", days(en)),
        ),
        None => (
            format!("Đã kết thúc việc {deputy} làm thay {giver}, {}", days(vi)),
            format!("{deputy} no longer acts for {giver}, {}", days(en)),
        ),
    };
    for person in [what.giver, what.deputy].into_iter().filter(|person| *person != by) {
        tx.add_notice(person, &text_vi, &text_en, "/toi").await?;
    }
    let kind = if reason.is_some() { "delegation_made" } else { "delegation_ended" };
    tx.event(NewEvent {
        kind: kind.into(),
        actor: Some(by),
        body: Some(what.body.clone()),
        detail: json!({
            "giver": what.giver.0, "deputy": what.deputy.0, "reason": reason,
            "label_vi": format!("{deputy} làm thay {giver}, {}", days(vi)),
            "label_en": format!("{deputy} for {giver}, {}", days(en)),
        }),
        ..NewEvent::default()
    })
    .await?;
    Ok(())
}
