//! Asking connected systems: what is due is asked, read, judged, and recorded whole or not at all.
//!
//! What to ask and how to read it is decided in `measure`; here are the sockets, the clock and the record. A run begins
//! with a row in the store, so that two servers never ask one system at once, and ends with its figures and its row in
//! one commit.

pub mod address;
pub mod fetch;
pub mod words;

use std::time::Duration;

use document::Lang;
use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use measure::connector::answer::Reading;
use measure::connector::schedule::{self, Due, LastRun, MOST_ATTEMPTS, Runs, Trouble, next};
use measure::connector::{Answer as Answered, Encryption, Fault, Http, Kind, Pull};
use measure::{Connector, ConnectorCode};
use model::{Decimal, Period, PersonId, Unit, Units};
use serde::{Deserialize, Serialize};
use store::{
    ConnectorRun, Engine, KeptConnector, NewObservation, NewRun, Origin, OriginKind, RunCause,
    RunCounts, RunEnd, SaidMeasured, Tx,
};
use workflow::Language;

use crate::clock::local_date;
use crate::import::{self, MeasuredRow};
use crate::problem::{Answer, Found, Place, Problem};
use crate::state::{App, Ministry};
use crate::words::Message;

/// How often it is looked for what is due.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// So many systems are asked at once.
const AT_ONCE: usize = 4;
/// A run that has not ended so long after its limit was stopped with its server.
const GRACE: SignedDuration = SignedDuration::from_mins(2);
/// So many requests and characters of an answer are kept for whoever tests.
const SHOWN_REQUESTS: usize = 20;
const SHOWN_CHARACTERS: usize = 4000;
/// So large a first page is kept to tell its columns of.
const SEEN_BYTES: usize = 4 << 20;
/// So many findings stand in the line of a run.
const SHOWN_FINDINGS: usize = 5;

/// What was asked and answered, for whoever tests a connector; the secret is not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Each request as text, the first ones.
    pub requests: Vec<String>,
    /// The status of the last answer, of HTTP.
    pub status: Option<u16>,
    /// The beginning of the first answer.
    pub answer: Option<String>,
    /// Bytes of all answers.
    pub bytes: u64,
    /// The first page, as it came, unless it is a large one.
    pub seen: Option<Seen>,
}

/// What was answered first, of which the columns are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The bytes of a page.
    Page(Vec<u8>),
    /// The columns of a database's answer.
    Table(Vec<String>),
}

impl Trace {
    fn asked(
        &mut self,
        url: &url::Url,
        headers: &[(hyper::header::HeaderName, hyper::header::HeaderValue)],
        _: &Http,
    ) {
        let mut text = format!("GET {url}");
        for (name, value) in headers {
            let value =
                if value.is_sensitive() { "•••" } else { value.to_str().unwrap_or("…") };
            text.push_str(&format!("\n{name}: {value}"));
        }
        self.keep(text);
    }

    fn keep(&mut self, request: String) {
        if self.requests.len() < SHOWN_REQUESTS {
            self.requests.push(request);
        }
    }

    /// A page came, of which the first tells the columns.
    fn came(&mut self, bytes: &[u8]) {
        if bytes.len() <= SEEN_BYTES {
            self.seen.get_or_insert_with(|| Seen::Page(bytes.to_vec()));
        }
        self.answered(bytes);
    }

    fn answered(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        let head = &bytes[..bytes.len().min(4 * SHOWN_CHARACTERS)];
        let shown = || String::from_utf8_lossy(head).chars().take(SHOWN_CHARACTERS).collect();
        self.answer.get_or_insert_with(shown);
    }

    /// A system that repeats the secret does not show it to anybody here.
    fn hide(&mut self, secret: &str) {
        let texts = self.requests.iter_mut().chain(self.answer.as_mut());
        texts.for_each(|text| *text = hidden(text, secret));
        if let Some(Seen::Page(bytes)) = &mut self.seen {
            *bytes = hidden(&String::from_utf8_lossy(bytes), secret).into_bytes();
        }
    }
}

fn hidden(text: &str, secret: &str) -> String {
    if secret.len() < 4 { text.to_owned() } else { text.replace(secret, "•••") }
}

