//! From observations to answers: stated against rolled up, the preferred source, coverage, growth.
//!
//! Every rule of the design is a function here, and everybody (boards, reports, interfaces) asks
//! through [`answer`], so that no two screens can disagree. Nothing implied is ever stored: what
//! follows from other figures is worked out when it is asked for, and says that it was.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::figure::coded;
use crate::indicator::{Good, OverTime, OverUnits};
use crate::observation::{Breakdown, Cell, Measure, Observation};
use crate::query::{Query, SourceChoice, Tree};
use crate::{
    Absence, Catalogue, Decimal, Figure, Indicator, IndicatorCode, Period, Qualifier, Seq, Source,
    Status, Unit, UnitKind, Units,
};

/// The observations that questions are answered from: every revision of every cell, by indicator and unit.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    by_indicator: HashMap<IndicatorCode, HashMap<crate::UnitCode, Vec<Observation>>>,
}

impl Facts {
    /// Whether an indicator's observations are here.
    pub fn holds(&self, indicator: &str) -> bool {
        self.by_indicator.contains_key(indicator)
    }

    /// Puts all of an indicator's observations here, in any order.
    pub fn load(&mut self, indicator: IndicatorCode, observations: Vec<Observation>) {
        let mut by_unit: HashMap<crate::UnitCode, Vec<Observation>> = HashMap::new();
        for observation in observations {
            match by_unit.get_mut(observation.cell.unit.as_str()) {
                Some(held) => held.push(observation),
                None => {
                    by_unit.insert(observation.cell.unit.clone(), vec![observation]);
                }
            }
        }
        for held in by_unit.values_mut() {
            held.sort_by(Self::order);
            held.shrink_to_fit();
        }
        self.by_indicator.insert(indicator, by_unit);
    }

    /// Adds later observations of indicators that are here; of others they come with [`Facts::load`].
    pub fn follow(&mut self, observations: impl IntoIterator<Item = Observation>) {
        for observation in observations {
            let Some(by_unit) = self.by_indicator.get_mut(observation.cell.indicator.as_str())
            else {
                continue;
            };
            let held = by_unit.entry(observation.cell.unit.clone()).or_default();
            let at = held.partition_point(|other| Self::order(other, &observation).is_lt());
            let known = held.get(at).is_some_and(|other| Self::order(other, &observation).is_eq());
            if !known {
                held.insert(at, observation);
            }
        }
    }

    /// The order of one unit's observations.
    fn order(a: &Observation, b: &Observation) -> std::cmp::Ordering {
        Self::within_unit(a, &b.cell).then((a.seq, a.ordinal).cmp(&(b.seq, b.ordinal)))
    }

    fn within_unit(observation: &Observation, cell: &Cell) -> std::cmp::Ordering {
        let own = &observation.cell;
        (own.period, &own.breakdown, own.measure).cmp(&(cell.period, &cell.breakdown, cell.measure))
    }

    /// Every statement of a cell, the oldest first.
    pub fn statements(&self, cell: &Cell) -> &[Observation] {
        let by_unit = self.by_indicator.get(cell.indicator.as_str());
        let Some(held) = by_unit.and_then(|by_unit| by_unit.get(cell.unit.as_str())) else {
            return &[];
        };
        let from = held.partition_point(|other| Self::within_unit(other, cell).is_lt());
        let length = held[from..].partition_point(|other| Self::within_unit(other, cell).is_eq());
        &held[from..from + length]
    }
}

/// How many units are in a number, of how many that should be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Units with a number.
    pub present: u32,
    /// Units that exist at the period's end and to which the indicator applies.
    pub expected: u32,
}

impl Coverage {
    /// A unit that stands for itself.
    pub const ONE: Coverage = Coverage { present: 1, expected: 1 };

    /// Whether every expected unit is present.
    pub fn is_full(self) -> bool {
        self.present >= self.expected
    }

    /// Whether at least so many per cent of the expected units are present.
    pub fn reaches(self, percent: Decimal) -> bool {
        let (present, expected) =
            (Decimal::whole(self.present.into()), Decimal::whole(self.expected.into()));
        present.times_over(Decimal::whole(100), expected, 4).is_some_and(|share| share >= percent)
    }
}

/// How an answer came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Somebody said exactly this.
    Stated,
    /// Added up over units or over time.
    RolledUp,
    /// Worked out from other figures: a ratio, a change, a share, a count.
    Computed,
}

coded!(Basis { Stated = "stated", RolledUp = "rolled_up", Computed = "computed" });

