use expect_test::expect;
use model::Absence;
use proptest::prelude::*;

use super::*;

/// `number`, `-` for nothing, `gap` for a stated gap, `a..b` for a range; then what stands beside it, as
/// `@share`, `~` for the administrative month, `n/m` for coverage.
fn said(text: &str) -> Option<Said> {
    let mut parts = text.split(' ');
    let number = |text: &str| Decimal::parse(text).expect("a decimal");
    let figure = match parts.next().expect("a figure") {
        "-" => return None,
        "gap" => Figure::Absent(Absence::Missing),
        text => match text.split_once("..") {
            Some((low, high)) => Figure::Range { low: number(low), high: number(high) },
            None => Figure::Number(number(text)),
        },
    };
    let mut said = Said {
        figure,
        period: Period::parse("2024-06").unwrap(),
        status: Status::Estimated,
        coverage: Coverage::ONE,
        share: Some(number("95")),
        seq: Seq(1),
    };
    for part in parts {
        match part.split_at(1) {
            ("@", "") => said.share = None,
            ("@", share) => said.share = Some(number(share)),
            ("~", _) => said.period = Period::parse("2024-06~adm").unwrap(),
            _ => {
                let (present, expected) = part.split_once('/').expect("n/m");
                let of = |text: &str| text.parse().unwrap();
                said.coverage = Coverage { present: of(present), expected: of(expected) };
            }
        }
    }
    Some(said)
}

fn terms(kind: &str, tolerance: Decimal) -> Terms {
    Terms {
        tolerance,
        is_percentage: kind == "%",
        least_share: Decimal::whole(90),
        definitions_differ: kind == "other",
    }
}

