//! Kết nối: connectors as they are set up, tested, run and followed.
//!
//! A secret comes in and never goes out; whoever may look sees what was done, whoever manages sources may change it.

mod content;
mod push;
mod tested;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use measure::{Connector, ConnectorCode};
use model::{Period, PersonId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{ConnectorRun, KeptConnector, NewEvent, RunEnd, StaleConnector, Tx, Written};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::{Actor, Language, Permission};

use super::{Endpoints, Needs, codes};
use crate::auth::Caller;
use crate::claims;
use crate::clock::{local_date, rfc3339};
use crate::connect::{self, Why, next_run, used_for};
use crate::http::{Params, SentJson, written};
use crate::problem::{Answer, Problem};
use crate::state::{App, Ministry};
use crate::words::Message;
use content::ConnectorContent;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    let look = || Needs::Permission(Permission::SeeMeasurement);
    let manage = || Needs::Permission(Permission::ManageSources);
    let endpoints = endpoints
        .add(look(), routes!(connectors))
        .add(look(), routes!(connector))
        .add(look(), routes!(runs))
        .add(manage(), routes!(save))
        .add(manage(), routes!(pause))
        .add(manage(), routes!(run_now))
        .add(manage(), routes!(push_secret));
    push::add(tested::add(endpoints))
}

/// A run of a connector.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct RunBody {
    id: String,
    #[schema(value_type = codes::RunCause)]
    cause: String,
    /// 1 for the first of its time; later ones tried again.
    attempt: u32,
    /// The period that was asked about; null of a batch, whose rows say it.
    period: Option<String>,
    /// Who asked for it.
    actor: Option<String>,
    started_at: String,
    /// Null while it runs.
    finished_at: Option<String>,
    #[schema(value_type = codes::RunOutcome)]
    outcome: String,
    bytes: u64,
    rows: u64,
    /// Rows without a number: unknown, not zero.
    unknown: u64,
    /// Rows with a number.
    figures: u64,
    /// Figures that differ from what was measured before, which were recorded.
    recorded: u64,
    /// The commit that recorded them.
    seq: Option<u64>,
    /// Stable; for programs.
    error_code: Option<String>,
    /// The line for a person.
    error: Option<String>,
}

fn run_body(run: &ConnectorRun, language: Language, names: &Names) -> RunBody {
    let (outcome, seq, error_code, error) = match run.ended.as_ref().map(|(_, end)| end) {
        None => ("running", None, None, None),
        Some(RunEnd::Done { seq }) => ("done", seq.map(|seq| seq.0), None, None),
        Some(RunEnd::Failed { code, vi, en, .. }) => {
            ("failed", None, Some(code.clone()), Some(language.pick(vi, en).to_string()))
        }
    };
    RunBody {
        id: run.id.to_string(),
        cause: run.cause.code().to_owned(),
        attempt: run.attempt,
        period: run.period.map(|period| period.to_string()),
        actor: run.actor.and_then(|id| names.get(&id).cloned()),
        started_at: rfc3339(run.started_at),
        finished_at: run.ended.as_ref().map(|(at, _)| rfc3339(*at)),
        outcome: outcome.to_owned(),
        bytes: run.counts.bytes,
        rows: run.counts.rows,
        unknown: run.counts.unknown,
        figures: run.counts.figures,
        recorded: run.counts.recorded,
        seq,
        error_code,
        error,
    }
}

/// The names of accounts.
type Names = BTreeMap<PersonId, String>;

async fn names(app: &App) -> Answer<Names> {
    let accounts = app.store.read().await?.accounts().await?;
    Ok(accounts.into_iter().map(|account| (account.id, account.name)).collect())
}

