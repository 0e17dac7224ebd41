//! The columns nobody types: year to date, changes and share of plan, from the record and the draft.
//!
//! They are the same measures that the board asks the record for, computed here before the figures
//! are in it, so that a person sees what the ministry will see.

use model::indicator::OverTime;
use model::{Absence, Decimal, Figure, Indicator};

use crate::form::{Cells, number};
use crate::template::{Column, RowKey};

/// What the record knows of a row besides this period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// The period just before.
    pub previous: Option<Decimal>,
    /// The same period of last year.
    pub last_year: Option<Decimal>,
    /// Each period of this year from January to the one before, in order; of January, none. A gap is a `None`.
    pub earlier_this_year: Vec<Option<Decimal>>,
    /// The year's plan.
    pub plan: Option<Decimal>,
}

/// One row's computed columns. An absent one says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Computed {
    /// The previous period: as settled in this form, else as recorded.
    pub previous: Figure,
    /// Since January.
    pub year_to_date: Figure,
    /// Per cent on the period before.
    pub change_on_period: Figure,
    /// Per cent on the same period of last year.
    pub change_on_year: Figure,
    /// For percentages, the difference to the period before in points.
    pub points_on_period: Figure,
    /// For percentages, the difference to the same period of last year in points.
    pub points_on_year: Figure,
    /// Year to date (of a stock, its level) over the year's plan, per cent.
    pub share_of_plan: Figure,
}

/// Computed changes and shares keep so many decimals, rounded half up.
const PERCENT_SCALE: u8 = 4;

/// The computed columns of a row.
pub fn computed(row: &RowKey, indicator: &Indicator, cells: &Cells, before: &Before) -> Computed {
    let this = number(cells, &row.cell(Column::This));
    let settled = number(cells, &row.cell(Column::Previous));
    let previous = settled.or(before.previous);
    let year_to_date = year_to_date(indicator.over_time, this, settled, &before.earlier_this_year);
    let share_of_plan = match year_to_date {
        Figure::Number(so_far) => percent_of(Some(so_far), before.plan),
        absent => absent,
    };
    let points =
        |base| if indicator.is_percentage() { difference(this, base) } else { NOT_APPLICABLE };
    Computed {
        previous: recorded(previous),
        year_to_date,
        change_on_period: change(this, previous),
        change_on_year: change(this, before.last_year),
        points_on_period: points(previous),
        points_on_year: points(before.last_year),
        share_of_plan,
    }
}

const NOT_APPLICABLE: Figure = Figure::Absent(Absence::NotApplicable);
const WITHHELD: Figure = Figure::Absent(Absence::Withheld);
const NOTHING_RECORDED: Figure = Figure::Absent(Absence::NothingRecorded);

fn recorded(number: Option<Decimal>) -> Figure {
    number.map_or(NOTHING_RECORDED, Figure::Number)
}

/// Every period since January must be there: a sum with a hole in it is not a year to date.
fn year_to_date(
    over_time: OverTime,
    this: Option<Decimal>,
    settled: Option<Decimal>,
    earlier: &[Option<Decimal>],
) -> Figure {
    let mut periods: Vec<Option<Decimal>> = earlier.to_vec();
    if let (Some(last), Some(_)) = (periods.last_mut(), settled) {
        *last = settled;
    }
    periods.push(this);
    let all: Option<Vec<Decimal>> = periods.into_iter().collect();
    match over_time {
        OverTime::Last => recorded(this),
        OverTime::None => NOT_APPLICABLE,
        OverTime::Sum => match all {
            None => NOTHING_RECORDED,
            Some(numbers) => Decimal::sum(numbers).map_or(WITHHELD, Figure::Number),
        },
        OverTime::Max => recorded(all.and_then(|numbers| numbers.into_iter().max())),
    }
}

/// Growth in per cent; withheld on a base that is not above zero, where a percentage means nothing.
fn change(this: Option<Decimal>, base: Option<Decimal>) -> Figure {
    let (Some(this), Some(base)) = (this, base) else { return NOTHING_RECORDED };
    match this.minus(base) {
        Some(difference) => percent_of(Some(difference), Some(base)),
        None => WITHHELD,
    }
}

fn difference(this: Option<Decimal>, base: Option<Decimal>) -> Figure {
    let (Some(this), Some(base)) = (this, base) else { return NOTHING_RECORDED };
    this.minus(base).map_or(WITHHELD, Figure::Number)
}

fn percent_of(part: Option<Decimal>, base: Option<Decimal>) -> Figure {
    let (Some(part), Some(base)) = (part, base) else { return NOTHING_RECORDED };
    if base <= Decimal::ZERO {
        return WITHHELD;
    }
    part.times_over(Decimal::whole(100), base, PERCENT_SCALE).map_or(WITHHELD, Figure::Number)
}

#[cfg(test)]
mod tests;