/// The answer for one asked cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// What was asked.
    pub cell: Cell,
    /// The figure, or why there is none.
    pub figure: Figure,
    /// How it came about.
    pub basis: Basis,
    /// What follows from other figures, where a stated one was answered.
    pub computed: Option<Decimal>,
    /// The denominator of a count or a rank.
    pub of: Option<Decimal>,
    /// The weakest status in it.
    pub status: Option<Status>,
    /// Said before the number.
    pub qualifier: Option<Qualifier>,
    /// Whose number.
    pub source: Option<Source>,
    /// Who printed it.
    pub publisher: Option<Arc<str>>,
    /// The units in it.
    pub coverage: Coverage,
    /// Of a measured number: how much of the units' systems is measured, per cent, the least in it; `None` when nobody
    /// has said of all of it.
    pub measured_share: Option<Decimal>,
    /// The latest commit in it.
    pub seq: Seq,
    /// When that was recorded.
    pub recorded_at: Option<Timestamp>,
    /// Whether any of it is made up by the demonstration's rule.
    pub synthetic: bool,
}

impl Answered {
    /// The number, the lower end or the power of ten.
    pub fn value(&self) -> Option<Decimal> {
        self.figure.shown()
    }
}

/// Why a question cannot be answered at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadQuery {
    /// No such indicator.
    #[error("there is no indicator {code}")]
    UnknownIndicator {
        /// As asked.
        code: String,
        /// What was perhaps meant.
        nearest: Vec<String>,
    },
    /// No such unit.
    #[error("there is no unit {code}")]
    UnknownUnit {
        /// As asked.
        code: String,
        /// What was perhaps meant.
        nearest: Vec<String>,
    },
}

/// Answers every cell of a query, in the order asked: indicator, unit, period, breakdown, measure.
pub fn answer(
    units: &Units,
    catalogue: &Catalogue,
    facts: &Facts,
    query: &Query,
) -> Result<Vec<Answered>, BadQuery> {
    let asker = Asker {
        units,
        catalogue,
        facts,
        as_of: query.as_of,
        tree: query.tree,
        known: RefCell::default(),
        known_leaves: RefCell::default(),
    };
    let mut answers = Vec::with_capacity(query.cells().min(100_000));
    for code in &query.indicators {
        let indicator = indicator_named(catalogue, code)?;
        for written in &query.units {
            let unit = unit_named(units, written)?;
            for &period in &query.periods {
                for breakdown in &query.breakdowns {
                    for &measure in &query.measures {
                        let asked = Asked { indicator, unit, period, breakdown };
                        answers.push(asker.answer(asked, measure, query.source));
                    }
                }
            }
        }
    }
    Ok(answers)
}

/// The indicator of a code, or which ones are perhaps meant.
pub(crate) fn indicator_named<'a>(
    catalogue: &'a Catalogue,
    code: &IndicatorCode,
) -> Result<&'a Indicator, BadQuery> {
    catalogue.get(code.as_str()).ok_or_else(|| BadQuery::UnknownIndicator {
        code: code.to_string(),
        nearest: catalogue.nearest(code.as_str()),
    })
}

/// The unit of a code, or which ones are perhaps meant.
pub(crate) fn unit_named<'a>(
    units: &'a Units,
    written: &crate::UnitCode,
) -> Result<&'a Unit, BadQuery> {
    units.resolve(written.as_str()).ok_or_else(|| BadQuery::UnknownUnit {
        code: written.to_string(),
        nearest: units.nearest(written.as_str()),
    })
}

/// The parts that an answered level was rolled up from: one level down the tree, or one step in time.
pub fn parts_of(units: &Units, cell: &Cell, catalogue: &Catalogue) -> (MadeBy, Vec<Cell>) {
    let unknown = (MadeBy::Nothing, vec![]);
    let (Some(indicator), Some(unit)) =
        (catalogue.get(cell.indicator.as_str()), units.resolve(cell.unit.as_str()))
    else {
        return unknown;
    };
    if let Some(ratio) = &indicator.ratio {
        let part = |code: &IndicatorCode| Cell { indicator: code.clone(), ..cell.clone() };
        return (MadeBy::Ratio, vec![part(&ratio.numerator), part(&ratio.denominator)]);
    }
    let day = cell.period.end();
    let applies_below = |below: &Unit| {
        indicator.applies_to(below, day)
            || !units.below(below.code.as_str(), day, &|u| indicator.applies_to(u, day)).is_empty()
    };
    let below: Vec<Cell> = units
        .children(unit.code.as_str(), day)
        .into_iter()
        .filter(|child| applies_below(child))
        .map(|child| Cell { unit: child.code.clone(), ..cell.clone() })
        .collect();
    if !below.is_empty() {
        return (MadeBy::Units, below);
    }
    let parts: Vec<Cell> =
        cell.period.parts().into_iter().map(|period| Cell { period, ..cell.clone() }).collect();
    if parts.is_empty() { unknown } else { (MadeBy::Periods, parts) }
}

