//! What questions are answered from: the cube at the end of the record, others of earlier moments beside it.
//!
//! The record stays the truth: the book can be dropped at any time. An indicator is read when it is
//! first asked about and follows the record by seq from then on. An answer is of one moment: that of
//! the last commit when it was asked, or the one it was asked as known at. What was read is kept as a
//! checkpoint now and then, and found there after a start.

mod checkpoint;
mod earlier;

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use cube::{Cube, Mark, Unanswered};
use jiff::Timestamp;
use model::{Answered, IndicatorCode, Observation, Query, Seq, UnitCode};
use sha2::{Digest, Sha256};
use store::{Reader, Store, StoreError, WriteError};
use tokio::sync::Notify;

pub use checkpoint::{Kept, Unfit};

use crate::state::Ministry;
use checkpoint::Shelf;
use earlier::Earlier;

/// From so many cells a question is answered beside the threads that take requests.
const MANY_CELLS: usize = 2_000;
/// One in so many parts of the memory that may be taken is filled before anything is asked.
const PART_AHEAD: usize = 16;
/// So many of the slowest questions are kept.
const SLOWEST_KEPT: usize = 20;
/// So many commits are followed at a time.
const COMMITS_AT_ONCE: u64 = 2_000;
/// What a record calls itself, so that a checkpoint is not taken for another's.
const RECORD: &str = "record";

/// The figures that were asked about.
pub struct Book {
    held: RwLock<Held>,
    /// One follower of the record at a time; the others then find it followed.
    following: tokio::sync::Mutex<()>,
    /// One reader of whole indicators at a time, which keeps nobody from following.
    loading: tokio::sync::Mutex<()>,
    earlier: Earlier,
    slowest: Mutex<Vec<Slow>>,
    reading_ahead: Mutex<Option<Progress>>,
    shelf: Shelf,
    /// One writer of a checkpoint at a time.
    keeping: tokio::sync::Mutex<()>,
    checkpoint: Mutex<Checkpoint>,
    /// Somebody has begun a cube anew: there is much to read.
    begun: Notify,
    most_bytes: usize,
    /// How often an indicator was loaded for an earlier moment.
    loaded_earlier: AtomicU64,
    /// How often anything had come into memory when it was last counted.
    counted: AtomicU64,
}

/// How far the record has been read ahead of being asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Indicators that are read.
    pub done: usize,
    /// Indicators of which anything is recorded.
    pub of: usize,
}

/// What is kept on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// The last that was written or opened.
    pub kept: Option<Kept>,
    /// Why the one that was found at the start was thrown away.
    pub unfit: Option<Unfit>,
    /// How often indicators had been loaded when it was written.
    loads: u64,
}

/// A question that took long.
#[derive(Clone, Debug)]
pub struct Slow {
    /// What was asked, in short.
    pub question: String,
    /// How many cells.
    pub cells: usize,
    /// How long.
    pub took: Duration,
    /// When it was asked.
    pub at: Timestamp,
}

struct Held {
    cube: Cube,
    /// The definitions the cube was built over were read up to here.
    defined_at: Seq,
    /// How often indicators were loaded.
    loads: u64,
    /// The last commit that stated anything about a unit, since this cube was begun.
    touched: HashMap<UnitCode, Seq>,
}

