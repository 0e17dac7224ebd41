//! To which day and period an instant belongs: those of Vietnam, whatever the clock that measured it.
//!
//! One rule for events, counts and comparisons, so that a dossier of the last evening of a month, which is the next
//! month's in the count of a machine that keeps UTC, is counted where the people who filed it say it was.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use model::{Calendar, Frequency, Period};

/// Vietnam has kept +07:00 since 1975 and has no summer time.
const OFFSET: Offset = Offset::constant(7);

/// The day of Vietnam that an instant is on.
pub fn day_of(instant: Timestamp) -> Date {
    instant.to_zoned(TimeZone::fixed(OFFSET)).date()
}

/// Where a day of Vietnam begins.
pub fn start_of_day(day: Date) -> Timestamp {
    OFFSET
        .to_timestamp(day.at(0, 0, 0, 0))
        .expect("days of our years are far from the ends of time")
}

/// The period that an instant is in; `None` for a range, and where a calendar has no such length.
///
/// ```
/// use measure::when::period_of;
/// use model::{Calendar, Frequency};
/// let evening = "2024-06-30T17:30:00Z".parse().unwrap();
/// let month = period_of(evening, Frequency::Month, Calendar::Statistical).unwrap();
/// assert_eq!(month.to_string(), "2024-07");
/// ```
pub fn period_of(instant: Timestamp, frequency: Frequency, calendar: Calendar) -> Option<Period> {
    Period::containing(day_of(instant), frequency, calendar)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_at_midnight_of_vietnam() {
        for (instant, statistical, administrative) in [
            ("2024-06-30T16:59:59.999999Z", "2024-06", "2024-07~adm"),
            ("2024-06-30T17:00:00Z", "2024-07", "2024-07~adm"),
            ("2024-06-30T23:59:59+07:00", "2024-06", "2024-07~adm"),
            ("2024-07-01T00:00:00+07:00", "2024-07", "2024-07~adm"),
            ("2024-06-14T16:59:59Z", "2024-06", "2024-06~adm"),
            ("2024-06-14T17:00:00Z", "2024-06", "2024-07~adm"),
            ("2023-12-31T17:00:00Z", "2024-01", "2024-01~adm"),
            ("2024-02-29T16:59:59Z", "2024-02", "2024-03~adm"),
        ] {
            let instant: Timestamp = instant.parse().unwrap();
            let of = |calendar| period_of(instant, Frequency::Month, calendar).unwrap().to_string();
            assert_eq!(of(Calendar::Statistical), statistical, "{instant}");
            assert_eq!(of(Calendar::Administrative), administrative, "{instant}");
        }
    }
}
