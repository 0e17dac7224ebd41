//! What was published: the ministry's review reports, and the same figures as outlets printed them.
//!
//! What the ministry itself said is stated by its own department and is *reported*, with the report
//! as its origin; what is known only through an outlet is *published*, under the outlet's name, even
//! where the outlet quotes the ministry: two outlets that disagree are two figures, and both stay.

use std::sync::Arc;

use jiff::civil::{Date, date};
use model::{
    Breakdown, Catalogue, Cell, Decimal, Figure, IndicatorCode, Measure, Period, Qualifier, Source,
    Status, UnitCode,
};
use serde::Deserialize;

use crate::table::rows;

/// The publisher that names the ministry's own reports in the series: those rows stand in the
/// reports already.
const OWN_REPORT: &str = "the ministry's review report";

/// A published statement that can be an observation.
#[derive(Clone, Debug)]
pub struct Said {
    /// Of what.
    pub cell: Cell,
    /// Reported or measured, when the ministry said it; published otherwise.
    pub source: Source,
    /// The outlet.
    pub publisher: Option<Arc<str>>,
    /// What was said.
    pub figure: Figure,
    /// The denominator that was said.
    pub of: Option<Decimal>,
    /// How sure.
    pub status: Status,
    /// Said before the number.
    pub qualifier: Option<Qualifier>,
    /// The words as said.
    pub words: String,
    /// Whether it must be answered to the printed digit.
    pub check: bool,
}

/// Everything one document said.
#[derive(Clone, Debug)]
pub struct Release {
    /// As named in the data.
    pub document: String,
    /// Vietnamese title.
    pub label_vi: String,
    /// English title.
    pub label_en: String,
    /// The day it came out.
    pub day: Date,
    /// Whether the ministry issued it.
    pub own: bool,
    /// What it said, in its order.
    pub said: Vec<Said>,
}

/// A statement that cannot be an observation and is kept as it was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAsSaid {
    /// Of what.
    pub indicator: IndicatorCode,
    /// What it was called.
    pub name_vi: String,
    /// About what.
    pub unit: UnitCode,
    /// Target, level…
    pub measure: Measure,
    /// The number as printed.
    pub value: Decimal,
    /// The unit of measure as printed.
    pub unit_of_measure: String,
    /// The words as said.
    pub words: String,
    /// Which report.
    pub document: String,
    /// Why it cannot be one, in Vietnamese.
    pub reason_vi: &'static str,
    /// The same in English.
    pub reason_en: &'static str,
}

#[derive(Deserialize)]
struct FigureRow {
    report: String,
    indicator: String,
    indicator_vi: String,
    unit_of_measure: String,
    unit: String,
    period: String,
    measure: String,
    source: String,
    value: String,
    upper: String,
    of: String,
    words: String,
    check: String,
}

#[derive(Deserialize)]
struct SeriesRow {
    indicator: String,
    unit: String,
    period: String,
    value: String,
    unit_of_measure: String,
    change_on_year_as_published: String,
    share_of_plan_as_published: String,
    published_by: String,
    note: String,
}

#[derive(Deserialize)]
struct NoteRow {
    indicator: String,
    unit: String,
    period: String,
    measure: String,
    value: String,
    published_by: String,
    words: String,
}

