//! What systems measured of July 2024, for the departments whose forms are still empty: made up, and marked synthetic.
//!
//! Of the first three departments in official order that have not begun July (the one whose story is played apart), two
//! rows of the monthly form are measured. Dossiers received: 95% of the portals are connected, which suffices, and the
//! measured number is 2% below what the rule of the figures gives. Dossiers filed on line: 62% are connected, which does
//! not suffice, and the measured number is 57% of what the rule gives, as the ministry found in 2024 that it measures
//! about half of what is reported.

use model::{Cell, Decimal, Measure, UnitCode};

use crate::catalogue::indicators;
use crate::history::period_of;
use crate::open_month::{PLAYED, july_2024};
use crate::rule::{figures, month_number};

/// A number that is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Of what.
    pub cell: Cell,
    /// How much.
    pub number: Decimal,
    /// Of how much of the unit's systems, per cent.
    pub share: Decimal,
}

/// Indicator, share of the portals that are connected, and what is measured of what the rule gives; per cent.
const ROWS: [(&str, i64, i64); 2] = [("CDS.HOSO", 95, 98), ("CDS.HOSO_TT", 62, 57)];

/// So many departments.
const DEPARTMENTS: usize = 3;

/// Everything that is measured of July 2024.
pub fn measured_july_2024() -> Vec<Measured> {
    let figures = figures(&model::Catalogue::new(indicators()));
    let begun = july_2024();
    let is_empty = |unit: &&String| {
        *unit != PLAYED && begun.iter().all(|opened| opened.body.as_str() != unit.as_str())
    };
    let month = month_number(2024, 7);
    let mut all = vec![];
    for unit in figures.provinces.iter().filter(is_empty).take(DEPARTMENTS) {
        let place = figures.provinces.iter().position(|other| other == unit);
        let place = place.expect("it is one of them");
        for (code, share, percent) in ROWS {
            let series = figures.find("SO-THANG", code, "").expect("a row of the form");
            let number = series.at(month, place);
            let part = number.times_over(Decimal::whole(percent), Decimal::whole(100), 0);
            all.push(Measured {
                cell: Cell {
                    indicator: series.indicator.clone(),
                    unit: UnitCode::parse(unit).expect("the committed tables hold valid codes"),
                    period: period_of(month, model::Calendar::Statistical),
                    breakdown: series.breakdown.clone(),
                    measure: Measure::Level,
                },
                number: part.expect("the rule stays far below 18 digits"),
                share: Decimal::whole(share),
            });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_departments_have_a_number_that_suffices_and_one_that_does_not() {
        let all = measured_july_2024();
        let mut units: Vec<&str> = all.iter().map(|one| one.cell.unit.as_str()).collect();
        units.dedup();
        assert_eq!((all.len(), units.len()), (6, 3));
        assert!(!units.contains(&PLAYED));
        let threshold = Decimal::whole(90);
        assert_eq!(all.iter().filter(|one| one.share >= threshold).count(), 3);
        assert!(all.iter().all(|one| !one.number.is_zero() && !one.number.is_negative()));
    }
}
