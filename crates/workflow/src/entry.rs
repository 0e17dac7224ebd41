//! Numbers as people type and paste them, read under the language of the person who types.
//!
//! `1.5` in a Vietnamese field may be 1,5 or 15; it is asked about and never guessed. `2.017` is two
//! thousand and seventeen, because dots between groups of exactly three digits are what officers
//! write. Nothing is rounded: a digit that the indicator does not keep is refused.

use model::decimal::BadDecimal;
use model::{Absence, Decimal, Figure, Indicator, text};

use crate::Language;
use crate::form::stated_absence;

/// Why typed text is not a figure of the indicator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misread {
    /// Letters, an exponent, NaN.
    #[error("“{typed}” is not a number")]
    NotANumber {
        /// As typed, cut to 40 characters.
        typed: String,
    },
    /// Two readings, or the other language's marks.
    #[error("“{typed}” can be read in more than one way")]
    Ambiguous {
        /// As typed.
        typed: String,
        /// What it may mean, as the language writes it.
        suggestions: Vec<String>,
    },
    /// Groups that are not of three.
    #[error("the groups of “{typed}” do not have three digits each")]
    Groups {
        /// As typed.
        typed: String,
    },
    /// `5-15`, `16/22`.
    #[error("“{typed}” is more than one number")]
    SeveralNumbers {
        /// As typed.
        typed: String,
    },
    /// `2,5 triệu` where the unit of measure says what is counted.
    #[error("“{word}” is not written: the unit of measure is {unit_en}")]
    UnitWritten {
        /// The words after the number.
        word: String,
        /// The unit of measure.
        unit_vi: String,
        /// The same in English.
        unit_en: String,
    },
    /// A digit would be lost.
    #[error("at most {scale} decimals are kept")]
    TooManyDecimals {
        /// How many are kept.
        scale: u8,
    },
    /// Beyond 18 digits.
    #[error("a number has at most 18 digits")]
    TooLong,
}

impl Misread {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Misread::NotANumber { .. } => "not_a_number",
            Misread::Ambiguous { .. } => "ambiguous_number",
            Misread::Groups { .. } => "groups_of_three",
            Misread::SeveralNumbers { .. } => "several_numbers",
            Misread::UnitWritten { .. } => "unit_written",
            Misread::TooManyDecimals { .. } => "too_many_decimals",
            Misread::TooLong => "number_too_long",
        }
    }

    /// What the number may mean; empty when it means nothing.
    pub fn suggestions(&self) -> &[String] {
        match self {
            Misread::Ambiguous { suggestions, .. } => suggestions,
            Misread::NotANumber { .. }
            | Misread::Groups { .. }
            | Misread::SeveralNumbers { .. }
            | Misread::UnitWritten { .. }
            | Misread::TooManyDecimals { .. }
            | Misread::TooLong => &[],
        }
    }

    /// The sentence the user reads.
    pub fn message(&self, language: Language) -> String {
        let (vi, en) = match self {
            Misread::NotANumber { typed } => (
                format!("“{typed}” không phải là số. Hãy nhập số, ví dụ 1.234,5."),
                format!("“{typed}” is not a number. Type one, for example 1,234.5."),
            ),
            Misread::Ambiguous { typed, suggestions } => match suggestions.as_slice() {
                [only] => (
                    format!("Số {typed} có phải là {only} không? Hãy nhập lại cho rõ."),
                    format!("Does {typed} mean {only}? Please type it again."),
                ),
                several => (
                    format!(
                        "Số {typed} có thể là {}. Bạn muốn nhập số nào?",
                        several.join(" hoặc ")
                    ),
                    format!("{typed} can mean {}. Which one do you mean?", several.join(" or ")),
                ),
            },
            Misread::Groups { typed } => (
                format!(
                    "Số {typed} không rõ: mỗi nhóm sau dấu ngăn cách hàng nghìn phải có đủ ba chữ số."
                ),
                format!("{typed} is unclear: each group after a thousands mark has three digits."),
            ),
            Misread::SeveralNumbers { typed } => (
                format!("Mỗi ô chỉ nhận một số; “{typed}” có nhiều số."),
                format!("A cell takes one number; “{typed}” has several."),
            ),
            Misread::UnitWritten { word, unit_vi, unit_en } => (
                format!(
                    "Đơn vị tính của chỉ tiêu này là {unit_vi}. Hãy quy đổi theo đơn vị tính đó và chỉ nhập số, không ghi “{word}”."
                ),
                format!(
                    "This indicator is counted in {unit_en}. Convert to that unit and type only the number, without “{word}”."
                ),
            ),
            Misread::TooManyDecimals { scale } => too_many_decimals(*scale),
            Misread::TooLong => (
                "Số dài tối đa 18 chữ số.".to_owned(),
                "A number has at most 18 digits.".to_owned(),
            ),
        };
        language.pick(vi, en)
    }
}

