use super::*;
use crate::fixtures::{decimal, indicator};
use expect_test::expect;
use proptest::prelude::*;

const VI: Language = Language::Vietnamese;
const EN: Language = Language::English;

/// A number as interfaces write it, an absence's code, "-" for an emptied cell, or the refusal with
/// what it offers.
fn outcome(typed: &str, language: Language, indicator: &Indicator) -> String {
    match read(typed, language, indicator) {
        Ok(None) => "-".to_owned(),
        Ok(Some(Figure::Number(number))) => number.to_string(),
        Ok(Some(Figure::Absent(absence))) => absence.code().to_owned(),
        Ok(Some(other)) => format!("{other:?}"),
        Err(misread) => {
            format!("{} {}", misread.code(), misread.suggestions().join(" | ")).trim().to_owned()
        }
    }
}

fn check(language: Language, unit: &str, scale: u8, rows: &[(&str, &str)]) {
    let indicator = indicator("BC.DOANHTHU", unit, scale);
    for (typed, expected) in rows {
        assert_eq!(outcome(typed, language, &indicator), *expected, "{typed:?}");
    }
}

#[test]
fn vietnamese_numbers_have_a_decimal_comma_and_dots_between_thousands() {
    check(
        VI,
        "tỷ đồng",
        2,
        &[
            ("1.234,5", "1234.5"),
            ("2.067.389", "2067389"),
            ("2.017", "2017"),
            ("8000", "8000"),
            ("04", "4"),
            ("0,5", "0.5"),
            ("11,13", "11.13"),
            ("1,50", "1.5"),
            ("1,500", "1.5"),
            ("-12,5", "-12.5"),
            ("− 12,5", "-12.5"),
            ("+3", "3"),
            ("  2.067.389\u{a0}", "2067389"),
            ("2\u{202f}067\u{a0}389,5", "2067389.5"),
            ("２．０６７，５", "2067.5"),
            ("\u{feff}12", "12"),
            ("2.067 tỷ đồng", "2067"),
            ("2.067 ty\u{309} đo\u{302}\u{300}ng", "2067"),
        ],
    );
}

#[test]
fn what_can_be_read_in_two_ways_is_asked_about() {
    check(
        VI,
        "tỷ đồng",
        2,
        &[
            ("1.5", "ambiguous_number 1,5 | 15"),
            ("12.34", "ambiguous_number 12,34 | 1.234"),
            ("0.25", "ambiguous_number 0,25"),
            ("1,234.5", "ambiguous_number 1.234,5"),
            ("2,067,389", "ambiguous_number 2.067.389"),
            ("1234.56", "ambiguous_number 1.234,56 | 123.456"),
            ("1234.567", "ambiguous_number 1.234.567"),
            ("-1.5", "ambiguous_number -1,5 | -15"),
            ("1.23.456", "groups_of_three"),
            ("1.234.56", "groups_of_three"),
            ("12 34", "groups_of_three"),
            ("0.125.000", "groups_of_three"),
            ("1,2,3", "groups_of_three"),
            ("5,", "ambiguous_number 5"),
            (",5", "groups_of_three"),
        ],
    );
    check(
        EN,
        "tỷ đồng",
        2,
        &[("1,5", "ambiguous_number 1.5 | 15"), ("1.234,5", "ambiguous_number 1,234.5")],
    );
    check(VI, "bưu gửi", 0, &[("1.5", "ambiguous_number 15"), ("0.5", "too_many_decimals")]);
}

#[test]
fn english_numbers_have_a_decimal_dot_and_commas_between_thousands() {
    check(
        EN,
        "tỷ đồng",
        3,
        &[
            ("1,234.5", "1234.5"),
            ("2,067,389", "2067389"),
            ("2.017", "2.017"),
            ("2,017", "2017"),
            ("12,34", "ambiguous_number 12.34 | 1,234"),
            ("none occurred", "0"),
        ],
    );
}

#[test]
fn what_is_not_one_number_is_refused_with_the_place_to_mend() {
    check(
        VI,
        "tỷ đồng",
        1,
        &[
            ("nhiều", "not_a_number"),
            ("NaN", "not_a_number"),
            ("1e5", "not_a_number"),
            ("10^40", "not_a_number"),
            ("∞", "not_a_number"),
            ("٣", "not_a_number"),
            ("-", "not_a_number"),
            (".", "not_a_number"),
            ("12abc", "not_a_number"),
            ("10000000000000000000000000000000000000000", "number_too_long"),
            ("10.000.000.000.000.000.000.000.000.000.000.000.000.000", "number_too_long"),
            ("123456789012345678", "number_too_long"),
            ("1,25", "too_many_decimals"),
            ("700-1.000", "several_numbers"),
            ("5–15%", "several_numbers"),
            ("16/22", "several_numbers"),
            ("--5", "several_numbers"),
            ("50%", "unit_written"),
            ("2,5 triệu", "unit_written"),
            ("2,5 triệu đồng", "unit_written"),
        ],
    );
}