/// A connector in the list.
#[derive(Debug, Serialize, ToSchema)]
struct ConnectorLine {
    code: String,
    name: String,
    owner: String,
    owner_name_vi: String,
    owner_name_en: String,
    #[schema(value_type = codes::ConnectorKind)]
    kind: &'static str,
    indicators: Vec<String>,
    units: Vec<String>,
    /// How much of a unit's systems its numbers stand for, per cent.
    measured_share: Option<String>,
    is_paused: bool,
    /// Whether what it is asked and answers goes over the line for everybody to read.
    is_unencrypted: bool,
    /// When it is asked next; null of one that rests, that sends, or that is being asked.
    next_at: Option<String>,
    /// What is wrong with it; null while nothing is.
    #[schema(value_type = Option<codes::ConnectorTrouble>)]
    trouble: Option<&'static str>,
    last_run: Option<RunBody>,
}

/// The connectors that the caller may know of.
#[derive(Debug, Serialize, ToSchema)]
struct Connectors {
    connectors: Vec<ConnectorLine>,
}

/// Every connector with its state, by code; of a body's people, those of their own bodies.
#[utoipa::path(get, path = "/connectors", tag = "connectors", responses((status = 200, body = Connectors)))]
async fn connectors(State(app): State<App>, caller: Caller) -> Answer<Json<Connectors>> {
    let (ministry, now) = (app.ministry(), app.now());
    let today = local_date(now);
    let mut reader = app.store.read().await?;
    let kept = reader.connectors(None).await?;
    let runs = reader.last_connector_runs().await?;
    drop(reader);
    let names = names(&app).await?;
    let actor = caller.actor()?;
    let line = |kept: &KeptConnector| {
        let one = &kept.connector;
        let (owner_name_vi, owner_name_en) = owner_names(&ministry, one, today);
        let last_run = runs.iter().find(|run| run.connector == one.code);
        ConnectorLine {
            code: one.code.to_string(),
            name: one.name.clone(),
            owner: one.owner.to_string(),
            owner_name_vi,
            owner_name_en,
            kind: one.kind.code(),
            indicators: one.indicators.iter().map(ToString::to_string).collect(),
            units: one.units.iter().map(ToString::to_string).collect(),
            measured_share: one.measured_share.map(|share| share.to_string()),
            is_paused: one.is_paused,
            is_unencrypted: one.is_unencrypted(),
            next_at: next_run(kept, &runs, now).map(|due| rfc3339(due.at.max(now))),
            trouble: connect::trouble(kept, &runs, now).map(|trouble| trouble.code()),
            last_run: last_run.map(|run| run_body(run, caller.speaks(), &names)),
        }
    };
    let shown = kept.iter().filter(|kept| may_know(actor, &kept.connector)).map(line);
    Ok(Json(Connectors { connectors: shown.collect() }))
}

fn owner_names(ministry: &Ministry, connector: &Connector, today: Date) -> (String, String) {
    let owner = connector.owner.as_str();
    let names = ministry.bodies.get(owner).map(|body| body.name_on(today));
    let (vi, en) = names.unwrap_or((owner, owner));
    (vi.to_owned(), en.to_owned())
}

/// The ministry's people know of every connector, a body's of its own.
fn may_know(actor: &Actor, connector: &Connector) -> bool {
    let is_ministry = actor.grants.iter().any(|grant| grant.body().is_none());
    is_ministry || actor.bodies().contains(&&connector.owner)
}

/// A connector as it is set up.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct ConnectorBody {
    connector: ConnectorContent,
    /// 1 for the first: to be sent along with the next save.
    version: u32,
    saved_at: String,
    saved_by: Option<String>,
    /// When its secret was set; null when it has none. The secret itself is never shown.
    secret_at: Option<String>,
}

fn connector_body(kept: &KeptConnector, names: &Names) -> ConnectorBody {
    ConnectorBody {
        connector: ConnectorContent::from(&kept.connector),
        version: kept.version,
        saved_at: rfc3339(kept.at),
        saved_by: names.get(&kept.by).cloned(),
        secret_at: kept.secret_at.map(rfc3339),
    }
}