impl Book {
    /// Opens what a server has kept in this folder, if it is of this record as it is now; otherwise nothing is read
    /// yet. No more memory is taken than so many bytes.
    pub async fn open(
        store: &Store,
        ministry: &Ministry,
        folder: &Path,
        most_bytes: usize,
    ) -> Result<Book> {
        let shelf = Shelf::new(folder);
        let (held, checkpoint) = match fitting(&shelf, store, ministry).await? {
            Ok(Some((cube, kept))) => {
                let held = Held { cube, ..Held::new(ministry, Seq(0)) };
                (held, Checkpoint { kept: Some(kept), ..Checkpoint::default() })
            }
            Ok(None) => (Held::new(ministry, store.head().seq), Checkpoint::default()),
            Err(unfit) => {
                tracing::warn!(
                    why = unfit.code(),
                    "the cube's checkpoint is thrown away; the record is read"
                );
                shelf.clear();
                let held = Held::new(ministry, store.head().seq);
                (held, Checkpoint { unfit: Some(unfit), ..Checkpoint::default() })
            }
        };
        Ok(Book {
            held: RwLock::new(held),
            following: tokio::sync::Mutex::default(),
            loading: tokio::sync::Mutex::default(),
            earlier: Earlier::default(),
            slowest: Mutex::default(),
            reading_ahead: Mutex::default(),
            shelf,
            keeping: tokio::sync::Mutex::default(),
            checkpoint: Mutex::new(checkpoint),
            begun: Notify::new(),
            most_bytes,
            loaded_earlier: AtomicU64::default(),
            counted: AtomicU64::default(),
        })
    }

    /// Answers a question; one about the latest (`Seq::LATEST`) is answered at the seq that is returned.
    pub async fn answer(
        self: &Arc<Book>,
        store: &Store,
        ministry: &Arc<Ministry>,
        query: Query,
    ) -> Result<(Seq, Vec<Answered>)> {
        let (seq, answers) = self.answer_all(store, ministry, vec![query]).await?;
        Ok((seq, answers.into_iter().flatten().collect()))
    }

    /// Answers questions, all at the earliest moment that one of them is asked as known at.
    pub async fn answer_all(
        self: &Arc<Book>,
        store: &Store,
        ministry: &Arc<Ministry>,
        queries: Vec<Query>,
    ) -> Result<(Seq, Vec<Vec<Answered>>)> {
        let (asked_at, begun) = (store.now(), Instant::now());
        let (question, cells) = (in_short(&queries), queries.iter().map(Query::cells).sum());
        let answered = self.answer_at_once(store, ministry, queries).await;
        self.make_room();
        self.remember(Slow { question, cells, took: begun.elapsed(), at: asked_at });
        answered
    }

    /// Keeps a question if it is among those that took longest.
    fn remember(&self, asked: Slow) {
        let mut slowest = self.slowest.lock().unwrap_or_else(PoisonError::into_inner);
        let place = slowest.partition_point(|other| other.took > asked.took);
        slowest.insert(place, asked);
        slowest.truncate(SLOWEST_KEPT);
    }

    async fn answer_at_once(
        self: &Arc<Book>,
        store: &Store,
        ministry: &Arc<Ministry>,
        queries: Vec<Query>,
    ) -> Result<(Seq, Vec<Vec<Answered>>)> {
        let as_of = queries.iter().map(|query| query.as_of).min().unwrap_or(Seq::LATEST);
        let asked = queries.iter().flat_map(|query| query.indicators.iter());
        let needed = ministry.catalogue.with_parts(asked).into_iter().cloned().collect();
        if as_of < store.head().seq {
            return self.answer_earlier(store, ministry, queries, as_of, needed).await;
        }
        let seq = self.read_for(store, ministry, &needed).await?;
        let cells: usize = queries.iter().map(Query::cells).sum();
        let answered = if cells < MANY_CELLS {
            self.ask_cube(&queries)
        } else {
            let (book, queries) = (self.clone(), queries.clone());
            tokio::task::spawn_blocking(move || book.ask_cube(&queries)).await?
        };
        match answered {
            Ok(answers) => Ok(answers),
            // Another request has moved the cube on, or made room in it.
            Err(Unanswered::Earlier { .. } | Unanswered::NotLoaded(_)) => {
                self.answer_earlier(store, ministry, queries, as_of.min(seq), needed).await
            }
            Err(Unanswered::Bad(bad)) => Err(bad.into()),
        }
    }

