//! How figures read: `2.067.389`, `11,13%`, "tăng 27%", "gần 8.000", "hàng triệu lượt", `4/19`.
//!
//! Numbers are written by hand rather than by a general library because its compact form of money
//! ("2067 NT") is not what anyone says, and because every digit must come from the exact decimal.

use model::{Absence, Decimal, Figure, Qualifier, Status};

/// The language of a screen or a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Vietnamese, the default.
    #[default]
    Vi,
    /// English.
    En,
}

impl Lang {
    /// Both.
    pub const ALL: [Lang; 2] = [Lang::Vi, Lang::En];

    /// The code of the language.
    pub fn code(self) -> &'static str {
        match self {
            Lang::Vi => "vi",
            Lang::En => "en",
        }
    }

    /// The language with this code.
    pub fn parse(code: &str) -> Option<Lang> {
        Lang::ALL.into_iter().find(|lang| lang.code() == code)
    }

    /// The text in this language.
    pub fn pick<T>(self, vi: T, en: T) -> T {
        match self {
            Lang::Vi => vi,
            Lang::En => en,
        }
    }

    /// What stands between thousands, and before decimals.
    fn marks(self) -> (char, char) {
        self.pick(('.', ','), (',', '.'))
    }
}

/// A number with as many decimals as it has: `11,13`, `2.067.389`.
///
/// ```
/// use document::number::{Lang, minimal};
/// let revenue = model::Decimal::parse("2067389.00").unwrap();
/// assert_eq!(minimal(revenue, Lang::Vi), "2.067.389");
/// assert_eq!(minimal(revenue, Lang::En), "2,067,389");
/// ```
pub fn minimal(number: Decimal, lang: Lang) -> String {
    localised(&number.to_string(), lang)
}

/// A number with exactly this many decimals, rounded half up where it has more: `11,1`, `11,10`.
pub fn fixed(number: Decimal, decimals: u8, lang: Lang) -> String {
    let rounded = number.rounded(decimals);
    localised(&rounded.exactly_at(decimals).unwrap_or(rounded).at_own_scale(), lang)
}

fn localised(plain: &str, lang: Lang) -> String {
    let (group, mark) = lang.marks();
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", plain),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut text = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(mark);
        text.push_str(fraction);
    }
    text
}

/// Why a printed number cannot be read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// Letters, nothing, two decimal marks.
    #[error("this is not a number")]
    NotANumber,
    /// A mark of thousands that does not stand between thousands: `1.5` in Vietnamese.
    #[error("a mark of thousands must stand between groups of three digits")]
    Ambiguous,
    /// More than 18 digits.
    #[error("a number has at most 18 digits")]
    TooLong,
}

/// Reads what [`minimal`] and [`fixed`] print, and never guesses.
pub fn read(text: &str, lang: Lang) -> Result<Decimal, Unread> {
    let (group, mark) = lang.marks();
    let (sign, digits) = match text.trim().strip_prefix(['-', '−']) {
        Some(digits) => ("-", digits),
        None => ("", text.trim()),
    };
    let (whole, fraction) = match digits.split_once(mark) {
        Some((_, "")) => return Err(Unread::NotANumber),
        Some(parts) => parts,
        None => (digits, ""),
    };
    if !digits.chars().all(|c| c.is_ascii_digit() || c == group || c == mark)
        || fraction.contains(mark)
    {
        return Err(Unread::NotANumber);
    }
    let groups: Vec<&str> = whole.split(group).collect();
    let grouped = groups.len() == 1
        || ((1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|part| part.len() == 3));
    if !grouped || fraction.contains(group) {
        return Err(Unread::Ambiguous);
    }
    let point = if fraction.is_empty() { "" } else { "." };
    Decimal::parse(&format!("{sign}{}{point}{fraction}", groups.concat())).map_err(
        |bad| match bad {
            model::decimal::BadDecimal::NotANumber => Unread::NotANumber,
            model::decimal::BadDecimal::TooLong => Unread::TooLong,
        },
    )
}

/// A number and its unit: `17%`, `59.847 tỷ đồng`; a unit of nothing adds nothing.
pub fn joined(number: &str, unit: &str) -> String {
    match unit {
        "" => number.to_owned(),
        unit if unit.starts_with('%') => format!("{number}{unit}"),
        unit => format!("{number} {unit}"),
    }
}

/// A percentage: `11,13%`.
pub fn percent(number: Decimal, lang: Lang) -> String {
    joined(&minimal(number, lang), "%")
}

/// A count of so many: `4/19`.
pub fn count(number: Decimal, of: Option<Decimal>, lang: Lang) -> String {
    match of {
        Some(of) => format!("{}/{}", minimal(number, lang), minimal(of, lang)),
        None => minimal(number, lang),
    }
}

