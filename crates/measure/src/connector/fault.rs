//! Why nothing was recorded of a run: each is a line that whoever looks after the connector can act on.

use model::Period;

use super::placeholder::Placeholder;

/// What went wrong. Nothing of the answer was recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not an address of `http` or `https` with a host.
    #[error("“{0}” is not an address")]
    BadAddress(String),
    /// The host leads into the ministry's own network and was not allowed.
    #[error("{host} is {address}, an internal address that was not allowed")]
    Internal {
        /// As it stands in the address.
        host: String,
        /// What it leads to.
        address: String,
    },
    /// No address belongs to the host.
    #[error("{0} has no address")]
    NoSuchHost(String),
    /// The host does not take connections, or breaks them off.
    #[error("{0} could not be reached")]
    NotReached(String),
    /// The host's certificate is not to be trusted.
    #[error("the certificate of {0} is not trusted")]
    NotTrusted(String),
    /// The host offers no encryption, or the line without it leads outside.
    #[error("the line to {0} would not be encrypted")]
    Unencrypted(String),
    /// Everything together took longer than allowed, in seconds.
    #[error("the answer took more than {0} s")]
    TooSlow(u64),
    /// Nothing came for longer than allowed, in seconds.
    #[error("nothing came for {0} s")]
    Silent(u64),
    /// The answer ended before its end.
    #[error("the answer was cut off")]
    CutOff,
    /// More redirects than are followed.
    #[error("there were more than {0} redirects")]
    Redirects(usize),
    /// An HTTP status that is no success.
    #[error("the system answered {0}")]
    Status(u16),
    /// More bytes than allowed, in bytes.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(u64),
    /// A compression that is not read.
    #[error("the answer is compressed as {0}")]
    Encoding(String),
    /// The connector needs a secret and has none that can be opened.
    #[error("the secret has to be entered again")]
    NoSecret,
    /// The database refused to be signed in to.
    #[error("the database did not let us in: {0}")]
    NotLetIn(String),
    /// The query would write.
    #[error("the query would write: {0}")]
    Writes(String),
    /// What else the database said.
    #[error("the database said: {0}")]
    Database(String),
    /// A column of a type that is not read exactly.
    #[error("column {column} is of type {found}")]
    ColumnType {
        /// The column.
        column: String,
        /// Its type in the database.
        found: String,
    },
    /// The answer is not JSON, or ends early.
    #[error("the answer is not JSON from line {line}, character {column} on")]
    NotJson {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// An object has a name twice.
    #[error("“{0}” stands twice in one object")]
    DuplicateKey(String),
    /// The answer is not CSV in UTF-8.
    #[error("line {0} is not CSV in UTF-8")]
    NotCsv(u64),
    /// A member that does not belong into a batch.
    #[error("“{0}” does not belong here")]
    UnknownMember(String),
    /// Nothing stands where the path leads.
    #[error("nothing stands at {0}")]
    LeadsNowhere(String),
    /// A column that no row has.
    #[error("no row has “{0}”")]
    NoColumn(String),
    /// A column that the header has twice.
    #[error("the header has “{0}” twice")]
    ColumnTwice(String),
    /// Neither a text nor a number.
    #[error("“{column}” is {found}, not a number or a text")]
    WrongType {
        /// The column.
        column: String,
        /// What it is: true, an object.
        found: String,
    },
    /// More rows than allowed.
    #[error("there are more than {0} rows")]
    TooManyRows(u64),
    /// More pages than allowed.
    #[error("there are more than {0} pages")]
    TooManyPages(u64),
    /// Not a path that is understood.
    #[error("“{0}” is not a path: $.data[*].value is one")]
    BadPath(String),
    /// Not a placeholder.
    #[error("{{{0}}} is not a placeholder")]
    UnknownPlaceholder(String),
    /// A placeholder that says nothing of such a period.
    #[error("{} says nothing of {period}", .placeholder.written())]
    NotOfPeriod {
        /// Which.
        placeholder: Placeholder,
        /// Of which period.
        period: Period,
    },
    /// A placeholder between quotes would be text, not a parameter.
    #[error("{} stands between quotes", .0.written())]
    QuotedPlaceholder(Placeholder),
    /// Rows with findings.
    #[error("{0} findings")]
    Rows(usize),
    /// The server stopped while it ran.
    #[error("the server stopped meanwhile")]
    Interrupted,
}

impl Fault {
    /// Whether it may be gone by itself after a while, so that asking again makes sense.
    pub fn may_pass(&self) -> bool {
        match self {
            Fault::NoSuchHost(_)
            | Fault::NotReached(_)
            | Fault::TooSlow(_)
            | Fault::Silent(_)
            | Fault::CutOff
            | Fault::Interrupted => true,
            Fault::Status(status) => *status == 429 || *status >= 500,
            Fault::BadAddress(_)
            | Fault::Internal { .. }
            | Fault::NotTrusted(_)
            | Fault::Unencrypted(_)
            | Fault::Redirects(_)
            | Fault::TooLarge(_)
            | Fault::Encoding(_)
            | Fault::NoSecret
            | Fault::NotLetIn(_)
            | Fault::Writes(_)
            | Fault::Database(_)
            | Fault::ColumnType { .. }
            | Fault::NotJson { .. }
            | Fault::DuplicateKey(_)
            | Fault::NotCsv(_)
            | Fault::UnknownMember(_)
            | Fault::LeadsNowhere(_)
            | Fault::NoColumn(_)
            | Fault::ColumnTwice(_)
            | Fault::WrongType { .. }
            | Fault::TooManyRows(_)
            | Fault::TooManyPages(_)
            | Fault::BadPath(_)
            | Fault::UnknownPlaceholder(_)
            | Fault::NotOfPeriod { .. }
            | Fault::QuotedPlaceholder(_)
            | Fault::Rows(_) => false,
        }
    }
}

/// Something found in one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// Which row, as the answer counts: rows of JSON and of a database from 1, lines of CSV from 2.
    pub row: u64,
    /// What.
    pub why: RowWhy,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowWhy {
    /// It cannot be read.
    Unreadable(Fault),
    /// It is about another period than the one that was asked about.
    AnotherPeriod {
        /// As the row says.
        said: String,
        /// Which was asked about.
        asked: Period,
    },
}
