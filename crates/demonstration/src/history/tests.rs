use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use model::answer::{Basis, Facts, answer};
use model::{Query, SourceChoice, Tree, Unit, UnitKind, Units};

use super::*;
use crate::place::units;

struct Ministry {
    units: Units,
    catalogue: Catalogue,
    facts: Facts,
}

impl Ministry {
    fn of(wanted: &dyn Fn(&Observation) -> bool) -> Ministry {
        let mut by_indicator: HashMap<IndicatorCode, Vec<Observation>> = HashMap::new();
        for observation in history().flat_map(|commit| commit.observations).filter(wanted) {
            by_indicator.entry(observation.cell.indicator.clone()).or_default().push(observation);
        }
        let mut facts = Facts::default();
        for (indicator, observations) in by_indicator {
            facts.load(indicator, observations);
        }
        // Districts and communes report nothing here and would only be searched.
        let reporting = |unit: &Unit| !matches!(unit.kind, UnitKind::District | UnitKind::Commune);
        let units = Units::new(units().into_iter().filter(reporting).collect());
        let units = units.expect("the units are a tree");
        Ministry { units, catalogue: Catalogue::new(indicators()), facts }
    }

    fn ask(&self, cell: &Cell, source: SourceChoice, as_of: Seq) -> model::answer::Answered {
        let query = Query {
            indicators: vec![cell.indicator.clone()],
            units: vec![cell.unit.clone()],
            periods: vec![cell.period],
            breakdowns: vec![cell.breakdown.clone()],
            measures: vec![cell.measure],
            source,
            tree: Tree::Own,
            as_of,
        };
        answer(&self.units, &self.catalogue, &self.facts, &query)
            .expect("codes are known")
            .remove(0)
    }
}

fn cell(indicator: &str, unit: &str, period: &str, measure: &str) -> Cell {
    Cell {
        indicator: IndicatorCode::parse(indicator).expect("a code"),
        unit: UnitCode::parse(unit).expect("a code"),
        period: Period::parse(period).expect("a period"),
        breakdown: Breakdown::TOTAL,
        measure: Measure::parse(measure).expect("a measure"),
    }
}

#[test]
fn commits_ascend_are_not_too_many_and_come_out_the_same_every_time() {
    let run = || {
        let mut hasher = DefaultHasher::new();
        let (mut count, mut last) = (0usize, Timestamp::MIN);
        for (number, commit) in history().enumerate() {
            assert!(last <= commit.recorded_at, "{} is out of order", commit.label_en);
            last = commit.recorded_at;
            count += commit.observations.len();
            for (ordinal, one) in commit.observations.iter().enumerate() {
                assert_eq!((one.seq, one.ordinal), (Seq(number as u64 + 1), ordinal as u32));
                assert_eq!(one.recorded_at, commit.recorded_at);
                one.cell.hash(&mut hasher);
                one.figure.shown().hash(&mut hasher);
            }
        }
        assert!(last < moment(date(2024, 8, 5), 0));
        (count, hasher.finish())
    };
    let (count, hash) = run();
    assert_eq!((count, hash), run());
    assert!((300_000..=500_000).contains(&count), "{count}");
}

#[test]
fn everything_keeps_to_the_scale_of_its_indicator_and_applies_to_its_unit() {
    let catalogue = Catalogue::new(indicators());
    let units = Units::new(units()).expect("the units are a tree");
    for one in history()
        .filter(|commit| !matches!(commit.kind, Kind::Submission { .. }))
        .flat_map(|c| c.observations)
    {
        let indicator = catalogue.get(one.cell.indicator.as_str()).expect("in the catalogue");
        assert!(units.get(one.cell.unit.as_str()).is_some(), "{}", one.cell.unit);
        if let (Some(number), true) =
            (one.figure.shown(), matches!(one.cell.measure, Measure::Level | Measure::Plan))
        {
            assert!(number.least_scale() <= indicator.scale, "{} {number}", indicator.code);
        }
    }
    for commit in
        history().filter(|commit| matches!(commit.kind, Kind::Submission { .. })).step_by(37)
    {
        for one in commit.observations {
            let indicator = catalogue.get(one.cell.indicator.as_str()).expect("in the catalogue");
            let unit = units.get(one.cell.unit.as_str()).expect("a unit");
            assert!(
                indicator.applies_to(unit, one.cell.period.end()),
                "{} {} {}",
                indicator.code,
                unit.code,
                one.cell.period
            );
        }
    }
}

