//! The digest of a week: what is due in it, what is late and what waits for one, told once, on its first working morning.
//!
//! It says what *Việc của tôi* says, for whoever does not look there: a line in the application, and the whole by mail.
//! Who prepares or signs for a body hears of that body, a deputy too; who receives, and the minister, of all bodies.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use store::{Account, Digest, Tx};
use workflow::ask_once;
use workflow::deadline::{day_of, digest_week};
use workflow::{Actor, Grant, Language, Overall, Permission, may};

use crate::api::calendar::{DueForm, due_forms};
use crate::api::work::expected_bodies;
use crate::forms::{due_of, holidays, overall_of};
use crate::problem::Answer;
use crate::state::{App, Ministry};

/// What a person is told, in both languages.
#[derive(Default)]
struct Told {
    due: Vec<(String, String)>,
    late: Vec<(String, String)>,
    waiting: Vec<(String, String)>,
}

impl Told {
    fn is_nothing(&self) -> bool {
        self.due.is_empty() && self.late.is_empty() && self.waiting.is_empty()
    }

    /// One line: the week and how many of each.
    fn summary(&self, week: Date, language: Language) -> String {
        let lang = language.pick(document::Lang::Vi, document::Lang::En);
        let friday = week.checked_add(4.days()).unwrap_or(week);
        let (from, to) = (document::period::date(week, lang), document::period::date(friday, lang));
        let (due, late, waiting) = (self.due.len(), self.late.len(), self.waiting.len());
        language.pick(
            format!("Tuần {from} – {to}: {due} biểu đến hạn, {late} biểu quá hạn, {waiting} việc chờ bạn"),
            format!("Week of {from} – {to}: {due} due, {late} late, {waiting} waiting for you"),
        )
    }

    /// The whole, as it goes out by mail.
    fn text(&self, week: Date, address: &str, language: Language) -> String {
        let mut text = format!("{}.\n", self.summary(week, language));
        for (title, lines) in [
            (language.pick("Đến hạn trong tuần", "Due this week"), &self.due),
            (language.pick("Quá hạn", "Late"), &self.late),
            (language.pick("Chờ bạn", "Waiting for you"), &self.waiting),
        ] {
            if lines.is_empty() {
                continue;
            }
            text.push_str(&format!("\n{title}:\n"));
            for (vi, en) in lines {
                text.push_str(&format!("- {}\n", language.pick(vi, en)));
            }
        }
        let open = language.pick("Mở", "Open");
        text.push_str(&format!("\n{open}: {address}/\n"));
        text
    }
}

/// Sends the digest of this week to everybody who has something in it, unless it was sent. Answers how many got one.
pub async fn send_digests(app: &App) -> Answer<usize> {
    let Some(week) = digest_week(app.store.now(), holidays()) else { return Ok(0) };
    if app.store.read().await?.has_digest(week).await? {
        return Ok(0);
    }
    let (ministry, address) = (app.ministry(), app.address.clone());
    let sent = app
        .write(None, move |tx| {
            Box::pin(async move {
                // Of two servers one finds that the other was first.
                if tx.has_digest(week).await? {
                    Ok(0)
                } else {
                    send(tx, &ministry, week, &address).await
                }
            })
        })
        .await?;
    Ok(sent.value)
}

async fn send(tx: &mut Tx, ministry: &Ministry, week: Date, address: &str) -> Answer<usize> {
    let now = tx.now();
    let sunday = week.checked_add(6.days()).unwrap_or(week);
    let live = ask_once::live(ministry.templates.values().map(|version| &**version));
    let forms = due_forms(tx, &live, week, sunday).await?;
    let accounts = tx.accounts().await?;
    let mut sent = 0;
    for account in accounts.iter().filter(|account| !account.disabled) {
        let actor = account.actor_on(day_of(now));
        let told = told(ministry, &actor, &forms, (week, sunday), now);
        if told.is_nothing() {
            continue;
        }
        let line = |language| told.summary(week, language);
        let (vi, en) = (line(Language::Vietnamese), line(Language::English));
        tx.add_notice(account.id, &vi, &en, "/lich").await?;
        tx.add_digest(&digest(account, week, &told, address)).await?;
        sent += 1;
    }
    Ok(sent)
}

fn digest(account: &Account, week: Date, told: &Told, address: &str) -> Digest {
    let language = account.lang;
    Digest {
        account: account.id,
        week,
        subject: told.summary(week, language),
        text: told.text(week, address, language),
    }
}

