//! What systems measured, from April 2024 on: made up, and marked synthetic.
//!
//! **July**, for the departments whose forms are still empty: of the first three in official order that have not begun
//! (the one whose story is played apart), two rows of the monthly form are measured. Dossiers received: 95% of the
//! portals are connected, which suffices, and the measured number is 2% below what the rule of the figures gives.
//! Dossiers filed on line: 62% are connected, which does not suffice, and the measured number is 57% of what the rule
//! gives, as the ministry found in 2024 that it measures about half of what is reported.
//!
//! **The second quarter**, for every province: the people who use end-to-end services, and the adults they are a part
//! of. Adults come from a register: all of it is measured, and it is what was reported. Of the users more is measured
//! each month ([`ELSEWHERE`]; in May and April four and eight points less), which suffices in some provinces and not in
//! others. A seventh of the provinces reported what is measured (from May on half of them, in April none) and one in
//! thirty too little; of what the others reported between 32% and 52% is measured. So the provinces together are at 17%
//! in June, as was published, while they reported over 30%. Users of June are not stated here: the portals send them
//! ([`crate::traffic`]). Transactions over the own platform are measured in every fifth province, by another definition.

use model::{Calendar, Cell, Decimal, Measure, UnitCode};

use crate::catalogue::indicators;
use crate::history::period_of;
use crate::open_month::{PLAYED, july_2024};
use crate::rule::{Figures, figures, month_number};
use crate::table::{mixed, number_of};

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

/// So many of the procedures of a province, of 25, are offered elsewhere than on its portal; the others are measured.
const ELSEWHERE: [usize; 5] = [0, 1, 2, 5, 10];

/// So many departments.
const DEPARTMENTS: usize = 3;

/// Everything that is measured of July 2024.
pub fn measured_july_2024() -> Vec<Measured> {
    let figures = figures(&model::Catalogue::new(indicators()));
    let begun = july_2024();
    let is_empty = |unit: &&String| {
        *unit != PLAYED && begun.iter().all(|opened| opened.body.as_str() != unit.as_str())
    };
    let empty = figures.provinces.iter().filter(is_empty).take(DEPARTMENTS);
    let mut all = vec![];
    for unit in empty {
        for (code, share, percent) in ROWS {
            all.push(measured(&figures, unit, code, (2024, 7), (share, percent)));
        }
    }
    all
}

/// What was measured of each month of the second quarter of 2024: the number of the month, and all of it.
pub fn measured_spring_2024() -> Vec<(i8, Vec<Measured>)> {
    let figures = figures(&model::Catalogue::new(indicators()));
    let of_month = |month: i8| {
        let mut all = vec![];
        for (place, unit) in figures.provinces.iter().enumerate() {
            let (share, percent) = users(unit, month);
            let adults = "CDS.DAN_TRUONGTHANH";
            all.push(measured(&figures, unit, adults, (2024, month), (100, 100)));
            if month < 6 {
                let said = "CDS.DAN_DUNG_DVC_TT";
                all.push(measured(&figures, unit, said, (2024, month), (share, percent)));
            }
            if place % 5 == 0 && month == 6 {
                all.push(measured(&figures, unit, "CDS.LGSP_GIAODICH", (2024, month), (60, 71)));
            }
        }
        (month, all)
    };
    (4..=6).map(of_month).collect()
}

/// How much of a province's systems is measured in a month, and what is measured of what was reported; per cent.
pub(crate) fn users(unit: &str, month: i8) -> (i64, i64) {
    let drawn = |what: &str| mixed(&[number_of(what), number_of(unit)]);
    let before = i64::from(6 - month.min(6));
    let share = 100 - 4 * (procedures_elsewhere(unit) as i64 + before);
    let seventh = drawn("measured") % 7 == 0;
    let agrees = seventh && (before == 0 || (before == 1 && drawn("measured since May") % 2 == 0));
    let percent = match drawn("measured") % 30 {
        _ if agrees => 98,
        29 => 114,
        other => 32 + other as i64 * 20 / 28,
    };
    (share, percent)
}

