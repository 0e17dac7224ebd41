//! Checks that a form's makers write: that one row is at most another, that rows add up to another, that a number does
//! not change by more than so much.
//!
//! What holds of an indicator everywhere stands in the catalogue; what holds of the rows of one form stands with the form.

use std::collections::BTreeSet;

use model::{Catalogue, Decimal};

use crate::Language;
use crate::check::{Base, Form, Names, Problem, Severity};
use crate::computed::Before;
use crate::entry::print;
use crate::form::number;
use crate::template::{Column, RowKey, Template};

/// One check of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormCheck {
    /// What has to hold.
    pub rule: Rule,
    /// Whether it must hold, or what does not has to be explained.
    pub severity: Severity,
    /// What the officer reads in Vietnamese; empty for the usual words.
    pub message_vi: String,
    /// The same in English.
    pub message_en: String,
}

/// What has to hold between the rows of a form. It says nothing while one of them has no number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// One row is at most another.
    AtMost {
        /// The smaller one, where it is told.
        part: RowKey,
        /// The larger one.
        whole: RowKey,
    },
    /// Rows add up to another, exactly.
    Sum {
        /// What is added.
        parts: Vec<RowKey>,
        /// What they come to, where it is told.
        whole: RowKey,
    },
    /// A row differs by at most so much from an earlier figure of it.
    Change {
        /// Which.
        row: RowKey,
        /// From which figure.
        on: Over,
        /// By at most so many per cent; above zero.
        percent: Decimal,
    },
}

/// An earlier figure of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The period just before.
    PreviousPeriod,
    /// The same period of last year.
    LastYear,
}

impl Over {
    /// Both.
    pub const ALL: [Over; 2] = [Over::PreviousPeriod, Over::LastYear];

    /// `previous_period` or `last_year`.
    pub fn code(self) -> &'static str {
        match self {
            Over::PreviousPeriod => "previous_period",
            Over::LastYear => "last_year",
        }
    }

    /// The one with this code.
    pub fn parse(code: &str) -> Option<Over> {
        Over::ALL.into_iter().find(|over| over.code() == code)
    }

    fn base(self) -> Base {
        match self {
            Over::PreviousPeriod => Base::PreviousPeriod,
            Over::LastYear => Base::LastYear,
        }
    }
}

/// Why a check cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCheck {
    /// The form does not have the row.
    #[error("the form has no row {0}")]
    UnknownRow(RowKey),
    /// A row is compared with itself, or added twice.
    #[error("row {0} stands twice in it")]
    RowTwice(RowKey),
    /// Fewer than two rows are added.
    #[error("at least two rows are added")]
    TooFewParts,
    /// The rows are not counted in the same unit of measure.
    #[error("the rows are counted in different units of measure")]
    UnitsDiffer,
    /// The limit is not above zero.
    #[error("the limit has to be above zero")]
    NoLimit,
}

impl BadCheck {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            BadCheck::UnknownRow(_) => "check_unknown_row",
            BadCheck::RowTwice(_) => "check_row_twice",
            BadCheck::TooFewParts => "check_too_few_parts",
            BadCheck::UnitsDiffer => "check_units_differ",
            BadCheck::NoLimit => "check_no_limit",
        }
    }

    /// The sentence the builder reads.
    pub fn message(&self, language: Language) -> String {
        let (vi, en) = match self {
            BadCheck::UnknownRow(row) => {
                (format!("biểu không có dòng {row}."), format!("the form has no row {row}."))
            }
            BadCheck::RowTwice(row) => {
                (format!("dòng {row} được chọn hai lần."), format!("row {row} is chosen twice."))
            }
            BadCheck::TooFewParts => (
                "cần ít nhất hai dòng để cộng.".to_owned(),
                "at least two rows are added.".to_owned(),
            ),
            BadCheck::UnitsDiffer => (
                "các dòng không cùng đơn vị tính.".to_owned(),
                "the rows are counted in different units of measure.".to_owned(),
            ),
            BadCheck::NoLimit => (
                "mức thay đổi phải lớn hơn 0%.".to_owned(),
                "the limit has to be above 0%.".to_owned(),
            ),
        };
        language.pick(vi, en)
    }
}

