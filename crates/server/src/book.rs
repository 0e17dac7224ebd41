//! What questions are answered from: the cube at the end of the record, the rows themselves before it.
//!
//! The record stays the truth: the book can be dropped at any time. An indicator is read when it is
//! first asked about and follows the record by seq from then on. An answer is of one moment: that of
//! the last commit when it was asked, or the one it was asked as known at.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use anyhow::Result;
use cube::{Cube, Unanswered};
use jiff::Timestamp;
use model::{Answered, Facts, IndicatorCode, Observation, Query, Seq, UnitCode};
use store::{Reader, Store};

use crate::state::Ministry;

/// From so many cells a question is answered beside the threads that take requests.
const MANY_CELLS: usize = 2_000;
/// So much memory the cube may take; what was not asked about for longest goes first.
const MOST_BYTES: usize = 1 << 30;
/// So much of it is filled before anything is asked.
const MOST_BYTES_AHEAD: usize = MOST_BYTES / 16;
/// So many of the slowest questions are kept.
const SLOWEST_KEPT: usize = 20;
/// So many observations of earlier moments are kept.
const MOST_EARLIER: usize = 1_000_000;

/// The figures that were asked about.
pub struct Book {
    held: RwLock<Held>,
    /// One reader of the record at a time; the others then find it read.
    reading: tokio::sync::Mutex<()>,
    earlier: tokio::sync::Mutex<Earlier>,
    slowest: Mutex<Vec<Slow>>,
    reading_ahead: AtomicBool,
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
    up_to: Seq,
    /// The last commit that stated anything about a unit, since this cube was begun.
    touched: HashMap<UnitCode, Seq>,
}

/// Every revision of what was asked about as known at an earlier moment.
#[derive(Default)]
struct Earlier {
    facts: Arc<Facts>,
    observations: usize,
    up_to: Seq,
}