fn told(
    ministry: &Ministry,
    actor: &Actor,
    forms: &[DueForm],
    week: (Date, Date),
    now: Timestamp,
) -> Told {
    let mut told = Told::default();
    let reviewed = actor.reviewed_sectors();
    let is_minister = actor.grants.contains(&Grant::Minister);
    for form in forms {
        tell_of_bodies(ministry, actor, form, week, now, &mut told);
        if is_minister || !reviewed.is_empty() {
            tell_of_all(ministry, form, week, now, &mut told);
        }
        let waiting = form.submissions.values().flat_map(|submission| {
            let sections = form.template.sections.iter();
            sections.filter(|section| {
                let state = submission.state(section.id.as_str());
                reviewed.contains(&section.sector)
                    && state.is_some_and(|state| state.code() == "signed")
            })
        });
        let waiting = waiting.count();
        if waiting > 0 {
            let (vi, en) = named(form);
            told.waiting.push((
                format!("{vi}: {waiting} phần đã ký chờ tiếp nhận"),
                format!("{en}: {waiting} signed sections to receive"),
            ));
        }
    }
    told
}

/// Of the bodies that somebody prepares or signs for.
fn tell_of_bodies(
    ministry: &Ministry,
    actor: &Actor,
    form: &DueForm,
    (monday, sunday): (Date, Date),
    now: Timestamp,
    told: &mut Told,
) {
    let expected = expected_bodies(ministry, form.template, form.period);
    for body in actor.bodies().into_iter().filter(|body| expected.contains(body)) {
        let submission = form.submissions.get(body);
        let state = submission.map_or(Overall::NotStarted, overall_of);
        let by_rule = workflow::deadline::moment_of(form.day);
        let due = submission.map_or(by_rule, |one| due_of(form.template, one));
        let (vi, en) = named(form);
        let on = |lang| document::period::weekday_date(day_of(due), lang);
        let dated = (
            format!("{vi}, hạn {}", on(document::Lang::Vi)),
            format!("{en}, due {}", on(document::Lang::En)),
        );
        // A form that is due is opened by itself: of what was never opened, nothing is known here.
        if submission.is_some() && !state.is_sent() && now > due {
            told.late.push(dated);
        } else if !state.is_sent() && now <= due && (monday..=sunday).contains(&day_of(due)) {
            told.due.push(dated);
        }
        let may_do = |needed: Permission| may(actor, &needed).is_ok();
        let enters = form.template.sections.iter().any(|section| {
            may_do(Permission::Submit { body: body.clone(), sector: section.sector })
        });
        if state == Overall::Returned && enters {
            told.waiting.push((
                format!("{vi}: được trả lại để chỉnh sửa"),
                format!("{en}: returned for correction"),
            ));
        }
        if state == Overall::AwaitingSignature && may_do(Permission::Sign { body: body.clone() }) {
            told.waiting.push((format!("{vi}: chờ ký"), format!("{en}: awaits signature")));
        }
    }
}

/// Of all bodies, how many have not sent theirs.
fn tell_of_all(
    ministry: &Ministry,
    form: &DueForm,
    (monday, sunday): (Date, Date),
    now: Timestamp,
    told: &mut Told,
) {
    let expected = expected_bodies(ministry, form.template, form.period);
    let by_rule = workflow::deadline::moment_of(form.day);
    let unsent = expected.iter().filter_map(|body| match form.submissions.get(body) {
        Some(one) if overall_of(one).is_sent() => None,
        Some(one) => Some((due_of(form.template, one), true)),
        None => Some((by_rule, false)),
    });
    let unsent: Vec<(Timestamp, bool)> = unsent.collect();
    let late = unsent.iter().filter(|(due, is_open)| *is_open && now > *due).count();
    let is_this_week = |due: Timestamp| now <= due && (monday..=sunday).contains(&day_of(due));
    let due = unsent.iter().filter(|(due, _)| is_this_week(*due)).count();
    let (vi, en) = named(form);
    let all = expected.len();
    if due > 0 {
        told.due.push((
            format!("{vi}: {due}/{all} đơn vị chưa gửi, đến hạn trong tuần"),
            format!("{en}: {due} of {all} bodies have not sent theirs, due this week"),
        ));
    }
    if late > 0 {
        told.late.push((
            format!("{vi}: {late}/{all} đơn vị quá hạn"),
            format!("{en}: {late} of {all} bodies are late"),
        ));
    }
}

fn named(form: &DueForm) -> (String, String) {
    let words = |lang| document::period::words(form.period, lang);
    (
        format!("{}, {}", form.template.name_vi, words(document::Lang::Vi)),
        format!("{}, {}", form.template.name_en, words(document::Lang::En)),
    )
}
