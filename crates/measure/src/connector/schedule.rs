//! When a connector is asked, and about which period; a failure that may pass is tried again, later each time.
//!
//! Days and hours are those of Việt Nam. What is next follows from the last run alone, so that a server that was down
//! catches up and two servers agree.

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan};
use model::{Calendar, Frequency, Period};

/// When, and about which period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// How often and when.
    pub times: Times,
    /// About which period.
    pub about: About,
}

/// How often and when, in Việt Nam.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Every hour.
    Hourly {
        /// 0 to 59.
        minute: i8,
    },
    /// Every day.
    Daily {
        /// 0 to 23.
        hour: i8,
        /// 0 to 59.
        minute: i8,
    },
    /// Every week.
    Weekly {
        /// 1 for Monday to 7 for Sunday.
        weekday: i8,
        /// 0 to 23.
        hour: i8,
        /// 0 to 59.
        minute: i8,
    },
    /// Every month.
    Monthly {
        /// 1 to 28, so that every month has it.
        day: i8,
        /// 0 to 23.
        hour: i8,
        /// 0 to 59.
        minute: i8,
    },
}

impl Times {
    /// The codes, in the order in which they are offered.
    pub const CODES: [&'static str; 4] = ["hourly", "daily", "weekly", "monthly"];

    /// The code of these.
    pub fn code(self) -> &'static str {
        match self {
            Times::Hourly { .. } => "hourly",
            Times::Daily { .. } => "daily",
            Times::Weekly { .. } => "weekly",
            Times::Monthly { .. } => "monthly",
        }
    }

    /// Reads a code with its numbers; those that it has no use for are left out. `None` outside their limits.
    pub fn of(code: &str, day: i8, hour: i8, minute: i8) -> Option<Times> {
        let is_time = (0..24).contains(&hour) && (0..60).contains(&minute);
        let times = match code {
            "hourly" => Times::Hourly { minute },
            "daily" => Times::Daily { hour, minute },
            "weekly" if (1..=7).contains(&day) => Times::Weekly { weekday: day, hour, minute },
            "monthly" if (1..=28).contains(&day) => Times::Monthly { day, hour, minute },
            _ => return None,
        };
        is_time.then_some(times)
    }

    /// The day (of the week, of the month), hour and minute; those that it has no use for are 1 and 0.
    pub fn numbers(self) -> (i8, i8, i8) {
        match self {
            Times::Hourly { minute } => (1, 0, minute),
            Times::Daily { hour, minute } => (1, hour, minute),
            Times::Weekly { weekday: day, hour, minute } | Times::Monthly { day, hour, minute } => {
                (day, hour, minute)
            }
        }
    }

    /// The last of these times at or before a moment.
    pub fn last_at(self, now: Timestamp) -> Timestamp {
        let now = now.to_zoned(viet_nam()).datetime();
        let (at, step) = match self {
            Times::Hourly { minute } => (now.date().at(now.hour(), minute, 0, 0), 1.hour()),
            Times::Daily { hour, minute } => (now.date().at(hour, minute, 0, 0), 1.day()),
            Times::Weekly { weekday, hour, minute } => {
                let day = now.date().weekday().to_monday_one_offset();
                let monday = now.date() - i64::from(day - 1).days();
                ((monday + i64::from(weekday - 1).days()).at(hour, minute, 0, 0), 1.week())
            }
            Times::Monthly { day, hour, minute } => {
                let first = now.date().first_of_month();
                ((first + i64::from(day - 1).days()).at(hour, minute, 0, 0), 1.month())
            }
        };
        moment(if at > now { at - step } else { at })
    }

    /// The first of these times after a moment.
    pub fn next_after(self, now: Timestamp) -> Timestamp {
        let last = self.last_at(now).to_zoned(viet_nam()).datetime();
        moment(match self {
            Times::Hourly { .. } => last + 1.hour(),
            Times::Daily { .. } => last + 1.day(),
            Times::Weekly { .. } => last + 1.week(),
            Times::Monthly { .. } => last + 1.month(),
        })
    }
}

fn viet_nam() -> TimeZone {
    TimeZone::fixed(Offset::constant(7))
}

fn moment(at: DateTime) -> Timestamp {
    at.to_zoned(viet_nam()).expect("a time of these centuries").timestamp()
}

