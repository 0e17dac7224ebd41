use super::*;
use crate::fixtures::{cell, cells, decimal, indicator};

fn shown(figure: Figure) -> String {
    match figure {
        Figure::Absent(reason) => reason.code().to_owned(),
        figure => figure.number().expect("a number or an absence").to_string(),
    }
}

fn check(over_time: OverTime, unit: &str, written: &str, before: &Before, expected: [&str; 5]) {
    let indicator = Indicator { over_time, ..indicator("DT", unit, 2) };
    let row = cell("BC/DT/this").row().expect("a row").clone();
    let all = computed(&row, &indicator, &cells(written), before);
    let columns = [
        all.previous,
        all.year_to_date,
        all.change_on_period,
        all.change_on_year,
        all.share_of_plan,
    ]
    .map(shown);
    assert_eq!(columns, expected, "{written}");
}

fn before(previous: &str, last_year: &str, earlier: &[&str], plan: &str) -> Before {
    let number = |text: &str| (!text.is_empty()).then(|| decimal(text));
    Before {
        previous: number(previous),
        last_year: number(last_year),
        earlier_this_year: earlier.iter().map(|text| number(text)).collect(),
        plan: number(plan),
    }
}

#[test]
fn computed_columns_follow_the_way_an_indicator_adds_up() {
    let known = before("100", "80", &["90", "110", "100"], "1200");
    check(OverTime::Sum, "tỷ đồng", "DT/this=120", &known, ["100", "420", "20", "50", "35"]);
    check(OverTime::Last, "người", "DT/this=120", &known, ["100", "120", "20", "50", "10"]);
    check(OverTime::Max, "vụ", "DT/this=105", &known, ["100", "110", "5", "31.25", "9.1667"]);
    check(
        OverTime::None,
        "địa chỉ",
        "DT/this=120",
        &known,
        ["100", "not_applicable", "20", "50", "not_applicable"],
    );
}

#[test]
fn an_actual_in_the_form_settles_the_estimate_at_once() {
    let known = before("100", "80", &["90", "110", "100"], "1200");
    check(
        OverTime::Sum,
        "tỷ đồng",
        "DT/this=120 DT/previous=96",
        &known,
        ["96", "416", "25", "50", "34.6667"],
    );
    let january = before("100", "80", &[], "1200");
    check(
        OverTime::Sum,
        "tỷ đồng",
        "DT/this=120 DT/previous=96",
        &january,
        ["96", "120", "25", "50", "10"],
    );
}

#[test]
fn a_gap_is_never_a_zero() {
    let gap = "nothing_recorded";
    let known = before("100", "", &["90", "", "100"], "");
    check(OverTime::Sum, "tỷ đồng", "DT/this=120", &known, ["100", gap, "20", gap, gap]);
    check(
        OverTime::Sum,
        "tỷ đồng",
        "",
        &before("100", "80", &["100"], "1"),
        ["100", gap, gap, gap, gap],
    );
    check(
        OverTime::Sum,
        "tỷ đồng",
        "DT/this=missing",
        &before("", "", &[], "5"),
        [gap, gap, gap, gap, gap],
    );
}

#[test]
fn a_percentage_on_nothing_or_less_is_withheld() {
    let known = before("0", "-5", &[], "0");
    check(
        OverTime::Sum,
        "tỷ đồng",
        "DT/this=120",
        &known,
        ["0", "120", "withheld", "withheld", "withheld"],
    );
}

#[test]
fn percentages_differ_in_points() {
    let row = cell("BC/DT/this").row().expect("a row").clone();
    let known = before("10.76", "9", &[], "");
    let written = cells("DT/this=11.13");
    let share = Indicator { over_time: OverTime::Last, ..indicator("DT", "%", 2) };
    let all = computed(&row, &share, &written, &known);
    assert_eq!(
        (shown(all.points_on_period), shown(all.points_on_year)),
        ("0.37".into(), "2.13".into())
    );
    assert_eq!(shown(all.change_on_period), "3.4387");
    let money = computed(&row, &indicator("DT", "tỷ đồng", 2), &written, &known);
    assert_eq!(shown(money.points_on_period), "not_applicable");
}
