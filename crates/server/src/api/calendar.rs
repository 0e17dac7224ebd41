//! The calendar of what is due: for one's own body, or for the ministry over all bodies; and the same as a file.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use model::{BodyCode, Period};
use serde::{Deserialize, Serialize};
use store::{Reader, Submission, SubmissionFilter};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::ask_once::{self, Live};
use workflow::calendar::due_between;
use workflow::deadline::{day_of, moment_of};
use workflow::{Language, Overall, Permission, Template, TemplateCode, may};

use super::work::expected_bodies;
use super::{Endpoints, Needs, codes};
use crate::auth::Caller;
use crate::clock::rfc3339;
use crate::forms::{self, is_late, overall_of};
use crate::http::Params;
use crate::ical;
use crate::problem::{Answer, Problem};
use crate::state::{App, Ministry};
use crate::words::Message;

/// The most days of one question.
const MOST_DAYS: i32 = 400;
/// A deadline is put off by less than this, so what was due by rule so long ago is not looked for.
const PUT_OFF_DAYS: i64 = 92;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    endpoints
        .add(Needs::Permission(Permission::SignIn), routes!(calendar))
        .add(Needs::Permission(Permission::SignIn), routes!(calendar_ics))
}

/// Which days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DaysAsked {
    /// From this day; the first of this month when left out.
    from: Option<String>,
    /// Up to this day, included; the last of the month of `from` when left out. At most 400 days.
    to: Option<String>,
}

/// A day on which offices are closed, weekends apart.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayOff {
    date: String,
    name_vi: String,
    name_en: String,
}

/// Something that is due.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CalendarEntry {
    #[schema(example = "2024-08-08")]
    date: String,
    /// The moment.
    due: String,
    /// The day by the form's rule, where the body's own was put off.
    by_rule: Option<String>,
    template: String,
    template_name_vi: String,
    template_name_en: String,
    period: String,
    /// The period has not ended yet.
    ahead: bool,
    /// Of one's own body: which.
    body: Option<String>,
    body_name_vi: Option<String>,
    body_name_en: Option<String>,
    /// Of one's own body: where its form stands; null of a period from before forms were kept here.
    #[schema(value_type = Option<codes::SubmissionState>)]
    state: Option<&'static str>,
    /// Of one's own body: it is late. Of all bodies: how many are.
    late: u32,
    /// Of all bodies: how many have sent theirs; null where the caller may not know, or of a period from before forms
    /// were kept here.
    sent: Option<u32>,
    /// Of all bodies: how many are to send theirs.
    expected: u32,
    /// Of all bodies: how many have a later day.
    put_off: u32,
    /// The page to go to.
    href: Option<String>,
}

/// What is due.
#[derive(Debug, Serialize, ToSchema)]
struct CalendarOfDays {
    from: String,
    to: String,
    today: String,
    days_off: Vec<DayOff>,
    entries: Vec<CalendarEntry>,
}

/// What is due for the caller: of their body, each form; of the ministry, each form over all bodies.
#[utoipa::path(get, path = "/calendar", tag = "work", params(DaysAsked), responses((status = 200, body = CalendarOfDays)))]
async fn calendar(
    State(app): State<App>,
    caller: Caller,
    Params(asked): Params<DaysAsked>,
) -> Answer<Json<CalendarOfDays>> {
    let today = day_of(app.now());
    let (from, to) = window(&asked, today)?;
    let entries = entries(&app, &caller, from, to).await?;
    let days_off = from.series(1.day()).take_while(|day| *day <= to).filter_map(|day| {
        let (vi, en) = forms::holidays().name(day)?;
        Some(DayOff { date: day.to_string(), name_vi: vi.to_owned(), name_en: en.to_owned() })
    });
    Ok(Json(CalendarOfDays {
        from: from.to_string(),
        to: to.to_string(),
        today: today.to_string(),
        days_off: days_off.collect(),
        entries,
    }))
}

/// The same from a month ago to a year ahead as an iCalendar file, in the caller's language.
#[utoipa::path(get, path = "/calendar.ics", tag = "work",
    responses((status = 200, body = String, content_type = "text/calendar", description = "RFC 5545")))]
