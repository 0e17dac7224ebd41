//! Group commit: commands that wait are run in one transaction, a savepoint each, and acknowledged after it.
//!
//! One sync to disk then pays for many commands, and a command that is refused leaves the others alone.
//! The head row is locked first, so writers of one cluster queue there: commit order is seq order, without
//! gaps, and a command may read, decide and write without anybody in between.

use std::ops::{Deref, DerefMut};
use std::panic::AssertUnwindSafe;
use std::sync::Weak;

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use model::{PersonId, Seq};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{mpsc, oneshot};

use crate::sql::{args, sql};
use crate::{CHANNEL, Engine, Head, Inner, Reader, Store, StoreError};

/// What the client calls its request, so that asking twice does it once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Whose request.
    pub account: PersonId,
    /// The client's name for it.
    pub key: String,
    /// Of method, path and body: the same key for another request is refused.
    pub request_hash: String,
}

/// What an acknowledged command answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written<T> {
    /// The commit; of a command that appended nothing, the head it ran on.
    pub seq: Seq,
    /// What the command answered.
    pub value: T,
    /// Whether this is the kept answer of an earlier request with the same key.
    pub replayed: bool,
}

/// Why a command was not carried out. Nothing of it remains.
#[derive(Debug, thiserror::Error)]
pub enum WriteError<E> {
    /// The command itself refused.
    #[error("{0}")]
    Refused(E),
    /// The Idempotency-Key was used for another request.
    #[error("this Idempotency-Key was used for another request")]
    KeyReused,
    /// The database failed.
    #[error(transparent)]
    Failed(StoreError),
}

/// The transaction of one command. What it reads is what it decides on.
pub struct Tx {
    reader: Reader,
    head: Head,
    now: Timestamp,
    taken: Option<Taken>,
    /// Whether answers that are no longer kept were looked for: once for all commands gathered here.
    has_forgotten_answers: bool,
}

/// The commit number a command has taken, and the ordinals it has given out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub seq: Seq,
    pub origins: u32,
    pub observations: u32,
    pub events: u32,
}

impl Deref for Tx {
    type Target = Reader;
    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Reader {
        &mut self.reader
    }
}

/// How long an answer is kept for its Idempotency-Key.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The most commands in one transaction.
const GATHERED: usize = 256;

pub(crate) type Job = Box<dyn for<'a> FnOnce(&'a mut Tx) -> BoxFuture<'a, Ran> + Send>;

/// What a command left: whether to keep it, and whom to tell.
pub(crate) struct Ran {
    keep: bool,
    acknowledge: Box<dyn FnOnce(Result<(), StoreError>) + Send>,
}

impl Store {
    /// Carries out a command and answers when it is on disk.
    ///
    /// The command's answer is kept as JSON when there is a key. A refusal (`Err`) leaves nothing behind and is
    /// not kept. A command that appends observations or events takes the next seq; one that only saves
    /// drafts or sessions takes none.
    pub async fn write<T, E, F>(
        &self,
        key: Option<IdempotencyKey>,
        command: F,
    ) -> Result<Written<T>, WriteError<E>>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> BoxFuture<'a, Result<T, E>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |tx| {
            Box::pin(async move {
                let ran = tx.replay_or_run(key, command).await;
                Ran {
                    keep: ran.is_ok(),
                    acknowledge: Box::new(move |committed| {
                        let answer = match committed {
                            Err(error) if ran.is_ok() => Err(WriteError::Failed(error)),
                            _ => ran,
                        };
                        // Whoever asked may have gone; the command stands all the same.
                        let _ = reply.send(answer);
                    }),
                }
            })
        });
        let closed = |_| WriteError::Failed(StoreError::Closed);
        self.inner.jobs.send(job).await.map_err(|_| WriteError::Failed(StoreError::Closed))?;
        answer.await.map_err(closed)?
    }
}

