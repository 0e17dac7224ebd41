//! Days as whole months and the days beside them, so that a question about a year reads twelve rows and not 365.

use jiff::civil::Date;

/// The days from one to another, each in one part. Days are the first and the last of each stretch, both included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Stretches that are not whole months: none, one, or one before the months and one after them.
    pub days: Vec<(Date, Date)>,
    /// From the first day of a month to the last day of one.
    pub months: Option<(Date, Date)>,
}

/// The parts of the days from `first` to `last`; of nothing when they run backwards.
///
/// ```
/// use jiff::civil::date;
/// use measure::beacon::parts::parts;
/// let found = parts(date(2024, 5, 30), date(2024, 7, 31));
/// assert_eq!(found.days, [(date(2024, 5, 30), date(2024, 5, 31))]);
/// assert_eq!(found.months, Some((date(2024, 6, 1), date(2024, 7, 31))));
/// ```
pub fn parts(first: Date, last: Date) -> Parts {
    if last < first {
        return Parts::default();
    }
    let before =
        |day: Date| day.yesterday().expect("no question begins with the first day of time");
    let after = |day: Date| day.tomorrow().expect("no question ends with the last day of time");
    let begins = match first == first.first_of_month() {
        true => first,
        false => after(first.last_of_month()),
    };
    let ends = match last == last.last_of_month() {
        true => last,
        false => before(last.first_of_month()),
    };
    if ends < begins {
        return Parts { days: vec![(first, last)], months: None };
    }
    let mut days = vec![];
    if first < begins {
        days.push((first, before(begins)));
    }
    if ends < last {
        days.push((after(ends), last));
    }
    Parts { days, months: Some((begins, ends)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::date;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_day_is_in_one_part_and_months_are_whole(from in 0i32..1200, length in -3i32..900) {
            let first = date(2023, 1, 1) + from.days();
            let last = first + length.days();
            let found = parts(first, last);
            let mut covered: Vec<Date> = vec![];
            for (from, to) in found.days.iter().copied().chain(found.months) {
                covered.extend(from.series(1.day()).take_while(|day| *day <= to));
            }
            covered.sort();
            let expected: Vec<Date> = first.series(1.day()).take_while(|day| *day <= last).collect();
            prop_assert_eq!(covered, expected);
            if let Some((from, to)) = found.months {
                prop_assert_eq!((from.day(), to), (1, to.last_of_month()));
            }
            prop_assert!(found.days.iter().all(|(from, to)| (*to - *from).get_days() < 61));
        }
    }
}
