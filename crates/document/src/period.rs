//! Periods and dates in words: "6 tháng đầu năm 2024", "quý I/2020", "thứ Hai 12/8/2024".
//!
//! An administrative month always shows its days, because `tháng 6/2024` alone would be read as the
//! calendar month, and the two are different windows.

use jiff::civil::{Date, DateTime, Weekday};
use model::{Calendar, Frequency, Period};

use crate::Lang;

const ROMAN: [&str; 4] = ["I", "II", "III", "IV"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A period in words, as it stands inside a sentence or a heading.
///
/// ```
/// use document::{Lang, period};
/// let half = model::Period::parse("2024-S1").unwrap();
/// assert_eq!(period::words(half, Lang::Vi), "6 tháng đầu năm 2024");
/// ```
pub fn words(period: Period, lang: Lang) -> String {
    let (year, month) = (period.named_year(), period.last_month());
    let quarter = ROMAN[(usize::from(month.unsigned_abs()) - 1) / 3];
    let named = match (period.frequency(), lang) {
        (Frequency::Year, Lang::Vi) => format!("năm {year}"),
        (Frequency::Year, Lang::En) => format!("{year}"),
        (Frequency::Half, Lang::Vi) if month == 6 => format!("6 tháng đầu năm {year}"),
        (Frequency::Half, Lang::Vi) => format!("6 tháng cuối năm {year}"),
        (Frequency::Half, Lang::En) if month == 6 => format!("the first half of {year}"),
        (Frequency::Half, Lang::En) => format!("the second half of {year}"),
        (Frequency::Quarter, Lang::Vi) => format!("quý {quarter}/{year}"),
        (Frequency::Quarter, Lang::En) => format!("Q{} {year}", month / 3),
        (Frequency::Month, Lang::Vi) => format!("tháng {month}/{year}"),
        (Frequency::Month, Lang::En) => format!("{} {year}", month_name(month)),
        (Frequency::Week, Lang::Vi) => {
            let number = period.start().iso_week_date().week();
            return format!("tuần {number}/{year} ({})", days(period, lang));
        }
        (Frequency::Week, Lang::En) => {
            let number = period.start().iso_week_date().week();
            return format!("week {number} of {year} ({})", days(period, lang));
        }
        (Frequency::Day, Lang::Vi) => format!("ngày {}", date(period.start(), lang)),
        (Frequency::Day, Lang::En) => date(period.start(), lang),
        (Frequency::Range, Lang::Vi) => {
            format!("từ ngày {} đến ngày {}", date(period.start(), lang), date(period.end(), lang))
        }
        (Frequency::Range, Lang::En) => {
            format!("{} to {}", date(period.start(), lang), date(period.end(), lang))
        }
    };
    match period.calendar() {
        Calendar::Statistical => named,
        Calendar::Administrative => format!("{named} ({})", days(period, lang)),
    }
}

/// A period as the beginning of a sentence: "6 tháng đầu năm 2024", "In the first half of 2024".
pub fn opening(period: Period, lang: Lang) -> String {
    let words = words(period, lang);
    match (lang, period.frequency()) {
        (Lang::Vi, _) => capitalised(&words),
        (Lang::En, Frequency::Day) => format!("On {words}"),
        (Lang::En, Frequency::Range) => format!("From {words}"),
        (Lang::En, _) => format!("In {words}"),
    }
}

/// "Since January" up to a period's end: "9 tháng đầu năm 2024", "năm 2024"; days, weeks and ranges stay as they are.
pub fn year_to_date(period: Period, lang: Lang) -> String {
    let (year, month) = (period.named_year(), period.last_month());
    let Some(whole) = period.whole_year() else {
        return words(period, lang);
    };
    let named = match (month, lang) {
        (12, _) => return words(whole, lang),
        (1, Lang::Vi) => format!("tháng 1/{year}"),
        (1, Lang::En) => format!("January {year}"),
        (_, Lang::Vi) => format!("{month} tháng đầu năm {year}"),
        (_, Lang::En) => format!("the first {month} months of {year}"),
    };
    match Period::range(whole.start(), period.end()) {
        Some(window) if period.calendar() == Calendar::Administrative => {
            format!("{named} ({})", days(window, lang))
        }
        _ => named,
    }
}

/// The days of a window: "15/5–14/6/2024"; the first year is written when it is another.
fn days(period: Period, lang: Lang) -> String {
    let (start, end) = (period.start(), period.end());
    let from = match (start.year() == end.year(), lang) {
        (false, _) => date(start, lang),
        (true, Lang::Vi) => format!("{}/{}", start.day(), start.month()),
        (true, Lang::En) => format!("{} {}", start.day(), month_name(start.month())),
    };
    format!("{from}–{}", date(end, lang))
}

fn month_name(month: i8) -> &'static str {
    MONTHS[usize::from(month.unsigned_abs()) - 1]
}