/// The sentence for a number with more decimals than the indicator keeps.
pub(crate) fn too_many_decimals(scale: u8) -> (String, String) {
    match scale {
        0 => (
            "Chỉ tiêu này chỉ nhận số nguyên.".to_owned(),
            "This indicator takes whole numbers only.".to_owned(),
        ),
        1 => (
            "Chỉ tiêu này chỉ nhận tối đa 1 chữ số thập phân.".to_owned(),
            "This indicator takes at most 1 decimal.".to_owned(),
        ),
        _ => (
            format!("Chỉ tiêu này chỉ nhận tối đa {scale} chữ số thập phân."),
            format!("This indicator takes at most {scale} decimals."),
        ),
    }
}

/// What a person says instead of a number: the code, and the words in which it is said.
pub const ABSENCES: [(&str, &str, &str); 5] = [
    ("none_occurred", "Không phát sinh", "None occurred"),
    ("missing", "Chưa có số liệu", "Missing"),
    ("not_applicable", "Không áp dụng", "Not applicable"),
    ("confidential", "Không công bố", "Confidential"),
    ("not_collected", "Không thu thập", "Not collected"),
];

/// The words for a reason that a person can state; `None` for what only a question answers.
pub fn absence_words(reason: Absence, language: Language) -> Option<&'static str> {
    let (_, vi, en) = ABSENCES.into_iter().find(|(code, ..)| *code == reason.code())?;
    Some(language.pick(vi, en))
}

/// Reads what was typed into a cell of an indicator; `None` when the cell was emptied.
///
/// Besides numbers it reads the words of [`ABSENCES`], "…" (missing) and "x" (not applicable). A unit of measure after the number is taken when it is the indicator's own.
pub fn read(
    typed: &str,
    language: Language,
    indicator: &Indicator,
) -> Result<Option<Figure>, Misread> {
    let line = plain(typed);
    if line.is_empty() {
        return Ok(None);
    }
    if let Some(figure) = phrase(&line) {
        return Ok(Some(figure));
    }
    let shown: String = line.chars().take(40).collect();
    let end =
        line.find(|c: char| !(c.is_ascii_digit() || "+-., ".contains(c))).unwrap_or(line.len());
    let (number, rest) = (line[..end].trim_end(), line[end..].trim());
    if !number.bytes().any(|b| b.is_ascii_digit()) {
        return Err(Misread::NotANumber { typed: shown });
    }
    let (negative, digits) = match number.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, number.strip_prefix('+').unwrap_or(number)),
    };
    if digits.contains(['-', '+']) {
        return Err(Misread::SeveralNumbers { typed: shown });
    }
    check_rest(rest, &shown, indicator)?;
    let value = read_digits(digits.trim_start(), negative, language, indicator.scale, &shown)?;
    Ok(Some(Figure::Number(value)))
}

/// The number as the language writes it, without trailing zeros: `2.067.389`, `11,13`.
pub fn print(number: Decimal, language: Language) -> String {
    let Marks { thousands, decimal } = Marks::of(language);
    let dotted = number.magnitude().to_string();
    let (whole, fraction) = dotted.split_once('.').unwrap_or((&dotted, ""));
    let mut printed = if number.is_negative() { "-".to_owned() } else { String::new() };
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            printed.push(thousands);
        }
        printed.push(digit);
    }
    if !fraction.is_empty() {
        printed.push(decimal);
        printed.push_str(fraction);
    }
    printed
}

struct Marks {
    thousands: char,
    decimal: char,
}

impl Marks {
    fn of(language: Language) -> Marks {
        match language {
            Language::Vietnamese => Marks { thousands: '.', decimal: ',' },
            Language::English => Marks { thousands: ',', decimal: '.' },
        }
    }
}

/// One line of ordinary characters: full-width forms, dashes and every kind of space are what
/// spreadsheets, phones and PDF files paste; invisible characters are dropped.
fn plain(typed: &str) -> String {
    let ordinary = typed.chars().filter_map(|c| match c {
        '\u{ff10}'..='\u{ff19}' => char::from_digit(u32::from(c) - 0xff10, 10),
        '．' => Some('.'),
        '，' => Some(','),
        '％' => Some('%'),
        '＋' => Some('+'),
        '－' | '−' | '‐' | '‑' | '‒' | '–' | '—' => Some('-'),
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' => None,
        space if space.is_whitespace() => Some(' '),
        other => Some(other),
    });
    ordinary.collect::<String>().trim().to_owned()
}

