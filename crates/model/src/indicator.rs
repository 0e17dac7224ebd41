//! What is counted, and how it adds up over units and over time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::figure::coded;
use crate::{Decimal, Frequency, IndicatorCode, Sector, Unit, UnitKind, Validity, text};

/// How an indicator adds up over units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OverUnits {
    /// The sum of the units.
    Sum,
    /// Numerators summed over denominators summed; never an average of ratios.
    Ratio,
    /// The mean, weighted by another indicator.
    WeightedMean(IndicatorCode),
    /// The greatest.
    Max,
    /// It does not: unique addresses, national figures.
    None,
}

/// How an indicator adds up over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverTime {
    /// A flow: the sum of the parts.
    Sum,
    /// A stock: the last part.
    Last,
    /// The greatest part.
    Max,
    /// It does not.
    None,
}

coded!(OverTime { Sum = "sum", Last = "last", Max = "max", None = "none" });

/// Which direction is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Good {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Nobody has said.
    Unsaid,
}

coded!(Good { Up = "up", Down = "down", Unsaid = "none" });

/// Numerator over denominator, times a factor (100 for per cent).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ratio {
    /// What is divided.
    pub numerator: IndicatorCode,
    /// By what.
    pub denominator: IndicatorCode,
    /// Times what.
    pub factor: Decimal,
}

/// What a plausible figure keeps to; checked on entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The least value.
    pub min: Option<Decimal>,
    /// The greatest value.
    pub max: Option<Decimal>,
    /// The greatest change on the previous period or on the same period of last year that needs no comment, per cent.
    pub growth_percent: Option<Decimal>,
}

/// How what is measured of an indicator is compared with what is reported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// How far the two may lie apart and still agree: points for percentages, per cent of the measured number for all
    /// else; [`Indicator::tolerance`] has a default.
    pub tolerance: Option<Decimal>,
    /// What is measured, in Vietnamese, where it is not what is reported; empty where it is the same.
    pub measured_as_vi: String,
    /// The same in English.
    pub measured_as_en: String,
}

impl Compared {
    /// Whether the two count by different definitions, so that they stand side by side and are not compared.
    pub fn definitions_differ(&self) -> bool {
        !self.measured_as_vi.is_empty()
    }
}

/// One indicator at its present version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// Its code.
    pub code: IndicatorCode,
    /// The sector it belongs to.
    pub sector: Sector,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// Unit of measure in Vietnamese: tỷ đồng, %.
    pub unit_vi: String,
    /// Unit of measure in English.
    pub unit_en: String,
    /// Decimals kept; fixed for a version.
    pub scale: u8,
    /// Adding up over units.
    pub over_units: OverUnits,
    /// Adding up over time.
    pub over_time: OverTime,
    /// The good direction.
    pub good: Good,
    /// To which kinds of units it applies, by date; these are the units that a roll-up expects.
    pub applies_to: Vec<(UnitKind, Validity)>,
    /// What it is a ratio of, if it is one.
    pub ratio: Option<Ratio>,
    /// The indicator it is a part of: it can never exceed it.
    pub part_of: Option<IndicatorCode>,
    /// How often it is collected.
    pub frequency: Frequency,
    /// Definition in Vietnamese.
    pub definition_vi: String,
    /// Definition in English.
    pub definition_en: String,
    /// Law, circular or decision.
    pub legal_basis: String,
    /// Plausible values.
    pub limits: Limits,
    /// The measured share from which a measured figure is preferred, per cent.
    pub measured_threshold: Decimal,
    /// The coverage under which growth is withheld, per cent.
    pub coverage_threshold: Decimal,
    /// How its measured number is compared with the reported one.
    pub compared: Compared,
    /// 1 for the first; a change of scale or definition is the next.
    pub version: u32,
}

impl Indicator {
    /// Whether it applies to a unit on a day.
    pub fn applies_to(&self, unit: &Unit, day: Date) -> bool {
        self.applies_to.iter().any(|(kind, validity)| *kind == unit.kind && validity.holds_on(day))
    }

    /// Whether values of it are percentages, whose differences are points.
    pub fn is_percentage(&self) -> bool {
        self.unit_vi == "%"
    }

    /// How far a reported number may lie from the measured one and still agree: points for percentages (one unless
    /// set), per cent of the measured number for all else (five unless set).
    pub fn tolerance(&self) -> Decimal {
        let unless_set = if self.is_percentage() { 1 } else { 5 };
        self.compared.tolerance.unwrap_or(Decimal::whole(unless_set))
    }
}

/// Every indicator by its code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    indicators: BTreeMap<IndicatorCode, Indicator>,
}

impl Catalogue {
    /// The catalogue of these indicators; a later one of the same code replaces an earlier.
    pub fn new(indicators: impl IntoIterator<Item = Indicator>) -> Catalogue {
        let indicators =
            indicators.into_iter().map(|indicator| (indicator.code.clone(), indicator)).collect();
        Catalogue { indicators }
    }

    /// The indicator with this code.
    pub fn get(&self, code: &str) -> Option<&Indicator> {
        self.indicators.get(code)
    }

    /// These indicators, what they are ratios of and what weighs them: all that has to be known to answer about them.
    /// Codes that do not exist are left out.
    pub fn with_parts<'a>(
        &'a self,
        codes: impl IntoIterator<Item = &'a IndicatorCode>,
    ) -> BTreeSet<&'a IndicatorCode> {
        let mut all = BTreeSet::new();
        let mut open: Vec<&IndicatorCode> = codes.into_iter().collect();
        while let Some(code) = open.pop() {
            let Some(indicator) = self.get(code.as_str()) else { continue };
            if !all.insert(code) {
                continue;
            }
            let ratio = indicator.ratio.as_ref();
            open.extend(ratio.into_iter().flat_map(|ratio| [&ratio.numerator, &ratio.denominator]));
            if let OverUnits::WeightedMean(weight) = &indicator.over_units {
                open.push(weight);
            }
        }
        all
    }

    /// Every indicator, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Indicator> {
        self.indicators.values()
    }

    /// The codes nearest to one that does not exist.
    pub fn nearest(&self, code: &str) -> Vec<String> {
        text::nearest(code, self.indicators.keys().map(IndicatorCode::as_str))
    }
}
