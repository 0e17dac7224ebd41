//! Giải trình: the ministry asks a body why its reported number is not the measured one, and the body explains.
//!
//! A thread of steps that are only ever added, so that who said what and when stays. Whoever enters for the body prepares
//! an answer, which the ministry does not see; its head sends it, as its head signs what it reports. A correction is an
//! answer in words here: the number itself goes the way every correction goes, by the form.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::beside::Cause;
use crate::deadline::{Holidays, day_of};
use crate::{Language, Reason};

/// So many days of the calendar a body has at most.
const LONGEST_DAYS: i32 = 30;
/// So many working days it has unless another day is named.
const USUAL_DAYS: u16 = 5;

macro_rules! coded {
    ($(#[$said:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$said])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            /// Every one, in the order of the enum.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The code used in interfaces and storage.
            pub fn code(self) -> &'static str {
                match self { $($name::$variant => $code),+ }
            }

            /// The one with this code.
            pub fn parse(code: &str) -> Option<$name> {
                match code { $($code => Some($name::$variant),)+ _ => None }
            }
        }
    };
}

coded! {
    /// Whose turn it is.
    Standing {
        /// The body's: something is asked.
        Asked = "asked",
        /// The ministry's: the body has explained.
        Explained = "explained",
        /// Nobody's.
        Closed = "closed",
    }
}

coded! {
    /// What the body makes of its number.
    Answer {
        /// It is corrected by the form.
        Correction = "correction",
        /// It stands.
        Objection = "objection",
    }
}

coded! {
    /// What came of it.
    Outcome {
        /// The explanation is accepted: the two differ for a reason.
        Accepted = "accepted",
        /// The reported number was corrected.
        Corrected = "corrected",
        /// What is measured was not right, and is put right.
        MeasuredWrong = "measured_wrong",
        /// Nothing explains the difference.
        Unexplained = "unexplained",
    }
}

coded! {
    /// What was done.
    Step {
        /// The ministry asks, with a deadline.
        Ask = "ask",
        /// Somebody of the body prepares an answer.
        Prepare = "prepare",
        /// The head of the body sends it.
        Explain = "explain",
        /// The ministry asks once more, with another deadline.
        AskAgain = "ask_again",
        /// The ministry ends it, with what came of it.
        Close = "close",
    }
}

/// What the body says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Why the two differ.
    pub cause: Cause,
    /// What becomes of its number.
    pub answer: Answer,
    /// In words.
    pub words: Reason,
}

/// Why something cannot be done to an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// The ministry asked already, and it is not closed.
    #[error("this number is being explained already")]
    AlreadyAsked,
    /// It is not the body's turn.
    #[error("nothing is asked")]
    NothingAsked,
    /// The body has said nothing since it was asked.
    #[error("nothing has been explained yet")]
    NothingExplained,
    /// It is over.
    #[error("the explanation is closed")]
    AlreadyClosed,
    /// The day is over.
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
    /// Too late.
    #[error("the day has to be {last} at the latest")]
    TooFar {
        /// The last day there is.
        last: Date,
    },
}

impl NotNow {
    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            NotNow::AlreadyAsked => "already_asked",
            NotNow::NothingAsked => "nothing_asked",
            NotNow::NothingExplained => "nothing_explained",
            NotNow::AlreadyClosed => "already_closed",
            NotNow::NotLater { .. } => "not_later",
            NotNow::NotAWorkingDay { .. } => "not_a_working_day",
            NotNow::TooFar { .. } => "too_far",
        }
    }

    /// Whether it is the day that was wrong.
    pub fn is_about_the_day(self) -> bool {
        match self {
            NotNow::NotLater { .. } | NotNow::NotAWorkingDay { .. } | NotNow::TooFar { .. } => true,
            NotNow::AlreadyAsked
            | NotNow::NothingAsked
            | NotNow::NothingExplained
            | NotNow::AlreadyClosed => false,
        }
    }

    /// The sentence the user reads.
    pub fn message(self, language: Language) -> String {
        let vietnamese = |day: Date| format!("{}/{}/{}", day.day(), day.month(), day.year());
        let english = |day: Date| day.strftime("%-d %B %Y").to_string();
        let said = |vi: &str, en: &str| language.pick(vi, en).to_owned();
        match self {
            NotNow::AlreadyAsked => said(
                "Số liệu này đang được giải trình; mở nội dung đang giải trình để tiếp tục.",
                "This number is being explained already; go on in the open thread.",
            ),
            NotNow::NothingAsked => said(
                "Hiện không có yêu cầu giải trình nào chờ đơn vị trả lời.",
                "Nothing is asked of the body now.",
            ),
            NotNow::NothingExplained => {
                said("Đơn vị chưa gửi giải trình.", "The body has not sent its explanation yet.")
            }
            NotNow::AlreadyClosed => {
                said("Nội dung giải trình này đã kết thúc.", "This explanation is closed.")
            }
            NotNow::NotLater { after } => language.pick(
                format!("Hạn giải trình phải sau ngày {}.", vietnamese(after)),
                format!("The deadline has to be after {}.", english(after)),
            ),
            NotNow::NotAWorkingDay { next } => language.pick(
                format!("Đó là ngày nghỉ. Ngày làm việc tiếp theo là {}.", vietnamese(next)),
                format!("Offices are closed that day. The next working day is {}.", english(next)),
            ),
            NotNow::TooFar { last } => language.pick(
                format!("Hạn giải trình chậm nhất là ngày {}.", vietnamese(last)),
                format!("The deadline can be {} at the latest.", english(last)),
            ),
        }
    }
}