/// About which period a connector is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The last one that has ended.
    Closed,
    /// The one that the day is in: its number still grows.
    Running,
}

impl About {
    /// Both.
    pub const ALL: [About; 2] = [About::Closed, About::Running];

    /// The code used in interfaces and storage.
    pub fn code(self) -> &'static str {
        match self {
            About::Closed => "closed",
            About::Running => "running",
        }
    }

    /// The value with this code.
    pub fn parse(code: &str) -> Option<About> {
        About::ALL.into_iter().find(|about| about.code() == code)
    }

    /// The period that is asked about on a day; `None` where the calendar has no such length.
    pub fn period(self, frequency: Frequency, calendar: Calendar, day: Date) -> Option<Period> {
        let running = Period::containing(day, frequency, calendar)?;
        match self {
            About::Closed => running.previous(),
            About::Running => Some(running),
        }
    }
}

/// The last run that was made by the schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastRun {
    /// When it was due; whichever server's clock it began by.
    pub due_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// 1 for the first of its time; later ones tried again.
    pub attempt: u32,
    /// Whether it failed of something that may pass.
    pub may_be_tried_again: bool,
}

/// What is next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// When; at or before now when it is due.
    pub at: Timestamp,
    /// 1 for the first of its time.
    pub attempt: u32,
}

/// So often it is tried in all before the next time of the schedule.
pub const MOST_ATTEMPTS: u32 = 4;
/// How long after the first failure it is tried again; three times as long after each other.
const FIRST_WAIT: SignedDuration = SignedDuration::from_mins(5);

/// When a connector is asked next. Times before `since`, when it was set up or changed, are nobody's.
pub fn next(times: Times, since: Timestamp, last: Option<LastRun>, now: Timestamp) -> Due {
    let slot = times.last_at(now);
    let has_run = last.is_some_and(|last| last.due_at >= slot);
    if slot >= since && !has_run {
        return Due { at: slot, attempt: 1 };
    }
    let next = Due { at: times.next_after(now), attempt: 1 };
    match last {
        Some(last) if has_run && last.may_be_tried_again && last.attempt < MOST_ATTEMPTS => {
            let wait = FIRST_WAIT * 3_i32.pow(last.attempt - 1);
            // Two servers' clocks may differ a little.
            let at = (last.finished_at + wait).max(slot);
            let again = Due { at, attempt: last.attempt + 1 };
            if again.at < next.at { again } else { next }
        }
        _ => next,
    }
}

/// What is wrong with a connector, so that its owner has to hear of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The last run failed of something that does not pass, or as often as it is tried.
    Failing,
    /// Nothing has come for longer than its schedule, or the length of its periods, gives it.
    Silent,
}

impl Trouble {
    /// Every trouble.
    pub const ALL: [Trouble; 2] = [Trouble::Failing, Trouble::Silent];

    /// The code used in interfaces.
    pub fn code(self) -> &'static str {
        match self {
            Trouble::Failing => "failing",
            Trouble::Silent => "silent",
        }
    }
}

/// What is known of a connector's runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Runs {
    /// When it was set up or changed last.
    pub since: Timestamp,
    /// When a run last ended well.
    pub done_at: Option<Timestamp>,
    /// Whether the last run failed for good: it will not be tried again before its next time.
    pub has_failed: bool,
}

/// A system that sends by itself may be late by so many days.
const LATE_DAYS: i64 = 2;

/// What is wrong with a connector at a moment; `times` of one that is asked, `frequency` of one that sends.
pub fn trouble(
    times: Option<Times>,
    frequency: Frequency,
    runs: Runs,
    now: Timestamp,
) -> Option<Trouble> {
    if runs.has_failed {
        return Some(Trouble::Failing);
    }
    let heard = runs.done_at.map_or(runs.since, |at| at.max(runs.since));
    let awaited = match times {
        // The second time since it was heard: the first may still be tried again.
        Some(times) => times.next_after(times.next_after(heard)),
        None => heard + SignedDuration::from_hours(24 * (longest_days(frequency) + LATE_DAYS)),
    };
    (now > awaited).then_some(Trouble::Silent)
}

