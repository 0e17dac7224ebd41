//! Nhờ cung cấp số liệu: a body asks another office for cells of its form, and decides what it takes of the answer.
//!
//! What comes back is not the body's word until it accepts it, and then it goes the way of everything that is typed.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::Language;
use crate::deadline::{Holidays, day_of, moment_of};

/// So many working days are left to look at an answer before the form is due, unless another day is named.
const DAYS_TO_LOOK: u16 = 2;
/// A link is open for so many days of the calendar at most.
const LONGEST_DAYS: i32 = 60;

/// Until when a request can be answered, and what has become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    /// The moment from which it can no longer be answered.
    pub expires_at: Timestamp,
    /// When it was answered.
    pub sent_at: Option<Timestamp>,
    /// When the body took it back.
    pub withdrawn_at: Option<Timestamp>,
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It can be answered.
    Waiting,
    /// It was answered, and something of it waits to be accepted or declined.
    Answered,
    /// All of its answer is decided on.
    Settled,
    /// Its time is over, and nobody has answered.
    Expired,
    /// The body took it back.
    Withdrawn,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Standing; 5] = [
        Standing::Waiting,
        Standing::Answered,
        Standing::Settled,
        Standing::Expired,
        Standing::Withdrawn,
    ];

    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            Standing::Waiting => "waiting",
            Standing::Answered => "answered",
            Standing::Settled => "settled",
            Standing::Expired => "expired",
            Standing::Withdrawn => "withdrawn",
        }
    }
}

/// Where a request stands; `is_open` says whether a cell of its answer waits for a decision.
pub fn standing(dates: &Dates, is_open: bool, now: Timestamp) -> Standing {
    match dates {
        Dates { withdrawn_at: Some(_), .. } => Standing::Withdrawn,
        Dates { sent_at: Some(_), .. } if is_open => Standing::Answered,
        Dates { sent_at: Some(_), .. } => Standing::Settled,
        Dates { expires_at, .. } if *expires_at <= now => Standing::Expired,
        Dates { .. } => Standing::Waiting,
    }
}

/// What a body makes of a cell that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It stands in the form now.
    Accepted,
    /// The form stays as it is.
    Declined,
}

impl Decision {
    /// Every decision.
    pub const ALL: [Decision; 2] = [Decision::Accepted, Decision::Declined];

    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            Decision::Accepted => "accepted",
            Decision::Declined => "declined",
        }
    }

    /// The decision with this code.
    pub fn parse(code: &str) -> Option<Decision> {
        Decision::ALL.into_iter().find(|one| one.code() == code)
    }
}

/// The day until which a request is open when nobody names one: two working days before the form is due, and no
/// earlier than the next working day.
pub fn suggested_day(due: Timestamp, now: Timestamp, holidays: &Holidays) -> Date {
    let next = holidays.working_days_after(day_of(now), 1);
    holidays.working_days_before(day_of(due), DAYS_TO_LOOK).max(next)
}

/// Why a request cannot be open until a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotUntil {
    /// Nobody could answer any more.
    #[error("17:00 of that day is over")]
    Over,
    /// Nobody remembers what it was about.
    #[error("a request is open until {last} at the latest")]
    TooFar {
        /// The last day there is.
        last: Date,
    },
}

impl NotUntil {
    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            NotUntil::Over => "day_is_over",
            NotUntil::TooFar { .. } => "too_far",
        }
    }

    /// The sentence the user reads.
    pub fn message(self, language: Language) -> String {
        match self {
            NotUntil::Over => language
                .pick(
                    "Hạn trả lời phải sau thời điểm này: liên kết hết hạn lúc 17:00 của ngày được chọn.",
                    "The last day has to lie ahead: the link closes at 17:00 of that day.",
                )
                .to_owned(),
            NotUntil::TooFar { last } => language.pick(
                format!("Chỉ đặt hạn trả lời đến ngày {} là muộn nhất.", last.strftime("%-d/%-m/%Y")),
                format!("A link is open until {} at the latest.", last.strftime("%-d %B %Y")),
            ),
        }
    }
}

/// The moment at which a request that is open until a day is closed.
pub fn closes(until: Date, now: Timestamp) -> Result<Timestamp, NotUntil> {
    let last = day_of(now) + LONGEST_DAYS.days();
    if until > last {
        return Err(NotUntil::TooFar { last });
    }
    let closes = moment_of(until);
    if closes <= now { Err(NotUntil::Over) } else { Ok(closes) }
}