#[test]
fn two_numbers_are_set_beside_one_another() {
    let cases = [
        ("they are the same", "n", "5", "100", "100"),
        ("a digit more says nothing more", "n", "5", "100.0", "100"),
        ("at the tolerance", "n", "5", "105", "100"),
        ("a little beyond it", "n", "5", "105.01", "100"),
        ("lower, at the tolerance", "n", "5", "95", "100"),
        ("lower, beyond it", "n", "5", "94.99", "100"),
        ("a tolerance of nothing", "n", "0", "100.1", "100"),
        ("of percentages points count", "%", "1", "18", "17"),
        ("and no per cent of them", "%", "1", "18.01", "17"),
        ("over thirty, and seventeen", "%", "1", "30", "17"),
        ("percentages around zero", "%", "1", "0", "0.9"),
        ("both zero", "n", "5", "0", "0"),
        ("zero is reported", "n", "5", "0", "12"),
        ("zero is measured", "n", "5", "12", "0"),
        ("a loss, smaller than measured", "n", "5", "-90", "-100"),
        ("a loss, within the tolerance", "n", "5", "-103", "-100"),
        ("a profit, where a loss is measured", "n", "5", "10", "-10"),
        ("nothing was reported", "n", "5", "-", "100"),
        ("a gap was reported", "n", "5", "gap", "100"),
        ("nothing is measured", "n", "5", "100", "-"),
        ("nothing is measured beside a zero", "n", "5", "0", "-"),
        ("both absent", "n", "5", "-", "-"),
        ("a gap beside nothing", "n", "5", "gap", "-"),
        ("a range is no number", "n", "5", "700..1000", "900"),
        ("too little is measured", "n", "5", "120", "100 @89.9"),
        ("just enough is measured", "n", "5", "120", "100 @90"),
        ("nobody said how much is measured", "%", "1", "30", "17 @"),
        ("too little, and they would agree", "n", "5", "100", "100 @40"),
        ("another definition", "other", "5", "120", "100"),
        ("months from the 15th to the 14th", "n", "5", "100", "100 ~"),
        ("a whole roll-up", "%", "1", "30.6 63/63", "17.1 63/63"),
        ("some units are not measured", "%", "1", "30.6 63/63", "17.1 40/63"),
        ("the same number of other units", "n", "5", "100 40/63", "100 40/63"),
        ("written in thousands", "n", "5", "1.2", "1200"),
        ("a thousand times", "n", "5", "1230000", "1200"),
        ("a thousand times, but too far", "n", "5", "1300000", "1200"),
        ("a thousand times a percentage is none", "%", "1", "17000", "17"),
        ("a thousand times zero is zero", "n", "5", "0", "0"),
        ("as long as numbers are", "n", "5", "999999999999999999", "-999999999999999999"),
    ];
    let mut table = String::new();
    for (case, kind, tolerance, reported, measured) in cases {
        let terms = terms(kind, Decimal::parse(tolerance).unwrap());
        let found = reconcile(said(reported).as_ref(), said(measured).as_ref(), &terms);
        let shown = |number: Option<Decimal>| number.map_or("-".to_owned(), |n| n.to_string());
        let why = found.verdict.why().map_or(String::new(), |why| format!(" {}", why.code()));
        let hint = if found.is_thousandfold { ", a thousandfold" } else { "" };
        table.push_str(&format!(
            "{case}: {reported} | {measured}: {}{why}, M/R {}, R-M {}{hint}\n",
            found.verdict.code(),
            shown(found.ratio),
            shown(found.difference),
        ));
    }
    expect![[r#"
        they are the same: 100 | 100: agrees, M/R 1, R-M 0
        a digit more says nothing more: 100.0 | 100: agrees, M/R 1, R-M 0
        at the tolerance: 105 | 100: agrees, M/R 0.9524, R-M 5
        a little beyond it: 105.01 | 100: reported_higher, M/R 0.9523, R-M 5.01
        lower, at the tolerance: 95 | 100: agrees, M/R 1.0526, R-M -5
        lower, beyond it: 94.99 | 100: reported_lower, M/R 1.0527, R-M -5.01
        a tolerance of nothing: 100.1 | 100: reported_higher, M/R 0.999, R-M 0.1
        of percentages points count: 18 | 17: agrees, M/R 0.9444, R-M 1
        and no per cent of them: 18.01 | 17: reported_higher, M/R 0.9439, R-M 1.01
        over thirty, and seventeen: 30 | 17: reported_higher, M/R 0.5667, R-M 13
        percentages around zero: 0 | 0.9: agrees, M/R -, R-M -0.9
        both zero: 0 | 0: agrees, M/R -, R-M 0
        zero is reported: 0 | 12: reported_lower, M/R -, R-M -12
        zero is measured: 12 | 0: reported_higher, M/R 0, R-M 12
        a loss, smaller than measured: -90 | -100: reported_higher, M/R 1.1111, R-M 10
        a loss, within the tolerance: -103 | -100: agrees, M/R 0.9709, R-M -3
        a profit, where a loss is measured: 10 | -10: reported_higher, M/R -1, R-M 20
        nothing was reported: - | 100: not_comparable reported_missing, M/R -, R-M -
        a gap was reported: gap | 100: not_comparable reported_missing, M/R -, R-M -
        nothing is measured: 100 | -: not_comparable measured_missing, M/R -, R-M -
        nothing is measured beside a zero: 0 | -: not_comparable measured_missing, M/R -, R-M -
        both absent: - | -: not_comparable both_missing, M/R -, R-M -
        a gap beside nothing: gap | -: not_comparable both_missing, M/R -, R-M -
        a range is no number: 700..1000 | 900: not_comparable inexact, M/R -, R-M -
        too little is measured: 120 | 100 @89.9: not_comparable share_too_low, M/R 0.8333, R-M 20
        just enough is measured: 120 | 100 @90: reported_higher, M/R 0.8333, R-M 20
        nobody said how much is measured: 30 | 17 @: not_comparable share_unknown, M/R 0.5667, R-M 13
        too little, and they would agree: 100 | 100 @40: not_comparable share_too_low, M/R 1, R-M 0
        another definition: 120 | 100: not_comparable definitions_differ, M/R 0.8333, R-M 20
        months from the 15th to the 14th: 100 | 100 ~: not_comparable different_windows, M/R -, R-M -
        a whole roll-up: 30.6 63/63 | 17.1 63/63: reported_higher, M/R 0.5588, R-M 13.5
        some units are not measured: 30.6 63/63 | 17.1 40/63: not_comparable different_units, M/R 0.5588, R-M 13.5
        the same number of other units: 100 40/63 | 100 40/63: not_comparable different_units, M/R 1, R-M 0
        written in thousands: 1.2 | 1200: reported_lower, M/R 1000, R-M -1198.8, a thousandfold
        a thousand times: 1230000 | 1200: reported_higher, M/R 0.001, R-M 1228800, a thousandfold
        a thousand times, but too far: 1300000 | 1200: reported_higher, M/R 0.0009, R-M 1298800
        a thousand times a percentage is none: 17000 | 17: reported_higher, M/R 0.001, R-M 16983
        a thousand times zero is zero: 0 | 0: agrees, M/R -, R-M 0
        as long as numbers are: 999999999999999999 | -999999999999999999: not_comparable inexact, M/R -, R-M -
    "#]].assert_eq(&table);
}

/// What is known at a place of the record decides, so a late number and a revised one need no rule of their own.
#[test]
fn the_verdict_is_that_of_what_is_known() {
    let record = [
        (1, "measured", "100"),
        (4, "reported", "130"),
        (6, "reported", "gap"),
        (7, "reported", "101"),
        (9, "measured", "120"),
    ];
    let mut table = String::new();
    for asked in 0..=9 {
        let latest = |source| {
            let known = record.iter().filter(|(seq, of, _)| *seq <= asked && *of == source);
            known
                .max_by_key(|(seq, ..)| *seq)
                .and_then(|(seq, _, text)| Some(Said { seq: Seq(*seq), ..said(text)? }))
        };
        let terms = terms("n", Decimal::whole(5));
        let found =
            reconcile(latest("reported").as_ref(), latest("measured").as_ref(), &terms).verdict;
        let why = found.why().map_or("", Why::code);
        table.push_str(format!("{asked} {} {why}", found.code()).trim_end());
        table.push('\n');
    }
    expect![[r#"
        0 not_comparable both_missing
        1 not_comparable reported_missing
        2 not_comparable reported_missing
        3 not_comparable reported_missing
        4 reported_higher
        5 reported_higher
        6 not_comparable reported_missing
        7 agrees
        8 agrees
        9 reported_lower
    "#]]
    .assert_eq(&table);
}

#[test]
fn agreement_is_of_what_could_be_compared() {
    let all = [
        Verdict::Agrees,
        Verdict::Agrees,
        Verdict::ReportedHigher,
        Verdict::NotComparable(Why::ShareTooLow),
    ];
    let counted = Agreement::of(all);
    assert_eq!((counted.comparable(), counted.not_comparable), (3, 1));
    assert_eq!(counted.percent(), Decimal::parse("66.7").ok());
    assert_eq!(Agreement::of([Verdict::NotComparable(Why::BothMissing)]).percent(), None);
    assert_eq!(Agreement::of([Verdict::ReportedLower]).percent(), Some(Decimal::ZERO));
}

#[test]
fn codes_are_words_and_each_its_own() {
    let mut codes: Vec<&str> = Why::ALL.into_iter().map(Why::code).chain(Verdict::CODES).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Why::ALL.len() + Verdict::CODES.len());
    assert!(Why::ALL.is_sorted(), "the first that counts first");
}

fn number() -> impl Strategy<Value = Decimal> {
    (-1_000_000_000i64..1_000_000_000, 0u8..5)
        .prop_map(|(mantissa, scale)| Decimal::new(mantissa.into(), scale).unwrap())
}

fn of(number: Decimal) -> Said {
    Said { figure: Figure::Number(number), ..said("0").unwrap() }
}

fn verdict(r: Decimal, m: Decimal, terms: &Terms) -> Verdict {
    reconcile(Some(&of(r)), Some(&of(m)), terms).verdict
}

fn mirrored(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::ReportedHigher => Verdict::ReportedLower,
        Verdict::ReportedLower => Verdict::ReportedHigher,
        Verdict::Agrees | Verdict::NotComparable(_) => verdict,
    }
}

proptest! {
    /// Points are the same from either side. Per cent are of the measured number, so at the edge one side may
    /// agree where the other does not; with no tolerance there is no edge.
    #[test]
    fn swapping_the_numbers_mirrors_the_verdict(
        r in number(), m in number(), tolerance in 0i64..40, is_percentage: bool,
    ) {
        let terms = terms(if is_percentage { "%" } else { "n" }, Decimal::whole(tolerance));
        let (there, back) = (verdict(r, m, &terms), verdict(m, r, &terms));
        if is_percentage || tolerance == 0 {
            prop_assert_eq!(back, mirrored(there));
        } else {
            let at_the_edge = there == Verdict::Agrees || back == Verdict::Agrees;
            prop_assert!(at_the_edge || back == mirrored(there), "{there:?} {back:?}");
        }
    }

    /// What agrees still agrees when more is tolerated, and nothing turns from higher to lower.
    #[test]
    fn a_wider_tolerance_never_parts_what_agreed(
        r in number(), m in number(), tolerance in 0i64..40, wider in 0i64..40, is_percentage: bool,
    ) {
        let kind = if is_percentage { "%" } else { "n" };
        let narrow = verdict(r, m, &terms(kind, Decimal::whole(tolerance)));
        let wide = verdict(r, m, &terms(kind, Decimal::whole(tolerance + wider)));
        prop_assert!(wide == narrow || wide == Verdict::Agrees, "{narrow:?} {wide:?}");
    }

    /// Zeros at the end change nothing, nor does the unit of what is no percentage.
    #[test]
    fn scale_does_not_matter(r in number(), m in number(), more in 0u8..5, tolerance in 0i64..40) {
        let terms = terms("n", Decimal::whole(tolerance));
        let wide = |n: Decimal| n.exactly_at(n.scale() + more).unwrap();
        let found = reconcile(Some(&of(r)), Some(&of(m)), &terms);
        prop_assert_eq!(found, reconcile(Some(&of(wide(r))), Some(&of(wide(m))), &terms));
        let smaller = |n: Decimal| Decimal::new(n.mantissa().into(), n.scale() + more).unwrap();
        prop_assert_eq!(found.verdict, verdict(smaller(r), smaller(m), &terms));
    }

    /// Too little measured is no verdict, whatever the numbers, and the numbers stay beside one another.
    #[test]
    fn nothing_is_said_of_too_little(r in number(), m in number(), share in 0i64..90) {
        let measured = Said { share: Some(Decimal::whole(share)), ..of(m) };
        let found = reconcile(Some(&of(r)), Some(&measured), &terms("n", Decimal::whole(5)));
        prop_assert_eq!(found.verdict, Verdict::NotComparable(Why::ShareTooLow));
        prop_assert_eq!(found.difference, r.minus(m));
        prop_assert_eq!(found.ratio.is_some(), !r.is_zero());
    }
}
