//! Signing in and out, and who one is.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::NewEvent;
use utoipa::ToSchema;
use utoipa_axum::routes;
use workflow::{Language, Permission};

use super::shapes::{Clock, Role};
use super::{Endpoints, Needs, codes};
use crate::auth::{self, COOKIE, Caller, SignedIn};
use crate::clock::local_date;
use crate::http::SentJson;
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::App;
use crate::words::Message;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    endpoints
        .add(Needs::Nobody, routes!(sign_in, session, sign_out))
        .add(Needs::Permission(Permission::SignIn), routes!(choose_language))
}

/// A name and a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    user: String,
    password: String,
}

/// The office a person works for.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonBody {
    /// Its code.
    pub code: String,
    /// Its name today.
    pub name_vi: String,
    /// In English.
    pub name_en: String,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Person {
    /// Their number.
    pub id: String,
    /// What they sign in as.
    pub user: String,
    /// Their name.
    pub name: String,
    /// vi or en.
    #[schema(value_type = codes::LanguageCode)]
    pub lang: String,
    /// What they are trusted with.
    pub roles: Vec<Role>,
    /// For whom they act today, because somebody who is away has named them.
    pub acting_for: Vec<ActingFor>,
    /// The first body they work for.
    pub body: Option<PersonBody>,
    /// The places of the side bar, in order.
    #[schema(value_type = Vec<codes::PlaceCode>)]
    pub places: Vec<&'static str>,
}

/// Somebody who is away, for whom a person acts.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActingFor {
    /// Their name.
    pub name: String,
    /// For which body.
    pub body: String,
    /// Up to this day, included.
    pub last_day: String,
}

/// Who is signed in, and what time it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// Who.
    pub person: Person,
    /// When.
    pub clock: Clock,
}

impl From<&store::Lent> for ActingFor {
    fn from(lent: &store::Lent) -> ActingFor {
        ActingFor {
            name: lent.giver_name.clone(),
            body: lent.by.body.to_string(),
            last_day: lent.by.last_day.to_string(),
        }
    }
}

fn shown(app: &App, person: &SignedIn) -> Session {
    let ministry = app.ministry();
    let body =
        person.actor.bodies().first().and_then(|code| ministry.bodies.get(code.as_str())).map(
            |body| {
                let (name_vi, name_en) = body.name_on(local_date(app.now()));
                PersonBody {
                    code: body.code.to_string(),
                    name_vi: name_vi.to_owned(),
                    name_en: name_en.to_owned(),
                }
            },
        );
    Session {
        person: Person {
            id: person.actor.person.0.to_string(),
            user: person.user.clone(),
            name: person.actor.name.clone(),
            lang: person.language.code().to_owned(),
            roles: person.actor.grants.iter().map(Role::from).collect(),
            acting_for: person.lent().iter().map(ActingFor::from).collect(),
            body,
            places: workflow::access::places(&person.actor),
        },
        clock: Clock::from(&app.clock),
    }
}

/// Signs a browser in: the answer sets the session's cookie, for 12 hours.
#[utoipa::path(post, path = "/session", tag = "session", request_body = SignIn,
    responses((status = 200, body = Session, description = "Signed in; `Set-Cookie` holds the session"),
        (status = 401, description = "`wrong_password`"),
        (status = 403, description = "`account_disabled`; or a browser's write came from another site: `cross_site`"),
        (status = 429, description = "Too many failed attempts under this name: `locked_out`")))]
async fn sign_in(
    State(app): State<App>,
    SentJson { value, .. }: SentJson<SignIn>,
) -> Answer<Response> {
    let account = match auth::verified(&app, &value.user, &value.password).await {
        Ok(account) => account,
        Err(problem) => {
            record_lock(&app, &value.user, &problem).await?;
            return Err(problem);
        }
    };
    let (secret, hash) = auth::new_secret();
    let id = account.id;
    app.write(None, move |tx| {
        Box::pin(async move {
            let ends = auth::session_ends(tx.now());
            tx.add_session(&hash, id, ends).await?;
            Ok(())
        })
    })
    .await?;
    let person = SignedIn::at(&account, app.now());
    let secure = if app.secure_cookies { "; Secure" } else { "" };
    let cookie = format!(
        "{COOKIE}={secret}; HttpOnly; SameSite=Strict; Path=/; Max-Age={}{secure}",
        auth::SESSION.as_secs()
    );
    let mut response = Json(shown(&app, &person)).into_response();
    response.extensions_mut().insert(person.language);
    response
        .headers_mut()
        .insert(header::SET_COOKIE, HeaderValue::try_from(cookie).expect("a cookie of ASCII"));
    Ok(response)
}

/// A lock is in the audit, once, when it begins.
async fn record_lock(app: &App, user: &str, problem: &Problem) -> Answer<()> {
    if !matches!(problem.message, Message::LockedOut(_)) || !app.attempts.begins_lock(user) {
        return Ok(());
    }
    let user: String = user.chars().take(64).collect();
    app.write(None, move |tx| {
        Box::pin(async move {
            tx.event(NewEvent {
                kind: "locked_out".into(),
                detail: json!({ "user": user }),
                ..NewEvent::default()
            })
            .await?;
            Ok(())
        })
    })
    .await?;
    Ok(())
}

/// The refusal of who is not signed in.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the description of a problem with a member of its own")]
struct SignedOut {
    #[serde(flatten)]
    problem: ProblemBody,
    /// Whether this is a demonstration.
    demonstration: bool,
}

/// Who is signed in.
#[utoipa::path(get, path = "/session", tag = "session",
    responses((status = 200, body = Session), (status = 401, body = SignedOut, description = "Nobody is signed in: `signed_out`")))]
async fn session(State(app): State<App>, caller: Caller) -> Answer<Json<Session>> {
    match caller.signed_in() {
        Ok(person) => Ok(Json(shown(&app, person))),
        Err(problem) => Err(problem.with("demonstration", json!(app.clock.is_demonstration()))),
    }
}

/// Signs the browser out.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204, description = "Signed out; the cookie is taken back")))]
async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Answer<Response> {
    if let Some(secret) = auth::session_of(&headers) {
        let hash = auth::secret_hash(secret);
        app.write(None, move |tx| Box::pin(async move { Ok(tx.end_session(&hash).await?) }))
            .await?;
        app.known.forget();
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    let cookie = format!("{COOKIE}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
    response
        .headers_mut()
        .insert(header::SET_COOKIE, HeaderValue::try_from(cookie).expect("a cookie of ASCII"));
    Ok(response)
}

/// A language.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChosenLanguage {
    /// vi or en.
    #[schema(value_type = codes::LanguageCode)]
    lang: String,
}

/// Chooses the language of one's account.
#[utoipa::path(patch, path = "/session", tag = "session", request_body = ChosenLanguage, responses((status = 204)))]
async fn choose_language(
    State(app): State<App>,
    caller: Caller,
    SentJson { value, key }: SentJson<ChosenLanguage>,
) -> Answer<Response> {
    let person = caller.actor()?.person;
    let bad = || Message::BadParameter {
        name: "lang",
        value: super::values::shortened(&value.lang),
        expected: "vi, en",
    };
    let lang = Language::parse(&value.lang).ok_or_else(bad)?;
    let done = app
        .write(key, move |tx| {
            Box::pin(async move {
                let account = tx.account(person).await?.ok_or(Message::SignedOut)?;
                tx.update_account(&store::Account { lang, ..account }).await?;
                Ok(())
            })
        })
        .await?;
    app.known.forget();
    Ok(crate::http::written(StatusCode::NO_CONTENT, done))
}
