//! Gia hạn: a body asks for a later deadline of one form, and the ministry agrees or does not.
//!
//! The rule of the template stands; what was agreed is kept beside it, for one body and one period, so that the next
//! period is due as always.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::deadline::{Holidays, day_of, moment_of};
use crate::{Language, Overall};

/// A deadline is put off by so many days of the calendar at most: later than that the next period's form is due.
const LONGEST_DAYS: i32 = 30;

/// What was asked about the deadline of a form, and what was agreed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extension {
    /// The day that the body asks for, until it is answered.
    pub asked: Option<Date>,
    /// The day that the ministry agreed to.
    pub granted: Option<Date>,
}

/// Why a deadline stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotExtended {
    /// Nothing is due any more.
    #[error("the form has been sent")]
    AlreadySent,
    /// The day is no later than what stands, or it is over.
    #[error("the day has to be after {after}")]
    NotLater {
        /// The last day that is too early.
        after: Date,
    },
    /// Nobody is at work that day.
    #[error("offices are closed that day; the next day is {next}")]
    NotAWorkingDay {
        /// The next day on which they are open.
        next: Date,
    },
    /// Too late for the period.
    #[error("the day has to be {last} at the latest")]
    TooFar {
        /// The last day there is.
        last: Date,
    },
    /// There is no question to answer.
    #[error("no extension was asked for")]
    NothingAsked,
}

impl NotExtended {
    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            NotExtended::AlreadySent => "already_sent",
            NotExtended::NotLater { .. } => "not_later",
            NotExtended::NotAWorkingDay { .. } => "not_a_working_day",
            NotExtended::TooFar { .. } => "too_far",
            NotExtended::NothingAsked => "nothing_asked",
        }
    }

    /// The sentence the user reads.
    pub fn message(self, language: Language) -> String {
        match self {
            NotExtended::AlreadySent => language
                .pick("Biểu đã gửi, không cần gia hạn.", "The form has been sent; nothing is due.")
                .to_owned(),
            NotExtended::NotLater { after } => language.pick(
                format!("Hạn mới phải sau ngày {}.", vietnamese(after)),
                format!("The new deadline has to be after {}.", english(after)),
            ),
            NotExtended::NotAWorkingDay { next } => language.pick(
                format!("Đó là ngày nghỉ. Ngày làm việc tiếp theo là {}.", vietnamese(next)),
                format!("Offices are closed that day. The next working day is {}.", english(next)),
            ),
            NotExtended::TooFar { last } => language.pick(
                format!("Chỉ gia hạn được đến ngày {}.", vietnamese(last)),
                format!("A deadline can be put off to {} at the latest.", english(last)),
            ),
            NotExtended::NothingAsked => language
                .pick(
                    "Không còn đề nghị gia hạn nào chờ trả lời.",
                    "No request for an extension is waiting.",
                )
                .to_owned(),
        }
    }
}

fn vietnamese(day: Date) -> String {
    format!("{}/{}/{}", day.day(), day.month(), day.year())
}

fn english(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

impl Extension {
    /// When the form is due: the day agreed to, or the moment of the template's rule.
    pub fn due(&self, by_rule: Timestamp) -> Timestamp {
        self.granted.map_or(by_rule, moment_of)
    }

    /// The body asks for a day; asking again replaces what it asked.
    pub fn ask(
        &self,
        until: Date,
        by_rule: Timestamp,
        overall: Overall,
        now: Timestamp,
        holidays: &Holidays,
    ) -> Result<Extension, NotExtended> {
        if overall.is_sent() {
            return Err(NotExtended::AlreadySent);
        }
        // What is due today can still be asked to be due tomorrow, and so can what was due yesterday.
        let after = day_of(self.due(by_rule)).max(day_of(now));
        if until <= after {
            return Err(NotExtended::NotLater { after });
        }
        let last = day_of(by_rule) + LONGEST_DAYS.days();
        if until > last {
            return Err(NotExtended::TooFar { last });
        }
        if !holidays.is_working_day(until) {
            return Err(NotExtended::NotAWorkingDay {
                next: holidays.working_days_after(until, 1),
            });
        }
        Ok(Extension { asked: Some(until), ..*self })
    }

    /// The ministry agrees. What has been sent meanwhile is judged by the new deadline too.
    pub fn grant(&self) -> Result<Extension, NotExtended> {
        let granted = self.asked.ok_or(NotExtended::NothingAsked)?;
        Ok(Extension { asked: None, granted: Some(granted) })
    }

    /// The ministry does not agree; what stood stands.
    pub fn refuse(&self) -> Result<Extension, NotExtended> {
        self.asked.ok_or(NotExtended::NothingAsked)?;
        Ok(Extension { asked: None, ..*self })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_is_asked_for_by_the_rules() {
        let holidays = Holidays::of_vietnam();
        let due = moment_of(date(2024, 8, 8));
        let none = Extension::default();
        let granted = Extension { asked: None, granted: Some(date(2024, 8, 15)) };
        let cases = [
            ("a Monday", none, date(2024, 8, 12), date(2024, 8, 5), Overall::Draft, Ok(())),
            (
                "the day itself",
                none,
                date(2024, 8, 8),
                date(2024, 8, 5),
                Overall::Draft,
                Err("not_later"),
            ),
            (
                "when late, tomorrow",
                none,
                date(2024, 8, 15),
                date(2024, 8, 14),
                Overall::Draft,
                Ok(()),
            ),
            (
                "when late, a day that is over",
                none,
                date(2024, 8, 13),
                date(2024, 8, 14),
                Overall::Draft,
                Err("not_later"),
            ),
            (
                "a Saturday",
                none,
                date(2024, 8, 10),
                date(2024, 8, 5),
                Overall::Draft,
                Err("not_a_working_day"),
            ),
            (
                "National Day",
                none,
                date(2024, 9, 2),
                date(2024, 8, 5),
                Overall::Draft,
                Err("not_a_working_day"),
            ),
            ("a month", none, date(2024, 9, 6), date(2024, 8, 5), Overall::Returned, Ok(())),
            (
                "more than a month",
                none,
                date(2024, 9, 9),
                date(2024, 8, 5),
                Overall::Draft,
                Err("too_far"),
            ),
            ("once more", granted, date(2024, 8, 16), date(2024, 8, 12), Overall::Draft, Ok(())),
            (
                "no later than agreed",
                granted,
                date(2024, 8, 14),
                date(2024, 8, 12),
                Overall::Draft,
                Err("not_later"),
            ),
            (
                "after it was sent",
                none,
                date(2024, 8, 12),
                date(2024, 8, 5),
                Overall::Signed,
                Err("already_sent"),
            ),
        ];
        for (case, before, until, today, overall, expected) in cases {
            let now = moment_of(today);
            let asked = before.ask(until, due, overall, now, &holidays);
            assert_eq!(asked.map(|_| ()).map_err(NotExtended::code), expected, "{case}");
            if let Ok(asked) = asked {
                assert_eq!((asked.asked, asked.granted), (Some(until), before.granted), "{case}");
                assert_eq!(asked.due(due), before.due(due), "{case}: asking changes nothing");
                assert_eq!(asked.grant().unwrap().due(due), moment_of(until), "{case}");
                assert_eq!(asked.refuse(), Ok(before), "{case}");
            }
        }
        assert_eq!(none.grant(), Err(NotExtended::NothingAsked));
        assert_eq!(granted.refuse(), Err(NotExtended::NothingAsked));
    }
}
