use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::indicator::{Good, Limits, OverTime, OverUnits};
use crate::{Decimal, Indicator, Sector, Validity};

#[test]
fn units_are_named_one_by_one_or_many_at_once() {
    use UnitsNamed::*;
    let text = str::to_owned;
    let mut table = String::new();
    for (on, named) in [
        ("2024-06", vec![Code(text("VN")), Code(text("24@2024-06")), Code(text("@both"))]),
        ("2024-06", vec![Level(UnitKind::Province)]),
        ("2025-07", vec![Level(UnitKind::Province)]),
        ("2024-06", vec![Group(text("@both")), Code(text("VN"))]),
        ("2025-07", vec![Group(text("@both"))]),
        ("2024-06", vec![ChildrenOf(text("VN"))]),
        ("2024-06", vec![Below(text("VN"), None)]),
        ("2024-06", vec![Below(text("VN"), Some(UnitKind::Commune))]),
        ("2024-06", vec![Below(text("01"), Some(UnitKind::Commune))]),
        ("2025-07", vec![Below(text("VN"), None)]),
        ("2024-06", vec![Below(text("@both"), None)]),
        ("2024-06", vec![Code(text("01")), ChildrenOf(text("VN")), Code(text("01"))]),
        ("2024-06", vec![Code(text("01")), Code(text("0X"))]),
        ("2024-06", vec![Group(text("VN"))]),
        ("2024-06", vec![ChildrenOf(text("001"))]),
        ("2024-06", vec![]),
    ] {
        let asked = Ask { units: named.clone(), periods: vec![one(on)], ..ask() };
        let found = match resolved(&asked) {
            Ok(query) => words(&query.units),
            Err(refused) => refused.to_string(),
        };
        table.push_str(&format!("{on} {named:?}: {found}\n"));
    }
    expect_test::expect![[r#"
        2024-06 [Code("VN"), Code("24@2024-06"), Code("@both")]: VN 24 @both
        2024-06 [Level(Province)]: 01 24 27
        2025-07 [Level(Province)]: 01 24@2025-07
        2024-06 [Group("@both"), Code("VN")]: 24 27 VN
        2025-07 [Group("@both")]: 24@2025-07
        2024-06 [ChildrenOf("VN")]: 01 24 27
        2024-06 [Below("VN", None)]: 01 001 00001 00004 24 27
        2024-06 [Below("VN", Some(Commune))]: 00001 00004
        2024-06 [Below("01", Some(Commune))]: 00001 00004
        2025-07 [Below("VN", None)]: 01 00001 00004 24@2025-07
        2024-06 [Below("@both", None)]: 24 27
        2024-06 [Code("01"), ChildrenOf("VN"), Code("01")]: 01 01 24 27 01
        2024-06 [Code("01"), Code("0X")]: units 1: there is no unit 0X
        2024-06 [Group("VN")]: units 0: VN is not a group
        2024-06 [ChildrenOf("001")]: 00001 00004
        2024-06 []: units 0: nothing is named
    "#]]
    .assert_eq(&table);
}

#[test]
fn periods_are_named_by_code_by_their_ends_or_from_today() {
    let mut table = String::new();
    for (today, named) in [
        ("2024-08-05", one("2024-Q1")),
        ("2024-08-05", from_to("2023-11", "2024-02")),
        ("2024-08-05", from_to("2023-11~adm", "2024-02~adm")),
        ("2024-08-05", from_to("2024-02-28", "2024-03-01")),
        ("2024-08-05", from_to("2020-W52", "2021-W01")),
        ("2024-08-05", before(1, from_to("2024-S1", "2024-S2"))),
        ("2024-08-05", last(3, Frequency::Month)),
        ("2024-07-31", last(3, Frequency::Month)),
        ("2024-08-05", before(1, last(3, Frequency::Month))),
        ("2024-08-05", last(2, Frequency::Year)),
        ("2024-08-04", last(2, Frequency::Week)),
        ("2024-02-29", before(1, last(1, Frequency::Day))),
        ("2024-08-05", year_to_date(Frequency::Month)),
        ("2024-08-05", before(1, year_to_date(Frequency::Quarter))),
        ("2024-02-05", year_to_date(Frequency::Week)),
        ("2021-01-20", year_to_date(Frequency::Week)),
        ("2024-01-05", year_to_date(Frequency::Month)),
        ("2024-08-05", last(0, Frequency::Month)),
        ("2024-08-05", one("2024-13")),
        ("2024-08-05", from_to("2024-01", "2024-06~adm")),
        ("2024-08-05", from_to("2024-01", "2024-Q2")),
        ("2024-08-05", from_to("2024-06", "2024-01")),
        ("2024-08-05", from_to("2020-02-01/2020-05-31", "2020-06-01/2020-06-30")),
        ("2024-08-05", last(3, Frequency::Range)),
        ("2024-08-05", before(1, from_to("2020-W52", "2020-W53"))),
        ("2024-08-05", before(101, last(1, Frequency::Day))),
        ("2024-08-05", last(usize::MAX, Frequency::Day)),
    ] {
        let asked = Ask { periods: vec![named.clone()], ..ask() };
        let found = match resolve(&asked, &units(), &catalogue(), today.parse().unwrap()) {
            Ok(query) => words(&query.periods),
            Err(refused) => refused.to_string(),
        };
        table.push_str(&format!("{today} {}: {found}\n", shown(&named)));
    }
    expect_test::expect![[r#"
        2024-08-05 2024-Q1: 2024-Q1
        2024-08-05 2023-11 to 2024-02: 2023-11 2023-12 2024-01 2024-02
        2024-08-05 2023-11~adm to 2024-02~adm: 2023-11~adm 2023-12~adm 2024-01~adm 2024-02~adm
        2024-08-05 2024-02-28 to 2024-03-01: 2024-02-28 2024-02-29 2024-03-01
        2024-08-05 2020-W52 to 2021-W01: 2020-W52 2020-W53 2021-W01
        2024-08-05 2024-S1 to 2024-S2, 1 year before: 2023-S1 2023-S2
        2024-08-05 last 3 month: 2024-05 2024-06 2024-07
        2024-07-31 last 3 month: 2024-05 2024-06 2024-07
        2024-08-05 last 3 month, 1 year before: 2023-05 2023-06 2023-07
        2024-08-05 last 2 year: 2022 2023
        2024-08-04 last 2 week: 2024-W30 2024-W31
        2024-02-29 last 1 day, 1 year before: 2023-02-28
        2024-08-05 year to date by month: 2024-01 2024-02 2024-03 2024-04 2024-05 2024-06 2024-07
        2024-08-05 year to date by quarter, 1 year before: 2023-Q1 2023-Q2
        2024-02-05 year to date by week: 2024-W01 2024-W02 2024-W03 2024-W04 2024-W05
        2021-01-20 year to date by week: 2021-W01 2021-W02
        2024-01-05 year to date by month: periods 0: nothing is named
        2024-08-05 last 0 month: periods 0: nothing is named
        2024-08-05 2024-13: periods 0: “2024-13” is not a period
        2024-08-05 2024-01 to 2024-06~adm: periods 0: 2024-01 and 2024-06~adm are of different calendars
        2024-08-05 2024-01 to 2024-Q2: periods 0: 2024-01 and 2024-Q2 are of different lengths
        2024-08-05 2024-06 to 2024-01: periods 0: 2024-01 is before 2024-06
        2024-08-05 2020-02-01/2020-05-31 to 2020-06-01/2020-06-30: periods 0: 2020-02-01/2020-05-31 has no next one
        2024-08-05 last 3 range: periods 0: there is no range in the statistical calendar
        2024-08-05 2020-W52 to 2020-W53, 1 year before: periods 0: 2020-W53 was not 1 years before
        2024-08-05 last 1 day, 101 year before: periods 0: 2024-08-05 was not 101 years before
        2024-08-05 last 18446744073709551615 day: periods 0: more than 1000000 are named
    "#]].assert_eq(&table);
}

#[test]
fn months_of_the_other_calendar_end_on_the_14th() {
    for (today, count, expected) in
        [("2024-08-13", 2, "2024-06~adm 2024-07~adm"), ("2024-08-14", 2, "2024-07~adm 2024-08~adm")]
    {
        let named = PeriodsNamed::Last {
            count,
            frequency: Frequency::Month,
            calendar: Calendar::Administrative,
            years_before: 0,
        };
        let asked = Ask { periods: vec![named], ..ask() };
        let query = resolve(&asked, &units(), &catalogue(), today.parse().unwrap()).unwrap();
        assert_eq!(words(&query.periods), expected, "{today}");
    }
}

#[test]
fn indicators_breakdowns_and_measures_are_read_or_named() {
    for (asked, expected) in [
        (Ask { indicators: vec!["BC.*".into()], ..ask() }, "BC.DOANHTHU BC.GOIKIEN"),
        (
            Ask { indicators: vec!["VT.TB".into(), "BC.GOIKIEN".into()], ..ask() },
            "VT.TB BC.GOIKIEN",
        ),
        (
            Ask { indicators: vec!["BC.GOIKIEM".into()], ..ask() },
            "indicators 0: there is no indicator BC.GOIKIEM",
        ),
        (
            Ask { indicators: vec!["VT.TB".into(), "XX.*".into()], ..ask() },
            "indicators 1: there is no indicator XX.*",
        ),
        (Ask { indicators: vec!["B*".into()], ..ask() }, "indicators 0: there is no indicator B*"),
        (
            Ask { measures: vec!["level".into(), "growth".into()], ..ask() },
            "measures 1: “growth” is not a measure",
        ),
        (Ask { breakdowns: vec!["SEX".into()], ..ask() }, "breakdowns 0: “SEX” is not a breakdown"),
        (Ask { breakdowns: vec![], ..ask() }, "breakdowns 0: nothing is named"),
    ] {
        let found = match resolved(&asked) {
            Ok(query) => words(&query.indicators),
            Err(refused) => refused.to_string(),
        };
        assert_eq!(found, expected);
    }
}

#[test]
fn a_measure_cannot_contradict_the_periods_it_is_asked_of() {
    for (measures, periods, expected) in [
        ("level change_on_year rank plan", "2024-06 2024-Q1 2020-02-01/2020-05-31", ""),
        ("change_on:2020-04 points_on:2019-12", "2024-06", ""),
        (
            "level change_on:2020-04",
            "2024-06 2024-Q1",
            "measures 1: change_on:2020-04 compares 2024-Q1 with a period of another length or calendar",
        ),
        (
            "points_on:2020-04",
            "2024-06~adm",
            "measures 0: points_on:2020-04 compares 2024-06~adm with a period of another length or calendar",
        ),
        ("ytd", "2024-06 2024-W23", "measures 0: ytd does not exist for 2024-W23"),
        (
            "share_of_plan",
            "2020-02-01/2020-05-31",
            "measures 0: share_of_plan does not exist for 2020-02-01/2020-05-31",
        ),
        (
            "change_on_period",
            "2020-02-01/2020-05-31",
            "measures 0: change_on_period does not exist for 2020-02-01/2020-05-31",
        ),
    ] {
        let asked = Ask {
            measures: measures.split(' ').map(str::to_owned).collect(),
            periods: periods.split(' ').map(one).collect(),
            ..ask()
        };
        let found = contradiction(&resolved(&asked).unwrap());
        assert_eq!(found.map(|refused| refused.to_string()).unwrap_or_default(), expected);
    }
}

proptest! {
    /// Parts, one after another, are the whole, and none is larger than it may be.
    #[test]
    fn parts_follow_one_another_as_the_cells_do(
        sizes in (1usize..5, 1usize..7, 1usize..7, 1usize..3, 1usize..4),
        most in 1usize..60,
    ) {
        let whole = product(sizes);
        let mut cells = vec![];
        for part in parts(&whole, most) {
            let part = part.of(&whole);
            let of_period = part.breakdowns.len() * part.measures.len();
            prop_assert!(part.cells() <= most.max(of_period));
            cells.extend(cells_of(&part));
        }
        prop_assert_eq!(cells, cells_of(&whole));
    }
}

#[test]
fn what_fits_is_one_part() {
    assert_eq!(parts(&product((2, 3, 4, 1, 2)), 48).len(), 1);
    assert_eq!(parts(&product((2, 3, 4, 1, 2)), 47).len(), 2);
    assert_eq!(parts(&product((1, 3, 4, 1, 2)), 17).len(), 2);
}

fn product(
    (indicators, units, periods, breakdowns, measures): (usize, usize, usize, usize, usize),
) -> Query {
    let months = from_to("2024-01", "2024-12");
    Query {
        indicators: (0..indicators)
            .map(|n| IndicatorCode::parse(&format!("I{n}")).unwrap())
            .collect(),
        units: (0..units).map(|n| UnitCode::parse(&format!("U{n}")).unwrap()).collect(),
        periods: periods_of(&months, date(2024, 8, 5)).unwrap()[..periods].to_vec(),
        breakdowns: ["", "SEX=F"][..breakdowns]
            .iter()
            .map(|code| Breakdown::parse(code).unwrap())
            .collect(),
        measures: [Measure::Level, Measure::Rank, Measure::Plan][..measures].to_vec(),
        source: SourceChoice::Preferred,
        tree: Tree::Own,
        as_of: Seq::LATEST,
    }
}

fn cells_of(query: &Query) -> Vec<String> {
    let mut cells = vec![];
    for indicator in &query.indicators {
        for unit in &query.units {
            for period in &query.periods {
                for breakdown in &query.breakdowns {
                    for measure in &query.measures {
                        cells.push(format!("{indicator} {unit} {period} {breakdown} {measure}"));
                    }
                }
            }
        }
    }
    cells
}

fn ask() -> Ask {
    Ask {
        indicators: vec!["VT.TB".into()],
        units: vec![UnitsNamed::Code("VN".into())],
        periods: vec![one("2024-06")],
        breakdowns: vec![String::new()],
        measures: vec!["level".into()],
        source: SourceChoice::Preferred,
        tree: Tree::Own,
        as_of: Seq::LATEST,
    }
}

fn resolved(ask: &Ask) -> Result<Query, Refused> {
    resolve(ask, &units(), &catalogue(), date(2024, 8, 5))
}

fn one(code: &str) -> PeriodsNamed {
    PeriodsNamed::Code(code.to_owned())
}

fn from_to(from: &str, to: &str) -> PeriodsNamed {
    PeriodsNamed::FromTo { from: from.to_owned(), to: to.to_owned(), years_before: 0 }
}

fn last(count: usize, frequency: Frequency) -> PeriodsNamed {
    PeriodsNamed::Last { count, frequency, calendar: Calendar::Statistical, years_before: 0 }
}

fn year_to_date(frequency: Frequency) -> PeriodsNamed {
    PeriodsNamed::YearToDate { frequency, calendar: Calendar::Statistical, years_before: 0 }
}

fn before(years: u16, mut named: PeriodsNamed) -> PeriodsNamed {
    match &mut named {
        PeriodsNamed::Code(_) => {}
        PeriodsNamed::FromTo { years_before, .. }
        | PeriodsNamed::Last { years_before, .. }
        | PeriodsNamed::YearToDate { years_before, .. } => *years_before = years,
    }
    named
}

fn shown(named: &PeriodsNamed) -> String {
    let (text, years) = match named {
        PeriodsNamed::Code(code) => (code.clone(), &0),
        PeriodsNamed::FromTo { from, to, years_before } => {
            (format!("{from} to {to}"), years_before)
        }
        PeriodsNamed::Last { count, frequency, years_before, .. } => {
            (format!("last {count} {}", frequency.code()), years_before)
        }
        PeriodsNamed::YearToDate { frequency, years_before, .. } => {
            (format!("year to date by {}", frequency.code()), years_before)
        }
    };
    if *years == 0 { text } else { format!("{text}, {years} year before") }
}

fn words(items: &[impl std::fmt::Display]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Hà Nội (01) with a district and two communes; 24 and 27, both in `@both`, became one on 1 July 2025.
fn units() -> Units {
    let reform = Some(date(2025, 7, 1));
    let old = Validity { from: None, to: reform };
    let new = Validity { from: reform, to: None };
    let code = |code: &str| UnitCode::parse(code).unwrap();
    let unit = |written: &str, kind, validity, parents: &[(Validity, &str)]| Unit {
        code: code(written),
        kind,
        name_vi: written.into(),
        name_en: written.into(),
        full_name_vi: written.into(),
        validity,
        parents: parents.iter().map(|(validity, above)| (*validity, code(above))).collect(),
        members: vec![],
        successor: None,
        map_path: None,
    };
    let always = Validity::ALWAYS;
    let mut both = unit("@both", UnitKind::Group, always, &[]);
    both.members = vec![(old, code("24")), (old, code("27")), (new, code("24@2025-07"))];
    let districts_then_none = [(old, "001"), (new, "01")];
    Units::new(vec![
        unit("VN", UnitKind::Country, always, &[]),
        unit("27", UnitKind::Province, old, &[(always, "VN")]),
        unit("24", UnitKind::Province, old, &[(always, "VN")]),
        unit("24@2025-07", UnitKind::Province, new, &[(always, "VN")]),
        unit("01", UnitKind::Province, always, &[(always, "VN")]),
        unit("001", UnitKind::District, old, &[(always, "01")]),
        unit("00004", UnitKind::Commune, always, &districts_then_none),
        unit("00001", UnitKind::Commune, always, &districts_then_none),
        both,
    ])
    .unwrap()
}

fn catalogue() -> Catalogue {
    let indicator = |code: &str| Indicator {
        code: IndicatorCode::parse(code).unwrap(),
        sector: Sector::Post,
        name_vi: String::new(),
        name_en: String::new(),
        unit_vi: String::new(),
        unit_en: String::new(),
        scale: 0,
        over_units: OverUnits::Sum,
        over_time: OverTime::Sum,
        good: Good::Up,
        applies_to: vec![],
        ratio: None,
        part_of: None,
        frequency: Frequency::Month,
        definition_vi: String::new(),
        definition_en: String::new(),
        legal_basis: String::new(),
        limits: Limits::default(),
        measured_threshold: Decimal::ZERO,
        coverage_threshold: Decimal::ZERO,
        compared: crate::indicator::Compared::default(),
        version: 1,
    };
    Catalogue::new(["BC.DOANHTHU", "BC.GOIKIEN", "VT.TB"].map(indicator))
}
