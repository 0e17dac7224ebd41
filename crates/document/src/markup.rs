//! The short notation in which report texts are written: words with live figures in braces.
//!
//! A sentence stays readable beside its translation: `doanh thu {TN.DOANHTHU attained}, {TN.DOANHTHU
//! change_on_year} so với cùng kỳ năm trước`. A figure is an indicator, then in any order a measure,
//! a way of showing it, `unit=`, `period=`, `breakdown=` and `source=`; `**…**` is strong. `apart` is what was reported
//! less what is measured.

use model::{Breakdown, Cell, IndicatorCode, Measure, Period, SourceChoice, UnitCode};

use crate::tree::{FigureRef, Inline, Show};

/// Why a text is not in the notation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadMarkup {
    /// A brace or a pair of stars that is not closed.
    #[error("“{0}” is not closed")]
    Open(String),
    /// A word in braces that means nothing.
    #[error("“{word}” in “{figure}” is neither a measure, a way of showing nor an option")]
    UnknownWord {
        /// The word.
        word: String,
        /// The braces it stands in.
        figure: String,
    },
}

/// Reads a text; figures without `period=` are of the given period, those without `unit=` of the country.
///
/// ```
/// let period = model::Period::parse("2024-S1").unwrap();
/// let read = document::markup::read("đạt {TN.DOANHTHU share_of_plan} kế hoạch năm", period).unwrap();
/// assert_eq!(read.len(), 3);
/// ```
pub fn read(text: &str, period: Period) -> Result<Vec<Inline>, BadMarkup> {
    let mut inlines = vec![];
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('{') {
            let (figure, after) =
                after.split_once('}').ok_or_else(|| BadMarkup::Open(rest.to_owned()))?;
            inlines.push(match figure.split_whitespace().any(|word| word == APART) {
                true => apart(figure, period)?,
                false => Inline::Figure(figure_ref(figure, period)?),
            });
            rest = after;
        } else if let Some(after) = rest.strip_prefix("**") {
            let (strong, after) =
                after.split_once("**").ok_or_else(|| BadMarkup::Open(rest.to_owned()))?;
            inlines.push(Inline::Strong(strong.to_owned()));
            rest = after;
        } else {
            let end = [rest.find('{'), rest.find("**")].into_iter().flatten().min();
            let (words, after) = rest.split_at(end.unwrap_or(rest.len()));
            inlines.push(Inline::Text(words.to_owned()));
            rest = after;
        }
    }
    Ok(inlines)
}

/// In braces: what was reported less what is measured.
const APART: &str = "apart";

fn apart(figure: &str, period: Period) -> Result<Inline, BadMarkup> {
    let words: Vec<&str> = figure.split_whitespace().filter(|word| *word != APART).collect();
    let of = |source| Ok(FigureRef { source, ..figure_ref(&words.join(" "), period)? });
    let (reported, measured) = (of(SourceChoice::Reported)?, of(SourceChoice::Measured)?);
    Ok(Inline::Apart { reported, measured })
}

fn figure_ref(figure: &str, period: Period) -> Result<FigureRef, BadMarkup> {
    let unknown =
        |word: &str| BadMarkup::UnknownWord { word: word.to_owned(), figure: figure.to_owned() };
    let mut words = figure.split_whitespace();
    let first = words.next().unwrap_or_default();
    let mut cell = Cell {
        indicator: IndicatorCode::parse(first).map_err(|_| unknown(first))?,
        unit: UnitCode::parse("VN").expect("VN is a code"),
        period,
        breakdown: Breakdown::TOTAL,
        measure: Measure::Level,
    };
    let (mut source, mut shown) = (SourceChoice::Preferred, None);
    for word in words {
        match word.split_once('=') {
            Some(("unit", code)) => cell.unit = UnitCode::parse(code).map_err(|_| unknown(word))?,
            Some(("period", code)) => {
                cell.period = Period::parse(code).map_err(|_| unknown(word))?
            }
            Some(("breakdown", code)) => {
                cell.breakdown = Breakdown::parse(code).map_err(|_| unknown(word))?;
            }
            Some(("source", code)) => {
                source = SourceChoice::parse(code).ok_or_else(|| unknown(word))?
            }
            Some(_) => return Err(unknown(word)),
            None => match show(word) {
                Some(show) => shown = Some(show),
                None => cell.measure = Measure::parse(word).map_err(|_| unknown(word))?,
            },
        }
    }
    let show = shown.unwrap_or(match cell.measure {
        Measure::ChangeOnYear
        | Measure::ChangeOnPeriod
        | Measure::ChangeOn(_)
        | Measure::Points
        | Measure::PointsOn(_) => Show::Change,
        Measure::Level
        | Measure::ShareOfPlan
        | Measure::YearToDate
        | Measure::Plan
        | Measure::Target
        | Measure::Threshold
        | Measure::Rank
        | Measure::ShareOfWhole
        | Measure::Coverage
        | Measure::CountAtLeast(_) => Show::Said,
    });
    Ok(FigureRef { cell, source, show })
}

fn show(word: &str) -> Option<Show> {
    Some(match word {
        "number" => Show::Number,
        "said" => Show::Said,
        "attained" => Show::Attained,
        "compact" => Show::Compact,
        "change" => Show::Change,
        "arrow" => Show::Arrow,
        "coverage" => Show::Coverage,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_names_what_it_asks_and_how_it_is_shown() {
        let period = Period::parse("2024-S1").unwrap();
        for (text, expected) in [
            ("{TN.GDP}", "TN.GDP VN 2024-S1 level preferred Said"),
            ("{TN.GDP change_on_year}", "TN.GDP VN 2024-S1 change_on_year preferred Change"),
            (
                "{TN.LAODONG attained period=2024-06}",
                "TN.LAODONG VN 2024-06 level preferred Attained",
            ),
            (
                "{A unit=@provinces source=measured number}",
                "A @provinces 2024-S1 level measured Number",
            ),
            (
                "{A count_ge:30 unit=@ministries}",
                "A @ministries 2024-S1 count_ge:30 preferred Said",
            ),
        ] {
            let read = read(text, period).unwrap();
            let FigureRef { cell, source, show } = read[0].figures()[0];
            let Cell { indicator, unit, period, measure, .. } = cell;
            assert_eq!(
                format!("{indicator} {unit} {period} {measure} {} {show:?}", source.code()),
                expected
            );
        }
    }

    #[test]
    fn what_is_not_in_the_notation_is_refused() {
        let period = Period::parse("2024").unwrap();
        for text in
            ["{TN.GDP", "**TN", "{TN.GDP levl}", "{}", "{TN.GDP unit=}", "{TN.GDP colour=red}"]
        {
            assert!(read(text, period).is_err(), "{text}");
        }
    }
}