/// Asks a system about a period and reads what it answers; no longer than its limit.
pub async fn pull(
    connector: &Connector,
    secret: Option<&str>,
    period: Period,
) -> (Trace, Result<Answered, Fault>) {
    let mut trace = Trace::default();
    let seconds = connector.pull().map_or(0, |pull| pull.limits.total_seconds);
    let asking = ask(connector, secret, period, &mut trace);
    let answer = tokio::time::timeout(Duration::from_secs(seconds), asking).await;
    let mut answer = answer.unwrap_or(Err(Fault::TooSlow(seconds)));
    if let Some(secret) = secret {
        trace.hide(secret);
        if let Err(Fault::Database(text) | Fault::NotLetIn(text) | Fault::Writes(text)) =
            &mut answer
        {
            *text = hidden(text, secret);
        }
    }
    (trace, answer)
}

async fn ask(
    connector: &Connector,
    secret: Option<&str>,
    period: Period,
    trace: &mut Trace,
) -> Result<Answered, Fault> {
    let reading = Reading::new(connector, period);
    let mut reading = reading.ok_or_else(|| Fault::LeadsNowhere(connector.code.to_string()))?;
    match &connector.kind {
        Kind::Http(http) => {
            fetch::read_pages(http, secret, period, trace, &mut reading).await?;
        }
        Kind::Sql(sql) => {
            trace.keep(format!(
                "{}://{}@{}:{}/{}\n{}",
                sql.engine.code(),
                sql.user,
                sql.host,
                sql.port,
                sql.database,
                sql.query
            ));
            let found = address::resolve(&sql.host, sql.port, &sql.pull.internal_hosts).await?;
            let ip = found.first().map(|address| address.ip());
            let ip = ip.ok_or_else(|| Fault::NoSuchHost(sql.host.clone()))?;
            if sql.encryption == Encryption::Off && !address::is_internal(ip) {
                return Err(Fault::Unencrypted(sql.host.clone()));
            }
            let table = store::ask_connected(sql, ip, secret, period).await?;
            let lines = table.rows.iter().take(20).map(|row| {
                let cells: Vec<&str> =
                    row.iter().map(|cell| cell.as_deref().unwrap_or("")).collect();
                cells.join(" | ")
            });
            let shown: Vec<String> =
                std::iter::once(table.names.join(" | ")).chain(lines).collect();
            trace.seen = Some(Seen::Table(table.names.clone()));
            trace.answered(shown.join("\n").as_bytes());
            trace.bytes = table.bytes;
            reading.table(&table.names, &table.rows)?;
        }
        Kind::Push => {}
    }
    reading.finish()
}

/// A figure that was read, and what was measured of it before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// What would be recorded.
    pub observation: NewObservation,
    /// What stands in the record as measured.
    pub before: Option<SaidMeasured>,
}

impl Judged {
    /// Whether it differs from what was measured before.
    pub fn is_new(&self) -> bool {
        let now = &self.observation;
        self.before.as_ref().is_none_or(|before| {
            before.number != now.figure.number()
                || before.share != now.measured_share
                || before.status != now.status
        })
    }
}

/// What an answer says, checked as every import is, against what this connector may say; all findings at once.
pub async fn judge(
    app: &App,
    connector: &Connector,
    answer: &Answered,
) -> Answer<Result<Vec<Judged>, Vec<Found>>> {
    let (ministry, today) = (app.ministry(), local_date(app.now()));
    let mut findings: Vec<Found> = answer.faults.iter().map(words::found).collect();
    let units: Vec<&str> = answer
        .figures
        .iter()
        .map(|row| unit_of_its_time(&ministry.units, &row.unit, &row.period))
        .collect();
    let rows = answer.figures.iter().zip(&units).map(|(row, unit)| MeasuredRow {
        number: row.number,
        indicator: &row.indicator,
        unit,
        period: &row.period,
        breakdown: &row.breakdown,
        value: &row.value,
    });
    let checked = import::check_measured(rows, &ministry, today);
    findings.extend(checked.findings);
    let mut shares = vec![];
    for (row, unit) in answer.figures.iter().zip(&units) {
        let find = |column: &str, message: Message| Found {
            at: Place { row: Some(row.number), column: Some(column.into()), cell: None },
            message,
            suggestions: vec![],
        };
        if ministry.catalogue.get(&row.indicator).is_some()
            && !connector.indicators.iter().any(|code| code.as_str() == row.indicator)
        {
            findings.push(find("indicator", not_permitted(&row.indicator)));
        }
        if let Ok(period) = Period::parse(&row.period)
            && !connector.validity.holds_on(period.end())
        {
            findings.push(find("period", of_another_source(&row.period)));
        }
        if let (Some(unit), Ok(period)) = (ministry.units.resolve(unit), Period::parse(&row.period))
            && !may_say(&ministry, connector, unit, period)
        {
            findings.push(find("unit", not_permitted(&row.unit)));
        }
        match share(row.share.as_deref(), connector.measured_share) {
            Ok(share) => shares.push(share),
            Err(message) => findings.push(find("share", message)),
        }
    }
    if !findings.is_empty() {
        findings.sort_by_key(|found| found.at.row);
        return Ok(Err(findings));
    }
    let observations: Vec<NewObservation> = checked
        .observations
        .into_iter()
        .zip(shares)
        .map(|(observation, measured_share)| NewObservation { measured_share, ..observation })
        .collect();
    let cells = observations.iter().map(|observation| &observation.cell);
    let before = app.measured.said(&app.store, cells).await?;
    let judged = observations.into_iter().zip(before);
    Ok(Ok(judged.map(|(observation, before)| Judged { observation, before }).collect()))
}

