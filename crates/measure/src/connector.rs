//! Kết nối: a system that is asked for its numbers on a schedule, or sends them itself.
//!
//! What is asked, how the answer is read and what may follow from it are decided here, over texts and bytes; who
//! fetches is told. An answer is taken whole or not at all, so that no figure changes by half.

use std::fmt;
use std::sync::Arc;

use model::codes::BadCode;
use model::{BodyCode, Breakdown, Calendar, Decimal, Frequency, IndicatorCode, UnitCode, Validity};

pub mod answer;
pub mod fault;
pub mod path;
pub mod placeholder;
pub mod schedule;

pub use answer::{Answer, Row};
pub use fault::{Fault, RowFault};
pub use path::Path;
pub use schedule::{Due, LastRun, Schedule, Trouble};

/// A connector's code, as unit codes are written: `dvc-52`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectorCode(Arc<str>);

impl ConnectorCode {
    /// Reads a code of 1 to 64 letters, digits and `. _ @ -`.
    pub fn parse(text: &str) -> Result<ConnectorCode, BadCode> {
        UnitCode::parse(text).map(|code| ConnectorCode(code.as_str().into()))
    }

    /// The code as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConnectorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ConnectorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A connector as it is set up now. Its secret is kept elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connector {
    /// Its code.
    pub code: ConnectorCode,
    /// What people call it.
    pub name: String,
    /// The body whose system it is.
    pub owner: BodyCode,
    /// How its numbers come.
    pub kind: Kind,
    /// Of what its numbers may be: others are refused. Not empty.
    pub indicators: Vec<IndicatorCode>,
    /// Whose its numbers may be, with every unit below them. Not empty.
    pub units: Vec<UnitCode>,
    /// How long its periods are; never a range.
    pub frequency: Frequency,
    /// Whose months they are.
    pub calendar: Calendar,
    /// Of which periods it measures: those that end on one of these days. What was before, or comes after, is
    /// measured by another.
    pub validity: Validity,
    /// How much of a unit's systems its numbers stand for, per cent, 0 to 100; `None` while nobody has said.
    pub measured_share: Option<Decimal>,
    /// Whether it rests: nothing is asked and nothing is taken.
    pub is_paused: bool,
}

/// How numbers come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An address is asked.
    Http(Http),
    /// A database is asked.
    Sql(Sql),
    /// The system sends signed batches.
    Push,
}

impl Kind {
    /// The codes of the kinds, in the order in which they are offered.
    pub const CODES: [&'static str; 3] = ["http", "sql", "push"];

    /// The code of this kind.
    pub fn code(&self) -> &'static str {
        match self {
            Kind::Http(_) => "http",
            Kind::Sql(_) => "sql",
            Kind::Push => "push",
        }
    }
}

impl Connector {
    /// When it is asked; `None` of a system that sends.
    pub fn pull(&self) -> Option<&Pull> {
        match &self.kind {
            Kind::Http(http) => Some(&http.pull),
            Kind::Sql(sql) => Some(&sql.pull),
            Kind::Push => None,
        }
    }

    /// Whether what it asks and is answered goes over the line for everybody to read.
    pub fn is_unencrypted(&self) -> bool {
        match &self.kind {
            Kind::Http(http) => http.url.trim().to_ascii_lowercase().starts_with("http:"),
            Kind::Sql(sql) => sql.encryption == Encryption::Off,
            Kind::Push => false,
        }
    }
}

/// What every connector that is asked has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pull {
    /// When it is asked, and about which period.
    pub schedule: Schedule,
    /// Where in a row of the answer everything stands.
    pub columns: Columns,
    /// How much is read, and how long is waited.
    pub limits: Limits,
    /// Hosts inside the ministry's own network that may be asked, as they stand in the address. Others are refused
    /// when they lead to a private, loopback or link-local address.
    pub internal_hosts: Vec<String>,
}

/// Where in a row everything stands: names of columns, or paths into an object of JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The numbers.
    pub values: Values,
    /// The unit's code; `None` when the connector has one unit.
    pub unit: Option<String>,
    /// The period, which is compared with the one that was asked about; `None` when the answer does not say it.
    pub period: Option<String>,
}

/// Where the numbers of a row stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    /// A row has one number.
    One {
        /// The number.
        column: String,
        /// The indicator's code; `None` when the connector has one indicator.
        indicator: Option<String>,
        /// The breakdown, such as `SEX=F`; `None` for totals.
        breakdown: Option<String>,
    },
    /// A row has a number in each of these columns. Not empty.
    Several(Vec<ValueColumn>),
}

/// A column of numbers, all of one indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueColumn {
    /// Its name, or a path.
    pub column: String,
    /// What the numbers are of: one of the connector's indicators.
    pub indicator: IndicatorCode,
    /// Of which part.
    pub breakdown: Breakdown,
}

/// So many columns of numbers a row may have.
pub const MOST_VALUES: usize = 50;

