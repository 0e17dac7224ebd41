//! Reminders of forms that have not been sent: by the ministry when it chooses, and by the system as the deadline nears.
//!
//! The system reminds whoever prepares a form, then its head too, then tells the ministry; each once for a form, in
//! working hours. Which of them were told follows from when a reminder went out, so a deadline that is put off begins anew.

use jiff::Timestamp;
use model::{BodyCode, Period, PersonId};
use serde_json::json;
use store::{Account, NewEvent, Reminder, Submission, SubmissionFilter, Tx};
use workflow::deadline::{Pressing, day_of, is_quiet, left, pressing};
use workflow::{Actor, Grant, Language, Permission, Template, may};

use crate::api::work::expected_bodies;
use crate::forms::{holidays, last_to_fill, overall_of};
use crate::problem::Answer;
use crate::state::App;

/// Whether somebody hears of a reminder to a body: only those who prepare, while there is time.
pub fn hears(actor: &Actor, body: &BodyCode, how: Option<Pressing>) -> bool {
    let enters = |grant: &Grant| matches!(grant, Grant::Enterer { body: of, .. } if of == body);
    match how {
        Some(Pressing::Soon) => actor.grants.iter().any(enters),
        Some(Pressing::Next | Pressing::Late) | None => actor.bodies().contains(&body),
    }
}

/// How pressing a form was when the system reminded of it; nothing of what a person sent.
pub fn pressed(reminder: &Reminder, due: Timestamp) -> Option<Pressing> {
    match reminder.sent_by {
        None => pressing(due, reminder.sent_at, holidays()),
        Some(_) => None,
    }
}

/// A form that has not been sent, of a body that is to be reminded.
pub struct Unsent<'a> {
    /// Which form.
    pub template: &'a Template,
    /// For when.
    pub period: Period,
    /// Whose.
    pub body: &'a BodyCode,
    /// As it stands, if it was begun.
    pub submission: Option<&'a Submission>,
}

impl Unsent<'_> {
    /// When it is due.
    pub fn due(&self) -> Timestamp {
        let by_rule = self.template.due(self.period, holidays());
        self.submission.map_or(by_rule, |one| one.extension.due(by_rule))
    }

    /// Records the reminder and leaves a line for everybody who hears of it; mail follows by itself.
    pub async fn remind(
        &self,
        tx: &mut Tx,
        accounts: &[Account],
        sent_by: Option<PersonId>,
    ) -> Answer<()> {
        let Unsent { template, period, body, submission } = self;
        let (due, now) = (self.due(), tx.now());
        let how = if sent_by.is_none() { pressing(due, now, holidays()) } else { None };
        tx.add_reminder(&template.code, *period, body, sent_by).await?;
        let href =
            submission.map_or("/nhap-lieu".to_owned(), |one| format!("/nhap-lieu/{}", one.id));
        let words = |lang| document::period::words(*period, lang);
        let text_vi = format!(
            "Nhắc đến hạn: {}, {}, {}",
            template.name_vi,
            words(document::Lang::Vi),
            left(due, now).in_words(Language::Vietnamese)
        );
        let text_en = format!(
            "Reminder: {}, {}, {}",
            template.name_en,
            words(document::Lang::En),
            left(due, now).in_words(Language::English)
        );
        for account in accounts.iter().filter(|account| !account.disabled) {
            if hears(&account.actor_on(day_of(now)), body, how) {
                tx.add_notice(account.id, &text_vi, &text_en, &href).await?;
            }
        }
        tx.event(NewEvent {
            kind: "reminded".into(),
            actor: sent_by,
            body: Some((*body).clone()),
            period: Some(*period),
            detail: json!({"template": template.code.to_string()}),
            ..NewEvent::default()
        })
        .await?;
        Ok(())
    }
}

/// Reminds of every form that presses more than when the system last reminded of it. Answers how many bodies were reminded.
pub async fn remind_of_deadlines(app: &App) -> Answer<usize> {
    let now = app.store.now();
    if is_quiet(now, holidays()) {
        return Ok(0);
    }
    let ministry = app.ministry();
    let mut forms = vec![];
    for (template, period) in last_to_fill(&ministry, day_of(now)) {
        let bodies = expected_bodies(&ministry, template, period);
        forms.push((template.clone(), period, bodies));
    }
    let accounts = app.store.read().await?.accounts().await?;
    let reminded = app
        .write(None, move |tx| {
            Box::pin(async move {
                let mut reminded = 0;
                for (template, period, bodies) in &forms {
                    reminded += remind_of(tx, template, *period, bodies, &accounts).await?;
                }
                Ok(reminded)
            })
        })
        .await?;
    Ok(reminded.value)
}

/// In the command's transaction, so that of two servers one finds that the other has reminded.
async fn remind_of(
    tx: &mut Tx,
    template: &Template,
    period: Period,
    bodies: &[BodyCode],
    accounts: &[Account],
) -> Answer<usize> {
    let filter = SubmissionFilter {
        template: Some(template.code.clone()),
        period: Some(period),
        ..SubmissionFilter::default()
    };
    let submissions = tx.submissions(&filter).await?;
    let before = tx.reminders(&template.code, period).await?;
    let (mut reminded, mut late) = (0, 0);
    for body in bodies {
        let submission = submissions.iter().find(|one| one.body == *body);
        if submission.is_some_and(|one| overall_of(one).is_sent()) {
            continue;
        }
        let unsent = Unsent { template, period, body, submission };
        let due = unsent.due();
        let how = pressing(due, tx.now(), holidays());
        let own = before.iter().filter(|one| one.body == *body);
        if how > own.map(|one| pressed(one, due)).max().flatten() {
            unsent.remind(tx, accounts, None).await?;
            reminded += 1;
            late += usize::from(how == Some(Pressing::Late));
        }
    }
    if late > 0 {
        tell_ministry(tx, template, period, late, accounts).await?;
    }
    Ok(reminded)
}

/// One line for whoever receives all of the form, however many bodies are late.
async fn tell_ministry(
    tx: &mut Tx,
    template: &Template,
    period: Period,
    late: usize,
    accounts: &[Account],
) -> Answer<()> {
    let sectors = template.sections.iter().map(|section| section.sector);
    let receives_all = Permission::GrantExtension { sectors: sectors.collect() };
    let words = |lang| document::period::words(period, lang);
    let text_vi =
        format!("{late} đơn vị vừa quá hạn: {}, {}", template.name_vi, words(document::Lang::Vi));
    let text_en =
        format!("{late} bodies are late now: {}, {}", template.name_en, words(document::Lang::En));
    let href = format!("/duyet?template={}&period={period}", template.code);
    for account in accounts.iter().filter(|account| !account.disabled) {
        if may(&account.actor_on(day_of(tx.now())), &receives_all).is_ok() {
            tx.add_notice(account.id, &text_vi, &text_en, &href).await?;
        }
    }
    Ok(())
}
