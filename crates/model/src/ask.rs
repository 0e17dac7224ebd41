//! A question as people put it, and what it names: from "all communes below 52, the last 12 months" to codes and
//! periods.
//!
//! A [`Query`] is a product of lists, because that is what can be answered, cached and compared. Nobody writes eleven
//! thousand codes, so a question names them, and here is the one place that says what a name means.

use std::collections::HashSet;
use std::ops::Range;

use jiff::civil::Date;

use crate::figure::coded;
use crate::query::{Query, SourceChoice, Tree};
use crate::{
    Breakdown, Calendar, Catalogue, Frequency, IndicatorCode, Measure, Period, Seq, Unit, UnitCode,
    UnitKind, Units,
};

/// So many of one list are named at most; what is larger is a mistake, and is not written down to be counted.
pub const MOST_NAMED: usize = 1_000_000;

/// So many sets (a level, a group, all below) stand in one list at most: each is a walk through the tree.
pub const MOST_SETS: usize = 100;
/// The furthest that periods are moved back.
const MOST_YEARS_BEFORE: u16 = 100;

/// Indicators × units × periods × breakdowns × measures, each by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Codes, or all of a sector: `BC.*`.
    pub indicators: Vec<String>,
    /// Units, one by one or many at once.
    pub units: Vec<UnitsNamed>,
    /// Periods, one by one or many at once.
    pub periods: Vec<PeriodsNamed>,
    /// Breakdowns; empty is the total.
    pub breakdowns: Vec<String>,
    /// Measures.
    pub measures: Vec<String>,
    /// From where.
    pub source: SourceChoice,
    /// In which tree.
    pub tree: Tree,
    /// As known at.
    pub as_of: Seq,
}

/// Some units. Those of a level, of a group and below another are the ones that exist on the day of the tree: the one
/// that was asked for, or the last day of the latest period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnitsNamed {
    /// One, by its code: `VN`, `52@2025-07`, `@provinces` as a whole.
    Code(String),
    /// Every unit of a kind, by code.
    Level(UnitKind),
    /// The units of a group, by code.
    Group(String),
    /// The units directly below one, by code.
    ChildrenOf(String),
    /// Every unit below one, each before what is below it; or only those of a kind.
    Below(String, Option<UnitKind>),
}

/// Some periods, the earliest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeriodsNamed {
    /// One, by its code.
    Code(String),
    /// From one to another of the same length and calendar.
    FromTo {
        /// The first.
        from: String,
        /// The last.
        to: String,
        /// The same periods so many years before.
        years_before: u16,
    },
    /// The last so many that have ended by today.
    Last {
        /// How many.
        count: usize,
        /// How long each is.
        frequency: Frequency,
        /// In which calendar.
        calendar: Calendar,
        /// The same periods so many years before.
        years_before: u16,
    },
    /// Those of this year that have ended by today.
    YearToDate {
        /// How long each is.
        frequency: Frequency,
        /// In which calendar.
        calendar: Calendar,
        /// The same periods so many years before.
        years_before: u16,
    },
}

/// One of the lists of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// What.
    Indicators,
    /// About what.
    Units,
    /// When.
    Periods,
    /// Of which parts.
    Breakdowns,
    /// What is said.
    Measures,
}

coded!(Dimension {
    Indicators = "indicators",
    Units = "units",
    Periods = "periods",
    Breakdowns = "breakdowns",
    Measures = "measures",
});

/// Why a question cannot be put, and at which item of which list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} {at}: {why}", .dimension.code())]
pub struct Refused {
    /// The list.
    pub dimension: Dimension,
    /// The item, from 0.
    pub at: usize,
    /// Why.
    pub why: Why,
}

