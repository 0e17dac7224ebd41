//! What of a record a question can read: from these cells alone it is answered as from the whole.
//!
//! A record that no one machine holds is asked for them, and what it finds goes through [`crate::answer`].

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::answer::{indicator_named, leaves, unit_named, whole_of};
use crate::indicator::OverUnits;
use crate::{
    BadQuery, Catalogue, Indicator, IndicatorCode, Measure, Period, Query, Tree, Unit, UnitCode,
    Units,
};

/// Every cell that an answer may rest on is of one of these indicators, units and periods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reads {
    /// Those asked about, with the parts of ratios and the weights of means.
    pub indicators: BTreeSet<IndicatorCode>,
    /// Those asked about, those that they are made of, and those that they are compared with.
    pub units: BTreeSet<UnitCode>,
    /// Those asked about, the shorter ones inside them, and those that they are compared with.
    pub periods: BTreeSet<Period>,
}

impl Reads {
    /// What a question reads; refuses unknown codes as [`crate::answer`] does.
    pub fn of(units: &Units, catalogue: &Catalogue, query: &Query) -> Result<Reads, BadQuery> {
        let indicators = indicators(catalogue, query)?;
        let periods = periods(query);
        let ends: BTreeSet<Date> = periods.iter().map(|period| period.end()).collect();
        let one_of_each_end: Vec<Period> = ends.into_iter().map(Period::day).collect();
        let mut found: BTreeSet<UnitCode> = BTreeSet::new();
        let mut left = begun(units, query)?;
        while let Some(unit) = left.pop() {
            if !found.insert(unit.code.clone()) {
                continue;
            }
            for indicator in &indicators {
                for &day in &one_of_each_end {
                    let made_of = leaves(units, indicator, unit, day, query.tree);
                    left.extend(made_of.into_iter().flatten());
                }
            }
        }
        let indicators = indicators.into_iter().map(|indicator| indicator.code.clone()).collect();
        Ok(Reads { indicators, units: found, periods })
    }
}

fn indicators<'a>(catalogue: &'a Catalogue, query: &Query) -> Result<Vec<&'a Indicator>, BadQuery> {
    let asked = query.indicators.iter().map(|code| indicator_named(catalogue, code));
    let mut found: Vec<&Indicator> = vec![];
    let mut left: Vec<&Indicator> = asked.collect::<Result<_, _>>()?;
    while let Some(indicator) = left.pop() {
        if found.iter().any(|known| known.code == indicator.code) {
            continue;
        }
        found.push(indicator);
        let of_ratio = indicator.ratio.iter().flat_map(|it| [&it.numerator, &it.denominator]);
        let weight = match &indicator.over_units {
            OverUnits::WeightedMean(weight) => Some(weight),
            OverUnits::Sum | OverUnits::Ratio | OverUnits::Max | OverUnits::None => None,
        };
        left.extend(of_ratio.chain(weight).filter_map(|code| catalogue.get(code.as_str())));
    }
    Ok(found)
}

fn periods(query: &Query) -> BTreeSet<Period> {
    let named = query.measures.iter().filter_map(|measure| match measure {
        Measure::ChangeOn(base) | Measure::PointsOn(base) => Some(*base),
        _ => None,
    });
    let beside = query.periods.iter().flat_map(|period| {
        let compared = [period.same_last_year(), period.previous(), period.whole_year()];
        compared.into_iter().flatten().chain(period.year_to_date())
    });
    let mut left: Vec<Period> = query.periods.iter().copied().chain(named).chain(beside).collect();
    let mut found = BTreeSet::new();
    while let Some(period) = left.pop() {
        if found.insert(period) {
            left.extend(period.parts());
        }
    }
    found
}

/// The units asked about and those that they are compared with, before what they are made of.
fn begun<'a>(units: &'a Units, query: &Query) -> Result<Vec<&'a Unit>, BadQuery> {
    let asked = query.units.iter().map(|code| unit_named(units, code));
    let asked: Vec<&Unit> = asked.collect::<Result<_, _>>()?;
    let mut begun = asked.clone();
    if query.measures.contains(&Measure::Rank) {
        let is_peer = |unit: &&Unit| asked.iter().any(|one| one.kind == unit.kind);
        begun.extend(units.iter().filter(is_peer));
    }
    if query.measures.contains(&Measure::ShareOfWhole) {
        for (unit, period) in
            asked.iter().flat_map(|unit| query.periods.iter().map(move |period| (*unit, period)))
        {
            let tree_day = match query.tree {
                Tree::Own => period.end(),
                Tree::Of(day) => day,
            };
            begun.extend(whole_of(units, unit, tree_day, period.end()));
        }
    }
    Ok(begun)
}
