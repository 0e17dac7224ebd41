//! Every roll-up at once: what was said of units and periods, with what it comes to, ready to answer.
//!
//! The cube answers a [`Query`] at its latest commit exactly as [`model::answer`] does over the rows
//! of the record, and costs what its cells cost, not what lies under them. It holds what each source
//! said in columns ([`column`]) over units in depth-first order ([`places`]), and beside them what
//! the leaves of each unit come to ([`kept`]), worked out when first asked for and moved with each
//! commit. It is disposable: deleted and rebuilt from the record, it answers the same.

mod ask;
mod board;
mod checkpoint;
mod column;
mod grid;
mod held;
mod kept;
mod league;
mod load;
mod places;
mod quick;
mod slot;
mod status;
mod total;
mod written;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use model::answer::{BadQuery, Part};
use model::{
    Answered, Breakdown, Catalogue, Indicator, IndicatorCode, Observation, Query, Seq, Source,
    Units,
};

pub use board::LevelCell;
pub use checkpoint::{BadCheckpoint, Mark};
pub use load::{Loading, Row, UnitNumber};
pub use slot::Bytes;
pub use status::Loaded;

use ask::{Asked, Asker};
use column::Moments;
use held::{Held, part_of, period_of};
use kept::follows;
use places::Places;

/// What was said, by indicator, up to one commit.
pub struct Cube {
    places: Arc<Places>,
    catalogue: Arc<Catalogue>,
    held: HashMap<IndicatorCode, Held>,
    moments: Moments,
    seq: Seq,
    questions: AtomicU64,
    worked_out: AtomicU64,
}

/// Why a question cannot be answered from here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// It cannot be answered anywhere.
    #[error(transparent)]
    Bad(#[from] BadQuery),
    /// It is about an earlier moment than the cube's.
    #[error("this was asked as known at {asked}, and the cube is at {at}")]
    Earlier {
        /// As known at.
        asked: Seq,
        /// The latest commit here.
        at: Seq,
    },
    /// Indicators have to be loaded first.
    #[error("{0:?} are not loaded")]
    NotLoaded(Vec<IndicatorCode>),
}

impl Cube {
    /// An empty cube over these units and indicators.
    pub fn new(units: Arc<Units>, catalogue: Arc<Catalogue>) -> Cube {
        Cube::with(Arc::new(Places::new(units, catalogue.iter())), catalogue)
    }

    fn with(places: Arc<Places>, catalogue: Arc<Catalogue>) -> Cube {
        Cube {
            places,
            catalogue,
            held: HashMap::new(),
            moments: Moments::default(),
            seq: Seq::default(),
            questions: AtomicU64::default(),
            worked_out: AtomicU64::default(),
        }
    }

    /// An empty cube over the same units and indicators.
    pub fn beside(&self) -> Cube {
        Cube::with(self.places.clone(), self.catalogue.clone())
    }

    /// What was said of some indicators up to now, apart from what is said from now on. Columns are
    /// shared until one is changed, so that this costs what their number costs and not their length.
    pub fn as_it_stands(&self, of: impl Fn(&IndicatorCode) -> bool) -> Cube {
        let held = self.held.iter().filter(|(code, _)| of(code));
        Cube {
            held: held.map(|(code, held)| (code.clone(), held.as_said())).collect(),
            moments: self.moments.clone(),
            seq: self.seq,
            ..self.beside()
        }
    }

    /// Whether it is over these units and indicators, as a checkpoint of it would say.
    pub fn is_over(&self, units: &Units, catalogue: &Catalogue) -> bool {
        checkpoint::fingerprint(&self.places.units, &self.catalogue)
            == checkpoint::fingerprint(units, catalogue)
    }

    /// The latest commit that is in it.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// Says that nothing but what is here was said up to this commit.
    pub fn advance(&mut self, to: Seq) {
        self.seq = self.seq.max(to);
    }

    /// Whether an indicator's observations are here. Where a checkpoint is damaged they are not.
    pub fn holds(&self, indicator: &str) -> bool {
        self.held.get(indicator).is_some_and(Held::is_sound)
    }

