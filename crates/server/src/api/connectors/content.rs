//! A connector as it is sent and shown, and everything that can be wrong with one, found at once.

use hyper::header::{HeaderName, HeaderValue};
use jiff::civil::Date;
use measure::connector::placeholder::{bound, written_out};
use measure::connector::schedule::{About, Times};
use measure::connector::{
    Columns, Encryption, Engine, Fault, Format, Http, Kind, Limits, MOST_VALUES, Paging, Path,
    Pull, Schedule, SignIn, Sql, ValueColumn, Values,
};
use measure::{Connector, ConnectorCode};
use model::{
    BodyCode, Breakdown, Calendar, Decimal, Frequency, IndicatorCode, Period, UnitCode, Validity,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::codes;
use super::super::values::shortened;
use crate::connect::{bad_share, fetch, is_share, words};
use crate::problem::{Answer, Found, Place, Problem};
use crate::state::Ministry;
use crate::words::Message;

/// A connector, without its secret. `http` of one that asks an address, `sql` of one that asks a database, neither of
/// one that sends; `schedule`, `columns` and `limits` of one that is asked.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectorContent {
    /// 1 to 64 letters, digits and `. _ @ -`.
    #[schema(example = "dvc-52")]
    code: String,
    name: String,
    /// The body whose system it is.
    owner: String,
    #[schema(value_type = codes::ConnectorKind)]
    kind: String,
    /// Of what its numbers may be.
    indicators: Vec<String>,
    /// Whose its numbers may be, with every unit below them.
    units: Vec<String>,
    #[schema(value_type = codes::Frequency)]
    frequency: String,
    #[schema(value_type = codes::Calendar)]
    calendar: String,
    /// How much of a unit's systems its numbers stand for, 0 to 100 per cent; null while nobody has said.
    #[serde(default)]
    #[schema(required = true)]
    measured_share: Option<String>,
    /// It measures periods that end on this day or later; null for all.
    #[serde(default)]
    #[schema(required = true)]
    valid_from: Option<String>,
    /// The first day of a period's end that another measures; null while there is none.
    #[serde(default)]
    #[schema(required = true)]
    valid_to: Option<String>,
    #[serde(default)]
    is_paused: bool,
    #[serde(default)]
    #[schema(required = true)]
    http: Option<HttpContent>,
    #[serde(default)]
    #[schema(required = true)]
    sql: Option<SqlContent>,
    #[serde(default)]
    #[schema(required = true)]
    schedule: Option<ScheduleContent>,
    #[serde(default)]
    #[schema(required = true)]
    columns: Option<ColumnsContent>,
    #[serde(default)]
    #[schema(required = true)]
    limits: Option<LimitsContent>,
    /// Hosts inside the ministry's network that may be asked, as they stand in the address.
    #[serde(default)]
    internal_hosts: Vec<String>,
}

/// An address that is asked.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpContent {
    /// With `{period}`, `{year}`, `{month}`, `{from}` and `{to}`.
    url: String,
    #[serde(default)]
    headers: Vec<HeaderContent>,
    #[schema(value_type = codes::SignInKind)]
    sign_in: String,
    /// The name that goes with the secret, of `basic`; the name of the header that holds it, of `header`.
    #[serde(default)]
    sign_in_name: String,
    #[schema(value_type = codes::AnswerFormat)]
    format: String,
    /// Where the rows of JSON are.
    #[serde(default)]
    #[schema(example = "$.data[*]")]
    rows: String,
    #[schema(value_type = codes::PagingKind)]
    paging: String,
    /// Where the next page's address is, of `next_link`; the parameter that counts pages, of `number`.
    #[serde(default)]
    paging_at: String,
    /// The number of the first page, of `number`.
    #[serde(default)]
    first_page: u64,
}

/// A header that is sent along.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HeaderContent {
    name: String,
    value: String,
}

/// A database that is asked.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SqlContent {
    #[schema(value_type = codes::DatabaseEngine)]
    engine: String,
    host: String,
    port: u16,
    database: String,
    #[serde(default = "machine")]
    #[schema(value_type = codes::Encryption)]
    encryption: String,
    /// The certificate of the authority that signs the host's, as PEM, of `authority`.
    #[serde(default)]
    authority: String,
    user: String,
    /// One statement; placeholders are bound as parameters.
    query: String,
}