/// When each document came out: the day printed where the data show one, otherwise some days after
/// the period it speaks of, as such reviews come out.
const DOCUMENTS: [(&str, Date, &str, &str); 16] = [
    ("hanam.gov.vn/stttt 2019", date(2019, 7, 10), "hanam.gov.vn/stttt", "hanam.gov.vn/stttt"),
    (
        "2020-03 quarterly review",
        date(2020, 4, 2),
        "Báo cáo giao ban quý I/2020",
        "Quarterly review, March 2020",
    ),
    (
        "2020-07 half-year review (a)",
        date(2020, 7, 7),
        "Báo cáo sơ kết 6 tháng đầu năm 2020 (phần mục tiêu)",
        "Half-year review 2020 (goals)",
    ),
    (
        "2020-07 half-year review (b)",
        date(2020, 7, 8),
        "Báo cáo sơ kết 6 tháng đầu năm 2020",
        "Half-year review 2020",
    ),
    (
        "viettimes.vn 148154",
        date(2021, 7, 7),
        "viettimes.vn, bài 148154",
        "viettimes.vn, article 148154",
    ),
    (
        "ictvietnam.vn 20124",
        date(2022, 7, 8),
        "ictvietnam.vn, bài 20124",
        "ictvietnam.vn, article 20124",
    ),
    (
        "ictvietnam.vn 20366",
        date(2022, 7, 18),
        "ictvietnam.vn, bài 20366",
        "ictvietnam.vn, article 20366",
    ),
    ("cafef.vn 2022-08", date(2022, 9, 8), "cafef.vn, tháng 8/2022", "cafef.vn, August 2022"),
    (
        "anninhthudo.vn 518734",
        date(2022, 10, 3),
        "anninhthudo.vn, bài 518734",
        "anninhthudo.vn, article 518734",
    ),
    ("dulichdoisong.vn", date(2023, 1, 5), "dulichdoisong.vn", "dulichdoisong.vn"),
    (
        "vietnamnet.vn 2141239",
        date(2023, 5, 8),
        "vietnamnet.vn, bài 2141239",
        "vietnamnet.vn, article 2141239",
    ),
    (
        "vneconomy.vn 2023-06",
        date(2023, 7, 3),
        "vneconomy.vn, tháng 6/2023",
        "vneconomy.vn, June 2023",
    ),
    // Before vietbao.vn, whose figures the data list first: the later of two is what `published` answers.
    (
        "dientuungdung.vn 5846",
        date(2023, 7, 4),
        "dientuungdung.vn, bài 5846",
        "dientuungdung.vn, article 5846",
    ),
    ("vietbao.vn 434837", date(2023, 7, 5), "vietbao.vn, bài 434837", "vietbao.vn, article 434837"),
    (
        "thoibaotaichinhvietnam.vn 143048",
        date(2024, 1, 4),
        "thoibaotaichinhvietnam.vn, bài 143048",
        "thoibaotaichinhvietnam.vn, article 143048",
    ),
    (
        "vneconomy.vn 2024-03",
        date(2024, 4, 3),
        "vneconomy.vn, tháng 3/2024",
        "vneconomy.vn, March 2024",
    ),
];

const HALF_YEAR_2024: (&str, Date, &str, &str) = (
    "2024-07 half-year review",
    date(2024, 7, 15),
    "Báo cáo sơ kết 6 tháng đầu năm 2024",
    "Half-year review 2024",
);

/// What one printed unit is in another: `66.5 nghìn tỷ đồng` is 66500 `tỷ đồng`.
fn factor(printed: &str, kept: &str) -> Option<i64> {
    match (printed, kept) {
        _ if printed == kept => Some(1),
        ("nghìn tỷ đồng", "tỷ đồng") => Some(1_000),
        ("triệu lượt", "lượt") => Some(1_000_000),
        ("nhóm nước dẫn đầu", "hạng") => Some(1),
        _ => None,
    }
}

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).expect("the committed tables hold decimals with a dot")
}

fn times(number: Decimal, factor: i64) -> Decimal {
    number
        .times_over(Decimal::whole(factor), Decimal::whole(1), number.scale())
        .expect("published figures are short")
}

/// How sure the words make a number, and the word before it.
fn read_words(words: &str) -> (Status, Option<Qualifier>) {
    let status = if words.contains("ước") { Status::Estimated } else { Status::Final };
    let qualifier = [
        ("gần", Qualifier::Nearly),
        ("trên", Qualifier::Over),
        ("hơn", Qualifier::Over),
        ("dưới", Qualifier::Under),
        ("khoảng", Qualifier::About),
        ("tối thiểu", Qualifier::AtLeast),
        ("ít nhất", Qualifier::AtLeast),
        ("thuộc nhóm", Qualifier::AtMost),
    ]
    .into_iter()
    .find(|(word, _)| words.contains(word))
    .map(|(_, qualifier)| qualifier);
    (status, qualifier)
}