/// A date: `29/7/2024`, `29 July 2024`.
pub fn date(day: Date, lang: Lang) -> String {
    let (year, month, day) = (day.year(), day.month(), day.day());
    match lang {
        Lang::Vi => format!("{day}/{month}/{year}"),
        Lang::En => format!("{day} {} {year}", month_name(month)),
    }
}

/// A date with its weekday, where a deadline is meant: "thứ Hai 12/8/2024".
pub fn weekday_date(day: Date, lang: Lang) -> String {
    let weekday = match day.weekday() {
        Weekday::Monday => lang.pick("thứ Hai", "Monday"),
        Weekday::Tuesday => lang.pick("thứ Ba", "Tuesday"),
        Weekday::Wednesday => lang.pick("thứ Tư", "Wednesday"),
        Weekday::Thursday => lang.pick("thứ Năm", "Thursday"),
        Weekday::Friday => lang.pick("thứ Sáu", "Friday"),
        Weekday::Saturday => lang.pick("thứ Bảy", "Saturday"),
        Weekday::Sunday => lang.pick("Chủ nhật", "Sunday"),
    };
    format!("{weekday} {}", date(day, lang))
}

/// A moment: "14:05 ngày 5/8/2024", "14:05 on 5 August 2024".
pub fn moment(at: DateTime, lang: Lang) -> String {
    let (hour, minute, day) = (at.hour(), at.minute(), date(at.date(), lang));
    let word = lang.pick("ngày", "on");
    format!("{hour:02}:{minute:02} {word} {day}")
}

/// The text with its first letter large.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_read_as_officers_write_them() {
        for (code, vi, en) in [
            ("2024", "năm 2024", "2024"),
            ("2024-S1", "6 tháng đầu năm 2024", "the first half of 2024"),
            ("2024-S2", "6 tháng cuối năm 2024", "the second half of 2024"),
            ("2020-Q1", "quý I/2020", "Q1 2020"),
            ("2019-Q4", "quý IV/2019", "Q4 2019"),
            ("2024-06", "tháng 6/2024", "June 2024"),
            ("2024-06~adm", "tháng 6/2024 (15/5–14/6/2024)", "June 2024 (15 May–14 June 2024)"),
            (
                "2024-01~adm",
                "tháng 1/2024 (15/12/2023–14/1/2024)",
                "January 2024 (15 December 2023–14 January 2024)",
            ),
            ("2024-W23", "tuần 23/2024 (3/6–9/6/2024)", "week 23 of 2024 (3 June–9 June 2024)"),
            ("2024-06-15", "ngày 15/6/2024", "15 June 2024"),
            (
                "2020-04-01/2020-05-31",
                "từ ngày 1/4/2020 đến ngày 31/5/2020",
                "1 April 2020 to 31 May 2020",
            ),
        ] {
            let period = Period::parse(code).unwrap();
            assert_eq!(
                (words(period, Lang::Vi), words(period, Lang::En)),
                (vi.to_owned(), en.to_owned())
            );
        }
    }

    #[test]
    fn since_january_counts_its_months() {
        for (code, vi, en) in [
            ("2024-09", "9 tháng đầu năm 2024", "the first 9 months of 2024"),
            ("2024-Q3", "9 tháng đầu năm 2024", "the first 9 months of 2024"),
            ("2024-01", "tháng 1/2024", "January 2024"),
            ("2024-12", "năm 2024", "2024"),
            (
                "2024-06~adm",
                "6 tháng đầu năm 2024 (15/12/2023–14/6/2024)",
                "the first 6 months of 2024 (15 December 2023–14 June 2024)",
            ),
        ] {
            let period = Period::parse(code).unwrap();
            assert_eq!(
                (year_to_date(period, Lang::Vi), year_to_date(period, Lang::En)),
                (vi.to_owned(), en.to_owned())
            );
        }
    }

    #[test]
    fn deadlines_name_their_weekday() {
        let day = jiff::civil::date(2024, 8, 12);
        assert_eq!(weekday_date(day, Lang::Vi), "thứ Hai 12/8/2024");
        assert_eq!(weekday_date(day, Lang::En), "Monday 12 August 2024");
        assert_eq!(moment(day.at(14, 5, 0, 0), Lang::Vi), "14:05 ngày 12/8/2024");
    }
}
