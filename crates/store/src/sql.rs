//! One text for two databases: arguments, rows and connections that do not say which engine answers.
//!
//! The two drivers stand behind one small enum, and a statement is written once: sqlx's own `Any` driver
//! cannot read what PostgreSQL sends for some columns, and its SQLite driver hands every row from thread to thread.

use futures::TryStreamExt;
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Column, Postgres, Row as _, TypeInfo};

use crate::StoreError;
use crate::sqlite::{Lent, SqliteRow};

/// Which database answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The embedded default.
    Sqlite,
    /// When one machine is outgrown.
    Postgres,
}

/// A value for a `$n`. The type is kept when there is no value: PostgreSQL asks for it.
#[derive(Clone, Debug)]
pub(crate) enum Arg {
    Int(Option<i64>),
    Text(Option<String>),
    /// A column of rows, for PostgreSQL only.
    Ints(Vec<Option<i64>>),
    /// A column of rows, for PostgreSQL only.
    Texts(Vec<Option<String>>),
}

impl From<i64> for Arg {
    fn from(value: i64) -> Arg {
        Arg::Int(Some(value))
    }
}

impl From<Option<i64>> for Arg {
    fn from(value: Option<i64>) -> Arg {
        Arg::Int(value)
    }
}

impl From<bool> for Arg {
    fn from(value: bool) -> Arg {
        Arg::Int(Some(value.into()))
    }
}

impl From<&str> for Arg {
    fn from(value: &str) -> Arg {
        Arg::Text(Some(value.to_owned()))
    }
}

impl From<String> for Arg {
    fn from(value: String) -> Arg {
        Arg::Text(Some(value))
    }
}

impl From<Option<&str>> for Arg {
    fn from(value: Option<&str>) -> Arg {
        Arg::Text(value.map(str::to_owned))
    }
}

impl From<Option<String>> for Arg {
    fn from(value: Option<String>) -> Arg {
        Arg::Text(value)
    }
}

impl From<model::Seq> for Arg {
    fn from(value: model::Seq) -> Arg {
        Arg::Int(Some(value.0 as i64))
    }
}

impl From<model::PersonId> for Arg {
    fn from(value: model::PersonId) -> Arg {
        Arg::Int(Some(value.0))
    }
}

impl From<model::SubmissionId> for Arg {
    fn from(value: model::SubmissionId) -> Arg {
        Arg::Int(Some(value.0))
    }
}

impl From<jiff::Timestamp> for Arg {
    fn from(value: jiff::Timestamp) -> Arg {
        Arg::Int(Some(value.as_microsecond()))
    }
}

impl From<Option<jiff::Timestamp>> for Arg {
    fn from(value: Option<jiff::Timestamp>) -> Arg {
        Arg::Int(value.map(jiff::Timestamp::as_microsecond))
    }
}

/// The arguments of one statement.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::sql::Arg::from($value)),*] };
}
pub(crate) use args;

/// A statement and where it stands: `sql!("head")` is `queries/head.sql`.
macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../queries/", $name, ".sql"))
    };
}
pub(crate) use sql;

/// The text of a bulk statement, which each database reads in its own way.
macro_rules! bulk_sql {
    ($engine:expr, $name:literal) => {
        match $engine {
            $crate::Engine::Sqlite => include_str!(concat!("../queries/", $name, ".sqlite.sql")),
            $crate::Engine::Postgres => {
                include_str!(concat!("../queries/", $name, ".postgres.sql"))
            }
        }
    };
}
pub(crate) use bulk_sql;

/// One row, read by position.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// A column that is never null.
    pub fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.maybe_int(column)?.ok_or_else(|| StoreError::unreadable("a number is null", column))
    }

    /// An integer of any width, or null.
    pub fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        Ok(match self {
            Row::Sqlite(row) => row.int(column)?,
            Row::Postgres(row) => match row.column(column).type_info().name() {
                "INT2" => row.try_get::<Option<i16>, _>(column)?.map(i64::from),
                "INT4" => row.try_get::<Option<i32>, _>(column)?.map(i64::from),
                _ => row.try_get(column)?,
            },
        })
    }

    /// A text that is never null.
    pub fn text(&self, column: usize) -> Result<&str, StoreError> {
        self.maybe_text(column)?.ok_or_else(|| StoreError::unreadable("a text is null", column))
    }

    /// A text, or null.
    pub fn maybe_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        Ok(match self {
            Row::Sqlite(row) => row.text(column)?,
            Row::Postgres(row) => row.try_get(column)?,
        })
    }

    /// A text as its own.
    pub fn string(&self, column: usize) -> Result<String, StoreError> {
        self.text(column).map(str::to_owned)
    }

    /// A text as its own, or null.
    pub fn maybe_string(&self, column: usize) -> Result<Option<String>, StoreError> {
        Ok(self.maybe_text(column)?.map(str::to_owned))
    }

    /// 0 or 1.
    pub fn truth(&self, column: usize) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    /// An instant kept as microseconds.
    pub fn instant(&self, column: usize) -> Result<jiff::Timestamp, StoreError> {
        instant(self.int(column)?)
    }

    /// An instant, or null.
    pub fn maybe_instant(&self, column: usize) -> Result<Option<jiff::Timestamp>, StoreError> {
        self.maybe_int(column)?.map(instant).transpose()
    }
}