/// The day until which a body has time unless another is named.
pub fn usual_day(now: Timestamp, holidays: &Holidays) -> Date {
    holidays.working_days_after(day_of(now), USUAL_DAYS)
}

/// A deadline: after today, a working day, not too far.
pub fn deadline(until: Date, now: Timestamp, holidays: &Holidays) -> Result<Date, NotNow> {
    let today = day_of(now);
    if until <= today {
        return Err(NotNow::NotLater { after: today });
    }
    let last = today + LONGEST_DAYS.days();
    if until > last {
        return Err(NotNow::TooFar { last });
    }
    if !holidays.is_working_day(until) {
        return Err(NotNow::NotAWorkingDay { next: holidays.working_days_after(until, 1) });
    }
    Ok(until)
}

impl Standing {
    /// Where a number stands after a step; `None` is of a number that nobody has asked about, or not since it was closed.
    pub fn after(before: Option<Standing>, step: Step) -> Result<Standing, NotNow> {
        use Standing::{Asked, Closed, Explained};
        match (step, before) {
            (Step::Ask, None | Some(Closed)) => Ok(Asked),
            (Step::Ask, Some(Asked | Explained)) => Err(NotNow::AlreadyAsked),
            (_, None) => Err(NotNow::NothingAsked),
            (_, Some(Closed)) => Err(NotNow::AlreadyClosed),
            (Step::Prepare, Some(Asked)) => Ok(Asked),
            (Step::Explain, Some(Asked)) => Ok(Explained),
            (Step::Prepare | Step::Explain, Some(Explained)) => Err(NotNow::NothingAsked),
            (Step::AskAgain, Some(Explained)) => Ok(Asked),
            (Step::AskAgain, Some(Asked)) => Err(NotNow::NothingExplained),
            (Step::Close, Some(Asked | Explained)) => Ok(Closed),
        }
    }
}

impl Outcome {
    /// Whether it can be the outcome where a thread stands: what was not explained cannot be accepted.
    pub fn fits(self, standing: Standing) -> Result<(), NotNow> {
        match (self, standing) {
            (_, Standing::Closed) => Err(NotNow::AlreadyClosed),
            (Outcome::Accepted, Standing::Asked) => Err(NotNow::NothingExplained),
            (Outcome::Accepted, Standing::Explained)
            | (
                Outcome::Corrected | Outcome::MeasuredWrong | Outcome::Unexplained,
                Standing::Asked | Standing::Explained,
            ) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use jiff::civil::date;

    use super::*;
    use crate::deadline::moment_of;

    #[test]
    fn it_goes_to_and_fro_until_it_is_closed() {
        let mut table = String::new();
        for before in
            [None, Some(Standing::Asked), Some(Standing::Explained), Some(Standing::Closed)]
        {
            let steps = Step::ALL.iter().map(|step| match Standing::after(before, *step) {
                Ok(after) => format!("{} → {}", step.code(), after.code()),
                Err(why) => format!("{}: {}", step.code(), why.code()),
            });
            let steps: Vec<String> = steps.collect();
            let before = before.map_or("-", Standing::code);
            table.push_str(&format!("{before} | {}\n", steps.join(" | ")));
        }
        expect![[r#"
            - | ask → asked | prepare: nothing_asked | explain: nothing_asked | ask_again: nothing_asked | close: nothing_asked
            asked | ask: already_asked | prepare → asked | explain → explained | ask_again: nothing_explained | close → closed
            explained | ask: already_asked | prepare: nothing_asked | explain: nothing_asked | ask_again → asked | close → closed
            closed | ask → asked | prepare: already_closed | explain: already_closed | ask_again: already_closed | close: already_closed
        "#]].assert_eq(&table);
    }

    #[test]
    fn what_was_not_explained_is_not_accepted() {
        for (outcome, asked, explained) in [
            (Outcome::Accepted, Err(NotNow::NothingExplained), Ok(())),
            (Outcome::Corrected, Ok(()), Ok(())),
            (Outcome::MeasuredWrong, Ok(()), Ok(())),
            (Outcome::Unexplained, Ok(()), Ok(())),
        ] {
            assert_eq!(outcome.fits(Standing::Asked), asked, "{}", outcome.code());
            assert_eq!(outcome.fits(Standing::Explained), explained, "{}", outcome.code());
            assert_eq!(outcome.fits(Standing::Closed), Err(NotNow::AlreadyClosed));
        }
    }

    #[test]
    fn a_deadline_is_a_working_day_within_a_month() {
        let holidays = Holidays::of_vietnam();
        let now = moment_of(date(2024, 8, 5));
        for (until, expected) in [
            (date(2024, 8, 6), Ok(())),
            (date(2024, 8, 5), Err("not_later")),
            (date(2024, 8, 10), Err("not_a_working_day")),
            (date(2024, 9, 2), Err("not_a_working_day")),
            (date(2024, 9, 4), Ok(())),
            (date(2024, 9, 5), Err("too_far")),
        ] {
            let found = deadline(until, now, &holidays);
            assert_eq!(found.map(|_| ()).map_err(NotNow::code), expected, "{until}");
        }
        assert_eq!(usual_day(now, &holidays), date(2024, 8, 12));
    }

    #[test]
    fn every_code_is_read_back() {
        assert!(Standing::ALL.iter().all(|one| Standing::parse(one.code()) == Some(*one)));
        assert!(Answer::ALL.iter().all(|one| Answer::parse(one.code()) == Some(*one)));
        assert!(Outcome::ALL.iter().all(|one| Outcome::parse(one.code()) == Some(*one)));
        assert!(Step::ALL.iter().all(|one| Step::parse(one.code()) == Some(*one)));
    }
}