/// Systems say the official code of the day, which another unit may have held before: `24` of August 2025 is `24@2025-07`.
fn unit_of_its_time<'a>(units: &'a Units, code: &'a str, period: &str) -> &'a str {
    let day = Period::parse(period).map(Period::end);
    let then = day.ok().and_then(|day| units.valid_on(code, day));
    then.map_or(code, |unit| unit.code.as_str())
}

fn not_permitted(code: &str) -> Message {
    let code: String = code.chars().take(60).collect();
    Message::said(422, "not_permitted", |language| match language {
        Language::Vietnamese => {
            format!("“{code}” không thuộc các chỉ tiêu và phạm vi mà kết nối này được ghi.")
        }
        Language::English => {
            format!(
                "“{code}” is not among the indicators and scopes that this connector may record."
            )
        }
    })
}

fn of_another_source(period: &str) -> Message {
    let period: String = period.chars().take(40).collect();
    Message::said(422, "of_another_source", |language| match language {
        Language::Vietnamese => {
            format!("Kỳ {period} nằm ngoài thời gian kết nối này đo số liệu.")
        }
        Language::English => {
            format!("{period} lies outside the days for which this connector measures.")
        }
    })
}

/// Whether a unit is one of the connector's, a member of one that is a group, or lies below one.
fn may_say(ministry: &Ministry, connector: &Connector, unit: &Unit, period: Period) -> bool {
    measure::claim::covers(&ministry.units, &connector.units, unit, period.end())
}

fn share(said: Option<&str>, otherwise: Option<Decimal>) -> Result<Option<Decimal>, Message> {
    let Some(text) = said else { return Ok(otherwise) };
    let share =
        Decimal::parse(text).map_err(|_| Message::NotANumber(text.chars().take(40).collect()))?;
    if is_share(share) { Ok(Some(share)) } else { Err(bad_share()) }
}

/// It is no measured share.
pub fn bad_share() -> Message {
    Message::said(422, "bad_share", |language| {
        language
            .pick(
                "Tỷ lệ đo phải từ 0 đến 100, tối đa hai chữ số thập phân.",
                "A measured share is from 0 to 100, with at most two decimals.",
            )
            .to_owned()
    })
}

/// Whether a number can be a measured share: 0 to 100, with at most two decimals.
pub fn is_share(share: Decimal) -> bool {
    share >= Decimal::ZERO && share <= Decimal::whole(100) && share.least_scale() <= 2
}

/// The secret of a connector; `None` when it has none.
pub async fn secret_of(app: &App, code: &ConnectorCode) -> Answer<Result<Option<String>, Fault>> {
    let sealed = app.store.read().await?.connector_secret(code).await?;
    Ok(match sealed {
        None => Ok(None),
        Some(sealed) => {
            let opened = app.sealer.open(&used_for(code), &sealed);
            let text = opened.ok().and_then(|bytes| String::from_utf8(bytes).ok());
            text.map(Some).ok_or(Fault::NoSecret)
        }
    })
}

/// What a secret is sealed for, so that it opens for no other connector.
pub fn used_for(code: &ConnectorCode) -> String {
    format!("connector/{code}")
}