fn phrase(line: &str) -> Option<Figure> {
    let said = text::folded(line);
    let code = match said.as_str() {
        "..." | "…" | "chua co" => "missing",
        "x" => "not_applicable",
        _ => {
            let same = |words: &str| text::folded(words) == said;
            ABSENCES.into_iter().find(|(_, vi, en)| same(vi) || same(en))?.0
        }
    };
    stated_absence(code)
}

/// What follows the number: nothing, or the indicator's own unit of measure.
fn check_rest(rest: &str, shown: &str, indicator: &Indicator) -> Result<(), Misread> {
    const UNITS: &[&str] = &[
        "%", "tram", "nghin", "ngan", "trieu", "ty", "ti", "dong", "vnd", "usd", "thousand",
        "million", "billion", "trillion", "tr",
    ];
    let folded = text::folded(rest);
    let own = |unit: &str| text::folded(unit) == folded;
    if rest.is_empty() || own(&indicator.unit_vi) || own(&indicator.unit_en) {
        return Ok(());
    }
    if rest.starts_with(['/', '-', '~']) && rest.bytes().any(|b| b.is_ascii_digit()) {
        return Err(Misread::SeveralNumbers { typed: shown.to_owned() });
    }
    if folded.split(' ').next().is_some_and(|word| UNITS.contains(&word)) {
        return Err(Misread::UnitWritten {
            word: rest.chars().take(40).collect(),
            unit_vi: indicator.unit_vi.clone(),
            unit_en: indicator.unit_en.clone(),
        });
    }
    Err(Misread::NotANumber { typed: shown.to_owned() })
}

fn read_digits(
    digits: &str,
    negative: bool,
    language: Language,
    scale: u8,
    shown: &str,
) -> Result<Decimal, Misread> {
    if let Some((whole, fraction)) = split(digits, &Marks::of(language)) {
        return number(&whole, fraction, negative, scale);
    }
    let other = language.pick(Language::English, Language::Vietnamese);
    let mut readings = vec![];
    readings.extend(
        split(digits, &Marks::of(other)).map(|(whole, part)| number(&whole, part, negative, scale)),
    );
    let joined: String = digits.chars().filter(char::is_ascii_digit).collect();
    let one_mark =
        digits.matches(['.', ',']).count() == 1 && digits.starts_with(|c: char| c.is_ascii_digit());
    if one_mark && !joined.starts_with('0') && !digits.contains(' ') {
        readings.push(number(&joined, "", negative, scale));
    }
    let suggestions: Vec<String> =
        readings.iter().flatten().map(|value| print(*value, language)).collect();
    match readings.into_iter().find_map(Result::err) {
        Some(misread) if suggestions.is_empty() => Err(misread),
        None if suggestions.is_empty() => Err(Misread::Groups { typed: shown.to_owned() }),
        _ => Err(Misread::Ambiguous { typed: shown.to_owned(), suggestions }),
    }
}

/// The digits before and after the decimal mark, if every mark stands where the language puts it.
fn split<'a>(digits: &'a str, marks: &Marks) -> Option<(String, &'a str)> {
    let only_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = match digits.split_once(marks.decimal) {
        Some((whole, fraction)) if only_digits(fraction) => (whole, fraction),
        Some(_) => return None,
        None => (digits, ""),
    };
    let between = if whole.contains(marks.thousands) { marks.thousands } else { ' ' };
    let groups: Vec<&str> = whole.split(between).collect();
    if !groups.iter().all(|group| only_digits(group)) {
        return None;
    }
    let grouped = groups.len() > 1;
    let well_grouped = groups[0].len() <= 3
        && !groups[0].starts_with('0')
        && groups[1..].iter().all(|group| group.len() == 3);
    (!grouped || well_grouped).then(|| (groups.concat(), fraction))
}

fn number(whole: &str, fraction: &str, negative: bool, scale: u8) -> Result<Decimal, Misread> {
    let kept = fraction.trim_end_matches('0');
    if kept.len() > usize::from(scale) {
        return Err(Misread::TooManyDecimals { scale });
    }
    let sign = if negative { "-" } else { "" };
    let dotted =
        if kept.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{kept}") };
    match Decimal::parse(&dotted) {
        Ok(value) => value.exactly_at(scale).ok_or(Misread::TooLong),
        Err(BadDecimal::TooLong) => Err(Misread::TooLong),
        Err(BadDecimal::NotANumber) => unreachable!("only digits were let through"),
    }
}

#[cfg(test)]
mod tests;
