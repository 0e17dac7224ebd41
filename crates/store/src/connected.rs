//! Asking somebody else's database by one query that only reads.
//!
//! The query is an administrator's and runs as it was written, in a session in which the database itself refuses to
//! write. Numbers are taken by their digits; a column that has only floating point is refused, because its digits are
//! not what was stored.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures::TryStreamExt;
use futures::stream::BoxStream;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use measure::connector::placeholder::{Put, bound};
use measure::connector::{Encryption, Engine, Fault, Sql};
use model::Period;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::mysql::{MySqlArguments, MySqlConnectOptions, MySqlConnection, MySqlRow, MySqlSslMode};
use sqlx::postgres::{
    PgArgumentBuffer, PgArguments, PgConnectOptions, PgConnection, PgRow, PgSslMode, PgTypeInfo,
    PgValueFormat,
};
use sqlx::{
    AssertSqlSafe, Column, ConnectOptions, Connection, Encode, Executor, Postgres, Row, Type,
    TypeInfo, ValueRef,
};

/// The rows of an answer as texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectedTable {
    /// The names of the columns.
    pub names: Vec<String>,
    /// The rows; of columns that nobody reads, nothing.
    pub rows: Vec<Vec<Option<String>>>,
    /// How many bytes the texts have.
    pub bytes: u64,
}

/// Asks a connected database about a period.
///
/// `address` is what its host was found to be, so that nothing else is connected to. The caller waits no longer than
/// it wants to: when it stops waiting the connection is closed, and the database's own time-out ends the statement.
pub async fn ask_connected(
    sql: &Sql,
    address: IpAddr,
    password: Option<&str>,
    period: Period,
) -> Result<ConnectedTable, Fault> {
    let idle = Duration::from_secs(sql.pull.limits.idle_seconds);
    let silent = |_| Fault::Silent(sql.pull.limits.idle_seconds);
    match sql.engine {
        Engine::Postgres => {
            let (text, puts) = bound(&sql.query, period, |number| format!("${number}"))?;
            let mut arguments = PgArguments::default();
            for put in puts {
                add(&mut arguments, put).map_err(|error| Fault::Database(error.to_string()))?;
            }
            let way = Way::to(sql, address)?;
            let connecting = connect_postgres(sql, &way, password);
            let mut conn = tokio::time::timeout(idle, connecting).await.map_err(silent)??;
            let query = sqlx::query_with(AssertSqlSafe(text), arguments).persistent(false);
            gather(sql, query.fetch(&mut conn), pg_names, pg_text).await
        }
        Engine::Mysql => {
            let (text, puts) = bound(&sql.query, period, |_| "?".to_owned())?;
            let mut arguments = MySqlArguments::default();
            for put in puts {
                let added = match put {
                    Put::Text(text) => sqlx::Arguments::add(&mut arguments, text),
                    Put::Whole(number) => sqlx::Arguments::add(&mut arguments, number),
                    Put::Day(day) => sqlx::Arguments::add(&mut arguments, day.to_string()),
                };
                added.map_err(|error| Fault::Database(error.to_string()))?;
            }
            let way = Way::to(sql, address)?;
            let connecting = connect_mysql(sql, &way, password);
            let mut conn = tokio::time::timeout(idle, connecting).await.map_err(silent)??;
            let query = sqlx::query_with(AssertSqlSafe(text), arguments).persistent(false);
            gather(sql, query.fetch(&mut conn), mysql_names, mysql_text).await
        }
    }
}

/// How a database is connected to: at the very address that was found, under the name that its certificate has to be for.
///
/// The driver takes one of both. So a host that has a name is reached through a socket of our own, in a folder that
/// nobody else may enter, behind which lies the address.
enum Way {
    /// The host is an address itself, and certificates name it as one.
    Straight(String),
    /// Through a socket in this folder, by the host's name.
    Behind { host: String, folder: tempfile::TempDir, going: tokio::task::JoinHandle<()> },
}

impl Drop for Way {
    fn drop(&mut self) {
        match self {
            Way::Straight(_) => {}
            Way::Behind { going, .. } => going.abort(),
        }
    }
}

