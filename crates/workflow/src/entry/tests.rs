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

#[test]
fn what_is_typed_is_read_as_the_cases_say() {
    let mut of = None;
    let mut rows = 0;
    for line in include_str!("cases.txt").lines() {
        if line.is_empty() || line.starts_with("# ") || line == "#" {
            continue;
        }
        if let Some(head) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            let [language, unit, scale] =
                head.split(", ").collect::<Vec<_>>().try_into().expect("language, unit, decimals");
            let language = if language == "vi" { VI } else { EN };
            of = Some((language, indicator("BC.DOANHTHU", unit, scale.parse().expect("decimals"))));
            continue;
        }
        let (typed, expected) = line.split_once(" => ").expect("typed => read");
        let (language, indicator) = of.as_ref().expect("a head before the rows");
        assert_eq!(outcome(&unescaped(typed), *language, indicator), expected, "{line}");
        rows += 1;
    }
    assert!(rows > 60, "the cases were found: {rows}");
}

/// `\u{a0}` as the character it stands for.
fn unescaped(text: &str) -> String {
    let mut pieces = text.split("\\u{");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (code, rest) = piece.split_once('}').expect("a brace closes the escape");
        let code = u32::from_str_radix(code, 16).expect("hexadecimal");
        plain.push(char::from_u32(code).expect("a character"));
        plain.push_str(rest);
    }
    plain
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
