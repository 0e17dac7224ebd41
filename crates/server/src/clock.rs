//! What time it is here: the real time, or the demonstration's, which is the real time moved.
//!
//! The only clock that is read; everything below is told the time. The offset is kept beside the
//! record, so that a demonstration that is started again continues where it would have been.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context, Result};
use jiff::civil::{Date, date};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, Zoned};

/// The real time plus an offset; or, while a demonstration is loaded, a moment that is moved by hand.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    offset: SignedDuration,
    demonstration: bool,
    /// In microseconds.
    standing: Option<&'static AtomicI64>,
}

/// Việt Nam keeps one offset all year.
pub const VIETNAM: Offset = Offset::constant(7);

/// Việt Nam's as a time zone.
pub fn time_zone() -> TimeZone {
    TimeZone::fixed(VIETNAM)
}

/// A timestamp as every interface writes it: RFC 3339 with +07:00.
pub fn rfc3339(at: Timestamp) -> String {
    at.display_with_offset(VIETNAM).to_string()
}

/// The civil date in Việt Nam.
pub fn local_date(at: Timestamp) -> Date {
    at.to_zoned(time_zone()).date()
}

/// The last moment of a day in Việt Nam.
pub fn end_of_day(day: Date) -> Option<Timestamp> {
    let next = day.tomorrow().ok()?.to_zoned(time_zone()).ok()?;
    next.timestamp().checked_sub(SignedDuration::from_micros(1)).ok()
}

impl Clock {
    /// The real time.
    pub fn real() -> Clock {
        Clock { offset: SignedDuration::ZERO, demonstration: false, standing: None }
    }

    /// The demonstration's: at 08:00 on `today`, or where it was, or at first on 5 August 2024.
    pub fn demonstration(data: &Path, today: Option<Date>) -> Result<Clock> {
        let file = data.join("clock");
        let kept = match std::fs::read_to_string(&file) {
            Ok(text) => Some(
                text.trim()
                    .parse::<i64>()
                    .with_context(|| format!("{} is not a number of seconds", file.display()))?,
            ),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error).with_context(|| format!("reading {}", file.display())),
        };
        let seconds = match (today, kept) {
            (None, Some(seconds)) => seconds,
            (day, _) => {
                let day = day.unwrap_or(date(2024, 8, 5));
                let start: Zoned =
                    day.at(8, 0, 0, 0).to_zoned(time_zone()).context("a day that exists")?;
                start.timestamp().as_second() - Timestamp::now().as_second()
            }
        };
        if kept != Some(seconds) {
            std::fs::write(&file, seconds.to_string())
                .with_context(|| format!("writing {}", file.display()))?;
        }
        let offset = SignedDuration::from_secs(seconds);
        Ok(Clock { offset, demonstration: true, standing: None })
    }

    /// The demonstration's, standing at a moment until it is [set](Clock::set): what is loaded was recorded at the same
    /// moments on every machine. Its place in memory is never given back, so there is one for each loading.
    pub fn standing_at(moment: Timestamp) -> Clock {
        let standing = Box::leak(Box::new(AtomicI64::new(moment.as_microsecond())));
        Clock { offset: SignedDuration::ZERO, demonstration: true, standing: Some(standing) }
    }

    /// Moves a clock that stands.
    pub fn set(&self, moment: Timestamp) {
        let standing = self.standing.expect("only a clock that stands is moved");
        standing.store(moment.as_microsecond(), Ordering::Relaxed);
    }

    /// Now, here.
    pub fn now(&self) -> Timestamp {
        if let Some(standing) = self.standing {
            let moment = Timestamp::from_microsecond(standing.load(Ordering::Relaxed));
            return moment.expect("it was a moment when it was set");
        }
        Timestamp::now().checked_add(self.offset).expect("offsets of years, not of millennia")
    }

    /// The real time, also in the demonstration: what other systems sign their batches with.
    pub fn real_now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// Whether it is the demonstration's.
    pub fn is_demonstration(&self) -> bool {
        self.demonstration
    }

    /// How far from the real time.
    pub fn offset_seconds(&self) -> i64 {
        self.offset.as_secs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demonstration_starts_in_august_2024_and_continues_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let first = Clock::demonstration(folder.path(), None).unwrap();
        assert!(rfc3339(first.now()).starts_with("2024-08-05T08:0"), "{}", rfc3339(first.now()));
        let again = Clock::demonstration(folder.path(), None).unwrap();
        assert_eq!(first.offset_seconds(), again.offset_seconds());
        let moved = Clock::demonstration(folder.path(), Some(date(2025, 7, 2))).unwrap();
        assert!(rfc3339(moved.now()).starts_with("2025-07-02T08:0"));
    }

    #[test]
    fn a_day_ends_at_its_last_microsecond_in_viet_nam() {
        let end = end_of_day(date(2024, 7, 31)).unwrap();
        assert_eq!(rfc3339(end), "2024-07-31T23:59:59.999999+07:00");
    }
}
