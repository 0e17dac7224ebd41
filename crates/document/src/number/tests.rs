use proptest::prelude::*;

use super::*;

fn number(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

#[test]
fn numbers_read_as_each_language_prints_them() {
    for (plain, vi, en) in [
        ("2067389", "2.067.389", "2,067,389"),
        ("2017", "2.017", "2,017"),
        ("11.130", "11,13", "11.13"),
        ("-1234.5", "-1.234,5", "-1,234.5"),
        ("0", "0", "0"),
        ("999999999999999999", "999.999.999.999.999.999", "999,999,999,999,999,999"),
    ] {
        assert_eq!(minimal(number(plain), Lang::Vi), vi);
        assert_eq!(minimal(number(plain), Lang::En), en);
    }
    assert_eq!(fixed(number("11.13"), 1, Lang::Vi), "11,1");
    assert_eq!(fixed(number("11.15"), 1, Lang::Vi), "11,2");
    assert_eq!(fixed(number("27"), 1, Lang::Vi), "27,0");
    assert_eq!(percent(number("11.13"), Lang::Vi), "11,13%");
    assert_eq!(count(number("4"), Some(number("19")), Lang::Vi), "4/19");
}

#[test]
fn a_reader_never_guesses() {
    for (text, lang, expected) in [
        ("2.067.389", Lang::Vi, Ok("2067389")),
        ("8000", Lang::Vi, Ok("8000")),
        ("11,13", Lang::Vi, Ok("11.13")),
        ("1.5", Lang::Vi, Err(Unread::Ambiguous)),
        ("1.5", Lang::En, Ok("1.5")),
        ("1,5", Lang::En, Err(Unread::Ambiguous)),
        ("1.000,5.000", Lang::Vi, Err(Unread::Ambiguous)),
        ("1,5,5", Lang::Vi, Err(Unread::NotANumber)),
        ("1,", Lang::Vi, Err(Unread::NotANumber)),
        ("", Lang::Vi, Err(Unread::NotANumber)),
        ("NaN", Lang::Vi, Err(Unread::NotANumber)),
        ("1.000.000.000.000.000.000.000", Lang::Vi, Err(Unread::TooLong)),
    ] {
        assert_eq!(read(text, lang), expected.map(number), "{text}");
    }
}

#[test]
fn money_reads_as_people_say_it() {
    for (amount, unit, vi, en) in [
        ("2067389", "tỷ đồng", "2,07 triệu tỷ đồng", "VND 2.07 quadrillion"),
        ("59847", "tỷ đồng", "59.847 tỷ đồng", "VND 59,847 billion"),
        ("12.54", "tỷ đồng", "12,5 tỷ đồng", "VND 12.5 billion"),
        ("0.3", "tỷ đồng", "300 triệu đồng", "VND 300 million"),
        ("950000", "đồng", "950.000 đồng", "VND 950,000"),
        ("-3000", "triệu đồng", "-3 tỷ đồng", "VND -3 billion"),
    ] {
        assert_eq!(money(number(amount), unit, Lang::Vi).unwrap(), vi);
        assert_eq!(money(number(amount), unit, Lang::En).unwrap(), en);
    }
    assert_eq!(compact(number("1530528"), "lao động", Lang::Vi), "1,53 triệu lao động");
    assert_eq!(compact(number("2017"), "cuộc", Lang::Vi), "2.017 cuộc");
    assert_eq!(compact(number("17"), "%", Lang::Vi), "17%");
}

#[test]
fn changes_say_their_direction_in_a_word() {
    let n = |text| Figure::Number(number(text));
    let r = |low, high| Figure::Range { low: number(low), high: number(high) };
    for (figure, before, unit, vi, en) in [
        (n("27"), None, "%", "tăng 27%", "up 27%"),
        (n("-3.2"), None, "%", "giảm 3,2%", "down 3.2%"),
        (n("40"), Some(Qualifier::Over), "%", "tăng trên 40%", "up over 40%"),
        (n("0"), None, "%", "không đổi", "unchanged"),
        (r("5", "15"), None, "%", "tăng 5–15%", "up 5–15%"),
        (r("-15", "-5"), None, "%", "giảm 5–15%", "down 5–15%"),
        (r("-5", "3"), None, "%", "từ giảm 5% đến tăng 3%", "from down 5% to up 3%"),
        (
            Figure::Absent(Absence::Withheld),
            None,
            "%",
            "chưa đủ căn cứ so sánh",
            "too little to compare",
        ),
    ] {
        assert_eq!(change(figure, before, unit, Lang::Vi), vi);
        assert_eq!(change(figure, before, unit, Lang::En), en);
    }
    assert_eq!(change(n("-3.2"), None, "điểm %", Lang::Vi), "giảm 3,2 điểm %");
}

#[test]
fn what_was_said_stays_what_was_said() {
    let power = |text| Figure::Magnitude(number(text));
    for (figure, before, unit, vi) in [
        (
            Figure::Number(number("8000")),
            Some(Qualifier::Nearly),
            "báo cáo/năm",
            "gần 8.000 báo cáo/năm",
        ),
        (
            Figure::Range { low: number("700"), high: number("1000") },
            None,
            "tin/ngày",
            "700–1.000 tin/ngày",
        ),
        (power("10"), None, "công ty", "hàng chục công ty"),
        (power("1"), None, "triệu lượt", "hàng triệu lượt"),
        (power("1000000"), None, "lượt", "hàng triệu lượt"),
        (power("10000"), None, "", "hàng chục nghìn"),
        (Figure::Absent(Absence::Missing), None, "tỷ đồng", "chưa có số liệu"),
    ] {
        assert_eq!(said(figure, before, unit, Lang::Vi), vi);
    }
    assert_eq!(said(power("10"), None, "companies", Lang::En), "dozens of companies");
    assert_eq!(said(power("1"), None, "million downloads", Lang::En), "millions of downloads");
    assert_eq!(bare(Figure::Absent(Absence::NotApplicable), Lang::Vi), "x");
    assert_eq!(bare(Figure::Absent(Absence::Missing), Lang::Vi), "…");
}

proptest! {
    /// What is printed reads back as the same number, in both languages and at any width.
    #[test]
    fn a_printed_number_reads_back(mantissa in -999_999_999_999i64..1_000_000_000_000, scale in 0u8..8) {
        let number = Decimal::new(mantissa.into(), scale).unwrap();
        for lang in Lang::ALL {
            prop_assert_eq!(read(&minimal(number, lang), lang), Ok(number));
            prop_assert_eq!(read(&fixed(number, scale, lang), lang), Ok(number));
        }
    }
}