impl Way {
    fn to(sql: &Sql, address: IpAddr) -> Result<Way, Fault> {
        let host = sql.host.trim_start_matches('[').trim_end_matches(']');
        if sql.encryption == Encryption::Off || host.parse::<IpAddr>().is_ok() {
            return Ok(Way::Straight(address.to_string()));
        }
        let behind = || {
            let folder = tempfile::tempdir()?;
            let socket = tokio::net::UnixListener::bind(folder.path().join(socket_name(sql)))?;
            Ok::<_, std::io::Error>((folder, socket))
        };
        let (folder, socket) = behind().map_err(|_| Fault::NotReached(sql.host.clone()))?;
        let address = SocketAddr::new(address, sql.port);
        let going = tokio::spawn(async move {
            // What goes wrong on the way ends the connection, and whoever waits for it says so.
            if let Ok((mut near, _)) = socket.accept().await
                && let Ok(mut far) = tokio::net::TcpStream::connect(address).await
            {
                let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
            }
        });
        Ok(Way::Behind { host: host.to_owned(), folder, going })
    }
}

/// PostgreSQL's drivers look for a socket under this name; MySQL's take any.
fn socket_name(sql: &Sql) -> String {
    format!(".s.PGSQL.{}", sql.port)
}

/// In its session every transaction only reads, and a statement ends in time by itself.
async fn connect_postgres(
    sql: &Sql,
    way: &Way,
    password: Option<&str>,
) -> Result<PgConnection, Fault> {
    let limit_ms = (sql.pull.limits.total_seconds * 1000).to_string();
    let mut options = PgConnectOptions::new_without_pgpass()
        .port(sql.port)
        .username(&sql.user)
        .database(&sql.database)
        .application_name("quantrac")
        .options([("default_transaction_read_only", "on"), ("statement_timeout", &limit_ms)])
        .disable_statement_logging();
    options = match way {
        Way::Straight(address) => options.host(address),
        Way::Behind { host, folder, .. } => options.host(host).socket(folder.path()),
    };
    options = match &sql.encryption {
        Encryption::Off => options.ssl_mode(PgSslMode::Disable),
        Encryption::Machine => options.ssl_mode(PgSslMode::VerifyFull),
        Encryption::Authority(certificate) => options
            .ssl_mode(PgSslMode::VerifyFull)
            .ssl_root_cert_from_pem(certificate.clone().into_bytes()),
    };
    if let Some(password) = password {
        options = options.password(password);
    }
    PgConnection::connect_with(&options).await.map_err(|error| fault(sql, error))
}

/// The same in MariaDB's and in MySQL's words.
async fn connect_mysql(
    sql: &Sql,
    way: &Way,
    password: Option<&str>,
) -> Result<MySqlConnection, Fault> {
    let mut options = MySqlConnectOptions::new()
        .port(sql.port)
        .username(&sql.user)
        .database(&sql.database)
        .disable_statement_logging();
    options = match way {
        Way::Straight(address) => options.host(address),
        Way::Behind { host, folder, .. } => {
            options.host(host).socket(folder.path().join(socket_name(sql)))
        }
    };
    options = match &sql.encryption {
        Encryption::Off => options.ssl_mode(MySqlSslMode::Disabled),
        Encryption::Machine => options.ssl_mode(MySqlSslMode::VerifyIdentity),
        Encryption::Authority(certificate) => options
            .ssl_mode(MySqlSslMode::VerifyIdentity)
            .ssl_ca_from_pem(certificate.clone().into_bytes()),
    };
    if let Some(password) = password {
        options = options.password(password);
    }
    let failed = |error| fault(sql, error);
    let mut conn = MySqlConnection::connect_with(&options).await.map_err(failed)?;
    conn.execute("SET SESSION TRANSACTION READ ONLY").await.map_err(failed)?;
    let seconds = sql.pull.limits.total_seconds;
    let in_time = [
        format!("SET SESSION max_statement_time = {seconds}"),
        format!("SET SESSION max_execution_time = {}", seconds * 1000),
    ];
    for setting in in_time {
        // One of them is known: the first to MariaDB, the second to MySQL.
        if conn.execute(AssertSqlSafe(setting)).await.is_ok() {
            break;
        }
    }
    Ok(conn)
}

async fn gather<R: Row>(
    sql: &Sql,
    mut rows: BoxStream<'_, Result<R, sqlx::Error>>,
    names: impl Fn(&R) -> Vec<String>,
    text: impl Fn(&R, usize) -> Result<Option<String>, Fault>,
) -> Result<ConnectedTable, Fault> {
    let limits = sql.pull.limits;
    let columns = &sql.pull.columns;
    let mut table = ConnectedTable::default();
    let mut read: Vec<usize> = vec![];
    loop {
        // The statement may think as long as it may take; the database ends it.
        let Some(row) = rows.try_next().await.map_err(|error| fault(sql, error))? else {
            return Ok(table);
        };
        if table.names.is_empty() {
            table.names = names(&row);
            let is_read = |name: &str| columns.named().any(|column| column == name);
            read = (0..table.names.len()).filter(|place| is_read(&table.names[*place])).collect();
        }
        let mut texts = vec![None; table.names.len()];
        for &place in &read {
            texts[place] = text(&row, place)?;
            table.bytes += texts[place].as_ref().map_or(0, |text| text.len() as u64);
        }
        table.rows.push(texts);
        if table.rows.len() as u64 > limits.most_rows {
            return Err(Fault::TooManyRows(limits.most_rows));
        }
        if table.bytes > limits.most_bytes {
            return Err(Fault::TooLarge(limits.most_bytes));
        }
    }
}

