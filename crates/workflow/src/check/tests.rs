use super::*;
use crate::fixtures::{cell, cells, code, decimal, indicator, share, template};
use model::indicator::Limits;
use proptest::prelude::*;

/// As the cases describe them.
fn catalogue() -> Catalogue {
    let heads = include_str!("cases.txt").lines().filter_map(|line| line.strip_prefix('['));
    Catalogue::new(heads.map(|head| {
        let parts: Vec<&str> = head.trim_end_matches(']').split(", ").collect();
        let (of, unit, scale) = (parts[0], parts[1], parts[2].parse().expect("decimals"));
        let plain = indicator(of, unit, scale);
        let number = |text: &str| Some(decimal(text));
        match parts.get(3).map(|limit| limit.split_once(' ').expect("a limit and its value")) {
            None => plain,
            Some(("part_of", whole)) => Indicator { part_of: Some(code(whole)), ..plain },
            Some(("share", parts)) => {
                let (numerator, denominator) = parts.split_once('/').expect("two parts");
                share(of, numerator, denominator)
            }
            Some((limit, value)) => {
                let mut limits = Limits::default();
                match limit {
                    "growth" => limits.growth_percent = number(value),
                    "max" => limits.max = number(value),
                    "min" => limits.min = number(value),
                    _ => panic!("no limit is called {limit}"),
                }
                Indicator { limits, ..plain }
            }
        }
    }))
}

/// Findings as `cell severity code: sentence`.
fn found(rows: &[&str], written: &str, previous: &str, last_year: &str) -> Vec<Finding> {
    let number = |text: &str| (!text.is_empty()).then(|| decimal(text));
    let known =
        Before { previous: number(previous), last_year: number(last_year), ..Before::default() };
    let (template, catalogue, cells) = (template(rows), catalogue(), cells(written));
    check(&Form {
        template: &template,
        catalogue: &catalogue,
        cells: &cells,
        before: &|_| known.clone(),
    })
}

fn codes(findings: &[Finding]) -> String {
    let one = |finding: &Finding| {
        let place = finding.cell.to_string().replacen("BC/", "", 1);
        format!("{place} {} {}", finding.severity().code(), finding.code())
    };
    findings.iter().map(one).collect::<Vec<_>>().join("; ")
}

#[test]
fn every_finding_of_a_form_is_found_at_once_as_the_cases_say() {
    let mut rows = 0;
    let mut lines = include_str!("cases.txt").lines().peekable();
    while let Some(line) = lines.next() {
        if line.is_empty() || line.starts_with(['#', '[']) {
            continue;
        }
        let (given, expected) = line.split_once(" =>").expect("given => findings");
        let parts: Vec<&str> = given.split('|').map(str::trim).collect();
        let [asked, written, previous, last_year] =
            parts.try_into().expect("rows, what is written, the period before, last year");
        let asked: Vec<&str> = asked.split(' ').collect();
        let findings = found(&asked, written, previous, last_year);
        assert_eq!(codes(&findings), expected.trim(), "{line}");
        let mut said = vec![];
        while let Some(sentence) = lines.next_if(|line| line.starts_with("  ")) {
            said.push(sentence.trim().to_owned());
        }
        if !said.is_empty() {
            let sentences: Vec<String> = findings
                .iter()
                .flat_map(|finding| {
                    Language::ALL.map(|language| {
                        format!("{} {}", language.code(), finding.message(language))
                    })
                })
                .collect();
            assert_eq!(sentences, said, "{line}");
        }
        rows += 1;
    }
    assert!(rows > 40, "the cases were found: {rows}");
}

#[test]
fn a_comment_explains_a_warning_and_never_an_error() {
    let (template, catalogue) = (template(&["DT", "LD"]), catalogue());
    let mut cells = cells("DT/this=150 LD/this=1.5");
    for filled in cells.values_mut() {
        filled.comment = "Doanh nghiệp mới nộp bù".to_owned();
    }
    let known = Before { previous: Some(Decimal::whole(100)), ..Before::default() };
    let findings = check(&Form {
        template: &template,
        catalogue: &catalogue,
        cells: &cells,
        before: &|_| known.clone(),
    });
    let explained: Vec<(&str, bool)> =
        findings.iter().map(|finding| (finding.code(), finding.explained)).collect();
    assert_eq!(explained, [("growth_on_period", true), ("too_many_decimals", false)]);
    assert!(block_signing(&findings));
    assert!(!block_signing(&findings[..1]) && is_clean(&findings[..1]) && !is_clean(&findings));
}

#[test]
fn words_in_a_cell_of_numbers_are_found() {
    let (template, catalogue) = (template(&["DT"]), catalogue());
    let words = crate::form::Filled {
        content: crate::form::Content::Text("nhiều".to_owned()),
        comment: String::new(),
    };
    let cells = Cells::from([(cell("BC/DT/this"), words)]);
    let form = Form {
        template: &template,
        catalogue: &catalogue,
        cells: &cells,
        before: &|_| Before::default(),
    };
    assert_eq!(codes(&check(&form)), "DT/this error wrong_kind");
}

proptest! {
    #[test]
    fn exactly_is_exactly(a in 0..=999_999_999_999_999_999i64, b in 0..=999_999_999_999_999_999i64, scale in 0..=18u8) {
        let (a, b) = (Decimal::new(a.into(), scale).unwrap(), Decimal::new(b.into(), scale).unwrap());
        let one = Decimal::whole(1);
        prop_assert_eq!(exceeds((a, one), (b, one)), a > b);
        prop_assert_eq!(exceeds((a, b), (b, a)), false, "a product is not above itself");
        prop_assert_eq!(exceeds((a, one), (b, Decimal::whole(10))), a.minus(b).is_some_and(|_| i128::from(a.mantissa()) > i128::from(b.mantissa()) * 10));
    }

    #[test]
    fn a_form_that_repeats_last_month_has_nothing_to_explain(value in 0..1_000_000_000i64) {
        let text = value.to_string();
        prop_assert_eq!(codes(&found(&["DT"], &format!("DT/this={text}"), &text, &text)), "");
    }
}
