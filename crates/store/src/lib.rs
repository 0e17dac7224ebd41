//! The record and everything beside it, on SQLite or PostgreSQL: the only SQL of Quantrac.
//!
//! The record is append-only and numbered by commit, so that "as known at" is a number and an answer
//! can be given again as it stood. Both databases run the same statements under the same tests, so an
//! installation moves from one to the other by a backup.
//!
//! Reads go through [`Reader`] ([`Store::read`]), writes through [`Store::write`], whose command gets a
//! [`Tx`]; a `Tx` is also a `Reader`, so a decision reads what it decides on inside the same transaction.

mod backup;
mod beacon;
mod columns;
mod connected;
mod connectors;
mod definitions;
mod delegations;
mod drafts;
mod events;
mod explanations;
mod help;
mod inventory;
mod levels;
mod measured;
mod migrate;
mod people;
mod plan_drafts;
mod record;
mod registers;
mod rows;
mod scans;
mod shapes;
mod sql;
mod sqlite;
mod submissions;
mod template_drafts;
mod verify;
mod work;
mod writer;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use model::Seq;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use tokio::sync::{mpsc, watch};

pub use backup::{BackupError, Trailer};
pub use beacon::{
    BeaconCount, BeaconSum, CountedEvents, DossiersOfDay, RefusedEvents, ServiceCount,
};
pub use connected::{ConnectedTable, ask_connected};
pub use connectors::{
    ConnectorRun, KeptConnector, NewRun, RunCause, RunCounts, RunEnd, StaleConnector,
};
pub use definitions::Definitions;
pub use delegations::{Digest, Lent, MadeDelegation};
pub use drafts::{DraftCell, DraftValue, SaveCell, SaveError, StaleVersion};
pub use events::{Event, EventFilter, NewEvent};
pub use explanations::{Explanation, ExplanationFilter, MadeStep, NewStep, Number};
pub use help::{Decided, Help, HelpCell, NewHelp};
pub use inventory::{Inventory, StaleInventory};
pub use levels::{NotAnswered, NotInSql};
pub use measured::{BesideMeasured, SaidMeasured};
pub use people::{Account, ApiToken, NewAccount, ResetLink, Session};
pub use plan_drafts::{PlanCells, PlanDraft};
pub use record::{
    History, HistoryCommit, HistoryError, NewObservation, Origin, OriginKind, Recorded,
};
pub use registers::{
    Confirmed, DayKept, DossierSum, EntryFilter, EntryOrder, KeptEntry, SentDay, Statement,
};
pub use scans::{NewScan, Scan};
pub use sql::Engine;
pub use submissions::{Submission, SubmissionFilter, SubmissionSection};
pub use template_drafts::{DraftError, TemplateDraft};
pub use verify::{TableSums, Verification};
pub use work::{Notice, Reminder, ReturnReason};
pub use writer::{IdempotencyKey, Tx, WriteError, Written};

use columns::Interner;
use sql::{Conn, sql};
use sqlite::SqlitePool;
use writer::Job;

/// What time it is: the demonstration's clock is an offset to the real one, tests have their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The last commit of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its number; 0 for an empty record.
    pub seq: Seq,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// An open database. Clones are the same store.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    pools: Pools,
    jobs: mpsc::Sender<Job>,
    head: watch::Sender<Head>,
    clock: Clock,
    interner: Arc<Mutex<Interner>>,
}

enum Pools {
    Sqlite { write: SqlitePool, read: SqlitePool },
    Postgres { write: PgPool, read: PgPool },
}

/// A connection that answers questions; inside a command, the transaction of the command.
pub struct Reader {
    pub(crate) conn: Conn,
    pub(crate) interner: Arc<Mutex<Interner>>,
}

impl Engine {
    /// How often the head is looked up for commits of other processes: other servers on PostgreSQL,
    /// on SQLite only a command such as an import.
    fn look_every(self) -> Duration {
        match self {
            Engine::Sqlite => Duration::from_millis(500),
            Engine::Postgres => Duration::from_millis(50),
        }
    }
}

/// How often the head is looked up where commits are told of: more often than a reader waits for one, because a proxy
/// between may take what is said and pass nothing on.
const LOOK_WHILE_TOLD: Duration = Duration::from_millis(200);
/// Where servers on one PostgreSQL tell one another of the head.
const CHANNEL: &str = "quantrac_head";

impl Store {
    /// Opens `sqlite:PATH` (made if it is missing) or `postgres://…`, brings its schema up to date,
    /// and refuses a database that would not keep what it acknowledges.
    pub async fn open(url: &str, clock: Clock) -> Result<Store, StoreError> {
        let pools = Pools::open(url).await?;
        let mut conn = pools.writer().await?;
        migrate::bring_up_to_date(&mut conn).await?;
        assert_durable(&mut conn).await?;
        let head = Head::read(&mut conn).await?;
        drop(conn);

        let (jobs, waiting) = mpsc::channel(1024);
        let inner = Arc::new(Inner {
            pools,
            jobs,
            head: watch::Sender::new(head),
            clock,
            interner: Arc::default(),
        });
        let gathering = writer::gather_and_commit(Arc::downgrade(&inner), waiting);
        match &inner.pools {
            // Its statements wait for the disk, so they have a thread of their own.
            Pools::Sqlite { .. } => {
                let writer = std::thread::Builder::new().name("writer".into());
                writer.spawn(move || futures::executor::block_on(gathering))?;
            }
            Pools::Postgres { .. } => drop(tokio::spawn(gathering)),
        }
        let store = Store { inner };
        tokio::spawn(follow_head(Arc::downgrade(&store.inner), store.engine().look_every()));
        Ok(store)
    }

