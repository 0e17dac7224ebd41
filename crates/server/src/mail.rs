//! Reminders by e-mail: what was recorded as a reminder goes out once, and is marked when the mail
//! server has taken it. A mail server that is away delays a reminder and never loses it.

use std::time::Duration;

use anyhow::{Context, Result};
use lettre::message::header::ContentType;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use workflow::deadline::left;
use workflow::Language;

use crate::api::work::template_name;
use crate::config::Smtp;
use crate::forms;
use crate::state::App;

const EVERY: Duration = Duration::from_secs(2);

/// Sends what waits, until the server stops.
pub async fn send_reminders(app: App) {
    let Some(smtp) = app.smtp.clone() else { return };
    loop {
        if let Err(error) = send_waiting(&app, &smtp).await {
            tracing::warn!("reminders wait: {error:#}");
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
    let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.host)
        .port(smtp.port)
        .timeout(Some(Duration::from_secs(20)))
        .build();
    let mut sent = 0;
    for reminder in waiting {
        let own = |bodies: Vec<&model::BodyCode>| bodies.contains(&&reminder.body);
        let mut to: Vec<String> = accounts
            .iter()
            .filter(|account| !account.disabled && own(account.actor().bodies()))
            .filter_map(|account| account.email.clone())
            .collect();
        to.extend(ministry.bodies.get(&reminder.body).and_then(|body| body.email.clone()));
        to.sort_unstable();
        to.dedup();
        let name = template_name(&ministry, &reminder.template);
        let period = document::period::words(reminder.period, document::Lang::Vi);
        let deadline = ministry.template(reminder.template.as_str()).map(|template| {
            let due = template.due(reminder.period, &forms::holidays());
            let moment = due.to_zoned(crate::clock::time_zone()).datetime();
            let left = left(due, app.now()).in_words(Language::Vietnamese);
            format!("Hạn gửi: {}, {left}.", document::period::moment(moment, document::Lang::Vi))
        });
        let text = format!(
            "Kính gửi đơn vị,\n\nBộ chưa nhận được biểu “{name}”, {period}. {}\n\nMở biểu: {}/nhap-lieu\n",
            deadline.unwrap_or_default(),
            app.address
        );
        for address in &to {
            let message = Message::builder()
                .from(smtp.from.parse().context("the address reminders come from")?)
                .to(address.parse().with_context(|| format!("the address {address}"))?)
                .subject(format!("Nhắc đến hạn: {name}, {period}"))
                .header(ContentType::TEXT_PLAIN)
                .body(text.clone())?;
            transport.send(message).await.with_context(|| format!("sending to {address}"))?;
        }
        let id = reminder.id;
        app.write(None, move |tx| Box::pin(async move { Ok(tx.reminder_mailed(id).await?) }))
            .await
            .map_err(|problem| anyhow::anyhow!("{}", problem.message.text(Language::English)))?;
        sent += usize::from(!to.is_empty());
    }
    Ok(sent)
}