/// What a roll-up is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MadeBy {
    /// The units below.
    Units,
    /// Shorter periods.
    Periods,
    /// A numerator and a denominator.
    Ratio,
    /// It was said as it is.
    Nothing,
}

coded!(MadeBy { Units = "units", Periods = "periods", Ratio = "ratio", Nothing = "none" });

#[derive(Clone, Copy)]
struct Asked<'a> {
    indicator: &'a Indicator,
    unit: &'a Unit,
    period: Period,
    breakdown: &'a Breakdown,
}

impl Asked<'_> {
    fn cell(self, measure: Measure) -> Cell {
        Cell {
            indicator: self.indicator.code.clone(),
            unit: self.unit.code.clone(),
            period: self.period,
            breakdown: self.breakdown.clone(),
            measure,
        }
    }
}

/// Which number of a unit goes into a comparison or a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The number of the period.
    Level(Period),
    /// From January to the period's end.
    YearToDate(Period),
    /// The plan of a year.
    Plan(Period),
}

/// A number on its way to an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// The figure, not rounded yet.
    pub figure: Figure,
    /// How it came about.
    pub basis: Basis,
    /// What follows from other figures, where this one was stated.
    pub computed: Option<Decimal>,
    /// Numerator and denominator, so that a ratio is rounded once, when it is shown.
    pub ratio: Option<(Decimal, Decimal)>,
    /// The denominator of a count or a rank.
    pub of: Option<Decimal>,
    /// The weakest status in it.
    pub status: Status,
    /// Said before the number.
    pub qualifier: Option<Qualifier>,
    /// Who printed it.
    pub publisher: Option<Arc<str>>,
    /// How much of the unit's systems is measured, per cent.
    pub measured_share: Option<Decimal>,
    /// The units in it.
    pub coverage: Coverage,
    /// The latest commit in it.
    pub seq: Seq,
    /// When that was recorded.
    pub recorded_at: Timestamp,
    /// Whether any of it is made up by the demonstration's rule.
    pub synthetic: bool,
}

impl Level {
    /// The one number that can be added up.
    pub fn number(&self) -> Option<Decimal> {
        self.figure.number()
    }

    /// What an observation says.
    pub fn stated(observation: &Observation) -> Level {
        Level {
            figure: observation.figure,
            basis: Basis::Stated,
            computed: None,
            ratio: None,
            of: observation.of,
            status: observation.status,
            qualifier: observation.qualifier,
            publisher: observation.publisher.clone(),
            measured_share: observation.measured_share,
            coverage: Coverage::ONE,
            seq: observation.seq,
            recorded_at: observation.recorded_at,
            synthetic: observation.synthetic,
        }
    }

    /// How many of these levels, each of them a number, reach a threshold; of so many units.
    pub fn counted(levels: &[Level], units: usize, threshold: Decimal) -> Option<Level> {
        let reached = levels
            .iter()
            .filter(|level| level.number().is_some_and(|number| number >= threshold))
            .count();
        let coverage = Coverage { present: levels.len() as u32, expected: units as u32 };
        let counted = Decimal::whole(reached as i64);
        let parts: Vec<&Level> = levels.iter().collect();
        let mut level = Level::from(counted, Basis::Computed, coverage, &parts)?;
        level.of = Some(Decimal::whole(units as i64));
        Some(level)
    }

    /// A number worked out from others: the weakest status, the latest seq, never a qualifier.
    pub fn from(
        number: Decimal,
        basis: Basis,
        coverage: Coverage,
        parts: &[&Level],
    ) -> Option<Level> {
        let latest = parts.iter().max_by_key(|part| part.seq)?;
        Some(Level {
            figure: Figure::Number(number),
            basis,
            computed: None,
            ratio: None,
            of: None,
            status: parts.iter().map(|part| part.status).min()?,
            qualifier: None,
            publisher: latest.publisher.clone(),
            measured_share: parts.iter().map(|part| part.measured_share).min().flatten(),
            coverage,
            seq: latest.seq,
            recorded_at: latest.recorded_at,
            synthetic: parts.iter().any(|part| part.synthetic),
        })
    }
}

type Known = HashMap<(IndicatorCode, crate::UnitCode, Part, Breakdown, Source), Option<Level>>;

/// The units that a unit's figures of an indicator are made of, on a day; `None` when it stands for itself.
type KnownLeaves<'a> = HashMap<(crate::UnitCode, IndicatorCode, Date), Option<Rc<[&'a Unit]>>>;