/// What stands beside a cell that another office filled: what was said about it before, what the office says, and who
/// it is.
pub fn credited(
    before: Option<&str>,
    said: Option<&str>,
    name: &str,
    office: &str,
    language: Language,
) -> String {
    let credit = language.pick(
        format!("Số liệu do {name}, {office} cung cấp."),
        format!("Supplied by {name}, {office}."),
    );
    let mut words: Vec<&str> = vec![];
    for part in [before, said, Some(credit.as_str())].into_iter().flatten().map(str::trim) {
        if !part.is_empty() && !words.iter().any(|one| one.contains(part)) {
            words.push(part);
        }
    }
    words.join("\n")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_request_stands_where_what_became_of_it_says() {
        let noon = |day: i8| moment_of(date(2024, 8, day));
        let (sent, withdrawn) = (Some(noon(2)), Some(noon(3)));
        for (sent_at, withdrawn_at, is_open, today, expected) in [
            (None, None, false, 5, Standing::Waiting),
            (None, None, false, 6, Standing::Expired),
            (sent, None, true, 5, Standing::Answered),
            (sent, None, true, 9, Standing::Answered),
            (sent, None, false, 9, Standing::Settled),
            (None, withdrawn, false, 5, Standing::Withdrawn),
            (None, withdrawn, false, 9, Standing::Withdrawn),
        ] {
            let dates = Dates { expires_at: noon(6), sent_at, withdrawn_at };
            assert_eq!(standing(&dates, is_open, noon(today)), expected, "{dates:?} on {today}");
        }
    }

    #[test]
    fn two_working_days_are_left_to_look_at_an_answer() {
        let holidays = Holidays::of_vietnam();
        for (due, today, expected) in [
            (date(2024, 8, 9), date(2024, 8, 1), date(2024, 8, 7)),
            // Over a weekend.
            (date(2024, 8, 12), date(2024, 8, 1), date(2024, 8, 8)),
            // Over National Day.
            (date(2024, 9, 5), date(2024, 8, 20), date(2024, 8, 30)),
            // Little time is left, and none.
            (date(2024, 8, 9), date(2024, 8, 7), date(2024, 8, 8)),
            (date(2024, 8, 9), date(2024, 8, 16), date(2024, 8, 19)),
        ] {
            let day = suggested_day(moment_of(due), moment_of(today), &holidays);
            assert_eq!(day, expected, "due {due}, asked on {today}");
        }
    }

    #[test]
    fn a_link_closes_at_the_end_of_a_day_that_lies_ahead() {
        let now = moment_of(date(2024, 8, 5)) - 1.hour();
        for (until, expected) in [
            (date(2024, 8, 4), Err("day_is_over")),
            (date(2024, 8, 5), Ok(())),
            (date(2024, 10, 4), Ok(())),
            (date(2024, 10, 5), Err("too_far")),
        ] {
            let closes = closes(until, now);
            assert_eq!(closes.map(|_| ()).map_err(NotUntil::code), expected, "{until}");
        }
        assert_eq!(closes(date(2024, 8, 5), now + 1.hour()), Err(NotUntil::Over));
    }

    #[test]
    fn who_supplied_a_figure_stands_beside_it_once() {
        let credited =
            |before, said| credited(before, said, "Lê Mai", "Cục Thống kê", Language::Vietnamese);
        let credit = "Số liệu do Lê Mai, Cục Thống kê cung cấp.";
        assert_eq!(credited(None, None), credit);
        assert_eq!(credited(Some("Tăng do mưa."), Some(" ")), format!("Tăng do mưa.\n{credit}"));
        let both = credited(Some("Tăng do mưa."), Some("Số sơ bộ."));
        assert_eq!(both, format!("Tăng do mưa.\nSố sơ bộ.\n{credit}"));
        assert_eq!(credited(Some(&both), Some("Số sơ bộ.")), both);
    }

    proptest! {
        /// A day that is proposed is one that is taken, and one on which offices work or the form is due.
        #[test]
        fn what_is_suggested_is_accepted(due in 0i32..50, today in 0i32..40) {
            let holidays = Holidays::of_vietnam();
            let at = |days: i32| moment_of(date(2024, 8, 1) + days.days());
            let day = suggested_day(at(due), at(today), &holidays);
            prop_assert!(closes(day, at(today)).is_ok());
            prop_assert!(holidays.is_working_day(day));
        }
    }
}