    /// Which database it is.
    pub fn engine(&self) -> Engine {
        match self.inner.pools {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres { .. } => Engine::Postgres,
        }
    }

    /// What time it is for this store.
    pub fn now(&self) -> Timestamp {
        (self.inner.clock)()
    }

    /// The last commit that this process knows of.
    pub fn head(&self) -> Head {
        *self.inner.head.borrow()
    }

    /// Follows the head, for whoever keeps a copy of the record in memory.
    pub fn head_changes(&self) -> watch::Receiver<Head> {
        self.inner.head.subscribe()
    }

    /// Waits until the record has come to `seq`, but no longer than `at_most`; answers whether it has.
    pub async fn wait_for(&self, seq: Seq, at_most: Duration) -> bool {
        let mut head = self.inner.head.subscribe();
        let reached = head.wait_for(|head| head.seq >= seq);
        matches!(tokio::time::timeout(at_most, reached).await, Ok(Ok(_)))
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Reader, StoreError> {
        Ok(Reader { conn: self.inner.pools.reader().await?, interner: self.inner.interner.clone() })
    }

    /// Whether the database answers and takes writes.
    pub async fn check_health(&self) -> Result<(), StoreError> {
        self.write(None, |_tx| Box::pin(async { Ok::<(), StoreError>(()) }))
            .await
            .map(drop)
            .map_err(|error| match error {
                WriteError::Failed(error) | WriteError::Refused(error) => error,
                WriteError::KeyReused => StoreError::Closed,
            })
    }

    /// Closes the connections; on SQLite this also folds the write-ahead log into the file.
    pub async fn close(self) {
        match &self.inner.pools {
            Pools::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres { write, read } => {
                read.close().await;
                write.close().await;
            }
        }
    }
}

/// Turning a new file's write-ahead log on does not wait for another server that is doing the same: it is tried again.
const START_TOGETHER: Duration = Duration::from_secs(10);
const TRY_AGAIN_AFTER: Duration = Duration::from_millis(20);

/// What each connection to SQLite is told. 64 MiB of log before it is folded in: on a deadline day most pages are written
/// again meanwhile.
const SQLITE_WRITES: &str = "
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
    PRAGMA wal_autocheckpoint = 16384; PRAGMA cache_size = -32768";
/// Each reader has a small cache of its own, and the system keeps the file's pages for all of them.
const SQLITE_READS: &str = "
    PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA query_only = ON; PRAGMA cache_size = -2048";

fn is_locked(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
}

impl Pools {
    async fn open(url: &str) -> Result<Pools, StoreError> {
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let options: PgConnectOptions = url.parse()?;
            let options =
                options.application_name("quantrac").options([("synchronous_commit", "on")]);
            let pool = |most: u32| {
                PgPoolOptions::new()
                    .max_connections(most)
                    .acquire_timeout(Duration::from_secs(30))
                    .connect_with(options.clone())
            };
            Ok(Pools::Postgres { write: pool(1).await?, read: pool(17).await? })
        } else if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            // The writer first: it makes the file and turns on the write-ahead log.
            let deadline = std::time::Instant::now() + START_TOGETHER;
            let write = loop {
                match SqlitePool::open(path.to_owned().into(), 1, SQLITE_WRITES) {
                    Err(error) if is_locked(&error) && std::time::Instant::now() < deadline => {
                        tokio::time::sleep(TRY_AGAIN_AFTER).await;
                    }
                    opened => break opened?,
                }
            };
            let read = SqlitePool::open(path.to_owned().into(), 8, SQLITE_READS)?;
            Ok(Pools::Sqlite { write, read })
        } else {
            Err(StoreError::UnknownUrl)
        }
    }

    /// An ear for commits of other servers; SQLite has none.
    async fn listen(&self) -> Option<PgListener> {
        let Pools::Postgres { read, .. } = self else { return None };
        let mut ear = PgListener::connect_with(read).await.ok()?;
        ear.eager_reconnect(false);
        ear.listen(CHANNEL).await.ok()?;
        Some(ear)
    }

    async fn writer(&self) -> Result<Conn, StoreError> {
        Ok(match self {
            Pools::Sqlite { write, .. } => Conn::Sqlite(write.acquire().await?),
            Pools::Postgres { write, .. } => Conn::Postgres(write.acquire().await?),
        })
    }

    async fn reader(&self) -> Result<Conn, StoreError> {
        Ok(match self {
            Pools::Sqlite { read, .. } => Conn::Sqlite(read.acquire().await?),
            Pools::Postgres { read, .. } => Conn::Postgres(read.acquire().await?),
        })
    }
}

