//! What is due when: the periods of the live forms by the days on which they are to be sent.
//!
//! Days follow from each form's rule and the holidays; a deadline that was put off is the body's own and is for the
//! caller to look up, so a window is asked with room before it.

use jiff::ToSpan;
use jiff::civil::Date;
use model::Period;

use crate::ask_once::Live;
use crate::deadline::Holidays;
use crate::template::Template;

/// A period that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due<'a> {
    /// On this day, by the form's own rule.
    pub day: Date,
    /// Which form, in the version that is filled for the period.
    pub template: &'a Template,
    /// For when.
    pub period: Period,
}

/// Everything due from a day to another, both included, in the order of days, then of the forms.
pub fn due_between<'a>(
    live: &[Live<'a>],
    from: Date,
    to: Date,
    holidays: &Holidays,
) -> Vec<Due<'a>> {
    let mut found: Vec<Due> = live.iter().flat_map(|one| due_of(one, from, to, holidays)).collect();
    found.sort_by_key(|due| due.day);
    found
}

fn due_of<'a>(live: &Live<'a>, from: Date, to: Date, holidays: &Holidays) -> Vec<Due<'a>> {
    let Live { template, days } = *live;
    // The period that holds a day a year and a half before cannot be due within the window, whatever its length.
    let early = from.checked_sub(550.days()).unwrap_or(Date::MIN);
    let first = Period::containing(early, template.frequency, template.calendar);
    std::iter::successors(first, |period| period.next())
        .take_while(|period| period.end() <= to)
        .filter(|period| days.holds_on(period.end()))
        .map(|period| Due { day: template.due.day(period, holidays), template, period })
        .filter(|due| (from..=to).contains(&due.day))
        .collect()
}

#[cfg(test)]
mod tests;