/// What is wrong with an item.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// No such indicator, or no such sector.
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
    /// A unit that has no members.
    #[error("{0} is not a group")]
    NotAGroup(UnitCode),
    /// Not a period.
    #[error("“{0}” is not a period")]
    BadPeriod(String),
    /// Not a breakdown.
    #[error("“{0}” is not a breakdown")]
    BadBreakdown(String),
    /// Not a measure.
    #[error("“{0}” is not a measure")]
    BadMeasure(String),
    /// The ends of a range are of different calendars.
    #[error("{0} and {1} are of different calendars")]
    TwoCalendars(Period, Period),
    /// The ends of a range are of different lengths.
    #[error("{0} and {1} are of different lengths")]
    TwoLengths(Period, Period),
    /// A range that ends before it begins.
    #[error("{1} is before {0}")]
    Backwards(Period, Period),
    /// A campaign has none after it.
    #[error("{0} has no next one")]
    NoNext(Period),
    /// There are no periods of this length in this calendar.
    #[error("there is no {} in the {} calendar", .0.code(), .1.code())]
    NoSuchLength(Frequency, Calendar),
    /// There was no such period so many years before.
    #[error("{0} was not {1} years before")]
    NotThen(Period, u16),
    /// More than [`MOST_NAMED`].
    #[error("more than {MOST_NAMED} are named")]
    TooMany,
    /// More sets than [`MOST_SETS`].
    #[error("more than {MOST_SETS} sets are named")]
    TooManySets,
    /// The list names nothing.
    #[error("nothing is named")]
    Nothing,
    /// A measure that compares with a period of another length or calendar than one that is asked for.
    #[error("{measure} compares {period} with a period of another length or calendar")]
    Incomparable {
        /// The measure.
        measure: Measure,
        /// A period that was asked for.
        period: Period,
    },
    /// A measure that needs a year or a period before, of a period that has none.
    #[error("{measure} does not exist for {period}")]
    Impossible {
        /// The measure.
        measure: Measure,
        /// A period that was asked for.
        period: Period,
    },
}

/// Finds everything that a question names.
pub fn resolve(
    ask: &Ask,
    units: &Units,
    catalogue: &Catalogue,
    today: Date,
) -> Result<Query, Refused> {
    let indicators = listed(Dimension::Indicators, &ask.indicators, |code| {
        indicators_of(catalogue, code).map(|found| found.into_iter().cloned().collect())
    })?;
    let periods = listed(Dimension::Periods, &ask.periods, |named| periods_of(named, today))?;
    let day = match ask.tree {
        Tree::Of(day) => day,
        Tree::Own => periods.iter().map(|period| period.end()).max().unwrap_or(today),
    };
    let is_set = |named: &&UnitsNamed| !matches!(named, UnitsNamed::Code(_));
    if ask.units.iter().filter(is_set).count() > MOST_SETS {
        return Err(Refused { dimension: Dimension::Units, at: MOST_SETS, why: Why::TooManySets });
    }
    let units = listed(Dimension::Units, &ask.units, |named| {
        Ok(units_of(units, named, day)?.into_iter().map(|unit| unit.code.clone()).collect())
    })?;
    let breakdowns = listed(Dimension::Breakdowns, &ask.breakdowns, |text| {
        let read = Breakdown::parse(text.trim());
        read.map(|one| vec![one]).map_err(|_| Why::BadBreakdown(shortened(text)))
    })?;
    let measures = listed(Dimension::Measures, &ask.measures, |text| {
        let read = Measure::parse(text);
        read.map(|one| vec![one]).map_err(|_| Why::BadMeasure(shortened(text)))
    })?;
    let Ask { source, tree, as_of, .. } = *ask;
    Ok(Query { indicators, units, periods, breakdowns, measures, source, tree, as_of })
}

/// Collects what each item of a list names, in the order asked; what is named twice is there twice.
fn listed<Named, Found>(
    dimension: Dimension,
    list: &[Named],
    find: impl Fn(&Named) -> Result<Vec<Found>, Why>,
) -> Result<Vec<Found>, Refused> {
    let mut all = vec![];
    for (at, named) in list.iter().enumerate() {
        let refused = |why| Refused { dimension, at, why };
        all.extend(find(named).map_err(refused)?);
        if all.len() > MOST_NAMED {
            return Err(refused(Why::TooMany));
        }
    }
    if all.is_empty() { Err(Refused { dimension, at: 0, why: Why::Nothing }) } else { Ok(all) }
}

/// The indicator of a code, or all of a sector (`BC.*`).
pub fn indicators_of<'a>(
    catalogue: &'a Catalogue,
    code: &str,
) -> Result<Vec<&'a IndicatorCode>, Why> {
    let found: Vec<&IndicatorCode> = match code.strip_suffix('*') {
        Some(prefix) if prefix.ends_with('.') => {
            let codes = catalogue.iter().map(|indicator| &indicator.code);
            codes.filter(|known| known.as_str().starts_with(prefix)).collect()
        }
        Some(_) => vec![],
        None => catalogue.get(code).map(|indicator| &indicator.code).into_iter().collect(),
    };
    if found.is_empty() {
        Err(Why::UnknownIndicator { code: shortened(code), nearest: catalogue.nearest(code) })
    } else {
        Ok(found)
    }
}

