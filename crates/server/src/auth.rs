//! Who asks: a browser with a session, a program with a token, or a program with a name and a password.
//!
//! Secrets are kept as hashes: whoever reads the database cannot be anybody with what it holds.

pub mod attempts;
pub mod password;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use model::PersonId;
use sha2::{Digest, Sha256};
use store::{Account, Lent};
use workflow::deadline::day_of;
use workflow::delegation::Standing;
use workflow::{Actor, Denied, Language, Permission};

use crate::http::is_safe;
use crate::problem::{Answer, Problem};
use crate::state::App;
use crate::words::Message;

/// The session's cookie.
pub const COOKIE: &str = "quantrac_session";
/// So long an account that was looked up is trusted without looking again; a change made here is seen at once.
const FRESH: Duration = Duration::from_secs(5);

/// Somebody whose identity was proved.
#[derive(Clone, Debug)]
pub struct SignedIn {
    own: Actor,
    lent: Vec<Lent>,
    /// What they sign in as.
    pub user: String,
    /// The language they chose.
    pub language: Language,
    /// Their number, name and grants, as decisions see them: with what is lent to them today.
    pub actor: Actor,
}

impl SignedIn {
    /// Who they are at a moment.
    pub fn at(account: &Account, now: Timestamp) -> SignedIn {
        let today = day_of(now);
        let holds = |lent: &&Lent| lent.by.standing(today) == Standing::Now;
        let own = account.grants.clone();
        SignedIn {
            own: Actor { person: account.id, name: account.name.clone(), grants: own },
            lent: account.lent.iter().filter(holds).cloned().collect(),
            user: account.login.clone(),
            language: account.lang,
            actor: account.actor_on(today),
        }
    }

    /// For whom they do what is not theirs to do: the name of the person who lent it; `None` of what is their own.
    pub fn acts_for(&self, needed: &Permission) -> Option<&str> {
        if workflow::may(&self.own, needed).is_ok() {
            return None;
        }
        let lends = |lent: &&Lent| {
            let with = Actor { grants: lent.grants.clone(), ..self.own.clone() };
            workflow::may(&with, needed).is_ok()
        };
        self.lent.iter().find(lends).map(|lent| lent.giver_name.as_str())
    }

    /// Those for whom they act today, each with the last day.
    pub fn lent(&self) -> &[Lent] {
        &self.lent
    }
}

/// Who sent a request, and the language they are answered in.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    person: Option<Arc<SignedIn>>,
    language: Language,
}

impl Caller {
    /// Their number, when they are signed in.
    pub fn person_id(&self) -> Option<PersonId> {
        self.person.as_ref().map(|person| person.actor.person)
    }

    /// The person, or the refusal of somebody who is not signed in.
    pub fn signed_in(&self) -> Answer<&SignedIn> {
        self.person.as_deref().ok_or_else(|| Message::SignedOut.into())
    }

    /// The person as decisions see them.
    pub fn actor(&self) -> Answer<&Actor> {
        Ok(&self.signed_in()?.actor)
    }

    /// Refuses who does not have the permission.
    pub fn may(&self, permission: &Permission) -> Answer<()> {
        Ok(workflow::may(self.actor()?, permission)?)
    }

    /// The language of the account.
    pub fn language(&self) -> Option<Language> {
        self.person.as_ref().map(|person| person.language)
    }

    /// The language they are answered in.
    pub fn speaks(&self) -> Language {
        self.language
    }