impl Rule {
    /// `at_most`, `sum` or `change`.
    pub fn code(&self) -> &'static str {
        match self {
            Rule::AtMost { .. } => "at_most",
            Rule::Sum { .. } => "sum",
            Rule::Change { .. } => "change",
        }
    }

    /// The row at which it is told when it does not hold.
    pub fn told_at(&self) -> &RowKey {
        match self {
            Rule::AtMost { part, .. } => part,
            Rule::Sum { whole, .. } => whole,
            Rule::Change { row, .. } => row,
        }
    }

    /// The other rows.
    pub fn others(&self) -> Vec<&RowKey> {
        match self {
            Rule::AtMost { whole, .. } => vec![whole],
            Rule::Sum { parts, .. } => parts.iter().collect(),
            Rule::Change { .. } => vec![],
        }
    }

    fn finding_code(&self) -> &'static str {
        match self {
            Rule::AtMost { .. } => "check_at_most",
            Rule::Sum { .. } => "check_sum",
            Rule::Change { .. } => "check_change",
        }
    }
}

impl FormCheck {
    /// Everything that keeps it from being made.
    pub fn faults(&self, template: &Template, catalogue: &Catalogue) -> Vec<BadCheck> {
        let rows: Vec<&RowKey> =
            [self.rule.told_at()].into_iter().chain(self.rule.others()).collect();
        let unknown = rows.iter().filter(|row| template.row(row).is_none());
        let mut faults: Vec<BadCheck> =
            unknown.map(|row| BadCheck::UnknownRow((*row).clone())).collect();
        let mut seen = BTreeSet::new();
        let twice = rows.iter().filter(|row| !seen.insert(**row));
        faults.extend(twice.map(|row| BadCheck::RowTwice((*row).clone())));
        let units: BTreeSet<&str> = rows
            .iter()
            .filter_map(|row| Some(catalogue.get(row.indicator.as_str())?.unit_vi.as_str()))
            .collect();
        faults.extend((units.len() > 1).then_some(BadCheck::UnitsDiffer));
        faults.extend(match &self.rule {
            Rule::Sum { parts, .. } => (parts.len() < 2).then_some(BadCheck::TooFewParts),
            Rule::Change { percent, .. } => {
                (*percent <= Decimal::ZERO).then_some(BadCheck::NoLimit)
            }
            Rule::AtMost { .. } => None,
        });
        faults
    }

    /// What is said in the usual words, with the numbers.
    fn said(&self, usual: Names) -> Names {
        let or = |own: &String, usual: String| if own.is_empty() { usual } else { own.clone() };
        // A maker who wrote one language only is quoted in both.
        let english = if self.message_en.is_empty() { &self.message_vi } else { &self.message_en };
        Names { en: or(english, usual.en), vi: or(&self.message_vi, usual.vi) }
    }
}

/// What the checks of a form find at a number of a row.
pub(crate) fn problems(
    form: &Form,
    key: &RowKey,
    column: Column,
    value: Decimal,
    before: &Before,
) -> Vec<Problem> {
    let checks = form.template.checks.iter().filter(|check| check.rule.told_at() == key);
    checks
        .filter_map(|check| {
            let usual = broken(form, &check.rule, column, value, before)?;
            Some(Problem::FormCheck {
                code: check.rule.finding_code(),
                severity: check.severity,
                said: check.said(usual),
            })
        })
        .collect()
}

