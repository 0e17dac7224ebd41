//! When a report is due: working days, public holidays and the days that are left.
//!
//! Holidays are those of the Labour Code (2019, article 112; until 2020 the code of 2012, article
//! 115): New Year, five days of Tết, the Hùng Kings' day (10th of the 3rd lunar month), 30 April, 1 May, and National
//! Day with one more day since 2021; a holiday on a weekend is made up on the next working day.
//! The days of Tết are those given to civil servants in each year. Left out on purpose: working days
//! swapped for a Saturday by a yearly decision (29 April 2024 for 4 May), because they are not law,
//! and the day of culture on 24 November, for which no text could be read; [`Holidays::with`] adds what an office
//! knows. Outside 2018 to 2026 only the fixed days are known.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday, date};
use jiff::{Timestamp, ToSpan, tz};

use crate::Language;

/// Days off that are not weekends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holidays {
    days: BTreeSet<Date>,
}

/// (month, day) of each year's holidays on working days, beyond the fixed ones: Tết, the Hùng
/// Kings' day, the second day of National Day, and days that make up for weekends.
const MOVABLE: &[(i16, &[(i8, i8)])] = &[
    (2018, &[(2, 14), (2, 15), (2, 16), (2, 19), (2, 20), (4, 25), (9, 3)]),
    (2019, &[(2, 4), (2, 5), (2, 6), (2, 7), (2, 8), (4, 15)]),
    (2020, &[(1, 23), (1, 24), (1, 27), (1, 28), (1, 29), (4, 2)]),
    (2021, &[(2, 10), (2, 11), (2, 12), (2, 15), (2, 16), (4, 21), (5, 3), (9, 3)]),
    (2022, &[(1, 3), (1, 31), (2, 1), (2, 2), (2, 3), (2, 4), (4, 11), (5, 2), (5, 3), (9, 1)]),
    (2023, &[(1, 2), (1, 20), (1, 23), (1, 24), (1, 25), (1, 26), (5, 2), (5, 3), (9, 1), (9, 4)]),
    (2024, &[(2, 8), (2, 9), (2, 12), (2, 13), (2, 14), (4, 18), (9, 3)]),
    (2025, &[(1, 27), (1, 28), (1, 29), (1, 30), (1, 31), (4, 7), (9, 1)]),
    (2026, &[(2, 16), (2, 17), (2, 18), (2, 19), (2, 20), (4, 27), (9, 1)]),
];

const FIXED: [(i8, i8); 4] = [(1, 1), (4, 30), (5, 1), (9, 2)];

/// The hour at which a due day ends.
const DUE_HOUR: i8 = 17;

/// Reminders that nobody sends come between these hours of working days.
const AWAKE_HOURS: std::ops::Range<i8> = 7..18;

impl Holidays {
    /// The public holidays of Vietnam.
    pub fn of_vietnam() -> Holidays {
        Holidays {
            days: MOVABLE
                .iter()
                .flat_map(|(year, days)| days.iter().map(|(month, day)| date(*year, *month, *day)))
                .collect(),
        }
    }

    /// These, and others that an office knows of.
    pub fn with(mut self, more: impl IntoIterator<Item = Date>) -> Holidays {
        self.days.extend(more);
        self
    }

    /// Whether nobody is at work for this reason; weekends apart.
    pub fn contains(&self, day: Date) -> bool {
        FIXED.contains(&(day.month(), day.day())) || self.days.contains(&day)
    }

    /// What is celebrated on a day off, in Vietnamese and in English; `None` on other days.
    pub fn name(&self, day: Date) -> Option<(&'static str, &'static str)> {
        if !self.contains(day) {
            return None;
        }
        Some(match (day.month(), day.day()) {
            (1, 1) => ("Tết Dương lịch", "New Year's Day"),
            (4, 30) => ("Ngày Chiến thắng", "Reunification Day"),
            (5, 1) => ("Ngày Quốc tế Lao động", "Labour Day"),
            (9, 2) => ("Quốc khánh", "National Day"),
            // Of the days that move, only these lie before the middle of January.
            (1, 2..=14) => ("Nghỉ bù Tết Dương lịch", "In lieu of New Year's Day"),
            (1 | 2, _) => ("Tết Nguyên đán", "Tết"),
            (4, _) => ("Giỗ Tổ Hùng Vương", "Hùng Kings' day"),
            (5, _) => ("Nghỉ bù lễ 30/4 và 1/5", "In lieu of 30 April and 1 May"),
            (9, _) => ("Nghỉ lễ Quốc khánh", "National Day holiday"),
            _ => ("Ngày nghỉ", "Day off"),
        })
    }