struct Asker<'a> {
    units: &'a Units,
    catalogue: &'a Catalogue,
    facts: &'a Facts,
    as_of: Seq,
    tree: Tree,
    known: RefCell<Known>,
    known_leaves: RefCell<KnownLeaves<'a>>,
}

impl<'a> Asker<'a> {
    fn answer(&self, asked: Asked<'a>, measure: Measure, choice: SourceChoice) -> Answered {
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
                return self.finished(asked, measure, Some((source, level)));
            }
            absent.get_or_insert((source, level));
        }
        self.finished(asked, measure, absent)
    }

    fn finished(
        &self,
        asked: Asked<'a>,
        measure: Measure,
        found: Option<(Source, Level)>,
    ) -> Answered {
        finished(asked.cell(measure), asked.indicator, found, || {
            self.leaves(asked).map_or(1, |leaves| leaves.len() as u32)
        })
    }

    /// A stated measure wins; what follows from the levels stands beside it.
    fn measure(&self, source: Source, asked: Asked<'a>, measure: Measure) -> Option<Level> {
        let period = asked.period;
        if measure == Measure::Level {
            return self.part(source, asked, Part::Level(period));
        }
        if measure == Measure::YearToDate {
            return self.part(source, asked, Part::YearToDate(period));
        }
        let stated = self.latest(source, &asked.cell(measure)).map(Level::stated);
        let change = |base: Option<Period>| {
            let base = base?;
            self.comparison(
                source,
                asked,
                Part::Level(period),
                Part::Level(base),
                Comparison::Change,
            )
        };
        let points = |base: Option<Period>| {
            let base = base?;
            self.comparison(
                source,
                asked,
                Part::Level(period),
                Part::Level(base),
                Comparison::Difference,
            )
        };
        let computed = match measure {
            Measure::ChangeOnYear => change(period.same_last_year()),
            Measure::ChangeOnPeriod => change(period.previous()),
            Measure::ChangeOn(base) => {
                change((base.calendar() == period.calendar()).then_some(base))
            }
            Measure::Points => points(period.same_last_year()),
            Measure::PointsOn(base) => {
                points((base.calendar() == period.calendar()).then_some(base))
            }
            Measure::ShareOfPlan => period.whole_year().and_then(|year| {
                let done = match asked.indicator.over_time {
                    OverTime::Sum => Part::YearToDate(period),
                    OverTime::Last | OverTime::Max | OverTime::None => Part::Level(period),
                };
                self.comparison(source, asked, done, Part::Plan(year), Comparison::Share)
            }),
            Measure::Plan => {
                return period
                    .whole_year()
                    .and_then(|year| self.part(source, asked, Part::Plan(year)));
            }
            Measure::CountAtLeast(threshold) => self.count(source, asked, threshold),
            Measure::Rank => self.rank(source, asked),
            Measure::ShareOfWhole => self.share_of_whole(source, asked),
            Measure::Coverage => covered(&self.part(source, asked, Part::Level(period))?),
            Measure::Target | Measure::Threshold => None,
            Measure::Level | Measure::YearToDate => unreachable!("answered above"),
        };
        beside(stated, computed)
    }

    /// The latest statement of a cell by a source, as known; a withdrawn one is no statement.
    fn latest(&self, source: Source, cell: &Cell) -> Option<&'a Observation> {
        let known = self.facts.statements(cell).iter().rev();
        known
            .filter(|o| o.seq <= self.as_of && o.source == source)
            .max_by_key(|o| (o.seq, o.ordinal))
    }

    /// One number of one unit by one source: stated, with what it would roll up to beside it.
    fn part(&self, source: Source, asked: Asked<'a>, part: Part) -> Option<Level> {
        let key = (
            asked.indicator.code.clone(),
            asked.unit.code.clone(),
            part,
            asked.breakdown.clone(),
            source,
        );
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let (period, measure) = match part {
            Part::Level(period) => (period, Measure::Level),
            Part::YearToDate(period) => (period, Measure::YearToDate),
            Part::Plan(year) => (year, Measure::Plan),
        };
        let asked = Asked { period, ..asked };
        let stated = match part {
            // A plan is compared with whatever was done, whoever said it.
            Part::Plan(_) => [Source::Reported, Source::Published, Source::Imported]
                .into_iter()
                .find_map(|source| self.latest(source, &asked.cell(measure))),
            Part::Level(_) | Part::YearToDate(_) => self.latest(source, &asked.cell(measure)),
        };
        let rolled = self.rolled(source, asked, part);
        let mut level = beside(stated.map(Level::stated), rolled);
        if let (Some(level), Some(leaves)) = (&mut level, self.leaves(asked))
            && level.basis == Basis::Stated
        {
            // A stated total speaks for all of its units.
            let expected = leaves.len() as u32;
            level.coverage = Coverage { present: expected, expected };
        }
        self.known.borrow_mut().insert(key, level.clone());
        level
    }

    fn rolled(&self, source: Source, asked: Asked<'a>, part: Part) -> Option<Level> {
        // A stock is where it stands at the end, as stated or rolled up there.
        let is_stock =
            asked.indicator.over_time == OverTime::Last && asked.indicator.ratio.is_none();
        if is_stock && let Some(at_the_end) = self.own(source, asked, part) {
            return Some(at_the_end);
        }
        let over_units = match self.leaves(asked) {
            Some(leaves) => self.over_units(source, asked, part, &leaves),
            None => None,
        };
        over_units.or_else(|| self.own(source, asked, part))
    }

    /// A number from the unit's own other numbers: a ratio of its two parts, or shorter periods.
    fn own(&self, source: Source, asked: Asked<'a>, part: Part) -> Option<Level> {
        if let Some(ratio) = &asked.indicator.ratio {
            let of = |code: &IndicatorCode| {
                let indicator = self.catalogue.get(code.as_str())?;
                self.part(source, Asked { indicator, ..asked }, part)
            };
            let (numerator, denominator) = (of(&ratio.numerator)?, of(&ratio.denominator)?);
            return divided(asked.indicator, &numerator, &denominator);
        }
        let parts = match part {
            Part::Level(period) => period.parts(),
            Part::YearToDate(period) => period.year_to_date(),
            Part::Plan(_) => return None,
        };
        let level = |period| self.part(source, Asked { period, ..asked }, Part::Level(period));
        let combined = |levels: Vec<Level>, number: Option<Decimal>| {
            let coverage = levels.iter().map(|l| l.coverage).min_by_key(|c| c.present)?;
            Level::from(number?, Basis::RolledUp, coverage, &levels.iter().collect::<Vec<_>>())
        };
        if let (Part::YearToDate(_), [only]) = (part, parts.as_slice()) {
            return level(*only);
        }
        match asked.indicator.over_time {
            OverTime::Sum => {
                let levels: Vec<Level> = parts.into_iter().map(level).collect::<Option<_>>()?;
                let numbers: Vec<Decimal> =
                    levels.iter().map(Level::number).collect::<Option<_>>()?;
                combined(levels, Decimal::sum(numbers))
            }
            OverTime::Last => {
                let last = level(*parts.last()?)?;
                let number = last.number();
                combined(vec![last], number)
            }
            OverTime::Max => {
                let levels: Vec<Level> = parts.into_iter().map(level).collect::<Option<_>>()?;
                let greatest =
                    levels.iter().map(Level::number).collect::<Option<Vec<_>>>()?.into_iter().max();
                combined(levels, greatest)
            }
            OverTime::None => None,
        }
    }

    /// The units that a figure of this unit is made of; `None` when it stands for itself.
    fn leaves(&self, asked: Asked<'a>) -> Option<Rc<[&'a Unit]>> {
        let key = (asked.unit.code.clone(), asked.indicator.code.clone(), asked.period.end());
        if let Some(known) = self.known_leaves.borrow().get(&key) {
            return known.clone();
        }
        let leaves: Option<Rc<[&Unit]>> =
            leaves(self.units, asked.indicator, asked.unit, asked.period, self.tree)
                .map(Into::into);
        self.known_leaves.borrow_mut().insert(key, leaves.clone());
        leaves
    }

    fn over_units(
        &self,
        source: Source,
        asked: Asked<'a>,
        part: Part,
        leaves: &[&'a Unit],
    ) -> Option<Level> {
        let of_leaf = |indicator: &'a Indicator, unit: &'a Unit| {
            self.part(source, Asked { indicator, unit, ..asked }, part)
        };
        let mut expected = leaves.len() as u32;
        let mut present: Vec<(Level, Decimal)> = vec![];
        let mut pairs: Vec<(Level, Level)> = vec![];
        let mut weights: Vec<Decimal> = vec![];
        for &unit in leaves {
            if let Some(ratio) = &asked.indicator.ratio {
                let numerator = of_leaf(self.catalogue.get(ratio.numerator.as_str())?, unit);
                let denominator = of_leaf(self.catalogue.get(ratio.denominator.as_str())?, unit);
                if let (Some(numerator), Some(denominator)) = (numerator, denominator)
                    && numerator.number().is_some()
                    && denominator.number().is_some()
                {
                    pairs.push((numerator, denominator));
                }
                continue;
            }
            let Some(level) = of_leaf(asked.indicator, unit) else {
                continue;
            };
            if level.figure.absence() == Some(Absence::NotApplicable) {
                expected -= 1;
            }
            let Some(number) = level.number() else {
                continue;
            };
            if let OverUnits::WeightedMean(weight) = &asked.indicator.over_units {
                let weight = of_leaf(self.catalogue.get(weight.as_str())?, unit)
                    .and_then(|level| level.number());
                let Some(weight) = weight else { continue };
                weights.push(weight);
            }
            present.push((level, number));
        }
        if asked.indicator.ratio.is_some() {
            return self.ratio_of_sums(asked.indicator, &pairs, expected);
        }
        let coverage = Coverage { present: present.len() as u32, expected };
        let numbers = present.iter().map(|(_, number)| *number);
        let number = match &asked.indicator.over_units {
            OverUnits::Sum => Decimal::sum(numbers)?,
            OverUnits::Max => numbers.max()?,
            OverUnits::WeightedMean(_) => {
                let products: Option<Vec<Decimal>> = numbers
                    .zip(&weights)
                    .map(|(number, weight)| {
                        number.times_over(
                            *weight,
                            Decimal::whole(1),
                            number.scale() + weight.scale(),
                        )
                    })
                    .collect();
                let total = Decimal::sum(weights.iter().copied())?;
                Decimal::sum(products?)?.times_over(
                    Decimal::whole(1),
                    total,
                    (asked.indicator.scale + 4).min(15),
                )?
            }
            OverUnits::Ratio | OverUnits::None => return None,
        };
        let levels: Vec<&Level> = present.iter().map(|(level, _)| level).collect();
        Level::from(number, Basis::RolledUp, coverage, &levels)
    }

    /// Numerators summed over denominators summed, of the units that have both.
    fn ratio_of_sums(
        &self,
        indicator: &Indicator,
        pairs: &[(Level, Level)],
        expected: u32,
    ) -> Option<Level> {
        let coverage = Coverage { present: pairs.len() as u32, expected };
        let total = |levels: Vec<&Level>| {
            let sum = Decimal::sum(levels.iter().filter_map(|level| level.number()))?;
            Level::from(sum, Basis::RolledUp, coverage, &levels)
        };
        let numerator = total(pairs.iter().map(|(numerator, _)| numerator).collect())?;
        let denominator = total(pairs.iter().map(|(_, denominator)| denominator).collect())?;
        divided(indicator, &numerator, &denominator)
    }

    /// Compares two numbers of a unit under one source. Full totals are compared as they stand;
    /// otherwise only the units present on both sides, and not at all under the indicator's coverage.
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
        let leaves = self.leaves(asked)?;
        let has = |unit: &'a Unit, part: Part| {
            let asked = Asked { unit, ..asked };
            self.part(source, asked, part).is_some_and(|level| level.number().is_some())
        };
        let both: Vec<&Unit> =
            leaves.iter().copied().filter(|&unit| has(unit, now) && has(unit, base)).collect();
        let coverage = Coverage { present: both.len() as u32, expected: leaves.len() as u32 };
        if !coverage.reaches(asked.indicator.coverage_threshold) {
            let mut withheld =
                Level::from(Decimal::ZERO, Basis::Computed, coverage, &[&left, &right])?;
            withheld.figure = Figure::Absent(Absence::Withheld);
            return Some(withheld);
        }
        let (left, right) = (
            self.over_units(source, asked, now, &both)?,
            self.over_units(source, asked, base, &both)?,
        );
        how.of(&left, &right, coverage, asked.indicator)
    }

    fn share_of_whole(&self, source: Source, asked: Asked<'a>) -> Option<Level> {
        let own_day = asked.period.end();
        let tree_day = match self.tree {
            Tree::Own => own_day,
            Tree::Of(day) => day,
        };
        let level =
            |unit: &'a Unit| self.part(source, Asked { unit, ..asked }, Part::Level(asked.period));
        let whole = whole_of(self.units, asked.unit, tree_day, own_day)?;
        share_of_whole(asked.indicator, &level(asked.unit)?, &level(whole)?)
    }

    fn count(&self, source: Source, asked: Asked<'a>, threshold: Decimal) -> Option<Level> {
        let leaves = self.leaves(asked)?;
        let levels: Vec<Level> = leaves
            .iter()
            .filter_map(|&unit| {
                self.part(source, Asked { unit, ..asked }, Part::Level(asked.period))
            })
            .filter(|level| level.number().is_some())
            .collect();
        Level::counted(&levels, leaves.len(), threshold)
    }

    /// One more than the units that are strictly better, so that ties share a place.
    fn rank(&self, source: Source, asked: Asked<'a>) -> Option<Level> {
        let day = asked.period.end();
        let own = self.part(source, asked, Part::Level(asked.period))?;
        let number = own.number()?;
        let peers: Vec<&Unit> = self
            .units
            .iter()
            .filter(|unit| unit.kind == asked.unit.kind && unit.validity.holds_on(day))
            .filter(|unit| asked.indicator.applies_to(unit, day))
            .collect();
        let levels: Vec<Level> = peers
            .iter()
            .filter_map(|&unit| {
                self.part(source, Asked { unit, ..asked }, Part::Level(asked.period))
            })
            .filter(|level| level.number().is_some())
            .collect();
        let better = |other: Decimal| match asked.indicator.good {
            Good::Up | Good::Unsaid => other > number,
            Good::Down => other < number,
        };
        let ahead = levels.iter().filter(|level| level.number().is_some_and(better)).count();
        let coverage = Coverage { present: levels.len() as u32, expected: peers.len() as u32 };
        let mut level = Level::from(
            Decimal::whole(ahead as i64 + 1),
            Basis::Computed,
            coverage,
            &levels.iter().collect::<Vec<_>>(),
        )?;
        level.of = Some(Decimal::whole(levels.len() as i64));
        Some(level)
    }
}