fn machine() -> String {
    Encryption::Machine.code().to_owned()
}

/// When it is asked, in Việt Nam, and about which period.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleContent {
    #[schema(value_type = codes::ScheduleTimes)]
    times: String,
    /// 1 for Monday to 7 of `weekly`; 1 to 28 of `monthly`.
    #[serde(default = "one")]
    day: i8,
    #[serde(default)]
    hour: i8,
    minute: i8,
    #[schema(value_type = codes::AboutPeriod)]
    about: String,
}

fn one() -> i8 {
    1
}

/// Where in a row everything stands: names of columns, or paths into an object of JSON.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnsContent {
    /// Empty where a row has several.
    #[serde(default)]
    value: String,
    /// Where a row has several numbers: at most 50, each of one indicator. Then `value`, `indicator` and `breakdown`
    /// are empty.
    #[serde(default)]
    several: Vec<ValueColumnContent>,
    /// Empty when the connector has one indicator.
    #[serde(default)]
    indicator: String,
    /// Empty when the connector has one unit.
    #[serde(default)]
    unit: String,
    /// Empty when the answer does not say it.
    #[serde(default)]
    period: String,
    /// Empty for totals.
    #[serde(default)]
    breakdown: String,
}

/// A column of numbers, all of one indicator.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValueColumnContent {
    column: String,
    /// One of the connector's indicators.
    indicator: String,
    /// Of which part, such as `SEX=F`; empty for totals.
    #[serde(default)]
    breakdown: String,
}

/// How much is read, and how long is waited.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitsContent {
    /// Of all pages together, after decompression; at most 67108864.
    most_bytes: u64,
    /// At most 200000.
    most_rows: u64,
    /// At most 1000.
    most_pages: u64,
    /// At most 600.
    total_seconds: u64,
    /// At most 120.
    idle_seconds: u64,
}

impl From<&Connector> for ConnectorContent {
    fn from(connector: &Connector) -> ConnectorContent {
        let pull = connector.pull();
        ConnectorContent {
            code: connector.code.to_string(),
            name: connector.name.clone(),
            owner: connector.owner.to_string(),
            kind: connector.kind.code().to_owned(),
            indicators: connector.indicators.iter().map(ToString::to_string).collect(),
            units: connector.units.iter().map(ToString::to_string).collect(),
            frequency: connector.frequency.code().to_owned(),
            calendar: connector.calendar.code().to_owned(),
            measured_share: connector.measured_share.map(|share| share.to_string()),
            valid_from: connector.validity.from.map(|day| day.to_string()),
            valid_to: connector.validity.to.map(|day| day.to_string()),
            is_paused: connector.is_paused,
            http: match &connector.kind {
                Kind::Http(http) => Some(HttpContent::from(http)),
                Kind::Sql(_) | Kind::Push => None,
            },
            sql: match &connector.kind {
                Kind::Sql(sql) => Some(SqlContent {
                    engine: sql.engine.code().to_owned(),
                    host: sql.host.clone(),
                    port: sql.port,
                    database: sql.database.clone(),
                    encryption: sql.encryption.code().to_owned(),
                    authority: match &sql.encryption {
                        Encryption::Authority(certificate) => certificate.clone(),
                        Encryption::Machine | Encryption::Off => String::new(),
                    },
                    user: sql.user.clone(),
                    query: sql.query.clone(),
                }),
                Kind::Http(_) | Kind::Push => None,
            },
            schedule: pull.map(|pull| {
                let (day, hour, minute) = pull.schedule.times.numbers();
                let times = pull.schedule.times.code().to_owned();
                let about = pull.schedule.about.code().to_owned();
                ScheduleContent { times, day, hour, minute, about }
            }),
            columns: pull.map(|pull| {
                let columns = pull.columns.clone();
                let (value, indicator, breakdown, several) = match columns.values {
                    Values::One { column, indicator, breakdown } => {
                        (column, indicator, breakdown, vec![])
                    }
                    Values::Several(columns) => (String::new(), None, None, columns),
                };
                let one = |one: ValueColumn| ValueColumnContent {
                    column: one.column,
                    indicator: one.indicator.to_string(),
                    breakdown: one.breakdown.as_str().to_owned(),
                };
                ColumnsContent {
                    value,
                    several: several.into_iter().map(one).collect(),
                    indicator: indicator.unwrap_or_default(),
                    unit: columns.unit.unwrap_or_default(),
                    period: columns.period.unwrap_or_default(),
                    breakdown: breakdown.unwrap_or_default(),
                }
            }),
            limits: pull.map(|pull| LimitsContent {
                most_bytes: pull.limits.most_bytes,
                most_rows: pull.limits.most_rows,
                most_pages: pull.limits.most_pages,
                total_seconds: pull.limits.total_seconds,
                idle_seconds: pull.limits.idle_seconds,
            }),
            internal_hosts: pull.map_or(vec![], |pull| pull.internal_hosts.clone()),
        }
    }
}

