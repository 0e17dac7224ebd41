//! Where exact decimals meet the numbers of spreadsheets, which are floats of 15 digits.
//!
//! A number goes over by its digits and comes back by its digits: nothing is multiplied, divided or rounded as a
//! float, so what was written is what is read.

use model::Decimal;

/// What a spreadsheet keeps of a number.
const DIGITS: usize = 15;

/// The number as a spreadsheet keeps it; `None` when it would lose digits.
pub(super) fn as_float(number: Decimal) -> Option<f64> {
    let text = number.to_string();
    let digits = text.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit);
    if digits.count() > DIGITS {
        return None;
    }
    text.parse().ok()
}

/// The digits of a number that was read, and the same without what a spreadsheet's arithmetic adds to them:
/// `=0.1+0.2` is kept as 0.30000000000000004, shown as 0.3, and meant as 0.3.
pub(super) fn digits_of(number: f64) -> (String, String) {
    let shortest = number.to_string();
    let fifteen = format!("{number:.*e}", DIGITS - 1);
    let fifteen = plain(&fifteen).unwrap_or_else(|| shortest.clone());
    (shortest, fifteen)
}

/// `1.50e1` as `15`; `None` for what no figure is.
fn plain(scientific: &str) -> Option<String> {
    let (mantissa, exponent) = scientific.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(mantissa) => ("-", mantissa),
        None => ("", mantissa),
    };
    let digits = mantissa.replace('.', "");
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return Some("0".to_owned());
    }
    if !(-40..=40).contains(&exponent) {
        return None;
    }
    let point = exponent + 1;
    let text = match usize::try_from(point) {
        Ok(point) if point >= digits.len() => format!("{digits:0<point$}"),
        Ok(point) if point > 0 => format!("{}.{}", &digits[..point], &digits[point..]),
        _ => format!("0.{}{digits}", "0".repeat(point.unsigned_abs() as usize)),
    };
    Some(format!("{sign}{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_is_read_by_its_digits() {
        for (read, shortest, fifteen) in [
            (0.1 + 0.2, "0.30000000000000004", "0.3"),
            (1234.5, "1234.5", "1234.5"),
            (-0.05, "-0.05", "-0.05"),
            (0.0, "0", "0"),
            (1e21, "1000000000000000000000", "1000000000000000000000"),
            (63.400000000000006, "63.400000000000006", "63.4"),
            (1.0 / 3.0, "0.3333333333333333", "0.333333333333333"),
        ] {
            assert_eq!(digits_of(read), (shortest.to_owned(), fifteen.to_owned()), "{read}");
        }
    }

    #[test]
    fn a_number_of_more_digits_than_a_spreadsheet_keeps_does_not_go_over_as_one() {
        let float = |text: &str| as_float(Decimal::parse(text).expect("a number"));
        assert_eq!(float("123456789012345"), Some(123456789012345.0));
        assert_eq!(float("1234567890123456"), None);
        assert_eq!(float("0.000000001"), Some(0.000000001));
    }

    proptest! {
        /// What goes over comes back.
        #[test]
        fn read_is_what_was_written(mantissa in -999_999_999_999_999i64..=999_999_999_999_999, scale in 0u8..=9) {
            let number = Decimal::new(mantissa.into(), scale).expect("few digits");
            let float = as_float(number).expect("few digits");
            let (shortest, fifteen) = digits_of(float);
            prop_assert_eq!(Decimal::parse(&shortest).expect("digits"), number);
            prop_assert_eq!(Decimal::parse(&fifteen).expect("digits"), number);
        }
    }
}
