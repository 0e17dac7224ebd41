//! What was said of an indicator: columns by breakdown, source, and part.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use jiff::civil::Date;
use model::answer::{Level, Part};
use model::{Breakdown, Measure, Observation, Period, Seq, Source};

use crate::column::{Column, Moments};
use crate::grid::{Grid, GridKey};
use crate::kept::{Kept, KeptKey};
use crate::league::{League, LeagueKey};
use crate::places::{Domain, TreeOf};
use crate::quick::Quick;
use crate::slot::Slot;

/// A key as one number: boards look up one for every few dozen cells.
fn packed((source, part, tree): &KeptKey) -> u128 {
    let (kind, period) = match *part {
        Part::Level(period) => (0u128, period),
        Part::YearToDate(period) => (1, period),
        Part::Plan(period) => (2, period),
    };
    let day = |day: Date| {
        (day.year() as u16 as u128) << 9 | (day.month() as u128) << 5 | day.day() as u128
    };
    let tree = match *tree {
        TreeOf::Own => 0,
        TreeOf::Epoch(epoch) => u128::from(epoch) + 1,
    };
    let small = kind | (*source as u128) << 2 | (period.frequency() as u128) << 4;
    let small = small | (period.calendar() as u128) << 7;
    day(period.start()) | day(period.end()) << 25 | small << 50 | tree << 64
}

/// Everything that was said of one indicator.
pub(crate) struct Held {
    pub domain: Arc<Domain>,
    pub by_breakdown: HashMap<Breakdown, Said>,
    /// When it was last asked about, as a count of questions.
    pub used: AtomicU64,
    sound: OnceLock<bool>,
}

/// Everything that was said of one breakdown of it, and what was worked out from that.
#[derive(Default)]
pub(crate) struct Said {
    by_source: [Series; Source::ALL.len()],
    kept: RwLock<Quick<u128, (KeptKey, Arc<Kept>)>>,
    leagues: RwLock<Quick<LeagueKey, Arc<League>>>,
    grids: RwLock<Quick<GridKey, Grid>>,
}

/// What one source said.
#[derive(Clone, Default)]
pub(crate) struct Series {
    pub columns: Quick<Part, Slot>,
    /// Stated changes, shares, targets: few, by unit.
    pub others: Others,
}

/// Stated measures that are not levels, by unit.
pub(crate) type Others = HashMap<(Measure, Period), BTreeMap<u32, Level>>;

/// What was said of every unit for one part.
#[derive(Clone)]
pub(crate) struct Stated {
    pub column: Column,
    /// Of units that the indicator is not collected from, such as totals, by unit.
    pub outside: BTreeMap<u32, Level>,
}

/// The part whose figures observations of this measure are.
pub(crate) fn part_of(measure: Measure, period: Period) -> Option<Part> {
    match measure {
        Measure::Level => Some(Part::Level(period)),
        Measure::YearToDate => Some(Part::YearToDate(period)),
        Measure::Plan => Some(Part::Plan(period)),
        Measure::ChangeOnYear
        | Measure::ChangeOnPeriod
        | Measure::ChangeOn(_)
        | Measure::Points
        | Measure::PointsOn(_)
        | Measure::ShareOfPlan
        | Measure::Target
        | Measure::Threshold
        | Measure::Rank
        | Measure::ShareOfWhole
        | Measure::Coverage
        | Measure::CountAtLeast(_) => None,
    }
}

pub(crate) fn period_of(part: Part) -> Period {
    match part {
        Part::Level(period) | Part::YearToDate(period) | Part::Plan(period) => period,
    }
}

impl Held {
    pub fn new(domain: Arc<Domain>) -> Held {
        Held {
            domain,
            by_breakdown: HashMap::new(),
            used: AtomicU64::default(),
            sound: OnceLock::new(),
        }
    }

    /// Where what a source says of a breakdown belongs.
    pub fn said_mut(&mut self, breakdown: &Breakdown, source: Source) -> &mut Series {
        if !self.by_breakdown.contains_key(breakdown) {
            self.by_breakdown.insert(breakdown.clone(), Said::default());
        }
        let said = self.by_breakdown.get_mut(breakdown).expect("it was put there");
        said.series_mut(source)
    }

