//! The observations that questions are answered from, in memory: read once per indicator, then
//! following the record by seq.
//!
//! The record stays the truth: the book can be dropped at any time. It answers a question at a seq
//! that it has wholly read, so an answer never mixes two moments.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use anyhow::Result;
use model::indicator::OverUnits;
use model::{Answered, Catalogue, Facts, IndicatorCode, Observation, Query, Seq, UnitCode};
use store::Store;

use crate::state::Ministry;

/// So many cells of answers are kept.
const KEPT_CELLS: usize = 200_000;

/// The observations that were asked about, up to a seq.
pub struct Book {
    held: RwLock<Held>,
    /// One reader of the record at a time; the others then find it read.
    reading: tokio::sync::Mutex<()>,
    kept: Mutex<Kept>,
}

struct Held {
    facts: Facts,
    up_to: Seq,
    /// The last commit that stated anything about a unit, since this book was begun.
    touched: HashMap<UnitCode, Seq>,
}

#[derive(Default)]
struct Kept {
    answers: HashMap<(usize, String), Arc<Vec<Answered>>>,
    cells: usize,
}

impl Book {
    /// Nothing is read yet; the record is at `head`.
    pub fn new(head: Seq) -> Book {
        let held = Held { facts: Facts::default(), up_to: head, touched: HashMap::new() };
        Book {
            held: RwLock::new(held),
            reading: tokio::sync::Mutex::default(),
            kept: Mutex::default(),
        }
    }

    /// Answers a question; one about the latest (`Seq::LATEST`) is answered at the seq that is returned.
    pub async fn answer(
        self: &Arc<Book>,
        store: &Store,
        ministry: &Arc<Ministry>,
        mut query: Query,
    ) -> Result<(Seq, Arc<Vec<Answered>>)> {
        let seq = self.read_for(store, ministry, &query.indicators).await?;
        query.as_of = query.as_of.min(seq);
        let asked_at = query.as_of;
        let question = (Arc::as_ptr(ministry) as usize, format!("{query:?}"));
        if let Some(answers) = self.lock_kept().answers.get(&question) {
            return Ok((asked_at, answers.clone()));
        }
        let (book, asked_of) = (self.clone(), ministry.clone());
        let answers = tokio::task::spawn_blocking(move || {
            let held = book.held.read().unwrap_or_else(PoisonError::into_inner);
            model::answer(&asked_of.units, &asked_of.catalogue, &held.facts, &query)
        })
        .await??;
        let answers = Arc::new(answers);
        let mut kept = self.lock_kept();
        if kept.cells + answers.len() > KEPT_CELLS {
            *kept = Kept::default();
        }
        kept.cells += answers.len();
        kept.answers.insert(question, answers.clone());
        Ok((asked_at, answers))
    }

    /// Answers questions about the latest whose answers nobody asks for again; they are few cells each.
    pub async fn answer_once(
        &self,
        store: &Store,
        ministry: &Ministry,
        queries: Vec<Query>,
    ) -> Result<Vec<Answered>> {
        let asked: Vec<IndicatorCode> =
            queries.iter().flat_map(|query| query.indicators.iter().cloned()).collect();
        let seq = self.read_for(store, ministry, &asked).await?;
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let mut answers = vec![];
        for mut query in queries {
            query.as_of = seq;
            answers.extend(model::answer(
                &ministry.units,
                &ministry.catalogue,
                &held.facts,
                &query,
            )?);
        }
        Ok(answers)
    }

    /// Shows the facts of these indicators (and of what they are made of) to a function.
    pub async fn with_facts<T: Send + 'static>(
        self: &Arc<Book>,
        store: &Store,
        ministry: &Arc<Ministry>,
        indicators: &[IndicatorCode],
        ask: impl FnOnce(&Facts, Seq) -> T + Send + 'static,
    ) -> Result<T> {
        let seq = self.read_for(store, ministry, indicators).await?;
        let book = self.clone();
        let asked = tokio::task::spawn_blocking(move || {
            let held = book.held.read().unwrap_or_else(PoisonError::into_inner);
            ask(&held.facts, seq)
        });
        Ok(asked.await?)
    }

    /// The last commit that stated anything about a unit, as far as this book has seen the record
    /// grow; what was worked out from the unit's own figures holds as long as this does.
    pub async fn touched(
        &self,
        store: &Store,
        ministry: &Ministry,
        unit: &UnitCode,
    ) -> Result<Seq> {
        self.read_for(store, ministry, &[]).await?;
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        Ok(held.touched.get(unit).copied().unwrap_or_default())
    }

    /// Forgets the kept answers: units or indicators changed.
    pub fn forget_answers(&self) {
        *self.lock_kept() = Kept::default();
    }

    fn lock_kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads what is missing of these indicators and of the record's end; answers the seq it is at.
    async fn read_for(
        &self,
        store: &Store,
        ministry: &Ministry,
        asked: &[IndicatorCode],
    ) -> Result<Seq> {
        let needed = with_parts(&ministry.catalogue, asked);
        if let Some(seq) = self.is_read(store, &needed) {
            return Ok(seq);
        }
        let _reading = self.reading.lock().await;
        if let Some(seq) = self.is_read(store, &needed) {
            return Ok(seq);
        }
        let (up_to, missing) = {
            let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
            let missing: Vec<IndicatorCode> =
                needed.iter().filter(|code| !held.facts.holds(code.as_str())).cloned().collect();
            (held.up_to, missing)
        };
        let mut reader = store.read().await?;
        // The head first: what is committed while we read is read again, and not answered from yet.
        let head = reader.head().await?.seq;
        let later = if head > up_to { reader.observations_after(up_to).await? } else { vec![] };
        let read = reader.observations_as_known_at(&missing, Seq::LATEST).await?;
        drop(reader);

        let mut by_indicator: BTreeMap<IndicatorCode, Vec<Observation>> =
            missing.into_iter().map(|code| (code, vec![])).collect();
        for observation in read {
            if let Some(rows) = by_indicator.get_mut(&observation.cell.indicator) {
                rows.push(observation);
            }
        }
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        for observation in &later {
            held.touched.insert(observation.cell.unit.clone(), observation.seq);
        }
        held.facts.follow(later);
        for (code, rows) in by_indicator {
            held.facts.load(code, rows);
        }
        if head > held.up_to {
            held.up_to = head;
            drop(held);
            self.forget_answers();
        }
        Ok(head.max(up_to))
    }

    fn is_read(&self, store: &Store, needed: &BTreeSet<IndicatorCode>) -> Option<Seq> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let all = held.up_to >= store.head().seq
            && needed.iter().all(|code| held.facts.holds(code.as_str()));
        all.then_some(held.up_to)
    }
}

/// The indicators, what they are ratios of, and what weighs them.
fn with_parts(catalogue: &Catalogue, asked: &[IndicatorCode]) -> BTreeSet<IndicatorCode> {
    let mut all = BTreeSet::new();
    let mut open: Vec<IndicatorCode> = asked.to_vec();
    while let Some(code) = open.pop() {
        let Some(indicator) = catalogue.get(code.as_str()) else { continue };
        if !all.insert(code) {
            continue;
        }
        if let Some(ratio) = &indicator.ratio {
            open.extend([ratio.numerator.clone(), ratio.denominator.clone()]);
        }
        if let OverUnits::WeightedMean(weight) = &indicator.over_units {
            open.push(weight.clone());
        }
    }
    all
}