/// The usual words for a rule that does not hold.
fn broken(
    form: &Form,
    rule: &Rule,
    column: Column,
    value: Decimal,
    before: &Before,
) -> Option<Names> {
    let of = |row: &RowKey| number(form.cells, &row.cell(column));
    let (shown, en) =
        (|n: Decimal| print(n, Language::Vietnamese), |n: Decimal| print(n, Language::English));
    match rule {
        Rule::AtMost { whole, .. } => {
            let limit = of(whole).filter(|limit| value > *limit)?;
            let name = named(form, whole);
            Some(Names {
                vi: format!("Số liệu phải nhỏ hơn hoặc bằng “{}” ({}).", name.vi, shown(limit)),
                en: format!("The figure has to be at most “{}” ({}).", name.en, en(limit)),
            })
        }
        Rule::Sum { parts, .. } => {
            let numbers: Option<Vec<Decimal>> = parts.iter().map(of).collect();
            let sum = Decimal::sum(numbers?).filter(|sum| *sum != value)?;
            let names: Vec<Names> = parts.iter().map(|part| named(form, part)).collect();
            let list = |pick: fn(&Names) -> &String| {
                let quoted: Vec<String> =
                    names.iter().map(|name| format!("“{}”", pick(name))).collect();
                quoted.join(", ")
            };
            Some(Names {
                vi: format!(
                    "Số liệu phải bằng tổng của {}, là {}.",
                    list(|name| &name.vi),
                    shown(sum)
                ),
                en: format!(
                    "The figure has to be the sum of {}, which is {}.",
                    list(|name| &name.en),
                    en(sum)
                ),
            })
        }
        Rule::Change { row, on, percent } => {
            if column != Column::This {
                return None;
            }
            let base = match on {
                Over::PreviousPeriod => {
                    number(form.cells, &row.cell(Column::Previous)).or(before.previous)
                }
                Over::LastYear => before.last_year,
            }?;
            let (by, _) = crate::check::beyond(value, base, *percent)?;
            let (way_vi, way_en) =
                if by.is_negative() { ("Giảm", "A fall") } else { ("Tăng", "A rise") };
            Some(Names {
                vi: format!(
                    "{way_vi} {}% so với {}; mức cho phép của biểu này là {}%.",
                    shown(by.magnitude()),
                    on.base().in_words(Language::Vietnamese),
                    shown(*percent)
                ),
                en: format!(
                    "{way_en} of {}% on {}; this form allows {}%.",
                    en(by.magnitude()),
                    on.base().in_words(Language::English),
                    en(*percent)
                ),
            })
        }
    }
}