    /// The same, answered in this language.
    #[must_use]
    pub fn speaking(self, language: Language) -> Caller {
        Caller { language, ..self }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Caller> {
        Ok(parts.extensions.get::<Caller>().cloned().unwrap_or_default())
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Problem {
        let status = match denied {
            Denied::NotFound => 404,
            Denied::Forbidden => 403,
        };
        Message::said(status, denied.code(), |language| denied.message(language).to_owned()).into()
    }
}

/// Accounts that were looked up a moment ago, by the hash of what proved them.
#[derive(Default)]
pub struct Known {
    people: Mutex<HashMap<String, (Arc<SignedIn>, Instant)>>,
}

impl Known {
    fn get(&self, secret_hash: &str, now: Instant) -> Option<Arc<SignedIn>> {
        let people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        let (person, at) = people.get(secret_hash)?;
        (now.saturating_duration_since(*at) < FRESH).then(|| person.clone())
    }

    fn put(&self, secret_hash: String, person: Arc<SignedIn>, now: Instant) {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if people.len() > 10_000 {
            people.retain(|_, (_, at)| now.saturating_duration_since(*at) < FRESH);
        }
        people.insert(secret_hash, (person, now));
    }

    /// Looks everybody up again: an account, a session or a token changed.
    pub fn forget(&self) {
        self.people.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// A new secret, and the hash of it that is kept.
pub fn new_secret() -> (String, String) {
    let secret = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
    let hash = secret_hash(&secret);
    (secret, hash)
}

/// The hash under which a secret is kept. Secrets are long and random, so one round is enough.
pub fn secret_hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The session's secret in the request's cookies.
pub fn session_of(headers: &HeaderMap) -> Option<&str> {
    let cookies =
        headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    let mut pairs = cookies
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

/// Who sent a request. A token or a pair that is wrong is refused; a session that ended is nobody.
pub async fn caller(app: &App, method: &Method, headers: &HeaderMap) -> Answer<Caller> {
    let Some(authorization) = headers.get(header::AUTHORIZATION) else {
        if !is_safe(method) {
            refuse_other_sites(app, headers)?;
        }
        let person = match session_of(headers) {
            Some(secret) => person_of_session(app, secret).await?,
            None => None,
        };
        return Ok(Caller { person, language: Language::default() });
    };
    let authorization = authorization.to_str().unwrap_or_default();
    let (scheme, secret) = authorization.split_once(' ').unwrap_or((authorization, ""));
    let person = match scheme.to_ascii_lowercase().as_str() {
        "bearer" => person_of_token(app, secret.trim()).await?,
        "basic" => person_of_pair(app, secret.trim()).await?,
        _ => return Err(Message::SignedOut.into()),
    };
    Ok(Caller { person: Some(person), language: Language::default() })
}

/// A browser says where a request comes from; a write that its user did not make here is refused.
fn refuse_other_sites(app: &App, headers: &HeaderMap) -> Answer<()> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let foreign_fetch = headers
        .get("sec-fetch-site")
        .is_some_and(|site| site.as_bytes() != b"same-origin" && site.as_bytes() != b"none");
    let foreign_origin = text(header::ORIGIN).is_some_and(|origin| {
        let host = origin.split_once("://").map(|(_, host)| host);
        host.is_none() || (host != text(header::HOST) && origin != app.address)
    });
    if foreign_fetch || foreign_origin { Err(Message::CrossSite.into()) } else { Ok(()) }
}

async fn person_of_session(app: &App, secret: &str) -> Answer<Option<Arc<SignedIn>>> {
    let (hash, now) = (secret_hash(secret), Instant::now());
    if let Some(person) = app.known.get(&hash, now) {
        return Ok(Some(person));
    }
    let mut reader = app.store.read().await?;
    let Some(session) = reader.session(&hash, app.now()).await? else { return Ok(None) };
    let account = reader.account(session.account).await?.filter(|account| !account.disabled);
    let person = account.map(|account| Arc::new(SignedIn::at(&account, app.now())));
    if let Some(person) = &person {
        app.known.put(hash, person.clone(), now);
    }
    Ok(person)
}

async fn person_of_token(app: &App, secret: &str) -> Answer<Arc<SignedIn>> {
    let (hash, now) = (secret_hash(secret), Instant::now());
    if let Some(person) = app.known.get(&hash, now) {
        return Ok(person);
    }
    let mut reader = app.store.read().await?;
    let token = reader.api_token(&hash, app.now()).await?.ok_or(Message::SignedOut)?;
    let account = reader.account(token.account).await?.ok_or(Message::SignedOut)?;
    if account.disabled {
        return Err(Message::Disabled.into());
    }
    let person = Arc::new(SignedIn::at(&account, app.now()));
    app.known.put(hash, person.clone(), now);
    Ok(person)
}

async fn person_of_pair(app: &App, encoded: &str) -> Answer<Arc<SignedIn>> {
    let decoded = STANDARD.decode(encoded).map_err(|_| Message::WrongPassword)?;
    let pair = String::from_utf8(decoded).map_err(|_| Message::WrongPassword)?;
    let (user, password) = pair.split_once(':').ok_or(Message::WrongPassword)?;
    if let Some(id) = app.remembered.person(pair.as_bytes(), Instant::now()) {
        let account = app.store.read().await?.account(id).await?.ok_or(Message::WrongPassword)?;
        if account.disabled {
            return Err(Message::Disabled.into());
        }
        return Ok(Arc::new(SignedIn::at(&account, app.now())));
    }
    let account = verified(app, user, password).await?;
    app.remembered.put(pair.as_bytes(), account.id, Instant::now());
    Ok(Arc::new(SignedIn::at(&account, app.now())))
}

/// The account of a name and a password. It takes as long for a name that does not exist.
pub async fn verified(app: &App, user: &str, password: &str) -> Answer<Account> {
    if let Some(minutes) = app.attempts.locked_for(user, Instant::now()) {
        return Err(Message::LockedOut(minutes).into());
    }
    let account = app.store.read().await?.account_by_login(user).await?;
    let hash = account.as_ref().and_then(|account| account.password.as_deref());
    let right = app.passwords.verify(password, hash).await?;
    match account {
        Some(account) if right && account.disabled => Err(Message::Disabled.into()),
        Some(account) if right => {
            app.attempts.succeeded(user);
            Ok(account)
        }
        _ => {
            app.attempts.failed(user, Instant::now());
            match app.attempts.locked_for(user, Instant::now()) {
                Some(minutes) => Err(Message::LockedOut(minutes).into()),
                None => Err(Message::WrongPassword.into()),
            }
        }
    }
}

/// Until when a session lasts that begins now.
pub fn session_ends(now: Timestamp) -> Timestamp {
    now.checked_add(SESSION).expect("clocks are far from their end")
}

/// How long a session lasts.
pub const SESSION: jiff::SignedDuration = jiff::SignedDuration::from_hours(12);
