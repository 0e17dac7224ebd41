use super::*;
use crate::fixtures::{cell, cells, decimal, indicator};

fn shown(figure: Figure) -> String {
    match figure {
        Figure::Absent(reason) => reason.code().to_owned(),
        figure => figure.number().expect("a number or an absence").to_string(),
    }
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
fn computed_columns_are_as_the_cases_say() {
    let mut rows = 0;
    for line in include_str!("cases.txt").lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (given, expected) = line.split_once(" => ").expect("given => columns");
        let parts: Vec<&str> = given.split('|').map(str::trim).collect();
        let [of, written, previous, last_year, earlier, plan] =
            parts.try_into().expect("six things are given");
        let (over_time, unit) = of.split_once(", ").expect("how it adds up, and in what");
        let over_time = OverTime::parse(over_time).expect("a way to add up");
        let earlier: Vec<&str> =
            earlier.split_whitespace().map(|text| text.trim_matches('-')).collect();
        let known = before(previous, last_year, &earlier, plan);
        let indicator = Indicator { over_time, ..indicator("DT", unit, 2) };
        let row = cell("BC/DT/this").row().expect("a row").clone();
        let all = computed(&row, &indicator, &cells(written), &known);
        let columns = [
            all.previous,
            all.year_to_date,
            all.change_on_period,
            all.change_on_year,
            all.points_on_period,
            all.points_on_year,
            all.share_of_plan,
        ];
        assert_eq!(columns.map(shown).join(", "), expected, "{line}");
        rows += 1;
    }
    assert!(rows > 10, "the cases were found: {rows}");
}
