//! Connectors as they were set up, their sealed secrets, and what their runs did.
//!
//! A connector is a definition, so that who changed what is kept; a secret is a row of its own that is replaced, because
//! an old password is nobody's business; a run is a row beside the record, because most of them change no figure.

use jiff::Timestamp;
use measure::connector::schedule::{About, Times};
use measure::connector::{
    Columns, Encryption, Engine, Format, Http, Kind, Limits, Paging, Path, Pull, Schedule, SignIn,
    Sql, ValueColumn, Values,
};
use measure::{Connector, ConnectorCode};
use model::{
    BodyCode, Breakdown, Calendar, Decimal, Frequency, IndicatorCode, Period, PersonId, Seq,
    UnitCode, Validity,
};
use serde::{Deserialize, Serialize};

use crate::columns::{code, word};
use crate::shapes::Stored;
use crate::sql::{Row, args, sql};
use crate::{Reader, StoreError, Tx};

/// A connector as it was saved last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptConnector {
    /// What it is.
    pub connector: Connector,
    /// 1 for the first; whoever saves has to have seen the last.
    pub version: u32,
    /// Who saved it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// When its secret was set; `None` when it has none.
    pub secret_at: Option<Timestamp>,
}

/// What made a connector run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunCause {
    /// Its time had come.
    Schedule,
    /// Somebody asked for it.
    Person,
    /// The system sent a batch.
    Push,
}

impl RunCause {
    /// Every cause.
    pub const ALL: [RunCause; 3] = [RunCause::Schedule, RunCause::Person, RunCause::Push];

    /// The code used in interfaces and storage.
    pub fn code(self) -> &'static str {
        match self {
            RunCause::Schedule => "schedule",
            RunCause::Person => "person",
            RunCause::Push => "push",
        }
    }

    /// The cause with this code.
    pub fn parse(code: &str) -> Option<RunCause> {
        RunCause::ALL.into_iter().find(|cause| cause.code() == code)
    }
}

/// What a run read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunCounts {
    /// Bytes of the answer.
    pub bytes: u64,
    /// Rows of the answer.
    pub rows: u64,
    /// Rows without a number: unknown, not zero.
    pub unknown: u64,
    /// Rows with a number.
    pub figures: u64,
    /// Figures that differ from what was measured before, which were recorded.
    pub recorded: u64,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// Everything that was new is recorded.
    Done {
        /// The commit; `None` when nothing was new.
        seq: Option<Seq>,
    },
    /// Nothing was recorded.
    Failed {
        /// Whether it may be gone by itself after a while.
        may_pass: bool,
        /// Stable; for programs.
        code: String,
        /// The line in Vietnamese.
        vi: String,
        /// The line in English.
        en: String,
    },
}

/// One run of a connector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectorRun {
    /// Its number.
    pub id: i64,
    /// Whose.
    pub connector: ConnectorCode,
    /// What made it run.
    pub cause: RunCause,
    /// 1 for the first of its time.
    pub attempt: u32,
    /// When it was due, of one that was made by the schedule.
    pub due_at: Option<Timestamp>,
    /// The period that was asked about; `None` of a batch, whose rows say it.
    pub period: Option<Period>,
    /// Who asked for it.
    pub actor: Option<PersonId>,
    /// When it began.
    pub started_at: Timestamp,
    /// When and how it ended; `None` while it runs.
    pub ended: Option<(Timestamp, RunEnd)>,
    /// What it read.
    pub counts: RunCounts,
    /// What the system called its batch, and the hash of what it sent under that name.
    pub push: Option<(String, String)>,
}

/// A run about to begin, or a batch that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRun {
    /// Whose.
    pub connector: ConnectorCode,
    /// What makes it run.
    pub cause: RunCause,
    /// 1 for the first of its time.
    pub attempt: u32,
    /// When it was due, of one that is made by the schedule.
    pub due_at: Option<Timestamp>,
    /// The period that is asked about.
    pub period: Option<Period>,
    /// Who asked for it.
    pub actor: Option<PersonId>,
    /// What the system called its batch, and the hash of what it sent under that name.
    pub push: Option<(String, String)>,
}