pub(crate) fn instant(microseconds: i64) -> Result<jiff::Timestamp, StoreError> {
    jiff::Timestamp::from_microsecond(microseconds)
        .map_err(|error| StoreError::unreadable("an instant", error))
}

/// A connection to either database.
pub(crate) enum Conn {
    Sqlite(Lent),
    Postgres(PoolConnection<Postgres>),
}

/// Binds the arguments in order.
macro_rules! bound {
    ($sql:expr, $args:expr) => {{
        let mut query = sqlx::query($sql);
        for arg in $args {
            query = match arg {
                Arg::Int(value) => query.bind(value),
                Arg::Text(value) => query.bind(value),
                Arg::Ints(values) => query.bind(values),
                Arg::Texts(values) => query.bind(values),
            };
        }
        query
    }};
}

impl Conn {
    pub fn engine(&self) -> Engine {
        match self {
            Conn::Sqlite(_) => Engine::Sqlite,
            Conn::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs a statement and answers how many rows it touched.
    pub async fn execute(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<u64, StoreError> {
        match self {
            Conn::Sqlite(conn) => conn.execute(sql, &args),
            Conn::Postgres(conn) => {
                Ok(bound!(sql, args).execute(&mut **conn).await?.rows_affected())
            }
        }
    }

    /// Every row of the answer.
    pub async fn fetch_all(
        &mut self,
        sql: &'static str,
        args: Vec<Arg>,
    ) -> Result<Vec<Row>, StoreError> {
        let mut rows = vec![];
        self.for_each(sql, args, |row| {
            rows.push(row);
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    /// The first row of the answer, if there is one.
    pub async fn fetch_optional(
        &mut self,
        sql: &'static str,
        args: Vec<Arg>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(match self {
            Conn::Sqlite(conn) => conn.first(sql, &args)?.map(Row::Sqlite),
            Conn::Postgres(conn) => {
                bound!(sql, args).fetch_optional(&mut **conn).await?.map(Row::Postgres)
            }
        })
    }

    /// The one row of an answer that always has one.
    pub async fn fetch_one(
        &mut self,
        sql: &'static str,
        args: Vec<Arg>,
    ) -> Result<Row, StoreError> {
        let row = self.fetch_optional(sql, args).await?;
        row.ok_or_else(|| StoreError::unreadable("an answer without rows", sql))
    }

    /// Shows every row in turn, without keeping them.
    pub async fn for_each(
        &mut self,
        sql: &'static str,
        args: Vec<Arg>,
        mut show: impl FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        match self {
            Conn::Sqlite(conn) => conn.for_each(sql, &args, |row| show(Row::Sqlite(row))),
            Conn::Postgres(conn) => {
                let mut rows = bound!(sql, args).fetch(&mut **conn);
                while let Some(row) = rows.try_next().await? {
                    show(Row::Postgres(row))?;
                }
                Ok(())
            }
        }
    }

    /// Runs statements that take no arguments and answer no rows: schema, transactions, settings.
    pub async fn run(&mut self, script: &'static str) -> Result<(), StoreError> {
        match self {
            Conn::Sqlite(conn) => conn.run(script),
            Conn::Postgres(conn) => {
                Ok(sqlx::raw_sql(script).execute(&mut **conn).await.map(drop)?)
            }
        }
    }

    /// Runs a statement that backup and restore make from the list of tables; no word of it comes from outside.
    pub async fn execute_made(&mut self, sql: String, args: Vec<Arg>) -> Result<u64, StoreError> {
        match self {
            Conn::Sqlite(conn) => conn.execute(&sql, &args),
            Conn::Postgres(conn) => {
                let made = AssertSqlSafe(sql);
                Ok(bound!(made, args).execute(&mut **conn).await?.rows_affected())
            }
        }
    }

    /// Shows the rows of a statement that backup makes from the list of tables.
    pub async fn for_each_made(
        &mut self,
        sql: String,
        mut show: impl FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        match self {
            Conn::Sqlite(conn) => conn.for_each(&sql, &[], |row| show(Row::Sqlite(row))),
            Conn::Postgres(conn) => {
                let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut **conn);
                while let Some(row) = rows.try_next().await? {
                    show(Row::Postgres(row))?;
                }
                Ok(())
            }
        }
    }

    /// Begins a transaction in which every read sees the same moment.
    pub async fn begin_reading(&mut self) -> Result<(), StoreError> {
        self.run(match self.engine() {
            Engine::Sqlite => "BEGIN DEFERRED",
            Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        })
        .await
    }

    /// Begins a transaction that writes.
    pub async fn begin_writing(&mut self) -> Result<(), StoreError> {
        self.run(match self.engine() {
            Engine::Sqlite => "BEGIN IMMEDIATE",
            Engine::Postgres => "BEGIN",
        })
        .await
    }

    /// Ends the connection instead of giving it back: nobody knows what state it is in.
    pub fn discard(self) {
        match self {
            Conn::Sqlite(conn) => conn.discard(),
            Conn::Postgres(conn) => drop(conn.detach()),
        }
    }
}