fn cell(indicator: &str, unit: &str, period: &str, measure: Measure) -> Cell {
    Cell {
        indicator: IndicatorCode::parse(indicator).expect("the committed tables hold valid codes"),
        unit: UnitCode::parse(unit).expect("the committed tables hold valid codes"),
        period: Period::parse(period).expect("the committed tables hold valid periods"),
        breakdown: Breakdown::TOTAL,
        measure,
    }
}

/// The value in the catalogue's unit of measure; `None` when it was said in a unit that is not one
/// of the indicator's ("10 times fewer").
fn converted(
    row: &FigureRow,
    measure: Measure,
    catalogue: &Catalogue,
    value: &str,
) -> Option<Decimal> {
    let indicator =
        catalogue.get(&row.indicator).expect("every published indicator is in the catalogue");
    match measure {
        Measure::Level | Measure::Target | Measure::Threshold => {
            factor(&row.unit_of_measure, &indicator.unit_vi)
                .map(|factor| times(decimal(value), factor))
        }
        _ => Some(decimal(value)),
    }
}

fn said_by_the_ministry(row: &FigureRow, catalogue: &Catalogue) -> Result<Said, Box<KeptAsSaid>> {
    let measure = Measure::parse(&row.measure).expect("the committed tables hold valid measures");
    let kept = |reason_vi, reason_en| {
        Box::new(KeptAsSaid {
            indicator: IndicatorCode::parse(&row.indicator)
                .expect("the committed tables hold valid codes"),
            name_vi: row.indicator_vi.clone(),
            unit: UnitCode::parse(&row.unit).expect("the committed tables hold valid codes"),
            measure,
            value: decimal(&row.value),
            unit_of_measure: row.unit_of_measure.clone(),
            words: row.words.clone(),
            document: row.report.clone(),
            reason_vi,
            reason_en,
        })
    };
    if row.period.is_empty() {
        return Err(kept("không nêu thời hạn", "no deadline was given"));
    }
    let Some(number) = converted(row, measure, catalogue, &row.value) else {
        return Err(kept(
            "nêu theo đơn vị tính khác với chỉ tiêu",
            "said in another unit than the indicator's",
        ));
    };
    let figure = if !row.upper.is_empty() {
        let high = converted(row, measure, catalogue, &row.upper).expect("both ends have one unit");
        Figure::Range { low: number, high }
    } else if row.words.starts_with("hàng") {
        Figure::Magnitude(number)
    } else {
        Figure::Number(number)
    };
    let (status, qualifier) = read_words(&row.words);
    Ok(Said {
        cell: cell(&row.indicator, &row.unit, &row.period, measure),
        source: Source::parse(&row.source).expect("the committed tables hold valid sources"),
        publisher: None,
        figure,
        of: (!row.of.is_empty()).then(|| decimal(&row.of)),
        status,
        qualifier,
        words: row.words.clone(),
        check: row.check == "yes",
    })
}

/// What followed from an estimate is one: the level's "ước đạt" covers its change and its share.
fn spread_estimates(said: &mut [Said]) {
    let estimated: Vec<Cell> = said
        .iter()
        .filter(|said| said.status == Status::Estimated)
        .map(|said| said.cell.clone())
        .collect();
    for other in said {
        let same = |cell: &Cell| {
            cell.indicator == other.cell.indicator
                && cell.unit == other.cell.unit
                && cell.period == other.cell.period
        };
        if estimated.iter().any(same) {
            other.status = Status::Estimated;
        }
    }
}

fn printed(cell: Cell, value: Decimal, publisher: &str, words: &str) -> Said {
    Said {
        cell,
        source: Source::Published,
        publisher: Some(publisher.into()),
        figure: Figure::Number(value),
        of: None,
        // An outlet does not say how sure a figure is.
        status: Status::Provisional,
        qualifier: read_words(words).1,
        words: words.to_owned(),
        check: false,
    }
}