/// How many days the longest period of a frequency has.
fn longest_days(frequency: Frequency) -> i64 {
    match frequency {
        Frequency::Day => 1,
        Frequency::Week => 7,
        Frequency::Month => 31,
        Frequency::Quarter => 92,
        Frequency::Half => 184,
        Frequency::Year | Frequency::Range => 366,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        moment(text.parse().unwrap())
    }

    fn shown(at: Timestamp) -> String {
        at.to_zoned(viet_nam()).datetime().strftime("%Y-%m-%d %H:%M").to_string()
    }

    #[test]
    fn a_schedule_names_hours_of_viet_nam() {
        let hourly = Times::Hourly { minute: 15 };
        let daily = Times::Daily { hour: 6, minute: 30 };
        let weekly = Times::Weekly { weekday: 1, hour: 7, minute: 0 };
        let monthly = Times::Monthly { day: 5, hour: 0, minute: 0 };
        for (times, now, last, next) in [
            (hourly, "2024-08-05 08:10", "2024-08-05 07:15", "2024-08-05 08:15"),
            (hourly, "2024-08-05 08:15", "2024-08-05 08:15", "2024-08-05 09:15"),
            (hourly, "2024-08-05 00:10", "2024-08-04 23:15", "2024-08-05 00:15"),
            (daily, "2024-08-05 06:29", "2024-08-04 06:30", "2024-08-05 06:30"),
            (daily, "2024-08-31 23:00", "2024-08-31 06:30", "2024-09-01 06:30"),
            // 5 August 2024 is a Monday.
            (weekly, "2024-08-05 06:59", "2024-07-29 07:00", "2024-08-05 07:00"),
            (weekly, "2024-08-11 23:59", "2024-08-05 07:00", "2024-08-12 07:00"),
            (monthly, "2024-03-01 00:00", "2024-02-05 00:00", "2024-03-05 00:00"),
            (monthly, "2024-12-31 12:00", "2024-12-05 00:00", "2025-01-05 00:00"),
        ] {
            assert_eq!(shown(times.last_at(at(now))), last, "{times:?} at {now}");
            assert_eq!(shown(times.next_after(at(now))), next, "{times:?} at {now}");
        }
    }

    #[test]
    fn a_failure_that_may_pass_is_tried_again_later_each_time_and_not_for_ever() {
        let daily = Times::Daily { hour: 6, minute: 0 };
        let run = |began: &str, attempt, may_be_tried_again| {
            Some(LastRun { due_at: at(began), finished_at: at(began), attempt, may_be_tried_again })
        };
        let long_ago = "2024-01-01 00:00";
        for (since, last, now, expected) in [
            // Nothing has run: at once when its time has come since it was set up, else at the next.
            (long_ago, None, "2024-08-05 08:00", "2024-08-05 06:00 1"),
            ("2024-08-05 07:00", None, "2024-08-05 08:00", "2024-08-06 06:00 1"),
            // It ran.
            (long_ago, run("2024-08-05 06:00", 1, false), "2024-08-05 08:00", "2024-08-06 06:00 1"),
            // It ran yesterday: a server that was down catches up.
            (long_ago, run("2024-08-04 06:00", 1, false), "2024-08-05 08:00", "2024-08-05 06:00 1"),
            // It failed: after 5, 15, 45 minutes, then not again today.
            (long_ago, run("2024-08-05 06:00", 1, true), "2024-08-05 06:01", "2024-08-05 06:05 2"),
            (long_ago, run("2024-08-05 06:05", 2, true), "2024-08-05 06:06", "2024-08-05 06:20 3"),
            (long_ago, run("2024-08-05 06:20", 3, true), "2024-08-05 06:21", "2024-08-05 07:05 4"),
            (long_ago, run("2024-08-05 07:05", 4, true), "2024-08-05 07:06", "2024-08-06 06:00 1"),
            // The next time comes before the next attempt.
            (long_ago, run("2024-08-06 05:30", 3, true), "2024-08-06 05:31", "2024-08-06 06:00 1"),
        ] {
            let due = next(daily, at(since), last, at(now));
            assert_eq!(format!("{} {}", shown(due.at), due.attempt), expected, "{last:?} {now}");
        }
    }

    #[test]
    fn what_fails_for_good_and_what_is_silent_is_trouble() {
        let daily = Some(Times::Daily { hour: 6, minute: 0 });
        for (times, frequency, since, done, has_failed, now, expected) in [
            // It was set up: nothing is awaited before its second time.
            (daily, Frequency::Month, "2024-08-01 09:00", "", false, "2024-08-03 05:00", None),
            (
                daily,
                Frequency::Month,
                "2024-08-01 09:00",
                "",
                false,
                "2024-08-03 06:01",
                Some(Trouble::Silent),
            ),
            // It ran; it failed and is tried again; it failed for good.
            (
                daily,
                Frequency::Month,
                "2024-01-01 09:00",
                "2024-08-05 06:00",
                false,
                "2024-08-05 08:00",
                None,
            ),
            (
                daily,
                Frequency::Month,
                "2024-01-01 09:00",
                "2024-08-04 06:00",
                false,
                "2024-08-05 06:04",
                None,
            ),
            (
                daily,
                Frequency::Month,
                "2024-01-01 09:00",
                "2024-08-04 06:00",
                true,
                "2024-08-05 08:00",
                Some(Trouble::Failing),
            ),
            // A system that sends months is given a month and two days, one that sends days three.
            (
                None,
                Frequency::Month,
                "2024-01-01 09:00",
                "2024-07-02 08:00",
                false,
                "2024-08-04 07:00",
                None,
            ),
            (
                None,
                Frequency::Month,
                "2024-01-01 09:00",
                "2024-07-02 08:00",
                false,
                "2024-08-04 08:01",
                Some(Trouble::Silent),
            ),
            (
                None,
                Frequency::Day,
                "2024-01-01 09:00",
                "2024-08-01 08:00",
                false,
                "2024-08-04 07:00",
                None,
            ),
            (
                None,
                Frequency::Day,
                "2024-01-01 09:00",
                "2024-08-01 08:00",
                false,
                "2024-08-04 08:01",
                Some(Trouble::Silent),
            ),
            // It was changed since: it begins anew.
            (
                None,
                Frequency::Day,
                "2024-08-04 08:00",
                "2024-08-01 08:00",
                false,
                "2024-08-04 09:00",
                None,
            ),
        ] {
            let done_at = (!done.is_empty()).then(|| at(done));
            let runs = Runs { since: at(since), done_at, has_failed };
            assert_eq!(trouble(times, frequency, runs, at(now)), expected, "{since} {done} {now}");
        }
    }

    #[test]
    fn the_period_that_is_asked_about_is_of_the_connectors_calendar() {
        use {About::*, Calendar::*, Frequency::*};
        for (about, frequency, calendar, day, expected) in [
            (Closed, Month, Statistical, "2024-08-05", Some("2024-07")),
            (Running, Month, Statistical, "2024-08-05", Some("2024-08")),
            (Closed, Month, Administrative, "2024-08-15", Some("2024-08~adm")),
            (Running, Month, Administrative, "2024-08-15", Some("2024-09~adm")),
            (Closed, Day, Statistical, "2024-08-01", Some("2024-07-31")),
            (Closed, Quarter, Statistical, "2024-08-05", Some("2024-Q2")),
            (Closed, Year, Statistical, "2024-08-05", Some("2023")),
            (Closed, Week, Administrative, "2024-08-05", None),
        ] {
            let period = about.period(frequency, calendar, day.parse().unwrap());
            let expected = expected.map(|code| Period::parse(code).unwrap());
            assert_eq!(period, expected, "{about:?} {frequency:?} {calendar:?} {day}");
        }
    }

    proptest! {
        /// Now lies between the last time and the next, and the next is the one after the last.
        #[test]
        fn now_is_between_two_times(kind in 0usize..4, day in 1i8..=7, hour in 0i8..24, minute in 0i8..60, second in 1_700_000_000i64..1_800_000_000) {
            let times = Times::of(Times::CODES[kind], day, hour, minute).unwrap();
            let now = Timestamp::from_second(second).unwrap();
            let (last, next) = (times.last_at(now), times.next_after(now));
            prop_assert!(last <= now && now < next);
            prop_assert_eq!(times.last_at(next), next);
            prop_assert_eq!(times.next_after(last), next);
        }
    }
}