    /// Whether an indicator was loaded, or is in the checkpoint, sound or not.
    pub fn has(&self, indicator: &str) -> bool {
        self.held.contains_key(indicator)
    }

    /// Whether no indicator is here.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// How often something was worked out that is kept: while it stays the same, that takes no more memory.
    pub fn worked_out(&self) -> u64 {
        self.worked_out.load(Ordering::Relaxed)
    }

    /// The indicators that a question needs and that are not here: its own, those they are ratios of
    /// and those they are weighted by.
    pub fn missing(&self, query: &Query) -> Vec<IndicatorCode> {
        let needed = self.catalogue.with_parts(&query.indicators).into_iter();
        needed.filter(|code| !self.holds(code.as_str())).cloned().collect()
    }

    /// Forgets every indicator that a question needs, and says which those are.
    pub fn forget_needed(&mut self, query: &Query) -> Vec<IndicatorCode> {
        let needed: Vec<IndicatorCode> =
            self.catalogue.with_parts(&query.indicators).into_iter().cloned().collect();
        needed.iter().for_each(|code| self.forget(code.as_str()));
        needed
    }

    /// Puts all of an indicator's observations here, in any order, in place of what was.
    pub fn load(
        &mut self,
        indicator: &IndicatorCode,
        observations: impl IntoIterator<Item = Observation>,
    ) {
        let Some(mut loading) = self.loading(indicator) else { return };
        let mut observations: Vec<Observation> = observations.into_iter().collect();
        observations.sort_by_key(|o| (o.seq, o.ordinal));
        for observation in &observations {
            loading.observation(observation);
        }
        loading.finish();
    }

    /// Forgets an indicator; it has to be loaded again before it can be asked about.
    pub fn forget(&mut self, indicator: &str) {
        self.held.remove(indicator);
    }

    /// Adds later observations of indicators that are here, and moves what follows from them. What is
    /// known already changes nothing; the observations of one commit come together.
    pub fn follow(&mut self, observations: &[Observation]) {
        let mut in_order: Vec<&Observation> = observations.iter().collect();
        for observation in observations {
            let code = observation.cell.indicator.as_str();
            if self.held.get(code).is_some_and(|held| !held.is_sound()) {
                self.forget(code);
            }
        }
        in_order.sort_by_key(|o| (o.seq, o.ordinal));
        let mut changed: BTreeMap<Said<'_>, BTreeSet<u32>> = BTreeMap::new();
        for observation in in_order {
            self.advance(observation.seq);
            let Some((part, place)) = self.state(observation) else { continue };
            let cell = &observation.cell;
            let said = (cell.indicator.as_str(), &cell.breakdown, observation.source, order(part));
            changed.entry(said).or_default().extend(place);
        }
        self.move_kept(&changed);
    }

    /// Puts one observation where it belongs; answers which part it changed, and of which leaf.
    fn state(&mut self, observation: &Observation) -> Option<(Part, Option<u32>)> {
        let cell = &observation.cell;
        let held = self.held.get_mut(cell.indicator.as_str())?;
        let unit = self.places.units.number(cell.unit.as_str())? as u32;
        know(&mut self.moments, observation.seq, observation.recorded_at);
        let changed = held.put(observation, unit, &self.moments);
        let part = part_of(cell.measure, cell.period)?;
        changed.then(|| (part, held.domain.place(unit)))
    }

    fn know(&mut self, seq: Seq, recorded_at: Timestamp) {
        know(&mut self.moments, seq, recorded_at);
        self.advance(seq);
    }