/// Level, change and share of one row of the series.
fn printed_in_series(row: &SeriesRow, catalogue: &Catalogue) -> Vec<Said> {
    let indicator =
        catalogue.get(&row.indicator).expect("every published indicator is in the catalogue");
    let measure = if row.note.contains("lũy kế") { Measure::YearToDate } else { Measure::Level };
    let factor = factor(&row.unit_of_measure, &indicator.unit_vi)
        .expect("the series are in convertible units");
    let at = |measure| cell(&row.indicator, &row.unit, &row.period, measure);
    let words = match (measure, row.note.as_str()) {
        (Measure::YearToDate, _) => "lũy kế",
        (_, "gần") => "gần",
        _ => "",
    };
    let mut said =
        vec![printed(at(measure), times(decimal(&row.value), factor), &row.published_by, words)];
    for (value, measure) in [
        (&row.change_on_year_as_published, Measure::ChangeOnYear),
        (&row.share_of_plan_as_published, Measure::ShareOfPlan),
    ] {
        if !value.is_empty() {
            said.push(printed(at(measure), decimal(value), &row.published_by, ""));
        }
    }
    said
}

fn read(catalogue: &Catalogue) -> (Vec<Release>, Vec<KeptAsSaid>) {
    let figures: Vec<FigureRow> = rows(include_str!("../data/published_figures.csv"));
    let series: Vec<SeriesRow> = rows(include_str!("../data/published_series.csv"));
    let notes: Vec<NoteRow> = rows(include_str!("../data/published_notes.csv"));
    let mut kept = vec![];
    let mut releases = vec![];
    for (document, day, label_vi, label_en) in DOCUMENTS.into_iter().chain([HALF_YEAR_2024]) {
        let mut said = vec![];
        for row in figures.iter().filter(|row| row.report == document) {
            match said_by_the_ministry(row, catalogue) {
                Ok(one) => said.push(one),
                Err(one) => kept.push(*one),
            }
        }
        spread_estimates(&mut said);
        let own = !said.is_empty();
        for row in series
            .iter()
            .filter(|row| row.published_by != OWN_REPORT && row.published_by.starts_with(document))
        {
            said.extend(printed_in_series(row, catalogue));
        }
        for row in notes.iter().filter(|row| row.published_by == document) {
            let measure =
                Measure::parse(&row.measure).expect("the committed tables hold valid measures");
            let at = cell(&row.indicator, &row.unit, &row.period, measure);
            said.push(printed(at, decimal(&row.value), &row.published_by, &row.words));
        }
        releases.push(Release {
            document: document.to_owned(),
            label_vi: label_vi.to_owned(),
            label_en: label_en.to_owned(),
            day,
            own,
            said,
        });
    }
    (releases, kept)
}

/// Every document, in the order in which they came out.
pub fn releases(catalogue: &Catalogue) -> Vec<Release> {
    read(catalogue).0
}

/// What was said without a period (a goal without a deadline) or in another unit of measure, and so
/// can be no observation: kept and shown, never dropped.
pub fn without_period(catalogue: &Catalogue) -> Vec<KeptAsSaid> {
    read(catalogue).1
}