impl Book {
    /// Nothing is read yet; the record is at `head`.
    pub fn new(ministry: &Ministry, head: Seq) -> Book {
        Book {
            held: RwLock::new(Held::new(ministry, head)),
            reading: tokio::sync::Mutex::default(),
            earlier: tokio::sync::Mutex::default(),
            slowest: Mutex::default(),
            reading_ahead: AtomicBool::default(),
        }
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
            // Another request has moved the cube on, or made room in it: the rows know every moment.
            Err(Unanswered::Earlier { .. } | Unanswered::NotLoaded(_)) => {
                self.answer_earlier(store, ministry, queries, as_of.min(seq), needed).await
            }
            Err(Unanswered::Bad(bad)) => Err(bad.into()),
        }
    }

    fn ask_cube(&self, queries: &[Query]) -> Result<(Seq, Vec<Vec<Answered>>), Unanswered> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let answers = queries.iter().map(|query| held.cube.answer(query));
        Ok((held.up_to, answers.collect::<Result<_, _>>()?))
    }

    /// The last commit that stated anything about a unit, as far as this book has seen the record grow: what was worked
    /// out from the unit's own figures holds as long as this does.
    pub async fn touched(
        &self,
        store: &Store,
        ministry: &Ministry,
        unit: &UnitCode,
    ) -> Result<Seq> {
        self.read_for(store, ministry, &BTreeSet::new()).await?;
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        Ok(held.touched.get(unit).copied().unwrap_or_default())
    }

    /// Answers from the rows, as they were known at a seq.
    async fn answer_earlier(
        &self,
        store: &Store,
        ministry: &Arc<Ministry>,
        mut queries: Vec<Query>,
        as_of: Seq,
        needed: BTreeSet<IndicatorCode>,
    ) -> Result<(Seq, Vec<Vec<Answered>>)> {
        let facts = self.earlier_facts(store, as_of, needed).await?;
        let ministry = ministry.clone();
        let answers = tokio::task::spawn_blocking(move || {
            let answers = queries.iter_mut().map(|query| {
                query.as_of = as_of;
                model::answer(&ministry.units, &ministry.catalogue, &facts, query)
            });
            answers.collect::<Result<Vec<_>, _>>()
        });
        Ok((as_of, answers.await??))
    }

    /// The rows of these indicators, at least up to a seq.
    async fn earlier_facts(
        &self,
        store: &Store,
        as_of: Seq,
        needed: BTreeSet<IndicatorCode>,
    ) -> Result<Arc<Facts>> {
        let mut earlier = self.earlier.lock().await;
        if as_of > earlier.up_to || earlier.observations > MOST_EARLIER {
            *earlier = Earlier { up_to: store.head().seq, ..Earlier::default() };
        }
        let missing: Vec<IndicatorCode> =
            needed.into_iter().filter(|code| !earlier.facts.holds(code.as_str())).collect();
        if !missing.is_empty() {
            let up_to = earlier.up_to;
            let mut reader = store.read().await?;
            for code in missing {
                let read = observations_of(&mut reader, &code, up_to).await?;
                earlier.observations += read.len();
                Arc::make_mut(&mut earlier.facts).load(code, read);
            }
        }
        Ok(earlier.facts.clone())
    }

    /// Reads the indicators of which anything is recorded before they are asked about, as far as a part of the memory
    /// goes that the cube may take.
    pub async fn read_ahead(&self, store: &Store, ministry: &Ministry) -> Result<()> {
        self.reading_ahead.store(true, Ordering::Relaxed);
        let read = async {
            let recorded = store.read().await?.recorded_indicators().await?;
            for code in recorded {
                if self.bytes() > MOST_BYTES_AHEAD {
                    break;
                }
                self.read_for(store, ministry, &BTreeSet::from([code])).await?;
            }
            Ok(())
        };
        let read = read.await;
        self.reading_ahead.store(false, Ordering::Relaxed);
        read
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
        let _reading = self.reading.lock().await;
        if let Some(seq) = self.is_read(store, ministry, needed) {
            return Ok(seq);
        }
        let mut reader = store.read().await?;
        // The head first: what is committed while we read is of the next moment.
        let head = reader.head().await?.seq;
        {
            let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
            if held.defined_at < ministry.seq {
                *held = Held::new(ministry, head);
            }
        }
        let (up_to, missing) = {
            let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
            let missing: Vec<IndicatorCode> =
                needed.iter().filter(|code| !held.cube.holds(code.as_str())).cloned().collect();
            (held.up_to, missing)
        };
        let later = if head > up_to { reader.observations_after(up_to).await? } else { vec![] };
        let mut read = vec![];
        for code in missing {
            let observations = observations_of(&mut reader, &code, head).await?;
            read.push((code, observations));
        }
        drop(reader);

        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        for observation in &later {
            held.touched.insert(observation.cell.unit.clone(), observation.seq);
        }
        held.cube.follow(&later);
        if !read.is_empty() {
            held.cube.shed(MOST_BYTES);
        }
        for (code, observations) in read {
            held.cube.load(&code, observations);
        }
        held.cube.advance(head);
        held.up_to = held.cube.seq();
        Ok(held.up_to)
    }

    fn is_read(
        &self,
        store: &Store,
        ministry: &Ministry,
        needed: &BTreeSet<IndicatorCode>,
    ) -> Option<Seq> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let all = held.up_to >= store.head().seq
            && held.defined_at >= ministry.seq
            && needed.iter().all(|code| held.cube.holds(code.as_str()));
        all.then_some(held.up_to)
    }

    fn bytes(&self) -> usize {
        self.held.read().unwrap_or_else(PoisonError::into_inner).cube.bytes()
    }

    /// Where the cube is and what is in it, for operators.
    pub fn status(&self) -> Status {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        Status {
            seq: held.up_to,
            reading_ahead: self.reading_ahead.load(Ordering::Relaxed),
            bytes: held.cube.bytes(),
            most_bytes: MOST_BYTES,
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
    /// Whether indicators are still read that nobody has asked about.
    pub reading_ahead: bool,
    /// The memory it takes.
    pub bytes: usize,
    /// The memory it may take.
    pub most_bytes: usize,
    /// What is loaded.
    pub loaded: Vec<cube::Loaded>,
    /// The questions that took longest, the slowest first.
    pub slowest: Vec<Slow>,
}

impl Held {
    fn new(ministry: &Ministry, head: Seq) -> Held {
        let cube = Cube::new(ministry.units.clone(), ministry.catalogue.clone());
        Held { cube, defined_at: ministry.seq, up_to: head, touched: HashMap::new() }
    }
}

async fn observations_of(
    reader: &mut Reader,
    code: &IndicatorCode,
    up_to: Seq,
) -> Result<Vec<Observation>> {
    Ok(reader.observations_as_known_at(std::slice::from_ref(code), up_to).await?)
}