    fn move_kept(&self, changed: &BTreeMap<Said<'_>, BTreeSet<u32>>) {
        for ((code, breakdown, from_source, (_, from)), places) in changed {
            let indicator = self.catalogue.get(code).expect("only known indicators are held");
            let held = &self.held[*code];
            let said = &held.by_breakdown[*breakdown];
            said.forget_leagues();
            let mut keys = said.kept_keys();
            keys.retain(|(source, part, _)| {
                let of_source = source == from_source || matches!(part, Part::Plan(_));
                of_source && follows(*part, *from)
            });
            // What follows from shorter periods is moved after them.
            keys.sort_by_key(|(_, part, _)| order(*part));
            for key in keys {
                let (_, part, tree) = key;
                let asker = Asker::new(self, tree);
                let asked = asker.asked(indicator, 0, period_of(part), breakdown);
                let Some(mut kept) = said.take(&key) else { continue };
                if kept.follow(&asker, asked, said, key, (*from, places)) {
                    said.keep(key, kept);
                }
            }
            said.change_grids(|&(source, tree, ..), grid| {
                if source == *from_source {
                    let asker = Asker::new(self, tree);
                    let asked = asker.asked(indicator, 0, period_of(*from), breakdown);
                    grid.follow(&asker, asked, said, source, (*from, places));
                }
            });
        }
    }

    /// Answers every cell of a query, in the order asked, as [`model::answer`] does.
    pub fn answer(&self, query: &Query) -> Result<Vec<Answered>, Unanswered> {
        self.can_answer(query)?;
        let asker = Asker::new(self, self.places.tree(query.tree));
        let mut answers = Vec::with_capacity(query.cells().min(100_000));
        let Some(first) = query.indicators.first() else { return Ok(answers) };
        self.indicator(first)?;
        let units: Vec<u32> =
            query.units.iter().map(|code| self.unit(code.as_str())).collect::<Result<_, _>>()?;
        for code in &query.indicators {
            let indicator = self.indicator(code)?;
            let Some(&period) = query.periods.first() else { continue };
            // Where to look is the same for all units and periods.
            let breakdowns = query.breakdowns.iter();
            let by_breakdown: Vec<Asked<'_>> =
                breakdowns.map(|breakdown| asker.asked(indicator, 0, period, breakdown)).collect();
            for &unit in &units {
                for &period in &query.periods {
                    for &asked in &by_breakdown {
                        let asked = Asked { unit, period, ..asked };
                        for &measure in &query.measures {
                            answers.push(asker.answer(asked, measure, query.source));
                        }
                    }
                }
            }
        }
        Ok(answers)
    }

    fn can_answer(&self, query: &Query) -> Result<(), Unanswered> {
        if query.as_of < self.seq {
            return Err(Unanswered::Earlier { asked: query.as_of, at: self.seq });
        }
        let needed = self.catalogue.with_parts(&query.indicators);
        let missing: Vec<IndicatorCode> = needed
            .iter()
            .filter(|code| !self.holds(code.as_str()))
            .map(|&code| code.clone())
            .collect();
        if !missing.is_empty() {
            return Err(Unanswered::NotLoaded(missing));
        }
        let question = self.questions.fetch_add(1, Ordering::Relaxed) + 1;
        for code in needed {
            if let Some(held) = self.held.get(code.as_str()) {
                held.used.store(question, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    fn indicator(&self, code: &IndicatorCode) -> Result<&Indicator, BadQuery> {
        self.catalogue.get(code.as_str()).ok_or_else(|| BadQuery::UnknownIndicator {
            code: code.to_string(),
            nearest: self.catalogue.nearest(code.as_str()),
        })
    }

    fn unit(&self, written: &str) -> Result<u32, BadQuery> {
        let units = &self.places.units;
        if let Some(number) = units.number(written) {
            return Ok(number as u32);
        }
        let unit = units.resolve(written).ok_or_else(|| BadQuery::UnknownUnit {
            code: written.to_owned(),
            nearest: units.nearest(written),
        })?;
        Ok(self.places.number(unit))
    }
}

/// Remembers when a commit was recorded.
fn know(moments: &mut Moments, seq: Seq, recorded_at: Timestamp) {
    if let Ok(seq) = u32::try_from(seq.0) {
        moments.entry(seq).or_insert(recorded_at);
    }
}

/// An indicator's breakdown, by one source, of one part: what an observation changes.
type Said<'a> = (&'a str, &'a Breakdown, Source, (u8, Part));

/// The part after those that it can follow from.
fn order(part: Part) -> (u8, Part) {
    let rank = match part {
        Part::Level(period) => period.frequency() as u8,
        Part::YearToDate(_) => 20,
        Part::Plan(_) => 21,
    };
    (rank, part)
}