/// What was published of an indicator's national level, in the order in which figures are
/// followed: the ministry's own reports, the series as listed, then the notes. Of two that
/// contradict each other the first is followed and the other stays a published figure.
pub(crate) fn levels_to_follow(catalogue: &Catalogue) -> Vec<Said> {
    let mut all = vec![];
    let releases = releases(catalogue);
    all.extend(
        releases.iter().filter(|release| release.own).flat_map(|release| release.said.clone()),
    );
    let series: Vec<SeriesRow> = rows(include_str!("../data/published_series.csv"));
    let listed = series.iter().filter(|row| row.published_by != OWN_REPORT);
    all.extend(listed.flat_map(|row| printed_in_series(row, catalogue)));
    all.extend(
        releases.iter().filter(|release| !release.own).flat_map(|release| release.said.clone()),
    );
    all.retain(|said| {
        said.cell.unit.as_str() == "VN"
            && said.source != Source::Measured
            && matches!(said.cell.measure, Measure::Level | Measure::YearToDate)
            && matches!(said.figure, Figure::Number(_))
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::indicators;

    fn catalogue() -> Catalogue {
        Catalogue::new(indicators())
    }

    #[test]
    fn nothing_that_was_published_is_dropped() {
        let figures: Vec<FigureRow> = rows(include_str!("../data/published_figures.csv"));
        let series: Vec<SeriesRow> = rows(include_str!("../data/published_series.csv"));
        let notes: Vec<NoteRow> = rows(include_str!("../data/published_notes.csv"));
        let (releases, kept) = read(&catalogue());
        let said: Vec<&Said> = releases.iter().flat_map(|release| &release.said).collect();
        let own = said.iter().filter(|said| said.source != Source::Published).count();
        assert_eq!(own + kept.len(), figures.len());
        let levels = said.iter().filter(|said| said.source == Source::Published);
        let levels = levels
            .filter(|said| matches!(said.cell.measure, Measure::Level | Measure::YearToDate))
            .count();
        let from_notes = notes.iter().filter(|note| note.measure == "level").count();
        let from_outlets = series.iter().filter(|row| row.published_by != OWN_REPORT).count();
        assert_eq!(levels, from_notes + from_outlets);
        for row in series.iter().filter(|row| row.published_by == OWN_REPORT) {
            let at = cell(&row.indicator, &row.unit, &row.period, Measure::Level);
            let there = said
                .iter()
                .any(|said| said.cell == at && said.figure == Figure::Number(decimal(&row.value)));
            assert!(there, "{} {} stands in a report of the ministry", row.indicator, row.period);
        }
    }

    #[test]
    fn what_must_be_answered_is_an_observation_and_goals_without_a_deadline_are_kept() {
        let (releases, kept) = read(&catalogue());
        let checked =
            releases.iter().flat_map(|release| &release.said).filter(|said| said.check).count();
        let figures: Vec<FigureRow> = rows(include_str!("../data/published_figures.csv"));
        assert_eq!(checked, figures.iter().filter(|row| row.check == "yes").count());
        assert_eq!(kept.len(), 6);
    }

    #[test]
    fn words_become_qualifiers_and_magnitudes() {
        let releases = releases(&catalogue());
        let find = |indicator: &str, measure: Measure| {
            let mut all = releases.iter().rev().flat_map(|release| &release.said);
            all.find(|said| {
                said.cell.indicator.as_str() == indicator && said.cell.measure == measure
            })
            .cloned()
        };
        for (indicator, measure, figure, status, qualifier) in [
            (
                "TN.DOANHTHU",
                Measure::Level,
                Figure::Number(decimal("2067389")),
                Status::Estimated,
                None,
            ),
            (
                "TN.DOANHTHU",
                Measure::ChangeOnYear,
                Figure::Number(decimal("27")),
                Status::Estimated,
                None,
            ),
            (
                "TN.LAODONG",
                Measure::Level,
                Figure::Number(decimal("1530528")),
                Status::Estimated,
                Some(Qualifier::About),
            ),
            (
                "TN.BAOCAO_NAM",
                Measure::Level,
                Figure::Number(decimal("8000")),
                Status::Final,
                Some(Qualifier::Nearly),
            ),
            (
                "VT.DOANHTHU",
                Measure::Level,
                Figure::Number(decimal("74473")),
                Status::Provisional,
                None,
            ),
            (
                "CDS.COVID_LUOTTAI",
                Measure::Level,
                Figure::Magnitude(decimal("1000000")),
                Status::Final,
                None,
            ),
            (
                "CDS.DVC_MD34_TYLE",
                Measure::Target,
                Figure::Number(decimal("30")),
                Status::Final,
                Some(Qualifier::AtLeast),
            ),
            (
                "CDS.IDI_HANG",
                Measure::Target,
                Figure::Number(decimal("50")),
                Status::Final,
                Some(Qualifier::AtMost),
            ),
            (
                "BCTT.TIN_NGAY",
                Measure::Level,
                Figure::Range { low: decimal("700"), high: decimal("1000") },
                Status::Final,
                None,
            ),
        ] {
            let said = find(indicator, measure).unwrap_or_else(|| panic!("{indicator} {measure}"));
            assert_eq!(
                (said.figure, said.status, said.qualifier),
                (figure, status, qualifier),
                "{indicator} {measure}"
            );
        }
    }
}