impl From<&Http> for HttpContent {
    fn from(http: &Http) -> HttpContent {
        let header = |(name, value): &(String, String)| HeaderContent {
            name: name.clone(),
            value: value.clone(),
        };
        let (paging_at, first_page) = match &http.paging {
            Paging::One => (String::new(), 0),
            Paging::NextLink(path) => (path.to_string(), 0),
            Paging::Number { parameter, first } => (parameter.clone(), *first),
        };
        HttpContent {
            url: http.url.clone(),
            headers: http.headers.iter().map(header).collect(),
            sign_in: http.sign_in.code().to_owned(),
            sign_in_name: match &http.sign_in {
                SignIn::Open | SignIn::Bearer => String::new(),
                SignIn::Basic { user } => user.clone(),
                SignIn::Header { name } => name.clone(),
            },
            format: http.format.code().to_owned(),
            rows: match &http.format {
                Format::Json { rows } => rows.to_string(),
                Format::Csv => String::new(),
            },
            paging: http.paging.code().to_owned(),
            paging_at,
            first_page,
        }
    }
}

/// To whom a secret would go.
pub fn destination(connector: &Connector) -> String {
    match &connector.kind {
        Kind::Http(http) => {
            let base = http.url.split(['?', '#', '{']).next().unwrap_or_default();
            let origin = fetch::address(base).map(|url| url.origin().ascii_serialization());
            origin.unwrap_or_default()
        }
        Kind::Sql(sql) => format!("{}://{}@{}:{}", sql.engine.code(), sql.user, sql.host, sql.port),
        Kind::Push => String::new(),
    }
}

/// Gathers what is wrong, by field.
struct Findings(Vec<Found>);

impl Findings {
    fn find(&mut self, field: &str, message: impl Into<Message>) {
        self.find_suggesting(field, message, vec![]);
    }

    fn find_suggesting(&mut self, field: &str, message: impl Into<Message>, near: Vec<String>) {
        let at = Place { column: Some(field.to_owned()), ..Place::default() };
        self.0.push(Found { at, message: message.into(), suggestions: near });
    }

    /// The value, or a finding.
    fn take<T>(&mut self, field: &str, value: Result<T, Message>) -> Option<T> {
        value.map_err(|message| self.find(field, message)).ok()
    }

    /// A text that is there and not too long.
    fn text(&mut self, field: &'static str, text: &str, most: usize) -> String {
        let text = text.trim();
        if text.is_empty() {
            self.find(field, Message::Empty(field));
        } else if text.chars().count() > most {
            self.find(field, Message::TooLong { field, most });
        }
        text.to_owned()
    }

    /// One of a list of codes.
    fn coded<T>(&mut self, field: &str, text: &str, value: Option<T>, known: &[&str]) -> Option<T> {
        if value.is_none() {
            let known = known.join(", ");
            self.find(field, Message::NotOneOf { value: shortened(text), known });
        }
        value
    }
}