/// Runs until the store is dropped.
pub(crate) async fn gather_and_commit(inner: Weak<Inner>, mut waiting: mpsc::Receiver<Job>) {
    while let Some(first) = waiting.recv().await {
        let Some(inner) = inner.upgrade() else { return };
        let mut batch = vec![first];
        while batch.len() < GATHERED {
            let Ok(next) = waiting.try_recv() else { break };
            batch.push(next);
        }
        commit_together(&inner, batch).await;
    }
}

async fn commit_together(inner: &Inner, batch: Vec<Job>) {
    let mut told = Vec::with_capacity(batch.len());
    let committed = run_batch(inner, batch, &mut told).await;
    if let Err(error) = &committed {
        tracing::error!(%error, "a batch of commands was not committed");
    }
    for acknowledge in told {
        acknowledge(committed.clone());
    }
}

type Acknowledge = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

async fn run_batch(
    inner: &Inner,
    batch: Vec<Job>,
    told: &mut Vec<Acknowledge>,
) -> Result<(), StoreError> {
    let mut tx = match Tx::begin(inner).await {
        Ok(tx) => tx,
        Err(error) => {
            // Each command is told through its own reply, so each must run: without a transaction it cannot.
            // Dropping them drops their replies, which says the same.
            tracing::error!(%error, "no transaction could be begun");
            drop(batch);
            return Err(error);
        }
    };
    let before = tx.head;
    let mut result = Ok(());
    for job in batch {
        if result.is_ok() {
            result = tx.run_job(inner, job, told).await;
        }
    }
    if result.is_ok() {
        result = tx.commit(before).await;
    }
    match result {
        Ok(()) => {
            inner.announce(tx.head);
            Ok(())
        }
        Err(error) => {
            tx.reader.conn.discard();
            Err(error)
        }
    }
}