fn fault(sql: &Sql, error: sqlx::Error) -> Fault {
    let sqlx::Error::Database(said) = &error else {
        return match error {
            // What is wrong with a certificate comes as data that is not valid.
            sqlx::Error::Io(why) if why.kind() == std::io::ErrorKind::InvalidData => {
                Fault::NotTrusted(sql.host.clone())
            }
            sqlx::Error::Io(_) => Fault::NotReached(sql.host.clone()),
            sqlx::Error::Tls(_) => Fault::Unencrypted(sql.host.clone()),
            other => Fault::Database(other.to_string()),
        };
    };
    let message: String = said.message().chars().take(500).collect();
    let number = said
        .try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>()
        .map(|said| said.number())
        .unwrap_or_default();
    match (said.code().as_deref().unwrap_or_default(), number) {
        // PostgreSQL's codes; then the numbers of MySQL and of MariaDB.
        ("25006", _) | (_, 1792) => Fault::Writes(message),
        ("57014", _) | (_, 1969 | 3024) => Fault::TooSlow(sql.pull.limits.total_seconds),
        ("28P01" | "28000", _) | (_, 1044 | 1045 | 1698) => Fault::NotLetIn(message),
        _ => Fault::Database(message),
    }
}

/// A day as PostgreSQL takes one; sqlx has it for other crates of time only.
struct Day(Date);

fn first_day() -> Date {
    date(2000, 1, 1)
}

impl Type<Postgres> for Day {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("date")
    }
}

impl Encode<'_, Postgres> for Day {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let days = first_day().until(self.0)?.get_days();
        <i32 as Encode<'_, Postgres>>::encode_by_ref(&days, buffer)
    }
}

fn add(arguments: &mut PgArguments, put: Put) -> Result<(), BoxDynError> {
    match put {
        Put::Text(text) => sqlx::Arguments::add(arguments, text),
        Put::Whole(number) => sqlx::Arguments::add(arguments, number),
        Put::Day(day) => sqlx::Arguments::add(arguments, Day(day)),
    }
}

fn pg_names(row: &PgRow) -> Vec<String> {
    row.columns().iter().map(|column| column.name().to_owned()).collect()
}

fn mysql_names(row: &MySqlRow) -> Vec<String> {
    row.columns().iter().map(|column| column.name().to_owned()).collect()
}

fn column_type(column: &str, found: &str) -> Fault {
    Fault::ColumnType { column: column.to_owned(), found: found.to_lowercase() }
}

fn pg_text(row: &PgRow, place: usize) -> Result<Option<String>, Fault> {
    let column = row.column(place);
    let unknown = || column_type(column.name(), column.type_info().name());
    let value = row.try_get_raw(place).map_err(|_| unknown())?;
    if value.is_null() {
        return Ok(None);
    }
    let is_text = value.format() == PgValueFormat::Text;
    let bytes = value.as_bytes().map_err(|_| unknown())?;
    let text = match column.type_info().name() {
        "TEXT" | "VARCHAR" | "CHAR" | "NAME" | "UNKNOWN" => String::from_utf8(bytes.to_vec()).ok(),
        "INT2" | "INT4" | "INT8" | "NUMERIC" | "DATE" if is_text => {
            String::from_utf8(bytes.to_vec()).ok()
        }
        "INT2" => bytes.try_into().ok().map(|bytes| i16::from_be_bytes(bytes).to_string()),
        "INT4" => bytes.try_into().ok().map(|bytes| i32::from_be_bytes(bytes).to_string()),
        "INT8" => bytes.try_into().ok().map(|bytes| i64::from_be_bytes(bytes).to_string()),
        "NUMERIC" => numeric(bytes),
        "DATE" => {
            let days = bytes.try_into().ok().map(i32::from_be_bytes);
            let day = days.and_then(|days| first_day().checked_add(days.days()).ok());
            day.map(|day| day.to_string())
        }
        _ => None,
    };
    text.map(Some).ok_or_else(unknown)
}