/// The units that a figure of a unit is made of in the tree of a period; `None` when it stands for itself.
pub fn leaves<'a>(
    units: &'a Units,
    indicator: &Indicator,
    unit: &'a Unit,
    period: Period,
    tree: Tree,
) -> Option<Vec<&'a Unit>> {
    let own_day = period.end();
    // A province is not searched down to its communes for an indicator of provinces.
    let can_be_below = indicator.applies_to.iter().any(|(kind, _)| unit.kind.can_hold(*kind));
    if tree == Tree::Own && !can_be_below {
        return None;
    }
    let past_of = |unit: &'a Unit, day: Date| -> Vec<&'a Unit> {
        units
            .predecessors(unit.code.as_str(), day)
            .into_iter()
            .filter(|past| past.validity.holds_on(own_day) && indicator.applies_to(past, own_day))
            .collect()
    };
    match tree {
        Tree::Own => {
            let below =
                units.below(unit.code.as_str(), own_day, &|u| indicator.applies_to(u, own_day));
            (!below.is_empty()).then_some(below)
        }
        Tree::Of(day) => {
            let below = units.below(unit.code.as_str(), day, &|u| indicator.applies_to(u, day));
            if below.is_empty() {
                let past =
                    if unit.validity.holds_on(own_day) { vec![] } else { past_of(unit, day) };
                return (!past.is_empty()).then_some(past);
            }
            let then = below.into_iter().flat_map(|leaf| {
                let mut parts = past_of(leaf, day);
                if leaf.validity.holds_on(own_day) {
                    parts.push(leaf);
                }
                parts
            });
            Some(then.collect())
        }
    }
}