    fn ask_cube(&self, queries: &[Query]) -> Result<(Seq, Vec<Vec<Answered>>), Unanswered> {
        let answered = {
            let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
            let seq = held.cube.seq();
            catch_unwind(AssertUnwindSafe(|| Ok((seq, answered(&held.cube, queries)?))))
        };
        answered.unwrap_or_else(|_| {
            // A checkpoint that was changed under us: what it had is read from the record.
            tracing::error!("the cube failed; what was asked is read again");
            let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
            let mut forgotten = vec![];
            for query in queries {
                forgotten.extend(held.cube.forget_needed(query));
            }
            Err(Unanswered::NotLoaded(forgotten))
        })
    }

    /// Keeps a moment for the parts of a long answer, which are answered one after another while the record grows.
    pub async fn hold(&self, store: &Store, ministry: &Ministry, query: &Query) -> Result<Seq> {
        if query.as_of < store.head().seq {
            return Ok(query.as_of);
        }
        self.follow(store, ministry).await?;
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let needed = ministry.catalogue.with_parts(&query.indicators);
        let begin = || held.cube.as_it_stands(|code| needed.contains(code));
        self.earlier.at(held.cube.seq(), held.defined_at, begin);
        Ok(held.cube.seq())
    }

    /// The last commit that stated anything about a unit, as far as this book has seen the record grow: what was worked
    /// out from the unit's own figures holds as long as this does.
    pub async fn touched(
        &self,
        store: &Store,
        ministry: &Ministry,
        unit: &UnitCode,
    ) -> Result<Seq> {
        self.follow(store, ministry).await?;
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        Ok(held.touched.get(unit).copied().unwrap_or_default())
    }

    /// Answers from a cube of what was known at a seq.
    async fn answer_earlier(
        &self,
        store: &Store,
        ministry: &Arc<Ministry>,
        mut queries: Vec<Query>,
        as_of: Seq,
        needed: BTreeSet<IndicatorCode>,
    ) -> Result<(Seq, Vec<Vec<Answered>>)> {
        let begin = || {
            let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
            if held.defined_at == ministry.seq {
                held.cube.beside()
            } else {
                Cube::new(ministry.units.clone(), ministry.catalogue.clone())
            }
        };
        let moment = self.earlier.at(as_of, ministry.seq, begin);
        if !moment.missing(&needed).is_empty() {
            let _reading = moment.reading.lock().await;
            let mut reader = store.read().await?;
            for code in moment.missing(&needed) {
                let read = observations_of(&mut reader, &code, as_of).await?;
                let mut cube = moment.cube.write().unwrap_or_else(PoisonError::into_inner);
                cube.load(&code, read);
                self.loaded_earlier.fetch_add(1, Ordering::Relaxed);
            }
        }
        queries.iter_mut().for_each(|query| query.as_of = as_of);
        let answers = tokio::task::spawn_blocking(move || {
            let cube = moment.cube.read().unwrap_or_else(PoisonError::into_inner);
            answered(&cube, &queries)
        });
        match answers.await? {
            Ok(answers) => Ok((as_of, answers)),
            Err(Unanswered::Bad(bad)) => Err(bad.into()),
            Err(error) => Err(anyhow::Error::from(error)),
        }
    }

    /// Reads the indicators of which anything is recorded before they are asked about, and keeps them. What is more
    /// than a part of the memory that may be taken is written to the checkpoint and given back on the way.
    pub async fn read_ahead(&self, store: &Store, ministry: &Ministry) -> Result<()> {
        let read = self.read_what_is_missing(store, ministry).await;
        self.progress(None);
        read
    }