#[test]
fn a_percentage_may_carry_its_mark() {
    check(VI, "%", 2, &[("50 %", "50"), ("50%", "50"), ("11,13\u{a0}％", "11.13"), ("50", "50")]);
}

#[test]
fn what_did_not_occur_is_a_zero_and_what_is_missing_is_not() {
    check(
        VI,
        "vụ",
        0,
        &[
            ("", "-"),
            (" \u{a0} ", "-"),
            ("không phát sinh", "0"),
            ("Kho\u{302}ng phát sinh", "0"),
            ("…", "missing"),
            ("chưa có số liệu", "missing"),
            ("x", "not_applicable"),
            ("không áp dụng", "not_applicable"),
            ("0", "0"),
        ],
    );
}

#[test]
fn refusals_say_what_to_do() {
    let indicator = indicator("BC.DOANHTHU", "tỷ đồng", 1);
    let sentences: String =
        ["abc", "1.5", "0.5", "1.23.456", "16/22", "5 triệu", "1,25", "123456789012345678"]
            .iter()
            .flat_map(|typed| {
                let misread = read(typed, VI, &indicator).expect_err("all are refused");
                Language::ALL.map(|language| misread.message(language) + "\n")
            })
            .collect();
    expect![[r#"
        “abc” không phải là số. Hãy nhập số, ví dụ 1.234,5.
        “abc” is not a number. Type one, for example 1,234.5.
        Số 1.5 có thể là 1,5 hoặc 15. Bạn muốn nhập số nào?
        1.5 can mean 1,5 or 15. Which one do you mean?
        Số 0.5 có phải là 0,5 không? Hãy nhập lại cho rõ.
        Does 0.5 mean 0,5? Please type it again.
        Số 1.23.456 không rõ: mỗi nhóm sau dấu ngăn cách hàng nghìn phải có đủ ba chữ số.
        1.23.456 is unclear: each group after a thousands mark has three digits.
        Mỗi ô chỉ nhận một số; “16/22” có nhiều số.
        A cell takes one number; “16/22” has several.
        Đơn vị tính của chỉ tiêu này là tỷ đồng. Hãy quy đổi theo đơn vị tính đó và chỉ nhập số, không ghi “triệu”.
        This indicator is counted in tỷ đồng (en). Convert to that unit and type only the number, without “triệu”.
        Chỉ tiêu này chỉ nhận tối đa 1 chữ số thập phân.
        This indicator takes at most 1 decimal.
        Số dài tối đa 18 chữ số.
        A number has at most 18 digits.
    "#]]
    .assert_eq(&sentences);
}

fn any_decimal() -> impl Strategy<Value = Decimal> {
    (-999_999_999_999_999_999i64..=999_999_999_999_999_999, 0..=6u8)
        .prop_filter_map("18 digits", |(mantissa, scale)| Decimal::new(mantissa.into(), scale))
}

proptest! {
    #[test]
    fn a_printed_number_reads_back(number in any_decimal(), vietnamese: bool) {
        let language = if vietnamese { VI } else { EN };
        let indicator = indicator("BC.DOANHTHU", "tỷ đồng", number.scale());
        let printed = print(number, language);
        prop_assert_eq!(read(&printed, language, &indicator), Ok(Some(Figure::Number(number))), "{}", printed);
    }

    #[test]
    fn every_suggestion_is_readable_and_marks_mean_one_thing(typed in "-?[0-9., ]{1,9}", vietnamese: bool, scale in 0..4u8) {
        let language = if vietnamese { VI } else { EN };
        let indicator = indicator("BC.DOANHTHU", "tỷ đồng", scale);
        if let Err(misread) = read(&typed, language, &indicator) {
            for suggestion in misread.suggestions() {
                let meant = read(suggestion, language, &indicator);
                prop_assert!(matches!(meant, Ok(Some(Figure::Number(_)))), "{} offered for {}", suggestion, typed);
            }
        }
    }

    #[test]
    fn whatever_is_typed_is_read_or_refused(typed in "\\PC{0,30}") {
        let _ = read(&typed, VI, &indicator("BC.DOANHTHU", "tỷ đồng", 2));
    }
}

#[test]
fn numbers_are_printed_as_people_write_them() {
    for (number, vi, en) in [
        ("2067389", "2.067.389", "2,067,389"),
        ("11.130", "11,13", "11.13"),
        ("-1234.5", "-1.234,5", "-1,234.5"),
        ("0.05", "0,05", "0.05"),
        ("999", "999", "999"),
    ] {
        assert_eq!(
            (print(decimal(number), VI), print(decimal(number), EN)),
            (vi.to_owned(), en.to_owned())
        );
    }
}