/// The country that a unit lies in, on the tree's day; of one that is nowhere in that tree, on the period's last day.
/// A country is its own whole.
pub fn whole_of<'a>(
    units: &'a Units,
    unit: &'a Unit,
    tree_day: Date,
    own_day: Date,
) -> Option<&'a Unit> {
    /// Deeper than any tree, for one that would go round.
    const DEEPEST: usize = 64;
    let on = |day: Date| {
        let mut above = std::iter::successors(Some(unit), |unit| units.parent(unit, day));
        above.by_ref().take(DEEPEST).find(|unit| unit.kind == UnitKind::Country)
    };
    on(tree_day).or_else(|| on(own_day))
}

/// How many per cent a number is of its whole's, where figures add up over units. Withheld when too few units are in
/// either: a part of an unfinished whole would seem larger than it is. Its coverage is the whole's.
pub fn share_of_whole(indicator: &Indicator, own: &Level, whole: &Level) -> Option<Level> {
    match (&indicator.ratio, &indicator.over_units) {
        (None, OverUnits::Sum) => {}
        (Some(_), _)
        | (
            None,
            OverUnits::Ratio | OverUnits::WeightedMean(_) | OverUnits::Max | OverUnits::None,
        ) => return None,
    }
    let share = Comparison::Share.of(own, whole, whole.coverage, indicator)?;
    let reaches = |level: &Level| level.coverage.reaches(indicator.coverage_threshold);
    if reaches(own) && reaches(whole) {
        return Some(share);
    }
    Some(Level { figure: Figure::Absent(Absence::Withheld), ..share })
}