fn optional(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

impl ConnectorContent {
    /// The connector that this describes, or everything that is wrong with it.
    pub fn read(self, ministry: &Ministry, today: Date) -> Answer<Connector> {
        let mut findings = Findings(vec![]);
        let read = self.found(ministry, today, &mut findings);
        match read {
            Some(connector) if findings.0.is_empty() => Ok(connector),
            _ => {
                let found = findings.0;
                let first = found.first().cloned();
                let mut problem = Problem::from(Message::said(422, "findings", |language| {
                    let number = found.len();
                    language
                        .pick(
                            format!("Còn {number} chỗ cần sửa trước khi dùng kết nối này."),
                            format!("{number} things have to be mended before this connector can be used."),
                        )
                        .clone()
                }));
                problem.at = first.map(|first| first.at);
                problem.findings = found;
                Err(problem)
            }
        }
    }

    fn found(self, ministry: &Ministry, today: Date, findings: &mut Findings) -> Option<Connector> {
        let code = ConnectorCode::parse(self.code.trim());
        let code = findings.take("code", code.map_err(|_| bad_code(self.code.trim())));
        let name = findings.text("name", &self.name, 200);
        let owner =
            BodyCode::parse(&self.owner).ok().filter(|code| ministry.bodies.contains_key(code));
        let owner = findings.take("owner", owner.ok_or_else(|| unknown_owner(&self.owner)));
        let mut indicators = vec![];
        for text in &self.indicators {
            match ministry.catalogue.get(text).and_then(|_| IndicatorCode::parse(text).ok()) {
                Some(code) => indicators.push(code),
                None => findings.find_suggesting(
                    "indicators",
                    Message::UnknownIndicator(shortened(text)),
                    ministry.catalogue.nearest(text),
                ),
            }
        }
        let mut units: Vec<UnitCode> = vec![];
        for text in &self.units {
            match ministry.units.resolve(text) {
                Some(unit) => units.push(unit.code.clone()),
                None => findings.find_suggesting(
                    "units",
                    Message::UnknownUnit(shortened(text)),
                    ministry.units.nearest(text),
                ),
            }
        }
        if self.indicators.is_empty() {
            findings.find("indicators", Message::Empty("indicators"));
        }
        if self.units.is_empty() {
            findings.find("units", Message::Empty("units"));
        }
        let frequencies: Vec<&str> = Frequency::ALL.iter().map(|one| one.code()).collect();
        let frequency = Frequency::parse(&self.frequency).filter(|one| *one != Frequency::Range);
        let frequency = findings.coded("frequency", &self.frequency, frequency, &frequencies);
        let calendars: Vec<&str> = Calendar::ALL.iter().map(|one| one.code()).collect();
        let calendar = Calendar::parse(&self.calendar);
        let calendar = findings.coded("calendar", &self.calendar, calendar, &calendars);
        let sample = frequency.zip(calendar).and_then(|(frequency, calendar)| {
            let period = About::Closed.period(frequency, calendar, today);
            if period.is_none() {
                findings.find("calendar", Message::BadPeriod(self.frequency.clone()));
            }
            period
        });
        let measured_share = match self.measured_share.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(text) => {
                let share = Decimal::parse(text).ok().filter(|share| is_share(*share));
                if share.is_none() {
                    findings.find("measured_share", bad_share());
                }
                share
            }
        };
        let validity = Validity {
            from: day("valid_from", self.valid_from.as_deref(), findings),
            to: day("valid_to", self.valid_to.as_deref(), findings),
        };
        if let (Some(from), Some(to)) = (validity.from, validity.to)
            && to <= from
        {
            let value = to.to_string();
            let expected = "after valid_from";
            findings.find("valid_to", Message::BadParameter { name: "valid_to", value, expected });
        }
        let of = (&indicators[..], units.len() == 1);
        let kind = match self.kind.as_str() {
            "push" => Some(Kind::Push),
            "http" => {
                let pull = pull(
                    self.schedule,
                    self.columns,
                    self.limits,
                    self.internal_hosts,
                    of,
                    findings,
                );
                match self.http {
                    None => missing("http", findings),
                    Some(http) => http.read(pull?, sample?, findings).map(Kind::Http),
                }
            }
            "sql" => {
                let pull = pull(
                    self.schedule,
                    self.columns,
                    self.limits,
                    self.internal_hosts,
                    of,
                    findings,
                );
                match self.sql {
                    None => missing("sql", findings),
                    Some(sql) => sql.read(pull?, sample?, findings).map(Kind::Sql),
                }
            }
            other => findings.coded("kind", other, None, &Kind::CODES),
        };
        Some(Connector {
            code: code?,
            name,
            owner: owner?,
            kind: kind?,
            indicators,
            units,
            frequency: frequency?,
            calendar: calendar?,
            validity,
            measured_share,
            is_paused: self.is_paused,
        })
    }
}