impl Tx {
    async fn begin(inner: &Inner) -> Result<Tx, StoreError> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let mut conn = inner.pools.writer().await?;
            let begun = async {
                conn.begin_writing().await?;
                Head::from_row(&conn.fetch_one(sql!("lock_head"), vec![]).await?)
            };
            match begun.await {
                Ok(head) => {
                    let reader = Reader { conn, interner: inner.interner.clone() };
                    return Ok(Tx {
                        reader,
                        head,
                        now: head.recorded_at,
                        taken: None,
                        has_forgotten_answers: false,
                    });
                }
                // A connection that the database has closed meanwhile is replaced once.
                Err(error) => {
                    conn.discard();
                    if attempts == 2 {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Runs one command in its savepoint. An error here is of the transaction, not of the command.
    async fn run_job(
        &mut self,
        inner: &Inner,
        job: Job,
        told: &mut Vec<Acknowledge>,
    ) -> Result<(), StoreError> {
        let head = self.head;
        self.taken = None;
        self.now = (inner.clock)().max(head.recorded_at);
        self.conn.run("SAVEPOINT command").await?;
        let ran = AssertUnwindSafe(job(self)).catch_unwind().await;
        let keep = ran.as_ref().is_ok_and(|ran| ran.keep);
        if keep {
            self.conn.run("RELEASE SAVEPOINT command").await?;
        } else {
            self.conn.run("ROLLBACK TO SAVEPOINT command; RELEASE SAVEPOINT command").await?;
            self.head = head;
        }
        match ran {
            Ok(ran) => told.push(ran.acknowledge),
            Err(_) => tracing::error!("a command panicked; it was rolled back"),
        }
        Ok(())
    }

    async fn commit(&mut self, before: Head) -> Result<(), StoreError> {
        if self.head != before {
            let moved = args![self.head.seq, self.head.recorded_at];
            self.conn.execute(sql!("move_head"), moved).await?;
            if self.conn.engine() == Engine::Postgres {
                let told = args![CHANNEL, self.head.told()];
                self.conn.execute(sql!("tell_head.postgres"), told).await?;
            }
        }
        self.conn.run("COMMIT").await
    }

    async fn replay_or_run<T, E, F>(
        &mut self,
        key: Option<IdempotencyKey>,
        command: F,
    ) -> Result<Written<T>, WriteError<E>>
    where
        T: Serialize + DeserializeOwned,
        F: for<'a> FnOnce(&'a mut Tx) -> BoxFuture<'a, Result<T, E>>,
    {
        if let Some(key) = &key
            && let Some(kept) = self.kept_answer(key).await?
        {
            return Ok(kept);
        }
        let value = command(self).await.map_err(WriteError::Refused)?;
        let seq = self.taken.map_or(self.head.seq, |taken| taken.seq);
        if let Some(key) = key {
            let answer = serde_json::to_string(&value);
            let answer = answer
                .map_err(|error| WriteError::Failed(StoreError::unreadable("an answer", error)))?;
            self.keep_answer(key, seq, answer).await.map_err(WriteError::Failed)?;
        }
        Ok(Written { seq, value, replayed: false })
    }

    async fn kept_answer<T: DeserializeOwned, E>(
        &mut self,
        key: &IdempotencyKey,
    ) -> Result<Option<Written<T>>, WriteError<E>> {
        let failed = WriteError::Failed;
        let asked = args![key.account, key.key.as_str()];
        let Some(row) =
            self.conn.fetch_optional(sql!("remembered_answer"), asked).await.map_err(failed)?
        else {
            return Ok(None);
        };
        if row.text(0).map_err(failed)? != key.request_hash {
            return Err(WriteError::KeyReused);
        }
        let answer = row.text(2).map_err(failed)?;
        let value = serde_json::from_str(answer)
            .map_err(|error| failed(StoreError::unreadable("a kept answer", error)))?;
        Ok(Some(Written { seq: Seq(row.int(1).map_err(failed)? as u64), value, replayed: true }))
    }

    async fn keep_answer(
        &mut self,
        key: IdempotencyKey,
        seq: Seq,
        answer: String,
    ) -> Result<(), StoreError> {
        let now = self.now;
        if !self.has_forgotten_answers {
            self.conn.execute(sql!("forget_answers"), args![now - KEPT]).await?;
            self.has_forgotten_answers = true;
        }
        let kept = args![key.account, key.key, key.request_hash, seq, answer, now];
        self.conn.execute(sql!("remember_answer"), kept).await.map(drop)
    }

    /// When this command is recorded: never earlier than the commit before it.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The last commit before this command.
    pub fn head(&self) -> Head {
        self.head
    }

    /// The commit number of this command, taken when first asked for.
    pub async fn seq(&mut self) -> Result<Seq, StoreError> {
        self.take().await.map(|taken| taken.seq)
    }

    pub(crate) async fn take(&mut self) -> Result<&mut Taken, StoreError> {
        if self.taken.is_none() {
            self.take_next(self.now).await?;
        }
        Ok(self.taken.as_mut().expect("it was taken just now"))
    }

    /// Takes the next seq at an instant that is not before the head's.
    pub(crate) async fn take_next(&mut self, recorded_at: Timestamp) -> Result<(), StoreError> {
        let seq = Seq(self.head.seq.0 + 1);
        self.conn.execute(sql!("commit"), args![seq, recorded_at]).await?;
        self.head = Head { seq, recorded_at };
        self.taken = Some(Taken { seq, origins: 0, observations: 0, events: 0 });
        Ok(())
    }

    /// The next thing that is recorded takes another seq.
    pub(crate) fn give_back_taken(&mut self) {
        self.taken = None;
    }

    /// Moves the head to what restore has put in place.
    pub(crate) fn head_is(&mut self, head: Head) {
        self.head = head;
    }

    /// The next number for rows of this kind.
    pub(crate) async fn new_id(&mut self, of: &'static str) -> Result<i64, StoreError> {
        self.conn.fetch_one(sql!("new_id"), args![of]).await?.int(0)
    }
}
