use super::*;
use crate::fixtures::{cell, cells, section};

fn unit() -> UnitCode {
    UnitCode::parse("52").expect("a code")
}

fn shown(statements: &[Statement]) -> Vec<String> {
    let one = |statement: &Statement| {
        let said = match statement.figure {
            Figure::Absent(reason) => reason.code().to_owned(),
            figure => figure.number().expect("a number or an absence").to_string(),
        };
        format!(
            "{} {} {} {}",
            statement.cell.indicator,
            statement.cell.period,
            said,
            statement.status.code()
        )
    };
    statements.iter().map(one).collect()
}

#[test]
fn a_signature_states_every_figure_and_a_return_withdraws_those_of_the_period() {
    let section = section(&["DT", "LD"]);
    let cells = cells("DT/previous=9 DT/this=10.5 LD/this=missing");
    let july = Period::parse("2024-07").expect("a period");
    assert_eq!(
        shown(&statements(&section, &cells, &unit(), july, &[])),
        ["DT 2024-06 9 final", "DT 2024-07 10.5 estimated", "LD 2024-07 missing estimated"]
    );
    assert_eq!(
        shown(&withdrawals(&section, &cells, &unit(), july)),
        ["DT 2024-07 withdrawn estimated", "LD 2024-07 withdrawn estimated"]
    );
}

#[test]
fn what_was_stated_and_is_empty_now_is_withdrawn_by_the_next_signature() {
    let section = section(&["DT", "LD"]);
    let july = Period::parse("2024-07").expect("a period");
    let before: Vec<Cell> =
        statements(&section, &cells("DT/this=10.5 LD/this=7"), &unit(), july, &[])
            .into_iter()
            .map(|statement| statement.cell)
            .collect();
    assert_eq!(
        shown(&statements(&section, &cells("LD/this=8"), &unit(), july, &before)),
        ["DT 2024-07 withdrawn estimated", "LD 2024-07 8 estimated"]
    );
}

#[test]
fn people_state_only_the_absences_that_are_theirs_to_state() {
    for (code, expected) in [
        ("none_occurred", Some(Figure::Number(Decimal::ZERO))),
        ("missing", Some(Figure::Absent(Absence::Missing))),
        ("not_applicable", Some(Figure::Absent(Absence::NotApplicable))),
        ("confidential", Some(Figure::Absent(Absence::Confidential))),
        ("not_collected", Some(Figure::Absent(Absence::NotCollected))),
        ("withdrawn", None),
        ("withheld", None),
        ("nothing_recorded", None),
        ("zero", None),
    ] {
        assert_eq!(stated_absence(code), expected, "{code}");
    }
}

#[test]
fn a_comment_explains_with_three_letters_or_more() {
    for (comment, explains) in
        [("", false), ("ok", false), ("...", false), ("123 45", false), ("Tết", true)]
    {
        let filled = Filled { comment: comment.to_owned(), ..Filled::default() };
        assert_eq!(filled.is_explained(), explains, "{comment}");
    }
}

#[test]
fn words_for_the_record_are_none() {
    let section = section(&["DT"]);
    let july = Period::parse("2024-07").expect("a period");
    for key in ["LOI/KHOKHAN/text", "BC/VT/this", "VT/DT/this"] {
        assert_eq!(recorded_as(&section, &cell(key), &unit(), july), None, "{key}");
    }
}