/// A day as people write it; `None` of nothing, and of what is found not to be one.
fn day(name: &'static str, text: Option<&str>, findings: &mut Findings) -> Option<Date> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    let day = measure::register::read_day(text);
    if day.is_none() {
        let value = shortened(text);
        findings.find(name, Message::BadParameter { name, value, expected: "31/7/2024" });
    }
    day
}

fn missing<T>(field: &'static str, findings: &mut Findings) -> Option<T> {
    findings.find(field, Message::Empty(field));
    None
}

fn unknown_owner(code: &str) -> Message {
    if code.is_empty() { Message::Empty("owner") } else { Message::UnknownBody(shortened(code)) }
}

fn bad_code(text: &str) -> Message {
    if text.is_empty() {
        return Message::Empty("code");
    }
    let text = shortened(text);
    Message::said(422, "bad_code", |language| {
        language
            .pick(
                format!("Mã “{text}” chỉ được gồm 1 đến 64 chữ không dấu, số và . _ @ -."),
                format!("The code “{text}” may have only 1 to 64 letters, digits and . _ @ -."),
            )
            .clone()
    })
}

fn pull(
    schedule: Option<ScheduleContent>,
    columns: Option<ColumnsContent>,
    limits: Option<LimitsContent>,
    internal_hosts: Vec<String>,
    (indicators, has_one_unit): (&[IndicatorCode], bool),
    findings: &mut Findings,
) -> Option<Pull> {
    let schedule = match schedule {
        None => missing("schedule", findings),
        Some(one) => {
            let times = Times::of(&one.times, one.day, one.hour, one.minute);
            let times = findings.coded("schedule.times", &one.times, times, &Times::CODES);
            let abouts: Vec<&str> = About::ALL.iter().map(|one| one.code()).collect();
            let about = About::parse(&one.about);
            let about = findings.coded("schedule.about", &one.about, about, &abouts);
            times.zip(about).map(|(times, about)| Schedule { times, about })
        }
    };
    let columns = match columns {
        None => missing("columns", findings),
        Some(one) => {
            let values = match one.several.is_empty() {
                false => several(&one, indicators, findings),
                true => {
                    if optional(&one.indicator).is_none() && indicators.len() != 1 {
                        findings.find("columns.indicator", Message::Empty("columns.indicator"));
                    }
                    Values::One {
                        column: findings.text("columns.value", &one.value, 200),
                        indicator: optional(&one.indicator),
                        breakdown: optional(&one.breakdown),
                    }
                }
            };
            if optional(&one.unit).is_none() && !has_one_unit {
                findings.find("columns.unit", Message::Empty("columns.unit"));
            }
            Some(Columns { values, unit: optional(&one.unit), period: optional(&one.period) })
        }
    };
    let limits = match limits {
        None => Some(Limits::USUAL),
        Some(one) => {
            let most = Limits::MOST;
            let limits = Limits {
                most_bytes: one.most_bytes,
                most_rows: one.most_rows,
                most_pages: one.most_pages,
                total_seconds: one.total_seconds,
                idle_seconds: one.idle_seconds,
            };
            for (name, value, most) in [
                ("limits.most_bytes", limits.most_bytes, most.most_bytes),
                ("limits.most_rows", limits.most_rows, most.most_rows),
                ("limits.most_pages", limits.most_pages, most.most_pages),
                ("limits.total_seconds", limits.total_seconds, most.total_seconds),
                ("limits.idle_seconds", limits.idle_seconds, most.idle_seconds),
            ] {
                if !(1..=most).contains(&value) {
                    let known = format!("1–{most}");
                    findings.find(name, Message::NotOneOf { value: value.to_string(), known });
                }
            }
            Some(limits)
        }
    };
    let hosts: Vec<String> = internal_hosts.iter().filter_map(|host| optional(host)).collect();
    if hosts.len() > 20 || hosts.iter().any(|host| host.len() > 253) {
        findings.find("internal_hosts", Message::TooLong { field: "internal_hosts", most: 20 });
    }
    Some(Pull { schedule: schedule?, columns: columns?, limits: limits?, internal_hosts: hosts })
}

