//! What the system follows up by itself about measuring: explanations that fall due, and connectors that fail or say
//! nothing.
//!
//! Both are told in working hours, each step of them once; that it was told is an event, so of two servers one tells.

use jiff::Timestamp;
use model::BodyCode;
use serde_json::json;
use store::{
    Account, ConnectorRun, EventFilter, Explanation, ExplanationFilter, KeptConnector, NewEvent,
    RunEnd, Tx,
};
use workflow::deadline::{Pressing, day_of, is_quiet, left, moment_of, pressing};
use workflow::explanation::Standing;
use workflow::{Language, Permission, may};

use crate::api::reconciliation::explanations;
use crate::connect::trouble;
use crate::forms::holidays;
use crate::problem::Answer;
use crate::reminders::hears;
use crate::state::{App, Ministry};
use measure::connector::Trouble;

/// The kinds of event by which it is known what was told.
const REMINDED: &str = "explanation_reminded";
const TOLD: &str = "connector_trouble";

/// Reminds of every explanation that presses more than when it was last reminded of: whoever prepares it, then the head
/// too, then whoever asked. Answers how many bodies were reminded.
pub async fn remind_of_explanations(app: &App) -> Answer<usize> {
    if is_quiet(app.now(), holidays()) {
        return Ok(0);
    }
    let ministry = app.ministry();
    let accounts = app.store.read().await?.accounts().await?;
    let reminded = app.write(None, move |tx| {
        Box::pin(async move {
            let filter = ExplanationFilter { is_open: true, ..ExplanationFilter::default() };
            let open = tx.explanations(&filter).await?;
            let mut reminded = 0;
            for thread in open.iter().filter(|thread| thread.standing == Standing::Asked) {
                reminded += usize::from(remind(tx, &ministry, thread, &accounts).await?);
            }
            Ok(reminded)
        })
    });
    Ok(reminded.await?.value)
}

/// How pressing a thread is, if that is more than was told since it was last asked.
async fn presses(tx: &mut Tx, thread: &Explanation, now: Timestamp) -> Answer<Option<Pressing>> {
    let due = moment_of(thread.due);
    let Some(how) = pressing(due, now, holidays()) else { return Ok(None) };
    let asked = thread.steps.iter().filter(|made| made.what.due.is_some());
    let filter = EventFilter {
        kind: Some(REMINDED.to_owned()),
        body: Some(thread.body.clone()),
        from: asked.map(|made| made.at).max(),
        ..EventFilter::default()
    };
    let id = thread.id.to_string();
    let told = tx
        .events(&filter)
        .await?
        .into_iter()
        .filter(|event| event.what.detail["explanation"] == id);
    let most = told.filter_map(|event| pressing(due, event.at, holidays())).max();
    Ok(Some(how).filter(|how| Some(*how) > most))
}

async fn remind(
    tx: &mut Tx,
    ministry: &Ministry,
    thread: &Explanation,
    accounts: &[Account],
) -> Answer<bool> {
    let now = tx.now();
    let Some(how) = presses(tx, thread, now).await? else { return Ok(false) };
    let due = moment_of(thread.due);
    let text = |language: Language| {
        let opening = language.pick("Nhắc giải trình", "Reminder of an explanation");
        let named = explanations::named(ministry, &thread.of, language);
        format!("{opening}: {named}, {}", left(due, now).in_words(language))
    };
    let (vi, en) = (text(Language::Vietnamese), text(Language::English));
    let asks = explanations::may_ask(ministry, thread).filter(|_| how == Pressing::Late);
    for account in accounts.iter().filter(|account| !account.disabled) {
        let actor = account.actor_on(day_of(now));
        let is_theirs = hears(&actor, &thread.body, Some(how));
        if is_theirs || asks.as_ref().is_some_and(|asks| may(&actor, asks).is_ok()) {
            tx.add_notice(account.id, &vi, &en, &explanations::href(thread.id)).await?;
        }
    }
    tx.event(NewEvent {
        kind: REMINDED.to_owned(),
        body: Some(thread.body.clone()),
        indicator: Some(thread.of.indicator.clone()),
        period: Some(thread.of.period),
        detail: json!({ "explanation": thread.id.to_string(), "label_vi": vi, "label_en": en }),
        ..NewEvent::default()
    })
    .await?;
    Ok(true)
}

