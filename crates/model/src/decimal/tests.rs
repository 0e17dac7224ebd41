use super::*;
use proptest::prelude::*;

#[test]
fn what_is_not_a_number_is_refused() {
    let cases = [
        ("", BadDecimal::NotANumber),
        ("1e5", BadDecimal::NotANumber),
        ("NaN", BadDecimal::NotANumber),
        ("1.2.3", BadDecimal::NotANumber),
        ("1,5", BadDecimal::NotANumber),
        (".5", BadDecimal::NotANumber),
        ("5.", BadDecimal::NotANumber),
        ("10000000000000000000000000000000000000000", BadDecimal::TooLong),
        ("1234567890123456789", BadDecimal::TooLong),
    ];
    for (text, why) in cases {
        assert_eq!(Decimal::parse(text), Err(why), "{text}");
    }
}

#[test]
fn halves_go_away_from_zero() {
    for (text, scale, expected) in [
        ("2.345", 2, "2.35"),
        ("-2.345", 2, "-2.35"),
        ("2.344", 2, "2.34"),
        ("0.5", 0, "1"),
        ("-0.5", 0, "-1"),
    ] {
        assert_eq!(Decimal::parse(text).unwrap().rounded(scale).to_string(), expected);
    }
}

#[test]
fn the_growth_that_follows_from_two_levels() {
    let (level, base) = (Decimal::whole(2_067_389), Decimal::whole(1_614_206));
    let change = level.minus(base).unwrap().times_over(Decimal::whole(100), base, 4).unwrap();
    assert_eq!(change.to_string(), "28.0747");
}

proptest! {
    #[test]
    fn printing_and_reading_is_the_identity(mantissa in -999_999_999_999_999_999i64..=999_999_999_999_999_999, scale in 0u8..=18) {
        let number = Decimal::new(mantissa.into(), scale).unwrap();
        prop_assert_eq!(Decimal::parse(&number.at_own_scale()).map(|n| (n.mantissa(), n.scale())), Ok((mantissa, scale)));
        prop_assert_eq!(Decimal::parse(&number.to_string()), Ok(number));
    }

    #[test]
    fn sums_do_not_depend_on_order(mut parts in prop::collection::vec((-1_000_000_000_000i64..1_000_000_000_000, 0u8..4), 1..50)) {
        let sum = |parts: &[(i64, u8)]| Decimal::sum(parts.iter().map(|&(m, s)| Decimal::new(m.into(), s).unwrap()));
        let forward = sum(&parts);
        parts.reverse();
        prop_assert_eq!(forward, sum(&parts));
    }
}