fn named(form: &Form, row: &RowKey) -> Names {
    let indicator = form.catalogue.get(row.indicator.as_str());
    let name =
        |name: Option<&String>| name.map_or(row.indicator.as_str(), String::as_str).to_owned();
    let (vi, en) =
        (name(indicator.map(|one| &one.name_vi)), name(indicator.map(|one| &one.name_en)));
    let (part_vi, part_en) = match row.breakdown.as_str() {
        "" => return Names { vi, en },
        "SEX=F" => ("nữ", "women"),
        "SEX=M" => ("nam", "men"),
        "AREA=U" => ("thành thị", "urban"),
        "AREA=R" => ("nông thôn", "rural"),
        other => (other, other),
    };
    Names { vi: format!("{vi} ({part_vi})"), en: format!("{en} ({part_en})") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::check;
    use crate::fixtures::{cells, decimal, indicator};
    use model::{Breakdown, IndicatorCode};

    fn row(code: &str) -> RowKey {
        RowKey::parse(&format!("BC/{code}")).expect("a row")
    }

    fn rows(codes: &str) -> Vec<RowKey> {
        codes.split('+').map(row).collect()
    }

    /// `must A <= B`, `explain A = B + C`, `must A within 20 of previous_period`.
    fn written(text: &str) -> FormCheck {
        let (severity, rule) = text.split_once(' ').expect("a severity first");
        let words: Vec<&str> = rule.split(' ').collect();
        let rule = match words[..] {
            [part, "<=", whole] => Rule::AtMost { part: row(part), whole: row(whole) },
            [whole, "=", parts] => Rule::Sum { parts: rows(parts), whole: row(whole) },
            [one, "within", percent, "of", on] => Rule::Change {
                row: row(one),
                on: Over::parse(on).expect("an earlier figure"),
                percent: decimal(percent),
            },
            _ => panic!("not a rule: {rule}"),
        };
        let severity = if severity == "must" { Severity::Error } else { Severity::Warning };
        FormCheck { rule, severity, message_vi: String::new(), message_en: String::new() }
    }

    fn template(asked: &str, checks: Vec<FormCheck>) -> Template {
        let asked: Vec<&str> = asked.split(' ').collect();
        Template { checks, ..crate::fixtures::template(&asked) }
    }

    fn catalogue() -> Catalogue {
        let mut all: Vec<_> = ["A", "B", "C"].map(|code| indicator(code, "tỷ đồng", 1)).into();
        all.push(indicator("D", "người", 0));
        Catalogue::new(all)
    }

    #[test]
    fn a_form_is_held_to_its_own_checks_as_the_cases_say() {
        let mut rows = 0;
        let mut lines = include_str!("form_check/cases.txt").lines().peekable();
        while let Some(line) = lines.next() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (given, expected) = line.split_once(" =>").expect("given => findings");
            let parts: Vec<&str> = given.split('|').map(str::trim).collect();
            let [check_, filled, previous, last_year] =
                parts.try_into().expect("a check, what is written, the period before, last year");
            let number = |text: &str| (!text.is_empty()).then(|| decimal(text));
            let known = Before {
                previous: number(previous),
                last_year: number(last_year),
                ..Before::default()
            };
            let (template, catalogue) = (template("A B C", vec![written(check_)]), catalogue());
            let (cells, before) = (cells(filled), |_: &RowKey| known.clone());
            let form =
                Form { template: &template, catalogue: &catalogue, cells: &cells, before: &before };
            let mut findings = check(&form);
            findings.retain(|finding| finding.code().starts_with("check_"));
            let codes: Vec<String> = findings
                .iter()
                .map(|finding| {
                    let place = finding.cell.to_string().replacen("BC/", "", 1);
                    format!("{place} {} {}", finding.severity().code(), finding.code())
                })
                .collect();
            assert_eq!(codes.join("; "), expected.trim(), "{line}");
            while let Some(sentence) = lines.next_if(|line| line.starts_with("  ")) {
                let (code, expected) = sentence.trim().split_once(' ').expect("a language first");
                let language = Language::parse(code).expect("a language");
                assert_eq!(findings[0].message(language), expected, "{line}");
            }
            rows += 1;
        }
        assert!(rows > 15, "the cases were found: {rows}");
    }

    #[test]
    fn a_check_that_makes_no_sense_is_named() {
        for (check, expected) in [
            ("must A <= B", ""),
            ("must A <= X", "check_unknown_row"),
            ("must A <= A", "check_row_twice"),
            ("must A <= D", "check_units_differ"),
            ("must A = B", "check_too_few_parts"),
            ("must A = B+C", ""),
            ("must A = B+B", "check_row_twice"),
            ("must A = B+A", "check_row_twice"),
            ("must A within 0 of last_year", "check_no_limit"),
            ("must A within -5 of last_year", "check_no_limit"),
            ("must A within 5 of last_year", ""),
        ] {
            let check_ = written(check);
            let faults = check_.faults(&template("A B C D", vec![]), &catalogue());
            let codes: Vec<&str> = faults.iter().map(BadCheck::code).collect();
            assert_eq!(codes.join(" "), expected, "{check}");
        }
    }

    #[test]
    fn a_check_says_what_its_maker_wrote_or_what_is_usual() {
        let template = template("A B C", vec![]);
        let catalogue = catalogue();
        let cells = cells("A/this=3.5 B/this=1 C/this=1");
        let before = |_: &RowKey| Before { previous: Some(decimal("10")), ..Before::default() };
        let form =
            Form { template: &template, catalogue: &catalogue, cells: &cells, before: &before };
        let own =
            FormCheck { message_vi: "Xem lại mục A".to_owned(), ..written("must A = B+C") };
        let usual = broken(&form, &own.rule, Column::This, decimal("3.5"), &before(&row("A")));
        let said = own.said(usual.expect("it does not hold"));
        assert_eq!((said.vi.as_str(), said.en.as_str()), ("Xem lại mục A", "Xem lại mục A"));
        let part = RowKey {
            section: row("A").section,
            indicator: IndicatorCode::parse("A").unwrap(),
            breakdown: Breakdown::parse("SEX=F").unwrap(),
        };
        assert_eq!(named(&form, &part).vi, "Chỉ tiêu A (nữ)");
    }
}