/// The last run that the schedule made, of what is next to follow from.
pub fn last_scheduled(runs: &[ConnectorRun], code: &ConnectorCode) -> Option<LastRun> {
    let run = runs.iter().find(|run| run.connector == *code && run.cause == RunCause::Schedule)?;
    let (finished_at, end) = run.ended.as_ref()?;
    Some(LastRun {
        due_at: run.due_at?,
        finished_at: *finished_at,
        attempt: run.attempt,
        may_be_tried_again: matches!(end, RunEnd::Failed { may_pass: true, .. }),
    })
}

/// When a connector is asked next; `None` of one that rests, that sends, that is being asked, or that another has taken
/// over from.
pub fn next_run(kept: &KeptConnector, runs: &[ConnectorRun], now: Timestamp) -> Option<Due> {
    let pull = kept.connector.pull().filter(|_| !kept.connector.is_paused)?;
    let code = &kept.connector.code;
    let is_running = runs.iter().any(|run| {
        run.connector == *code && run.ended.is_none() && !is_abandoned(pull, run.started_at, now)
    });
    let due = next(pull.schedule.times, kept.at, last_scheduled(runs, code), now);
    let period = about(&kept.connector, pull, due.at.max(now));
    let is_ours = period.is_some_and(|period| kept.connector.validity.holds_on(period.end()));
    (!is_running && is_ours).then_some(due)
}

/// The period that a connector is asked about at a moment.
fn about(connector: &Connector, pull: &Pull, at: Timestamp) -> Option<Period> {
    pull.schedule.about.period(connector.frequency, connector.calendar, local_date(at))
}

/// What is wrong with a connector at a moment; nothing of one that rests, or that another has taken over from.
pub fn trouble(kept: &KeptConnector, runs: &[ConnectorRun], now: Timestamp) -> Option<Trouble> {
    let one = &kept.connector;
    let is_over = one.validity.to.is_some_and(|to| to <= local_date(now));
    if one.is_paused || is_over {
        return None;
    }
    let own = || runs.iter().filter(|run| run.connector == one.code);
    let done = own().filter_map(|run| match &run.ended {
        Some((at, RunEnd::Done { .. })) => Some(*at),
        Some((_, RunEnd::Failed { .. })) | None => None,
    });
    let last = own().filter(|run| run.ended.is_some()).max_by_key(|run| run.id);
    let has_failed = last.filter(|run| run.started_at >= kept.at).is_some_and(|run| {
        match run.ended.as_ref().map(|(_, end)| end) {
            Some(RunEnd::Failed { may_pass, .. }) => !may_pass || run.attempt >= MOST_ATTEMPTS,
            Some(RunEnd::Done { .. }) | None => false,
        }
    });
    let runs = Runs { since: kept.at, done_at: done.max(), has_failed };
    schedule::trouble(one.pull().map(|pull| pull.schedule.times), one.frequency, runs, now)
}

fn is_abandoned(pull: &Pull, started_at: Timestamp, now: Timestamp) -> bool {
    let limit = SignedDuration::from_secs(pull.limits.total_seconds as i64) + GRACE;
    now.duration_since(started_at) > limit
}

/// Ends the runs that this server's last process left, before anything runs. Of a database that several servers share
/// nobody knows whose they are: there they end when their time is over.
pub async fn end_what_was_left(app: &App) -> Answer<()> {
    if app.store.engine() != Engine::Sqlite {
        return Ok(());
    }
    let runs = app.store.read().await?.last_connector_runs().await?;
    let left: Vec<i64> = runs.iter().filter(|run| run.ended.is_none()).map(|run| run.id).collect();
    if left.is_empty() {
        return Ok(());
    }
    let ended = app.write(None, move |tx| {
        Box::pin(async move {
            let stopped = failed(&words::said(&Fault::Interrupted), true);
            for id in left {
                tx.finish_connector_run(id, RunCounts::default(), &stopped).await?;
            }
            Ok(())
        })
    });
    ended.await.map(|_| ())
}

