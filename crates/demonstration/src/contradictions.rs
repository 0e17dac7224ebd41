//! Where published figures cannot all be true, worked out from the figures themselves.
//!
//! Nothing is corrected: each statement stays as it was said, and the page that lists these shows
//! them side by side. The comparisons that find them: two statements of one cell; a stated change or share against
//! the levels it is a change or share of; a count against the number of units in the group; a stock
//! that leaves its own neighbours.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Catalogue, Cell, Decimal, Figure, Measure, Source, Unit, UnitKind, Units};

use crate::catalogue::indicators;
use crate::place::units;
use crate::published::{Said, releases};

/// One statement of a contradicted cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What was said.
    pub figure: Figure,
    /// Reported or published.
    pub source: Source,
    /// The outlet.
    pub publisher: Option<Arc<str>>,
    /// The document, in Vietnamese.
    pub label_vi: String,
}

/// A cell whose statements cannot all be true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// Of what.
    pub cell: Cell,
    /// Everything that was said of it.
    pub statements: Vec<Statement>,
    /// What follows from other published figures, where something does.
    pub computed: Option<Decimal>,
    /// What does not fit, in Vietnamese.
    pub note_vi: String,
    /// The same in English.
    pub note_en: String,
}

/// A stock that moves by more than this many per cent between two statements not a year apart is
/// counted differently, not grown.
const BREAK_PERCENT: i64 = 10;

type Spoken = BTreeMap<Cell, Vec<(Said, String)>>;

/// Every contradiction among the published figures, by indicator, unit and period.
pub fn contradictions() -> Vec<Contradiction> {
    let catalogue = Catalogue::new(indicators());
    let mut spoken: Spoken = BTreeMap::new();
    for release in releases(&catalogue) {
        for said in release.said {
            spoken.entry(said.cell.clone()).or_default().push((said, release.label_vi.clone()));
        }
    }
    // Districts and communes are in no group and would only be read.
    let named = |unit: &Unit| !matches!(unit.kind, UnitKind::District | UnitKind::Commune);
    let units = Units::new(units().into_iter().filter(named).collect());
    let units = units.expect("the units are a tree");
    spoken
        .iter()
        .filter_map(|(cell, said)| {
            said_twice(cell, said)
                .or_else(|| change_against_levels(cell, said, &spoken))
                .or_else(|| share_against_plan(cell, said, &spoken))
                .or_else(|| count_against_group(cell, said, &units))
                .or_else(|| reported_against_measured(cell, said))
                .or_else(|| items_against_articles(cell, said))
                .or_else(|| stock_against_neighbour(cell, said, &spoken, &catalogue))
        })
        .collect()
}

fn statements(said: &[(Said, String)]) -> Vec<Statement> {
    said.iter()
        .map(|(said, label)| Statement {
            figure: said.figure,
            source: said.source,
            publisher: said.publisher.clone(),
            label_vi: label.clone(),
        })
        .collect()
}

fn found(
    cell: &Cell,
    said: &[(Said, String)],
    computed: Option<Decimal>,
    vi: String,
    en: String,
) -> Contradiction {
    Contradiction {
        cell: cell.clone(),
        statements: statements(said),
        computed,
        note_vi: vi,
        note_en: en,
    }
}

fn number(said: &Said) -> Option<Decimal> {
    said.figure.number()
}

/// With dots between thousands and a decimal comma.
fn vi(number: Decimal) -> String {
    grouped(number, '.', ',')
}

/// With commas between thousands and a decimal dot.
fn en(number: Decimal) -> String {
    grouped(number, ',', '.')
}

fn grouped(number: Decimal, between: char, mark: char) -> String {
    let text = number.magnitude().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(between);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(mark);
        out.push_str(fraction);
    }
    if number.is_negative() { format!("-{out}") } else { out }
}

/// Two outlets printed two numbers for one cell.
fn said_twice(cell: &Cell, said: &[(Said, String)]) -> Option<Contradiction> {
    let published: Vec<&Said> =
        said.iter().map(|(said, _)| said).filter(|said| said.source != Source::Measured).collect();
    let first = number(published.first()?)?;
    let other = published.iter().filter_map(|said| number(said)).find(|other| *other != first)?;
    let sign = if cell.measure.is_percentage() { "%" } else { "" };
    Some(found(
        cell,
        said,
        None,
        format!("Hai nơi công bố hai số khác nhau: {}{sign} và {}{sign}.", vi(first), vi(other)),
        format!(
            "Two outlets printed different numbers: {}{sign} and {}{sign}.",
            en(first),
            en(other)
        ),
    ))
}

/// The published level of a cell that is followed: the ministry's own, else the last printed.
fn level<'a>(cell: &Cell, spoken: &'a Spoken) -> Option<(&'a Said, Decimal)> {
    let said = spoken.get(&Cell { measure: Measure::Level, ..cell.clone() })?;
    let own = said.iter().find(|(said, _)| said.source == Source::Reported);
    let (said, _) = own.or(said.last())?;
    Some((said, number(said)?))
}