/// The unit that a written code names.
pub fn unit_of<'a>(units: &'a Units, code: &str) -> Result<&'a Unit, Why> {
    units
        .resolve(code)
        .ok_or_else(|| Why::UnknownUnit { code: shortened(code), nearest: units.nearest(code) })
}

fn units_of<'a>(units: &'a Units, named: &UnitsNamed, day: Date) -> Result<Vec<&'a Unit>, Why> {
    Ok(match named {
        UnitsNamed::Code(code) => vec![unit_of(units, code)?],
        UnitsNamed::Level(kind) => {
            let exists = |unit: &&Unit| unit.kind == *kind && unit.validity.holds_on(day);
            let mut found: Vec<&Unit> = units.iter().filter(exists).collect();
            found.sort_by(|a, b| a.code.cmp(&b.code));
            found
        }
        UnitsNamed::Group(code) => {
            let group = unit_of(units, code)?;
            if group.kind != UnitKind::Group {
                return Err(Why::NotAGroup(group.code.clone()));
            }
            units.children(group.code.as_str(), day)
        }
        UnitsNamed::ChildrenOf(code) => units.children(unit_of(units, code)?.code.as_str(), day),
        UnitsNamed::Below(code, kind) => {
            let top = unit_of(units, code)?;
            let mut seen = HashSet::from([&top.code]);
            let mut found = vec![];
            let mut open = units.children(top.code.as_str(), day);
            open.reverse();
            while let Some(unit) = open.pop() {
                // What is in a group can lie below another member of it.
                if seen.insert(&unit.code) {
                    open.extend(units.children(unit.code.as_str(), day).into_iter().rev());
                    found.push(unit);
                }
            }
            found.retain(|unit| kind.is_none_or(|kind| unit.kind == kind));
            found
        }
    })
}

fn periods_of(named: &PeriodsNamed, today: Date) -> Result<Vec<Period>, Why> {
    let (periods, years_before) = match named {
        PeriodsNamed::Code(code) => (vec![period_of(code)?], 0),
        PeriodsNamed::FromTo { from, to, years_before } => {
            (from_to(period_of(from)?, period_of(to)?)?, *years_before)
        }
        PeriodsNamed::Last { count, frequency, calendar, years_before } => {
            let mut periods = vec![];
            let mut next = Some(last_ended(today, *frequency, *calendar)?);
            while let Some(period) = next.filter(|_| periods.len() < *count) {
                periods.push(period);
                next = period.previous();
                if periods.len() > MOST_NAMED {
                    return Err(Why::TooMany);
                }
            }
            periods.reverse();
            (periods, *years_before)
        }
        PeriodsNamed::YearToDate { frequency, calendar, years_before } => {
            let no_such = || Why::NoSuchLength(*frequency, *calendar);
            let year = Period::containing(today, Frequency::Year, *calendar).ok_or_else(no_such)?;
            let first = Period::containing(year.start(), *frequency, *calendar);
            let mut next = first.ok_or_else(no_such)?;
            let mut periods = vec![];
            while next.end() <= today {
                periods.push(next);
                next = next.next().ok_or_else(no_such)?;
            }
            // A week belongs to the year of its Thursday.
            periods.retain(|period| period.named_year() == year.named_year());
            (periods, *years_before)
        }
    };
    let before = |period: Period| {
        let mut years = 0..years_before.min(MOST_YEARS_BEFORE);
        let then = years.try_fold(period, |then, _| then.same_last_year());
        let then = then.filter(|_| years_before <= MOST_YEARS_BEFORE);
        then.ok_or(Why::NotThen(period, years_before))
    };
    periods.into_iter().map(before).collect()
}

/// A period.
pub fn period_of(text: &str) -> Result<Period, Why> {
    Period::parse(text).map_err(|_| Why::BadPeriod(shortened(text)))
}

