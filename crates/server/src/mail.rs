//! Reminders by e-mail: what was recorded as a reminder goes out once, and is marked when the mail
//! server has taken it.
//!
//! A mail server that is away delays a reminder and never loses it; an address that it does not take
//! holds up nobody else's.

use std::time::Duration;

use anyhow::{Context, Result};
use jiff::Timestamp;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Mailboxes};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use store::{Account, Reminder, Submission, SubmissionFilter};
use workflow::Language;
use workflow::deadline::{day_of, digest_week, left};

use crate::api::work::template_name;
use crate::config::Smtp;
use crate::forms::{self, overall_of};
use crate::reminders::{hears, pressed};
use crate::state::{App, Ministry};

type Transport = AsyncSmtpTransport<Tokio1Executor>;

const EVERY: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends what waits, until the server stops.
pub async fn send_reminders(app: App) {
    let Some(smtp) = app.smtp.clone() else { return };
    let mut away = false;
    loop {
        let sent = match send_waiting(&app, &smtp).await {
            Ok(_) => send_digests(&app, &smtp).await,
            Err(error) => Err(error),
        };
        match sent {
            Ok(_) => away = false,
            // Said once, not every two seconds.
            Err(error) if !away => {
                tracing::warn!("reminders wait: {error:#}");
                away = true;
            }
            Err(_) => {}
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Sends every reminder that has not gone out; answers how many went.
pub async fn send_waiting(app: &App, smtp: &Smtp) -> Result<usize> {
    let mut reader = app.store.read().await?;
    let waiting = reader.reminders_to_mail().await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let accounts = reader.accounts().await?;
    drop(reader);
    let ministry = app.ministry();
    let from: Mailbox = smtp.from.parse().context("the address reminders come from")?;
    let transport =
        Transport::builder_dangerous(&smtp.host).port(smtp.port).timeout(Some(PATIENCE)).build();
    let mut sent = 0;
    for reminder in waiting {
        // Whoever has sent the form while the mail server was away needs no reminder any more.
        let form = submission_of(app, &reminder).await?;
        let to = addresses(app.now(), &ministry, &accounts, &reminder, form.as_ref());
        let is_sent = form.as_ref().is_some_and(|form| overall_of(form).is_sent());
        if !to.is_empty() && !is_sent {
            let words = words(app, &ministry, &reminder, form.as_ref());
            sent += usize::from(deliver(&transport, &from, to, &words).await?);
        }
        let id = reminder.id;
        app.write(None, move |tx| Box::pin(async move { Ok(tx.reminder_mailed(id).await?) }))
            .await
            .map_err(|problem| anyhow::anyhow!("{}", problem.message.text(Language::English)))?;
    }
    Ok(sent)
}

/// Sends every digest of this week that has not gone out; answers how many went.
pub async fn send_digests(app: &App, smtp: &Smtp) -> Result<usize> {
    // On a quiet day nothing new waits, and what is left of the week goes out on the next.
    let Some(week) = digest_week(app.now(), forms::holidays()) else { return Ok(0) };
    let mut reader = app.store.read().await?;
    let waiting = reader.digests_to_mail(week).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let accounts = reader.accounts().await?;
    drop(reader);
    let from: Mailbox = smtp.from.parse().context("the address digests come from")?;
    let transport =
        Transport::builder_dangerous(&smtp.host).port(smtp.port).timeout(Some(PATIENCE)).build();
    let mut sent = 0;
    for digest in waiting {
        let account = accounts.iter().find(|one| one.id == digest.account && !one.disabled);
        let to = account.and_then(|one| one.email.as_deref()?.parse::<Mailbox>().ok());
        if let Some(to) = to {
            let words = (digest.subject, digest.text);
            sent += usize::from(deliver(&transport, &from, vec![to], &words).await?);
        }
        let (account, week) = (digest.account, digest.week);
        app.write(None, move |tx| {
            Box::pin(async move { Ok(tx.digest_mailed(account, week).await?) })
        })
        .await
        .map_err(|problem| anyhow::anyhow!("{}", problem.message.text(Language::English)))?;
    }
    Ok(sent)
}

/// Everybody who hears of it and the body's office, each address once; one that is no address is passed over.
fn addresses(
    now: Timestamp,
    ministry: &Ministry,
    accounts: &[Account],
    reminder: &Reminder,
    form: Option<&Submission>,
) -> Vec<Mailbox> {
    let due = due_of(ministry, reminder, form);
    let how = due.and_then(|due| pressed(reminder, due));
    let today = day_of(now);
    let of_body = |account: &&Account| {
        !account.disabled && hears(&account.actor_on(today), &reminder.body, how)
    };
    let mut to: Vec<&str> =
        accounts.iter().filter(of_body).filter_map(|account| account.email.as_deref()).collect();
    to.extend(ministry.bodies.get(&reminder.body).and_then(|body| body.email.as_deref()));
    to.sort_unstable();
    to.dedup();
    to.into_iter()
        .filter_map(|address| {
            let read = address.parse();
            if read.is_err() {
                tracing::warn!("{address} is not an address: no reminder goes there");
            }
            read.ok()
        })
        .collect()
}

async fn submission_of(app: &App, reminder: &Reminder) -> Result<Option<Submission>> {
    let filter = SubmissionFilter {
        template: Some(reminder.template.clone()),
        body: Some(reminder.body.clone()),
        period: Some(reminder.period),
        ..SubmissionFilter::default()
    };
    Ok(app.store.read().await?.submissions(&filter).await?.pop())
}

/// When the form is due, by the rule of its template or as it was put off.
fn due_of(
    ministry: &Ministry,
    reminder: &Reminder,
    form: Option<&Submission>,
) -> Option<Timestamp> {
    let template = ministry.template_on(reminder.template.as_str(), reminder.period.end())?;
    let by_rule = template.due(reminder.period, forms::holidays());
    Some(form.map_or(by_rule, |form| form.extension.due(by_rule)))
}

/// The subject and the text.
fn words(
    app: &App,
    ministry: &Ministry,
    reminder: &Reminder,
    form: Option<&Submission>,
) -> (String, String) {
    let name = template_name(ministry, &reminder.template);
    let period = document::period::words(reminder.period, document::Lang::Vi);
    let deadline = due_of(ministry, reminder, form).map(|due| {
        let moment = due.to_zoned(crate::clock::time_zone()).datetime();
        let left = left(due, app.now()).in_words(Language::Vietnamese);
        format!("Hạn gửi: {}, {left}.", document::period::moment(moment, document::Lang::Vi))
    });
    let deadline = deadline.unwrap_or_default();
    let text = format!(
        "Kính gửi đơn vị,\n\nBộ chưa nhận được “{name}”, {period}. {deadline}\n\nMở biểu: {}/nhap-lieu\n",
        app.address
    );
    (format!("Nhắc đến hạn: {name}, {period}"), text)
}

/// One letter to all of them, which the mail server takes whole; where it refuses an address for good, one to
/// each of the others. Answers whether anybody got it; an error is a mail server that may take it later.
async fn deliver(
    transport: &Transport,
    from: &Mailbox,
    to: Vec<Mailbox>,
    (subject, text): &(String, String),
) -> Result<bool> {
    let letter = |to: Mailboxes| {
        let header = lettre::message::header::To::from(to);
        let letter =
            Message::builder().from(from.clone()).mailbox(header).subject(subject.as_str());
        letter.header(ContentType::TEXT_PLAIN).body(text.clone())
    };
    match transport.send(letter(to.clone().into_iter().collect())?).await {
        Ok(_) => return Ok(true),
        Err(error) if error.is_permanent() => {
            tracing::warn!("the mail server refuses a reminder: {error}")
        }
        Err(error) => return Err(error).context("sending a reminder"),
    }
    let mut taken = false;
    for address in to.iter().filter(|_| to.len() > 1) {
        match transport.send(letter([address.clone()].into_iter().collect())?).await {
            Ok(_) => taken = true,
            Err(error) => tracing::warn!("no reminder to {address}: {error}"),
        }
    }
    Ok(taken)
}
