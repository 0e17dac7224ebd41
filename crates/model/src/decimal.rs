//! Exact decimal numbers: an integer mantissa and a scale, as they are stored.
//!
//! No floating point between entry and print. A stored number has at most 18 digits; sums are kept
//! in an i128, which holds every sum of a hundred thousand million of them.

use std::cmp::Ordering;
use std::fmt;

/// A number equal to `mantissa / 10^scale`. Compared by value: `1.50 == 1.5`.
#[derive(Clone, Copy)]
pub struct Decimal {
    mantissa: i64,
    scale: u8,
}

/// Why a text or a result is not a number that can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadDecimal {
    /// Letters, two decimal marks, an exponent, NaN, nothing at all.
    #[error("this is not a number")]
    NotANumber,
    /// More than 18 digits.
    #[error("a number has at most 18 digits")]
    TooLong,
}

const MOST_DIGITS: usize = 18;
const MOST: i128 = 999_999_999_999_999_999;

/// 10 to the power of `exponent`.
pub(crate) fn power_of_ten(exponent: u32) -> i128 {
    10i128.pow(exponent)
}

/// `numerator / denominator`, half away from zero. The denominator is not zero.
pub(crate) fn divide_half_up(numerator: i128, denominator: i128) -> i128 {
    assert!(denominator != 0, "callers refuse a zero denominator");
    let (quotient, rest) = (numerator / denominator, numerator % denominator);
    if rest.unsigned_abs() * 2 >= denominator.unsigned_abs() {
        quotient + if (numerator < 0) == (denominator < 0) { 1 } else { -1 }
    } else {
        quotient
    }
}

impl Decimal {
    /// Zero.
    pub const ZERO: Decimal = Decimal { mantissa: 0, scale: 0 };

    /// `mantissa / 10^scale`; `None` beyond 18 digits.
    pub fn new(mantissa: i128, scale: u8) -> Option<Decimal> {
        (mantissa.abs() <= MOST && scale <= 18)
            .then_some(Decimal { mantissa: mantissa as i64, scale })
    }

    /// A whole number of at most 18 digits.
    pub fn whole(number: i64) -> Decimal {
        Decimal::new(number.into(), 0).expect("callers count things, not beyond 10^18")
    }