/// How many per cent of the units that are expected in a number have one.
pub fn covered(level: &Level) -> Option<Level> {
    let Coverage { present, expected } = level.coverage;
    let present = if level.number().is_some() { present } else { 0 };
    let (hundred, expected_units) = (Decimal::whole(100), Decimal::whole(expected.into()));
    let share = Decimal::whole(present.into()).times_over(hundred, expected_units, 4)?;
    Level::from(share, Basis::Computed, Coverage { present, expected }, &[level])
}

/// The answer for a cell of which this was found by this source; of nothing, only how many were expected is said.
pub fn finished(
    cell: Cell,
    indicator: &Indicator,
    found: Option<(Source, Level)>,
    expected: impl FnOnce() -> u32,
) -> Answered {
    let Some((source, level)) = found else {
        return Answered {
            cell,
            figure: Figure::Absent(Absence::NothingRecorded),
            basis: Basis::Stated,
            computed: None,
            of: None,
            status: None,
            qualifier: None,
            source: None,
            publisher: None,
            coverage: Coverage { present: 0, expected: expected() },
            measured_share: None,
            seq: Seq(0),
            recorded_at: None,
            synthetic: false,
        };
    };
    let scale = if cell.measure.is_percentage() { 4 } else { indicator.scale };
    let factor = indicator.ratio.as_ref().map(|ratio| ratio.factor);
    let shown = |number: Decimal, ratio: Option<(Decimal, Decimal)>| match (ratio, factor) {
        (Some((numerator, denominator)), Some(factor)) => {
            numerator.times_over(factor, denominator, scale).unwrap_or(number.rounded(scale))
        }
        _ => number.rounded(scale),
    };
    let figure = match (level.basis, level.figure) {
        (Basis::RolledUp | Basis::Computed, Figure::Number(number)) => {
            Figure::Number(shown(number, level.ratio))
        }
        (_, figure) => figure,
    };
    Answered {
        cell,
        figure,
        basis: level.basis,
        computed: level.computed.map(|number| number.rounded(scale)),
        of: level.of,
        status: Some(level.status),
        qualifier: level.qualifier,
        source: Some(source),
        publisher: level.publisher,
        coverage: level.coverage,
        measured_share: level.measured_share,
        seq: level.seq,
        recorded_at: Some(level.recorded_at),
        synthetic: level.synthetic,
    }
}