/// Why a connector was not saved.
#[derive(Debug, thiserror::Error)]
pub enum StaleConnector {
    /// Another version stands there than the one that was seen; 0 for none.
    #[error("version {0} stands there meanwhile")]
    Other(u32),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Reader {
    /// Every connector, by code; or the one that is asked for.
    pub async fn connectors(
        &mut self,
        only: Option<&ConnectorCode>,
    ) -> Result<Vec<KeptConnector>, StoreError> {
        let asked = args![only.map(ConnectorCode::as_str)];
        let rows = self.conn.fetch_all(sql!("connectors"), asked).await?;
        rows.iter().map(kept_connector).collect()
    }

    /// The sealed secret of a connector.
    pub async fn connector_secret(
        &mut self,
        of: &ConnectorCode,
    ) -> Result<Option<String>, StoreError> {
        let row = self.conn.fetch_optional(sql!("connector_secret"), args![of.as_str()]).await?;
        row.map(|row| row.string(0)).transpose()
    }

    /// The runs of a connector that began before a run, the newest first; `None` for the last ones.
    pub async fn connector_runs(
        &mut self,
        of: &ConnectorCode,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<ConnectorRun>, StoreError> {
        let asked = args![of.as_str(), before.unwrap_or(i64::MAX), i64::from(limit)];
        let rows = self.conn.fetch_all(sql!("connector_runs"), asked).await?;
        rows.iter().map(run).collect()
    }

    /// The last run of each cause of every connector, the newest first.
    pub async fn last_connector_runs(&mut self) -> Result<Vec<ConnectorRun>, StoreError> {
        let rows = self.conn.fetch_all(sql!("connector_last_runs"), vec![]).await?;
        rows.iter().map(run).collect()
    }

    /// The run of a connector that has not ended.
    pub async fn open_connector_run(
        &mut self,
        of: &ConnectorCode,
    ) -> Result<Option<ConnectorRun>, StoreError> {
        let row = self.conn.fetch_optional(sql!("open_connector_run"), args![of.as_str()]).await?;
        row.as_ref().map(run).transpose()
    }

    /// The batch that a system sent under a key.
    pub async fn connector_run_by_key(
        &mut self,
        of: &ConnectorCode,
        key: &str,
    ) -> Result<Option<ConnectorRun>, StoreError> {
        let asked = args![of.as_str(), key];
        let row = self.conn.fetch_optional(sql!("connector_run_by_key"), asked).await?;
        row.as_ref().map(run).transpose()
    }
}

impl Tx {
    /// Saves a connector on top of the version that was seen (0 for none); answers its version.
    pub async fn save_connector(
        &mut self,
        connector: &Connector,
        seen: u32,
        by: PersonId,
    ) -> Result<u32, StaleConnector> {
        let last = self.connectors(Some(&connector.code)).await?.pop();
        let last = last.map_or(0, |last| last.version);
        if last != seen {
            return Err(StaleConnector::Other(last));
        }
        self.define(&[Saved { connector: connector.clone(), by }]).await?;
        Ok(last + 1)
    }

    /// Puts a sealed secret in the place of the last one; `None` takes it away.
    pub async fn set_connector_secret(
        &mut self,
        of: &ConnectorCode,
        sealed: Option<&str>,
    ) -> Result<(), StoreError> {
        let now = self.now();
        self.conn.execute(sql!("remove_connector_secret"), args![of.as_str()]).await?;
        if let Some(sealed) = sealed {
            let row = args![of.as_str(), sealed, now];
            self.conn.execute(sql!("add_connector_secret"), row).await?;
        }
        Ok(())
    }

    /// A run begins; answers its number.
    pub async fn begin_connector_run(&mut self, begun: &NewRun) -> Result<i64, StoreError> {
        let (id, now) = (self.new_id("connector_run").await?, self.now());
        let (key, hash) = begun.push.clone().unzip();
        let none: Option<i64> = None;
        let nothing: Option<&str> = None;
        let row = args![
            id,
            begun.connector.as_str(),
            begun.cause.code(),
            i64::from(begun.attempt),
            begun.due_at,
            begun.period.map(|period| period.to_string()),
            begun.actor.map(|actor| actor.0),
            now,
            none,
            nothing,
            0,
            0,
            0,
            0,
            0,
            none,
            nothing,
            nothing,
            nothing,
            key,
            hash,
        ];
        self.conn.execute(sql!("add_connector_run"), row).await?;
        Ok(id)
    }

    /// A run ended; answers whether nobody had ended it.
    pub async fn finish_connector_run(
        &mut self,
        id: i64,
        counts: RunCounts,
        end: &RunEnd,
    ) -> Result<bool, StoreError> {
        let now = self.now();
        let (outcome, seq, said) = match end {
            RunEnd::Done { seq } => ("done", *seq, None),
            RunEnd::Failed { may_pass: true, code, vi, en } => {
                ("failed_for_now", None, Some((code, vi, en)))
            }
            RunEnd::Failed { may_pass: false, code, vi, en } => {
                ("failed", None, Some((code, vi, en)))
            }
        };
        let row = args![
            id,
            now,
            outcome,
            counts.bytes as i64,
            counts.rows as i64,
            counts.unknown as i64,
            counts.figures as i64,
            counts.recorded as i64,
            seq.map(|seq| seq.0 as i64),
            said.map(|(code, ..)| code.as_str()),
            said.map(|(_, vi, _)| vi.as_str()),
            said.map(|(.., en)| en.as_str()),
        ];
        Ok(self.conn.execute(sql!("finish_connector_run"), row).await? == 1)
    }
}

fn kept_connector(row: &Row) -> Result<KeptConnector, StoreError> {
    let shape = serde_json::from_str(row.text(2)?)
        .map_err(|error| StoreError::unreadable("a connector", error))?;
    let saved = Saved::read(row.text(0)?, shape)?;
    Ok(KeptConnector {
        connector: saved.connector,
        version: row.int(1)? as u32,
        by: saved.by,
        at: row.instant(3)?,
        secret_at: row.maybe_instant(4)?,
    })
}

fn run(row: &Row) -> Result<ConnectorRun, StoreError> {
    let failed = |may_pass| -> Result<RunEnd, StoreError> {
        Ok(RunEnd::Failed {
            may_pass,
            code: row.maybe_string(16)?.unwrap_or_default(),
            vi: row.maybe_string(17)?.unwrap_or_default(),
            en: row.maybe_string(18)?.unwrap_or_default(),
        })
    };
    let end = match row.maybe_text(9)? {
        None => None,
        Some("done") => Some(RunEnd::Done { seq: row.maybe_int(15)?.map(|seq| Seq(seq as u64)) }),
        Some("failed") => Some(failed(false)?),
        Some("failed_for_now") => Some(failed(true)?),
        Some(other) => return Err(StoreError::unreadable("the end of a run", other)),
    };
    let count = |column| Ok::<u64, StoreError>(row.int(column)? as u64);
    let period = |text: &str| code("a period", Period::parse(text));
    Ok(ConnectorRun {
        id: row.int(0)?,
        connector: code("a connector", ConnectorCode::parse(row.text(1)?))?,
        cause: word("a cause", row.text(2)?, RunCause::parse)?,
        attempt: row.int(3)? as u32,
        due_at: row.maybe_instant(4)?,
        period: row.maybe_text(5)?.map(period).transpose()?,
        actor: row.maybe_int(6)?.map(PersonId),
        started_at: row.instant(7)?,
        ended: row.maybe_instant(8)?.zip(end),
        counts: RunCounts {
            bytes: count(10)?,
            rows: count(11)?,
            unknown: count(12)?,
            figures: count(13)?,
            recorded: count(14)?,
        },
        push: row.maybe_string(19)?.zip(row.maybe_string(20)?),
    })
}

/// What stands in the place of a certificate where the line is not encrypted.
const OFF: &str = "off";

/// A connector with who saved it.
struct Saved {
    connector: Connector,
    by: PersonId,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ConnectorShape {
    by: i64,
    name: String,
    owner: String,
    kind: KindShape,
    indicators: Vec<String>,
    units: Vec<String>,
    frequency: String,
    calendar: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    share: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    paused: bool,
    /// The first day of its periods' ends, and the first that is another's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KindShape {
    Http {
        url: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        headers: Vec<(String, String)>,
        sign_in: SignInShape,
        /// The path of the rows of JSON; nothing of CSV.
        json_rows: Option<String>,
        paging: PagingShape,
        pull: PullShape,
    },
    Sql {
        engine: String,
        host: String,
        port: u16,
        database: String,
        user: String,
        query: String,
        /// `off`, the authority's certificate, or nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        encryption: Option<String>,
        pull: PullShape,
    },
    Push,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SignInShape {
    Open,
    Bearer,
    Basic(String),
    Header(String),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PagingShape {
    One,
    NextLink(String),
    Number(String, u64),
}

#[derive(Serialize, Deserialize)]
struct PullShape {
    times: String,
    /// Day, hour and minute.
    at: (i8, i8, i8),
    about: String,
    value: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    indicator: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    period: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    breakdown: Option<String>,
    /// Column, indicator and breakdown of each, where a row has several numbers; then `value` is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    several: Vec<(String, String, String)>,
    /// Bytes, rows, pages, seconds in all, seconds of silence.
    limits: (u64, u64, u64, u64, u64),
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    internal_hosts: Vec<String>,
}

impl From<&Pull> for PullShape {
    fn from(pull: &Pull) -> PullShape {
        let (columns, limits) = (pull.columns.clone(), pull.limits);
        let (value, indicator, breakdown, several) = match columns.values {
            Values::One { column, indicator, breakdown } => (column, indicator, breakdown, vec![]),
            Values::Several(columns) => {
                let several = columns.into_iter().map(|one| {
                    (one.column, one.indicator.to_string(), one.breakdown.as_str().to_owned())
                });
                (String::new(), None, None, several.collect())
            }
        };
        PullShape {
            times: pull.schedule.times.code().to_owned(),
            at: pull.schedule.times.numbers(),
            about: pull.schedule.about.code().to_owned(),
            value,
            indicator,
            unit: columns.unit,
            period: columns.period,
            breakdown,
            several,
            limits: (
                limits.most_bytes,
                limits.most_rows,
                limits.most_pages,
                limits.total_seconds,
                limits.idle_seconds,
            ),
            internal_hosts: pull.internal_hosts.clone(),
        }
    }
}

fn value_column(
    (column, indicator, breakdown): (String, String, String),
) -> Result<ValueColumn, StoreError> {
    Ok(ValueColumn {
        column,
        indicator: code("an indicator", IndicatorCode::parse(&indicator))?,
        breakdown: code("a breakdown", Breakdown::parse(&breakdown))?,
    })
}

impl PullShape {
    fn read(self) -> Result<Pull, StoreError> {
        let (day, hour, minute) = self.at;
        let (most_bytes, most_rows, most_pages, total_seconds, idle_seconds) = self.limits;
        Ok(Pull {
            schedule: Schedule {
                times: word("times", &self.times, |code| Times::of(code, day, hour, minute))?,
                about: word("a period", &self.about, About::parse)?,
            },
            columns: Columns {
                values: match self.several.is_empty() {
                    true => Values::One {
                        column: self.value,
                        indicator: self.indicator,
                        breakdown: self.breakdown,
                    },
                    false => Values::Several(
                        self.several.into_iter().map(value_column).collect::<Result<_, _>>()?,
                    ),
                },
                unit: self.unit,
                period: self.period,
            },
            limits: Limits { most_bytes, most_rows, most_pages, total_seconds, idle_seconds },
            internal_hosts: self.internal_hosts,
        })
    }
}

impl From<&Kind> for KindShape {
    fn from(kind: &Kind) -> KindShape {
        match kind {
            Kind::Http(http) => KindShape::Http {
                url: http.url.clone(),
                headers: http.headers.clone(),
                sign_in: match &http.sign_in {
                    SignIn::Open => SignInShape::Open,
                    SignIn::Bearer => SignInShape::Bearer,
                    SignIn::Basic { user } => SignInShape::Basic(user.clone()),
                    SignIn::Header { name } => SignInShape::Header(name.clone()),
                },
                json_rows: match &http.format {
                    Format::Json { rows } => Some(rows.to_string()),
                    Format::Csv => None,
                },
                paging: match &http.paging {
                    Paging::One => PagingShape::One,
                    Paging::NextLink(path) => PagingShape::NextLink(path.to_string()),
                    Paging::Number { parameter, first } => {
                        PagingShape::Number(parameter.clone(), *first)
                    }
                },
                pull: PullShape::from(&http.pull),
            },
            Kind::Sql(sql) => KindShape::Sql {
                engine: sql.engine.code().to_owned(),
                host: sql.host.clone(),
                port: sql.port,
                database: sql.database.clone(),
                user: sql.user.clone(),
                query: sql.query.clone(),
                encryption: match &sql.encryption {
                    Encryption::Machine => None,
                    Encryption::Off => Some(OFF.to_owned()),
                    Encryption::Authority(certificate) => Some(certificate.clone()),
                },
                pull: PullShape::from(&sql.pull),
            },
            Kind::Push => KindShape::Push,
        }
    }
}

impl KindShape {
    fn read(self) -> Result<Kind, StoreError> {
        let path = |text: &str| code("a path", Path::parse(text));
        Ok(match self {
            KindShape::Http { url, headers, sign_in, json_rows, paging, pull } => {
                Kind::Http(Http {
                    url,
                    headers,
                    sign_in: match sign_in {
                        SignInShape::Open => SignIn::Open,
                        SignInShape::Bearer => SignIn::Bearer,
                        SignInShape::Basic(user) => SignIn::Basic { user },
                        SignInShape::Header(name) => SignIn::Header { name },
                    },
                    format: match json_rows {
                        Some(rows) => Format::Json { rows: path(&rows)? },
                        None => Format::Csv,
                    },
                    paging: match paging {
                        PagingShape::One => Paging::One,
                        PagingShape::NextLink(text) => Paging::NextLink(path(&text)?),
                        PagingShape::Number(parameter, first) => {
                            Paging::Number { parameter, first }
                        }
                    },
                    pull: pull.read()?,
                })
            }
            KindShape::Sql { engine, host, port, database, user, query, encryption, pull } => {
                let engine = word("a database", &engine, Engine::parse)?;
                let encryption = match encryption {
                    None => Encryption::Machine,
                    Some(off) if off == OFF => Encryption::Off,
                    Some(certificate) => Encryption::Authority(certificate),
                };
                let pull = pull.read()?;
                Kind::Sql(Sql { engine, host, port, database, encryption, user, query, pull })
            }
            KindShape::Push => Kind::Push,
        })
    }
}

impl Stored for Saved {
    const KIND: &'static str = "connector";
    type Shape = ConnectorShape;

    fn code(&self) -> &str {
        self.connector.code.as_str()
    }

    fn shape(&self) -> ConnectorShape {
        let one = &self.connector;
        ConnectorShape {
            by: self.by.0,
            name: one.name.clone(),
            owner: one.owner.to_string(),
            kind: KindShape::from(&one.kind),
            indicators: one.indicators.iter().map(IndicatorCode::to_string).collect(),
            units: one.units.iter().map(UnitCode::to_string).collect(),
            frequency: one.frequency.code().to_owned(),
            calendar: one.calendar.code().to_owned(),
            share: one.measured_share.map(|share| share.to_string()),
            paused: one.is_paused,
            from: one.validity.from.map(|day| day.to_string()),
            to: one.validity.to.map(|day| day.to_string()),
        }
    }

    fn read(named: &str, shape: ConnectorShape) -> Result<Saved, StoreError> {
        let indicators =
            shape.indicators.iter().map(|text| code("an indicator", IndicatorCode::parse(text)));
        let units = shape.units.iter().map(|text| code("a unit", UnitCode::parse(text)));
        let share = |text: String| code("a share", Decimal::parse(&text));
        let day =
            |text: String| text.parse().map_err(|error| StoreError::unreadable("a day", error));
        let connector = Connector {
            code: code("a connector", ConnectorCode::parse(named))?,
            name: shape.name,
            owner: code("a body", BodyCode::parse(&shape.owner))?,
            kind: shape.kind.read()?,
            indicators: indicators.collect::<Result<_, _>>()?,
            units: units.collect::<Result<_, _>>()?,
            frequency: word("a frequency", &shape.frequency, Frequency::parse)?,
            calendar: word("a calendar", &shape.calendar, Calendar::parse)?,
            measured_share: shape.share.map(share).transpose()?,
            is_paused: shape.paused,
            validity: Validity {
                from: shape.from.map(day).transpose()?,
                to: shape.to.map(day).transpose()?,
            },
        };
        Ok(Saved { connector, by: PersonId(shape.by) })
    }
}