/// A range: `700–1.000`.
pub fn range(low: Decimal, high: Decimal, lang: Lang) -> String {
    format!("{}–{}", minimal(low, lang), minimal(high, lang))
}

/// What is said before a number that is not exact.
pub fn qualifier(qualifier: Qualifier, lang: Lang) -> &'static str {
    match qualifier {
        Qualifier::Nearly => lang.pick("gần", "nearly"),
        Qualifier::Over => lang.pick("trên", "over"),
        Qualifier::Under => lang.pick("dưới", "under"),
        Qualifier::About => lang.pick("khoảng", "about"),
        Qualifier::AtLeast => lang.pick("ít nhất", "at least"),
        Qualifier::AtMost => lang.pick("nhiều nhất", "at most"),
    }
}

/// How sure a figure is, in words.
pub fn status(status: Status, lang: Lang) -> &'static str {
    match status {
        Status::Estimated => lang.pick("ước tính", "estimated"),
        Status::Provisional => lang.pick("sơ bộ", "provisional"),
        Status::Final => lang.pick("chính thức", "final"),
    }
}

/// The small mark of a figure that is not final; nothing for one that is.
pub fn status_mark(status: Status, lang: Lang) -> &'static str {
    match status {
        Status::Estimated => lang.pick("ư", "e"),
        Status::Provisional => lang.pick("sb", "p"),
        Status::Final => "",
    }
}

/// What stands in a table where there is no number, as the yearbooks print it.
pub fn absence_mark(absence: Absence) -> &'static str {
    match absence {
        Absence::NotApplicable => "x",
        Absence::Missing
        | Absence::Confidential
        | Absence::NotCollected
        | Absence::Withdrawn
        | Absence::Withheld
        | Absence::NothingRecorded => "…",
    }
}

/// Why there is no number, in words.
pub fn absence(absence: Absence, lang: Lang) -> &'static str {
    match absence {
        Absence::Missing | Absence::NothingRecorded => {
            lang.pick("chưa có số liệu", "no figure yet")
        }
        Absence::NotApplicable => lang.pick("không áp dụng", "not applicable"),
        Absence::Confidential => lang.pick("số liệu không công bố", "not disclosed"),
        Absence::NotCollected => lang.pick("không thu thập", "not collected"),
        Absence::Withdrawn => lang.pick(
            "đã trả lại để chỉnh sửa, chưa gửi lại",
            "returned for correction, not sent again yet",
        ),
        Absence::Withheld => lang.pick("chưa đủ căn cứ so sánh", "too little to compare"),
    }
}

/// A figure without its unit: `2.067.389`, `700–1.000`, "hàng chục", `…`.
pub fn bare(figure: Figure, lang: Lang) -> String {
    match figure {
        Figure::Number(number) => minimal(number, lang),
        Figure::Range { low, high } => range(low, high, lang),
        Figure::Magnitude(power) => magnitude(power, "", lang),
        Figure::Absent(reason) => absence_mark(reason).to_owned(),
    }
}

/// A figure as it is said: qualifier, number, unit: "gần 8.000 báo cáo/năm", "20–30 triệu lượt/ngày".
pub fn said(figure: Figure, before: Option<Qualifier>, unit: &str, lang: Lang) -> String {
    let said = match figure {
        Figure::Number(_) | Figure::Range { .. } => joined(&bare(figure, lang), unit),
        Figure::Magnitude(power) => magnitude(power, unit, lang),
        Figure::Absent(reason) => return absence(reason, lang).to_owned(),
    };
    match before {
        Some(before) => format!("{} {said}", qualifier(before, lang)),
        None => said,
    }
}

/// A change in words: "tăng 27%", "giảm 3,2 điểm %", "tăng trên 40%", "tăng 5–15%".
pub fn change(figure: Figure, before: Option<Qualifier>, unit: &str, lang: Lang) -> String {
    let verb = |sign: std::cmp::Ordering| match sign {
        std::cmp::Ordering::Less => lang.pick("giảm", "down"),
        std::cmp::Ordering::Equal => lang.pick("không đổi", "unchanged"),
        std::cmp::Ordering::Greater => lang.pick("tăng", "up"),
    };
    let of = |number: Decimal| number.cmp(&Decimal::ZERO);
    match figure {
        Figure::Number(number) | Figure::Magnitude(number) if number.is_zero() => {
            verb(of(number)).to_owned()
        }
        Figure::Number(number) => {
            let size = Figure::Number(number.magnitude());
            format!("{} {}", verb(of(number)), said(size, before, unit, lang))
        }
        Figure::Magnitude(_) => {
            format!("{} {}", lang.pick("tăng", "up"), said(figure, before, unit, lang))
        }
        Figure::Range { low, high } if of(low) == of(high) => {
            let (a, b) = (low.magnitude(), high.magnitude());
            let size = Figure::Range { low: a.min(b), high: a.max(b) };
            format!("{} {}", verb(of(low)), said(size, before, unit, lang))
        }
        Figure::Range { low, high } => {
            let side = |n: Decimal| {
                format!("{} {}", verb(of(n)), joined(&minimal(n.magnitude(), lang), unit))
            };
            let (low, high) = (side(low), side(high));
            lang.pick(format!("từ {low} đến {high}"), format!("from {low} to {high}"))
        }
        Figure::Absent(reason) => absence(reason, lang).to_owned(),
    }
}