fn last_ended(today: Date, frequency: Frequency, calendar: Calendar) -> Result<Period, Why> {
    let current = Period::containing(today, frequency, calendar);
    let ended = current.filter(|period| period.end() <= today);
    let ended = ended.or_else(|| current.and_then(Period::previous));
    ended.ok_or(Why::NoSuchLength(frequency, calendar))
}

fn from_to(from: Period, to: Period) -> Result<Vec<Period>, Why> {
    if from.calendar() != to.calendar() {
        return Err(Why::TwoCalendars(from, to));
    }
    if from.frequency() != to.frequency() {
        return Err(Why::TwoLengths(from, to));
    }
    if to < from {
        return Err(Why::Backwards(from, to));
    }
    let mut periods = vec![from];
    let mut last = from;
    while last < to {
        last = last.next().ok_or(Why::NoNext(from))?;
        periods.push(last);
    }
    Ok(periods)
}

/// The first measure that contradicts a period it is asked of: compared with another length or calendar, or with a
/// year or a period before that there cannot be.
pub fn contradiction(query: &Query) -> Option<Refused> {
    let wrong = |measure: Measure, period: Period| match measure {
        Measure::ChangeOn(other) | Measure::PointsOn(other) => {
            let alike =
                other.calendar() == period.calendar() && other.frequency() == period.frequency();
            (!alike).then_some(Why::Incomparable { measure, period })
        }
        Measure::YearToDate | Measure::ShareOfPlan => {
            let has_year = period.whole_year().is_some();
            (!has_year).then_some(Why::Impossible { measure, period })
        }
        Measure::ChangeOnPeriod => {
            let has_previous = period.previous().is_some();
            (!has_previous).then_some(Why::Impossible { measure, period })
        }
        Measure::Level
        | Measure::ChangeOnYear
        | Measure::Points
        | Measure::Plan
        | Measure::Target
        | Measure::Threshold
        | Measure::Rank
        | Measure::ShareOfWhole
        | Measure::Coverage
        | Measure::CountAtLeast(_) => None,
    };
    query.measures.iter().enumerate().find_map(|(at, &measure)| {
        let why = query.periods.iter().find_map(|&period| wrong(measure, period))?;
        Some(Refused { dimension: Dimension::Measures, at, why })
    })
}

/// How many of each list a query has.
pub fn sizes(query: &Query) -> [(Dimension, usize); 5] {
    [
        (Dimension::Indicators, query.indicators.len()),
        (Dimension::Units, query.units.len()),
        (Dimension::Periods, query.periods.len()),
        (Dimension::Breakdowns, query.breakdowns.len()),
        (Dimension::Measures, query.measures.len()),
    ]
}

/// A part of a query: its cells follow one another in the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    indicators: Range<usize>,
    units: Range<usize>,
    periods: Range<usize>,
}

impl Part {
    /// The query of this part alone.
    pub fn of(&self, query: &Query) -> Query {
        Query {
            indicators: query.indicators[self.indicators.clone()].to_vec(),
            units: query.units[self.units.clone()].to_vec(),
            periods: query.periods[self.periods.clone()].to_vec(),
            breakdowns: query.breakdowns.clone(),
            measures: query.measures.clone(),
            ..*query
        }
    }
}

/// Cuts a query into parts of at most so many cells (or one period of one unit, where that is more), in the order of
/// the answer: parts answered one after another are the answer.
pub fn parts(query: &Query, most: usize) -> Vec<Part> {
    let (indicators, units, periods) =
        (query.indicators.len(), query.units.len(), query.periods.len());
    let of_period = query.breakdowns.len() * query.measures.len();
    let fitting = |size: usize| (most / size.max(1)).max(1);
    let cut = |length: usize, by: usize| {
        (0..length).step_by(by).map(move |from| from..length.min(from.saturating_add(by)))
    };
    let of_unit = of_period * periods;
    let of_indicator = of_unit * units;
    let mut parts = vec![];
    for indicators in cut(indicators, fitting(of_indicator)) {
        let by_units = if of_indicator > most { fitting(of_unit) } else { units };
        for units in cut(units, by_units.max(1)) {
            let by_periods = if of_unit > most { fitting(of_period) } else { periods };
            for periods in cut(periods, by_periods.max(1)) {
                let (indicators, units) = (indicators.clone(), units.clone());
                parts.push(Part { indicators, units, periods });
            }
        }
    }
    parts
}

/// What was sent, short enough to be said back.
fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests;