/// Tells the owner of every connector that fails or is silent, and whoever manages sources, once until it works again.
/// Answers how many there were.
pub async fn tell_of_connectors(app: &App) -> Answer<usize> {
    if is_quiet(app.now(), holidays()) {
        return Ok(0);
    }
    let accounts = app.store.read().await?.accounts().await?;
    let told = app.write(None, move |tx| {
        Box::pin(async move {
            let (now, runs) = (tx.now(), tx.last_connector_runs().await?);
            let mut told = 0;
            for kept in tx.connectors(None).await? {
                if let Some(what) = trouble(&kept, &runs, now)
                    && !was_told(tx, &kept, &runs).await?
                {
                    tell(tx, &kept, what, &runs, &accounts).await?;
                    told += 1;
                }
            }
            Ok(told)
        })
    });
    Ok(told.await?.value)
}

/// Whether it was told since the connector was changed, and since it last worked.
async fn was_told(tx: &mut Tx, kept: &KeptConnector, runs: &[ConnectorRun]) -> Answer<bool> {
    let code = &kept.connector.code;
    let done =
        runs.iter().filter(|run| run.connector == *code).filter_map(|run| match &run.ended {
            Some((at, RunEnd::Done { .. })) => Some(*at),
            Some((_, RunEnd::Failed { .. })) | None => None,
        });
    let filter = EventFilter {
        kind: Some(TOLD.to_owned()),
        body: Some(kept.connector.owner.clone()),
        from: done.max().max(Some(kept.at)),
        ..EventFilter::default()
    };
    let code = code.to_string();
    Ok(tx.events(&filter).await?.iter().any(|event| event.what.detail["connector"] == code))
}

async fn tell(
    tx: &mut Tx,
    kept: &KeptConnector,
    what: Trouble,
    runs: &[ConnectorRun],
    accounts: &[Account],
) -> Answer<()> {
    let one = &kept.connector;
    let last = runs.iter().filter(|run| run.connector == one.code).max_by_key(|run| run.id);
    let why = last.and_then(|run| match run.ended.as_ref().map(|(_, end)| end) {
        Some(RunEnd::Failed { vi, en, .. }) => Some((vi.clone(), en.clone())),
        Some(RunEnd::Done { .. }) | None => None,
    });
    let (why_vi, why_en) = why.unwrap_or_default();
    let (vi, en) = match what {
        Trouble::Failing => (
            format!("Kết nối {} không lấy được số liệu. {why_vi}", one.name),
            format!("The connector {} fails. {why_en}", one.name),
        ),
        Trouble::Silent => (
            format!("Kết nối {} im lặng quá lịch, chưa có số liệu mới.", one.name),
            format!("The connector {} has been silent for longer than its schedule.", one.name),
        ),
    };
    let href = format!("/do-luong/ket-noi/{}", one.code);
    for account in accounts.iter().filter(|account| !account.disabled) {
        let actor = account.actor_on(day_of(tx.now()));
        let owns = |body: &BodyCode| actor.bodies().contains(&body);
        if owns(&one.owner) || may(&actor, &Permission::ManageSources).is_ok() {
            tx.add_notice(account.id, vi.trim_end(), en.trim_end(), &href).await?;
        }
    }
    let named = format!("{} ({})", one.name, one.code);
    tx.event(NewEvent {
        kind: TOLD.to_owned(),
        body: Some(one.owner.clone()),
        detail: json!({ "connector": one.code.to_string(), "trouble": what.code(),
            "label_vi": named, "label_en": named }),
        ..NewEvent::default()
    })
    .await?;
    Ok(())
}