/// A stated change that is not the change between the two published levels.
fn change_against_levels(
    cell: &Cell,
    said: &[(Said, String)],
    spoken: &Spoken,
) -> Option<Contradiction> {
    if cell.measure != Measure::ChangeOnYear {
        return None;
    }
    let stated = number(&said.first()?.0)?;
    let (_, now) = level(cell, spoken)?;
    let (_, base) = level(&Cell { period: cell.period.same_last_year()?, ..cell.clone() }, spoken)?;
    let computed = now.minus(base)?.times_over(Decimal::whole(100), base, 4)?;
    if computed.rounded(stated.least_scale()) == stated {
        return None;
    }
    Some(found(
        cell,
        said,
        Some(computed),
        format!(
            "Công bố {}% so với cùng kỳ; từ hai mức đã công bố {} và {} thì là {}%.",
            vi(stated),
            vi(now),
            vi(base),
            vi(computed.rounded(2))
        ),
        format!(
            "Stated as {}% on the year; from the two published levels {} and {} it is {}%.",
            en(stated),
            en(now),
            en(base),
            en(computed.rounded(2))
        ),
    ))
}

/// A stated share of the plan that is not the level over the published plan.
fn share_against_plan(
    cell: &Cell,
    said: &[(Said, String)],
    spoken: &Spoken,
) -> Option<Contradiction> {
    if cell.measure != Measure::ShareOfPlan {
        return None;
    }
    let stated = number(&said.first()?.0)?;
    let (_, done) = level(cell, spoken)?;
    let plan = spoken.get(&Cell {
        period: cell.period.whole_year()?,
        measure: Measure::Plan,
        ..cell.clone()
    })?;
    let plan = number(&plan.first()?.0)?;
    let computed = done.times_over(Decimal::whole(100), plan, 4)?;
    if computed.rounded(stated.least_scale()) == stated {
        return None;
    }
    Some(found(
        cell,
        said,
        Some(computed),
        format!(
            "Công bố đạt {}% kế hoạch năm; {} trên kế hoạch {} là {}%.",
            vi(stated),
            vi(done),
            vi(plan),
            vi(computed.rounded(2))
        ),
        format!(
            "Stated as {}% of the year's plan; {} over the plan of {} is {}%.",
            en(stated),
            en(done),
            en(plan),
            en(computed.rounded(2))
        ),
    ))
}

/// A count whose denominator is not the number of units in the group.
fn count_against_group(
    cell: &Cell,
    said: &[(Said, String)],
    units: &Units,
) -> Option<Contradiction> {
    let of = said.first()?.0.of?;
    let counted = number(&said.first()?.0)?;
    let members =
        Decimal::whole(units.children(cell.unit.as_str(), cell.period.end()).len() as i64);
    if members.is_zero() || of == members {
        return None;
    }
    Some(found(
        cell,
        said,
        None,
        format!(
            "Công bố {}/{}, trong khi nhóm này có {} đơn vị.",
            vi(counted),
            vi(of),
            vi(members)
        ),
        format!(
            "Stated as {} of {}, while the group has {} units.",
            en(counted),
            en(of),
            en(members)
        ),
    ))
}

/// What bodies reported and what was measured.
fn reported_against_measured(cell: &Cell, said: &[(Said, String)]) -> Option<Contradiction> {
    let of = |source: Source| {
        said.iter().find(|(said, _)| said.source == source).and_then(|(said, _)| number(said))
    };
    let (reported, measured) = (of(Source::Reported)?, of(Source::Measured)?);
    if reported == measured {
        return None;
    }
    Some(found(
        cell,
        said,
        None,
        format!("Các Sở báo cáo trên {}%, số đo trực tuyến là {}%.", vi(reported), vi(measured)),
        format!(
            "Departments reported over {}%, measured on line it is {}%.",
            en(reported),
            en(measured)
        ),
    ))
}

/// The review of July 2020 gives a total too, which is no figure of its own here: 560.048 articles in 121 days.
fn items_against_articles(cell: &Cell, said: &[(Said, String)]) -> Option<Contradiction> {
    let total = Decimal::whole(560_048);
    let a_day = total.times_over(Decimal::whole(1), Decimal::whole(121), 0)?;
    let upper = said.first()?.0.figure.upper()?;
    if cell.indicator.as_str() != "BCTT.TIN_NGAY" || a_day <= upper {
        return None;
    }
    Some(found(
        cell,
        said,
        Some(a_day),
        format!(
            "Cùng báo cáo nêu {} tin, bài trong 121 ngày, tức khoảng {} mỗi ngày, ngoài khoảng đã nêu.",
            vi(total),
            vi(a_day)
        ),
        format!(
            "The same report counts {} items in 121 days, about {} a day, outside the stated range.",
            en(total),
            en(a_day)
        ),
    ))
}