/// A connector that the caller may know of.
async fn known(app: &App, caller: &Caller, code: &str) -> Answer<KeptConnector> {
    let code = ConnectorCode::parse(code).map_err(|_| Message::NotFound)?;
    let kept = app.store.read().await?.connectors(Some(&code)).await?.pop();
    let kept = kept.ok_or(Message::NotFound)?;
    if may_know(caller.actor()?, &kept.connector) {
        Ok(kept)
    } else {
        Err(Message::NotFound.into())
    }
}

/// How a connector is set up, without its secret.
#[utoipa::path(get, path = "/connectors/{code}", tag = "connectors", params(("code" = String, Path)),
    responses((status = 200, body = ConnectorBody), (status = 404, description = "No such connector, or not the caller's to see: `not_found`")))]
async fn connector(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
) -> Answer<Json<ConnectorBody>> {
    let kept = known(&app, &caller, &code).await?;
    Ok(Json(connector_body(&kept, &names(&app).await?)))
}

/// Which runs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RunsParams {
    /// Runs that began before this one
    before: Option<i64>,
}

/// Runs of a connector.
#[derive(Debug, Serialize, ToSchema)]
struct Runs {
    /// The newest first.
    runs: Vec<RunBody>,
    /// Whether there are earlier ones.
    has_more: bool,
}

const RUNS_SHOWN: u32 = 50;

/// What runs of a connector did, the newest first, fifty at a time.
#[utoipa::path(get, path = "/connectors/{code}/runs", tag = "connectors", params(("code" = String, Path), RunsParams),
    responses((status = 200, body = Runs), (status = 404, description = "No such connector, or not the caller's to see: `not_found`")))]
async fn runs(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Params(asked): Params<RunsParams>,
) -> Answer<Json<Runs>> {
    let kept = known(&app, &caller, &code).await?;
    let mut reader = app.store.read().await?;
    let asked = reader.connector_runs(&kept.connector.code, asked.before, RUNS_SHOWN + 1).await?;
    drop(reader);
    let names = names(&app).await?;
    let has_more = asked.len() > RUNS_SHOWN as usize;
    let shown = asked.iter().take(RUNS_SHOWN as usize);
    let runs = shown.map(|run| run_body(run, caller.speaks(), &names)).collect();
    Ok(Json(Runs { runs, has_more }))
}

/// What is saved of a connector.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SaveConnector {
    connector: ConnectorContent,
    /// The version that was seen; 0 for a new one.
    seen: u32,
    /// The password or key; left out to keep the one that is there, which holds only for the same system. An empty
    /// text takes it away.
    #[serde(default)]
    #[schema(nullable = false)]
    secret: Option<String>,
}

/// Sets up a connector, or changes one on top of the version that was seen.
#[utoipa::path(put, path = "/connectors/{code}", tag = "connectors", params(("code" = String, Path)), request_body = SaveConnector,
    responses((status = 200, body = ConnectorBody), (status = 409, description = "Another source measures one of its numbers, and who: `already_measured`"), (status = 412, description = "Somebody else has saved it meanwhile: `stale_version`"),
        (status = 422, description = "What is not right, by field: `findings`; `secret_again` when the address was changed and the secret was not entered again; or `idempotency_key_reused`")))]
async fn save(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    sent: SentJson<SaveConnector>,
) -> Answer<Response> {
    let actor = caller.actor()?.person;
    let SaveConnector { connector, seen, secret } = sent.value;
    let (ministry, today) = (app.ministry(), local_date(app.now()));
    let connector = connector.read(&ministry, today)?;
    if connector.code.as_str() != code {
        return Err(Problem::from(Message::NotFound).in_column("code"));
    }
    let sealed = secret.filter(|_| connector.pull().is_some()).map(|secret| {
        (!secret.is_empty()).then(|| app.sealer.seal(&used_for(&connector.code), secret.as_bytes()))
    });
    let names = names(&app).await?;
    let saved = app.write(sent.key, move |tx| {
        Box::pin(async move {
            let last = tx.connectors(Some(&connector.code)).await?.pop();
            has_its_numbers(tx, &connector, &ministry, today).await?;
            tx.save_connector(&connector, seen, actor).await.map_err(stale)?;
            match &sealed {
                Some(sealed) => tx.set_connector_secret(&connector.code, sealed.as_deref()).await?,
                None => keep_secret(&connector, last.as_ref())?,
            }
            tell(tx, "connector_saved", &connector, actor).await?;
            let kept =
                tx.connectors(Some(&connector.code)).await?.pop().ok_or(Message::Internal)?;
            Ok(connector_body(&kept, &names))
        })
    });
    Ok(written(StatusCode::OK, saved.await?))
}

