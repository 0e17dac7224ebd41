use expect_test::{Expect, expect};
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::indicator::{Limits, Ratio};
use crate::{Frequency, Sector, UnitCode, UnitKind, Validity};

#[test]
fn stated_wins_and_the_rolled_up_value_stands_beside_it() {
    check(
        "REV 01 2024-06 level 10
         REV 02 2024-06 level 20
         REV 03 2024-06 level 30
         REV VN 2024-06 level 61",
        "REV VN 2024-06 level",
        expect!["REV VN 2024-06 level = 61 stated, computed 60, final, reported, 3/3"],
    );
}

#[test]
fn a_flow_adds_up_over_months_and_a_stock_takes_the_last() {
    check(
        "REV 01 2024-04 level 1
         REV 01 2024-05 level 2
         REV 01 2024-06 level 3 estimated
         STOCK 01 2024-04 level 1
         STOCK 01 2024-05 level 2
         STOCK 01 2024-06 level 3",
        "REV 01 2024-Q2 level
         REV 01 2024-S1 level
         STOCK 01 2024-S1 level
         REV 01 2024-06~adm level",
        expect![[r#"
            REV 01 2024-Q2 level = 6 rolled_up, estimated, reported, 1/1
            REV 01 2024-S1 level = absent nothing_recorded, 0/1
            STOCK 01 2024-S1 level = 3 rolled_up, final, reported, 1/1
            REV 01 2024-06~adm level = absent nothing_recorded, 0/1"#]],
    );
}

#[test]
fn coverage_says_how_many_of_how_many_and_absent_is_not_zero() {
    check(
        "REV 01 2024-06 level 10
         REV 02 2024-06 level absent:missing
         REV 03 2024-06 level absent:not_applicable",
        "REV VN 2024-06 level
         REV R1 2024-06 level
         REV 02 2024-06 level",
        expect![[r#"
            REV VN 2024-06 level = 10 rolled_up, final, reported, 1/2
            REV R1 2024-06 level = 10 rolled_up, final, reported, 1/2
            REV 02 2024-06 level = absent missing stated, final, reported, 1/1"#]],
    );
}

#[test]
fn growth_compares_the_units_present_in_both_periods_or_is_withheld() {
    check(
        "REV 01 2023-06 level 10
         REV 02 2023-06 level 10
         REV 01 2024-06 level 11
         REV 02 2024-06 level 13
         REV 03 2024-06 level 99
         REV 01 2023-05 level 10
         REV 01 2024-05 level 10
         REV 02 2024-05 level 10
         REV 03 2024-05 level 10",
        "REV VN 2024-06 change_on_year
         REV VN 2024-05 change_on_year",
        expect![[r#"
            REV VN 2024-06 change_on_year = 20 computed, final, reported, 2/3
            REV VN 2024-05 change_on_year = absent withheld computed, final, reported, 1/3"#]],
    );
}

#[test]
fn a_stated_growth_stands_beside_the_one_that_follows_from_the_levels() {
    check(
        "REV VN 2023-S1 level 1614206
         REV VN 2024-S1 level 2067389 estimated
         REV VN 2024-S1 change_on_year 27
         REV VN 2024-S1 share_of_plan 50
         REV VN 2024 plan 4000000",
        "REV VN 2024-S1 change_on_year
         REV VN 2024-S1 share_of_plan
         REV VN 2024-06 ytd
         REV VN 2024-S1 points",
        expect![[r#"
            REV VN 2024-S1 change_on_year = 27 stated, computed 28.0747, final, reported, 1/1
            REV VN 2024-S1 share_of_plan = 50 stated, computed 51.6847, final, reported, 1/1
            REV VN 2024-06 ytd = 2067389 stated, estimated, reported, 3/3
            REV VN 2024-S1 points = 453183 computed, estimated, reported, 3/3"#]],
    );
}

#[test]
fn ratios_are_computed_from_sums_never_averaged() {
    check(
        "NUM 01 2024-06 level 1
         DEN 01 2024-06 level 10
         NUM 02 2024-06 level 80
         DEN 02 2024-06 level 100
         DEN 03 2024-06 level 1000",
        "RATE 01 2024-06 level
         RATE VN 2024-06 level
         RATE VN 2024-06 count_ge:50
         RATE 02 2024-06 rank",
        expect![[r#"
            RATE 01 2024-06 level = 10 computed, final, reported, 1/1
            RATE VN 2024-06 level = 73.64 computed, final, reported, 2/3
            RATE VN 2024-06 count_ge:50 = 1 of 3 computed, final, reported, 2/3
            RATE 02 2024-06 rank = 1 of 2 computed, final, reported, 2/3"#]],
    );
}

#[test]
fn a_share_of_the_whole_waits_until_enough_of_the_whole_is_there() {
    check(
        "REV 01 2024-05 level 5
         REV 01 2024-06 level 5
         REV 02 2024-06 level 7
         REV 03 2024-06 level 8",
        "REV 01 2024-06 share_of_whole
         REV VN 2024-06 share_of_whole
         REV 01 2024-05 share_of_whole
         REV 02 2024-05 share_of_whole
         RATE 01 2024-06 share_of_whole
         REV VN 2024-06 coverage
         REV VN 2024-05 coverage
         REV 01 2024-05 coverage
         REV 02 2024-05 coverage",
        expect![[r#"
            REV 01 2024-06 share_of_whole = 25 computed, final, reported, 3/3
            REV VN 2024-06 share_of_whole = 100 computed, final, reported, 3/3
            REV 01 2024-05 share_of_whole = absent withheld computed, final, reported, 1/3
            REV 02 2024-05 share_of_whole = absent nothing_recorded, 0/1
            RATE 01 2024-06 share_of_whole = absent nothing_recorded, 0/1
            REV VN 2024-06 coverage = 100 computed, final, reported, 3/3
            REV VN 2024-05 coverage = 33.3333 computed, final, reported, 1/3
            REV 01 2024-05 coverage = 100 computed, final, reported, 1/1
            REV 02 2024-05 coverage = absent nothing_recorded, 0/1"#]],
    );
}

#[test]
fn ties_share_a_rank() {
    check(
        "REV 01 2024-06 level 5
         REV 02 2024-06 level 7
         REV 03 2024-06 level 7",
        "REV 01 2024-06 rank
         REV 02 2024-06 rank
         REV 03 2024-06 rank",
        expect![[r#"
            REV 01 2024-06 rank = 3 of 3 computed, final, reported, 3/3
            REV 02 2024-06 rank = 1 of 3 computed, final, reported, 3/3
            REV 03 2024-06 rank = 1 of 3 computed, final, reported, 3/3"#]],
    );
}

#[test]
fn measured_is_preferred_only_when_enough_is_measured() {
    check(
        "REV 01 2024-06 level 30 reported over
         REV 01 2024-06 level 17 measured
         REV 02 2024-06 level 30
         REV 02 2024-06 level 17 measured share:95
         REV 03 2024-06 level 12 published",
        "REV 01 2024-06 level
         REV 02 2024-06 level
         REV 03 2024-06 level",
        expect![[r#"
            REV 01 2024-06 level = over 30 stated, final, reported, 1/1
            REV 02 2024-06 level = 17 stated, final, measured, 1/1
            REV 03 2024-06 level = 12 stated, final, published, 1/1"#]],
    );
}

#[test]
fn a_later_tree_sums_what_its_provinces_were() {
    let asked = "REV 24@2025-07 2024-06 level\nREV VN 2024-06 level\nREV 24@2025-07 2025-08 level";
    let recorded = "REV 01 2024-06 level 1
         REV 02 2024-06 level 2
         REV 03 2024-06 level 4
         REV 24@2025-07 2025-08 level 9";
    check(
        recorded,
        asked,
        expect![[r#"
            REV 24@2025-07 2024-06 level = absent nothing_recorded, 0/1
            REV VN 2024-06 level = 7 rolled_up, final, reported, 3/3
            REV 24@2025-07 2025-08 level = 9 stated, final, reported, 1/1"#]],
    );
    check_in(
        Tree::Of(date(2025, 7, 1)),
        recorded,
        asked,
        expect![[r#"
            REV 24@2025-07 2024-06 level = 6 rolled_up, final, reported, 2/2
            REV VN 2024-06 level = 7 rolled_up, final, reported, 3/3
            REV 24@2025-07 2025-08 level = 9 stated, final, reported, 1/1"#]],
    );
}

#[test]
fn a_withdrawn_figure_is_absent_until_it_is_stated_again() {
    check(
        "REV 01 2024-06 level 5
         REV 01 2024-06 level absent:withdrawn",
        "REV 01 2024-06 level",
        expect!["REV 01 2024-06 level = absent withdrawn stated, final, reported, 1/1"],
    );
}

#[test]
fn an_unknown_code_is_named_with_its_neighbours() {
    let facts = Facts::default();
    let query = query("REVV VN 2024-06 level", Tree::Own);
    let refused = answer(&units(), &catalogue(), &facts, &query).unwrap_err();
    assert_eq!(
        refused,
        BadQuery::UnknownIndicator { code: "REVV".into(), nearest: vec!["REV".into()] }
    );
}

proptest! {
    /// The whole is the sum of its parts, over units and over months, whatever is missing.
    #[test]
    fn totals_equal_the_sum_of_what_is_present(values in prop::collection::vec(prop::option::of(-1_000_000i64..1_000_000), 18)) {
        let mut recorded = vec![];
        for (number, value) in values.iter().enumerate() {
            if let Some(value) = value {
                recorded.push(format!("REV 0{} 2024-0{} level {value}", number % 3 + 1, number / 3 + 1));
            }
        }
        let facts = facts(&recorded.join("\n"));
        let ask = |line: &str| answer(&units(), &catalogue(), &facts, &query(line, Tree::Own)).unwrap().remove(0);
        for month in 0..6usize {
            let parts: Vec<i64> = values[month * 3..month * 3 + 3].iter().flatten().copied().collect();
            let whole = ask(&format!("REV VN 2024-0{} level", month + 1));
            prop_assert_eq!(whole.coverage.present as usize, parts.len());
            prop_assert_eq!(whole.figure.number(), (!parts.is_empty()).then(|| Decimal::whole(parts.iter().sum())));
        }
        for unit in 0..3usize {
            let months: Vec<Option<i64>> = (0..6).map(|month| values[month * 3 + unit]).collect();
            let whole = ask(&format!("REV 0{} 2024-S1 level", unit + 1));
            prop_assert_eq!(whole.figure.number(), months.into_iter().sum::<Option<i64>>().map(Decimal::whole));
        }
    }

    /// What was known at a place in the record does not change with what came later.
    #[test]
    fn the_past_is_stable(before in 0i64..1000, after in 0i64..1000) {
        let line = "REV VN 2024-06 level";
        let ask = |recorded: &str, as_of| {
            let query = Query { as_of: Seq(as_of), ..query(line, Tree::Own) };
            answer(&units(), &catalogue(), &facts(recorded), &query).unwrap().remove(0)
        };
        let early = format!("REV 01 2024-06 level {before}");
        let late = format!("{early}\nREV 01 2024-06 level {after}");
        prop_assert_eq!(ask(&early, 1), ask(&late, 1));
        prop_assert_eq!(ask(&late, 2).value(), Some(Decimal::whole(after)));
    }
}

#[track_caller]
fn check(recorded: &str, asked: &str, expected: Expect) {
    check_in(Tree::Own, recorded, asked, expected);
}

/// The one place that drives the API; the tests above are rows.
#[track_caller]
fn check_in(tree: Tree, recorded: &str, asked: &str, expected: Expect) {
    let facts = facts(recorded);
    let shown: Vec<String> = asked
        .lines()
        .map(|line| {
            show(&answer(&units(), &catalogue(), &facts, &query(line.trim(), tree)).unwrap()[0])
        })
        .collect();
    expected.assert_eq(&shown.join("\n"));
}

fn show(answered: &Answered) -> String {
    let Cell { indicator, unit, period, measure, .. } = &answered.cell;
    let mut words = vec![];
    let figure = match (answered.figure, answered.qualifier) {
        (Figure::Absent(reason), _) => format!("absent {}", reason.code()),
        (figure, None) => figure.shown().unwrap().to_string(),
        (figure, Some(said)) => format!("{} {}", said.code(), figure.shown().unwrap()),
    };
    let of = answered.of.map(|of| format!(" of {of}")).unwrap_or_default();
    let basis = answered.source.map(|_| format!(" {}", answered.basis.code())).unwrap_or_default();
    words.push(format!("{indicator} {unit} {period} {measure} = {figure}{of}{basis}"));
    words.extend(answered.computed.map(|number| format!("computed {number}")));
    words.extend(answered.status.map(|status| status.code().to_owned()));
    words.extend(answered.source.map(|source| source.code().to_owned()));
    words.push(format!("{}/{}", answered.coverage.present, answered.coverage.expected));
    words.join(", ")
}

fn query(line: &str, tree: Tree) -> Query {
    let mut words = line.split(' ');
    let mut word = || words.next().unwrap();
    Query {
        indicators: vec![IndicatorCode::parse(word()).unwrap()],
        units: vec![UnitCode::parse(word()).unwrap()],
        periods: vec![Period::parse(word()).unwrap()],
        breakdowns: vec![Breakdown::TOTAL],
        measures: vec![Measure::parse(word()).unwrap()],
        source: SourceChoice::Preferred,
        tree,
        as_of: Seq::LATEST,
    }
}

/// One line an observation, one commit a line: indicator unit period measure value [words].
fn facts(recorded: &str) -> Facts {
    let mut by_indicator: HashMap<IndicatorCode, Vec<Observation>> = HashMap::new();
    for (number, line) in recorded.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let cell = Cell {
            indicator: IndicatorCode::parse(words[0]).unwrap(),
            unit: UnitCode::parse(words[1]).unwrap(),
            period: Period::parse(words[2]).unwrap(),
            breakdown: Breakdown::TOTAL,
            measure: Measure::parse(words[3]).unwrap(),
        };
        let figure = match words[4].strip_prefix("absent:") {
            Some(reason) => Figure::Absent(Absence::parse(reason).unwrap()),
            None => Figure::Number(Decimal::parse(words[4]).unwrap()),
        };
        let rest = &words[5..];
        let said = |parse: &dyn Fn(&str) -> bool| rest.iter().copied().find(|word| parse(word));
        by_indicator.entry(cell.indicator.clone()).or_default().push(Observation {
            cell,
            source: said(&|w| Source::parse(w).is_some())
                .and_then(Source::parse)
                .unwrap_or(Source::Reported),
            publisher: None,
            figure,
            of: None,
            status: said(&|w| Status::parse(w).is_some())
                .and_then(Status::parse)
                .unwrap_or(Status::Final),
            qualifier: rest.iter().find_map(|word| Qualifier::parse(word)),
            measured_share: rest
                .iter()
                .find_map(|word| Decimal::parse(word.strip_prefix("share:")?).ok()),
            synthetic: false,
            seq: Seq(number as u64 + 1),
            ordinal: 0,
            recorded_at: Timestamp::UNIX_EPOCH,
        });
    }
    let mut facts = Facts::default();
    for (indicator, observations) in by_indicator {
        facts.load(indicator, observations);
    }
    facts
}

/// A country with one region of three provinces; 02 and 03 became 24@2025-07.
fn units() -> Units {
    let code = |code: &str| UnitCode::parse(code).unwrap();
    let day = Some(date(2025, 7, 1));
    let unit = |written: &str,
                kind,
                validity,
                parents: &[(Validity, &str)],
                successor: Option<&str>| {
        Unit {
            code: code(written),
            kind,
            name_vi: written.into(),
            name_en: written.into(),
            full_name_vi: written.into(),
            validity,
            parents: parents.iter().map(|(validity, parent)| (*validity, code(parent))).collect(),
            members: vec![],
            successor: successor.map(code),
            map_path: None,
        }
    };
    let (before, after) = (Validity { from: None, to: day }, Validity { from: day, to: None });
    Units::new(vec![
        unit("VN", UnitKind::Country, Validity::ALWAYS, &[], None),
        unit("R1", UnitKind::Region, before, &[(before, "VN")], None),
        unit("01", UnitKind::Province, Validity::ALWAYS, &[(before, "R1"), (after, "VN")], None),
        unit("02", UnitKind::Province, before, &[(before, "R1")], Some("24@2025-07")),
        unit("03", UnitKind::Province, before, &[(before, "R1")], Some("24@2025-07")),
        unit("24@2025-07", UnitKind::Province, after, &[(after, "VN")], None),
    ])
    .unwrap()
}

fn catalogue() -> Catalogue {
    let indicator = |code: &str, over_units, over_time, ratio: Option<Ratio>| Indicator {
        code: IndicatorCode::parse(code).unwrap(),
        sector: Sector::Whole,
        name_vi: code.into(),
        name_en: code.into(),
        unit_vi: if ratio.is_some() { "%".into() } else { "tỷ đồng".into() },
        unit_en: String::new(),
        scale: if ratio.is_some() { 2 } else { 0 },
        over_units,
        over_time,
        good: Good::Up,
        applies_to: vec![(UnitKind::Province, Validity::ALWAYS)],
        ratio,
        part_of: None,
        frequency: Frequency::Month,
        definition_vi: String::new(),
        definition_en: String::new(),
        legal_basis: String::new(),
        limits: Limits::default(),
        measured_threshold: Decimal::whole(90),
        coverage_threshold: Decimal::whole(60),
        compared: crate::indicator::Compared::default(),
        version: 1,
    };
    let ratio = Ratio {
        numerator: IndicatorCode::parse("NUM").unwrap(),
        denominator: IndicatorCode::parse("DEN").unwrap(),
        factor: Decimal::whole(100),
    };
    Catalogue::new([
        indicator("REV", OverUnits::Sum, OverTime::Sum, None),
        indicator("STOCK", OverUnits::Sum, OverTime::Last, None),
        indicator("NUM", OverUnits::Sum, OverTime::Sum, None),
        indicator("DEN", OverUnits::Sum, OverTime::Sum, None),
        indicator("RATE", OverUnits::Ratio, OverTime::None, Some(ratio)),
    ])
}