    /// Puts an observation where it belongs, unless something later was said; answers whether it was put.
    pub fn put(&mut self, observation: &Observation, unit: u32, moments: &Moments) -> bool {
        let (cell, domain) = (&observation.cell, self.domain.clone());
        let level = Level::stated(observation);
        let series = self.said_mut(&cell.breakdown, observation.source);
        series.put((cell.measure, cell.period), unit, level, &domain, moments)
    }

    /// Whether what a checkpoint holds of it is as it was written; looked at once.
    pub fn is_sound(&self) -> bool {
        let slots = || {
            let said = self.by_breakdown.values();
            let series = said.flat_map(|said| said.by_source.iter());
            series.flat_map(|series| series.columns.values())
        };
        *self.sound.get_or_init(|| slots().all(Slot::is_sound))
    }

    /// Gives back the memory of everything that can be read or worked out again.
    pub fn release(&mut self) {
        for said in self.by_breakdown.values_mut() {
            said.kept.write().unwrap_or_else(PoisonError::into_inner).clear();
            said.forget_leagues();
            said.grids.write().unwrap_or_else(PoisonError::into_inner).clear();
            let columns = said.by_source.iter_mut().flat_map(|series| series.columns.values_mut());
            columns.for_each(Slot::release);
        }
        self.sound = OnceLock::new();
    }

    /// The same as it was said, with nothing worked out of it.
    pub fn as_said(&self) -> Held {
        let said = |said: &Said| Said { by_source: said.by_source.clone(), ..Said::default() };
        let by_breakdown = self.by_breakdown.iter();
        Held {
            domain: self.domain.clone(),
            by_breakdown: by_breakdown.map(|(code, of)| (code.clone(), said(of))).collect(),
            used: AtomicU64::new(self.used.load(Ordering::Relaxed)),
            sound: OnceLock::new(),
        }
    }

    /// Every column that has not changed since `then` is from now on found where it is `written`.
    pub fn rest_on(&mut self, then: &Held, written: &Held) {
        for (breakdown, said) in &mut self.by_breakdown {
            let (Some(then), Some(written)) =
                (then.by_breakdown.get(breakdown), written.by_breakdown.get(breakdown))
            else {
                continue;
            };
            for (at, series) in said.by_source.iter_mut().enumerate() {
                let (then, written) = (&then.by_source[at].columns, &written.by_source[at].columns);
                for (part, slot) in &mut series.columns {
                    if let (Some(then), Some(written)) = (then.get(part), written.get(part))
                        && slot.is_as(then)
                    {
                        slot.rests_on(written);
                    }
                }
            }
        }
        self.sound = OnceLock::new();
    }

    pub fn bytes(&self) -> usize {
        self.by_breakdown.values().map(Said::bytes).sum()
    }
}

impl Said {
    pub fn series(&self, source: Source) -> &Series {
        &self.by_source[source as usize]
    }

    pub fn series_mut(&mut self, source: Source) -> &mut Series {
        &mut self.by_source[source as usize]
    }

    /// Whether a source said anything of levels or plans.
    pub fn has(&self, source: Source) -> bool {
        !self.series(source).columns.is_empty()
    }

    /// Whether anything that this part can be worked out from may be here.
    pub fn speaks(&self, source: Source, part: Part) -> bool {
        match part {
            Part::Level(_) | Part::YearToDate(_) => self.has(source),
            Part::Plan(_) => Source::ALL.iter().any(|source| self.has(*source)),
        }
    }