/// A stock that leaves the statement before or after it, not a year away, by more than a tenth.
fn stock_against_neighbour(
    cell: &Cell,
    said: &[(Said, String)],
    spoken: &Spoken,
    catalogue: &Catalogue,
) -> Option<Contradiction> {
    let stock =
        catalogue.get(cell.indicator.as_str())?.over_time == model::indicator::OverTime::Last;
    if !stock || cell.measure != Measure::Level {
        return None;
    }
    let own = number(&said.first()?.0)?;
    let mut others: Vec<(&Cell, Decimal)> = spoken
        .iter()
        .filter(|(other, _)| {
            other.indicator == cell.indicator
                && other.unit == cell.unit
                && other.measure == Measure::Level
                && *other != cell
        })
        .filter_map(|(other, said)| Some((other, number(&said.first()?.0)?)))
        .filter(|(other, _)| (other.period.end() - cell.period.end()).get_days().abs() < 366)
        .collect();
    others.sort_by_key(|(other, _)| other.period.end());
    // The odd one out is away from all of its neighbours, not only from another odd one.
    let away = |other: Decimal| {
        own.minus(other)
            .and_then(|by| by.times_over(Decimal::whole(100), other, 4))
            .is_some_and(|percent| percent.magnitude() > Decimal::whole(BREAK_PERCENT))
    };
    if others.len() < 2 || !others.iter().all(|(_, other)| away(*other)) {
        return None;
    }
    let list = |write: fn(Decimal) -> String| {
        others
            .iter()
            .map(|(other, value)| format!("{} ({})", write(*value), other.period))
            .collect::<Vec<_>>()
            .join("; ")
    };
    Some(found(
        cell,
        said,
        None,
        format!("{} lệch hẳn các kỳ liền kề: {}. Có thể khác cách tính.", vi(own), list(vi)),
        format!(
            "{} is far from its neighbours: {}. Perhaps it was counted differently.",
            en(own),
            list(en)
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_contradictions_are_found_and_nothing_consistent_is_listed() {
        let all = contradictions();
        let listed: Vec<String> = all
            .iter()
            .map(|one| {
                format!(
                    "{} {} {} {}",
                    one.cell.indicator, one.cell.unit, one.cell.period, one.cell.measure
                )
            })
            .collect();
        for known in [
            "TN.DOANHTHU VN 2024-S1 change_on_year",
            "TN.DOANHTHU VN 2023-S1 change_on_year",
            "TN.NSNN VN 2023-S1 level",
            "TN.NSNN VN 2024-S1 change_on_year",
            "TN.NSNN VN 2024-S1 share_of_plan",
            "TN.GDP VN 2024-S1 share_of_plan",
            "TN.GDP VN 2024-Q1 share_of_plan",
            "TN.GDP VN 2023-S1 change_on_year",
            "TN.LAODONG VN 2023 level",
            "BC.DOANHTHU VN 2023-S1 change_on_year",
            "ATTT.IP_BOTNET VN 2022-S1 level",
            "CDS.DVC_MD4_TYLE @provinces 2020-Q1 count_ge:30",
            "CDS.DVC_MD4_TYLE @ministries 2020-Q1 count_ge:30",
            "CDS.DAN_DUNG_DVC_TT_TYLE @provinces 2024-S1 level",
            "BCTT.TIN_NGAY VN 2020-S1 level",
        ] {
            assert!(listed.iter().any(|one| one == known), "{known} of\n{}", listed.join("\n"));
        }
        // 23.118 over the plan of 101.593 is 22,76%, printed as 22,8%.
        for consistent in ["TN.NSNN VN 2024-Q1 share_of_plan", "TN.LAODONG VN 2024-03 level"] {
            assert!(!listed.iter().any(|one| one == consistent), "{consistent}");
        }
    }

    #[test]
    fn notes_say_the_numbers_in_both_languages() {
        let all = contradictions();
        let note = |known: &str| {
            let mut all = all.iter();
            all.find(|one| {
                format!("{} {} {}", one.cell.indicator, one.cell.period, one.cell.measure) == known
            })
            .cloned()
        };
        let revenue = note("TN.DOANHTHU 2024-S1 change_on_year").expect("it is listed");
        assert_eq!(revenue.computed, Decimal::parse("28.0747").ok());
        assert_eq!(
            revenue.note_vi,
            "Công bố 27% so với cùng kỳ; từ hai mức đã công bố 2.067.389 và 1.614.206 thì là 28,07%."
        );
        let workers = note("TN.LAODONG 2023 level").expect("it is listed");
        assert!(
            workers.note_vi.contains("1.767.766") && workers.note_en.contains("1,548,710"),
            "{}",
            workers.note_vi
        );
    }
}
