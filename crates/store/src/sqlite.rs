//! SQLite is called where the statement stands: it is a library in this process, and a thread in between costs more
//! than most of its statements do.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, Statement};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::StoreError;
use crate::sql::Arg;

/// How long a statement waits for another process that writes.
const WAIT_FOR_LOCK: Duration = Duration::from_secs(10);
/// More statements than there are.
const STATEMENTS_KEPT: usize = 256;
/// An answer of more rows is long: while it is read, this thread's other work goes to another.
const SHORT_ANSWER: usize = 512;

/// Connections to one file, all set up alike.
#[derive(Clone)]
pub(crate) struct SqlitePool(Arc<Pool>);

struct Pool {
    path: PathBuf,
    settings: &'static str,
    idle: Mutex<Vec<Connection>>,
    most: u32,
    free: Arc<Semaphore>,
}

/// A connection that goes back to its pool.
pub(crate) struct Lent {
    /// Until it goes back or is given up.
    conn: Option<Connection>,
    pool: Arc<Pool>,
    _permit: OwnedSemaphorePermit,
}

/// A row, apart from the statement that answered it.
pub(crate) struct SqliteRow(Vec<Value>);

enum Value {
    Null,
    Int(i64),
    Text(String),
}

impl SqlitePool {
    /// At most so many connections, the first of them now; `settings` are run on each.
    pub fn open(
        path: PathBuf,
        most: u32,
        settings: &'static str,
    ) -> Result<SqlitePool, rusqlite::Error> {
        let free = Arc::new(Semaphore::new(most as usize));
        let pool = Pool { path, settings, idle: Mutex::default(), most, free };
        let first = pool.connect()?;
        pool.idle().push(first);
        Ok(SqlitePool(Arc::new(pool)))
    }

    /// A connection, when one is free.
    pub async fn acquire(&self) -> Result<Lent, StoreError> {
        let free = self.0.free.clone();
        let permit = free.acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let idle = self.0.idle().pop();
        let conn = idle.map_or_else(|| self.0.connect(), Ok)?;
        Ok(Lent { conn: Some(conn), pool: self.0.clone(), _permit: permit })
    }

    /// Waits until every connection is back, and closes them.
    pub async fn close(&self) {
        // Closed before: there is nothing left to wait for.
        let _all = self.0.free.acquire_many(self.0.most).await;
        self.0.free.close();
        self.0.idle().clear();
    }
}

impl Pool {
    fn connect(&self) -> Result<Connection, rusqlite::Error> {
        let conn = Connection::open(&self.path)?;
        conn.busy_timeout(WAIT_FOR_LOCK)?;
        conn.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        conn.execute_batch(self.settings)?;
        Ok(conn)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(conn) = self.conn.take() else { return };
        // A transaction that was left in the middle is none; a connection that cannot end it is not lent again.
        if conn.is_autocommit() || conn.execute_batch("ROLLBACK").is_ok() {
            self.pool.idle().push(conn);
        }
    }
}

impl Lent {
    fn conn(&self) -> Result<&Connection, StoreError> {
        self.conn.as_ref().ok_or(StoreError::Closed)
    }

    /// Closes it instead of giving it back.
    pub fn discard(mut self) {
        self.conn = None;
    }

    /// Runs a statement and answers how many rows it touched.
    pub fn execute(&self, sql: &str, args: &[Arg]) -> Result<u64, StoreError> {
        let mut statement = self.prepared(sql)?;
        bind(&mut statement, args)?;
        Ok(statement.raw_execute()? as u64)
    }

    /// Shows every row of the answer in turn, until `show` refuses one.
    pub fn for_each(
        &self,
        sql: &str,
        args: &[Arg],
        mut show: impl FnMut(SqliteRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.prepared(sql)?;
        bind(&mut statement, args)?;
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        let mut show_next = || -> Result<bool, StoreError> {
            let Some(row) = rows.next()? else { return Ok(false) };
            show(SqliteRow::read(row, columns)?).map(|()| true)
        };
        for _ in 0..SHORT_ANSWER {
            if !show_next()? {
                return Ok(());
            }
        }
        beside_other_work(|| {
            while show_next()? {}
            Ok(())
        })
    }

    /// The first row of the answer.
    pub fn first(&self, sql: &str, args: &[Arg]) -> Result<Option<SqliteRow>, StoreError> {
        let mut statement = self.prepared(sql)?;
        bind(&mut statement, args)?;
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        rows.next()?.map(|row| SqliteRow::read(row, columns)).transpose()
    }

    /// Runs statements that take no arguments and answer nothing.
    pub fn run(&self, script: &str) -> Result<(), StoreError> {
        if script.contains(';') {
            Ok(self.conn()?.execute_batch(script)?)
        } else {
            self.execute(script, &[]).map(drop)
        }
    }

    fn prepared(&self, sql: &str) -> Result<CachedStatement<'_>, StoreError> {
        Ok(self.conn()?.prepare_cached(sql)?)
    }
}

/// Binds `$n` to the n-th argument: to SQLite `$n` is a name, and its parameters are numbered as they occur.
fn bind(statement: &mut Statement<'_>, args: &[Arg]) -> Result<(), StoreError> {
    for place in 1..=statement.parameter_count() {
        let name = statement.parameter_name(place).and_then(|name| name.strip_prefix('$'));
        let number = name.and_then(|digits| digits.parse::<usize>().ok());
        let arg = number.and_then(|number| args.get(number.checked_sub(1)?));
        match arg {
            Some(Arg::Int(value)) => statement.raw_bind_parameter(place, value)?,
            Some(Arg::Text(value)) => statement.raw_bind_parameter(place, value)?,
            Some(Arg::Ints(_) | Arg::Texts(_)) => {
                unreachable!("rows go to SQLite as one JSON text")
            }
            None => return Err(StoreError::unreadable("a statement without an argument", place)),
        }
    }
    Ok(())
}

/// Reads on while the tasks that wait for this thread are given to another.
fn beside_other_work<T>(read: impl FnOnce() -> T) -> T {
    let is_shared = Handle::try_current()
        .is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread);
    if is_shared { tokio::task::block_in_place(read) } else { read() }
}

impl Value {
    fn read(value: ValueRef<'_>) -> Result<Value, StoreError> {
        Ok(match value {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => Value::Int(number),
            ValueRef::Text(text) => Value::Text(
                std::str::from_utf8(text)
                    .map_err(|error| StoreError::unreadable("a text", error))?
                    .to_owned(),
            ),
            ValueRef::Real(_) | ValueRef::Blob(_) => {
                return Err(StoreError::unreadable("a value", value.data_type()));
            }
        })
    }
}

impl SqliteRow {
    fn read(row: &rusqlite::Row<'_>, columns: usize) -> Result<SqliteRow, StoreError> {
        let values = (0..columns).map(|column| Value::read(row.get_ref(column)?));
        values.collect::<Result<_, _>>().map(SqliteRow)
    }

    /// A whole number, or null.
    pub fn int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.0.get(column) {
            Some(Value::Int(number)) => Ok(Some(*number)),
            Some(Value::Null) => Ok(None),
            Some(Value::Text(_)) | None => Err(StoreError::unreadable("no whole number", column)),
        }
    }

    /// A text, or null.
    pub fn text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            Some(Value::Int(_)) | None => Err(StoreError::unreadable("no text", column)),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        StoreError::Database(Arc::new(error))
    }
}