/// Refuses a connector whose numbers another source has, unless it rests.
async fn has_its_numbers(
    tx: &mut Tx,
    connector: &Connector,
    ministry: &Ministry,
    today: Date,
) -> Answer<()> {
    if connector.is_paused {
        return Ok(());
    }
    let mut held = claims::of_connectors(tx).await?;
    held.extend(claims::of_registers(tx, ministry).await?);
    claims::check(&claims::of_connector(connector), &held, ministry, today)
}

fn stale(error: StaleConnector) -> Problem {
    match error {
        StaleConnector::Other(_) => Message::said(412, "stale_version", |language| {
            language
                .pick(
                    "Người khác vừa lưu kết nối này. Hãy tải lại để xem thay đổi của họ trước khi lưu.",
                    "Somebody else has just saved this connector. Reload to see their change before you save.",
                )
                .to_owned()
        })
        .into(),
        StaleConnector::Store(error) => error.into(),
    }
}

/// A secret holds for the system that it was entered for: another address has to be given it again.
fn keep_secret(connector: &Connector, last: Option<&KeptConnector>) -> Answer<()> {
    let Some(last) = last.filter(|last| last.secret_at.is_some()) else { return Ok(()) };
    if content::destination(connector) == content::destination(&last.connector) {
        return Ok(());
    }
    let message = Message::said(422, "secret_again", |language| {
        language
            .pick(
                "Địa chỉ hệ thống đã đổi. Hãy nhập lại mật khẩu hoặc khóa cho địa chỉ mới.",
                "The system's address was changed. Enter the password or key for the new address again.",
            )
            .to_owned()
    });
    Err(Problem::from(message).in_column("secret"))
}

async fn tell(tx: &mut Tx, kind: &str, connector: &Connector, actor: PersonId) -> Answer<()> {
    let named = format!("{} ({})", connector.name, connector.code);
    tx.event(NewEvent {
        kind: kind.into(),
        actor: Some(actor),
        body: Some(connector.owner.clone()),
        detail: json!({ "connector": connector.code.to_string(), "label_vi": named, "label_en": named }),
        ..NewEvent::default()
    })
    .await?;
    Ok(())
}

/// Whether it is to rest.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Pause {
    is_paused: bool,
}

/// Lets a connector rest, or work again.
#[utoipa::path(post, path = "/connectors/{code}/pause", tag = "connectors", params(("code" = String, Path)), request_body = Pause,
    responses((status = 200, body = ConnectorBody), (status = 404, description = "No such connector: `not_found`"),
        (status = 409, description = "While it rested another source has taken its numbers over: `already_measured`")))]
async fn pause(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    sent: SentJson<Pause>,
) -> Answer<Response> {
    let actor = caller.actor()?.person;
    let code = ConnectorCode::parse(&code).map_err(|_| Message::NotFound)?;
    let names = names(&app).await?;
    let is_paused = sent.value.is_paused;
    let (ministry, today) = (app.ministry(), local_date(app.now()));
    let saved = app.write(sent.key, move |tx| {
        Box::pin(async move {
            let kept = tx.connectors(Some(&code)).await?.pop().ok_or(Message::NotFound)?;
            if kept.connector.is_paused == is_paused {
                return Ok(connector_body(&kept, &names));
            }
            let connector = Connector { is_paused, ..kept.connector };
            has_its_numbers(tx, &connector, &ministry, today).await?;
            tx.save_connector(&connector, kept.version, actor).await.map_err(stale)?;
            let kind = if is_paused { "connector_paused" } else { "connector_resumed" };
            tell(tx, kind, &connector, actor).await?;
            let kept = tx.connectors(Some(&code)).await?.pop().ok_or(Message::Internal)?;
            Ok(connector_body(&kept, &names))
        })
    });
    Ok(written(StatusCode::OK, saved.await?))
}