/// How much is read of an answer, and how long is waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of all pages together, after decompression.
    pub most_bytes: u64,
    /// The most rows of all pages together.
    pub most_rows: u64,
    /// The most pages.
    pub most_pages: u64,
    /// So long everything may take.
    pub total_seconds: u64,
    /// So long the system may say nothing.
    pub idle_seconds: u64,
}

impl Limits {
    /// What is offered.
    pub const USUAL: Limits = Limits {
        most_bytes: 10 << 20,
        most_rows: 20_000,
        most_pages: 50,
        total_seconds: 60,
        idle_seconds: 15,
    };
    /// What may be set at most: all of it is held in memory.
    pub const MOST: Limits = Limits {
        most_bytes: 64 << 20,
        most_rows: 200_000,
        most_pages: 1_000,
        total_seconds: 600,
        idle_seconds: 120,
    };
}

/// An address that is asked by HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Http {
    /// `https://…` with placeholders such as `{period}`.
    pub url: String,
    /// Headers, of which none holds the secret.
    pub headers: Vec<(String, String)>,
    /// How the secret is shown to the system.
    pub sign_in: SignIn,
    /// What the answer is.
    pub format: Format,
    /// How the next page is found.
    pub paging: Paging,
    /// What every connector that is asked has.
    pub pull: Pull,
}

/// How the secret is shown to the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// There is none.
    Open,
    /// `Authorization: Bearer …`.
    Bearer,
    /// A name, with the secret as its password.
    Basic {
        /// The name.
        user: String,
    },
    /// A header of its own holds the secret.
    Header {
        /// Its name.
        name: String,
    },
}

impl SignIn {
    /// The codes, in the order in which they are offered.
    pub const CODES: [&'static str; 4] = ["open", "bearer", "basic", "header"];

    /// The code of this one.
    pub fn code(&self) -> &'static str {
        match self {
            SignIn::Open => "open",
            SignIn::Bearer => "bearer",
            SignIn::Basic { .. } => "basic",
            SignIn::Header { .. } => "header",
        }
    }
}

/// What an answer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON, with the path of its rows: `$.data[*]`.
    Json {
        /// Where the rows are.
        rows: Path,
    },
    /// CSV with a header, by comma or semicolon.
    Csv,
}

impl Format {
    /// The codes, in the order in which they are offered.
    pub const CODES: [&'static str; 2] = ["json", "csv"];

    /// The code of this one.
    pub fn code(&self) -> &'static str {
        match self {
            Format::Json { .. } => "json",
            Format::Csv => "csv",
        }
    }
}

/// How the next page is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paging {
    /// There is one page.
    One,
    /// The answer names the next page's address here; nothing or null on the last.
    NextLink(Path),
    /// A parameter counts the pages; the first without rows is after the last.
    Number {
        /// Its name.
        parameter: String,
        /// The number of the first page.
        first: u64,
    },
}

impl Paging {
    /// The codes, in the order in which they are offered.
    pub const CODES: [&'static str; 3] = ["one", "next_link", "number"];

    /// The code of this one.
    pub fn code(&self) -> &'static str {
        match self {
            Paging::One => "one",
            Paging::NextLink(_) => "next_link",
            Paging::Number { .. } => "number",
        }
    }
}

/// A database that is asked by one query, which only reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sql {
    /// Which database.
    pub engine: Engine,
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The name of the database.
    pub database: String,
    /// How the line to it is kept.
    pub encryption: Encryption,
    /// The account, which should be one that may only read; the secret is its password.
    pub user: String,
    /// One statement, with placeholders such as `{from}`, which are bound and never pasted.
    pub query: String,
    /// What every connector that is asked has.
    pub pull: Pull,
}

/// How the line to a database is kept from listeners and impostors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// Encrypted; the certificate has to be of an authority that this machine trusts, and for the host.
    Machine,
    /// Encrypted; the certificate may also be of this authority, given as PEM.
    Authority(String),
    /// Not encrypted: the line lies inside the ministry's own network, and leads to no address outside.
    Off,
}

impl Encryption {
    /// The codes, in the order in which they are offered.
    pub const CODES: [&'static str; 3] = ["machine", "authority", "off"];

    /// The code of this one.
    pub fn code(&self) -> &'static str {
        match self {
            Encryption::Machine => "machine",
            Encryption::Authority(_) => "authority",
            Encryption::Off => "off",
        }
    }
}

/// A database that can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// PostgreSQL.
    Postgres,
    /// MySQL or MariaDB.
    Mysql,
}

impl Engine {
    /// Both.
    pub const ALL: [Engine; 2] = [Engine::Postgres, Engine::Mysql];

    /// The code used in interfaces and storage.
    pub fn code(self) -> &'static str {
        match self {
            Engine::Postgres => "postgres",
            Engine::Mysql => "mysql",
        }
    }

    /// The engine with this code.
    pub fn parse(code: &str) -> Option<Engine> {
        Engine::ALL.into_iter().find(|engine| engine.code() == code)
    }
}