/// Several columns of numbers: each with an indicator of the connector's, no indicator and part twice.
fn several(
    columns: &ColumnsContent,
    indicators: &[IndicatorCode],
    findings: &mut Findings,
) -> Values {
    const AT: &str = "columns.several";
    let is_mixed = [&columns.value, &columns.indicator, &columns.breakdown]
        .into_iter()
        .any(|one| optional(one).is_some());
    if is_mixed {
        findings.find(AT, either_one_or_several());
    }
    if columns.several.len() > MOST_VALUES {
        findings.find(AT, Message::TooLong { field: AT, most: MOST_VALUES });
    }
    let mut read: Vec<ValueColumn> = vec![];
    for one in columns.several.iter().take(MOST_VALUES) {
        let column = findings.text(AT, &one.column, 200);
        let indicator = indicators.iter().find(|known| known.as_str() == one.indicator.trim());
        if indicator.is_none() {
            findings.find(AT, Message::UnknownIndicator(shortened(&one.indicator)));
        }
        let breakdown = Breakdown::parse(one.breakdown.trim()).ok();
        if breakdown.is_none() {
            let value = shortened(&one.breakdown);
            findings.find(AT, Message::BadParameter { name: AT, value, expected: "SEX=F" });
        }
        if let (Some(indicator), Some(breakdown)) = (indicator.cloned(), breakdown) {
            let is_twice = |other: &ValueColumn| {
                (&other.indicator, &other.breakdown) == (&indicator, &breakdown)
            };
            if let Some(place) = read.iter().position(is_twice) {
                findings.find(AT, Message::Twice(place as u64 + 1));
            }
            read.push(ValueColumn { column, indicator, breakdown });
        }
    }
    Values::Several(read)
}

fn either_one_or_several() -> Message {
    Message::said(422, "either_one_or_several", |language| {
        language
            .pick(
                "Chọn một trong hai: một cột giá trị, hoặc nhiều cột giá trị, không dùng cả hai.",
                "Either one column of numbers or several, not both.",
            )
            .to_owned()
    })
}

impl HttpContent {
    fn read(self, pull: Pull, sample: Period, findings: &mut Findings) -> Option<Http> {
        let faulty = |fault: Fault| words::said(&fault);
        if self.url.trim().is_empty() {
            findings.find("http.url", Message::Empty("http.url"));
        } else {
            let written = written_out(&self.url, sample).and_then(|url| fetch::address(&url));
            findings.take("http.url", written.map_err(faulty));
        }
        let mut headers = vec![];
        for header in &self.headers {
            let (name, value) = (header.name.trim(), header.value.trim());
            let is_header = HeaderName::from_bytes(name.as_bytes()).is_ok()
                && HeaderValue::from_str(value).is_ok();
            let is_secret = ["authorization", "cookie", "proxy-authorization"]
                .contains(&name.to_ascii_lowercase().as_str());
            if is_secret {
                findings.find("http.headers", secret_in_header(name));
            } else if !is_header {
                let value = shortened(name);
                let expected = "Accept-Language: vi";
                findings.find(
                    "http.headers",
                    Message::BadParameter { name: "headers", value, expected },
                );
            }
            headers.push((name.to_owned(), value.to_owned()));
        }
        let sign_in_name = self.sign_in_name.trim().to_owned();
        let needs_name = matches!(self.sign_in.as_str(), "basic" | "header");
        let is_name =
            self.sign_in != "header" || HeaderName::from_bytes(sign_in_name.as_bytes()).is_ok();
        if needs_name && (sign_in_name.is_empty() || !is_name) {
            findings.find("http.sign_in_name", Message::Empty("http.sign_in_name"));
        }
        let sign_in = match self.sign_in.as_str() {
            "open" => Some(SignIn::Open),
            "bearer" => Some(SignIn::Bearer),
            "basic" => Some(SignIn::Basic { user: sign_in_name }),
            "header" => Some(SignIn::Header { name: sign_in_name }),
            _ => None,
        };
        let sign_in = findings.coded("http.sign_in", &self.sign_in, sign_in, &SignIn::CODES);
        let format = match self.format.as_str() {
            "json" => {
                let columns: Vec<&str> = pull.columns.named().collect();
                for column in columns.into_iter().filter(|column| !column.is_empty()) {
                    findings.take("columns.value", Path::parse(column).map_err(faulty));
                }
                let rows = Path::parse(&self.rows).map_err(faulty);
                findings.take("http.rows", rows).map(|rows| Format::Json { rows })
            }
            "csv" => Some(Format::Csv),
            other => findings.coded("http.format", other, None, &Format::CODES),
        };
        let paging = match self.paging.as_str() {
            "one" => Some(Paging::One),
            "next_link" if self.format == "json" => {
                let path = Path::parse(&self.paging_at).map_err(faulty);
                findings.take("http.paging_at", path).map(Paging::NextLink)
            }
            "number" => {
                let parameter = findings.text("http.paging_at", &self.paging_at, 100);
                Some(Paging::Number { parameter, first: self.first_page })
            }
            other => findings.coded("http.paging", other, None, &Paging::CODES),
        };
        let url = self.url.trim().to_owned();
        let (sign_in, format, paging) = (sign_in?, format?, paging?);
        Some(Http { url, headers, sign_in, format, paging, pull })
    }
}

