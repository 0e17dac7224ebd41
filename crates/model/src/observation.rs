//! A figure with everything that says what it is: whose, when, of what, from whom, and where it stands in the record.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use crate::{Decimal, Figure, IndicatorCode, Period, Qualifier, Seq, Source, Status, UnitCode};

/// A breakdown of an indicator, such as `SEX=F`; the total is a cell of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Breakdown(Option<Arc<str>>);

/// Why a text is not a breakdown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a breakdown: SEX=F or AGE=Y15T24,SEX=F are; the total is written empty")]
pub struct BadBreakdown(pub String);

impl Breakdown {
    /// The total.
    pub const TOTAL: Breakdown = Breakdown(None);

    /// Reads `DIM=CODE,DIM=CODE`; dimensions are put in order and each stands once; empty is the total.
    pub fn parse(text: &str) -> Result<Breakdown, BadBreakdown> {
        if text.is_empty() {
            return Ok(Breakdown::TOTAL);
        }
        let bad = || BadBreakdown(text.chars().take(40).collect());
        let word = |part: &str| {
            !part.is_empty()
                && part.len() <= 20
                && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        let mut parts: Vec<(&str, &str)> = text
            .split(',')
            .map(|part| part.split_once('=').filter(|(dim, code)| word(dim) && word(code)))
            .collect::<Option<_>>()
            .ok_or_else(bad)?;
        parts.sort_unstable();
        if parts.len() > 5 || parts.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(bad());
        }
        let joined: Vec<String> = parts.iter().map(|(dim, code)| format!("{dim}={code}")).collect();
        Ok(Breakdown(Some(joined.join(",").into())))
    }

    /// The code; empty for the total.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or("")
    }
}

impl fmt::Display for Breakdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is said of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// The number itself.
    Level,
    /// Per cent against the same period of last year.
    ChangeOnYear,
    /// Per cent against the period just before.
    ChangeOnPeriod,
    /// Per cent against a named period.
    ChangeOn(Period),
    /// The difference to the same period of last year, in the indicator's own unit (points for percentages).
    Points,
    /// The difference to a named period, in the indicator's own unit.
    PointsOn(Period),
    /// Year to date at the period's end over the year's plan, per cent; for stocks the last value over the plan.
    ShareOfPlan,
    /// Since January.
    YearToDate,
    /// The year's plan figure.
    Plan,
    /// A goal with a deadline.
    Target,
    /// A level below or above which something is said of a unit.
    Threshold,
    /// Place among the units of the same kind; ties share it (17, 17, 19).
    Rank,
    /// How many units reached at least this.
    CountAtLeast(Decimal),
    /// How many per cent the number is of the country's that the unit lies in; of indicators that add up over units.
    ShareOfWhole,
    /// How many per cent of the units that are expected have a number.
    Coverage,
}

/// Why a text is not a measure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is not a measure: level, change_on_year, change_on_period, change_on:2020-04, points, points_on:2019-Q4, share_of_plan, ytd, plan, target, threshold, rank, share_of_whole, coverage and count_ge:30 are"
)]
pub struct BadMeasure(pub String);

impl Measure {
    /// Reads the code of a measure.
    pub fn parse(text: &str) -> Result<Measure, BadMeasure> {
        let bad = || BadMeasure(text.chars().take(40).collect());
        Ok(match text {
            "level" => Measure::Level,
            "change_on_year" => Measure::ChangeOnYear,
            "change_on_period" => Measure::ChangeOnPeriod,
            "points" => Measure::Points,
            "share_of_plan" => Measure::ShareOfPlan,
            "ytd" => Measure::YearToDate,
            "plan" => Measure::Plan,
            "target" => Measure::Target,
            "threshold" => Measure::Threshold,
            "rank" => Measure::Rank,
            "share_of_whole" => Measure::ShareOfWhole,
            "coverage" => Measure::Coverage,
            _ => {
                let (name, argument) = text.split_once(':').ok_or_else(bad)?;
                let period = || Period::parse(argument).map_err(|_| bad());
                match name {
                    "change_on" => Measure::ChangeOn(period()?),
                    "points_on" => Measure::PointsOn(period()?),
                    "count_ge" => {
                        Measure::CountAtLeast(Decimal::parse(argument).map_err(|_| bad())?)
                    }
                    _ => return Err(bad()),
                }
            }
        })
    }

    /// Whether the answer is a percentage rather than in the indicator's own unit.
    pub fn is_percentage(self) -> bool {
        match self {
            Measure::ChangeOnYear
            | Measure::ChangeOnPeriod
            | Measure::ChangeOn(_)
            | Measure::ShareOfPlan
            | Measure::ShareOfWhole
            | Measure::Coverage => true,
            Measure::Level
            | Measure::Points
            | Measure::PointsOn(_)
            | Measure::YearToDate
            | Measure::Plan
            | Measure::Target
            | Measure::Threshold
            | Measure::Rank
            | Measure::CountAtLeast(_) => false,
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Measure::Level => f.write_str("level"),
            Measure::ChangeOnYear => f.write_str("change_on_year"),
            Measure::ChangeOnPeriod => f.write_str("change_on_period"),
            Measure::ChangeOn(period) => write!(f, "change_on:{period}"),
            Measure::Points => f.write_str("points"),
            Measure::PointsOn(period) => write!(f, "points_on:{period}"),
            Measure::ShareOfPlan => f.write_str("share_of_plan"),
            Measure::YearToDate => f.write_str("ytd"),
            Measure::Plan => f.write_str("plan"),
            Measure::Target => f.write_str("target"),
            Measure::Threshold => f.write_str("threshold"),
            Measure::Rank => f.write_str("rank"),
            Measure::ShareOfWhole => f.write_str("share_of_whole"),
            Measure::Coverage => f.write_str("coverage"),
            Measure::CountAtLeast(threshold) => write!(f, "count_ge:{threshold}"),
        }
    }
}

/// What a figure is a figure of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// What is counted.
    pub indicator: IndicatorCode,
    /// About what.
    pub unit: UnitCode,
    /// When.
    pub period: Period,
    /// Of which part; the total by default.
    pub breakdown: Breakdown,
    /// What is said of it; the level by default.
    pub measure: Measure,
}

/// One statement in the record. Never changed: a correction is a later observation of the same cell and source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Of what.
    pub cell: Cell,
    /// Where it came from.
    pub source: Source,
    /// Who printed it, for published figures: two outlets are two figures.
    pub publisher: Option<Arc<str>>,
    /// What was said.
    pub figure: Figure,
    /// The denominator that was said with a count: 4 *of 19*.
    pub of: Option<Decimal>,
    /// How sure.
    pub status: Status,
    /// Said before the number.
    pub qualifier: Option<Qualifier>,
    /// For measured figures: how much of the unit's systems is measured, per cent.
    pub measured_share: Option<Decimal>,
    /// Made up by a stated rule for the demonstration, not published anywhere.
    pub synthetic: bool,
    /// Its commit.
    pub seq: Seq,
    /// Its place inside the commit.
    pub ordinal: u32,
    /// When it was recorded; not when it was true.
    pub recorded_at: Timestamp,
}