/// An order of magnitude: "hàng chục công ty", "hàng triệu lượt". A multiple in the unit is taken into the word.
pub fn magnitude(power: Decimal, unit: &str, lang: Lang) -> String {
    let multiples = lang.pick(
        [("nghìn tỷ ", 12u32), ("tỷ ", 9), ("triệu ", 6), ("nghìn ", 3)],
        [("trillion ", 12), ("billion ", 9), ("million ", 6), ("thousand ", 3)],
    );
    let (unit, in_unit) = multiples
        .iter()
        .find_map(|(word, exponent)| unit.strip_prefix(word).map(|rest| (rest, *exponent)))
        .unwrap_or((unit, 0));
    let whole = power.magnitude().rounded(0).mantissa().max(1);
    let exponent = whole.ilog10() + in_unit;
    let word = match lang {
        Lang::Vi => {
            let small = ["", "chục", "trăm"][exponent as usize % 3];
            let large = ["", "nghìn", "triệu", "tỷ", "nghìn tỷ", "triệu tỷ", "tỷ tỷ"]
                .get(exponent as usize / 3)
                .copied()
                .unwrap_or("tỷ tỷ");
            let words: Vec<&str> = [small, large].into_iter().filter(|w| !w.is_empty()).collect();
            if words.is_empty() {
                "một vài".to_owned()
            } else {
                format!("hàng {}", words.join(" "))
            }
        }
        Lang::En => {
            let small = ["", "tens of ", "hundreds of "][exponent as usize % 3];
            let large = ["", "thousands", "millions", "billions", "trillions", "quadrillions"]
                .get(exponent as usize / 3)
                .copied()
                .unwrap_or("quadrillions");
            match exponent {
                0 => "a few".to_owned(),
                1 => "dozens of".to_owned(),
                2 => "hundreds of".to_owned(),
                _ if unit.is_empty() => format!("{small}{large}"),
                _ => format!("{small}{large} of"),
            }
        }
    };
    let word = if unit.is_empty() { word.trim_end_matches(" of").to_owned() } else { word };
    joined(&word, unit)
}

/// A large number as people say it: "1,53 triệu lao động", and money as in [`money`].
pub fn compact(number: Decimal, unit: &str, lang: Lang) -> String {
    if let Some(money) = money(number, unit, lang) {
        return money;
    }
    match scaled(number, 0, lang) {
        Some((short, scale)) => joined(&format!("{short} {scale}"), unit),
        None => joined(&minimal(number, lang), unit),
    }
}

/// An amount as people say it: "2,07 triệu tỷ đồng", "59.847 tỷ đồng"; `None` when the Vietnamese unit is not of đồng.
pub fn money(amount: Decimal, unit_vi: &str, lang: Lang) -> Option<String> {
    let exponent = match unit_vi {
        "đồng" => 0,
        "nghìn đồng" => 3,
        "triệu đồng" => 6,
        "tỷ đồng" => 9,
        "nghìn tỷ đồng" => 12,
        _ => return None,
    };
    let said = match scaled(amount, exponent, lang) {
        Some((short, scale)) => format!("{short} {scale}"),
        None => minimal(amount.times_over(power_of_ten(exponent), Decimal::whole(1), 0)?, lang),
    };
    Some(lang.pick(format!("{said} đồng"), format!("VND {said}")))
}

/// The number at the largest scale that people would use, with three digits or all before the mark.
fn scaled(number: Decimal, exponent: u32, lang: Lang) -> Option<(String, &'static str)> {
    let scales = lang.pick(
        &[(15, "triệu tỷ"), (9, "tỷ"), (6, "triệu")][..],
        &[(15, "quadrillion"), (9, "billion"), (6, "million")][..],
    );
    scales.iter().find_map(|&(scale, word)| {
        let at =
            |decimals: u8| number.times_over(power_of_ten(exponent), power_of_ten(scale), decimals);
        let size = at(2)?.magnitude();
        if size < Decimal::whole(1) {
            return None;
        }
        let decimals = if size < Decimal::whole(10) {
            2
        } else if size < Decimal::whole(100) {
            1
        } else {
            0
        };
        Some((minimal(at(decimals)?, lang), word))
    })
}

fn power_of_ten(exponent: u32) -> Decimal {
    Decimal::whole(10i64.pow(exponent))
}

#[cfg(test)]
mod tests;
