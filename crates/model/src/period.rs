//! When a figure is about: days, weeks, months, quarters, halves and years in one of two calendars.
//!
//! Administrative months run from the 15th of the month before to the 14th (Decree 09/2019/NĐ-CP,
//! article 12); statistical months are calendar months (Circular 04/2022/TT-BTTTT). `2024-06` and
//! `2024-06~adm` are different windows and never mix, so the calendar is part of the period.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::figure::coded;

/// Which rule says where a month begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Calendar {
    /// Calendar months.
    Statistical,
    /// From the 15th of the month before to the 14th.
    Administrative,
}

coded!(Calendar { Statistical = "statistical", Administrative = "administrative" });

/// How long a period is. A range is a campaign: it adds up with nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Frequency {
    /// One day.
    Day,
    /// An ISO 8601 week.
    Week,
    /// A month.
    Month,
    /// A quarter.
    Quarter,
    /// A half-year.
    Half,
    /// A year.
    Year,
    /// From one day to another.
    Range,
}

coded!(Frequency {
    Day = "day",
    Week = "week",
    Month = "month",
    Quarter = "quarter",
    Half = "half",
    Year = "year",
    Range = "range",
});

/// A window of days with its frequency and calendar. Ordered by start, then end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    start: Date,
    end: Date,
    frequency: Frequency,
    calendar: Calendar,
}

/// Why a text is not a period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is not a period: 2024, 2024-S1, 2024-Q2, 2024-06, 2024-W23, 2024-06-15, 2024-04-01/2024-05-31 or 2024-06~adm are"
)]
pub struct BadPeriod(pub String);

impl Period {
    /// Reads SDMX codes, and DHIS2's `202406`, `2024Q1`, `2024S1`.
    ///
    /// ```
    /// use model::Period;
    /// assert_eq!(Period::parse("2024Q1").unwrap(), Period::parse("2024-Q1").unwrap());
    /// assert_eq!(Period::parse("2024-06~adm").unwrap().start().to_string(), "2024-05-15");
    /// ```
    pub fn parse(text: &str) -> Result<Period, BadPeriod> {
        let bad = || BadPeriod(text.chars().take(40).collect());
        let (code, calendar) = match text.strip_suffix("~adm") {
            Some(code) => (code, Calendar::Administrative),
            None => (text, Calendar::Statistical),
        };
        let period = if let Some((from, to)) = code.split_once('/') {
            Period::range(read_day(from).ok_or_else(bad)?, read_day(to).ok_or_else(bad)?)
        } else {
            read_code(code, calendar)
        };
        let period = period.ok_or_else(bad)?;
        let has_calendar = matches!(
            period.frequency,
            Frequency::Month | Frequency::Quarter | Frequency::Half | Frequency::Year
        );
        if calendar == Calendar::Administrative && !has_calendar { Err(bad()) } else { Ok(period) }
    }

    /// A month, 1 to 12.
    pub fn month(year: i16, month: i8, calendar: Calendar) -> Option<Period> {
        Period::months_of(year, month, month, Frequency::Month, calendar)
    }

    /// A year.
    pub fn year(year: i16, calendar: Calendar) -> Option<Period> {
        Period::months_of(year, 1, 12, Frequency::Year, calendar)
    }

    /// One day.
    pub fn day(day: Date) -> Period {
        Period { start: day, end: day, frequency: Frequency::Day, calendar: Calendar::Statistical }
    }

    /// A campaign from one day to another; `None` when it would end before it begins.
    pub fn range(start: Date, end: Date) -> Option<Period> {
        let calendar = Calendar::Statistical;
        (start <= end).then_some(Period { start, end, frequency: Frequency::Range, calendar })
    }

    /// The period of this length that a day is in; `None` for a range, and where a calendar has no such length.
    ///
    /// ```
    /// use model::{Calendar, Frequency, Period};
    /// let day = "2024-06-20".parse().unwrap();
    /// let month = Period::containing(day, Frequency::Month, Calendar::Administrative);
    /// assert_eq!(month.unwrap().to_string(), "2024-07~adm");
    /// ```
    pub fn containing(day: Date, frequency: Frequency, calendar: Calendar) -> Option<Period> {
        let named = match calendar {
            Calendar::Administrative if day.day() >= 15 => {
                day.first_of_month().checked_add(1.month()).ok()?
            }
            Calendar::Statistical | Calendar::Administrative => day,
        };
        let span = match frequency {
            Frequency::Month => 1,
            Frequency::Quarter => 3,
            Frequency::Half => 6,
            Frequency::Year => 12,
            Frequency::Day | Frequency::Week if calendar == Calendar::Administrative => {
                return None;
            }
            Frequency::Day => return Some(Period::day(day)),
            Frequency::Week => {
                let week = day.iso_week_date();
                return read_week(week.year(), week.week());
            }
            Frequency::Range => return None,
        };
        let first = (named.month() - 1) / span * span + 1;
        Period::months_of(named.year(), first, first + span - 1, frequency, calendar)
    }

