//! The one question that boards, reports and interfaces ask.

use jiff::civil::Date;

use crate::figure::coded;
use crate::{Breakdown, IndicatorCode, Measure, Period, Seq, Source, UnitCode};

/// Which source answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceChoice {
    /// The best for each cell, in the order DESIGN gives.
    Preferred,
    /// Only what bodies reported.
    Reported,
    /// Only what was measured.
    Measured,
    /// Only what others printed.
    Published,
    /// Only what was imported.
    Imported,
}

coded!(SourceChoice {
    Preferred = "preferred",
    Reported = "reported",
    Measured = "measured",
    Published = "published",
    Imported = "imported",
});

impl SourceChoice {
    /// The sources it allows, the best first.
    pub fn sources(self) -> &'static [Source] {
        match self {
            SourceChoice::Preferred => {
                &[Source::Measured, Source::Reported, Source::Published, Source::Imported]
            }
            SourceChoice::Reported => &[Source::Reported],
            SourceChoice::Measured => &[Source::Measured],
            SourceChoice::Published => &[Source::Published],
            SourceChoice::Imported => &[Source::Imported],
        }
    }
}

/// Whose tree a roll-up uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tree {
    /// The asked period's own: its last day.
    Own,
    /// That of a given day; units that had ended by then count for what they became.
    Of(Date),
}

/// Indicators × units × periods × breakdowns × measures, answered in that order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// What.
    pub indicators: Vec<IndicatorCode>,
    /// About what.
    pub units: Vec<UnitCode>,
    /// When.
    pub periods: Vec<Period>,
    /// Of which parts; `[TOTAL]` by default.
    pub breakdowns: Vec<Breakdown>,
    /// What is said; `[Level]` by default.
    pub measures: Vec<Measure>,
    /// From where.
    pub source: SourceChoice,
    /// In which tree.
    pub tree: Tree,
    /// As known at.
    pub as_of: Seq,
}

impl Query {
    /// How many cells it asks for.
    pub fn cells(&self) -> usize {
        [self.units.len(), self.periods.len(), self.breakdowns.len(), self.measures.len()]
            .into_iter()
            .fold(self.indicators.len(), usize::saturating_mul)
    }
}