/// Asks what is due, again and again.
pub async fn keep_asking(app: App) {
    loop {
        if let Err(problem) = run_due(&app, app.now()).await {
            tracing::error!("connectors: {}", problem.message.text(Language::English));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Asks every system that is due at a moment; answers how many were asked by this server.
pub async fn run_due(app: &App, now: Timestamp) -> Answer<usize> {
    let mut reader = app.store.read().await?;
    let connectors = reader.connectors(None).await?;
    let runs = reader.last_connector_runs().await?;
    drop(reader);
    let is_due = |kept: &KeptConnector| next_run(kept, &runs, now).is_some_and(|due| due.at <= now);
    let due = connectors.into_iter().filter(is_due);
    let ran = futures::stream::iter(due).map(|kept| async move {
        let why = Why::Due(now);
        match run(app, &kept.connector.code, why).await {
            Ok(run) => usize::from(run.is_some()),
            Err(problem) => {
                let said = problem.message.text(Language::English);
                tracing::error!("connector {}: {said}", kept.connector.code);
                0
            }
        }
    });
    Ok(ran.buffer_unordered(AT_ONCE).fold(0, async |sum, ran| sum + ran).await)
}

/// Why a connector is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its time has come at this moment.
    Due(Timestamp),
    /// Somebody asks, perhaps about a period of their own.
    Asked(PersonId, Option<Period>),
}

/// A run that has begun.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Begun {
    id: i64,
    period: String,
}

/// Runs a connector once, to its end; `None` when it was not due after all, because another server has asked.
pub async fn run(app: &App, code: &ConnectorCode, why: Why) -> Answer<Option<i64>> {
    let wanted = code.clone();
    let begun = app.write(None, move |tx| Box::pin(async move { begin(tx, &wanted, why).await }));
    let Some(begun) = begun.await?.value else { return Ok(None) };
    let period = Period::parse(&begun.period).map_err(anyhow::Error::from)?;
    let kept = app.store.read().await?.connectors(Some(code)).await?.pop();
    let connector = kept.ok_or(Message::NotFound)?.connector;
    let mut counts = RunCounts::default();
    let judged = match asked_and_judged(app, &connector, period, &mut counts).await {
        Ok(judged) => judged,
        // A run that has begun ends, whatever fails here.
        Err(problem) => {
            finish(app, &connector, begun.id, counts, Err(failed(&problem.message, true))).await?;
            return Err(problem);
        }
    };
    finish(app, &connector, begun.id, counts, judged).await?;
    Ok(Some(begun.id))
}

async fn begin(tx: &mut Tx, code: &ConnectorCode, why: Why) -> Answer<Option<Begun>> {
    let kept = tx.connectors(Some(code)).await?.pop().ok_or(Message::NotFound)?;
    let Some(pull) = kept.connector.pull() else { return Err(Message::NotFound.into()) };
    let open = tx.open_connector_run(code).await?;
    if let Some(open) = open {
        if !is_abandoned(pull, open.started_at, tx.now()) {
            return match why {
                Why::Due(_) => Ok(None),
                Why::Asked(..) => Err(already_running()),
            };
        }
        let stopped = failed(&words::said(&Fault::Interrupted), true);
        tx.finish_connector_run(open.id, RunCounts::default(), &stopped).await?;
    }
    let usual = about(&kept.connector, pull, tx.now());
    let mut new = NewRun {
        connector: code.clone(),
        cause: RunCause::Schedule,
        attempt: 1,
        due_at: None,
        period: usual,
        actor: None,
        push: None,
    };
    match why {
        Why::Due(now) => {
            let runs = tx.last_connector_runs().await?;
            let due = next_run(&kept, &runs, now).filter(|due| due.at <= now);
            let Some(due) = due else { return Ok(None) };
            (new.due_at, new.attempt) = (Some(due.at), due.attempt);
        }
        Why::Asked(person, period) => {
            new.cause = RunCause::Person;
            new.actor = Some(person);
            new.period = period.or(usual);
        }
    }
    let Some(period) = new.period else { return Err(Message::BadPeriod("?".into()).into()) };
    let id = tx.begin_connector_run(&new).await?;
    Ok(Some(Begun { id, period: period.to_string() }))
}

fn already_running() -> Problem {
    Message::said(409, "already_running", |language| {
        language
            .pick(
                "Kết nối này đang chạy. Hãy đợi lần chạy kết thúc.",
                "This connector is running. Wait until it has ended.",
            )
            .to_owned()
    })
    .into()
}

async fn asked_and_judged(
    app: &App,
    connector: &Connector,
    period: Period,
    counts: &mut RunCounts,
) -> Answer<Result<Vec<Judged>, RunEnd>> {
    let answer = match secret_of(app, &connector.code).await? {
        Err(fault) => Err(fault),
        Ok(secret) => {
            let (trace, answer) = pull(connector, secret.as_deref(), period).await;
            counts.bytes = trace.bytes;
            answer
        }
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(fault) => return Ok(Err(failed(&words::said(&fault), fault.may_pass()))),
    };
    counted(counts, &answer);
    Ok(judge(app, connector, &answer).await?.map_err(|findings| failed_of(&findings)))
}

/// Counts what was answered.
pub fn counted(counts: &mut RunCounts, answer: &Answered) {
    counts.rows = answer.rows;
    counts.unknown = answer.unknown;
    counts.figures = answer.figures.len() as u64;
}

fn failed(message: &Message, may_pass: bool) -> RunEnd {
    RunEnd::Failed {
        may_pass,
        code: message.status_and_code().1.to_owned(),
        vi: message.text(Language::Vietnamese),
        en: message.text(Language::English),
    }
}

/// The line of findings: how many, and the first of them.
pub fn failed_of(findings: &[Found]) -> RunEnd {
    let line = |language: Language| {
        let summary = words::said(&Fault::Rows(findings.len())).text(language);
        let shown = findings.iter().take(SHOWN_FINDINGS).map(|found| {
            let row = found.at.row.unwrap_or_default();
            let text = found.message.text(language);
            match language {
                Language::Vietnamese => format!("Dòng {row}: {text}"),
                Language::English => format!("Row {row}: {text}"),
            }
        });
        let shown: Vec<String> = std::iter::once(summary).chain(shown).collect();
        shown.join(" ")
    };
    let (vi, en) = (line(Language::Vietnamese), line(Language::English));
    RunEnd::Failed { may_pass: false, code: "findings".to_owned(), vi, en }
}

async fn finish(
    app: &App,
    connector: &Connector,
    id: i64,
    counts: RunCounts,
    judged: Result<Vec<Judged>, RunEnd>,
) -> Answer<()> {
    let connector = connector.clone();
    app.write(None, move |tx| {
        Box::pin(async move {
            let judged = match judged {
                Ok(judged) => judged,
                Err(end) => {
                    tx.finish_connector_run(id, counts, &end).await?;
                    return Ok(());
                }
            };
            record(tx, &connector, id, counts, judged).await.map(drop)
        })
    })
    .await?;
    Ok(())
}

/// Records what is new and ends the run, in one command. A run that another server has ended records nothing.
pub async fn record(
    tx: &mut Tx,
    connector: &Connector,
    id: i64,
    mut counts: RunCounts,
    judged: Vec<Judged>,
) -> Answer<RunCounts> {
    let new: Vec<NewObservation> =
        judged.into_iter().filter(Judged::is_new).map(|one| one.observation).collect();
    counts.recorded = new.len() as u64;
    let seq = if new.is_empty() { None } else { Some(tx.seq().await?) };
    if tx.finish_connector_run(id, counts, &RunEnd::Done { seq }).await? && !new.is_empty() {
        tx.append(&origin(connector, id), &new).await?;
        return Ok(counts);
    }
    if new.is_empty() { Ok(counts) } else { Err(already_running()) }
}

/// What names the connector and the run beside each of its figures.
fn origin(connector: &Connector, run: i64) -> Origin {
    let named = |lang| match lang {
        Lang::Vi => format!("Kết nối {} ({}), lần chạy {run}", connector.name, connector.code),
        Lang::En => format!("Connector {} ({}), run {run}", connector.name, connector.code),
    };
    Origin::named(OriginKind::Connector, &named(Lang::Vi), &named(Lang::En))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_official_code_is_of_the_unit_that_held_it_then() {
        let units = Units::new(demonstration::units()).unwrap();
        for (code, period, expected) in [
            ("24", "2024-06", "24"),
            ("24", "2025-08", "24@2025-07"),
            ("24@2025-07", "2025-08", "24@2025-07"),
            ("52", "2024-06", "52"),
            ("khong-co", "2024-06", "khong-co"),
            ("24", "khong-phai-ky", "24"),
        ] {
            assert_eq!(unit_of_its_time(&units, code, period), expected, "{code} in {period}");
        }
    }

    #[test]
    fn a_secret_that_a_system_repeats_is_hidden_wherever_it_stands() {
        let said = "Bearer khoa-bi-mat và khoa-bi-mat".to_owned();
        let mut trace =
            Trace { requests: vec![said.clone()], answer: Some(said), ..Trace::default() };
        trace.hide("khoa-bi-mat");
        let hidden = "Bearer ••• và •••".to_owned();
        assert_eq!((&trace.requests[0], trace.answer.as_ref()), (&hidden, Some(&hidden)));
    }
}