    fn months_of(
        year: i16,
        first: i8,
        last: i8,
        frequency: Frequency,
        calendar: Calendar,
    ) -> Option<Period> {
        if !(1900..=2200).contains(&year) || first < 1 || last > 12 {
            return None;
        }
        let (first_day, last_day) = (date(year, first, 1), date(year, last, 1).last_of_month());
        let (start, end) = match calendar {
            Calendar::Statistical => (first_day, last_day),
            Calendar::Administrative => {
                let start = first_day.checked_sub(1.month()).ok()?.with().day(15).build().ok()?;
                (start, last_day.with().day(14).build().ok()?)
            }
        };
        Some(Period { start, end, frequency, calendar })
    }

    /// The first day.
    pub fn start(self) -> Date {
        self.start
    }

    /// The last day.
    pub fn end(self) -> Date {
        self.end
    }

    /// How long it is.
    pub fn frequency(self) -> Frequency {
        self.frequency
    }

    /// Whose months it is made of.
    pub fn calendar(self) -> Calendar {
        self.calendar
    }

    /// The year it is named for: both calendars name a period for the day it ends on; a week for its Thursday.
    pub fn named_year(self) -> i16 {
        match self.frequency {
            Frequency::Week => self.start.iso_week_date().year(),
            _ => self.end.year(),
        }
    }

    /// The number of its last month, 1 to 12.
    pub fn last_month(self) -> i8 {
        self.end.month()
    }

    /// Whether every day of the other is in this one. Periods of different calendars contain nothing of one another.
    pub fn contains(self, other: Period) -> bool {
        let same = self.calendar == other.calendar
            || matches!(other.frequency, Frequency::Day | Frequency::Week | Frequency::Range);
        same && self.start <= other.start && other.end <= self.end
    }

    /// Whether the two windows share a day.
    pub fn overlaps(self, other: Period) -> bool {
        self.start <= other.end && other.start <= self.end
    }

    /// The period of the same length just before; `None` for a range.
    pub fn previous(self) -> Option<Period> {
        self.shifted(-1)
    }

    /// The period of the same length just after; `None` for a range.
    pub fn next(self) -> Option<Period> {
        self.shifted(1)
    }

    fn shifted(self, by: i64) -> Option<Period> {
        let months = match self.frequency {
            Frequency::Day => {
                return self.start.checked_add(by.days()).ok().map(Period::day);
            }
            Frequency::Week => {
                let start = self.start.checked_add((7 * by).days()).ok()?;
                return week_from(start);
            }
            Frequency::Range => return None,
            Frequency::Month => 1,
            Frequency::Quarter => 3,
            Frequency::Half => 6,
            Frequency::Year => 12,
        };
        self.moved_by_months(by * months)
    }

    fn moved_by_months(self, months: i64) -> Option<Period> {
        let last = self.end.first_of_month().checked_add(months.months()).ok()?;
        let span = match self.frequency {
            Frequency::Month => 1,
            Frequency::Quarter => 3,
            Frequency::Half => 6,
            Frequency::Year => 12,
            Frequency::Day | Frequency::Week | Frequency::Range => return None,
        };
        let first = last.month() - span + 1;
        Period::months_of(last.year(), first, last.month(), self.frequency, self.calendar)
    }

    /// The same period of last year: growth "so với cùng kỳ". The 29th of February has the 28th before it.
    pub fn same_last_year(self) -> Option<Period> {
        match self.frequency {
            Frequency::Day => self.start.checked_sub(1.year()).ok().map(Period::day),
            Frequency::Week => {
                let week = self.start.iso_week_date();
                read_week(week.year() - 1, week.week())
            }
            Frequency::Range => Period::range(
                self.start.checked_sub(1.year()).ok()?,
                self.end.checked_sub(1.year()).ok()?,
            ),
            Frequency::Month | Frequency::Quarter | Frequency::Half | Frequency::Year => {
                self.moved_by_months(-12)
            }
        }
    }

    /// The next finer periods that make it up: a year has two halves, a half two quarters, a quarter three months.
    pub fn parts(self) -> Vec<Period> {
        let (span, frequency) = match self.frequency {
            Frequency::Year => (6, Frequency::Half),
            Frequency::Half => (3, Frequency::Quarter),
            Frequency::Quarter => (1, Frequency::Month),
            Frequency::Day | Frequency::Week | Frequency::Month | Frequency::Range => return vec![],
        };
        self.cut(span, frequency)
    }