    async fn read_what_is_missing(&self, store: &Store, ministry: &Ministry) -> Result<()> {
        let recorded = store.read().await?.recorded_indicators().await?;
        let missing: Vec<IndicatorCode> = {
            let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
            recorded.iter().filter(|code| !held.cube.has(code.as_str())).cloned().collect()
        };
        for (at, code) in missing.iter().enumerate() {
            let done = recorded.len() - missing.len() + at;
            self.progress(Some(Progress { done, of: recorded.len() }));
            if self.bytes() > self.most_ahead() {
                self.keep(store, ministry).await?;
                self.shed(self.most_bytes / PART_AHEAD);
            }
            if self.bytes() > self.most_ahead() {
                break;
            }
            self.read_for(store, ministry, &BTreeSet::from([code.clone()])).await?;
        }
        if !missing.is_empty() {
            self.keep(store, ministry).await?;
            self.shed(self.most_bytes / PART_AHEAD);
        }
        Ok(())
    }

    fn progress(&self, progress: Option<Progress>) {
        *self.reading_ahead.lock().unwrap_or_else(PoisonError::into_inner) = progress;
    }

    /// So much is read before it is written to the checkpoint: the more there is already, the more at a time, so that
    /// what has been written is not written again too often.
    fn most_ahead(&self) -> usize {
        let kept = self.checkpoint().kept.map_or(0, |kept| kept.bytes as usize / 2);
        kept.clamp(self.most_bytes / PART_AHEAD, self.most_bytes / 2)
    }

    fn checkpoint(&self) -> Checkpoint {
        *self.checkpoint.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what is here to the checkpoint, unless nothing is new. Questions are answered meanwhile.
    pub async fn keep(&self, store: &Store, ministry: &Ministry) -> Result<()> {
        let _keeping = self.keeping.lock().await;
        self.follow(store, ministry).await?;
        let (then, loads) = {
            let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
            let kept = self.checkpoint();
            let is_kept = kept.kept.is_some_and(|kept| kept.seq == held.cube.seq());
            if is_kept && kept.loads == held.loads || held.cube.is_empty() {
                return Ok(());
            }
            (held.cube.as_it_stands(|_| true), held.loads)
        };
        let Some(recorded_at) = store.read().await?.committed_at(then.seq()).await? else {
            return Ok(());
        };
        let record = mark_of(&record_name(store).await?);
        let mark = Mark { record, recorded_at, written_at: store.now() };
        let (shelf, units, catalogue) =
            (self.shelf.clone(), ministry.units.clone(), ministry.catalogue.clone());
        let written = tokio::task::spawn_blocking(move || {
            shelf.write(&then, &mark).context("writing the cube's checkpoint")?;
            anyhow::Ok((shelf.open(&units, &catalogue), then))
        });
        let (written, then) = written.await??;
        // Definitions that have changed meanwhile begin another cube, which has nothing to do with this one.
        if let Ok(Some((written, _, kept))) = written {
            *self.checkpoint.lock().unwrap_or_else(PoisonError::into_inner) =
                Checkpoint { kept: Some(kept), loads, unfit: self.checkpoint().unfit };
            let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
            held.cube.rest_on(&then, &written);
        }
        Ok(())
    }

    /// Waits until there is much to read again.
    pub async fn begun_anew(&self) {
        self.begun.notified().await;
    }

    /// Removes what servers left here that were stopped while they wrote.
    pub fn sweep(&self) {
        self.shelf.sweep();
    }

    fn shed(&self, most_bytes: usize) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.cube.shed(most_bytes);
    }

    /// Gives memory back when there is more than may be taken: earlier moments first, then what was not asked about
    /// for longest. Nothing is counted unless something has come in.
    fn make_room(&self) {
        let come = {
            let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
            let earlier = self.loaded_earlier.load(Ordering::Relaxed);
            self.shelf.reads() + held.loads + held.cube.worked_out() + earlier
        };
        if self.counted.swap(come, Ordering::Relaxed) == come {
            return;
        }
        let (_, earlier) = self.earlier.size();
        let over = (self.bytes() + earlier).saturating_sub(self.most_bytes);
        if over == 0 {
            return;
        }
        self.earlier.shed(over);
        let (_, earlier) = self.earlier.size();
        if self.bytes() + earlier > self.most_bytes {
            self.shed(self.most_bytes.saturating_sub(earlier));
        }
    }