/// About which period.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RunNow {
    /// Left out for the one that the schedule would ask about.
    #[serde(default)]
    #[schema(nullable = false, example = "2024-06")]
    period: Option<String>,
}

/// Runs a connector now and answers when it has ended; what is new is recorded.
#[utoipa::path(post, path = "/connectors/{code}/run", tag = "connectors", params(("code" = String, Path)), request_body = RunNow,
    responses((status = 200, body = RunBody, description = "How it ended; also of a run that failed and recorded nothing"),
        (status = 404, description = "No such connector, or one that sends by itself: `not_found`"),
        (status = 409, description = "It is running already: `already_running`")))]
async fn run_now(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    sent: SentJson<RunNow>,
) -> Answer<Response> {
    let actor = caller.actor()?.person;
    let kept = known(&app, &caller, &code).await?;
    let period = period_asked(&kept.connector, sent.value.period.as_deref())?;
    // Whoever asked may go; the run goes on to its end.
    let (running, code) = (app.clone(), kept.connector.code.clone());
    let why = Why::Asked(actor, period);
    let ran = tokio::spawn(async move { connect::run(&running, &code, why).await });
    let id = ran.await.map_err(anyhow::Error::from)??.ok_or(Message::Internal)?;
    let mut reader = app.store.read().await?;
    let run = reader.connector_runs(&kept.connector.code, Some(id + 1), 1).await?.pop();
    drop(reader);
    let run = run.ok_or(Message::Internal)?;
    let value = run_body(&run, caller.speaks(), &names(&app).await?);
    let seq = app.store.head().seq;
    Ok(written(StatusCode::OK, Written { seq, value, replayed: false }))
}

/// A period of the connector's own length and calendar.
fn period_asked(connector: &Connector, text: Option<&str>) -> Answer<Option<Period>> {
    let Some(text) = text else { return Ok(None) };
    let period = Period::parse(text).ok().filter(|period| {
        (period.frequency(), period.calendar()) == (connector.frequency, connector.calendar)
    });
    let bad = || Message::BadPeriod(super::values::shortened(text));
    period.map(Some).ok_or_else(|| Problem::from(bad()).in_column("period"))
}

/// A key that is shown once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct PushSecret {
    /// What the system signs its batches with, as Standard Webhooks writes it. It is not shown again.
    #[schema(example = "whsec_…")]
    secret: String,
}

/// Makes a new key for a system that sends, and shows it this once; the old one no longer holds.
#[utoipa::path(post, path = "/connectors/{code}/push-secret", tag = "connectors", params(("code" = String, Path)),
    responses((status = 200, body = PushSecret), (status = 404, description = "No such connector, or one that is asked: `not_found`")))]
async fn push_secret(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
) -> Answer<Response> {
    let actor = caller.actor()?.person;
    let kept = known(&app, &caller, &code).await?;
    if kept.connector.pull().is_some() {
        return Err(Message::NotFound.into());
    }
    let secret = push::new_secret();
    let sealed = app.sealer.seal(&used_for(&kept.connector.code), secret.as_bytes());
    // Without an Idempotency-Key: a kept answer would hold the secret.
    let made = app.write(None, move |tx| {
        Box::pin(async move {
            tx.set_connector_secret(&kept.connector.code, Some(&sealed)).await?;
            tell(tx, "connector_key_made", &kept.connector, actor).await
        })
    });
    let Written { seq, replayed, .. } = made.await?;
    Ok(written(StatusCode::OK, Written { seq, value: PushSecret { secret }, replayed }))
}
