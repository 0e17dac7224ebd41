//! Answers cell by cell: the decisions of [`model::answer`], over what is kept in place of rows.
//!
//! The rules themselves (what wins, what is compared, how a number is finished) are `model`'s own
//! functions. What is here is the way to the numbers: a roll-up over units is one look at a kept
//! node, and only a comparison of some of the units, a ratio or a mean goes through leaves.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use model::answer::{
    Basis, Comparison, Coverage, Level, Part, beside, covered, divided, finished, share_of_whole,
    whole_of,
};
use model::indicator::{OverTime, OverUnits};
use model::{
    Absence, Answered, Breakdown, Cell, Decimal, Indicator, IndicatorCode, Measure, Period, Source,
    SourceChoice, Unit,
};

use crate::Cube;
use crate::column::{Column, Moments};
use crate::held::{Held, Said, part_of, period_of};
use crate::kept::{Kept, KeptKey, how};
use crate::league::{League, LeagueKey};
use crate::places::{Epoch, Shape, TreeOf};
use crate::total::{How, Sums, Total, for_each_word};

/// A cell that is asked about, with where to look.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub indicator: &'a Indicator,
    pub held: Option<&'a Held>,
    pub said: Option<&'a Said>,
    pub unit: u32,
    pub period: Period,
    pub breakdown: &'a Breakdown,
}

impl Asked<'_> {
    pub fn about(self, unit: u32) -> Self {
        Asked { unit, ..self }
    }
}

/// Indicator, breakdown, and whose league.
type OfSeveral<'a> = (&'a str, &'a str, LeagueKey);