    /// Its months; of a month, itself; of days, weeks and ranges, none.
    pub fn months(self) -> Vec<Period> {
        match self.frequency {
            Frequency::Day | Frequency::Week | Frequency::Range => vec![],
            Frequency::Month | Frequency::Quarter | Frequency::Half | Frequency::Year => {
                self.cut(1, Frequency::Month)
            }
        }
    }

    fn cut(self, span: i8, frequency: Frequency) -> Vec<Period> {
        let length = match self.frequency {
            Frequency::Year => 12,
            Frequency::Half => 6,
            Frequency::Quarter => 3,
            _ => 1,
        };
        let last = self.end.month();
        (last - length + 1..=last)
            .step_by(span as usize)
            .filter_map(|m| {
                Period::months_of(self.named_year(), m, m + span - 1, frequency, self.calendar)
            })
            .collect()
    }

    /// The year it belongs to, in its own calendar; `None` for days, weeks and ranges.
    pub fn whole_year(self) -> Option<Period> {
        match self.frequency {
            Frequency::Day | Frequency::Week | Frequency::Range => None,
            Frequency::Month | Frequency::Quarter | Frequency::Half | Frequency::Year => {
                Period::year(self.named_year(), self.calendar)
            }
        }
    }

    /// The fewest periods that run from January to this one's end: "since January" of September is
    /// the first half and the third quarter. Empty for days, weeks and ranges.
    pub fn year_to_date(self) -> Vec<Period> {
        let Some(year) = self.whole_year() else {
            return vec![];
        };
        let mut cover = vec![];
        let mut next = 1i8;
        let last = self.last_month();
        while next <= last {
            let candidates = [
                (12, Frequency::Year),
                (6, Frequency::Half),
                (3, Frequency::Quarter),
                (1, Frequency::Month),
            ];
            let (span, frequency) = candidates
                .into_iter()
                .find(|(span, _)| (next - 1) % span == 0 && next + span - 1 <= last)
                .expect("a month always fits");
            cover.extend(Period::months_of(
                year.named_year(),
                next,
                next + span - 1,
                frequency,
                self.calendar,
            ));
            next += span;
        }
        cover
    }
}

fn read_day(text: &str) -> Option<Date> {
    (text.len() == 10 && text.is_ascii()).then(|| text.parse().ok()).flatten()
}

fn read_week(year: i16, week: i8) -> Option<Period> {
    let start = jiff::civil::ISOWeekDate::new(year, week, jiff::civil::Weekday::Monday).ok()?;
    week_from(start.date())
}

fn week_from(start: Date) -> Option<Period> {
    let end = start.checked_add(6.days()).ok()?;
    Some(Period { start, end, frequency: Frequency::Week, calendar: Calendar::Statistical })
}

fn read_code(code: &str, calendar: Calendar) -> Option<Period> {
    if !code.is_ascii() || code.len() < 4 || !code[..4].bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let year: i16 = code[..4].parse().ok()?;
    let rest = &code[4..];
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>| -> Option<i8> {
        let fits = digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| text.parse().ok()).flatten()
    };
    if rest.is_empty() {
        return Period::year(year, calendar);
    }
    if code.len() == 10 && rest.starts_with('-') && rest.as_bytes()[3] == b'-' {
        return read_day(code).map(Period::day);
    }
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    match *rest.as_bytes().first()? {
        b'S' => {
            let half = number(&rest[1..], 1..=1).filter(|h| (1..=2).contains(h))?;
            Period::months_of(year, half * 6 - 5, half * 6, Frequency::Half, calendar)
        }
        b'Q' => {
            let quarter = number(&rest[1..], 1..=1).filter(|q| (1..=4).contains(q))?;
            Period::months_of(year, quarter * 3 - 2, quarter * 3, Frequency::Quarter, calendar)
        }
        b'W' => read_week(year, number(&rest[1..], 1..=2)?),
        _ => {
            let month = number(rest, 2..=2).filter(|m| (1..=12).contains(m))?;
            Period::month(year, month, calendar)
        }
    }
}

/// The SDMX code, with `~adm` for the administrative calendar.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.named_year(), self.last_month());
        match self.frequency {
            Frequency::Day => write!(f, "{}", self.start)?,
            Frequency::Range => write!(f, "{}/{}", self.start, self.end)?,
            Frequency::Week => write!(f, "{year:04}-W{:02}", self.start.iso_week_date().week())?,
            Frequency::Month => write!(f, "{year:04}-{month:02}")?,
            Frequency::Quarter => write!(f, "{year:04}-Q{}", month / 3)?,
            Frequency::Half => write!(f, "{year:04}-S{}", month / 6)?,
            Frequency::Year => write!(f, "{year:04}")?,
        }
        match self.calendar {
            Calendar::Statistical => Ok(()),
            Calendar::Administrative => f.write_str("~adm"),
        }
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
