use super::*;
use proptest::prelude::*;

#[test]
fn windows_of_both_calendars() {
    for (code, start, end) in [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-S1", "2024-01-01", "2024-06-30"),
        ("2024-Q2", "2024-04-01", "2024-06-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024-06~adm", "2024-05-15", "2024-06-14"),
        ("2024-01~adm", "2023-12-15", "2024-01-14"),
        ("2024-Q1~adm", "2023-12-15", "2024-03-14"),
        ("2024-S2~adm", "2024-06-15", "2024-12-14"),
        ("2024~adm", "2023-12-15", "2024-12-14"),
        ("2024-W01", "2024-01-01", "2024-01-07"),
        ("2024-06-15", "2024-06-15", "2024-06-15"),
        ("2020-02-01/2020-05-31", "2020-02-01", "2020-05-31"),
    ] {
        let period = Period::parse(code).unwrap();
        assert_eq!(
            (period.start().to_string(), period.end().to_string()),
            (start.into(), end.into()),
            "{code}"
        );
        assert_eq!(period.to_string(), code);
    }
}

#[test]
fn a_day_is_in_one_period_of_each_length() {
    let statistical = "2024-06-20 2024-W25 2024-06 2024-Q2 2024-S1 2024";
    for (day, codes) in [
        ("2024-06-20", statistical),
        ("2024-06-14~adm", "- - 2024-06~adm 2024-Q2~adm 2024-S1~adm 2024~adm"),
        ("2024-06-15~adm", "- - 2024-07~adm 2024-Q3~adm 2024-S2~adm 2024~adm"),
        ("2024-12-15~adm", "- - 2025-01~adm 2025-Q1~adm 2025-S1~adm 2025~adm"),
        ("2024-12-31", "2024-12-31 2025-W01 2024-12 2024-Q4 2024-S2 2024"),
    ] {
        let (date, calendar) = match day.strip_suffix("~adm") {
            Some(date) => (date, Calendar::Administrative),
            None => (day, Calendar::Statistical),
        };
        let date = date.parse().unwrap();
        let found: Vec<String> = Frequency::ALL
            .iter()
            .filter(|frequency| **frequency != Frequency::Range)
            .map(|&frequency| match Period::containing(date, frequency, calendar) {
                Some(period) if period.start() <= date && date <= period.end() => {
                    period.to_string()
                }
                Some(period) => format!("{period} is not around {date}"),
                None => "-".to_owned(),
            })
            .collect();
        assert_eq!(found.join(" "), codes, "{day}");
    }
}

#[test]
fn codes_of_another_system_are_read() {
    for (theirs, ours) in [
        ("202406", "2024-06"),
        ("2024Q1", "2024-Q1"),
        ("2024S1", "2024-S1"),
        ("2024W5", "2024-W05"),
    ] {
        assert_eq!(Period::parse(theirs).unwrap().to_string(), ours);
    }
}

#[test]
fn what_is_not_a_period_is_refused() {
    for text in [
        "",
        "24",
        "2024-13",
        "2024-00",
        "2024-S3",
        "2024-Q5",
        "2024-W54",
        "2024-02-30",
        "2024-06-15~adm",
        "2024-05-31/2024-04-01",
        "tháng 6",
        "2024-6",
        "2024-S",
        "2024-",
        "20240",
        "2024-é1",
    ] {
        assert!(Period::parse(text).is_err(), "{text}");
    }
}

#[test]
fn neighbours() {
    for (code, previous, last_year) in [
        ("2024-01", "2023-12", "2023-01"),
        ("2024-Q1", "2023-Q4", "2023-Q1"),
        ("2024-S1", "2023-S2", "2023-S1"),
        ("2024", "2023", "2023"),
        ("2024-01~adm", "2023-12~adm", "2023-01~adm"),
        ("2024-02-29", "2024-02-28", "2023-02-28"),
        ("2024-W01", "2023-W52", "2023-W01"),
    ] {
        let period = Period::parse(code).unwrap();
        assert_eq!(period.previous().unwrap().to_string(), previous);
        assert_eq!(period.same_last_year().unwrap().to_string(), last_year);
    }
    assert_eq!(Period::parse("2020-02-01/2020-05-31").unwrap().previous(), None);
}

#[test]
fn since_january_takes_the_fewest_periods() {
    for (code, cover) in [
        ("2024-06", "2024-S1"),
        ("2024-07", "2024-S1 2024-07"),
        ("2024-09", "2024-S1 2024-Q3"),
        ("2024-02~adm", "2024-01~adm 2024-02~adm"),
        ("2024-12", "2024"),
    ] {
        let shown: Vec<_> =
            Period::parse(code).unwrap().year_to_date().iter().map(Period::to_string).collect();
        assert_eq!(shown.join(" "), cover);
    }
}

#[test]
fn calendars_never_mix() {
    let half = Period::parse("2024-S1").unwrap();
    assert!(half.contains(Period::parse("2024-06").unwrap()));
    assert!(!half.contains(Period::parse("2024-06~adm").unwrap()));
}

fn any_period() -> impl Strategy<Value = Period> {
    let code = prop_oneof![
        (1990i16..2090).prop_map(|y| format!("{y}")),
        (1990i16..2090, 1..3).prop_map(|(y, h)| format!("{y}-S{h}")),
        (1990i16..2090, 1..5).prop_map(|(y, q)| format!("{y}-Q{q}")),
        (1990i16..2090, 1..13).prop_map(|(y, m)| format!("{y}-{m:02}")),
    ];
    (code, prop::bool::ANY).prop_map(|(code, adm)| {
        Period::parse(&format!("{code}{}", if adm { "~adm" } else { "" })).unwrap()
    })
}

proptest! {
    #[test]
    fn printing_and_reading_is_the_identity(period in any_period()) {
        prop_assert_eq!(Period::parse(&period.to_string()), Ok(period));
    }

    /// The parts cover the whole without gap or overlap.
    #[test]
    fn parts_make_up_the_whole(period in any_period()) {
        for parts in [period.parts(), period.months()] {
            for pair in parts.windows(2) {
                prop_assert_eq!(pair[0].end().tomorrow().unwrap(), pair[1].start());
                prop_assert_eq!(pair[0].next(), Some(pair[1]));
            }
            if let (Some(first), Some(last)) = (parts.first(), parts.last()) {
                prop_assert_eq!((first.start(), last.end()), (period.start(), period.end()));
            }
        }
    }

    #[test]
    fn next_undoes_previous(period in any_period()) {
        prop_assert_eq!(period.previous().and_then(Period::next), Some(period));
    }
}