    /// Reads what is missing of these indicators and of the record's end; answers the seq it is at.
    async fn read_for(
        &self,
        store: &Store,
        ministry: &Ministry,
        needed: &BTreeSet<IndicatorCode>,
    ) -> Result<Seq> {
        if let Some(seq) = self.is_read(store, ministry, needed) {
            return Ok(seq);
        }
        let seq = self.follow(store, ministry).await?;
        if self.missing(needed).is_empty() {
            return Ok(seq);
        }
        let _loading = self.loading.lock().await;
        for code in self.missing(needed) {
            // No further than the others are: what comes after is followed by all of them together.
            let then = self.seq();
            let read = observations_of(&mut store.read().await?, &code, then).await?;
            // What was said while it was read has been followed without it.
            let _following = self.following.lock().await;
            let now = self.seq();
            let mut later = vec![];
            if now > then {
                later = store.read().await?.observations_between(then, now).await?;
                later.retain(|one| one.cell.indicator == code);
            }
            let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
            held.cube.load(&code, read);
            held.cube.follow(&later);
            held.loads += 1;
        }
        self.follow(store, ministry).await
    }

    fn seq(&self) -> Seq {
        self.held.read().unwrap_or_else(PoisonError::into_inner).cube.seq()
    }

    fn missing(&self, needed: &BTreeSet<IndicatorCode>) -> Vec<IndicatorCode> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        needed.iter().filter(|code| !held.cube.holds(code.as_str())).cloned().collect()
    }

    /// Moves what is here to the record's end; answers the seq it is at.
    async fn follow(&self, store: &Store, ministry: &Ministry) -> Result<Seq> {
        let nothing = BTreeSet::new();
        if let Some(seq) = self.is_read(store, ministry, &nothing) {
            return Ok(seq);
        }
        let _following = self.following.lock().await;
        if let Some(seq) = self.is_read(store, ministry, &nothing) {
            return Ok(seq);
        }
        let mut reader = store.read().await?;
        // The head first: what is committed while we read is of the next moment.
        let head = reader.head().await?.seq;
        {
            let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
            if held.defined_at < ministry.seq {
                if held.cube.is_over(&ministry.units, &ministry.catalogue) {
                    // A template or a body has changed: the figures are what they were.
                    held.defined_at = ministry.seq;
                } else {
                    *held = Held::new(ministry, head);
                    self.begun.notify_one();
                }
            }
        }
        let mut up_to = self.seq();
        while up_to < head {
            let next = head.min(Seq(up_to.0 + COMMITS_AT_ONCE));
            let later = reader.observations_between(up_to, next).await?;
            let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
            for observation in &later {
                held.touched.insert(observation.cell.unit.clone(), observation.seq);
            }
            held.cube.follow(&later);
            held.cube.advance(next);
            up_to = held.cube.seq();
        }
        Ok(up_to)
    }

    fn is_read(
        &self,
        store: &Store,
        ministry: &Ministry,
        needed: &BTreeSet<IndicatorCode>,
    ) -> Option<Seq> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let all = held.cube.seq() >= store.head().seq
            && held.defined_at >= ministry.seq
            && needed.iter().all(|code| held.cube.holds(code.as_str()));
        all.then_some(held.cube.seq())
    }

    fn bytes(&self) -> usize {
        self.held.read().unwrap_or_else(PoisonError::into_inner).cube.bytes()
    }

    /// Where the cube is and what is in it, for operators.
    pub fn status(&self) -> Status {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let (earlier, earlier_bytes) = self.earlier.size();
        Status {
            seq: held.cube.seq(),
            reading_ahead: *self.reading_ahead.lock().unwrap_or_else(PoisonError::into_inner),
            checkpoint: self.checkpoint(),
            bytes: held.cube.bytes() + earlier_bytes,
            most_bytes: self.most_bytes,
            earlier,
            loaded: held.cube.loaded(),
            slowest: self.slowest.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}

/// The first indicators, units and periods of a question, and how many more there are.
fn in_short(queries: &[Query]) -> String {
    fn first<T: ToString>(of: &[T]) -> String {
        match of {
            [] => String::new(),
            [only] => only.to_string(),
            [first, rest @ ..] => format!("{} +{}", first.to_string(), rest.len()),
        }
    }
    let Some(query) = queries.first() else { return String::new() };
    let (indicators, units) = (first(&query.indicators), first(&query.units));
    let (periods, measures) = (first(&query.periods), first(&query.measures));
    let more = match queries.len() {
        1 => String::new(),
        many => format!("; +{}", many - 1),
    };
    format!("{indicators} × {units} × {periods} × {measures}{more}")
}

/// The cube as an operator sees it.
pub struct Status {
    /// The last commit that is in it.
    pub seq: Seq,
    /// How far the record has been read, while indicators are read that nobody has asked about.
    pub reading_ahead: Option<Progress>,
    /// What is kept on disk.
    pub checkpoint: Checkpoint,
    /// The memory it takes, with earlier moments.
    pub bytes: usize,
    /// The memory it may take.
    pub most_bytes: usize,
    /// How many earlier moments are kept.
    pub earlier: usize,
    /// What is loaded.
    pub loaded: Vec<cube::Loaded>,
    /// The questions that took longest, the slowest first.
    pub slowest: Vec<Slow>,
}

impl Held {
    fn new(ministry: &Ministry, head: Seq) -> Held {
        let mut cube = Cube::new(ministry.units.clone(), ministry.catalogue.clone());
        cube.advance(head);
        Held { cube, defined_at: ministry.seq, loads: 0, touched: HashMap::new() }
    }
}

fn answered(cube: &Cube, queries: &[Query]) -> Result<Vec<Vec<Answered>>, Unanswered> {
    queries.iter().map(|query| cube.answer(query)).collect()
}

/// The checkpoint that is here, if it is of this record as it is now.
async fn fitting(
    shelf: &Shelf,
    store: &Store,
    ministry: &Ministry,
) -> Result<Result<Option<(Cube, Kept)>, Unfit>> {
    let (cube, mark, kept) = match shelf.open(&ministry.units, &ministry.catalogue) {
        Ok(Some(opened)) => opened,
        Ok(None) => return Ok(Ok(None)),
        Err(unfit) => return Ok(Err(unfit)),
    };
    let mut reader = store.read().await?;
    let name = reader.setting(RECORD).await?;
    if name.is_none_or(|name| mark.record != mark_of(&name)) {
        return Ok(Err(Unfit::OtherRecord));
    }
    Ok(match reader.committed_at(cube.seq()).await? {
        None => Err(Unfit::Ahead),
        Some(recorded_at) if recorded_at != mark.recorded_at => Err(Unfit::OtherRecord),
        Some(_) => Ok(Some((cube, kept))),
    })
}

/// What this record calls itself; named when there is first something to keep of it. Part of its backups.
async fn record_name(store: &Store) -> Result<String> {
    if let Some(name) = store.read().await?.setting(RECORD).await? {
        return Ok(name);
    }
    let fresh = crate::auth::hex(&rand::random::<[u8; 16]>());
    let named: Result<_, WriteError<StoreError>> = store
        .write(None, move |tx| Box::pin(async move { tx.setting_or(RECORD, &fresh).await }))
        .await;
    Ok(named.map_err(anyhow::Error::from)?.value)
}

fn mark_of(name: &str) -> [u8; 32] {
    Sha256::digest(name).into()
}

async fn observations_of(
    reader: &mut Reader,
    code: &IndicatorCode,
    up_to: Seq,
) -> Result<Vec<Observation>> {
    Ok(reader.observations_as_known_at(std::slice::from_ref(code), up_to).await?)
}
