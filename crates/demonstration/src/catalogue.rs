//! The catalogue: every indicator of the published figures and those the templates ask for, read
//! from one table, which is the only definition of each.
//!
//! Ratios add up through their numerator and denominator, over units and over time alike, so their
//! own rule over time is "none". National figures (GDP, unique botnet addresses) apply to the
//! country alone and are never summed from provinces. How a measured number is compared with the
//! reported one is said in a table of its own, because few indicators are measured.

use jiff::civil::Date;
use model::indicator::{Compared, Good, Limits, OverTime, OverUnits, Ratio};
use model::{Decimal, Frequency, Indicator, IndicatorCode, Sector, UnitKind, Validity};
use serde::Deserialize;

use crate::table::rows;

#[derive(Deserialize)]
struct Row {
    code: String,
    name_vi: String,
    name_en: String,
    unit_vi: String,
    unit_en: String,
    scale: u8,
    over_units: String,
    over_time: String,
    good: String,
    applies_to: String,
    numerator: String,
    denominator: String,
    factor: String,
    part_of: String,
    frequency: String,
    min: String,
    max: String,
    growth_percent: String,
    definition_vi: String,
    definition_en: String,
    legal_basis: String,
}

#[derive(Deserialize)]
struct ComparedRow {
    code: String,
    tolerance: String,
    measured_as_vi: String,
    measured_as_en: String,
}

/// Every indicator, by sector and then as the templates list them.
pub fn indicators() -> Vec<Indicator> {
    let table: Vec<Row> = rows(include_str!("../data/indicators.csv"));
    let mut all: Vec<Indicator> = table.into_iter().map(Indicator::from).collect();
    for row in rows::<ComparedRow>(include_str!("../data/compared.csv")) {
        let indicator = all.iter_mut().find(|indicator| indicator.code.as_str() == row.code);
        indicator.expect("the committed table names indicators").compared = Compared {
            tolerance: decimal(&row.tolerance),
            measured_as_vi: row.measured_as_vi,
            measured_as_en: row.measured_as_en,
        };
    }
    all
}

fn code(text: &str) -> IndicatorCode {
    IndicatorCode::parse(text).expect("the committed table holds valid codes")
}

fn decimal(text: &str) -> Option<Decimal> {
    (!text.is_empty())
        .then(|| Decimal::parse(text).expect("the committed table holds decimals with a dot"))
}

/// `province/ministry from 2022-07-01`: kinds, then the days on which it applies to them.
fn applies_to(text: &str) -> Vec<(UnitKind, Validity)> {
    let day = |text: &str| -> Option<Date> {
        Some(text.parse().expect("the committed table holds days"))
    };
    let (kinds, validity) = if let Some((kinds, from)) = text.split_once(" from ") {
        (kinds, Validity { from: day(from), to: None })
    } else if let Some((kinds, to)) = text.split_once(" until ") {
        (kinds, Validity { from: None, to: day(to) })
    } else {
        (text, Validity::ALWAYS)
    };
    kinds
        .split('/')
        .map(|kind| {
            (UnitKind::parse(kind).expect("the committed table holds kinds of units"), validity)
        })
        .collect()
}

impl From<Row> for Indicator {
    fn from(row: Row) -> Indicator {
        let sector = row
            .code
            .split('.')
            .next()
            .and_then(Sector::parse)
            .expect("a code begins with its sector");
        let ratio = (!row.numerator.is_empty()).then(|| Ratio {
            numerator: code(&row.numerator),
            denominator: code(&row.denominator),
            factor: decimal(&row.factor).expect("a ratio has a factor"),
        });
        Indicator {
            code: code(&row.code),
            sector,
            name_vi: row.name_vi,
            name_en: row.name_en,
            unit_vi: row.unit_vi,
            unit_en: row.unit_en,
            scale: row.scale,
            over_units: match row.over_units.as_str() {
                "sum" => OverUnits::Sum,
                "ratio" => OverUnits::Ratio,
                "max" => OverUnits::Max,
                "none" => OverUnits::None,
                other => panic!("the committed table has no way of adding up called {other}"),
            },
            over_time: OverTime::parse(&row.over_time)
                .expect("the committed table holds ways of adding up over time"),
            good: Good::parse(&row.good).expect("the committed table holds directions"),
            applies_to: applies_to(&row.applies_to),
            ratio,
            part_of: (!row.part_of.is_empty()).then(|| code(&row.part_of)),
            frequency: Frequency::parse(&row.frequency)
                .expect("the committed table holds frequencies"),
            definition_vi: row.definition_vi,
            definition_en: row.definition_en,
            legal_basis: row.legal_basis,
            limits: Limits {
                min: decimal(&row.min),
                max: decimal(&row.max),
                growth_percent: decimal(&row.growth_percent),
            },
            measured_threshold: Decimal::whole(90),
            coverage_threshold: Decimal::whole(80),
            compared: Compared::default(),
            version: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Catalogue;

    #[test]
    fn an_indicator_refers_only_to_indicators_that_exist_at_the_same_scale() {
        let all = indicators();
        let catalogue = Catalogue::new(all.clone());
        assert_eq!(catalogue.iter().count(), all.len(), "no code stands twice");
        for indicator in &all {
            if let Some(ratio) = &indicator.ratio {
                for part in [&ratio.numerator, &ratio.denominator] {
                    let part = catalogue
                        .get(part.as_str())
                        .unwrap_or_else(|| panic!("{part} of {}", indicator.code));
                    assert!(part.ratio.is_none(), "{} is a ratio of a ratio", indicator.code);
                }
                assert_eq!(indicator.over_units, OverUnits::Ratio, "{}", indicator.code);
            }
            if let Some(whole) = &indicator.part_of {
                let whole = catalogue
                    .get(whole.as_str())
                    .unwrap_or_else(|| panic!("{whole} of {}", indicator.code));
                assert_eq!(whole.scale, indicator.scale, "{}", indicator.code);
            }
            let Compared { measured_as_vi, measured_as_en, .. } = &indicator.compared;
            assert_eq!(measured_as_vi.is_empty(), measured_as_en.is_empty(), "{}", indicator.code);
            assert!(
                !indicator.definition_vi.is_empty() && !indicator.definition_en.is_empty(),
                "{}",
                indicator.code
            );
        }
    }

    #[test]
    fn every_sector_has_indicators() {
        let all = indicators();
        for sector in Sector::ALL {
            assert!(
                all.iter().filter(|indicator| indicator.sector == sector).count() >= 9,
                "{}",
                sector.code()
            );
        }
    }
}