async fn calendar_ics(State(app): State<App>, caller: Caller) -> Answer<Response> {
    let today = day_of(app.now());
    let from = today.checked_sub(31.days()).unwrap_or(today);
    let to = today.checked_add(366.days()).unwrap_or(today);
    let language = caller.speaks();
    let entries: Vec<ical::Entry> = entries(&app, &caller, from, to)
        .await?
        .iter()
        .filter_map(|entry| event(&app, entry, language))
        .collect();
    let name = language.pick("Lịch báo cáo", "Reporting calendar");
    let file = ical::write(name, &entries, app.now());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"lich-bao-cao.ics\""),
        ),
    ];
    Ok((headers, file).into_response())
}

fn event(app: &App, entry: &CalendarEntry, language: Language) -> Option<ical::Entry> {
    let period = Period::parse(&entry.period).ok()?;
    let words = language.pick(document::Lang::Vi, document::Lang::En);
    let form = language.pick(&entry.template_name_vi, &entry.template_name_en);
    let period_words = document::period::words(period, words);
    let body = language.pick(&entry.body_name_vi, &entry.body_name_en);
    let state = entry.state.and_then(Overall::parse).map(|state| state.label(language));
    let about = match (body, state) {
        (Some(body), Some(state)) => format!("{body}: {state}"),
        _ => match entry.sent {
            Some(sent) => language.pick(
                format!("{sent}/{} đơn vị đã gửi", entry.expected),
                format!("{sent} of {} bodies have sent theirs", entry.expected),
            ),
            None => String::new(),
        },
    };
    let whose = entry.body.as_deref().unwrap_or("all");
    Some(ical::Entry {
        uid: format!("{}.{}.{whose}@quantrac", entry.template, entry.period),
        due: entry.due.parse().ok()?,
        summary: language.pick(
            format!("Hạn gửi: {form}, {period_words}"),
            format!("Due: {form}, {period_words}"),
        ),
        description: about,
        url: format!("{}{}", app.address, entry.href.as_deref().unwrap_or("/lich")),
    })
}

fn window(asked: &DaysAsked, today: Date) -> Answer<(Date, Date)> {
    let day = |name: &'static str, text: &str| {
        text.parse::<Date>().map_err(|_| {
            let value = super::values::shortened(text);
            let bad = Message::BadParameter { name, value, expected: "2024-08-01" };
            Problem::from(bad).in_column(name)
        })
    };
    let from = match &asked.from {
        Some(text) => day("from", text)?,
        None => today.first_of_month(),
    };
    let to = match &asked.to {
        Some(text) => day("to", text)?,
        None => from.last_of_month(),
    };
    if !(0..MOST_DAYS).contains(&(to - from).get_days()) {
        let value = to.to_string();
        let bad = Message::BadParameter { name: "to", value, expected: "from … from + 399 days" };
        return Err(Problem::from(bad).in_column("to"));
    }
    Ok((from, to))
}

/// A form for a period with the bodies' submissions.
pub struct DueForm<'a> {
    /// The day by rule.
    pub day: Date,
    /// The version.
    pub template: &'a Template,
    /// For when.
    pub period: Period,
    /// Of each body that has one.
    pub submissions: BTreeMap<BodyCode, Submission>,
}

/// What is due by rule from a day to another, with room before it for what was put off into these days.
pub async fn due_forms<'a>(
    reader: &mut Reader,
    live: &[Live<'a>],
    from: Date,
    to: Date,
) -> Answer<Vec<DueForm<'a>>> {
    let early = from.checked_sub(PUT_OFF_DAYS.days()).unwrap_or(from);
    let mut found = vec![];
    for due in due_between(live, early, to, forms::holidays()) {
        let filter = SubmissionFilter {
            template: Some(due.template.code.clone()),
            period: Some(due.period),
            ..SubmissionFilter::default()
        };
        let submissions = reader.submissions(&filter).await?.into_iter();
        let submissions = submissions.map(|one| (one.body.clone(), one)).collect();
        let (day, template, period) = (due.day, due.template, due.period);
        found.push(DueForm { day, template, period, submissions });
    }
    Ok(found)
}