impl Head {
    async fn read(conn: &mut Conn) -> Result<Head, StoreError> {
        Head::from_row(&conn.fetch_one(sql!("head"), vec![]).await?)
    }

    fn from_row(row: &sql::Row) -> Result<Head, StoreError> {
        Ok(Head { seq: Seq(row.int(0)? as u64), recorded_at: row.instant(1)? })
    }

    /// As one server tells another.
    fn told(self) -> String {
        format!("{} {}", self.seq, self.recorded_at.as_microsecond())
    }

    fn from_told(text: &str) -> Option<Head> {
        let (seq, at) = text.split_once(' ')?;
        let recorded_at = Timestamp::from_microsecond(at.parse().ok()?).ok()?;
        Some(Head { seq: Seq(seq.parse().ok()?), recorded_at })
    }
}

/// What was acknowledged is on disk: a file set up otherwise is refused. A PostgreSQL server is its administrator's; it
/// is told of what it would lose.
async fn assert_durable(conn: &mut Conn) -> Result<(), StoreError> {
    let settings: &[(&'static str, &str)] = match conn.engine() {
        Engine::Sqlite => &[
            ("SELECT journal_mode FROM pragma_journal_mode", "wal"),
            ("SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous", "2"),
            ("SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys", "1"),
        ],
        Engine::Postgres => &[("SHOW fsync", "on"), ("SHOW synchronous_commit", "on")],
    };
    for &(setting, wanted) in settings {
        let row = conn.fetch_one(setting, vec![]).await?;
        let found = row.text(0)?;
        if found != wanted && conn.engine() == Engine::Sqlite {
            return Err(StoreError::NotDurable { setting, found: found.to_owned() });
        } else if found != wanted {
            tracing::warn!(setting, found, "PostgreSQL may lose what it acknowledged");
        }
    }
    Ok(())
}

/// Learns of commits of other processes: told by them where the database passes that on, and by looking in any case.
async fn follow_head(known: std::sync::Weak<Inner>, every: Duration) {
    let mut ear: Option<PgListener> = None;
    loop {
        {
            let Some(inner) = known.upgrade() else { return };
            if ear.is_none() {
                ear = inner.pools.listen().await;
            }
            // After beginning to listen, so that nothing falls in between.
            inner.look_up_head().await;
        }
        match &mut ear {
            None => tokio::time::sleep(every).await,
            Some(listening) => {
                if !hear(&known, listening).await {
                    ear = None;
                }
            }
        }
    }
}

/// Listens until it is time to look again; answers whether it can go on listening.
async fn hear(known: &std::sync::Weak<Inner>, ear: &mut PgListener) -> bool {
    let until = tokio::time::Instant::now() + LOOK_WHILE_TOLD;
    loop {
        match tokio::time::timeout_at(until, ear.try_recv()).await {
            Err(_) => return true,
            Ok(Ok(Some(told))) => {
                if let (Some(inner), Some(head)) =
                    (known.upgrade(), Head::from_told(told.payload()))
                {
                    inner.announce(head);
                }
            }
            Ok(Ok(None) | Err(_)) => return false,
        }
    }
}

impl Inner {
    async fn look_up_head(&self) {
        let Ok(mut conn) = self.pools.reader().await else { return };
        if let Ok(head) = Head::read(&mut conn).await {
            self.announce(head);
        }
    }

    fn announce(&self, head: Head) {
        self.head.send_if_modified(|known| {
            let newer = head.seq > known.seq;
            if newer {
                *known = head;
            }
            newer
        });
    }
}

/// A failure of the world below: logged, and shown as "try later".
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// What the database said.
    #[error("the database: {0}")]
    Database(Arc<dyn std::error::Error + Send + Sync>),
    /// No thread could be had.
    #[error("the writer could not be started: {0}")]
    NoThread(Arc<std::io::Error>),
    /// A row that no version of Quantrac has written.
    #[error("the database holds {what} that cannot be read: {why}")]
    Unreadable {
        /// What was read.
        what: &'static str,
        /// Why it cannot be.
        why: String,
    },
    /// The schema is of a later version.
    #[error(
        "the database has schema version {found}, this program knows {known}: a newer Quantrac wrote it"
    )]
    NewerSchema {
        /// In the database.
        found: i64,
        /// In the program.
        known: i64,
    },
    /// A setting under which an acknowledged commit could be lost.
    #[error("the database would not keep what it acknowledges: {setting} answers {found}")]
    NotDurable {
        /// How it was asked.
        setting: &'static str,
        /// What it answered.
        found: String,
    },
    /// Neither `sqlite:` nor `postgres:`.
    #[error("a database is written sqlite:PATH or postgres://USER@HOST/NAME")]
    UnknownUrl,
    /// The store was closed, or a command panicked.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    pub(crate) fn unreadable(what: &'static str, why: impl std::fmt::Display) -> StoreError {
        StoreError::Unreadable { what, why: why.to_string() }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> StoreError {
        StoreError::NoThread(Arc::new(error))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> StoreError {
        StoreError::Database(Arc::new(error))
    }
}