    /// Whether offices work.
    pub fn is_working_day(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.contains(day)
    }

    /// The `count`th working day after a day; the day itself for 0.
    pub fn working_days_after(&self, day: Date, count: u16) -> Date {
        let mut at = day;
        let mut left = count;
        while left > 0 {
            at = at.tomorrow().expect("periods end long before the last date there is");
            left -= u16::from(self.is_working_day(at));
        }
        at
    }

    /// The `count`th working day before a day; the day itself for 0.
    pub fn working_days_before(&self, day: Date, count: u16) -> Date {
        let mut at = day;
        let mut left = count;
        while left > 0 {
            at = at.yesterday().expect("deadlines come long after the first date there is");
            left -= u16::from(self.is_working_day(at));
        }
        at
    }

    /// How many working days lie after `from`, up to and with `to`.
    pub fn working_days_between(&self, from: Date, to: Date) -> usize {
        from.series(1.day())
            .skip(1)
            .take_while(|day| *day <= to)
            .filter(|day| self.is_working_day(*day))
            .count()
    }
}

/// 17:00 of a day in Vietnam, where the clock never changes.
pub fn moment_of(day: Date) -> Timestamp {
    day.at(DUE_HOUR, 0, 0, 0)
        .to_zoned(vietnam())
        .expect("a fixed offset has every moment of every day")
        .timestamp()
}

/// The day a moment falls on in Vietnam.
pub fn day_of(moment: Timestamp) -> Date {
    moment.to_zoned(vietnam()).date()
}

fn vietnam() -> tz::TimeZone {
    tz::TimeZone::fixed(tz::offset(7))
}

/// How much time is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// So many days; 1 is tomorrow.
    Days(u32),
    /// It is due today, and it is not 17:00 yet.
    Today,
    /// The moment has passed, today (0) or so many days ago.
    Late(u32),
}

/// How much time is left, counted in days of the calendar as people do.
pub fn left(due: Timestamp, now: Timestamp) -> Left {
    let days = (day_of(due) - day_of(now)).get_days();
    if now > due {
        Left::Late(days.unsigned_abs())
    } else if days == 0 {
        Left::Today
    } else {
        Left::Days(days.unsigned_abs())
    }
}

/// How pressing a form is that has not been sent, and so who hears of it without anybody's asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pressing {
    /// Three working days are left, or two: whoever prepares it hears.
    Soon,
    /// It is due on the next working day at the latest: the head hears too.
    Next,
    /// The moment has passed: the ministry hears too.
    Late,
}

/// How pressing a form is; `None` while there is time.
pub fn pressing(due: Timestamp, now: Timestamp, holidays: &Holidays) -> Option<Pressing> {
    if now > due {
        return Some(Pressing::Late);
    }
    match holidays.working_days_between(day_of(now), day_of(due)) {
        0 | 1 => Some(Pressing::Next),
        2 | 3 => Some(Pressing::Soon),
        _ => None,
    }
}

/// Whether people are left alone: nights, weekends and holidays.
pub fn is_quiet(now: Timestamp, holidays: &Holidays) -> bool {
    let now = now.to_zoned(vietnam());
    !AWAKE_HOURS.contains(&now.hour()) || !holidays.is_working_day(now.date())
}

/// The Monday of the week whose digest goes out now: in the first working hours of the week, on Monday unless that is a
/// holiday; later in the week if nobody could send it then. `None` while people are left alone.
pub fn digest_week(now: Timestamp, holidays: &Holidays) -> Option<Date> {
    let day = day_of(now);
    let monday = day.checked_sub(i32::from(day.weekday().to_monday_zero_offset()).days()).ok()?;
    (!is_quiet(now, holidays)).then_some(monday)
}

impl Left {
    /// "còn 3 ngày đến hạn".
    pub fn in_words(self, language: Language) -> String {
        match self {
            Left::Days(days) => language.pick(
                format!("còn {days} ngày đến hạn"),
                if days == 1 { "1 day left".to_owned() } else { format!("{days} days left") },
            ),
            Left::Today => language.pick("đến hạn hôm nay", "due today").to_owned(),
            Left::Late(0) => {
                language.pick("đã quá hạn hôm nay", "due time passed today").to_owned()
            }
            Left::Late(days) => language.pick(
                format!("quá hạn {days} ngày"),
                if days == 1 { "1 day late".to_owned() } else { format!("{days} days late") },
            ),
        }
    }
}

#[cfg(test)]
mod tests;