    /// Reads a decimal with a dot: `-12.50`. The scale is kept as written.
    ///
    /// ```
    /// use model::Decimal;
    /// assert_eq!(Decimal::parse("11.130").unwrap().to_string(), "11.13");
    /// assert!(Decimal::parse("1e5").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Decimal, BadDecimal> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let only_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || !only_digits(whole)
            || !only_digits(fraction)
            || digits.ends_with('.')
        {
            return Err(BadDecimal::NotANumber);
        }
        let significant = whole.trim_start_matches('0').len() + fraction.len();
        if significant > MOST_DIGITS {
            return Err(BadDecimal::TooLong);
        }
        let mantissa = whole
            .bytes()
            .chain(fraction.bytes())
            .fold(0i64, |sum, digit| sum * 10 + i64::from(digit - b'0'));
        Ok(Decimal {
            mantissa: if negative { -mantissa } else { mantissa },
            scale: fraction.len() as u8,
        })
    }

    /// The integer that is stored.
    pub fn mantissa(self) -> i64 {
        self.mantissa
    }

    /// How many of the mantissa's digits stand after the decimal mark.
    pub fn scale(self) -> u8 {
        self.scale
    }

    /// Whether the number is below zero.
    pub fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// Whether the number is zero.
    pub fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// The least scale that shows the number whole: 2 for `1.250`.
    pub fn least_scale(self) -> u8 {
        let (mut mantissa, mut scale) = (self.mantissa, self.scale);
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        scale
    }

    /// The same value at another scale, if no digit is lost and 18 digits suffice.
    pub fn exactly_at(self, scale: u8) -> Option<Decimal> {
        if scale >= self.scale {
            let wider = i128::from(self.mantissa) * power_of_ten((scale - self.scale).into());
            Decimal::new(wider, scale)
        } else {
            (self.least_scale() <= scale).then(|| self.rounded(scale))
        }
    }

    /// The value rounded half away from zero, when the scale is smaller; unchanged otherwise.
    pub fn rounded(self, scale: u8) -> Decimal {
        if scale >= self.scale {
            return self;
        }
        let divisor = power_of_ten((self.scale - scale).into());
        Decimal { mantissa: divide_half_up(self.mantissa.into(), divisor) as i64, scale }
    }

    /// The number without its sign.
    pub fn magnitude(self) -> Decimal {
        Decimal { mantissa: self.mantissa.abs(), ..self }
    }

    fn aligned(self, other: Decimal) -> (i128, i128, u8) {
        let scale = self.scale.max(other.scale);
        let at = |d: Decimal| i128::from(d.mantissa) * power_of_ten((scale - d.scale).into());
        (at(self), at(other), scale)
    }

    /// The sum; `None` beyond 18 digits.
    pub fn plus(self, other: Decimal) -> Option<Decimal> {
        let (a, b, scale) = self.aligned(other);
        Decimal::new(a + b, scale)
    }

    /// The difference; `None` beyond 18 digits.
    pub fn minus(self, other: Decimal) -> Option<Decimal> {
        let (a, b, scale) = self.aligned(other);
        Decimal::new(a - b, scale)
    }

    /// `self × factor ÷ divisor`, rounded half up to `scale`; `None` for a zero divisor or beyond 18 digits.
    pub fn times_over(self, factor: Decimal, divisor: Decimal, scale: u8) -> Option<Decimal> {
        if divisor.is_zero() {
            return None;
        }
        let numerator = i128::from(self.mantissa).checked_mul(factor.mantissa.into())?;
        let (up, down) = (
            i32::from(scale) + i32::from(divisor.scale),
            i32::from(self.scale) + i32::from(factor.scale),
        );
        let mut denominator = i128::from(divisor.mantissa);
        let numerator = if up >= down {
            numerator.checked_mul(power_of_ten((up - down) as u32))?
        } else {
            denominator = denominator.checked_mul(power_of_ten((down - up) as u32))?;
            numerator
        };
        Decimal::new(divide_half_up(numerator, denominator), scale)
    }

    /// Exact sum of many; `None` when nothing is summed or beyond 18 digits.
    pub fn sum(numbers: impl IntoIterator<Item = Decimal>) -> Option<Decimal> {
        let mut scale = 0u8;
        let mut total = 0i128;
        let mut any = false;
        for number in numbers {
            any = true;
            if number.scale > scale {
                total = total.checked_mul(power_of_ten((number.scale - scale).into()))?;
                scale = number.scale;
            }
            let widened = i128::from(number.mantissa) * power_of_ten((scale - number.scale).into());
            total = total.checked_add(widened)?;
        }
        if any { Decimal::new(total, scale) } else { None }
    }

    /// The number with exactly its own scale: `1.50`, for cells that show a fixed number of decimals.
    pub fn at_own_scale(self) -> String {
        format!("{self:?}")
    }

    /// Writes the number with exactly its own scale, without a text on the way: a long answer has many.
    fn write(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let digits = self.mantissa.unsigned_abs();
        if self.scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        let one = 10u64.pow(self.scale.into());
        let (whole, fraction, width) = (digits / one, digits % one, self.scale.into());
        write!(f, "{sign}{whole}.{fraction:0width$}")
    }
}

/// With a dot and without trailing zeros: the form of every interface.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = self.least_scale();
        // Only zeros are cut off.
        let mantissa = self.mantissa / 10i64.pow((self.scale - scale).into());
        Decimal { mantissa, scale }.write(f)
    }
}

/// By value, as equality is: `1.50` and `1.5` hash alike.
impl std::hash::Hash for Decimal {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        let least = self.rounded(self.least_scale());
        (least.mantissa, least.scale).hash(state);
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Decimal) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl Ord for Decimal {
    fn cmp(&self, other: &Decimal) -> Ordering {
        let (a, b, _) = self.aligned(*other);
        a.cmp(&b)
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests;