/// Answers one question.
pub(crate) struct Asker<'a> {
    pub cube: &'a Cube,
    tree: TreeOf,
    /// Those that are worked out of several indicators.
    leagues: RefCell<HashMap<OfSeveral<'a>, Arc<League>>>,
    /// What was asked for last: cells come by indicator, and a tree holds for years.
    last_shape: RefCell<Option<(&'a Indicator, Epoch, Arc<Shape>)>>,
    /// The same of a league: it is asked for by each of its units.
    last_league: RefCell<Option<(OfSeveral<'a>, Arc<League>)>>,
}

/// Where a leaf's number is read.
enum Reader<'a> {
    /// Nothing was said.
    Nothing,
    /// In a column.
    Column(Arc<Kept>, &'a Said, KeptKey),
    /// It is worked out for each.
    Singly,
}

impl<'a> Asker<'a> {
    pub fn new(cube: &'a Cube, tree: TreeOf) -> Asker<'a> {
        Asker {
            cube,
            tree,
            leagues: RefCell::default(),
            last_shape: RefCell::default(),
            last_league: RefCell::default(),
        }
    }

    pub fn tree(&self) -> TreeOf {
        self.tree
    }

    pub fn moments(&self) -> &'a Moments {
        &self.cube.moments
    }

    /// A cell of an indicator, with where to look.
    pub fn asked(
        &self,
        indicator: &'a Indicator,
        unit: u32,
        period: Period,
        breakdown: &'a Breakdown,
    ) -> Asked<'a> {
        let held = self.cube.held.get(indicator.code.as_str());
        let said = held.and_then(|held| held.by_breakdown.get(breakdown));
        Asked { indicator, held, said, unit, period, breakdown }
    }

    fn of_indicator(&self, asked: Asked<'a>, code: &IndicatorCode) -> Option<Asked<'a>> {
        let indicator = self.cube.catalogue.get(code.as_str())?;
        Some(self.asked(indicator, asked.unit, asked.period, asked.breakdown))
    }

    fn unit(&self, asked: Asked<'a>) -> &'a Unit {
        self.cube.places.units.at(asked.unit as usize)
    }

    pub fn shape(&self, asked: Asked<'a>) -> Arc<Shape> {
        let epoch = self.cube.places.epoch(asked.period.end());
        if let Some((indicator, of, shape)) = &*self.last_shape.borrow()
            && *of == epoch
            && std::ptr::eq(*indicator, asked.indicator)
        {
            return shape.clone();
        }
        let shape = self.cube.places.shape(asked.indicator, self.tree, asked.period.end());
        *self.last_shape.borrow_mut() = Some((asked.indicator, epoch, shape.clone()));
        shape
    }

    pub fn answer(&self, asked: Asked<'a>, measure: Measure, choice: SourceChoice) -> Answered {
        let cell = Cell {
            indicator: asked.indicator.code.clone(),
            unit: self.unit(asked).code.clone(),
            period: asked.period,
            breakdown: asked.breakdown.clone(),
            measure,
        };
        finished(cell, asked.indicator, self.found(asked, measure, choice), || {
            self.shape(asked).leaves(asked.unit).map_or(1, |leaves| leaves.len() as u32)
        })
    }

    /// What the best source has; an absence only where no source has more.
    pub fn found(
        &self,
        asked: Asked<'a>,
        measure: Measure,
        choice: SourceChoice,
    ) -> Option<(Source, Level)> {
        let mut absent: Option<(Source, Level)> = None;
        for &source in choice.sources() {
            let Some(level) = self.measure(source, asked, measure) else {
                continue;
            };
            let enough = level
                .measured_share
                .is_some_and(|share| share >= asked.indicator.measured_threshold);
            if source == Source::Measured && choice == SourceChoice::Preferred && !enough {
                continue;
            }
            if level.figure.absence().is_none() {
                return Some((source, level));
            }
            absent.get_or_insert((source, level));
        }
        absent
    }

    fn measure(&self, source: Source, asked: Asked<'a>, measure: Measure) -> Option<Level> {
        let period = asked.period;
        let compared = |now: Part, base: Option<Part>, how: Comparison| {
            self.comparison(source, asked, now, base?, how)
        };
        let level = Part::Level(period);
        let of_same_calendar =
            |base: Period| (base.calendar() == period.calendar()).then_some(Part::Level(base));
        let computed = match measure {
            Measure::Level => return self.part(source, asked, level),
            Measure::YearToDate => return self.part(source, asked, Part::YearToDate(period)),
            Measure::Plan => {
                return self.part(source, asked, Part::Plan(period.whole_year()?));
            }
            Measure::ChangeOnYear => {
                compared(level, period.same_last_year().map(Part::Level), Comparison::Change)
            }
            Measure::ChangeOnPeriod => {
                compared(level, period.previous().map(Part::Level), Comparison::Change)
            }
            Measure::ChangeOn(base) => compared(level, of_same_calendar(base), Comparison::Change),
            Measure::Points => {
                compared(level, period.same_last_year().map(Part::Level), Comparison::Difference)
            }
            Measure::PointsOn(base) => {
                compared(level, of_same_calendar(base), Comparison::Difference)
            }
            Measure::ShareOfPlan => {
                let done = match asked.indicator.over_time {
                    OverTime::Sum => Part::YearToDate(period),
                    OverTime::Last | OverTime::Max | OverTime::None => level,
                };
                compared(done, period.whole_year().map(Part::Plan), Comparison::Share)
            }
            Measure::CountAtLeast(threshold) => self.count(source, asked, threshold),
            Measure::Rank => self.rank(source, asked),
            Measure::ShareOfWhole => self.share_of_whole(source, asked),
            Measure::Coverage => covered(&self.part(source, asked, level)?),
            Measure::Target | Measure::Threshold => None,
        };
        beside(self.other(source, asked, measure), computed)
    }

    /// A stated measure that is not a level.
    fn other(&self, source: Source, asked: Asked<'a>, measure: Measure) -> Option<Level> {
        debug_assert!(part_of(measure, asked.period).is_none(), "levels are in columns");
        let others = &asked.said?.series(source).others;
        others.get(&(measure, asked.period))?.get(&asked.unit).cloned()
    }

    /// One number of one unit by one source: stated, with what it would roll up to beside it.
    pub fn part(&self, source: Source, asked: Asked<'a>, part: Part) -> Option<Level> {
        self.part_given(source, asked, part, |shape, node| {
            self.over_all(source, Asked { period: period_of(part), ..asked }, part, shape, node)
        })
    }

    /// The same, when it is known how to put a node's leaves together.
    pub fn part_given(
        &self,
        source: Source,
        asked: Asked<'a>,
        part: Part,
        over_all: impl FnOnce(&Shape, u32) -> Option<Level>,
    ) -> Option<Level> {
        let asked = Asked { period: period_of(part), ..asked };
        if !self.speaks(source, asked, part) {
            return None;
        }
        let stated = self.stated(source, asked, part);
        let shape = self.shape(asked);
        let node = shape.node(asked.unit);
        // A stock is where it stands at the end, as stated or rolled up there.
        let is_stock =
            asked.indicator.over_time == OverTime::Last && asked.indicator.ratio.is_none();
        let at_the_end = if is_stock { self.own(source, asked, part) } else { None };
        let rolled = at_the_end
            .or_else(|| node.and_then(|node| over_all(&shape, node)))
            .or_else(|| if is_stock { None } else { self.own(source, asked, part) });
        let mut level = beside(stated, rolled);
        if let (Some(level), Some(node)) = (&mut level, node)
            && level.basis == Basis::Stated
        {
            // A stated total speaks for all of its units.
            let expected = shape.nodes[node as usize].listed.len() as u32;
            level.coverage = Coverage { present: expected, expected };
        }
        level
    }

    /// Whether a source may have anything of a part.
    fn speaks(&self, source: Source, asked: Asked<'a>, part: Part) -> bool {
        asked.indicator.ratio.is_some() || asked.said.is_some_and(|said| said.speaks(source, part))
    }

    fn stated(&self, source: Source, asked: Asked<'a>, part: Part) -> Option<Level> {
        let (said, held) = (asked.said?, asked.held?);
        let by = |source: Source| {
            said.series(source).stated(part, asked.unit, &held.domain, self.moments())
        };
        match part {
            // A plan is compared with whatever was done, whoever said it.
            Part::Plan(_) => {
                [Source::Reported, Source::Published, Source::Imported].into_iter().find_map(by)
            }
            Part::Level(_) | Part::YearToDate(_) => by(source),
        }
    }

    /// A number from the unit's own other numbers: a ratio of its two parts, or shorter periods.
    fn own(&self, source: Source, asked: Asked<'a>, part: Part) -> Option<Level> {
        if let Some(ratio) = &asked.indicator.ratio {
            let of = |code| self.part(source, self.of_indicator(asked, code)?, part);
            let (numerator, denominator) = (of(&ratio.numerator)?, of(&ratio.denominator)?);
            return divided(asked.indicator, &numerator, &denominator);
        }
        let parts = match part {
            Part::Level(period) => period.parts(),
            Part::YearToDate(period) => period.year_to_date(),
            Part::Plan(_) => return None,
        };
        let level = |period: Period| self.part(source, asked, Part::Level(period));
        if let (Part::YearToDate(_), [only]) = (part, parts.as_slice()) {
            return level(*only);
        }
        if parts.is_empty() {
            return None;
        }
        let combined = |levels: Vec<Level>, number: Option<Decimal>| {
            let coverage = levels.iter().map(|l| l.coverage).min_by_key(|c| c.present)?;
            Level::from(number?, Basis::RolledUp, coverage, &levels.iter().collect::<Vec<_>>())
        };
        let all = || -> Option<(Vec<Level>, Vec<Decimal>)> {
            let levels: Vec<Level> = parts.iter().copied().map(level).collect::<Option<_>>()?;
            let numbers = levels.iter().map(Level::number).collect::<Option<_>>()?;
            Some((levels, numbers))
        };
        match asked.indicator.over_time {
            OverTime::Sum => {
                let (levels, numbers) = all()?;
                combined(levels, Decimal::sum(numbers))
            }
            OverTime::Last => {
                let last = level(*parts.last()?)?;
                let number = last.number();
                combined(vec![last], number)
            }
            OverTime::Max => {
                let (levels, numbers) = all()?;
                combined(levels, numbers.into_iter().max())
            }
            OverTime::None => None,
        }
    }

    /// What is kept of a part, worked out if it was not; `None` where it cannot be kept.
    pub fn kept(&self, asked: Asked<'a>, said: &Said, key: KeptKey) -> Option<Arc<Kept>> {
        let key = match key {
            (_, part @ Part::Plan(_), tree) => (Source::Reported, part, tree),
            other => other,
        };
        if let Some(kept) = said.kept(&key) {
            return Some(kept);
        }
        let kept = Kept::make(self, asked, said, key)?;
        self.cube.worked_out.fetch_add(1, Ordering::Relaxed);
        Some(said.keep(key, kept))
    }

    fn reader(&self, source: Source, asked: Asked<'a>, part: Part) -> Reader<'a> {
        if asked.indicator.ratio.is_some() {
            return Reader::Singly;
        }
        let Some(said) = asked.said.filter(|said| said.speaks(source, part)) else {
            return Reader::Nothing;
        };
        let key = (source, part, self.tree);
        match self.kept(asked, said, key) {
            Some(kept) => Reader::Column(kept, said, key),
            None => Reader::Singly,
        }
    }

    /// A unit's number as it goes into totals.
    fn read(
        &self,
        reader: &Reader<'a>,
        source: Source,
        asked: Asked<'a>,
        part: Part,
    ) -> Option<Level> {
        match reader {
            Reader::Nothing => None,
            Reader::Singly => self.part(source, asked, part),
            Reader::Column(kept, said, key) => match kept.shape.domain.place(asked.unit) {
                Some(place) => kept.leaves(said, *key)?.get(place, self.moments()),
                None => self.part(source, asked, part),
            },
        }
    }

    /// All leaves of a node put together.
    fn over_all(
        &self,
        source: Source,
        asked: Asked<'a>,
        part: Part,
        shape: &Shape,
        node: u32,
    ) -> Option<Level> {
        let listed = &shape.nodes[node as usize].listed;
        if how(asked.indicator).is_none() {
            return self.over_units(source, asked, part, shape, listed);
        }
        let said = asked.said?;
        let key = (source, part, self.tree);
        let kept = self.kept(asked, said, key)?;
        if kept.is_told {
            return self.over_leaves(asked.indicator, kept.leaves(said, key)?, listed);
        }
        kept.level(node, self.moments())
    }

    /// Some leaves put together, leaf by leaf.
    fn over_units(
        &self,
        source: Source,
        asked: Asked<'a>,
        part: Part,
        shape: &Shape,
        places: &[u32],
    ) -> Option<Level> {
        let units = places.iter().map(|&place| asked.about(shape.domain.units[place as usize]));
        if let Some(ratio) = &asked.indicator.ratio {
            let of = |code: &IndicatorCode| {
                let asked = self.of_indicator(asked, code)?;
                Some((asked, self.reader(source, asked, part)))
            };
            let (numerator, denominator) = (of(&ratio.numerator)?, of(&ratio.denominator)?);
            let number_of = |(of, reader): &(Asked<'a>, Reader<'a>), unit: u32| {
                self.read(reader, source, of.about(unit), part)
                    .filter(|level| level.number().is_some())
            };
            let (tops, bottoms): (Vec<Level>, Vec<Level>) = units
                .filter_map(|at| {
                    Some((number_of(&numerator, at.unit)?, number_of(&denominator, at.unit)?))
                })
                .unzip();
            let coverage = Coverage { present: tops.len() as u32, expected: places.len() as u32 };
            let total = |levels: &[Level]| {
                let sum = Decimal::sum(levels.iter().filter_map(Level::number))?;
                Level::from(sum, Basis::RolledUp, coverage, &levels.iter().collect::<Vec<_>>())
            };
            return divided(asked.indicator, &total(&tops)?, &total(&bottoms)?);
        }
        let reader = self.reader(source, asked, part);
        let weight = match &asked.indicator.over_units {
            OverUnits::Sum | OverUnits::Max => None,
            OverUnits::WeightedMean(weight) => {
                let weight = self.of_indicator(asked, weight)?;
                Some((weight, self.reader(source, weight, part)))
            }
            OverUnits::Ratio | OverUnits::None => return None,
        };
        let mut expected = places.len() as u32;
        let (mut levels, mut numbers, mut weights) = (vec![], vec![], vec![]);
        for at in units {
            let Some(level) = self.read(&reader, source, at, part) else { continue };
            if level.figure.absence() == Some(Absence::NotApplicable) {
                expected -= 1;
            }
            let Some(number) = level.number() else { continue };
            if let Some((of, reader)) = &weight {
                let weight = self.read(reader, source, of.about(at.unit), part);
                let Some(weight) = weight.and_then(|level| level.number()) else { continue };
                weights.push(weight);
            }
            levels.push(level);
            numbers.push(number);
        }
        let coverage = Coverage { present: levels.len() as u32, expected };
        let number = match &asked.indicator.over_units {
            OverUnits::Sum => Decimal::sum(numbers)?,
            OverUnits::Max => numbers.into_iter().max()?,
            OverUnits::WeightedMean(_) => mean(asked.indicator, &numbers, &weights)?,
            OverUnits::Ratio | OverUnits::None => return None,
        };
        Level::from(number, Basis::RolledUp, coverage, &levels.iter().collect::<Vec<_>>())
    }

    /// Leaves of one column put together one by one, where their order matters.
    pub fn over_leaves(
        &self,
        indicator: &Indicator,
        column: &Column,
        places: &[u32],
    ) -> Option<Level> {
        let mut expected = places.len() as u32;
        let mut levels = vec![];
        for &place in places {
            let Some(level) = column.get(place, self.moments()) else { continue };
            if level.figure.absence() == Some(Absence::NotApplicable) {
                expected -= 1;
            }
            levels.extend(level.number().is_some().then_some(level));
        }
        let coverage = Coverage { present: levels.len() as u32, expected };
        let numbers = levels.iter().filter_map(Level::number);
        let number = match how(indicator)? {
            How::Sum => Decimal::sum(numbers)?,
            How::Max => numbers.max()?,
        };
        Level::from(number, Basis::RolledUp, coverage, &levels.iter().collect::<Vec<_>>())
    }

    /// Compares two numbers of a unit: full totals as they stand, otherwise the units present on both sides.
    fn comparison(
        &self,
        source: Source,
        asked: Asked<'a>,
        now: Part,
        base: Part,
        how: Comparison,
    ) -> Option<Level> {
        let (left, right) = (self.part(source, asked, now)?, self.part(source, asked, base)?);
        let whole = |level: &Level| level.number().is_some() && level.coverage.is_full();
        if whole(&left) && whole(&right) {
            return how.of(&left, &right, left.coverage, asked.indicator);
        }
        let shape = self.shape(asked);
        let node = &shape.nodes[shape.node(asked.unit)? as usize];
        let (of_now, of_base) = (self.reader(source, asked, now), self.reader(source, asked, base));
        let expected = node.listed.len() as u32;
        let withheld = |present: u32| {
            let coverage = Coverage { present, expected };
            if coverage.reaches(asked.indicator.coverage_threshold) {
                return Err(coverage);
            }
            let withheld = Level::from(Decimal::ZERO, Basis::Computed, coverage, &[&left, &right]);
            Ok(withheld
                .map(|level| Level { figure: model::Figure::Absent(Absence::Withheld), ..level }))
        };
        if let Some((left, right)) = self.both_at_once(asked.indicator, node, &of_now, &of_base) {
            return match withheld(left.present) {
                Ok(withheld) => withheld,
                Err(coverage) => {
                    let level = |total: Total| total.level(self.moments());
                    how.of(&level(left)?, &level(right)?, coverage, asked.indicator)
                }
            };
        }
        let has = |reader: &Reader<'a>, part: Part, place: u32| {
            let asked = asked.about(shape.domain.units[place as usize]);
            self.read(reader, source, asked, part).is_some_and(|level| level.number().is_some())
        };
        let both: Vec<u32> = node
            .listed
            .iter()
            .copied()
            .filter(|&place| has(&of_now, now, place) && has(&of_base, base, place))
            .collect();
        match withheld(both.len() as u32) {
            Ok(withheld) => withheld,
            Err(coverage) => {
                let over = |part| {
                    let asked = Asked { period: period_of(part), ..asked };
                    self.over_units(source, asked, part, &shape, &both)
                };
                how.of(&over(now)?, &over(base)?, coverage, asked.indicator)
            }
        }
    }

    /// The totals of the leaves that are in two columns, where both are plain enough to add up at once.
    fn both_at_once(
        &self,
        indicator: &Indicator,
        node: &crate::places::Node,
        now: &Reader<'a>,
        base: &Reader<'a>,
    ) -> Option<(Total, Total)> {
        let (Reader::Column(a, a_said, a_key), Reader::Column(b, b_said, b_key)) = (now, base)
        else {
            return None;
        };
        if a.is_told || b.is_told {
            return None;
        }
        let (how, runs) = (how(indicator)?, node.runs.as_ref()?);
        let (a, b) = (a.leaves(a_said, *a_key)?, b.leaves(b_said, *b_key)?);
        Some(of_both(a, b, runs, how, self.moments()))
    }

    fn count(&self, source: Source, asked: Asked<'a>, threshold: Decimal) -> Option<Level> {
        let shape = self.shape(asked);
        let leaves = shape.leaves(asked.unit)?;
        let part = Part::Level(asked.period);
        let reader = self.reader(source, asked, part);
        let levels: Vec<Level> = leaves
            .iter()
            .filter_map(|&place| {
                self.read(&reader, source, asked.about(shape.domain.units[place as usize]), part)
            })
            .filter(|level| level.number().is_some())
            .collect();
        Level::counted(&levels, leaves.len(), threshold)
    }

    /// One more than the units that are strictly better, so that ties share a place.
    fn rank(&self, source: Source, asked: Asked<'a>) -> Option<Level> {
        if !self.speaks(source, asked, Part::Level(asked.period)) {
            return None;
        }
        let league = self.league(source, asked);
        let place = asked.held.and_then(|held| held.domain.place(asked.unit));
        let rank = place.and_then(|place| league.rank(place));
        let rank = rank.or_else(|| {
            // A unit that is not collected from can be stated all the same.
            let own = self.part(source, asked, Part::Level(asked.period))?;
            Some(league.rank_of(own.number()?))
        });
        league.level(rank?)
    }

    /// The units of the same kind with their numbers, once for all of them.
    fn league(&self, source: Source, asked: Asked<'a>) -> Arc<League> {
        let kind = self.unit(asked).kind;
        let key = (source, asked.period, kind, self.tree);
        let here = (asked.indicator.code.as_str(), asked.breakdown.as_str(), key);
        if let Some((of, league)) = &*self.last_league.borrow()
            && *of == here
        {
            return league.clone();
        }
        let league = self.league_of(source, asked, here);
        *self.last_league.borrow_mut() = Some((here, league.clone()));
        league
    }

    fn league_of(&self, source: Source, asked: Asked<'a>, here: OfSeveral<'a>) -> Arc<League> {
        let (.., key @ (_, _, kind, _)) = here;
        if let Some(known) = asked.said.and_then(|said| said.league(&key)) {
            return known;
        }
        if let Some(known) = self.leagues.borrow().get(&here) {
            return known.clone();
        }
        let (day, part) = (asked.period.end(), Part::Level(asked.period));
        let domain = self.cube.places.domain(asked.indicator);
        let reader = self.reader(source, asked, part);
        let (mut members, mut peers) = (vec![], 0);
        for (number, unit) in self.cube.places.units.iter().enumerate() {
            if unit.kind != kind
                || !unit.validity.holds_on(day)
                || !asked.indicator.applies_to(unit, day)
            {
                continue;
            }
            peers += 1;
            let level = self.read(&reader, source, asked.about(number as u32), part);
            if let Some(level) = level.filter(|level| level.number().is_some()) {
                let place = domain.place(number as u32);
                members
                    .push((place.expect("it is collected from a unit that it applies to"), level));
            }
        }
        let league = Arc::new(League::new(asked.indicator.good, domain.len(), &members, peers));
        match reader {
            // What is read of a column changes only with it.
            Reader::Column(_, said, _) => {
                self.cube.worked_out.fetch_add(1, Ordering::Relaxed);
                said.keep_league(key, league.clone());
            }
            Reader::Nothing | Reader::Singly => {
                self.leagues.borrow_mut().insert(here, league.clone());
            }
        }
        league
    }

    fn share_of_whole(&self, source: Source, asked: Asked<'a>) -> Option<Level> {
        let places = &self.cube.places;
        let own_day = asked.period.end();
        let tree_day = match self.tree {
            TreeOf::Own => own_day,
            TreeOf::Epoch(epoch) => places.first_day(epoch),
        };
        let whole = whole_of(&places.units, self.unit(asked), tree_day, own_day)?;
        let level = |unit: u32| self.part(source, asked.about(unit), Part::Level(asked.period));
        share_of_whole(asked.indicator, &level(asked.unit)?, &level(places.number(whole))?)
    }
}

/// The mean of numbers, each with its weight.
fn mean(indicator: &Indicator, numbers: &[Decimal], weights: &[Decimal]) -> Option<Decimal> {
    let one = Decimal::whole(1);
    let products: Option<Vec<Decimal>> = numbers
        .iter()
        .zip(weights)
        .map(|(number, weight)| number.times_over(*weight, one, number.scale() + weight.scale()))
        .collect();
    let total = Decimal::sum(weights.iter().copied())?;
    Decimal::sum(products?)?.times_over(one, total, (indicator.scale + 4).min(15))
}

/// The totals of two columns over the places that have a number in both.
fn of_both(
    a: &Column,
    b: &Column,
    runs: &[std::ops::Range<u32>],
    how: How,
    moments: &Moments,
) -> (Total, Total) {
    let (mut of_a, mut of_b) = (Total::default(), Total::default());
    if let (Some(in_a), Some(in_b)) = (a.dense(), b.dense()) {
        let (mut sums_a, mut sums_b) = (Sums::new(how), Sums::new(how));
        for run in runs {
            for_each_word(run.clone(), |at, mask| {
                let both = in_a.has[at] & in_b.has[at] & mask;
                sums_a.add_word(in_a, at, both);
                sums_b.add_word(in_b, at, both);
            });
        }
        of_a.add_sums(&sums_a, a.scale(), how);
        of_b.add_sums(&sums_b, b.scale(), how);
    }
    let both_dense = a.dense().is_some() && b.dense().is_some();
    let mut singly: BTreeSet<u32> = BTreeSet::new();
    for run in runs {
        for column in [a, b] {
            singly.extend(column.odd().range(run.clone()).map(|(place, _)| *place));
        }
        if !both_dense {
            singly.extend(run.clone());
        }
    }
    for place in singly {
        let number =
            |column: &Column| column.get(place, moments).filter(|level| level.number().is_some());
        if let (Some(in_a), Some(in_b)) = (number(a), number(b)) {
            of_a.add(&in_a, how);
            of_b.add(&in_b, how);
        }
    }
    // The units that are left are all there are: the reference expects exactly those.
    of_a.expected = of_a.present;
    of_b.expected = of_b.present;
    (of_a, of_b)
}