/// How many of a province's procedures are offered elsewhere than on its portal.
pub(crate) fn procedures_elsewhere(unit: &str) -> usize {
    let drawn = mixed(&[number_of("measured share"), number_of(unit)]);
    ELSEWHERE[(drawn % ELSEWHERE.len() as u64) as usize]
}

fn measured(
    figures: &Figures,
    unit: &str,
    code: &str,
    (year, month): (i16, i8),
    (share, percent): (i64, i64),
) -> Measured {
    let place = figures.provinces.iter().position(|other| other == unit);
    let place = place.expect("it is one of them");
    let series = figures.find("SO-THANG", code, "").expect("a row of the form");
    let month = month_number(year, month);
    let (number, hundred) = (series.at(month, place), Decimal::whole(100));
    let part = number.times_over(Decimal::whole(percent), hundred, series.scale);
    Measured {
        cell: Cell {
            indicator: series.indicator.clone(),
            unit: UnitCode::parse(unit).expect("the committed tables hold valid codes"),
            period: period_of(month, Calendar::Statistical),
            breakdown: series.breakdown.clone(),
            measure: Measure::Level,
        },
        number: part.expect("the rule stays far below 18 digits"),
        share: Decimal::whole(share),
    }
}

/// The province whose postal system is asked by the connector of the demonstration, and what it counts.
pub const SAMPLE_UNIT: &str = "92";
/// The columns of that system's answer, with what their numbers are of.
pub const SAMPLE_COLUMNS: [(&str, &str); 2] =
    [("san_luong", "BC.BUUGUI"), ("goi_kien", "BC.GOIKIEN")];

/// What the sample system answers about a month: a number for each of [`SAMPLE_COLUMNS`], 97% of what the rule of the
/// figures gives. `None` of what is no month, or lies outside the demonstration.
pub fn sample_answer(period: model::Period) -> Option<Vec<(&'static str, Decimal)>> {
    let (year, month) = (period.start().year(), period.start().month());
    let is_month = period.frequency() == model::Frequency::Month && period.start().day() == 1;
    if !is_month || !(2018..=2024).contains(&year) {
        return None;
    }
    let figures = figures(&model::Catalogue::new(indicators()));
    let number = |(column, code): (&'static str, &str)| {
        (column, measured(&figures, SAMPLE_UNIT, code, (year, month), (40, 97)).number)
    };
    Some(SAMPLE_COLUMNS.into_iter().map(number).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

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

    #[test]
    fn the_sample_system_answers_about_months_and_nothing_else() {
        let answer = |period: &str| sample_answer(model::Period::parse(period).unwrap());
        let columns: Vec<&str> = answer("2024-07").unwrap().iter().map(|(name, _)| *name).collect();
        assert_eq!(columns, ["san_luong", "goi_kien"]);
        assert!(answer("2024-07").unwrap().iter().all(|(_, number)| !number.is_zero()));
        for period in ["2024", "2024-Q2", "2024-07-01", "2024-07~adm", "2031-01"] {
            assert_eq!(answer(period), None, "{period}");
        }
    }

    #[test]
    fn before_june_less_is_measured_each_month() {
        let mut table = String::new();
        for (month, all) in measured_spring_2024().into_iter().filter(|(month, _)| *month < 6) {
            let sum = |code: &str| {
                let wanted = all.iter().filter(|one| one.cell.indicator.as_str() == code);
                Decimal::sum(wanted.map(|one| one.number)).unwrap()
            };
            let (users, adults) = (sum("CDS.DAN_DUNG_DVC_TT"), sum("CDS.DAN_TRUONGTHANH"));
            let share = users.times_over(Decimal::whole(100), adults, 2).unwrap();
            let suffices = all.iter().filter(|one| {
                one.cell.indicator.as_str() == "CDS.DAN_DUNG_DVC_TT"
                    && one.share >= Decimal::whole(90)
            });
            table.push_str(&format!("{month}: {share}%, {} of 63 suffice\n", suffices.count()));
        }
        expect![[r#"
            4: 12.78%, 11 of 63 suffice
            5: 14.18%, 19 of 63 suffice
        "#]]
        .assert_eq(&table);
    }
}
