use std::fmt::Write;

use expect_test::{Expect, expect};
use model::{UnitCode, UnitKind};
use proptest::prelude::*;

use super::*;
use crate::ask_once::live;
use crate::ask_once::tests::{form, units};

#[test]
fn a_form_that_took_the_place_of_duties_is_compared_with_them() {
    check(
        "duty province monthly 12 x 20 cells 5 first by A
         duty province yearly 1 x 40 cells 10 first by A
         form A@1 stat month province : DT LD",
        expect![[r#"
            48 before 2 13 280 280 4.00; instead 1 12 24 24 1.00; beside 0 0 0 0 -; now 1 12 24 24 1.00
            52 before 2 13 280 280 4.00; instead 1 12 24 24 1.00; beside 0 0 0 0 -; now 1 12 24 24 1.00
            G14 before unknown; instead 0 0 0 0 -; beside 0 0 0 0 -; now 0 0 0 0 -
        "#]],
    );
}

#[test]
fn what_is_asked_beside_is_told_apart_and_what_is_kept_counts_on_both_sides() {
    check(
        "duty province monthly 12 x 20 cells 5 first by A
         duty 52 kept 4 x 10 cells 10 first
         form A@1 stat month province : DT
         form C@1 adm month province : SL",
        expect![[r#"
            48 before 1 12 240 240 4.00; instead 1 12 12 12 1.00; beside 1 12 12 12 1.00; now 2 24 24 24 1.00
            52 before 2 16 280 280 2.80; instead 1 12 12 12 1.00; beside 1 12 12 12 1.00; now 3 28 64 64 1.00
            G14 before unknown; instead 0 0 0 0 -; beside 0 0 0 0 -; now 0 0 0 0 -
        "#]],
    );
}

#[test]
fn a_duty_is_replaced_only_where_its_form_is_asked() {
    check(
        "duty province monthly 12 x 20 cells 5 first by A
         form A@1 stat month 48 : DT",
        expect![[r#"
            48 before 1 12 240 240 4.00; instead 1 12 12 12 1.00; beside 0 0 0 0 -; now 1 12 12 12 1.00
            52 before 1 12 240 240 4.00; instead 0 0 0 0 -; beside 0 0 0 0 -; now 1 12 240 240 4.00
            G14 before unknown; instead 0 0 0 0 -; beside 0 0 0 0 -; now 0 0 0 0 -
        "#]],
    );
}

#[test]
fn a_number_that_two_forms_ask_for_is_typed_twice() {
    check(
        "form A@1 stat month province : DT LD
         form B@1 stat month 52 : DT",
        expect![[r#"
            48 before unknown; instead 0 0 0 0 -; beside 1 12 24 24 1.00; now 1 12 24 24 1.00
            52 before unknown; instead 0 0 0 0 -; beside 2 24 36 36 1.50; now 2 24 36 36 1.50
            G14 before unknown; instead 0 0 0 0 -; beside 0 0 0 0 -; now 0 0 0 0 -
        "#]],
    );
}

#[test]
fn versions_and_days_of_assignment_are_those_of_each_period() {
    check(
        "form A@1 stat month province : DT
         form A@2 stat month province from 2024-10-01 : DT LD
         form B@1 stat quarter @north : SL",
        expect![[r#"
            48 before unknown; instead 0 0 0 0 -; beside 2 14 17 17 1.00; now 2 14 17 17 1.00
            52 before unknown; instead 0 0 0 0 -; beside 1 12 15 15 1.00; now 1 12 15 15 1.00
            G14 before unknown; instead 0 0 0 0 -; beside 0 0 0 0 -; now 0 0 0 0 -
        "#]],
    );
}

#[test]
fn what_is_measured_is_asked_and_not_typed() {
    check(
        "measured LD
         form A@1 stat month province : DT LD",
        expect![[r#"
            48 before unknown; instead 0 0 0 0 -; beside 1 12 24 12 1.00; now 1 12 24 12 1.00
            52 before unknown; instead 0 0 0 0 -; beside 1 12 24 12 1.00; now 1 12 24 12 1.00
            G14 before unknown; instead 0 0 0 0 -; beside 0 0 0 0 -; now 0 0 0 0 -
        "#]],
    );
}

#[test]
fn an_inventory_that_does_not_say_how_often_a_number_is_typed_leaves_it_unknown() {
    check(
        "duty 52 monthly 12 x 20 cells 5 first by A
         duty 52 yearly 1 x 40 cells by A
         form A@1 stat month province : DT",
        expect![[r#"
            48 before unknown; instead 0 0 0 0 -; beside 1 12 12 12 1.00; now 1 12 12 12 1.00
            52 before 2 13 280 280 -; instead 1 12 12 12 1.00; beside 0 0 0 0 -; now 1 12 12 12 1.00
            G14 before unknown; instead 0 0 0 0 -; beside 0 0 0 0 -; now 0 0 0 0 -
        "#]],
    );
}

proptest! {
    /// The sum over bodies does not depend on the order, and what is unknown of one takes nothing from the others.
    #[test]
    fn bodies_add_up_in_any_order(loads in proptest::collection::vec((proptest::option::of(0u64..90), 0u64..90), 0..6)) {
        let burden = |(before, now): &(Option<u64>, u64)| {
            let load = |keyed: u64| Load { keyed, ..Load::NONE };
            let before = before.map(load);
            Burden { replaced: before, kept: before, instead: load(*now), beside: Load::NONE }
        };
        let nobody = Burden { replaced: None, kept: None, instead: Load::NONE, beside: Load::NONE };
        let sum = loads.iter().map(burden).fold(nobody, Burden::plus);
        let backwards = loads.iter().rev().map(burden).fold(nobody, Burden::plus);
        prop_assert_eq!(sum, backwards);
        let known: Vec<u64> = loads.iter().filter_map(|(before, _)| *before).collect();
        let before = sum.before().map(|load| load.keyed);
        prop_assert_eq!(before, (!known.is_empty()).then(|| 2 * known.iter().sum::<u64>()));
        prop_assert_eq!(sum.instead.keyed, loads.iter().map(|(_, now)| now).sum::<u64>());
    }
}

/// Forms, reports, cells, typed, and how often a number is typed: of each body in 2024, before, and now by kinds.
#[track_caller]
fn check(known: &str, expected: Expect) {
    let lines = |kind: &'static str| {
        known.lines().filter_map(move |line| line.trim().strip_prefix(kind)).collect::<Vec<_>>()
    };
    let duties: Vec<Duty> = lines("duty ").into_iter().map(duty).collect();
    let forms: Vec<Template> = lines("form ").into_iter().map(form).collect();
    let measured = lines("measured ");
    let is_measured = |_: &Unit, row: &Row, _: Period| measured.contains(&row.indicator.as_str());
    let (units, bodies) = units();
    let live = live(forms.iter());
    let mut said = String::new();
    for body in bodies.values() {
        let unit = units.get(body.unit.as_str()).expect("a unit");
        let found = account(unit, &units, 2024, &duties, &live, &is_measured).burden();
        let before = found.before().map_or("unknown".to_owned(), told);
        writeln!(
            said,
            "{} before {before}; instead {}; beside {}; now {}",
            body.code,
            told(found.instead),
            told(found.beside),
            told(found.now())
        )
        .unwrap();
    }
    expected.assert_eq(&said);
}

fn told(load: Load) -> String {
    let Load { forms, reports, cells, keyed, .. } = load;
    let keyings = load.keyings_a_figure().map_or("-".to_owned(), Decimal::at_own_scale);
    format!("{forms} {reports} {cells} {keyed} {keyings}")
}

/// `52 monthly 12 x 20 cells 5 first by A`
fn duty(line: &str) -> Duty {
    let words: Vec<&str> = line.split_whitespace().collect();
    let before = |name: &str| words.iter().position(|word| *word == name).map(|at| words[at - 1]);
    let after = |name: &str| words.iter().position(|word| *word == name).map(|at| words[at + 1]);
    Duty {
        name: words[1].to_owned(),
        asked_by: String::new(),
        legal_basis: String::new(),
        of: match UnitKind::parse(words[0]) {
            Some(kind) => Assigned::Kind(kind),
            None => Assigned::Units(vec![UnitCode::parse(words[0]).expect("a unit")]),
        },
        times_a_year: before("x").expect("times").parse().expect("a number"),
        cells: before("cells").expect("cells").parse().expect("a number"),
        first_cells: before("first").map(|first| first.parse().expect("a number")),
        replaced_by: after("by").map(|code| TemplateCode::parse(code).expect("a name")),
        source: String::new(),
        is_synthetic: true,
    }
}