async fn entries(app: &App, caller: &Caller, from: Date, to: Date) -> Answer<Vec<CalendarEntry>> {
    let (ministry, now, actor) = (app.ministry(), app.now(), caller.actor()?);
    let own = actor.bodies();
    let counts = may(actor, &Permission::SeeCompleteness).is_ok();
    let live = ask_once::live(ministry.templates.values().map(|version| &**version));
    let mut reader = app.store.read().await?;
    let mut entries = vec![];
    for form in due_forms(&mut reader, &live, from, to).await? {
        let expected = expected_bodies(&ministry, form.template, form.period);
        if !own.is_empty() {
            let bodies = own.iter().copied().filter(|body| expected.contains(body));
            entries.extend(bodies.map(|body| of_body(&ministry, &form, body, now)));
        } else if (from..=to).contains(&form.day) && !expected.is_empty() {
            entries.push(of_all(&form, &expected, counts, now));
        }
    }
    let (from, to) = (from.to_string(), to.to_string());
    entries.retain(|entry| (from.as_str()..=to.as_str()).contains(&entry.date.as_str()));
    entries.sort_by(|one, other| {
        (&one.date, &one.template, &one.body).cmp(&(&other.date, &other.template, &other.body))
    });
    Ok(entries)
}

fn entry(form: &DueForm, day: Date, now: Timestamp) -> CalendarEntry {
    CalendarEntry {
        date: day.to_string(),
        due: rfc3339(moment_of(day)),
        by_rule: (day != form.day).then(|| form.day.to_string()),
        template: form.template.code.to_string(),
        template_name_vi: form.template.name_vi.clone(),
        template_name_en: form.template.name_en.clone(),
        period: form.period.to_string(),
        ahead: form.period.end() >= day_of(now),
        body: None,
        body_name_vi: None,
        body_name_en: None,
        state: None,
        late: 0,
        sent: None,
        expected: 1,
        put_off: 0,
        href: None,
    }
}

fn of_body(ministry: &Ministry, form: &DueForm, body: &BodyCode, now: Timestamp) -> CalendarEntry {
    let submission = form.submissions.get(body);
    let due = submission.map_or(moment_of(form.day), |one| forms::due_of(form.template, one));
    // A form that is due is opened by itself: of what is past and was never opened, nothing is known here.
    let is_known = submission.is_some() || now <= due;
    let state = submission.map_or(Overall::NotStarted, overall_of);
    let names = ministry.bodies.get(body).map(|one| one.name_on(form.period.end()));
    CalendarEntry {
        body: Some(body.to_string()),
        body_name_vi: names.map(|(vi, _)| vi.to_owned()),
        body_name_en: names.map(|(_, en)| en.to_owned()),
        state: is_known.then(|| state.code()),
        late: u32::from(is_known && !state.is_sent() && is_late(due, None, now)),
        href: submission.map(|one| format!("/nhap-lieu/{}", one.id)),
        ..entry(form, day_of(due), now)
    }
}

fn of_all(form: &DueForm, expected: &[BodyCode], counts: bool, now: Timestamp) -> CalendarEntry {
    let of = |body: &BodyCode| form.submissions.get(body);
    let is_sent = |body: &BodyCode| of(body).is_some_and(|one| overall_of(one).is_sent());
    let due = |body: &BodyCode| {
        of(body).map_or(moment_of(form.day), |one| forms::due_of(form.template, one))
    };
    let count = |wanted: &dyn Fn(&BodyCode) -> bool| {
        expected.iter().filter(|body| wanted(body)).count() as u32
    };
    let TemplateHref(href) = TemplateHref::of(&form.template.code, form.period);
    let put_off = count(&|body| day_of(due(body)) != form.day);
    let late = count(&|body| of(body).is_some() && !is_sent(body) && is_late(due(body), None, now));
    let is_known = !form.submissions.is_empty() || now <= moment_of(form.day);
    CalendarEntry {
        late: if counts { late } else { 0 },
        sent: (counts && is_known).then(|| count(&is_sent)),
        expected: expected.len() as u32,
        put_off: if counts { put_off } else { 0 },
        href: (counts && is_known).then_some(href),
        ..entry(form, form.day, now)
    }
}

/// Where the ministry looks at a form over all bodies.
struct TemplateHref(String);

impl TemplateHref {
    fn of(template: &TemplateCode, period: Period) -> TemplateHref {
        TemplateHref(format!("/duyet?template={template}&period={period}"))
    }
}