/// A ratio of two numbers, with the pair it is shown from.
pub fn divided(indicator: &Indicator, numerator: &Level, denominator: &Level) -> Option<Level> {
    let ratio = indicator.ratio.as_ref()?;
    let pair = (numerator.number()?, denominator.number()?);
    let number = pair.0.times_over(ratio.factor, pair.1, (indicator.scale + 4).min(15))?;
    let coverage = std::cmp::min_by_key(numerator.coverage, denominator.coverage, |c| c.present);
    let mut level = Level::from(number, Basis::Computed, coverage, &[numerator, denominator])?;
    level.ratio = Some(pair);
    Some(level)
}

/// What is said of two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// By how many per cent the first exceeds the second.
    Change,
    /// The first less the second.
    Difference,
    /// How many per cent the first is of the second.
    Share,
}

impl Comparison {
    /// A base that is zero or negative has no percentage.
    pub fn of(
        self,
        left: &Level,
        right: &Level,
        coverage: Coverage,
        indicator: &Indicator,
    ) -> Option<Level> {
        let (a, b) = (left.number()?, right.number()?);
        let hundred = Decimal::whole(100);
        let has_percentage = !b.is_zero() && !b.is_negative();
        let number = match self {
            Comparison::Change if has_percentage => a.minus(b)?.times_over(hundred, b, 4)?,
            Comparison::Share if has_percentage => a.times_over(hundred, b, 4)?,
            Comparison::Change | Comparison::Share => return None,
            Comparison::Difference => a.minus(b)?.rounded(indicator.scale),
        };
        Level::from(number, Basis::Computed, coverage, &[left, right])
    }
}

/// Stated wins, and keeps what follows from other figures beside it; they are never added together.
/// What was withdrawn or is missing gives way to a roll-up.
pub fn beside(stated: Option<Level>, other: Option<Level>) -> Option<Level> {
    match (stated, other) {
        (Some(mut stated), Some(other)) => match stated.figure.absence() {
            Some(Absence::Withdrawn | Absence::Missing) if other.number().is_some() => Some(other),
            _ => {
                stated.computed = other.number();
                stated.of = stated.of.or(other.of);
                if stated.of.is_some() {
                    stated.coverage = other.coverage;
                }
                Some(stated)
            }
        },
        (stated, other) => stated.or(other),
    }
}

#[cfg(test)]
mod tests;