fn secret_in_header(name: &str) -> Message {
    let name = shortened(name);
    Message::said(422, "secret_in_header", |language| {
        language
            .pick(
                format!("Tiêu đề “{name}” chứa khóa bí mật. Hãy chọn cách đăng nhập và nhập vào ô khóa, để khóa được mã hóa và không hiện lại."),
                format!("The header “{name}” holds a secret. Choose how to sign in and enter it as the key, so that it is encrypted and not shown again."),
            )
            .clone()
    })
}

impl SqlContent {
    fn read(self, pull: Pull, sample: Period, findings: &mut Findings) -> Option<Sql> {
        let query = bound(&self.query, sample, |_| "?".to_owned());
        findings.take("sql.query", query.map_err(|fault| words::said(&fault)));
        let engines: Vec<&str> = Engine::ALL.iter().map(|one| one.code()).collect();
        let engine =
            findings.coded("sql.engine", &self.engine, Engine::parse(&self.engine), &engines);
        if self.port == 0 {
            findings.find("sql.port", Message::Empty("sql.port"));
        }
        let encryption = match self.encryption.as_str() {
            "machine" => Some(Encryption::Machine),
            "authority" => {
                let certificate = self.authority.trim();
                let is_certificate = fetch::is_authority(certificate);
                let named = findings.text("sql.authority", certificate, 20_000);
                if !named.is_empty() && !is_certificate {
                    findings.find("sql.authority", no_certificate());
                }
                Some(Encryption::Authority(named))
            }
            "off" => Some(Encryption::Off),
            _ => None,
        };
        let encryption =
            findings.coded("sql.encryption", &self.encryption, encryption, &Encryption::CODES);
        let sql = Sql {
            encryption: encryption?,
            host: findings.text("sql.host", &self.host, 253),
            database: findings.text("sql.database", &self.database, 100),
            user: findings.text("sql.user", &self.user, 100),
            query: findings.text("sql.query", &self.query, 20_000),
            engine: engine?,
            port: self.port,
            pull,
        };
        Some(sql)
    }
}

fn no_certificate() -> Message {
    Message::said(422, "no_certificate", |language| {
        language
            .pick(
                "Đây không phải là chứng thư số ở dạng PEM (bắt đầu bằng -----BEGIN CERTIFICATE-----).",
                "This is not a certificate as PEM (which begins with -----BEGIN CERTIFICATE-----).",
            )
            .to_owned()
    })
}

impl ConnectorContent {
    /// The same system with something in every place that has nothing to do with asking it, so that it can be looked at
    /// before the rest is known.
    pub fn with_stand_ins(mut self, ministry: &Ministry) -> ConnectorContent {
        let or = |text: String, otherwise: &str| {
            if text.trim().is_empty() { otherwise.to_owned() } else { text }
        };
        self.code = or(self.code, "x");
        self.name = or(self.name, "x");
        self.owner = ministry.bodies.keys().next().map_or(self.owner, ToString::to_string);
        let indicator = ministry.catalogue.iter().next();
        self.indicators = indicator.map(|one| one.code.to_string()).into_iter().collect();
        self.units =
            ministry.units.iter().next().map(|one| one.code.to_string()).into_iter().collect();
        self.measured_share = None;
        (self.valid_from, self.valid_to) = (None, None);
        self.columns = Some(ColumnsContent {
            value: "x".to_owned(),
            several: vec![],
            indicator: String::new(),
            unit: String::new(),
            period: String::new(),
            breakdown: String::new(),
        });
        if let Some(http) = &mut self.http {
            (http.paging, http.rows) = ("one".to_owned(), or(std::mem::take(&mut http.rows), "$"));
        }
        self
    }
}