#[test]
fn every_figure_that_must_be_answered_is_answered_to_the_printed_digit() {
    let catalogue = Catalogue::new(indicators());
    let said: Vec<Said> =
        releases(&catalogue).into_iter().flat_map(|release| release.said).collect();
    let asked: std::collections::HashSet<IndicatorCode> =
        said.iter().map(|said| said.cell.indicator.clone()).collect();
    let parts: std::collections::HashSet<IndicatorCode> = catalogue
        .iter()
        .filter(|indicator| asked.contains(&indicator.code))
        .filter_map(|indicator| indicator.ratio.as_ref())
        .flat_map(|ratio| [ratio.numerator.clone(), ratio.denominator.clone()])
        .collect();
    let ministry = Ministry::of(&|one| {
        asked.contains(&one.cell.indicator) || parts.contains(&one.cell.indicator)
    });
    let mut rows = 0;
    for said in said.iter().filter(|said| said.source != Source::Published) {
        let source = SourceChoice::parse(said.source.code()).expect("a source is a choice");
        let answered = ministry.ask(&said.cell, source, Seq::LATEST);
        assert_eq!(answered.figure, said.figure, "{:?}", said.cell);
        assert_eq!(answered.basis, Basis::Stated, "{:?}", said.cell);
        assert_eq!(answered.qualifier, said.qualifier, "{:?}", said.cell);
        if said.of.is_some() {
            assert_eq!(answered.of, said.of, "{:?}", said.cell);
        }
        if said.source == Source::Reported {
            assert_eq!(
                ministry.ask(&said.cell, SourceChoice::Preferred, Seq::LATEST).figure,
                said.figure,
                "{:?}",
                said.cell
            );
        }
        rows += usize::from(said.check);
    }
    assert_eq!(rows, 56);

    for (indicator, unit, period, measure, source, value, computed) in [
        ("TN.DOANHTHU", "VN", "2024-S1", "level", "preferred", "2067389", Some("2067389")),
        ("TN.DOANHTHU", "VN", "2024-S1", "change_on_year", "preferred", "27", Some("28.0747")),
        ("TN.DOANHTHU", "VN", "2024-S1", "share_of_plan", "preferred", "50", Some("50.196")),
        ("TN.DOANHTHU", "VN", "2023-S1", "level", "preferred", "1614206", None),
        ("TN.DOANHTHU", "VN", "2023", "level", "preferred", "3744214", None),
        ("TN.DOANHTHU", "VN", "2023-04", "ytd", "preferred", "1139333", None),
        ("TN.NSNN", "VN", "2024-S1", "change_on_year", "preferred", "25.8", Some("31.8071")),
        ("TN.NSNN", "VN", "2024-S1", "share_of_plan", "preferred", "61", Some("58.9086")),
        ("TN.NSNN", "VN", "2023-S1", "level", "published", "45405", None),
        ("TN.GDP", "VN", "2024-S1", "share_of_plan", "preferred", "49", Some("50.8384")),
        ("TN.LAODONG", "VN", "2024-06", "change_on_year", "preferred", "1.3", Some("1.2158")),
        ("TN.LAODONG", "VN", "2023", "level", "published", "1767766", None),
        ("CDS.DVC_MD4_TYLE", "VN", "2020-Q1", "level", "preferred", "11.13", Some("11.13")),
        (
            "CDS.DVC_MD4_TYLE",
            "@ministries",
            "2019-Q4",
            "level",
            "preferred",
            "17.75",
            Some("17.75"),
        ),
        ("CDS.DVC_MD4_TYLE", "@ministries", "2020-Q1", "count_ge:30", "preferred", "4", Some("4")),
        ("CDS.DVC_MD4_TYLE", "@provinces", "2020-Q1", "count_ge:30", "preferred", "4", Some("4")),
        ("CDS.DVC_MD4_TYLE", "@ministries", "2020-S1", "count_ge:100", "preferred", "2", Some("2")),
        ("CDS.DVC_MD4_TYLE", "G14", "2020-S1", "level", "preferred", "100", Some("100")),
        ("CDS.DAN_DUNG_DVC_TT_TYLE", "@provinces", "2024-S1", "level", "measured", "17", None),
        ("VT.DOANHTHU", "VN", "2021-S1", "level", "published", "66500", None),
        ("VT.DOANHTHU", "VN", "2021-S1", "level", "preferred", "66500", None),
    ] {
        let at = cell(indicator, unit, period, measure);
        let answered =
            ministry.ask(&at, SourceChoice::parse(source).expect("a choice"), Seq::LATEST);
        assert_eq!(
            answered.value().map(|value| value.to_string()).as_deref(),
            Some(value),
            "{at:?}"
        );
        assert_eq!(
            answered.computed.map(|value| value.to_string()).as_deref(),
            computed,
            "computed beside {at:?}"
        );
    }
}

#[test]
fn a_correction_shows_only_from_the_moment_it_was_recorded_and_the_year_stays() {
    let ministry = Ministry::of(&|one| one.cell.indicator.as_str() == "TN.DOANHTHU");
    let corrected = history()
        .enumerate()
        .find(|(_, commit)| {
            matches!(commit.kind, Kind::Correction { .. }) && commit.body.as_str() == "01"
        })
        .map(|(number, _)| Seq(number as u64 + 1))
        .expect("Hà Nội corrected a month");
    let before = Seq(corrected.0 - 1);
    let ask = |unit: &str, period: &str, as_of| {
        ministry
            .ask(&cell("TN.DOANHTHU", unit, period, "level"), SourceChoice::Reported, as_of)
            .value()
    };
    for period in ["2023-05", "2023-S1", "2023-S2"] {
        assert_ne!(ask("01", period, before), ask("01", period, corrected), "{period}");
    }
    assert_eq!(ask("01", "2023", before), ask("01", "2023", corrected));
    assert_eq!(ask("VN", "2023-S1", Seq::LATEST), Some(Decimal::whole(1_614_206)));
    let bodies: std::collections::HashSet<BodyCode> = history()
        .filter(|commit| matches!(commit.kind, Kind::Correction { .. }))
        .map(|commit| commit.body)
        .collect();
    assert!(bodies.len() >= 5);
}

#[test]
fn nothing_implied_is_recorded() {
    // The base that +27% would imply, and what else the reviews imply without saying.
    let implied = ["1627865", "47573", "973333", "98110", "4134778"];
    for one in history()
        .flat_map(|commit| commit.observations)
        .filter(|one| one.cell.unit.as_str() == "VN")
    {
        let printed = one.figure.shown().map(|number| number.to_string());
        assert!(!implied.contains(&printed.as_deref().unwrap_or("")), "{:?}", one.cell);
    }
}

#[test]
fn only_what_was_published_is_not_synthetic() {
    for commit in history() {
        let published = matches!(commit.kind, Kind::Release { .. });
        assert!(
            commit.observations.iter().all(|one| one.synthetic != published),
            "{}",
            commit.label_en
        );
    }
}