    pub fn kept(&self, key: &KeptKey) -> Option<Arc<Kept>> {
        self.kept
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&packed(key))
            .map(|(_, kept)| kept.clone())
    }

    /// Keeps what was worked out, unless somebody else was first.
    pub fn keep(&self, key: KeptKey, kept: Kept) -> Arc<Kept> {
        let mut all = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        all.entry(packed(&key)).or_insert_with(|| (key, Arc::new(kept))).1.clone()
    }

    /// The league of these units, if nothing has changed since it was worked out.
    pub fn league(&self, key: &LeagueKey) -> Option<Arc<League>> {
        self.leagues.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    pub fn keep_league(&self, key: LeagueKey, league: Arc<League>) {
        self.leagues.write().unwrap_or_else(PoisonError::into_inner).insert(key, league);
    }

    pub fn forget_leagues(&self) {
        self.leagues.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Looks at a grid, if it is there.
    pub fn with_grid<T>(&self, key: &GridKey, look: impl FnOnce(&Grid) -> T) -> Option<T> {
        self.grids.read().unwrap_or_else(PoisonError::into_inner).get(key).map(look)
    }

    /// Changes a grid, made if it was not there.
    pub fn change_grid<T>(
        &self,
        key: GridKey,
        new: impl FnOnce() -> Grid,
        change: impl FnOnce(&mut Grid) -> T,
    ) -> T {
        let mut grids = self.grids.write().unwrap_or_else(PoisonError::into_inner);
        change(grids.entry(key).or_insert_with(new))
    }

    /// Changes every grid.
    pub fn change_grids(&self, mut change: impl FnMut(&GridKey, &mut Grid)) {
        let mut grids = self.grids.write().unwrap_or_else(PoisonError::into_inner);
        grids.iter_mut().for_each(|(key, grid)| change(key, grid));
    }

    pub fn kept_keys(&self) -> Vec<KeptKey> {
        self.kept
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .map(|(key, _)| *key)
            .collect()
    }

    pub fn take(&self, key: &KeptKey) -> Option<Kept> {
        let taken =
            self.kept.write().unwrap_or_else(PoisonError::into_inner).remove(&packed(key))?;
        Arc::try_unwrap(taken.1).ok()
    }

    fn bytes(&self) -> usize {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let kept: usize = kept.values().map(|(_, kept)| kept.bytes()).sum();
        let leagues = self.leagues.read().unwrap_or_else(PoisonError::into_inner);
        let leagues: usize = leagues.values().map(|league| league.bytes()).sum();
        let grids = self.grids.read().unwrap_or_else(PoisonError::into_inner);
        let grids: usize = grids.values().map(Grid::bytes).sum();
        kept + leagues + grids + self.by_source.iter().map(Series::bytes).sum::<usize>()
    }
}

impl Series {
    /// What was said for a part, read from the checkpoint if it was not yet.
    pub fn column(&self, part: Part) -> Option<&Stated> {
        self.columns.get(&part).map(Slot::get)
    }

    /// What was said of a unit.
    pub fn stated(
        &self,
        part: Part,
        unit: u32,
        domain: &Domain,
        moments: &Moments,
    ) -> Option<Level> {
        let stated = self.column(part)?;
        match domain.place(unit) {
            Some(place) => stated.column.get(place, moments),
            None => stated.outside.get(&unit).cloned(),
        }
    }

    /// Puts what was said of a unit, unless something later was.
    pub fn put(
        &mut self,
        (measure, period): (Measure, Period),
        unit: u32,
        level: Level,
        domain: &Domain,
        moments: &Moments,
    ) -> bool {
        let is_known = |known: Option<Seq>| known.is_some_and(|known| known > level.seq);
        let Some(part) = part_of(measure, period) else {
            let others = self.others.entry((measure, period)).or_default();
            let known = is_known(others.get(&unit).map(|level| level.seq));
            if !known {
                others.insert(unit, level);
            }
            return !known;
        };
        let new = || Slot::of(Stated::new(domain.len()));
        let stated = self.columns.entry(part).or_insert_with(new).get_mut();
        stated.put(unit, level, domain, moments)
    }

    pub fn bytes(&self) -> usize {
        let columns = self.columns.values().map(Slot::bytes);
        columns.sum::<usize>()
            + self.others.values().map(|by_unit| odd_bytes(by_unit.len())).sum::<usize>()
    }
}

/// The memory of so many figures that are kept whole.
fn odd_bytes(count: usize) -> usize {
    count * (size_of::<Level>() + 16)
}

impl Stated {
    pub fn new(places: usize) -> Stated {
        Stated { column: Column::new(places), outside: BTreeMap::new() }
    }

    pub fn bytes(&self) -> usize {
        self.column.bytes() + odd_bytes(self.outside.len())
    }

    /// Puts what was said of a unit, unless something later was; answers whether it was put.
    pub fn put(&mut self, unit: u32, level: Level, domain: &Domain, moments: &Moments) -> bool {
        let place = domain.place(unit);
        let known = match place {
            Some(place) => self.column.seq(place),
            None => self.outside.get(&unit).map(|level| level.seq),
        };
        if known.is_some_and(|known| known > level.seq) {
            return false;
        }
        match place {
            Some(place) => self.column.put(place, Some(level), moments),
            None => {
                self.outside.insert(unit, level);
            }
        }
        true
    }
}