/// The digits of a PostgreSQL `numeric`: groups of four decimals, the place of the first group, the sign, and how many
/// decimals are shown. `None` of infinity and of what is no number.
fn numeric(bytes: &[u8]) -> Option<String> {
    let mut words = bytes.chunks_exact(2).map(|pair| i16::from_be_bytes([pair[0], pair[1]]));
    let (count, weight) = (words.next()?, words.next()?);
    let (sign, scale) = (words.next()? as u16, usize::try_from(words.next()?).ok()?);
    let groups: Vec<i16> = words.collect();
    if groups.len() != usize::try_from(count).ok()? || ![0, 0x4000].contains(&sign) {
        return None;
    }
    let group = |place: i32| {
        let index = i32::from(weight) - place;
        usize::try_from(index).ok().and_then(|index| groups.get(index)).copied().unwrap_or(0)
    };
    let whole: String =
        (0..=i32::from(weight).max(0)).rev().map(|place| format!("{:04}", group(place))).collect();
    let fraction: String =
        (1..=scale.div_ceil(4) as i32).map(|place| format!("{:04}", group(-place))).collect();
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let sign = if sign == 0 { "" } else { "-" };
    let point = if scale == 0 { "" } else { "." };
    Some(format!("{sign}{whole}{point}{}", &fraction[..scale]))
}

fn mysql_text(row: &MySqlRow, place: usize) -> Result<Option<String>, Fault> {
    let column = row.column(place);
    let kind = column.type_info().name();
    let unknown = || column_type(column.name(), kind);
    if row.try_get_raw(place).map_err(|_| unknown())?.is_null() {
        return Ok(None);
    }
    let read: Result<String, sqlx::Error> = match kind {
        "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "BIGINT" => {
            row.try_get_unchecked::<i64, _>(place).map(|number| number.to_string())
        }
        "TINYINT UNSIGNED" | "SMALLINT UNSIGNED" | "MEDIUMINT UNSIGNED" | "INT UNSIGNED"
        | "BIGINT UNSIGNED" => {
            row.try_get_unchecked::<u64, _>(place).map(|number| number.to_string())
        }
        "DECIMAL" | "CHAR" | "VARCHAR" | "TINYTEXT" | "TEXT" | "MEDIUMTEXT" | "LONGTEXT"
        | "ENUM" => row.try_get_unchecked(place),
        "DATE" => {
            let bytes: Vec<u8> = row.try_get_unchecked(place).map_err(|_| unknown())?;
            let day = mysql_day(&bytes).ok_or_else(unknown)?;
            Ok(day.to_string())
        }
        _ => return Err(unknown()),
    };
    read.map(Some).map_err(|_| unknown())
}

/// A day as MySQL sends it: how many bytes, the year in two, month, day.
fn mysql_day(bytes: &[u8]) -> Option<Date> {
    let [_, low, high, month, day, ..] = *bytes else { return None };
    let year = i16::from_le_bytes([low, high]);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numeric_is_read_to_its_last_digit() {
        let sent = |words: &[i32]| -> Vec<u8> {
            words.iter().flat_map(|word| (*word as i16).to_be_bytes()).collect()
        };
        for (words, expected) in [
            (vec![0, 0, 0, 0], Some("0")),
            (vec![1, 0, 0, 0, 7], Some("7")),
            (vec![3, 1, 0, 2, 12, 3456, 5000], Some("123456.50")),
            (vec![2, 0, 0x4000, 3, 1, 5000], Some("-1.500")),
            // 0.0001: no group before the point.
            (vec![1, -1, 0, 4, 1], Some("0.0001")),
            (vec![1, -2, 0, 6, 100], Some("0.000001")),
            // 10000000: trailing groups of zeros are not sent.
            (vec![1, 1, 0, 0, 1000], Some("10000000")),
            (vec![0, 0, 0xC000, 0], None),
            (vec![2, 0, 0, 0, 1], None),
        ] {
            assert_eq!(numeric(&sent(&words)).as_deref(), expected, "{words:?}");
        }
        assert_eq!(numeric(&[0]), None);
    }

    #[test]
    fn a_day_of_mysql_is_read() {
        for (bytes, expected) in [
            (&[4u8, 0xE8, 0x07, 6, 30][..], Some("2024-06-30")),
            (&[7, 0xE8, 0x07, 2, 29, 0, 0, 0], Some("2024-02-29")),
            (&[4, 0, 0, 0, 0], None),
            (&[0], None),
        ] {
            assert_eq!(mysql_day(bytes).map(|day| day.to_string()).as_deref(), expected);
        }
    }
}
