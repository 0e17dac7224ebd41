use std::fmt::Write;

use expect_test::{Expect, expect};
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::ask_once::live;
use crate::ask_once::tests::form;

#[test]
fn a_month_shows_what_is_due_in_it_five_working_days_after_each_period() {
    check(
        &[
            "A@1 stat month province : DT",
            "C@1 adm month province : DT",
            "Q@1 stat quarter 52 : LD",
        ],
        (date(2024, 7, 1), date(2024, 8, 31)),
        expect![[r#"
            2024-07-05 A@1 2024-06
            2024-07-05 Q@1 2024-Q2
            2024-07-19 C@1 2024-07~adm
            2024-08-07 A@1 2024-07
            2024-08-21 C@1 2024-08~adm
        "#]],
    );
}

#[test]
fn tet_moves_what_is_due_and_a_version_is_that_of_its_periods() {
    check(
        &["A@1 stat month province : DT", "A@2 stat month province from 2024-02-01 : DT LD"],
        (date(2024, 2, 1), date(2024, 3, 31)),
        expect![[r#"
            2024-02-07 A@1 2024-01
            2024-03-07 A@2 2024-02
        "#]],
    );
    // Five working days after 4 February 2024 reach behind Tết; of campaigns nothing is due by rule.
    check(
        &["W@1 stat week province : DT", "R@1 stat range province : DT"],
        (date(2024, 2, 5), date(2024, 2, 25)),
        expect![[r#"
            2024-02-16 W@1 2024-W05
            2024-02-21 W@1 2024-W06
            2024-02-23 W@1 2024-W07
        "#]],
    );
}

proptest! {
    /// Two windows side by side have together what the whole has, once each.
    #[test]
    fn windows_side_by_side_miss_nothing(start in 0i32..700, first in 0i32..60, second in 0i32..60) {
        let forms = [
            form("A@1 stat month province : DT"),
            form("Q@1 stat quarter province : LD"),
            form("Y@1 adm year province : SL"),
        ];
        let live = live(forms.iter());
        let holidays = Holidays::of_vietnam();
        let day = |days: i32| date(2023, 1, 1).checked_add(jiff::ToSpan::days(days)).unwrap();
        let of = |from: i32, to: i32| due_between(&live, day(from), day(to), &holidays);
        let (middle, end) = (start + first, start + first + 1 + second);
        let mut parts = of(start, middle);
        parts.extend(of(middle + 1, end));
        prop_assert_eq!(parts, of(start, end));
    }
}

#[track_caller]
fn check(forms: &[&str], (from, to): (Date, Date), expected: Expect) {
    let forms: Vec<Template> = forms.iter().map(|line| form(line)).collect();
    let live = live(forms.iter());
    let mut said = String::new();
    for due in due_between(&live, from, to, &Holidays::of_vietnam()) {
        let Due { day, template, period } = due;
        writeln!(said, "{day} {}@{} {period}", template.code, template.version).unwrap();
    }
    expected.assert_eq(&said);
}
